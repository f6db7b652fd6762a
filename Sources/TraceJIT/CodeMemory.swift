import Glibc

/// Where machine code lives: one bounded range of addresses, so that any piece can jump to any other with a 32-bit displacement.
///
/// Memory is executable and not writable, except for the moment of a write, when the pages concerned are writable and not executable. No thread may run
/// compiled code during a write, which a client with one interpreter lock gets for free. (Two mappings of one file would avoid the moment, but a
/// process that forks would then share its code with the child, and each would patch the other's.)
///
/// Pieces are handed out first fit and can be given back; neighbours are joined.
final class CodeMemory {
    static let alignment = 16

    let base: UnsafeMutableRawPointer
    let capacity: Int
    private var freeRanges: [(offset: Int, size: Int)]
    private(set) var used = 0
    private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

    init?(capacity: Int) {
        guard let memory = mmap(nil, capacity, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0), memory != MAP_FAILED else { return nil }
        base = memory
        self.capacity = capacity
        freeRanges = [(0, capacity)]
    }
    deinit { munmap(base, capacity) }

    private func rounded(_ size: Int) -> Int { (size + CodeMemory.alignment - 1) & ~(CodeMemory.alignment - 1) }

    /// Room for so many bytes, or nil when there is none.
    func allocate(_ size: Int) -> Int? {
        let size = rounded(size)
        guard let i = freeRanges.firstIndex(where: { $0.size >= size }) else { return nil }
        let offset = freeRanges[i].offset
        if freeRanges[i].size == size { freeRanges.remove(at: i) }
        else { freeRanges[i] = (offset + size, freeRanges[i].size - size) }
        used += size
        return offset
    }

    func free(_ offset: Int, _ size: Int) {
        var range = (offset: offset, size: rounded(size))
        used -= range.size
        var at = freeRanges.firstIndex { $0.offset > offset } ?? freeRanges.count
        if at < freeRanges.count, range.offset + range.size == freeRanges[at].offset {
            range.size += freeRanges[at].size
            freeRanges.remove(at: at)
        }
        if at > 0, freeRanges[at - 1].offset + freeRanges[at - 1].size == range.offset {
            range = (freeRanges[at - 1].offset, freeRanges[at - 1].size + range.size)
            freeRanges.remove(at: at - 1)
            at -= 1
        }
        freeRanges.insert(range, at: at)
    }

    func address(_ offset: Int) -> UInt { UInt(bitPattern: base + offset) }

    /// Lets `body` write to a range. Returns false when the system refuses.
    @discardableResult
    func write(_ offset: Int, _ size: Int, _ body: (UnsafeMutableRawPointer) -> Void) -> Bool {
        let first = offset / page * page, end = (offset + size + page - 1) / page * page
        guard mprotect(base + first, end - first, PROT_READ | PROT_WRITE) == 0 else { return false }
        body(base + offset)
        return mprotect(base + first, end - first, PROT_READ | PROT_EXEC) == 0
    }
}
