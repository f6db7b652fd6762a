"""Raising, chaining, notes, arguments, and the built-in hierarchy."""
import sys
from harness import raises, run


def caught(function):
    try:
        function()
    except BaseException as e:
        return e


def test_raise_forms():
    def cls(): raise ValueError
    def instance(): raise ValueError("x", 1)
    def bad(): raise 1
    def bad_cause(): raise ValueError from 1
    assert caught(cls).args == () and caught(instance).args == ("x", 1)
    raises(TypeError, "exceptions must derive from BaseException", bad)
    raises(TypeError, "exception causes must derive from BaseException", bad_cause)
    raises(RuntimeError, "No active exception to reraise", exec, "raise")


def test_context_and_cause():
    def f():
        try:
            raise KeyError("first")
        except KeyError:
            raise ValueError("second")

    def g():
        try:
            raise KeyError("first")
        except KeyError as e:
            raise ValueError("second") from e

    def h():
        try:
            raise KeyError("first")
        except KeyError:
            raise ValueError("second") from None
    e = caught(f)
    assert type(e.__context__) is KeyError and e.__cause__ is None and e.__suppress_context__ is False
    e = caught(g)
    assert e.__cause__ is e.__context__ and e.__suppress_context__ is True
    e = caught(h)
    assert e.__cause__ is None and e.__suppress_context__ is True and type(e.__context__) is KeyError


def test_context_in_finally_and_with_cycles():
    def f():
        try:
            raise KeyError
        finally:
            raise ValueError
    assert type(caught(f).__context__) is KeyError
    a, b = ValueError("a"), ValueError("b")

    def cycle():
        try:
            raise a
        except ValueError:
            try:
                raise b
            except ValueError:
                raise a
    cycle_error = caught(cycle)
    assert cycle_error is a and b.__context__ is None and a.__context__ is b


def test_reraise_keeps_traceback():
    def f():
        try:
            1 / 0
        except ZeroDivisionError:
            raise
    e = caught(f)
    assert str(e) == "division by zero" and e.__context__ is None


def test_sys_exc_info_is_scoped():
    assert sys.exc_info() == (None, None, None)
    try:
        raise KeyError
    except KeyError:
        assert sys.exc_info()[0] is KeyError and sys.exception() is sys.exc_info()[1]
        try:
            raise ValueError
        except ValueError:
            assert sys.exc_info()[0] is ValueError
        assert sys.exc_info()[0] is KeyError
    assert sys.exception() is None


def test_matching():
    def match(error, clause):
        try:
            raise error
        except clause:
            return True
        except BaseException:
            return False
    assert match(KeyError(), LookupError) and match(KeyError(), (ValueError, (KeyError,)[0]))
    assert not match(KeyError(), ())

    def bad():
        try:
            raise KeyError
        except 1:
            pass
    raises(TypeError, "catching classes that do not inherit from BaseException is not allowed", bad)


def test_notes():
    e = ValueError("v")
    assert not hasattr(e, "__notes__")
    e.add_note("one")
    e.add_note("two")
    assert e.__notes__ == ["one", "two"]
    raises(TypeError, "note must be a str, not 'int'", e.add_note, 1)


def test_str_and_repr():
    assert str(ValueError()) == "" and str(ValueError(1)) == "1" and str(ValueError(1, 2)) == "(1, 2)"
    assert repr(ValueError()) == "ValueError()" and repr(ValueError("a", 1)) == "ValueError('a', 1)"
    assert str(KeyError("k")) == "'k'" and str(KeyError()) == "" and str(KeyError(1, 2)) == "(1, 2)"
    assert str(OSError(2, "No such file", "f")) == "[Errno 2] No such file: 'f'"
    assert str(OSError(2, "m", "a", None, "b")) == "[Errno 2] m: 'a' -> 'b'"
    assert type(OSError(2, "m")) is FileNotFoundError and OSError(2, "m").errno == 2
    assert str(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "why")) == \
        "'utf-8' codec can't decode byte 0xff in position 0: why"
    assert str(UnicodeEncodeError("ascii", "aé", 1, 2, "why")) == \
        "'ascii' codec can't encode character '\\xe9' in position 1: why"
    assert str(SyntaxError("m", ("f", 3, 1, "text"))) == "m (f, line 3)"
    assert ImportError("m", name="n", path="p").name == "n"
    assert StopIteration(3).value == 3 and SystemExit(4).code == 4
    assert AttributeError("m", name="n", obj=1).obj == 1 and NameError("m", name="n").name == "n"


def test_hierarchy():
    for child, parent in [(BaseExceptionGroup, BaseException), (ExceptionGroup, Exception), (KeyError, LookupError),
                          (IndexError, LookupError), (FileNotFoundError, OSError), (UnicodeError, ValueError),
                          (ModuleNotFoundError, ImportError), (RecursionError, RuntimeError),
                          (NotImplementedError, RuntimeError), (TabError, IndentationError),
                          (IndentationError, SyntaxError), (UnboundLocalError, NameError), (FloatingPointError, ArithmeticError),
                          (BrokenPipeError, ConnectionError), (TimeoutError, OSError), (EncodingWarning, Warning)]:
        assert child.__bases__[0] is parent or parent in child.__mro__
    assert IOError is OSError and EnvironmentError is OSError
    assert not issubclass(KeyboardInterrupt, Exception) and not issubclass(GeneratorExit, Exception)


def test_attributes_are_checked():
    e = ValueError()
    raises(TypeError, "__traceback__ must be a traceback or None", setattr, e, "__traceback__", 1)
    raises(TypeError, "exception cause must be None or derive from BaseException", setattr, e, "__cause__", 1)
    e.__cause__ = KeyError()
    assert e.__suppress_context__
    e.args = [1, 2]
    assert e.args == (1, 2)
    assert e.with_traceback(None) is e


def test_user_exceptions():
    class Mine(Exception):
        def __init__(self, a, *, b):
            super().__init__(a)
            self.b = b

        def __str__(self):
            return "Mine %s" % self.b
    e = caught(lambda: (_ for _ in ()).throw(Mine(1, b=2)))
    assert (e.args, e.b, str(e), repr(e)) == ((1,), 2, "Mine 2", "Mine(1)")


def test_traceback_objects():
    def inner():
        raise ValueError

    def outer():
        inner()
    tb = caught(outer).__traceback__
    names = []
    while tb:
        names.append(tb.tb_frame.f_code.co_name)
        last, tb = tb, tb.tb_next
    assert names == ["caught", "outer", "inner"]
    assert last.tb_lineno == inner.__code__.co_firstlineno + 1


def test_a_base_with_fields_of_its_own_is_the_base():
    import builtins

    class Package(Exception):
        pass
    for name in "AttributeError", "NameError", "ImportError", "OSError", "FileNotFoundError", "StopIteration", "SyntaxError", "UnicodeDecodeError", "ModuleNotFoundError", "KeyError":
        kind = getattr(builtins, name)
        both = type("Both", (Package, kind), {})
        assert both.__base__ is (Package if name == "KeyError" else kind), name
        arguments = ("utf-8", b"x", 0, 1, "no") if name == "UnicodeDecodeError" else ("one",)
        error = both(*arguments)
        assert isinstance(error, Package) and isinstance(error, kind) and error.args == arguments
    error = type("Both", (Package, AttributeError), {})("text", name="n", obj=5)
    assert (error.name, error.obj, str(error)) == ("n", 5, "text")
    error = type("Both", (Package, OSError), {})(2, "no such")
    assert (error.errno, str(error)) == (2, "[Errno 2] no such")
    group = type("Both", (Package, ExceptionGroup), {})("many", [ValueError(1)])
    assert group.exceptions[0].args == (1,)
    for one, other in (AttributeError, NameError), (OSError, ImportError), (UnicodeDecodeError, UnicodeEncodeError), (StopIteration, SyntaxError):
        raises(TypeError, "multiple bases have instance lay-out conflict", type, "Both", (one, other), {})
    assert type("Both", (KeyError, AttributeError), {}).__base__ is AttributeError


run(globals())
