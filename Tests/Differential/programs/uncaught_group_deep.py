error = ValueError("leaf")
for depth in range(12):
    error = ExceptionGroup(f"level {depth}", [error])
raise error
