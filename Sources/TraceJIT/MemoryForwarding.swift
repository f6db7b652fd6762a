/// Loads that need not be carried out: the value is known from an earlier load or store.
///
/// A *fact* says what a place in memory holds: base, element, field, value. A load asks for its fact and otherwise creates one; a store replaces
/// the facts that it may touch by its own; a call drops those of the alias classes that it writes. Facts are kept by alias class, at most
/// `limit` in each, so that a trace of thousands of stores costs no more than it has instructions.
///
/// **Two places may be the same** when they have the same field or overlap, unless the bases are one reference and the elements two constants. Objects that
/// this trace has made and not yet let out of its hands are virtual, and never come here.
///
/// **Across the loop's back edge** a fact of the preamble holds in the body only if the body keeps it: see `LoopPeeling.swift`, which marks the facts of the
/// preamble (`origin`) and checks afterwards those that the body has used.
struct MemoryFact {
    var base: Ref
    /// The element's number, or none.
    var element: Ref
    var field: UInt16
    var value: Ref
    /// Its number among the preamble's facts, or -1 for one of the body's.
    var origin: Int32 = -1
}

struct MemoryFacts {
    static let limit = 48
    /// By alias class.
    var facts: [[MemoryFact]] = Array(repeating: [], count: 64)

    mutating func forget(_ classes: UInt64) {
        var left = classes
        while left != 0 {
            let alias = left.trailingZeroBitCount
            left &= left - 1
            if !facts[alias].isEmpty { facts[alias].removeAll() }
        }
    }

    func find(_ base: Ref, _ element: Ref, _ field: UInt16, _ alias: Int) -> MemoryFact? {
        facts[alias].last { $0.base == base && $0.element == element && $0.field == field }
    }

    mutating func add(_ fact: MemoryFact, _ alias: Int) {
        if facts[alias].count >= MemoryFacts.limit { facts[alias].removeFirst(MemoryFacts.limit / 4) }
        facts[alias].append(fact)
    }
}

extension Optimiser {
    /// Base and element of an address.
    func place(_ address: Ref) -> (base: Ref, element: Ref) {
        if let elem = out.definition(address, .elem) { return (throughCast(resolve(elem.a)), resolve(elem.b)) }
        return (throughCast(address), .none)
    }

    func foldMemory(_ i: inout Instruction) -> Folded {
        switch i.op {
        case .load:
            let field = out.vocabulary.fields[Int(i.c)]
            if field.stability == .volatile || !passes.contains(.memory) { return .keep }
            if field.stability == .immutable { return state.expressions.find(i, in: out).map { .value(resolve($0)) } ?? .keep }
            let (base, element) = place(i.a)
            let alias = Int(field.alias)
            if let fact = state.memory.find(base, element, i.c, alias) {
                let value = resolve(fact.value)
                if out.type(value) == i.type {
                    if fact.origin >= 0 { usedFacts[Int(fact.origin)] = true }
                    return .value(value)
                }
            }
            let ref = append(i)
            state.memory.add(MemoryFact(base: base, element: element, field: i.c, value: ref), alias)
            return .value(ref)
        case .store:
            let wasVirtual = virtual(i.b) != nil
            i.b = force(i.b)
            // Making the object may have collected garbage, and so made the one that is stored into old: its barrier comes too early.
            if wasVirtual, case let (base, _) = place(i.a), out.type(base) == .value { _ = emit(Instruction(.barrier, .void, base)) }
            if !passes.contains(.memory) { return .keep }
            let field = out.vocabulary.fields[Int(i.c)]
            let (base, element) = place(i.a)
            let alias = Int(field.alias)
            // It is there already.
            if field.stability == .plain, let fact = state.memory.find(base, element, i.c, alias), resolve(fact.value) == i.b {
                if fact.origin >= 0 { usedFacts[Int(fact.origin)] = true }
                return .drop
            }
            if alias == 0 { forgetClasses() }
            forgetOverlapping(base, element, i.c, field)
            append(i)
            // What a narrow store leaves is not what was stored.
            if field.width.bytes == 8, field.width.type == out.type(i.b) {
                state.memory.add(MemoryFact(base: base, element: element, field: i.c, value: i.b), alias)
            }
            return .drop
        case .sstore:
            i.b = word(i.b)
        case .barrier:
            if virtual(i.a) != nil { return .drop }
            i.a = throughCast(i.a)
            if state.barriered.contains(i.a) { return .drop }
            append(i)
            state.barriered.insert(i.a)
            return .drop
        case .boxf:
            // May allocate, hence collect.
            state.barriered.removeAll()
        case .arg:
            i.b = force(i.b)
        case .call:
            let effect = out.vocabulary.functions[Int(i.c)].effect
            if effect.isPure { return state.expressions.find(i, in: out).map { .value(resolve($0)) } ?? .keep }
            state.memory.forget(effect.writes)
            if effect.writes & 1 != 0 { forgetClasses() }
            if effect.writes == ~0 { state.isValid = false }
            state.barriered.removeAll()
            // Two calls are never one.
            return .value(append(i))
        default: break
        }
        return .keep
    }

    /// Drops the facts that a store may change.
    private func forgetOverlapping(_ base: Ref, _ element: Ref, _ fieldIndex: UInt16, _ field: Field) {
        let alias = Int(field.alias)
        if state.memory.facts[alias].isEmpty { return }
        state.memory.facts[alias].removeAll { fact in
            let other = out.vocabulary.fields[Int(fact.field)]
            if element.isNone && fact.element.isNone {
                if other.offset + Int32(other.width.bytes) <= field.offset || field.offset + Int32(field.width.bytes) <= other.offset { return false }
            } else if fact.field == fieldIndex, fact.base == base, element.isConstant, fact.element.isConstant,
                      !element.isNone, !fact.element.isNone, element != fact.element {
                return false
            }
            return true
        }
    }
}
