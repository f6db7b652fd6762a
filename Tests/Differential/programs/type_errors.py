"""The texts of the commonest TypeErrors and their kin."""
import sys


class C:
    def method(self, a, b=1, *, c):
        pass


def f(a, b, /, c, *, d):
    pass


CASES = """f() | f(1) | f(1, 2, 3, 4, d=1) | f(1, 2, 3) | f(1, 2, 3, d=1, e=2) | f(1, b=2, c=3, d=4) | f(1, 2, 3, c=4, d=5)
C().method() | C.method() | C(1) | C().method(1, 2, 3, c=1) | len() | len(1) | len([], []) | abs("x") | int([]) | int("z", 40) | "a" + 1 | 1 + "a"
[] + () | () + [] | "a" * "b" | None + 1 | -"a" | ~1.0 | 1 < "a" | [] < () | None() | (1)() | 1[0] | None[0] | {}[[]] | {[]: 1} | {[]}
[1][1] | [1]["a"] | (1,)[5] | "abc"[10] | "abc"["a"] | b"a"[5] | range(3)[7] | {}["k"] | {1: 2}[3] | iter(5) | next(5) | list(5) | dict(5) | dict([1])
dict([(1, 2, 3)]) | set([[]]) | sum(["a"]) | sum("ab") | sorted([1, "a"]) | min() | min([]) | max(1) | max([], key=1) | zip(5) | map() | map(5) | filter(1)
isinstance(1, 5) | issubclass(5, int) | getattr(1, 2) | getattr(1, "nope") | setattr(1, "a", 2) | hasattr(1, 2) | chr(-1) | chr("a") | ord("ab") | ord(5)
hex("a") | bin(1.5) | round("a") | pow("a", 2) | divmod(1, "a") | print(sep=1) | open() | open("/no/such/file") | open("x", "zz") | input(1, 2) | hash([])
range() | range(1, 2, 0) | range("a") | slice() | enumerate() | enumerate(5) | reversed(5) | reversed({1}) | bytes("a") | bytes(-1) | bytes([256]) | bytearray("a")
bytes("a", "no-such") | "a".encode("no-such") | str(b"a", "ascii", "x", 1) | "a".join([1]) | "a".join(5) | "a".split(5) | "".split("") | "a".replace(1, 2) | "a".index("b")
"a".center() | "a".startswith(1) | "a".find() | [].pop() | [1].pop(5) | [].remove(1) | [].index(1) | [].append() | [].append(1, 2) | [].insert(1) | [].sort(1) | [].extend(5)
{}.pop(1) | {}.popitem() | {}.update(5) | set().pop() | set().remove(1) | (1,).index(2) | [1, 2].sort(key=5) | 5 in 5 | 5 in "a" | 1 in b"a" | "a" in b"a" | [][1:"a"]
[][::0] | "a" % 1 | "%d" % "a" | "%s %s" % 1 | "{}".format() | "{a}".format() | format(1, "zz") | f"{1:zz}" | int.from_bytes(5) | (1).to_bytes(-1) | 1 .bit_length(1)
float("x") | complex("x") | 1.0.fromhex("z") | 10 ** 400 * 1.0 | 2.0 ** 5000 | 1 / 0 | 1 % 0 | 1.0 // 0 | 1 << -1 | 1 << "a" | 0 ** -1 | int("1" * 5000) | memoryview(5) | type(1, 2) | type()
super() | property(1, 2, 3, 4, 5) | staticmethod() | object(1) | object().x | int.x | int().real.y | None.x | f.x | len.x | type.x | C().x | C.x | (lambda: 0)(1) | (lambda x: 0)()
__import__(5) | __import__("") | eval(5) | exec(5) | compile(1, 2, 3) | vars(5) | dir(1, 2) | id() | callable() | repr() | ascii(1, 2) | globals(1) | locals(1)"""
for line in CASES.splitlines():
    for source in line.split(" | "):
        try:
            result = eval(source.strip())
        except Exception as e:
            print(source.strip(), "->", type(e).__name__ + ":", e)
        else:
            print(source.strip(), "=", result)
