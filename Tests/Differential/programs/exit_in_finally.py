try:
    1 / 0
finally:
    raise SystemExit(3)
