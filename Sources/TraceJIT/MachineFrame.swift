/// The frame of machine code, and what an exit leaves in it.
///
/// All traces and bridges run in one frame, made by the entry code and of one size, so that they can jump to one another. From the stack pointer up:
///
///     words 0 – 31     the word registers, saved by an exit
///     words 32 – 63    the double registers, saved by an exit
///     512 words        spill slots
///     128 words        virtual objects while an exit makes them
///     frame, context   what the client passed to `enter`
///     scratch          the argument and the result of slow paths
///
/// It lies on the native stack: a client whose collector scans that finds every value a trace holds, at calls and in exits.
enum MachineFrame {
    static let slots = 64 * 8
    static let virtuals = slots + RegisterAllocator.slotLimit * 8
    static let virtualLimit = 128
    static let frame = virtuals + virtualLimit * 8
    static let context = frame + 8
    static let scratch = context + 8
    /// Leaves the stack pointer aligned after the entry code has saved six registers.
    static let size = scratch + 16 + 8

    static func slot(_ n: Int) -> Int { slots + n * 8 }
}

/// Machine code before it has an address.
struct MachineCode {
    var bytes: [UInt8]
    /// Displacements to absolute addresses, relative to the end of the displacement.
    var externalJumps: [(position: Int, target: UInt)]
    /// For each exit, the jumps that lead to it, and its stub.
    var exitJumps: [[Int]]
    var stubs: [Int]
    /// Where an invalidated trace is patched, and the exit it then leaves through.
    var validityPoints: [(position: Int, exit: Int)]
    var entry: Int
    /// The head of its loop.
    var head: Int
}

/// What the emitter has to know about its surroundings.
struct EmitterContext {
    var model: ValueModel
    /// The number of the trace's first exit.
    var firstExit: Int
    /// Entry points of the shared routines.
    var exitRoutine: UInt
    var boxRoutine: UInt
    var unboxRoutine: UInt
    var barrierRoutine: UInt
    /// Where `link` goes; 0 for the trace's own beginning.
    var linkTarget: UInt
    var features: MachineFeatures = []
}

/// What not every machine of a kind can do.
struct MachineFeatures: OptionSet {
    let rawValue: UInt64
    /// Arithmetic of doubles need not overwrite an operand (AVX).
    static let threeOperandFloats = MachineFeatures(rawValue: 1)
    /// A word can be rotated into another register (BMI2).
    static let rotatingCopies = MachineFeatures(rawValue: 2)
}
