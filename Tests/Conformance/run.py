"""Run CPython's own tests (Debian's libpython3.11-testsuite) under Taipan, a process for each module.

usage: run.py [MODULE ...]      run the modules (default: modules.txt) and print what does not pass
       run.py --check           run the tests of the allow-list, passing/MODULE.txt; each must pass
       run.py --regenerate      run the modules, rewrite their allow-lists, their part of the scoreboard, and SCOREBOARD.md
       run.py --scoreboard      write SCOREBOARD.md from the modules' parts, after a merge

When a test crashes or hangs the process, it is recorded as such and the module goes on after it in a new process.
Results are kept as JSON in .build/conformance/, CPython's own, the standard to compare with, beside them.
Where a test does not pass for a known reason, reasons.txt says why: a line of `ID-PATTERN: reason`.
"""
import json, os, shutil, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import scoreboard
import support

HERE = os.path.dirname(os.path.abspath(__file__))
CACHE = os.path.join(support.ROOT, ".build/conformance")
PASSING = os.path.join(HERE, "passing")
DRIVER = os.path.join(HERE, "driver.py")
GOOD = ("pass", "expected")
# Seconds for modules that CPython itself needs minutes for.
LONG = {"test_concurrent_futures": 1500}


def default_modules():
    with open(os.path.join(HERE, "modules.txt")) as file:
        return [name for line in file if not line.startswith("#") for name in line.split()]


def allowed(module):
    try:
        with open(os.path.join(PASSING, module + ".txt"), encoding="utf-8") as file:
            return file.read().splitlines()
    except FileNotFoundError:
        return []


# MARK: One module

class Module:
    """A module's run: {id: (kind, text)} and what was said of the module as a whole."""

    def __init__(self, interpreter, name, only=(), test_timeout=60, timeout=600):
        self.command = [*interpreter, DRIVER, name]
        self.only, self.test_timeout, self.deadline = only, test_timeout, time.monotonic() + timeout
        self.ids, self.results, self.notes = [], {}, []
        self.folder = tempfile.mkdtemp(prefix="conformance-")
        try:
            while self.run_once():
                pass
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    def left(self):
        """The tests still without a result, in the module's order."""
        return [i for i in self.ids if i not in self.results and (not self.only or i in self.only)]

    def run_once(self):
        """Run what has no result yet in one process; true if it ended early and another should go on."""
        report, choice, work = (os.path.join(self.folder, n) for n in ("report", "choice", "work"))
        shutil.rmtree(work, ignore_errors=True)
        os.mkdir(work)
        with open(choice, "w", encoding="utf-8") as file:
            file.writelines(f"only {name}\n" for name in self.only)
            file.writelines(f"skip {name}\n" for name in self.results)
        open(report, "w").close()
        log = os.path.join(self.folder, "log")
        with open(log, "wb") as output:
            process = support.start([*self.command, report, choice], cwd=work, stdin=support.subprocess.DEVNULL,
                                    stdout=output, stderr=output, env=support.environment())
            ending = self.wait(process, report)
            support.kill(process)
        running, ended = self.read(report)
        if ended:
            for name in self.left():
                self.results[name] = ("error", self.notes[-1] if self.notes else "was not run")
            return False
        if not self.ids:
            if not self.notes:
                with open(log, errors="replace") as file:
                    self.notes.append(f"{ending} while loading: {file.read()[-300:].strip()}")
            return False
        culprit = running or next(iter(self.left()), None)
        if culprit is None:
            return False
        self.results[culprit] = ("time-out" if ending == "time-out" else "crash", ending)
        if time.monotonic() > self.deadline:
            for name in self.left():
                self.results[name] = ("time-out", "the module's time was up")
        return bool(self.left())

    def wait(self, process, report):
        """Wait for the process while its report grows; returns how it ended."""
        size, since = 0, time.monotonic()
        while True:
            try:
                status = process.wait(0.2)
                return support.Outcome(b"", b"", status).ending()
            except support.subprocess.TimeoutExpired:
                pass
            now, grown = time.monotonic(), os.path.getsize(report)
            if grown != size:
                size, since = grown, now
            if now - since > self.test_timeout or now > self.deadline:
                return "time-out"

    def read(self, report):
        """Take in a report; returns (the test that was running, whether it is complete)."""
        running, ended = None, False
        with open(report, encoding="utf-8") as file:
            for line in file:
                kind, *fields = line.rstrip("\n").split("\t")
                if kind == "list" and fields[0] not in self.results and fields[0] not in self.ids:
                    self.ids.append(fields[0])
                elif kind == "start":
                    running = fields[0]
                elif kind == "module":
                    self.notes.append(fields[0])
                elif kind == "end":
                    ended = True
                elif kind in ("pass", "fail", "error", "skip", "expected"):
                    self.results[fields[0]] = (kind, fields[1])
                    running = None
        return running, ended


# MARK: All modules

def limit(name, options):
    return max(options.timeout, LONG.get(name, 0))


def reference(name, options):
    """CPython's own results for a module, computed once."""
    path = os.path.join(CACHE, f"cpython-{name}.json")
    if not os.path.exists(path):
        save(path, Module(support.REFERENCE, name, (), options.test_timeout, limit(name, options)))
    return load(path)


def save(path, module):
    os.makedirs(CACHE, exist_ok=True)
    with open(path, "w") as file:
        json.dump({"results": module.results, "notes": module.notes}, file, indent=0)


def load(path):
    with open(path) as file:
        return json.load(file)


def check(name, options):
    """Run a module's allow-list, the failing ones twice; returns the numbers of passed and failed."""
    wanted = allowed(name)
    if not wanted:
        return 0, 0
    results = Module(support.taipan(), name, wanted, options.test_timeout, limit(name, options)).results
    bad = [i for i in wanted if results.get(i, ("missing",))[0] not in GOOD]
    if bad:
        results |= Module(support.taipan(), name, bad, options.test_timeout, limit(name, options)).results
    bad = [i for i in wanted if results.get(i, ("missing",))[0] not in GOOD]
    for i in bad:
        print(f"FAIL {i}: {': '.join(results.get(i, ('no such test',)))}", flush=True)
    return len(wanted) - len(bad), len(bad)


def measure(name, options):
    """Run a whole module and compare with CPython; returns (passed, not passed of what CPython passes)."""
    module = Module(support.taipan(), name, (), options.test_timeout, limit(name, options))
    save(os.path.join(CACHE, f"taipan-{name}.json"), module)
    standard = reference(name, options)["results"]
    goal = [i for i, (kind, _) in standard.items() if kind in GOOD]
    missing = [i for i in goal if module.results.get(i, ("",))[0] not in GOOD + ("skip",)]
    print(f"{name}: {len(goal) - len(missing)} of {len(goal)}", flush=True)
    if not options.regenerate:
        for note in module.notes:
            print(f"  {note}")
        # A module that could not be loaded has said why.
        for i in missing if module.results else ():
            print(f"  {i}: {': '.join(module.results.get(i, ('not run',)))}")
    else:
        os.makedirs(PASSING, exist_ok=True)
        passing = sorted(i for i in goal if module.results.get(i, ("",))[0] in GOOD)
        with open(os.path.join(PASSING, name + ".txt"), "w", encoding="utf-8") as file:
            file.writelines(i + "\n" for i in passing)
        scoreboard.write_module(HERE, CACHE, name)
    return len(goal) - len(missing), len(missing)


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--check", action="store_true", help="run the allow-list only; what is on it must pass")
    parser.add_argument("--regenerate", action="store_true", help="rewrite the allow-lists and SCOREBOARD.md")
    parser.add_argument("--steady", action="store_true", help="leave out the modules of timing.txt, whose tests depend on time, threads and the collector")
    parser.add_argument("--scoreboard", action="store_true", help="only write SCOREBOARD.md anew")
    parser.add_argument("--timeout", type=float, default=600, help="seconds for each module")
    parser.add_argument("--test-timeout", type=float, default=60, help="seconds for each test")
    parser.add_argument("module", nargs="*")
    options = parser.parse_args()
    if options.scoreboard:
        return scoreboard.write(HERE)
    modules = [m for m in options.module or default_modules() if options.k in m]
    if options.steady:
        with open(os.path.join(HERE, "timing.txt")) as file:
            unsteady = file.read().split()
        modules = [m for m in modules if m not in unsteady]
    work = check if options.check else measure
    passed = failed = 0
    for good, bad in support.each(lambda name: work(name, options), modules, options.j):
        passed += good
        failed += bad
    if options.regenerate:
        scoreboard.write(HERE)
    return support.summarise(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
