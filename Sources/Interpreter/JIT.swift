import Objects

/// Where the interpreter and the recorder, which stands above it, meet.
///
/// The interpreter counts the rounds of each loop and calls `reachedLoop` when the counter has come to zero; while a trace is recorded it runs a second copy of its loop that calls
/// `step` before each instruction.
public enum JIT {
    /// Rounds after which a loop is looked at; 0 when the JIT is off, which makes the counters run for as good as ever.
    nonisolated(unsafe) public static var loopThreshold: UInt32 = 0
    /// Calls of a function after which it is looked at; 0 as above.
    nonisolated(unsafe) public static var callThreshold: UInt32 = 0

    /// Called at a loop's head, or at a function's entry when its frame is complete, where the thread's frame stands. Afterwards the thread's frame may be another, at another instruction, and an exception may be raised.
    nonisolated(unsafe) static var onLoop: (ThreadRef, UnsafeMutablePointer<InlineCache>) -> Void = { _, _ in }
    /// Called before each instruction while recording: whether to execute it.
    nonisolated(unsafe) static var onStep: (ThreadRef, FramePointer, ProgramCounter) -> Bool = { _, _, _ in false }

    /// Called while recording for each frame that an exception passes through or is caught in, before that happens: whether to go on.
    nonisolated(unsafe) static var onUnwind: (ThreadRef, FramePointer, ProgramCounter, Raise) -> Bool = { _, _, _, _ in false }

    /// The variables of a function's frames that compiled code which is running may have in registers: what the frame has is from before.
    nonisolated(unsafe) public static var staleRegisters: (UnsafeMutablePointer<CodeObject>) -> Set<Int> = { _ in [] }

    /// How an exception comes to a frame.
    public struct Raise {
        /// It was raised again: the frame has its traceback entry already.
        public let skipsTraceback: Bool
        /// When it leaves the frame, that stands where it came from.
        public let keepsOrigin: Bool
    }

    public static func start(onLoop: @escaping (ThreadRef, UnsafeMutablePointer<InlineCache>) -> Void, onStep: @escaping (ThreadRef, FramePointer, ProgramCounter) -> Bool,
                             onUnwind: @escaping (ThreadRef, FramePointer, ProgramCounter, Raise) -> Bool) {
        self.onLoop = onLoop
        self.onStep = onStep
        self.onUnwind = onUnwind
    }

    @inline(never) static func reachedLoop(_ thread: ThreadRef, _ cache: UnsafeMutablePointer<InlineCache>) {
        if Heap.observer == nil {
            onLoop(thread, cache)
        } else {
            // Whoever watches new objects wants to see in the frames where they are made.
            cache.pointee.version = 1
        }
    }
    @inline(never) static func step(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) -> Bool { onStep(thread, fp, pc) }

    @inline(never) static func unwind(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter, skipsTraceback: Bool, keepsOrigin: Bool) -> Bool {
        onUnwind(thread, fp, pc, Raise(skipsTraceback: skipsTraceback, keepsOrigin: keepsOrigin))
    }

    /// Executes from the thread's frame, calling back before each instruction, until the recorder has enough or something is raised.
    public static func record(_ thread: ThreadRef) { Interpreter.record(thread) }

    // MARK: What the recorder needs of this room

    public static func entry(_ code: UnsafeMutablePointer<CodeObject>) -> UnsafeMutablePointer<InlineCache> {
        (UnsafeMutableRawPointer(code) + MemoryLayout<CodeObject>.offset(of: \.entry)!).assumingMemoryBound(to: InlineCache.self)
    }

    public static func isClass(_ callee: Value) -> Bool { Calls.isClass(callee) }
    public static func maker(_ callee: Value) -> Value { Calls.maker(callee) }
    public static func constructsSimply(_ type: TypeRef) -> Bool { Calls.constructsSimply(type) }
    public static func constructsNatively(_ type: TypeRef) -> Bool { Calls.constructsNatively(type) }
    public static func new(_ thread: ThreadRef, _ type: TypeRef, _ arguments: UnsafeMutablePointer<Value>, _ count: Int) -> Value { Calls.new(thread, type, arguments, count) }

    /// Where an exception that is raised by the instruction before `pc` is caught, and the register that it is put in; nil when the frame has no handler there.
    public static func handler(_ code: UnsafeMutablePointer<CodeObject>, _ pc: ProgramCounter) -> (place: ProgramCounter, register: Int)? {
        guard let range = Unwinder.handler(code, pc) else { return nil }
        return (UnsafePointer(code.pointee.instructions + Int(range.pointee.handler)), Int(range.pointee.register))
    }
    /// `f(*args, **kwargs)` with its operands from `base` on.
    public static func callExpanded(_ thread: ThreadRef, _ base: FramePointer, hasKeywords: Bool) -> Value { Calls.expanded(thread, base, hasKeywords: hasKeywords) }
    public static func dictMerge(_ thread: ThreadRef, _ dict: Value, _ other: Value, _ callee: Value) -> Bool { Building.dictMerge(thread, dict, other, callee) }
    /// A function of the code, made by `maker`, with what `flags` says lies at `operands`.
    public static func makeFunction(_ thread: ThreadRef, _ maker: Value, _ code: Value, _ operands: FramePointer, _ flags: Int) -> Value {
        Building.function(thread, globals: maker.object(FunctionObject.self).pointee.globals, code, operands, flags)
    }
    /// The builtins that functions with these globals get.
    public static func builtins(_ thread: ThreadRef, for globals: Value) -> Value { thread.builtins(for: globals) }
    /// Shape of the arrays of suspended registers.
    public static var generatorRegisters: ShapeIndex { Generators.storageShape }
    /// The frame's object, made if need be; empty when there is no memory for it.
    public static func frameObject(_ thread: ThreadRef, _ fp: FramePointer) -> Value { Frames.object(thread, fp) }
    /// Adds a traceback entry, if there is memory for it.
    public static func addTraceback(_ thread: ThreadRef, _ exception: Value, _ frame: Value, _ index: Int) { _ = Unwinder.add(exception, frame, index) }
    /// The exception that a generator's caller handles, for when the thread's own chain has none.
    public static func outerHandledException(_ thread: ThreadRef) -> Value { Frames.outerHandledException(thread, marks: false) }
    /// The line of an instruction.
    public static func line(_ code: UnsafeMutablePointer<CodeObject>, _ pc: ProgramCounter) -> Int { Code.line(code, pc - code.pointee.instructions) }
}
