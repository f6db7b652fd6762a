/// Making classes: `type(name, bases, namespace)`, the C3 linearisation, layouts, `__slots__`.

public enum TypeConstruction {
    // MARK: MRO

    /// The C3 linearisation of a type with these bases, the type itself first; nil when it has raised.
    public static func linearize(_ thread: ThreadRef, _ type: TypeRef, _ bases: TupleRef) -> [Value]? {
        // The values are all kept alive by the bases.
        var sequences: [[Value]] = []
        for index in 0 ..< bases.count {
            let order = TypeRef(bases[index]).mro
            guard order.count > 0 else {
                thread.raise(.typeError, "Cannot extend an incomplete type '\(TypeRef(bases[index]).name)'")
                return nil
            }
            sequences.append((0 ..< order.count).map { order[$0] })
        }
        sequences.append((0 ..< bases.count).map { bases[$0] })
        for index in 0 ..< bases.count {
            for other in index + 1 ..< max(bases.count, index + 1) where bases[other] == bases[index] {
                thread.raise(.typeError, "duplicate base class \(TypeRef(bases[index]).name)")
                return nil
            }
        }
        var result = [type.value]
        if sequences.count == 2 { return result + sequences[0] }
        var starts = [Int](repeating: 0, count: sequences.count)
        while true {
            var candidate: Value?
            var empty = true
            for (index, sequence) in sequences.enumerated() where starts[index] < sequence.count {
                empty = false
                let head = sequence[starts[index]]
                var rejected = false
                for (other, tail) in sequences.enumerated() where starts[other] + 1 < tail.count && tail[(starts[other] + 1)...].contains(where: { $0 == head }) {
                    rejected = true
                    break
                }
                if !rejected {
                    candidate = head
                    break
                }
            }
            if empty { return result }
            guard let next = candidate else {
                var names: [String] = []
                for (index, sequence) in sequences.enumerated() where starts[index] < sequence.count {
                    let name = TypeRef(sequence[starts[index]]).shortName
                    if !names.contains(name) { names.append(name) }
                }
                thread.raise(.typeError, "Cannot create a consistent method resolution\norder (MRO) for bases \(names.joined(separator: ", "))")
                return nil
            }
            result.append(next)
            for (index, sequence) in sequences.enumerated() where starts[index] < sequence.count && sequence[starts[index]] == next { starts[index] += 1 }
        }
    }

    /// Computes the MRO, by the metaclass's `mro()` when it overrides it, and stores it. False when it has raised. When that method has
    /// meanwhile led to another MRO being set, the other stays.
    public static func setMRO(_ thread: ThreadRef, _ type: TypeRef) -> Bool {
        let meta = type.value.type
        let old = type.pointer.pointee.mro
        if meta != TypeID.type.type, !meta.has(.immutable) {
            let method = meta.lookup(.mro)
            if !method.isEmpty && !method.isExact(.methodDescriptor) {
                let result = thread.callSpecialFast(type.value, Name.mro.value)
                if result.isEmpty { return false }
                let order = thread.tuple(result)
                if order.isEmpty { return false }
                let solid = solidBase(type)
                for index in 0 ..< TupleRef(order).count {
                    guard TupleRef(order)[index].isType else {
                        thread.raise(.typeError, "mro() returned a non-class ('\(TupleRef(order)[index].type.name)')")
                        return false
                    }
                    let base = TypeRef(TupleRef(order)[index])
                    guard solid.isSubtype(of: solidBase(base)) else {
                        thread.raise(.typeError, "mro() returned base with unsuitable layout ('\(base.name)')")
                        return false
                    }
                }
                if type.pointer.pointee.mro != old { return true }
                type.pointer.pointee.mro = order
                Heap.barrier(type.value.raw)
                return true
            }
        }
        guard let order = linearize(thread, type, TupleRef(type.pointer.pointee.bases)) else { return false }
        let tuple = thread.newTuple(copying: order)
        if tuple.isEmpty { return false }
        type.pointer.pointee.mro = tuple
        Heap.barrier(type.value.raw)
        return true
    }

    // MARK: Subclasses

    /// Notes that `type` is a subclass of `base`. False when it has raised: there is no memory.
    @discardableResult public static func addSubclass(_ thread: ThreadRef, _ base: TypeRef, _ type: TypeRef) -> Bool {
        if base.pointer.pointee.subclasses.isEmpty {
            let list = thread.newList()
            if list.isEmpty { return false }
            base.pointer.pointee.subclasses = list
            Heap.barrier(base.value.raw)
        }
        guard let raw = Heap.allocate(MemoryLayout<WeakCell>.size, shape: TypeID.boxedInternal.rawValue) else { return !thread.raiseOutOfMemory().isEmpty }
        let cell = raw.assumingMemoryBound(to: WeakCell.self)
        cell.pointee.target = type.value
        guard WeakTable.register(cell) else { return !thread.raiseOutOfMemory().isEmpty }
        var list = ListRef(base.pointer.pointee.subclasses)
        // Now and then the dead are left out, so that a base of many short-lived classes does not grow: into a new list, since somebody may be walking through the old one.
        if list.count >= 8 && list.count & (list.count - 1) == 0 {
            let living = thread.newList(capacity: list.count)
            if living.isEmpty { return false }
            for index in 0 ..< list.count where !list[index].object(WeakCell.self).pointee.target.isEmpty {
                guard ListRef(living).append(thread, list[index]) else { return false }
            }
            if ListRef(living).count < list.count {
                base.pointer.pointee.subclasses = living
                Heap.barrier(base.value.raw)
                list = ListRef(living)
            }
        }
        return list.append(thread, Value(raw))
    }

    static func removeSubclass(_ base: TypeRef, _ type: TypeRef) {
        if base.pointer.pointee.subclasses.isEmpty { return }
        let list = ListRef(base.pointer.pointee.subclasses)
        for index in 0 ..< list.count where list[index].object(WeakCell.self).pointee.target == type.value {
            list[index].object(WeakCell.self).pointee.target = .empty
        }
    }

    // MARK: Layout

    /// The native type whose layout instances of `type` have, or the nearest class that added `__slots__`.
    public static func solidBase(_ type: TypeRef) -> TypeRef {
        var current = type
        while !current.pointer.pointee.base.isEmpty {
            if current.has(.extendsLayout) { return current }
            let base = TypeRef(current.pointer.pointee.base)
            if !current.has(.heap) && (current.pointer.pointee.basicSize != base.pointer.pointee.basicSize || current.pointer.pointee.mask != base.pointer.pointee.mask
                || current.has(.variableSize) != base.has(.variableSize)) { return current }
            current = base
        }
        return current
    }

    /// The base whose layout a class with these bases extends; nil when it has raised.
    static func bestBase(_ thread: ThreadRef, _ bases: TupleRef) -> TypeRef? {
        var winner: TypeRef?
        var result: TypeRef?
        for index in 0 ..< bases.count {
            guard bases[index].isType else {
                thread.raise(.typeError, "bases must be types")
                return nil
            }
            let base = TypeRef(bases[index])
            guard base.has(.base) else {
                thread.raise(.typeError, "type '\(base.name)' is not an acceptable base type")
                return nil
            }
            let candidate = solidBase(base)
            if let current = winner {
                if current.isSubtype(of: candidate) { continue }
                guard candidate.isSubtype(of: current) else {
                    thread.raise(.typeError, "multiple bases have instance lay-out conflict")
                    return nil
                }
            }
            winner = candidate
            result = base
        }
        return result
    }

    /// The most derived metaclass of `meta` and the bases' types; nil when it has raised.
    public static func metaclass(_ thread: ThreadRef, _ meta: TypeRef, _ bases: TupleRef) -> TypeRef? {
        var winner = meta
        for index in 0 ..< bases.count {
            let candidate = bases[index].type
            if winner.isSubtype(of: candidate) { continue }
            if candidate.isSubtype(of: winner) {
                winner = candidate
                continue
            }
            thread.raise(.typeError, "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses of all its bases")
            return nil
        }
        return winner
    }

    // MARK: type.__new__

    /// `type.__new__(meta, name, bases, namespace, **keywords)`.
    static func make(_ thread: ThreadRef, _ meta: TypeRef, _ name: Value, _ givenBases: Value, _ namespace: Value, _ keywords: Value, layout: ForeignLayout? = nil) -> Value {
        var bases = givenBases
        if TupleRef(bases).count == 0 {
            var object = TypeID.object.value
            bases = thread.newTuple(&object, 1)
            if bases.isEmpty { return .empty }
        }
        guard let base = bestBase(thread, TupleRef(bases)) else { return .empty }
        // A subclass with an order of its own is asked for it.
        let isPlain = namespace.type.slotPointer(.iter).pointee == TypeID.dict.type.slotPointer(.iter).pointee
        let dict = isPlain ? thread.copyDict(DictRef(namespace)) : thread.call(TypeID.dict.value, namespace)
        if dict.isEmpty { return .empty }
        let namespace = DictRef(dict)
        let doc = namespace.get(.__doc__)
        if !doc.isEmpty, doc.isString, StringRef(doc).hasSurrogates, thread.callMethod(doc, .encode, Name.utf_8.value).isEmpty { return .empty }

        var extra = 0
        if meta != TypeID.type.type { extra = Int(meta.pointer.pointee.inlineCapacity) * 8 + 8 }
        guard let raw = Heap.allocate(max(TypeRef.objectSize + extra, Int(meta.pointer.pointee.basicSize) + extra), shape: meta.pointer.pointee.rootShape) else { return thread.raiseOutOfMemory() }
        let type = TypeRef(Value(raw))
        let object = type.pointer
        object.pointee.flags = base.flags.intersection(.inherited).subtracting([.sequencePattern, .mappingPattern]).union([.heap, .base])
        object.pointee.namespace = dict
        object.pointee.name = name
        object.pointee.qualifiedName = name
        object.pointee.bases = bases
        object.pointee.base = base.value
        object.pointee.version = ShapeTable.nextVersion()
        object.pointee.basicSize = base.pointer.pointee.basicSize
        object.pointee.mask = base.pointer.pointee.mask
        object.pointee.trace = base.pointer.pointee.trace
        object.pointee.tailOffset = base.pointer.pointee.tailOffset
        object.pointee.visit = base.pointer.pointee.visit
        object.pointee.dictOffset = base.pointer.pointee.dictOffset
        object.pointee.inlineCapacity = base.pointer.pointee.inlineCapacity
        object.pointee.nativeData = base.pointer.pointee.nativeData
        object.pointee.structSize = base.pointer.pointee.structSize
        object.pointee.trailingMembers = base.pointer.pointee.trailingMembers
        if base.has(.variableSize) {
            object.pointee.trace = .custom
            object.pointee.mask = 0
            if !base.has(.foreignLayout) { object.pointee.visit = VariableSize.visit }
        }

        // Slots may have the names of entries that are no attributes.
        let cell = namespace.get(.__classcell__)
        if !cell.isEmpty {
            guard cell.isExact(.cell) else {
                return thread.raise(.typeError, "__classcell__ must be a nonlocal cell, not \(cell.type.value.reprForMessage(thread))")
            }
            namespace.remove(entry: namespace.find(string: Name.__classcell__.value))
        }
        guard takeQualifiedName(thread, type, namespace) else { return .empty }
        if let layout {
            layout.apply(to: type, base: base)
        } else {
            guard addSlots(thread, type, base, namespace, TupleRef(bases)) else { return .empty }
        }

        if layout == nil, namespace.get(.__module__).isEmpty {
            let globals = RuntimeHooks.currentGlobals(thread)
            if !globals.isEmpty {
                let module = DictRef(globals).get(.__name__)
                if !module.isEmpty, !namespace.set(thread, Name.__module__, module) { return .empty }
            }
        }
        if namespace.get(.__doc__).isEmpty, !namespace.set(thread, Name.__doc__, .none) { return .empty }
        for name in [Name.__init_subclass__, .__class_getitem__] {
            let method = namespace.get(name)
            if method.isExact(.function) {
                let wrapped = thread.newWrapper(.classMethod, method)
                if wrapped.isEmpty || !namespace.set(thread, name, wrapped) { return .empty }
            }
        }
        let new = namespace.get(.__new__)
        if new.isExact(.function) {
            let wrapped = thread.newWrapper(.staticMethod, new)
            if wrapped.isEmpty || !namespace.set(thread, Name.__new__, wrapped) { return .empty }
        }
        if !cell.isEmpty {
            cell.object(CellObject.self).pointee.contents = type.value
            Heap.barrier(cell.raw)
        }

        guard setMRO(thread, type) else { return .empty }
        // For patterns a class is what the first of its bases is that is a sequence or a mapping.
        for index in 0 ..< type.mro.count {
            let kind = TypeRef(type.mro[index]).flags.intersection([.sequencePattern, .mappingPattern])
            if !kind.isEmpty {
                object.pointee.flags.formUnion(kind)
                break
            }
        }
        guard Owners.register(raw, Shapes.owner), Shapes.makeRoots(type) else { return thread.raiseOutOfMemory() }
        // `__eq__` without `__hash__` makes a class unhashable.
        if !namespace.get(.__eq__).isEmpty && namespace.get(.__hash__).isEmpty, !namespace.set(thread, Name.__hash__, .none) { return .empty }
        type.pointer.pointee.version = ShapeTable.nextVersion()
        SlotTable.updateAll(type)
        type.updatePlainFlags()
        for index in 0 ..< TupleRef(bases).count {
            guard addSubclass(thread, TypeRef(TupleRef(bases)[index]), type) else { return .empty }
        }

        guard setNames(thread, type) else { return .empty }
        return initSubclass(thread, type, keywords) ? type.value : .empty
    }

    private static func takeQualifiedName(_ thread: ThreadRef, _ type: TypeRef, _ namespace: DictRef) -> Bool {
        let entry = namespace.find(string: Name.__qualname__.value)
        if entry < 0 { return true }
        let name = namespace.item(at: entry)
        guard name.isString else {
            thread.raise(.typeError, "type __qualname__ must be a str, not \(name.type.name)")
            return false
        }
        type.pointer.pointee.qualifiedName = name
        namespace.remove(entry: entry)
        return true
    }

    /// `__slots__`, or a dict word with room for attributes.
    private static func addSlots(_ thread: ThreadRef, _ type: TypeRef, _ base: TypeRef, _ namespace: DictRef, _ bases: TupleRef) -> Bool {
        let object = type.pointer
        let slots = namespace.get(.__slots__)
        // Instances that end with items, whose number differs, take neither slots nor weak references.
        let hasItems = base.has(.variableSize) && !base.has(.strSubclass) || base.has(.typeSubclass)
        var weak = base.has(.weakReferenceable)
        if !hasItems { for index in 0 ..< bases.count where TypeRef(bases[index]).has(.weakReferenceable) { weak = true } }
        var wantsDict = slots.isEmpty
        for index in 0 ..< bases.count where TypeRef(bases[index]).pointer.pointee.dictOffset != 0 && !slots.isEmpty { wantsDict = true }
        if slots.isEmpty {
            if !hasItems { weak = true }
        } else {
            let names: Value
            if slots.isString {
                var one = slots
                names = thread.newTuple(&one, 1)
            } else {
                names = thread.tuple(slots)
            }
            if names.isEmpty { return false }
            if TupleRef(names).count > 0 && hasItems {
                thread.raise(.typeError, "nonempty __slots__ not supported for subtype of '\(base.name)'")
                return false
            }
            var members: [Value] = []
            var namesDict = false, namesWeak = false
            for index in 0 ..< TupleRef(names).count {
                let name = TupleRef(names)[index]
                guard name.isString else {
                    thread.raise(.typeError, "__slots__ items must be strings, not '\(name.type.name)'")
                    return false
                }
                let text = StringRef(name)
                guard isIdentifier(text) else {
                    thread.raise(.typeError, "__slots__ must be identifiers")
                    return false
                }
                if text.equals("__dict__") {
                    if base.pointer.pointee.dictOffset != 0 || namesDict {
                        thread.raise(.typeError, "__dict__ slot disallowed: we already got one")
                        return false
                    }
                    wantsDict = true
                    namesDict = true
                    continue
                }
                if text.equals("__weakref__") {
                    if base.has(.weakReferenceable) || namesWeak {
                        thread.raise(.typeError, "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0")
                        return false
                    }
                    weak = true
                    namesWeak = true
                    continue
                }
                let mangled = mangle(thread, name, StringRef(object.pointee.name))
                if mangled.isEmpty { return false }
                if !namespace.get(string: mangled).isEmpty && !StringRef(mangled).equals("__qualname__") && !StringRef(mangled).equals("__classcell__") {
                    thread.raise(.valueError, "'\(text.description)' in __slots__ conflicts with class variable")
                    return false
                }
                members.append(StringRef(mangled).interned().value)
            }
            // Classes with the same slots in another order have the same layout.
            members.sort { StringRef($0).description < StringRef($1).description }
            if !members.isEmpty && base.has(.variableSize) {
                for name in members {
                    let member = Descriptors.make(.memberDescriptor, type, name, UInt(object.pointee.trailingMembers), DescriptorObject.trailingMember)
                    if member.isEmpty { return !thread.raiseOutOfMemory().isEmpty }
                    let doc = slots.isDict ? DictRef(slots).get(string: name) : .empty
                    if !doc.isEmpty { member.object(DescriptorObject.self).pointee.doc = doc }
                    guard object.pointee.trailingMembers < mostSlots, namespace.set(thread, name, member) else {
                        return thread.hasException ? false : !thread.raise(.typeError, "too many __slots__").isEmpty
                    }
                    object.pointee.trailingMembers += 1
                }
                object.pointee.flags.insert(.extendsLayout)
                object.pointee.slotMembers = UInt16(members.count)
            } else if !members.isEmpty {
                // Members follow the fixed part. With a dict word in the base they come after it and its inline slots.
                var offset = Int(object.pointee.basicSize)
                if object.pointee.dictOffset != 0 { offset = max(offset, Int(object.pointee.dictOffset) + 8 + Int(object.pointee.inlineCapacity) * 8) }
                offset = (offset + 7) & ~7
                let start = offset
                var doc: Value = .empty
                for name in members {
                    guard offset - start < mostSlots * 8 else {
                        thread.raise(.typeError, "too many __slots__")
                        return false
                    }
                    if offset >> 3 < 64 {
                        object.pointee.mask |= 1 << UInt64(offset >> 3)
                    } else if !object.pointee.trace.hasTail {
                        // Words beyond the mask's reach are found as the tail.
                        object.pointee.trace = object.pointee.trace == .custom ? .customTail : .tail
                        object.pointee.tailOffset = UInt32(offset)
                    }
                    if slots.isDict { doc = DictRef(slots).get(string: name) }
                    let member = Descriptors.make(.memberDescriptor, type, name, UInt(offset))
                    if member.isEmpty { return !thread.raiseOutOfMemory().isEmpty }
                    if !doc.isEmpty { member.object(DescriptorObject.self).pointee.doc = doc }
                    guard namespace.set(thread, name, member) else { return false }
                    offset += 8
                }
                object.pointee.basicSize = UInt32(offset)
                object.pointee.flags.insert(.extendsLayout)
                object.pointee.slotMembers = UInt16(members.count)
                if object.pointee.trace == .leaf { object.pointee.trace = .mask }
            }
            object.pointee.flags.insert(.slotted)
        }
        if weak { object.pointee.flags.insert(.weakReferenceable) }
        // Attributes of a class are in its namespace: a metaclass adds no dict.
        if wantsDict && object.pointee.dictOffset == 0 && !base.has(.typeSubclass) {
            if base.has(.variableSize) {
                // The word's place depends on the number of items; any non-zero number says that there is one.
                object.pointee.dictOffset = 1 << 15
            } else {
                object.pointee.dictOffset = object.pointee.basicSize
                object.pointee.basicSize += 8
                object.pointee.inlineCapacity = UInt32(expectedAttributes(namespace))
            }
        } else if object.pointee.dictOffset != 0 && !base.has(.variableSize) && base.has(.heap) && type.hasRoomForSlots {
            object.pointee.inlineCapacity = max(object.pointee.inlineCapacity, UInt32(min(64, Int(base.pointer.pointee.inlineCapacity) + expectedAttributes(namespace, least: 0))))
        }
        let hasOwnDict = object.pointee.dictOffset != 0 && base.pointer.pointee.dictOffset == 0
        // What the class says of these names itself stands.
        if hasOwnDict, namespace.get(.__dict__).isEmpty {
            let descriptor = TypeDescriptors.dict(type)
            guard !descriptor.isEmpty || !thread.raiseOutOfMemory().isEmpty, namespace.set(thread, Name.__dict__, descriptor) else { return false }
        }
        if weak && !base.has(.weakReferenceable), namespace.get(.__weakref__).isEmpty {
            let descriptor = TypeDescriptors.weakref(type)
            guard !descriptor.isEmpty || !thread.raiseOutOfMemory().isEmpty, namespace.set(thread, Name.__weakref__, descriptor) else { return false }
        }
        return true
    }

    /// How many words of an instance a class's slots can have.
    private static let mostSlots = 4096

    /// How many attributes the class's functions assign on their first parameter, as the compiler counted them.
    nonisolated(unsafe) public static var countAssignedAttributes: (Value) -> Int = { _ in 0 }

    private static func expectedAttributes(_ namespace: DictRef, least: Int = 2) -> Int {
        var most = 0
        var position = 0
        while let (_, value) = namespace.next(&position) {
            if value.isExact(.function) { most = max(most, countAssignedAttributes(value)) }
        }
        return min(64, max(least, most))
    }

    private static func isIdentifier(_ text: StringRef) -> Bool {
        guard text.count > 0 else { return false }
        for index in 0 ..< text.count {
            guard let scalar = Unicode.Scalar(text[index]) else { return false }
            let fits = index == 0 ? scalar == "_" || scalar.properties.isXIDStart : scalar.properties.isXIDContinue
            if !fits { return false }
        }
        return true
    }

    /// `__name` becomes `_Class__name`.
    private static func mangle(_ thread: ThreadRef, _ name: Value, _ className: StringRef) -> Value {
        let text = StringRef(name).description
        guard text.hasPrefix("__"), !text.hasSuffix("__") else { return name }
        let stripped = className.description.drop { $0 == "_" }
        return stripped.isEmpty ? name : thread.newString("_\(stripped)\(text)")
    }

    /// Calls `__set_name__` of the namespace's values.
    private static func setNames(_ thread: ThreadRef, _ type: TypeRef) -> Bool {
        // Over a copy: the hooks may change the class.
        var needed = false
        var position = 0
        while let (_, value) = type.namespace.next(&position) {
            if value.isPointer && !value.type.lookup(.__set_name__).isEmpty { needed = true }
        }
        if !needed { return true }
        let copy = thread.copyDict(type.namespace)
        if copy.isEmpty { return false }
        position = 0
        while let (key, value) = DictRef(copy).next(&position) {
            guard value.isPointer, !value.type.lookup(.__set_name__).isEmpty else { continue }
            let result = thread.callSpecialFast(value, Name.__set_name__.value, type.value, key)
            if result.isEmpty {
                guard thread.hasException else { continue }
                let cause = thread.takeException()
                thread.raise(.runtimeError, "Error calling __set_name__ on '\(value.type.name)' instance \(key.reprForMessage(thread)) in '\(type.name)'")
                if thread.exceptionMatches(.runtimeError) {
                    let object = thread.pointee.exception.object(ExceptionObject.self)
                    object.pointee.cause = cause
                    object.pointee.context = cause
                    object.pointee.suppressContext = .true
                    Heap.barrier(thread.pointee.exception.raw)
                }
                return false
            }
        }
        return true
    }

    /// Calls `super(type, type).__init_subclass__(**keywords)`.
    private static func initSubclass(_ thread: ThreadRef, _ type: TypeRef, _ keywords: Value) -> Bool {
        let mro = type.mro
        guard (0 ..< mro.count).contains(where: { mro[$0] == type.value }) else {
            thread.raise(.typeError, "super(type, obj): obj must be an instance or subtype of type")
            return false
        }
        for index in 1 ..< max(mro.count, 1) {
            let found = TypeRef(mro[index]).namespace.get(.__init_subclass__)
            if found.isEmpty { continue }
            if TypeRef(mro[index]) == TypeID.object.type && (keywords.isEmpty || DictRef(keywords).count == 0) { return true }
            let method = thread.bind(found, .empty, type.value)
            if method.isEmpty { return false }
            return !thread.call(method, tuple: WellKnown.emptyTuple.value, dict: keywords).isEmpty
        }
        return true
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A `staticmethod` or `classmethod` around a callable.
    public func newWrapper(_ id: TypeID, _ callable: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<WrapperObject>.size, shape: id.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: WrapperObject.self).pointee.callable = callable
        return Value(raw)
    }
}

/// The `__dict__` and `__weakref__` descriptors of classes.
enum TypeDescriptors {
    private static let dictRecord: UnsafeMutablePointer<NativeRecord> = NativeRecord.make(Def("__dict__", .calls, "dictionary for instance variables (if defined)") { thread, a, _ in
        let native = nativeDictDescriptor(a[0].type)
        if !native.isEmpty {
            guard let get = native.type.slot(.descriptorGet, as: TernaryFunction.self) else { return native }
            return get(thread, native, a[0], a[0].type.value)
        }
        guard a[0].type.pointer.pointee.dictOffset != 0 else { return raiseUnsupported(thread, a[0]) }
        return InstanceAttributes.dict(thread, a[0])
    })
    private static let dictSetter: UnsafeMutablePointer<NativeRecord> = NativeRecord.make(Def("__dict__", .calls, "") { thread, a, _ in
        let native = nativeDictDescriptor(a[0].type)
        if !native.isEmpty {
            guard let set = native.type.store(.descriptorSet) else { return raiseUnsupported(thread, a[0]) }
            return set(thread, native, a[0], a[1]) == 0 ? .none : .empty
        }
        guard a[0].type.pointer.pointee.dictOffset != 0 else { return raiseUnsupported(thread, a[0]) }
        if a[1].isEmpty {
            InstanceAttributes.setDict(a[0], .empty)
            return .none
        }
        guard a[1].isDict else { return thread.raise(.typeError, "__dict__ must be set to a dictionary, not a '\(a[1].type.name)'") }
        InstanceAttributes.setDict(a[0], a[1])
        return .none
    })
    /// The `__dict__` of the native type that `type` extends, if that has one: it is the one to say what may be done with an instance's dict,
    /// even where a class's own descriptor comes first.
    private static func nativeDictDescriptor(_ type: TypeRef) -> Value {
        var native = type
        while native.has(.heap), !native.pointer.pointee.base.isEmpty { native = TypeRef(native.pointer.pointee.base) }
        return native.lookup(.__dict__)
    }

    private static func raiseUnsupported(_ thread: ThreadRef, _ object: Value) -> Value {
        thread.raise(.typeError, "this __dict__ descriptor does not support '\(object.type.name)' objects")
    }

    private static let weakrefRecord: UnsafeMutablePointer<NativeRecord> = NativeRecord.make(Def("__weakref__", .calls, "list of weak references to the object (if defined)") { _, a, _ in
        for address in WeakTable.cells(of: a[0]) {
            let cell = UnsafeMutablePointer<WeakCell>(bitPattern: address)!
            if cell.pointee.header.shape != TypeID.boxedInternal.rawValue { return Value(cell) }
        }
        return .none
    })

    static func dict(_ type: TypeRef) -> Value {
        Descriptors.make(.getSetDescriptor, type, Name.__dict__.value, UInt(bitPattern: dictRecord), UInt(bitPattern: dictSetter))
    }

    static func weakref(_ type: TypeRef) -> Value {
        Descriptors.make(.getSetDescriptor, type, Name.__weakref__.value, UInt(bitPattern: weakrefRecord))
    }
}
