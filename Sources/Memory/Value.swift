@_exported import CSupport

/// The encoding of a value in one 64-bit word.
///
///     …xxx1   a 63-bit integer, shifted left by one
///     …x000   a heap pointer (never zero)
///     …xx10   a float: its bits with the exponent moved by a quarter of its range, rotated left by three
///     …x100   an immediate: bits 3–7 say which kind, the rest is payload
///
/// Floats tag themselves (Melançon, Serrano, Feeley, "Float Self-Tagging", 2025). The two top exponent bits become
/// the tag: after adding 256 to the biased exponent, every double of magnitude 2^-255 up to 2^256 has them equal to `10`. The
/// two zeros are immediates, so that they cost nothing either; every other double is boxed on the heap.
public typealias ThreadRef = UnsafeMutablePointer<ThreadState>
public typealias Arguments = UnsafeMutablePointer<Value>
public typealias ObjectPointer = UnsafeMutablePointer<ObjectHeader>

extension Value {
    // MARK: Immediates

    @inlinable @inline(__always) public init(immediate kind: UInt64, payload: UInt64 = 0) { self.init(bits: payload << 8 | kind << 3 | 0b100) }

    /// No value: a function that returns it has raised; a register that holds it is unbound.
    public static var empty: Value { @inlinable @inline(__always) get { Value(bits: 0) } }
    public static var positiveZero: Value { @inlinable @inline(__always) get { Value(immediate: 0) } }
    public static var negativeZero: Value { @inlinable @inline(__always) get { Value(immediate: 1) } }
    public static var none: Value { @inlinable @inline(__always) get { Value(immediate: 2) } }
    public static var `false`: Value { @inlinable @inline(__always) get { Value(immediate: 4) } }
    public static var `true`: Value { @inlinable @inline(__always) get { Value(immediate: 5) } }
    public static var notImplemented: Value { @inlinable @inline(__always) get { Value(immediate: 6) } }
    public static var ellipsis: Value { @inlinable @inline(__always) get { Value(immediate: 7) } }

    @inlinable @inline(__always) public init(_ flag: Bool) { self.init(bits: Value.false.bits | (flag ? 8 : 0)) }

    @inlinable @inline(__always) public static func == (a: Value, b: Value) -> Bool { a.bits == b.bits }
    @inlinable @inline(__always) public static func != (a: Value, b: Value) -> Bool { a.bits != b.bits }

    @inlinable public var isEmpty: Bool { @inline(__always) get { bits == 0 } }
    @inlinable public var isNone: Bool { @inline(__always) get { bits == Value.none.bits } }
    @inlinable public var isBool: Bool { @inline(__always) get { bits | 8 == Value.true.bits } }
    @inlinable public var isImmediate: Bool { @inline(__always) get { bits & 7 == 0b100 } }
    /// Which immediate, when `isImmediate`.
    @inlinable public var immediateKind: Int { @inline(__always) get { Int(bits >> 3 & 31) } }

    // MARK: Integers

    /// An integer known to fit in 63 bits.
    @inlinable @inline(__always) public init(small value: Int) { self.init(bits: UInt64(bitPattern: Int64(value)) << 1 | 1) }
    @inlinable public var isSmallInt: Bool { @inline(__always) get { bits & 1 != 0 } }
    @inlinable public var smallInt: Int { @inline(__always) get { Int(Int64(bitPattern: bits) >> 1) } }
    @inlinable @inline(__always) public static func fitsSmall(_ value: Int) -> Bool { (value << 1) >> 1 == value }
    @inlinable @inline(__always) public static func bothSmall(_ a: Value, _ b: Value) -> Bool { a.bits & b.bits & 1 != 0 }

    // MARK: Floats

    @inlinable public var isInlineFloat: Bool { @inline(__always) get { bits & 3 == 0b10 } }
    /// The double, when `isInlineFloat`.
    @inlinable public var inlineFloat: Double {
        @inline(__always) get { Double(bitPattern: (bits >> 3 | bits << 61) &- 0x1000_0000_0000_0000) }
    }
    /// The encoding of `value`, or the zero word when it must be boxed.
    @inlinable @inline(__always) public static func encodeFloat(_ value: Double) -> Value {
        let moved = value.bitPattern &+ 0x1000_0000_0000_0000
        let word = moved << 3 | moved >> 61
        if word & 3 == 0b10 { return Value(bits: word) }
        if value.bitPattern << 1 == 0 { return value.bitPattern == 0 ? .positiveZero : .negativeZero }
        return .empty
    }

    // MARK: Heap objects

    @inlinable @inline(__always) public init(_ pointer: UnsafeMutableRawPointer) { self.init(bits: UInt64(UInt(bitPattern: pointer))) }
    @inlinable @inline(__always) public init<T>(_ pointer: UnsafeMutablePointer<T>) { self.init(bits: UInt64(UInt(bitPattern: pointer))) }
    @inlinable public var isHeap: Bool { @inline(__always) get { bits & 7 == 0 && bits != 0 } }
    /// Low bits say heap pointer; the word is known not to be empty.
    @inlinable public var isPointer: Bool { @inline(__always) get { bits & 7 == 0 } }
    @inlinable public var raw: UnsafeMutableRawPointer { @inline(__always) get { UnsafeMutableRawPointer(bitPattern: UInt(bits)).unsafelyUnwrapped } }
    @inlinable public var header: ObjectPointer { @inline(__always) get { raw.assumingMemoryBound(to: ObjectHeader.self) } }
    @inlinable @inline(__always) public func object<T>(_ type: T.Type) -> UnsafeMutablePointer<T> { raw.assumingMemoryBound(to: T.self) }
}

extension UnsafeMutablePointer where Pointee == ObjectHeader {
    @inlinable public var value: Value { @inline(__always) get { Value(self) } }
}
