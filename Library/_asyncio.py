"""Futures, tasks and the running loop, which asyncio takes from here: hidden copies of its own, each made when asyncio asks for it."""
import sys as _sys

import _twins

_EVENTS = frozenset({"_get_running_loop", "_set_running_loop", "get_running_loop", "get_event_loop", "_get_event_loop"})
_TASKS = frozenset({"_register_task", "_unregister_task", "_enter_task", "_leave_task"})


def __getattr__(name):
    if name in _EVENTS:
        from asyncio import events
        made = _builtin(getattr(events, "_py_" + name), name)
    elif name in _TASKS:
        from asyncio import tasks
        made = _builtin(getattr(tasks, "_py" + name), name)
    elif name in ("_all_tasks", "_current_tasks"):
        from asyncio import tasks
        made = getattr(tasks, name)
    elif name == "Future":
        from asyncio import futures
        made = _twins.seal(_twins.copy_class(futures._PyFuture, "_asyncio"))
    elif name == "Task":
        from asyncio import tasks
        made = _twins.seal(_twins.copy_class(tasks._PyTask, "_asyncio", (_sys.modules[__name__].Future,)))
    else:
        raise AttributeError(f"module '_asyncio' has no attribute '{name}'")
    globals()[name] = made
    return made


def __dir__():
    return sorted({*globals(), *_EVENTS, *_TASKS, "_all_tasks", "_current_tasks", "Future", "Task"})


def _builtin(original, name):
    function = _twins.function(original, module="_asyncio")
    function.__name__ = function.__qualname__ = name
    return _twins.builtin(function)
