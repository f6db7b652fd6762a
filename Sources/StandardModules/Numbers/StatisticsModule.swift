import Glibc
import Objects

/// `_statistics`: the inverse of the normal distribution, by Wichura's algorithm AS 241 (Applied Statistics 37, 1988), routine PPND16: three rational
/// approximations, for the middle, the tails and the far tails.
enum StatisticsModule {
    static func register() {
        NativeModule.register("_statistics", doc: "What statistics needs natively.", functions: [
            Def("_normal_dist_inv_cdf(p, mu, sigma, /)", .calls, "Where the normal distribution reaches the probability p.", kind: .function) { t, a, _ in
                guard let p = t.toDouble(a[0]), let mean = t.toDouble(a[1]), let deviation = t.toDouble(a[2]) else { return .empty }
                guard !(p <= 0 || p >= 1 || deviation <= 0) else { return t.raise(.valueError, "inv_cdf undefined for these parameters") }
                return t.newFloat(mean + StatisticsModule.quantile(p) * deviation)
            },
        ])
    }

    @inline(__always) private static func ratio(_ x: Double, _ n: [Double], _ d: [Double]) -> Double {
        var numerator = n[0], denominator = d[0]
        for index in 1 ..< n.count {
            numerator = numerator * x + n[index]
            denominator = denominator * x + d[index]
        }
        return numerator / denominator
    }

    private static func quantile(_ p: Double) -> Double {
        let q = p - 0.5
        if q.magnitude <= 0.425 {
            let r = 0.180625 - q * q
            return ratioTimes(r, q,
                [2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0],
                [5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0])
        }
        var r = q <= 0 ? p : 1 - p
        r = (-log(r)).squareRoot()
        let x: Double
        if r <= 5 {
            x = ratio(r - 1.6,
                [7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0, 3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0],
                [1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0])
        } else {
            x = ratio(r - 5,
                [2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0],
                [2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0])
        }
        return q < 0 ? -x : x
    }

    /// The ratio with the numerator multiplied before the division, as the published routine rounds.
    @inline(__always) private static func ratioTimes(_ x: Double, _ factor: Double, _ n: [Double], _ d: [Double]) -> Double {
        var numerator = n[0], denominator = d[0]
        for index in 1 ..< n.count {
            numerator = numerator * x + n[index]
            denominator = denominator * x + d[index]
        }
        return numerator * factor / denominator
    }
}
