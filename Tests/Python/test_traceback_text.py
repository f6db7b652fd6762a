"""The text that the traceback module makes of exceptions: carets, chains, groups, hints."""
import traceback
from harness import run

SOURCE = '''
def f(x):
    return x + 1 / 0

def g():
    return [f(i) for i in (1,)]

def chained():
    try:
        {}["key"]
    except KeyError as e:
        raise ValueError("bad") from e

def context():
    try:
        {}["key"]
    except KeyError:
        raise ValueError("worse")
'''


def text_of(code):
    import linecache
    linecache.cache["<demo>"] = (len(SOURCE), None, SOURCE.splitlines(True), "<demo>")
    namespace = {}
    exec(compile(SOURCE, "<demo>", "exec"), namespace)
    try:
        exec(code, namespace)
    except BaseException as e:
        e.__traceback__ = e.__traceback__.tb_next.tb_next
        return "".join(traceback.format_exception(e))


def test_carets():
    assert text_of("g()") == '''\
Traceback (most recent call last):
  File "<demo>", line 6, in g
    return [f(i) for i in (1,)]
           ^^^^^^^^^^^^^^^^^^^^
  File "<demo>", line 6, in <listcomp>
    return [f(i) for i in (1,)]
            ^^^^
  File "<demo>", line 3, in f
    return x + 1 / 0
               ~~^~~
ZeroDivisionError: division by zero
'''


def test_cause():
    assert text_of("chained()") == '''\
Traceback (most recent call last):
  File "<demo>", line 10, in chained
    {}["key"]
    ~~^^^^^^^
KeyError: 'key'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "<demo>", line 12, in chained
    raise ValueError("bad") from e
ValueError: bad
'''


def test_context():
    assert "\nDuring handling of the above exception, another exception occurred:\n" in text_of("context()")


def test_notes_and_groups():
    e = ExceptionGroup("g", [ValueError("a\nb"), KeyError("k")])
    e.add_note("note 1\nnote 2")
    assert "".join(traceback.format_exception(e)) == '''\
  | ExceptionGroup: g (2 sub-exceptions)
  | note 1
  | note 2
  +-+---------------- 1 ----------------
    | ValueError: a
    | b
    +---------------- 2 ----------------
    | KeyError: 'k'
    +------------------------------------
'''


def test_hints_are_not_the_modules():
    def last_line(source):
        try:
            exec(source, {})
        except Exception as e:
            return traceback.format_exception(e)[-1]
    assert last_line("length = 1\nlenght") == "NameError: name 'lenght' is not defined\n"
    assert last_line("[].apend(1)") == \
        "AttributeError: 'list' object has no attribute 'apend'\n"
    assert last_line("from collections import namedtupel").endswith("(%s)\n" % __import__("collections").__file__)


def test_format_exception_only():
    assert traceback.format_exception_only(ValueError("x")) == ["ValueError: x\n"]
    assert traceback.format_exception_only(ValueError()) == ["ValueError\n"]
    try:
        compile("a b", "<s>", "exec")
    except SyntaxError as e:
        assert traceback.format_exception_only(e) == [
            '  File "<s>", line 1\n', "    a b\n", "      ^\n", "SyntaxError: invalid syntax\n"]


def test_repeated_frames_are_counted():
    def f(n):
        if n:
            f(n - 1)
        else:
            raise ValueError
    try:
        f(10)
    except ValueError as e:
        lines = traceback.format_exception(e)
    assert any("[Previous line repeated 7 more times]" in line for line in lines)


def test_extract_and_positions():
    try:
        1 / 0
    except ZeroDivisionError as e:
        frame = traceback.extract_tb(e.__traceback__)[0]
    assert frame.name == "test_extract_and_positions" and frame.line == "1 / 0"
    assert (frame.colno, frame.end_colno) == (8, 13)


class Ambiguous:
    def __bool__(self):
        raise ValueError("ambiguous")


def marked(function):
    """What the carets mark in the frames of this file that an exception went through; None for all of several lines."""
    try:
        result = function()
        if hasattr(result, "__next__"):
            next(result)
    except (ValueError, TypeError) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__)[1:] if frame.name != "__bool__"]
        return [frame.line[frame.colno - shift:frame.end_colno - shift] if frame.lineno == frame.end_lineno else None
                for frame in frames for shift in [len(frame._original_line) - len(frame._original_line.lstrip())]]


def test_truth_values_are_asked_by_the_statement():
    a = Ambiguous()

    def statement():
        if a:
            pass

    def loop():
        while not a:
            pass

    def after_comparison():
        if len("1") < 3 and a: pass

    def assertion():
        assert 1 < len("12") < 3 and a, "text"

    def case():
        match 1:
            case int() if a: pass

    assert marked(statement) == [None] and marked(loop) == [None] and marked(case) == ["int()"]
    assert marked(after_comparison) == ['len("1") < 3'] and marked(assertion) == ['1 < len("12") < 3']
    assert marked(lambda: 1 if a else 2) == ["1 if a else 2"]
    assert marked(lambda: a and 1) == ["a and 1"]
    assert marked(lambda: (a or 1) and 2) == ["a or 1"]
    assert marked(lambda: not a) == ["not a"]


def test_where_comprehensions_fail():
    a = Ambiguous()
    assert marked(lambda: [x for x in [1] if a])[1] == "[x for x in [1] if a]"
    assert marked(lambda: [x for x in [1] if x == 1 if a])[1] == "x == 1"
    assert marked(lambda: {[] for x in [1]})[1] == "{[] for x in [1]}"
    assert marked(lambda: {[] for x in [1] if x < 2})[1] == "x < 2"
    assert marked(lambda: {[]: x for x in [1]})[1] == "{[]: x for x in [1]}"
    assert marked(lambda: [y for x in [1] if x < 2 for y in x])[1] == "x < 2"
    assert marked(lambda: (x for x in [1] if a)) == ["(x for x in [1] if a)"]


def test_a_generator_that_has_not_begun():
    def waiting():
        yield 1

    try:
        waiting().throw(ValueError("early"))
    except ValueError as e:
        frames = traceback.extract_tb(e.__traceback__)
    assert [frame.name for frame in frames] == ["test_a_generator_that_has_not_begun", "waiting"]
    assert frames[1].colno is None and frames[1].end_colno is None and frames[1].lineno == waiting.__code__.co_firstlineno
    assert list(waiting.__code__.co_positions())[0][2:] == (None, None)


def test_initialisers_that_return_something():
    class Returning:
        def __init__(self):
            try:
                return 1
            except TypeError:
                assert False, "the call is over"

    class Yielding:
        def __init__(self):
            yield 1

    for make in Returning, Yielding:
        for _ in range(3000):
            try:
                make()
            except TypeError as e:
                names = [frame.name for frame in traceback.extract_tb(e.__traceback__)]
                assert "__init__() should return None, not" in str(e)
                assert names == ["test_initialisers_that_return_something"], names


def test_who_gave_no_text():
    class Wordless:
        def __repr__(self):
            return 1

    for function, name in (str, "__str__"), (repr, "__repr__"), (ascii, "__repr__"), (format, "__str__"), ("%s".__mod__, "__str__"), ("%r".__mod__, "__repr__"):
        try:
            function(Wordless())
        except TypeError as e:
            assert str(e) == name + " returned non-string (type int)", e
        else:
            assert False


run(globals())
