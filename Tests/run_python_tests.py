"""Run Tests/Python/test_*.py under Taipan, and under CPython 3.11, where each test must pass as well.

A test file prints a line for each test (see Tests/Python/harness.py). Where a process ends before it has
printed them all, the first test without a line is the one that ended it, and the rest are run in a new process.
"""
import os, re, sys

import support

FOLDER = os.path.join(support.TESTS, "Python")


def names(path):
    with open(path) as file:
        return re.findall(r"^def (test_\w+)", file.read(), re.M)


def verdicts(interpreter, path, wanted, timeout, env=None):
    """Run the wanted tests of a file: {name: "ok" or the reason for its failure}."""
    found = {}
    while left := [name for name in wanted if name not in found]:
        arguments = left if found or len(left) < len(names(path)) else []
        outcome = support.run([*interpreter, path, *arguments], timeout=timeout, cwd=FOLDER, env=env)
        for line in outcome.out.decode(errors="replace").splitlines():
            match = re.match(r"(?:ok|FAIL) (test_\w+)(?:: (.*))?$", line)
            if match and match[1] in left:
                found[match[1]] = match[2] or "ok"
        missing = [name for name in left if name not in found]
        if missing:
            last = outcome.err.decode(errors="replace").strip().rpartition("\n")[2]
            found[missing[0]] = f"{outcome.ending()} {last}".strip()
            if len(missing) == len(left) and not outcome.timed_out and not outcome.crashed():
                found.update(dict.fromkeys(missing, found[missing[0]]))     # the file does not even start
    return found


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--timeout", type=float, default=150, help="seconds for each file")
    parser.add_argument("--record", action="store_true", help="write what fails into known-failures.txt")
    options = parser.parse_args()
    files = sorted(f for f in os.listdir(FOLDER) if f.startswith("test_") and f.endswith(".py"))

    def check(file):
        path = os.path.join(FOLDER, file)
        wanted = [n for n in names(path) if options.k in file or options.k in n]
        reference = verdicts(support.REFERENCE, path, wanted, options.timeout)
        ours = reference if support.taipan() == support.REFERENCE else verdicts(
            support.taipan(), path, wanted, options.timeout)
        return file, wanted, reference, ours

    ledger = support.Ledger("python", options.record)
    for file, wanted, reference, ours in support.each(check, files, options.j):
        for name in wanted:
            problem = ("under CPython: " + reference[name] if reference[name] != "ok" else
                       ours[name] if ours[name] != "ok" else "")
            if ledger.add(f"{file[:-3]}.{name}", not problem):
                print(f"FAIL {file[:-3]}.{name}: {problem}", flush=True)
    return ledger.finish()


if __name__ == "__main__":
    sys.exit(main())
