@dec(1)
def f(a, b=1, /, *c: int, d, e=2) -> str:
    "doc"
    def g():
        nonlocal a
        a += 1
        return a, d
    return lambda x=b: x + d
async def h(x):
    async with x as y: await y
    async for z in x: yield z
def k():
    a, b = yield 1
    a, b = b, a
    return (yield from a)
