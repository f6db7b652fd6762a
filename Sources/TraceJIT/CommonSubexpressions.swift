/// Common subexpressions: an instruction that is equal to an earlier one *is* the earlier one.
///
/// Equal means the same opcode, type and operands; operands are resolved, so equal values have equal references and one lookup by hash is the
/// whole pass. What may be merged: instructions whose value depends on nothing but their operands (`pure`), calls of pure functions and loads of immutable
/// fields; and guards, whose snapshots do not count: what has been tested once is true ever after (`lasting`).
///
/// The table holds 16-bit references and grows by doubling; it is a plain array, so that `OptimiserState` can be copied.
struct ExpressionTable {
    private var buckets: [UInt16] = [UInt16](repeating: 0, count: 64)
    private var count = 0

    /// Makes room for so many expressions at once.
    mutating func reserve(_ capacity: Int) {
        var size = 64
        while size < capacity * 2 && size < 1 << 17 { size *= 2 }
        buckets = [UInt16](repeating: 0, count: size)
    }

    /// What tells expressions apart: everything but a guard's snapshot.
    @inline(__always) private static func key(_ instruction: Instruction) -> UInt64 {
        let c: UInt64 = instruction.op.hasSnapshot ? 0 : UInt64(instruction.c)
        return UInt64(instruction.op.rawValue) | UInt64(instruction.type.rawValue) << 8 | UInt64(instruction.a.raw) << 16 | UInt64(instruction.b.raw) << 32 | c << 48
    }
    @inline(__always) private static func hash(_ key: UInt64) -> Int { Int(truncatingIfNeeded: key &* 0x9E37_79B9_7F4A_7C15 >> 40) }

    func find(_ instruction: Instruction, in trace: Trace) -> Ref? {
        let key = ExpressionTable.key(instruction)
        let mask = buckets.count - 1
        var at = ExpressionTable.hash(key) & mask
        while buckets[at] != 0 {
            let ref = Ref(raw: buckets[at])
            if ExpressionTable.key(trace[ref]) == key { return ref }
            at = (at + 1) & mask
        }
        return nil
    }

    mutating func insert(_ ref: Ref, in trace: Trace) {
        if count * 2 >= buckets.count { grow(trace) }
        let mask = buckets.count - 1
        var at = ExpressionTable.hash(ExpressionTable.key(trace[ref])) & mask
        while buckets[at] != 0 { at = (at + 1) & mask }
        buckets[at] = ref.raw
        count += 1
    }

    private mutating func grow(_ trace: Trace) {
        let old = buckets
        buckets = [UInt16](repeating: 0, count: old.count * 2)
        count = 0
        for raw in old where raw != 0 { insert(Ref(raw: raw), in: trace) }
    }
}

extension Optimiser {
    /// Mergeable for what it refers to and not for its opcode.
    func isMergeable(_ instruction: Instruction) -> Bool {
        switch instruction.op {
        case .load: out.vocabulary.fields[Int(instruction.c)].stability == .immutable
        case .call: out.vocabulary.functions[Int(instruction.c)].effect.isPure
        default: false
        }
    }

    /// The integer in a boxed one, if the trace has it already.
    func knownInt(_ ref: Ref) -> Ref? {
        if out.type(ref) == .int { return ref }
        guard out.type(ref) == .value else { return nil }
        if ref.isConstant { return model.unbox(out.bits(ref)).map { out.int($0) } }
        if let box = out.definition(ref, .boxi) { return resolve(box.a) }
        return state.expressions.find(Instruction(.unboxi, .int, ref), in: out).map(resolve)
    }
    /// The double in a boxed one, if the trace has it already.
    func knownFloat(_ ref: Ref) -> Ref? {
        if out.type(ref) == .float { return ref }
        guard out.type(ref) == .value else { return nil }
        if ref.isConstant { return model.unboxSelfTagged(out.bits(ref)).map { out.constant($0, .float) } }
        if let box = out.definition(ref, .boxf) { return resolve(box.a) }
        return state.expressions.find(Instruction(.unboxf, .float, ref), in: out).map(resolve)
    }
}
