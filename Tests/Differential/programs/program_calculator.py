"""Recursive-descent parser, interpreter, visitor, error reports."""
import re, operator, functools, sys, math, traceback
TOKEN = re.compile(r"""(?P<num>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<id>[A-Za-z_]\w*)|(?P<op>\*\*|//|<=|>=|==|!=|[-+*/%()<>=,;{}])|(?P<ws>\s+)|(?P<bad>.)""", re.X)
class ParseError(Exception):
    def __init__(self, msg, pos, text):
        super().__init__(msg); self.pos, self.text = pos, text
    def __str__(self):
        return f"{self.args[0]} at {self.pos}\n  {self.text}\n  {' ' * self.pos}^"
class Node:
    __slots__ = ("kind", "args")
    def __init__(self, kind, *args): self.kind, self.args = kind, args
    def __repr__(self): return f"({self.kind} {' '.join(map(repr, self.args))})"
def lex(text):
    pos = 0
    for m in TOKEN.finditer(text):
        kind = m.lastgroup
        if kind == "ws": continue
        if kind == "bad": raise ParseError(f"unexpected {m.group()!r}", m.start(), text)
        yield kind, m.group(), m.start()
    yield "end", "", len(text)
class Parser:
    PREC = {"==": 1, "!=": 1, "<": 2, ">": 2, "<=": 2, ">=": 2, "+": 3, "-": 3, "*": 4, "/": 4, "//": 4, "%": 4, "**": 6}
    def __init__(self, text): self.text = text; self.toks = list(lex(text)); self.i = 0
    @property
    def tok(self): return self.toks[self.i]
    def take(self, *want):
        kind, val, pos = self.tok
        if want and val not in want: raise ParseError(f"expected {' or '.join(want)}, got {val or 'end'!r}", pos, self.text)
        self.i += 1; return val
    def expr(self, prec=0):
        left = self.unary()
        while (p := self.PREC.get(self.tok[1], -1)) > prec or (p == prec == 6):
            op = self.take(); left = Node(op, left, self.expr(p - (op == "**")))
        return left
    def unary(self):
        if self.tok[1] == "-": self.take(); return Node("neg", self.expr(5))
        kind, val, pos = self.tok
        if kind == "num": self.take(); return Node("num", float(val) if any(c in val for c in ".eE") else int(val))
        if kind == "id":
            self.take()
            if self.tok[1] == "(":
                self.take(); args = []
                while self.tok[1] != ")":
                    args.append(self.expr())
                    if self.tok[1] == ",": self.take()
                self.take(")"); return Node("call", val, *args)
            if self.tok[1] == "=": self.take(); return Node("set", val, self.expr())
            return Node("var", val)
        if val == "(": self.take(); e = self.expr(); self.take(")"); return e
        raise ParseError("syntax error", pos, self.text)
class Eval:
    OPS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod, "**": operator.pow, "<": operator.lt, ">": operator.gt, "==": operator.eq, "!=": operator.ne, "<=": operator.le, ">=": operator.ge}
    def __init__(self): self.env = {"pi": math.pi, "e": math.e}; self.fns = {n: getattr(math, n) for n in "sin cos sqrt log floor gcd".split()} | {"max": max, "min": min, "abs": abs}
    def visit(self, n): return getattr(self, "visit_" + n.kind, self.generic)(n)
    def generic(self, n): return self.OPS[n.kind](*map(self.visit, n.args))
    def visit_num(self, n): return n.args[0]
    def visit_neg(self, n): return -self.visit(n.args[0])
    def visit_var(self, n):
        try: return self.env[n.args[0]]
        except KeyError: raise NameError(f"unknown variable {n.args[0]}") from None
    def visit_set(self, n): v = self.env[n.args[0]] = self.visit(n.args[1]); return v
    def visit_call(self, n): return self.fns[n.args[0]](*map(self.visit, n.args[1:]))
ev = Eval()
for line in ["1+2*3", "2**3**2", "-2**2", "(1+2)*3", "x = 5", "x*x - 1", "max(1, x, 3)", "sqrt(2)", "sin(pi/6)", "1 +", "2 $ 3", "y", "foo(1)", "1/0", "sqrt(-1)", "gcd(1.5)", "10 // 3 % 2", "1e3 * 2.", "3 < 4 == 1", "((1)", "max(1, x", "x = = 2"]:
    try:
        tree = Parser(line).expr(); r = ev.visit(tree)
        print(f"{line:<15} {tree!r:<45} = {r!r}")
    except ParseError as e: print("ERR", e)
    except Exception as e: print("EXC", type(e).__name__, e)
def main():
    try:
        Parser("1 + + )").expr()
    except ParseError as e:
        raise SystemExit(f"fatal: {e}") from e
try: main()
except SystemExit as e:
    print(e.code); print(type(e.__cause__), e.__cause__.pos)
def deep(n):
    if n == 0: return Parser("1 ? 2").expr()
    return deep(n - 1)
try: deep(3)
except ParseError: traceback.print_exc(file=sys.stdout)
class Ctx:
    def __enter__(self): print("enter"); return self
    def __exit__(self, t, v, tb):
        print("exit", t and t.__name__, v); return t is KeyError
with Ctx() as c, Ctx(): print("in")
with Ctx(): {}["missing"]
def gen():
    try:
        while True:
            got = yield
            print("got", got)
    except GeneratorExit: print("closing"); raise
    finally: print("finally")
g = gen(); next(g); g.send(1); g.close()
try:
    with Ctx(): [][1]
except IndexError: traceback.print_exc(file=sys.stdout)
raise ParseError("final", 3, "abcdef")
