x = 1
if x is 1:
    pass
assert (x, "always true")
print("\d", 5 in [5])
