"""if, while, for, else clauses, break, continue, pass, assert, del and chained assignment."""
from harness import raises, run


def test_if_chain():
    def grade(n):
        if n > 8:
            return "a"
        elif n > 5:
            return "b"
        else:
            return "c"
    assert [grade(n) for n in (9, 6, 1)] == ["a", "b", "c"]


def test_while_else_runs_without_break():
    n = 0
    while n < 3:
        n += 1
    else:
        n = 10
    assert n == 10


def test_while_else_is_skipped_by_break():
    seen = []
    while True:
        seen.append(1)
        if len(seen) == 3:
            break
    else:
        seen = None
    assert seen == [1, 1, 1]


def test_for_else_and_continue():
    out = []
    for i in range(5):
        if i % 2:
            continue
        out.append(i)
    else:
        out.append("else")
    assert out == [0, 2, 4, "else"]


def test_loop_variable_survives():
    for i in range(3):
        pass
    assert i == 2


def test_nested_break_leaves_inner_loop_only():
    out = []
    for i in range(3):
        for j in range(3):
            if j == 1:
                break
            out.append((i, j))
    assert out == [(0, 0), (1, 0), (2, 0)]


def test_break_and_continue_run_finally():
    out = []
    for i in range(3):
        try:
            if i == 0:
                continue
            break
        finally:
            out.append(i)
    assert out == [0, 1]


def test_return_in_finally_wins():
    def f():
        try:
            return 1
        finally:
            return 2

    def g():
        while True:
            try:
                raise ValueError
            finally:
                break
        return "swallowed"
    assert f() == 2 and g() == "swallowed"


def test_try_else_finally_order():
    out = []
    for error in (None, KeyError):
        try:
            out.append("try")
            if error:
                raise error
        except KeyError:
            out.append("except")
        else:
            out.append("else")
        finally:
            out.append("finally")
    assert out == ["try", "else", "finally", "try", "except", "finally"]


def test_assert_messages():
    def fails(*message):
        if message:
            assert False, message[0]
        assert 0
    raises(AssertionError, "why", fails, "why")
    raises(AssertionError, "", fails)


def test_chained_assignment_evaluates_once_left_to_right():
    log = []

    def value():
        log.append("value")
        return [1]

    class Target:
        def __setitem__(self, key, item):
            log.append(key)
    t = Target()
    a = t["x"] = t["y"] = value()
    assert log == ["value", "x", "y"] and a == [1]


def test_evaluation_order_of_assignment():
    log = []

    def note(x, result=None):
        log.append(x)
        return result if result is not None else x
    d = {}
    note("dict", d)[note("key")] = note("value")
    assert log == ["value", "dict", "key"]


def test_del_of_names_items_slices_and_attributes():
    class Box:
        pass
    box, seq, d = Box(), [0, 1, 2, 3, 4, 5], {"a": 1}
    box.x = 1
    del box.x, seq[0], seq[1:3], seq[-1], d["a"]
    assert not hasattr(box, "x") and seq == [1, 4] and d == {}
    raises(AttributeError, "'Box' object has no attribute 'x'", lambda: delattr(box, "x"))

    def unbound():
        name = 1
        del name
        return name
    raises(UnboundLocalError, "cannot access local variable 'name' where it is not associated with a value", unbound)


def test_names_not_defined():
    raises(NameError, "name 'no_such_name' is not defined", lambda: no_such_name)

    def f():
        global no_such_global
        del no_such_global
    raises(NameError, "name 'no_such_global' is not defined", f)

    def outer():
        def inner():
            return cell
        if False:
            cell = 1
        return inner()
    raises(NameError, "cannot access free variable 'cell' where it is not associated with a value in enclosing scope",
           outer)


def test_except_variable_is_deleted():
    e = "before"
    try:
        raise ValueError
    except ValueError as e:
        pass
    try:
        e
    except UnboundLocalError:
        return
    assert False


def test_annotations_without_value_do_not_bind():
    def f():
        x: int
        return x
    raises(UnboundLocalError, None, f)
    namespace = {}
    exec("x: int\ny: str = 'a'\n(q): int = 1", namespace)
    assert namespace["__annotations__"] == {"x": int, "y": str} and namespace["q"] == 1


def test_constant_conditions():
    out = []
    if __debug__:
        out.append(1)
    while 0:
        out.append(2)
    if "":
        out.append(3)
    assert out == [1]


def test_conditional_and_boolean_expressions_return_operands():
    assert (0 or "x", 1 and "", [] or () or {}, 1 if [] else 2, not [], not 1) == ("x", "", {}, 2, True, False)


def test_very_long_comparisons():
    names = dict.fromkeys(["a", "b"], 1)
    assert eval("a<=" * 30000 + "b", names) is True
    assert eval("1 if " + "a<=" * 5000 + "b<0 else 2", names) == 2


run(globals())
