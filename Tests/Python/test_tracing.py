"""sys.settrace and sys.setprofile."""
import sys
from harness import raises, run


def record(function, *arguments, opcodes=False):
    """The events of a call, lines relative to the function's first."""
    events = []
    first = function.__code__.co_firstlineno

    def tracer(frame, event, argument):
        if frame.f_code.co_filename != __file__:
            return None
        if event == "exception":
            argument = argument[0].__name__
        events.append((frame.f_lineno - first, event) + ((argument,) if event in ("return", "exception") else ()))
        return tracer

    sys.settrace(tracer)
    try:
        function(*arguments)
    except ZeroDivisionError:
        pass
    finally:
        sys.settrace(None)
    return [event for event in events if event[0] >= 0][:-0 or None]


def of(events, name):
    return [event for event in events if event[1] == name]


def straight():
    a = 1
    b = 2
    return a + b


def loop():
    total = 0
    for k in range(2):
        total += k
    return total


def one_line_loop():
    for k in range(3): k
    return 1


def raising():
    try:
        1 / 0
    except ZeroDivisionError:
        a = 1
    return a


def unhandled():
    a = 1
    1 / 0


def generator():
    yield 1
    yield 2


def use_generator():
    for k in generator():
        k
    return 0


def branch(flag):
    if flag:
        a = 1
    else:
        a = 2
    return a


def test_lines():
    assert record(straight) == [(0, "call"), (1, "line"), (2, "line"), (3, "line"), (3, "return", 3)]
    assert record(loop) == [(0, "call"), (1, "line"), (2, "line"), (3, "line"), (2, "line"), (3, "line"), (2, "line"), (4, "line"), (4, "return", 1)]
    assert record(one_line_loop) == [(0, "call")] + [(1, "line")] * 4 + [(2, "line"), (2, "return", 1)]
    assert record(branch, True) == [(0, "call"), (1, "line"), (2, "line"), (5, "line"), (5, "return", 1)]
    assert record(branch, False) == [(0, "call"), (1, "line"), (4, "line"), (5, "line"), (5, "return", 2)]


def test_exceptions():
    assert record(raising) == [(0, "call"), (1, "line"), (2, "line"), (2, "exception", "ZeroDivisionError"), (3, "line"), (4, "line"), (5, "line"), (5, "return", 1)]
    assert record(unhandled) == [(0, "call"), (1, "line"), (2, "line"), (2, "exception", "ZeroDivisionError"), (2, "return", None)]


def test_generators():
    events = []

    def tracer(frame, event, argument):
        if frame.f_code is generator.__code__:
            events.append((frame.f_lineno - generator.__code__.co_firstlineno, event, argument))
        return tracer

    sys.settrace(tracer)
    use_generator()
    sys.settrace(None)
    assert events == [(0, "call", None), (1, "line", None), (1, "return", 1), (1, "call", None), (2, "line", None), (2, "return", 2), (2, "call", None), (2, "return", None)], events


def test_settings():
    assert sys.gettrace() is None and sys.getprofile() is None
    lines = []

    def tracer(frame, event, argument):
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        lines.append(event)
        return tracer

    sys.settrace(tracer)
    assert sys.gettrace() is tracer
    straight()
    sys.settrace(None)
    assert lines[0] == "call" and lines[-1] == "return" and set(lines[1:-1]) == {"opcode"}

    def failing(frame, event, argument):
        raise ValueError("from the tracer")

    sys.settrace(failing)
    try:
        straight()
    except ValueError as error:
        assert str(error) == "from the tracer"
    else:
        raise AssertionError("nothing was raised")
    assert sys.gettrace() is None


def test_locals_can_be_changed():
    def tracer(frame, event, argument):
        if event == "line" and frame.f_lineno == straight.__code__.co_firstlineno + 3:
            frame.f_locals["a"] = 100
        return tracer

    sys.settrace(tracer)
    result = straight()
    sys.settrace(None)
    assert result == 102


def jumping():
    log = []
    log.append(1)
    log.append(2)
    log.append(3)
    for k in range(2):
        log.append(k)
    return log


def jump(source, target):
    first = jumping.__code__.co_firstlineno
    done = []

    def tracer(frame, event, argument):
        if event == "line" and frame.f_code is jumping.__code__ and frame.f_lineno == first + source and not done:
            done.append(1)
            frame.f_lineno = first + target
        return tracer

    sys.settrace(tracer)
    try:
        return jumping()
    finally:
        sys.settrace(None)


def test_jumps():
    assert jump(2, 4) == [3, 0, 1] and jump(4, 2) == [1, 2, 1, 2, 3, 0, 1] and jump(6, 7) == [1, 2, 3] and jump(3, 7) == [1]
    raises(ValueError, "can't jump into the body of a for loop", lambda: jump(2, 6))
    raises(ValueError, None, lambda: jump(2, -1000))
    raises(ValueError, None, lambda: jump(2, 1000))


def test_profile():
    events = []

    def profiler(frame, event, argument):
        events.append((event, getattr(argument, "__name__", argument)))

    def inner(text):
        return len(text) + abs(-1)

    sys.setprofile(profiler)
    inner("abc")
    sys.setprofile(None)
    assert events == [("call", None), ("c_call", "len"), ("c_return", "len"), ("c_call", "abs"), ("c_return", "abs"), ("return", 4), ("c_call", "setprofile")], events
    events.clear()

    def failing():
        try:
            len(1)
        except TypeError:
            return "x".upper()

    sys.setprofile(profiler)
    failing()
    sys.setprofile(None)
    assert events == [("call", None), ("c_call", "len"), ("c_exception", "len"), ("c_call", "upper"), ("c_return", "upper"), ("return", "X"), ("c_call", "setprofile")], events


def test_loop_sees_the_result_of_a_generator():
    import sys

    def generate():
        yield 1
        return 2

    def loop():
        for _ in generate():
            pass

    def trace(frame, event, argument):
        if event == "exception":
            seen.append((frame.f_code.co_name, argument[0], argument[1].value if argument[1] is not None else None))
        return trace
    seen = []
    sys.settrace(trace)
    try:
        loop()
    finally:
        sys.settrace(None)
    assert seen == [("loop", StopIteration, 2)], seen


def test_tracing_goes_on_where_the_frame_is():
    import sys

    def loop(start):
        i = 0
        while i < 3:
            start()
            x = i
            i += 1

    first = loop.__code__.co_firstlineno
    seen = []

    def trace(frame, event, argument):
        seen.append((event, frame.f_lineno - first))
        sys.settrace(None)
        return trace

    def start():
        frame = sys._getframe(1)
        frame.f_trace = trace
        sys.settrace(trace)

    loop(start)
    assert seen == [("line", 4)] * 3, seen
    # Where f_trace is left as it was, too.
    seen.clear()
    loop(lambda: (seen or setattr(sys._getframe(1), "f_trace", trace), sys.settrace(trace)))
    assert seen == [("line", 4)] * 3, seen


def test_jumps_into_asynchronous_loops():
    import sys
    messages = []

    async def numbers():
        yield 1

    async def function():
        x = 1
        async for number in numbers():
            x = 2
        x = 3

    first = function.__code__.co_firstlineno

    def trace(frame, event, argument):
        if frame.f_code is not function.__code__:
            return None
        if event == "line" and frame.f_lineno in (first + 1, first + 4):
            try:
                frame.f_lineno = first + 3
            except ValueError as error:
                messages.append(str(error))
        return trace

    sys.settrace(trace)
    try:
        function().send(None)
    except StopIteration:
        pass
    finally:
        sys.settrace(None)
    assert messages == ["can't jump into the body of a for loop"] * 2, messages


def test_a_frame_that_delegates_stands_at_its_yield():
    import dis
    seen = []

    def delegating():
        yield from [1, 2]
        yield 3

    def trace(frame, event, argument):
        if frame.f_code is delegating.__code__ and event == "return":
            seen.append(frame.f_code.co_code[frame.f_lasti])
        return trace
    sys.settrace(trace)
    try:
        list(delegating())
    finally:
        sys.settrace(None)
    leaves = {dis.opmap[name] for name in ("YIELD_FROM", "YIELD_VALUE", "RETURN_VALUE", "RETURN_NONE") if name in dis.opmap}
    assert len(seen) == 4 and leaves.issuperset(seen), seen
    generator = delegating()
    next(generator)
    before = generator.gi_frame.f_lasti
    next(generator)
    assert generator.gi_frame.f_lasti == before
    next(generator)
    assert generator.gi_frame.f_lasti != before


def test_compiled_code_after_it_was_traced():
    def table(rows, columns):
        return [[row * column for column in range(columns)] for row in rows if row or True]

    def tracer(frame, event, argument):
        return tracer

    expected = [[0, 0, 0], [0, 1, 2], [0, 2, 4]]
    for _ in range(60):
        assert table(range(3), 3) == expected
    for rounds in range(4):
        sys.settrace(tracer)
        try:
            assert table(range(3), 3) == expected
        finally:
            sys.settrace(None)
        # The code is still prepared for tracing where compiled code goes on in it.
        for number in range(120):
            assert table(range(3), 3) == expected
            assert table((True, 2.5, 1 << 70), number % 4) == [[row * column for column in range(number % 4)] for row in (True, 2.5, 1 << 70)]


run(globals())
