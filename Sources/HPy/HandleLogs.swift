import Glibc
import Objects

/// The handles that C holds.
///
/// A handle is the object itself, so that what keeps the object alive while C has it in a register, on its stack, or in memory that it has allocated for the time of one call
/// is a log: a root of the collector, one for each thread. Functions of the universal context enter in it what they return (`taipan_hpy_log`), `HPy_Close` takes out the last entry, and when a C
/// function returns to its caller in Python the log is cut back to where it was (`Contexts.call`). A handle that is closed out of order gets a second entry, which says so; both go when the log is full.
enum HandleLogs {
    /// Set in an entry that says that a handle was closed.
    private static let closed: UInt64 = 4
    /// So many of the last entries are looked at before an entry says that a handle was closed.
    private static let nearby = 6
    private static let leastCapacity = 256

    static func start() {
        let universal = taipan_hpy_universal()
        universal.initialize(to: taipan_hpy_plain().pointee)
        taipan_hpy_fill_logged(universal)
        taipan_hpy_fill_usual_logged(universal)
        Collector.addRoots {
            var next = taipan.threads
            while let thread = next {
                let log = thread.pointee.handles
                for index in 0 ..< log.count where log.entries.unsafelyUnwrapped[index].bits & HandleLogs.closed == 0 { Collector.mark(log.entries.unsafelyUnwrapped[index]) }
                next = thread.pointee.next
            }
        }
    }

    /// Enters an object when there may be no room for it.
    static func add(_ value: Value) {
        let log = log
        if log.pointee.count == log.pointee.capacity, !makeRoom(log) { return }
        log.pointee.entries.unsafelyUnwrapped[log.pointee.count] = value
        log.pointee.count += 1
    }

    /// A handle was closed that may not be the last entry.
    static func close(_ value: Value) {
        if !value.isHeap { return }
        let log = log
        let last = log.pointee.count - 1
        if let entries = log.pointee.entries {
            var index = last
            while index >= max(log.pointee.base, last - nearby) {
                if entries[index] == value {
                    entries[index] = entries[last]
                    log.pointee.count = last
                    return
                }
                index -= 1
            }
        }
        // One of an outer function's, or none of ours: there is nothing to take out.
        if last < log.pointee.base { return }
        add(Value(bits: value.bits | closed))
    }

    private static var log: UnsafeMutablePointer<HandleLog> {
        // The thread's state does not move.
        withUnsafeMutablePointer(to: &Contexts.thread.pointee.handles) { $0 }
    }

    /// Takes out what was closed, of the innermost function's entries; then makes the log longer unless that has helped much. False when there is no memory: the
    /// object is then kept by what the collector finds on the native stack.
    private static func makeRoom(_ log: UnsafeMutablePointer<HandleLog>) -> Bool {
        settle(log)
        if log.pointee.count <= log.pointee.capacity / 2, log.pointee.capacity > 0 { return true }
        let capacity = max(log.pointee.capacity * 2, leastCapacity)
        guard let entries = realloc(log.pointee.entries, capacity * MemoryLayout<Value>.stride) else { return log.pointee.count < log.pointee.capacity }
        log.pointee.entries = entries.assumingMemoryBound(to: Value.self)
        log.pointee.capacity = capacity
        return true
    }

    /// Going back from the end, an entry that says that a handle was closed is met before that which it ends.
    private static func settle(_ log: UnsafeMutablePointer<HandleLog>) {
        guard let entries = log.pointee.entries else { return }
        var ended: [UInt64: Int] = [:]
        var place = log.pointee.count
        for index in stride(from: log.pointee.count - 1, through: log.pointee.base, by: -1) {
            let entry = entries[index]
            if entry.bits & closed != 0 {
                ended[entry.bits & ~closed, default: 0] += 1
            } else if let count = ended[entry.bits], count > 0 {
                ended[entry.bits] = count - 1
            } else {
                place -= 1
                entries[place] = entry
            }
        }
        let kept = log.pointee.count - place
        (entries + log.pointee.base).update(from: entries + place, count: kept)
        log.pointee.count = log.pointee.base + kept
    }
}
