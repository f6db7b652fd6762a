"""Syntax errors: indentation. Each is shown as the interpreter shows it, with its position and carets."""
import traceback

SOURCES = [
    'if 1:\npass',
    '  x = 1',
    'if 1:\n    a\n  b',
    'def f():\nreturn',
    'for x in y:\n\nz',
    'class C:\n',
    'while 1:\n# c\n',
    'try:\n    a\nb',
    'if 1:\n\ta\n        b',
    'with a:\nb',
    'else:\n    x',
    'x = 1\n    y = 2',
    'match a:\n    case 1:\n    x',
    'match a:\ncase 1: pass',
    'try:\n    pass\nexcept:\nx',
    'try:\n    pass\nfinally:\nx',
    'if 1:\n    pass\nelif 2:\nx',
    'async def f():\nx',
    'def f():\n    x\n   y\n',
]


for source in SOURCES:
    try:
        compile(source, "<source>", "exec")
    except SyntaxError as error:
        print(*traceback.format_exception_only(error), (error.lineno, error.offset, error.end_lineno, error.end_offset), sep="")
    else:
        print("accepted:", repr(source))
