import Glibc
import Objects

/// Error handling of codecs: the policies known by name, which the codecs apply without any exception object being made, and the registry of
/// handlers, in which the same policies stand as functions of an exception.
enum ErrorPolicy {
    case strict, ignore, replace, backslashReplace, xmlReplace, nameReplace, surrogateEscape, surrogatePass
    /// A registered handler, or an unknown name.
    case other

    /// Of an `errors` argument: a str, None or absent.
    init(_ name: Value) {
        guard !name.isEmpty, !name.isNone else { self = .strict; return }
        let name = StringRef(name)
        if name.equals("strict") { self = .strict }
        else if name.equals("ignore") { self = .ignore }
        else if name.equals("replace") { self = .replace }
        else if name.equals("surrogateescape") { self = .surrogateEscape }
        else if name.equals("surrogatepass") { self = .surrogatePass }
        else if name.equals("backslashreplace") { self = .backslashReplace }
        else if name.equals("xmlcharrefreplace") { self = .xmlReplace }
        else if name.equals("namereplace") { self = .nameReplace }
        else { self = .other }
    }
}

enum CodecErrors {
    /// Raises UnicodeDecodeError about bytes `start ..< end` of `object`.
    static func raiseDecode(_ thread: ThreadRef, _ encoding: String, _ object: Value, _ start: Int, _ end: Int, _ reason: String) {
        let exception = makeDecode(thread, encoding, object, start, end, reason)
        if !exception.isEmpty { thread.raise(exception) }
    }

    static func makeDecode(_ thread: ThreadRef, _ encoding: String, _ object: Value, _ start: Int, _ end: Int, _ reason: String) -> Value {
        make(thread, .unicodeDecodeError, encoding, object, start, end, reason)
    }

    static func make(_ thread: ThreadRef, _ id: TypeID, _ encoding: String, _ object: Value, _ start: Int, _ end: Int, _ reason: String) -> Value {
        let name = thread.newString(encoding)
        let text = thread.newString(reason)
        if name.isEmpty || text.isEmpty { return .empty }
        return thread.call(id.value, name, object, Value(small: start), Value(small: end), text)
    }

    // MARK: The registry

    /// A tuple: list of search functions, dict of codecs found, dict of error handlers.
    static var state: TupleRef { TupleRef(WellKnown.codecState.value) }

    static func start(_ thread: ThreadRef) {
        WellKnown.codecState.value = thread.newTuple(thread.newList(), thread.newDict(), thread.newDict())
        let handlers: [(StaticString, Def)] = [
            ("strict", Def("strict_errors(exception, /)", .calls, "Implements the 'strict' error handling, which raises a UnicodeError on coding errors.") { thread, a, _ in
                a[0].isException ? thread.raise(a[0]) : thread.raise(.typeError, "codec must pass exception instance")
            }),
            ("ignore", Def("ignore_errors(exception, /)", .calls, "Implements the 'ignore' error handling, which ignores malformed data and continues.") { thread, a, _ in CodecErrors.handle(thread, a[0], .ignore) }),
            ("replace", Def("replace_errors(exception, /)", .calls, "Implements the 'replace' error handling, which replaces malformed data with a replacement marker.") { thread, a, _ in CodecErrors.handle(thread, a[0], .replace) }),
            ("xmlcharrefreplace", Def("xmlcharrefreplace_errors(exception, /)", .calls, "Implements the 'xmlcharrefreplace' error handling, which replaces an unencodable character with the appropriate XML character reference.") { thread, a, _ in CodecErrors.handle(thread, a[0], .xmlReplace) }),
            ("backslashreplace", Def("backslashreplace_errors(exception, /)", .calls, "Implements the 'backslashreplace' error handling, which replaces malformed data with a backslashed escape sequence.") { thread, a, _ in CodecErrors.handle(thread, a[0], .backslashReplace) }),
            ("namereplace", Def("namereplace_errors(exception, /)", .calls, "Implements the 'namereplace' error handling, which replaces an unencodable character with a \\N{...} escape sequence.") { thread, a, _ in CodecErrors.handle(thread, a[0], .nameReplace) }),
            ("surrogatepass", Def("surrogatepass(exception, /)", .calls) { thread, a, _ in CodecErrors.handle(thread, a[0], .surrogatePass) }),
            ("surrogateescape", Def("surrogateescape(exception, /)", .calls) { thread, a, _ in CodecErrors.handle(thread, a[0], .surrogateEscape) }),
        ]
        let registry = DictRef(state[2])
        for (name, def) in handlers {
            _ = registry.set(thread, StringRef.intern(static: name).value, thread.newBuiltinFunction(def, module: .none))
        }
    }

    /// The handler registered under a name (absent: strict); LookupError when there is none.
    static func lookup(_ thread: ThreadRef, _ name: Value) -> Value {
        let name = name.isEmpty || name.isNone ? Name.strict.value : name
        let found = DictRef(state[2]).get(thread, name)
        if !found.isEmpty || thread.hasException { return found }
        return thread.raise(.lookupError, "unknown error handler name '\(StringRef(name).description)'")
    }

    // MARK: Handlers as functions

    /// What a policy does with an exception: (replacement, position), or empty when it raises.
    static func handle(_ thread: ThreadRef, _ exception: Value, _ policy: ErrorPolicy) -> Value {
        let isDecode = exception.isException && exception.isInstance(of: .unicodeDecodeError)
        let isEncode = exception.isException && exception.isInstance(of: .unicodeEncodeError)
        let isTranslate = exception.isException && exception.isInstance(of: .unicodeTranslateError)
        func wrongType() -> Value { thread.raise(.typeError, "don't know how to handle \(exception.type.name) in error callback") }
        guard isDecode || isEncode || isTranslate else { return wrongType() }
        let object = exception.exceptionField(1)
        guard !object.isEmpty else { return thread.raise(.typeError, "object attribute not set") }
        if isDecode { guard object.isBytes else { return thread.raise(.typeError, "object attribute must be bytes") } }
        else { guard object.isString else { return thread.raise(.typeError, "object attribute must be unicode") } }
        let size = isDecode ? BytesRef(object).count : StringRef(object).count
        var start = exception.exceptionField(2).isSmallInt ? exception.exceptionField(2).smallInt : 0
        var end = exception.exceptionField(3).isSmallInt ? exception.exceptionField(3).smallInt : 0
        start = max(0, min(start, size - 1))
        end = min(max(end, 1), size)
        let count = max(end - start, 0)
        var text = StringBuilder()
        var next = end
        switch policy {
        case .ignore: break
        case .replace:
            if isDecode { text.append(0xFFFD) } else { text.append(isEncode ? 63 : 0xFFFD, times: count) }
        case .xmlReplace:
            guard isEncode else { return wrongType() }
            for index in 0 ..< count { text.append("&#\(StringRef(object)[start + index]);") }
        case .backslashReplace:
            for index in 0 ..< count {
                text.append(escaped: isDecode ? UInt32(BytesRef(object).bytes[start + index]) : StringRef(object)[start + index])
            }
        case .nameReplace:
            guard isEncode else { return wrongType() }
            for index in 0 ..< count { appendName(StringRef(object)[start + index], &text) }
        case .surrogateEscape:
            if isEncode {
                var bytes = ByteBuilder()
                for index in 0 ..< count {
                    let character = StringRef(object)[start + index]
                    guard character >= 0xDC80 && character <= 0xDCFF else { return thread.raise(exception) }
                    bytes.append(UInt8(character - 0xDC00))
                }
                let result = bytes.finish(thread)
                return result.isEmpty ? .empty : thread.newTuple(result, Value(small: end))
            }
            guard isDecode else { return wrongType() }
            var done = 0
            while done < 4 && done < count && BytesRef(object).bytes[start + done] >= 128 {
                text.append(0xDC00 + UInt32(BytesRef(object).bytes[start + done]))
                done += 1
            }
            if done == 0 { return thread.raise(exception) }
            next = start + done
        case .surrogatePass:
            guard isEncode || isDecode else { return wrongType() }
            let encoding = exception.exceptionField(0)
            guard encoding.isString, let form = UnicodeForm(StringRef(encoding).description) else { return thread.raise(exception) }
            if isEncode {
                var bytes = ByteBuilder()
                for index in 0 ..< count {
                    let character = StringRef(object)[start + index]
                    guard character & 0xFFFF_F800 == 0xD800 else { return thread.raise(exception) }
                    form.append(character, to: &bytes)
                }
                let result = bytes.finish(thread)
                return result.isEmpty ? .empty : thread.newTuple(result, Value(small: end))
            }
            guard let character = form.surrogate(BytesRef(object).bytes + start, BytesRef(object).count - start) else { return thread.raise(exception) }
            text.append(character)
            next = start + form.width
        default: return wrongType()
        }
        let replacement = text.finish(thread)
        return replacement.isEmpty ? .empty : thread.newTuple(replacement, Value(small: next))
    }

    /// Appends `\N{NAME}`, or an escape when there is no name.
    static func appendName(_ character: UInt32, _ text: inout StringBuilder) {
        guard let name = UnicodeNames.name(character) else { text.append(escaped: character); return }
        text.append("\\N{")
        text.append(name)
        text.append(125)
    }
}

/// The encodings in which surrogates can be passed through, with their spellings.
struct UnicodeForm {
    /// Bytes of a surrogate.
    let width: Int
    let bigEndian: Bool

    init?(_ name: String) {
        var letters: [UInt8] = []
        for byte in name.utf8 where byte != UInt8(ascii: "-") && byte != UInt8(ascii: "_") { letters.append(byte | (byte &- 65 < 26 ? 32 : 0)) }
        switch String(decoding: letters, as: UTF8.self) {
        case "utf8": (width, bigEndian) = (3, false)
        case "utf16", "utf16le": (width, bigEndian) = (2, false)
        case "utf16be": (width, bigEndian) = (2, true)
        case "utf32", "utf32le": (width, bigEndian) = (4, false)
        case "utf32be": (width, bigEndian) = (4, true)
        default: return nil
        }
    }

    func append(_ character: UInt32, to bytes: inout ByteBuilder) {
        switch width {
        case 3: bytes.append(utf8: character)
        case 2: bytes.append16(UInt16(truncatingIfNeeded: character), bigEndian: bigEndian)
        default: bytes.append32(character, bigEndian: bigEndian)
        }
    }

    /// The surrogate that the bytes begin with, or nil.
    func surrogate(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt32? {
        guard count >= width else { return nil }
        let character: UInt32
        switch width {
        case 3:
            guard bytes[0] & 0xF0 == 0xE0, bytes[1] & 0xC0 == 0x80, bytes[2] & 0xC0 == 0x80 else { return nil }
            character = (UInt32(bytes[0]) & 15) << 12 | (UInt32(bytes[1]) & 63) << 6 | UInt32(bytes[2]) & 63
        case 2: character = bigEndian ? UInt32(bytes[0]) << 8 | UInt32(bytes[1]) : UInt32(bytes[1]) << 8 | UInt32(bytes[0])
        default:
            let a = UInt32(bytes[0]), b = UInt32(bytes[1]), c = UInt32(bytes[2]), d = UInt32(bytes[3])
            character = bigEndian ? a << 24 | b << 16 | c << 8 | d : d << 24 | c << 16 | b << 8 | a
        }
        return character & 0xFFFF_F800 == 0xD800 ? character : nil
    }
}

/// A decoding in progress: where it is, what it has made, and what to do about errors.
struct Decoding: ~Copyable {
    let thread: ThreadRef
    /// The input as bytes, for exceptions; made when it is first needed.
    var object: Value = .empty
    var bytes: UnsafePointer<UInt8>
    var count: Int
    var encoding: StaticString
    let policy: ErrorPolicy
    let errors: Value
    var handler: Value = .empty
    var position = 0
    var builder = StringBuilder()

    init(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ encoding: StaticString, _ errors: Value) {
        self.thread = thread
        self.bytes = bytes
        self.count = count
        self.encoding = encoding
        self.errors = errors
        policy = ErrorPolicy(errors)
    }

    /// Appends what stands before the next backslash, byte by byte as characters.
    mutating func copyToBackslash() {
        let end = memchr(bytes + position, 92, count - position).map { UnsafeRawPointer($0) - UnsafeRawPointer(bytes) } ?? count
        builder.append(latin1: bytes + position, end - position)
        position = end
    }

    /// Deals with bytes `start ..< end`: appends what replaces them and moves on. False when it has raised.
    @inline(never) mutating func fail(_ start: Int, _ end: Int, _ reason: StaticString) -> Bool {
        switch policy {
        case .ignore:
            position = end
            return true
        case .replace:
            builder.append(0xFFFD)
            position = end
            return true
        case .backslashReplace:
            for index in start ..< end { builder.append(escaped: UInt32(bytes[index])) }
            position = end
            return true
        case .surrogateEscape:
            var index = start
            while index < end && index < start + 4 && bytes[index] >= 128 {
                builder.append(0xDC00 + UInt32(bytes[index]))
                index += 1
            }
            if index > start {
                position = index
                return true
            }
        case .surrogatePass:
            if let form = UnicodeForm("\(encoding)"), let character = form.surrogate(bytes + start, count - start) {
                builder.append(character)
                position = start + form.width
                return true
            }
        default: break
        }
        if object.isEmpty {
            object = thread.newBytes(bytes, count)
            if object.isEmpty { return false }
        }
        if handler.isEmpty {
            if policy == .other {
                handler = CodecErrors.lookup(thread, errors)
                if handler.isEmpty { return false }
            } else if policy != .xmlReplace && policy != .nameReplace {
                CodecErrors.raiseDecode(thread, "\(encoding)", object, start, end, "\(reason)")
                return false
            }
        }
        let exception = CodecErrors.makeDecode(thread, "\(encoding)", object, start, end, "\(reason)")
        if exception.isEmpty { return false }
        if policy != .other {
            _ = CodecErrors.handle(thread, exception, policy)
            return false
        }
        let result = thread.call(handler, exception)
        if result.isEmpty { return false }
        guard result.isTuple, TupleRef(result).count == 2, TupleRef(result)[0].isString, TupleRef(result)[1].isInt else {
            thread.raise(.typeError, "decoding error handler must return (str, int) tuple")
            return false
        }
        guard var next = thread.toInt(TupleRef(result)[1]) else { return false }
        // The handler may have put other input into the exception.
        let input = exception.exceptionField(1)
        guard !input.isEmpty, input.isBytes else {
            thread.raise(.typeError, "exception attribute object must be bytes")
            return false
        }
        if input != object {
            object = input
            bytes = UnsafePointer(BytesRef(input).bytes)
            count = BytesRef(input).count
        }
        if next < 0 { next &+= count }
        guard next >= 0 && next <= count else {
            thread.raise(.indexError, "position \(next) from error handler out of bounds")
            return false
        }
        builder.append(StringRef(TupleRef(result)[0]))
        position = next
        return true
    }
}

/// An encoding in progress.
struct Encoding: ~Copyable {
    /// ASCII characters are bytes of the same number in this encoding.
    let includesASCII: Bool
    let thread: ThreadRef
    let object: Value
    let units: Units
    let encoding: StaticString
    let policy: ErrorPolicy
    let errors: Value
    var handler: Value = .empty
    var position = 0
    var bytes: ByteBuilder

    init(_ thread: ThreadRef, _ string: Value, _ encoding: StaticString, _ errors: Value, includesASCII: Bool = false) {
        self.includesASCII = includesASCII
        self.thread = thread
        object = string
        units = Units(StringRef(string))
        self.encoding = encoding
        self.errors = errors
        policy = ErrorPolicy(errors)
        bytes = ByteBuilder(capacity: units.count + 16)
    }

    func raise(_ start: Int, _ end: Int, _ reason: StaticString) {
        let exception = CodecErrors.make(thread, .unicodeEncodeError, "\(encoding)", object, start, end, "\(reason)")
        if !exception.isEmpty { thread.raise(exception) }
    }

    /// Deals with characters `start ..< end`, which the encoding lacks. Bytes that replace them are appended; a str that does is left in `replacement` for the
    /// caller to encode. False when it has raised.
    @inline(never) mutating func fail(_ start: Int, _ end: Int, _ reason: StaticString, _ replacement: inout Value) -> Bool {
        replacement = .empty
        if includesASCII, substitute(start, end) {
            position = end
            return true
        }
        var text = StringBuilder()
        switch policy {
        case .ignore:
            position = end
            return true
        case .replace: text.append(63, times: end - start)
        case .backslashReplace: for index in start ..< end { text.append(escaped: units[index]) }
        case .xmlReplace: for index in start ..< end { text.append("&#\(units[index]);") }
        case .nameReplace: for index in start ..< end { CodecErrors.appendName(units[index], &text) }
        case .surrogateEscape:
            var index = start
            while index < end && units[index] >= 0xDC80 && units[index] <= 0xDCFF {
                bytes.append(UInt8(units[index] - 0xDC00))
                index += 1
            }
            if index > start {
                position = index
                return true
            }
            raise(start, end, reason)
            return false
        case .surrogatePass:
            guard let form = UnicodeForm("\(encoding)") else { raise(start, end, reason); return false }
            for index in start ..< end {
                guard units[index] & 0xFFFF_F800 == 0xD800 else { raise(start, end, reason); return false }
                form.append(units[index], to: &bytes)
            }
            position = end
            return true
        case .strict:
            raise(start, end, reason)
            return false
        case .other: return callHandler(start, end, reason, &replacement)
        }
        replacement = text.finish(thread)
        position = end
        return !replacement.isEmpty
    }

    /// Appends what the policy has in place of some characters, if that is ASCII, as bytes.
    private mutating func substitute(_ start: Int, _ end: Int) -> Bool {
        switch policy {
        case .replace: bytes.append(63, times: end - start)
        case .backslashReplace: for index in start ..< end { bytes.append(escaped: units[index]) }
        case .xmlReplace:
            for index in start ..< end {
                bytes.append("&#")
                bytes.append(decimal: units[index])
                bytes.append(UInt8(ascii: ";"))
            }
        default: return false
        }
        return true
    }

    private mutating func callHandler(_ start: Int, _ end: Int, _ reason: StaticString, _ replacement: inout Value) -> Bool {
        if handler.isEmpty {
            handler = CodecErrors.lookup(thread, errors)
            if handler.isEmpty { return false }
        }
        let exception = CodecErrors.make(thread, .unicodeEncodeError, "\(encoding)", object, start, end, "\(reason)")
        if exception.isEmpty { return false }
        let result = thread.call(handler, exception)
        if result.isEmpty { return false }
        guard result.isTuple, TupleRef(result).count == 2, TupleRef(result)[0].isString || TupleRef(result)[0].isBytes, TupleRef(result)[1].isInt else {
            thread.raise(.typeError, "encoding error handler must return (str/bytes, int) tuple")
            return false
        }
        guard var next = thread.toInt(TupleRef(result)[1]) else { return false }
        if next < 0 { next &+= units.count }
        guard next >= 0 && next <= units.count else {
            thread.raise(.indexError, "position \(next) from error handler out of bounds")
            return false
        }
        position = next
        let made = TupleRef(result)[0]
        if made.isBytes { bytes.append(BytesRef(made).bytes, BytesRef(made).count) } else { replacement = made }
        return true
    }
}
