"""The classes of datetime, which the module of that name takes from here.

They are those of the standard library's own datetime.py, executed in this module's namespace and hidden: it looks for this module at its
end, does not find it, and leaves its classes and their helpers here. What it has to say is put into the words of CPython's native module.
Their plain cases are native: see Sources/StandardModules/Dates.
"""
import sys as _sys

import _twins
from _datetime_fast import pack as _pack
from _signatures import check as _check, check_new as _check_new, convert_int as _int, named_like as _named_like, read_only as _read_only, refuse as _refuse_arguments, shown as _shown


_WORDS = {"date": ("_day_word", "_hashcode"), "time": ("_clock_word", "_tzinfo", "_hashcode"), "datetime": ("_clock_word", "_tzinfo")}


class _Names(dict):
    """The names that the library's module defines. Some classes get other slots before anybody has seen them: one for all fields of a day, and one for those of a time of day."""

    def __init__(self, module):
        self._module = module

    def __missing__(self, name):
        return self._module[name]

    def __setitem__(self, name, value):
        self._module[name] = _packed(value) if name in _WORDS else value

    def __delitem__(self, name):
        del self._module[name]


def _packed(original):
    words = _WORDS[original.__name__]
    left_out = {"__dict__", "__weakref__", *original.__slots__}
    namespace = {name: value for name, value in vars(original).items() if name not in left_out}
    kind = type(original.__name__, original.__bases__, namespace | {"__slots__": words, "__qualname__": original.__qualname__})
    _pack(kind)
    return kind


def _execute():
    module = globals()
    known = dict(module)
    module["__name__"] = "datetime"         # the classes are to say so
    _sys.modules["_datetime"] = None
    try:
        _twins.execute("datetime.py", "datetime", module, _Names(module))
    finally:
        _sys.modules["_datetime"] = _self
        for name in ("__name__", "__spec__", "__loader__", "__file__", "__cached__"):
            module[name] = known.get(name)


def _shorter(original):
    """Subclasses elsewhere show themselves without their module."""
    def __repr__(self):
        text, kind = original(self), type(self)
        return text if kind.__module__ == "datetime" else kind.__name__ + text[len(kind.__module__) + 1 + len(kind.__qualname__):]

    return _named_like(__repr__, original)


def _fold_first(original):
    """Of datetimes, fold is shown before the time zone."""
    def __repr__(self):
        text = original(self)
        if not self._fold or self._tzinfo is None:
            return text
        fields, zone = text.removesuffix(", fold=1)").split(", tzinfo=", 1)
        return f"{fields}, fold=1, tzinfo={zone})"

    return _named_like(__repr__, original)


_DATE_FORMS = frozenset({"0000-00-00", "00000000", "0000-W00-0", "0000-W00", "0000W000", "0000W00"})
_DIGITS = "0123456789"
_OFFSET = "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24)"


def _strict_date(original):
    """A function that reads dates, and nothing else that `int` takes."""
    def parse(text):
        if "".join("0" if one in _DIGITS else one for one in text) not in _DATE_FORMS:
            raise ValueError(text)
        return original(text)

    return parse


def _number(text, start, count):
    digits = text[start:start + count]
    if len(digits) != count or digits.strip(_DIGITS):
        raise ValueError(text)
    return int(digits)


def _parse_clock(text):
    """Hours, minutes, seconds and microseconds, and whether something follows them. A single odd character may always follow."""
    fields, place = [0, 0, 0, 0], 0
    for part in range(3):
        fields[part] = _number(text, place, 2)
        place += 2
        mark = text[place:place + 1]
        if place + 1 >= len(text):
            return fields, mark != ""
        if part == 0:
            is_separated = mark == ":"
        if is_separated and mark == ":":
            place += 1
        elif mark in ".,":
            place += 1
            break
        elif is_separated:
            raise ValueError(text)
    count = min(len(text) - place, 6)
    fields[3] = _number(text, place, count) * 10 ** (6 - count)
    return fields, text[place + 6:].lstrip(_DIGITS) != ""


def _parse_isoformat_time(text):
    end = next((place for place, one in enumerate(text) if one in "+-Z"), len(text))
    fields, is_followed = _parse_clock(text[:end])
    zone = None
    if end < len(text):
        (hours, minutes, seconds, microseconds), is_followed = ([0, 0, 0, 0], text[end + 1:] != "") if text[end] == "Z" else _parse_clock(text[end + 1:])
        offset = timedelta(hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)
    if is_followed:
        raise ValueError(text)
    if end < len(text):
        zone = timezone(-offset if text[end] == "-" else offset) if hours or minutes or seconds else timezone.utc
    return [*fields, zone]


def _check_date_fields(year, month, day):
    year, month, day = _int(year), _int(month), _int(day)
    if not MINYEAR <= year <= MAXYEAR:
        raise ValueError(f"year {year} is out of range")
    if not 1 <= month <= 12:
        raise ValueError("month must be in 1..12")
    if not 1 <= day <= _days_in_month(year, month):
        raise ValueError("day is out of range for month")
    return year, month, day


def _check_time_fields(hour, minute, second, microsecond, fold):
    hour, minute, second, microsecond, fold = _int(hour), _int(minute), _int(second), _int(microsecond), _int(fold)
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


def _check_tzname(name):
    if name is not None and not isinstance(name, str):
        raise TypeError(f"tzinfo.tzname() must return None or a string, not '{_shown(type(name))}'")


def _check_utc_offset(name, offset):
    if offset is None:
        return
    if not isinstance(offset, timedelta):
        raise TypeError(f"tzinfo.{name}() must return None or timedelta, not '{_shown(type(offset))}'")
    if not timezone._minoffset <= offset <= timezone._maxoffset:
        raise ValueError(f"{_OFFSET}.")


# MARK: Texts

def _read(text, parse, part):
    """What a function makes of a part of a text in ISO 8601 format."""
    try:
        return parse(part)
    except Exception as one:
        error = one if str(one).startswith(_OFFSET) else ValueError(f"Invalid isoformat string: {text!r}")
    error.__context__ = None
    raise error


def _check_text(text):
    if not isinstance(text, str):
        raise TypeError("fromisoformat: argument must be str")


def _date_from_text(cls, text):
    _check_text(text)
    return cls(*_read(text, _parse_isoformat_date, text))


def _time_from_text(cls, text):
    _check_text(text)
    return cls(*_read(text, _parse_isoformat_time, text.removeprefix("T")))


def _datetime_from_text(cls, text):
    _check_text(text)
    end = _read(text, _find_isoformat_datetime_separator, text)
    day = _read(text, _parse_isoformat_date, text[:end])
    return cls(*day, *(_read(text, _parse_isoformat_time, text[end + 1:]) if end < len(text) else ()))


def _wrap_strftime(original):
    def wrapped(value, format, fields):
        return original(value, format.partition("\0")[0], fields)

    return wrapped


# MARK: Numbers

def _from_ordinal(cls, ordinal):
    ordinal = _int(ordinal)
    if ordinal < 1:
        raise ValueError("ordinal must be >= 1")
    return cls(*_ord2ymd(ordinal))


def _from_timestamp(original):
    def _fromtimestamp(cls, timestamp, utc, zone):
        if not isinstance(timestamp, float):
            timestamp = _index(timestamp)
        elif timestamp != timestamp:
            raise ValueError("Invalid value NaN (not a number)")
        return original(cls, timestamp, utc, zone)

    return _fromtimestamp


def _date_from_timestamp(original):
    def fromtimestamp(cls, timestamp):
        return original(cls, timestamp if isinstance(timestamp, float) else _index(timestamp))

    return fromtimestamp


_NUMBERS = {int, float}


def _delta(original):
    def __new__(cls, days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0):
        if not {*map(type, (days, seconds, microseconds, milliseconds, minutes, hours, weeks))} <= _NUMBERS:
            for name, value in (("microseconds", microseconds), ("milliseconds", milliseconds), ("seconds", seconds), ("minutes", minutes), ("hours", hours),
                                ("days", days), ("weeks", weeks)):
                if not isinstance(value, (int, float)):
                    raise TypeError(f"unsupported type for timedelta {name} component: {_shown(type(value))}")
        try:
            return original(cls, days, seconds, microseconds, milliseconds, minutes, hours, weeks)
        except OverflowError as one:
            error = one
        days = error.args[0]
        if days.lstrip("-").isdigit():
            in_range = -1 << 31 <= int(days) < 1 << 31
            error = OverflowError(f"days={days}; must have magnitude <= 999999999" if in_range else "Python int too large to convert to C int")
        error.__context__ = None
        raise error

    return __new__


def _of_dates(original):
    """An operator of dates that is none of datetimes, though these are a subclass."""
    def operate(self, other):
        return NotImplemented if isinstance(self, datetime) or isinstance(other, datetime) else original(self, other)

    return _named_like(operate, original)


def _component(value, prefix, place):
    try:
        return _int(value)
    except OverflowError:
        error = ValueError("ISO calendar component out of range")
    raise error


_KEPT = object()
_DAY, _HOURS = "year: int=, month: int=, day: int=", "hour: int=, minute: int=, second: int=, microsecond: int=, tzinfo=, *, fold: int="


def _refuse(fields, given, rest, others):
    _refuse_arguments(f"replace({fields})", {name: value for name, value in given.items() if value is not _KEPT and name in fields}, rest, others)


def _replace_date(self, /, year=_KEPT, month=_KEPT, day=_KEPT, *rest, **others):
    if rest or others:
        _refuse(_DAY, locals(), rest, others)
    return type(self)(self._year if year is _KEPT else year, self._month if month is _KEPT else month, self._day if day is _KEPT else day)


def _replace_time(self, /, hour=_KEPT, minute=_KEPT, second=_KEPT, microsecond=_KEPT, tzinfo=_KEPT, *rest, fold=_KEPT, **others):
    if rest or others:
        _refuse(_HOURS, locals(), rest, others)
    return type(self)(self._hour if hour is _KEPT else hour, self._minute if minute is _KEPT else minute, self._second if second is _KEPT else second,
                      self._microsecond if microsecond is _KEPT else microsecond, self._tzinfo if tzinfo is _KEPT else tzinfo, fold=self._fold if fold is _KEPT else fold)


def _replace_datetime(self, /, year=_KEPT, month=_KEPT, day=_KEPT, hour=_KEPT, minute=_KEPT, second=_KEPT, microsecond=_KEPT, tzinfo=_KEPT, *rest, fold=_KEPT, **others):
    if rest or others:
        _refuse(f"{_DAY}, {_HOURS}", locals(), rest, others)
    return type(self)(self._year if year is _KEPT else year, self._month if month is _KEPT else month, self._day if day is _KEPT else day,
                      self._hour if hour is _KEPT else hour, self._minute if minute is _KEPT else minute, self._second if second is _KEPT else second,
                      self._microsecond if microsecond is _KEPT else microsecond, self._tzinfo if tzinfo is _KEPT else tzinfo, fold=self._fold if fold is _KEPT else fold)


# MARK: Time zones

def _zone(original):
    def __new__(cls, offset, *name):
        if not cls._minoffset <= offset <= cls._maxoffset:
            raise ValueError(f"{_OFFSET}, not {offset!r}.")
        return original(cls, offset, *name)

    return __new__


def _any_arguments(cls, /, *arguments, **keywords):
    return object.__new__(cls)


_any_arguments.__name__, _any_arguments.__qualname__ = "__new__", "tzinfo.__new__"


def _zone_method(original):
    def call(self, moment):
        if moment is not None and not isinstance(moment, datetime):
            raise TypeError(f"{original.__name__}(dt) argument must be a datetime instance or None, not {_shown(type(moment))}")
        return original(self, moment)

    return _named_like(call, original)


def _from_utc(original):
    def fromutc(self, moment):
        if not isinstance(moment, datetime):
            raise TypeError("fromutc: argument must be a datetime")
        return original(self, moment)

    return _named_like(fromutc, original)


def _to_zone(original):
    def astimezone(self, tz=None):
        _check_tzinfo_arg(tz)
        return original(self, tz)

    return _named_like(astimezone, original)


def _is_state(length, month):
    """What asks whether arguments are those of a pickle: a state of so many bytes, perhaps with a time zone. `month` tells which bytes can be one."""
    def is_state(arguments):
        if not arguments or len(arguments) > 2 or not isinstance(arguments[0], (bytes, str)) or len(arguments[0]) != length:
            return False
        return month(ord(arguments[0][2:3]), ord(arguments[0][:1]))

    return is_state


# MARK: The module

def _change_texts():
    for method, texts in (
        (timedelta.__new__, {"timedelta # of days is too large: %d": "%d"}),
        (date.__add__, {"result out of range": "date value out of range"}),
        (datetime.__add__, {"result out of range": "date value out of range"}),
        (time._cmp, {"cannot compare naive and aware times": "can't compare offset-naive and offset-aware times"}),
        (datetime._cmp, {"cannot compare naive and aware datetimes": "can't compare offset-naive and offset-aware datetimes"}),
        (datetime.__sub__, {"cannot mix naive and timezone-aware time": "can't subtract offset-naive and offset-aware datetimes"}),
        (_isoweek_to_gregorian, {"Invalid weekday: ": "Invalid day: "}),
        (tzinfo.fromutc, {"dt.tzinfo is not self": "fromutc: dt.tzinfo is not self", "fromutc() requires a non-None utcoffset() result": "fromutc: non-None utcoffset() result required",
                          "fromutc() requires a non-None dst() result": "fromutc: non-None dst() result required",
                          "fromutc(): dt.dst gave inconsistent results; cannot convert": "fromutc: tz.dst() gave inconsistent results; cannot convert"}),
        *((getattr(tzinfo, name), {f"tzinfo subclass must override {name}()": f"a tzinfo subclass must implement {name}()"}) for name in ("tzname", "utcoffset", "dst")),
    ):
        _twins.reword(method, texts)


def _change_methods():
    timedelta.__new__ = staticmethod(_named_like(_delta(timedelta.__new__), timedelta.__new__))
    timezone.__new__ = staticmethod(_named_like(_zone(timezone.__new__), timezone.__new__))
    date.__add__ = date.__radd__ = _of_dates(date.__add__)
    date.__sub__ = _of_dates(date.__sub__)
    tzinfo.__new__ = staticmethod(_any_arguments)
    for kind, name, function in (
        (date, "fromordinal", _from_ordinal), (date, "fromisoformat", _date_from_text), (time, "fromisoformat", _time_from_text), (datetime, "fromisoformat", _datetime_from_text),
        (datetime, "_fromtimestamp", _from_timestamp(datetime._fromtimestamp.__func__)), (date, "fromtimestamp", _date_from_timestamp(date.fromtimestamp.__func__)),
    ):
        setattr(kind, name, classmethod(_named_like(function, vars(kind)[name].__func__)))
    for kind, function in ((date, _replace_date), (time, _replace_time), (datetime, _replace_datetime)):
        kind.replace = _named_like(function, kind.replace)
    for kind in (tzinfo, timezone):
        kind.fromutc = _from_utc(kind.fromutc)
    for name in ("tzname", "utcoffset", "dst"):
        setattr(timezone, name, _zone_method(getattr(timezone, name)))
    datetime.astimezone = _to_zone(datetime.astimezone)
    datetime.__repr__ = _fold_first(datetime.__repr__)
    for kind in (timedelta, date, time, datetime):
        kind.__repr__ = _shorter(kind.__repr__)
    _IsoCalendarDate.__repr__ = lambda self: f"datetime.IsoCalendarDate(year={self[0]}, week={self[1]}, weekday={self[2]})"


def _check_arguments():
    # The numbers of a date and a time are converted where they are checked.
    needed = _DAY.replace("=", "")
    _check_new(timedelta, "__new__(days=, seconds=, microseconds=, milliseconds=, minutes=, hours=, weeks=)")
    _check_new(date, f"({needed})", _is_state(4, lambda month, _: 1 <= month <= 12), trusted=True)
    _check_new(time, f"({_HOURS})", _is_state(6, lambda _, hour: hour & 127 < 24), trusted=True)
    _check_new(datetime, f"({needed}, {_HOURS})", _is_state(10, lambda month, _: 1 <= month & 127 <= 12), trusted=True)
    _check(date, {"fromordinal": "fromordinal(ordinal: int, /)"}, trusted=True)
    _check_new(timezone, "timezone(offset: timedelta, name: str=)", timedelta=timedelta)
    for kind, names in (
        (timedelta, "total_seconds __reduce__"), (date, "ctime timetuple toordinal weekday isoweekday isocalendar __reduce__"), (time, "utcoffset tzname dst __reduce__"),
        (datetime, "timetuple utctimetuple date timetz ctime tzname dst __reduce__"), (tzinfo, "__reduce__"), (timezone, "__getinitargs__"),
    ):
        _check(kind, {name: f"{kind.__name__}.{name}()" for name in names.split()})
    for kind in (tzinfo, timezone):
        _check(kind, {name: f"{kind.__name__}.{name}(dt, /)" for name in ("utcoffset", "tzname", "dst", "fromutc")})
    _check(date, {
        "fromtimestamp": "date.fromtimestamp(timestamp, /)", "fromisocalendar": "fromisocalendar(year: component, week: component, day: component)",
        "strftime": "strftime(format: str)", "__format__": "__format__(format: str, /)",
    }, component=_component)
    _check(time, {
        "isoformat": "isoformat(timespec: str=)", "strftime": "strftime(format: str)", "__format__": "__format__(format: str, /)", "__reduce_ex__": "__reduce_ex__(protocol: int, /)",
    })
    _check(datetime, {
        "combine": "combine(date: date, time: time, tzinfo=)", "strptime": "strptime(date_string: str, format: str, /)",
        "isoformat": "isoformat(sep: character=, timespec: str=)", "__reduce_ex__": "__reduce_ex__(protocol: int, /)",
    }, date=date, time=time)
    for kind in (time, datetime):
        kind.isoformat = _twins.unchained(kind.isoformat)
        _read_only(kind, "tzinfo")
    _read_only(_IsoCalendarDate, "year", "week", "weekday")


def _make():
    own = globals()
    changed = {function.__name__: function for function in (_check_date_fields, _check_time_fields, _check_tzinfo_arg, _check_tzname, _check_utc_offset, _cmperror, _parse_isoformat_time)}
    wrapped = {"_parse_isoformat_date": _strict_date, "_wrap_strftime": _wrap_strftime}
    _execute()
    own.update(changed)
    for name, wrap in wrapped.items():
        own[name] = wrap(own[name])
    _change_texts()
    _change_methods()
    _check_arguments()
    from _datetime_fast import install
    install(date, datetime, timedelta, timezone, tzinfo, time)
    # Pickles tell the class's name and the module's apart.
    datetime.__qualname__ = "".join(("date", "time"))
    for kind in (timedelta, date, time, datetime, tzinfo):
        _twins.seal(kind)
    for kind in (timezone, _IsoCalendarDate):
        _twins.seal(kind, is_final=True)


_self = _sys.modules["_datetime"]
_make()
from _datetime_fast import datetime_CAPI
__all__ += ("datetime_CAPI",)
