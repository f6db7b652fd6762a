"""f-strings: conversions, nested specs, `=`, quoting, errors."""
from harness import raises, run


def test_values_and_conversions():
    s = "é'"
    assert f"{s}|{s!r}|{s!s}|{s!a}" == "é'|\"é'\"|é'|\"\\xe9'\""
    assert f"{1 + 1}{'x' * 2}{[i for i in range(2)]}" == "2xx[0, 1]"
    assert f"{ {'a': 1}['a'] }" == "1" and f"{{}}" == "{}" and f"{{{5}}}" == "{5}"


def test_format_specs():
    width, precision, value = 10, 4, 12.34567
    assert f"{value:{width}.{precision}}" == "     12.35" and f"{value:>{width}}|" == "  12.34567|"
    assert f"{255:#x} {255:08b} {1e6:,.2f} {-5:+d} {5: d}" == "0xff 11111111 1,000,000.00 -5  5"
    assert f"{'a':^5}|{'a':*<3}|{'abc':.2}" == "  a  |a**|ab"
    assert f"{value!r:>10}" == "  12.34567"


def test_debug_form():
    x, y = 3, "s"
    assert f"{x=}" == "x=3" and f"{y=}" == "y='s'" and f"{y=!s}" == "y=s" and f"{x = }" == "x = 3"
    assert f"{x=:>5}" == "x=    3" and f"{ x + 1 = }" == " x + 1 = 4"


def test_custom_format():
    class C:
        def __format__(self, spec):
            return "<" + spec + ">"
    assert f"{C()}" == "<>" and f"{C():a b}" == "<a b>" and f"{C():%H:%M}" == "<%H:%M>"


def test_evaluation_order_and_concatenation():
    log = []

    def note(x):
        log.append(x)
        return x
    assert f"{note(1)}{note(2):{note(3)}}" "tail{}" f"{note(4)}" == "1  2tail{}4"
    assert log == [1, 2, 3, 4]


def test_lambda_and_conditional_need_parentheses():
    assert f"{(lambda x: x + 1)(2)}" == "3" and f"{1 if True else 2}" == "1"


def test_multiline_and_raw():
    assert f"""{
        1 +
        2
    }""" == "3"
    assert rf"\n{1}" == "\\n1" and fr"\{'a'}" == "\\a" and F"{1}" == "1"
    assert f"\N{LATIN SMALL LETTER A}\x41{1}" == "aA1"


def test_nested_quotes():
    d = {"k": "v"}
    assert f'{d["k"]}' == "v" and f"{f'{d}'}" == "{'k': 'v'}" and f"{'''a'''}" == "a"


def test_bad_specs():
    raises(ValueError, "Unknown format code 'd' for object of type 'str'", lambda: f"{'a':d}")
    raises(ValueError, "Invalid format specifier 'xx' for object of type 'int'", lambda: f"{1:xx}")
    raises(TypeError, "unsupported format string passed to list.__format__", lambda: f"{[]:5}")
    raises(ValueError, "Precision not allowed in integer format specifier", lambda: f"{1:.2d}")


def test_syntax_errors():
    for source, message in [
        ("f'{}'", "f-string: empty expression not allowed"),
        ("f'{a'", "f-string: expecting '}'"),
        ("f'}'", "f-string: single '}' is not allowed"),
        ("f'{a!x}'", "f-string: invalid conversion character: expected 's', 'r', or 'a'"),
        ("f'{a!}'",
         "f-string: invalid conversion character: expected 's', 'r', or 'a'"),
        (r"f'{\n}'", "f-string expression part cannot include a backslash"),
        ("f'{#}'", "f-string expression part cannot include '#'"),
        ("f'{a b}'", "f-string: invalid syntax. Perhaps you forgot a comma?"),
        ("f'{lambda x: 1}'", "f-string: invalid syntax"),
        ("f'{(}'", "f-string: closing parenthesis '}' does not match opening parenthesis '('"),
        ("f'{a:{b:{c}}}'", "f-string: expressions nested too deeply"),
    ]:
        error = raises(SyntaxError, None, compile, source, "<s>", "eval")
        assert error.msg == message, (source, error.msg)


run(globals())
