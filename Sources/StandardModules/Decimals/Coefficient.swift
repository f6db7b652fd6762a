import CDecimals
import CSupport
import Glibc
import NumberTypes
import Objects

/// The digits of a decimal number: an integer that is not negative.
///
/// Up to 38 digits are held in a machine number of 128 bits, which is what programs with the usual precision of 28 need; products and aligned operands of
/// such numbers fit the 256 bits of `high` and `low`. Anything longer is an int of the heap (`big`), whose arithmetic is GMP's. A number that is kept has `high` zero, and
/// `big` only when it has more than 38 digits, so that equal numbers look equal.
struct Coefficient {
    var low: UInt128
    var high: UInt128 = 0
    /// An int, or empty.
    var big: Value = .empty

    @inline(__always) init(_ low: UInt128) { self.low = low }
    @inline(__always) init(high: UInt128, low: UInt128) {
        self.low = low
        self.high = high
    }

    @inline(__always) var isSmall: Bool { big.isEmpty && high == 0 }
    @inline(__always) var isZero: Bool { low == 0 && high == 0 && big.isEmpty }
    @inline(__always) var isOdd: Bool { big.isEmpty ? low & 1 == 1 : Integers.isOdd(big) }

    /// What was cut off when digits were dropped, compared with half a unit of the last digit that stayed.
    enum Rest { case none, less, half, more }

    static let smallDigits = 38
}

/// Powers of ten.
enum Powers {
    /// 10^0 ... 10^38
    nonisolated(unsafe) static var small: UnsafeMutablePointer<UInt128>! = nil

    /// 10^39 ... 10^76 in 256 bits, from index 39 on.
    nonisolated(unsafe) static var wide: UnsafeMutablePointer<Coefficient>! = nil

    /// Fills the tables, once. They are variables without initial values, so that each use need not ask whether they are filled.
    static func start() {
        small = .allocate(capacity: 39)
        small[0] = 1
        for index in 1 ..< 39 { small[index] = small[index - 1] * 10 }
        wide = .allocate(capacity: 77)
        wide.initialize(repeating: Coefficient(0), count: 77)
        for index in 39 ..< 77 {
            let product = small[38].multipliedFullWidth(by: small[index - 38])
            wide[index] = Coefficient(high: product.high, low: product.low)
        }
    }

    private static let cacheSize = 256
    /// A list of the powers used last.
    private static let cache = RootTable.reserve()
    nonisolated(unsafe) private static var cachedExponents = [Int](repeating: -1, count: cacheSize)
    /// Beyond this, a power would fill the memory anyway.
    static let largest = 1 << 32

    /// 10^exponent as an int. Empty when it has raised.
    static func int(_ thread: ThreadRef, _ exponent: Int) -> Value {
        if exponent < 19 { return thread.newInt(Int(truncatingIfNeeded: small[exponent])) }
        if exponent > largest { return thread.raiseOutOfMemory() }
        let slot = exponent & (cacheSize - 1)
        if cache.pointee.isEmpty {
            cache.pointee = thread.newList(capacity: cacheSize)
            if cache.pointee.isEmpty { return .empty }
            for _ in 0 ..< cacheSize { guard ListRef(cache.pointee).append(thread, .none) else { return .empty } }
        }
        if cachedExponents[slot] == exponent { return ListRef(cache.pointee)[slot] }
        let result = Integers.power(thread, Value(small: 10), Value(small: exponent))
        if result.isEmpty { return .empty }
        if exponent < 1 << 17 {
            ListRef(cache.pointee).set(slot, result)
            cachedExponents[slot] = exponent
        }
        return result
    }
}

extension Coefficient {
    // MARK: Ints

    /// From an int's magnitude.
    static func fromInt(_ thread: ThreadRef, _ value: Value) -> Coefficient? {
        if value.isSmallInt { return Coefficient(UInt128(value.smallInt.magnitude)) }
        var result = Coefficient(0)
        let isShort = Integers.withLimbs(value) { limbs in
            if limbs.count > 2 { return false }
            result.low = UInt128(limbs.count > 0 ? limbs[0] : 0) | UInt128(limbs.count > 1 ? limbs[1] : 0) << 64
            return true
        }
        if isShort && result.low < Powers.small[smallDigits] { return result }
        result.low = 0
        result.big = Integers.isNegative(value) ? Integers.absolute(thread, value) : IntOps.exact(thread, value)
        return result.big.isEmpty ? nil : result
    }

    /// As an int. Empty when it has raised.
    func int(_ thread: ThreadRef) -> Value {
        if !big.isEmpty { return big }
        if high == 0 && low < 1 << 62 { return Value(small: Int(truncatingIfNeeded: low)) }
        return withLimbs { limbs, count in thread.newInt(negative: false, limbs: limbs, count) }
    }

    /// The limbs of a machine number, with their number.
    @inline(__always) func withLimbs<Result>(_ body: (UnsafeMutablePointer<UInt>, Int) -> Result) -> Result {
        var words: (UInt, UInt, UInt, UInt) = (UInt(truncatingIfNeeded: low), UInt(truncatingIfNeeded: low >> 64), UInt(truncatingIfNeeded: high), UInt(truncatingIfNeeded: high >> 64))
        let count = words.3 != 0 ? 4 : words.2 != 0 ? 3 : words.1 != 0 ? 2 : words.0 != 0 ? 1 : 0
        return withUnsafeMutableBytes(of: &words) { body($0.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt.self), count) }
    }

    /// The form in which it is kept. nil when it has raised.
    func kept(_ thread: ThreadRef) -> Coefficient? {
        if big.isEmpty {
            if high == 0 && low < Powers.small[Coefficient.smallDigits] { return self }
            var result = Coefficient(0)
            result.big = int(thread)
            return result.big.isEmpty ? nil : result
        }
        return Coefficient.fromInt(thread, big)
    }

    // MARK: Digits

    /// The number of digits; 1 for zero.
    @inline(__always) static func digits(_ number: UInt128) -> Int {
        let estimate = ((128 - number.leadingZeroBitCount) * 1233) >> 12
        if number == 0 { return 1 }
        return estimate + (estimate < 39 && number >= Powers.small[estimate] ? 1 : 0)
    }

    func digits(_ thread: ThreadRef) -> Int? {
        if big.isEmpty {
            if high == 0 { return Coefficient.digits(low) }
            var count = ((256 - high.leadingZeroBitCount) * 1233) >> 12
            let power = count < 39 ? Coefficient(Powers.small[count]) : Powers.wide[count]
            if high > power.high || (high == power.high && low >= power.low) { count += 1 }
            return count
        }
        // The logarithm from the highest bits, exact unless it is very close to a power of ten.
        let bits = Integers.bitLength(big)
        let logarithm = Integers.withLimbs(big) { limbs -> Double in
            let top = limbs[limbs.count - 1], shift = top.leadingZeroBitCount
            let word = shift == 0 || limbs.count == 1 ? top << UInt(shift) : top << UInt(shift) | limbs[limbs.count - 2] >> UInt(64 - shift)
            return log10(Double(word)) + Double(bits - 64) * 0.301029995663981195213738894724493
        }
        let floor = logarithm.rounded(.down)
        if logarithm - floor > 1e-6 && logarithm - floor < 1 - 1e-6 { return Int(floor) + 1 }
        let near = Int(logarithm.rounded())
        let power = Powers.int(thread, near)
        if power.isEmpty { return nil }
        return Integers.compare(big, power) >= 0 ? near + 1 : near
    }

    // MARK: Arithmetic

    /// Times 10^exponent. nil when it has raised.
    @inline(__always) func scaled(_ thread: ThreadRef, _ exponent: Int) -> Coefficient? {
        if exponent == 0 { return self }
        if exponent <= Coefficient.smallDigits && isSmall && low < Powers.small[Coefficient.smallDigits] {
            let product = low.multipliedFullWidth(by: Powers.small[exponent])
            return Coefficient(high: product.high, low: product.low)
        }
        return scaledSlow(thread, exponent)
    }

    @inline(never) private func scaledSlow(_ thread: ThreadRef, _ exponent: Int) -> Coefficient? {
        if isZero { return self }
        let power = Powers.int(thread, exponent), own = int(thread)
        if power.isEmpty || own.isEmpty { return nil }
        return Coefficient.long(Integers.multiply(thread, own, power))
    }

    /// A big one; nil for the empty value.
    @inline(__always) static func long(_ value: Value) -> Coefficient? {
        if value.isEmpty { return nil }
        var result = Coefficient(0)
        if value == Value(small: 0) { return result }
        result.big = value
        return result
    }

    /// Divided by 10^exponent, and what was cut off. nil when it has raised.
    @inline(__always) func dropping(_ thread: ThreadRef, _ exponent: Int) -> (Coefficient, Rest)? {
        if exponent == 0 { return (self, .none) }
        if big.isEmpty && exponent <= Coefficient.smallDigits { return droppingShort(exponent) }
        return droppingSlow(thread, exponent)
    }

    /// The same for a machine number and at most 38 digits.
    func droppingShort(_ exponent: Int) -> (Coefficient, Rest) {
        let power = Powers.small[exponent]
        var rest: UInt128
        var result: Coefficient
        if high == 0 && UInt64(truncatingIfNeeded: low >> 64) == 0 && exponent <= 19 {
            let word = UInt64(truncatingIfNeeded: low), divisor = UInt64(truncatingIfNeeded: power)
            let quotient = word / divisor
            rest = UInt128(word - quotient * divisor)
            result = Coefficient(UInt128(quotient))
        } else {
            // By words of at most 19 digits, so that each step is a division that the machine has.
            let first = min(exponent, 19)
            result = self
            rest = UInt128(result.divide(word: UInt64(truncatingIfNeeded: Powers.small[first])))
            if exponent > 19 {
                let second = result.divide(word: UInt64(truncatingIfNeeded: Powers.small[exponent - 19]))
                rest += UInt128(second) * Powers.small[19]
            }
        }
        if rest == 0 { return (result, .none) }
        let half = power >> 1
        return (result, rest < half ? .less : rest == half ? .half : .more)
    }

    /// Divides a machine number in place; the remainder.
    @inline(__always) mutating func divide(word divisor: UInt64) -> UInt64 {
        var rest: UInt64 = 0
        if high != 0 {
            let q3 = taipan_divide_words(0, UInt64(truncatingIfNeeded: high >> 64), divisor, &rest)
            let q2 = taipan_divide_words(rest, UInt64(truncatingIfNeeded: high), divisor, &rest)
            high = UInt128(q3) << 64 | UInt128(q2)
        }
        let upper = UInt64(truncatingIfNeeded: low >> 64)
        let q1 = rest == 0 && upper < divisor ? 0 : taipan_divide_words(rest, upper, divisor, &rest)
        if q1 == 0 && rest == 0 { rest = upper }
        let q0 = taipan_divide_words(rest, UInt64(truncatingIfNeeded: low), divisor, &rest)
        low = UInt128(q1) << 64 | UInt128(q0)
        return rest
    }

    @inline(never) private func droppingSlow(_ thread: ThreadRef, _ exponent: Int) -> (Coefficient, Rest)? {
        guard let count = digits(thread) else { return nil }
        if exponent > count { return (Coefficient(0), isZero ? .none : .less) }
        let power = Powers.int(thread, exponent), own = int(thread)
        if power.isEmpty || own.isEmpty { return nil }
        guard let (quotient, rest) = Integers.divmod(thread, own, power) else { return nil }
        guard let result = Coefficient.long(quotient) else { return nil }
        if Integers.isZero(rest) { return (result, .none) }
        let twice = Integers.leftShift(thread, rest, by: 1)
        if twice.isEmpty { return nil }
        let order = Integers.compare(twice, power)
        return (result, order < 0 ? .less : order == 0 ? .half : .more)
    }

    static func product(_ thread: ThreadRef, _ a: Coefficient, _ b: Coefficient) -> Coefficient? {
        if a.isSmall && b.isSmall {
            let product = a.low.multipliedFullWidth(by: b.low)
            return Coefficient(high: product.high, low: product.low)
        }
        let x = a.int(thread), y = b.int(thread)
        if x.isEmpty || y.isEmpty { return nil }
        return long(Integers.multiply(thread, x, y))
    }

    static func sum(_ thread: ThreadRef, _ a: Coefficient, _ b: Coefficient) -> Coefficient? {
        if a.big.isEmpty && b.big.isEmpty {
            let (low, carry) = a.low.addingReportingOverflow(b.low)
            return Coefficient(high: a.high &+ b.high &+ (carry ? 1 : 0), low: low)
        }
        let x = a.int(thread), y = b.int(thread)
        if x.isEmpty || y.isEmpty { return nil }
        return long(Integers.add(thread, x, y))
    }

    /// a - b, which is not negative.
    static func difference(_ thread: ThreadRef, _ a: Coefficient, _ b: Coefficient) -> Coefficient? {
        if a.big.isEmpty && b.big.isEmpty {
            let (low, borrow) = a.low.subtractingReportingOverflow(b.low)
            return Coefficient(high: a.high &- b.high &- (borrow ? 1 : 0), low: low)
        }
        let x = a.int(thread), y = b.int(thread)
        if x.isEmpty || y.isEmpty { return nil }
        return long(Integers.subtract(thread, x, y))
    }

    /// The order of two; nil when it has raised.
    static func compare(_ thread: ThreadRef, _ a: Coefficient, _ b: Coefficient) -> Int? {
        if a.big.isEmpty && b.big.isEmpty {
            if a.high != b.high { return a.high < b.high ? -1 : 1 }
            return a.low < b.low ? -1 : a.low == b.low ? 0 : 1
        }
        let x = a.int(thread), y = b.int(thread)
        if x.isEmpty || y.isEmpty { return nil }
        let order = Integers.compare(x, y)
        return order < 0 ? -1 : order == 0 ? 0 : 1
    }

    /// The quotient, and the remainder. The divisor is not zero.
    static func divide(_ thread: ThreadRef, _ a: Coefficient, _ b: Coefficient) -> (Coefficient, Coefficient)? {
        if a.big.isEmpty && b.isSmall {
            if b.low >> 64 == 0 {
                var quotient = a
                let rest = quotient.divide(word: UInt64(truncatingIfNeeded: b.low))
                return (quotient, Coefficient(UInt128(rest)))
            }
            if a.high == 0 {
                let (quotient, rest) = a.low.quotientAndRemainder(dividingBy: b.low)
                return (Coefficient(quotient), Coefficient(rest))
            }
            return divideWide(a, b.low)
        }
        let x = a.int(thread), y = b.int(thread)
        if x.isEmpty || y.isEmpty { return nil }
        guard let (quotient, rest) = Integers.divmod(thread, x, y), let first = long(quotient), let second = long(rest) else { return nil }
        return (first, second)
    }

    /// 256 bits by a divisor of two words.
    private static func divideWide(_ a: Coefficient, _ b: UInt128) -> (Coefficient, Coefficient) {
        a.withLimbs { numerator, count in
            withUnsafeTemporaryAllocation(of: UInt.self, capacity: 8) { memory in
                let quotient = memory.baseAddress.unsafelyUnwrapped, rest = quotient + 4, divisor = quotient + 6
                divisor[0] = UInt(truncatingIfNeeded: b)
                divisor[1] = UInt(truncatingIfNeeded: b >> 64)
                quotient[2] = 0
                quotient[1] = 0
                __gmpn_tdiv_qr(quotient, rest, 0, numerator, count, divisor, 2)
                let result = Coefficient(high: UInt128(count == 4 ? quotient[2] : 0), low: UInt128(count >= 3 ? quotient[1] : 0) << 64 | UInt128(quotient[0]))
                return (result, Coefficient(UInt128(rest[1]) << 64 | UInt128(rest[0])))
            }
        }
    }

    /// One more. nil when it has raised.
    func incremented(_ thread: ThreadRef) -> Coefficient? { Coefficient.sum(thread, self, Coefficient(1)) }

    /// Drops trailing zeros, at most `limit` of them; how many went. nil when it has raised. Not for zero.
    mutating func strip(_ thread: ThreadRef, atMost limit: Int) -> Int? {
        var stripped = 0
        if big.isEmpty && high == 0 {
            // By halving steps: most numbers have either no zeros or many.
            for step in [32, 16, 8, 4, 2, 1, 1] where step <= limit - stripped {
                if step > 1 && low & ((1 << UInt128(step)) - 1) != 0 { continue }
                let (quotient, rest) = low.quotientAndRemainder(dividingBy: Powers.small[step])
                if rest == 0 {
                    low = quotient
                    stripped += step
                }
            }
            return stripped
        }
        // Doubling steps while they divide, then halving ones.
        var step = 1
        var isGrowing = true
        while stripped < limit {
            if step > limit - stripped {
                step = limit - stripped
                isGrowing = false
            }
            guard let (quotient, rest) = dropping(thread, step) else { return nil }
            if rest == .none {
                self = quotient
                stripped += step
                if isGrowing { step *= 2 }
            } else {
                isGrowing = false
                if step == 1 { break }
                step /= 2
            }
        }
        guard let own = kept(thread) else { return nil }
        self = own
        return stripped
    }

    // MARK: Text

    /// The digits as text, written to `target`, which has room for `count`, their number.
    func write(_ target: UnsafeMutablePointer<UInt8>, _ count: Int) {
        if big.isEmpty {
            var end = target + count
            var rest = self
            while rest.high != 0 || rest.low >> 64 != 0 {
                var part = rest.divide(word: 1_000_000_000_000_000_000)
                for _ in 0 ..< 18 {
                    end -= 1
                    end.pointee = UInt8(truncatingIfNeeded: 48 &+ part % 10)
                    part /= 10
                }
            }
            var part = UInt64(truncatingIfNeeded: rest.low)
            while end > target {
                end -= 1
                end.pointee = UInt8(truncatingIfNeeded: 48 &+ part % 10)
                part /= 10
            }
            return
        }
        Integers.withLimbs(big) { limbs in
            // GMP destroys its input, and may write one digit more.
            let copy = UnsafeMutablePointer<UInt>.allocate(capacity: limbs.count + 1)
            copy.update(from: limbs.start, count: limbs.count)
            let text = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 24)
            let written = __gmpn_get_str(text, 10, copy, limbs.count)
            let zeros = Int(written) - count
            for index in 0 ..< count { target[index] = 48 + (index + zeros >= 0 ? text[index + zeros] : 0) }
            text.deallocate()
            copy.deallocate()
        }
    }

    /// Reads `count` bytes that are digits. nil when it has raised.
    static func read(_ thread: ThreadRef, _ text: UnsafePointer<UInt8>, _ count: Int) -> Coefficient? {
        if count <= smallDigits {
            var result = Coefficient(0)
            var place = 0
            while place < count {
                let end = min(place + 18, count)
                var word: UInt64 = 0
                let start = place
                while place < end {
                    word = word &* 10 &+ UInt64(text[place] &- 48)
                    place += 1
                }
                result.low = start == 0 ? UInt128(word) : result.low &* Powers.small[end - start] &+ UInt128(word)
            }
            return result
        }
        var start = 0
        while start < count && text[start] == 48 { start += 1 }
        if count - start <= smallDigits { return read(thread, text + start, count - start) }
        guard Heap.hasRoom(outside: count * 3) else {
            thread.raiseOutOfMemory()
            return nil
        }
        let digits = UnsafeMutablePointer<UInt8>.allocate(capacity: count - start)
        for index in start ..< count { digits[index - start] = text[index] &- 48 }
        let limbs = UnsafeMutablePointer<UInt>.allocate(capacity: (count - start) / 18 + 2)
        let length = __gmpn_set_str(limbs, digits, count - start, 10)
        let value = thread.newInt(negative: false, limbs: limbs, Int(length))
        digits.deallocate()
        limbs.deallocate()
        return long(value)
    }
}
