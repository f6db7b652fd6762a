"""Run the package's own Swift tests, if it has any, and sum them up.

`swift test` builds the package again in debug, which takes a while; `run-tests --skip swift` does without.
"""
import os, re, subprocess, sys

import support


# Rooms whose tests are a command of their own, `Tests/ROOM/run.sh`, with the usual summary as its last line.
ROOMS = ["Memory", "Syntax", "Bytecode", "TraceJIT"]


def run_room(room):
    """Run a room's own tests; returns how many passed and failed."""
    command = [os.path.join(support.TESTS, room, "run.sh")]
    lines = subprocess.run(command, stdout=subprocess.PIPE, text=True, errors="replace", stdin=subprocess.DEVNULL).stdout.splitlines()
    match = lines and re.fullmatch(r"(\d+) passed, (\d+) failed", lines[-1])
    print("\n".join(lines[:-1] if match else lines), flush=True)
    return (int(match[1]), int(match[2])) if match else (0, 1)


def main():
    options = support.parser(__doc__).parse_args()
    passed = failed = skipped = 0
    for room in ROOMS:
        if options.k in room:
            p, f = run_room(room)
            passed, failed = passed + p, failed + f
    with open(os.path.join(support.ROOT, "Package.swift")) as manifest:
        if ".testTarget(" not in manifest.read():
            return support.summarise(passed, failed)
    command = ["swift", "test", "--package-path", support.ROOT] + (["--filter", options.k] if options.k else [])
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", stdin=subprocess.DEVNULL) as process:
        for line in process.stdout:
            # XCTest says "Test Case 'Module.test' passed (…)"; Swift Testing says "✔ Test name() passed after …".
            match = re.search(r"Test Case '.*' (passed|failed|skipped)|[✔✘➜] Test (?!run).* (passed|failed|skipped)", line)
            verdict = match and (match[1] or match[2])
            passed += verdict == "passed"
            failed += verdict == "failed"
            skipped += verdict == "skipped"
            if verdict != "passed":
                print(line, end="", flush=True)
    if process.returncode and not failed:
        failed = 1
    return support.summarise(passed, failed, skipped)


if __name__ == "__main__":
    sys.exit(main())
