def f(o, *a, **k):
    o.m(1, x=2)
    g(h(1))
    g(1, *a, x=1, **k)
    g(*a)
    g(**k)
    o.a.b(o[1], o[1:], o[1:2:3])
    return f"{o!r:>{k}} {a}", "%s-%5r" % (o, a)
