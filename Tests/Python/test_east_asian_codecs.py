"""The codecs of East Asian encodings: shapes, errors, state between calls."""
import codecs, io
from harness import raises, run

NAMES = {"gb2312": "中文", "gbk": "漢字中文", "gb18030": "漢字\U00020000", "hz": "ab~中文", "big5": "漢字かナ", "cp950": "漢字", "big5hkscs": "漢Ê̄", "shift_jis": "漢字ｱ",
         "cp932": "漢字～", "euc_jp": "漢字ｱ", "shift_jis_2004": "漢か゚", "euc_jis_2004": "漢か゚", "euc_kr": "한글쓔", "cp949": "한글쓔", "johab": "한글",
         "iso2022_kr": "ab한글\nc", "iso2022_jp": "ab漢字c", "iso2022_jp_1": "漢字", "iso2022_jp_2": "汉字漢한", "iso2022_jp_ext": "漢ｱ"}


def test_round_trips():
    for name, text in NAMES.items():
        data = text.encode(name)
        assert data.decode(name) == text, name
        decoder, encoder = codecs.getincrementaldecoder(name)(), codecs.getincrementalencoder(name)()
        assert "".join([decoder.decode(data[n:n + 1]) for n in range(len(data))]) + decoder.decode(b"", True) == text, name
        assert b"".join([encoder.encode(c) for c in text]) + encoder.encode("", True) == data, name
        stream = io.TextIOWrapper(io.BytesIO(), encoding=name, newline="")
        stream.write(text)
        stream.seek(0)
        assert stream.read() == text, name


def test_bytes():
    assert "漢字".encode("euc_jp") == b"\xb4\xc1\xbb\xfa" and "漢字".encode("iso2022_jp") == b"\x1b$B4A;z\x1b(B" and "中".encode("hz") == b"~{VP~}"
    assert "쓔".encode("euc_kr") == b"\xa4\xd4\xa4\xb6\xa4\xd0\xa4\xd4" and b"\x81\x5f".decode("shift_jis") == "\uff3c" and "\\~".encode("shift_jis_2004") == b"\x81\x5f\x81\xb0"


def test_errors():
    error = raises(UnicodeDecodeError, "'euc_jp' codec can't decode byte 0xff in position 1: illegal multibyte sequence", b"a\xffbc".decode, "euc_jp")
    assert (error.start, error.end) == (1, 2)
    raises(UnicodeDecodeError, "'gbk' codec can't decode byte 0xc8 in position 3: incomplete multibyte sequence", b"abc\xc8".decode, "gbk")
    raises(UnicodeEncodeError, "'shift_jis' codec can't encode character '\\u1234' in position 1: illegal multibyte sequence", "a\u1234".encode, "shift_jis")
    assert b"abc\x80\x80\xc1\xc4".decode("big5", "replace") == "abc\ufffd\ufffd\u8b10" and "a\u1234".encode("big5", "xmlcharrefreplace") == b"a&#4660;"
    assert b"ab\x1b$Zc".decode("iso2022_jp", "ignore") == "abc"


run(globals())
