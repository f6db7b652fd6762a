import Glibc

/// Hashes: of bytes, keyed so that collisions cannot be planned (PEP 456), and of numbers.
///
/// Where `PYTHONHASHSEED` fixes the key, it and the algorithm are those of CPython, so that texts hash alike and sets of them have the same order. That is SipHash-1-3: a
/// round for each eight bytes, and three to finish. Under a random key nobody can tell what the algorithm is but by the time it takes: multiplying and folding (as
/// wyhash does) takes 5 ns less for a short string, an eighth of what a program that splits a text into words and counts them needs.
/// A string is hashed as it is stored, in one, two or four bytes a character.
public enum Hashing {
    nonisolated(unsafe) private static var key: (UInt64, UInt64) = (0, 0)
    /// Whether `PYTHONHASHSEED` says what the key is.
    nonisolated(unsafe) private static var isFixed = false
    /// `sys.hash_info.algorithm`
    public static var algorithm: String { isFixed ? "siphash13" : "wyhash" }
    public static let modulus: UInt64 = (1 << 61) - 1
    public static let infinity = 314159

    // MARK: Bytes

    /// Takes the key that a `PYTHONHASHSEED` stands for; to be called before the first string is hashed.
    public static func start(seed: UInt32) {
        var state = seed
        func next() -> UInt64 {
            var word: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                state = state &* 214013 &+ 2531011
                word |= UInt64(state >> 16 & 255) << shift
            }
            return word
        }
        key = seed == 0 ? (0, 0) : (next(), next())
        isFixed = true
    }

    /// Takes a key that nobody can guess; to be called before the first string is hashed.
    public static func startRandomly() {
        var random = SystemRandomNumberGenerator()
        key = (random.next(), random.next())
    }

    /// hash(x) of `count` bytes: 0 of none, and never -1.
    public static func bytes(_ start: UnsafeRawPointer, _ count: Int) -> Int {
        if count == 0 { return 0 }
        return isFixed ? sip(start, count) : folded(start, count)
    }

    private static func sip(_ start: UnsafeRawPointer, _ count: Int) -> Int {
        var state = SipState(key)
        var position = 0
        while position &+ 8 <= count {
            state.add(start.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            position &+= 8
        }
        state.add(UInt64(count) << 56 | rest(start + position, count &- position))
        let hash = state.finish()
        return hash == -1 ? -2 : hash
    }

    /// Eight bytes a step, folded to 62 bits at last, so that the hash is a small int.
    private static func folded(_ start: UnsafeRawPointer, _ count: Int) -> Int {
        @inline(__always) func fold(_ a: UInt64, _ b: UInt64) -> UInt64 {
            let product = a.multipliedFullWidth(by: b)
            return product.high ^ product.low
        }
        var state = key.0 ^ UInt64(count) &* 0x9E37_79B9_7F4A_7C15
        var position = 0
        while position &+ 8 <= count {
            let word = start.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            state = fold(state ^ word, key.1 ^ 0xa076_1d64_78bd_642f)
            position &+= 8
        }
        state = fold(state ^ rest(start + position, count &- position), 0xe703_7ed1_a0b4_28db ^ key.0)
        let hash = Int(bitPattern: UInt(fold(state, 0x8ebc_6af0_9c88_c6e3))) >> 2
        return hash == -1 ? -2 : hash
    }

    /// Less than eight bytes as a number.
    @inline(__always) private static func rest(_ start: UnsafeRawPointer, _ count: Int) -> UInt64 {
        var result: UInt64 = 0
        var position = 0
        if count & 4 != 0 {
            result = UInt64(start.loadUnaligned(as: UInt32.self))
            position = 4
        }
        if count & 2 != 0 {
            result |= UInt64(start.loadUnaligned(fromByteOffset: position, as: UInt16.self)) << UInt64(position &* 8)
            position &+= 2
        }
        if count & 1 != 0 { result |= UInt64(start.load(fromByteOffset: position, as: UInt8.self)) << UInt64(position &* 8) }
        return result
    }

    /// The four words that SipHash mixes (Aumasson, Bernstein, "SipHash: a fast short-input PRF", 2012).
    private struct SipState {
        private var a: UInt64, b: UInt64, c: UInt64, d: UInt64

        @inline(__always) init(_ key: (UInt64, UInt64)) {
            a = key.0 ^ 0x736f_6d65_7073_6575
            b = key.1 ^ 0x646f_7261_6e64_6f6d
            c = key.0 ^ 0x6c79_6765_6e65_7261
            d = key.1 ^ 0x7465_6462_7974_6573
        }

        @inline(__always) private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word &<< count | word &>> (64 &- count) }

        @inline(__always) private mutating func round() {
            a = a &+ b
            c = c &+ d
            b = SipState.rotated(b, 13) ^ a
            d = SipState.rotated(d, 16) ^ c
            a = SipState.rotated(a, 32)
            c = c &+ b
            a = a &+ d
            b = SipState.rotated(b, 17) ^ c
            d = SipState.rotated(d, 21) ^ a
            c = SipState.rotated(c, 32)
        }

        @inline(__always) mutating func add(_ word: UInt64) {
            d ^= word
            round()
            a ^= word
        }

        @inline(__always) mutating func finish() -> Int {
            c ^= 0xff
            round()
            round()
            round()
            return Int(bitPattern: UInt(a ^ b ^ c ^ d))
        }
    }

    // MARK: Numbers and identities

    /// hash(n) for a machine integer: n modulo 2^61-1, with the sign.
    @inlinable @inline(__always) public static func int(_ value: Int) -> Int {
        let magnitude = value.magnitude
        if magnitude < modulus { return value == -1 ? -2 : value }
        let reduced = Int(magnitude % UInt(modulus))
        let result = value < 0 ? -reduced : reduced
        return result == -1 ? -2 : result
    }

    /// hash(x) by identity. The low bits of addresses say nothing.
    public static func identity(_ value: Value) -> Int { int(Int(bitPattern: UInt(value.isPointer ? value.bits >> 4 : value.bits))) }

    /// hash(x) of a float: equal to that of an equal int. NaN hashes by `identity`.
    public static func double(_ value: Double, identity: Int) -> Int {
        if !value.isFinite { return value.isNaN ? identity : value > 0 ? infinity : -infinity }
        if value == value.rounded(.towardZero), abs(value) < 4e18 { return int(Int(value)) }
        var exponent: Int32 = 0
        var mantissa = frexp(value, &exponent)
        var sign = 1
        if mantissa < 0 { sign = -1; mantissa = -mantissa }
        var x: UInt64 = 0
        while mantissa != 0 {
            x = ((x << 28) & modulus) | x >> 33
            mantissa *= 268435456
            exponent -= 28
            let y = UInt64(mantissa)
            mantissa -= Double(y)
            x += y
            if x >= modulus { x -= modulus }
        }
        let e = exponent >= 0 ? Int(exponent) % 61 : 60 - (-1 - Int(exponent)) % 61
        x = ((x << UInt64(e)) & modulus) | x >> UInt64(61 - e)
        let result = Int(x) * sign
        return result == -1 ? -2 : result
    }
}
