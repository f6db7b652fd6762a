/// Types whose instances hold a C struct of a foreign interface, after what the built-in base needs.
///
/// For a base of fixed size (object, list, float, type …) the struct stands at a constant offset, aligned to 16 bytes; the word before it belongs to the interface. For int,
/// str and tuple it follows the items and the dict word, wherever they end. The collector cannot know what the struct holds: `visit` tells it. A Python subclass inherits all
/// of that.
public struct ForeignLayout {
    /// Bytes of the struct; 0 adds none to the base's.
    public var structSize = 0
    /// Instances may be made of subclasses.
    public var isBase = false
    /// The interface's data, found in `TypeObject.nativeData`.
    public var data: UInt = 0
    public var visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)
    /// The interface is told of every instance made, and finds out when it dies.
    public var isWatched = false
    nonisolated(unsafe) public static var watch: (UnsafeMutableRawPointer) -> Void = { _ in }
    /// Words at the interface's disposal before the struct.
    public static let wordBytes = 8
    /// Sizes beyond this have no room in the shapes' offsets.
    public static let largestStruct = 60000

    public init(visit: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void) { self.visit = visit }

    /// Where the struct begins in an object whose fixed part and dict word end at `size`.
    @inlinable @inline(__always) public static func structOffset(fixed size: Int) -> Int { (size + wordBytes + 15) & ~15 }

    /// Where it begins when items of variable size end at `payload`, which the dict word follows.
    @inlinable @inline(__always) public static func structOffset(after payload: Int) -> Int { (payload + 8 + wordBytes + 15) & ~15 }

    func apply(to type: TypeRef, base: TypeRef) {
        let object = type.pointer
        object.pointee.nativeData = data
        object.pointee.visit = visit
        object.pointee.trace = .custom
        object.pointee.flags.insert([.foreignLayout, .slotted])
        if isWatched { object.pointee.flags.insert(.watched) }
        if !isBase { object.pointee.flags.remove(.base) }
        if type.has(.variableSize) {
            if structSize > 0 { object.pointee.structSize = UInt32(structSize) }
        } else {
            // A foreign base's struct is the beginning of ours.
            var builtin = base
            while builtin.has(.foreignLayout) { builtin = TypeRef(builtin.pointer.pointee.base) }
            let size = ForeignLayout.structOffset(fixed: Int(builtin.pointer.pointee.basicSize)) + structSize
            // Attribute slots would stand where the struct does: attributes go to the overflow array.
            object.pointee.inlineCapacity = 0
            object.pointee.basicSize = max(object.pointee.basicSize, UInt32((size + 7) & ~7))
        }
        if structSize > 0 { object.pointee.flags.insert(.extendsLayout) }
    }

    /// Makes a class as `type(name, bases, namespace)` would, with this layout. Empty when it has raised.
    public func make(_ thread: ThreadRef, _ meta: TypeRef, _ name: Value, _ bases: Value, _ namespace: Value) -> Value {
        guard let winner = TypeConstruction.metaclass(thread, meta, TupleRef(bases)) else { return .empty }
        if structSize > 0, let base = TypeConstruction.bestBase(thread, TupleRef(bases)), base.pointer.pointee.trailingMembers > 0, Int(base.pointer.pointee.structSize) != structSize {
            return thread.raise(.typeError, "a struct cannot follow the __slots__ of '\(base.name)'")
        }
        return TypeConstruction.make(thread, winner, name, bases, namespace, .empty, layout: self)
    }

    /// Gives a type the interface's buffer slots.
    public static func setBufferSlots(_ type: TypeRef, _ get: BufferFunction?, _ release: ReleaseFunction?) {
        if let get { type.slotPointer(.getBuffer).pointee = unsafeBitCast(get, to: UnsafeRawPointer.self) }
        if let release { type.slotPointer(.releaseBuffer).pointee = unsafeBitCast(release, to: UnsafeRawPointer.self) }
    }

    /// Recomputes a type's slots after its namespace was filled.
    public static func refreshSlots(_ type: TypeRef) {
        type.modified()
        SlotTable.updateAll(type)
        type.updatePlainFlags()
    }

    /// The base whose layout a class with these bases extends. nil when it has raised.
    public static func bestBase(_ thread: ThreadRef, _ bases: Value) -> TypeRef? { TypeConstruction.bestBase(thread, TupleRef(bases)) }
}
