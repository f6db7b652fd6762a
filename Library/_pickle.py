"""What the module pickle takes from here: the class PickleBuffer, and its own functions and classes in Python.

pickle asks for PickleBuffer at its beginning and for the rest at its end, when what it defines in Python is there.
"""
import _twins
from _picklebuffer import PickleBuffer

_NAMES = frozenset({"Pickler", "Unpickler", "dump", "dumps", "load", "loads"})


class PickleError(Exception):
    pass


class PicklingError(PickleError):
    pass


class UnpicklingError(PickleError):
    pass


def __getattr__(name):
    if name in _NAMES:
        import pickle
        _define(pickle)
        return globals()[name]
    raise AttributeError(f"module '_pickle' has no attribute '{name}'")


def _define(pickle):
    """Makes the classes and functions: they are pickle's own, and report errors in the words of CPython's native ones."""
    global Pickler, Unpickler, dump, dumps, load, loads
    from io import BytesIO
    from sys import modules

    own = pickle.__dict__

    def last_entry(trace):
        while trace.tb_next is not None:
            trace = trace.tb_next
        return trace

    def stripped(error):
        """The error without the entries of pickle's functions in its traceback, as if they were native ones."""
        kept = []
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_globals is not own:
                kept.append(trace)
            trace = trace.tb_next
        for one, following in zip(kept, kept[1:] + [None]):
            one.tb_next = following
        return error.with_traceback(kept[0] if kept else None)

    def translated(error):
        """The error that says what is wrong with the input; the same for one that is about something else."""
        trace = error.__traceback__
        if trace is None or trace.tb_frame.f_globals is not own:
            return error
        inner = trace.tb_next
        if inner is None:
            # Of the loop over opcodes: there is no such one.
            if isinstance(error, IndexError):
                return UnpicklingError("unpickling stack underflow")
            if isinstance(error, KeyError):
                key = error.args[0]
                shown = chr(key) if 0x20 <= key <= 0x7e and chr(key) not in "'\\" else f"\\x{key:02x}"
                return UnpicklingError(f"invalid load key, '{shown}'.")
            return error
        if isinstance(error, UnpicklingError):
            if inner.tb_frame.f_code is pickle._Unframer.read.__code__:
                return EOFError("Ran out of input")
            return UnpicklingError("pickle data was truncated") if str(error) == "pickle exhausted before end of frame" else error
        trace = last_entry(trace)
        if trace.tb_frame.f_globals is own and isinstance(error, IndexError):
            name = trace.tb_frame.f_code.co_name
            if name == "<dictcomp>":
                return UnpicklingError("odd number of items for DICT")
            if name.startswith(("load_", "pop_mark")):
                return UnpicklingError("unpickling stack underflow")
        return error

    def unpicklable(error):
        """The error that says why a function or class cannot be found again."""
        trace = last_entry(error.__traceback__)
        context = error.__context__
        if trace.tb_frame.f_code is not pickle._Pickler.save_global.__code__ or context is None:
            return error
        names = trace.tb_frame.f_locals
        name, module, obj = names["name"], names["module_name"], names["obj"]
        if not isinstance(context, AttributeError):
            return PicklingError(f"Can't pickle {obj!r}: import of module {module!r} failed")
        if "<locals>" in name:
            return AttributeError(f"Can't pickle local object {name!r}")
        return PicklingError(f"Can't pickle {obj!r}: attribute lookup {name} on {module} failed")

    class Unpickler(pickle._Unpickler):
        def __init__(self, file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=()):
            if not hasattr(file, "read") or not hasattr(file, "readline"):
                raise TypeError("file must have 'read' and 'readline' attributes")
            pickle._Unpickler.__init__(self, file, fix_imports=fix_imports, encoding=encoding, errors=errors, buffers=buffers)
            read, readline = self._file_read, self._file_readline

            def read_all(size):
                data = read(size)
                if len(data) < size:
                    raise UnpicklingError("pickle data was truncated")
                return data

            def read_line():
                data = readline()
                if data[-1:] != b"\n":
                    raise UnpicklingError("pickle data was truncated")
                return data

            self._file_read, self._file_readline = read_all, read_line

        def load(self):
            """Read a pickled object from the file."""
            try:
                return pickle._Unpickler.load(self)
            except BaseException as one:
                error = one
            better = translated(error)
            raise better if better is not error else stripped(error)

        def find_class(self, module_name, global_name, /):
            """The object of this name in the module, which is imported."""
            try:
                return pickle._Unpickler.find_class(self, module_name, global_name)
            except AttributeError as one:
                error = one
            if error.obj is modules.get(module_name):
                raise AttributeError(f"Can't get attribute {global_name!r} on {error.obj!r}")
            raise error

    class Pickler(pickle._Pickler):
        def __init__(self, file, protocol=None, fix_imports=True, buffer_callback=None):
            if not hasattr(file, "write"):
                raise TypeError("file must have a 'write' attribute")
            pickle._Pickler.__init__(self, file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback)

        def dump(self, obj, /):
            """Write the object, pickled, to the file."""
            try:
                return pickle._Pickler.dump(self, obj)
            except BaseException as one:
                error = one
            better = unpicklable(error) if isinstance(error, PicklingError) else error
            raise better if better is not error else stripped(error)

    def dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None):
        """Pickle an object into a file."""
        Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)

    def dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None):
        """Pickle an object into bytes."""
        file = BytesIO()
        Pickler(file, protocol, fix_imports=fix_imports, buffer_callback=buffer_callback).dump(obj)
        return file.getvalue()

    def load(file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=()):
        """The object that a file has pickled."""
        return Unpickler(file, fix_imports=fix_imports, buffers=buffers, encoding=encoding, errors=errors).load()

    def loads(data, /, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=()):
        """The object that bytes have pickled."""
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return Unpickler(BytesIO(data), fix_imports=fix_imports, buffers=buffers, encoding=encoding, errors=errors).load()

    for one in Pickler, Unpickler:
        one.__qualname__ = one.__name__
        _twins.seal(one)
    writing = "protocol=None, *, fix_imports=True, buffer_callback=None)"
    reading = '*, fix_imports=True, encoding="ASCII", errors="strict", buffers=())'
    dump, dumps = _twins.builtin(dump, f"(obj, file, {writing}"), _twins.builtin(dumps, f"(obj, {writing}")
    load, loads = _twins.builtin(load, f"(file, {reading}"), _twins.builtin(loads, f"(data, /, {reading}")


def __dir__():
    return sorted({*globals(), *_NAMES})


_twins.hide(_define.__code__)
