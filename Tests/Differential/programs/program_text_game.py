"""A small text adventure with scripted input, classes, registries and data classes."""
from __future__ import annotations
import dataclasses, enum, random, textwrap, string, sys
from dataclasses import dataclass, field
from collections import defaultdict, Counter, deque, ChainMap, OrderedDict, namedtuple
from typing import Optional, Callable, Iterator, ClassVar, Generic, TypeVar, Protocol, runtime_checkable

class Direction(enum.Enum):
    NORTH = (0, -1)
    SOUTH = (0, 1)
    EAST = (1, 0)
    WEST = (-1, 0)
    def __init__(self, dx, dy):
        self.dx, self.dy = dx, dy
    @property
    def opposite(self): return Direction((-self.dx, -self.dy))
    @classmethod
    def parse(cls, s):
        for d in cls:
            if d.name.lower().startswith(s.lower()): return d
        raise ValueError(f"no direction {s!r}")

class Perm(enum.Flag):
    R = enum.auto(); W = enum.auto(); X = enum.auto()
    RW = R | W

print(Perm.R | Perm.X, Perm.RW, repr(Perm.R | Perm.W), Perm(7), ~Perm.R, Perm.RW in Perm.RW, list(Perm.RW), bool(Perm(0)), Perm(0))
try: Perm(8)
except ValueError as e: print(e)
print(Direction.NORTH.opposite, Direction.parse("e"), Direction["WEST"], Direction((0, 1)))
try: Direction.parse("q")
except ValueError as e: print(e)
try: Direction("x")
except ValueError as e: print(e)

@dataclass(order=True)
class Item:
    sort_index: int = field(init=False, repr=False)
    name: str
    weight: float = 1.0
    tags: list[str] = field(default_factory=list, compare=False)
    count: ClassVar[int] = 0
    def __post_init__(self):
        self.sort_index = int(self.weight * 10)
        type(self).count += 1

@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0
    def __add__(self, o): return Point(self.x + o.x, self.y + o.y)

items = [Item("sword", 3.5, ["metal"]), Item("lamp", 0.5), Item("rope", 2)]
print(sorted(items)); print(max(items)); print(Item.count, items[0] == Item("sword", 3.5))
print(dataclasses.asdict(items[0]), dataclasses.astuple(Point(1, 2)), dataclasses.replace(Point(1, 2), y=5))
for bad in (lambda: Item(), lambda: Item("a", "b", "c", "d"), lambda: setattr(Point(1), "x", 2), lambda: setattr(Point(1), "z", 2), lambda: Point(1) < Point(2), lambda: Item("a") < 3):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
print(hash(Point(1, 2)) == hash(Point(1, 2)), {Point(1, 2): "a"}[Point(1, 2)], Point.__match_args__, Point(1)+Point(2,3))

class Registry(type):
    classes = {}
    def __new__(mcls, name, bases, ns, **kw):
        cls = super().__new__(mcls, name, bases, ns)
        if bases: mcls.classes[kw.get("key", name.lower())] = cls
        return cls
    def __init__(cls, name, bases, ns, **kw): super().__init__(name, bases, ns)
    def __call__(cls, *a, **k):
        inst = super().__call__(*a, **k); inst.made_by = cls.__name__; return inst
    def __getitem__(cls, k): return cls.classes[k]
    def __len__(cls): return len(cls.classes)
    def __iter__(cls): return iter(sorted(cls.classes))

class Command(metaclass=Registry):
    help = "?"
    def run(self, game, *args): raise NotImplementedError(f"{type(self).__name__}.run")
class Look(Command, key="look"):
    help = "look around"
    def run(self, game, *args): return textwrap.fill(game.describe(), 40)
class Go(Command, key="go"):
    def run(self, game, *args):
        match args:
            case []: return "Go where?"
            case [d]: return game.move(Direction.parse(d))
            case [d, n] if n.isdigit():
                return "; ".join(game.move(Direction.parse(d)) for _ in range(int(n)))
            case _: return f"Too many: {args}"
class Nothing(Command): pass
print(len(Command), list(Command), Command["go"], Command["look"]().made_by)

class Game:
    def __init__(self, seed=1):
        self.rng = random.Random(seed)
        self.pos = Point(0, 0)
        self.log = deque(maxlen=3)
        self.visits = Counter()
    def describe(self): return f"You are at {self.pos.x},{self.pos.y}. " + " ".join(self.rng.choice(["Wind howls.", "A bat!", "Silence.", "Water drips."]) for _ in range(4))
    def move(self, d):
        self.pos += Point(d.dx, d.dy); self.visits[self.pos] += 1
        return f"moved {d.name.title()} to {self.pos}"
    def do(self, line):
        verb, *args = line.split()
        try:
            out = Command[verb]().run(self, *args)
        except KeyError as e: out = f"I don't know {e}"
        except (ValueError, NotImplementedError) as e: out = f"{type(e).__name__}: {e}"
        self.log.append(line)
        return out
g = Game()
for line in ["look", "go", "go n", "go south 3", "go q", "fly", "nothing", "go a b c"]:
    print(">", line); print(g.do(line))
print(g.log, g.visits.most_common(2))

T = TypeVar("T")
class Stack(Generic[T]):
    def __init__(self, *xs: T): self._xs = list(xs)
    def push(self, x: T) -> None: self._xs.append(x)
    def __iter__(self) -> Iterator[T]: yield from reversed(self._xs)
    def __class_getitem__(cls, item): print("getitem", item); return super().__class_getitem__(item)
print(Stack[int], Stack(1, 2), list(Stack(1, 2, 3))) if 0 else print(list(Stack(1, 2, 3)), Stack[int])
@runtime_checkable
class Sized(Protocol):
    def size(self) -> int: ...
class Box:
    def size(self): return 3
print(isinstance(Box(), Sized), isinstance(3, Sized))
try: Sized()
except TypeError as e: print(e)
NT = namedtuple("NT", "a b c", defaults=[3]); n = NT(1, 2); print(n, n._asdict(), n._replace(a=9), NT._fields, NT._field_defaults, n == (1, 2, 3), n.index(2))
od = OrderedDict(a=1, b=2, c=3); od.move_to_end("a"); od.move_to_end("c", last=False); print(od, list(reversed(od)), od.popitem(last=False), od == {"a": 1, "b": 2})
cm = ChainMap({"a": 1}, {"a": 2, "b": 3}); print(cm, dict(cm), cm["b"], cm.new_child({"z": 0}))
dd = defaultdict(list, {1: [2]}); dd[3].append(4); print(dd, dd.default_factory)
c = Counter("mississippi"); c.subtract("miss"); print(c, +c, -c, c & Counter("sip"), c | Counter("zz"), c.total(), sorted(c.elements()))
