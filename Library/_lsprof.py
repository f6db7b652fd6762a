"""The profiler under cProfile, on sys.setprofile.

A context stands for a call that has not ended; the entry of a function adds up its calls, and those of each caller's are added up apart.  Times are
kept in the timer's own units until getstats() multiplies them.
"""
import sys
import time
from collections import namedtuple

profiler_entry = namedtuple("profiler_entry", "code callcount reccallcount totaltime inlinetime calls")
profiler_subentry = namedtuple("profiler_subentry", "code callcount reccallcount totaltime inlinetime")
for _type in (profiler_entry, profiler_subentry):
    _type.__module__ = "_lsprof"


class _Counts:
    """The calls of a function, of all callers or of one."""
    __slots__ = ("code", "calls", "recursive", "total", "inline", "depth", "callees")

    def __init__(self, code):
        self.code, self.calls, self.recursive, self.total, self.inline, self.depth, self.callees = code, 0, 0, 0, 0, 0, {}

    def enter(self):
        self.depth += 1

    def leave(self, total, inline):
        self.depth -= 1
        if self.depth == 0:
            self.total += total
        else:
            self.recursive += 1
        self.inline += inline
        self.calls += 1


def _builtin_name(function):
    """How a built-in function is called in the statistics."""
    receiver = getattr(function, "__self__", None)
    if receiver is not None and not isinstance(receiver, type(sys)):
        method = getattr(type(receiver), function.__name__, None)
        if method is not None and type(method).__name__ in ("method_descriptor", "wrapper_descriptor"):
            return repr(method)
    module = getattr(function, "__module__", None) or getattr(receiver, "__name__", None)
    return f"<built-in method {module + '.' if module else ''}{function.__name__}>"


class Profiler:
    """Profiler(timer=None, timeunit=None, subcalls=True, builtins=True)

Counts and times calls. A timer of one's own may count in units, of timeunit seconds each."""

    def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
        self._external = timer is not None
        self._timer = timer if timer is not None else time.perf_counter_ns
        self._unit = timeunit if timer is not None else 1e-9
        self._subcalls, self._builtins = subcalls, builtins
        self._entries, self._contexts = {}, []

    def enable(self, subcalls=-1, builtins=-1):
        """Count calls from now on: those of each caller apart if subcalls is true, those of native functions if builtins is."""
        if subcalls >= 0:
            self._subcalls = bool(subcalls)
        if builtins >= 0:
            self._builtins = bool(builtins)
        sys.setprofile(self)

    def disable(self):
        """Count no more calls."""
        was_on = sys.getprofile() is self
        sys.setprofile(None)
        if was_on and self._builtins:
            # This call itself, which is hidden, counts as one of a built-in function.
            self._enter(_disabling, _disabling)
        while self._contexts:
            self._leave()

    def clear(self):
        """Forget what was counted."""
        self._entries, self._contexts = {}, []

    def __call__(self, frame, event, argument):
        if event == "call":
            code = frame.f_code
            self._enter(id(code), code)
        elif event == "return":
            if self._contexts:
                self._leave()
        elif self._builtins:
            if argument is sys.setprofile:
                return
            if event == "c_call":
                name = _builtin_name(argument)
                self._enter(name, name)
            elif self._contexts:
                self._leave()

    def _enter(self, key, code):
        entry = self._entries.get(key)
        if entry is None:
            entry = self._entries[key] = _Counts(code)
        entry.enter()
        callee = None
        if self._subcalls and self._contexts:
            caller = self._contexts[-1][0]
            callee = caller.callees.get(key)
            if callee is None:
                callee = caller.callees[key] = _Counts(entry.code)     # the same object: cProfile compares identities
            callee.enter()
        # Entry, the caller's counts of it, the time spent in calls of its own, and when it began.
        context = [entry, callee, 0, 0]
        self._contexts.append(context)
        context[3] = self._timer()

    def _leave(self):
        entry, callee, inner, start = self._contexts.pop()
        total = self._timer() - start
        if self._contexts:
            self._contexts[-1][2] += total
        entry.leave(total, total - inner)
        if callee is not None:
            callee.leave(total, total - inner)

    def getstats(self):
        """What was counted: a list of a profiler_entry for each function."""
        while self._contexts and sys.getprofile() is None:
            self._leave()
        unit = self._unit or 1.0
        result = []
        for entry in self._entries.values():
            if not entry.calls:
                continue
            calls = [profiler_subentry(c.code, c.calls, c.recursive, c.total * unit, c.inline * unit) for c in entry.callees.values() if c.calls]
            result.append(profiler_entry(entry.code, entry.calls, entry.recursive, entry.total * unit, entry.inline * unit, calls or None))
        return result


_disabling = "<method 'disable' of '_lsprof.Profiler' objects>"
