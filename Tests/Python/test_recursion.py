"""Deep recursion raises RecursionError and leaves the interpreter usable."""
import copy
import json
import os
import sys
import threading
import time
from harness import raises, run


def down(n):
    return down(n + 1)


def test_plain_recursion():
    raises(RecursionError, "maximum recursion depth exceeded", down, 0)
    raises(RecursionError, None, down, 0)


def test_depth_is_usable():
    def depth(n):
        return n and 1 + depth(n - 1)
    assert depth(900) == 900


def test_limit_can_be_raised():
    def depth(n):
        return n and 1 + depth(n - 1)
    old = sys.getrecursionlimit()
    sys.setrecursionlimit(20000)
    try:
        assert depth(15000) == 15000
    finally:
        sys.setrecursionlimit(old)
    raises(ValueError, "recursion limit must be greater or equal than 1", sys.setrecursionlimit, 0)


def test_through_special_methods():
    class A:
        def __repr__(self): return repr(self)
        def __eq__(self, other): return self == other
        def __getattr__(self, name): return getattr(self, name)
        def __call__(self): return self()
        def __add__(self, other): return self + other
        def __bool__(self): return bool(self)
        def __iter__(self): return iter(self)
        def __len__(self): return len(self)
        def __str__(self): return str(self)
        def __hash__(self): return hash(self)
        def __contains__(self, x): return x in self
        def __getitem__(self, x): return self[x]
        def __index__(self): return [1][self]
        def __format__(self, spec): return format(self, spec)
    a = A()
    for f in (lambda: repr(a), lambda: a == 1, lambda: a.x, lambda: a(), lambda: a + 1, lambda: bool(a), lambda: iter(a), lambda: len(a), lambda: str(a), lambda: hash(a), lambda: 1 in a, lambda: a[0], lambda: [1][a], lambda: f"{a}"):
        raises(RecursionError, None, f)


def test_nested_containers():
    nested = []
    for _ in range(50000):
        nested = [nested]
    raises(RecursionError, None, repr, nested)
    pair = ()
    for _ in range(50000):
        pair = (pair,)
    try:
        hash(pair)              # CPython manages this one
    except RecursionError:
        pass
    a, b = [], []
    a.append(b), b.append(a)
    raises(RecursionError, "maximum recursion depth exceeded in comparison", lambda: a == b)
    del nested, pair


def test_through_sort_map_and_reduce():
    import functools

    def f(x):
        return sorted([1, 2], key=f)

    def g(x):
        return list(map(g, [x]))

    def h(x, y=0):
        return functools.reduce(h, [1, 2, 3])
    for function in (f, g, h):
        raises(RecursionError, None, function, 1)


def test_generators():
    def gen(n):
        yield from gen(n + 1)
    raises(RecursionError, None, next, gen(0))


def test_caught_at_depth():
    def f(n):
        try:
            return f(n + 1)
        except RecursionError:
            return n
    assert f(0) > 500


def test_isinstance_of_nested_tuples():
    t = int
    for _ in range(50000):
        t = (t,)
    raises(RecursionError, None, isinstance, "a", t)


def fastest(function, *arguments):
    best = 1e9
    for _ in range(3):
        start = time.perf_counter()
        function(*arguments)
        best = min(best, time.perf_counter() - start)
    return best


# With a collection at every few allocations, each of which looks at the whole stack, depth takes quadratic time.
DEEP = 2000 if "TAIPAN_GC" in os.environ else 16000


def at_depth(function, sizes):
    """How long calls for each of the sizes take, with room on the stack."""
    times = []

    def work():
        for size in sizes:
            times.append(function(size))
    old, size = sys.getrecursionlimit(), threading.stack_size(512 << 20)
    sys.setrecursionlimit(200000)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        sys.setrecursionlimit(old)
        threading.stack_size(size)
    return times


def test_copies_at_depth_take_linear_time():
    def copied(n):
        nested = ()
        for _ in range(n):
            nested = (nested, [])
        return fastest(copy.deepcopy, nested)
    short, long = at_depth(copied, (1000, DEEP))
    assert long < short * 200, (short, long)


def test_documents_at_depth_take_linear_time():
    def dump(n):
        nested = []
        for _ in range(n):
            nested = [nested]
        return fastest(json.dumps, nested)
    short, long = at_depth(dump, (1000, DEEP))
    assert long < short * 100, (short, long)


def test_circles_in_deep_documents():
    nested = inner = []
    for _ in range(200):
        nested = [nested]
    inner.append(nested)
    raises(ValueError, "Circular reference detected", json.dumps, nested)
    inner[:] = [[1]] * 2
    assert json.dumps(nested) == "[" * 201 + "[1], [1]" + "]" * 201


def test_context_of_exceptions_in_generators():
    def thrower(n):
        if n:
            return thrower(n - 1)
        raise KeyError("inner")

    def gen():
        thrower(3)
        yield

    def plain():
        # Nothing is handled here: frames are looked at once, and again below a generator that is resumed while something is handled.
        try:
            thrower(3)
        except KeyError as error:
            assert error.__context__ is None
        try:
            raise ValueError("outer")
        except ValueError:
            try:
                next(gen())
            except KeyError as error:
                return error.__context__
    for _ in range(3):
        assert type(plain()) is ValueError

    def handled():
        for _ in range(3):
            try:
                thrower(2)
            except KeyError as error:
                yield error.__context__
    values = handled()
    assert next(values) is None
    try:
        raise ValueError
    except ValueError as error:
        context = next(values)
        assert context is error or context is None
        def nested():
            yield from handled()
        assert next(nested()) is error
    assert next(nested()) is None


run(globals())
