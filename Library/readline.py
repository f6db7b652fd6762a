"""Command line editing by GNU readline.

The library is called by `_foreign`; the prompt and `input` read through `_read` once this module is there and the terminal is one.
"""
import _foreign
import _twins
import os as _os
import select as _select
import sys as _sys

try:
    _library = _foreign.dlopen("libreadline.so.8", 2)
except OSError as _error:
    raise ImportError(str(_error)) from None
_libc = _foreign.dlopen(None, 2)
_addresses = {}


def _address(name):
    address = _addresses.get(name)
    if address is None:
        address = _addresses[name] = _foreign.dlsym(_library, name)
    return address


def _call(name, result, codes, *arguments):
    # With the interpreter lock: the library's state is one for all threads, and what it calls back is Python.
    return _foreign.call(_address(name), result, codes, arguments, 1)


def _place(data):
    return _foreign.buffer_address(data, False)[0]


def _bytes(text):
    if not isinstance(text, str):
        raise TypeError(f"argument must be str, not {type(text).__name__}")
    return text.encode(_sys.getfilesystemencoding(), "surrogateescape") + b"\0"


def _text(address):
    return _foreign.read(address, -1).decode(_sys.getfilesystemencoding(), "surrogateescape") if address else None


def _copy(text):
    """A text in memory that the library will free."""
    data = _bytes(text)
    return _foreign.call(_foreign.dlsym(_libc, "strdup"), "P", "P", (_place(data),), 1)


def _free(address):
    _foreign.call(_foreign.dlsym(_libc, "free"), "v", "P", (address,), 1)


_READLINE_VERSION = _READLINE_RUNTIME_VERSION = _foreign.load("i", _address("rl_readline_version"))
_READLINE_LIBRARY_VERSION = _text(_foreign.load("P", _address("rl_library_version")))
_completer = None
_begin = _end = 0
_auto_history, _history_length = True, -1
# What the library points to and calls must not go away.
_kept = {}
_call("using_history", "v", "")
_name = b"python\0"
_foreign.store("P", _address("rl_readline_name"), _place(_name))


# MARK: Init file, line buffer

def parse_and_bind(string, /):
    """Execute the init line provided in the string argument."""
    line = _copy(string)
    _call("rl_parse_and_bind", "i", "P", line)
    _free(line)


def _file(name):
    return None if name is None else _os.fsencode(name) + b"\0"


def _check(status):
    if status:
        raise OSError(status, _os.strerror(status))


def read_init_file(filename=None, /):
    """Execute a readline initialization file."""
    data = _file(filename)
    _check(_call("rl_read_init_file", "i", "P", _place(data) if data else 0))


def get_line_buffer():
    """Return the current contents of the line buffer."""
    return _text(_foreign.load("P", _address("rl_line_buffer"))) or ""


def insert_text(string, /):
    """Insert text into the line buffer at the cursor position."""
    data = _bytes(string)
    _call("rl_insert_text", "i", "P", _place(data))


def redisplay():
    """Change what's displayed on the screen to reflect contents of the line buffer."""
    _call("rl_redisplay", "v", "")


# MARK: History

def read_history_file(filename=None, /):
    """Load a readline history file."""
    data = _file(filename)
    _check(_call("read_history", "i", "P", _place(data) if data else 0))


def write_history_file(filename=None, /):
    """Save a readline history file."""
    data = _file(filename)
    status = _call("write_history", "i", "P", _place(data) if data else 0)
    if not status and _history_length >= 0:
        _call("history_truncate_file", "i", "Pi", _place(data) if data else 0, _history_length)
    _check(status)


def append_history_file(nelements, filename=None, /):
    """Append the last nelements items of the history list to file."""
    if nelements < 0:
        raise ValueError("nelements must be positive")
    data = _file(filename)
    status = _call("append_history", "i", "iP", nelements, _place(data) if data else 0)
    if not status and _history_length >= 0:
        _call("history_truncate_file", "i", "Pi", _place(data) if data else 0, _history_length)
    _check(status)


def get_history_length():
    """Return the maximum number of lines that will be written to the history file."""
    return _history_length


def set_history_length(length, /):
    """Set the maximal number of lines which will be written to the history file."""
    global _history_length
    _history_length = int(length)


def get_current_history_length():
    """Return the current (not the maximum) length of history."""
    return _foreign.load("i", _address("history_length"))


def get_history_item(index, /):
    """Return the current contents of history item at index, counted from one."""
    entry = _call("history_get", "P", "i", index)
    return _text(_foreign.load("P", entry)) if entry else None


def _forget(entry):
    _free(_call("free_history_entry", "P", "P", entry))


def remove_history_item(pos, /):
    """Remove history item given by its zero-based position."""
    if pos < 0:
        raise ValueError("History index cannot be negative")
    entry = _call("remove_history", "P", "i", pos)
    if not entry:
        raise ValueError(f"No history item at position {pos}")
    _forget(entry)


def replace_history_item(pos, line, /):
    """Replaces history item given by its position with contents of line."""
    if pos < 0:
        raise ValueError("History index cannot be negative")
    data = _bytes(line)
    entry = _call("replace_history_entry", "P", "iPP", pos, _place(data), 0)
    if not entry:
        raise ValueError(f"No history item at position {pos}")
    _forget(entry)


def add_history(string, /):
    """Add an item to the history buffer."""
    data = _bytes(string)
    _call("add_history", "v", "P", _place(data))


def clear_history():
    """Clear the current readline history."""
    _call("clear_history", "v", "")


def set_auto_history(enabled, /):
    """Enables or disables automatic history."""
    global _auto_history
    _auto_history = bool(enabled)


# MARK: Hooks

def _set_hook(variable, function, given):
    if given is not None and not callable(given):
        raise TypeError(f"set_{function}(func): argument not callable")
    callback = None
    if given is not None:
        def run():
            result = given()
            return 0 if result is None else int(result)
        callback = _foreign.Callback(run, "i", "")
    _kept[variable] = callback
    _foreign.store("P", _address(variable), callback.address if callback else 0)


def set_startup_hook(function=None, /):
    """Set or remove the function invoked by the rl_startup_hook callback."""
    _set_hook("rl_startup_hook", "startup_hook", function)


def set_pre_input_hook(function=None, /):
    """Set or remove the function invoked by the rl_pre_input_hook callback."""
    _set_hook("rl_pre_input_hook", "pre_input_hook", function)


# MARK: Completion

def _generate(text, state):
    _foreign.store("i", _address("rl_attempted_completion_over"), 1)
    if _completer is None:
        return 0
    found = _completer(_text(text), state)
    return 0 if found is None else _copy(found)


def _attempt(text, start, end):
    global _begin, _end
    _foreign.store("i", _address("rl_completion_append_character"), 0)
    _foreign.store("i", _address("rl_completion_suppress_append"), 0)
    # Places count bytes there and characters here.
    line = _foreign.read(_foreign.load("P", _address("rl_line_buffer")), -1)
    _begin, _end = [len(line[:place].decode(_sys.getfilesystemencoding(), "surrogateescape")) for place in (start, end)]
    return _call("rl_completion_matches", "P", "PP", text, _kept["generate"].address)


_kept["generate"] = _foreign.Callback(_generate, "P", "Pi")
_kept["attempt"] = _foreign.Callback(_attempt, "P", "Pii")
_foreign.store("P", _address("rl_attempted_completion_function"), _kept["attempt"].address)


def set_completer(function=None, /):
    """Set or remove the completer function."""
    global _completer
    if function is not None and not callable(function):
        raise TypeError("set_completer(func): argument not callable")
    _completer = function


def get_completer():
    """Get the current completer function."""
    return _completer


def get_completion_type():
    """Get the type of completion being attempted."""
    return _foreign.load("i", _address("rl_completion_type"))


def get_begidx():
    """Get the beginning index of the completion scope."""
    return _begin


def get_endidx():
    """Get the ending index of the completion scope."""
    return _end


def set_completer_delims(string, /):
    """Set the word delimiters for completion."""
    _kept["delims"] = data = _bytes(string)
    _foreign.store("P", _address("rl_completer_word_break_characters"), _place(data))


def get_completer_delims():
    """Get the word delimiters for completion."""
    return _text(_foreign.load("P", _address("rl_completer_word_break_characters")))


def set_completion_display_matches_hook(function=None, /):
    """Set or remove the completion display function."""
    if function is not None and not callable(function):
        raise TypeError("set_completion_display_matches_hook(func): argument not callable")
    callback = None
    if function is not None:
        def show(matches, count, longest):
            texts = [_text(_foreign.load("P", matches + 8 * place)) for place in range(count + 1)]
            function(texts[0], texts[1:], longest)
        callback = _foreign.Callback(show, "v", "Pii")
    _kept["display"] = callback
    _foreign.store("P", _address("rl_completion_display_matches_hook"), callback.address if callback else 0)


set_completer_delims(" \t\n`~!@#$%^&*()-=+[{]}\\|;:'\",<>/?")
_foreign.store("i", _address("rl_catch_signals"), 0)
# Lines that are pasted are to be read one by one. An inputrc may want it otherwise.
_call("rl_variable_bind", "i", "PP", _place(_kept.setdefault("paste", b"enable-bracketed-paste\0")), _place(_kept.setdefault("off", b"off\0")))
_call("rl_initialize", "i", "")


# MARK: Reading

def _read(prompt):
    """A line from the terminal with its end; "" at the end of the input."""
    lines = []

    def take(line):
        lines.append(line)
        _call("rl_callback_handler_remove", "v", "")
    data, handler = _bytes(prompt), _foreign.Callback(take, "v", "P")
    _call("rl_callback_handler_install", "v", "PP", _place(data), handler.address)
    try:
        # Other threads go on meanwhile, and a signal's handler may raise.
        while not lines:
            _select.select([0], [], [])
            _call("rl_callback_read_char", "v", "")
    except BaseException:
        _call("rl_free_line_state", "v", "")
        _call("rl_cleanup_after_signal", "v", "")
        _call("rl_callback_handler_remove", "v", "")
        raise
    if not lines[0]:
        return ""
    text = _text(lines[0])
    _free(lines[0])
    if _auto_history and text:
        last = get_current_history_length()
        if not last or get_history_item(last) != text:
            add_history(text)
    return text + "\n"


_twins.publish(globals())
