/// Types whose instances hold a C struct of a foreign interface, after what the built-in base needs.
///
/// For a base of fixed size (object, list, float, type …) the struct stands at a constant offset, aligned to 16 bytes; the word before it belongs to the interface. For int,
/// str and tuple it follows the items and the dict word, wherever they end. The collector cannot know what the struct holds: `visit` tells it. A Python subclass inherits all
/// of that.
public struct ForeignLayout {
    /// Bytes of the struct, that of a foreign base included.
    public var structSize = 0
    /// Where it begins in instances of fixed size.
    public var structOffset = 0
    /// Instances have attributes of their own, whether the base's have or not.
    public var hasDict = false
    /// So with weak references to them.
    public var isWeakReferenceable = false
    /// Instances may be made of subclasses.
    public var isBase = false
    /// The interface's data, found in `TypeObject.nativeData`.
    public var data: UInt = 0
    public var visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)
    /// The interface is told of every instance made, and finds out when it dies.
    public var isWatched = false
    nonisolated(unsafe) public static var watch: (UnsafeMutableRawPointer) -> Void = { _ in }
    /// Called when the program has ended and nothing in Python runs any more: the interface ends what it watches.
    nonisolated(unsafe) public static var end: () -> Void = {}
    /// Words at the interface's disposal before the struct.
    public static let wordBytes = 8
    /// What a type has in a slot whose method is the interface's function of this record. nil where a trampoline that calls the method by its name will do.
    nonisolated(unsafe) public static var slotFunction: (Slot, UnsafeMutablePointer<NativeRecord>) -> UnsafeRawPointer? = { _, _ in nil }
    /// The text signature of a type made by the interface.
    nonisolated(unsafe) public static var textSignature: (TypeRef) -> String? = { _ in nil }
    /// Called when a type's slots have been found by names: the interface may set those that names do not tell of.
    nonisolated(unsafe) public static var completeSlots: (TypeRef) -> Void = { _ in }

    public init(visit: @escaping @convention(c) (UnsafeMutableRawPointer) -> Void) { self.visit = visit }

    /// Where the struct begins in an object whose fixed part and dict word end at `size`.
    @inlinable @inline(__always) public static func structOffset(fixed size: Int) -> Int { (size + wordBytes + 15) & ~15 }

    /// Where it begins when items of variable size end at `payload`, which the dict word follows.
    @inlinable @inline(__always) public static func structOffset(after payload: Int) -> Int { (payload + 8 + wordBytes + 15) & ~15 }

    func apply(to type: TypeRef, base: TypeRef) {
        let object = type.pointer
        object.pointee.nativeData = data
        object.pointee.visit = visit
        object.pointee.trace = base.pointer.pointee.trace.hasTail ? .customTail : .custom
        object.pointee.flags.insert([.foreignLayout, .slotted])
        if isWeakReferenceable || base.has(.weakReferenceable) { object.pointee.flags.insert(.weakReferenceable) }
        if isWatched { object.pointee.flags.insert(.watched) }
        if !isBase { object.pointee.flags.remove(.base) }
        if type.has(.variableSize) {
            if structSize > 0 { object.pointee.structSize = UInt32(structSize) }
            if hasDict { object.pointee.dictOffset = 1 << 15 }
        } else {
            // Attribute slots would stand where the struct does: attributes go to the overflow array.
            object.pointee.inlineCapacity = 0
            let end = UInt32((structOffset + structSize + 7) & ~7)
            let isAdded = object.pointee.dictOffset >= ForeignLayout.nativeBase(base).pointer.pointee.basicSize
            if isAdded && object.pointee.dictOffset < end && object.pointee.dictOffset != 0 {
                // The dict word that a class on the way has added makes room for the struct: each type says where its own is.
                object.pointee.dictOffset = end
                object.pointee.basicSize = end + 8
            } else {
                object.pointee.basicSize = max(object.pointee.basicSize, end)
                if hasDict && object.pointee.dictOffset == 0 {
                    object.pointee.dictOffset = object.pointee.basicSize
                    object.pointee.basicSize += 8
                }
            }
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

    /// The built-in type at the bottom of a type's layout.
    public static func nativeBase(_ type: TypeRef) -> TypeRef {
        var native = type
        while native.has(.heap) { native = TypeRef(native.pointer.pointee.base) }
        return native
    }

    /// Whether classes between a type and `end` have added `__slots__`, whose places in instances are fixed.
    public static func hasSlots(_ type: TypeRef, upTo end: TypeRef) -> Bool {
        var current = type
        while current != end {
            if current.pointer.pointee.slotMembers > 0 { return true }
            current = TypeRef(current.pointer.pointee.base)
        }
        return false
    }

    /// The base whose layout a class with these bases extends. nil when it has raised.
    public static func bestBase(_ thread: ThreadRef, _ bases: Value) -> TypeRef? { TypeConstruction.bestBase(thread, TupleRef(bases)) }
}
