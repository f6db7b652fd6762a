"""Specifications of the format language, of all shapes, on numbers and text."""
import random

chance = random.Random(9)
ALIGNMENTS = ["", "*<", ">", "^", "=", "0=", "é^", "x>", "<", "0<", "0^"]
SIGNS = ["", "+", "-", " ", "+", ""]
MARKS = ["", "", "0", "z", "#", "z#0", "#0"]
WIDTHS = ["", "", "5", "12", "1", "20", "0", "00012", "007", "1234"]
GROUPINGS = ["", "", "", ",", "_"]
PRECISIONS = ["", ".0", ".1", ".2", ".3", ".10", ".15", ".16", ".20", "."]
TYPES = ["", "d", "f", "F", "e", "E", "g", "G", "%", "n", "x", "X", "o", "b", "c", "s", "q", "z", "é", "ff"]


class Integer(int):
    pass


class Own(float):
    def __format__(self, spec):
        return "own:" + spec


VALUES = [0, 1, -1, 42, -1234567, 10 ** 15, -10 ** 20, 2 ** 62, True, 0.0, -0.0, 1.5, -2.675, 123456.789, 1e16, 1e-7, float("inf"), float("-inf"), float("nan"), 0.5, 2.5, 1e22,
          "hello", "é", "", 1 + 2j, Integer(5), Own(2.5)]


def attempt(case):
    try:
        return repr(case())
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for _ in range(12000):
    spec = "".join(chance.choice(part) for part in (ALIGNMENTS, SIGNS, MARKS, WIDTHS, GROUPINGS, PRECISIONS, TYPES))
    value = chance.choice(VALUES)
    print(repr(value), ascii(spec), ascii(attempt(lambda: format(value, spec))), ascii(attempt(lambda: f"{{:{spec}}}".format(value))))
