"""Assignment expressions and the rules for which scope a name belongs to."""
from harness import raises, run


def test_in_conditions_and_loops():
    data, out = [1, 2, 3], []
    while (n := data.pop()) != 1:
        out.append(n)
    if (m := len(out)) > 1 and (k := m * 2):
        out.append(k)
    assert out == [3, 2, 4] and n == 1


def test_in_arguments_subscripts_and_fstrings():
    a = [10, 20]
    assert a[(i := 1)] == 20 and (lambda x, y: x + y)(z := 1, y=(w := 2)) == 3 and (i, z, w) == (1, 1, 2) and f"{(q := 5)}" == "5" and q == 5
    assert a[j := 0] == 10 and {(p := 1): (r := 2)} == {p: r} and [s := 1, s ** 2] == [1, 1]


def test_value_and_precedence():
    x = (y := 1, 2)
    assert x == (1, 2) and y == 1 and (z := 1 if 0 else 2) == 2 and z == 2


def test_comprehension_target_in_global_and_nonlocal():
    exec("def f():\n global g\n [g := i for i in range(3)]\nf()", ns := {})
    assert ns["g"] == 2

    def outer():
        n = 0

        def inner():
            nonlocal n
            return [n := i for i in range(5)]
        inner()
        return n
    assert outer() == 4


def test_class_comprehension_is_refused():
    raises(SyntaxError, "assignment expression within a comprehension cannot be used in a class body (<string>, line 1)", exec, "class C: [x := 1 for _ in y]")
    raises(SyntaxError, "assignment expression cannot be used in a comprehension iterable expression (<string>, line 1)", exec, "[i for i in (j := [1])]")


def test_global_in_nested_function():
    exec("x = 'global'\ndef f():\n    x = 'f'\n    def g():\n        global x\n        return x\n    return g(), x\nr = f()", ns := {})
    assert ns["r"] == ("global", "f")


def test_unbound_then_bound():
    def f(flag):
        if flag:
            x = 1
        return x
    assert f(True) == 1
    raises(UnboundLocalError, "cannot access local variable 'x' where it is not associated with a value", f, False)


def test_builtins_may_be_shadowed():
    exec("len = lambda x: 'shadow'\nr = len([])\ndel len\ns = len([])", ns := {})
    assert ns["r"] == "shadow" and ns["s"] == 0
    assert eval("len", {"__builtins__": {"len": 5}}) == 5
    raises(NameError, "name 'len' is not defined", eval, "len", {"__builtins__": {}})


def test_loop_over_globals_in_functions():
    exec("total = 0\ndef add(n):\n    global total\n    for i in range(n):\n        total += i\nadd(10)", ns := {})
    assert ns["total"] == 45


def test_scope_syntax_errors():
    for source, message in [
        ("def f(x):\n global x", "name 'x' is parameter and global"), ("def f():\n x = 1\n global x", "name 'x' is assigned to before global declaration"),
        ("def f():\n print(x)\n global x", "name 'x' is used prior to global declaration"), ("nonlocal x", "nonlocal declaration not allowed at module level"),
        ("def f():\n nonlocal x", "no binding for nonlocal 'x' found"), ("def f():\n global x\n nonlocal x", "name 'x' is nonlocal and global"),
        ("def f():\n def g():\n  nonlocal __class__", "no binding for nonlocal '__class__' found"), ("def f(a):\n x: int\n global x", "annotated name 'x' can't be global"),
    ]:
        error = raises(SyntaxError, None, compile, source, "<s>", "exec")
        assert error.msg == message, (source, error.msg)


run(globals())
