/// The back end's front door: compiles traces, runs them, attaches bridges, invalidates.
///
///     let compiler = TraceCompiler(vocabulary, model, exitHandler: handler)
///     let loop = try compiler.compile(builder.closeLoop())
///     let result = compiler.enter(loop, frame: registers, context: thread)
///
/// `enter` runs the loop until a guard fails whose exit has no bridge. Then the client's exit handler is called, on the native stack
/// above the machine frame; it restores the client's state with an `ExitReader`, and what it returns is what `enter` returns.
///
/// Compiling a trace that was recorded with `TraceBuilder(bridgeFrom:exit:)` attaches it: the guards of that exit jump to it from now on.
///
/// **Invalidation.** When something that a trace took for granted has changed, `invalidate` makes it leave at its next `gvalid` and at its entry, and takes
/// it off the exit that it hung on. Its code is reclaimed when no machine code is running.
///
/// One compiler is used by one thread at a time: a client with several threads calls it, and `enter`, under its lock.
public final class TraceCompiler {
    public struct Options {
        public var passes = OptimiserPasses.all
        /// All code of this compiler, in bytes.
        public var codeCapacity = 64 << 20
        /// Longer recordings are refused.
        public var longestTrace = 8000
        /// Writes /tmp/perf-PID.map, for Linux perf.
        public var writesPerfMap = false
        /// Called with the text of each recorded and each optimised trace.
        public var log: ((String) -> Void)?
        public init() {}
    }

    public enum Failure: Error {
        /// The recording has outgrown its tables, contradicts itself or is not finished.
        case unusable
        case tooLong
        /// Too many values are alive at once.
        case tooManyValues
        case codeMemoryFull
        /// The trace that it hangs on, or goes on in, is not valid any more.
        case orphaned
        case unsupportedMachine
    }

    /// Called when machine code is left: the context pointer that was passed to `enter`, the state for `reader`, and the exit's number.
    public typealias ExitHandler = @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt64>, UInt32) -> UInt64
    private typealias EntryRoutine = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?) -> UInt64

    public let vocabulary: Vocabulary
    public let model: ValueModel
    public var options: Options
    private let code: CodeMemory
    private let entryRoutine: EntryRoutine
    private let routines: (leave: UInt, box: UInt, unbox: UInt, barrier: UInt)
    private let synchronisation: UInt
    /// Asked for at the first trace: `cpuid` is slow where a hypervisor answers.
    private lazy var features: MachineFeatures = {
        guard let offset = code.allocate(Machine.features().count), case let bytes = Machine.features(), !bytes.isEmpty,
              code.write(offset, bytes.count, { memory in bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) } }) else { return [] }
        defer { code.free(offset, bytes.count) }
        let routine = unsafeBitCast(UnsafeRawPointer(bitPattern: code.address(offset))!, to: (@convention(c) () -> UInt64).self)
        return MachineFeatures(rawValue: routine())
    }()
    /// The exits by their numbers: each trace has a multiple of `exitBlock` of these, and is kept by its first.
    private var exitBlocks: [UnsafeMutablePointer<ExitRecord>?] = []
    private static let exitBlock = 32
    /// The model once more, where exits read it in place.
    private let modelPlace: UnsafeMutablePointer<ValueModel>
    private var traceCount = 0
    /// How many calls of `enter` are active.
    private var running = 0
    private var dead: [CompiledTrace] = []
    private var perfMap: PerfMap?

    /// Counters for the client to show.
    public private(set) var statistics = Statistics()
    public struct Statistics {
        public var traces = 0
        public var bridges = 0
        public var failures = 0
        public var invalidated = 0
        public var codeBytes = 0
    }

    /// Nil when the system gives no memory for code, or on a machine that this room cannot write code for.
    public init?(_ vocabulary: Vocabulary, _ model: ValueModel, options: Options = Options(), exitHandler: ExitHandler) {
        guard Machine.isSupported, let code = CodeMemory(capacity: options.codeCapacity) else { return nil }
        self.vocabulary = vocabulary
        self.model = model
        modelPlace = .allocate(capacity: 1)
        modelPlace.initialize(to: model)
        self.options = options
        self.code = code
        func address<T>(_ function: T) -> UInt { UInt(bitPattern: unsafeBitCast(function, to: UnsafeRawPointer.self)) }
        func install(_ bytes: [UInt8]) -> UInt? {
            guard let offset = code.allocate(bytes.count) else { return nil }
            let written = code.write(offset, bytes.count) { memory in
                bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
            }
            if !written { return nil }
            return code.address(offset)
        }
        guard let enter = install(Machine.enter()),
              let leave = install(Machine.leave(handler: address(exitHandler))),
              let box = install(Machine.slow(.box, function: address(model.boxFloat))),
              let unbox = install(Machine.slow(.unbox, function: address(model.unboxFloat))),
              let barrier = install(Machine.slow(.barrier, function: address(model.barrier))) else { return nil }
        entryRoutine = unsafeBitCast(UnsafeRawPointer(bitPattern: enter)!, to: EntryRoutine.self)
        routines = (leave, box, unbox, barrier)
        let first = UnsafeRawPointer(bitPattern: enter)!, size = code.used
        synchronisation = install(Machine.synchronisation()) ?? 0
        // The routine that does it has never been fetched, so that it needs none itself.
        Machine.synchronise(first, size, with: synchronisation)
        if options.writesPerfMap { perfMap = PerfMap() }
    }

    deinit {
        // The records of a trace's further blocks go with it.
        let kept = exitBlocks.compactMap { block in block.flatMap { $0.pointee.exit == 0 ? $0.pointee.trace : nil } }
        for trace in kept { trace.release() }
        modelPlace.deallocate()
    }

    // MARK: Running

    /// Runs compiled code until it leaves. `frame` is where slot 0 is; `context` is passed on to the client's functions.
    @inline(__always)
    public func enter(_ trace: CompiledTrace, frame: UnsafeMutableRawPointer?, context: UnsafeMutableRawPointer?) -> UInt64 {
        running += 1
        let result = entryRoutine(trace.entry, frame, context)
        running -= 1
        if running == 0 && !dead.isEmpty { reclaim() }
        return result
    }

    /// What the exit handler needs to restore the client's state. Counts the exit.
    public func reader(_ number: UInt32, state: UnsafeMutablePointer<UInt64>, context: UnsafeMutableRawPointer?) -> ExitReader {
        let index = Int(number)
        guard let block = exitBlocks[index / TraceCompiler.exitBlock] else { fatalError("exit \(number) of a trace that is gone") }
        let record = block + index % TraceCompiler.exitBlock
        record.pointee.timesLeft += 1
        return ExitReader(ExitRef(record: record), state: state, context: context, model: modelPlace)
    }

    // MARK: Compiling

    /// Optimises a recorded trace and writes its machine code. A bridge is attached to its exit.
    public func compile(_ recorded: Trace) throws -> CompiledTrace {
        do {
            let trace = try compileUncounted(recorded)
            if recorded.parent == nil { statistics.traces += 1 } else { statistics.bridges += 1 }
            statistics.codeBytes = code.used
            return trace
        } catch {
            statistics.failures += 1
            throw error
        }
    }

    private func compileUncounted(_ recorded: Trace) throws -> CompiledTrace {
        if recorded.isTooLong { throw Failure.unusable }
        if recorded.instructions.count > options.longestTrace { throw Failure.tooLong }
        if let parent = recorded.parent, !parent.isValid { throw Failure.orphaned }
        if let target = recorded.linkTarget, !target.isValid { throw Failure.orphaned }
        options.log?("recorded:\n" + recorded.printed())
        let trace = Optimiser.optimise(recorded, model, options.passes)
        if trace.isTooLong { throw Failure.unusable }
        options.log?("optimised:\n" + trace.printed())
        do {
            return try assemble(trace)
        } catch Failure.tooManyValues where options.passes.contains(.peel) {
            // Peeling keeps alive all that does not change from round to round. Without it the trace is a straight line that starts over.
            return try assemble(Optimiser.optimise(recorded, model, options.passes.subtracting(.peel)))
        }
    }

    /// Machine code for a trace as it is.
    public func assemble(_ trace: Trace) throws -> CompiledTrace {
        var parentPlaces: [Location] = []
        if let parent = trace.parent {
            parentPlaces = trace.inherited.map { parent.place($0, exit: trace.parentExit) }
        }
        for snapshot in trace.snapshots where snapshot.virtualCount > MachineFrame.virtualLimit { throw Failure.tooManyValues }
        let allocator = RegisterAllocator(trace, .host(features), parentPlaces: parentPlaces)
        allocator.run()
        if allocator.hasFailed { throw Failure.tooManyValues }
        let firstExit = exitBlocks.count * TraceCompiler.exitBlock
        let entersLoop = trace.instructions.last?.op == .enter
        let context = EmitterContext(model: model, firstExit: firstExit, exitRoutine: routines.leave, boxRoutine: routines.box,
                                     unboxRoutine: routines.unbox, barrierRoutine: routines.barrier,
                                     linkTarget: trace.linkTarget.map { entersLoop ? code.address($0.offset + $0.code.head) : UInt(bitPattern: $0.entry) } ?? 0, features: features)
        let machine = Machine.emit(trace, allocator, context)
        if !dead.isEmpty && running == 0 { reclaim() }
        guard let offset = code.allocate(machine.bytes.count) else { throw Failure.codeMemoryFull }
        let start = code.address(offset)
        let written = code.write(offset, machine.bytes.count) { memory in
            machine.bytes.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress!, byteCount: machine.bytes.count) }
            for jump in machine.externalJumps { Machine.patch(memory + jump.position, at: start + UInt(jump.position), to: jump.target) }
        }
        if !written {
            code.free(offset, machine.bytes.count)
            throw Failure.codeMemoryFull
        }
        Machine.synchronise(UnsafeRawPointer(bitPattern: start)!, machine.bytes.count, with: synchronisation)
        var exits = allocator.exits.map { CompiledTrace.Exit(snapshot: $0.snapshot, first: $0.first, count: $0.count, isInLoop: $0.isInLoop) }
        exits.append(CompiledTrace.Exit(snapshot: 0, first: 0, count: 0, isInLoop: false))
        traceCount += 1
        let blocks = (exits.count + TraceCompiler.exitBlock - 1) / TraceCompiler.exitBlock
        let result = CompiledTrace(number: traceCount, trace: trace, entry: UnsafeRawPointer(bitPattern: start + UInt(machine.entry))!, exits: exits,
                                   firstExit: firstExit, exitSlots: blocks, offset: offset, allocator: allocator, code: machine)
        _ = Unmanaged.passRetained(result)
        for block in 0 ..< blocks { exitBlocks.append(result.records + block * TraceCompiler.exitBlock) }
        perfMap?.add(start, machine.bytes.count, "trace \(traceCount)")
        if let target = trace.linkTarget { target.linkedFrom.append(CompiledTrace.Weak(trace: result)) }
        if let parent = trace.parent { attach(result, parent, trace.parentExit) }
        return result
    }

    // MARK: Patching

    private func attach(_ bridge: CompiledTrace, _ parent: CompiledTrace, _ exit: Int) {
        redirect(parent, exit, to: UInt(bitPattern: bridge.entry))
        parent.exits[exit].bridge = bridge
        parent.bridges.append(bridge)
    }

    /// Makes an exit's guards and its stub lead to an address; 0 for the stub itself.
    private func redirect(_ trace: CompiledTrace, _ exit: Int, to target: UInt) {
        let start = code.address(trace.offset), stub = trace.code.stubs[exit]
        code.write(trace.offset, trace.codeSize) { memory in
            Machine.patchStub(memory + stub, at: start + UInt(stub), to: target, original: trace.code.bytes, stub: stub,
                              exitRoutine: routines.leave)
            if Machine.patchesGuards {
                for jump in trace.code.exitJumps[exit] {
                    Machine.patch(memory + jump, at: start + UInt(jump), to: target == 0 ? start + UInt(stub) : target)
                }
            }
        }
        Machine.synchronise(UnsafeRawPointer(bitPattern: start)!, trace.codeSize, with: synchronisation)
    }

    /// What the trace took for granted is no longer so. Its bridges go with it, and the traces that go on in it too.
    public func invalidate(_ trace: CompiledTrace) {
        if !trace.isValid { return }
        trace.isValid = false
        statistics.invalidated += 1
        if let parent = trace.trace.parent, parent.exits[trace.trace.parentExit].bridge === trace {
            redirect(parent, trace.trace.parentExit, to: 0)
            parent.exits[trace.trace.parentExit].bridge = nil
            parent.bridges.removeAll { $0 === trace }
        }
        let start = code.address(trace.offset)
        let hasParent = trace.trace.parent != nil
        code.write(trace.offset, trace.codeSize) { memory in
            for point in trace.code.validityPoints where !(hasParent && point.position == 0) {
                let stub = trace.code.stubs[point.exit]
                Machine.patchPoint(memory + point.position, at: start + UInt(point.position), to: start + UInt(stub))
            }
        }
        Machine.synchronise(UnsafeRawPointer(bitPattern: start)!, trace.codeSize, with: synchronisation)
        for bridge in trace.bridges { invalidate(bridge) }
        for linked in trace.linkedFrom { if let linked = linked.trace { invalidate(linked) } }
        dead.append(trace)
        if running == 0 { reclaim() }
    }

    /// Gives back the code of dead traces. Nothing runs.
    private func reclaim() {
        for trace in dead {
            code.free(trace.offset, trace.codeSize)
            let first = trace.firstExit / TraceCompiler.exitBlock
            for i in first ..< first + trace.exitSlots { exitBlocks[i] = nil }
            Unmanaged.passUnretained(trace).release()
        }
        dead.removeAll()
        statistics.codeBytes = code.used
    }

    /// The machine code of a trace, for disassembly.
    public func machineCode(_ trace: CompiledTrace) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: code.base + trace.offset, count: trace.codeSize))
    }
}
