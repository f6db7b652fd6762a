"""The part of decimal arithmetic that is not native: constants, exceptions, contexts as Python sees them, and the operations that programs seldom call.

Those are the library's, from _pydecimal: operands and context are handed over, and the result and what was noted come back. Native code (_decimal_arithmetic) finds
the functions of this file by name, in a dict that it is given at the end.
"""
import _decimal_arithmetic as _native
import _twins
import numbers as _numbers
from _decimal_arithmetic import Context, Decimal, getcontext
from collections import namedtuple as _namedtuple
from collections.abc import MutableMapping as _MutableMapping

HAVE_THREADS = HAVE_CONTEXTVAR = True
MAX_PREC = MAX_EMAX = 999999999999999999
MIN_EMIN = -MAX_EMAX
MIN_ETINY = MIN_EMIN - (MAX_PREC - 1)
ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR = "ROUND_UP", "ROUND_DOWN", "ROUND_CEILING", "ROUND_FLOOR"
ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP = "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_05UP"

DecimalTuple = _namedtuple("DecimalTuple", "sign digits exponent", module="decimal")
_numbers.Number.register(Decimal)


# Exceptions

def _exception(name, *bases):
    return type(name, bases, {"__module__": "decimal"})


DecimalException = _exception("DecimalException", ArithmeticError)
InvalidOperation = _exception("InvalidOperation", DecimalException)
ConversionSyntax = _exception("ConversionSyntax", InvalidOperation)
DivisionImpossible = _exception("DivisionImpossible", InvalidOperation)
DivisionUndefined = _exception("DivisionUndefined", InvalidOperation, ZeroDivisionError)
InvalidContext = _exception("InvalidContext", InvalidOperation)
FloatOperation = _exception("FloatOperation", DecimalException, TypeError)
DivisionByZero = _exception("DivisionByZero", DecimalException, ZeroDivisionError)
Inexact = _exception("Inexact", DecimalException)
Rounded = _exception("Rounded", DecimalException)
Subnormal = _exception("Subnormal", DecimalException)
Overflow = _exception("Overflow", Inexact, Rounded)
Underflow = _exception("Underflow", Inexact, Rounded, Subnormal)
Clamped = _exception("Clamped", DecimalException)

# In the order of the bits that native code keeps; the first five are all invalid operations.
_classes = (InvalidOperation, ConversionSyntax, DivisionImpossible, DivisionUndefined, InvalidContext, FloatOperation, DivisionByZero, Overflow, Underflow, Subnormal,
            Inexact, Rounded, Clamped)
_conditions = {one.__name__: 1 << place for place, one in enumerate(_classes)}
_masks = {one: 1 << place for place, one in enumerate(_classes) if place == 0 or place > 4}
_masks[InvalidOperation] = 31
# The order in which contexts are shown to have them: an invalid operation stands where its kind does.
_shown = (Clamped, ConversionSyntax, DivisionByZero, DivisionImpossible, DivisionUndefined, Inexact, InvalidContext, InvalidOperation, FloatOperation, Overflow, Rounded, Subnormal,
          Underflow)


# Flags and traps

_unknown = "valid values for signals are:\n  [InvalidOperation, FloatOperation, DivisionByZero,\n   Overflow, Underflow, Subnormal, Inexact, Rounded,\n   Clamped]"


def _mask(signal):
    try:
        return _masks[signal]
    except (KeyError, TypeError):
        pass
    raise KeyError(_unknown)


class SignalDict(_MutableMapping):
    """The flags or traps of a context."""
    __slots__ = ("_context", "_traps")
    __module__ = "abc"

    def __getitem__(self, key):
        return _native.get_signals(self._context, self._traps) & _mask(key) != 0

    def __setitem__(self, key, value):
        mask = _mask(key)
        number = _native.get_signals(self._context, self._traps)
        _native.set_signals(self._context, self._traps, number | mask if value else number & ~mask)

    def __delitem__(self, key):
        raise ValueError("signal keys cannot be deleted")

    def __iter__(self):
        return iter(_masks)

    def __len__(self):
        return len(_masks)

    def __repr__(self):
        return "{" + ", ".join([f"<class 'decimal.{one.__name__}'>:{self[one]}" for one in _masks]) + "}"

    def __eq__(self, other):
        if isinstance(other, SignalDict):
            return _number(self) == _number(other)
        if isinstance(other, dict):
            return len(other) == len(_masks) and all([one in _masks for one in other]) and _number(self) == _number(other)
        return NotImplemented

    __hash__ = None

    def copy(self):
        return dict(self)


def _make_mapping(context, traps):
    mapping = object.__new__(SignalDict)
    mapping._context, mapping._traps = context, traps
    return mapping


def _number(signals):
    """The bits of a mapping of signals."""
    if isinstance(signals, SignalDict):
        return sum([_masks[one] for one in _masks if signals[one]])
    if not isinstance(signals, dict):
        raise TypeError("argument must be a signal dict")
    if len(signals) != len(_masks) or any([one not in _masks for one in signals]):
        raise KeyError("invalid signal dict")
    return sum([_masks[one] for one, value in signals.items() if value])


def _set_signals(context, traps, signals):
    if isinstance(signals, SignalDict):
        number = _native.get_signals(signals._context, signals._traps)
    else:
        number = _number(signals)
    _native.set_signals(context, traps, number)


def _signals(context, traps):
    """The signals that are set, as a list."""
    number = _native.get_signals(context, traps)
    return [one for one, mask in _masks.items() if number & mask]


# Contexts

def _initialize(self, prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None):
    for name, value in (("prec", prec), ("rounding", rounding), ("Emin", Emin), ("Emax", Emax), ("capitals", capitals), ("clamp", clamp)):
        if value is not None:
            setattr(self, name, value)
    for is_traps, signals in ((True, traps), (False, flags)):
        if isinstance(signals, list):
            number = 0
            for one in signals:
                number |= _mask(one)
            _native.set_signals(self, is_traps, number)
        elif signals is not None:
            _set_signals(self, is_traps, signals)


def _names(number):
    """The names of the signals in a number, in the order of showing."""
    names = {}
    for one in _shown:
        if number & _conditions[one.__name__]:
            names["InvalidOperation" if issubclass(one, InvalidOperation) else one.__name__] = True
    return names


def _repr_context(self):
    flags, traps = (", ".join(_names(_native.get_signals(self, which))) for which in (False, True))
    return (f"Context(prec={self.prec}, rounding={self.rounding}, Emin={self.Emin}, Emax={self.Emax}, capitals={self.capitals}, clamp={self.clamp}, "
            f"flags=[{flags}], traps=[{traps}])")


def _reduce_context(self):
    return type(self), (self.prec, self.rounding, self.Emin, self.Emax, self.capitals, self.clamp, _signals(self, False), _signals(self, True))


def _setcontext(context, /):
    """Set a new default context."""
    if any(context is one for one in (DefaultContext, BasicContext, ExtendedContext)):
        context = context.copy()
        context.clear_flags()
    _native.set_current(context)


class ContextManager:
    """What localcontext() gives to a with statement."""
    __slots__ = ("_local", "_previous")
    __module__ = "decimal"

    def __enter__(self):
        _native.set_current(self._local)
        return self._local

    def __exit__(self, *error):
        _native.set_current(self._previous)
        return False


_settings = frozenset(("prec", "rounding", "Emin", "Emax", "capitals", "clamp", "flags", "traps"))


def _localcontext(ctx=None, **kwargs):
    """Return a context manager that will set the default context to a copy of ctx
on entry to the with-statement and restore the previous default context when
exiting the with-statement. If no context is supplied, a copy of the current
default context is used."""
    for name in kwargs:
        if name not in _settings:
            raise TypeError(f"'{name}' is an invalid keyword argument for this function")
    previous = getcontext()
    manager = object.__new__(ContextManager)
    manager._previous, manager._local = previous, _native.copy_context(previous if ctx is None else ctx)
    for name, value in kwargs.items():
        setattr(manager._local, name, value)
    return manager


# The library's operations

_library = None


def _originals():
    """The namespace of the library's _pydecimal, whose contexts here only note conditions."""
    global _library
    if _library is None:
        namespace = dict(__name__="_pydecimal", __builtins__=__builtins__)
        _twins.execute("_pydecimal.py", "_pydecimal", namespace)
        known = namespace["_condition_map"]

        def note(self, condition, explanation=None, *args):
            error = known.get(condition, condition)
            if error in self._ignored_flags:
                return error().handle(self, *args)
            self.flags[error] = 1
            noted = self.__dict__.get("noted")
            if noted is not None:
                noted.add(condition.__name__)
            return condition().handle(self, *args)

        namespace["Context"]._raise_error = note
        _library = namespace
    return _library


def _original(number):
    sign, digits, exponent = _native.parts(number)
    return _originals()["_dec_from_triple"](sign, digits, exponent, isinstance(exponent, str))


def _perform(name, context, *operands):
    """The result of a method of the library's Decimal."""
    library = _originals()
    operands = [one if one is None else _original(_native.convert(one)) for one in operands]
    own = library["Context"](context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, [], [])
    noted = set()
    object.__setattr__(own, "noted", noted)
    result = getattr(library["Decimal"], name)(*operands, context=own)
    number = 0
    for signal, flag in own.flags.items():
        if flag and (signal.__name__ != "InvalidOperation" or not noted & {"ConversionSyntax", "DivisionImpossible", "DivisionUndefined"}):
            number |= _conditions[signal.__name__]
    for one in noted:
        number |= _conditions.get(one, 0)
    if number:
        _native.settle(context, number)
    return Decimal(str(result))


def _operation(name):
    def operation(*arguments):
        *operands, context = arguments
        if context is None:
            context = getcontext()
        elif not isinstance(context, Context):
            raise TypeError("optional argument must be a context")
        return _perform(name, context, *operands)

    return operation


def _power(base, exponent, modulo, context):
    return _perform("__pow__", context, base, exponent, modulo)


def _format(number, spec, override, context):
    locale = None
    if override is not None:
        if not isinstance(override, dict):
            raise TypeError("optional argument must be a dict")
        point, separator, grouping = override.get("decimal_point", "."), override.get("thousands_sep", ""), override.get("grouping", "")
        if not all([isinstance(one, str) for one in (point, separator, grouping)]):
            raise TypeError("bad argument type for built-in operation")
        if not 0 < len(point.encode()) <= 4 or len(separator.encode()) > 4 or not grouping.isascii():
            raise ValueError("invalid override dict")
        locale = dict(decimal_point=point, thousands_sep=separator, grouping=list(grouping.encode()))
    library = _originals()
    own = library["Context"](context.prec, context.rounding, context.Emin, context.Emax, context.capitals, context.clamp, [], [])
    try:
        return _original(number).__format__(spec, context=own, _localeconv=locale)
    except (ValueError, MemoryError, OverflowError):
        pass
    raise ValueError("invalid format string")


def _times_denominator(number, other):
    """Both sides of a comparison with a fraction, times its denominator."""
    if not isinstance(other, _numbers.Rational):
        return NotImplemented
    return _exact.multiply(number, Decimal(other.denominator)), Decimal(other.numerator)


_hooks = {name: _operation(name) for name in ("exp", "ln", "log10", "next_minus", "next_plus", "logb", "logical_invert", "next_toward", "remainder_near", "logical_and",
                                              "logical_or", "logical_xor", "rotate", "scaleb", "shift")}
_hooks |= dict(initialize=_initialize, repr_context=_repr_context, reduce_context=_reduce_context, make_mapping=_make_mapping, set_signals=_set_signals, power=_power,
               format=_format, times_denominator=_times_denominator, DecimalTuple=DecimalTuple)
_native.install(_hooks, _classes)
_exact = Context(MAX_PREC, ROUND_HALF_EVEN, MIN_EMIN, MAX_EMAX, 1, 0, [], [])
DefaultContext = Context(28, ROUND_HALF_EVEN, -999999, 999999, 1, 0, [], [InvalidOperation, DivisionByZero, Overflow])
BasicContext = Context(9, ROUND_HALF_UP, -999999, 999999, 1, 0, [], [InvalidOperation, DivisionByZero, Overflow, Underflow, Clamped])
ExtendedContext = Context(9, ROUND_HALF_EVEN, -999999, 999999, 1, 0, [], [])
_native.set_template(DefaultContext)
for _one in _setcontext, _localcontext:
    _one.__name__ = _one.__qualname__ = _one.__name__[1:]
setcontext, localcontext = _twins.builtin(_setcontext), _twins.builtin(_localcontext)
_twins.seal(ContextManager)

__all__ = [name for name in globals() if not name.startswith("_") and name not in ("SignalDict", "ContextManager")]
