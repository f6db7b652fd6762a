import Glibc
import Objects

enum ByteOrder: Int {
    case little = -1, native = 0, big = 1
}

/// UTF-16 and UTF-32, with a byte-order mark (`native`) or in a fixed order. What is well formed is measured in one pass and written straight into the result in a second; anything else goes through a `Decoding` or an
/// `Encoding` character by character.
enum WideCodecs {
    @inline(__always) private static func word(_ bytes: UnsafePointer<UInt8>, _ big: Bool) -> UInt32 {
        big ? UInt32(bytes[0]) << 8 | UInt32(bytes[1]) : UInt32(bytes[1]) << 8 | UInt32(bytes[0])
    }

    @inline(__always) private static func long(_ bytes: UnsafePointer<UInt8>, _ big: Bool) -> UInt32 {
        let a = UInt32(bytes[0]), b = UInt32(bytes[1]), c = UInt32(bytes[2]), d = UInt32(bytes[3])
        return big ? a << 24 | b << 16 | c << 8 | d : d << 24 | c << 16 | b << 8 | a
    }

    /// `order` becomes what a byte-order mark said.
    static func decode16(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, _ order: inout ByteOrder, final: Bool, _ consumed: inout Int) -> Value {
        var start = 0
        if order == .native && count >= 2 {
            let mark = word(bytes, false)
            if mark == 0xFEFF { order = .little; start = 2 } else if mark == 0xFFFE { order = .big; start = 2 }
        }
        let big = order == .big
        if let text = well16(thread, bytes + start, count - start, big, final: final, &consumed) {
            consumed += start
            return text
        }
        var decoding = Decoding(thread, bytes, count, big ? "utf-16-be" : "utf-16-le", errors)
        decoding.position = start
        decoding.builder.reserve((count - start) / 2)
        while decoding.position < decoding.count {
            let position = decoding.position
            let left = decoding.count - position
            if left < 2 {
                if !final { break }
                guard decoding.fail(position, decoding.count, "truncated data") else { return .empty }
                continue
            }
            let unit = word(decoding.bytes + position, big)
            if unit & 0xF800 != 0xD800 {
                decoding.builder.append(unit)
                decoding.position = position + 2
            } else if unit >= 0xDC00 {
                guard decoding.fail(position, position + 2, "illegal encoding") else { return .empty }
            } else if left < 4 {
                if !final { break }
                guard decoding.fail(position, decoding.count, "unexpected end of data") else { return .empty }
            } else {
                let second = word(decoding.bytes + position + 2, big)
                if second & 0xFC00 == 0xDC00 {
                    decoding.builder.append(0x10000 + ((unit & 0x3FF) << 10 | second & 0x3FF))
                    decoding.position = position + 4
                } else {
                    guard decoding.fail(position, position + 2, "illegal UTF-16 surrogate") else { return .empty }
                }
            }
        }
        consumed = decoding.position
        return decoding.builder.finish(thread)
    }

    static func decode32(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, _ order: inout ByteOrder, final: Bool, _ consumed: inout Int) -> Value {
        var start = 0
        if order == .native && count >= 4 {
            let mark = long(bytes, false)
            if mark == 0xFEFF { order = .little; start = 4 } else if mark == 0xFFFE_0000 { order = .big; start = 4 }
        }
        let big = order == .big
        if let text = well32(thread, bytes + start, count - start, big, final: final) {
            consumed = start + (count - start) & ~3
            return text
        }
        var decoding = Decoding(thread, bytes, count, big ? "utf-32-be" : "utf-32-le", errors)
        decoding.position = start
        while decoding.position < decoding.count {
            let position = decoding.position
            if decoding.count - position < 4 {
                if !final { break }
                guard decoding.fail(position, decoding.count, "truncated data") else { return .empty }
                continue
            }
            let character = long(decoding.bytes + position, big)
            if character & 0xFFFF_F800 == 0xD800 {
                guard decoding.fail(position, position + 4, "code point in surrogate code point range(0xd800, 0xe000)") else { return .empty }
            } else if character > 0x10FFFF {
                guard decoding.fail(position, position + 4, "code point not in range(0x110000)") else { return .empty }
            } else {
                decoding.builder.append(character)
                decoding.position = position + 4
            }
        }
        consumed = decoding.position
        return decoding.builder.finish(thread)
    }

    /// The text of UTF-16 without an error, as far as it is complete; nil for any other.
    private static func well16(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ big: Bool, final: Bool, _ consumed: inout Int) -> Value? {
        let raw = UnsafeRawPointer(bytes)
        var length = count >> 1
        if final && count & 1 != 0 { return nil }
        if !final, length > 0, word(bytes + (length - 1) * 2, big) & 0xFC00 == 0xD800 { length -= 1 }
        var bits: UInt16 = 0
        var surrogates = 0
        for index in 0 ..< length {
            let unit = raw.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)
            let own = big ? unit.byteSwapped : unit
            bits |= own
            surrogates &+= own & 0xF800 == 0xD800 ? 1 : 0
        }
        consumed = length * 2
        if surrogates == 0 {
            if length < 2 { return length == 0 ? WellKnown.emptyString.value : thread.newString(character: UInt32(bits)) }
            guard let result = StringRef.allocate(count: length, width: bits < 0x100 ? 1 : 2, ascii: bits < 0x80) else { return thread.raiseOutOfMemory() }
            if bits < 0x100 { put(raw, length, big, result.units1) } else { put(raw, length, big, result.units2) }
            return result.value
        }
        guard let result = StringRef.allocate(count: length - surrogates >> 1, width: 4, ascii: false) else { return thread.raiseOutOfMemory() }
        let target = result.units4
        let characters = result.count
        var place = 0
        var index = 0
        while index < length {
            // More characters than there would be if each surrogate had another.
            if place == characters { return nil }
            let unit = word(bytes + index &* 2, big)
            index &+= 1
            if unit & 0xF800 != 0xD800 {
                target[place] = unit
            } else {
                guard unit < 0xDC00, index < length, case let second = word(bytes + index &* 2, big), second & 0xFC00 == 0xDC00 else { return nil }
                target[place] = 0x10000 + ((unit & 0x3FF) << 10 | second & 0x3FF)
                index &+= 1
            }
            place &+= 1
        }
        return result.value
    }

    @inline(__always) private static func put<U: FixedWidthInteger & UnsignedInteger>(_ source: UnsafeRawPointer, _ count: Int, _ big: Bool, _ target: UnsafeMutablePointer<U>) {
        if big {
            for index in 0 ..< count { target[index] = U(truncatingIfNeeded: source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self).byteSwapped) }
        } else {
            for index in 0 ..< count { target[index] = U(truncatingIfNeeded: source.loadUnaligned(fromByteOffset: index &* 2, as: UInt16.self)) }
        }
    }

    /// The text of UTF-32 without an error, as far as it is complete; nil for any other.
    private static func well32(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ big: Bool, final: Bool) -> Value? {
        if final && count & 3 != 0 { return nil }
        let raw = UnsafeRawPointer(bytes)
        let length = count >> 2
        func character(_ index: Int) -> UInt32 {
            let own = raw.loadUnaligned(fromByteOffset: index &* 4, as: UInt32.self)
            return big ? own.byteSwapped : own
        }
        var bits: UInt32 = 0
        var wrong = 0
        for index in 0 ..< length {
            let own = character(index)
            bits |= own
            wrong |= own & 0xFFFF_F800 == 0xD800 || own > 0x10FFFF ? 1 : 0
        }
        if wrong != 0 { return nil }
        if length < 2 { return length == 0 ? WellKnown.emptyString.value : thread.newString(character: bits) }
        guard let result = StringRef.allocate(count: length, width: UnitRuns.width(bits: bits), ascii: bits < 0x80) else { return thread.raiseOutOfMemory() }
        switch result.width {
        case 1: for index in 0 ..< length { result.units1[index] = UInt8(truncatingIfNeeded: character(index)) }
        case 2: for index in 0 ..< length { result.units2[index] = UInt16(truncatingIfNeeded: character(index)) }
        default: for index in 0 ..< length { result.units4[index] = character(index) }
        }
        return result.value
    }

    static func encode16(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ order: ByteOrder) -> Value {
        encode(thread, string, errors, order, order == .native ? "utf-16" : order == .big ? "utf-16-be" : "utf-16-le", width: 2)
    }

    static func encode32(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ order: ByteOrder) -> Value {
        encode(thread, string, errors, order, order == .native ? "utf-32" : order == .big ? "utf-32-be" : "utf-32-le", width: 4)
    }

    private static func encode(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ order: ByteOrder, _ name: StaticString, width: Int) -> Value {
        let big = order == .big
        if let result = encodeWell(thread, StringRef(string), marked: order == .native, big, width: width) { return result }
        var encoding = Encoding(thread, string, name, errors)
        let units = encoding.units
        encoding.bytes.reserve(units.count * width + width)
        func put(_ character: UInt32, _ bytes: inout ByteBuilder) {
            if width == 4 {
                bytes.append32(character, bigEndian: big)
            } else if character < 0x10000 {
                bytes.append16(UInt16(truncatingIfNeeded: character), bigEndian: big)
            } else {
                bytes.append16(UInt16(truncatingIfNeeded: 0xD800 + (character - 0x10000) >> 10), bigEndian: big)
                bytes.append16(UInt16(truncatingIfNeeded: 0xDC00 + character & 0x3FF), bigEndian: big)
            }
        }
        if order == .native { put(0xFEFF, &encoding.bytes) }
        while encoding.position < units.count {
            let position = encoding.position
            let character = units[position]
            if character & 0xFFFF_F800 != 0xD800 {
                put(character, &encoding.bytes)
                encoding.position = position &+ 1
                continue
            }
            // One at a time, unlike UTF-8.
            let end = position + 1
            let before = encoding.bytes.count
            var replacement = Value.empty
            guard encoding.fail(position, end, "surrogates not allowed", &replacement) else { return .empty }
            if (encoding.bytes.count - before) % width != 0 { encoding.raise(position, end, "surrogates not allowed"); return .empty }
            if !replacement.isEmpty {
                let text = StringRef(replacement)
                guard text.isASCII else { encoding.raise(position, end, "surrogates not allowed"); return .empty }
                for index in 0 ..< text.count { put(text[index], &encoding.bytes) }
            }
        }
        return encoding.bytes.finish(thread)
    }

    /// The bytes of a string without surrogates; nil for any other.
    private static func encodeWell(_ thread: ThreadRef, _ string: StringRef, marked: Bool, _ big: Bool, width: Int) -> Value? {
        switch string.width {
        case 1: return encodeWell(thread, string.units1, string.count, marked: marked, big, width: width)
        case 2: return encodeWell(thread, string.units2, string.count, marked: marked, big, width: width)
        default: return encodeWell(thread, string.units4, string.count, marked: marked, big, width: width)
        }
    }

    @inline(__always) private static func encodeWell<U: FixedWidthInteger & UnsignedInteger>(
        _ thread: ThreadRef, _ units: UnsafeMutablePointer<U>, _ count: Int, marked: Bool, _ big: Bool, width: Int) -> Value? {
        // Surrogates, and characters that take two units of UTF-16.
        var surrogates = 0
        var pairs = 0
        if U.bitWidth > 8 {
            for index in 0 ..< count {
                let character = UInt32(truncatingIfNeeded: units[index])
                surrogates &+= character & 0xFFFF_F800 == 0xD800 ? 1 : 0
                pairs &+= character > 0xFFFF ? 1 : 0
            }
            if surrogates != 0 { return nil }
        }
        if width == 4 { pairs = 0 }
        let mark = marked ? width : 0
        let result = thread.newBytes(count: mark + (count + pairs) * width)
        if result.isEmpty { return result }
        var target = UnsafeMutableRawPointer(BytesRef(result).bytes)
        if marked {
            target.storeBytes(of: 0xFEFF, as: UInt16.self)
            if width == 4 { target.storeBytes(of: 0, toByteOffset: 2, as: UInt16.self) }
            target += mark
        }
        if width == 4 {
            put(units, count, big, target, UInt32.self)
        } else if pairs == 0 {
            put(units, count, big, target, UInt16.self)
        } else {
            for index in 0 ..< count {
                let character = UInt32(truncatingIfNeeded: units[index])
                if character < 0x10000 {
                    let unit = UInt16(truncatingIfNeeded: character)
                    target.storeBytes(of: big ? unit.byteSwapped : unit, as: UInt16.self)
                    target += 2
                } else {
                    let first = UInt16(truncatingIfNeeded: 0xD800 + (character - 0x10000) >> 10), second = UInt16(truncatingIfNeeded: 0xDC00 + character & 0x3FF)
                    target.storeBytes(of: big ? first.byteSwapped : first, as: UInt16.self)
                    target.storeBytes(of: big ? second.byteSwapped : second, toByteOffset: 2, as: UInt16.self)
                    target += 4
                }
            }
        }
        return result
    }

    @inline(__always) private static func put<U: FixedWidthInteger & UnsignedInteger, T: FixedWidthInteger & UnsignedInteger>(
        _ units: UnsafeMutablePointer<U>, _ count: Int, _ big: Bool, _ target: UnsafeMutableRawPointer, _: T.Type) {
        if big {
            for index in 0 ..< count { target.storeBytes(of: T(truncatingIfNeeded: units[index]).byteSwapped, toByteOffset: index &* MemoryLayout<T>.size, as: T.self) }
        } else {
            for index in 0 ..< count { target.storeBytes(of: T(truncatingIfNeeded: units[index]), toByteOffset: index &* MemoryLayout<T>.size, as: T.self) }
        }
    }
}
