def f(x):
    match x:
        case [a, b, *rest] if a: return rest
        case [1, _, *_, c]: return c
        case {"k": [p] | (p, _), **r}: return p, r
        case str(s) | P(0, y=s): return s
        case A.b | -1 | None: pass
        case _: return x
