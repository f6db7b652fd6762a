"""The HPy universal runtime: loading extension modules, and the modes of `HPY=debug` and `HPY=trace`."""
from _hpy_universal import (MODE_DEBUG, MODE_TRACE, MODE_UNIVERSAL, _debug, _load_bootstrap, _trace,
                            get_version, load)
