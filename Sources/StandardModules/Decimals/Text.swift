import Glibc
import NumberTypes
import Objects

/// Decimal numbers as text: reading, writing, and the format language.
enum DecimalText {
    // MARK: Reading

    /// The characters of a string as ASCII, with other decimal digits and white space turned into theirs; nil when there are others. The constructor
    /// strips white space and ignores underscores, contexts do not.
    private static func ascii(_ string: StringRef, lenient: Bool) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(string.count)
        for index in 0 ..< string.count {
            let character = string[index]
            if character < 128 {
                if lenient && character == 95 { continue }
                result.append(character == 0 ? 1 : UInt8(character))
            } else if NumberText.isSpace(character) {
                result.append(32)
            } else if let digit = NumberText.decimalDigit(character) {
                result.append(UInt8(48 + digit))
            } else {
                return nil
            }
        }
        return result
    }

    /// A number as it is written, not rounded. nil when it has raised; `isMalformed` is set for text that is no number.
    static func read(_ thread: ThreadRef, _ string: StringRef, lenient: Bool, _ isMalformed: inout Bool) -> Number? {
        if string.isASCII && string.count < 1 << 20 {
            let units = string.units1
            // A plain number needs no copy.
            var isPlain = true
            for index in 0 ..< string.count where units[index] <= 32 || units[index] == 95 {
                isPlain = false
                break
            }
            if isPlain { return read(thread, units, string.count, &isMalformed) }
        }
        guard let text = ascii(string, lenient: lenient) else {
            isMalformed = true
            return nil
        }
        return text.withUnsafeBufferPointer { buffer in
            var start = 0, end = buffer.count
            if lenient {
                while start < end && Integers.isSpace(buffer[start]) { start += 1 }
                while end > start && Integers.isSpace(buffer[end - 1]) { end -= 1 }
            }
            guard let base = buffer.baseAddress else {
                isMalformed = true
                return nil
            }
            return read(thread, base + start, end - start, &isMalformed)
        }
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

    private static func matches(_ text: UnsafePointer<UInt8>, _ count: Int, _ word: StaticString) -> Bool {
        guard count >= word.utf8CodeUnitCount else { return false }
        for index in 0 ..< word.utf8CodeUnitCount where text[index] | 32 != word.utf8Start[index] { return false }
        return true
    }

    static func read(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int, _ isMalformed: inout Bool) -> Number? {
        var place = 0
        var negative = false
        if count > 0 && (text[0] == 43 || text[0] == 45) {
            negative = text[0] == 45
            place = 1
        }
        if place < count && !isDigit(text[place]) && text[place] != 46 { return readSpecial(thread, text + place, count - place, negative, &isMalformed) }
        let start = place
        while place < count && isDigit(text[place]) { place += 1 }
        let wholeEnd = place
        var fraction = 0
        if place < count && text[place] == 46 {
            place += 1
            while place < count && isDigit(text[place]) { place += 1 }
            fraction = place - wholeEnd - 1
        }
        let mantissaEnd = place
        guard wholeEnd - start + fraction > 0 else {
            isMalformed = true
            return nil
        }
        var exponent = 0
        if place < count && text[place] | 32 == 101 {
            place += 1
            var isNegative = false
            if place < count && (text[place] == 43 || text[place] == 45) {
                isNegative = text[place] == 45
                place += 1
            }
            let first = place
            while place < count && isDigit(text[place]) {
                exponent = exponent <= 900_000_000_000_000_000 ? exponent * 10 + Int(text[place] - 48) : Number.farExponent
                place += 1
            }
            if place == first {
                isMalformed = true
                return nil
            }
            if isNegative { exponent = -exponent }
        }
        guard place == count else {
            isMalformed = true
            return nil
        }
        exponent -= fraction
        let coefficient: Coefficient?
        if fraction == 0 || wholeEnd == start {
            coefficient = Coefficient.read(thread, wholeEnd == start ? text + wholeEnd + 1 : text + start, wholeEnd == start ? fraction : wholeEnd - start)
        } else {
            let length = mantissaEnd - start - 1
            coefficient = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { memory in
                let digits = memory.baseAddress.unsafelyUnwrapped
                memcpy(digits, text + start, wholeEnd - start)
                memcpy(digits + (wholeEnd - start), text + wholeEnd + 1, fraction)
                return Coefficient.read(thread, digits, length)
            }
        }
        guard let coefficient else { return nil }
        return Number.make(thread, negative: negative, exponent: exponent, coefficient)
    }

    private static func readSpecial(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int, _ negative: Bool, _ isMalformed: inout Bool) -> Number? {
        if (count == 3 && matches(text, count, "inf")) || (count == 8 && matches(text, count, "infinity")) { return Number.infinity(negative: negative) }
        let signalling = matches(text, count, "snan")
        if signalling || matches(text, count, "nan") {
            var place = signalling ? 4 : 3
            while place < count && text[place] == 48 { place += 1 }
            let start = place
            while place < count && isDigit(text[place]) { place += 1 }
            if place == count {
                guard let payload = Coefficient.read(thread, text + start, count - start) else { return nil }
                return Number(negative: negative, kind: signalling ? .signalling : .quiet, exponent: 0, coefficient: payload, digits: count - start)
            }
        }
        isMalformed = true
        return nil
    }

    // MARK: Writing

    /// Calls the body with room for text. nil, with MemoryError raised, when there is not enough memory.
    private static func withText(_ thread: ThreadRef, _ capacity: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Value) -> Value {
        guard capacity < 1 << 20 || Heap.hasRoom(outside: capacity * 4) else { return thread.raiseOutOfMemory() }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { body($0.baseAddress.unsafelyUnwrapped) }
    }

    @inline(__always) private static func put(_ target: inout UnsafeMutablePointer<UInt8>, _ text: StaticString) {
        memcpy(target, text.utf8Start, text.utf8CodeUnitCount)
        target += text.utf8CodeUnitCount
    }

    @inline(__always) private static func put(_ target: inout UnsafeMutablePointer<UInt8>, _ byte: UInt8) {
        target.pointee = byte
        target += 1
    }

    private static func put(_ target: inout UnsafeMutablePointer<UInt8>, zeros count: Int) {
        if count <= 0 { return }
        memset(target, 48, count)
        target += count
    }

    private static func put(_ target: inout UnsafeMutablePointer<UInt8>, exponent: Int, _ letter: UInt8) {
        put(&target, letter)
        put(&target, exponent < 0 ? 45 : 43)
        var rest = exponent.magnitude
        var length = 1
        var bound: UInt = 10
        while length < 20 && rest >= bound {
            length += 1
            bound = length == 20 ? bound : bound * 10
        }
        var place = length
        while place > 0 {
            place -= 1
            target[place] = UInt8(48 + rest % 10)
            rest /= 10
        }
        target += length
    }

    /// str(), or with `engineering` exponents that are multiples of three. `wrapped` gives repr().
    static func write(_ thread: ThreadRef, _ number: Number, capitals: Bool, engineering: Bool = false, wrapped: Bool = false) -> Value {
        withText(thread, number.digits + 64) { start in
            var target = start
            if wrapped { put(&target, "Decimal('") }
            if number.negative { put(&target, 45) }
            switch number.kind {
            case .infinity: put(&target, "Infinity")
            case .quiet, .signalling:
                if number.kind == .signalling { put(&target, 115) }
                put(&target, "NaN")
                if number.digits > 0 {
                    number.coefficient.write(target, number.digits)
                    target += number.digits
                }
            case .finite:
                let left = number.exponent + number.digits
                var point = left
                if number.exponent > 0 || left <= -6 {
                    if !engineering {
                        point = 1
                    } else if number.isZero {
                        point = ((left + 1) % 3 + 3) % 3 - 1
                    } else {
                        point = ((left - 1) % 3 + 3) % 3 + 1
                    }
                }
                if point <= 0 {
                    put(&target, "0.")
                    put(&target, zeros: -point)
                    number.coefficient.write(target, number.digits)
                    target += number.digits
                } else {
                    number.coefficient.write(target, number.digits)
                    if point >= number.digits {
                        target += number.digits
                        put(&target, zeros: point - number.digits)
                    } else {
                        memmove(target + point + 1, target + point, number.digits - point)
                        target[point] = 46
                        target += number.digits + 1
                    }
                }
                if left != point { put(&target, exponent: left - point, capitals ? 69 : 101) }
            }
            if wrapped { put(&target, "')") }
            return thread.newString(utf8: start, target - start)
        }
    }

    // MARK: The format language

    /// What a specification asks for.
    private struct Layout {
        var fill: UInt8 = 32
        var align: UInt8 = 62
        var sign: UInt8 = 45
        var alternate = false
        var noNegativeZero = false
        var zeroPads = false
        var width = 0
        var commas = false
        var precision = -1
        var type: UInt8 = 0
    }

    /// nil for what is not plain: it is read in Python.
    private static func layout(_ spec: StringRef) -> Layout? {
        guard spec.isASCII else { return nil }
        var result = Layout()
        let text = spec.units1, count = spec.count
        var place = 0
        func isAlign(_ byte: UInt8) -> Bool { byte == 60 || byte == 62 || byte == 61 || byte == 94 }
        var alignGiven = false
        if count >= 2 && isAlign(text[1]) {
            if text[0] < 32 { return nil }
            result.fill = text[0]
            result.align = text[1]
            alignGiven = true
            place = 2
        } else if count >= 1 && isAlign(text[0]) {
            result.align = text[0]
            alignGiven = true
            place = 1
        }
        if place < count && (text[place] == 43 || text[place] == 45 || text[place] == 32) {
            result.sign = text[place]
            place += 1
        }
        if place < count && text[place] == 122 {
            result.noNegativeZero = true
            place += 1
        }
        if place < count && text[place] == 35 { return nil }
        if place < count && text[place] == 48 {
            // The zero and an alignment exclude each other.
            if alignGiven { return nil }
            result.zeroPads = true
            result.fill = 48
            result.align = 61
            place += 1
        }
        let widthStart = place
        while place < count && isDigit(text[place]) {
            result.width = result.width * 10 + Int(text[place] - 48)
            place += 1
        }
        if place - widthStart > 6 { return nil }
        if place < count && text[place] == 44 {
            result.commas = true
            place += 1
        }
        if place < count && text[place] == 46 {
            place += 1
            let start = place
            result.precision = 0
            while place < count && isDigit(text[place]) {
                result.precision = result.precision * 10 + Int(text[place] - 48)
                place += 1
            }
            if place == start || place - start > 6 { return nil }
        }
        if place < count {
            switch text[place] {
            case 101, 69, 102, 70, 103, 71, 37: result.type = text[place]
            default: return nil
            }
            place += 1
        }
        return place == count ? result : nil
    }

    static func format(_ thread: ThreadRef, _ number: Number, _ spec: StringRef, _ context: Value) -> Value? {
        guard var layout = layout(spec) else { return nil }
        let capitals = Contexts.object(context).pointee.capitals
        let rounding = Contexts.settings(context).rounding
        var number = number
        if layout.type == 0 { layout.type = capitals ? 71 : 103 }
        let type = layout.type | 32
        if !number.isFinite {
            // Never padded with zeros between sign and word.
            let text = write(thread, number.withSign(false), capitals: capitals)
            if text.isEmpty { return .empty }
            if layout.zeroPads {
                layout.fill = 32
                layout.align = 62
            }
            var body = StringRef(text).utf8
            if layout.type == 37 { body.append(37) }
            return assemble(thread, layout, number.negative, body)
        }
        if layout.precision == 0 && type == 103 { layout.precision = 1 }
        if layout.type == 37 { number.exponent += 2 }
        let isFixed = type == 102 || layout.type == 37
        if layout.precision >= 0 {
            let changed: Number?
            if type == 101 {
                changed = number.rounded(thread, toDigits: layout.precision + 1, rounding)
            } else if isFixed {
                changed = number.rescaled(thread, -layout.precision, rounding)?.0
            } else {
                changed = number.digits > layout.precision ? number.rounded(thread, toDigits: layout.precision, rounding) : number
            }
            guard let changed else { return .empty }
            number = changed
        }
        if number.isZero && number.exponent > 0 && isFixed { number.exponent = 0 }
        if number.isZero && layout.noNegativeZero { number.negative = false }
        let left = number.exponent + number.digits
        var point = left
        if type == 101 {
            point = number.isZero && layout.precision >= 0 ? 1 - layout.precision : 1
        } else if type == 103 && !(number.exponent <= 0 && left > -6) {
            point = 1
        }
        guard point.magnitude < 1 << 30, number.digits < 1 << 30 else { return thread.raiseOutOfMemory() }
        // Digits in front of the point, and behind it; zeros are added to those that there are.
        let whole = max(point, 1)
        let fraction = point < 0 ? number.digits - point : max(number.digits - point, 0)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { memory in
            var suffix = memory.baseAddress.unsafelyUnwrapped
            if left != point || type == 101 { put(&suffix, exponent: left - point, layout.type & 32 != 0 ? 101 : 69) }
            if layout.type == 37 { put(&suffix, 37) }
            let suffixLength = suffix - memory.baseAddress.unsafelyUnwrapped
            let rest = (fraction > 0 ? fraction + 1 : 0) + suffixLength
            let signLength = number.negative || layout.sign != 45 ? 1 : 0
            let least = layout.zeroPads ? layout.width - rest - signLength : 0
            let shown = grouped(whole, least: least, commas: layout.commas)
            let digits = number.digits
            return withText(thread, layout.width + shown + rest + digits + 8) { start in
                // The body, behind room for what may stand in front of it.
                let body = start + layout.width + 1
                var target = body + shown
                let text = target + rest
                number.coefficient.write(text, digits)
                if layout.commas || shown > whole {
                    var place = target
                    for taken in 0 ..< shown where place > body {
                        if layout.commas && taken > 0 && taken % 3 == 0 {
                            place -= 1
                            place.pointee = 44
                            if place == body { break }
                        }
                        place -= 1
                        let index = whole - 1 - taken
                        place.pointee = index >= 0 && index < digits && point > 0 ? text[index] : 48
                    }
                } else if point <= 0 {
                    body.pointee = 48
                } else {
                    memcpy(body, text, min(point, digits))
                    if point > digits { memset(body + digits, 48, point - digits) }
                }
                if fraction > 0 {
                    put(&target, 46)
                    if point < 0 { put(&target, zeros: -point) }
                    let first = max(point, 0)
                    memmove(target, text + first, digits - first)
                    target += digits - first
                }
                memcpy(target, memory.baseAddress.unsafelyUnwrapped, suffixLength)
                return laidOut(thread, layout, number.negative, body, shown + rest)
            }
        }
    }

    /// How many characters whole digits take with commas between threes, and with zeros in front of them until there are at least so many.
    private static func grouped(_ digits: Int, least: Int, commas: Bool) -> Int {
        if !commas { return max(digits, least) }
        let count = digits + (digits - 1) / 3
        if count >= least { return count }
        // Never a comma in front.
        return least % 4 == 0 ? least + 1 : least
    }

    /// Pads a body, in front of which there is room for the width.
    private static func laidOut(_ thread: ThreadRef, _ layout: Layout, _ negative: Bool, _ body: UnsafeMutablePointer<UInt8>, _ count: Int) -> Value {
        let sign = negative ? 45 : layout.sign == 45 ? 0 : layout.sign
        var start = body, end = body + count
        let missing = layout.width - count - (sign == 0 ? 0 : 1)
        func pad(_ count: Int) {
            start -= count
            memset(start, Int32(layout.fill), count)
        }
        if missing <= 0 {
            if sign != 0 {
                start -= 1
                start.pointee = sign
            }
            return thread.newString(utf8: start, end - start)
        }
        if layout.align == 61 { pad(missing) }
        if sign != 0 {
            start -= 1
            start.pointee = sign
        }
        switch layout.align {
        case 61: break
        case 62: pad(missing)
        default:
            // Moved to the left, to make room behind.
            let before = layout.align == 94 ? missing / 2 : 0
            let length = end - start
            memmove(start - (missing - before), start, length)
            start -= missing - before
            end -= missing - before
            memset(end, Int32(layout.fill), missing - before)
            end += missing - before
            pad(before)
        }
        return thread.newString(utf8: start, end - start)
    }

    private static func assemble(_ thread: ThreadRef, _ layout: Layout, _ negative: Bool, _ body: [UInt8]) -> Value {
        var sign: [UInt8] = []
        if negative { sign = [45] } else if layout.sign != 45 { sign = [layout.sign] }
        let missing = layout.width - sign.count - body.count
        if missing <= 0 { return thread.newString(utf8: sign + body) }
        let padding = [UInt8](repeating: layout.fill, count: missing)
        switch layout.align {
        case 60: return thread.newString(utf8: sign + body + padding)
        case 61: return thread.newString(utf8: sign + padding + body)
        case 94: return thread.newString(utf8: Array(padding[..<(missing / 2)]) + sign + body + Array(padding[(missing / 2)...]))
        default: return thread.newString(utf8: padding + sign + body)
        }
    }
}
