"""dbm.ndbm and shelves over it."""
import os, sys, tempfile
from harness import raises, run


def opened(flags="n"):
    import dbm.ndbm
    return dbm.ndbm.open(os.path.join(tempfile.mkdtemp(), "base"), flags)


def test_a_mapping_of_bytes():
    base = opened()
    base["a"] = "b"
    base[b"c"] = b"\0d"
    assert base["a"] == b"b" and base[b"c"] == b"\0d" and sorted(base.keys()) == [b"a", b"c"]
    assert "a" in base and b"z" not in base and len(base) == 2 and base.get("z", 5) == 5 and base
    assert base.setdefault("q") == b"" and base.setdefault("a", b"x") == b"b"
    del base["q"]
    raises(KeyError, "'q'", base.__getitem__, "q")
    raises(KeyError, "'q'", base.__delitem__, "q")
    raises(TypeError, "dbm mappings have bytes or string elements only", base.__setitem__, "a", 1)
    raises(TypeError, "dbm key must be bytes or string, not int", base.__contains__, 1)


def test_closed_and_missing():
    import dbm.ndbm
    base = opened()
    base.close()
    base.close()
    raises(dbm.ndbm.error, "DBM object has already been closed", base.keys)
    raises(dbm.ndbm.error, "[Errno 2] No such file or directory: '/nowhere/base'", dbm.ndbm.open, "/nowhere/base")
    raises(dbm.ndbm.error, "arg 2 to open should be 'r', 'w', 'c', or 'n'", dbm.ndbm.open, "x", "q")
    raises(TypeError, "cannot create '_dbm.dbm' instances", type(base))


def test_what_is_written_is_read_again():
    import dbm.ndbm, shelve
    path = os.path.join(tempfile.mkdtemp(), "base")
    with dbm.ndbm.open(path, "c") as base:
        for number in range(500):
            base[str(number)] = str(number) * (number % 40)
    with dbm.ndbm.open(path) as base:
        assert len(base) == 500 and base["123"] == b"123" * 3
    path += "2"
    with shelve.open(path) as shelf:
        shelf["key"] = {"a": [1, 2]}
    with shelve.open(path) as shelf:
        assert shelf["key"] == {"a": [1, 2]} and list(shelf) == ["key"]


run(globals())
