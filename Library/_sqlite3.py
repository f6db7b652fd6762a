"""The module under sqlite3, over the library SQLite by `_foreign`.

A statement belongs to the cursor that runs it until it is done; then its connection keeps it for the next time the same text is run. Python's functions that
SQLite calls are kept by the connection. SQLite is opened for use by many threads and guarded by the interpreter's rule that a connection stays in its thread.
"""
import errno as _errno
import _foreign
import _twins
import gc as _gc
import threading as _threading
import weakref as _weakref
from sys import audit as _audit
from _sqlite3_library import (
    DatabaseError, DataError, Error, IntegrityError, InterfaceError, InternalError, NotSupportedError, OperationalError, ProgrammingError, sqlite_version,
    Warning, _autocommit, _bind, _blob_of, _bytes_of, _changes, _clear, _constants, _count, _data_count, _decltype, _double_of, _function, _handle,
    _int64_of, _last_rowid, _library, _name_of, _open, _parameter_name, _parameters, _prepare, _raise, _reset, _result, _step, _text_at, _text_of,
    _total_changes, _TRANSIENT, _type_of, _value,
)

globals().update(_constants)
PARSE_DECLTYPES, PARSE_COLNAMES = 1, 2
version = _deprecated_version = "2.6.0"
threadsafety = 3
adapters, converters = {}, {}
_tracebacks = False
_CANT_OPEN = 14


def enable_callback_tracebacks(enable, /):
    """Show the exceptions of callbacks, or not."""
    global _tracebacks
    _tracebacks = bool(enable)


def _report(function):
    """Show an exception of a callback, if that is wanted."""
    import sys
    if _tracebacks:
        kind, error, trace = sys.exc_info()
        from types import SimpleNamespace
        sys.unraisablehook(SimpleNamespace(exc_type=kind, exc_value=error, exc_traceback=trace, err_msg=None, object=function))


# MARK: Adapters and converters

class PrepareProtocol:
    """PEP 246 style object adaption protocol type."""


def register_adapter(type, adapter, /):
    """Let a function make values of SQLite from objects of a type."""
    adapters[(type, PrepareProtocol)] = adapter


def register_converter(typename, converter, /):
    """Let a function make objects from values of a declared type."""
    converters[typename.upper()] = converter


def adapt(obj, proto=PrepareProtocol, *alternative):
    """Adapt given object to given protocol."""
    adapter = adapters.get((type(obj), proto))
    if adapter is not None:
        return adapter(obj)
    conform = getattr(proto, "__adapt__", None)
    if conform is not None:
        result = conform(obj)
        if result is not None:
            return result
    conform = getattr(obj, "__conform__", None)
    if conform is not None:
        result = conform(proto)
        if result is not None:
            return result
    if alternative:
        return alternative[0]
    raise ProgrammingError("can't adapt")


# MARK: Statements

class _Statement:
    handle = None

    def __init__(self, connection, sql):
        data = sql.encode()
        if 0 in data:
            raise ProgrammingError("the query contains a null character")
        words = bytearray(16)
        place, text = _foreign.buffer_address(words, True)[0], _foreign.buffer_address(data, False)[0]
        if _prepare(connection._database, text, len(data) + 1, place, place + 8) != 0:
            _raise(connection._database)
        self.handle, tail = _handle(_foreign.load("P", place), "finalize"), _foreign.load("P", place + 8)
        self.sql, self.busy = sql, False
        if _only_comments(data[:tail - text]) is False and not _only_comments(data[tail - text:]):
            if self.handle:
                self.handle.free()
            raise ProgrammingError("You can only execute one statement at a time.")
        self.is_dml = _strip_comments(data).upper().startswith((b"INSERT", b"UPDATE", b"DELETE", b"REPLACE"))

    def reset(self):
        self.busy = False
        if self.handle:
            _reset(self.handle)

    def bind(self, parameters, position):
        """Bind a value to a parameter, by its position from 1 on."""
        handle, value = self.handle, parameters
        if value is None:
            status = _bind["null"](handle, position)
        elif isinstance(value, int):
            if not -1 << 63 <= value < 1 << 63:
                raise OverflowError("Python int too large to convert to SQLite INTEGER")
            status = _bind["int64"](handle, position, value)
        elif isinstance(value, float):
            status = _bind["double"](handle, position, value)
        elif isinstance(value, str):
            data = value.encode()
            status = _bind["text"](handle, position, _foreign.buffer_address(data or b" ", False)[0], len(data), _TRANSIENT)
        else:
            try:
                view = memoryview(value)
            except TypeError:
                raise ProgrammingError(f"Error binding parameter {position}: type '{type(value).__name__}' is not supported") from None
            data = bytes(view)
            status = _bind["blob"](handle, position, _foreign.buffer_address(data or b" ", False)[0], len(data), _TRANSIENT)
        return status

    def bind_all(self, connection, parameters):
        needed = _parameters(self.handle)
        if isinstance(parameters, (tuple, list)) or not isinstance(parameters, dict) and hasattr(type(parameters), "__getitem__") and hasattr(type(parameters), "__len__") \
                and not hasattr(type(parameters), "keys"):
            if len(parameters) != needed:
                raise ProgrammingError(f"Incorrect number of bindings supplied. The current statement uses {needed}, and there are {len(parameters)} supplied.")
            values = [parameters[index] for index in range(needed)]
        elif hasattr(type(parameters), "keys") and hasattr(type(parameters), "__getitem__"):
            values = []
            for position in range(1, needed + 1):
                name = _text_at(_parameter_name(self.handle, position))
                if name is None:
                    raise ProgrammingError(f"Binding {position} has no name, but you supplied a dictionary (which has only names).")
                try:
                    values.append(parameters[name[1:]])
                except LookupError:
                    raise ProgrammingError(f"You did not supply a value for binding parameter :{name[1:]}.") from None
        else:
            raise ProgrammingError("parameters are of unsupported type")
        for position, value in enumerate(values, 1):
            if type(value) not in (int, float, str, bytearray) and value is not None:
                value = adapt(value, PrepareProtocol, value)
            if self.bind(value, position) != 0:
                _raise(connection._database)


def _strip_comments(text):
    """SQL without the white space and comments that it begins with."""
    while True:
        text = text.lstrip(b" \t\n\r\f")
        if text.startswith(b"--"):
            text = text.partition(b"\n")[2]
        elif text.startswith(b"/*"):
            text = text[2:].partition(b"*/")[2]
        else:
            return text


def _only_comments(text):
    return not _strip_comments(text).strip(b";\0 \t\r\n")


def complete_statement(statement):
    """Whether a text is a whole statement."""
    data = statement.encode() + b"\0"
    return bool(_foreign.call(_foreign.dlsym(_library, "sqlite3_complete"), "i", "P", (_foreign.buffer_address(data, False)[0],), 0))


def enable_shared_cache(do_enable):
    """Let connections of this thread share their cache, or not."""
    if _foreign.call(_foreign.dlsym(_library, "sqlite3_enable_shared_cache"), "i", "i", (int(do_enable),), 0) != 0:
        raise OperationalError("Changing the shared_cache flag failed")


# MARK: Rows and cursors

class Row:
    """A row whose columns are known by name too."""

    def __new__(cls, cursor, data, /):
        if not isinstance(cursor, Cursor):
            raise TypeError(f"Row() argument 1 must be sqlite3.Cursor, not {type(cursor).__name__}")
        if not isinstance(data, tuple):
            raise TypeError(f"Row() argument 2 must be tuple, not {type(data).__name__}")
        self = super().__new__(cls)
        self._data, self._description = data, cursor.description
        return self

    def keys(self):
        """Returns the keys of the row."""
        return [column[0] for column in self._description or ()]

    def __getitem__(self, key):
        if isinstance(key, (int, slice)):
            return self._data[key]
        if isinstance(key, str):
            for index, column in enumerate(self._description or ()):
                name = column[0]
                if name == key or name.isascii() and key.isascii() and name.lower() == key.lower():
                    return self._data[index]
            raise IndexError("No item with that key")
        raise IndexError("Index must be int or string")

    def __len__(self):
        return len(self._data)

    def __iter__(self):
        return iter(self._data)

    def __hash__(self):
        return hash(self._description) ^ hash(self._data)

    def __eq__(self, other):
        if not isinstance(other, Row):
            return NotImplemented
        return self._description == other._description and self._data == other._data

    def __ne__(self, other):
        return NotImplemented if not isinstance(other, Row) else not self == other

    def __repr__(self):
        return f"<{'sqlite3.Row' if type(self) is Row else type(self).__name__} object at {id(self):#x}>"


class Cursor:
    """SQLite database cursor class."""
    _connection = None

    def __init__(self, connection, /):
        if not isinstance(connection, Connection):
            raise TypeError(f"Cursor() argument 1 must be sqlite3.Connection, not {type(connection).__name__}")
        self._connection = connection
        self.row_factory, self.arraysize = connection.row_factory, 1
        self._lastrowid = self._description = self._statement = None
        self._rowcount, self._closed, self._locked = -1, False, False
        connection._check()
        connection._cursors.add(self)

    connection = property(lambda self: self._connection)
    description = property(lambda self: self._description)
    lastrowid = property(lambda self: self._lastrowid)
    rowcount = property(lambda self: self._rowcount)

    def _check(self):
        if self._connection is None:
            raise ProgrammingError("Base Cursor.__init__ not called.")
        if self._closed:
            raise ProgrammingError("Cannot operate on a closed cursor.")
        if self._locked:
            raise ProgrammingError("Recursive use of cursors not allowed.")
        self._connection._check()

    def _release(self):
        """Give the statement back, whatever rows it still has."""
        statement, self._statement = self._statement, None
        if statement is not None:
            statement.reset()
            if statement.handle:
                _clear(statement.handle)

    def _run(self, sql, sets, many):
        self._check()
        connection = self._connection
        self._release()
        if not isinstance(sql, str):
            raise TypeError(f"execute{'many' if many else ''}() argument 1 must be str, not {type(sql).__name__}")
        self._locked = True
        try:
            statement = connection._statement(sql)
            if not statement.handle:
                self._description, self._rowcount = None, -1
                return self
            if many and not statement.is_dml:
                raise ProgrammingError("executemany() can only execute DML statements.")
            statement.busy = True
            self._statement, self._rowcount = statement, 0 if statement.is_dml else -1
            if connection._isolation_level is not None and statement.is_dml and _autocommit(connection._database):
                connection._simple("BEGIN " + connection._isolation_level)
            self._description = None
            for parameters in sets:
                _reset(statement.handle)
                statement.bind_all(connection, parameters)
                status = _step(statement.handle)
                if status == 6:
                    # A cursor that nobody has may still hold the table.
                    _gc.collect()
                    _reset(statement.handle)
                    status = _step(statement.handle)
                if status not in (100, 101):
                    connection._fail()
                if self._description is None:
                    self._describe(statement)
                if statement.is_dml:
                    if status == 101 or many:
                        while many and status == 100:
                            status = _step(statement.handle)
                        if status not in (100, 101):
                            connection._fail()
                        self._rowcount += _changes(connection._database)
                if not many:
                    self._lastrowid = _last_rowid(connection._database)
            if many or status == 101:
                self._release()
        except BaseException:
            self._rowcount = -1
            self._release()
            raise
        finally:
            self._locked = False
        return self

    def _describe(self, statement):
        count = _count(statement.handle)
        detect = self._connection._detect_types
        names, self._converters = [], []
        for index in range(count):
            name = _text_at(_name_of(statement.handle, index))
            converter = None
            if detect & PARSE_COLNAMES and "[" in name:
                start = name.index("[")
                converter = converters.get(name[start + 1:].partition("]")[0].upper())
                if start > 0 and name[start - 1] == " ":
                    start -= 1
                name = name[:start]
            if converter is None and detect & PARSE_DECLTYPES:
                declared = _text_at(_decltype(statement.handle, index))
                if declared:
                    converter = converters.get(declared.replace("(", " ").split(" ")[0].upper())
            names.append(name)
            self._converters.append(converter)
        self._description = tuple([(name, None, None, None, None, None, None) for name in names]) if count else None

    def _column(self, handle, index):
        converter = self._converters[index]
        kind = _type_of(handle, index)
        if converter is not None:
            if kind == 5:
                return None
            place = _blob_of(handle, index)
            return converter(_foreign.read(place, _bytes_of(handle, index)) if place else b"")
        if kind == 1:
            return _int64_of(handle, index)
        if kind == 2:
            return _double_of(handle, index)
        if kind == 5:
            return None
        if kind == 4:
            place = _blob_of(handle, index)
            return _foreign.read(place, _bytes_of(handle, index)) if place else b""
        place = _text_of(handle, index)
        data = _foreign.read(place, _bytes_of(handle, index))
        factory = self._connection.text_factory
        if factory is str:
            try:
                return data.decode()
            except UnicodeDecodeError:
                shown = data.decode("utf-8", "replace")
                raise OperationalError(f"Could not decode to UTF-8 column '{_text_at(_name_of(handle, index))}' with text '{shown}'") from None
        return data if factory is bytes else bytearray(data) if factory is bytearray else factory(data)

    def __iter__(self):
        return self

    def __next__(self):
        self._check()
        statement = self._statement
        if statement is None:
            raise StopIteration
        self._locked = True
        try:
            handle = statement.handle
            row = tuple([self._column(handle, index) for index in range(_data_count(handle))])
            status = _step(handle)
            if status == 101:
                if statement.is_dml:
                    self._rowcount = _changes(self._connection._database)
                self._release()
            elif status != 100:
                try:
                    self._connection._fail()
                finally:
                    self._release()
        finally:
            self._locked = False
        return row if self.row_factory is None else self.row_factory(self, row)

    def execute(self, sql, parameters=(), /):
        """Executes an SQL statement."""
        return self._run(sql, (parameters,), False)

    def executemany(self, sql, seq_of_parameters, /):
        """Repeatedly executes an SQL statement."""
        return self._run(sql, iter(seq_of_parameters), True)

    def executescript(self, sql_script, /):
        """Executes multiple SQL statements at once."""
        self._check()
        if not isinstance(sql_script, str):
            raise TypeError(f"executescript() argument must be str, not {type(sql_script).__name__}")
        connection, data = self._connection, sql_script.encode()
        if 0 in data:
            raise ValueError("embedded null character")
        if not _autocommit(connection._database):
            connection._simple("COMMIT")
        words = bytearray(16)
        place, text = _foreign.buffer_address(words, True)[0], _foreign.buffer_address(data or b" ", False)[0]
        end = text + len(data)
        while text < end:
            if _prepare(connection._database, text, end - text, place, place + 8) != 0:
                connection._fail()
            handle, text = _handle(_foreign.load("P", place), "finalize"), _foreign.load("P", place + 8)
            if not handle:
                continue
            try:
                status = 100
                while status == 100:
                    status = _step(handle)
                if status != 101:
                    connection._fail()
            finally:
                handle.free()
        return self

    def fetchone(self):
        """Fetches one row from the resultset."""
        return next(self, None)

    def fetchmany(self, size=None):
        """Fetches several rows from the resultset."""
        rows = []
        for _ in range(self.arraysize if size is None else size):
            row = next(self, None)
            if row is None:
                break
            rows.append(row)
        return rows

    def fetchall(self):
        """Fetches all rows from the resultset."""
        return list(self)

    def setinputsizes(self, sizes, /):
        """Required by DB-API. Does nothing in sqlite3."""

    def setoutputsize(self, size, column=None, /):
        """Required by DB-API. Does nothing in sqlite3."""

    def close(self):
        """Closes the cursor."""
        if self._locked:
            raise ProgrammingError("Recursive use of cursors not allowed.")
        if self._connection is None:
            raise ProgrammingError("Base Cursor.__init__ not called.")
        self._connection._check_thread()
        self._connection._check()
        self._release()
        self._closed = True

    def __del__(self):
        if self._connection is not None and self._statement is not None:
            self._release()


# MARK: Connections

_levels = ("", "DEFERRED", "IMMEDIATE", "EXCLUSIVE")


def _level(value):
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("isolation_level must be str or None")
    if value.upper() not in _levels:
        raise ValueError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")
    return value.upper()


class Connection:
    """SQLite database connection object."""
    _database, _initialized = None, False

    def __init__(self, database, timeout=5.0, detect_types=0, isolation_level="", check_same_thread=True, factory=None, cached_statements=128, uri=False):
        import os
        _audit("sqlite3.connect", database)
        if self._database:
            self._end()
        level = _level(isolation_level)
        data = os.fsencode(database) + b"\0"
        place = bytearray(8)
        address = _foreign.buffer_address(place, True)[0]
        for may_collect in (True, False):
            status = _open(_foreign.buffer_address(data, False)[0], address, 0x2 | 0x4 | (0x40 if uri else 0), 0)
            self._database = _handle(_foreign.load("P", address), "close_v2", 1 << 16)
            if status & 0xFF != _CANT_OPEN or not may_collect or self._call("system_errno", "") not in (_errno.EMFILE, _errno.ENFILE):
                break
            # Connections that are out of reach have descriptors.
            self._end()
            _gc.collect()
        self._kept, self._statements, self._cursors = {}, {}, _weakref.WeakSet()
        if status != 0:
            try:
                _raise(self._database)
            finally:
                self._end()
        self._call("busy_timeout", "i", int(timeout * 1000))
        self._call("extended_result_codes", "i", 1)
        self._detect_types, self._isolation_level, self._check_same_thread = detect_types, level, check_same_thread
        self._thread, self._most = _threading.get_ident(), cached_statements
        self.row_factory, self.text_factory, self._initialized = None, str, True
        _audit("sqlite3.connect/handle", self)

    def _call(self, name, codes, *arguments, result="i"):
        return _foreign.call(_foreign.dlsym(_library, "sqlite3_" + name), result, "@" + codes, (self._database, *arguments), 0)

    def _check_thread(self):
        if self._initialized and self._check_same_thread and _threading.get_ident() != self._thread:
            raise ProgrammingError("SQLite objects created in a thread can only be used in that same thread. "
                                   f"The object was created in thread id {self._thread} and this is thread id {_threading.get_ident()}.")

    def _check(self):
        if not self._initialized:
            raise ProgrammingError("Base Connection.__init__ not called.")
        self._check_thread()
        if not self._database:
            raise ProgrammingError("Cannot operate on a closed database.")

    def _fail(self):
        raised = self._kept.pop("raised", None)
        if raised is not None:
            raise raised
        _raise(self._database)

    def _statement(self, sql):
        statement = self._statements.pop(sql, None)
        if statement is None or statement.busy:
            statement = _Statement(self, sql)
        self._statements[sql] = statement
        while len(self._statements) > max(self._most, 1):
            del self._statements[next(iter(self._statements))]
        return statement

    def _simple(self, sql):
        statement = self._statement(sql)
        status = _step(statement.handle)
        if status not in (100, 101):
            try:
                self._fail()
            finally:
                statement.reset()
        statement.reset()

    def _end(self):
        for cursor in list(getattr(self, "_cursors", ())):
            cursor._release()
        for statement in getattr(self, "_statements", {}).values():
            if statement.handle:
                statement.handle.free()
        self._statements = {}
        database, self._database = self._database, None
        if database:
            database.free()

    def __del__(self):
        if self._database:
            self._end()

    @property
    def isolation_level(self):
        self._check()
        return self._isolation_level

    @isolation_level.setter
    def isolation_level(self, value):
        level = _level(value)
        if level is None:
            self._check()
            if not _autocommit(self._database):
                self._simple("COMMIT")
        self._isolation_level = level

    @isolation_level.deleter
    def isolation_level(self):
        raise AttributeError("cannot delete attribute")

    @property
    def in_transaction(self):
        self._check()
        return not _autocommit(self._database)

    @property
    def total_changes(self):
        self._check()
        return _total_changes(self._database)

    def cursor(self, factory=Cursor):
        """Return a cursor for the connection."""
        self._check()
        result = factory(self)
        if not isinstance(result, Cursor):
            raise TypeError(f"factory must return a cursor, not {type(result).__name__}")
        if self.row_factory is not None:
            result.row_factory = self.row_factory
        return result

    def execute(self, sql, parameters=(), /):
        """Executes an SQL statement."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql, parameters, /):
        """Repeatedly executes an SQL statement."""
        return self.cursor().executemany(sql, parameters)

    def executescript(self, sql_script, /):
        """Executes multiple SQL statements at once."""
        return self.cursor().executescript(sql_script)

    def __call__(self, sql, /):
        return self._statement(sql)

    def commit(self):
        """End the transaction, and keep what it did."""
        self._check()
        if not _autocommit(self._database):
            self._simple("COMMIT")

    def rollback(self):
        """End the transaction, and undo what it did."""
        self._check()
        if not _autocommit(self._database):
            self._simple("ROLLBACK")

    def close(self):
        """Close the database connection."""
        self._check_thread()
        if not self._initialized:
            raise ProgrammingError("Base Connection.__init__ not called.")
        self._end()

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, kind, error, traceback, /):
        if kind is None:
            try:
                self.commit()
            except BaseException:
                self.rollback()
                raise
        else:
            self.rollback()
        return False

    def interrupt(self):
        """Abort any pending database operation."""
        self._check()
        self._call("interrupt", "", result="v")

    def iterdump(self):
        """The statements that would make the database again."""
        self._check()
        from sqlite3.dump import _iterdump
        return _iterdump(self)

    # MARK: Functions that SQLite calls

    def _arguments(self, count, place):
        values = []
        for index in range(count):
            value = _foreign.load("P", place + 8 * index)
            kind = _value["type"](value)
            if kind == 1:
                values.append(_value["int64"](value))
            elif kind == 2:
                values.append(_value["double"](value))
            elif kind == 3:
                values.append(_foreign.read(_value["text"](value), _value["bytes"](value)).decode())
            elif kind == 4:
                blob = _value["blob"](value)
                values.append(_foreign.read(blob, _value["bytes"](value)) if blob else b"")
            else:
                values.append(None)
        return values

    def _answer(self, context, value):
        if value is None:
            _result["null"](context)
        elif isinstance(value, int):
            if not -1 << 63 <= value < 1 << 63:
                raise OverflowError("Python int too large to convert to SQLite INTEGER")
            _result["int64"](context, value)
        elif isinstance(value, float):
            _result["double"](context, value)
        elif isinstance(value, str):
            data = value.encode()
            _result["text"](context, _foreign.buffer_address(data or b" ", False)[0], len(data), _TRANSIENT)
        else:
            data = bytes(memoryview(value))
            _result["blob"](context, _foreign.buffer_address(data or b" ", False)[0], len(data), _TRANSIENT)

    def _error(self, context, text, function):
        import sys
        _report(function)
        kind = sys.exc_info()[0]
        if kind is not None and issubclass(kind, MemoryError):
            _result["error_nomem"](context)
        elif kind is not None and issubclass(kind, OverflowError):
            _result["error_toobig"](context)
        else:
            data = text.encode()
            _result["error"](context, _foreign.buffer_address(data, False)[0], len(data))

    def create_function(self, name, narg, func, /, *, deterministic=False):
        """Creates a new function."""
        self._check()
        data = name.encode() + b"\0"
        callback = None
        if func is not None:
            def call(context, count, place):
                try:
                    self._answer(context, func(*self._arguments(count, place)))
                except BaseException:
                    self._error(context, "user-defined function raised exception", func)
            callback = _foreign.Callback(call, "v", "PiP")
        status = self._call("create_function_v2", "PiiPPPPP", _foreign.buffer_address(data, False)[0], narg, 1 | (0x800 if deterministic else 0), 0,
                            callback.address if callback else 0, 0, 0, 0)
        if status != 0:
            raise OperationalError("Error creating function")
        self._kept["function", name, narg] = callback

    def _aggregate(self, name, narg, kind, window):
        instances = {}
        context_place = _function("aggregate_context", "P", "Pi")

        def instance(context, create):
            place = context_place(context, 8 if create else 0)
            if not place:
                return None, None
            key = _foreign.load("P", place)
            if key == 0 and create:
                key = len(instances) + 1
                while key in instances:
                    key += 1
                instances[key] = kind()
                _foreign.store("P", place, key)
            return key, instances.get(key)

        def step(context, count, place, method="step", create=True):
            try:
                _, target = instance(context, create)
            except BaseException:
                return self._error(context, "user-defined aggregate's '__init__' method raised error", kind)
            try:
                if target is not None:
                    getattr(target, method)(*self._arguments(count, place))
            except BaseException:
                self._error(context, f"user-defined aggregate's '{method}' method raised error", kind)

        def final(context):
            key, target = instance(context, False)
            try:
                if target is not None:
                    self._answer(context, target.finalize())
            except AttributeError:
                self._error(context, "user-defined aggregate's 'finalize' method not defined", kind)
            except BaseException:
                self._error(context, "user-defined aggregate's 'finalize' method raised error", kind)
            instances.pop(key, None)

        def value(context):
            _, target = instance(context, False)
            try:
                self._answer(context, target.value())
            except AttributeError:
                self._error(context, "user-defined aggregate's 'value' method not defined", kind)
            except BaseException:
                self._error(context, "user-defined aggregate's 'value' method raised error", kind)

        data = name.encode() + b"\0"
        callbacks = [] if kind is None else [_foreign.Callback(step, "v", "PiP"), _foreign.Callback(final, "v", "P")]
        if kind is not None and window:
            callbacks += [_foreign.Callback(value, "v", "P"), _foreign.Callback(lambda context, count, place: step(context, count, place, "inverse", False), "v", "PiP")]
        addresses = [callback.address for callback in callbacks] or [0] * (4 if window else 2)
        text = _foreign.buffer_address(data, False)[0]
        if window:
            status = self._call("create_window_function", "PiiPPPPPP", text, narg, 1, 0, *addresses, 0)
        else:
            status = self._call("create_function_v2", "PiiPPPPP", text, narg, 1, 0, 0, *addresses, 0)
        if status != 0:
            raise OperationalError("Error creating aggregate")
        self._kept["function", name, narg] = callbacks

    def create_aggregate(self, name, n_arg, aggregate_class, /):
        """Creates a new aggregate."""
        self._check()
        self._aggregate(name, n_arg, aggregate_class, False)

    def create_window_function(self, name, num_params, aggregate_class, /):
        """Let a class be an aggregate function that works on windows."""
        self._check()
        self._aggregate(name, num_params, aggregate_class, True)

    def create_collation(self, name, callback, /):
        """Creates a collation function."""
        self._check()
        if callback is not None and not callable(callback):
            raise TypeError("parameter must be callable")
        compare = None
        if callback is not None:
            def call(_, length_a, a, length_b, b):
                try:
                    order = callback(_foreign.read(a, length_a).decode() if length_a else "", _foreign.read(b, length_b).decode() if length_b else "")
                    return (order > 0) - (order < 0)
                except BaseException:
                    _report(callback)
                    return 0
            compare = _foreign.Callback(call, "i", "PiPiP")
        data = name.encode() + b"\0"
        if self._call("create_collation_v2", "PiPPP", _foreign.buffer_address(data, False)[0], 1, 0, compare.address if compare else 0, 0) != 0:
            _raise(self._database)
        self._kept["collation", name] = compare

    def _hook(self, name, register, codes, function, result, callback_codes, before=(), after=()):
        self._check()
        callback = _foreign.Callback(function, result, callback_codes) if function else None
        self._call(register, codes, *before, callback.address if callback else 0, 0, *after)
        self._kept[name] = callback

    def set_authorizer(self, authorizer_callback):
        """Sets authorizer callback."""
        def call(_, action, *names):
            try:
                answer = authorizer_callback(action, *map(_text_at, names))
                return answer if isinstance(answer, int) and -1 << 31 <= answer < 1 << 31 else 1
            except BaseException:
                _report(authorizer_callback)
                return 1
        self._hook("authorizer", "set_authorizer", "PP", call if authorizer_callback is not None else None, "i", "PiPPPP")

    def set_progress_handler(self, progress_handler, n):
        """Sets progress handler callback."""
        def call(_):
            try:
                return int(bool(progress_handler()))
            except BaseException:
                _report(progress_handler)
                return 1
        self._hook("progress", "progress_handler", "iPP", call if progress_handler is not None else None, "i", "P", before=(n,))

    def set_trace_callback(self, trace_callback):
        """Let a function see each statement that runs."""
        expanded, free = _function("expanded_sql", "P", "P"), _function("free", "v", "P")

        def call(kind, _, statement, sql):
            try:
                place = expanded(statement)
                text = _text_at(place or sql)
                if place:
                    free(place)
                trace_callback(text)
            except BaseException:
                _report(trace_callback)
            return 0
        self._check()
        callback = _foreign.Callback(call, "i", "IPPP") if trace_callback is not None else None
        self._call("trace_v2", "IPP", 1 if callback else 0, callback.address if callback else 0, 0)
        self._kept["trace"] = callback

    # MARK: The rest

    def enable_load_extension(self, enable, /):
        """Allow extensions to be loaded, or not."""
        self._check()
        _audit("sqlite3.enable_load_extension", self, bool(enable))
        if self._call("enable_load_extension", "i", int(bool(enable))) != 0:
            raise OperationalError("Error enabling load extension")

    def load_extension(self, name, /):
        """Load SQLite extension module."""
        self._check()
        _audit("sqlite3.load_extension", self, name)
        data, place = name.encode() + b"\0", bytearray(8)
        address = _foreign.buffer_address(place, True)[0]
        if self._call("load_extension", "PPP", _foreign.buffer_address(data, False)[0], 0, address) != 0:
            raise OperationalError(_text_at(_foreign.load("P", address)))

    def getlimit(self, category, /):
        """Get connection run-time limits."""
        return self.setlimit(category, -1)

    def setlimit(self, category, limit, /):
        """Set connection run-time limits."""
        self._check()
        old = self._call("limit", "ii", category, limit)
        if old < 0:
            raise ProgrammingError("'category' is out of bounds")
        return old

    def backup(self, target, *, pages=-1, progress=None, name="main", sleep=0.25):
        """Makes a backup of the database."""
        self._check()
        if not isinstance(target, Connection):
            raise TypeError(f"backup() argument 1 must be sqlite3.Connection, not {type(target).__name__}")
        target._check()
        if target is self:
            raise ValueError("target cannot be the same connection instance")
        if progress is not None and not callable(progress):
            raise TypeError("progress argument must be a callable")
        import time
        source, main = name.encode() + b"\0", b"main\0"
        handle = target._call("backup_init", "P@P", _foreign.buffer_address(main, False)[0], self._database, _foreign.buffer_address(source, False)[0], result="P")
        if not handle:
            _raise(target._database)
        step, finish = _function("backup_step", "i", "Pi"), _function("backup_finish", "i", "P")
        remaining, total = _function("backup_remaining", "i", "P"), _function("backup_pagecount", "i", "P")
        try:
            while True:
                status = step(handle, pages or -1)
                if progress is not None:
                    progress(status, remaining(handle), total(handle))
                if status in (5, 6):
                    time.sleep(sleep)
                elif status != 0:
                    break
        finally:
            finished = finish(handle)
        if finished != 0:
            _raise(target._database)

    def serialize(self, *, name="main"):
        """Serialize a database into a byte string."""
        self._check()
        text, size = name.encode() + b"\0", bytearray(8)
        place = _foreign.buffer_address(size, True)[0]
        data = self._call("serialize", "PPI", _foreign.buffer_address(text, False)[0], place, 0, result="P")
        if not data:
            raise OperationalError(f"unable to serialize '{name}'")
        result = _foreign.read(data, _foreign.load("q", place))
        _function("free", "v", "P")(data)
        return result

    def deserialize(self, data, /, *, name="main"):
        """Load a serialized database."""
        self._check()
        data, text = bytes(memoryview(data)), name.encode() + b"\0"
        place = _function("malloc64", "P", "Q")(max(len(data), 1))
        if data:
            _foreign.write(place, data)
        if self._call("deserialize", "PPqqI", _foreign.buffer_address(text, False)[0], place, len(data), len(data), 3) != 0:
            _raise(self._database)

    def blobopen(self, table, column, row, /, *, readonly=False, name="main"):
        """Open and return a BLOB object."""
        self._check()
        texts, place = [text.encode() + b"\0" for text in (name, table, column)], bytearray(8)
        address = _foreign.buffer_address(place, True)[0]
        if self._call("blob_open", "PPPqiP", *[_foreign.buffer_address(text, False)[0] for text in texts], row, int(not readonly), address) != 0:
            _raise(self._database)
        return Blob._make(self, _handle(_foreign.load("P", address), "blob_close"))


for _class in (Warning, Error, InterfaceError, DatabaseError, DataError, OperationalError, IntegrityError, InternalError, ProgrammingError, NotSupportedError):
    setattr(Connection, _class.__name__, _class)


class Blob:
    """A BLOB opened for reading and writing as a file and as a sequence."""
    _handle = None

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create 'sqlite3.Blob' instances")

    @classmethod
    def _make(cls, connection, handle):
        self = object.__new__(cls)
        self._connection, self._handle, self._offset = connection, handle, 0
        return self

    def _check(self):
        self._connection._check()
        if not self._handle:
            raise ProgrammingError("Cannot operate on a closed blob.")

    def close(self):
        """Close the blob."""
        self._connection._check()
        if self._handle:
            self._handle.free()

    def __len__(self):
        self._check()
        return _function("blob_bytes", "i", "@")(self._handle)

    def _read(self, offset, size):
        data = bytearray(max(size, 1))
        if _function("blob_read", "i", "@Pii")(self._handle, _foreign.buffer_address(data, True)[0], size, offset) != 0:
            _raise(self._connection._database)
        return bytes(data[:size])

    def _write(self, offset, data):
        if _function("blob_write", "i", "@Pii")(self._handle, _foreign.buffer_address(data or b" ", False)[0], len(data), offset) != 0:
            _raise(self._connection._database)

    def read(self, length=-1, /):
        """Read data at the current offset position."""
        rest = len(self) - self._offset
        if length < 0 or length > rest:
            length = rest
        data = self._read(self._offset, length)
        self._offset += length
        return data

    def write(self, data, /):
        """Write data at the current offset."""
        data = bytes(memoryview(data))
        if len(data) > len(self) - self._offset:
            raise ValueError("data longer than blob length")
        self._write(self._offset, data)
        self._offset += len(data)

    def tell(self):
        """Where the next byte is read or written."""
        self._check()
        return self._offset

    def seek(self, offset, origin=0, /):
        """Set the current access position to offset."""
        size = len(self)
        if origin not in (0, 1, 2):
            raise ValueError("'origin' should be os.SEEK_SET, os.SEEK_CUR, or os.SEEK_END")
        place = offset + (0, self._offset, size)[origin]
        if not 0 <= place <= size:
            raise ValueError("offset out of blob range")
        self._offset = place

    def __getitem__(self, key):
        size = len(self)
        if isinstance(key, slice):
            places = range(*key.indices(size))
            if not places:
                return b""
            low, high = min(places), max(places) + 1
            data = self._read(low, high - low)
            return bytes([data[place - low] for place in places])
        if not hasattr(type(key), "__index__"):
            raise TypeError("Blob indices must be integers")
        key = key.__index__()
        if not -size <= key < size:
            raise IndexError("Blob index out of range")
        return self._read(key % size, 1)[0]

    def __setitem__(self, key, value):
        size = len(self)
        if isinstance(key, slice):
            places, data = range(*key.indices(size)), bytes(memoryview(value))
            if len(places) != len(data):
                raise IndexError("Blob slice assignment is wrong size")
            for place, byte in zip(places, data):
                self._write(place, bytes([byte]))
            return
        if not hasattr(type(key), "__index__"):
            raise TypeError("Blob indices must be integers")
        if not isinstance(value, int):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
        if not 0 <= value < 256:
            raise ValueError("byte must be in range(0, 256)")
        key = key.__index__()
        if not -size <= key < size:
            raise IndexError("Blob index out of range")
        self._write(key % size, bytes([value]))

    def __delitem__(self, key):
        raise TypeError("Blob doesn't support item deletion")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, kind, error, traceback, /):
        self.close()
        return False


def connect(database=None, timeout=5.0, detect_types=0, isolation_level="", check_same_thread=True, factory=Connection, cached_statements=128, uri=False):
    """Connect to a database: a file's path, or ":memory:"."""
    if database is None:
        raise TypeError("Connection() missing required argument 'database' (pos 1)")
    return factory(database, timeout, detect_types, isolation_level, check_same_thread, factory, cached_statements, uri)


for _class in (Row, Cursor, Connection, Blob, PrepareProtocol):
    _class.__module__ = "sqlite3"

for _class in (PrepareProtocol, Row, Cursor, Connection, Blob):
    _twins.seal(_class)
_twins.publish(globals(), without_signature=["adapt", "connect"])
