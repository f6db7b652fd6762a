"""Run every kind of test in turn and add up their summaries; ./run-tests sets up and calls this.

Each runner prints a summary as its last line, `N passed, N failed` with an optional `, N skipped`, and so does
this one. A runner that ends without a summary, or with a bad status and no failure, counts as one failure.
"""
import os, re, subprocess, sys, time

import support

SUMMARY = re.compile(r"(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")


def runners(options):
    """The commands, by kind, in the order in which they run."""
    def python(path, *arguments):
        return [*support.REFERENCE, os.path.join(support.TESTS, path), *arguments]
    common = [f"-k={options.k}", f"-j{options.j}"]
    return {
        "swift": python("run_swift_tests.py", *common),
        "python": python("run_python_tests.py", *common),
        "stress": python("run_stress_tests.py", *common),
        "jit": python("run_jit_tests.py", *(["--steady"] if options.steady else []), *common),
        "loops": python("Loops/run.py", *common),
        "differential": python("Differential/run_differential.py", *common),
        "programs": python("Programs/run.py", *common),
        "conformance": python("Conformance/run.py", "--check", *(["--steady"] if options.steady else []), *common),
        "fuzz": python("Fuzz/run.py", *common),
        "hpy": python("HPy/run.py", *common),
    }


def run(command):
    """Run one runner with its output passed on; returns (passed, failed, skipped)."""
    last = ""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace", stdin=subprocess.DEVNULL) as p:
        for line in p.stdout:
            print(line, end="", flush=True)
            last = line.strip() or last
    match = SUMMARY.match(last)
    if not match:
        return 0, 1, 0
    passed, failed, skipped = (int(n or 0) for n in match.groups())
    return passed, failed or int(p.returncode != 0), skipped


def main():
    parser = support.parser(__doc__, prog="run-tests")
    parser.add_argument("--only", action="append", metavar="KIND", default=[],
                        choices=["swift", "python", "stress", "jit", "loops", "programs", "differential", "conformance", "fuzz", "hpy"],
                        help="only tests of this kind: swift, python, stress, jit, loops, programs, differential, conformance, fuzz or hpy")
    parser.add_argument("--steady", action="store_true", help="of CPython's tests, only modules that do not depend on time, threads and the collector; with -X jit=stress, a part")
    parser.add_argument("--skip", action="append", metavar="KIND", default=[], help="no tests of this kind")
    options = parser.parse_args()
    totals = {}
    for kind, command in runners(options).items():
        if kind in options.skip or (options.only and kind not in options.only):
            continue
        print(f"== {kind}", flush=True)
        begin = time.monotonic()
        totals[kind] = run(command)
        print(f"== {kind}: {time.monotonic() - begin:.0f} s\n", flush=True)
    for kind, (passed, failed, skipped) in totals.items():
        print(f"{kind.ljust(14)}{passed:7} passed{failed:6} failed{skipped:6} skipped")
    sums = [sum(column) for column in zip(*totals.values())]
    return support.summarise(*sums or (0, 0))


if __name__ == "__main__":
    sys.exit(main())
