def f():
    return (1, 2)(3)


def g():
    return [1][1.5], "a" [2, 3]


print("not run")
