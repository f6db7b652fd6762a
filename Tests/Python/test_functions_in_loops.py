"""Functions and generators that are made in hot loops, and searches of sets and dicts there."""
import os
import sys
from harness import run

# With a collection at every few allocations just enough to compile something.
ROUNDS = 1500 if "TAIPAN_GC" in os.environ else 3000


def test_attributes_of_what_escapes():
    def make(n):
        kept = []
        for i in range(n):
            def inner(a, b=i, *c, d="d"):
                "a docstring"
                return a + b + i
            plain = lambda: i
            bare = lambda x, y=3: x + y
            if i % 500 == 499:
                kept += [inner, plain, bare]
        return kept
    inner, plain, bare = make(ROUNDS)[-3:]
    assert (inner.__name__, inner.__doc__, inner.__module__, inner.__defaults__, inner.__kwdefaults__) == ("inner", "a docstring", __name__, (ROUNDS - 1,), {"d": "d"})
    assert inner.__qualname__ == "test_attributes_of_what_escapes.<locals>.make.<locals>.inner"
    assert inner(1) == 1 + 2 * (ROUNDS - 1)
    assert (plain.__name__, plain.__doc__, plain.__defaults__, plain.__closure__[0].cell_contents, plain()) == ("<lambda>", None, None, ROUNDS - 1, ROUNDS - 1)
    assert (bare.__defaults__, bare.__closure__, bare.__module__, bare(1), bare.__dict__, bare.__annotations__) == ((3,), None, __name__, 4, {}, {})
    assert bare.__globals__ is globals()
    bare.extra = 1
    assert bare.__dict__ == {"extra": 1}


def test_called_at_once():
    def run(n):
        total = 0
        for i in range(n):
            double = lambda x: x * 2
            add = lambda x, y=i: x + y
            total += double(i) + add(1) + add(1, y=2) + (lambda: i)()
            total += sum([j + i for j in range(3)]) + len({j: i for j in range(2)}) + len({j for j in (1, 2, 2)})
        return total
    assert run(ROUNDS) == sum(2 * i + 1 + i + 3 + i + 3 + 3 * i + 2 + 2 for i in range(ROUNDS))


def test_defaults_that_change():
    def run(n):
        result = []
        for i in range(n):
            value = "late" if i > n - 10 else i
            f = (lambda x, y=value: y) if i != n - 5 else (lambda x, y: y)
            try:
                result.append(f(1))
            except TypeError as error:
                result.append(str(error))
        return result[-10:]
    expected = [ROUNDS - 10] + ["late"] * 4
    got = run(ROUNDS)
    assert got[:5] == expected
    assert "missing 1 required positional argument: 'y'" in got[5]
    assert got[6:] == ["late"] * 4


def test_defaults_replaced():
    def f(x, y=1):
        return x + y

    def run(n, f):
        total = 0
        for i in range(n):
            if i == n - 10:
                f.__defaults__ = (100,)
            total += f(0)
        return total
    assert run(ROUNDS, f) == ROUNDS - 10 + 1000


def test_other_code_at_the_same_place():
    def run(n):
        total = 0
        for i in range(n):
            f = (lambda x: x + 1) if i % 3 else (lambda x: x - 1)
            total += f(10)
        return total
    assert run(ROUNDS) == ROUNDS // 3 * (11 + 11 + 9)


def test_module_name_is_that_of_the_moment():
    namespace = {"__name__": "first"}
    exec("def make(n, at):\n"
         "    made = []\n"
         "    for i in range(n):\n"
         "        if i == at: globals()['__name__'] = 'second'\n"
         "        made.append((lambda: i).__module__)\n"
         "    return made\n", namespace)
    made = namespace["make"](ROUNDS, ROUNDS - 5)
    assert (made[0], made[-6], made[-5], made[-1]) == ("first", "first", "second", "second")


def test_builtins_of_the_globals():
    namespace = {"__builtins__": {"range": range, "len": lambda x: -1}}
    exec("def run(n):\n    t = 0\n    for i in range(n):\n        t += (lambda: len(()))()\n    return t\n", namespace)
    assert namespace["run"](ROUNDS) == -ROUNDS


def test_raising_inside():
    def run(n):
        caught = 0
        for i in range(n):
            f = lambda x: 1 // x
            try:
                f(i % 2)
            except ZeroDivisionError as error:
                caught += error.__traceback__.tb_next.tb_frame.f_code.co_name == "<lambda>"
        return caught
    assert run(ROUNDS) == ROUNDS // 2


def test_frames_inside():
    def run(n):
        names = set()
        for i in range(n):
            f = lambda: sys._getframe()
            frame = f()
            names.add((frame.f_code.co_name, frame.f_back is sys._getframe()))
        return names
    assert run(ROUNDS) == {("<lambda>", True)}


def test_used_up_at_once():
    def count(n, start=0):
        while start < n:
            yield start
            start += 1

    def run(n):
        total = 0
        for i in range(n):
            for k in count(3):
                total += k
            for k in (j * i for j in (1, 2)):
                total += k
            total += sum(j for j in count(i % 4, 1))
            a, b = count(2)
            total += b
        return total
    assert run(ROUNDS) == sum(3 + 3 * i + sum(range(1, i % 4)) + 1 for i in range(ROUNDS))


def test_what_escapes():
    def pairs(a, b="b"):
        try:
            x = yield a
            yield x, b
        finally:
            closed.append(a)

    def run(n):
        kept = None
        for i in range(n):
            g = pairs(i)
            if i % 500 == 499:
                kept = g
        return kept
    closed = []
    g = run(ROUNDS)
    assert (g.__name__, g.gi_code.co_name, g.gi_running, g.gi_frame.f_locals["a"], g.gi_frame.f_locals["b"], g.gi_yieldfrom) == ("pairs", "pairs", False, ROUNDS - 1, "b", None)
    assert g.__qualname__ == "test_what_escapes.<locals>.pairs"
    assert (next(g), g.send(7)) == (ROUNDS - 1, (7, "b"))
    g.close()
    assert closed == [ROUNDS - 1]


def test_abandoned_halfway():
    def numbers(i):
        yield i
        yield i + 1

    def run(n):
        total = 0
        for i in range(n):
            for k in numbers(i):
                total += k
                break
            g = numbers(i)
            total += next(g) + next(g) + next(g, -1)
        return total
    assert run(ROUNDS) == sum(i + i + i + 1 - 1 for i in range(ROUNDS))


def test_delegation_and_sending():
    def inner(i):
        got = yield i
        return got

    def outer(i):
        return (yield from inner(i))

    def run(n):
        total = 0
        for i in range(n):
            g = outer(i)
            total += next(g)
            try:
                g.send(5)
            except StopIteration as stop:
                total += stop.value
        return total
    assert run(ROUNDS) == sum(i + 5 for i in range(ROUNDS))


def test_exceptions_leave():
    def bad(i):
        yield i
        raise KeyError(i)

    def run(n):
        caught = 0
        for i in range(n):
            try:
                for k in bad(i):
                    pass
            except KeyError as error:
                caught += error.args[0] == i
        return caught
    assert run(ROUNDS) == ROUNDS


def test_methods_that_are_generators():
    class Tree:
        def __init__(self, *children):
            self.children = children

        def __iter__(self):
            yield self
            for child in self.children:
                yield from child

        def __add__(self, other):
            yield other

        def __lt__(self, other):
            yield other

        def __getitem__(self, index):
            yield index

        @property
        def p(self):
            yield 3

        def __call__(self):
            yield 4

    def run(n):
        tree, total = Tree(Tree(), Tree(Tree())), 0
        for i in range(n):
            total += sum(1 for _ in tree)
            for item in tree:
                total += len(item.children)
            if tree < tree:
                total += 1
            for part in (tree + 1, tree < 2, tree[3], tree.p, tree()):
                total += next(part)
        return total
    assert run(ROUNDS) == ROUNDS * (4 + 3 + 1 + 1 + 2 + 3 + 3 + 4)


def test_init_that_is_a_generator():
    class Odd:
        def __init__(self):
            yield 1

    def run(n):
        messages = set()
        for _ in range(n):
            try:
                Odd()
            except TypeError as error:
                messages.add(str(error))
        return messages
    assert run(ROUNDS) == {"__init__() should return None, not 'generator'"}


def test_map_of_a_generator_function():
    def twice(x):
        yield x
        yield x

    def run(n):
        return sum(sum(g) for g in map(twice, range(n)))
    assert run(ROUNDS) == ROUNDS * (ROUNDS - 1)


def test_sets():
    def run(n):
        numbers, words, found = set(), {"a", "b"}, 0
        for i in range(n):
            numbers.add(i & 31)
            numbers.discard(i & 7)
            found += i & 15 in numbers
            if i & 63 not in numbers and ("a" if i & 1 else "c") in words:
                found += 1
            words.add("xyz"[i % 3])
            words.discard("x")
        return found, sorted(numbers), sorted(words)
    numbers, found, words = set(), 0, {"a", "b"}
    for i in range(ROUNDS):
        numbers = numbers | {i & 31}
        numbers = numbers - {i & 7}
        found += bool({i & 15} & numbers)
        if not {i & 63} & numbers and {"a" if i & 1 else "c"} & words:
            found += 1
    assert run(ROUNDS) == (found, sorted(numbers), ["a", "b", "y", "z"])


def test_keys_that_equal_numbers():
    def run(n, keys):
        found = 0
        for i in range(n):
            if i % 4 in keys:
                found += 1
        return found
    for keys in ({True, 2.0, 3 + 0j}, {True: 0, 2.0: 0, 3 + 0j: 0}, frozenset([1.0, 2, 3]), {1, 2, 3}):
        assert run(ROUNDS, keys) == ROUNDS // 4 * 3


def test_strings_that_have_a_class():
    class Name(str):
        asked = 0

        def __eq__(self, other):
            Name.asked += 1
            return str.__eq__(self, other)
        __hash__ = str.__hash__

    def run(n, keys):
        found = 0
        for i in range(n):
            if ("name" if i & 1 else "other") in keys:
                found += 1
        return found
    assert run(ROUNDS, {Name("name"), "x"}) == ROUNDS // 2
    assert Name.asked == ROUNDS // 2
    assert run(ROUNDS, {Name("name"): 1}) == ROUNDS // 2


def test_key_added_meanwhile():
    class Same:
        def __init__(self, value):
            self.value = value

        def __hash__(self):
            return hash(self.value)

        def __eq__(self, other):
            seen.append(other)
            return other == self.value

    def run(n):
        s, d, found = {1, 2}, {1: "one"}, []
        for i in range(n):
            if i == n - 3:
                s.add(Same(7))
                d[Same(7)] = "seven"
            found.append((7 in s, d.get(7), d.get(7, "none"), d.get(1)))
            s.add(2)
        return found[-4:]
    seen = []
    assert run(ROUNDS) == [(False, None, "none", "one")] + [(True, "seven", "seven", "one")] * 3
    assert seen


def test_get():
    def run(n):
        counts, words = {}, {}
        for i in range(n):
            counts[i & 255] = counts.get(i & 255, 0) + 1
            word = "abc"[i % 3]
            words[word] = words.get(word, 0) + 1
            if words.get("d") is not None:
                return None
        return len(counts), sum(counts.values()), words
    assert run(ROUNDS) == (256, ROUNDS, {"a": ROUNDS // 3, "b": ROUNDS // 3, "c": ROUNDS // 3})


def test_constant_tuples():
    def run(n):
        found = 0
        for i in range(n):
            if i % 5 in (1, 2.0, "x", None):
                found += 1
            if "abc"[i % 3] in ("a", "z"):
                found += 1
            if i % 4 not in (0, 1):
                found += 1
        return found
    assert run(ROUNDS) == sum((i % 5 in {1, 2}) + (i % 3 == 0) + (i % 4 > 1) for i in range(ROUNDS))


def test_unhashable():
    def run(n):
        failed = 0
        for i in range(n):
            try:
                (i if i % 2 else []) in {1}
            except TypeError:
                failed += 1
        return failed
    assert run(ROUNDS) == ROUNDS // 2


run(globals())
