"""The format mini-language, str.format and % formatting."""
from harness import check_all, raises, run


def test_integers():
    check_all(format, [
        ((42, ""), "42"), ((42, "5"), "   42"), ((42, "<5"), "42   "), ((42, "^5"), " 42  "), ((-42, "=6"), "-   42"),
        ((42, "05"), "00042"), ((-42, "05"), "-0042"), ((42, "+"), "+42"), ((42, " "), " 42"), ((1234567, ","), "1,234,567"),
        ((1234567, "_"), "1_234_567"), ((255, "x"), "ff"), ((255, "X"), "FF"), ((255, "#x"), "0xff"), ((255, "#X"), "0XFF"),
        ((255, "o"), "377"), ((255, "#o"), "0o377"), ((5, "b"), "101"), ((5, "#010b"), "0b00000101"), ((65, "c"), "A"),
        ((0xabcdef, "_x"), "ab_cdef"), ((42, "e"), "4.200000e+01"), ((42, ".1f"), "42.0"), ((42, "%"), "4200.000000%"),
        ((1234, "010,"), "00,001,234"), ((True, "d"), "1"), ((True, ""), "True"), ((10 ** 20, ",d"), "100,000,000,000,000,000,000"),
        ((42, "*>6d"), "****42"), ((42, "x=+8"), "+xxxxx42"), ((3, "n"), "3"),
    ])


def test_floats():
    check_all(format, [
        ((1.5, ""), "1.5"), ((1.0, ""), "1.0"), ((1e16, ""), "1e+16"), ((3.14159, ".2f"), "3.14"), ((3.14159, ".0f"), "3"),
        ((3.14159, "#.0f"), "3."), ((2.5, ".0f"), "2"), ((1234.5, "e"), "1.234500e+03"), ((1234.5, ".2E"), "1.23E+03"),
        ((0.00001234, "g"), "1.234e-05"), ((123456789.0, "g"), "1.23457e+08"), ((100.0, "#g"), "100.000"), ((0.25, "%"), "25.000000%"),
        ((0.256, ".1%"), "25.6%"), ((1234567.891, ",.2f"), "1,234,567.89"), ((-1.5, "08.2f"), "-0001.50"), ((1.5, "+"), "+1.5"),
        ((float("inf"), "f"), "inf"), ((float("nan"), "F"), "NAN"), ((float("-inf"), "06"), "-00inf"), ((1.5, "10"), "       1.5"),
        ((-0.0, ".1f"), "-0.0"), ((-0.0, "z.1f"), "0.0"), ((1e22, ""), "1e+22"), ((1.0, ".3"), "1.0"), ((12345.678, ".3"), "1.23e+04"),
        ((1e-7, ".10f"), "0.0000001000"), ((0.1, ".20f"), "0.10000000000000000555"), ((1e300, ".3e"), "1.000e+300"),
    ])


def test_complex_and_strings():
    check_all(format, [
        ((1 + 2j, ""), "(1+2j)"), ((1 + 2j, ".1f"), "1.0+2.0j"), ((1 + 2j, ">10"), "    (1+2j)"), ((-1j, "g"), "-0-1j"),
        (("abc", ""), "abc"), (("abc", "5"), "abc  "), (("abc", ">5"), "  abc"), (("abc", "^6.2"), "  ab  "), (("é", "*^3"), "*é*"),
        (("abc", "s"), "abc"), ((None, ""), "None"), ((b"x", ""), "b'x'"),
    ])


def test_format_errors():
    for value, spec, message in [
        (1, "s", "Unknown format code 's' for object of type 'int'"), ("a", ",", "Cannot specify ',' with 's'."),
        ("a", "=5", "'=' alignment not allowed in string format specifier"), ("a", "+", "Sign not allowed in string format specifier"),
        (1, ",_", "Cannot specify both ',' and '_'."), (1, ",x", "Cannot specify ',' with 'x'."), ("a", "#", "Alternate form (#) not allowed in string format specifier"),
        (1, "c+", "Invalid format specifier 'c+' for object of type 'int'"), (1.0, "d", "Unknown format code 'd' for object of type 'float'"),
        (1, "+c", "Sign not allowed with integer format specifier 'c'"), (1.0, ".", "Format specifier missing precision"),
        (1, "99999999999999999999", "Too many decimal digits in format string"), (1j, "=5", "'=' alignment flag is not allowed in complex format specifier"),
    ]:
        raises(ValueError, message, format, value, spec)
    raises(TypeError, "unsupported format string passed to NoneType.__format__", format, None, "5")
    raises(TypeError, "format() argument 2 must be str, not int", format, 1, 1)
    raises(OverflowError, "%c arg not in range(0x110000)", format, 0x110000, "c")


def test_str_format():
    class A:
        x = {"k": [1, 2]}
    assert "{} {} {0}".replace(" {0}", "").format(1, 2) == "1 2"
    assert "{1}{0}{a}{b[0]}{c.x[k][1]}".format(1, 2, a=3, b="xy", c=A) == "213x2"
    assert "{:>{}}|{!r:^7}|{{}}".format("a", 3, "b") == "  a|  'b'  |{}"
    assert "{a}".format_map({"a": 1}) == "1"
    raises(IndexError, "Replacement index 1 out of range for positional args tuple", "{}{}".format, 1)
    raises(KeyError, "'x'", "{x}".format)
    raises(ValueError, "cannot switch from automatic field numbering to manual field specification", "{}{0}".format, 1)
    raises(ValueError, "Single '}' encountered in format string", "}".format)
    raises(ValueError, "Single '{' encountered in format string", "{".format)
    raises(ValueError, "expected '}' before end of string", "{0".format)
    raises(ValueError, "Unknown conversion specifier q", "{!q}".format, 1)
    raises(AttributeError, "'int' object has no attribute 'zz'", "{0.zz}".format, 1)


def test_percent():
    check_all(lambda f, a: f % a, [
        (("%s %r %a", ("é", "é", "é")), "é 'é' '\\xe9'"), (("%d %i %u", (1, 2.9, True)), "1 2 1"), (("%5d|%-5d|%05d|%+d", (1, 2, 3, 4)), "    1|2    |00003|+4"),
        (("%x %X %#x %o %#o", (255, 255, 255, 8, 8)), "ff FF 0xff 10 0o10"), (("%e %.2f %g", (1.5, 1.555, 1e-10)), "1.500000e+00 1.55 1e-10"),
        (("%c%c", ("a", 98)), "ab"), (("%%", ()), "%"), (("%(a)s %(b)d", {"a": 1, "b": 2}), "1 2"), (("%*d|%.*f", (4, 1, 2, 1.234)), "   1|1.23"),
        (("%.2s", "abc"), "ab"), (("%s", [1]), "[1]"), (("%s", ((1, 2),)), "(1, 2)"), ((b"%s %d %a", (b"x", 1, "é")), b"x 1 '\\xe9'"),
        (("% d", 5), " 5"), (("%#.3g", 1.0), "1.00"), (("%-08d|", 5), "5       |"),
    ])


def test_percent_errors():
    for f, a, kind, message in [
        ("%d", "a", TypeError, "%d format: a real number is required, not str"), ("%x", 1.5, TypeError, "%x format: an integer is required, not float"),
        ("%s", (), TypeError, "not enough arguments for format string"), ("%s", (1, 2), TypeError, "not all arguments converted during string formatting"),
        ("%y", 1, ValueError, "unsupported format character 'y' (0x79) at index 1"), ("%", 1, ValueError, "incomplete format"),
        ("%(a)s", 1, TypeError, "format requires a mapping"), ("%(a)s", {}, KeyError, "'a'"), ("%c", "ab", TypeError, "%c requires int or char"),
        ("%(a", {}, ValueError, "incomplete format key"), (b"%d", "a", TypeError, "%d format: a real number is required, not str"),
        (b"%s", "a", TypeError, "%b requires a bytes-like object, or an object that implements __bytes__, not 'str'"), ("%f", "a", TypeError, "must be real number, not str"),
    ]:
        raises(kind, message, lambda: f % a)


run(globals())
