import Glibc
import Objects

/// The memory behind objects that C looks after: instances with `HPy_tp_destroy` and capsules with a destructor.
///
/// Only C knows how much it has taken for them, so what the process has allocated since the last collection, outside of the collector's heap, is thought to be theirs. It brings collections about
/// as other memory outside of the heap does (`Heap.noteExternal`, `Heap.externalBytes`).
enum NativeMemory {
    /// Objects made since the last collection, and how many are to be made before memory is looked at.
    nonisolated(unsafe) private static var made = 0, next = 1
    /// Bytes allocated when that was last looked at, and after the last major collection.
    nonisolated(unsafe) private static var last = 0, settled = 0
    /// Bytes of `Heap.externalBytes` that are from here.
    nonisolated(unsafe) private static var counted = 0
    private static let usualInterval = 32, longestInterval = 256

    /// One more object was made. May collect.
    static func noteObject() {
        made += 1
        if made < next { return }
        let before = nanoseconds(), now = taipan_hpy_allocated()
        // The C library walks its lists of free memory: where these are long, less often.
        next = made + max(min(made, usualInterval), min((nanoseconds() - before) / 1000, longestInterval))
        let growth = last == 0 ? 0 : now - last
        if last == 0 { settled = now }
        last = now
        if growth > 0 { Heap.noteExternal(growth) }
    }

    /// A collection is over, and the destructors of the dead have run.
    static func settle(major: Bool) {
        if made == 0 { return }
        (made, next) = (0, 1)
        last = taipan_hpy_allocated()
        if major { settled = last }
        Heap.externalBytes -= counted
        // In proportion to what there is, as the heap itself.
        counted = max(0, last - settled - settled / 4)
        Heap.externalBytes += counted
    }

    /// Processor time: what else runs on the machine is not to count.
    private static func nanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
