"""Attributes that functions give: setters, descriptors written in Python and `__getattr__`, in loops that are compiled; what they raise, and what changes meanwhile."""
import os
import traceback
from harness import run

ROUNDS = 1200 if "TAIPAN_GC" in os.environ else 2400


class Account:
    def __init__(self):
        self.amount = 0

    @property
    def balance(self):
        return self.amount

    @balance.setter
    def balance(self, value):
        if value < 0:
            raise AttributeError("overdrawn")
        self.amount = value


class Scaled:
    """A data descriptor."""
    def __init__(self, factor):
        self.factor = factor

    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, object, owner=None):
        return self if object is None else getattr(object, self.name) * self.factor

    def __set__(self, object, value):
        object.__dict__[self.name] = value


class Lazy:
    """A descriptor that only reads."""
    def __init__(self, function):
        self.function = function

    def __get__(self, object, owner):
        return self.function(object)


class Shape:
    side = Scaled(10)

    def __init__(self, side):
        self.side = side

    @Lazy
    def area(self):
        return self.side * self.side


class Proxy:
    kind = "proxy"

    def __init__(self, target):
        self._target = target
        self.asked = 0

    def __getattr__(self, name):
        if name.startswith("no_"):
            raise AttributeError(name + "!")
        self.asked += 1
        return getattr(self._target, name)

    def own(self, x):
        return x + 1

    @property
    def failing(self):
        raise AttributeError("in the getter")


class Target:
    def __init__(self):
        self.value = 3

    def double(self, x):
        return 2 * x


def test_setter():
    account = Account()
    for i in range(ROUNDS):
        account.balance += i
        account.balance = account.balance + 1
    assert account.amount == sum(range(ROUNDS)) + ROUNDS
    other = Account()
    try:
        for i in range(ROUNDS):
            other.balance = i if i < ROUNDS - 100 else -1
    except AttributeError as error:
        assert str(error) == "overdrawn" and (error.name, error.obj) == (None, None), (error.name, error.obj)
        assert [entry.name for entry in traceback.extract_tb(error.__traceback__)] == ["test_setter", "balance"]
    else:
        assert False
    assert other.amount == ROUNDS - 101


def test_descriptors():
    shapes = [Shape(2), Shape(3)]
    total = 0
    for i in range(ROUNDS):
        shape = shapes[i & 1]
        total += shape.side + shape.area
        shape.side = i & 7
    expected, sides = 0, [2, 3]
    for i in range(ROUNDS):
        side = sides[i & 1] * 10
        expected += side + side * side
        sides[i & 1] = i & 7
    assert total == expected, (total, expected)


def test_descriptor_class_changes():
    class Constant:
        def __get__(self, object, owner):
            return 1

        def __set__(self, object, value):
            object.seen.append(value)

    class Holder:
        item = Constant()

        def __init__(self):
            self.seen = []

    holder, total = Holder(), 0
    for i in range(ROUNDS):
        total += holder.item
        holder.item = i
        if i == ROUNDS // 2:
            Constant.__get__ = lambda self, object, owner: 100
            Constant.__set__ = lambda self, object, value: object.seen.append(-1)
    assert total == ROUNDS // 2 + 1 + 100 * (ROUNDS - ROUNDS // 2 - 1), total
    assert holder.seen == list(range(ROUNDS // 2 + 1)) + [-1] * (ROUNDS - ROUNDS // 2 - 1)


def test_fallback():
    proxy = Proxy(Target())
    total = 0
    for i in range(ROUNDS):
        total += proxy.value + proxy.double(i) + proxy.own(i) + len(proxy.kind)
    assert total == sum(3 + 2 * i + i + 1 + 5 for i in range(ROUNDS)) and proxy.asked == 2 * ROUNDS


def test_fallback_gives_way():
    proxy, seen = Proxy(Target()), []
    for i in range(ROUNDS):
        seen.append(proxy.value)
        if i == ROUNDS // 3:
            proxy.value = 4
        if i == ROUNDS // 2:
            del proxy.value
            Proxy.value = 5
    del Proxy.value
    third, half = ROUNDS // 3 + 1, ROUNDS // 2 + 1
    assert seen == [3] * third + [4] * (half - third) + [5] * (ROUNDS - half)
    old = Proxy.__getattr__
    total = 0
    for i in range(ROUNDS):
        total += proxy.value
        if i == ROUNDS // 2:
            Proxy.__getattr__ = lambda self, name: 7
    Proxy.__getattr__ = old
    assert total == 3 * half + 7 * (ROUNDS - half)
    del Proxy.__getattr__
    try:
        proxy.value
    except AttributeError as error:
        assert str(error) == "'Proxy' object has no attribute 'value'"
    else:
        assert False
    Proxy.__getattr__ = old


def test_what_they_raise():
    proxy, errors = Proxy(Target()), []
    for i in range(ROUNDS):
        try:
            proxy.value if i & 1 else proxy.no_value
        except AttributeError as error:
            errors.append((str(error), error.name, error.obj is proxy))
        try:
            proxy.no_method(i)
        except AttributeError as error:
            assert (str(error), error.name, error.obj is proxy) == ("no_method!", "no_method", True)
            assert [entry.name for entry in traceback.extract_tb(error.__traceback__)] == ["test_what_they_raise", "__getattr__"]
    assert errors == [("no_value!", "no_value", True)] * (ROUNDS // 2)
    # What a getter raises leads to `__getattr__`, which finds nothing either.
    for i in range(ROUNDS):
        try:
            proxy.failing
        except AttributeError as error:
            assert str(error) == "'Target' object has no attribute 'failing'"
        else:
            assert False


def test_endless_fallback():
    class Endless:
        def __getattr__(self, name):
            return self.missing
    for i in range(3):
        try:
            Endless().x
        except RecursionError:
            continue
        assert False


def test_fallback_of_objects_with_slots():
    class Slotted:
        __slots__ = ("a", "b")

        def __getattr__(self, name):
            return name

    slotted, total = Slotted(), 0
    slotted.a = 1
    seen = set()
    for i in range(ROUNDS):
        total += slotted.a
        seen.add(slotted.b)
        seen.add(slotted.c)
        if i == ROUNDS // 2:
            slotted.b = "set"
    assert total == ROUNDS and seen == {"b", "c", "set"}


def test_methods_of_what_is_no_object():
    def bits(x):
        total = 0
        for i in range(ROUNDS):
            total += x.bit_length() + x.conjugate() + len(x.to_bytes(16, "big")) + x.__add__(1)
        return total
    for x in (5, True, 2 ** 70, False, 7):
        assert bits(x) == ROUNDS * (x.bit_length() + x + 16 + x + 1), x

    def same(x, y):
        total = 0
        for i in range(ROUNDS):
            total += x.__eq__(y) is True
            total += len(x.__repr__())
        return total
    for x in (None, 3, ..., NotImplemented, True, 1.5, 1e300, 1e-310):
        assert same(x, x) == ROUNDS * (1 + len(repr(x))), x


def test_attribute_and_method_of_one_name():
    """The same function, called with a receiver and without, behind an argument that leaves compiled code."""
    def f(*arguments):
        return len(arguments)

    class WithMethod:
        method = f

    class WithAttribute:
        def __init__(self):
            self.method = f

    def argument(i):
        return i if i % 3 else str(i)
    objects, total = [WithMethod(), WithAttribute()], 0
    for i in range(ROUNDS):
        total += objects[i // 7 & 1].method(argument(i), i)
    assert total == sum(2 if i // 7 & 1 else 3 for i in range(ROUNDS))


def test_functions_made_anew():
    def make(k):
        def get(i):
            return i + k
        return get
    global getter
    total = 0
    for r in range(200):
        getter = make(r)
        for i in range(50):
            total += call(i)
    assert total == sum(i + r for r in range(200) for i in range(50))
    getter = lambda i: 1
    assert [call(i) for i in range(50)] == [1] * 50
    getter = len
    assert [call("ab") for i in range(50)] == [2] * 50


def call(i):
    return getter(i)


run(globals())
