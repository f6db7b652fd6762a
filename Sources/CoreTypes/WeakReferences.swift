import Objects

/// `weakref.ref` and the proxies.
///
/// All begin with `WeakCell`, whose target the collector clears when the referent dies. A reference without callback is shared: asking for another one of the same object
/// gives the same reference, as long as it is of the exact type.
struct WeakReferenceObject {
    var cell: WeakCell
    /// The referent's hash; -1 until it is known.
    var hash: Int
}

public enum WeakReferences {
    private static let size = MemoryLayout<WeakReferenceObject>.size

    static func start() {
        NativeType(id: .weakReference, "ReferenceType", module: "weakref", size: size, mask: 0b100, flags: .base, methods: [
            Def("__class_getitem__(type, item, /)", .calls, "See PEP 585", kind: .classMethod) { thread, a, _ in thread.newGenericAlias(a[0], a[1]) },
        ], getters: [
            Getter("__callback__", set: readOnlyMember) { _, a, _ in a[0].object(WeakCell.self).pointee.callback.orNone },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in
                let given = keywords.isEmpty ? count : count - TupleRef(keywords).count
                guard WeakReferences.checkCount(thread, given, "__new__") else { return .empty }
                return WeakReferences.make(thread, TypeRef(type), a[0], given > 1 ? a[1] : .none)
            }
            slots.call(.initialize) { thread, _, _, count, keywords in
                if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "ref() takes no keyword arguments") }
                return WeakReferences.checkCount(thread, count, "__init__") ? .none : .empty
            }
            slots.call(.call) { thread, reference, _, count, keywords in
                if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "weakref() takes no keyword arguments") }
                if count > 0 { return thread.raise(.typeError, "weakref expected 0 arguments, got \(count)") }
                return reference.object(WeakCell.self).pointee.target.orNone
            }
            slots.unary(.repr) { thread, reference in WeakReferences.repr(thread, reference) }
            slots.compare { thread, a, b, operation in
                guard a.isInstance(of: .weakReference), b.isInstance(of: .weakReference), let comparison = Comparison(rawValue: operation),
                      comparison == .equal || comparison == .notEqual else { return .notImplemented }
                let left = a.object(WeakCell.self).pointee.target, right = b.object(WeakCell.self).pointee.target
                if left.isEmpty || right.isEmpty { return Value((a == b) == (comparison == .equal)) }
                return thread.compare(left, right, comparison)
            }
            slots.hash { thread, reference in
                let object = reference.object(WeakReferenceObject.self)
                if object.pointee.hash != -1 { return object.pointee.hash }
                let target = object.pointee.cell.target
                if target.isEmpty {
                    thread.raise(.typeError, "weak object has gone away")
                    return -1
                }
                let hash = thread.hash(target)
                object.pointee.hash = hash
                return hash
            }
        }
    }

    private static func checkCount(_ thread: ThreadRef, _ count: Int, _ function: String) -> Bool {
        if count >= 1 && count <= 2 { return true }
        thread.raise(.typeError, "\(function) expected at \(count < 1 ? "least 1 argument" : "most 2 arguments"), got \(count)")
        return false
    }

    /// A weak reference or proxy of the given type. The callback is None or called with the reference when the referent has died.
    static func make(_ thread: ThreadRef, _ type: TypeRef, _ target: Value, _ callback: Value) -> Value {
        guard target.isPointer, target.type.has(.weakReferenceable) else {
            return thread.raise(.typeError, "cannot create weak reference to '\(target.type.name)' object")
        }
        let isShared = callback.isNone && !type.has(.heap)
        if isShared {
            for address in WeakTable.cells(of: target) {
                let cell = UnsafeMutablePointer<WeakCell>(bitPattern: address).unsafelyUnwrapped
                if cell.pointee.header.shape == type.pointer.pointee.rootShape && cell.pointee.callback.isEmpty { return Value(cell) }
            }
        }
        let reference = thread.allocateInstance(type)
        if reference.isEmpty { return .empty }
        let object = reference.object(WeakReferenceObject.self)
        object.pointee.cell.target = target
        object.pointee.cell.callback = callback.isNone ? .empty : callback
        object.pointee.hash = -1
        return WeakTable.register(reference.object(WeakCell.self)) ? reference : thread.raiseOutOfMemory()
    }

    /// `weakref.ref(target, callback)`
    public static func reference(_ thread: ThreadRef, to target: Value, callback: Value = .none) -> Value { make(thread, TypeID.weakReference.type, target, callback) }

    /// `weakref.proxy(target, callback)`
    public static func proxy(_ thread: ThreadRef, to target: Value, callback: Value = .none) -> Value {
        make(thread, target.type.slotPointer(.call).pointee != nil ? TypeID.weakCallableProxy.type : TypeID.weakProxy.type, target, callback)
    }

    /// The living references and proxies of an object, a list: first those without a callback that all share, then the others, the youngest first.
    public static func all(_ thread: ThreadRef, of target: Value) -> Value {
        // Nothing else may keep the cells alive, so nothing is allocated once their addresses are taken.
        let list = thread.newList(capacity: WeakTable.cells(of: target).count)
        if list.isEmpty { return .empty }
        var others: [UInt] = []
        for address in WeakTable.cells(of: target) {
            let cell = UnsafeMutablePointer<WeakCell>(bitPattern: address).unsafelyUnwrapped
            // The runtime's own cells (lists of subclasses) do not count.
            if cell.pointee.header.shape == TypeID.boxedInternal.shape { continue }
            if cell.pointee.callback.isEmpty && !Value(cell).type.has(.heap) { _ = ListRef(list).append(thread, Value(cell)) } else { others.append(address) }
        }
        for address in others.reversed() { _ = ListRef(list).append(thread, Value(UnsafeMutablePointer<WeakCell>(bitPattern: address).unsafelyUnwrapped)) }
        return list
    }

    private static func repr(_ thread: ThreadRef, _ reference: Value) -> Value {
        let target = reference.object(WeakCell.self).pointee.target
        if target.isEmpty { return thread.newString("<weakref at \(hexadecimal(reference)); dead>") }
        let name = thread.getAttributeOrEmpty(target, .__name__)
        if name.isEmpty && thread.hasException { return .empty }
        let suffix = !name.isEmpty && name.isString ? " (\(StringRef(name).description))" : ""
        return thread.newString("<weakref at \(hexadecimal(reference)); to '\(target.type.name)' at \(hexadecimal(target))\(suffix)>")
    }
}
