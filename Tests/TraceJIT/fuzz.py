"""Random programs of the tiny language: what is interpreted and what is compiled must print the same.

    fuzz.py TOOL [COUNT [SEED]]

A program that fails or crashes is kept in the folder that is printed.
"""
import os, random, subprocess, sys, tempfile

INTS = ["i0", "i1", "i2", "i3", "i4", "i5"]
FLOATS = ["f0", "f1", "f2", "f3"]
PAIRS = ["p0", "p1", "p2"]
SIZE = 16


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.depth, self.loops = [], 0, 0
        self.counters = []

    def pick(self, *choices):
        return self.random.choice(choices)

    def line(self, text):
        self.lines.append("  " * self.depth + text)

    def int(self, depth=0):
        r = self.random.random()
        if depth > 2 or r < 0.35:
            return self.pick(*INTS, *self.counters, *self.counters)
        if r < 0.5:
            return str(self.pick(0, 1, 2, 3, 7, 10, 63, 64, 255, 1000, 65536, -1, -3, 2147483647, 4611686018427387903, self.random.randrange(1 << 40)))
        if r < 0.58:
            return f"({self.int(depth + 1)} % {self.pick(2, 3, 7, 8, 10, 64, 1000)})"
        if r < 0.63:
            return f"({self.int(depth + 1)} // {self.pick(1, 2, 3, 8, 10, 100)})"
        if r < 0.68:
            return f"a[{self.index()}]"
        if r < 0.73:
            return self.pick(*PAIRS) + ".first"
        if r < 0.76:
            return f"opaque({self.int(depth + 1)})"
        if r < 0.8:
            return f"({self.int(depth + 1)} {self.pick('<', '<=', '==', '!=', '>', '>=')} {self.int(depth + 1)})"
        return f"({self.int(depth + 1)} {self.pick('+', '-', '*', '+', '-')} {self.int(depth + 1)})"

    def float(self, depth=0):
        r = self.random.random()
        if depth > 2 or r < 0.35:
            return self.pick(*FLOATS)
        if r < 0.5:
            return self.pick("0.0", "0.5", "1.0", "-1.5", "2.0", "1e300", "3.25", "0.1", "1e-310", "4.0")
        if r < 0.56:
            return self.pick(*PAIRS) + ".second"
        if r < 0.6:
            return f"float({self.int(depth + 1)})"
        if r < 0.64:
            return f"sqrt({self.float(depth + 1)})"
        if r < 0.67:
            return f"opaque({self.float(depth + 1)})"
        if r < 0.7:
            return f"b[{self.index()}]"
        return f"({self.float(depth + 1)} {self.pick('+', '-', '*', '/', '+', '-')} {self.pick(self.float, self.float, self.int)(depth + 1)})"

    def index(self):
        return self.pick(*[f"({c} % {SIZE})" for c in self.counters or ["0"]], str(self.random.randrange(SIZE)))

    def condition(self):
        op = self.pick("<", "<=", "==", "!=", ">", ">=")
        if self.random.random() < 0.3:
            return f"{self.float(1)} {op} {self.float(1)}"
        if self.counters and self.random.random() < 0.6:
            return f"{self.pick(*self.counters)} % {self.pick(2, 3, 5, 7)} {self.pick('==', '!=', '<')} {self.pick(0, 1, 2)}"
        return f"{self.int(1)} {op} {self.int(1)}"

    def statement(self):
        r = self.random.random()
        if r < 0.3:
            self.line(f"{self.pick(*INTS)} = {self.int()};")
        elif r < 0.5:
            self.line(f"{self.pick(*FLOATS)} = {self.float()};")
        elif r < 0.57:
            self.line(f"{self.pick(*PAIRS)} = pair({self.int(1)}, {self.float(1)});")
        elif r < 0.61:
            self.line(f"{self.pick(*PAIRS)} = {self.pick(*PAIRS)};")
        elif r < 0.66:
            self.line(f"{self.pick(*PAIRS)}.first = {self.int(1)};")
        elif r < 0.69:
            self.line(f"{self.pick(*PAIRS)}.second = {self.float(1)};")
        elif r < 0.74:
            self.line(f"a[{self.index()}] = {self.int(1)};")
        elif r < 0.77:
            self.line(f"b[{self.index()}] = {self.float(1)};")
        elif r < 0.8:
            self.line(f"c[{self.index()}] = {self.pick(*PAIRS)};")
        elif r < 0.83:
            self.line(f"{self.pick(*PAIRS)} = c[{self.index()}];")
        elif r < 0.86:
            x, y = self.random.sample(self.pick(INTS, FLOATS, PAIRS), 2)
            self.line(f"t = {x}; {x} = {y}; {y} = t;")
        elif r < 0.96 or self.loops > 3:
            if self.depth < 4:
                self.line(f"if ({self.condition()}) {{")
                self.body(self.random.randrange(1, 4))
                if self.random.random() < 0.6:
                    self.line("} else {")
                    self.body(self.random.randrange(1, 4))
                self.line("}")
        elif self.depth < 3:
            self.loop()

    def body(self, count):
        self.depth += 1
        for _ in range(count):
            self.statement()
        self.depth -= 1

    def loop(self):
        counter = f"k{self.loops}"
        self.loops += 1
        limit = self.random.choice([3, 10, 30, 60]) if self.counters else self.random.choice([30, 100, 300])
        self.line(f"{counter} = 0;")
        self.line(f"while ({counter} < {limit}) {{")
        self.counters.append(counter)
        self.body(self.random.randrange(2, 9))
        self.counters.pop()
        self.line(f"  {counter} = {counter} + 1;")
        self.line("}")

    def program(self):
        for i, name in enumerate(INTS):
            self.line(f"{name} = {self.random.choice([0, 1, i, 100, -5])};")
        for name in FLOATS:
            self.line(f"{name} = {self.random.choice(['0.5', '0.0', '2.5', '1e10'])};")
        for name in PAIRS:
            self.line(f"{name} = pair({self.random.randrange(10)}, 0.5);")
        self.line(f"a = array({SIZE}); b = array({SIZE}); c = array({SIZE}); q = 0;")
        self.line(f"while (q < {SIZE}) {{ b[q] = 0.25; c[q] = pair(q, 1.5); q = q + 1; }}")
        for _ in range(self.random.randrange(1, 4)):
            self.loop()
        for name in INTS + FLOATS + PAIRS:
            self.line(f"print({name});")
        self.line(f"q = 0; while (q < {SIZE}) {{ print(a[q]); print(b[q]); t = c[q]; print(t); q = q + 1; }}")
        return "\n".join(self.lines) + "\n"


def main():
    tool, count, seed = sys.argv[1], int((sys.argv + ["", "", "200"])[2] or 200), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    folder = tempfile.mkdtemp(prefix="taipan-tracejit-")
    bad = 0
    for start in range(seed, seed + count, 50):
        files = []
        for n in range(start, min(start + 50, seed + count)):
            path = os.path.join(folder, f"{n}.tiny")
            with open(path, "w") as file:
                file.write(Generator(n).program())
            files.append(path)
        def run(some):
            try:
                return subprocess.run([tool, "eager", *some], capture_output=True, timeout=20 + 2 * len(some)).returncode == 0
            except subprocess.TimeoutExpired:
                return False
        if run(files):
            for path in files:
                os.unlink(path)
            continue
        for path in files:
            if run([path]):
                os.unlink(path)
            else:
                bad += 1
                print("FAIL", path)
    if not bad:
        os.rmdir(folder)
    print(f"{count - bad} passed, {bad} failed")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
