"""Loops whose rounds take different ways: what one way changes that the others take for granted."""

import sys
import types
from harness import run


class Box:
    scale = 1

    def __init__(self, value):
        self.value = value
        self.items = [0] * 4


class Other:
    scale = 5

    def __init__(self, value):
        self.items = [0] * 4
        self.value = value


LIMIT = 7


def a_variable_of_one_way_only(n):
    best = count = last = 0
    for i in range(n):
        x = i * 7919 % 1013
        if x > best:
            best = x
            last = i
        elif x & 1:
            count += x
        else:
            count -= 1
    return best, count, last


def a_type_that_changes(n):
    total = 0
    for i in range(n):
        if i % 97 == 96:
            total = float(total) if isinstance(total, int) else int(total)
        elif i % 3:
            total += i
        else:
            total -= 1
    return total, type(total).__name__


def an_object_that_changes(n):
    box = Box(0)
    swaps = 0
    for i in range(n):
        if i % 5 == 1:
            box.value += box.scale
        elif i % 50 == 49:
            box = (Other if i % 100 == 49 else Box)(box.value + 1)
            swaps += 1
        else:
            box.value ^= i & 3
    return box.value, swaps, type(box).__name__


def attributes_that_come(n):
    box = Box(1)
    for i in range(n):
        if i % 3 == 0:
            box.value += 1
        elif i % 1000 == 500:
            setattr(box, "extra%d" % i, i)
        else:
            box.value += box.scale
    return box.value, len(vars(box))


def a_class_that_changes(n):
    class Local:
        step = 1
    total = 0
    one = Local()
    for i in range(n):
        if i % 4 == 1:
            total += one.step
        elif i % 400 == 2:
            Local.step += 1
        else:
            total += 2 * one.step
    return total


def a_global_that_changes(n):
    global LIMIT
    LIMIT = 7
    total = 0
    for i in range(n):
        if i % 6 == 1:
            total += LIMIT
        elif i % 300 == 2:
            LIMIT = i % 11
        else:
            total -= LIMIT & 1
    return total, LIMIT


def a_list_that_moves(n):
    items = [1, 2, 3]
    other = [0] * 3
    total = 0
    for i in range(n):
        if i % 7 == 3:
            items.append(i)
        elif i % 77 == 4:
            items = items[-2:] + [i]
        elif i % 2:
            total += items[-1] + len(items)
        else:
            items[i % 3], other[0] = other[0], items[i % len(items)]
    return total, items[:3], other, len(items)


def a_list_swapped_for_a_tuple(n):
    items = [1, 2, 3]
    total = 0
    for i in range(n):
        if i % 211 == 210:
            items = tuple(items) if isinstance(items, list) else list(items)
        elif i & 1:
            total += items[i % 3]
        else:
            total -= items[0]
    return total, items


def a_dict_in_several_ways(n):
    table = {}
    misses = 0
    for i in range(n):
        key = i * 31 % 257
        if key in table:
            table[key] += 1
        elif key % 10 == 0:
            misses += 1
        else:
            table[key] = 1
        if i % 1999 == 1998:
            table = {key: len(table)}
    return misses, len(table), sum(table.values())


def numbers_that_grow(n):
    a, b, c = 1, 1, 0.5
    for i in range(n):
        if i % 5 == 0:
            a = a * 3 + 1
            if a > 1 << 90:
                a = 1
        elif i % 5 == 1:
            b += a & 0xFFFF
        elif i % 5 == 2:
            c = c * 1.5 if c < 1e300 else 0.5
        elif i % 5 == 3:
            b ^= i
        else:
            c -= 0.25
    return a, b, c


def errors_on_one_way(n):
    table = {0: 1, 1: 2}
    hits = total = 0
    for i in range(n):
        try:
            if i % 3 == 0:
                total += table[i % 4]
            elif i % 3 == 1:
                total += 1
            else:
                total += table[i & 1]
        except KeyError as error:
            hits += error.args[0]
    return hits, total


def rounds_of_inner_loops(n):
    total = 0
    for i in range(n):
        step = 1 if i % 3 else 2
        for j in range(i % 9):
            if j % 2:
                total += step
            elif j == 6:
                step += 1
                continue
            elif i % 50 == 49:
                break
            else:
                total -= 1
        else:
            total += 1
    return total


def two_shared_objects(n):
    left = right = Box(0)
    for i in range(n):
        if i % 4 == 0:
            left.value += 1
        elif i % 40 == 13:
            right = Box(right.value)
        elif i % 400 == 27:
            left = right
        else:
            right.value += 2
    return left.value, right.value, left is right


def walked(n):
    for i in range(n):
        if i % 3 == 0:
            yield i
        elif i % 5 == 0:
            yield -i
        elif i % 701 == 700:
            yield "text"


def a_generator(n):
    total = texts = 0
    for x in walked(n):
        if isinstance(x, str):
            texts += 1
        elif x < 0:
            total -= x
        else:
            total += 1
    return total, texts


def a_linked_list(n):
    class Node:
        def __init__(self, value, following):
            self.value, self.following = value, following
    head = None
    for i in range(50):
        head = Node(i if i % 7 else str(i), head)
    total = 0
    node = head
    for i in range(n):
        if node is None:
            node = head
            total += 1
        elif type(node.value) is str:
            total += len(node.value)
            node = node.following
        else:
            total += node.value & 1
            node = node.following
    return total


def machine(n):
    code = [("push", 0), ("store", "s"), ("push", n), ("store", "i"), ("load", "i"), ("jz", 14), ("load", "s"), ("load", "i"), ("add", 0), ("store", "s"),
            ("load", "i"), ("push", -1), ("add", 0), ("jmp", 3), ("load", "s")]
    stack, names, at = [], {}, 0
    while at < len(code):
        op, arg = code[at]
        at += 1
        if op == "push":
            stack.append(arg)
        elif op == "load":
            stack.append(names[arg])
        elif op == "store":
            names[arg] = stack.pop()
        elif op == "add":
            right = stack.pop()
            stack.append(stack.pop() + right)
        elif op == "jz":
            if not stack.pop():
                at = arg
        elif op == "jmp":
            at = arg
    return stack, names


def names_that_come(n):
    space = {}
    exec("def count(n):\n    total = 0\n    for i in range(n):\n        if i & 1: total += step\n        else: total -= len(name)\n    return total\n", space)
    space["step"], space["name"] = 3, "ab"
    results = []
    for i in range(6):
        results.append(space["count"](n // 4))
        space["unrelated%d" % i] = i
        if i == 3:
            space["len"] = lambda text: 7
    return results


EXPECTED = {
    a_variable_of_one_way_only: (1012, 3026873, 564),
    a_type_that_changes: (47498998.0, 'float'),
    an_object_that_changes: (7680, 240, 'Box'),
    attributes_that_come: (11993, 10),
    a_class_that_changes: 345420,
    a_global_that_changes: (5416, 9),
    a_list_that_moves: (30412603, [11973, 11966, 11980], [11980, 0, 0], 11),
    a_list_swapped_for_a_tuple: (5972, [1, 2, 3]),
    a_dict_in_several_ways: (1214, 6, 236),
    numbers_that_grow: (1093, 62913890, 0.5),
    errors_on_one_way: (5000, 13000),
    rounds_of_inner_loops: 15706,
    two_shared_objects: (17136, 17554, False),
    a_generator: (9604000, 8),
    a_linked_list: 8472,
    machine: ([72006000], {'s': 72006000, 'i': 0}),
    names_that_come: [1500, 1500, 1500, 1500, -6000, -6000],
}


def seen_from_calls(n, look):
    """What a call of a loop finds in the loop's frame after rounds that took another way."""
    wrong = last = 0
    for i in range(n):
        if i % 3 == 0:
            last = i
            kept = last + 1
        elif i % 3 == 1:
            kept = -i
        else:
            found = look()
            wrong += found["i"] != i or found["last"] != i - 2 or found["kept"] != 1 - i
    return wrong


def set_after_locals(n, parity):
    """The same, where the variable is set after the call on one way and without a call on the other."""
    wrong = x = 0
    for i in range(n):
        if i % 2 == parity:
            found = locals()
            wrong += found["x"] != x or found["wrong"] != wrong
            x = i * 2 + 1
        else:
            x = -i
    return wrong


def set_after_eval(n, parity):
    wrong = x = 0
    for i in range(n):
        if i % 2 == parity:
            wrong += eval("x") != x
            x = i * 2 + 1
        else:
            x = -i
    return wrong


def set_after_frames(n, parity):
    wrong = x = 0
    for i in range(n):
        if i % 2 == parity:
            wrong += sys._getframe().f_locals["x"] != x
            x = i * 2 + 1
        else:
            x = -i
    return wrong


def test_frames_are_up_to_date():
    assert seen_from_calls(9000, lambda: sys._getframe(1).f_locals) == 0
    for function in set_after_locals, set_after_eval, set_after_frames:
        # Which way is compiled first depends on the parity: each gets code of its own.
        for parity in 0, 1:
            copy = types.FunctionType(function.__code__.replace(co_name="copy"), globals())
            assert copy(9000, parity) == 0, (function.__name__, parity)
            assert copy(9000, 1 - parity) == 0, (function.__name__, parity)


def test_ways():
    for function, expected in EXPECTED.items():
        assert function(12000) == expected, (function.__name__, function(12000))


run(globals())
