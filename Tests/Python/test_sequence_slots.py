"""What makes an object a sequence, and what the operators of sequences fall back on."""
import contextvars
import operator
import re
import types
import weakref
from harness import raises, run


def test_keys_make_no_sequence():
    match = re.match("a", "a")
    assert match[0] == "a"
    for kind, call in (("'re.Match' object is not iterable", lambda: iter(match)), ("'re.Match' object is not iterable", lambda: list(match)),
                       ("argument of type 're.Match' is not iterable", lambda: "a" in match), ("'re.Match' object is not reversible", lambda: reversed(match)),
                       ("Value after * must be an iterable, not re.Match", lambda: [*match])):
        raises(TypeError, kind, call)
    raises(TypeError, "'types.UnionType' object is not iterable", lambda: iter(int | str))
    assert list(types.MappingProxyType({1: 2})) == [1] and list(reversed(types.MappingProxyType({1: 2, 3: 4}))) == [3, 1]
    assert list(contextvars.Context()) == []


def test_classes_with_getitem_are_sequences():
    class Items:
        def __getitem__(self, index):
            return "abc"[index]

    assert list(Items()) == ["a", "b", "c"] and "b" in Items() and "{0[1]}".format(Items()) == "b"
    raises(TypeError, "object of type 'Items' has no len()", lambda: reversed(Items()))

    class Dict(dict):
        def __getitem__(self, key):
            return key

    assert list(Dict(a=1)) == ["a"]
    del Items.__getitem__
    raises(TypeError, "'Items' object is not iterable", lambda: iter(Items()))


def test_concat_wants_sequences():
    class Items:
        def __getitem__(self, index):
            raise IndexError

    class Adds(Items):
        def __add__(self, other):
            return "added"

    raises(TypeError, "'Items' object can't be concatenated", lambda: operator.concat(Items(), []))
    raises(TypeError, "'re.Match' object can't be concatenated", lambda: operator.concat(re.match("a", "a"), re.match("a", "a")))
    raises(TypeError, "'dict' object can't be concatenated", lambda: operator.concat({}, []))
    assert operator.concat(Adds(), []) == operator.iconcat(Adds(), []) == "added" and operator.concat([1], [2]) == [1, 2]


def test_repetition_in_place_is_the_left_operands():
    class Index:
        def __index__(self):
            return 2

    assert Index() * "ab" == "ab" * Index() == "abab" and operator.imul(2, "ab") == "abab"
    raises(TypeError, "unsupported operand type(s) for *=: 'Index' and 'str'", lambda: operator.imul(Index(), "ab"))
    raises(TypeError, "unsupported operand type(s) for *=: 'dict' and 'str'", lambda: operator.imul({}, "ab"))


def test_counts_of_arguments():
    for call, text in ((lambda: int.__pow__(1, 2, 3, 4), " expected at most 2 arguments, got 3"), (lambda: int.__pow__(1), " expected at least 1 argument, got 0"),
                       (lambda: [].__setitem__(1), " expected 2 arguments, got 1"), (lambda: object().__setattr__(1), " expected 2 arguments, got 1"),
                       (lambda: [].__len__(1), "expected 0 arguments, got 1"), (lambda: (1).__add__(), "expected 1 argument, got 0"), (lambda: int.real.__get__(), " expected at least 1 argument, got 0")):
        raises(TypeError, text, call)


def test_unbound_methods_have_short_names():
    import collections
    raises(TypeError, "unbound method deque.append() needs an argument", lambda: collections.deque.append())
    raises(TypeError, "unbound method str.upper() needs an argument", lambda: str.upper())


def test_power_asks_each_slot_once():
    asked = []

    class A:
        def __pow__(self, other, modulus=None):
            asked.append("pow")
            return NotImplemented

        def __rpow__(self, other):
            asked.append("rpow")
            return NotImplemented

    raises(TypeError, "unsupported operand type(s) for ** or pow(): 'A', 'A', 'A'", lambda: pow(A(), A(), A()))
    assert asked == ["pow"]


run(globals())
