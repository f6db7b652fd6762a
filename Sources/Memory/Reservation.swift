import Glibc

/// Address space that is reserved as a whole and committed from its start in steps, as it is needed.
///
/// What is only reserved cannot be touched and counts against no limit (`RLIMIT_DATA` counts every writable private page, used or
/// not). Committed memory is zero and takes up real memory only where it is touched.
struct Reservation {
    let base: UnsafeMutableRawPointer
    let size: Int
    /// Bytes from `base` on that may be used.
    private(set) var committed = 0
    private let step: Int

    /// The ranges of the attempt to start that is being made.
    nonisolated(unsafe) private static var made: [(base: UnsafeMutableRawPointer, size: Int)] = []

    /// Reserves `size` bytes, to be committed at least `step` at a time; nil when there is no such range.
    init?(size: Int, step: Int) {
        guard let pointer = Reservation.map(size) else { return nil }
        Reservation.made.append((pointer, size))
        base = pointer
        self.size = size
        self.step = step
    }

    private static func map(_ size: Int) -> UnsafeMutableRawPointer? {
        let pointer = mmap(nil, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        return pointer == MAP_FAILED ? nil : pointer
    }

    /// Gives up all ranges: an attempt to start has failed.
    static func giveUpAll() {
        for range in made { munmap(range.base, range.size) }
        made = []
    }

    /// Whether so many bytes of address space are left beside what is reserved.
    static func leaves(_ size: Int) -> Bool {
        guard let pointer = map(size) else { return false }
        munmap(pointer, size)
        return true
    }

    /// Makes the first `bytes` bytes usable. False when the system or the range has no room for them.
    mutating func commit(_ bytes: Int) -> Bool {
        if bytes <= committed { return true }
        guard bytes <= size else { return false }
        // Ever larger steps keep the calls few; the least that will do is tried when memory is short.
        return extend(to: max(bytes, committed + max(step, committed >> 2))) || extend(to: bytes)
    }

    /// Gives the memory behind the first `bytes` bytes back. It stays usable, and is zero again.
    func discard(beyond bytes: Int) {
        if committed > bytes { madvise(base + bytes, committed - bytes, MADV_DONTNEED) }
    }

    private mutating func extend(to bytes: Int) -> Bool {
        let end = min(size, (bytes + 4095) & ~4095)
        guard mprotect(base + committed, end - committed, PROT_READ | PROT_WRITE) == 0 else { return false }
        committed = end
        return true
    }
}
