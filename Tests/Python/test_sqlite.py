"""sqlite3: statements, transactions, conversions, functions that SQLite calls, and errors."""
import datetime
import gc
import resource
import sqlite3
import sys
import tempfile

from harness import raises, run


def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t(a integer primary key, b text, c real, d blob)")
    connection.executemany("insert into t(b, c, d) values(?, ?, ?)", [("x", 1.5, b"\0\1"), ("é", None, None), (None, 2.0, bytearray(b"z"))])
    connection.commit()
    return connection


def test_rows():
    c = database()
    assert c.execute("select * from t").fetchall() == [(1, "x", 1.5, b"\0\1"), (2, "é", None, None), (3, None, 2.0, b"z")]
    cursor = c.execute("select a as n, b from t where a > :low order by a", {"low": 1})
    assert [column[0] for column in cursor.description] == ["n", "b"]
    assert cursor.fetchmany(1) == [(2, "é")] and cursor.fetchone() == (3, None) and cursor.fetchone() is None
    c.row_factory = sqlite3.Row
    row = c.execute("select 1 as a, 'b' as B").fetchone()
    assert (row["A"], row["b"], row[-1], row.keys(), dict(row)) == (1, "b", "b", ["a", "B"], {"a": 1, "B": "b"})
    raises(IndexError, "No item with that key", lambda: row["z"])


def test_transactions():
    c = database()
    cursor = c.execute("delete from t where a = 1")
    assert cursor.rowcount == 1 and c.in_transaction
    c.rollback()
    assert c.execute("select count(*) from t").fetchone() == (3,)
    with c:
        assert c.execute("insert into t(b) values('y')").lastrowid == 4
    assert not c.in_transaction
    try:
        with c:
            c.execute("insert into t(b) values('z')")
            raise KeyError
    except KeyError:
        pass
    assert c.execute("select count(*) from t").fetchone() == (4,)
    c.isolation_level = None
    c.execute("insert into t(b) values('z')")
    assert not c.in_transaction


def test_errors():
    c = database()
    for kind, text, *arguments in [
            (sqlite3.OperationalError, "no such table: nope", "select * from nope"),
            (sqlite3.OperationalError, "incomplete input", "select"),
            (sqlite3.IntegrityError, "UNIQUE constraint failed: t.a", "insert into t(a) values(1)"),
            (sqlite3.ProgrammingError, "You can only execute one statement at a time.", "select 1; select 2"),
            (sqlite3.ProgrammingError, "Incorrect number of bindings supplied. The current statement uses 1, and there are 2 supplied.", "select ?", (1, 2)),
            (sqlite3.ProgrammingError, "You did not supply a value for binding parameter :a.", "select :a", {}),
            (OverflowError, "Python int too large to convert to SQLite INTEGER", "select ?", (2 ** 64,))]:
        raises(kind, text, c.execute, *arguments)
    error = raises(sqlite3.OperationalError, "unable to open database file", sqlite3.connect, "/nonexistent/x.db")
    assert error.sqlite_errorname == "SQLITE_CANTOPEN"
    c.close()
    raises(sqlite3.ProgrammingError, "Cannot operate on a closed database.", c.execute, "select 1")


def test_functions_in_python():
    c = database()
    c.create_function("twice", 1, lambda x: x * 2)
    assert c.execute("select twice(4), twice('ab')").fetchone() == (8, "abab")
    c.create_function("bad", 0, lambda: 1 / 0)
    raises(sqlite3.OperationalError, "user-defined function raised exception", c.execute, "select bad()")

    class Sum:
        def __init__(self):
            self.total = 0

        def step(self, x):
            self.total += x

        def finalize(self):
            return self.total

    c.create_aggregate("total_of", 1, Sum)
    assert c.execute("select total_of(a) from t").fetchone() == (6,)
    c.create_collation("backwards", lambda a, b: (a < b) - (a > b))
    assert c.execute("select b from t where b is not null order by b collate backwards").fetchall() == [("é",), ("x",)]
    seen = []
    c.set_trace_callback(seen.append)
    c.execute("select 5")
    assert seen == ["select 5"]


def test_conversions():
    c = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES | sqlite3.PARSE_COLNAMES)
    c.execute("create table z(d date, n integer)")
    c.execute("insert into z values(?, ?)", (datetime.date(2020, 1, 2), True))
    assert c.execute("select * from z").fetchone() == (datetime.date(2020, 1, 2), 1)
    assert c.execute("select d as 'x [date]' from z").description[0][0] == "x"

    class Point:
        def __conform__(self, protocol):
            return "point"

    assert c.execute("select ?", (Point(),)).fetchone() == ("point",)
    c.text_factory = bytes
    assert c.execute("select 'a'").fetchone() == (b"a",)


def test_copies():
    c = database()
    assert list(c.iterdump())[2] == "INSERT INTO \"t\" VALUES(1,'x',1.5,X'0001');"
    other = sqlite3.connect(":memory:")
    c.backup(other)
    third = sqlite3.connect(":memory:")
    third.deserialize(other.serialize())
    assert third.execute("select count(*) from t").fetchone() == (3,)
    with third.blobopen("t", "d", 1) as blob:
        assert blob.read() == b"\0\1" and len(blob) == 2
        blob[0] = 9
    assert third.execute("select d from t where a = 1").fetchone() == (b"\x09\1",)


def test_attributes_that_programs_overwrite():
    """What stands in the place of an object of SQLite's is never taken for one."""
    for value in (1, 0, -1, 0x7fff_0000_1234, None, "x", object()):
        c = database()
        cursor = c.execute("select * from t")
        blob = c.blobopen("t", "d", 1)
        for owner in (c, cursor, blob):
            names = [name for name in dir(owner) if name.startswith("_") and not name.startswith("__")] + ["_database"]
            for name in names:
                if callable(getattr(owner, name, None)):
                    continue
                try:
                    setattr(owner, name, value)
                except AttributeError:
                    pass
        for use in (lambda: c.execute("select 1"), cursor.fetchone, lambda: len(blob), blob.read, lambda: c.total_changes, c.commit, cursor.close, blob.close, c.close):
            try:
                use()
            except Exception:
                pass


def test_classes_cannot_be_changed():
    for kind in (sqlite3.Connection, sqlite3.Cursor, sqlite3.Row, sqlite3.Blob):
        raises(TypeError, "cannot set 'x' attribute of immutable type 'sqlite3.%s'" % kind.__name__, setattr, kind, "x", 1)


def test_scripts():
    connection = sqlite3.connect(":memory:")
    cursor = connection.cursor()
    assert cursor.executescript("create table t(a); -- one\n insert into t values (1); insert into t values (2);;") is cursor
    assert connection.execute("select a from t").fetchall() == [(1,), (2,)]
    assert isinstance(connection.executescript("select * from t; "), sqlite3.Cursor)
    raises(sqlite3.OperationalError, 'near "nonsense": syntax error', connection.executescript, "insert into t values (3); nonsense; insert into t values (4)")
    raises(sqlite3.IntegrityError, "UNIQUE constraint failed: t.a", connection.executescript, "create unique index u on t(a); insert into t values (1); insert into t values (5)")
    assert connection.execute("select a from t").fetchall() == [(1,), (2,), (3,)]


def test_descriptors_of_dropped_connections():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, limits[1]))
    try:
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(300):
                connection = sqlite3.connect(folder + "/file.db")
                connection.execute("select * from sqlite_master").fetchall()
                # CPython would give it back at once.
                circle = [connection]
                circle.append(circle)
                del connection, circle
                if sys.implementation.name == "cpython":
                    gc.collect()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)


run(globals())
