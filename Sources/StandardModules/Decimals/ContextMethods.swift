import NumberTypes
import Objects

/// The methods of `decimal.Context`: the operations with the context as their first argument.
enum ContextMethods {
    private static func number(_ thread: ThreadRef, _ value: Value, _ body: (Number) -> Value) -> Value {
        guard let number = Decimals.argument(thread, value) else { return .empty }
        return body(number)
    }

    /// An operation that is in Python and takes the context last.
    private static func cold(_ thread: ThreadRef, _ name: StaticString, _ a: Arguments, _ count: Int) -> Value {
        guard let vector = thread.pushArguments(count + 1) else { return .empty }
        for index in 0 ..< count { vector[index] = a[index + 1] }
        vector[count] = a[0]
        let result = Contexts.call(thread, name, vector, count + 1)
        thread.popArguments(vector)
        return result
    }

    /// An argument as a Decimal.
    private static func decimal(_ thread: ThreadRef, _ value: Value) -> Value {
        if Decimals.isDecimal(value) { return value }
        guard let number = Decimals.argument(thread, value) else { return .empty }
        return Decimals.make(thread, number)
    }

    static let all: [Def] = [
        Def("abs(self, x, /)", .calls, "The absolute value of x.") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.absolute(thread, $1) } },
        Def("minus(self, x, /)", .calls, "-x") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.minus(thread, $1) } },
        Def("plus(self, x, /)", .calls, "+x") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.plus(thread, $1) } },
        Def("normalize(self, x, /)", .calls, "x without trailing zeros.") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.normalize(thread, $1) } },
        Def("sqrt(self, x, /)", .calls, "The square root of x.") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.squareRoot(thread, $1) } },
        Def("to_integral(self, x, /)", .calls, "x rounded to an integer.") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.integral(thread, $1, $0.rounding, exact: false) } },
        Def("to_integral_value(self, x, /)", .calls, "x rounded to an integer.") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.integral(thread, $1, $0.rounding, exact: false) } },
        Def("to_integral_exact(self, x, /)", .calls, "x rounded to an integer.") { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.integral(thread, $1, $0.rounding, exact: true) } },
        Def("add(self, x, y, /)", .calls, "x + y") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.add(thread, $1, $2) } },
        Def("subtract(self, x, y, /)", .calls, "x - y") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.subtract(thread, $1, $2) } },
        Def("multiply(self, x, y, /)", .calls, "x * y") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.multiply(thread, $1, $2) } },
        Def("divide(self, x, y, /)", .calls, "x / y") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.divide(thread, $1, $2) } },
        Def("divide_int(self, x, y, /)", .calls, "x // y") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.divideInteger(thread, $1, $2) } },
        Def("remainder(self, x, y, /)", .calls, "x % y") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.remainder(thread, $1, $2) } },
        Def("quantize(self, x, y, /)", .calls, "x rounded to the exponent of y.") { thread, a, _ in Decimals.binary(thread, a[1], a[2], a[0]) { $0.quantize(thread, $1, $2, $0.rounding) } },
        Def("compare(self, x, y, /)", .calls, "-1, 0 or 1 as a Decimal, or NaN.") { thread, a, _ in DecimalMethods.comparison(thread, a[1], a[2], a[0], signals: false) },
        Def("compare_signal(self, x, y, /)", .calls, "The same, and every NaN signals.") { thread, a, _ in DecimalMethods.comparison(thread, a[1], a[2], a[0], signals: true) },
        Def("max(self, x, y, /)", .calls, "The larger of the two.") { thread, a, _ in DecimalMethods.extreme(thread, a[1], a[2], a[0], larger: true, magnitudes: false) },
        Def("max_mag(self, x, y, /)", .calls, "The larger by magnitude.") { thread, a, _ in DecimalMethods.extreme(thread, a[1], a[2], a[0], larger: true, magnitudes: true) },
        Def("min(self, x, y, /)", .calls, "The smaller of the two.") { thread, a, _ in DecimalMethods.extreme(thread, a[1], a[2], a[0], larger: false, magnitudes: false) },
        Def("min_mag(self, x, y, /)", .calls, "The smaller by magnitude.") { thread, a, _ in DecimalMethods.extreme(thread, a[1], a[2], a[0], larger: false, magnitudes: true) },
        Def("exp(self, x, /)", .calls, "e to the power of x.") { thread, a, _ in ContextMethods.cold(thread, "exp", a, 1) },
        Def("ln(self, x, /)", .calls, "The natural logarithm.") { thread, a, _ in ContextMethods.cold(thread, "ln", a, 1) },
        Def("log10(self, x, /)", .calls, "The logarithm to base ten.") { thread, a, _ in ContextMethods.cold(thread, "log10", a, 1) },
        Def("next_minus(self, x, /)", .calls, "The largest number smaller than this one.") { thread, a, _ in ContextMethods.cold(thread, "next_minus", a, 1) },
        Def("next_plus(self, x, /)", .calls, "The smallest number larger than this one.") { thread, a, _ in ContextMethods.cold(thread, "next_plus", a, 1) },
        Def("logb(self, x, /)", .calls, "The adjusted exponent, as a Decimal.") { thread, a, _ in ContextMethods.cold(thread, "logb", a, 1) },
        Def("logical_invert(self, x, /)", .calls, "The inverse of a logical operand, digit by digit.") { thread, a, _ in ContextMethods.cold(thread, "logical_invert", a, 1) },
        Def("next_toward(self, x, y, /)", .calls, "The number next to this one in the direction of the other.") { thread, a, _ in ContextMethods.cold(thread, "next_toward", a, 2) },
        Def("remainder_near(self, x, y, /)", .calls, "The remainder that is nearest to zero.") { thread, a, _ in ContextMethods.cold(thread, "remainder_near", a, 2) },
        Def("logical_and(self, x, y, /)", .calls, "The digits that both have.") { thread, a, _ in ContextMethods.cold(thread, "logical_and", a, 2) },
        Def("logical_or(self, x, y, /)", .calls, "The digits that either has.") { thread, a, _ in ContextMethods.cold(thread, "logical_or", a, 2) },
        Def("logical_xor(self, x, y, /)", .calls, "The digits that one of the two has.") { thread, a, _ in ContextMethods.cold(thread, "logical_xor", a, 2) },
        Def("rotate(self, x, y, /)", .calls, "The digits rotated by so many places.") { thread, a, _ in ContextMethods.cold(thread, "rotate", a, 2) },
        Def("scaleb(self, x, y, /)", .calls, "The number with the other added to its exponent.") { thread, a, _ in ContextMethods.cold(thread, "scaleb", a, 2) },
        Def("shift(self, x, y, /)", .calls, "The digits shifted by so many places.") { thread, a, _ in ContextMethods.cold(thread, "shift", a, 2) },
        Def("divmod(self, x, y, /)", .calls, "Integral quotient and remainder.") { thread, a, _ in
            guard let x = Decimals.argument(thread, a[1]), let y = Decimals.argument(thread, a[2]) else { return .empty }
            return Decimals.divmod(thread, x, y, a[0])
        },
        Def("power(self, /, a, b, modulo=None)", .calls, "a ** b, or a ** b % modulo of integers.") { thread, a, _ in
            guard let x = Decimals.argument(thread, a[1]), let y = Decimals.argument(thread, a[2]) else { return .empty }
            if a[3].isEmpty || a[3].isNone { return Decimals.power(thread, a[1], a[2], x, y, a[0]) }
            guard Decimals.argument(thread, a[3]) != nil else { return .empty }
            return ContextMethods.cold(thread, "power", a, 3)
        },
        Def("fma(self, x, y, z, /)", .calls, "x * y + z, rounded once.") { thread, a, _ in DecimalMethods.fused(thread, a[1], a[2], a[3], a[0]) },
        Def("Etiny(self, /)", .reads, "The exponent of the smallest subnormal numbers.") { thread, a, _ in thread.newInt(Contexts.settings(a[0]).tiny) },
        Def("Etop(self, /)", .reads, "The largest exponent of numbers of full precision.") { thread, a, _ in thread.newInt(Contexts.settings(a[0]).top) },
        Def("radix(self, /)", .pure, "Decimal(10).") { thread, _, _ in Decimals.make(thread, Number(negative: false, exponent: 0, coefficient: Coefficient(10), digits: 2)) },
        Def("is_canonical(self, x, /)", .calls, "True for a Decimal.") { thread, a, _ in
            Decimals.isDecimal(a[1]) ? .true : thread.raise(.typeError, "argument must be a Decimal")
        },
        Def("canonical(self, x, /)", .calls, "x itself.") { thread, a, _ in
            Decimals.isDecimal(a[1]) ? a[1] : thread.raise(.typeError, "argument must be a Decimal")
        },
        Def("is_finite(self, x, /)", .calls, "Neither infinite nor NaN.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.isFinite) } },
        Def("is_infinite(self, x, /)", .calls, "An infinity.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.isInfinite) } },
        Def("is_nan(self, x, /)", .calls, "A NaN, quiet or signalling.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.isNaN) } },
        Def("is_qnan(self, x, /)", .calls, "A quiet NaN.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.kind == .quiet) } },
        Def("is_snan(self, x, /)", .calls, "A signalling NaN.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.kind == .signalling) } },
        Def("is_signed(self, x, /)", .calls, "With a minus sign.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.negative) } },
        Def("is_zero(self, x, /)", .calls, "A zero.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value($0.isZero) } },
        Def("is_normal(self, x, /)", .calls, "Finite, not zero and not subnormal.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value(DecimalMethods.isNormal($0, a[0])) } },
        Def("is_subnormal(self, x, /)", .calls, "Below the smallest normal number.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Value(DecimalMethods.isSubnormal($0, a[0])) } },
        Def("number_class(self, x, /)", .calls, "The kind of x, as text.") { thread, a, _ in ContextMethods.number(thread, a[1]) { DecimalMethods.numberClass($0, a[0]) } },
        Def("to_sci_string(self, x, /)", .calls, "x as text.") { thread, a, _ in ContextMethods.number(thread, a[1]) { DecimalMethods.text(thread, $0, a[0], engineering: false) } },
        Def("to_eng_string(self, x, /)", .calls, "x as text, with exponents that are multiples of three.") { thread, a, _ in
            ContextMethods.number(thread, a[1]) { DecimalMethods.text(thread, $0, a[0], engineering: true) }
        },
        Def("compare_total(self, x, y, /)", .calls, "The order of the representations.") { thread, a, _ in DecimalMethods.total(thread, a[1], a[2], magnitudes: false) },
        Def("compare_total_mag(self, x, y, /)", .calls, "The same without the signs.") { thread, a, _ in DecimalMethods.total(thread, a[1], a[2], magnitudes: true) },
        Def("same_quantum(self, x, y, /)", .calls, "Whether both have the same exponent.") { thread, a, _ in DecimalMethods.sameQuantum(thread, a[1], a[2]) },
        Def("copy_abs(self, x, /)", .calls, "x without its sign, exactly.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Decimals.make(thread, $0.withSign(false)) } },
        Def("copy_negate(self, x, /)", .calls, "x with the other sign, exactly.") { thread, a, _ in ContextMethods.number(thread, a[1]) { Decimals.make(thread, $0.withSign(!$0.negative)) } },
        Def("copy_decimal(self, x, /)", .calls, "x as a Decimal.") { thread, a, _ in ContextMethods.decimal(thread, a[1]) },
        Def("copy_sign(self, x, y, /)", .calls, "x with the sign of y, exactly.") { thread, a, _ in
            guard let x = Decimals.argument(thread, a[1]), let y = Decimals.argument(thread, a[2]) else { return .empty }
            return Decimals.make(thread, x.withSign(y.negative))
        },
        Def("_apply(self, x, /)", .calls) { thread, a, _ in Decimals.unary(thread, a[1], a[0]) { $0.finish(thread, $1) } },
        Def("clear_flags(self, /)", .writes, "Set all flags to False.") { _, a, _ in
            Contexts.object(a[0]).pointee.status = 0
            return .none
        },
        Def("clear_traps(self, /)", .writes, "Set all traps to False.") { _, a, _ in
            Contexts.object(a[0]).pointee.traps = 0
            return .none
        },
        Def("copy(self, /)", .writes, "A copy, with all flags and traps.") { thread, a, _ in Contexts.copy(thread, a[0]) },
        Def("__copy__(self, /)", .writes) { thread, a, _ in Contexts.copy(thread, a[0]) },
        Def("__reduce__(self, /)", .calls) { thread, a, _ in thread.call(Contexts.hook("reduce_context"), a[0]) },
        Def("create_decimal(self, num=\"0\", /)", .calls, "A Decimal, rounded to the context.") { thread, a, _ in
            a[1].isEmpty ? Decimals.make(thread, Number.zero()) : Decimals.create(thread, a[1], a[0])
        },
        Def("create_decimal_from_float(self, f, /)", .calls, "The value of a float, rounded to the context.") { thread, a, _ in
            guard let exact = Decimals.fromFloat(thread, a[1]) else { return .empty }
            var settings = Contexts.settings(a[0])
            let number = settings.finish(thread, exact)
            return Decimals.result(thread, number, a[0], settings)
        },
    ]
}
