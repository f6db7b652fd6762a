"""set and frozenset."""
from harness import raises, run


def test_construction_and_repr():
    assert set("aab") == {"a", "b"} and set() == frozenset() and repr(set()) == "set()" and repr({1}) == "{1}" and repr(frozenset([1])) == "frozenset({1})" and repr(frozenset()) == "frozenset()" and len({1, 1.0, True}) == 1
    raises(TypeError, "unhashable type: 'list'", lambda: {[]})
    raises(TypeError, "'int' object is not iterable", set, 5)
    raises(TypeError, "unhashable type: 'set'", hash, set())
    raises(TypeError, "set expected at most 1 argument, got 2", set, 1, 2)


def test_operators_and_methods():
    a, b = {1, 2, 3}, {3, 4}
    assert a | b == {1, 2, 3, 4} and a & b == {3} and a - b == {1, 2} and a ^ b == {1, 2, 4} and a.union(b, [9]) == {1, 2, 3, 4, 9} and a.intersection([3, 5], (3,)) == {3} and a.difference([1], [2]) == {3} and a.symmetric_difference("x") == {1, 2, 3, "x"}
    assert a <= {1, 2, 3} and a < {1, 2, 3, 4} and not a < a and a >= {1} and a.issubset(range(9)) and a.issuperset([1]) and a.isdisjoint([7]) and a != b and {1} == frozenset({1}) and 1 in a
    assert type(frozenset("a") | {"b"}) is frozenset and type({"b"} | frozenset("a")) is set
    raises(TypeError, "unsupported operand type(s) for |: 'set' and 'list'", lambda: a | [1])
    raises(TypeError, "'<' not supported between instances of 'set' and 'list'", lambda: a < [1])


def test_changes():
    a = {1}
    a.add(2), a.discard(9), a.update([3], "x")
    assert a == {1, 2, 3, "x"}
    a.remove("x")
    a |= {5}
    a &= {1, 5}
    a -= {5}
    a ^= {1, 2}
    assert a == {2} and a.pop() == 2 and a == set() and a.copy() is not a
    raises(KeyError, "'pop from an empty set'", a.pop)
    raises(KeyError, "7", a.remove, 7)
    raises(AttributeError, "'frozenset' object has no attribute 'add'", lambda: frozenset().add)


def test_keys_of_all_kinds():
    # Tables of small ints and strings change their form when another key comes.
    class Key:
        def __init__(self, number):
            self.number = number
        def __hash__(self):
            return self.number
        def __eq__(self, other):
            return isinstance(other, Key) and self.number == other.number or self.number == other
    import random
    choose = random.Random(5)
    plain = list(range(100, 140)) + [str(i) for i in range(30)] + [0, -1, -2, 2**61 - 1, 2**62 - 1]
    others = [1.0, 2.5, True, None, (1, 2), (), frozenset({1}), Key(107), Key(3), 2**70, -2**70, 101.0]
    for trial in range(300):
        keys = plain if trial % 3 == 0 else plain + others
        items, expected = set(), {}
        for step in range(choose.randrange(60)):
            key = choose.choice(keys)
            if step % 4 < 2:
                items.add(key)
                expected.setdefault(key)
            elif step % 4 == 2:
                items.discard(key)
                expected.pop(key, None)
            else:
                assert (key in items) == (key in expected)
        assert len(items) == len(expected) and items == set(expected) and sorted(map(repr, items)) == sorted(map(repr, expected))
        both = items | {101, "7", None}
        assert both >= items and 101 in both and None in both and len(items.copy()) == len(items)
        assert (items & both) == items and not items - both
    items = {1, 2, 3}
    items.remove(2)
    assert None not in items and list(items) == [1, 3]
    items.add(None)
    items.remove(None)
    assert None not in items and items == {1, 3}
    assert {1, 2} | {1.0, "a"} == {1, 2, "a"} and {"a", 1}.issuperset({True}) and {0: 1}.keys() & {False} == {0}
    items = {5, 6}
    items.clear()
    items.update("ab", [(1,)])
    assert items == {"a", "b", (1,)}


def test_sets_of_sets():
    assert {frozenset({1})} == {frozenset([1])} and {1} in {frozenset({1})} and hash(frozenset([1, 2])) == hash(frozenset([2, 1])) and frozenset(frozenset("a")) == {"a"}


def test_changing_while_iterating():
    def f():
        a = {1, 2}
        for x in a:
            a.add(x + 10)
    raises(RuntimeError, "Set changed size during iteration", f)


def test_big():
    a = set(range(10000))
    for i in range(0, 10000, 3):
        a.remove(i)
    assert len(a) == 6666 and 4 in a and 3 not in a and sum(a) == sum(i for i in range(10000) if i % 3)


def test_isdisjoint_iterates_over_subclasses():
    class Other(set):
        def __iter__(self):
            return iter(["1", "2"])

    assert not {"1"}.isdisjoint(Other()) and not {"1"}.isdisjoint(Other(["q"])) and {"q"}.isdisjoint(Other(["q"]))
    assert frozenset("ab").isdisjoint({"c"}) and not frozenset("ab").isdisjoint(set("bc")) and not {1, 2}.isdisjoint(frozenset([2]))


def test_order_of_small_ints():
    # A set of a few small ints is a table only when its order is asked for; the order is the same in any case.
    assert list({5, 3, 8, 1}) == [8, 1, 3, 5] and list({40, 3, 17, 9}) == [40, 17, 3, 9] and list(set([40, 3, 17, 9, 33])) == [33, 3, 40, 9, 17]
    assert list(set([100, 4, 36, 68, 132, 7, 39])) == [132, 100, 4, 36, 68, 7, 39]
    assert list(set(range(20, 28))) == [20, 21, 22, 23, 24, 25, 26, 27] and repr({-1, -2, -3}) == "{-3, -1, -2}"
    a = {40, 3, 17, 9}
    b = a | {33}
    assert list(b) == [17, 33, 3, 40, 9] and list(b - {33}) == [40, 17, 3, 9] and list(b.copy()) == [17, 33, 3, 40, 9]
    a.discard(17)
    a.add(65)
    assert list(a) == [40, 65, 3, 9], list(a)


def test_order_of_results():
    a, b = set([40, 3, 17, 9, 33, 72, 104]), {33, 40, 5}
    assert list(a - {3}) == [33, 40, 72, 104, 9, 17], list(a - {3})
    assert list(a | b) == [33, 3, 5, 40, 9, 72, 104, 17], list(a | b)
    assert list(a ^ b) == [3, 5, 72, 9, 104, 17], list(a ^ b)
    assert list(a.symmetric_difference([40, 6])) == [33, 3, 6, 72, 9, 104, 17], list(a.symmetric_difference([40, 6]))
    assert list(set(dict.fromkeys([40, 3, 17, 9, 33]))) == [17, 33, 3, 40, 9], list(set(dict.fromkeys([40, 3, 17, 9, 33])))
    assert list(set(a)) == [33, 17, 3, 40, 9, 72, 104], list(set(a))


def test_small_ints_among_others():
    a = {1, 2, 3}
    assert True in a and 1.0 in a and 2.5 not in a and "1" not in a and 2 + 0j in a and 4 not in a and 2**70 not in a
    raises(TypeError, "unhashable type: 'list'", lambda: [] in a)
    a.add("x")
    a.add(2.0)
    assert a == {1, 2, 3, "x"} and len(a) == 4

    class Two:
        def __eq__(self, other):
            return other == 2

        def __hash__(self):
            return 2
    b = {1, 2, 3}
    assert Two() in b
    b.add(Two())
    assert len(b) == 3 and b <= a and b < a and frozenset(b) == b and hash(frozenset(b)) == hash(frozenset([3, 2, 1]))
    c = set()
    for i in range(9):
        c.add(i * i)
        assert len(c) == i + 1 and i * i in c and i * i + 2 not in c
    c.clear()
    c.add(7)
    assert c == {7} and c.pop() == 7 and not c
    it = iter({1, 2, 3})
    assert next(it) == 1 and it.__length_hint__() == 2
    d = {10, 20}
    for x in d:
        pass
    d.remove(10)
    assert d == {20} and d.isdisjoint({10}) and d.intersection([20, 30]) == {20}
    raises(KeyError, "10", d.remove, 10)


class Hashed:
    """Its hash is what it is told, and asked for once."""

    def __init__(self, value):
        self.value = value
        self.asked = 0

    def __hash__(self):
        self.asked += 1
        return self.value

    def __eq__(self, other):
        return isinstance(other, Hashed) and self.value == other.value


def computed(hashes):
    """The hash of a frozenset of items with these hashes."""
    mask = (1 << 64) - 1
    result = 0
    for h in hashes:
        h &= mask
        result ^= ((h ^ 89869747 ^ h << 16) & mask) * 3644798167 & mask
    result ^= (len(hashes) + 1) * 1927868237 & mask
    result ^= result >> 11 ^ result >> 25
    result = (result * 69069 + 907133923) & mask
    result = result - (1 << 64) if result >> 63 else result
    return 590923713 if result == -1 else result


WIDE = [1 << 62, -(1 << 63), (1 << 62) + 5, -(1 << 62) - 1, -(1 << 62), (1 << 62) - 1, (1 << 63) - 1, 0, 7, -2, -(1 << 63) + 32]


def test_hash_of_a_frozenset_takes_whole_hashes():
    for count in range(len(WIDE) + 1):
        items = [Hashed(value) for value in WIDE[:count]]
        assert hash(frozenset(items)) == computed(WIDE[:count]), count
        assert hash(frozenset(items[::-1])) == computed(WIDE[:count]), count
    many = [Hashed((index * 0x9E3779B97F4A7C15 + (1 << 63)) % (1 << 64) - (1 << 63)) for index in range(1000)]
    assert hash(frozenset(many)) == computed([item.value for item in many])
    assert all(item.asked == 1 for item in many)


def test_whole_hashes_go_from_container_to_container():
    items = [Hashed(value) for value in WIDE]
    known = computed(WIDE)
    plain = ["text", 12, None, 2.5]
    whole = set(items)
    mixed = set(plain)
    mixed.update(whole)
    mapping = dict.fromkeys(items)
    copied = dict(mapping)
    copied.update({"more": 1})
    del copied["more"]
    grown = {"first": 0}
    for item, value in list(mapping.items()):
        grown[item] = value
    grown.pop("first")
    shrunk = {index: index for index in range(50)}
    shrunk.update(mapping)
    for index in range(50):
        del shrunk[index]
    asked = [item.asked for item in items]
    union = frozenset().union(whole, [])
    both = frozenset(items) & whole
    rest = frozenset(mixed - set(plain))
    difference = frozenset(mixed.symmetric_difference(plain))
    toggled = set(plain)
    toggled.symmetric_difference_update(mapping)
    toggled.difference_update(plain)
    for made in (frozenset(whole), frozenset(whole.copy()), union, rest, difference, frozenset(toggled), frozenset(mapping), frozenset(copied), frozenset(shrunk),
                 frozenset(dict.fromkeys(mapping)), frozenset(dict.fromkeys(whole)), frozenset({**mapping}), frozenset(mapping | {}), frozenset(both)):
        assert len(made) == len(items) and hash(made) == known
    assert hash(frozenset(grown)) == known
    # Places are used again, by items whose hashes are as wide or not.
    used = set()
    for _ in range(3):
        for item in items:
            used.add(item)
        for index in range(0, 11, 2):
            used.remove(items[index])
        used.add(Hashed(3 << 61))
        used.remove(Hashed(3 << 61))
        used.add(Hashed(9))
        used.remove(Hashed(9))
    assert hash(frozenset(used)) == computed([item.value for item in items[1::2]])
    import collections
    ordered = collections.OrderedDict(mapping)
    ordered.move_to_end(items[0])
    ordered.move_to_end(items[5], last=False)
    assert hash(frozenset(dict(ordered))) == known and hash(frozenset(ordered)) == known


def test_hash_of_a_set_that_a_class_defines():
    import collections.abc

    class Listed(collections.abc.Set):
        def __init__(self, items): self.items = list(items)
        def __contains__(self, item): return item in self.items
        def __iter__(self): return iter(self.items)
        def __len__(self): return len(self.items)
        def __hash__(self): return self._hash()

    for items in ([(index,) for index in range(-200, 200)], [frozenset([index, "x"]) for index in range(200)], [b"%d" % index for index in range(200)], [complex(index, index) for index in range(200)]):
        for index in range(len(items)):
            some = items[index:index + 3]
            assert hash(Listed(some)) == hash(frozenset(some)) == hash(frozenset(dict.fromkeys(some)))
            assert Listed(some) in {frozenset(some)}


run(globals())
