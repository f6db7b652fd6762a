"""The types of ctypes over `_foreign`, which knows memory. Functions and libraries are in `_ctypes`, of which this is a part: its classes bear that name.

What is plain is done by native code (`Sources/ForeignFunctions`), for which each class has a `_layout_`; the rest is here.

Every object is memory: of its own, part of another object's, or at an address somebody gave. A type knows how large its instances are, how
they are aligned, and by which codes libffi passes them (`_codes_`). What memory points to is kept alive by `_objects`, a dict that only the object which owns
the memory has; a part writes into its owner's, under a key that tells where it stands. Simple values are loaded and stored by type code; values of
structures and arrays are parts, made when they are asked for.
"""
import sys as _sys

import _foreign
import _twins
from _foreign import CArgObject, CField, Layout as _Layout, address as _address, at as _at, byref, load as _load, new as _new, pointer, store as _store
from _weakref import ref as _ref

__name__ = "_ctypes"
_pointer_type_cache = {}
_POINTER_SIZE = 8
# Kinds of layouts.
_SIMPLE, _AGGREGATE, _ARRAY, _POINTER, _FUNCTION = range(5)


class ArgumentError(Exception):
    """Raised when an argument of a foreign function cannot be converted."""
    __module__ = "ctypes"


def _caller():
    """The module of the code that called into this one."""
    frame = _sys._getframe(1)
    while frame is not None and frame.f_globals is globals():
        frame = frame.f_back
    return frame.f_globals.get("__name__", __name__) if frame is not None else __name__


# MARK: The metaclasses

class _CDataType(type):
    """What all metaclasses share: making instances of memory, arrays, and conversion of arguments."""

    def __mul__(self, length):
        if not isinstance(length, int):
            raise TypeError(f"can't multiply sequence by non-int of type '{type(length).__name__}'")
        if length < 0:
            raise ValueError(f"Array length must be >= 0, not {length}")
        key = (self, length)
        known = _array_cache.get(key)
        kind = known and known()
        if kind is None:
            kind = PyCArrayType(f"{self.__name__}_Array_{length}", (Array,), {"_length_": length, "_type_": self, "__module__": _caller()})
            _array_cache[key] = _ref(kind, lambda reference: _array_cache.get(key) is reference and _array_cache.pop(key))
        return kind

    __rmul__ = __mul__

    def from_address(self, address):
        """C.from_address(integer) -> C instance: access a C instance at the specified address"""
        if not isinstance(address, int):
            raise TypeError("integer expected")
        return _at(self, address, None)

    def from_buffer(self, source, offset=0):
        """C.from_buffer(object, offset=0) -> C instance: create a C instance from a writeable buffer"""
        _refuse_abstract(self)
        view = memoryview(source)
        if view.readonly:
            raise TypeError("underlying buffer is not writable")
        if not view.c_contiguous:
            raise TypeError("underlying buffer is not C contiguous")
        _check_room(self, view.nbytes, offset)
        address, _ = _foreign.buffer_address(view, True)
        result = _at(self, address + offset, view)
        _objects_of(result)[-1] = view
        return result

    def from_buffer_copy(self, source, offset=0):
        """C.from_buffer_copy(object, offset=0) -> C instance: create a C instance from a readable buffer"""
        _refuse_abstract(self)
        result = _new(self)
        _foreign.copy(result, source, offset)
        return result

    def in_dll(self, library, name):
        """C.in_dll(dll, name) -> C instance: access a C instance in a dll"""
        try:
            return _at(self, _foreign.dlsym(library._handle, name), None)
        except OSError as error:
            raise ValueError(str(error)) from None

    def from_param(self, value):
        """Convert a Python object into a function call parameter."""
        if isinstance(value, self):
            return value
        if isinstance(value, CArgObject) and isinstance(value._obj, self):
            return value
        parameter = getattr(value, "_as_parameter_", None)
        if parameter is not None:
            return self.from_param(parameter)
        raise TypeError(f"expected {self.__name__} instance instead of {type(value).__name__}")


def _refuse(cls):
    """A class without a layout has no instances."""
    raise TypeError("Cannot create instance: has no _type_" if issubclass(cls, _Pointer) else "abstract class")


def _refuse_abstract(cls):
    """Only classes that say what their instances are have any."""
    if cls in (Structure, Union) or cls.__dict__.get("_layout_", cls) is None or issubclass(cls, Array) and getattr(cls, "_length_", None) is None or issubclass(cls, (_SimpleCData, _Pointer)) and getattr(cls, "_type_", None) is None:
        raise TypeError("abstract class")


def _check_room(cls, size, offset):
    if offset < 0:
        raise ValueError("offset cannot be negative")
    if size < offset + cls._size_:
        raise ValueError(f"Buffer size too small ({size} instead of at least {offset + cls._size_} bytes)")


# Weak references to the types of arrays, by their items' type and length.
_array_cache = {}


def _objects_of(data):
    """The dict that keeps alive what an object's memory points to."""
    objects = data._objects
    if objects is None:
        objects = {}
        _foreign.keep(data, objects)
    return objects


def _keep(data, key, value):
    """Keep a value alive as long as the memory at a place of an object."""
    if value is None:
        return
    path = [str(key)]
    while data._b_base_ is not None:
        path.append(f"{data._place:x}")
        data = data._b_base_
    _objects_of(data)[":".join(path)] = value


class _CData(_foreign.Data, metaclass=_CDataType):
    """The base of all of ctypes' objects."""
    __slots__ = ()
    _size_ = 0
    _align_ = 1
    _codes_ = ""
    # How instances lend their memory: format (PEP 3118), bytes of an item, and how many there are in each dimension.
    _buffer_ = ("B", 0, ())

    @property
    def _b_needsfree_(self):
        return 1 if _foreign.owns(self) else 0

    def __reduce__(self):
        if _has_pointers(type(self)):
            raise ValueError("ctypes objects containing pointers cannot be pickled")
        return _unpickle, (type(self), (getattr(self, "__dict__", {}), _foreign.read(_address(self), _foreign.size(self)) if _foreign.size(self) else b""))

    def __setstate__(self, state):
        attributes, data = state
        if attributes:
            self.__dict__.update(attributes)
        _foreign.write(_address(self), data)

    def __ctypes_from_outparam__(self):
        return self

    def __hash__(self):
        raise TypeError("unhashable type")


def _has_pointers(cls):
    if issubclass(cls, _Pointer) or isinstance(cls, PyCFuncPtrType):
        return True
    if issubclass(cls, _SimpleCData):
        return cls._type_ in "PzZO"
    if issubclass(cls, Array):
        return _has_pointers(cls._type_)
    return any(_has_pointers(field.type) for field in cls.__dict__.get("_all_fields_", ()))


def _shaped(format, shape):
    """A format with the shape of an array in front."""
    return f"({','.join(map(str, shape))}){format}" if shape else format


def _unpickle(cls, state):
    result = cls.__new__(cls)
    result.__setstate__(state)
    return result


# MARK: Simple values

_SIMPLE_CODES = "cbBhHiIlLqQfdgPzZu?Ov"


class PyCSimpleType(_CDataType):
    """metatype for the PyCSimpleType Objects"""

    def __new__(metaclass, name, bases, namespace):
        cls = super().__new__(metaclass, name, bases, namespace)
        code = getattr(cls, "_type_", None)
        if code is None:
            if bases and bases[0] is not _CData:
                raise AttributeError("class must define a '_type_' attribute")
            return cls
        if not isinstance(code, str):
            raise TypeError("class must define a '_type_' string attribute")
        if len(code) != 1:
            raise ValueError("class must define a '_type_' attribute which must be a string of length 1")
        if code not in _SIMPLE_CODES:
            raise AttributeError("class must define a '_type_' attribute which must be\na single character string containing one of 'cbBhHiIlLfuzZqQPXOv?g'.")
        # "v" is Windows' boolean of 16 bits.
        cls._codes_ = "h" if code == "v" else code
        cls._size_ = cls._align_ = _foreign.size_of(cls._codes_)
        cls._swapped_ = False
        letter = {"l": "q", "L": "Q"}.get(code, code)
        cls._buffer_ = ("<" + letter, cls._size_, ())
        is_plain = bases[0] is _SimpleCData
        cls._layout_ = _Layout(_SIMPLE, code, cls._size_, plain=is_plain)
        if code in "hHiIlLqQfd" and _SimpleCData in bases:
            swapped = super().__new__(metaclass, name + "_be", bases, dict(namespace))
            swapped._size_, swapped._align_, swapped._codes_, swapped._swapped_ = cls._size_, cls._align_, code, True
            swapped._buffer_ = (">" + letter, cls._size_, ())
            swapped._layout_ = _Layout(_SIMPLE, code, cls._size_, plain=is_plain, swapped=True)
            cls.__ctype_le__, cls.__ctype_be__ = cls, swapped
            swapped.__ctype_le__, swapped.__ctype_be__ = cls, swapped
        elif code in "cbB?" and _SimpleCData in bases:
            cls.__ctype_le__ = cls.__ctype_be__ = cls
        return cls

    def from_param(self, value):
        """Convert a Python object into a function call parameter."""
        if isinstance(value, self):
            return value
        _refuse_abstract(self)
        code = self._type_
        if code in "zZP":
            result = _pointer_parameter(code, value)
            if result is not None:
                return result
        else:
            try:
                result = _new(self)
                result.value = value
                return result if self._swapped_ else CArgObject(*_argument(result, 1)[:2], result, code)
            except TypeError:
                pass
        parameter = getattr(value, "_as_parameter_", None)
        if parameter is not None:
            return self.from_param(parameter)
        raise TypeError("wrong type")


def _pointer_parameter(code, value):
    """A pointer argument from what is as good as a pointer; None when the value is not."""
    if value is None:
        return CArgObject("P", 0, None, code)
    if code == "P" and isinstance(value, int):
        return CArgObject("P", value, None, code)
    if isinstance(value, bytes) and code in "zP":
        return CArgObject("P", _foreign.buffer_address(value, False)[0], value, code)
    if isinstance(value, str) and code in "ZP":
        wide = _wide_bytes(value)
        return CArgObject("P", _foreign.buffer_address(wide, False)[0], wide, code)
    if isinstance(value, (Array, _Pointer)):
        element = value._type_
        fits = code == "P" or issubclass(element, _SimpleCData) and element._type_ in ("c" if code == "z" else "u")
        if fits:
            return CArgObject("P", _pointer_value(value), value, code)
    if isinstance(value, CArgObject):
        inner = value._obj
        if code == "P" or isinstance(inner, _SimpleCData) and inner._type_ == ("c" if code == "z" else "u"):
            return value
    if isinstance(type(value), PyCFuncPtrType) and code == "P":
        return CArgObject("P", _load("P", _address(value)), value, code)
    if isinstance(value, _SimpleCData) and value._type_ in "zZP" and (code == "P" or value._type_ == code):
        return CArgObject("P", _load("P", _address(value)), value, code)
    return None


def _wide_bytes(text):
    return text.encode("utf-32-le", "surrogatepass") + bytes(4)


def _pointer_value(value):
    return _address(value) if isinstance(value, Array) else _load("P", _address(value))


def _get_simple(cls, address):
    """The Python value of a simple type in memory."""
    code = cls._type_
    if cls._swapped_:
        data = _foreign.read(address, cls._size_)
        if code in "fd":
            import struct
            return struct.unpack(">" + code, data)[0]
        return int.from_bytes(data, "big", signed=code.islower())
    if code == "c":
        return _foreign.read(address, 1)
    if code == "u":
        return chr(_load("u", address))
    if code == "v":
        return _load("h", address) != 0
    if code in "zZ":
        place = _load("P", address)
        return None if place == 0 else _foreign.read(place, -1) if code == "z" else _foreign.wide(place, -1)
    value = _load(code, address)
    return None if code == "P" and value == 0 else value


def _integer(value):
    if not isinstance(value, int):
        if not hasattr(type(value), "__index__"):
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer")
        value = value.__index__()
    return value


def _set_simple(cls, address, value):
    """Store a Python value; what must be kept alive with it is the result."""
    code = cls._type_
    if isinstance(value, cls):
        _foreign.write(address, _foreign.read(_address(value), cls._size_))
        return value._objects
    if code == "c":
        if isinstance(value, (bytes, bytearray)) and len(value) == 1:
            value = value[0]
        elif not isinstance(value, int) or not 0 <= value < 256:
            raise TypeError("one character bytes, bytearray or integer expected")
        return _store("B", address, value)
    if code == "u":
        if not isinstance(value, str):
            raise TypeError(f"unicode string expected instead of {type(value).__name__} instance")
        if len(value) != 1:
            raise TypeError("one character unicode string expected")
        return _store("u", address, ord(value))
    if code == "z":
        if value is None:
            return _store("P", address, 0)
        if isinstance(value, bytes):
            _store("P", address, _foreign.buffer_address(value, False)[0])
            return value
        if isinstance(value, int):
            return _store("P", address, value)
        raise TypeError(f"bytes or integer address expected instead of {type(value).__name__} instance")
    if code == "Z":
        if value is None:
            return _store("P", address, 0)
        if isinstance(value, int):
            return _store("P", address, value)
        if not isinstance(value, str):
            raise TypeError(f"unicode string or integer address expected instead of {type(value).__name__} instance")
        wide = _wide_bytes(value)
        _store("P", address, _foreign.buffer_address(wide, False)[0])
        return wide
    if code == "P":
        if value is None:
            value = 0
        elif not isinstance(value, int):
            raise TypeError("cannot be converted to pointer")
        return _store("P", address, value)
    if code == "O":
        _store("O", address, value)
        return value
    if code == "v":
        return _store("h", address, -1 if value else 0)
    if code in "bBhHiIlLqQ":
        value = _integer(value)
    if cls._swapped_:
        if code in "bBhHiIlLqQ":
            bits = 8 * cls._size_
            value &= (1 << bits) - 1
            return _foreign.write(address, value.to_bytes(cls._size_, "big"))
        import struct
        return _foreign.write(address, struct.pack(">" + code, float(value) if isinstance(value, int) else value))
    return _store(code, address, value)


class _SimpleCData(_CData, _foreign.Simple, metaclass=PyCSimpleType):
    """The base of ctypes' simple types."""
    __slots__ = ()

    def __repr__(self):
        if type(self).__base__ is _SimpleCData:
            return f"{type(self).__name__}({self.value!r})"
        return f"<{type(self).__name__} object at {id(self):#x}>"

    def __ctypes_from_outparam__(self):
        return self.value if type(self).__base__ is _SimpleCData else self


def _is_plain(cls):
    """Whether values of a type show as Python's own, not as instances."""
    return issubclass(cls, _SimpleCData) and cls.__base__ is _SimpleCData


# MARK: Parts

def _get_part(base, cls, offset, index):
    address = _address(base) + offset
    if _is_plain(cls):
        return _get_simple(cls, address)
    return _at(cls, address, None, base, index)


def _set_part(base, cls, offset, index, value):
    _set_at(base, cls, _address(base) + offset, index, value)


def _set_at(base, cls, address, index, value):
    """Store a value of a type at an address; `base` keeps alive, under a key made of the index, what belongs to it."""
    if issubclass(cls, _SimpleCData):
        _keep(base, f"{index:x}", _set_simple(cls, address, value.value if isinstance(value, cls) and cls._type_ == "O" else value))
        return
    if isinstance(value, cls):
        _foreign.write(address, _foreign.read(_address(value), cls._size_))
        _keep(base, f"{index:x}", value if issubclass(cls, _Pointer) or isinstance(cls, PyCFuncPtrType) else _objects_of(value))
        return
    if issubclass(cls, _Pointer):
        if value is None:
            _store("P", address, 0)
            return
        if isinstance(value, Array) and value._type_ is cls._type_:
            _store("P", address, _address(value))
            _keep(base, f"{index:x}", value)
            return
        raise TypeError(f"incompatible types, {type(value).__name__} instance instead of {cls.__name__} instance")
    if isinstance(cls, PyCFuncPtrType) and value is None:
        _store("P", address, 0)
        return
    if issubclass(cls, Array) and issubclass(cls._type_, _SimpleCData) and cls._type_._type_ in "cu" and isinstance(value, (bytes, str)):
        if cls._type_._type_ == "c":
            # Up to the first zero, as C copies strings.
            value = value.partition(b"\0")[0]
            if len(value) > cls._length_:
                raise ValueError(f"bytes too long ({len(value)}, maximum length {cls._length_})")
        part = _at(cls, address, None, base, index)
        part.value = value
        return
    if isinstance(value, tuple) and issubclass(cls, (Structure, Union, Array)):
        part = cls(*value)
        _foreign.write(address, _foreign.read(_address(part), cls._size_))
        _keep(base, f"{index:x}", part._objects)
        return
    raise TypeError(f"expected {cls.__name__} instance, got {type(value).__name__}" if issubclass(cls, (Structure, Union, Array))
                    else f"incompatible types, {type(value).__name__} instance instead of {cls.__name__} instance")


def _is_text(cls):
    """Whether a type is an array of characters, which a field shows as bytes or text."""
    return issubclass(cls, Array) and issubclass(cls._type_, _SimpleCData) and cls._type_._type_ in "cu"


# MARK: Structures and unions

def _get_field(field, instance):
    """The value of a field that is not plain: text."""
    return _get_part(instance, field.type, field.offset, field._index).value


def _set_field(field, instance, value):
    """Set a field to what is not plain: text, or an integer of an unusual kind in a bit field."""
    kind = field.type
    if field._bits is None:
        is_bytes = kind._type_._type_ == "c"
        if not isinstance(value, (kind, bytes if is_bytes else str)):
            raise TypeError(f"expected bytes, {type(value).__name__} found" if is_bytes else
                            f"unicode string expected instead of {type(value).__name__} instance")
        return _set_part(instance, kind, field.offset, field._index, value)
    if isinstance(value, kind):
        value = value.value
    if not isinstance(value, int):
        raise TypeError(f"int expected instead of {type(value).__name__} instance")
    field.__set__(instance, int(value))


def _lay_out(cls, fields, union):
    """Place the fields of a structure or union behind those of its base."""
    if not hasattr(type(fields), "__getitem__") or isinstance(fields, dict):
        raise TypeError("'_fields_' must be a sequence of pairs")
    base = cls.__base__
    inherited = list(getattr(base, "_all_fields_", ()))
    pack = getattr(cls, "_pack_", None)
    if pack is not None and (not isinstance(pack, int) or pack < 0):
        raise ValueError("pack must be a non-negative integer")
    swapped = "_swappedbytes_" in dir(cls)
    offset = base._size_ if inherited and not union else 0
    size, align = base._size_ if inherited else 0, base._align_ if inherited else 1
    made = []
    # A union or what is packed cannot be told by a format.
    format = None if union or hasattr(cls, "_pack_") else "T{"
    unit = None     # of bit fields: offset, size in bits, bits used
    for index, field in enumerate(fields, len(inherited)):
        if not isinstance(field, tuple) or not 2 <= len(field) <= 3 or not isinstance(field[0], str) or not isinstance(field[-1], (int, type)):
            raise TypeError("'_fields_' must be a sequence of (name, C type) pairs")
        name, kind, *bits = field
        if not isinstance(kind, _CDataType):
            raise TypeError("second item in _fields_ tuple (index %d) must be a C type" % (index - len(inherited)))
        if kind.__dict__.get("_fields_") is None and issubclass(kind, (Structure, Union)):
            kind._final_ = True
        if swapped and issubclass(kind, _SimpleCData):
            kind = getattr(kind, "__ctype_be__", None)
            if kind is None:
                raise TypeError(f"This type does not support other endian: {field[1]}")
        alignment = min(kind._align_, pack) if pack else kind._align_
        align = max(align, alignment)
        if bits:
            width = bits[0]
            if not issubclass(kind, _SimpleCData) or kind._type_ not in "bBhHiIlLqQ?c":
                raise TypeError(f"bit fields not allowed for type {kind.__name__}")
            if width <= 0 or width > 8 * kind._size_:
                raise ValueError("number of bits invalid for bit field")
            if union:
                place, shift = 0, 0
            else:
                if unit and unit[1] == 8 * kind._size_ and unit[2] + width <= unit[1]:
                    place, shift = unit[0], unit[2]
                elif unit and unit[2] + width <= 8 * kind._size_ and 8 * kind._size_ > unit[1]:
                    # A wider type goes on in the same unit, which grows.
                    place, shift = unit[0], unit[2]
                    offset = place + kind._size_
                elif unit and unit[2] + width <= unit[1]:
                    place, shift = unit[0], unit[2]
                    kind_size = kind._size_
                    # A narrower type's own bits within the unit.
                    place += shift // (8 * kind_size) * kind_size
                    shift %= 8 * kind_size
                    if shift + width > 8 * kind_size:
                        place, shift = (offset + alignment - 1) // alignment * alignment, 0
                else:
                    place = (offset + alignment - 1) // alignment * alignment
                    shift = 0
                if shift == 0 and (not unit or place != unit[0]):
                    offset = place + kind._size_
                unit = (place, 8 * kind._size_, shift + width)
            member = CField(name, kind, place, index, width, 8 * kind._size_ - shift - width if swapped else shift)
            size = max(size, place + kind._size_, offset)
        else:
            unit = None
            place = 0 if union else (offset + alignment - 1) // alignment * alignment
            member = CField(name, kind, place, index)
            offset = place + kind._size_
            size = max(size, offset)
        type.__setattr__(cls, name, member)
        made.append(member)
        if format:
            part, _, shape = kind._buffer_
            format += f"{_shaped(part, shape)}:{name}:"
    cls._all_fields_ = tuple(inherited + made)
    cls._align_ = align
    cls._size_ = (size + align - 1) // align * align
    cls._buffer_ = (format + "}" if format else "B", cls._size_, ())
    cls._codes_ = "{" + _flat(cls) + "}" if cls._size_ else ""
    if "_abstract_" not in cls.__dict__:
        cls._layout_ = _Layout(_AGGREGATE, "", cls._size_)
    for name in getattr(cls, "_anonymous_", ()):
        member = cls.__dict__.get(name)
        if member is None:
            raise AttributeError(name)
        if not isinstance(member, CField):
            raise AttributeError(f"'{name}' is specified in _anonymous_ but not in _fields_")
        for inner in getattr(member.type, "_all_fields_", ()):
            type.__setattr__(cls, inner._name, _Anonymous(member, inner))
        for inner_name, inner in vars(member.type).items():
            if isinstance(inner, _Anonymous):
                type.__setattr__(cls, inner_name, _Anonymous(member, inner))


class _Anonymous(CField):
    """A field of a structure that is itself a field, as a field of the outer one."""

    def __new__(cls, outer, inner):
        self = super().__new__(cls, inner._name, inner.type, outer.offset + inner.offset, inner._index, inner._bits, inner._shift)
        self._outer, self._inner = outer, inner
        return self

    def __get__(self, instance, owner=None):
        return self if instance is None else self._inner.__get__(self._outer.__get__(instance))

    def __set__(self, instance, value):
        self._inner.__set__(self._outer.__get__(instance), value)


def _flat(cls):
    """The codes of a structure's simple parts, as libffi classifies them."""
    if issubclass(cls, _SimpleCData):
        return cls._codes_
    if issubclass(cls, Array):
        return _flat(cls._type_) * cls._length_
    if issubclass(cls, Structure):
        seen, result = set(), ""
        for field in cls._all_fields_:
            if field._bits is None or field.offset not in seen:
                result += _flat(field.type)
            seen.add(field.offset)
        return result
    if issubclass(cls, Union):
        largest = max(cls._all_fields_, key=lambda field: field.type._size_, default=None)
        return _flat(largest.type) if largest else ""
    return "P"


class _AggregateType(_CDataType):
    def __new__(metaclass, name, bases, namespace):
        # The fields are set as an attribute once the class is there: metaclasses of other byte orders see to that.
        namespace = dict(namespace)
        has_fields, fields = "_fields_" in namespace, namespace.pop("_fields_", None)
        cls = super().__new__(metaclass, name, bases, namespace)
        type.__setattr__(cls, "_ready_", True)
        for base in bases:
            if isinstance(base, _AggregateType):
                # Fields laid out behind those of the base: these stay as they are.
                type.__setattr__(base, "_final_", True)
        if "_abstract_" in namespace:
            cls._layout_ = None
        elif bases[0] is not _CData:
            cls._layout_ = _Layout(_AGGREGATE, "", cls._size_)
        if has_fields:
            cls._fields_ = fields
        return cls

    def __setattr__(cls, name, value):
        if name == "_fields_":
            if "_ready_" not in cls.__dict__:
                raise TypeError("ctypes state is not initialized")
            layout = cls.__dict__.get("_layout_")
            if cls.__dict__.get("_final_") or layout is not None and layout.final or "_fields_" in cls.__dict__:
                raise AttributeError("_fields_ is final")
            super().__setattr__(name, value)
            _lay_out(cls, value, isinstance(cls, UnionType))
            return
        super().__setattr__(name, value)


class PyCStructType(_AggregateType):
    """metatype for the CData Objects"""


class UnionType(_AggregateType):
    """metatype for the Union Objects"""


class Structure(_CData, _foreign.Aggregate, metaclass=PyCStructType):
    """Structure base class"""
    __slots__ = ()


class Union(_CData, _foreign.Aggregate, metaclass=UnionType):
    """Union base class"""
    __slots__ = ()


# MARK: Arrays

class PyCArrayType(_CDataType):
    """metatype for the Array Objects"""

    def __new__(metaclass, name, bases, namespace):
        cls = super().__new__(metaclass, name, bases, namespace)
        if bases[0] is _CData:
            return cls
        length, kind = getattr(cls, "_length_", None), getattr(cls, "_type_", None)
        if length is None:
            raise AttributeError("class must define a '_length_' attribute")
        if not isinstance(length, int):
            raise TypeError("The '_length_' attribute must be an integer")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        if kind is None:
            raise AttributeError("class must define a '_type_' attribute")
        if not isinstance(kind, _CDataType):
            raise TypeError("_type_ must have storage info")
        if length * kind._size_ > _sys.maxsize:
            raise OverflowError("array too large")
        cls._size_, cls._align_, cls._codes_ = length * kind._size_, kind._align_, "P"
        format, size, shape = kind._buffer_
        cls._buffer_ = (format, size, (length, *shape))
        cls._layout_ = _Layout(_ARRAY, "", cls._size_, length, kind)
        if issubclass(kind, (Structure, Union)):
            kind._final_ = True
        if kind._size_ and issubclass(kind, _SimpleCData) and kind._type_ == "c":
            type.__setattr__(cls, "value", property(_foreign.text, _foreign.set_text, _refuse_deletion))
            type.__setattr__(cls, "raw", property(_foreign.raw, _set_raw))
        elif issubclass(kind, _SimpleCData) and kind._type_ == "u":
            type.__setattr__(cls, "value", property(_get_wide, _set_wide, _refuse_deletion))
        return cls

    def from_param(self, value):
        """Convert a Python object into a function call parameter."""
        if isinstance(value, self):
            return value
        _refuse_abstract(self)
        kind = self._type_
        if issubclass(kind, _SimpleCData) and (kind._type_ == "c" and isinstance(value, bytes) or kind._type_ == "u" and isinstance(value, str)):
            if len(value) > self._length_:
                raise ValueError("Invalid length")
            result = self()
            result.value = value
            return result
        if isinstance(value, tuple):
            if len(value) > self._length_:
                raise RuntimeError("Invalid length")
            return self(*value)
        return _CDataType.from_param(self, value)


def _refuse_deletion(self):
    raise TypeError("can't delete attribute")


def _set_raw(self, value):
    data = bytes(memoryview(value))
    if len(data) > self._length_:
        raise ValueError("byte string too long")
    _foreign.write(_address(self), data)


def _get_wide(self):
    """string value"""
    return _foreign.wide(_address(self), self._length_).partition("\0")[0]


def _set_wide(self, value):
    if not isinstance(value, str):
        raise TypeError(f"unicode string expected instead of {type(value).__name__} instance")
    if len(value) > self._length_:
        raise ValueError("string too long")
    data = _wide_bytes(value)
    _foreign.write(_address(self), data if len(value) < self._length_ else data[:-4])


class Array(_CData, _foreign.Sequence, metaclass=PyCArrayType):
    """The base of arrays."""
    __slots__ = ()
    __class_getitem__ = classmethod(type(list[int]))


def _array_index(array, index):
    if not hasattr(type(index), "__index__"):
        raise TypeError("indices must be integers")
    index = index.__index__()
    if index < 0:
        index += array._length_
    if not 0 <= index < array._length_:
        raise IndexError("invalid index")
    return index


def _get_item(data, index):
    """What an array or a pointer gives for an unusual index."""
    kind = data._type_
    if isinstance(data, _Pointer):
        return _get_items(data, kind, index)
    if isinstance(index, slice):
        items = [data[place] for place in range(*index.indices(data._length_))]
        return "".join(items) if issubclass(kind, _SimpleCData) and kind._type_ == "u" else items
    return data[_array_index(data, index)]


def _set_item(array, index, value):
    """Store into an array by an unusual index."""
    if isinstance(index, slice):
        places = range(*index.indices(array._length_))
        if len(places) != len(value):
            raise ValueError("Can only assign sequence of same size")
        for place, item in zip(places, value):
            array[place] = item
    else:
        array[_array_index(array, index)] = value


# MARK: Pointers

class PyCPointerType(_CDataType):
    """metatype for the Pointer Objects"""

    def __new__(metaclass, name, bases, namespace):
        cls = super().__new__(metaclass, name, bases, namespace)
        cls._size_ = cls._align_ = _POINTER_SIZE
        cls._codes_ = "P"
        kind = namespace.get("_type_")
        if kind is not None and not isinstance(kind, _CDataType):
            raise TypeError("_type_ must have storage info")
        if kind is not None:
            format, _, shape = kind._buffer_
            cls._buffer_ = ("&" + _shaped(format, shape), _POINTER_SIZE, ())
        elif not hasattr(cls, "_type_"):
            cls._buffer_ = ("B", _POINTER_SIZE, ())
        cls._layout_ = _Layout(_POINTER, "P", _POINTER_SIZE, item=getattr(cls, "_type_", None))
        return cls

    def set_type(self, kind):
        if not isinstance(kind, _CDataType):
            raise TypeError("_type_ must have storage info")
        self._type_ = kind
        self._layout_ = _Layout(_POINTER, "P", _POINTER_SIZE, item=kind)

    def from_param(self, value):
        """Convert a Python object into a function call parameter."""
        if value is None:
            return None
        _refuse_abstract(self)
        if isinstance(value, self._type_):
            return byref(value)
        if isinstance(value, self) or isinstance(value, (_Pointer, Array)) and issubclass(value._type_, self._type_):
            return value
        if isinstance(value, CArgObject) and isinstance(value._obj, self._type_):
            return value
        return _CDataType.from_param(self, value)


class _Pointer(_CData, _foreign.Pointer, metaclass=PyCPointerType):
    """The base of pointers."""
    __slots__ = ()
    _type_ = None


def _get_items(pointer, kind, index):
    if isinstance(index, slice):
        step = 1 if index.step is None else index.step
        if index.start is None and step < 0:
            raise ValueError("slice start is required for step < 0")
        if index.stop is None:
            raise ValueError("slice stop is required")
        items = [pointer[place] for place in range(index.start or 0, index.stop, step)]
        if issubclass(kind, _SimpleCData) and kind._type_ in "cu":
            return (b"" if kind._type_ == "c" else "").join(items)
        return items
    if not isinstance(index, int):
        raise TypeError("Pointer indices must be integer")
    return pointer[int(index)]


def POINTER(kind, /):
    """A pointer type to a type."""
    known = _pointer_type_cache.get(kind)
    if known is not None:
        return known
    if isinstance(kind, str):
        result = PyCPointerType("LP_" + kind, (_Pointer,), {"__module__": _caller()})
        _pointer_type_cache[id(result)] = result
        return result
    if not isinstance(kind, type):
        raise TypeError("must have a ctypes type")
    result = PyCPointerType("LP_" + kind.__name__, (_Pointer,), {"_type_": kind, "__module__": _caller()})
    _pointer_type_cache[kind] = result
    return result


def _pointer_type(kind):
    known = _pointer_type_cache.get(kind)
    return POINTER(kind) if known is None else known


# MARK: Arguments of functions

def _argument(value, position):
    """The code, the plain value and what must live through the call, of an argument without a declared type or one that `from_param` has made."""
    if isinstance(value, CArgObject):
        return value._code, value._value, value
    if isinstance(value, _SimpleCData):
        if value._swapped_:
            raise TypeError("byte-swapped arguments cannot be passed")
        code = value._type_
        if code in "zZP":
            return "P", _load("P", _address(value)), value
        code = value._codes_
        return code, value.value if code == "O" else _load("B" if code == "c" else code, _address(value)), value
    if isinstance(value, _Pointer) or isinstance(type(value), PyCFuncPtrType):
        return "P", _load("P", _address(value)), value
    if isinstance(value, Array):
        return "P", _address(value), value
    if isinstance(value, (Structure, Union)):
        return value._codes_, _foreign.read(_address(value), value._size_), value
    if value is None:
        return "P", 0, None
    if isinstance(value, int):
        if not -1 << 31 <= value < 1 << 32:
            if not -1 << 63 <= value < 1 << 64:
                raise OverflowError("int too long to convert")
        return "i", value, None
    if isinstance(value, bytes):
        return "P", _foreign.buffer_address(value, False)[0], value
    if isinstance(value, str):
        wide = _wide_bytes(value)
        return "P", _foreign.buffer_address(wide, False)[0], wide
    parameter = getattr(value, "_as_parameter_", None)
    if parameter is not None:
        return _argument(parameter, position)
    raise ArgumentError(f"argument {position}: TypeError: Don't know how to convert parameter {position}")


class PyCFuncPtrType(_CDataType):
    """metatype for C function pointers"""

    def __new__(metaclass, name, bases, namespace):
        cls = super().__new__(metaclass, name, bases, namespace)
        cls._size_ = cls._align_ = _POINTER_SIZE
        cls._codes_ = "P"
        cls._buffer_ = ("X{}", _POINTER_SIZE, ())
        # The base itself is abstract.
        cls._layout_ = None if bases[0] is _CData else _Layout(_FUNCTION, "P", _POINTER_SIZE)
        if bases[0] is not _CData and not isinstance(getattr(cls, "_flags_", None), int):
            raise TypeError("class must define _flags_ which must be an integer")
        return cls


def _keep_part(base, index, value):
    """Keep alive what belongs to a part of an object."""
    _keep(base, f"{index:x}", value)


# As in C, instances of these classes have no dict, those of classes derived from them do.
for _class in (_CData, _SimpleCData, Structure, Union, Array, _Pointer):
    type.__delattr__(_class, "__slots__")
_twins.publish(globals(), private=["_unpickle"], without_signature="*")
