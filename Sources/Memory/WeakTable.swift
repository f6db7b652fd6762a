/// Weak references, as the collector sees them: cells that name an object without keeping it alive.
///
/// A cell is an ordinary heap object that begins with `WeakCell`; its `target` word is not traced. The table lists, for each
/// referent, its cells in order of creation. New registrations since the last collection are kept apart, since a minor
/// collection can only kill objects that are younger than that.
public struct WeakCell {
    public var header: ObjectHeader
    /// The referent; empty once it has died.
    public var target: Value
    /// Traced: a callable, or empty.
    public var callback: Value
}

public enum WeakTable {
    static var cells: [UInt: [UInt]] = [:]
    private static var youngReferents = AddressList()
    /// Cells whose callbacks wait to be called; roots. There is always room in it for all cells.
    public static var callbacks = AddressList()
    /// The referents that a collection looks at. There is always room in it for all.
    private static var settled = AddressList()
    /// Cells in the table.
    private static var registered = 0

    /// False when there is no address space.
    static func start(heapSize: Int) -> Bool {
        youngReferents.start(size: heapSize >> 4) && callbacks.start(size: heapSize >> 4) && settled.start(size: heapSize >> 4)
    }

    /// Registers a cell whose `target` is set. False when there is no memory for it: the cell then refers to nothing.
    @discardableResult public static func register(_ cell: UnsafeMutablePointer<WeakCell>) -> Bool {
        guard cells.count < cells.capacity || Heap.hasRoom(outside: cells.capacity * 64), youngReferents.reserve(youngReferents.count + 1),
              callbacks.reserve(callbacks.count + registered + 1), settled.reserve(max(cells.count, youngReferents.count) + 1) else {
            cell.pointee.target = .empty
            return false
        }
        let target = cell.pointee.target
        let address = UInt(target.bits)
        target.header.pointee.bits |= HeaderBits.weaklyReferenced
        if target.header.pointee.bits & HeaderBits.youngReferent == 0, cells[address] == nil || cell.pointee.header.mark == Mark.new {
            target.header.pointee.bits |= HeaderBits.youngReferent
            youngReferents.append(address)
        }
        cells[address, default: []].append(UInt(bitPattern: cell))
        registered += 1
        return true
    }

    /// The living cells of an object, oldest first.
    public static func cells(of object: Value) -> [UInt] {
        guard object.isHeap, object.header.pointee.bits & HeaderBits.weaklyReferenced != 0 else { return [] }
        return cells[UInt(object.bits)] ?? []
    }

    /// Visits the objects with weak references; before a minor collection only those that it could find dead.
    static func forEachReferent(major: Bool, _ body: (ObjectPointer) -> Void) {
        if major {
            for address in cells.keys { body(ObjectPointer(bitPattern: address).unsafelyUnwrapped) }
        } else {
            for index in 0 ..< youngReferents.count { body(ObjectPointer(bitPattern: youngReferents[index]).unsafelyUnwrapped) }
        }
    }

    /// Clears the references to what the collection in progress has not reached, before finalizers bring some of it back (PEP 442).
    static func clearDead(major: Bool) {
        for index in 0 ..< youngReferents.count {
            ObjectPointer(bitPattern: youngReferents[index]).unsafelyUnwrapped.pointee.bits &= ~HeaderBits.youngReferent
            if !major { settled.append(youngReferents[index]) }
        }
        if major { for address in cells.keys { settled.append(address) } }
        youngReferents.truncate(0)
        for index in 0 ..< settled.count { settle(settled[index]) }
        for index in 0 ..< callbacks.count { Collector.mark(ObjectPointer(bitPattern: callbacks[index]).unsafelyUnwrapped) }
        Collector.drain()
    }

    private static func settle(_ address: UInt) {
        guard let list = cells[address] else { return }
        let referent = ObjectPointer(bitPattern: address).unsafelyUnwrapped
        if referent.pointee.mark != Mark.new { return }
        cells[address] = nil
        registered -= list.count
        referent.pointee.bits &= ~HeaderBits.weaklyReferenced
        // A cell that is dead itself is cleared all the same: a finalizer may yet bring it back.
        for cellAddress in list.reversed() {
            let cell = UnsafeMutablePointer<WeakCell>(bitPattern: cellAddress).unsafelyUnwrapped
            cell.pointee.target = .empty
            if !cell.pointee.callback.isEmpty && !cell.pointee.callback.isNone && Collector.isMarked(UnsafeMutableRawPointer(cell)) { callbacks.append(cellAddress) }
        }
    }

    /// Drops the cells that are dead for good, after everything that finalizers will need has been marked.
    static func dropDeadCells() {
        for index in 0 ..< settled.count {
            let address = settled[index]
            guard let list = cells[address] else { continue }
            // Most often all are alive; a copy of a long list may find no memory, which would lead to the next collection at once.
            if list.allSatisfy({ Collector.isMarked(UnsafeMutableRawPointer(bitPattern: $0).unsafelyUnwrapped) }) { continue }
            let alive = list.filter { Collector.isMarked(UnsafeMutableRawPointer(bitPattern: $0).unsafelyUnwrapped) }
            registered -= list.count - alive.count
            if alive.isEmpty {
                cells[address] = nil
                ObjectPointer(bitPattern: address).unsafelyUnwrapped.pointee.bits &= ~HeaderBits.weaklyReferenced
            } else if alive.count != list.count {
                cells[address] = alive
            }
        }
        settled.truncate(0)
    }
}

/// The threads that the collector must scan. The interpreter lock guards the list.
public enum ThreadRegistry {
    /// The thread that holds the interpreter lock.
    @inline(__always) public static var current: ThreadRef? {
        get { taipan.current }
        set { taipan.current = newValue }
    }

    public static func add(_ thread: ThreadRef) {
        thread.pointee.next = taipan.threads
        thread.pointee.previous = nil
        taipan.threads?.pointee.previous = thread
        taipan.threads = thread
    }

    /// Whether a number names a thread that runs Python: the C library believes whatever it is given.
    public static func contains(identifier: UInt64) -> Bool {
        var thread = taipan.threads
        while let known = thread {
            if known.pointee.identifier == identifier { return true }
            thread = known.pointee.next
        }
        return false
    }

    public static func remove(_ thread: ThreadRef) {
        if let previous = thread.pointee.previous { previous.pointee.next = thread.pointee.next } else { taipan.threads = thread.pointee.next }
        thread.pointee.next?.pointee.previous = thread.pointee.previous
        thread.pointee.next = nil
        thread.pointee.previous = nil
    }
}
