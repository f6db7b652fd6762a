/// A trace: its instructions and the tables that they index.
///
/// The client's `TraceBuilder` fills one, the optimiser turns it into another, the register allocator and the emitters read
/// that. A trace is plain data: it can be printed, parsed back, and compared (`TracePrinter`, `TraceParser`).
public final class Trace {
    public let vocabulary: Vocabulary
    public internal(set) var instructions: [Instruction] = []
    public internal(set) var constants: [Constant] = [Constant(type: .void, bits: 0)]
    public internal(set) var snapshots: [Snapshot] = []
    public internal(set) var entries: [SnapshotEntry] = []
    public internal(set) var frames: [FrameRecord] = []
    public internal(set) var virtuals: [VirtualRecipe] = []
    public internal(set) var virtualFields: [VirtualField] = []
    /// For a bridge: what each `inherit` was in the parent trace, and the exit that it hangs on.
    public internal(set) var parent: CompiledTrace?
    public internal(set) var parentExit = 0
    var inherited: [Ref] = []
    /// Of a peeled loop: what its body takes for granted.
    var head: LoopHead?
    /// For a bridge on an exit in a loop's body: what it knows of that loop. Kept by the optimised trace only if that ends at the loop's head.
    var loop: InheritedLoop?
    /// The first snapshot of the guards by which a bridge vouches for what the loop's body takes for granted.
    var firstVouching = Int.max
    /// Where `link` goes.
    public internal(set) var linkTarget: CompiledTrace?
    /// The slot of this trace's frame that is slot 0 of the frame of `linkTarget`.
    public internal(set) var linkBase = 0
    /// Set when a table has overflowed or the recording has gone wrong: the trace cannot be compiled.
    public internal(set) var isTooLong = false
    private var constantRefs: [Constant: Ref] = [:]

    public init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        instructions.reserveCapacity(256)
    }

    func copyTables(of other: Trace) {
        constants = other.constants
        constantRefs = other.constantRefs
        frames = other.frames
        parent = other.parent
        parentExit = other.parentExit
        inherited = other.inherited
        linkTarget = other.linkTarget
        linkBase = other.linkBase
        isTooLong = other.isTooLong
    }

    // MARK: Instructions and constants

    @inline(__always) @discardableResult
    public func append(_ instruction: Instruction) -> Ref {
        if instructions.count >= Ref.limit {
            isTooLong = true
            return .none
        }
        instructions.append(instruction)
        return Ref(instruction: instructions.count - 1)
    }

    public subscript(_ ref: Ref) -> Instruction {
        @inline(__always) get { instructions[ref.index] }
        @inline(__always) set { instructions[ref.index] = newValue }
    }

    public func constant(_ bits: UInt64, _ type: IRType) -> Ref {
        let constant = Constant(type: type, bits: bits)
        if let known = constantRefs[constant] { return known }
        if constants.count >= Ref.limit {
            isTooLong = true
            return .none
        }
        constants.append(constant)
        let ref = Ref(constant: constants.count - 1)
        constantRefs[constant] = ref
        return ref
    }
    public func int(_ number: Int64) -> Ref { constant(UInt64(bitPattern: number), .int) }
    public func float(_ number: Double) -> Ref { constant(number.bitPattern, .float) }

    @inline(__always) public func type(_ ref: Ref) -> IRType {
        ref.isConstant ? constants[ref.constantIndex].type : instructions[ref.index].type
    }
    /// The bits of a constant operand.
    @inline(__always) func bits(_ ref: Ref) -> UInt64 { constants[ref.constantIndex].bits }
    @inline(__always) func intValue(_ ref: Ref) -> Int64 { Int64(bitPattern: bits(ref)) }
    /// The instruction behind a reference when it has the given opcode.
    @inline(__always) public func definition(_ ref: Ref, _ op: Opcode) -> Instruction? {
        ref.isInstruction && instructions[ref.index].op == op ? instructions[ref.index] : nil
    }

    /// The arguments of a call, in order.
    public func arguments(of call: Instruction) -> [Ref] {
        var result: [Ref] = []
        var link = call.a
        while link.isInstruction {
            let argument = self[link]
            result.append(argument.b)
            link = argument.a
        }
        return result.reversed()
    }

    /// The position of `loop`, if the trace has one.
    var loopStart: Int? { instructions.firstIndex { $0.op == .loop } }

    // MARK: Snapshots

    /// Calls `body` with each instruction that the snapshot needs, those of virtual objects included; some may come more than once.
    @inline(__always) func forEachRef(ofSnapshot index: Int, _ body: (Ref) -> Void) {
        let snapshot = snapshots[index]
        for i in snapshot.first ..< snapshot.first + snapshot.count {
            let entry = entries[i]
            if entry.kind != .virtual && entry.ref.isInstruction { body(entry.ref) }
        }
        for i in snapshot.firstVirtual ..< snapshot.firstVirtual + snapshot.virtualCount {
            let recipe = virtuals[i]
            if recipe.count.isInstruction { body(recipe.count) }
            for j in recipe.first ..< recipe.first + recipe.fieldCount {
                let field = virtualFields[j]
                if field.kind != .virtual && field.ref.isInstruction { body(field.ref) }
            }
        }
    }
}
