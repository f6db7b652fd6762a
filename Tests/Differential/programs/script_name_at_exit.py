"""The script's name is gone from `__main__` when it has ended."""
import atexit

atexit.register(lambda: print("__file__" in globals(), "__cached__" in globals(), __name__))
print("__file__" in globals(), "__cached__" in globals())
