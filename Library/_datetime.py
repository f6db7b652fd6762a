"""The classes of datetime, which the module of that name takes from here.

They are those of the standard library's own datetime.py, executed in this module's namespace and hidden: it looks for this module at its
end, does not find it, and leaves its classes and their helpers here. What it has to say is put into the words of CPython's native module.
Their plain cases are native: see Sources/StandardModules/Dates.
"""
import sys as _sys

import _twins


def _execute():
    module = globals()
    known = dict(module)
    module["__name__"] = "datetime"         # the classes are to say so
    _sys.modules["_datetime"] = None
    try:
        _twins.execute("datetime.py", "datetime", module)
    finally:
        _sys.modules["_datetime"] = _self
        for name in ("__name__", "__spec__", "__loader__", "__file__", "__cached__"):
            module[name] = known.get(name)


def _shown(kind):
    return f"datetime.{kind.__qualname__}" if kind.__module__ == "datetime" else kind.__name__


def _shorter(original):
    """Subclasses elsewhere show themselves without their module."""
    def __repr__(self):
        text, kind = original(self), type(self)
        return text if kind.__module__ == "datetime" else kind.__name__ + text[len(kind.__module__) + 1 + len(kind.__qualname__):]

    return __repr__


def _without_assertions(original):
    """A function that reports what it takes for impossible as a ValueError."""
    def call(text):
        try:
            return original(text)
        except AssertionError:
            raise ValueError(text)

    return call


def _check_date_fields(year, month, day):
    if day is None:
        raise TypeError(f"function missing required argument {'month' if month is None else 'day'!r} (pos {2 if month is None else 3})")
    year, month, day = _index(year), _index(month), _index(day)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    if not 1 <= day <= _days_in_month(year, month):
        raise ValueError("day is out of range for month")
    return year, month, day


def _check_time_fields(hour, minute, second, microsecond, fold):
    hour, minute, second, microsecond = _index(hour), _index(minute), _index(second), _index(microsecond)
    if not 0 <= hour <= 23:
        raise ValueError("hour must be in 0..23")
    if not 0 <= minute <= 59:
        raise ValueError("minute must be in 0..59")
    if not 0 <= second <= 59:
        raise ValueError("second must be in 0..59")
    if not 0 <= microsecond <= 999999:
        raise ValueError("microsecond must be in 0..999999")
    if fold not in (0, 1):
        raise ValueError("fold must be either 0 or 1")
    return hour, minute, second, microsecond, fold


def _check_tzinfo_arg(tz):
    if tz is not None and not isinstance(tz, tzinfo):
        raise TypeError(f"tzinfo argument must be None or of a tzinfo subclass, not type '{_shown(type(tz))}'")


def _cmperror(x, y):
    raise TypeError(f"can't compare {_shown(type(x))} to {_shown(type(y))}")


def _time_from_text(cls, time_string):
    if not isinstance(time_string, str):
        raise TypeError("fromisoformat: argument must be str")
    try:
        fields = _parse_isoformat_time(time_string.removeprefix("T"))
    except Exception:
        fields = None
    if fields is None:
        raise ValueError(f"Invalid isoformat string: {time_string!r}")
    return cls(*fields)


def _improve():
    own = globals()
    changed = {"_check_date_fields": _check_date_fields, "_check_time_fields": _check_time_fields,
               "_check_tzinfo_arg": _check_tzinfo_arg, "_cmperror": _cmperror}
    _execute()
    own.update(changed)
    own["_parse_isoformat_date"] = _without_assertions(_parse_isoformat_date)
    for method, texts in (
        (timedelta.__new__, {"timedelta # of days is too large: %d": "days=%d; must have magnitude <= 999999999"}),
        (date.__add__, {"result out of range": "date value out of range"}),
        (datetime.__add__, {"result out of range": "date value out of range"}),
        (time._cmp, {"cannot compare naive and aware times": "can't compare offset-naive and offset-aware times"}),
        (datetime._cmp, {"cannot compare naive and aware datetimes": "can't compare offset-naive and offset-aware datetimes"}),
        (datetime.__sub__, {"cannot mix naive and timezone-aware time": "can't subtract offset-naive and offset-aware datetimes"}),
    ):
        _twins.reword(method, texts)
    time.fromisoformat = classmethod(_time_from_text)
    for kind in (date, datetime):
        kind.fromisoformat = classmethod(_twins.unchained(kind.__dict__["fromisoformat"].__func__))
    for kind in (time, datetime):
        kind.isoformat = _twins.unchained(kind.isoformat)
    for kind in (timedelta, date, time, datetime):
        kind.__repr__ = _shorter(kind.__repr__)
    from _datetime_fast import install
    install(date, datetime, timedelta, timezone, tzinfo, time)
    for kind in (timedelta, date, time, datetime, tzinfo, timezone):
        _twins.seal(kind)


_self = _sys.modules["_datetime"]
_improve()
from _datetime_fast import datetime_CAPI
__all__ += ("datetime_CAPI",)
