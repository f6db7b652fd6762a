"""Weak references, finalizers and the collector. Collection is asked for, never assumed to be immediate."""
import gc
import os
import weakref
from harness import raises, run


class C:
    pass


def collect():
    for _ in range(3):
        gc.collect()


def test_ref_and_callback():
    log = []
    c = C()
    r = weakref.ref(c, log.append)
    assert r() is c and weakref.ref(c) is weakref.ref(c) and weakref.getweakrefcount(c) >= 1
    assert hash(r) == hash(c) and r == weakref.ref(c)
    del c
    collect()
    assert r() is None and log == [r] and "dead" in repr(r)


def test_cycles_are_collected():
    refs = []
    for _ in range(100):
        a, b = C(), C()
        a.b, b.a = b, a
        refs.append(weakref.ref(a))
    a = b = None
    collect()
    assert sum(r() is not None for r in refs) <= 1


def test_del_is_called_once_and_may_resurrect():
    log, saved = [], []

    class D:
        def __del__(self):
            log.append("del")
            saved.append(self)

    def make():
        d = D()
        d.loop = d
    make()
    collect()
    assert log == ["del"] and type(saved[0]) is D
    saved.clear()
    collect()
    assert log == ["del"]


def test_weak_containers():
    d, s, k = weakref.WeakValueDictionary(), weakref.WeakSet(), weakref.WeakKeyDictionary()
    c = C()
    d["c"], k[c] = c, 1
    s.add(c)
    assert len(d) == len(s) == len(k) == 1 and d["c"] is c and c in s
    del c
    collect()
    assert len(d) == len(s) == len(k) == 0


def test_proxy():
    c = C()
    c.x = 1
    p = weakref.proxy(c)
    p.y = 2
    assert p.x == 1 and c.y == 2 and type(p) is weakref.ProxyType
    del c
    collect()
    raises(ReferenceError, "weakly-referenced object no longer exists", lambda: p.x)


def test_finalize():
    log = []
    c = C()
    f = weakref.finalize(c, log.append, "gone")
    assert f.alive
    del c
    collect()
    assert log == ["gone"] and not f.alive and f() is None


def test_weak_method():
    class M:
        def f(self):
            return "f"
    m = M()
    w = weakref.WeakMethod(m.f)
    assert w()() == "f"
    del m
    collect()
    assert w() is None


def test_what_can_be_referenced():
    for x in (C, len, lambda: 0, {1}, frozenset([2]), (i for i in ()), type("T", (list,), {})(), gc):
        weakref.ref(x)
    for x in (1, "a", (), None, [], {}, object()):
        raises(TypeError, "cannot create weak reference to '%s' object" % type(x).__name__, weakref.ref, x)


def test_gc_interface():
    assert gc.isenabled()
    gc.disable()
    assert not gc.isenabled()
    gc.enable()
    assert isinstance(gc.collect(), int) and isinstance(gc.get_threshold(), tuple) and len(gc.get_count()) == 3 and isinstance(gc.get_objects(), list)
    assert gc.is_tracked([]) and gc.get_referents([1, "a"]) in ([1, "a"], ["a", 1], ["a"])


def test_much_garbage_is_bounded():
    for _ in range(200):
        waste = [[i] for i in range(1000)]
        waste.append(waste)
    collect()


def test_a_dropped_class_is_collected():
    # Calls and attribute reads must leave nothing behind that keeps a class alive.
    class Plain:
        def method(self):
            return self
    made = Plain()
    made.itself = made.method()
    reference = weakref.ref(Plain)
    del made, Plain
    gc.collect()
    assert reference() is None


def test_an_instance_that_refers_to_its_class_is_collected():
    class Outer:
        table = {}
    Outer.table[Outer] = Outer()
    Outer.value = Outer()
    reference = weakref.ref(Outer)
    del Outer
    assert gc.collect() > 0
    assert reference() is None


def test_what_a_generator_was_given_is_collected():
    def items(thing):
        yield thing
    class Thing:
        pass
    reference = weakref.ref(Thing)
    assert len(list(items(Thing))) == 1
    del Thing
    gc.collect()
    assert reference() is None


def test_a_suspended_generator_lets_go_of_what_it_yielded():
    import gc, weakref

    class Thing:
        pass

    def plain(things):
        while things:
            yield things.pop()

    def guarded(things):
        try:
            while things:
                with open("/dev/null"):
                    yield (lambda thing: thing)(things.pop())
        finally:
            things.append("closed")

    def received(things):
        while things:
            answer = yield things.pop()
            assert answer is None

    for make in plain, guarded, received:
        things = [Thing() for _ in range(5)]
        for thing in make(things):
            reference = weakref.ref(thing)
            del thing
            gc.collect()
            assert reference() is None, make
        assert things in ([], ["closed"])


def test_a_suspended_generator_keeps_what_it_needs():
    import gc

    def generator():
        total = [sum([(yield 1), (yield 2), len([x for x in range((yield 3))])])]
        with open("/dev/null") as file:
            for a in [1, 2]:
                for b in zip([10, 20], [30, 40]):
                    try:
                        total.append((a, b, [str(a), (yield a), b]))
                    except ValueError as error:
                        total.append((str(error), (yield "error")))
        total.append(file.closed)
        return total

    g = generator()
    values = [next(g)]
    gc.collect()
    while True:
        try:
            if len(values) == 5:
                values.append(g.throw(ValueError("thrown")))
            else:
                values.append(g.send(len(values)))
        except StopIteration as end:
            total = end.value
            break
        gc.collect()
    assert values == [1, 2, 3, 1, 1, "error", 2, 2], values
    assert total == [6, (1, (10, 30), ["1", 4, (10, 30)]), ("thrown", 6), (2, (10, 30), ["2", 7, (10, 30)]), (2, (20, 40), ["2", 8, (20, 40)]), True], total


def test_collect_does_not_count_what_a_finalizer_keeps():
    import gc
    kept = []

    class Loop:
        def __init__(self):
            self.me = self

    class Keeper(Loop):
        def __del__(self):
            kept.append(self)

    class Dying(Loop):
        def __del__(self):
            pass

    gc.collect()
    Keeper()
    assert gc.collect() == 0 and len(kept) == 1
    for _ in range(10):
        Loop(), Dying()
    Keeper()
    assert gc.collect() == 20 and len(kept) == 2
    kept.clear()
    assert gc.collect() == 2


def test_a_disabled_collector_notices_nothing_and_keeps_memory_in_bounds():
    # Under stress everything is collected all the time.
    if "TAIPAN_GC" in os.environ:
        return

    class Node:
        pass
    deleted = []

    class Finalized:
        def __del__(self):
            deleted.append(1)

    def leave():
        node, finalized = Node(), Finalized()
        node.own, finalized.own = node, finalized
        return weakref.ref(node)
    gc.collect()
    gc.disable()
    try:
        reference = leave()
        # Garbage by the reference count, of several hundred MB in all.
        for n in range(300000):
            block = [n] * 200
        assert reference() is not None and not deleted
        with open("/proc/self/statm") as file:
            assert int(file.read().split()[1]) * 4096 < 300 << 20
    finally:
        gc.enable()
    gc.collect()
    assert reference() is None and deleted == [1]


def test_a_long_list_keeps_what_is_appended_and_replaced():
    size = 6000 if "TAIPAN_GC" in os.environ else 400000
    values = []
    for n in range(size):
        values.append([n])
        values[n // 2] = (n // 2,)
    assert all(value == ((n,) if n < size // 2 else [n]) for n, value in enumerate(values))
    table = {}
    for n in range(size):
        table[n] = [n]
        table[n // 3] = (n // 3,)
    assert all(value == ((n,) if n <= (size - 1) // 3 else [n]) for n, value in table.items())


def test_saved_garbage():
    class Node:
        pass
    gc.collect()
    del gc.garbage[:]
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        node = Node()
        node.circle, node.name = node, "saved"
        del node
        count = gc.collect()
    finally:
        gc.set_debug(0)
    found = [each for each in gc.garbage if type(each) is Node]
    assert count > 0 and len(found) == 1 and found[0].circle is found[0] and found[0].name == "saved"
    del found, gc.garbage[:]


run(globals())
