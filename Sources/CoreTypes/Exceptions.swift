import Objects

/// `BaseException` and the table of the built-in exception classes.
///
/// Every exception begins with `ExceptionObject`, the common fields; then come the words that its kind has of its own (see `ExceptionSubtypes.swift`), and the dict
/// word. To add a class, add a row to `table`; what makes it special is chosen by its `kind`.
///
/// MemoryError must be raisable when there is no memory: a few are kept ready, in root words, and the last of them is used again and again if need be.
enum Exceptions {
    enum Kind {
        case plain, stopIteration, systemExit, keyError, nameError, attributeError, importError, osError, syntaxError, unicodeEncode, unicodeDecode, unicodeTranslate, group

        /// How many fields an instance has of its own.
        private var fieldCount: Int {
            switch self {
            case .plain, .keyError: 0
            case .stopIteration, .systemExit, .nameError: 1
            case .attributeError, .group: 2
            case .importError: 3
            case .osError, .unicodeEncode, .unicodeDecode, .unicodeTranslate: 5
            case .syntaxError: 8
            }
        }

        var dictOffset: Int { MemoryLayout<ExceptionObject>.size + fieldCount * 8 }
        var size: Int { dictOffset + 8 }
        /// Every word but the header.
        var mask: UInt64 { 1 << UInt64(size / 8) - 2 }
    }

    struct Row {
        let id: TypeID
        let name: StaticString
        let base: TypeID
        let doc: StaticString
        let kind: Kind

        init(_ id: TypeID, _ name: StaticString, _ base: TypeID, _ doc: StaticString, _ kind: Kind = .plain) {
            self.id = id
            self.name = name
            self.base = base
            self.doc = doc
            self.kind = kind
        }
    }

    /// Bases before derived classes. `ExceptionGroup`, which has two bases, is made apart.
    static let table: [Row] = [
        Row(.exception, "Exception", .baseException, "Common base class for all non-exit exceptions."),
        Row(.baseExceptionGroup, "BaseExceptionGroup", .baseException, "A combination of multiple unrelated exceptions.", .group),
        Row(.generatorExit, "GeneratorExit", .baseException, "Request that a generator exit."),
        Row(.keyboardInterrupt, "KeyboardInterrupt", .baseException, "Program interrupted by user."),
        Row(.systemExit, "SystemExit", .baseException, "Request to exit from the interpreter.", .systemExit),
        Row(.arithmeticError, "ArithmeticError", .exception, "Base class for arithmetic errors."),
        Row(.floatingPointError, "FloatingPointError", .arithmeticError, "Floating point operation failed."),
        Row(.overflowError, "OverflowError", .arithmeticError, "Result too large to be represented."),
        Row(.zeroDivisionError, "ZeroDivisionError", .arithmeticError, "Second argument to a division or modulo operation was zero."),
        Row(.assertionError, "AssertionError", .exception, "Assertion failed."),
        Row(.attributeError, "AttributeError", .exception, "Attribute not found.", .attributeError),
        Row(.bufferError, "BufferError", .exception, "Buffer error."),
        Row(.eofError, "EOFError", .exception, "Read beyond end of file."),
        Row(.importError, "ImportError", .exception, "Import can't find module, or can't find name in module.", .importError),
        Row(.moduleNotFoundError, "ModuleNotFoundError", .importError, "Module not found.", .importError),
        Row(.lookupError, "LookupError", .exception, "Base class for lookup errors."),
        Row(.indexError, "IndexError", .lookupError, "Sequence index out of range."),
        Row(.keyError, "KeyError", .lookupError, "Mapping key not found.", .keyError),
        Row(.memoryError, "MemoryError", .exception, "Out of memory."),
        Row(.nameError, "NameError", .exception, "Name not found globally.", .nameError),
        Row(.unboundLocalError, "UnboundLocalError", .nameError, "Local name referenced but not bound to a value.", .nameError),
        Row(.osError, "OSError", .exception, "Base class for I/O related errors.", .osError),
        Row(.blockingIOError, "BlockingIOError", .osError, "I/O operation would block.", .osError),
        Row(.childProcessError, "ChildProcessError", .osError, "Child process error.", .osError),
        Row(.connectionError, "ConnectionError", .osError, "Connection error.", .osError),
        Row(.brokenPipeError, "BrokenPipeError", .connectionError, "Broken pipe.", .osError),
        Row(.connectionAbortedError, "ConnectionAbortedError", .connectionError, "Connection aborted.", .osError),
        Row(.connectionRefusedError, "ConnectionRefusedError", .connectionError, "Connection refused.", .osError),
        Row(.connectionResetError, "ConnectionResetError", .connectionError, "Connection reset.", .osError),
        Row(.fileExistsError, "FileExistsError", .osError, "File already exists.", .osError),
        Row(.fileNotFoundError, "FileNotFoundError", .osError, "File not found.", .osError),
        Row(.interruptedError, "InterruptedError", .osError, "Interrupted by signal.", .osError),
        Row(.isADirectoryError, "IsADirectoryError", .osError, "Operation doesn't work on directories.", .osError),
        Row(.notADirectoryError, "NotADirectoryError", .osError, "Operation only works on directories.", .osError),
        Row(.permissionError, "PermissionError", .osError, "Not enough permissions.", .osError),
        Row(.processLookupError, "ProcessLookupError", .osError, "Process not found.", .osError),
        Row(.timeoutError, "TimeoutError", .osError, "Timeout expired.", .osError),
        Row(.referenceError, "ReferenceError", .exception, "Weak ref proxy used after referent went away."),
        Row(.runtimeError, "RuntimeError", .exception, "Unspecified run-time error."),
        Row(.notImplementedError, "NotImplementedError", .runtimeError, "Method or function hasn't been implemented yet."),
        Row(.recursionError, "RecursionError", .runtimeError, "Recursion limit exceeded."),
        Row(.stopAsyncIteration, "StopAsyncIteration", .exception, "Signal the end from iterator.__anext__()."),
        Row(.stopIteration, "StopIteration", .exception, "Signal the end from iterator.__next__().", .stopIteration),
        Row(.syntaxError, "SyntaxError", .exception, "Invalid syntax.", .syntaxError),
        Row(.indentationError, "IndentationError", .syntaxError, "Improper indentation.", .syntaxError),
        Row(.tabError, "TabError", .indentationError, "Improper mixture of spaces and tabs.", .syntaxError),
        Row(.systemError, "SystemError", .exception, "Internal error in the Python interpreter."),
        Row(.typeError, "TypeError", .exception, "Inappropriate argument type."),
        Row(.valueError, "ValueError", .exception, "Inappropriate argument value (of correct type)."),
        Row(.unicodeError, "UnicodeError", .valueError, "Unicode related error."),
        Row(.unicodeDecodeError, "UnicodeDecodeError", .unicodeError, "Unicode decoding error.", .unicodeDecode),
        Row(.unicodeEncodeError, "UnicodeEncodeError", .unicodeError, "Unicode encoding error.", .unicodeEncode),
        Row(.unicodeTranslateError, "UnicodeTranslateError", .unicodeError, "Unicode translation error.", .unicodeTranslate),
        Row(.warning, "Warning", .exception, "Base class for warning categories."),
        Row(.bytesWarning, "BytesWarning", .warning, "Warnings about bytes and buffer related problems, mostly about comparing with str."),
        Row(.deprecationWarning, "DeprecationWarning", .warning, "Warnings about deprecated features."),
        Row(.encodingWarning, "EncodingWarning", .warning, "Warnings about encodings."),
        Row(.futureWarning, "FutureWarning", .warning, "A warning that a construct is going to mean something else."),
        Row(.importWarning, "ImportWarning", .warning, "Warnings about probable mistakes in module imports."),
        Row(.pendingDeprecationWarning, "PendingDeprecationWarning", .warning, "A warning that a feature is going to be deprecated."),
        Row(.resourceWarning, "ResourceWarning", .warning, "Warnings about resource usage."),
        Row(.runtimeWarning, "RuntimeWarning", .warning, "Warnings about dubious runtime behavior."),
        Row(.syntaxWarning, "SyntaxWarning", .warning, "Warnings about dubious syntax."),
        Row(.unicodeWarning, "UnicodeWarning", .warning, "Warnings about Unicode related problems."),
        Row(.userWarning, "UserWarning", .warning, "Warnings generated by user code."),
    ]

    static func start(_ thread: ThreadRef) {
        NativeType(id: .baseException, "BaseException", size: Kind.plain.size, mask: Kind.plain.mask, dictOffset: Kind.plain.dictOffset, flags: [.base, .exceptionSubclass],
                   doc: "Common base class for all exceptions.", methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, .setAttribute, of: .object)
            slots.call(.new) { thread, type, arguments, count, keywords in Exceptions.new(thread, type, arguments, count, keywords) }
            slots.call(.initialize) { thread, exception, arguments, count, keywords in Exceptions.initialize(thread, exception, arguments, count, keywords) }
            slots.unary(.str) { thread, exception in Exceptions.str(thread, exception) }
            slots.unary(.repr) { thread, exception in Exceptions.repr(thread, exception) }
        }
        for row in table {
            // Fields of its own make a class the base of classes with several.
            var flags: TypeFlags = [.base, .exceptionSubclass]
            if row.kind != .plain && row.kind != .keyError && row.kind != table.first(where: { $0.id == row.base })?.kind { flags.insert(.extendsLayout) }
            NativeType(id: row.id, row.name, base: row.base.type, size: row.kind.size, mask: row.kind.mask, dictOffset: row.kind.dictOffset, flags: flags, doc: row.doc,
                       methods: ExceptionSubtypes.methods(row), getters: ExceptionSubtypes.getters(row)) { slots in ExceptionSubtypes.fill(slots, row) }
        }
        ExceptionGroups.start(thread)
        for index in 0 ..< reserveSize {
            guard let raw = Heap.allocate(Kind.plain.size, shape: TypeID.memoryError.shape) else { continue }
            raw.assumingMemoryBound(to: ExceptionObject.self).pointee.arguments = WellKnown.emptyTuple.value
            reserve[index].pointee = Value(raw)
        }
    }

    // MARK: Making

    private static let reserveSize = 8
    /// Root words of MemoryErrors made in advance; those used are empty.
    private static let reserve: [UnsafeMutablePointer<Value>] = (0 ..< 8).map { _ in RootTable.reserve() }

    /// A MemoryError made in advance.
    private static func reservedMemoryError() -> Value {
        for index in 1 ..< reserveSize where !reserve[index].pointee.isEmpty {
            let exception = reserve[index].pointee
            reserve[index].pointee = .empty
            return exception
        }
        let exception = reserve[0].pointee
        let object = exception.object(ExceptionObject.self)
        object.pointee.traceback = .empty
        object.pointee.context = .empty
        object.pointee.cause = .empty
        return exception
    }

    /// Makes new MemoryErrors for those that were used. Called when there is memory again.
    static func refillReserve() {
        for index in 1 ..< reserveSize where reserve[index].pointee.isEmpty {
            guard let raw = Heap.allocate(Kind.plain.size, shape: TypeID.memoryError.shape) else { return }
            raw.assumingMemoryBound(to: ExceptionObject.self).pointee.arguments = WellKnown.emptyTuple.value
            reserve[index].pointee = Value(raw)
        }
    }

    /// `BaseException.__new__`
    @inline(__always) static func new(_ thread: ThreadRef, _ type: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let given = keywords.isEmpty ? count : count - TupleRef(keywords).count
        let type = TypeRef(type)
        let exception: Value
        if type == TypeID.memoryError.type {
            guard let raw = Heap.allocate(Kind.plain.size, shape: TypeID.memoryError.shape) else { return reservedMemoryError() }
            exception = Value(raw)
        } else {
            exception = thread.allocateInstance(type)
            if exception.isEmpty { return .empty }
        }
        let tuple = thread.newTuple(arguments, given)
        if tuple.isEmpty { return .empty }
        exception.object(ExceptionObject.self).pointee.arguments = tuple
        Heap.barrier(exception.raw)
        return exception
    }

    /// `BaseException.__init__`
    @inline(__always) static func initialize(_ thread: ThreadRef, _ exception: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard refuseKeywords(thread, exception.type, keywords) else { return .empty }
        return setArguments(thread, exception, arguments, count)
    }

    static func refuseKeywords(_ thread: ThreadRef, _ type: TypeRef, _ keywords: Value) -> Bool {
        if keywords.isEmpty || TupleRef(keywords).count == 0 { return true }
        thread.raise(.typeError, "\(type.name)() takes no keyword arguments")
        return false
    }

    /// Stores `args`, unless they are there already, as they are when `__new__` got the same ones.
    static func setArguments(_ thread: ThreadRef, _ exception: Value, _ arguments: Arguments, _ count: Int) -> Value {
        let object = exception.object(ExceptionObject.self)
        let known = TupleRef(object.pointee.arguments)
        if known.count == count {
            var index = 0
            while index < count && known[index] == arguments[index] { index += 1 }
            if index == count { return .none }
        }
        let tuple = thread.newTuple(arguments, count)
        if tuple.isEmpty { return .empty }
        object.pointee.arguments = tuple
        Heap.barrier(exception.raw)
        return .none
    }

    static func arguments(_ exception: Value) -> TupleRef { TupleRef(exception.object(ExceptionObject.self).pointee.arguments) }

    // MARK: Text

    static func str(_ thread: ThreadRef, _ exception: Value) -> Value {
        let arguments = arguments(exception)
        switch arguments.count {
        case 0: return WellKnown.emptyString.value
        case 1: return thread.str(arguments[0])
        default: return thread.str(arguments.value)
        }
    }

    static func repr(_ thread: ThreadRef, _ exception: Value) -> Value {
        let arguments = arguments(exception)
        let text = arguments.count == 1 ? thread.repr(arguments[0]) : thread.repr(arguments.value)
        if text.isEmpty { return .empty }
        let name = exception.type.pointer.pointee.name
        if arguments.count != 1 { return thread.concatenate(StringRef(name), StringRef(text)) }
        let open = thread.concatenate(StringRef(name), StringRef(taipan_latin1()[0x28]))
        if open.isEmpty { return .empty }
        let inner = thread.concatenate(StringRef(open), StringRef(text))
        return inner.isEmpty ? .empty : thread.concatenate(StringRef(inner), StringRef(taipan_latin1()[0x29]))
    }

    // MARK: Attributes

    /// Attributes in the instance's own dict, as a new dict; empty, with nothing raised, when there are none.
    static func ownAttributes(_ thread: ThreadRef, _ exception: Value) -> Value {
        let dict = InstanceAttributes.snapshot(thread, exception)
        return dict.isEmpty || DictRef(dict).count == 0 ? .empty : dict
    }

    /// What `__reduce__` returns, given the arguments to call the class with.
    static func reduced(_ thread: ThreadRef, _ exception: Value, _ arguments: Value, _ state: Value) -> Value {
        if thread.hasException { return .empty }
        return thread.newTuple(exception.type.value, arguments, state.isEmpty ? .absent : state)
    }

    static func isTraceback(_ value: Value) -> Bool { value.isExact(.traceback) }

    /// Whether `value` is None or an exception; raises "exception `what` must be …" otherwise.
    static func acceptChained(_ thread: ThreadRef, _ value: Value, _ what: String) -> Bool {
        if value.isEmpty {
            thread.raise(.typeError, "__\(what)__ may not be deleted")
            return false
        }
        if value.isNone || value.isException { return true }
        thread.raise(.typeError, "exception \(what) must be None or derive from BaseException")
        return false
    }

    static func setTraceback(_ thread: ThreadRef, _ exception: Value, _ value: Value) -> Bool {
        if value.isEmpty {
            thread.raise(.typeError, "__traceback__ may not be deleted")
            return false
        }
        guard value.isNone || isTraceback(value) else {
            thread.raise(.typeError, "__traceback__ must be a traceback or None")
            return false
        }
        exception.object(ExceptionObject.self).pointee.traceback = value.isNone ? .empty : value
        Heap.barrier(exception.raw)
        return true
    }

    private static let getters = [
        Getter.instanceDict,
        Getter("args", set: { thread, a, _ in
            if a[1].isEmpty { return thread.raise(.typeError, "args may not be deleted") }
            let tuple = thread.tuple(a[1])
            if tuple.isEmpty { return .empty }
            a[0].object(ExceptionObject.self).pointee.arguments = tuple
            Heap.barrier(a[0].raw)
            return .none
        }) { _, a, _ in a[0].object(ExceptionObject.self).pointee.arguments },
        Getter("__traceback__", set: { thread, a, _ in Exceptions.setTraceback(thread, a[0], a[1]) ? .none : .empty }) { _, a, _ in
            a[0].object(ExceptionObject.self).pointee.traceback.orNone
        },
        Getter("__context__", "exception context", set: { thread, a, _ in
            guard Exceptions.acceptChained(thread, a[1], "context") else { return .empty }
            a[0].object(ExceptionObject.self).pointee.context = a[1].isNone ? .empty : a[1]
            Heap.barrier(a[0].raw)
            return .none
        }) { _, a, _ in a[0].object(ExceptionObject.self).pointee.context.orNone },
        Getter("__cause__", "exception cause", set: { thread, a, _ in
            guard Exceptions.acceptChained(thread, a[1], "cause") else { return .empty }
            a[0].object(ExceptionObject.self).pointee.cause = a[1].isNone ? .empty : a[1]
            a[0].object(ExceptionObject.self).pointee.suppressContext = .true
            Heap.barrier(a[0].raw)
            return .none
        }) { _, a, _ in a[0].object(ExceptionObject.self).pointee.cause.orNone },
        Getter("__suppress_context__", isMember: true, set: { thread, a, _ in
            if a[1].isEmpty { return thread.raise(.typeError, "can't delete numeric/char attribute") }
            guard a[1].isBool else { return thread.raise(.typeError, "attribute value type must be bool") }
            a[0].object(ExceptionObject.self).pointee.suppressContext = a[1]
            return .none
        }) { _, a, _ in Value(a[0].object(ExceptionObject.self).pointee.suppressContext == .true) },
    ]

    private static let methods = [
        Def("__reduce__(self, /)", .calls) { thread, a, _ in
            let state = Exceptions.ownAttributes(thread, a[0])
            return Exceptions.reduced(thread, a[0], Exceptions.arguments(a[0]).value, state)
        },
        Def("__setstate__(self, state, /)", .calls) { thread, a, _ in
            if a[1].isNone { return .none }
            guard a[1].isDict else { return thread.raise(.typeError, "state is not a dictionary") }
            let copy = thread.copyDict(DictRef(a[1]))
            if copy.isEmpty { return .empty }
            var position = 0
            while let (key, value) = DictRef(copy).next(&position) {
                guard key.isString else { return thread.raise(.typeError, "attribute name must be string, not '\(key.type.name)'") }
                guard thread.setAttribute(a[0], key, value) else { return .empty }
            }
            return .none
        },
        Def("with_traceback(self, tb, /)", .calls, "Set self.__traceback__ to tb and return self.") { thread, a, _ in
            Exceptions.setTraceback(thread, a[0], a[1]) ? a[0] : .empty
        },
        Def("add_note(self, note, /)", .calls, "Add a note to the exception.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "note must be a str, not '\(a[1].type.name)'") }
            var notes = thread.getAttributeOrEmpty(a[0], .__notes__)
            if notes.isEmpty {
                if thread.hasException { return .empty }
                notes = thread.newList()
                guard !notes.isEmpty, thread.setAttribute(a[0], .__notes__, notes) else { return .empty }
            } else if !notes.isList {
                return thread.raise(.typeError, "Cannot add note: __notes__ is not a list")
            }
            return ListRef(notes).append(thread, a[1]) ? .none : .empty
        },
    ]
}

extension Value {
    /// None for the zero word.
    @inline(__always) var orNone: Value { isEmpty ? .none : self }
}
