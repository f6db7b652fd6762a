"""Which lines of a program a debugger sees, and where frames say they are."""
import sys
import traceback
from harness import raises, run


def lines(function, *arguments):
    """The line events of a call, relative to the function's first line, and the line of its return."""
    seen = []
    first = function.__code__.co_firstlineno

    def tracer(frame, event, argument):
        if frame.f_code is not function.__code__:
            return None
        if event == "line":
            seen.append(frame.f_lineno - first)
        elif event == "return":
            seen.append(("return", frame.f_lineno - first))
        return tracer
    sys.settrace(tracer)
    try:
        function(*arguments)
    except ZeroDivisionError:
        pass
    finally:
        sys.settrace(None)
    return seen


def test_statements_without_code():
    def f():
        "doc"
        pass
        1
        "text"
        x = 1
        del x
    assert lines(f) == [2, 3, 4, 5, 6, ("return", 6)]


def test_try_and_its_parts():
    def f(n):
        try:
            pass
            1 / n
        except:
            pass
        else:
            pass
        finally:
            pass
    assert lines(f, 1) == [1, 2, 3, 7, 9, ("return", 9)]
    assert lines(f, 0) == [1, 2, 3, 4, 5, 9, ("return", 9)]


def test_the_way_out_of_finally():
    def f():
        for x in (1,):
            try:
                break
            finally:
                y = 1
        return x
    assert lines(f) == [1, 2, 3, 5, 6, ("return", 6)]

    def g():
        try:
            return 2
        finally:
            4
    assert lines(g) == [1, 2, 4, ("return", 4)]


def test_implicit_return_is_where_the_flow_comes_from():
    def f(a, b):
        if a:
            if b:
                pass
        else:
            x = 1
    assert lines(f, 1, 1) == [1, 2, 3, ("return", 3)]
    assert lines(f, 1, 0) == [1, 2, ("return", 2)]
    assert lines(f, 0, 0) == [1, 5, ("return", 5)]

    def g():
        for x in (1, 2):
            y = x
    assert lines(g) == [1, 2, 1, 2, 1, ("return", 1)]


def test_loops_that_test_nothing():
    def f():
        x = 0
        while True:
            x += 1
            if x == 2:
                break
    assert lines(f) == [1, 2, 3, 4, 3, 4, 5, ("return", 5)] or lines(f) == [1, 2, 3, 4, 2, 3, 4, 5, ("return", 5)]


def test_breaks_out_of_nested_loops():
    def f(true):
        while true:
            while true:
                break
            break
    assert lines(f, True) == [1, 2, 3, 4, ("return", 4)]


def test_wildcard_cases():
    def f(x):
        match x:
            case 1:
                return 1
            case _:
                return 2
    assert lines(f, 1) == [1, 2, 3, ("return", 3)]
    assert lines(f, 2) == [1, 2, 4, 5, ("return", 5)]


def line_after(function):
    try:
        function()
    except Exception as error:
        frame = error.__traceback__.tb_next.tb_frame
        return frame.f_lineno - frame.f_code.co_firstlineno


def test_lines_of_frames_that_raised():
    class Manager:
        def __enter__(self): return self
        def __exit__(self, *args): pass

    def no_handler_fits():
        try:
            1 / 0
        except TypeError as error:
            pass
    assert line_after(no_handler_fits) == 3

    def with_statement():
        with Manager():
            1 / 0
            pass
    assert line_after(with_statement) == 2

    def raised_in_handler():
        try:
            1 / 0
        except Exception:
            raise Exception("here") from None
            pass
    assert line_after(raised_in_handler) == 4


def test_outer_frames_while_throwing_into_a_delegate():
    stacks = []

    def inner():
        try:
            yield 1
        except ZeroDivisionError:
            stacks.append([frame.name for frame in traceback.extract_stack()][-2:])
            yield 2

    def outer():
        yield from inner()
    generator = outer()
    next(generator)
    assert generator.throw(ZeroDivisionError) == 2
    assert stacks == [["outer", "inner"]]


def test_clearing_the_frame_of_a_generator_closes_it():
    ended = []

    def f():
        try:
            yield
        finally:
            ended.append(True)
    generator = f()
    next(generator)
    frame = generator.gi_frame
    frame.clear()
    assert ended == [True]


def test_hints_for_errors_raised_in_getattr():
    class A:
        blech = None

        def __getattr__(self, name):
            raise AttributeError()
    error = raises(AttributeError, "", lambda: A().bluch)
    assert error.name == "bluch" and isinstance(error.obj, A)


def test_names_and_constants_on_lines_of_their_own():
    def returned(a):
        return (
            a)
    assert lines(returned, 1) == [2, 1, ("return", 1)]

    def assigned(a):
        x = (
            a)
        y = (
            1)
        return x, y
    assert lines(assigned, 1) == [2, 1, 4, 3, 5, ("return", 5)]

    def sums(a, b):
        return (a +
                b +
                1)
    assert lines(sums, 1, 2) == [1, 2, 1, 3, 1, ("return", 1)]

    def compared(a):
        if (a <
                5):
            a
        return a == (
            3)
    assert lines(compared, 1)[-4:] == [4, 5, 4, ("return", 4)]

    def subscripted(a):
        return a[
            0]
    assert lines(subscripted, [1]) == [1, 2, 1, ("return", 1)]

    def attribute(a):
        return (a
                .real)
    assert lines(attribute, 1) == [1, 2, 1, ("return", 1)]

    def added(a):
        a += (
            1)
        return a
    assert lines(added, 1)[-3:] == [1, 3, ("return", 3)]

    def negated(a):
        return not (
            a)
    assert lines(negated, 1) == [2, 1, ("return", 1)]


def test_statements_of_a_name():
    def f(a):
        if 1:
            a
        while a:
            a
            break
    assert lines(f, 1) == [1, 2, 3, 4, 5, ("return", 5)]


def test_default_values():
    def f():
        def g(a=1,
              b=2,
              c=3):
            pass
    assert lines(f) == [1, 2, 3, 1, ("return", 1)]


def test_plain_lines_have_one_event():
    def f(a, b):
        x = a if b else a
        y = x + a * b < 3 and a or b
        for i in a, b:
            if i and b:
                y = x
        return [x, y, a[1:2] if 0 else a]
    assert lines(f, 1, 2) == [1, 2, 3, 4, 5, 3, 4, 5, 3, 6, ("return", 6)]


def inner_lines(function, *arguments):
    """As `lines`, of all that the file runs."""
    events = []
    first = function.__code__.co_firstlineno

    def tracer(frame, event, argument):
        if frame.f_code.co_filename != __file__:
            return None
        if event != "call":
            events.append(frame.f_lineno - first if event == "line" else (event, frame.f_lineno - first))
        return tracer
    sys.settrace(tracer)
    try:
        function(*arguments)
    finally:
        sys.settrace(None)
    return events


def test_conditions_over_several_lines_end_at_their_statement():
    def f(a, b):
        if (a and
                b):
            pass
        while (a and
                not b):
            pass
        assert (a and
                b)
        v = (1 if
             a else
             2)
        return (v and
                a)
    assert lines(f, 1, 2) == [1, 2, 1, 3, 4, 5, 4, 7, 8, 7, 10, 9, 12, 13, 12, ("return", 12)]


def test_a_condition_stays_at_its_last_comparison():
    def f(a, b):
        if (a and a <
                b and
                b):
            return 3
    assert lines(f, 1, 2) == [1, 2, 1, 3, 1, 4, ("return", 4)]


def test_comprehensions_over_several_lines():
    def f(a):
        return [
            x + 1
            for x in a
            if x
            != 2]
    assert inner_lines(f, [1, 2]) == [1, 3, 1, 1, 3, 4, 5, 4, 2, 4, 1, 3, 4, 5, 4, 1, 4, ("return", 4), ("return", 1)]

    def g(a):
        return {
            x:
            1
            for x in a
            for y in
            a}
    assert inner_lines(g, [1]) == [1, 4, 1, 1, 4, 6, 1, 5, 2, 3, 1, 1, 1, ("return", 1), ("return", 1)]


def test_try_at_the_end_of_a_finally():
    def f(n):
        try:
            try:
                n.x
            finally:
                try:
                    y = 1
                except Exception:
                    y = 3
        except Exception:
            y = 4
        return n
    assert lines(f, 1) == [1, 2, 3, 5, 6, 9, 10, 11, ("return", 11)]


run(globals())
