import Glibc
import Objects

/// Arithmetic on ints of any size, for everybody.
///
/// All functions take ints in any form (words, bools, heap ints, instances of subclasses) and return exact ints in their one normal
/// form: a word when 63 bits suffice. Words are dealt with inline; the rest is GMP's `mpn` layer, which computes straight into the limbs of a fresh
/// `IntObject`. A pointer to those limbs is an interior pointer, so it keeps the object alive. Where `mpn` has no equal of an `mpz` function
/// (`powm`, `tdiv_q`), operands are lent to GMP as read-only `mpz` headers over their own limbs.

/// Sign and magnitude of an int, without ownership.
public struct Limbs {
    public var start: UnsafeMutablePointer<UInt>
    /// Without leading zeros: 0 for zero.
    public var count: Int
    public var negative: Bool

    @inlinable @inline(__always) public init(_ start: UnsafeMutablePointer<UInt>, _ count: Int, _ negative: Bool) {
        self.start = start
        self.count = count
        self.negative = negative
    }

    @inline(__always) public subscript(_ index: Int) -> UInt { start[index] }

    public var bitLength: Int { count == 0 ? 0 : count * 64 - start[count - 1].leadingZeroBitCount }

    /// Negative, zero or positive as the magnitude is less than, equal to or greater than the other's.
    @inline(__always) public func compareMagnitude(_ other: Limbs) -> Int {
        if count != other.count { return count - other.count }
        var index = count - 1
        while index >= 0 {
            if start[index] != other.start[index] { return start[index] < other.start[index] ? -1 : 1 }
            index -= 1
        }
        return 0
    }

    /// Whether any of the lowest `bits` bits is set.
    func hasBits(below bits: Int) -> Bool {
        let words = min(bits >> 6, count)
        for index in 0 ..< words where start[index] != 0 { return true }
        return words < count && bits & 63 != 0 && start[words] << UInt(64 - bits & 63) != 0
    }

    /// A header over the limbs that `mpz` functions may read.
    var mpz: __mpz_struct { __mpz_struct(_mp_alloc: 0, _mp_size: Int32(truncatingIfNeeded: negative ? -count : count), _mp_d: start) }
}

public enum Integers {
    static let headerSize = MemoryLayout<IntObject>.size
    /// Longest int whose text is made or read in a base that is not a power of two; 0 for no limit (`sys.set_int_max_str_digits`).
    nonisolated(unsafe) public static var maximumTextDigits = 4300
    /// How many native operations are going on that convert in Python what C would have no need to convert: there is no limit meanwhile.
    nonisolated(unsafe) public static var unlimitedOperations = 0
    /// `mpz` counts limbs in 32 bits.
    static let largestMPZ = 1 << 30

    // MARK: Operands and results

    /// The machine word of a small int or bool.
    @inline(__always) static func word(_ value: Value) -> Int { value.isSmallInt ? value.smallInt : value == .true ? 1 : 0 }

    @inlinable @inline(__always) public static func withLimbs<Result>(_ value: Value, _ body: (Limbs) -> Result) -> Result {
        var scratch: UInt = 0
        return withUnsafeMutablePointer(to: &scratch) { scratch in
            let limbs: Limbs
            if value.isPointer {
                let size = IntOps.size(value)
                limbs = Limbs(IntOps.limbs(value), size < 0 ? -size : size, size < 0)
            } else {
                let word = value.isSmallInt ? value.smallInt : value == .true ? 1 : 0
                scratch.pointee = word.magnitude
                limbs = Limbs(scratch, word == 0 ? 0 : 1, word < 0)
            }
            return body(limbs)
        }
    }

    /// The limbs of a new int, to be handed to `finish`. nil when MemoryError was raised.
    @inline(__always) static func allocate(_ thread: ThreadRef, _ count: Int) -> UnsafeMutablePointer<UInt>? {
        guard count < 1 << 40, let raw = Heap.allocate(headerSize + (count | (count == 0 ? 1 : 0)) * 8, shape: TypeID.int.rawValue) else {
            thread.raiseOutOfMemory()
            return nil
        }
        return (raw + headerSize).assumingMemoryBound(to: UInt.self)
    }

    /// The int whose limbs `allocate` gave, without leading zeros and as a word if it fits.
    @inline(__always) static func finish(_ limbs: UnsafeMutablePointer<UInt>, _ count: Int, _ negative: Bool) -> Value {
        var count = count
        while count > 0 && limbs[count - 1] == 0 { count -= 1 }
        if count <= 1 {
            if count == 0 { return Value(small: 0) }
            if limbs[0] < 1 << 62 { return Value(small: negative ? -Int(limbs[0]) : Int(limbs[0])) }
            if negative && limbs[0] == 1 << 62 { return Value(small: -(1 << 62)) }
        }
        let raw = UnsafeMutableRawPointer(limbs) - headerSize
        raw.assumingMemoryBound(to: IntObject.self).pointee.size = negative ? -count : count
        return Value(raw)
    }

    /// A copy of what an `mpz` function left behind.
    static func finish(_ thread: ThreadRef, _ number: __mpz_struct) -> Value {
        let count = abs(Int(number._mp_size))
        if count == 0 { return Value(small: 0) }
        return thread.newInt(negative: number._mp_size < 0, limbs: number._mp_d, count)
    }

    /// Whether there is memory for what GMP needs besides the result to compute with numbers of so many words. GMP itself cannot say that there is none.
    @inline(__always) static func hasScratch(_ words: Int) -> Bool { words < 1 << 14 || Heap.hasRoom(outside: words * 64) }

    /// Runs an `mpz` computation on numbers of so many words in all, which writes to a fresh number.
    static func withMPZ(_ thread: ThreadRef, about words: Int, _ body: (UnsafeMutablePointer<__mpz_struct>) -> Void) -> Value {
        guard hasScratch(words) else { return thread.raiseOutOfMemory() }
        var number = __mpz_struct()
        __gmpz_init(&number)
        body(&number)
        let result = finish(thread, number)
        __gmpz_clear(&number)
        return result
    }

    // MARK: Sums

    @inline(__always) public static func add(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        // Words have 63 bits, so their sum fits the machine's 64.
        if Value.bothSmall(a, b) { return thread.newInt(a.smallInt + b.smallInt) }
        return addSlow(thread, a, b, negate: false)
    }

    @inline(__always) public static func subtract(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if Value.bothSmall(a, b) { return thread.newInt(a.smallInt - b.smallInt) }
        return addSlow(thread, a, b, negate: true)
    }

    @inline(never) private static func addSlow(_ thread: ThreadRef, _ a: Value, _ b: Value, negate: Bool) -> Value {
        withLimbs(a) { x in withLimbs(b) { y in sum(thread, x, y, y.negative != negate) } }
    }

    /// x plus y taken with the sign given.
    static func sum(_ thread: ThreadRef, _ x: Limbs, _ y: Limbs, _ negativeY: Bool) -> Value {
        if x.negative == negativeY {
            let (large, small) = x.count >= y.count ? (x, y) : (y, x)
            guard let result = allocate(thread, large.count + 1) else { return .empty }
            var carry: UInt = 0
            if small.count == 0 {
                result.update(from: large.start, count: large.count)
            } else if small.count == 1 {
                carry = __gmpn_add_1(result, large.start, large.count, small[0])
            } else {
                carry = __gmpn_add(result, large.start, large.count, small.start, small.count)
            }
            result[large.count] = carry
            return finish(result, large.count + 1, negativeY)
        }
        let order = x.compareMagnitude(y)
        if order == 0 { return Value(small: 0) }
        let (large, small, negative) = order > 0 ? (x, y, x.negative) : (y, x, negativeY)
        guard let result = allocate(thread, large.count) else { return .empty }
        if small.count == 0 {
            result.update(from: large.start, count: large.count)
        } else {
            _ = __gmpn_sub(result, large.start, large.count, small.start, small.count)
        }
        return finish(result, large.count, negative)
    }

    @inline(__always) public static func negate(_ thread: ThreadRef, _ a: Value) -> Value {
        if a.isSmallInt { return thread.newInt(-a.smallInt) }
        return withLimbs(a) { thread.newInt(negative: !$0.negative, limbs: $0.start, $0.count) }
    }

    public static func absolute(_ thread: ThreadRef, _ a: Value) -> Value {
        isNegative(a) ? negate(thread, a) : IntOps.exact(thread, a)
    }

    @inline(__always) public static func isNegative(_ a: Value) -> Bool {
        a.isSmallInt ? a.smallInt < 0 : a.isPointer && IntOps.size(a) < 0
    }

    @inline(__always) public static func isZero(_ a: Value) -> Bool {
        a.isPointer ? IntOps.size(a) == 0 : word(a) == 0
    }

    public static func isOdd(_ a: Value) -> Bool { withLimbs(a) { $0.count > 0 && $0[0] & 1 == 1 } }

    /// -1, 0 or 1
    public static func sign(_ a: Value) -> Int { isZero(a) ? 0 : isNegative(a) ? -1 : 1 }

    // MARK: Products

    @inline(__always) public static func multiply(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if Value.bothSmall(a, b) {
            let (product, overflow) = a.smallInt.multipliedReportingOverflow(by: b.smallInt)
            if !overflow { return thread.newInt(product) }
        }
        return multiplySlow(thread, a, b)
    }

    @inline(never) private static func multiplySlow(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        withLimbs(a) { x in withLimbs(b) { y in product(thread, x, y) } }
    }

    static func product(_ thread: ThreadRef, _ x: Limbs, _ y: Limbs) -> Value {
        if x.count == 0 || y.count == 0 { return Value(small: 0) }
        let (large, small) = x.count >= y.count ? (x, y) : (y, x)
        let count = large.count + small.count
        guard small.count == 1 || hasScratch(count) else { return thread.raiseOutOfMemory() }
        guard let result = allocate(thread, count) else { return .empty }
        if small.count == 1 {
            result[large.count] = __gmpn_mul_1(result, large.start, large.count, small[0])
        } else if large.start == small.start {
            __gmpn_sqr(result, large.start, large.count)
        } else {
            _ = __gmpn_mul(result, large.start, large.count, small.start, small.count)
        }
        return finish(result, count, x.negative != y.negative)
    }

    // MARK: Quotients

    /// a // b. ZeroDivisionError when b is zero.
    @inline(__always) public static func floorDivide(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if Value.bothSmall(a, b) && b.smallInt != 0 {
            let n = a.smallInt, d = b.smallInt
            let quotient = n / d
            return thread.newInt(quotient - ((n ^ d) < 0 && quotient &* d != n ? 1 : 0))
        }
        return floorDivideSlow(thread, a, b)
    }

    @inline(never) private static func floorDivideSlow(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if isZero(b) { return thread.raise(.zeroDivisionError, "integer division or modulo by zero") }
        return withLimbs(a) { x in withLimbs(b) { y in
            if x.negative == y.negative && y.count > 1 && x.count >= y.count && x.count < largestMPZ {
                // Truncation is what is wanted, and a quotient without remainder takes less work.
                guard hasScratch(x.count) else { return thread.raiseOutOfMemory() }
                guard let result = allocate(thread, x.count - y.count + 2) else { return .empty }
                var quotient = __mpz_struct(_mp_alloc: Int32(truncatingIfNeeded: x.count - y.count + 2), _mp_size: 0, _mp_d: result)
                var numerator = x.mpz
                var denominator = y.mpz
                __gmpz_tdiv_q(&quotient, &numerator, &denominator)
                return finish(result, abs(Int(quotient._mp_size)), false)
            }
            var quotient = Value.empty
            return divide(thread, x, y, &quotient, nil) ? quotient : .empty
        } }
    }

    /// a % b. ZeroDivisionError when b is zero.
    @inline(__always) public static func modulo(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if Value.bothSmall(a, b) && b.smallInt != 0 {
            let d = b.smallInt
            let remainder = d == -1 ? 0 : a.smallInt % d
            return Value(small: remainder != 0 && (remainder ^ d) < 0 ? remainder + d : remainder)
        }
        return moduloSlow(thread, a, b)
    }

    @inline(never) private static func moduloSlow(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if isZero(b) { return thread.raise(.zeroDivisionError, "integer modulo by zero") }
        var remainder = Value.empty
        let done = withLimbs(a) { x in withLimbs(b) { y in divide(thread, x, y, nil, &remainder) } }
        return done ? remainder : .empty
    }

    /// divmod(a, b) as a pair; nil when it has raised.
    public static func divmod(_ thread: ThreadRef, _ a: Value, _ b: Value) -> (quotient: Value, remainder: Value)? {
        if isZero(b) {
            thread.raise(.zeroDivisionError, "integer division or modulo by zero")
            return nil
        }
        var quotient = Value.empty
        var remainder = Value.empty
        let done = withLimbs(a) { x in withLimbs(b) { y in divide(thread, x, y, &quotient, &remainder) } }
        return done ? (quotient, remainder) : nil
    }

    /// Floor division of numbers of which the second is not zero. False when it has raised.
    private static func divide(_ thread: ThreadRef, _ x: Limbs, _ y: Limbs, _ quotient: UnsafeMutablePointer<Value>?, _ remainder: UnsafeMutablePointer<Value>?) -> Bool {
        let opposite = x.negative != y.negative
        if x.count < y.count || x.count == 0 {
            let adjust = opposite && x.count > 0
            quotient?.pointee = Value(small: adjust ? -1 : 0)
            if let remainder {
                remainder.pointee = adjust ? sum(thread, x, y, y.negative) : thread.newInt(negative: x.negative, limbs: x.start, x.count)
                if remainder.pointee.isEmpty { return false }
            }
            return true
        }
        if y.count == 1 {
            let divisor = y[0]
            var rest: UInt
            if let quotient {
                guard let limbs = allocate(thread, x.count + 1) else { return false }
                rest = __gmpn_divrem_1(limbs, 0, x.start, x.count, divisor)
                limbs[x.count] = 0
                if opposite && rest != 0 { _ = __gmpn_add_1(limbs, limbs, x.count + 1, 1) }
                quotient.pointee = finish(limbs, x.count + 1, opposite)
            } else {
                rest = __gmpn_mod_1(x.start, x.count, divisor)
            }
            if opposite && rest != 0 { rest = divisor - rest }
            if let remainder {
                remainder.pointee = thread.newInt(negative: y.negative, limbs: &rest, 1)
                if remainder.pointee.isEmpty { return false }
            }
            return true
        }
        let quotientCount = x.count - y.count + 1
        guard hasScratch(x.count) else {
            thread.raiseOutOfMemory()
            return false
        }
        guard let q = allocate(thread, quotientCount + 1), let r = allocate(thread, y.count) else { return false }
        __gmpn_tdiv_qr(q, r, 0, x.start, x.count, y.start, y.count)
        q[quotientCount] = 0
        if opposite && !isZero(r, y.count) {
            _ = __gmpn_add_1(q, q, quotientCount + 1, 1)
            __gmpn_sub_n(r, y.start, r, y.count)
        }
        quotient?.pointee = finish(q, quotientCount + 1, opposite)
        remainder?.pointee = finish(r, y.count, y.negative)
        return true
    }

    private static func isZero(_ limbs: UnsafeMutablePointer<UInt>, _ count: Int) -> Bool {
        for index in 0 ..< count where limbs[index] != 0 { return false }
        return true
    }

    // MARK: Bits

    public static func leftShift(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if isNegative(b) { return thread.raise(.valueError, "negative shift count") }
        if isZero(a) { return Value(small: 0) }
        guard let count = IntOps.toInt(b) else { return thread.raise(.overflowError, "too many digits in integer") }
        return leftShift(thread, a, by: count)
    }

    /// a << count for a count that is not negative.
    public static func leftShift(_ thread: ThreadRef, _ a: Value, by count: Int) -> Value {
        if a.isSmallInt && count < 62 {
            let shifted = a.smallInt << count
            if shifted >> count == a.smallInt { return thread.newInt(shifted) }
        }
        return withLimbs(a) { x in
            if x.count == 0 { return Value(small: 0) }
            let words = count >> 6
            let size = words &+ x.count &+ 1
            guard let result = allocate(thread, size) else { return .empty }
            result.update(repeating: 0, count: words)
            if count & 63 == 0 {
                (result + words).update(from: x.start, count: x.count)
                result[size - 1] = 0
            } else {
                result[size - 1] = __gmpn_lshift(result + words, x.start, x.count, UInt32(count & 63))
            }
            return finish(result, size, x.negative)
        }
    }

    public static func rightShift(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if isNegative(b) { return thread.raise(.valueError, "negative shift count") }
        return rightShift(thread, a, by: IntOps.toInt(b) ?? Int.max)
    }

    /// a >> count, rounding down, for a count that is not negative.
    public static func rightShift(_ thread: ThreadRef, _ a: Value, by count: Int) -> Value {
        if a.isSmallInt { return Value(small: a.smallInt >> min(count, 63)) }
        return withLimbs(a) { x in
            let words = count >> 6
            if words >= x.count { return Value(small: x.negative ? -1 : 0) }
            let size = x.count - words
            guard let result = allocate(thread, size + 1) else { return .empty }
            if count & 63 == 0 {
                result.update(from: x.start + words, count: size)
            } else {
                __gmpn_rshift(result, x.start + words, size, UInt32(count & 63))
            }
            result[size] = 0
            if x.negative && x.hasBits(below: count) { _ = __gmpn_add_1(result, result, size + 1, 1) }
            return finish(result, size + 1, x.negative)
        }
    }

    public enum BitOperation { case and, or, xor }

    @inline(__always) public static func bitwise(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: BitOperation) -> Value {
        if Value.bothSmall(a, b) {
            switch operation {
            case .and: return Value(small: a.smallInt & b.smallInt)
            case .or: return Value(small: a.smallInt | b.smallInt)
            case .xor: return Value(small: a.smallInt ^ b.smallInt)
            }
        }
        return withLimbs(a) { x in withLimbs(b) { y in bitwise(thread, x, y, operation) } }
    }

    /// As if on infinite two's complement.
    @inline(never) private static func bitwise(_ thread: ThreadRef, _ x: Limbs, _ y: Limbs, _ operation: BitOperation) -> Value {
        var count = max(x.count, y.count) + 1
        if operation == .and {
            // A number that is not negative bounds the result.
            if !x.negative && !y.negative { count = min(x.count, y.count) } else if !x.negative { count = x.count } else if !y.negative { count = y.count }
        }
        guard let result = allocate(thread, count) else { return .empty }
        // -n is ~n + 1: the carry of that runs along.
        var carryX: UInt = x.negative ? 1 : 0
        var carryY: UInt = y.negative ? 1 : 0
        let flipX: UInt = x.negative ? .max : 0
        let flipY: UInt = y.negative ? .max : 0
        for index in 0 ..< count {
            var p = (index < x.count ? x[index] : 0) ^ flipX
            var overflow: Bool
            (p, overflow) = p.addingReportingOverflow(carryX)
            carryX = overflow ? 1 : 0
            var q = (index < y.count ? y[index] : 0) ^ flipY
            (q, overflow) = q.addingReportingOverflow(carryY)
            carryY = overflow ? 1 : 0
            switch operation {
            case .and: result[index] = p & q
            case .or: result[index] = p | q
            case .xor: result[index] = p ^ q
            }
        }
        let negative: Bool
        switch operation {
        case .and: negative = x.negative && y.negative
        case .or: negative = x.negative || y.negative
        case .xor: negative = x.negative != y.negative
        }
        if negative {
            var carry: UInt = 1
            for index in 0 ..< count {
                let (sum, overflow) = (~result[index]).addingReportingOverflow(carry)
                result[index] = sum
                carry = overflow ? 1 : 0
            }
        }
        return finish(result, count, negative)
    }

    /// ~a, which is -a - 1.
    public static func invert(_ thread: ThreadRef, _ a: Value) -> Value {
        if a.isSmallInt { return Value(small: ~a.smallInt) }
        return withLimbs(a) { x in
            let one = Value(small: 1)
            return withLimbs(one) { sum(thread, Limbs(x.start, x.count, x.count > 0 && !x.negative), $0, true) }
        }
    }

    public static func bitLength(_ a: Value) -> Int {
        a.isSmallInt ? 64 - a.smallInt.magnitude.leadingZeroBitCount : withLimbs(a) { $0.bitLength }
    }

    // MARK: Order and hash

    /// Negative, zero or positive.
    @inline(__always) public static func compare(_ a: Value, _ b: Value) -> Int {
        if Value.bothSmall(a, b) { return a.smallInt < b.smallInt ? -1 : a.smallInt > b.smallInt ? 1 : 0 }
        return compareSlow(a, b)
    }

    @inline(never) private static func compareSlow(_ a: Value, _ b: Value) -> Int {
        withLimbs(a) { x in withLimbs(b) { y in
            if x.negative != y.negative { return x.negative ? -1 : 1 }
            let order = x.compareMagnitude(y)
            return x.negative ? -order : order
        } }
    }

    public static func hash(_ a: Value) -> Int {
        if a.isSmallInt { return Hashing.int(a.smallInt) }
        return withLimbs(a) { x in
            if x.count == 0 { return 0 }
            let reduced = Int(__gmpn_mod_1(x.start, x.count, UInt(Hashing.modulus)))
            let result = x.negative ? -reduced : reduced
            return result == -1 ? -2 : result
        }
    }

    // MARK: Doubles

    /// The double nearest to `significand * 2^exponent`, ties to even. `inexact` says that the true number is slightly larger than that. An
    /// infinity when it is too large. `significand` has its top bit set or is zero.
    static func scale(_ significand: UInt, _ exponent: Int, inexact: Bool) -> Double {
        if significand == 0 { return 0 }
        let top = exponent + 64
        if top > 1024 { return .infinity }
        // Bits that a double of this size has: fewer for subnormals.
        let kept = min(53, top + 1074)
        if kept < 0 { return 0 }
        let dropped = 64 - kept
        var mantissa = dropped == 64 ? 0 : significand >> UInt(dropped)
        let half: UInt = 1 << UInt(dropped - 1)
        let rest = significand & (half | (half - 1))
        if rest > half || (rest == half && (inexact || mantissa & 1 == 1)) { mantissa += 1 }
        return scalbn(Double(mantissa), Int32(exponent + dropped))
    }

    /// The nearest double; an infinity when the int is too large.
    public static func toDouble(_ a: Value) -> Double {
        if !a.isPointer { return Double(word(a)) }
        return withLimbs(a) { x in
            if x.count == 0 { return 0 }
            if x.count > 17 { return x.negative ? -.infinity : .infinity }
            let shift = UInt(x[x.count - 1].leadingZeroBitCount)
            var top = x[x.count - 1] << shift
            var inexact = false
            if x.count > 1 {
                if shift > 0 {
                    top |= x[x.count - 2] >> (64 - shift)
                    inexact = x[x.count - 2] << shift != 0
                } else {
                    inexact = x[x.count - 2] != 0
                }
                if !inexact { inexact = x.hasBits(below: (x.count - 2) * 64) }
            }
            let result = scale(top, (x.count - 1) * 64 - Int(shift), inexact: inexact)
            return x.negative ? -result : result
        }
    }

    /// The nearest double. nil, with OverflowError raised, when the int is too large.
    public static func toDouble(_ thread: ThreadRef, _ a: Value) -> Double? {
        let result = toDouble(a)
        if result.isInfinite {
            thread.raise(.overflowError, "int too large to convert to float")
            return nil
        }
        return result
    }

    /// The magnitude as a fraction between 0.5 and 1 (about) and a power of two; zero for zero.
    public static func fraction(_ a: Value) -> (Double, Int) {
        withLimbs(a) { x in
            if x.count == 0 { return (0, 0) }
            let bits = x.bitLength
            var result = Double(x[x.count - 1])
            if x.count > 1 { result += Double(x[x.count - 2]) * 0x1p-64 }
            return (scalbn(result, Int32((x.count - 1) * 64 - bits)), bits)
        }
    }

    /// The integral part of a finite double.
    public static func fromDouble(_ thread: ThreadRef, _ value: Double) -> Value {
        if abs(value) < 0x1p62 { return Value(small: Int(value)) }
        var exponent: Int32 = 0
        let mantissa = UInt(scalbn(frexp(abs(value), &exponent), 53))
        let shift = Int(exponent) - 53
        guard let result = allocate(thread, shift / 64 + 2) else { return .empty }
        result.update(repeating: 0, count: shift / 64)
        result[shift / 64] = mantissa << UInt(shift & 63)
        result[shift / 64 + 1] = shift & 63 == 0 ? 0 : mantissa >> UInt(64 - shift & 63)
        return finish(result, shift / 64 + 2, value < 0)
    }

    /// a / b, correctly rounded. nil when it has raised.
    public static func trueDivide(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Double? {
        if isZero(b) {
            thread.raise(.zeroDivisionError, "division by zero")
            return nil
        }
        if !a.isPointer && !b.isPointer {
            let n = word(a), d = word(b)
            if n.magnitude <= 1 << 53 && d.magnitude <= 1 << 53 {
                return Double(n) / Double(d)
            }
        }
        // The quotient is scaled to 65 or 66 bits, of which the lowest go into the sticky bit with the remainder.
        let negative = isNegative(a) != isNegative(b)
        let shift = bitLength(b) - bitLength(a) + 65
        let numerator = shift > 0 ? leftShift(thread, absolute(thread, a), by: shift) : absolute(thread, a)
        if numerator.isEmpty { return nil }
        let denominator = shift < 0 ? leftShift(thread, absolute(thread, b), by: -shift) : absolute(thread, b)
        if denominator.isEmpty { return nil }
        guard let (quotient, remainder) = divmod(thread, numerator, denominator) else { return nil }
        let result = withLimbs(quotient) { q -> Double in
            if q.count == 0 { return 0 }
            let zeros = q[q.count - 1].leadingZeroBitCount
            var top = q[q.count - 1] << UInt(zeros)
            var inexact = !isZero(remainder)
            if q.count > 1 {
                if zeros > 0 { top |= q[0] >> UInt(64 - zeros) }
                if q[0] << UInt(zeros) != 0 { inexact = true }
            }
            return scale(top, (q.count - 1) * 64 - zeros - shift, inexact: inexact)
        }
        if result.isInfinite {
            thread.raise(.overflowError, "integer division result too large for a float")
            return nil
        }
        return negative ? -result : result
    }

    /// Negative, zero or positive as the int is less than, equal to or greater than the double; nil for NaN.
    public static func compare(_ a: Value, with value: Double) -> Int? {
        if value.isNaN { return nil }
        if value.isInfinite { return value > 0 ? -1 : 1 }
        if !a.isPointer {
            let n = word(a)
            if n.magnitude <= 1 << 53 { return Double(n) < value ? -1 : Double(n) > value ? 1 : 0 }
            if value >= 0x1p63 { return -1 }
            if value < -0x1p63 { return 1 }
            let whole = Int(value)
            // Fractions end where such ints begin.
            return n < whole ? -1 : n > whole ? 1 : 0
        }
        return withLimbs(a) { x in
            let sign = x.count == 0 ? 0 : x.negative ? -1 : 1
            let other = value > 0 ? 1 : value < 0 ? -1 : 0
            if sign != other { return sign - other }
            if sign == 0 { return 0 }
            var exponent: Int32 = 0
            let fraction = frexp(abs(value), &exponent)
            if x.bitLength != Int(exponent) { return x.bitLength < Int(exponent) ? -sign : sign }
            // Equally long: compare the top 53 bits or fewer, then what is below.
            let bits = x.bitLength
            if bits <= 64 {
                let scaled = scalbn(fraction, Int32(bits))
                let whole = UInt(scaled)
                let order = x[0] < whole ? -1 : x[0] > whole ? 1 : Double(whole) < scaled ? -1 : 0
                return order * sign
            }
            let mantissa = UInt(scalbn(fraction, 64))
            let shift = UInt(x[x.count - 1].leadingZeroBitCount)
            let top = shift == 0 ? x[x.count - 1] : x[x.count - 1] << shift | x[x.count - 2] >> (64 - shift)
            if top != mantissa { return top < mantissa ? -sign : sign }
            return x.hasBits(below: bits - 64) ? sign : 0
        }
    }
}
