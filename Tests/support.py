"""What the test runners share: the interpreters, running a command under limits, and the summary line.

The runners are executed by CPython (/usr/bin/python3.11), never by the interpreter under test.
"""
import argparse, os, resource, shlex, shutil, signal, subprocess, tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

TESTS = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(TESTS)
REFERENCE = ["/usr/bin/python3.11"]
MEMORY = 4 << 30


def taipan():
    """The command of the interpreter under test: $TAIPAN, or the release build."""
    command = shlex.split(os.environ.get("TAIPAN") or os.path.join(ROOT, ".build/release/taipan"))
    found = shutil.which(command[0])
    return [os.path.abspath(found) if found else command[0], *command[1:]]      # runs have other current folders


def environment(**changes):
    """This process's environment without what would change Python's behaviour; a change to None removes."""
    result = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "TAIPAN_"))}
    result.update({"TERM": "dumb", "LC_ALL": "C.UTF-8"}, **changes)
    return {k: v for k, v in result.items() if v is not None}


@dataclass
class Outcome:
    out: bytes
    err: bytes
    status: int             # the exit status, or minus the signal that ended the process
    timed_out: bool = False

    def crashed(self):
        """Died of a signal that a program does not send itself, as a segmentation fault or a trap."""
        return not self.timed_out and -self.status in (
            signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGABRT, signal.SIGFPE, signal.SIGTRAP, signal.SIGKILL)

    def ending(self):
        if self.timed_out:
            return "time-out"
        if self.status < 0:
            return f"killed by {signal.Signals(-self.status).name}"
        return f"exit status {self.status}"


def limit(memory):
    """To be called in the child: no core files, and no more writable memory than `memory` bytes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    # A shell that starts the tests in the background leaves it ignored.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(command, *, memory=MEMORY, **options):
    """Start a command in a process group of its own and under the limits; `kill` ends the group."""
    return subprocess.Popen(command, start_new_session=True, preexec_fn=lambda: limit(memory), **options)


def kill(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def run(command, *, stdin=b"", env=None, cwd=None, timeout=60, memory=MEMORY):
    """Run a command to its end; whatever it left running in its group is ended too."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = start(command, stdin=subprocess.PIPE, stdout=out, stderr=err, cwd=cwd, memory=memory,
                        env=environment() if env is None else env)
        timed_out = False
        try:
            process.communicate(stdin, timeout)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            kill(process)
        out.seek(0), err.seek(0)
        return Outcome(out.read(), err.read(), process.returncode, timed_out)


def each(function, items, jobs):
    """Yield function(item) for each item, in order, `jobs` of them at a time."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(function, items)


def parser(doc, **options):
    """An argument parser with the options that every runner has."""
    result = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, **options)
    result.add_argument("-k", metavar="TEXT", default="", help="only what has TEXT in its name")
    result.add_argument("-j", metavar="N", type=int, default=os.cpu_count(), help="processes at a time")
    return result


class Ledger:
    """Counts verdicts, and knows the tests that are known to fail: the lines `KIND NAME` of known-failures.txt.

    A known failure counts as skipped. One that passes after all is counted and named, so that its line is taken out;
    with `record` the lines of the kind are written anew from what is found.
    """
    FILE = os.path.join(TESTS, "known-failures.txt")

    def __init__(self, kind, record):
        self.kind, self.record = kind, record
        self.passed = self.failed = self.skipped = 0
        with open(self.FILE) as file:
            self.lines = [line.split() for line in file if line.strip() and not line.startswith("#")]
        self.known = {name for kind, name in self.lines if kind == self.kind}
        self.found = []

    def add(self, name, passed):
        """Counts a test; returns whether its failure is news."""
        if passed:
            self.passed += 1
            if name in self.known:
                print(f"PASSES NOW {name}: take it out of known-failures.txt", flush=True)
            return False
        self.found.append(name)
        if name in self.known or self.record:
            self.skipped += 1
            return False
        self.failed += 1
        return True

    def finish(self):
        if self.record:
            others = [line for line in self.lines if line[0] != self.kind]
            with open(self.FILE, "w") as file:
                file.write("# Tests that Taipan does not pass yet, a line each: the kind of test and its name.\n"
                           "# The list only gets shorter; `run_python_tests.py --record` and `run_differential.py --record` write it.\n")
                for kind, name in sorted(others + [[self.kind, name] for name in self.found]):
                    file.write(f"{kind} {name}\n")
        return summarise(self.passed, self.failed, self.skipped)


def summarise(passed, failed, skipped=0):
    """Print the summary, which must be a runner's last line, and return its exit status."""
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
    return 1 if failed else 0
