import Glibc
import Objects

/// Trace mode: counts and times every function of the context, and calls hooks before and after.
enum TraceMode {
    nonisolated(unsafe) private static var isStarted = false
    nonisolated(unsafe) static var counts = [Int](repeating: 0, count: Int(HPY_MEMBER_COUNT))
    /// Nanoseconds.
    nonisolated(unsafe) static var durations = [Int](repeating: 0, count: Int(HPY_MEMBER_COUNT))
    static let onEnter = RootTable.reserve()
    static let onExit = RootTable.reserve()

    @inline(__always) static var universal: UnsafeMutablePointer<HPyContext> { taipan_hpy_universal() }

    /// The context that modules loaded in trace mode are given; made when it is first asked for.
    static var context: UnsafeMutablePointer<HPyContext> {
        let c = taipan_hpy_trace()
        if !isStarted {
            isStarted = true
            c.pointee = TraceMode.universal.pointee
            c.pointee.name = cString("HPy Trace Mode ABI (Taipan)")
            fillGenerated(c)
            c.pointee.ctx_Type_FromSpec = { _, specification, parameters in
                TraceMode.traced(150) {
                    let previous = Contexts.making
                    Contexts.making = taipan_hpy_trace()
                    defer { Contexts.making = previous }
                    return TraceMode.universal.pointee.ctx_Type_FromSpec!(TraceMode.universal, specification, parameters)
                }
            }
        }
        return c
    }

    private static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_RAW, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private static func callHook(_ hook: Value, _ number: Int, _ which: StaticString) {
        let thread = Contexts.thread
        let savedError = errno
        let raised = thread.takeException()
        let name = thread.newString(cString: taipan_hpy_member_name(Int32(number)))
        if name.isEmpty || thread.call(hook, name).isEmpty {
            TraceMode.universal.pointee.ctx_FatalError!(TraceMode.universal, "error when executing \(which) trace function")
        }
        if !raised.isEmpty { thread.restore(raised) }
        errno = savedError
    }

    static func traced<R>(_ number: Int, _ body: () -> R) -> R {
        TraceMode.counts[number] += 1
        if !TraceMode.onEnter.pointee.isEmpty { TraceMode.callHook(TraceMode.onEnter.pointee, number, "on-enter") }
        let start = TraceMode.now()
        let result = body()
        TraceMode.durations[number] += TraceMode.now() - start
        if !TraceMode.onExit.pointee.isEmpty {
            // What the function returned may be seen nowhere else meanwhile but here.
            withExtendedLifetime(result) { TraceMode.callHook(TraceMode.onExit.pointee, number, "on-exit") }
        }
        return result
    }

    /// For functions around which Python cannot run.
    static func counted<R>(_ number: Int, _ body: () -> R) -> R {
        TraceMode.counts[number] += 1
        return body()
    }
}

/// `_hpy_trace`, as `hpy.universal._trace`
enum TraceModule {
    private static func dict(_ thread: ThreadRef, _ numbers: [Int]) -> Value {
        let result = thread.newDict()
        if result.isEmpty { return .empty }
        for (index, number) in numbers.enumerated() {
            guard let name = taipan_hpy_member_name(Int32(index)) else { continue }
            let key = thread.newName(name)
            let value = thread.newInt(number)
            guard !key.isEmpty, DictRef(result).set(thread, key, value) else { return .empty }
        }
        return result
    }

    static func register() {
        NativeModule.register("_hpy_trace", doc: "HPy trace mode", functions: [
            Def("get_durations()", .calls, "Nanoseconds spent in each function.", kind: .function) { thread, _, _ in TraceModule.dict(thread, TraceMode.durations) },
            Def("get_call_counts()", .calls, "Number of calls of each function.", kind: .function) { thread, _, _ in TraceModule.dict(thread, TraceMode.counts) },
            Def("set_trace_functions(on_enter=<unchanged>, on_exit=<unchanged>)", .writes, "Set the functions to call if an HPy API is entered/exited.", kind: .function) { thread, a, _ in
                for index in 0 ..< 2 where !a[index].isEmpty && !a[index].isNone && a[index].type.slotPointer(.call).pointee == nil {
                    return thread.raise(.typeError, "Expected a callable object or None")
                }
                if !a[0].isEmpty { TraceMode.onEnter.pointee = a[0].isNone ? .empty : a[0] }
                if !a[1].isEmpty { TraceMode.onExit.pointee = a[1].isNone ? .empty : a[1] }
                return .none
            },
            Def("get_frequency()", .reads, "Resolution of the used clock in Hertz.", kind: .function) { thread, _, _ in
                var resolution = timespec()
                clock_getres(CLOCK_MONOTONIC_RAW, &resolution)
                return thread.newInt(1_000_000_000 / max(1, resolution.tv_sec * 1_000_000_000 + resolution.tv_nsec))
            },
        ])
    }
}
