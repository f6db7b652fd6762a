import CZlib
import Glibc
import Objects
import TextTypes

/// `binascii`: conversions between bytes and ASCII.
public enum Binascii {
    nonisolated(unsafe) private static var errorType: UnsafeMutablePointer<Value>!

    public static func register() {
        NativeModule.register("binascii", doc: "Conversion between binary data and ASCII", functions: functions) { module in
            if errorType == nil { errorType = RootTable.reserve() }
            errorType.pointee = module.addException("Error", base: TypeID.valueError.type)
            _ = module.addException("Incomplete")
            return true
        }
    }

    @inline(never) static func fail(_ thread: ThreadRef, _ message: String) -> Value {
        let text = thread.newString(message)
        return text.isEmpty ? .empty : thread.raise(type: TypeRef(errorType.pointee), text)
    }

    /// Calls `body` with the bytes of ASCII text: a string or a bytes-like object.
    static func withASCII(_ thread: ThreadRef, _ value: Value, _ body: (UnsafePointer<UInt8>, Int) -> Value) -> Value {
        if value.isString {
            let string = StringRef(value)
            guard string.isASCII else { return thread.raise(.valueError, "string argument should contain only ASCII characters") }
            return body(string.units1, string.count)
        }
        guard value.isBuffer else { return thread.raise(.typeError, "argument should be bytes, buffer or ASCII string, not '\(value.type.name)'") }
        return thread.withBuffer(value) { body($0, $1) }
    }

    static func truth(_ thread: ThreadRef, _ value: Value, _ standard: Bool) -> Bool? {
        if value.isEmpty { return standard }
        let result = thread.isTrue(value)
        return result < 0 ? nil : result == 1
    }

    /// The low 32 bits of an int; nil when it has raised.
    static func bits(_ thread: ThreadRef, _ value: Value) -> UInt32? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        if index.isSmallInt { return UInt32(truncatingIfNeeded: index.smallInt) }
        let low = UInt32(truncatingIfNeeded: IntOps.limbs(index)[0])
        return IntOps.isNegative(index) ? 0 &- low : low
    }

    static let alphabet: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    static let reverse: [UInt8] = {
        var table = [UInt8](repeating: 255, count: 256)
        for (index, character) in alphabet.enumerated() { table[Int(character)] = UInt8(index) }
        return table
    }()

    // MARK: Base 64

    static func decode64(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int, strict: Bool) -> Value {
        if strict && count > 0 && text[0] == 0x3D { return fail(thread, "Leading padding not allowed") }
        var result = ByteBuilder(capacity: count / 4 * 3 + 4)
        var place = 0, pads = 0
        var left: UInt8 = 0
        var padded = false, complete = false
        let failure: String? = reverse.withUnsafeBufferPointer { table in
            // Whole groups of four at the beginning, as long as there is nothing else among them.
            var first = 0
            while first + 4 <= count {
                let a = table[Int(text[first])], b = table[Int(text[first + 1])], c = table[Int(text[first + 2])], d = table[Int(text[first + 3])]
                if a | b | c | d >= 64 { break }
                result.append(a << 2 | b >> 4)
                result.append(b << 4 | c >> 2)
                result.append(c << 6 | d)
                first += 4
            }
            for index in first ..< count {
                let character = text[index]
                if character == 0x3D {
                    padded = true
                    if place >= 2 {
                        pads += 1
                        if place + pads >= 4 {
                            if strict && index + 1 < count { return "Excess data after padding" }
                            complete = true
                            return nil
                        }
                    }
                    continue
                }
                let value = table[Int(character)]
                if value >= 64 {
                    if strict { return "Only base64 data is allowed" }
                    continue
                }
                if strict && padded { return "Discontinuous padding not allowed" }
                pads = 0
                switch place {
                case 0:
                    place = 1
                    left = value
                case 1:
                    place = 2
                    result.append(left << 2 | value >> 4)
                    left = value & 15
                case 2:
                    place = 3
                    result.append(left << 4 | value >> 2)
                    left = value & 3
                default:
                    place = 0
                    result.append(left << 6 | value)
                    left = 0
                }
            }
            return nil
        }
        if let failure { return fail(thread, failure) }
        if !complete && place != 0 {
            if place == 1 {
                return fail(thread, "Invalid base64-encoded string: number of data characters (\(result.count / 3 * 4 + 1)) cannot be 1 more than a multiple of 4")
            }
            return fail(thread, "Incorrect padding")
        }
        return result.finish(thread)
    }

    static func encode64(_ thread: ThreadRef, _ data: UnsafePointer<UInt8>, _ count: Int, newline: Bool) -> Value {
        guard count < 1 << 44 else { return thread.raiseOutOfMemory() }
        let result = thread.newBytes(count: (count + 2) / 3 * 4 + (newline ? 1 : 0))
        if result.isEmpty { return .empty }
        var target = BytesRef(result).bytes
        alphabet.withUnsafeBufferPointer { table in
            var index = 0
            while index + 2 < count {
                let word = UInt32(data[index]) << 16 | UInt32(data[index + 1]) << 8 | UInt32(data[index + 2])
                target[0] = table[Int(word >> 18)]
                target[1] = table[Int(word >> 12 & 63)]
                target[2] = table[Int(word >> 6 & 63)]
                target[3] = table[Int(word & 63)]
                target += 4
                index += 3
            }
            if index < count {
                let second = index + 1 < count ? data[index + 1] : 0
                target[0] = table[Int(data[index] >> 2)]
                target[1] = table[Int((data[index] & 3) << 4 | second >> 4)]
                target[2] = index + 1 < count ? table[Int((second & 15) << 2)] : 0x3D
                target[3] = 0x3D
                target += 4
            }
        }
        if newline { target[0] = 10 }
        return result
    }

    // MARK: Hexadecimal

    static func hexlify(_ thread: ThreadRef, _ a: Arguments) -> Value {
        thread.withBuffer(a[0]) { data, count in
            // A separator above ASCII cannot stand in a string, but it can in bytes.
            var separator = a[1]
            var substitute: UInt8?
            if separator.isString, StringRef(separator).count == 1, StringRef(separator).width == 1, StringRef(separator)[0] > 127 { substitute = UInt8(StringRef(separator)[0]) }
            if separator.isBytes, BytesRef(separator).count == 1, BytesRef(separator).bytes[0] > 127 { substitute = BytesRef(separator).bytes[0] }
            if substitute != nil { separator = thread.newString("-") }
            if !separator.isEmpty && !separator.isString && !separator.isBytes {
                let length = thread.length(separator)
                if length < 0 { return .empty }
                if length != 1 { return thread.raise(.valueError, "sep must be length 1.") }
            }
            let text = ByteMethods.hex(thread, data, count, separator, a[2])
            if text.isEmpty { return .empty }
            let string = StringRef(text)
            let result = thread.newBytes(string.units, string.count)
            if let substitute, !result.isEmpty {
                for index in 0 ..< BytesRef(result).count where BytesRef(result).bytes[index] == 0x2D { BytesRef(result).bytes[index] = substitute }
            }
            return result
        }
    }

    @inline(__always) static func hexDigit(_ character: UInt8) -> UInt8? {
        if character &- 48 < 10 { return character - 48 }
        let letter = character | 32
        return letter &- 97 < 6 ? letter - 87 : nil
    }

    static func unhexlify(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int) -> Value {
        if count & 1 != 0 { return fail(thread, "Odd-length string") }
        let result = thread.newBytes(count: count / 2)
        if result.isEmpty { return .empty }
        for index in 0 ..< count / 2 {
            guard let high = hexDigit(text[2 * index]), let low = hexDigit(text[2 * index + 1]) else { return fail(thread, "Non-hexadecimal digit found") }
            BytesRef(result).bytes[index] = high << 4 | low
        }
        return result
    }

    // MARK: uuencode

    static func decodeUU(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int) -> Value {
        // An empty line counts as one that begins with a zero byte.
        var wanted = Int(((count > 0 ? text[0] : 0) &- 32) & 63)
        var result: [UInt8] = []
        var place = 1
        var bits = 0
        var left: UInt32 = 0
        while wanted > 0 {
            var value: UInt32 = 0
            if place < count && text[place] != 10 && text[place] != 13 {
                let character = text[place]
                if character < 32 || character > 96 { return fail(thread, "Illegal char") }
                value = UInt32(character - 32) & 63
            }
            place += 1
            left = left << 6 | value
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(left >> UInt32(bits) & 255))
                left &= 1 << UInt32(bits) - 1
                wanted -= 1
            }
        }
        while place < count {
            let character = text[place]
            if character != 32 && character != 96 && character != 10 && character != 13 { return fail(thread, "Trailing garbage") }
            place += 1
        }
        return thread.newBytes(result)
    }

    static func encodeUU(_ thread: ThreadRef, _ data: UnsafePointer<UInt8>, _ count: Int, backtick: Bool) -> Value {
        if count > 45 { return fail(thread, "At most 45 bytes at once") }
        var result: [UInt8] = [backtick && count == 0 ? 96 : UInt8(32 + count)]
        var index = 0
        var bits = 0
        var left: UInt32 = 0
        while index < count || bits != 0 {
            left = left << 8 | (index < count ? UInt32(data[index]) : 0)
            index += 1
            bits += 8
            while bits >= 6 {
                let value = UInt8(left >> UInt32(bits - 6) & 63)
                bits -= 6
                result.append(backtick && value == 0 ? 96 : 32 + value)
            }
        }
        result.append(10)
        return thread.newBytes(result)
    }

    // MARK: Quoted-printable

    static func decodeQP(_ thread: ThreadRef, _ data: UnsafePointer<UInt8>, _ count: Int, header: Bool) -> Value {
        var result = ByteBuilder(capacity: count)
        var index = 0
        while index < count {
            let character = data[index]
            if character == 0x3D {
                index += 1
                if index >= count { break }
                if data[index] == 10 || data[index] == 13 {
                    // A soft line break.
                    while index < count && data[index] != 10 { index += 1 }
                    if index < count { index += 1 }
                } else if data[index] == 0x3D {
                    result.append(0x3D)
                    index += 1
                } else if index + 1 < count, let high = hexDigit(data[index]), let low = hexDigit(data[index + 1]) {
                    result.append(high << 4 | low)
                    index += 2
                } else {
                    result.append(0x3D)
                }
            } else {
                result.append(header && character == 0x5F ? 32 : character)
                index += 1
            }
        }
        return result.finish(thread)
    }

    static func encodeQP(_ thread: ThreadRef, _ data: UnsafePointer<UInt8>, _ count: Int, quoteTabs: Bool, isText: Bool, header: Bool) -> Value {
        var result = ByteBuilder(capacity: count + count / 4 + 16)
        var crlf = false
        if count > 0, let first = memchr(data, 10, count) {
            let place = UnsafeRawPointer(first) - UnsafeRawPointer(data)
            crlf = place > 0 && data[place - 1] == 13
        }
        var line = 0
        var last: UInt8 = 0
        func put(_ byte: UInt8) {
            result.append(byte)
            last = byte
        }
        func quote(_ byte: UInt8) {
            put(0x3D)
            for digit in [byte >> 4, byte & 15] { put(digit < 10 ? 48 + digit : 55 + digit) }
        }
        func newline() {
            if crlf { put(13) }
            put(10)
        }
        var index = 0
        while index < count {
            let character = data[index]
            let next: UInt8? = index + 1 < count ? data[index + 1] : nil
            let isBlank = character == 9 || character == 32
            let isBreak = character == 10 || character == 13
            if character > 126 || character == 0x3D || (header && character == 0x5F)
                || (character == 0x2E && line == 0 && (next == nil || next == 10 || next == 13 || next == 0))
                || (!isText && isBreak) || (isBlank && next == nil) || (character < 33 && !isBreak && (quoteTabs || !isBlank)) {
                if line + 3 >= 76 {
                    put(0x3D)
                    newline()
                    line = 0
                }
                quote(character)
                line += 3
                index += 1
            } else if isText && (character == 10 || (character == 13 && next == 10)) {
                line = 0
                if result.count > 0 && (last == 32 || last == 9) {
                    // Blanks at the end of a line would be lost.
                    let blank = last
                    result.truncate(result.count - 1)
                    quote(blank)
                }
                newline()
                index += character == 13 ? 2 : 1
            } else {
                if next != nil && next != 10 && line + 1 >= 76 {
                    put(0x3D)
                    newline()
                    line = 0
                }
                line += 1
                put(header && character == 32 ? 0x5F : character)
                index += 1
            }
        }
        return result.finish(thread)
    }

    // MARK: Checksums

    static let hqxTable: [UInt16] = (0 ..< 256).map { index in
        var crc = UInt16(index) << 8
        for _ in 0 ..< 8 { crc = crc & 0x8000 != 0 ? crc << 1 ^ 0x1021 : crc << 1 }
        return crc
    }

    static let functions: [Def] = [
        Def("a2b_base64(data, /, *, strict_mode=False)", .reads,
            """
                The bytes that base64 text stands for.

                strict_mode refuses whatever is not base64, and what comes after the padding.
                """, kind: .function) { thread, a, _ in
            guard let strict = truth(thread, a[1], false) else { return .empty }
            return withASCII(thread, a[0]) { decode64(thread, $0, $1, strict: strict) }
        },
        Def("b2a_base64(data, /, *, newline=True)", .reads, "Base64-code line of data.", kind: .function) { thread, a, _ in
            guard let newline = truth(thread, a[1], true) else { return .empty }
            return thread.withBuffer(a[0]) { encode64(thread, $0, $1, newline: newline) }
        },
        Def("a2b_hex(hexstr, /)", .reads,
            "The bytes that pairs of hexadecimal digits stand for. unhexlify() is the same.", kind: .function) { thread, a, _ in
            withASCII(thread, a[0]) { unhexlify(thread, $0, $1) }
        },
        Def("unhexlify(hexstr, /)", .reads, "The bytes that pairs of hexadecimal digits stand for.", kind: .function) { thread, a, _ in
            withASCII(thread, a[0]) { unhexlify(thread, $0, $1) }
        },
        Def("b2a_hex(data, sep=<unrepresentable>, bytes_per_sep=1)", .reads,
            """
                Two hexadecimal digits for each byte, as bytes.

                sep stands between groups of bytes_per_sep bytes, which are counted from the right, or from the left if it is negative. hexlify() is the same.
                """, kind: .function) { thread, a, _ in
            hexlify(thread, a)
        },
        Def("hexlify(data, sep=<unrepresentable>, bytes_per_sep=1)", .reads,
            """
                Two hexadecimal digits for each byte, as bytes.

                sep stands between groups of bytes_per_sep bytes, which are counted from the right, or from the left if it is negative. b2a_hex() is the same.
                """, kind: .function) { thread, a, _ in
            hexlify(thread, a)
        },
        Def("a2b_uu(data, /)", .reads, "Decode a line of uuencoded data.", kind: .function) { thread, a, _ in
            withASCII(thread, a[0]) { decodeUU(thread, $0, $1) }
        },
        Def("b2a_uu(data, /, *, backtick=False)", .reads, "Uuencode line of data.", kind: .function) { thread, a, _ in
            guard let backtick = truth(thread, a[1], false) else { return .empty }
            return thread.withBuffer(a[0]) { encodeUU(thread, $0, $1, backtick: backtick) }
        },
        Def("a2b_qp(data, header=False)", .reads, "Decode a string of qp-encoded data.", kind: .function) { thread, a, _ in
            guard let header = truth(thread, a[1], false) else { return .empty }
            return withASCII(thread, a[0]) { decodeQP(thread, $0, $1, header: header) }
        },
        Def("b2a_qp(data, quotetabs=False, istext=True, header=False)", .reads,
            """
                Quoted-printable text for bytes.

                istext keeps line ends as they are, and encodes white space before them; quotetabs encodes all spaces and tabs.
                """, kind: .function) { thread, a, _ in
            guard let quoteTabs = truth(thread, a[1], false), let isText = truth(thread, a[2], true), let header = truth(thread, a[3], false) else { return .empty }
            return thread.withBuffer(a[0]) { encodeQP(thread, $0, $1, quoteTabs: quoteTabs, isText: isText, header: header) }
        },
        Def("crc32(data, crc=0, /)", .reads, "Compute CRC-32 incrementally.", kind: .function) { thread, a, _ in
            var start: UInt32 = 0
            if !a[1].isEmpty {
                guard let value = bits(thread, a[1]) else { return .empty }
                start = value
            }
            return thread.withBuffer(a[0]) { data, count in Value(small: Int(crc32_z(UInt(start), data, count))) }
        },
        Def("crc_hqx(data, crc, /)", .reads, "Compute CRC-CCITT incrementally.", kind: .function) { thread, a, _ in
            guard let start = bits(thread, a[1]) else { return .empty }
            return thread.withBuffer(a[0]) { data, count in
                var crc = UInt16(truncatingIfNeeded: start)
                hqxTable.withUnsafeBufferPointer { table in
                    for index in 0 ..< count { crc = crc << 8 ^ table[Int(crc >> 8) ^ Int(data[index])] }
                }
                return Value(small: Int(crc))
            }
        },
    ]
}
