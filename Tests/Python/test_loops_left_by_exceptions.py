"""Loops whose iterator is needed again only by an exception's handler, in compiled code."""
from harness import run


class Divisible:
    def __init__(self, number):
        self.number = number

    def take(self, value):
        if value % self.number:
            raise ValueError(value)
        return value


def first(items, value):
    for item in items:
        try:
            return item.take(value)
        except ValueError:
            pass
    return 0


def test_iterator_survives_a_call_that_raises():
    items = [Divisible(7), Divisible(5), Divisible(3), Divisible(2)]
    assert sum(first(items, value) for value in range(4000)) == 6174569
    total = 0
    for value in range(4000):
        total += first(items, value)
    assert total == 6174569


run(globals())
