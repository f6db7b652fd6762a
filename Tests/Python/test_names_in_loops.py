"""Loops over names of modules and classes, and over what is compared, turned round or looked through, run often enough to be compiled."""
from harness import raises, run

MODULE = """
total = 0
seen = []
for number in range(limit):
    total += number * step
    if number % 50 == 0:
        seen.append(number)
last = number
"""


def test_names_of_a_module():
    code = compile(MODULE, "module", "exec")
    # The same code in other namespaces, one after the other.
    for limit, step in (300, 1), (10, 2), (500, 0.5), (0, 1), (400, 1 << 70):
        names = {"limit": limit, "step": step, "number": None}
        exec(code, names)
        assert names["total"] == sum(n * step for n in range(limit)) and names["last"] == (limit - 1 if limit else None)
        assert names["seen"] == list(range(0, limit, 50))


def test_names_in_two_namespaces():
    code = compile(MODULE, "module", "exec")
    for k in range(3):
        outer, inner = {"limit": 300, "step": k, "total": "untouched"}, {}
        exec(code, outer, inner)
        assert outer["total"] == "untouched" and "number" not in outer and inner["last"] == 299 and inner["total"] == k * 44850
    class Names(dict):
        def __setitem__(self, key, value):
            written.append(key)
            super().__setitem__(key, value)
        def __missing__(self, key):
            if key == "limit":
                return 200
            raise KeyError(key)
    written = []
    names = Names()
    exec(code, {"step": 3}, names)
    assert names["total"] == 59700 and written.count("total") == 201 and written.count("number") == 200


def test_names_that_come_and_go():
    names = {}
    exec("""
log = []
for i in range(400):
    fresh = i
    if i % 100 == 99:
        del fresh
        try:
            fresh
        except NameError as error:
            log.append(str(error))
    if i == 250:
        len = lambda x: -1
    log.append(len(log)) if i % 90 == 0 else None
    if i == 350:
        del len
""", names)
    error = "name 'fresh' is not defined"
    assert names["log"] == [0, 1, error, 3, error, -1, error, 7, error], names["log"]
    assert "fresh" not in names and "len" not in names


def test_names_of_a_class():
    class Body:
        total = 0
        for number in range(300):
            total += number
            square = number * number
    assert (Body.total, Body.square, Body.number) == (44850, 299 * 299, 299)


def test_data_of_a_class():
    class Base:
        count = 0
        label = "none"
    class Derived(Base):
        pass
    for i in range(500):
        Base.count += 1
        Base.label = "even" if i % 2 == 0 else "odd"
        assert Derived.count == i + 1 and Derived().label == Base.label
        if i == 300:
            Derived.count = property(lambda self: 7)
            assert Derived().count == 7
            del Derived.count
    class Meta(type):
        @property
        def fixed(cls):
            return 1
        def __setattr__(cls, name, value):
            super().__setattr__(name, value * 2)
    class Odd(metaclass=Meta):
        number = 1
    for i in range(300):
        Odd.number = i
        assert Odd.number == 2 * i
    for i in range(300):
        Base.count = Odd if i == 200 else i
        assert Base.count is (Odd if i == 200 else i) or Base.count == i
    def late(kind, value):
        kind.count = value
        return kind.count
    for i in range(300):
        assert late(Base, i) == i
    raises(TypeError, "cannot set 'count' attribute of immutable type 'int'", late, int, 1)


def test_equal_strings():
    words = ["".join(pair) for pair in zip("abcabc", "xyzxyz")] + ["ax", "\u00e9", "\u20ac", "", "abc" * 30]
    counts = {"eq": 0, "ne": 0}
    for turn in range(60):
        for word in words:
            if word == "ax":
                counts["eq"] += 1
            if word != "ax":
                counts["ne"] += 1
            same = word == "".join(list(word))
            assert same is True and (word != word + "x") is True
    assert counts == {"eq": 180, "ne": 480}
    class Text(str):
        def __eq__(self, other):
            return "odd"
        __hash__ = str.__hash__
    found = [(item == "b") for item in ["b"] * 200 + [Text("b")] + [1, None, "c"] * 50]
    assert found[199:204] == [True, "odd", False, False, False]


def test_looking_through_dicts():
    for turn in range(3):
        d = {i: str(i) for i in range(300)}
        assert [k for k in d] == list(range(300)) and [v for v in d.values()] == [str(i) for i in range(300)]
        total = 0
        for key, value in d.items():
            total += key + len(value)
        assert total == 44850 + 790
        for i in range(0, 300, 3):
            del d[i]
        assert [k for k in d][:3] == [1, 2, 4] and [pair for pair in d.items()][-1] == (299, "299")
        for key, value in d.items():
            d[key] = value * 2
        assert d[298] == "298298"
        pairs = [pair for pair in d.items()]
        assert len({id(pair) for pair in pairs}) == len(pairs)
    def growing(d):
        for key in d:
            if key == 150:
                d["new"] = 1
    raises(RuntimeError, "dictionary changed size during iteration", growing, dict.fromkeys(range(200)))
    def changing(d):
        for key, value in d.items():
            if key == 150:
                del d[3]
                d["new"] = 1
        return key
    try:
        assert changing(dict.fromkeys(range(200))) == "new"
    except RuntimeError as error:
        assert str(error) == "dictionary keys changed during iteration"
    class Own(dict):
        def __iter__(self):
            return iter([1, 2, 3])
    own = Own.fromkeys(range(200))
    assert sum(k for k in own) == 6 and sum(k for k in own.keys()) == 19900
    iterator = iter({1: 2, 3: 4})
    taken = []
    for k in range(200):
        taken.append(next(iterator, None))
    assert taken[:3] == [1, 3, None] and set(taken[2:]) == {None}


def test_turned_round():
    items = list(range(300))
    for turn in range(5):
        assert [x for x in reversed(items)] == items[::-1]
    seen = []
    for x in reversed(items):
        seen.append(x)
        if x == 200:
            del items[100:]
    assert seen[-1] == 200 and len(seen) == 100
    for start, stop, step in (0, 300, 1), (5, 300, 7), (300, 0, -3), (5, 5, 1), (1, 2, 1), (-10, 10, 4):
        for turn in range(150):
            assert [x for x in reversed(range(start, stop, step))] == list(range(start, stop, step))[::-1]
    big = 1 << 61
    def last(n):
        for x in reversed(range(n, n + 3)):
            return x
    for i in range(200):
        assert last(i) == i + 2
    assert last(big) == big + 2 and last(1 << 62) == (1 << 62) + 2 and last(1 << 80) == (1 << 80) + 2
    kept = []
    for i in range(200):
        iterator = reversed([i, i + 1, i + 2])
        next(iterator)
        kept.append(iterator)
    assert [next(iterator) for iterator in kept] == list(range(1, 201)) and kept[5].__length_hint__() == 1
    raises(TypeError, "'set' object is not reversible", lambda: reversed({1}))


def test_sums_of_lists_and_tuples_of_them():
    for i in range(300):
        left, right = [i] * (i % 5), [None] * (i % 40)
        both = left + right
        assert both == [*left, *right] and both is not left and both is not right
        made = tuple(both)
        assert type(made) is tuple and made == (*left, *right) and tuple(made) is made
        both.append(1)
        assert len(both) == len(made) + 1
    raises(TypeError, 'can only concatenate list (not "tuple") to list', lambda: [1] + (2,))


run(globals())
