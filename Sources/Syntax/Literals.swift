/// Numbers and strings: from the text of a token to a constant.
///
/// Strings become WTF-8 bytes, so that a lone surrogate written as an escape survives. Everything that can be wrong with
/// a string is reported through `stringFailure`, because CPython finds it while parsing, before any grammar error; the
/// diagnosing pass asks for it by reading the string again.

/// What is wrong with a string literal.
struct StringFailure {
    enum Place {
        /// The furthest token that the parser has seen.
        case lastToken
        /// The string token itself.
        case token(Int)
        /// Already complete: an error inside a nested expression of an f-string.
        case complete(SyntaxFailure)
    }
    var message: String
    var place: Place
}

extension Parser {
    // MARK: Numbers

    mutating func number() throws(Stop) -> Expression {
        let t = tokens[at]
        let value = try numberConstant(source + Int(t.start), Int(t.end &- t.start))
        let node = Expression(.constant(value, kind: nil), range(of: at))
        at &+= 1
        return node
    }

    private mutating func numberConstant(_ text: UnsafePointer<UInt8>, _ length: Int) throws(Stop) -> Constant {
        // Short decimal integers first: they are nearly all numbers.
        if length <= 18 {
            var value = 0, i = 0
            while i < length {
                let digit = Int(text[i]) &- 0x30
                if digit < 0 || digit > 9 { break }
                value = value &* 10 &+ digit
                i &+= 1
            }
            if i == length { return .int(value) }
        }
        var digits: [UInt8] = []
        digits.reserveCapacity(length)
        for i in 0 ..< length where text[i] != 0x5F { digits.append(text[i]) }
        if digits.count != length, options.featureVersion < 6 { throw fail() }
        if digits.count > 2, digits[0] == 0x30 {
            switch digits[1] | 0x20 {
            case 0x78: return integer(digits[2...], 16)
            case 0x6F: return integer(digits[2...], 8)
            case 0x62: return integer(digits[2...], 2)
            default: break
            }
        }
        if digits[digits.count - 1] | 0x20 == 0x6A {
            return .complex(realBits: 0, imaginaryBits: double(digits.dropLast()).bitPattern)
        }
        if digits.contains(where: { $0 == 0x2E || $0 | 0x20 == 0x65 }) { return .float(bits: double(digits[...]).bitPattern) }
        let significant = digits.drop(while: { $0 == 0x30 })
        if significant.count > options.maximumIntegerDigits, options.maximumIntegerDigits > 0 {
            let token = tokens[at]
            failure = SyntaxFailure(kind: .syntaxError, message: "Exceeds the limit (\(options.maximumIntegerDigits) digits) for integer string conversion: value has \(digits.count) digits; use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.", line: Int(token.line), column: 0,
                                    endLine: Int(token.endLine), endColumn: 0, textLine: lineText(around: Int(token.start)))
            throw fail()
        }
        return integer(digits[...], 10)
    }

    /// The line of the source that an offset is in.
    private func lineText(around offset: Int) -> [UInt8] {
        var start = offset, end = offset
        while start > 0, source[start - 1] != 10 { start -= 1 }
        while source[end] != 10, source[end] != 0 { end += 1 }
        return Array(UnsafeBufferPointer(start: source + start, count: end - start)) + [10]
    }

    private func integer(_ digits: ArraySlice<UInt8>, _ radix: Int) -> Constant {
        let trimmed = digits.drop(while: { $0 == 0x30 })
        if trimmed.isEmpty { return .int(0) }
        var value = 0
        for c in trimmed {
            let digit = c >= 0x61 ? Int(c) - 0x57 : c >= 0x41 ? Int(c) - 0x37 : Int(c) - 0x30
            let (product, overflow) = value.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { return .bigInt(digits: String(decoding: trimmed, as: UTF8.self), radix: radix) }
            value = sum
        }
        return .int(value)
    }

    private func double(_ digits: ArraySlice<UInt8>) -> Double {
        var text = String(decoding: digits, as: UTF8.self)
        if text.utf8.first == 0x2E { text = "0" + text }
        if text.utf8.last == 0x2E { text += "0" }
        return Double(text) ?? .infinity
    }

    // MARK: Strings

    /// Adjacent string tokens, joined. A string with a nested expression becomes a `joinedString`.
    mutating func strings() throws(Stop) -> Expression {
        let first = at
        let t = tokens[first]
        // One short plain string: copy it.
        if tokens[first &+ 1].kind != .string {
            let text = source + Int(t.start)
            let quote = text[0]
            if quote == 0x27 || quote == 0x22 {
                let length = Int(t.end &- t.start)
                let triple = length >= 6 && text[1] == quote && text[2] == quote
                let skip = triple ? 3 : 1
                let content = UnsafeBufferPointer(start: text + skip, count: length &- 2 &* skip)
                if !containsBackslash(content) {
                    at &+= 1
                    return Expression(.constant(.string(Array(content)), kind: nil), range(of: first))
                }
            }
        }
        var last = first
        while tokens[last &+ 1].kind == .string { last &+= 1 }
        return try joinStrings(first, last)
    }

    @inline(__always) private func containsBackslash(_ content: UnsafeBufferPointer<UInt8>) -> Bool {
        for c in content where c == 0x5C { return true }
        return false
    }

    private mutating func joinStrings(_ first: Int, _ last: Int) throws(Stop) -> Expression {
        let a = tokens[first], b = tokens[last]
        var state = FormattedString(range: SourceRange(line: a.line, column: a.column, endLine: b.endLine, endColumn: b.endColumn),
                                    kind: source[Int(a.start)] == 0x75 ? "u" : nil)
        var bytesMode = false
        for index in first ... last {
            let t = tokens[index]
            var p = Int(t.start)
            var end = Int(t.end)
            var raw = false, bytes = false, formatted = false
            prefix: while true {
                switch source[p] | 0x20 {
                case 0x72: raw = true
                case 0x62: bytes = true
                case 0x66: formatted = true
                case 0x75: break
                default: break prefix
                }
                p += 1
            }
            let quote = source[p]
            let skip = end - p >= 6 && source[p + 1] == quote && source[p + 2] == quote ? 3 : 1
            p += skip
            end -= skip
            if formatted { try requireVersion(6) }
            if bytes {
                for i in p ..< end where source[i] >= 0x80 {
                    throw stringError("bytes can only contain ASCII literal characters", .lastToken)
                }
            }
            if !formatted {
                var content: [UInt8] = []
                if bytes {
                    content = try decodeBytes(p, end, raw: raw, token: index)
                } else {
                    content = try decodeText(p, end, raw: raw, token: index)
                }
                if index > first, bytes != bytesMode { throw stringError("cannot mix bytes and nonbytes literals", .lastToken) }
                bytesMode = bytes
                state.text += content
            } else {
                if index > first, bytesMode { throw stringError("cannot mix bytes and nonbytes literals", .lastToken) }
                bytesMode = false
                var cursor = p
                try formattedString(&state, &cursor, end, raw: raw, level: 0, token: index)
            }
        }
        at = last + 1
        if bytesMode { return Expression(.constant(.bytes(state.text), kind: nil), state.range) }
        return state.finish()
    }

    mutating func stringError(_ message: String, _ place: StringFailure.Place) -> Stop {
        stringFailure = StringFailure(message: message, place: place)
        return Stop()
    }

    // MARK: Escapes

    /// Text between two offsets, with escapes resolved unless raw.
    mutating func decodeText(_ start: Int, _ end: Int, raw: Bool, token: Int) throws(Stop) -> [UInt8] {
        let content = UnsafeBufferPointer(start: source + start, count: end - start)
        if raw || !containsBackslash(content) { return Array(content) }
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var p = start
        // Positions in error messages count a non-ASCII character as ten, the length of the escape that CPython makes of it.
        var extra = 0
        var warned = false
        while p < end {
            let c = source[p]
            if c != 0x5C {
                if c >= 0x80 {
                    var width = 1
                    while p + width < end, source[p + width] & 0xC0 == 0x80 { width += 1 }
                    for i in 0 ..< width { result.append(source[p + i]) }
                    extra += 10 - width
                    p += width
                } else {
                    result.append(c)
                    p += 1
                }
                continue
            }
            let escape = p
            let position = p - start + extra
            p += 1
            if p >= end || source[p] >= 0x80 {
                result.append(0x5C)
                extra += 5
                continue
            }
            let e = source[p]
            p += 1
            switch e {
            case 0x0A: break
            case 0x5C, 0x27, 0x22: result.append(e)
            case 0x62: result.append(8)
            case 0x66: result.append(12)
            case 0x74: result.append(9)
            case 0x6E: result.append(10)
            case 0x72: result.append(13)
            case 0x76: result.append(11)
            case 0x61: result.append(7)
            case 0x30 ... 0x37:
                var value = UInt32(e - 0x30)
                var n = 1
                while n < 3, p < end, source[p] >= 0x30, source[p] <= 0x37 {
                    value = value << 3 | UInt32(source[p] - 0x30)
                    p += 1
                    n += 1
                }
                if value > 0o377, !warned {
                    warned = true
                    warnInvalidOctal(value, token)
                }
                appendScalar(value, to: &result)
            case 0x78, 0x75, 0x55:
                let width = e == 0x78 ? 2 : e == 0x75 ? 4 : 8
                var value: UInt64 = 0
                var n = 0
                while n < width, p < end, let digit = hexDigit(source[p]) {
                    value = value << 4 | UInt64(digit)
                    p += 1
                    n += 1
                }
                if n < width {
                    let name = e == 0x78 ? "\\xXX" : e == 0x75 ? "\\uXXXX" : "\\UXXXXXXXX"
                    throw unicodeError(escape, position, p, "truncated \(name) escape")
                }
                if value > 0x10FFFF { throw unicodeError(escape, position, p, "illegal Unicode character") }
                appendScalar(UInt32(value), to: &result)
            case 0x4E:
                guard p < end, source[p] == 0x7B else { throw unicodeError(escape, position, p, "malformed \\N character escape") }
                let nameStart = p + 1
                var close = nameStart
                while close < end, source[close] != 0x7D { close += 1 }
                if close >= end || close == nameStart { throw unicodeError(escape, position, close, "malformed \\N character escape") }
                let name = String(decoding: UnsafeBufferPointer(start: source + nameStart, count: close - nameStart), as: UTF8.self)
                guard let value = options.characterNamed(name) else {
                    throw unicodeError(escape, position, close + 1, "unknown Unicode character name")
                }
                appendScalar(value, to: &result)
                p = close + 1
            default:
                result.append(0x5C)
                result.append(e)
                if !warned {
                    warned = true
                    warnInvalidEscape(e, token)
                }
            }
        }
        return result
    }

    mutating func warnInvalidEscape(_ c: UInt8, _ token: Int) { warnOfEscape("invalid escape sequence '\\\(Character(Unicode.Scalar(c)))'", token) }

    private mutating func warnInvalidOctal(_ value: UInt32, _ token: Int) { warnOfEscape("invalid octal escape sequence '\\\(String(value, radix: 8))'", token) }

    private mutating func warnOfEscape(_ message: String, _ token: Int) {
        let t = tokens[token]
        warnings.append(SyntaxWarningNote(message: message, line: Int(t.line), category: .deprecation,
                                          columns: t.column >= 0 ? (Int(t.column), Int(t.endColumn)) : nil))
    }

    private mutating func unicodeError(_ escape: Int, _ position: Int, _ end: Int, _ reason: String) -> Stop {
        var length = 0
        var p = escape
        while p < end {
            if source[p] < 0x80 { length += 1 } else if source[p] & 0xC0 != 0x80 { length += 10 }
            p += 1
        }
        let place = length == 1 ? "byte 0x5c in position \(position)" : "bytes in position \(position)-\(position + length - 1)"
        return stringError("(unicode error) 'unicodeescape' codec can't decode \(place): \(reason)", .lastToken)
    }

    private mutating func decodeBytes(_ start: Int, _ end: Int, raw: Bool, token: Int) throws(Stop) -> [UInt8] {
        let content = UnsafeBufferPointer(start: source + start, count: end - start)
        if raw || !containsBackslash(content) { return Array(content) }
        var result: [UInt8] = []
        result.reserveCapacity(content.count)
        var p = start
        var warned = false
        while p < end {
            let c = source[p]
            p += 1
            if c != 0x5C {
                result.append(c)
                continue
            }
            let e = source[p]
            p += 1
            switch e {
            case 0x0A: break
            case 0x5C, 0x27, 0x22: result.append(e)
            case 0x62: result.append(8)
            case 0x66: result.append(12)
            case 0x74: result.append(9)
            case 0x6E: result.append(10)
            case 0x72: result.append(13)
            case 0x76: result.append(11)
            case 0x61: result.append(7)
            case 0x30 ... 0x37:
                var value = UInt32(e - 0x30)
                var n = 1
                while n < 3, p < end, source[p] >= 0x30, source[p] <= 0x37 {
                    value = value << 3 | UInt32(source[p] - 0x30)
                    p += 1
                    n += 1
                }
                if value > 0o377, !warned {
                    warned = true
                    warnInvalidOctal(value, token)
                }
                result.append(UInt8(truncatingIfNeeded: value))
            case 0x78:
                guard p + 1 < end, let high = hexDigit(source[p]), let low = hexDigit(source[p + 1]) else {
                    throw stringError("(value error) invalid \\x escape at position \(p - 2 - start)", .lastToken)
                }
                result.append(high << 4 | low)
                p += 2
            default:
                result.append(0x5C)
                result.append(e)
                if !warned {
                    warned = true
                    warnInvalidEscape(e, token)
                }
            }
        }
        return result
    }
}

func hexDigit(_ c: UInt8) -> UInt8? {
    switch c {
    case 0x30 ... 0x39: c - 0x30
    case 0x61 ... 0x66: c - 0x57
    case 0x41 ... 0x46: c - 0x37
    default: nil
    }
}

/// Appends one code point, surrogates included, as WTF-8. A pair of surrogate escapes stays two code points in Python,
/// and so it does here.
func appendScalar(_ value: UInt32, to bytes: inout [UInt8]) {
    switch value {
    case ..<0x80:
        bytes.append(UInt8(value))
    case ..<0x800:
        bytes.append(UInt8(0xC0 | value >> 6))
        bytes.append(UInt8(0x80 | value & 0x3F))
    case ..<0x10000:
        bytes.append(UInt8(0xE0 | value >> 12))
        bytes.append(UInt8(0x80 | value >> 6 & 0x3F))
        bytes.append(UInt8(0x80 | value & 0x3F))
    default:
        bytes.append(UInt8(0xF0 | value >> 18))
        bytes.append(UInt8(0x80 | value >> 12 & 0x3F))
        bytes.append(UInt8(0x80 | value >> 6 & 0x3F))
        bytes.append(UInt8(0x80 | value & 0x3F))
    }
}
