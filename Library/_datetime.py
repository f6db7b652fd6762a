"""The classes of datetime, which the module of that name takes from here.

They are those of the standard library's own datetime.py, executed in this module's namespace: it
looks for this module at its end, does not find it, and leaves its classes and their helpers here.
"""
import sys as _sys
from importlib.machinery import SourceFileLoader as _Loader


def _execute():
    module = globals()
    known = dict(module)
    module["__name__"] = "datetime"         # the classes are to say so
    _sys.modules["_datetime"] = None
    try:
        exec(_Loader("datetime", _sys._stdlib_dir + "/datetime.py").get_code("datetime"), module)
    finally:
        _sys.modules["_datetime"] = _self
        for name in ("__name__", "__spec__", "__loader__", "__file__", "__cached__"):
            module[name] = known.get(name)


_self = _sys.modules["_datetime"]
_execute()
datetime_CAPI = None
