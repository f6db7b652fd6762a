"""Parameters and arguments: every kind, defaults, unpacking, and the exact texts of bad calls."""
from harness import raises, run


def f(a, b, /, c, d=4, *args, e, g=7, **kwargs):
    return a, b, c, d, args, e, g, kwargs


def test_binding():
    assert f(1, 2, 3, e=5) == (1, 2, 3, 4, (), 5, 7, {})
    assert f(1, 2, c=3, e=5, z=6, a=9) == (1, 2, 3, 4, (), 5, 7, {"z": 6, "a": 9})
    assert f(*range(6), e=0, **{"g": 1, "h": 2}) == (0, 1, 2, 3, (4, 5), 0, 1, {"h": 2})
    assert f(*[1], *(2, 3), **{"e": 1}, **{"x": 2}) == (1, 2, 3, 4, (), 1, 7, {"x": 2})


def test_defaults_are_evaluated_once():
    def g(x, seen=[]):
        seen.append(x)
        return seen
    g(1)
    assert g(2) == [1, 2] and g.__defaults__ == ([1, 2],)
    g.__defaults__ = ([],)
    assert g(3) == [3]

    def h(*, k=1):
        return k
    h.__kwdefaults__["k"] = 2
    assert h() == 2 and f.__kwdefaults__ == {"g": 7}


def test_missing_arguments():
    def one(a): pass
    def three(a, b, c): pass
    def kw(*, x, y): pass
    raises(TypeError, "test_missing_arguments.<locals>.one() missing 1 required positional argument: 'a'", one)
    raises(TypeError, "test_missing_arguments.<locals>.three() missing 2 required positional arguments: 'b' and 'c'", three, 1)
    raises(TypeError, "test_missing_arguments.<locals>.three() missing 3 required positional arguments: 'a', 'b', and 'c'", three)
    raises(TypeError, "test_missing_arguments.<locals>.kw() missing 2 required keyword-only arguments: 'x' and 'y'", kw)


def test_too_many_arguments():
    exec("""
def none(): pass
def one(a): pass
def opt(a, b=1): pass
def kwonly(a, *, k=1): pass
""", g := {})
    raises(TypeError, "none() takes 0 positional arguments but 1 was given", g["none"], 1)
    raises(TypeError, "one() takes 1 positional argument but 2 were given", g["one"], 1, 2)
    raises(TypeError, "opt() takes from 1 to 2 positional arguments but 3 were given", g["opt"], 1, 2, 3)
    raises(TypeError, "kwonly() takes 1 positional argument but 2 positional arguments (and 1 keyword-only argument) were given", g["kwonly"], 1, 2, k=3)


def test_keyword_errors():
    exec("def g(a, /, b): pass", ns := {})
    g = ns["g"]
    raises(TypeError, "g() got an unexpected keyword argument 'z'", g, 1, 2, z=3)
    raises(TypeError, "g() got multiple values for argument 'b'", g, 1, 2, b=3)
    raises(TypeError, "g() got some positional-only arguments passed as keyword arguments: 'a'", g, a=1, b=2)
    raises(TypeError, "keywords must be strings", lambda: g(**{1: 2}))


def test_unpacking_errors():
    exec("def g(*a, **k): pass", ns := {"__name__": "m"})
    g = ns["g"]
    raises(TypeError, "m.g() argument after * must be an iterable, not int", lambda: g(*5))
    raises(TypeError, "m.g() argument after ** must be a mapping, not int", lambda: g(**5))
    raises(TypeError, "m.g() got multiple values for keyword argument 'b'", lambda: g(**{"b": 1}, **{"b": 2}))
    raises(TypeError, "m.g() got multiple values for keyword argument 'b'", lambda: g(b=1, **{"b": 2}))


def test_builtin_errors():
    raises(TypeError, "len() takes exactly one argument (2 given)", len, 1, 2)
    raises(TypeError, "len() takes no keyword arguments", lambda: len(obj=1))
    raises(TypeError, "isinstance expected 2 arguments, got 1", isinstance, 1)
    raises(TypeError, "sorted expected 1 argument, got 0", sorted)
    raises(TypeError, "sorted expected 1 argument, got 2", sorted, [], 1)
    raises(TypeError, "'x' is an invalid keyword argument for sort()", sorted, [], x=1)
    raises(TypeError, "sum() takes at least 1 positional argument (0 given)", sum)
    raises(TypeError, "'z' is an invalid keyword argument for print()", lambda: print(z=1))
    raises(TypeError, "getattr expected at least 2 arguments, got 1", getattr, 1)
    raises(TypeError, "int() takes at most 2 arguments (3 given)", int, 1, 2, 3)
    raises(TypeError, "replace expected at least 2 arguments, got 1", "a".replace, "a")
    raises(TypeError, "encode() argument 'encoding' must be str, not int", "a".encode, 1)
    raises(TypeError, "'x' is an invalid keyword argument for split()", lambda: "a".split(x=1))
    raises(TypeError, "list.append() takes exactly one argument (2 given)", [].append, 1, 2)
    raises(TypeError, "dict.keys() takes no arguments (1 given)", {}.keys, 1)
    raises(TypeError, "bool() takes no keyword arguments", lambda: bool(x=1))
    raises(TypeError, "max expected at least 1 argument, got 0", max)
    raises(ValueError, "max() arg is an empty sequence", max, [])
    raises(TypeError, "Cannot specify a default for max() with multiple positional arguments", max, 1, 2, default=3)


def test_evaluation_order():
    log = []

    def n(x):
        log.append(x)
        return x
    (lambda *a, **k: None)(n(1), *[n(2)], n(3), k=n(4), **{"j": n(5)}, l=n(6))
    assert log == [1, 2, 3, 4, 5, 6]


def test_function_attributes():
    def g(a: int, b: "text" = 1, *c, d, **e) -> str:
        "Doc."
    assert g.__annotations__ == {"a": int, "b": "text", "return": str} and g.__doc__ == "Doc." and g.__name__ == "g" and g.__code__.co_varnames == ("a", "b", "d", "c", "e") and g.__code__.co_argcount == 2 and g.__code__.co_kwonlyargcount == 1 and g.__module__ == __name__
    g.attribute = 1
    assert g.__dict__ == {"attribute": 1}
    g.__code__ = (lambda a, b=2: a).__code__
    assert g(5) == 5
    raises(TypeError, "__code__ must be set to a code object", setattr, g, "__code__", 1)


def test_decorators():
    log = []

    def deco(tag):
        log.append("make " + tag)

        def apply(function):
            log.append("apply " + tag)
            return lambda *a: (tag, function(*a))
        return apply

    @deco("x")
    @deco("y")
    def g(n):
        return n
    assert g(1) == ("x", ("y", 1)) and log == ["make x", "make y", "apply y", "apply x"]

    @[lambda c: c.__name__][0]
    class C:
        pass
    assert C == "C"


def test_lambda():
    assert (lambda: 1)() == 1 and (lambda *a, k=2, **kw: (a, k, kw))(1, z=3) == ((1,), 2, {"z": 3}) and (lambda x=1: (lambda y: x + y))()(2) == 3 and (lambda: 0).__name__ == "<lambda>"


def test_many_arguments():
    names = ["a%d" % i for i in range(300)]
    exec("def big(%s): return a299" % ", ".join(names), ns := {})
    assert ns["big"](*range(300)) == 299 and eval("big(%s)" % ",".join(map(str, range(300))), ns) == 299


def test_bound_native_functions_in_a_loop():
    split, join, new = "a b".split, "-".join, object.__new__
    texts = []
    for number in range(3000):
        texts = split()
        text = join(texts)
        assert type(new(object)) is object
    assert text == "a-b"


def test_members_of_functions_are_member_descriptors():
    import inspect
    import types
    assert type(types.FunctionType.__globals__) is types.MemberDescriptorType
    module = types.ModuleType("m")
    module.x = 1
    assert inspect.getattr_static(module, "x") == 1


run(globals())
