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


def test_hundreds_of_slots():
    import gc
    names = ["s%d" % number for number in range(300)]
    Wide = type("Wide", (), {"__slots__": names})
    more = type("More", (Wide,), {"__slots__": ["t%d" % number for number in range(300)]})
    open_ended = type("Open", (more,), {})
    odd = type("Odd", (open_ended,), {"__slots__": ["u%d" % number for number in range(100)]})
    for kind, prefixes in ((Wide, "s"), (more, "st"), (open_ended, "st"), (odd, "stu")):
        objects = [kind() for _ in range(20)]
        for one in objects:
            for prefix in prefixes:
                for number in range(0, 100, 3):
                    setattr(one, prefix + str(number), [prefix, number])
            if kind in (open_ended, odd):
                one.extra, one.other = ["extra"], ["other"]
        gc.collect()
        garbage = [[index] for index in range(100000)]
        gc.collect()
        for one in objects:
            for prefix in prefixes:
                for number in range(0, 100, 3):
                    assert getattr(one, prefix + str(number)) == [prefix, number]
                raises(AttributeError, None, getattr, one, prefix + "1")
            if kind in (open_ended, odd):
                assert vars(one) == {"extra": ["extra"], "other": ["other"]}

    class Narrow(str):
        __slots__ = ("a", "b")
    text = Narrow("x")
    text.a, text.b = [1], [2]
    gc.collect()
    assert (text, text.a, text.b) == ("x", [1], [2])


def test_no_slots_behind_items():
    for base in tuple, int, bytes:
        for slots in ("a",), ("__dict__",):
            raises(TypeError, f"nonempty __slots__ not supported for subtype of '{base.__name__}'", type, "C", (base,), {"__slots__": slots})
        assert not hasattr(type("C", (base,), {"__slots__": ()})(), "__dict__")


def test_assigned_classes_have_one_layout():
    def allowed(one, other):
        try:
            one().__class__ = other
        except TypeError as error:
            assert str(error) == f"__class__ assignment: '{other.__name__}' object layout differs from '{one.__name__}'", error
            return False
        return True

    for base in object, list, float, tuple, int, bytes:
        A, B = type("A", (base,), {}), type("B", (base,), {})
        A2, B2, A3 = type("A2", (A,), {}), type("B2", (B,), {}), type("A3", (A,), {"__slots__": ()})
        bare, other = type("bare", (base,), {"__slots__": ()}), type("other", (base,), {"__slots__": ()})
        late, late2 = type("late", (bare,), {}), type("late2", (bare,), {})
        # Behind items of varying number, each class has its dict in a place of its own.
        free = base not in (tuple, int, bytes)
        assert allowed(A, A2) and allowed(A2, A) and allowed(A2, A3) and allowed(bare, other)
        assert allowed(A, B) is free and allowed(B2, A3) is free and allowed(late, late2) is free, base
        assert allowed(A, late) is allowed(late, A2) is allowed(A, bare) is False, base
    A, bare = type("A", (ValueError,), {}), type("bare", (KeyError,), {"__slots__": ()})
    assert allowed(A, type("B", (ValueError,), {})) and not allowed(A, bare)


def test_weak_references_from_any_base():
    import weakref

    class Weak:
        __slots__ = ("__weakref__",)

    class Mixin:
        __slots__ = ()

    class Open:
        pass

    for bases, slots in ((Mixin, Weak), ("x",)), ((Mixin, Weak), ()), ((Mixin, Open), ("__dict__",)), ((Exception, Open), ()), ((Weak, Open), ("__dict__",)), ((set,), ()):
        one = type("C", bases, {"__slots__": slots})()
        assert weakref.ref(one)() is one, (bases, slots)
    message = "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0"
    for base in Weak, Open, set:
        raises(TypeError, message, type, "C", (base,), {"__slots__": ("__weakref__",)})
    raises(TypeError, message, type, "C", (), {"__slots__": ("__weakref__", "__weakref__")})
    for base in tuple, int, bytes:
        raises(TypeError, "cannot create weak reference to 'C' object", weakref.ref, type("C", (base,), {})())
    raises(TypeError, "nonempty __slots__ not supported for subtype of 'type'", type, "C", (type,), {"__slots__": ("x",)})


run(globals())
