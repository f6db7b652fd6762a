"""Which of several bases gives a class its layout, and what the others add to it."""
import weakref
from harness import raises, run


def test_exceptions_with_fields_behind_a_class():
    class Own(Exception):
        pass

    for kind, arguments in ((AttributeError, ()), (NameError, ("n",)), (ImportError, ("i",)), (OSError, (2, "text")), (StopIteration, (5,)), (SystemExit, (3,)),
                            (ModuleNotFoundError, ()), (FileNotFoundError, (2, "x")), (SyntaxError, ("s",)), (KeyError, ("k",)), (ValueError, ()),
                            (UnicodeDecodeError, ("utf-8", b"x", 0, 1, "why"))):
        class Both(Own, kind):
            pass
        error = Both(*arguments)
        assert isinstance(error, kind) and isinstance(error, Own)
        assert Both.__base__ is (Own if kind in (KeyError, ValueError) else kind), (kind, Both.__base__)
        assert error.args == (arguments[:2] if kind is OSError else arguments)
        try:
            raise error
        except Own as caught:
            assert caught is error

    class Group(Own, ExceptionGroup):
        pass
    assert Group("g", [ValueError()]).message == "g"
    class Stop(Own, StopIteration):
        pass
    assert Stop(7).value == 7


def test_conflicting_exceptions():
    for first, second in (OSError, AttributeError), (ImportError, SyntaxError), (StopIteration, SystemExit):
        raises(TypeError, "multiple bases have instance lay-out conflict", type, "Both", (first, second), {})
    class A(AttributeError):
        pass
    class N(NameError):
        pass
    error = A()
    raises(TypeError, "__class__ assignment: 'N' object layout differs from 'A'", setattr, error, "__class__", N)


def test_weak_references_by_another_base():
    class Weak:
        __slots__ = ("__weakref__",)

    class Mixin:
        __slots__ = ()

    class Both(Mixin, Weak):
        __slots__ = ("x",)
    both = Both()
    assert weakref.ref(both)() is both
    class Neither(Mixin):
        __slots__ = ("x",)
    raises(TypeError, "cannot create weak reference to 'Neither' object", weakref.ref, Neither())


def test_many_slots():
    for count in 60, 63, 64, 65, 100, 700:
        names = ["s%d" % i for i in range(count)]
        kind = type("Many", (), {"__slots__": names})
        more = type("More", (kind,), {"__slots__": ["t%d" % i for i in range(10)]})
        open_kind = type("Open", (more,), {})
        for each in kind, more, open_kind:
            item = each()
            for i, name in enumerate(names):
                setattr(item, name, [i] * 3)
            if each is not kind:
                item.t9 = ["t9"]
            if each is open_kind:
                for i in range(20):
                    setattr(item, "a%d" % i, {i: i})
            garbage = [[i] for i in range(20000)]
            del garbage
            assert [getattr(item, name) for name in names] == [[i] * 3 for i in range(count)]
            if each is not kind:
                assert item.t9 == ["t9"]
            if each is open_kind:
                assert [getattr(item, "a%d" % i) for i in range(20)] == [{i: i} for i in range(20)]
            raises(AttributeError, None, getattr, kind(), names[-1])


run(globals())
