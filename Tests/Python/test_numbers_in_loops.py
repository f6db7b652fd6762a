"""Arithmetic in hot loops: results must not change as code warms up or overflows."""
from harness import run


def test_integers_overflow_midway():
    x = 1
    for i in range(200):
        x = x * 3 + i
    y = 1
    for i in range(200):
        y = y + y + y + i
    assert x == y and x % 1000003 == y % 1000003 and x > 2 ** 300


def test_sum_switches_from_int_to_float():
    total = 0
    for i in range(1000):
        total += i if i < 500 else i + 0.5
    assert total == sum(range(1000)) + 250.0 and type(total) is float


def test_float_accumulation_is_exactly_ieee():
    s, p = 0.0, 1.0
    for i in range(1, 2000):
        s += 1.0 / i
        p *= 1.0 + 1.0 / (i * i)
    assert repr(s) == "8.177868103610283" and repr(p) == "3.6742398715730133", (s, p)


def test_shifts_and_masks():
    h = 0x811C9DC5
    for b in b"the quick brown fox" * 20:
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    assert h == 98654561
    r = 1
    for _ in range(500):
        r = (r >> 1) ^ (-(r & 1) & 0xB4BCD35C)
    assert 0 <= r < 2 ** 32


def test_collatz_and_gcd():
    def steps(n):
        count = 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            count += 1
        return count

    def gcd(a, b):
        while b:
            a, b = b, a % b
        return a
    assert max(range(1, 3000), key=steps) == 2919 and gcd(2 ** 200 * 15, 2 ** 190 * 35) == 2 ** 190 * 5


def test_negative_division_in_loops():
    assert [(i // 3, i % 3, i // -3, i % -3) for i in (-4, -3, -1, 0, 1, 4)] == [(-2, 2, 1, -1), (-1, 0, 1, 0), (-1, 2, 0, -1), (0, 0, 0, 0), (0, 1, -1, -2), (1, 1, -2, -2)]


def test_comparison_of_mixed_numbers():
    values = [1, 1.0, True, 2 ** 62, 2.0 ** 62, 2 ** 63, -1, -1.5, 0, -0.0]
    order = sorted(values)
    assert all(a <= b for a, b in zip(order, order[1:])) and values.count(1) == 3 and (0.0 == -0.0) and 2 ** 53 + 1 != 2.0 ** 53


def test_nested_loops_with_breaks():
    primes = []
    for n in range(2, 2000):
        for p in primes:
            if p * p > n:
                primes.append(n)
                break
            if n % p == 0:
                break
        else:
            primes.append(n)
    assert len(primes) == 303 and primes[-1] == 1999

def test_powers_are_those_of_the_library():
    import math, random
    source = random.Random(5)
    squares = [source.uniform(-50, 50) * 10.0 ** source.randrange(-160, 100) for _ in range(20000)]
    assert [x ** 2 for x in squares] == [math.pow(x, 2) for x in squares]
    wrong = 0
    for x in squares:
        if x ** 2 != math.pow(x, 2.0) or abs(x) ** .5 != math.pow(abs(x), .5) or x ** 3 != math.pow(x, 3):
            wrong += 1
    assert wrong == 0


def outcome(function, items):
    """What a loop makes of the items until something is raised."""
    made = []
    try:
        for item in items:
            made.append(function(item))
    except Exception as error:
        return len(made), made[-3:], repr(error)
    return len(made), made[-3:], sum(map(hash, made))


def test_numbers_that_leave_compiled_code():
    import math, operator
    functions = [
        lambda x: 0.0 ** -x, lambda x: x ** .5, lambda x: math.log(x), lambda x: x % (x - 499.0), lambda x: x // (x - 499.0), lambda x: 10.0 ** x, lambda x: math.exp(x),
        lambda x: math.floor(x * 1e300 * 1e300), lambda x: int(x * 1e17), lambda x: 2 ** x, lambda x: 2 ** int(x), lambda x: math.pow(10, x), lambda x: math.log(x, 500 - x),
        lambda x: math.acos(x / 600), lambda x: round(x * 1e17), lambda x: math.isinf(x * 1e306), lambda x: math.ceil(x * 1e17), lambda x: math.trunc(x / 3), lambda x: math.fmod(x, x - 7),
        lambda x: math.atan2(x, 3), lambda x: math.copysign(1, x), lambda x: math.degrees(x), lambda x: math.isnan(x * math.inf), lambda x: operator.index(x), lambda x: (-x) ** 3,
        lambda x: x ** -1, lambda x: (x - 2.5) // -0.7, lambda x: (x - 2.5) % -0.7, lambda x: round(x / 4), lambda x: int(x).bit_length(), lambda x: (int(x) & 63) ** 15]
    downwards, upwards = range(500, -500, -1), range(-5, 800)
    for number, function in enumerate(functions):
        for items in (downwards, upwards):
            for kind in (int, float):
                once = [outcome(function, [kind(item)]) for item in items]
                made = []
                for result in once:
                    if result[0] == 0:
                        expected = len(made), made[-3:], result[2]
                        break
                    made += result[1]
                else:
                    expected = len(made), made[-3:], sum(map(hash, made))
                found = outcome(function, map(kind, items))
                assert repr(found) == repr(expected), (number, kind, found, expected)


def test_a_number_without_a_word_of_its_own_stays_one_object():
    def in_list(count, infinity):
        lost = 0
        for i in range(count):
            x = infinity - infinity
            items = [x]
            if i % 97 == 96:
                y = 1
            lost += x not in items
        return lost
    assert in_list(20000, float("inf")) == 0

    def as_key(count, infinity):
        lost = 0
        found = {}
        for i in range(count):
            x = infinity - infinity
            found[x] = i
            if i % 1009 == 1008:
                y = str(i)
            lost += found.get(x) != i
            found.clear()
        return lost
    assert as_key(20000, float("inf")) == 0

    def identity(count):
        lost = 0
        for i in range(count):
            x = 1e300 * (i + 1.0)
            items = [x]
            y = x
            if i % 501 == 500:
                z = str(i)
            lost += x is not items[0]
            lost += x is not y
        return lost
    assert identity(20000) == 0


run(globals())
