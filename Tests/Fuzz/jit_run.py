"""Execute a program with a compiler that begins early: jit_run.py FILE [LIMIT=VALUE ...]."""
import sys

try:
    from __taipan__ import jit
except ImportError:
    jit = None
path, *limits = sys.argv[1:]
if jit:
    for item in limits:
        name, _, value = item.partition("=")
        jit.set_limit(name, int(value))
with open(path) as file:
    code = compile(file.read(), path, "exec")
del jit, limits, file
exec(code, {"__name__": "__main__", "__file__": path})
