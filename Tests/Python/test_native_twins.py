"""Modules that are native in CPython and written in Python elsewhere: nothing may show it."""
import sys, traceback
from harness import raises, run


def names(function, *arguments):
    """The functions in the traceback of a call that fails."""
    try:
        function(*arguments)
    except BaseException as error:
        return [entry.name for entry in traceback.extract_tb(error.__traceback__)][1:]


def test_tracebacks_end_at_the_call():
    import bz2, datetime, decimal, hashlib, pickle, sqlite3, zoneinfo
    import xml.etree.ElementTree as tree
    assert names(datetime.date, 2020, 13, 1) == []
    assert names(datetime.datetime.fromisoformat, "x") == []
    assert names(decimal.Decimal, "x") == []
    assert names(lambda: decimal.Decimal(1) / 0) == ["<lambda>"]
    assert names(pickle.loads, b"a") == []
    assert names(sqlite3.connect, "/nowhere/at/all") == []
    assert names(tree.fromstring, "<a>") == ["XML"]


def test_callers_are_seen_through_them():
    import datetime
    seen = []

    class Odd(datetime.tzinfo):
        def utcoffset(self, moment):
            seen.append(sys._getframe(1).f_code.co_name)
            return datetime.timedelta(0)
    datetime.datetime(2020, 1, 1, tzinfo=Odd()).isoformat()
    assert seen == ["test_callers_are_seen_through_them"]


def test_messages():
    import datetime, decimal, pickle
    import xml.etree.ElementTree as tree
    raises(ValueError, "month must be in 1..12", datetime.date, 2020, 13, 1)
    raises(ValueError, "day is out of range for month", datetime.date, 2020, 2, 30)
    raises(TypeError, "function missing required argument 'day' (pos 3)", datetime.date, 2020, 1)
    raises(TypeError, "unsupported operand type(s) for +: 'datetime.date' and 'int'", lambda: datetime.date(2020, 1, 1) + 1)
    raises(TypeError, "can't compare offset-naive and offset-aware datetimes",
           lambda: datetime.datetime(2020, 1, 1) < datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc))
    raises(OverflowError, "date value out of range", lambda: datetime.date.max + datetime.timedelta(1))
    raises(decimal.InvalidOperation, "[<class 'decimal.ConversionSyntax'>]", decimal.Decimal, "x")
    raises(decimal.DivisionByZero, "[<class 'decimal.DivisionByZero'>]", lambda: decimal.Decimal(1) / 0)
    raises(TypeError, "unsupported operand type(s) for +: 'decimal.Decimal' and 'float'", lambda: decimal.Decimal(1) + 1.0)
    raises(TypeError, "cannot set 'x' attribute of immutable type 'decimal.Decimal'", setattr, decimal.Decimal, "x", 1)
    raises(IndexError, "child index out of range", lambda: tree.Element("a")[0])


def test_pickles_cut_short():
    import pickle
    whole = pickle.dumps([1, "text", {"a": 2.5}])
    for end in range(3, len(whole)):
        raises(pickle.UnpicklingError, "pickle data was truncated", pickle.loads, whole[:end])
    raises(EOFError, "Ran out of input", pickle.loads, b"")
    raises(EOFError, "Ran out of input", pickle.loads, b"N")
    raises(pickle.UnpicklingError, "pickle data was truncated", pickle.loads, b"C")
    assert pickle.UnpicklingError.__module__ == pickle.Pickler.__module__ == "_pickle"


def test_builtin_functions_are_no_methods():
    import pickle

    class Holder:
        dumps = pickle.dumps
    assert pickle.loads(Holder().dumps(5)) == 5
    assert repr(pickle.dumps) == "<built-in function dumps>"


def test_functions_of_native_modules_are_builtin():
    import _asyncio, _codecs_jp, _ctypes, _hashlib, _sqlite3, _ssl, audioop, inspect, pickle
    for function, name, signature in (
        (_asyncio.get_running_loop, "get_running_loop", "()"), (_asyncio._enter_task, "_enter_task", "(loop, task)"), (_codecs_jp.getcodec, "getcodec", None),
        (_ctypes.sizeof, "sizeof", None), (_ctypes.call_cdeclfunction, "call_cdeclfunction", None), (_ctypes._unpickle, "_unpickle", None),
        (_hashlib.hmac_digest, "hmac_digest", "(key, msg, digest)"), (_hashlib.new, "new", "(name, string=b'', *, usedforsecurity=True)"),
        (_sqlite3.complete_statement, "complete_statement", "(statement)"), (_ssl.nid2obj, "nid2obj", "(nid, /)"),
        (audioop.ratecv, "ratecv", "(fragment, width, nchannels, inrate, outrate, state, weightA=1, weightB=0, /)"),
    ):
        assert repr(function) == f"<built-in function {name}>", function
        assert inspect.isbuiltin(function) and not inspect.isfunction(function)
        assert function.__self__.__name__ == function.__module__ and function.__name__ == function.__qualname__ == name
        assert pickle.loads(pickle.dumps(function)) is function
        if signature is None:
            raises(ValueError, f"no signature found for builtin <built-in function {name}>", inspect.signature, function)
        else:
            assert str(inspect.signature(function)) == signature, function

    class Holder:
        size, valid = _ctypes.sizeof, _sqlite3.complete_statement
    import ctypes
    assert Holder().size(ctypes.c_int) == 4 and Holder().valid("select 1;") is True
    assert not hasattr(_ctypes.sizeof, "__code__") and not hasattr(_ctypes.sizeof, "__globals__")

def test_subclasses_show_their_own_name():
    import datetime

    class Day(datetime.date):
        pass
    assert repr(Day(2020, 1, 2)) == "Day(2020, 1, 2)"
    assert repr(datetime.date(2020, 1, 2)) == "datetime.date(2020, 1, 2)"


def test_a_stream_that_failed():
    import bz2
    one = bz2.BZ2Decompressor()
    raises(OSError, "Invalid data stream", one.decompress, b"BZh9" + b"\0" * 60)
    raises(ValueError, None, one.decompress, b"\0" * 18)


def test_audio():
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import audioop
    data = b"\0\0\1\0\xff\x7f\0\x80"
    assert audioop.max(data, 2) == 32768 and audioop.minmax(data, 2) == (-32768, 32767)
    assert audioop.lin2ulaw(data, 2) == b"\xff\xff\x80\0"
    assert audioop.mul(data, 2, 2) == b"\0\0\2\0\xff\x7f\0\x80"
    assert audioop.ratecv(data, 2, 1, 2, 1, None)[0] == b"\0\0\xff\x7f"
    raises(audioop.error, "not a whole number of frames", audioop.rms, b"abc", 2)


def test_tracing_sees_nothing_of_their_import():
    import subprocess
    program = """
import sys
events = []
def note(frame, event, argument):
    events.append((event, frame.f_code.co_filename))
    return note
names = [name for name in ("_ctypes", "_decimal", "_sqlite3", "_hashlib", "audioop", "_lsprof", "_codecs_jp", "_ssl") if name not in sys.modules]
sys.settrace(note)
for name in names:
    __import__(name)
sys.settrace(None)
print([event for event in events if "Library" in event[1]])
print(sum((event == "call") - (event == "return") for event, _ in events))
"""
    result = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True)
    assert result.stdout == "[]\n0\n" and not result.stderr, result


run(globals())
