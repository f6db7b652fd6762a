import Glibc
import Objects

/// Ints to and from text. Both ways take sub-quadratic time, by `mpn_get_str` and `mpn_set_str`.

extension Integers {
    static let digitCharacters: StaticString = "0123456789abcdefghijklmnopqrstuvwxyz"

    /// Whether text in this base counts against the limit on digits.
    @inline(__always) private static func isLimited(_ base: Int) -> Bool { base & (base - 1) != 0 && maximumTextDigits > 0 && unlimitedOperations == 0 }

    @inline(never) private static func raiseTooLong(_ thread: ThreadRef) -> Value {
        thread.raise(.valueError, "Exceeds the limit (\(maximumTextDigits) digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit")
    }

    /// str(n)
    public static func toString(_ thread: ThreadRef, _ a: Value) -> Value {
        if a.isPointer { return toString(thread, a, radix: 10) }
        return IntOps.decimal(thread, word(a))
    }

    /// The digits in a base from 2 to 36, with a minus sign if negative. ValueError when there are too many.
    public static func toString(_ thread: ThreadRef, _ a: Value, radix: Int) -> Value {
        guard let digits = digits(thread, a, radix: radix, sign: true) else { return .empty }
        return thread.newString(utf8: digits)
    }

    /// The digits as ASCII, with a minus sign if negative and if asked for. nil when it has raised.
    public static func digits(_ thread: ThreadRef, _ a: Value, radix: Int, sign: Bool = false) -> [UInt8]? {
        let table = digitCharacters.utf8Start
        if a.isSmallInt {
            let magnitude = a.smallInt.magnitude
            let minus = sign && a.smallInt < 0
            return [UInt8](unsafeUninitializedCapacity: 66) { buffer, used in
                let end = buffer.baseAddress! + 66
                var first = end
                if radix == 10 { first = IntOps.write(magnitude, before: end) } else {
                    var rest = magnitude
                    repeat {
                        first -= 1
                        first.pointee = table[Int(rest % UInt(radix))]
                        rest /= UInt(radix)
                    } while rest != 0
                }
                if minus {
                    first -= 1
                    first.pointee = UInt8(ascii: "-")
                }
                used = end - first
                memmove(buffer.baseAddress!, first, used)
            }
        }
        return withLimbs(a) { x -> [UInt8]? in
            let minus = sign && x.negative
            if x.count == 0 { return [48] }
            let bits = x.bitLength
            if isLimited(radix) && Double(bits - 1) / log2(Double(radix)) > Double(maximumTextDigits + 1) {
                _ = raiseTooLong(thread)
                return nil
            }
            let capacity = Double(bits) / log2(Double(radix)) + 4
            guard capacity < 0x1p40, Heap.hasRoom(outside: Int(capacity)), hasScratch(x.count) else { thread.raiseOutOfMemory(); return nil }
            var result = [UInt8](unsafeUninitializedCapacity: Int(capacity)) { buffer, used in
                var start = buffer.baseAddress!
                if minus {
                    start.pointee = UInt8(ascii: "-")
                    start += 1
                }
                var count: Int
                if x.count == 1 && radix == 10 {
                    let end = buffer.baseAddress! + buffer.count
                    let first = IntOps.write(x[0], before: end)
                    count = end - first
                    memmove(start, first, count)
                } else {
                    // The function destroys its operand, and wants a spare limb.
                    let copy = UnsafeMutablePointer<UInt>.allocate(capacity: x.count + 1)
                    copy.update(from: x.start, count: x.count)
                    copy[x.count] = 0
                    count = __gmpn_get_str(start, Int32(radix), copy, x.count)
                    copy.deallocate()
                    var zeros = 0
                    while zeros < count - 1 && start[zeros] == 0 { zeros += 1 }
                    count -= zeros
                    for index in 0 ..< count { start[index] = table[Int(start[index + zeros])] }
                }
                used = count + (minus ? 1 : 0)
            }
            if isLimited(radix) && result.count - (minus ? 1 : 0) > maximumTextDigits {
                result = []
                _ = raiseTooLong(thread)
                return nil
            }
            return result
        }
    }

    /// The int of digits given as numbers below the base, without leading zeros being a problem.
    static func fromDigits(_ thread: ThreadRef, _ digits: UnsafePointer<UInt8>, _ count: Int, base: Int, negative: Bool) -> Value {
        var digits = digits
        var count = count
        while count > 0 && digits.pointee == 0 {
            digits += 1
            count -= 1
        }
        if count <= 11 {
            var result = 0
            for index in 0 ..< count { result = result * base + Int(digits[index]) }
            return Value(small: negative ? -result : result)
        }
        let words = Int(Double(count) * log2(Double(base)) / 64) + 3
        guard hasScratch(words) else { return thread.raiseOutOfMemory() }
        guard let result = allocate(thread, words) else { return .empty }
        let size = __gmpn_set_str(result, digits, count, Int32(base))
        return finish(result, size, negative)
    }

    /// What `parse` found.
    public enum Parsed {
        case value(Value)
        /// No int literal.
        case malformed
        case raised
    }

    @inline(__always) public static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (byte >= 9 && byte <= 13) }

    @inline(__always) static func digitValue(_ byte: UInt8) -> Int {
        if byte >= 48 && byte <= 57 { return Int(byte) - 48 }
        let lower = byte | 0x20
        return lower >= 97 && lower <= 122 ? Int(lower) - 87 : 99
    }

    /// Reads an int literal in ASCII as `int(text, base)` does: spaces around it, a sign, a prefix that suits the base, single underscores between digits. `base` is 0 or
    /// from 2 to 36.
    public static func parse(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int, base: Int) -> Parsed {
        var position = 0
        var end = count
        while position < end && isSpace(text[position]) { position += 1 }
        while end > position && isSpace(text[end - 1]) { end -= 1 }
        var negative = false
        if position < end && (text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+")) {
            negative = text[position] == UInt8(ascii: "-")
            position += 1
        }
        var base = base
        var onlyZero = false
        if position < end && text[position] == UInt8(ascii: "0") && position + 1 < end {
            let prefix: Int
            switch text[position + 1] | 0x20 {
            case UInt8(ascii: "x"): prefix = 16
            case UInt8(ascii: "o"): prefix = 8
            case UInt8(ascii: "b"): prefix = 2
            default: prefix = 0
            }
            if prefix != 0 && (base == 0 || base == prefix) {
                base = prefix
                position += 2
                if position < end && text[position] == UInt8(ascii: "_") { position += 1 }
            } else if base == 0 {
                // The old octal: only zero may begin with a zero.
                base = 10
                onlyZero = true
            }
        }
        if base == 0 { base = 10 }
        guard position < end else { return .malformed }
        if end - position <= 18 && base == 10 {
            var result = 0
            var plain = true
            for index in position ..< end {
                let digit = Int(text[index]) - 48
                if digit < 0 || digit > 9 { plain = false; break }
                result = result * 10 + digit
            }
            if plain { return onlyZero && result != 0 ? .malformed : .value(Value(small: negative ? -result : result)) }
        }
        guard Heap.hasRoom(outside: end - position) else {
            thread.raiseOutOfMemory()
            return .raised
        }
        var result = Parsed.malformed
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: end - position) { digits in
            var used = 0
            var previous = UInt8(ascii: "_")
            for index in position ..< end {
                let byte = text[index]
                if byte == UInt8(ascii: "_") {
                    if previous == byte { return }
                } else {
                    let digit = digitValue(byte)
                    if digit >= base { return }
                    digits[used] = UInt8(digit)
                    used += 1
                }
                previous = byte
            }
            if previous == UInt8(ascii: "_") { return }
            if isLimited(base) && used > maximumTextDigits {
                thread.raise(.valueError, "Exceeds the limit (\(maximumTextDigits) digits) for integer string conversion: value has \(used) digits; use sys.set_int_max_str_digits() to increase the limit")
                result = .raised
                return
            }
            let value = fromDigits(thread, digits.baseAddress!, used, base: base, negative: negative)
            result = value.isEmpty ? .raised : onlyZero && !isZero(value) ? .malformed : .value(value)
        }
        return result
    }

    /// int(text, base) of a str. ValueError when it is malformed.
    public static func fromString(_ thread: ThreadRef, _ text: Value, base: Int = 10) -> Value {
        let string = StringRef(text)
        let parsed: Parsed
        if string.isASCII {
            parsed = parse(thread, string.units1, string.count, base: base)
        } else {
            let bytes = NumberText.ascii(string)
            parsed = bytes.withUnsafeBufferPointer { parse(thread, $0.baseAddress!, $0.count, base: base) }
        }
        return result(thread, parsed, text, base)
    }

    static func result(_ thread: ThreadRef, _ parsed: Parsed, _ source: Value, _ base: Int) -> Value {
        switch parsed {
        case .value(let value): return value
        case .raised: return .empty
        case .malformed:
            let text = thread.repr(source)
            if text.isEmpty { return .empty }
            let shown = thread.substring(StringRef(text), 0, min(200, StringRef(text).count))
            return shown.isEmpty ? .empty : thread.raise(.valueError, "invalid literal for int() with base \(base): \(StringRef(shown).description)")
        }
    }
}

/// What `int`, `float` and `complex` share in reading text.
public enum NumberText {
    /// The white space of `str.isspace` beyond ASCII.
    public static func isSpace(_ character: UInt32) -> Bool {
        switch character {
        case 0x85, 0xA0, 0x1680, 0x2000 ... 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return true
        default: return false
        }
    }

    /// The value of a decimal digit of any script, or nil.
    public static func decimalDigit(_ character: UInt32) -> Int? {
        let known = decimals.entry(character) { page, code in
            for index in 0 ..< 256 {
                guard let scalar = Unicode.Scalar(code + UInt32(index)), scalar.properties.numericType == .decimal, isAssigned(scalar.properties), let value = scalar.properties.numericValue else { continue }
                page[index] = UInt8(value) + 1
            }
        }.pointee
        return known == 0 ? nil : Int(known) - 1
    }
    /// One more than the value of each decimal digit.
    nonisolated(unsafe) private static let decimals = CharacterTable<UInt8>()

    /// Whether Unicode 14, of which CPython 3.11 knows, has the character.
    public static func isAssigned(_ properties: Unicode.Scalar.Properties) -> Bool {
        guard let age = properties.age else { return false }
        return age.major <= 14
    }

    /// The text with digits of any script in ASCII, white space as spaces, and anything else as question marks.
    static func ascii(_ string: StringRef) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(string.count)
        for index in 0 ..< string.count {
            let character = string[index]
            if character < 127 {
                result.append(UInt8(character))
            } else if isSpace(character) {
                result.append(32)
            } else if let digit = decimalDigit(character) {
                result.append(UInt8(48 + digit))
            } else {
                result.append(UInt8(ascii: "?"))
            }
        }
        return result
    }
}
