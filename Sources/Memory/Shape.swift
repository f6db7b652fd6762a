/// The shape table. A heap object's header holds an index into it, so that one 32-bit compare tells both its type and
/// where its attributes are. Records have a fixed stride in a reserved address range and never move.
///
/// When a type has died its shapes' indices are given out again. Nobody may then take the new shape for the old one:
/// - No object has the old one. Whatever is marked has its shape's type marked, so all instances of a dead type are dead; and the sweep, which comes to dead cells
///   much later, goes by their marks. The next collection has them cleared before anyone looks at cells again.
/// - Inline caches compare a shape's version, and versions are never used twice. What else a cache holds belongs to the type of the shape whose version it is.
/// - Compiled code compares indices. A trace lists the types of the shapes that it names among its objects (`Holdings`), and is given up when one of them dies.
///
/// Here a shape is no more than what the collector needs; `payload` words belong to `Objects`.

public struct ShapeRecord {
    /// The type object.
    public var type: Value
    /// Changes whenever something that inline caches keyed by this shape took for granted changed; unique over all shapes and time.
    public var version: UInt32
    public var trace: TraceKind
    public var flags: UInt8
    /// Byte offset of the first word of the tail, for `.tail` and `.mask`.
    public var tailOffset: UInt32
    /// Bit n set: word n of the object is a value (or empty). For objects of up to 64 words.
    public var mask: UInt64
    /// Traces an object of kind `.custom`.
    public var visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)?
    /// Of `Objects`: see `ShapeRef`.
    public var payload: (UInt64, UInt64, UInt64, UInt64)
}

/// How the collector finds the values in an object.
public enum TraceKind: UInt8 {
    /// It holds none.
    case leaf
    /// The words named by `mask`.
    case mask
    /// The words named by `mask`, and every word from `tailOffset` to the end of the cell.
    case tail
    /// The words named by `mask`, then as many words from `tailOffset` as the integer in the object's second word says.
    case counted
    /// The words named by `mask`, and `visit` calls `mark` on the rest.
    case custom
    /// Both `.custom` and `.tail`.
    case customTail

    public var hasTail: Bool { self == .tail || self == .customTail }
}

public typealias ShapeIndex = UInt32

public enum ShapeTable {
    private static var capacity = 0
    static let stride = MemoryLayout<ShapeRecord>.stride
    /// The first index that was never given out.
    static var count: UInt32 = 1
    /// The first of the indices that can be given out again, each of which has the next one in its record; 0 ends.
    private static var firstFree: ShapeIndex = 0
    private static var freeCount = 0
    /// The last major collection has left the table as good as full, so that another one is not worth its time.
    private static var isCrowded = false

    /// The record of a shape.
    @inlinable @inline(__always) public static func record(_ index: ShapeIndex) -> UnsafeMutablePointer<ShapeRecord> {
        taipan.shapes.assumingMemoryBound(to: ShapeRecord.self) + Int(index)
    }

    private static var range: Reservation! = nil

    static func reserve(heapSize: Int) -> Bool {
        capacity = max(1 << 18, heapSize >> 14)
        range = Reservation(size: capacity * stride, step: 1 << 18)
        guard range != nil, range.commit(1) else { return false }
        taipan.shapes = range.base
        return true
    }

    /// A new shape, or nil when the table is full. May collect.
    public static func add(type: Value, trace: TraceKind, mask: UInt64, tailOffset: Int, visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)? = nil) -> ShapeIndex? {
        guard let index = take() ?? (Int(count) >= capacity && !isCrowded && Heap.collectWhenExhausted() ? take() : nil) else { return nil }
        record(index).initialize(to: ShapeRecord(type: type, version: nextVersion(), trace: trace, flags: 0, tailOffset: UInt32(tailOffset), mask: mask,
                                                 visit: visit, payload: (0, 0, 0, 0)))
        return index
    }

    private static func take() -> ShapeIndex? {
        if firstFree != 0 {
            let index = firstFree
            firstFree = ShapeIndex(truncatingIfNeeded: record(index).pointee.payload.0)
            freeCount -= 1
            return index
        }
        guard Int(count) < capacity, range.commit((Int(count) + 1) * stride) else { return nil }
        count += 1
        return count - 1
    }

    /// Lets the index of a shape be given out again: its type has died. For a release function of `Owners`.
    public static func remove(_ index: ShapeIndex) {
        record(index).initialize(to: ShapeRecord(type: .empty, version: 0, trace: .leaf, flags: 0, tailOffset: 0, mask: 0, visit: nil, payload: (UInt64(firstFree), 0, 0, 0)))
        firstFree = index
        freeCount += 1
    }

    /// A major collection has removed what it could.
    static func noteCollection() { isCrowded = Int(count) + capacity >> 6 > capacity + freeCount }

    /// A number never used before, for shapes, types and dictionaries.
    @inline(__always) public static func nextVersion() -> UInt32 {
        taipan.versionCounter &+= 1
        return UInt32(truncatingIfNeeded: taipan.versionCounter)
    }
}

extension Value {
    /// The shape index of a heap object.
    @inlinable public var shapeIndex: ShapeIndex { @inline(__always) get { header.pointee.shape } }
}

extension ShapeTable {
    /// Keeps the indices up to `last` for numbered types.
    public static func reserveNumbered(_ last: UInt32) {
        count = max(count, last + 1)
        _ = range.commit(Int(count) * stride)
    }

    /// Sets a numbered shape's record; the type can be defined later.
    public static func define(_ index: ShapeIndex, type: Value, trace: TraceKind = .leaf, mask: UInt64 = 0, tailOffset: Int = 0,
                              visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)? = nil) {
        record(index).initialize(to: ShapeRecord(type: type, version: nextVersion(), trace: trace, flags: 0, tailOffset: UInt32(tailOffset), mask: mask,
                                                 visit: visit, payload: (0, 0, 0, 0)))
    }
}
