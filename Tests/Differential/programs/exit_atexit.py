import atexit
import sys


@atexit.register
def last():
    print("last")


@atexit.register
def failing():
    1 / 0


atexit.register(print, "first", end="!\n")
sys.exit(2)
