import Glibc
import NumberTypes
import Objects

/// `cmath`: C's functions of complex numbers with Python's errors. C leaves open which infinite arguments are errors; here those are for which the result depends on the direction in
/// which infinity is approached.
enum ComplexMathModule {
    static func register() {
        NativeModule.register("cmath", doc: "Mathematical functions of complex numbers.", functions: functions) { module in
            let thread = module.thread
            module.set("pi", thread.newFloat(.pi))
            module.set("e", thread.newFloat(M_E))
            module.set("tau", thread.newFloat(2 * .pi))
            module.set("inf", thread.newFloat(.infinity))
            module.set("infj", thread.newComplex(0, .infinity))
            module.set("nan", thread.newFloat(.nan))
            module.set("nanj", thread.newComplex(0, .nan))
            return true
        }
    }

    /// A complex argument; nil when it has raised.
    static func number(_ thread: ThreadRef, _ value: Value) -> ComplexType.Complex? {
        if ComplexType.isComplex(value) { return ComplexType.value(value) }
        switch ComplexType.fromMethod(thread, value) {
        case .value(let number): return number
        case .raised: return nil
        case .absent: break
        }
        return thread.toDouble(value).map { ($0, 0) }
    }

    private static func apply(_ thread: ThreadRef, _ argument: Value, _ function: ComplexFunction) -> Value {
        guard let z = number(thread, argument) else { return .empty }
        // The imaginary part is an angle in these (the real part in the circular ones), which may not be infinite unless the size vanishes or is itself unbounded.
        switch function {
        case ComplexExp:
            if z.imaginary.isInfinite && (z.real.isFinite || z.real == .infinity) { return MathModule.domainError(thread) }
        case ComplexCosH, ComplexSinH:
            if z.imaginary.isInfinite && !z.real.isNaN { return MathModule.domainError(thread) }
        case ComplexTanH:
            if z.imaginary.isInfinite && z.real.isFinite { return MathModule.domainError(thread) }
        case ComplexCos, ComplexSin:
            if z.real.isInfinite && !z.imaginary.isNaN { return MathModule.domainError(thread) }
        case ComplexTan:
            if z.real.isInfinite && z.imaginary.isFinite { return MathModule.domainError(thread) }
        case ComplexATanH:
            if z.imaginary == 0 && z.real.magnitude == 1 { return MathModule.domainError(thread) }
        case ComplexATan:
            if z.real == 0 && z.imaginary.magnitude == 1 { return MathModule.domainError(thread) }
        case ComplexACosH:
            // The C library's angle for these would be a quarter turn.
            if z.real == 0 && z.imaginary.isNaN { return thread.newComplex(.nan, .nan) }
        default: break
        }
        // Of zero times NaN the C library's hyperbolic tangent keeps the zero.
        if function == ComplexTanH && z.real == 0 && z.imaginary.isNaN || function == ComplexTan && z.imaginary == 0 && z.real.isNaN { return thread.newComplex(.nan, .nan) }
        var result = z
        if z.real.isFinite && z.imaginary.isFinite, let known = KahanFunctions.apply(function, z) {
            result = known
        } else {
            taipan_complex(function, &result.real, &result.imaginary)
        }
        if z.real.isFinite && z.imaginary.isFinite && (result.real.isInfinite || result.imaginary.isInfinite) { return MathModule.rangeError(thread) }
        return thread.newComplex(result.real, result.imaginary)
    }

    /// The natural logarithm; nil for zero.
    private static func logarithm(_ z: ComplexType.Complex) -> ComplexType.Complex? {
        let angle = atan2(z.imaginary, z.real)
        if !z.real.isFinite || !z.imaginary.isFinite { return (log(hypot(z.real, z.imaginary)), angle) }
        let x = z.real.magnitude, y = z.imaginary.magnitude
        let large = max(x, y), small = min(x, y)
        if large == 0 { return nil }
        if large > Double.greatestFiniteMagnitude / 4 { return (log(hypot(x / 2, y / 2)) + M_LN2, angle) }
        if large < Double.leastNormalMagnitude {
            // Subnormals are lifted so that no digits are lost.
            return (log(hypot(scalbn(x, 53), scalbn(y, 53))) - 53 * M_LN2, angle)
        }
        let modulus = hypot(x, y)
        // Near the unit circle the logarithm of the modulus is small and wants more care.
        if modulus >= 0.71 && modulus <= 1.73 { return (log1p((large - 1) * (large + 1) + small * small) / 2, angle) }
        return (log(modulus), angle)
    }

    private static func logarithm(_ thread: ThreadRef, _ value: Value) -> ComplexType.Complex? {
        guard let z = number(thread, value) else { return nil }
        guard let result = logarithm(z) else {
            _ = MathModule.domainError(thread)
            return nil
        }
        return result
    }

    private static func test(_ thread: ThreadRef, _ value: Value, _ body: (ComplexType.Complex) -> Bool) -> Value {
        guard let z = number(thread, value) else { return .empty }
        return Value(body(z))
    }

    static let functions: [Def] = [
        Def("acos(z, /)", .callsOnArguments, "The arc cosine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexACos) },
        Def("acosh(z, /)", .callsOnArguments, "The inverse hyperbolic cosine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexACosH) },
        Def("asin(z, /)", .callsOnArguments, "The arc sine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexASin) },
        Def("asinh(z, /)", .callsOnArguments, "The inverse hyperbolic sine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexASinH) },
        Def("atan(z, /)", .callsOnArguments, "The arc tangent of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexATan) },
        Def("atanh(z, /)", .callsOnArguments, "The inverse hyperbolic tangent of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexATanH) },
        Def("cos(z, /)", .callsOnArguments, "The cosine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexCos) },
        Def("cosh(z, /)", .callsOnArguments, "The hyperbolic cosine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexCosH) },
        Def("exp(z, /)", .callsOnArguments, "e to the power of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexExp) },
        Def("sin(z, /)", .callsOnArguments, "The sine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexSin) },
        Def("sinh(z, /)", .callsOnArguments, "The hyperbolic sine of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexSinH) },
        Def("sqrt(z, /)", .callsOnArguments, "The square root of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexSqrt) },
        Def("tan(z, /)", .callsOnArguments, "The tangent of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexTan) },
        Def("tanh(z, /)", .callsOnArguments, "The hyperbolic tangent of z.", kind: .function) { t, a, _ in ComplexMathModule.apply(t, a[0], ComplexTanH) },
        Def("log(z, base=<unrepresentable>, /)", .callsOnArguments, "The logarithm of z to the base, or the natural one.", kind: .function) { t, a, _ in
            if a[1].isEmpty {
                guard let result = ComplexMathModule.logarithm(t, a[0]) else { return .empty }
                return t.newComplex(result.real, result.imaginary)
            }
            // With a base, the logarithm of zero is infinite and no error.
            guard let z = ComplexMathModule.number(t, a[0]) else { return .empty }
            let numerator = ComplexMathModule.logarithm(z) ?? (-.infinity, atan2(z.imaginary, z.real))
            guard let denominator = ComplexMathModule.logarithm(t, a[1]) else { return .empty }
            let x = t.newComplex(numerator.real, numerator.imaginary)
            let y = t.newComplex(denominator.real, denominator.imaginary)
            if x.isEmpty || y.isEmpty { return .empty }
            if denominator.real == 0 && denominator.imaginary == 0 { return MathModule.domainError(t) }
            return t.binary(x, y, .divide)
        },
        Def("log10(z, /)", .callsOnArguments, "The logarithm of z to the base 10.", kind: .function) { t, a, _ in
            guard let result = ComplexMathModule.logarithm(t, a[0]) else { return .empty }
            return t.newComplex(result.real / M_LN10, result.imaginary / M_LN10)
        },
        Def("phase(z, /)", .callsOnArguments, "The angle of z.", kind: .function) { t, a, _ in
            guard let z = ComplexMathModule.number(t, a[0]) else { return .empty }
            let angle = atan2(z.imaginary, z.real)
            // C reports that the angle is too small for a double, and CPython passes that on.
            if angle == 0 && z.real > 0 && z.imaginary != 0 && z.imaginary.isFinite && z.real.isFinite { return MathModule.rangeError(t) }
            return t.newFloat(angle)
        },
        Def("polar(z, /)", .callsOnArguments, "The distance of z from the origin and its angle.", kind: .function) { t, a, _ in
            guard let z = ComplexMathModule.number(t, a[0]) else { return .empty }
            let modulus = hypot(z.real, z.imaginary)
            if modulus.isInfinite && z.real.isFinite && z.imaginary.isFinite { return MathModule.rangeError(t) }
            let first = t.newFloat(modulus)
            let second = t.newFloat(atan2(z.imaginary, z.real))
            return first.isEmpty || second.isEmpty ? .empty : t.newTuple(first, second)
        },
        Def("rect(r, phi, /)", .callsOnArguments, "The complex number at a distance from the origin and an angle.", kind: .function) { t, a, _ in
            guard let r = t.toDouble(a[0]), let angle = t.toDouble(a[1]) else { return .empty }
            if !r.isFinite || !angle.isFinite {
                if angle.isInfinite && !(r.isNaN || r == 0) { return MathModule.domainError(t) }
                if r.isInfinite && angle.isFinite && angle != 0 {
                    return r > 0 ? t.newComplex(copysign(.infinity, cos(angle)), copysign(.infinity, sin(angle)))
                        : t.newComplex(-copysign(.infinity, cos(angle)), -copysign(.infinity, sin(angle)))
                }
                if angle == 0 { return t.newComplex(r, r.isNaN ? 0 : copysign(angle, r.sign == .minus ? -angle : angle)) }
                if r == 0 { return t.newComplex(0, 0) }
                return t.newComplex(r.isInfinite ? .infinity : .nan, .nan)
            }
            // An angle of zero keeps its sign even when the distance is infinite.
            return angle == 0 ? t.newComplex(r, r * angle) : t.newComplex(r * cos(angle), r * sin(angle))
        },
        Def("isfinite(z, /)", .callsOnArguments, "Whether both parts of z are finite.", kind: .function) { t, a, _ in ComplexMathModule.test(t, a[0]) { $0.real.isFinite && $0.imaginary.isFinite } },
        Def("isinf(z, /)", .callsOnArguments, "Whether a part of z is infinite.", kind: .function) { t, a, _ in ComplexMathModule.test(t, a[0]) { $0.real.isInfinite || $0.imaginary.isInfinite } },
        Def("isnan(z, /)", .callsOnArguments, "Whether a part of z is NaN.", kind: .function) { t, a, _ in ComplexMathModule.test(t, a[0]) { $0.real.isNaN || $0.imaginary.isNaN } },
        Def("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", .calls,
            "Whether a and b are close to each other.\n\n  rel_tol\n    largest difference, relative to the larger of the two\n  abs_tol\n    largest difference in any case", kind: .function) { t, a, _ in
            guard let x = ComplexMathModule.number(t, a[0]), let y = ComplexMathModule.number(t, a[1]) else { return .empty }
            var relative = 1e-9
            var absolute = 0.0
            if !a[2].isEmpty { guard let given = t.toDouble(a[2]) else { return .empty }; relative = given }
            if !a[3].isEmpty { guard let given = t.toDouble(a[3]) else { return .empty }; absolute = given }
            if relative < 0 || absolute < 0 { return t.raise(.valueError, "tolerances must be non-negative") }
            if x.real == y.real && x.imaginary == y.imaginary { return .true }
            if x.real.isInfinite || x.imaginary.isInfinite || y.real.isInfinite || y.imaginary.isInfinite { return .false }
            let difference = hypot(x.real - y.real, x.imaginary - y.imaginary)
            return Value(difference <= relative * hypot(y.real, y.imaginary) || difference <= relative * hypot(x.real, x.imaginary) || difference <= absolute)
        },
    ]
}

/// Kahan's forms of the functions that have branch cuts ("Branch Cuts for Complex Elementary Functions", 1987), for finite arguments. The C library's own are as good, but round
/// the last digit differently from CPython's, which uses these.
private enum KahanFunctions {
    typealias Complex = ComplexType.Complex
    /// Beyond this the sum of two squares may overflow.
    private static let large = Double.greatestFiniteMagnitude / 4

    static func apply(_ function: ComplexFunction, _ z: Complex) -> Complex? {
        switch function {
        case ComplexSqrt: squareRoot(z)
        case ComplexACos: acos(z)
        case ComplexACosH: acosh(z)
        case ComplexASin: turnedBack(asinh(turned(z)))
        case ComplexASinH: asinh(z)
        case ComplexATan: turnedBack(atanh(turned(z)))
        case ComplexATanH: atanh(z)
        case ComplexTan: turnedBack(tanh(turned(z)))
        case ComplexTanH: tanh(z)
        default: nil
        }
    }

    /// i z, and its inverse -i z.
    private static func turned(_ z: Complex) -> Complex { (-z.imaginary, z.real) }
    private static func turnedBack(_ z: Complex) -> Complex { (z.imaginary, -z.real) }

    private static func squareRoot(_ z: Complex) -> Complex {
        if z.real == 0 && z.imaginary == 0 { return (0, z.imaginary) }
        let x = z.real.magnitude, y = z.imaginary.magnitude
        let root: Double
        if x < .leastNormalMagnitude && y < .leastNormalMagnitude && (x > 0 || y > 0) {
            // Subnormals are lifted so that no digits are lost.
            let lifted = scalbn(x, 53)
            root = scalbn((lifted + hypot(lifted, scalbn(y, 53))).squareRoot(), -27)
        } else {
            root = 2 * (x / 8 + hypot(x / 8, y / 8)).squareRoot()
        }
        let other = y / (2 * root)
        return z.real >= 0 ? (root, copysign(other, z.imaginary)) : (other, copysign(root, z.imaginary))
    }

    /// The logarithm of twice the modulus of a number near the largest.
    private static func largeLogarithm(_ z: Complex) -> Double { log(hypot(z.real / 2, z.imaginary / 2)) + 2 * M_LN2 }
    private static func isLarge(_ z: Complex) -> Bool { z.real.magnitude > large || z.imaginary.magnitude > large }

    private static func acos(_ z: Complex) -> Complex {
        if isLarge(z) {
            let size = largeLogarithm(z)
            return (atan2(z.imaginary.magnitude, z.real), copysign(size, -z.imaginary))
        }
        let a = squareRoot((1 - z.real, -z.imaginary)), b = squareRoot((1 + z.real, z.imaginary))
        return (2 * atan2(a.real, b.real), Glibc.asinh(b.real * a.imaginary - b.imaginary * a.real))
    }

    private static func acosh(_ z: Complex) -> Complex {
        if isLarge(z) { return (largeLogarithm(z), atan2(z.imaginary, z.real)) }
        let a = squareRoot((z.real - 1, z.imaginary)), b = squareRoot((z.real + 1, z.imaginary))
        return (Glibc.asinh(a.real * b.real + a.imaginary * b.imaginary), 2 * atan2(a.imaginary, b.real))
    }

    private static func asinh(_ z: Complex) -> Complex {
        if isLarge(z) { return (copysign(largeLogarithm(z), z.real), atan2(z.imaginary, z.real.magnitude)) }
        let a = squareRoot((1 + z.imaginary, -z.real)), b = squareRoot((1 - z.imaginary, z.real))
        return (Glibc.asinh(a.real * b.imaginary - b.real * a.imaginary), atan2(z.imaginary, a.real * b.real - a.imaginary * b.imaginary))
    }

    private static func atanh(_ z: Complex) -> Complex {
        if z.real.sign == .minus {
            let result = atanh((-z.real, -z.imaginary))
            return (-result.real, -result.imaginary)
        }
        let y = z.imaginary.magnitude
        let huge = Double.greatestFiniteMagnitude.squareRoot() / 2
        if z.real > huge || y > huge {
            let half = hypot(z.real / 2, z.imaginary / 2)
            return (z.real / 4 / half / half, copysign(.pi / 2, z.imaginary))
        }
        if z.real == 1 && y < Double.leastNormalMagnitude.squareRoot() {
            return (-log(y.squareRoot() / hypot(y, 2).squareRoot()), copysign(atan2(2, -y) / 2, z.imaginary))
        }
        return (log1p(4 * z.real / ((1 - z.real) * (1 - z.real) + y * y)) / 4, -atan2(-2 * z.imaginary, (1 - z.real) * (1 + z.real) - y * y) / 2)
    }

    private static func tanh(_ z: Complex) -> Complex {
        if z.real.magnitude > log(large) { return (copysign(1, z.real), 4 * sin(z.imaginary) * cos(z.imaginary) * exp(-2 * z.real.magnitude)) }
        let tx = Glibc.tanh(z.real), ty = Glibc.tan(z.imaginary)
        let scale = 1 / cosh(z.real)
        let product = tx * ty
        let denominator = 1 + product * product
        return (tx * (1 + ty * ty) / denominator, ty / denominator * scale * scale)
    }
}
