"""Deep recursion raises RecursionError and leaves the interpreter usable."""
import sys
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


run(globals())
