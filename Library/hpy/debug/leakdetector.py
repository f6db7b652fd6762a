"""A context manager that complains about handles left open."""
from hpy.universal import _debug


class HPyDebugError(Exception):
    """What debug mode finds."""


class HPyLeakError(HPyDebugError):
    """Handles were not closed."""

    def __init__(self, leaks):
        super().__init__()
        self.leaks = leaks

    def __str__(self):
        count = len(self.leaks)
        title = f"{count} unclosed handle{'' if count == 1 else 's'}:"
        return "\n".join([title, *(f"    {handle!r}" for handle in self.leaks)])


class LeakDetector:
    """Raises HPyLeakError at its end if handles that were made since its start are open."""

    def __init__(self):
        self.generation = None

    def start(self):
        if self.generation is not None:
            raise ValueError("LeakDetector already started")
        self.generation = _debug.new_generation()

    def stop(self):
        if self.generation is None:
            raise ValueError("LeakDetector not started yet")
        leaks = _debug.get_open_handles(self.generation)
        if leaks:
            raise HPyLeakError(leaks)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, value, traceback):
        self.stop()
