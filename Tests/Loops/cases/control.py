"""Branches, exceptions, context managers, generators."""


class Manager:
    def __enter__(self):
        return 1

    def __exit__(self, *exception):
        return False


def branch_two_ways(n):
    a = b = 0
    for i in range(n):
        if i & 1:
            a += 1
        else:
            b += 2
    return a, b


def branch_rare(n):
    a = 0
    for i in range(n):
        if i % 100 == 99:
            a += 1
    return a


def branch_none(n):
    x = None
    for i in range(n):
        if x is None:
            x = 0
        x += 1
    return x


def conditional_expression(n):
    x = 0
    for i in range(n):
        x += 1 if i > 5 else 2
    return x


def logical_operators(n):
    x = 0
    for i in range(n):
        if i and not x > 1000 or i == 3:
            x += 1
    return x


def truth_of_containers(n):
    x = 0
    items, d, s = [1], {}, "a"
    for i in range(n):
        if items and not d and s:
            x += 1
    return x


def try_without_raise(n):
    x = 0
    for i in range(n):
        try:
            x += i
        except ValueError:
            x = 0
    return x


def try_raise_and_catch(n):
    x = 0
    for i in range(n):
        try:
            raise ValueError
        except ValueError:
            x += 1
    return x


def try_raise_in_call(n):
    def f(i):
        raise KeyError(i)
    x = 0
    for i in range(n):
        try:
            f(i)
        except KeyError:
            x += 1
    return x


def try_finally(n):
    x = 0
    for i in range(n):
        try:
            x += i
        finally:
            x -= 1
    return x


def try_builtin_raises(n):
    d = {}
    x = 0
    for i in range(n):
        try:
            d[i]
        except KeyError:
            x += 1
    return x


def with_statement(n):
    m = Manager()
    x = 0
    for i in range(n):
        with m as one:
            x += one
    return x


def assertion(n):
    x = 0
    for i in range(n):
        assert i >= 0
        x += 1
    return x


def generator_body(n):
    def numbers():
        x = 0
        while True:
            x += 1
            yield x
    g = numbers()
    for i in range(n):
        next(g)
    return next(g)


def coroutine_send(n):
    def averager():
        total = count = 0
        while True:
            total += yield
            count += 1
    a = averager()
    next(a)
    for i in range(n):
        a.send(i)
    return 0


def match_statement(n):
    x = 0
    for i in range(n):
        match i & 3:
            case 0:
                x += 1
            case _:
                x += 2
    return x


def walrus(n):
    x = i = 0
    while (i := i + 1) < n:
        x += i
    return x


def type_changes(n):
    x = 0
    for i in range(n):
        x = x + (0.5 if i > n // 2 else 1)
    return x


def delete_local(n):
    x = 0
    for i in range(n):
        y = i
        x += y
        del y
    return x


def import_in_loop(n):
    x = 0
    for i in range(n):
        from math import floor
        x += floor(1.5)
    return x
