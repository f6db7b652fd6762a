import Bytecode
import Interpreter
import Objects

/// `_tracemalloc`: which lines of a program have made the objects that are alive.
///
/// While it is on, the heap tells of every new object (`Heap.observe`) and no compiled code is entered, so that frames say where they are. Who is dead is known after a collection:
/// the numbers that Python code asks for are those after one. A traceback is kept as places in code objects, once for all objects with the same; lines are looked up when it is shown.
enum Tracemalloc {
    private struct Site: Hashable {
        var code: UInt64
        var index: Int
    }
    private struct Traceback: Hashable {
        /// Innermost first, no more than the limit.
        var sites: [Site]
        /// Of all frames.
        var count: Int
    }
    private struct Trace {
        var size: Int
        /// Index into `tracebacks`.
        var traceback: Int
    }

    nonisolated(unsafe) private static var limit = 1
    nonisolated(unsafe) private static var traces: [UInt: Trace] = [:]
    /// Addresses of the objects made since the last collection.
    nonisolated(unsafe) private static var young: [UInt] = []
    nonisolated(unsafe) private static var tracebacks: [Traceback] = []
    nonisolated(unsafe) private static var numbers: [Traceback: Int] = [:]
    /// The code objects of all sites.
    nonisolated(unsafe) private static var codes: Set<UInt64> = []
    nonisolated(unsafe) private static var current = 0
    nonisolated(unsafe) private static var peak = 0
    /// What is made now is no object of the program's.
    nonisolated(unsafe) private static var isShowing = false
    nonisolated(unsafe) private static var hasVisitors = false

    private static var isTracing: Bool { Heap.observer != nil }

    // MARK: Tracing

    static func start(frames: Int) {
        if isTracing { return }
        limit = frames
        if !hasVisitors {
            hasVisitors = true
            Collector.addRoots { for code in Tracemalloc.codes { Collector.mark(Value(bits: code)) } }
            Collector.addDeathVisitor { major in Tracemalloc.forgetDead(major: major) }
        }
        Heap.observe { pointer, size in Tracemalloc.note(UInt(bitPattern: pointer), size) }
    }

    private static func stop() {
        Heap.observe(nil)
        clear()
    }

    private static func clear() {
        traces = [:]
        young = []
        tracebacks = []
        numbers = [:]
        codes = []
        current = 0
        peak = 0
    }

    private static func note(_ address: UInt, _ size: Int) {
        guard !isShowing, let thread = ThreadRegistry.current else { return }
        // What the tables have no room for is not traced.
        guard traces.count < traces.capacity && young.count < young.capacity || Heap.hasRoom(outside: traces.capacity * 64 + young.capacity * 16) else { return }
        var traceback = Traceback(sites: [], count: 0)
        var frame = thread.pointee.frame
        while let fp = frame {
            let code = fp.code
            if code.pointee.flags & CodeFlags.hidden.rawValue == 0 {
                traceback.count += 1
                if traceback.sites.count < limit {
                    // Before a frame's first instruction that may raise there is no place yet.
                    let index = fp[FrameSlot.pc].isEmpty ? -1 : fp.instructionIndex
                    traceback.sites.append(Site(code: fp[FrameSlot.code].bits, index: index >= 0 && index < Int(code.pointee.instructionCount) ? index : 0))
                }
            }
            frame = fp.previous
        }
        let number: Int
        if let known = numbers[traceback] {
            number = known
        } else {
            number = tracebacks.count
            tracebacks.append(traceback)
            numbers[traceback] = number
            for site in traceback.sites { codes.insert(site.code) }
        }
        if let former = traces.updateValue(Trace(size: size, traceback: number), forKey: address) { current -= former.size }
        young.append(address)
        current += size
        peak = max(peak, current)
    }

    private static func forgetDead(major: Bool) {
        func check(_ address: UInt) {
            if let pointer = UnsafeMutableRawPointer(bitPattern: address), !Collector.isMarked(pointer), let dead = traces.removeValue(forKey: address) { current -= dead.size }
        }
        if traces.isEmpty { return }
        if major { for address in Array(traces.keys) { check(address) } } else { for address in young { check(address) } }
        young.removeAll(keepingCapacity: true)
    }

    // MARK: Showing

    /// Collects, so that only what is alive is told of.
    @inline(never) private static func settle(_ thread: ThreadRef) {
        DeadTemporaries.clear(thread)
        Collector.wipeStack()
        Collector.collect(major: true)
        Safepoint.runFinalizers(thread)
    }

    /// `((filename, line), …)`; empty when it has raised.
    private static func frames(_ thread: ThreadRef, _ traceback: Traceback) -> Value {
        if traceback.sites.isEmpty {
            let unknown = thread.newString("<unknown>")
            let pair = unknown.isEmpty ? .empty : thread.newTuple(unknown, Value(small: 0))
            return pair.isEmpty ? .empty : thread.newTuple(pair)
        }
        let tuple = thread.newTuple(count: traceback.sites.count)
        if tuple.isEmpty { return .empty }
        for (index, site) in traceback.sites.enumerated() {
            let code = Value(bits: site.code)
            let instructions = code.object(CodeObject.self).pointee.instructions
            let pair = thread.newTuple(Code.filename(of: code), Value(small: JIT.line(code.object(CodeObject.self), instructions + site.index)))
            if pair.isEmpty { return .empty }
            TupleRef(tuple).initialize(index, pair)
            Heap.barrier(tuple.raw)
        }
        return tuple
    }

    /// `[(domain, size, frames, number of frames), …]`, with one tuple of frames for all that have the same.
    private static func list(_ thread: ThreadRef) -> Value {
        settle(thread)
        isShowing = true
        defer { isShowing = false }
        let list = thread.newList(), known = thread.newDict()
        if list.isEmpty || known.isEmpty { return .empty }
        let all = traces, stacks = tracebacks
        for trace in all.values {
            let key = Value(small: trace.traceback)
            var frames = DictRef(known).get(thread, key)
            if frames.isEmpty {
                frames = Tracemalloc.frames(thread, stacks[trace.traceback])
                guard !frames.isEmpty, DictRef(known).set(thread, key, frames) else { return .empty }
            }
            let item = thread.newTuple(Value(small: 0), Value(small: trace.size), frames, Value(small: stacks[trace.traceback].count))
            guard !item.isEmpty, ListRef(list).append(thread, item) else { return .empty }
        }
        return list
    }

    static func register() {
        NativeModule.register("_tracemalloc", doc: "Debug module to trace memory blocks allocated by Python.", functions: [
            Def("is_tracing()", .reads, "Return True if the tracemalloc module is tracing Python memory allocations.", kind: .function) { _, _, _ in Value(Tracemalloc.isTracing) },
            Def("start(nframe=1, /)", .writes, "Start tracing Python memory allocations, with so many frames of each.", kind: .function) { thread, a, _ in
                guard let frames = a[0].isEmpty ? 1 : thread.toInt(a[0]) else { return .empty }
                guard frames >= 1, frames <= 65535 else { return thread.raise(.valueError, "the number of frames must be in range [1; 65535]") }
                Tracemalloc.start(frames: frames)
                return .none
            },
            Def("stop()", .writes, "Stop tracing Python memory allocations, and forget what has been traced.", kind: .function) { _, _, _ in
                Tracemalloc.stop()
                return .none
            },
            Def("clear_traces()", .writes, "Clear traces of memory blocks allocated by Python.", kind: .function) { _, _, _ in
                Tracemalloc.clear()
                return .none
            },
            Def("reset_peak()", .writes, "Let the peak be what is in use now.", kind: .function) { thread, _, _ in
                if Tracemalloc.isTracing { Tracemalloc.settle(thread) }
                Tracemalloc.peak = Tracemalloc.current
                return .none
            },
            Def("get_traceback_limit()", .reads, "How many frames a trace keeps at the most.", kind: .function) { _, _, _ in Value(small: Tracemalloc.limit) },
            Def("get_tracemalloc_memory()", .reads, "Get the memory usage in bytes of the tracemalloc module.", kind: .function) { _, _, _ in
                Value(small: Tracemalloc.traces.count * 48 + Tracemalloc.young.count * 8 + Tracemalloc.tracebacks.reduce(0) { $0 + 96 + $1.sites.count * 32 })
            },
            Def("get_traced_memory()", .reads, "How much traced memory is in use, and was at the most.", kind: .function) { thread, _, _ in
                if Tracemalloc.isTracing { Tracemalloc.settle(thread) }
                return thread.newTuple(Value(small: Tracemalloc.current), Value(small: Tracemalloc.peak))
            },
            Def("_get_traces()", .reads, "Get traces of all memory blocks allocated by Python.", kind: .function) { thread, _, _ in
                Tracemalloc.isTracing ? Tracemalloc.list(thread) : thread.newList()
            },
            Def("_get_object_traceback(obj, /)", .reads, "Get the traceback where the Python object obj was allocated.", kind: .function) { thread, a, _ in
                guard a[0].isHeap, let trace = Tracemalloc.traces[UInt(bitPattern: a[0].raw)] else { return .none }
                Tracemalloc.isShowing = true
                defer { Tracemalloc.isShowing = false }
                return Tracemalloc.frames(thread, Tracemalloc.tracebacks[trace.traceback])
            },
        ])
    }
}
