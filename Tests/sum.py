"""Adds up the summaries of a room's parts, `N passed, M failed` on lines of their own, and passes everything else on. The last line is the sum."""
import re, sys

passed = failed = 0
for line in sys.stdin:
    match = re.fullmatch(r"(\d+) passed, (\d+) failed\n", line)
    if match:
        passed, failed = passed + int(match[1]), failed + int(match[2])
    else:
        print(line, end="")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
