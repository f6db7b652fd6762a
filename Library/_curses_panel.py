"""The module under curses.panel, over ncurses' panels by `_foreign`."""
import _curses
import _foreign
import _twins

version = __version__ = "2.1"
_library = _foreign.dlopen("libpanelw.so.6", 2)
# The library tells of panels by their addresses; those that a program has made.
_known = {}


class error(Exception):
    pass


error.__module__ = "_curses_panel"


def _call(name, result="i", codes="", *arguments):
    return _foreign.call(_foreign.dlsym(_library, name), result, codes, arguments, 1)


def _done(status, name):
    if status == -1:
        raise error(f"{name}() returned ERR")


def _found(address):
    if not address:
        return None
    if address not in _known:
        raise RuntimeError("panel_above: can't find Panel Object")
    return _known[address]


class panel:
    """A window that lies over or under others."""
    __slots__ = "_panel", "_window", "_user"

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_curses_panel.panel' instances")

    def above(self):
        """Return the panel above."""
        return _found(_call("panel_above", "P", "@", self._panel))

    def below(self):
        """Return the panel below."""
        return _found(_call("panel_below", "P", "@", self._panel))

    def bottom(self):
        """Put the panel under all others."""
        _done(_call("bottom_panel", "i", "@", self._panel), "bottom")

    def top(self):
        """Put the panel over all others."""
        _done(_call("top_panel", "i", "@", self._panel), "top")

    def hide(self):
        """Hide the panel."""
        _done(_call("hide_panel", "i", "@", self._panel), "hide")

    def show(self):
        """Show the panel, over all others."""
        _done(_call("show_panel", "i", "@", self._panel), "show")

    def hidden(self):
        """Return whether the panel is hidden."""
        status = _call("panel_hidden", "i", "@", self._panel)
        if status == -1:
            raise error("panel_hidden() returned ERR")
        return bool(status)

    def move(self, y, x, /):
        """Move the panel."""
        _done(_call("move_panel", "i", "@ii", self._panel, y, x), "move_panel")

    def replace(self, win, /):
        """Give the panel another window."""
        if not isinstance(win, _curses.window):
            raise TypeError(f"replace() argument must be _curses.window, not {type(win).__name__}")
        _done(_call("replace_panel", "i", "@@", self._panel, win._window), "replace_panel")
        self._window = win

    def window(self):
        """Return the panel's window."""
        return self._window

    def set_userptr(self, obj, /):
        """Keep an object with the panel."""
        self._user = obj

    def userptr(self):
        """Return the object kept with the panel."""
        if self._user is _nothing:
            raise error("no userptr set")
        return self._user


_nothing = object()
panel.__module__ = "_curses_panel"
_twins.seal(panel)


def new_panel(win, /):
    """Return a panel of a window, over all others."""
    if not isinstance(win, _curses.window):
        raise TypeError(f"new_panel() argument must be _curses.window, not {type(win).__name__}")
    address = _call("new_panel", "P", "@", win._window)
    if not address:
        raise error("curses function returned NULL")
    made = object.__new__(panel)
    made._panel, made._window, made._user = _foreign.Handle(address), win, _nothing
    _known[address] = made
    return made


def bottom_panel():
    """Return the lowest panel."""
    return _found(_call("panel_above", "P", "P", 0))


def top_panel():
    """Return the uppermost panel."""
    return _found(_call("panel_below", "P", "P", 0))


def update_panels():
    """Prepare the screen for the panels as they lie; curses.doupdate() shows it."""
    _call("update_panels", "v")


_twins.publish(globals())
