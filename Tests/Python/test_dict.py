"""dict: order, views, methods, errors, changing while iterating."""
from harness import raises, run


def test_order_is_insertion_order():
    d = {"b": 1, "a": 2}
    d["c"] = 3
    d["b"] = 4
    assert list(d) == ["b", "a", "c"]
    del d["b"]
    d["b"] = 5
    assert list(d.items()) == [("a", 2), ("c", 3), ("b", 5)] and list(reversed(d)) == ["b", "c", "a"] and d.popitem() == ("b", 5)
    big = {i: -i for i in range(1000)}
    for i in range(0, 1000, 2):
        del big[i]
    assert list(big)[:3] == [1, 3, 5] and len(big) == 500 and big[999] == -999


def test_construction():
    assert dict(a=1) == dict([("a", 1)]) == dict({"a": 1}) == {"a": 1} == dict(zip("a", [1])) and dict([["a", 1]], b=2) == {"a": 1, "b": 2} and dict.fromkeys("ab", 0) == {"a": 0, "b": 0} and dict.fromkeys([1]) == {1: None}

    class Keys:
        def keys(self):
            return ["x"]

        def __getitem__(self, k):
            return k * 2
    assert dict(Keys()) == {"x": "xx"} and {**Keys()} == {"x": "xx"}
    raises(TypeError, "'int' object is not iterable", dict, 5)
    raises(TypeError, "cannot convert dictionary update sequence element #0 to a sequence", dict, [1])
    raises(ValueError, "dictionary update sequence element #1 has length 3; 2 is required", dict, [(1, 2), (1, 2, 3)])
    raises(TypeError, "dict expected at most 1 argument, got 2", dict, 1, 2)


def test_methods():
    d = {"a": 1}
    assert d.get("a") == 1 and d.get("z") is None and d.get("z", 5) == 5 and d.setdefault("b", 2) == 2 and d.setdefault("b", 3) == 2 and d.pop("b") == 2 and d.pop("b", 9) == 9 and "a" in d and "b" not in d
    d.update({"c": 3}, e=5)
    d.update([("f", 6)])
    assert d == {"a": 1, "c": 3, "e": 5, "f": 6} and d.copy() == d and d.copy() is not d and len(d) == 4
    d.clear()
    assert d == {} and not d
    raises(KeyError, "'z'", d.pop, "z")
    raises(KeyError, "'popitem(): dictionary is empty'", d.popitem)
    raises(KeyError, "(1, 2)", lambda: d[1, 2])
    raises(TypeError, "unhashable type: 'list'", lambda: d[[]])
    raises(TypeError, "unhashable type: 'dict'", hash, d)


def test_union():
    a, b = {1: "a", 2: "a"}, {2: "b", 3: "b"}
    assert a | b == {1: "a", 2: "b", 3: "b"} and list(b | a) == [2, 3, 1]
    a |= [(4, "c")]
    assert a[4] == "c"
    raises(TypeError, "unsupported operand type(s) for |: 'dict' and 'list'", lambda: {} | [])


def test_views():
    d = {"a": 1, "b": 2}
    k, v, i = d.keys(), d.values(), d.items()
    d["c"] = 3
    assert list(k) == ["a", "b", "c"] and list(v) == [1, 2, 3] and ("c", 3) in i and ("c", 4) not in i and len(i) == 3 and k & {"a", "z"} == {"a"} and k | "z" == {"a", "b", "c", "z"} and k - {"a"} == {"b", "c"} and k ^ {"a"} == {"b", "c"} and k.isdisjoint("xy") and k == {"a", "b", "c"} and k >= {"a"}
    assert repr(k) == "dict_keys(['a', 'b', 'c'])" and repr(i) == "dict_items([('a', 1), ('b', 2), ('c', 3)])" and repr(v) == "dict_values([1, 2, 3])" and list(reversed(v)) == [3, 2, 1] and k.mapping["a"] == 1 and v != d.values()


def test_changing_while_iterating():
    def grow(d):
        for k in d:
            d[k + "x"] = 1
    raises(RuntimeError, "dictionary changed size during iteration", grow, {"a": 1})

    def swap(d):
        for k in d:
            del d[k]
            d["new" + k] = 1
    raises(RuntimeError, "dictionary keys changed during iteration", swap, {"a": 1, "b": 2})
    d = {"a": 1}
    for k in d:
        d[k] = 2
    assert d == {"a": 2}


def test_equality_and_key_identity():
    assert {1: "a"} == {1.0: "a"} == {True: "a"} and {1: 1, 2: 2} == {2: 2, 1: 1} and {} != [] and {1: 2} != {1: 3}
    d = {1: "int"}
    d[1.0] = "float"
    d[True] = "bool"
    assert d == {1: "bool"} and type(list(d)[0]) is int
    nan = float("nan")
    assert {nan: 1}[nan] == 1 and float("nan") not in {nan: 1}
    raises(TypeError, "'<' not supported between instances of 'dict' and 'dict'", lambda: {} < {})


def test_bad_hash_and_eq():
    class Bad:
        def __init__(self, n):
            self.n = n

        def __hash__(self):
            return 1

        def __eq__(self, other):
            return self.n == other.n
    d = {Bad(i): i for i in range(50)}
    assert len(d) == 50 and all(d[Bad(i)] == i for i in range(50))

    class Raises:
        def __hash__(self):
            return 1

        def __eq__(self, other):
            raise ValueError("eq")
    raises(ValueError, "eq", lambda: {Raises(): 1, Raises(): 2})

    class BadHash:
        def __hash__(self):
            return "x"
    raises(TypeError, "__hash__ method should return an integer", hash, BadHash())


def test_missing_and_subclass():
    class D(dict):
        def __missing__(self, key):
            return key * 2
    d = D(a=1)
    assert d["zz"] == "zzzz" and d.get("zz") is None and "zz" not in d and type(d.copy()) is dict and type(d | {}) is dict


def test_unpacking_a_subclass():
    class Odd(dict):
        def __getitem__(self, key):
            return "key=" + key
        def keys(self):
            return ["x"]
    class Iterating(Odd):
        def __iter__(self):
            return iter(["x"])
    def f(**keywords):
        return keywords
    plain = Odd(x=11, y=12)
    assert f(**plain) == {**plain} == {"x": 11, "y": 12}
    other = Iterating(x=11, y=12)
    assert f(**other) == {**other} == {"x": "key=x"}


def test_repr():
    d = {"a": 1, 2: [3]}
    d["self"] = d
    assert repr(d) == "{'a': 1, 2: [3], 'self': {...}}"


def test_equality_asks_the_left_values():
    class Left:
        def __eq__(self, other):
            return True

    class Right:
        def __eq__(self, other):
            return False

    assert {1: Left()} == {1: Right()}
    assert not {1: Right()} == {1: Left()}


class Key:
    """A key whose hash is asked for once, and has all its bits."""

    def __init__(self, number):
        self.number = number
        self.asked = 0

    def __hash__(self):
        self.asked += 1
        return hash((self.number, "key"))

    def __eq__(self, other):
        return isinstance(other, Key) and self.number == other.number


def test_other_keys_among_strings_and_ints():
    for first in ([], ["a"], [1], ["a", 1, "b", 2, "c"], range(100), map(str, range(100))):
        d = {key: key for key in first}
        plain = dict(d)
        keys = [Key(n) for n in range(50)]
        for key in keys:
            d[key] = key.number
        assert list(d) == list(plain) + keys and all(key.asked == 1 for key in keys)
        assert all(d[key] == key.number for key in keys) and all(d[key] == key for key in plain)
        assert d[Key(7)] == 7 and Key(50) not in d and "absent" not in d and -5 not in d
        copy = dict(d)
        for key in keys[::2]:
            del d[key]
        d.update({None: 1, 2.5: 2, (1, 2): 3, b"a": 4, True: 5})
        assert [d[None], d[2.5], d[1, 2], d[b"a"], d[1]] == [1, 2, 3, 4, 5]
        assert len(set(copy) - set(d)) == 25 and copy != d and copy == copy.copy()
        assert frozenset(copy) == frozenset(list(copy)) and hash(frozenset(copy)) == hash(frozenset(list(copy)))
        asked = [key.asked for key in keys]
        copy.copy(), set(copy), {**copy}, dict.fromkeys(copy), copy | {}
        assert [key.asked for key in keys] == asked


def test_equal_keys_of_several_types():
    d = {1: "int", "1": "str"}
    d[1.0] = "float"
    d[True] = "bool"
    assert d == {1: "bool", "1": "str"} and list(map(type, d)) == [int, str]

    class Text(str):
        pass
    d[Text("1")] = "text"
    assert list(map(type, d)) == [int, str] and d["1"] == "text"
    e = {Text("x"): 1}
    assert e["x"] == 1 and "y" not in e
    e["x"] = 2
    assert type(next(iter(e))) is Text and e == {"x": 2}
    big = {2**70: 1, 5: 2}
    assert big[2.0**70] == 1 and big[5.0] == 2
    del big[2**70]
    big["s"] = 3
    assert big == {5: 2, "s": 3}


run(globals())
