/// The optimiser: one walk over the recorded trace that writes a better one.
///
/// Each instruction of the recording, its operands already replaced by what they have become, goes through `emit`, a row of stages:
///
///     folding → integer ranges → redundant guards → virtual objects → memory → common subexpressions → appended
///
/// A stage may replace the instruction by another (which starts over), by a value that exists, or by nothing. Because the line is straight,
/// whatever has been emitted dominates what comes: facts need no merging, and each stage is a table of what is known *now*. All those tables are in
/// `OptimiserState`, a value, so that a piece of work can be undone by keeping a copy of it.
///
/// Loops are peeled by sending the recording through `emit` a second time (`LoopPeeling.swift`): what the first copy has computed,
/// tested or loaded need not be done again, so that invariants, guards on types and class checks stay in the first copy, the preamble,
/// without a pass that looks for them. Dead stores, lowering and dead code come last (`DeadStores.swift`, `Lowering.swift`, `DeadCode.swift`).
///
/// **To add a stage**: give it a file, its tables a place in `OptimiserState`, and a call in `emit`. It sees operands that are resolved
/// (`resolve`), must create instructions only by `emit` or `append`, and must not look at an instruction behind the last one.
/// Each stage can be left out with `OptimiserPasses`, which is how the tests try them one by one.
public struct OptimiserPasses: OptionSet {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let fold = OptimiserPasses(rawValue: 1)
    public static let ranges = OptimiserPasses(rawValue: 2)
    public static let guards = OptimiserPasses(rawValue: 4)
    public static let virtuals = OptimiserPasses(rawValue: 8)
    public static let memory = OptimiserPasses(rawValue: 16)
    public static let cse = OptimiserPasses(rawValue: 32)
    public static let peel = OptimiserPasses(rawValue: 64)
    public static let deadStores = OptimiserPasses(rawValue: 128)
    public static let deadCode = OptimiserPasses(rawValue: 256)
    public static let lower = OptimiserPasses(rawValue: 512)
    public static let all = OptimiserPasses(rawValue: 1023)
}

/// Everything that is known at the current end of the line.
struct OptimiserState {
    /// What an instruction is now known to equal: itself, a constant, or the real object that a virtual one has become.
    var equal: [Ref] = []
    /// The range of each integer.
    var ranges: [IntRange] = []
    var classes: [ClassFact] = []
    /// The references that have a class fact.
    var classed: [Ref] = []
    /// For each instruction, its virtual object or -1.
    var virtualOf: [Int32] = []
    var objects: [VirtualObject] = []
    var memory = MemoryFacts()
    var expressions = ExpressionTable()
    /// Objects that need no write barrier until the next collection.
    var barriered: Set<Ref> = []
    /// Where counts were first guarded to be above a constant.
    var lowerBounds: [Ref: Int] = [:]
    /// Nothing has run since the last `gvalid`.
    var isValid = false
}

enum Folded {
    /// The instruction stands.
    case keep
    /// It has been replaced by another, which is to be looked at from the start.
    case again
    /// Its value exists.
    case value(Ref)
    /// It does nothing.
    case drop
}

public final class Optimiser {
    let input: Trace
    let out: Trace
    let model: ValueModel
    let passes: OptimiserPasses
    var state = OptimiserState()
    /// What each instruction of the recording has become, in the copy that is being made.
    var map: [Ref]
    /// The snapshot of the recording that the instruction being emitted leaves through.
    var pendingSnapshot = 0
    /// Changes when a virtual object does, so that snapshots are shared only while they would be equal.
    var virtualEpoch = 0
    var cachedSnapshot: (raw: Int, epoch: Int, out: UInt16)?
    /// In the second copy: what the loop's slots hold at its start.
    var loopSlots: [(slot: Int16, ref: Ref)] = []
    /// A guard can never hold: the recording contradicts what is assumed.
    var isContradictory = false
    var isSecondCopy = false
    /// What the guard being emitted makes a condition equal to, once it has held.
    var settles: (condition: Ref, value: Ref)?
    // What the second copy has used of the first one's knowledge: see `LoopPeeling.swift`.
    var usedFacts: [Bool] = []
    /// How often the classes of objects may have changed.
    var classesForgotten = 0
    var usedClasses: Set<Ref> = []

    init(_ input: Trace, _ model: ValueModel, _ passes: OptimiserPasses) {
        self.input = input
        self.model = model
        self.passes = passes
        out = Trace(copyingTablesOf: input)
        map = [Ref](repeating: .none, count: input.instructions.count)
        state.expressions.reserve(input.instructions.count * 3)
    }

    /// The optimised form of a recorded trace.
    public static func optimise(_ trace: Trace, _ model: ValueModel, _ passes: OptimiserPasses = .all) -> Trace {
        let optimiser = Optimiser(trace, model, passes)
        optimiser.run()
        return optimiser.out
    }

    private func run() {
        guard let last = input.instructions.last, last.op.flags.contains(.terminator), !input.isTooLong else {
            out.isTooLong = true
            return
        }
        // Snapshot 0 of every trace is the state at entry, which needs no values: they are all in the frame. (A bridge has no entry that anybody could be
        // sent away from: it is taken off its exit instead.)
        if let entry = input.snapshots.first { out.snapshots.append(Snapshot(first: 0, count: 0, frame: entry.frame, token: entry.token)) }
        // A trace that has a loop already is taken as it is: text in tests, or a second run.
        let end = input.instructions.count - 1
        let start = input.instructions.firstIndex { $0.op != .inherit } ?? 0
        copyInstructions(0 ..< start)
        knowLoop()
        copyInstructions(start ..< end)
        // A recording whose own guards cannot hold is of no use.
        if isContradictory { out.isTooLong = true }
        if out.isTooLong { return }
        pendingSnapshot = Int(last.c)
        if input.loopStart != nil {
            finishExistingLoop(last)
        } else {
            switch last.op {
            case .jump:
                // (A bridge that is no loop after all goes on in the trace that it is linked to.)
                if !(passes.contains(.peel) && peelLoop()) { closeThroughMemory() }
            case .link:
                out.linkTarget = input.linkTarget
                if !(passes.contains(.peel) && enterLoop()) { closeThroughMemory() }
            default:
                append(Instruction(last.op, .void))
            }
        }
        if out.isTooLong { return }
        if passes.contains(.deadStores) { eliminateDeadStores(out) }
        if passes.contains(.lower) { lower(out) }
        if passes.contains(.deadCode) { eliminateDeadCode(out) }
    }

    /// Sends a stretch of the recording through the stages.
    func copyInstructions(_ range: Range<Int>) {
        for i in range {
            var new = input.instructions[i]
            let op = new.op
            // The second copy begins with what the loop's slots hold, not with what the frame holds.
            if op == .nop || op == .sload && isSecondCopy { continue }
            if op == .loop { forgetAtJoin() }
            if op.usesA { new.a = mapped(new.a) }
            if op.usesB && op != .phi { new.b = mapped(new.b) }
            if op.hasSnapshot {
                pendingSnapshot = Int(new.c)
                new.c = 0
            }
            map[i] = emit(new)
            if isContradictory || out.isTooLong { return }
        }
    }
    /// Nothing about memory survives a place that is reached in two ways.
    private func forgetAtJoin() {
        state.memory = MemoryFacts()
        state.barriered.removeAll()
        state.isValid = false
        forgetClasses()
    }

    @inline(__always) func mapped(_ ref: Ref) -> Ref { ref.isInstruction ? map[ref.index] : ref }

    /// A loop that the input already spells out: its phis get their second operands.
    private func finishExistingLoop(_ last: Instruction) {
        for (i, instruction) in input.instructions.enumerated() where instruction.op == .phi && map[i].isInstruction {
            out.instructions[map[i].index].b = mapped(instruction.b)
        }
        append(Instruction(last.op, .void))
    }

    /// Ends the trace by writing all slots to the frame and going to its own beginning, or to the trace that it is linked to.
    private func closeThroughMemory() {
        let snapshot = input.snapshots[pendingSnapshot]
        var entries: [SnapshotEntry] = []
        for entry in input.entries[snapshot.first ..< snapshot.first + snapshot.count] {
            entries.append(SnapshotEntry(slot: entry.slot, kind: .word, ref: word(mapped(entry.ref))))
        }
        let index = out.snapshots.count
        out.snapshots.append(Snapshot(first: out.entries.count, count: entries.count, frame: snapshot.frame, token: snapshot.token))
        out.entries += entries
        appendRaw(Instruction(.link, .void, c: UInt16(truncatingIfNeeded: index)))
    }

    /// The reference as a word of the client's: numbers are boxed, virtual objects made.
    func word(_ ref: Ref) -> Ref {
        let ref = force(resolve(ref))
        switch out.type(ref) {
        case .int: return emit(Instruction(.boxi, .value, ref))
        case .float: return emit(Instruction(.boxf, .value, ref))
        default: return ref
        }
    }

    // MARK: Emitting

    @inline(__always) func resolve(_ ref: Ref) -> Ref {
        if ref.isConstant { return ref }
        var ref = ref
        while ref.isInstruction {
            let next = state.equal[ref.index]
            if next == ref { break }
            ref = next
        }
        return ref
    }

    /// Sends an instruction through the stages; returns its value, which may be an older one, or none if it has no value.
    func emit(_ new: Instruction) -> Ref {
        let result = emitStages(new)
        if let (condition, value) = settles {
            state.equal[condition.index] = value
            settles = nil
        }
        return result
    }

    private func emitStages(_ new: Instruction) -> Ref {
        var instruction = new
        while true {
            if instruction.op.usesA { instruction.a = resolve(instruction.a) }
            if instruction.op.usesB { instruction.b = resolve(instruction.b) }
            var folded = Folded.keep
            if passes.contains(.fold) { folded = fold(&instruction) }
            if case .keep = folded, passes.contains(.ranges) { folded = foldByRange(&instruction) }
            if case .keep = folded, passes.contains(.guards) { folded = foldGuard(instruction) }
            if case .keep = folded { folded = foldVirtual(&instruction) }
            if case .keep = folded { folded = foldMemory(&instruction) }
            switch folded {
            case .again: continue
            case .value(let ref): return ref
            case .drop: return .none
            case .keep: break
            }
            if passes.contains(.cse), !instruction.op.flags.isDisjoint(with: [.pure, .lasting]), let known = state.expressions.find(instruction, in: out) { return resolve(known) }
            return append(instruction)
        }
    }

    /// Appends an instruction that the stages have left standing, and notes what follows from it.
    @discardableResult func append(_ new: Instruction) -> Ref {
        var instruction = new
        if instruction.op.hasSnapshot { instruction.c = snapshotForExit() }
        let ref = appendRaw(instruction)
        if ref.isNone { return ref }
        let flags = instruction.op.flags
        if !flags.isDisjoint(with: [.pure, .lasting]) || isMergeable(instruction) { state.expressions.insert(ref, in: out) }
        if passes.contains(.ranges) { noteRange(ref, instruction) }
        if flags.contains(.guards) {
            noteGuard(instruction)
            if passes.contains(.ranges) { noteLowerBound(instruction) }
        }
        return ref
    }

    @discardableResult func appendRaw(_ instruction: Instruction) -> Ref {
        let ref = out.append(instruction)
        state.equal.append(ref)
        state.ranges.append(.all)
        state.classes.append(ClassFact())
        state.virtualOf.append(-1)
        return ref
    }

    // MARK: Snapshots

    /// The snapshot of the output for `pendingSnapshot`, with what its references are now.
    func snapshotForExit() -> UInt16 {
        if let cached = cachedSnapshot, cached.raw == pendingSnapshot, cached.epoch == virtualEpoch { return cached.out }
        guard out.snapshots.count < 0xFFF0, pendingSnapshot < input.snapshots.count else {
            out.isTooLong = true
            return 0
        }
        let raw = input.snapshots[pendingSnapshot]
        var new = Snapshot(first: out.entries.count, count: 0, frame: raw.frame, token: raw.token)
        var objects: [Int32] = []
        for entry in input.entries[raw.first ..< raw.first + raw.count] {
            if entry.kind == .virtual { continue }
            let (kind, ref) = recipe(mapped(entry.ref), &objects)
            out.entries.append(SnapshotEntry(slot: entry.slot, kind: kind, ref: ref))
        }
        // What earlier rounds have left in slots that this round has not written yet.
        if !loopSlots.isEmpty {
            let written = Set(input.entries[raw.first ..< raw.first + raw.count].map(\.slot))
            for (slot, ref) in loopSlots where !written.contains(slot) {
                let (kind, ref) = recipe(ref, &objects)
                out.entries.append(SnapshotEntry(slot: slot, kind: kind, ref: ref))
            }
        }
        new.count = out.entries.count - new.first
        // Objects may bring in further objects.
        new.firstVirtual = out.virtuals.count
        var at = 0
        var recipes: [VirtualRecipe] = []
        while at < objects.count {
            let object = state.objects[Int(objects[at])]
            var made = VirtualRecipe(layout: object.layout, count: object.count, first: out.virtualFields.count, fieldCount: object.fields.count)
            var fields: [VirtualField] = []
            for field in object.fields {
                var (kind, ref) = recipe(field.ref, &objects)
                // A field that is a number holds it as it is.
                if !out.vocabulary.fields[Int(field.field)].width.type.isWord { (kind, ref) = (.word, resolve(field.ref)) }
                fields.append(VirtualField(field: field.field, index: field.index, kind: kind, ref: ref))
            }
            made.first = out.virtualFields.count
            out.virtualFields += fields
            recipes.append(made)
            at += 1
        }
        if recipes.count > MachineFrame.virtualLimit { out.isTooLong = true }
        out.virtuals += recipes
        new.virtualCount = recipes.count
        out.snapshots.append(new)
        cachedSnapshot = (pendingSnapshot, virtualEpoch, UInt16(out.snapshots.count - 1))
        return UInt16(out.snapshots.count - 1)
    }

    /// How a snapshot makes the word for a reference: boxes and virtual objects are left to the exit.
    private func recipe(_ ref: Ref, _ objects: inout [Int32]) -> (SnapshotEntry.Kind, Ref) {
        var ref = resolve(ref)
        while let cast = out.definition(ref, .cast), cast.type.isWord, out.type(cast.a).isWord { ref = resolve(cast.a) }
        switch out.type(ref) {
        case .int: return (.int, ref)
        case .float: return (.float, ref)
        default: break
        }
        if ref.isInstruction {
            let object = state.virtualOf[ref.index]
            if object >= 0 {
                if let known = objects.firstIndex(of: object) { return (.virtual, Ref(raw: UInt16(known))) }
                objects.append(object)
                return (.virtual, Ref(raw: UInt16(objects.count - 1)))
            }
            let definition = out[ref]
            if definition.op == .boxi { return (.int, resolve(definition.a)) }
            if definition.op == .boxf { return (.float, resolve(definition.a)) }
        }
        return (.word, ref)
    }
}

extension Trace {
    /// An empty trace with the same constants, frames and parent.
    convenience init(copyingTablesOf other: Trace) {
        self.init(other.vocabulary)
        copyTables(of: other)
    }
}
