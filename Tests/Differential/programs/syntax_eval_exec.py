"""Syntax errors inside eval, exec, compile and ast, with tracebacks through the caller."""
import ast
import sys
for attempt in (lambda: eval("1 +"), lambda: exec("def f(:\n  pass"), lambda: compile("x = 1", "<c>", "eval"),
                lambda: ast.literal_eval("1 + x"), lambda: ast.parse("a b", "name.py"), lambda: eval(""),
                lambda: compile("1", "f", "bad"), lambda: compile("1\n2", "f", "single"), lambda: eval("x\n y"),
                lambda: compile(b"\xff", "f", "exec"), lambda: compile("a\0", "f", "exec"), lambda: exec(5)):
    try:
        attempt()
    except Exception:
        sys.excepthook(*sys.exc_info())
