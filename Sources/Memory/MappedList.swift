import Glibc

/// A list for the time of one operation that may be as long as the heap is large.
///
/// Its memory comes from the system and goes back there as a whole. The C library would keep what such lists have taken, behind whatever small thing is allocated meanwhile.
public struct MappedList<Element: BitwiseCopyable>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>?
    private var bytes = 0
    public private(set) var count = 0

    public init() {}

    /// A list of `count` elements whose bytes are zero; nil when there is no memory for it.
    public init?(zeros count: Int) {
        guard count == 0 || reserve(count) else { return nil }
        self.count = count
    }

    deinit {
        if let base { munmap(base, bytes) }
    }

    public var isEmpty: Bool { count == 0 }

    public subscript(index: Int) -> Element {
        get { base.unsafelyUnwrapped[index] }
        nonmutating set { base.unsafelyUnwrapped[index] = newValue }
    }

    /// False when there is no memory for another element.
    @inline(__always) public mutating func append(_ element: Element) -> Bool {
        if (count + 1) * MemoryLayout<Element>.stride > bytes, !reserve(count + 1) { return false }
        base.unsafelyUnwrapped[count] = element
        count += 1
        return true
    }

    public mutating func popLast() -> Element? {
        if count == 0 { return nil }
        count -= 1
        return base.unsafelyUnwrapped[count]
    }

    @inline(never) private mutating func reserve(_ total: Int) -> Bool {
        let wanted = max(1 << 16, bytes * 2, total * MemoryLayout<Element>.stride + 4095 & ~4095)
        guard let place = mmap(nil, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), place != MAP_FAILED else { return false }
        if let base {
            memcpy(place, base, bytes)
            munmap(base, bytes)
        }
        base = place.assumingMemoryBound(to: Element.self)
        bytes = wanted
        return true
    }
}
