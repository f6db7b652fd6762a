"""The class ZoneInfo, which the module zoneinfo takes from here: a hidden copy of the one in Python."""
import _twins

_module = dict(__name__="zoneinfo._zoneinfo", __package__="zoneinfo", __builtins__=__builtins__)
_twins.execute("zoneinfo/_zoneinfo.py", "zoneinfo._zoneinfo", _module)
ZoneInfo = _module["ZoneInfo"]
ZoneInfo.__module__ = "zoneinfo"
