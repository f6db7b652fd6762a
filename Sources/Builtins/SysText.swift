import Objects

/// Text of the system: names of files, arguments and environment variables are bytes, which become strings by UTF-8 with `surrogateescape`.
public enum SysText {
    /// `os.fsdecode(bytes)`
    public static func fsDecode(_ thread: ThreadRef, _ bytes: Value) -> Value { decode(thread, BytesRef(bytes).buffer) }

    /// The same of a C string.
    public static func fsDecode(_ thread: ThreadRef, _ text: UnsafePointer<CChar>) -> Value {
        var count = 0
        while text[count] != 0 { count += 1 }
        return text.withMemoryRebound(to: UInt8.self, capacity: count) { decode(thread, UnsafeBufferPointer(start: $0, count: count)) }
    }

    public static func decode(_ thread: ThreadRef, _ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        if bytes.allSatisfy({ $0 < 0x80 }) { return thread.newString(utf8: bytes.baseAddress, bytes.count) }
        var points: [UInt32] = []
        points.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let first = bytes[index]
            let length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3 : first >= 0xF0 && first < 0xF5 ? 4 : 0
            var point = UInt32(first) & (length == 1 ? 0x7F : length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
            var valid = length > 0 && index + length <= bytes.count
            if valid {
                for next in 1 ..< Swift.max(length, 1) {
                    if bytes[index + next] & 0xC0 != 0x80 { valid = false; break }
                    point = point << 6 | UInt32(bytes[index + next] & 0x3F)
                }
            }
            if valid && ((length == 3 && (point < 0x800 || point & 0xF800 == 0xD800)) || (length == 4 && (point < 0x10000 || point > 0x10FFFF))) { valid = false }
            points.append(valid ? point : 0xDC00 + UInt32(first))
            index += valid ? length : 1
        }
        return thread.newString(codePoints: points)
    }

    /// `os.fsencode(text)`: lone surrogates that stand for bytes become those.
    public static func fsEncode(_ text: StringRef) -> [UInt8] {
        if text.isASCII { return text.utf8 }
        var result: [UInt8] = []
        for index in 0 ..< text.count {
            let character = text[index]
            if character >= 0xDC80 && character < 0xDD00 { result.append(UInt8(character - 0xDC00)) } else { result.appendUTF8(character) }
        }
        return result
    }
}
