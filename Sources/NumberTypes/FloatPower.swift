import Glibc

/// Powers of floats to the digits of the C library's `pow`, which CPython calls.
public enum FloatPower {
    /// `pow(x, y)`
    @inline(__always) public static func power(_ x: Double, _ y: Double) -> Double { y == 2 ? square(x) : pow(x, y) }

    /// `pow(x, 2)`, which is the rounded product unless the square lies close to the middle between two floats: the library's result is within 0.54 units in the last place
    /// of the square, so where the product is within 0.45 of it no other float is near enough. What the product is off by comes out exactly by Dekker's
    /// multiplication ("A floating-point technique for extending the available precision", 1971).
    public static func square(_ x: Double) -> Double {
        let product = x * x, split = 0x8000001 * x
        let high = split - (split - x), low = x - high
        let error = ((high * high - product) + 2 * high * low) + low * low
        let unit = Double(bitPattern: product.bitPattern & 0x7FF0_0000_0000_0000) * 0x1p-52
        // Neither is true of NaN, which large numbers bring about. The error of small ones would not be exact.
        return error.magnitude <= 0.45 * unit && product > 0x1p-900 ? product : library(x, 2)
    }

    /// The library's function for an exponent that is known: the optimiser would make a product of it.
    @inline(never) @_optimize(none) private static func library(_ x: Double, _ y: Double) -> Double { pow(x, y) }
}
