"""Functions of Python's C interface that programs call through `ctypes.pythonapi`: each in Python, with the codes of its result and its parameters."""
import sys

import _foreign


def _signal_handler(number):
    """PyOS_getsig: the address of a signal's handler."""
    action = bytearray(152)
    if _foreign.call(_foreign.dlsym(0, "sigaction"), "i", "iPP", (number, 0, _foreign.buffer_address(action, True)[0]), 1) < 0:
        return -1
    return int.from_bytes(action[:8], sys.byteorder)


def _set_signal_handler(number, handler):
    """PyOS_setsig: gives a signal the handler at an address, and returns the one before."""
    before = _signal_handler(number)
    # The address, the mask (nothing), SA_ONSTACK, and what is the C library's own.
    action = (handler or 0).to_bytes(8, sys.byteorder) + bytes(128) + (0x08000000).to_bytes(4, sys.byteorder) + bytes(12)
    if _foreign.call(_foreign.dlsym(0, "sigaction"), "i", "iPP", (number, _foreign.buffer_address(action, False)[0], 0), 1) < 0:
        return -1
    return before


def _set_asynchronous_exception(thread, exception):
    """PyThreadState_SetAsyncExc: has a thread raise an exception soon; NULL takes it back. Returns the number of threads."""
    return _foreign.set_asynchronous_exception(thread, exception or None)


def _count_reference(value):
    """Py_IncRef and Py_DecRef: references are not counted."""


def _new_capsule(pointer, name, destructor):
    if not pointer:
        raise ValueError("PyCapsule_New called with null pointer")
    return _foreign.new_capsule(pointer, name or 0, destructor or 0)


def _check_capsule(capsule, function):
    if type(capsule) is not _foreign.Capsule:
        raise ValueError(f"PyCapsule_{function} called with invalid PyCapsule object")


def _is_named(capsule, name):
    own = _foreign.capsule_word(capsule, 1)
    return own == (name or 0) or bool(own and name) and _foreign.read(own, -1) == _foreign.read(name, -1)


def _is_capsule(capsule, name):
    return type(capsule) is _foreign.Capsule and _is_named(capsule, name)


def _capsule_pointer(capsule, name):
    _check_capsule(capsule, "GetPointer")
    if not _is_named(capsule, name):
        raise ValueError("PyCapsule_GetPointer called with incorrect name")
    return _foreign.capsule_word(capsule, 0)


def _set_capsule_pointer(capsule, pointer):
    _check_capsule(capsule, "SetPointer")
    if not pointer:
        raise ValueError("PyCapsule_SetPointer called with null pointer")
    _foreign.capsule_word(capsule, 0, pointer)
    return 0


def _capsule_reader(function, number):
    def read(capsule):
        _check_capsule(capsule, function)
        return _foreign.capsule_word(capsule, number)
    return read


def _capsule_writer(function, number):
    def write(capsule, value):
        _check_capsule(capsule, function)
        _foreign.capsule_word(capsule, number, value or 0)
        return 0
    return write


functions = {
    "PyOS_getsig": (_signal_handler, "P", "i"), "PyOS_setsig": (_set_signal_handler, "P", "iP"),
    "PyThreadState_SetAsyncExc": (_set_asynchronous_exception, "i", "LO"), "Py_IncRef": (_count_reference, "v", "O"), "Py_DecRef": (_count_reference, "v", "O"),
    "PyCapsule_New": (_new_capsule, "O", "PPP"), "PyCapsule_IsValid": (_is_capsule, "i", "OP"),
    "PyCapsule_GetPointer": (_capsule_pointer, "P", "OP"), "PyCapsule_SetPointer": (_set_capsule_pointer, "i", "OP"),
    "PyCapsule_GetName": (_capsule_reader("GetName", 1), "P", "O"), "PyCapsule_SetName": (_capsule_writer("SetName", 1), "i", "OP"),
    "PyCapsule_GetContext": (_capsule_reader("GetContext", 2), "P", "O"), "PyCapsule_SetContext": (_capsule_writer("SetContext", 2), "i", "OP"),
    "PyCapsule_GetDestructor": (_capsule_reader("GetDestructor", 3), "P", "O"), "PyCapsule_SetDestructor": (_capsule_writer("SetDestructor", 3), "i", "OP"),
}
