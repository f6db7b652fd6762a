"""The part of CPython's internal test module that asks what any implementation can answer."""
import sys

import _twins


def get_config():
    """How the interpreter was configured, as far as its own tests ask."""
    def ranged():
        pass
    columns = next(ranged.__code__.co_positions())[2]
    return {"code_debug_ranges": int(columns is not None)}


def get_recursion_depth():
    """The number of Python frames on the stack."""
    depth, frame = 0, sys._getframe(1)
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    return depth


_twins.publish(globals(), without_signature="*")
