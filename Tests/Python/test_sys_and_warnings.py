"""The sys module, warnings and printed tracebacks."""
import io
import os
import subprocess
import sys
import tempfile
import warnings

from harness import raises, run


def printed(function):
    """What sys.excepthook prints of what the function raises, without the entries of this helper."""
    saved, sys.stderr = sys.stderr, io.StringIO()
    try:
        try:
            function()
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__.tb_next)
        return sys.stderr.getvalue()
    finally:
        sys.stderr = saved


def test_struct_sequences():
    assert sys.version_info[:2] == (3, 11) and sys.version_info.major == 3 and sys.version_info >= (3, 11)
    assert sys.float_info.max == 1.7976931348623157e308 and sys.int_info.default_max_str_digits == 4300
    assert repr(sys.int_info).startswith("sys.int_info(bits_per_digit=30") and sys.hash_info.modulus == 2**61 - 1
    raises(AttributeError, "readonly attribute", setattr, sys.flags, "debug", 1)
    raises(TypeError, "cannot create 'sys.flags' instances", type(sys.flags))


def test_limits():
    raises(ValueError, "recursion limit must be greater or equal than 1", sys.setrecursionlimit, 0)
    raises(ValueError, "maxdigits must be 0 or larger than 640", sys.set_int_max_str_digits, 3)
    raises(ValueError, "switch interval must be strictly positive", sys.setswitchinterval, 0)
    raises(ValueError, "call stack is not deep enough", sys._getframe, 10000)
    raises(TypeError, "intern() argument must be str, not int", sys.intern, 3)
    assert sys._getframe().f_code.co_name == "test_limits"


def test_exceptions_being_handled():
    assert sys.exc_info() == (None, None, None) and sys.exception() is None
    try:
        1 / 0
    except ZeroDivisionError as error:
        assert sys.exception() is error and sys.exc_info() == (ZeroDivisionError, error, error.__traceback__)
    raises(SystemExit, "3", sys.exit, 3)


def test_displayhook():
    import builtins
    saved, sys.stdout = sys.stdout, io.StringIO()
    try:
        sys.displayhook(None)
        sys.displayhook([1])
        text = sys.stdout.getvalue()
    finally:
        sys.stdout = saved
    assert text == "[1]\n" and builtins._ == [1]
    del builtins._


def test_warn():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("a")
        warnings.warn("b", DeprecationWarning, 2)
        warnings.warn_explicit("c", UserWarning, "some.py", 7)
    assert [(str(w.message), w.category, w.filename == __file__) for w in caught] == [
        ("a", UserWarning, True), ("b", DeprecationWarning, w_is_here(caught[1])), ("c", UserWarning, False)]
    assert caught[2].lineno == 7
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        raises(UserWarning, "boo", warnings.warn, "boo")
    raises(TypeError, "category must be a Warning subclass, not 'int'", warnings.warn, "x", 3)
    raises(TypeError, "category must be a Warning subclass, not 'type'", warnings.warn, "x", int)


def w_is_here(warning):
    return warning.filename == __file__


def test_warnings_are_shown_once():
    def twice():
        for _ in range(2):
            warnings.warn("again")
    for action, count in (("default", 1), ("always", 2), ("once", 1), ("module", 1), ("ignore", 0)):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter(action)
            twice()
        assert len(caught) == count, action


def test_filters_are_checked():
    with warnings.catch_warnings():
        warnings.filters.insert(0, ("odd", None, Warning, None, 0))
        warnings._filters_mutated()
        raises(RuntimeError, None, warnings.warn, "z")
        warnings.filters[0] = 3
        raises(ValueError, "_warnings.filters item 0 isn't a 5-tuple", warnings.warn, "y")


def test_printed_chain():
    def chained():
        try:
            {}["a"]
        except KeyError as error:
            raise ValueError("b") from error
    text = printed(chained)
    assert text.count("Traceback (most recent call last):\n") == 2
    assert "\nThe above exception was the direct cause of the following exception:\n\n" in text and text.endswith("ValueError: b\n")
    assert '            {}["a"]\n            ~~^^^^^\n' in text.replace("    {}", "            {}").replace("    ~~", "            ~~")


def test_printed_groups_and_notes():
    group = ExceptionGroup("outer", [ValueError(1), ExceptionGroup("inner", [TypeError("t")])])
    group.add_note("a note")
    saved, sys.stderr = sys.stderr, io.StringIO()
    try:
        sys.excepthook(type(group), group, None)
        text = sys.stderr.getvalue()
    finally:
        sys.stderr = saved
    assert text == """\
  | ExceptionGroup: outer (2 sub-exceptions)
  | a note
  +-+---------------- 1 ----------------
    | ValueError: 1
    +---------------- 2 ----------------
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | TypeError: t
      +------------------------------------
""", text


def test_printed_suggestions():
    value = [1]
    assert printed(lambda: value.appendd).endswith("Did you mean: 'append'?\n")
    assert printed(lambda: valeu).endswith("NameError: name 'valeu' is not defined. Did you mean: 'value'?\n") or value
    assert printed(lambda: prnt).endswith("NameError: name 'prnt' is not defined. Did you mean: 'print'?\n")


def test_printed_syntax_error():
    error = SyntaxError("msg", ("f.py", 3, 4, "   abc def\n", 3, 9))
    saved, sys.stderr = sys.stderr, io.StringIO()
    try:
        sys.excepthook(SyntaxError, error, None)
        text = sys.stderr.getvalue()
    finally:
        sys.stderr = saved
    assert text == '  File "f.py", line 3\n    abc def\n    ^^^^^\nSyntaxError: msg\n', text


def test_profiler():
    import cProfile

    def counted(profile):
        return sorted((str(entry.code), entry.callcount) for entry in profile.getstats())
    profile = cProfile.Profile()
    profile.enable()
    len([])
    profile.disable()
    len([])
    assert counted(profile) == [("<built-in method builtins.len>", 1), ("<method 'disable' of '_lsprof.Profiler' objects>", 1)]
    profile.disable()
    assert len(counted(profile)) == 2
    profile = cProfile.Profile(builtins=False)
    profile.enable()
    len([])
    profile.disable()
    assert counted(profile) == []


def test_import_times():
    for arguments, environment in ((["-X", "importtime"], {}), ([], {"PYTHONPROFILEIMPORTTIME": "1"})):
        lines = subprocess.run([sys.executable, "-S", *arguments, "-c", "import json"], env={**os.environ, **environment}, capture_output=True, text=True).stderr.splitlines()
        assert lines[0] == "import time: self [us] | cumulative | imported package"
        rows = [line[len("import time:"):].split("|") for line in lines[1:]]
        assert all(int(own) <= int(whole) for own, whole, _ in rows)
        names = [name[1:] for _, _, name in rows]
        assert names[-1] == "json" and "  json.decoder" in names


def output(code, *options, **environment):
    """Exit status, output and errors of a command line in an environment of its own."""
    result = subprocess.run([sys.executable, *options, "-c", code], env=environment, capture_output=True, text=True)
    return result.returncode, result.stdout.strip(), result.stderr.strip()


def test_utf8_mode_and_the_locale():
    code = "import sys, os; print(sys.flags.utf8_mode, os.environ.get('LC_CTYPE'), sys.stdin.errors)"
    assert output(code)[1] == output(code, LANG="C")[1] == "1 C.UTF-8 surrogateescape"
    assert output(code, LC_ALL="C")[1] == output(code, LC_ALL="POSIX")[1] == "1 None surrogateescape"
    assert output(code, LC_ALL="C.UTF-8")[1] == "0 None surrogateescape"
    assert output(code, PYTHONUTF8="0")[1] == output(code, "-X", "utf8=0")[1] == output(code, "-X", "utf8=0", PYTHONUTF8="1")[1] == "0 C.UTF-8 surrogateescape"
    assert output(code, "-X", "utf8", LC_ALL="C.UTF-8")[1] == output(code, LC_ALL="C.UTF-8", PYTHONUTF8="1")[1] == "1 None surrogateescape"
    assert output(code, PYTHONCOERCECLOCALE="0")[1] == "1 None surrogateescape"
    status, _, errors = output(code, PYTHONCOERCECLOCALE="warn")
    assert status == 0 and errors.startswith("Python detected LC_CTYPE=C: LC_CTYPE coerced to C.UTF-8 (set another locale")
    for source, result in ("-X utf8 option", output(code, "-X", "utf8=x")), ("PYTHONUTF8 environment variable", output(code, PYTHONUTF8="x")):
        assert result == (1, "", "Fatal Python error: preconfig_init_utf8_mode: invalid %s value\nPython runtime state: preinitializing" % source)


def test_exit_status_130_is_no_signal():
    assert output("import sys; sys.exit(130)")[0] == 130
    assert output("raise KeyboardInterrupt")[0] == -2


def test_places_of_errors_in_empty_sources():
    for mode in "eval", "single":
        error = raises(SyntaxError, "invalid syntax (f, line 0)", compile, "", "f", mode)
        assert error.args == ("invalid syntax", ("f", 0, 0, "", 0, 0)) and (error.end_lineno, error.end_offset) == (0, 0)
    raises(TypeError, "globals must be a real dict; try eval(expr, {}, mapping)", eval, "1", "f")


def test_bytes_warnings():
    code = "b'a' == 'a'\nbytearray(b'a') == 'a'\n97 != b'a'\nbytearray(b'a') == 97\nstr(b'a')\nf'{bytearray()}'"
    done = subprocess.run([sys.executable, "-b", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr.splitlines() == [
        "<string>:1: BytesWarning: Comparison between bytes and string", "<string>:2: BytesWarning: Comparison between bytearray and string",
        "<string>:3: BytesWarning: Comparison between bytes and int", "<string>:5: BytesWarning: str() on a bytes instance",
        "<string>:6: BytesWarning: str() on a bytearray instance"], done.stderr
    done = subprocess.run([sys.executable, "-bb", "-c", "str(b'a')"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.endswith("BytesWarning: str() on a bytes instance\n")


def test_program_on_standard_input():
    done = subprocess.run([sys.executable], input="print(__file__, __cached__)", capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("<stdin> None\n", "")
    environment = dict(os.environ, PYTHONINSPECT="1")
    done = subprocess.run([sys.executable, "-c", "print(1)"], stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
    assert (done.stdout, done.stderr) == ("1\n", "")


def test_prompt():
    lines = "# comment\n1 + 1\nfrom __future__ import annotations\ndef f(a: missing): return 3\n\nf(1)\n"
    done = subprocess.run([sys.executable, "-i", "-q"], input=lines, capture_output=True, text=True)
    assert done.stdout == "2\n3\n" and "Error" not in done.stderr, (done.stdout, done.stderr)


def test_syntax_errors_in_files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "wrong.py")
        for source, shown in (("f'{a b}'\n", "    (a b)\n     ^^^\nSyntaxError: f-string: invalid syntax. Perhaps you forgot a comma?\n"),
                              ("try: pass\n", "    try: pass\nSyntaxError: expected 'except' or 'finally' block\n"),
                              ("def f():\n", "    def f():\nIndentationError: expected an indented block after function definition on line 1\n"),
                              ("x = 1 +\n", "    x = 1 +\n           ^\nSyntaxError: invalid syntax\n")):
            with open(path, "w") as file:
                file.write(source)
            done = subprocess.run([sys.executable, path], capture_output=True, text=True)
            assert done.returncode == 1 and done.stderr.split("\n", 1)[1] == shown, done.stderr


def test_what_native_code_could_not_raise_happened_somewhere():
    import gc, weakref

    class Thing:
        pass

    told, hook = [], sys.unraisablehook
    sys.unraisablehook = lambda given: told.append((given.exc_type, given.exc_traceback.tb_frame.f_code.co_name, given.exc_traceback.tb_next))
    try:
        thing = Thing()
        reference = weakref.ref(thing, int)
        del thing
        gc.collect()
    finally:
        sys.unraisablehook = hook
    assert told == [(TypeError, "test_what_native_code_could_not_raise_happened_somewhere", None)]


def run_python(*arguments, input=None, **environment):
    done = subprocess.run([sys.executable, *arguments], env={**os.environ, **environment}, input=input, capture_output=True)
    return done.returncode, done.stdout, done.stderr


def test_ascii_locale():
    ascii_locale = dict(LC_ALL="POSIX", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    code = """if True:
        import locale, os, sys
        print(sys.stdout.encoding, sys.stdout.errors, sys.stdin.encoding, sys.stderr.encoding, sys.stderr.errors)
        print(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.flags.utf8_mode, open(os.devnull).encoding, locale.getencoding())
        print(ascii(sys.argv[1]), ascii(os.environ["WORD"]), ascii(os.fsdecode(b"\\xc3\\xa9")), os.fsencode("\\udcc3"))
        try:
            open("\\xe9")
        except UnicodeEncodeError as error:
            print(error)
        os.mkdir(sys.argv[1] + "/\\udcff")
        print(ascii(os.listdir(sys.argv[1])), os.listdir(os.fsencode(sys.argv[1])))
        sys.stdout.flush()
        print("\\xe9")
        """
    with tempfile.TemporaryDirectory() as folder:
        folder += "/\xe9"
        os.mkdir(folder)
        status, out, error = run_python("-c", code, folder, WORD="\xe9", **ascii_locale)
    name = ascii(os.fsencode(folder).decode("ascii", "surrogateescape"))
    assert status == 1, error
    assert out.decode().splitlines() == [
        "ascii surrogateescape ascii ascii backslashreplace", "ascii surrogateescape 0 ANSI_X3.4-1968 ANSI_X3.4-1968", name + " '\\udcc3\\udca9' '\\udcc3\\udca9' b'\\xc3'",
        "'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)", "['\\udcff'] [b'\\xff']"], out
    assert error.endswith(b"UnicodeEncodeError: 'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)\n"), error
    assert run_python("-c", "print('\xe9')", **ascii_locale)[2].startswith(b"Unable to decode the command from the command line:\n")
    assert run_python("-c", "import sys; print(sys.stdout.encoding, sys.getfilesystemencoding())", LC_ALL="POSIX") == (0, b"utf-8 utf-8\n", b"")


def test_settings_of_the_environment():
    assert run_python("-c", "import sys; print(sys.executable)", PYTHONEXECUTABLE="/nowhere/python")[1] == b"/nowhere/python\n"
    code = "import sys; print(sys.prefix, sys.exec_prefix)"
    assert run_python("-c", code, PYTHONHOME="/usr:/usr/local")[1] == b"/usr /usr/local\n"
    assert run_python("-c", code, PYTHONHOME="/nowhere")[0] == 1
    assert not os.path.exists("/nowhere")
    assert run_python("-c", "1", PYTHONMALLOC="bad") == (1, b"", b"Fatal Python error: preconfig_init_allocator: PYTHONMALLOC: unknown allocator\nPython runtime state: preinitializing\n\n")
    assert run_python("-c", "print(1)", PYTHONMALLOC="debug")[1] == b"1\n"


def test_refused_options():
    assert run_python("-X", "frozen_modules=bad", "-c", "1") == (1, b"", b'Fatal Python error: bad value for option -X frozen_modules (expected "on" or "off")\n'
                                                             b"Python runtime state: preinitialized\n\n")
    assert run_python("-J")[2].startswith(b"-J is reserved for Jython\n")
    assert run_python("--check-hash-based-pycs")[2].startswith(b"Argument expected for the --check-hash-based-pycs options\n")


def test_folders_without_a_program():
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        for name, shown in ("", folder), (".", folder), ("./", folder + "/./"):
            done = subprocess.run([sys.executable, name], cwd=folder, capture_output=True, text=True)
            assert done.stderr == f"{sys.executable}: can't find '__main__' module in {shown!r}\n", done.stderr


def test_source_that_says_it_is_utf16():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "program.py")
        with open(path, "w") as file:
            file.write("# coding: utf-16\nprint(1)\n")
        assert run_python(path) == (1, b"", b"SyntaxError: encoding problem: utf-16\n")


def test_comments_and_errors_at_the_prompt():
    lines = "if 1:\n  x = 1\n# comment\n  x = 2\n\nx\ns = '''\n# in a text'''\ns\n"
    done = subprocess.run([sys.executable, "-i", "-q"], input=lines, capture_output=True, text=True)
    assert done.stdout == "2\n'\\n# in a text'\n" and "Error" not in done.stderr, (done.stdout, done.stderr)
    for line in "x = 5 +", "for", "x = 0 if":
        done = subprocess.run([sys.executable, "-i", "-q"], input=line + "\n", capture_output=True, text=True)
        assert f"    {line}\n    {' ' * len(line)}^\nSyntaxError: invalid syntax\n" in done.stderr, done.stderr


def test_interrupts_at_the_prompt():
    import pty
    import select
    import time

    def run(parts):
        child, terminal = pty.fork()
        if child == 0:
            os.environ["TERM"] = "dumb"
            os.execv(sys.executable, [sys.executable, "-q"])
        shown = b""
        for wanted, typed in parts:
            while wanted not in shown:
                ready = select.select([terminal], [], [], 30)[0]
                assert ready, shown
                shown += os.read(terminal, 65536)
            shown = shown.partition(wanted)[2]
            # The prompt is there before the line editor is.
            time.sleep(0.3)
            os.write(terminal, typed)
        os.waitpid(child, 0)
        os.close(terminal)
    run([(b">>> ", b"x = [\n"), (b"... ", b"\x03"), (b"KeyboardInterrupt", b""), (b">>> ", b"6 * 7\n"), (b"42", b""), (b">>> ", b"\x04")])


def test_a_signal_while_weak_callbacks_run():
    source = """
import gc, signal, weakref
class Late(Exception): pass
def arrive(*rest): raise Late
signal.signal(signal.SIGUSR1, arrive)
class Item: pass
def callback(reference):
    signal.raise_signal(signal.SIGUSR1)
    for i in range(1000): len("abc")
caught = 0
for i in range(20):
    item = Item()
    reference = weakref.ref(item, callback)
    try:
        item = None
        gc.collect()
        for j in range(1000): len("abc")
    except Late:
        caught += 1
print(caught)
"""
    if sys.implementation.name == "cpython":
        return
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("20\n", ""), (done.stdout, done.stderr)


def test_the_name_of_the_implementation():
    import platform
    assert platform.python_implementation().lower() == sys.implementation.name
    assert platform.python_version() == sys.version.split()[0] and platform.uname() == platform.uname()


def test_a_mark_before_a_text():
    with raises_syntax_error("invalid non-printable character U+FEFF"):
        compile("\ufeffx = 1", "<text>", "exec")
    exec(b"\xef\xbb\xbfx = 1", {})


class raises_syntax_error:
    def __init__(self, text):
        self.text = text

    def __enter__(self):
        pass

    def __exit__(self, kind, value, traceback):
        assert kind is SyntaxError and value.msg == self.text, (kind, value)
        return True


def test_empty_lines_at_the_prompt():
    for lines, shown in [("\\\n\n1+1\n", ">>> ... >>> 2"), ("x = 1 \\\n\n\nx\n", ">>> ... >>> >>> 1"), ("(\n\n1)\n", ">>> ... ... 1"), ("if 1: pass\n\n5\n", ">>> ... >>> 5"),
                         ("1;\\\n\n5\n", ">>> ... 1")]:
        done = subprocess.run([sys.executable, "-i", "-q"], input=lines, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert done.stdout.startswith(shown), (lines, done.stdout)
    for lines, error in [("@f\n\nprint(5)\n", "SyntaxError: invalid syntax"), ("if 1:\n\nprint(5)\n", "IndentationError: expected an indented block after 'if' statement on line 1"),
                         ("def f(): # c\n  # d\n\nprint(5)\n", "IndentationError: expected an indented block after function definition on line 1")]:
        done = subprocess.run([sys.executable, "-i", "-q"], input=lines, capture_output=True, text=True)
        assert done.stdout == "5\n", (lines, done.stdout)
        assert error in done.stderr and "    \n    ^\n" in done.stderr, (lines, done.stderr)


def test_numbers_too_large_for_c():
    for function in os.close, os.strerror, os.umask, os.get_inheritable, chr, sys.setrecursionlimit, sys._getframe:
        for number in 2 ** 31, 2 ** 40, -2 ** 70:
            raises(OverflowError, "Python int too large to convert to C int", function, number)


def test_homes_of_classes():
    import csv, locale, pickle
    assert locale.Error.__module__ == "locale"
    raises(TypeError, "cannot pickle 'Dialect' instances", pickle.dumps, csv.get_dialect("excel"))


run(globals())
