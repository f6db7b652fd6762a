import sys
sys.stdout.buffer.write(bytes(range(128, 160)) + b"\n")
sys.stdout.flush()
print("mixed", file=sys.stderr)
