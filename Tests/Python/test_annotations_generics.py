"""Annotations, generic aliases, unions and __class_getitem__."""
import types
from harness import raises, run

module_variable: int = 1


def test_module_and_class_annotations():
    assert __annotations__ == {"module_variable": int}

    class C:
        x: int
        y: "later" = 2
        def f(self, a: 1 + 1) -> None: pass
    assert C.__annotations__ == {"x": int, "y": "later"} and C.f.__annotations__ == {"a": 2, "return": None} and not hasattr(C, "x")


def test_evaluation():
    log = []

    def note(x):
        log.append(x)
        return x
    exec("x: note('annotation') = note('value')\ny[note('i')]: note('other') = 5", {"note": note, "y": {}})
    assert log == ["value", "annotation", "i", "other"], log

    def local():
        z: undefined_name = 1
        return z
    assert local() == 1 and local.__annotations__ == {}


def test_generic_alias():
    a = list[int]
    assert a.__origin__ is list and a.__args__ == (int,) and repr(dict[str, list[int]]) == "dict[str, list[int]]" and a == list[int] and hash(a) == hash(list[int]) and a() == [] and type(a) is types.GenericAlias and tuple[()].__args__ == () and repr(tuple[int, ...]) == "tuple[int, ...]"
    raises(TypeError, "isinstance() argument 2 cannot be a parameterized generic", isinstance, [], a)
    raises(TypeError, "list[int] is not a generic class", lambda: a[str])

    class L(list[int]):
        pass
    assert L.__bases__ == (list,) and L.__orig_bases__ == (list[int],) and a.append is not None


def test_unions():
    u = int | str | None
    assert repr(u) == "int | str | None" and u.__args__ == (int, str, type(None)) and int | int is int and u == str | None | int and isinstance(None, u) and issubclass(bool, u) and isinstance(u, types.UnionType)
    raises(TypeError, "unsupported operand type(s) for |: 'type' and 'int'", lambda: int | 1)
    raises(TypeError, "isinstance() argument 2 cannot be a parameterized generic", isinstance, "a", list[int] | int)


run(globals())
