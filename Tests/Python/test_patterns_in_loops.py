"""`match`, unpacking and identity in loops that are compiled."""
import collections
import os
from dataclasses import dataclass
from harness import run

ROUNDS = 1200 if "TAIPAN_GC" in os.environ else 2400


@dataclass
class Point:
    x: int
    y: int


@dataclass
class Circle:
    centre: Point
    radius: float


class Odd:
    """Claims to be a point."""
    __class__ = Point
    x = 7
    y = 8


class Meta(type):
    def __instancecheck__(cls, instance):
        return instance == 5


class ByMeta(metaclass=Meta):
    pass


def describe(shape):
    match shape:
        case Point(x=0, y=0):
            return "origin"
        case Point(0, y):
            return ("on y", y)
        case Point(x, y) if x == y:
            return ("diagonal", x)
        case Point():
            return "point"
        case Circle(Point(x=x), radius=r):
            return ("circle", x, r)
        case int(n) if n > 100:
            return ("large", n)
        case bool() | None:
            return "flag"
        case int() | float() as number:
            return ("number", number)
        case str(text):
            return ("text", text)
        case [] | ():
            return "empty"
        case [first, *rest]:
            return ("sequence", first, rest)
        case {"kind": kind, **others}:
            return ("mapping", kind, others)
        case _:
            return "other"


def plain(shape):
    """The same without patterns."""
    if isinstance(shape, Point):
        if shape.x == 0:
            return "origin" if shape.y == 0 else ("on y", shape.y)
        return ("diagonal", shape.x) if shape.x == shape.y else "point"
    if isinstance(shape, Circle):
        return ("circle", shape.centre.x, shape.radius)
    if isinstance(shape, int) and shape > 100:
        return ("large", shape)
    if isinstance(shape, bool) or shape is None:
        return "flag"
    if isinstance(shape, (int, float)):
        return ("number", shape)
    if isinstance(shape, str):
        return ("text", shape)
    if isinstance(shape, (list, tuple, range)):
        return ("sequence", shape[0], list(shape[1:])) if shape else "empty"
    if isinstance(shape, dict) and "kind" in shape:
        return ("mapping", shape["kind"], {key: value for key, value in shape.items() if key != "kind"})
    return "other"


def test_match():
    shapes = [Point(0, 0), Point(0, 3), Point(4, 4), Point(1, 2), Circle(Point(5, 6), 1.5), 3, 2.5, 1000, True, None, "text", b"bytes", [], (1,), [1, 2, 3],
              {"kind": 1, "more": 2}, {}, {"kind": 3}, Odd(), 2 ** 80, 1e300, range(3), {1}]
    for shape in shapes:
        expected = plain(shape)
        for i in range(ROUNDS // 8):
            assert describe(shape) == expected, shape
    for i in range(ROUNDS):
        shape = shapes[i % len(shapes)]
        assert describe(shape) == plain(shape), shape


def test_match_changes():
    class Pair:
        __match_args__ = ("a", "b")

        def __init__(self, a, b):
            self.a = a
            self.b = b

    pair, seen = Pair(1, 2), []
    for i in range(ROUNDS):
        match pair:
            case Pair(first, second):
                seen.append((first, second))
            case _:
                seen.append(None)
        if i == ROUNDS // 4:
            Pair.__match_args__ = ("b", "a")
        if i == ROUNDS // 2:
            del pair.b
        if i == ROUNDS * 3 // 4:
            pair.b = 9
    quarter = ROUNDS // 4
    assert seen == [(1, 2)] * (quarter + 1) + [(2, 1)] * quarter + [None] * quarter + [(9, 1)] * (quarter - 1)
    errors = 0
    Pair.__match_args__ = ("b",)
    for i in range(ROUNDS):
        try:
            match pair:
                case Pair(first, second):
                    pass
        except TypeError as error:
            errors += str(error) == "Pair() accepts 1 positional sub-pattern (2 given)"
    assert errors == ROUNDS


def test_match_by_metaclass():
    found = 0
    for i in range(ROUNDS):
        match i % 7:
            case ByMeta():
                found += 1
    assert found == sum(i % 7 == 5 for i in range(ROUNDS))


def test_unpacking():
    Pair = collections.namedtuple("Pair", "a b")

    class Reversed(tuple):
        def __iter__(self):
            return reversed(tuple(self[i] for i in range(len(self))))

    total = 0
    for i in range(ROUNDS):
        a, b = Pair(i, 1) if i % 3 else Reversed((i, 2))
        total += a - b
    assert total == sum(i - 1 if i % 3 else 2 - i for i in range(ROUNDS))
    sizes = []
    for i in range(ROUNDS):
        first, *middle, last = range(i % 5 + 2) if i % 2 else [str(k) for k in range(i % 4 + 2)]
        sizes.append((first, len(middle), last))
    assert sizes == [(0, i % 5, i % 5 + 1) if i % 2 else ("0", i % 4, str(i % 4 + 1)) for i in range(ROUNDS)]
    for i in range(ROUNDS):
        try:
            a, *b, c = [1] * (i % 4)
        except ValueError as error:
            assert str(error) == f"not enough values to unpack (expected at least 2, got {i % 4})" and i % 4 < 2
        else:
            assert i % 4 >= 2
    letters = ""
    for i in range(ROUNDS):
        a, b = "xy" if i % 2 else {"k": 1, "l": 2}
        letters = a + b
    assert letters == "xy"


def test_identity():
    items = [True, 1.5, None, "s", 3, 1e300, False, 0.0, 2 ** 70]
    trues = nones = others = 0
    for i in range(ROUNDS):
        item = items[i % len(items)]
        if item is True:
            trues += 1
        elif item is None:
            nones += 1
        elif item is not False:
            others += 1
    places = [i % len(items) for i in range(ROUNDS)]
    assert (trues, nones, others) == (places.count(0), places.count(2), ROUNDS - places.count(0) - places.count(2) - places.count(6))


def test_bools_as_numbers():
    total, product, half, bits = 0, 1, 0.0, True
    for i in range(ROUNDS):
        total += i % 3 == 0
        total -= (i > 5) + (i < 1000)
        product = (product * 3 + (i & 1 == 0)) % 1000003
        half += (i % 5 == 1) * 0.5 + (i % 2 == 0) / 2
        bits = bits & (i >= 0) | (i < 0)
        assert bits is True
    expected = 0
    for i in range(ROUNDS):
        expected += (1 if i % 3 == 0 else 0) - (1 if i > 5 else 0) - (1 if i < 1000 else 0)
    assert total == expected and half == sum((0.5 if i % 5 == 1 else 0) + (0.5 if i % 2 == 0 else 0) for i in range(ROUNDS))
    flags = [True, False, 3, True, 2.5]
    mixed = 0
    for i in range(ROUNDS):
        mixed += flags[i % 5] * 2 + 1
        mixed = mixed - (flags[i % 5] is True) ** 2 + (~flags[i % 5] if i % 5 < 4 else 0)
    again = 0
    for i in range(ROUNDS):
        f = flags[i % 5]
        f = int(f) if isinstance(f, bool) else f
        again += f * 2 + 1
        again = again - (1 if flags[i % 5] is True else 0) + (~f if i % 5 < 4 else 0)
    assert mixed == again
    for i in range(ROUNDS):
        try:
            1 // (i < ROUNDS - 1)
        except ZeroDivisionError:
            assert i == ROUNDS - 1


run(globals())
