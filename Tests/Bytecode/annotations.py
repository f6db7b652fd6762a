"""Compares the text of annotations under `from __future__ import annotations` with CPython's, over hand-made expressions and those
of the files named on standard input.

usage: find … | python3.11 annotations.py TOOL
"""
import ast, os, subprocess, tempfile, warnings, sys
TOOL = sys.argv[1]
warnings.simplefilter('ignore')
exprs=['x','a.b[c]','(yield_)','lambda: 1','lambda x, /, y=1, *a, z, w=2, **k: x','lambda *, a: 1','[*a, b]','{**a, "b": 1}','a if b else c','(a if b else c) if d else e','not a','not (a and b)','a and (b or c)','-x ** -y','(-x) ** y','a ** b ** c','(a ** b) ** c','a - (b - c)','(a, b)','()','(a,)','x[a, b]','x[a:b, ::c]','x[(a, b):c]','x[()]','x[a,]','f(*a, **b)','f(x for x in y)','f((x for x in y), 1)','[x for x in y if a if b for z in w]','{a: b for a, b in c}','f"{x}"','f"a{x!r:>{w}}b"','f"{{}}{x}"','f"{ {1:2} }"','f"\'{x}\'"','"it\'s"',"b'x\\n'",'1e1000','1e16','1e15','0.0001','0.00001','1j','-1j','1+2j','123456789012345678901234567890','0xffffffffffffffffffffffff','u"x"','"é\\x80\\ud800"','"\\U0001f600"','...','None','True','1 .real','1.0.real','a < b <= c','a is not b','a not in b','(a < b) < c','~a','+a','- -a','a @ b','a // b % c','a << b >> c','a | b ^ c & d','(a | b) & c','(lambda: 1)()','(a or b)()','x[lambda: 1]','f(a, b=c, *d)','{1, 2}','{}','[]','f"{x:{y}}"','f"{x!s}"','f"{a if b else c}"','f"{lambda_}"','f"{(lambda: 1)}"','f"{x=}"','"a" "b" f"{c}"','x[*a]','x[*a, b]','(x, *y)','a if (b if c else d) else e','(a for b in (c if d else e))','[a for b in c if (d if e else f)]','[a for b, c in d]','[a for (b) in (lambda: c)]','(not a) == b','not a == b','(a == b) is c', '"\\t\\\\"', 'x.y.z(1)(2)[3]','(a, b)[c]','[a][b]','-1 .x','(-1).x','(await_)','{**{}, **a|b}','{**(a or b)}','f(**a or b)','f(*a or b)','[*a or b]','(a, b) if c else d','lambda: (a, b)','lambda x=(1,2): x','1_000','0b11', 'a[b][c:d]','a[b:c:d]','a[::]','a[:]','2**-1','a*(b+c)','(a*b)+c','a-(b+c)','f"{a}" f"{b:x}"','f"{a!r}"',"f'{\"x\"}'","f'{x[\"a\"]}'"]
for f in [l.strip() for l in sys.stdin][::40]:
    try: src=open(f).read(); t=ast.parse(src)
    except Exception: continue
    k=0
    for n in ast.walk(t):
        if isinstance(n,(ast.expr)) and not isinstance(n,(ast.Slice,ast.Starred,ast.Name)) and isinstance(getattr(n,'ctx',ast.Load()),ast.Load):
            k+=1
            if k%7: continue
            try: s=ast.unparse(n)
            except Exception: continue
            if '\n' in s or '\\N' in s: continue
            exprs.append(s)
ok=[]
for e in exprs:
    try: compile(f'from __future__ import annotations\nx: ({e})\n','','exec'); ok.append(e)
    except Exception as x: pass
bad=0
src='from __future__ import annotations\n'+''.join(f'x: ({e})\n' for e in ok)
ns={}
c=compile(src,'','exec')
import dis
exp=[]
prev=None
ins=[i for i in dis.get_instructions(c) if i.opname!='EXTENDED_ARG']
exp=[ins[i].argval for i in range(len(ins)) if ins[i].opname=='LOAD_CONST' and ins[i+1].opname=='LOAD_NAME' and ins[i+1].argval=='__annotations__']
with tempfile.TemporaryDirectory() as directory:
    path=os.path.join(directory,'annotations.py')
    with open(path,'w',encoding='utf8',errors='surrogatepass') as f: f.write(src)
    r=subprocess.run([TOOL,'ann',path],capture_output=True,text=True)
if r.stdout.startswith(('PARSE','FAIL')): print(r.stdout)
mine=set(bytes(int(x,16) for x in l.split()).decode('utf8','surrogatepass') for l in r.stdout.splitlines())
for e,x in zip(ok,exp):
    if x not in mine:
        bad+=1
        if bad<15: print('MISSING',x[:200])
summary=f'{len(ok)-bad} passed, {bad} failed'
e2=set(exp)|{'x','x','annotations','__annotations__'}
for m in list(mine-e2)[:15]: print('EXTRA',m[:200])
print(summary)
