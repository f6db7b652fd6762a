"""Stand-ins for native modules, made from what CPython's library has in Python for those who lack them.

A stand-in is to show in nothing that it is written in Python: its frames are hidden, so that tracebacks, warnings and
debuggers pass over them, and its classes cannot be changed and are named with their module in messages. The modules of this folder
are hidden when they are loaded; what they take from CPython's library is copied and hidden here. The originals stay as
they are, since the library shows them too (`asyncio.futures._PyFuture`, `_pydecimal`).
"""
import sys as _sys
from types import CellType as _Cell, FunctionType as _Function

from __taipan__ import builtin as _builtin, hidden, hide, seal as _seal

_VARARGS, _VARKEYWORDS = 4, 8


def execute(path, name, namespace, names=None):
    """Executes a file of the library, hidden, in a namespace, as the module `name`; what it defines is put into `names`, if given."""
    from importlib.machinery import SourceFileLoader
    code = SourceFileLoader(name, f"{_sys._stdlib_dir}/{path}").get_code(name)
    hide(code)
    exec(code, namespace, names)


def function(original, cell=None, module=None):
    """A hidden copy of a function; `cell` takes the place of the class that `super()` asks for."""
    code, closure = original.__code__, original.__closure__
    if closure and cell is not None:
        closure = tuple(cell if name == "__class__" else own for name, own in zip(code.co_freevars, closure))
    copy = _Function(hidden(code), original.__globals__, original.__name__, original.__defaults__, closure)
    copy.__kwdefaults__ = original.__kwdefaults__
    copy.__doc__ = original.__doc__
    copy.__qualname__ = original.__qualname__
    copy.__module__ = module or original.__module__
    return copy


def copy_class(original, module, bases=None, **changes):
    """A copy of a class whose methods are hidden. `changes` are further attributes; sealing the class is left to the caller."""
    cell, known = _Cell(), {}

    def copied(value):
        if id(value) not in known:
            known[id(value)] = copied_anew(value)
        return known[id(value)]

    def copied_anew(value):
        if isinstance(value, _Function):
            return function(value, cell, module)
        if isinstance(value, (classmethod, staticmethod)):
            return type(value)(copied(value.__func__))
        if isinstance(value, property):
            parts = (part and copied(part) for part in (value.fget, value.fset, value.fdel))
            return property(*parts, value.__doc__)
        return value

    slots = original.__dict__.get("__slots__", ())
    left_out = {"__dict__", "__weakref__", *slots}
    namespace = {name: copied(value) for name, value in vars(original).items() if name not in left_out}
    namespace |= changes
    namespace["__module__"] = module
    copy = type(original)(original.__name__, original.__bases__ if bases is None else bases, namespace)
    cell.cell_contents = copy
    return copy


def seal(kind, is_final=False):
    """Makes a class immutable, and has messages name it with its module; returns it. Of a final one there are no subclasses.

    Classes in C have no `__slots__`, whose contents would be pickled.
    """
    if "__slots__" in vars(kind):
        del kind.__slots__
    if is_final:
        text = f"type '{kind.__module__}.{kind.__qualname__}' is not an acceptable base type"

        def __init_subclass__(cls, /, **keywords):
            raise TypeError(text)

        kind.__init_subclass__ = classmethod(__init_subclass__)
    return _seal(kind)


def builtin(function, signature=None):
    """A built-in function that does as a function in Python does: as an attribute of a class, it becomes no method.

    Its text signature is that of the function. Another may be given, or an empty one: then it has none, as many in C have none.
    """
    if signature is None:
        signature = getattr(function, "__text_signature__", None) or _signature(function)
    doc = function.__doc__ or ""
    return _builtin(function, f"{function.__name__}{signature}\n--\n\n{doc}" if signature else doc)


def _signature(function):
    """The text signature of a function of a module. Keywords that begin with an underscore are the module's own affair."""
    code, defaults, named = function.__code__, function.__defaults__ or (), function.__kwdefaults__ or {}
    count, last = code.co_argcount, code.co_argcount + code.co_kwonlyargcount
    names, rest = code.co_varnames[:last], [*code.co_varnames[last:]]
    parts = [*names[:count - len(defaults)], *map("{}={!r}".format, names[count - len(defaults):count], defaults)]
    if parts or last:
        parts.insert(code.co_posonlyargcount, "/")
    keywords = [f"{name}={named[name]!r}" if name in named else name for name in names[count:] if name[0] != "_"]
    if code.co_flags & _VARARGS:
        parts.append("*" + rest.pop(0))
    elif keywords:
        parts.append("*")
    if code.co_flags & _VARKEYWORDS:
        keywords.append("**" + rest.pop(0))
    return f"({', '.join(['$module', *parts, *keywords])})"


def publish(namespace, private=(), without_signature=()):
    """Puts built-in functions in the place of a module's own functions with a public name: a module in C has no others.

    `private` names further ones. Those named in `without_signature` have no text signature, as in C; a star stands for all.
    """
    for name, value in [*namespace.items()]:
        if type(value) is _Function and (name[0] != "_" or name in private) and value.__module__ == namespace["__name__"]:
            namespace[name] = builtin(value, "" if name in without_signature or "*" in without_signature else None)


def unchained(original):
    """A function whose own handling of exceptions does not show in the context of those that it raises."""
    def call(*arguments, **keywords):
        try:
            return original(*arguments, **keywords)
        except Exception as one:
            error = one
        error.__context__ = None
        raise error

    call.__name__, call.__qualname__, call.__doc__ = original.__name__, original.__qualname__, original.__doc__
    return call


def reword(function, texts):
    """Puts other texts into the messages of a function."""
    code = function.__code__
    function.__code__ = hidden(code.replace(co_consts=tuple(texts.get(one, one) if type(one) is str else one for one in code.co_consts)))
