import Glibc
import Objects

/// `json.scanner.c_make_scanner`: reads JSON straight from the units of a string.
///
/// The recursive descent is generic over the unit. What the caller customised (hooks, number parsers) is looked at once for each document. Keys
/// seen lately are kept in a small table on the register stack, where the collector sees them, so that the objects of an array share theirs.

struct JSONScannerObject {
    var header: ObjectHeader
    var objectHook: Value
    var pairsHook: Value
    var parseFloat: Value
    var parseInt: Value
    var parseConstant: Value
    var strict: Bool
}

enum JSONScanner {
    /// What the parser carries along.
    struct Context {
        let thread: ThreadRef
        let document: Value
        let base: UnsafeRawPointer
        let count: Int
        let scanner: UnsafeMutablePointer<JSONScannerObject>
        let strict: Bool
        let plainObjects: Bool
        let plainFloats: Bool
        let plainInts: Bool
        /// `keyCount` strings, or zero words.
        let keys: Arguments
    }

    static let keyCount = 256

    // MARK: Strings

    /// The string whose text begins at `next`, which moves behind the closing quote. Empty when it has raised.
    static func string(_ thread: ThreadRef, _ document: Value, _ next: inout Int, _ strict: Bool) -> Value {
        let source = StringRef(document)
        switch source.width {
        case 1: return string(thread, document, source.units1, source.count, &next, strict)
        case 2: return string(thread, document, source.units2, source.count, &next, strict)
        default: return string(thread, document, source.units4, source.count, &next, strict)
        }
    }

    /// The place of the first quote, backslash or control character at or after `start`, or `count`.
    @inline(__always) static func scan<U: RegexUnit>(_ units: UnsafePointer<U>, _ start: Int, _ count: Int, _ strict: Bool) -> Int {
        var index = start
        if MemoryLayout<U>.size == 1 {
            let raw = UnsafeRawPointer(units)
            let ones: UInt64 = 0x0101_0101_0101_0101, tops: UInt64 = 0x8080_8080_8080_8080
            while index &+ 8 <= count {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                let quote = word ^ (0x22 &* ones), slash = word ^ (0x5C &* ones)
                // The lowest top bit that is set belongs to the first such byte; higher ones may be wrong.
                let found = ((quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- 0x20 &* ones) & ~word) & tops
                if found != 0 {
                    index &+= found.trailingZeroBitCount >> 3
                    if strict || units[index] >= 32 { return index }
                    index &+= 1
                } else {
                    index &+= 8
                }
            }
        }
        while index < count {
            let c = units[index]
            if c == 0x22 || c == 0x5C || (c < 32 && strict) { return index }
            index &+= 1
        }
        return count
    }

    static func string<U: RegexUnit>(_ thread: ThreadRef, _ document: Value, _ units: UnsafeMutablePointer<U>, _ count: Int, _ next: inout Int, _ strict: Bool) -> Value {
        let units = UnsafePointer(units)
        let start = next
        let stop = scan(units, start, count, strict)
        if stop < count && units[stop] == 0x22 {
            next = stop &+ 1
            return text(thread, document, units, start, stop)
        }
        return stringSlow(thread, document, units, count, &next, stop, strict)
    }

    @inline(__always) static func text<U: RegexUnit>(_ thread: ThreadRef, _ document: Value, _ units: UnsafePointer<U>, _ start: Int, _ stop: Int) -> Value {
        let length = stop &- start
        if MemoryLayout<U>.size == 1 && length > 1 && StringRef(document).isASCII {
            guard let result = StringRef.allocate(count: length, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
            memcpy(result.units, units + start, length)
            return result.value
        }
        return thread.substring(StringRef(document), start, stop)
    }

    /// A string with escapes, or without an end. `first` is where plain text stops.
    @inline(never) static func stringSlow<U: RegexUnit>(_ thread: ThreadRef, _ document: Value, _ units: UnsafePointer<U>, _ count: Int, _ next: inout Int, _ first: Int,
                                                        _ strict: Bool) -> Value {
        let begin = next - 1
        var buffer = UnitBuffer(width: MemoryLayout<U>.size)
        defer { buffer.free() }
        var end = next
        var stop = first
        while true {
            guard stop < count else { return JSONModule.raise(thread, "Unterminated string starting at", document, begin) }
            if units[stop] < 32 && units[stop] != 0x22 { return JSONModule.raise(thread, "Invalid control character at", document, stop) }
            if stop > end { buffer.append(units: UnsafeRawPointer(units + end), stop - end, width: MemoryLayout<U>.size) }
            var place = stop + 1
            if units[stop] == 0x22 {
                next = place
                return buffer.finish(thread)
            }
            guard place < count else { return JSONModule.raise(thread, "Unterminated string starting at", document, begin) }
            var character = UInt32(units[place])
            if character != 0x75 {
                end = place + 1
                switch character {
                case 0x22, 0x5C, 0x2F: break
                case 0x62: character = 8
                case 0x66: character = 12
                case 0x6E: character = 10
                case 0x72: character = 13
                case 0x74: character = 9
                default: return JSONModule.raise(thread, "Invalid \\escape", document, end - 2)
                }
            } else {
                place += 1
                end = place + 4
                if end >= count { return JSONModule.raise(thread, "Invalid \\uXXXX escape", document, place - 1) }
                guard let code = hex(units, place) else { return JSONModule.raise(thread, "Invalid \\uXXXX escape", document, end - 5) }
                character = code
                if code & 0xFC00 == 0xD800 && end + 6 < count && units[end] == 0x5C && units[end + 1] == 0x75 {
                    guard let second = hex(units, end + 2) else { return JSONModule.raise(thread, "Invalid \\uXXXX escape", document, end + 1) }
                    if second & 0xFC00 == 0xDC00 {
                        character = 0x10000 + ((code & 0x3FF) << 10 | second & 0x3FF)
                        end += 6
                    }
                }
            }
            buffer.append(character)
            stop = scan(units, end, count, strict)
        }
    }

    private static func hex<U: RegexUnit>(_ units: UnsafePointer<U>, _ start: Int) -> UInt32? {
        var result: UInt32 = 0
        for index in start ..< start + 4 {
            let c = UInt32(units[index])
            if c &- 48 < 10 { result = result << 4 | (c - 48) } else if (c | 32) &- 97 < 6 && c < 128 { result = result << 4 | ((c | 32) - 87) } else { return nil }
        }
        return result
    }

    // MARK: Values

    static func stopIteration(_ thread: ThreadRef, _ index: Int) -> Value { thread.raiseStopIteration(thread.newInt(index)) }

    @inline(__always) static func skip<U: RegexUnit>(_ units: UnsafePointer<U>, _ index: inout Int, _ count: Int) {
        while index < count {
            let c = units[index]
            if c > 32 || !(c == 32 || c == 10 || c == 13 || c == 9) { return }
            index &+= 1
        }
    }

    @inline(__always) static func follows<U: RegexUnit>(_ units: UnsafePointer<U>, _ index: Int, _ count: Int, _ text: StaticString) -> Bool {
        let length = text.utf8CodeUnitCount
        if count - index < length { return false }
        for k in 0 ..< length where units[index + k] != U(truncatingIfNeeded: text.utf8Start[k]) { return false }
        return true
    }

    /// The value at `index`, which moves behind it. Empty when it has raised: StopIteration(place) where no value begins.
    static func value<U: RegexUnit>(_ context: borrowing Context, _ units: UnsafePointer<U>, _ index: inout Int) -> Value {
        let thread = context.thread
        let count = context.count
        guard index < count else { return stopIteration(thread, index) }
        switch units[index] {
        case 0x22:
            index &+= 1
            return string(thread, context.document, UnsafeMutablePointer(mutating: units), count, &index, context.strict)
        case 0x7B:
            guard thread.enterRecursion(" while decoding a JSON object from a unicode string") else { return .empty }
            defer { thread.leaveRecursion() }
            index &+= 1
            return object(context, units, &index)
        case 0x5B:
            guard thread.enterRecursion(" while decoding a JSON array from a unicode string") else { return .empty }
            defer { thread.leaveRecursion() }
            index &+= 1
            return array(context, units, &index)
        case 0x6E:
            if follows(units, index, count, "null") { index &+= 4; return .none }
        case 0x74:
            if follows(units, index, count, "true") { index &+= 4; return .true }
        case 0x66:
            if follows(units, index, count, "false") { index &+= 5; return .false }
        case 0x4E:
            if follows(units, index, count, "NaN") { index &+= 3; return constant(context, "NaN") }
        case 0x49:
            if follows(units, index, count, "Infinity") { index &+= 8; return constant(context, "Infinity") }
        case 0x2D:
            if follows(units, index, count, "-Infinity") { index &+= 9; return constant(context, "-Infinity") }
        default: break
        }
        return number(context, units, &index)
    }

    @inline(never) private static func constant(_ context: borrowing Context, _ name: String) -> Value {
        let text = context.thread.newString(name)
        return text.isEmpty ? .empty : context.thread.call(context.scanner.pointee.parseConstant, text)
    }

    private static func object<U: RegexUnit>(_ context: borrowing Context, _ units: UnsafePointer<U>, _ index: inout Int) -> Value {
        let thread = context.thread
        let count = context.count
        let paired = !context.scanner.pointee.pairsHook.isNone
        var result = paired ? thread.newList() : thread.newDict()
        if result.isEmpty { return .empty }
        skip(units, &index, count)
        if index >= count || units[index] != 0x7D {
            while true {
                guard index < count, units[index] == 0x22 else {
                    return JSONModule.raise(thread, "Expecting property name enclosed in double quotes", context.document, index)
                }
                index &+= 1
                let name = key(context, units, &index)
                if name.isEmpty { return .empty }
                skip(units, &index, count)
                guard index < count, units[index] == 0x3A else { return JSONModule.raise(thread, "Expecting ':' delimiter", context.document, index) }
                index &+= 1
                skip(units, &index, count)
                let item = value(context, units, &index)
                if item.isEmpty { return .empty }
                if paired {
                    let pair = thread.newTuple(name, item)
                    if pair.isEmpty || !ListRef(result).append(thread, pair) { return .empty }
                } else if !DictRef(result).set(thread, name, item) {
                    return .empty
                }
                skip(units, &index, count)
                if index < count && units[index] == 0x7D { break }
                guard index < count, units[index] == 0x2C else { return JSONModule.raise(thread, "Expecting ',' delimiter", context.document, index) }
                index &+= 1
                skip(units, &index, count)
            }
        }
        index &+= 1
        if context.plainObjects { return result }
        if paired {
            result = thread.call(context.scanner.pointee.pairsHook, result)
        } else if !context.scanner.pointee.objectHook.isNone {
            result = thread.call(context.scanner.pointee.objectHook, result)
        }
        return result
    }

    /// A key, the same object for equal keys seen lately.
    @inline(__always) private static func key<U: RegexUnit>(_ context: borrowing Context, _ units: UnsafePointer<U>, _ index: inout Int) -> Value {
        let start = index
        let stop = scan(units, start, context.count, context.strict)
        let length = stop &- start
        guard stop < context.count, units[stop] == 0x22, length < 64 else {
            return string(context.thread, context.document, UnsafeMutablePointer(mutating: units), context.count, &index, context.strict)
        }
        index = stop &+ 1
        var hash = UInt(truncatingIfNeeded: length)
        for k in start ..< stop { hash = (hash &* 31) &+ UInt(truncatingIfNeeded: units[k]) }
        let slot = context.keys + Int((hash ^ hash >> 8 ^ hash >> 17) & UInt(keyCount - 1))
        let known = slot.pointee
        if !known.isEmpty {
            let string = StringRef(known)
            if string.count == length && string.width == MemoryLayout<U>.size && memcmp(string.units, units + start, length &* MemoryLayout<U>.size) == 0 { return known }
        }
        let result = text(context.thread, context.document, units, start, stop)
        slot.pointee = result
        return result
    }

    private static func array<U: RegexUnit>(_ context: borrowing Context, _ units: UnsafePointer<U>, _ index: inout Int) -> Value {
        let thread = context.thread
        let count = context.count
        let result = thread.newList()
        if result.isEmpty { return .empty }
        skip(units, &index, count)
        if index >= count || units[index] != 0x5D {
            while true {
                let item = value(context, units, &index)
                if item.isEmpty || !ListRef(result).append(thread, item) { return .empty }
                skip(units, &index, count)
                if index < count && units[index] == 0x5D { break }
                guard index < count, units[index] == 0x2C else { return JSONModule.raise(thread, "Expecting ',' delimiter", context.document, index) }
                index &+= 1
                skip(units, &index, count)
            }
        }
        index &+= 1
        return result
    }

    // MARK: Numbers

    private static func number<U: RegexUnit>(_ context: borrowing Context, _ units: UnsafePointer<U>, _ index: inout Int) -> Value {
        let thread = context.thread
        let count = context.count
        let start = index
        var place = start
        let negative = units[place] == 0x2D
        if negative {
            place &+= 1
            if place >= count { return stopIteration(thread, start) }
        }
        // The digits as a number, as long as they fit.
        var digits: UInt64 = 0
        var digitCount = 0
        let first = units[place]
        if first &- 0x31 < 9 {
            while place < count, units[place] &- 0x30 < 10 {
                digits = digits &* 10 &+ UInt64(truncatingIfNeeded: units[place] &- 0x30)
                digitCount &+= 1
                place &+= 1
            }
        } else if first == 0x30 {
            place &+= 1
        } else {
            return stopIteration(thread, start)
        }
        var isFloat = false
        var fraction = 0
        if place &+ 1 < count && units[place] == 0x2E && units[place &+ 1] &- 0x30 < 10 {
            isFloat = true
            place &+= 1
            let begin = place
            while place < count, units[place] &- 0x30 < 10 {
                digits = digits &* 10 &+ UInt64(truncatingIfNeeded: units[place] &- 0x30)
                if digits != 0 { digitCount &+= 1 }
                place &+= 1
            }
            fraction = place &- begin
        }
        var exponent = 0
        if place &+ 1 < count && (units[place] == 0x65 || units[place] == 0x45) {
            var end = place &+ 1
            var minus = false
            if end &+ 1 < count && (units[end] == 0x2D || units[end] == 0x2B) {
                minus = units[end] == 0x2D
                end &+= 1
            }
            let begin = end
            while end < count, units[end] &- 0x30 < 10 {
                if exponent < 100_000 { exponent = exponent &* 10 &+ Int(truncatingIfNeeded: units[end] &- 0x30) }
                end &+= 1
            }
            if end > begin {
                isFloat = true
                place = end
                if minus { exponent = -exponent }
            } else {
                exponent = 0
            }
        }
        index = place
        if isFloat {
            guard context.plainFloats else { return parsed(context, context.scanner.pointee.parseFloat, start, place) }
            if digitCount <= 19, let result = double(digits, exponent &- fraction) { return thread.newFloat(negative ? -result : result) }
            return slowFloat(context, units, start, place)
        }
        guard context.plainInts else { return parsed(context, context.scanner.pointee.parseInt, start, place) }
        if digitCount <= 18 { return Value(small: negative ? -Int(digits) : Int(digits)) }
        return parsed(context, TypeID.int.value, start, place)
    }

    @inline(never) private static func parsed(_ context: borrowing Context, _ function: Value, _ start: Int, _ end: Int) -> Value {
        let text = context.thread.substring(StringRef(context.document), start, end)
        return text.isEmpty ? .empty : context.thread.call(function, text)
    }

    private static let powers: [Double] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22]
    nonisolated(unsafe) private static let powerTable: UnsafeMutablePointer<Double> = {
        let table = UnsafeMutablePointer<Double>.allocate(capacity: powers.count)
        for (index, power) in powers.enumerated() { table[index] = power }
        return table
    }()
    nonisolated(unsafe) private static let integerPowers: UnsafeMutablePointer<UInt64> = {
        let table = UnsafeMutablePointer<UInt64>.allocate(capacity: 20)
        table[0] = 1
        for index in 1 ..< 20 { table[index] = table[index - 1] &* 10 }
        return table
    }()

    /// digits * 10^exponent, correctly rounded, where that takes little; otherwise nil.
    @inline(__always) static func double(_ digits: UInt64, _ exponent: Int) -> Double? {
        if digits == 0 { return 0 }
        if digits < 1 << 53 {
            if exponent == 0 { return Double(digits) }
            if exponent > 0 && exponent <= 22 { return Double(digits) * powerTable[exponent] }
            if exponent < 0 && exponent >= -22 { return Double(digits) / powerTable[-exponent] }
        }
        if exponent > 0 || exponent < -19 { return nil }
        if exponent == 0 { return Double(digits) }
        // A 128-bit division gives 63 bits of the quotient or more, and the remainder says whether there is anything beyond them.
        let divisor = integerPowers[-exponent]
        let shiftDivisor = divisor.leadingZeroBitCount, shift = digits.leadingZeroBitCount
        let normalDivisor = divisor << UInt64(shiftDivisor)
        var high = digits << UInt64(shift), low: UInt64 = 0
        var scale = shiftDivisor - shift - 64
        if high >= normalDivisor {
            low = high << 63
            high >>= 1
            scale += 1
        }
        let (quotient, remainder) = normalDivisor.dividingFullWidth((high, low))
        // quotient * 2^scale: round to 53 bits.
        let zeros = quotient.leadingZeroBitCount
        let drop = UInt64(11 - zeros)
        var mantissa = quotient >> drop
        let rest = quotient & (1 << drop - 1), half = 1 << (drop - 1) as UInt64
        if rest > half || (rest == half && (remainder != 0 || mantissa & 1 != 0)) { mantissa += 1 }
        return Double(sign: .plus, exponent: scale + Int(drop), significand: Double(mantissa))
    }

    @inline(never) private static func slowFloat<U: RegexUnit>(_ context: borrowing Context, _ units: UnsafePointer<U>, _ start: Int, _ end: Int) -> Value {
        let text = String(decoding: (start ..< end).map { UInt8(truncatingIfNeeded: units[$0]) }, as: UTF8.self)
        return context.thread.newFloat(Double(text) ?? .nan)
    }

    // MARK: The type

    static func call(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let scanner = a[0].object(JSONScannerObject.self)
        guard let start = thread.toInt(a[2]) else { return .empty }
        let document = a[1]
        guard document.isString else { return thread.raise(.typeError, "first argument must be a string, not \(document.type.name)") }
        if start < 0 { return thread.raise(.valueError, "idx cannot be negative") }
        let string = StringRef(document)
        guard let keys = thread.pushArguments(keyCount) else { return .empty }
        defer { thread.popArguments(keys) }
        keys.update(repeating: .empty, count: keyCount)
        let context = Context(thread: thread, document: document, base: UnsafeRawPointer(string.units), count: string.count, scanner: scanner, strict: scanner.pointee.strict,
                              plainObjects: scanner.pointee.objectHook.isNone && scanner.pointee.pairsHook.isNone,
                              plainFloats: scanner.pointee.parseFloat == TypeID.float.value, plainInts: scanner.pointee.parseInt == TypeID.int.value, keys: keys)
        var index = start
        let result: Value
        switch string.width {
        case 1: result = value(context, UnsafePointer(string.units1), &index)
        case 2: result = value(context, UnsafePointer(string.units2), &index)
        default: result = value(context, UnsafePointer(string.units4), &index)
        }
        if result.isEmpty { return .empty }
        return thread.newTuple(result, thread.newInt(index))
    }

    nonisolated(unsafe) static let make = Constructor("make_scanner(self, context)") { thread, a, _ in
        let context = a[1]
        func attribute(_ name: String) -> Value { thread.getAttribute(context, StringRef.intern(name).value) }
        let strict = attribute("strict")
        if strict.isEmpty { return .empty }
        let truth = thread.isTrue(strict)
        if truth < 0 { return .empty }
        let result = thread.allocateInstance(TypeRef(a[0]))
        if result.isEmpty { return .empty }
        let scanner = result.object(JSONScannerObject.self)
        scanner.pointee.strict = truth == 1
        scanner.pointee.objectHook = attribute("object_hook")
        if scanner.pointee.objectHook.isEmpty { return .empty }
        scanner.pointee.pairsHook = attribute("object_pairs_hook")
        if scanner.pointee.pairsHook.isEmpty { return .empty }
        scanner.pointee.parseFloat = attribute("parse_float")
        if scanner.pointee.parseFloat.isEmpty { return .empty }
        scanner.pointee.parseInt = attribute("parse_int")
        if scanner.pointee.parseInt.isEmpty { return .empty }
        scanner.pointee.parseConstant = attribute("parse_constant")
        if scanner.pointee.parseConstant.isEmpty { return .empty }
        Heap.barrier(result.raw)
        return result
    }

    nonisolated(unsafe) static let scanOnce = Constructor("scan_once(self, string, idx)") { thread, a, _ in JSONScanner.call(thread, a) }

    static func makeType() -> NativeType {
        NativeType("Scanner", module: "_json", size: MemoryLayout<JSONScannerObject>.size, mask: 0b111110, flags: [.base], doc: "JSON scanner object", getters: [
            Getter("strict", "strict", isMember: true) { _, a, _ in Value(a[0].object(JSONScannerObject.self).pointee.strict) },
            Getter("object_hook", "object_hook", isMember: true) { _, a, _ in a[0].object(JSONScannerObject.self).pointee.objectHook },
            Getter("object_pairs_hook", isMember: true) { _, a, _ in a[0].object(JSONScannerObject.self).pointee.pairsHook },
            Getter("parse_float", "parse_float", isMember: true) { _, a, _ in a[0].object(JSONScannerObject.self).pointee.parseFloat },
            Getter("parse_int", "parse_int", isMember: true) { _, a, _ in a[0].object(JSONScannerObject.self).pointee.parseInt },
            Getter("parse_constant", "parse_constant", isMember: true) { _, a, _ in a[0].object(JSONScannerObject.self).pointee.parseConstant },
        ]) { slots in
            slots.call(.new) { thread, type, arguments, count, keywords in JSONScanner.make.call(thread, type, arguments, count, keywords) }
            slots.call(.call) { thread, scanner, arguments, count, keywords in JSONScanner.scanOnce.call(thread, scanner, arguments, count, keywords) }
        }
    }
}
