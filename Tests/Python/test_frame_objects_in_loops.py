"""Frame objects of functions that a hot loop calls: made now and then, for some of the callers, and looked at when the calls are over."""
import sys
from functools import reduce
from harness import run


def kept_frames(rounds, choose):
    kept = []

    def probe(i, _):
        for depth in choose(i):
            kept.append((i, sys._getframe(depth)))
        return i

    def inner(i):
        x = i
        y = reduce(probe, (i, i))
        return x + y

    def middle(i):
        a = inner(i)
        b = i
        return a + b

    def outer(i):
        c = middle(i)
        return c + 1

    total = 0
    for i in range(rounds):
        total += outer(i)
    assert total == 3 * rounds * (rounds - 1) // 2 + rounds
    return kept


def check(kept):
    names = {"inner": "x", "middle": "b", "outer": "i"}
    for i, frame in kept:
        assert frame.f_locals[names[frame.f_code.co_name]] == i
        assert frame.f_lineno >= frame.f_code.co_firstlineno
    return len(kept)


def test_one_at_a_time():
    assert check(kept_frames(6000, lambda i: (i % 4,) if i % 4 else ())) == 4500


def test_any_of_them():
    def choose(i):
        k = i * 2654435761 >> 7 & 31
        return [depth for depth in (1, 2, 3) if k < 16 and k >> depth - 1 & 1]
    assert check(kept_frames(20000, choose)) > 10000


def test_now_and_then():
    assert check(kept_frames(9000, lambda i: (1, 3) if i % 7 == 3 else (2,) if i % 11 == 5 else ())) > 2000


run(globals())
