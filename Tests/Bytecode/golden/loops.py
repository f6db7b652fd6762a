def f(s):
    for i in s:
        if i == 3: continue
        if i > 5: break
        last = i
    else:
        last = None
    for a, (b, *c) in s: print(a, b, c)
    while True:
        s = s.next
        if not s: return last
