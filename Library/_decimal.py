"""Decimal arithmetic, which the module decimal takes from here: that of the standard library's _pydecimal."""
from _pydecimal import *
from _pydecimal import __doc__, __version__, __libmpdec_version__
