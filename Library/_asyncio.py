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
        made = _future(futures)
    elif name == "Task":
        from asyncio import tasks
        made = _task(tasks)
    else:
        raise AttributeError(f"module '_asyncio' has no attribute '{name}'")
    globals()[name] = made
    return made


def _future(futures):
    error = futures.exceptions.InvalidStateError

    def set_result(self, result):
        """Mark the future done and set its result."""
        if self._state != "PENDING":
            raise error("invalid state")
        self._result = result
        self._state = "FINISHED"
        self._Future__schedule_callbacks()

    def set_exception(self, exception):
        """Mark the future done and set an exception."""
        if self._state != "PENDING":
            raise error("invalid state")
        if isinstance(exception, type) and issubclass(exception, BaseException):
            exception = exception()
        if not isinstance(exception, BaseException):
            raise TypeError("invalid exception object")
        set_checked(self, exception)

    made = _twins.copy_class(futures._PyFuture, "_asyncio", set_result=set_result)
    set_checked = made.set_exception
    made.set_exception = set_exception
    for method in set_result, set_exception:
        method.__qualname__, method.__module__ = f"Future.{method.__name__}", "_asyncio"
    _twins.reword(made.result, {"Result is not ready.": "Result is not set."})
    return _twins.seal(made)


def _task(tasks):
    def __del__(self):
        # One that was never initialized has no loop to tell.
        if self._loop is not None:
            finish(self)

    made = _twins.copy_class(tasks._PyTask, "_asyncio", (_sys.modules[__name__].Future,), _coro=None, _must_cancel=False, _fut_waiter=None)
    finish, made.__del__ = made.__del__, __del__
    return _twins.seal(made)


def __dir__():
    return sorted({*globals(), *_EVENTS, *_TASKS, "_all_tasks", "_current_tasks", "Future", "Task"})


def _builtin(original, name):
    function = _twins.function(original, module="_asyncio")
    function.__name__ = function.__qualname__ = name
    return _twins.builtin(function)
