"""What the fuzzers share: a random source that gives the same numbers under every interpreter, and the loop.

A fuzzer is a script that the interpreter under test executes: FUZZER.py SEED FIRST COUNT. Case number N depends
on nothing but the seed and N, so that `FUZZER.py SEED N 1` repeats it. Its number is printed before a case runs.
"""
import sys

try:
    import signal
except ImportError:
    signal = None


class Random:
    """A small linear congruential generator; good enough, and without imports."""

    def __init__(self, seed, case):
        self.state = (seed * 1000003 + case) * 6364136223846793005 + 1442695040888963407
        for _ in range(3):
            self.below(2)

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        return (self.state >> 33) % n

    def pick(self, items):
        return items[self.below(len(items))]


class OutOfTime(BaseException):
    pass


def ring(number, frame):
    raise OutOfTime


def main(case):
    """Run case(random) for each number asked for; an exception is a fine outcome, only a crash is not."""
    seed, first, count = (int(a) for a in sys.argv[1:4])
    if signal:
        signal.signal(signal.SIGALRM, ring)
    out = sys.stdout
    for number in range(first, first + count):
        out.write("case %d\n" % number)
        out.flush()
        try:
            try:
                if signal:
                    signal.setitimer(signal.ITIMER_REAL, 1)
                case(Random(seed, number))
            finally:
                if signal:
                    signal.setitimer(signal.ITIMER_REAL, 0)
        except BaseException:
            pass
    out.write("done\n")
    out.flush()
