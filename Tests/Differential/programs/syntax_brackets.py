"""Syntax errors: brackets that do not match. Each is shown as the interpreter shows it, with its position and carets."""
import traceback

SOURCES = [
    '(',
    '[1, 2',
    '{1: 2',
    ')',
    '(]',
    'f(1, 2',
    'x = [1,\n2\n',
    'print((1)',
    "a = {\n'x': (1,\n}",
    'f(a, b))',
    "'''open",
    "'open",
    '"a\nb"',
    "f'''x",
    '(1\nx = 2',
    'def f(a, b:\n    pass',
    '[x for x in (1, 2]',
]


for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(*traceback.format_exception_only(error), (error.lineno, error.offset, error.end_lineno, error.end_offset), sep="")
    else:
        print("accepted:", repr(source))
