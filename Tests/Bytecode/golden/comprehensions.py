def f(a, b):
    x = [i * b for i in a if i for j in [i + 1]]
    y = {k: v for k, v in a}
    z = (i for i in a)
    return {last := i for i in a}
