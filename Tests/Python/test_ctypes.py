"""ctypes: types, structures, arrays, pointers, calls and callbacks."""
import ctypes
import pickle
from ctypes import (CFUNCTYPE, POINTER, Array, BigEndianStructure, CDLL, Structure, Union, addressof, alignment, byref, c_bool, c_byte, c_char, c_char_p, c_double, c_float, c_int,
                    c_int32, c_long, c_longlong, c_short, c_size_t, c_ubyte, c_uint, c_uint16, c_uint32, c_void_p, c_wchar, cast, create_string_buffer, get_errno, memset, pointer,
                    py_object, set_errno, sizeof, string_at, wstring_at)

from harness import raises, run

libc = CDLL(None)


class Point(Structure):
    _fields_ = [("x", c_int), ("y", c_double), ("name", c_char * 4)]


def test_simple_types():
    assert [repr(v) for v in (c_int(5), c_char(b"a"), c_bool(3), c_wchar("x"), c_ubyte(300), c_byte(200), c_double(1.5))] == [
        "c_int(5)", "c_char(b'a')", "c_bool(True)", "c_wchar('x')", "c_ubyte(44)", "c_byte(-56)", "c_double(1.5)"]
    assert c_uint(-1).value == 4294967295 and c_char_p(b"abc").value == b"abc" and c_char_p(None).value is None and py_object([1]).value == [1]
    assert (sizeof(c_int), sizeof(c_long), sizeof(c_char_p), alignment(c_short)) == (4, 8, 8, 2)
    raises(TypeError, "'str' object cannot be interpreted as an integer", c_int, "a")
    raises(TypeError, "one character bytes, bytearray or integer expected", c_char, b"ab")
    raises(TypeError, "bytes or integer address expected instead of float instance", c_char_p, 5.5)


def test_structures():
    p = Point(1, 2.5, b"ab")
    assert (p.x, p.y, p.name, sizeof(Point)) == (1, 2.5, b"ab", 24)
    assert repr(Point.y) == "<Field type=c_double, ofs=8, size=8>"
    p.x = 9
    assert p.x == 9 and pickle.loads(pickle.dumps(p)).x == 9
    raises(TypeError, "'str' object cannot be interpreted as an integer", setattr, p, "x", "a")

    class Bits(Structure):
        _fields_ = [("a", c_int, 3), ("b", c_int, 5), ("c", c_uint, 8), ("d", c_short)]

    b = Bits(1, -2, 200, 7)
    assert (b.a, b.b, b.c, b.d, sizeof(Bits)) == (1, -2, 200, 7, 8)

    class Number(Union):
        _fields_ = [("i", c_int), ("f", c_float), ("bytes", c_ubyte * 4)]

    n = Number()
    n.f = 1.0
    assert n.i == 0x3f800000 and list(n.bytes) == [0, 0, 128, 63]

    class Outer(Structure):
        _anonymous_ = ["n"]
        _pack_ = 1
        _fields_ = [("c", c_char), ("n", Number), ("p", Point)]

    o = Outer()
    o.i, o.p.x = 5, 6
    assert (o.i, o.n.i, o.p.x, Outer.n.offset) == (5, 5, 6, 1)

    class Big(BigEndianStructure):
        _fields_ = [("a", c_uint16), ("b", c_uint32)]

    assert bytes(Big(1, 2)) == b"\0\1\0\0\0\0\0\2" and Big(1, 2).b == 2


def test_arrays():
    a = (c_int * 5)(1, 2, 3)
    assert (list(a), a[1:3], len(a), a[-1], (c_int * 5).__name__, c_int * 5 is c_int * 5) == ([1, 2, 3, 0, 0], [2, 3], 5, 0, "c_int_Array_5", True)
    raises(IndexError, "invalid index", lambda: a[7])
    buffer = create_string_buffer(b"hello", 10)
    assert (buffer.value, buffer.raw, sizeof(buffer)) == (b"hello", b"hello\0\0\0\0\0", 10)
    assert c_int.from_buffer_copy(b"\2\0\0\0").value == 2
    data = bytearray(b"\1\0\0\0")
    shared = c_int.from_buffer(data)
    shared.value = 7
    assert data == b"\7\0\0\0"
    raises(ValueError, "Array length must be >= 0, not -1", lambda: c_int * -1)


def test_pointers():
    p = pointer(c_int(7))
    assert (p.contents.value, p[0], bool(p), bool(POINTER(c_int)())) == (7, 7, True, False)
    p[0] = 8
    assert p.contents.value == 8
    raises(ValueError, "NULL pointer access", lambda: POINTER(c_int)().contents)

    class Node(Structure):
        pass

    Node._fields_ = [("value", c_int), ("next", POINTER(Node))]
    assert Node(2, pointer(Node(1))).next.contents.value == 1
    array = (c_int * 3)(4, 5, 6)
    assert cast(array, POINTER(c_int))[2] == 6 and cast(array, c_void_p).value == addressof(array)
    assert string_at(b"abc\0def", 7) == b"abc\0def" and wstring_at("hey") == "hey"
    memset(array, 0, sizeof(array))
    assert list(array) == [0, 0, 0]


def test_calls():
    libc.strlen.restype = c_size_t
    assert libc.abs(-5) == 5 and libc.strlen(b"hello") == 5
    libc.strchr.restype, libc.strchr.argtypes = c_char_p, [c_char_p, c_char]
    assert libc.strchr(b"abcdef", b"d") == b"def"
    raises(ctypes.ArgumentError, "argument 1: TypeError: wrong type", libc.strchr, 1.5, b"d")
    raises(TypeError, "this function takes at least 2 arguments (1 given)", libc.strchr, b"d")

    class Division(Structure):
        _fields_ = [("quotient", c_int), ("rest", c_int)]

    libc.div.restype = Division
    result = libc.div(17, 5)
    assert (result.quotient, result.rest) == (3, 2)
    buffer = create_string_buffer(20)
    assert libc.snprintf(buffer, 20, b"%d-%s-%.1f", c_int(5), b"q", c_double(2.5)) == 7 and buffer.value == b"5-q-2.5"
    value = c_int(3)
    libc.memcpy(byref(value), byref(c_int(4)), 4)
    assert value.value == 4
    library = CDLL(None, use_errno=True)
    set_errno(0)
    library.open(b"/nonexistent/file", 0)
    assert get_errno() == 2
    assert raises(AttributeError, None, lambda: libc.no_such_function).args[0].endswith("undefined symbol: no_such_function")


def test_callbacks():
    compare = CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))
    array = (c_int * 6)(5, 3, 9, 1, 7, 2)
    libc.qsort.restype = None
    libc.qsort(array, len(array), sizeof(c_int), compare(lambda a, b: a[0] - b[0]))
    assert list(array) == [1, 2, 3, 5, 7, 9]
    add = CFUNCTYPE(c_longlong, c_int32, c_char_p)(lambda n, text: n + len(text))
    assert add(3, b"abcd") == 7
    assert isinstance(array, Array) and type(c_int).__name__ == "PyCSimpleType"


def test_byte_swapped_longs():
    import ctypes
    swapped = ctypes.c_long.__ctype_be__(0x1234567890ABCDEF)
    assert swapped.value == 0x1234567890ABCDEF and bytes(swapped) == b"\x12\x34\x56\x78\x90\xab\xcd\xef"
    try:
        class Pointers(ctypes.BigEndianStructure):
            _fields_ = [("p", ctypes.POINTER(ctypes.c_int))]
    except TypeError:
        pass
    else:
        raise AssertionError("pointers have one byte order")


def test_arguments_and_what_keeps_alive():
    import ctypes
    assert repr(ctypes.c_int.from_param(5)) == "<cparam 'i' (5)>"
    raises(TypeError, None, ctypes.c_int, None)
    items = (ctypes.c_char_p * 2)()
    items[0] = b"foo"
    pointer = ctypes.cast(items, ctypes.POINTER(ctypes.c_char_p))
    assert pointer._objects is items._objects
    pointer[1] = b"bar"
    assert items[1] == b"bar"
    raises(TypeError, None, ctypes.cast, items, None)


def test_fields_are_final():
    import ctypes

    class Empty(ctypes.Structure):
        pass
    Empty()
    raises(AttributeError, "_fields_ is final", setattr, Empty, "_fields_", [])


def test_signal_handlers_by_address():
    import os, signal
    from ctypes import c_int, c_void_p, pythonapi
    get, exchange = pythonapi.PyOS_getsig, pythonapi.PyOS_setsig
    get.restype, get.argtypes = c_void_p, (c_int,)
    exchange.restype, exchange.argtypes = c_void_p, (c_int, c_void_p)
    handler = get(signal.SIGUSR1)
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    ours = get(signal.SIGUSR1)
    assert ours and ours != handler
    assert exchange(signal.SIGUSR1, 1) == ours and get(signal.SIGUSR1) == 1
    os.kill(os.getpid(), signal.SIGUSR1)
    assert exchange(signal.SIGUSR1, ours) == 1 and seen == []
    os.kill(os.getpid(), signal.SIGUSR1)
    assert seen == [signal.SIGUSR1]
    signal.signal(signal.SIGUSR1, before)
    try:
        pythonapi.PyNothing_OfThisName
    except AttributeError:
        pass
    else:
        raise AssertionError


def test_capsules():
    from ctypes import pythonapi as api, py_object, c_void_p, c_char_p, c_int, create_string_buffer
    import _socket, datetime
    kind = type(_socket.CAPI)
    assert kind.__name__ == "PyCapsule" and type(datetime.datetime_CAPI) is kind
    assert repr(_socket.CAPI).startswith('<capsule object "_socket.CAPI" at 0x')
    api.PyCapsule_New.argtypes, api.PyCapsule_New.restype = (c_void_p, c_char_p, c_void_p), py_object
    api.PyCapsule_GetPointer.argtypes, api.PyCapsule_GetPointer.restype = (py_object, c_char_p), c_void_p
    api.PyCapsule_GetName.argtypes, api.PyCapsule_GetName.restype = (py_object,), c_char_p
    api.PyCapsule_IsValid.argtypes, api.PyCapsule_IsValid.restype = (py_object, c_char_p), c_int
    api.PyCapsule_SetPointer.argtypes, api.PyCapsule_SetPointer.restype = (py_object, c_void_p), c_int
    api.PyCapsule_GetContext.argtypes, api.PyCapsule_GetContext.restype = (py_object,), c_void_p
    api.PyCapsule_SetContext.argtypes, api.PyCapsule_SetContext.restype = (py_object, c_void_p), c_int
    name = create_string_buffer(b"my.name")
    capsule = api.PyCapsule_New(1234, name, None)
    assert type(capsule) is kind and api.PyCapsule_GetPointer(capsule, b"my.name") == 1234 and api.PyCapsule_GetName(capsule) == b"my.name"
    assert api.PyCapsule_IsValid(capsule, b"my.name") == 1 and api.PyCapsule_IsValid(capsule, b"other") == 0 == api.PyCapsule_IsValid(5, None)
    assert api.PyCapsule_SetPointer(capsule, 99) == 0 and api.PyCapsule_GetPointer(capsule, b"my.name") == 99
    assert api.PyCapsule_GetContext(capsule) is None and api.PyCapsule_SetContext(capsule, 7) == 0 and api.PyCapsule_GetContext(capsule) == 7
    raises(ValueError, "PyCapsule_GetPointer called with incorrect name", api.PyCapsule_GetPointer, capsule, b"other")
    raises(ValueError, "PyCapsule_New called with null pointer", api.PyCapsule_New, None, None, None)
    raises(TypeError, "cannot create 'PyCapsule' instances", kind)


def test_exceptions_for_other_threads():
    import threading
    from ctypes import pythonapi as api, py_object, c_ulong

    class Stop(Exception):
        pass
    seen, started = [], threading.Event()

    def work():
        try:
            started.set()
            while True:
                pass
        except Stop:
            seen.append("stopped")
    thread = threading.Thread(target=work)
    thread.start()
    started.wait()
    assert api.PyThreadState_SetAsyncExc(c_ulong(0xdead), py_object(Stop)) == 0
    assert api.PyThreadState_SetAsyncExc(c_ulong(thread.ident), py_object(Stop)) == 1
    thread.join()
    assert seen == ["stopped"]


def test_what_ctypes_refuses():
    import ctypes, sys
    class Pair(ctypes.Structure):
        _fields_ = [("x", ctypes.c_int)]

    def fields(given):
        return type(ctypes.Structure)("Made", (ctypes.Structure,), {"_fields_": given})
    for value in ctypes.c_int(1), Pair(), (ctypes.c_int * 2)(), ctypes.pointer(ctypes.c_int(1)), ctypes.CDLL(None).strlen:
        raises(TypeError, "unhashable type", hash, value)
    for kind in ctypes.Structure, ctypes.Union:
        raises(TypeError, "abstract class", kind)
    for given in 1, None, {}, iter(()):
        raises(TypeError, "'_fields_' must be a sequence of pairs", fields, given)
    for given in [1], [(1, 2)], [("a",)], [["a", ctypes.c_int]], [("a", ctypes.c_int, 1, 2)], [("a", ctypes.c_int, "x")], "ab":
        error = raises(TypeError, "'_fields_' must be a sequence of (name, C type) pairs", fields, given)
        assert error.__context__ is None
    raises(TypeError, "second item in _fields_ tuple (index 0) must be a C type", fields, [("a", 1)])
    raises(TypeError, "_argtypes_ must be a sequence of types", setattr, ctypes.CDLL(None).strlen, "argtypes", 1)
    for kind in Pair, ctypes.POINTER(ctypes.c_int):
        raises(TypeError, "invalid result type for callback function", ctypes.CFUNCTYPE(kind), lambda: 1)
    assert ctypes.ArgumentError.__module__ == "ctypes"
    seen, old = [], sys.unraisablehook
    sys.unraisablehook = lambda one: seen.append((one.err_msg, one.exc_type, str(one.exc_value)))
    try:
        for result in "x", None:
            assert ctypes.CFUNCTYPE(ctypes.c_int)(lambda: result)() == 0
        assert ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 1 // 0)() == 0
        assert ctypes.CFUNCTYPE(None)(lambda: "x")() is None and ctypes.CFUNCTYPE(ctypes.c_double)(lambda: 1.5)() == 1.5
    finally:
        sys.unraisablehook = old
    converting = "Exception ignored on converting result of ctypes callback function"
    assert seen == [(converting, TypeError, "'str' object cannot be interpreted as an integer"), (converting, TypeError, "'NoneType' object cannot be interpreted as an integer"),
                    ("Exception ignored on calling ctypes callback function", ZeroDivisionError, "integer division or modulo by zero")], seen


def test_formats_of_buffers():
    class Pair(Structure):
        _fields_ = [("a", c_int), ("b", c_int)]

    class Mixed(Structure):
        _fields_ = [("x", c_char), ("pair", Pair), ("y", c_double), ("z", ctypes.c_short * 3)]

    class Packed(Structure):
        _pack_ = 1
        _fields_ = [("a", c_char), ("b", c_int)]

    class Either(Union):
        _fields_ = [("a", c_int), ("b", c_double)]

    class Big(BigEndianStructure):
        _fields_ = [("a", c_int), ("b", ctypes.c_short)]

    class Derived(Pair):
        _fields_ = [("c", c_byte)]

    class Holder(Structure):
        _fields_ = [("p", POINTER(Pair)), ("f", CFUNCTYPE(c_int)), ("s", c_char_p)]
    expected = [
        (c_int, "<i", 4, ()), (ctypes.c_long, "<q", 8, ()), (c_bool, "<?", 1, ()), (ctypes.c_short.__ctype_be__, ">h", 2, ()), (c_char_p, "<z", 8, ()),
        (c_int * 2, "<i", 4, (2,)), (c_int * 2 * 3, "<i", 4, (3, 2)), (c_char * 5, "<c", 1, (5,)), (c_int * 0, "<i", 4, (0,)),
        (Pair, "T{<i:a:<i:b:}", 8, ()), (Mixed, "T{<c:x:T{<i:a:<i:b:}:pair:<d:y:(3)<h:z:}", 32, ()), (Packed, "B", 5, ()), (Either, "B", 8, ()),
        (Big, "T{>i:a:>h:b:}", 8, ()), (Derived, "T{<b:c:}", 12, ()), (Pair * 2, "T{<i:a:<i:b:}", 8, (2,)),
        (POINTER(c_int), "&<i", 8, ()), (POINTER(c_int * 2), "&(2)<i", 8, ()), (CFUNCTYPE(c_int), "X{}", 8, ()),
        (Holder, "T{&T{<i:a:<i:b:}:p:X{}:f:<z:s:}", 24, ())]
    for kind, format, size, shape in expected:
        view = memoryview(kind())
        assert (view.format, view.itemsize, view.shape, view.ndim) == (format, size, shape, len(shape)), (kind, view.format, view.itemsize, view.shape)
        assert view.nbytes == ctypes.sizeof(kind) and not view.readonly and len(bytes(view)) == view.nbytes
    numbers = (c_int * 2)(1, 2)
    view = memoryview(numbers)
    raises(NotImplementedError, "memoryview: unsupported format <i", view.tolist)
    raises(TypeError, "memoryview: cannot cast between two non-byte formats", view.cast, "i")
    assert view.cast("B").cast("i").tolist() == [1, 2]
    view.cast("B").cast("i")[1] = 7
    assert list(numbers) == [1, 7]


def test_items_of_arrays_and_pointers():
    numbers = (c_int * 5)(1, 2, 3, 4, 5)
    assert numbers[1:4] == [2, 3, 4] and numbers[::-2] == [5, 3, 1] and numbers[-1] == 5 and list(numbers) == [1, 2, 3, 4, 5]
    numbers[1:3] = 7, True
    numbers[::-4] = [-1, 1 << 40 | 9]
    assert list(numbers) == [9, 7, 1, 4, -1]
    raises(ValueError, "Can only assign sequence of same size", numbers.__setitem__, slice(0, 2), [1])
    raises(IndexError, "invalid index", numbers.__setitem__, 5, 1)
    raises(IndexError, "invalid index", lambda: numbers[-6])
    raises(TypeError, "indices must be integers", lambda: numbers["a"])
    raises(TypeError, "Array does not support item deletion", numbers.__delitem__, 0)

    class Index:
        def __index__(self):
            return 1
    assert numbers[Index()] == 7
    text = (c_char * 6)(*b"abc")
    assert text[:] == b"abc\0\0\0" and text[::2] == b"ac\0" and text.value == b"abc" and text.raw == b"abc\0\0\0"
    text.value = b"xy"
    assert text.raw == b"xy\0\0\0\0"
    raises(ValueError, "byte string too long", setattr, text, "value", b"1234567")
    raises(TypeError, "bytes expected instead of str instance", setattr, text, "value", "a")
    assert (c_wchar * 3)(*"abc")[:2] == "ab"
    place = cast(numbers, POINTER(c_int))
    place[2] = 40
    assert place[2] == numbers[2] == 40 and place[0:2] == [9, 7]
    place.contents = c_int(3)
    assert place[0] == 3 and place.contents.value == 3
    raises(TypeError, "expected c_int instead of int", setattr, place, "contents", 1)
    raises(ValueError, "NULL pointer access", lambda: POINTER(c_int)()[0])
    points = (Point * 2)((1, 2.5, b"a"), (3, 4.5, b"b"))
    assert points[1].x == 3 and points[1]._b_base_ is points
    points[0].y = 8
    assert points[0].y == 8.0


def test_what_a_pointer_points_to_stays():
    one = pointer((c_int * 3)(5, 6, 7))
    cell = cast(one, POINTER(c_int))
    # The place of the target in what is kept is "1", too.
    cell[1] = 60
    pairs = pointer(c_int(1))
    pairs[0] = 2
    assert pairs.contents.value == 2 and "1" in pairs._objects and one[0][1] == 60


def test_arguments_of_many_kinds():
    libc = CDLL(None)
    libc.strtod.restype = c_double
    assert libc.strtod(b"1.5", None) == 1.5
    libc.memchr.argtypes, libc.memchr.restype = [c_void_p, c_int, c_size_t], c_char_p
    assert libc.memchr(b"hello", ord("l"), 5) == b"llo" and libc.memchr(create_string_buffer(b"hello"), c_int(ord("o")), 5) == b"o"
    assert libc.memchr(cast(b"xyz", c_void_p), ord("z"), 3) == b"z"
    libc.abs.argtypes, libc.abs.restype = [c_int], c_long
    assert libc.abs(True) == 1 and libc.abs(-(1 << 32) - 5) == 5
    for bad in 1.5, "1", None, c_double(1):
        raises(ctypes.ArgumentError, None, libc.abs, bad)
    raises(TypeError, "this function takes at least 1 argument (0 given)", libc.abs)
    value, rest = c_int(), c_char_p()
    libc.strtol.argtypes, libc.strtol.restype = [c_char_p, POINTER(c_char_p), c_int], c_long
    assert libc.strtol(b"12ab", byref(rest), 10) == 12 and rest.value == b"ab"
    assert libc.strtol(b"12ab", pointer(rest), 10) == 12 and libc.strtol(b"12", None, 10) == 12
    raises(ctypes.ArgumentError, None, libc.strtol, b"12", byref(value), 10)

    class Given:
        _as_parameter_ = b"77"
    assert libc.strtol(Given(), None, 10) == 77
    libc.strlen.restype, libc.strlen.argtypes = None, None
    assert libc.strlen(b"abc") is None
    libc.strlen.restype = lambda number: [number]
    assert libc.strlen(b"abc") == [3]
    libc.strlen.restype, libc.strlen.errcheck = c_int, lambda result, function, given: (result, given)
    assert libc.strlen(b"abc") == (3, (b"abc",))
    del libc.strlen.restype, libc.strlen.errcheck
    assert libc.strlen.restype is c_int and libc.strlen.errcheck is None


def test_callbacks_with_many_kinds():
    seen = []

    @CFUNCTYPE(c_double, c_int, c_double, c_char, c_char_p, POINTER(c_int), c_bool)
    def gather(*given):
        seen.append([one.contents.value if isinstance(one, POINTER(c_int)) else one for one in given])
        return len(given)
    assert gather(1, 2.5, b"x", b"text", byref(c_int(7)), True) == 6.0
    assert seen == [[1, 2.5, b"x", b"text", 7, True]]

    class Number(c_int):
        pass
    assert CFUNCTYPE(c_int, Number)(lambda one: type(one) is Number and one.value)(Number(4)) == 4
    assert CFUNCTYPE(c_int, Point)(lambda one: one.x)(Point(9)) == 9
    numbers = (c_int * 6)(5, 2, 9, 1, 7, 3)
    libc.qsort(numbers, 6, 4, CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))(lambda a, b: b[0] - a[0]))
    assert list(numbers) == [9, 7, 5, 3, 2, 1]


def test_bases_without_a_dict():
    class Bare(Structure):
        __slots__ = ()
        _fields_ = [("x", c_int)]
    bare = Bare(3)
    raises(AttributeError, None, setattr, bare, "z", 1)
    bare.x = 5
    assert bare.x == 5 and pickle.loads(pickle.dumps(c_int(5))).value == 5
    value = c_int(1)
    value.more = 2
    assert value.more == 2
    raises(AttributeError, None, setattr, value, "_objects", 1)
    raises(AttributeError, None, setattr, value, "_b_base_", 1)
    raises(TypeError, "abstract class", ctypes._CFuncPtr.from_buffer, bytearray(8))
    raises(ValueError, "Buffer size too small (2 instead of at least 4 bytes)", c_int.from_buffer_copy, b"ab")
    raises(ValueError, "offset cannot be negative", c_int.from_buffer_copy, b"abcdef", -1)
    assert c_int.from_buffer_copy(b"\0\1\0\0\0", 1).value == 1


run(globals())
