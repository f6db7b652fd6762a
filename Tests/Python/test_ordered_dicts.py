"""OrderedDict: order kept through every change, ends, equality, iterators that notice changes, subclasses, and what dict's own methods do to it."""
import copy
import pickle
import random
from collections import OrderedDict

from harness import raises, run


def test_order_against_a_list_of_pairs():
    for kind in dict, OrderedDict:
        for seed in range(40):
            numbers = random.Random(seed)
            mapping, pairs, limit = kind(), [], numbers.choice((5, 20, 100))
            for _ in range(numbers.choice((50, 400))):
                key = numbers.randrange(limit) if seed % 2 else str(numbers.randrange(limit))
                keys = [one for one, _ in pairs]
                place = keys.index(key) if key in keys else -1
                what = numbers.randrange(8)
                if what < 3:
                    value = mapping[key] = numbers.random()
                    if place >= 0:
                        pairs[place] = key, value
                    else:
                        pairs.append((key, value))
                elif what == 3:
                    assert mapping.pop(key, None) == (pairs.pop(place)[1] if place >= 0 else None)
                elif what == 4 and pairs:
                    assert mapping.popitem() == pairs.pop()
                elif kind is OrderedDict and what == 5 and pairs:
                    assert mapping.popitem(last=False) == pairs.pop(0)
                elif kind is OrderedDict and what > 5 and place >= 0:
                    mapping.move_to_end(key, last=what == 6)
                    pairs.insert(len(pairs) if what == 6 else 0, pairs.pop(place))
                assert len(mapping) == len(pairs)
            assert list(mapping.items()) == pairs and list(reversed(mapping)) == [key for key, _ in pairs][::-1]
            assert all((key in mapping) == (key in dict(pairs)) for key in [*range(limit), *map(str, range(limit))])


def test_ends_of_large_ones():
    for kind in dict, OrderedDict:
        mapping = kind.fromkeys(map(str, range(30000)))
        while mapping:
            mapping.popitem()
    ordered = OrderedDict.fromkeys(range(30000))
    for key in range(30000):
        assert ordered.popitem(last=False) == (key, None)
    for key in range(3000):
        ordered[key] = key
        ordered.move_to_end(key, last=False)
    assert list(ordered) == list(range(3000))[::-1]
    recent = OrderedDict()
    for key in range(5000):
        recent[key % 150] = key
        recent.move_to_end(key % 150)
        if len(recent) > 100:
            recent.popitem(last=False)
    assert list(recent) == [key % 150 for key in range(4900, 5000)]


def test_errors():
    ordered = OrderedDict(a=1)
    raises(KeyError, "'z'", ordered.pop, "z")
    raises(KeyError, "'z'", ordered.move_to_end, "z")
    raises(KeyError, "'dictionary is empty'", OrderedDict().popitem)
    raises(TypeError, "expected at most 1 arguments, got 2", OrderedDict, 1, 2)
    raises(TypeError, "update() takes at most 1 positional argument (2 given)", ordered.update, 1, 2)
    raises(TypeError, "'int' object is not iterable", OrderedDict, [1])
    raises(ValueError, "need more than 0 values to unpack", OrderedDict, [()])
    raises(ValueError, "need more than 1 value to unpack", OrderedDict, [(1,)])
    raises(ValueError, "too many values to unpack (expected 2)", OrderedDict, [(1, 2, 3)])
    raises(TypeError, "unhashable type: 'collections.OrderedDict'", hash, ordered)
    raises(TypeError, "unsupported operand type(s) for |: 'collections.OrderedDict' and 'list'", lambda: ordered | [])
    raises(TypeError, "cannot create 'odict_keys' instances", type(ordered.keys()))


def test_equality():
    a, b = OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)
    assert a != b and not a == b and a == dict(b) and dict(b) == a and a == OrderedDict(a=1, b=2) and a != 5
    assert a | {"c": 3} == OrderedDict(a=1, b=2, c=3) and type({"c": 3} | a) is OrderedDict and list({"c": 3} | a) == ["c", "a", "b"]
    a |= [("z", 1)]
    assert list(a) == ["a", "b", "z"]


def test_views():
    ordered = OrderedDict(a=1, b=2)
    assert repr(ordered.keys()) == "odict_keys(['a', 'b'])" and repr(ordered.values()) == "odict_values([1, 2])" and repr(ordered.items()) == "odict_items([('a', 1), ('b', 2)])"
    assert list(reversed(ordered.items())) == [("b", 2), ("a", 1)] and list(reversed(ordered.values())) == [2, 1] and ordered.keys() & {"a"} == {"a"}
    assert isinstance(ordered.keys(), type({}.keys())) and ("a", 1) in ordered.items()
    ordered["self"] = ordered
    assert repr(ordered) == "OrderedDict([('a', 1), ('b', 2), ('self', ...)])" and repr(OrderedDict()) == "OrderedDict()"


def test_changes_while_iterating():
    def each(ordered, change):
        for key in ordered:
            change(ordered, key)

    def replace(ordered, key):
        del ordered[key]
        ordered[key] = 1

    for change in (lambda ordered, key: ordered.pop(key), lambda ordered, key: ordered.update(new=1), OrderedDict.move_to_end, replace,
                   lambda ordered, key: ordered.move_to_end("c", last=False)):
        raises(RuntimeError, "OrderedDict mutated during iteration", each, OrderedDict(a=1, b=2, c=3), change)
    raises(RuntimeError, "OrderedDict changed size during iteration", each, OrderedDict(a=1, b=2), lambda ordered, key: dict.__setitem__(ordered, key + key, 1))
    raises(RuntimeError, "OrderedDict changed size during iteration", each, OrderedDict(a=1, b=2), lambda ordered, key: ordered.clear())
    each(OrderedDict(a=1), lambda ordered, key: ordered.pop(key))
    ordered = OrderedDict(a=1, b=2)
    each(ordered, lambda ordered, key: ordered.update({key: 5}))
    assert ordered == {"a": 5, "b": 5}
    iterator = iter(ordered.items())
    next(iterator)
    assert iterator.__reduce__()[1] == ([("b", 5)],) and next(iterator) == ("b", 5)


def test_methods_of_dict():
    ordered = OrderedDict(a=1, b=2)
    dict.__delitem__(ordered, "a")
    raises(KeyError, None, repr, ordered)
    raises(KeyError, None, list, ordered.items())
    dict.clear(ordered)
    assert repr(ordered) == "OrderedDict()" and ordered == {}

    class Unsteady:
        def __hash__(self):
            return random.randrange(1 << 40)
    ordered = OrderedDict((Unsteady(), number) for number in range(20))
    raises(KeyError, None, lambda: list(ordered.values()))
    raises(KeyError, None, ordered.copy)


class Noted(OrderedDict):
    def __init__(self, *args, **keywords):
        self.stored = []
        super().__init__(*args, **keywords)

    def __setitem__(self, key, value):
        self.stored.append(key)
        super().__setitem__(key, value)


class Missing(OrderedDict):
    def __missing__(self, key):
        return 7


def test_subclasses():
    noted = Noted({"a": 1}, b=2)
    noted.update([("c", 3)], d=4)
    noted.setdefault("e", 5)
    noted |= {"f": 6}
    assert noted.stored == list("abcdef") == list(noted)
    assert Noted.fromkeys("ab").stored == ["a", "b"] and noted.copy().stored == list("abcdef") and type(noted | {}) is Noted
    missing = Missing(a=1)
    assert missing["z"] == 7 and missing.pop("a", 5) == 1 and missing.pop("a", 5) == 5
    raises(KeyError, "'a'", missing.pop, "a")


def test_copies():
    ordered = OrderedDict([("b", 1), ("a", [2])])
    ordered.x = "attribute"
    for result in (copy.copy(ordered), copy.deepcopy(ordered), *(pickle.loads(pickle.dumps(ordered, protocol)) for protocol in range(6))):
        assert result == ordered and result.x == "attribute" and type(result) is OrderedDict
    assert not hasattr(ordered.copy(), "x") and ordered.__reduce__()[:4] == (OrderedDict, (), {"x": "attribute"}, None) and OrderedDict().__reduce__()[2] is None


run(globals())
