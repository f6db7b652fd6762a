"""Cells, nonlocal, global, late binding and class scopes."""
from harness import raises, run

counter = 0


def test_cells_are_shared():
    def make():
        n = 0

        def add():
            nonlocal n
            n += 1
            return n

        def get():
            return n
        return add, get
    add, get = make()
    add(), add()
    other, _ = make()
    assert get() == 2 and other() == 1


def test_late_binding():
    assert [f() for f in [lambda: i for i in range(3)]] == [2, 2, 2]
    assert [f() for f in [lambda i=i: i for i in range(3)]] == [0, 1, 2]


def test_global_statement():
    def bump():
        global counter
        counter += 1
    before = counter
    bump()
    assert counter == before + 1


def test_nonlocal_through_two_levels():
    def a():
        x = 1

        def b():
            def c():
                nonlocal x
                x = 2
            c()
        b()
        return x
    assert a() == 2


def test_class_scope_is_not_enclosing():
    x = "function"

    class C:
        x = "class"

        def method(self):
            return x
        comprehension = [x for _ in range(1)]
        first_iterable = [y for y in x]
    assert C().method() == "function" and C.comprehension == ["function"] and C.first_iterable == list("class")


def test_class_body_reads_global_then_sets():
    namespace = {}
    exec("x = 1\nclass C:\n    x = x + 1\n", namespace)
    assert namespace["C"].x == 2 and namespace["x"] == 1


def test_deleted_cell():
    def f():
        x = 1

        def g():
            return x
        del x
        return g
    raises(NameError, None, f())


def test_closure_attributes():
    def f(a):
        b = 2
        return lambda: (a, b)
    g = f(1)
    assert g.__code__.co_freevars == ("a", "b")
    assert [c.cell_contents for c in g.__closure__] == [1, 2]
    g.__closure__[0].cell_contents = 7
    assert g() == (7, 2)
    assert f.__closure__ is None and f.__code__.co_cellvars == ("a", "b")


def test_argument_is_a_cell():
    def f(n):
        def g():
            nonlocal n
            n -= 1
            return n
        return g
    g = f(5)
    assert (g(), g()) == (4, 3)


def test_locals_sees_free_and_cell_variables():
    def f():
        x = 1

        def g():
            y = 2
            x
            return sorted(locals())
        return g()
    assert f() == ["x", "y"]


def test_exec_and_eval_scopes():
    def f():
        x = 1
        exec("x = 2")
        return x, eval("x")
    assert f() == (1, 1) or f() == (1, 2)
    g = {}
    exec("def f(): return y\ny = 5", g)
    assert g["f"]() == 5
    assert eval("a + b", {"a": 1}, {"b": 2}) == 3
    assert "__builtins__" in g


def test_mutual_recursion_of_locals():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)
    assert even(10) and not even(7)


run(globals())
