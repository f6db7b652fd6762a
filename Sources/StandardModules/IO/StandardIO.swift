import Interpreter
import Objects

/// Entry point of the room: the module `_io`.
public enum StandardIO {
    /// Registers the room's modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        NativeModule.register("_io", doc: "Streams of bytes and of text.", functions: [
            Def("open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)", .calls, "Open file and return a stream.  Raise OSError upon failure.", kind: .function) { thread, a, _ in
                OpenFunction.open(thread, a)
            },
            Def("open_code(path)", .calls, "Open a file of code that is to be imported.", kind: .function) { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "open_code() argument 'path' must be str, not \(a[0].argumentTypeName)") }
                return thread.call(OpenFunction.function.pointee, a[0], thread.newString("rb"))
            },
            Def("text_encoding(encoding, stacklevel=2, /)", .reads, "A helper function to choose the text encoding.", kind: .function) { thread, a, _ in
                if !a[0].isNone { return a[0] }
                guard let level = a[1].isEmpty ? 2 : thread.toInt(a[1]) else { return .empty }
                return OpenFunction.warnOfDefault(thread, level) ? Streams.name(OpenFunction.flag(thread, "utf8_mode") ? "utf-8" : "locale") : .empty
            },
        ]) { module in
            Streams.start(module)
            FileIO.start(module)
            PendingWrites.start()
            BytesIO.start(module)
            StringIO.start(module)
            NewlineDecoder.start(module)
            Buffered.start(module)
            TextIO.start(module)
            module.set("DEFAULT_BUFFER_SIZE", 8192)
            OpenFunction.function.pointee = module.namespace.get(string: StringRef.intern("open").value)
            // The module goes by the name of the one that gives its contents out, and so do its functions.
            _ = module.namespace.set(module.thread, Name.__name__, StringRef.intern("io").value)
            for name in ["open", "open_code", "text_encoding"] {
                let function = module.namespace.get(string: StringRef.intern(name).value)
                function.object(BuiltinFunctionObject.self).pointee.module = StringRef.intern("io").value
                Heap.barrier(function.raw)
            }
            return true
        }
    }
}

/// `open()`
enum OpenFunction {
    nonisolated(unsafe) static let function = RootTable.reserve()

    /// Whether an attribute of `sys.flags` is set.
    static func flag(_ thread: ThreadRef, _ name: String) -> Bool {
        let flags = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: Streams.name("flags"))
        if flags.isEmpty { return false }
        let value = thread.getAttributeOrEmpty(flags, Streams.name(name))
        if value.isEmpty { thread.takeException() }
        return value == .true || value.isSmallInt && value.smallInt != 0
    }

    /// EncodingWarning where no encoding is named, if it was asked for. False when it has raised.
    static func warnOfDefault(_ thread: ThreadRef, _ level: Int) -> Bool {
        !flag(thread, "warn_default_encoding") || RuntimeHooks.warn(thread, .encodingWarning, "'encoding' argument not specified", level)
    }

    static func open(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let file = a[0]
        guard a[1].isEmpty || a[1].isString else { return thread.raise(.typeError, "open() argument 'mode' must be str, not \(a[1].isNone ? "None" : a[1].type.name)") }
        for (index, name) in [(3, "encoding"), (4, "errors"), (5, "newline")] where !a[index].isEmpty && !a[index].isNone && !a[index].isString {
            return thread.raise(.typeError, "open() argument '\(name)' must be str or None, not \(a[index].argumentTypeName)")
        }
        guard let buffering = a[2].isEmpty ? -1 : thread.toInt(a[2]) else { return .empty }
        var path = file
        if !file.isInt && !file.isString && !file.isBytes {
            guard let result = thread.callSpecial(file, .__fspath__) else {
                return thread.raise(.typeError, "expected str, bytes or os.PathLike object, not \(file.type.name)")
            }
            if result.isEmpty { return .empty }
            guard result.isString || result.isBytes else {
                return thread.raise(.typeError, "expected \(file.type.name).__fspath__() to return str or bytes, not \(result.type.name)")
            }
            path = result
        }
        let mode = a[1].isEmpty ? "r" : StringRef(a[1]).description
        var raw = ""
        var isText = false, isBinary = false, creating = false, reading = false, writing = false, appending = false, updating = false
        var seen = Set<Character>()
        for letter in mode {
            guard "xrwabt+".contains(letter), seen.insert(letter).inserted else { return thread.raise(.valueError, "invalid mode: \(a[1].reprForMessage(thread))") }
            switch letter {
            case "x": creating = true
            case "r": reading = true
            case "w": writing = true
            case "a": appending = true
            case "+": updating = true
            case "t": isText = true
            default: isBinary = true
            }
        }
        if isText && isBinary { return thread.raise(.valueError, "can't have text and binary mode at once") }
        let kinds = [creating, reading, writing, appending].filter { $0 }.count
        if kinds > 1 { return thread.raise(.valueError, "must have exactly one of create/read/write/append mode") }
        if kinds == 0 { return thread.raise(.valueError, "Must have exactly one of create/read/write/append mode and at most one plus") }
        if isBinary {
            if !a[3].isEmpty && !a[3].isNone { return thread.raise(.valueError, "binary mode doesn't take an encoding argument") }
            if !a[4].isEmpty && !a[4].isNone { return thread.raise(.valueError, "binary mode doesn't take an errors argument") }
            if !a[5].isEmpty && !a[5].isNone { return thread.raise(.valueError, "binary mode doesn't take a newline argument") }
            if buffering == 1, !RuntimeHooks.warn(thread, .runtimeWarning, "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used", 1) { return .empty }
        }
        raw = (creating ? "x" : reading ? "r" : writing ? "w" : "a") + (updating ? "+" : "")
        let rawFile = thread.call(FileIO.type.type.value, path, thread.newString(raw), a[6].isEmpty ? .true : a[6], a[7].isEmpty ? .none : a[7])
        if rawFile.isEmpty { return .empty }
        let result = wrap(thread, rawFile, a, mode, buffering, isBinary: isBinary, updating: updating, reading: reading)
        if result.isEmpty {
            // The descriptor must not leak when a layer above fails.
            let exception = thread.takeException()
            if thread.callMethod(rawFile, Name.close).isEmpty { thread.takeException() }
            thread.restore(exception)
        }
        return result
    }

    private static func wrap(_ thread: ThreadRef, _ raw: Value, _ a: Arguments, _ mode: String, _ requested: Int, isBinary: Bool, updating: Bool, reading: Bool) -> Value {
        var buffering = requested
        var lineBuffering = false
        if buffering == 1 && !isBinary || buffering < 0 {
            let terminal = thread.callMethod(raw, Name.isatty)
            if terminal.isEmpty { return .empty }
            if buffering == 1 || terminal == .true { lineBuffering = true }
            buffering = -1
        }
        if buffering < 0 || buffering == 1 { buffering = max(Int(FileIO.file(raw).pointee.blockSize), 8192) }
        if buffering == 0 {
            if !isBinary { return thread.raise(.valueError, "can't have unbuffered text I/O") }
            return raw
        }
        let type = updating ? Buffered.random! : reading ? Buffered.reader! : Buffered.writer!
        let buffer = thread.call(type.type.value, raw, Value(small: buffering))
        if buffer.isEmpty || isBinary { return buffer }
        let text = thread.call(TextIO.type.type.value, buffer, a[3].isEmpty ? .none : a[3], a[4].isEmpty ? .none : a[4], a[5].isEmpty ? .none : a[5], Value(lineBuffering))
        if text.isEmpty || !thread.setAttribute(text, Name.mode, thread.newString(mode)) { return .empty }
        return text
    }
}
