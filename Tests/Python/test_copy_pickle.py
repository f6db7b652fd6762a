"""copy and pickle through the reduce protocols."""
import copy
import pickle
from harness import raises, run


class Plain:
    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return type(other) is Plain and other.x == self.x


class Slots:
    __slots__ = ("a", "b")


class State:
    def __getstate__(self):
        return {"state": 1}

    def __setstate__(self, state):
        self.restored = state


class Reduced:
    def __init__(self, n):
        self.n = n

    def __reduce__(self):
        return Reduced, (self.n + 1,)


class NewArgs(int):
    def __new__(cls, value, extra):
        self = int.__new__(cls, value)
        self.extra = extra
        return self

    def __getnewargs__(self):
        return int(self), self.extra


class Items(list):
    pass


VALUES = [None, True, 0, -1, 255, 65536, 2 ** 31, -2 ** 63, 2 ** 200, 1.5, float("inf"), 1 + 2j, "", "aé漢\U0001F600", b"", b"\xff" * 300, bytearray(b"x"), [], [1, [2]], (), (1,), (1, 2, 3, 4), {}, {"a": {1: 2}}, set(), {1, 2}, frozenset("ab"), range(1, 9, 2), slice(1, 2), int, len, Plain, Plain([1]), ..., NotImplemented, ValueError("a", 1), KeyError]


def test_pickle_round_trips_in_every_protocol():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for value in VALUES:
            back = pickle.loads(pickle.dumps(value, protocol))
            assert type(back) is type(value) and (back == value or repr(back) == repr(value)), (protocol, value)


def test_sharing_and_recursion():
    shared = [1]
    loop = {"a": shared, "b": shared}
    loop["self"] = loop
    for back in (pickle.loads(pickle.dumps(loop)), copy.deepcopy(loop)):
        assert back["a"] is back["b"] and back["self"] is back and back["a"] is not shared


def test_hooks():
    for protocol in (0, 2, 4):
        assert pickle.loads(pickle.dumps(State(), protocol)).restored == {"state": 1} and pickle.loads(pickle.dumps(Reduced(1), protocol)).n == 2
    back = pickle.loads(pickle.dumps(NewArgs(5, "e"), 2))
    assert back == 5 and back.extra == "e"
    items = Items([1, 2])
    items.name = "n"
    back = pickle.loads(pickle.dumps(items))
    assert back == [1, 2] and back.name == "n" and type(back) is Items
    s = Slots()
    s.a = 1
    assert pickle.loads(pickle.dumps(s, 2)).a == 1 and copy.copy(s).a == 1 and not hasattr(copy.copy(s), "b")


def test_copy():
    p = Plain([1])
    assert copy.copy(p).x is p.x and copy.deepcopy(p).x is not p.x and copy.deepcopy(p) == p
    for atom in (1, "a", (1, "b"), None, len, Plain, lambda: 0):
        assert copy.copy(atom) is atom and (copy.deepcopy(atom) is atom)
    t = ([1],)
    assert copy.copy(t) is t and copy.deepcopy(t) is not t and copy.deepcopy(t) == t

    class Own:
        def __copy__(self):
            return "copy"

        def __deepcopy__(self, memo):
            return "deep"
    assert copy.copy(Own()) == "copy" and copy.deepcopy([Own()]) == ["deep"]


def test_reduce_ex():
    assert Plain(1).__reduce_ex__(2)[1] == (Plain,) and Plain(1).__reduce_ex__(2)[2] == {"x": 1} and object().__reduce_ex__(4)[1] == (object,)
    assert Plain(1).__getstate__() == {"x": 1} and object().__getstate__() is None
    s = Slots()
    s.b = 2
    assert s.__getstate__() == (None, {"b": 2})


def test_errors():
    raises(TypeError, "cannot pickle 'generator' object", pickle.dumps, (x for x in ()))
    raises(TypeError, "cannot pickle 'module' object", copy.deepcopy, copy)
    raises(EOFError, "Ran out of input", pickle.loads, b"")
    raises(pickle.UnpicklingError, "invalid load key, 'x'.", pickle.loads, b"x")
    raises(AttributeError, "Can't pickle local object 'test_errors.<locals>.<lambda>'", pickle.dumps, lambda: 0)


run(globals())
