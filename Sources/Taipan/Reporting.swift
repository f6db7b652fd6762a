import Builtins
import Glibc
import Objects

/// Exceptions that reach the top of the program.
enum TopLevel {
    /// Stands for the end of a program by KeyboardInterrupt. No exit status is negative.
    static let interrupted: Int32 = -1

    /// Reports the thread's exception through `sys.excepthook` and clears it. Returns the exit status it stands for: SystemExit's own, or 1.
    static func report(_ thread: ThreadRef) -> Int32 {
        let exception = thread.takeException()
        if exception.isEmpty { return 0 }
        if exception.isInstance(of: .systemExit) { return exitStatus(thread, exception) }
        let sys = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace)
        _ = sys.set(thread, Name.last_type, exception.type.value)
        _ = sys.set(thread, Name.last_value, exception)
        let traceback = exception.object(ExceptionObject.self).pointee.traceback
        _ = sys.set(thread, Name.last_traceback, traceback.isEmpty ? .none : traceback)
        let hook = sys.get(.excepthook)
        flush(thread, "stdout")
        if !hook.isEmpty, !SysAudit.audit(thread, "sys.excepthook", [hook, exception.type.value, exception, traceback.isEmpty ? .none : traceback]) {
            // RuntimeError silently keeps the hook from being called.
            if thread.clearException(.runtimeError) { return 1 }
            let failure = thread.takeException()
            write("Exception ignored in audit hook:\n")
            display(thread, failure)
        }
        if hook.isEmpty || thread.call(hook, exception.type.value, exception, traceback.isEmpty ? .none : traceback).isEmpty {
            let second = thread.takeException()
            if !second.isEmpty && second.isInstance(of: .systemExit) { return exitStatus(thread, second) }
            if hook.isEmpty {
                write("sys.excepthook is missing\n")
                display(thread, exception)
            } else {
                write("Error in sys.excepthook:\n")
                if !second.isEmpty { display(thread, second) }
                write("\nOriginal exception was:\n")
                display(thread, exception)
            }
        }
        flush(thread, "stderr")
        return exception.isInstance(of: .keyboardInterrupt) ? interrupted : 1
    }

    private static func write(_ text: String) {
        fputs(text, stderr)
        fflush(stderr)
    }

    /// Prints an exception as the interpreter's own hook does.
    private static func display(_ thread: ThreadRef, _ exception: Value) {
        let traceback = exception.object(ExceptionObject.self).pointee.traceback
        let hook = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern("__excepthook__").value)
        if hook.isEmpty || thread.call(hook, exception.type.value, exception, traceback.isEmpty ? .none : traceback).isEmpty {
            thread.takeException()
            printPlainly(thread, exception)
        }
        flush(thread, "stderr")
    }

    private static func flush(_ thread: ThreadRef, _ name: String) {
        let stream = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(string: StringRef.intern(name).value)
        if !stream.isEmpty && !stream.isNone, thread.callMethod(stream, Name.flush).isEmpty { thread.takeException() }
    }

    /// The status of a SystemExit; a message goes to standard error.
    static func exitStatus(_ thread: ThreadRef, _ exception: Value) -> Int32 {
        let code = thread.getAttributeOrEmpty(exception, Name.code)
        if code.isEmpty || code.isNone { thread.takeException(); return 0 }
        if code.isInt { return Int32(truncatingIfNeeded: IntOps.toInt(code) ?? -1) & 0xFF }
        flush(thread, "stdout")
        let text = thread.str(code)
        if text.isEmpty { thread.takeException(); return 1 }
        let stream = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(.stderr)
        if stream.isEmpty || stream.isNone || thread.callMethod(stream, Name.write, thread.concatenate(StringRef(text), StringRef(taipan_latin1()[10]))).isEmpty {
            thread.takeException()
            fputs(StringRef(text).description + "\n", stderr)
        }
        flush(thread, "stderr")
        return 1
    }

    /// For when there is no `sys.excepthook`: the last line only.
    static func printPlainly(_ thread: ThreadRef, _ exception: Value) {
        let text = thread.str(exception)
        thread.takeException()
        fputs("\(exception.type.name): \(text.isEmpty ? "" : StringRef(text).description)\n", stderr)
        var traceback = exception.object(ExceptionObject.self).pointee.traceback
        while traceback.isHeap {
            let frame = thread.getAttribute(traceback, StringRef.intern("tb_frame").value)
            let code = thread.getAttribute(frame, StringRef.intern("f_code").value)
            let line = thread.getAttribute(traceback, StringRef.intern("tb_lineno").value)
            fputs("  \(code.reprForMessage(thread)) line \(line.isSmallInt ? line.smallInt : 0)\n", stderr)
            traceback = thread.getAttribute(traceback, StringRef.intern("tb_next").value)
        }
    }
}
