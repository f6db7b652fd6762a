import sys
sys.excepthook = lambda *args: 1 / 0
raise ValueError("original")
