"""__slots__: layout, inheritance, errors."""
from harness import raises, run


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


def test_slots_hold_values_without_dict():
    p = Point(1, 2)
    assert (p.x, p.y) == (1, 2) and not hasattr(p, "__dict__")
    raises(AttributeError, "'Point' object has no attribute 'z'", setattr, p, "z", 1)


def test_unset_slot():
    p = Point(1, 2)
    del p.x
    raises(AttributeError, "'Point' object has no attribute 'x'", lambda: p.x)
    raises(AttributeError, "x", delattr, p, "x")


def test_member_descriptor():
    assert repr(Point.x) == "<member 'x' of 'Point' objects>"
    assert Point.x.__get__(Point(3, 4)) == 3
    raises(TypeError, "descriptor 'x' for 'Point' objects doesn't apply to a 'int' object", Point.x.__get__, 1)


def test_subclass_without_slots_has_dict():
    class Sub(Point):
        pass
    s = Sub(1, 2)
    s.z = 3
    assert s.__dict__ == {"z": 3} and s.x == 1


def test_subclass_with_slots_adds():
    class Sub(Point):
        __slots__ = "z"
    s = Sub(1, 2)
    s.z = 3
    assert (s.x, s.y, s.z) == (1, 2, 3) and not hasattr(s, "__dict__")


def test_dict_and_weakref_slots():
    import weakref

    class S:
        __slots__ = ("__dict__", "__weakref__", "a")
    s = S()
    s.b = 1
    assert weakref.ref(s)() is s and s.__dict__ == {"b": 1}
    raises(TypeError, "cannot create weak reference to 'Point' object", weakref.ref, Point(1, 2))


def test_errors():
    raises(ValueError, "'x' in __slots__ conflicts with class variable",
           lambda: type("S", (), {"__slots__": ("x",), "x": 1}))
    raises(TypeError, "__slots__ must be identifiers", lambda: type("S", (), {"__slots__": ("a b",)}))
    raises(TypeError, "__slots__ items must be strings, not 'int'", lambda: type("S", (), {"__slots__": (1,)}))
    raises(TypeError, "nonempty __slots__ not supported for subtype of 'int'",
           lambda: type("S", (int,), {"__slots__": ("a",)}))

    class A:
        __slots__ = ("a",)

    class B:
        __slots__ = ("b",)
    raises(TypeError, "multiple bases have instance lay-out conflict", lambda: type("S", (A, B), {}))


def test_private_slots_are_mangled():
    class S:
        __slots__ = ("__p",)

        def __init__(self):
            self.__p = 1
    assert S()._S__p == 1


def test_slots_dict_gives_docs():
    class S:
        __slots__ = {"a": "The a."}
    import inspect
    assert S.__slots__["a"] == "The a." and inspect.getdoc(S.a) == "The a."


run(globals())
