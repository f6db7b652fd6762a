"""UTF-8 with runs of ASCII of every length about the blocks that are decoded at once, well formed and not."""
import codecs
import random

from harness import raises, run

CHARACTERS = ["ß", "é", "я", "\u0800", "東", "\uffff", "😀", "\U0010ffff"]


def encoded(text):
    """By arithmetic."""
    out = bytearray()
    for character in map(ord, text):
        if character < 0x80:
            out.append(character)
        elif character < 0x800:
            out += bytes([0xC0 | character >> 6, 0x80 | character & 63])
        elif character < 0x10000:
            out += bytes([0xE0 | character >> 12, 0x80 | character >> 6 & 63, 0x80 | character & 63])
        else:
            out += bytes([0xF0 | character >> 18, 0x80 | character >> 12 & 63, 0x80 | character >> 6 & 63, 0x80 | character & 63])
    return bytes(out)


def test_runs():
    for character in CHARACTERS:
        for before in range(70):
            for after in (0, 1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 64):
                text = "a" * before + character + "b" * after
                data = encoded(text)
                assert text.encode() == data and data.decode() == text, (character, before, after)
    for step in range(1, 40):
        text = "".join(CHARACTERS[n % 8] + "x" * step for n in range(12))
        assert encoded(text).decode() == text and text.encode() == encoded(text), step


def test_what_is_malformed():
    for before in (0, 5, 8, 15, 16, 31, 32, 33, 63, 64):
        for wrong, end, reason in ((b"\xff", 1, "invalid start byte"), (b"\x80", 1, "invalid start byte"), (b"\xe6\x9dx", 2, "invalid continuation byte"), (b"\xc3x", 1, "invalid continuation byte"),
                                   (b"\xed\xa0\x80", 1, "invalid continuation byte"), (b"\xf0\x9f\x98x", 3, "invalid continuation byte")):
            data = b"a" * before + "é".encode() + wrong + b"b" * 40
            error = raises(UnicodeDecodeError, None, data.decode)
            assert (error.start, error.end, error.reason) == (before + 2, before + 2 + end, reason), (before, wrong)
            assert data.decode(errors="ignore").startswith("a" * before + "é")
        for cut in (b"\xe6\x9d", b"\xf0\x9f\x98", b"\xc3"):
            error = raises(UnicodeDecodeError, None, (b"a" * before + cut).decode)
            assert (error.start, error.end, error.reason) == (before, before + len(cut), "unexpected end of data")


# All widths, at their ends.
WIDTHS = ["a", "b", "\0", "\x7f", "\x80", "é", "ÿ", "Ā", "\u07ff", "\u0800", "東", "\ud7ff", "\ue000", "\uffff", "\U00010000", "😀", "\U0010ffff"]
# What is wrong, and how many replacement characters it makes: one for each longest part that could have begun a character.
WRONG = [(b"\x80", 1), (b"\xbf\xbf", 2), (b"\xc0", 1), (b"\xc1\x80", 2), (b"\xf5", 1), (b"\xff", 1), (b"\xc3a", 1), (b"\xe6\x9da", 1), (b"\xe0\x80", 2), (b"\xed\xa0\x80", 3),
         (b"\xf0\x8f\x80", 3), (b"\xf0\x9f\x98a", 1), (b"\xf4\x90\x80\x80", 4)]


def mixtures(seed):
    source = random.Random(seed)
    for length in [*range(70), 250, 2039, 2040, 2041, 5000]:
        for characters in (WIDTHS[:2], WIDTHS[:7], WIDTHS[:14], WIDTHS):
            plain = source.random()
            yield "".join(source.choice(WIDTHS[:2]) if source.random() < plain else source.choice(characters) for _ in range(length))


def test_mixtures():
    for text in mixtures(1):
        data = encoded(text)
        assert text.encode() == data and data.decode() == text, text
        # What lies behind the end is not looked at.
        assert str(memoryview(data + b"\xff")[:-1], "utf-8") == text


def test_mixtures_with_what_is_wrong():
    for text in mixtures(2):
        if len(text) > 80:
            continue
        for wrong, count in WRONG:
            for place in {0, len(text) // 2, len(text)}:
                before, after = text[:place], text[place:]
                data = encoded(before) + wrong + encoded(after)
                rest = "a" if wrong.endswith(b"a") else ""
                assert data.decode(errors="replace") == before + "\ufffd" * count + rest + after, data
                assert data.decode(errors="ignore") == before + rest + after, data
                assert raises(UnicodeDecodeError, None, data.decode).start == len(encoded(before)), data


def test_many_bytes_that_continue_a_character():
    for length in (600, 2048, 4000, 70000):
        assert encoded("😀" * length).decode() == "😀" * length
        error = raises(UnicodeDecodeError, None, (b"\xc3\xa9" + b"\x80" * length).decode)
        assert (error.start, error.end, error.reason) == (2, 3, "invalid start byte")


def test_pieces():
    source = random.Random(3)
    for text in mixtures(4):
        data, decoder, result, place = encoded(text), codecs.getincrementaldecoder("utf-8")(), "", 0
        while place < len(data):
            size = source.choice((1, 2, 3, 7, 16, 33))
            result += decoder.decode(data[place:place + size])
            place += size
        assert result + decoder.decode(b"", True) == text


def test_an_end_that_is_cut_off():
    for text in ("東", "a東", "aaaaaaaaaaaaaaaaé東", "é😀", "aé" * 20 + "😀"):
        data, whole = encoded(text), len(encoded(text[:-1]))
        for cut in range(1, len(data) - whole):
            assert codecs.utf_8_decode(data[:-cut], "strict", False) == (text[:-1], whole)


run(globals())
