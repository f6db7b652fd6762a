"""Calls, classes, properties, texts and loops where the runtime has a short way for the usual case: the usual and the unusual ones."""
from harness import raises, run


def collect(*args, **kwargs):
    return args, kwargs


def three(a, b, c=3, *, d=4):
    return a, b, c, d


class Holder:
    def method(self, *args, **kwargs):
        return self, args, kwargs

    def plain(self, a, b):
        return self, a, b


class Keys(dict):
    def keys(self):
        return ["a"]

    def __getitem__(self, key):
        return "got " + key


def test_positions_and_names():
    for _ in range(3):
        assert collect(*(1, 2)) == ((1, 2), {})
        assert collect(*[1, 2], **{}) == ((1, 2), {})
        assert collect(*(), **{"x": 1, "y": 2}) == ((), {"x": 1, "y": 2})
        assert collect(*range(3), **{"x": 1}) == ((0, 1, 2), {"x": 1})
        assert three(*(1, 2)) == (1, 2, 3, 4)
        assert three(*(1,), **{"b": 2, "d": 5}) == (1, 2, 3, 5)
        assert three(**{"d": 0, "c": 9, "b": 8, "a": 7}) == (7, 8, 9, 0)
        assert (lambda *a: a)(*"abc") == ("a", "b", "c")
        assert len(collect(*range(2000))[0]) == 2000


def test_bound_methods():
    holder = Holder()
    method, plain = holder.method, holder.plain
    for _ in range(3):
        assert method(*(1, 2), **{"k": 3}) == (holder, (1, 2), {"k": 3})
        assert plain(*(1, 2)) == (holder, 1, 2)
        assert holder.plain(*(1,), **{"b": 2}) == (holder, 1, 2)
    raises(TypeError, "Holder.plain() takes 3 positional arguments but 4 were given", lambda: plain(*(1, 2, 3)))


def test_what_is_wrong_with_a_call():
    raises(TypeError, "keywords must be strings", lambda: collect(**{1: 2}))
    raises(TypeError, "three() got multiple values for argument 'a'", lambda: three(*(1, 2), **{"a": 1}))
    raises(TypeError, "three() missing 1 required positional argument: 'b'", lambda: three(*(1,)))
    raises(TypeError, "three() got an unexpected keyword argument 'z'", lambda: three(*(1, 2), **{"z": 1}))
    raises(TypeError, "three() takes from 2 to 3 positional arguments but 4 were given", lambda: three(*(1, 2, 3, 4)))


def test_the_dict_is_the_callees_own():
    names = {"x": 1}
    _, kwargs = collect(**names)
    kwargs["y"] = 2
    assert names == {"x": 1}
    copy = {**names}
    copy["z"] = 3
    assert names == {"x": 1} and copy == {"x": 1, "z": 3}
    holes = {str(i): i for i in range(20)}
    for i in range(0, 20, 3):
        del holes[str(i)]
    assert {**holes} == holes and list({**holes}) == list(holes) and collect(**holes)[1] == holes
    assert {**Keys(b=1)} == {"b": 1}


def test_recursion_ends_in_an_error():
    def deep(*args):
        return deep(*args, 1)
    raises(RecursionError, None, deep)

    def wide(*args, **kwargs):
        return wide(*args, **kwargs)
    raises(RecursionError, None, wide, 1, k=2)


def test_properties():
    class Fails:
        @property
        def value(self):
            raise AttributeError("inside")

        @property
        def count(self):
            return self.number

        number = 1

    thing = Fails()
    for _ in range(3):
        assert thing.count == 1
        try:
            thing.value
        except AttributeError as error:
            assert error.args == ("inside",) and error.name == "value" and error.obj is thing
    thing.__dict__["count"] = 7
    assert thing.count == 1
    Fails.count = property(lambda self: "changed")
    assert thing.count == "changed"
    Fails.count = 5
    assert thing.count == 7

    class Falls(Fails):
        def __getattr__(self, name):
            return "fallback " + name
    assert Falls().value == "fallback value"


def test_slots_follow_the_bases():
    class Base:
        def __len__(self):
            return 3

        def __add__(self, other):
            return "added"

    class Derived(Base):
        def __getitem__(self, index):
            if index > 2:
                raise IndexError(index)
            return index

    class Further(Derived):
        __len__ = None
        __hash__ = None

        def __getattr__(self, name):
            return name

        def __new__(cls, *args):
            return object.__new__(cls)

    assert len(Derived()) == 3 and list(Derived()) == [0, 1, 2] and Derived() + 1 == "added"
    further = Further(1, 2)
    assert further.anything == "anything" and further + 1 == "added" and list(iter(further)) == [0, 1, 2]
    raises(TypeError, None, len, further)
    raises(TypeError, "unhashable type: 'Further'", hash, further)
    Base.__add__ = lambda self, other: "again"
    assert further + 1 == "again" and Derived() + 1 == "again"
    Base.__call__ = lambda self: "called"
    assert further() == "called"
    del Base.__call__
    raises(TypeError, None, further)
    made = type("Made", (Base,), {"__" + "neg" + "__": lambda self: "negated", "".join(["__", "len__"]): lambda self: 9})
    assert -made() == "negated" and len(made()) == 9


def test_subclasses_come_and_go():
    class Base:
        pass
    import gc
    kept = [type(f"K{i}", (Base,), {}) for i in range(40)]
    for i in range(300):
        type(f"T{i}", (Base,), {})
    gc.collect()
    for i in range(300):
        type(f"U{i}", (Base,), {})
    gc.collect()
    found = Base.__subclasses__()
    assert [cls for cls in found if cls in kept] == kept


def test_only_one_of_two_item_methods():
    class OnlyDelete(dict):
        def __delitem__(self, key):
            super().__delitem__(key)
            deleted.append(key)

    class OnlySet(dict):
        def __setitem__(self, key, value):
            super().__setitem__(key, value * 2)

    class Foreign:
        __setitem__ = dict.__setitem__

        def __delitem__(self, key):
            pass
    deleted = []
    one, two = OnlyDelete(), OnlySet()
    one["a"] = 1
    del one["a"]
    two["a"] = 1
    assert not one and deleted == ["a"] and two == {"a": 2}
    del two["a"]
    assert not two
    raises(KeyError, None, one.__delitem__, "x")

    def store():
        Foreign()["a"] = 1
    raises(TypeError, None, store)
    from collections import Counter

    class Twice(Counter):
        def __setitem__(self, key, value):
            super().__setitem__(key, value + 1)
    assert Counter("abca") == {"a": 2, "b": 1, "c": 1} and Twice("ab") == {"a": 2, "b": 2}


def test_text_without_detours():
    for width in (0, 1, 5, 20, 100, 3000):
        text = "ab" * width + "zz"
        assert text.find("zz") == 2 * width and ("zy" in text) is False and ("b" * 3 in text) is False
        assert ("a" * width + "b").find("ab") == width - 1 or width == 0
        assert (b"ab" * width + b"zz").find(b"zz") == 2 * width
    assert "\xe0\xff\xb5\xdf\xf7\xd7abc".upper() == "\xc0\u0178\u039cSS\xf7\xd7ABC"
    assert "\xe0\xfe\xf7\xd7\xaa\xbaabc".upper() == "\xc0\xde\xf7\xd7\xaa\xbaABC"
    assert "\xc0\xde\xd7\xdf\xf7ABC".lower() == "\xe0\xfe\xd7\xdf\xf7abc"
    for text in ("\xe9", "\u0800x", "\U0001f600\xe9x\u4e2d", "\x7f\x80\u07ff\u0800\uffff\U00010000\U0010ffff"):
        assert text.encode().decode() == text
    raises(UnicodeEncodeError, None, "\xe9\ud800".encode)
    assert "\xe9\ud800".encode("utf-8", "surrogatepass") == b"\xc3\xa9\xed\xa0\x80"
    assert bytes(range(256)).hex() == "".join("%02x" % i for i in range(256))
    assert bytes([1, 2, 255]) == b"\x01\x02\xff" and bytes(3) == b"\0\0\0" and bytes(1) == b"\0" and bytes(0) == b"" and bytes((0,)) == b"\0"
    raises(ValueError, "bytes must be in range(0, 256)", bytes, [1, 256])
    raises(TypeError, "'str' object cannot be interpreted as an integer", bytes, [1, "a"])
    assert bytes([True, 2]) == b"\x01\x02" and bytearray(b"abc") == b"abc"
    assert "%d|%5d|%-5d|%05d|%+d|% d" % (7, -7, 7, -7, 7, 7) == "7|   -7|7    |-0007|+7| 7"
    assert "%.2f|%8.3f|%-8.1f|%08.2f|%+.0f|%#.0f|%F" % (1.005, -2.5, 2.25, -3.14159, 2.5, 2.0, 1.5) == "1.00|  -2.500|2.2     |-0003.14|+2|2.|1.500000"
    assert f"{1.005:.2f} {-0.0:.1f} {1e300:.1f}"[:10] == "1.00 -0.0 " and f"{float('nan'):.2f} {float('-inf'):.2f}" == "nan -inf"
    assert f"{10**400:d}"[:3] == "100" and f"{2.5:.0f} {3.5:.0f}" == "2 4"
    assert "abc".translate({97: "xy", 98: None, 99: 100}) == "xyd" and "a\xe9b".translate({}) == "a\xe9b"
    assert "abcdef"[::-1] == "fedcba" and "abcdef"[::2] == "ace" and "abcdef"[4:0:-2] == "ec" and "a\xe9b"[::-1] == "b\xe9a"
    assert list("a\xe9\u4e2d") == ["a", "\xe9", "\u4e2d"] and tuple("ab") == ("a", "b")


def test_loops_over_what_changes():
    names = {str(i): i for i in range(10)}
    del names["3"], names["0"]
    assert [k for k in names] == list(names) and [v for v in names.values()] == [1, 2, 4, 5, 6, 7, 8, 9]

    def grows():
        for key in names:
            names["new"] = 1
    raises(RuntimeError, "dictionary changed size during iteration", grows)

    def moves():
        for value in names.values():
            del names[next(iter(names))]
            names["x%d" % value] = value
    raises(RuntimeError, None, moves)
    a, b = set(range(100)), set(range(50, 150))
    assert a - b == set(range(50)) and a & b == set(range(50, 100)) and a ^ b == set(range(50)) | set(range(100, 150))
    a.discard(10)
    assert 10 not in a and 11 in a and {1, 2, 3} == {3, 2, 1} and 5 not in {*()}
    nan = float("nan")
    assert nan in {nan} and {1: 2}.keys() & {1.0} == {1}


run(globals())
