"""UTF-8 with runs of ASCII of every length about the blocks that are decoded at once, well formed and not."""
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


run(globals())
