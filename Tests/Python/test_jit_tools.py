"""`__taipan__.jit`, `-X jitlog` and `taipan.jitview`. There is nothing to test under another implementation, where every test passes."""
import os
import subprocess
import sys
import tempfile
from harness import raises, run

try:
    from __taipan__ import jit
except ImportError:
    jit = None

PROGRAM = """
class A:
    def __init__(self, x):
        self.x = x
    def more(self):
        return self.x + 1
def f(n, a):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            total += a.more()
        else:
            total -= 1
    return total
def g(n):
    for i in range(n):
        exec("pass")
print(f(200000, A(1)), g(5000))
"""


def taipan(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True).stdout


def test_limits():
    if jit is None:
        return
    limits = jit.limits()
    assert limits["hot_loop"] > 0 and all(type(v) is int for v in limits.values())
    before = limits["most_bridges"]
    jit.set_limit("most_bridges", before + 1)
    assert jit.limits()["most_bridges"] == before + 1
    jit.set_limit("most_bridges", before)
    raises(ValueError, "no limit is called 'speed'", jit.set_limit, "speed", 1)
    raises(ValueError, "limit hot_loop must be from 1 to 1048576", jit.set_limit, "hot_loop", 0)
    raises(TypeError, "limit must be a small int, not str", jit.set_limit, "hot_loop", "1")
    raises(TypeError, "limit name must be str, not int", jit.set_limit, 1, 1)


def test_counters():
    if jit is None or jit.mode == "off":
        return

    def f(n):
        total = 0
        for i in range(n):
            total += i
        return total
    before = jit.counters()
    f(100000)
    after = jit.counters()
    assert after["loops"] > before["loops"] and after["entries"] > before["entries"] and after["code_bytes"] > 0
    assert all(type(k) is str and type(v) is int for k, v in jit.aborts().items())


def test_modes():
    if jit is None:
        return
    for mode in "off", "on", "stress":
        assert taipan("-X", "jit=" + mode, "-c", "from __taipan__ import jit; print(jit.mode)") == mode + "\n"
    assert taipan("-X", "jit=off", "-c", "from __taipan__ import jit; print(jit.counters(), jit.aborts())") == "{} {}\n"


def test_a_log_and_its_report():
    if jit is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        program, log = os.path.join(folder, "program.py"), os.path.join(folder, "jit.log")
        with open(program, "w") as file:
            file.write(PROGRAM)
        out = taipan("-X", "jit=on", "-X", "jitlog=" + log, program)
        assert out == taipan("-X", "jit=off", program)
        with open(log) as file:
            text = file.read()
        for part in "== loop at ", "-- recorded:", "-- optimised:", "-- names", "-- exits", "-- code ", "-- end", "== counts":
            assert "\n" + part in "\n" + text, part
        report = taipan("-m", "taipan.jitview", "--ir", "--code", log)
        for part in "loops and ", "program.py:9 f", "for i in range(n):", "instructions recorded", "exit ":
            assert part in report, (part, report)
        single = taipan("-m", "taipan.jitview", "--trace", "1", log)
        assert "as recorded:" in single and "optimised:" in single and "machine code at 0x" in single


run(globals())
