"""Texts built piece by piece, which may grow in place as long as nobody else has them."""
import sys
from harness import raises, run

PIECES = ["abcdefghij" * 8, "x", "\n", "é", "12345" * 30] * 40


def joined(pieces):
    return "".join(pieces)


def test_plain():
    def f(pieces):
        text = ""
        for piece in pieces:
            text += piece
        return text

    def g(pieces):
        text = ""
        for piece in pieces:
            text = text + piece
            text += "-"
        return text

    def h(pieces):
        text = ""
        for piece in reversed(pieces):
            text += piece
            text += "\u20ac"
        return text
    for _ in range(3):
        assert f(PIECES) == joined(PIECES) and hash(f(PIECES)) == hash(joined(PIECES))
        assert g(PIECES) == "-".join(PIECES) + "-"
        assert h(PIECES) == "\u20ac".join(reversed(PIECES)) + "\u20ac"
        assert f(["a"] * 5000) == "a" * 5000 and f(["a"] * 5000).isascii() and not f(["a"] * 5000 + ["é"]).isascii()


def test_results_stay():
    def f(count):
        text = ""
        for number in range(count):
            text += "0123456789abcdef"
        return text
    first = f(100)
    second = f(100)
    assert first == second and first is not second and len({first, second}) == 1

    def g(text, count):
        for number in range(count):
            text += "x"
        return text
    for _ in range(3):
        longer = g(first, 50)
        assert longer == second + "x" * 50 and first == second
    assert g(longer, 3) == second + "x" * 53 and longer == second + "x" * 50


def test_kept_in_between():
    def f(count):
        text, kept = "", []
        for number in range(count):
            text += "0123456789"
            if number % 10 == 0:
                kept.append(text)
        return text, kept

    def g(count):
        text, kept = "", {}
        while len(kept) < count:
            for number in range(100):
                text += "0123456789"
            kept[text] = len(text)
        return kept

    def h(count):
        out = []
        for _ in range(count):
            text = ""
            for number in range(100):
                text += "0123456789"
            out.append(text)
        return out
    for _ in range(3):
        text, kept = f(300)
        assert text == "0123456789" * 300 and all(t == "0123456789" * (i * 10 + 1) for i, t in enumerate(kept))
        assert all(text == "0123456789" * (length // 10) and len(text) == length for text, length in g(7).items())
        assert h(5) == ["0123456789" * 100] * 5


def test_other_names_of_it():
    def f(count):
        text = other = ""
        for number in range(count):
            text += "0123456789"
            if number == 200:
                other = text
        return text, other

    def g(count):
        text = ""
        for number in range(count):
            text += "0123456789"
            text, last = text + "!", text
        return text, last

    def h(count):
        text = ""
        for number in range(count):
            text += "0123456789"
            if number == 100:
                text += text
        return text
    assert f(300) == ("0123456789" * 300, "0123456789" * 201)
    text, last = g(300)
    assert text == "0123456789!" * 300 and last == text[:-1]
    assert h(150) == "0123456789" * 251


def test_seen_from_outside():
    seen = []

    def look():
        seen.append(sys._getframe(1).f_locals["text"])
        return "y"

    def f(count):
        text = ""
        for number in range(count):
            text += "0123456789"
            if number % 40 == 39:
                text += look()
        return text

    def g(count):
        text = ""
        for number in range(count):
            text += "0123456789"
            if number % 40 == 39:
                seen.append(locals()["text"])
        return text
    result = f(200)
    assert result == ("0123456789" * 40 + "y") * 5 and seen == [(("0123456789" * 40 + "y") * (i + 1))[:-1] for i in range(5)]
    seen.clear()
    result = g(200)
    assert result == "0123456789" * 200 and seen == ["0123456789" * 40 * (i + 1) for i in range(5)]


def test_left_by_exceptions():
    def f(pieces):
        text = ""
        try:
            for piece in pieces:
                text += piece
        except TypeError as error:
            frame = error.__traceback__.tb_frame
            first = frame.f_locals["text"]
            for piece in "abc":
                text += piece
            return first, text
    for _ in range(3):
        first, text = f(["0123456789"] * 200 + [5])
        assert first == "0123456789" * 200 and text == first + "abc"

    def g(pieces):
        text = ""
        kept = []
        for piece in pieces:
            try:
                text += piece
            except TypeError:
                kept.append(text)
        return text, kept
    pieces = (["0123456789"] * 99 + [None]) * 3
    text, kept = g(pieces)
    assert text == "0123456789" * 297 and kept == ["0123456789" * 99 * (i + 1) for i in range(3)]


def test_generators():
    def f(count):
        text = ""
        for number in range(count):
            text += "0123456789"
            if number % 50 == 49:
                yield number
        yield text

    def g(count):
        text = ""
        for number in range(count):
            text += "0123456789"
            if number % 50 == 49:
                yield text
    *_, last = f(300)
    assert last == "0123456789" * 300
    assert list(g(300)) == ["0123456789" * 50 * (i + 1) for i in range(6)]
    generator = f(300)
    next(generator)
    first = generator.gi_frame.f_locals["text"]
    next(generator)
    assert first == "0123456789" * 50 and generator.gi_frame.f_locals["text"] == "0123456789" * 100


def test_constants():
    def build(count):
        text = ""
        for number in range(count):
            text += "0123456789"
        return text

    def f(pieces):
        text = "start"
        for piece in pieces:
            text += piece
        return text
    start = build(100)
    code = f.__code__.replace(co_consts=tuple(start if c == "start" else c for c in f.__code__.co_consts))
    other = type(f)(code, globals())
    for _ in range(3):
        assert other(["a"] * 600) == "0123456789" * 100 + "a" * 600 and start == "0123456789" * 100


def test_tracing():
    kept = []

    def trace(frame, event, argument):
        if event == "line" and frame.f_code.co_name == "f" and len(frame.f_locals.get("text", "")) % 1000 == 0:
            kept.append(frame.f_locals.get("text", ""))
        return trace

    def f(count):
        text = ""
        for number in range(count):
            text += "0123456789"
        return text
    sys.settrace(trace)
    try:
        result = f(400)
    finally:
        sys.settrace(None)
    assert result == "0123456789" * 400 and {len(k) for k in kept} == {0, 1000, 2000, 3000, 4000} and all(k == "0123456789" * (len(k) // 10) for k in kept)


def test_handed_on():
    def build(count):
        text = ""
        for number in range(count):
            text += "0123456789"
        return text

    class Right:
        def __init__(self, text):
            self.text = text

        def __radd__(self, other):
            return self.text

    class Left:
        def __init__(self, text):
            self.text = text

        def __radd__(self, other):
            return self

        def __add__(self, other):
            if self.text is None:
                self.text = build(100)
            return self.text

    def first(text, count):
        for _ in range(count):
            result = ""
            result += text
            result += "!"
        return result

    def second(text, count):
        for _ in range(count):
            result = ""
            result += Right(text)
            result += "!"
        return result

    def third(text, count):
        for _ in range(count):
            left = Left(text)
            result = 0
            result += left
            result += 0
            kept = left.text
            result += "!"
        return result, kept

    def fourth(count, given):
        text = ""
        for number in range(count):
            text += "0123456789"
        if given is not None:
            text = ""
            text += Right(given)
            text += "!"
        return text

    def fifth(count, given):
        text = ""
        for number in range(count):
            text += "0123456789"
        if given is not None:
            text = ""
            text += given
            text += ""
            text += "!"
        return text
    whole = "0123456789" * 100
    for count in (1, 3, 300):
        text = build(100)
        assert first(text, count) == whole + "!" and text == whole
        assert second(text, count) == whole + "!" and text == whole
        assert third(text, count) == (whole + "!", whole) and text == whole
        assert third(None, count) == (whole + "!", whole)
    for _ in range(100):
        text = fourth(100, None)
        assert fourth(0, text) == whole + "!" and text == whole
        text = fifth(100, None)
        assert fifth(0, text) == whole + "!" and text == whole


def test_takes_linear_time():
    import time

    def f(count):
        text = ""
        for number in range(count):
            text += "0123456789" * 200
        return len(text)

    def g(count):
        text, other = "", "0123456789" * 200
        first = second = ""
        for number in range(count):
            text += other
            second += "x"
        return len(text) + len(first) + len(second)
    f(100)
    start = time.process_time()
    assert f(20000) == 40000000 and g(20000) == 40020000
    # Copied in every round it would be 400 GB.
    assert time.process_time() - start < 10


run(globals())
