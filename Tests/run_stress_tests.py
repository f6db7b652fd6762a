"""Run Tests/Python/test_*.py under Taipan with a collection at almost every allocation (TAIPAN_GC=stress:N).

A value that the collector cannot see is freed while it is in use: the test fails here or the process crashes, and passes otherwise.
What fails without this, too, is no finding: it counts as skipped. To repeat one: TAIPAN_GC=stress:N ./taipan Tests/Python/test_NAME.py
"""
import os, sys

import support
from run_python_tests import FOLDER, names, verdicts

# Files that allocate so much that collections must be rarer.
SLOW = {"test_async", "test_async_generators", "test_code_objects", "test_copy_pickle", "test_files", "test_imports", "test_iteration_in_loops", "test_library_basics",
        "test_number_modules", "test_ordered_dicts", "test_slots", "test_start_speed", "test_text_modules", "test_traceback_text"}

# Fills the memory on purpose, which would take hours with a collection at every step.
EXHAUSTING = {"test_memory"}


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--every", type=int, help="collect at every N-th slow allocation (default 3, and 30 for the slowest files)")
    parser.add_argument("--timeout", type=float, default=150, help="seconds for each file")
    options = parser.parse_args()
    files = sorted(f[:-3] for f in os.listdir(FOLDER) if f.startswith("test_") and f.endswith(".py") and f[:-3] not in EXHAUSTING)

    def check(file):
        path = os.path.join(FOLDER, file + ".py")
        wanted = [n for n in names(path) if options.k in file or options.k in n]
        every = options.every or (30 if file in SLOW else 3)
        found = verdicts(support.taipan(), path, wanted, options.timeout, support.environment(TAIPAN_GC=f"stress:{every}")) if wanted else {}
        bad = [name for name in wanted if found[name] != "ok"]
        plain = verdicts(support.taipan(), path, bad, options.timeout) if bad else {}
        return file, every, found, [n for n in bad if plain[n] == "ok"], [n for n in bad if plain[n] != "ok"]

    passed = failed = skipped = 0
    for file, every, found, bad, unrelated in support.each(check, files, options.j):
        for name in bad:
            print(f"FAIL {file}.{name} with stress:{every}: {found[name]}", flush=True)
        passed += len(found) - len(bad) - len(unrelated)
        failed += len(bad)
        skipped += len(unrelated)
    return support.summarise(passed, failed, skipped)


if __name__ == "__main__":
    sys.exit(main())
