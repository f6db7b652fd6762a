import Glibc
import Objects

enum ByteOrder: Int {
    case little = -1, native = 0, big = 1
}

/// UTF-16 and UTF-32, with a byte-order mark (`native`) or in a fixed order.
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

    static func encode16(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ order: ByteOrder) -> Value {
        encode(thread, string, errors, order, order == .native ? "utf-16" : order == .big ? "utf-16-be" : "utf-16-le", width: 2)
    }

    static func encode32(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ order: ByteOrder) -> Value {
        encode(thread, string, errors, order, order == .native ? "utf-32" : order == .big ? "utf-32-be" : "utf-32-le", width: 4)
    }

    private static func encode(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ order: ByteOrder, _ name: StaticString, width: Int) -> Value {
        var encoding = Encoding(thread, string, name, errors)
        let units = encoding.units
        let big = order == .big
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
}
