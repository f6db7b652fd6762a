"""List what CPython 3.11 has and Taipan lacks: builtins, attributes of types, native modules and their names.

usage: missing-attributes.py [NAME-PREFIX ...]       e.g. missing-attributes.py builtins.str _io

Executed by CPython; it runs itself with --dump under both interpreters and compares. TAIPAN names the other one.
"""
import os
import sys

# Modules that CPython writes in C; of those in Python only the names matter that come from these.
NATIVE = """builtins sys _abc _ast _asyncio _bisect _blake2 _bz2 _codecs _collections _contextvars _csv _ctypes _curses
_datetime _decimal _elementtree _functools _hashlib _heapq _imp _io _json _locale _lsprof _lzma _md5 _multiprocessing
_opcode _operator _pickle _posixshmem _posixsubprocess _queue _random _sha1 _sha256 _sha3 _sha512 _signal _socket
_sqlite3 _sre _ssl _stat _statistics _string _struct _symtable _thread _tokenize _tracemalloc _typing _uuid _warnings
_weakref _zoneinfo array atexit audioop binascii cmath errno faulthandler fcntl gc grp itertools marshal math mmap
nis ossaudiodev posix pwd pyexpat readline resource select spwd syslog termios time unicodedata zlib""".split()

# Types that no module names, by an expression that gives an instance.
HIDDEN = {
    "function": "lambda: 0", "code": "(lambda: 0).__code__", "generator": "(x for x in ())", "frame": "sys._getframe()",
    "cell": "(lambda x: lambda: x)(0).__closure__[0]", "builtin_function_or_method": "len", "method": "Sample().method",
    "method_descriptor": "str.upper", "wrapper_descriptor": "int.__add__", "method_wrapper": "(1).__add__",
    "getset_descriptor": "type.__dict__['__doc__']", "member_descriptor": "type.__dict__['__mro__']",
    "classmethod_descriptor": "dict.__dict__['fromkeys']", "mappingproxy": "type.__dict__", "module": "sys",
    "NoneType": "None", "NotImplementedType": "NotImplemented", "ellipsis": "...", "traceback": "Sample.traceback()",
    "dict_keys": "{}.keys()", "dict_values": "{}.values()", "dict_items": "{}.items()",
    "dict_keyiterator": "iter({})", "list_iterator": "iter([])", "list_reverseiterator": "reversed([])",
    "tuple_iterator": "iter(())", "str_iterator": "iter('\u00e9')", "str_ascii_iterator": "iter('')",
    "bytes_iterator": "iter(b'')", "bytearray_iterator": "iter(bytearray())", "set_iterator": "iter(set())",
    "range_iterator": "iter(range(1))", "longrange_iterator": "iter(range(1 << 70))",
    "callable_iterator": "iter(int, 1)", "iterator": "iter(Sample())", "coroutine": "Sample.coroutine()",
    "async_generator": "Sample.async_generator()", "coroutine_wrapper": "Sample.coroutine().__await__()",
    "GenericAlias": "list[int]", "Union": "int | str", "SimpleNamespace": "sys.implementation",
    "flags": "sys.flags", "float_info": "sys.float_info", "int_info": "sys.int_info", "hash_info": "sys.hash_info",
}


class Sample:
    def method(self):
        pass

    def __getitem__(self, index):
        raise IndexError

    def traceback():
        try:
            raise ValueError
        except ValueError as error:
            return error.__traceback__

    async def coroutine():
        pass

    async def async_generator():
        yield


def dump():
    """Print every name, one a line: MODULE, MODULE.NAME and MODULE.TYPE.ATTRIBUTE."""
    def attributes(prefix, kind):
        for name in dir(kind):
            print(prefix + "." + name)
    for module_name in NATIVE:
        try:
            module = __import__(module_name)
        except ImportError:
            continue
        print(module_name)
        for name in dir(module):
            print(module_name + "." + name)
            value = getattr(module, name, None)
            if isinstance(value, type):
                attributes(module_name + "." + name, value)
    sys.stderr = None       # coroutines that nobody awaits
    for name, expression in HIDDEN.items():
        try:
            kind = type(eval(expression))
        except Exception:
            continue
        print("types." + name)
        attributes("types." + name, kind)


def names(interpreter):
    import subprocess
    run = subprocess.run([*interpreter, os.path.abspath(__file__), "--dump"], capture_output=True, text=True)
    if run.returncode:
        print(f"{interpreter[0]} ended with status {run.returncode}: {run.stderr.strip()[-300:]}", file=sys.stderr)
    return run.stdout.split()


def main(prefixes):
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Tests"))
    import support
    have = set(names(support.taipan()))
    missing = [n for n in dict.fromkeys(names(support.REFERENCE)) if n not in have]
    lacking = set(missing)
    def told_elsewhere(name):
        owner, _, attribute = name.rpartition(".")
        return owner in lacking or owner.count(".") and owner != "builtins.object" and \
            "builtins.object." + attribute in lacking

    shown = [n for n in missing if not told_elsewhere(n) and (not prefixes or n.startswith(tuple(prefixes)))]
    print(*shown, f"{len(shown)} missing", sep="\n")
    return bool(shown)


if __name__ == "__main__":
    if sys.argv[1:] == ["--dump"]:
        dump()
    else:
        sys.exit(main(sys.argv[1:]))
