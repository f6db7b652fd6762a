import Objects
import TextTypes

/// Text of the system: names of files, arguments and environment variables are bytes, which become strings by the codec of `FileSystemEncoding` with `surrogateescape`.
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
        thread.decodeFileSystem(bytes.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped, bytes.count)
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
