"""Instances under stress: many attributes, changing classes, inline caches that must notice."""
from harness import raises, run


def test_many_attributes_in_different_orders():
    class C: pass
    for order in ("abc", "cab", "bca"):
        c = C()
        for name in order:
            setattr(c, name, name)
        assert c.a + c.b + c.c == "abc" and list(c.__dict__) == list(order)
    c = C()
    for i in range(500):
        setattr(c, "n%d" % i, i)
    assert c.n499 == 499 and len(vars(c)) == 500
    for i in range(0, 500, 2):
        delattr(c, "n%d" % i)
    assert not hasattr(c, "n0") and c.n1 == 1 and len(vars(c)) == 250


def test_caches_notice_class_changes():
    class A:
        x = 1
        def f(self): return "A.f"
    class B(A): pass

    def read(o):
        return o.x, o.f()
    b = B()
    assert [read(b) for _ in range(50)][-1] == (1, "A.f")
    A.x = 2
    assert read(b) == (2, "A.f")
    B.f = lambda self: "B.f"
    assert read(b) == (2, "B.f")
    b.x = 3
    assert read(b) == (3, "B.f")
    b.f = lambda: "own"
    assert read(b) == (3, "own")
    del b.x, b.f, B.f
    assert read(b) == (2, "A.f")
    A.x = property(lambda self: "property")
    assert read(b)[0] == "property"
    A.__getattribute__ = lambda self, name: (lambda: name) if name == "f" else name
    assert read(b) == ("x", "f")


def test_caches_notice_globals_and_builtins():
    ns = {}
    exec("y = 1\ndef read(): return y, len([1])\n", ns)
    assert [ns["read"]() for _ in range(50)][-1] == (1, 1)
    ns["y"] = 2
    assert ns["read"]() == (2, 1)
    ns["len"] = lambda x: "shadow"
    assert ns["read"]() == (2, "shadow")
    del ns["len"]
    assert ns["read"]() == (2, 1)
    del ns["y"]
    raises(NameError, "name 'y' is not defined", ns["read"])


def test_polymorphic_sites():
    classes = [type("K%d" % i, (), {"__init__": lambda self, i=i: setattr(self, "v", i), "m": lambda self, i=i: i * 2}) for i in range(20)]
    def total(objects):
        return sum(o.v + o.m() for o in objects)
    assert total([k() for k in classes] * 3) == 3 * sum(i * 3 for i in range(20))


def test_operand_types_change_in_a_loop():
    def add(a, b):
        return a + b
    values = [(1, 2), (1.5, 2), ("a", "b"), ([1], [2]), (2 ** 62, 2 ** 62), (True, True), (1j, 1), ((1,), (2,))]
    for _ in range(30):
        assert [add(a, b) for a, b in values] == [3, 3.5, "ab", [1, 2], 2 ** 63, 2, 1 + 1j, (1, 2)]
    raises(TypeError, None, add, 1, "a")


def test_method_calls_through_every_kind_of_callable():
    class Call:
        def __call__(self, *a): return ("call", a)
    class C:
        plain = lambda self, *a: ("plain", a)
        static = staticmethod(lambda *a: ("static", a))
        cls = classmethod(lambda cls, *a: (cls.__name__, a))
        native = len
        instance = Call()
        kind = int
        def __len__(self): return 9
    c = C()
    for _ in range(20):
        assert (c.plain(1), c.static(1), c.cls(1), c.native([1]), c.instance(1), c.kind("5")) == (("plain", (1,)), ("static", (1,)), ("C", (1,)), 1, ("call", (1,)), 5)


def test_dict_materialised_late():
    class C:
        def __init__(self): self.a, self.b = 1, 2
    c = C()
    d = c.__dict__
    c.a = 10
    d["b"] = 20
    d["new"] = 30
    c.other = 40
    assert (d["a"], c.b, c.new, d["other"]) == (10, 20, 30, 40) and list(d) == ["a", "b", "new", "other"]
    d.clear()
    assert not hasattr(c, "a")


def test_property_chain_and_del_in_loop():
    class Node:
        def __init__(self, next): self.next = next
    head = None
    for _ in range(1000):
        head = Node(head)
    n, count = head, 0
    while n:
        n, count = n.next, count + 1
    assert count == 1000


run(globals())
