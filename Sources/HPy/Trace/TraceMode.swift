import Glibc
import Objects

/// Trace mode: counts and times every function of the context, for each module, and calls hooks before and after.
///
/// A module has a context of its own, whose private word is the address of its counters: the number of calls of each member, then the nanoseconds spent in it.
enum TraceMode {
    private static let members = Int(HPY_MEMBER_COUNT)
    nonisolated(unsafe) private static var contexts: [String: UnsafeMutablePointer<HPyContext>] = [:]
    static let onEnter = RootTable.reserve()
    static let onExit = RootTable.reserve()

    @inline(__always) static var universal: UnsafeMutablePointer<HPyContext> { taipan_hpy_universal() }

    /// The context that the module of a name is given in trace mode; made when it is first asked for.
    static func context(of module: String) -> UnsafeMutablePointer<HPyContext> {
        if let known = contexts[module] { return known }
        let c = UnsafeMutablePointer<HPyContext>.allocate(capacity: 1)
        c.initialize(to: TraceMode.universal.pointee)
        c.pointee.name = cString("HPy Trace Mode ABI (Taipan)")
        let counters = UnsafeMutablePointer<Int>.allocate(capacity: members * 2)
        counters.initialize(repeating: 0, count: members * 2)
        c.pointee._private = UnsafeMutableRawPointer(counters)
        fillGenerated(c)
        c.pointee.ctx_Type_FromSpec = { ctx, specification, parameters in
            TraceMode.traced(ctx, 150) {
                let previous = Contexts.making
                Contexts.making = ctx
                defer { Contexts.making = previous }
                return TraceMode.universal.pointee.ctx_Type_FromSpec!(TraceMode.universal, specification, parameters)
            }
        }
        contexts[module] = c
        return c
    }

    @inline(__always) private static func counters(_ context: UnsafeMutablePointer<HPyContext>) -> UnsafeMutablePointer<Int> {
        context.pointee._private.unsafelyUnwrapped.assumingMemoryBound(to: Int.self)
    }

    enum Counter: Int { case calls = 0, nanoseconds }

    /// What was counted of each member, for one module or for all; nil when the module was never loaded in trace mode.
    static func counted(_ counter: Counter, module: String?) -> [Int]? {
        var result = [Int](repeating: 0, count: members)
        if let module, contexts[module] == nil { return nil }
        for (name, context) in contexts where module == nil || name == module {
            for index in 0 ..< members { result[index] += counters(context)[counter.rawValue * members + index] }
        }
        return result
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

    static func traced<R>(_ context: UnsafeMutablePointer<HPyContext>, _ number: Int, _ body: () -> R) -> R {
        let counters = TraceMode.counters(context)
        counters[number] += 1
        if !TraceMode.onEnter.pointee.isEmpty { TraceMode.callHook(TraceMode.onEnter.pointee, number, "on-enter") }
        let start = TraceMode.now()
        let result = body()
        counters[members + number] += TraceMode.now() - start
        if !TraceMode.onExit.pointee.isEmpty {
            // What the function returned may be seen nowhere else meanwhile but here.
            withExtendedLifetime(result) { TraceMode.callHook(TraceMode.onExit.pointee, number, "on-exit") }
        }
        return result
    }

    /// For functions around which Python cannot run.
    static func counted<R>(_ context: UnsafeMutablePointer<HPyContext>, _ number: Int, _ body: () -> R) -> R {
        TraceMode.counters(context)[number] += 1
        return body()
    }
}

/// `hpy.universal._trace`
enum TraceModule {
    static let name: StaticString = "hpy.trace._trace"

    /// A dict from names of functions to what was counted. `module` is absent, None, a module or its name.
    private static func dict(_ thread: ThreadRef, _ counter: TraceMode.Counter, _ module: Value) -> Value {
        var name: String?
        if !module.isEmpty && !module.isNone {
            let given = module.isString ? module : thread.getAttribute(module, Name.__name__)
            if given.isEmpty { return .empty }
            guard given.isString else { return thread.raise(.typeError, "a module's name must be str, not \(given.type.name)") }
            name = StringRef(given).description
        }
        guard let numbers = TraceMode.counted(counter, module: name) else { return thread.raise(.valueError, "module '\(name ?? "")' was not loaded in trace mode") }
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
        NativeModule.register(TraceModule.name, doc: "HPy trace mode", functions: [
            Def("get_durations(module=None)", .calls, "Nanoseconds spent in each function, by one module or by all.", kind: .function) { thread, a, _ in
                TraceModule.dict(thread, .nanoseconds, a[0])
            },
            Def("get_call_counts(module=None)", .calls, "Number of calls of each function, by one module or by all.", kind: .function) { thread, a, _ in
                TraceModule.dict(thread, .calls, a[0])
            },
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
