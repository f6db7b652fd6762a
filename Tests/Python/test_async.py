"""Coroutines, async generators, async for, async with, driven by hand and by asyncio."""
from harness import raises, run


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        got = yield self.value
        return got


def drive(coroutine, *sends):
    """Run a coroutine, answering each await with the next of `sends`: (what it yielded, its result)."""
    yielded, sends = [], list(sends)
    try:
        yielded.append(coroutine.send(None))
        while True:
            yielded.append(coroutine.send(sends.pop(0) if sends else None))
    except StopIteration as stop:
        return yielded, stop.value


def test_await_passes_values():
    async def inner(x):
        return await Awaitable(x) + 1

    async def outer():
        return await inner("a") * await inner("b")
    assert drive(outer(), 1, 2) == (["a", "b"], 6)


def test_coroutine_object():
    async def c():
        pass
    co = c()
    assert type(co).__name__ == "coroutine" and co.cr_running is False and co.cr_code is c.__code__ and repr(co).startswith("<coroutine object test_coroutine_object.<locals>.c at")
    co.close()
    raises(RuntimeError, "cannot reuse already awaited coroutine", co.send, None)
    raises(TypeError, "'coroutine' object is not iterable", iter, co)
    other = c()
    raises(TypeError, "can't send non-None value to a just-started coroutine", other.send, 1)
    other.close()


def test_throw_and_finally():
    log = []

    async def c():
        try:
            await Awaitable(1)
        except ValueError:
            log.append("caught")
            return "result"
        finally:
            log.append("finally")
    co = c()
    co.send(None)
    raises(StopIteration, "result", co.throw, ValueError())
    assert log == ["caught", "finally"]


def test_await_errors():
    async def c():
        await 5

    class Bad:
        def __await__(self):
            return 5

    async def d():
        await Bad()
    raises(TypeError, "object int can't be used in 'await' expression", drive, c())
    raises(TypeError, "__await__() returned non-iterator of type 'int'", drive, d())


def test_async_for_and_with():
    log = []

    class Count:
        def __init__(self, n):
            self.n = n

        def __aiter__(self):
            return self

        async def __anext__(self):
            if not self.n:
                raise StopAsyncIteration
            self.n -= 1
            return await Awaitable(self.n)

    class Manager:
        async def __aenter__(self):
            await Awaitable("enter")
            return "m"

        async def __aexit__(self, *args):
            await Awaitable("exit")
            log.append(args[0])
            return True

    async def main():
        out = []
        async for x in Count(2):
            out.append(x)
        else:
            out.append("else")
        async with Manager() as m:
            out.append(m)
            raise KeyError
        return out
    assert drive(main(), "x", "y") == ([1, 0, "enter", "exit"], ["x", "y", "else", "m"]) and log == [KeyError]


def test_async_generator():
    log = []

    async def gen(n):
        try:
            for i in range(n):
                await Awaitable("pause")
                got = yield i
                log.append(got)
        finally:
            log.append("closed")

    async def main():
        out = [x async for x in gen(2)]
        g = gen(5)
        out.append(await g.asend(None))
        out.append(await g.asend("sent"))
        await g.aclose()
        out.append({y async for y in gen(1) if y is not None} | {z: 1 async for z in gen(1)}.keys())
        return out
    yielded, result = drive(main())
    assert result == [0, 1, 0, 1, {0}] and set(yielded) == {"pause"} and "sent" in log and log.count("closed") == 4


def test_async_comprehensions_and_awaits_in_them():
    async def value(x):
        return x

    async def main():
        return [await value(x) for x in range(3)], {await value("k"): await value("v")}, [y for x in [await value([1])] for y in x]
    assert drive(main()) == ([], ([0, 1, 2], {"k": "v"}, [1]))


def test_stop_iteration_in_coroutine():
    async def c():
        raise StopIteration
    raises(RuntimeError, "coroutine raised StopIteration", drive, c())


def test_aiter_anext():
    async def gen():
        yield 1

    async def main():
        it = aiter(gen())
        return await anext(it), await anext(it, "default")
    assert drive(main()) == ([], (1, "default"))


def test_types_coroutine():
    import types

    @types.coroutine
    def legacy():
        return (yield "legacy")

    async def main():
        return await legacy()
    assert drive(main(), 7) == (["legacy"], 7)


def test_asyncio():
    import asyncio

    async def worker(name, log):
        for i in range(2):
            log.append((name, i))
            await asyncio.sleep(0)
        return name

    async def main():
        log = []
        names = await asyncio.gather(worker("a", log), worker("b", log))
        async with asyncio.TaskGroup() as group:
            task = group.create_task(worker("c", log))
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        except TimeoutError:
            names.append("timeout")
        return names + [task.result()], log[:4]
    assert asyncio.run(main()) == (["a", "b", "timeout", "c"], [("a", 0), ("b", 0), ("a", 1), ("b", 1)])


def test_await_at_the_top_of_a_module():
    import ast, asyncio

    async def numbers(count):
        for number in range(count):
            yield number
    for source, result in [("a = await asyncio.sleep(0, 5)", 5), ("async for a in numbers(3): pass", 2),
                           ("a = [x async for x in numbers(3)]", [0, 1, 2]), ("a = sum([y for y in {x async for x in numbers(4)}])", 6)]:
        code = compile(source, "?", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        namespace = {"asyncio": asyncio, "numbers": numbers}
        asyncio.run(eval(code, namespace))
        assert namespace["a"] == result, source


def test_anext_of_what_is_not_awaitable():
    import asyncio

    class Plain:
        def __aiter__(self):
            return self

        def __anext__(self):
            yield
    asynchronous = anext(Plain(), "default")

    async def wait():
        return await asynchronous
    raises(TypeError, "object generator can't be used in 'await' expression", asyncio.run, wait())


def test_async_and_await_as_names_of_old():
    import ast

    def first(source, minor):
        try:
            return type(ast.parse(source, feature_version=(3, minor)).body[-1]).__name__
        except SyntaxError as error:
            return error.msg

    for minor in 4, 5, 6:
        assert first("async = 1", minor) == first("f(async, await=await)\nawait = 2", minor).replace("Expr", "Assign") == "Assign"
    assert first("async = 1", 7) == first("await = 1", 7) == "invalid syntax"
    inside = "async def f():\n  await x\nawait = 3"
    assert first(inside, 6) == "Assign" and first(inside, 7) == "invalid syntax"
    assert first("async def f(): await x\nawait = 3", 5) == "Assign"
    assert first("def g():\n  async def f(): await x\n  await = 3", 6) == "FunctionDef"
    assert first("async def f():\n  def g():\n    await = 3", 6) == first("async def f():\n  async = 1", 6) == "invalid syntax"
    assert first("async for x in y: pass", 6) == "invalid syntax" and first("async for x in y: pass", 7) == "AsyncFor"


def test_states_of_futures():
    import asyncio
    loop = asyncio.new_event_loop()
    try:
        done, waiting, gone = (asyncio.Future(loop=loop) for _ in range(3))
        done.set_result(1)
        gone.cancel()
        for future in done, gone:
            raises(asyncio.InvalidStateError, "invalid state", future.set_result, 2)
            raises(asyncio.InvalidStateError, "invalid state", future.set_exception, ValueError())
        raises(asyncio.InvalidStateError, "Result is not set.", waiting.result)
        raises(TypeError, "invalid exception object", waiting.set_exception, 1)
        waiting.set_exception(KeyError)
        raises(KeyError, None, waiting.result)
        assert hasattr(asyncio.Task, "_coro") and hasattr(asyncio.Task, "_fut_waiter") and hasattr(asyncio.Task, "_must_cancel")
    finally:
        loop.close()


run(globals())
