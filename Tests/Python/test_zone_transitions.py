"""zoneinfo.ZoneInfo against the library's own class in Python, and datetimes of different time zones: hashes, order, differences, conversions, texts."""
import os
from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo
from zoneinfo._zoneinfo import ZoneInfo as Slow
from harness import raises, run

NAMES = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Tokyo", "UTC", "Africa/Casablanca", "Pacific/Apia", "America/Sao_Paulo"
# Under the collector's stress a few will do.
if "TAIPAN_GC" in os.environ:
    NAMES = NAMES[:1]
HOUR = timedelta(hours=1)


def moments(slow):
    """Times about the transitions of a zone, and far from them, naive."""
    base = datetime(1970, 1, 1)
    places = {*slow._trans_utc[:3], *slow._trans_utc[-6:], *slow._trans_utc[::40]}
    for place in sorted(places):
        for seconds in -86400, -7200, -3601, -3600, -1800, -1, 0, 1, 1799, 3599, 3600, 7200, 86400:
            yield base + timedelta(seconds=place + seconds, microseconds=7)
    for year in 1, 2, 1600, 1969, 2024, 2036, 2037, 2038, 2400, 9998, 9999:
        for month, day in (1, 2), (3, 31), (7, 4), (10, 30):
            yield datetime(year, month, day, 1, 30)


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except Exception as error:
        return type(error), str(error)


def test_offsets_are_those_of_the_library():
    for name in NAMES:
        fast, slow = ZoneInfo(name), Slow(name)
        for moment in moments(slow):
            for fold in 0, 1:
                one, other = moment.replace(tzinfo=fast, fold=fold), moment.replace(tzinfo=slow, fold=fold)
                for method in "utcoffset", "dst", "tzname":
                    found = outcome(getattr(one, method))
                    assert found == outcome(getattr(other, method)) == outcome(getattr(fast, method), one), (name, moment, fold, method, found)


def test_conversions_are_those_of_the_library():
    fixed = timezone(timedelta(hours=-3, minutes=-30))
    for name in NAMES:
        fast, slow = ZoneInfo(name), Slow(name)
        for moment in moments(slow):
            for start in timezone.utc, fixed:
                found, wanted = outcome(moment.replace(tzinfo=start).astimezone, fast), outcome(moment.replace(tzinfo=start).astimezone, slow)
                if isinstance(wanted, tuple):
                    assert found == wanted
                    continue
                assert found.tzinfo is fast and found.replace(tzinfo=None) == wanted.replace(tzinfo=None) and found.fold == wanted.fold, (name, moment, found, wanted)
                back = found.astimezone(start)
                assert back.tzinfo is start and back == moment.replace(tzinfo=start) and back.fold == 0
            found, wanted = outcome(fast.fromutc, moment.replace(tzinfo=fast)), outcome(slow.fromutc, moment.replace(tzinfo=slow))
            assert found == wanted if isinstance(wanted, tuple) else (found.replace(tzinfo=None), found.fold) == (wanted.replace(tzinfo=None), wanted.fold)


def test_moments_in_different_zones():
    zones = [timezone.utc, timezone(timedelta(hours=5, minutes=45)), *map(ZoneInfo, NAMES)]
    moment = datetime(2024, 6, 1, 12, 30, 15, 99, timezone.utc)
    same = [moment.astimezone(zone) for zone in zones]
    later = [one + HOUR for one in same]
    for one in same:
        assert hash(one) == hash(moment) == hash(moment - timedelta(0))
        for other in same:
            assert one == other and one <= other and one >= other and not one < other and not one != other and one - other == timedelta(0)
        for other in later:
            assert one < other and other > one and one != other and other - one == HOUR and one - other == -HOUR
    assert len({*same, *later}) == 2
    ordinal, second = divmod(moment - datetime(1, 1, 1, tzinfo=timezone.utc), timedelta(days=1))
    assert hash(moment) == hash(timedelta(ordinal + 1) + second)
    naive = moment.replace(tzinfo=None)
    raises(TypeError, "can't compare offset-naive and offset-aware datetimes", lambda: naive < moment)
    raises(TypeError, "can't subtract offset-naive and offset-aware datetimes", lambda: naive - moment)
    assert naive != moment and naive.utcoffset() is None


def test_texts_and_timestamps():
    for name in NAMES:
        fast, slow = ZoneInfo(name), Slow(name)
        for moment in moments(slow):
            for fold in 0, 1:
                one, other = moment.replace(tzinfo=fast, fold=fold), moment.replace(tzinfo=slow, fold=fold)
                assert str(one) == str(other) and one.isoformat() == other.isoformat() and one.isoformat("T", "minutes") == other.isoformat("T", "minutes")
                stamp = outcome(one.timestamp)
                assert stamp == outcome(other.timestamp)
                if 0 <= one.year - 2 < 9990:
                    back, wanted = datetime.fromtimestamp(stamp, fast), datetime.fromtimestamp(stamp, slow)
                    assert back.tzinfo is fast and str(back) == str(wanted) and back.fold == wanted.fold and abs(back.timestamp() - stamp) < 1e-3
                assert (one == one.astimezone(timezone.utc)) is (other == other.astimezone(timezone.utc)), (one, fold)
    for zone in (timezone.utc, *map(ZoneInfo, NAMES)):
        assert datetime.now(zone).tzinfo is zone and abs(datetime.now(zone) - datetime.now(timezone.utc)) < HOUR


def test_combinations():
    day, hour = date(2024, 2, 29), time(1, 2, 3, 4, timezone.utc, fold=1)
    both = datetime.combine(day, hour)
    assert (type(both), str(both), both.fold, both.tzinfo) == (datetime, "2024-02-29 01:02:03.000004+00:00", 1, timezone.utc)
    assert datetime.combine(day, hour, None).tzinfo is None and datetime.combine(date=day, time=hour, tzinfo=timezone.max).tzinfo is timezone.max
    assert datetime.combine(both, hour) == both

    class Own(datetime):
        pass

    assert type(Own.combine(day, hour)) is Own
    raises(TypeError, "combine() missing required argument 'date' (pos 1)", datetime.combine)
    raises(TypeError, "combine() takes at most 3 arguments (4 given)", datetime.combine, 1, 2, 3, 4)
    raises(TypeError, "combine() argument 1 must be datetime.date, not int", datetime.combine, 1, 2)
    raises(TypeError, "combine() argument 2 must be datetime.time, not int", datetime.combine, day, 5)
    for zone in 5, True:
        raises(TypeError, f"tzinfo argument must be None or of a tzinfo subclass, not type '{type(zone).__name__}'", datetime.combine, day, hour, zone)


def test_where_the_clocks_are_changed():
    berlin = ZoneInfo("Europe/Berlin")
    gap, fold = datetime(2024, 3, 31, 2, 30, tzinfo=berlin), datetime(2024, 10, 27, 2, 30, tzinfo=berlin)
    assert (gap.utcoffset(), gap.replace(fold=1).utcoffset(), fold.utcoffset(), fold.replace(fold=1).utcoffset()) == (HOUR, 2 * HOUR, 2 * HOUR, HOUR)
    assert hash(fold) == hash(fold.replace(fold=1))
    # Such a time equals none of another zone.
    assert fold != fold.astimezone(timezone.utc) and gap != gap.astimezone(timezone.utc) and fold.astimezone(timezone.utc) == fold.astimezone(ZoneInfo("UTC"))
    assert fold <= fold.astimezone(timezone.utc) and not fold < fold.astimezone(timezone.utc)
    assert fold.astimezone(berlin) is fold and fold - fold.replace(fold=1) == timedelta(0)


def test_what_is_no_datetime():
    class Own(datetime):
        pass

    berlin = ZoneInfo("Europe/Berlin")
    own = Own(2024, 6, 1, tzinfo=berlin)
    assert own.utcoffset() == 2 * HOUR == berlin.utcoffset(own) and type(berlin.fromutc(own)) is Own and own.astimezone(timezone.utc).hour == 22
    assert berlin.utcoffset(None) is berlin.dst(None) is berlin.tzname(None) is None and ZoneInfo("UTC").utcoffset(None) == timedelta(0)
    raises(TypeError, "fromutc: argument must be a datetime", berlin.fromutc, 5)
    raises(ValueError, "fromutc: dt.tzinfo is not self", berlin.fromutc, datetime(2024, 1, 1))
    raises(TypeError, "ZoneInfo.utcoffset() takes exactly one argument (0 given)", berlin.utcoffset)
    raises(TypeError, "tzinfo argument must be None or of a tzinfo subclass, not type 'int'", datetime(2024, 1, 1, tzinfo=berlin).astimezone, 5)

    class Odd(ZoneInfo):
        def utcoffset(self, moment):
            return timedelta(minutes=7)

    assert datetime(2024, 1, 1, tzinfo=Odd("Europe/Berlin")).utcoffset() == timedelta(minutes=7)
    assert datetime(2024, 1, 1, tzinfo=Odd("Europe/Berlin")).astimezone(timezone.utc).minute == 53


run(globals())
