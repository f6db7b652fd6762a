"""Attributes, globals, lists, dicts, tuples, sets and strings."""
COUNT = 0
SCALE = 3


class Cell:
    shared = 5

    def __init__(self):
        self.value = 0
        self.next = None


class Slotted:
    __slots__ = ("value",)

    def __init__(self):
        self.value = 0


def attribute_read(n):
    c = Cell()
    x = 0
    for i in range(n):
        x += c.value
    return x


def attribute_write(n):
    c = Cell()
    for i in range(n):
        c.value = i
    return c.value


def attribute_update(n):
    c = Cell()
    for i in range(n):
        c.value += i
    return c.value


def attribute_of_class(n):
    c = Cell()
    x = 0
    for i in range(n):
        x += c.shared
    return x


def attribute_of_slots(n):
    c = Slotted()
    for i in range(n):
        c.value += 1
    return c.value


def attribute_added(n):
    x = 0
    for i in range(n):
        c = Cell()
        c.extra = i
        x += c.extra
    return x


def attribute_by_getattr(n):
    c = Cell()
    x = 0
    for i in range(n):
        x += getattr(c, "value")
    return x


def linked_list(n):
    first = Cell()
    first.next = first
    c = first
    for i in range(n):
        c = c.next
    return c is first


def global_read(n):
    x = 0
    for i in range(n):
        x += SCALE
    return x


def global_write(n):
    global COUNT
    for i in range(n):
        COUNT += 1
    return COUNT


def list_read(n):
    items = [1, 2, 3, 4]
    x = 0
    for i in range(n):
        x += items[i & 3]
    return x


def list_write(n):
    items = [0] * 4
    for i in range(n):
        items[i & 3] = i
    return items


def list_negative_index(n):
    items = [1, 2, 3]
    x = 0
    for i in range(n):
        x += items[-1]
    return x


def list_append(n):
    items = []
    for i in range(n):
        items.append(i)
    return len(items)


def list_append_pop(n):
    items = [1]
    for i in range(n):
        items.append(i)
        items.pop()
    return len(items)


def list_slice(n):
    items = [1, 2, 3, 4]
    x = 0
    for i in range(n):
        x += len(items[1:3])
    return x


def list_matrix(n):
    rows = [[1, 2], [3, 4]]
    x = 0
    for i in range(n):
        x += rows[i & 1][1]
    return x


def list_virtual(n):
    x = 0
    for i in range(n):
        x += [i, 1][0]
    return x


def list_swap(n):
    items = [1, 2]
    for i in range(n):
        items[0], items[1] = items[1], items[0]
    return items


def list_in(n):
    x = 0
    for i in range(n):
        if i in [1, 2, 3]:
            x += 1
    return x


def len_of_list(n):
    items = []
    while len(items) < n:
        items.append(0)
    return items


def dict_read_str(n):
    d = {"a": 1}
    x = 0
    for i in range(n):
        x += d["a"]
    return x


def dict_write_int(n):
    d = {}
    for i in range(n):
        d[i & 15] = i
    return d


def dict_count(n):
    d = {}
    for i in range(n):
        d[i & 7] = d.get(i & 7, 0) + 1
    return d


def dict_in(n):
    d = {1: 1}
    x = 0
    for i in range(n):
        if i in d:
            x += 1
    return x


def tuple_virtual(n):
    a, b = 0, 1
    for i in range(n):
        a, b = b, (a + b) & 1023
    return a


def tuple_unpack_star(n):
    x = 0
    for i in range(n):
        first, *rest = (i, 1, 2)
        x += first
    return x


def tuple_carried(n):
    t = (0, 1)
    for i in range(n):
        t = (t[1], t[0])
    return t


def set_add(n):
    s = set()
    for i in range(n):
        s.add(i & 31)
    return len(s)


def str_concatenate(n):
    s = ""
    for i in range(n):
        s += "x"
    return len(s)


def str_compare(n):
    x = 0
    a = "abc"
    for i in range(n):
        if a == "abd":
            x += 1
    return x


def str_item(n):
    s = "abcd"
    x = 0
    for i in range(n):
        if s[i & 3] == "c":
            x += 1
    return x


def str_format(n):
    x = 0
    for i in range(n):
        x += len(f"{i}:{x}")
    return x


def str_join(n):
    x = 0
    for i in range(n):
        x += len(",".join(["a", "b"]))
    return x


def str_method(n):
    x = 0
    for i in range(n):
        x += len("abc".upper())
    return x


def class_data(n):
    for i in range(n):
        Cell.shared = i
    return Cell.shared


def list_sum(n):
    left, x = [1], 0
    for i in range(n):
        x += len(left + [i])
    return x


def tuple_of_list(n):
    items, x = [1, 2], 0
    for i in range(n):
        x += len(tuple(items))
    return x


def bytes_iteration(n):
    data = bytes(range(200))
    total = 0
    for byte in data:
        total += byte
    return total


def text_of_numbers(n):
    length = 0
    for i in range(n):
        length += len(str(i))
    return length
