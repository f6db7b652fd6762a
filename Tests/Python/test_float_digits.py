"""%e, %f and %g with the precision given: correctly rounded, whatever way they are written."""
import decimal
import math
import os
import random

from harness import run

chance = random.Random(2)


def rounded(value, digits):
    """The exact value rounded to so many significant digits, ties to even, as text like d.ddde+xx."""
    with decimal.localcontext() as context:
        context.prec, context.rounding = digits, decimal.ROUND_HALF_EVEN
        number = +decimal.Decimal(value)
        figures, sign = number.as_tuple().digits, math.copysign(1, value) < 0
        figures = list(figures) + [0] * (digits - len(figures)) if number else [0] * digits
        place = number.adjusted() if number else 0
        text = "".join(map(str, figures))
        return f"{'-' if sign else ''}{text[0]}{'.' if digits > 1 else ''}{text[1:]}e{'-' if place < 0 else '+'}{abs(place):02}"


def values():
    yield from (0.0, -0.0, 1.0, 0.5, 2.5, 0.125, 9.5, 99.5, 0.95, 999999.5, 9999995.0, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 2.2250738585072009e-308, 1.7976931348623157e308,
                123456789.0, 0.1, 1 / 3, 2 / 3, 1e15, 1e16, 9007199254740993.0, 4503599627370497.5, 1.15, 1.25, 1.35, 2.675, 1e-5, 1e-4, 0.00012345, 123456.5, 1234567.5)
    # Under the collector's stress a few will do.
    for _ in range(10 if "TAIPAN_GC" in os.environ else 1000):
        yield chance.uniform(-10, 10) * 10.0 ** chance.randrange(-20, 20)
        yield chance.randrange(10 ** chance.randrange(1, 9)) / 2 ** chance.randrange(12)
        yield chance.randrange(10 ** chance.randrange(1, 9)) / 10 ** chance.randrange(9)


def test_exponents():
    for value in values():
        for precision in (0, 1, 2, 5, 6, 12, 14, 15, 16):
            text = rounded(value, precision + 1)
            assert f"%.{precision}e" % value == text == format(value, f".{precision}e"), (value, precision)
            assert f"%.{precision}E" % value == text.upper()
        assert "%e" % value == rounded(value, 7) == format(value, "e")


def test_general():
    for value in values():
        for precision in (1, 2, 6, 15, 17):
            text = rounded(value, precision)
            mantissa, place = text.split("e")
            if -4 <= int(place) < precision:
                wanted = format(decimal.Decimal(text), "f") if value else mantissa
            else:
                wanted = text
            if "." in wanted:
                body, mark, rest = wanted.partition("e")
                wanted = body.rstrip("0").rstrip(".") + mark + rest
            assert f"%.{precision}g" % value == wanted == format(value, f".{precision}g"), (value, precision, wanted)


def test_layout():
    assert "%g %g %g %g" % (100000.0, 1000000.0, 1e-4, 1e-5) == "100000 1e+06 0.0001 1e-05"
    assert "%#g %#.3g %#.0e %#.0g" % (1.0, 100.0, 5.0, 3.0) == "1.00000 100. 5.e+00 3."
    assert "%G %E" % (1e-10, 12345.678) == "1E-10 1.234568E+04"
    assert f"{1234567.0:g}|{-1.5:e}|{1e100:g}|{1e-100:.3e}|{0.0:g}|{-0.0:e}" == "1.23457e+06|-1.500000e+00|1e+100|1.000e-100|0|-0.000000e+00"
    assert f"{1.5:>12e}|{1.5:<12g}|{1.5:^+12.2e}|{1234.5:012g}|{99999.5:,g}|{.5:%}" == "1.500000e+00|1.5         | +1.50e+00  |0000001234.5|99,999.5|50.000000%"
    assert f"{float('inf'):e} {float('nan'):g} {float('-inf'):G}" == "inf nan -INF"
    assert f"{123456.0:.3} {1e20:.3} {0.001:.1} {5.0:.1}" == "1.23e+05 1e+20 0.001 5e+00"
    assert "%.0e" % 2.5 == "2e+00" and "%.0e" % 3.5 == "4e+00" and "%.1g" % 0.25 == "0.2" and "%.1g" % 0.35 == "0.3"


run(globals())
