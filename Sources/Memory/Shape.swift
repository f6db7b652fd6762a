/// The shape table. A heap object's header holds an index into it, so that one 32-bit compare tells both its type and
/// where its attributes are. Records have a fixed stride in a reserved address range and never move; an index is
/// never given out twice.
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
    static var count: UInt32 = 1

    /// The record of a shape.
    @inlinable @inline(__always) public static func record(_ index: ShapeIndex) -> UnsafeMutablePointer<ShapeRecord> {
        taipan.shapes.assumingMemoryBound(to: ShapeRecord.self) + Int(index)
    }

    private static var range: Reservation! = nil

    static func reserve(heapSize: Int) -> Bool {
        capacity = max(1 << 16, heapSize >> 14)
        range = Reservation(size: capacity * stride, step: 1 << 18)
        guard range != nil, range.commit(1) else { return false }
        taipan.shapes = range.base
        return true
    }

    /// A new shape, or nil when the table is full.
    public static func add(type: Value, trace: TraceKind, mask: UInt64, tailOffset: Int, visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)? = nil) -> ShapeIndex? {
        guard Int(count) < capacity, range.commit((Int(count) + 1) * stride) else { return nil }
        let index = count
        count += 1
        record(index).initialize(to: ShapeRecord(type: type, version: nextVersion(), trace: trace, flags: 0, tailOffset: UInt32(tailOffset), mask: mask,
                                                 visit: visit, payload: (0, 0, 0, 0)))
        return index
    }

    /// A number never used before, for shapes, types and dictionaries.
    @inline(__always) public static func nextVersion() -> UInt32 {
        taipan.versionCounter &+= 1
        return UInt32(truncatingIfNeeded: taipan.versionCounter)
    }

    /// Visits every live shape's type.
    static func forEach(_ body: (UnsafeMutablePointer<ShapeRecord>) -> Void) {
        var index: UInt32 = 1
        while index < count {
            body(record(index))
            index += 1
        }
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
