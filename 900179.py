# stress: line 61: 'checksum 486808212' and not 'checksum 2210202207'
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

G1 = [-2**63, 2**53, True, 10]
G2 = 4
def gen3(p0):
    global G1, G2
    v4 = 'A b'.join(['', '']).replace('a', '漢字')[:50].replace('a', 'a')[:50]
    for i in range(p0):
        if i % 7 != 3:
            continue
        yield 49.25
async def co5(p0, p1):
    global G1, G2
    for i in range(p0 & 7):
        for i6, v7 in zip(range(10), [3**50, 13] * 2):
            v8 = [G2, ((-4 % -3) * sum(p0 for q in range(2)))]
            out(p1)
        p1 += await Pause()
    return (p1 or i6)
async def co9(p0, p1):
    global G1, G2
    for i in range(p0 & 7):
        if i % 7 == 0:
            break
        v10 = chr(97 + i % 26)
        p1 = norm(p1 + await co5(i & 1, p1))
    return p0
class C11:
    shared = 11
    def __init__(self, x, y=105.625):
        self.x = x
        self.y = y
    def loop(self, p0):
        global G1, G2
        self.x = norm(self.x + p0)
        for i in range(5): self.x = norm(self.x * 3 + i)
        return self.shared * (p0 - p0)
    @staticmethod
    def static():
        global G1, G2
        return -1 + (11 + G2)
    @classmethod
    def kind(cls):
        global G1, G2
        return 44.75 * (36.875 * 1e-300)
    def __repr__(self): return f'C11({self.x}, {self.y})'
def main12():
    global G1, G2
    v13 = C11(2**62 - 1, 92.0)
    v14 = 'hello world'
    v15 = 11
    v16 = {1.0: 5, 2: 5, 'x': 13, (1, 2): -1}
    v17 = 4
    v18 = 24.125
    try:
        out(v13.x, v13.y)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i19, v20 in enumerate(list(v16.items())):
            if (v14 in v14):
                v21 = ((v20 == v16) or ((True or False) and ('é' in 'a')))
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i22 in range(1, 69):
            with Context(False):
                if ((-3 or v17) & 1):
                    v23 = v24 = norm(v17)
                    i19 -= v13.x
                    i19 = norm(i19)
                else:
                    if True:
                        continue
                if i22 % 6 != 1: continue
            i19 *= (w25 := v17)
            i19 = norm(i19)
            v13.x += (3).bit_length()
            v13.x = norm(v13.x)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i26 in range(59, 0, -1):
            i27 = 0
            while i27 < 8:
                i27 += 1
                if i27 == 25: C11.shared = (v17 * i19)
            with Context(False) as v28:
                for i29, v30 in zip(range(8), [-2**62 - 1, 4, 255] * 2):
                    v14 = (v14 if i29 % 4 == 2 else 'abc').upper().replace('a', v14)[:50]
                    v31 = (float(-1 & 255), ((lambda p: p)(v14) * 0), C11(i22).static(), )
                    if (i22 <= v30):
                        break
                v18 -= ((v18 / 85.75) + (-v18))
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i32 in range(49):
            i29 = norm((v16.get(v15, v15) - (int(v18) | -1)))
            v15 &= v31[0]
            v15 = norm(v15)
            try:
                v33 = (int((v15 < v30)) >= ((+i32) / (v30 - 2)))
                out(v30)
                if i32 % 4 < 2: raise IndexError()
            except (TypeError, IndexError, KeyError, ZeroDivisionError, ValueError, OverflowError, AttributeError) as e:
                out(type(e).__name__, str(e))
            finally:
                out(v30)
            it34 = gen3(5)
            out(it34.send(None))
            out(it34.send(None))
            out(sum(q for q in it34 if type(q) is int))
        else:
            v20 = ()
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i35 in range(44):
            v36 = (False, (v17 + v17), (1e-5 * 1e-300) ** 2, (v14 + v14)[-40:], drive(co9(i26, G2)), (v16 == v20))
            out(v36)
            v30 = (i27 if (v14 not in v31) else ((i22 - i35) - (v15 if i35 % 6 != 2 else 14)))
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    out(v14)
    out(v15)
    out(v16)
    out(v17)
    out(v18)
    out(v20)
    out(i19)
    out(i22)
    out(i26)
    out(i27)
    out(v30)
def main37():
    global G1, G2
    v38 = '漢字'
    v39 = C11(13, 5e-324)
    v40 = False
    v41 = ('漢字', )
    v42 = 1e-5
    v43 = 2**62 - 1
    i44 = 0
    while i44 < 43 and (None is not True):
        i44 += 1
        v45 = ('a' in v38)
        v39.x = norm(([0.5, 5, 3][2] - (w46 := v43)))
        try:
            v47 = (v39.loop(G2), v40, drive(co5(5, i44)), 'abc'.join([v38, v38]), v39.kind())
            out(v47)
            out(v39.static())
        except (TypeError, IndexError, KeyError, ZeroDivisionError, ValueError, OverflowError, AttributeError) as e:
            out(type(e).__name__, str(e))
        v38 = 'abc'.join(v38)
    try:
        for i48 in range(77):
            v49 = [v39.x, (255 / 3**50), v38, None, True][i48 % 3]
            if v40:
                v40 = {c50: c50 * 6 for c50 in range(1)}
            elif False:
                v51 = dict(enumerate((v39.loop(v49), C11(6, y=0.0).kind(), v39.kind(), v39.static(), False, v39.kind(), False, (v38 in v38))))
                out(v51)
            else:
                v40 = {v38: (norm((i48 - i44)) << 3), i44: sum(5 for q in range(2))}
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i52 in range(41, 0, -1):
            out(v49)
            v53 = norm(((v43 - (6 if False else i52)) if i52 % 2 == 1 else v40.get(2**62, 8)))
            v39.y *= v39.y
            try:
                out(v49)
                if isinstance(v42, bool): continue
            finally:
                if i52 == 19: C11.shared += 1
        else:
            v54 = [10]
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        if (not (-G2)):
            i44, i48 = i48, i44
        elif (v39 is True):
            def g55(a, b=v49):
                nonlocal v43
                v43 = norm(v43 + a)
                return a * 2 + b + v43
            for j56 in range(12):
                v43 = norm(v43 ^ g55(v54[0]))
            out(v43)
        else:
            if (i48 in [11, 5, 6]):
                try:
                    i44 = norm(i48)
                    v42 = v39.y
                except ValueError as e:
                    out(type(e).__name__, str(e))
                finally:
                    v39 = C11((drive(co9(v49, 10)) - (v43 - 10)), v42)
            elif True:
                out(v54)
            else:
                v40 = C11(v49, v39.y)
                G2 = norm(G2 * (255 + i48))
            G1 = [drive(co9(i48, 255)), (2 * i48)]
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    out(v38)
    out(v40)
    out(v41)
    out(v42)
    out(v43)
    out(i44)
    out(v49)
    out(i48)
    out(i52)
    out(v54)
def main57():
    global G1, G2
    v58 = [3, -2, 255]
    v59 = 7
    v60 = C11(5, 63.875)
    v61 = True
    v62 = 'A b'
    v63 = 2**64 + 3
    for i64, v65 in enumerate(v58 * 6):
        out(drive(co9(sum(v63 for q in range(3)), v59)))
    try:
        for i66 in range(1, 28):
            v60.x = norm(i64)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    try:
        for i67 in range(0, 78, 3):
            def g68(a, b=G2):
                nonlocal v59
                v59 = norm(v59 + a)
                return a * 2 + b + v59
            out(g68((i66 + i67)))
            if i67 == 29: C11.pick = lambda self, a: a + 1
            for i69, v70 in enumerate(list({'a': 2**61}.items())):
                if i67 % 5 == 0:
                    v59 = (([v59, 14][i69 & 1] - (v65 + i64)) | {0: 15}.get(v65, 10))
                    out(drive(co5(int(False))))
                else:
                    v59 = (len(v70) or v59)
        else:
            v62 += ('abc' * 0)
            v62 = v62[-30:]
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    v71 = {'a': 3, 'b': 2**62 - 1}
    try:
        for i72, k73 in enumerate([C11(2**63 - 1), C11(15, 94.5), C11(-3, 23.625)] * 23):
            out(i69)
            v74 = (2.0**53 // -3.0)
            v63 = norm(v60.x)
        pass
    except Exception as e:
        out(type(e).__name__, str(e), line(e.__traceback__))
    for i75 in range(33):
        v76 = [sum(v59 for q in range(1)), v74, v62, None, True][i75 % 5]
        if i75 % 29 == 0: peek()
        if i75 == 5: sys.settrace(tracer)
        if i75 == 8:
            sys.settrace(None)
            out(events[:20])
            events.clear()
        i64 = (+len(G1))
    out(v58)
    out(v59)
    out(v61)
    out(v62)
    out(v63)
    out(v65)
    out(i64)
    out(i66)
    out(i67)
    out(v70)
    out(i69)
v77 = 'hello world'
v78 = 1
v79 = 5e-324
v80 = [-10**20, 3, -1, 99.75, -10**20]
try:
    for i81 in range(30):
        v82 = [(+v78), (v79 + v79), v77, None, True][i81 % 1]
        v78 = (norm(v78) << 1)
        try:
            v78, *v84 = [G2 for c85 in range(2) if c85 % 3]
            if (v77 not in ()): raise KeyError(5)
        except (TypeError, IndexError, KeyError, ZeroDivisionError, ValueError, OverflowError, AttributeError) as e:
            out(type(e).__name__, str(e))
        finally:
            v77 = ('x,y,z' if i81 % 8 < 3 else v77)
        v86 = C11(2, 43.375)
        v82, (v87, *_) = drive(co9(G2, 14)), [v78, *[1, 2**62 - 1, 6]]
    pass
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__))
try:
    for i88 in range(1, 52):
        v82, v89 = (7, '\U0001F600', )
        v80.append((~i81))
        if len(v80) > 25: del v80[:]
    pass
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__))
if 'v77' in globals(): out(v77)
if 'v78' in globals(): out(v78)
if 'v79' in globals(): out(v79)
if 'v80' in globals(): out(v80)
if 'v82' in globals(): out(v82)
if 'i81' in globals(): out(i81)
if 'i88' in globals(): out(i88)
try:
    main12()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main12()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main37()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main57()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
try:
    main57()
except Exception as e:
    out(type(e).__name__, str(e), line(e.__traceback__.tb_next))
out(G1, G2)
print("checksum", crc)
