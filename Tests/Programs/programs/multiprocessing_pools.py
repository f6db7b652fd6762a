"""multiprocessing and concurrent.futures: processes, pools, queues, locks, shared memory and managers."""
import concurrent.futures
import multiprocessing
import multiprocessing.shared_memory
import os


def square(n):
    return n * n


def fail(n):
    raise ValueError(f"bad {n}")


def work(queue, lock, counter, connection):
    for n in range(100):
        with lock:
            counter.value += 1
    queue.put(("done", counter.value > 0))
    connection.send({"pid": os.getpid() != os.getppid()})
    connection.close()


def fill(name):
    memory = multiprocessing.shared_memory.SharedMemory(name)
    memory.buf[:5] = b"child"
    memory.close()


def run(method):
    context = multiprocessing.get_context(method)
    queue, lock, counter = context.Queue(), context.Lock(), context.Value("i", 0)
    ours, theirs = context.Pipe()
    processes = [context.Process(target=work, args=(queue, lock, counter, theirs)) for _ in range(3)]
    for process in processes:
        process.start()
    print(sorted(queue.get() for _ in processes), [ours.recv() for _ in processes])
    for process in processes:
        process.join()
    print(method, counter.value, [process.exitcode for process in processes])
    with context.Pool(2) as pool:
        print(pool.map(square, range(20)), pool.apply_async(square, (7,)).get(), list(pool.imap_unordered(square, [3])))
        try:
            pool.apply(fail, (3,))
        except ValueError as error:
            print(repr(error), type(error.__cause__).__name__)


if __name__ == "__main__":
    for method in ["fork", "spawn"]:
        run(method)
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        print(list(pool.map(square, range(10))), repr(pool.submit(fail, 1).exception()))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(sorted(f.result() for f in concurrent.futures.as_completed([pool.submit(square, n) for n in range(10)])))
    memory = multiprocessing.shared_memory.SharedMemory(create=True, size=64)
    process = multiprocessing.Process(target=fill, args=(memory.name,))
    process.start()
    process.join()
    print(bytes(memory.buf[:5]), process.exitcode)
    memory.close()
    memory.unlink()
    with multiprocessing.Manager() as manager:
        shared = manager.dict(a=1)
        shared["b"] = manager.list([1, 2])
        print(shared["a"], list(shared["b"]), len(shared))
