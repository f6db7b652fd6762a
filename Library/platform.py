"""The library's own `platform`, which takes an implementation that it has not heard of for CPython.

What it makes of a `sys.version` it keeps; for ours that is corrected here.
"""
import sys as _sys
from importlib.machinery import SourceFileLoader as _Loader

__file__ = f"{_sys._stdlib_dir}/platform.py"
exec(_Loader(__name__, __file__).get_code(__name__), globals())
_sys_version_cache[_sys.version] = ("Taipan", *_sys_version()[1:])
del _sys, _Loader
