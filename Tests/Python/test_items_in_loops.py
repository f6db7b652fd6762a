"""Items set by methods written in Python, methods of numbers and natives with arguments left out, in loops that are compiled."""
import random
import sys
from harness import raises, run


class Grid:
    def __init__(self, width, height):
        self.width, self.height = width, height
        self.data = [0] * (width * height)
        self.log = []

    def index(self, x, y):
        if 0 <= x < self.width and 0 <= y < self.height:
            return y * self.width + x
        raise IndexError(f"no place {x}, {y}")

    def __getitem__(self, place):
        x, y = place
        return self.data[self.index(x, y)]

    def __setitem__(self, place, value):
        x, y = place
        self.data[self.index(x, y)] = value
        return "ignored"


def test_items_set():
    grid = Grid(30, 20)
    for turn in range(10):
        for y in range(1, grid.height - 1):
            for x in range(1, grid.width - 1):
                grid[x, y] = (grid[x, y - 1] + grid[x, y + 1] + grid[x - 1, y] + grid[x + 1, y]) * 0.25 + 1
    expected = [0] * 600
    for turn in range(10):
        for y in range(1, 19):
            for x in range(1, 29):
                at = y * 30 + x
                expected[at] = (expected[at - 30] + expected[at + 30] + expected[at - 1] + expected[at + 1]) * 0.25 + 1
    assert grid.data == expected


def test_items_set_in_vain():
    grid = Grid(3, 3)
    failed = 0
    for i in range(400):
        try:
            grid[i % 4, 1] = i
            grid[0, 0] += 1
        except IndexError as error:
            assert str(error) == "no place 3, 1" and error.__traceback__.tb_next.tb_frame.f_code.co_name == "__setitem__"
            failed += 1
    assert failed == 100 and grid.data == [300, 0, 0, 396, 397, 398, 0, 0, 0]


def test_what_setting_returns():
    class Odd:
        def __setitem__(self, key, value):
            self.last = key, value
            return NotImplemented if key % 2 else self
    class Late:
        def __setitem__(self, key, value):
            yield key
    class Counted(dict):
        sets = 0
        def __setitem__(self, key, value):
            self.sets += 1
            super().__setitem__(key, value)
    odd, late, counted = Odd(), Late(), Counted()
    before = object()
    for i in range(500):
        odd[i] = before
        late[i] = i
        counted[i % 7] = i
        counted[i % 7] += 1
        assert odd.last == (i, before)
    assert counted.sets == 1000 and counted[0] == 498
    class Chain:
        def __init__(self, inner): self.inner = inner
        def __setitem__(self, key, value): self.inner[key] = value + 1
    for target in (Chain([0] * 5), Chain(Chain([0] * 5)), Chain(Chain({}))):
        for i in range(300):
            target[i % 5] = i
    assert target.inner.inner == {0: 297, 1: 298, 2: 299, 3: 300, 4: 301}
    class Replaced:
        def __setitem__(self, key, value): seen.append(1)
    seen, replaced = [], Replaced()
    for i in range(300):
        replaced[0] = i
        if i == 250:
            Replaced.__setitem__ = lambda self, key, value: seen.append(2)
    assert seen == [1] * 251 + [2] * 49
    def store(target, key):
        target[key] = 1
    raises(TypeError, "'int' object does not support item assignment", store, 5, 1)
    del Replaced.__setitem__
    raises(TypeError, "'Replaced' object does not support item assignment", store, replaced, 1)


def test_methods_of_numbers():
    bits, whole, parts = 0, 0, 0
    for i in range(1000):
        bits += i.bit_length() + (-i).bit_length()
        half = i / 2
        whole += half.is_integer()
        parts += half.as_integer_ratio()[1]
        assert i.conjugate() == i and (i % 3).__add__(1) == i % 3 + 1
    assert (bits, whole, parts) == (2 * 8977, 500, 1500), (bits, whole, parts)
    # Floats that need a heap object and floats that need none, in registers and out of them.
    for i in range(3000):
        x = (i * 7919 % 10007 + 1) / 10007
        x *= 10 ** (i * 37 % 201 - 100)
        n, d = x.as_integer_ratio()
        assert float(n).__truediv__(d) == x and isinstance(x, float) and not isinstance(x, (int, str)) and x.real.__add__(x) == x + x
    class Own(float):
        def hex(self):
            return "own"
        def __add__(self, other):
            return "sum"
    def hexadecimal(x):
        return x.hex(), isinstance(x, Own), isinstance(x, (int, float))
    for kinds in (float,), (Own,), (float, Own):
        for i in range(600):
            x = kinds[i % len(kinds)](i)
            assert hexadecimal(x) == ("own" if type(x) is Own else x.hex(), type(x) is Own, True)
            assert x + 1 == ("sum" if type(x) is Own else float(i + 1))
    def each(value):
        return value.bit_length()
    for value, wanted in (5, 3), (True, 1), (1 << 100, 101):
        for i in range(200):
            assert each(value) == wanted
    raises(AttributeError, "'float' object has no attribute 'bit_length'", each, 1.0)
    raises(AttributeError, "'NoneType' object has no attribute 'bit_length'", each, None)
    generator = random.Random(5)
    assert sum(generator.randrange(10) for _ in range(2000)) == 8870 and generator.choice("abc") in "abc"


def test_arguments_left_out():
    found = [0, 0, 0]
    for i in range(600):
        text = "hello" if i % 3 else "world"
        found[0] += text.startswith("he")
        found[1] += text.find("o") + text.find("o", 2) + text.find("o", 2, 4)
        found[2] += text.count("l") + len(text.split()) + len(text.replace("l", ""))
        assert text.strip() is text or text.strip() == text
        assert text.startswith(("wo", "he")) and not text.endswith("x")
    assert found == [400, 2600, 3600], found


def test_instances_of_several_classes():
    from collections import abc
    class Odd:
        __class__ = property(lambda self: str)
    class Text(str):
        pass
    values = [1, 2.5, "a", None, True, [1], (1,), Odd(), Text("b"), 1 << 70]
    wanted = [sum(isinstance(v, t) for v in values) for t in (int, str, tuple, list)]
    assert wanted == [3, 3, 1, 1]
    counts = [0, 0, 0, 0, 0]
    for i in range(600):
        value = values[i % 10]
        counts[0] += isinstance(value, int)
        counts[1] += isinstance(value, (str, float))
        counts[2] += isinstance(value, (tuple, (list, dict)))
        counts[3] += not isinstance(value, abc.Sized)
        counts[4] += isinstance(value, ())
    assert counts == [180, 240, 120, 300, 0], counts
    def kind(value, classes):
        return isinstance(value, classes)
    for i in range(300):
        assert kind(i, int) and not kind(i, str)
    raises(TypeError, "isinstance() arg 2 must be a type, a tuple of types, or a union", kind, 1, 5)
    assert kind(1, int | str)


class Point(tuple):
    __slots__ = ()

    def __new__(cls, x, y=0, *, scale=1):
        return tuple.__new__(cls, (x * scale, y * scale))


def test_classes_with_new():
    from abc import ABC
    from collections import namedtuple
    from fractions import Fraction
    pair = namedtuple("pair", "a b", defaults=[7])
    total = 0
    for i in range(400):
        p, q = pair(i, 1), pair(b=i, a=2)
        assert type(p) is pair and p == (i, 1) and q == (2, i) and pair(i) == (i, 7)
        point = Point(i, scale=2)
        assert type(point) is Point and point == (2 * i, 0) and Point(1, 2) == (1, 2)
        total += Fraction(i, 3) * 3
    assert total == 79800
    raises(TypeError, "pair.__new__() missing 1 required positional argument: 'a'", pair)
    class Shape(ABC):
        def __init__(self, size, name="shape"):
            self.size, self.name = size, name
    for i in range(300):
        assert Shape(i).size == i and Shape(size=i, name="x").name == "x"
    class Meta(type):
        pass
    class Thing(metaclass=Meta):
        def __init__(self, n):
            self.n = n
    results = []
    for i in range(400):
        made = Thing(i)
        results.append(made.n if isinstance(made, Thing) else made)
        if i == 300:
            Meta.__call__ = lambda cls, n: -n
        if i == 350:
            del Meta.__call__
    assert results == list(range(301)) + [-i for i in range(301, 351)] + list(range(351, 400))


def test_what_new_returns():
    made = []
    class Cached:
        known = {}
        def __new__(cls, key):
            if key in cls.known:
                return cls.known[key]
            self = cls.known[key] = super().__new__(cls)
            made.append(key)
            return self
    for i in range(300):
        assert Cached(i % 7) is Cached.known[i % 7]
    assert made == list(range(7))
    class Other:
        def __new__(cls, value):
            return value
    for i in range(300):
        assert Other(i) == i
    assert Other(None) is None
    class Broken:
        def __new__(cls, n):
            if n == 250:
                raise ValueError(n)
            return object.__new__(cls)
    caught = []
    for i in range(300):
        try:
            Broken(i)
        except ValueError as error:
            caught.append((error.args, error.__traceback__.tb_next.tb_frame.f_code.co_name))
    assert caught == [((250,), "__new__")]
    log = []
    class Base:
        def __new__(cls, n, *, tag="t"):
            if cls is Base and n % 2:
                class Late(Base):
                    def __init__(self, n, tag=None):
                        log.append((n, tag))
                cls = Late
            return object.__new__(cls)
    kinds = [type(Base(i, tag=i)).__name__ for i in range(10)]
    assert kinds == ["Base", "Late"] * 5 and log == [(i, i) for i in range(1, 10, 2)], log
    class Changing:
        def __new__(cls, n):
            return object.__new__(cls)
    seen = []
    for i in range(300):
        Changing(i)
        if i == 200:
            Changing.__init__ = lambda self, n: seen.append(n)
        if i == 290:
            Changing.__new__ = lambda cls, n: seen.append("new")
    assert seen == list(range(201, 291)) + ["new"] * 9
    class Abstract(__import__("abc").ABC):
        def __new__(cls):
            return super().__new__(cls)
        @__import__("abc").abstractmethod
        def f(self): pass
    raises(TypeError, "Can't instantiate abstract class Abstract with abstract method f", Abstract)


class SameHash:
    """A key that has the hash of another, and whose comparison leaves traces."""

    def __init__(self, other):
        self.hash = hash(other)

    def __hash__(self):
        return self.hash

    def __eq__(self, other):
        compared.append(sys._getframe(1).f_code.co_name)
        return False


compared = []


def find(container, key):
    return container[key]


def replace(container, key, value):
    container[key] = value


def delete(container, key):
    del container[key]


def pop(container, key):
    return container.pop(key)


def default(container, key):
    return container.setdefault(key, 5)


def get(container, key):
    return container.get(key, 6)


def remove(container, key):
    container.remove(key)


def discard(container, key):
    container.discard(key)


def add(container, key):
    container.add(key)


def made_set(items, key):
    return {item for item in items}


def made_dict(items, key):
    return {item: 1 for item in items}


def test_a_key_with_the_hash_of_another():
    def counted(action, container, *arguments):
        before = after = 0
        for _ in range(3000):
            before += len(compared)
            action(container, *arguments)
            after += len(compared)
        # How often they are compared depends on where the hash leads.
        return after - before == len(compared) >= 3000, set(compared)

    for key in ("key", 5, b"key", 2.5, None):
        for action, *rest in ((find,), (replace, 3), (default,), (get,)):
            container = {SameHash(key): 1, key: 2}
            compared.clear()
            assert counted(action, container, key, *rest) == (True, {action.__name__}), (key, action)
        for action in (made_set, made_dict):
            items = (SameHash(key), key)
            name = "<setcomp>" if action is made_set else "<dictcomp>"
            compared.clear()
            assert counted(action, items, key) == (True, {name}), (key, action, len(compared))


def test_a_key_with_the_hash_of_another_is_taken_out():
    for key in ("key", 5, b"key", None):
        for actions, container in (((delete, replace_with_one), {SameHash(key): 1}), ((pop, replace_with_one), {SameHash(key): 1}),
                                   ((remove, add), {SameHash(key)}), ((discard, add), {SameHash(key)})):
            actions[1](container, key)
            compared.clear()
            before = between = after = 0
            for _ in range(3000):
                before += len(compared)
                actions[0](container, key)
                between += len(compared)
                actions[1](container, key)
                after += len(compared)
            assert set(compared) == {action.__name__ for action in actions}, (key, actions)
            assert after - before == len(compared) >= 6000 and 3000 <= between - before < after - before, (key, actions)


def replace_with_one(container, key):
    container[key] = 1


def test_a_key_with_the_hash_of_another_comes_later():
    for key in ("key", 5):
        container = {key: 2}
        compared.clear()
        before = between = after = 0
        for n in range(3000):
            if n == 2000:
                other = SameHash(key)
                del container[key]
                container[other] = 7
                compared.clear()
            before += len(compared)
            replace(container, key, 2)
            between += len(compared)
            find(container, key)
            after += len(compared)
        assert set(compared) == {"replace", "find"}
        assert after - before == len(compared) >= 2000 and between - before >= 1000


def test_what_is_not_there():
    container, things, errors = {"other": 1}, {"other"}, []
    for n in range(3000):
        for action in (find, delete, pop):
            try:
                action(container, n if n % 3 else "key")
            except KeyError as error:
                errors.append(error.args[0])
        try:
            remove(things, n)
        except KeyError as error:
            errors.append(error.args[0])
        assert container.pop("key", n) == n
    assert len(errors) == 12000 and errors[-4:] == [2999] * 4 and errors[0] == "key"


run(globals())
