"""sqlite3: statements, transactions, conversions, functions that SQLite calls, and errors."""
import datetime
import gc
import resource
import sqlite3
import subprocess
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


def test_statements_one_at_a_time():
    c = database()
    for text in "select 1;", "select 1; -- more", "select 1 /* more */ ;\n", "/* first */ select 1":
        assert c.execute(text).fetchone() == (1,)
    for text in "", "-- nothing", " /* nothing", ";":
        assert c.execute(text).fetchone() is None
    for text in "select 1; select 2", "select 1;;":
        raises(sqlite3.ProgrammingError, "You can only execute one statement at a time.", c.execute, text)
    raises(sqlite3.ProgrammingError, "the query contains a null character", c.execute, "select 1\0")
    raises(TypeError, "execute() argument 1 must be str, not int", c.execute, 5)
    raises(UnicodeEncodeError, None, c.execute, "select '\ud800'")
    cursor = c.executemany(" /* why */ -- and\n insert into t(b) values(?)", ((one,) for one in "abc"))
    assert cursor.rowcount == 3 and cursor.description is None
    raises(sqlite3.ProgrammingError, "executemany() can only execute DML statements.", cursor.executemany, "select ?", [(1,)])
    raises(ZeroDivisionError, None, cursor.executemany, "insert into t(b) values(?)", ((1 // (1 - one),) for one in range(3)))
    assert cursor.rowcount == -1
    first, second = [c.execute("select 1 union select 2") for _ in range(2)]
    assert [next(first), next(second), next(first), next(second), list(first), list(second)] == [(1,), (1,), (2,), (2,), [], []]


def test_parameters_of_many_kinds():
    c = sqlite3.connect(":memory:")

    class Text(str):
        pass

    class Fixed:
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return index + 5

    class Missing(dict):
        def __missing__(self, key):
            return key * 2

    for given, expected in [((1, "é"), (1, "é")), ([None, b"\0"], (None, b"\0")), ((True, -1 << 63), (1, -1 << 63)), ((1.5, bytearray(b"x")), (1.5, b"x")), ((Text("a\0b"), memoryview(b"q")), ("a\0b", b"q")),
                            ((b"", ""), (b"", "")), (Fixed(), (5, 6)), (range(2), (0, 1)), ("ab", ("a", "b"))]:
        assert c.execute("select ?, ?", given).fetchone() == expected, given
    assert c.execute("select :a, @b, $c", {"a": 1, "b": 2, "c": 3, "d": 4}).fetchone() == (1, 2, 3) and c.execute("select :ab", Missing()).fetchone() == ("abab",)
    assert c.execute("select :a", {"a": "é"}).fetchone() == ("é",)
    raises(sqlite3.ProgrammingError, "Incorrect number of bindings supplied. The current statement uses 1, and there are 2 supplied.", c.execute, "select ?", (1, 2))
    raises(sqlite3.ProgrammingError, "Incorrect number of bindings supplied. The current statement uses 1, and there are 0 supplied.", c.execute, "select ?")
    raises(sqlite3.ProgrammingError, "You did not supply a value for binding parameter :b.", c.execute, "select :a, :b", {"a": 1})
    raises(sqlite3.ProgrammingError, "Binding 1 has no name, but you supplied a dictionary (which has only names).", c.execute, "select ?", {"a": 1})
    raises(sqlite3.ProgrammingError, "parameters are of unsupported type", c.execute, "select ?", 5)
    raises(sqlite3.ProgrammingError, "Error binding parameter 2: type 'object' is not supported", c.execute, "select ?, ?", (1, object()))
    raises(OverflowError, "Python int too large to convert to SQLite INTEGER", c.execute, "select ?", (1 << 63,))
    raises(UnicodeEncodeError, None, c.execute, "select ?", ("\ud800",))
    raises(BufferError, None, c.execute, "select ?", (memoryview(b"abcd")[::2],))


def test_adapters():
    c = sqlite3.connect(":memory:")

    class Conforming:
        def __init__(self, error=None):
            self.error = error

        def __conform__(self, protocol):
            if self.error:
                raise self.error
            return "conformed" if protocol is sqlite3.PrepareProtocol else None

    class Adapted:
        pass
    sqlite3.register_adapter(Adapted, lambda one: 5)
    assert c.execute("select ?, ?", (Conforming(), Adapted())).fetchone() == ("conformed", 5)
    raises(ZeroDivisionError, None, c.execute, "select ?", (Conforming(ZeroDivisionError()),))
    raises(sqlite3.ProgrammingError, "Error binding parameter 1: type 'Conforming' is not supported", c.execute, "select ?", (Conforming(TypeError()),))
    code = """
import sqlite3
sqlite3.register_adapter(int, float)
sqlite3.register_adapter(bool, lambda one: "yes" if one else "no")
print(sqlite3.connect(":memory:").execute("select ?, ?, ?", (5, True, "x")).fetchone())
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "(5.0, 'yes', 'x')\n"


def test_cursors():
    c = database()
    cursor = c.execute("select a from t order by a")
    assert cursor.fetchmany() == [(1,)] and cursor.fetchmany(size=5) == [(2,), (3,)] and cursor.fetchmany(2) == []
    assert c.execute("select a from t order by a").fetchmany(0) == [(1,), (2,), (3,)]
    cursor.arraysize = 2
    assert cursor.execute("select a from t order by a").fetchmany() == [(1,), (2,)]
    for name in "connection", "description", "rowcount", "lastrowid":
        raises(AttributeError, None, setattr, cursor, name, 1)
    raises(AttributeError, None, setattr, cursor, "other", 1)
    raises(TypeError, "Cursor() argument 1 must be sqlite3.Connection, not int", sqlite3.Cursor, 5)
    raises(TypeError, "Cursor expected 1 argument, got 0", sqlite3.Cursor)

    class Bare(sqlite3.Cursor):
        def __init__(self, connection):
            pass
    for name in "fetchone", "fetchall", "fetchmany", "close":
        raises(sqlite3.ProgrammingError, "Base Cursor.__init__ not called.", getattr(Bare(c), name))

    class Using:
        def __conform__(self, protocol):
            cursor.execute("select 1")
    raises(sqlite3.ProgrammingError, "Recursive use of cursors not allowed.", cursor.execute, "select ?", (Using(),))
    assert cursor.execute("select 2").fetchall() == [(2,)]
    cursor.close()
    for name in "fetchone", "fetchall", "fetchmany":
        raises(sqlite3.ProgrammingError, "Cannot operate on a closed cursor.", getattr(cursor, name))
    waiting = c.execute("select a from t")
    next(waiting)
    c.close()
    raises(sqlite3.ProgrammingError, "Cannot operate on a closed database.", waiting.fetchone)
    raises(sqlite3.ProgrammingError, "Cannot operate on a closed database.", c.execute, "select 1")

    class Factory(sqlite3.Connection):
        def __init__(self, *given, **named):
            self.given = given, named
            super().__init__(*given, **named)
    assert sqlite3.connect(":memory:", factory=Factory, timeout=1).given == ((":memory:",), {"factory": Factory, "timeout": 1})


def test_rows_by_name():
    c = database()
    c.row_factory = sqlite3.Row
    rows = c.execute("select 1 as a, 2 as B, 3 as é, 4 as a").fetchall() + c.execute("select 1 as a, 2 as B, 3 as é, 4 as a").fetchall()
    row = rows[0]
    assert (row["A"], row["b"], row["é"], row[-1], row[1:3], row[True], len(row), list(row), 2 in row) == (1, 2, 3, 4, (2, 3), 2, 4, [1, 2, 3, 4], True)
    assert row == rows[1] and hash(row) == hash(rows[1]) and row != (1, 2, 3, 4) and row != c.execute("select 1 as x, 2 as B, 3 as é, 4 as a").fetchone()
    for key, message in ("É", "No item with that key"), ("x", "No item with that key"), (1.5, "Index must be int or string"), (4, "tuple index out of range"):
        raises(IndexError, message, lambda: row[key])
    raises(TypeError, "Row() argument 2 must be tuple, not list", sqlite3.Row, c.cursor(), [])
    raises(TypeError, None, lambda: row < rows[1])

    class Own(sqlite3.Row):
        def sum(self):
            return sum(self)
    c.row_factory = Own
    assert c.execute("select 1, 2").fetchone().sum() == 3
    c.row_factory = lambda cursor, row: [cursor.description[0][0], *row]
    assert c.execute("select 1 as n, 2").fetchone() == ["n", 1, 2]
    c.row_factory = lambda cursor, row: 1 // 0
    raises(ZeroDivisionError, None, c.execute("select 1").fetchall)


def test_columns_after_a_change_of_the_schema():
    c = database()
    c.execute("create table u(a)")
    c.execute("insert into u values(1)")
    for columns in [("a",), ("a", "b")]:
        cursor = c.execute("select * from u")
        assert tuple(one[0] for one in cursor.description) == columns and len(cursor.fetchone()) == len(columns)
        if columns == ("a",):
            c.execute("alter table u add column b")
    cursor = c.execute("insert into u values(5, 6), (7, 8) returning a")
    assert (cursor.fetchall(), cursor.rowcount) == ([(5,), (7,)], 2)
    assert c.execute("update u set b = 1").rowcount == 3 and c.execute("select * from u").rowcount == -1


def test_texts_and_converters():
    c = database()
    for factory, expected in (bytes, "é".encode()), (bytearray, bytearray("é".encode())), (lambda data: data[::-1], "é".encode()[::-1]), (str, "é"):
        c.text_factory = factory
        assert c.execute("select 'é'").fetchone() == (expected,)
    assert "Could not decode to UTF-8 column 'n'" in str(raises(sqlite3.OperationalError, None, c.execute("select cast(x'61ff62' as text) as n").fetchone))
    c = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_COLNAMES | sqlite3.PARSE_DECLTYPES)
    sqlite3.register_converter("mark", lambda data: b"<" + data)
    cursor = c.execute("select 5 as 'x [mark]', null as 'y [mark]', zeroblob(0) as 'z [mark]', 6 as 'w [none]'")
    assert cursor.fetchone() == (b"<5", None, None, 6) and [one[0] for one in cursor.description] == ["x", "y", "z", "w"]
    c.execute("create table d(a date, m mark(10))")
    c.execute("insert into d values(?, ?)", (datetime.date(2020, 1, 2), "é"))
    assert c.execute("select * from d").fetchone() == (datetime.date(2020, 1, 2), b"<" + "é".encode())


run(globals())
