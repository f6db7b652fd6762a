"""The module under dbm.ndbm, over the ndbm interface of Berkeley DB by `_foreign`.

A datum, the address and the size of bytes, goes to the library and comes back by value. What comes back is the library's until its next call.
"""
import _foreign
import _twins
import atexit as _atexit
import os as _os
import weakref as _weakref
from struct import pack as _pack, unpack_from as _unpack

library = "Berkeley DB"
_library = _foreign.dlopen("libdb-5.3.so", 2)
_insert, _replace = 0, 1
_open = _weakref.WeakSet()


class error(OSError):
    pass


error.__module__ = "_dbm"


def _call(name, result, codes, *arguments):
    return _foreign.call(_foreign.dlsym(_library, "__db_ndbm_" + name), result, codes, arguments, 2)


def _datum(data):
    return _pack("Pi4x", _foreign.buffer_address(data, False)[0] if data else 0, len(data))


def _bytes(datum):
    """The bytes of a datum of the library's; None when there are none."""
    address, size = _unpack("Pi", datum)
    return _foreign.read(address, size) if address and size else b"" if address else None


def _text(value):
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, int) or value is None:
        raise TypeError(f"a bytes-like object is required, not '{type(value).__name__}'")
    return bytes(memoryview(value))


class dbm:
    """A database: a mapping of bytes to bytes. Strings stand for their UTF-8."""
    __slots__ = "_handle", "__weakref__"

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_dbm.dbm' instances")

    def _opened(self):
        if not self._handle:
            raise error("DBM object has already been closed")
        return self._handle

    def _fetch(self, key):
        return _bytes(_call("fetch", "{Pi}", "@{Pi}", self._opened(), _datum(key)))

    def _store(self, key, value, how, message):
        if _call("store", "i", "@{Pi}{Pi}i", self._opened(), _datum(key), _datum(value), how) < 0:
            self._fail(message)

    def _fail(self, message):
        _call("clearerr", "i", "@", self._handle)
        raise error(message)

    def __len__(self):
        return len(self.keys())

    def __bool__(self):
        return _bytes(_call("firstkey", "{Pi}", "@", self._opened())) is not None

    def __contains__(self, key, /):
        self._opened()
        if not isinstance(key, (str, bytes)):
            raise TypeError(f"dbm key must be bytes or string, not {type(key).__name__}")
        return self._fetch(_text(key)) is not None

    def __getitem__(self, key, /):
        self._opened()
        value = self._fetch(_text(key))
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key, value, /):
        self._opened()
        try:
            key, value = _text(key), _text(value)
        except TypeError:
            key = None
        if key is None:
            raise TypeError("dbm mappings have bytes or string elements only")
        self._store(key, value, _replace, "cannot add item to database")

    def __delitem__(self, key, /):
        handle, data = self._opened(), _text(key)
        if _call("delete", "i", "@{Pi}", handle, _datum(data)) < 0:
            if _call("rdonly", "i", "@", handle):
                self._fail("cannot delete item from database")
            _call("clearerr", "i", "@", handle)
            raise KeyError(key)

    __iter__ = None

    def close(self, /):
        """Close the database."""
        if self._handle:
            self._handle.free()
            _open.discard(self)

    def keys(self, /):
        """Return a list of all keys in the database."""
        handle, result = self._opened(), []
        key = _bytes(_call("firstkey", "{Pi}", "@", handle))
        while key is not None:
            result.append(key)
            key = _bytes(_call("nextkey", "{Pi}", "@", handle))
        return result

    def get(self, key, default=None, /):
        """Return the value for key if present, otherwise default."""
        self._opened()
        value = self._fetch(_text(key))
        return default if value is None else value

    def setdefault(self, key, default=b"", /):
        """Return the value for key if present, otherwise store default."""
        self._opened()
        key = _text(key)
        value = self._fetch(key)
        if value is None:
            if not isinstance(default, (str, bytes, bytearray)):
                raise TypeError("dbm mappings have bytes or string elements only")
            value = _text(default)
            self._store(key, value, _insert, "cannot add item to database")
        return value

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()

    def __del__(self):
        self.close()


dbm.__module__ = "_dbm"
_twins.seal(dbm)
_flags = {"r": _os.O_RDONLY, "w": _os.O_RDWR, "rw": _os.O_RDWR | _os.O_CREAT, "c": _os.O_RDWR | _os.O_CREAT, "n": _os.O_RDWR | _os.O_CREAT | _os.O_TRUNC}


def open(filename, flags="r", mode=0o666, /):
    """Return a database object.

  filename
    The file's name, without the suffix .db that it has on disk.
  flags
    "r" to read, "w" to write, "c" to create it when it is not there, "n" to begin anew.
  mode
    The mode bits of a new file."""
    path = _os.fsencode(filename)
    if not isinstance(flags, str):
        raise TypeError(f"open() argument 2 must be str, not {type(flags).__name__}")
    if flags not in _flags:
        raise error("arg 2 to open should be 'r', 'w', 'c', or 'n'")
    if b"\0" in path:
        raise ValueError("embedded null byte")
    path += b"\0"
    handle = _call("open", "P", "Pii", _foreign.buffer_address(path, False)[0], _flags[flags], mode)
    if not handle:
        code = _foreign.errno()
        raise error(code, _os.strerror(code), filename)
    result = object.__new__(dbm)
    result._handle = _foreign.Handle(handle, _foreign.dlsym(_library, "__db_ndbm_close"))
    _open.add(result)
    return result


@_atexit.register
def _close_all():
    for database in list(_open):
        database.close()


_twins.publish(globals())
