"""`__slots__` of subclasses of str, whose values stand behind the text; and names that a class defines itself."""
import copy, gc, pickle
from harness import raises, run


class Name(str):
    __slots__ = ("quote", "extra")


class Wider(Name):
    __slots__ = {"more": "the doc of more"}


class Open(Name):
    pass


def test_values():
    for text in ("", "a", "abcdefg", "漢字", "\U0001f600"):
        for cls in (Name, Wider, Open):
            name = cls(text)
            assert not hasattr(name, "quote") and name == text
            name.quote, name.extra = [text], 2
            gc.collect()
            assert name.quote == [text] and name.extra == 2 and str(name) == text and hash(name) == hash(text)
            del name.quote
            assert not hasattr(name, "quote")
    wide = Wider("x")
    wide.more, wide.quote = 1, 2
    assert (wide.more, wide.quote) == (1, 2) and not hasattr(wide, "__dict__")
    raises(AttributeError, "'Wider' object has no attribute 'other'", setattr, wide, "other", 1)
    open_ = Open("y")
    open_.quote, open_.free = 1, 2
    assert open_.__dict__ == {"free": 2} and open_.quote == 1


def test_many_live():
    names = []
    for number in range(3000):
        name = Wider(str(number))
        name.more, name.quote = [number], {"n": number}
        names.append(name)
    gc.collect()
    assert all(name.more == [int(name)] and name.quote == {"n": int(name)} for name in names)


def test_copies():
    name = Name("text")
    name.quote = True
    for other in (copy.copy(name), copy.deepcopy(name), pickle.loads(pickle.dumps(name, 2))):
        assert type(other) is Name and other == "text" and other.quote is True and not hasattr(other, "extra")


def test_other_bases():
    for base in (int, bytes, tuple):
        raises(TypeError, f"nonempty __slots__ not supported for subtype of '{base.__name__}'", type, "X", (base,), {"__slots__": ("a",)})
    assert not hasattr(type("X", (int,), {"__slots__": ()})(1), "__dict__")


def test_own_dict_property():
    class Own:
        @property
        def __dict__(self):
            return {"x": 1}
    assert Own().__dict__ == {"x": 1} and vars(Own()) == {"x": 1} and type(Own.__dict__["__dict__"]) is property


run(globals())
