"""Metaclasses: __prepare__, __new__, __call__, conflicts, keyword arguments, hooks of isinstance."""
from harness import raises, run


def test_order_of_hooks():
    log = []

    class Meta(type):
        @classmethod
        def __prepare__(mcs, name, bases, **kw):
            log.append(("prepare", name, kw))
            return {"injected": 1}

        def __new__(mcs, name, bases, ns, **kw):
            log.append(("new", kw))
            return super().__new__(mcs, name, bases, ns)

        def __init__(cls, name, bases, ns, **kw):
            log.append(("init", kw))

        def __call__(cls, *args):
            log.append(("call", args))
            return super().__call__()

    class C(metaclass=Meta, k=1):
        pass
    C(5)
    assert log == [("prepare", "C", {"k": 1}), ("new", {"k": 1}), ("init", {"k": 1}), ("call", (5,))]
    assert C.injected == 1 and type(C) is Meta


def test_inherited_and_derived_metaclass():
    class M1(type): pass
    class M2(M1): pass
    class A(metaclass=M1): pass
    class B(A): pass
    class C(A, metaclass=M2): pass
    assert type(B) is M1 and type(C) is M2

    class M3(type): pass
    class D(metaclass=M3): pass
    raises(TypeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of "
           "the metaclasses of all its bases", lambda: type("X", (A, D), {}))


def test_metaclass_may_be_any_callable():
    def make(name, bases, ns):
        return name, bases, ns["x"]

    class C(metaclass=make):
        x = 3
    assert C == ("C", (), 3)


def test_prepare_must_return_mapping():
    class Meta(type):
        @classmethod
        def __prepare__(mcs, name, bases):
            return 5

    def bad():
        class C(metaclass=Meta):
            pass
    raises(TypeError, "Meta.__prepare__() must return a mapping, not int", bad)


def test_namespace_mapping_sees_the_body():
    class Names(dict):
        def __missing__(self, key):
            if key.startswith("__"):
                raise KeyError(key)
            return key.upper()

    class Meta(type):
        @classmethod
        def __prepare__(mcs, name, bases):
            return Names()

    class C(metaclass=Meta):
        x = spam
    assert C.x == "SPAM"


def test_instancecheck_and_subclasscheck():
    class Meta(type):
        def __instancecheck__(cls, obj):
            return obj == 1

        def __subclasscheck__(cls, sub):
            return sub is int

    class C(metaclass=Meta): pass
    assert isinstance(1, C) and not isinstance(2, C) and issubclass(int, C) and not issubclass(str, C)
    assert isinstance(1, (str, C)) and isinstance(1, int | str) and not isinstance("", int | None)
    raises(TypeError, "isinstance() arg 2 must be a type, a tuple of types, or a union", isinstance, 1, 1)
    raises(TypeError, "issubclass() arg 1 must be a class", issubclass, 1, int)


def test_special_methods_come_from_the_metaclass():
    class Meta(type):
        def __len__(cls):
            return 3

        def __iter__(cls):
            return iter("ab")

        def __getitem__(cls, i):
            return i

        def __contains__(cls, x):
            return x == 1

        def __bool__(cls):
            return False

        def __getattr__(cls, name):
            return name

        def __repr__(cls):
            return "<C!>"

    class C(metaclass=Meta):
        pass
    assert len(C) == 3 and list(C) == ["a", "b"] and C[7] == 7 and 1 in C and not C and C.zz == "zz"
    assert repr(C) == "<C!>"


def test_type_with_three_arguments():
    C = type("C", (int,), {"x": 1, "__doc__": "d"})
    assert C(5) + 1 == 6 and C.x == 1 and C.__doc__ == "d" and C.__bases__ == (int,) and C.__base__ is int
    raises(TypeError, "type() takes 1 or 3 arguments", type, 1, 2)
    raises(TypeError, "type.__new__() argument 1 must be str, not int", type, 1, (), {})
    raises(TypeError, "type.__new__() argument 2 must be tuple, not int", type, "X", 1, {})
    raises(ValueError, "type name must not contain null characters", type, "a\0", (), {})


def test_abstract_classes():
    from abc import ABC, abstractmethod

    class A(ABC):
        @abstractmethod
        def f(self): pass

        @abstractmethod
        def g(self): pass

    class B(A):
        def f(self): pass
    raises(TypeError, "Can't instantiate abstract class A with abstract methods f, g", A)
    raises(TypeError, "Can't instantiate abstract class B with abstract method g", B)
    A.register(int)
    assert isinstance(1, A) and issubclass(bool, A)


def test_what_an_abstract_class_knows():
    from abc import ABC, _get_dump

    class Base(ABC):
        pass
    Base.register(int)
    assert issubclass(bool, Base) and not issubclass(str, Base)
    registry, cache, negative, version = _get_dump(Base)
    assert [reference() for reference in registry] == [int]
    assert {reference() for reference in cache} >= {bool} and [reference() for reference in negative] == [str]


run(globals())
