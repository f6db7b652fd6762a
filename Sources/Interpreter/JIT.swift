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

    public static func start(onLoop: @escaping (ThreadRef, UnsafeMutablePointer<InlineCache>) -> Void, onStep: @escaping (ThreadRef, FramePointer, ProgramCounter) -> Bool) {
        self.onLoop = onLoop
        self.onStep = onStep
    }

    @inline(never) static func reachedLoop(_ thread: ThreadRef, _ cache: UnsafeMutablePointer<InlineCache>) { onLoop(thread, cache) }
    @inline(never) static func step(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) -> Bool { onStep(thread, fp, pc) }

    /// Executes from the thread's frame, calling back before each instruction, until the recorder has enough or something is raised.
    public static func record(_ thread: ThreadRef) { Interpreter.record(thread) }

    // MARK: What the recorder needs of this room

    public static func entry(_ code: UnsafeMutablePointer<CodeObject>) -> UnsafeMutablePointer<InlineCache> {
        (UnsafeMutableRawPointer(code) + MemoryLayout<CodeObject>.offset(of: \.entry)!).assumingMemoryBound(to: InlineCache.self)
    }

    public static func constructsSimply(_ type: TypeRef) -> Bool { Calls.constructsSimply(type) }
    /// The line of an instruction.
    public static func line(_ code: UnsafeMutablePointer<CodeObject>, _ pc: ProgramCounter) -> Int { Code.line(code, pc - code.pointee.instructions) }
}
