import Glibc

/// Integers of any size: what everybody needs to know of them. The arithmetic is in `Integers.swift`.
public enum IntOps {
    /// The limbs of a big int or of an instance of a subclass.
    @inlinable @inline(__always) public static func limbs(_ value: Value) -> UnsafeMutablePointer<UInt> {
        (value.raw + MemoryLayout<IntObject>.size).assumingMemoryBound(to: UInt.self)
    }

    /// Signed number of limbs of a heap int.
    @inlinable @inline(__always) public static func size(_ value: Value) -> Int { value.object(IntObject.self).pointee.size }

    public static func isNegative(_ value: Value) -> Bool {
        if value.isSmallInt { return value.smallInt < 0 }
        return value.isPointer && size(value) < 0
    }

    /// The machine integer that a small, boolean or heap int fits; nil otherwise.
    public static func toInt(_ value: Value) -> Int? {
        if value.isSmallInt { return value.smallInt }
        if value.isBool { return value == .true ? 1 : 0 }
        switch size(value) {
        case 0: return 0
        case 1: return limbs(value)[0] <= UInt(Int.max) ? Int(limbs(value)[0]) : nil
        case -1: return limbs(value)[0] <= UInt(Int.max) ? -Int(limbs(value)[0]) : limbs(value)[0] == 1 << 63 ? Int.min : nil
        default: return nil
        }
    }

    /// The decimal digits of a machine word, written so that they end before `end`. Returns where they begin.
    @inlinable @inline(__always) public static func write(_ magnitude: UInt, before end: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8> {
        var rest = magnitude
        var place = end
        repeat {
            place -= 1
            place.pointee = UInt8(truncatingIfNeeded: 48 + rest % 10)
            rest /= 10
        } while rest != 0
        return place
    }

    /// The decimal digits of a small int, with a minus sign if negative: a str. Empty when there is no memory (raised).
    public static func decimal(_ thread: ThreadRef, _ number: Int) -> Value {
        let magnitude = number.magnitude
        if number >= 0 && magnitude < 10 { return taipan_latin1()[48 + number] }
        var count = number < 0 ? 2 : 1, bound: UInt = 10
        while magnitude >= bound {
            count += 1
            let (next, overflow) = bound.multipliedReportingOverflow(by: 10)
            if overflow { break }
            bound = next
        }
        guard let text = StringRef.allocate(count: count, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
        let units = text.units1
        _ = write(magnitude, before: units + count)
        if number < 0 { units[0] = UInt8(ascii: "-") }
        return text.value
    }

    /// The same number as an exact int.
    public static func exact(_ thread: ThreadRef, _ value: Value) -> Value {
        if value.isSmallInt || value.isExact(.int) { return value }
        if value.isBool { return Value(small: value == .true ? 1 : 0) }
        let count = size(value)
        return thread.newInt(negative: count < 0, limbs: limbs(value), abs(count))
    }
}
