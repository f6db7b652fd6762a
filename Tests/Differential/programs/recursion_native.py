"""Recursion through native code ends in RecursionError, not in a crash."""


class A:
    def __getattr__(self, name):
        return getattr(self, name + "x")

    def __repr__(self):
        return repr(self)

    def __eq__(self, other):
        return self == other

    def __hash__(self):
        return hash(self)

    def __call__(self):
        return self()

    def __lt__(self, other):
        return sorted([self, other])


nested = []
for _ in range(100000):
    nested = [nested]
attempts = [lambda: A().y, lambda: repr(A()), lambda: A() == 1, lambda: hash(A()), lambda: A()(), lambda: A() < A(),
            lambda: repr(nested), lambda: nested == [nested]]
for attempt in attempts:
    try:
        attempt()
        print("no error")
    except RecursionError as e:
        print("RecursionError")
