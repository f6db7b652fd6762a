/// Dead code: what nobody needs is left out, and what remains is numbered anew.
///
/// Needed is what has an effect (guards, stores, calls), what that refers to, what its snapshots refer to, and so on; a phi is needed when something
/// else than its own round trip needs it. First, phis that stand for one value (both operands the same, or themselves) are replaced by it, and equal phis by
/// the first of them. Then one worklist marks, and one walk moves. Constants stay where they are.
func eliminateDeadCode(_ trace: Trace) {
    let count = trace.instructions.count
    simplifyPhis(trace)
    var needed = [Bool](repeating: false, count: count)
    var seenSnapshot = [Bool](repeating: false, count: trace.snapshots.count)
    var work: [Int] = []
    func need(_ ref: Ref) {
        if ref.isInstruction && !needed[ref.index] {
            needed[ref.index] = true
            work.append(ref.index)
        }
    }
    for (i, instruction) in trace.instructions.enumerated() where instruction.op.flags.contains(.effect) {
        if instruction.op == .call, trace.vocabulary.functions[Int(instruction.c)].effect.isPure { continue }
        needed[i] = true
        work.append(i)
    }
    seenSnapshot[0] = true
    trace.forEachRef(ofSnapshot: 0) { need($0) }
    trace.head?.forEachNeeded(in: trace, need)
    while let i = work.popLast() {
        let instruction = trace.instructions[i]
        if instruction.op.usesA { need(instruction.a) }
        if instruction.op.usesB { need(instruction.b) }
        if instruction.op.hasSnapshot, !seenSnapshot[Int(instruction.c)] {
            seenSnapshot[Int(instruction.c)] = true
            trace.forEachRef(ofSnapshot: Int(instruction.c), need)
        }
    }

    // Where everything goes. Values that only a dropped snapshot knew of are gone.
    var place = [Ref](repeating: .none, count: count)
    var kept: [Instruction] = []
    kept.reserveCapacity(count)
    for i in 0 ..< count where needed[i] {
        place[i] = Ref(instruction: kept.count)
        kept.append(trace.instructions[i])
    }
    func moved(_ ref: Ref) -> Ref { ref.isInstruction ? place[ref.index] : ref }
    for i in kept.indices {
        if kept[i].op.usesA { kept[i].a = moved(kept[i].a) }
        if kept[i].op.usesB { kept[i].b = moved(kept[i].b) }
    }
    trace.instructions = kept
    trace.head?.rename { $0.isInstruction && place[$0.index].isNone ? .lost : moved($0) }
    if let values = trace.loop?.values { trace.loop?.values = values.map(moved) }
    for s in trace.snapshots.indices where seenSnapshot[s] {
        let snapshot = trace.snapshots[s]
        for i in snapshot.first ..< snapshot.first + snapshot.count where trace.entries[i].kind != .virtual { trace.entries[i].ref = moved(trace.entries[i].ref) }
        for v in snapshot.firstVirtual ..< snapshot.firstVirtual + snapshot.virtualCount {
            trace.virtuals[v].count = moved(trace.virtuals[v].count)
            let recipe = trace.virtuals[v]
            for f in recipe.first ..< recipe.first + recipe.fieldCount where trace.virtualFields[f].kind != .virtual { trace.virtualFields[f].ref = moved(trace.virtualFields[f].ref) }
        }
    }
}

/// Replaces phis that stand for one value, and phis that are equal.
private func simplifyPhis(_ trace: Trace) {
    guard let loop = trace.loopStart else { return }
    var same: [Ref: Ref] = [:]
    func final(_ ref: Ref) -> Ref {
        var ref = ref
        while let next = same[ref] { ref = next }
        return ref
    }
    var changed = true
    while changed {
        changed = false
        var first: [UInt64: Ref] = [:]
        var i = loop + 1
        while i < trace.instructions.count, trace.instructions[i].op == .phi || trace.instructions[i].op == .nop {
            let phi = trace.instructions[i], ref = Ref(instruction: i)
            i += 1
            if phi.op != .phi || same[ref] != nil { continue }
            let a = final(phi.a), b = final(phi.b)
            if b == ref || a == b {
                same[ref] = a
                changed = true
                continue
            }
            let key = UInt64(a.raw) << 32 | UInt64(b.raw) << 16 | UInt64(phi.type.rawValue)
            if let other = first[key] {
                same[ref] = other
                changed = true
            } else {
                first[key] = ref
            }
        }
    }
    if same.isEmpty { return }
    for i in trace.instructions.indices {
        if trace.instructions[i].op.usesA { trace.instructions[i].a = final(trace.instructions[i].a) }
        if trace.instructions[i].op.usesB { trace.instructions[i].b = final(trace.instructions[i].b) }
    }
    for (phi, _) in same { trace.instructions[phi.index].op = .nop }
    trace.head?.rename(final)
    trace.head?.settle { trace.definition($0, .phi) != nil }
    for i in trace.entries.indices where trace.entries[i].kind != .virtual { trace.entries[i].ref = final(trace.entries[i].ref) }
    for i in trace.virtualFields.indices where trace.virtualFields[i].kind != .virtual { trace.virtualFields[i].ref = final(trace.virtualFields[i].ref) }
}
