"""Run Tests/Python/test_*.py, and some of CPython's own tests, with a compiler that compiles all it can (-X jit=stress).

In this mode a loop is recorded at its first round, every exit gets a bridge at once, the limits are low enough to be met, and compiled code is left once at
each instruction although nothing has failed. What fails without it, too, is no finding: it counts as skipped.
To repeat one: ./taipan -X jit=stress Tests/Python/test_NAME.py
"""
import os, re, shlex, subprocess, sys

import support
from run_python_tests import FOLDER, names, verdicts

STRESS = ["-X", "jit=stress"]

# Those that have many loops and run for less than a few seconds.
STEADY = {"test_bytes", "test_calls", "test_classes", "test_closures", "test_comprehensions", "test_descriptors", "test_dict", "test_exceptions", "test_float",
          "test_generators", "test_instances", "test_int", "test_iterators", "test_list", "test_numbers_in_loops", "test_operators", "test_scopes_walrus",
          "test_set", "test_slots", "test_statements", "test_str", "test_super", "test_tracing", "test_tuple_range_slice", "test_weakref_gc", "test_with"}

# Of CPython's tests.
MODULES = ["test_augassign", "test_bool", "test_compare", "test_contains", "test_dict", "test_enumerate", "test_exceptions", "test_float", "test_generators", "test_iter", "test_list",
           "test_opcodes", "test_operator", "test_range", "test_richcmp", "test_scope", "test_slice", "test_sort", "test_tuple", "test_unpack", "test_userdict", "test_weakref", "test_with"]
STEADY_MODULES = ["test_augassign", "test_compare", "test_contains", "test_enumerate", "test_generators", "test_iter", "test_list", "test_operator", "test_range", "test_scope", "test_tuple"]


def conformance(modules, jobs):
    """CPython's tests, checked against the lists of those that pass."""
    command = " ".join(map(shlex.quote, [*support.taipan(), *STRESS]))
    ran = subprocess.run([*support.REFERENCE, os.path.join(support.TESTS, "Conformance/run.py"), "--check", f"-j{jobs}", *modules],
                         env=dict(os.environ, TAIPAN=command), stdout=subprocess.PIPE, text=True, errors="replace")
    lines = ran.stdout.splitlines()
    for line in lines[:-1]:
        print(line, flush=True)
    match = re.match(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", lines[-1] if lines else "")
    return [int(n or 0) for n in match.groups()] if match else [0, 1, 0]


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--timeout", type=float, default=100, help="seconds for each file")
    parser.add_argument("--steady", action="store_true", help="a smaller part")
    options = parser.parse_args()
    files = sorted(f[:-3] for f in os.listdir(FOLDER) if f.startswith("test_") and f.endswith(".py") and (not options.steady or f[:-3] in STEADY))

    def check(file):
        path = os.path.join(FOLDER, file + ".py")
        wanted = [n for n in names(path) if options.k in file or options.k in n]
        found = verdicts([*support.taipan(), *STRESS], path, wanted, options.timeout) if wanted else {}
        bad = [name for name in wanted if found[name] != "ok"]
        plain = verdicts([*support.taipan(), "-X", "jit=off"], path, bad, options.timeout) if bad else {}
        return file, found, [n for n in bad if plain[n] == "ok"], [n for n in bad if plain[n] != "ok"]

    passed = failed = skipped = 0
    for file, found, bad, unrelated in support.each(check, files, options.j):
        for name in bad:
            print(f"FAIL {file}.{name} with jit=stress: {found[name]}", flush=True)
        passed += len(found) - len(bad) - len(unrelated)
        failed += len(bad)
        skipped += len(unrelated)
    modules = [m for m in (STEADY_MODULES if options.steady else MODULES) if options.k in m]
    if modules:
        counts = conformance(modules, options.j)
        passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
    return support.summarise(passed, failed, skipped)


if __name__ == "__main__":
    sys.exit(main())
