import Glibc
import NumberTypes
import Objects

/// The part of `math` that works on several floats: sums, products and distances.
enum MathSums {
    static let functions: [Def] = [
        Def("fsum(seq, /)", .calls, "The sum of the floats in an iterable, rounded once.", kind: .function) { t, a, _ in MathSums.exactSum(t, a[0]) },
        Def("prod(iterable, /, *, start=1)", .calls, "The product of what the iterable gives, times start.", kind: .function) { t, a, _ in
            var result = a[1].isEmpty ? Value(small: 1) : a[1]
            let complete = t.forEach(a[0]) { item in
                if Value.bothSmall(result, item) { result = Integers.multiply(t, result, item) }
                else if result.isInlineFloat && item.isInlineFloat { result = t.newFloat(result.inlineFloat * item.inlineFloat) }
                else { result = t.binary(result, item, .multiply) }
                return !result.isEmpty
            }
            return complete ? result : .empty
        },
        Def("hypot(*coordinates)", .calls, "The distance of a point from the origin.", kind: .function) { t, a, _ in
            let coordinates = TupleRef(a[0])
            return withUnsafeTemporaryAllocation(of: Double.self, capacity: coordinates.count + 1) { buffer in
                for index in 0 ..< coordinates.count {
                    guard let x = MathModule.double(t, coordinates[index]) else { return .empty }
                    buffer[index] = x.magnitude
                }
                return t.newFloat(MathSums.norm(buffer.baseAddress!, coordinates.count))
            }
        },
        Def("dist(p, q, /)", .calls, "The distance between two points, given as sequences of coordinates.", kind: .function) { t, a, _ in
            let p = a[0].isTuple ? a[0] : t.tuple(a[0])
            if p.isEmpty { return .empty }
            let q = a[1].isTuple ? a[1] : t.tuple(a[1])
            if q.isEmpty { return .empty }
            let count = TupleRef(p).count
            if TupleRef(q).count != count { return t.raise(.valueError, "both points must have the same number of dimensions") }
            return withUnsafeTemporaryAllocation(of: Double.self, capacity: count + 1) { buffer in
                for index in 0 ..< count {
                    guard let x = MathModule.double(t, TupleRef(p)[index]), let y = MathModule.double(t, TupleRef(q)[index]) else { return .empty }
                    buffer[index] = (x - y).magnitude
                }
                return t.newFloat(MathSums.norm(buffer.baseAddress!, count))
            }
        },
    ]

    /// The Euclidean norm of numbers that are not negative. They are scaled by a power of two so that the largest is near 1, their squares split exactly and added
    /// with compensation (Neumaier), and the root corrected by one step of Newton's method.
    static func norm(_ vector: UnsafeMutablePointer<Double>, _ count: Int) -> Double {
        var largest = 0.0
        var hasNaN = false
        for index in 0 ..< count {
            if vector[index].isNaN { hasNaN = true }
            if vector[index] > largest { largest = vector[index] }
        }
        if largest.isInfinite { return largest }
        if hasNaN { return .nan }
        if largest == 0 || count <= 1 { return largest }
        var exponent: Int32 = 0
        _ = frexp(largest, &exponent)
        if exponent < -1023 {
            // The scale would overflow: lift subnormals first.
            for index in 0 ..< count { vector[index] /= Double.leastNormalMagnitude }
            return Double.leastNormalMagnitude * norm(vector, count)
        }
        let scale = scalbn(1.0, -exponent)
        var sum = 1.0
        var fractions = (0.0, 0.0, 0.0)
        @inline(__always) func add(_ x: Double, _ fraction: inout Double) {
            let old = sum
            sum += x
            fraction += (old - sum) + x
        }
        @inline(__always) func split(_ x: Double) -> (Double, Double) {
            let t = x * 134217729.0
            let high = t - (t - x)
            return (high, x - high)
        }
        for index in 0 ..< count {
            let (high, low) = split(vector[index] * scale)
            add(high * high, &fractions.0)
            add(2.0 * high * low, &fractions.1)
            fractions.2 += low * low
        }
        let root = (sum - 1.0 + (fractions.0 + fractions.1 + fractions.2)).squareRoot()
        let (high, low) = split(root)
        add(-high * high, &fractions.0)
        add(-2.0 * high * low, &fractions.1)
        add(-low * low, &fractions.2)
        let rest = sum - 1.0 + (fractions.0 + fractions.1 + fractions.2)
        return (root + rest / (2.0 * root)) / scale
    }

    /// Shewchuk's exact sum: partial sums that do not overlap, rounded at the end.
    private static func exactSum(_ thread: ThreadRef, _ iterable: Value) -> Value {
        var partials: [Double] = []
        var special = 0.0
        var infinities = 0.0
        let complete = thread.forEach(iterable) { item in
            guard let given = MathModule.double(thread, item) else { return false }
            var x = given
            var used = 0
            for index in 0 ..< partials.count {
                var y = partials[index]
                if x.magnitude < y.magnitude { (x, y) = (y, x) }
                let high = x + y
                let low = y - (high - x)
                if low != 0 {
                    partials[used] = low
                    used += 1
                }
                x = high
            }
            partials.removeSubrange(used...)
            if x != 0 {
                if !x.isFinite {
                    if given.isFinite {
                        thread.raise(.overflowError, "intermediate overflow in fsum")
                        return false
                    }
                    if given.isInfinite { infinities += given }
                    special += given
                    partials.removeAll()
                } else {
                    partials.append(x)
                }
            }
            return true
        }
        guard complete else { return .empty }
        if special != 0 {
            return infinities.isNaN ? thread.raise(.valueError, "-inf + inf in fsum") : thread.newFloat(special)
        }
        guard var high = partials.popLast() else { return .positiveZero }
        var low = 0.0
        while let y = partials.popLast() {
            let x = high
            high = x + y
            low = y - (high - x)
            if low != 0 { break }
        }
        // A tie that the remaining partials break.
        if let next = partials.last, (low < 0 && next < 0) || (low > 0 && next > 0) {
            let y = low * 2
            let x = high + y
            if y == x - high { high = x }
        }
        return thread.newFloat(high)
    }
}
