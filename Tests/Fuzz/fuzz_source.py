"""Compile damaged Python source, and execute what still compiles of it where that is harmless."""
import os
import sys
import cases

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENS = """( ) [ ] { } , : ; . ... = == := -> + - * ** / // % @ & | ^ ~ < > <= >= != << >> += @= \\ # ' " \''' f' rb' b" {
if elif else for while try except finally with as def class lambda return yield from import raise assert del pass
break continue global nonlocal async await match case not and or in is None True False _ x 0 1e 0x1F 1_0j é 漢 \0
except* *a **k print __debug__ (yield) {x!r} {x:{y}} [i for i in x] \t""".split(" ") + ["\n", "\n    ", "\n\t", "\f", " "]

# Programs without effects, which are executed after they are damaged.
HARMLESS = '''
def f(a, b=2, *c, d=4, **e):
    return [a, b, c, d, sorted(e)]
print_ = f(1, 2, 3, d=5, z=6)
----
x = [i * j for i in range(3) for j in range(i) if i != j]
y = {k: v for k, v in zip("abc", x)}
z = {*x, *y, (lambda q: q)(1)}
----
class A:
    __slots__ = ("p", "q")
    def __init__(self, p): self.p = p
    def __add__(self, other): return A(self.p + other.p)
    def __getattr__(self, name): return name
class B(A):
    def __init__(self): super().__init__(5)
    @property
    def prop(self): return self.q
v = (B() + A(1)).p, B().prop
----
def gen(n):
    try:
        while n:
            got = yield n
            n -= 1
    finally:
        n = None
    return got
g = gen(3)
r = [next(g), g.send(1), *g]
----
try:
    try:
        {}["k"]
    except KeyError as e:
        raise ValueError("v") from e
    finally:
        t = 1
except* (ValueError, TypeError) as group:
    s = repr(group)
----
match [1, {"a": (2, 3)}, "x"]:
    case [int(n), {"a": (p, *q), **rest}, str() as s] if n < 5:
        out = f"{n=} {p!r:>{5}} {q} {rest} {s}"
    case _:
        out = None
----
async def co():
    async with cm() as c: pass
    return [x async for x in agen()]
def outer():
    n = 1
    def inner():
        nonlocal n
        n += 1
        global G
        G = n
        return n
    return inner() + inner()
w = outer()
----
s = "héllo"; b = b"by\\x00"; n = 10 ** 30; q = 1.5e300 * 1e10; c = 3 + 4j
t = (s[::-1], s[1:3], b[0], n // 7, -n % 13, q, abs(c), not n, s % () if 0 else 1 < 2 < 3, ~5 ^ 3 & 2 | 1 << 5 >> 2)
a, *m, z = t
del a, m[0]
'''.split("----")

DANGEROUS = ("open", "input", "exit", "quit", "breakpoint", "help", "exec", "eval", "compile", "__import__")


def corpus():
    files = []
    for folder in ("../Python", "../Differential/programs"):
        folder = os.path.join(HERE, folder)
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py"):
                with open(os.path.join(folder, name), "rb") as file:
                    files.append(file.read().decode("utf-8", "replace"))
    return files


def damage(text, random, others):
    """One to four changes: of a character, a token, a line, or a piece of another program."""
    for _ in range(1 + random.below(4)):
        at = random.below(len(text) + 1)
        end = min(len(text), at + 1 + random.below(30))
        kind = random.below(7)
        if kind == 0:
            text = text[:at] + text[end:]
        elif kind in (1, 2):
            text = text[:at] + random.pick(TOKENS) + text[at:]
        elif kind == 3:
            text = text[:at] + text[at:end] * (2 + random.below(3)) + text[end:]
        elif kind == 4:
            lines = text.split("\n")
            i, j = random.below(len(lines)), random.below(len(lines))
            lines[i], lines[j] = lines[j], lines[i]
            text = "\n".join(lines)
        elif kind == 5:
            other = random.pick(others)
            start = random.below(len(other) + 1)
            text = text[:at] + other[start:start + random.below(80)] + text[at:]
        else:
            text = text[:at] + chr(random.pick((0, 9, 12, 39, 92, 123, 0xE9, 0xA0, 0x3B1, 0xFF10, 0xD800, 0x1F600))) + text[end:]
    return text


FILES = corpus()
NAMES = {name: value for name, value in vars(__import__("builtins")).items() if name not in DANGEROUS}


def case(random):
    if random.below(2):
        text = random.pick(FILES)
        start = random.below(len(text) + 1)         # a stretch is enough, and quicker
        compile(damage(text[start:start + 1500], random, FILES), "<fuzz>", random.pick(("exec", "exec", "eval", "single")))
    else:
        code = compile(damage(random.pick(HARMLESS), random, HARMLESS), "<fuzz>", "exec")
        exec(code, {"__builtins__": dict(NAMES), "__name__": "fuzz"})


if __name__ == "__main__":
    sys.stderr = None
    cases.main(case)
