"""List, set and dict comprehensions and generator expressions: scopes, order, nesting, walrus."""
from harness import raises, run


def test_kinds():
    assert [x * x for x in range(4) if x % 2 == 0] == [0, 4]
    assert {x % 3 for x in range(9)} == {0, 1, 2}
    assert {k: v for k, v in zip("ab", (1, 2))} == {"a": 1, "b": 2}
    assert list(x for x in "ab") == ["a", "b"]


def test_variables_do_not_leak():
    x = "outer"
    [x for x in range(3)]
    {x: x for x in range(3)}
    list(x for x in range(3))
    assert x == "outer"


def test_walrus_binds_in_the_containing_function():
    values = [last := n for n in range(4)]
    assert last == 3 and values == [0, 1, 2, 3]
    assert any((hit := n) > 1 for n in range(5)) and hit == 2


def test_nested_loops_and_conditions():
    assert [(x, y) for x in range(3) if x for y in range(x)] == [(1, 0), (2, 0), (2, 1)]
    assert [[y for y in range(x)] for x in range(3)] == [[], [0], [0, 1]]
    assert [x for row in [[1, 2], [3]] for x in row] == [1, 2, 3]


def test_first_iterable_is_evaluated_outside_and_at_once():
    raises(ZeroDivisionError, None, lambda: (x for x in 1 / 0))
    later = (1 / 0 for x in [1])
    raises(ZeroDivisionError, None, next, later)
    raises(TypeError, "'int' object is not iterable", lambda: (x for x in 1))


def test_dict_comprehension_evaluates_key_first():
    log = []

    def note(x):
        log.append(x)
        return x
    {note("k"): note("v") for _ in range(1)}
    assert log == ["k", "v"]


def test_closures_over_comprehension_variables():
    assert [f() for f in [lambda: (x, y) for x in "ab" for y in "c"]] == [("b", "c"), ("b", "c")]


def test_unpacking_targets():
    assert [a + c for a, *b, c in [(1, 2, 3), (4, 5)]] == [4, 9]
    holder = [None]
    assert [holder[0] for holder[0] in range(2)] == [0, 1]


def test_generator_expression_is_lazy():
    seen = []
    g = (seen.append(x) for x in range(3))
    assert seen == []
    next(g)
    assert seen == [0]
    g.close()
    raises(StopIteration, "", next, g)


def test_generator_expression_names():
    g = (x for x in ())
    assert g.__name__ == "<genexpr>" and g.__qualname__.endswith("<locals>.<genexpr>")
    assert repr(g).startswith("<generator object test_generator_expression_names.<locals>.<genexpr> at 0x")


def test_syntax_errors():
    for source, message in [
        ("[x for x in y := z]", "invalid syntax"),
        ("[i := 0 for i in range(5)]", "assignment expression cannot rebind comprehension iteration variable 'i'"),
        ("[*x for x in y]", "iterable unpacking cannot be used in comprehension"),
        ("{**x for x in y}", "dict unpacking cannot be used in dict comprehension"),
        ("[x, y for x in z]", "did you forget parentheses around the comprehension target?"),
        ("f(x for x in y, 1)", "Generator expression must be parenthesized"),
    ]:
        error = raises(SyntaxError, None, compile, source, "<s>", "eval")
        assert error.msg == message, (source, error.msg)


def test_lengths_that_are_not_kept():
    # The room that is made for the items is no promise.
    items = list(range(5))
    def shrinking():
        return [items.pop() for _ in items]
    def growing():
        more = [1]
        return [(more.append(n + 1) if len(more) < 20 else None) or n for n in more]
    assert shrinking() == [4, 3, 2] and growing() == list(range(1, 21))
    assert [x for x in iter([])] == [] == [x for x in range(3, 0)]
    part = iter([1, 2, 3, 4])
    next(part)
    assert [x for x in part] == [2, 3, 4] and [x for x in part] == []
    def fails():
        try:
            [1 // 0 for x in range(10**15)]
        except ZeroDivisionError as error:
            return str(error)
    assert [fails() for _ in range(200)] == ["integer division or modulo by zero"] * 200
    assert [[y for y in (x, x + 1)] for x in range(300)][-1] == [299, 300]


run(globals())
