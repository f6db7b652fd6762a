"""float and complex: repr, parsing, methods, arithmetic corners."""
import math
from harness import check_all, raises, run

INF, NAN = float("inf"), float("nan")


def test_repr_is_shortest():
    check_all(repr, [
        (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (1e16, "1e+16"), (1e15, "1000000000000000.0"), (9007199254740991.0, "9007199254740991.0"), (9007199254740992.0, "9007199254740992.0"), (-9999999999999998.0, "-9999999999999998.0"),
        (0.0001, "0.0001"), (0.00012345, "0.00012345"), (9.999e-05, "9.999e-05"), (123456789012345680.0, "1.2345678901234568e+17"),
        (1e-4, "0.0001"), (1e-5, "1e-05"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"), (-0.0, "-0.0"),
        (INF, "inf"), (-INF, "-inf"), (NAN, "nan"), (2.0 ** 70, "1.1805916207174113e+21"), (9007199254740993.0, "9007199254740992.0"),
    ])


def test_parsing():
    check_all(float, [("1.5", 1.5), (" -1e3 ", -1000.0), ("1_0.5", 10.5), (".5", 0.5), ("5.", 5.0), ("Infinity", INF), ("-inf", -INF), ((), 0.0), (b"2", 2.0),
                      ("1e400", INF), ("1e-400", 0.0), ("4.9e-324", 5e-324), ("٣.٥", 3.5)])
    raises(ValueError, "could not convert string to float: ''", float, "")
    raises(ValueError, "could not convert string to float: '1_'", float, "1_")
    raises(ValueError, "could not convert string to float: b'x'", float, b"x")
    raises(TypeError, "float() argument must be a string or a real number, not 'list'", float, [])
    raises(OverflowError, "int too large to convert to float", float, 10 ** 400)


def test_arithmetic():
    assert 7.5 // 2 == 3.0 and -7.5 // 2 == -4.0 and 7.5 % -2 == -0.5 and divmod(-1.0, 3) == (-1.0, 2.0)
    assert 2.0 ** 0.5 == math.sqrt(2) and (-8) ** (1 / 3) == (1.0000000000000002 + 1.7320508075688772j)
    raises(ZeroDivisionError, "float division by zero", lambda: 1.0 / 0)
    raises(ZeroDivisionError, "float modulo", lambda: 1.0 % 0)
    raises(ZeroDivisionError, "float divmod()", divmod, 1.0, 0)
    raises(OverflowError, "(34, 'Numerical result out of range')", lambda: 10.0 ** 400)


def test_nan_and_infinity():
    assert NAN != NAN and not NAN < NAN and not NAN == NAN
    n = NAN
    assert [n] == [n] and n in [n] and INF - INF != 0 and INF > 10 ** 400 and min(1, NAN) == 1


def test_hash():
    assert hash(1.0) == 1 and hash(INF) == 314159 and hash(-INF) == -314159 and hash(0.5) == 1152921504606846976 and hash(-0.0) == 0
    assert hash(2.0 ** 61 - 0.0) == hash(2 ** 61)


def test_methods():
    assert (1.5).is_integer() is False and (2.0).is_integer() and (0.75).as_integer_ratio() == (3, 4)
    assert (1.5).hex() == "0x1.8000000000000p+0" and float.fromhex("0x1.8p1") == 3.0 and float.fromhex("-0x.8") == -0.5
    assert (2.7).__trunc__() == 2 and (2.7).__floor__() == 2 and (2.2).__ceil__() == 3 and (1.5).conjugate() == 1.5
    raises(OverflowError, "cannot convert Infinity to integer ratio", INF.as_integer_ratio)
    raises(ValueError, "invalid hexadecimal floating-point string", float.fromhex, "0xg")


def test_round():
    check_all(round, [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), ((2.675, 2), 2.67), ((1234.5, -2), 1200.0), ((1e300, 5), 1e300), ((0.15, 1), 0.1), ((5e-324, 400), 5e-324), (1e20, 100000000000000000000)])
    raises(ValueError, "cannot convert float NaN to integer", round, NAN)
    raises(OverflowError, "cannot convert float infinity to integer", round, INF)
    raises(TypeError, "'str' object cannot be interpreted as an integer", round, 1.5, "a")


def test_complex():
    check_all(repr, [(1j, "1j"), (1 + 2j, "(1+2j)"), (-0j, "(-0-0j)"), (complex(1, -0.0), "(1-0j)"), (complex(NAN, INF), "(nan+infj)"), (1e20j, "1e+20j")])
    check_all(complex, [("1+2j", 1 + 2j), (" (3j) ", 3j), ("1", 1 + 0j), ((1, 2), 1 + 2j), ((1j, 1j), -1 + 1j), ("infj", complex(0, INF))])
    assert (1 + 2j) * (3 - 1j) == 5 + 5j and (1 + 2j) / (1 - 1j) == -0.5 + 1.5j and abs(3 + 4j) == 5.0 and (1 + 2j).conjugate() == 1 - 2j
    assert 2j ** 2 == -4 + 0j and (1 + 0j) == 1 and hash(1 + 0j) == hash(1) and (1 + 2j).real == 1.0
    raises(TypeError, "'<' not supported between instances of 'complex' and 'complex'", lambda: 1j < 2j)
    raises(TypeError, "unsupported operand type(s) for //: 'complex' and 'int'", lambda: 1j // 1)
    raises(ValueError, "complex() arg is a malformed string", complex, "1 + 2j")
    raises(ZeroDivisionError, "complex division by zero", lambda: 1j / 0)
    raises(TypeError, "complex() can't take second arg if first is a string", complex, "1", 2)


def test_math():
    assert math.fsum([0.1] * 10) == 1.0 and math.hypot(3, 4) == 5.0 and math.floor(-1.5) == -2 and math.ceil(1.2) == 2 and math.trunc(-1.9) == -1
    assert math.frexp(8.0) == (0.5, 4) and math.ldexp(0.5, 4) == 8.0 and math.modf(1.5) == (0.5, 1.0) and math.isclose(0.1 + 0.2, 0.3)
    assert math.factorial(20) == 2432902008176640000 and math.comb(10, 3) == 120 and math.perm(5, 2) == 20 and math.log2(8) == 3.0 and math.log(10 ** 400) > 900
    assert math.nextafter(1.0, 2.0) == 1.0000000000000002 and math.ulp(1.0) == 2.220446049250313e-16 and math.prod([2, 3, 4]) == 24 and round(math.cbrt(27.0), 12) == 3.0
    raises(ValueError, "math domain error", math.sqrt, -1)
    raises(OverflowError, "math range error", math.exp, 1000)
    raises(TypeError, "must be real number, not str", math.sin, "a")
    raises(ValueError, "factorial() not defined for negative values", math.factorial, -1)


def test_short_texts():
    for text, number in (("1", 1.0), ("-1", -1.0), ("1.", 1.0), (".5", 0.5), ("-.5", -0.5), ("0.1", 1 / 10), ("123456789012345", 123456789012345.0),
                         ("0.000000000000001", 1 / 10 ** 15), ("00000000000001.5", 1.5), ("0.30000000000000", 3 / 10), ("+1", 1.0), ("1_0.5", 10.5)):
        assert float(text) == number and float(text).hex() == number.hex(), text
    assert str(float("-0")) == "-0.0" and str(float("-0.0")) == "-0.0"
    for text in ("-", ".", "", "1..2", "1.2.3", "1-", "--1"):
        try:
            float(text)
        except ValueError:
            continue
        assert False, text
    seed = 1
    for _ in range(2000):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        digits, places = str(seed)[:seed % 15 + 1], (seed >> 8) % 16
        n, d = float(digits + "e-%d" % places).as_integer_ratio()
        assert float(digits.rjust(places + 1, "0")[:len(digits.rjust(places + 1, "0")) - places] + "." + (digits.rjust(places + 1, "0")[-places:] if places else "")) == n / d


def test_fixed_text_is_rounded_exactly():
    # Halves that are exact go to the even digit, all others to the nearer one.
    table = {(0.5, 0): "0", (1.5, 0): "2", (2.5, 0): "2", (-0.5, 0): "-0", (0.125, 2): "0.12", (0.375, 2): "0.38", (2.675, 2): "2.67", (1e15 + 0.5, 0): "1000000000000000",
             (0.1, 15): "0.100000000000000", (0.3, 17): "0.29999999999999999", (-0.0, 2): "-0.00", (5e-324, 3): "0.000", (1e22, 1): "10000000000000000000000.0",
             (123456789.987654321, 6): "123456789.987654", (9.995, 2): "9.99", (999.9996, 3): "1000.000", (2.0 ** 63, 1): "9223372036854775808.0", (0.05, 1): "0.1", (0.25, 1): "0.2"}
    for (number, digits), text in table.items():
        for made in (format(number, ".%df" % digits), "%.*f" % (digits, number), f"{number:.{digits}f}", ("%%.%df" % digits) % number):
            assert made == text, (number, digits, made)
    seed = 1
    for _ in range(3000):
        seed = (seed * 6364136223846793005 + 1442695040888963407) & (1 << 64) - 1
        number = (seed >> 11) / (1 << (seed & 63)) * (-1 if seed & 64 else 1)
        digits = (seed >> 8) % 17
        n, d = number.as_integer_ratio()
        scaled, rest = divmod(abs(n) * 10 ** digits, d)
        if rest * 2 > d or rest * 2 == d and scaled & 1:
            scaled += 1
        text = str(scaled).rjust(digits + 1, "0")
        expected = ("-" if number < 0 else "") + (text[:-digits] + "." + text[-digits:] if digits else text)
        assert format(number, ".%df" % digits) == expected and "%.*f" % (digits, number) == expected, (number, digits)
    assert format(2.5, "#.0f") == "2." and "%#.0f" % 2.5 == "2." and "%+08.2f" % 3.14159 == "+0003.14" and f"{0.12345:.1%}" == "12.3%" and f"{1234567.891:,.2f}" == "1,234,567.89"


run(globals())
