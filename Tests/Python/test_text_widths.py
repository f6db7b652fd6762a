"""Text in units of one, two and four bytes: codecs, case, normal forms, slices and searches give what they give character by character."""
import io
import json
import unicodedata

from harness import raises, run

# Of each width, with what is at its edges: lengths on both sides of what is handled at once.
ALPHABETS = ["abc Z\n", "aß é\xff\x80", "aßĀΣς漢\uffff", "aé漢😀\U0010ffff𝟏"]
TEXTS = [(alphabet * 40)[:length] for alphabet in ALPHABETS for length in (0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 200)]


def units(text, width, order):
    result = b""
    for character in text:
        code = ord(character)
        if width == 2 and code > 0xFFFF:
            code -= 0x10000
            result += (0xD800 + (code >> 10)).to_bytes(2, order) + (0xDC00 + (code & 0x3FF)).to_bytes(2, order)
        else:
            result += code.to_bytes(width, order)
    return result


def test_utf_16_and_32():
    for text in TEXTS:
        for width, name in (2, "utf-16"), (4, "utf-32"):
            for order, suffix in ("little", "-le"), ("big", "-be"):
                encoded = units(text, width, order)
                mark = (0xFEFF).to_bytes(width, order)
                assert text.encode(name + suffix) == encoded
                assert encoded.decode(name + suffix) == text
                assert (mark + encoded).decode(name) == text
                assert (b"x" + encoded)[1:].decode(name + suffix) == text
            assert text.encode(name) == (0xFEFF).to_bytes(width, "little") + units(text, width, "little")


def test_utf_16_in_parts():
    import codecs
    for text in TEXTS:
        for name in "utf-16", "utf-16-be", "utf-32-le":
            encoded = text.encode(name)
            for step in 1, 3, 7:
                decoder = codecs.getincrementaldecoder(name)()
                assert "".join(decoder.decode(encoded[place:place + step]) for place in range(0, len(encoded), step)) + decoder.decode(b"", True) == text


def test_malformed_utf_16_and_32():
    raises(UnicodeDecodeError, "'utf-16-le' codec can't decode byte 0x61 in position 0: truncated data", b"a".decode, "utf-16-le")
    raises(UnicodeDecodeError, "'utf-16-le' codec can't decode bytes in position 0-1: unexpected end of data", b"\x00\xd8".decode, "utf-16-le")
    raises(UnicodeDecodeError, "'utf-16-be' codec can't decode bytes in position 2-3: illegal encoding", b"\x00a\xdc\x00".decode, "utf-16-be")
    raises(UnicodeDecodeError, "'utf-16-le' codec can't decode bytes in position 0-1: illegal UTF-16 surrogate", b"\x00\xd8a\x00".decode, "utf-16-le")
    raises(UnicodeDecodeError, "'utf-32-le' codec can't decode bytes in position 0-3: code point not in range(0x110000)", b"\x00\x00\x11\x00".decode, "utf-32-le")
    raises(UnicodeEncodeError, "'utf-16' codec can't encode character '\\udc00' in position 1: surrogates not allowed", "a\udc00".encode, "utf-16")
    assert "a\udc00漢".encode("utf-16-le", "surrogatepass") == b"a\x00\x00\xdc\x22\x6f"
    assert b"\x00\xd8\x00\xd8a\x00".decode("utf-16-le", "replace") == "\ufffd\ufffda"
    assert b"a\x00\x00\xd8\x00\xdc\x00\xdc".decode("utf-16-le", "ignore") == "a\U00010000"


def test_what_replaces_characters():
    assert "aé漢😀b".encode("ascii", "replace") == b"a???b"
    assert "aé漢😀b".encode("latin-1", "replace") == b"a\xe9??b"
    assert "aé漢😀b".encode("ascii", "backslashreplace") == b"a\\xe9\\u6f22\\U0001f600b"
    assert "aé漢😀b".encode("latin-1", "xmlcharrefreplace") == b"a\xe9&#28450;&#128512;b"
    assert "aé漢😀b".encode("cp1252", "xmlcharrefreplace") == b"a\xe9&#28450;&#128512;b"
    assert ("é" * 40 + "漢" + "é" * 40).encode("cp1252", "ignore") == b"\xe9" * 80
    assert ("é" * 40 + "\x81€" + "ǩé" * 40).encode("cp1252", "replace") == b"\xe9" * 40 + b"?\x80" + b"?\xe9" * 40
    assert b"a\x80\xffb\x80".decode("ascii", "replace") == "a\ufffd\ufffdb\ufffd"
    assert b"a\x80\xffb\x80".decode("ascii", "surrogateescape") == "a\udc80\udcffb\udc80"
    assert b"a\x80\xffb\x80".decode("ascii", "ignore") == "ab"
    assert b"a\x80\xffb\x80".decode("ascii", "backslashreplace") == "a\\x80\\xffb\\x80"


def test_escapes():
    for text in TEXTS:
        assert eval(ascii(text)) == text and ascii(text).isascii() and eval(repr(text)) == text
        assert text.encode("unicode_escape").decode("unicode_escape") == text
        assert text.encode("raw_unicode_escape").decode("raw_unicode_escape") == text
        assert json.loads(json.dumps(text)) == text and json.dumps(text).isascii()
    assert "a\\é\n漢😀".encode("unicode_escape") == b"a\\\\\\xe9\\n\\u6f22\\U0001f600"
    assert ascii("é漢😀\x7f") == "'\\xe9\\u6f22\\U0001f600\\x7f'"
    assert json.dumps("é漢😀\x7f") == '"\\u00e9\\u6f22\\ud83d\\ude00\\u007f"'


def test_case():
    for text in TEXTS:
        final = text.rstrip("\n")
        assert text.upper() == "".join(c.upper() for c in text)
        assert text.casefold() == "".join(c.casefold() for c in text)
        if "Σ" not in final:
            assert text.lower() == "".join(c.lower() for c in text)
    assert "ÄΣ 漢ΣΑ".lower() == "äς 漢σα"
    assert "漢ß".upper() == "漢SS" and "漢ŉ".upper() == "漢ʼN" and "漢ß".casefold() == "漢ss" and "İ漢".lower() == "i̇漢"
    assert "Ÿ".lower() == "ÿ" and "ŸŸ".lower() == "ÿÿ" and "ÿÿ".upper() == "ŸŸ" and "ŸŸ".lower().isascii() is False
    assert "ꭰꭰ".upper() == "ᎠᎠ" and "ᎠᎠ".casefold() == "ᎠᎠ" and "ꭰꭰ".casefold() == "ᎠᎠ"
    assert "ǆa Ǆa".title() == "ǅa ǅa" and "ǆa漢".capitalize() == "ǅa漢"


def test_digits():
    assert int("١٢٣") == 123 and float("𝟏𝟐.𝟓") == 12.5 and int("𝟏٣") == 13
    # These came after Unicode 14.
    raises(ValueError, None, int, "\U00011f51")
    raises(ValueError, None, float, "\U0001e4f1")


def test_slices_and_searches():
    for text in TEXTS:
        for start, stop, step in (None, None, -1), (None, None, 2), (1, -1, 1), (2, None, 3), (None, 40, -3), (0, 1, 2):
            part = text[start:stop:step]
            expected = "".join([text[place] for place in range(*slice(start, stop, step).indices(len(text)))])
            assert part == expected and part.isascii() == expected.isascii() and hash(part) == hash(expected) and part.encode() == expected.encode()
        for one in set(text) | set("xß漢😀\xff\uffff"):
            places = [place for place, character in enumerate(text) if character == one]
            assert text.find(one) == (places[0] if places else -1)
            assert text.rfind(one) == (places[-1] if places else -1)
            assert text.count(one) == len(places)
            assert text.replace(one, "<é>") == "".join("<é>" if character == one else character for character in text)
            assert text.partition(one)[0] == text[:places[0] if places else len(text)]
            assert ("é" + text, text + "漢", one + text) == ("".join(["é", text]), "".join([text, "漢"]), "".join([one, text]))
        for other in TEXTS:
            assert (text < other) == (list(map(ord, text)) < list(map(ord, other)))


def test_streams():
    for text in TEXTS:
        lines = text.splitlines(True) if "\n" in text else [text] * bool(text)
        assert io.StringIO(text).getvalue() == io.StringIO(text).read() == text
        if "\x80" not in text:
            assert io.StringIO(text).readlines() == lines
            assert io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8").readlines() == lines
        for name in "utf-8", "utf-16", "utf-32-be", "utf-8-sig":
            assert io.TextIOWrapper(io.BytesIO(text.encode(name)), name).read() == text
    stream = io.StringIO()
    for text in TEXTS:
        stream.write(text)
    assert stream.getvalue() == "".join(TEXTS)


def test_normal_forms():
    for form, text, expected in (
        ("NFC", "e\u0301", "é"), ("NFD", "é", "e\u0301"), ("NFC", "각", "각"), ("NFD", "각", "\u1100\u1161\u11a8"), ("NFC", "\u1100\u1161\u11a8", "각"), ("NFKC", "ﬁ①", "fi1"),
        ("NFC", "a\u0301\u0323", "ạ\u0301"), ("NFD", "ạ\u0301", "a\u0323\u0301"), ("NFKD", "ẛ\u0323", "s\u0323\u0307"), ("NFKC", "ẛ\u0323", "ṩ"), ("NFC", "\u0344", "\u0308\u0301"),
        ("NFC", "漢字" * 20, "漢字" * 20), ("NFC", "Å", "Å"), ("NFC", "क़", "क\u093c"),
    ):
        assert unicodedata.normalize(form, text) == expected
        assert unicodedata.is_normalized(form, text) == (text == expected)
        assert unicodedata.is_normalized(form, expected)
        assert unicodedata.normalize(form, text * 50) == expected * 50
    # Marks are ordered by today's classes in the old version too.
    assert unicodedata.ucd_3_2_0.normalize("NFD", "a\u0350\u0323") == "a\u0323\u0350"


def test_hexadecimal_text_of_bytes():
    data = bytes(range(256))
    assert bytes.fromhex(data.hex()) == bytes.fromhex(data.hex(" ")) == bytearray.fromhex(data.hex().upper()) == data
    assert bytes.fromhex(" 00\t01 ") == b"\0\1"
    raises(ValueError, "non-hexadecimal number found in fromhex() arg at position 3", bytes.fromhex, "000")
    raises(ValueError, "non-hexadecimal number found in fromhex() arg at position 2", bytes.fromhex, "00漢0")
    raises(ValueError, "non-hexadecimal number found in fromhex() arg at position 1", bytes.fromhex, "0g")
    assert data.translate(None, b"\0a\xff") == bytes(byte for byte in data if byte not in b"\0a\xff") and data.translate(None) is data
    assert eval(repr(data)) == data


run(globals())
