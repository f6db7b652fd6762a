"""ExceptionGroup and except*."""
from harness import raises, run


def group():
    return ExceptionGroup("g", [ValueError("v"), ExceptionGroup("in", [KeyError("k"), TypeError("t")])])


def test_construction():
    g = group()
    assert g.message == "g" and len(g.exceptions) == 2 and str(g) == "g (2 sub-exceptions)"
    assert repr(ExceptionGroup("m", [KeyError(1)])) == "ExceptionGroup('m', [KeyError(1)])"
    assert type(BaseExceptionGroup("m", [ValueError()])) is ExceptionGroup
    assert type(BaseExceptionGroup("m", [KeyboardInterrupt()])) is BaseExceptionGroup
    raises(TypeError, "Cannot nest BaseExceptions in an ExceptionGroup", ExceptionGroup, "m", [KeyboardInterrupt()])
    raises(ValueError, "second argument (exceptions) must be a non-empty sequence", ExceptionGroup, "m", [])
    raises(ValueError, "Item 0 of second argument (exceptions) is not an exception", ExceptionGroup, "m", [1])
    raises(TypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not int", ExceptionGroup, 1, [ValueError()])


def test_split_and_subgroup():
    match, rest = group().split(KeyError)
    assert repr(match) == "ExceptionGroup('g', [ExceptionGroup('in', [KeyError('k')])])"
    assert repr(rest) == "ExceptionGroup('g', [ValueError('v'), ExceptionGroup('in', [TypeError('t')])])"
    assert group().subgroup(OSError) is None
    g = group()
    assert g.subgroup(Exception) is g
    assert len(g.subgroup(lambda e: isinstance(e, (ValueError, TypeError))).exceptions) == 2


def test_except_star_splits():
    log = []
    try:
        raise group()
    except* ValueError as e:
        log.append(repr(e))
    except* (KeyError, TypeError) as e:
        log.append([type(x).__name__ for x in e.exceptions[0].exceptions])
    assert log == ["ExceptionGroup('g', [ValueError('v')])", ["KeyError", "TypeError"]]


def test_except_star_reraises_rest():
    def f():
        try:
            raise group()
        except* ValueError:
            pass
    try:
        f()
    except ExceptionGroup as e:
        assert repr(e) == "ExceptionGroup('g', [ExceptionGroup('in', [KeyError('k'), TypeError('t')])])"
    else:
        assert False


def test_naked_exception_is_wrapped():
    try:
        raise ValueError("x")
    except* ValueError as e:
        seen = e
    assert repr(seen) == "ExceptionGroup('', (ValueError('x'),))"


def test_raising_inside_except_star():
    def f():
        try:
            raise group()
        except* ValueError:
            raise OSError("new")
        except* KeyError:
            raise
    try:
        f()
    except ExceptionGroup as e:
        kinds = [type(x).__name__ for x in e.exceptions]
    assert kinds == ["OSError", "ExceptionGroup"], kinds


def test_else_and_finally():
    log = []
    try:
        pass
    except* ValueError:
        log.append("no")
    else:
        log.append("else")
    finally:
        log.append("finally")
    assert log == ["else", "finally"]


def test_catching_groups_is_an_error():
    def f():
        try:
            raise ValueError
        except* ExceptionGroup:
            pass
    raises(TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.", f)


def test_derive():
    class Mine(ExceptionGroup):
        def derive(self, excs):
            return Mine(self.message, excs)
    match, rest = Mine("m", [ValueError(), KeyError()]).split(ValueError)
    assert type(match) is Mine and type(rest) is Mine


run(globals())
