"""with statements and contextlib."""
from harness import raises, run


class Manager:
    def __init__(self, log, name="m", swallow=False):
        self.log, self.name, self.swallow = log, name, swallow

    def __enter__(self):
        self.log.append("enter " + self.name)
        return self.name

    def __exit__(self, kind, value, traceback):
        self.log.append("exit %s %s" % (self.name, kind and kind.__name__))
        return self.swallow


def test_normal_and_error():
    log = []
    with Manager(log) as name:
        log.append(name)
    with Manager(log, swallow=True):
        raise ValueError
    assert log == ["enter m", "m", "exit m None", "enter m", "exit m ValueError"]
    raises(KeyError, "1", exec, "with m: raise KeyError(1)", {"m": Manager(log)})


def test_several_and_parenthesised():
    log = []
    with Manager(log, "a") as a, Manager(log, "b"):
        pass
    with (
        Manager(log, "c"),
        Manager(log, "d") as d,
    ):
        log.append(d)
    assert log == ["enter a", "enter b", "exit b None", "exit a None", "enter c", "enter d", "d", "exit d None", "exit c None"]


def test_leaving_early():
    log = []

    def f():
        for i in range(3):
            with Manager(log, str(i)):
                if i == 0:
                    continue
                if i == 1:
                    return "returned"
    assert f() == "returned" and log == ["enter 0", "exit 0 None", "enter 1", "exit 1 None"]


def test_error_in_exit_is_chained():
    class Bad:
        def __enter__(self): pass
        def __exit__(self, *args): raise OSError("exit")

    def f():
        with Bad():
            raise ValueError("body")
    error = raises(OSError, "exit", f)
    assert type(error.__context__) is ValueError


def test_targets():
    box = {}
    with Manager([], "ab") as (x, y), Manager([], "c") as box["k"]:
        pass
    assert (x, y, box) == ("a", "b", {"k": "c"})


def test_protocol_errors():
    class NoExit:
        def __enter__(self): pass
    raises(TypeError, "'int' object does not support the context manager protocol", exec, "with 5: pass")
    raises(TypeError, "'NoExit' object does not support the context manager protocol (missed __exit__ method)", exec, "with m: pass", {"m": NoExit()})


def test_contextlib():
    import contextlib
    import io
    log = []

    @contextlib.contextmanager
    def manager(x):
        log.append("in")
        try:
            yield x
        except ValueError:
            log.append("caught")
        finally:
            log.append("out")
    with manager(5) as x:
        raise ValueError
    assert x == 5 and log == ["in", "caught", "out"]
    with contextlib.suppress(KeyError), contextlib.redirect_stdout(io.StringIO()) as out, contextlib.ExitStack() as stack:
        stack.callback(log.append, "callback")
        stack.enter_context(manager(1))
        print("hidden")
        raise KeyError
    assert out.getvalue() == "hidden\n" and log[-2:] == ["out", "callback"]

    @manager(2)
    def decorated():
        return "d"
    assert decorated() == "d"


run(globals())
