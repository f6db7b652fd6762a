"""Key functions of sort, sorted, min and max: what they are given, what they may do, and what happens when they fail."""
import sys
import traceback
from harness import raises, run


def test_results():
    for count in (0, 1, 2, 3, 4, 7, 100):
        items = [i * 37 % 101 for i in range(count)]
        for turn in range(40):
            assert sorted(items, key=lambda x: -x) == sorted(items)[::-1]
            assert sorted(items, key=lambda x: x % 5, reverse=True) == [x for rest in (4, 3, 2, 1, 0) for x in items if x % 5 == rest]
            if count:
                assert min(items, key=lambda x: -x) == max(items) and max(items, key=lambda x: (x % 7, x)) == sorted((x % 7, x) for x in items)[-1][1]
                assert min(iter(items), key=lambda x: x & 3) == next(x for x in items if x & 3 == min(y & 3 for y in items))
            assert min(items, key=lambda x: x, default="none") == (min(items) if count else "none")
    assert max(1, -5, 3, key=lambda x: x * x) == -5 and min(2, 1, key=lambda x: -x) == 2
    assert max({"a": 1, "bb": 2, "ccc": 3}, key=lambda k: -len(k)) == "a"
    assert min(range(10, 20), key=lambda x: abs(x - 14)) == 14
    assert max((x for x in "abc"), key=lambda x: "bca".index(x)) == "a"


def test_none():
    raises(ValueError, "min() arg is an empty sequence", min, [], key=lambda x: x)
    raises(ValueError, "max() arg is an empty sequence", max, iter(()), key=lambda x: x)
    raises(TypeError, "'int' object is not iterable", max, 5, key=lambda x: x)
    raises(TypeError, "Cannot specify a default for max() with multiple positional arguments", max, 5, 6, 7, key=lambda x: x, default=1)
    raises(TypeError, "'str' object cannot be interpreted as an integer", sorted, [1], reverse="x")
    raises(TypeError, "'float' object cannot be interpreted as an integer", [1].sort, reverse=2.0)


def test_each_item_is_asked_once_and_in_order():
    asked = []

    def key(item):
        asked.append(item)
        return item % 3
    items = [5, 3, 8, 1, 9, 2]
    assert sorted(items, key=key) == [3, 9, 1, 5, 8, 2] and asked == items
    asked.clear()
    assert max(items, key=key) == 5 and min(items, key=key) == 3 and asked == items * 2


def test_failures():
    class Wrong(Exception):
        pass

    def key(item):
        if item == 3:
            raise Wrong(item)
        return item
    for call in (lambda: sorted([1, 2, 3, 4], key=key), lambda: [1, 2, 3, 4].sort(key=key), lambda: max([1, 2, 3, 4], key=key), lambda: min(3, 1, 2, 0, key=key)):
        for _ in range(400):
            try:
                call()
            except Wrong as e:
                names = [frame.name for frame in traceback.extract_tb(e.__traceback__)]
                assert names == ["test_failures", "<lambda>", "key"], names
            else:
                assert False
    items = [4, 3, 2, 1]
    raises(Wrong, "3", items.sort, key=key)
    assert items == [4, 3, 2, 1]

    def stop(item):
        raise StopIteration(item)
    raises(StopIteration, "1", sorted, [1, 2, 3], key=stop)
    raises(StopIteration, "1", max, [1, 2, 3], key=stop)
    raises(TypeError, "'<' not supported between instances of 'str' and 'int'", sorted, [1, "a", 2], key=lambda x: x)
    raises(TypeError, "'>' not supported between instances of 'str' and 'int'", max, [1, "a", 2], key=lambda x: x)
    raises(TypeError, "test_failures.<locals>.<lambda>() missing 1 required positional argument: 'y'", sorted, [1, 2, 3], key=lambda x, y: x)


def test_what_a_key_function_sees():
    def key(item):
        callers.add(sys._getframe(1).f_code.co_name)
        return item
    callers = set()
    for _ in range(30):
        sorted([3, 1, 2, 5], key=key)
        max([3, 1, 2, 5], key=key)
        min(iter([3, 1, 2, 5]), key=key)
    assert callers == {"test_what_a_key_function_sees"}
    seen = []
    items = [3, 1, 2, 5]
    items.sort(key=lambda item: seen.append(list(items)) or item)
    assert seen == [[]] * 4 and items == [1, 2, 3, 5]


def test_changes_meanwhile():
    items = [3, 1, 2, 5]
    raises(ValueError, "list modified during sort", items.sort, key=lambda x: items.append(x) or x)
    growing = [1, 2, 3]
    assert max(growing, key=lambda x: growing.append(x + 1) or x if x < 9 else x) == 9


def test_many_kinds_of_keys():
    class Holder:
        def __init__(self, value):
            self.value = value

        def key(self):
            return -self.value
    holders = [Holder(i * 7 % 11) for i in range(11)]
    expected = [holder.value for holder in sorted(holders, key=lambda holder: holder.value)]
    for _ in range(60):
        for key in (lambda h: h.value, lambda h: float(h.value), lambda h: (h.value, 1), lambda h: "%02d" % h.value, lambda h: h.value << 70, lambda h: [h.value]):
            assert [holder.value for holder in sorted(holders, key=key)] == expected
            assert min(holders, key=key).value == 0 and max(holders, key=key).value == 10
        assert [holder.value for holder in sorted(holders, key=Holder.key)] == expected[::-1]
    best = [max(holders, key=lambda h, k=k: (h.value * k) % 11).value for k in range(1, 11)]
    assert best == [(10 * pow(k, -1, 11)) % 11 for k in range(1, 11)]


def test_nested():
    grid = [[(i * j) % 17 for j in range(12)] for i in range(12)]
    total = 0
    for _ in range(60):
        total += sum(min(range(12), key=lambda j: abs(row[j] - max(range(12), key=lambda k: row[k]))) for row in grid)
    assert total == 60 * sum(min(range(12), key=lambda j: abs(row[j] - row.index(max(row)))) for row in grid)


run(globals())
