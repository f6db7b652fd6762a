import Glibc
import NumberTypes
import Objects

/// The part of `math` that works on ints.
enum MathIntegers {
    static let functions: [Def] = [
        Def("gcd(*integers)", .calls, "The greatest common divisor.", kind: .function) { t, a, _ in
            MathIntegers.fold(t, a[0], Value(small: 0)) { Integers.gcd($0, $1, $2) }
        },
        Def("lcm(*integers)", .calls, "The least common multiple.", kind: .function) { t, a, _ in
            MathIntegers.fold(t, a[0], Value(small: 1)) { thread, x, y in
                if Integers.isZero(x) || Integers.isZero(y) { return Value(small: 0) }
                let divisor = Integers.gcd(thread, x, y)
                if divisor.isEmpty { return .empty }
                let part = Integers.floorDivide(thread, x, divisor)
                if part.isEmpty { return .empty }
                let product = Integers.multiply(thread, part, y)
                return product.isEmpty ? .empty : Integers.absolute(thread, product)
            }
        },
        Def("factorial(n, /)", .callsOnArguments, "n!", kind: .function) { t, a, _ in
            let number = t.toIndex(a[0])
            if number.isEmpty { return .empty }
            if Integers.isNegative(number) { return t.raise(.valueError, "factorial() not defined for negative values") }
            guard let n = IntOps.toInt(number) else { return t.raise(.overflowError, "factorial() argument should not exceed 9223372036854775807") }
            return Integers.factorial(t, n)
        },
        Def("isqrt(n, /)", .callsOnArguments, "The integer part of the square root.", kind: .function) { t, a, _ in
            let number = t.toIndex(a[0])
            if number.isEmpty { return .empty }
            if Integers.isNegative(number) { return t.raise(.valueError, "isqrt() argument must be nonnegative") }
            return Integers.squareRoot(t, number)
        },
        Def("comb(n, k, /)", .callsOnArguments, "The number of ways to choose k of n things, order apart.", kind: .function) { t, a, _ in
            let n = t.toIndex(a[0])
            if n.isEmpty { return .empty }
            let k = t.toIndex(a[1])
            if k.isEmpty { return .empty }
            if Integers.isNegative(n) { return t.raise(.valueError, "n must be a non-negative integer") }
            if Integers.isNegative(k) { return t.raise(.valueError, "k must be a non-negative integer") }
            let other = Integers.subtract(t, n, k)
            if other.isEmpty { return .empty }
            if Integers.isNegative(other) { return Value(small: 0) }
            let least = Integers.compare(other, k) < 0 ? other : k
            guard let count = IntOps.toInt(least) else { return t.raise(.overflowError, "min(n - k, k) must not exceed 9223372036854775807") }
            return Integers.binomial(t, n, UInt(count))
        },
        Def("perm(n, k=None, /)", .callsOnArguments, "The number of ways to choose k of n things in order; n! without k.", kind: .function) { t, a, _ in
            let n = t.toIndex(a[0])
            if n.isEmpty { return .empty }
            if a[1].isEmpty || a[1].isNone {
                if Integers.isNegative(n) { return t.raise(.valueError, "factorial() not defined for negative values") }
                guard let count = IntOps.toInt(n) else { return t.raise(.overflowError, "factorial() argument should not exceed 9223372036854775807") }
                return Integers.factorial(t, count)
            }
            let k = t.toIndex(a[1])
            if k.isEmpty { return .empty }
            if Integers.isNegative(n) { return t.raise(.valueError, "n must be a non-negative integer") }
            if Integers.isNegative(k) { return t.raise(.valueError, "k must be a non-negative integer") }
            if Integers.compare(n, k) < 0 { return Value(small: 0) }
            guard let count = IntOps.toInt(k) else { return t.raise(.overflowError, "k must not exceed 9223372036854775807") }
            if count == 0 { return Value(small: 1) }
            guard Double(count) * Double(Integers.bitLength(n)) < 0x1p40 else { return t.raiseOutOfMemory() }
            return MathIntegers.falling(t, n, 0, count)
        },
    ]

    private static func fold(_ thread: ThreadRef, _ numbers: Value, _ start: Value, _ combine: (ThreadRef, Value, Value) -> Value) -> Value {
        let numbers = TupleRef(numbers)
        if numbers.count == 0 { return start }
        let first = thread.toIndex(numbers[0])
        if first.isEmpty { return .empty }
        var result = Integers.absolute(thread, first)
        var index = 1
        while index < numbers.count {
            if result.isEmpty { return .empty }
            let next = thread.toIndex(numbers[index])
            if next.isEmpty { return .empty }
            result = combine(thread, result, next)
            index += 1
        }
        return result
    }

    /// (n - from) * … * (n - to + 1), by halves so that the factors stay of equal size.
    private static func falling(_ thread: ThreadRef, _ n: Value, _ from: Int, _ to: Int) -> Value {
        if to - from == 1 { return Integers.subtract(thread, n, Value(small: from)) }
        let middle = from + (to - from) / 2
        let left = falling(thread, n, from, middle)
        if left.isEmpty { return .empty }
        let right = falling(thread, n, middle, to)
        return right.isEmpty ? .empty : Integers.multiply(thread, left, right)
    }
}
