"""Run the package's own Swift tests, if it has any, and sum them up.

`swift test` builds the package again in debug, which takes a while; `run-tests --skip swift` does without.
"""
import os, re, subprocess, sys

import support


def main():
    options = support.parser(__doc__).parse_args()
    with open(os.path.join(support.ROOT, "Package.swift")) as manifest:
        if ".testTarget(" not in manifest.read():
            return support.summarise(0, 0)
    command = ["swift", "test", "--package-path", support.ROOT] + (["--filter", options.k] if options.k else [])
    passed = failed = skipped = 0
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
