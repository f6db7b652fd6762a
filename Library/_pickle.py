"""What the module pickle takes from here: the class PickleBuffer, and its own functions and classes in Python.

pickle asks for PickleBuffer at its beginning and for the rest at its end, when what it defines in Python is there.
"""
from _picklebuffer import PickleBuffer

_NAMES = frozenset({"Pickler", "Unpickler", "dump", "dumps", "load", "loads"})
_ERRORS = frozenset({"PickleError", "PicklingError", "UnpicklingError"})


def __getattr__(name):
    if name in _NAMES or name in _ERRORS:
        import pickle
        value = getattr(pickle, "_" + name if name in _NAMES else name)
        globals()[name] = value
        return value
    raise AttributeError(f"module '_pickle' has no attribute '{name}'")


def __dir__():
    return sorted({*globals(), *_NAMES, *_ERRORS})
