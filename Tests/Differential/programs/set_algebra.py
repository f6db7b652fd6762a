"""Whole sets: what the operations make, and in which order, of ints, tuples, texts and mixtures, small and large, with and without deleted places."""
import random
import zlib

chance = random.Random(14)


def shown(keys):
    keys = list(keys)
    return len(keys), keys[:4], zlib.crc32(repr(keys).encode())


def items(kind, count, span):
    numbers = [chance.randrange(span) - span // 3 for _ in range(count)]
    if kind == "int":
        return numbers
    if kind == "large":
        return [number << 70 for number in numbers]
    if kind == "tuple":
        return [(number, -number) for number in numbers]
    return [(number, (number, 1), float(number) + .5)[number % 3] for number in numbers]


def worn(keys):
    """A set some of whose places were given up."""
    made = set(keys)
    for key in keys[::3]:
        made.discard(key)
    made.update(keys[::7])
    return made


for kind in ("int", "large", "tuple", "mixed"):
    for count in (0, 1, 3, 5, 8, 9, 10, 40, 100, 1000, 20000):
        first, second = items(kind, count, 2 * count + 1), items(kind, max(count - 2, 0), count + 5)
        for make in (set, frozenset, worn):
            a, b = make(first), make(second)
            print(kind, count, make.__name__, shown(a), shown(b))
            for c, d in ((a, b), (b, a), (a, frozenset(b)), (worn(first), b)):
                print(shown(c | d), shown(c & d), shown(c - d), shown(c ^ d), shown(c.union(d, second)), shown(c.intersection(second)), shown(c.difference(second)),
                      shown(c.symmetric_difference(second)), c <= d, c == d, c.isdisjoint(d), c.issubset(c | d))
                for name in ("update", "intersection_update", "difference_update", "symmetric_difference_update"):
                    changed = set(c)
                    getattr(changed, name)(d)
                    print(shown(changed), end=" ")
                    changed.update(first[:5])
                    print(shown(changed), shown(changed.copy()), hash(frozenset(changed)))
        print(shown(list(set(first))), shown(sorted(set(first) - set(second), key=repr)))


class Odd:
    """Equal to others by a method of Python, which changes the sets."""
    def __init__(self, number, change=None):
        self.number, self.change = number, change

    def __hash__(self):
        return self.number % 4

    def __eq__(self, other):
        if self.change:
            self.change()
        return isinstance(other, Odd) and self.number == other.number

    def __repr__(self):
        return f"Odd({self.number})"


a, b = {Odd(n) for n in range(12)}, {Odd(n) for n in range(6, 18)}
for made in (a | b, a & b, a - b, a ^ b):
    print(sorted(x.number for x in made))
pending = []
b = {Odd(n, lambda: pending and pending.pop()()) for n in range(6, 18)}
for operate in ("union", "intersection", "difference", "symmetric_difference"):
    pending[:] = [lambda: b.clear()]
    try:
        print(operate, len(getattr(a, operate)(b)) > 0)
    except RuntimeError as error:
        print(error)
    b.update(Odd(n) for n in range(6, 18))

for count in (5, 12, 40):
    for span in (20, 100, 1000):
        for worn_by in ("pop", "discard", "remove"):
            a, b = set(items("int", count, span)), set(items("int", count, span))
            for key in list(a):
                a.pop() if worn_by == "pop" else getattr(a, worn_by)(key)
            a |= b
            a ^= set(items("int", count, span))
            print(shown(a), shown(a | b), shown(b.union(a)))
