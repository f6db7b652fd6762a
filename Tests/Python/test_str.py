"""str: methods, indexing, errors, Unicode."""
from harness import check_all, raises, run


def test_literals_and_repr():
    check_all(repr, [("a'b", '"a\'b"'), ("a'\"", "'a\\'\"'"), ("\n\t\\\x00\x7f", "'\\n\\t\\\\\\x00\\x7f'"), ("é漢\U0001F600", "'é漢\U0001F600'"), ("\xa0\u200b\ud800\xad", "'\\xa0\\u200b\\ud800\\xad'"), ("", "''")])
    assert "\x41\u0042\103\N{DIGIT ONE}" == "ABC1" and r"\n" == "\\n" and "a" "b" == "ab" and ascii("é漢") == "'\\xe9\\u6f22'"


def test_find_and_count():
    check_all(str.find, [(("hello", "l"), 2), (("hello", "z"), -1), (("hello", ""), 0), (("hello", "", 5), 5), (("hello", "", 6), -1), (("hello", "l", -2), 3), (("é漢é", "é", 1), 2)])
    check_all(str.rfind, [(("hello", "l"), 3), (("hello", ""), 5), (("hello", "l", 0, 3), 2)])
    check_all(str.count, [(("aaaa", "aa"), 2), (("abc", ""), 4), (("abc", "", 3), 1), (("abc", "", 4), 0)])
    raises(ValueError, "substring not found", "a".index, "b")
    raises(TypeError, "must be str, not int", "a".find, 1)
    raises(TypeError, "slice indices must be integers or None or have an __index__ method", "a".find, "a", "b")


def test_split():
    check_all(str.split, [(" a  b ", ["a", "b"]), (("a,b,,c", ","), ["a", "b", "", "c"]), (("", ","), [""]), ("", []), (("a b c", None, 1), ["a", "b c"]), (("  a b  ", None, 1), ["a", "b  "]), (("aXXbXX", "XX"), ["a", "b", ""])])
    check_all(str.rsplit, [(("a b c", None, 1), ["a b", "c"]), (("a,b,c", ",", 1), ["a,b", "c"])])
    check_all(str.splitlines, [("a\nb\r\nc\rd\x0be\u2028f\x85", ["a", "b", "c", "d", "e", "f"]), (("a\n\nb", True), ["a\n", "\n", "b"]), ("", [])])
    check_all(str.partition, [(("a=b=c", "="), ("a", "=", "b=c")), (("abc", "="), ("abc", "", ""))])
    check_all(str.rpartition, [(("a=b=c", "="), ("a=b", "=", "c")), (("abc", "="), ("", "", "abc"))])
    raises(ValueError, "empty separator", "a".split, "")


def test_case():
    assert "ßÉǆ".upper() == "SSÉǄ" and "ΑΣ".lower() == "ας" and "ßA".casefold() == "ssa" and "hELLO wORLD's".title() == "Hello World'S"
    assert "hELLO".capitalize() == "Hello" and "aBc".swapcase() == "AbC" and "ǆ".title() == "ǅ" and "ﬁ".upper() == "FI" and "İ".lower() == "i̇"


def test_predicates():
    for method, yes, no in [("isalpha", "aé漢", "a1"), ("isdigit", "1²٣", "½"), ("isdecimal", "1٣", "²"), ("isnumeric", "½Ⅷ", "a"), ("isalnum", "a1½", "a "), ("isspace", " \t\u2003", "a"), ("isupper", "AÉ1", "Aa"), ("islower", "aé1", "1"), ("istitle", "Aa Bb", "AA"), ("isidentifier", "é_1", "1a"), ("isprintable", "aé", "\n"), ("isascii", "a\x7f", "é")]:
        assert getattr(yes, method)() is True and getattr(no, method)() is False, method
        assert getattr("", method)() is (method in ("isascii", "isprintable")), method


def test_strip_and_pad():
    assert " \ta\n".strip() == "a" and "xxaxx".strip("x") == "a" and "abcba".lstrip("ab") == "cba" and "abc".rstrip("bc") == "a"
    assert "ab".center(5) == "  ab " and "ab".center(5, "*") == "**ab*" and "ab".ljust(4, ".") == "ab.." and "ab".rjust(4) == "  ab" and "-5".zfill(4) == "-005" and "+é".zfill(4) == "+00é"
    assert "TestCase".removeprefix("Test") == "Case" and "TestCase".removesuffix("Case") == "Test" and "a\tb".expandtabs(4) == "a   b"
    raises(TypeError, "The fill character must be exactly one character long", "a".center, 5, "ab")


def test_replace_and_translate():
    assert "aaa".replace("a", "b", 2) == "bba" and "abc".replace("", "-") == "-a-b-c-" and "aXbX".replace("X", "é漢") == "aé漢bé漢"
    assert "abc".translate({97: "A", 98: None, 99: 0x6F22}) == "A漢" and "hello".translate(str.maketrans("el", "ip", "o")) == "hipp"
    raises(ValueError, "the first two maketrans arguments must have equal length", str.maketrans, "a", "bc")


def test_join():
    assert ",".join("abc") == "a,b,c" and "".join([]) == "" and "é".join(["a", "漢"]) == "aé漢"
    raises(TypeError, "sequence item 1: expected str instance, int found", ",".join, ["a", 1])
    raises(TypeError, "can only join an iterable", ",".join, 5)


def test_indexing_and_slicing():
    s = "aé漢\U0001F600"
    assert s[-1] == "\U0001F600" and s[::-1] == "\U0001F600漢éa" and s[1:3] == "é漢" and s[10:] == "" and s[::2] == "a漢" and len(s) == 4 and list(s)[1] == "é"
    raises(IndexError, "string index out of range", lambda: s[4])
    raises(TypeError, "string indices must be integers, not 'str'", lambda: s["a"])
    raises(TypeError, "'str' object does not support item assignment", lambda: exec("s[0] = 'a'", {"s": s}))


def test_operators():
    assert "a" + "é" == "aé" and "ab" * 3 == "ababab" and 2 * "é" == "éé" and "a" * -1 == "" and "b" in "abc" and "" in "" and "a" < "b" < "é" < "\U0001F600" and "a" != b"a"
    raises(TypeError, 'can only concatenate str (not "bytes") to str', lambda: "a" + b"b")
    raises(TypeError, "'in <string>' requires string as left operand, not int", lambda: 1 in "a")
    raises(TypeError, "can't multiply sequence by non-int of type 'float'", lambda: "a" * 1.5)


def test_prefix_and_suffix():
    assert "abc".startswith("ab") and "abc".startswith(("x", "a")) and "abc".startswith("c", 2) and not "abc".startswith("abcd") and "abc".endswith(("c", "b")) and "abc".endswith("b", 0, 2) and "".startswith("")
    raises(TypeError, "startswith first arg must be str or a tuple of str, not int", "a".startswith, 1)
    raises(TypeError, "tuple for startswith must only contain str, not int", "a".startswith, (1,))


def test_encode_and_decode():
    s = "é漢\U0001F600"
    for codec in ("utf-8", "utf-16", "utf-32", "utf-16-le", "utf-32-be", "utf-8-sig", "utf-7", "unicode-escape", "raw_unicode_escape"):
        assert s.encode(codec).decode(codec) == s, codec
    assert "aé漢".encode("ascii", "replace") == b"a??" and "é".encode("ascii", "ignore") == b"" and "é漢".encode("ascii", "xmlcharrefreplace") == b"&#233;&#28450;" and "é".encode("ascii", "backslashreplace") == b"\\xe9" and "é".encode("ascii", "namereplace") == b"\\N{LATIN SMALL LETTER E WITH ACUTE}"
    assert b"a\xffb".decode("utf-8", "surrogateescape") == "a\udcffb" and "\udcff".encode("utf-8", "surrogateescape") == b"\xff" and b"\xe6\xbc".decode("utf-8", "replace") == "\ufffd" and "\ud800".encode("utf-8", "surrogatepass") == b"\xed\xa0\x80"
    raises(UnicodeEncodeError, "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)", "é漢".encode, "ascii")
    raises(UnicodeEncodeError, "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed", "\ud800".encode)
    raises(UnicodeDecodeError, "'utf-8' codec can't decode byte 0xff in position 1: invalid start byte", b"a\xff".decode)
    raises(UnicodeDecodeError, "'utf-8' codec can't decode bytes in position 0-1: unexpected end of data", b"\xe6\xbc".decode)
    raises(LookupError, "unknown encoding: nope", "a".encode, "nope")


def test_interning_and_hash():
    import sys
    assert hash("abc") == hash("ab" + "c") and sys.intern("x" * 3) is sys.intern("xxx") and "".join(["a"]) == "a" and {"é": 1}["e\u0301".replace("e\u0301", "é")] == 1
    assert str(b"a") == "b'a'" and str(b"a", "ascii") == "a" and str() == "" and str(5) == "5" and type(str(type("S", (str,), {})("x"))) is str


def test_conversion_of_user_types():
    class A:
        def __str__(self):
            return "str"

        def __repr__(self):
            return "repr"
    assert str(A()) == "str" and f"{A()} {A()!r}" == "str repr" and "%s %r" % (A(), A()) == "str repr" and str([A()]) == "[repr]"

    class B:
        def __str__(self):
            return 1
        __repr__ = __str__
    raises(TypeError, "__str__ returned non-string (type int)", str, B())
    raises(TypeError, "__repr__ returned non-string (type int)", repr, B())


def test_cases_of_letters_beyond_ascii():
    for _ in range(2):
        assert "\xdcn\xef \xdfh".upper() == "\xdcN\xcf SSH" and "\xdcN\xcf".lower() == "\xfcn\xef" and "\xdfharp \u0149x".title() == "Ssharp \u02bcNx"
        assert "\u01c6".title() == "\u01c5" and "\u01c6".upper() == "\u01c4" and "\u0390".upper() == "\u0399\u0308\u0301"
        assert "\u0391\u03a3 \u0391\u03a3\u0391".lower() == "\u03b1\u03c2 \u03b1\u03c3\u03b1" and "\ufb01".upper() == "FI" and "\xff".upper() == "\u0178"


def test_replacing_many_single_characters():
    assert "xoxoxoxoxox".replace("o", "00") == "x00x00x00x00x00x" and "oooo".replace("o", "") == "" and "oooo".replace("o", "ab", 2) == "ababoo"
    assert "oxo".replace("o", "longer than eight") == "longer than eightxlonger than eight" and b"a,b,c".replace(b",", b"; ") == b"a; b; c"


def test_case_of_unicode_14():
    assert "\u10fcab".title() == "\u10fcAb" and "\ua7f2a".title() == "\ua7f2A" and "\uab69a".title() == "\uab69A"
    assert "a\U0001171e\u03a3".lower() == "a\U0001171e\u03c2"


def test_a_format_without_conversions_is_the_result():
    class S(str):
        pass
    text = S("text")
    assert text % [] is text and text % () is text and text % {} is text
    plain = "te" + "xt".lower()
    assert plain % [] is plain
    assert type(S("100%%") % []) is str and S("100%%") % [] == "100%"
    assert type(S("") % []) is str


def test_arguments_that_are_ints():
    for text in ("a\nb", b"a\nb", bytearray(b"a\nb")):
        assert text.splitlines(3) == text.splitlines(True) == text.splitlines(keepends=-1) != text.splitlines(0)
        raises(TypeError, "'NoneType' object cannot be interpreted as an integer", text.splitlines, None)
        raises(OverflowError, "Python int too large to convert to C int", text.splitlines, 2 ** 70)
        raises(OverflowError, "Python int too large to convert to C int", text.expandtabs, 2 ** 31)


def test_translation_of_nothing():
    assert "".translate(None) == ""
    raises(TypeError, "'NoneType' object is not subscriptable", "a".translate, None)


def test_decoding_by_tables():
    every = bytes(range(256))
    for encoding in "cp437", "koi8-r", "iso8859-15", "cp866", "mac-roman":
        text = every.decode(encoding)
        assert len(text) == 256 and text.encode(encoding) == every and text[:128] == every[:128].decode("ascii")
        assert all(every[place:place + 1].decode(encoding) == text[place] for place in range(256))
    assert b"plain".decode("cp1252") == "plain" and b"plain".decode("cp1252").isascii()
    assert b"\x80\x9f".decode("cp1252") == "\u20ac\u0178" and b"".decode("cp1252") == ""
    error = raises(UnicodeDecodeError, None, b"ab\x81".decode, "cp1252")
    assert (error.start, error.end, error.reason) == (2, 3, "character maps to <undefined>")
    assert b"ab\x81c".decode("cp1252", "replace") == "ab\ufffdc"


run(globals())
