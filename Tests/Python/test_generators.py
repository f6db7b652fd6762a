"""Generators: send, throw, close, return values, yield from, state and errors."""
import sys
from harness import raises, run


def count(n):
    for i in range(n):
        got = yield i
        if got:
            yield "got " + got
    return "done"


def test_iteration_and_return_value():
    g = count(2)
    assert next(g) == 0 and g.send("x") == "got x" and next(g) == 1
    stop = raises(StopIteration, "done", next, g)
    assert stop.value == "done"
    raises(StopIteration, "", next, g)


def test_send_before_start():
    raises(TypeError, "can't send non-None value to a just-started generator", count(1).send, 1)
    assert count(1).send(None) == 0


def test_throw():
    def g():
        while True:
            try:
                yield "waiting"
            except ValueError as e:
                yield "caught " + str(e)
    it = g()
    next(it)
    assert it.throw(ValueError("v")) == "caught v"
    assert next(it) == "waiting"
    raises(KeyError, "'k'", it.throw, KeyError("k"))
    raises(StopIteration, "", next, it)


def test_throw_into_fresh_and_finished():
    g = count(1)
    raises(OSError, "o", g.throw, OSError("o"))
    raises(OSError, "p", g.throw, OSError("p"))
    assert list(g) == []


def test_close_runs_finally_and_ignores():
    log = []

    def g():
        try:
            yield 1
        finally:
            log.append("finally")
    it = g()
    it.close()
    assert log == []
    it = g()
    next(it)
    it.close()
    it.close()
    assert log == ["finally"]

    def stubborn():
        while True:
            try:
                yield
            except GeneratorExit:
                pass
    it = stubborn()
    next(it)
    raises(RuntimeError, "generator ignored GeneratorExit", it.close)


def test_stop_iteration_inside_becomes_runtime_error():
    def g():
        yield 1
        raise StopIteration("inner")
    it = g()
    next(it)
    error = raises(RuntimeError, "generator raised StopIteration", next, it)
    assert isinstance(error.__cause__, StopIteration) and isinstance(error.__context__, StopIteration)


def test_yield_from_passes_everything():
    log = []

    def inner():
        try:
            while True:
                log.append((yield "i"))
        except KeyError:
            return "inner result"
        finally:
            log.append("inner finally")

    def outer():
        result = yield from inner()
        yield result
    g = outer()
    assert next(g) == "i" and g.send(1) == "i"
    assert g.throw(KeyError()) == "inner result"
    assert log == [1, "inner finally"]


def test_yield_from_plain_iterator():
    def g():
        yield from [1, 2]
        yield from "ab"
        return (yield from range(0))
    assert list(g()) == [1, 2, "a", "b"]

    def h():
        yield from iter([1])
    it = h()
    next(it)
    raises(ValueError, "x", it.throw, ValueError("x"))
    it = h()
    next(it)
    raises(AttributeError, "'list_iterator' object has no attribute 'send'", it.send, 1)


def test_yield_from_close_and_throw_delegate():
    log = []

    class Inner:
        def __iter__(self):
            return self

        def __next__(self):
            return 1

        def close(self):
            log.append("close")

        def throw(self, *args):
            log.append(type(args[0]).__name__ if len(args) == 1 else args[0].__name__)
            raise StopIteration("thrown")

    def g():
        yield (yield from Inner())
    it = g()
    next(it)
    assert it.throw(ValueError()) == "thrown"
    it = g()
    next(it)
    it.close()
    assert log == ["ValueError", "close"]


def test_already_executing():
    def g():
        yield next(it)
    it = g()
    raises(ValueError, "generator already executing", next, it)


def test_attributes():
    def g():
        x = 1
        yield x
    it = g()
    assert it.gi_running is False and it.gi_suspended is False and it.gi_yieldfrom is None
    next(it)
    assert it.gi_suspended is True and it.gi_frame.f_locals == {"x": 1} and it.gi_code is g.__code__
    list(it)
    assert it.gi_frame is None and it.gi_suspended is False
    assert it.__name__ == "g"
    it.__name__ = "other"
    assert it.__name__ == "other"
    raises(TypeError, "__name__ must be set to a string object", setattr, it, "__name__", 1)


def test_exception_state_is_the_generators_own():
    def g():
        try:
            raise KeyError
        except KeyError:
            yield sys.exc_info()[0]
            yield sys.exc_info()[0]
        yield sys.exc_info()[0]
    it = g()
    assert next(it) is KeyError
    assert sys.exc_info()[0] is None
    try:
        raise ValueError
    except ValueError:
        assert next(it) is KeyError
        assert next(it) is ValueError


def test_recursive_generator():
    def walk(tree):
        if tree:
            left, value, right = tree
            yield from walk(left)
            yield value
            yield from walk(right)
    assert list(walk(((None, 1, None), 2, (None, 3, None)))) == [1, 2, 3]

    def deep(n):
        if n:
            yield from deep(n - 1)
        yield n
    assert sum(deep(200)) == 20100


def test_dropped_generator_is_closed():
    import gc
    log = []

    def g():
        try:
            yield
        finally:
            log.append("closed")
    it = g()
    next(it)
    del it
    for _ in range(3):
        gc.collect()
    assert log == ["closed"]


def test_lambda_generator_and_arguments():
    f = lambda n: (yield n)
    assert list(f(3)) == [3]
    raises(TypeError, "count() missing 1 required positional argument: 'n'", count)


def test_next_default():
    assert next(iter(()), "default") == "default"
    raises(TypeError, "'list' object is not an iterator", next, [])


def test_throw_keeps_the_context_of_what_is_thrown():
    def handler():
        try:
            yield
        except Exception:
            pass
    first, second = ValueError("first"), KeyError("second")
    second.__context__ = first
    generator = handler()
    next(generator)
    try:
        raise OSError
    except OSError:
        try:
            generator.throw(second)
        except StopIteration:
            pass
    assert second.__context__ is first


def test_what_is_thrown_leaves_the_variable_that_gets_what_is_sent():
    def answers():
        got = 7
        while True:
            try:
                got = yield got
            except ValueError:
                pass

    generator = answers()
    assert next(generator) == 7
    assert generator.throw(ValueError) == 7
    assert generator.send(3) == 3
    assert generator.throw(ValueError) == 3
    assert next(generator) is None

    def summed():
        total = got = 0
        while True:
            try:
                got = yield total
            except ValueError:
                total -= 1
            else:
                total += got

    generator = summed()
    next(generator)
    assert [generator.throw(ValueError) if number % 5 == 0 else generator.send(number) for number in range(1, 8)] == [1, 3, 6, 10, 9, 15, 22]



run(globals())
