"""Run the fuzzers under Taipan for a bounded time; a crash of the process fails, an exception does not. In `jit` a wrong result fails, too.

usage: run.py [--seconds N] [--seed N] [FUZZER ...]         FUZZER is source, pyc, pickles, calls, edges or jit

A case that takes too long is skipped. To repeat a case that failed: ./taipan Tests/Fuzz/fuzz_NAME.py SEED NUMBER 1
"""
import os, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import fuzz_jit, support

HERE = os.path.dirname(os.path.abspath(__file__))
BATCH = 1000
STALL = 5           # seconds that one case may take
MOST = 20           # crashes after which a fuzzer stops


def batch(name, seed, first, until):
    """Run cases from `first` on; returns (how the process ended or None, the last case that began, its errors)."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.TemporaryDirectory() as folder:
        process = support.start([*support.taipan(), os.path.join(HERE, f"fuzz_{name}.py"), str(seed), str(first), str(BATCH)],
                                stdin=support.subprocess.DEVNULL, stdout=out, stderr=err, cwd=folder, env=support.environment())
        size, since, ending = 0, time.monotonic(), None
        while ending is None:
            try:
                process.wait(0.1)
                break
            except support.subprocess.TimeoutExpired:
                now = time.monotonic()
            grown = os.fstat(out.fileno()).st_size
            if grown != size:
                size, since = grown, now
            if now - since > STALL:
                ending = "time-out"
            elif now > until:
                ending = "enough"
        support.kill(process)
        out.seek(0), err.seek(0)
        lines = out.read().decode(errors="replace").splitlines()
        begun = [int(line[5:]) for line in lines if line.startswith("case ") and line[5:].isdigit()]
        if ending is None and (process.returncode or lines[-1:] != ["done"]):
            ending = support.Outcome(b"", b"", process.returncode).ending()
        return ending, begun[-1] if begun else None, err.read().decode(errors="replace").strip()[-300:]


def fuzz(name, seed, seconds):
    """Run one fuzzer until its time is up; returns the numbers of cases that passed, failed and were skipped."""
    until = time.monotonic() + seconds
    if name == "jit":       # compares programs, and is not executed by the interpreter under test
        return fuzz_jit.fuzz(seed * 1000000, None, until, list(fuzz_jit.MODES))
    number = failed = skipped = 0
    while time.monotonic() < until and failed < MOST:
        ending, last, text = batch(name, seed, number, until)
        if last is None:
            if ending != "enough":
                print(f"FAIL fuzz_{name} does not start: {ending} {text}", flush=True)
                failed += 1
            break
        if ending == "time-out":
            skipped += 1
        elif ending not in (None, "enough"):
            print(f"FAIL fuzz_{name}.py {seed} {last} 1: {ending} {text}", flush=True)
            failed += 1
        number = last + 1
    return number - failed - skipped, failed, skipped


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=20, help="for each fuzzer (default 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("fuzzer", nargs="*")
    options = parser.parse_args()
    names = [n for n in options.fuzzer or ("source", "pyc", "pickles", "calls", "edges", "jit") if options.k in n]
    results = list(support.each(lambda name: fuzz(name, options.seed, options.seconds), names, options.j))
    known = support.Ledger("fuzz", record=False).known
    for at, (name, (passed, failed, skipped)) in enumerate(zip(names, results)):
        print(f"{name}: {passed + failed + skipped} cases")
        if name in known:       # a fuzzer whose findings are not all mended yet
            results[at] = passed, 0, failed + skipped
    return support.summarise(*[sum(column) for column in zip(*results)] or (0, 0))


if __name__ == "__main__":
    sys.exit(main())
