def f(s):
    for i in s:
        try:
            if i: continue
            return g(i)
        except E as e:
            h(e)
        except: raise
        else: k()
        finally: c()
def g():
    try: a()
    except* (A, B) as e: b(e)
    except* C: pass
