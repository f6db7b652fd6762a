import Glibc
import NumberTypes
import Objects

/// `math`: C's functions with Python's errors, and functions on ints. A result that is not a number though the arguments are is a domain error; one that is infinite
/// though the arguments are not is a range error, or a domain error where the function has a pole.
enum MathModule {
    static func register() {
        NativeModule.register("math", doc: "Mathematical functions of real numbers, as C has them, and of ints.",
                              functions: elementary + MathIntegers.functions + MathSums.functions) { module in
            module.set("pi", module.thread.newFloat(.pi))
            module.set("e", module.thread.newFloat(M_E))
            module.set("tau", module.thread.newFloat(2 * .pi))
            module.set("inf", module.thread.newFloat(.infinity))
            module.set("nan", module.thread.newFloat(.nan))
            return true
        }
    }

    @inline(never) static func domainError(_ thread: ThreadRef) -> Value { thread.raise(.valueError, "math domain error") }
    @inline(never) static func rangeError(_ thread: ThreadRef) -> Value { thread.raise(.overflowError, "math range error") }

    @inline(__always) static func double(_ thread: ThreadRef, _ value: Value) -> Double? {
        value.isInlineFloat ? value.inlineFloat : thread.toDouble(value)
    }

    /// A function of one argument. `overflows` says whether an infinite result of a finite argument is too large or a pole.
    @inline(__always) static func unary(_ thread: ThreadRef, _ argument: Value, overflows: Bool = false, _ function: (Double) -> Double) -> Value {
        guard let x = double(thread, argument) else { return .empty }
        let result = function(x)
        if !result.isFinite {
            if result.isNaN && !x.isNaN { return domainError(thread) }
            if result.isInfinite && x.isFinite { return overflows ? rangeError(thread) : domainError(thread) }
        }
        return thread.newFloat(result)
    }

    @inline(__always) static func binary(_ thread: ThreadRef, _ a: Arguments, _ function: (Double, Double) -> Double) -> Value {
        guard let x = double(thread, a[0]), let y = double(thread, a[1]) else { return .empty }
        let result = function(x, y)
        if !result.isFinite {
            if result.isNaN && !x.isNaN && !y.isNaN { return domainError(thread) }
            if result.isInfinite && x.isFinite && y.isFinite { return rangeError(thread) }
        }
        return thread.newFloat(result)
    }

    static let elementary: [Def] = [
        Def("acos(x, /)", .callsOnArguments, "The arc cosine of x, in radians.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], acos) },
        Def("acosh(x, /)", .callsOnArguments, "The inverse hyperbolic cosine of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], acosh) },
        Def("asin(x, /)", .callsOnArguments, "The arc sine of x, in radians.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], asin) },
        Def("asinh(x, /)", .callsOnArguments, "The inverse hyperbolic sine of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], asinh) },
        Def("atan(x, /)", .callsOnArguments, "The arc tangent of x, in radians.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], atan) },
        Def("atanh(x, /)", .callsOnArguments, "The inverse hyperbolic tangent of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], atanh) },
        Def("cbrt(x, /)", .callsOnArguments, "The cube root of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], cbrt) },
        Def("cos(x, /)", .callsOnArguments, "The cosine of x radians.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], cos) },
        Def("cosh(x, /)", .callsOnArguments, "The hyperbolic cosine of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], overflows: true, cosh) },
        Def("degrees(x, /)", .callsOnArguments, "x radians in degrees.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            return t.newFloat(x * (180 / Double.pi))
        },
        Def("erf(x, /)", .callsOnArguments, "The error function at x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], erf) },
        Def("erfc(x, /)", .callsOnArguments, "The complementary error function at x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], erfc) },
        Def("exp(x, /)", .callsOnArguments, "e to the power of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], overflows: true, exp) },
        Def("exp2(x, /)", .callsOnArguments, "2 to the power of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], overflows: true, exp2) },
        Def("expm1(x, /)", .callsOnArguments, "exp(x) - 1 without loss of precision for small x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], overflows: true, expm1) },
        Def("fabs(x, /)", .callsOnArguments, "The absolute value of x as a float.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], fabs) },
        Def("gamma(x, /)", .callsOnArguments, "The gamma function at x.", kind: .function) { t, a, _ in MathModule.gamma(t, a[0]) },
        Def("lgamma(x, /)", .callsOnArguments, "The natural logarithm of the gamma function's absolute value at x.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            if x.isInfinite { return t.newFloat(.infinity) }
            if x <= 0 && x == x.rounded(.down) { return MathModule.domainError(t) }
            let result = GammaFunctions.logarithm(x)
            return result.isInfinite ? MathModule.rangeError(t) : t.newFloat(result)
        },
        Def("log1p(x, /)", .callsOnArguments, "log(1 + x) without loss of precision for small x.", kind: .function) { t, a, _ in
            MathModule.unary(t, a[0]) { $0 == 0 ? $0 : log1p($0) }
        },
        Def("radians(x, /)", .callsOnArguments, "x degrees in radians.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            return t.newFloat(x * (Double.pi / 180))
        },
        Def("sin(x, /)", .callsOnArguments, "The sine of x radians.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], sin) },
        Def("sinh(x, /)", .callsOnArguments, "The hyperbolic sine of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], overflows: true, sinh) },
        Def("sqrt(x, /)", .callsOnArguments, "The square root of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0]) { $0.squareRoot() } },
        Def("tan(x, /)", .callsOnArguments, "The tangent of x radians.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], tan) },
        Def("tanh(x, /)", .callsOnArguments, "The hyperbolic tangent of x.", kind: .function) { t, a, _ in MathModule.unary(t, a[0], tanh) },
        Def("atan2(y, x, /)", .callsOnArguments, "The angle of the point (x, y), in radians: the arc tangent of y/x in the right quadrant.", kind: .function) { t, a, _ in MathModule.binary(t, a, atan2) },
        Def("copysign(x, y, /)", .callsOnArguments, "A float with the magnitude of x and the sign of y.", kind: .function) { t, a, _ in MathModule.binary(t, a, copysign) },
        Def("remainder(x, y, /)", .callsOnArguments, "What x differs by from the nearest multiple of y, ties going to the even multiple.", kind: .function) { t, a, _ in MathModule.binary(t, a, remainder) },
        Def("nextafter(x, y, /)", .callsOnArguments, "The float next to x on the way to y.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]), let y = MathModule.double(t, a[1]) else { return .empty }
            return t.newFloat(nextafter(x, y))
        },
        Def("ulp(x, /)", .callsOnArguments, "The value of the last bit of x.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0])?.magnitude else { return .empty }
            if !x.isFinite { return t.newFloat(x) }
            let next = nextafter(x, .infinity)
            return t.newFloat(next.isInfinite ? x - nextafter(x, 0) : next - x)
        },
        Def("fmod(x, y, /)", .callsOnArguments, "The remainder of x/y with the sign of x, as C's fmod.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]), let y = MathModule.double(t, a[1]) else { return .empty }
            if y.isInfinite && x.isFinite { return t.newFloat(x) }
            let result = fmod(x, y)
            return result.isNaN && !x.isNaN && !y.isNaN ? MathModule.domainError(t) : t.newFloat(result)
        },
        Def("pow(x, y, /)", .callsOnArguments, "x to the power of y, both as floats.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]), let y = MathModule.double(t, a[1]) else { return .empty }
            let result = pow(x, y)
            if x.isFinite && y.isFinite && !result.isFinite { return result.isNaN || x == 0 ? MathModule.domainError(t) : MathModule.rangeError(t) }
            return t.newFloat(result)
        },
        Def("frexp(x, /)", .callsOnArguments, "x as a pair (m, e) with x == m * 2**e, where m is 0 or between 0.5 and 1 in magnitude.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            var exponent: Int32 = 0
            let mantissa = t.newFloat(x.isFinite && x != 0 ? frexp(x, &exponent) : x)
            return mantissa.isEmpty ? .empty : t.newTuple(mantissa, Value(small: Int(exponent)))
        },
        Def("ldexp(x, i, /)", .callsOnArguments, "x * 2**i", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            guard a[1].isInt else { return t.raise(.typeError, "Expected an int as second argument to ldexp.") }
            if x == 0 || !x.isFinite { return t.newFloat(x) }
            let exponent = IntOps.toInt(a[1]) ?? (Integers.isNegative(a[1]) ? Int.min : Int.max)
            if exponent > Int(Int32.max) { return MathModule.rangeError(t) }
            let result = exponent < Int(Int32.min) ? copysign(0, x) : scalbn(x, Int32(exponent))
            return result.isInfinite ? MathModule.rangeError(t) : t.newFloat(result)
        },
        Def("modf(x, /)", .callsOnArguments, "The fraction and the integral part of x, both floats with the sign of x.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            let whole = x.rounded(.towardZero)
            let fraction = t.newFloat(x.isInfinite ? copysign(0, x) : x.isNaN ? x : copysign(x - whole, x))
            let integral = t.newFloat(whole)
            return fraction.isEmpty || integral.isEmpty ? .empty : t.newTuple(fraction, integral)
        },
        Def("log(x, base=<unrepresentable>, /)", .callsOnArguments, "The logarithm of x to the base, or the natural one.", kind: .function) { t, a, _ in
            guard let numerator = MathModule.logarithm(t, a[0], log) else { return .empty }
            if a[1].isEmpty { return t.newFloat(numerator) }
            guard let denominator = MathModule.logarithm(t, a[1], log) else { return .empty }
            return denominator == 0 ? t.raise(.zeroDivisionError, "float division by zero") : t.newFloat(numerator / denominator)
        },
        Def("log2(x, /)", .callsOnArguments, "The logarithm of x to the base 2.", kind: .function) { t, a, _ in
            guard let result = MathModule.logarithm(t, a[0], log2) else { return .empty }
            return t.newFloat(result)
        },
        Def("log10(x, /)", .callsOnArguments, "The logarithm of x to the base 10.", kind: .function) { t, a, _ in
            guard let result = MathModule.logarithm(t, a[0], log10) else { return .empty }
            return t.newFloat(result)
        },
        Def("ceil(x, /)", .callsOnArguments, "The smallest int that is not less than x.", kind: .function) { t, a, _ in MathModule.whole(t, a[0], .__ceil__) { $0.rounded(.up) } },
        Def("floor(x, /)", .callsOnArguments, "The largest int that is not greater than x.", kind: .function) { t, a, _ in MathModule.whole(t, a[0], .__floor__) { $0.rounded(.down) } },
        Def("trunc(x, /)", .callsOnArguments, "x without its fraction, by its method __trunc__.", kind: .function) { t, a, _ in
            if a[0].isFloat && !a[0].isPointer { return FloatType.truncate(t, a[0].doubleValue) }
            if let result = t.callSpecial(a[0], .__trunc__) { return result }
            return t.raise(.typeError, "type \(a[0].type.name) doesn't define __trunc__ method")
        },
        Def("isfinite(x, /)", .callsOnArguments, "Whether x is neither infinite nor NaN.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            return Value(x.isFinite)
        },
        Def("isinf(x, /)", .callsOnArguments, "Whether x is infinite.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            return Value(x.isInfinite)
        },
        Def("isnan(x, /)", .callsOnArguments, "Whether x is NaN.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]) else { return .empty }
            return Value(x.isNaN)
        },
        Def("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", .calls,
            "Whether a and b are close to each other.\n\n  rel_tol\n    largest difference, relative to the larger of the two\n  abs_tol\n    largest difference in any case\n\nNaN is close to nothing, an infinity only to itself.", kind: .function) { t, a, _ in
            guard let x = MathModule.double(t, a[0]), let y = MathModule.double(t, a[1]) else { return .empty }
            var relative = 1e-9
            var absolute = 0.0
            if !a[2].isEmpty { guard let given = MathModule.double(t, a[2]) else { return .empty }; relative = given }
            if !a[3].isEmpty { guard let given = MathModule.double(t, a[3]) else { return .empty }; absolute = given }
            if relative < 0 || absolute < 0 { return t.raise(.valueError, "tolerances must be non-negative") }
            if x == y { return .true }
            if x.isInfinite || y.isInfinite { return .false }
            let difference = (y - x).magnitude
            return Value(difference <= (relative * y).magnitude || difference <= (relative * x).magnitude || difference <= absolute)
        },
    ]

    /// floor and ceil: floats at once, others by their method or as a float.
    @inline(__always) private static func whole(_ thread: ThreadRef, _ value: Value, _ name: Name, _ round: (Double) -> Double) -> Value {
        if value.isInlineFloat { return FloatType.truncate(thread, round(value.inlineFloat)) }
        if value.isSmallInt { return value }
        if !value.isFloat || value.isPointer, let result = thread.callSpecial(value, name) { return result }
        guard let x = double(thread, value) else { return .empty }
        return FloatType.truncate(thread, round(x))
    }

    /// A logarithm; an int may be larger than any float. nil when it has raised.
    private static func logarithm(_ thread: ThreadRef, _ value: Value, _ function: (Double) -> Double) -> Double? {
        if value.isInt {
            if Integers.sign(value) <= 0 { _ = domainError(thread); return nil }
            let double = Integers.toDouble(value)
            if double.isFinite { return function(double) }
            let (fraction, exponent) = Integers.fraction(value)
            return function(fraction) + function(2) * Double(exponent)
        }
        guard let x = double(thread, value) else { return nil }
        if x <= 0 { _ = domainError(thread); return nil }
        return function(x)
    }

    private static func gamma(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let x = double(thread, value) else { return .empty }
        if x.isNaN || x == .infinity { return thread.newFloat(x) }
        if x == -.infinity || (x <= 0 && x == x.rounded(.down)) { return domainError(thread) }
        if x == x.rounded(.down) && x <= 23 {
            // Factorials that a double holds exactly.
            var result = 1.0
            var factor = 2.0
            while factor < x {
                result *= factor
                factor += 1
            }
            return thread.newFloat(result)
        }
        let result = GammaFunctions.gamma(x)
        return result.isInfinite ? rangeError(thread) : thread.newFloat(result)
    }
}
