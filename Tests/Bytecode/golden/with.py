def f(m):
    with m as a, m as b:
        return a
    with m:
        x = 1
    return x
