/// Folding: rules that simplify one instruction by looking at its operands.
///
/// Three kinds of rule, tried in this order. *Constants*: a `foldable` instruction of constants is computed here. *Canonical form*: a constant stands on the
/// right, subtraction of a constant is addition, multiplication by a power of two is a shift; so that the other rules, and the table of
/// common subexpressions, meet one form of a thing. *Identities*: x + 0, boxing what was unboxed, a guard on a comparison's result.
///
/// Rules must hold for every bit pattern. For floats that leaves few: x + 0.0 is not x when x is -0.0, and nothing may be reassociated.
///
/// **To add a rule**: put it under its opcode in `fold`; return `.value` for a reference that exists, `.again` after rewriting the instruction in
/// place. It may look as deep into its operands as it likes, and must not create instructions that may be left unused in the common case.
extension Optimiser {
    func fold(_ i: inout Instruction) -> Folded {
        let flags = i.op.flags
        let constantA = i.a.isConstant, constantB = i.b.isConstant
        if flags.contains(.foldable), constantA, constantB, let result = foldConstants(i) { return .value(result) }
        if flags.contains(.commutative), constantA, !constantB { (i.a, i.b) = (i.b, i.a) }
        switch i.op {
        case .add, .addov:
            if constantB || i.b.isConstant {
                let k = out.intValue(i.b)
                if k == 0 { return .value(i.a) }
                if i.op == .add, let inner = out.definition(i.a, .add), inner.b.isConstant {
                    i = Instruction(.add, .int, inner.a, out.int(k &+ out.intValue(inner.b)))
                    return .again
                }
            }
        case .sub, .subov:
            if i.a == i.b { return .value(out.int(0)) }
            if constantB {
                let k = out.intValue(i.b)
                if k != .min || i.op == .sub {
                    i = Instruction(i.op == .sub ? .add : .addov, .int, i.a, out.int(0 &- k))
                    return .again
                }
            }
            // (x + y) - y
            if i.op == .sub, let sum = out.definition(i.a, .add) {
                if resolve(sum.b) == i.b { return .value(resolve(sum.a)) }
                if resolve(sum.a) == i.b { return .value(resolve(sum.b)) }
            }
        case .mul, .mulov:
            if i.b.isConstant {
                let k = out.intValue(i.b)
                if k == 0 { return .value(out.int(0)) }
                if k == 1 { return .value(i.a) }
                if i.op == .mul, k > 0, k & (k - 1) == 0 {
                    i = Instruction(.shl, .int, i.a, out.int(Int64(k.trailingZeroBitCount)))
                    return .again
                }
            }
        case .and:
            if i.a == i.b { return .value(i.a) }
            if i.b.isConstant {
                let mask = out.bits(i.b)
                if mask == 0 { return .value(i.b) }
                if mask == ~0 { return .value(i.a) }
                if let inner = out.definition(i.a, .and), inner.b.isConstant {
                    i = Instruction(.and, .int, inner.a, out.int(Int64(bitPattern: mask & out.bits(inner.b))))
                    return .again
                }
                if let bits = knownBits(i.a, mask) { return .value(out.int(Int64(bitPattern: bits))) }
            }
        case .or:
            if i.a == i.b { return .value(i.a) }
            if i.b.isConstant, out.bits(i.b) == 0 { return .value(i.a) }
        case .xor:
            if i.a == i.b { return .value(out.int(0)) }
            if i.b.isConstant {
                if out.bits(i.b) == 0 { return .value(i.a) }
                if let inner = out.definition(i.a, .xor), inner.b.isConstant {
                    i = Instruction(.xor, .int, inner.a, out.int(out.intValue(i.b) ^ out.intValue(inner.b)))
                    return .again
                }
            }
        case .shl, .shr, .sar, .ror:
            if constantB {
                let count = out.intValue(i.b)
                if count & 63 == 0 { return .value(i.a) }
                if count & 63 != count {
                    i.b = out.int(count & 63)
                    return .again
                }
                if i.op != .ror, let inner = out.definition(i.a, i.op), inner.b.isConstant {
                    let sum = count + out.intValue(inner.b)
                    if sum < 64 {
                        i = Instruction(i.op, .int, inner.a, out.int(sum))
                        return .again
                    }
                }
            }
        case .quot, .fldiv:
            if constantB {
                let k = out.intValue(i.b)
                if k == 1 { return .value(i.a) }
                if i.op == .fldiv, k > 1, k & (k - 1) == 0 {
                    i = Instruction(.sar, .int, i.a, out.int(Int64(k.trailingZeroBitCount)))
                    return .again
                }
            }
        case .rem, .flmod:
            if constantB {
                let k = out.intValue(i.b)
                if k == 1 || k == -1 { return .value(out.int(0)) }
                if i.op == .flmod, k > 1, k & (k - 1) == 0 {
                    i = Instruction(.and, .int, i.a, out.int(k - 1))
                    return .again
                }
            }
        case .eq, .ne:
            if i.a == i.b { return .value(out.int(i.op == .eq ? 1 : 0)) }
            if i.b.isConstant, out.bits(i.b) == 0, i.a.isInstruction {
                if i.op == .ne, isCondition(out[i.a].op) { return .value(i.a) }
                if i.op == .eq, let opposite = negated(out[i.a]) {
                    i = opposite
                    return .again
                }
            }
        case .lt, .ult:
            if i.a == i.b { return .value(out.int(0)) }
        case .le, .ule:
            if i.a == i.b { return .value(out.int(1)) }
        case .fsub:
            if constantB, out.bits(i.b) == 0 { return .value(i.a) }
        case .fadd:
            if i.b.isConstant, out.bits(i.b) == 1 << 63 { return .value(i.a) }
        case .fmul:
            if i.b.isConstant, out.bits(i.b) == (1.0).bitPattern { return .value(i.a) }
            // Twice a number is exact either way, and the addition is shorter.
            if i.b.isConstant, out.bits(i.b) == (2.0).bitPattern {
                i = Instruction(.fadd, .float, i.a, i.a)
                return .again
            }
        case .fdiv:
            if constantB {
                // The reciprocal of a power of two is exact.
                let divisor = Double(bitPattern: out.bits(i.b))
                if divisor == 1 { return .value(i.a) }
                if divisor.isNormal, divisor.significandBitPattern == 0, (1 / divisor).isNormal {
                    i = Instruction(.fmul, .float, i.a, out.float(1 / divisor))
                    return .again
                }
            }
        case .fneg:
            if let inner = out.definition(i.a, .fneg) { return .value(resolve(inner.a)) }
        case .fabs:
            if let inner = out.definition(i.a, .fneg) { i.a = inner.a; return .again }
            if out.definition(i.a, .fabs) != nil { return .value(i.a) }
        case .ftobits:
            if let inner = out.definition(i.a, .bitstof) { return .value(resolve(inner.a)) }
        case .bitstof:
            if let inner = out.definition(i.a, .ftobits) { return .value(resolve(inner.a)) }
        case .ftoi:
            if let inner = out.definition(i.a, .itof) {
                let range = self.range(inner.a)
                if range.low >= -(1 << 53) && range.high <= 1 << 53 { return .value(resolve(inner.a)) }
            }
        case .boxi:
            if constantA { return .value(out.constant(model.box(out.intValue(i.a)), .value)) }
            if let inner = out.definition(i.a, .unboxi) { return .value(resolve(inner.a)) }
        case .boxf:
            if constantA, let word = model.selfTagged(out.bits(i.a)) { return .value(out.constant(word, .value)) }
            if let inner = out.definition(i.a, .unboxf) { return .value(resolve(inner.a)) }
        case .unboxi:
            if let number = knownInt(i.a) { return .value(number) }
        case .unboxf:
            if let number = knownFloat(i.a) { return .value(number) }
        case .cast:
            if out.type(i.a) == i.type { return .value(i.a) }
            if constantA { return .value(out.constant(out.bits(i.a), i.type)) }
            if let inner = out.definition(i.a, .cast) {
                i.a = inner.a
                return .again
            }
            if virtual(i.a) != nil { return .value(i.a) }
        case .geq, .gne, .glt, .gle, .ggt, .gge, .gult, .guge, .gfeq, .gfne, .gflt, .gfle, .gfnlt, .gfnle:
            return foldComparingGuard(&i)
        default: break
        }
        return .keep
    }

    // MARK: Guards

    private func foldComparingGuard(_ i: inout Instruction) -> Folded {
        if i.a.isConstant, i.b.isConstant {
            if decide(i.op, out.bits(i.a), out.bits(i.b)) { return .drop }
            isContradictory = true
            return .keep
        }
        if i.a == i.b {
            switch i.op {
            case .geq, .gle, .gge, .guge: return .drop
            case .gne, .glt, .ggt, .gult: isContradictory = true
            default: break
            }
            return .keep
        }
        if i.a.isConstant {
            let mirrored: Opcode? = switch i.op {
            case .glt: .ggt
            case .gle: .gge
            case .ggt: .glt
            case .gge: .gle
            default: nil
            }
            if let mirrored { i = Instruction(mirrored, .void, i.b, i.a) }
            // Machine instructions take a constant on the right only.
            if i.op == .gult, out.bits(i.a) < Int32.max { i = Instruction(.guge, .void, i.b, out.int(out.intValue(i.a) + 1)) }
            else if i.op == .guge, out.bits(i.a) < Int32.max { i = Instruction(.gult, .void, i.b, out.int(out.intValue(i.a) + 1)) }
        }
        // A guard on a comparison's result compares itself.
        if i.op == .geq || i.op == .gne, i.b.isConstant, i.a.isInstruction, isCondition(out[i.a].op) {
            let holds = (i.op == .geq) == (out.bits(i.b) == 1)
            if out.bits(i.b) > 1 { return .keep }
            settles = (i.a, out.int(holds ? 1 : 0))
            let c = out[i.a]
            let guardOp: Opcode = switch c.op {
            case .eq: holds ? .geq : .gne
            case .ne: holds ? .gne : .geq
            case .lt: holds ? .glt : .gge
            case .le: holds ? .gle : .ggt
            case .ult: holds ? .gult : .guge
            case .ule: holds ? .guge : .gult
            case .feq: holds ? .gfeq : .gfne
            case .fne: holds ? .gfne : .gfeq
            case .flt: holds ? .gflt : .gfnlt
            default: holds ? .gfle : .gfnle
            }
            i = c.op == .ule ? Instruction(guardOp, .void, c.b, c.a) : Instruction(guardOp, .void, c.a, c.b)
            return .again
        }
        // An object is not null, and no other word than itself.
        if i.op == .gne, i.b.isConstant, isObject(i.a), out.bits(i.b) & model.pointerMask != 0 || out.bits(i.b) == 0 { return .drop }
        return .keep
    }

    private func isCondition(_ op: Opcode) -> Bool { op.rawValue >= Opcode.eq.rawValue && op.rawValue <= Opcode.fle.rawValue }

    /// The comparison that is true when this one is not.
    private func negated(_ c: Instruction) -> Instruction? {
        switch c.op {
        case .eq: Instruction(.ne, .int, c.a, c.b)
        case .ne: Instruction(.eq, .int, c.a, c.b)
        case .lt: Instruction(.le, .int, c.b, c.a)
        case .le: Instruction(.lt, .int, c.b, c.a)
        case .ult: Instruction(.ule, .int, c.b, c.a)
        case .ule: Instruction(.ult, .int, c.b, c.a)
        case .feq: Instruction(.fne, .int, c.a, c.b)
        case .fne: Instruction(.feq, .int, c.a, c.b)
        default: nil
        }
    }

    /// Whether a guard or a condition holds for two constants.
    private func decide(_ op: Opcode, _ x: UInt64, _ y: UInt64) -> Bool {
        let a = Int64(bitPattern: x), b = Int64(bitPattern: y)
        let f = Double(bitPattern: x), g = Double(bitPattern: y)
        return switch op {
        case .eq, .geq: a == b
        case .ne, .gne: a != b
        case .lt, .glt: a < b
        case .le, .gle: a <= b
        case .ggt: a > b
        case .gge: a >= b
        case .ult, .gult: x < y
        case .ule: x <= y
        case .guge: x >= y
        case .feq, .gfeq: f == g
        case .fne, .gfne: f != g
        case .flt, .gflt: f < g
        case .fle, .gfle: f <= g
        case .gfnlt: !(f < g)
        default: !(f <= g)
        }
    }

    // MARK: What is known of a word's bits

    /// Known to be an object's address.
    func isObject(_ ref: Ref) -> Bool {
        guard ref.isInstruction else { return false }
        if virtual(ref) != nil || classFact(ref) != nil { return true }
        return out[ref].op == .new
    }

    /// The bits of a word under a mask, when its kind tells them.
    private func knownBits(_ ref: Ref, _ mask: UInt64) -> UInt64? {
        var ref = ref
        if let cast = out.definition(ref, .cast) { ref = resolve(cast.a) }
        if mask & ~model.pointerMask == 0, isObject(ref) { return 0 }
        guard out.type(ref) == .value else { return nil }
        if mask & ~model.intMask == 0, knownInt(ref) != nil { return model.intTag & mask }
        return nil
    }

    // MARK: Constants

    private func foldConstants(_ i: Instruction) -> Ref? {
        let x = out.bits(i.a), y = i.b.isNone ? 0 : out.bits(i.b)
        let a = Int64(bitPattern: x), b = Int64(bitPattern: y)
        let f = Double(bitPattern: x), g = Double(bitPattern: y)
        func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Ref? {
            if result.overflow { isContradictory = true; return nil }
            return out.int(result.partialValue)
        }
        switch i.op {
        case .add: return out.int(a &+ b)
        case .sub: return out.int(a &- b)
        case .mul: return out.int(a &* b)
        case .addov: return checked(a.addingReportingOverflow(b))
        case .subov: return checked(a.subtractingReportingOverflow(b))
        case .mulov: return checked(a.multipliedReportingOverflow(by: b))
        case .and: return out.int(a & b)
        case .or: return out.int(a | b)
        case .xor: return out.int(a ^ b)
        case .shl: return out.int(a &<< b)
        case .shr: return out.int(Int64(bitPattern: x &>> y))
        case .sar: return out.int(a &>> b)
        case .ror: return out.int(Int64(bitPattern: x &>> y | x &<< (0 &- y)))
        case .quot, .rem, .fldiv, .flmod:
            if b == 0 || b == -1 && a == .min { return nil }
            let (q, r) = a.quotientAndRemainder(dividingBy: b)
            let down = r != 0 && (r < 0) != (b < 0)
            return switch i.op {
            case .quot: out.int(q)
            case .rem: out.int(r)
            case .fldiv: out.int(down ? q - 1 : q)
            default: out.int(down ? r + b : r)
            }
        case .eq, .ne, .lt, .le, .ult, .ule, .feq, .fne, .flt, .fle: return out.int(decide(i.op, x, y) ? 1 : 0)
        case .fadd: return out.float(f + g)
        case .fsub: return out.float(f - g)
        case .fmul: return out.float(f * g)
        case .fdiv: return out.float(f / g)
        case .fneg: return out.constant(x ^ 1 << 63, .float)
        case .fabs: return out.constant(x & ~(1 << 63), .float)
        case .fsqrt: return out.float(f.squareRoot())
        case .itof: return out.float(Double(a))
        case .ftobits: return out.int(a)
        case .bitstof: return out.constant(x, .float)
        default: return nil
        }
    }
}
