import NumberTypes
import Objects

/// The operations. Each takes finished numbers and gives a finished one, noting conditions in the settings; nil when it has raised, which only lack of memory does.
extension Settings {
    @inline(__always) mutating func add(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        if a.isFinite && b.isFinite && a.exponent == b.exponent && a.negative == b.negative && a.coefficient.big.isEmpty && b.coefficient.big.isEmpty {
            return finish(thread, negative: a.negative, exponent: a.exponent, Coefficient(a.coefficient.low &+ b.coefficient.low))
        }
        return addSlow(thread, a, b)
    }

    @inline(never) mutating func addSlow(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        if !a.isFinite || !b.isFinite {
            if let result = nan(a, b) { return finishSlow(thread, result) }
            if a.isInfinite { return b.isInfinite && a.negative != b.negative ? invalid() : a }
            return b
        }
        let place = min(a.exponent, b.exponent)
        let sameSign = a.negative == b.negative
        if a.isZero || b.isZero {
            if a.isZero && b.isZero {
                let negative = sameSign ? a.negative : rounding == .floor
                return finishSlow(thread, Number.zero(negative: negative, exponent: place))
            }
            let other = a.isZero ? b : a
            let wanted = max(place, other.exponent - precision - 1)
            guard let padded = other.coefficient.scaled(thread, other.exponent - wanted) else { return nil }
            return finish(thread, negative: other.negative, exponent: wanted, padded)
        }
        var high = a, low = b
        if a.exponent < b.exponent { swap(&high, &low) }
        // A number far below the other's last digit only decides the rounding: one unit below what can matter does as well.
        let reach = high.exponent + min(-1, high.digits - precision - 2)
        if low.digits + low.exponent - 1 < reach {
            low.coefficient = Coefficient(1)
            low.digits = 1
            low.exponent = reach
        }
        // Digits of long numbers that only decide the rounding are not worth scaling the other for: one more digit says whether there are any.
        if !low.coefficient.big.isEmpty && (sameSign || (high.adjusted - low.adjusted).magnitude >= 2) {
            let cut = max(high.adjusted, low.adjusted) - precision - 3
            if low.exponent < cut - 1 && high.exponent >= cut {
                guard let (kept, rest) = low.coefficient.dropping(thread, cut - low.exponent), let shifted = kept.scaled(thread, 1),
                      let marked = rest == .none ? shifted : shifted.incremented(thread) else { return nil }
                low.coefficient = marked
                low.exponent = cut - 1
            }
        }
        guard let scaled = high.coefficient.scaled(thread, high.exponent - low.exponent) else { return nil }
        if sameSign {
            guard let sum = Coefficient.sum(thread, scaled, low.coefficient) else { return nil }
            return finish(thread, negative: a.negative, exponent: low.exponent, sum)
        }
        guard let order = Coefficient.compare(thread, scaled, low.coefficient) else { return nil }
        if order == 0 { return finishSlow(thread, Number.zero(negative: rounding == .floor, exponent: place)) }
        guard let rest = order > 0 ? Coefficient.difference(thread, scaled, low.coefficient) : Coefficient.difference(thread, low.coefficient, scaled) else { return nil }
        return finish(thread, negative: order > 0 ? high.negative : low.negative, exponent: low.exponent, rest)
    }

    @inline(__always) mutating func subtract(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        if b.isNaN { return addSlow(thread, a, b) }
        return add(thread, a, b.withSign(!b.negative))
    }

    @inline(__always) mutating func multiply(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        let negative = a.negative != b.negative
        if !a.isFinite || !b.isFinite {
            if let result = nan(a, b) { return finishSlow(thread, result) }
            return a.isZero || b.isZero ? invalid() : Number.infinity(negative: negative)
        }
        guard let product = Coefficient.product(thread, a.coefficient, b.coefficient) else { return nil }
        return finish(thread, negative: negative, exponent: a.exponent + b.exponent, product)
    }

    /// For precisions so great that an inexact result would fill the memory: the result if it is exact with so many digits.
    private mutating func exactly(_ thread: ThreadRef, upTo digits: Int, _ body: (inout Settings) -> Number?) -> Number? {
        if precision < 1 << 20 || digits > precision >> 1 { return nil }
        var work = Settings.widest
        work.precision = digits
        guard let number = body(&work), !work.status.contains(.inexact), number.isFinite else { return nil }
        return finish(thread, number)
    }

    mutating func divide(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        let negative = a.negative != b.negative
        if !a.isFinite || !b.isFinite {
            if let result = nan(a, b) { return finishSlow(thread, result) }
            if a.isInfinite { return b.isInfinite ? invalid() : Number.infinity(negative: negative) }
            status.insert(.clamped)
            return Number.zero(negative: negative, exponent: tiny)
        }
        if b.isZero {
            if a.isZero { return invalid(.divisionUndefined) }
            status.insert(.divisionByZero)
            return Number.infinity(negative: negative)
        }
        let ideal = a.exponent - b.exponent
        if a.isZero { return finishSlow(thread, Number.zero(negative: negative, exponent: ideal)) }
        if let number = exactly(thread, upTo: a.digits + 4 * b.digits, { $0.divide(thread, a, b) }) { return number }
        // One digit more than the precision; what is cut off beyond shows in the last digit, so that it is neither 0 nor 5 unless the quotient is exact there.
        let shift = b.digits - a.digits + precision + 1
        var place = ideal - shift
        guard let x = shift >= 0 ? a.coefficient.scaled(thread, shift) : a.coefficient, let y = shift < 0 ? b.coefficient.scaled(thread, -shift) : b.coefficient,
              let (whole, rest) = Coefficient.divide(thread, x, y) else { return nil }
        var quotient = whole
        if !rest.isZero {
            if quotient.isMultipleOfFive {
                guard let next = quotient.incremented(thread) else { return nil }
                quotient = next
            }
        } else if place < ideal {
            guard let stripped = quotient.strip(thread, atMost: ideal - place) else { return nil }
            place += stripped
        }
        return finish(thread, negative: negative, exponent: place, quotient)
    }

    /// The integral quotient and the remainder of finite numbers whose divisor is not zero. nil when it has raised; NaN for both when the quotient is too long.
    private mutating func divideIntegrally(_ thread: ThreadRef, _ a: Number, _ b: Number) -> (Number, Number)? {
        let negative = a.negative != b.negative
        let ideal = b.isInfinite ? a.exponent : min(a.exponent, b.exponent)
        let distance = b.isInfinite ? -2 : a.adjusted - b.adjusted
        if a.isZero || distance <= -2 {
            guard let (rest, _) = a.rescaled(thread, ideal, rounding) else { return nil }
            return (Number.zero(negative: negative), rest)
        }
        if distance <= precision {
            guard let x = a.exponent >= b.exponent ? a.coefficient.scaled(thread, a.exponent - b.exponent) : a.coefficient,
                  let y = a.exponent < b.exponent ? b.coefficient.scaled(thread, b.exponent - a.exponent) : b.coefficient,
                  let (whole, rest) = Coefficient.divide(thread, x, y),
                  let quotient = Number.make(thread, negative: negative, exponent: 0, whole) else { return nil }
            if quotient.digits <= precision {
                guard let remainder = Number.make(thread, negative: a.negative, exponent: ideal, rest) else { return nil }
                return (quotient, remainder)
            }
        }
        let none = invalid(.divisionImpossible)
        return (none, none)
    }

    mutating func divideInteger(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        if let result = nan(a, b) { return finishSlow(thread, result) }
        let negative = a.negative != b.negative
        if a.isInfinite { return b.isInfinite ? invalid() : Number.infinity(negative: negative) }
        if b.isZero {
            if a.isZero { return invalid(.divisionUndefined) }
            status.insert(.divisionByZero)
            return Number.infinity(negative: negative)
        }
        guard let (quotient, _) = divideIntegrally(thread, a, b) else { return nil }
        return b.isInfinite ? quotient : finish(thread, quotient)
    }

    mutating func remainder(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Number? {
        if let result = nan(a, b) { return finishSlow(thread, result) }
        if a.isInfinite { return invalid() }
        if b.isZero { return invalid(a.isZero ? .divisionUndefined : .invalidOperation) }
        guard let (_, rest) = divideIntegrally(thread, a, b) else { return nil }
        return finish(thread, rest)
    }

    mutating func divmod(_ thread: ThreadRef, _ a: Number, _ b: Number) -> (Number, Number)? {
        if let result = nan(a, b) {
            guard let own = finishSlow(thread, result) else { return nil }
            return (own, own)
        }
        let negative = a.negative != b.negative
        if a.isInfinite { return b.isInfinite ? (invalid(), invalid()) : (Number.infinity(negative: negative), invalid()) }
        if b.isZero {
            if a.isZero { return (invalid(.divisionUndefined), Number.notANumber) }
            status.insert(.divisionByZero)
            return (Number.infinity(negative: negative), invalid())
        }
        guard let (quotient, rest) = divideIntegrally(thread, a, b) else { return nil }
        if quotient.isNaN { return (quotient, rest) }
        guard let whole = b.isInfinite ? quotient : finish(thread, quotient), let remainder = finish(thread, rest) else { return nil }
        return (whole, remainder)
    }

    mutating func fusedMultiplyAdd(_ thread: ThreadRef, _ a: Number, _ b: Number, _ c: Number) -> Number? {
        // The product of zero and infinity is invalid, whatever is added to it.
        if a.isNaN || b.isNaN || c.isNaN, !(a.isInfinite && b.isZero || a.isZero && b.isInfinite) {
            // A signalling NaN before a quiet one, and then in the order of the operands.
            if a.kind == .signalling || b.kind == .signalling || !(c.kind == .signalling), let result = nan(a, b) { return finishSlow(thread, result) }
            if let result = nan(c, c) { return finishSlow(thread, result) }
        }
        var exact = Settings.widest
        guard let product = exact.multiply(thread, a, b) else { return nil }
        status.formUnion(exact.status.intersection(.invalid))
        if product.isNaN { return product }
        return add(thread, product, c)
    }

    // MARK: Quantize and integers

    mutating func quantize(_ thread: ThreadRef, _ a: Number, _ b: Number, _ rounding: Rounding) -> Number? {
        if !a.isFinite || !b.isFinite {
            if let result = nan(a, b) { return finishSlow(thread, result) }
            return a.isInfinite && b.isInfinite ? a : invalid()
        }
        return quantize(thread, a, place: b.exponent, rounding)
    }

    mutating func quantize(_ thread: ThreadRef, _ a: Number, place: Int, _ rounding: Rounding) -> Number? {
        if place > most || place < tiny { return invalid() }
        if a.isZero { return finishSlow(thread, Number.zero(negative: a.negative, exponent: place)) }
        if a.adjusted > most || a.adjusted - place + 1 > precision { return invalid() }
        guard let (result, exact) = a.rescaled(thread, place, rounding) else { return nil }
        if result.adjusted > most || result.digits > precision { return invalid() }
        if !result.isZero && result.adjusted < least { status.insert(.subnormal) }
        if place > a.exponent {
            status.insert(.rounded)
            if !exact { status.insert(.inexact) }
        }
        return finish(thread, result)
    }

    /// Rounded to an integer; `exact` notes that something was lost.
    mutating func integral(_ thread: ThreadRef, _ a: Number, _ rounding: Rounding, exact: Bool) -> Number? {
        if a.isNaN { return nan(a, a).flatMap { finishSlow(thread, $0) } }
        if a.isInfinite || a.exponent >= 0 { return a }
        if a.isZero { return Number.zero(negative: a.negative) }
        guard let (result, lossless) = a.rescaled(thread, 0, rounding) else { return nil }
        if exact {
            status.insert(.rounded)
            if !lossless { status.insert(.inexact) }
        }
        return result
    }

    mutating func normalize(_ thread: ThreadRef, _ a: Number) -> Number? {
        if a.isNaN { return nan(a, a).flatMap { finishSlow(thread, $0) } }
        guard var result = finish(thread, a) else { return nil }
        if result.isInfinite { return result }
        if result.isZero { return Number.zero(negative: result.negative) }
        let room = (clamps ? top : most) - result.exponent
        if room > 0 {
            guard let stripped = result.coefficient.strip(thread, atMost: min(room, result.digits - 1)) else { return nil }
            result.exponent += stripped
            result.digits -= stripped
        }
        return result
    }

    // MARK: Roots and powers

    mutating func squareRoot(_ thread: ThreadRef, _ a: Number) -> Number? {
        if a.isNaN { return nan(a, a).flatMap { finishSlow(thread, $0) } }
        if a.isInfinite { return a.negative ? invalid() : a }
        let ideal = a.exponent >> 1
        if a.isZero { return finishSlow(thread, Number.zero(negative: a.negative, exponent: ideal)) }
        if a.negative { return invalid() }
        if let number = exactly(thread, upTo: a.digits + 2, { $0.squareRoot(thread, a) }) { return number }
        // An even exponent, and enough digits for one more in the root than the precision asks for.
        let wanted = precision + 1
        var length = (a.digits >> 1) + 1
        var digits = a.coefficient
        if a.exponent & 1 == 1 {
            guard let ten = digits.scaled(thread, 1) else { return nil }
            digits = ten
        } else {
            length = (a.digits + 1) >> 1
        }
        var place = ideal
        let shift = wanted - length
        var exact = true
        if shift >= 0 {
            guard let scaled = digits.scaled(thread, 2 * shift) else { return nil }
            digits = scaled
        } else {
            guard let (cut, rest) = digits.dropping(thread, -2 * shift) else { return nil }
            digits = cut
            exact = rest == .none
        }
        place -= shift
        let square = digits.int(thread)
        if square.isEmpty { return nil }
        let root = Integers.squareRoot(thread, square)
        if root.isEmpty { return nil }
        let again = Integers.multiply(thread, root, root)
        if again.isEmpty { return nil }
        exact = exact && Integers.compare(again, square) == 0
        guard var result = Coefficient.fromInt(thread, root) else { return nil }
        if exact {
            if shift >= 0 {
                guard let (back, _) = result.dropping(thread, shift) else { return nil }
                result = back
            } else {
                guard let back = result.scaled(thread, -shift) else { return nil }
                result = back
            }
            place += shift
        } else if result.isMultipleOfFive {
            guard let next = result.incremented(thread) else { return nil }
            result = next
        }
        let own = rounding
        rounding = .halfEven
        defer { rounding = own }
        return finish(thread, negative: false, exponent: place, result)
    }

    /// Whether a power is below all subnormal numbers by the magnitudes of the numbers of digits alone. Those that are so take the rounding of this context; what is only
    /// found to be too small while it is computed becomes zero, as in CPython. nil when it has raised.
    private func powerVanishes(_ thread: ThreadRef, _ base: Number, _ exponent: Int) -> Bool? {
        func digits(_ number: Int) -> Int { Coefficient.digits(UInt128(number.magnitude)) }
        guard (base.adjusted < 0) != (exponent < 0) else { return false }
        // A lower bound of the decimal exponent of the base's logarithm.
        let bound: Int
        if base.adjusted > 0 {
            bound = digits(base.adjusted) - 1
        } else if base.adjusted < -1 {
            bound = digits(base.adjusted + 1) - 1
        } else {
            var exact = Settings.widest
            guard let distance = exact.subtract(thread, base, Number.one) else { return nil }
            bound = distance.adjusted - (base.adjusted == 0 ? 2 : 1)
        }
        return digits(tiny) < bound + digits(exponent) - 1
    }

    /// a ** n for an integer other than zero and a base that is finite, not zero and not 1 in magnitude. nil when it has raised.
    mutating func power(_ thread: ThreadRef, _ a: Number, _ exponent: Int, exponentDigits: Int) -> Number? {
        let negative = a.negative && exponent & 1 == 1
        guard let lost = powerVanishes(thread, a.withSign(false), exponent) else { return nil }
        if lost { return finish(thread, negative: negative, exponent: tiny - 1, Coefficient(1)) }
        var work = self
        work.precision += exponentDigits + 2
        work.rounding = .halfEven
        work.clamps = false
        work.status = []
        var base = a.withSign(false)
        if exponent < 0 {
            work.precision += 1
            guard let inverse = work.divide(thread, Number.one, base) else { return nil }
            base = inverse
        }
        let count = exponent.magnitude
        var result = base
        var bit = UInt(1) << UInt(63 - count.leadingZeroBitCount)
        while bit > 1 {
            bit >>= 1
            guard let square = work.multiply(thread, result, result) else { return nil }
            result = square
            if count & bit != 0 {
                guard let next = work.multiply(thread, result, base) else { return nil }
                result = next
            }
            if !result.isFinite || (result.isZero && work.status.contains(.clamped)) { break }
        }
        if result.isInfinite { return overflowed(thread, negative: negative) }
        status.formUnion(work.status)
        return finish(thread, result.withSign(negative))
    }

    // MARK: Order

    /// The order of two numbers that are not NaN. nil when it has raised.
    static func compare(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Int? {
        if a.isInfinite || b.isInfinite {
            let x = a.isInfinite ? (a.negative ? -1 : 1) : 0, y = b.isInfinite ? (b.negative ? -1 : 1) : 0
            return x < y ? -1 : x == y ? 0 : 1
        }
        if a.isZero { return b.isZero ? 0 : b.negative ? 1 : -1 }
        if b.isZero || a.negative != b.negative { return a.negative ? -1 : 1 }
        let larger = a.negative ? -1 : 1
        if a.exponent == b.exponent {
            guard let order = Coefficient.compare(thread, a.coefficient, b.coefficient) else { return nil }
            return order * larger
        }
        if a.adjusted != b.adjusted { return a.adjusted > b.adjusted ? larger : -larger }
        guard let x = a.exponent > b.exponent ? a.coefficient.scaled(thread, a.exponent - b.exponent) : a.coefficient,
              let y = b.exponent > a.exponent ? b.coefficient.scaled(thread, b.exponent - a.exponent) : b.coefficient,
              let order = Coefficient.compare(thread, x, y) else { return nil }
        return order * larger
    }
}
