"""The descriptor protocol, property, and how attribute look-up ranks its sources."""
from harness import raises, run


class Data:
    def __get__(self, obj, owner):
        return "data", obj, owner

    def __set__(self, obj, value):
        obj.__dict__["log"] = value

    def __delete__(self, obj):
        obj.__dict__["log"] = "deleted"


class NonData:
    def __get__(self, obj, owner):
        return "nondata"


class C:
    d = Data()
    n = NonData()


def test_data_descriptor_beats_instance_dict():
    c = C()
    c.__dict__["d"] = 1
    assert c.d == ("data", c, C) and C.d == ("data", None, C)


def test_instance_dict_beats_nondata_descriptor():
    c = C()
    assert c.n == "nondata"
    c.n = 5
    assert c.n == 5 and C.n == "nondata"


def test_set_and_delete():
    c = C()
    c.d = 3
    assert c.__dict__["log"] == 3
    del c.d
    assert c.__dict__["log"] == "deleted"

    class NoDelete:
        def __set__(self, obj, value):
            pass

    class D:
        x = NoDelete()
    raises(AttributeError, "__delete__", delattr, D(), "x")


def test_property():
    class P:
        def __init__(self):
            self._x = 1

        @property
        def x(self):
            "The x."
            return self._x

        @x.setter
        def x(self, value):
            self._x = value

        @x.deleter
        def x(self):
            self._x = None

        @property
        def read_only(self):
            return 7
    p = P()
    p.x = 5
    assert p.x == 5 and P.x.__doc__ == "The x." and P.x.fget.__name__ == "x"
    del p.x
    assert p.x is None
    raises(AttributeError, "property 'read_only' of 'test_property.<locals>.P' object has no setter",
           setattr, p, "read_only", 1)
    raises(AttributeError, "property 'read_only' of 'test_property.<locals>.P' object has no deleter",
           delattr, p, "read_only")


def test_property_error_falls_back_to_getattr():
    class P:
        @property
        def x(self):
            raise AttributeError("inner")

        def __getattr__(self, name):
            return "fallback " + name
    assert P().x == "fallback x"


def test_functions_are_descriptors():
    def f(self):
        return self
    assert f.__get__(5)() == 5 and f.__get__(None, int) is f
    raises(TypeError, "__get__(None, None) is invalid", f.__get__, None, None)


def test_descriptor_in_metaclass():
    class Meta(type):
        @property
        def p(cls):
            return cls.__name__

    class K(metaclass=Meta):
        pass
    assert K.p == "K"
    raises(AttributeError, "'K' object has no attribute 'p'", lambda: K().p)


def test_descriptors_on_instances_are_not_called():
    c = C()
    c.__dict__["z"] = NonData()
    assert isinstance(c.z, NonData)


def test_slot_wrappers_and_method_descriptors():
    assert type(int.__add__).__name__ == "wrapper_descriptor"
    assert type((1).__add__).__name__ == "method-wrapper"
    assert type(str.upper).__name__ == "method_descriptor"
    assert type("".upper).__name__ == "builtin_function_or_method"
    assert type(dict.fromkeys).__name__ == "builtin_function_or_method"
    assert type(type.__dict__["__mro__"]).__name__ == "member_descriptor"
    assert type(type.__dict__["__doc__"]).__name__ == "getset_descriptor"
    assert int.__add__(1, 2) == 3 and str.upper("a") == "A" and repr(str.upper) == "<method 'upper' of 'str' objects>"
    assert repr(int.__add__) == "<slot wrapper '__add__' of 'int' objects>"
    raises(TypeError, "descriptor 'upper' for 'str' objects doesn't apply to a 'int' object", str.upper, 1)
    raises(TypeError, "unbound method str.upper() needs an argument", str.upper)
    raises(TypeError, "descriptor '__add__' requires a 'int' object but received a 'str'", int.__add__, "a", 1)


def test_class_attribute_becomes_a_descriptor():
    class Value:
        pass

    class Owner:
        attribute = Value()

        def __init__(self):
            self.attribute = 1

    def read(owner):
        return owner.attribute

    owner = Owner()
    for _ in range(3000):
        assert read(owner) == 1
    Value.__get__ = lambda self, instance, owner: 2
    Value.__set__ = lambda *arguments: None
    assert read(owner) == 2
    del Value.__get__, Value.__set__
    assert read(owner) == 1


def test_the_module_of_a_builtin_function_can_be_set():
    from math import sin
    import math
    import types
    assert type(type(sin).__dict__["__module__"]) is types.MemberDescriptorType
    sin.__module__ = "elsewhere"
    try:
        assert sin.__module__ == "elsewhere"
        del sin.__module__
        assert sin.__module__ is None
    finally:
        sin.__module__ = "math"
    assert math.sin.__module__ == "math"


run(globals())
