import Glibc
import Interpreter
import Objects

/// The `_signal` module. The table of handlers and running them is the interpreter's affair (`Signals`); here is what Python programs do with them.
enum SignalModule {
    nonisolated(unsafe) private static let interruptHandler = RootTable.reserve()
    nonisolated(unsafe) private static let timerError = RootTable.reserve()
    nonisolated(unsafe) private static var information: StructSequence!

    /// Sets the handlers of a Python process: SIGINT raises KeyboardInterrupt, failed writes are errors and not signals.
    static func start(_ thread: ThreadRef) {
        let definition = Def("default_int_handler(signalnum, frame, /)", .calls, "The default handler for SIGINT installed by Python.\n\nIt raises KeyboardInterrupt.", kind: .function) { thread, _, _ in
            thread.raise(.keyboardInterrupt)
        }
        interruptHandler.pointee = thread.newBuiltinFunction(definition, module: StringRef.intern("_signal").value)
        if interruptHandler.pointee.isEmpty { return }
        Signals.ignoreWriteErrors()
        Signals.installInterrupt(interruptHandler.pointee)
    }

    // MARK: Arguments

    private static func number(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let number = thread.toInt(value) else { return nil }
        return Int32(clamping: number)
    }

    private static func validNumber(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let number = number(thread, value) else { return nil }
        guard number >= 1, number < Signals.count else { thread.raise(.valueError, "signal number out of range"); return nil }
        return number
    }

    private static func signalSet(_ thread: ThreadRef, _ iterable: Value) -> sigset_t? {
        var set = sigset_t()
        sigemptyset(&set)
        let good = thread.forEach(iterable) { item in
            guard let number = thread.toInt(item) else {
                if thread.clearException(.overflowError) { thread.raise(.valueError, "signal number out of range [1; 64]") }
                return false
            }
            guard number >= 1, number < Signals.count else {
                thread.raise(.valueError, "signal number \(number) out of range [1; 64]")
                return false
            }
            sigaddset(&set, Int32(number))
            return true
        }
        return good ? set : nil
    }

    private static func newSet(_ thread: ThreadRef, _ set: sigset_t) -> Value {
        var set = set
        let result = thread.newSet()
        if result.isEmpty { return .empty }
        for number in 1 ..< Signals.count where sigismember(&set, Int32(number)) == 1 {
            guard SetRef(result).add(thread, Value(small: number)) else { return .empty }
        }
        return result
    }

    /// Seconds as a timeval; nil when it has raised.
    private static func interval(_ thread: ThreadRef, _ value: Value) -> timeval? {
        if value.isEmpty { return timeval() }
        guard let seconds = thread.toDouble(value) else { return nil }
        if seconds.isNaN { thread.raise(.valueError, "Invalid value NaN (not a number)"); return nil }
        guard abs(seconds) < 9e18 else { thread.raise(.overflowError, "timestamp out of range for platform time_t"); return nil }
        var whole = seconds.rounded(.down)
        // Rounded away from zero, so that a short interval does not become none.
        var micro = ((seconds - whole) * 1e6).rounded(.up)
        if micro >= 1e6 { micro -= 1e6; whole += 1 }
        return timeval(tv_sec: Int(whole), tv_usec: Int(micro))
    }

    private static func pair(_ thread: ThreadRef, _ timer: itimerval) -> Value {
        func seconds(_ time: timeval) -> Value { thread.newFloat(Double(time.tv_sec) + Double(time.tv_usec) * 1e-6) }
        return thread.newTuple([seconds(timer.it_value), seconds(timer.it_interval)])
    }

    private static func raiseTimerError(_ thread: ThreadRef) -> Value {
        let code = errno
        return thread.raise(type: TypeRef(timerError.pointee), arguments: [Value(small: Int(code)), thread.newString(String(cString: strerror(code)))])
    }

    private static func isMain(_ thread: ThreadRef) -> Bool { thread == Safepoint.mainThread }

    // MARK: Functions

    private static func set(_ thread: ThreadRef, _ signal: Value, _ handler: Value) -> Value {
        guard let number = number(thread, signal) else { return .empty }
        guard isMain(thread) else { return thread.raise(.valueError, "signal only works in main thread of the main interpreter") }
        guard number >= 1, number < Signals.count else { return thread.raise(.valueError, "signal number out of range") }
        let action: Int32
        if handler.isInt, let constant = IntOps.toInt(handler), constant == 0 || constant == 1 {
            action = Int32(constant)
        } else if handler.type.slotPointer(.call).pointee != nil {
            action = 2
        } else {
            return thread.raise(.typeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
        }
        guard Signals.check(thread) else { return .empty }
        guard taipan_signal_set_action(number, action, false) == 0 else { return thread.raiseOSError(errno) }
        let old = Signals.handler(Int(number))
        Signals.setHandler(Int(number), action == 2 ? handler : Value(small: Int(action)))
        return old
    }

    private static func newInformation(_ thread: ThreadRef, _ info: siginfo_t) -> Value {
        let result = information.make(thread)
        if result.isEmpty { return .empty }
        information.set(result, 0, Value(small: Int(info.si_signo)))
        information.set(result, 1, Value(small: Int(info.si_code)))
        information.set(result, 2, Value(small: Int(info.si_errno)))
        information.set(result, 3, Value(small: Int(info._sifields._kill.si_pid)))
        information.set(result, 4, Value(small: Int(info._sifields._kill.si_uid)))
        information.set(result, 5, Value(small: Int(info._sifields._sigchld.si_status)))
        information.set(result, 6, thread.newInt(Int(info._sifields._sigpoll.si_band)))
        return result
    }

    private static func wait(_ thread: ThreadRef, _ iterable: Value, timeout: Value) -> Value {
        guard var set = signalSet(thread, iterable) else { return .empty }
        var deadline: Int64 = -1
        if !timeout.isEmpty {
            guard let seconds = thread.toDouble(timeout) else { return .empty }
            if seconds.isNaN { return thread.raise(.valueError, "Invalid value NaN (not a number)") }
            if seconds < 0 { return thread.raise(.valueError, "timeout must be non-negative") }
            if seconds > 9.2e9 { return thread.raise(.overflowError, "timestamp out of range for platform time_t") }
            deadline = taipan_monotonic() + Int64((seconds * 1e9).rounded(.up))
        }
        while true {
            var info = siginfo_t()
            let status: Int32
            if deadline < 0 {
                status = GIL.blocking(thread) { sigwaitinfo(&set, &info) }
            } else {
                let left = max(deadline - taipan_monotonic(), 0)
                var limit = timespec(tv_sec: Int(left / 1_000_000_000), tv_nsec: Int(left % 1_000_000_000))
                status = GIL.blocking(thread) { sigtimedwait(&set, &info, &limit) }
            }
            if status != -1 { return newInformation(thread, info) }
            if errno == EAGAIN { return .none }
            if errno != EINTR { return thread.raiseOSError(errno) }
            guard Signals.check(thread) else { return .empty }
        }
    }

    private static func setWakeup(_ thread: ThreadRef, _ descriptor: Value, _ warns: Value) -> Value {
        guard let wanted = thread.toInt(descriptor) else { return .empty }
        let warnsOnFull = warns.isEmpty ? 1 : thread.isTrue(warns)
        if warnsOnFull < 0 { return .empty }
        guard isMain(thread) else { return thread.raise(.valueError, "set_wakeup_fd only works in main thread of the main interpreter") }
        if wanted != -1 {
            let file = Int32(clamping: wanted)
            var status = stat()
            guard fstat(file, &status) == 0 else { return thread.raiseOSError(errno) }
            let flags = taipan_fcntl(file, F_GETFL, 0)
            if flags < 0 { return thread.raiseOSError(errno) }
            if flags & O_NONBLOCK == 0 { return thread.raise(.valueError, "the fd \(file) must be in non-blocking mode") }
        }
        return thread.newInt(Int(taipan_signal_set_wakeup(Int32(clamping: wanted), warnsOnFull > 0)))
    }

    static func register() {
        NativeModule.register("_signal", doc: "This module provides mechanisms to use signal handlers in Python.", functions: SignalModule.functions) { module in
            if SignalModule.information == nil {
                SignalModule.information = StructSequence("struct_siginfo", module: "signal", doc: "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.",
                                                          visible: 7, fields: ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"])
            }
            module.set("default_int_handler", SignalModule.interruptHandler.pointee)
            module.set("struct_siginfo", SignalModule.information.type.value)
            // The class goes by the name `signal.itimer_error`.
            let namespace = module.thread.newDict()
            if namespace.isEmpty { return false }
            _ = DictRef(namespace).set(module.thread, Name.__module__, StringRef.intern("signal").value)
            let error = module.thread.callFunction(TypeID.type.value, [StringRef.intern("itimer_error").value, module.thread.newTuple([TypeID.osError.value]), namespace])
            if error.isEmpty { return false }
            SignalModule.timerError.pointee = error
            module.set("ItimerError", error)
            for (name, value) in SignalModule.constants { module.set(name, value) }
            return true
        }
    }

    private static let constants: [(String, Int)] = [
        ("NSIG", 65), ("SIG_DFL", 0), ("SIG_IGN", 1), ("SIG_BLOCK", 0), ("SIG_UNBLOCK", 1), ("SIG_SETMASK", 2), ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3),
        ("SIGILL", 4), ("SIGTRAP", 5), ("SIGIOT", 6), ("SIGABRT", 6), ("SIGFPE", 8), ("SIGKILL", 9), ("SIGBUS", 7), ("SIGSEGV", 11), ("SIGSYS", 31), ("SIGPIPE", 13),
        ("SIGALRM", 14), ("SIGTERM", 15), ("SIGUSR1", 10), ("SIGUSR2", 12), ("SIGCLD", 17), ("SIGCHLD", 17), ("SIGPWR", 30), ("SIGIO", 29), ("SIGURG", 23),
        ("SIGWINCH", 28), ("SIGPOLL", 29), ("SIGSTOP", 19), ("SIGTSTP", 20), ("SIGCONT", 18), ("SIGTTIN", 21), ("SIGTTOU", 22), ("SIGVTALRM", 26), ("SIGPROF", 27),
        ("SIGXCPU", 24), ("SIGXFSZ", 25), ("SIGRTMIN", 34), ("SIGRTMAX", 64), ("SIGSTKFLT", 16), ("ITIMER_REAL", 0), ("ITIMER_VIRTUAL", 1), ("ITIMER_PROF", 2),
    ]

    private static let functions: [Def] = [
        Def("signal(signalnum, handler, /)", .calls, "Set the action for the given signal.\n\nThe action can be SIG_DFL, SIG_IGN, or a callable Python object.\nThe previous action is returned.", kind: .function) { thread, a, _ in
            SignalModule.set(thread, a[0], a[1])
        },
        Def("getsignal(signalnum, /)", .reads, "Return the current action for the given signal: SIG_IGN, SIG_DFL, None for an unknown handler, or a callable Python object.", kind: .function) { thread, a, _ in
            guard let number = SignalModule.validNumber(thread, a[0]) else { return .empty }
            return Signals.handler(Int(number))
        },
        Def("raise_signal(signalnum, /)", .calls, "Send a signal to the executing process.", kind: .function) { thread, a, _ in
            guard let number = SignalModule.number(thread, a[0]) else { return .empty }
            guard Glibc.raise(number) == 0 else { return thread.raiseOSError(errno) }
            return Signals.check(thread) ? .none : .empty
        },
        Def("strsignal(signalnum, /)", .reads, "Return the system description of the given signal.", kind: .function) { thread, a, _ in
            guard let number = SignalModule.validNumber(thread, a[0]) else { return .empty }
            guard let text = strsignal(number) else { return .none }
            return thread.newString(String(cString: text))
        },
        Def("alarm(seconds, /)", .calls, "Arrange for SIGALRM to arrive after the given number of seconds.", kind: .function) { thread, a, _ in
            guard let seconds = thread.toInt(a[0]) else { return .empty }
            return thread.newInt(Int(Glibc.alarm(UInt32(truncatingIfNeeded: seconds))))
        },
        Def("setitimer(which, seconds, interval=0.0, /)", .calls, "Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).\n\nThe timer will fire after value seconds and after that every interval seconds.\nThe itimer can be cleared by setting seconds to zero.\n\nReturns old values as a tuple: (delay, interval).", kind: .function) { thread, a, _ in
            guard let which = SignalModule.number(thread, a[0]), let value = SignalModule.interval(thread, a[1]), let repeated = SignalModule.interval(thread, a[2]) else { return .empty }
            var new = itimerval(it_interval: repeated, it_value: value), old = itimerval()
            guard setitimer(unsafeBitCast(UInt32(bitPattern: which), to: __itimer_which_t.self), &new, &old) == 0 else { return SignalModule.raiseTimerError(thread) }
            return SignalModule.pair(thread, old)
        },
        Def("getitimer(which, /)", .reads, "Returns current value of given itimer.", kind: .function) { thread, a, _ in
            guard let which = SignalModule.number(thread, a[0]) else { return .empty }
            var old = itimerval()
            guard getitimer(unsafeBitCast(UInt32(bitPattern: which), to: __itimer_which_t.self), &old) == 0 else { return SignalModule.raiseTimerError(thread) }
            return SignalModule.pair(thread, old)
        },
        Def("pause()", .calls, "Wait until a signal arrives.", kind: .function) { thread, _, _ in
            _ = GIL.blocking(thread) { Glibc.pause() }
            return Signals.check(thread) ? .none : .empty
        },
        Def("pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)", .calls, "Send a signal to a process referred to by a pid file descriptor.", kind: .function) { thread, a, _ in
            guard let descriptor = SignalModule.number(thread, a[0]), let number = SignalModule.number(thread, a[1]) else { return .empty }
            if !a[2].isEmpty && !a[2].isNone { return thread.raise(.typeError, "siginfo must be None") }
            guard let flags = a[3].isEmpty ? 0 : thread.toInt(a[3]) else { return .empty }
            return taipan_pidfd_send_signal(descriptor, number, UInt32(truncatingIfNeeded: flags)) < 0 ? thread.raiseOSError(errno) : .none
        },
        Def("pthread_kill(thread_id, signalnum, /)", .calls, "Send a signal to a thread.", kind: .function) { thread, a, _ in
            guard let identifier = thread.toInt(a[0]), let number = SignalModule.number(thread, a[1]) else { return .empty }
            // Only threads that are known to live: the system call trusts its argument.
            var next = taipan.threads
            while let current = next, current.pointee.identifier != UInt64(bitPattern: Int64(identifier)) { next = current.pointee.next }
            guard next != nil else { return thread.raiseOSError(ESRCH) }
            let status = pthread_kill(pthread_t(bitPattern: identifier), number)
            if status != 0 { return thread.raiseOSError(status) }
            return Signals.check(thread) ? .none : .empty
        },
        Def("pthread_sigmask(how, mask, /)", .calls, "Fetch and/or change the signal mask of the calling thread.", kind: .function) { thread, a, _ in
            guard let how = SignalModule.number(thread, a[0]), var mask = SignalModule.signalSet(thread, a[1]) else { return .empty }
            var old = sigset_t()
            let status = pthread_sigmask(how, &mask, &old)
            if status != 0 { return thread.raiseOSError(status) }
            // Signals that are no longer blocked may have come at once.
            guard Signals.check(thread) else { return .empty }
            return SignalModule.newSet(thread, old)
        },
        Def("sigpending()", .reads, "Examine pending signals.\n\nReturns a set of signal numbers that are pending for delivery to\nthe calling thread.", kind: .function) { thread, _, _ in
            var set = sigset_t()
            guard sigpending(&set) == 0 else { return thread.raiseOSError(errno) }
            return SignalModule.newSet(thread, set)
        },
        Def("sigwait(sigset, /)", .calls, "Wait for a signal.\n\nSuspend execution of the calling thread until the delivery of one of the\nsignals specified in the signal set sigset.  The function accepts the signal\nand returns the signal number.", kind: .function) { thread, a, _ in
            guard var set = SignalModule.signalSet(thread, a[0]) else { return .empty }
            var number: Int32 = 0
            let status = GIL.blocking(thread) { sigwait(&set, &number) }
            return status != 0 ? thread.raiseOSError(status) : Value(small: Int(number))
        },
        Def("sigwaitinfo(sigset, /)", .calls, "Wait synchronously until one of the signals in *sigset* is delivered.\n\nReturns a struct_siginfo containing information about the signal.", kind: .function) { thread, a, _ in
            SignalModule.wait(thread, a[0], timeout: .empty)
        },
        Def("sigtimedwait(sigset, timeout, /)", .calls, "Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, with floating point numbers allowed.", kind: .function) { thread, a, _ in
            SignalModule.wait(thread, a[0], timeout: a[1])
        },
        Def("valid_signals()", .reads, "Return a set of valid signal numbers on this platform.", kind: .function) { thread, _, _ in
            var set = sigset_t()
            sigfillset(&set)
            return SignalModule.newSet(thread, set)
        },
        Def("siginterrupt(signalnum, flag, /)", .calls, "Change system call restart behaviour.\n\nIf flag is False, system calls will be restarted when interrupted by\nsignal sig, else system calls will be interrupted.", kind: .function) { thread, a, _ in
            guard let number = SignalModule.validNumber(thread, a[0]), let flag = thread.toInt(a[1]) else { return .empty }
            return siginterrupt(number, Int32(clamping: flag)) < 0 ? thread.raiseOSError(errno) : .none
        },
        Def("set_wakeup_fd(fd, /, *, warn_on_full_buffer=True)", .calls, "Sets the fd to be written to (with the signal number) when a signal comes in; -1 for none. Returns the previous one.", kind: .function) { thread, a, _ in
            SignalModule.setWakeup(thread, a[0], a[1])
        },
    ]
}
