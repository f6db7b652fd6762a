"""Asynchronous generators: the protocol, its errors, and the hooks."""
import asyncio, gc, sys, types
from harness import raises, run


def step(awaitable):
    """Runs an awaitable that awaits nothing."""
    try:
        awaitable.send(None)
    except StopIteration as end:
        return end.value
    raise AssertionError("it awaited something")


@types.coroutine
def pause(value):
    return (yield value)


async def numbers():
    try:
        received = yield 1
        yield received
    except ValueError:
        yield "caught"
    finally:
        log.append("closed")


log = []


def test_protocol():
    generator = numbers()
    assert generator.__aiter__() is generator and step(generator.__anext__()) == 1 and step(generator.asend("sent")) == "sent"
    raises(StopAsyncIteration, "", lambda: step(generator.__anext__()))
    raises(StopAsyncIteration, "", lambda: step(generator.__anext__()))
    generator = numbers()
    step(generator.__anext__())
    assert step(generator.athrow(ValueError)) == "caught" and step(generator.aclose()) is None and step(generator.aclose()) is None
    raises(TypeError, "can't send non-None value to a just-started async generator", lambda: step(numbers().asend(1)))
    assert repr(generator).startswith("<async_generator object numbers at 0x") and generator.ag_code is numbers.__code__ and generator.ag_frame is None
    assert type(generator.__anext__()).__name__ == "async_generator_asend" and type(generator.aclose()).__name__ == "async_generator_athrow"


def test_awaiting_inside():
    async def inner():
        got = await pause("first")
        yield got
        await pause("second")

    generator = inner()
    step_one = generator.__anext__()
    assert step_one.send(None) == "first" and generator.ag_running and generator.ag_await is not None
    raises(RuntimeError, "anext(): asynchronous generator is already running", lambda: generator.__anext__().send(None))
    raises(RuntimeError, "aclose(): asynchronous generator is already running", lambda: generator.aclose().send(None))
    raises(RuntimeError, "athrow(): asynchronous generator is already running", lambda: generator.athrow(ValueError).send(None))
    raises(StopIteration, "value", lambda: step_one.send("value"))
    assert not generator.ag_running
    raises(RuntimeError, "cannot reuse already awaited __anext__()/asend()", lambda: step_one.send(None))
    closing = generator.aclose()
    raises(StopIteration, "", lambda: closing.send(None))
    raises(RuntimeError, "cannot reuse already awaited aclose()/athrow()", lambda: closing.send(None))


def test_ignoring_exit():
    async def stubborn():
        try:
            yield 1
        finally:
            yield 2

    generator = stubborn()
    step(generator.__anext__())
    raises(RuntimeError, "async generator ignored GeneratorExit", lambda: step(generator.aclose()))

    async def stops(error):
        yield 1
        raise error

    for error, text in ((StopIteration(), "StopIteration"), (StopAsyncIteration(), "StopAsyncIteration")):
        generator = stops(error)
        step(generator.__anext__())
        raises(RuntimeError, f"async generator raised {text}", lambda: step(generator.__anext__()))


def test_hooks():
    seen = []
    async def plain():
        yield 1
        yield 2
    old = sys.get_asyncgen_hooks()
    sys.set_asyncgen_hooks(firstiter=lambda g: seen.append(("first", g.__name__)), finalizer=lambda g: seen.append(("final", g.__name__)))
    try:
        generator = plain()
        assert seen == []
        step(generator.__anext__())
        step(generator.__anext__())
        assert seen == [("first", "plain")]
    finally:
        sys.set_asyncgen_hooks(*old)
    del generator
    def clear():
        return [k for k in range(100)]
    clear()
    gc.collect()


def test_statements():
    async def count(n):
        for k in range(n):
            await asyncio.sleep(0)
            yield k

    async def main():
        assert [k async for k in count(4) if k % 2] == [1, 3]
        assert {k: v async for k, v in aenumerate(count(2))} == {0: 0, 1: 1}
        assert [x async for x in (y * 2 async for y in count(3))] == [0, 2, 4]
        total = 0
        async for k in count(5):
            if k == 3:
                break
            total += k
        else:
            total = -1
        assert total == 3
        iterator = count(1)
        assert await anext(iterator) == 0 and await anext(iterator, "end") == "end"
        try:
            await anext(iterator)
        except StopAsyncIteration:
            return "done"

    async def aenumerate(source):
        number = 0
        async for item in source:
            yield number, item
            number += 1

    assert asyncio.run(main()) == "done"


def test_asyncio():
    async def worker(queue, results):
        while True:
            item = await queue.get()
            results.append(item * 2)
            queue.task_done()

    async def main():
        queue, results = asyncio.Queue(), []
        tasks = [asyncio.create_task(worker(queue, results)) for _ in range(3)]
        for k in range(10):
            queue.put_nowait(k)
        await queue.join()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(10)
        except TimeoutError:
            results.append("timeout")
        async with asyncio.TaskGroup() as group:
            made = group.create_task(asyncio.sleep(0, "value"))
        results.append(made.result())
        results.append(await asyncio.to_thread(lambda: "thread"))
        return results

    results = asyncio.run(main())
    assert sorted(results[:10]) == list(range(0, 20, 2)) and results[10:] == ["timeout", "value", "thread"]


run(globals())
