import Glibc

/// Something about each code point, in pages of 256 that are made when one of them is first asked about.
public struct CharacterTable<Entry: FixedWidthInteger> {
    private let pages: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>

    /// A table of entries that are 0 until they are set.
    public init(size: Int = 0x110000) {
        // Memory that nobody has looked at takes none.
        pages = calloc(size >> 8, MemoryLayout<UnsafeRawPointer?>.size).bindMemory(to: UnsafeMutablePointer<Entry>?.self, capacity: size >> 8)
    }

    /// The place of one entry; `fill` is given a new page and the first code point on it.
    @inline(__always) public func entry(_ character: UInt32, fill: (UnsafeMutablePointer<Entry>, UInt32) -> Void) -> UnsafeMutablePointer<Entry> {
        (pages[Int(character >> 8)] ?? newPage(character, fill)) + Int(character & 255)
    }

    @inline(never) private func newPage(_ character: UInt32, _ fill: (UnsafeMutablePointer<Entry>, UInt32) -> Void) -> UnsafeMutablePointer<Entry> {
        let page = UnsafeMutablePointer<Entry>.allocate(capacity: 256)
        page.initialize(repeating: 0, count: 256)
        fill(page, character & ~255)
        pages[Int(character >> 8)] = page
        return page
    }
}
