"""The parts of the library that programs lean on: itertools, functools, collections, re, json, enum, dataclasses, io, threads."""
from harness import raises, run


def test_itertools():
    import itertools as it
    assert list(it.chain([1], "a")) == [1, "a"] and list(it.islice(it.count(5, 2), 3)) == [5, 7, 9] and list(it.product("ab", [1, 2])) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)] and list(it.permutations("abc", 2))[:2] == [("a", "b"), ("a", "c")] and list(it.combinations("abc", 2)) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert [(k, list(g)) for k, g in it.groupby("aab")] == [("a", ["a", "a"]), ("b", ["b"])] and list(it.accumulate([1, 2, 3])) == [1, 3, 6] and list(it.zip_longest("ab", "c", fillvalue="-")) == [("a", "c"), ("b", "-")] and list(it.takewhile(lambda x: x < 2, [1, 2, 1])) == [1] and list(it.starmap(pow, [(2, 3)])) == [8] and list(it.pairwise("abc")) == [("a", "b"), ("b", "c")]
    a, b = it.tee(iter([1, 2]))
    assert list(a) == list(b) == [1, 2] and list(it.compress("abc", [1, 0, 1])) == ["a", "c"] and list(it.repeat(1, 2)) == [1, 1]


def test_functools():
    import functools
    calls = []

    @functools.lru_cache(maxsize=2)
    def f(x):
        calls.append(x)
        return x
    f(1), f(1), f(2), f(3), f(1)
    assert calls == [1, 2, 3, 1] and f.cache_info() == (1, 4, 2, 2)
    assert functools.reduce(lambda a, b: a * b, [1, 2, 3], 2) == 12 and functools.partial(int, base=2)("101") == 5 and sorted([3, 1], key=functools.cmp_to_key(lambda a, b: b - a)) == [3, 1]

    @functools.singledispatch
    def kind(x): return "other"

    @kind.register
    def _(x: int): return "int"
    assert kind(True) == "int" and kind("") == "other"

    @functools.wraps(f)
    def g(): pass
    assert g.__name__ == "f"


def test_collections():
    from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple
    P = namedtuple("P", "x y", defaults=[5])
    assert P(1) == (1, 5) and P(1)._replace(x=2) == P(2, 5) and repr(P(1, 2)) == "P(x=1, y=2)" and P._fields == ("x", "y")
    c = Counter("abca")
    assert c["a"] == 2 and c["z"] == 0 and c.most_common(1) == [("a", 2)] and c - Counter("ab") == Counter("ca")
    d = deque([1, 2, 3], maxlen=3)
    d.append(4), d.appendleft(0)
    d.rotate(1)
    assert list(d) == [3, 0, 2] and repr(d) == "deque([3, 0, 2], maxlen=3)"
    dd = defaultdict(list)
    dd["a"].append(1)
    od = OrderedDict(a=1, b=2)
    od.move_to_end("a")
    assert dd == {"a": [1]} and list(od) == ["b", "a"] and ChainMap({"a": 1}, {"a": 2, "b": 3})["b"] == 3


def test_re():
    import re
    m = re.match(r"(?P<year>\d{4})-(\d\d)", "2024-05 rest")
    assert m.groups() == ("2024", "05") and m["year"] == "2024" and m.span(2) == (5, 7) and m.end() == 7 and re.findall(r"\b\w", "ab cd") == ["a", "c"] and re.sub(r"(a)(b)?", r"<\1\2>", "abaX") == "<ab><a>X" and re.split(r"(,)\s*", "a, b,c") == ["a", ",", "b", ",", "c"]
    assert re.fullmatch(r"(?i:é+)x*?", "ÉéX", re.I) and re.search(r"(?<=a)b(?!c)", "abc ab").start() == 5 and re.compile("a|b", re.M).flags == re.M | re.U and re.escape("a.b") == "a\\.b" and re.findall(r"(?:a++|b)c", "aac bc") == ["aac", "bc"]
    raises(re.error, "unterminated character set at position 0", re.compile, "[")


def test_json():
    import json
    value = {"a": [1, 2.5, None, True, "é\n\""], "b": {}}
    assert json.loads(json.dumps(value)) == value and json.dumps(value) == '{"a": [1, 2.5, null, true, "\\u00e9\\n\\""], "b": {}}' and json.dumps([1, {"k": 2}], indent=2) == '[\n  1,\n  {\n    "k": 2\n  }\n]'
    raises(json.JSONDecodeError, "Expecting value: line 1 column 2 (char 1)", json.loads, "[")
    raises(TypeError, "Object of type set is not JSON serializable", json.dumps, {1})


def test_enum_and_dataclasses():
    import dataclasses
    import enum

    class Colour(enum.Enum):
        RED = 1
        GREEN = enum.auto()

    class Flag(enum.IntFlag):
        A = 1
        B = 2

    @dataclasses.dataclass(order=True)
    class P:
        x: int
        y: list = dataclasses.field(default_factory=list, compare=False)

    @dataclasses.dataclass(frozen=True, slots=True)
    class Q:
        z: int = 0
    assert Colour(2) is Colour.GREEN and repr(Colour.RED) == "<Colour.RED: 1>" and [c.name for c in Colour] == ["RED", "GREEN"] and Flag.A | Flag.B == 3 and str(Flag.A | Flag.B) == "3"
    assert P(1) < P(2, [5]) and repr(P(1)) == "test_enum_and_dataclasses.<locals>.P(x=1, y=[])" and dataclasses.asdict(P(1)) == {"x": 1, "y": []}
    raises(dataclasses.FrozenInstanceError, "cannot assign to field 'z'", setattr, Q(), "z", 1)


def test_io():
    import io
    import os
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f")
        with open(path, "w", encoding="utf-8", newline="") as f:
            assert f.write("é\r\nb\n") == 5
        with open(path, encoding="utf-8") as f:
            assert f.readlines() == ["é\n", "b\n"] and f.tell() == 6
        with open(path, "rb") as f:
            assert f.read() == b"\xc3\xa9\r\nb\n" and f.seek(-2, 2) == 4 and f.read(1) == b"b"
        raises(FileNotFoundError, "[Errno 2] No such file or directory: '/no/such'", open, "/no/such")
    s = io.StringIO("a\nb")
    assert s.readline() == "a\n" and list(s) == ["b"] and io.BytesIO(b"abc").read(2) == b"ab"
    raises(io.UnsupportedOperation, "not writable", io.TextIOWrapper(io.BufferedReader(io.BytesIO())).write, "x")


def test_threads():
    import queue
    import threading
    q, total, lock = queue.Queue(), [0], threading.Lock()

    def work():
        while (n := q.get()) is not None:
            with lock:
                total[0] += n
    threads = [threading.Thread(target=work) for _ in range(4)]
    for t in threads:
        t.start()
    for i in range(200):
        q.put(i)
    for _ in threads:
        q.put(None)
    for t in threads:
        t.join()
    assert total == [19900] and threading.active_count() == 1
    local = threading.local()
    local.x = 1
    seen = []
    t = threading.Thread(target=lambda: seen.append(hasattr(local, "x")))
    t.start(), t.join()
    assert seen == [False]


def test_contextvars():
    import contextvars
    v = contextvars.ContextVar("v", default=0)
    context = contextvars.copy_context()
    token = v.set(5)
    assert v.get() == 5 and context.run(v.get) == 0
    v.reset(token)
    assert v.get() == 0


def test_datetime_decimal_fractions():
    from datetime import datetime, timedelta, timezone
    from decimal import Decimal
    from fractions import Fraction
    d = datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc)
    assert (d + timedelta(days=1)).isoformat() == "2024-03-01T12:30:00+00:00" and d.strftime("%Y-%j") == "2024-060" and str(timedelta(seconds=3661)) == "1:01:01"
    assert Decimal("0.1") + Decimal("0.2") == Decimal("0.3") and str(Decimal(1) / 3) == "0.3333333333333333333333333333" and Fraction(1, 3) + Fraction(1, 6) == Fraction(1, 2) and str(Fraction("0.75")) == "3/4"


def test_struct_array_and_binary():
    import array
    import base64
    import hashlib
    import struct
    import zlib
    assert struct.pack(">HbI", 1, -1, 2) == b"\0\1\xff\0\0\0\2" and struct.unpack("<2sd", struct.pack("<2sd", b"ab", 1.5)) == (b"ab", 1.5)
    a = array.array("i", [1, 2])
    a.append(3)
    assert a.tolist() == [1, 2, 3] and a.itemsize == 4 and zlib.decompress(zlib.compress(b"abc" * 100)) == b"abc" * 100 and base64.b64encode(b"abc") == b"YWJj" and hashlib.sha256(b"").hexdigest()[:8] == "e3b0c442" and zlib.crc32(b"abc") == 891568578
    raises(struct.error, "unpack requires a buffer of 4 bytes", struct.unpack, "I", b"a")


def test_typing():
    import typing
    T = typing.TypeVar("T")

    class G(typing.Generic[T]):
        pass
    assert typing.get_type_hints(lambda: 0) == {} and str(typing.Optional[int]) == "typing.Optional[int]" and typing.get_args(dict[str, int]) == (str, int) and G[int].__origin__ is G and int | None == typing.Optional[int] and repr(list[int]) == "list[int]"


def test_tokens_of_the_parser():
    import _tokenize
    tokens = list(_tokenize.TokenizerIter("if a:  # why\n  b**=3\n"))
    assert [(text, kind) for text, kind, *_ in tokens] == [("if", 1), ("a", 1), (":", 11), ("# why", 4), ("", 5), ("b", 1), ("**=", 46), ("3", 2), ("", 4), ("", 6)]
    assert tokens[4] == ("", 5, 2, 2, -1, -1, "  b**=3\n")
    raises(SyntaxError, None, list, _tokenize.TokenizerIter("(1 + 2]"))


def test_stat_of_the_system():
    import _stat, stat
    assert stat.S_ISDIR is _stat.S_ISDIR and stat.S_ISDIR(0o040755) and not stat.S_ISREG(0o040755)
    assert [stat.filemode(mode) for mode in (0o040755, 0o104644, 0o101777, 0o120000)] == ["drwxr-xr-x", "-rwSr--r--", "-rwxrwxrwt", "l---------"]
    raises(OverflowError, None, stat.S_ISDIR, -1)


def test_posix_spawn():
    import os, signal
    assert os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)[1] == 0
    reader, writer = os.pipe()
    process = os.posix_spawn("/bin/sh", ["sh", "-c", "echo $NAME; cat"], {"NAME": "value"}, setsigmask=[signal.SIGUSR1], setsid=True,
                             file_actions=[(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_CLOSE, writer)])
    os.close(writer)
    assert os.read(reader, 100) == b"value\n" and os.waitpid(process, 0)[1] == 0
    os.close(reader)
    assert os.waitpid(os.posix_spawnp("true", (b"true",), os.environ), 0)[1] == 0
    raises(FileNotFoundError, "[Errno 2] No such file or directory: '/nowhere'", os.posix_spawn, "/nowhere", ["x"], {})
    for error, message, changes in [
            (TypeError, "file_actions must be a sequence or None", {"file_actions": 1}),
            (TypeError, "Each file_actions element must be a non-empty tuple", {"file_actions": [()]}),
            (TypeError, "Unknown file_actions identifier", {"file_actions": [(9, 1)]}),
            (TypeError, "A open file_action tuple must have 5 elements", {"file_actions": [(os.POSIX_SPAWN_OPEN,)]}),
            (TypeError, "A dup2 file_action tuple must have 3 elements", {"file_actions": [(os.POSIX_SPAWN_DUP2, 1)]}),
            (ValueError, "signal number 1000 out of range [1; 64]", {"setsigdef": [1000]}),
            (TypeError, "A scheduler tuple must have two elements", {"scheduler": (1, 2, 3)}),
            (TypeError, "must have a sched_param object", {"scheduler": (1, 2)})]:
        raises(error, message, lambda: os.posix_spawn("/bin/true", ["true"], {}, **changes))
    raises(ValueError, "posix_spawn: argv must not be empty", os.posix_spawn, "/bin/true", [], {})
    raises(TypeError, "posix_spawn: environment must be a mapping object", os.posix_spawn, "/bin/true", ["true"], None)


def test_marshal_marks_interned_strings_since_version_3():
    import marshal, sys
    text = sys.intern("this is interned")
    assert [marshal.dumps(text, version)[:1] for version in range(5)] == [b"u", b"u", b"u", b"\xf4", b"\xda"]
    assert marshal.loads(marshal.dumps(text)) is text and marshal.loads(marshal.dumps(text, 2)) is not text


def test_a_profile_of_who_called_what():
    import cProfile, io, pstats

    def timer():
        return 0.0

    class Missing:
        def __getattr__(self, name):
            raise AttributeError(name)

    def first():
        hasattr(Missing(), "x")

    def second():
        hasattr(Missing(), "x")
        hasattr(Missing(), "y")

    profile = cProfile.Profile(timer)
    profile.runcall(lambda: (first(), second()))
    profile.create_stats()
    callers = {}
    for (file, line, name), (_, _, _, _, by) in profile.stats.items():
        callers[name] = {caller[2]: counts[0] for caller, counts in by.items()}
    assert callers["<built-in method builtins.hasattr>"] == {"first": 1, "second": 2} and "timer" not in callers


run(globals())
