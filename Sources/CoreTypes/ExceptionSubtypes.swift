import Glibc
import Objects

/// What exception classes with fields of their own do: their attributes, arguments and texts.
///
/// A field is one of the words behind `ExceptionObject`, as many as `Exceptions.Kind` says; the numbers are named in the enums below. An unset field is the zero word and shows as None.
enum ExceptionSubtypes {
    enum NameField { static let name = 0, object = 1 }
    enum ImportField { static let message = 0, name = 1, path = 2 }
    enum OSField { static let errno = 0, strerror = 1, filename = 2, filename2 = 3, written = 4 }
    enum SyntaxField { static let message = 0, filename = 1, lineno = 2, offset = 3, text = 4, endLineno = 5, endOffset = 6, printFileAndLine = 7 }
    enum UnicodeField { static let encoding = 0, object = 1, start = 2, end = 3, reason = 4 }

    // MARK: Attributes

    static func get(_ a: Arguments, _ field: Int) -> Value { a[0].exceptionField(field).orNone }

    static func set(_ a: Arguments, _ field: Int) -> Value {
        a[0].setExceptionField(field, a[1])
        return .none
    }

    /// Sets a field that holds a machine integer.
    static func setInteger(_ thread: ThreadRef, _ a: Arguments, _ field: Int) -> Value {
        if a[1].isEmpty { return thread.raise(.typeError, "can't delete numeric/char attribute") }
        guard a[1].isInt || a[1].type.slotPointer(.index).pointee != nil else { return thread.raise(.typeError, "an integer is required") }
        guard let number = thread.toInt(a[1]) else { return .empty }
        a[0].setExceptionField(field, thread.newInt(number))
        return .none
    }

    static func getters(_ row: Exceptions.Row) -> [Getter] {
        // A derived class inherits its base's.
        switch row.id {
        case .stopIteration, .systemExit, .attributeError, .importError, .nameError, .osError, .syntaxError, .unicodeDecodeError, .unicodeEncodeError,
             .unicodeTranslateError, .baseExceptionGroup: break
        default: return []
        }
        switch row.kind {
        case .plain, .keyError: return []
        case .stopIteration:
            return [Getter("value", "generator return value", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) }]
        case .systemExit:
            return [Getter("code", "exception code", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) }]
        case .nameError:
            return [Getter("name", "name", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) }]
        case .attributeError:
            return [
                Getter("name", "attribute name", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) },
                Getter("obj", "object", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 1) }) { _, a, _ in ExceptionSubtypes.get(a, 1) },
            ]
        case .importError:
            return [
                Getter("msg", "exception message", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) },
                Getter("name", "module name", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 1) }) { _, a, _ in ExceptionSubtypes.get(a, 1) },
                Getter("path", "module path", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 2) }) { _, a, _ in ExceptionSubtypes.get(a, 2) },
            ]
        case .osError:
            return [
                Getter("errno", "POSIX exception code", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) },
                Getter("strerror", "exception strerror", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 1) }) { _, a, _ in ExceptionSubtypes.get(a, 1) },
                Getter("filename", "exception filename", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 2) }) { _, a, _ in ExceptionSubtypes.get(a, 2) },
                Getter("filename2", "second exception filename", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 3) }) { _, a, _ in ExceptionSubtypes.get(a, 3) },
                Getter("characters_written", set: { thread, a, _ in
                    if a[1].isEmpty {
                        if a[0].exceptionField(OSField.written).isEmpty { return thread.raise(.attributeError, "characters_written") }
                        a[0].setExceptionField(OSField.written, .empty)
                        return .none
                    }
                    guard let number = thread.toInt(a[1], overflow: .valueError) else { return .empty }
                    a[0].setExceptionField(OSField.written, thread.newInt(number))
                    return .none
                }) { thread, a, _ in
                    let written = a[0].exceptionField(OSField.written)
                    return written.isEmpty ? thread.raise(.attributeError, "characters_written") : written
                },
            ]
        case .syntaxError:
            return [
                Getter("msg", "exception msg", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) },
                Getter("filename", "exception filename", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 1) }) { _, a, _ in ExceptionSubtypes.get(a, 1) },
                Getter("lineno", "exception lineno", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 2) }) { _, a, _ in ExceptionSubtypes.get(a, 2) },
                Getter("offset", "exception offset", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 3) }) { _, a, _ in ExceptionSubtypes.get(a, 3) },
                Getter("text", "exception text", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 4) }) { _, a, _ in ExceptionSubtypes.get(a, 4) },
                Getter("end_lineno", "exception end lineno", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 5) }) { _, a, _ in ExceptionSubtypes.get(a, 5) },
                Getter("end_offset", "exception end offset", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 6) }) { _, a, _ in ExceptionSubtypes.get(a, 6) },
                Getter("print_file_and_line", "exception print_file_and_line", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 7) }) { _, a, _ in ExceptionSubtypes.get(a, 7) },
            ]
        case .unicodeEncode, .unicodeDecode, .unicodeTranslate:
            return [
                Getter("encoding", "exception encoding", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 0) }) { _, a, _ in ExceptionSubtypes.get(a, 0) },
                Getter("object", "exception object", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 1) }) { _, a, _ in ExceptionSubtypes.get(a, 1) },
                Getter("start", "exception start", isMember: true, set: { thread, a, _ in ExceptionSubtypes.setInteger(thread, a, 2) }) { _, a, _ in ExceptionSubtypes.integer(a[0], 2) },
                Getter("end", "exception end", isMember: true, set: { thread, a, _ in ExceptionSubtypes.setInteger(thread, a, 3) }) { _, a, _ in ExceptionSubtypes.integer(a[0], 3) },
                Getter("reason", "exception reason", isMember: true, set: { _, a, _ in ExceptionSubtypes.set(a, 4) }) { _, a, _ in ExceptionSubtypes.get(a, 4) },
            ]
        case .group:
            return ExceptionGroups.getters
        }
    }

    /// A numeric field that may be unset.
    static func integer(_ exception: Value, _ field: Int) -> Value {
        let value = exception.exceptionField(field)
        return value.isEmpty ? Value(small: 0) : value
    }

    static func methods(_ row: Exceptions.Row) -> [Def] {
        switch row.id {
        case .importError: return [importReduce]
        case .osError: return [osReduce]
        case .baseExceptionGroup: return ExceptionGroups.methods
        default: return []
        }
    }

    static func fill(_ slots: SlotBuilder, _ row: Exceptions.Row) {
        // A class of the same kind as its base states again how it is initialized, as CPython's do, and which `__new__` and `__str__` are its own is as there, too.
        if row.kind == .plain { return slots.restate(.new, .initialize, of: .baseException) }
        if let base = Exceptions.table.first(where: { $0.id == row.base }), base.kind == row.kind { return slots.restate(.initialize, of: base.id) }
        switch row.kind {
        case .plain: break
        case .osError: fillOSError(slots)
        case .group: ExceptionGroups.fill(slots)
        case .stopIteration:
            slots.call(.initialize) { thread, exception, a, count, keywords in
                if Exceptions.initialize(thread, exception, a, count, keywords).isEmpty { return .empty }
                exception.setExceptionField(0, count > 0 ? a[0] : .none)
                return .none
            }
        case .systemExit:
            slots.call(.initialize) { thread, exception, a, count, keywords in
                if Exceptions.initialize(thread, exception, a, count, keywords).isEmpty { return .empty }
                if count > 0 { exception.setExceptionField(0, count == 1 ? a[0] : Exceptions.arguments(exception).value) }
                return .none
            }
        case .keyError:
            slots.restate(.initialize, of: .baseException)
            slots.unary(.str) { thread, exception in
                let arguments = Exceptions.arguments(exception)
                return arguments.count == 1 ? thread.repr(arguments[0]) : Exceptions.str(thread, exception)
            }
        case .nameError:
            slots.restate(.str, of: .baseException)
            slots.call(.initialize) { thread, exception, a, count, keywords in
                ExceptionSubtypes.initialize(thread, exception, a, count, keywords, "NameError", [(.name, NameField.name)]) ? .none : .empty
            }
        case .attributeError:
            slots.restate(.str, of: .baseException)
            slots.call(.initialize) { thread, exception, a, count, keywords in
                ExceptionSubtypes.initialize(thread, exception, a, count, keywords, "AttributeError", [(.name, NameField.name), (.obj, NameField.object)]) ? .none : .empty
            }
        case .importError:
            slots.call(.initialize) { thread, exception, a, count, keywords in
                let given = keywords.isEmpty ? count : count - TupleRef(keywords).count
                guard ExceptionSubtypes.initialize(thread, exception, a, count, keywords, "ImportError", [(.name, ImportField.name), (.path, ImportField.path)]) else { return .empty }
                exception.setExceptionField(ImportField.message, given == 1 ? a[0] : .empty)
                return .none
            }
            slots.unary(.str) { thread, exception in
                let message = exception.exceptionField(ImportField.message)
                return message.isExact(.str) ? message : Exceptions.str(thread, exception)
            }
        case .syntaxError:
            slots.call(.initialize) { thread, exception, a, count, keywords in ExceptionSubtypes.initializeSyntaxError(thread, exception, a, count, keywords) }
            slots.unary(.str) { thread, exception in ExceptionSubtypes.syntaxErrorText(thread, exception) }
        case .unicodeEncode:
            slots.restate(.new, of: .baseException)
            slots.call(.initialize) { thread, exception, a, count, keywords in
                ExceptionSubtypes.initializeUnicodeError(thread, exception, a, count, keywords, hasEncoding: true, isBytes: false)
            }
            slots.unary(.str) { thread, exception in ExceptionSubtypes.unicodeErrorText(thread, exception, .unicodeEncode) }
        case .unicodeDecode:
            slots.restate(.new, of: .baseException)
            slots.call(.initialize) { thread, exception, a, count, keywords in
                ExceptionSubtypes.initializeUnicodeError(thread, exception, a, count, keywords, hasEncoding: true, isBytes: true)
            }
            slots.unary(.str) { thread, exception in ExceptionSubtypes.unicodeErrorText(thread, exception, .unicodeDecode) }
        case .unicodeTranslate:
            slots.restate(.new, of: .baseException)
            slots.call(.initialize) { thread, exception, a, count, keywords in
                ExceptionSubtypes.initializeUnicodeError(thread, exception, a, count, keywords, hasEncoding: false, isBytes: false)
            }
            slots.unary(.str) { thread, exception in ExceptionSubtypes.unicodeErrorText(thread, exception, .unicodeTranslate) }
        }
    }

    /// `args` from the positional arguments and fields from keyword-only ones.
    private static func initialize(_ thread: ThreadRef, _ exception: Value, _ a: Arguments, _ count: Int, _ keywords: Value, _ function: String, _ names: [(Name, Int)]) -> Bool {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if Exceptions.setArguments(thread, exception, a, count - named).isEmpty { return false }
        if named > names.count {
            thread.raise(.typeError, "\(function)() takes at most \(names.count) keyword argument\(names.count == 1 ? "" : "s") (\(named) given)")
            return false
        }
        for (_, field) in names { exception.setExceptionField(field, .empty) }
        for index in 0 ..< named {
            let key = TupleRef(keywords)[index]
            guard let match = names.first(where: { StringRef($0.0.value).equals(StringRef(key)) }) else {
                thread.raise(.typeError, "'\(StringRef(key).description)' is an invalid keyword argument for \(function)()")
                return false
            }
            exception.setExceptionField(match.1, a[count - named + index])
        }
        return true
    }

    // MARK: ImportError

    private static let importReduce = Def("__reduce__(self, /)", .calls) { thread, a, _ in
        var state = Exceptions.ownAttributes(thread, a[0])
        if thread.hasException { return .empty }
        let name = a[0].exceptionField(ImportField.name), path = a[0].exceptionField(ImportField.path)
        if !name.isEmpty || !path.isEmpty {
            if state.isEmpty { state = thread.newDict() }
            if state.isEmpty { return .empty }
            if !name.isEmpty, !DictRef(state).set(thread, Name.name, name) { return .empty }
            if !path.isEmpty, !DictRef(state).set(thread, Name.path, path) { return .empty }
        }
        return Exceptions.reduced(thread, a[0], Exceptions.arguments(a[0]).value, state)
    }

    // MARK: OSError

    /// PEP 3151: which subclass an error number makes.
    static func osErrorClass(_ code: Int) -> TypeID? {
        switch Int32(truncatingIfNeeded: code) {
        case EAGAIN, EALREADY, EINPROGRESS: return .blockingIOError
        case EPIPE, ESHUTDOWN: return .brokenPipeError
        case ECHILD: return .childProcessError
        case ECONNABORTED: return .connectionAbortedError
        case ECONNREFUSED: return .connectionRefusedError
        case ECONNRESET: return .connectionResetError
        case EEXIST: return .fileExistsError
        case ENOENT: return .fileNotFoundError
        case EISDIR: return .isADirectoryError
        case ENOTDIR: return .notADirectoryError
        case EINTR: return .interruptedError
        case EACCES, EPERM: return .permissionError
        case ESRCH: return .processLookupError
        case ETIMEDOUT: return .timeoutError
        default: return nil
        }
    }

    private static func fillOSError(_ slots: SlotBuilder) {
        slots.call(.new) { thread, type, a, count, keywords in
            var type = TypeRef(type)
            if ExceptionSubtypes.usesInitialize(type) {
                let exception = thread.allocateInstance(type)
                if exception.isEmpty { return .empty }
                exception.object(ExceptionObject.self).pointee.arguments = WellKnown.emptyTuple.value
                return exception
            }
            guard Exceptions.refuseKeywords(thread, type, keywords) else { return .empty }
            if type == TypeID.osError.type && count >= 2 && count <= 5 && a[0].isInt, let code = IntOps.toInt(a[0]), let better = ExceptionSubtypes.osErrorClass(code) {
                type = better.type
            }
            let exception = Exceptions.new(thread, type.value, a, count, .empty)
            return exception.isEmpty || !ExceptionSubtypes.setOSError(thread, exception, a, count) ? .empty : exception
        }
        slots.call(.initialize) { thread, exception, a, count, keywords in
            guard ExceptionSubtypes.usesInitialize(exception.type) else { return .none }
            guard Exceptions.refuseKeywords(thread, exception.type, keywords) else { return .empty }
            if Exceptions.setArguments(thread, exception, a, count).isEmpty { return .empty }
            return ExceptionSubtypes.setOSError(thread, exception, a, count) ? .none : .empty
        }
        slots.unary(.str) { thread, exception in ExceptionSubtypes.osErrorText(thread, exception) }
    }

    /// A subclass that overrides `__init__` but not `__new__` gets its arguments by calling `OSError.__init__`.
    static func usesInitialize(_ type: TypeRef) -> Bool {
        let own = TypeID.osError.type
        return type.slotPointer(.initialize).pointee != own.slotPointer(.initialize).pointee && type.slotPointer(.new).pointee == own.slotPointer(.new).pointee
    }

    /// Takes the fields from the arguments: errno, strerror[, filename[, winerror[, filename2]]].
    static func setOSError(_ thread: ThreadRef, _ exception: Value, _ a: Arguments, _ count: Int) -> Bool {
        guard count >= 2 && count <= 5 else { return true }
        exception.setExceptionField(OSField.errno, a[0])
        exception.setExceptionField(OSField.strerror, a[1])
        guard count > 2, !a[2].isNone else { return true }
        if exception.type == TypeID.blockingIOError.type && isNumber(a[2]) {
            guard let written = thread.toInt(a[2], overflow: .valueError) else { return false }
            exception.setExceptionField(OSField.written, thread.newInt(written))
            return true
        }
        exception.setExceptionField(OSField.filename, a[2])
        if count > 4 && !a[4].isNone { exception.setExceptionField(OSField.filename2, a[4]) }
        // For compatibility `args` does not have the file names.
        let pair = thread.newTuple(a, 2)
        if pair.isEmpty { return false }
        exception.object(ExceptionObject.self).pointee.arguments = pair
        Heap.barrier(exception.raw)
        return true
    }

    private static func isNumber(_ value: Value) -> Bool {
        let type = value.type
        return value.isInt || type.slotPointer(.index).pointee != nil || type.slotPointer(.int).pointee != nil || type.slotPointer(.float).pointee != nil
    }

    static func osErrorText(_ thread: ThreadRef, _ exception: Value) -> Value {
        let code = exception.exceptionField(OSField.errno), message = exception.exceptionField(OSField.strerror)
        let filename = exception.exceptionField(OSField.filename), second = exception.exceptionField(OSField.filename2)
        if filename.isEmpty && (code.isEmpty || message.isEmpty) { return Exceptions.str(thread, exception) }
        var text = TextBuilder(thread)
        text.add("[Errno ")
        text.add(str: code.orNone)
        text.add("] ")
        text.add(str: message.orNone)
        if !filename.isEmpty {
            text.add(": ")
            text.add(repr: filename)
            if !second.isEmpty {
                text.add(" -> ")
                text.add(repr: second)
            }
        }
        return text.finish()
    }

    private static let osReduce = Def("__reduce__(self, /)", .calls) { thread, a, _ in
        var arguments = Exceptions.arguments(a[0]).value
        let filename = a[0].exceptionField(OSField.filename), second = a[0].exceptionField(OSField.filename2)
        if TupleRef(arguments).count == 2 && !filename.isEmpty {
            let first = TupleRef(arguments)
            arguments = second.isEmpty ? thread.newTuple(first[0], first[1], filename) : thread.newTuple(first[0], first[1], filename, .none, second)
            if arguments.isEmpty { return .empty }
        }
        let state = Exceptions.ownAttributes(thread, a[0])
        return Exceptions.reduced(thread, a[0], arguments, state)
    }

    // MARK: SyntaxError

    static func initializeSyntaxError(_ thread: ThreadRef, _ exception: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if Exceptions.initialize(thread, exception, a, count, keywords).isEmpty { return .empty }
        if count >= 1 { exception.setExceptionField(SyntaxField.message, a[0]) }
        guard count == 2 else { return .none }
        let info = thread.tuple(a[1])
        if info.isEmpty { return .empty }
        let items = TupleRef(info)
        for index in 1 ... 6 { exception.setExceptionField(index, .empty) }
        guard items.count >= 4 && items.count <= 6 else {
            return thread.raise(.typeError, "function takes at \(items.count < 4 ? "least 4" : "most 6") arguments (\(items.count) given)")
        }
        for index in 0 ..< items.count { exception.setExceptionField(index + 1, items[index]) }
        if items.count == 5 { return thread.raise(.typeError, "end_offset must be provided when end_lineno is provided") }
        return .none
    }

    static func syntaxErrorText(_ thread: ThreadRef, _ exception: Value) -> Value {
        let filename = exception.exceptionField(SyntaxField.filename), line = exception.exceptionField(SyntaxField.lineno)
        let hasLine = line.isSmallInt || line.isExact(.int)
        let hasFile = !filename.isEmpty && filename.isString
        var text = TextBuilder(thread)
        text.add(str: exception.exceptionField(SyntaxField.message).orNone)
        if hasFile {
            let path = StringRef(filename).description
            let base = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
            text.add(" (\(base)")
            if hasLine {
                text.add(", line ")
                text.add(str: line)
            }
            text.add(")")
        } else if hasLine {
            text.add(" (line ")
            text.add(str: line)
            text.add(")")
        }
        return text.finish()
    }

    // MARK: Unicode errors

    static func initializeUnicodeError(_ thread: ThreadRef, _ exception: Value, _ a: Arguments, _ count: Int, _ keywords: Value, hasEncoding: Bool, isBytes: Bool) -> Value {
        if Exceptions.initialize(thread, exception, a, count, keywords).isEmpty { return .empty }
        let expected = hasEncoding ? 5 : 4
        guard count == expected else { return thread.raise(.typeError, "function takes exactly \(expected) arguments (\(count) given)") }
        func text(_ index: Int) -> Bool {
            if a[index].isString { return true }
            thread.raise(.typeError, "argument \(index + 1) must be str, not \(a[index].type.name)")
            return false
        }
        let first = hasEncoding ? 1 : 0
        if hasEncoding, !text(0) { return .empty }
        if !isBytes, !text(first) { return .empty }
        guard let start = thread.toInt(a[first + 1]), let end = thread.toInt(a[first + 2]), text(first + 3) else { return .empty }
        var object = a[first]
        if isBytes && !object.isBytes {
            object = thread.withBuffer(object) { bytes, count in thread.newBytes(bytes, count) }
            if object.isEmpty { return .empty }
        }
        if hasEncoding { exception.setExceptionField(UnicodeField.encoding, a[0]) }
        exception.setExceptionField(UnicodeField.object, object)
        exception.setExceptionField(UnicodeField.start, thread.newInt(start))
        exception.setExceptionField(UnicodeField.end, thread.newInt(end))
        exception.setExceptionField(UnicodeField.reason, a[first + 3])
        return .none
    }

    static func unicodeErrorText(_ thread: ThreadRef, _ exception: Value, _ kind: Exceptions.Kind) -> Value {
        let object = exception.exceptionField(UnicodeField.object)
        if object.isEmpty { return WellKnown.emptyString.value }
        let start = IntOps.toInt(integer(exception, UnicodeField.start)) ?? 0
        let end = IntOps.toInt(integer(exception, UnicodeField.end)) ?? 0
        var text = TextBuilder(thread)
        if kind != .unicodeTranslate {
            text.add("'")
            text.add(str: exception.exceptionField(UnicodeField.encoding).orNone)
            text.add("' codec ")
        }
        let isSingle = end > start && end - start == 1 && start >= 0
        if kind == .unicodeDecode {
            if isSingle && object.isBytes && start < BytesRef(object).count {
                let digits = String(BytesRef(object).bytes[start], radix: 16)
                text.add("can't decode byte 0x\(digits.utf8.count < 2 ? "0" : "")\(digits) in position \(start): ")
            } else {
                text.add("can't decode bytes in position \(start)-\(end &- 1): ")
            }
        } else {
            let verb = kind == .unicodeEncode ? "encode" : "translate"
            if isSingle && object.isString && start < StringRef(object).count {
                let character = StringRef(object)[start]
                let digits = String(character, radix: 16)
                let (letter, width) = character <= 0xFF ? ("x", 2) : character <= 0xFFFF ? ("u", 4) : ("U", 8)
                text.add("can't \(verb) character '\\\(letter)\(String(repeating: "0", count: max(0, width - digits.utf8.count)))\(digits)' in position \(start): ")
            } else {
                text.add("can't \(verb) characters in position \(start)-\(end &- 1): ")
            }
        }
        text.add(str: exception.exceptionField(UnicodeField.reason).orNone)
        return text.finish()
    }
}

/// Puts a text together from pieces, some of which are made by Python. When one raises, `finish` returns the empty value. For cold code.
struct TextBuilder {
    let thread: ThreadRef
    var units: [UInt8] = []
    var failed = false

    init(_ thread: ThreadRef) { self.thread = thread }

    mutating func add(_ text: String) { units += Array(text.utf8) }

    mutating func add(string value: Value) {
        if value.isEmpty { failed = true }
        if !failed { units += StringRef(value).utf8 }
    }

    mutating func add(str value: Value) { if !failed { add(string: thread.str(value)) } }
    mutating func add(repr value: Value) { if !failed { add(string: thread.repr(value)) } }

    func finish() -> Value { failed ? .empty : thread.newString(utf8: units) }
}
