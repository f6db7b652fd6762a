"""Static and class methods, attributes of classes, named tuples' fields and keyword arguments to classes, in loops that are compiled."""
import collections
import os
from harness import raises, run

# With a collection at every few allocations just enough to compile something.
ROUNDS = 1500 if "TAIPAN_GC" in os.environ else 3000


def test_static_and_class_methods():
    class Base:
        factor = 2

        @staticmethod
        def plain(a, b=1): return a + b

        @classmethod
        def of_class(cls, a): return cls.factor * a

    class Derived(Base):
        factor = 3

    def loop(n):
        base, derived, total = Base(), Derived(), 0
        for i in range(n):
            thing = derived if i % 3 else base
            total += base.plain(i) + Base.plain(i, 2) + derived.of_class(i) + Base.of_class(i) + Derived.of_class(i) + thing.of_class(1)
            static, method = derived.plain, Derived.of_class
            total += static(1) + method(1)
            assert method.__self__ is Derived and method is not Derived.of_class
        return total
    assert loop(ROUNDS) == sum(i + 1 + i + 2 + 3 * i + 2 * i + 3 * i + (3 if i % 3 else 2) + 2 + 3 for i in range(ROUNDS))


def test_methods_replaced():
    class Thing:
        @staticmethod
        def s(): return 1

        @classmethod
        def c(cls): return 2

        data = 3

    def loop(n):
        thing, total = Thing(), 0
        for i in range(n):
            if i == n - 40: Thing.s = staticmethod(lambda: 100)
            if i == n - 30: Thing.c = lambda *a: len(a)
            if i == n - 20: thing.s = lambda: 1000
            if i == n - 10: Thing.data = property(lambda self: 50)
            total += thing.s() + Thing.s() + thing.c() + Thing.c() + (thing.data if i < n - 10 else thing.data)
        return total
    expected = 0
    for i in range(ROUNDS):
        s = 100 if i >= ROUNDS - 40 else 1
        own = 1000 if i >= ROUNDS - 20 else s
        expected += own + s + (1 + 0 if i >= ROUNDS - 30 else 4) + (50 if i >= ROUNDS - 10 else 3)
    assert loop(ROUNDS) == expected


def test_attributes_of_classes():
    class Base:
        count = 0
        name = "base"

    class Derived(Base):
        pass

    def loop(n):
        seen = set()
        for i in range(n):
            Base.count += 1
            if i == n // 2: Derived.name = "derived"
            if i == n - 5: del Derived.name
            if i == n - 2: Base.name = lambda: 1
            seen.add(Derived.name if i < n - 2 else type(Derived.name).__name__)
            assert Derived.count == i + 1
        return seen
    assert loop(ROUNDS) == {"base", "derived", "function"}
    Derived.count = 7
    assert (Base.count, Derived.count) == (ROUNDS, 7)


def test_metaclasses():
    class Meta(type):
        def __getattr__(cls, name): return "made " + name

        @property
        def both(cls): return "meta"

        def on_class(cls): return cls.__name__

    class Thing(metaclass=Meta):
        both = "class"
        own = 1

        @classmethod
        def c(cls): return cls.own

    def loop(n):
        total = 0
        for i in range(n):
            total += Thing.own + Thing.c()
            assert Thing.both == "meta" and Thing.other == "made other" and Thing.on_class() == "Thing"
            assert Thing().both == "class"
        return total
    assert loop(ROUNDS) == 2 * ROUNDS
    raises(AttributeError, "type object 'Plain' has no attribute 'nope'", lambda: type("Plain", (), {}).nope)


def test_named_tuples():
    Point = collections.namedtuple("Point", "x y", defaults=[5])

    class Special(Point):
        @property
        def total(self): return self.x + self.y

    def loop(n):
        total = 0
        for i in range(n):
            p, q = Point(i, 2), Special(x=i)
            total += p.x + p.y + q.x + q.y + q.total + p._replace(y=1).y
        return total
    assert loop(ROUNDS) == sum(i + 2 + i + 5 + i + 5 + 1 for i in range(ROUNDS))
    raises(AttributeError, "can't set attribute", setattr, Point(1), "x", 2)
    short = tuple.__new__(Point, (1,))

    def wrong(n):
        failed = 0
        for i in range(n):
            p = short if i % 10 == 9 else Point(1, 2)
            try:
                p.y
            except IndexError:
                failed += 1
        return failed
    assert wrong(ROUNDS) == ROUNDS // 10


def test_keywords_to_classes():
    class Point:
        def __init__(self, x, y=2, *rest, z=3, **more):
            self.sum = x + y + z + len(rest) + len(more)

    class Slots:
        __slots__ = "a", "b"

        def __init__(self, *, a, b=1):
            self.a, self.b = a, b

    class Made:
        def __new__(cls, *, a): return a

    def loop(n):
        total, make = 0, Point(1).__init__
        for i in range(n):
            total += Point(x=i).sum + Point(i, z=4).sum + Point(i, 1, 2, 3, z=0).sum + Point(i, w=1).sum
            s = Slots(a=i)
            total += s.a + s.b + Made(a=1)
            assert make(x=i, z=1) is None
        return total
    assert loop(ROUNDS) == sum(i + 5 + i + 6 + i + 3 + i + 6 + i + 1 + 1 for i in range(ROUNDS))

    def wrong(n):
        messages = set()
        for _ in range(n):
            for call in (lambda: Slots(b=1), lambda: Slots(a=1, c=2), lambda: Slots(1, a=1), lambda: Point(y=1), lambda: Point(1, x=1)):
                try:
                    call()
                except TypeError as error:
                    messages.add(str(error).replace("test_keywords_to_classes.<locals>.", ""))
        return sorted(messages)
    assert wrong(ROUNDS // 10) == ["Point.__init__() got multiple values for argument 'x'", "Point.__init__() missing 1 required positional argument: 'x'",
                                   "Slots.__init__() got an unexpected keyword argument 'c'", "Slots.__init__() missing 1 required keyword-only argument: 'a'",
                                   "Slots.__init__() takes 1 positional argument but 2 positional arguments (and 1 keyword-only argument) were given"]


def test_attributes_of_classes_with_a_metaclass():
    class Meta(type):
        def __getattr__(cls, name):
            return "fallback " + name

    class Plain(metaclass=Meta):
        value = 1

        @classmethod
        def of(cls, x):
            return cls, x

        @staticmethod
        def twice(x):
            return 2 * x

    def read(count):
        return [(Plain.value, Plain.of(i)[1], Plain.twice(i), Plain.missing) for i in range(count)][-1]
    assert read(3000) == (1, 2999, 5998, "fallback missing")
    Plain.value = "other"
    assert read(10) == ("other", 9, 18, "fallback missing")
    Plain.missing = 5
    assert read(10)[3] == 5
    del Plain.missing
    Meta.missing = property(lambda cls: "of the metaclass")
    assert read(10)[3] == "of the metaclass"
    Meta.value = property(lambda cls: cls.__name__)
    assert read(3000)[0] == "Plain"
    del Meta.value
    assert read(10)[0] == "other"
    Meta.__getattribute__ = lambda cls, name: name if name == "value" else type.__getattribute__(cls, name)
    assert read(3000)[0] == "value"
    del Meta.__getattribute__
    assert read(3000)[0] == "other"


def test_attributes_that_native_getters_give():
    class Named:
        def __init__(self, x):
            self.x = x

    class Other(Named):
        pass

    def names(objects, count):
        found = []
        for i in range(count):
            object = objects[i % len(objects)]
            found.append((type(object).__name__, object.__class__, object.__dict__["x"]))
        return found[-2:]
    objects = [Named(1), Other(2)]
    assert names(objects, 3000) == [("Named", Named, 1), ("Other", Other, 2)]
    Named.__name__ = "Renamed"
    objects[1].__class__ = Named
    objects[0].__dict__ = {"x": "new"}
    assert names(objects, 3000) == [("Renamed", Named, "new"), ("Renamed", Named, 2)]

    class Masked(Named):
        __class__ = property(lambda self: int)
    assert names([Masked(1)], 3000)[-1] == ("Masked", int, 1)

    def numbers(values, count):
        return [(v.real, v.imag) for _ in range(count) for v in values][-len(values):]
    values = [3, 2.5, 1 + 2j, True, 2 ** 70]
    assert repr(numbers(values, 1000)) == repr([(3, 0), (2.5, 0.0), (1.0, 2.0), (1, 0), (2 ** 70, 0)])

    def others(count):
        total = 0
        error = ValueError(1, 2)
        part = slice(1, 5, 2)
        for i in range(count):
            total += error.args[1] + part.start + range(i, 10).start + (7).numerator + (7).denominator
        return total
    assert others(3000) == 3000 * (2 + 1 + 7 + 1) + sum(range(3000))

    def failing(objects):
        missed = 0
        for object in objects:
            try:
                object.__dict__
            except AttributeError as error:
                assert str(error) == "'tuple' object has no attribute '__dict__'"
                missed += 1
        return missed
    assert failing([Named(1), ()] * 2000) == 2000

    def unnamed(error, count):
        seen = set()
        for _ in range(count):
            try:
                error.characters_written
            except AttributeError as failure:
                seen.add((str(failure), failure.name, failure.obj is error))
        return seen
    assert unnamed(OSError(1, "x"), 3000) == {("characters_written", "characters_written", True)}


run(globals())
