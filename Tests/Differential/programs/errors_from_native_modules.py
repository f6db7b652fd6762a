# What goes wrong inside of modules that are native in CPython: their functions have no entries in tracebacks.
import asyncio, datetime, decimal, io, pickle, sqlite3, sys, traceback, warnings, zoneinfo
import xml.etree.ElementTree as tree


def show(function, *arguments):
    try:
        function(*arguments)
    except BaseException:
        traceback.print_exc()


class Odd:
    def __reduce__(self):
        raise RuntimeError("in __reduce__")


async def slow():
    await asyncio.sleep(10)


async def impatient():
    await asyncio.wait_for(slow(), 0.01)


async def failing():
    async with asyncio.TaskGroup() as group:
        group.create_task(cancelled())
        group.create_task(slow())


async def cancelled():
    raise LookupError("in a task")


show(datetime.datetime, 2020, 1, 1, 25)
show(datetime.datetime.fromisoformat, "2020-13-01")
show(datetime.datetime.strptime, "x", "%Y")
show(decimal.Decimal("NaN").__int__)
show(decimal.Decimal(2).sqrt().quantize, decimal.Decimal("1e-60"))
show(pickle.dumps, Odd())
show(pickle.dumps, lambda: 1)
show(pickle.loads, b"cos\nnothing\n.")
show(pickle.load, 5)
show(zoneinfo.ZoneInfo, "nowhere/at all")
show(tree.fromstring, "<a></b>")
show(sqlite3.connect(":memory:").execute, "select * from missing")
show(asyncio.run, impatient())
show(asyncio.run, failing())
show(asyncio.get_running_loop)
try:
    1 / 0
except ZeroDivisionError:
    show(datetime.date.fromisoformat, "x")
