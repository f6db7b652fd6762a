"""Import modules from damaged .pyc files: any exception will do, and so will the right module; a crash will not."""
import importlib.util
import os
import py_compile
import sys
import tempfile
import cases

SOURCE = '''
"""A module with something of everything that a code object holds."""
from __future__ import annotations
CONSTANTS = (1, -1, 2 ** 70, 1.5, 2j, "text", "t\\u00e9xt", b"bytes", None, True, ..., (1, (2, "x")), frozenset({1, 2}))

def closure(a, /, b=1, *c, d: int = 2, **e):
    total = 0
    def inner(x):
        nonlocal total
        total += x
        return [y + total for y in (a, b, *c) if y]
    try:
        return inner(d)
    except TypeError as error:
        return f"{error!r:>20}"
    finally:
        total = None

class Thing:
    x: int = 1
    def __init__(self): self.value = 5
    def gen(self):
        for i in range(3):
            yield i, self.value

result = closure(1, 2, 3), [*Thing().gen()], {k: v for k, v in zip("ab", CONSTANTS)}
match result:
    case [x, *_]: pass
'''


class Folder:
    """A folder with the module's good .pyc, made when first needed."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="fuzz-pyc-")
        self.source = os.path.join(self.path, "module.py")
        with open(self.source, "w", encoding="utf-8") as file:
            file.write(SOURCE)
        self.cache = importlib.util.cache_from_source(self.source)
        py_compile.compile(self.source, self.cache, doraise=True)
        with open(self.cache, "rb") as file:
            self.good = file.read()


FOLDER = Folder()


def damage(data, random):
    data = bytearray(data)
    kind = random.below(5)
    if kind == 0:
        return bytes(data[:random.below(len(data))])
    for _ in range(1 + random.below(6)):
        # The header's first 16 bytes are seldom touched: a bad one is refused before anything is read.
        at = random.below(len(data)) if random.below(20) == 0 else 16 + random.below(len(data) - 16)
        if kind == 1:
            data[at] ^= 1 << random.below(8)
        elif kind == 2:
            data[at] = random.below(256)
        elif kind == 3:
            data[at:at + random.below(8)] = bytes(random.below(256) for _ in range(random.below(8)))
        else:
            data[at:at + 4] = random.pick((b"\xff\xff\xff\x7f", b"\xff\xff\xff\xff", b"\0\0\0\0", b"\0\0\0\x80"))
    return bytes(data)


def case(random):
    with open(FOLDER.cache, "wb") as file:
        file.write(damage(FOLDER.good, random))
    spec = importlib.util.spec_from_file_location("module", FOLDER.source)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)


if __name__ == "__main__":
    sys.stderr = None
    try:
        cases.main(case)
    finally:
        import shutil
        shutil.rmtree(FOLDER.path, ignore_errors=True)
