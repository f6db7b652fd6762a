/// What this room has to be told about a client's values: how words are tagged, where an object's class word is, and the
/// few runtime functions that machine code calls on its own account.
///
/// Everything else about a language is said by the trace itself. The scheme is general enough for the usual ones: integers with a tag in the
/// low bits, floats that carry their tag in rotated exponent bits (Melançon, Serrano, Feeley, "Float Self-Tagging", 2025) with a
/// box for the rest, or floats that are always boxed.
public struct ValueModel {
    /// A boxed integer is `number << intShift | intTag`; a word is one when `word & intMask == intTag`.
    public var intShift: Int
    public var intTag: UInt64
    public var intMask: UInt64
    /// An object's address has these bits clear.
    public var pointerMask: UInt64 = 7
    /// How doubles look inside a word; nil when they are always boxed by `boxFloat`.
    public var selfTaggedFloat: SelfTagging?
    /// Byte offset of an object's 32-bit class word.
    public var classOffset: Int32 = 0
    /// Offset and value of the byte that says that an object needs `barrier` to be called before a store into it.
    public var barrierOffset: Int32 = 0
    public var barrierValue: UInt8 = 0

    /// Boxes a double that has no self-tagged word. May collect garbage; must not fail. The first argument of each function is the
    /// context pointer that the client passed to `enter`.
    public var boxFloat: @convention(c) (UnsafeMutableRawPointer?, Double) -> UInt64
    /// The same where a double goes back to the client's frame at an exit: a client for whom identity counts gives the object that has stood for it before.
    public var reboxFloat: @convention(c) (UnsafeMutableRawPointer?, Double) -> UInt64
    /// The double in a word that is not self-tagged: returns 0 when the word is no float at all. Must not allocate.
    public var unboxFloat: @convention(c) (UnsafeMutableRawPointer?, UInt64, UnsafeMutablePointer<Double>) -> Int
    /// A new object: its header set as the layout's payload says, the rest zero. May collect garbage; must not fail.
    public var allocate: @convention(c) (UnsafeMutableRawPointer?, UInt64, Int) -> UInt64
    /// Notes that the object is about to hold younger ones.
    public var barrier: @convention(c) (UnsafeMutableRawPointer?, UInt64) -> Void

    /// The word of a double is its bits plus `bias`, rotated left by `rotation`, provided that `word & mask == tag`.
    public struct SelfTagging {
        public var bias: UInt64
        public var rotation: Int
        public var mask: UInt64
        public var tag: UInt64
        public init(bias: UInt64, rotation: Int, mask: UInt64, tag: UInt64) {
            (self.bias, self.rotation, self.mask, self.tag) = (bias, rotation, mask, tag)
        }
    }

    /// A model with integers tagged in the low bits, and functions that trap until they are set.
    public init(intShift: Int, intTag: UInt64, intMask: UInt64, selfTaggedFloat: SelfTagging? = nil) {
        (self.intShift, self.intTag, self.intMask, self.selfTaggedFloat) = (intShift, intTag, intMask, selfTaggedFloat)
        boxFloat = { _, _ in fatalError("ValueModel.boxFloat is not set") }
        reboxFloat = { _, _ in fatalError("ValueModel.reboxFloat is not set") }
        unboxFloat = { _, _, _ in fatalError("ValueModel.unboxFloat is not set") }
        allocate = { _, _, _ in fatalError("ValueModel.allocate is not set") }
        barrier = { _, _ in fatalError("ValueModel.barrier is not set") }
    }

    /// The width of a boxed integer.
    public var intBits: Int { 64 - intShift }
    /// The boxed integers' range.
    var intRange: IntRange { IntRange(low: Int64.min >> Int64(intShift), high: Int64.max >> Int64(intShift)) }

    /// The word of an integer that fits.
    public func box(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) << UInt64(intShift) | intTag }
    /// The integer in a word, or nil.
    public func unbox(_ word: UInt64) -> Int64? {
        word & intMask == intTag ? Int64(bitPattern: word) >> Int64(intShift) : nil
    }
    /// The self-tagged word of a double, or nil.
    public func selfTagged(_ bits: UInt64) -> UInt64? {
        guard let scheme = selfTaggedFloat else { return nil }
        let moved = bits &+ scheme.bias
        let word = moved << UInt64(scheme.rotation) | moved >> UInt64(64 - scheme.rotation)
        return word & scheme.mask == scheme.tag ? word : nil
    }
    /// The bits of the double in a self-tagged word, or nil.
    public func unboxSelfTagged(_ word: UInt64) -> UInt64? {
        guard let scheme = selfTaggedFloat, word & scheme.mask == scheme.tag else { return nil }
        return (word >> UInt64(scheme.rotation) | word << UInt64(64 - scheme.rotation)) &- scheme.bias
    }
}
