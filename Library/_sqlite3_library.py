"""The library SQLite for `_sqlite3`: its functions by `_foreign`, its numbers, and the exceptions that its results become."""
import _foreign

_results = dict(
    ABORT=4, AUTH=23, BUSY=5, CANTOPEN=14, CONSTRAINT=19, CORRUPT=11, DONE=101, EMPTY=16, ERROR=1, FORMAT=24, FULL=13, INTERNAL=2, INTERRUPT=9,
    IOERR=10, LOCKED=6, MISMATCH=20, MISUSE=21, NOLFS=22, NOMEM=7, NOTADB=26, NOTFOUND=12, OK=0, PERM=3, PROTOCOL=15, RANGE=25, READONLY=8, ROW=100,
    SCHEMA=17, TOOBIG=18, NOTICE=27, WARNING=28, ABORT_ROLLBACK=516, BUSY_RECOVERY=261, CANTOPEN_FULLPATH=782, CANTOPEN_ISDIR=526,
    CANTOPEN_NOTEMPDIR=270, CORRUPT_VTAB=267, IOERR_ACCESS=3338, IOERR_BLOCKED=2826, IOERR_CHECKRESERVEDLOCK=3594, IOERR_CLOSE=4106,
    IOERR_DELETE=2570, IOERR_DELETE_NOENT=5898, IOERR_DIR_CLOSE=4362, IOERR_DIR_FSYNC=1290, IOERR_FSTAT=1802, IOERR_FSYNC=1034, IOERR_LOCK=3850,
    IOERR_NOMEM=3082, IOERR_RDLOCK=2314, IOERR_READ=266, IOERR_SEEK=5642, IOERR_SHMLOCK=5130, IOERR_SHMMAP=5386, IOERR_SHMOPEN=4618,
    IOERR_SHMSIZE=4874, IOERR_SHORT_READ=522, IOERR_TRUNCATE=1546, IOERR_UNLOCK=2058, IOERR_WRITE=778, LOCKED_SHAREDCACHE=262, READONLY_CANTLOCK=520,
    READONLY_RECOVERY=264, CONSTRAINT_CHECK=275, CONSTRAINT_COMMITHOOK=531, CONSTRAINT_FOREIGNKEY=787, CONSTRAINT_FUNCTION=1043,
    CONSTRAINT_NOTNULL=1299, CONSTRAINT_PRIMARYKEY=1555, CONSTRAINT_TRIGGER=1811, CONSTRAINT_UNIQUE=2067, CONSTRAINT_VTAB=2323,
    READONLY_ROLLBACK=776, IOERR_MMAP=6154, NOTICE_RECOVER_ROLLBACK=539, NOTICE_RECOVER_WAL=283, BUSY_SNAPSHOT=517, IOERR_GETTEMPPATH=6410,
    WARNING_AUTOINDEX=284, CANTOPEN_CONVPATH=1038, IOERR_CONVPATH=6666, CONSTRAINT_ROWID=2579, READONLY_DBMOVED=1032, AUTH_USER=279,
    IOERR_VNODE=6922, IOERR_AUTH=7178, OK_LOAD_PERMANENTLY=256, IOERR_BEGIN_ATOMIC=7434, IOERR_COMMIT_ATOMIC=7690, IOERR_ROLLBACK_ATOMIC=7946,
    ERROR_MISSING_COLLSEQ=257, ERROR_RETRY=513, READONLY_CANTINIT=1288, READONLY_DIRECTORY=1544, CORRUPT_SEQUENCE=523, LOCKED_VTAB=518,
    CANTOPEN_DIRTYWAL=1294, ERROR_SNAPSHOT=769, CANTOPEN_SYMLINK=1550, CONSTRAINT_PINNED=2835, OK_SYMLINK=512, BUSY_TIMEOUT=773, CORRUPT_INDEX=779,
    IOERR_DATA=8202, IOERR_CORRUPTFS=8458,
)
_others = dict(
    DENY=1, IGNORE=2, CREATE_INDEX=1, CREATE_TABLE=2, CREATE_TEMP_INDEX=3, CREATE_TEMP_TABLE=4, CREATE_TEMP_TRIGGER=5, CREATE_TEMP_VIEW=6,
    CREATE_TRIGGER=7, CREATE_VIEW=8, DELETE=9, DROP_INDEX=10, DROP_TABLE=11, DROP_TEMP_INDEX=12, DROP_TEMP_TABLE=13, DROP_TEMP_TRIGGER=14,
    DROP_TEMP_VIEW=15, DROP_TRIGGER=16, DROP_VIEW=17, INSERT=18, PRAGMA=19, READ=20, SELECT=21, TRANSACTION=22, UPDATE=23, ATTACH=24, DETACH=25,
    ALTER_TABLE=26, REINDEX=27, ANALYZE=28, CREATE_VTABLE=29, DROP_VTABLE=30, FUNCTION=31, SAVEPOINT=32, RECURSIVE=33, LIMIT_LENGTH=0,
    LIMIT_SQL_LENGTH=1, LIMIT_COLUMN=2, LIMIT_EXPR_DEPTH=3, LIMIT_COMPOUND_SELECT=4, LIMIT_VDBE_OP=5, LIMIT_FUNCTION_ARG=6, LIMIT_ATTACHED=7,
    LIMIT_LIKE_PATTERN_LENGTH=8, LIMIT_VARIABLE_NUMBER=9, LIMIT_TRIGGER_DEPTH=10, LIMIT_WORKER_THREADS=11,
)
_constants = {"SQLITE_" + _name: _number for _name, _number in (_results | _others).items()}

try:
    _library = _foreign.dlopen("libsqlite3.so.0", 2)
except OSError as _error:
    raise ImportError(str(_error)) from None


def _function(name, result, codes):
    """A function of the library: its arguments and result by code."""
    address = _foreign.dlsym(_library, "sqlite3_" + name)
    return lambda *arguments: _foreign.call(address, result, codes, arguments, 0)


def _handle(address, destructor, size=0):
    """What SQLite made, to be freed by a function of its own; None for nothing. It takes about so many bytes."""
    return _foreign.Handle(address, _foreign.dlsym(_library, "sqlite3_" + destructor), size) if address else None


_open = _function("open_v2", "i", "PPiP")
_errmsg = _function("errmsg", "P", "@")
_errcode = _function("extended_errcode", "i", "@")
_total_changes = _function("total_changes", "i", "@")
_autocommit = _function("get_autocommit", "i", "@")
_result = {kind: _function("result_" + kind, "v", "P" + codes) for kind, codes in [("null", ""), ("int64", "q"), ("double", "d"), ("text", "PiP"), ("blob", "PiP"), ("error", "Pi"),
                                                                                 ("error_nomem", ""), ("error_toobig", "")]}
_TRANSIENT = (1 << 64) - 1
_foreign.call(_foreign.dlsym(_library, "sqlite3_initialize"), "i", "", (), 0)
sqlite_version = _foreign.read(_foreign.call(_foreign.dlsym(_library, "sqlite3_libversion"), "P", "", (), 0), -1).decode()


# MARK: Exceptions

def _exception(name, base):
    return type(name, (base,), {"__module__": "sqlite3"})


Warning = _exception("Warning", Exception)
Error = _exception("Error", Exception)
InterfaceError = _exception("InterfaceError", Error)
DatabaseError = _exception("DatabaseError", Error)
DataError = _exception("DataError", DatabaseError)
OperationalError = _exception("OperationalError", DatabaseError)
IntegrityError = _exception("IntegrityError", DatabaseError)
InternalError = _exception("InternalError", DatabaseError)
ProgrammingError = _exception("ProgrammingError", DatabaseError)
NotSupportedError = _exception("NotSupportedError", DatabaseError)

_classes = dict.fromkeys((1, 3, 4, 5, 6, 8, 9, 10, 13, 14, 15, 16, 17), OperationalError) | {
    2: InternalError, 12: InternalError, 11: DatabaseError, 18: DataError, 19: IntegrityError, 20: IntegrityError, 21: InterfaceError, 25: InterfaceError}
_names = {}
for _name, _value_of_name in _results.items():
    _names.setdefault(_value_of_name, "SQLITE_" + _name)


def _raise(database):
    """Raise what SQLite says of its last failure."""
    code = _errcode(database) if database else 7
    if code & 255 == 7:
        raise MemoryError
    error = _classes.get(code & 255, DatabaseError)(_text_at(_errmsg(database)))
    error.sqlite_errorcode = code
    error.sqlite_errorname = _names.get(code, "unknown")
    raise error


def _text_at(address):
    return _foreign.read(address, -1).decode("utf-8", "replace") if address else None
