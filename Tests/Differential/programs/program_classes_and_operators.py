# Descriptors, operators, decorators, generators, threads, matching, and a chain of errors at the end.
import sys, functools, operator, itertools, contextlib, abc, time, threading, queue, weakref, copy, json, re, io, csv, string, heapq, bisect, math, random, statistics, collections, types, inspect, typing, warnings
# deep inheritance, mixins, properties, descriptors
class Meta(abc.ABCMeta):
    def __prepare__(name, bases, **kw): return collections.OrderedDict()
    def __new__(m, n, b, ns, tag=None, **k):
        c = super().__new__(m, n, b, dict(ns)); c.tag = tag or n; return c
    def __init__(c, *a, **k): super().__init__(*a)
    def __instancecheck__(c, i): return type.__instancecheck__(c, i) or getattr(i, "duck", None) == c.__name__
class Typed:
    def __init__(self, t, default=None): self.t, self.d = t, default
    def __set_name__(self, o, n): self.n = "_" + n
    def __get__(self, i, o=None): return self if i is None else getattr(i, self.n, self.d)
    def __set__(self, i, v):
        if not isinstance(v, self.t): raise TypeError(f"{self.n[1:]} must be {self.t.__name__}, got {type(v).__name__}")
        setattr(i, self.n, v)
class Shape(metaclass=Meta, tag="base"):
    name = Typed(str, "?"); sides = Typed(int, 0)
    registry = {}
    def __init_subclass__(cls, **kw): super().__init_subclass__(); Shape.registry[cls.__name__] = cls
    @property
    @abc.abstractmethod
    def area(self): ...
    def __lt__(self, o): return self.area < o.area
    def __eq__(self, o): return isinstance(o, Shape) and self.area == o.area
    __hash__ = None
    def __repr__(self): return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in vars(self).items())})"
class Rect(Shape):
    def __init__(self, w, h): self.w, self.h = w, h; self.sides = 4
    @property
    def area(self): return self.w * self.h
    @area.setter
    def area(self, v): self.w = v / self.h
    @area.deleter
    def area(self): self.w = 0
class Square(Rect):
    def __init__(self, s): super().__init__(s, s)
    def __str__(self): return "sq"
    def __format__(self, spec): return f"[{spec or 'none'}]"
def attempt(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)
s = Square(3); r = Rect(2, 5)
for f in (lambda: Shape(), lambda: s.area, lambda: setattr(s, "name", 5), lambda: setattr(s, "area", 12), lambda: s, lambda: sorted([r, s]), lambda: hash(s), lambda: {s}, lambda: f"{s} {s!s} {s:x}", lambda: Shape.registry, lambda: Square.__mro__, lambda: Rect.tag, lambda: isinstance(types.SimpleNamespace(duck="Rect"), Rect), lambda: delattr(s, "area"), lambda: s.w, lambda: Shape.name, lambda: max(r, s), lambda: r > s, lambda: r >= s, lambda: s == 9, lambda: copy.copy(r) == r, lambda: copy.deepcopy(r).__dict__, lambda: Square.area.fget, lambda: inspect.signature(Rect)):
    def g(f=f):
        x = f(); return re.sub(r"0x[0-9a-f]+", "0x", repr(x))
    attempt(g)
class V:
    def __init__(s, *c): s.c = c
    def _b(op):
        def f(s, o): return V(*(op(a, b) for a, b in zip(s.c, o.c if isinstance(o, V) else itertools.repeat(o))))
        return f
    __add__ = __radd__ = _b(operator.add); __mul__ = __rmul__ = _b(operator.mul); __sub__ = _b(operator.sub); __matmul__ = lambda s, o: sum((s * o).c)
    def __neg__(s): return s * -1
    def __getitem__(s, i): return V(*s.c[i]) if isinstance(i, slice) else s.c[i]
    def __iter__(s): return iter(s.c)
    def __len__(s): return len(s.c)
    def __bool__(s): return any(s.c)
    def __contains__(s, x): return x in s.c
    def __call__(s, f): return V(*map(f, s.c))
    def __repr__(s): return f"V{s.c}"
    def __iadd__(s, o): s.c += tuple(o); return s
    def __reversed__(s): return reversed(s.c)
    def __index__(s): return len(s.c)
    def __divmod__(s, o): return "dm", o
    def __pow__(s, e, m=None): return ("pow", e, m)
    def __rshift__(s, o): return NotImplemented
v = V(1, 2, 3)
for f in (lambda: v + 1, lambda: 1 + v, lambda: v * v, lambda: v @ v, lambda: -v, lambda: v[0:2], lambda: v[-1], lambda: bool(V(0)), lambda: 2 in v, lambda: v(str), lambda: [*v, *reversed(v)], lambda: [0] * 5 and list(range(10))[v], lambda: divmod(v, 2), lambda: pow(v, 2, 3), lambda: v ** 2, lambda: v >> 1, lambda: 1 >> v, lambda: v / 2, lambda: v < v, lambda: v["a"], lambda: v[9], lambda: len(V()), lambda: ~v, lambda: +v, lambda: abs(v), lambda: int(v), lambda: float(v), lambda: round(v), lambda: hex(v), lambda: v.x, lambda: v & 1): attempt(f)
w = v; w += [4]; print(v, w is v)
def memo(maxsize=None, *, key=None):
    def deco(f):
        cache = {}
        @functools.wraps(f)
        def inner(*a, **k):
            kk = key(*a, **k) if key else (a, tuple(sorted(k.items())))
            if kk not in cache: cache[kk] = f(*a, **k)
            return cache[kk]
        inner.cache = cache; return inner
    return deco
@memo(key=lambda n: n)
def fib(n: int) -> int:
    "fib doc"
    return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(80), fib.__name__, fib.__doc__, fib.__annotations__, len(fib.cache), fib.__wrapped__.__qualname__)
@contextlib.contextmanager
def tag(name, out):
    out.append(f"<{name}>")
    try: yield out
    except ZeroDivisionError as e: out.append(f"!{e}!")
    else: out.append("ok")
    finally: out.append(f"</{name}>")
o = []
with tag("a", o), tag("b", o): o.append("x"); 1 / 0
print(o)
with contextlib.ExitStack() as st:
    st.callback(print, "cb"); st.enter_context(tag("c", o)); st.push(lambda *e: print("exit", e[0]) or True); raise KeyError("swallowed")
print(o[-3:])
def pipeline(src, *stages):
    for stg in stages: src = stg(src)
    return src
def numbers(n):
    i = 0
    while i < n:
        cmd = yield i
        i = cmd if cmd is not None else i + 1
evens = lambda s: (x for x in s if not x % 2); sq = lambda s: map(lambda x: x * x, s); chunk = lambda n: lambda s: iter(lambda: list(itertools.islice(s, n)), [])
print(list(pipeline(numbers(20), evens, sq, chunk(3))))
def deleg():
    r = yield from numbers(3); print("r", r)
    try: yield "mid"
    except ValueError as e: yield f"got {e}"
    return "done"
d = deleg(); print(next(d), next(d), next(d), next(d), d.throw(ValueError("thrown")))
try: next(d)
except StopIteration as e: print("value", e.value)
q = queue.Queue(); res = []
def worker():
    while (x := q.get()) is not None: res.append(x ** 2); q.task_done()
ts = [threading.Thread(target=worker, name=f"w{i}") for i in range(3)]; [t.start() for t in ts]; [q.put(i) for i in range(20)]; q.join(); [q.put(None) for _ in ts]; [t.join() for t in ts]; print(sorted(res)[:5], ts[0].name, ts[0].is_alive())
def sim(seed):
    rng = random.Random(seed); ev = [(rng.expovariate(1), i, "arrive") for i in range(5)]; heapq.heapify(ev); log = []
    while ev:
        t, i, k = heapq.heappop(ev); log.append(f"{t:.3f}:{k}{i}")
        if k == "arrive": heapq.heappush(ev, (t + rng.uniform(.1, 1), i, "leave"))
    return log
print(sim(42)); print(statistics.mean([1, 2, 3.5]), statistics.stdev([1, 2, 4]), bisect.bisect([1, 3, 5], 3), random.Random(1).sample(range(100), 5), random.Random(2).choices("abc", [1, 2, 3], k=5), random.Random(3).gauss(0, 1))
buf = io.StringIO(); wr = csv.DictWriter(buf, ["a", "b"]); wr.writeheader(); wr.writerow({"a": 'x,"y"', "b": None}); print(repr(buf.getvalue()), list(csv.DictReader(io.StringIO(buf.getvalue()))))
print(json.dumps({"b": [1, 2.5, None, True], "a": {"é": "\u2028"}}, indent=2, sort_keys=True), json.loads('{"x": [1e3, -0, "\\ud83d\\ude00"]}'), string.Template("$a ${b} $$").substitute(a=1, b=2))
match {"cmd": "go", "args": [1, 2, *range(3)], "opt": None}:
    case {"cmd": "go" | "run" as c, "args": [x, y, *rest], **kw} if x < y: print(c, x, y, rest, kw)
def classify(x):
    match x:
        case bool(): return "bool"
        case int(n) if n > 100: return f"big {n}"
        case int() | float(): return "num"
        case str(s): return f"str {s}"
        case [] | (): return "empty"
        case [Square(w=w), *_]: return f"square {w}"
        case {"a": {"b": [_, b]}}: return b
        case None: return "none"
        case _: return "?"
print([classify(x) for x in (True, 5, 500, 1.5, "a", [], [Square(4), 1], {"a": {"b": [1, 2]}}, None, {1})])
print(*(n for n in range(2, 50) if all(n % d for d in range(2, int(n ** .5) + 1))), sep=",", end="!\n", file=sys.stdout, flush=True)
class Stack(list):
    def push(self, x): self.append(x); return self
    def __getattr__(self, n):
        if n.startswith("peek"): return lambda: self[-1]
        raise AttributeError(f"Stack has no {n}")
print(Stack([1]).push(2).peek_it(), Stack() or "empty"); attempt(lambda: Stack().foo)
warnings.warn("careful", UserWarning)
def outer():
    x = 1
    def inner():
        nonlocal x; x += 1; return x, [x * y for y in range(3)], (lambda: x)()
    return inner
print(outer()(), [f() for f in [lambda i=i: i for i in range(3)]], [f() for f in [lambda: i for i in range(3)]])
def err(level):
    if level == 0: return {}["deep"]["er"]
    try: return err(level - 1)
    except KeyError as e: raise RuntimeError(f"level {level}") from (e if level % 2 else None)
err(2)
