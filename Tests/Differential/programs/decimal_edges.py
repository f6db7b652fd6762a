"""Construction, messages, conversions, contexts and signals of decimal numbers."""
from decimal import *
import pickle, copy, numbers, fractions, sys
D=Decimal
c=Context()
def attempt(case):
    try:
        print(case())
    except BaseException as error:
        print(type(error).__name__, error, repr(error.args))
for case in [
    lambda: setattr(c,'prec','x'),
    lambda: setattr(c,'prec',1.5),
    lambda: setattr(c,'prec',0),
    lambda: setattr(c,'prec',10**30),
    lambda: setattr(c,'rounding',1),
    lambda: delattr(c,'prec'),
    lambda: setattr(c,'flags',1),
    lambda: setattr(c,'foo',1),
    lambda: c.foo,
    lambda: c.flags[1],
    lambda: c.flags.__delitem__(Inexact),
    lambda: Context(1,2,3),
    lambda: Context(traps=1),
    lambda: Context(traps=[1]),
    lambda: Context(traps={1:2}),
    lambda: Context(flags={Inexact:1}),
    lambda: D([]),
    lambda: D({}),
    lambda: D((1,2)),
    lambda: D((2,(1,),1)),
    lambda: D((1,1,1)),
    lambda: D((1,(1,),'x')),
    lambda: D((1,(1,),1.5)),
    lambda: D((1,(11,),1)),
    lambda: D((1,('a',),1)),
    lambda: D('x'),
    lambda: D('1e9999999999999999999'),
    lambda: D(1,2),
    lambda: D(1).quantize('1'),
    lambda: c.add('1',2),
    lambda: c.add(1.5,2),
    lambda: D(1)+1.5,
    lambda: D('nan')<1,
    lambda: hash(D('snan')),
    lambda: int(D('nan')),
    lambda: int(D('inf')),
    lambda: float(D('snan')),
    lambda: D('inf').as_integer_ratio(),
    lambda: D('nan').as_integer_ratio(),
    lambda: round(D(1),'x'),
    lambda: round(D('nan')),
    lambda: round(D('inf')),
    lambda: format(D(1),'x'),
    lambda: D(1).__format__(1),
    lambda: D.from_float('x'),
    lambda: c.create_decimal_from_float('x'),
    lambda: c.create_decimal(1.5),
    lambda: c.create_decimal({}),
    lambda: c.create_decimal(' 1'),
    lambda: setcontext(1),
    lambda: localcontext(1),
    lambda: localcontext(foo=1),
    lambda: 1/D(0),
    lambda: D(0)/0,
    lambda: divmod(D(1),0),
    lambda: D(10)**D(10**20),
    lambda: D(-2)**D('0.5'),
    lambda: D('1e999999')*10,
    lambda: D(1).to_integral_value('x'),
    lambda: D(1).quantize(1,'x'),
    lambda: D(1).exp(context=1),
    lambda: pow(D(2),3,5),
    lambda: pow(D(2),3,0),
    lambda: D(1)%0,
    lambda: D('inf')%1,
    lambda: D('1e50')//1,
    lambda: c.__reduce__(),
    lambda: D('-1.50').__reduce__(),
    lambda: D('nan123').as_tuple(),
    lambda: D('-inf').as_tuple(),
    lambda: c.to_sci_string('x'),
    lambda: c.copy_decimal(2),
    lambda: D('sNaN1')+1,
    lambda: D(2)**'x',
    lambda: D(1)<'x',
    lambda: D(1)==1j,
    lambda: pow(D(2),3,'x'),
    lambda: repr(c.flags),
    lambda: D(1).real,
    lambda: D.__new__(int),
    lambda: D(value='1',context=None),
    lambda: c.flags.copy(),
    lambda: len(c.flags),
    lambda: c.flags.foo,
    lambda: c.create_decimal('nan'+'1'*40),
    lambda: D(1).__round__(3),
    lambda: c._apply(D(1)),
    lambda: D('1').__ceil__(),
    lambda: D(True),
    lambda: D('٣.٤'),
    lambda: D('1_0__0_'),
    lambda: D('1\u2003'),
    lambda: D(' 1\x00'),
    lambda: D('1e1000').__round__(2),
    lambda: D(5).number_class(),
    lambda: D('Infinity')//2,
    lambda: pickle.loads(pickle.dumps(D('1.50'))),
    lambda: copy.deepcopy(D(3)),
    lambda: pickle.loads(pickle.dumps(c)),
    lambda: isinstance(D(1),numbers.Number),
    lambda: D('0.5')==fractions.Fraction(1,2),
    lambda: D('0.5')<fractions.Fraction(2,3),
    lambda: D(1)<1j,
    lambda: D(1)==True,
    lambda: D(2)==2.0,
    lambda: 1.5<D(2),
    lambda: sum([D(1),2,D('.5')]),
    lambda: D(2)*3,
    lambda: 3-D(2),
    lambda: 2**D(3),
    lambda: divmod(7,D(2)),
    lambda: abs(D(-3)),
    lambda: -D(0),
    lambda: +D('-0'),
    lambda: bool(D('nan')),
    lambda: complex(D(3)),
    lambda: D(3).conjugate(),
    lambda: D.from_float(0.1),
    lambda: D(0.1),
    lambda: D('1').compare(D('nan')),
    lambda: D('123').adjusted(),
    lambda: D('1e-7'),
    lambda: D('0e-7'),
    lambda: D('1e-6'),
    lambda: D('12e7').to_eng_string(),
    lambda: D('0e7').to_eng_string(),
    lambda: "%s %r"%(D(1),D(2)),
    lambda: D('1.5').__floor__(),
    lambda: D('1').is_normal(),
    lambda: D('5').radix(),
    lambda: getcontext().copy(),
    lambda: D('9'*5000)+1,
    lambda: str(D('7'*5000))[:20],
    lambda: int(D('1e5000'))%7,
    lambda: D(10**5000)%7,
    lambda: hash(D('1e5000'))==hash(10**5000),
    lambda: hash(D('1e-50')),
    lambda: D(2).__rpow__(3),
    lambda: D(2).__radd__('x'),
    lambda: D(3).__divmod__(2.5),
    lambda: D('1').shift(2),
    lambda: D('123').rotate(1),
    lambda: D('101').logical_and(D('110')),
    lambda: D('1').next_plus(),
    lambda: D('10').log10(),
    lambda: D('10').ln(),
    lambda: D(0).ln(),
    lambda: D(-1).ln(),
    lambda: D('123').scaleb(3),
    lambda: D('1').scaleb(D('1e50')),
    lambda: D('nan').logb(),
    lambda: D(0).logb(),
    lambda: D(7).remainder_near(4),
    lambda: D(0).remainder_near(0),
    lambda: D('1e60').remainder_near(7),
    lambda: D(8)**D('0.3333333333333333333333333333'),
    lambda: D('1.1')**D('-1e9'),
    lambda: D(0)**0,
    lambda: D(0)**-1,
    lambda: D('-0')**-3,
    lambda: D('inf')**-1,
    lambda: D(1)**D('inf'),
    lambda: D(-1)**3,
    lambda: D(1)**5,
    lambda: D('1.00')**3,
    lambda: D(2)**D('3.0'),
    lambda: D(100)**D('0.5'),
    lambda: D(10)**-3,
    lambda: D('-2')**D('1e3'),
    lambda: D.__sizeof__(D(1)),
    lambda: sys.getsizeof(D(1))>=0,
]:
    attempt(case)
class S(Decimal):
    def __init__(self,*a): self.x=1
    def __str__(self): return 'S!'
s=S('1.5')
print(s, repr(s), type(s+1), s.x, S.from_float(1.5).__class__, type(Decimal(s)), type(S(s)), pickle.loads(pickle.dumps(s)), hash(s)==hash(D('1.5')), copy.copy(s))
class K(Context): pass
k=K(prec=5)
print(k.prec, k, type(k.copy()), k.add(1,D('2.123456789')))
with localcontext(prec=3) as z: print(D(1)/3, z.flags[Inexact]); z.traps[Inexact]=True
attempt(lambda: D(1)/3)
print(getcontext().flags[Inexact])
import threading, asyncio
def th(): print(getcontext().prec, getcontext().flags[Inexact])
DefaultContext.prec=12
x=threading.Thread(target=th); x.start(); x.join()
DefaultContext.prec=28
setcontext(ExtendedContext)
print(getcontext() is ExtendedContext, getcontext().prec, D(1)/0, D('x'))
print(Context(prec=3).create_decimal((1,(1,2,3,4,5),-3)), Context(prec=3).plus(D('123456')))
print(MAX_PREC,MAX_EMAX,MIN_EMIN,MIN_ETINY,HAVE_THREADS,HAVE_CONTEXTVAR)
c=Context(traps=[FloatOperation]); setcontext(c)
attempt(lambda: D(1.5))
attempt(lambda: D(1)<1.5)
attempt(lambda: D(1)==1.5)
attempt(lambda: c.create_decimal(1.5))
attempt(lambda: D.from_float(1.5))
print(c.flags)
attempt(lambda: D(1).__lt__('x'))
attempt(lambda: D(1).__eq__(None))
attempt(lambda:  max(D('nan'),D(1)))
attempt(lambda: sorted([D(3),D('1.5'),D(-2),2.5]))
attempt(lambda: D('-1.5')//1)
attempt(lambda: D('1').fma(2,'x'))
attempt(lambda: D(1).max('x'))
attempt(lambda: c.is_nan('x'))
attempt(lambda: c.canonical(1))
attempt(lambda: c.is_canonical(1))
attempt(lambda: Context(prec='x'))
attempt(lambda: c.power(2,3))
attempt(lambda: c.power(2,3,5))
attempt(lambda: c.power('x',3))
attempt(lambda: c.divmod(7,2))
attempt(lambda: c.to_integral_value(D('2.5')))
attempt(lambda: D('2.5').to_integral_exact(rounding=ROUND_UP))
import decimal
print(decimal.getcontext, decimal.localcontext().__class__, decimal.Context, decimal.Decimal, type(c.flags), decimal.__version__, decimal.__libmpdec_version__)
print(sorted(n for n in dir(decimal) if not n.startswith('_')))
