# Formatting, in all its ways.
import math, datetime, decimal, fractions
x=1234567.891; n=-42; s="héllo"; w=12
print(f"{x:,.2f}|{x:_.1f}|{x:e}|{x:.3g}|{x:>20.1f}|{x:<20,.0f}|{x:^+20.2f}|{x:020.3f}|{x:%}|{x!r:>25}")
print(f"{n:d}|{n:+d}|{n:08d}|{n:x}|{n:#x}|{n:#010b}|{n:o}|{n: d}|{n:c}" if n>0 else f"{65:c}|{n:,}|{10**12:_}|{255:#X}|{255:_b}|{n:=+8d}|{n:*^9}")
print(f"{s:*^11}|{s:>8}|{s:.3}|{s!a}|{s!r}|{s!s:5.2}|{s:{w}}|{s:{'<'}{w}}|{s=}|{s = }|{n+1=}|{x=:.1f}|{s=!s}|{'a' 'b'}|{{}}|{{{n}}}")
print("%5d|%-5d|%05d|%+d|%x|%#o|%e|%.3f|%g|%10.4s|%r|%a|%c|%%|%s" % (42, 42, 42, 42, 255, 8, x, x, x, s, s, s, "c", None))
print("%(a)s %(b)05.1f" % {"a": 1, "b": 2.25}, "%*d|%-*d|%.*f" % (5, 1, 5, 2, 2, 3.14159))
print("{:>10}|{:<10}|{:^10}|{0!r}".format(*"abc") if 0 else "{0:>10}|{1:<10}|{2:^10}|{0!r}|{name.real}|{lst[1]}|{d[k]}".format("a", "b", "c", name=5, lst=[1, 2], d={"k": "v"}))
for v in (0.1, 1e16, 1e-5, 123456789012345678, 1.0, -0.0, float("inf"), float("nan"), 1e300*10, 5e-324, 2.5, 3.5, 1/3):
    print(repr(v), str(v), f"{v:.2f}", f"{v:g}", f"{v:n}", round(v, 1) if math.isfinite(v) else "-")
for v in (True, None, ..., NotImplemented, 3+4j, b"a\x00\xff'", bytearray(b"x"), range(3), slice(1, 2), {1, }, frozenset(), set(), (1,), [], {}, int, print, len, type, lambda: 0, object, "a\tb\n\x7f\u200b\U0001f600'\"", memoryview(b"a").__class__, dict.fromkeys("ab"), {1: {2: [3, (4,)]}}.items(), iter([]).__class__):
    r = repr(v); print(r if " at 0x" not in r else r.split(" at ")[0], f"{v}"[:20] if " at 0x" not in r else "")
print(f"{datetime.datetime(2024, 2, 29, 13, 5, 9, 123):%Y-%m-%d %H:%M:%S.%f %j %A %b %p %%}", datetime.timedelta(days=-1, seconds=5), datetime.timedelta(1.5), repr(datetime.timedelta(hours=25)))
print(decimal.Decimal("1.10") + decimal.Decimal("2.205"), decimal.Decimal(10) / 3, repr(decimal.Decimal("1E+5")), f"{decimal.Decimal('1234.5'):,.2f}", fractions.Fraction(3, 6), fractions.Fraction("0.125"), round(decimal.Decimal("2.5")), decimal.Decimal("0.1").as_tuple())
print(f"{'nested ' + f'{1 + 1} ' + 'x':>20}", f'{"a" if n else "b"}', f"{(lambda q: q * 2)(4)}", f"{n:{'0' + str(w)}d}", f"{x:{w}.{2}f}", f'{s!r:^{w}}')
class F:
    def __format__(self, spec): return f"<{spec}>"
    def __repr__(self): return "F()"
    def __str__(self): return "str"
print(f"{F()} {F():abc} {F()!r} {F()!s:>5} {F()=}", "{:x y}".format(F()), format(F(), ""))
print(1_000_000, 0xff, 0b101, 0o17, 1e3, 1j, .5, 5., 1_0.0_1, "\N{GREEK SMALL LETTER ALPHA}", r"\n", b"\x41", u"x", """a
b""", 'a' "b" f"{n}" r'\d')
print(str(10**50), -7 // 2, -7 % 3, 7 // -2, divmod(-7, 2), 2**0.5, 2**-1, 0**0, 1 < 2 < 3, not 1, 5 & 3 | 4 ^ 1, ~5, 1 << 10, -1 >> 1, round(0.5), round(1.5), round(-2.5), round(1234, -2), int("0b11", 0), int("ff", 16), float("1e3"), complex("1+2j"), abs(3+4j), pow(3, 4, 5), hash(1.0) == hash(1), 0.1 + 0.2, 1e23, 1.7976931348623157e308, (0.1).hex(), (255).to_bytes(2, "big"), int.from_bytes(b"\1\0", "little"), (10).bit_length(), (6).bit_count())
