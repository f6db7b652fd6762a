import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem
import TextTypes

/// What the modules about the network share: the positional arguments of functions that count them themselves, texts for C, and errors of name look-ups.

/// The arguments of a function declared with `*args`, whose errors about their number are worded as those of CPython's argument parser.
struct Positional {
    let tuple: TupleRef
    var count: Int { tuple.count }

    /// nil when there are too few or too many: it has raised.
    init?(_ thread: ThreadRef, _ tuple: Value, _ function: String, _ least: Int, _ most: Int) {
        self.tuple = TupleRef(tuple)
        let given = self.tuple.count
        if given >= least && given <= most { return }
        let bound = given < least ? least : most
        let kind = least == most ? "exactly" : given < least ? "at least" : "at most"
        thread.raise(.typeError, "\(function)() takes \(kind) \(bound) argument\(bound == 1 ? "" : "s") (\(given) given)")
        return nil
    }

    /// The zero word when it is not given.
    subscript(index: Int) -> Value { index < tuple.count ? tuple[index] : .empty }
}

enum NetworkArguments {
    /// A C int.
    static func int32(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let number = SystemArguments.int(thread, value) else { return nil }
        guard let result = Int32(exactly: number) else {
            thread.raise(.overflowError, number > 0 ? "signed integer is greater than maximum" : "signed integer is less than minimum")
            return nil
        }
        return result
    }

    /// A C int with a default.
    static func int32(_ thread: ThreadRef, _ value: Value, default absent: Int32) -> Int32? { value.isEmpty ? absent : int32(thread, value) }

    /// Calls `body` with the memory of a function's first argument, which must be writable.
    static func withWritable(_ thread: ThreadRef, _ value: Value, _ function: StaticString, _ body: (UnsafeMutablePointer<UInt8>, Int) -> Value) -> Value {
        var view = BufferView()
        guard value.isBuffer, thread.acquireBuffer(value, &view, BufferFlags.writable) else {
            thread.takeException()
            return thread.raise(.typeError, "\(function)() argument 1 must be read-write bytes-like object, not \(value.argumentTypeName)")
        }
        let result = body(view.bytes, view.length)
        thread.releaseBuffer(&view)
        return result
    }

    /// The zero-terminated bytes of a str.
    static func text(_ thread: ThreadRef, _ value: Value, _ function: String, _ position: Int = 1) -> [CChar]? {
        guard value.isString else {
            thread.raise(.typeError, "\(function)() argument \(position) must be str, not \(value.argumentTypeName)")
            return nil
        }
        let bytes = StringRef(value).utf8
        if bytes.contains(0) {
            thread.raise(.valueError, "embedded null character")
            return nil
        }
        return bytes.map { CChar(bitPattern: $0) } + [0]
    }

    /// A C `unsigned int`, of which more than 32 bits are cut off.
    static func unsigned32(_ thread: ThreadRef, _ value: Value) -> UInt32? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index) else { return UInt32(truncatingIfNeeded: IntOps.limbs(index)[0]) }
        return UInt32(truncatingIfNeeded: number)
    }

    /// A host name of a socket's address: bytes go as they are, text by the IDNA codec unless it is ASCII. Zero-terminated.
    static func host(_ thread: ThreadRef, _ value: Value) -> [CChar]? {
        var bytes: [UInt8]
        if value.isBytes {
            bytes = Array(BytesRef(value).buffer)
        } else if value.isString {
            if StringRef(value).isASCII {
                bytes = StringRef(value).utf8
            } else {
                let encoded = encodeIDNA(thread, value)
                guard !encoded.isEmpty, encoded.isBytes else {
                    thread.takeException()
                    thread.raise(.typeError, "encoding of hostname failed")
                    return nil
                }
                bytes = Array(BytesRef(encoded).buffer)
            }
        } else if value.isPointer && value.type.isSubtype(of: TypeID.bytearray.type) {
            var view = BufferView()
            guard thread.acquireBuffer(value, &view) else { return nil }
            bytes = Array(view.buffer)
            thread.releaseBuffer(&view)
        } else {
            thread.raise(.typeError, "str, bytes or bytearray expected, not \(value.type.name)")
            return nil
        }
        if bytes.contains(0) {
            thread.raise(.typeError, "host name must not contain null character")
            return nil
        }
        return bytes.map { CChar(bitPattern: $0) } + [0]
    }

    /// A host name as a function's own argument: text always goes by the IDNA codec. Zero-terminated.
    static func name(_ thread: ThreadRef, _ value: Value, _ function: String) -> [CChar]? {
        var bytes: [UInt8]
        if value.isString {
            let encoded = encodeIDNA(thread, value)
            if encoded.isEmpty { return nil }
            bytes = Array(BytesRef(encoded).buffer)
        } else if value.isBytes {
            bytes = Array(BytesRef(value).buffer)
        } else if value.isPointer && value.type.isSubtype(of: TypeID.bytearray.type) {
            var view = BufferView()
            guard thread.acquireBuffer(value, &view) else { return nil }
            bytes = Array(view.buffer)
            thread.releaseBuffer(&view)
        } else {
            thread.raise(.typeError, "\(function)() argument 1 must be str, bytes or bytearray, not \(value.argumentTypeName)")
            return nil
        }
        if bytes.contains(0) {
            thread.raise(.valueError, "embedded null character")
            return nil
        }
        return bytes.map { CChar(bitPattern: $0) } + [0]
    }

    /// `text.encode("idna")`
    static func encodeIDNA(_ thread: ThreadRef, _ text: Value) -> Value {
        let codec = thread.newString("idna")
        return codec.isEmpty ? .empty : thread.callMethod(text, Name.encode, codec)
    }

    /// Text that C gave, as UTF-8.
    static func string(_ thread: ThreadRef, _ text: UnsafePointer<CChar>) -> Value { thread.newString(String(cString: text)) }
    static func string(_ thread: ThreadRef, _ text: [CChar]) -> Value { text.withUnsafeBufferPointer { string(thread, $0.baseAddress!) } }
}

/// `socket.gaierror` and `socket.herror`, which the module makes when it is imported.
enum NetworkErrors {
    nonisolated(unsafe) static let addressInfo = RootTable.reserve()
    nonisolated(unsafe) static let host = RootTable.reserve()

    private static func raise(_ thread: ThreadRef, _ type: Value, _ code: Int32, _ text: String) {
        let message = thread.newString(text)
        if !message.isEmpty { thread.raise(type: TypeRef(type), Value(small: Int(code)), message) }
    }

    /// For a result of `getaddrinfo` or `getnameinfo`.
    static func raiseAddressInfo(_ thread: ThreadRef, _ code: Int32) {
        if code == EAI_SYSTEM { thread.raiseOSError(errno) } else { raise(thread, addressInfo.pointee, code, String(cString: gai_strerror(code))) }
    }

    /// For `h_errno`.
    static func raiseHost(_ thread: ThreadRef, _ code: Int32) { raise(thread, host.pointee, code, String(cString: hstrerror(code))) }
}
