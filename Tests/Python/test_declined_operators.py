"""Operators whose methods return NotImplemented: in traced code, and in functions with very many variables."""
import sys
from harness import raises, run


class Declines:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return NotImplemented

    def __lt__(self, other):
        return NotImplemented

    def __add__(self, other):
        return NotImplemented

    def __iadd__(self, other):
        return NotImplemented

    def __contains__(self, item):
        return item == self.name


class Answers(Declines):
    def __radd__(self, other):
        return self.name + other.name

    def __gt__(self, other):
        return self.name


def operations(x, y):
    results = [x == y, x != y, x == 3]
    if x == y:
        results.append("equal")
    if not x == 3:
        results.append("differs")
    for operation in (lambda: x < y, lambda: x + y, lambda: x + 1):
        try:
            results.append(operation())
        except TypeError as error:
            results.append(str(error))
    try:
        z = x
        z += y
        results.append(z)
    except TypeError as error:
        results.append(str(error))
    return results


def test_traced():
    cases = [(Declines("a"), Declines("b")), (Declines("a"), Answers("b")), (Answers("a"), Answers("b"))]
    expected = [operations(x, y) for x, y in cases]
    lines = []

    def trace(frame, event, argument):
        if event == "line":
            lines.append(frame.f_lineno)
        return trace
    for function in (trace, lambda *arguments: None):
        sys.settrace(function)
        try:
            results = [operations(x, y) for x, y in cases]
        finally:
            sys.settrace(None)
        assert results == expected
    assert len(lines) > 60


def test_tracing_begins_within_the_method():
    class Starts:
        def __eq__(self, other):
            sys._getframe(1).f_trace = lambda *arguments: None
            sys.settrace(lambda *arguments: None)
            return NotImplemented

        __lt__ = __eq__
        __add__ = __eq__

    def compare(x, y):
        result = x == y
        if x == y:
            result = "equal"
        return result
    try:
        assert compare(Starts(), 1) is False
        item = Starts()
        assert compare(item, item) == "equal"
        for operation in (lambda x: x < 1, lambda x: x + 1):
            raises(TypeError, None, operation, Starts())
    finally:
        sys.settrace(None)


def test_many_variables():
    names = ["v%d" % i for i in range(400)]
    source = "def many(x, y):\n" + "".join("    %s = x\n" % name for name in names) + """
    results = [v0 == y, v399 == v398, v399 == 3, v399 != y]
    w = y
    if v399 == w:
        results.append('equal')
    try:
        results.append(v399 + w)
    except TypeError as error:
        results.append(str(error))
    try:
        results.append(v399 < w)
    except TypeError as error:
        results.append(str(error))
    results.append(v399.name in v398)
    return results
"""
    namespace = {}
    exec(source, namespace)
    many = namespace["many"]
    for x, y in ((Declines("a"), Declines("b")), (Declines("a"), Answers("b")), (Answers("a"), Answers("b"))):
        same = [False, True, False, True]
        total = y.name + x.name if isinstance(y, Answers) and not isinstance(x, Answers) else None
        results = many(x, y)
        assert results[:4] == same and results[-1] is True
        assert results[4] == (total or results[4])
        assert type(results[4]) is str and (total or "unsupported operand type(s) for +" in results[4])


run(globals())
