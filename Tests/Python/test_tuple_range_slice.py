"""tuple, range, slice and unpacking."""
from harness import check_all, raises, run


def test_tuples():
    t = (1, "a", 1)
    assert t + (2,) == (1, "a", 1, 2) and t * 2 == (1, "a", 1, 1, "a", 1) and t[1:] == ("a", 1) and t.count(1) == 2 and t.index("a") == 1 and hash((1, 2)) == hash((1, 2)) and () == tuple() and (1,) < (1, 0)
    assert repr((1,)) == "(1,)" and repr(()) == "()" and tuple("ab") == ("a", "b") and tuple(t) is t and t[:] is t
    raises(TypeError, "'tuple' object does not support item assignment", lambda: exec("t[0] = 1", {"t": t}))
    raises(TypeError, "'tuple' object doesn't support item deletion", lambda: exec("del t[0]", {"t": t}))
    raises(IndexError, "tuple index out of range", lambda: t[5])
    raises(TypeError, "tuple indices must be integers or slices, not str", lambda: t["a"])
    raises(ValueError, "tuple.index(x): x not in tuple", t.index, 5)
    raises(TypeError, 'can only concatenate tuple (not "list") to tuple', lambda: t + [])
    raises(TypeError, "unhashable type: 'list'", hash, ([],))


def test_unpacking():
    a, (b, *c), d = 1, (2, 3, 4), 5
    assert (a, b, c, d) == (1, 2, [3, 4], 5)
    *a, b = "xyz"
    assert a == ["x", "y"] and b == "z"
    [a, b] = {1: 2, 3: 4}
    assert (a, b) == (1, 3)
    a, b = b, a
    assert (a, b) == (3, 1)
    x = [0, 1]
    i = 0
    i, x[i] = 1, 5
    assert x == [0, 5]

    def few():
        a, b, c = 1, 2

    def many():
        a, b = [1, 2, 3]

    def star():
        a, b, *c = [1]

    def no():
        a, b = 5
    raises(ValueError, "not enough values to unpack (expected 3, got 2)", few)
    raises(ValueError, "too many values to unpack (expected 2)", many)
    raises(ValueError, "not enough values to unpack (expected at least 2, got 1)", star)
    raises(TypeError, "cannot unpack non-iterable int object", no)


def test_star_displays():
    a = [1, 2]
    assert [*a, 0, *"xy"] == [1, 2, 0, "x", "y"] and (*a, *a) == (1, 2, 1, 2) and {*a, 3} == {1, 2, 3} and {**{"a": 1, "b": 2}, "a": 3} == {"a": 3, "b": 2}

    def f():
        return 0, *a
    assert f() == (0, 1, 2) and [x for x in (*a, 3)] == [1, 2, 3]
    for x in 0, *a:
        pass
    assert x == 2 and {0: "t"}.get((*a,)) is None
    raises(TypeError, "Value after * must be an iterable, not int", lambda: [*5])
    raises(TypeError, "'int' object is not a mapping", lambda: {**5})


def test_ranges():
    check_all(list, [(range(3), [0, 1, 2]), (range(5, 0, -2), [5, 3, 1]), (range(0), []), (range(1, 1), [])])
    r = range(0, 20, 3)
    assert len(r) == 7 and r[2] == 6 and r[-1] == 18 and r[1:3] == range(3, 9, 3) and r[::-1] == range(18, -3, -3) and 9 in r and 10 not in r and 9.0 in r and "a" not in r and r.index(6) == 2 and r.count(6) == 1
    assert (r.start, r.stop, r.step) == (0, 20, 3) and range(0) == range(2, 1) and hash(range(0)) == hash(range(5, 5)) and repr(range(1, 5)) == "range(1, 5)" and repr(r) == "range(0, 20, 3)" and not range(0)
    big = range(10 ** 20, 10 ** 20 + 3)
    assert list(big)[2] == 10 ** 20 + 2 and 10 ** 20 + 1 in big and list(reversed(big))[0] == 10 ** 20 + 2 and big[1] == 10 ** 20 + 1
    raises(ValueError, "range() arg 3 must not be zero", range, 1, 2, 0)
    raises(TypeError, "'float' object cannot be interpreted as an integer", range, 1.5)
    raises(TypeError, "range expected at least 1 argument, got 0", range)
    raises(TypeError, "range expected at most 3 arguments, got 4", range, 1, 2, 3, 4)
    raises(IndexError, "range object index out of range", lambda: range(3)[3])
    raises(ValueError, "5 is not in range", range(3).index, 5)
    raises(OverflowError, "Python int too large to convert to C ssize_t", len, range(10 ** 20))


def test_slices():
    s = slice(1, 10, 2)
    assert (s.start, s.stop, s.step) == (1, 10, 2) and s.indices(5) == (1, 5, 2) and slice(None, None, -1).indices(3) == (2, -1, -1) and repr(slice(5)) == "slice(None, 5, None)" and slice(1) == slice(None, 1)
    raises(TypeError, "unhashable type: 'slice'", hash, s)
    raises(AttributeError, "readonly attribute", setattr, s, "start", 1)
    raises(ValueError, "length should not be negative", s.indices, -1)

    class Get:
        def __getitem__(self, item):
            return item
    g = Get()
    assert g[1:2, ::3, ...] == (slice(1, 2), slice(None, None, 3), Ellipsis) and g[:] == slice(None) and g[()] == () and g[1,] == (1,) and g[*[1, 2]] == (1, 2)


def test_tuples_within_tuples_as_keys():
    pairs = [(-n % 7, (str(n % 5), "x" * (n % 3)), (n,)) for n in range(200)]
    expected = pairs[:]
    for i in range(1, len(expected)):
        j = i
        while j > 0 and expected[j] < expected[j - 1]:
            expected[j], expected[j - 1] = expected[j - 1], expected[j]
            j -= 1
    assert sorted(pairs) == expected and sorted(pairs, reverse=True) == expected[::-1]
    table = {pair: n for n, pair in enumerate(pairs)}
    assert all(table[(-n % 7, ("%d" % (n % 5), "xx"[:n % 3]), (n,))] == n for n in range(200)) and (1, ("1", "x"), (1, 2)) not in table and (1, ("1",), (1,)) not in table
    assert (1, (2,)) == (1.0, (True + 1,)) and (1, ("a",)) != (1, (b"a",)) and {(1, (2, "a")): 1}[(1.0, (2.0, "a"))] == 1 and sorted([((1.5,), 2), ((1,), 3), ((1,), 2.5)]) == [((1,), 2.5), ((1,), 3), ((1.5,), 2)]

    class Loud:
        def __eq__(self, other): raise KeyError("loud")
        __hash__ = None
    raises(KeyError, "'loud'", sorted, [((Loud(),), 1), ((Loud(),), 2)])
    raises(TypeError, "'<' not supported between instances of 'str' and 'int'", sorted, [((1,), 1), (("a",), 2)])


run(globals())
