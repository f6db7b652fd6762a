"""doc"""
from __future__ import annotations
import a.b, c.d as e
from .x import y as z, w
from q import *
v: List[int] = [1, 2, 3]
del v, e.f, e[1]
assert v, "message"
global t
