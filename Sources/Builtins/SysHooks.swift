import Glibc
import Interpreter
import Objects

/// `sys`: the hooks that show results and errors.
enum SysHooks {
    static let table: [Def] = [
        Def("displayhook(object, /)", .calls, "Prints an object that is not None to sys.stdout, and keeps it as builtins._.", kind: .function) { thread, a, _ in SysHooks.display(thread, a[0]) },
        Def("excepthook(exctype, value, traceback, /)", .calls, "Prints an exception with its traceback to sys.stderr.", kind: .function) { thread, a, _ in
            SysHooks.printException(thread, a[1], a[2])
            return .none
        },
        Def("breakpointhook(*args, **kws)", .calls, "What breakpoint() calls: pdb.set_trace, or what the environment variable PYTHONBREAKPOINT names.", kind: .function) { thread, a, _ in
            SysHooks.breakpoint(thread, a[0], a[1])
        },
        Def("unraisablehook(unraisable, /)", .calls, "Prints an exception that could not be raised to sys.stderr.", kind: .function) { thread, a, _ in
            guard a[0].type == SysModule.unraisableArguments.type else { return thread.raise(.typeError, "sys.unraisablehook argument type must be UnraisableHookArgs") }
            return SysHooks.printUnraisable(thread, TupleRef(a[0])) ? .none : .empty
        },
    ]

    /// `sys.stderr`, or empty when it is missing or None.
    static func errorStream() -> Value {
        let stream = SysModule.namespace.get(.stderr)
        return stream.isEmpty || stream.isNone ? .empty : stream
    }

    // MARK: displayhook

    private static func display(_ thread: ThreadRef, _ value: Value) -> Value {
        if value.isNone { return .none }
        let underscore = taipan_latin1()[0x5F]
        let builtins = DictRef(WellKnown.builtins.value)
        // So that a repr that prints `_` does not recurse.
        guard builtins.set(thread, underscore, .none) else { return .empty }
        let stream = SysModule.namespace.get(.stdout)
        if stream.isEmpty || stream.isNone { return thread.raise(.runtimeError, "lost sys.stdout") }
        let text = thread.repr(value)
        if text.isEmpty { return .empty }
        if !BuiltinTextFunctions.write(thread, stream, text) {
            guard thread.clearException(.unicodeEncodeError) else { return .empty }
            // What the stream cannot encode is shown escaped.
            let encoding = thread.getAttribute(stream, Name.encoding)
            if encoding.isEmpty { return .empty }
            let bytes = thread.callMethod(text, .encode, encoding, Name.backslashreplace.value)
            if bytes.isEmpty { return .empty }
            let buffer = thread.getAttributeOrEmpty(stream, Name.buffer)
            if thread.hasException { return .empty }
            if !buffer.isEmpty {
                if thread.callMethod(buffer, .write, bytes).isEmpty { return .empty }
            } else {
                let escaped = thread.callMethod(bytes, .decode, encoding, Name.strict.value)
                if escaped.isEmpty || !BuiltinTextFunctions.write(thread, stream, escaped) { return .empty }
            }
        }
        guard BuiltinTextFunctions.write(thread, stream, taipan_latin1()[0x0A]) else { return .empty }
        return builtins.set(thread, underscore, value) ? .none : .empty
    }

    // MARK: excepthook

    /// Prints an exception; one without a traceback gets the given one for this.
    static func printException(_ thread: ThreadRef, _ exception: Value, _ traceback: Value) {
        if exception.isException && traceback.isExact(.traceback) && exception.object(ExceptionObject.self).pointee.traceback.isEmpty {
            exception.object(ExceptionObject.self).pointee.traceback = traceback
            Heap.barrier(exception.raw)
        }
        let stream = errorStream()
        if stream.isEmpty { return }
        let out = SysModule.namespace.get(.stdout)
        if !out.isEmpty && !out.isNone && thread.callMethod(out, .flush).isEmpty { thread.takeException() }
        TracebackPrinter.printException(thread, exception, to: stream)
    }

    // MARK: breakpointhook

    private static func breakpoint(_ thread: ThreadRef, _ arguments: Value, _ keywords: Value) -> Value {
        var name = "pdb.set_trace"
        let flags = SysModule.get("flags")
        let ignores = flags.isEmpty ? .empty : thread.getAttributeOrEmpty(flags, StringRef.intern("ignore_environment").value)
        if ignores != Value(small: 1), let value = getenv("PYTHONBREAKPOINT"), value.pointee != 0 { name = String(cString: value) }
        if name == "0" { return .none }
        var module = "builtins"
        var attribute = name
        if let dot = name.utf8.lastIndex(of: 0x2E) {
            module = String(name[..<dot])
            attribute = String(name[name.index(after: dot)...])
        }
        let loaded = thread.importModule(module)
        let hook = loaded.isEmpty ? .empty : thread.getAttribute(loaded, StringRef.intern(attribute).value)
        if hook.isEmpty {
            guard thread.clearException(.importError) || thread.clearException(.attributeError) || thread.clearException(.valueError) else { return .empty }
            return RuntimeHooks.warn(thread, .runtimeWarning, "Ignoring unimportable $PYTHONBREAKPOINT: \"\(name)\"", 1) ? .none : .empty
        }
        return thread.call(hook, tuple: arguments, dict: keywords)
    }

    // MARK: unraisablehook

    /// `RuntimeHooks.writeUnraisable`: hands the thread's exception to `sys.unraisablehook`.
    static func writeUnraisable(_ thread: ThreadRef, _ message: String, _ object: Value) {
        // What no frame has raised happened in the one that runs.
        if thread.hasException, thread.pointee.exception.object(ExceptionObject.self).pointee.traceback.isEmpty { Inspection.addTraceback(thread) }
        let exception = thread.takeException()
        if exception.isEmpty { return }
        let traceback = exception.object(ExceptionObject.self).pointee.traceback
        let arguments = SysModule.unraisableArguments.make(thread)
        if arguments.isEmpty { thread.takeException(); return }
        let fields = SysModule.unraisableArguments!
        fields.set(arguments, 0, exception.type.value)
        fields.set(arguments, 1, exception)
        fields.set(arguments, 2, traceback)
        fields.set(arguments, 3, message.isEmpty ? .none : thread.newString(message))
        fields.set(arguments, 4, object)
        let hook = SysModule.get("unraisablehook")
        if !hook.isEmpty && !hook.isNone {
            guard SysAudit.audit(thread, "sys.unraisablehook", [hook, arguments]) else {
                // The failure of an audit hook is itself reported, plainly.
                let failure = thread.takeException()
                fields.set(arguments, 0, failure.type.value)
                fields.set(arguments, 1, failure)
                fields.set(arguments, 2, failure.object(ExceptionObject.self).pointee.traceback)
                fields.set(arguments, 3, thread.newString("Exception ignored in audit hook"))
                _ = printUnraisable(thread, TupleRef(arguments))
                thread.takeException()
                return
            }
            if !thread.call(hook, arguments).isEmpty { return }
            let failure = thread.takeException()
            fields.set(arguments, 0, failure.type.value)
            fields.set(arguments, 1, failure)
            fields.set(arguments, 2, failure.object(ExceptionObject.self).pointee.traceback)
            fields.set(arguments, 3, thread.newString("Exception ignored in sys.unraisablehook"))
            fields.set(arguments, 4, hook)
        }
        _ = printUnraisable(thread, TupleRef(arguments))
        thread.takeException()
    }

    private static func printUnraisable(_ thread: ThreadRef, _ fields: TupleRef) -> Bool {
        let stream = errorStream()
        if stream.isEmpty { return true }
        let type = fields[0], exception = fields[1], traceback = fields[2], message = fields[3], object = fields[4]
        var text: [UInt8] = []
        let prefix: [UInt8]
        if message.isNone {
            prefix = Array("Exception ignored in".utf8)
        } else {
            let shown = thread.str(message)
            if shown.isEmpty { return false }
            prefix = StringRef(shown).utf8
        }
        if !object.isNone {
            text += prefix + Array(": ".utf8)
            let shown = thread.repr(object)
            if shown.isEmpty { thread.takeException() }
            text += shown.isEmpty ? Array("<object repr() failed>".utf8) : StringRef(shown).utf8
            text.append(0x0A)
        } else if !message.isNone {
            text += prefix + Array(":\n".utf8)
        }
        if traceback.isExact(.traceback) { TracebackPrinter.appendTraceback(thread, traceback, to: &text) }
        guard type.isExceptionClass else { return TracebackPrinter.emit(thread, text, to: stream) }
        text += TracebackPrinter.qualifiedName(thread, TypeRef(type))
        if !exception.isNone {
            text += Array(": ".utf8)
            let shown = thread.str(exception)
            if shown.isEmpty { thread.takeException() }
            text += shown.isEmpty ? Array("<exception str() failed>".utf8) : StringRef(shown).utf8
        }
        text.append(0x0A)
        guard TracebackPrinter.emit(thread, text, to: stream) else { return false }
        if thread.callMethod(stream, .flush).isEmpty { thread.takeException() }
        return true
    }
}
