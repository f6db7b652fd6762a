def f(a, b):
    x = a + b * 2
    x += 1
    y = -x ** 2 if a < b <= 3 else not a
    z = a and b or x
    return x is None, a not in b, (w := x) + (w := y) + w
big = 2**64 - 1, "a" * 3, (1, 2)[0]
