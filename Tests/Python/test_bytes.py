"""bytes, bytearray and memoryview."""
from harness import check_all, raises, run


def test_construction():
    check_all(bytes, [((), b""), (3, b"\0\0\0"), ([1, 255], b"\x01\xff"), (("é", "utf-8"), b"\xc3\xa9"), (bytearray(b"a"), b"a"), (memoryview(b"ab"), b"ab"), (range(3), b"\0\1\2")])
    raises(ValueError, "bytes must be in range(0, 256)", bytes, [256])
    raises(ValueError, "byte must be in range(0, 256)", bytearray(b"a").__setitem__, 0, 256)
    raises(TypeError, "string argument without an encoding", bytes, "a")
    raises(ValueError, "negative count", bytes, -1)
    raises(TypeError, "'str' object cannot be interpreted as an integer", bytes, ["a"])
    raises(TypeError, "cannot convert 'float' object to bytes", bytes, 1.5)


def test_repr():
    check_all(repr, [(b"a'\"\n\x00\xff\\", "b'a\\'\"\\n\\x00\\xff\\\\'"), (b"'", 'b"\'"'), (bytearray(b"x"), "bytearray(b'x')"), (b"", "b''")])


def test_methods_shared_with_str():
    b = b"Hello World"
    for kind in (bytes, bytearray):
        x = kind(b)
        assert x.upper() == b"HELLO WORLD" and x.split() == [b"Hello", b"World"] and x.find(b"o") == 4 and x.find(111) == 4 and x.replace(b"l", b"") == b"Heo Word" and type(x.lower()) is kind
        assert x.startswith((b"x", b"He")) and x.partition(b" ") == (b"Hello", b" ", b"World") and x.center(13, b"*") == b"*Hello World*" and x.title() == b and x.count(b"l") == 3 and x.strip(b"Hd") == b"ello Worl"
        assert x.hex() == "48656c6c6f20576f726c64" and x.hex("-", 4)[:8] == "48656c-6" and x.translate(None, b"lo") == b"He Wrd" and kind.fromhex("48 65") == b"He" and x.isascii() and x.swapcase() == b"hELLO wORLD"
        assert x.join([b"1", b"2"]) == b"1Hello World2" and x.removeprefix(b"Hello ") == b"World" and x.rsplit(b"o", 1) == [b"Hello W", b"rld"] and x.splitlines() == [b]
    raises(TypeError, "a bytes-like object is required, not 'str'", b.split, "a")
    raises(TypeError, "argument should be integer or bytes-like object, not 'str'", b.find, "a")
    raises(ValueError, "non-hexadecimal number found in fromhex() arg at position 1", bytes.fromhex, "1x")
    raises(ValueError, "subsection not found", b.index, b"zz")


def test_indexing():
    b = b"abc"
    assert b[0] == 97 and b[1:] == b"bc" and b[::-1] == b"cba" and 97 in b and b"bc" in b and list(b) == [97, 98, 99]
    raises(IndexError, "index out of range", lambda: b[3])
    raises(TypeError, "byte indices must be integers or slices, not str", lambda: b["a"])
    raises(TypeError, "a bytes-like object is required, not 'str'", lambda: "a" in b)
    raises(TypeError, "can't concat str to bytes", lambda: b + "a")


def test_bytearray_changes():
    a = bytearray(b"abc")
    a[0] = 65
    a[1:2] = b"XYZ"
    a.append(33)
    a.extend([1, 2])
    a += b"end"
    a.insert(0, 48)
    assert a == b"0AXYZc!\x01\x02end" and a.pop() == 100 and a.pop(0) == 48
    a.remove(65)
    del a[1:3]
    a.reverse()
    assert a == b"ne\x02\x01!cX"
    a *= 2
    a[::7] = b"--"
    assert len(a) == 14 and a.count(b"-") == 2
    a.clear()
    assert a == bytearray() and not a
    raises(IndexError, "pop from empty bytearray", a.pop)
    raises(ValueError, "attempt to assign bytes of size 1 to extended slice of size 2", bytearray(4).__setitem__, slice(None, None, 2), b"a")
    raises(TypeError, "unhashable type: 'bytearray'", hash, a)


def test_comparison_and_hash():
    assert b"a" == bytearray(b"a") == memoryview(b"a") and b"a" < b"b" and b"" != "" and hash(b"ab") == hash(memoryview(b"ab")) and {b"k": 1}[b"k"] == 1


def test_memoryview():
    data = bytearray(b"abcdef")
    m = memoryview(data)
    m[0] = 90
    m[1:3] = b"YX"
    assert data == b"ZYXdef" and m.tolist()[:2] == [90, 89] and m[::2].tobytes() == b"ZXe" and m[-1] == 102 and len(m[1:4]) == 3 and m.nbytes == 6 and not m.readonly and m.format == "B"
    raises(BufferError, "Existing exports of data: object cannot be re-sized", data.append, 1)
    raises(TypeError, "cannot modify read-only memory", memoryview(b"a").__setitem__, 0, 1)
    raises(ValueError, "memoryview: invalid value for format 'B'", m.__setitem__, 0, 256)
    c = m.cast("H")
    assert c.shape == (3,) and c.itemsize == 2 and m.cast("B", (2, 3)).tolist() == [[90, 89, 88], [100, 101, 102]]
    c.release()
    with m:
        pass
    raises(ValueError, "operation forbidden on released memoryview object", lambda: m[0])


def test_percent_and_encoding():
    assert b"%d-%s-%x" % (5, b"a", 255) == b"5-a-ff" and b"%a" % "é" == b"'\\xe9'" and bytearray(b"%c") % 65 == b"A" and b"\xc3\xa9".decode() == "é"


def test_memoryview_released_by_its_argument():
    class Releases:
        def __index__(self):
            view.release()
            return 4
    view = memoryview(bytearray(b"\xff" * 16))
    assert list(view[:Releases()]) == [255] * 4
    view = memoryview(bytearray(b"\xff" * 16))
    raises(ValueError, "operation forbidden on released memoryview object", view.__setitem__, 0, Releases())
    view = memoryview(b"abc")
    hashed = hash(view)
    view.release()
    assert hash(view) == hashed == hash(b"abc")


def test_undecodable_names_of_encodings():
    raises(UnicodeEncodeError, "'utf-8' codec can't encode character '\\udce2' in position 5: surrogates not allowed", b"a".decode, "utf-8\udce2")
    raises(UnicodeEncodeError, None, "a".encode, "utf-8\udce2")


def test_incremental_surrogates():
    import codecs
    decoder = codecs.getincrementaldecoder("utf-8")("surrogatepass")
    assert decoder.decode(b"\xed\xa4") == "" and decoder.decode(b"\x81", True) == "\ud901"


def test_nothing_is_text_in_any_encoding():
    for empty in b"", bytearray(), memoryview(b""):
        assert str(empty, "nosuch") == str(empty, "hex") == str(empty, "utf-8", "nosuch") == ""
    assert b"".decode("nosuch") == bytearray().decode("nosuch", "nosuch") == ""
    raises(LookupError, "unknown encoding: nosuch", b"x".decode, "nosuch")
    raises(LookupError, "unknown encoding: nosuch", "".encode, "nosuch")


def test_an_unknown_error_handler_is_the_cause():
    error = raises(LookupError, "decoding with 'utf-7' codec failed (LookupError: unknown error handler name 'nosuch')", b"\xff".decode, "utf-7", "nosuch")
    assert type(error.__cause__) is LookupError and error.__context__ is None and error.__suppress_context__


def test_membership_of_what_fails_to_be_an_index():
    class Broken:
        def __index__(self):
            return "x"
    for container in b"x", bytearray(b"x"):
        raises(TypeError, "a bytes-like object is required, not 'Broken'", container.__contains__, Broken())
        raises(ValueError, "byte must be in range(0, 256)", container.__contains__, 10 ** 30)


def test_texts_of_views_of_several_dimensions():
    def store(view, key, value):
        view[key] = value
    table = memoryview(bytearray(12)).cast("B", (3, 4))
    raises(NotImplementedError, "sub-views are not implemented", store, table, 0, 5)
    raises(NotImplementedError, "multi-dimensional sub-views are not implemented", lambda: table[0])
    raises(NotImplementedError, "sub-views are not implemented", store, table, (0,), 5)
    only = "memoryview slice assignments are currently restricted to ndim = 1"
    for key in slice(0, 1), (slice(0, 1), slice(0, 1)):
        raises(NotImplementedError, only, store, table, key, b"a")
    raises(NotImplementedError, "multi-dimensional slicing is not implemented", lambda: table[0:1, 0:1])
    table[1, 2] = 7
    assert table[1, 2] == 7 and table.tolist()[1] == [0, 0, 7, 0]


def test_what_join_says_of_buffers_it_cannot_have():
    for kind in bytes, bytearray:
        raises(TypeError, "sequence item 1: expected a bytes-like object, memoryview found", kind().join, [b"a", memoryview(b"abcd")[::2]])
    released = memoryview(b"a")
    released.release()
    raises(TypeError, "sequence item 0: expected a bytes-like object, memoryview found", b"".join, [released])


run(globals())
