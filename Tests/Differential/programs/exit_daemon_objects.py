"""At exit the objects that a stopped thread has in hand are not finalized, nor those that its functions see as globals."""
import threading, time


class Finalized:
    def __init__(self, name): self.name = name
    def __del__(self): print("finalized", self.name)


def work(started):
    mine = Finalized("of the thread")
    started.set()
    time.sleep(100)


kept = Finalized("of the module")
started = threading.Event()
threading.Thread(target=work, args=(started,), daemon=True).start()
started.wait()
print("end")
