"""The class ZoneInfo, which the module zoneinfo takes from here: a hidden copy of the one in Python, whose plain cases are native (Sources/StandardModules/Dates)."""
import _signatures
import _twins
from _datetime_fast import install_zones

_module = dict(__name__="zoneinfo._zoneinfo", __package__="zoneinfo", __builtins__=__builtins__)
_twins.execute("zoneinfo/_zoneinfo.py", "zoneinfo._zoneinfo", _module)
ZoneInfo = _module["ZoneInfo"]
ZoneInfo.__module__ = "zoneinfo"


def _named(original):
    def __repr__(self):
        return _signatures.shown(type(self)) + original(self)[len(type(self).__name__):]

    return _signatures.named_like(__repr__, original)


def _with_number(original):
    """What pickles hold is a number."""
    def __reduce__(self):
        function, (key, is_cached) = original(self)
        return function, (key, int(is_cached))

    return _signatures.named_like(__reduce__, original)


ZoneInfo.__repr__, ZoneInfo.__reduce__ = _named(ZoneInfo.__repr__), _with_number(ZoneInfo.__reduce__)
_twins.reword(ZoneInfo.fromutc, {"fromutc() requires a datetime argument": "fromutc: argument must be a datetime", "dt.tzinfo is not self": "fromutc: dt.tzinfo is not self"})
_signatures.check_new(ZoneInfo, "(key)")
_signatures.check(ZoneInfo, {
    "no_cache": "(key)", "from_file": "(fobj, /, key=)", "clear_cache": "(*, only_keys=)", "__reduce__": "ZoneInfo.__reduce__()",
})
install_zones(ZoneInfo, _module["_ttinfo"])
_signatures.read_only(ZoneInfo, "key", text="readonly attribute")
_twins.seal(ZoneInfo)
