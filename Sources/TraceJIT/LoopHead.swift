/// The head of a peeled loop, and how bridges go on there.
///
/// A bridge that ends where its loop begins could go through memory and the preamble: all slots written, then loaded, unboxed and tested again. In a loop whose rounds
/// take different ways that would be the price of nearly every round. So a loop tells what its body takes for granted at its head, and a
/// bridge that can vouch for all of it jumps there.
///
/// What the body takes for granted is
///
/// - values from before the loop. They do not change while the loop runs, so every exit in the body notes where they are, and a bridge on it inherits them beside what the
///   exit's snapshot needs (`TraceBuilder`), and hands them on to the bridges on its own exits;
/// - the loop's variables, each in its form: the bridge unboxes what the loop has unboxed, with a guard if need be (`LoopPeeling.swift` says what forms there are);
/// - what memory holds, as far as the body relies on it. What the body never changes is known to the bridge from its start; the rest it loads and compares at its end;
/// - classes of objects, in the same way.
///
/// Where that cannot be had, because a variable has another form or an invariant has been changed, the bridge goes through memory as it would to any other trace.
struct LoopHead {
    /// How a value goes around.
    enum Form { case same, virtual, boundedInt, int, float, knownClass, word }

    struct Variable {
        var form: Form
        /// Identifies the guess over all attempts at peeling.
        var path: UInt64
        var left: Ref
        var phi = Ref.none
        /// What the body finds at its start.
        var start = Ref.none
        var right = Ref.none
        /// Of a virtual object.
        var layout: UInt16 = 0
        var count = Ref.none
        var members: [(field: UInt16, index: Int32, variable: Int)] = []
        var classWord = Ref.none
        var low = Int64.min
    }

    struct Fact {
        var fact: MemoryFact
        var alias: Int
        /// The variable that it is, or -1 when the value is the same on every round.
        var variable: Int
        /// The body does nothing that might change it.
        var isKept: Bool
    }

    var variables: [Variable] = []
    /// The slots that the loop writes.
    var slots: [(slot: Int16, variable: Int)] = []
    /// The slots that it only reads, with what it has found there.
    var unchanged: [(slot: Int16, ref: Ref)] = []
    /// The slots that the loop writes to the frame itself, for calls that look there: they are up to date in memory at the head.
    var flushed: Set<Int16> = []
    var facts: [Fact] = []
    var classes: [(ref: Ref, word: Ref)] = []
    /// The body does nothing that might change the class of an object.
    var keepsClasses = false

    /// Objects in slots that the facts are about are kept, so that a bridge that has changed memory can look. (Other values from before the loop are kept only if
    /// the body uses them: to store them all makes short loops slow.)
    func forEachNeeded(in trace: Trace, _ body: (Ref) -> Void) {
        for entry in facts where trace.definition(entry.fact.base, .sload) != nil { body(entry.fact.base) }
    }

    /// A variable whose phi has turned out to be a value from before the loop is the same on every round.
    mutating func settle(isPhi: (Ref) -> Bool) {
        for i in variables.indices where !variables[i].phi.isNone && !isPhi(variables[i].phi) {
            variables[i].form = .same
            variables[i].left = variables[i].phi
            variables[i].phi = .none
        }
    }

    /// Every reference replaced by what it has become: `lost` if the loop can do without it.
    mutating func rename(_ new: (Ref) -> Ref) {
        for i in variables.indices {
            variables[i].left = new(variables[i].left)
            variables[i].phi = new(variables[i].phi)
            if variables[i].phi == .lost { variables[i].phi = .none }
            variables[i].count = new(variables[i].count)
        }
        for i in unchanged.indices { unchanged[i].ref = new(unchanged[i].ref) }
        for i in facts.indices {
            facts[i].fact.base = new(facts[i].fact.base)
            facts[i].fact.element = new(facts[i].fact.element)
            facts[i].fact.value = new(facts[i].fact.value)
        }
        for i in classes.indices { classes[i].ref = new(classes[i].ref) }
    }
}

/// What a bridge on an exit in a loop's body knows of that loop.
struct InheritedLoop {
    /// The loop, whose trace has a head.
    let owner: CompiledTrace
    /// What each of the owner's `invariants` is in the bridge.
    var values: [Ref] = []
    /// Of the head's facts, those that hold on every exit of the trace: where the bridge begins, and in the end also where its own exits are.
    var keptFacts: [Bool]
    var keepsClasses: Bool
}

extension Optimiser {
    /// A bridge in a loop begins with what the loop's body never changes.
    func knowLoop() {
        guard let loop = input.loop, let head = loop.owner.trace.head else { return }
        usedFacts = [Bool](repeating: false, count: head.facts.count)
        for (i, entry) in head.facts.enumerated() where loop.keptFacts[i] && entry.variable < 0 {
            var fact = MemoryFact(base: .none, element: entry.fact.element, field: entry.fact.field, value: .none, origin: Int32(i))
            if let base = ours(entry.fact.base), let element = ours(entry.fact.element), let value = ours(entry.fact.value) {
                (fact.base, fact.element, fact.value) = (throughCast(base), element, value)
            } else {
                // Some place that the bridge cannot name. Whatever might change it drops the fact.
                fact.base = appendRaw(Instruction(.nop, .value))
                fact.value = fact.base
                if !fact.element.isNone { fact.element = fact.base }
            }
            state.memory.add(fact, entry.alias)
        }
        if loop.keepsClasses {
            for entry in head.classes { if let ref = ours(entry.ref), let word = ours(entry.word) { setClass(ref, word) } }
        }
    }

    /// Ends a bridge at the head of the loop that it is in, if it can vouch for what the body takes for granted there.
    func enterLoop() -> Bool {
        guard let loop = input.loop, input.linkTarget != nil, input.linkBase == 0, let head = loop.owner.trace.head,
              input.snapshots[pendingSnapshot].frame < 0, input.snapshots[pendingSnapshot].token == loop.owner.trace.snapshots[0].token else { return false }
        let before = (map: map, state: state, snapshot: pendingSnapshot)
        let counts = (out.instructions.count, out.snapshots.count, out.entries.count, out.virtuals.count, out.virtualFields.count)
        var entrance = LoopEntrance(optimiser: self, head: head, owner: loop.owner)
        if entrance.enter() {
            out.linkTarget = loop.owner
            return true
        }
        (map, state, pendingSnapshot) = before
        out.truncate(instructions: counts.0, snapshots: counts.1, entries: counts.2, virtuals: counts.3, fields: counts.4)
        isContradictory = false
        out.firstVouching = .max
        cachedSnapshot = nil
        virtualEpoch += 1
        return false
    }

    /// What a value from before the loop is in the bridge: a constant of its own, or what it has inherited. Nil when it has not.
    func ours(_ ref: Ref) -> Ref? {
        guard let loop = input.loop else { return nil }
        if ref.isNone { return Ref.none }
        let trace = loop.owner.trace
        if ref.isConstant { return out.constant(trace.bits(ref), trace.type(ref)) }
        guard let index = loop.owner.invariants.firstIndex(of: ref) else { return nil }
        return resolve(mapped(loop.values[index]))
    }
}

/// The end of a bridge, while it is being written.
private struct LoopEntrance {
    unowned let optimiser: Optimiser
    let head: LoopHead
    let owner: CompiledTrace
    /// What each variable of the loop becomes.
    var values: [Ref]

    init(optimiser: Optimiser, head: LoopHead, owner: CompiledTrace) {
        (self.optimiser, self.head, self.owner) = (optimiser, head, owner)
        values = [Ref](repeating: .none, count: head.variables.count)
    }

    private var out: Trace { optimiser.out }

    mutating func enter() -> Bool {
        optimiser.cachedSnapshot = nil
        out.firstVouching = out.snapshots.count
        let end = optimiser.input.snapshots[optimiser.pendingSnapshot]
        let finals = optimiser.input.entries[end.first ..< end.first + end.count].filter { $0.kind != .virtual }
        let written = Set(head.slots.map(\.slot))
        for (slot, variable) in head.slots {
            guard let entry = finals.first(where: { $0.slot == slot }), take(optimiser.mapped(entry.ref), variable) else { return false }
        }
        for (slot, ref) in head.unchanged {
            guard let entry = finals.first(where: { $0.slot == slot }) else { continue }
            guard let ours = optimiser.ours(ref), isSame(optimiser.resolve(optimiser.mapped(entry.ref)), ours) else { return false }
        }
        for i in head.facts.indices { if !vouch(forFact: i) { return false } }
        let keepsClasses = optimiser.input.loop!.keepsClasses && optimiser.classesForgotten == 0
        for entry in head.classes where !keepsClasses {
            guard let ref = optimiser.ours(entry.ref), let word = optimiser.ours(entry.word) else { return false }
            _ = optimiser.emit(Instruction(.gclass, .void, ref, word))
        }
        if optimiser.isContradictory || out.isTooLong { return false }
        // Slots that the loop knows nothing of are in memory while it runs, as are those that its calls may look at.
        let unchanged = Set(head.unchanged.map(\.slot))
        for entry in finals where head.flushed.contains(entry.slot) || !written.contains(entry.slot) && !unchanged.contains(entry.slot) {
            _ = optimiser.emit(Instruction(.sstore, .void, Ref(literal: Int(entry.slot)), optimiser.word(optimiser.mapped(entry.ref))))
        }
        return close(token: end.token)
    }

    /// The variable's value in the form that the loop expects.
    private mutating func take(_ ref: Ref, _ index: Int) -> Bool {
        let variable = head.variables[index]
        var value = optimiser.resolve(ref)
        if !values[index].isNone {
            // An object that several slots hold must still be one object.
            return variable.form == .virtual ? values[index] == value : isSame(values[index], value)
        }
        switch variable.form {
        case .same:
            guard let ours = optimiser.ours(variable.left), isSame(value, ours) else { return false }
            values[index] = ours
            return true
        case .virtual:
            guard let object = optimiser.virtual(value), let count = optimiser.ours(variable.count) else { return false }
            let virtual = optimiser.state.objects[object]
            guard virtual.layout == variable.layout, virtual.count == count,
                  virtual.fields.allSatisfy({ field in variable.members.contains { $0.field == field.field && $0.index == field.index } }) else { return false }
            values[index] = value
            for member in variable.members {
                guard let contents = virtual.member(member.field, member.index), take(contents, member.variable) else { return false }
            }
            return true
        case .boundedInt, .int:
            if let known = optimiser.knownInt(value) { value = known }
            else if out.type(value) == .value, optimiser.virtual(value) == nil { value = optimiser.emit(Instruction(.unboxi, .int, value)) }
            else { return false }
            if variable.form == .boundedInt { _ = optimiser.emit(Instruction(.gge, .void, value, out.int(variable.low))) }
        case .float:
            if let known = optimiser.knownFloat(value) { value = known }
            else if out.type(value) == .value, optimiser.virtual(value) == nil { value = optimiser.emit(Instruction(.unboxf, .float, value)) }
            else { return false }
        case .knownClass:
            value = optimiser.word(value)
            guard let word = optimiser.ours(variable.classWord) else { return false }
            if let known = optimiser.classFact(value) {
                if known != word { return false }
            } else {
                let bits = optimiser.emit(Instruction(.cast, .int, value))
                _ = optimiser.emit(Instruction(.geq, .void, optimiser.emit(Instruction(.and, .int, bits, out.int(Int64(bitPattern: optimiser.model.pointerMask)))), out.int(0)))
                _ = optimiser.emit(Instruction(.gne, .void, bits, out.int(0)))
                _ = optimiser.emit(Instruction(.gclass, .void, value, word))
            }
        case .word: value = optimiser.word(value)
        }
        values[index] = value
        return !value.isNone && !optimiser.isContradictory
    }

    /// Makes sure that memory holds what the body believes it to hold.
    private mutating func vouch(forFact index: Int) -> Bool {
        let entry = head.facts[index]
        if entry.variable < 0, optimiser.state.memory.facts[entry.alias].contains(where: { $0.origin == Int32(index) }) { return true }
        guard let base = optimiser.ours(entry.fact.base), let element = optimiser.ours(entry.fact.element) else { return false }
        let type = out.vocabulary.fields[Int(entry.fact.field)].width.type
        let place = element.isNone ? base : optimiser.emit(Instruction(.elem, .pointer, base, element, c: entry.fact.field))
        let now = optimiser.resolve(optimiser.emit(Instruction(.load, type, place, c: entry.fact.field)))
        if now.isNone { return false }
        if entry.variable >= 0 { return take(now, entry.variable) }
        guard let value = optimiser.ours(entry.fact.value) else { return false }
        if isSame(now, value) { return true }
        if out.type(now).isFloat || out.type(value).isFloat || now.isConstant && value.isConstant { return false }
        _ = optimiser.emit(Instruction(.geq, .void, now, value))
        return !optimiser.isContradictory
    }

    /// Whether two references are one word, or one number in and out of its box.
    private func isSame(_ a: Ref, _ b: Ref) -> Bool {
        let a = optimiser.resolve(a), b = optimiser.resolve(b)
        if a == b { return true }
        if let x = optimiser.knownInt(a), let y = optimiser.knownInt(b) { return x == y }
        if let x = optimiser.knownFloat(a), let y = optimiser.knownFloat(b) { return x == y }
        return optimiser.throughCast(a) == optimiser.throughCast(b)
    }

    /// Hands over a value for each home at the loop's head.
    private mutating func close(token: UInt64) -> Bool {
        var value: [Ref: Ref] = [:]
        for (variable, ref) in zip(head.variables, values) where variable.phi.isInstruction {
            if ref.isNone { return false }
            // One phi may stand for several variables.
            if let other = value[variable.phi], !isSame(other, ref) { return false }
            value[variable.phi] = ref
        }
        var entries: [SnapshotEntry] = []
        for (i, home) in owner.homes.enumerated() {
            guard var ref = value[home.ref] ?? optimiser.ours(home.ref).map(optimiser.resolve) else { return false }
            // The same bits in the same kind of register.
            while let cast = out.definition(ref, .cast), !out.type(ref).isFloat, !out.type(cast.a).isFloat { ref = optimiser.resolve(cast.a) }
            if out.type(ref).isFloat != owner.trace.type(home.ref).isFloat || optimiser.virtual(ref) != nil { return false }
            entries.append(SnapshotEntry(slot: Int16(i), kind: .home, ref: ref))
        }
        let snapshot = out.snapshots.count
        out.snapshots.append(Snapshot(first: out.entries.count, count: entries.count, frame: -1, token: token))
        out.entries += entries
        optimiser.appendRaw(Instruction(.enter, .void, c: UInt16(truncatingIfNeeded: snapshot)))
        // What the bridge itself has not changed either, its own bridges may rely on.
        var loop = optimiser.input.loop!
        for i in head.facts.indices {
            loop.keptFacts[i] = loop.keptFacts[i] && optimiser.state.memory.facts[head.facts[i].alias].contains { $0.origin == Int32(i) }
        }
        loop.keepsClasses = loop.keepsClasses && optimiser.classesForgotten == 0
        for (i, ref) in owner.invariants.enumerated() { loop.values[i] = entries[owner.homes.firstIndex { $0.ref == ref }!].ref }
        out.loop = loop
        return !out.isTooLong
    }
}
