# stress: line 3: "({1.0: 3, 2: 2305843009213693951, '😀': -0.0},)" and not "({1.0: 3, 2: 2305843009213693951, '😀': 12},)"
import gc, sys, zlib
crc = printed = 0
def out(*values):
    global crc, printed
    text = repr(values)
    crc = zlib.crc32(text.encode("utf-8", "backslashreplace"), crc)
    if printed < 60:
        printed += 1
        print(text[:200])
def norm(x):
    if type(x) is int and (x > 1 << 130 or x < -1 << 130):
        return x % 4611686018427387907 - 5
    return x
def line(traceback):
    # CPython's fused instructions give unbound names the line of what stood before.
    return traceback and sys.exc_info()[0] is not UnboundLocalError and traceback.tb_lineno
def peek(depth=1):
    frame = sys._getframe(depth)
    plain = sorted((name, value) for name, value in frame.f_locals.items() if type(value) in (int, float, str, bool) or value is None)
    out(frame.f_code.co_name, frame.f_lineno, plain)
    return len(plain)
def drive(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value
class Pause:
    def __await__(self):
        yield 1
        return 2
events = []
def tracer(frame, event, argument):
    if frame.f_code.co_filename == __file__ and event != "line":
        events.append((frame.f_code.co_name, event))
    return tracer
class Context:
    def __init__(self, swallow):
        self.swallow = swallow
        self.count = 0
    def __enter__(self):
        self.count += 1
        return self.count
    def __exit__(self, kind, value, traceback):
        self.count -= 2
        return self.swallow and kind is not None and issubclass(kind, ValueError)
class Error(Exception):
    pass

G1 = [-4, 15, 2**62, 2**61 - 1]
G2 = 3.141592653589793
def r3(p0, p1=1):
    global G1, G2
    if p0 > 11 or p0 <= 0: return p1
    return (r3(p0 - 1, ('0', 'é', 51.25, )[-1]) if (5.375 < 1e-300) else [8, 1][0])
class C4:
    shared = 2
    def __init__(self, x, y=110.25):
        self.x = x
        self.y = y
        self.extra0 = 2**62
    @staticmethod
    def static(p0):
        global G1, G2
        return -2 * (~5)
    @classmethod
    def kind(cls, p0):
        global G1, G2
        return cls.shared * (w5 := 3**50)
    @property
    def prop(self):
        global G1, G2
        pass
        return self.y + (96.375 + 2.75)
    def __repr__(self): return f'C4({self.x}, {self.y})'
    def __bool__(self): return self.x != 0
def main6():
    global G1, G2
    v7 = -3
    v8 = 7.625
    v9 = {1.0: 3, 2: 2**61 - 1}
    v10 = 4
    v11 = 'hello world'
    v12 = (2, )
    try:
        v12 = ()
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        v7, v13 = (v7 or r3(v7, v10)), (5 - v7)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    v10 += (G1[-1] >> (r3(11, v7) & 31))
    v10 = norm(v10)
    try:
        i15 = 0
        while i15 < 79:
            i15 += 1
            v9['\U0001F600'[:3]] = v10
            if len(v9) > 40: v9.clear()
            v10 = C4(1).static(0.0)
            v7 = norm((w16 := [10, 9][-1]))
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    out(v7)
    out(v8)
    out(v9)
    out(v10)
    out(v11)
    out(v12)
    out(i15)
def main17():
    global G1, G2
    v18 = {'a': -2, 'b': -1}
    v19 = 'hello world'
    v20 = [-3, 2**62 - 1]
    v21 = False
    v22 = -4
    v23 = 3
    for i24 in range(1, 29):
        if i24 % 5 != 1:
            continue
        G2 = ((-3 - i24) / 1e308)
        v20[:1] = v20[:3]
        v25 = ((G2 + (0.5 * i24)) * float('inf'))
    try:
        if v20: v20[i24 % len(v20)] = 3
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    for i26, chi26 in enumerate('A b'[:20] * 6):
        v27 = {'\U0001F600': C4(-2**61, 0.5).x, v22: (C4(-2, 1.0).x if isinstance(v18, str) else (v23 if v21 else i26))}
        if i26 == 30: C4.pick = lambda self, a: a + 1
    try:
        for i28, v29 in enumerate(list(v27.items())):
            for i30 in range(5, 0, -1):
                with Context(False):
                    v22 %= v23
                    v22 = norm(v22)
                    if (v25 > 1.0): break
                v20[:] = v20[:3]
                v23 |= ((lambda p: p)(i30) + (i28 - v22))
                v23 = norm(v23)
                try:
                    v20.insert(0, 5)
                    del v20[25:]
                    if i28 % 5 < 2: continue
                finally:
                    if i30 % 12 == 2: peek()
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    out(v18)
    out(v19)
    out(v20)
    out(v21)
    out(v22)
    out(v23)
    out(i24)
    out(v25)
    out(chi26)
    out(i26)
    out(v27)
    out(v29)
def main31():
    global G1, G2
    v32 = 10
    v33 = {0: 2**31, 1: 11}
    v34 = ''
    v35 = [12, -1, 1000003, 11]
    v36 = 6
    v37 = ('a', )
    try:
        for i38, chi38 in enumerate(''[:20] * 7):
            v39 = (0.5 * ((lambda p: p)(i38) if (v36 == i38) else (True + 1)))
            if i38 % 2 < 3:
                for i40, v41 in enumerate(list(v33.items())):
                    v33[i40] = 'x,y,z'.join([v34, chi38])
                    if len(v33) > 40: v33.clear()
                    v36 -= v36
                    v36 = norm(v36)
                    def g42(a, b=v32):
                        return a * 2 + b + v32
                    out(g42(v33.get(v36, v32)))
                    v32, v36 = v36, v32
            else:
                with Context(False):
                    v32 += v32
                    v32 = norm(v32)
                    if (v32 < v36 <= i40): continue
                if ((v36 if False else v32) & 1):
                    out(v35)
                elif i38 % 3 == 3:
                    v36 |= (v32 - v36)
                    v36 = norm(v36)
            chi38 += chi38.upper()
            chi38 = chi38[-30:]
            v35[:] = sorted(v35, key=lambda k: -k if type(k) is int else 0)[:3]
        else:
            out(i38)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    for i43 in range(47):
        v44 = [v32, 5e-324, chi38, None, True][i43 % 5]
        v45 = max(((7 < 99.875), (v36 <= 1), (v34 * 2), C4(-2**62, 60.875).prop, C4(2**53, 2.0**53).prop), key=str)
        out(v45)
        v46 = (True and ((chi38 <= chi38) and (v41 == v35)))
    for i47 in range(26):
        v48 = (69.125 * 33.25) ** 2
        v44 *= (v44 % -3)
        v44 = norm(v44)
        if v35: v35[v33[0] % len(v35)] = (3 or v33.get(chi38, i40))
        if i47 == 2: C4.shared = (9 if i47 % 4 == 0 else 10)
    try:
        for i49 in range(0, 237, 3):
            if False:
                v50 = 88.375
            i38 = ((lambda p: p)(v33.get('', v36)) + (i47 or int(v36)))
            if (v36 < [i38, 8][i49 & 1] <= -4):
                for i51, k52 in enumerate([C4(11), C4(10, 57.375), C4(9)] * 1):
                    i47 = norm(sum(i38 for q in range(0)))
            elif False:
                v33 = {0: 1, 1: -10**20, 2: 15, 3: 0, True: 2**31}
            else:
                v32 *= (i49 + (v44 - v44))
                v32 = norm(v32)
            if i49 % 14 == 2: out(sorted(locals())[:3], sys._getframe().f_lineno)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    out(v32)
    out(v33)
    out(v34)
    out(v35)
    out(v36)
    out(v37)
    out(chi38)
    out(i38)
    out(v41)
    out(i40)
    out(v44)
    out(i43)
try:
    main6()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main17()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main31()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main31()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
out(G1, G2)
print("checksum", crc)
