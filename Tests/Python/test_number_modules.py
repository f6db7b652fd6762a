"""math, cmath, _random, _struct, array, _bisect, _heapq: results, and the text of errors."""
import array
import cmath
import math
import random
import struct
from bisect import bisect_left, bisect_right, insort
from heapq import heapify, heappop, heappush, heappushpop, heapreplace, nlargest
from statistics import NormalDist
from harness import check_all, raises, run

INF = float("inf")
NAN = float("nan")


def test_math_errors():
    for function, argument in [(math.sqrt, -1), (math.log, 0), (math.acos, 2), (math.gamma, -1), (math.sin, INF), (math.log1p, -1), (math.atanh, 1)]:
        raises(ValueError, "math domain error", function, argument)
    for function, arguments in [(math.exp, (1000,)), (math.cosh, (1000,)), (math.ldexp, (1.0, 5000)), (math.pow, (10.0, 400)), (math.gamma, (200,))]:
        raises(OverflowError, "math range error", function, *arguments)
    raises(TypeError, "must be real number, not str", math.sqrt, "4")
    raises(OverflowError, "int too large to convert to float", math.sqrt, 10 ** 400)
    raises(ValueError, "-inf + inf in fsum", math.fsum, [INF, -INF])
    raises(OverflowError, "intermediate overflow in fsum", math.fsum, [1e308, 1e308, 1e308])
    raises(ValueError, "factorial() not defined for negative values", math.factorial, -1)
    raises(ValueError, "isqrt() argument must be nonnegative", math.isqrt, -1)
    raises(ValueError, "k must be a non-negative integer", math.comb, 5, -1)
    raises(ValueError, "both points must have the same number of dimensions", math.dist, [1], [1, 2])
    raises(ValueError, "tolerances must be non-negative", lambda: math.isclose(1, 1, rel_tol=-1))
    raises(TypeError, "Expected an int as second argument to ldexp.", math.ldexp, 1.0, 1.5)
    raises(TypeError, "type str doesn't define __trunc__ method", math.trunc, "a")


def test_math_on_large_ints():
    assert math.log(10 ** 1000) == 2302.585092994045 and math.log2(1 << 5000) == 5000.0 and math.log10(10 ** 500) == 500.0
    assert math.isqrt(10 ** 100 - 1) == 10 ** 50 - 1
    assert math.gcd(2 ** 200 * 15, 2 ** 100 * 9, 3) == 3 and math.gcd() == 0 and math.lcm(4, -6) == 12 and math.lcm() == 1
    assert math.comb(300, 150) * math.factorial(150) ** 2 == math.factorial(300) and math.perm(200, 3) == 200 * 199 * 198
    assert math.floor(1e300) == int(1e300) and math.ceil(-0.5) == 0 and math.prod([2, 3.5], start=2) == 14.0


def test_sums_are_rounded_once():
    assert math.fsum([0.1] * 10) == 1.0 and math.fsum([1e100, 1.0, -1e100]) == 1.0 and math.fsum([]) == 0.0
    assert math.hypot(3, 4) == 5.0 and math.hypot() == 0.0 and math.hypot(INF, NAN) == INF and math.hypot(1e-320, 1e-320) == 1.414e-320
    assert math.nextafter(1.0, 2.0) == 1.0000000000000002 and math.ulp(1.0) == 2.220446049250313e-16 and math.remainder(5, 4) == 1.0


def test_cmath():
    assert cmath.sqrt(-4) == 2j and cmath.isinf(complex(1, INF)) and not cmath.isfinite(complex(NAN, 0)) and cmath.phase(-1) == math.pi
    assert abs(cmath.exp(1j * math.pi) + 1) < 1e-15 and cmath.rect(2, 0) == 2 and cmath.polar(3j) == (3.0, math.pi / 2)
    raises(ValueError, "math domain error", cmath.log, 0)
    raises(OverflowError, "math range error", cmath.exp, 1000)


def test_random_is_the_mersenne_twister():
    generator = random.Random(42)
    assert generator.random() == 0.6394267984578837 and generator.getrandbits(100) == 259474555368124611114247330513
    state = generator.getstate()
    first = [generator.random() for _ in range(1000)]
    generator.setstate(state)
    assert [generator.random() for _ in range(1000)] == first
    assert random.Random(10 ** 50).getrandbits(64) == random.Random(-10 ** 50).getrandbits(64)
    raises(ValueError, "number of bits must be non-negative", generator.getrandbits, -1)


def test_struct_formats():
    check_all(struct.calcsize, [("b", 1), ("bi", 8), ("=bi", 5), ("bq", 16), ("<bq", 9), ("3s2h", 8), ("0i", 0), ("b0i", 4)])
    for form, values in [("<bBhHiIqQ", (-1, 255, -2, 65535, -3, 2 ** 32 - 1, -4, 2 ** 64 - 1)), (">efd", (1.5, -0.25, 1e300)), ("3s4p?c", (b"abc", b"xyz", True, b"!")),
                         ("!lL", (-5, 5)), ("@nNP", (-1, 1, 2))]:
        assert struct.unpack(form, struct.pack(form, *values)) == values
    assert struct.pack(">I", 1) == b"\0\0\0\1" and struct.pack("5s", b"ab") == b"ab\0\0\0" and struct.unpack("4p", b"\x09abc") == (b"abc",)
    assert list(struct.iter_unpack("<H", b"\1\0\2\0")) == [(1,), (2,)] and struct.unpack_from("B", b"abc", -1) == (99,)
    buffer = bytearray(6)
    struct.pack_into("<H", buffer, 2, 0x4142)
    assert buffer == b"\0\0BA\0\0"


def test_struct_errors():
    error = struct.error
    for message, function, *arguments in [
        ("ubyte format requires 0 <= number <= 255", struct.pack, "B", 256), ("short format requires -32768 <= number <= 32767", struct.pack, "h", 40000),
        ("'i' format requires -2147483648 <= number <= 2147483647", struct.pack, "i", 2 ** 31), ("argument out of range", struct.pack, "I", -1),
        ("int too large to convert", struct.pack, ">q", 2 ** 63), ("required argument is not an integer", struct.pack, "i", 1.0),
        ("required argument is not a float", struct.pack, "d", "x"), ("bad char in struct format", struct.calcsize, "z"),
        ("repeat count given without format specifier", struct.calcsize, "3"), ("pack expected 1 items for packing (got 2)", struct.pack, "i", 1, 2),
        ("unpack requires a buffer of 4 bytes", struct.unpack, "i", b"abc"), ("argument for 's' must be a bytes object", struct.pack, "s", "a"),
        ("unpack_from requires a buffer of at least 5 bytes for unpacking 4 bytes at offset 1 (actual buffer size is 3)", struct.unpack_from, "i", b"abc", 1),
        ("offset -9 out of range for 3-byte buffer", struct.unpack_from, "i", b"abc", -9), ("no space to pack 4 bytes at offset -1", struct.pack_into, "i", bytearray(8), -1, 1),
    ]:
        raises(error, message, function, *arguments)
    raises(OverflowError, "float too large to pack with f format", struct.pack, "<f", 1e100)
    raises(TypeError, "a bytes-like object is required, not 'str'", struct.unpack, "i", "abcd")


def test_array():
    a = array.array("i", range(6))
    assert a.tolist() == [0, 1, 2, 3, 4, 5] and a[-1] == 5 and a[1:4] == array.array("i", [1, 2, 3]) and repr(a[::2]) == "array('i', [0, 2, 4])"
    a[1:3] = array.array("i", [7, 8, 9])
    del a[::3]
    assert a.tolist() == [7, 8, 3, 4] and a.index(3) == 2 and a.count(4) == 1 and 8 in a and a < array.array("i", [9])
    a.insert(1, 100)
    a.extend([1.0 .__int__(), 2])
    assert a.pop() == 2 and a.pop(0) == 7 and list(a) == [100, 8, 3, 4, 1] and (a * 2).tolist() == a.tolist() * 2
    assert array.array("H", b"\1\0\2\0").tolist() == [1, 2] and array.array("u", "hé").tounicode() == "hé" and array.array("f", [0.1])[0] != 0.1
    with memoryview(a) as view:
        assert view.format == "i" and view[0] == 100
        raises(BufferError, "cannot resize an array that is exporting buffers", a.append, 1)
    raises(OverflowError, "signed char is greater than maximum", array.array, "b", [128])
    raises(OverflowError, "unsigned byte integer is less than minimum", array.array, "B", [-1])
    raises(ValueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)", array.array, "z")
    raises(TypeError, "can only extend with array of same kind", a.extend, array.array("d"))
    raises(IndexError, "array index out of range", lambda: a[99])


def test_bisect_and_heapq():
    values = [1, 2, 2, 3.5, 7]
    assert (bisect_left(values, 2), bisect_right(values, 2), bisect_left(values[::-1], -2, key=lambda v: -v)) == (1, 3, 2)
    insort(values, 3)
    assert values == [1, 2, 2, 3, 3.5, 7]
    heap = [5, 1, 4, 2.5, 3]
    heapify(heap)
    heappush(heap, 0)
    assert heappushpop(heap, -1) == -1 and heapreplace(heap, 9) == 0 and [heappop(heap) for _ in range(5)] == [1, 2.5, 3, 4, 5] and heap == [9]
    assert nlargest(2, "hello") == ["o", "l"]
    raises(IndexError, "index out of range", heappop, [])
    raises(TypeError, "heapify() argument must be list, not tuple", heapify, ())
    raises(ValueError, "lo must be non-negative", bisect_left, [], 1, -1)


def test_heap_that_changes_while_it_is_compared():
    class Shrinking:
        def __lt__(self, other):
            heap.clear()
            return True
    heap = [Shrinking() for _ in range(5)]
    raises(RuntimeError, "list changed size during iteration", heapify, heap)


def test_normal_quantiles():
    assert NormalDist().inv_cdf(0.975) == 1.9599639845400536 and NormalDist(100, 15).inv_cdf(1e-10) == 4.579886463939161


def test_complex_functions_to_the_last_digit():
    import cmath
    nan = float("nan")
    assert repr(cmath.sqrt(-1j)) == "(0.7071067811865476-0.7071067811865475j)" and repr(cmath.sqrt(-4)) == "2j" and repr(cmath.sqrt(complex(-4, -0.0))) == "-2j"
    assert repr(cmath.acos(1 + 1j)) == "(0.9045568943023814-1.0612750619050357j)" and repr(cmath.acos(2.5 - 2.5j)) == "(0.8053715770583753+1.9566101076215752j)"
    assert repr(cmath.acosh(1 + 2.5j)) == "(1.7084532853187295+1.2123912958473235j)" and repr(cmath.asin(1j)) == "0.881373587019543j"
    assert repr(cmath.atanh(-2.5 + 1j)) == "(-0.3513356390226463+1.4159448545236686j)"
    assert repr(cmath.tan(1)) == "(1.5574077246549023+0j)" and repr(cmath.tanh(2.5 - 2.5j)) == "(0.9961016773157655+0.012872570755000078j)"
    assert repr(cmath.acos(complex(1e308, 1e308))) == "(0.7853981633974483-710.235929413006j)" and repr(cmath.tanh(1e4 + 1j)) == "(1+0j)"
    assert cmath.sqrt(complex(0, 5e-324)) == complex(1.5717277847026288e-162, 1.5717277847026285e-162)
    for function in cmath.tanh, cmath.tan:
        result = function(complex(0, nan) if function is cmath.tanh else complex(nan, 0))
        assert result.real != result.real and result.imag != result.imag
    raises(ValueError, "math domain error", cmath.atanh, 1)
    raises(ValueError, "math domain error", cmath.atan, 1j)


def test_decimal_fma_of_what_is_no_number():
    import decimal
    import itertools
    context = decimal.Context(traps=[])
    values = [decimal.Decimal(text) for text in ("Infinity", "-0", "3", "NaN5", "sNaN9")]
    results = []
    for x, y, z in itertools.product(values, repeat=3):
        context.clear_flags()
        results.append((str(context.fma(x, y, z)), context.flags[decimal.InvalidOperation]))
    # The product of zero and infinity is invalid whatever is added.
    assert results[5:10] == [("NaN", True)] * 5 and results[25:30] == [("NaN", True)] * 5, results
    assert results[3] == ("NaN5", False) and results[4] == ("NaN9", True) and results[18] == ("NaN5", False) and results[19] == ("NaN9", True), results
    assert results[78] == ("NaN5", False) and results[79] == ("NaN9", True) and results[124] == ("NaN9", True), results


def test_gamma_to_the_last_digit():
    assert [math.gamma(x) for x in (0.5, -1.5, -0.5, 4.5, 100.25, 170.6, -170.5, 1e-300)] == [
        1.7724538509055159, 2.3632718012073544, -3.544907701811032, 11.631728396567446, 2.9484662818387695e+156, 9.295995953500918e+305, -3.312739521538607e-308, 9.999999999999999e+299]
    assert [math.lgamma(x) for x in (100, 0.5, -0.5, -99.5, 1e300, 3e-21, 1.0, 2.0)] == [
        359.1342053695754, 0.5723649429247004, 1.265512123484645, -360.2908105819282, 6.897755278982137e+302, 47.25567466420685, 0.0, 0.0]


run(globals())
