/// Changing what a class is made of after the fact: `cls.__bases__ = …` and `obj.__class__ = …`.

extension TypeConstruction {
    /// Whether an instance of one class can become an instance of the other as it stands in memory.
    public static func sameLayout(_ a: TypeRef, _ b: TypeRef) -> Bool {
        let first = a.pointer.pointee, second = b.pointer.pointee
        guard first.basicSize == second.basicSize, first.dictOffset == second.dictOffset, first.mask == second.mask, first.trace == second.trace,
              first.tailOffset == second.tailOffset, a.has(.weakReferenceable) == b.has(.weakReferenceable) else { return false }
        // Only the interface knows what a foreign struct means.
        if (a.has(.foreignLayout) || b.has(.foreignLayout)) && first.nativeData != second.nativeData { return false }
        let left = layoutOwner(a), right = layoutOwner(b)
        if left == right { return true }
        guard left.has(.heap), right.has(.heap), left.pointer.pointee.base == right.pointer.pointee.base, sameSlots(left, right) else { return false }
        // Behind items whose number differs a dict has no fixed place: each class has its own.
        return !left.has(.variableSize) || left.has(.strSubclass) || (left.pointer.pointee.dictOffset != 0) == (TypeRef(left.pointer.pointee.base).pointer.pointee.dictOffset != 0)
    }

    /// The class from which a class's instances have their layout: the last one that added slots, a dict or weak references, or that is native.
    private static func layoutOwner(_ type: TypeRef) -> TypeRef {
        var current = type
        while current != solidBase(current) {
            let base = TypeRef(current.pointer.pointee.base)
            guard (current.pointer.pointee.dictOffset != 0) == (base.pointer.pointee.dictOffset != 0), current.has(.weakReferenceable) == base.has(.weakReferenceable) else { return current }
            current = base
        }
        return current
    }

    /// Whether two classes added the same `__slots__` at the same places.
    private static func sameSlots(_ a: TypeRef, _ b: TypeRef) -> Bool {
        guard a.pointer.pointee.slotMembers == b.pointer.pointee.slotMembers else { return false }
        var position = 0
        while let (key, value) = a.namespace.next(&position) {
            guard value.isExact(.memberDescriptor) else { continue }
            let other = b.namespace.get(string: key)
            guard other.isExact(.memberDescriptor),
                  other.object(DescriptorObject.self).pointee.payload == value.object(DescriptorObject.self).pointee.payload else { return false }
        }
        return true
    }

    /// `type.__bases__ = value`. False when it has raised, with everything as it was.
    public static func setBases(_ thread: ThreadRef, _ type: TypeRef, _ value: Value) -> Bool {
        if value.isEmpty {
            thread.raise(.typeError, "cannot delete '__bases__' attribute of type '\(type.name)'")
            return false
        }
        guard value.isTuple else {
            thread.raise(.typeError, "can only assign tuple to \(type.name).__bases__, not \(value.type.name)")
            return false
        }
        let bases = TupleRef(value)
        guard bases.count > 0 else {
            thread.raise(.typeError, "can only assign non-empty tuple to \(type.name).__bases__, not ()")
            return false
        }
        for index in 0 ..< bases.count {
            guard bases[index].isType else {
                thread.raise(.typeError, "\(type.name).__bases__ must be tuple of classes, not '\(bases[index].type.name)'")
                return false
            }
            if TypeRef(bases[index]).isSubtype(of: type) || extends(TypeRef(bases[index]), type) {
                thread.raise(.typeError, "a __bases__ item causes an inheritance cycle")
                return false
            }
        }
        guard let base = bestBase(thread, bases) else { return false }
        let oldBase = TypeRef(type.pointer.pointee.base)
        guard base == oldBase || sameLayout(base, oldBase) else {
            thread.raise(.typeError, "__bases__ assignment: '\(base.name)' object layout differs from '\(oldBase.name)'")
            return false
        }
        let oldBases = type.pointer.pointee.bases
        type.pointer.pointee.bases = value
        type.pointer.pointee.base = base.value
        Heap.barrier(type.value.raw)
        // What changed so far, as triples of type, old MRO and new MRO, for undoing what no `mro()` method has changed further.
        let changed = thread.newList()
        guard !changed.isEmpty, updateOrders(thread, type, changed) else {
            if !changed.isEmpty {
                var index = ListRef(changed).count - 3
                while index >= 0 {
                    let other = TypeRef(ListRef(changed)[index])
                    if other.pointer.pointee.mro == ListRef(changed)[index + 2] {
                        other.pointer.pointee.mro = ListRef(changed)[index + 1]
                        Heap.barrier(other.value.raw)
                    }
                    index -= 3
                }
            }
            if type.pointer.pointee.bases == value {
                type.pointer.pointee.bases = oldBases
                type.pointer.pointee.base = oldBase.value
                Heap.barrier(type.value.raw)
            }
            type.modified()
            return false
        }
        // An `mro()` method may have set other bases, and then all is done.
        guard type.pointer.pointee.bases == value else { return true }
        for index in 0 ..< TupleRef(oldBases).count { removeSubclass(TypeRef(TupleRef(oldBases)[index]), type) }
        for index in 0 ..< bases.count { _ = addSubclass(thread, TypeRef(bases[index]), type) }
        type.modified()
        updateSlots(type)
        return !thread.hasException
    }

    /// Whether `type` is `other` or extends its layout, by the chain of bases: unlike the MRO it is current while `mro()` methods run.
    private static func extends(_ type: TypeRef, _ other: TypeRef) -> Bool {
        var current = type
        while current != other {
            let base = current.pointer.pointee.base
            if base.isEmpty { return false }
            current = TypeRef(base)
        }
        return true
    }

    private static func updateOrders(_ thread: ThreadRef, _ type: TypeRef, _ changed: Value) -> Bool {
        let old = type.pointer.pointee.mro
        guard setMRO(thread, type) else { return false }
        let new = type.pointer.pointee.mro
        guard ListRef(changed).append(thread, type.value), ListRef(changed).append(thread, old), ListRef(changed).append(thread, new) else { return false }
        var succeeded = true
        type.forEachSubclass { if succeeded { succeeded = updateOrders(thread, $0, changed) } }
        return succeeded
    }

    private static func updateSlots(_ type: TypeRef) {
        SlotTable.updateAll(type)
        type.updatePlainFlags()
        type.forEachSubclass { updateSlots($0) }
    }

    /// `object.__class__ = value`. False when it has raised.
    public static func setClass(_ thread: ThreadRef, _ object: Value, _ value: Value) -> Bool {
        if value.isEmpty {
            thread.raise(.typeError, "can't delete __class__ attribute")
            return false
        }
        guard value.isType else {
            thread.raise(.typeError, "__class__ must be set to a class, not '\(value.type.name)' object")
            return false
        }
        guard RuntimeHooks.audit(thread, "object.__setattr__", [object, Name.__class__.value, value]) else { return false }
        let new = TypeRef(value), old = object.type
        let module = TypeID.module.type
        guard new.isSubtype(of: module) && old.isSubtype(of: module) || !new.has(.immutable) && !old.has(.immutable) else {
            thread.raise(.typeError, "__class__ assignment only supported for mutable types or ModuleType subclasses")
            return false
        }
        if new == old { return true }
        guard sameLayout(new, old) else {
            thread.raise(.typeError, "__class__ assignment: '\(new.name)' object layout differs from '\(old.name)'")
            return false
        }
        if old.pointer.pointee.dictOffset != 0 {
            // Slots of one class mean nothing in the other: the attributes move to a dict.
            guard !InstanceAttributes.dict(thread, object).isEmpty else { return false }
            object.header.pointee.shape = new.pointer.pointee.dictShape
        } else {
            object.header.pointee.shape = new.pointer.pointee.rootShape
        }
        // The object may be old, and the only one to know a young class.
        Heap.barrier(object.raw)
        if new.has(.finalized), !Collector.registerFinalizable(object.raw) { return !thread.raiseOutOfMemory().isEmpty }
        return true
    }
}
