"""Kinds of loops."""


def for_range_step(n):
    x = 0
    for i in range(0, n * 3, 3):
        x += i
    return x


def for_range_backwards(n):
    x = 0
    for i in range(n, 0, -1):
        x += i
    return x


def while_true_break(n):
    i = 0
    while True:
        i += 1
        if i > n:
            break
    return i


def while_continue(n):
    i = odd = 0
    while i < n:
        i += 1
        if i & 1 == 0:
            continue
        odd += 1
    return odd


def nested_loops(n):
    x = 0
    for i in range(n):
        for j in range(30):
            x += i ^ j
    return x


def for_list(n):
    items = list(range(n))
    x = 0
    for item in items:
        x += item
    return x


def for_tuple(n):
    items = tuple(range(n))
    x = 0
    for item in items:
        x += item
    return x


def for_str(n):
    x = 0
    for c in "ab" * n:
        if c == "a":
            x += 1
    return x


def for_dict(n):
    d = {i: i for i in range(n)}
    x = 0
    for key in d:
        x += key
    return x


def for_dict_items(n):
    d = {i: i for i in range(n)}
    x = 0
    for key, value in d.items():
        x += key * value
    return x


def for_set(n):
    x = 0
    for item in set(range(n)):
        x += item
    return x


def for_enumerate(n):
    x = 0
    for i, item in enumerate([3] * n):
        x += i * item
    return x


def for_zip(n):
    x = 0
    for a, b in zip(range(n), range(n)):
        x += a * b
    return x


def for_map(n):
    x = 0
    for item in map(abs, range(n)):
        x += item
    return x


def for_reversed(n):
    x = 0
    for item in reversed([1] * n):
        x += item
    return x


def for_generator(n):
    def numbers(n):
        for i in range(n):
            yield i
    x = 0
    for item in numbers(n):
        x += item
    return x


def for_generator_expression(n):
    return sum(i * i for i in range(n))


def for_iterator_class(n):
    class Numbers:
        def __init__(self, n):
            self.n = n
            self.i = 0

        def __iter__(self):
            return self

        def __next__(self):
            if self.i >= self.n:
                raise StopIteration
            self.i += 1
            return self.i
    x = 0
    for item in Numbers(n):
        x += item
    return x


def list_comprehension(n):
    return [i * 2 for i in range(n)]


def dict_comprehension(n):
    return {i: i * 2 for i in range(n)}


def set_comprehension(n):
    return {i & 15 for i in range(n)}


def short_loop_over_range(n):
    total = 0
    i = 0
    while i < n:
        for j in range(3):
            total += i ^ j
        i += 1
    return total


def short_loop_over_list(n):
    weights = [3, 1, 2]
    total = i = 0
    while i < n:
        for weight in weights:
            total += weight * i
        i += 1
    return total


def short_loop_that_grows(n):
    total = i = 0
    while i < n:
        items = list(range(i & 7))
        for item in items:
            total += item
        i += 1
    return total


def short_loop_over_pairs(n):
    total = i = 0
    while i < n:
        for a, b in ((1, i), (i, 2)):
            total += a * b
        i += 1
    return total


def short_comprehension(n):
    total = i = 0
    while i < n:
        total += [i + j for j in range(4)][i & 3]
        i += 1
    return total
