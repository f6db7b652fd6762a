"""What the module pickle takes from here: the class PickleBuffer, and its own functions and classes in Python.

pickle asks for PickleBuffer at its beginning and for the rest at its end, when what it defines in Python is there.
"""
from _picklebuffer import PickleBuffer

_NAMES = frozenset({"Pickler", "Unpickler", "dump", "dumps", "load", "loads"})
_ERRORS = frozenset({"PickleError", "PicklingError", "UnpicklingError"})


def __getattr__(name):
    if name in _NAMES or name in _ERRORS:
        import pickle
        if name in _NAMES:
            _define(pickle)
        else:
            globals()[name] = getattr(pickle, name)
        return globals()[name]
    raise AttributeError(f"module '_pickle' has no attribute '{name}'")


def _define(pickle):
    """Makes the classes and functions: they are pickle's own, and report errors in the words of CPython's native ones."""
    global Pickler, Unpickler, dump, dumps, load, loads
    from io import BytesIO
    from struct import error as struct_error

    def translated(error):
        """The error that says what is wrong with the input; None for one that is about something else."""
        trace = error.__traceback__.tb_next
        if trace.tb_next is None:
            # Of the loop over opcodes: there is none, or no such one.
            if isinstance(error, EOFError):
                return EOFError("Ran out of input")
            if isinstance(error, KeyError):
                key = error.args[0]
                shown = chr(key) if 0x20 <= key <= 0x7e and chr(key) not in "'\\" else f"\\x{key:02x}"
                return pickle.UnpicklingError(f"invalid load key, '{shown}'.")
            return None
        while trace.tb_next is not None:
            trace = trace.tb_next
        code = trace.tb_frame.f_code
        if trace.tb_frame.f_globals is not pickle.__dict__ or not code.co_name.startswith(("load_", "pop_mark", "get_extension", "read")):
            return None
        return pickle.UnpicklingError("unpickling stack underflow" if isinstance(error, IndexError) else "pickle data was truncated")

    class Unpickler(pickle._Unpickler):
        def load(self):
            try:
                return pickle._Unpickler.load(self)
            except (EOFError, KeyError, IndexError, ValueError, struct_error) as error:
                better = translated(error)
                if better is None:
                    raise
            raise better

    class Pickler(pickle._Pickler):
        def dump(self, obj, /):
            try:
                return pickle._Pickler.dump(self, obj)
            except pickle.PicklingError as error:
                trace = error.__context__.__traceback__ if isinstance(error.__context__, AttributeError) else None
                while trace is not None and trace.tb_next is not None:
                    trace = trace.tb_next
                if trace is None or trace.tb_frame.f_code is not pickle._getattribute.__code__ or "<locals>" not in trace.tb_frame.f_locals["name"]:
                    raise
                name = trace.tb_frame.f_locals["name"]
            raise AttributeError(f"Can't pickle local object {name!r}")

    Pickler.__qualname__, Unpickler.__qualname__ = "Pickler", "Unpickler"

    def dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None):
        """Write a pickled representation of obj to the open file object file."""
        Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)

    def dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None):
        """Return the pickled representation of the object as a bytes object."""
        file = BytesIO()
        Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)
        return file.getvalue()

    def load(file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=()):
        """Read and return an object from the pickle data stored in a file."""
        return Unpickler(file, fix_imports=fix_imports, buffers=buffers, encoding=encoding, errors=errors).load()

    def loads(data, /, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=()):
        """Read and return an object from the given pickle data."""
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return Unpickler(BytesIO(data), fix_imports=fix_imports, buffers=buffers, encoding=encoding, errors=errors).load()


def __dir__():
    return sorted({*globals(), *_NAMES, *_ERRORS})
