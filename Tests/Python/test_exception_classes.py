"""The built-in exception classes seen from outside: what each states itself, and what may be called on what."""
import inspect
import weakref

from harness import raises, run

OWN = ("__init__", "__new__", "__str__", "__repr__", "__reduce__", "__setstate__", "__getattribute__", "__setattr__", "__delattr__")


def own(kind):
    return [name for name in OWN if name in vars(kind)]


def test_what_classes_state():
    assert own(BaseException) == list(OWN)
    for kind in (Exception, ValueError, TypeError, StopAsyncIteration, UnicodeError, DeprecationWarning, MemoryError, KeyboardInterrupt):
        assert own(kind) == ["__init__", "__new__"], kind
    for kind in (AttributeError, KeyError, NameError, SyntaxError):
        assert own(kind) == ["__init__", "__str__"], kind
    for kind in (StopIteration, SystemExit, FileNotFoundError, ModuleNotFoundError, UnboundLocalError, IndentationError, TabError):
        assert own(kind) == ["__init__"], kind
    for kind in (BaseExceptionGroup, UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError):
        assert own(kind) == ["__init__", "__new__", "__str__"], kind
    assert own(ImportError) == ["__init__", "__str__", "__reduce__"]
    assert own(OSError) == ["__init__", "__new__", "__str__", "__reduce__"]
    assert own(ExceptionGroup) == []


def test_classified():
    kinds = {entry.name: (entry.kind, entry.defining_class) for entry in inspect.classify_class_attrs(ValueError)}
    assert kinds["__init__"] == ("method", ValueError) and kinds["__new__"] == ("static method", ValueError) and kinds["__str__"] == ("method", BaseException)


def test_initializers_check_their_receiver():
    raises(TypeError, "descriptor '__init__' requires a 'ValueError' object but received a 'OSError'", ValueError.__init__, OSError())
    error = ValueError()
    ValueError.__init__(error, 1, 2)
    assert error.args == (1, 2)
    raises(TypeError, "Exception.__new__(X): X is not a type object (int)", Exception.__new__, 3)
    raises(TypeError, "Exception.__new__(OSError) is not safe, use OSError.__new__()", Exception.__new__, OSError)
    assert type(Exception.__new__(ValueError, 1)) is ValueError


def test_fields_are_members():
    assert repr(NameError.name) == "<member 'name' of 'NameError' objects>"
    assert repr(OSError.errno) == "<member 'errno' of 'OSError' objects>"
    assert repr(OSError.characters_written) == "<attribute 'characters_written' of 'OSError' objects>"
    raises(AttributeError, "readonly attribute", setattr, ExceptionGroup("a", [ValueError()]), "message", "b")
    error = SyntaxError("a", ("f", 1, 2, "text"))
    del error.text
    assert error.text is None


def test_groups_have_weak_references():
    group = ExceptionGroup("a", [ValueError()])
    assert weakref.ref(group)() is group and ExceptionGroup.__doc__ is None


def test_attribute_access_is_stated():
    for kind in (int, list, dict, str, tuple, set, property, range, type(iter([])), BaseException):
        assert "__getattribute__" in vars(kind), kind
    for kind in (bool, type(None), ValueError):
        assert "__getattribute__" not in vars(kind), kind

    class Record(list):
        def __getattr__(self, name):
            return name

    assert Record().anything == "anything" and list.__getattribute__(Record(), "append")
    raises(AttributeError, "'Record' object has no attribute 'x'", list.__getattribute__, Record(), "x")


def test_members_and_getters():
    for owner, name in ((range, "start"), (type(test_members_and_getters), "__closure__"), (type(run.__code__), "co_name"), (slice, "stop")):
        assert repr(vars(owner)[name]).startswith("<member "), (owner, name)
    raises(AttributeError, "readonly attribute", setattr, range(3), "start", 1)
    assert property.__doc__.startswith("Property attribute") or "property" in property.__doc__.lower()
    raises(TypeError, "unhashable type: 'mappingproxy'", hash, vars(int))


def test_what_makes_an_instance_is_named():
    class Number(int):
        pass

    raises(TypeError, "object.__new__(Number) is not safe, use Number.__new__()", object.__new__, Number)
    raises(TypeError, "object.__new__(int) is not safe, use int.__new__()", object.__new__, int)


run(globals())
