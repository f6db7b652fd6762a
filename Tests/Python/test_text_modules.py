"""re, json, csv, binascii and zlib: the corners where a native rewrite could go astray."""
import binascii
import csv
import io
import json
import re
import zlib

from harness import check_all, raises, run


def test_groups_are_restored_by_backtracking():
    assert re.match(r"(?:(a)|b)*", "ab").groups() == ("a",)
    assert re.match(r"(?:(a)x|ab)", "ab").groups() == (None,)
    assert re.match(r"(?:(a)|(b))*?c", "abc").regs == ((0, 3), (0, 1), (1, 2))
    assert re.match(r"((a)|b)+", "ab").lastindex == 1
    assert re.match(r"(?=(a+))a*b\1", "aaab" + "aaa").span() == (0, 7)


def test_giving_back_happens_where_it_can_help():
    assert re.match(r"\w+\b", "abc def").group() == "abc"
    assert re.match(r"\w*\bx?", "abc").span() == (0, 3)
    assert re.match(r"a+ab", "aaab").span() == (0, 4)
    assert re.match(r"[a-c]+[c-e]", "abcc").span() == (0, 4)
    assert re.fullmatch(r"a*?", "aaa").span() == (0, 3)
    assert re.match(r"a++ab", "aaab") is None
    assert re.match(r"(?>a+)ab", "aaab") is None


def test_search_skips_no_start():
    assert re.search(r"\w+@\w+", "a b@c").span() == (2, 5)
    assert re.search(r"(\w+) \1\b", "xab ab").span() == (1, 6)
    assert re.search(r"a*b", "aac" + "ab").span() == (3, 5)
    assert [m.span() for m in re.finditer(r"a|", "baac")] == [(0, 0), (1, 2), (2, 3), (3, 3), (4, 4)]
    assert [m.start() for m in re.finditer(r"(?m)^", "a\n\nb")] == [0, 2, 3]


def test_wide_characters():
    assert re.findall(r"\w+", "na\u00efve \u4e2d\u6587 \U0001d400") == ["na\u00efve", "\u4e2d\u6587", "\U0001d400"]
    assert re.findall(r"[\u03b1-\u03c9]+", "\u0391\u03b1\u03b2", re.I) == ["\u0391\u03b1\u03b2"]
    assert re.sub(r"(?i)k", "_", "kK\u212a") == "___"
    assert re.findall(r"[^\u4e2d]", "a\u4e2d\u6587") == ["a", "\u6587"]


def test_deep_backtracking_does_not_crash():
    assert re.match(r"(?:a|b)*c", "ab" * 100000) is None
    assert re.fullmatch(r"(?:(a)|b)*", "ab" * 50000).span(1) == (99998, 99999)


def test_bad_code_is_refused():
    import _sre
    for code in ([77], [23, 1, 0, 1], [7, 5, 1], [13, 3, 21], [17, 9, 1], [14], [12, 0, 1, 1], [10, 300]):
        raises(RuntimeError, "invalid SRE code", _sre.compile, "", 0, code, 1, {}, ())


def test_replacements():
    assert re.sub(r"(a)|b", r"[\1]", "ab") == "[a][]"
    assert re.sub("x", lambda m: None, "axb") == "ab"
    text = "unchanged"
    assert re.sub("x", "y", text) is text
    raises(TypeError, "sequence item 1: expected str instance, int found", re.sub, "x", lambda m: 1, "ax")


def test_numbers_in_json():
    check_all(json.loads, [("0.1", 0.1), ("123456.789012345678", 123456.789012345678), ("9007199254740993", 9007199254740993), ("5e-324", 5e-324),
                           ("1.7976931348623157e308", 1.7976931348623157e308), ("-0", 0), ("-0.0", -0.0), ("1e400", float("inf")), ("12345678901234567.5", 12345678901234567.5),
                           ("123456789012345678901", 123456789012345678901), ("0.30000000000000004", 0.30000000000000004)])


def test_errors_in_json():
    for text, message in [("[1,", "Expecting value: line 1 column 4 (char 3)"), ('{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"),
                          ('"\\x"', "Invalid \\escape: line 1 column 2 (char 1)"), ('"\\u12"', "Invalid \\uXXXX escape: line 1 column 3 (char 2)"),
                          ('"abc', "Unterminated string starting at: line 1 column 1 (char 0)"), ('"a\nb"', "Invalid control character at: line 1 column 3 (char 2)")]:
        raises(json.JSONDecodeError, message, json.loads, text)
    circle = []
    circle.append(circle)
    raises(ValueError, "Circular reference detected", json.dumps, circle)


def test_text_in_json():
    for text in ("", "a\"\\\n\x00\x7f", "\u00e9", "\u4e2d", "\U0001f600", "\ud800", "plain text longer than a word"):
        assert json.loads(json.dumps(text)) == text
        assert json.loads(json.dumps(text, ensure_ascii=False)) == text
    assert json.loads('"\\ud83d\\ude00"') == "\U0001f600"
    assert json.loads('[{"k": 1}, {"k": 2}]') == [{"k": 1}, {"k": 2}]


def test_csv():
    assert list(csv.reader(['a,"b ""c""",', '"x', 'y",z'])) == [["a", 'b "c"', ""], ["xy", "z"]]
    assert list(csv.reader(["1,a"], quoting=csv.QUOTE_NONNUMERIC, quotechar="a")) == [[1.0, ""]]
    out = io.StringIO()
    csv.writer(out).writerows([["a,b", 'q"', None, 1.5], [""]])
    assert out.getvalue() == '"a,b","q""",,1.5\r\n""\r\n'


def test_binary_text():
    assert binascii.a2b_base64("aGVs bG8=") == b"hello"
    raises(binascii.Error, "Incorrect padding", binascii.a2b_base64, "abc")
    assert binascii.hexlify(b"abcdef", "-", 2) == b"6162-6364-6566"
    assert binascii.b2a_qp(b"a b \n=\xff") == b"a b=20\n=3D=FF"


def test_zlib_objects():
    data = b"hello world " * 1000
    squeeze = zlib.compressobj(9)
    packed = squeeze.compress(data[:5000])
    twin = squeeze.copy()
    assert zlib.decompress(packed + squeeze.compress(data[5000:]) + squeeze.flush()) == data
    assert zlib.decompress(packed + twin.flush()) == data[:5000]
    expand = zlib.decompressobj()
    part = expand.decompress(zlib.compress(data) + b"tail", 100)
    assert len(part) == 100 and not expand.eof
    assert part + expand.decompress(expand.unconsumed_tail) == data
    assert expand.eof and expand.unused_data == b"tail"
    raises(zlib.error, "Error -3 while decompressing data: incorrect header check", zlib.decompress, b"abc")


def test_names_of_characters_both_ways():
    import unicodedata
    for character in "\uac00\uac01\ud7a3\uae30\ub098\uc2a4\uc6b0\uc544\uac1c":
        assert unicodedata.lookup(unicodedata.name(character)) == character
    raises(KeyError, "\"undefined character name 'HANGUL SYLLABLE GAX'\"", unicodedata.lookup, "HANGUL SYLLABLE GAX")
    raises(KeyError, None, unicodedata.lookup, "HANGUL SYLLABLE ")
    # Formal aliases are younger than Unicode 3.2.
    assert unicodedata.lookup("LATIN CAPITAL LETTER GHA") == "\u01a2"
    raises(KeyError, None, unicodedata.ucd_3_2_0.lookup, "LATIN CAPITAL LETTER GHA")


run(globals())
