"""mmap, bz2, lzma, and streams that show themselves."""
import bz2
import io
import lzma
import mmap
import os
import tempfile

from harness import raises, run


def test_maps_are_sequences_and_files():
    with mmap.mmap(-1, 100) as m:
        assert m.write(b"hello\nworld\n") == 12 and m.tell() == 12
        m.seek(0)
        assert m.readline() == b"hello\n" and m.read(3) == b"wor" and m.read_byte() == ord("l")
        assert m.find(b"o", 0) == 4 and m.rfind(b"o", 0) == 7 and m.find(b"nope", 0) == -1
        m[0] = 72
        m[1:3] = b"EL"
        assert m[:5] == b"HELlo" and m[0:6:2] == b"HLo" and m[-1] == 0 and len(m) == 100
        m.move(50, 0, 5)
        assert m[50:55] == b"HELlo"
        raises(IndexError, "mmap index out of range", lambda: m[100])
        raises(ValueError, "mmap item value must be in range(0, 256)", m.__setitem__, 0, 256)
        raises(IndexError, "mmap slice assignment is wrong size", m.__setitem__, slice(0, 3), b"ab")
        view = memoryview(m)
        raises(BufferError, "cannot close exported pointers exist", m.close)
        view.release()
        assert repr(m) == "<mmap.mmap closed=False, access=ACCESS_DEFAULT, length=100, pos=10, offset=0>"
    assert repr(m) == "<mmap.mmap closed=True>"
    raises(ValueError, "mmap closed or invalid", m.read)


def test_maps_of_files():
    with tempfile.TemporaryFile() as file:
        raises(ValueError, "cannot mmap an empty file", mmap.mmap, file.fileno(), 0)
        file.write(b"0123456789" * 1000)
        file.flush()
        with mmap.mmap(file.fileno(), 0) as m:
            assert len(m) == 10000 and m.size() == 10000
            m[:4] = b"abcd"
            m.flush()
            m.resize(20000)
            assert len(m) == 20000 and os.fstat(file.fileno()).st_size == 20000
        file.seek(0)
        assert file.read(6) == b"abcd45"
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as m:
            raises(TypeError, "mmap can't modify a readonly memory map.", m.write, b"x")
            with memoryview(m) as view:
                assert view.readonly
        raises(ValueError, "mmap length is greater than file size", mmap.mmap, file.fileno(), 100000)


DATA = b"".join(b"%d squared is %d\n" % (n, n * n) for n in range(5000))


def test_bz2():
    packed = bz2.compress(DATA)
    assert packed[:3] == b"BZh" and bz2.decompress(packed) == DATA and bz2.decompress(packed + packed) == DATA * 2
    decompressor = bz2.BZ2Decompressor()
    out = decompressor.decompress(packed, 1000)
    assert len(out) == 1000 and not decompressor.needs_input
    while not decompressor.eof:
        out += decompressor.decompress(b"", 1000)
    assert out == DATA
    raises(EOFError, "End of stream already reached", decompressor.decompress, b"")
    raises(OSError, "Invalid data stream", bz2.BZ2Decompressor().decompress, b"junkjunkjunk")
    raises(ValueError, "compresslevel must be between 1 and 9", bz2.BZ2Compressor, 0)
    with bz2.open(io.BytesIO(packed), "rt") as file:
        assert file.readline() == "0 squared is 0\n"


def test_lzma():
    for form in (lzma.FORMAT_XZ, lzma.FORMAT_ALONE):
        assert lzma.decompress(lzma.compress(DATA, form)) == DATA
    filters = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 7 | lzma.PRESET_EXTREME}]
    assert lzma.decompress(lzma.compress(DATA, lzma.FORMAT_RAW, filters=filters), lzma.FORMAT_RAW, filters=filters) == DATA
    decompressor = lzma.LZMADecompressor()
    assert decompressor.decompress(lzma.compress(b"abc") + b"x") == b"abc"
    assert (decompressor.check, decompressor.eof, decompressor.unused_data) == (lzma.CHECK_CRC64, True, b"x")
    raises(lzma.LZMAError, "Input format not supported by decoder", lzma.LZMADecompressor().decompress, b"junkjunkjunkjunk")
    raises(ValueError, "Must specify filters for FORMAT_RAW", lzma.LZMACompressor, lzma.FORMAT_RAW)
    raises(ValueError, 'Filter specifier must have an "id" entry', lzma.LZMACompressor, filters=[{}])
    raises(ValueError, "Invalid filter specifier for LZMA filter", lzma.LZMACompressor, filters=[{"id": lzma.FILTER_LZMA2, "foo": 3}])


def test_streams_show_themselves():
    with open(os.devnull, "rb") as file:
        assert repr(file) == f"<_io.BufferedReader name={os.devnull!r}>"
        assert repr(file.raw) == f"<_io.FileIO name={os.devnull!r} mode='rb' closefd=True>"
    raw = open(os.devnull, "wb", buffering=0)
    raw.close()
    assert raw.close() is None


run(globals())
