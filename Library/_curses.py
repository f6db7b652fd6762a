"""The module under curses, over ncurses by `_foreign`.

A window is the address of the library's. Characters go to the library wide, as the library's own width wants them; attributes travel in `chtype` numbers. Calls
that wait for a key give the interpreter lock up, all others keep it.
"""
import _foreign
import _twins
import os as _os
import sys as _sys
from collections import namedtuple as _namedtuple
from struct import pack as _pack

_library = _foreign.dlopen("libncursesw.so.6", 2)
_addresses = {}


class error(Exception):
    pass


error.__module__ = "_curses"


def _address(name):
    address = _addresses.get(name)
    if address is None:
        address = _addresses[name] = _foreign.dlsym(_library, name)
    return address


def _call(name, result="i", codes="", *arguments):
    return _foreign.call(_address(name), result, codes, arguments, 1)


def _waiting(name, result, codes, *arguments):
    return _foreign.call(_address(name), result, codes, arguments, 0)


def _variable(name, code="i"):
    return _foreign.load(code, _address(name))


def _place(data):
    return _foreign.buffer_address(data, False)[0]


def _done(status, name):
    if status == ERR:
        raise error(f"{name}() returned ERR")


# The library tells from the C library's locale how characters are encoded.
_empty = b"\0"
_process = _foreign.dlopen(None, 2)
_foreign.call(_foreign.dlsym(_process, "setlocale"), "P", "iP", (0, _place(_empty)), 1)

# Constants

version = __version__ = b"2.2"
_version_type = _namedtuple("ncurses_version", "major minor patch", module="curses")
_words = _foreign.read(_call("curses_version", "P"), -1).split()[1].split(b".")
ncurses_version = _version_type(*map(int, _words))
ERR, OK = -1, 0
A_NORMAL, A_CHARTEXT, A_COLOR, A_ATTRIBUTES = 0, 0xff, 0xff00, 0xffffff00
(A_STANDOUT, A_UNDERLINE, A_REVERSE, A_BLINK, A_DIM, A_BOLD, A_ALTCHARSET, A_INVIS, A_PROTECT, A_HORIZONTAL, A_LEFT, A_LOW, A_RIGHT, A_TOP,
 A_VERTICAL, A_ITALIC) = (1 << _bit for _bit in range(16, 32))
COLOR_BLACK, COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLOR_BLUE, COLOR_MAGENTA, COLOR_CYAN, COLOR_WHITE = range(8)
for _button in range(1, 6):
    for _bit, _event in enumerate(("RELEASED", "PRESSED", "CLICKED", "DOUBLE_CLICKED", "TRIPLE_CLICKED")):
        globals()[f"BUTTON{_button}_{_event}"] = 1 << 5 * (_button - 1) + _bit
BUTTON_CTRL, BUTTON_SHIFT, BUTTON_ALT, REPORT_MOUSE_POSITION = (1 << _bit for _bit in range(25, 29))
ALL_MOUSE_EVENTS = REPORT_MOUSE_POSITION - 1
KEY_MIN, KEY_MAX = 0o401, 0o777
for _key in range(KEY_MIN, KEY_MAX):
    _name = _call("keyname", "P", "i", _key)
    _name = _foreign.read(_name, -1).decode() if _name else ""
    if _name.startswith("KEY_"):
        globals()[_name.replace("(", "").replace(")", "")] = _key
del _bit, _button, _event, _key, _name, _words

_acs = dict(ULCORNER="l", LLCORNER="m", URCORNER="k", LRCORNER="j", RTEE="u", LTEE="t", BTEE="v", TTEE="w", HLINE="q", VLINE="x", PLUS="n", S1="o", S9="s",
            DIAMOND="`", CKBOARD="a", DEGREE="f", PLMINUS="g", BULLET="~", LARROW=",", RARROW="+", DARROW=".", UARROW="-", BOARD="h", LANTERN="i",
            BLOCK="0", S3="p", S7="r", LEQUAL="y", GEQUAL="z", PI="{", NEQUAL="|", STERLING="}",
            BSSB="l", SSBB="m", BBSS="k", SBBS="j", SBSS="u", SSSB="t", SSBS="v", BSSS="w", BSBS="q", SBSB="x", SSSS="n")

# The state that must be there before a call

_started = _setup = _colours = False


def _need_screen():
    if not _started:
        raise error("must call initscr() first")


def _need_terminal():
    if not _setup:
        raise error("must call (at least) setupterm() first")


def _need_colours():
    _need_screen()
    if not _colours:
        raise error("must call start_color() first")


def _c(name, result, codes, *arguments):
    return _foreign.call(_foreign.dlsym(_process, name), result, codes, arguments, 1)


def _temporary_file():
    """A `FILE *` of C, for the library to read from or write to."""
    stream = _c("tmpfile", "P", "")
    if not stream:
        raise OSError("no temporary file")
    return stream


# Characters

def _character(value, encoding):
    """A character to be shown: (number with attributes, None), or (None, wide text)."""
    if isinstance(value, int):
        if not -1 << 63 <= value < 1 << 63:
            raise OverflowError("int doesn't fit in long")
        if not 0 <= value < 1 << 32:
            raise OverflowError("byte doesn't fit in chtype")
        return value, None
    if isinstance(value, (bytes, bytearray)):
        if len(value) != 1:
            raise TypeError(f"expect bytes or str of length 1, or int, got a {type(value).__name__} of length {len(value)}")
        return value[0], None
    if isinstance(value, str):
        if len(value) != 1:
            raise TypeError(f"expect bytes or str of length 1, or int, got a str of length {len(value)}")
        return None, value
    raise TypeError(f"expect bytes or str of length 1, or int, got {type(value).__name__}")


def _number(value, encoding):
    number, text = _character(value, encoding)
    if number is not None:
        return number
    data = text.encode(encoding)
    if len(data) != 1:
        raise OverflowError("byte doesn't fit in chtype")
    return data[0]


def _wide_character(text, attributes):
    """A `cchar_t` of one character."""
    cell = bytearray(28)
    wide = _pack("=II", ord(text), 0)
    if _call("setcchar", "i", "PPIhP", _foreign.buffer_address(cell, True)[0], _place(wide), attributes, attributes >> 8 & 0xff, 0) == ERR:
        raise error("setcchar() returned ERR")
    return bytes(cell)


def _text(value):
    """Text for the library: (address, what keeps it, whether it is wide)."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("embedded null character")
        data = b"".join(_pack("=I", ord(one)) for one in value) + b"\0\0\0\0"
        return _place(data), data, True
    if isinstance(value, (bytes, bytearray)):
        if b"\0" in value:
            raise ValueError("embedded null byte")
        data = bytes(value) + b"\0"
        return _place(data), data, False
    raise TypeError(f"expect bytes or str, got {type(value).__name__}")


def _split(arguments, least, most, name):
    """Arguments with an optional position in front: (y, x or None, the rest)."""
    count = len(arguments)
    if least <= count <= most:
        return None, None, arguments
    if least + 2 <= count <= most + 2:
        return arguments[0], arguments[1], arguments[2:]
    raise TypeError(f"_curses.window.{name} requires {least} to {most + 2} arguments")


class window:
    """A window of the terminal, or a part of one."""
    __slots__ = "_window", "_encoding"

    @property
    def encoding(self):
        """How strings become bytes for the library, and back."""
        return self._encoding

    @encoding.setter
    def encoding(self, value):
        if not isinstance(value, str):
            raise TypeError("setting encoding to a non-string")
        self._encoding = value

    @encoding.deleter
    def encoding(self):
        raise TypeError("encoding may not be deleted")

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_curses.window' instances")

    def _do(self, name, codes="", *arguments):
        status = _call(name, "i", "@" + codes, self._window, *arguments)
        if status == ERR:
            raise error(f"{name}() returned ERR")

    def _go(self, y, x, name):
        if y is not None and _call("wmove", "i", "@ii", self._window, y, x) == ERR:
            raise error("wmove() returned ERR")

    # Files

    def putwin(self, file, /):
        """Write the window to a binary file, from which getwin() makes another."""
        stream = _temporary_file()
        try:
            _done(_call("putwin", "i", "@P", self._window, stream), "putwin")
            _c("fseek", "i", "Pqi", stream, 0, 0)
            while count := _c("fread", "q", "PqqP", _place(chunk := bytearray(8192)), 1, len(chunk), stream):
                file.write(bytes(chunk[:count]))
        finally:
            _c("fclose", "i", "P", stream)

    # Output

    def addch(self, *arguments):
        """addch([y, x,] ch[, attr]): paint a character."""
        y, x, (one, *attributes) = _split(arguments, 1, 2, "addch")
        away = y is not None and _call("wmove", "i", "@ii", self._window, y, x) == ERR
        number, text = _character(one, self.encoding)
        bits = attributes[0] if attributes else 0
        cell = _wide_character(text, bits) if text is not None else None
        name = "addch" if text is None else "add_wch"
        if away:
            status = ERR
        elif text is None:
            status = _call("waddch", "i", "@I", self._window, number | bits)
        else:
            status = _call("wadd_wch", "i", "@P", self._window, _place(cell))
        _done(status, name)

    def _put(self, arguments, name, byte_name, wide_name, most):
        """The four that write text."""
        counted = name.endswith("nstr")
        y, x, rest = _split(arguments, 2 if counted else 1, 3 if counted else 2, name)
        place, data, wide = _text(rest[0])
        count = rest[1] if counted else -1
        attributes = rest[2:] if counted else rest[1:]
        old = None
        if attributes:
            old = bytearray(8)
            base = _foreign.buffer_address(old, True)[0]
            _call("wattr_get", "i", "@PPP", self._window, base, base + 4, 0)
            _call("wattrset", "i", "@i", self._window, attributes[0])
        if y is not None and _call("wmove", "i", "@ii", self._window, y, x) == ERR:
            status = ERR
        else:
            status = _call(wide_name if wide else byte_name, "i", "@Pi", self._window, place, count)
        if old is not None:
            _call("wattr_set", "i", "@IhP", self._window, int.from_bytes(old[:4], _sys.byteorder), int.from_bytes(old[4:6], _sys.byteorder), 0)
        if status == ERR:
            raise error(f"{wide_name[1:].replace('nwstr', 'nwstr' if counted else 'wstr') if wide else name}() returned ERR")

    def addstr(self, *arguments):
        """addstr([y, x,] str[, attr]): paint a string."""
        self._put(arguments, "addstr", "waddnstr", "waddnwstr", 2)

    def addnstr(self, *arguments):
        """addnstr([y, x,] str, n[, attr]): paint at most n characters of a string."""
        self._put(arguments, "addnstr", "waddnstr", "waddnwstr", 3)

    def insstr(self, *arguments):
        """insstr([y, x,] str[, attr]): insert a string before the character under the cursor."""
        self._put(arguments, "insstr", "winsnstr", "wins_nwstr", 2)

    def insnstr(self, *arguments):
        """insnstr([y, x,] str, n[, attr]): insert at most n characters of a string."""
        self._put(arguments, "insnstr", "winsnstr", "wins_nwstr", 3)

    def insch(self, *arguments):
        """insch([y, x,] ch[, attr]): insert a character before the one under the cursor."""
        y, x, (one, *attributes) = _split(arguments, 1, 2, "insch")
        self._go(y, x, "insch")
        self._do("winsch", "I", _number(one, self.encoding) | (attributes[0] if attributes else 0))

    def echochar(self, ch, attr=0, /):
        """Add a character, and refresh."""
        self._do("pechochar" if self._is_pad() else "wechochar", "I", _number(ch, self.encoding) | attr)

    def _is_pad(self):
        return bool(_call("is_pad", "i", "@", self._window) & 1)

    def hline(self, *arguments):
        """hline([y, x,] ch, n[, attr]): a horizontal line."""
        self._line(arguments, "whline")

    def vline(self, *arguments):
        """vline([y, x,] ch, n[, attr]): a vertical line."""
        self._line(arguments, "wvline")

    def _line(self, arguments, name):
        # With a position there are four or five arguments, without one two or three.
        y, x, (one, count, *attributes) = _split(arguments, 2, 3, name[1:])
        self._go(y, x, name)
        self._do(name, "Ii", _number(one, self.encoding) | (attributes[0] if attributes else 0), count)

    def border(self, ls=0, rs=0, ts=0, bs=0, tl=0, tr=0, bl=0, br=0, /):
        """Draw a border around the window's edges."""
        self._do("wborder", "IIIIIIII", *(_number(one, self.encoding) for one in (ls, rs, ts, bs, tl, tr, bl, br)))

    def box(self, *arguments):
        """box([verch=0, horch=0]): a border with the same characters on opposite sides."""
        if len(arguments) not in (0, 2):
            raise TypeError("_curses.window.box requires 0 to 2 arguments")
        v, h = (_number(one, self.encoding) for one in arguments or (0, 0))
        self._do("wborder", "IIIIIIII", v, v, h, h, 0, 0, 0, 0)

    def chgat(self, *arguments):
        """chgat([y, x,] [num,] attr): set the attributes of characters."""
        count = len(arguments)
        if not 1 <= count <= 4:
            raise TypeError("chgat requires 1 to 4 arguments")
        y = x = None
        number = -1
        if count >= 3:
            y, x = arguments[:2]
        if count in (2, 4):
            number = arguments[-2]
        bits = arguments[-1]
        self._go(y, x, "chgat")
        here = self.getyx()[0]
        self._do("wchgat", "iIhP", number, bits & 0xffff00ff & A_ATTRIBUTES, bits >> 8 & 0xff, 0)
        _call("wtouchln", "i", "@iii", self._window, here, 1, 1)

    # Attributes and background

    def attron(self, attr, /):
        """Add attributes to those of all text to come."""
        self._do("wattron", "i", attr)

    def attroff(self, attr, /):
        """Take attributes from those of all text to come."""
        self._do("wattroff", "i", attr)

    def attrset(self, attr, /):
        """Set the attributes of all text to come."""
        self._do("wattrset", "i", attr)

    def standout(self):
        """Turn on the attribute A_STANDOUT."""
        self._do("wattron", "i", A_STANDOUT)

    def standend(self):
        """Turn all attributes off."""
        self._do("wattrset", "i", 0)

    def bkgd(self, ch, attr=0, /):
        """Set the background of the window, also where it stands already."""
        self._do("wbkgd", "I", _number(ch, self.encoding) | attr)

    def bkgdset(self, ch, attr=0, /):
        """Set the background of what is to come."""
        _call("wbkgdset", "v", "@I", self._window, _number(ch, self.encoding) | attr)

    def getbkgd(self):
        """Return the background character with its attributes."""
        return _call("getbkgd", "I", "@", self._window)

    # Input

    def getch(self, *arguments):
        """getch([y, x]): wait for a key, and return its number."""
        if len(arguments) not in (0, 2):
            raise TypeError("getch requires 0 to 2 arguments")
        if arguments:
            self._go(*arguments, "getch")
        return _waiting("wgetch", "i", "@", self._window)

    def getkey(self, *arguments):
        """getkey([y, x]): wait for a key, and return its name."""
        key = self.getch(*arguments)
        if key == ERR:
            raise error("no input")
        return chr(key) if key <= 255 else keyname(key).decode("latin-1")

    def get_wch(self, *arguments):
        """get_wch([y, x]): wait for a key: a character, or the number of a function key."""
        if len(arguments) not in (0, 2):
            raise TypeError("get_wch requires 0 to 2 arguments")
        if arguments:
            self._go(*arguments, "get_wch")
        cell = bytearray(4)
        status = _waiting("wget_wch", "i", "@P", self._window, _foreign.buffer_address(cell, True)[0])
        if status == ERR:
            raise error("no input")
        number = int.from_bytes(cell, _sys.byteorder)
        return number if status == _key_code_yes else chr(number)

    def getstr(self, *arguments):
        """getstr([y, x,] n=1023): read a string from the user."""
        if len(arguments) > 3:
            raise TypeError("getstr requires 0 to 3 arguments")
        count = arguments[-1] if len(arguments) in (1, 3) else 1023
        if count < 0:
            raise ValueError("'n' must be nonnegative")
        if len(arguments) >= 2:
            self._go(*arguments[:2], "getstr")
        data = bytearray(1024)
        if _waiting("wgetnstr", "i", "@Pi", self._window, _foreign.buffer_address(data, True)[0], min(count, 1023)) == ERR:
            return b""
        return bytes(data[:data.index(0)])

    def inch(self, *arguments):
        """inch([y, x]): the character there, with its attributes."""
        if len(arguments) not in (0, 2):
            raise TypeError("inch requires 0 to 2 arguments")
        if arguments:
            self._go(*arguments, "inch")
        return _call("winch", "I", "@", self._window)

    def instr(self, *arguments):
        """instr([y, x,] n=1023): the characters from there on, without attributes."""
        if len(arguments) > 3:
            raise TypeError("instr requires 0 or 3 arguments")
        count = arguments[-1] if len(arguments) in (1, 3) else 1023
        if count < 0:
            raise ValueError("'n' must be nonnegative")
        if len(arguments) >= 2:
            self._go(*arguments[:2], "instr")
        data = bytearray(1024)
        if _call("winnstr", "i", "@Pi", self._window, _foreign.buffer_address(data, True)[0], min(count, 1023)) == ERR:
            return b""
        return bytes(data[:data.index(0)])

    # Places

    def _pair(self, what):
        return _call(f"get{what}y", "i", "@", self._window), _call(f"get{what}x", "i", "@", self._window)

    def getyx(self):
        """Return the place of the cursor."""
        return self._pair("cur")

    def getbegyx(self):
        """Return the place of the upper left corner."""
        return self._pair("beg")

    def getmaxyx(self):
        """Return the height and width."""
        return self._pair("max")

    def getparyx(self):
        """Return where the window begins in its parent, or (-1, -1)."""
        return self._pair("par")

    def enclose(self, y, x, /):
        """Return whether a place of the screen is in the window."""
        return bool(_call("wenclose", "i", "@ii", self._window, y, x) & 1)

    # Other windows

    def derwin(self, *arguments):
        """derwin([nlines=0, ncols=0,] begin_y, begin_x): a part of the window, placed relative to it."""
        return self._part("derwin", arguments)

    def subwin(self, *arguments):
        """subwin([nlines=0, ncols=0,] begin_y, begin_x): a part of the window, placed on the screen."""
        return self._part("subpad" if self._is_pad() else "subwin", arguments)

    def subpad(self, *arguments):
        """subpad([nlines=0, ncols=0,] begin_y, begin_x): a part of a pad."""
        return self._part("subpad", arguments)

    def _part(self, name, arguments):
        if len(arguments) not in (2, 4):
            raise TypeError(f"_curses.window.{name} requires 2 to 4 arguments")
        if len(arguments) == 2:
            arguments = (0, 0, *arguments)
        made = _call(name, "P", "@iiii", self._window, *arguments)
        if not made:
            raise error("curses function returned NULL")
        return _make(made, self.encoding)

    def refresh(self, *arguments):
        """refresh([pminrow, pmincol, sminrow, smincol, smaxrow, smaxcol]): show on the screen what has changed."""
        self._show(arguments, "refresh", "prefresh", "wrefresh")

    def noutrefresh(self, *arguments):
        """noutrefresh([…]): mark for the next doupdate what has changed."""
        self._show(arguments, "noutrefresh", "pnoutrefresh", "wnoutrefresh")

    def _show(self, arguments, name, pad_name, own_name):
        if self._is_pad():
            if len(arguments) != 6:
                raise error(f"{name}() for a pad requires 6 arguments")
            self._do(pad_name, "iiiiii", *arguments)
        elif arguments:
            raise TypeError(f"{name}() takes no arguments ({len(arguments)} given)")
        else:
            self._do(own_name)

    def overlay(self, destwin, *places):
        """Lay the window over another; blanks are not copied."""
        self._copy(destwin, places, 1)

    def overwrite(self, destwin, *places):
        """Lay the window over another."""
        self._copy(destwin, places, 0)

    def _copy(self, other, places, transparent):
        if not isinstance(other, window):
            raise TypeError(f"argument 1 must be _curses.window, not {type(other).__name__}")
        if not places:
            self._do("overlay" if transparent else "overwrite", "@", other._window)
        else:
            self._do("copywin", "@iiiiiii", other._window, *places, transparent)

    def setscrreg(self, top, bottom, /):
        """Set the region that scrolls."""
        self._do("wsetscrreg", "ii", top, bottom)

    def scroll(self, lines=1, /):
        """Scroll the window upwards."""
        self._do("wscrl", "i", lines)

    def touchline(self, start, count, changed=True, /):
        """Pretend that lines have changed."""
        self._do("wtouchln", "iii", start, count, bool(changed))

    def is_linetouched(self, line, /):
        """Return whether a line has changed since the last refresh."""
        status = _call("is_linetouched", "b", "@i", self._window, line)
        if status == ERR:
            raise TypeError("is_linetouched: line number outside of boundaries")
        return bool(status)

    def is_wintouched(self):
        """Return whether the window has changed since the last refresh."""
        return bool(_call("is_wintouched", "i", "@", self._window) & 1)

    def timeout(self, delay, /):
        """Set how long reads wait, in milliseconds."""
        _call("wtimeout", "v", "@i", self._window, delay)

    def delch(self, *arguments):
        """delch([y, x]): delete a character."""
        if len(arguments) not in (0, 2):
            raise TypeError("delch requires 0 to 2 arguments")
        if arguments:
            self._go(*arguments, "delch")
        self._do("wdelch")


_key_code_yes = 0o400


def _simple(name, function, codes="", doc="", result=None):
    """A method that does no more than call the library."""
    if result == "v":
        def method(self, *arguments):
            _check_count(name, codes, arguments)
            _call(function, "v", "@" + codes, self._window, *arguments)
    else:
        def method(self, *arguments):
            _check_count(name, codes, arguments)
            self._do(function, codes, *arguments)
    method.__name__, method.__qualname__, method.__doc__ = name, f"window.{name}", doc
    setattr(window, name, method)


def _check_count(name, codes, arguments):
    if len(arguments) != len(codes):
        raise TypeError(f"{name}() takes {'no arguments' if not codes else 'exactly one argument' if len(codes) == 1 else f'exactly {len(codes)} arguments'} ({len(arguments)} given)")


for _one, _function, _codes, _doc in (
    ("clear", "wclear", "", "Erase the window, and repaint it wholly at the next refresh."), ("erase", "werase", "", "Erase the window."),
    ("clrtobot", "wclrtobot", "", "Erase from the cursor to the end of the window."), ("clrtoeol", "wclrtoeol", "", "Erase to the end of the line."),
    ("deleteln", "wdeleteln", "", "Delete the line under the cursor."), ("insertln", "winsertln", "", "Insert an empty line."),
    ("insdelln", "winsdelln", "i", "Insert lines, or delete them when the number is negative."), ("move", "wmove", "ii", "Move the cursor."),
    ("mvwin", "mvwin", "ii", "Move the window."), ("mvderwin", "mvderwin", "ii", "Move the window inside its parent."),
    ("redrawwin", "redrawwin", "", "Repaint the window at the next refresh."), ("redrawln", "wredrawln", "ii", "Repaint lines at the next refresh."),
    ("resize", "wresize", "ii", "Change the window's size."), ("touchwin", "touchwin", "", "Pretend that the window has changed."),
    ("untouchwin", "untouchwin", "", "Take all lines for unchanged."), ("clearok", "clearok", "i", "Repaint the screen at the next refresh."),
    ("idlok", "idlok", "i", "Let the terminal's line insertion be used."), ("keypad", "keypad", "i", "Read escape sequences as function keys."),
    ("leaveok", "leaveok", "i", "Leave the cursor where an update leaves it."), ("nodelay", "nodelay", "i", "Let reads not wait."),
    ("notimeout", "notimeout", "i", "Let escape sequences take any time."), ("scrollok", "scrollok", "i", "Scroll at the bottom line."),
    ("syncok", "syncok", "i", "Sync the parents with every change."),
):
    _simple(_one, _function, _codes, _doc)
for _one, _function, _codes, _doc in (
    ("idcok", "idcok", "i", "Let the terminal's character insertion be used."), ("immedok", "immedok", "i", "Refresh at every change."),
    ("cursyncup", "wcursyncup", "", "Move the parents' cursors here."), ("syncup", "wsyncup", "", "Touch the parents where the window was changed."),
    ("syncdown", "wsyncdown", "", "Touch the window where a parent was changed."),
):
    _simple(_one, _function, _codes, _doc, "v")
window.__module__ = "_curses"
_twins.seal(window)


def _make(address, encoding=None, owned=True):
    import locale
    made = object.__new__(window)
    made._window = _foreign.Handle(address, _address("delwin") if owned else 0)
    made.encoding = encoding or locale.nl_langinfo(locale.CODESET) or "utf-8"
    return made


# Functions

def initscr():
    """Begin: return the window of the whole screen."""
    global _started, _setup
    if _started:
        _call("wrefresh", "i", "P", _variable("stdscr", "P"))
        return _make(_variable("stdscr", "P"), owned=False)
    screen = _call("initscr", "P")
    if not screen:
        raise error("curses function returned NULL")
    _started = _setup = True
    shapes = _address("acs_map")
    for name, code in _acs.items():
        globals()["ACS_" + name] = _foreign.load("I", shapes + 4 * ord(code))
    update_lines_cols()
    return _make(screen, owned=False)


def update_lines_cols():
    """Update LINES and COLS here and in the module curses."""
    for name in ("LINES", "COLS"):
        globals()[name] = value = _variable(name)
        if "curses" in _sys.modules:
            setattr(_sys.modules["curses"], name, value)


def setupterm(term=None, fd=-1):
    """Prepare the terminal's descriptions."""
    global _setup
    if fd == -1:
        fd = _sys.stdout.fileno()
    if _setup:
        return
    problem = bytearray(4)
    name = None if term is None else term.encode() + b"\0"
    if _call("setupterm", "i", "PiP", 0 if name is None else _place(name), fd, _foreign.buffer_address(problem, True)[0]) == ERR:
        code = int.from_bytes(problem, _sys.byteorder, signed=True)
        raise error("setupterm: could not find terminal" if code == 0 else "setupterm: could not find terminfo database" if code == -1 else "setupterm: unknown error")
    _setup = True


def start_color():
    """Begin to use colours."""
    global _colours
    _need_screen()
    if _call("start_color") == ERR:
        raise error("start_color() returned ERR")
    _colours = True
    for name in ("COLORS", "COLOR_PAIRS"):
        globals()[name] = value = _variable(name)
        if "curses" in _sys.modules:
            setattr(_sys.modules["curses"], name, value)


def use_default_colors():
    """Let colour -1 be the terminal's own."""
    _need_colours()
    _done(_call("use_default_colors"), "use_default_colors")


def _check_pair(number):
    if not 0 <= number < _variable("COLOR_PAIRS"):
        raise ValueError(f"Color pair is greater than COLOR_PAIRS-1 ({_variable('COLOR_PAIRS') - 1})." if number > 0 else "Color pair is less than 0.")


def _check_colour(number, least=0):
    if number < least:
        raise ValueError(f"Color number is less than {least}.")
    if number >= _variable("COLORS"):
        raise ValueError(f"Color number is greater than COLORS-1 ({_variable('COLORS') - 1}).")


def init_pair(pair_number, fg, bg, /):
    """Define a pair of colours."""
    _need_colours()
    _check_pair(pair_number)
    _check_colour(fg, -1)
    _check_colour(bg, -1)
    _done(_call("init_extended_pair", "i", "iii", pair_number, fg, bg), "init_extended_pair")


def init_color(color_number, r, g, b, /):
    """Define a colour: red, green and blue from 0 to 1000."""
    _need_colours()
    _check_colour(color_number)
    for one in (r, g, b):
        if not 0 <= one <= 1000:
            raise ValueError("Color component value is less than 0." if one < 0 else "Color component value is greater than 1000.")
    _done(_call("init_extended_color", "i", "iiii", color_number, r, g, b), "init_extended_color")


def _contents(name, number, count):
    cells = bytearray(4 * count)
    base = _foreign.buffer_address(cells, True)[0]
    if _call(name, "i", "i" + "P" * count, number, *(base + 4 * index for index in range(count))) == ERR:
        raise error(f"{name}() returned ERR")
    return tuple(int.from_bytes(cells[at:at + 4], _sys.byteorder, signed=True) for at in range(0, 4 * count, 4))


def color_content(color_number, /):
    """Return the red, green and blue of a colour."""
    _need_colours()
    _check_colour(color_number)
    return _contents("extended_color_content", color_number, 3)


def pair_content(pair_number, /):
    """Return the colours of a pair."""
    _need_colours()
    _check_pair(pair_number)
    return _contents("extended_pair_content", pair_number, 2)


def color_pair(pair_number, /):
    """Return the attribute of a pair of colours."""
    _need_colours()
    return (pair_number & 0xff) << 8


def pair_number(attr, /):
    """Return the pair of an attribute."""
    _need_colours()
    return attr >> 8 & 0xff


def newwin(*arguments):
    """newwin(nlines, ncols[, begin_y, begin_x]): a new window."""
    _need_screen()
    if len(arguments) not in (2, 4):
        raise TypeError("_curses.newwin requires 2 to 4 arguments")
    made = _call("newwin", "P", "iiii", *arguments, *((0, 0) if len(arguments) == 2 else ()))
    if not made:
        raise error("curses function returned NULL")
    return _make(made)


def newpad(nlines, ncols, /):
    """Return a new pad: a window that may be larger than the screen."""
    _need_screen()
    made = _call("newpad", "P", "ii", nlines, ncols)
    if not made:
        raise error("curses function returned NULL")
    return _make(made)


def getsyx():
    """Return the place of the virtual screen's cursor."""
    _need_screen()
    screen = _variable("newscr", "P")
    if _call("is_leaveok", "i", "P", screen) & 1:
        return -1, -1
    return _call("getcury", "i", "P", screen), _call("getcurx", "i", "P", screen)


def setsyx(y, x, /):
    """Set the virtual screen's cursor."""
    _need_screen()
    screen = _variable("newscr", "P")
    if y == x == -1:
        _call("leaveok", "i", "Pi", screen, 1)
    else:
        _call("leaveok", "i", "Pi", screen, 0)
        _call("wmove", "i", "Pii", screen, y, x)


def getmouse():
    """Return the mouse event that KEY_MOUSE announced: (id, x, y, z, bstate)."""
    _need_screen()
    event = bytearray(20)
    if _call("getmouse", "i", "P", _foreign.buffer_address(event, True)[0]) == ERR:
        raise error("getmouse() returned ERR")
    from struct import unpack
    return unpack("hxxiiiI", event)


def ungetmouse(id, x, y, z, bstate, /):
    """Put a mouse event back."""
    _need_screen()
    event = bytearray(_pack("hxxiiiI", id, x, y, z, bstate))
    _done(_call("ungetmouse", "i", "P", _foreign.buffer_address(event, True)[0]), "ungetmouse")


def mousemask(newmask, /):
    """Set the mouse events to be reported: (what of them is available, the old mask)."""
    _need_screen()
    old = bytearray(4)
    available = _call("mousemask", "I", "IP", newmask, _foreign.buffer_address(old, True)[0])
    return available, int.from_bytes(old, _sys.byteorder)


def mouseinterval(interval, /):
    """Set how long a click may take, in milliseconds."""
    _need_screen()
    _done(_call("mouseinterval", "i", "i", interval), "mouseinterval")


def curs_set(visibility, /):
    """Set how visible the cursor is; return how it was."""
    _need_screen()
    old = _call("curs_set", "i", "i", visibility)
    if old == ERR:
        raise error("curs_set() returned ERR")
    return old


def keyname(key, /):
    """Return the name of a key."""
    _need_screen()
    if key < 0:
        raise ValueError("invalid key number")
    name = _call("keyname", "P", "i", key)
    return _foreign.read(name, -1) if name else b""


def unctrl(ch, /):
    """Return a character, shown as ^X when it is a control character."""
    _need_screen()
    return _foreign.read(_call("unctrl", "P", "I", _number(ch, "utf-8")), -1)


def ungetch(ch, /):
    """Put a key back."""
    _need_screen()
    _done(_call("ungetch", "i", "i", _number(ch, "utf-8")), "ungetch")


def unget_wch(ch, /):
    """Put a character back."""
    _need_screen()
    if isinstance(ch, str):
        if len(ch) != 1:
            raise TypeError(f"expect str of length 1 or int, got a str of length {len(ch)}")
        ch = ord(ch)
    elif not isinstance(ch, int):
        raise TypeError(f"expect str of length 1 or int, got {type(ch).__name__}")
    _done(_call("unget_wch", "i", "i", ch), "unget_wch")


def tigetflag(capname, /):
    """Return a Boolean capability of the terminal."""
    _need_terminal()
    name = capname.encode() + b"\0"
    return _call("tigetflag", "i", "P", _place(name))


def tigetnum(capname, /):
    """Return a numeric capability of the terminal."""
    _need_terminal()
    name = capname.encode() + b"\0"
    return _call("tigetnum", "i", "P", _place(name))


def tigetstr(capname, /):
    """Return a capability of the terminal that is a string; None when there is none."""
    _need_terminal()
    name = capname.encode() + b"\0"
    found = _call("tigetstr", "P", "P", _place(name))
    return _foreign.read(found, -1) if found and found < (1 << 64) - 1 else None


def tparm(str, /, *numbers):
    """Put numbers into a capability."""
    _need_terminal()
    if len(numbers) > 9:
        raise TypeError(f"tparm() takes at most 10 arguments ({len(numbers) + 1} given)")
    text = bytes(str) + b"\0"
    made = _call("tparm", "P", "P" + "l" * 9, _place(text), *numbers, *(0,) * (9 - len(numbers)))
    if not made:
        raise error("tparm() returned NULL")
    return _foreign.read(made, -1)


tparm.__text_signature__ = f"($module, str, {', '.join(f'i{number}=0' for number in range(1, 10))}, /)"


def putp(string, /):
    """Write a capability to the terminal."""
    text = bytes(string) + b"\0"
    _done(_call("putp", "i", "P", _place(text)), "putp")


def get_escdelay():
    """Return how long an escape sequence may take, in milliseconds."""
    return _variable("ESCDELAY")


def set_escdelay(ms, /):
    """Set how long an escape sequence may take, in milliseconds."""
    if ms <= 0:
        raise ValueError("ms must be > 0")
    _done(_call("set_escdelay", "i", "i", ms), "set_escdelay")


def get_tabsize():
    """Return how many columns a tab takes."""
    return _variable("TABSIZE")


def set_tabsize(size, /):
    """Set how many columns a tab takes."""
    if size <= 0:
        raise ValueError("size must be > 0")
    _done(_call("set_tabsize", "i", "i", size), "set_tabsize")


def getwin(file, /):
    """Read a window that putwin has written."""
    _need_screen()
    data = file.read()
    if not isinstance(data, bytes):
        raise TypeError(f"f.read() returned {type(data).__name__} instead of bytes")
    stream = _temporary_file()
    try:
        _c("fwrite", "q", "PqqP", _place(data), 1, len(data), stream)
        _c("fseek", "i", "Pqi", stream, 0, 0)
        address = _call("getwin", "P", "P", stream)
    finally:
        _c("fclose", "i", "P", stream)
    if not address:
        raise error("curses function returned NULL")
    return _make(address)


def has_extended_color_support():
    """Return whether the library knows more than 256 colours."""
    return True


def resizeterm(nlines, ncols, /):
    """Fit the windows to another size of the screen."""
    _need_screen()
    _done(_call("resizeterm", "i", "ii", nlines, ncols), "resizeterm")
    update_lines_cols()


def resize_term(nlines, ncols, /):
    """Fit the windows to another size of the screen, and no more."""
    _need_screen()
    _done(_call("resize_term", "i", "ii", nlines, ncols), "resize_term")
    update_lines_cols()


def _define(name, codes="", result="done", need=_need_screen, doc="", parameters=""):
    """A function that does no more than call the library."""
    def function(*arguments):
        need()
        _check_count(name, codes, arguments)
        if result == "done":
            status = _call(name, "i", codes, *arguments)
            if status == ERR:
                raise error(f"{name}() returned ERR")
        elif result == "bool":
            return bool(_call(name, "i", codes, *arguments) & 1)
        elif result == "text":
            return _foreign.read(_call(name, "P", codes, *arguments), -1)
        elif result == "char":
            return bytes([_call(name, "i", codes, *arguments) & 0xff])
        elif result == "v":
            _call(name, "v", codes, *arguments)
        else:
            return _call(name, result, codes, *arguments)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = doc
    function.__text_signature__ = f"($module, {parameters}, /)" if parameters else "($module, /)"
    globals()[name] = function


for _one, _doc in (
    ("beep", "Make a sound."), ("flash", "Flash the screen."), ("def_prog_mode", "Keep the terminal's present mode as that of programs."),
    ("def_shell_mode", "Keep the terminal's present mode as that of the shell."), ("doupdate", "Show what noutrefresh has marked."),
    ("endwin", "End: give the terminal back."), ("reset_prog_mode", "Return to the mode of programs."),
    ("reset_shell_mode", "Return to the mode of the shell."), ("resetty", "Return to what savetty has kept."), ("savetty", "Keep the terminal's mode."),
    ("nocbreak", "Leave cbreak mode."), ("noecho", "Do not echo what is typed."), ("nonl", "Do not translate newlines."), ("noraw", "Leave raw mode."),
):
    _define(_one, doc=_doc)
for _one, _doc in (("cbreak", "Do not wait for the end of a line."), ("echo", "Echo what is typed."), ("nl", "Translate newlines."), ("raw", "Let no key be special.")):
    _define(_one, "", doc=_doc)
    _plain = globals()[_one]

    def _switch(flag=True, /, *, _on=_plain, _off=globals()["no" + _one]):
        (_on if flag else _off)()
    _switch.__name__ = _switch.__qualname__ = _one
    globals()[_one] = _switch
_define("halfdelay", "B", parameters="tenths", doc="As cbreak, with reads that wait so many tenths of a second.")
_define("napms", "i", "i", parameters="ms", doc="Wait so many milliseconds.")
_define("delay_output", "i", parameters="ms", doc="Wait so many milliseconds in the output.")
_define("typeahead", "i", parameters="fd", doc="Look at this descriptor for what is typed ahead.")
for _one in "can_change_color", "has_colors", "has_ic", "has_il":
    _define(_one, result="bool")
_define("isendwin", result="bool")
_define("is_term_resized", "ii", "bool", parameters="nlines, ncols")
_define("has_key", "i", "bool", parameters="key")
_define("baudrate", result="i")
_define("termattrs", result="I")
_define("termname", result="text")
_define("longname", result="text")
_define("erasechar", result="char")
_define("killchar", result="char")
for _one in "flushinp", "noqiflush", "qiflush":
    _define(_one, result="v")
_plain = qiflush


def qiflush(flag=True, /, *, _on=_plain, _off=noqiflush):
    """Drop what is in the queues when an interrupt key is pressed."""
    (_on if flag else _off)()


_define("filter", result="v", need=lambda: None)
_define("use_env", "i", "v", need=lambda: None, parameters="flag")


def intrflush(flag, /):
    """Flush the output when an interrupt key is pressed."""
    _need_screen()
    _done(_call("intrflush", "i", "Pi", 0, bool(flag)), "intrflush")


def meta(yes, /):
    """Let keys have eight bits."""
    _need_screen()
    _done(_call("meta", "i", "Pi", _variable("stdscr", "P"), bool(yes)), "meta")


del _one, _function, _codes, _doc, _plain, _switch
_twins.publish(globals(), without_signature=["newwin"])
