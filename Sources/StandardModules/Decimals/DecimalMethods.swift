import NumberTypes
import Objects

/// The methods of `decimal.Decimal`. Those that programs seldom call are in Python: `Contexts.call` finds them by name.
enum DecimalMethods {
    /// Runs a body in a method's context.
    @inline(__always) private static func within(_ thread: ThreadRef, _ context: Value, _ body: (Value) -> Value) -> Value {
        let context = Contexts.argument(thread, context)
        return context.isEmpty ? .empty : body(context)
    }

    /// The mode that a method's arguments name, or the context's; nil when it has raised.
    private static func rounding(_ thread: ThreadRef, _ value: Value, _ context: Value) -> Rounding? {
        value.isEmpty || value.isNone ? Contexts.settings(context).rounding : Contexts.rounding(thread, value)
    }

    private static func integral(_ thread: ThreadRef, _ a: Arguments, exact: Bool) -> Value {
        within(thread, a[2]) { context in
            guard let rounding = rounding(thread, a[1], context) else { return .empty }
            return Decimals.unary(thread, a[0], context) { $0.integral(thread, $1, rounding, exact: exact) }
        }
    }

    /// `min` and `max`: a number before a quiet NaN.
    static func extreme(_ thread: ThreadRef, _ a: Value, _ b: Value, _ context: Value, larger: Bool, magnitudes: Bool) -> Value {
        Decimals.binary(thread, a, b, context) { settings, x, y in
            if x.kind == .quiet && !y.isNaN { return settings.finish(thread, y) }
            if y.kind == .quiet && !x.isNaN { return settings.finish(thread, x) }
            if let result = settings.nan(x, y) { return settings.finishSlow(thread, result) }
            guard var order = magnitudes ? Settings.compare(thread, x.withSign(false), y.withSign(false)) : Settings.compare(thread, x, y) else { return nil }
            if order == 0 {
                guard let total = Settings.compareTotal(thread, x, y) else { return nil }
                order = total
            }
            return settings.finish(thread, (order < 0) == larger ? y : x)
        }
    }

    static func comparison(_ thread: ThreadRef, _ a: Value, _ b: Value, _ context: Value, signals: Bool) -> Value {
        Decimals.binary(thread, a, b, context) { settings, x, y in
            if x.isNaN || y.isNaN {
                guard let result = settings.nan(x, y) else { return nil }
                if signals { settings.status.insert(.invalidOperation) }
                return settings.finishSlow(thread, result)
            }
            guard let order = Settings.compare(thread, x, y) else { return nil }
            return Number(negative: order < 0, exponent: 0, coefficient: Coefficient(UInt128(order.magnitude)), digits: 1)
        }
    }

    static func total(_ thread: ThreadRef, _ a: Value, _ b: Value, magnitudes: Bool) -> Value {
        guard let x = Decimals.argument(thread, a), let y = Decimals.argument(thread, b),
              let order = magnitudes ? Settings.compareTotal(thread, x.withSign(false), y.withSign(false)) : Settings.compareTotal(thread, x, y) else { return .empty }
        return Decimals.make(thread, Number(negative: order < 0, exponent: 0, coefficient: Coefficient(UInt128(order.magnitude)), digits: 1))
    }

    static func sameQuantum(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        guard let x = Decimals.argument(thread, a), let y = Decimals.argument(thread, b) else { return .empty }
        if !x.isFinite || !y.isFinite { return Value((x.isNaN && y.isNaN) || (x.isInfinite && y.isInfinite)) }
        return Value(x.exponent == y.exponent)
    }

    static func isNormal(_ number: Number, _ context: Value) -> Bool { number.isFinite && !number.isZero && number.adjusted >= Contexts.object(context).pointee.least }
    static func isSubnormal(_ number: Number, _ context: Value) -> Bool { number.isFinite && !number.isZero && number.adjusted < Contexts.object(context).pointee.least }

    static func numberClass(_ number: Number, _ context: Value) -> Value {
        let name: StaticString
        switch number.kind {
        case .signalling: name = "sNaN"
        case .quiet: name = "NaN"
        case .infinity: name = number.negative ? "-Infinity" : "+Infinity"
        case .finite:
            if number.isZero {
                name = number.negative ? "-Zero" : "+Zero"
            } else if isSubnormal(number, context) {
                name = number.negative ? "-Subnormal" : "+Subnormal"
            } else {
                name = number.negative ? "-Normal" : "+Normal"
            }
        }
        return StringRef.intern(static: name).value
    }

    static func text(_ thread: ThreadRef, _ number: Number, _ context: Value, engineering: Bool) -> Value {
        DecimalText.write(thread, number, capitals: Contexts.object(context).pointee.capitals, engineering: engineering)
    }

    /// The digits as a tuple of ints.
    private static func tuple(_ thread: ThreadRef, _ number: Number) -> Value {
        let count = number.isInfinite ? 1 : number.digits
        let digits = thread.newTuple(count: count)
        if digits.isEmpty { return .empty }
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: count + 1)
        if number.isInfinite { text[0] = 48 } else if count > 0 { number.coefficient.write(text, count) }
        for index in 0 ..< count { TupleRef(digits).initialize(index, Value(small: Int(text[index]) - 48)) }
        text.deallocate()
        let place: Value
        switch number.kind {
        case .finite: place = Value(small: number.exponent)
        case .infinity: place = thread.newString("F")
        case .quiet: place = thread.newString("n")
        case .signalling: place = thread.newString("N")
        }
        return thread.call(Contexts.hook("DecimalTuple"), Value(small: number.negative ? 1 : 0), digits, place)
    }

    private static func ratio(_ thread: ThreadRef, _ number: Number) -> Value {
        if number.isNaN { return thread.raise(.valueError, "cannot convert NaN to integer ratio") }
        if number.isInfinite { return thread.raise(.overflowError, "cannot convert Infinity to integer ratio") }
        var numerator: Value, denominator = Value(small: 1)
        if number.isZero {
            numerator = Value(small: 0)
        } else if number.exponent >= 0 {
            numerator = Decimals.toInt(thread, number.withSign(false), .down)
        } else {
            numerator = number.coefficient.int(thread)
            denominator = Powers.int(thread, -number.exponent)
            if numerator.isEmpty || denominator.isEmpty { return .empty }
            let common = Integers.gcd(thread, numerator, denominator)
            if common.isEmpty { return .empty }
            numerator = Integers.floorDivide(thread, numerator, common)
            denominator = numerator.isEmpty ? .empty : Integers.floorDivide(thread, denominator, common)
        }
        if numerator.isEmpty || denominator.isEmpty { return .empty }
        if number.negative { numerator = Integers.negate(thread, numerator) }
        return numerator.isEmpty ? .empty : thread.newTuple(numerator, denominator)
    }

    private static func rounded(_ thread: ThreadRef, _ value: Value, _ digits: Value) -> Value {
        let number = Decimals.number(value)
        if digits.isEmpty { return Decimals.toInt(thread, number, .halfEven) }
        guard digits.isInt || digits.isBool else { return thread.raise(.typeError, "optional arg must be an integer") }
        guard let places = thread.toInt(digits) else { return .empty }
        let context = Contexts.current(thread)
        if context.isEmpty { return .empty }
        var settings = Contexts.settings(context)
        let place = places == Int.min ? Int.max : -places
        let result: Number?
        if number.isNaN { result = settings.nan(number, number).flatMap { settings.finishSlow(thread, $0) } } else if number.isInfinite { result = settings.invalid() } else { result = settings.quantize(thread, number, place: place, settings.rounding) }
        return Decimals.result(thread, result, context, settings)
    }

    static let all: [Def] = [
        Def("normalize(self, /, context=None)", .calls, "Strip trailing zeros, and reduce zeros to 0e0.") { thread, a, _ in DecimalMethods.within(thread, a[1]) { context in Decimals.unary(thread, a[0], context) { $0.normalize(thread, $1) } } },
        Def("sqrt(self, /, context=None)", .calls, "The square root to full precision.") { thread, a, _ in DecimalMethods.within(thread, a[1]) { context in Decimals.unary(thread, a[0], context) { $0.squareRoot(thread, $1) } } },
        Def("exp(self, /, context=None)", .calls, "e to the power of the number.") { thread, a, _ in Contexts.call(thread, "exp", a, 2) },
        Def("ln(self, /, context=None)", .calls, "The natural logarithm.") { thread, a, _ in Contexts.call(thread, "ln", a, 2) },
        Def("log10(self, /, context=None)", .calls, "The logarithm to base ten.") { thread, a, _ in Contexts.call(thread, "log10", a, 2) },
        Def("next_minus(self, /, context=None)", .calls, "The largest number smaller than this one.") { thread, a, _ in Contexts.call(thread, "next_minus", a, 2) },
        Def("next_plus(self, /, context=None)", .calls, "The smallest number larger than this one.") { thread, a, _ in Contexts.call(thread, "next_plus", a, 2) },
        Def("logb(self, /, context=None)", .calls, "The adjusted exponent, as a Decimal.") { thread, a, _ in Contexts.call(thread, "logb", a, 2) },
        Def("logical_invert(self, /, context=None)", .calls, "The inverse of a logical operand, digit by digit.") { thread, a, _ in Contexts.call(thread, "logical_invert", a, 2) },
        Def("next_toward(self, /, other, context=None)", .calls, "The number next to this one in the direction of the other.") { thread, a, _ in Contexts.call(thread, "next_toward", a, 3) },
        Def("remainder_near(self, /, other, context=None)", .calls, "The remainder that is nearest to zero.") { thread, a, _ in Contexts.call(thread, "remainder_near", a, 3) },
        Def("logical_and(self, /, other, context=None)", .calls, "The digits that both have.") { thread, a, _ in Contexts.call(thread, "logical_and", a, 3) },
        Def("logical_or(self, /, other, context=None)", .calls, "The digits that either has.") { thread, a, _ in Contexts.call(thread, "logical_or", a, 3) },
        Def("logical_xor(self, /, other, context=None)", .calls, "The digits that one of the two has.") { thread, a, _ in Contexts.call(thread, "logical_xor", a, 3) },
        Def("rotate(self, /, other, context=None)", .calls, "The digits rotated by so many places.") { thread, a, _ in Contexts.call(thread, "rotate", a, 3) },
        Def("scaleb(self, /, other, context=None)", .calls, "The number with the other added to its exponent.") { thread, a, _ in Contexts.call(thread, "scaleb", a, 3) },
        Def("shift(self, /, other, context=None)", .calls, "The digits shifted by so many places.") { thread, a, _ in Contexts.call(thread, "shift", a, 3) },
        Def("to_integral(self, /, rounding=None, context=None)", .calls, "Round to an integer.") { thread, a, _ in DecimalMethods.integral(thread, a, exact: false) },
        Def("to_integral_value(self, /, rounding=None, context=None)", .calls, "Round to an integer.") { thread, a, _ in DecimalMethods.integral(thread, a, exact: false) },
        Def("to_integral_exact(self, /, rounding=None, context=None)", .calls, "Round to an integer, and note what was lost.") { thread, a, _ in DecimalMethods.integral(thread, a, exact: true) },
        Def("compare(self, /, other, context=None)", .calls, "-1, 0 or 1 as a Decimal, or NaN.") { thread, a, _ in DecimalMethods.within(thread, a[2]) { DecimalMethods.comparison(thread, a[0], a[1], $0, signals: false) } },
        Def("compare_signal(self, /, other, context=None)", .calls, "The same, and every NaN signals.") { thread, a, _ in DecimalMethods.within(thread, a[2]) { DecimalMethods.comparison(thread, a[0], a[1], $0, signals: true) } },
        Def("max(self, /, other, context=None)", .calls, "The larger of the two.") { thread, a, _ in DecimalMethods.within(thread, a[2]) { DecimalMethods.extreme(thread, a[0], a[1], $0, larger: true, magnitudes: false) } },
        Def("max_mag(self, /, other, context=None)", .calls, "The larger by magnitude.") { thread, a, _ in DecimalMethods.within(thread, a[2]) { DecimalMethods.extreme(thread, a[0], a[1], $0, larger: true, magnitudes: true) } },
        Def("min(self, /, other, context=None)", .calls, "The smaller of the two.") { thread, a, _ in DecimalMethods.within(thread, a[2]) { DecimalMethods.extreme(thread, a[0], a[1], $0, larger: false, magnitudes: false) } },
        Def("min_mag(self, /, other, context=None)", .calls, "The smaller by magnitude.") { thread, a, _ in DecimalMethods.within(thread, a[2]) { DecimalMethods.extreme(thread, a[0], a[1], $0, larger: false, magnitudes: true) } },
        Def("quantize(self, /, exp, rounding=None, context=None)", .calls, "Round to the exponent of another number.") { thread, a, _ in
            DecimalMethods.within(thread, a[3]) { context in
                guard let rounding = DecimalMethods.rounding(thread, a[2], context) else { return .empty }
                return Decimals.binary(thread, a[0], a[1], context) { $0.quantize(thread, $1, $2, rounding) }
            }
        },
        Def("fma(self, /, other, third, context=None)", .calls, "self * other + third, rounded once.") { thread, a, _ in
            DecimalMethods.within(thread, a[3]) { DecimalMethods.fused(thread, a[0], a[1], a[2], $0) }
        },
        Def("is_canonical(self, /)", .pure, "True: every Decimal is.") { _, _, _ in .true },
        Def("is_finite(self, /)", .pure, "Neither infinite nor NaN.") { _, a, _ in Value(Decimals.number(a[0]).isFinite) },
        Def("is_infinite(self, /)", .pure, "An infinity.") { _, a, _ in Value(Decimals.number(a[0]).isInfinite) },
        Def("is_nan(self, /)", .pure, "A NaN, quiet or signalling.") { _, a, _ in Value(Decimals.number(a[0]).isNaN) },
        Def("is_qnan(self, /)", .pure, "A quiet NaN.") { _, a, _ in Value(Decimals.number(a[0]).kind == .quiet) },
        Def("is_snan(self, /)", .pure, "A signalling NaN.") { _, a, _ in Value(Decimals.number(a[0]).kind == .signalling) },
        Def("is_signed(self, /)", .pure, "With a minus sign.") { _, a, _ in Value(Decimals.number(a[0]).negative) },
        Def("is_zero(self, /)", .pure, "A zero.") { _, a, _ in Value(Decimals.number(a[0]).isZero) },
        Def("is_normal(self, /, context=None)", .reads, "A finite number other than zero and not subnormal.") { thread, a, _ in DecimalMethods.within(thread, a[1]) { Value(DecimalMethods.isNormal(Decimals.number(a[0]), $0)) } },
        Def("is_subnormal(self, /, context=None)", .reads, "A finite number below the smallest normal one.") { thread, a, _ in DecimalMethods.within(thread, a[1]) { Value(DecimalMethods.isSubnormal(Decimals.number(a[0]), $0)) } },
        Def("number_class(self, /, context=None)", .reads, "The kind of the number, as text.") { thread, a, _ in DecimalMethods.within(thread, a[1]) { DecimalMethods.numberClass(Decimals.number(a[0]), $0) } },
        Def("to_eng_string(self, /, context=None)", .reads, "The number as text, with exponents that are multiples of three.") { thread, a, _ in DecimalMethods.within(thread, a[1]) { DecimalMethods.text(thread, Decimals.number(a[0]), $0, engineering: true) } },
        Def("adjusted(self, /)", .pure, "The exponent of the first digit.") { _, a, _ in
            let number = Decimals.number(a[0])
            return Value(small: number.isFinite && !number.isZero ? number.adjusted : number.isZero ? number.exponent : 0)
        },
        Def("canonical(self, /)", .pure, "The number itself.") { _, a, _ in a[0] },
        Def("conjugate(self, /)", .pure, "The number itself.") { _, a, _ in a[0] },
        Def("radix(self, /)", .pure, "Decimal(10).") { thread, _, _ in Decimals.make(thread, Number(negative: false, exponent: 0, coefficient: Coefficient(10), digits: 2)) },
        Def("copy_abs(self, /)", .pure, "The number without its sign, exactly.") { thread, a, _ in Decimals.make(thread, Decimals.number(a[0]).withSign(false)) },
        Def("copy_negate(self, /)", .pure, "The number with the other sign, exactly.") { thread, a, _ in
            let number = Decimals.number(a[0])
            return Decimals.make(thread, number.withSign(!number.negative))
        },
        Def("copy_sign(self, /, other, context=None)", .calls, "The number with the sign of the other, exactly.") { thread, a, _ in
            DecimalMethods.within(thread, a[2]) { _ in
                guard let other = Decimals.argument(thread, a[1]) else { return .empty }
                return Decimals.make(thread, Decimals.number(a[0]).withSign(other.negative))
            }
        },
        Def("compare_total(self, /, other, context=None)", .calls, "The order of the representations: -1, 0 or 1 as a Decimal.") { thread, a, _ in
            DecimalMethods.within(thread, a[2]) { _ in DecimalMethods.total(thread, a[0], a[1], magnitudes: false) }
        },
        Def("compare_total_mag(self, /, other, context=None)", .calls, "The same without the signs.") { thread, a, _ in
            DecimalMethods.within(thread, a[2]) { _ in DecimalMethods.total(thread, a[0], a[1], magnitudes: true) }
        },
        Def("same_quantum(self, /, other, context=None)", .calls, "Whether both have the same exponent, or both are infinite or NaN.") { thread, a, _ in
            DecimalMethods.within(thread, a[2]) { _ in DecimalMethods.sameQuantum(thread, a[0], a[1]) }
        },
        Def("from_float(type, f, /)", .calls, "The exact value of a float or int.", kind: .classMethod) { thread, a, _ in
            guard let number = Decimals.fromFloat(thread, a[1]) else { return .empty }
            let result = Decimals.make(thread, number)
            return result.isEmpty || a[0] == Decimals.type.type.value ? result : thread.call(a[0], result)
        },
        Def("as_tuple(self, /)", .calls, "Sign, digits and exponent.") { thread, a, _ in DecimalMethods.tuple(thread, Decimals.number(a[0])) },
        Def("as_integer_ratio(self, /)", .pure, "Two ints whose quotient is the number, in lowest terms.") { thread, a, _ in DecimalMethods.ratio(thread, Decimals.number(a[0])) },
        Def("__copy__(self, /)", .pure) { _, a, _ in a[0] },
        Def("__deepcopy__(self, memo, /)", .pure) { _, a, _ in a[0] },
        Def("__format__(self, format_spec, override=<unrepresentable>, /)", .calls) { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "format arg must be str") }
            let context = Contexts.current(thread)
            if context.isEmpty { return .empty }
            if a[2].isEmpty, let result = DecimalText.format(thread, Decimals.number(a[0]), StringRef(a[1]), context) { return result }
            guard let vector = thread.pushArguments(4) else { return .empty }
            for index in 0 ..< 3 { vector[index] = a[index] }
            vector[3] = context
            let result = Contexts.call(thread, "format", vector, 4)
            thread.popArguments(vector)
            return result
        },
        Def("__reduce__(self, /)", .pure) { thread, a, _ in
            let text = Decimals.text(thread, a[0], wrapped: false)
            let arguments = text.isEmpty ? .empty : thread.newTuple(text)
            return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
        },
        Def("__round__(self, ndigits=<unrepresentable>, /)", .calls) { thread, a, _ in DecimalMethods.rounded(thread, a[0], a[1]) },
        Def("__ceil__(self, /)", .pure) { thread, a, _ in Decimals.toInt(thread, Decimals.number(a[0]), .ceiling) },
        Def("__floor__(self, /)", .pure) { thread, a, _ in Decimals.toInt(thread, Decimals.number(a[0]), .floor) },
        Def("__trunc__(self, /)", .pure) { thread, a, _ in Decimals.toInt(thread, Decimals.number(a[0]), .down) },
        Def("__complex__(self, /)", .pure) { thread, a, _ in
            let real = Decimals.toFloat(thread, Decimals.number(a[0]))
            return real.isEmpty ? .empty : thread.newComplex(real.doubleValue, 0)
        },
        Def("__sizeof__(self, /)", .pure) { _, a, _ in
            let big = Decimals.number(a[0]).coefficient.big
            return Value(small: 104 + (big.isEmpty ? 0 : (Integers.bitLength(big) + 63) / 64 * 8))
        },
    ]

    static let getters: [Getter] = [
        Getter("real") { _, a, _ in a[0] },
        Getter("imag") { thread, _, _ in Decimals.make(thread, Number.zero()) },
    ]

    static func fused(_ thread: ThreadRef, _ a: Value, _ b: Value, _ c: Value, _ context: Value) -> Value {
        guard let x = Decimals.argument(thread, a), let y = Decimals.argument(thread, b), let z = Decimals.argument(thread, c) else { return .empty }
        var settings = Contexts.settings(context)
        let number = settings.fusedMultiplyAdd(thread, x, y, z)
        return Decimals.result(thread, number, context, settings)
    }
}

extension Settings {
    /// The total order of representations (IEEE 754): -NaN < -sNaN < -Infinity < numbers < Infinity < sNaN < NaN, and of equal numbers the one with the smaller exponent
    /// first. nil when it has raised.
    static func compareTotal(_ thread: ThreadRef, _ a: Number, _ b: Number) -> Int? {
        if a.negative != b.negative { return a.negative ? -1 : 1 }
        let sign = a.negative ? -1 : 1
        if a.isNaN || b.isNaN {
            func rank(_ number: Number) -> Int { number.kind == .quiet ? 2 : number.kind == .signalling ? 1 : 0 }
            if rank(a) != rank(b) { return rank(a) < rank(b) ? -sign : sign }
            guard let order = Coefficient.compare(thread, a.coefficient, b.coefficient) else { return nil }
            return order * sign
        }
        guard let order = compare(thread, a, b) else { return nil }
        if order != 0 || !a.isFinite { return order }
        return a.exponent == b.exponent ? 0 : a.exponent < b.exponent ? -sign : sign
    }
}
