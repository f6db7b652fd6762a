"""Random programs for the compiler: typed and branchy, ending soon, printing the same under every correct interpreter.

`program(seed)` is source text that depends on nothing but the seed. A program defines classes, functions, generators and globals, and then runs
a few functions with loops that do all sorts of things to them; everything that a loop computes goes into a checksum by way of `out`. Values have
types while a program is generated, so that most operations succeed, but now and then a variable changes its type, an index is out of range
or something is replaced while a loop runs. Loops are short inside of others: `Writer.rounds` counts how often the place being written is executed, and
`BUDGET` bounds that.

To add something: a method `s_…` of Writer is a kind of statement, an alternative in a method named after a type is an expression.
"""
import random

BUDGET = 60000

PRELUDE = '''\
import collections, dataclasses, enum, gc, sys, zlib
crc = printed = 0
LIMIT = 60
def out(*values):
    global crc, printed
    text = repr(values)
    crc = zlib.crc32(text.encode("utf-8", "backslashreplace"), crc)
    if printed < LIMIT:
        printed += 1
        print(text[:200])
def norm(x):
    if type(x) is int and (x > 1 << 130 or x < -1 << 130):
        return x % 4611686018427387907 - 5
    return x
def line(traceback):
    # CPython's fused instructions give unbound names the line of what stood before.
    return traceback and sys.exc_info()[0] is not UnboundLocalError and traceback.tb_lineno
def peek(depth=1):
    frame = sys._getframe(depth)
    plain = sorted((name, value) for name, value in frame.f_locals.items() if type(value) in (int, float, str, bool) or value is None)
    out(frame.f_code.co_name, frame.f_lineno, plain)
    return len(plain)
count = [0]
def number(x):
    return x.n if hasattr(x, "n") else x if type(x) is int else len(repr(x))
def fail():
    raise IndexError("fail")
def drive(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value
class Pause:
    def __await__(self):
        yield 1
        return 2
events = []
def tracer(frame, event, argument):
    if frame.f_code.co_filename == __file__ and event != "line":
        events.append((frame.f_code.co_name, event))
    return tracer
class Context:
    def __init__(self, swallow):
        self.swallow = swallow
        self.count = 0
    def __enter__(self):
        self.count += 1
        return self.count
    def __exit__(self, kind, value, traceback):
        self.count -= 2
        return self.swallow and kind is not None and issubclass(kind, ValueError)
class Error(Exception):
    pass
class Descriptor:
    def __init__(self, kept):
        self.kept = kept
    def __get__(self, instance, owner=None):
        return self.kept if instance is None else self.kept + instance.n % 5
    def __set__(self, instance, value):
        instance.n = norm(instance.n + (value if type(value) is int else 1))
class Point(collections.namedtuple("Point", "n y")):
    __slots__ = ()
    def moved(self):
        return Point(norm(self.n + 1), self.y)
class Colour(enum.IntEnum):
    red = 1
    green = 2
class Shade(enum.Enum):
    dark = 3
    pale = 4
@dataclasses.dataclass(order=True)
class Record:
    n: int
    y: float = 0.5
    def __post_init__(self):
        self.twice = self.n * 2
@dataclasses.dataclass(frozen=True)
class Frozen:
    n: int = 3
def echo(n):
    """A generator that answers what it is sent, and what is thrown into it."""
    got = 0
    try:
        while True:
            try:
                got = yield norm(n + (got if type(got) is int else 1))
                n = norm(n + 1)
            except ValueError as e:
                n -= len(e.args)
            finally:
                n ^= 1
    except KeyError as e:
        yield repr(e)
        return
    finally:
        count[0] += 1
def matched(subject):
    match subject:
        case bool() | None: return 1
        case int(n) if n > 100: return n % 7
        case int() | float(): return 2
        case str(text): return len(text)
        case [first, *rest]: return len(rest)
        case {"a": value, **rest}: return value
        case Point(n=0): return 3
        case Point(n, y): return n & 15
        case Record(n=n, y=0.5) | Frozen(n=n): return n & 7
        case Colour.red | Shade.dark: return 5
    return 9
'''

INTS = ["0", "1", "-1", "2", "3", "7", "10", "255", "-256", "1000003", "2**31", "-2**31", "2**53", "2**53 + 1", "2**61", "-2**61", "2**61 - 1", "2**62 - 1",
        "2**62", "-2**62", "-2**62 - 1", "2**63 - 1", "-2**63", "2**64 + 3", "-10**20", "3**50"]
FLOATS = ["0.0", "-0.0", "1.0", "0.5", "-2.5", "1e10", "3.141592653589793", "1e-5", "1e308", "5e-324", "float('inf')", "float('-inf')", "float('nan')", "2.0**53", "1e-300", "123456.75"]
STRINGS = ["''", "'a'", "'abc'", "'hello world'", "'é'", "'漢字'", "'x,y,z'", "'0'", "'12'", "'\\U0001F600'", "'A b'"]

TYPES = ["int", "float", "bool", "str", "list", "dict", "tuple", "obj", "none"]

# Special methods that a class of operators may have: parameters, and what they return, of the instance's `n` and perhaps the other operand.
NUMBER = "type(self)(norm({}))"
SPECIAL = {
    "__neg__": ("self", NUMBER.format("-self.n")), "__invert__": ("self", NUMBER.format("~self.n")), "__pos__": ("self", NUMBER.format("self.n + 1")), "__abs__": ("self", "abs(self.n)"),
    "__add__": ("self, other", NUMBER.format("self.n + number(other)")), "__radd__": ("self, other", NUMBER.format("number(other) + self.n")),
    "__iadd__": ("self, other", NUMBER.format("self.n + 2 * number(other)")), "__sub__": ("self, other", NUMBER.format("self.n - number(other)")),
    "__rsub__": ("self, other", NUMBER.format("number(other) - self.n")), "__mul__": ("self, other", NUMBER.format("self.n * number(other)")),
    "__rmul__": ("self, other", NUMBER.format("number(other) * self.n")), "__floordiv__": ("self, other", NUMBER.format("self.n // number(other)")),
    "__matmul__": ("self, other", "self.n ^ number(other)"), "__pow__": ("self, other, mod=None", "norm(self.n * 3)"), "__divmod__": ("self, other", "(self.n, number(other))"),
    "__and__": ("self, other", "self.n & number(other)"), "__ior__": ("self, other", NUMBER.format("self.n | number(other)")), "__rshift__": ("self, other", "self.n >> 3"),
    "__eq__": ("self, other", "self.n == number(other)"), "__ne__": ("self, other", "self.n != number(other)"), "__lt__": ("self, other", "self.n < number(other)"),
    "__le__": ("self, other", "self.n <= number(other)"), "__gt__": ("self, other", "self.n > number(other)"), "__hash__": ("self", "hash(self.n)"),
    "__bool__": ("self", "self.n % 3 != 0"), "__len__": ("self", "abs(self.n) % 5"), "__contains__": ("self, item", "item == self.n % 4"),
    "__getitem__": ("self, index", "self.n + (index if type(index) is int and index < 3 else fail())"), "__setitem__": ("self, index, value", None), "__delitem__": ("self, index", None),
    "__iter__": ("self", "iter((self.n, 2, 3))"), "__call__": ("self, *rest", "len(rest) + self.n"), "__int__": ("self", "self.n"), "__index__": ("self", "self.n % 3"),
    "__float__": ("self", "self.n % 100 / 4"), "__str__": ("self", "f'<{self.n}>'"), "__format__": ("self, how", "how + str(self.n)"), "__enter__": ("self", "self.n"),
    "__exit__": ("self, kind, value, traceback", "kind is ValueError"), "__getattr__": ("self, name", "len(name) if name[0] != '_' else fail()"), "__round__": ("self, n=None", "self.n"),
    "__reversed__": ("self", "iter([3, self.n])"),
}


class Writer:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.lines = []
        self.indent = 0
        self.rounds = 1
        self.spent = 0
        self.names = 0
        self.scopes = []            # of {name: type}
        self.loops = []             # of enclosing loops, innermost last: the name of a round counter
        self.functions = []         # (name, parameter types, extra, result type, cost)
        self.generators = []        # (name, item type, cost)
        self.classes = []           # (name, {method: (parameters, result)}, cost)
        self.operators = []         # classes with special methods
        self.globals = {}
        self.in_function = False
        self.depth = 0

    # Helpers

    def below(self, n):
        return self.r.randrange(n)

    def chance(self, percent):
        return self.r.randrange(100) < percent

    def pick(self, items):
        return self.r.choice(items)

    def fresh(self, prefix="v"):
        self.names += 1
        return f"{prefix}{self.names}"

    def put(self, text):
        self.spent += self.rounds
        self.lines.append("    " * self.indent + text)

    def variables(self, type):
        return [name for scope in self.scopes for name, t in scope.items() if t == type]

    def any_variable(self):
        found = [(name, t) for scope in self.scopes for name, t in scope.items()]
        return self.pick(found) if found else None

    def leaf(self, type):
        names = self.variables(type)
        if self.globals and self.chance(15):
            names = [g for g, t in self.globals.items() if t == type] or names
        return self.pick(names) if names and self.chance(75) else self.literal(type)

    def literal(self, type):
        if type == "int":
            return self.pick(INTS) if self.chance(35) else str(self.below(20) - 4)
        if type == "float":
            return self.pick(FLOATS) if self.chance(40) else repr(self.below(1000) / 8)
        if type == "bool":
            return self.pick(["True", "False"])
        if type == "str":
            return self.pick(STRINGS)
        if type == "list":
            return "[" + ", ".join(self.literal(self.pick(["int", "int", "int", "float", "str", "bool"]) if self.chance(20) else "int") for _ in range(self.below(6))) + "]"
        if type == "dict":
            keys = self.pick([["'a'", "'b'", "'c'", "'abc'", "''"], ["0", "1", "2", "3", "True"], ["1.0", "2", "'x'", "(1, 2)", "None"]])
            return "{" + ", ".join(f"{k}: {self.literal('int')}" for k in keys[:self.below(6)]) + "}"
        if type == "tuple":
            return "(" + "".join(self.literal(self.pick(["int", "float", "str"])) + ", " for _ in range(self.below(4))) + ")"
        if type == "obj":
            if not self.classes:
                return "None"
            name, _, _ = self.pick(self.classes)
            return f"{name}({self.literal('int')}" + (f", {self.literal('float')}" if self.chance(50) else f", y={self.literal('float')}" if self.chance(30) else "") + ")"
        return "None"

    # Expressions

    def expr(self, type, depth=2):
        if depth <= 0 or self.chance(20):
            return self.leaf(type)
        return getattr(self, "e_" + type)(depth - 1)

    def common(self, type, d):
        """What exists for every type; None for something of the type's own."""
        n = self.below(100)
        if n < 6:
            return f"({self.expr(type, d)} if {self.condition(d)} else {self.expr(type, d)})"
        if n < 14:
            return self.call(type, d)
        if n < 17 and self.loops:
            return f"[{self.expr(type, 0)}, {self.expr(type, 0)}][{self.pick(self.loops)} & 1]"
        if n < 19 and type != "none":
            return f"(lambda p: p)({self.expr(type, d)})"
        return None

    def call(self, type, d):
        functions = [f for f in self.functions if f[3] == type and f[4] * self.rounds < BUDGET // 8]
        methods = [(c, m, s) for c, ms, cost in self.classes for m, s in ms.items() if s[1] == type and cost * self.rounds < BUDGET // 8]
        if methods and (not functions or self.chance(50)):
            name, method, (parameters, _) = self.pick(methods)
            receiver = self.leaf("obj") if self.chance(70) else f"{name}({self.expr('int', 0)})"
            if parameters is None:
                return f"{receiver}.{method}"
            return f"{receiver}.{method}({', '.join(self.expr(p, d - 1) for p in parameters)})"
        if not functions:
            return None
        name, parameters, extra, _, cost = self.pick(functions)
        self.spent += cost * self.rounds
        count = len(parameters) if not self.chance(25) else max(0, len(parameters) - 1)
        arguments = [self.expr(p, d - 1) for p in parameters[:count]]
        if count and self.chance(25):
            arguments[-1] = f"p{count - 1}=" + arguments[-1]
        elif extra == "args" and count == len(parameters) and self.chance(50):
            arguments += [self.expr("int", 0) for _ in range(self.below(3))]
            if self.chance(30):
                arguments.append("*" + self.expr("tuple", 0))
        if extra == "kw" and self.chance(60):
            arguments.append(f"k={self.expr('int', d - 1)}")
        if extra == "kwargs" and self.chance(60):
            arguments.append(f"z={self.expr('int', 0)}" if self.chance(70) else "**{'q': 1}")
        return f"{name}({', '.join(arguments)})" + (")" if name.startswith("drive(") else "")

    def e_int(self, d):
        found = self.common("int", d)
        if found:
            return found
        n = self.below(24)
        a, b = (lambda: self.expr("int", d)), (lambda: self.expr("int", d))
        if n < 9:
            return f"({a()} {self.pick(['+', '-', '*', '+', '-'])} {b()})"
        if n == 9:
            return f"({a()} {self.pick(['//', '%'])} {self.pick([b(), '7', '-3', '16', '2**61'])})"
        if n == 10:
            return f"({a()} {self.pick(['&', '|', '^'])} {b()})"
        if n == 11:
            return f"({a()} >> {self.pick(['1', '3', '61', '70', '(' + b() + ' & 31)'])})"
        if n == 12:
            return f"(norm({a()}) << {self.pick(['1', '3', '40', '61', '(' + b() + ' & 15)'])})"
        if n == 13:
            return f"({self.pick(['-', '~', '+'])}{a()})"
        if n == 14:
            return f"len({self.expr(self.pick(['list', 'str', 'dict', 'tuple']), d)})"
        if n == 15:
            return self.item("int", d)
        if n == 16:
            return f"{self.leaf('obj')}.x"
        if n == 17:
            return f"int({self.expr(self.pick(['bool', 'float', 'int']), d)})"
        if n == 18:
            return self.pick([f"abs({a()})", f"min({a()}, {b()})", f"max({a()}, {b()})", f"divmod({a()}, {b()})[0]", f"sum({self.expr('list', 0)})", f"(hash({a()}) and 3)",
                              f"ord({self.expr('str', 0)}[0])", f"pow({a()}, 3, 1000007)", f"round({self.expr('float', d)})", f"({a()}).bit_length()"])
        if n == 19:
            return f"({self.expr('int', d)} or {self.expr('int', d)})"
        if n == 20:
            return f"{self.expr('dict', 0)}.get({self.expr(self.pick(['int', 'str']), 0)}, {self.expr('int', 0)})"
        if n == 21:
            return f"({self.fresh('w')} := {self.expr('int', d)})"
        if n == 22:
            return f"sum({self.expr('int', 0)} for q in range({self.below(4)}))"
        return f"({self.expr('bool', d)} + {self.expr('int', d)})"

    def item(self, type, d):
        container = self.leaf(self.pick(["list", "list", "tuple", "dict"]))
        index = self.pick([str(self.below(4)), "-1", "0", f"({self.expr('int', d)} & 3)", f"({self.expr('int', 0)} % len({container}))"])
        return f"{container}[{index}]"

    def e_float(self, d):
        found = self.common("float", d)
        if found:
            return found
        n = self.below(12)
        if n < 6:
            return f"({self.expr(self.pick(['float', 'float', 'int']), d)} {self.pick(['+', '-', '*', '/', '-', '+'])} {self.expr('float', d)})"
        if n == 6:
            return f"({self.expr('int', d)} / {self.expr('int', d)})"
        if n == 7:
            return f"(-{self.expr('float', d)})"
        if n == 8:
            return f"{self.leaf('obj')}.y"
        if n == 9:
            return f"({self.expr('float', d)} {self.pick(['//', '%'])} {self.pick(['0.5', '-3.0', '7', self.expr('float', 0)])})"
        if n == 10:
            return self.pick([f"abs({self.expr('float', d)})", f"float({self.expr('int', 0)} & 255)", f"max({self.expr('float', d)}, {self.expr('float', d)})", f"({self.expr('float', 0)} * {self.expr('float', 0)}) ** 2"])
        return f"(0.5 * {self.expr('int', d)})"

    def condition(self, d):
        n = self.below(10)
        if n < 4 and self.loops:
            return f"{self.pick(self.loops)} % {self.below(7) + 2} {self.pick(['==', '<', '!='])} {self.below(4)}"
        return self.expr("bool", d)

    def e_bool(self, d):
        n = self.below(15)
        if n < 4:
            t = self.pick(["int", "int", "float", "str"])
            return f"({self.expr(t, d)} {self.pick(['<', '<=', '==', '!=', '>', '>='])} {self.expr(t, d)})"
        if n == 4:
            return f"({self.expr('int', d)} {self.pick(['<', '==', '>='])} {self.expr('float', d)})"
        if n == 5:
            return f"(not {self.expr(self.pick(TYPES), d)})"
        if n == 6:
            return f"({self.expr('bool', d)} {self.pick(['and', 'or'])} {self.expr('bool', d)})"
        if n == 7:
            return f"({self.expr(self.pick(['int', 'str']), 0)} {self.pick(['in', 'not in'])} {self.expr(self.pick(['list', 'dict', 'tuple']), 0)})"
        if n == 8:
            return f"({self.expr(self.pick(['obj', 'none', 'bool']), 0)} {self.pick(['is', 'is not'])} {self.pick(['None', 'True', self.leaf('obj')])})"
        if n == 9:
            return f"isinstance({self.leaf(self.pick(TYPES))}, {self.pick(['int', 'float', 'str', 'bool', '(int, str)', 'object'] + [c[0] for c in self.classes])})"
        if n == 10:
            return f"({self.expr('int', 0)} < {self.expr('int', d)} <= {self.expr('int', 0)})"
        if n == 11:
            return f"({self.expr(self.pick(['list', 'tuple', 'dict']), 0)} == {self.expr(self.pick(['list', 'tuple', 'dict']), 0)})"
        if n == 12:
            return f"bool({self.expr(self.pick(TYPES), d)})"
        if n == 13:
            return f"({self.expr('str', 0)} in {self.expr('str', 0)})"
        return f"({self.expr('int', d)} & 1)"

    def e_str(self, d):
        found = self.common("str", d)
        if found:
            return found
        n = self.below(10)
        if n == 0:
            return f"({self.expr('str', d)} + {self.expr('str', d)})[-40:]"
        if n == 1:
            return f"str({self.expr(self.pick(['int', 'float', 'bool', 'str', 'tuple']), d)})"
        if n == 2:
            return f"f\"{{{self.expr('int', 0)}}}-{{{self.leaf(self.pick(['float', 'int', 'bool']))}!r}}\"".replace('\\', '')
        if n == 3:
            return f"({self.expr('str', d)} * {self.below(3)})"
        if n == 4:
            return f"{self.expr('str', 0)}[{self.pick(['0', '-1', '1:', ':2', '::-1', self.expr('int', 0) + ' & 1'])}]"
        if n == 5:
            return f"{self.expr('str', d)}.{self.pick(['upper', 'lower', 'strip', 'title', 'swapcase'])}()"
        if n == 6:
            return f"{self.pick(STRINGS)}.join({self.pick(['[' + self.expr('str', 0) + ', ' + self.expr('str', 0) + ']', self.expr('str', 0)])})"
        if n == 7:
            return f"('%s|%d' % ({self.expr('str', 0)}, {self.expr('int', 0)}))"
        if n == 8:
            return f"{self.expr('str', d)}.replace('a', {self.expr('str', 0)})[:50]"
        return f"chr(97 + {self.expr('int', 0)} % 26)"

    def e_list(self, d):
        n = self.below(9)
        if n == 0:
            return f"[{self.expr('int', d)}, {self.expr(self.pick(['int', 'int', 'float', 'str']), d)}]"
        if n == 1:
            return f"({self.expr('list', d)} + {self.expr('list', d)})[:30]"
        if n == 2:
            v = self.fresh("c")
            condition = f" if {v} % 3" if self.chance(50) else ""
            self.scopes.append({v: "int"})
            text = f"[{self.expr('int', d)} for {v} in range({self.below(6)}){condition}]"
            self.scopes.pop()
            return text
        if n == 3:
            return f"{self.expr('list', 0)}[{self.pick(['1:', ':2', '::-1', ':', '1:3', '::2'])}]"
        if n == 4:
            return f"sorted({self.expr('list', 0)}, key={self.pick(['str', 'lambda k: -k if type(k) is int else 0', 'repr'])})"
        if n == 5:
            return f"list({self.pick(['range(4)', self.expr('tuple', 0), self.expr('str', 0) + '[:9]', 'map(str, ' + self.expr('list', 0) + ')', 'zip(' + self.expr('list', 0) + ', range(3))', 'reversed(' + self.expr('list', 0) + ')'])})"
        if n == 6:
            generators = [g for g in self.generators if g[2] * self.rounds < BUDGET // 8]
            if generators:
                name, _, cost = self.pick(generators)
                self.spent += cost * self.rounds
                return f"list({name}({self.below(6)}))"
        return self.leaf("list")

    def e_dict(self, d):
        n = self.below(4)
        if n == 0:
            return f"{{{self.expr('str', 0)}: {self.expr('int', d)}, {self.expr('int', 0)}: {self.expr('int', d)}}}"
        if n == 1:
            v = self.fresh("c")
            return f"{{{v}: {v} * {self.expr('int', 0)} for {v} in range({self.below(5)})}}"
        if n == 2:
            return f"dict(a={self.expr('int', d)}, b={self.expr('int', 0)})"
        return self.leaf("dict")

    def e_tuple(self, d):
        if self.chance(60):
            return "(" + "".join(self.expr(self.pick(["int", "int", "float", "str"]), d) + ", " for _ in range(self.below(4))) + ")"
        return self.pick([self.leaf("tuple"), f"tuple({self.expr('list', 0)})", f"divmod({self.expr('int', d)}, {self.expr('int', d)})"])

    def e_obj(self, d):
        if not self.classes or self.rounds * 3 > BUDGET:
            return self.leaf("obj")
        name = self.pick(self.classes)[0]
        return f"{name}({self.expr('int', d)}, {self.expr('float', d)})" if self.chance(70) else self.leaf("obj")

    def e_none(self, d):
        return "None"

    # Operators of classes

    def number(self):
        """An instance of a class of operators, or None when there is no such class."""
        names = self.variables("num")
        if names and self.chance(80):
            return self.pick(names)
        return f"{self.pick(self.operators)}({self.expr('int', 0)})" if self.operators else None

    def operated(self):
        """Some use of an instance's special methods, wrapped in calls now and then."""
        x, y, i = self.number(), self.pick([self.number(), self.expr("int", 0), self.expr("float", 0)]), self.expr("int", 0)
        text = self.pick([
            f"-{x}", f"~{x}", f"+{x}", f"abs({x})", f"{x} + {y}", f"{y} + {x}", f"{x} - {y}", f"{y} - {x}", f"{x} * {i}", f"{i} * {x}", f"{x} // {i}", f"{x} @ {y}", f"{x} ** 2",
            f"divmod({x}, {y})", f"{x} & {i}", f"{x} >> {i}", f"{x} == {y}", f"{y} == {x}", f"{x} != {y}", f"{x} < {y}", f"{y} < {x}", f"{x} <= {y} < {i}", f"{{{x}: 1, {y}: 2}}.get({y})",
            f"{{{x}, {x}, {y}}} == {{{i}}}", f"not {x}", f"({i} if {x} else {i})", f"({x} and {i})", f"len({x})", f"{i} in {x}", f"({i} if {i} not in {x} else 0)", f"{x}[{i} & 3]", f"{x}[1:]",
            f"[q for q in {x}]", f"list({x})[:3]", f"sum(1 for q in {x})", f"(lambda a, *b: b)(*{x})", f"{x}({i})", f"{x}()", f"int({x})", f"[4, 5, 6][{x}]", f"float({x})", f"str({x})",
            f"f'{{{x}}}'", f"f'{{{x}:>4}}'", f"'%s %s' % ({x}, {i})", f"{x}.missing", f"{x}.n", f"{x}.prop", f"{x}.desc", f"round({x})", f"list(reversed({x}))", f"min({x}, {y})", f"sorted([{x}, {y}, {i}])[0]",
            f"max([{x}, {i}])", f"sum([{x}, {y}])", f"any([{x}, {y}])", f"all([{x}])", f"{x} in [{y}, {i}]", f"[{y}, {i}].count({x})", f"({x}, {i}) == ({y}, {i})", f"[{x}] < [{y}]",
            f"list(map({x}, [{i}]))", f"list(filter(None, [{x}, {y}]))", f"isinstance({x}, {self.pick(self.operators)})", f"matched({x})", f"type({x}).__name__"])
        return self.pick([text, text, text, f"(lambda q: {text})(1)", f"[{text} for q in (1,)][0]", f"list({text} for q in (1,))[0]"])

    def s_operate(self, depth):
        if not self.operators:
            return self.s_assign(depth)
        n = self.below(12)
        scope, x = self.scopes[-1], self.number()
        own = [name for name in scope if scope[name] == "num"]
        if n < 2 or not own:
            name = self.fresh("n")
            self.put(f"{name} = {x}")
            if not self.loops or self.chance(40):
                scope[name] = "num"
        elif n == 2:
            self.put(f"{self.pick(own)} {self.pick(['+=', '-=', '*=', '|=', '//='])} {self.pick([self.expr('int', 1), x])}")
        elif n == 3:
            self.put(self.pick([f"{self.pick(own)}[{self.expr('int', 0)}] = {self.expr('int', 1)}", f"del {self.pick(own)}[1]", f"{self.pick(own)}.prop = {self.expr('int', 0)}", f"{self.pick(own)}.desc = 2",
                                f"{self.pick(own)}.n = {self.expr('int', 1)}", f"del {self.pick(own)}.extra"]))
        elif n == 4 and depth > 0:
            self.put(f"with {x} as {self.fresh()}:")
            self.block(1, depth - 1)
            if self.chance(40):
                self.put(f"    if {self.condition(1)}: raise {self.pick(['ValueError', 'KeyError'])}({self.expr('int', 0)})")
        elif n == 5:
            self.put(f"for {self.fresh('q')} in {x}: out({self.operated()})")
        elif n == 6 and self.loops:
            cls, name = self.pick(self.operators), self.pick(list(SPECIAL))
            self.put(f"if {self.loops[-1]} == {self.below(30)}: {cls}.{name} = {self.pick([f'lambda self, *rest: {self.below(5)}', f'{self.pick(self.operators)}.__dict__.get({name!r})', 'None'])}")
        else:
            self.put(f"out({self.operated()})")

    def s_echo(self, depth):
        """A generator's protocol."""
        name = self.fresh("g")
        self.put(f"{name} = echo({self.expr('int', 0)})")
        for _ in range(1 + self.below(4)):
            self.put(self.pick([f"out(next({name}, None))", f"out({name}.send({self.pick(['None', self.expr('int', 0)])}))", f"out({name}.throw(ValueError({self.expr('int', 0)})))",
                                f"for {self.fresh('q')} in {name}: break", f"out({name}.throw(KeyError(1)))" if self.chance(30) else f"out(next({name}))"]))
        self.put(f"{name}.close()")

    def s_match(self, depth):
        subject = self.pick([self.expr(self.pick(["int", "float", "str", "list", "dict", "tuple", "bool", "obj"]), 1), f"Point({self.expr('int', 0)}, 1)", f"Point({self.below(2)}, 2).moved()",
                             f"Record({self.expr('int', 0)})", "Record(1, 2.0)", "Frozen()", "Colour(1)", "Colour['green']", "Shade.dark", "Shade(4)"])
        self.put(f"out(matched({subject}))")
        if self.chance(30):
            a, b = self.expr("int", 0), self.expr("int", 0)
            self.put(f"out({self.pick([f'Record({a}) < Record({b})', f'Record({a}) == Record({b}, 1.5)', f'hash(Frozen({a})) == hash(Frozen({b}))', f'Colour.red + {a}', f'Point({a}, {b}).n + {b}', f'Point({a}, 1)._replace(y={b})', f'Record({a}).twice', f'dataclasses.replace(Frozen({a}), n={b})', f'Colour.red < {a}', f'Colour({self.below(3)})', 'Shade.dark is Shade(3)'])})")

    def s_rebind(self, depth):
        """A function's name comes to stand for another function in the middle of a loop."""
        functions = [f for f in self.functions if not f[0].startswith("drive(")]
        if not self.loops or not functions:
            return self.s_assign(depth)
        f = self.pick(functions)
        same = [g for g in functions if g[1:4] == f[1:4]]
        self.put(f"if {self.loops[-1]} % {3 + self.below(20)} == 2: globals()['{f[0]}'], globals()['{(g := self.pick(same))[0]}'] = {g[0]}, {f[0]}" if self.chance(50)
                 else f"if {self.loops[-1]} == {self.below(30)}: globals()['{f[0]}'] = {self.pick(same)[0]}")

    # Statements

    def block(self, count, depth):
        self.indent += 1
        before = len(self.lines)
        for _ in range(count):
            self.statement(depth)
        if len(self.lines) == before:
            self.put("pass")
        self.indent -= 1

    KINDS = ["assign"] * 9 + ["augment"] * 8 + ["out"] * 3 + ["condition"] * 5 + ["loop"] * 6 + ["list"] * 4 + ["dict"] * 3 + ["attribute"] * 4 + ["globals"] * 3 + ["try"] * 4 + [
        "call"] * 3 + ["display"] * 2 + ["unpack"] * 2 + ["with", "closure", "closure", "introspect", "introspect", "collect", "leave", "leave", "chain", "mutate", "mutate", "jump", "jump", "swap", "generator", "generator", "raise", "delete"] + ["operate"] * 7 + ["echo", "match", "match", "rebind"]

    def statement(self, depth):
        if self.spent > BUDGET:
            return
        getattr(self, "s_" + self.pick(self.KINDS))(depth)

    def target(self, type):
        """A variable to assign to: one of the type, a new one, or now and then one of another type."""
        scope = self.scopes[-1]
        names = [n for n, t in scope.items() if t == type and n not in self.loops]
        if names and self.chance(75):
            return self.pick(names)
        others = [n for n in scope if n not in self.loops]
        if others and self.chance(8):
            name = self.pick(others)
            if not self.chance(50):         # the writer goes on believing in the old type
                scope[name] = type
            return name
        name = self.fresh()
        if not self.loops or self.chance(30):
            scope[name] = type
        return name

    def s_assign(self, depth):
        type = self.pick(TYPES[:-1] + ["int", "int", "float", "int"])
        value = self.expr(type, 3)
        if type == "int":
            value = f"norm({value})" if self.chance(60) else value
        self.put(f"{self.target(type)} = {value}")

    def s_augment(self, depth):
        type = self.pick(["int", "int", "int", "float", "float", "str", "list"])
        names = [n for n in self.scopes[-1] if self.scopes[-1][n] == type and n not in self.loops]
        if not names:
            return self.s_assign(depth)
        name = self.pick(names)
        if type == "int":
            self.put(f"{name} {self.pick(['+=', '+=', '-=', '*=', '^=', '|=', '&=', '//=', '%='])} {self.expr('int', 2)}")
            self.put(f"{name} = norm({name})")
        elif type == "float":
            self.put(f"{name} {self.pick(['+=', '-=', '*=', '/='])} {self.expr('float', 2)}")
        elif type == "str":
            self.put(f"{name} += {self.expr('str', 1)}")
            self.put(f"{name} = {name}[-30:]")
        else:
            self.put(f"{name} += {self.expr('list', 1)}")
            self.put(f"del {name}[20:]")

    def s_out(self, depth):
        found = self.any_variable()
        if found and found[1] != "obj":
            self.put(f"out({found[0]})")
        elif found:
            self.put(f"out({found[0]}.x, {found[0]}.y)")

    def s_condition(self, depth):
        if depth <= 0:
            return self.s_assign(depth)
        self.put(f"if {self.condition(2)}:")
        self.block(1 + self.below(2), depth - 1)
        if self.chance(30):
            self.put(f"elif {self.condition(2)}:")
            self.block(1, depth - 1)
        if self.chance(50):
            self.put("else:")
            self.block(1 + self.below(2), depth - 1)

    def s_loop(self, depth):
        if depth <= 0 or self.rounds > BUDGET // 100 or len(self.loops) > 3:
            return self.s_augment(depth)
        most = 60 if not self.loops else 9 if len(self.loops) == 1 else 5
        count = self.below(most) + (most // 3)
        while count > 2 and count * self.rounds * 8 > BUDGET:
            count //= 2
        n = self.below(13)
        counter = self.fresh("i")
        scope = self.scopes[-1]
        body = 1 + self.below(4)
        if n < 4:
            self.put(f"for {counter} in range({self.pick([str(count), f'1, {count}', f'{count}, 0, -1', f'0, {count * 3}, 3'])}):")
        elif n < 6:
            scope[counter] = "int"
            self.put(f"{counter} = 0")
            self.put(f"while {counter} < {count}{self.pick(['', '', ' and ' + self.expr('bool', 1)])}:")
            self.indent += 1
            self.put(f"{counter} += 1")
            self.indent -= 1
        elif n == 6:
            name = self.fresh()
            self.put(f"for {counter}, {name} in enumerate({self.leaf('list')} * {max(1, count // 6)}):")
            scope[name] = "int"
        elif n == 7:
            name = self.fresh()
            self.put(f"for {counter}, {name} in zip(range({count}), {self.leaf('list')} * {max(1, count // 4)}):")
            scope[name] = "int"
        elif n == 8:
            self.put(f"for {counter}, ch{counter} in enumerate({self.leaf('str')}[:20] * {max(1, count // 10)}):")
            scope["ch" + counter] = "str"
        elif n == 9:
            name = self.fresh()
            self.put(f"for {counter}, {name} in enumerate(list({self.leaf('dict')}.items())):")
            scope[name] = "tuple"
        elif n == 10:
            generators = [g for g in self.generators if g[2] * self.rounds * 4 < BUDGET]
            if not generators:
                return self.s_augment(depth)
            generator, type, cost = self.pick(generators)
            self.spent += cost * self.rounds
            name = self.fresh()
            self.put(f"for {counter}, {name} in enumerate({generator}({min(count, 40)})):")
            scope[name] = type
        elif n == 11:
            name = self.fresh()
            self.put(f"for {counter} in range({count}):")
            self.indent += 1
            self.put(f"{name} = [{self.expr('int', 1)}, {self.expr('float', 1)}, {self.expr('str', 0)}, None, True][{counter} % {self.pick(['2', '3', '5', '1'])}]")
            self.indent -= 1
            scope[name] = "int"
        else:
            name = self.fresh("k")
            self.put(f"for {counter}, {name} in enumerate([{', '.join(self.literal('obj') for _ in range(3))}] * {max(1, count // 3)}):")
            scope[name] = "obj"
        scope[counter] = "int"
        outer = self.rounds
        self.rounds *= max(count, 1)
        self.loops.append(counter)
        self.block(body, depth - 1)
        self.loops.pop()
        self.rounds = outer
        if self.chance(10):
            self.put("else:")
            self.block(1, 0)

    def s_jump(self, depth):
        if not self.loops:
            return self.s_assign(depth)
        self.put(f"if {self.condition(1)}:")
        self.put("    " + self.pick(["continue", "continue", "break"]))

    def s_list(self, depth):
        names = [n for n in self.scopes[-1] if self.scopes[-1][n] == "list"]
        if not names:
            return self.s_assign(depth)
        name = self.pick(names)
        n = self.below(9)
        if n < 3:
            self.put(f"{name}.append({self.expr(self.pick(['int', 'int', 'float', 'str']), 1)})")
            if self.loops:
                self.put(f"if len({name}) > 25: {self.pick(['del ' + name + '[:]', name + '.pop()', name + ' = ' + name + '[5:]', name + '.clear()'])}")
        elif n < 6:
            self.put(f"if {name}: {name}[{self.pick(['0', '-1', self.expr('int', 1) + ' % len(' + name + ')'])}] = {self.expr('int', 2)}")
        elif n == 6:
            self.put(f"{name}[{self.pick(['1', '7', '-2', self.expr('int', 0)])}] {self.pick(['=', '+='])} {self.expr('int', 1)}")
        elif n == 7:
            self.put(f"{name}[{self.pick(['1:2', ':1', ':'])}] = {self.expr('list', 1)}[:3]")
        else:
            self.put(f"out({name}.pop(), {name}.index({self.expr('int', 0)}))" if self.chance(30) else f"{name}.{self.pick(['reverse()', 'insert(0, 5)', 'extend((1, 2))'])}")
            self.put(f"del {name}[25:]")

    def s_dict(self, depth):
        names = [n for n in self.scopes[-1] if self.scopes[-1][n] == "dict"]
        if not names:
            return self.s_assign(depth)
        name = self.pick(names)
        key = self.pick([self.expr("int", 1) + " % 11", self.expr("str", 0) + "[:3]", self.expr("int", 0), "'a'", "(1, 2)", "2.0"])
        n = self.below(6)
        if n < 3:
            self.put(f"{name}[{key}] = {self.expr(self.pick(['int', 'int', 'str']), 1)}")
        elif n == 3:
            self.put(f"{name}[{key}] = {name}.get({key}, 0) + 1")
        elif n == 4:
            self.put(f"if {key} in {name}: del {name}[{key}]")
        else:
            self.put(f"out({name}.{self.pick(['pop', 'setdefault', 'get'])}({key}, 5))")
        if self.loops:
            self.put(f"if len({name}) > 40: {name}.clear()")

    def s_attribute(self, depth):
        name = self.leaf("obj")
        if name == "None" or "(" in name:
            return self.s_assign(depth)
        n = self.below(10)
        if n < 4:
            self.put(f"{name}.x = norm({self.expr('int', 2)})")
        elif n < 6:
            self.put(f"{name}.x += {self.expr('int', 1)}")
            self.put(f"{name}.x = norm({name}.x)")
        elif n < 8:
            self.put(f"{name}.y {self.pick(['=', '+=', '*='])} {self.expr('float', 2)}")
        elif n == 8:
            self.put(f"{name}.extra{self.below(3)} = {self.expr(self.pick(['int', 'str']), 1)}")
        else:
            self.put(f"out(getattr({name}, 'extra{self.below(3)}', None))")

    def s_globals(self, depth):
        if not self.globals:
            return self.s_assign(depth)
        name = self.pick(list(self.globals))
        type = self.globals[name]
        if type == "int":
            self.put(f"{name} = norm({name} {self.pick(['+', '-', '*', '^'])} {self.expr('int', 1)})" if self.chance(70) else f"{name} += 1")
        else:
            self.put(f"{name} = {self.expr(type, 2)}")

    def s_try(self, depth):
        if depth <= 0:
            return self.s_assign(depth)
        self.put("try:")
        self.block(1 + self.below(2), depth - 1)
        if self.chance(40):
            self.indent += 1
            self.s_raise(depth)
            self.indent -= 1
        self.put(f"except {self.pick(['Exception', '(TypeError, IndexError, KeyError, ZeroDivisionError, ValueError, OverflowError, AttributeError)', 'ValueError', 'LookupError'])} as e:")
        self.indent += 1
        self.put("out(type(e).__name__, str(e))")
        self.indent -= 1
        if self.chance(20):
            self.put("else:")
            self.block(1, 0)
        if self.chance(30):
            self.put("finally:")
            self.block(1, 0)

    def s_raise(self, depth):
        self.put(f"if {self.condition(1)}: raise {self.pick(['ValueError(' + self.expr('int', 0) + ')', 'Error', 'KeyError(5)', 'IndexError()', 'Error(' + self.expr('str', 0) + ')'])}")

    def s_call(self, depth):
        value = self.call(self.pick(["int", "float", "str"]), 2)
        self.put(f"out({value})" if value else "pass")

    def s_display(self, depth):
        """Many calls in one expression: the frame of each lies where the others' results were in the round before."""
        kinds = [self.pick(["int", "int", "float", "str", "bool"]) for _ in range(3 + self.below(7))]
        items = [self.chance(80) and self.call(kind, 1) or self.expr(kind, 1) for kind in kinds]
        name = self.fresh()
        self.put(f"{name} = {self.pick(['(%s)', '(%s)', '[%s]', 'dict(enumerate((%s)))', 'max((%s), key=str)'])}" % ", ".join(items))
        self.put(f"out({name})")

    def s_unpack(self, depth):
        a, b = self.target("int"), self.fresh()         # two: CPython 3.11.2 stores to one name twice in the wrong order
        self.put(self.pick([f"{a}, {b} = {self.expr('int', 2)}, {self.expr('int', 1)}", f"{a}, *{self.fresh()} = {self.expr('list', 1)}", f"({a}, {b}) = divmod({self.expr('int', 1)}, 7)",
                            f"{a}, {b} = {self.leaf('tuple')}"]))

    def s_swap(self, depth):
        names = [n for n in self.scopes[-1] if self.scopes[-1][n] == "int" and n not in self.loops]
        if len(names) > 1:
            a, b = self.r.sample(names, 2)
            self.put(f"{a}, {b} = {b}, {a}")

    def s_delete(self, depth):
        names = [n for n in self.scopes[-1] if n not in self.loops and n.startswith("v")]
        if names and self.chance(30):
            self.put(f"if {self.condition(1)}: del {self.pick(names)}")

    def s_with(self, depth):
        if depth <= 0:
            return
        self.put(f"with Context({self.pick(['True', 'False'])}) as {self.target('int')}:")
        self.block(1 + self.below(2), depth - 1)
        if self.chance(25):
            self.indent += 1
            self.s_raise(depth)
            self.indent -= 1

    def s_closure(self, depth):
        scope = self.scopes[-1]
        names = [n for n in scope if scope[n] == "int" and n not in self.loops and n.startswith("v")]
        if not names or not self.in_function:
            return self.s_assign(depth)
        name, captured = self.fresh("g"), self.pick(names)
        self.put(f"def {name}(a, b={self.expr('int', 0)}):")
        self.indent += 1
        if self.chance(60):
            self.put(f"nonlocal {captured}")
            self.put(f"{captured} = norm({captured} + a)")
        self.put(f"return a * 2 + b + {captured}")
        self.indent -= 1
        if self.loops or self.rounds * 30 > BUDGET:
            self.put(f"out({name}({self.expr('int', 1)}))")
        else:
            self.put(f"for {self.fresh('j')} in range({10 + self.below(20)}):")
            self.put(f"    {captured} = norm({captured} ^ {name}({self.expr('int', 1)}))")
            self.put(f"out({captured})")

    def s_generator(self, depth):
        generators = [g for g in self.generators if g[2] * self.rounds * 4 < BUDGET]
        if not generators:
            return self.s_assign(depth)
        name, _, cost = self.pick(generators)
        self.spent += cost * self.rounds
        g = self.fresh("it")
        self.put(f"{g} = {name}({3 + self.below(9)})")
        for _ in range(1 + self.below(3)):
            self.put(self.pick([f"out(next({g}, None))", f"out({g}.send(None))", f"out(sum(q for q in {g} if type(q) is int))"]))
        if self.chance(30):
            self.put(f"{g}.close()")

    def s_introspect(self, depth):
        if self.loops and self.chance(70):
            self.put(f"if {self.pick(self.loops)} % {5 + self.below(30)} == {self.below(5)}: {self.pick(['peek()', 'peek()', 'out(sorted(locals())[:3], sys._getframe().f_lineno)'])}")
        elif self.in_function and self.scopes[-1] and self.chance(50):
            self.put("peek(2)" if self.scopes[-1].keys() & {"p0"} else "peek()")
        if self.loops and self.chance(15):
            first = self.below(20)
            self.put(f"if {self.loops[-1]} == {first}: sys.settrace(tracer)")
            self.put(f"if {self.loops[-1]} == {first + 1 + self.below(3)}:")
            self.put("    sys.settrace(None)")
            self.put("    out(events[:20])")
            self.put("    events.clear()")

    def s_collect(self, depth):
        if self.loops:
            self.put(f"if {self.loops[0]} == {self.below(40)}: gc.collect()")

    def s_leave(self, depth):
        """Ways out of a loop through finally and with."""
        if not self.loops or depth <= 0:
            return self.s_assign(depth)
        self.put(self.pick(["try:", "try:", "with Context(False):"]))
        is_try = self.lines[-1].endswith("try:")
        self.block(1, depth - 1)
        self.put(f"    if {self.condition(1)}: {self.pick(['continue', 'break', 'continue', 'raise ValueError(7)' if self.chance(30) else 'continue'])}")
        if is_try:
            self.put("finally:")
            self.block(1, 0)

    def s_chain(self, depth):
        a, b = self.target("int"), self.fresh()
        self.put(self.pick([f"{a} = {b} = norm({self.expr('int', 2)})", f"{a}, ({b}, *_) = {self.expr('int', 1)}, [{self.expr('int', 1)}, *{self.leaf('list')}]",
                            f"{b} = {{**{self.leaf('dict')}, 'z': {self.expr('int', 1)}}}", f"{b} = [*{self.leaf('list')}, *{self.leaf('tuple')}][:20]",
                            f"{b} = [[q * r for q in range(3)] for r in range({1 + self.below(3)}) if r or {self.expr('bool', 0)}]", f"{b} = (lambda *a, k={self.expr('int', 0)}: a[0] + k)({self.expr('int', 1)})"]))

    def s_mutate(self, depth):
        """Replaces something that compiled code may take for granted."""
        if not self.loops or not self.classes:
            return self.s_assign(depth)
        name = self.pick(self.classes)[0]
        at = f"{self.loops[-1]} == {self.below(40)}"
        choice = [f"{name}.shared = {self.expr('int', 1)}", f"{name}.shared += 1", f"{name}.pick = lambda self, a: a + 1", f"{name}.x = property(lambda self: 77)" if self.chance(20) else f"{name}.other = 1",
                  f"globals()['{self.pick(list(self.globals))}'] = {self.expr('int', 0)}" if self.globals else "pass"]
        functions = [f for f in self.functions if not f[0].startswith("drive(")]
        if functions:
            f = self.pick(functions)
            choice += [f"{f[0]}.__defaults__ = {self.pick(['None', f'(1,) * {max(len(f[1]), 1)}'])}" if self.chance(30) else "pass"]
            same = [g for g in functions if g[1] == f[1] and g[2] == f[2]]
            choice += [f"{f[0]}.__code__ = {self.pick(same)[0]}.__code__"]
        self.put(f"if {at}: {self.pick(choice)}")

    # Definitions

    def body(self, depth, count):
        for _ in range(count):
            self.statement(depth)

    def start_function(self, parameters):
        self.scopes.append(dict(parameters))
        outer = self.rounds, self.loops, self.in_function, self.spent
        self.loops, self.in_function, self.rounds, self.spent = [], True, 20, BUDGET // 3
        self.indent += 1
        if self.globals:
            self.put("global " + ", ".join(self.globals))
        return outer

    def end_function(self, outer):
        cost = max(1, (self.spent - BUDGET // 3) // 20)
        self.indent -= 1
        self.scopes.pop()
        self.rounds, self.loops, self.in_function, self.spent = outer
        return cost

    def function(self):
        name = self.fresh("f")
        parameters = [self.pick(["int", "int", "float", "str", "list", "obj"]) for _ in range(self.below(4))]
        extra = self.pick(["", "", "", "args", "kw", "kwargs"])
        defaults = self.below(len(parameters) + 1) if parameters else 0
        text = [f"p{i}" + (f"={self.literal(t)}" if i >= len(parameters) - defaults else "") for i, t in enumerate(parameters)]
        text += {"args": ["*args"], "kw": ["*", "k=3"], "kwargs": ["**kw"]}.get(extra, [])
        self.put(f"def {name}({', '.join(text)}):")
        outer = self.start_function({f"p{i}": t for i, t in enumerate(parameters)})
        if extra == "args":
            self.scopes[-1]["args"] = "tuple"
        if extra == "kw":
            self.scopes[-1]["k"] = "int"
        result = self.pick(["int", "int", "float", "str"])
        if self.chance(70):
            self.body(1 if self.chance(60) else 2, 1 + self.below(3))
        if self.chance(30):
            self.put(f"if {self.condition(1)}: return {self.expr(result, 1)}")
        self.put(f"return {self.expr(result, 2)}")
        self.functions.append((name, parameters, extra, result, self.end_function(outer)))

    def coroutine(self):
        name = self.fresh("co")
        self.put(f"async def {name}(p0, p1):")
        outer = self.start_function({"p0": "int", "p1": "int"})
        self.put(f"for i in range(p0 & 7):")
        self.scopes[-1]["i"] = "int"
        self.loops = ["i"]
        self.indent += 1
        self.rounds *= 4
        self.body(1, self.below(3))
        others = [f[0] for f in self.functions if f[0].startswith("drive(")]
        self.put(self.pick([f"p1 += await Pause()", f"p1 = norm(p1 + await {self.pick(others)[6:]}(i & 1, p1))" if others else "p1 += await Pause()", "if p1 & 1: await Pause()"]))
        self.indent -= 1
        self.put(f"return {self.expr('int', 1)}")
        self.functions.append(("drive(" + name, ["int", "int"], "", "int", self.end_function(outer)))

    def recursive(self):
        name = self.fresh("r")
        self.put(f"def {name}(p0, p1=1):")
        outer = self.start_function({"p0": "int", "p1": "int"})
        self.put(f"if p0 > {self.below(8) + 4} or p0 <= 0: return p1")
        if self.chance(50):
            # The budget's factor stands for all the calls.
            self.rounds *= 300
            self.body(1, 1)
            self.rounds //= 300
        self.put(self.pick([f"return norm({name}(p0 - 1, p1 {self.pick(['+', '*'])} {self.expr('int', 1)}) + {self.expr('int', 0)})",
                            f"return {name}(p0 - 1) + {name}(p0 - 2, p1)",
                            f"return norm(sum([{name}(p0 - i, {self.expr('int', 0)}) for i in range(1, 4)]))",
                            f"return norm(sum({name}(p0 - i, p1) for i in (2, 3, {self.expr('int', 0)}) if i > 1))",
                            f"return ({name}(p0 - 1, {self.expr('int', 1)}) if {self.expr('bool', 1)} else {self.expr('int', 1)})"]))
        self.end_function(outer)
        self.functions.append((name, ["int", "int"], "", "int", 300))

    def generator(self):
        name = self.fresh("gen")
        self.put(f"def {name}(p0):")
        outer = self.start_function({"p0": "int"})
        if self.chance(60):
            self.body(0, 1)
        type = self.pick(["int", "int", "float", "str"])
        self.put(f"for i in range(p0):")
        self.scopes[-1]["i"] = "int"
        self.loops = ["i"]
        self.indent += 1
        self.rounds *= 10
        self.body(1, self.below(3))
        if self.chance(20):
            self.put("try:")
            self.put(f"    yield {self.expr(type, 2)}")
            self.put("finally:")
            self.put(f"    p0 += 1")            # when a generator that was dropped is closed is for the collector to say
        else:
            self.put(f"yield {self.expr(type, 2)}")
        if self.generators and self.chance(30):
            self.put(f"if i == 2: yield from {self.pick(self.generators)[0]}(2)")
        self.indent -= 1
        self.generators.append((name, type, self.end_function(outer)))

    def class_(self):
        name = self.fresh("C")
        bases = [c[0] for c in self.classes if c[0][0] == "C"]
        base = self.pick(bases) if bases and self.chance(50) else ""
        self.put(f"class {name}({base}):" if base else f"class {name}:")
        self.indent += 1
        slots = self.chance(25)
        if slots:
            self.put("__slots__ = ('x', 'y')" if not base else "__slots__ = ()")
        self.put(f"shared = {self.literal('int')}")
        if not base or self.chance(30):
            self.put(f"def __init__(self, x, y={self.literal('float')}):")
            if base and self.chance(50):
                self.put("    super().__init__(x, y)")
            else:
                self.put("    self.x = x")
                self.put("    self.y = y")
            if not slots and not base and self.chance(40):
                self.put(f"    self.extra0 = {self.literal('int')}")
        methods = {}
        for kind in self.r.sample(["pick", "add", "both", "prop", "static", "kind", "loop"], 3):
            parameters = [self.pick(["int", "float"]) for _ in range(self.below(3))]
            if kind == "prop":
                self.put("@property")
                parameters = None
            elif kind == "static":
                self.put("@staticmethod")
            elif kind == "kind":
                self.put("@classmethod")
            receiver = {"static": [], "kind": ["cls"]}.get(kind, ["self"])
            self.put(f"def {kind}({', '.join(receiver + [f'p{i}' for i in range(len(parameters or []))])}):")
            outer = self.start_function({f"p{i}": t for i, t in enumerate(parameters or [])})
            result = self.pick(["int", "int", "float"])
            if receiver == ["self"]:
                self.put(self.pick([f"self.x = norm(self.x + {self.expr('int', 1)})", f"self.y = self.y * 0.5 + {self.expr('float', 1)}", "pass",
                                    f"if self.x {self.pick(['<', '>'])} {self.expr('int', 0)}: self.x = {self.expr('int', 1)}"]))
                own = self.pick(["self.x", "self.shared", "self.x"] if result == "int" else ["self.y"])
            else:
                own = "cls.shared" if kind == "kind" else self.literal(result)
                own = own if result == "int" else self.literal("float")
            if kind == "loop":
                self.put(f"for i in range(5): self.x = norm(self.x * 3 + i)")
            self.put(f"return {own} {self.pick(['+', '-', '*'])} {self.expr(result, 1)}")
            self.end_function(outer)
            methods[kind] = (parameters, result)
        if not base:
            self.put(f"def __repr__(self): return f'{name}({{self.x}}, {{self.y}})'")
        if self.chance(30):
            self.put("def __eq__(self, other): return isinstance(other, type(self)) and self.x == other.x")
            self.put("__hash__ = None")
        if self.chance(30):
            self.put("def __bool__(self): return self.x != 0" if self.chance(50) else "def __len__(self): return abs(self.x) % 3")
        if self.chance(20):
            self.put("def __getattr__(self, name): return len(name)" if not self.chance(30) else "def __lt__(self, other): return self.x < other.x")
        self.indent -= 1
        self.classes.append((name, methods, 8))

    def operators_(self):
        name = self.fresh("N")
        base = self.pick(self.operators) if self.operators and self.chance(50) else "int" if self.chance(10) else ""
        self.put(f"class {name}({base}):" if base else f"class {name}:")
        self.indent += 1
        if not base and self.chance(30):
            self.put("__slots__ = 'n',")
        elif base != "int":
            self.put("n = 7") if not base else None
        if not base:
            self.put("def __init__(self, n=1): self.n = n if type(n) is int else 1")
            self.put("def __repr__(self): return f'N{norm(self.n)}'")
        if base == "int":
            self.put("n = property(lambda self: int.__add__(self, 1))")
        self.put(f"desc = Descriptor({self.below(4)})")
        self.put("@property")
        self.put("def prop(self):")
        self.method("self.n + 1", False)
        self.put("@prop.setter")
        self.put("def prop(self, value):")
        self.method("None", True)
        skipped = {"__index__", "__int__", "__hash__", "__iter__"} if base == "int" else ()
        for special in self.r.sample([s for s in SPECIAL if s not in skipped], 6 + self.below(20)):
            parameters, result = SPECIAL[special]
            if special == "__eq__" and self.chance(60):
                self.put("def __hash__(self): return hash(self.n)")
            if special == "__iter__" and self.chance(50):
                self.put(f"def __iter__(self):")
                self.put(f"    for i in range(self.n % 4): yield self.n + i")
                continue
            self.put(f"def {special}({parameters}):")
            self.method(result or "None", result is None)
        self.indent -= 1
        self.operators.append(name)

    def method(self, result, changes):
        """The body of a special method, which may be more than compiled code cares to inline."""
        n = self.below(16)
        self.indent += 1
        if changes:
            self.put("self.n = norm(self.n * 3 + 1)" if self.chance(70) else "out('set', self.n)")
        if n == 0:
            self.put("try:")
            self.put(f"    if self.n % 7 == 3: raise KeyError(self.n)")
            self.put(f"    return {result}")
            self.put("except KeyError as e:")
            self.put(f"    return {self.pick([result, 'e.args[0]'])}")
            self.put("finally:")
            self.put(f"    {self.pick(['pass', 'out(1)', 'count[0] += 1'])}")
        elif n == 1:
            self.put("for q in (p for p in range(2)): count[0] += q")
        elif n == 2:
            self.put("if self.n % 5 == 2: raise ValueError(self.n)")
        elif n == 3:
            self.put("if self.n % 4 == 1: return NotImplemented")
        elif n == 4:
            self.put("count.append(len([q for q in range(3) if q]))")
        elif n == 5:
            self.put("peek(2) if self.n % 17 == 1 else 0")
        elif n == 6:
            self.put("with Context(False): count[0] += 1")
        elif n == 7 and self.globals:
            ints = [g for g, t in self.globals.items() if t == "int"]
            if ints:
                self.put(f"globals()['{self.pick(ints)}'] = self.n % 9")
        self.put(f"return {result}")
        self.indent -= 1

    def whole(self):
        self.lines.append(PRELUDE)
        for _ in range(1 + self.below(3)):
            name = self.fresh("G")
            type = self.pick(["int", "int", "float", "str", "list"])
            self.put(f"{name} = {self.literal(type)}")
            self.globals[name] = type
        if self.chance(50):
            for _ in range(1 + self.below(3)):
                self.operators_()
        for _ in range(1 + self.below(4)):
            self.pick([self.class_, self.function, self.function, self.generator, self.recursive, self.coroutine])()
        if not self.classes and self.chance(70):
            self.class_()
        mains = []
        for _ in range(2 + self.below(2)):
            name = self.fresh("main")
            mains.append(name)
            self.put(f"def {name}():")
            self.scopes.append({})
            self.indent += 1
            self.in_function, self.rounds, self.loops, self.spent = True, 1, [], 0
            if self.globals:
                self.put("global " + ", ".join(self.globals))
            for type in self.r.sample(["int", "int", "int", "float", "str", "list", "dict", "tuple", "obj", "bool"], 6):
                v = self.fresh()
                self.put(f"{v} = {self.literal(type)}")
                self.scopes[-1][v] = type
            for _ in range(3 + self.below(4)):
                guarded = self.chance(60)
                if guarded:
                    self.put("try:")
                    self.indent += 1
                if self.chance(60):
                    self.s_loop(3)
                else:
                    self.statement(3)
                if guarded:
                    self.put("pass")
                    self.indent -= 1
                    self.put("except Exception as e:")
                    self.put("    out(type(e).__name__, str(e), line(e.__traceback__))")
            for v, t in list(self.scopes[-1].items())[:12]:
                if t != "obj":
                    self.put(f"out({v})")
            self.indent -= 1
            self.scopes.pop()
        if self.chance(40):
            # Loops of the module itself, whose variables are globals.
            self.scopes.append({})
            self.in_function, self.rounds, self.loops, self.spent = False, 1, [], 0
            for type in self.r.sample(["int", "int", "float", "str", "list", "dict"], 4):
                v = self.fresh()
                self.put(f"{v} = {self.literal(type)}")
                self.scopes[-1][v] = type
            for _ in range(2):
                self.put("try:")
                self.indent += 1
                self.s_loop(3)
                self.put("pass")
                self.indent -= 1
                self.put("except Exception as e:")
                self.put("    out(type(e).__name__, str(e), line(e.__traceback__))")
            for v, t in self.scopes.pop().items():
                if t != "obj":
                    self.put(f"if '{v}' in globals(): out({v})")
        for name in mains:
            for _ in range(2 if self.chance(40) else 1):
                self.lines += ["try:", f"    {name}()", "except Exception as e:", "    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))"]
        self.lines.append(f"out({', '.join(self.globals)})")
        self.lines.append('print("checksum", crc)')
        return "\n".join(self.lines) + "\n"


def program(seed):
    return Writer(seed).whole()


if __name__ == "__main__":
    import sys
    print(program(int(sys.argv[1])), end="")
