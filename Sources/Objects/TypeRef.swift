/// A type object: accessors, attribute lookup along the MRO with a cache, and versions.

public struct TypeRef: Equatable {
    public let pointer: UnsafeMutablePointer<TypeObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(TypeObject.self) }
    @inlinable @inline(__always) public init(_ pointer: UnsafeMutablePointer<TypeObject>) { self.pointer = pointer }

    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var flags: TypeFlags { @inline(__always) get { pointer.pointee.flags } }
    @inlinable @inline(__always) public func has(_ flags: TypeFlags) -> Bool { pointer.pointee.flags.rawValue & flags.rawValue == flags.rawValue }
    /// The name as messages have it: with the module in front for native types outside `builtins` (`types.UnionType`).
    public var name: String {
        if has(.namesModule) {
            let module = pointer.pointee.module.isEmpty ? namespace.get(string: Name.__module__.value) : pointer.pointee.module
            return module.isEmpty || !module.isString ? shortName : "\(StringRef(module).description).\(shortName)"
        }
        let module = pointer.pointee.module
        if has(.heap) || module.isEmpty || StringRef(module).equals("builtins") { return shortName }
        return "\(StringRef(module).description).\(shortName)"
    }
    /// `__name__`
    public var shortName: String { StringRef(pointer.pointee.name).description }
    public var namespace: DictRef { @inline(__always) get { DictRef(pointer.pointee.namespace) } }
    /// Empty while the type is being made.
    public var mro: TupleRef { @inline(__always) get { TupleRef(pointer.pointee.mro.isEmpty ? WellKnown.emptyTuple.value : pointer.pointee.mro) } }

    @usableFromInline static var slotOffset: Int { @inline(__always) get { (MemoryLayout<TypeObject>.size + 7) & ~7 } }
    static var objectSize: Int { slotOffset + Slot.count * 8 }

    /// The function pointer of a slot, or nil.
    @inlinable @inline(__always) public func slotPointer(_ slot: Slot) -> UnsafeMutablePointer<UnsafeRawPointer?> {
        (UnsafeMutableRawPointer(pointer) + TypeRef.slotOffset).assumingMemoryBound(to: UnsafeRawPointer?.self) + slot.rawValue
    }
    @inlinable @inline(__always) public func slot<F>(_ slot: Slot, as: F.Type) -> F? {
        let pointer = slotPointer(slot).pointee
        return pointer == nil ? nil : unsafeBitCast(pointer, to: F.self)
    }
    @inlinable @inline(__always) public func unary(_ slot: Slot) -> UnaryFunction? { self.slot(slot, as: UnaryFunction.self) }
    @inlinable @inline(__always) public func binary(_ slot: Slot) -> BinaryFunction? { self.slot(slot, as: BinaryFunction.self) }
    @inlinable @inline(__always) public func store(_ slot: Slot) -> StoreFunction? { self.slot(slot, as: StoreFunction.self) }
    @inlinable @inline(__always) public func call(_ slot: Slot) -> CallFunction? { self.slot(slot, as: CallFunction.self) }

    /// Whether `other` is this type or one of its bases, by the MRO.
    @inlinable public func isSubtype(of other: TypeRef) -> Bool {
        if pointer == other.pointer { return true }
        let order = pointer.pointee.mro
        if order.isEmpty {
            var base = pointer.pointee.base
            while !base.isEmpty {
                if base == other.value { return true }
                base = TypeRef(base).pointer.pointee.base
            }
            return false
        }
        let mro = TupleRef(order)
        var index = 0
        let count = mro.count
        while index < count {
            if mro[index] == other.value { return true }
            index += 1
        }
        return false
    }

    /// Whether instances have items by number. A dict has keys only, whatever a subclass adds.
    public var isSequence: Bool { slotPointer(.item).pointee != nil && !has(.dictSubclass) }

    /// Whether a type is one of those that could be a sequence: every class is, and of the native types those with any slot of sequences.
    var hasSequenceSlots: Bool {
        has(.heap) || [Slot.item, .contains, .concat, .repeat].contains { slotPointer($0).pointee != nil }
    }

    // MARK: Lookup

    /// The attribute `name` (an interned string) of the type or its bases, without binding it; empty when there is none.
    @inline(__always) public func lookup(_ name: Value) -> Value {
        let slot = MethodCache.slot(pointer.pointee.version, name)
        if slot.pointee.version == pointer.pointee.version && slot.pointee.name == name { return slot.pointee.value }
        return lookupSlow(name)
    }

    @inline(__always) public func lookup(_ name: Name) -> Value { lookup(name.value) }

    @inline(never) func lookupSlow(_ name: Value) -> Value {
        let interned = StringRef(name).isInterned
        let result = lookupUncached(name)
        if interned {
            MethodCache.slot(pointer.pointee.version, name).pointee = MethodCacheEntry(version: pointer.pointee.version, name: name, value: result)
        }
        return result
    }

    /// Lookup that leaves the cache alone; `name` may be any string.
    func lookupUncached(_ name: Value) -> Value {
        let order = pointer.pointee.mro
        if order.isEmpty { return namespace.get(string: name) }
        let mro = TupleRef(order)
        for index in 0 ..< mro.count {
            let found = TypeRef(mro[index]).namespace.get(string: name)
            if !found.isEmpty { return found }
        }
        return .empty
    }

    // MARK: Versions

    /// To be called after the type's namespace or bases changed: nothing cached about it or its subclasses holds any more.
    public func modified() {
        pointer.pointee.version = ShapeTable.nextVersion()
        Shapes.invalidate(type: self)
        forEachSubclass { $0.modified() }
    }

    /// Visits the living direct subclasses.
    public func forEachSubclass(_ body: (TypeRef) -> Void) {
        let list = pointer.pointee.subclasses
        if list.isEmpty { return }
        let references = ListRef(list)
        var index = 0
        while index < references.count {
            let target = references[index].object(WeakCell.self).pointee.target
            if !target.isEmpty { body(TypeRef(target)) }
            index += 1
        }
    }
}

/// Results of lookups along the MRO, keyed by the type's version, which is never used twice. The collector need not know of it: an
/// entry whose value has died belongs to a version that no living type has.
enum MethodCache {
    /// Drops what is known of a name on a type and its subclasses.
    static func forget(_ type: TypeRef, _ name: Value) {
        slot(type.pointer.pointee.version, name).pointee.version = 0
        type.forEachSubclass { forget($0, name) }
    }

    @inline(__always) static func slot(_ version: UInt32, _ name: Value) -> UnsafeMutablePointer<MethodCacheEntry> {
        taipan_method_cache(UInt(truncatingIfNeeded: UInt64(version) &* 0x9E37_79B1 ^ name.bits >> 4))
    }
}

extension Value {
    /// The value's type.
    @inlinable public var type: TypeRef {
        @inline(__always) get {
            if isPointer { return TypeRef(ShapeTable.record(shapeIndex).pointee.type) }
            return immediateType
        }
    }

    @inlinable public var immediateType: TypeRef {
        if isSmallInt { return TypeID.int.type }
        if isInlineFloat { return TypeID.float.type }
        switch immediateKind {
        case 0, 1: return TypeID.float.type
        case 2: return TypeID.noneType.type
        case 4, 5: return TypeID.bool.type
        case 6: return TypeID.notImplementedType.type
        default: return TypeID.ellipsisType.type
        }
    }

    /// Whether the value is an instance of just this type (heap objects only: not for int, float, bool or None). False for the empty value.
    @inlinable @inline(__always) public func isExact(_ id: TypeID) -> Bool { isHeap && shapeIndex == id.rawValue }
    @inlinable @inline(__always) public func has(_ flags: TypeFlags) -> Bool { isHeap && type.has(flags) }

    /// What messages about an argument of the wrong type call it: its type, but None itself by name.
    public var argumentTypeName: String { isNone ? "None" : type.name }

    @inlinable public var isString: Bool { @inline(__always) get { isHeap && (shapeIndex == TypeID.str.rawValue || type.has(.strSubclass)) } }
    @inlinable public var isBytes: Bool { @inline(__always) get { isHeap && (shapeIndex == TypeID.bytes.rawValue || type.has(.bytesSubclass)) } }
    @inlinable public var isTuple: Bool { @inline(__always) get { isHeap && (shapeIndex == TypeID.tuple.rawValue || type.has(.tupleSubclass)) } }
    @inlinable public var isList: Bool { @inline(__always) get { isHeap && (shapeIndex == TypeID.list.rawValue || type.has(.listSubclass)) } }
    @inlinable public var isDict: Bool { @inline(__always) get { isHeap && (shapeIndex == TypeID.dict.rawValue || type.has(.dictSubclass)) } }
    @inlinable public var isType: Bool { @inline(__always) get { has(.typeSubclass) } }
    @inlinable public var isException: Bool { @inline(__always) get { has(.exceptionSubclass) } }
    /// An int of any size, a bool, or an instance of a subclass.
    @inlinable public var isInt: Bool { @inline(__always) get { isSmallInt || isBool || has(.intSubclass) } }
    @inlinable public var isFloat: Bool { @inline(__always) get { isInlineFloat || bits == Value.positiveZero.bits || bits == Value.negativeZero.bits || has(.floatSubclass) } }
    /// A class whose instances are exceptions.
    @inlinable public var isExceptionClass: Bool { @inline(__always) get { isType && TypeRef(self).has(.exceptionSubclass) } }

    /// Whether the value's type is `id` or a subclass, by the MRO and without `__instancecheck__`.
    @inlinable public func isInstance(of id: TypeID) -> Bool { type.isSubtype(of: id.type) }
}
