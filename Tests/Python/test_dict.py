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


run(globals())
