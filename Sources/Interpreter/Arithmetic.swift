import Glibc
import Objects

/// The fast paths of arithmetic: small ints and inline floats. Each returns the empty value when the operands are others or the result does not fit, and
/// the caller then takes the slow path through the type slots.
enum Arithmetic {
    /// Both operands as doubles, when one at least is an inline float (or a zero) and the other is one too or a small int.
    @inline(__always) static func isFloat(_ x: Value) -> Bool { x.isInlineFloat || x.bits | 8 == Value.negativeZero.bits }

    @inline(__always) static func double(_ x: Value) -> Double {
        if x.isInlineFloat { return x.inlineFloat }
        if x.isSmallInt { return Double(x.smallInt) }
        return x == .negativeZero ? -0.0 : 0.0
    }

    @inline(__always) static func bothNumbers(_ x: Value, _ y: Value) -> Bool { (isFloat(x) || x.isSmallInt) && (isFloat(y) || y.isSmallInt) }

    @inline(__always) static func add(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let (sum, overflow) = Int64(bitPattern: x.bits).addingReportingOverflow(Int64(bitPattern: y.bits &- 1))
            return overflow ? .empty : Value(bits: UInt64(bitPattern: sum))
        }
        if x.isInlineFloat && y.isInlineFloat { return Value.encodeFloat(x.inlineFloat + y.inlineFloat) }
        if bothNumbers(x, y) { return Value.encodeFloat(double(x) + double(y)) }
        return .empty
    }

    @inline(__always) static func subtract(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let (difference, overflow) = Int64(bitPattern: x.bits).subtractingReportingOverflow(Int64(bitPattern: y.bits &- 1))
            return overflow ? .empty : Value(bits: UInt64(bitPattern: difference))
        }
        if x.isInlineFloat && y.isInlineFloat { return Value.encodeFloat(x.inlineFloat - y.inlineFloat) }
        if bothNumbers(x, y) { return Value.encodeFloat(double(x) - double(y)) }
        return .empty
    }

    @inline(__always) static func multiply(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let (product, overflow) = Int64(bitPattern: x.bits &- 1).multipliedReportingOverflow(by: Int64(y.smallInt))
            return overflow ? .empty : Value(bits: UInt64(bitPattern: product) | 1)
        }
        if x.isInlineFloat && y.isInlineFloat { return Value.encodeFloat(x.inlineFloat * y.inlineFloat) }
        if bothNumbers(x, y) { return Value.encodeFloat(double(x) * double(y)) }
        return .empty
    }

    @inline(__always) static func divide(_ x: Value, _ y: Value) -> Value {
        guard bothNumbers(x, y) else { return .empty }
        if Value.bothSmall(x, y) && (x.smallInt.magnitude >> 53 != 0 || y.smallInt.magnitude >> 53 != 0) { return .empty }
        let divisor = double(y)
        return divisor == 0 ? .empty : Value.encodeFloat(double(x) / divisor)
    }

    @inline(__always) static func floorDivide(_ x: Value, _ y: Value) -> Value {
        guard Value.bothSmall(x, y) else { return .empty }
        let a = x.smallInt, b = y.smallInt
        if b == 0 || b == -1 { return .empty }
        var quotient = a / b
        if a % b != 0 && (a ^ b) < 0 { quotient -= 1 }
        return Value(small: quotient)
    }

    @inline(__always) static func modulo(_ x: Value, _ y: Value) -> Value {
        if Value.bothSmall(x, y) {
            let a = x.smallInt, b = y.smallInt
            if b == 0 || b == -1 { return .empty }
            // 32-bit division is several times faster than 64-bit on many machines.
            if UInt(bitPattern: a | b) >> 32 == 0 { return Value(small: Int(UInt32(truncatingIfNeeded: a) % UInt32(truncatingIfNeeded: b))) }
            var remainder = a % b
            if remainder != 0 && (remainder ^ b) < 0 { remainder += b }
            return Value(small: remainder)
        }
        if isFloat(x) && isFloat(y) {
            let b = double(y)
            if b == 0 { return .empty }
            var remainder = fmod(double(x), b)
            if remainder != 0 {
                if (b < 0) != (remainder < 0) { remainder += b }
            } else {
                remainder = copysign(0, b)
            }
            return Value.encodeFloat(remainder)
        }
        return .empty
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

    /// 1, 0, or -1 for the slow path.
    @inline(__always) static func compare(_ x: Value, _ y: Value, _ operation: Comparison) -> Int32 {
        if Value.bothSmall(x, y) {
            let a = Int64(bitPattern: x.bits), b = Int64(bitPattern: y.bits)
            switch operation {
            case .less: return a < b ? 1 : 0
            case .lessEqual: return a <= b ? 1 : 0
            case .equal: return a == b ? 1 : 0
            case .notEqual: return a != b ? 1 : 0
            case .greater: return a > b ? 1 : 0
            case .greaterEqual: return a >= b ? 1 : 0
            }
        }
        if isFloat(x) && isFloat(y) {
            let a = double(x), b = double(y)
            switch operation {
            case .less: return a < b ? 1 : 0
            case .lessEqual: return a <= b ? 1 : 0
            case .equal: return a == b ? 1 : 0
            case .notEqual: return a != b ? 1 : 0
            case .greater: return a > b ? 1 : 0
            case .greaterEqual: return a >= b ? 1 : 0
            }
        }
        if operation == .equal || operation == .notEqual, x.isExact(.str), y.isExact(.str) {
            return StringRef(x).equals(StringRef(y)) == (operation == .equal) ? 1 : 0
        }
        return -1
    }
}
