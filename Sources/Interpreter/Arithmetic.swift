import Bytecode
import Glibc
import Objects

/// The fast paths of arithmetic and comparison: two small ints or two inline floats, and no more, since each stands several times in the dispatch loop. Each
/// returns the empty value (a comparison, -1) when the operands are others or the result does not fit; the loop then calls one of the functions named
/// `…Slow`, which knows the other pairs of numbers, and everything else by the types' slots.
enum Arithmetic {
    /// The double's encoding if it tags itself. The rest, zeros among them, are left to the slow path.
    @inline(__always) private static func inline(_ value: Double) -> Value {
        let moved = value.bitPattern &+ 0x1000_0000_0000_0000
        let word = moved << 3 | moved >> 61
        return word & 3 == 0b10 ? Value(bits: word) : .empty
    }

    @inline(__always) private static func bothFloats(_ x: Value, _ y: Value) -> Bool { x.isInlineFloat && y.isInlineFloat }

    @inline(__always) static func add(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let (sum, overflow) = Int64(bitPattern: x.bits).addingReportingOverflow(Int64(bitPattern: y.bits &- 1))
            return overflow ? .empty : Value(bits: UInt64(bitPattern: sum))
        }
        return bothFloats(x, y) ? inline(x.inlineFloat + y.inlineFloat) : .empty
    }

    @inline(__always) static func subtract(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let (difference, overflow) = Int64(bitPattern: x.bits).subtractingReportingOverflow(Int64(bitPattern: y.bits &- 1))
            return overflow ? .empty : Value(bits: UInt64(bitPattern: difference))
        }
        return bothFloats(x, y) ? inline(x.inlineFloat - y.inlineFloat) : .empty
    }

    @inline(__always) static func multiply(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let (product, overflow) = Int64(bitPattern: x.bits &- 1).multipliedReportingOverflow(by: Int64(y.smallInt))
            return overflow ? .empty : Value(bits: UInt64(bitPattern: product) | 1)
        }
        return bothFloats(x, y) ? inline(x.inlineFloat * y.inlineFloat) : .empty
    }

    @inline(__always) static func divide(_ x: Value, _ y: Value) -> Value { bothFloats(x, y) ? inline(x.inlineFloat / y.inlineFloat) : .empty }

    @inline(__always) static func floorDivide(_ x: Value, _ y: Value) -> Value {
        guard Value.bothSmall(x, y) else { return .empty }
        let a = x.smallInt, b = y.smallInt
        // 32-bit division is several times faster than 64-bit on many machines.
        if UInt(bitPattern: a | b) >> 32 == 0 && b != 0 { return Value(small: Int(UInt32(truncatingIfNeeded: a) / UInt32(truncatingIfNeeded: b))) }
        if b == 0 || b == -1 { return .empty }
        let quotient = a / b
        return Value(small: a % b != 0 && (a ^ b) < 0 ? quotient - 1 : quotient)
    }

    @inline(__always) static func modulo(_ x: Value, _ y: Value) -> Value {
        guard Value.bothSmall(x, y) else { return .empty }
        let a = x.smallInt, b = y.smallInt
        if UInt(bitPattern: a | b) >> 32 == 0 && b != 0 { return Value(small: Int(UInt32(truncatingIfNeeded: a) % UInt32(truncatingIfNeeded: b))) }
        if b == 0 || b == -1 { return .empty }
        let remainder = a % b
        return Value(small: remainder != 0 && (remainder ^ b) < 0 ? remainder + b : remainder)
    }

    @inline(__always) static func leftShift(_ x: Value, _ y: Value) -> Value {
        guard Value.bothSmall(x, y) else { return .empty }
        let a = x.smallInt, count = y.smallInt
        guard count >= 0, count < 62 else { return .empty }
        let shifted = a << count
        return shifted >> count == a && Value.fitsSmall(shifted) ? Value(small: shifted) : .empty
    }

    @inline(__always) static func rightShift(_ x: Value, _ y: Value) -> Value {
        guard Value.bothSmall(x, y) else { return .empty }
        let count = y.smallInt
        return count < 0 ? .empty : Value(small: x.smallInt >> min(count, 63))
    }

    @inline(__always) static func bitAnd(_ x: Value, _ y: Value) -> Value { Value.bothSmall(x, y) ? Value(bits: x.bits & y.bits) : .empty }
    @inline(__always) static func bitOr(_ x: Value, _ y: Value) -> Value { Value.bothSmall(x, y) ? Value(bits: x.bits | y.bits) : .empty }
    @inline(__always) static func bitXor(_ x: Value, _ y: Value) -> Value { Value.bothSmall(x, y) ? Value(bits: x.bits ^ y.bits | 1) : .empty }

    @inline(__always) private static func holds<T: Comparable>(_ a: T, _ b: T, _ operation: Comparison) -> Int32 {
        switch operation {
        case .less: return a < b ? 1 : 0
        case .lessEqual: return a <= b ? 1 : 0
        case .equal: return a == b ? 1 : 0
        case .notEqual: return a != b ? 1 : 0
        case .greater: return a > b ? 1 : 0
        case .greaterEqual: return a >= b ? 1 : 0
        }
    }

    /// 1, 0, or -1 for the slow path.
    @inline(__always) static func compare(_ x: Value, _ y: Value, _ operation: Comparison) -> Int32 {
        if Value.bothSmall(x, y) { return holds(Int64(bitPattern: x.bits), Int64(bitPattern: y.bits), operation) }
        return bothFloats(x, y) ? holds(x.inlineFloat, y.inlineFloat, operation) : -1
    }

    // MARK: The other pairs

    @inline(__always) private static func isFloat(_ x: Value) -> Bool { x.isInlineFloat || x.bits | 8 == Value.negativeZero.bits }

    @inline(__always) private static func double(_ x: Value) -> Double {
        if x.isInlineFloat { return x.inlineFloat }
        if x.isSmallInt { return Double(x.smallInt) }
        return x == .negativeZero ? -0.0 : 0.0
    }

    /// The result for numbers that are words, one of them a float; empty for everything else and for results that need a box.
    private static func mixed(_ slot: Slot, _ x: Value, _ y: Value) -> Value {
        guard isFloat(x) || x.isSmallInt, isFloat(y) || y.isSmallInt else { return .empty }
        if Value.bothSmall(x, y) {
            guard slot == .divide, x.smallInt.magnitude >> 53 == 0, y.smallInt.magnitude >> 53 == 0 else { return .empty }
        }
        let a = double(x), b = double(y)
        switch slot {
        case .add: return Value.encodeFloat(a + b)
        case .subtract: return Value.encodeFloat(a - b)
        case .multiply: return Value.encodeFloat(a * b)
        case .divide: return b == 0 ? .empty : Value.encodeFloat(a / b)
        case .modulo:
            if b == 0 { return .empty }
            var remainder = fmod(a, b)
            if remainder == 0 { remainder = copysign(0, b) } else if (b < 0) != (remainder < 0) { remainder += b }
            return Value.encodeFloat(remainder)
        default: return .empty
        }
    }

    /// An arithmetic opcode. `y` and `constant` are where its right operand lies, if it is a register or a constant. Empty when it has raised.
    @inline(never) static func binarySlow(_ thread: ThreadRef, _ opcode: UInt8, _ x: Value, _ y: FramePointer, _ constant: FramePointer) -> Value {
        let count = Opcode.addK.number - Opcode.add.number
        var index = opcode - Opcode.add.number
        let isInplace = index >= 2 * count
        if isInplace { index -= 2 * count }
        let isConstant = index >= count
        if isConstant { index -= count }
        let right = isConstant ? constant.pointee : y.pointee
        let slot = unsafeBitCast(UInt8(truncatingIfNeeded: Slot.add.rawValue) + index, to: Slot.self)
        if slot == .add, x.isExact(.str), right.isExact(.str) { return TextGrowth.add(thread, StringRef(x), StringRef(right)) }
        let quick = mixed(slot, x, right)
        if !quick.isEmpty { return quick }
        TextGrowth.clear()
        return isInplace ? thread.inplace(x, right, slot) : thread.binary(x, right, slot)
    }

    @inline(__always) private static func compareWords(_ x: Value, _ y: Value, _ operation: Comparison) -> Int32 {
        if isFloat(x) && isFloat(y) { return holds(double(x), double(y), operation) }
        if operation == .equal || operation == .notEqual, x.isExact(.str), y.isExact(.str) {
            return StringRef(x).equals(StringRef(y)) == (operation == .equal) ? 1 : 0
        }
        return -1
    }

    /// The comparison that an opcode makes, given the first of the six opcodes in its group.
    @inline(__always) private static func operation(_ index: UInt8) -> Comparison {
        switch index {
        case 0: return .equal
        case 1: return .notEqual
        case 2: return .less
        case 3: return .lessEqual
        case 4: return .greater
        default: return .greaterEqual
        }
    }

    /// The comparison that an opcode of any of the four groups makes.
    static func comparison(_ opcode: UInt8) -> Comparison {
        let groups = [Opcode.jumpEqualK.number, Opcode.jumpEqual.number, Opcode.equalK.number, Opcode.equal.number]
        return operation(opcode - (groups.first { opcode >= $0 && opcode < $0 + 6 } ?? opcode))
    }

    /// A comparing opcode. Empty when it has raised.
    @inline(never) static func compareSlow(_ thread: ThreadRef, _ opcode: UInt8, _ x: Value, _ y: Value) -> Value {
        let operation = operation(opcode - (opcode >= Opcode.equalK.number ? Opcode.equalK.number : Opcode.equal.number))
        let quick = compareWords(x, y, operation)
        return quick >= 0 ? Value(quick != 0) : thread.compare(x, y, operation)
    }

    /// An opcode that compares and jumps: the truth, or -1 when it has raised.
    @inline(never) static func jumpSlow(_ thread: ThreadRef, _ opcode: UInt8, _ x: Value, _ y: Value) -> Int32 {
        let operation = operation(opcode - (opcode >= Opcode.jumpEqualK.number ? Opcode.jumpEqualK.number : Opcode.jumpEqual.number))
        let quick = compareWords(x, y, operation)
        return quick >= 0 ? quick : thread.compareTruth(x, y, operation)
    }
}
