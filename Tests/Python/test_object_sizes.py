"""A hundred thousand live objects of a kind take no more memory than they do in CPython, and what they took is given back when they are dropped.

Each kind is measured in a process of its own. The limits are CPython's sizes, the items that are made for the object alone included, with a tenth for what stands beside the heap."""
import os
import subprocess
import sys

from harness import run

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TAIPAN_GC"}

MEASURE = """
import gc

def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def measure(make, limit, count=200000):
    kept = [None] * (count + count // 4)
    # These take the free memory that there is.
    full = [bytes(30000) for _ in range(1500)]
    for number in range(count, count + count // 4):
        kept[number] = make(number)
    for number in range(100000):
        garbage = [number], (number, number)
    before = resident()
    for number in range(count):
        kept[number] = make(number)
    for number in range(100000):
        garbage = [number], (number, number)
    size = (resident() - before) / count
    return size <= limit * 1.1 + 8 or f"{size:.0f} bytes, {limit} wanted"
"""


def check(limit, make, preparation="", count=200000):
    source = MEASURE + preparation + f"\nprint(measure(lambda i: {make}, {limit}, {count}))"
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=ENVIRONMENT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", ""), (make, result.returncode, result.stdout, result.stderr[-2000:])


def test_dates():
    check(48, "datetime(2000, 1, 1 + i % 28)", "from datetime import datetime")
    check(48, "datetime(2000, 1, 1 + i % 28, tzinfo=timezone.utc)", "from datetime import datetime, timezone")
    check(32, "date(2000, 1, 1 + i % 28)", "from datetime import date")
    check(48, "time(1, 2, i % 60, 7)", "from datetime import time")
    check(48, "timedelta(i % 256, 5)", "from datetime import timedelta")


def test_exceptions():
    check(96, "ValueError()")
    check(96, "NameError()")
    check(136, "OSError()")
    check(168, "MyError(i)", "class MyError(Exception): pass", 100000)


def test_byte_arrays():
    for length, size in ((5, 80), (15, 80), (23, 96), (40, 112), (100, 176)):
        check(size, f"bytearray({length})")


def test_iterators():
    check(48, "starmap(int, nothing)", "from itertools import starmap\nnothing = iter(())")
    check(64, "count(i % 256)", "from itertools import count")
    check(48, "repeat(None)", "from itertools import repeat")
    check(96, "combinations(items, 2)", "from itertools import combinations\nitems = (1, 2, 3)")
    check(144, "permutations(items)", "from itertools import permutations\nitems = (1, 2, 3)")
    check(80, "groupby(nothing)", "from itertools import groupby\nnothing = iter(())")
    check(80, "islice(nothing, 1)", "from itertools import islice\nnothing = iter(())")
    check(64, "accumulate(nothing)", "from itertools import accumulate\nnothing = iter(())")


def test_texts():
    for length in 1000, 1400, 1700, 2200, 3000:
        check(length + 49, f"chr(97 + i % 20) * {length}", count=20000)


def test_small_dicts():
    check(272, "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6}")
    check(272, "{'a': 1, 'b': 2, 'c': 3, 'd': 4, 'e': 5, 'f': 6, 'g': 7, 'h': 8}")
    names = "names = [chr(number) for number in range(97, 118)]"
    for size, counts in (184, (1, 5)), (272, (6, 10)), (464, (11, 21)):
        for count in counts:
            check(size, f"{{name: 1 for name in names[:{count}]}}", names)
    check(352, "{1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 7: 7}")


def dropped(source, megabytes):
    """A program that has dropped much: how much of it is left."""
    program = f"""
import gc
def resident(): return int(open("/proc/self/statm").read().split()[1]) * 4096
start = resident()
{source}
left = resident() - start >> 20
print(left <= {megabytes} or f"{{left}} MB are left")
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=ENVIRONMENT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", ""), (source, result.returncode, result.stdout, result.stderr[-2000:])


def test_collected_objects_are_given_back():
    for make in ("[[i] for i in range(2000000)]", "{i: str(i) for i in range(1000000)}", "[{'a': i, 'b': None} for i in range(300000)]",
                 "[b'x' * 1000000 for i in range(200)]", "['x' * (i % 200) for i in range(1000000)]"):
        dropped(f"kept = {make}; del kept; gc.collect()", 20)


def test_deep_trees_are_given_back():
    dropped("""
def tree(depth): return None if depth == 0 else (tree(depth - 1), tree(depth - 1))
kept = tree(19)
chain = None
for i in range(1000000): chain = [chain]
del kept
while chain: chain = chain[0]
del chain
gc.collect()
""", 20)


def test_dropped_objects_are_given_back_while_a_program_works():
    dropped("""
import time
kept = [[i] for i in range(3000000)]
del kept
end = time.monotonic() + 20
while resident() - start > 80 << 20 and time.monotonic() < end:
    for i in range(300): garbage = [str(j) for j in range(1000)]
""", 80)


run(globals())
