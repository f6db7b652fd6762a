"""Deeply nested source gives code or an error, not a crash."""
for source in ["(" * 250 + ")" * 250, "[" * 150 + "]" * 150, "x" + ".a" * 100000, "1" + " + 1" * 100000, "f(" * 199 + ")" * 199,
               "-" * 100000 + "1", "not " * 50000 + "1", "lambda: " * 50000 + "1", "x if x else " * 50000 + "1", "x" + "()" * 100000]:
    try:
        compile(source, "<deep>", "eval")
    except (SyntaxError, MemoryError, RecursionError) as e:
        pass
    print("survived")
