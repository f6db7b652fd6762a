"""Iterators of all kinds, generators resumed by calls, and natives that go through generators, in loops that are compiled."""
import os
import traceback
import types
from harness import run

# With a collection at every few allocations just enough to compile something.
ROUNDS = 1200 if "TAIPAN_GC" in os.environ else 2400


class Countdown:
    def __init__(self, n, error=None):
        self.n = n
        self.error = error

    def __iter__(self):
        return self

    def __next__(self):
        if self.n <= 0:
            if self.error:
                raise self.error
            raise StopIteration
        self.n -= 1
        return self.n


class Stopped(StopIteration):
    pass


def test_iterators_of_classes():
    total = rounds = 0
    for i in range(ROUNDS):
        for x in Countdown(i % 5):
            total += x
        else:
            rounds += 1
    assert (total, rounds) == (sum(sum(range(i % 5)) for i in range(ROUNDS)), ROUNDS)


def test_subclasses_of_stop_iteration_end_loops():
    total = 0
    for i in range(ROUNDS):
        for x in Countdown(3, Stopped(5)):
            total += x
    assert total == 3 * ROUNDS


def test_other_exceptions_leave_loops():
    caught = total = 0
    for i in range(ROUNDS):
        try:
            for x in Countdown(2, KeyError(i)):
                total += x
        except KeyError as error:
            caught += error.args[0]
    assert (caught, total) == (sum(range(ROUNDS)), ROUNDS)


def test_stop_iteration_is_caught_inside_first():
    class Odd:
        def __init__(self):
            self.left = 3

        def __iter__(self):
            return self

        def __next__(self):
            try:
                raise StopIteration
            except StopIteration:
                self.left -= 1
            if self.left < 0:
                raise StopIteration(7)
            return self.left
    total = 0
    for _ in range(ROUNDS):
        for x in Odd():
            total += x
    assert total == 3 * ROUNDS


def double(x):
    return x * 2


def test_map():
    total = 0
    for i in range(ROUNDS):
        for x in map(double, (1, i)):
            total += x
        for x in map(lambda y: y + i, [1, 2]):
            total += x
    assert total == sum(2 + 2 * i + 3 + 2 * i for i in range(ROUNDS))


def test_a_mapped_function_may_end_the_loop():
    def stops(x):
        if x == 2:
            raise StopIteration
        return x
    total = 0
    for i in range(ROUNDS):
        for x in map(stops, [1, 1, 2, 100]):
            total += x
    assert total == 2 * ROUNDS


def test_map_takes_an_item_before_it_calls():
    def fails(x):
        if x % 3 == 2:
            raise ValueError(x)
        return x
    source = iter(range(ROUNDS))
    caught = total = 0
    while True:
        try:
            for x in map(fails, source):
                total += x
            break
        except ValueError as error:
            caught += error.args[0]
    assert (total, caught) == (sum(x for x in range(ROUNDS) if x % 3 != 2), sum(x for x in range(ROUNDS) if x % 3 == 2))


def test_map_with_defaults_recursion_and_generators():
    def add(x, y=10):
        return x + y

    def generated(x):
        yield x
        yield x

    def nested(n):
        return 1 + sum(map(nested, [n - 1] * (n > 0)))
    total = 0
    for i in range(ROUNDS // 4):
        for x in map(add, [i]):
            total += x
        for g in map(generated, [i]):
            for x in g:
                total += x
        for x in map(nested, [i % 4]):
            total += x
    assert total == sum(i + 10 + 2 * i + i % 4 + 1 for i in range(ROUNDS // 4))


def test_enumerate_and_zip():
    total = 0
    names = ["a", "bb", "ccc"]
    for i in range(ROUNDS):
        for k, name in enumerate(names, i):
            total += k * len(name)
        for x, y in zip(names, range(i % 5)):
            total += len(x) * y
        for x, y, z in zip((1, 2, 3), [i, 5], "xyz"):
            total += x * y + ord(z)
    expected = 0
    for i in range(ROUNDS):
        expected += i + 2 * (i + 1) + 3 * (i + 2) + sum((k + 1) * k for k in range(min(3, i % 5))) + i + 10 + ord("x") + ord("y")
    assert total == expected


def test_zip_of_one_iterator_twice():
    pairs = []
    for i in range(ROUNDS):
        both = iter([i, 1, 2, 3, 4]), iter([i, 1, 2, 3])
        first = both[0]
        second = first if i > ROUNDS // 2 else both[1]
        count = 0
        for x, y in zip(first, second):
            count += 10 * x + y
        # What is left of them.
        pairs.append((count, list(first), list(second)))
    for i, found in enumerate(pairs):
        if i > ROUNDS // 2:
            assert found == (10 * i + 1 + 20 + 3, [], []), (i, found)
        else:
            assert found == (11 * i + 11 + 22 + 33, [], []), (i, found)


def test_strict_zip_and_shorter_ones():
    errors = 0
    for i in range(ROUNDS):
        try:
            for x, y in zip([1, 2], [1, 2, 3][:i % 4], strict=True):
                pass
        except ValueError:
            errors += 1
    assert errors == ROUNDS // 4 * 3


def test_enumerate_beyond_small_numbers():
    last = 0
    for k, x in enumerate(range(ROUNDS), (1 << 62) - ROUNDS // 2):
        last = k
    assert last == (1 << 62) - ROUNDS // 2 + ROUNDS - 1


def test_lists_that_change_under_iteration():
    total = 0
    for i in range(ROUNDS // 4):
        items = [1, 2, 3]
        for k, x in enumerate(items):
            if k < 5:
                items.append(x + k)
            total += x
    assert total == ROUNDS // 4 * (1 + 2 + 3 + 1 + 3 + 5 + 4 + 7)


def test_characters():
    h = 0
    for i in range(ROUNDS // 8):
        for c in "hello world":
            h = (h * 33 + ord(c)) & 0xFFFFFF
        for c in "na\u00efve \u4e2d":
            h = (h * 33 + ord(c)) & 0xFFFFFF
        h += len(chr(i % 300)) + ord(chr(i % 300))
    expected = 0
    for i in range(ROUNDS // 8):
        for c in b"hello world" + bytes():
            expected = (expected * 33 + c) & 0xFFFFFF
        for c in (110, 97, 239, 118, 101, 32, 0x4E2D):
            expected = (expected * 33 + c) & 0xFFFFFF
        expected += 1 + i % 300
    assert h == expected
    errors = 0
    for i in range(ROUNDS):
        try:
            ord("ab" if i % 3 == 0 else "a")
        except TypeError:
            errors += 1
    assert errors == ROUNDS // 3


def averager():
    total = count = 0
    average = None
    while True:
        x = yield average
        if x is None:
            return total
        total += x
        count += 1
        average = total // count


def test_send():
    g = averager()
    next(g)
    for i in range(ROUNDS):
        last = g.send(i)
    assert last == sum(range(ROUNDS)) // ROUNDS
    try:
        g.send(None)
    except StopIteration as stop:
        assert stop.value == sum(range(ROUNDS))
    else:
        assert False
    ended = 0
    for i in range(ROUNDS):
        g = averager()
        try:
            g.send(None)
            g.send(4)
            g.send(None)
        except StopIteration as stop:
            ended += stop.value
    assert ended == 4 * ROUNDS
    failures = 0
    for i in range(ROUNDS):
        try:
            averager().send(1)
        except TypeError:
            failures += 1
    assert failures == ROUNDS


def test_next():
    def numbers():
        i = 0
        while True:
            yield i
            i += 1
    g = numbers()
    total = 0
    for _ in range(ROUNDS):
        total += next(g)
    assert total == sum(range(ROUNDS))
    missing = 0
    for _ in range(ROUNDS):
        missing += next((x for x in ()), 1)
        try:
            next(x for x in ())
        except StopIteration as stop:
            missing += stop.value is None
    assert missing == 2 * ROUNDS


def test_generators_that_resume_themselves():
    def selfish():
        try:
            next(g)
        except ValueError as error:
            yield str(error)
    for _ in range(ROUNDS // 2):
        g = selfish()
        assert next(g) == "generator already executing"


def test_exceptions_of_generators_resumed_by_calls():
    def fails():
        yield 1
        raise KeyError("k")

    def stops():
        yield 1
        raise StopIteration
    counts = [0, 0]
    for _ in range(ROUNDS // 2):
        g = fails()
        next(g)
        try:
            next(g)
        except KeyError as error:
            counts[0] += 1
            last = error
        g = stops()
        next(g)
        try:
            g.send(None)
        except RuntimeError as error:
            counts[1] += isinstance(error.__cause__, StopIteration)
    assert counts == [ROUNDS // 2] * 2
    assert [frame.name for frame in traceback.extract_tb(last.__traceback__)] == ["test_exceptions_of_generators_resumed_by_calls", "fails"]


def test_coroutines():
    @types.coroutine
    def ask(x):
        return (yield x)

    async def work(n):
        total = 0
        for i in range(n):
            total += await ask(i)
        return total
    total = 0
    for i in range(ROUNDS // 8):
        c = work(3)
        try:
            value = c.send(None)
            while True:
                value = c.send(value + 1)
        except StopIteration as stop:
            total += stop.value
    assert total == 6 * (ROUNDS // 8)


def test_natives_that_go_through_generators():
    found = []
    for i in range(ROUNDS):
        found = [sum(x for x in range(i % 7)), list(x * 2 for x in range(3)), tuple(x for x in (1, i)), set(x % 3 for x in range(5)),
                 ",".join(str(x) for x in range(i % 4)), any(x > 3 for x in range(i % 9)), all(x < 3 for x in range(i % 9))]
        assert found == [sum(range(i % 7)), [0, 2, 4], (1, i), {0, 1, 2}, ",".join("0123"[:i % 4]), i % 9 > 4, i % 9 < 4], (i, found)


def test_their_exceptions():
    def bad():
        yield 1
        raise ValueError("x")
    for taker in (sum, list, set, tuple, all, ",".join, lambda g: any(not x for x in g)):
        for _ in range(ROUNDS // 8):
            try:
                taker(bad())
            except (ValueError, TypeError) as error:
                last = error
        names = [frame.name for frame in traceback.extract_tb(last.__traceback__)]
        assert names[0] == "test_their_exceptions" and names[-1] == "bad", names
        assert len(names) == 2 or taker.__name__ == "<lambda>", names
    messages = set()
    for _ in range(ROUNDS // 8):
        try:
            ",".join(x for x in ("a", 1))
        except TypeError as error:
            messages.add(str(error))
        try:
            sum(x for x in "ab")
        except TypeError as error:
            messages.add(str(error))
    assert messages == {"sequence item 1: expected str instance, int found", "unsupported operand type(s) for +: 'int' and 'str'"}
    assert types.MethodType(sum, (x for x in (1, 2)))() == 3


def test_slices():
    p = [1, 2, 3, 4, 5, 6]
    for i in range(ROUNDS):
        p[:4] = p[3::-1]
        q, z, w, v = p[1:-1], p[::2], "hello"[i % 5:], (1, 2, 3)[i % 2:]
        p[4:] = [i] * (i % 4)
        p[4:] = p[4:6] + [0] * (6 - len(p))
        assert (len(p), len(q), len(z), w, v) == (6, 4, 3, "hello"[i % 5:], (2, 3) if i % 2 else (1, 2, 3))
    errors = 0
    for i in range(ROUNDS):
        try:
            p[::i % 2]
        except ValueError:
            errors += 1
        try:
            p["a":]
        except TypeError:
            errors += 1
        try:
            p[::2] = [1]
        except ValueError:
            errors += 1
    assert errors == ROUNDS * 5 // 2


def test_what_is_thrown_into_generators():
    def answers(number):
        got = number
        while True:
            try:
                got = yield got
            except ValueError:
                got += 1

    total = 0
    for number in range(ROUNDS):
        generator = answers(number)
        next(generator)
        total += generator.send(number * 2) - number * 2
        assert generator.gi_frame.f_locals["got"] == number * 2
        if number % 3 == 0:
            total += generator.throw(ValueError) - number * 2
            assert generator.gi_frame.f_locals["got"] == number * 2 + 1
    assert total == ROUNDS // 3



def test_tuples_from_their_end():
    items = tuple(range(10))
    total = 0
    for turn in range(3000):
        for item in reversed(items if turn % 7 else (1, 2.5, "x")[:2]):
            total += item
        left = reversed(items)
        next(left)
        total += len(list(left)) + sum(left)
        pair = reversed((turn, total))
        assert pair.__length_hint__() == 2 and next(pair) is total and next(pair) == turn
        assert next(pair, None) is None and next(pair, "end") == "end" and pair.__reduce__() == (reversed, ((),))
    assert total == 144196.5, total


run(globals())
