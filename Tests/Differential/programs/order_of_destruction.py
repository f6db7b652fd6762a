"""What is printed at exit: module globals are cleared after atexit, output is flushed."""
import atexit
import sys
atexit.register(lambda: print("atexit", name))
name = "still here"
sys.stdout.write("no newline yet")
