"""Compiles erroneous and dubious snippets with CPython and with us: messages, positions and warnings must agree.

usage: python3.11 errors.py TOOL
"""
import ast, os, subprocess, sys, tempfile, warnings
TOOL = sys.argv[1]
DIRECTORY = tempfile.mkdtemp()
S='''
def f():
    x = 1
    global x
---
def f(x):
    global x
---
def f():
    print(x)
    global x
---
def f():
    x: int
    global x
---
nonlocal x
---
def f():
    nonlocal x
---
def f():
    def g():
        print(y)
        nonlocal y
---
def f(y):
    def g(y):
        nonlocal y
---
def f():
    def g():
        nonlocal x
        global x
    x = 1
---
def f():
    global x
    x: int = 1
---
def f():
    y=1
    def g():
        nonlocal y
        y: int
---
def f(a, a): pass
---
lambda a, *, a: 1
---
def f():
    from x import *
---
class A:
    from x import *
---
[x := 1 for x in y]
---
[[(x := 1) for z in y] for x in q]
---
class A:
    [x := 1 for y in z]
---
[y for y in (x := z)]
---
[y for y in [a for a in (x := z)]]
---
[(lambda: (x := i)) for i in (x := 1)]
---
[i for i in r for x in (i := 1)]
---
[x for x in y for z in [x := 1]]
---
[(a := 1) for i in y for a in z]
---
yield 1
---
class A: yield 1
---
[(yield 1) for x in y]
---
{(yield 1) for x in y}
---
{1: (yield 1) for x in y}
---
((yield from z) for x in y)
---
await x
---
def f(): await x
---
def f(): return [x async for x in y]
---
[x async for x in y]
---
def f():
    async with x: pass
---
def f():
    async for x in y: pass
---
return 1
---
class A: return 1
---
async def f():
    yield 1
    return 2
---
async def f():
    yield from x
---
break
---
def f(): continue
---
for x in y:
    def f(): break
---
while 1:
    try: pass
    except* E: break
---
def f():
    try: pass
    except* E: return 1
---
while 1:
    try: pass
    except* E:
        continue
---
try: pass
except: pass
except E: pass
---
*a, *b = c
---
*a = c
---
*a
---
print(*a); x = *a
---
(*a,), *b = c
---
for *a, *b in c: pass
---
match x:
    case y: pass
    case z: pass
---
match x:
    case _: pass
    case z: pass
---
match x:
    case (a | b): pass
---
match x:
    case [a] | [b]: pass
---
match x:
    case [a, a]: pass
---
match x:
    case [*a, *b]: pass
---
match x:
    case {"a": 1, "a": 2}: pass
---
match x:
    case {1: 1, True: 2}: pass
---
match x:
    case A(x=1, y=2, x=3): pass
---
match x:
    case {"a": x, **x}: pass
---
match x:
    case (1 | y) | 3: pass
---
match x:
    case (y as z): pass
    case 1: pass
---
match x:
    case _ as z: pass
    case 1: pass
---
x = 1
from __future__ import annotations
---
from __future__ import foo
---
from __future__ import braces
---
def f():
    from __future__ import annotations
---
__debug__ = 1
---
def f(__debug__): pass
---
f(__debug__=1)
---
x.__debug__ = 1
---
del __debug__
---
import __debug__
---
import a as __debug__
---
for __debug__ in x: pass
---
with x as __debug__: pass
---
class __debug__: pass
---
def __debug__(): pass
---
(__debug__ := 1)
---
__debug__ += 1
---
__debug__: int = 3
---
x.__debug__: int
---
match x:
    case __debug__: pass
---
match x:
    case A(__debug__=1): pass
---
try: pass
except E as __debug__: pass
---
f(a=1, b=2, a=3)
---
class A(x=1, x=2): pass
---
from __future__ import annotations
def f(x: (yield)): pass
---
from __future__ import annotations
x: (y := 1)
---
from __future__ import annotations
def f() -> (await x): pass
---
x is 1
---
x is not "a"
---
1 is x is y
---
x is ()
---
x is -1
---
x is None is 5
---
assert (x, "a")
---
assert ()
---
"a"(1)
---
(1, 2)(3)
---
[1](2)
---
f"{x}"(1)
---
(lambda: 1)(2)
---
{1: 2}(3)
---
[1, 2]["a"]
---
"abc"["a"]
---
(1,2)[1.0]
---
[1][1, 2]
---
{1}[2]
---
1[2]
---
None[1]
---
(x for x in y)[1]
---
"a"[b"b"]
---
[x for x in y]["a"]
---
f"{x}"["a"]
---
(lambda: 1)[2]
---
...[1]
---
{1:2}["a"]
---
1.0[2]
---
"abc"[None]
---
"abc"[...]
---
[1][{}]
---
[1][f"a"]
---
[1][lambda: 1]
---
x = [1,2][3:"a"]
---
def f(x: int, *args: *Ts): pass
---
def f():
  class A:
    nonlocal x
---
class A:
   def f(self): nonlocal __class__
---
def f():
    try: pass
    finally:
        return 1
    continue
---
if 0:
    break
---
while 0:
    yield 1
---
def f():
    with x: 
        break
---
def f():
    for x in y: pass
    else:
        break
---
class A:
    for x in y: pass
    def g(): 
        [__debug__ for __debug__ in x]
---
def f():
    del (a, b, [c])
    return (yield)
---
a, b += 1
---
*a += 1
---
(*a): int = 3
---
x[*a, *b] = 1
---
del *a
---
f(**a, *b)
---
def f(*, a, a): pass
---
async def f(): [await x for y in z]; (await q for z in await y)
---
def f(): (await q for z in y)
---
async def f():
   def g(): [await x for z in y]
---
async def f():
   lambda: await x
---
async def f():
   lambda: [x async for x in y]
---
async def f():
   class A: [x async for x in y]
---
x = 1; x: int; global x
---
def f():
    import x
    global x
---
def f():
    class x: pass
    nonlocal x
---
def f():
    for x in y: pass
    global x
'''
snips=[s.strip('\n')+'\n' for s in S.split('---\n')]
names=[]
for i,s in enumerate(snips):
    p=f'{DIRECTORY}/{i:03}.py'; open(p,'w').write(s); names.append(p)
r=subprocess.run([TOOL,'err']+names,capture_output=True,text=True)
mine={}
for l in r.stdout.splitlines():
    a=l.split('\t'); mine[a[0]]=a[1:]
n=0
for p,s in zip(names,snips):
    with warnings.catch_warnings(record=True) as w:
        warnings.simplefilter('always')
        try:
            compile(s,p,'exec',dont_inherit=True); exp=('ok',str([f'{x.message}@{x.lineno}' for x in w]))
        except SyntaxError as e: exp=(e.msg,e.lineno,e.offset,e.end_lineno,e.end_offset)
    m=mine.get(p)
    if m is None: print('NONE',s,r.stdout[-300:],r.stderr[-300:]); n+=3; continue
    if m[0]=='ok': got=('ok',m[1].replace('\\"','"'))
    elif m[0]=='parse': got=(m[1],)+tuple(map(int,m[2:]))
    else: got=(m[1].removeprefix('syntaxError '),)+tuple(map(int,m[2:]))
    if exp[0]=='ok' and got[0]=='ok':
        if [x.replace('\\','') for x in ast.literal_eval(exp[1])]==[x.replace('\\','') for x in ast.literal_eval(m[1])]: continue
    if m[0]=='parse' and got[0]!='ok' : continue
    if got!=exp: n+=1; print(repr(s),'\n   exp',exp,'\n   got',got)
# Two are known: future features have no end position.
print(f'{len(snips) - n} passed, {max(n - 2, 0)} failed')
