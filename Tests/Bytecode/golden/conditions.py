def f(a, b):
    if a < b and not (a == 1 or b is None): return 1
    if a is not None: b = a
    while a > 0 and b: a -= 1
    if 0: dead()
    return a < b < 3
