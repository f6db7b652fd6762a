import CSystem
import Glibc
import Interpreter
import Objects

/// `_signal`: the Python side of signals. The handlers' table and the calls are in `Interpreter/Signals.swift`.
enum SignalModule {
    nonisolated(unsafe) private static var siginfo: StructSequence!
    private static let itimerError = RootTable.reserve()

    static func register() {
        NativeModule.register("_signal", doc: "Signals and their handlers.", functions: functions, setUp: { module in
            module.add(constants: system_table_signal())
            module.set("SIGRTMIN", Int(system_sigrtmin()))
            module.set("SIGRTMAX", Int(system_sigrtmax()))
            module.set("NSIG", Signals.count)
            module.set("SIG_DFL", 0)
            module.set("SIG_IGN", 1)
            SignalModule.siginfo = StructSequence("struct_siginfo", module: "signal", doc: "struct_siginfo: Result from sigwaitinfo or sigtimedwait.", visible: 7,
                                                  fields: ["si_signo", "si_code", "si_errno", "si_pid", "si_uid", "si_status", "si_band"])
            module.set("struct_siginfo", SignalModule.siginfo.type.value)
            let error = module.thread.newDict()
            guard !error.isEmpty, DictRef(error).set(module.thread, Name.__module__, module.thread.newString("signal")) else { return false }
            let type = module.thread.call(TypeID.type.value, module.thread.newString("itimer_error"), module.thread.newTuple(TypeID.osError.value), error)
            SignalModule.itimerError.pointee = type
            module.set("ItimerError", type)
            module.set("default_int_handler", Signals.interruptHandler)
            return !type.isEmpty
        })
    }

    private static func number(_ thread: ThreadRef, _ value: Value) -> Int32? {
        guard let number = SystemArguments.int32(thread, value) else { return nil }
        guard number >= 1 && number < Int32(Signals.count) else {
            thread.raise(.valueError, "signal number out of range")
            return nil
        }
        return number
    }

    /// A set of signal numbers.
    static func set(_ thread: ThreadRef, _ value: Value) -> sigset_t? {
        var result = sigset_t()
        sigemptyset(&result)
        let items = thread.tuple(value)
        if items.isEmpty { return nil }
        for index in 0 ..< TupleRef(items).count {
            let item = thread.toIndex(TupleRef(items)[index])
            if item.isEmpty { return nil }
            // A number that no machine word holds is out of range like any other.
            guard let number = IntOps.toInt(item).flatMap({ Int32(exactly: $0) }), number >= 1 && number < Int32(Signals.count) else {
                thread.raise(.valueError, "signal number \(IntOps.toInt(item).map { String($0) } ?? "-1") out of range [1; \(Signals.count - 1)]")
                return nil
            }
            // The C library keeps a few for itself and says EINVAL.
            sigaddset(&result, number)
        }
        return result
    }

    private static func value(_ thread: ThreadRef, _ signals: sigset_t) -> Value {
        var signals = signals
        let list = thread.newList()
        if list.isEmpty { return .empty }
        for number in 1 ..< Signals.count where sigismember(&signals, Int32(number)) == 1 {
            if !ListRef(list).append(thread, Value(small: number)) { return .empty }
        }
        return thread.call(TypeID.set.value, list)
    }

    private static func value(_ thread: ThreadRef, _ info: inout siginfo_t) -> Value {
        let result = siginfo.make(thread)
        if result.isEmpty { return .empty }
        for (index, number) in [Int(info.si_signo), Int(info.si_code), Int(info.si_errno), Int(system_siginfo_pid(&info)), Int(system_siginfo_uid(&info)),
                                Int(system_siginfo_status(&info)), system_siginfo_band(&info)].enumerated() { siginfo.set(result, index, thread.newInt(number)) }
        return result
    }

    private static func seconds(_ thread: ThreadRef, _ time: timeval) -> Value { thread.newFloat(Double(time.tv_sec) + Double(time.tv_usec) * 1e-6) }

    private static func pair(_ thread: ThreadRef, _ timer: itimerval) -> Value { thread.newTuple(seconds(thread, timer.it_value), seconds(thread, timer.it_interval)) }

    private static func time(_ thread: ThreadRef, _ value: Value) -> timeval? {
        if value.isEmpty { return timeval() }
        guard let nanoseconds = TimeArgument.nanoseconds(thread, value) else { return nil }
        let microseconds = nanoseconds >= 0 ? (nanoseconds + 999) / 1000 : nanoseconds / 1000
        return timeval(tv_sec: microseconds / 1_000_000, tv_usec: microseconds % 1_000_000)
    }

    private static func raiseTimerError(_ thread: ThreadRef) -> Value {
        let code = errno
        return thread.raise(type: TypeRef(itimerError.pointee), Value(small: Int(code)), thread.newString(String(cString: strerror(code))))
    }

    static let functions = [
        Def("signal(signalnum, handler, /)", .calls, "Set the action for the given signal.") { thread, a, _ in
            guard let given = SystemArguments.int32(thread, a[0]) else { return .empty }
            guard thread == Safepoint.mainThread else { return thread.raise(.valueError, "signal only works in main thread of the main interpreter") }
            guard given >= 1 && given < Int32(Signals.count) else { return thread.raise(.valueError, "signal number out of range") }
            var handler = a[1]
            let action: Int32
            // SIG_DFL and SIG_IGN may come as members of an enumeration.
            let isDefault = thread.isEqual(handler, Value(small: 0)), isIgnored = thread.isEqual(handler, Value(small: 1))
            if isDefault < 0 || isIgnored < 0 { return .empty }
            if handler.isInt && isDefault > 0 {
                action = 0
                handler = Value(small: 0)
            } else if handler.isInt && isIgnored > 0 {
                action = 1
                handler = Value(small: 1)
            } else if handler.type.slotPointer(.call).pointee != nil {
                action = 2
            } else {
                return thread.raise(.typeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object")
            }
            if !Signals.check(thread) { return .empty }
            if taipan_signal_set_action(given, action, false) < 0 { return thread.raiseOSError(errno) }
            let old = Signals.handler(Int(given))
            Signals.setHandler(Int(given), handler)
            return old
        },
        Def("getsignal(signalnum, /)", .calls, "Return the current action for the given signal.") { thread, a, _ in
            guard let number = SignalModule.number(thread, a[0]) else { return .empty }
            return Signals.handler(Int(number))
        },
        Def("raise_signal(signalnum, /)", .calls, "Send a signal to the executing process.") { thread, a, _ in
            guard let number = SystemArguments.int32(thread, a[0]) else { return .empty }
            if GIL.blocking(thread, { Glibc.raise(number) }) != 0 { return thread.raiseOSError(errno) }
            return Signals.check(thread) ? .none : .empty
        },
        Def("strsignal(signalnum, /)", .calls, "Return the system description of the given signal.") { thread, a, _ in
            guard let number = SignalModule.number(thread, a[0]) else { return .empty }
            errno = 0
            guard let text = Glibc.strsignal(number), errno == 0 else { return .none }
            let description = String(cString: text)
            return description.hasPrefix("Unknown signal") ? .none : thread.newString(description)
        },
        Def("alarm(seconds, /)", .calls, "Have SIGALRM sent after so many seconds.") { thread, a, _ in
            guard let seconds = SystemArguments.int32(thread, a[0]) else { return .empty }
            return Value(small: Int(Glibc.alarm(UInt32(bitPattern: seconds))))
        },
        Def("pause()", .calls, "Wait until a signal arrives.") { thread, _, _ in
            GIL.blocking(thread) { _ = Glibc.pause() }
            return Signals.check(thread) ? .none : .empty
        },
        Def("setitimer(which, seconds, interval=0.0, /)", .calls, "Set one of the timers ITIMER_REAL, ITIMER_VIRTUAL and ITIMER_PROF.") { thread, a, _ in
            guard let which = SystemArguments.int32(thread, a[0]), let value = SignalModule.time(thread, a[1]), let interval = SignalModule.time(thread, a[2]) else { return .empty }
            var new = itimerval(it_interval: interval, it_value: value)
            var old = itimerval()
            return system_setitimer(which, &new, &old) != 0 ? SignalModule.raiseTimerError(thread) : SignalModule.pair(thread, old)
        },
        Def("getitimer(which, /)", .calls, "Returns current value of given itimer.") { thread, a, _ in
            guard let which = SystemArguments.int32(thread, a[0]) else { return .empty }
            var value = itimerval()
            return system_getitimer(which, &value) != 0 ? SignalModule.raiseTimerError(thread) : SignalModule.pair(thread, value)
        },
        Def("siginterrupt(signalnum, flag, /)", .calls, "Change system call restart behaviour.") { thread, a, _ in
            guard let number = SignalModule.number(thread, a[0]), let flag = SystemArguments.int32(thread, a[1]) else { return .empty }
            return SystemCall.none(thread, system_sigaction_restart(number, flag != 0))
        },
        Def("set_wakeup_fd(fd, *, warn_on_full_buffer=True)", .calls, "Have the number of each signal written to a descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let warn = SystemArguments.flag(thread, a[1], default: true) else { return .empty }
            guard thread == Safepoint.mainThread else { return thread.raise(.valueError, "set_wakeup_fd only works in main thread of the main interpreter") }
            if descriptor != -1 {
                var status = stat()
                if Glibc.fstat(descriptor, &status) < 0 { return thread.raiseOSError(errno) }
                let flags = system_fcntl_int(descriptor, F_GETFL, 0)
                if flags < 0 { return thread.raiseOSError(errno) }
                if flags & O_NONBLOCK == 0 { return thread.raise(.valueError, "the fd \(descriptor) must be in non-blocking mode") }
            }
            return Value(small: Int(taipan_signal_set_wakeup(descriptor, warn)))
        },
        Def("pthread_sigmask(how, mask, /)", .calls, "Fetch and/or change the signal mask of the calling thread.") { thread, a, _ in
            guard let how = SystemArguments.int32(thread, a[0]), var mask = SignalModule.set(thread, a[1]) else { return .empty }
            var old = sigset_t()
            let code = Glibc.pthread_sigmask(how, &mask, &old)
            if code != 0 { return thread.raiseOSError(code) }
            return Signals.check(thread) ? SignalModule.value(thread, old) : .empty
        },
        Def("pthread_kill(thread_id, signalnum, /)", .calls, "Send a signal to a thread.") { thread, a, _ in
            guard let identifier = SystemArguments.mask(thread, a[0]), let number = SystemArguments.int32(thread, a[1]) else { return .empty }
            guard ThreadRegistry.contains(identifier: UInt64(identifier)) else { return thread.raiseOSError(ESRCH) }
            let code = Glibc.pthread_kill(pthread_t(identifier), number)
            if code != 0 { return thread.raiseOSError(code) }
            return Signals.check(thread) ? .none : .empty
        },
        Def("pidfd_send_signal(pidfd, signalnum, siginfo=None, flags=0, /)", .calls, "Send a signal to the process of a pidfd.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let number = SystemArguments.int32(thread, a[1]) else { return .empty }
            guard a[2].isEmpty || a[2].isNone else { return thread.raise(.typeError, "siginfo must be None") }
            if system_syscall_pidfd_send_signal(descriptor, number) < 0 { return thread.raiseOSError(errno) }
            // It may have been meant for this process.
            return Signals.check(thread) ? .none : .empty
        },
        Def("sigpending()", .calls, "Examine pending signals.") { thread, _, _ in
            var pending = sigset_t()
            return Glibc.sigpending(&pending) < 0 ? thread.raiseOSError(errno) : SignalModule.value(thread, pending)
        },
        Def("valid_signals()", .calls, "Return a set of valid signal numbers on this platform.") { thread, _, _ in
            var all = sigset_t()
            sigfillset(&all)
            return SignalModule.value(thread, all)
        },
        Def("sigwait(sigset, /)", .calls, "Wait for a signal.") { thread, a, _ in
            guard var signals = SignalModule.set(thread, a[0]) else { return .empty }
            var number: Int32 = 0
            let code = GIL.blocking(thread) { Glibc.sigwait(&signals, &number) }
            return code != 0 ? thread.raiseOSError(code) : Value(small: Int(number))
        },
        Def("sigwaitinfo(sigset, /)", .calls, "Wait for one of several signals.") { thread, a, _ in
            guard var signals = SignalModule.set(thread, a[0]) else { return .empty }
            var info = siginfo_t()
            guard let result = SystemCall.retry(thread, { Glibc.sigwaitinfo(&signals, &info) }) else { return .empty }
            return result < 0 ? thread.raiseOSError(errno) : SignalModule.value(thread, &info)
        },
        Def("sigtimedwait(sigset, timeout, /)", .calls, "Like sigwaitinfo(), but with a timeout.") { thread, a, _ in
            guard let timeout = TimeArgument.nanoseconds(thread, a[1]) else { return .empty }
            if timeout < 0 { return thread.raise(.valueError, "timeout must be non-negative") }
            guard var signals = SignalModule.set(thread, a[0]) else { return .empty }
            var info = siginfo_t()
            let (deadline, overflow) = TimeArgument.monotonic().addingReportingOverflow(timeout)
            while true {
                var rest = TimeArgument.spec(overflow ? timeout : max(0, deadline - TimeArgument.monotonic()))
                let result = GIL.blocking(thread) { Glibc.sigtimedwait(&signals, &info, &rest) }
                if result >= 0 { return SignalModule.value(thread, &info) }
                if errno == EAGAIN { return .none }
                if errno != EINTR { return thread.raiseOSError(errno) }
                if !Safepoint.serve(thread) { return .empty }
            }
        },
    ]
}
