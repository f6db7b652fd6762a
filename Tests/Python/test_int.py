"""int: parsing, arithmetic of any size, bit operations, methods, limits."""
import sys
from harness import check_all, raises, run

BIG = 10 ** 40 + 12345


def test_parsing():
    check_all(int, [
        ("12", 12), (" -12\n", -12), ("1_000", 1000), (("ff", 16), 255), (("0xff", 16), 255), (("0xff", 0), 255), (("0b101", 0), 5),
        (("0o17", 0), 15), (("z", 36), 35), ((b"12",), 12), (3.99, 3), (-3.99, -3), (True, 1), ((), 0), ("٣", 3), (1e20, 100000000000000000000),
    ])
    for arguments, message in [
        (("",), "invalid literal for int() with base 10: ''"), (("1__0",), "invalid literal for int() with base 10: '1__0'"),
        (("a",), "invalid literal for int() with base 10: 'a'"), (("8", 8), "invalid literal for int() with base 8: '8'"),
        (("010", 0), "invalid literal for int() with base 0: '010'"), ((b"x",), "invalid literal for int() with base 10: b'x'"),
        (("1", 1), "int() base must be >= 2 and <= 36, or 0"), ((float("nan"),), "cannot convert float NaN to integer"),
    ]:
        raises(ValueError, message, int, *arguments)
    raises(OverflowError, "cannot convert float infinity to integer", int, float("inf"))
    raises(TypeError, "int() argument must be a string, a bytes-like object or a real number, not 'list'", int, [])
    raises(TypeError, "int() can't convert non-string with explicit base", int, 1, 2)


def test_literals():
    assert (0x_ff, 0b1_0, 0o17, 1_000, 00) == (255, 2, 15, 1000, 0)


def test_division_rounds_down():
    check_all(divmod, [((7, 2), (3, 1)), ((-7, 2), (-4, 1)), ((7, -2), (-4, -1)), ((-7, -2), (3, -1)), ((BIG, -7), (BIG // -7, BIG % -7))])
    assert BIG // 7 * 7 + BIG % 7 == BIG and -BIG // 3 * 3 + -BIG % 3 == -BIG
    assert 7 / 2 == 3.5 and BIG / BIG == 1.0 and (1 << 2000) / (1 << 1999) == 2.0
    raises(ZeroDivisionError, "division by zero", lambda: 1 / 0)
    raises(ZeroDivisionError, "integer division or modulo by zero", lambda: 1 // 0)
    raises(ZeroDivisionError, "integer modulo by zero", lambda: 1 % 0)
    raises(OverflowError, "integer division result too large for a float", lambda: (1 << 2000) / 1)


def test_overflow_from_small_to_big():
    n = sys.maxsize
    assert n + 1 == 9223372036854775808 and -n - 2 == -9223372036854775809 and n * n == 85070591730234615847396907784232501249
    for bits in (30, 31, 32, 60, 61, 62, 63, 64, 127):
        m = 1 << bits
        assert m - 1 + 1 == m and (m - 1) * (m + 1) == m * m - 1 and -m - 1 == ~m and m >> bits == 1 and -m >> bits == -1
        assert int(str(m)) == m and hash(m) == hash(float(m)) and m // -1 == -m and abs(-m) == m


def test_power():
    assert 2 ** 100 == 1267650600228229401496703205376 and (-3) ** 3 == -27 and 0 ** 0 == 1 and 2 ** -1 == 0.5
    assert pow(3, 1000, 1007) == 3 ** 1000 % 1007 and pow(3, -1, 7) == 5 and pow(2, 10, -7) == -5
    raises(ValueError, "base is not invertible for the given modulus", pow, 2, -1, 4)
    raises(ValueError, "pow() 3rd argument cannot be 0", pow, 2, 1, 0)
    raises(ZeroDivisionError, "0.0 cannot be raised to a negative power", lambda: 0 ** -1)


def test_bits():
    assert (-6 & 5, -6 | 5, -6 ^ 5, ~5, BIG & -BIG, BIG | 1) == (0, -1, -1, -6, BIG & -BIG, BIG | 1)
    assert (1 << 70 | 1) >> 69 == 2 and -1 >> 1000 == -1 and 0 << 10 ** 10 == 0
    check_all(int.bit_length, [(0, 0), (1, 1), (-8, 4), (1 << 100, 101)])
    check_all(int.bit_count, [(0, 0), (7, 3), (-7, 3), ((1 << 100) - 1, 100)])
    raises(ValueError, "negative shift count", lambda: 1 << -1)
    raises(TypeError, "unsupported operand type(s) for <<: 'int' and 'float'", lambda: 1 << 1.0)


def test_bytes_conversion():
    assert (258).to_bytes(2, "big") == b"\x01\x02" and (258).to_bytes(3, "little") == b"\x02\x01\x00" and (5).to_bytes() == b"\x05"
    assert (-1).to_bytes(2, "big", signed=True) == b"\xff\xff" and int.from_bytes(b"\xff\x00", "little", signed=True) == 255
    assert int.from_bytes([1, 0], "big") == 256 and int.from_bytes(BIG.to_bytes(20, "big"), "big") == BIG
    raises(OverflowError, "int too big to convert", (256).to_bytes, 1, "big")
    raises(OverflowError, "can't convert negative int to unsigned", (-1).to_bytes, 1, "big")
    raises(ValueError, "byteorder must be either 'little' or 'big'", (1).to_bytes, 1, "x")


def test_text():
    assert repr(BIG) == "10000000000000000000000000000000000012345" and hex(-255) == "-0xff" and oct(8) == "0o10" and bin(-5) == "-0b101"
    assert str(-10 ** 30) == "-1" + "0" * 30 and hex(1 << 70) == "0x400000000000000000"


def test_digit_limit():
    assert sys.get_int_max_str_digits() == 4300
    raises(ValueError, "Exceeds the limit (4300 digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
           str, 10 ** 4300)
    raises(ValueError, "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; use sys.set_int_max_str_digits() to increase the limit",
           int, "1" * 4301)
    assert len(hex(10 ** 5000)) > 4000 and len(str(10 ** 4299)) == 4300


def test_rounding_and_protocols():
    import math
    check_all(round, [((1234, -2), 1200), ((1250, -2), 1200), ((1350, -2), 1400), ((-15, -1), -20), ((5, 3), 5), (7, 7)])
    assert math.floor(5) == 5 and (5).numerator == 5 and (5).denominator == 1 and (5).real == 5 and (5).imag == 0
    assert (5).conjugate() == 5 and (5).as_integer_ratio() == (5, 1) and math.isqrt(BIG) ** 2 <= BIG and math.gcd(12, 18, 4) == 2


def test_comparison_with_floats_is_exact():
    assert 2 ** 53 + 1 != float(2 ** 53) and 2 ** 53 + 1 > float(2 ** 53) and 10 ** 400 > 1e308 and not 10 ** 400 < float("inf") < 0
    assert 1 == 1.0 == True and hash(1) == hash(1.0) and 10 ** 400 < float("inf") and -10 ** 400 > float("-inf")


def test_subclasses():
    class I(int):
        def __repr__(self):
            return "I"
    i = I(5)
    assert type(i + 1) is int and repr(i) == "I" and str(i) == "I" and {5: "x"}[i] == "x" and type(int(i)) is int and type(+i) is int

    class Index:
        def __index__(self):
            return 3
    assert int(Index()) == 3 and [0, 1, 2, 3][Index()] == 3 and hex(Index()) == "0x3" and "a" * Index() == "aaa"

    class Bad:
        def __index__(self):
            return "x"
    raises(TypeError, "__index__ returned non-int (type str)", hex, Bad())


def test_big_arithmetic_identities():
    a, b = 3 ** 700 + 1, 7 ** 300 - 5
    assert (a + b) * (a - b) == a * a - b * b and (a * b) // b == a and divmod(a, b) == (a // b, a % b)
    assert (a << 200) >> 200 == a and a ^ b ^ b == a and int(hex(a), 16) == a and pow(a, 3, b) == a ** 3 % b


run(globals())
