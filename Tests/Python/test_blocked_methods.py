"""Special methods that are None: they block their operation, and what the error says depends on the operation."""
import array
import collections
import operator
import os

from harness import raises, run

CALLED = "'NoneType' object is not callable"
OPERATORS = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "matmul": operator.matmul, "truediv": operator.truediv, "floordiv": operator.floordiv, "mod": operator.mod,
    "divmod": divmod, "pow": operator.pow, "lshift": operator.lshift, "rshift": operator.rshift, "and": operator.and_, "xor": operator.xor, "or": operator.or_,
}


def made(name, bases=(), **namespace):
    return type(name, bases, namespace)()


def test_left_operand():
    for name, operate in OPERATORS.items():
        left = made("Left", **{f"__{name}__": None})
        right = made("Right", **{f"__r{name}__": lambda self, other: "right"})
        raises(TypeError, CALLED, operate, left, right)
        raises(TypeError, CALLED, operate, left, 1)
        raises(TypeError, CALLED, operate, left, left)


def test_right_operand():
    for name, operate in OPERATORS.items():
        right = made("Right", **{f"__r{name}__": None})
        raises(TypeError, CALLED, operate, object(), right)
        left = made("Left", **{f"__{name}__": lambda self, other: "left"})
        assert operate(left, right) == "left"
        declines = made("Declines", **{f"__{name}__": lambda self, other: NotImplemented})
        raises(TypeError, CALLED, operate, declines, right)


def test_subclass_on_the_right_goes_first():
    for name, operate in OPERATORS.items():
        class Left:
            pass
        setattr(Left, f"__{name}__", lambda self, other: "left")
        right = made("Right", (Left,), **{f"__r{name}__": None})
        if name != "divmod":
            raises(TypeError, CALLED, operate, Left(), right)


def test_in_place():
    class Number:
        __iadd__ = None

        def __add__(self, other):
            return "added"

    def add(x):
        x += 1
        return x

    raises(TypeError, CALLED, add, Number())

    class Changed:
        __add__ = None

        def __iadd__(self, other):
            return "changed"

    assert add(Changed()) == "changed"
    raises(TypeError, CALLED, lambda: Changed() + 1)


def test_in_a_loop():
    class Left:
        __add__ = __lt__ = __getitem__ = __call__ = __bool__ = None

    class Right:
        def __radd__(self, other):
            return 1

        def __gt__(self, other):
            return True

    def texts(operate):
        found = set()
        for _ in range(3000):
            try:
                found.add(operate(Left(), Right()))
            except TypeError as error:
                found.add(str(error))
        return found

    for operate in (lambda a, b: a + b, lambda a, b: a < b, lambda a, b: a[b], lambda a, b: a(b), lambda a, b: not a, lambda a, b: b < a if a < b else 0):
        assert texts(operate) == {CALLED}


def test_power_with_modulus_asks_the_first_alone():
    raises(TypeError, CALLED, pow, made("X", __pow__=None), 1, 2)
    raises(AttributeError, "__pow__", pow, made("X", __rpow__=None), 1, 2)


def test_conversions():
    raises(TypeError, "%c requires int or char", lambda: "%c" % made("X", __index__=None))
    raises(TypeError, "%c requires an integer in range(256) or a single byte", lambda: b"%c" % made("X", __index__=None))
    raises(TypeError, CALLED, complex, made("X", (int,), __complex__=None))
    raises(TypeError, CALLED, complex, made("X", (float,), __float__=None))
    raises(TypeError, CALLED, float, made("X", (str,), __index__=None))
    raises(TypeError, CALLED, int, made("X", (str,), __trunc__=None))
    raises(TypeError, "an integer is required", collections.deque, [], made("X", __index__=lambda self: 1))
    assert str(made("X", (bytes,), __repr__=None)) == "b''"
    assert str(made("X", (bytearray,), __repr__=None)) == "X(b'')"


def test_iteration():
    closed = made("X", __iter__=None, __getitem__=lambda self, index: 1)
    raises(TypeError, "'X' object is not iterable", list, closed)
    raises(TypeError, "can only join an iterable", "".join, closed)
    raises(TypeError, "can only join an iterable", b"".join, closed)
    raises(TypeError, "cannot convert 'X' object to bytes", bytes, closed)
    raises(TypeError, "cannot convert 'X' object to bytearray", bytearray, closed)
    raises(TypeError, "can't extend bytearray with X", bytearray().extend, closed)
    raises(TypeError, "can only assign an iterable", [].__setitem__, slice(0, 1), closed)
    raises(TypeError, "must assign iterable to extended slice", [1, 2, 3].__setitem__, slice(0, 3, 2), closed)
    raises(TypeError, "argument of type 'X' is not iterable", operator.indexOf, closed, 1)
    raises(TypeError, "argument of type 'X' is not iterable", operator.countOf, closed, 1)
    assert array.array("i", made("X", (list,), __iter__=None)).tolist() == []


def test_a_list_of_another_class_is_taken_by_number():
    class Doubled(list):
        __iter__ = None

        def __getitem__(self, index):
            return 2 * super().__getitem__(index)

    assert array.array("i", Doubled([1, 2])).tolist() == [2, 4]


def test_paths():
    raises(FileNotFoundError, "[Errno 2] No such file or directory: X(b'')", os.readlink, made("X", (bytearray,), __fspath__=None))
    raises(TypeError, CALLED, os.readlink, made("X", __fspath__=None))


def test_lengths_are_asked_once():
    asked = []

    class Letters:
        def __len__(self):
            asked.append("len")
            return 2

        def __getitem__(self, index):
            return "ab"[index]

    assert "".join(Letters()) == "ab" and asked == ["len"]

    class Index:
        def __index__(self):
            asked.append("index")
            return 97

    asked.clear()
    assert Index() in b"abc" and Index() in bytearray(b"abc") and asked == ["index", "index"]


run(globals())
