"""Compares positions, flags, names and variables of every code object with CPython's, for the files named on standard input.

usage: find … | python3.11 positions.py TOOL STEP EXAMPLES     (every STEP-th file, EXAMPLES differences of each kind)
"""
import sys, json, subprocess, dis, types, collections
TOOL = sys.argv.pop(1)
files=[l.strip() for l in sys.stdin][::int(sys.argv[1]) if len(sys.argv)>1 else 20]
cat={}
for n,k in {'LOAD_ATTR':'attr','LOAD_METHOD':'meth','STORE_ATTR':'sattr','DELETE_ATTR':'dattr','CALL':'call','CALL_FUNCTION_EX':'callx','BINARY_SUBSCR':'sub','STORE_SUBSCR':'ssub','DELETE_SUBSCR':'dsub',
 'BINARY_OP':'bin','COMPARE_OP':'cmp','CONTAINS_OP':'in','GET_ITER':'iter','FOR_ITER':'for','RAISE_VARARGS':'raise','IMPORT_NAME':'imp','IMPORT_FROM':'impf','UNPACK_SEQUENCE':'unp','UNPACK_EX':'unpx','LOAD_GLOBAL':'glob','LOAD_NAME':'name','STORE_NAME':'sname','STORE_GLOBAL':'sglob','YIELD_VALUE':None,'BEFORE_WITH':'with','GET_AWAITABLE':'await','FORMAT_VALUE':'fmt','UNARY_NEGATIVE':'un','UNARY_INVERT':'un','CHECK_EXC_MATCH':'match','LOAD_DEREF':'deref','LOAD_BUILD_CLASS':'lbc','MAKE_FUNCTION':'mkf','MATCH_CLASS':'mcls','BUILD_STRING':'bstr','LIST_EXTEND':'lext','DICT_MERGE':'dmerge','LOAD_ASSERTION_ERROR':'lae','DELETE_NAME':'dname','LOAD_CLASSDEREF':'deref'}.items(): cat[n]=k
mine={'getAttr':'attr','getMethod':'meth','setAttr':'sattr','deleteAttr':'dattr','call':'call','callMethod':'call','callKeywords':'call','callMethodKeywords':'call','callExpanded':'callx','getItem':'sub','getItemK':'sub','getSlice':'sub','setItem':'ssub','deleteItem':'dsub','getIter':'iter','forIter':'for','raise':'raise','raiseFrom':'raise','raiseAgain':'raise','importName':'imp','importFrom':'impf','unpackSequence':'unp','unpackStarred':'unpx','loadGlobal':'glob','loadName':'name','storeName':'sname','storeGlobal':'sglob','withLookup':'with','getAwaitable':'await','formatValue':'fmt','negate':'un','invert':'un','jumpIfNoMatch':'match','loadCell':'deref','loadFree':'deref','loadClassFree':'deref','loadBuildClass':'lbc','makeFunction':'mkf','matchClass':'mcls','buildString':'bstr','listExtend':'lext','dictMerge':'dmerge','loadAssertionError':'lae','deleteName':'dname','contains':'in','notContains':'in','jumpContains':'in'}
for o in 'add subtract multiply matrixMultiply divide modulo power leftShift rightShift bitOr bitXor bitAnd floorDivide'.split():
    for p in (o, 'inplace'+o[0].upper()+o[1:]):
        mine[p]='bin'; mine[p+'K']='bin'
for o in 'equal notEqual less lessEqual greater greaterEqual'.split():
    for p in (o,'jump'+o[0].upper()+o[1:]):
        mine[p]='cmp'; mine[p+'K']='cmp'
def codes(c):
    yield c
    for k in c.co_consts:
        if isinstance(k, types.CodeType): yield from codes(k)
bad=collections.Counter(); ex={}; ncodes=0
meta=collections.Counter()
for f in files:
    try: c=compile(open(f,'rb').read(), f,'exec', dont_inherit=True)
    except Exception as e: continue
    r=subprocess.run([TOOL,'pos',f],capture_output=True,text=True)
    L=[json.loads(l) for l in r.stdout.splitlines() if l.startswith('{')]
    if not L: print('none',f, r.stdout[:100]); continue
    T=list(codes(c))
    by=collections.defaultdict(list)
    for t in T: by[(t.co_qualname,t.co_firstlineno)].append(t)
    for l in L:
        k=(l['q'],l['line'])
        if not by.get(k):
            meta['missing']+=1; ex.setdefault('missing',[]).append((f,k)); continue
        t=by[k].pop(0); ncodes+=1
        for name,a,b in (('flags',t.co_flags & ~0x1000000 if 0 else t.co_flags,l['flags']),('argc',[t.co_argcount,t.co_posonlyargcount,t.co_kwonlyargcount],l['argc']),('vars',list(t.co_varnames),l['vars']),('cells',list(t.co_cellvars),l['cells']),('free',list(t.co_freevars),l['free']),('names',[n for n in t.co_names if 1],l['names'])):
            if a!=b:
                meta[name]+=1; ex.setdefault(name,[]).append((f,k,a,b))
        A=collections.defaultdict(set)
        for i,p in zip(dis.get_instructions(t), [i.positions for i in dis.get_instructions(t)]):
            kk=cat.get(i.opname)
            if kk: A[kk].add((p.lineno,p.end_lineno,p.col_offset,p.end_col_offset))
        B=collections.defaultdict(set)
        for o,*p in l['ins']:
            kk=mine.get(o)
            if kk: B[kk].add(tuple(None if x==-1 else x for x in p))
        for kk in set(A)|set(B):
            if A[kk]!=B[kk]:
                a=A[kk]-B[kk]; b=B[kk]-A[kk]
                if kk in('call','callx') : 
                    pass
                bad[kk]+=1; ex.setdefault(kk,[]).append((f,k,sorted(a,key=str)[:4],sorted(b,key=str)[:4]))
print(ncodes,bad,meta)
for k,v in ex.items():
    print('==',k)
    for x in v[:int(sys.argv[2]) if len(sys.argv)>2 else 4]: print('   ',x)
