"""What a call of an empty C function costs: HPy under Taipan, beside CPython's C API and CPython with PyPI's hpy.

Prints nanoseconds of processor time for a round of a loop, the least of some. Uses what `run.py` keeps in `.build/hpy-benchmark`.
"""
import os, subprocess, sys, time

ROUNDS = 2_000_000


def no_arguments(function):
    for _ in range(ROUNDS):
        function()


def one_argument(function):
    for number in range(ROUNDS):
        function(number)


def two_arguments(function):
    for number in range(ROUNDS):
        function(number, number)


def three_arguments(function):
    for number in range(ROUNDS):
        function(number, number, number)


def keyword(function):
    for number in range(ROUNDS):
        function(number, key=number)


LOOPS = {"f()": ("nothing", no_arguments), "f(x)": ("one", one_argument), "f(x, x)": ("many", two_arguments), "f(x, x, x)": ("many", three_arguments), "f(x, key=x)": ("named", keyword)}


def measure(name):
    module = __import__(name)
    times = []
    for name, loop in LOOPS.values():
        function, least = getattr(module, name), float("inf")
        for _ in range(5):
            start = time.process_time()
            loop(function)
            least = min(least, time.process_time() - start)
        times.append(least / ROUNDS * 1e9)
    print(*times)


def main():
    import run
    taipan = run.prepare()
    forms = {"Taipan": (taipan, "hpyempty"), "Taipan, no JIT": ([*taipan, "-X", "jit=off"], "hpyempty"), "CPython C API": (run.CPYTHON, "capiempty"),
             "CPython universal": (run.CPYTHON, "hpyempty")}
    times = {name: [float("inf")] * len(LOOPS) for name in forms}
    for _ in range(3):
        for name, (command, module) in forms.items():
            times[name] = [min(pair) for pair in zip(times[name], map(float, run.execute([*command, __file__, module]).split()))]
    print(f"{'':20}" + "".join(f"{signature:>12}" for signature in LOOPS))
    for name, row in times.items():
        print(f"{name:20}" + "".join(f"{number:12.1f}" for number in row))


if len(sys.argv) > 1:
    measure(sys.argv[1])
else:
    main()
