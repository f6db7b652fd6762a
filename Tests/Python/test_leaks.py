"""What a program has dropped is given back: later rounds take no more memory than earlier ones.

Each program runs in a process of its own, which tells how much memory it had after some rounds and after many more."""
import os
import subprocess
import sys

from harness import run

# What these programs are to show is not when they collect.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "TAIPAN_GC"}

MEASURE = """
import gc

def resident():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def measure(rounds, per_round, work):
    for number in range(rounds):
        work(number)
    before = resident()
    for number in range(rounds):
        work(number)
    grown = resident() - before
    print(grown < 4 << 20 or f"{grown // (rounds * per_round)} bytes for each are left")
"""


def check(source, *options):
    """The program's last statement measures."""
    result = subprocess.run([sys.executable, *options, "-c", MEASURE + source], capture_output=True, text=True, env=ENVIRONMENT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", ""), (result.returncode, result.stdout, result.stderr[-2000:])


def test_compiled_code():
    check("""
def work(number):
    for _ in range(100):
        compile("x = 1\\nfor j in range(3): x += j", "", "exec")
measure(200, 100, work)
""")


def test_functions_made_by_exec():
    check("""
def work(number):
    for _ in range(50):
        names = {}
        exec("def f(a, b=2, *, c=3):\\n    try:\\n        return [a + x for x in range(c)]\\n    finally:\\n        b = 1", names)
        assert names["f"](number) == [number, number + 1, number + 2]
measure(200, 50, work)
""")


def test_expressions_and_replaced_code():
    check("""
import marshal
def f(x):
    return x + 1
def work(number):
    for index in range(50):
        assert eval(f"{number} + {index}") == number + index
        assert f.__code__.replace(co_name="g").co_name == "g"
        assert marshal.loads(marshal.dumps(f.__code__)) == f.__code__
measure(200, 150, work)
""")


def test_loops_that_were_compiled():
    # The loops are hot enough for machine code, whose anchors are addresses in code that dies; other code comes to lie there.
    check("""
def work(number):
    kind = number % 5
    names = {}
    body = ["n += i", "n -= i", "n += i * 2", "n = n ^ i", "n += len(str(i))"][kind]
    exec(f"def f(m):\\n    n = 0\\n    for i in range(m):\\n        for j in range(2):\\n            {body}\\n    return n", names)
    expected = 0
    for i in range(40):
        for j in range(2):
            expected = [expected + i, expected - i, expected + i * 2, expected ^ i, expected + len(str(i))][kind]
    for _ in range(30):
        assert names["f"](40) == expected
measure(600, 1, work)
""")


def test_code_that_dies_while_it_runs():
    check("""
def work(number):
    names = {}
    exec("def f(drop, m):\\n    drop()\\n    n = 0\\n    for i in range(m):\\n        n += len([i] * 50)\\n        yield n", names)
    generator = names["f"](lambda: names.clear(), 300)
    assert list(generator)[-1] == 15000
    exec("def g(names, m):\\n    names.clear()\\n    n = 0\\n    for i in range(m):\\n        n += len((i,) * 50)\\n    return n", names)
    assert names["g"](names, 300) == 15000
measure(200, 2, work)
""")


def test_classes():
    check("""
def work(number):
    for _ in range(50):
        class A:
            pass
        a = A()
        a.x = 1
        a.y = 2
        a.z = a.x + a.y
        assert a.z == 3
measure(200, 50, work)
""")


def test_classes_with_many_attributes():
    # More attributes than a class has room for at first, branches, deletions, instances with a dict, and metaclasses that die with their classes.
    check("""
def work(number):
    for _ in range(10):
        class Meta(type):
            pass
        class A(metaclass=Meta):
            pass
        class B(A):
            pass
        A.known = 1
        a, b, c = A(), B(), B()
        for index in range(30):
            setattr(a, "name%d" % index, index)
        b.x = b.y = b.z = 1
        c.z = c.y = c.w = 1
        del b.y
        c.__dict__["more"] = 2
        assert (a.name29, b.z, hasattr(b, "y"), c.more, c.w) == (29, 1, False, 2, 1)
measure(200, 20, work)
""")


def test_classes_of_the_library():
    check("""
import collections, enum
def work(number):
    Point = collections.namedtuple("Point", "x y")
    assert Point(1, 2).y == 2
    Colour = enum.Enum("Colour", "RED GREEN")
    assert Colour.RED.name == "RED"
    T = type("T", (int,), {"__slots__": ()})
    assert T(3) == 3
measure(200, 3, work)
""")


def test_shapes_in_compiled_loops():
    # The same code sees instances of ever other classes, whose shapes come to have the numbers of dead ones: attributes at other places, other methods.
    check("""
def total(items):
    n = 0
    for item in items:
        n += item.x + item.get()
    return n

def work(number):
    class A:
        def __init__(self, x):
            if number % 3 == 0:
                self.y = 100
            self.x = x
            if number % 3 == 1:
                self.y = 7
        if number % 2:
            def get(self): return 1
        else:
            def get(self): return self.x
    items = [A(index) for index in range(50)]
    expected = sum(range(50)) + (50 if number % 2 else sum(range(50)))
    for _ in range(60):
        assert total(items) == expected
measure(300, 1, work)
""")


def limited(megabytes, source):
    """Run a program that has so much address space from its start."""
    command = f"import resource, os, sys; resource.setrlimit(resource.RLIMIT_AS, ({megabytes} << 20,) * 2); os.execv(sys.executable, [sys.executable, '-c', {source!r}])"
    result = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, env=ENVIRONMENT)
    return result.returncode, result.stdout, result.stderr[-2000:]


def test_classes_without_end_in_little_memory():
    # Far more than there is room for at a time.
    found = limited(1000, """
for number in range(100000):
    class A:
        pass
    a = A()
    a.x = a.y = 1
print("done")
""")
    assert found == (0, "done\n", ""), found


def test_exporters_that_views_have_locked():
    source = """
def work(number):
    for _ in range(2000):
        buffer = bytearray(5010)
        view = memoryview(buffer)
        view[3:].tobytes()
        view.release()
        buffer.clear()
work(0)
first = resident_now()
for number in range(20):
    work(number)
print(resident_now() - first < 64 << 20)
"""
    source = "def resident_now():\n    return int(open('/proc/self/statm').read().split()[1]) * 4096\n" + source
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=ENVIRONMENT)
    assert (result.stdout, result.stderr) == ("True\n", "")


def test_types_of_ctypes_arrays():
    check("""
import ctypes
def work(number):
    for index in range(20):
        kind = ctypes.c_int * (number * 20 + index + 1)
        assert kind is ctypes.c_int * (number * 20 + index + 1)
        kind()
measure(200, 20, work)
""")


def test_calls_inlined_in_code_that_goes():
    check("""
def work(number):
    names = {}
    exec(f"def g(x):\\n    return x + {number}\\ndef f(n):\\n    s = 0\\n    for i in range(n):\\n        s += g(g(g(i)))\\n    return s", names)
    assert names["f"](2000) == sum(range(2000)) + 3 * number * 2000
measure(300, 1, work)
""")


def peak(megabytes, source):
    """A program that asks for no collection takes no more than so much at any time."""
    source += f"""
import resource
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024 < {megabytes} or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    result = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, env=ENVIRONMENT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "True\n", ""), (result.returncode, result.stdout, result.stderr[-2000:])


def test_memory_of_libraries_behind_small_objects():
    peak(150, """
import bz2
for _ in range(300):
    bz2.BZ2Compressor().compress(b"a")
""")
    peak(150, """
import ssl
for _ in range(300):
    ssl.create_default_context()
""")
    peak(100, """
from xml.parsers import expat
for _ in range(10000):
    expat.ParserCreate().Parse("<a/>", True)
""")


def test_memory_of_code():
    peak(120, """
source = "x = 1\\n" * 5000
for _ in range(300):
    compile(source, "", "exec")
""")


run(globals())
