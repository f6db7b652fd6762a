import Glibc
import Objects

/// Doubles to and from text. Shortest digits are those of Swift's own `description`, digits of a given precision are rounded here (`writeFixed`, `FloatDigits.swift`) or come from `snprintf`, and reading is
/// `strtod`, all of which round correctly; here is what Python writes differently.
public enum FloatText {
    public struct Flags: OptionSet {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// A sign before positive numbers too.
        public static let sign = Flags(rawValue: 1)
        /// ".0" after digits that look like an int's (code `r`).
        public static let dotZero = Flags(rawValue: 2)
        /// The `#` form: the point stays, and zeros after it.
        public static let alternate = Flags(rawValue: 4)
        /// A zero never has a minus sign.
        public static let noNegativeZero = Flags(rawValue: 8)
    }

    /// What `description` is, into a buffer of at least 32 bytes: a `String` of more than 15 bytes takes memory.
    @inline(__always) private static func describe(_ value: Double, _ out: UnsafeMutablePointer<UInt8>) -> Int {
        var text = Output(start: out)
        value.write(to: &text)
        return text.count
    }

    /// Bytes that are written one behind the other.
    private struct Output: TextOutputStream {
        let start: UnsafeMutablePointer<UInt8>
        var count = 0

        mutating func _writeASCII(_ text: UnsafeBufferPointer<UInt8>) {
            memcpy(start + count, text.baseAddress.unsafelyUnwrapped, text.count)
            count += text.count
        }

        mutating func write(_ text: String) {
            var text = text
            text.withUTF8 { _writeASCII($0) }
        }
    }

    /// The fewest digits that give a finite, positive or zero number back, and where the point is: 0.ddd * 10^point. `digits` has room for 24.
    static func shortest(_ value: Double, _ digits: UnsafeMutablePointer<UInt8>) -> (count: Int, point: Int) {
        if value == 0 {
            digits[0] = 48
            return (1, 1)
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { text in
            let length = describe(value, text.baseAddress.unsafelyUnwrapped)
            var count = 0
            var point = 0
            var seenPoint = false
            var exponent = 0
            var index = 0
            while index < length {
                let byte = text[index]
                index += 1
                if byte == UInt8(ascii: ".") {
                    seenPoint = true
                } else if byte == UInt8(ascii: "e") {
                    let negative = text[index] == UInt8(ascii: "-")
                    if negative || text[index] == UInt8(ascii: "+") { index += 1 }
                    while index < length {
                        exponent = exponent * 10 + Int(text[index]) - 48
                        index += 1
                    }
                    if negative { exponent = -exponent }
                } else if byte != 48 || count > 0 {
                    // Long runs of zeros before the point of a large number do not occur: it has an exponent then.
                    if count < 24 { digits[count] = byte; count += 1 }
                    if !seenPoint { point += 1 }
                } else if seenPoint {
                    point -= 1
                }
            }
            while count > 1 && digits[count - 1] == 48 { count -= 1 }
            return (count, point + exponent)
        }
    }

    /// repr(x) into a buffer of at least 32 bytes. Returns its length.
    static func write(_ value: Double, _ out: UnsafeMutablePointer<UInt8>, dotZero: Bool = true, upper: Bool = false) -> Int {
        var length = 0
        @inline(__always) func put(_ byte: UInt8) {
            out[length] = byte
            length += 1
        }
        if value.isNaN {
            for byte in (upper ? "NAN" : "nan").utf8 { put(byte) }
            return length
        }
        if value.sign == .minus { put(UInt8(ascii: "-")) }
        if value.isInfinite {
            for byte in (upper ? "INF" : "inf").utf8 { put(byte) }
            return length
        }
        // Swift writes these as Python does; from 2^53 on it has an exponent.
        if dotZero && value.magnitude >= 1e-4 && value.magnitude < 9e15 {
            return length + describe(value.magnitude, out + length)
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            let digits = buffer.baseAddress!
            let (count, point) = shortest(value.magnitude, digits)
            if point > -4 && point <= 16 {
                if point <= 0 {
                    put(48)
                    put(UInt8(ascii: "."))
                    for _ in point ..< 0 { put(48) }
                    for index in 0 ..< count { put(digits[index]) }
                } else {
                    for index in 0 ..< max(count, point) {
                        if index == point { put(UInt8(ascii: ".")) }
                        put(index < count ? digits[index] : 48)
                    }
                    if dotZero && count <= point {
                        put(UInt8(ascii: "."))
                        put(48)
                    }
                }
                return length
            }
            put(digits[0])
            if count > 1 {
                put(UInt8(ascii: "."))
                for index in 1 ..< count { put(digits[index]) }
            }
            put(UInt8(ascii: upper ? "E" : "e"))
            let exponent = point - 1
            put(UInt8(ascii: exponent < 0 ? "-" : "+"))
            let magnitude = abs(exponent)
            if magnitude >= 100 { put(UInt8(48 + magnitude / 100)) }
            put(UInt8(48 + magnitude / 10 % 10))
            put(UInt8(48 + magnitude % 10))
            return length
        }
    }

    /// repr(x) of a float.
    public static func repr(_ thread: ThreadRef, _ value: Double) -> Value {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { buffer in
            let count = write(value, buffer.baseAddress!)
            return thread.newString(utf8: buffer.baseAddress!, count)
        }
    }

    /// A double as `%`-formatting, `format` and `round` write it. `code` is one of e, E, f, F, g, G and r (the shortest text; the precision does not count then).
    /// The precision is not negative.
    public static func format(_ value: Double, _ code: UInt8, _ precision: Int, _ flags: Flags = []) -> [UInt8] {
        var value = value
        let lower = code | 0x20
        let upper = code != lower
        var result: [UInt8] = []
        if !value.isFinite {
            if flags.contains(.sign) && !(value < 0) { result.append(UInt8(ascii: "+")) }
            if value < 0 { result.append(UInt8(ascii: "-")) }
            result += Array((value.isNaN ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf")).utf8)
            return result
        }
        if lower == UInt8(ascii: "r") {
            if value == 0 && flags.contains(.noNegativeZero) { value = 0 }
            if flags.contains(.sign) && value.sign == .plus { result.append(UInt8(ascii: "+")) }
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 40) { buffer in
                let count = write(value, buffer.baseAddress!, dotZero: flags.contains(.dotZero), upper: upper)
                result += UnsafeBufferPointer(start: buffer.baseAddress!, count: count)
            }
            if flags.contains(.alternate) && !result.contains(UInt8(ascii: ".")) {
                let place = result.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? result.count
                result.insert(UInt8(ascii: "."), at: place)
            }
            return result
        }
        var digits = printed(value, code, precision, flags.contains(.alternate))
        if lower == UInt8(ascii: "g") && flags.contains(.dotZero) {
            // Digits that reach up to the point leave no room for ".0": then there is an exponent.
            let alternate = flags.contains(.alternate)
            let hasFraction = digits.dropLast(digits.last == UInt8(ascii: ".") ? 1 : 0).contains { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }
            if !hasFraction, digits.reduce(0, { $0 + ($1 >= 48 && $1 <= 57 ? 1 : 0) }) == max(precision, 1) {
                digits = printed(value, code - 2, max(precision, 1) - 1, alternate)
                if !alternate, let mark = digits.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "e") }), digits.contains(UInt8(ascii: ".")) {
                    var end = mark
                    while digits[end - 1] == 48 { end -= 1 }
                    if digits[end - 1] == UInt8(ascii: ".") { end -= 1 }
                    digits.removeSubrange(end ..< mark)
                }
            }
        }
        if flags.contains(.noNegativeZero), digits.first == UInt8(ascii: "-"), isZeroText(digits) {
            digits.removeFirst()
        }
        if flags.contains(.sign) && digits.first != UInt8(ascii: "-") { result.append(UInt8(ascii: "+")) }
        result += digits
        if flags.contains(.dotZero) && !digits.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }) { result += [UInt8(ascii: "."), 48] }
        return result
    }

    /// Whether the mantissa of printed text is zero.
    private static func isZeroText(_ text: [UInt8]) -> Bool {
        for byte in text {
            if byte | 0x20 == UInt8(ascii: "e") { return true }
            if byte >= 49 && byte <= 57 { return false }
        }
        return true
    }

    /// The most that `writeFixed` and `writePlain` write.
    public static let fixedCapacity = 40

    private static let powersOfTen: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000,
         10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000)

    /// Writes a double with so many digits after the point, as `%.3f` does, and returns how many characters that took; nil when the number or the precision is too large.
    ///
    /// The number is an integer times a power of two: times ten to the precision it is an integer of at most 103 bits, shifted. What is shifted out tells which way to
    /// round, exactly.
    public static func writeFixed(_ value: Double, _ precision: Int, _ out: UnsafeMutablePointer<UInt8>) -> Int? {
        guard precision >= 0, precision <= 15, value.isFinite else { return nil }
        let biased = Int(value.bitPattern >> 52 & 0x7FF)
        let mantissa = value.bitPattern & (1 << 52 - 1) | (biased == 0 ? 0 : 1 << 52)
        let exponent = max(biased, 1) - 1075
        let power = withUnsafeBytes(of: powersOfTen) { $0.load(fromByteOffset: precision * 8, as: UInt64.self) }
        let (high, low) = mantissa.multipliedFullWidth(by: power)
        var scaled: UInt64
        if exponent >= 0 {
            guard high == 0, exponent < low.leadingZeroBitCount else { return nil }
            scaled = low << UInt64(exponent)
        } else {
            let shift = UInt64(-exponent)
            // What is cut off: whole words, and less than half when there is nothing else.
            let rest: UInt64, below: UInt64, half: UInt64
            if shift < 64 {
                guard high >> shift == 0 else { return nil }
                scaled = high << (64 - shift) | low >> shift
                rest = low & (1 << shift - 1)
                below = 0
                half = 1 << (shift - 1)
            } else if shift == 64 {
                scaled = high
                rest = low
                below = 0
                half = 1 << 63
            } else if shift <= 104 {
                scaled = high >> (shift - 64)
                rest = high & (1 << (shift - 64) - 1)
                below = low
                half = 1 << (shift - 65)
            } else {
                scaled = 0
                rest = 0
                below = 0
                half = 1
            }
            guard scaled < .max else { return nil }
            if rest > half || rest == half && (below > 0 || scaled & 1 == 1) { scaled &+= 1 }
        }
        var place = out
        if value.sign == .minus {
            place.pointee = UInt8(ascii: "-")
            place += 1
        }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            let end = buffer.baseAddress! + 24
            var first = IntOps.write(UInt(scaled), before: end)
            while end - first <= precision {
                first -= 1
                first.pointee = 48
            }
            let whole = end - first - precision
            place.update(from: first, count: whole)
            place += whole
            if precision > 0 {
                place.pointee = UInt8(ascii: ".")
                (place + 1).update(from: first + whole, count: precision)
                place += precision + 1
            }
            return place - out
        }
    }

    /// What printf gives, with a point whatever the locale.
    private static func printed(_ value: Double, _ code: UInt8, _ precision: Int, _ alternate: Bool) -> [UInt8] {
        var count: Int?
        let text = [UInt8](unsafeUninitializedCapacity: fixedCapacity) { buffer, used in
            count = writePlain(value, code, precision, alternate: alternate, buffer.baseAddress!)
            used = count ?? 0
        }
        if count != nil { return text }
        let precision = Int32(clamping: precision)
        let conversion = CChar(bitPattern: code)
        var result = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer -> [UInt8]? in
            let count = Int(taipan_format_double(buffer.baseAddress!, 400, conversion, precision, alternate, value))
            guard count >= 0 && count < 400 else { return nil }
            return (0 ..< count).map { UInt8(bitPattern: buffer[$0]) }
        } ?? {
            let count = Int(taipan_format_double(nil, 0, conversion, precision, alternate, value))
            guard count > 0 else { return [] }
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: count + 1)
            defer { buffer.deallocate() }
            taipan_format_double(buffer, count + 1, conversion, precision, alternate, value)
            return (0 ..< count).map { UInt8(bitPattern: buffer[$0]) }
        }()
        if let point = localeconv().pointee.decimal_point, point[0] != CChar(UInt8(ascii: ".")) {
            let separator = Array(String(cString: point).utf8)
            if let first = separator.first, let place = result.firstIndex(of: first) {
                result.replaceSubrange(place ..< min(place + separator.count, result.count), with: [UInt8(ascii: ".")])
            }
        }
        return result
    }

    /// strtod of digits, point and exponent that are known to be well formed and end in a zero byte.
    static func read(_ text: UnsafePointer<UInt8>) -> Double {
        taipan_read_double(UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self))
    }

    /// The longest float literal at `position` in text without underscores: optional sign, digits with a point or not and an exponent or not, `inf`, `infinity` or `nan` in any
    /// case. The text ends in a zero byte. nil when there is none.
    static func scan(_ text: UnsafePointer<UInt8>, _ position: inout Int) -> Double? {
        let start = position
        var place = position
        var negative = false
        if text[place] == UInt8(ascii: "-") || text[place] == UInt8(ascii: "+") {
            negative = text[place] == UInt8(ascii: "-")
            place += 1
        }
        func word(_ expected: StaticString) -> Bool {
            for index in 0 ..< expected.utf8CodeUnitCount where text[place + index] | 0x20 != expected.utf8Start[index] { return false }
            return true
        }
        if word("inf") {
            place += word("infinity") ? 8 : 3
            position = place
            return negative ? -.infinity : .infinity
        }
        if word("nan") {
            position = place + 3
            return negative ? -Double.nan : .nan
        }
        var digits = 0
        while text[place] >= 48 && text[place] <= 57 { place += 1; digits += 1 }
        if text[place] == UInt8(ascii: ".") {
            place += 1
            while text[place] >= 48 && text[place] <= 57 { place += 1; digits += 1 }
        }
        if digits == 0 { return nil }
        if text[place] | 0x20 == UInt8(ascii: "e") {
            var end = place + 1
            if text[end] == UInt8(ascii: "-") || text[end] == UInt8(ascii: "+") { end += 1 }
            if text[end] >= 48 && text[end] <= 57 {
                while text[end] >= 48 && text[end] <= 57 { end += 1 }
                place = end
            }
        }
        position = place
        // What follows the literal must not look like more of it.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: place - start + 1) { buffer in
            for index in 0 ..< place - start { buffer[index] = text[start + index] }
            buffer[place - start] = 0
            return read(buffer.baseAddress!)
        }
    }

    /// The text stripped of white space around it and of single underscores between digits, with a zero byte at the end; nil when an underscore is out of place or there is a zero byte.
    static func clean(_ text: UnsafePointer<UInt8>, _ count: Int) -> [UInt8]? {
        var start = 0
        var end = count
        while start < end && Integers.isSpace(text[start]) { start += 1 }
        while end > start && Integers.isSpace(text[end - 1]) { end -= 1 }
        var result: [UInt8] = []
        result.reserveCapacity(end - start + 9)
        for index in start ..< end {
            let byte = text[index]
            if byte == 0 { return nil }
            if byte == UInt8(ascii: "_") {
                guard index > start, index + 1 < end, isDigit(text[index - 1]), isDigit(text[index + 1]) else { return nil }
                continue
            }
            result.append(byte)
        }
        // `scan` looks a word's length ahead.
        result += [0, 0, 0, 0, 0, 0, 0, 0, 0]
        return result
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }

    /// A plain number of at most 15 digits, without exponent: its digits are an exact double, and so is the power of ten, so that one division rounds correctly.
    /// nil for any other text.
    private static func parseShort(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        guard count > 0 && count <= 17 else { return nil }
        let start = text[0] == UInt8(ascii: "-") ? 1 : 0
        var digits = 0
        var mantissa: UInt64 = 0
        var point = -1
        for index in start ..< count {
            let byte = text[index]
            if isDigit(byte) {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 48)
                digits += 1
            } else if byte == UInt8(ascii: ".") && point < 0 {
                point = digits
            } else {
                return nil
            }
        }
        guard digits > 0 && digits <= 15 else { return nil }
        var result = Double(mantissa)
        if point >= 0 && point < digits {
            let places = digits - point
            // Exact up to 10^22; the table ends at 10^15.
            result /= Double(power(ofTen: places))
        }
        return start == 1 ? -result : result
    }

    /// 10^exponent, up to 15.
    @inline(__always) private static func power(ofTen exponent: Int) -> UInt64 {
        var result: UInt64 = 1
        for _ in 0 ..< exponent { result &*= 10 }
        return result
    }

    /// float(text) of bytes; nil when they are malformed.
    static func parse(_ text: UnsafePointer<UInt8>, _ count: Int) -> Double? {
        if let short = parseShort(text, count) { return short }
        guard let cleaned = clean(text, count), cleaned.count > 9 else { return nil }
        return cleaned.withUnsafeBufferPointer { buffer in
            var position = 0
            guard let result = scan(buffer.baseAddress!, &position), position == cleaned.count - 9 else { return nil }
            return result
        }
    }

    /// float(text) of a str; nil when it is malformed.
    public static func parse(_ string: StringRef) -> Double? {
        if string.isASCII { return parse(string.units1, string.count) }
        let bytes = NumberText.ascii(string)
        return bytes.withUnsafeBufferPointer { parse($0.baseAddress!, $0.count) }
    }

    // MARK: Hexadecimal

    /// float.hex
    static func hexadecimal(_ value: Double) -> String {
        if !value.isFinite { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
        let sign = value.sign == .minus ? "-" : ""
        if value == 0 { return sign + "0x0.0p+0" }
        let fraction = value.bitPattern & ((1 << 52) - 1)
        let biased = Int(value.bitPattern >> 52 & 0x7FF)
        let digits = String(fraction, radix: 16)
        let exponent = biased == 0 ? -1022 : biased - 1023
        return "\(sign)0x\(biased == 0 ? 0 : 1).\(String(repeating: "0", count: 13 - digits.utf8.count))\(digits)p\(exponent < 0 ? "-" : "+")\(abs(exponent))"
    }

    enum HexadecimalResult {
        case value(Double)
        case malformed
        case tooLarge
    }

    /// float.fromhex of text, without copying CPython's habit of `strtod`: the digits are gathered into 64 bits and a sticky bit, which `Integers.scale` rounds.
    static func parseHexadecimal(_ text: [UInt8]) -> HexadecimalResult {
        var start = 0
        var end = text.count
        while start < end && Integers.isSpace(text[start]) { start += 1 }
        while end > start && Integers.isSpace(text[end - 1]) { end -= 1 }
        let text = Array(text[start ..< end]) + [0, 0, 0, 0, 0, 0, 0, 0, 0]
        let length = end - start
        var position = 0
        var negative = false
        if text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            negative = text[0] == UInt8(ascii: "-")
            position = 1
        }
        if text[position] | 0x20 == UInt8(ascii: "i") || text[position] | 0x20 == UInt8(ascii: "n") {
            var place = position
            let special = text.withUnsafeBufferPointer { scan($0.baseAddress!, &place) }
            guard let special, place == length else { return .malformed }
            return .value(negative ? -special : special)
        }
        if text[position] == 48 && text[position + 1] | 0x20 == UInt8(ascii: "x") { position += 2 }
        var mantissa: UInt = 0
        var inexact = false
        var exponent = 0
        var digits = 0
        var seenPoint = false
        while true {
            let byte = text[position]
            if byte == UInt8(ascii: ".") && !seenPoint {
                seenPoint = true
                position += 1
                continue
            }
            let digit = byte == 0 ? 99 : Integers.digitValue(byte)
            if digit > 15 { break }
            digits += 1
            position += 1
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | UInt(digit)
                if seenPoint { exponent -= 4 }
            } else {
                if digit != 0 { inexact = true }
                if !seenPoint { exponent += 4 }
            }
        }
        if digits == 0 { return .malformed }
        if text[position] | 0x20 == UInt8(ascii: "p") {
            position += 1
            var minus = false
            if text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
                minus = text[position] == UInt8(ascii: "-")
                position += 1
            }
            guard isDigit(text[position]) else { return .malformed }
            var power = 0
            while isDigit(text[position]) {
                power = min(power * 10 + Int(text[position]) - 48, 1 << 50)
                position += 1
            }
            exponent += minus ? -power : power
        }
        guard position == length else { return .malformed }
        if mantissa == 0 { return .value(negative ? -0.0 : 0) }
        let shift = mantissa.leadingZeroBitCount
        exponent -= shift
        guard exponent < 1 << 40 else { return .tooLarge }
        let result = exponent < -5000 ? 0 : Integers.scale(mantissa << UInt(shift), exponent, inexact: inexact)
        if result.isInfinite { return .tooLarge }
        return .value(negative ? -result : result)
    }
}
