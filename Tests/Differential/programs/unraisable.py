import gc


class A:
    def __del__(self):
        raise ValueError("in __del__")


def make():
    a = A()
    a.self = a


make()
for _ in range(3):
    gc.collect()
print("done")
