import Glibc
import Objects

/// The format mini-language (`format(x, ">10,.2f")`): the parsed specification, and numbers written by it.

public struct FormatSpec {
    public enum Grouping { case none, comma, underscore, locale }

    public var fill: UInt32 = 32
    /// A fill character was given, or the 0 before the width.
    public var align: UInt8
    public var alignGiven = false
    public var fillGiven = false
    /// `+`, `-`, a space or 0.
    public var sign: UInt8 = 0
    /// `z`: a result of zero has no minus sign.
    public var noNegativeZero = false
    /// `#`
    public var alternate = false
    /// -1 when there is none.
    public var width = -1
    public var precision = -1
    public var grouping = Grouping.none
    /// The presentation type, or 0.
    public var type: UInt32

    public init(align: UInt8, type: UInt32 = 0) {
        self.align = align
        self.type = type
    }

    private static func isAlignment(_ character: UInt32) -> Bool {
        character == 60 || character == 62 || character == 61 || character == 94
    }

    /// The usual specifications, read without more ado: ASCII, and no mistakes in them. nil for any other.
    private static func parsePlain(_ text: UnsafePointer<UInt8>, _ count: Int, _ align: UInt8, _ type: UInt32) -> FormatSpec? {
        var spec = FormatSpec(align: align, type: type)
        var place = 0
        if count >= 2 && isAlignment(UInt32(text[1])) {
            spec.fill = UInt32(text[0])
            spec.align = text[1]
            spec.fillGiven = true
            spec.alignGiven = true
            place = 2
        } else if isAlignment(UInt32(text[0])) {
            spec.align = text[0]
            spec.alignGiven = true
            place = 1
        }
        if place < count && (text[place] == 43 || text[place] == 45 || text[place] == 32) {
            spec.sign = text[place]
            place += 1
        }
        if place < count && text[place] == 48 && !spec.fillGiven {
            spec.fill = 48
            spec.fillGiven = true
            if !spec.alignGiven && align == UInt8(ascii: ">") { spec.align = UInt8(ascii: "=") }
            place += 1
        }
        if place < count && text[place] &- 48 < 10 {
            spec.width = 0
            let end = min(count, place + 9)
            while place < end && text[place] &- 48 < 10 {
                spec.width = spec.width * 10 + Int(text[place] &- 48)
                place += 1
            }
        }
        if place < count && text[place] == 46 {
            place += 1
            let start = place, end = min(count, place + 9)
            spec.precision = 0
            while place < end && text[place] &- 48 < 10 {
                spec.precision = spec.precision * 10 + Int(text[place] &- 48)
                place += 1
            }
            if place == start { return nil }
        }
        if count - place > 1 { return nil }
        if count - place == 1 {
            let letter = text[place] | 32
            guard letter >= 97 && letter < 122 else { return nil }
            spec.type = UInt32(text[place])
        }
        return spec
    }

    /// Parses a specification for an object of the type named. `align` and `type` are what holds when it does not say. nil when ValueError was raised.
    public static func parse(_ thread: ThreadRef, _ text: StringRef, align: Unicode.Scalar, type: UInt32 = 0, typeName: @autoclosure () -> String) -> FormatSpec? {
        if text.isASCII && text.count > 0, let plain = parsePlain(text.units1, text.count, UInt8(ascii: align), type) { return plain }
        var spec = FormatSpec(align: UInt8(ascii: align), type: type)
        let count = text.count
        var position = 0
        func at(_ index: Int) -> UInt32 { index < count ? text[index] : 0 }
        func fail(_ message: String) -> FormatSpec? {
            thread.raise(.valueError, message)
            return nil
        }
        /// A decimal number, -1 when there is none, nil when it is too large.
        func number() -> Int? {
            var result = -1
            while position < count {
                let character = text[position]
                guard let digit = character < 128 ? (character >= 48 && character <= 57 ? Int(character) - 48 : nil) : NumberText.decimalDigit(character) else { break }
                let (product, overflow) = max(result, 0).multipliedReportingOverflow(by: 10)
                let (sum, overflow2) = product.addingReportingOverflow(digit)
                if overflow || overflow2 { return nil }
                result = sum
                position += 1
            }
            return result
        }
        if count >= 2 && isAlignment(text[1]) {
            spec.fill = text[0]
            spec.align = UInt8(text[1])
            spec.fillGiven = true
            spec.alignGiven = true
            position = 2
        } else if count >= 1 && isAlignment(text[0]) {
            spec.align = UInt8(text[0])
            spec.alignGiven = true
            position = 1
        }
        switch at(position) {
        case 32, 43, 45:
            spec.sign = UInt8(text[position])
            position += 1
        default: break
        }
        if at(position) == 122 {
            spec.noNegativeZero = true
            position += 1
        }
        if at(position) == 35 {
            spec.alternate = true
            position += 1
        }
        if !spec.fillGiven && at(position) == 48 {
            spec.fill = 48
            spec.fillGiven = true
            if !spec.alignGiven && align == ">" { spec.align = UInt8(ascii: "=") }
            position += 1
        }
        guard let width = number() else { return fail("Too many decimal digits in format string") }
        spec.width = width
        if at(position) == 44 {
            spec.grouping = .comma
            position += 1
        }
        if at(position) == 95 {
            if spec.grouping != .none { return fail("Cannot specify both ',' and '_'.") }
            spec.grouping = .underscore
            position += 1
        }
        if at(position) == 44 && spec.grouping == .underscore { return fail("Cannot specify both ',' and '_'.") }
        if at(position) == 46 {
            position += 1
            guard let precision = number() else { return fail("Too many decimal digits in format string") }
            if precision < 0 { return fail("Format specifier missing precision") }
            spec.precision = precision
        }
        if count - position > 1 { return fail("Invalid format specifier '\(text.description)' for object of type '\(typeName())'") }
        if count - position == 1 { spec.type = text[position] }
        if spec.grouping != .none {
            switch spec.type {
            case 0, 100, 101, 102, 103, 69, 71, 37, 70: break
            case 98 where spec.grouping == .underscore, 111 where spec.grouping == .underscore, 120 where spec.grouping == .underscore, 88 where spec.grouping == .underscore: break
            default:
                let separator = spec.grouping == .comma ? "," : "_"
                return fail("Cannot specify '\(separator)' with '\(shown(spec.type))'.")
            }
        }
        return spec
    }

    /// A presentation type as messages show it.
    static func shown(_ type: UInt32) -> String {
        type > 32 && type < 128 ? String(UnicodeScalar(UInt8(type))) : "\\x" + String(type, radix: 16)
    }

    /// "Unknown format code 'd' for object of type 'float'"
    @discardableResult public func raiseUnknown(_ thread: ThreadRef, _ typeName: String) -> Value {
        thread.raise(.valueError, "Unknown format code '\(FormatSpec.shown(type))' for object of type '\(typeName)'")
    }

    /// Text padded to the width, for all alignments but `=`.
    public func padded(_ text: [UInt32]) -> [UInt32] {
        guard width > text.count else { return text }
        let missing = width - text.count
        let left = align == UInt8(ascii: ">") ? missing : align == UInt8(ascii: "^") ? missing / 2 : 0
        return [UInt32](repeating: fill, count: left) + text + [UInt32](repeating: fill, count: missing - left)
    }
}

/// How digits are grouped and what the point is: as the specification or the locale has it.
struct NumberLocale {
    var point: [UInt32] = [46]
    var separator: [UInt32] = []
    /// Group sizes from the right as in C's `lconv`: zero repeats the last, 127 ends grouping.
    var grouping: [UInt8] = []

    init(_ grouping: FormatSpec.Grouping, digits: UInt8 = 3) {
        switch grouping {
        case .none: break
        case .comma:
            separator = [44]
            self.grouping = [digits, 0]
        case .underscore:
            separator = [95]
            self.grouping = [digits, 0]
        case .locale:
            let conventions = localeconv().pointee
            if let text = conventions.decimal_point { point = String(cString: text).unicodeScalars.map(\.value) }
            if let text = conventions.thousands_sep { separator = String(cString: text).unicodeScalars.map(\.value) }
            if var size = conventions.grouping {
                while size.pointee != 0 && size.pointee != CChar.max {
                    self.grouping.append(UInt8(bitPattern: size.pointee))
                    size += 1
                }
                self.grouping.append(size.pointee == 0 ? 0 : 127)
            }
        }
    }

    /// The digits with separators, and with zeros in front up to a total width.
    func grouped(_ digits: ArraySlice<UInt8>, width: Int) -> [UInt32] {
        var reversed: [UInt32] = []
        var remaining = digits.count
        var wanted = width
        var index = 0
        var size = 0
        var separate = false
        while true {
            var group = 0
            if index < grouping.count {
                if grouping[index] == 0 { group = size } else if grouping[index] < 127 {
                    group = Int(grouping[index])
                    size = group
                    index += 1
                }
            }
            let isLast = group == 0
            let length = isLast ? max(remaining, wanted, 1) : min(group, max(remaining, wanted, 1))
            let characters = max(0, min(remaining, length))
            if separate { reversed += separator.reversed() }
            separate = true
            for offset in 0 ..< characters { reversed.append(UInt32(digits[digits.startIndex + remaining - 1 - offset])) }
            for _ in characters ..< max(length, characters) { reversed.append(48) }
            remaining -= characters
            wanted -= length
            if isLast || (remaining <= 0 && wanted <= 0) { break }
            wanted -= separator.count
        }
        return reversed.reversed()
    }
}

public enum NumberFormatting {
    /// Puts a number together: sign, prefix, digits, then the rest (point, fraction, exponent) as it is.
    private static func assemble(_ spec: FormatSpec, negative: Bool, prefix: [UInt32], digits: ArraySlice<UInt8>, rest: [UInt32], _ locale: NumberLocale) -> [UInt32] {
        var sign: [UInt32] = []
        if negative { sign = [45] } else if spec.sign == UInt8(ascii: "+") || spec.sign == UInt8(ascii: " ") { sign = [UInt32(spec.sign)] }
        let fixed = sign.count + prefix.count + rest.count
        let inner = spec.fill == 48 && spec.align == UInt8(ascii: "=") ? spec.width - fixed : 0
        let body = digits.isEmpty ? [] : locale.grouped(digits, width: inner)
        let missing = spec.width - fixed - body.count
        if missing <= 0 { return sign + prefix + body + rest }
        if spec.align == UInt8(ascii: "=") { return sign + prefix + [UInt32](repeating: spec.fill, count: missing) + body + rest }
        return spec.padded(sign + prefix + body + rest)
    }

    /// The usual case, written straight into the string: ASCII throughout, and no zeros that would have to be grouped. `text` is digits up to `end` and
    /// then the rest, without the sign. nil when the case is another.
    private static func laidOutPlainly(_ thread: ThreadRef, _ spec: FormatSpec, negative: Bool, prefix: UInt8, _ text: UnsafeBufferPointer<UInt8>, digitsEnd: Int, groupSize: Int) -> Value? {
        guard spec.fill < 128, spec.type != 110, spec.grouping != .locale else { return nil }
        let inside = spec.align == UInt8(ascii: "=")
        let grouped = spec.grouping != .none
        if grouped && inside && spec.fill == 48 { return nil }
        let sign: UInt8 = negative ? 45 : spec.sign == UInt8(ascii: "+") || spec.sign == UInt8(ascii: " ") ? spec.sign : 0
        let separators = grouped && digitsEnd > 0 ? (digitsEnd - 1) / groupSize : 0
        let fixed = (sign != 0 ? 1 : 0) + (prefix != 0 ? 2 : 0) + text.count + separators
        let missing = max(spec.width - fixed, 0)
        guard let result = StringRef.allocate(count: fixed + missing, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
        var next = result.units1
        func put(_ character: UInt8) {
            next.pointee = character
            next += 1
        }
        func fill(_ count: Int) {
            memset(next, Int32(spec.fill), count)
            next += count
        }
        let left = inside ? 0 : spec.align == UInt8(ascii: ">") ? missing : spec.align == UInt8(ascii: "^") ? missing / 2 : 0
        fill(left)
        if sign != 0 { put(sign) }
        if prefix != 0 {
            put(48)
            put(prefix)
        }
        if inside { fill(missing) }
        if separators == 0 {
            memcpy(next, text.baseAddress.unsafelyUnwrapped, text.count)
            next += text.count
        } else {
            for index in text.indices {
                if index > 0 && index < digitsEnd && (digitsEnd - index) % groupSize == 0 { put(spec.grouping == .comma ? 44 : 95) }
                put(text[index])
            }
        }
        if !inside { fill(missing - left) }
        return result.value
    }

    /// A small int in decimal, without separators: written straight into the string.
    private static func laidOut(_ thread: ThreadRef, _ number: Int, _ spec: FormatSpec) -> Value {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { memory in
            let end = memory.baseAddress.unsafelyUnwrapped + 24
            let first = IntOps.write(number.magnitude, before: end)
            let count = end - first
            let sign: UInt8 = number < 0 ? 45 : spec.sign == 43 || spec.sign == 32 ? spec.sign : 0
            let fixed = count + (sign == 0 ? 0 : 1)
            let missing = max(spec.width - fixed, 0)
            guard let result = StringRef.allocate(count: fixed + missing, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
            let inside = spec.align == UInt8(ascii: "=")
            let left = inside ? 0 : spec.align == UInt8(ascii: ">") ? missing : spec.align == UInt8(ascii: "^") ? missing / 2 : 0
            var next = result.units1
            memset(next, Int32(spec.fill), left)
            next += left
            if sign != 0 {
                next.pointee = sign
                next += 1
            }
            if inside {
                memset(next, Int32(spec.fill), missing)
                next += missing
            }
            memcpy(next, first, count)
            if !inside { memset(next + count, Int32(spec.fill), missing - left) }
            return result.value
        }
    }

    private static func tooWide(_ thread: ThreadRef, _ spec: FormatSpec) -> Bool {
        if spec.width < 1 << 30 { return false }
        thread.raiseOutOfMemory()
        return true
    }

    // MARK: Integers

    /// format(n, spec) of an int.
    public static func format(_ thread: ThreadRef, integer number: Value, _ text: StringRef) -> Value {
        if text.count == 0 { return number.isSmallInt || number.isExact(.int) ? Integers.toString(thread, number) : thread.str(number) }
        guard let spec = FormatSpec.parse(thread, text, align: ">", type: 100, typeName: number.type.name) else { return .empty }
        return format(thread, integer: number, spec)
    }

    public static func format(_ thread: ThreadRef, integer number: Value, _ spec: FormatSpec) -> Value {
        let radix: Int
        switch spec.type {
        case 98: radix = 2
        case 111: radix = 8
        case 100, 110: radix = 10
        case 120, 88: radix = 16
        case 99: return character(thread, number, spec)
        case 101, 69, 102, 70, 103, 71, 37:
            guard let double = Integers.toDouble(thread, number) else { return .empty }
            return format(thread, double, spec, number.type.name)
        default: return spec.raiseUnknown(thread, number.type.name)
        }
        if !allowed(thread, spec) || tooWide(thread, spec) { return .empty }
        if number.isSmallInt && radix == 10 && spec.fill < 128 && spec.grouping == .none && spec.type == 100 { return laidOut(thread, number.smallInt, spec) }
        guard var digits = Integers.digits(thread, number, radix: radix) else { return .empty }
        var prefix: [UInt32] = []
        if spec.alternate && radix != 10 { prefix = [48, spec.type] }
        if spec.type == 88 { for index in 0 ..< digits.count where digits[index] >= 97 { digits[index] -= 32 } }
        let negative = Integers.isNegative(number)
        if spec.width <= 0 && spec.grouping == .none && spec.type != 110 && spec.sign != 43 && spec.sign != 32 && prefix.isEmpty {
            return thread.newString(utf8: negative ? [45] + digits : digits)
        }
        let plain = digits.withUnsafeBufferPointer {
            laidOutPlainly(thread, spec, negative: negative, prefix: prefix.isEmpty ? 0 : UInt8(spec.type), $0, digitsEnd: $0.count, groupSize: radix == 10 ? 3 : 4)
        }
        if let plain { return plain }
        let locale = NumberLocale(spec.type == 110 ? .locale : spec.grouping, digits: radix == 10 ? 3 : 4)
        return thread.newString(codePoints: assemble(spec, negative: negative, prefix: prefix, digits: digits[...], rest: [], locale))
    }

    private static func allowed(_ thread: ThreadRef, _ spec: FormatSpec) -> Bool {
        if spec.precision >= 0 {
            thread.raise(.valueError, "Precision not allowed in integer format specifier")
            return false
        }
        if spec.noNegativeZero {
            thread.raise(.valueError, "Negative zero coercion (z) not allowed in integer format specifier")
            return false
        }
        return true
    }

    private static func character(_ thread: ThreadRef, _ number: Value, _ spec: FormatSpec) -> Value {
        guard allowed(thread, spec) else { return .empty }
        if spec.sign != 0 { return thread.raise(.valueError, "Sign not allowed with integer format specifier 'c'") }
        if spec.alternate { return thread.raise(.valueError, "Alternate form (#) not allowed with integer format specifier 'c'") }
        guard let code = IntOps.toInt(number) else { return thread.raise(.overflowError, "Python int too large to convert to C long") }
        guard code >= 0 && code <= 0x10FFFF else { return thread.raise(.overflowError, "%c arg not in range(0x110000)") }
        if tooWide(thread, spec) { return .empty }
        return thread.newString(codePoints: assemble(spec, negative: false, prefix: [], digits: [], rest: [UInt32(code)], NumberLocale(.none)))
    }

    // MARK: Floats

    /// format(x, spec) of a float.
    public static func format(_ thread: ThreadRef, double number: Value, _ text: StringRef) -> Value {
        if text.count == 0 { return number.isPointer && !number.isExact(.float) ? thread.str(number) : FloatText.repr(thread, number.doubleValue) }
        // ".2f", "g" and the like
        let code = text[text.count - 1]
        if text.count == 1 || text.count == 3 && text[0] == 46 && text[1] &- 48 < 10, code == 101 || code == 102 || code == 103 {
            let plain = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatText.fixedCapacity) { buffer -> Value? in
                let precision = text.count == 1 ? 6 : Int(text[1] &- 48)
                guard let written = FloatText.writePlain(number.doubleValue, UInt8(code), precision, alternate: false, buffer.baseAddress!) else { return nil }
                return thread.newString(utf8: UnsafePointer(buffer.baseAddress), written)
            }
            if let plain { return plain }
        }
        guard let spec = FormatSpec.parse(thread, text, align: ">", typeName: number.type.name) else { return .empty }
        return format(thread, number.doubleValue, spec, number.type.name)
    }

    public static func format(_ thread: ThreadRef, _ number: Double, _ spec: FormatSpec, _ typeName: @autoclosure () -> String) -> Value {
        guard let code = floatCode(spec.type) else { return spec.raiseUnknown(thread, typeName()) }
        guard spec.precision <= Int(Int32.max) else { return thread.raise(.valueError, "precision too big") }
        if tooWide(thread, spec) || spec.precision > 1 << 30 && { thread.raiseOutOfMemory(); return true }() { return .empty }
        if code == UInt8(ascii: "f") && spec.type == 102 && !spec.alternate && !spec.noNegativeZero {
            let plain = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatText.fixedCapacity) { buffer -> Value? in
                let precision = spec.precision >= 0 ? spec.precision : 6
                guard let written = FloatText.writeFixed(number, precision, buffer.baseAddress!) else { return nil }
                let start = number.sign == .minus ? 1 : 0
                return laidOutPlainly(thread, spec, negative: start == 1, prefix: 0, UnsafeBufferPointer(start: buffer.baseAddress! + start, count: written - start),
                                      digitsEnd: written - start - (precision > 0 ? precision + 1 : 0), groupSize: 3)
            }
            if let plain { return plain }
        }
        var flags: FloatText.Flags = spec.alternate ? .alternate : []
        if spec.noNegativeZero { flags.insert(.noNegativeZero) }
        if spec.type == 0 { flags.insert(.dotZero) }
        let isPercent = spec.type == 37
        let text = FloatText.format(isPercent ? number * 100 : number, spec.precision >= 0 && code == UInt8(ascii: "r") ? UInt8(ascii: "g") : code,
                                    spec.precision >= 0 ? spec.precision : 6, flags) + (isPercent ? [37] : [])
        if spec.width <= 0 && spec.grouping == .none && spec.type != 110 && spec.sign != 43 && spec.sign != 32 { return thread.newString(utf8: text) }
        let negative = text.first == 45
        var end = negative ? 1 : 0
        while end < text.count && text[end] >= 48 && text[end] <= 57 { end += 1 }
        let start = negative ? 1 : 0
        let plain = text.withUnsafeBufferPointer { laidOutPlainly(thread, spec, negative: negative, prefix: 0, UnsafeBufferPointer(rebasing: $0[start...]), digitsEnd: end - start, groupSize: 3) }
        if let plain { return plain }
        return thread.newString(codePoints: laidOut(text, spec, NumberLocale(spec.type == 110 ? .locale : spec.grouping)))
    }

    /// The printf code of a presentation type; nil when there is no such type.
    private static func floatCode(_ type: UInt32) -> UInt8? {
        switch type {
        case 0: return UInt8(ascii: "r")
        case 101, 69, 102, 70, 103, 71: return UInt8(type)
        case 110: return UInt8(ascii: "g")
        case 37: return UInt8(ascii: "f")
        default: return nil
        }
    }

    /// Signs, groups and pads a float's text.
    private static func laidOut(_ text: [UInt8], _ spec: FormatSpec, _ locale: NumberLocale) -> [UInt32] {
        let negative = text.first == 45
        let start = negative ? 1 : 0
        var end = start
        while end < text.count && text[end] >= 48 && text[end] <= 57 { end += 1 }
        var rest: [UInt32] = []
        var index = end
        if index < text.count && text[index] == 46 {
            rest += locale.point
            index += 1
        }
        while index < text.count {
            rest.append(UInt32(text[index]))
            index += 1
        }
        return assemble(spec, negative: negative, prefix: [], digits: text[start ..< end], rest: rest, locale)
    }

    // MARK: Complex numbers

    /// format(z, spec) of a complex.
    public static func format(_ thread: ThreadRef, complex number: Value, _ text: StringRef) -> Value {
        if text.count == 0 { return thread.str(number) }
        guard let spec = FormatSpec.parse(thread, text, align: ">", typeName: number.type.name) else { return .empty }
        guard let code = floatCode(spec.type), spec.type != 37 else { return spec.raiseUnknown(thread, number.type.name) }
        guard spec.precision <= Int(Int32.max) else { return thread.raise(.valueError, "precision too big") }
        if spec.fill == 48 { return thread.raise(.valueError, "Zero padding is not allowed in complex format specifier") }
        if spec.align == UInt8(ascii: "=") { return thread.raise(.valueError, "'=' alignment flag is not allowed in complex format specifier") }
        if tooWide(thread, spec) || spec.precision > 1 << 30 && { thread.raiseOutOfMemory(); return true }() { return .empty }
        let (real, imaginary) = ComplexType.value(number)
        var flags: FloatText.Flags = spec.alternate ? .alternate : []
        if spec.noNegativeZero { flags.insert(.noNegativeZero) }
        let onlyImaginary = spec.type == 0 && real == 0 && real.sign == .plus
        let used = spec.precision >= 0 && code == UInt8(ascii: "r") ? UInt8(ascii: "g") : code
        let precision = spec.precision >= 0 ? spec.precision : 6
        let locale = NumberLocale(spec.type == 110 ? .locale : spec.grouping)
        var part = spec
        part.width = -1
        var result: [UInt32] = []
        if !onlyImaginary {
            result = laidOut(FloatText.format(real, used, precision, flags), part, locale)
            part.sign = UInt8(ascii: "+")
        }
        result += laidOut(FloatText.format(imaginary, used, precision, flags), part, locale) + [106]
        if spec.type == 0 && !onlyImaginary { result = [40] + result + [41] }
        return thread.newString(codePoints: spec.padded(result))
    }
}
