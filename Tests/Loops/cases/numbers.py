"""Arithmetic on ints, floats and bools."""


def int_sum(n):
    total = 0
    for i in range(n):
        total += i
    return total


def int_mixed(n):
    a = b = 1
    while a < n:
        b = (b * 3 + a) % 1000003
        a += 1
    return b


def int_bits(n):
    x = 1
    for i in range(n):
        x = ((x << 3) ^ (x >> 2) | i) & 0xFFFFFF
    return x


def int_floor_division(n):
    x = 0
    for i in range(n):
        x += i // 3 - i % 7
    return x


def int_true_division(n):
    x = 0.0
    for i in range(n):
        x += i / 3
    return x


def int_overflow_to_big(n):
    x = 1 << 60
    for i in range(n):
        x += i << 40
    return x


def big_int_stays_big(n):
    x = 1 << 80
    for i in range(n):
        x += i
    return x


def int_negation(n):
    x = 0
    for i in range(n):
        x = -x + i
    return x


def int_invert(n):
    x = 0
    for i in range(n):
        x ^= ~i
    return x


def int_power(n):
    x = 0
    for i in range(n):
        x += i ** 2
    return x


def float_sum(n):
    x = 0.0
    for i in range(n):
        x = x * 0.5 + 1.25
    return x


def float_and_int(n):
    x = 0.0
    for i in range(n):
        x += i * 0.1
    return x


def float_compare(n):
    x = 0.0
    while x < n:
        x += 0.5
    return x


def float_power(n):
    x = 1.5
    for i in range(n):
        x = x ** 2 % 3.0
    return x


def float_floor_division(n):
    x = 1e9
    for i in range(n):
        x = x // 1.01
    return x


def bool_arithmetic(n):
    count = 0
    for i in range(n):
        count += i > 10
    return count


def chained_comparison(n):
    count = 0
    for i in range(n):
        if 0 <= i < 1000000:
            count += 1
    return count


def builtin_abs_min_max(n):
    x = 0
    for i in range(n):
        x = max(x, abs(i - 10), min(i, 5))
    return x


def builtin_int_float(n):
    x = 0
    for i in range(n):
        x += int(float(i))
    return x


def builtin_divmod(n):
    x = 0
    for i in range(n):
        q, r = divmod(i, 7)
        x += q + r
    return x
