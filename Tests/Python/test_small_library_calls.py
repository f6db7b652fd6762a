"""Functions of the library that programs call often and on little: paths, memory views, time zones, compression."""
import os.path
import posix
import zlib
import zoneinfo

from harness import raises, run


def test_normal_paths():
    for path, expected in [("", "."), (".", "."), ("./", "."), ("..", ".."), ("a/..", "."), ("a/../..", ".."), ("../../a/b/..", "../../a"), ("/..", "/"), ("/../a", "/a"), ("//a//b", "//a/b"), ("///a", "/a"),
                           ("//", "//"), ("///", "/"), ("a/./b/", "a/b"), ("a//b/../../c", "c"), ("../a/../b", "../b"), ("/a/b/../../..", "/"), ("...", "..."), ("a/.../b", "a/.../b"), (".a/..b/", ".a/..b"),
                           ("é/../ü/./x", "ü/x"), ("a/b/../é", "a/é")]:
        assert os.path.normpath(path) == expected, path
        assert path.startswith("/") or os.path.abspath(path) == os.path.normpath(os.path.join(os.getcwd(), path))
    assert os.path.normpath(b"a/../b") == b"b"


def test_items_of_memory_views():
    for code, values in [("b", (-128, 127)), ("B", (0, 255)), ("h", (-32768, 32767)), ("H", (0, 65535)), ("i", (-1 << 31, (1 << 31) - 1)), ("I", (0, (1 << 32) - 1)), ("l", (-1 << 63, (1 << 63) - 1)),
                         ("Q", (0, (1 << 64) - 1)), ("n", (-1 << 63, 5)), ("f", (1.5, -2.0)), ("d", (1e300, -0.5)), ("?", (True, False)), ("c", (b"a", b"\xff"))]:
        view = memoryview(bytearray(16)).cast(code)
        view[0], view[-1] = values
        assert (view[0], view[-1]) == values and view.tolist()[0] == values[0] and [*view][-1] == values[1], code
        if code in "bBhHiIlQn":
            for bad in values[0] - 1, 1 << 70:
                raises(ValueError, f"memoryview: invalid value for format '{code}'", view.__setitem__, 0, bad)
            raises(TypeError, f"memoryview: invalid type for format '{code}'", view.__setitem__, 0, "x")


def test_zones_by_key():
    zones = [zoneinfo.ZoneInfo(key) for key in ("Europe/Berlin", "UTC", "Europe/Paris", "Asia/Tokyo", "Europe/Berlin")]
    assert zones[0] is zones[4] and zones[1] is zoneinfo.ZoneInfo("UTC") and zones[0] is not zoneinfo.ZoneInfo.no_cache("Europe/Berlin")
    raises(zoneinfo.ZoneInfoNotFoundError, None, zoneinfo.ZoneInfo, "Europe/Nowhere")
    first = zones[0]
    zoneinfo.ZoneInfo.clear_cache(only_keys=["Europe/Berlin"])
    assert zoneinfo.ZoneInfo("Europe/Berlin") is not first and zoneinfo.ZoneInfo("UTC") is zones[1]
    zoneinfo.ZoneInfo.clear_cache()
    assert zoneinfo.ZoneInfo("UTC") is not zones[1]

    class Own(zoneinfo.ZoneInfo):
        pass
    assert type(Own("UTC")) is Own and Own("UTC") is Own("UTC") and Own("UTC") is not zoneinfo.ZoneInfo("UTC")


def test_short_data_is_compressed():
    for data in b"", b"a", b"hello " * 50, bytes(range(256)) * 10:
        for level in -1, 0, 1, 9:
            assert zlib.decompress(zlib.compress(data, level)) == data
    assert zlib.decompress(zlib.compress(b"abc" * 9, wbits=-9), wbits=-15) == b"abc" * 9
    raises(zlib.error, "Bad compression level", zlib.compress, b"", 20)


run(globals())
