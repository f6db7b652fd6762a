"""Operator protocols: reflected and in-place forms, comparison, NotImplemented, truth, length, containment, calls."""
import operator
from harness import raises, run

NAMES = "add sub mul truediv floordiv mod pow lshift rshift and xor or matmul divmod".split()
CALLS = {"divmod": divmod, "and": operator.and_, "or": operator.or_}


def call(name):
    return CALLS.get(name) or getattr(operator, name)


def test_every_binary_operator_and_its_reflection():
    def method(label):
        return lambda self, other, *rest: (label, other)
    L = type("L", (), {"__%s__" % n: method(n) for n in NAMES})
    R = type("R", (), {"__r%s__" % n: method("r" + n) for n in NAMES})
    for n in NAMES:
        assert call(n)(L(), 5) == (n, 5) and call(n)(5, R()) == ("r" + n, 5), n


def test_in_place_operators_fall_back():
    class A:
        def __iadd__(self, other):
            return "iadd"

        def __sub__(self, other):
            return "sub"

        def __imul__(self, other):
            return NotImplemented

        def __mul__(self, other):
            return "mul"
    a = b = c = A()
    a += 1
    b -= 1
    c *= 1
    assert (a, b, c) == ("iadd", "sub", "mul")
    raises(TypeError, "unsupported operand type(s) for //=: 'A' and 'int'", lambda: operator.ifloordiv(A(), 1))


def test_subclass_reflection_goes_first():
    class A:
        def __add__(self, other):
            return "A.add"

        def __radd__(self, other):
            return "A.radd"

    class B(A):
        def __radd__(self, other):
            return "B.radd"

    class C(A):
        pass
    assert A() + B() == "B.radd" and A() + C() == "A.add" and B() + A() == "A.add" and 1 + A() == "A.radd"


def test_not_implemented():
    class A:
        def __add__(self, other):
            return NotImplemented

        def __eq__(self, other):
            return NotImplemented
    raises(TypeError, "unsupported operand type(s) for +: 'A' and 'int'", lambda: A() + 1)
    raises(TypeError, "unsupported operand type(s) for ** or pow(): 'A' and 'int'", lambda: A() ** 1)
    raises(TypeError, "unsupported operand type(s) for @: 'int' and 'A'", lambda: 1 @ A())
    a = A()
    assert a == a and a != A() and not A() == 1


def test_comparison():
    class A:
        def __lt__(self, other):
            return "lt"

        def __ge__(self, other):
            return "ge"
    assert (A() < 1, 1 > A(), A() >= 1, 1 <= A()) == ("lt", "lt", "ge", "ge")
    raises(TypeError, "'>' not supported between instances of 'A' and 'int'", lambda: A() > 1)

    class E:
        def __eq__(self, other):
            return []
    assert (E() == 1) == [] and (E() != 1) is True
    raises(TypeError, "unhashable type: 'E'", hash, E())


def test_chained_comparison_evaluates_once_and_stops():
    log = []

    def n(x):
        log.append(x)
        return x
    assert n(1) < n(2) < n(3) and log == [1, 2, 3]
    log.clear()
    assert not n(3) < n(2) < n(1) and log == [3, 2] and (1 < 2 > 0 == 0 != 1 in [1] is not None)


def test_unary():
    class A:
        def __neg__(self):
            return "neg"

        def __pos__(self):
            return "pos"

        def __invert__(self):
            return "invert"

        def __abs__(self):
            return "abs"
    assert (-A(), +A(), ~A(), abs(A())) == ("neg", "pos", "invert", "abs")
    raises(TypeError, "bad operand type for unary -: 'object'", lambda: -object())


def test_truth_and_length():
    class B:
        def __bool__(self):
            return False

    class L:
        def __len__(self):
            return 0
    assert not B() and not L() and object()
    B.__bool__ = lambda self: 1
    raises(TypeError, "__bool__ should return bool, returned int", bool, B())
    L.__len__ = lambda self: -1
    raises(ValueError, "__len__() should return >= 0", len, L())
    L.__len__ = lambda self: "a"
    raises(TypeError, "'str' object cannot be interpreted as an integer", len, L())


def test_containers():
    class G:
        def __getitem__(self, i):
            if i > 3:
                raise IndexError
            return i * 10
    assert list(G()) == [0, 10, 20, 30] and 20 in G() and 25 not in G()

    class C:
        def __contains__(self, x):
            return "truthy"
    assert (1 in C()) is True and (1 not in C()) is False
    C.__contains__ = None
    raises(TypeError, "'C' object is not a container", lambda: 1 in C())
    raises(TypeError, "argument of type 'int' is not iterable", lambda: 1 in 5)


def test_items():
    log = []

    class D:
        def __getitem__(self, k):
            log.append(("get", k))
            return 1

        def __setitem__(self, k, v):
            log.append(("set", k, v))

        def __delitem__(self, k):
            log.append(("del", k))
    d = D()
    d["a"] += 5
    del d[1:2, 3]
    assert log == [("get", "a"), ("set", "a", 6), ("del", (slice(1, 2), 3))]
    raises(TypeError, "'object' object does not support item assignment", operator.setitem, object(), 1, 2)
    raises(TypeError, "'object' object does not support item deletion", operator.delitem, object(), 1)
    raises(TypeError, "'object' object is not subscriptable", operator.getitem, object(), 1)


def test_special_methods_are_looked_up_on_the_type():
    class A:
        pass
    a = A()
    a.__len__ = lambda: 5
    a.__call__ = lambda: 6
    raises(TypeError, "object of type 'A' has no len()", len, a)
    raises(TypeError, "'A' object is not callable", lambda: a())
    A.__call__ = lambda self, *x, **k: (x, k)
    assert a(1, b=2) == ((1,), {"b": 2}) and callable(a)


def test_numeric_conversions():
    class N:
        def __int__(self): return 1
        def __float__(self): return 2.0
        def __complex__(self): return 3j
        def __round__(self, n=None): return ("round", n)
        def __trunc__(self): return 4
    n = N()
    assert (int(n), float(n), complex(n), round(n), round(n, 2)) == (1, 2.0, 3j, ("round", None), ("round", 2))
    N.__float__ = lambda self: 1
    raises(TypeError, "N.__float__ returned non-float (type int)", float, n)


def test_augmented_assignment_evaluates_the_target_once():
    calls = []

    def target():
        calls.append(1)
        return [1, 2]
    target()[0] += 5
    assert len(calls) == 1
    t = ([],)
    raises(TypeError, "'tuple' object does not support item assignment", operator.setitem, t, 0, 1)
    try:
        t[0] += [1]
    except TypeError:
        pass
    assert t == ([1],)


def test_deletion_of_items_from_what_has_none():
    class A:
        pass

    def delete(container, key):
        del container[key]
    for container in (1, 2), "ab", b"ab", range(3), frozenset(), A():
        name = type(container).__name__
        raises(TypeError, f"'{name}' object doesn't support item deletion", delete, container, 0)
        raises(TypeError, f"'{name}' object does not support item deletion", delete, container, slice(1))
        raises(TypeError, f"'{name}' object does not support item deletion", delete, container, "a")
    for container in 5, None, 1.5, object(), len:
        raises(TypeError, f"'{type(container).__name__}' object does not support item deletion", delete, container, 0)


def test_a_class_derived_from_a_list_extends_itself_first():
    class Reflected:
        def __iter__(self):
            return iter([1, 2])

        def __radd__(self, other):
            return "reflected"

        def __rmul__(self, other):
            return "multiplied"

    class L(list):
        pass

    class BA(bytearray):
        pass

    class B(bytes):
        def __radd__(self, other):
            return "reflected"
    x = L([0])
    y = x
    x += Reflected()
    assert x is y and x == [0, 1, 2]
    x = [0]
    x += Reflected()
    assert x == "reflected"
    assert L([0]) + Reflected() == "reflected"
    x = BA(b"a")
    x += B(b"b")
    assert type(x) is BA and x == b"ab"
    x = bytearray(b"a")
    x += B(b"b")
    assert x == "reflected"
    x = L([0])
    x *= Reflected()
    assert x == "multiplied"


def test_what_could_be_a_sequence_is_not_repeated_by_in_place():
    class Index:
        def __index__(self):
            return 2

    def multiply(a, b):
        a *= b
        return a
    assert Index() * "ab" == "abab" and "ab" * Index() == "abab"
    for right in "ab", [1], (1,), b"ab":
        name = type(right).__name__
        raises(TypeError, f"unsupported operand type(s) for *=: 'Index' and '{name}'", multiply, Index(), right)
        raises(TypeError, f"unsupported operand type(s) for *=: 'dict' and '{name}'", multiply, {}, right)
        assert multiply(2, right) == right * 2 and multiply(True, right) == right
        assert multiply(right[:], Index()) == right * 2


def test_indices_of_containers_without_item_assignment():
    class Broken:
        def __index__(self):
            return "x"

    def store(container, key):
        container[key] = 1

    def delete(container, key):
        del container[key]
    for container in "", b"", (), range(3), set(), frozenset():
        for change in store, delete:
            raises(IndexError, "cannot fit 'int' into an index-sized integer", change, container, 10 ** 400)
            raises(TypeError, "__index__ returned non-int (type str)", change, container, Broken())
    raises(TypeError, "'str' object does not support item assignment", store, "ab", 0)
    raises(TypeError, "'int' object does not support item assignment", store, 5, 10 ** 400)


def test_membership_of_what_cannot_be_iterated():
    class Refusing:
        def __iter__(self):
            raise TypeError("no")

    class Failing:
        def __iter__(self):
            raise ValueError("no")

    class NoIterator:
        def __iter__(self):
            return 5
    raises(TypeError, "argument of type 'Refusing' is not iterable", operator.contains, Refusing(), 1)
    raises(TypeError, "argument of type 'NoIterator' is not iterable", operator.contains, NoIterator(), 1)
    raises(ValueError, "no", operator.contains, Failing(), 1)
    raises(TypeError, "argument of type 'memoryview' is not iterable", operator.contains, memoryview(b"a").cast("B", ()), 1)


def test_numbers_of_arguments_of_slot_wrappers():
    raises(TypeError, " expected at most 2 arguments, got 3", int.__pow__, 1, 2, 3, 4)
    raises(TypeError, " expected at least 1 argument, got 0", int.__pow__, 1)
    raises(TypeError, " expected 2 arguments, got 1", list.__setitem__, [1], 0)
    raises(TypeError, " expected 2 arguments, got 1", object.__setattr__, 1, "a")
    raises(TypeError, "expected 1 argument, got 2", int.__add__, 1, 2, 3)
    raises(TypeError, "expected 0 arguments, got 1", int.__neg__, 1, 2)


def test_errors_of_calls_with_keywords_that_are_no_strings():
    raises(TypeError, "'int' object is not callable", lambda f: f(**{1: 2}), 5)
    raises(TypeError, "keywords must be strings", lambda f: f(**{1: 2}), len)


def test_reversed_needs_a_length():
    class Items:
        def __getitem__(self, index):
            return index
    raises(TypeError, "object of type 'Items' has no len()", reversed, Items())
    raises(TypeError, "'object' object is not reversible", reversed, object())
    raises(TypeError, "'set' object is not reversible", reversed, set())


run(globals())
