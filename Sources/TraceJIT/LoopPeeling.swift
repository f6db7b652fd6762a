/// Loop peeling: the recording is emitted twice, and the second copy becomes the loop.
///
/// The first copy, the preamble, runs the first round: it loads slots, checks types, unboxes. The second copy goes through the same stages, which know all
/// that the first has established, so that only what changes from round to round is left in it. What must be supplied is the state at the head of the
/// loop: what each slot that the recording writes holds there, in a form that is as good on the second and on every later round. That is a guess made from
/// what the first round leaves (its *left* value), from best to worst:
///
///     same         it is the very same value on every round
///     virtual      a virtual object of the same layout; the same question for each of its fields
///     int, float   a boxed number: the number goes round in a register; for an integer first with the assumption that it never falls below its first lower bound
///     known class  any word, of an object of the same class as on the first round
///     any word
///
/// Once the body has been emitted, each guess is compared with what the body leaves. If all hold, the phis get their second operands and the loop is done. Otherwise
/// the guesses that failed are weakened by one step, everything since the head is undone (`OptimiserState` is a value), and the
/// body is emitted again; two or three attempts are the rule, and the last step always holds.
///
/// **Memory** is treated in the same way: a fact of the preamble (this field holds this value) is guessed to hold for ever, then to be a variable of the loop, then is dropped; but only
/// the facts that the body has used need to hold. Facts about classes likewise: they hold at the end of the body or are not used in it.
///
/// When the body contradicts itself (a guard that cannot hold, as when a loop alternates between types) the trace ends by a jump to its
/// own start instead, through memory.
extension Optimiser {
    private static let attempts = 7

    func peelLoop() -> Bool {
        var loop = PeeledLoop(self)
        return loop.peel(attempts: Optimiser.attempts)
    }
}

private struct PeeledLoop {
    typealias Form = LoopHead.Form

    unowned let o: Optimiser
    var out: Trace { o.out }
    /// How often each guess has been weakened.
    var weakened: [UInt64: Int] = [:]
    var droppedClasses: Set<Ref> = []
    var carried: [LoopHead.Variable] = []
    var carriedObjects: [Ref: Int] = [:]
    /// The preamble's memory facts at the head, by their number.
    var facts: [(fact: MemoryFact, alias: Int, path: UInt64, carried: Int)] = []

    init(_ optimiser: Optimiser) { o = optimiser }

    mutating func peel(attempts: Int) -> Bool {
        // The slots that the recording writes, with what they hold at its end.
        let end = o.input.snapshots[o.pendingSnapshot]
        var finals: [(slot: Int16, raw: Ref)] = []
        for entry in o.input.entries[end.first ..< end.first + end.count] where entry.kind != .virtual { finals.append((entry.slot, entry.ref)) }
        let finalOf = Dictionary(finals.map { ($0.slot, $0.raw) }, uniquingKeysWith: { $1 })
        var loads: [(index: Int, slot: Int16)] = []
        for (i, instruction) in o.input.instructions.enumerated() where instruction.op == .sload { loads.append((i, Int16(bitPattern: instruction.a.raw))) }
        let unchanged = Set(loads.filter { finalOf[$0.slot] == nil }.map { Ref(instruction: $0.index) })

        let firstMap = o.map, state = o.state, final = o.pendingSnapshot, usedFacts = o.usedFacts
        let counts = (out.instructions.count, out.snapshots.count, out.entries.count, out.virtuals.count, out.virtualFields.count)
        func undo() {
            o.map = firstMap
            o.pendingSnapshot = final
            o.state = state
            o.usedFacts = usedFacts
            out.truncate(instructions: counts.0, snapshots: counts.1, entries: counts.2, virtuals: counts.3, fields: counts.4)
            o.isSecondCopy = false
            o.isContradictory = false
            o.loopSlots = []
            o.cachedSnapshot = nil
            o.virtualEpoch += 1
        }
        for _ in 0 ..< attempts {
            carried = []
            carriedObjects = [:]
            facts = []
            let roots = finals.map { carry(o.mapped($0.raw), path: UInt64(UInt16(bitPattern: $0.slot)) + 1, isUnchanged: $0.raw.isConstant || unchanged.contains($0.raw)) }
            beginFacts()
            o.appendRaw(Instruction(.loop, .void))
            start()
            let classesForgotten = o.classesForgotten
            // The body.
            o.isSecondCopy = true
            o.cachedSnapshot = nil
            o.loopSlots = zip(finals, roots).map { ($0.slot, carried[$1].start) }
            let slots = Dictionary(o.loopSlots, uniquingKeysWith: { $1 })
            for load in loads { o.map[load.index] = slots[load.slot] ?? o.resolve(firstMap[load.index]) }
            o.copyInstructions(0 ..< o.input.instructions.count - 1)
            if out.isTooLong { return false }
            if o.isContradictory { break }
            if check(finals.map { o.mapped($0.raw) }, roots) {
                out.head = LoopHead(
                    variables: carried, slots: zip(finals, roots).map { ($0.slot, $1) },
                    unchanged: loads.filter { finalOf[$0.slot] == nil }.map { ($0.slot, o.resolve(firstMap[$0.index])) },
                    flushed: Set(o.input.instructions.filter { $0.op == .sstore }.map { Int16($0.literal) }), facts: relevantFacts, classes: o.usedClasses.compactMap { ref in o.classFact(ref).map { (ref, $0) } },
                    keepsClasses: o.classesForgotten == classesForgotten)
                close()
                return !out.isTooLong
            }
            undo()
        }
        undo()
        return false
    }

    // MARK: The head

    /// The forms that suit a value, best first. The same on each attempt.
    private func forms(_ left: Ref, isUnchanged: Bool, isMemory: Bool) -> [Form] {
        var result: [Form] = []
        if isUnchanged { result.append(.same) }
        if o.virtual(left) != nil { result.append(.virtual) }
        if out.type(left).isFloat { return result + [.float] }
        if out.type(left) == .int { return result + [.boundedInt, .int] }
        if out.type(left) == .value, !isMemory || out.definition(left, .boxi) != nil || out.definition(left, .boxf) != nil {
            if o.knownInt(left) != nil { result += [.boundedInt, .int] }
            else if o.knownFloat(left) != nil { result.append(.float) }
        }
        if o.classFact(left) != nil { result.append(.knownClass) }
        return result + [.word]
    }

    /// Guesses how a value goes around; emits in the preamble what that needs. Returns its index in `carried`.
    private mutating func carry(_ ref: Ref, path: UInt64, isUnchanged: Bool, isMemory: Bool = false) -> Int {
        var left = o.resolve(ref)
        let choices = forms(left, isUnchanged: isUnchanged, isMemory: isMemory)
        let form = choices[min(weakened[path] ?? 0, choices.count - 1)]
        if let object = o.virtual(left) {
            if form == .virtual {
                if let known = carriedObjects[left] { return known }
                let index = carried.count
                carriedObjects[left] = index
                carried.append(LoopHead.Variable(form: .virtual, path: path, left: left))
                let virtual = o.state.objects[object]
                carried[index].layout = virtual.layout
                carried[index].count = virtual.count
                for member in virtual.fields {
                    let memberPath = (path &* 31 &+ UInt64(member.field)) &* 31 &+ UInt64(bitPattern: Int64(member.index)) &+ 77
                    let child = carry(member.ref, path: memberPath, isUnchanged: o.resolve(member.ref).isConstant)
                    carried[index].members.append((member.field, member.index, child))
                }
                return index
            }
            left = o.force(left)
        }
        var new = LoopHead.Variable(form: form, path: path, left: left)
        switch form {
        case .boundedInt, .int:
            new.left = o.knownInt(left)!
            if form == .boundedInt { new.low = o.range(new.left).low }
        case .float: new.left = o.knownFloat(left)!
        case .knownClass: new.classWord = o.classFact(left)!
        default: break
        }
        carried.append(new)
        return carried.count - 1
    }

    /// Decides which of the preamble's facts about memory the body may begin with.
    private mutating func beginFacts() {
        for alias in 0 ..< 64 where !o.state.memory.facts[alias].isEmpty {
            let old = o.state.memory.facts[alias]
            o.state.memory.facts[alias] = []
            for var fact in old {
                let path = 1 << 63 | (UInt64(fact.base.raw) << 32 | UInt64(fact.element.raw) << 16 | UInt64(fact.field))
                let level = weakened[path] ?? 0
                if level >= 2 { continue }
                fact.value = o.resolve(fact.value)
                fact.origin = Int32(facts.count)
                // A variable of the loop: its guess has a path of its own.
                let index = level == 1 ? carry(fact.value, path: path ^ 0x55 << 48, isUnchanged: false, isMemory: true) : -1
                facts.append((fact, alias, path, index))
                o.state.memory.facts[alias].append(fact)
            }
        }
        o.usedFacts = [Bool](repeating: false, count: facts.count)
        o.usedClasses = []
        o.state.barriered = []
        o.state.isValid = false
        for ref in o.state.classed {
            if droppedClasses.contains(ref) { o.state.classes[ref.index] = ClassFact() }
            o.state.classes[ref.index].isOld = true
        }
    }

    /// Emits the phis, and what the body finds in their place.
    private mutating func start() {
        for i in carried.indices {
            switch carried[i].form {
            case .same: carried[i].start = carried[i].left
            case .virtual: break
            default:
                carried[i].phi = o.appendRaw(Instruction(.phi, out.type(carried[i].left), carried[i].left, .none))
                carried[i].start = carried[i].phi
            }
        }
        let raw = rawNumbers
        for i in carried.indices {
            let phi = carried[i].phi, isBoxed = !raw.contains(i)
            switch carried[i].form {
            case .boundedInt, .int:
                // Only a boxed integer is known to have the width of one.
                if phi.isInstruction, isBoxed {
                    o.state.ranges[phi.index] = o.model.intRange
                    carried[i].start = o.emit(Instruction(.boxi, .value, phi))
                }
                if phi.isInstruction, carried[i].form == .boundedInt { o.state.ranges[phi.index].low = max(o.state.ranges[phi.index].low, carried[i].low) }
            case .float:
                if isBoxed { carried[i].start = o.emit(Instruction(.boxf, .value, phi)) }
            case .knownClass: o.setClass(phi, carried[i].classWord)
            // A number that a slot holds in each round but the first, where what reads the slot expects a word.
            case .same: if isBoxed { carried[i].start = o.word(carried[i].left) }
            case .virtual:
                carried[i].start = o.makeVirtual(VirtualObject(layout: carried[i].layout, count: carried[i].count, fields: []))
            default: break
            }
        }
        // Members last: objects may refer to one another.
        for i in carried.indices where carried[i].form == .virtual && carried[i].start.isInstruction {
            let object = o.virtual(carried[i].start)!
            for member in carried[i].members {
                o.state.objects[object].fields.append(.init(field: member.field, index: member.index, ref: carried[member.variable].start))
            }
        }
        for i in facts.indices where facts[i].carried >= 0 {
            let alias = facts[i].alias, start = carried[facts[i].carried].start
            if let at = o.state.memory.facts[alias].firstIndex(where: { $0.origin == Int32(i) }) { o.state.memory.facts[alias][at].value = start }
        }
    }

    /// The carried numbers that stand in fields of numbers. All others stand for words of the client's, as slots do.
    private var rawNumbers: Set<Int> {
        var result: Set<Int> = []
        for c in carried { for m in c.members where !out.vocabulary.fields[Int(m.field)].width.type.isWord { result.insert(m.variable) } }
        for f in facts where f.carried >= 0 && !out.vocabulary.fields[Int(f.fact.field)].width.type.isWord { result.insert(f.carried) }
        return result
    }

    // MARK: The end

    /// Compares the guesses with what the body leaves; weakens those that fail.
    private mutating func check(_ rights: [Ref], _ roots: [Int]) -> Bool {
        var holds = true
        for i in carried.indices { carried[i].right = .none }
        for (right, root) in zip(rights, roots) where !check(root, right) { holds = false }
        for (i, entry) in facts.enumerated() where entry.carried >= 0 || o.usedFacts[i] {
            let now = o.state.memory.find(entry.fact.base, entry.fact.element, entry.fact.field, entry.alias)
            if entry.carried >= 0 {
                if let now { if !check(entry.carried, now.value) { holds = false } }
                else { weakened[entry.path] = 2; holds = false }
            } else if now == nil {
                weakened[entry.path] = 2
                holds = false
            } else if o.resolve(now!.value) != entry.fact.value {
                weakened[entry.path] = 1
                holds = false
            }
        }
        for ref in o.usedClasses {
            let before = o.state.classes[o.throughCast(ref).index]
            if before.word.isNone { droppedClasses.insert(o.throughCast(ref)); holds = false }
        }
        return holds
    }

    private mutating func check(_ i: Int, _ ref: Ref) -> Bool {
        let right = o.resolve(ref)
        if carried[i].right.isInstruction || (carried[i].right.isConstant && !carried[i].right.isNone) {
            // An object that several slots hold must still be one object.
            if carried[i].right == right { return true }
            weakened[carried[i].path, default: 0] += 1
            return false
        }
        carried[i].right = right
        var holds = true
        switch carried[i].form {
        case .same: holds = right == carried[i].left
        case .virtual:
            if let object = o.virtual(right), o.state.objects[object].layout == carried[i].layout, o.state.objects[object].count == carried[i].count,
               o.state.objects[object].fields.allSatisfy({ m in carried[i].members.contains { $0.field == m.field && $0.index == m.index } }) {
                for member in carried[i].members {
                    guard let value = o.state.objects[object].member(member.field, member.index) else { holds = false; continue }
                    // A member that fails has weakened its own guess.
                    if !check(member.variable, value) { return false }
                }
            } else {
                holds = false
            }
        case .boundedInt, .int:
            if let number = o.knownInt(right), o.range(number).low >= carried[i].low { carried[i].right = number }
            else { holds = false }
        case .float:
            if let number = o.knownFloat(right) { carried[i].right = number } else { holds = false }
        case .knownClass: holds = o.classFact(right) == carried[i].classWord
        case .word: break
        }
        if !holds { weakened[carried[i].path, default: 0] += 1 }
        return holds
    }

    /// What memory must hold at the head.
    private var relevantFacts: [LoopHead.Fact] {
        facts.indices.compactMap { i in
            let entry = facts[i]
            guard entry.carried >= 0 || o.usedFacts[i] else { return nil }
            let isKept = entry.carried < 0 && o.state.memory.facts[entry.alias].contains { $0.origin == Int32(i) }
            return LoopHead.Fact(fact: entry.fact, alias: entry.alias, variable: entry.carried, isKept: isKept)
        }
    }

    /// Gives the phis their second operands and ends the trace.
    private mutating func close() {
        for i in carried.indices {
            switch carried[i].form {
            case .knownClass, .word: carried[i].right = o.word(carried[i].right)
            default: break
            }
        }
        for c in carried where c.phi.isInstruction {
            var right = o.resolve(c.right)
            let type = out[c.phi].type
            if out.type(right) != type, out.type(right) != .float, type != .float { right = o.emit(Instruction(.cast, type, right)) }
            out[c.phi].b = right
        }
        let empty = out.snapshots.count
        out.snapshots.append(Snapshot(first: 0, count: 0, frame: -1, token: o.input.snapshots[0].token))
        o.appendRaw(Instruction(.jump, .void, c: UInt16(truncatingIfNeeded: empty)))
    }
}

extension Trace {
    /// Takes back everything after the given counts.
    func truncate(instructions: Int, snapshots: Int, entries: Int, virtuals: Int, fields: Int) {
        self.instructions.removeLast(self.instructions.count - instructions)
        self.snapshots.removeLast(self.snapshots.count - snapshots)
        self.entries.removeLast(self.entries.count - entries)
        self.virtuals.removeLast(self.virtuals.count - virtuals)
        self.virtualFields.removeLast(self.virtualFields.count - fields)
    }
}
