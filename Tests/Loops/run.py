"""Compare the loops that the compiler makes of small functions with what is expected: cases/FILE.py and cases/FILE.txt.

usage: run.py [-k TEXT] [--record] [--show]

Each function of one parameter `n` in a case file is called with n = 200. Its section in the .txt file has, for each loop, the instructions that are executed in
every round (what is done once before the loop is left out), then the number of bridges, and why recordings were given up. A section that begins with `to do:` shows what
the compiler does today with something that it should do better, by itself (`not compiled`, `N calls` that are left in the loop) or by the function's docstring (`wanted: …`). Every
change is reported, and --record writes the files anew, so that the difference can be read and committed.

In a loop's text %0, %1 … are values in the order in which they appear in it, $0, $1 … are values from before the loop; addresses have names. The loop's check for
signals and its counter of bytecodes are left out. Executed by CPython, which must compute the same results.
"""
import os, re, sys, tempfile

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
import support

sys.path.insert(0, os.path.join(support.ROOT, "Library/taipan"))
import jitview

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")

RUNNER = """
import sys
try:
    from __taipan__ import jit
except ImportError:
    jit = None
if jit:
    for name, value in dict(hot_loop=20, hot_exit=16, bytecodes_per_visit=0, credit=1 << 20).items():
        jit.set_limit(name, value)
namespace = {"__name__": "cases"}
with open(sys.argv[1]) as file:
    code = compile(file.read(), sys.argv[1], "exec")
exec(code, namespace)
for name in sys.argv[2:]:
    print(name, repr(namespace[name](200))[:300])
"""


def functions(path):
    """The names of a file's cases, with what is wanted of them."""
    with open(path) as file:
        return re.findall(r'^def (\w+)\(n\):\n(?:    """wanted: (.*?)"""\n)?', file.read(), re.M)


def normalised(trace):
    """The text of a loop's body that does not depend on addresses."""
    hidden, versions, lines = set(), set(), []
    for line in trace.body:
        line = re.sub(r" @\d+$", "", line)
        defined = line.split(" = ")[0] if " = " in line else None
        if re.search(r"\.(dictVersion|version)$", line):
            versions.add(defined)
        # How often namespaces have changed before depends on what was imported, and how.
        line = re.sub(r"^geq (%\d+), \d+$", lambda m: f"geq {m[1]}, #" if m[1] in versions else m[0], line)
        if ".executed" in line or ".breaker" in line or any(re.search(re.escape(h) + r"\b", line) for h in hidden):
            if defined:
                hidden.add(defined)
            continue
        lines.append(trace.readable(line))
    own = [line.split(" = ")[0] for line in lines if " = " in line]
    names = {name: f"%{i}" for i, name in enumerate(own)}
    outer = {}

    def rename(match):
        return names.get(match[0]) or outer.setdefault(match[0], f"${len(outer)}")
    return [re.sub(r"[vp]:0x[0-9a-f]+", lambda m: m[0][0], re.sub(r"%\d+", rename, line)) for line in lines]


def is_of(place, name):
    function = jitview.split(place)[2]
    return function == name or function.startswith(name + ".")


def section(log, name, wanted):
    """What the log says about one function."""
    lines = [f"to do: {wanted}"] if wanted else []
    traces = [t for t in log.traces.values() if is_of(t.place, name)]
    for trace in traces:
        if trace.parent is None:
            lines.append(f"loop: {jitview.source(trace.place)}" + ("" if "loop" in trace.optimised else " (not closed)"))
            lines += ["    " + line for line in normalised(trace)]
    bridges = sum(t.parent is not None for t in traces)
    if bridges:
        lines.append(f"bridges: {bridges}")
    for reason in sorted({f"{a.reason} ({a.opcode})" for a in log.aborts if is_of(a.began, name)}):
        lines.append(f"given up: {reason}")
    body = [line for line in lines if line.startswith("    ")]
    calls = sum(bool(re.match(r"    (%\d+ = )?call ", line)) for line in body)
    if calls or not body:
        lines.insert(0, f"to do: {calls} calls" if body else "to do: not compiled")
    return lines


def read_expected(path):
    found, current = {}, None
    if os.path.exists(path):
        with open(path) as file:
            for line in file.read().splitlines():
                if line.startswith("["):
                    current = found[line[1:-1]] = []
                elif current is not None and line:
                    current.append(line)
    return found


def weight(lines):
    """For people: how much is left to do in the rounds of a section's loops."""
    body = [line for line in lines if line.startswith("    ")]
    todo = [line.partition(": ")[2] for line in lines if line.startswith("to do: ")]
    return ", ".join(([f"{len(body)} instructions"] if body else []) + todo)


def main():
    parser = support.parser(__doc__)
    parser.add_argument("--record", action="store_true", help="write what is found as what is expected")
    parser.add_argument("--show", action="store_true", help="print what is found")
    options = parser.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        runner, logfile = os.path.join(folder, "runner.py"), os.path.join(folder, "jit.log")
        with open(runner, "w") as file:
            file.write(RUNNER)
        for file in sorted(os.listdir(CASES)):
            if not file.endswith(".py"):
                continue
            path, text = os.path.join(CASES, file), os.path.join(CASES, file[:-3] + ".txt")
            cases = dict(functions(path))
            outcome = support.run([*support.taipan(), "-X", "jit=on", "-X", f"jitlog={logfile}", runner, path, *cases], timeout=120, cwd=folder)
            reference = support.run([*support.REFERENCE, runner, path, *cases], timeout=60, cwd=folder)
            results, wanted_results = ({line.split(b" ")[0].decode(): line for line in o.out.splitlines()} for o in (outcome, reference))
            if outcome.status or not os.path.exists(logfile):
                print(f"FAIL {file}: {outcome.ending()} {outcome.err.decode(errors='replace').strip()[-300:]}", flush=True)
                failed += len(cases)
                continue
            log, expected = jitview.Log(logfile), read_expected(text)
            found = {name: section(log, name, wanted) for name, wanted in cases.items()}
            for name in cases:
                if options.k not in name:
                    continue
                if options.show:
                    print(f"[{name}]", *found[name], "", sep="\n")
                problem = ("computes something else than CPython" if results.get(name) != wanted_results.get(name) else "" if options.record or expected.get(name) == found[name] else
                           f"{weight(found[name])}; expected {weight(expected[name])}; see run.py --show -k {name}" if name in expected else "no expected text; see --record")
                if problem:
                    print(f"FAIL {file[:-3]}.{name}: {problem}", flush=True)
                failed += bool(problem)
                passed += not problem
            if options.record:
                with open(text, "w") as out:
                    out.write("\n".join("\n".join([f"[{name}]", *lines, ""]) for name, lines in (expected | found).items() if name in cases))
    return support.summarise(passed, failed)


if __name__ == "__main__":
    sys.exit(main())
