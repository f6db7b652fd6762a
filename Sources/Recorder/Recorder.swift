import Bytecode
import Interpreter
import TraceJIT

/// Records one trace: looks at each instruction before the interpreter executes it, and says in IR what it will do.
///
/// Registers are the trace's slots, numbered from the root frame's R0; a frame of an inlined call lies further up, where the interpreter would put it. What is in a
/// register now decides what is recorded: two small ints are added as ints, behind guards that they are ints again.
/// A guard that fails resumes the interpreter at the instruction (`mark`); so within an instruction all guards come before the first effect, and after a
/// call that may raise the guard on its result resumes behind the instruction, where the exit finds the exception raised.
///
/// To support an opcode: a case in `RecordInstructions.swift`. Whatever has none ends the recording.
final class Recorder {
    enum Outcome {
        case goesOn
        case finished(Trace)
        case failed(String)
    }

    /// A frame: the root's, or one of an inlined call.
    struct Level {
        let base: Int
        let fp: FramePointer
        let code: UnsafeMutablePointer<CodeObject>
        let function: Value
        /// The inlined call, by its number in `Engine.calls`.
        let call: Int
        let flags: UInt64
        /// The function where it need not always be this one: a closure is made anew again and again.
        var functionRef: Ref?
        /// The generator whose frame it is, its registers as they were loaded from it, and the loops that it has gone through since.
        var generator: Ref?
        var loaded: [Int: Ref] = [:]
        var loops: Set<UnsafeMutablePointer<InlineCache>> = []
        /// The inlined frame's object, if it has one.
        var frameObject: Ref?
    }

    /// A call whose result tells whether it has raised: what follows from that is recorded when it has returned.
    struct Outstanding {
        let result: Ref
        /// The result is a number, negative when the call has raised; otherwise a word, zero when it has.
        let isStatus: Bool
        /// Slots that get something if it has not.
        let writes: [Int: Ref]
        /// What else follows, given the instruction that is executed next.
        let then: ((ProgramCounter) -> Outcome)?
    }

    /// Words that the frames of inlined calls may take.
    static let room = 32768
    /// A trace of so many bytecodes does not inline functions that have traces of their own.
    static let longEnough = 800

    let engine: Engine
    let thread: ThreadRef
    let b: TraceBuilder
    /// The cache of the loop or the function whose trace this is; nil for a bridge, and for the place where a call returns.
    let cache: UnsafeMutablePointer<InlineCache>?
    let anchor: ProgramCounter
    /// The code that it is in.
    private(set) var anchorCode: UnsafeMutablePointer<CodeObject>
    private let isBridge: Bool
    /// The bridge hangs where its trace ends for want of another to go on in.
    private let goesOnElsewhere: Bool
    var levels: [Level]
    /// Objects that the trace refers to by address.
    private(set) var kept: [Value] = []
    /// References known to be objects.
    private var objects: Set<Ref> = []
    private(set) var length = 0
    private var calls = 0
    /// The end of the stack is behind the innermost inlined frame, and not behind the root's.
    private var isStackRaised = false
    /// What has been written to slots in memory, before calls that look at frames.
    private var inMemory: [Int: Ref] = [:]
    /// Iterators of short inner loops, and the root's variables that do not change meanwhile.
    var steadyIterators: [Ref: SteadyIterator] = [:]
    /// Ranges and tuples that the trace makes and that are always as long.
    var steadyObjects: Set<Ref> = []
    private(set) lazy var steadyRegisters = findSteadyRegisters()
    /// Inlined calls whose frames' headers are in memory.
    private var real: Set<Int> = []
    /// Inlined frames of which a call may have made frame objects.
    private var exposed: [(slot: Int, object: Ref)] = []
    /// Objects of the inlined frames in which a bridge begins.
    private var adopted: [Ref] = []
    private var livenesses: [UnsafeMutablePointer<CodeObject>: Liveness] = [:]
    /// Those of them that take longer than in the interpreter.
    private var dearCalls = 0
    /// Whether compiled code can be expected to be faster than the interpreter.
    var isWorthwhile: Bool { dearCalls * Engine.limits.bytecodesPerCall <= length }
    var words: Words { engine.words }

    // The instruction being recorded.
    private(set) var pc: ProgramCounter
    /// The instruction behind it.
    private(set) var next: ProgramCounter
    /// Where execution must go on for what was recorded to be true, when that was not known beforehand.
    var expectedAfter: ProgramCounter?
    /// The interpreter is executing a call of Python code that is not inlined.
    var isInsideCall = false
    /// Bytecodes that such calls may still execute.
    private var patience = Engine.limits.longestTrace * 8
    var outstanding: Outstanding?
    /// A slice that may never be needed as a list.
    var pending: PendingSlice?
    /// The exception that is being raised.
    var flight: Flight?
    /// The object of the frame beyond the trace's own that catches it, if it was there beforehand.
    var handlerObject: Ref?
    /// Exceptions that the trace has made and that nobody else has seen, and others that are known to be exceptions.
    var fresh: Set<Ref> = [], exceptions: Set<Ref> = []
    /// The newest traceback entries of exceptions, where the trace has made them.
    var newestEntries: [Ref: (frame: Ref, index: Int)] = [:]

    init(_ engine: Engine, _ thread: ThreadRef, _ builder: TraceBuilder, root: FramePointer, cache: UnsafeMutablePointer<InlineCache>?, bridgeAt bridge: ProgramCounter? = nil, goesOnElsewhere: Bool = false) {
        self.engine = engine
        self.thread = thread
        b = builder
        self.cache = cache
        isBridge = bridge != nil
        anchor = bridge ?? root.pc
        anchorCode = root.code
        self.goesOnElsewhere = goesOnElsewhere
        pc = anchor
        next = anchor
        levels = [Level(base: 0, fp: root, code: root.code, function: root[FrameSlot.function], call: -1, flags: 0)]
        // The cache and the anchor are in it, even if the trace goes on in the frame's caller.
        keep(Value(anchorCode))
    }

    /// A bridge begins where its exit has left the interpreter, perhaps in inlined frames. False when they are not as they should be.
    func adoptFrames(_ trace: CompiledTrace, _ exit: Int) -> Bool {
        var chain: [FrameRecord] = []
        var link = trace.snapshot(exit).frame
        while link >= 0 {
            chain.append(trace.trace.frames[link])
            link = trace.trace.frames[link].parent
        }
        let root = levels[0].fp
        for record in chain.reversed() {
            let call = engine.calls[Int(record.token)]
            if call.isReturn {
                let caller = root + record.base
                levels = [Level(base: record.base, fp: caller, code: caller.code, function: caller[FrameSlot.function], call: -1, flags: 0)]
                continue
            }
            let fp = root + record.base, slot = record.base + FrameSlot.object
            // Several guards share the exit: next time the frame may have an object, or none.
            if let object = b.known(slot) {
                if fp[FrameSlot.object].isEmpty { exposed.append((slot, object)) } else { adopted.append(object) }
            }
            levels.append(Level(base: record.base, fp: fp, code: call.code.object(CodeObject.self), function: fp[FrameSlot.function], call: Int(record.token), flags: call.flags,
                                functionRef: call.function.isEmpty ? b.slot(record.base + FrameSlot.function) : nil,
                                generator: call.flags & FrameFlags.generator != 0 ? b.slot(record.base + FrameSlot.context) : nil,
                                frameObject: fp[FrameSlot.object].isEmpty ? nil : b.slot(slot)))
        }
        anchorCode = level.code
        return thread.pointee.frame == level.fp
    }

    /// This is the first instruction of a loop's trace.
    var isAtLoopHead: Bool { length == 1 && pc == anchor }
    var level: Level { levels[levels.count - 1] }
    var depth: Int { levels.count - 1 }

    /// Records the instruction at `pc` of the frame `fp`.
    func record(_ fp: FramePointer, _ pc: ProgramCounter) -> Outcome {
        if isInsideCall {
            // A call that the trace makes as a whole may run in the same dispatch loop.
            if fp != level.fp {
                // Meanwhile nothing else is compiled.
                patience -= 1
                return patience > 0 ? .goesOn : .failed("a call takes too long")
            }
            isInsideCall = false
        }
        if let call = outstanding {
            outstanding = nil
            let outcome = hasReturned(call, pc)
            guard case .goesOn = outcome else { return outcome }
        }
        guard fp == level.fp else { return .failed("frame out of step") }
        if let expected = expectedAfter {
            expectedAfter = nil
            guard pc == expected else { return .failed("iterator ended") }
        }
        if length == 0 && goesOnElsewhere, let trace = engine.trace(at: pc) {
            guardFrameObjects(at: pc)
            return link(to: trace)
        }
        length += 1
        if length > Engine.limits.longestTrace || b.isTooLong { return .failed("too long") }
        let word = pc.pointee
        let opcode = Bytecode.Opcode(number: UInt8(truncatingIfNeeded: word))
        self.pc = pc
        next = pc + 1 + opcode.extraWords
        let a = Int(word >> 8 & 0xFF), b2 = Int(word >> 16 & 0xFF), c = Int(word >> 24)
        if let slice = pending, !leavesPending(slice, opcode, a, b2, c) { makePending() }
        // As long as a slice is pending, exits lead back to it.
        if pending == nil, !exposed.isEmpty || !adopted.isEmpty || opcode != .jumpBack { guardFrameObjects(at: pc) }
        if opcode == .jumpBack { return closeRound(Int(word >> 8)) }
        if Engine.isStress { forceExit() }
        return instruction(opcode, word, a, b2, c)
    }

    /// Marks the instruction, and guards that the inlined frames have objects, or have none, as they do now.
    private func guardFrameObjects(at pc: ProgramCounter) {
        forgetDead(at: pc)
        b.mark(token(pc))
        for object in adopted { b.guarding(.gne, b.cast(object, .int), b.int(0)) }
        adopted = []
        // A frame that has become an object is left to the interpreter.
        for (slot, object) in exposed {
            b.guarding(.geq, b.cast(object, .int), b.int(0))
            b.forget(slot ..< slot + 1)
        }
        exposed = []
    }

    /// With `-X jit=stress` the trace is left once at each instruction although nothing has failed, in one of the first rounds.
    private func forceExit() {
        let counter = UnsafeMutablePointer<Int>.allocate(capacity: 1)
        counter.initialize(to: length % 3)
        let address = b.pointer(UnsafeRawPointer(counter)), rounds = b.load(address, words.rounds)
        b.store(address, words.rounds, b.int(.add, rounds, b.int(1)))
        b.guarding(.gne, rounds, b.int(2))
    }

    func token(_ pc: ProgramCounter) -> UInt64 { UInt64(UInt(bitPattern: pc)) }

    /// A loop's end: this loop's, one with a trace of its own to go on in, or one that the trace cannot contain.
    private func closeRound(_ distance: Int) -> Outcome {
        let target = next - distance
        let loop = level.code.pointee.caches + Int(pc[1])
        // The loop of a generator goes on in the loop that resumes it.
        if level.generator != nil, levels[levels.count - 1].loops.insert(loop).inserted { return .goesOn }
        let isOwn = depth == 0 && level.base == 0 && cache == loop
        if !isOwn, unrolls(loop, at: target) { return .goesOn }
        forgetDead(at: target)
        b.mark(token(target))
        guardBreaker()
        // The next round's calls find in memory what this round has left.
        if calls > 0 { flush() } else if inMemory[Recorder.handled] != nil { flushHandled() }
        if isOwn {
            count()
            return .finished(b.closeLoop())
        }
        pc = target
        if let trace = engine.trace(loop), trace.isValid {
            // What the loop's trace takes for granted from the beginning does not hold any more: the bridge is another trace of the loop.
            if isBridge, target == anchor, depth == 0, level.base == 0, b.mayLoop, trace.isStale {
                count()
                return .finished(b.closeLoop(otherwise: trace))
            }
            return link(to: trace)
        }
        engine.heads[UInt(bitPattern: target)] = Engine.LoopHead(cache: loop, code: Value(level.code))
        return leave(at: target)
    }

    /// The trace ends, and the interpreter goes on at an instruction.
    func leave(at place: ProgramCounter) -> Outcome {
        count()
        return .finished(b.leave(token(place)))
    }

    /// Leaves when something waits for a safepoint.
    private func guardBreaker() { b.guarding(.geq, b.load(b.contextPointer, words.breaker), b.int(0)) }

    /// Counts the bytecodes that the trace has stood for.
    private func count() {
        let counter = b.pointer(UnsafeRawPointer(engine.executed))
        b.store(counter, words.counter, b.int(.add, b.load(counter, words.counter), b.int(Int64(length))))
    }

    // MARK: Going on in another frame

    /// The trace goes on in another one, or, for nil, at its own beginning, which is at `pc` of the innermost frame.
    private func link(to trace: CompiledTrace?, _ effects: (() -> Void)? = nil) -> Outcome {
        becomeReal()
        effects?()
        count()
        guard let trace else { return .finished(b.linkToStart(base: level.base)) }
        return .finished(b.link(to: trace, token: token(pc), base: level.base))
    }

    /// The innermost inlined frame becomes the thread's, and those below it its callers.
    private func becomeReal() {
        if depth == 0 { return }
        guardBreaker()
        let context = b.contextPointer
        // The next trace wants as much room as this one.
        let end = b.int(.add, b.cast(b.framePointer, .int), b.int(Int64((level.base + Recorder.room) * 8)))
        b.guarding(.glt, end, b.load(context, words.stackLimit))
        let recursion = b.int(.add, b.load(context, words.recursionDepth), b.int(Int64(depth)))
        let limit = b.load(b.pointer(UnsafeRawPointer(taipan_recursion_limit())), words.recursionLimit)
        b.guarding(.glt, b.int(.add, recursion, b.int(Int64(Engine.limits.deepestInlining))), limit)
        for index in 1 ..< levels.count { for (slot, ref) in header(index) { put(slot, ref) } }
        b.store(context, words.frame, address(slot: level.base))
        b.store(context, words.stackTop, address(slot: level.base + Int(level.code.pointee.registerCount)))
        b.store(context, words.recursionDepth, recursion)
    }

    /// The words of an inlined frame's header, and its caller's pc.
    private func header(_ index: Int) -> [(slot: Int, ref: Ref)] {
        let frame = levels[index], caller = levels[index - 1], zero = b.pointer(0 as UInt64)
        return [(caller.base + FrameSlot.pc, b.pointer(token(engine.calls[frame.call].returnTo))),
                (frame.base + FrameSlot.function, frame.functionRef ?? constant(frame.function)),
                (frame.base + FrameSlot.code, constant(Value(frame.code))),
                (frame.base + FrameSlot.previous, address(slot: caller.base)),
                (frame.base + FrameSlot.context, frame.generator ?? zero),
                (frame.base + FrameSlot.object, frame.frameObject ?? zero),
                (frame.base + FrameSlot.flags, b.pointer(frame.flags)),
                (frame.base + FrameSlot.saved, b.known(frame.base + FrameSlot.saved) ?? zero)]
    }

    /// The root frame returns to its caller, which is as it is now: the trace goes on there.
    func returnToCaller(_ result: Ref, _ value: Value) -> Outcome {
        let fp = level.fp, base = level.base, flags = fp.flags
        var returned = result
        if FrameFlags.isResumedByCall(flags) { return pc == anchor ? .failed("ends a generator") : leave(at: pc) }
        if flags & FrameFlags.constructor != 0 {
            guard value.isNone else { return .failed("odd __init__") }
            if b.trace.type(result) == .value { guardSame(result, .none) }
            returned = b.slot(base + FrameSlot.saved)
        }
        if flags & FrameFlags.maker != 0 { return pc == anchor ? .failed("returns what is made") : leave(at: pc) }
        if flags & FrameFlags.specialJump != 0 { return pc == anchor ? .failed("returns to a jump") : leave(at: pc) }
        if flags & FrameFlags.special != 0, let failure = guardNotDeclined(result, value) { return failure }
        return goBack(flags & FrameFlags.forIter == 0 ? returned : nil, isEnd: true) { [self] in
            if flags & FrameFlags.generator != 0 { finish(b.slot(base + FrameSlot.context)) }
        }
    }

    /// The trace goes on in the root frame's caller, where `result` is what it was called for. At the end of a generator the caller goes on elsewhere.
    private func goBack(_ result: Ref?, isEnd: Bool, _ effects: () -> Void) -> Outcome {
        let fp = level.fp, base = level.base, flags = fp.flags
        guardBreaker()
        guard let previous = guardCaller(fp, base) else {
            // Where native code is returned to, the interpreter has to do it.
            return pc == anchor ? .failed("returns to native code") : leave(at: pc)
        }
        let object = guardObject(of: fp, base)
        effects()
        if let object {
            detach(object, next - level.code.pointee.instructions - 1)
            b.store(object, words.frameBack, b.load(b.framePointer, words.register(base - (fp - previous) + FrameSlot.object)))
        }
        moveTo(previous)
        if let result, case let register = FrameFlags.resultRegister(flags), register < level.code.pointee.registerCount { put(level.base + register, result) }
        count()
        // The jump that the instruction behind which the caller stands takes when its generator ends.
        let jumps = isEnd && flags & (FrameFlags.forIter | FrameFlags.send) != 0
        let place = jumps ? previous.pc + Int(Int32(bitPattern: previous.pc[-1])) : previous.pc
        if let trace = engine.trace(at: place) { return .finished(b.link(to: trace, token: token(place), base: level.base)) }
        return .finished(b.leave(token(place)))
    }

    /// Guards that a real frame was called from where it was called now. Nil when it was called from native code.
    func guardCaller(_ fp: FramePointer, _ base: Int) -> FramePointer? {
        let flags = fp.flags
        guard flags & FrameFlags.entry == 0, let previous = fp.previous, fp - previous > 0, fp - previous < Recorder.room else { return nil }
        let caller = base - (fp - previous)
        b.guarding(.geq, b.cast(b.slot(base + FrameSlot.flags), .int), b.int(Int64(flags)))
        b.guarding(.geq, b.cast(b.slot(base + FrameSlot.previous), .int), b.cast(address(slot: caller), .int))
        b.guarding(.geq, b.cast(b.slot(caller + FrameSlot.pc), .int), b.int(Int64(token(previous.pc))))
        keep(previous[FrameSlot.code])
        engine.log?.name(token(previous.pc), "where \(StringRef(previous.code.pointee.name).description) goes on")
        return previous
    }

    /// The root frame is left for its caller, which is the trace's root from now on.
    func moveTo(_ previous: FramePointer, _ object: Ref? = nil) {
        let base = level.base, caller = base - (level.fp - previous), code = previous.code
        let context = b.contextPointer
        b.store(context, words.frame, address(slot: caller))
        b.store(context, words.stackTop, address(slot: caller + Int(code.pointee.registerCount)))
        b.store(context, words.recursionDepth, b.int(.sub, b.load(context, words.recursionDepth), b.int(1)))
        b.forget(base - frameHeaderWords ..< base + Int(level.code.pointee.registerCount))
        if base != 0 { b.leaveFrame() }
        engine.calls.append(Engine.InlinedCall(isReturn: true, code: previous[FrameSlot.code], function: previous[FrameSlot.function], returnTo: previous.pc, flags: 0))
        b.enterFrame(base: caller, token: UInt64(engine.calls.count - 1))
        levels = [Level(base: caller, fp: previous, code: code, function: previous[FrameSlot.function], call: -1, flags: 0, frameObject: object)]
    }

    // MARK: Registers

    func actual(_ register: Int) -> Value { level.fp[register] }

    func read(_ register: Int) -> Ref {
        b.slot(level.base + register)
    }

    func write(_ register: Int, _ ref: Ref) { put(level.base + register, ref) }

    /// Sets a slot.
    func put(_ slot: Int, _ ref: Ref) {
        b.set(slot, ref)
        // A slot that holds again what it held at entry is in no snapshot: memory has to have it too.
        if inMemory[slot] != nil, !b.isModified(slot) { storeInMemory(slot, ref) }
    }

    private func storeInMemory(_ slot: Int, _ ref: Ref) {
        if inMemory[slot] == ref { return }
        inMemory[slot] = ref
        b.emit(.sstore, .void, Ref(literal: slot), word(ref))
    }

    /// Writes to memory what the registers hold.
    private func flush() {
        for slot in b.modifiedSlots { if let ref = b.known(slot) { storeInMemory(slot, ref) } }
    }

    /// Native code that raises looks at the exception being handled.
    func flushHandled() {
        if b.isModified(Recorder.handled), let ref = b.known(Recorder.handled) { storeInMemory(Recorder.handled, ref) }
    }

    /// Forgets the frame's temporaries that nothing reads from an instruction on, those below a slot if need be.
    private func forgetDead(at place: ProgramCounter, below limit: Int = .max, keeping kept: Int? = nil) {
        let code = level.code, base = level.base, liveness = liveness(code)
        let word = place - code.pointee.instructions
        let first = base + Int(code.pointee.clearCount), end = min(limit, base + Int(code.pointee.registerCount))
        b.forget(where: { $0 >= first && $0 < end && $0 != kept && !liveness.isLive($0 - base, at: word) })
    }

    /// Whether something reads a register of the frame from an instruction on.
    func isLive(_ register: Int, at place: ProgramCounter) -> Bool {
        register < Int(level.code.pointee.clearCount) || liveness(level.code).isLive(register, at: place - level.code.pointee.instructions)
    }

    private func liveness(_ code: UnsafeMutablePointer<CodeObject>) -> Liveness {
        if let known = livenesses[code] { return known }
        let new = Liveness(code)
        livenesses[code] = new
        return new
    }

    /// The registers of a call's window are dead.
    func forgetWindow(_ register: Int, _ count: Int) {
        let first = level.base + register
        b.forget(first ..< first + frameHeaderWords + count + 1)
    }

    func keep(_ value: Value) { if value.isHeap { kept.append(value) } }

    func constant(_ value: Value) -> Ref {
        if value.isSmallInt { return b.int(Int64(value.smallInt)) }
        if value.isPlainFloat { return b.float(value.doubleValue) }
        keep(value)
        return b.value(value.bits)
    }

    // MARK: Kinds of values

    /// The word of a reference.
    func word(_ ref: Ref) -> Ref {
        switch b.trace.type(ref) {
        case .int: return b.boxInt(ref)
        case .float: return b.boxFloat(ref)
        case .pointer: return b.cast(ref, .value)
        default: return ref
        }
    }

    func bits(_ ref: Ref) -> Ref { b.cast(word(ref), .int) }

    /// The write barrier for a store of `value` into `owner`. Numbers need none: small ints are no objects, and floats are none or, made by a trace, born old.
    func barrier(_ owner: Ref, storing value: Ref) {
        let type = b.trace.type(value)
        if type == .value || type == .pointer { b.barrier(owner) }
    }

    func int(_ ref: Ref) -> Ref { b.trace.type(ref) == .int ? ref : b.unboxInt(ref) }

    /// A number as a double, given what it is now.
    func double(_ ref: Ref, _ actual: Value) -> Ref {
        if actual.isSmallInt { return b.float(.itof, int(ref)) }
        return b.trace.type(ref) == .float ? ref : b.unboxFloat(ref)
    }

    /// Guards that the reference is a heap object of the shape of `actual`.
    func guardObject(_ ref: Ref, _ actual: Value) {
        // What a number is in registers says nothing of the heap object that it needs just now, or does not need.
        if ref.isConstant || b.trace.type(ref) == .int || b.trace.type(ref) == .float { return }
        if objects.insert(ref).inserted {
            b.guardTag(ref, mask: 7, tag: 0)
            guardNotMissing(ref)
        }
        // The index may be another class's when this one has died.
        if actual.type.has(.heap) { keep(actual.type.value) }
        b.guardClass(ref, actual.shapeIndex)
    }

    func isNew(_ ref: Ref) { objects.insert(ref) }

    /// Guards the shape, and that its class is as it was.
    func guardShape(_ ref: Ref, _ actual: Value) {
        guardObject(ref, actual)
        let record = ShapeTable.record(actual.shapeIndex)
        engine.log?.name(UInt64(UInt(bitPattern: UnsafeRawPointer(record))) + UInt64(MemoryLayout<ShapeRecord>.offset(of: \.version)!), "class of shape \(actual.type.name)")
        guardNumber(UnsafeRawPointer(record) + MemoryLayout<ShapeRecord>.offset(of: \.version)!, words.version, record.pointee.version)
    }

    /// Guards a 32-bit number at a fixed address.
    func guardNumber(_ address: UnsafeRawPointer, _ field: UInt16, _ number: UInt32) {
        b.guarding(.geq, b.load(b.pointer(address), field), b.int(Int64(number)))
    }

    /// Guards that the reference is just this word.
    func guardSame(_ ref: Ref, _ actual: Value) {
        if ref.isConstant { return }
        keep(actual)
        b.guarding(.geq, bits(ref), b.int(Int64(bitPattern: actual.bits)))
    }

    func guardBound(_ ref: Ref) {
        if ref.isConstant || b.trace.type(ref) != .value || objects.contains(ref) { return }
        guardNotMissing(ref)
    }

    /// Guards that a word is a value. The items of lists and tuples always are.
    private func guardNotMissing(_ ref: Ref) {
        if let load = b.trace.definition(ref, .load), load.c == words.arrayItem || load.c == words.tupleItem { return }
        b.guarding(.gne, b.cast(ref, .int), b.int(0))
    }

    /// A value of a dict that holds still, read anew; or a constant, for what programs hardly ever replace.
    func dictValue(_ dict: DictRef, entry: Int) -> Ref {
        let owner = dict.value
        keep(owner)
        keep(dict.pointer.pointee.table)
        guardNumber(UnsafeRawPointer(dict.pointer), words.dictVersion, dict.version)
        let place = dict.itemAddress(entry)
        let loaded = b.load(b.pointer(UnsafeRawPointer(place)), words.dictEntry)
        if let log = engine.log {
            let key = (place - 1).pointee
            log.name(UInt64(UInt(bitPattern: dict.pointer)), "namespace with '\(key.isExact(.str) ? StringRef(key).description : "?")'")
            log.name(UInt64(UInt(bitPattern: place)), "name '\(key.isExact(.str) ? StringRef(key).description : "?")'")
        }
        let value = place.pointee
        guard value.isHeap, value.isExact(.function) || value.isExact(.builtinFunction) || value.isExact(.module) || value.type.has(.typeSubclass) else { return loaded }
        // A bridge begins where the name stood for another function, of the same code as a rule: it is made anew and anew.
        if value.isExact(.function), engine.isRebound(place, now: isBridge && length == 1) { return loaded }
        guardSame(loaded, value)
        return constant(value)
    }

    func guardTypeVersion(_ type: TypeRef) {
        keep(type.value)
        engine.log?.name(UInt64(UInt(bitPattern: type.pointer)) + UInt64(MemoryLayout<TypeObject>.offset(of: \.version)!), "class \(type.name)")
        guardNumber(UnsafeRawPointer(type.pointer) + MemoryLayout<TypeObject>.offset(of: \.version)!, words.version, type.pointer.pointee.version)
    }

    // MARK: Calls

    /// Stores a word where native code will look for it.
    func store(slot: Int, _ ref: Ref) {
        fresh.remove(ref)
        raiseStack()
        let word = word(ref)
        b.emit(.sstore, .void, Ref(literal: slot), word)
        inMemory[slot] = ref
        b.set(slot, ref)
    }

    func address(slot: Int) -> Ref { b.cast(b.int(.add, b.cast(b.framePointer, .int), b.int(Int64(slot * 8))), .pointer) }

    /// What is stored to the innermost frame from now on is seen by the collector, which making the next object may start: the end of the stack lies behind that frame until
    /// the call that follows has returned.
    private func raiseStack() {
        if depth == 0 || isStackRaised { return }
        isStackRaised = true
        b.store(b.contextPointer, words.stackTop, address(slot: level.base + Int(level.code.pointee.registerCount)))
    }

    /// Calls a function of the runtime. Where it may run Python, the inlined frames are real meanwhile; otherwise only the end of the stack is set.
    /// An `isDear` call runs an interpreter of its own.
    func call(_ function: UInt16, _ arguments: [Ref], runsPython: Bool, isDear: Bool = false) -> Ref {
        fresh.subtract(arguments)
        let arguments = arguments.map { b.trace.type($0) == .float ? word($0) : $0 }
        let context = b.contextPointer
        var recursion = Ref.none
        raiseStack()
        flushHandled()
        if runsPython {
            calls += 1
            if isDear { dearCalls += 1 }
            flush()
            for index in 1 ..< max(1, levels.count) where real.insert(levels[index].call).inserted {
                for (slot, ref) in header(index) {
                    b.emit(.sstore, .void, Ref(literal: slot), word(ref))
                    inMemory[slot] = ref
                }
            }
            b.emit(.sstore, .void, Ref(literal: level.base + FrameSlot.pc), b.pointer(token(next)))
            if depth > 0 {
                recursion = b.load(context, words.recursionDepth)
                b.store(context, words.recursionDepth, b.int(.add, recursion, b.int(Int64(depth))))
                b.store(context, words.frame, address(slot: level.base))
            }
        }
        let result = b.call(function, [context] + arguments)
        if depth > 0 {
            let root = levels[0]
            b.store(context, words.stackTop, address(slot: root.base + Int(root.code.pointee.registerCount)))
            isStackRaised = false
            if runsPython {
                b.store(context, words.frame, address(slot: root.base))
                b.store(context, words.recursionDepth, recursion)
                for level in levels.dropFirst() where level.frameObject == nil {
                    let slot = level.base + FrameSlot.object, object = b.load(b.framePointer, words.register(slot))
                    b.set(slot, object)
                    exposed.append((slot, object))
                }
            }
        }
        return result
    }

    /// A call returns a truth, on which the instruction jumps to `target` or goes on: as it does now.
    func guardTruth(_ truth: Ref, jumpsWhen wanted: Int) -> Outcome {
        let target = next + Int(Int32(bitPattern: pc[1])), behind = next
        guardStatus(truth) { [self] following in
            guard target != behind, following == target || following == behind else { return .failed("odd jump") }
            let jumps = following == target
            b.mark(token(jumps ? behind : target))
            b.guarding(.geq, truth, b.int(Int64(jumps ? wanted : 1 - wanted)))
            return .goesOn
        }
        return .goesOn
    }

    /// Lets the interpreter execute the instruction, which goes on behind it and leaves its results in `results`; `isDear` if that takes longer than the instruction itself.
    func interpret(results: [Int], isDear: Bool = true) -> Outcome {
        let behind = next
        next = pc
        let status = call(words.execute, [], runsPython: true, isDear: isDear)
        next = behind
        let loaded = results.map { (level.base + $0, b.load(b.framePointer, words.register(level.base + $0))) }
        guardStatus(status, writes: Dictionary(uniqueKeysWithValues: loaded))
        return .goesOn
    }

    /// Goes on behind the call that has returned `result` if it has not raised: the register gets the result.
    func guardResult(_ result: Ref, to register: Int? = nil, writes: [Int: Ref] = [:], then: ((ProgramCounter) -> Outcome)? = nil) {
        outstanding = Outstanding(result: result, isStatus: false, writes: register.map { [level.base + $0: result] } ?? writes, then: then)
    }

    /// The same of a call that returns a number.
    func guardStatus(_ status: Ref, writes: [Int: Ref] = [:], then: ((ProgramCounter) -> Outcome)? = nil) {
        outstanding = Outstanding(result: status, isStatus: true, writes: writes, then: then)
    }

    /// The call did not raise; otherwise the trace is left behind the instruction.
    private func hasReturned(_ call: Outstanding, _ following: ProgramCounter) -> Outcome {
        b.mark(token(next))
        if call.isStatus { b.guarding(.gge, call.result, b.int(0)) } else { b.guarding(.gne, b.cast(call.result, .int), b.int(0)) }
        for (slot, ref) in call.writes { put(slot, ref) }
        return call.then?(following) ?? .goesOn
    }

    /// The running function.
    func runningFunction() -> Ref {
        if let ref = level.functionRef { return ref }
        return depth == 0 ? b.slot(level.base + FrameSlot.function) : constant(level.function)
    }

    /// Begins an inlined call of a Python function whose arguments lie from `register` on. Nil when it cannot be inlined. `ref` is a constant, or a closure
    /// whose code is known. `effects` is what the instruction does besides the call.
    func enter(_ function: Value, _ ref: Ref, at register: Int, count: Int, flags: UInt64, making instance: Ref? = nil, isBound: Bool = false, keeping kept: Int? = nil, effects: (() -> Void)? = nil) -> Outcome? {
        let object = function.object(FunctionObject.self)
        let code = object.pointee.code.object(CodeObject.self)
        let kinds: CodeFlags = flags & FrameFlags.constructor == 0 ? [.asyncGenerator] : [.generator, .coroutine, .asyncGenerator]
        guard depth < Engine.limits.deepestInlining - 2, !code.pointee.isOutline, CodeFlags(rawValue: code.pointee.flags).isDisjoint(with: kinds) else { return nil }
        // A recursive function goes on in its own trace; until there is one it is unrolled a little.
        let entry = JIT.entry(code), occurrences = levels.filter({ $0.code == code }).count
        let isStart = cache == entry, compiled = engine.trace(entry)
        let goesOn = (occurrences > Engine.limits.unrolledCalls || length > Recorder.longEnough) && (isStart || compiled?.isValid == true)
        if occurrences > max(2, Engine.limits.unrolledCalls) && !goesOn { return .failed("recursion") }
        let base = level.base + register
        guard base + Int(code.pointee.registerCount) < Snapshot.contextSlots else { return nil }
        guardSame(b.load(ref, words.functionCode), object.pointee.code)
        var filled = max(count, Int(code.pointee.argumentCount))
        let missing = Int(code.pointee.argumentCount) - count
        if !isBound, !code.pointee.isSimple || missing < 0 {
            guard let registers = bound(function, ref, (0 ..< count).map { b.slot(base + $0) }) else { return nil }
            for (index, register) in registers.enumerated() { put(base + index, register) }
            filled = registers.count
        } else if missing > 0 {
            guard let defaults = defaults(of: function, ref, last: missing) else { return nil }
            for index in 0 ..< missing { put(base + count + index, defaults[index]) }
        }
        for index in filled ..< max(filled, Int(code.pointee.clearCount)) { put(base + index, b.value(0)) }
        if ref.isConstant { keep(function) }
        if !goesOn { effects?() }
        // When an operator's method declines, or a getter fails, the operands are asked for again.
        forgetDead(at: flags & (FrameFlags.getter | FrameFlags.special | FrameFlags.specialJump) != 0 ? pc : next, below: base - frameHeaderWords, keeping: kept)
        let functionRef = ref.isConstant ? nil : ref
        push(Level(base: base, fp: level.fp + register, code: code, function: function, call: 0, flags: flags, functionRef: functionRef))
        if let instance { put(base + FrameSlot.saved, instance) }
        if goesOn {
            pc = code.pointee.instructions
            return link(to: isStart ? nil : compiled, effects)
        }
        return .goesOn
    }

    /// A frame begins.
    private func push(_ new: Level) {
        keep(Value(new.code))
        let number = engine.calls.count
        engine.calls.append(Engine.InlinedCall(code: Value(new.code), function: new.functionRef == nil ? new.function : .empty, returnTo: next, flags: new.flags))
        b.enterFrame(base: new.base, token: UInt64(number))
        // The header takes the place of the callable, a temporary of the caller's.
        b.forget(new.base - frameHeaderWords ..< new.base)
        if let function = new.functionRef { put(new.base + FrameSlot.function, function) }
        levels.append(Level(base: new.base, fp: new.fp, code: new.code, function: new.function, call: number, flags: new.flags, functionRef: new.functionRef,
                            generator: new.generator, loaded: new.loaded))
    }

    /// The innermost frame is over.
    func pop() {
        let left = level
        b.leaveFrame()
        let slots = left.base - frameHeaderWords ..< left.base + Int(left.code.pointee.registerCount)
        b.forget(slots)
        // Whatever is called from now on may lie there.
        for slot in slots where inMemory[slot] != nil { inMemory[slot] = Ref.none }
        levels.removeLast()
    }

    /// The innermost inlined call returns `result`.
    func leaveFrame(_ result: Ref) {
        let left = level
        let made = left.flags & FrameFlags.constructor != 0 ? b.known(left.base + FrameSlot.saved) : nil
        if let generator = left.generator { finish(generator) }
        if let object = left.frameObject { detach(object, next - left.code.pointee.instructions - 1) }
        pop()
        // The end of a generator is the end of the loop over it.
        if left.flags & (FrameFlags.forIter | FrameFlags.specialJump) == 0, case let register = FrameFlags.resultRegister(left.flags), register < level.code.pointee.registerCount {
            write(register, made ?? result)
        }
    }

    // MARK: Generators

    /// Resumes a suspended generator, whose frame is inlined on top of the stack: its registers are loaded from it, those that are still of use. Nil when it cannot be.
    func resume(_ ref: Ref, _ value: Value, sending sent: Ref, flags: UInt64) -> Outcome? {
        let generator = value.object(GeneratorObject.self).pointee
        guard depth < Engine.limits.deepestInlining - 2, generator.state == .created || generator.state == .suspended, generator.frame.isEmpty else { return nil }
        let code = generator.code.object(CodeObject.self), count = Int(level.code.pointee.registerCount) + frameHeaderWords
        let base = level.base + count
        guard base + Int(code.pointee.registerCount) < Snapshot.contextSlots else { return nil }
        guardObject(ref, value)
        engine.log?.name(UInt64(generator.pc), "where \(StringRef(generator.code.object(CodeObject.self).pointee.name).description) is resumed")
        b.guarding(.geq, b.load(ref, words.generatorPC), b.int(Int64(generator.pc)))
        b.guarding(.geq, b.load(ref, words.generatorState), b.int(Int64(generator.state.rawValue)))
        b.guarding(.geq, b.cast(b.load(ref, words.generatorFrame), .int), b.int(0))
        if generator.state == .created, b.trace.type(sent) == .value { guardSame(sent, .none) }
        keep(generator.code)
        forgetDead(at: next)
        let context = b.contextPointer
        let saved = b.slot(Recorder.handled), function = b.load(ref, words.generatorFunction)
        put(Recorder.handled, b.load(ref, words.generatorHandled))
        b.store(ref, words.generatorState, b.int(Int64(GeneratorState.running.rawValue)))
        push(Level(base: base, fp: level.fp + count, code: code, function: generator.function, call: 0, flags: flags | FrameFlags.generator, functionRef: function, generator: ref))
        put(base + FrameSlot.context, ref)
        put(base + FrameSlot.saved, saved)
        let place = ProgramCounter(bitPattern: generator.pc).unsafelyUnwrapped
        let storage = b.load(ref, words.generatorRegisters)
        for register in liveRegisters(code, at: place) {
            let contents = b.load(storage, index: b.int(Int64(register)), words.generatorItem)
            levels[levels.count - 1].loaded[register] = contents
            put(base + register, contents)
        }
        if generator.state == .suspended { put(base + Int(generator.resumeRegister), sent) }
        return .goesOn
    }

    private func liveRegisters(_ code: UnsafeMutablePointer<CodeObject>, at place: ProgramCounter) -> [Int] {
        let liveness = liveness(code)
        return (0 ..< Int(code.pointee.registerCount)).filter { liveness.isLive($0, at: place - code.pointee.instructions) }
    }

    /// The innermost frame, a generator's, yields, to go on at `place`, where `register` will hold what is sent; `delegate` is the register of what it delegates to, or -1.
    func yield(_ value: Ref, to place: ProgramCounter, resumingAt register: Int, delegate: Int = -1) -> Outcome {
        if depth == 0 {
            let context = level.fp[FrameSlot.context]
            guard context.isExact(.generator) || context.isExact(.coroutine) else { return .failed("yield") }
            return goBack(value, isEnd: false) { [self] in suspend(b.slot(level.base + FrameSlot.context), place, resumingAt: register, delegate: delegate) }
        }
        guard let generator = level.generator else { return .failed("yield") }
        let left = level
        suspend(generator, place, resumingAt: register, delegate: delegate)
        pop()
        write(FrameFlags.resultRegister(left.flags), value)
        return .goesOn
    }

    /// Saves what is needed of the innermost frame in its generator.
    private func suspend(_ generator: Ref, _ place: ProgramCounter, resumingAt register: Int, delegate: Int) {
        let left = level
        let storage = b.load(generator, words.generatorRegisters)
        // A variable that gets what is sent keeps what it has when something is thrown instead.
        for slot in liveRegisters(left.code, at: place) where slot != register || slot < Int(left.code.pointee.clearCount) {
            let contents = b.slot(left.base + slot)
            if left.loaded[slot] == contents { continue }
            barrier(storage, storing: contents)
            b.store(storage, index: b.int(Int64(slot)), words.generatorItem, word(contents))
        }
        engine.log?.name(token(place), "where \(StringRef(left.code.pointee.name).description) is resumed")
        b.barrier(generator)
        b.store(generator, words.generatorPC, b.int(Int64(token(place))))
        b.store(generator, words.generatorResume, b.int(Int64(register)))
        b.store(generator, words.generatorDelegate, b.int(Int64(delegate)))
        b.store(generator, words.generatorHandled, b.slot(Recorder.handled))
        b.store(generator, words.generatorState, b.int(Int64(GeneratorState.suspended.rawValue)))
        put(Recorder.handled, b.slot(left.base + FrameSlot.saved))
    }

    /// The innermost frame's generator has come to its end.
    func finish(_ generator: Ref) {
        put(Recorder.handled, b.slot(level.base + FrameSlot.saved))
        b.store(generator, words.generatorState, b.int(Int64(GeneratorState.closed.rawValue)))
        b.store(generator, words.generatorRegisters, b.value(0))
        b.store(generator, words.generatorDelegate, b.int(-1))
        b.store(generator, words.generatorHandled, b.value(0))
    }
}

extension Value {
    /// A float that is no instance of a subclass, with a heap object or without.
    var isPlainFloat: Bool { isFloat && (!isPointer || isExact(.float)) }
}
