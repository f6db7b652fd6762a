import Glibc

/// The gamma function and its logarithm by Lanczos' approximation (C. Lanczos, "A Precision Approximation of the Gamma Function", 1964; G. Pugh's thesis of 2004), with
/// the rational form of 13 terms for doubles that J. Maddock gives in Boost.Math. CPython's module math uses the same one, so that all digits agree, which those of the C library's functions do not.
enum GammaFunctions {
    private static let g = 6.024680040776729583740234375
    private static let gMinusHalf = 5.524680040776729583740234375
    private static let numerator: [Double] = [
        23531376880.41075968857200767445163675473076, 42919803642.64909876895789904700198885093, 35711959237.35566804944018545154716670596,
        17921034426.03720969991975575445893111267, 6039542586.352028005064291644307297921070, 1439720407.311721673663223072794912393972, 248874557.8620541565114603864132294232163,
        31426415.58540019438061423162831820536287, 2876370.628935372441225409051620849613599, 186056.2653952234950402949897160456992822, 8071.672002365816210638002902272250613822,
        210.8242777515793458725097339207133627117, 2.506628274631000270164908177133837338626,
    ]
    private static let denominator: [Double] = [0, 39916800, 120543840, 150917976, 105258076, 45995730, 13339535, 2637558, 357423, 32670, 1925, 66, 1]
    /// Lanczos' sum times e to the -g, for x above 0. The powers are those of 1/x where x is large, lest they overflow.
    private static func sum(_ x: Double) -> Double {
        var above = 0.0, below = 0.0
        if x < 5 {
            for index in numerator.indices.reversed() {
                above = above * x + numerator[index]
                below = below * x + denominator[index]
            }
        } else {
            for index in numerator.indices {
                above = above / x + numerator[index]
                below = below / x + denominator[index]
            }
        }
        return above / below
    }

    /// sin(pi x), exact where x has no fraction.
    private static func sinPi(_ x: Double) -> Double {
        let y = fmod(fabs(x), 2)
        let result: Double
        switch Int((2 * y).rounded()) {
        case 0: result = sin(.pi * y)
        case 1: result = cos(.pi * (y - 0.5))
        case 2: result = sin(.pi * (1 - y))
        case 3: result = -cos(.pi * (y - 1.5))
        default: result = sin(.pi * (y - 2))
        }
        return x < 0 ? -result : result
    }

    /// The gamma function of a finite number that is no pole. Infinite where it is too large.
    static func gamma(_ x: Double) -> Double {
        let size = x.magnitude
        if size < 1e-20 { return 1 / x }
        if size > 200 { return x < 0 ? 0 / sinPi(x) : .infinity }
        let y = size + gMinusHalf
        // What was lost in the addition.
        let lost = size > gMinusHalf ? (y - size) - gMinusHalf : (y - gMinusHalf) - size
        let correction = lost * g / y
        var result: Double
        if x < 0 {
            result = -.pi / sinPi(size) / size * exp(y) / sum(size)
            result -= correction * result
        } else {
            result = sum(size) / exp(y)
            result += correction * result
        }
        // The power alone may overflow.
        let isLarge = size >= 140
        let power = isLarge ? pow(y, size / 2 - 0.25) : pow(y, size - 0.5)
        for _ in 0 ..< (isLarge ? 2 : 1) { if x < 0 { result /= power } else { result *= power } }
        return result
    }

    /// The logarithm of the gamma function's absolute value, of a finite number that is no pole.
    static func logarithm(_ x: Double) -> Double {
        if x == 1 || x == 2 { return 0 }
        let size = x.magnitude
        if size < 1e-20 { return -log(size) }
        var result = log(sum(size)) - g
        result += (size - 0.5) * (log(size + g - 0.5) - 1)
        // Reflected, with log(pi) in front.
        if x < 0 { result = 1.144729885849400174143427351353058711647 - log(fabs(sinPi(size))) - log(size) - result }
        return result
    }
}
