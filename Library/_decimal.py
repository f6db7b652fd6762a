"""Decimal arithmetic, which the module decimal takes from here: the library's _pydecimal, hidden, and with the messages of CPython's native module."""
import _twins

_module = dict(__name__="_pydecimal", __builtins__=__builtins__)
_twins.execute("_pydecimal.py", "_pydecimal", _module)
globals().update((name, _module[name]) for name in _module["__all__"])
__doc__, __version__, __libmpdec_version__ = (_module[name] for name in ("__doc__", "__version__", "__libmpdec_version__"))


def _raise_error(self, condition, explanation=None, *args):
    """Handles an exceptional condition: notes it in the flags, and raises it, or gives the result to go on with."""
    error = _conditions.get(condition, condition)
    if error in self._ignored_flags:
        return error().handle(self, *args)
    self.flags[error] = 1
    if not self.traps[error]:
        return condition().handle(self, *args)
    raise error([condition])


def _parse_format_specifier(spec, _localeconv=None):
    try:
        return _parse(spec, _localeconv=_localeconv)
    except ValueError:
        pass
    raise ValueError("invalid format string")


_conditions, _parse = _module["_condition_map"], _module["_parse_format_specifier"]
_module["_parse_format_specifier"] = _parse_format_specifier
DecimalTuple.__module__ = "decimal"
Context._raise_error = _raise_error
for _one in _raise_error, _parse_format_specifier:
    _twins.hide(_one.__code__)
for _one in Decimal.__new__, Decimal.from_float.__func__:
    _twins.reword(_one, {"Invalid tuple size in creation of Decimal from list or tuple.  The list or tuple should have exactly three elements.":
                         "argument must be a sequence of length 3"})
_twins.reword(Decimal.__int__, {"Cannot convert NaN to integer": "cannot convert NaN to integer",
                                "Cannot convert infinity to integer": "cannot convert Infinity to integer"})
_twins.reword(Decimal.__round__, {"Second argument to round should be integral": "optional arg must be an integer"})
_twins.reword(Context._set_integer_check, {"%s must be an integer": "an integer is required"})
for _one in Decimal, Context:
    _twins.seal(_one)
del _one
