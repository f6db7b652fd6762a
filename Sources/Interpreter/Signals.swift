import Glibc

/// Signals, as far as the interpreter itself is concerned: the table of Python handlers, and calling them.
///
/// The C handler only notes that a signal has come and sets the main thread's breaker. The Python handler runs at the main thread's next safepoint, or when
/// a blocking call that the signal interrupted asks `check`.
public enum Signals {
    public static let count = 65
    /// A list with the Python handler of each signal: a callable, `SIG_DFL` (0), `SIG_IGN` (1), or None for a foreign one.
    nonisolated(unsafe) private static let table = RootTable.reserve()

    public static func handler(_ number: Int) -> Value { ListRef(table.pointee)[number] }
    public static func setHandler(_ number: Int, _ handler: Value) { ListRef(table.pointee).set(number, handler) }

    /// Makes the table from what the process inherited. Called once, at start-up.
    static func start(_ thread: ThreadRef) {
        taipan_signals_start(thread, Breaker.signal)
        let list = thread.newList(capacity: count)
        if list.isEmpty { return }
        for number in 0 ..< count {
            let action = number == 0 ? 0 : taipan_signal_action(Int32(number))
            _ = ListRef(list).append(thread, action == 0 ? Value(small: 0) : action == 1 ? Value(small: 1) : .none)
        }
        table.pointee = list
    }

    nonisolated(unsafe) private static let interrupt = RootTable.reserve()
    /// `signal.default_int_handler`
    public static var interruptHandler: Value { interrupt.pointee }

    /// Makes the process a Python process: SIGINT raises KeyboardInterrupt, unless it was ignored; SIGPIPE and SIGXFSZ are ignored, so that failed writes
    /// are errors.
    public static func install(_ thread: ThreadRef) {
        let definition = Def("default_int_handler(signalnum, frame, /)", .calls, "What Python does about SIGINT at first: it raises KeyboardInterrupt.", kind: .function) { thread, _, _ in
            thread.raise(.keyboardInterrupt)
        }
        interrupt.pointee = thread.newBuiltinFunction(definition, module: StringRef.intern("_signal").value)
        if interrupt.pointee.isEmpty { return }
        if taipan_signal_action(SIGINT) == 0, taipan_signal_set_action(SIGINT, 2, false) == 0 { setHandler(Int(SIGINT), interrupt.pointee) }
        for number in [SIGPIPE, SIGXFSZ] where taipan_signal_action(number) == 0 && taipan_signal_set_action(number, 1, false) == 0 {
            setHandler(Int(number), Value(small: 1))
        }
    }

    /// To be asked when a blocking call returned EINTR, with the lock held: runs the handlers of signals that have arrived, if this is the main thread. False when
    /// one has raised.
    public static func check(_ thread: ThreadRef) -> Bool {
        guard thread == Safepoint.mainThread, taipan_breaker_load(thread) & Breaker.signal != 0, !Safepoint.isFinalizing(thread) else { return true }
        taipan_breaker_clear(thread, Breaker.signal)
        return runHandlers(thread)
    }

    /// Calls the Python handlers of the signals that have arrived. False when one has raised.
    static func runHandlers(_ thread: ThreadRef) -> Bool {
        let problem = taipan_signal_wakeup_error()
        if problem != 0 {
            thread.raiseOSError(problem)
            RuntimeHooks.writeUnraisable(thread, "Exception ignored when trying to write to the signal wakeup fd", .none)
            thread.takeException()
        }
        guard taipan_signal_any() else { return true }
        for number in 1 ..< count where taipan_signal_take(Int32(number)) {
            let handler = self.handler(number)
            // The handler may have been changed since the signal came.
            if handler.isNone || handler.isSmallInt { continue }
            var frame = Value.none
            if let fp = thread.pointee.frame {
                frame = Frames.object(thread, fp)
                if frame.isEmpty { rearm(thread, after: number); return false }
            }
            if thread.call(handler, Value(small: number), frame).isEmpty { rearm(thread, after: number); return false }
        }
        return true
    }

    /// A handler has raised: the signals behind it are for the next safepoint.
    private static func rearm(_ thread: ThreadRef, after number: Int) {
        for later in number + 1 ..< max(count, number + 1) where taipan_signal_take(Int32(later)) { taipan_signal_rearm(Int32(later)) }
    }

    /// As if the signal had come (`interrupt_main`, `raise_signal` of a handled signal in another thread).
    public static func simulate(_ number: Int32) { taipan_signal_trip(number) }
}
