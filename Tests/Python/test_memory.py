"""Memory that runs out: a MemoryError, after which the program goes on."""
import subprocess
import sys

from harness import raises, run


def limited(source, megabytes=700):
    """Run a program that may have so much writable memory."""
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_DATA, ({megabytes} << 20, {megabytes} << 20))\n"
    result = subprocess.run([sys.executable, "-c", limit + source], capture_output=True, text=True)
    return result.returncode, result.stdout, result.stderr


def test_start_with_little_address_space():
    for megabytes in [*range(650, 2200, 75), 3000, 3418, 4000, 6000, 10000]:
        command = f"import resource, os, sys; resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20,) * 2); os.execv(sys.executable, [sys.executable, '-c', 'print(len([0] * 10**6))'])"
        result = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True)
        assert (result.returncode, result.stdout, result.stderr) == (0, "1000000\n", ""), (megabytes, result.returncode, result.stdout, result.stderr)


def test_huge_objects():
    for make in (lambda: bytearray(1 << 60), lambda: [0] * (1 << 57), lambda: "x" * (1 << 60), lambda: (1,) * (1 << 57), lambda: bytes(1 << 60)):
        raises(MemoryError, None, make)


def test_one_large_object():
    source = "try: bytearray(2 << 30)\nexcept MemoryError: print('refused')\nprint(len(bytearray(1 << 20)))"
    assert limited(source) == (0, "refused\n1048576\n", "")


def test_many_large_objects():
    source = """
kept = []
try:
    while True: kept.append(bytes(1 << 20))
except MemoryError:
    count = len(kept)
    kept = None
print(count > 50)
print(len([bytes(1 << 20) for _ in range(50)]))
"""
    assert limited(source) == (0, "True\n50\n", "")


def test_many_small_objects():
    source = """
kept = []
for _ in range(2):
    try:
        while True: kept.append([])
    except MemoryError:
        enough = len(kept) > 1000000
        kept.clear()
        print(enough)
"""
    assert limited(source) == (0, "True\nTrue\n", "")


def test_uncaught():
    status, out, err = limited("kept = []\nwhile True: kept.append('x' * 100 + str(len(kept)))")
    assert status == 1 and err.rstrip().endswith("MemoryError"), (status, out, err)


def test_forgotten_views_lock_nothing():
    import mmap
    heap = [[number] for number in range(100000)]
    data = bytearray(10)
    for _ in range(20):
        view = memoryview(data)
        view = None
        data.append(1)
    view = memoryview(data)
    raises(BufferError, "Existing exports of data: object cannot be re-sized", data.append, 1)
    view.release()
    data.append(1)
    area = mmap.mmap(-1, 4096)
    view = memoryview(area)[:10]
    raises(BufferError, "cannot close exported pointers exist", area.close)
    view = None
    area.close()
    assert len(data) == 31 and len(heap) == 100000


run(globals())
