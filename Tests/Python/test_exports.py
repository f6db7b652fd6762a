"""Memory that has been lent out: an exporter is locked for as long as somebody can still get at a view, and no longer."""
import array
import io

from harness import raises, run

ROUNDS = 3000


def refuses(change):
    try:
        change()
    except BufferError:
        return True
    return False


def test_views_that_were_temporary():
    def parse(buffer):
        total = 0
        for _ in range(ROUNDS):
            buffer += b"abcdefgh" * 10
            view = memoryview(buffer)[:64]
            total += len(bytes(view)) + view[0]
            del view
            del buffer[:64]
        return total
    assert parse(bytearray()) == ROUNDS * (64 + ord("a"))

    def take(buffer, count):
        return bytes(memoryview(buffer)[:count])

    def parts(buffer):
        total = 0
        for _ in range(ROUNDS):
            buffer.extend(b"abcdefgh" * 10)
            total += len(take(buffer, 64))
            del buffer[:64]
        return total
    assert parts(bytearray()) == ROUNDS * 64


def test_temporary_views_of_arrays_and_streams():
    def numbers(items):
        for number in range(ROUNDS):
            items.append(number)
            assert memoryview(items)[-1] == number
        return len(items)
    assert numbers(array.array("i")) == ROUNDS

    def stream(file):
        for _ in range(ROUNDS):
            file.write(b"12345")
            assert file.getbuffer()[:5].tobytes() == b"12345"
        return len(file.getvalue())
    assert stream(io.BytesIO()) == 5 * ROUNDS


def test_views_that_are_held():
    buffer = bytearray(b"abc")
    view = memoryview(buffer)
    assert refuses(lambda: buffer.append(1))
    holder = {"view": [view]}
    del view
    assert refuses(buffer.clear)
    assert bytes(holder["view"][0]) == b"abc"
    holder["view"][0].release()
    buffer.append(100)
    assert buffer == b"abcd"


def test_a_local_variable_locks_in_a_loop():
    def count(buffer):
        view = memoryview(buffer)
        refused = 0
        for _ in range(ROUNDS):
            try:
                buffer.append(1)
            except BufferError:
                refused += 1
        return refused, len(view), len(buffer)
    assert count(bytearray(10)) == (ROUNDS, 10, 10)

    def from_outside(buffer, view):
        refused = 0
        for _ in range(ROUNDS):
            refused += refuses(buffer.pop)
        return refused
    buffer = bytearray(10)
    assert from_outside(buffer, memoryview(buffer)[2:]) == ROUNDS


def test_a_suspended_generator_locks():
    def holding(buffer):
        view = memoryview(buffer)
        yield
        yield len(view)
    buffer = bytearray(10)
    generator = holding(buffer)
    next(generator)
    for _ in range(100):
        assert refuses(buffer.clear)
    assert next(generator) == 10
    generator.close()
    del generator
    buffer.clear()
    assert buffer == b""


def test_arrays_and_streams_that_are_held():
    items = array.array("i", [1, 2, 3])
    view = memoryview(items)
    assert refuses(lambda: items.append(4))
    view.release()
    items.append(4)
    file = io.BytesIO(b"abc")
    view = file.getbuffer()
    raises(BufferError, "Existing exports of data: object cannot be re-sized", file.write, b"defg")
    assert view.obj is not None
    view.release()
    assert file.write(b"defg") == 4


run(globals())
