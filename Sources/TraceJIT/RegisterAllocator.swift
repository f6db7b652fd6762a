/// Register allocation: a linear scan from the end of the trace to its beginning.
///
/// Walking backwards, a value appears first at its last use. There it gets a register, and keeps it up to its definition, where the register is free again for
/// values that are older. No live ranges need computing, code that nobody uses is never seen, and each operand can ask for the register that suits the instruction.
/// (LuaJIT's allocator works like this; but it emits machine code as it goes, where this one hands a list of `Step`s to the emitter, which walks forward.)
///
/// **Spilling.** When all registers are taken, one is evicted: seen forwards, its value is *reloaded* after the current instruction and rests in a spill
/// slot before it. A value with a slot is stored to it once, at its definition. Constants are never stored, only made again. The victim is
/// the value defined longest ago: it would occupy its register longest. Slots are free for others above the definition of their value.
///
/// **Calls** clobber registers: whatever lives across is evicted or in a preserved register, which such values prefer.
///
/// **Exits.** Each exit notes where the values of its snapshot are. A value that only exits need gets a register if one is idle, otherwise a slot.
///
/// **Loops.** At `jump`, the first thing seen of a loop, each phi and each value from before the loop that the loop uses is given a *home*, a
/// register or a slot. That is where it is on entry and at the back edge. At the loop's head, the last thing seen, the body may want
/// some of them elsewhere, because they have been evicted meanwhile; moves at the head bring them there.
///
///     entry    homes ← values of the preamble (lefts of the phis)
///     head     where the body wants them ← homes
///     …
///     jump     homes ← rights of the phis, most of which have been computed there to begin with
///
/// A slot that is an invariant's must never be used for anything else within the loop, not even above the place where it is needed: the next round comes by there.
final class RegisterAllocator {
    static let slotLimit = 512

    let trace: Trace
    let target: Target
    /// Backwards until `run` is done.
    private(set) var steps: [Step] = []
    private(set) var exits: [ExitPlaces] = []
    /// Each value's place at an exit; `ExitPlaces` says which are whose.
    private(set) var places: [(ref: Ref, location: Location)] = []
    /// The exit of each guard.
    private(set) var exitOf: [Int32]
    private(set) var hasFailed = false
    private(set) var slotCount: Int
    /// Where the loop's body finds everything at its head; what of it comes from before the loop.
    private(set) var headHomes: [(ref: Ref, location: Location)] = []
    private(set) var headInvariants: [Ref] = []
    /// What bridges on exits may want besides the snapshots: what comes from before the loop that this trace is, or is in.
    private var kept: [Ref] = []

    struct ExitPlaces {
        var instruction: Int
        var snapshot: Int
        var first: Int
        var count: Int
        var isInLoop: Bool
    }

    /// By `Ref.raw`.
    private var registerOf: [UInt8]
    private var slotOf: [Int16]
    /// What each register holds; 0 for nothing.
    private var holder = [UInt16](repeating: 0, count: 64)
    private var free: UInt64
    /// Registers of the current instruction, which may not be evicted.
    private var locked: UInt64 = 0
    private var freeSlots: [Int16] = []
    private var sharedSlots: Set<Int16> = []
    /// The number of calls before each instruction.
    private var callsBefore: [Int32]
    private var current = 0
    private var loopStart = -1
    private var phis: [Int] = []
    private var invariants: [Ref] = []
    private var homes: [Ref: Location] = [:]
    /// The registers among them.
    private var homeMask: UInt64 = 0
    private var loopCalls = false
    private var isInLoop = false
    private let parentPlaces: [Location]
    /// Registers that some instruction of the trace wants for itself: long-lived values had better be elsewhere.
    private var avoided: UInt64 = 0
    /// Values that only exits have asked for so far, with the indices of their places.
    private var exitOnly: [Ref: [Int]] = [:]
    private var stamp: [Int32]
    /// How often each instruction is an operand or part of a snapshot, up to 255.
    private var useCount: [UInt8]

    /// `parentPlaces`: for a bridge, where each of its inherited values is when it begins.
    init(_ trace: Trace, _ target: Target, parentPlaces: [Location] = []) {
        self.trace = trace
        self.target = target
        self.parentPlaces = parentPlaces
        let count = trace.instructions.count
        registerOf = [UInt8](repeating: Target.noRegister, count: 0x8000 + count)
        slotOf = [Int16](repeating: -1, count: 0x8000 + count)
        exitOf = [Int32](repeating: -1, count: count)
        stamp = [Int32](repeating: -1, count: count)
        useCount = [UInt8](repeating: 0, count: count)
        callsBefore = [Int32](repeating: 0, count: count + 1)
        free = target.words | target.floats
        slotCount = (parentPlaces.filter(\.isSlot).map(\.slot).max() ?? -1) + 1
        // The loop that it goes back to still needs its own.
        if let loop = trace.loop {
            slotCount = max(slotCount, trace.parent?.slotCount ?? 0)
            kept = loop.values.filter(\.isInstruction)
        }
        var calls: Int32 = 0
        for (i, instruction) in trace.instructions.enumerated() {
            callsBefore[i] = calls
            if instruction.op == .call || instruction.op == .new { calls += 1 }
            if instruction.op == .loop { loopStart = i }
            switch instruction.op {
            case .quot, .rem, .fldiv, .flmod:
                if let quotient = target.quotient, let remainder = target.remainder { avoided |= 1 << UInt64(quotient) | 1 << UInt64(remainder) }
            case .shl, .shr, .sar, .ror:
                if let count = target.shiftCount, !instruction.b.isConstant { avoided |= 1 << UInt64(count) }
            default: break
            }
            if instruction.op == .inherit, instruction.literal < parentPlaces.count, parentPlaces[instruction.literal].isSlot {
                slotOf[0x8000 + i] = Int16(parentPlaces[instruction.literal].slot)
            }
        }
        callsBefore[count] = calls
        countUses()
        steps.reserveCapacity(count * 2)
    }

    private func countUses() {
        func count(_ ref: Ref) { if ref.isInstruction, useCount[ref.index] < 255 { useCount[ref.index] += 1 } }
        for instruction in trace.instructions {
            if instruction.op.usesA { count(instruction.a) }
            if instruction.op.usesB { count(instruction.b) }
            if instruction.op.hasSnapshot { trace.forEachRef(ofSnapshot: Int(instruction.c), count) }
        }
    }

    func run() {
        var i = trace.instructions.count - 1
        while i >= 0 && !hasFailed {
            current = i
            locked = 0
            allocate(i, trace.instructions[i])
            i -= 1
        }
        if !hasFailed { begin() }
        steps.reverse()
    }

    // MARK: Registers

    @inline(__always) private func bit(_ r: Target.Register) -> UInt64 { 1 << UInt64(r) }
    @inline(__always) private func register(_ ref: Ref) -> Target.Register { registerOf[Int(ref.raw)] }

    private func occupy(_ r: Target.Register, _ ref: Ref) {
        holder[Int(r)] = ref.raw
        registerOf[Int(ref.raw)] = r
        free &= ~bit(r)
    }
    private func release(_ r: Target.Register) {
        registerOf[Int(holder[Int(r)])] = Target.noRegister
        holder[Int(r)] = 0
        free |= bit(r)
    }

    /// The slot of a value, new if it has none.
    private func slot(_ ref: Ref) -> Int {
        if slotOf[Int(ref.raw)] >= 0 { return Int(slotOf[Int(ref.raw)]) }
        let isInvariant = isInLoop && ref.index < loopStart
        if !isInvariant, let reused = freeSlots.popLast() {
            slotOf[Int(ref.raw)] = reused
            return Int(reused)
        }
        return newSlot(ref)
    }
    private func newSlot(_ ref: Ref) -> Int {
        if slotCount >= RegisterAllocator.slotLimit {
            hasFailed = true
            return 0
        }
        slotOf[Int(ref.raw)] = Int16(slotCount)
        slotCount += 1
        return slotCount - 1
    }

    /// Frees a register: its value is reloaded, or made, after the current instruction.
    private func evict(_ r: Target.Register) {
        let ref = Ref(raw: holder[Int(r)])
        if !exitOnly.isEmpty, let indices = exitOnly[ref] {
            // Only exits want it, and they can find it in memory as well: no reload. Its slot must be its own down to the last of these exits.
            exitOnly[ref] = nil
            if slotOf[Int(ref.raw)] < 0 { _ = newSlot(ref) }
            for i in indices { places[i].location = .slot(Int(slotOf[Int(ref.raw)])) }
            release(r)
            return
        }
        if ref.isConstant { steps.append(Step(kind: .constant, d: r, ref: ref)) }
        else { steps.append(Step(kind: .reload, d: r, index: Int32(slot(ref)))) }
        release(r)
    }
    private func evictAll(_ mask: UInt64) {
        var left = mask & ~free & (target.words | target.floats)
        while left != 0 {
            evict(UInt8(left.trailingZeroBitCount))
            left &= left - 1
        }
    }

    /// A free register out of `mask`, evicting one if need be.
    private func freeRegister(_ mask: UInt64, for ref: Ref, hint: Target.Register = Target.noRegister) -> Target.Register {
        if hint != Target.noRegister, free & mask & bit(hint) != 0 { return hint }
        var choice = free & mask
        if choice == 0 {
            var left = mask & ~locked
            if left == 0 { hasFailed = true; return UInt8(mask.trailingZeroBitCount) }
            var best: Target.Register = UInt8(left.trailingZeroBitCount)
            while left != 0 {
                let r = UInt8(left.trailingZeroBitCount)
                // One that only exits want costs no reload.
                if !exitOnly.isEmpty, exitOnly[Ref(raw: holder[Int(r)])] != nil {
                    best = r
                    break
                }
                if holder[Int(r)] < holder[Int(best)] { best = r }
                left &= left - 1
            }
            evict(best)
            return best
        }
        // Values that live across a call want a preserved register, and others do not.
        let livesAcrossCall = ref.isInstruction && (callsBefore[current] > callsBefore[ref.index + 1] || isInLoop && loopCalls && ref.index <= loopStart)
        let preferred = livesAcrossCall ? choice & target.preserved : choice & ~target.preserved
        if preferred != 0 { choice = preferred }
        if choice & ~avoided != 0 { choice &= ~avoided }
        if choice & ~homeMask != 0 { choice &= ~homeMask }
        return UInt8(choice.trailingZeroBitCount)
    }

    /// Where a value is at the loop's head: if it stays there, it need not be moved.
    private func homeRegister(_ ref: Ref) -> Target.Register {
        guard isInLoop, let home = homes[ref], home.isRegister else { return Target.noRegister }
        return home.register
    }

    /// The operand's register at the current instruction.
    @discardableResult
    private func use(_ ref: Ref, _ mask: UInt64, hint: Target.Register = Target.noRegister) -> Target.Register {
        let r = register(ref)
        if !exitOnly.isEmpty { exitOnly[ref] = nil }
        if r != Target.noRegister {
            if mask & bit(r) != 0 {
                locked |= bit(r)
                return r
            }
            // It is in a register that this instruction cannot read: seen forwards, it moves there afterwards.
            release(r)
            let other = freeRegister(mask, for: ref, hint: hint)
            steps.append(Step(kind: .move, d: r, a: other))
            occupy(other, ref)
            locked |= bit(other)
            return other
        }
        let new = freeRegister(mask, for: ref, hint: hint == Target.noRegister ? homeRegister(ref) : hint)
        occupy(new, ref)
        locked |= bit(new)
        return new
    }
    private func use(_ ref: Ref, excluding: UInt64 = 0, hint: Target.Register = Target.noRegister) -> Target.Register {
        use(ref, target.registers(for: trace.type(ref)) & ~excluding, hint: hint)
    }

    /// The register for the result of the current instruction, or none if nobody wants it. Still occupied: call `defined` when the operands may use it.
    private func result(_ i: Int, _ mask: UInt64? = nil) -> Target.Register {
        let ref = Ref(instruction: i)
        var r = register(ref)
        let slot = slotOf[Int(ref.raw)]
        if r == Target.noRegister {
            if slot < 0 { return r }
            r = freeRegister(mask ?? target.registers(for: trace.instructions[i].type), for: ref)
            occupy(r, ref)
        }
        if slot >= 0 { steps.append(Step(kind: .spill, a: r, index: Int32(slot))) }
        return r
    }
    private func defined(_ i: Int) {
        let ref = Ref(instruction: i)
        let r = register(ref)
        if !exitOnly.isEmpty { exitOnly[ref] = nil }
        if r != Target.noRegister { release(r) }
        let slot = slotOf[Int(ref.raw)]
        if slot >= 0, !sharedSlots.contains(slot), trace.instructions[i].op != .inherit {
            freeSlots.append(slot)
            slotOf[Int(ref.raw)] = -1
        }
    }

    // MARK: Exits

    /// Notes where the snapshot's values are; those that are nowhere get a place.
    private func exit(_ i: Int, _ snapshot: Int) {
        let first = places.count
        trace.forEachRef(ofSnapshot: snapshot) { ref in
            if stamp[ref.index] == Int32(i) { return }
            stamp[ref.index] = Int32(i)
            var r = register(ref)
            if r == Target.noRegister && slotOf[Int(ref.raw)] < 0 {
                let mask = target.registers(for: trace.type(ref)) & ~locked
                let crosses = callsBefore[current] > callsBefore[ref.index + 1] || isInLoop && loopCalls && ref.index <= loopStart
                let idle = free & mask & (crosses ? target.preserved : ~0)
                if idle.nonzeroBitCount > 1 {
                    r = freeRegister(idle, for: ref, hint: homeRegister(ref))
                    occupy(r, ref)
                    exitOnly[ref] = []
                } else {
                    _ = slot(ref)
                }
            }
            if !exitOnly.isEmpty, exitOnly[ref] != nil { exitOnly[ref]!.append(places.count) }
            places.append((ref, r != Target.noRegister ? .register(r) : .slot(Int(slotOf[Int(ref.raw)]))))
        }
        // In memory it is safe from an instruction that writes its result before the trace is left.
        for ref in kept where stamp[ref.index] != Int32(i) {
            stamp[ref.index] = Int32(i)
            let slot = slotOf[Int(ref.raw)], r = register(ref)
            if slot >= 0 || r != Target.noRegister { places.append((ref, slot >= 0 ? .slot(Int(slot)) : .register(r))) }
        }
        exitOf[i] = Int32(exits.count)
        exits.append(ExitPlaces(instruction: i, snapshot: snapshot, first: first, count: places.count - first, isInLoop: isInLoop))
    }

    // MARK: Instructions

    private func allocate(_ i: Int, _ instruction: Instruction) {
        let op = instruction.op
        switch op {
        // No code of their own.
        case .nop, .arg, .elem, .phi, .inherit: return
        case .jump: return endLoop(i)
        case .enter: return enterLoop(i, Int(instruction.c))
        case .loop: return beginLoop(i)
        case .link, .leave:
            exit(i, Int(instruction.c))
            steps.append(Step(kind: .instruction, index: Int32(i)))
            return
        case .call: return allocateCall(i, instruction, trace.arguments(of: instruction))
        case .new: return allocateNew(i, instruction)
        case .quot, .rem, .fldiv, .flmod:
            if target.quotient != nil { return allocateDivision(i, instruction) }
        case .shl, .shr, .sar, .ror:
            if target.shiftCount != nil, !instruction.b.isConstant { return allocateShift(i, instruction) }
        default: break
        }
        var step = Step(kind: .instruction, index: Int32(i))
        if instruction.type != .void {
            step.d = result(i)
            if step.d == Target.noRegister, !op.isGuard, !op.flags.contains(.effect) { return }
            defined(i)
        }
        switch op {
        case .load:
            useAddress(instruction, &step)
        case .store:
            if !isImmediate(instruction) { step.c = use(instruction.b) }
            useAddress(instruction, &step)
        case .sstore:
            if !isImmediate(instruction) { step.c = use(instruction.b) }
        case .gclass:
            if !instruction.a.isConstant { step.a = use(instruction.a) }
        case .geq, .gne:
            // A test of bits.
            if isImmediate(instruction), trace.bits(instruction.b) == 0, let and = trace.definition(instruction.a, .and), useCount[instruction.a.index] == 1, isImmediate(and) {
                step.a = use(and.a)
                step.other = 1
            } else {
                useOperands(instruction, &step)
            }
        default:
            useOperands(instruction, &step)
        }
        if op.isGuard {
            // The exit comes after the operands, which may have driven something out of its register. Where the result is written before the
            // trace is left, its register is of no use to the exit.
            if op.flags.contains(.lateExit), step.d != Target.noRegister { locked |= bit(step.d) }
            exit(i, Int(instruction.c))
        }
        steps.append(step)
    }

    /// Whether the instruction's exit needs the reference.
    private func isNeeded(_ ref: Ref, atExit snapshot: UInt16) -> Bool {
        var found = false
        trace.forEachRef(ofSnapshot: Int(snapshot)) { if $0 == ref { found = true } }
        return found
    }

    private func isImmediate(_ instruction: Instruction) -> Bool {
        instruction.b.isConstant && target.takesImmediate(instruction, trace.constants[instruction.b.constantIndex])
    }

    private func useOperands(_ instruction: Instruction, _ step: inout Step) {
        let op = instruction.op
        let hasB = op.usesB && !instruction.b.isNone && !isImmediate(instruction)
        var first = instruction.a, second = instruction.b
        let isThreeOperand = target.hasThreeOperandFloats && instruction.type.isFloat
        let accumulates = target.isTwoAddress && !isThreeOperand && op.flags.contains(.accumulates)
        // The operand that dies here had better be the one that is overwritten.
        if accumulates, hasB, op.flags.contains(.commutative), first != second, register(first) != Target.noRegister, register(second) == Target.noRegister {
            (first, second) = (second, first)
        }
        let d = step.d
        if hasB, second != first {
            let excluded = d != Target.noRegister && (accumulates || op.flags.contains(.lateExit)) ? bit(d) : 0
            step.b = use(second, excluding: excluded)
        }
        if op.usesA, !first.isNone {
            let fits = d != Target.noRegister && (d >= 32) == trace.type(first).isFloat
            let isKept = fits && op.flags.contains(.lateExit) && first.isInstruction && isNeeded(first, atExit: instruction.c)
            step.a = use(first, excluding: isKept ? bit(d) : 0, hint: fits && !isThreeOperand ? d : Target.noRegister)
        }
        if hasB, second == first { step.b = step.a }
    }

    /// Base and index of a load or a store. Constant ones need no register.
    private func useAddress(_ instruction: Instruction, _ step: inout Step) {
        if let elem = trace.definition(instruction.a, .elem) {
            if !elem.a.isConstant { step.a = use(elem.a) }
            if !elem.b.isConstant { step.b = use(elem.b) }
        } else if !instruction.a.isConstant {
            step.a = use(instruction.a)
        }
    }

    // MARK: Calls and other instructions with registers of their own

    private func allocateCall(_ i: Int, _ instruction: Instruction, _ arguments: [Ref]) {
        let returns = instruction.type.isFloat ? target.floatResult : target.wordResult
        if instruction.type != .void {
            let r = result(i)
            if r != Target.noRegister {
                defined(i)
                // Reloads come after the result has been fetched.
                evictAll(~target.preserved)
                if r != returns { steps.append(Step(kind: .move, d: r, a: returns)) }
            } else if trace.vocabulary.functions[Int(instruction.c)].effect.isPure {
                return
            }
        }
        callStep(i, arguments)
    }

    private func allocateNew(_ i: Int, _ instruction: Instruction) {
        let r = result(i)
        if r != Target.noRegister {
            defined(i)
            evictAll(~target.preserved)
            if r != target.wordResult { steps.append(Step(kind: .move, d: r, a: target.wordResult)) }
        }
        // The emitter supplies the context and the payload itself; the count is the third argument.
        callStep(i, instruction.a.isNone ? [] : [instruction.a], firstWord: 2)
    }

    private func callStep(_ i: Int, _ arguments: [Ref], firstWord: Int = 0) {
        evictAll(~target.preserved)
        var word = firstWord, float = 0
        var moves = ParallelMoves()
        for argument in arguments {
            let isFloat = trace.type(argument).isFloat
            let registers = isFloat ? target.floatArguments : target.wordArguments
            let number = isFloat ? float : word
            if isFloat { float += 1 } else { word += 1 }
            if number >= registers.count { hasFailed = true; return }
            let to = registers[number]
            exitOnly[argument] = nil
            if argument.isConstant {
                moves.add(.register(to), constant: argument)
                continue
            }
            if register(argument) == Target.noRegister {
                if slotOf[Int(argument.raw)] >= 0 {
                    moves.add(.register(to), from: .slot(Int(slotOf[Int(argument.raw)])))
                    continue
                }
                occupy(to, argument)
            }
            moves.add(.register(to), from: .register(register(argument)))
        }
        steps.append(Step(kind: .instruction, index: Int32(i)))
        steps += moves.resolved(target).reversed()
    }

    /// A division whose dividend and results have registers of their own.
    private func allocateDivision(_ i: Int, _ instruction: Instruction) {
        let quotient = target.quotient!, remainder = target.remainder!
        let isQuotient = instruction.op == .quot || instruction.op == .fldiv
        let from = isQuotient ? quotient : remainder
        var step = Step(kind: .instruction, d: from, a: quotient, index: Int32(i))
        let r = result(i)
        if r == Target.noRegister { return }
        defined(i)
        let both = bit(quotient) | bit(remainder)
        evictAll(both)
        if r != from { steps.append(Step(kind: .move, d: r, a: from)) }
        locked = both
        free &= ~both
        step.b = use(instruction.b, excluding: both)
        exitOnly[instruction.a] = nil
        free |= both
        if register(instruction.a) == Target.noRegister, !instruction.a.isConstant {
            occupy(quotient, instruction.a)
            steps.append(step)
        } else {
            steps.append(step)
            steps.append(instruction.a.isConstant ? Step(kind: .constant, d: quotient, ref: instruction.a)
                                                  : Step(kind: .move, d: quotient, a: register(instruction.a)))
        }
    }

    /// A shift whose count has a register of its own.
    private func allocateShift(_ i: Int, _ instruction: Instruction) {
        let count = target.shiftCount!
        var step = Step(kind: .instruction, b: count, index: Int32(i))
        let r = result(i)
        if r == Target.noRegister { return }
        // The result must not be computed where the count is.
        step.d = r
        defined(i)
        evictAll(bit(count))
        if r == count {
            locked = bit(count)
            free &= ~bit(count)
            step.d = freeRegister(target.words & ~bit(count), for: Ref(instruction: i))
            free |= bit(count)
            steps.append(Step(kind: .move, d: count, a: step.d))
        }
        locked = bit(count) | bit(step.d)
        free &= ~bit(count)
        step.a = use(instruction.a, excluding: bit(count), hint: step.d)
        free |= bit(count)
        exitOnly[instruction.b] = nil
        if instruction.b.isConstant || register(instruction.b) != Target.noRegister {
            steps.append(step)
            steps.append(instruction.b.isConstant ? Step(kind: .constant, d: count, ref: instruction.b)
                                                  : Step(kind: .move, d: count, a: register(instruction.b)))
        } else {
            occupy(count, instruction.b)
            steps.append(step)
        }
    }

    // MARK: Loops

    /// Each register operand of an instruction, those of addresses and argument lists included.
    private func forEachOperand(_ instruction: Instruction, _ body: (Ref) -> Void) {
        func visit(_ ref: Ref) {
            guard ref.isInstruction else { return }
            let definition = trace[ref]
            if definition.op == .elem || definition.op == .arg {
                visit(definition.a)
                visit(definition.b)
            } else {
                body(ref)
            }
        }
        if instruction.op == .elem || instruction.op == .arg || instruction.op == .phi { return }
        if instruction.op.usesA { visit(instruction.a) }
        if instruction.op.usesB { visit(instruction.b) }
    }

    private func endLoop(_ end: Int) {
        steps.append(Step(kind: .instruction, index: Int32(end)))
        isInLoop = true
        loopCalls = callsBefore[end] > callsBefore[loopStart]
        phis = []
        var at = loopStart + 1
        while at < end, trace.instructions[at].op == .phi || trace.instructions[at].op == .nop {
            if trace.instructions[at].op == .phi { phis.append(at) }
            at += 1
        }
        // Who is used, how often, and where last.
        var uses: [Ref: Int] = [:]
        var lastUse: [Ref: Int] = [:]
        for i in at ..< end {
            let instruction = trace.instructions[i]
            forEachOperand(instruction) { ref in
                if ref.index < at {
                    uses[ref, default: 0] += 4
                    lastUse[ref] = i
                }
            }
            if instruction.op.hasSnapshot {
                trace.forEachRef(ofSnapshot: Int(instruction.c)) { ref in
                    if ref.index < at {
                        uses[ref, default: 0] += uses[ref] == nil ? 1 : 0
                        lastUse[ref] = i
                    }
                }
            }
        }
        for p in phis where trace.instructions[p].b.isInstruction && trace.instructions[p].b.index < at {
            uses[trace.instructions[p].b, default: 0] += 1
            lastUse[trace.instructions[p].b] = end
        }
        trace.head?.forEachNeeded(in: trace) { ref in if ref.index < loopStart, uses[ref] == nil { uses[ref] = 1 } }
        invariants = uses.keys.filter { $0.index < loopStart }.sorted { (uses[$0]!, $1.raw) > (uses[$1]!, $0.raw) }
        // Homes. Some registers are left to the body.
        var wordHomes = target.words, floatHomes = target.floats
        var wordsLeft = wordHomes.nonzeroBitCount - 4, floatsLeft = floatHomes.nonzeroBitCount - 3
        if loopCalls {
            wordHomes &= target.preserved
            floatHomes &= target.preserved
            wordsLeft = wordHomes.nonzeroBitCount
            floatsLeft = floatHomes.nonzeroBitCount
        }
        func home(_ ref: Ref) -> Location? {
            if trace.type(ref).isFloat {
                if floatsLeft <= 0 { return nil }
                let r = UInt8(floatHomes.trailingZeroBitCount)
                floatHomes &= floatHomes - 1
                floatsLeft -= 1
                return .register(r)
            }
            if wordsLeft <= 0 { return nil }
            let r = UInt8((wordHomes & ~avoided != 0 ? wordHomes & ~avoided : wordHomes).trailingZeroBitCount)
            wordHomes &= ~bit(r)
            wordsLeft -= 1
            return .register(r)
        }
        for p in phis {
            let ref = Ref(instruction: p)
            homes[ref] = home(ref)
        }
        for ref in invariants {
            // What only exits need can rest in memory.
            if uses[ref]! >= 4, let register = home(ref) {
                homes[ref] = register
                occupy(register.register, ref)
            } else {
                homes[ref] = .slot(slotOf[Int(ref.raw)] >= 0 ? Int(slotOf[Int(ref.raw)]) : newSlot(ref))
            }
        }
        for p in phis where homes[Ref(instruction: p)] == nil {
            let ref = Ref(instruction: p)
            homes[ref] = .slot(newSlot(ref))
            sharedSlots.insert(slotOf[Int(ref.raw)])
        }
        headHomes = (phis.map { Ref(instruction: $0) } + invariants).map { ($0, homes[$0]!) }
        headInvariants = invariants
        kept = invariants
        homeMask = homes.values.reduce(0) { $1.isRegister ? $0 | bit($1.register) : $0 }
        // The rights are computed at home where nothing is in the way.
        var moves = ParallelMoves()
        var later: [(Location, Ref)] = []
        for p in phis {
            let ref = Ref(instruction: p), right = trace.instructions[p].b, home = homes[ref]!
            if right.isConstant { moves.add(home, constant: right); continue }
            if home.isRegister {
                if register(right) == Target.noRegister { occupy(home.register, right) } else { later.append((home, right)) }
            } else if right.index >= at, slotOf[Int(right.raw)] < 0, (lastUse[ref] ?? -1) < right.index {
                slotOf[Int(right.raw)] = Int16(home.slot)
            } else {
                later.append((home, right))
            }
        }
        for (home, right) in later {
            let r = register(right)
            moves.add(home, from: r != Target.noRegister ? .register(r) : .slot(slot(right)))
        }
        steps += moves.resolved(target).reversed()
    }

    /// The end of a bridge: everything goes to its home at the head of another trace's loop.
    private func enterLoop(_ end: Int, _ snapshot: Int) {
        guard let target = trace.linkTarget else { hasFailed = true; return }
        steps.append(Step(kind: .instruction, index: Int32(end)))
        var moves = ParallelMoves()
        var later: [(Location, Ref)] = []
        for entry in trace.entries[trace.snapshots[snapshot].first ..< trace.snapshots[snapshot].first + trace.snapshots[snapshot].count] {
            let home = target.homes[Int(entry.slot)].location
            if entry.ref.isConstant {
                moves.add(home, constant: entry.ref)
            } else if home.isRegister, register(entry.ref) == Target.noRegister, free & bit(home.register) != 0 {
                occupy(home.register, entry.ref)
            } else {
                later.append((home, entry.ref))
            }
        }
        for (home, ref) in later {
            if register(ref) == Target.noRegister, slotOf[Int(ref.raw)] < 0, case let mask = free & self.target.registers(for: trace.type(ref)), mask != 0 {
                occupy(UInt8(mask.trailingZeroBitCount), ref)
            }
            let r = register(ref)
            moves.add(home, from: r != Target.noRegister ? .register(r) : .slot(slot(ref)))
        }
        steps += moves.resolved(self.target).reversed()
    }

    private func beginLoop(_ start: Int) {
        // Homes are for good.
        exitOnly = [:]
        // Into the body.
        var constants: [Step] = []
        var moves = ParallelMoves()
        for r in 0 ..< 64 where holder[r] != 0 {
            let ref = Ref(raw: holder[r])
            if ref.isConstant { constants.append(Step(kind: .constant, d: UInt8(r), ref: ref)) }
            else { moves.add(.register(UInt8(r)), from: homes[ref] ?? .nowhere) }
            if ref.isInstruction && homes[ref] == nil { hasFailed = true }
        }
        steps += constants
        steps += moves.resolved(target).reversed()
        for p in phis {
            let ref = Ref(instruction: p)
            if let home = homes[ref], home.isRegister, slotOf[Int(ref.raw)] >= 0 {
                steps.append(Step(kind: .spill, a: home.register, index: Int32(slotOf[Int(ref.raw)])))
            }
        }
        steps.append(Step(kind: .loopHead))
        // From the preamble.
        for r in 0 ..< 64 where holder[r] != 0 { release(UInt8(r)) }
        isInLoop = false
        kept = []
        var entry = ParallelMoves()
        for ref in invariants { if let home = homes[ref], home.isRegister { occupy(home.register, ref) } }
        var later: [(Location, Ref)] = []
        for p in phis {
            let ref = Ref(instruction: p), left = trace.instructions[p].a, home = homes[ref]!
            if left.isConstant { entry.add(home, constant: left) }
            else if home.isRegister, register(left) == Target.noRegister { occupy(home.register, left) }
            else { later.append((home, left)) }
        }
        // Homes that are filled by moves must not be given away before.
        homeMask = phis.reduce(UInt64(0)) { mask, p in
            let home = homes[Ref(instruction: p)]!
            return home.isRegister ? mask | bit(home.register) : mask
        }
        locked = homeMask
        for (home, left) in later {
            var r = register(left)
            if r == Target.noRegister && slotOf[Int(left.raw)] < 0 {
                let mask = target.registers(for: trace.type(left)) & free & ~homeMask
                if mask != 0 {
                    r = freeRegister(mask, for: left)
                    occupy(r, left)
                } else {
                    _ = slot(left)
                }
            }
            entry.add(home, from: r != Target.noRegister ? .register(r) : .slot(Int(slotOf[Int(left.raw)])))
        }
        steps += entry.resolved(target).reversed()
        for p in phis {
            let slot = slotOf[0x8000 + p]
            if slot >= 0 { slotOf[0x8000 + p] = -1 }
        }
        homes = [:]
        homeMask = 0
    }

    /// The beginning of the trace: constants, and what a bridge inherits.
    private func begin() {
        var constants: [Step] = []
        var moves = ParallelMoves()
        var spills: [Step] = []
        for r in 0 ..< 64 where holder[r] != 0 && Ref(raw: holder[r]).isConstant { constants.append(Step(kind: .constant, d: UInt8(r), ref: Ref(raw: holder[r]))) }
        for (i, instruction) in trace.instructions.enumerated() where instruction.op == .inherit {
            guard instruction.literal < parentPlaces.count else { hasFailed = true; return }
            let from = parentPlaces[instruction.literal], ref = Ref(instruction: i)
            if from.isRegister, slotOf[Int(ref.raw)] >= 0 { spills.append(Step(kind: .spill, a: from.register, index: Int32(slotOf[Int(ref.raw)]))) }
            if register(ref) != Target.noRegister { moves.add(.register(register(ref)), from: from) }
        }
        steps += constants
        steps += moves.resolved(target).reversed()
        steps += spills
    }
}
