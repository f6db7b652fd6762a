import Glibc
import Objects

/// `unicode_escape`, `raw_unicode_escape`, the bytes escapes of `escape_decode`, and UTF-7.
public enum EscapeCodecs {
    // MARK: unicode_escape

    public static func decodeUnicode(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, final: Bool, _ consumed: inout Int) -> Value {
        var decoding = Decoding(thread, bytes, count, "unicodeescape", errors)
        /// The place of the first escape that means nothing.
        var invalid = -1
        loop: while decoding.position < decoding.count {
            let start = decoding.position
            let byte = decoding.bytes[start]
            if byte != 92 {
                decoding.copyToBackslash()
                continue
            }
            guard start + 1 < decoding.count else {
                if !final { break }
                guard decoding.fail(start, decoding.count, "\\ at end of string") else { return .empty }
                continue
            }
            let kind = decoding.bytes[start + 1]
            var position = start + 2
            var simple: UInt32?
            switch kind {
            case 10: decoding.position = position; continue loop
            case 92, 39, 34: simple = UInt32(kind)
            case UInt8(ascii: "b"): simple = 8
            case UInt8(ascii: "t"): simple = 9
            case UInt8(ascii: "n"): simple = 10
            case UInt8(ascii: "v"): simple = 11
            case UInt8(ascii: "f"): simple = 12
            case UInt8(ascii: "r"): simple = 13
            case UInt8(ascii: "a"): simple = 7
            case 48 ... 55:
                var value = UInt32(kind - 48)
                var digits = 1
                while digits < 3 && position < decoding.count && decoding.bytes[position] &- 48 < 8 {
                    value = value << 3 + UInt32(decoding.bytes[position] - 48)
                    position += 1
                    digits += 1
                }
                // Another octal digit might follow.
                if digits < 3 && position == decoding.count && !final { break loop }
                if value > 0xFF && invalid < 0 { invalid = start + 1 }
                simple = value
            case UInt8(ascii: "x"), UInt8(ascii: "u"), UInt8(ascii: "U"):
                let wanted = kind == UInt8(ascii: "x") ? 2 : kind == UInt8(ascii: "u") ? 4 : 8
                var value: UInt32 = 0
                var digits = 0
                while digits < wanted && position < decoding.count {
                    let digit = ByteMethods.hexDigit(UInt32(decoding.bytes[position]))
                    if digit < 0 { break }
                    value = value << 4 | UInt32(digit)
                    position += 1
                    digits += 1
                }
                if digits == wanted {
                    if value <= 0x10FFFF { simple = value; break }
                    guard decoding.fail(start, position, "illegal Unicode character") else { return .empty }
                    continue loop
                }
                if position == decoding.count && !final { break loop }
                guard decoding.fail(start, position, wanted == 2 ? "truncated \\xXX escape" : wanted == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape") else { return .empty }
                continue loop
            case UInt8(ascii: "N"):
                var reason: StaticString = "malformed \\N character escape"
                if position == decoding.count && !final { break loop }
                if position < decoding.count && decoding.bytes[position] == 123 {
                    let from = position + 1
                    var end = from
                    while end < decoding.count && decoding.bytes[end] != 125 { end += 1 }
                    if end == decoding.count && !final { break loop }
                    position = end
                    if end > from && end < decoding.count {
                        position = end + 1
                        reason = "unknown Unicode character name"
                        let name = String(decoding: UnsafeBufferPointer(start: decoding.bytes + from, count: end - from), as: UTF8.self)
                        if let character = UnicodeNames.lookup(name) { simple = character; break }
                    }
                }
                guard decoding.fail(start, position, reason) else { return .empty }
                continue loop
            default:
                if invalid < 0 { invalid = start + 1 }
                decoding.builder.append(92)
                simple = UInt32(kind)
            }
            if let simple { decoding.builder.append(simple) }
            decoding.position = position
        }
        // An error handler may have put other bytes in the place of these.
        consumed = final ? count : decoding.position
        if invalid >= 0, !warn(thread, decoding.bytes + invalid) { return .empty }
        return decoding.builder.finish(thread)
    }

    /// Warns of an escape, given what is behind its backslash: a character that escapes nothing, or three octal digits that are too much for a byte.
    private static func warn(_ thread: ThreadRef, _ escape: UnsafePointer<UInt8>) -> Bool {
        let isOctal = (UInt8(ascii: "0") ... UInt8(ascii: "7")).contains(escape[0])
        let text = (0 ..< (isOctal ? 3 : 1)).map { Character(Unicode.Scalar(escape[$0])) }
        return RuntimeHooks.warn(thread, .deprecationWarning, "invalid \(isOctal ? "octal " : "")escape sequence '\\\(String(text))'", 1)
    }

    static func encodeUnicode(_ thread: ThreadRef, _ string: StringRef) -> Value {
        var bytes = ByteBuilder(capacity: string.count * 2 + 16)
        var index = 0
        while index < string.count {
            if string.width == 1 {
                let start = index
                while index < string.count, case let unit = string.units1[index], unit &- 32 < 95, unit != 92 { index &+= 1 }
                bytes.append(string.units1 + start, index - start)
                if index == string.count { break }
            }
            let character = string[index]
            index += 1
            switch character {
            case 9: bytes.append("\\t")
            case 10: bytes.append("\\n")
            case 13: bytes.append("\\r")
            case 92: bytes.append("\\\\")
            case 32 ..< 127: bytes.append(UInt8(character))
            default: bytes.append(escaped: character)
            }
        }
        return bytes.finish(thread)
    }

    // MARK: raw_unicode_escape

    static func decodeRaw(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, final: Bool, _ consumed: inout Int) -> Value {
        var decoding = Decoding(thread, bytes, count, "rawunicodeescape", errors)
        while decoding.position < decoding.count {
            let start = decoding.position
            let byte = decoding.bytes[start]
            if byte != 92 {
                decoding.copyToBackslash()
                continue
            }
            if start + 1 >= decoding.count && !final { break }
            guard start + 1 < decoding.count, decoding.bytes[start + 1] == UInt8(ascii: "u") || decoding.bytes[start + 1] == UInt8(ascii: "U") else {
                decoding.builder.append(UInt32(byte))
                decoding.position = start + 1
                // A backslash escapes whatever follows it, another backslash too.
                if start + 1 < decoding.count {
                    decoding.builder.append(UInt32(decoding.bytes[start + 1]))
                    decoding.position = start + 2
                }
                continue
            }
            let wanted = decoding.bytes[start + 1] == UInt8(ascii: "u") ? 4 : 8
            var position = start + 2
            var value: UInt32 = 0
            var digits = 0
            while digits < wanted && position < decoding.count {
                let digit = ByteMethods.hexDigit(UInt32(decoding.bytes[position]))
                if digit < 0 { break }
                value = value << 4 | UInt32(digit)
                position += 1
                digits += 1
            }
            if digits < wanted {
                if position == decoding.count && !final { break }
                guard decoding.fail(start, position, wanted == 4 ? "truncated \\uXXXX escape" : "truncated \\UXXXXXXXX escape") else { return .empty }
            } else if value > 0x10FFFF {
                guard decoding.fail(start, position, "\\Uxxxxxxxx out of range") else { return .empty }
            } else {
                decoding.builder.append(value)
                decoding.position = position
            }
        }
        consumed = decoding.position
        return decoding.builder.finish(thread)
    }

    static func encodeRaw(_ thread: ThreadRef, _ string: StringRef) -> Value {
        if string.width == 1 { return string.count == 1 ? BytesType.single(string.units1[0]) : thread.newBytes(string.units, string.count) }
        var bytes = ByteBuilder(capacity: string.count + 16)
        for index in 0 ..< string.count {
            if string[index] < 0x100 { bytes.append(UInt8(string[index])) } else { bytes.append(escaped: string[index]) }
        }
        return bytes.finish(thread)
    }

    // MARK: Escapes of bytes

    static func decodeBytes(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value) -> Value {
        var result = ByteBuilder(capacity: count)
        var index = 0
        var invalid = -1
        while index < count {
            if bytes[index] != 92 {
                let end = memchr(bytes + index, 92, count - index).map { UnsafeRawPointer($0) - UnsafeRawPointer(bytes) } ?? count
                result.append(bytes + index, end - index)
                index = end
                continue
            }
            index += 1
            guard index < count else { return thread.raise(.valueError, "Trailing \\ in string") }
            let kind = bytes[index]
            index += 1
            switch kind {
            case 10: break
            case 92, 39, 34: result.append(kind)
            case UInt8(ascii: "b"): result.append(8)
            case UInt8(ascii: "t"): result.append(9)
            case UInt8(ascii: "n"): result.append(10)
            case UInt8(ascii: "v"): result.append(11)
            case UInt8(ascii: "f"): result.append(12)
            case UInt8(ascii: "r"): result.append(13)
            case UInt8(ascii: "a"): result.append(7)
            case 48 ... 55:
                var value = UInt32(kind - 48)
                var digits = 1
                while digits < 3 && index < count && bytes[index] &- 48 < 8 {
                    value = value << 3 + UInt32(bytes[index] - 48)
                    index += 1
                    digits += 1
                }
                if value > 0xFF && invalid < 0 { invalid = index - 3 }
                result.append(UInt8(truncatingIfNeeded: value))
            case UInt8(ascii: "x"):
                let high = index < count ? ByteMethods.hexDigit(UInt32(bytes[index])) : -1
                let low = index + 1 < count ? ByteMethods.hexDigit(UInt32(bytes[index + 1])) : -1
                if high >= 0 && low >= 0 {
                    result.append(UInt8(high << 4 | low))
                    index += 2
                    break
                }
                switch ErrorPolicy(errors) {
                case .strict: return thread.raise(.valueError, "invalid \\x escape at position \(index - 2)")
                case .replace: result.append(63)
                case .ignore: break
                default:
                    return thread.raise(.valueError, "decoding error; unknown error handling code: \(StringRef(errors).description)")
                }
                if high >= 0 { index += 1 }
            default:
                if invalid < 0 { invalid = index - 1 }
                result.append(92)
                result.append(kind)
            }
        }
        if invalid >= 0, !warn(thread, bytes + invalid) { return .empty }
        return result.finish(thread)
    }

    static func encodeBytes(_ thread: ThreadRef, _ source: BytesRef) -> Value {
        var result = ByteBuilder(capacity: source.count + 16)
        for index in 0 ..< source.count {
            let byte = source.bytes[index]
            switch byte {
            case 39, 92: result.append(92); result.append(byte)
            case 9: result.append("\\t")
            case 10: result.append("\\n")
            case 13: result.append("\\r")
            case 32 ..< 127: result.append(byte)
            default: result.append(escaped: UInt32(byte))
            }
        }
        return result.finish(thread)
    }

    // MARK: UTF-7

    private static let base64: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

    private static func base64Value(_ byte: UInt8) -> Int {
        switch byte {
        case 65 ... 90: return Int(byte) - 65
        case 97 ... 122: return Int(byte) - 71
        case 48 ... 57: return Int(byte) + 4
        case 43: return 62
        case 47: return 63
        default: return -1
        }
    }

    /// Characters that stand for themselves in the encoder's output.
    private static func isDirect(_ character: UInt32) -> Bool {
        guard character < 128 else { return false }
        if character == 9 || character == 10 || character == 13 || character == 32 { return true }
        return character > 32 && character < 127 && character != 43 && character != 92 && character != 126
    }

    static func encode7(_ thread: ThreadRef, _ string: StringRef) -> Value {
        var bytes = ByteBuilder(capacity: string.count * 2)
        var inShift = false
        var bits = 0
        var buffer: UInt32 = 0
        func flush(_ bytes: inout ByteBuilder) {
            while bits >= 6 {
                bytes.append(base64.utf8Start[Int(buffer >> UInt32(bits - 6) & 63)])
                bits -= 6
                buffer &= bits == 0 ? 0 : (1 << UInt32(bits)) - 1
            }
        }
        for index in 0 ..< string.count {
            let character = string[index]
            if inShift {
                if isDirect(character) {
                    if bits > 0 {
                        bytes.append(base64.utf8Start[Int(buffer << UInt32(6 - bits) & 63)])
                        bits = 0
                        buffer = 0
                    }
                    inShift = false
                    // A character that could be read as base 64, or the minus itself, needs the minus as an end.
                    if base64Value(UInt8(character)) >= 0 || character == 45 { bytes.append(45) }
                    bytes.append(UInt8(character))
                    continue
                }
            } else {
                if character == 43 { bytes.append("+-"); continue }
                if isDirect(character) { bytes.append(UInt8(character)); continue }
                bytes.append(43)
                inShift = true
            }
            if character >= 0x10000 {
                buffer = buffer << 16 | (0xD800 + (character - 0x10000) >> 10)
                bits += 16
                flush(&bytes)
                buffer = buffer << 16 | (0xDC00 + character & 0x3FF)
                bits += 16
            } else {
                buffer = buffer << 16 | character
                bits += 16
            }
            flush(&bytes)
        }
        if bits > 0 { bytes.append(base64.utf8Start[Int(buffer << UInt32(6 - bits) & 63)]) }
        if inShift { bytes.append(45) }
        return bytes.finish(thread)
    }

    static func decode7(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, final: Bool, _ consumed: inout Int) -> Value {
        var decoding = Decoding(thread, bytes, count, "utf7", errors)
        var inShift = false
        var bits = 0
        var buffer: UInt32 = 0
        var surrogate: UInt32 = 0
        var shiftStart = 0
        // Characters made when the present shift began: an incomplete shift is given back whole.
        var shiftOutput = 0
        while decoding.position < decoding.count {
            let position = decoding.position
            let byte = decoding.bytes[position]
            if inShift {
                let value = base64Value(byte)
                if value >= 0 {
                    buffer = buffer << 6 | UInt32(value)
                    bits += 6
                    decoding.position = position + 1
                    if bits >= 16 {
                        let unit = buffer >> UInt32(bits - 16)
                        bits -= 16
                        buffer &= (1 << UInt32(bits)) - 1
                        if surrogate != 0 {
                            if unit & 0xFC00 == 0xDC00 {
                                decoding.builder.append(0x10000 + ((surrogate & 0x3FF) << 10 | unit & 0x3FF))
                                surrogate = 0
                                continue
                            }
                            decoding.builder.append(surrogate)
                            surrogate = 0
                        }
                        if unit & 0xFC00 == 0xD800 { surrogate = unit } else { decoding.builder.append(unit) }
                    }
                    continue
                }
                inShift = false
                if bits > 0 {
                    if bits >= 6 {
                        guard decoding.fail(shiftStart, position + 1, "partial character in shift sequence") else { return .empty }
                        bits = 0
                        buffer = 0
                        surrogate = 0
                        continue
                    }
                    if buffer != 0 {
                        guard decoding.fail(shiftStart, position + 1, "non-zero padding bits in shift sequence") else { return .empty }
                        bits = 0
                        buffer = 0
                        surrogate = 0
                        continue
                    }
                }
                if surrogate != 0 {
                    if byte & 0x80 == 0 && byte != 43 { decoding.builder.append(surrogate) }
                    surrogate = 0
                }
                bits = 0
                buffer = 0
                if byte == 45 { decoding.position = position + 1 }
            } else if byte == 43 {
                shiftStart = position
                if position + 1 < decoding.count && decoding.bytes[position + 1] == 45 {
                    decoding.builder.append(43)
                    decoding.position = position + 2
                } else if position + 1 < decoding.count && base64Value(decoding.bytes[position + 1]) < 0 {
                    guard decoding.fail(position, position + 2, "ill-formed sequence") else { return .empty }
                } else {
                    inShift = true
                    surrogate = 0
                    bits = 0
                    buffer = 0
                    shiftOutput = decoding.builder.count
                    decoding.position = position + 1
                }
            } else if byte < 128 {
                decoding.builder.append(UInt32(byte))
                decoding.position = position + 1
            } else {
                guard decoding.fail(position, position + 1, "unexpected special character") else { return .empty }
            }
        }
        if inShift {
            if !final {
                decoding.builder.truncate(shiftOutput)
                consumed = shiftStart
                return decoding.builder.finish(thread)
            }
            if surrogate != 0 || bits >= 6 || (bits > 0 && buffer != 0) {
                guard decoding.fail(shiftStart, decoding.count, "unterminated shift sequence") else { return .empty }
                // A handler may have moved back; what is left is not looked at again.
            }
        }
        consumed = decoding.count
        return decoding.builder.finish(thread)
    }
}
