"""list: methods, slices, sorting, errors."""
from harness import raises, run


def test_methods():
    a = [3, 1, 2]
    a.append(4), a.extend((5, 6)), a.insert(0, 0), a.insert(-1, "x"), a.insert(100, "end")
    assert a == [0, 3, 1, 2, 4, 5, "x", 6, "end"] and a.pop() == "end" and a.pop(0) == 0 and a.pop(-2) == "x"
    a.remove(3), a.reverse()
    assert a == [6, 5, 4, 2, 1] and a.index(4) == 2 and a.index(1, -2) == 4 and a.count(5) == 1 and a.copy() == a and a.copy() is not a
    a.clear()
    assert a == []


def test_errors():
    raises(IndexError, "pop from empty list", [].pop)
    raises(IndexError, "pop index out of range", [1].pop, 3)
    raises(ValueError, "list.remove(x): x not in list", [].remove, 1)
    raises(ValueError, "5 is not in list", [1].index, 5)
    raises(IndexError, "list index out of range", lambda: [][0])
    raises(IndexError, "list assignment index out of range", [].__setitem__, 0, 1)
    raises(TypeError, "list indices must be integers or slices, not str", lambda: []["a"])
    raises(TypeError, "list.append() takes exactly one argument (0 given)", [].append)
    raises(TypeError, 'can only concatenate list (not "int") to list', lambda: [] + 1)
    raises(TypeError, "'int' object is not iterable", [].extend, 1)
    raises(TypeError, "unhashable type: 'list'", hash, [])
    raises(TypeError, "list() takes no keyword arguments", list, x=1)


def test_slices():
    a = list(range(10))
    assert a[2:5] == [2, 3, 4] and a[::-3] == [9, 6, 3, 0] and a[-3:] == [7, 8, 9] and a[100:] == [] and a[5:2] == [] and a[:-1:4] == [0, 4, 8]
    a[2:5] = "ab"
    assert a == [0, 1, "a", "b", 5, 6, 7, 8, 9]
    a[::4] = [10, 20, 30]
    assert a == [10, 1, "a", "b", 20, 6, 7, 8, 30]
    del a[1::2]
    assert a == [10, "a", 20, 7, 30]
    a[1:1] = a
    assert a == [10, 10, "a", 20, 7, 30, "a", 20, 7, 30]
    a[:] = []
    assert a == []
    raises(ValueError, "attempt to assign sequence of size 1 to extended slice of size 2", [1, 2, 3].__setitem__, slice(None, None, 2), [1])
    raises(TypeError, "can only assign an iterable", [1].__setitem__, slice(0, 1), 5)
    raises(ValueError, "slice step cannot be zero", lambda: [1][::0])


def test_operators():
    a = b = [1]
    a += [2]
    a *= 2
    assert b == [1, 2, 1, 2] and a is b and [1] * 0 == [] and 2 * [0] == [0, 0] and [1, 2] < [1, 3] < [2] and [1] < [1, 0] and [] == [] and [1] != (1,) and 1.0 in [1]
    assert [[]] * 2 == [[], []] and not [] and len([1, 2]) == 2
    raises(TypeError, "'<' not supported between instances of 'str' and 'int'", lambda: ["a"] < [1])


def test_sort_is_stable_and_keyed():
    pairs = [(i % 3, i) for i in range(20)]
    assert [b for a, b in sorted(pairs, key=lambda p: p[0])] == sorted(range(20), key=lambda i: i % 3)
    assert sorted(pairs, key=lambda p: p[0], reverse=True)[0] == (2, 2)
    assert sorted("bAc", key=str.lower) == ["A", "b", "c"] and sorted([3, 1.5, True]) == [True, 1.5, 3] and sorted({"b": 1, "a": 2}) == ["a", "b"]
    a = [5, 3, 1]
    assert a.sort() is None and a == [1, 3, 5]
    big = [(i * 7919) % 10007 for i in range(5000)]
    assert sorted(big) == sorted(reversed(big)) and all(x <= y for x, y in zip(sorted(big), sorted(big)[1:]))


def test_sort_errors_leave_a_permutation():
    a = [3, "x", 1, 2]
    raises(TypeError, None, a.sort)
    assert len(a) == 4 and {str(x) for x in a} == {"1", "2", "3", "x"}
    raises(TypeError, "sort() takes no positional arguments", a.sort, 1)

    def mutate():
        b = [1, 2, 3]
        b.sort(key=lambda x: b.append(x) or x)
    raises(ValueError, "list modified during sort", mutate)


def test_sort_uses_only_less_than():
    class N:
        def __init__(self, n):
            self.n = n

        def __lt__(self, other):
            return self.n < other.n
    assert [x.n for x in sorted([N(3), N(1), N(2)])] == [1, 2, 3] and min(N(2), N(1)).n == 1


def test_repr_of_recursive_lists():
    a = [1]
    a.append(a)
    assert repr(a) == "[1, [...]]" and str([["x"], (1,), {}]) == "[['x'], (1,), {}]"


def test_iteration_while_changing():
    a, seen = [1, 2, 3], []
    for x in a:
        seen.append(x)
        if x < 3 and len(a) < 6:
            a.append(x + 10)
    assert seen == [1, 2, 3, 11, 12]
    it = iter(a)
    list(it)
    a.append(5)
    assert list(it) == [] and list(reversed([1, 2])) == [2, 1] and iter([1, 2]).__length_hint__() == 2


def test_subclass():
    class L(list):
        def append(self, x):
            super().append(x * 2)
    a = L([1])
    a.append(2)
    assert a == [1, 4] and type(a[:]) is list and type(a + []) is list and type(a.copy()) is list and isinstance(a, list)


def test_long_lists_emptied_one_by_one():
    def emptied(step):
        numbers = list(range(200))
        while numbers:
            step(numbers)
        numbers.append(1)
        return numbers == [1]

    def delete_first(numbers):
        del numbers[0]
    assert emptied(delete_first)
    assert emptied(lambda numbers: numbers.remove(numbers[-1]))
    assert emptied(lambda numbers: numbers.pop(0))
    assert emptied(lambda numbers: numbers.pop())


def test_sort_notices_changes_that_were_taken_back():
    from functools import cmp_to_key

    def compare(a, b):
        items.append(3)
        items.pop()
        return (a > b) - (a < b)
    items = [2, 1]
    raises(ValueError, "list modified during sort", items.sort, key=cmp_to_key(compare))


def test_counts_that_are_no_counts():
    for sequence in [1], (1,):
        raises(TypeError, "'str' object cannot be interpreted as an integer", sequence.__mul__, "a")
        raises(TypeError, "'str' object cannot be interpreted as an integer", sequence.__rmul__, "a")
        raises(TypeError, "can't multiply sequence by non-int of type 'str'", lambda: sequence * "a")
    raises(OverflowError, "Python int too large to convert to C ssize_t", [].pop, 2 ** 70)
    raises(TypeError, "an integer is required", iter([]).__setstate__, None)
    raises(TypeError, "an integer is required", reversed([1]).__setstate__, None)


run(globals())
