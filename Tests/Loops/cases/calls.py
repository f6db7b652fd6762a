"""Calls of functions, methods and classes."""
import collections


def double(x):
    return x + x


def scaled(x, by=3, plus=1):
    return x * by + plus


def total(*numbers):
    return numbers[0] + numbers[1]


def named(**numbers):
    return numbers["a"]


def only_keyword(x, *, k=2):
    return x * k


def factorial(k):
    return 1 if k < 2 else k * factorial(k - 1) % 1000003


class Point:
    kind = 7

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def norm(self):
        return self.x * self.x + self.y * self.y

    def plus(self, other):
        return Point(self.x + other.x, self.y + other.y)

    @property
    def size(self):
        return self.x + self.y

    @staticmethod
    def twice(x):
        return x * 2

    @classmethod
    def of(cls, x):
        return x + cls.kind

    def __add__(self, other):
        return Point(self.x + other.x, self.y + other.y)

    def __getitem__(self, i):
        return self.x + i

    def __len__(self):
        return 3

    def __eq__(self, other):
        return self.x == other.x

    def __call__(self, x):
        return self.x + x


class Point3(Point):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z


def call_function(n):
    x = 0
    for i in range(n):
        x += double(i)
    return x


def call_two_levels(n):
    def inner(x):
        return double(x) + 1
    x = 0
    for i in range(n):
        x += inner(i)
    return x


def call_default(n):
    x = 0
    for i in range(n):
        x += scaled(i)
    return x


def call_keyword(n):
    x = 0
    for i in range(n):
        x += scaled(i, plus=2)
    return x


def call_keyword_only(n):
    x = 0
    for i in range(n):
        x += only_keyword(i, k=5)
    return x


def call_star_parameter(n):
    x = 0
    for i in range(n):
        x += total(i, 1)
    return x


def call_star_argument(n):
    x = 0
    pair = (1, 2)
    for i in range(n):
        x += scaled(i, *pair)
    return x


def call_keyword_parameter(n):
    x = 0
    for i in range(n):
        x += named(a=i)
    return x


def call_recursive(n):
    x = 0
    for i in range(n):
        x += factorial(i & 7)
    return x


def call_lambda(n):
    f = lambda x: x + 1
    x = 0
    for i in range(n):
        x = f(x)
    return x


def call_closure(n):
    step = 2

    def f(x):
        return x + step
    x = 0
    for i in range(n):
        x = f(x)
    return x


def call_closure_writes(n):
    count = 0

    def f():
        nonlocal count
        count += 1
    for i in range(n):
        f()
    return count


def call_method(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        x += p.norm()
    return x


def call_bound_method(n):
    f = Point(1, 2).norm
    x = 0
    for i in range(n):
        x += f()
    return x


def call_static_and_class_method(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        x += p.twice(i) + p.of(i)
    return x


def call_property(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        x += p.size
    return x


def call_constructor_virtual(n):
    x = 0
    for i in range(n):
        x += Point(i, 1).norm()
    return x


def call_constructor_carried(n):
    p = Point(0, 0)
    step = Point(1, 2)
    for i in range(n):
        p = p.plus(step)
    return p.x


def call_constructor_super(n):
    x = 0
    for i in range(n):
        x += Point3(i, 1, 2).z
    return x


def operator_method(n):
    p = Point(0, 0)
    step = Point(1, 2)
    for i in range(n):
        p = p + step
    return p.x


def item_method(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        x += p[i]
    return x


def len_method(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        x += len(p)
    return x


def equality_method(n):
    p, q = Point(1, 2), Point(2, 2)
    x = 0
    for i in range(n):
        if p == q:
            x += 1
    return x


def callable_instance(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        x += p(i)
    return x


def call_isinstance(n):
    p = Point(1, 2)
    x = 0
    for i in range(n):
        if isinstance(p, Point):
            x += 1
    return x


def call_two_classes(n):
    class Other:
        def norm(self):
            return 1
    items = [Point(1, 2), Other()]
    x = 0
    for i in range(n):
        x += items[i & 1].norm()
    return x


def sorted_with_key(n):
    x = 0
    for i in range(n):
        x += sorted([3, 1, 2], key=lambda v: -v)[0]
    return x


class Row:
    def __init__(self):
        self.total = 0

    def __setitem__(self, index, value):
        self.total += value


def setitem_method(n):
    row = Row()
    for i in range(n):
        row[i] = 1
    return row.total


class Made:
    def __new__(cls, value):
        self = super().__new__(cls)
        self.value = value
        return self


def new_method(n):
    x = 0
    for i in range(n):
        x += Made(i).value
    return x


Pair = collections.namedtuple("Pair", "first second")


def named_tuple(n):
    x = 0
    for i in range(n):
        x += Pair(i, 1).second
    return x


def isinstance_of_several(n):
    x = 0
    for i in range(n):
        if isinstance(i, (str, int)):
            x += 1
    return x


def method_of_int(n):
    x = 0
    for i in range(n):
        x += i.bit_length()
    return x


def str_method_with_defaults(n):
    x = 0
    for i in range(n):
        if "abc".startswith("a"):
            x += 1
    return x
