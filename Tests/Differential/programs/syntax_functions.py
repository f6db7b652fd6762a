"""Syntax errors: functions, calls and lambdas. Each is shown as the interpreter shows it, with its position and carets."""
import traceback

SOURCES = [
    'def f(a, a): pass',
    'def f(a=1, b): pass',
    'def f(*): pass',
    'def f(*, **k): pass',
    'def f(**k, a): pass',
    'def f(*a, *b): pass',
    'def f(a, /, b, /): pass',
    'def f(/): pass',
    'def f(*, a, /): pass',
    'def f(1): pass',
    'def f(None): pass',
    'def f((a, b)): pass',
    'def f(a.b): pass',
    'def f(): return = 1',
    'def f()\n    pass',
    'def (): pass',
    'def f(a b): pass',
    'def f(**k=1): pass',
    'def f(*a=1): pass',
    'lambda a, a: 1',
    'lambda *: 1',
    'lambda (a): 1',
    'lambda a=1, b: 1',
    'f(a=1, a=2)',
    'f(a=1, 2)',
    'f(**a, *b)',
    'f(**a, b)',
    'f(a for a in b, c)',
    'f(c, a for a in b)',
    'f(a, b c)',
    'f(a b)',
    'f(a=)',
    'f(,)',
    'class C(a for a in b): pass',
    'class C(x=1, 2): pass',
    'class : pass',
    'class C pass',
    '@\ndef f(): pass',
    '@x\nx = 1',
    'return 1',
    'yield 1',
    'await x',
    'def f(): await x',
    'async with a: pass',
    'async for a in b: pass',
    '[await x for x in y]',
    'def f(): [x async for x in y]',
    'async def f():\n    yield 1\n    return 2',
    'async def f(): yield from x',
    'class C: return 1',
    'class C: yield 1',
    'def f(x): global x',
    'def f():\n    x = 1\n    global x',
    'def f():\n    print(x)\n    global x',
    'nonlocal x',
    'def f(): nonlocal x',
    'def f(x): nonlocal x',
    'def f():\n    x = 1\n    def g():\n        print(x)\n        nonlocal x',
    'def f():\n    global x\n    nonlocal x',
]


for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(*traceback.format_exception_only(error), (error.lineno, error.offset, error.end_lineno, error.end_offset), sep="")
    else:
        print("accepted:", repr(source))
