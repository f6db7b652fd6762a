"""Short ways that must not show: imports, attributes that are missing or deleted, keys that are ints, searches of text."""
import base64
import os
import random
import sys
import tempfile
import types
import warnings
from harness import raises, run


def package(files):
    folder = tempfile.mkdtemp()
    for name, text in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
    return folder


def test_relative_imports_of_every_level():
    folder = package({
        "relpack/__init__.py": "value = 'top'\n",
        "relpack/sibling.py": "value = 'sibling'\n",
        "relpack/inner/__init__.py": "from .. import value as up\nfrom ..sibling import value as beside\nfrom . import leaf\n",
        "relpack/inner/leaf.py": "from ..sibling import value\n"
                                 "def far():\n    from ...elsewhere import x\ndef near():\n    from . import __name__ as name\n    return name\n"
                                 "def above():\n    from .. import sibling\n    return sibling.value\n",
    })
    sys.path.insert(0, folder)
    try:
        import relpack.inner
        assert relpack.inner.up == "top" and relpack.inner.beside == "sibling" and relpack.inner.leaf.value == "sibling"
        assert relpack.inner.leaf.near() == "relpack.inner" and relpack.inner.leaf.above() == "sibling"
        raises(ImportError, "attempted relative import beyond top-level package", relpack.inner.leaf.far)
    finally:
        sys.path.remove(folder)
        for name in [name for name in sys.modules if name.startswith("relpack")]:
            del sys.modules[name]


def test_relative_import_without_a_package():
    raises(ImportError, "attempted relative import with no known parent package", exec, "from . import x", {"__name__": "lone", "__package__": "", "__spec__": None})


def test_package_that_differs_from_its_spec_is_warned_of():
    import json
    names = {"__name__": "json.x", "__package__": "json", "__spec__": types.SimpleNamespace(parent="other")}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec("from . import decoder", names)
    assert names["decoder"] is json.decoder
    assert [str(each.message)[:30] for each in caught] == ["__package__ != __spec__.parent"]


def test_missing_attributes_of_modules():
    module = types.ModuleType("some")
    assert not hasattr(module, "x") and getattr(module, "x", 7) == 7
    raises(AttributeError, "module 'some' has no attribute 'x'", getattr, module, "x")
    asked = []
    def answer(name):
        asked.append(name)
        if name == "bad":
            raise AttributeError(name)
        if name == "worse":
            raise ValueError(name)
        return name * 2
    module.__getattr__ = answer
    assert module.ab == "abab" and hasattr(module, "cd") and not hasattr(module, "bad") and getattr(module, "bad", 1) == 1
    raises(ValueError, "worse", hasattr, module, "worse")
    assert asked == ["ab", "cd", "bad", "bad", "worse"]


def test_getattr_is_asked_only_for_what_is_missing():
    class Thing:
        kind = "class"
        def __init__(self): self.own = 1
        @property
        def broken(self): raise AttributeError("inside")
        @property
        def wrong(self): raise ValueError("inside")
        def __getattr__(self, name):
            if name == "no": raise AttributeError("no such thing")
            return "asked " + name
    thing = Thing()
    assert (thing.own, thing.kind, thing.other, thing.broken) == (1, "class", "asked other", "asked broken")
    raises(ValueError, "inside", lambda: thing.wrong)
    raises(AttributeError, "no such thing", lambda: thing.no)
    assert getattr(thing, "no", 3) == 3 and not hasattr(thing, "no") and hasattr(thing, "x")
    class Sub(Thing):
        def __getattribute__(self, name):
            if name == "special": return "special"
            return super().__getattribute__(name)
    assert (Sub().special, Sub().own, Sub().more) == ("special", 1, "asked more")


def test_getattr_without_end():
    class Endless:
        def __getattr__(self, name): return getattr(self, name + "x")
    raises(RecursionError, None, lambda: Endless().a)


def test_deleted_attributes():
    class Plain: pass
    for count in (1, 3, 9, 20, 40):
        for order in range(5):
            choice = random.Random(order * 100 + count)
            one, model = Plain(), {}
            for step in range(200):
                name = "a%d" % choice.randrange(count)
                if choice.random() < 0.5:
                    setattr(one, name, step)
                    model[name] = step
                elif name in model:
                    delattr(one, name)
                    del model[name]
                else:
                    raises(AttributeError, None, delattr, one, name)
                for each in range(count):
                    assert getattr(one, "a%d" % each, None) == model.get("a%d" % each)
            assert list(vars(one).items()) == list(model.items())


def test_attributes_are_deleted_and_come_back_at_the_end():
    class Plain:
        def __init__(self): self.a, self.b, self.c = 1, 2, 3
    def change(one):
        del one.a
        one.d = 4
        one.a = 5
        return one.b, one.c, one.d, one.a
    for _ in range(3000):
        one = Plain()
        assert change(one) == (2, 3, 4, 5)
        assert not hasattr(one, "e")
    assert list(one.__dict__) == ["b", "c", "d", "a"]


def test_dicts_of_ints():
    for stride in (1, 2, 3, 8, 1024, 1 << 20, 1 << 40, -1, -7):
        numbers = {index * stride: index for index in range(500)}
        assert all(numbers[index * stride] == index for index in range(500))
        assert all(index * stride + (1 if abs(stride) > 1 else 501) not in numbers or abs(stride) == 1 for index in range(500))
        for index in range(0, 500, 2):
            del numbers[index * stride]
        assert sorted(numbers.values()) == list(range(1, 500, 2))
        for index in range(0, 500, 2):
            numbers[index * stride] = -index
        assert len(numbers) == 500 and numbers[0] == 0
    mixed = {1: "int", 2.0: "float", True: "bool", -1: "minus", -2: "two"}
    assert mixed == {1: "bool", 2: "float", -1: "minus", -2: "two"} and mixed[2] == "float" and mixed[1.0] == "bool"
    class Same:
        def __hash__(self): return 7
        def __eq__(self, other): return other == 7
    assert {Same(): 1}[7] == 1 and {7: 2}[Same()] == 2
    pairs = {}
    for index in range(2000):
        pairs[index, str(index), -index] = index
    assert all(pairs[index, str(index), -index] == index and (index, str(index), 1 - index) not in pairs for index in range(2000))
    queue = {}
    for index in range(5000):
        queue[index % 300] = index
        if len(queue) > 100:
            del queue[next(iter(queue))]
    assert len(queue) == 100


def test_searches():
    choice = random.Random(5)
    for _ in range(3000):
        letters = "ab" if choice.random() < 0.5 else "abcdef\xe9"
        hay = "".join(choice.choice(letters) for _ in range(choice.randrange(60)))
        needle = "".join(choice.choice(letters) for _ in range(choice.randrange(1, 6)))
        places = [index for index in range(len(hay)) if hay[index:index + len(needle)] == needle]
        assert hay.find(needle) == (places[0] if places else -1)
        assert hay.rfind(needle) == (places[-1] if places else -1)
        assert (needle in hay) == bool(places)
        assert hay.encode().find(needle.encode()) == hay.encode().decode("latin-1").find(needle.encode().decode("latin-1"))
        assert hay.replace(needle, "-") == "-".join(hay.split(needle))


def test_cases_of_ascii():
    text = "".join(map(chr, range(128)))
    for each in (text, "they're bill's friends", "x", "X", "", "1a b_c\tD-e", "hELLO wORLD", "@[`{"):
        for name in ("title", "capitalize", "swapcase"):
            assert getattr(each + "\xe9", name)()[:-1] == getattr(each, name)(), (each, name)


def test_base64():
    choice = random.Random(6)
    for length in range(70):
        data = choice.randbytes(length)
        text = base64.b64encode(data)
        assert base64.b64decode(text) == data
        assert base64.b64decode(b"\n".join(text[index:index + 5] for index in range(0, len(text), 5))) == data
        assert base64.b64decode(b"!" + text) == data
    raises(base64.binascii.Error, "Incorrect padding", base64.b64decode, b"YWJj" * 3 + b"YW=")
    raises(base64.binascii.Error, "Invalid base64-encoded string: number of data characters (13) cannot be 1 more than a multiple of 4", base64.b64decode, b"YWJj" * 3 + b"Y")
    raises(base64.binascii.Error, "Excess data after padding", base64.b64decode, b"YWJjYQ==YWJj", validate=True)


def test_generators_with_many_registers():
    def many(n):
        a, b, c, d, e, f, g, h, i, j, k, l, m, o, p, q, r, s, t, u, v, w, x, y, z = range(25)
        for number in range(n):
            a, b, z = a + 1, a + b, number
            yield a + b + c + d + e + f + g + h + i + j + k + l + m + o + p + q + r + s + t + u + v + w + x + y + z
    def few(n):
        for number in range(n):
            yield number
    assert list(many(4)) == [277, 280, 284, 289]
    assert list(few(10)) == list(range(10))
    both = zip(many(5), few(5))
    assert [second for _, second in both] == [0, 1, 2, 3, 4]


run(globals())
