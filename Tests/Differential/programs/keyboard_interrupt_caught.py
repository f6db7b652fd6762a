import os
import signal
import time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(10)
except KeyboardInterrupt as e:
    print("caught", repr(e))
signal.signal(signal.SIGUSR1, lambda number, frame: print("handler", number, frame.f_code.co_name))
os.kill(os.getpid(), signal.SIGUSR1)
print("end")
