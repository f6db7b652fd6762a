def f(a):
    if a: x = 1
    print(x)
    print(x)
    del a
    for a in x: pass
    try: y = 1
    except E as e: pass
    return a, y, e
