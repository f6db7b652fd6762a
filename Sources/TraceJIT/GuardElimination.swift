/// Guards that need not be tested, and what the tested ones tell.
///
/// A guard with the operands of one before it is dropped by the table of common subexpressions, whatever its snapshot; one that is decided by
/// ranges, by `IntegerRanges.swift`. Here are the rest:
///
/// - A **class check** is a load and a comparison: it holds until the class word may have changed, that is until a store to alias class 0 or a call
///   that writes it. A new object's class is known from its layout.
/// - An **implied comparison**: `a <= b` after `a < b`.
/// - **Equality with a constant** makes the word that constant for everything that follows.
/// - **Validity** (`gvalid`) holds until something runs that may invalidate the trace: the next call.
struct ClassFact {
    /// The class word, a constant; none when unknown.
    var word = Ref.none
    /// Learnt in the preamble: using it in the loop's body obliges the body to keep it true.
    var isOld = false
}

extension Optimiser {
    func foldGuard(_ i: Instruction) -> Folded {
        switch i.op {
        case .gclass:
            if let known = classFact(i.a) {
                if known == i.b {
                    if state.classes[i.a.index].isOld { usedClasses.insert(i.a) }
                    return .drop
                }
                isContradictory = true
            }
        case .gvalid:
            if state.isValid { return .drop }
        case .gle:
            if isTested(.glt, i.a, i.b) || isTested(.ggt, i.b, i.a) || isTested(.gge, i.b, i.a) || isTested(.geq, i.a, i.b) { return .drop }
        case .gge:
            if isTested(.ggt, i.a, i.b) || isTested(.glt, i.b, i.a) || isTested(.gle, i.b, i.a) || isTested(.geq, i.a, i.b) { return .drop }
        case .glt:
            if isTested(.ggt, i.b, i.a) { return .drop }
        case .ggt:
            if isTested(.glt, i.b, i.a) { return .drop }
        case .gne:
            if isTested(.glt, i.a, i.b) || isTested(.ggt, i.a, i.b) { return .drop }
        case .gfle:
            if isTested(.gflt, i.a, i.b) || isTested(.gfeq, i.a, i.b) { return .drop }
        case .gfnlt:
            if isTested(.gflt, i.b, i.a) || isTested(.gfle, i.b, i.a) || isTested(.gfeq, i.a, i.b) { return .drop }
        case .gfnle:
            if isTested(.gflt, i.b, i.a) { return .drop }
        default: break
        }
        return .keep
    }

    private func isTested(_ op: Opcode, _ a: Ref, _ b: Ref) -> Bool {
        state.expressions.find(Instruction(op, .void, a, b), in: out) != nil
    }

    /// What follows from a guard that has been appended.
    func noteGuard(_ i: Instruction) {
        switch i.op {
        case .gclass: setClass(i.a, i.b)
        case .gvalid: state.isValid = true
        case .geq:
            if i.b.isConstant, i.a.isInstruction, passes.contains(.guards), out.type(i.a) == out.type(i.b) { state.equal[i.a.index] = i.b }
        case .gfits:
            let range = IntRange.signed(bits: Int(i.b.raw))
            narrow(i.a, low: range.low, high: range.high)
        case .glt:
            narrowBelow(i.a, i.b)
        case .ggt:
            narrowBelow(i.b, i.a)
        case .gle:
            narrow(i.a, high: range(i.b).high)
            narrow(i.b, low: range(i.a).low)
        case .gge:
            narrow(i.a, low: range(i.b).low)
            narrow(i.b, high: range(i.a).high)
        case .gult:
            let y = range(i.b)
            if y.low >= 0 { narrow(i.a, low: 0, high: y.high - 1) }
        default: break
        }
    }
    /// After a < b.
    private func narrowBelow(_ a: Ref, _ b: Ref) {
        let x = range(a), y = range(b)
        if y.high > .min { narrow(a, high: y.high - 1) }
        if x.low < .max { narrow(b, low: x.low + 1) }
    }

    // MARK: Classes

    /// The class word that the object is known to have.
    func classFact(_ ref: Ref) -> Ref? {
        guard ref.isInstruction else { return nil }
        let ref = throughCast(ref)
        guard ref.isInstruction else { return nil }
        if let object = virtual(ref) {
            // The layout's, unless another one has been stored.
            guard let stored = storedClass(object) else { return out.int(Int64(out.vocabulary.layouts[Int(state.objects[object].layout)].classWord)) }
            return stored.isConstant ? stored : nil
        }
        let word = state.classes[ref.index].word
        return word.isNone ? nil : word
    }

    /// The class word that was stored into a virtual object.
    func storedClass(_ object: Int) -> Ref? {
        state.objects[object].fields.first { $0.index < 0 && isClassWord($0.field) }.map { resolve($0.ref) }
    }

    func isClassWord(_ field: UInt16) -> Bool {
        let field = out.vocabulary.fields[Int(field)]
        return field.alias == 0 && Int(field.offset) == model.classOffset
    }

    func setClass(_ ref: Ref, _ word: Ref, isOld: Bool = false) {
        let ref = throughCast(ref)
        guard ref.isInstruction else { return }
        state.classes[ref.index] = ClassFact(word: word, isOld: isOld)
        state.classed.append(ref)
    }

    /// The object behind its address.
    func throughCast(_ ref: Ref) -> Ref {
        if let cast = out.definition(ref, .cast) { return resolve(cast.a) }
        return ref
    }

    /// The class words of objects may have changed.
    func forgetClasses() {
        classesForgotten += 1
        for ref in state.classed { state.classes[ref.index] = ClassFact() }
        state.classed.removeAll()
    }
}
