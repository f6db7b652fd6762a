"""Dates and times: arithmetic at the edges, texts, comparisons and hashes, time zones, subclasses, arguments that are wrong."""
import pickle
from datetime import date, datetime, time, timedelta, timezone, tzinfo

from harness import raises, run


class Own(datetime):
    pass


class OwnDelta(timedelta):
    pass


class Zone(tzinfo):
    def utcoffset(self, moment):
        return timedelta(hours=1)

    def dst(self, moment):
        return timedelta(0)

    def tzname(self, moment):
        return "Zone"


def test_ordinals():
    for ordinal in [*range(1, 3652060, 1009), *range(730000, 731600), 3652059]:
        day = date.fromordinal(ordinal)
        assert day.toordinal() == ordinal and date(1, 1, 1) + timedelta(ordinal - 1) == day and (day - date(1, 1, 1)).days == ordinal - 1
        assert datetime(1, 1, 1, 5) + timedelta(ordinal - 1) == datetime(day.year, day.month, day.day, 5)
        assert date.fromisoformat(str(day)) == day and hash(date(day.year, day.month, day.day)) == hash(day)


def test_deltas():
    assert str(timedelta(-1, 5)) == "-1 day, 0:00:05" and str(timedelta(1, 36000, 7)) == "1 day, 10:00:00.000007" and str(timedelta(999999999)) == "999999999 days, 0:00:00"
    assert timedelta(hours=-1) == timedelta(-1, 82800) and timedelta(weeks=1, milliseconds=-1) == timedelta(6, 86399, 999000)
    assert timedelta(microseconds=2 ** 62) == timedelta(days=53375995, seconds=50427, microseconds=387904) and timedelta(seconds=1.5) == timedelta(0, 1, 500000)
    assert timedelta(1) * 3 == 3 * timedelta(1) == timedelta(3) and timedelta(1) // 7 == timedelta(0, 12342, 857142) and -timedelta(1) // 7 == timedelta(-1, 74057, 142857)
    assert timedelta(1) // timedelta(hours=5) == 4 and timedelta(1) / timedelta(hours=5) == 4.8 and timedelta(1) / 2 == timedelta(hours=12) and timedelta(1) * 0.5 == timedelta(hours=12)
    assert -timedelta(1, 1, 1) == timedelta(-2, 86398, 999999) and abs(timedelta(-1)) == timedelta(1) and timedelta(1) % timedelta(hours=5) == timedelta(hours=4)
    assert hash(timedelta(5)) == hash(timedelta(hours=120)) == hash(OwnDelta(5)) and OwnDelta(5) == timedelta(5) and timedelta(5) != 5 and OwnDelta(5) != timedelta(6)
    assert type(OwnDelta(1) + timedelta(1)) is timedelta and sorted([timedelta(2), timedelta(-1), timedelta(0, 1)]) == [timedelta(-1), timedelta(0, 1), timedelta(2)]
    raises(OverflowError, "days=1000000000; must have magnitude <= 999999999", lambda: timedelta.max + timedelta(0, 0, 1))
    raises(ZeroDivisionError, None, lambda: timedelta(1) // 0)
    raises(ZeroDivisionError, None, lambda: timedelta(1) / timedelta(0))
    raises(TypeError, "unsupported operand type(s) for +: 'datetime.timedelta' and 'int'", lambda: timedelta(1) + 1)
    raises(TypeError, "'<' not supported between instances of 'datetime.timedelta' and 'int'", lambda: timedelta(1) < 1)


def test_edges():
    raises(OverflowError, "date value out of range", lambda: date.max + timedelta(1))
    raises(OverflowError, "date value out of range", lambda: datetime.max + timedelta(0, 0, 1))
    raises(OverflowError, "date value out of range", lambda: datetime.min - timedelta(0, 0, 1))
    assert datetime.max - datetime.min == timedelta(3652058, 86399, 999999) and date.max - date.min == timedelta(3652058)
    for arguments, text in (((0, 1, 1), "year 0 is out of range"), ((1, 13, 1), "month must be in 1..12"), ((2023, 2, 29), "day is out of range for month")):
        raises(ValueError, text, date, *arguments)
        raises(ValueError, text, datetime, *arguments)
    raises(ValueError, "hour must be in 0..23", datetime, 1, 1, 1, 24)
    raises(ValueError, "microsecond must be in 0..999999", datetime, 1, 1, 1, 0, 0, 0, 1000000)
    raises(TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type 'int'", datetime, 1, 1, 1, 0, 0, 0, 0, 5)
    assert datetime(2024, 2, 29, fold=1).fold == 1 and datetime(2020, 1, 1, tzinfo=timezone.utc).tzinfo is timezone.utc and datetime(year=2020, month=1, day=True) == datetime(2020, 1, 1)
    assert (datetime(2020, 1, 1, fold=1) + timedelta(0)).fold == 0 and timedelta(1) + date(2020, 12, 31) == date(2021, 1, 1) and timedelta(1) + datetime(2020, 12, 31) == datetime(2021, 1, 1)


def test_texts():
    moment = datetime(2020, 5, 17, 12, 34, 56, 789)
    assert moment.isoformat() == "2020-05-17T12:34:56.000789" and str(moment) == "2020-05-17 12:34:56.000789" and moment.isoformat("x") == "2020-05-17x12:34:56.000789"
    assert moment.isoformat(timespec="minutes") == "2020-05-17T12:34" and moment.isoformat("\u1234") == "2020-05-17\u123412:34:56.000789"
    for offset, text in ((timedelta(0), "+00:00"), (timedelta(hours=-1.5), "-01:30"), (timedelta(0, 3661), "+01:01:01"), (timedelta(-1, 1, 5), "-23:59:58.999995")):
        assert moment.replace(tzinfo=timezone(offset)).isoformat() == "2020-05-17T12:34:56.000789" + text
        assert datetime.fromisoformat("2020-05-17T12:34:56.000789" + text).utcoffset() == offset
    assert moment.replace(tzinfo=Zone()).isoformat() == "2020-05-17T12:34:56.000789+01:00"
    for text in ("2020-05-17", "2020-05-17T12:34", "2020-05-17 12:34:56", "2020-05-17T12:34:56.789", "2020-05-17T12:34:56.000789", "20200517T123456", "2020-W20-7", "2020-05-17T12", "2020-05-17T12:34:56,5"):
        assert datetime.fromisoformat(text).date() == date(2020, 5, 17)
    assert datetime.fromisoformat("2020-05-17T12:34Z").tzinfo is timezone.utc
    for text in ("2020-5-17", "2020-05-17T25:00", "2020-13-17", "2020-05-17T12:34:5x", "", "2020-05-17T", "2020-05-17T12:34:56.", "2020-02-30T00:00"):
        raises(ValueError, None, datetime.fromisoformat, text)
    raises(TypeError, "fromisoformat: argument must be str", datetime.fromisoformat, 5)


def test_comparisons():
    a, b = datetime(2020, 1, 1), datetime(2020, 1, 1, 0, 0, 0, 1)
    assert a < b and a <= b and a != b and not a == b and b > a and b >= a and a == datetime(2020, 1, 1) and hash(a) == hash(datetime(2020, 1, 1, fold=1)) == hash(Own(2020, 1, 1))
    assert Own(2020, 1, 1) == a and not Own(2020, 1, 1) != a and Own(2020, 1, 1) < b and a != date(2020, 1, 1) and a != 5
    aware, other = a.replace(tzinfo=timezone.utc), a.replace(hour=1, tzinfo=Zone())
    assert aware == other and hash(aware) == hash(other) and aware - other == timedelta(0) and aware != a
    raises(TypeError, "can't compare offset-naive and offset-aware datetimes", lambda: a < aware)
    raises(TypeError, "can't subtract offset-naive and offset-aware datetimes", lambda: a - aware)
    raises(TypeError, "can't compare datetime.datetime to datetime.date", lambda: a < date(2020, 1, 1))
    assert time(1) < time(2) and date(2020, 1, 1) < date(2020, 1, 2) and type(Own(2020, 1, 1) + timedelta(1)) is Own and type(Own.fromisoformat("2020-01-01")) is Own


def test_clocks():
    assert abs(datetime.now(timezone.utc) - datetime.utcnow().replace(tzinfo=timezone.utc)) < timedelta(seconds=20) and type(Own.now()) is Own and type(Own.utcnow()) is Own
    assert datetime.utcfromtimestamp(0) == datetime(1970, 1, 1) and datetime.utcfromtimestamp(-0.5) == datetime(1969, 12, 31, 23, 59, 59, 500000)
    assert datetime.fromtimestamp(1600000000.123456, timezone.utc).isoformat() == "2020-09-13T12:26:40.123456+00:00"
    assert datetime.fromtimestamp(1600000000, timezone(timedelta(hours=-5))).hour == 7 and datetime.fromtimestamp(1e9, tz=Zone()).utcoffset() == timedelta(hours=1)
    for stamp in (0, 1600000000, 1.5, 1e9 + 0.25):
        assert datetime.fromtimestamp(stamp).timestamp() == stamp == datetime.fromtimestamp(stamp, timezone.utc).timestamp()
    raises(ValueError, None, datetime.utcfromtimestamp, 1e12)
    raises(TypeError, None, datetime.fromtimestamp, "0")
    assert datetime.now().date() - date.today() <= timedelta(1) and type(datetime.today()) is datetime


def test_copies():
    for value in (datetime(2020, 1, 2, 3, 4, 5, 6), datetime(2020, 1, 2, tzinfo=timezone.utc, fold=1), timedelta(-5, 7, 9), date(1, 2, 3), Own(2020, 1, 1)):
        for protocol in range(6):
            copy = pickle.loads(pickle.dumps(value, protocol))
            assert copy == value and type(copy) is type(value) and hash(copy) == hash(value)


def test_times_of_day():
    import pickle
    t = time(7, 8, 9, 10)
    assert str(t) == t.isoformat() == "07:08:09.000010" and str(time(7)) == "07:00:00" and time(7, 8).isoformat("minutes") == "07:08"
    assert time(7, tzinfo=timezone(timedelta(hours=-1, minutes=-30))).isoformat() == "07:00:00-01:30"
    assert time(minute=5, hour=3) == time(3, 5) == datetime(2020, 1, 1, 3, 5).time() and time(3, fold=1).fold == 1
    assert datetime(2020, 1, 1, 3, 5, tzinfo=timezone.utc, fold=1).time() == time(3, 5) and datetime(2020, 1, 1, 3, fold=1).time().fold == 1
    assert time(1) < time(2) and time(1, 2, 3, 4) >= time(1, 2, 3, 4) and time(1) != time(1, tzinfo=timezone.utc) and not time(1) == 1
    assert time(1, tzinfo=timezone.utc) == time(2, tzinfo=timezone(timedelta(hours=1)))
    assert hash(time(1, 2)) == hash(time(1, 2, fold=1)) == hash(time.fromisoformat("01:02")) and time.fromisoformat("T01:02:03.000004") == time(1, 2, 3, 4)
    assert time.fromisoformat("01:02:03.5") == time(1, 2, 3, 500000) and time.fromisoformat("0102") == time(1, 2) and time.fromisoformat("01:02Z").tzinfo is timezone.utc
    raises(TypeError, "can't compare offset-naive and offset-aware times", time(1).__lt__, time(1, tzinfo=timezone.utc))
    raises(TypeError, "'<' not supported between instances of 'datetime.time' and 'int'", lambda: time(1) < 1)
    raises(ValueError, "hour must be in 0..23", time.fromisoformat, "25:00")
    raises(ValueError, "Invalid isoformat string: '2x:00'", time.fromisoformat, "2x:00")
    raises(ValueError, "hour must be in 0..23", time, 24)
    raises(TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type 'int'", time, 1, 2, 3, 4, 5)
    assert t.replace(hour=1, fold=1) == time(1, 8, 9, 10) and pickle.loads(pickle.dumps(t)) == t and time(True) == time(1)

    class Own(time):
        def isoformat(self):
            return "mine"
    assert str(Own(1)) == f"{Own(1)}" == "mine" and Own(1) == time(1) and type(Own(1).replace(2)) is Own and type(Own.fromisoformat("01:02")) is Own


def test_timestamps_of_local_time():
    import os, time as clock
    old, seen = os.environ.get("TZ"), []
    try:
        for zone in "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0", "LHST-10:30LHDT-11,M10.1.0,M4.1.0", "UTC0", "<-11>11":
            os.environ["TZ"] = zone
            clock.tzset()
            moment = datetime(2011, 12, 1)
            while moment.year < 2013:
                for fold in 0, 1:
                    local = moment.replace(fold=fold)
                    seen.append(local.timestamp())
                moment += timedelta(hours=7, minutes=13, microseconds=1)
    finally:
        os.environ.pop("TZ") if old is None else os.environ.update(TZ=old)
        clock.tzset()
    assert (len(seen), sum(seen)) == (13210, 17699373937807.625)


def test_fields_of_a_delta_are_members():
    delta = timedelta(3, 4, 5)
    assert (delta.days, delta.seconds, delta.microseconds) == (3, 4, 5)
    assert repr(timedelta.days) == "<member 'days' of 'datetime.timedelta' objects>" and timedelta.days.__doc__ == "Number of days."
    raises(AttributeError, "readonly attribute", setattr, delta, "days", 1)
    raises(AttributeError, "readonly attribute", delattr, delta, "seconds")

    class Own(timedelta):
        pass
    assert Own(7).days == 7


def test_arguments_that_cannot_be_taken():
    day, moment, clock, delta = date(2020, 1, 2), datetime(2020, 1, 2, 3, 4), time(1, 2, 3), timedelta(1)
    for function, arguments, text in (
        (day.ctime, (1,), "date.ctime() takes no arguments (1 given)"), (delta.total_seconds, (1, 2), "timedelta.total_seconds() takes no arguments (2 given)"),
        (moment.timetuple, (1,), "datetime.timetuple() takes no arguments (1 given)"), (day.strftime, (), "strftime() missing required argument 'format' (pos 1)"),
        (day.strftime, (1,), "strftime() argument 1 must be str, not int"), (day.strftime, ("a", "b"), "strftime() takes at most 1 argument (2 given)"),
        (day.__format__, (1,), "__format__() argument 1 must be str, not int"), (day.__format__, (), "__format__() takes exactly 1 argument (0 given)"),
        (date, (), "function missing required argument 'year' (pos 1)"), (date, (2020, 1, 1, 1), "function takes at most 3 arguments (4 given)"),
        (Own, (2020,), "function missing required argument 'month' (pos 2)"), (datetime, ("x",), "'str' object cannot be interpreted as an integer"),
        (date, (2020, 1, None), "'NoneType' object cannot be interpreted as an integer"), (day.replace, (None,), "'NoneType' object cannot be interpreted as an integer"),
        (day.replace, (1, 2, 3, 4), "replace() takes at most 3 arguments (4 given)"), (time, (1, 2, 3, 4, None, 0), "function takes at most 5 positional arguments (6 given)"),
        (timedelta, ("a",), "unsupported type for timedelta days component: str"), (timedelta, (None,), "unsupported type for timedelta days component: NoneType"),
        (timedelta, (*range(8),), "__new__() takes at most 7 arguments (8 given)"), (OwnDelta, ([],), "unsupported type for timedelta days component: list"),
        (timezone, (), "timezone() missing required argument 'offset' (pos 1)"), (timezone, (1,), "timezone() argument 1 must be datetime.timedelta, not int"),
        (timezone, (delta, None), "timezone() argument 2 must be str, not None"), (timezone.utc.utcoffset, (), "timezone.utcoffset() takes exactly one argument (0 given)"),
        (timezone.utc.dst, (1,), "dst(dt) argument must be a datetime instance or None, not int"), (timezone.utc.fromutc, (1,), "fromutc: argument must be a datetime"),
        (datetime.combine, (1, 2), "combine() argument 1 must be datetime.date, not int"), (datetime.combine, (day, 2), "combine() argument 2 must be datetime.time, not int"),
        (datetime.strptime, (1, "%Y"), "strptime() argument 1 must be str, not int"), (datetime.strptime, ("a",), "strptime() takes exactly 2 arguments (1 given)"),
        (moment.isoformat, (1,), "isoformat() argument 1 must be a unicode character, not int"), (moment.isoformat, ("ab",), "isoformat() argument 1 must be a unicode character, not str"),
        (moment.astimezone, (1,), "tzinfo argument must be None or of a tzinfo subclass, not type 'int'"),
        (date.fromordinal, ("a",), "'str' object cannot be interpreted as an integer"), (datetime.fromtimestamp, ("a",), "'str' object cannot be interpreted as an integer"),
        (date.__new__, (), "datetime.date.__new__(): not enough arguments"), (date.__new__, (1,), "datetime.date.__new__(X): X is not a type object (int)"),
        (date.__new__, (int, 1, 1, 1), "datetime.date.__new__(int): int is not a subtype of datetime.date"),
        (date.__new__, (datetime, 1, 1, 1), "datetime.date.__new__(datetime.datetime) is not safe, use datetime.datetime.__new__()"),
        (type, ("Sub", (timezone,), {}), "type 'datetime.timezone' is not an acceptable base type"),
    ):
        raises(TypeError, text, function, *arguments)
    raises(TypeError, "'foo' is an invalid keyword argument for replace()", lambda: day.replace(foo=1))
    raises(TypeError, "'x' is an invalid keyword argument for this function", lambda: Own(2020, 1, 1, x=1))
    raises(TypeError, "function missing required argument 'day' (pos 3)", lambda: date(2020, month=1))
    raises(TypeError, "argument for function given by name ('month') and position (2)", lambda: datetime(2020, 1, 1, month=1))
    raises(TypeError, "date.__format__() takes no keyword arguments", lambda: day.__format__(format=""))
    raises(TypeError, "datetime.timetz() takes no keyword arguments", lambda: moment.timetz(x=1))
    assert day.replace(day=5) == date(2020, 1, 5) and moment.replace(fold=1).fold == 1 and Own(2020, 1, 1).replace(month=2, tzinfo=None) == Own(2020, 2, 1)
    assert moment.strftime(format="%Y") == "2020" and datetime.combine(date=day, time=clock, tzinfo=timezone.utc).tzinfo is timezone.utc and tzinfo(1, x=2) is not None
    for function, argument, kind, text in (
        (date.fromordinal, 0, ValueError, "ordinal must be >= 1"), (date.fromordinal, 2 ** 40, OverflowError, "signed integer is greater than maximum"),
        (date.fromisoformat, "2020-13-01", ValueError, "month must be in 1..12"), (date.fromisoformat, "2020-12-41", ValueError, "day is out of range for month"),
        (lambda one: date.fromisocalendar(2021, 1, one), 8, ValueError, "Invalid day: 8 (range is [1, 7])"),
        (lambda one: date.fromisocalendar(one, 1, 1), 2 ** 40, ValueError, "ISO calendar component out of range"),
        (datetime.fromtimestamp, float("nan"), ValueError, "Invalid value NaN (not a number)"),
        (timedelta, 10 ** 10, OverflowError, "Python int too large to convert to C int"), (timedelta, 10 ** 9, OverflowError, "days=1000000000; must have magnitude <= 999999999"),
        (timezone, delta, ValueError, "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not datetime.timedelta(days=1)."),
        (tzinfo().dst, None, NotImplementedError, "a tzinfo subclass must implement dst()"), (tzinfo().fromutc, moment, ValueError, "fromutc: dt.tzinfo is not self"),
    ):
        raises(kind, text, function, argument)


def test_texts_that_are_nearly_dates():
    offset = "offset must be a timedelta strictly between -timedelta(hours=24) and timedelta(hours=24), not datetime.timedelta(days=1)."
    for text in "２020-01-01", "2020-0 1-0", "+020-01-01", "2020-01- 1", "-202-01-01", "2020--1-01", "2020-001", "2020-W011":
        raises(ValueError, f"Invalid isoformat string: {text!r}", date.fromisoformat, text)
        raises(ValueError, f"Invalid isoformat string: {text!r}", datetime.fromisoformat, text)
    for text in "1 :00", "12:", "12:3Z", "12:34:56.", "12:34:56.1x", "12345.5", "12:3456", "12+01:", "12Z+", "Z", "12:0０":
        raises(ValueError, f"Invalid isoformat string: {text!r}", time.fromisoformat, text)
    raises(ValueError, offset, time.fromisoformat, "12:00+24:00")
    raises(ValueError, offset, datetime.fromisoformat, "2020-01-01T00:00+24:00")
    for text, fields in (("12.5", (12, 0, 0, 500000)), ("1234,5", (12, 34, 0, 500000)), ("12345678", (12, 34, 56, 780000)), ("12:34:56:78", (12, 34, 56, 780000)), ("T12", (12,))):
        assert time.fromisoformat(text) == time(*fields), text
    for text in "12:00 Z", "12:Z", "12:00:00-00:00:00.5":
        assert time.fromisoformat(text) == time(12, tzinfo=timezone.utc), text
    assert time.fromisoformat("12-0102030405").utcoffset() == -timedelta(hours=1, minutes=2, seconds=3, microseconds=40500)
    assert date(2020, 1, 1).strftime("%Y\0%d") == "2020"


def test_dates_and_datetimes_do_not_mix():
    raises(TypeError, "unsupported operand type(s) for -: 'datetime.datetime' and 'datetime.date'", lambda: datetime(2020, 1, 1) - date(2020, 1, 1))
    raises(TypeError, "unsupported operand type(s) for -: 'datetime.date' and 'datetime.datetime'", lambda: date(2020, 1, 1) - datetime(2020, 1, 1))
    assert date.__sub__(datetime(2020, 1, 1), date(2020, 1, 1)) is NotImplemented and date.__add__(datetime(2020, 1, 1), timedelta(1)) is NotImplemented


def test_what_is_written_for_others():
    """Pickles and texts that another Python reads."""
    import zoneinfo
    zone = timezone(timedelta(hours=1), "x")
    assert timezone.utc.__reduce__() == (timezone, (timedelta(0),), None) and zone.__reduce__() == (timezone, (timedelta(hours=1), "x"), None)
    assert zone.__getstate__() is None and Own(2020, 1, 1).__getstate__() is None and not hasattr(date, "__slots__")
    assert pickle.dumps(timezone.utc, 2) == b"\x80\x02cdatetime\ntimezone\nq\x00cdatetime\ntimedelta\nq\x01K\x00K\x00K\x00\x87q\x02Rq\x03\x85q\x04Rq\x05."
    assert pickle.dumps(datetime(2020, 1, 1), 4)[11:37] == b"\x8c\x08datetime\x94\x8c\x08datetime\x94\x93\x94C\n"
    assert pickle.dumps(zoneinfo.ZoneInfo("UTC"), 2).endswith(b"X\x03\x00\x00\x00UTCq\x05K\x01\x86q\x06Rq\x07.")
    for value in zone, timezone.utc, datetime(2020, 1, 1, tzinfo=zone), zoneinfo.ZoneInfo("UTC"):
        assert all(pickle.loads(pickle.dumps(value, protocol)) == value for protocol in range(6))
    assert repr(zoneinfo.ZoneInfo("UTC")) == "zoneinfo.ZoneInfo(key='UTC')" and repr(type("Z", (zoneinfo.ZoneInfo,), {})("UTC")) == "Z(key='UTC')"
    assert repr(date(2020, 1, 1).isocalendar()) == "datetime.IsoCalendarDate(year=2020, week=1, weekday=3)"
    assert repr(datetime(2020, 1, 1, fold=1, tzinfo=timezone.utc)) == "datetime.datetime(2020, 1, 1, 0, 0, fold=1, tzinfo=datetime.timezone.utc)"
    assert repr(time(1, fold=1, tzinfo=timezone.utc)) == "datetime.time(1, 0, tzinfo=datetime.timezone.utc, fold=1)"
    raises(AttributeError, "attribute 'year' of 'datetime.date' objects is not writable", setattr, Own(2020, 1, 1), "year", 1)
    raises(AttributeError, "attribute 'fold' of 'datetime.time' objects is not writable", delattr, time(1), "fold")
    raises(AttributeError, "readonly attribute", setattr, zoneinfo.ZoneInfo("UTC"), "key", 1)
    raises(TypeError, "cannot set 'x' attribute of immutable type 'zoneinfo.ZoneInfo'", setattr, zoneinfo.ZoneInfo, "x", 1)
    raises(TypeError, "function missing required argument 'key' (pos 1)", zoneinfo.ZoneInfo)


run(globals())
