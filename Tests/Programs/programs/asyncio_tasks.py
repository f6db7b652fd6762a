"""asyncio: 1,000 tasks over loopback sockets, subprocesses, queues, time-outs and cancellation."""
import asyncio
import sys


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def client(port, number, limit):
    async with limit:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        total = 0
        for turn in range(3):
            writer.write(f"task {number} turn {turn}\n".encode())
            answer = await reader.readline()
            assert answer == f"TASK {number} TURN {turn}\n".encode(), answer
            total += len(answer)
        writer.close()
        await writer.wait_closed()
        return total


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    limit = asyncio.Semaphore(100)
    results = await asyncio.gather(*(client(port, n, limit) for n in range(1000)))
    print(len(results), sum(results))
    server.close()
    await server.wait_closed()

    queue = asyncio.Queue(5)

    async def produce():
        for n in range(20):
            await queue.put(n)
        await queue.put(None)

    async def consume():
        seen = []
        while (item := await queue.get()) is not None:
            seen.append(item)
        return seen

    print((await asyncio.gather(produce(), consume()))[1])
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError as error:
        print("timeout", repr(error))
    task = asyncio.create_task(asyncio.sleep(10))
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", repr(error), task.cancelled())
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(input()[::-1])", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print(await process.communicate(b"hello\n"), process.returncode)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(5))
            group.create_task(asyncio.to_thread(int, "x"))
    except* ValueError as error:
        print(error.exceptions)
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, sum, range(100)))
    transport, protocol = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[0])
    transport.close()


asyncio.run(main())
