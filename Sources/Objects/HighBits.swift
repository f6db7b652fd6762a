/// The highest bits of hashes.
///
/// Dicts and sets keep a key's hash beside it as a small int, which has one bit less. Searches do not need that bit: who wants the whole hash, for the hash of a frozenset above all,
/// may not ask the key again. So a table has a bit for each of its places, behind all else: whether the hash has lost a highest bit that differs from the one below it. Those of
/// small ints and strings, whose hashes are at hand, say nothing.
struct HighBits {
    private let words: UnsafeMutablePointer<UInt64>

    @inline(__always) init(at address: UnsafeMutableRawPointer) { words = address.assumingMemoryBound(to: UInt64.self) }

    /// Bytes for so many places.
    @inline(__always) static func size(_ places: Int) -> Int { (places + 63) / 64 * 8 }

    @inline(__always) static func isLost(_ hash: Int) -> Bool { (hash ^ hash << 1) < 0 }

    subscript(place: Int) -> Bool {
        @inline(__always) get { words[place >> 6] & 1 << UInt64(place & 63) != 0 }
        @inline(__always) nonmutating set {
            let bit: UInt64 = 1 << UInt64(place & 63)
            if newValue { words[place >> 6] |= bit } else { words[place >> 6] &= ~bit }
        }
    }

    /// The hash that is kept as a small int at a place.
    @inline(__always) func whole(_ hash: Value, at place: Int) -> Int { self[place] ? hash.smallInt ^ Int.min : hash.smallInt }
}
