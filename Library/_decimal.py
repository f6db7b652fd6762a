"""Decimal arithmetic, which the module decimal takes from here. The module proper is made once: a fresh import gets the same classes, which native code knows."""
import _decimal_rest

__doc__ = "C decimal arithmetic module"
__version__, __libmpdec_version__ = "1.70", "2.5.1"
globals().update((_name, getattr(_decimal_rest, _name)) for _name in _decimal_rest.__all__)
