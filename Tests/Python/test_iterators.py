"""The iterator protocol and its built-in iterators."""
import operator
from harness import Countdown, raises, run


def test_protocol():
    assert list(Countdown(3)) == [2, 1, 0] and tuple(Countdown(2)) == (1, 0) and 1 in Countdown(5) and max(Countdown(4)) == 3 and dict(zip(Countdown(2), "ab")) == {1: "a", 0: "b"}
    a, *b = Countdown(3)
    assert a == 2 and b == [1, 0] and "".join(map(str, Countdown(3))) == "210"


def test_errors():
    class NotIterator:
        def __iter__(self):
            return 5

    class Disabled:
        __iter__ = None
        def __getitem__(self, i): return i
    raises(TypeError, "iter() returned non-iterator of type 'int'", iter, NotIterator())
    raises(TypeError, "'Disabled' object is not iterable", iter, Disabled())
    raises(TypeError, "'int' object is not iterable", list, 5)
    raises(TypeError, "'object' object is not an iterator", next, object())
    raises(TypeError, "iter(v, w): v must be callable", iter, 1, 2)


def test_errors_pass_through():
    def bad():
        yield 1
        raise KeyError("k")
    for consume in (list, tuple, set, sum, sorted, lambda g: [*g], lambda g: dict.fromkeys(g), lambda g: max(g), lambda g: [x for x in g]):
        raises(KeyError, "'k'", consume, bad())


def test_exhausted_iterators_stay_so():
    for it in (iter([1]), iter((1,)), iter("a"), iter({1}), iter({1: 1}), iter(range(1)), iter(b"a"), zip([1]), map(str, [1]), enumerate([1]), reversed([1]), filter(None, [1]), iter([1].copy, None)):
        next(it)
        if type(it).__name__ != "callable_iterator":
            raises(StopIteration, "", next, it)
            raises(StopIteration, "", next, it)


def test_length_hint():
    assert operator.length_hint(iter([1, 2, 3])) == 3 and operator.length_hint(iter(range(5))) == 5 and operator.length_hint((x for x in ()), 7) == 7

    class Hint:
        def __length_hint__(self):
            return -1
    raises(ValueError, "__length_hint__() should return >= 0", operator.length_hint, Hint())


def test_reductions():
    import copy
    for make in (lambda: iter([1, 2]), lambda: iter((1, 2)), lambda: iter("ab"), lambda: iter(range(3)), lambda: enumerate("ab"), lambda: reversed([1, 2]), lambda: iter({1: 2}), lambda: zip([1], [2])):
        it = make()
        next(it)
        rest = list(copy.copy(it))
        full = list(make())
        assert rest == full[1:], full


def test_names():
    assert [type(iter(x)).__name__ for x in ([], (), "é", b"", {}, {}.values(), {}.items(), set(), range(1), memoryview(b""))] == ["list_iterator", "tuple_iterator", "str_iterator", "bytes_iterator", "dict_keyiterator", "dict_valueiterator", "dict_itemiterator", "set_iterator", "range_iterator", "memory_iterator"]


run(globals())
