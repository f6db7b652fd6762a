"""Loops that run long enough to be compiled: what they take for granted may change under them, and what they use may die."""
import gc
import weakref
from harness import run

ROUNDS = 4000


def test_a_loop_does_not_keep_what_it_was_made_for():
    class Thing:
        def __init__(self, x):
            self.x = x

        def value(self):
            return self.x
    thing = Thing(1)

    def total(f):
        result = 0
        for i in range(ROUNDS):
            result += f() + thing.value()
        return result
    local = lambda: 2
    assert total(local) == 3 * ROUNDS
    dead = [weakref.ref(x) for x in (local, Thing, thing)]
    del local, Thing, thing, total
    for _ in range(3):
        gc.collect()
    assert [r() for r in dead] == [None, None, None]


def test_a_loop_over_functions_that_die():
    def make(k):
        return lambda x: x + k
    result = 0
    for k in range(20):
        f = make(k)
        for i in range(300):
            result = f(result) & 0xFFFF
        del f
        if k % 5 == 0:
            gc.collect()
    assert result == 300 * sum(range(20)) & 0xFFFF


def test_a_function_gets_other_code():
    def f(x):
        return x + 1

    def g(x):
        return x + 2

    def h(x):
        result = 0
        for i in range(x):
            result = f(result)
            if i == x - 11:
                f.__code__ = g.__code__
        return result
    assert h(ROUNDS) == ROUNDS + 10


def test_a_function_gets_other_defaults():
    def f(x, y=1):
        return x + y
    result = 0
    for i in range(ROUNDS):
        if i == ROUNDS - 10:
            f.__defaults__ = (2,)
        result = f(result)
    assert result == ROUNDS + 10


def test_a_method_is_replaced():
    class A:
        def m(self):
            return 1
    a = A()
    result = 0
    for i in range(ROUNDS):
        if i == ROUNDS - 10:
            A.m = lambda self: 2
        elif i == ROUNDS - 5:
            a.m = lambda: 3
        result += a.m()
    assert result == ROUNDS + 5 + 10


def test_instances_that_are_made_in_a_loop():
    class Point:
        def __init__(self, x, y):
            self.x = x
            self.y = y

        def plus(self, other):
            return Point(self.x + other.x, self.y + other.y)
    kept = []
    p = Point(0, 0.0)
    for i in range(ROUNDS):
        q = Point(i, 0.5)
        p = p.plus(q)
        if i % 1000 == 999:
            kept.append(q)
            q.late = i
    assert (p.x, p.y) == (ROUNDS * (ROUNDS - 1) // 2, ROUNDS / 2)
    assert [(q.x, q.y, q.late, sorted(vars(q))) for q in kept] == [(i, 0.5, i, ["late", "x", "y"]) for i in (999, 1999, 2999, 3999)]


def test_an_attribute_that_a_constructor_gives_only_sometimes():
    class A:
        def __init__(self, i):
            self.a = i
            if i % 3 == 0:
                self.b = i
            self.c = 1
    total = 0
    for i in range(ROUNDS):
        x = A(i)
        total += x.a + x.c + (x.b if i % 3 == 0 else 0)
    assert total == sum(range(ROUNDS)) + ROUNDS + sum(range(0, ROUNDS, 3))


def test_the_class_of_an_instance_is_replaced():
    class A:
        def m(self):
            return 1

    class B:
        def m(self):
            return 2
    a = A()
    result = 0
    for i in range(ROUNDS):
        if i == ROUNDS // 2:
            a.__class__ = B
        result += a.m()
    assert result == ROUNDS + ROUNDS // 2


run(globals())
