import Glibc
import Objects

/// Exceptions.
enum Errors {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_FatalError = { _, message in
            let text = message.map { String(cString: $0) } ?? "<message not set>"
            fflush(stdout)
            fputs("Fatal Python error: HPy_FatalError: \(text)\n", stderr)
            let thread = Contexts.thread
            if thread.hasException { fputs("\nwhile an exception was being raised: \(thread.pointee.exception.type.name)\n", stderr) }
            fflush(stderr)
            abort()
        }
        c.pointee.ctx_Err_SetString = { _, type, message in
            let thread = Contexts.thread
            guard type.isExceptionClass else { return Errors.raise(thread, type, .none) }
            let text = thread.newString(cString: message)
            // As in CPython a text that is not UTF-8 leaves the exception without one.
            if text.isEmpty && message != nil { thread.takeException() }
            if !text.isEmpty || message != nil { Errors.raise(thread, type, text) }
        }
        c.pointee.ctx_Err_SetObject = { _, type, value in Errors.raise(Contexts.thread, type, value) }
        c.pointee.ctx_Err_SetFromErrnoWithFilename = { _, type, filename in
            let code = errno
            let thread = Contexts.thread
            var name = Value.empty
            if let filename {
                name = filename.withMemoryRebound(to: UInt8.self, capacity: 1) { thread.decodeFileSystem($0, strlen(filename)) }
                if name.isEmpty { return .empty }
            }
            Errors.raise(thread, type, code: code, name, .empty)
            return .empty
        }
        c.pointee.ctx_Err_SetFromErrnoWithFilenameObjects = { _, type, first, second in Errors.raise(Contexts.thread, type, code: errno, first, second) }
        c.pointee.ctx_Err_Occurred = { _ in Contexts.thread.hasException ? 1 : 0 }
        c.pointee.ctx_Err_ExceptionMatches = { _, wanted in
            let raised = Contexts.thread.pointee.exception
            return !raised.isEmpty && Errors.matches(raised, wanted) ? 1 : 0
        }
        c.pointee.ctx_Err_NoMemory = { _ in Contexts.thread.raiseOutOfMemory() }
        c.pointee.ctx_Err_Clear = { _ in Contexts.thread.takeException() }
        c.pointee.ctx_Err_NewException = { _, name, base, dict in Errors.make(Contexts.thread, name, nil, base, dict) }
        c.pointee.ctx_Err_NewExceptionWithDoc = { _, name, doc, base, dict in Errors.make(Contexts.thread, name, doc, base, dict) }
        c.pointee.ctx_Err_WarnEx = { _, category, message, level in
            let thread = Contexts.thread
            let text = thread.newString(cString: message)
            if text.isEmpty { return -1 }
            return RuntimeHooks.issueWarning(thread, category.isEmpty ? TypeID.runtimeWarning.value : category, text, level) ? 0 : -1
        }
        c.pointee.ctx_Err_WriteUnraisable = { _, object in
            let thread = Contexts.thread
            if thread.hasException { RuntimeHooks.writeUnraisable(thread, "", object.isEmpty ? .none : object) }
            thread.takeException()
        }
    }

    /// Raises an exception of a class from a value: an instance as it is, a tuple as arguments, None as no argument.
    static func raise(_ thread: ThreadRef, _ type: Value, _ value: Value) {
        guard type.isExceptionClass else {
            thread.raise(.systemError, type.isEmpty ? "a null handle was passed for an exception class" : "_PyErr_SetObject: exception \(type.reprForMessage(thread)) is not a BaseException subclass")
            return
        }
        if value.isException, value.type.isSubtype(of: TypeRef(type)) {
            thread.raise(value)
            return
        }
        let made: Value
        if value.isEmpty || value.isNone {
            made = thread.call(type)
        } else if value.isTuple {
            made = thread.call(type, tuple: value)
        } else {
            made = thread.call(type, value)
        }
        if made.isEmpty { return }
        guard made.isException else {
            thread.raise(.typeError, "calling \(type.reprForMessage(thread)) should have returned an instance of BaseException, not \(made.type.name)")
            return
        }
        thread.raise(made)
    }

    private static func raise(_ thread: ThreadRef, _ type: Value, code: Int32, _ first: Value, _ second: Value) {
        let text = thread.newString(code == 0 ? "Error" : String(cString: strerror(code)))
        if text.isEmpty { return }
        if type.isEmpty { return Errors.raise(thread, type, text) }
        let number = Value(small: Int(code))
        let made: Value
        if first.isEmpty {
            made = thread.call(type, number, text)
        } else if second.isEmpty {
            made = thread.call(type, number, text, first)
        } else {
            made = thread.call(type, number, text, first, Value(small: 0), second)
        }
        if !made.isEmpty { Errors.raise(thread, made.type.value, made) }
    }

    /// Whether an exception is of a class, or of one of a tuple of classes.
    private static func matches(_ exception: Value, _ wanted: Value) -> Bool {
        if wanted.isTuple { return (0 ..< TupleRef(wanted).count).contains { Errors.matches(exception, TupleRef(wanted)[$0]) } }
        return wanted.isType && exception.type.isSubtype(of: TypeRef(wanted))
    }

    private static func make(_ thread: ThreadRef, _ name: UnsafePointer<CChar>?, _ doc: UnsafePointer<CChar>?, _ base: Value, _ dict: Value) -> Value {
        let whole = thread.newString(cString: name)
        if whole.isEmpty { return .empty }
        let full = StringRef(whole).description
        guard dict.isEmpty || dict.isDict else { return thread.raise(.systemError, "bad argument to internal function") }
        // A given dict gets the entries too.
        let namespace = dict.isEmpty ? thread.newDict() : dict
        if namespace.isEmpty { return .empty }
        if let doc {
            let text = thread.newString(cString: doc)
            if text.isEmpty || !DictRef(namespace).set(thread, Name.__doc__, text) { return .empty }
        }
        guard let dot = full.lastIndex(of: ".") else { return thread.raise(.systemError, "PyErr_NewException: name must be module.class") }
        if DictRef(namespace).get(.__module__).isEmpty {
            let module = thread.newString(String(full[..<dot]))
            if module.isEmpty || !DictRef(namespace).set(thread, Name.__module__, module) { return .empty }
        }
        var single = base.isEmpty ? TypeID.exception.value : base
        let bases = base.isTuple ? base : thread.newTuple(&single, 1)
        let title = thread.newString(String(full[full.index(after: dot)...]))
        if bases.isEmpty || title.isEmpty { return .empty }
        return thread.call(TypeID.type.value, title, bases, namespace)
    }
}
