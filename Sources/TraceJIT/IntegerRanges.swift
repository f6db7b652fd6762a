/// Integer ranges: what bounds each integer has, and which checks they make superfluous.
///
/// A range comes from where the number comes from (a byte, a boxed integer, a sum of bounded numbers, a phi whose bound holds on every
/// round) and from the guards that it has passed. With it an overflow check becomes plain arithmetic, a width check (`gfits`) vanishes, a bounds
/// check that is implied is dropped, and division rounds the cheap way. The most frequent gain: under `i < n`, `i + 1` fits whatever `n` fits.
///
/// Ranges are intervals of signed 64-bit numbers. All arithmetic on bounds reports overflow; a bound that would overflow becomes the whole range.
struct IntRange: Equatable {
    var low: Int64
    var high: Int64
    static let all = IntRange(low: .min, high: .max)
    var isAll: Bool { low == .min && high == .max }
    var isEmpty: Bool { low > high }
    func contains(_ other: IntRange) -> Bool { low <= other.low && other.high <= high }
    func intersection(_ other: IntRange) -> IntRange { IntRange(low: max(low, other.low), high: min(high, other.high)) }
    /// The numbers that fit so many bits, signed.
    static func signed(bits: Int) -> IntRange {
        bits >= 64 ? .all : IntRange(low: -(1 << Int64(bits - 1)), high: 1 << Int64(bits - 1) - 1)
    }

    static func + (x: IntRange, y: IntRange) -> IntRange? {
        let (low, over) = x.low.addingReportingOverflow(y.low), (high, over2) = x.high.addingReportingOverflow(y.high)
        return over || over2 ? nil : IntRange(low: low, high: high)
    }
    static func - (x: IntRange, y: IntRange) -> IntRange? {
        let (low, over) = x.low.subtractingReportingOverflow(y.high), (high, over2) = x.high.subtractingReportingOverflow(y.low)
        return over || over2 ? nil : IntRange(low: low, high: high)
    }
    static func * (x: IntRange, y: IntRange) -> IntRange? {
        var low = Int64.max, high = Int64.min
        for a in [x.low, x.high] {
            for b in [y.low, y.high] {
                let (product, over) = a.multipliedReportingOverflow(by: b)
                if over { return nil }
                low = min(low, product)
                high = max(high, product)
            }
        }
        return IntRange(low: low, high: high)
    }
}

extension Optimiser {
    func range(_ ref: Ref) -> IntRange {
        let ref = resolve(ref)
        if ref.isConstant {
            let k = out.intValue(ref)
            return IntRange(low: k, high: k)
        }
        return ref.isInstruction ? state.ranges[ref.index] : .all
    }

    /// What a new instruction's range is from the start.
    func noteRange(_ ref: Ref, _ i: Instruction) {
        guard i.type == .int else { return }
        let result: IntRange? = switch i.op {
        case .add, .addov: range(i.a) + range(i.b)
        case .sub, .subov: range(i.a) - range(i.b)
        case .mul, .mulov: range(i.a) * range(i.b)
        case .and: rangeOfAnd(i)
        case .or, .xor: rangeOfOr(i)
        case .shl: rangeOfShift(i)
        case .sar: rangeOfShift(i)
        case .shr: i.b.isConstant && out.intValue(i.b) > 0 ? rangeOfShift(i) : nil
        case .flmod: rangeOfModulo(i)
        case .rem: rangeOfRemainder(i)
        case .fldiv, .quot: rangeOfDivision(i)
        case .eq, .ne, .lt, .le, .ult, .ule, .feq, .fne, .flt, .fle: IntRange(low: 0, high: 1)
        case .unboxi: model.intRange
        case .load: rangeOfLoad(i)
        default: nil
        }
        if let result, !result.isEmpty { state.ranges[ref.index] = result }
    }

    private func rangeOfAnd(_ i: Instruction) -> IntRange? {
        let x = range(i.a), y = range(i.b)
        if y.low >= 0 { return IntRange(low: 0, high: x.low >= 0 ? min(x.high, y.high) : y.high) }
        if x.low >= 0 { return IntRange(low: 0, high: x.high) }
        return nil
    }
    private func rangeOfOr(_ i: Instruction) -> IntRange? {
        let x = range(i.a), y = range(i.b)
        guard x.low >= 0, y.low >= 0 else { return nil }
        let bits = 64 - max(x.high, y.high).leadingZeroBitCount
        return bits >= 63 ? IntRange(low: 0, high: .max) : IntRange(low: 0, high: 1 << Int64(bits) - 1)
    }
    private func rangeOfShift(_ i: Instruction) -> IntRange? {
        guard i.b.isConstant else { return nil }
        let count = out.intValue(i.b), x = range(i.a)
        guard count >= 0, count < 64 else { return nil }
        switch i.op {
        case .sar: return IntRange(low: x.low >> count, high: x.high >> count)
        case .shr:
            if x.low >= 0 { return IntRange(low: x.low >> count, high: x.high >> count) }
            return IntRange(low: 0, high: Int64(bitPattern: UInt64.max >> UInt64(count)))
        default:
            let low = x.low << count, high = x.high << count
            guard low >> count == x.low, high >> count == x.high else { return nil }
            return IntRange(low: low, high: high)
        }
    }
    private func rangeOfModulo(_ i: Instruction) -> IntRange? {
        let y = range(i.b)
        if y.low > 0 { return IntRange(low: 0, high: y.high - 1) }
        if y.high < 0, y.low != Int64.min { return IntRange(low: y.low + 1, high: 0) }
        return nil
    }
    private func rangeOfRemainder(_ i: Instruction) -> IntRange? {
        let x = range(i.a), y = range(i.b)
        guard y.low > .min else { return nil }
        let size = max(abs(y.low), abs(y.high)) &- 1
        return IntRange(low: x.low >= 0 ? 0 : -size, high: x.high <= 0 ? 0 : size)
    }
    private func rangeOfDivision(_ i: Instruction) -> IntRange? {
        let x = range(i.a), y = range(i.b)
        guard y.low > 0 else { return nil }
        return IntRange(low: min(x.low, 0), high: max(x.high, 0))
    }
    private func rangeOfLoad(_ i: Instruction) -> IntRange? {
        switch out.vocabulary.fields[Int(i.c)].width {
        case .i8: IntRange.signed(bits: 8)
        case .u8: IntRange(low: 0, high: 255)
        case .i16: IntRange.signed(bits: 16)
        case .u16: IntRange(low: 0, high: 65535)
        case .i32: IntRange.signed(bits: 32)
        case .u32: IntRange(low: 0, high: 1 << 32 - 1)
        case .i64: out.vocabulary.fields[Int(i.c)].isCount ? IntRange(low: 0, high: .max) : nil
        default: nil
        }
    }

    /// A count that was tested to be above one number has to be above a larger one, as when elements 0, 1 and 2 of the same list are read: the test that has been made becomes the
    /// stronger one. (A guard may leave earlier than it must.)
    private func strengthens(_ i: Instruction) -> Bool {
        guard i.a.isInstruction, let place = state.lowerBounds[i.a], let least = leastAllowed(i), let before = leastAllowed(out.instructions[place]), before < least else { return false }
        out.instructions[place].op = i.op
        out.instructions[place].b = i.b
        narrow(i.a, low: least)
        return true
    }

    /// The least number that passes a guard that one is above a constant.
    private func leastAllowed(_ i: Instruction) -> Int64? {
        let bound = out.intValue(i.b)
        return i.op == .gge ? bound : bound < .max ? bound + 1 : nil
    }

    /// Notes the first guard that a count is above a number.
    func noteLowerBound(_ i: Instruction) {
        guard i.op == .ggt || i.op == .gge, i.b.isConstant, state.lowerBounds[i.a] == nil, let load = out.definition(i.a, .load), out.vocabulary.fields[Int(load.c)].isCount else { return }
        state.lowerBounds[i.a] = out.instructions.count - 1
    }

    /// Simplifies an instruction by the ranges of its operands.
    func foldByRange(_ i: inout Instruction) -> Folded {
        switch i.op {
        case .addov:
            if range(i.a) + range(i.b) != nil { return plain(&i, .add) }
        case .subov:
            if range(i.a) - range(i.b) != nil { return plain(&i, .sub) }
        case .mulov:
            if range(i.a) * range(i.b) != nil { return plain(&i, .mul) }
        case .gfits:
            if IntRange.signed(bits: Int(i.b.raw)).contains(range(i.a)) { return .drop }
        case .and:
            // The mask keeps all that can be there.
            if i.b.isConstant {
                let mask = out.intValue(i.b), x = range(i.a)
                if mask >= 0, mask & (mask &+ 1) == 0, x.low >= 0, x.high <= mask { return .value(i.a) }
            }
        case .sar:
            if let inner = out.definition(i.a, .shl), resolve(inner.b) == i.b, i.b.isConstant {
                let x = range(inner.a), count = out.intValue(i.b)
                if IntRange.signed(bits: 64 - Int(count)).contains(x) { return .value(resolve(inner.a)) }
            }
        case .fldiv:
            if range(i.a).low >= 0, range(i.b).low > 0 { return plain(&i, .quot) }
        case .flmod:
            let x = range(i.a), y = range(i.b)
            if x.low >= 0, y.low > 0 {
                if x.high < y.low { return .value(i.a) }
                return plain(&i, .rem)
            }
        case .lt:
            let x = range(i.a), y = range(i.b)
            if x.high < y.low { return .value(out.int(1)) }
            if x.low >= y.high { return .value(out.int(0)) }
        case .le:
            let x = range(i.a), y = range(i.b)
            if x.high <= y.low { return .value(out.int(1)) }
            if x.low > y.high { return .value(out.int(0)) }
        case .eq, .ne:
            if out.type(i.a) == .int, out.type(i.b) == .int, range(i.a).intersection(range(i.b)).isEmpty {
                return .value(out.int(i.op == .ne ? 1 : 0))
            }
        case .glt:
            let x = range(i.a), y = range(i.b)
            if x.high < y.low { return .drop }
            if x.low >= y.high { isContradictory = true }
        case .gle:
            let x = range(i.a), y = range(i.b)
            if x.high <= y.low { return .drop }
            if x.low > y.high { isContradictory = true }
        case .ggt:
            let x = range(i.a), y = range(i.b)
            if x.low > y.high || i.b.isConstant && strengthens(i) { return .drop }
            if x.high <= y.low { isContradictory = true }
        case .gge:
            let x = range(i.a), y = range(i.b)
            if x.low >= y.high || i.b.isConstant && strengthens(i) { return .drop }
            if x.high < y.low { isContradictory = true }
        case .gult:
            let x = range(i.a), y = range(i.b)
            if x.low >= 0, x.high < y.low { return .drop }
            // One comparison is enough once the number is known not to be negative, and it tells more.
            if x.low >= 0, y.low >= 0 {
                i.op = .glt
                return .again
            }
        case .guge:
            let x = range(i.a), y = range(i.b)
            if x.low >= 0, y.low >= 0 {
                i.op = .gge
                return .again
            }
        case .geq, .gne:
            if out.type(i.a) == .int, out.type(i.b) == .int, range(i.a).intersection(range(i.b)).isEmpty {
                if i.op == .gne { return .drop }
                isContradictory = true
            }
        default: break
        }
        return .keep
    }

    private func plain(_ i: inout Instruction, _ op: Opcode) -> Folded {
        i = Instruction(op, i.type, i.a, i.b)
        return .again
    }

    /// Narrows a range after a guard has held. A sum with a constant passes the news on to its operand.
    func narrow(_ ref: Ref, low: Int64 = .min, high: Int64 = .max) {
        guard ref.isInstruction, out.type(ref) == .int else { return }
        let new = state.ranges[ref.index].intersection(IntRange(low: low, high: high))
        if new.isEmpty || new == state.ranges[ref.index] { return }
        state.ranges[ref.index] = new
        if let sum = out.definition(ref, .add), sum.b.isConstant, state.ranges[sum.a.isInstruction ? sum.a.index : ref.index] + range(sum.b) != nil {
            let k = out.intValue(sum.b)
            if let moved = new - IntRange(low: k, high: k) { narrow(resolve(sum.a), low: moved.low, high: moved.high) }
        }
    }
}
