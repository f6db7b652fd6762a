"""The module under sqlite3, over the library SQLite by `_foreign`.

Statements, their parameters and rows are native code's (`Sources/ForeignFunctions`), which asks functions here (`_helpers`) for what is rare.
A statement belongs to the cursor that runs it until it is done; then its connection keeps it for the next time the same text is run. Python's functions that
SQLite calls are kept by the connection. SQLite is opened for use by many threads and guarded by the interpreter's rule that a connection stays in its thread.
"""
import errno as _errno
import _foreign
import _sqlite3_fast
import _twins
import gc as _gc
import threading as _threading
from sys import audit as _audit
from _sqlite3_fast import Connection as _Connection, Cursor as _Cursor, Row, aggregate_key as _aggregate_key, answer as _answer, apply as _apply, compare as _compare
from _sqlite3_library import (
    DatabaseError, DataError, Error, IntegrityError, InterfaceError, InternalError, NotSupportedError, OperationalError, ProgrammingError, sqlite_version,
    Warning, _autocommit, _constants, _function, _handle, _library, _open, _raise, _result, _text_at, _total_changes,
)

_sqlite3_fast.load(_library)

globals().update(_constants)
PARSE_DECLTYPES, PARSE_COLNAMES = 1, 2
version = _deprecated_version = "2.6.0"
threadsafety = 3
adapters, converters = {}, {}
_MappingProxy = type(type.__dict__)
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
    if type in (int, float, str, bytearray):
        _sqlite3_fast.adapt_all()


def register_converter(typename, converter, /):
    """Let a function make objects from values of a declared type."""
    converters[typename.upper()] = converter


def _unless_type_error(function, argument):
    try:
        return function(argument)
    except TypeError:
        return None


def adapt(obj, proto=PrepareProtocol, *alternative):
    """Adapt given object to given protocol."""
    adapter = adapters.get((type(obj), proto))
    if adapter is not None:
        return adapter(obj)
    conform = getattr(proto, "__adapt__", None)
    if conform is not None:
        result = _unless_type_error(conform, obj)
        if result is not None:
            return result
    conform = getattr(obj, "__conform__", None)
    if conform is not None:
        result = _unless_type_error(conform, proto)
        if result is not None:
            return result
    if alternative:
        return alternative[0]
    raise ProgrammingError("can't adapt")


# MARK: What native code asks for

def _values(statement, parameters, needed):
    """The values of parameters that are neither an exact tuple nor a list, nor a dict that has them all."""
    kind = type(parameters)
    if not hasattr(kind, "__getitem__"):
        raise ProgrammingError("parameters are of unsupported type")
    # As in C, what has items is a sequence unless it is a dict, or a type in C with keys alone.
    if not isinstance(parameters, (dict, _MappingProxy)):
        if len(parameters) != needed:
            raise ProgrammingError(f"Incorrect number of bindings supplied. The current statement uses {needed}, and there are {len(parameters)} supplied.")
        return [parameters[index] for index in range(needed)]
    values = []
    for position in range(1, needed + 1):
        name = statement.parameter_name(position)
        if name is None:
            raise ProgrammingError(f"Binding {position} has no name, but you supplied a dictionary (which has only names).")
        try:
            values.append(parameters[name[1:]])
            continue
        except LookupError:
            pass
        raise ProgrammingError(f"You did not supply a value for binding parameter :{name[1:]}.")
    return values


def _as_bytes(value, position):
    """What has no buffer cannot be bound to a parameter, nor be what a function gives (position 0)."""
    if position:
        raise ProgrammingError(f"Error binding parameter {position}: type '{type(value).__name__}' is not supported")
    raise TypeError(f"a value of SQLite is required, not '{type(value).__name__}'")


def _undecodable(data, name):
    raise OperationalError(f"Could not decode to UTF-8 column '{name}' with text '{data.decode('utf-8', 'replace')}'")


def _describe(detect, names, kinds):
    """A cursor's description and the converters of its columns, where types are detected."""
    shown, found = [], []
    for name, declared in zip(names, kinds):
        converter = None
        if detect & PARSE_COLNAMES and "[" in name:
            start = name.index("[")
            converter = converters.get(name[start + 1:].partition("]")[0].upper())
            if start > 0 and name[start - 1] == " ":
                start -= 1
            name = name[:start]
        if converter is None and detect & PARSE_DECLTYPES and declared:
            converter = converters.get(declared.replace("(", " ").split(" ")[0].upper())
        shown.append((name, None, None, None, None, None, None))
        found.append(converter)
    return tuple(shown), tuple(found)


def complete_statement(statement):
    """Whether a text is a whole statement."""
    data = statement.encode() + b"\0"
    return bool(_foreign.call(_foreign.dlsym(_library, "sqlite3_complete"), "i", "P", (_foreign.buffer_address(data, False)[0],), 0))


def enable_shared_cache(do_enable):
    """Let connections of this thread share their cache, or not."""
    if _foreign.call(_foreign.dlsym(_library, "sqlite3_enable_shared_cache"), "i", "i", (int(do_enable),), 0) != 0:
        raise OperationalError("Changing the shared_cache flag failed")


# MARK: Cursors

class Cursor(_Cursor):
    """SQLite database cursor class."""
    __slots__ = ()

    def executescript(self, sql_script, /):
        """Executes multiple SQL statements at once."""
        self._check()
        if not isinstance(sql_script, str):
            raise TypeError(f"executescript() argument must be str, not {type(sql_script).__name__}")
        connection, data = self.connection, sql_script.encode()
        if 0 in data:
            raise ValueError("embedded null character")
        if len(data) > connection.getlimit(1):
            raise DataError("query string is too large")
        if not _autocommit(connection._database):
            connection._simple("COMMIT")
        connection._run_script(data)
        return self

    def setinputsizes(self, sizes, /):
        """Required by DB-API. Does nothing in sqlite3."""

    def setoutputsize(self, size, column=None, /):
        """Required by DB-API. Does nothing in sqlite3."""

    def close(self):
        """Closes the cursor."""
        if self._locked:
            raise ProgrammingError("Recursive use of cursors not allowed.")
        connection = self.connection
        if connection is None:
            raise ProgrammingError("Base Cursor.__init__ not called.")
        connection._check_thread()
        connection._check()
        self._release()
        self._closed = True


# MARK: Connections

def _check_name(function, name):
    if not isinstance(name, str):
        raise TypeError(f"{function}() argument 1 must be str, not {'None' if name is None else type(name).__name__}")


def _contiguous(value):
    """The bytes of a buffer that lies in one piece."""
    view = memoryview(value)
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return bytes(view)


_levels = ("", "DEFERRED", "IMMEDIATE", "EXCLUSIVE")


def _level(value):
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError("isolation_level must be str or None")
    value = str.upper(value)
    if value not in _levels:
        raise ValueError("isolation_level string must be '', 'DEFERRED', 'IMMEDIATE', or 'EXCLUSIVE'")
    return value


class Connection(_Connection):
    """SQLite database connection object."""
    # The functions that SQLite may call, by what they are for.
    __slots__ = ("_kept",)

    def __init__(self, database, timeout=5.0, detect_types=0, isolation_level="", check_same_thread=True, factory=None, cached_statements=128, uri=False):
        import os
        _audit("sqlite3.connect", database)
        # Cursors go on with the statements of the database that there was, which is closed when nobody has it.
        self._database, self._statements, self._initialized = None, {}, False
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
        self._kept, self._statements = {}, {}
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

    def _simple(self, sql):
        statement = self._statement(sql)
        status = statement.step()
        if status not in (100, 101):
            try:
                self._fail()
            finally:
                statement.reset()
        statement.reset()

    def _end(self):
        self._reset_all()
        for statement in (self._statements or {}).values():
            statement.free()
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
    def total_changes(self):
        self._check()
        return _total_changes(self._database)

    def executescript(self, sql_script, /):
        """Executes multiple SQL statements at once."""
        return Cursor(self).executescript(sql_script)

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
        _check_name("create_function", name)
        data = name.encode() + b"\0"
        callback = None
        if func is not None:
            def call(context, count, place):
                try:
                    _apply(func, context, count, place)
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
        def instance(context, create):
            key = _aggregate_key(context, create, 0)
            if key == 0 and create:
                key = len(instances) + 1
                while key in instances:
                    key += 1
                instances[key] = kind()
                _aggregate_key(context, True, key)
            return key, instances.get(key)

        def step(context, count, place, method="step", create=True):
            target = instances.get(_aggregate_key(context, create, 0))
            if target is None:
                try:
                    _, target = instance(context, create)
                except BaseException:
                    return self._error(context, "user-defined aggregate's '__init__' method raised error", kind)
            if target is None:
                return None
            try:
                function = getattr(target, method)
            except BaseException:
                return self._error(context, f"user-defined aggregate's '{method}' method not defined", kind)
            try:
                _apply(function, 0, count, place)
            except BaseException:
                self._error(context, f"user-defined aggregate's '{method}' method raised error", kind)

        def final(context):
            key, target = instance(context, False)
            try:
                if target is not None:
                    _answer(context, target.finalize())
            except AttributeError:
                self._error(context, "user-defined aggregate's 'finalize' method not defined", kind)
            except BaseException:
                self._error(context, "user-defined aggregate's 'finalize' method raised error", kind)
            instances.pop(key, None)

        def value(context):
            _, target = instance(context, False)
            try:
                _answer(context, target.value())
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
        if status != 0 and window:
            raise ProgrammingError(_text_at(_function("errstr", "P", "i")(status)))
        if status != 0:
            raise OperationalError("Error creating aggregate")
        self._kept["function", name, narg] = callbacks

    def create_aggregate(self, name, n_arg, aggregate_class, /):
        """Creates a new aggregate."""
        self._check()
        _check_name("create_aggregate", name)
        self._aggregate(name, n_arg, aggregate_class, False)

    def create_window_function(self, name, num_params, aggregate_class, /):
        """Let a class be an aggregate function that works on windows."""
        self._check()
        _check_name("create_window_function", name)
        self._aggregate(name, num_params, aggregate_class, True)

    def create_collation(self, name, callback, /):
        """Creates a collation function."""
        self._check()
        _check_name("create_collation", name)
        if callback is not None and not callable(callback):
            raise TypeError("parameter must be callable")
        compare = None
        if callback is not None:
            def call(_, length_a, a, length_b, b):
                try:
                    return _compare(callback, length_a, a, length_b, b)
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
        data, text = _contiguous(data), name.encode() + b"\0"
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
        data = _contiguous(data)
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
        start = (0, self._offset, size)[origin]
        if start and offset > 0x7FFFFFFF - start:
            raise OverflowError("seek offset results in offset overflow")
        place = offset + start
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
        if not -1 << 63 <= key < 1 << 63:
            raise IndexError("cannot fit 'int' into an index-sized integer")
        if not -size <= key < size:
            raise IndexError("Blob index out of range")
        return self._read(key % size, 1)[0]

    def __setitem__(self, key, value):
        size = len(self)
        if isinstance(key, slice):
            places, data = range(*key.indices(size)), _contiguous(value)
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
        if not -1 << 63 <= key < 1 << 63:
            raise IndexError("cannot fit 'int' into an index-sized integer")
        if not -size <= key < size:
            raise IndexError("Blob index out of range")
        self._write(key % size, bytes([value]))

    def __delitem__(self, key):
        raise TypeError("Blob doesn't support item deletion")

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, kind, error, traceback, /):
        self._check()
        self.close()
        return False

    # It has keys and no items by number.
    __iter__ = None


def connect(*arguments, **keywords):
    """Connect to a database: a file's path, or ":memory:". A factory gets the arguments as they are."""
    factory = arguments[5] if len(arguments) > 5 else keywords.get("factory", Connection)
    if factory is Connection and not arguments and "database" not in keywords:
        raise TypeError("Connection() missing required argument 'database' (pos 1)")
    return factory(*arguments, **keywords)


for _class in (Cursor, Connection, Blob, PrepareProtocol):
    _class.__module__ = "sqlite3"

_sqlite3_fast.install({
    "check": Connection._check, "fail": Connection._fail, "raise_last": lambda connection: _raise(connection._database), "begin": lambda connection: connection._simple("BEGIN " + connection._isolation_level),
    "collect": _gc.collect, "describe": _describe, "values": _values, "adapt": adapt, "as_bytes": _as_bytes, "undecodable": _undecodable, "adapters": adapters, "PrepareProtocol": PrepareProtocol,
    "Cursor": Cursor, "ProgrammingError": ProgrammingError, "DataError": DataError,
})
for _class in (PrepareProtocol, Cursor, Connection, Blob):
    _twins.seal(_class)
_twins.publish(globals(), without_signature=["adapt", "connect"])
