"""Code objects, frames, function introspection, compile flags and inspect."""
import inspect
import sys
import types
from harness import run


def sample(a, b=1, /, *args, c, d=2, **kwargs):
    """Doc."""
    x = 1
    return lambda: (x, a)


def test_code_attributes():
    code = sample.__code__
    assert (code.co_name, code.co_qualname, code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount) == ("sample", "sample", 2, 2, 2)
    assert code.co_varnames[:6] == ("a", "b", "c", "d", "args", "kwargs") and set(code.co_cellvars) == {"a", "x"} and code.co_filename == __file__ and code.co_nlocals >= 6
    assert code.co_flags & inspect.CO_VARARGS and code.co_flags & inspect.CO_VARKEYWORDS and code.co_flags & inspect.CO_OPTIMIZED and "Doc." in code.co_consts


def test_flags():
    def gen(): yield
    async def co(): pass
    async def agen(): yield
    assert inspect.isgeneratorfunction(gen) and inspect.iscoroutinefunction(co) and inspect.isasyncgenfunction(agen) and not inspect.isgeneratorfunction(co)


def test_replace():
    def f():
        return 1
    g = f.__code__.replace(co_name="renamed", co_firstlineno=77)
    assert g.co_name == "renamed" and g.co_firstlineno == 77 and g != f.__code__ and f.__code__ == f.__code__.replace()


def test_lines_and_positions():
    def f(a):
        b = a + 1
        return b
    first = f.__code__.co_firstlineno
    lines = [line - first for _, _, line in f.__code__.co_lines() if line]
    assert set(lines) >= {1, 2} and any(p[0] == first + 1 and p[2] is not None for p in f.__code__.co_positions())


def test_signatures_of_native_classes():
    import bz2, io, itertools, queue, types
    for kind, expected in [
        (list, "(iterable=(), /)"), (tuple, "(iterable=(), /)"), (float, "(x=0, /)"), (complex, "(real=0, imag=0)"), (enumerate, "(iterable, start=0)"),
        (reversed, "(sequence, /)"), (memoryview, "(object)"), (property, "(fget=None, fset=None, fdel=None, doc=None)"), (io.BytesIO, "(initial_bytes=b'')"),
        (io.StringIO, "(initial_value='', newline='\\n')"), (io.BufferedReader, "(raw, buffer_size=8192)"), (io.FileIO, "(file, mode='r', closefd=True, opener=None)"),
        (io.TextIOWrapper, "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"),
        (itertools.groupby, "(iterable, key=None)"), (itertools.count, "(start=0, step=1)"), (itertools.permutations, "(iterable, r=None)"),
        (itertools.accumulate, "(iterable, func=None, *, initial=None)"), (queue.SimpleQueue, "()"), (bz2.BZ2Compressor, "(compresslevel=9, /)"),
        (types.FunctionType, "(code, globals, name=None, argdefs=None, closure=None)"), (types.ModuleType, "(name, doc=None)"), (types.MethodType, "(function, instance, /)"),
    ]:
        assert str(inspect.signature(kind)) == expected, (kind, str(inspect.signature(kind)))


def test_signatures():
    assert str(inspect.signature(sample)) == "(a, b=1, /, *args, c, d=2, **kwargs)"
    assert str(inspect.signature(len)) == "(obj, /)" and str(inspect.signature(sorted)) == "(iterable, /, *, key=None, reverse=False)"

    class C:
        def __init__(self, x: int, y="d") -> None: pass
    assert str(inspect.signature(C)) == "(x: int, y='d') -> None"


def test_frames():
    def f():
        local = 5
        return sys._getframe()
    frame = f()
    assert frame.f_code is f.__code__ and frame.f_locals["local"] == 5 and frame.f_globals is globals() and frame.f_lineno == f.__code__.co_firstlineno + 2
    assert sys._getframe().f_back.f_code.co_name == "run" and frame.f_builtins["len"] is len


def test_getsource_and_doc():
    assert inspect.getsource(sample).startswith("def sample(a") and inspect.getdoc(sample) == "Doc." and inspect.getmodule(sample) is sys.modules[__name__]


def test_tracing():
    events = []

    def f(x):
        y = x
        return y

    def tracer(frame, event, argument):
        if frame.f_code is f.__code__:
            events.append((event, frame.f_lineno - f.__code__.co_firstlineno))
            return tracer
    sys.settrace(tracer)
    try:
        f(1)
    finally:
        sys.settrace(None)
    assert events == [("call", 0), ("line", 1), ("line", 2), ("return", 2)]


def test_constants_and_types_are_kept_apart():
    assert [type(x) for x in (lambda: (1, 1.0, True, 0.0, -0.0))()] == [int, float, bool, float, float] and str((lambda: (0.0, -0.0))()) == "(0.0, -0.0)"


def test_future_annotations():
    exec("from __future__ import annotations\ndef f(a: undefined.name[0]) -> 'x': pass", ns := {})
    assert ns["f"].__annotations__ == {"a": "undefined.name[0]", "return": "'x'"}


def test_ast_round_trip():
    import ast
    source = "def f(a, *b, c=1, **d):\n    return [x for x in a if x] + f'{a!r:>{c}}'"
    assert ast.unparse(ast.parse(source)).replace('"', "'") == source
    tree = ast.parse("1 + 2")
    tree.body[0].value.op = ast.Mult()
    assert eval(compile(ast.Expression(tree.body[0].value), "<a>", "eval")) == 2 and ast.literal_eval("{'a': [1, (2.5, None)]}") == {"a": [1, (2.5, None)]}


def test_a_function_that_was_never_called_knows_all_about_itself():
    # Code that comes from a file is read in full only when it is wanted.
    import os
    import subprocess
    import tempfile
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "lazily.py"), "w") as file:
            file.write("""def f(a, /, b=1, *c, d: int = 2, **e):
    'Doc of f.'
    x = 5
    def inner():
        'Doc of inner.'
        return x, a
    return inner, lambda: e
def g(): return 1
class C:
    'Doc of C.'
    def m(self): self.x = self.y = 1
    async def n(self): yield 1
""")
        program = """
import marshal, sys
sys.path.insert(0, sys.argv[1])
import lazily as m
print(m.f.__doc__, m.g.__doc__, m.C.m.__doc__, m.f.__qualname__, m.C.m.__qualname__)
print(m.f.__code__.co_varnames, m.f.__code__.co_cellvars, m.f.__code__.co_argcount, m.f.__code__.co_flags, m.C.n.__code__.co_flags)
inner = [c for c in m.f.__code__.co_consts if hasattr(c, "co_name")]
print([(c.co_name, c.co_freevars, c.co_firstlineno, c.co_filename == m.__file__) for c in inner])
copy = marshal.loads(marshal.dumps(m.f.__code__))
print(copy == m.f.__code__, hash(copy) == hash(m.f.__code__), copy.replace(co_name="h").co_name, list(m.g.__code__.co_lines())[-1][2])
m.g.__code__ = m.C.m.__code__
m.f.__code__ = (lambda z: z).__code__
print(m.g.__doc__, m.f.__doc__, m.f(3))
import inspect
print(inspect.signature(m.C.m), inspect.signature(m.C().n))
"""
        outputs = {subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True).stdout for _ in range(3)}
    assert outputs == {"""Doc of f. None None f C.m
('a', 'b', 'd', 'c', 'e', 'inner') ('a', 'e', 'x') 2 15 515
[('inner', ('a', 'x'), 4, True), ('<lambda>', ('e',), 7, True)]
True True h 8
None Doc of f. 3
(self) ()
"""}, outputs


def test_a_comprehension_called_with_no_iterator():
    if sys.implementation.name == "cpython":
        return  # which crashes
    generator = next(c for c in (lambda y: (x for x in y)).__code__.co_consts if hasattr(c, "co_code"))
    for wrong, name in ((5, "int"), (None, "NoneType"), (1.5, "float"), ([1], "list")):
        try:
            list(types.FunctionType(generator, {})(wrong))
        except TypeError as error:
            assert str(error) == f"'{name}' object is not an iterator"
        else:
            raise AssertionError(wrong)


def test_lines_begin_with_the_head():
    def function():

        return 1
    first = function.__code__.co_firstlineno
    assert next(function.__code__.co_lines())[2] == first
    assert next(compile("\n\nx", "f", "exec").co_lines())[2] == 0


run(globals())
