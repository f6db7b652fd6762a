"""Loops that run long enough to be compiled: what they take for granted may change under them, and what they use may die."""
import gc
import weakref
from harness import run

ROUNDS = 4000


def test_a_loop_does_not_keep_what_it_was_made_for():
    class Thing:
        def __init__(self, x):
            self.x = x

        def value(self):
            return self.x
    thing = Thing(1)

    def total(f):
        result = 0
        for i in range(ROUNDS):
            result += f() + thing.value()
        return result
    local = lambda: 2
    assert total(local) == 3 * ROUNDS
    dead = [weakref.ref(x) for x in (local, Thing, thing)]
    del local, Thing, thing, total
    for _ in range(3):
        gc.collect()
    assert [r() for r in dead] == [None, None, None]


def test_a_loop_over_functions_that_die():
    def make(k):
        return lambda x: x + k
    result = 0
    for k in range(20):
        f = make(k)
        for i in range(300):
            result = f(result) & 0xFFFF
        del f
        if k % 5 == 0:
            gc.collect()
    assert result == 300 * sum(range(20)) & 0xFFFF


def test_a_function_gets_other_code():
    def f(x):
        return x + 1

    def g(x):
        return x + 2

    def h(x):
        result = 0
        for i in range(x):
            result = f(result)
            if i == x - 11:
                f.__code__ = g.__code__
        return result
    assert h(ROUNDS) == ROUNDS + 10


def test_a_function_gets_other_defaults():
    def f(x, y=1):
        return x + y
    result = 0
    for i in range(ROUNDS):
        if i == ROUNDS - 10:
            f.__defaults__ = (2,)
        result = f(result)
    assert result == ROUNDS + 10


def test_a_method_is_replaced():
    class A:
        def m(self):
            return 1
    a = A()
    result = 0
    for i in range(ROUNDS):
        if i == ROUNDS - 10:
            A.m = lambda self: 2
        elif i == ROUNDS - 5:
            a.m = lambda: 3
        result += a.m()
    assert result == ROUNDS + 5 + 10


def test_instances_that_are_made_in_a_loop():
    class Point:
        def __init__(self, x, y):
            self.x = x
            self.y = y

        def plus(self, other):
            return Point(self.x + other.x, self.y + other.y)
    kept = []
    p = Point(0, 0.0)
    for i in range(ROUNDS):
        q = Point(i, 0.5)
        p = p.plus(q)
        if i % 1000 == 999:
            kept.append(q)
            q.late = i
    assert (p.x, p.y) == (ROUNDS * (ROUNDS - 1) // 2, ROUNDS / 2)
    assert [(q.x, q.y, q.late, sorted(vars(q))) for q in kept] == [(i, 0.5, i, ["late", "x", "y"]) for i in (999, 1999, 2999, 3999)]


def test_an_attribute_that_a_constructor_gives_only_sometimes():
    class A:
        def __init__(self, i):
            self.a = i
            if i % 3 == 0:
                self.b = i
            self.c = 1
    total = 0
    for i in range(ROUNDS):
        x = A(i)
        total += x.a + x.c + (x.b if i % 3 == 0 else 0)
    assert total == sum(range(ROUNDS)) + ROUNDS + sum(range(0, ROUNDS, 3))


def test_the_class_of_an_instance_is_replaced():
    class A:
        def m(self):
            return 1

    class B:
        def m(self):
            return 2
    a = A()
    result = 0
    for i in range(ROUNDS):
        if i == ROUNDS // 2:
            a.__class__ = B
        result += a.m()
    assert result == ROUNDS + ROUNDS // 2


MODULE = """
total, x, kept, late = 0, 0.0, [], None
for i in range(ROUNDS):
    total += i
    x += 0.5
    if i % 1000 == 999:
        kept.append(x)
    if i == ROUNDS - 100:
        appeared = len([1, 2])
        def len(x):
            return 100
    if i == ROUNDS - 50:
        del appeared
        total = total * 2.0
    if i > ROUNDS - 10:
        late = len([])
    elif i > 10:
        late = len(kept)
"""


def test_loops_at_module_level():
    namespace = {"ROUNDS": ROUNDS}
    exec(MODULE, namespace)
    total = sum(range(ROUNDS - 49)) * 2.0 + sum(range(ROUNDS - 49, ROUNDS))
    assert (namespace["total"], namespace["x"], namespace["late"], namespace["i"]) == (total, ROUNDS / 2, 100, ROUNDS - 1)
    assert namespace["kept"] == [500.0, 1000.0, 1500.0, 2000.0] and "appeared" not in namespace


def test_loops_with_a_namespace_beside_the_globals():
    outer, inner = {"n": 0}, {"m": 0}
    exec("for i in range(4000):\n    n = n + 1 if i else 5\n    m += i", outer, inner)
    assert outer["n"] == 0 and "i" not in outer and inner == {"m": sum(range(4000)), "n": 4004, "i": 3999}


def test_a_loop_that_writes_globals():
    global COUNT, VALUE
    COUNT, VALUE = 0, 0.5
    for i in range(ROUNDS):
        COUNT += 1
        VALUE = VALUE * 0.5 + COUNT
        if i == ROUNDS - 10:
            globals()["COUNT"] = "text"
            COUNT = 7
    assert COUNT == 16 and type(VALUE) is float
    del COUNT
    assert "COUNT" not in globals()


def test_functions_that_look_at_their_frame_in_a_loop():
    def text(name, parts):
        joined = "|".join(parts)
        return "%(name)s %(joined)s" % locals()

    def names(a):
        b = a + 1
        return sorted(vars()), dir()
    other = {"__name__": "other"}
    exec("def where(): return __name__, globals()['__name__'], len(globals()) > 2", other)
    where = other["where"]
    for i in range(ROUNDS):
        assert text("a", ["b", "c"]) == "a b|c"
        assert names(i) == (["a", "b"], ["a", "b"])
        assert where() == ("other", "other", True)
        assert "text" in locals() and globals()["ROUNDS"] == ROUNDS


def test_closures_that_are_made_anew_and_called():
    def total(n):
        result, v = 0, 10
        for i in range(n):
            def g(a, b=13):
                return v + b if a != n - 10 else v
            result += g((lambda p: p)(i)) + g(i)
            if i == n // 2:
                v = 0.5
        return result
    assert total(30) == 23 * 32 + 13.5 * 28 - 26
    assert total(ROUNDS) == 23 * (ROUNDS + 2) + 13.5 * (ROUNDS - 2) - 26


def test_recursion_through_closures():
    class Leaf:
        def show(self, indent, level):
            indent = indent * level
            return [indent + line for line in ("a", "b")]

    class Node:
        def __init__(self, *children):
            self.children = children

        def show(self, indent, level=0):
            shown = [child.show(indent, level + 1) for child in self.children]
            return [indent * level + "+"] + [line for lines in shown for line in lines]

    def tree(depth):
        return Node(*(tree(depth - 1) if depth > i else Leaf() for i in range(3))) if depth else Leaf()

    def expected(node, level=0):
        if type(node) is Leaf:
            return level * 2 * "."  + "a;" + level * 2 * "." + "b;"
        return level * 2 * "." + "+;" + "".join(map(expected, node.children, [level + 1] * 3))
    for depth in (2, 3, 4, 5) * 8:
        whole = tree(depth)
        assert "".join(line + ";" for line in whole.show("..", 0)) == expected(whole)


def test_what_a_call_is_given_is_seen_by_the_collector():
    class Leaf:
        pass

    def tree(depth):
        return list(tree(depth - 1) if depth > i else Leaf() for i in range(3)) if depth else Leaf()

    def size(node):
        return sum(size(child) for child in node) if isinstance(node, list) else 1
    sizes = [size(tree(depth)) for depth in (2, 3, 4, 5) * 8]
    assert sizes == sizes[:4] * 8, sizes


run(globals())
