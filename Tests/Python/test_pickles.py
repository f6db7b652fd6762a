"""Pickles: what the module does beyond copying objects; its errors; objects that say how they are pickled; damaged streams."""
import collections
import copyreg
import io
import pickle
import sys
import types

from harness import raises, run


class Thing:
    def __init__(self, x=1):
        self.x = x


class Slots:
    __slots__ = "a", "b"


class SlotsAndDict(Slots):
    pass


class List(list):
    pass


class Reduced:
    result = None

    def __reduce__(self):
        return Reduced.result


class Outer:
    pass


Outer.module = sys.modules[__name__]
Outer.__qualname__ = "Outer.module.Outer"


class WithState:
    def __getstate__(self):
        return {"kept": 5}

    def __setstate__(self, state):
        self.state = state


class WithArguments:
    def __new__(cls, *args, **keywords):
        self = object.__new__(cls)
        self.made = args, keywords
        return self

    def __getnewargs_ex__(self):
        return (1,), {"k": 2}

    def __getstate__(self):
        return None


def everywhere(value):
    """What comes back by each protocol, from bytes, and from files with and without a method peek."""
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        data = pickle.dumps(value, protocol)
        yield pickle.loads(data)
        yield pickle.loads(bytearray(data))
        file = io.BytesIO()
        pickle.dump(value, file, protocol)
        assert file.getvalue() == data
        file.write(b"rest")
        file.seek(0)
        yield pickle.load(file)
        assert file.read() == b"rest"
        reader = io.BufferedReader(io.BytesIO(data + b"rest"))
        yield pickle.load(reader)
        assert reader.read() == b"rest"


def shown(value):
    """What tells values apart, but for the order of sets and the addresses of bound objects."""
    return sorted(map(repr, value)) if isinstance(value, (set, frozenset)) else "".join(part for part in repr(value).split() if not part.startswith("0x"))


def test_values():
    numbers = [n * sign + extra for n in (0, 1, 2 ** 7, 2 ** 8, 2 ** 15, 2 ** 16, 2 ** 31, 2 ** 32, 2 ** 39, 2 ** 62, 2 ** 63, 2 ** 64, 2 ** 255, 2 ** 2039, 2 ** 3000)
               for sign in (1, -1) for extra in (-1, 0, 1)]
    values = [numbers, [1.5, 0.0, -0.0, float("inf"), 1e300, 1e-300], [None, True, False, ..., NotImplemented, type(None), type(...), type(NotImplemented)],
              ["", "a", "\xe9", "\u1234", "\U0001f600", "\ud800", "a\nb\\c\0\r\x1a\xff", "x" * 255, "x" * 256, "\xe9" * 200, "x" * 70000],
              [b"", b"a", b"x" * 255, b"x" * 256, b"x" * 70000, bytearray(), bytearray(b"ab"), bytearray(b"y" * 70000)],
              [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2], {}, {1: 2}, {1: 2, 3: 4}, set(), {1}, frozenset(), frozenset([1, 2])],
              list(range(999)), list(range(1000)), list(range(1001)), list(range(2500)), {i: str(i) for i in range(1000)}, {i: i for i in range(1001)}, set(range(1500)),
              [len, str.upper, Thing, "abc".join, collections.OrderedDict(a=1), collections.deque([1]), range(3), slice(1, 2), 1j]]
    for value in values:
        for result in everywhere(value):
            assert shown(result) == shown(value) and type(result) is type(value)


def test_identity():
    text, thing = "some text", Thing()
    for result in everywhere([text, text, thing, thing, (1, thing)]):
        assert result[0] is result[1] and result[2] is result[3] is result[4][1]
    cycle = [1]
    cycle.append(cycle)
    pair = ([],)
    pair[0].append(pair)
    table = {}
    table["self"] = table
    own = List()
    own.append(own)
    thing.x = thing
    for result in everywhere([cycle, pair, table, thing]):
        assert result[0][1] is result[0] and result[1][0][0] is result[1] and result[2]["self"] is result[2] and result[3].x is result[3]
    for protocol in range(2, 6):
        result = pickle.loads(pickle.dumps(own, protocol))
        assert result[0] is result and type(result) is List


def test_instances():
    thing, slots, both, own = Thing([1]), Slots(), SlotsAndDict(), List([1, 2])
    slots.a, both.b, both.c, own.z = 1, 2, 3, 4
    for protocol in range(2, 6):
        a, b, c, d, e, f = pickle.loads(pickle.dumps((thing, slots, both, own, WithState(), WithArguments()), protocol))
        assert a.__dict__ == {"x": [1]} and b.a == 1 and not hasattr(b, "b") and c.b == 2 and c.__dict__ == {"c": 3}
        assert d == [1, 2] and d.z == 4 and type(d) is List and e.state == {"kept": 5} and f.made == ((1,), {"k": 2})
    # An instance whose dict was asked for; one with reducers of its own.
    thing.__dict__["y"] = 2
    assert pickle.loads(pickle.dumps(thing)).__dict__ == {"x": [1], "y": 2}
    shared = thing.__dict__
    a, b = pickle.loads(pickle.dumps((thing, shared)))
    assert b is a.__dict__ or b == a.__dict__
    thing.__reduce_ex__ = lambda protocol: (int, ("7",))
    assert pickle.loads(pickle.dumps(thing)) == 7
    try:
        Thing.__getstate__ = lambda self: {"own": 1}
        assert pickle.loads(pickle.dumps(Thing())).__dict__ == {"own": 1}
    finally:
        del Thing.__getstate__
    assert pickle.loads(pickle.dumps(Thing(3))).x == 3


def test_names():
    for result in everywhere([Outer, types.SimpleNamespace]):
        assert result == [Outer, types.SimpleNamespace]
    assert pickle.loads(b"\x80\x02c__builtin__\nunicode\n.") is str
    raises(AttributeError, "Can't get attribute 'nosuch' on " + repr(pickle), pickle.loads, b"cpickle\nnosuch\n.")
    raises(AttributeError, "Can't pickle local attribute 'x.<locals>' on " + repr(pickle), pickle.loads, b"\x80\x04\x8c\x06pickle\x8c\x0ax.<locals>\x93.")
    raises(ModuleNotFoundError, "No module named 'nosuchmodule'", pickle.loads, b"cnosuchmodule\nx\n.")
    raises(pickle.PicklingError, "can't pickle module identifier '\xe9' using pickle protocol 2", pickle.dumps, misnamed("\xe9", "x"), 2)


def misnamed(module, name):
    value = sys.modules[module] = types.ModuleType(module)
    value.x = thing = Thing()
    thing.__module__ = module
    thing.__reduce_ex__ = lambda protocol: name
    return thing


def test_reducers():
    for result, text in (((1,), "tuple returned by __reduce__ must contain 2 through 6 elements"), ((1, 2), "first item of the tuple returned by __reduce__ must be callable"),
                         ((int, 2), "second item of the tuple returned by __reduce__ must be a tuple"), (5, "__reduce__ must return a string or tuple"),
                         ((int, (), None, 5), "fourth element of the tuple returned by __reduce__ must be an iterator, not int"),
                         ((int, (), None, None, 5), "fifth element of the tuple returned by __reduce__ must be an iterator, not int"),
                         ((int, (), None, None, None, 5), "sixth element of the tuple returned by __reduce__ must be a function, not int"),
                         ((copyreg.__newobj__, ()), "__newobj__ arglist is empty"), ((copyreg.__newobj__, (1,)), "args[0] from __newobj__ args is not a type"),
                         ((copyreg.__newobj__, (int,)), "args[0] from __newobj__ args has the wrong class"),
                         ((copyreg.__newobj_ex__, (1,)), "length of the NEWOBJ_EX argument tuple must be exactly 3, not 1"),
                         ((copyreg.__newobj_ex__, (int, (), 3)), "third item from NEWOBJ_EX argument tuple must be a dict, not int")):
        Reduced.result = result
        raises(pickle.PicklingError, text, pickle.dumps, Reduced(), 4)
    Reduced.result = List, ([1],), {"z": 5}, iter([2, 3])
    result = pickle.loads(pickle.dumps(Reduced()))
    assert result == [1, 2, 3] and result.z == 5
    Reduced.result = dict, (), None, None, iter([("a", 1)])
    assert pickle.loads(pickle.dumps(Reduced())) == {"a": 1}
    Reduced.result = dict, (), None, None, iter([5])
    raises(TypeError, "dict items iterator must return 2-tuples", pickle.dumps, Reduced())
    Reduced.result = "test_reducers"
    raises(pickle.PicklingError, None, pickle.dumps, Reduced())


def test_picklers():
    class Override(pickle.Pickler):
        def reducer_override(self, value):
            return (str, ("thing",)) if isinstance(value, Thing) else NotImplemented

    class Table(pickle.Pickler):
        dispatch_table = {Thing: lambda thing: (str, ("table",))}

    class Identified(pickle.Pickler):
        def persistent_id(self, value):
            return "name" if isinstance(value, Thing) else None

    class Identifier(pickle.Unpickler):
        def persistent_load(self, name):
            return "got", name

        def find_class(self, module, name):
            return module, name

    def written(kind, value, *args):
        file = io.BytesIO()
        kind(file, *args).dump(value)
        return file.getvalue()

    assert pickle.loads(written(Override, [Thing(), 1])) == ["thing", 1] and pickle.loads(written(Table, [Thing(), 1])) == ["table", 1]
    for protocol in range(6):
        assert Identifier(io.BytesIO(written(Identified, [Thing(), 1], protocol))).load() == [("got", "name"), 1]
    assert Identifier(io.BytesIO(pickle.dumps(Thing))).load() == (__name__, "Thing")
    raises(pickle.UnpicklingError, None, pickle.loads, b"NQ.")

    file = io.BytesIO()
    pickler = pickle.Pickler(file)
    value = ["text"]
    pickler.dump(value)
    first = file.tell()
    pickler.dump(value)
    assert file.tell() - first < first and {pair[0] for pair in pickler.memo.copy().values()} == {0, 1}
    other = pickle.Pickler(io.BytesIO())
    other.memo = pickler.memo
    assert other.memo.copy() == pickler.memo.copy()
    other.memo = {1: (7, "seven"), 2: (3, value)}
    assert sorted(number for number, _ in other.memo.copy().values()) == [3, 7]
    other.clear_memo()
    assert other.memo.copy() == {}
    raises(TypeError, "'memo' values must be 2-item tuples", setattr, other, "memo", {1: 2})
    unpickler = pickle.Unpickler(io.BytesIO(file.getvalue()))
    assert unpickler.load() is unpickler.load()
    assert unpickler.memo.copy() == {0: ["text"], 1: "text"}
    raises(EOFError, "Ran out of input", unpickler.load)
    fast = pickle.Pickler(io.BytesIO())
    fast.fast = True
    deep = [1]
    deep.append(deep)
    raises(ValueError, None, fast.dump, deep)
    fast.dump([1, [2]])


def test_buffers():
    data, buffers = bytearray(b"some data"), []
    stream = pickle.dumps([pickle.PickleBuffer(data), pickle.PickleBuffer(b"fixed")], 5, buffer_callback=buffers.append)
    result = pickle.loads(stream, buffers=buffers)
    assert bytes(result[0]) == data and bytes(result[1]) == b"fixed" and memoryview(buffers[0]).obj is data
    raises(pickle.UnpicklingError, "not enough out-of-band buffers", pickle.loads, stream, buffers=[])
    raises(pickle.UnpicklingError, "pickle stream refers to out-of-band data but no *buffers* argument was given", pickle.loads, stream)
    assert pickle.loads(pickle.dumps(pickle.PickleBuffer(data), 5)) == data
    raises(ValueError, "buffer_callback needs protocol >= 5", pickle.dumps, 1, 4, buffer_callback=print)


def test_damaged():
    for data, kind, text in ((b".", "UnpicklingError", "unpickling stack underflow"), (b"(.", "UnpicklingError", "unexpected MARK found"), (b"e.", "UnpicklingError", "could not find MARK"),
                             (b"X\x05\0\0\0ab.", "UnpicklingError", "pickle data was truncated"), (b"h\0.", "UnpicklingError", "Memo value not found at index 0"),
                             (b"Npx\n.", "ValueError", "invalid literal for int() with base 10: 'x\\n'"), (b"Lx\n.", "ValueError", "invalid literal for int() with base 10: 'x\\n'"),
                             (b"Np-1\n.", "ValueError", "negative PUT argument"), (b"Ix\n.", "ValueError", "could not convert string to int"),
                             (b"F1_0\n.", "ValueError", "could not convert string to float"), (b"Sa\n.", "UnpicklingError", "the STRING opcode argument must be quoted"),
                             (b"\x80\x06.", "ValueError", "unsupported pickle protocol: 6"), (b"\x8b\xff\xff\xff\xff.", "UnpicklingError", "LONG pickle has negative byte count"),
                             (b"NN\x93.", "UnpicklingError", "STACK_GLOBAL requires str"), (b"NN\x81.", "UnpicklingError", "NEWOBJ class argument must be a type, not NoneType"),
                             (b"N}NNsb.", None, None), (b"NNb.", None, None), (b"NK\x01b.", "UnpicklingError", "state is not a dictionary"),
                             (b"(NNNd.", "UnpicklingError", "odd number of items for DICT"), (b"}(Nu.", "UnpicklingError", "odd number of items for SETITEMS"),
                             (b"}(]Nu.", "TypeError", "unhashable type: 'list'"), (b"N(N\x90.", "AttributeError", "'NoneType' object has no attribute 'add'"),
                             (b"\x82\x01.", "ValueError", "unregistered extension code 1"), (b"\x82\x00.", "UnpicklingError", "EXT specifies code <= 0"),
                             (b"\x95\xff\xff\xff\xff\xff\xff\xff\xff.", "OverflowError", "FRAME length exceeds system's maximum of 9223372036854775807 bytes"),
                             (b"'", "UnpicklingError", "invalid load key, '\\x27'."), (b"z", "UnpicklingError", "invalid load key, 'z'."), (b"(", "EOFError", "Ran out of input")):
        for source in (lambda: pickle.loads(data), lambda: pickle.load(io.BytesIO(data))):
            try:
                source()
            except Exception as error:
                assert kind is None or type(error).__name__ == kind and str(error) == text, (data, error)
            else:
                assert kind is None, data
    assert pickle.loads(b"I0x1f\n.") == 31 and pickle.loads(b"I01\n.") is True and pickle.loads(b"I010\n.") == 8 and pickle.loads(b"L-5L\n.") == -5
    assert pickle.loads(b"S'a\\x41'\n.") == "aA" and pickle.loads(b"U\x01a.", encoding="bytes") == b"a" and pickle.loads(b"V\\u1234\xe9\n.") == "\u1234\xe9"


def test_arguments():
    raises(TypeError, "file must have a 'write' attribute", pickle.dump, 1, 2)
    raises(TypeError, "file must have 'read' and 'readline' attributes", pickle.load, 2)
    raises(TypeError, "a bytes-like object is required, not 'str'", pickle.loads, "text")
    raises(ValueError, "pickle protocol must be <= 5", pickle.dumps, 1, 6)
    raises(TypeError, "loads() argument 'encoding' must be str, not int", pickle.loads, b"N.", encoding=1)
    raises(pickle.PicklingError, None, pickle.Pickler.__new__(pickle.Pickler).dump, 1)
    assert pickle.dumps(1, -1)[1] == 5


def test_changes_while_pickling():
    class Growing:
        def __init__(self, target):
            self.target = target

        def __reduce__(self):
            self.target[len(self.target)] = 1
            return int, ()

    table = {}
    table[0] = Growing(table)
    table[1] = 1
    raises(RuntimeError, "dictionary changed size during iteration", pickle.dumps, table)

    class Nested:
        def __reduce__(self):
            return pickle.loads, (pickle.dumps([1, "inner", Thing(5)]),)

    class Loading:
        def __setstate__(self, state):
            self.state = pickle.loads(pickle.dumps(["x" * n for n in range(300)]))[state["n"]]

        def __getstate__(self):
            return {"n": 3}

    global NestedLoading
    NestedLoading = Loading
    Loading.__qualname__ = "NestedLoading"
    results = pickle.loads(pickle.dumps([Nested(), "inner", Nested(), Loading(), [Loading()] * 3]))
    assert results[0][2].x == 5 and results[1] == results[2][1] and results[3].state == "xxx" and results[4][2].state == "xxx"


def test_recursion():
    value = []
    for _ in range(100000):
        value = [value]
    raises(RecursionError, None, pickle.dumps, value)
    assert pickle.loads(b"(" * 10000 + b"t" * 10000 + b".")[:0] == ()


def test_members_of_a_pickler():
    for name in "dispatch_table", "bin", "fast":
        assert type(getattr(pickle.Pickler, name)) is types.MemberDescriptorType

    class Tabled(pickle.Pickler):
        dispatch_table = {complex: lambda number: (complex, (9, 9))}
    file = io.BytesIO()
    pickler = Tabled(file)
    # Past what the class has under the name.
    pickle.Pickler.dispatch_table.__set__(pickler, {complex: lambda number: (complex, (5, 5))})
    pickler.dump(1j)
    assert pickle.loads(file.getvalue()) == 5 + 5j
    pickler = pickle.Pickler(io.BytesIO())
    raises(AttributeError, "'_pickle.Pickler' object has no attribute 'dispatch_table'", lambda: pickler.dispatch_table)
    pickler.fast = True
    assert pickler.fast == 1 and pickler.bin == 1


def test_raw_buffers_of_views_of_several_dimensions():
    import ctypes
    table = memoryview(bytearray(range(12))).cast("B", (3, 4))
    raw = pickle.PickleBuffer(table).raw()
    assert raw.tolist() == list(range(12)) and (raw.format, raw.ndim, raw.shape) == ("B", 1, (12,))
    for kind in ctypes.c_int * 0, ctypes.c_int * 0 * 3, ctypes.c_int * 3 * 0:
        raw = pickle.PickleBuffer(kind()).raw()
        assert (raw.format, raw.shape, raw.nbytes) == ("B", (0,), 0)
    assert pickle.PickleBuffer((ctypes.c_short * 2)(1, 2)).raw().tolist() == [1, 0, 2, 0]
    raises(BufferError, "cannot extract raw buffer from non-contiguous buffer", pickle.PickleBuffer(memoryview(bytes(9))[::2]).raw)


run(globals())
