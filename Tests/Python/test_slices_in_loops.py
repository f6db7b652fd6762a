"""Slices of lists in loops that are compiled, above all those whose items only move to another slice."""
from harness import raises, run


def many(function, *arguments):
    for _ in range(300):
        result = function(*arguments)
    return result


def test_reversed_in_place():
    def f(n):
        a = list(range(10))
        for k in range(n):
            a[:k % 10 + 1] = a[k % 10::-1]
        return a

    def g(n):
        a = list(range(10))
        for k in range(n):
            for i in range((k % 10 + 1) // 2):
                a[i], a[k % 10 - i] = a[k % 10 - i], a[i]
        return a
    assert f(777) == g(777) and f(3) == g(3)


def test_overlapping():
    def f(n):
        a = list(range(20))
        for k in range(n):
            a[3:13] = a[k % 10:k % 10 + 10]
            a[2:9] = a[8:1:-1]
            a[2:9] = a[11:4:-1]
            a[5:12] = a[8:1:-1]
            a[0] += k
        return a

    def g(n):
        a = list(range(20))
        for k in range(n):
            for at, items in ((3, range(k % 10, k % 10 + 10)), (2, range(8, 1, -1)), (2, range(11, 4, -1)), (5, range(8, 1, -1))):
                values = [a[i] for i in items]
                for i, value in enumerate(values):
                    a[at + i] = value
            a[0] += k
        return a
    assert f(500) == g(500)


def test_long_and_overlapping():
    def f(n):
        a = list(range(200))
        for k in range(n):
            a[10:110] = a[120:20:-1]
        return a
    a = list(range(200))
    for _ in range(300):
        values = [a[i] for i in range(120, 20, -1)]
        for i in range(100):
            a[10 + i] = values[i]
    assert f(300) == a


def test_between_lists():
    def f(n):
        a, b = [object() for _ in range(8)], [None] * 8
        for k in range(n):
            b[k % 4:k % 4 + 4] = a[4:]
            b[:4] = a[3::-1]
            b[-3:] = a[-3:]
        return [a.index(x) for x in b]
    assert f(500) == [3, 2, 1, 0, 5, 5, 6, 7]


def test_other_numbers_of_items():
    def f(n):
        a = [1, 2, 3]
        lengths = []
        for k in range(n):
            a[1:1 + k % 3] = a[:2]
            lengths.append(len(a))
            if len(a) > 10:
                del a[4:]
        return lengths, a

    def g(n):
        a = [1, 2, 3]
        lengths = []
        for k in range(n):
            part = a[:2]
            a = a[:1] + part + a[1 + k % 3:]
            lengths.append(len(a))
            if len(a) > 10:
                a = a[:4]
        return lengths, a
    assert f(600) == g(600)


def test_slice_used_twice():
    def f(n):
        a, b, c = [0] * 5, [0] * 5, list(range(5))
        for k in range(n):
            a[:] = b[:] = c[::-1]
            c[0] += 1
            p = c[1:3]
            a[1:3] = p
            p.append(k)
            b[0] += len(p)
        return a, b, c, p
    assert f(400) == ([4, 1, 2, 1, 399], [7, 3, 2, 1, 399], [400, 1, 2, 3, 4], [1, 2, 399]), f(400)


def test_changes_between():
    class Number:
        def __init__(self, owner):
            self.owner = owner

        def __add__(self, other):
            self.owner[0] = "changed"
            return 3

    def f(n):
        a = list("abcdef")
        number = Number(a)
        b = [None] * 6
        for k in range(n):
            a[0] = "a"
            b[:(number if k > 250 else 2) + 1] = a[2::-1]
        return a, b
    assert f(300) == (["changed", "b", "c", "d", "e", "f"], ["c", "b", "a", None, None, None])


def test_index_errors_and_objects():
    def f(n, stop):
        a = list(range(6))
        for k in range(n):
            a[:stop + 1] = a[2::-1]
        return a
    assert many(f, 20, 2) == [0, 1, 2, 3, 4, 5]
    raises(TypeError, 'can only concatenate str (not "int") to str', f, 1, "x")
    raises(TypeError, "slice indices must be integers or None or have an __index__ method", lambda: [1][1.5:])

    def g(n, step):
        a = list(range(6))
        total = 0
        for k in range(n):
            total += len(a[k % 3::step]) + len(a[::-2]) + len(a[4:2])
        return total
    assert g(300, 2) == 1700 and g(300, -1) == 1500, (g(300, 2), g(300, -1))
    raises(ValueError, "slice step cannot be zero", g, 3, 0)


def test_errors_in_the_middle():
    def f(n):
        a = list(range(10))
        b = [0, 0]
        for k in range(n):
            try:
                b[k - 350] = 1
                a[:3] = a[b[5 - (k > 390) * 5] if k > 350 else 2::-1]
            except IndexError:
                a[0] += 1
        return a, b
    assert f(100) == ([100, 1, 2, 3, 4, 5, 6, 7, 8, 9], [0, 0])


run(globals())
