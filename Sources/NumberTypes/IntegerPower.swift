import Glibc
import Objects

/// Powers, greatest common divisors and other number theory on ints.

extension Integers {
    /// Whether the system could hold a number of so many bits at all.
    static func isPossible(bits: Double) -> Bool {
        // Asking the system costs more than most powers.
        if bits < 16_777_216 { return true }
        let memory = Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))
        return bits / 8 < min(memory / 2, Double(largestMPZ) * 8) && hasScratch(Int(bits / 64))
    }

    /// a ** b for a b that is not negative, where it fits a word.
    public static func power(_ a: Int, _ b: Int) -> Int? {
        var base = a, exponent = b, result = 1
        while true {
            if exponent & 1 == 1 {
                let (product, overflow) = result.multipliedReportingOverflow(by: base)
                if overflow { return nil }
                result = product
            }
            exponent >>= 1
            if exponent == 0 { return result }
            let (square, overflow) = base.multipliedReportingOverflow(by: base)
            if overflow { return nil }
            base = square
        }
    }

    /// a ** b for a b that is not negative.
    public static func power(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if a.isSmallInt && b.isSmallInt, let result = power(a.smallInt, b.smallInt) { return thread.newInt(result) }
        if isZero(b) { return Value(small: 1) }
        let bits = bitLength(a)
        if bits <= 1 {
            // 0, 1 or -1
            return isNegative(a) && !isOdd(b) ? Value(small: 1) : IntOps.exact(thread, a)
        }
        guard let exponent = IntOps.toInt(b), isPossible(bits: Double(bits - 1) * Double(exponent)) else { return thread.raiseOutOfMemory() }
        if a.isSmallInt && a.smallInt == 2 { return leftShift(thread, Value(small: 1), by: exponent) }
        return withLimbs(a) { x in
            var base = x.mpz
            return withMPZ(thread, about: 0) { __gmpz_pow_ui($0, &base, UInt(exponent)) }
        }
    }

    /// pow(a, b, modulus)
    public static func power(_ thread: ThreadRef, _ a: Value, _ b: Value, modulus: Value) -> Value {
        if isZero(modulus) { return thread.raise(.valueError, "pow() 3rd argument cannot be 0") }
        let magnitude = absolute(thread, modulus)
        if magnitude.isEmpty { return .empty }
        guard bitLength(modulus) < largestMPZ, bitLength(b) < largestMPZ else { return thread.raiseOutOfMemory() }
        var base = a
        var exponent = b
        if isNegative(b) {
            exponent = negate(thread, b)
            base = inverse(thread, a, magnitude)
            if base.isEmpty || exponent.isEmpty { return .empty }
        }
        base = modulo(thread, base, magnitude)
        if base.isEmpty { return .empty }
        var result: Value
        if magnitude == Value(small: 1) {
            return Value(small: 0)
        } else if base.isSmallInt && exponent.isSmallInt && magnitude.isSmallInt {
            result = Value(small: Int(smallPower(UInt(base.smallInt), UInt(exponent.smallInt), UInt(magnitude.smallInt))))
        } else {
            result = withLimbs(base) { x in withLimbs(exponent) { y in withLimbs(magnitude) { z in
                var base = x.mpz
                var exponent = y.mpz
                var modulus = z.mpz
                return withMPZ(thread, about: z.count * 2) { __gmpz_powm($0, &base, &exponent, &modulus) }
            } } }
        }
        if result.isEmpty || !isNegative(modulus) || isZero(result) { return result }
        return add(thread, result, modulus)
    }

    private static func smallPower(_ base: UInt, _ exponent: UInt, _ modulus: UInt) -> UInt {
        var base = base
        var exponent = exponent
        var result: UInt = 1
        while exponent != 0 {
            if exponent & 1 == 1 { result = multiply(result, base, modulus) }
            base = multiply(base, base, modulus)
            exponent >>= 1
        }
        return result
    }

    @inline(__always) private static func multiply(_ a: UInt, _ b: UInt, _ modulus: UInt) -> UInt {
        if (a | b) >> 32 == 0 { return a * b % modulus }
        let product = a.multipliedFullWidth(by: b)
        return modulus.dividingFullWidth((product.high, product.low)).remainder
    }

    /// The inverse of a modulo a positive modulus. ValueError when there is none.
    static func inverse(_ thread: ThreadRef, _ a: Value, _ modulus: Value) -> Value {
        if modulus == Value(small: 1) { return Value(small: 0) }
        var exists: Int32 = 0
        let result = withLimbs(a) { x in withLimbs(modulus) { y -> Value in
            var number = x.mpz
            var modulus = y.mpz
            return withMPZ(thread, about: x.count + y.count) { exists = __gmpz_invert($0, &number, &modulus) }
        } }
        if result.isEmpty { return .empty }
        return exists == 0 ? thread.raise(.valueError, "base is not invertible for the given modulus") : result
    }

    /// The greatest common divisor, never negative.
    public static func gcd(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if Value.bothSmall(a, b) {
            var x = a.smallInt.magnitude
            var y = b.smallInt.magnitude
            while y != 0 { (x, y) = (y, x % y) }
            return thread.newInt(unsigned: x)
        }
        return withLimbs(a) { x in withLimbs(b) { y in
            var first = x.mpz
            var second = y.mpz
            return withMPZ(thread, about: x.count + y.count) { __gmpz_gcd($0, &first, &second) }
        } }
    }

    /// The integer square root of a number that is not negative.
    public static func squareRoot(_ thread: ThreadRef, _ a: Value) -> Value {
        withLimbs(a) { x in
            if x.count == 0 { return Value(small: 0) }
            let count = (x.count + 1) / 2
            guard hasScratch(x.count) else { return thread.raiseOutOfMemory() }
            guard let result = allocate(thread, count) else { return .empty }
            _ = __gmpn_sqrtrem(result, nil, x.start, x.count)
            return finish(result, count, false)
        }
    }

    /// n! by GMP's product tree.
    public static func factorial(_ thread: ThreadRef, _ n: Int) -> Value {
        guard isPossible(bits: Double(n) * log2(Double(n) + 2)) else { return thread.raiseOutOfMemory() }
        return withMPZ(thread, about: 0) { __gmpz_fac_ui($0, UInt(n)) }
    }

    /// The number of ways to choose k of n things, where all on the way to it fits a word.
    /// Pascal's triangle as far as its numbers have 64 bits, a row of 68 after the other.
    private static let pascal: [UInt64] = {
        var rows = [UInt64](repeating: 0, count: 68 * 68)
        for n in 0 ..< 68 {
            rows[n * 68] = 1
            for k in stride(from: 1, through: n, by: 1) { rows[n * 68 + k] = rows[(n - 1) * 68 + k - 1] &+ rows[(n - 1) * 68 + k] }
        }
        return rows
    }()

    private static func binomial(_ n: Int, _ k: Int) -> Int? {
        if n < 68 { return Int(exactly: pascal[n * 68 + k]) }
        var result = 1
        for index in 0 ..< k {
            let (product, overflow) = result.multipliedReportingOverflow(by: n - index)
            if overflow { return nil }
            result = product / (index + 1)
        }
        return result
    }

    /// The binomial coefficient of n that is not negative and k.
    public static func binomial(_ thread: ThreadRef, _ n: Value, _ k: UInt) -> Value {
        if n.isSmallInt && k <= 64, let result = binomial(n.smallInt, Int(k)) { return thread.newInt(result) }
        guard isPossible(bits: Double(k) * Double(bitLength(n))) || isPossible(bits: Double(IntOps.toInt(n) ?? Int.max)) else { return thread.raiseOutOfMemory() }
        if n.isSmallInt { return withMPZ(thread, about: 0) { __gmpz_bin_uiui($0, UInt(n.smallInt), k) } }
        return withLimbs(n) { x in
            var number = x.mpz
            return withMPZ(thread, about: 0) { __gmpz_bin_ui($0, &number, k) }
        }
    }
}
