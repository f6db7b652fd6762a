"""Calls with arguments of all kinds, items of flat sequences, globals that are stored, and coroutines, in loops that are compiled."""
import array
import collections
import os
import re
import sys
from harness import raises, run

# With a collection at every few allocations just enough to compile something.
ROUNDS = 1500 if "TAIPAN_GC" in os.environ else 3000


def test_parameters_of_all_kinds():
    def star(*a): return a
    def names(**kw): return sorted(kw.items())
    def all_kinds(a, b=2, /, c=3, *d, e=5, f, **g): return a, b, c, d, e, f, g
    def keyword_only(a, *, k=1): return a + k

    def loop(n):
        total = 0
        for i in range(n):
            total += len(star()) + len(star(i)) + star(i, 2)[1] + keyword_only(i) + keyword_only(i, k=2) + keyword_only(a=i, k=i)
            first, second = star(i, i + 1)
            assert second - first == 1 and names(x=i, y=1) == [("x", i), ("y", 1)] and names() == []
            assert all_kinds(i, f=6) == (i, 2, 3, (), 5, 6, {})
            assert all_kinds(i, 1, 2, 3, 4, f=i, h=7) == (i, 1, 2, (3, 4), 5, i, {"h": 7})
        return total
    assert loop(ROUNDS) == sum(0 + 1 + 2 + i + 1 + i + 2 + i + i for i in range(ROUNDS))


def test_wrappers_pass_arguments_on():
    def passes(f):
        def wrapper(*args, **kwargs):
            return f(*args, **kwargs)
        return wrapper

    @passes
    def add(a, b=10, *, c=100): return a + b + c

    class Thing:
        @passes
        def method(self, x, y=1): return x + y

    def loop(n):
        thing, total = Thing(), 0
        for i in range(n):
            total += add(i) + add(i, 1) + add(i, 1, c=2) + add(a=i) + thing.method(i) + thing.method(i, y=2)
            arguments = (i, 1) if i % 3 else (i,)
            total += add(*arguments) + add(*[i], **{"b": 2})
        return total
    expected = sum(i + 110 + i + 101 + i + 3 + i + 110 + i + 1 + i + 2 + (i + 101 if i % 3 else i + 110) + i + 102 for i in range(ROUNDS))
    assert loop(ROUNDS) == expected


def test_keyword_defaults_change():
    def f(*, k=1): return k

    def loop(n):
        total = 0
        for i in range(n):
            if i == n - 10: f.__kwdefaults__["k"] = 100
            if i == n - 5: f.__kwdefaults__ = {"k": 1000}
            total += f()
        return total
    assert loop(ROUNDS) == ROUNDS - 10 + 500 + 5000


def test_wrong_calls():
    def f(a, b): return a
    def g(*, k): return k
    def h(): return 1

    def loop(n):
        messages = {}
        for i in range(n):
            for call in (lambda: f(*(1,)), lambda: f(1, b=1, **{"c": 2}), lambda: f(*(1, 2, 3)), lambda: g(), lambda: g(1), lambda: h(*(1,)), lambda: f(1, a=1)):
                try:
                    call()
                except TypeError as error:
                    messages[str(error)] = messages.get(str(error), 0) + 1
        return messages
    found = loop(ROUNDS // 10)
    prefix = "test_wrong_calls.<locals>."
    assert sorted(found) == sorted(prefix + text for text in (
        "f() missing 1 required positional argument: 'b'", "f() got an unexpected keyword argument 'c'", "f() takes 2 positional arguments but 3 were given",
        "g() missing 1 required keyword-only argument: 'k'", "g() takes 0 positional arguments but 1 was given", "h() takes 0 positional arguments but 1 was given",
        "f() got multiple values for argument 'a'")), found
    assert set(found.values()) == {ROUNDS // 10}


def test_spread_of_changing_length():
    def f(*a): return len(a)

    def loop(n):
        return sum(f(*range(i % 12)) + f(*tuple(range(i % 10))) for i in range(n))
    assert loop(ROUNDS) == sum(i % 12 + i % 10 for i in range(ROUNDS))


counter = 0
kept = None


def test_globals_are_stored():
    def loop(n):
        global counter, kept
        for i in range(n):
            counter += 2
            kept = [i]
            if i % 1000 == 999: globals()["another%d" % i] = i
        return counter
    assert loop(ROUNDS) == 2 * ROUNDS == counter and kept == [ROUNDS - 1]

    def shadow(n):
        global len
        total = 0
        for i in range(n):
            if i == n - 5:
                len = lambda x: 100
            total += len("ab")
        del len
        return total
    assert shadow(ROUNDS) == 2 * (ROUNDS - 5) + 500


def test_items_of_numbers():
    for code, low, high in ("b", -128, 127), ("B", 0, 255), ("h", -2**15, 2**15 - 1), ("H", 0, 2**16 - 1), ("i", -2**31, 2**31 - 1), ("I", 0, 2**32 - 1), \
            ("l", -2**63, 2**63 - 1), ("q", -2**63, 2**63 - 1), ("L", 0, 2**64 - 1):
        items = array.array(code, [low, high, 0, 1])

        def loop(n):
            for i in range(n):
                items[i & 3] = items[i + 1 & 3]
                items[-1] = i & 127
            return items.tolist()

        model = [low, high, 0, 1]
        for i in range(ROUNDS):
            model[i & 3] = model[i + 1 & 3]
            model[-1] = i & 127
        assert loop(ROUNDS) == model

        def overflow(n):
            failed = 0
            for i in range(n):
                try:
                    items[0] = high + 1 if i % 100 == 99 else 1
                except OverflowError:
                    failed += 1
            return failed
        assert overflow(ROUNDS) == ROUNDS // 100 and items[0] == 1


def test_items_of_floats():
    items = array.array("d", [0.0]) * 8

    def loop(n):
        for i in range(n):
            items[i & 7] += 0.5
            items[0] = i
            items[1] = 1e300 if i & 1 else float("inf")
        return items[2], items[0], items[1]
    assert loop(ROUNDS) == (sum(0.5 for i in range(ROUNDS) if i & 7 == 2), float(ROUNDS - 1), 1e300)
    singles = array.array("f", [0.0])

    def single(n):
        for i in range(n):
            singles[0] = i * 0.5
        return singles[0]
    assert single(ROUNDS) == (ROUNDS - 1) * 0.5


def test_bytes_and_strings():
    def loop(n):
        fixed, text, other, changing = bytes(range(256)), "abcdefgh", "\u00e4\u4e2d", bytearray(16)
        total, letters = 0, {}
        for i in range(n):
            total += fixed[i & 255] + fixed[-1 - (i & 15)]
            letters[text[i & 7]] = letters.get(text[i & 7], 0) + (text[-1] == "h") + (other[i & 1] == "\u00e4")
            changing[i & 15] = i & 255
            total += changing[-(i & 15) - 1]
            if i % 500 == 499:
                changing.append(1)
                del changing[:1]
        return total, sorted(letters), bytes(changing)
    assert loop(ROUNDS)[1] == list("abcdefgh")
    changing, total = [0] * 16, 0
    for i in range(ROUNDS):
        total += (i & 255) + 255 - (i & 15)
        changing[i & 15] = i & 255
        total += changing[-(i & 15) - 1]
        if i % 500 == 499:
            changing = changing[1:] + [1]
    assert loop(ROUNDS)[0] == total and loop(ROUNDS)[2] == bytes(changing)


def test_indices_out_of_range():
    def loop(n, items, wrong):
        failed = 0
        for i in range(n):
            try:
                items[wrong if i % 50 == 49 else 0]
            except IndexError:
                failed += 1
        return failed
    for items in b"abc", bytearray(b"abc"), "abc", array.array("i", [1, 2]), array.array("d", [1.0]):
        assert loop(ROUNDS, items, 3) == loop(ROUNDS, items, -4) == ROUNDS // 50
    empty = bytearray()
    raises(IndexError, None, lambda: empty[0])

    def values(n):
        items, failed = bytearray(4), 0
        for i in range(n):
            try:
                items[i & 3] = 256 if i % 100 == 99 else i & 255
            except ValueError:
                failed += 1
        return failed
    assert values(ROUNDS) == ROUNDS // 100


def test_shrinking_while_read():
    def loop(n):
        items, failed = array.array("i", range(n)), 0
        for i in range(n):
            try:
                items[n - 1 - i]
                items[i]
            except IndexError:
                failed += 1
            items.pop()
        return failed
    assert loop(ROUNDS) == sum(1 for i in range(ROUNDS) if i >= ROUNDS - i)


def test_numbers():
    def loop(n):
        total = 0
        for i in range(n):
            q, r = divmod(i, 7)
            q2, r2 = divmod(-i, 7)
            total += q + r + q2 + r2 + min(i, 5, 7) + max(3, i, 2) + min(3, i) + max(1, 2, 3, i)
            total += min(1.5, float(i), 0.5) > 1
        return total
    assert loop(ROUNDS) == sum(i // 7 + i % 7 + -i // 7 + -i % 7 + sorted((i, 5, 7))[0] + sorted((3, i, 2))[2] + sorted((3, i))[0] + sorted((1, 2, 3, i))[3] for i in range(ROUNDS))


def test_coroutines():
    import warnings

    async def add(a, b): return a + b

    async def deep(n): return n if n == 0 else 1 + await deep(n - 1)

    class Later:
        def __await__(self):
            return (yield "asked")

    async def guarded(i):
        try:
            return await add(i, 1)
        finally:
            closed[0] += 1

    async def main(n):
        total = 0
        for i in range(n):
            total += await add(i, 1) + await deep(i % 6) + await guarded(i)
            if i % 100 == 99:
                total += await Later()
        return total
    closed = [0]
    coroutine, answer = main(ROUNDS), None
    asked = 0
    try:
        while True:
            assert coroutine.send(answer) == "asked"
            asked += 1
            answer = 1000
    except StopIteration as stop:
        assert stop.value == sum(i + 1 + i % 6 + i + 1 for i in range(ROUNDS)) + ROUNDS // 100 * 1000
    assert asked == ROUNDS // 100 and closed == [ROUNDS]

    def never_awaited(n):
        for i in range(n):
            c = add(i, i)
            if i < n - 50:
                c.close()
        del c
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        never_awaited(ROUNDS)
        import gc
        gc.collect()
    assert 40 <= len(caught) <= 50 and "coroutine 'test_coroutines.<locals>.add' was never awaited" in str(caught[0].message)

    def again(n):
        failed = 0
        for i in range(n):
            c = add(i, 1)
            try:
                c.send(None)
            except StopIteration:
                pass
            try:
                c.send(None)
            except RuntimeError as error:
                failed += str(error) == "cannot reuse already awaited coroutine"
        return failed
    assert again(ROUNDS) == ROUNDS


def test_arguments_that_are_numbers_from_the_second_round_on():
    def store(n, key, value):
        items = {1.0: 3, 2: 1}
        found = []
        i = 0
        while i < n:
            i += 1
            items[key] = value
            found.append(repr(value))
            value = 1 if type(key) is str else 0.5
        return items[key], found[:2], found[-1]

    for n in (3, 5, 80, 3000):
        assert store(n, "a", 4) == (1, ["4", "1"], "1")
        assert store(n, 7, None) == (0.5, ["None", "0.5"], "0.5")


def test_headers_of_frames_over_dead_temporaries():
    # Calls inside of a tuple have their frames where temporaries of the round before were.
    class Item:
        def __init__(self, number):
            self.number = number

        def is_four(self):
            return bool(self.number == 4)

        def second(self):
            return self.number & 2

        def third(self):
            return self.number

    def visit(items, children):
        found = []
        for item in items:
            found.append((item.is_four(), item.second(), item.third(), item.third(), item.second(), item.third(), item.third(), item.second()))
        return found, [visit(*child) for child in children]

    tree = [Item(number * 7 % 11) for number in range(9)], []
    for width in (3, 2, 4):
        tree = [Item(number * 5 % 13) for number in range(width * 3)], [tree] * width
    first = visit(*tree)
    assert all(visit(*tree) == first for _ in range(12))
    assert first[0][:2] == [(False, 0, 0, 0, 0, 0, 0, 0), (False, 0, 5, 5, 0, 5, 5, 0)]


class Index:
    """A number that tells who asks for it."""

    def __init__(self, asked):
        self.asked = asked

    def __index__(self):
        self.asked.append(sys._getframe(1).f_code.co_name)
        return 1


def test_numbers_that_natives_ask_for():
    matched = re.compile("b")
    found = [lambda index: "abc".find("b", index), lambda index: b"abc".find(b"b", index), lambda index: "ab".center(index), lambda index: "a,b,c".split(",", index),
             lambda index: "aa".replace("a", "b", index), lambda index: "abc".startswith(("b", "c"), index), lambda index: matched.match("abc", index).start(),
             lambda index: bytearray(b"abc").pop(index), lambda index: b"abc".ljust(index), lambda index: collections.deque([1, 2]).rotate(index)]

    def call(function, index):
        return function(index)

    for function in found:
        asked = []
        index = Index(asked)
        before = after = 0
        results = set()
        for number in range(ROUNDS):
            before += len(asked)
            results.add(repr(call(function, index if number > 3 else 1)))
            after += len(asked)
        assert len(results) == 1, results
        assert after - before == len(asked) == ROUNDS - 4
        assert set(asked) == {"<lambda>"}, set(asked)



run(globals())
