"""Report what the compiler has made of a program, from the log that -X jitlog=FILE writes.

usage: python -m taipan.jitview [-n N] [--ir] [--code] [--trace N] FILE

The report names the loops that were compiled, with the guards that fail most and why, and the places where a recording was given up.
With --ir it shows the instructions of each trace under the source lines they come from, with --code the machine code (disassembled
where objdump is installed). --trace N shows just one trace, with all it has.
"""
import argparse, linecache, os, re, shutil, subprocess, sys, tempfile


class Trace:
    """A compiled trace: a loop, or a bridge from another trace's exit."""

    def __init__(self, place):
        self.place = place
        self.number = None
        self.parent = self.parent_exit = None
        self.target = None              # the trace that it goes on in
        self.recorded = self.optimised = ()
        self.names = {}                 # constants as they are written: what they are
        self.classes = {}               # shape numbers: class names
        self.exits = {}                 # number: (snapshot, places)
        self.left = {}                  # exit: how often
        self.bridges = {}               # exit: trace number
        self.code = b""
        self.address = 0
        self.retired = ""

    @property
    def body(self):
        """The instructions of the loop, without what is done once before it; those of the whole trace where there is no loop."""
        lines = [line for line in self.optimised if not line.startswith(("@", "frame "))]
        return lines[lines.index("loop") + 1:] if "loop" in lines else lines

    def guards(self, exit):
        snapshot = f"@{self.exits[exit][0]}"
        return [line for line in self.optimised if line.endswith(" " + snapshot) and not line.startswith("@")]

    def definition(self, name):
        for line in self.optimised:
            if line.startswith(name + " = "):
                return line
        return ""

    def readable(self, line):
        """An instruction with names in place of addresses and shape numbers."""
        line = re.sub(r"\b[vp]:0x[0-9a-f]+|(?<![%@.\w])-?\d{6,}\b", lambda m: "<%s>" % self.names[m[0]] if m[0] in self.names else m[0], line)
        return re.sub(r"^(gclass \S+, )(\d+)", lambda m: m[1] + "<%s>" % self.classes.get(m[2], m[2]), line)

    def why(self, guard):
        """What it means that the guard fails, in words."""
        words = guard.replace(",", "").split()
        if "=" in words[:2]:
            words = words[2:]
        op, operands = words[0], words[1:]
        source = self.definition(operands[0]) if operands and operands[0][0] == "%" else ""
        readable = self.readable(guard)
        named = re.search(r"<([^>]*)>", readable)
        if op in ("unboxi", "unboxf"):
            return "the value is no " + ("small int" if op == "unboxi" else "float")
        if op == "gclass":
            return "the object is not %s" % (f"of {named[1]}'s present shape" if named else "of the expected shape")
        if op in ("gfits", "addov", "subov", "mulov"):
            return "the result does not fit a machine integer: a big int is needed"
        if op == "gvalid":
            return "the trace is no longer valid"
        if ".breaker" in source:
            return "a signal, another thread or the collector asked for attention"
        if ".dictVersion" in source:
            return "names were added to or taken from a namespace, or a class was changed"
        if ".version" in source:
            return "a class was changed"
        if ".dictEntry" in source or named and op == "geq" and not named[1].startswith("namespace"):
            return "another object than " + (named[1] if named else "before")
        if ".remaining" in source or ".index" in source or ".container" in source:
            return "the iterator has come to its end"
        if ".call" in source or re.search(r"= call ", source):
            name = source.rpartition(" .")[2]
            return f"{name} raised an exception, or answered otherwise"
        if op in ("gult", "guge"):
            return "an index is out of range, or an iterator at its end"
        if op == "gne" and operands[-2:-1] == ["0"] or op == "geq" and operands[-2:-1] == ["0"]:
            return "a value is true, false or missing where it was not before"
        if op.startswith("gf"):
            return "a comparison of floats came out otherwise"
        if op in ("glt", "gle", "ggt", "gge", "geq", "gne"):
            return "a comparison came out otherwise"
        return "what was recorded did not hold"


class Abort:
    """A recording that was given up."""

    def __init__(self, reason):
        self.reason, self.began, self.stopped, self.opcode = reason, "", "", ""


class Log:
    def __init__(self, path):
        self.traces, self.aborts, self.counters = {}, [], {}
        self.failed = []                # traces that were recorded and not compiled
        with open(path, encoding="utf-8", errors="replace") as file:
            self.read(file.read().splitlines())

    def read(self, lines):
        trace = abort = None
        part = []
        for line in lines:
            if line.startswith("== "):
                part, abort = [], None
                if match := re.match(r"== (loop|bridge from trace (\d+) exit (\d+)) at (.*)", line):
                    trace = Trace(match[4])
                    if match[2]:
                        trace.parent, trace.parent_exit = int(match[2]), int(match[3])
                elif line.startswith("== given up: "):
                    abort = Abort(line[len("== given up: "):])
                    self.aborts.append(abort)
                elif match := re.match(r"== trace (\d+) retired: (.*)", line):
                    if int(match[1]) in self.traces:
                        self.traces[int(match[1])].retired = match[2]
                elif line == "== counts":
                    part = self.counts = []
                continue
            if line.startswith("-- "):
                part = []
                if abort:
                    if match := re.match(r"-- began at (.*)", line):
                        abort.began = match[1]
                    elif match := re.match(r"-- stopped at (.*): (\w+)$", line):
                        abort.stopped, abort.opcode = match[1], match[2]
                elif line == "-- recorded:":
                    trace.recorded = part
                elif line == "-- optimised:":
                    trace.optimised = part
                elif match := re.match(r"-- trace (\d+)(?: goes on in trace (\d+))?", line):
                    trace.number = int(match[1])
                    trace.target = int(match[2]) if match[2] else None
                    self.traces[trace.number] = trace
                elif line == "-- names":
                    self.names = part = []
                elif line == "-- exits":
                    self.exits = part = []
                elif match := re.match(r"-- code \d+ at 0x([0-9a-f]+)", line):
                    trace.address = int(match[1], 16)
                    self.code = part = []
                elif line == "-- end":
                    self.finish(trace)
                continue
            part.append(line)
        for line in getattr(self, "counts", ()):
            if match := re.match(r"trace (\d+) exit (\d+) left (\d+)(?: bridge (\d+))?", line):
                if found := self.traces.get(int(match[1])):
                    found.left[int(match[2])] = int(match[3])
                    if match[4]:
                        found.bridges[int(match[2])] = int(match[4])
            elif " " in line:
                name, _, number = line.rpartition(" ")
                self.counters[name] = int(number)

    def finish(self, trace):
        for line in self.names:
            first, _, rest = line.partition(" ")
            if first == "class":
                number, _, name = rest.partition(" ")
                trace.classes[number] = name
            else:
                trace.names[first] = rest
        for line in self.exits:
            if match := re.match(r"(\d+) @(\d+) (.*)", line):
                trace.exits[int(match[1])] = (int(match[2]), match[3].split(" < "))
        trace.code = bytes.fromhex("".join(self.code))


# MARK: Report

# What a person can do about a recording that was given up, or at least know.
HINTS = {
    "inner loop": "the loop contains one that is not compiled yet; the inner loop is compiled first",
    "loop without a trace": "the way from a loop's exit came to another loop, which is compiled first",
    "loop left by return": "this round left the loop",
    "iterator ended": "this round was the last one",
    "generator": "a generator is resumed in the loop, which is not compiled",
    "too long": "one round takes too many bytecodes",
    "recursion": "the function calls itself",
    "raises": "an exception was raised in the middle of the round",
    "calls too much": "most of the round is spent in calls that compiled code cannot speed up",
    "tooManyValues": "too many values are alive at once",
    "codeMemoryFull": "the room for machine code was used up",
}


def split(place):
    match = re.match(r"(.*):(\d+) (.*)", place)
    return (match[1], int(match[2]), match[3]) if match else (place, 0, "")


def short(place):
    path, line, name = split(place)
    return f"{os.path.basename(path)}:{line} {name}"


def source(place):
    path, line, _ = split(place)
    return linecache.getline(path, line).strip()


def disassemble(trace, out):
    if not shutil.which("objdump"):
        for at in range(0, len(trace.code), 32):
            print("      " + trace.code[at:at + 32].hex(), file=out)
        return
    with tempfile.NamedTemporaryFile() as file:
        file.write(trace.code)
        file.flush()
        machine = "aarch64" if os.uname().machine == "aarch64" else "i386:x86-64"
        ran = subprocess.run(["objdump", "-D", "-b", "binary", "-m", machine, f"--adjust-vma={trace.address:#x}", file.name], stdout=subprocess.PIPE, text=True)
    for line in ran.stdout.splitlines():
        if re.match(r"\s+[0-9a-f]+:", line):
            print("      " + line.strip(), file=out)


def show_instructions(trace, lines, out):
    places = {snapshot: where for snapshot, where in trace.exits.values()}
    last = None
    for line in lines:
        if line.startswith(("@", "frame ")):
            continue
        match = re.search(r" @(\d+)$", line)
        where = places.get(int(match[1])) if match else None
        if where and where[0] != last:
            last = where[0]
            print(f"      # {short(last)}: {source(last)}", file=out)
        print("      " + trace.readable(line), file=out)


def show_trace(log, trace, options, out, everything=False):
    kind = "loop" if trace.parent is None else f"bridge from trace {trace.parent} exit {trace.parent_exit}"
    path, line, name = split(trace.place)
    total = sum(trace.left.values())
    print(f"trace {trace.number}: {kind} at {path}:{line} in {name}", file=out)
    if text := source(trace.place):
        print(f"      {text}", file=out)
    print(f"    {len(trace.recorded)} instructions recorded, {len(trace.body)} in {'the loop' if 'loop' in trace.optimised else 'the trace'}, {len(trace.code)} bytes of code; left {total} times"
          + (f"; goes on in trace {trace.target}" if trace.target else ""), file=out)
    if trace.retired:
        print(f"    given up again, since it was left too soon: {trace.retired}", file=out)
    for exit, times in sorted(trace.left.items(), key=lambda item: -item[1])[:None if everything else 5]:
        if exit not in trace.exits:
            continue
        where = trace.exits[exit][1]
        bridge = f", then bridge {trace.bridges[exit]}" if exit in trace.bridges else ""
        print(f"    exit {exit}: {times} times{bridge}, at {short(where[0])}: {source(where[0])}", file=out)
        guards = trace.guards(exit)
        for guard in guards[:3]:
            print(f"        {trace.readable(guard)}    ({trace.why(guard)})", file=out)
    if everything:
        print("    as recorded:", file=out)
        for line in trace.recorded:
            if not line.startswith(("@", "frame ")):
                print("      " + trace.readable(re.sub(r" @\d+$", "", line)), file=out)
    if options.ir or everything:
        print("    optimised:", file=out)
        show_instructions(trace, trace.optimised, out)
    if options.code or everything:
        print(f"    machine code at {trace.address:#x}:", file=out)
        disassemble(trace, out)
    print(file=out)


def report(log, options, out):
    if options.trace is not None:
        if options.trace not in log.traces:
            sys.exit(f"there is no trace {options.trace}")
        return show_trace(log, log.traces[options.trace], options, out, everything=True)
    loops = [t for t in log.traces.values() if t.parent is None]
    bridges = [t for t in log.traces.values() if t.parent is not None]
    print(f"{len(loops)} loops and {len(bridges)} bridges compiled, {len(log.aborts)} recordings given up", file=out)
    for name, number in log.counters.items():
        print(f"    {name.replace('_', ' ')}: {number}", file=out)
    print(file=out)

    def family(trace):
        yield trace
        for child in bridges:
            if child.parent == trace.number:
                yield from family(child)
    loops.sort(key=lambda t: -sum(sum(m.left.values()) for m in family(t)))
    if loops:
        print("Loops, those that are left most often first\n", file=out)
    for trace in loops[:options.n]:
        for member in family(trace):
            show_trace(log, member, options, out)
    if len(loops) > options.n:
        print(f"... and {len(loops) - options.n} more loops\n", file=out)
    groups = {}
    for abort in log.aborts:
        groups.setdefault((abort.reason, abort.stopped), []).append(abort)
    if groups:
        print("Recordings given up\n", file=out)
    for (reason, stopped), found in sorted(groups.items(), key=lambda item: -len(item[1]))[:options.n * 2]:
        hint = HINTS.get(reason) or (f"the bytecode {reason} is not compiled" if reason == found[0].opcode else "")
        print(f"{len(found)} times: {reason}" + (f" ({hint})" if hint else ""), file=out)
        print(f"    at {short(stopped)}: {source(stopped)}    [{found[0].opcode}]", file=out)
        for began in sorted({a.began for a in found})[:3]:
            print(f"    in what began at {short(began)}", file=out)


def main():
    parser = argparse.ArgumentParser(prog="python -m taipan.jitview", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=10, help="loops to show (default 10)")
    parser.add_argument("--ir", action="store_true", help="show the optimised instructions")
    parser.add_argument("--code", action="store_true", help="show the machine code")
    parser.add_argument("--trace", type=int, help="show all of one trace")
    parser.add_argument("file")
    options = parser.parse_args()
    try:
        log = Log(options.file)
    except OSError as error:
        sys.exit(f"{options.file}: {error.strerror}")
    try:
        report(log, options, sys.stdout)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


if __name__ == "__main__":
    main()
