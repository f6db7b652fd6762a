import Syntax

/// Just enough of big integers to fold constants such as `2**64 - 1` and `1 << 100`: sign and magnitude, 32 bits a limb,
/// least significant first, schoolbook arithmetic on numbers of a few hundred bits.

struct BigInteger {
    private var limbs: [UInt32] = []
    private var isNegative = false

    /// Nothing larger is folded, nor may an operand be larger.
    private static let maximumLimbs = 64

    private init(limbs: [UInt32], isNegative: Bool) {
        self.limbs = limbs
        while self.limbs.last == 0 { self.limbs.removeLast() }
        self.isNegative = isNegative && !self.limbs.isEmpty
    }

    init?(_ constant: Constant) {
        switch constant {
        case .int(let value):
            let magnitude = value.magnitude
            self.init(limbs: [UInt32(truncatingIfNeeded: magnitude), UInt32(truncatingIfNeeded: magnitude >> 32)], isNegative: value < 0)
        case .true: self.init(limbs: [1], isNegative: false)
        case .false: self.init(limbs: [], isNegative: false)
        case .bigInt(let digits, let radix):
            guard digits.utf8.count <= 200 else { return nil }
            var result: [UInt32] = []
            for byte in digits.utf8 where byte != UInt8(ascii: "-") {
                guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
                var carry = UInt64(digit)
                for i in result.indices {
                    let value = UInt64(result[i]) * UInt64(radix) + carry
                    result[i] = UInt32(truncatingIfNeeded: value)
                    carry = value >> 32
                }
                if carry > 0 { result.append(UInt32(carry)) }
            }
            self.init(limbs: result, isNegative: digits.utf8.first == UInt8(ascii: "-"))
        default: return nil
        }
    }

    private var bitCount: Int { limbs.isEmpty ? 0 : limbs.count * 32 - limbs[limbs.count - 1].leadingZeroBitCount }

    /// The value where it fits a word, else the digits in base sixteen.
    private var constant: Constant {
        if limbs.count <= 2 {
            var magnitude: UInt = 0
            for (i, limb) in limbs.enumerated() { magnitude |= UInt(limb) << UInt(32 * i) }
            if magnitude <= UInt(Int.max) { return .int(isNegative ? -Int(magnitude) : Int(magnitude)) }
            if isNegative, magnitude == UInt(Int.max) + 1 { return .int(.min) }
        }
        var text = isNegative ? "-" : ""
        for (i, limb) in limbs.enumerated().reversed() {
            let part = String(limb, radix: 16)
            if i < limbs.count - 1 { text += String(repeating: "0", count: 8 - part.utf8.count) }
            text += part
        }
        return .bigInt(digits: text, radix: 16)
    }

    /// `self op other` within CPython's limits, or nil.
    func fold(_ op: BinaryOperator, _ other: BigInteger) -> Constant? {
        guard limbs.count <= BigInteger.maximumLimbs, other.limbs.count <= BigInteger.maximumLimbs else { return nil }
        switch op {
        case .add: return add(other).constant
        case .subtract: return add(BigInteger(limbs: other.limbs, isNegative: !other.isNegative)).constant
        case .multiply: return bitCount + other.bitCount > 128 && !limbs.isEmpty && !other.limbs.isEmpty ? nil : multiply(other).constant
        case .leftShift:
            guard case .int(let count) = other.constant, count >= 0, count <= 128, bitCount + count <= 128 else { return nil }
            return shifted(count).constant
        case .power:
            guard case .int(let exponent) = other.constant, exponent > 0, bitCount * exponent <= 128 else { return nil }
            var result = self
            for _ in 1 ..< exponent { result = result.multiply(self) }
            return result.constant
        default: return nil
        }
    }

    private static func isLess(_ a: [UInt32], _ b: [UInt32]) -> Bool {
        if a.count != b.count { return a.count < b.count }
        for i in a.indices.reversed() where a[i] != b[i] { return a[i] < b[i] }
        return false
    }

    private func add(_ other: BigInteger) -> BigInteger {
        if isNegative == other.isNegative {
            var result: [UInt32] = []
            var carry: UInt64 = 0
            for i in 0 ..< max(limbs.count, other.limbs.count) {
                carry += UInt64(i < limbs.count ? limbs[i] : 0) + UInt64(i < other.limbs.count ? other.limbs[i] : 0)
                result.append(UInt32(truncatingIfNeeded: carry))
                carry >>= 32
            }
            result.append(UInt32(carry))
            return BigInteger(limbs: result, isNegative: isNegative)
        }
        let isSmaller = BigInteger.isLess(limbs, other.limbs)
        let large = isSmaller ? other.limbs : limbs
        let small = isSmaller ? limbs : other.limbs
        var result: [UInt32] = []
        var borrow: Int64 = 0
        for i in large.indices {
            var value = Int64(large[i]) - borrow - Int64(i < small.count ? small[i] : 0)
            borrow = value < 0 ? 1 : 0
            if value < 0 { value += 1 << 32 }
            result.append(UInt32(value))
        }
        return BigInteger(limbs: result, isNegative: isSmaller ? other.isNegative : isNegative)
    }

    private func multiply(_ other: BigInteger) -> BigInteger {
        var result = [UInt32](repeating: 0, count: limbs.count + other.limbs.count)
        for i in limbs.indices {
            var carry: UInt64 = 0
            for j in other.limbs.indices {
                carry += UInt64(result[i + j]) + UInt64(limbs[i]) * UInt64(other.limbs[j])
                result[i + j] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            if carry > 0 { result[i + other.limbs.count] = UInt32(carry) }
        }
        return BigInteger(limbs: result, isNegative: isNegative != other.isNegative)
    }

    private func shifted(_ count: Int) -> BigInteger {
        var result = [UInt32](repeating: 0, count: count / 32)
        var carry: UInt32 = 0
        let bits = UInt32(count % 32)
        for limb in limbs {
            result.append(bits == 0 ? limb : limb << bits | carry)
            carry = bits == 0 ? 0 : limb >> (32 - bits)
        }
        result.append(carry)
        return BigInteger(limbs: result, isNegative: isNegative)
    }
}
