"""`_ctypes`: functions and libraries over `_foreign`, which knows calls and callbacks. The types are in `_ctypes_types`."""
import sys as _sys

import _foreign
import _twins
from _ctypes_types import (POINTER, ArgumentError, Array, CArgObject, CField, PyCArrayType, PyCFuncPtrType, PyCPointerType, PyCSimpleType, PyCStructType, Structure, Union, UnionType,
                           _argument, _CData, _CDataType, _get_field, _get_item, _is_plain, _keep_part, _new, _objects_of, _Pointer, _pointer_type, _pointer_type_cache, _refuse, _set_at, _set_field, _set_item, _set_simple,
                           _SimpleCData, _unpickle)
from _foreign import address as _address, addressof, alignment, byref, load as _load, pointer, sizeof, store as _store

__version__ = "1.1.0"
RTLD_LOCAL, RTLD_GLOBAL = 0, 256
SIZEOF_TIME_T = 8
CTYPES_MAX_ARGCOUNT = 1024
FUNCFLAG_CDECL, FUNCFLAG_PYTHONAPI, FUNCFLAG_USE_ERRNO, FUNCFLAG_USE_LASTERROR = 1, 4, 8, 16


# MARK: Functions

def _result(kind, value):
    """A C function's result of a type, as Python shows it."""
    if issubclass(kind, _SimpleCData):
        if _is_plain(kind):
            code = kind._type_
            if code == "c":
                return bytes([value & 255])
            if code == "u":
                return chr(value)
            if code == "z":
                return _foreign.read(value, -1) if value else None
            if code == "Z":
                return _foreign.wide(value, -1) if value else None
            return None if code == "P" and value == 0 else value != 0 if code == "v" else value
        result = _new(kind)
        _store("P" if kind._type_ in "zZ" else "B" if kind._type_ == "c" else kind._codes_, _address(result), value)
        return result
    result = _new(kind)
    if isinstance(value, bytes):
        _foreign.write(_address(result), value[:kind._size_])
    else:
        _store("P", _address(result), value)
    return result


def _code_of(kind):
    """The code of a type as an argument or result."""
    code = kind._codes_
    return "P" if code in ("z", "Z") else "B" if code == "c" else code


class CFuncPtr(_CData, _foreign.Function, metaclass=PyCFuncPtrType):
    """Function Pointer"""
    __slots__ = ()
    _flags_ = 0
    _restype_ = None
    _argtypes_ = None

    def __init__(self, *arguments):
        if not arguments:
            return
        target = arguments[0]
        if isinstance(target, tuple):
            name, library = target
            handle = library._handle
            if not isinstance(handle, int):
                raise TypeError("the _handle attribute of the second argument must be an integer")
            if isinstance(name, bytes):
                name = name.decode()
            try:
                address = _foreign.dlsym(handle, name)
            except OSError as error:
                address = _interface_function(name) if isinstance(library, _sys.modules["ctypes"].PyDLL) else 0
                if not address:
                    raise AttributeError(str(error)) from None
            _foreign.keep(self, {"0": library})
        elif isinstance(target, int):
            address = target
        elif callable(target):
            if self._argtypes_ is None:
                raise TypeError("cannot construct instance of this class: no argtypes")
            callback = _make_callback(target, self._restype_, self._argtypes_, self._flags_)
            _store("P", _address(self), callback.address)
            return _foreign.keep(self, {"0": callback})
        else:
            raise TypeError("argument must be callable or integer function address")
        _store("P", _address(self), address)
        _foreign.define(self, arguments[1] if len(arguments) > 1 else None, _own_functions.get(address))

    def __repr__(self):
        return f"<{type(self).__name__} object at {id(self):#x}>"


type.__delattr__(CFuncPtr, "__slots__")


class _AnyFunction(CFuncPtr):
    """A function of which only the address is known."""
    _flags_ = FUNCFLAG_CDECL


def _with_flags(function, arguments, keywords):
    """The arguments that `paramflags` makes of a call's, and those to be returned."""
    result, outputs, given = [], [], list(arguments)
    for index, flags in enumerate(function._paramflags):
        direction, name, *default = (*flags, None) if len(flags) == 1 else flags
        kind = function.argtypes[index]
        if direction in (0, 1, 3):
            if given:
                value = given.pop(0)
            elif name in keywords:
                value = keywords[name]
            elif default:
                value = default[0]
            else:
                raise TypeError(f"required argument '{name}' missing")
        if direction & 2:
            value = kind._type_(value) if direction == 3 and not isinstance(value, kind._type_) else value if direction == 3 else kind._type_()
            outputs.append(value)
            result.append(byref(value) if not isinstance(value, Array) else value)
        elif direction == 4:
            result.append(default[0] if default else 0)
        else:
            result.append(value)
    if given:
        raise TypeError(f"call takes exactly {len(arguments) - len(given)} arguments ({len(arguments)} given)")
    return result, outputs


def _call(function, arguments, keywords):
    """A call that is not plain."""
    address = _load("P", _address(function))
    kinds, outputs = function.argtypes, None
    if function._paramflags:
        arguments, outputs = _with_flags(function, arguments, keywords or {})
    if kinds is not None:
        if len(arguments) < len(kinds):
            raise TypeError(f"this function takes at least {len(kinds)} argument{'' if len(kinds) == 1 else 's'} ({len(arguments)} given)")
        converted = []
        for position, value in enumerate(arguments):
            if position < len(kinds):
                try:
                    value = kinds[position].from_param(value)
                except Exception as error:
                    raise ArgumentError(f"argument {position + 1}: {type(error).__name__}: {error}") from None
            converted.append(_argument(value, position + 1))
    else:
        converted = [_argument(value, position) for position, value in enumerate(arguments, 1)]
    kind = function.restype
    plain = isinstance(kind, _CDataType)
    code = "v" if kind is None else _code_of(kind) if plain else "i"
    if address == 0:
        raise ValueError("NULL function pointer")
    flags = function._flags_
    own = _own_functions.get(address)
    # Without going through C and back an exception comes out as it is.
    value = own(*[item[1] for item in converted]) if own is not None else _foreign.call(address, code, "".join([item[0] for item in converted]), tuple([item[1] for item in converted]),
                          (1 if flags & FUNCFLAG_PYTHONAPI else 0) | (2 if flags & FUNCFLAG_USE_ERRNO else 0))
    result = None if kind is None else _result(kind, value) if plain else kind(value)
    if plain and hasattr(kind, "_check_retval_"):
        result = kind._check_retval_(result)
    if function.errcheck is not None:
        checked = function.errcheck(result, function, tuple(arguments))
        if checked is not result or outputs is None:
            return checked
    if outputs:
        shown = [value.__ctypes_from_outparam__() for value in outputs]
        return shown[0] if len(shown) == 1 else tuple(shown)
    return result


def _make_callback(function, restype, argtypes, flags):
    """A C function that calls a Python function with Python's values of the arguments."""
    kinds = tuple(argtypes)
    for kind in kinds:
        if not isinstance(kind, _CDataType):
            raise TypeError("item in _argtypes_ has no storage info")
    if restype is not None and not (isinstance(restype, type) and issubclass(restype, _SimpleCData)):
        raise TypeError("invalid result type for callback function")
    return _foreign.Callback(function, "v" if restype is None else _code_of(restype), "".join([_code_of(kind) for kind in kinds]), kinds, restype)


# MARK: The module's functions

def resize(data, size, /):
    """Give an object memory of another size"""
    if not isinstance(data, _CData):
        raise TypeError("excepted ctypes instance")
    if size < type(data)._size_:
        raise ValueError(f"minimum size is {type(data)._size_}")
    if not _foreign.owns(data):
        raise ValueError("Memory cannot be resized because this object doesn't own it")
    old = _foreign.read(_address(data), min(_foreign.size(data), size))
    _foreign.allocate(data, size)
    _foreign.write(_address(data), old)


def get_errno():
    return _foreign.errno()


def set_errno(value, /):
    return _foreign.errno(value)


def dlopen(name, flag=2, /):
    """dlopen(name, flag=RTLD_LOCAL): load a shared library"""
    return _foreign.dlopen(name, flag)


def dlsym(handle, name, /):
    """find symbol in shared library"""
    return _foreign.dlsym(handle, name)


def dlclose(handle, /):
    """dlclose a library"""
    return _foreign.dlclose(handle)


def call_function(address, arguments, /):
    return _AnyFunction(address)(*arguments)


call_cdeclfunction = _twins.function(call_function)
call_cdeclfunction.__name__ = call_cdeclfunction.__qualname__ = "call_cdeclfunction"


def buffer_info(data, /):
    """Return buffer interface information"""
    format, _, shape = (data if isinstance(data, type) else type(data))._buffer_
    return format, len(shape), shape


# C functions that `ctypes` calls by address and that are Python here.

def _cast(place, source, kind):
    if not isinstance(kind, (PyCPointerType, PyCFuncPtrType)) and not (isinstance(kind, PyCSimpleType) and kind._type_ in "sPzUZXO"):
        raise TypeError(f"cast() argument 2 must be a pointer, not {getattr(kind, '__name__', kind)}")
    result = _new(kind)
    _store("P", _address(result), place)
    if isinstance(source, _CData):
        # The two share what keeps the memory alive.
        if source._objects is None:
            _objects_of(source)
        if isinstance(source._objects, dict):
            source._objects[id(source)] = source
        _foreign.keep(result, source._objects)
    return result


# Those of `_ctypes_interface`, made when they are first asked for.
_interface_callbacks = {}


def _interface_function(name):
    from _ctypes_interface import functions
    if name not in functions:
        return 0
    if name not in _interface_callbacks:
        _interface_callbacks[name] = callback = _foreign.Callback(*functions[name])
        _own_functions[callback.address] = functions[name][0]
    return _interface_callbacks[name].address


_kept = (_foreign.Callback(_cast, "O", "POO"), _foreign.Callback(_foreign.read, "O", "Pi"), _foreign.Callback(_foreign.wide, "O", "Pi"))
_cast_addr, _string_at_addr, _wstring_at_addr = [callback.address for callback in _kept]
_own_functions = dict(zip((_cast_addr, _string_at_addr, _wstring_at_addr), (_cast, _foreign.read, _foreign.wide)))
_memmove_addr, _memset_addr = _foreign.dlsym(0, "memmove"), _foreign.dlsym(0, "memset")
_foreign.install({
    "set_simple": _set_simple, "set_part": _set_at, "keep_part": _keep_part, "get_field": _get_field, "set_field": _set_field, "get_item": _get_item, "set_item": _set_item, "call": _call,
    "refuse": _refuse, "pointer_type": _pointer_type,
}, PyCSimpleType.from_param, PyCPointerType.from_param)
_twins.publish(globals(), without_signature="*")
