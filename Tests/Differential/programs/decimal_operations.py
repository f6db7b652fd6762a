"""Operations of decimal contexts of all kinds on numbers of all sizes."""
from decimal import *
import random

chance = random.Random(7)
ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
SPECIAL = ["NaN", "-NaN123", "sNaN", "sNaN45", "Infinity", "-Infinity", "0", "-0", "0E+7", "-0E-9", "0E-30", "1", "-1", "10", "1E+9", "9.99", "-9.999E+4"]
BINARY = ["add", "subtract", "multiply", "divide", "divide_int", "remainder", "quantize", "compare", "compare_signal", "max", "min", "max_mag", "min_mag", "copy_sign",
          "same_quantum", "compare_total", "compare_total_mag", "divmod", "remainder_near", "scaleb", "next_toward"]
UNARY = ["abs", "minus", "plus", "normalize", "sqrt", "to_integral_value", "to_integral_exact", "number_class", "to_sci_string", "to_eng_string", "copy_abs", "copy_negate",
         "create_decimal", "logb", "next_plus", "next_minus", "is_normal", "is_subnormal", "is_zero", "is_signed", "is_snan"]
SPECS = ["", ".2f", ".0f", ",.3f", "e", ".3e", "g", ".5g", "%", ".1%", "010.2f", ">20", "<20.1f", "^30", "=+20.4f", "+", "+.3g", " .2f", "E", ".0e", "G", ",", "015,", "*^25,.2f",
         "z.1f", ".30f", "020,.2f", ".0g", "012e", ",.2%"]


def number():
    if chance.random() < .04:
        return chance.choice(SPECIAL)
    count = chance.choice([1, 1, 2, 3, 5, 9, 15, 19, 20, 28, 29, 38, 39, 40, 57, 77, 100])
    digits = "".join(chance.choice(chance.choice(["0123456789", "09", "05", "9", "0"])) for _ in range(count))
    digits = chance.choice("123456789") + digits[1:]
    if chance.random() < .3:
        digits = digits[:-count // 2] + "0" * (count // 2) or "5"
    exponent = chance.choice([0, 0, 0, -2, -1, 1, -count, count, chance.randint(-30, 30), chance.randint(-80, 80), chance.randint(-6, 6)])
    return ("-" if chance.random() < .4 else "") + digits + ("E%+d" % exponent if exponent else "")


def context():
    return Context(prec=chance.choice([1, 2, 3, 5, 9, 16, 19, 28, 28, 28, 34, 38, 39, 50, 80]), rounding=chance.choice(ROUNDINGS), Emin=chance.choice([-999999, -999999, -20, -6, 0, -95]),
                   Emax=chance.choice([999999, 999999, 25, 6, 96]), capitals=chance.choice([0, 1, 1]), clamp=chance.choice([0, 0, 1]), flags=[], traps=[])


def perform(current, x, y, third, text):
    kind = chance.random()
    if kind < .5:
        name = chance.choice(BINARY)
        return name, getattr(current, name)(x, y)
    if kind < .7:
        name = chance.choice(UNARY)
        return name, getattr(current, name)(x)
    if kind < .75:
        return "fma", third, current.fma(x, y, third)
    if kind < .80:
        power = chance.choice([0, 1, 2, 3, -1, -2, 5, 7, 10, -5, 17, 30, 100])
        return "power", power, x ** power if abs(x.adjusted()) < 200 else None
    if kind < .88:
        return "compare", x < y if not (x.is_nan() or y.is_nan()) else None, x == y, x != y, hash(x) if not x.is_nan() else None
    if kind < .95:
        spec = chance.choice(SPECS)
        return "format", spec, format(x, spec)
    if kind < .98:
        return "convert", x.as_tuple(), int(x) if x.is_finite() else None, x.is_snan() or float(x), x.is_snan() or x == float(text), x.as_integer_ratio() if x.is_finite() else None
    digits = chance.randint(-5, 5)
    return "round", digits, round(x, digits)


for round_ in range(6000):
    current, text = context(), number()
    x, y, third = Decimal(text), Decimal(number()), Decimal(number())
    setcontext(current)
    try:
        result = perform(current, x, y, third, text)
    except Exception as error:
        result = type(error).__name__, str(error)
    print(round_, repr(x), repr(y), current, *result)
