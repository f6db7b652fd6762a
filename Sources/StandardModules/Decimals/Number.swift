import NumberTypes
import Objects

/// What operations note and may raise. Several of them count as invalid operation.
struct Conditions: OptionSet {
    let rawValue: UInt32

    static let invalidOperation = Conditions(rawValue: 1 << 0)
    static let conversionSyntax = Conditions(rawValue: 1 << 1)
    static let divisionImpossible = Conditions(rawValue: 1 << 2)
    static let divisionUndefined = Conditions(rawValue: 1 << 3)
    static let invalidContext = Conditions(rawValue: 1 << 4)
    static let floatOperation = Conditions(rawValue: 1 << 5)
    static let divisionByZero = Conditions(rawValue: 1 << 6)
    static let overflow = Conditions(rawValue: 1 << 7)
    static let underflow = Conditions(rawValue: 1 << 8)
    static let subnormal = Conditions(rawValue: 1 << 9)
    static let inexact = Conditions(rawValue: 1 << 10)
    static let rounded = Conditions(rawValue: 1 << 11)
    static let clamped = Conditions(rawValue: 1 << 12)

    /// All that the signal InvalidOperation stands for.
    static let invalid: Conditions = [.invalidOperation, .conversionSyntax, .divisionImpossible, .divisionUndefined, .invalidContext]
    static let count = 13
}

enum Rounding: UInt8 {
    case up, down, ceiling, floor, halfUp, halfDown, halfEven, zeroFiveUp

    static let names: [StaticString] = ["ROUND_UP", "ROUND_DOWN", "ROUND_CEILING", "ROUND_FLOOR", "ROUND_HALF_UP", "ROUND_HALF_DOWN", "ROUND_HALF_EVEN", "ROUND_05UP"]

    /// Whether a result cut off towards zero grows by one unit of its last digit.
    @inline(__always) func grows(_ coefficient: Coefficient, _ rest: Coefficient.Rest, negative: Bool) -> Bool {
        if rest == .none { return false }
        switch self {
        case .halfEven: return rest == .more || (rest == .half && coefficient.isOdd)
        case .halfUp: return rest != .less
        case .halfDown: return rest == .more
        case .up: return true
        case .down: return false
        case .ceiling: return !negative
        case .floor: return negative
        case .zeroFiveUp: return coefficient.isMultipleOfFive
        }
    }
}

extension Coefficient {
    /// Whether the last digit is 0 or 5.
    var isMultipleOfFive: Bool {
        if big.isEmpty {
            var copy = self
            return copy.divide(word: 5) == 0
        }
        // 2^64 is 1 modulo 5: the limbs' sum counts.
        return Integers.withLimbs(big) { limbs in
            var sum: UInt128 = 0
            for index in 0 ..< limbs.count { sum &+= UInt128(limbs[index]) }
            return sum % 5 == 0
        }
    }
}

/// The settings that an operation works by, and what it has noted so far.
struct Settings {
    var precision: Int
    var least: Int
    var most: Int
    var rounding: Rounding
    var clamps: Bool
    var status: Conditions = []

    /// Exponent of the smallest subnormal numbers.
    @inline(__always) var tiny: Int { least &- (precision &- 1) }
    /// Largest exponent of a number of full precision.
    @inline(__always) var top: Int { most &- (precision &- 1) }

    static let greatestPrecision = 999_999_999_999_999_999
    static let greatestExponent = 999_999_999_999_999_999

    /// For conversions that must be exact.
    static let widest = Settings(precision: greatestPrecision, least: -greatestExponent, most: greatestExponent, rounding: .halfEven, clamps: false)
}

/// A decimal number while it is worked on.
struct Number {
    enum Kind: UInt8 { case finite, infinity, quiet, signalling }

    var negative: Bool
    var kind: Kind
    var exponent: Int
    /// The payload of a NaN.
    var coefficient: Coefficient
    /// How many digits the coefficient has: 1 for zero, 0 for infinity and NaN without payload.
    var digits: Int

    @inline(__always) init(negative: Bool, kind: Kind = .finite, exponent: Int, coefficient: Coefficient, digits: Int) {
        self.negative = negative
        self.kind = kind
        self.exponent = exponent
        self.coefficient = coefficient
        self.digits = digits
    }

    /// Stands for exponents of text and tuples that are beyond all limits, so that sums of exponents do not overflow.
    static let farExponent = 4_000_000_000_000_000_000

    static func zero(negative: Bool = false, exponent: Int = 0) -> Number { Number(negative: negative, exponent: exponent, coefficient: Coefficient(0), digits: 1) }
    static func infinity(negative: Bool) -> Number { Number(negative: negative, kind: .infinity, exponent: 0, coefficient: Coefficient(0), digits: 0) }
    static let notANumber = Number(negative: false, kind: .quiet, exponent: 0, coefficient: Coefficient(0), digits: 0)
    static let one = Number(negative: false, exponent: 0, coefficient: Coefficient(1), digits: 1)

    @inline(__always) var isFinite: Bool { kind == .finite }
    @inline(__always) var isInfinite: Bool { kind == .infinity }
    @inline(__always) var isNaN: Bool { kind.rawValue >= Kind.quiet.rawValue }
    @inline(__always) var isZero: Bool { kind == .finite && coefficient.isZero }
    /// The exponent of the first digit.
    @inline(__always) var adjusted: Int { exponent &+ digits &- 1 }

    func withSign(_ negative: Bool) -> Number {
        var result = self
        result.negative = negative
        return result
    }

    /// A finite number with a fresh coefficient. nil when it has raised.
    static func make(_ thread: ThreadRef, negative: Bool, exponent: Int, _ coefficient: Coefficient) -> Number? {
        guard let own = coefficient.kept(thread), let digits = own.digits(thread) else { return nil }
        return Number(negative: negative, exponent: exponent, coefficient: own, digits: digits)
    }

    func isInteger(_ thread: ThreadRef) -> Bool? {
        guard isFinite else { return false }
        if exponent >= 0 || isZero { return true }
        if adjusted < 0 { return false }
        guard let (_, rest) = coefficient.dropping(thread, -exponent) else { return nil }
        return rest == .none
    }
}

// MARK: Fitting a result into the context

extension Settings {
    /// Notes a condition whose result is NaN.
    mutating func invalid(_ condition: Conditions = .invalidOperation) -> Number {
        status.insert(condition)
        return Number.notANumber
    }

    /// The result of an operation with NaN among its operands, or nil when there is none.
    @inline(__always) mutating func nan(_ a: Number, _ b: Number) -> Number? {
        if !a.isNaN && !b.isNaN { return nil }
        return nanSlow(a, b)
    }

    private mutating func nanSlow(_ a: Number, _ b: Number) -> Number {
        var result: Number
        if a.kind == .signalling || b.kind == .signalling {
            status.insert(.invalidOperation)
            result = a.kind == .signalling ? a : b
        } else {
            result = a.isNaN ? a : b
        }
        result.kind = .quiet
        return result
    }

    /// A finite result that overflows.
    mutating func overflowed(_ thread: ThreadRef, negative: Bool) -> Number? {
        status.formUnion([.overflow, .inexact, .rounded])
        switch rounding {
        case .up, .halfUp, .halfDown, .halfEven: return Number.infinity(negative: negative)
        case .ceiling where !negative, .floor where negative: return Number.infinity(negative: negative)
        default:
            guard let power = Coefficient(1).scaled(thread, precision), let nines = Coefficient.difference(thread, power, Coefficient(1)) else { return nil }
            return Number.make(thread, negative: negative, exponent: top, nines)
        }
    }

    /// Rounds an exact result to the precision and range of the context. nil when it has raised.
    @inline(__always) mutating func finish(_ thread: ThreadRef, negative: Bool, exponent: Int, _ coefficient: Coefficient) -> Number? {
        guard let digits = coefficient.digits(thread) else { return nil }
        if coefficient.big.isEmpty && digits <= precision && digits <= Coefficient.smallDigits && exponent >= least && exponent &+ digits <= most && !clamps && !coefficient.isZero {
            return Number(negative: negative, exponent: exponent, coefficient: coefficient, digits: digits)
        }
        let dropped = digits - precision
        if coefficient.big.isEmpty && dropped > 0 && dropped <= Coefficient.smallDigits && precision <= Coefficient.smallDigits && !clamps
            && exponent &+ digits > least && exponent &+ digits <= most {
            return finishShort(negative: negative, exponent: exponent &+ dropped, coefficient, dropped)
        }
        return finishSlow(thread, Number(negative: negative, exponent: exponent, coefficient: coefficient, digits: digits))
    }

    /// A machine number that is only too long, far from the limits of exponents.
    @inline(__always) private mutating func finishShort(negative: Bool, exponent: Int, _ coefficient: Coefficient, _ dropped: Int) -> Number {
        let (cut, rest) = coefficient.droppingShort(dropped)
        var low = cut.low
        var place = exponent
        if rounding.grows(cut, rest, negative: negative) {
            low &+= 1
            // All nines.
            if low == Powers.small[precision] {
                low = Powers.small[precision - 1]
                place += 1
            }
        }
        status.insert(.rounded)
        if rest != .none { status.insert(.inexact) }
        return Number(negative: negative, exponent: place, coefficient: Coefficient(low), digits: precision)
    }

    /// The same, and for NaN: shortens a payload that is too long. The coefficient need not be in the form in which it is kept.
    @inline(never) mutating func finishSlow(_ thread: ThreadRef, _ number: Number) -> Number? {
        var number = number
        if !number.isFinite {
            let longest = precision - (clamps ? 1 : 0)
            if number.isNaN && number.digits > longest {
                guard let power = Coefficient(1).scaled(thread, longest), let (_, rest) = Coefficient.divide(thread, number.coefficient, power), let own = rest.kept(thread),
                      let digits = own.digits(thread) else { return nil }
                number.coefficient = own
                number.digits = own.isZero ? 0 : digits
            }
            return number
        }
        if number.isZero {
            let place = min(max(number.exponent, tiny), clamps ? top : most)
            if place != number.exponent {
                status.insert(.clamped)
                number.exponent = place
            }
            number.coefficient = Coefficient(0)
            number.digits = 1
            return number
        }
        var lowest = number.digits &+ number.exponent &- precision
        if lowest > top { return overflowed(thread, negative: number.negative) }
        let isSubnormal = lowest < tiny
        if isSubnormal { lowest = tiny }
        if number.exponent < lowest {
            guard let (cut, rest) = number.coefficient.dropping(thread, lowest - number.exponent) else { return nil }
            var result = cut
            var grew = false
            if rounding.grows(cut, rest, negative: number.negative) {
                guard let next = cut.incremented(thread) else { return nil }
                result = next
                grew = true
            }
            guard var own = result.kept(thread), var digits = own.digits(thread) else { return nil }
            if grew && digits > precision {
                guard let (shorter, _) = own.dropping(thread, 1), let again = shorter.kept(thread) else { return nil }
                own = again
                digits -= 1
                lowest += 1
            }
            if lowest > top { return overflowed(thread, negative: number.negative) }
            if rest != .none {
                status.insert(.inexact)
                if isSubnormal { status.insert(.underflow) }
            }
            if isSubnormal { status.insert(.subnormal) }
            status.insert(.rounded)
            if own.isZero { status.insert(.clamped) }
            number.coefficient = own
            number.digits = digits
            number.exponent = lowest
            return number
        }
        if isSubnormal { status.insert(.subnormal) }
        if clamps && number.exponent > top {
            status.insert(.clamped)
            guard let padded = number.coefficient.scaled(thread, number.exponent - top) else { return nil }
            return Number.make(thread, negative: number.negative, exponent: top, padded)
        }
        guard let own = number.coefficient.kept(thread) else { return nil }
        number.coefficient = own
        return number
    }

    /// A number as this context would give it.
    mutating func finish(_ thread: ThreadRef, _ number: Number) -> Number? {
        if number.isFinite { return finish(thread, negative: number.negative, exponent: number.exponent, number.coefficient) }
        return finishSlow(thread, number)
    }
}

// MARK: Changing the exponent

extension Number {
    /// The same number with another exponent, rounded if digits are lost; whether any that were not zero were is said. Finite numbers only. nil when it has raised.
    func rescaled(_ thread: ThreadRef, _ place: Int, _ rounding: Rounding) -> (Number, exact: Bool)? {
        if isZero { return (Number.zero(negative: negative, exponent: place), true) }
        if exponent >= place {
            guard let padded = coefficient.scaled(thread, exponent - place), let result = Number.make(thread, negative: negative, exponent: place, padded) else { return nil }
            return (result, true)
        }
        guard let (cut, rest) = coefficient.dropping(thread, place - exponent) else { return nil }
        var rounded = cut
        if rounding.grows(cut, rest, negative: negative) {
            guard let next = cut.incremented(thread) else { return nil }
            rounded = next
        }
        guard let result = Number.make(thread, negative: negative, exponent: place, rounded) else { return nil }
        return (result, rest == .none)
    }

    /// Rounded to so many digits.
    func rounded(_ thread: ThreadRef, toDigits count: Int, _ rounding: Rounding) -> Number? {
        if count <= 0 || isZero { return self }
        guard let (result, _) = rescaled(thread, adjusted + 1 - count, rounding) else { return nil }
        // 9.99 became 10.0.
        if result.adjusted != adjusted { return result.rescaled(thread, result.adjusted + 1 - count, rounding)?.0 }
        return result
    }
}
