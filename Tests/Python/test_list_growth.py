"""Lists that become long, one item or many at a time, while others do: they grow where they are if nothing lies behind them."""
import random
from harness import run


def test_append():
    items = []
    for i in range(300_000):
        items.append(i)
    assert items == list(range(300_000))


def test_many_at_once():
    lists = [[] for _ in range(5)]
    source = random.Random(7)
    for _ in range(4000):
        which = source.randrange(5)
        items = lists[which]
        items.extend([(which, len(items))] * source.randrange(60))
    for which, items in enumerate(lists):
        assert all(item[0] == which and item[1] <= place for place, item in enumerate(items))


def test_objects_behind():
    items, others = [], []
    for i in range(60_000):
        items.append([i])
        if i % 1000 == 0:
            others.append(bytearray(50_000))
    assert all(item == [i] for i, item in enumerate(items))
    del items[100:]
    for i in range(100, 60_000):
        items.append([i])
    assert all(item == [i] for i, item in enumerate(items))
    assert all(not any(other[:10]) and len(other) == 50_000 for other in others)


def test_insert_and_slices():
    items = list(range(10_000))
    for i in range(3000):
        items[2000:2000] = [i, i]
        items.insert(500, i)
    assert len(items) == 19_000
    assert items[:500] == list(range(500))
    assert items[500:2000] == list(range(2999, 1499, -1))
    assert items[2000:2003] == [1499, 2999, 2999]
    assert items[-8000:] == list(range(2000, 10_000))


def test_comprehension():
    for count in 4095, 4096, 4097, 9000, 100_000:
        assert [str(i) for i in range(count)][-1] == str(count - 1)


def test_digits_of_numbers():
    for bits in range(70):
        for number in (1 << bits) - 1, 1 << bits, (1 << bits) + 1:
            for signed in number, -number:
                assert int(str(signed)) == signed
                assert f"{signed}" == str(signed)
                assert "%d" % signed == str(signed)
    for digits in range(1, 22):
        assert str(10 ** digits) == "1" + "0" * digits
        assert str(1 - 10 ** digits) == "-" + "9" * digits


run(globals())
