/// Declaring a native type.
///
///     let deque = NativeType("deque", module: "collections", size: MemoryLayout<DequeObject>.size, mask: 0b10, methods: [ … ], getters: [ … ]) { slots in
///         slots.unary(.iter) { thread, deque in … }
///         slots.call(.new) { thread, type, arguments, count, keywords in … }
///     }
///
/// Sizes are bytes; bit n of `mask` says that word n of the object is a value for the collector to trace. Native types are immortal.

/// Fills a type's slots, with the signature that each slot has.
public struct SlotBuilder {
    let type: TypeRef

    @inline(__always) private func set<F>(_ slot: Slot, _ function: F) { type.slotPointer(slot).pointee = unsafeBitCast(function, to: UnsafeRawPointer.self) }

    /// repr, str, iter, next, negative, positive, absolute, invert, int, float, index, await, asyncIter, asyncNext, finalize. A `next` that has ended returns
    /// the zero word and raises nothing.
    public func unary(_ slot: Slot, _ function: @escaping UnaryFunction) { set(slot, function) }
    /// The arithmetic slots (either operand may be the type's), concat, getItem, getAttribute, divmod and the in-place ones; for repeat the count is any object with an index. Who has getItem is a sequence.
    public func binary(_ slot: Slot, _ function: @escaping BinaryFunction) {
        set(slot, function)
        if slot == .getItem { set(.item, function) }
    }
    /// getItem of what has keys and is no sequence.
    public func lookup(_ function: @escaping BinaryFunction) { set(.getItem, function) }
    /// power (the third is None unless given) and descriptorGet (descriptor, instance or the zero word, type or the zero word).
    public func ternary(_ slot: Slot, _ function: @escaping TernaryFunction) { set(slot, function) }
    /// call, new (the receiver is the type) and initialize (returns None).
    public func call(_ slot: Slot, _ function: @escaping CallFunction) { set(slot, function) }
    public func compare(_ function: @escaping CompareFunction) { set(.compare, function) }
    public func hash(_ function: @escaping HashFunction) { set(.hash, function) }
    public func bool(_ function: @escaping PredicateFunction) { set(.bool, function) }
    public func length(_ function: @escaping LengthFunction) { set(.length, function) }
    public func contains(_ function: @escaping ContainsFunction) { set(.contains, function) }
    /// setItem, setAttribute, descriptorSet.
    public func store(_ slot: Slot, _ function: @escaping StoreFunction) { set(slot, function) }
    public func buffer(_ function: @escaping BufferFunction) { set(.getBuffer, function) }
    public func releaseBuffer(_ function: @escaping ReleaseFunction) { set(.releaseBuffer, function) }
    /// The base's slots, stated as the type's own: their wrappers show among its attributes, as they do in CPython (`list.__getattribute__`, `ValueError.__init__`).
    public func restate(_ slots: Slot..., of base: TypeID) {
        for slot in slots { type.slotPointer(slot).pointee = base.type.slotPointer(slot).pointee }
    }
    /// Instances are unhashable: "unhashable type: 'list'".
    public func unhashable() { set(.hash, unhashableHash) }
}

/// The hash slot of types whose `__hash__` is None.
public let unhashableHash: HashFunction = { thread, value in
    thread.raise(.typeError, "unhashable type: '\(value.type.name)'")
    return -1
}

public struct NativeType {
    public let type: TypeRef
    /// The shape of exact instances, for allocation and exact checks.
    public var shape: ShapeIndex { type.pointer.pointee.rootShape }

    /// - Parameters:
    ///   - id: the number of a type that the runtime knows.
    ///   - module: `__module__`; types without one are `builtins`.
    ///   - size: bytes of the fixed part of an instance, header included.
    ///   - mask: which words of it are values.
    ///   - dictOffset: the offset of the dict word within `size`, if instances have a `__dict__`.
    ///   - trace, tailOffset, visit: see `TraceKind`.
    @discardableResult public init(id: TypeID? = nil, _ name: StaticString, module: StaticString = "builtins", base: TypeRef? = nil, size: Int, mask: UInt64 = 0, dictOffset: Int = 0,
                trace: TraceKind? = nil, tailOffset: Int = 0, visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)? = nil, flags: TypeFlags = [],
                doc: StaticString = "", methods: [Def] = [], getters: [Getter] = [], slots: (SlotBuilder) -> Void = { _ in }) {
        let type: TypeRef
        if let id, !id.value.isEmpty { type = id.type } else { type = NativeType.allocate(id) }
        self.type = type
        let object = type.pointer
        object.pointee.flags = flags.union(.immutable)
        object.pointee.basicSize = UInt32(flags.contains(.variableSize) ? size : (size + 7) & ~7)
        object.pointee.dictOffset = UInt32(dictOffset)
        object.pointee.mask = mask
        object.pointee.trace = trace ?? (mask == 0 ? .leaf : .mask)
        object.pointee.tailOffset = UInt32(tailOffset)
        object.pointee.visit = visit
        let base = base ?? (id == .object ? nil : TypeID.object.type)
        object.pointee.name = StringRef.intern(static: name).value
        object.pointee.qualifiedName = object.pointee.name
        object.pointee.base = base?.value ?? .empty
        Heap.barrier(type.value.raw)
        if let base { object.pointee.flags.formUnion(base.flags.intersection(.inherited)) }
        slots(SlotBuilder(type: type))
        if object.pointee.version == 0 { object.pointee.version = ShapeTable.nextVersion() }
        // At the very start there are no dicts, strings' types and so on yet: `Bootstrap` completes the first types.
        pendingDefinition(type, module: module, doc: doc, methods: methods, getters: getters, id: id)
    }

    /// The bare object of a type, with its shape index if it has a number. Traps only when there is no memory at start-up.
    static func allocate(_ id: TypeID?) -> TypeRef {
        let raw = Heap.allocate(TypeRef.objectSize, shape: TypeID.type.rawValue)!
        let type = TypeRef(Value(raw))
        if let id { taipan_well_known()[Int(id.rawValue)] = type.value }
        return type
    }

    private func pendingDefinition(_ type: TypeRef, module: StaticString, doc: StaticString, methods: [Def], getters: [Getter], id: TypeID?) {
        let thread = ThreadRegistry.current!
        let object = type.pointer
        // Any of these allocations may make the type old: each store is followed by the barrier.
        let namespace = thread.newDict(capacity: methods.count + getters.count + 4)
        object.pointee.namespace = namespace
        Heap.barrier(type.value.raw)
        let base = object.pointee.base
        object.pointee.bases = base.isEmpty ? WellKnown.emptyTuple.value : thread.newTuple(&object.pointee.base, 1)
        Heap.barrier(type.value.raw)
        let order = thread.newTuple(count: base.isEmpty ? 1 : TypeRef(base).mro.count + 1)
        TupleRef(order).initialize(0, type.value)
        if !base.isEmpty { for index in 0 ..< TypeRef(base).mro.count { TupleRef(order).initialize(index + 1, TypeRef(base).mro[index]) } }
        object.pointee.mro = order
        Heap.barrier(type.value.raw)
        if let id {
            if !Shapes.makeRoots(type, rootIndex: id.rawValue) { return }
        } else if !Shapes.makeRoots(type) { return }
        let dict = type.namespace
        SlotTable.addWrappers(thread, type)
        for def in methods { Descriptors.add(thread, def, to: type) }
        for getter in getters { Descriptors.add(thread, getter, to: type) }
        let moduleName = StringRef.intern("\(module)").value
        object.pointee.module = moduleName
        Heap.barrier(type.value.raw)
        if !module.isBuiltins { _ = dict.set(thread, Name.__module__, moduleName) }
        // A type whose instances have docs of their own declares a getter of that name.
        let text = NativeType.split(thread, doc, type)
        if dict.get(.__doc__).isEmpty { _ = dict.set(thread, Name.__doc__, text) } else if text.isString { NativeType.hiddenDocs[UInt(type.value.bits)] = StringRef(text).description }
        if !base.isEmpty { SlotTable.inherit(type, from: TypeRef(base)) }
        type.updatePlainFlags()
        if !base.isEmpty { TypeConstruction.addSubclass(thread, TypeRef(base), type) }
        if !WellKnown.immortals.value.isEmpty { _ = ListRef(WellKnown.immortals.value).append(thread, type.value) }
    }

    /// `__text_signature__` of the types whose doc begins with one, by address.
    nonisolated(unsafe) public private(set) static var signatures: [UInt: String] = [:]

    /// The docs of the types whose instances have docs of their own, by address: in these types' namespaces there is the getter.
    nonisolated(unsafe) public private(set) static var hiddenDocs: [UInt: String] = [:]

    /// A type's doc as an object. `name(a, b)\n--\n\ntext` holds the signature of its constructor and the doc.
    private static func split(_ thread: ThreadRef, _ doc: StaticString, _ type: TypeRef) -> Value {
        if doc.utf8CodeUnitCount == 0 { return .none }
        guard taipan_memmem(doc.utf8Start, doc.utf8CodeUnitCount, "\n--\n\n", 5) != nil else { return thread.newString("\(doc)") }
        let parts = ForeignDoc("\(doc)", name: type.name)
        signatures[UInt(type.value.bits)] = parts.signature
        return thread.newString(parts.text)
    }

    /// Adds methods and attributes to a type that exists already. What was cached about it and its subclasses is forgotten.
    public static func extend(_ type: TypeRef, methods: [Def] = [], getters: [Getter] = []) {
        let thread = ThreadRegistry.current!
        for def in methods { Descriptors.add(thread, def, to: type) }
        for getter in getters { Descriptors.add(thread, getter, to: type) }
        type.modified()
    }

    /// A zeroed instance, or empty with MemoryError raised.
    @inline(__always) public func allocate(_ thread: ThreadRef, size: Int) -> Value {
        guard let raw = Heap.allocate(size, shape: shape) else { return thread.raiseOutOfMemory() }
        return Value(raw)
    }
}

extension StaticString {
    var isBuiltins: Bool { utf8CodeUnitCount == 8 && utf8Start[0] == UInt8(ascii: "b") && utf8Start[7] == UInt8(ascii: "s") }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A zeroed instance of a type: of the size that its layout says plus `extra` bytes of items. For `__new__` of native types, whose `type` may be a subclass.
    public func allocateInstance(_ type: TypeRef, extra: Int = 0) -> Value {
        var size = Int(type.pointer.pointee.basicSize) + extra
        if type.pointer.pointee.trailingMembers != 0 {
            size = VariableSize.membersOffset((size + 7) & ~7, type) + Int(type.pointer.pointee.trailingMembers) * 8
        } else if type.pointer.pointee.structSize != 0 {
            size = ForeignLayout.structOffset(after: (size + 7) & ~7) + Int(type.pointer.pointee.structSize)
        } else if type.pointer.pointee.dictOffset != 0 {
            size = type.has(.variableSize) ? ((size + 7) & ~7) + 8 : max(size, Int(type.pointer.pointee.dictOffset) + 8 + Int(type.pointer.pointee.inlineCapacity) * 8)
        }
        guard let raw = Heap.allocate(size, shape: type.pointer.pointee.rootShape) else { return raiseOutOfMemory() }
        if !type.flags.isDisjoint(with: [.finalized, .watched]) {
            if type.has(.finalized), !Collector.registerFinalizable(raw) { return raiseOutOfMemory() }
            if type.has(.watched) { ForeignLayout.watch(raw) }
        }
        return Value(raw)
    }
}
