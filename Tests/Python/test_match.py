"""match statements: every kind of pattern."""
from harness import raises, run


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Colour:
    RED = 1


def describe(value):
    match value:
        case None | True | False:
            return "singleton %s" % value
        case 0 | -1 | 2.5 | 1 + 2j:
            return "number"
        case "a" | b"b":
            return "text"
        case Colour.RED:
            return "red"
        case []:
            return "empty"
        case [x]:
            return "one %r" % x
        case [x, *rest] if x == "head":
            return "head %r" % rest
        case (1, _, [a, *_, b]):
            return "nested %r %r" % (a, b)
        case {"kind": "k", **others}:
            return "kind %r" % others
        case {"x": int(n) | str(n)}:
            return "x %r" % n
        case {}:
            return "mapping"
        case Point(0, y=0):
            return "origin"
        case Point(x, y) as p if x == y:
            return "diagonal %s" % (p is value)
        case Point():
            return "point"
        case str() | bytes():
            return "string"
        case _:
            return "other"


def test_literals():
    assert [describe(v) for v in (None, True, 0, -1, 2.5, 1 + 2j, "a", b"b")] == \
        ["singleton None", "singleton True"] + ["number"] * 4 + ["text"] * 2
    assert describe(1) == "red" and describe(1.0) == "red"


def test_sequences():
    assert describe([]) == "empty" and describe((7,)) == "one 7" and describe(["head", 1, 2]) == "head [1, 2]"
    assert describe([1, 2, (3, 4, 5)]) == "nested 3 5" and describe(range(0)) == "empty"
    assert describe("xyz") == "string" and describe(bytearray(b"q")) == "other" and describe({1, 2}) == "other"


def test_mappings():
    assert describe({"kind": "k", "a": 1}) == "kind {'a': 1}" and describe({"x": 3}) == "x 3"
    assert describe({"x": 1.5}) == "mapping" and describe({}) == "mapping"


def test_classes():
    assert describe(Point(0, 0)) == "origin" and describe(Point(2, 2)) == "diagonal True"
    assert describe(Point(1, 2)) == "point"
    match 5:
        case int(n):
            assert n == 5
    match {"a": 1}:
        case dict(d):
            assert d == {"a": 1}


def test_bindings_survive_and_fail_quietly():
    match [1, 2]:
        case [a, 3]:
            pass
        case [a, b]:
            pass
    assert (a, b) == (1, 2)
    found = None
    match 3:
        case 4:
            found = 4
    assert found is None


def test_star_and_guard_order():
    log = []
    match (1, 2, 3):
        case (first, *_) if log.append("guard") or first > 1:
            log.append("no")
        case (*init, last):
            log.append((init, last))
    assert log == ["guard", ([1, 2], 3)]


def test_soft_keywords_remain_names():
    match = {"case": 1}
    case = match["case"]
    match["x"] = case
    _ = 5
    assert match == {"case": 1, "x": 1} and _ == 5


def test_errors():
    class Bad:
        __match_args__ = ["x"]

    class Twice:
        __match_args__ = ("x", "x")
        x = 1

    def positional(subject, cls):
        match subject:
            case cls(a, b):
                pass
    raises(TypeError, "Bad.__match_args__ must be a tuple (got list)", positional, Bad(), Bad)
    raises(TypeError, "Twice() got multiple sub-patterns for attribute 'x'", positional, Twice(), Twice)
    raises(TypeError, "int() accepts 1 positional sub-pattern (2 given)", positional, 1, int)
    raises(TypeError, "called match pattern must be a type", positional, 1, 5)


def test_syntax_errors():
    for source, message in [
        ("match x:\n case a: pass\n case b: pass",
         "name capture 'a' makes remaining patterns unreachable"),
        ("match x:\n case _: pass\n case b: pass", "wildcard makes remaining patterns unreachable"),
        ("match x:\n case a | 1: pass", "name capture 'a' makes remaining patterns unreachable"),
        ("match x:\n case [a] | [b]: pass", "alternative patterns bind different names"),
        ("match x:\n case [a, a]: pass", "multiple assignments to name 'a' in pattern"),
        ("match x:\n case [*a, *b]: pass", "multiple starred names in sequence pattern"),
        ("match x:\n case {'a': 1, 'a': 2}: pass", "mapping pattern checks duplicate key ('a')"),
        ("match x:\n case P(a=1, 2): pass", "positional patterns follow keyword patterns"),
        ("match x:\n case P(a=1, a=2): pass", "attribute name repeated in class pattern: a"),
        ("match x:\n case -a: pass", "invalid syntax"),
        ("match x:\n case 1 as _: pass", "cannot use '_' as a target"),
    ]:
        error = raises(SyntaxError, None, compile, source, "<s>", "exec")
        assert error.msg == message, (source, error.msg)


run(globals())
