import Glibc
import Objects

/// Encoding and decoding by name. A few encodings are known here and need no registry; all others go through the search functions of `codecs.register`, the
/// first of which is that of the `encodings` package.
public enum Codecs {
    enum Known { case utf8, ascii, latin1, utf16, utf32 }

    /// Lower case, with every run of characters other than letters, digits and dots one underscore.
    static func normalize(_ name: StringRef) -> [UInt8] {
        var result: [UInt8] = []
        var pending = false
        for index in 0 ..< name.count {
            let character = name[index]
            let isWord = character < 128 && ((character | 32) &- 97 < 26 || character &- 48 < 10 || character == 46)
            if isWord {
                if pending && !result.isEmpty { result.append(UInt8(ascii: "_")) }
                pending = false
                result.append(UInt8(character &- 65 < 26 ? character | 32 : character))
            } else {
                pending = true
            }
        }
        return result
    }

    static func known(_ encoding: Value) -> Known? {
        if encoding.isEmpty { return .utf8 }
        let name = StringRef(encoding)
        if name.equals("utf-8") || name.equals("utf8") { return .utf8 }
        if name.equals("ascii") { return .ascii }
        if name.equals("latin-1") || name.equals("latin1") { return .latin1 }
        if name.count > 16 { return nil }
        switch String(decoding: normalize(name), as: UTF8.self) {
        case "utf8", "utf_8": return .utf8
        case "ascii", "us_ascii": return .ascii
        case "latin1", "latin_1", "iso_8859_1", "iso8859_1": return .latin1
        case "utf16", "utf_16": return .utf16
        case "utf32", "utf_32": return .utf32
        default: return nil
        }
    }

    /// A name with an embedded null, or one that UTF-8 cannot say, is refused before anything else.
    private static func check(_ thread: ThreadRef, _ name: Value) -> Bool {
        if !name.isEmpty, StringRef(name).width > 1, UTF8Codec.encode(thread, name, .empty).isEmpty { return false }
        if name.isEmpty || Units(StringRef(name)).find(0, 0, StringRef(name).count) < 0 { return true }
        thread.raise(.valueError, "embedded null character")
        return false
    }

    /// Development mode: encodings and error handlers are looked up even where they are not needed.
    nonisolated(unsafe) public static var checksNames = false

    private static func checkNames(_ thread: ThreadRef, _ encoding: Value, _ errors: Value) -> Bool {
        if !encoding.isEmpty, known(encoding) == nil, CodecRegistry.lookup(thread, encoding).isEmpty { return false }
        return errors.isEmpty || !CodecErrors.lookup(thread, errors).isEmpty
    }

    static func encode(_ thread: ThreadRef, _ string: Value, _ encoding: Value, _ errors: Value) -> Value {
        if encoding.isEmpty && errors.isEmpty { return UTF8Codec.encode(thread, string, .empty) }
        guard check(thread, encoding), check(thread, errors), !checksNames || checkNames(thread, encoding, errors) else { return .empty }
        switch known(encoding) {
        case .utf8: return UTF8Codec.encode(thread, string, errors)
        case .ascii: return ByteCodecs.encode(thread, string, errors, limit: 128, "ascii", "ordinal not in range(128)")
        case .latin1: return ByteCodecs.encode(thread, string, errors, limit: 256, "latin-1", "ordinal not in range(256)")
        case .utf16: return WideCodecs.encode16(thread, string, errors, .native)
        case .utf32: return WideCodecs.encode32(thread, string, errors, .native)
        case nil: break
        }
        let result = CodecRegistry.run(thread, string, encoding, errors, decode: false, textOnly: true)
        if result.isEmpty || result.isBytes { return result }
        if result.isInstance(of: .bytearray) {
            if !RuntimeHooks.warn(thread, .runtimeWarning, "encoder \(StringRef(encoding).description) returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types", 1) { return .empty }
            return thread.newBytes(ByteArrayRef(result).bytes, ByteArrayRef(result).count)
        }
        return thread.raise(.typeError, "'\(StringRef(encoding).description)' encoder returned '\(result.type.name)' instead of 'bytes'; use codecs.encode() to encode to arbitrary types")
    }

    static func decode(_ thread: ThreadRef, _ object: Value, _ encoding: Value, _ errors: Value) -> Value {
        guard check(thread, encoding), check(thread, errors), !checksNames || checkNames(thread, encoding, errors) else { return .empty }
        let native = known(encoding)
        if native == nil {
            // Nothing is the empty text in any encoding, one that does not exist included.
            var view = BufferView()
            guard thread.acquireBuffer(object, &view) else { return .empty }
            let isEmpty = view.length == 0
            thread.releaseBuffer(&view)
            if isEmpty { return WellKnown.emptyString.value }
        }
        if let native {
            return thread.withBuffer(object) { bytes, count in
                var consumed = 0
                switch native {
                case .utf8: return UTF8Codec.decode(thread, bytes, count, errors, final: true, &consumed)
                case .ascii: return ByteCodecs.decodeASCII(thread, bytes, count, errors)
                case .latin1: return Units(bytes, count).string(thread)
                case .utf16:
                    var order = ByteOrder.native
                    return WideCodecs.decode16(thread, bytes, count, errors, &order, final: true, &consumed)
                case .utf32:
                    var order = ByteOrder.native
                    return WideCodecs.decode32(thread, bytes, count, errors, &order, final: true, &consumed)
                }
            }
        }
        var source = object
        if !source.isBytes && !source.isInstance(of: .bytearray) {
            // The codec gets a memoryview of anything else.
            source = MemoryViews.make(thread, object)
            if source.isEmpty { return .empty }
        }
        let result = CodecRegistry.run(thread, source, encoding, errors, decode: true, textOnly: true)
        if result.isEmpty || result.isString { return result }
        return thread.raise(.typeError, "'\(StringRef(encoding).description)' decoder returned '\(result.type.name)' instead of 'str'; use codecs.decode() to decode to arbitrary types")
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// string.encode(encoding, errors): bytes. An absent encoding is UTF-8.
    public func encode(_ string: Value, encoding: Value = .empty, errors: Value = .empty) -> Value { Codecs.encode(self, string, encoding, errors) }

    /// The str that a bytes-like object holds in an encoding.
    public func decode(_ object: Value, encoding: Value = .empty, errors: Value = .empty) -> Value { Codecs.decode(self, object, encoding, errors) }

    /// A str from UTF-8 that may be malformed.
    public func decodeUTF8(_ bytes: UnsafePointer<UInt8>, _ count: Int, errors: Value = .empty) -> Value {
        var consumed = 0
        return UTF8Codec.decode(self, bytes, count, errors, final: true, &consumed)
    }

    /// A file name, an argument or an environment text from the system, with undecodable bytes as surrogates.
    public func decodeFileSystem(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Value {
        if FileSystemEncoding.isASCII { return FileSystemEncoding.decodeASCII(self, UnsafeBufferPointer(start: bytes, count: count)) }
        return decodeUTF8(bytes, count, errors: Name.surrogateescape.value)
    }

    /// The bytes by which the system knows a file name; the reverse of `decodeFileSystem`.
    public func encodeFileSystem(_ string: Value) -> Value {
        FileSystemEncoding.isASCII ? encode(string, encoding: Name.ascii.value, errors: Name.surrogateescape.value) : UTF8Codec.encode(self, string, Name.surrogateescape.value)
    }
}

/// The encoding of file names and of whatever else comes from the system: UTF-8, or ASCII in a plain C locale for which nobody wants anything else.
public enum FileSystemEncoding {
    /// Set once, when the program starts.
    nonisolated(unsafe) public static var isASCII = false

    /// The name of its codec.
    public static var name: Name { isASCII ? .ascii : .utf_8 }

    static func decodeASCII(_ thread: ThreadRef, _ bytes: UnsafeBufferPointer<UInt8>) -> Value {
        thread.newString(codePoints: bytes.map { $0 < 0x80 ? UInt32($0) : 0xDC00 + UInt32($0) })
    }
}

/// The encoding of text in the locale as it is now.
public enum LocaleEncoding {
    public static var name: String {
        guard let name = nl_langinfo(nl_item(CODESET)), name.pointee != 0 else { return "UTF-8" }
        return String(cString: name)
    }
}

/// The registry behind `codecs.lookup`.
enum CodecRegistry {
    /// The codec tuple for an encoding; LookupError when nobody knows it.
    static func lookup(_ thread: ThreadRef, _ encoding: Value) -> Value {
        if StringRef(encoding).width > 1, UTF8Codec.encode(thread, encoding, .empty).isEmpty { return .empty }
        let normalized = thread.newString(utf8: Codecs.normalize(StringRef(encoding)))
        if normalized.isEmpty { return .empty }
        let cache = DictRef(CodecErrors.state[1])
        let known = cache.get(thread, normalized)
        if !known.isEmpty || thread.hasException { return known }
        let search = ListRef(CodecErrors.state[0])
        if !importedEncodings {
            importedEncodings = true
            if thread.importModule("encodings").isEmpty { importedEncodings = false; return .empty }
        }
        var index = 0
        while index < search.count {
            let result = thread.call(search[index], normalized)
            if result.isEmpty { return .empty }
            index += 1
            if result.isNone { continue }
            guard result.isTuple, TupleRef(result).count == 4 else { return thread.raise(.typeError, "codec search functions must return 4-tuples") }
            return cache.set(thread, normalized, result) ? result : .empty
        }
        return thread.raise(.lookupError, "unknown encoding: \(StringRef(encoding).description)")
    }

    nonisolated(unsafe) private static var importedEncodings = false

    /// Encodes or decodes any object with the codec of that name.
    static func run(_ thread: ThreadRef, _ object: Value, _ encoding: Value, _ errors: Value, decode: Bool, textOnly: Bool) -> Value {
        let codec = lookup(thread, encoding)
        if codec.isEmpty { return .empty }
        if textOnly && !codec.isExact(.tuple) {
            let isText = thread.getAttributeOrEmpty(codec, StringRef.intern("_is_text_encoding").value)
            if isText.isEmpty && thread.hasException { return .empty }
            if !isText.isEmpty {
                let truth = thread.isTrue(isText)
                if truth < 0 { return .empty }
                if truth == 0 {
                    return thread.raise(.lookupError, "'\(StringRef(encoding).description)' is not a text encoding; use \(decode ? "codecs.decode()" : "codecs.encode()") to handle arbitrary codecs")
                }
            }
        }
        let function = TupleRef(codec)[decode ? 1 : 0]
        let result = errors.isEmpty || errors.isNone ? thread.call(function, object) : thread.call(function, object, errors)
        if result.isEmpty {
            wrapError(thread, decode ? "decoding" : "encoding", encoding)
            return .empty
        }
        guard result.isTuple, TupleRef(result).count == 2 else {
            return thread.raise(.typeError, decode ? "decoder must return a tuple (object,integer)" : "encoder must return a tuple (object, integer)")
        }
        return TupleRef(result)[0]
    }

    /// Says in a simple exception's message which codec failed, with the original as its cause.
    private static func wrapError(_ thread: ThreadRef, _ operation: StaticString, _ encoding: Value) {
        let original = thread.pointee.exception
        let type = original.type
        // Only where making another from one text can lose nothing: a type with BaseException's constructor and layout and at most one text argument.
        guard !original.isEmpty,
              type.slotPointer(.new).pointee == TypeID.baseException.type.slotPointer(.new).pointee,
              type.slotPointer(.initialize).pointee == TypeID.baseException.type.slotPointer(.initialize).pointee,
              !original.object(ExceptionObject.self).pointee.arguments.isEmpty else { return }
        let arguments = TupleRef(original.object(ExceptionObject.self).pointee.arguments)
        guard arguments.count == 0 || arguments.count == 1 && arguments[0].isExact(.str) else { return }
        thread.takeException()
        // Attributes of its own would be lost.
        let own = type.pointer.pointee.dictOffset == 0 ? Value.empty : InstanceAttributes.dict(thread, original)
        if thread.takeException().isEmpty, !own.isEmpty, own.isDict, DictRef(own).count > 0 { thread.restore(original); return }
        let text = thread.str(original)
        if text.isEmpty { thread.takeException(); thread.restore(original); return }
        let message = thread.newString("\(operation) with '\(StringRef(encoding).description)' codec failed (\(type.name): \(StringRef(text).description))")
        let wrapped = message.isEmpty ? .empty : thread.call(type.value, message)
        if wrapped.isEmpty || !wrapped.isException { return }
        let object = wrapped.object(ExceptionObject.self)
        object.pointee.cause = original
        object.pointee.suppressContext = .true
        Heap.barrier(wrapped.raw)
        thread.restore(wrapped)
    }
}
