"""What `sysconfig` says of extension modules, whose other answers are those of CPython's library: the names that are Taipan's own.

Tools that make wheels tag them by `SOABI`, and pip takes what is tagged by `EXT_SUFFIX`: both name Taipan, so that no wheel with an extension passes for CPython's, or CPython's for one of these. The name of
a module that was built for HPy ends otherwise; hpy.devel sees to that.
"""
import _imp


def adapt(module):
    """Corrects CPython's module with the variables, when it has been loaded."""
    suffix = _imp.extension_suffixes()[0]
    module.build_time_vars.update(EXT_SUFFIX=suffix, SOABI=suffix[1:].rpartition(".")[0])
