"""Compare random programs (programs.py) under the compiler, under the interpreter alone, and under CPython.

usage: fuzz_jit.py [--seconds N] [--first SEED] [--count N] [--mode MODE ...] [--minimise] [--keep FOLDER]

A program that prints something else in some mode than under CPython, or crashes, is a finding: its seed is printed, and it is written to FOLDER/SEED.py
(.build/findings), with --minimise the smallest program found that still shows it. `fuzz_jit.py --first SEED --count 1 --minimise` repeats one, and
`fuzz_jit.py FILE …` compares files. Executed by CPython.
"""
import ast, os, sys, tempfile, time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import programs, support

HERE = os.path.dirname(os.path.abspath(__file__))
RUNNER = os.path.join(HERE, "jit_run.py")
MODES = {
    "off": ["-X", "jit=off", RUNNER, "{}"],
    "on": ["-X", "jit=on", RUNNER, "{}"],
    "low": ["-X", "jit=on", RUNNER, "{}", "hot_loop=3", "hot_exit=2", "bytecodes_per_visit=0"],
    "eager": ["-X", "jit=on", RUNNER, "{}", "hot_loop=7", "hot_exit=1", "bytecodes_per_call=0", "bytecodes_per_visit=0", "deepest_inlining=50"],
    "stress": ["-X", "jit=stress", RUNNER, "{}"],
}


def execute(interpreter, arguments, path, timeout):
    outcome = support.run([*interpreter, *[a.format(path) for a in arguments]], timeout=timeout, env=support.environment(), memory=1 << 30)
    return outcome, (outcome.out, outcome.status and outcome.err.strip().rpartition(b"\n")[2])


def difference(path, modes, timeout=20):
    """What is wrong with a program in the first mode in which it is: (mode, text); an empty text if nothing is, None where CPython itself takes too long."""
    reference, wanted = execute(support.REFERENCE, MODES["off"][2:], path, 5)
    if reference.timed_out:
        return "", None
    for mode in modes:
        outcome, found = execute(support.taipan(), MODES[mode], path, timeout)
        if outcome.timed_out:
            again, _ = execute(support.taipan(), MODES[mode], path, timeout * 3)
            if not again.timed_out:
                continue
            return mode, "time-out"
        if found != wanted:
            # Addresses and hashes are no finding.
            if execute(support.REFERENCE, MODES["off"][2:], path, 5)[1] != wanted:
                return "", None
            if b"MemoryError" in outcome.out + outcome.err or b"MemoryError" in reference.out + reference.err:
                return "", None
            if outcome.crashed():
                return mode, outcome.ending() + " " + outcome.err.decode(errors="replace").strip()[-200:].replace("\n", " | ")
            ours, theirs = (text.decode(errors="replace").splitlines() for text in (outcome.out + outcome.err[-500:], reference.out + reference.err[-500:]))
            for n, (a, b) in enumerate(zip(ours + [""], theirs + [""])):
                if a != b:
                    return mode, f"line {n + 1}: {a[:150]!r} and not {b[:150]!r}"
            return mode, "status or output"
    return "", ""


class Smaller:
    """Removes what it can of a program, as long as `shows` says that it is still a finding."""

    def __init__(self, source, shows, until):
        self.tree, self.shows, self.until = ast.parse(source), shows, until

    def attempt(self, change, undo):
        if time.monotonic() > self.until:
            return False
        change()
        try:
            if self.shows(ast.unparse(ast.fix_missing_locations(self.tree)) + "\n"):
                return True
        except Exception:
            pass
        undo()
        return False

    def lists(self):
        for node in ast.walk(self.tree):
            for field in ("body", "orelse", "finalbody", "handlers"):
                items = getattr(node, field, None)
                if isinstance(items, list) and items:
                    yield node, field, items

    def drop(self):
        changed = False
        for node, field, items in sorted(self.lists(), key=lambda found: -len(found[2])):
            size = len(items)
            while size >= 1:
                at = 0
                while at < len(items):
                    removed = items[at:at + size]
                    def change():
                        del items[at:at + size]
                        if not items and field == "body":
                            items.append(ast.Pass())
                    def undo():
                        if len(items) == 1 and isinstance(items[0], ast.Pass) and field == "body":
                            items.clear()
                        items[at:at] = removed
                    if not (len(removed) == 1 and isinstance(removed[0], ast.Pass)) and self.attempt(change, undo):
                        changed = True
                    else:
                        at += size
                size //= 2
        return changed

    def hoist(self):
        """A compound statement gives way to its body."""
        changed = False
        for node, field, items in list(self.lists()):
            for at in reversed(range(len(items))):
                statement = items[at]
                if isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
                    def change():
                        items[at:at + 1] = statement.body
                    def undo():
                        items[at:at + len(statement.body)] = [statement]
                    changed |= self.attempt(change, undo)
        return changed

    def simplify(self):
        """An expression gives way to one of its parts."""
        changed = False
        for node in list(ast.walk(self.tree)):
            for field, value in list(ast.iter_fields(node)):
                if isinstance(value, ast.expr) and not isinstance(value, (ast.Constant, ast.Name)):
                    for part in list(ast.iter_child_nodes(value))[:3] + [ast.Constant(1)]:
                        if isinstance(part, ast.expr) and self.attempt(lambda: setattr(node, field, part), lambda: setattr(node, field, value)):
                            changed = True
                            break
        return changed

    def run(self):
        while (self.drop() | self.hoist() | self.simplify()) and time.monotonic() < self.until:
            pass
        return ast.unparse(self.tree) + "\n"


def minimise(source, mode, text, folder, seconds):
    crash = text.startswith("killed")
    path = os.path.join(folder, "attempt.py")

    def shows(source):
        with open(path, "w") as file:
            file.write(source)
        other, found = difference(path, [mode], 10)
        return bool(found) and found.startswith("killed") == crash and (found == "time-out") == (text == "time-out")
    return Smaller(source, shows, time.monotonic() + seconds).run()


def fuzz(first, count, until, modes, keep=None, minimise_for=0):
    """Returns (programs that agree, findings, programs skipped)."""
    good = bad = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        seed = first
        while (count is None or seed < first + count) and time.monotonic() < until:
            source = programs.program(seed)
            path = os.path.join(folder, "program.py")
            with open(path, "w") as file:
                file.write(source)
            mode, text = difference(path, modes)
            if text is None:
                skipped += 1
            elif not text:
                good += 1
            else:
                bad += 1
                print(f"FAIL fuzz_jit.py --first {seed} --count 1 --mode {mode}: {text}", flush=True)
                if keep:
                    if minimise_for:
                        source = minimise(source, mode, text, folder, minimise_for)
                    os.makedirs(keep, exist_ok=True)
                    with open(os.path.join(keep, f"{seed}.py"), "w") as file:
                        file.write(f"# {mode}: {text}\n{source}".encode("utf-8", "replace").decode())
            seed += 1
    return good, bad, skipped


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--count", type=int)
    parser.add_argument("--mode", action="append", choices=list(MODES))
    parser.add_argument("--minimise", action="store_true")
    parser.add_argument("--keep", default=os.path.join(support.ROOT, ".build", "findings"), help="where to write findings")
    parser.add_argument("file", nargs="*")
    options = parser.parse_args()
    modes = options.mode or list(MODES)
    if options.file:
        bad = 0
        for path in options.file:
            mode, text = difference(path, modes)
            print(f"{path}: {mode} {text}" if text else f"{path}: ok" if text == "" else f"{path}: CPython takes too long", flush=True)
            bad += bool(text)
        return support.summarise(len(options.file) - bad, bad)
    return support.summarise(*fuzz(options.first, options.count, time.monotonic() + options.seconds, modes, options.keep, 120 if options.minimise else 0))


if __name__ == "__main__":
    sys.exit(main())
