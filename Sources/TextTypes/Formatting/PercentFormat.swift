import Glibc
import NumberTypes
import Objects

/// `%` formatting of `str`, `bytes` and `bytearray`. One interpreter of the format serves all three: for bytes the result is built as Latin-1.
struct PercentFormat: ~Copyable {
    private let thread: ThreadRef
    private let units: Units
    private let binary: Bool
    private let arguments: Value
    private let isTuple: Bool
    private let mapping: Value
    private var next = 0
    /// A value looked up by key, which stands for the only argument.
    private var keyed = Value.empty
    private var usedKeys = false
    /// There is nothing but text in the format, which therefore is the result.
    private var isLiteral = false
    private var builder = StringBuilder()

    static func format(_ thread: ThreadRef, _ format: Value, _ arguments: Value) -> Value {
        if arguments.isExact(.str), StringRef(format).equals("%s") { return arguments }
        var formatter = PercentFormat(thread, Units(StringRef(format)), arguments, binary: false)
        guard formatter.run() else { return .empty }
        return formatter.isLiteral ? format : formatter.builder.finish(thread)
    }

    static func format(_ thread: ThreadRef, bytes format: Value, _ arguments: Value) -> Value {
        // A bytearray may be changed by code that formatting runs: its bytes are copied.
        let isArray = !format.isBytes
        let source = isArray ? thread.newBytes(ByteArrayRef(format).bytes, ByteArrayRef(format).count) : format
        if source.isEmpty { return .empty }
        var formatter = PercentFormat(thread, Units(BytesRef(source).bytes, BytesRef(source).count), arguments, binary: true)
        guard formatter.run() else { return .empty }
        let text = formatter.builder.units
        return isArray ? thread.newByteArray(text.base, text.count) : thread.newBytes(text.base, text.count)
    }

    private init(_ thread: ThreadRef, _ units: Units, _ arguments: Value, binary: Bool) {
        self.thread = thread
        self.units = units
        self.binary = binary
        self.arguments = arguments
        isTuple = arguments.isTuple
        let type = arguments.type
        let isText = arguments.isString || binary && (arguments.isBytes || arguments.isInstance(of: .bytearray))
        mapping = !isTuple && !isText && type.slotPointer(.getItem).pointee != nil ? arguments : .empty
    }

    private func fail(_ id: TypeID, _ message: String) -> Bool {
        thread.raise(id, message)
        return false
    }

    /// The next argument, or empty with TypeError raised.
    private mutating func nextArgument() -> Value {
        if !keyed.isEmpty {
            let value = keyed
            keyed = .empty
            return value
        }
        if isTuple {
            if next < TupleRef(arguments).count {
                next += 1
                return TupleRef(arguments)[next - 1]
            }
        } else if next == 0 && !usedKeys {
            next = 1
            return arguments
        }
        return thread.raise(.typeError, "not enough arguments for format string")
    }

    private struct Conversion {
        var left = false, sign = false, blank = false, alternate = false, zero = false
        var width = -1
        var precision = -1
        var kind: UInt32 = 0
    }

    private mutating func run() -> Bool {
        var index = 0
        let end = units.count
        while index < end {
            if units[index] != 37 {
                let stop = units.find(37, index, end)
                let limit = stop < 0 ? end : stop
                isLiteral = index == 0 && limit == end
                if units.width == 1 {
                    builder.append(latin1: units.units1 + index, limit - index)
                } else {
                    builder.append(units: units.base + index * units.width, units.width, limit - index)
                }
                index = limit
                continue
            }
            index += 1
            guard index < end else { return fail(.valueError, "incomplete format") }
            if units[index] == 37 {
                builder.append(37)
                index += 1
                continue
            }
            // The two that are most frequent by far.
            if units[index] == 115 && !binary {
                index += 1
                let value = nextArgument()
                if value.isEmpty { return false }
                let text = thread.str(value)
                if text.isEmpty { return false }
                builder.append(StringRef(text))
                continue
            }
            var conversion = Conversion()
            guard parse(&index, end, &conversion), convert(conversion, index - 1) else { return false }
        }
        if isTuple ? next < TupleRef(arguments).count : mapping.isEmpty && next == 0 {
            return fail(.typeError, binary ? "not all arguments converted during bytes formatting" : "not all arguments converted during string formatting")
        }
        return true
    }

    private mutating func parse(_ index: inout Int, _ end: Int, _ conversion: inout Conversion) -> Bool {
        if units[index] == 40 {
            guard !mapping.isEmpty else { return fail(.typeError, "format requires a mapping") }
            index += 1
            let start = index
            var depth = 1
            while index < end {
                let character = units[index]
                if character == 41 { depth -= 1 } else if character == 40 { depth += 1 }
                index += 1
                if depth == 0 { break }
            }
            guard depth == 0 else { return fail(.valueError, "incomplete format key") }
            let slice = Units(units.base + start * units.width, index - 1 - start, units.width)
            let key = binary ? thread.newBytes(slice.base, slice.count) : slice.string(thread)
            if key.isEmpty { return false }
            keyed = thread.getItem(mapping, key)
            if keyed.isEmpty { return false }
            usedKeys = true
            next = 1
        }
        flags: while index < end {
            switch units[index] {
            case 45: conversion.left = true
            case 43: conversion.sign = true
            case 32: conversion.blank = true
            case 35: conversion.alternate = true
            case 48: conversion.zero = true
            default: break flags
            }
            index += 1
        }
        func number(_ value: inout Int, _ what: StaticString, _ limit: Int) -> Bool {
            while index < end && units[index] &- 48 < 10 {
                let digit = Int(units[index] - 48)
                if value > (limit - digit) / 10 {
                    thread.raise(.valueError, "\(what) too big")
                    return false
                }
                value = value * 10 + digit
                index += 1
            }
            return true
        }
        if index < end && units[index] == 42 {
            index += 1
            let value = nextArgument()
            if value.isEmpty { return false }
            guard value.isInt else { return fail(.typeError, "* wants int") }
            guard let width = thread.toInt(value) else { return false }
            conversion.width = width
            if width < 0 {
                conversion.left = true
                conversion.width = width == Int.min ? Int.max : -width
            }
        } else if index < end && units[index] &- 48 < 10 {
            var value = 0
            guard number(&value, "width", Int.max) else { return false }
            conversion.width = value
        }
        if index < end && units[index] == 46 {
            index += 1
            conversion.precision = 0
            if index < end && units[index] == 42 {
                index += 1
                let value = nextArgument()
                if value.isEmpty { return false }
                guard value.isInt else { return fail(.typeError, "* wants int") }
                guard let precision = thread.toInt(value) else { return false }
                guard precision <= Int(Int32.max) else { return fail(.overflowError, "Python int too large to convert to C int") }
                conversion.precision = max(precision, 0)
            } else {
                var value = 0
                guard number(&value, "precision", Int(Int32.max)) else { return false }
                conversion.precision = value
            }
        }
        if index < end && (units[index] == 104 || units[index] == 108 || units[index] == 76) { index += 1 }
        guard index < end else { return fail(.valueError, "incomplete format") }
        conversion.kind = units[index]
        index += 1
        return true
    }

    private mutating func convert(_ conversion: Conversion, _ place: Int) -> Bool {
        let value = nextArgument()
        if value.isEmpty { return false }
        switch conversion.kind {
        case 115 where !binary, 114, 97:
            var text = conversion.kind == 115 ? thread.str(value) : conversion.kind == 114 && !binary ? thread.repr(value) : thread.ascii(value)
            if text.isEmpty { return false }
            if conversion.precision >= 0 && conversion.precision < StringRef(text).count {
                text = thread.substring(StringRef(text), 0, conversion.precision)
                if text.isEmpty { return false }
            }
            pad(StringRef(text), conversion)
            return true
        case 115, 98 where binary: return convertBytes(value, conversion)
        case 99: return convertCharacter(value, conversion)
        case 100, 105, 117, 111, 120, 88: return convertInteger(value, conversion)
        case 101, 69, 102, 70, 103, 71: return convertFloat(value, conversion)
        default:
            let kind = conversion.kind
            let shown = binary || kind > 30 && kind < 127 ? String(Character(Unicode.Scalar(kind) ?? "?")) : "?"
            return fail(.valueError, "unsupported format character '\(shown)' (0x\(String(kind, radix: 16))) at index \(place)")
        }
    }

    /// Appends text within the field.
    private mutating func pad(_ text: StringRef, _ conversion: Conversion) {
        let padding = max(conversion.width - text.count, 0)
        if !conversion.left { builder.append(32, times: padding) }
        builder.append(text)
        if conversion.left { builder.append(32, times: padding) }
    }

    private mutating func convertBytes(_ value: Value, _ conversion: Conversion) -> Bool {
        var source = value
        if !value.isBytes && !value.isInstance(of: .bytearray) {
            if let made = thread.callSpecial(value, .__bytes__) {
                if made.isEmpty { return false }
                guard made.isBytes else { return fail(.typeError, "__bytes__ returned non-bytes (type \(made.type.name))") }
                source = made
            } else if !value.isBuffer {
                return fail(.typeError, "%b requires a bytes-like object, or an object that implements __bytes__, not '\(value.type.name)'")
            }
        }
        var view = BufferView()
        guard thread.acquireBuffer(source, &view) else { return false }
        let count = conversion.precision >= 0 ? min(conversion.precision, view.length) : view.length
        let padding = max(conversion.width - count, 0)
        if !conversion.left { builder.append(32, times: padding) }
        builder.append(latin1: view.bytes, count)
        if conversion.left { builder.append(32, times: padding) }
        thread.releaseBuffer(&view)
        return true
    }

    private mutating func convertCharacter(_ value: Value, _ conversion: Conversion) -> Bool {
        var character: UInt32 = 0
        if binary {
            if value.isBytes && BytesRef(value).count == 1 { character = UInt32(BytesRef(value).bytes[0]) }
            else if value.isInstance(of: .bytearray) && ByteArrayRef(value).count == 1 { character = UInt32(ByteArrayRef(value).bytes[0]) }
            else if value.isInt || value.type.slotPointer(.index).pointee != nil {
                let index = thread.toIndex(value)
                if index.isEmpty { return thread.clearException(.typeError) ? fail(.typeError, "%c requires an integer in range(256) or a single byte") : false }
                guard let number = IntOps.toInt(index), number >= 0, number < 256 else { return fail(.overflowError, "%c arg not in range(256)") }
                character = UInt32(number)
            } else { return fail(.typeError, "%c requires an integer in range(256) or a single byte") }
        } else if value.isString {
            guard StringRef(value).count == 1 else { return fail(.typeError, "%c requires int or char") }
            character = StringRef(value)[0]
        } else {
            let index = thread.toIndex(value)
            if index.isEmpty { return thread.clearException(.typeError) ? fail(.typeError, "%c requires int or char") : false }
            guard let number = IntOps.toInt(index), number >= 0, number <= 0x10FFFF else { return fail(.overflowError, "%c arg not in range(0x110000)") }
            character = UInt32(number)
        }
        let padding = max(conversion.width - 1, 0)
        if !conversion.left { builder.append(32, times: padding) }
        builder.append(character)
        if conversion.left { builder.append(32, times: padding) }
        return true
    }

    private mutating func convertInteger(_ value: Value, _ conversion: Conversion) -> Bool {
        let kind = conversion.kind
        if value.isSmallInt, conversion.precision < 0, kind == 100 || kind == 105 || kind == 117 {
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
                let end = buffer.baseAddress.unsafelyUnwrapped + 24
                let first = IntOps.write(value.smallInt.magnitude, before: end)
                place(first, end - first, negative: value.smallInt < 0, conversion)
            }
            return true
        }
        var number = value
        if !value.isInt {
            let shown = Character(Unicode.Scalar(kind) ?? "?")
            let type = value.type
            let decimal = kind == 100 || kind == 105 || kind == 117
            func wrongType() -> Bool {
                fail(.typeError, "%\(shown) format: \(decimal ? "a real number" : "an integer") is required, not \(type.name)")
            }
            let hasIndex = type.slotPointer(.index).pointee != nil
            let hasInt = type.slotPointer(.int).pointee != nil
            guard hasIndex || decimal && (hasInt || !type.lookup(.__trunc__).isEmpty && !value.isString) else { return wrongType() }
            number = hasInt && decimal ? thread.call(TypeID.int.value, value) : thread.toIndex(value)
            if number.isEmpty { return thread.clearException(.typeError) ? wrongType() : false }
        }
        number = IntOps.exact(thread, number)
        if number.isEmpty { return false }
        let radix = kind == 111 ? 8 : kind == 120 || kind == 88 ? 16 : 10
        let negative = IntOps.isNegative(number)
        guard let digits = IntegerDigits.digits(thread, number, radix: radix, upper: kind == 88) else { return false }
        let zeros = max(conversion.precision - digits.count, 0)
        let prefix = conversion.alternate && radix != 10 ? 2 : 0
        let sign: UInt32 = negative ? 45 : conversion.sign ? 43 : conversion.blank ? 32 : 0
        let length = digits.count + zeros + prefix + (sign != 0 ? 1 : 0)
        let padding = max(conversion.width - length, 0)
        let zeroPadded = conversion.zero && !conversion.left
        if !conversion.left && !zeroPadded { builder.append(32, times: padding) }
        if sign != 0 { builder.append(sign) }
        if prefix > 0 {
            builder.append(48)
            builder.append(kind)
        }
        if zeroPadded { builder.append(48, times: padding) }
        builder.append(48, times: zeros)
        digits.withUnsafeBufferPointer { builder.append(latin1: $0.baseAddress.unsafelyUnwrapped, $0.count) }
        if conversion.left { builder.append(32, times: padding) }
        return true
    }

    private mutating func convertFloat(_ value: Value, _ conversion: Conversion) -> Bool {
        guard let number = thread.toDouble(value) else {
            if binary && thread.clearException(.typeError) { return fail(.typeError, "float argument required, not \(value.type.name)") }
            return false
        }
        let upper = conversion.kind < 97
        let kind = conversion.kind | 32
        let precision = conversion.precision < 0 ? 6 : conversion.precision
        let isWritten = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: FloatText.fixedCapacity) { buffer in
            let text = buffer.baseAddress.unsafelyUnwrapped
            guard let written = FloatText.writePlain(number, UInt8(conversion.kind), precision, alternate: conversion.alternate, text) else { return false }
            let negative = text[0] == 45
            place(negative ? text + 1 : text, negative ? written - 1 : written, negative: negative, conversion)
            return true
        }
        if isWritten { return true }
        var text: [UInt8]
        if !number.isFinite {
            text = Array((number.isNaN ? "nan" : "inf").utf8)
            if number < 0 { text.insert(45, at: 0) }
        } else {
            guard precision < 1 << 30 else { return fail(.valueError, "precision too big") }
            let capacity = precision + 400
            text = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                count = Int(taipan_format_double(UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), capacity, CChar(kind),
                                                 Int32(kind == 103 && precision == 0 ? 1 : precision), conversion.alternate, number))
            }
        }
        if upper { for index in text.indices where text[index] &- 97 < 26 { text[index] &= ~32 } }
        let negative = text[0] == 45
        if negative { text.removeFirst() }
        text.withUnsafeBufferPointer { place($0.baseAddress.unsafelyUnwrapped, $0.count, negative: negative, conversion) }
        return true
    }

    /// Appends a number, whose text has no sign, within the field.
    private mutating func place(_ text: UnsafePointer<UInt8>, _ count: Int, negative: Bool, _ conversion: Conversion) {
        let sign: UInt32 = negative ? 45 : conversion.sign ? 43 : conversion.blank ? 32 : 0
        let padding = max(conversion.width - count - (sign != 0 ? 1 : 0), 0)
        let zeroPadded = conversion.zero && !conversion.left
        if !conversion.left && !zeroPadded { builder.append(32, times: padding) }
        if sign != 0 { builder.append(sign) }
        if zeroPadded { builder.append(48, times: padding) }
        builder.append(latin1: text, count)
        if conversion.left { builder.append(32, times: padding) }
    }
}

/// The digits of an int, without a sign.
enum IntegerDigits {
    static func digits(_ thread: ThreadRef, _ value: Value, radix: Int, upper: Bool = false) -> [UInt8]? {
        if value.isSmallInt {
            guard var result = Integers.digits(thread, value, radix: radix) else { return nil }
            if upper { for index in result.indices where result[index] >= 97 { result[index] -= 32 } }
            return result
        }
        if radix == 10 {
            let text = thread.repr(value)
            if text.isEmpty { return nil }
            let string = StringRef(text)
            let skip = string.count > 0 && string[0] == 45 ? 1 : 0
            return Array(UnsafeBufferPointer(start: string.units1 + skip, count: string.count - skip))
        }
        // Powers of two: straight from the bits.
        let shift = radix == 16 ? 4 : 3
        let count = abs(IntOps.size(value))
        let limbs = IntOps.limbs(value)
        let bits = count * 64 - (count > 0 ? limbs[count - 1].leadingZeroBitCount : 0)
        let length = max(1, (bits + shift - 1) / shift)
        var result = [UInt8](repeating: 48, count: length)
        for place in 0 ..< length {
            let bit = place * shift
            let limb = bit >> 6, offset = UInt(bit & 63)
            var digit = limb < count ? limbs[limb] >> offset : 0
            if offset + UInt(shift) > 64 && limb + 1 < count { digit |= limbs[limb + 1] << (64 - offset) }
            let low = UInt8(truncatingIfNeeded: digit & (UInt(radix) - 1))
            result[length - 1 - place] = low < 10 ? 48 + low : (upper ? 55 : 87) + low
        }
        return result
    }
}
