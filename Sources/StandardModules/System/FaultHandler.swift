import Glibc
import Interpreter
import Objects

/// The `faulthandler` module. The stacks are written by `FaultReport`, the signal handlers are in `Signals.c`.
enum FaultHandler {
    nonisolated(unsafe) private static var enabled = false
    nonisolated(unsafe) private static var allThreads = true
    /// Files that handlers write to: kept alive. A dict by signal number; 0 for `enable`, -1 for `dump_traceback_later`.
    nonisolated(unsafe) private static let files = RootTable.reserve()

    /// A wait for `dump_traceback_later`: its thread ends when the word, which is locked all the time, is released. Given up, not freed, by
    /// whoever cancels it.
    private struct Watch {
        var word: UInt32
        var nanoseconds: Int64
        var repeats: Bool
        var exits: Bool
        var descriptor: Int32
    }
    nonisolated(unsafe) private static var watch: UnsafeMutablePointer<Watch>?

    private static func keep(_ thread: ThreadRef, _ number: Int, _ file: Value) -> Bool {
        if files.pointee.isEmpty { files.pointee = thread.newDict() }
        return !files.pointee.isEmpty && DictRef(files.pointee).set(thread, Value(small: number), file)
    }

    /// The descriptor of the argument `file`: a number, an object with `fileno`, or by default `sys.stderr`. nil when it has raised.
    private static func descriptor(_ thread: ThreadRef, _ argument: Value) -> (descriptor: Int32, file: Value)? {
        var file = argument
        if file.isEmpty || file.isNone {
            file = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(.stderr)
            if file.isEmpty { thread.raise(.runtimeError, "unable to get sys.stderr"); return nil }
            if file.isNone { thread.raise(.runtimeError, "sys.stderr is None"); return nil }
        } else if file.isInt {
            guard let number = thread.toInt(file) else { return nil }
            guard number >= 0, number <= Int(Int32.max) else { thread.raise(.valueError, "file is not a valid file descripter"); return nil }
            return (Int32(number), file)
        }
        let result = thread.callMethod(file, Name.fileno)
        if result.isEmpty { return nil }
        guard result.isInt, let number = thread.toInt(result), number >= 0, number <= Int(Int32.max) else {
            if !thread.hasException { thread.raise(.runtimeError, "file.fileno() is not a valid file descriptor") }
            return nil
        }
        if thread.callMethod(file, Name.flush).isEmpty { thread.takeException() }
        return (Int32(number), file)
    }

    private static func flag(_ thread: ThreadRef, _ value: Value, _ fallback: Bool) -> Bool? {
        if value.isEmpty { return fallback }
        guard let number = thread.toInt(value) else { return nil }
        return number != 0
    }

    private static let dump: @convention(c) (Int32) -> Void = { descriptor in FaultReport.write(descriptor, all: FaultHandler.allThreads) }
    private static let dumpAll: @convention(c) (Int32) -> Void = { descriptor in FaultReport.write(descriptor, all: true) }
    private static let dumpOne: @convention(c) (Int32) -> Void = { descriptor in FaultReport.write(descriptor, all: false) }

    private static func cancelWatch() {
        guard let current = watch else { return }
        watch = nil
        taipan_lock_release(&current.pointee.word)
    }

    private static func startWatch(_ thread: ThreadRef, _ seconds: Double, repeats: Bool, exits: Bool, _ descriptor: Int32) -> Value {
        cancelWatch()
        let new = UnsafeMutablePointer<Watch>.allocate(capacity: 1)
        new.initialize(to: Watch(word: 1, nanoseconds: Int64(seconds * 1e9), repeats: repeats, exits: exits, descriptor: descriptor))
        var created = pthread_t()
        let status = pthread_create(&created, nil, { argument in
            let watch = argument!.assumingMemoryBound(to: Watch.self)
            var all = sigset_t()
            sigfillset(&all)
            pthread_sigmask(SIG_SETMASK, &all, nil)
            repeat {
                let deadline = taipan_monotonic() + watch.pointee.nanoseconds
                var outcome: Int32
                repeat { outcome = taipan_lock_wait(&watch.pointee.word, deadline) } while outcome < 0
                if outcome > 0 { return nil }
                FaultHandler.writeTimeout(watch)
                FaultReport.write(watch.pointee.descriptor, all: true)
                if watch.pointee.exits { _exit(1) }
            } while watch.pointee.repeats
            return nil
        }, new)
        if status != 0 {
            new.deallocate()
            return thread.raise(.runtimeError, "unable to start watchdog thread")
        }
        pthread_detach(created)
        watch = new
        return .none
    }

    private static func writeTimeout(_ watch: UnsafeMutablePointer<Watch>) {
        let file = watch.pointee.descriptor
        let micro = Int(watch.pointee.nanoseconds / 1000)
        let seconds = micro / 1_000_000
        func twoDigits(_ value: Int) {
            if value < 10 { FaultReport.text(file, "0") }
            FaultReport.decimal(file, value)
        }
        FaultReport.text(file, "Timeout (")
        FaultReport.decimal(file, seconds / 3600)
        FaultReport.text(file, ":")
        twoDigits(seconds / 60 % 60)
        FaultReport.text(file, ":")
        twoDigits(seconds % 60)
        if micro % 1_000_000 != 0 {
            FaultReport.text(file, ".")
            var place = 100_000
            while place > 0 {
                FaultReport.decimal(file, micro % 1_000_000 / place % 10)
                place /= 10
            }
        }
        FaultReport.text(file, ")!\n")
    }

    private static func userSignal(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let number = thread.toInt(value) else { return nil }
        if [SIGSEGV, SIGFPE, SIGABRT, SIGBUS, SIGILL].contains(Int32(clamping: number)) {
            thread.raise(.runtimeError, "signal \(number) cannot be registered, use enable() instead")
            return nil
        }
        guard number >= 1, number < Signals.count else { thread.raise(.valueError, "signal number out of range"); return nil }
        return Int32(number)
    }

    /// Dies by a signal, without a core file.
    private static func die(_ number: Int32) {
        var limit = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit)
        Glibc.raise(number)
    }

    static func register() {
        NativeModule.register("faulthandler", doc: "faulthandler module.", functions: FaultHandler.functions)
    }

    private static let functions: [Def] = [
        Def("enable(file=sys.stderr, all_threads=True)", .calls, "enable(file=sys.stderr, all_threads=True)\n\nWrite where threads are when a fatal signal comes.", kind: .function) { thread, a, _ in
            guard let target = FaultHandler.descriptor(thread, a[0]), let all = FaultHandler.flag(thread, a[1], true), FaultHandler.keep(thread, 0, target.file) else { return .empty }
            FaultHandler.allThreads = all
            guard taipan_fault_enable(target.descriptor, FaultHandler.dump) else { return thread.raiseOSError(errno) }
            FaultHandler.enabled = true
            return .none
        },
        Def("disable()", .calls, "disable(): disable the fault handler", kind: .function) { _, _, _ in
            let was = FaultHandler.enabled
            FaultHandler.enabled = false
            taipan_fault_disable()
            return Value(was)
        },
        Def("is_enabled()", .reads, "is_enabled()->bool: check if the handler is enabled", kind: .function) { _, _, _ in Value(FaultHandler.enabled) },
        Def("dump_traceback(file=sys.stderr, all_threads=True)", .calls, "dump_traceback(file=sys.stderr, all_threads=True)\n\nWrite where each thread is, or only this one, to a file.", kind: .function) { thread, a, _ in
            guard let target = FaultHandler.descriptor(thread, a[0]), let all = FaultHandler.flag(thread, a[1], true) else { return .empty }
            FaultReport.write(target.descriptor, all: all, only: thread)
            return .none
        },
        Def("dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False)", .calls, "Write where all threads are once timeout seconds have passed, or whenever they have if repeat is true. exit ends the process then, by _exit(1).", kind: .function) { thread, a, _ in
            guard let seconds = thread.toDouble(a[0]) else { return .empty }
            guard let repeats = FaultHandler.flag(thread, a[1], false), let exits = FaultHandler.flag(thread, a[3], false) else { return .empty }
            if seconds.isNaN { return thread.raise(.valueError, "Invalid value NaN (not a number)") }
            guard seconds > 0 else { return thread.raise(.valueError, "timeout must be greater than 0") }
            guard seconds < 9e9 else { return thread.raise(.overflowError, "timestamp out of range for platform time_t") }
            guard let target = FaultHandler.descriptor(thread, a[2]), FaultHandler.keep(thread, -1, target.file) else { return .empty }
            return FaultHandler.startWatch(thread, seconds, repeats: repeats, exits: exits, target.descriptor)
        },
        Def("cancel_dump_traceback_later()", .calls, "cancel the previous call to dump_traceback_later().", kind: .function) { _, _, _ in
            FaultHandler.cancelWatch()
            return .none
        },
        Def("register(signum, file=sys.stderr, all_threads=True, chain=False)", .calls, "Write where this thread is, or all threads are, whenever the signal comes.", kind: .function) { thread, a, _ in
            guard let number = FaultHandler.userSignal(thread, a[0]), let target = FaultHandler.descriptor(thread, a[1]), let all = FaultHandler.flag(thread, a[2], true),
                  let chain = FaultHandler.flag(thread, a[3], false), FaultHandler.keep(thread, Int(number), target.file) else { return .empty }
            guard taipan_fault_register(number, target.descriptor, chain, all ? FaultHandler.dumpAll : FaultHandler.dumpOne) == 0 else { return thread.raiseOSError(errno) }
            return .none
        },
        Def("unregister(signum, /)", .calls, "Forget what register() has set up for a signal.", kind: .function) { thread, a, _ in
            guard let number = FaultHandler.userSignal(thread, a[0]) else { return .empty }
            return Value(taipan_fault_unregister(number) != 0)
        },
        Def("_sigsegv(release_gil=False, /)", .calls, "raise a SIGSEGV signal", kind: .function) { _, _, _ in
            FaultHandler.die(SIGSEGV)
            return .none
        },
        Def("_sigabrt()", .calls, "raise a SIGABRT signal", kind: .function) { _, _, _ in
            FaultHandler.die(SIGABRT)
            return .none
        },
        Def("_sigfpe()", .calls, "raise a SIGFPE signal", kind: .function) { _, _, _ in
            FaultHandler.die(SIGFPE)
            return .none
        },
        Def("_read_null()", .calls, "Read at address 0, which ends in a signal.", kind: .function) { _, _, _ in
            FaultHandler.die(SIGSEGV)
            return .none
        },
        Def("_stack_overflow()", .calls, "recursive call to raise a stack overflow", kind: .function) { _, _, _ in
            FaultHandler.die(SIGSEGV)
            return .none
        },
        Def("_fatal_error_c_thread()", .calls, "call abort() in a new thread", kind: .function) { _, _, _ in
            FaultHandler.die(SIGABRT)
            return .none
        },
    ]
}
