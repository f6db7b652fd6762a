"""The codecs of East Asian encodings, over the C library's iconv.

iconv knows the character sets; what is here is what is Python's: the shape of the encodings (how many bytes a character has, escape sequences), errors and their handlers,
and state between calls. A character is converted once, and then known. `_codecs_jp` and the like hand out the codecs by name.
"""
import _foreign
import codecs as _codecs
from struct import pack_into as _pack_into

_library = _foreign.dlopen(None, 2)
_iconv_open, _iconv = _foreign.dlsym(_library, "iconv_open"), _foreign.dlsym(_library, "iconv")


class _Converter:
    """One direction of iconv, for texts of a few characters."""

    def __init__(self, target, source):
        target, source = target.encode() + b"\0", source.encode() + b"\0"
        self._handle = _foreign.call(_iconv_open, "q", "PP", (_foreign.buffer_address(target, False)[0], _foreign.buffer_address(source, False)[0]), 0)
        if self._handle == -1:
            raise LookupError(f"the C library does not know the encoding {source[:-1].decode()}")
        # Two pointers and two counts, and the result.
        self._words, self._out = bytearray(32), bytearray(64)
        words, self._target = _foreign.buffer_address(self._words, True)[0], _foreign.buffer_address(self._out, True)[0]
        self._convert = self._handle, words, words + 8, words + 16, words + 24
        self._flush = self._handle, 0, 0, words + 16, words + 24

    def __call__(self, data):
        """The converted bytes; None when that is not possible."""
        _pack_into("4Q", self._words, 0, _foreign.buffer_address(data, False)[0], len(data), self._target, len(self._out))
        failed = _foreign.call(_iconv, "q", "qPPPP", self._convert, 1) or self._words[8]
        # What it holds back comes out here, and the state is the first one again.
        _foreign.call(_iconv, "q", "qPPPP", self._flush, 1)
        return None if failed else bytes(self._out[:len(self._out) - self._words[24]])


class _Charset:
    """The characters of an encoding that are not ASCII. `changed` maps bytes to text where Python's mapping is another one than iconv's, `encodes` texts to bytes that
    stand for another text; `other` has what this has not."""

    def __init__(self, name, changed={}, encodes={}, other=None):
        self._name, self._other = name, other
        self._texts, self._bytes = dict(changed), {text: data for data, text in changed.items()} | encodes
        self._decoder = self._encoder = None

    def decode(self, data):
        try:
            return self._texts[data]
        except KeyError:
            if self._decoder is None:
                self._decoder = _Converter("UTF-32LE", self._name)
            # Two characters of one byte are not meant.
            result = None if len(data) > 1 and self._decoder(data[:1]) else self._decoder(data)
            text = None if result is None else result.decode("utf-32-le", "surrogatepass")
            if text is None and self._other is not None:
                text = self._other.decode(data)
            self._texts[data] = text
            return text

    def encode(self, text):
        try:
            return self._bytes[text]
        except KeyError:
            if self._encoder is None:
                self._encoder = _Converter(self._name, "UTF-32LE")
            data = None if any(0xD800 <= ord(c) < 0xE000 for c in text) else self._encoder(text.encode("utf-32-le"))
            if data is None and self._other is not None:
                data = self._other.encode(text)
            self._bytes[text] = data
            return data


_KANA = {bytes([0xA1 + n]): chr(0xFF61 + n) for n in range(63)}
_gb2312 = _Charset("EUC-CN", {b"\xa1\xa4": "\u30fb", b"\xa1\xaa": "\u2015"}, {"\u00b7": None, "\u2014": None})
_euc_kr = _Charset("EUC-KR")
_euc_jp = _Charset("EUC-JP", {}, {"\xa5": b"\\", "\u203e": b"~"})
_jisx0213 = _Charset("EUC-JISX0213", {b"\xa1\xbd": "\u2015"}, {"\u2014": None, "\xa5": None, "\u203e": None}, _euc_jp)
# The C library's GB 18030 is a newer one: these had no place in Unicode yet.
_gb18030_set = _Charset("GB18030", {bytes([0xFE, trail]): chr(code) for trail, code in (
    (0x59, 0xE81E), (0x61, 0xE826), (0x66, 0xE82B), (0x67, 0xE82C), (0x6D, 0xE832), (0x7E, 0xE843), (0x90, 0xE854), (0xA0, 0xE864))},
    {chr(0x9FB4 + n): (b"\x82\x35\x90\x37", b"\x82\x35\x90\x38", b"\x82\x35\x90\x39", *[b"\x82\x35\x91" + bytes([0x30 + k]) for k in range(5)])[n] for n in range(8)})
# Hiragana and katakana stand where the C library has nothing.
_trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
_BIG5_KANA = {bytes([0xC6 + (67 + n) // 157, _trails[(67 + n) % 157]]): chr(0x3041 + n if n < 83 else 0x30A1 - 83 + n) for n in range(83 + 86)}
_shift_jisx0213 = _Charset("SHIFT_JISX0213", {b"\x81\x5c": "\u2015", b"\x81\x5f": "\\", b"\x81\xb0": "~", **_KANA}, {"\u2014": None, "\uff3c": None, "\uff5e": None})
_COMBINING = "\u309a\u02e5\u02e9\u0300\u0301\u0304\u030c"


def _two(data, at):
    return 2


def _shift_jis(data, at):
    return 1 if 0xA1 <= data[at] <= 0xDF else 2 if 0x81 <= data[at] <= 0xFC and data[at] != 0xA0 else 0


def _cp932(data, at):
    return 1 if data[at] in (0x80, 0xA0, 0xFD, 0xFE, 0xFF) else _shift_jis(data, at)


def _euc_three(data, at):
    return 3 if data[at] == 0x8F else 2


def _gb18030(data, at):
    if not 0x81 <= data[at] <= 0xFE:
        return 0
    return 4 if at + 1 < len(data) and 0x30 <= data[at + 1] <= 0x39 else 2


# MARK: Errors

def _handle(errors, error):
    """What stands for the faulty part, and where to go on."""
    result = _codecs.lookup_error(errors)(error)
    if not isinstance(result, tuple) or len(result) != 2 or not isinstance(result[1], int) or not isinstance(result[0], (str, bytes) if isinstance(error, UnicodeEncodeError) else str):
        kind = "encoding" if isinstance(error, UnicodeEncodeError) else "decoding"
        raise TypeError(f"{kind} error handler must return (str, int) tuple")
    text, position = result
    size = len(error.object)
    if position < 0:
        position += size
    if not 0 <= position <= size:
        raise IndexError(f"position {position} from error handler out of bounds")
    return text, position


class MultibyteCodec:
    """An encoding without state, but for a number that is kept. `width` tells how many bytes a character has that begins with a byte of 128 or more: 0 for a byte that begins none."""
    initial = 0

    def __init__(self, name, charset, width, pairs=""):
        self._name, self._charset, self._width, self._pairs = name, charset, width, pairs

    def encode(self, input, errors=None):
        """Return an encoded string version of `input` and how many characters that was."""
        text = input if isinstance(input, str) else str(input)
        data, state, count = self._encode(text, errors, self.initial, True)
        return data + self._reset(state)[0], count

    def decode(self, input, errors=None):
        """Decode `input`, and tell how many bytes that was."""
        data = bytes(memoryview(input))
        text, _, count = self._decode(data, errors, self.initial, True)
        return text, count

    # The part that differs between encodings: one character.

    def _encode_one(self, text, at, state, final):
        """(bytes, characters taken, state); bytes are None for what cannot be encoded, and nothing is taken where more input may belong to the character."""
        one = text[at]
        if self._pairs:
            following = text[at + 1:at + 2]
            if following and following in self._pairs:
                data = self._charset.encode(one + following)
                if data is not None and (self._charset.encode(one) or b"") + (self._charset.encode(following) or b"") != data:
                    return data, 2, state
            elif not following and not final and any(self._starts_pair(one, mark) for mark in self._pairs):
                return b"", 0, state
        if one < "\x80":
            return one.encode("ascii"), 1, state
        return self._charset.encode(one), 1, state

    def _starts_pair(self, one, mark):
        data = self._charset.encode(one + mark)
        return data is not None and (self._charset.encode(one) or b"") + (self._charset.encode(mark) or b"") != data

    def _decode_one(self, data, at, state):
        """(text, bytes taken, state); text is None for an illegal byte, and nothing is taken where the input ends too early."""
        if data[at] < 0x80:
            return chr(data[at]), 1, state
        width = self._width(data, at)
        if at + width > len(data):
            return "", 0, state
        text = self._charset.decode(data[at:at + width]) if width else None
        return text, width, state

    def _reset(self, state):
        return b"", state

    # Whole inputs.

    def _encode(self, text, errors, state, final):
        result, at, size = [], 0, len(text)
        while at < size:
            data, taken, next_state = self._encode_one(text, at, state, final)
            if data is not None:
                if taken == 0:
                    break
                result.append(data)
                at, state = at + taken, next_state
                continue
            error = UnicodeEncodeError(self._name, text, at, at + 1, "illegal multibyte sequence")
            if errors is None or errors == "strict":
                raise error
            if errors == "ignore":
                at += 1
                continue
            replacement, at = ("?", at + 1) if errors == "replace" else _handle(errors, error)
            if isinstance(replacement, str):
                replacement, state, _ = self._encode(replacement, "strict", state, True)
            result.append(replacement)
        return b"".join(result), state, at

    def _decode(self, data, errors, state, final):
        result, at, size = [], 0, len(data)
        while at < size:
            text, taken, next_state = self._decode_one(data, at, state)
            if text is not None and taken:
                result.append(text)
                at, state = at + taken, next_state
                continue
            if text is not None and not final:
                break
            if text is None:
                # Of an escape sequence all is at fault.
                error = UnicodeDecodeError(self._name, data, at, at + (taken if data[at] == 0x1B else 1), "illegal multibyte sequence")
            else:
                error = UnicodeDecodeError(self._name, data, at, size, "incomplete multibyte sequence")
            if errors is None or errors == "strict":
                raise error
            if errors == "ignore":
                at = error.end
            elif errors == "replace":
                result.append("\ufffd")
                at = error.end
            else:
                replacement, at = _handle(errors, error)
                result.append(replacement)
        return "".join(result), state, at


class _Roman(MultibyteCodec):
    """With the Roman letters of JIS X 0201, in which two signs are others than in ASCII."""

    def _encode_one(self, text, at, state, final):
        data = {"\\": b"\x81\x5f", "~": b"\x81\xb0", "\xa5": b"\\", "\u203e": b"~"}.get(text[at])
        return super()._encode_one(text, at, state, final) if data is None else (data, 1, state)

    def _decode_one(self, data, at, state):
        text = {0x5C: "\xa5", 0x7E: "\u203e"}.get(data[at])
        return super()._decode_one(data, at, state) if text is None else (text, 1, state)


class _EUCKR(MultibyteCodec):
    """With the syllables that the set has not, as a filler and three letters."""
    _initial, _final = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", "\u3164ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"

    def _encode_one(self, text, at, state, final):
        data, taken, state = super()._encode_one(text, at, state, final)
        number = ord(text[at]) - 0xAC00
        if data is None and 0 <= number < 11172:
            letters = "\u3164", self._initial[number // 588], chr(0x314F + number // 28 % 21), self._final[number % 28]
            data = b"".join(map(_euc_kr.encode, letters))
        return data, taken, state

    def _decode_one(self, data, at, state):
        if data[at:at + 2] != b"\xa4\xd4":
            return super()._decode_one(data, at, state)
        if len(data) < at + 8:
            return "", 0, state
        letters = [_euc_kr.decode(data[place:place + 2]) for place in range(at + 2, at + 8, 2)]
        if None in letters or letters[0] not in self._initial or not "\u314f" <= letters[1] <= "\u3163" or letters[2] not in self._final:
            return None, 1, state
        return chr(0xAC00 + self._initial.index(letters[0]) * 588 + (ord(letters[1]) - 0x314F) * 28 + self._final.index(letters[2])), 8, state


class _HZ(MultibyteCodec):
    """GB 2312 between ~{ and ~}; the state tells whether one is inside."""
    initial = False

    def _encode_one(self, text, at, state, final):
        one = text[at]
        if one < "\x80":
            return (b"~}" if state else b"") + (b"~~" if one == "~" else one.encode("ascii")), 1, False
        data = _gb2312.encode(one)
        if data is None:
            return None, 1, state
        return (b"" if state else b"~{") + bytes([byte & 0x7F for byte in data]), 1, True

    def _reset(self, state):
        return b"~}" if state else b"", False

    def _decode_one(self, data, at, state):
        byte = data[at]
        if byte == 0x7E:
            if at + 1 >= len(data):
                return "", 0, state
            following = data[at + 1:at + 2]
            if following == b"~" and not state:
                return "~", 2, state
            if following == b"{" and not state:
                return "", 2, True
            if following == b"}" and state:
                return "", 2, False
            return ("", 2, state) if following == b"\n" and not state else (None, 1, state)
        if byte >= 0x80:
            return None, 1, state
        if not state or byte == 0x0A:
            return chr(byte), 1, state and byte != 0x0A
        if at + 2 > len(data):
            return "", 0, state
        text = _gb2312.decode(bytes([byte | 0x80, data[at + 1] | 0x80])) if data[at + 1] < 0x80 else None
        return text, 2, state


# MARK: ISO 2022

class _Set:
    """A set of characters that an escape sequence chooses: what leads to it, the bytes of a character, and the encoding that has it with a prefix and high bits."""

    def __init__(self, escape, width, charset, prefix=b""):
        self.escape, self.width, self._charset, self._prefix = escape, width, charset, prefix
        self.mark = escape[-1] | (0x80 if width == 2 else 0)

    def decode(self, data):
        if self._charset is None:
            return data.decode("ascii")
        return self._charset.decode(self._prefix + bytes([byte | 0x80 for byte in data]))

    def encode(self, text):
        if self._charset is None:
            return text.encode("ascii") if text < "\x80" else None
        data = self._charset.encode(text)
        if data is None or not data.startswith(self._prefix) or len(data) != self.width + len(self._prefix) or any(byte < 0x80 for byte in data):
            return None
        if not self._prefix and data[0] in (0x8E, 0x8F):
            return None
        return bytes([byte & 0x7F for byte in data[len(self._prefix):]])


_roman = _Charset("EUC-JP", {bytes([n | 0x80]): chr({0x5C: 0xA5, 0x7E: 0x203E}.get(n, n)) for n in range(0x21, 0x7F)})
_SETS = {
    "ascii": _Set(b"\x1b(B", 1, None), "roman": _Set(b"\x1b(J", 1, _roman), "kana": _Set(b"\x1b(I", 1, _Charset("EUC-JP", _KANA)),
    "jisx0208": _Set(b"\x1b$B", 2, _euc_jp), "jisx0208_o": _Set(b"\x1b$@", 2, _euc_jp), "jisx0212": _Set(b"\x1b$(D", 2, _euc_jp, b"\x8f"),
    "jisx0213_1": _Set(b"\x1b$(O", 2, _jisx0213), "jisx0213_2004_1": _Set(b"\x1b$(Q", 2, _jisx0213), "jisx0213_2": _Set(b"\x1b$(P", 2, _jisx0213, b"\x8f"),
    "gb2312": _Set(b"\x1b$(A", 2, _gb2312), "ksx1001": _Set(b"\x1b$(C", 2, _euc_kr), "ksx1001_g1": _Set(b"\x1b$)C", 2, _euc_kr),
    "iso8859_1": _Set(b"\x1b.A", 1, _Charset("ISO-8859-1")), "iso8859_7": _Set(b"\x1b.F", 1, _Charset("ISO-8859-7")),
}


class _ISO2022(MultibyteCodec):
    """The state: the sets chosen as G0, G1 and G2, and whether G1 is in use."""
    initial = ("ascii", "ascii", None, False)

    def __init__(self, name, sets, pairs=""):
        super().__init__(name, None, None, pairs)
        self._sets = sets
        self._escapes = {_SETS[key].escape: key for key in ("ascii", *sets)}
        if "gb2312" in sets:
            self._escapes[b"\x1b$A"] = "gb2312"

    def _reset(self, state):
        g0, g1, g2, shifted = state
        return (b"\x0f" if shifted else b"") + (b"" if g0 == "ascii" else _SETS["ascii"].escape), ("ascii", g1, g2, False)

    def _encode_one(self, text, at, state, final):
        g0, g1, g2, shifted = state
        one = text[at]
        if one < "\x80":
            lead, state = self._reset(state)
            return lead + one.encode("ascii"), 1, state
        following = text[at + 1:at + 2]
        units = [one]
        if self._pairs and following and following in self._pairs:
            units.insert(0, one + following)
        for unit in units:
            for key in self._sets:
                chosen = _SETS[key]
                # The sets of a single shift are only read.
                data = None if key.startswith("iso8859") else chosen.encode(unit)
                if data is None:
                    continue
                if key == "ksx1001_g1":
                    return (b"" if g1 == key else chosen.escape) + (b"" if shifted else b"\x0e") + data, len(unit), (g0, key, g2, True)
                return (b"" if g0 == key else chosen.escape) + data, len(unit), (key, g1, g2, shifted)
        return None, 1, state

    def _decode_one(self, data, at, state):
        g0, g1, g2, shifted = state
        byte = data[at]
        if byte == 0x1B:
            return self._escape(data, at, state)
        if byte == 0x0E and "ksx1001_g1" in self._sets:
            return "", 1, (g0, g1, g2, True)
        if byte == 0x0F and "ksx1001_g1" in self._sets:
            return "", 1, (g0, g1, g2, False)
        if byte == 0x0A:
            return "\n", 1, (g0, g1, None, False)
        if byte < 0x20 or byte == 0x20 and g0 == "ascii":
            return chr(byte), 1, state
        if byte >= 0x80:
            return None, 1, state
        chosen = _SETS[g1 if shifted else g0]
        if at + chosen.width > len(data):
            return "", 0, state
        part = data[at:at + chosen.width]
        return chosen.decode(part) if max(part) < 0x80 else None, chosen.width, state

    def _escape(self, data, at, state):
        g0, g1, g2, shifted = state
        rest = data[at:at + 4]
        if len(rest) < 2:
            return "", 0, state
        if rest[1] not in (b"()$.&N" if "iso8859_1" in self._sets else b"()$.&"):
            return "\x1b", 1, state
        if rest[:2] == b"\x1bN":
            if len(rest) < 3:
                return "", 0, state
            return (_SETS[g2 or "ascii"].decode(rest[2:3]) if rest[2] < 0x80 else None), 3, state
        for escape, key in self._escapes.items():
            if rest.startswith(escape):
                if key == "ksx1001_g1":
                    return "", len(escape), (g0, key, g2, shifted)
                if key.startswith("iso8859"):
                    return "", len(escape), (g0, g1, key, shifted)
                return "", len(escape), (key, g1, g2, shifted)
        for length in range(1, 16):
            if at + length >= len(data):
                return "", 0, state
            if 0x40 <= data[at + length] <= 0x5A:
                return None, length + 1, state
        return None, 1, state


_JP = ("jisx0208", "roman", "jisx0208_o")
_CODECS = {
    "gb2312": lambda name: MultibyteCodec(name, _gb2312, _two),
    "gbk": lambda name: MultibyteCodec(name, _Charset("GBK"), _two),
    "gb18030": lambda name: MultibyteCodec(name, _gb18030_set, _gb18030),
    "hz": lambda name: _HZ(name, _gb2312, None),
    "big5": lambda name: MultibyteCodec(name, _Charset("BIG5", _BIG5_KANA | {b"\xa2\x44": "\xa5", b"\xa1\xc2": "\u203e"}), _two),
    "cp950": lambda name: MultibyteCodec(name, _Charset("CP950", _BIG5_KANA, {"\xa5": b"\xa2\x44", "\u203e": b"\xa1\xc2"}), _two),
    "big5hkscs": lambda name: MultibyteCodec(name, _Charset("BIG5-HKSCS"), _two, "\u0304\u030c"),
    "euc_kr": lambda name: _EUCKR(name, _euc_kr, _two),
    "cp949": lambda name: MultibyteCodec(name, _Charset("UHC"), _two),
    "johab": lambda name: MultibyteCodec(name, _Charset("JOHAB", {}, {"\u20a9": None}), _two),
    "shift_jis": lambda name: MultibyteCodec(name, _Charset("SHIFT_JIS", {b"\x81\x5f": "\uff3c", **_KANA}, {"\xa5": b"\\", "\u203e": b"~"}), _shift_jis),
    "cp932": lambda name: MultibyteCodec(name, _Charset("WINDOWS-31J", {b"\x80": "\x80", b"\xa0": "\xa0", b"\xfd": "\uf8f1", b"\xfe": "\uf8f2", b"\xff": "\uf8f3", **_KANA},
                                                        {"\xa5": None, "\u203e": None, "\u2014": None}), _cp932),
    "euc_jp": lambda name: MultibyteCodec(name, _euc_jp, _euc_three),
    "euc_jis_2004": lambda name: MultibyteCodec(name, _jisx0213, _euc_three, _COMBINING),
    "euc_jisx0213": lambda name: MultibyteCodec(name, _jisx0213, _euc_three, _COMBINING),
    "shift_jis_2004": lambda name: _Roman(name, _shift_jisx0213, _shift_jis, _COMBINING),
    "shift_jisx0213": lambda name: _Roman(name, _shift_jisx0213, _shift_jis, _COMBINING),
    "iso2022_kr": lambda name: _ISO2022(name, ("ksx1001_g1",)),
    "iso2022_jp": lambda name: _ISO2022(name, _JP),
    "iso2022_jp_1": lambda name: _ISO2022(name, ("jisx0208", "jisx0212", "roman", "jisx0208_o")),
    "iso2022_jp_2": lambda name: _ISO2022(name, ("jisx0208", "jisx0212", "ksx1001", "gb2312", "roman", "jisx0208_o", "iso8859_1", "iso8859_7")),
    "iso2022_jp_2004": lambda name: _ISO2022(name, ("jisx0208", "jisx0213_2004_1", "jisx0213_2"), _COMBINING),
    "iso2022_jp_3": lambda name: _ISO2022(name, ("jisx0208", "jisx0213_1", "jisx0213_2"), _COMBINING),
    "iso2022_jp_ext": lambda name: _ISO2022(name, ("jisx0208", "jisx0212", "roman", "kana", "jisx0208_o")),
}
_made = {}


def _get(name, allowed):
    """The codec of a name, one of those that the asking module has."""
    if not isinstance(name, str):
        raise TypeError("encoding name must be a string.")
    if name not in allowed:
        raise LookupError("no such codec is supported.")
    if name not in _made:
        _made[name] = _CODECS[name](name)
    return _made[name]


# MARK: Between calls

_LONGEST_PENDING = 8


class _WithErrors:
    def __init__(self, errors="strict"):
        if not isinstance(errors, str):
            raise TypeError("errors must be a string")
        if not isinstance(self.codec, MultibyteCodec):
            raise TypeError("codec is unexpected type")
        self._errors_name = errors
        self.reset_state()

    @property
    def errors(self):
        return self._errors_name

    @errors.setter
    def errors(self, value):
        if not isinstance(value, str):
            raise TypeError("errors must be a string")
        self._errors_name = value

    @errors.deleter
    def errors(self):
        raise AttributeError("cannot delete attribute")

    def reset_state(self):
        self._state, self._pending = self.codec.initial, ""


def _numbered(codec, state):
    """A state as a number, and the other way round."""
    if not isinstance(state, tuple):
        return int(state)
    return sum([(_SETS[key].mark if key else 0) << 8 * place for place, key in enumerate(state[:3])]) | state[3] << 32


def _unnumbered(codec, number):
    if not isinstance(codec.initial, tuple):
        return type(codec.initial)(number)
    return (*[{0: None, **{chosen.mark: key for key, chosen in _SETS.items()}}.get(number >> 8 * place & 0xFF) for place in range(3)], bool(number >> 32 & 1))


class MultibyteIncrementalEncoder(_WithErrors):
    def encode(self, input, final=False):
        text = self._pending + (input if isinstance(input, str) else str(input))
        data, state, taken = self.codec._encode(text, self._errors_name, self._state, bool(final))
        rest = text[taken:]
        if len(rest) > 2:
            raise UnicodeEncodeError(self.codec._name, text, taken, len(text), "pending buffer overflow")
        self._state, self._pending = state, rest
        if final:
            lead, self._state = self.codec._reset(self._state)
            data += lead
        return data

    def getstate(self):
        pending = self._pending.encode("utf-8")
        return int.from_bytes(bytes([len(pending)]) + pending + _numbered(self.codec, self._state).to_bytes(8, "little"), "little")

    def setstate(self, state, /):
        if not isinstance(state, int):
            raise TypeError(f"setstate() argument must be int, not {type(state).__name__}")
        data = state.to_bytes(max((state.bit_length() + 7) // 8, 9), "little")
        if len(data) > 9 + _LONGEST_PENDING or data[0] > _LONGEST_PENDING:
            raise UnicodeError("pending buffer too large")
        data += bytes(_LONGEST_PENDING)
        self._pending = data[1:1 + data[0]].decode("utf-8")
        self._state = _unnumbered(self.codec, int.from_bytes(data[1 + data[0]:9 + data[0]], "little"))

    def reset(self):
        lead, _ = self.codec._reset(self._state)
        self.reset_state()
        return lead or None


class MultibyteIncrementalDecoder(_WithErrors):
    def reset_state(self):
        self._state, self._pending = self.codec.initial, b""

    def decode(self, input, final=False):
        data = self._pending + bytes(memoryview(input))
        text, state, taken = self.codec._decode(data, self._errors_name, self._state, bool(final))
        rest = data[taken:]
        if len(rest) > _LONGEST_PENDING:
            raise UnicodeDecodeError(self.codec._name, data, taken, len(data), "pending buffer overflow")
        self._state, self._pending = state, rest
        return text

    def getstate(self):
        return self._pending, _numbered(self.codec, self._state)

    def setstate(self, state, /):
        if not isinstance(state, tuple):
            raise TypeError(f"setstate() argument must be tuple, not {type(state).__name__}")
        pending, number = state
        if not isinstance(pending, bytes) or not isinstance(number, int):
            raise TypeError("setstate(): illegal state argument")
        if len(pending) > _LONGEST_PENDING:
            raise UnicodeError("pending buffer too large")
        self._pending, self._state = pending, _unnumbered(self.codec, number)

    def reset(self):
        self.reset_state()


class MultibyteStreamReader(_WithErrors):
    def __init__(self, stream, errors="strict"):
        self.stream = stream
        super().__init__(errors)

    def reset_state(self):
        self._state, self._pending = self.codec.initial, b""

    def _next(self, method, size):
        if size is not None and not isinstance(size, int):
            raise TypeError("arg 1 must be an integer")
        if size == 0:
            return ""
        while True:
            read = getattr(self.stream, method)
            data = read() if size is None or size < 0 else read(size)
            if not isinstance(data, bytes):
                raise TypeError(f"stream function returned a non-bytes object ({type(data).__name__})")
            final = not data or size is None or size < 0
            text, self._state, taken = self.codec._decode(self._pending + data, self._errors_name, self._state, final)
            self._pending = (self._pending + data)[taken:]
            if text or final or not data:
                return text
            size = 1

    def read(self, sizeobj=None, /):
        return self._next("read", sizeobj)

    def readline(self, sizeobj=None, /):
        return self._next("readline", sizeobj)

    def readlines(self, sizehintobj=None, /):
        return self._next("read", sizehintobj).splitlines(True)

    def reset(self):
        self.reset_state()


class MultibyteStreamWriter(_WithErrors):
    def __init__(self, stream, errors="strict"):
        self.stream = stream
        super().__init__(errors)

    def write(self, strobj, /):
        text = self._pending + strobj
        data, self._state, taken = self.codec._encode(text, self._errors_name, self._state, False)
        self._pending = text[taken:]
        self.stream.write(data)

    def writelines(self, lines, /):
        for line in lines:
            self.write(line)

    def reset(self):
        data, state, _ = self.codec._encode(self._pending, self._errors_name, self._state, True)
        data += self.codec._reset(state)[0]
        self.reset_state()
        if data:
            self.stream.write(data)
