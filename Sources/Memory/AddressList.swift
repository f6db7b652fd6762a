/// A list of addresses for the collector's registers.
///
/// It grows in address space of its own, so that it is never copied, and only where it can fail: `reserve` is asked for room when an object is registered, and
/// what a collection then appends or moves takes no memory. A Swift array would ask for much at once, and end the process, in the middle of a collection.
public struct AddressList {
    private var range: Reservation! = nil
    private var base: UnsafeMutablePointer<UInt>! = nil
    public private(set) var count = 0

    /// Reserves address space, once. False when there is none.
    mutating func start(size: Int) -> Bool {
        range = Reservation(size: size, step: 1 << 15)
        base = range?.base.assumingMemoryBound(to: UInt.self)
        return range != nil
    }

    public var isEmpty: Bool { count == 0 }

    public subscript(index: Int) -> UInt {
        get { base[index] }
        nonmutating set { base[index] = newValue }
    }

    /// Makes room for `total` entries in all. False when memory is exhausted.
    mutating func reserve(_ total: Int) -> Bool { range.commit(total << 3) }

    /// Appends to what has room for it.
    mutating func append(_ address: UInt) {
        base[count] = address
        count += 1
    }

    public mutating func removeFirst(_ number: Int) {
        count -= number
        base.update(from: base + number, count: count)
    }

    /// Drops all but the first entries. The memory of the others stays.
    mutating func truncate(_ length: Int) { count = length }
}
