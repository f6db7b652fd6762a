"""The smallest of test harnesses, which a young interpreter can run: no imports but sys.

A test file defines functions `test_*`, which use `assert` and `raises`, and ends with `run(globals())`. One line is
printed for each: `ok NAME`, or `FAIL NAME: reason`. Arguments on the command line name the only tests to run.
"""
import sys


def raises(kind, message, function, *args, **kwargs):
    """Assert that the call raises exactly this type and, unless `message` is None, exactly this text."""
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        if type(error) is not kind:
            raise
        if message is not None and str(error) != message:
            raise AssertionError("message is %r, not %r" % (str(error), message))
        return error
    raise AssertionError("returned %r where %s was expected" % (result, kind.__name__))


class Countdown:
    """The plainest iterator that a class defines: from n - 1 down to 0."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return self

    def __next__(self):
        if self.n == 0:
            raise StopIteration
        self.n -= 1
        return self.n


def check_all(function, table):
    """Assert function(*arguments) == expected, of the same type, for each (arguments, expected) of the table."""
    for arguments, expected in table:
        if not isinstance(arguments, tuple):
            arguments = (arguments,)
        result = function(*arguments)
        if type(result) is not type(expected) or result != expected:
            raise AssertionError("%r gave %r, not %r" % (arguments, result, expected))


def reason(error):
    text = type(error).__name__
    if str(error):
        text += ": " + str(error)
    line = None
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename != __file__:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return "line %s: %s" % (line, text.replace("\n", "\\n"))


def run(namespace):
    """Run the tests of a module in the order of their definition."""
    failed = False
    for name, function in list(namespace.items()):
        if not name.startswith("test_") or sys.argv[1:] and name not in sys.argv[1:]:
            continue
        try:
            function()
        except BaseException as error:
            failed = True
            print("FAIL " + name + ": " + reason(error), flush=True)
        else:
            print("ok " + name, flush=True)
    sys.exit(failed)
