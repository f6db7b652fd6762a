import Glibc
import Interpreter
import TraceJIT

/// The JIT as the interpreter sees it: hot loops, compiled traces, exits and bridges.
///
/// A loop's inline cache counts its rounds down. At zero the engine records one round (`Recorder`), compiles the trace and leaves it in the cache, which from then on
/// sends every arrival at the loop's head into machine code. A trace is left through an exit, whose snapshot gives the registers their values and makes
/// the frames of inlined calls; an exit that is taken often gets a bridge. Whatever cannot be recorded is left to the interpreter: a loop whose recording fails is tried again after
/// ever longer waits.
///
/// There is one engine, and it runs under the interpreter lock.
public final class Engine {
    nonisolated(unsafe) static var shared: Engine!

    let words = Words()
    let compiler: TraceCompiler
    /// Bytecodes that compiled code has stood for so far, counted by rounds.
    let executed = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    /// Of the recording in progress.
    var recorder: Recorder?
    /// Inlined calls, by the token of their frame records.
    var calls = InlinedCalls()
    /// How many there were before the recording in progress.
    private var callsBefore = 0
    /// Those that its recording has added, by a trace's number.
    private var ownCalls: [Int: Range<Int>] = [:]
    /// Those of traces that were given up during the recording in progress, which may have begun at an exit of one of them.
    private var pastCalls: [Range<Int>] = []
    /// The exit that compiled code was left through last, and where its slot 0 was.
    private var lastExit: (place: ExitRef, frame: FramePointer)?
    /// The traces of loops, functions and places where calls return, by the instruction at which they begin.
    private var anchors: [UInt: CompiledTrace] = [:]
    /// Loops at whose heads traces have ended, by those heads.
    var heads: [UInt: LoopHead] = [:]
    private var holdings = Holdings()
    let log: TraceLog?
    /// Nanoseconds that recording and compiling have taken.
    private(set) var spent = 0
    /// Nanoseconds that refused requests are thought to have lost.
    private var forgone = 0
    /// Addresses of namespaces' entries: see `isRebound`.
    private var rebound: Set<UInt> = []
    /// Bridges made for each root trace, by its number.
    private var bridges: [Int: Int] = [:]
    /// While one instruction is executed for compiled code: whether it has been.
    private var single = Single.no
    private enum Single { case no, ahead, done }
    public private(set) var statistics = Statistics()

    nonisolated(unsafe) static var limits = Limits()
    nonisolated(unsafe) static var isStress = false
    nonisolated(unsafe) static let boxedFloats = BoxedFloats()
    /// Rounds before a loop is recorded.
    static var hotLoop: UInt32 { UInt32(limits.hotLoop) }
    static var hotCall: UInt32 { UInt32(limits.hotCall) }

    public struct Statistics {
        public var entered = 0, left = 0, recorded = 0, aborted = 0
        /// Traces that were not worth their visits, and those whose objects, or code, have died.
        public var retired = 0, died = 0
        /// Why recordings were given up.
        public var reasons: [String: Int] = [:]
    }

    struct LoopHead {
        let cache: UnsafeMutablePointer<InlineCache>
        /// The code that both belong to.
        let code: Value
    }

    /// What leaving a trace needs to know of a call that it has inlined.
    struct InlinedCall {
        /// The frame is not that of an inlined call but the caller's, to which the trace has returned: a real one.
        var isReturn = false
        let code: Value
        /// Empty where the frame's slots tell it.
        let function: Value
        /// Where the caller goes on.
        let returnTo: ProgramCounter
        /// The frame's `FrameFlags` with the caller's result register.
        let flags: UInt64
    }

    /// Turns the JIT on. False when this machine has none.
    @discardableResult public static func start(log path: String? = nil, isStress: Bool = false) -> Bool {
        var options = TraceCompiler.Options()
        let log = path.flatMap { TraceLog(path: $0) }
        if let log { options.log = { text in log.write("-- " + text) } }
        if isStress {
            limits = .stress
            options.codeCapacity = 1 << 20
        }
        Engine.isStress = isStress
        guard let engine = Engine(options, log) else { return false }
        shared = engine
        Collector.addRoots {
            Engine.shared.holdings.markRunning()
            if let recorder = Engine.shared.recorder { for value in recorder.kept { Collector.mark(value) } }
        }
        Collector.addDeathVisitor {
            Engine.boxedFloats.forgetDead()
            Engine.shared.forget(Engine.shared.holdings.findDead(major: $0))
            Engine.shared.forgetDeadHeads()
        }
        JIT.start(onLoop: { Engine.shared.reachedLoop($0, $1) }, onStep: { Engine.shared.step($0, $1, $2) }, onUnwind: { Engine.shared.unwind($0, $1, $2, $3) })
        JIT.staleRegisters = { Engine.shared.holdings.written($0) }
        JIT.loopThreshold = hotLoop
        JIT.callThreshold = hotCall
        return true
    }

    private init?(_ options: TraceCompiler.Options, _ log: TraceLog?) {
        self.log = log
        guard let compiler = TraceCompiler(words.vocabulary, Engine.model(), options: options, exitHandler: { context, state, number in
            Engine.shared.leave(context.unsafelyUnwrapped.assumingMemoryBound(to: ThreadState.self), state, number)
            return 0
        }) else { return nil }
        self.compiler = compiler
        executed.pointee = 0
    }

    /// How values look, for the back end.
    private static func model() -> ValueModel {
        var model = ValueModel(intShift: 1, intTag: 1, intMask: 1,
                               selfTaggedFloat: .init(bias: 0x1000_0000_0000_0000, rotation: 3, mask: 3, tag: 2))
        model.classOffset = 0
        model.barrierOffset = 4
        model.barrierValue = Mark.old
        model.boxFloat = { Engine.box($0, $1, onlyRead: true).bits }
        model.reboxFloat = { Engine.box($0, $1, onlyRead: false).bits }
        model.unboxFloat = { _, word, result in
            let value = Value(bits: word)
            guard value.isPlainFloat else { return 0 }
            let number = value.doubleValue
            if value.isHeap { Engine.boxedFloats.note(value, number, isRead: true) }
            result.pointee = number
            return 1
        }
        model.allocate = { context, payload, count in Words.allocate(payload, count).bits }
        model.barrier = { _, object in Heap.barrier(Value(bits: object).raw) }
        return model
    }

    /// The word of a number: a boxed one that is known already, or a new one.
    private static func box(_ context: UnsafeMutableRawPointer?, _ number: Double, onlyRead: Bool) -> Value {
        let word = Value.encodeFloat(number)
        if !word.isEmpty { return word }
        let known = boxedFloats.find(number, onlyRead: onlyRead)
        if !known.isEmpty { return known }
        let made = context.unsafelyUnwrapped.assumingMemoryBound(to: ThreadState.self).newFloat(number)
        // Traces store numbers without a write barrier, which an old object does not need.
        Collector.mark(made)
        if made.isHeap { boxedFloats.note(made, number, isRead: false) }
        return made
    }

    /// Of the words in a trace those that are objects: addresses of code and others are among them.
    private func objects(_ compiled: CompiledTrace, _ recorder: Recorder) -> Set<UInt64> {
        let words = recorder.kept.map(\.bits) + compiled.valueConstants + [UInt64(UInt(bitPattern: recorder.levels[0].code))]
        return Set(words.filter { Value(bits: $0).isHeap && $0 >= taipan.heapBase && $0 < taipan.heapEnd })
    }

    /// Gives up traces, none of which runs, and all that hang on them. Their loops are counted anew.
    private func forget(_ traces: [CompiledTrace]) {
        if traces.isEmpty { return }
        for trace in traces { compiler.invalidate(trace) }
        for holding in holdings.removeInvalid() {
            statistics.died += 1
            anchors = anchors.filter { $0.value !== holding.trace }
            if let numbers = ownCalls.removeValue(forKey: holding.trace.number) { pastCalls.append(numbers) }
            if let cache = holding.cache { heads = heads.filter { $0.value.cache != cache } }
            if holding.trace.trace.parent != nil { bridges[rootNumber(holding.trace), default: 1] -= 1 } else { bridges[holding.trace.number] = nil }
            guard let cache = holding.cache, trace(cache) === holding.trace else { continue }
            Unmanaged<CompiledTrace>.fromOpaque(UnsafeRawPointer(bitPattern: cache.pointee.offset).unsafelyUnwrapped).release()
            cache.pointee.offset = 0
            cache.pointee.value = .empty
            if cache.pointee.version < .max >> 1 { postpone(cache) }
        }
        removePastCalls()
    }

    private func removePastCalls() {
        guard recorder == nil else { return }
        for numbers in pastCalls { calls.remove(numbers) }
        pastCalls = []
    }

    /// Drops the heads in code that is dead: others may come to lie at their addresses.
    private func forgetDeadHeads() {
        if heads.values.contains(where: { !Collector.isMarked($0.code.raw) }) { heads = heads.filter { Collector.isMarked($0.value.code.raw) } }
    }

    /// Waits longer before the loop is recorded again.
    private func postpone(_ cache: UnsafeMutablePointer<InlineCache>) {
        cache.pointee.spare = min(cache.pointee.spare + 1, 20)
        // Not a multiple of the first wait: a short loop would be met in its last round again.
        cache.pointee.version = UInt32(min(UInt64(Engine.hotLoop) << UInt64(cache.pointee.spare), 1 << 30)) + UInt32(cache.pointee.spare) * 7
    }

    // MARK: Loops

    private func reachedLoop(_ thread: ThreadRef, _ cache: UnsafeMutablePointer<InlineCache>) {
        cache.pointee.version = Engine.hotLoop
        guard recorder == nil, let fp = thread.pointee.frame, taipan_breaker_load(thread) == 0,
              thread.pointee.recursionDepth + Int64(Engine.limits.deepestInlining) < taipan.recursionLimit, fp + 32768 < thread.pointee.stackLimit.unsafelyUnwrapped else { return }
        if let trace = trace(cache) {
            cache.pointee.version = 1
            visit(thread, trace, cache)
        } else if canAfford(.loop) {
            start(thread, fp, cache)
        }
    }

    private func start(_ thread: ThreadRef, _ fp: FramePointer, _ cache: UnsafeMutablePointer<InlineCache>?) {
        guard !words.vocabulary.isNearlyFull, taipan_breaker_load(thread) == 0, thread.pointee.recursionDepth + Int64(Engine.limits.deepestInlining) < taipan.recursionLimit,
              fp + Recorder.room < thread.pointee.stackLimit.unsafelyUnwrapped else { return }
        recorder = Recorder(self, thread, TraceBuilder(words.vocabulary, anchor: UInt64(UInt(bitPattern: fp.pc))), root: fp, cache: cache)
        record(thread)
    }

    /// The valid trace that begins at an instruction.
    func trace(at pc: ProgramCounter) -> CompiledTrace? {
        guard let trace = anchors[UInt(bitPattern: pc)], trace.isValid else { return nil }
        return trace
    }

    /// Enters a loop's trace and watches how much the visits achieve: entering and leaving cost about as much as interpreting some dozen bytecodes, so that a loop that
    /// is left after a few rounds is better interpreted. The cache's `value` holds the number of visits and, above it, the bytecodes that they were worth.
    private func visit(_ thread: ThreadRef, _ trace: CompiledTrace, _ cache: UnsafeMutablePointer<InlineCache>) {
        let before = executed.pointee
        enter(thread, trace)
        let visits = cache.pointee.value.bits & 0xFFFF + 1
        let worth = cache.pointee.value.bits >> 16 + UInt64(executed.pointee - before)
        if visits < UInt64(Engine.limits.visitsToJudge) {
            cache.pointee.value = Value(bits: worth << 16 | visits)
            return
        }
        cache.pointee.value = .empty
        if worth < visits * UInt64(Engine.limits.bytecodesPerVisit) {
            // For want of bridges, it may be: it is tried again, but ever more rarely.
            guard isWithinMeans else { return postpone(cache) }
            cache.pointee.version = .max
            statistics.retired += 1
            log?.retired(trace, "\(worth / visits) bytecodes a visit")
        }
    }

    /// The compiled trace that a loop's cache holds.
    func trace(_ cache: UnsafeMutablePointer<InlineCache>) -> CompiledTrace? {
        guard let raw = UnsafeRawPointer(bitPattern: cache.pointee.offset) else { return nil }
        return Unmanaged<CompiledTrace>.fromOpaque(raw).takeUnretainedValue()
    }

    private func enter(_ thread: ThreadRef, _ trace: CompiledTrace) {
        statistics.entered += 1
        // Whoever has entered it will look at its cache, and needs the code that this belongs to.
        holdings.begin(trace)
        defer { holdings.end(trace) }
        _ = compiler.enter(trace, frame: thread.pointee.frame, context: thread)
        guard let (place, frame) = lastExit else { return }
        let times = place.timesLeft
        // Tried again and again, but ever more rarely.
        guard times >= Engine.limits.hotExit, times & (times - 1) == 0, times < Engine.limits.hotExit << Engine.limits.bridgeAttempts else { return }
        extend(thread, place, frame)
    }

    /// Records a bridge from an exit that is taken often, or the trace of what begins there.
    private func extend(_ thread: ThreadRef, _ place: ExitRef, _ frame: FramePointer) {
        let left = place.trace, exit = place.exit
        guard !thread.hasException, recorder == nil, !words.vocabulary.isNearlyFull, left.isValid, left.exits[exit].bridge == nil, exit < left.exits.count - 1,
              bridges[rootNumber(left), default: 0] < Engine.limits.mostBridges, let current = thread.pointee.frame else { return }
        let ends = endsAt(left, exit) || left.vouches(atExit: exit)
        if ends, self.trace(at: current.pc) == nil {
            guard canAfford(.bridge) else { return place.timesLeft -= Engine.limits.hotExit / 2 }
            // A loop or a function gets its trace when it is hot itself; the place to which a call returns gets it here.
            let frames = left.snapshot(exit).frame
            if frames >= 0, calls[Int(left.trace.frames[frames].token)].isReturn { start(thread, current, nil) }
            // So does a loop whose rounds compiled code goes through: nobody counts them.
            if let head = heads[UInt(bitPattern: current.pc)], self.trace(head.cache) == nil { start(thread, current, head.cache) }
            return
        }
        guard canAfford(.bridge) else { return place.timesLeft -= Engine.limits.hotExit / 2 }
        bridges[rootNumber(left), default: 0] += 1
        let bridge = Recorder(self, thread, TraceBuilder(bridgeFrom: left, exit: exit), root: frame, cache: nil, bridgeAt: current.pc, goesOnElsewhere: ends)
        guard bridge.adoptFrames(left, exit) else { return }
        recorder = bridge
        record(thread)
    }

    /// Whether the exit is where the trace ends by design, for want of a trace to go on in.
    private func endsAt(_ trace: CompiledTrace, _ exit: Int) -> Bool {
        guard let last = trace.trace.instructions.last, last.op == .leave else { return false }
        return trace.exits[exit].snapshot == Int(last.c)
    }

    private func rootNumber(_ trace: CompiledTrace) -> Int {
        var root = trace
        while let parent = root.trace.parent { root = parent }
        return root.number
    }

    // MARK: Leaving

    /// Restores the interpreter's state at an exit.
    private func leave(_ thread: ThreadRef, _ state: UnsafeMutablePointer<UInt64>, _ number: UInt32) {
        let reader = compiler.reader(number, state: state, context: thread)
        let origin = UnsafeMutableRawPointer(reader.framePointer).assumingMemoryBound(to: Value.self)
        var frames = reader.frames[...]
        var root = origin
        if let first = frames.first, calls[Int(first.token)].isReturn {
            root += first.base
            frames = frames.dropFirst()
        }
        // The collector is to see what is written from now on.
        var current = root
        for record in frames { current = push(current, origin + record.base, Int(record.token)) }
        thread.pointee.stackTop = current + Int(current.code.pointee.registerCount)
        reader.restore(UnsafeMutableRawPointer(origin).assumingMemoryBound(to: UInt64.self))
        current.pc = ProgramCounter(bitPattern: UInt(reader.token)).unsafelyUnwrapped
        thread.pointee.frame = current
        thread.pointee.recursionDepth += Int64(frames.count)
        lastExit = (reader.place, origin)
        statistics.left += 1
    }

    /// Writes the header of an inlined call's frame, as far as its slots do not tell.
    private func push(_ caller: FramePointer, _ fp: FramePointer, _ number: Int) -> FramePointer {
        let call = calls[number]
        caller.pc = call.returnTo
        // It may be where it was when the trace was entered, which no snapshot mentions.
        if !call.function.isEmpty { fp[FrameSlot.function] = call.function }
        fp[FrameSlot.code] = call.code
        fp.previous = caller
        fp[FrameSlot.context] = .empty
        fp[FrameSlot.object] = .empty
        fp.flags = call.flags
        fp[FrameSlot.saved] = .empty
        return fp
    }

    // MARK: Names of functions

    /// Whether a namespace's entry has been found to be given another function while compiled code took it for a constant; `now` says that it has.
    func isRebound(_ entry: UnsafeMutablePointer<Value>, now: Bool) -> Bool {
        if now { rebound.insert(UInt(bitPattern: entry)) }
        return rebound.contains(UInt(bitPattern: entry))
    }

    // MARK: Instructions without code

    /// Executes the one instruction at which the thread's frame stands: for those that have no code of their own. Negative when it has raised. The instruction may call nothing in
    /// the dispatch loop: what it has called would not have returned.
    static let execute: @convention(c) (UnsafeMutableRawPointer) -> Int = { context in
        let thread = context.assumingMemoryBound(to: ThreadState.self), engine = Engine.shared.unsafelyUnwrapped
        let outer = engine.single, frame = thread.pointee.frame
        engine.single = .ahead
        JIT.record(thread)
        engine.single = outer
        if thread.pointee.frame != frame, !thread.hasException { thread.raise(.systemError, "an instruction that calls was executed on its own") }
        return thread.hasException ? -1 : 0
    }

    // MARK: Recording

    private func record(_ thread: ThreadRef) {
        let start = Engine.processorTime()
        callsBefore = calls.count
        JIT.record(thread)
        // Something was raised in the middle of an instruction.
        if let recorder { finish(recorder, .failed("raises")) }
        spent += Engine.processorTime() - start
    }

    /// What asks to be compiled.
    private enum Request { case loop, bridge }

    /// Whether compiling has paid so far. In programs without hot loops a great many are lukewarm, and recording them all would take as long as the program itself. What
    /// compiled code has saved, a share of the time that has gone by and a sum to begin with may be spent; whatever is refused is counted anew, so that the hottest ask first.
    /// What a refusal loses until it is asked again may be spent as well: where the program is hot many ask in a short time, and soon get what they ask for.
    private func canAfford(_ request: Request) -> Bool {
        if isWithinMeans { return true }
        forgone += (request == .loop ? Engine.limits.forgoneLoop : Engine.limits.forgoneBridge) * 1000
        return false
    }

    private var isWithinMeans: Bool {
        let credit = Engine.limits.credit * 1_000_000
        if Engine.isStress || spent < credit { return true }
        let time = Engine.processorTime()
        return spent < credit + min(forgone, Engine.limits.mostForgone * 1_000_000 + time / Engine.limits.forgoneShare) + executed.pointee * 2 + time / 128
    }

    /// Nanoseconds that the thread has run.
    private static func processorTime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    private func step(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) -> Bool {
        if single != .no {
            defer { single = .done }
            return single == .ahead
        }
        guard let recorder else { return false }
        let outcome = recorder.record(fp, pc)
        if case .goesOn = outcome { return true }
        finish(recorder, outcome)
        return false
    }

    private func unwind(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter, _ how: JIT.Raise) -> Bool {
        guard single == .no, let recorder else { return false }
        let outcome = recorder.unwind(fp, pc, how)
        if case .goesOn = outcome { return true }
        finish(recorder, outcome)
        return false
    }

    private func finish(_ recorder: Recorder, _ outcome: Recorder.Outcome) {
        self.recorder = nil
        var reason: String
        switch outcome {
        case .finished(let trace):
            do {
                guard recorder.isWorthwhile else { reason = "calls too much"; break }
                log?.begin(recorder)
                let compiled = try compiler.compile(trace)
                log?.end(compiled, recorder, compiler.machineCode(compiled))
                holdings.add(compiled, recorder.cache, objects(compiled, recorder), recorder.levels[0].code)
                if calls.count > callsBefore { ownCalls[compiled.number] = callsBefore ..< calls.count }
                removePastCalls()
                statistics.recorded += 1
                if trace.parent == nil { anchors[UInt(bitPattern: recorder.anchor)] = compiled }
                if let cache = recorder.cache {
                    cache.pointee.offset = Int(bitPattern: Unmanaged.passRetained(compiled).toOpaque())
                    cache.pointee.version = 1
                }
                return
            } catch TraceCompiler.Failure.codeMemoryFull {
                // What is hot comes back.
                forget(holdings.idle())
                reason = "codeMemoryFull"
            } catch { reason = "\(error)" }
        case .failed(let why): reason = why
        case .goesOn: return
        }
        statistics.aborted += 1
        statistics.reasons[reason, default: 0] += 1
        log?.gaveUp(recorder, reason)
        calls.truncate(to: callsBefore)
        removePastCalls()
        if let cache = recorder.cache { postpone(cache) }
    }

    // MARK: For people

    /// The program ends: counts go to the log.
    public static func finish() { if let engine = shared { engine.log?.finish(engine) } }

    func counters() -> [(name: String, number: Int)] {
        let back = compiler.statistics
        return [("loops", back.traces), ("bridges", back.bridges), ("aborts", statistics.aborted), ("entries", statistics.entered), ("exits", statistics.left),
                ("bytecodes", executed.pointee), ("retired", statistics.retired), ("died", statistics.died), ("invalidated", back.invalidated),
                ("traces_alive", holdings.count), ("objects_held", holdings.objectCount), ("microseconds", spent / 1000), ("code_bytes", back.codeBytes)]
    }

    /// What has been counted so far; nothing when the JIT is off.
    public static var counters: [(name: String, number: Int)] { shared?.counters() ?? [] }
    /// Why recordings were given up, and how often.
    public static var aborts: [String: Int] { shared?.statistics.reasons ?? [:] }
    /// `off`, `on` or `stress`.
    public static var mode: String { shared == nil ? "off" : isStress ? "stress" : "on" }
    public static var limitValues: [(name: String, value: Int)] { Limits.names.map { ($0.name, limits[keyPath: $0.path]) } }

    public enum LimitFailure: Error { case unknown, outOfRange(least: Int, most: Int) }

    public static func setLimit(_ name: String, _ value: Int) throws {
        guard let limit = Limits.names.first(where: { $0.name == name }) else { throw LimitFailure.unknown }
        guard value >= limit.least, value <= limit.most else { throw LimitFailure.outOfRange(least: limit.least, most: limit.most) }
        limits[keyPath: limit.path] = value
        if shared != nil {
            JIT.loopThreshold = hotLoop
            JIT.callThreshold = hotCall
        }
    }
}
