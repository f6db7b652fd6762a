"""Operators, items, properties and calls that classes define, in loops that are compiled; and what happens when the methods decline or raise."""
import os
import traceback
from harness import run

# With a collection at every few allocations just enough to compile something.
ROUNDS = 1200 if "TAIPAN_GC" in os.environ else 2400


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return Vector(self.x + other.x, self.y + other.y)

    def __mul__(self, factor):
        if isinstance(factor, Vector):
            return self.x * factor.x + self.y * factor.y
        if isinstance(factor, (int, float)):
            return Vector(self.x * factor, self.y * factor)
        return NotImplemented

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vector) and self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return self.x < other.x if isinstance(other, Vector) else NotImplemented

    def __getitem__(self, index):
        if index == 0:
            return self.x
        if index == 1:
            return self.y
        raise IndexError(index)

    def __call__(self, k):
        return self.x + k

    @property
    def length(self):
        return abs(self.x) + abs(self.y)

    @property
    def broken(self):
        return self.nothing


class Longer(Vector):
    def __radd__(self, other):
        return "reflected"

    def __add__(self, other):
        return "longer"


class Right:
    def __radd__(self, other):
        return 7

    def __gt__(self, other):
        return [1]

    def __iadd__(self, other):
        return self


def test_arithmetic():
    total = Vector(0, 0)
    step = Vector(1, 2)
    dot = 0
    for i in range(ROUNDS):
        total = total + step * 2 + 3 * step
        dot += step * step
        total += step
    assert (total.x, total.y, dot) == (6 * ROUNDS, 12 * ROUNDS, 5 * ROUNDS)


def test_the_right_operand():
    seen = {}
    operands = [Vector(1, 1), Longer(1, 1), Right(), 5, "text", None]
    for i in range(ROUNDS):
        try:
            result = operands[0] + operands[i % 6]
        except TypeError as error:
            result = str(error)
        if isinstance(result, Vector):
            result = result.length
        seen[result] = seen.get(result, 0) + 1
    n = ROUNDS // 6
    assert seen == {4: n, "reflected": n, 7: n, "unsupported operand type(s) for +: 'Vector' and 'int'": n,
                    "unsupported operand type(s) for +: 'Vector' and 'str'": n, "unsupported operand type(s) for +: 'Vector' and 'NoneType'": n}, seen
    messages = set()
    for i in range(ROUNDS):
        v = Vector(i, 1)
        try:
            v += i
        except TypeError as error:
            messages.add(str(error))
    assert messages == {"unsupported operand type(s) for +=: 'Vector' and 'int'"}


def test_comparisons():
    equal = less = other = lists = 0
    a, b, right = Vector(1, 2), Vector(1, 2), Right()
    for i in range(ROUNDS):
        if a == b:
            equal += 1
        if a != b:
            equal += 1000
        if a < Vector(i, 0):
            less += 1
        while a == i:
            other += 1000
        lists += (a < right) == [1] if i % 2 else (right > a) == [1]
        if a < right:
            other += 1
    assert (equal, less, other, lists) == (ROUNDS, ROUNDS - 2, ROUNDS, ROUNDS), (equal, less, other, lists)


class Odd:
    def __init__(self, answer):
        self.answer = answer

    def __lt__(self, other):
        return self.answer

    def __eq__(self, other):
        return NotImplemented

    __hash__ = None


class Truth:
    def __bool__(self):
        raise ValueError("no truth")


def test_odd_answers():
    answers = [1, 0, "", "x", [], None, 2.5, Truth(), NotImplemented]
    counts = {"yes": 0, "no": 0}
    for i in range(9 * (ROUNDS // 9)):
        try:
            if Odd(answers[i % 9]) < i:
                counts["yes"] += 1
            else:
                counts["no"] += 1
        except (ValueError, TypeError) as error:
            text = str(error)
            counts[text] = counts.get(text, 0) + 1
    n = ROUNDS // 9
    assert counts == {"yes": 3 * n, "no": 4 * n, "no truth": n, "'<' not supported between instances of 'Odd' and 'int'": n}, counts
    odd, same = Odd(1), 0
    for i in range(ROUNDS):
        if odd == odd:
            same += 1
        if odd == i:
            same += 1
    assert same == ROUNDS


def test_items_calls_and_properties():
    v = Vector(3, 4)
    total = errors = 0
    for i in range(ROUNDS):
        try:
            total += v[i % 3] + v(i) + v.length
        except IndexError as error:
            errors += error.args[0]
    assert (total, errors) == (sum((3, 4)[i % 3] + 3 + i + 7 for i in range(ROUNDS) if i % 3 != 2), 2 * (ROUNDS // 3)), (total, errors)


class Fallback(Vector):
    def __getattr__(self, name):
        return "fallback " + name


def test_properties_that_raise():
    texts = set()
    v, f = Vector(1, 2), Fallback(1, 2)
    for i in range(ROUNDS):
        try:
            v.broken
        except AttributeError as error:
            texts.add(str(error))
            last = error
        texts.add(f.broken)
    assert texts == {"'Vector' object has no attribute 'nothing'", "fallback nothing"}, texts
    names = [entry.name for entry in traceback.extract_tb(last.__traceback__)]
    assert names == ["test_properties_that_raise", "broken"], names


class Counter:
    made = 0

    def __init__(self):
        self._value = 0

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, new):
        self._value = new


def test_properties_set():
    counter = Counter()
    for i in range(ROUNDS):
        counter.value += i
    assert counter.value == sum(range(ROUNDS))
    # The class changes under the loop.
    seen = []
    for i in range(ROUNDS):
        if i == ROUNDS - 2:
            Counter.value = property(lambda self: "new")
        seen.append(counter.value)
    assert seen[-3:] == [sum(range(ROUNDS)), "new", "new"]


class Matrix(list):
    def __init__(self, rows):
        super().__init__(rows)
        self.rows = len(rows)

    def __getitem__(self, place):
        row, column = place
        return super().__getitem__(row)[column]

    def __add__(self, other):
        return [x + y for x, y in zip(super().__iter__(), other)]


def test_subclasses_of_builtins():
    matrix = Matrix([[1, 2], [3, 4]])
    total = 0
    for i in range(ROUNDS):
        total += matrix[i & 1, 1] + len(matrix + [[1], [2]]) + matrix.rows
    assert total == sum((2, 4)[i & 1] + 4 for i in range(ROUNDS))


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


class Many:
    """So many attributes that they are in a dict."""

    def __init__(self):
        for i in range(40):
            setattr(self, "a%d" % i, i)
        self.__dict__["x y"] = 1

    def get(self, section, option, *, raw=False, vars=None):
        return (section, option, raw, vars)

    def plain(self, x):
        return x + 1


def test_methods_of_objects_with_dicts():
    many, total = Many(), 0
    for i in range(ROUNDS):
        total += many.get("s", i, raw=True, vars=2)[1] + many.plain(i)
    assert total == sum(2 * i + 1 for i in range(ROUNDS))
    messages = set()
    for i in range(ROUNDS):
        try:
            value = [1, "text", None][i % 3]
            value -= 13
        except TypeError as error:
            messages.add(str(error))
        try:
            (5 if i % 2 else many)(key=i)
        except TypeError as error:
            messages.add(str(error))
    assert messages == {"unsupported operand type(s) for -=: 'str' and 'int'", "unsupported operand type(s) for -=: 'NoneType' and 'int'",
                        "'int' object is not callable", "'Many' object is not callable"}, messages


class Number:
    """Operators in deep recursion, which must end in RecursionError."""

    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return self + other

    def __lt__(self, other):
        return self < other


def test_endless_recursion():
    for operation in (lambda: Number(1) + Number(2), lambda: 1 if Number(1) < Number(2) else 2):
        try:
            operation()
        except RecursionError:
            continue
        raise AssertionError


class Money:
    """Counts what is asked of it."""
    asked = None

    def __init__(self, amount):
        self.amount = amount

    def __neg__(self):
        return Money(-self.amount)

    def __radd__(self, other):
        return Money(other + self.amount) if isinstance(other, (int, float)) else NotImplemented

    def __rsub__(self, other):
        Money.asked.append(other)
        return NotImplemented

    def __iadd__(self, other):
        if isinstance(other, str):
            return NotImplemented
        self.amount += other
        return self

    def __add__(self, other):
        return Money(self.amount + len(other))

    def __imul__(self, other):
        return NotImplemented


def test_reflected_and_in_place():
    total = Money(0)
    for i in range(ROUNDS):
        total = -(i + total)
        total = 0.5 + total
    expected = 0
    for i in range(ROUNDS):
        expected = 0.5 + -(i + expected)
    assert total.amount == expected
    same = money = Money(0)
    for i in range(ROUNDS):
        money += i
    assert money is same and money.amount == sum(range(ROUNDS))
    for i in range(ROUNDS):
        money += "abc"
    assert money is not same and money.amount == sum(range(ROUNDS)) + 3 * ROUNDS
    Money.asked, errors = [], set()
    for i in range(ROUNDS):
        try:
            i - money
        except TypeError as error:
            errors.add(str(error))
        try:
            money *= i
        except TypeError as error:
            errors.add(str(error))
    assert errors == {"unsupported operand type(s) for -: 'int' and 'Money'", "unsupported operand type(s) for *=: 'Money' and 'int'"}, errors
    assert Money.asked == list(range(ROUNDS))


def test_setattr():
    class Watched:
        def __init__(self):
            self.__dict__["log"] = []
            self.count = 0

        def __setattr__(self, name, value):
            self.log.append(name)
            object.__setattr__(self, name, value)

    watched = Watched()
    for i in range(ROUNDS):
        watched.count += i
        if i == ROUNDS // 2:
            watched.other = 1
    assert watched.count == sum(range(ROUNDS)) and watched.log.count("count") == ROUNDS + 1 and watched.log.count("other") == 1
    Watched.__setattr__ = lambda self, name, value: None
    watched.count = 5
    assert watched.count == sum(range(ROUNDS))
    del Watched.__setattr__
    for i in range(ROUNDS):
        watched.count = i
    assert watched.count == ROUNDS - 1


class Negated:
    def __init__(self, value):
        self.value = value

    def __neg__(self):
        return Negated(-self.value)


def test_negation_in_deep_calls():
    for depth in (3, 5, 23, 30):
        names = {"f0": lambda x: (-x).value}
        for number in range(depth):
            exec(f"def f{number + 1}(x): return f{number}(x) + 1", names)
        function = names[f"f{depth}"]
        items = [Negated(3), Negated(4)]
        total = 0
        for _ in range(6000):
            total += sum([function(item) for item in items])
        assert total == 6000 * (2 * depth - 7), depth


run(globals())
