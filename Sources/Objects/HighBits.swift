/// The highest bits of hashes.
///
/// Sets keep a key's hash beside it as a small int, which has one bit less. Searches do not need that bit: who wants the whole hash, for the hash of a frozenset above all,
/// may not ask the key again. So a table of pairs has a bit for each of its places, behind all else: whether the hash has lost a highest bit that differs from the one below it. Those of
/// small ints and strings, whose hashes are at hand, say nothing.
struct HighBits {
    private let words: UnsafeMutablePointer<UInt64>

    @inline(__always) init(at address: UnsafeMutableRawPointer) { words = address.assumingMemoryBound(to: UInt64.self) }

    /// Bytes for so many places.
    @inline(__always) static func size(_ places: Int) -> Int { (places + 63) / 64 * 8 }

    /// The bit of a hash, 0 or 1. Half of all hashes of tuples have it: nothing here branches on it, for no branch could be foreseen.
    @inline(__always) static func lost(_ hash: Int) -> UInt64 { UInt64(bitPattern: Int64(hash ^ hash << 1)) >> 63 }

    subscript(place: Int) -> UInt64 {
        @inline(__always) get { words[place >> 6] &>> UInt64(place & 63) & 1 }
        @inline(__always) nonmutating set {
            let word = words + place >> 6, position = UInt64(place & 63)
            word.pointee = word.pointee & ~(1 &<< position) | newValue &<< position
        }
    }

    /// The hash that is kept as a small int at a place.
    @inline(__always) func whole(_ hash: Value, at place: Int) -> Int { hash.smallInt ^ Int(bitPattern: UInt(self[place] << 63)) }
}
