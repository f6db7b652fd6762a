"""The functions of builtins."""
from harness import check_all, raises, run


def test_iteration_functions():
    assert list(enumerate("ab", 5)) == [(5, "a"), (6, "b")] and list(zip("abc", [1, 2])) == [("a", 1), ("b", 2)] and list(zip()) == [] and list(map(max, [1, 5], [3, 2])) == [3, 5] and list(filter(None, [0, 1, ""])) == [1] and list(filter(str.isupper, "aBC")) == ["B", "C"]
    assert list(reversed("abc")) == ["c", "b", "a"] and sum([1, 2], 10) == 13 and sum([[1], [2]], []) == [1, 2] and any([0, 1]) and not any([]) and all([]) and not all([1, 0]) and list(iter([3, 2, 1, 0].pop, 3)) == [0, 1, 2]
    raises(ValueError, "zip() argument 2 is shorter than argument 1", list, zip("ab", "a", strict=True))
    raises(TypeError, "sum() can't sum strings [use ''.join(seq) instead]", sum, ["a"], "")
    raises(TypeError, "'set' object is not reversible", reversed, {1})
    raises(TypeError, "'int' object is not iterable", zip, [], 1)


def test_min_max():
    assert min(3, 1, 2) == 1 and max([1, 3, 2]) == 3 and min("bA", key=str.lower) == "A" and max([], default=7) == 7 and max((1, "a"), (1, "b")) == (1, "b") and min([2, 2.0]) is not None
    raises(TypeError, "'<' not supported between instances of 'str' and 'int'", min, 1, "a")


def test_conversion():
    check_all(chr, [(65, "A"), (0x1F600, "\U0001F600"), (0, "\0")])
    check_all(ord, [("A", 65), (b"a", 97), ("漢", 0x6F22)])
    raises(ValueError, "chr() arg not in range(0x110000)", chr, 0x110000)
    raises(TypeError, "ord() expected a character, but string of length 2 found", ord, "ab")
    raises(TypeError, "ord() expected string of length 1, but int found", ord, 5)
    assert (hex(255), oct(8), bin(5), ascii("é"), bool([]), bool("a"), abs(-5), abs(-1.5)) == ("0xff", "0o10", "0b101", "'\\xe9'", False, True, 5, 1.5)


def test_attributes():
    class C:
        x = 1
    c = C()
    setattr(c, "a b", 2)
    assert getattr(c, "a b") == 2 and getattr(c, "zz", None) is None and hasattr(c, "x")
    delattr(c, "a b")
    raises(TypeError, "attribute name must be string, not 'int'", getattr, c, 1)
    raises(AttributeError, "'C' object has no attribute 'a b'", delattr, c, "a b")

    class D:
        @property
        def p(self):
            raise ValueError("inside")
    raises(ValueError, "inside", hasattr, D(), "p")


def test_eval_exec_compile():
    assert eval("1 + x", {"x": 2}) == 3 and eval(compile("a * 2", "<s>", "eval"), {"a": 4}) == 8 and eval(" 5") == 5
    exec("def f(): return 7\ny = f()", ns := {})
    assert ns["y"] == 7
    code = compile("x = 1\nx", "<s>", "exec")
    assert code.co_filename == "<s>" and code.co_name == "<module>" and code.co_firstlineno == 1 and exec(code, {}) is None
    raises(TypeError, "eval() arg 1 must be a string, bytes or code object", eval, 1)
    raises(TypeError, "globals must be a dict", eval, "1", 1)
    raises(ValueError, "compile() mode must be 'exec', 'eval' or 'single'", compile, "1", "f", "x")

    class Names(dict):
        def __missing__(self, key):
            return key.upper()
    assert eval("abc + d", {}, Names()) == "ABCD"


def test_globals_locals_vars():
    def f(a):
        b = 2
        return locals()
    assert f(1) == {"a": 1, "b": 2} and globals()["__name__"] == __name__

    class C:
        inner = sorted(k for k in locals() if not k.startswith("__"))
        y = 1
        here = sorted(k for k in locals() if not k.startswith("__"))
    assert C.inner == []


def test_print():
    import io
    out = io.StringIO()
    print(1, "a", None, sep="-", end="!", file=out)
    print(file=out)
    print(*[1, 2], sep="", file=out, flush=True)
    assert out.getvalue() == "1-a-None!\n12\n"
    raises(TypeError, "sep must be None or a string, not int", print, sep=1)


def test_isinstance_and_callable():
    assert isinstance(True, int) and isinstance(1, (str, (int, float))) and issubclass(bool, (str, int)) and callable(len) and callable(int) and not callable(1) and isinstance(None, type(None)) and isinstance([], list | None)
    assert type(1) is int and type(type) is type


def test_round_pow_divmod():
    assert round(2.5) == 2 and round(3.14159, 2) == 3.14 and pow(2, 3) == 8 and pow(2, -1) == 0.5 and pow(2, 5, 7) == 4 and divmod(7, 3) == (2, 1) and divmod(-7.5, 2) == (-4.0, 0.5)
    raises(TypeError, "unsupported operand type(s) for ** or pow(): 'str' and 'int'", pow, "a", 1)
    raises(TypeError, "unsupported operand type(s) for divmod(): 'str' and 'int'", divmod, "a", 1)
    raises(TypeError, "type str doesn't define __round__ method", round, "a")


def test_singletons():
    assert repr(None) == "None" and repr(...) == "Ellipsis" and repr(NotImplemented) == "NotImplemented" and type(None)() is None and type(...)() is ... and bool(...) and not None
    raises(TypeError, "NoneType takes no arguments", type(None), 1)
    raises(SyntaxError, "cannot assign to True (<string>, line 1)", exec, "True = 1")


def test_build_class_and_import_hooks():
    import builtins
    assert __build_class__ is builtins.__build_class__ and __import__("os.path").__name__ == "os" and __import__("os.path", fromlist=["join"]).__name__ == "posixpath" and __debug__ is True


def test_sorted_by_many_types():
    assert sorted([(1, "b"), (1, "a")]) == [(1, "a"), (1, "b")] and sorted([b"b", b"a"]) == [b"a", b"b"] and sorted([1.5, 1, 2 ** 70, -2 ** 70]) == [-2 ** 70, 1, 1.5, 2 ** 70] and sorted("ba", reverse=True) == ["b", "a"]


run(globals())
