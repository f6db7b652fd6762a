"""Finding mistakes in HPy extension modules: handles that are never closed, and where they were made."""
from hpy.universal import _debug

from .leakdetector import HPyDebugError, HPyLeakError, LeakDetector


def set_handle_stack_trace_limit(limit):
    """Keep up to `limit` frames of the native stack for each handle."""
    _debug.set_handle_stack_trace_limit(limit)


def disable_handle_stack_traces():
    """Keep no stacks."""
    _debug.set_handle_stack_trace_limit(None)
