import Objects

/// `super`.
public struct SuperObject {
    public var header: ObjectHeader
    /// The class whose successors in the MRO are searched.
    public var type: Value
    /// The receiver; empty when the super object is unbound.
    public var receiver: Value
    /// The type whose MRO is searched: the receiver's, or the receiver itself.
    public var receiverType: Value
}

public enum Super {
    static func start() {
        NativeType(id: .super, "super", size: MemoryLayout<SuperObject>.size, mask: 0b1110, flags: .base,
                   doc: "Attribute access by the classes that follow a class in the method resolution order.", getters: [
                       Getter("__thisclass__", "the class invoking super()", set: readOnlyMember) { _, a, _ in a[0].object(SuperObject.self).pointee.type.orNone },
                       Getter("__self__", "the instance invoking super(); may be None", set: readOnlyMember) { _, a, _ in a[0].object(SuperObject.self).pointee.receiver.orNone },
                       Getter("__self_class__", "the type of the instance invoking super(); may be None", set: readOnlyMember) { _, a, _ in
                           a[0].object(SuperObject.self).pointee.receiverType.orNone
                       },
                   ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, object, a, count, keywords in Super.initialize(thread, object, a, count, keywords) }
            slots.unary(.repr) { thread, object in
                let base = object.object(SuperObject.self)
                let name = base.pointee.type.isEmpty ? "NULL" : TypeRef(base.pointee.type).name
                if base.pointee.receiverType.isEmpty { return thread.newString("<super: <class '\(name)'>, NULL>") }
                return thread.newString("<super: <class '\(name)'>, <\(TypeRef(base.pointee.receiverType).name) object>>")
            }
            slots.binary(.getAttribute) { thread, object, name in
                let found = Super.find(thread, object, name)
                return found.isEmpty && !thread.hasException ? thread.genericGet(object, name) : found
            }
            slots.ternary(.descriptorGet) { thread, object, receiver, _ in
                let base = object.object(SuperObject.self)
                if receiver.isEmpty || receiver.isNone || !base.pointee.receiver.isEmpty { return object }
                if !object.isExact(.super) { return thread.call(object.type.value, base.pointee.type.orNone, receiver) }
                return Super.make(thread, TypeRef(base.pointee.type), receiver)
            }
        }
    }

    private static func initialize(_ thread: ThreadRef, _ object: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "super() takes no keyword arguments") }
        guard count <= 2 else { return thread.raise(.typeError, "super() expected at most 2 arguments, got \(count)") }
        var type = Value.empty, receiver = Value.empty
        if count == 0 {
            guard let found = RuntimeHooks.superArguments(thread) else { return .empty }
            type = found.type
            receiver = found.receiver
        } else {
            type = a[0]
            if count == 2 && !a[1].isNone { receiver = a[1] }
        }
        guard type.isType else { return thread.raise(.typeError, "super() argument 1 must be a type, not \(type.type.name)") }
        var receiverType = Value.empty
        if !receiver.isEmpty {
            receiverType = check(thread, TypeRef(type), receiver)
            if receiverType.isEmpty { return .empty }
        }
        let base = object.object(SuperObject.self)
        base.pointee.type = type
        base.pointee.receiver = receiver
        base.pointee.receiverType = receiverType
        Heap.barrier(object.raw)
        return .none
    }

    private static func make(_ thread: ThreadRef, _ type: TypeRef, _ receiver: Value) -> Value {
        let receiverType = check(thread, type, receiver)
        if receiverType.isEmpty { return .empty }
        guard let raw = Heap.allocate(MemoryLayout<SuperObject>.size, shape: TypeID.super.shape) else { return thread.raiseOutOfMemory() }
        let base = raw.assumingMemoryBound(to: SuperObject.self)
        base.pointee.type = type.value
        base.pointee.receiver = receiver
        base.pointee.receiverType = receiverType
        return Value(raw)
    }

    /// The type whose MRO is to be searched for `receiver`.
    private static func check(_ thread: ThreadRef, _ type: TypeRef, _ receiver: Value) -> Value {
        if receiver.isType && TypeRef(receiver).isSubtype(of: type) { return receiver }
        let own = receiver.type
        if own.isSubtype(of: type) { return own.value }
        // A proxy may say that it is of another class.
        let shown = thread.getAttributeOrEmpty(receiver, .__class__)
        if shown.isEmpty && thread.hasException { return .empty }
        if !shown.isEmpty, shown.isType, shown != own.value, TypeRef(shown).isSubtype(of: type) { return shown }
        return thread.raise(.typeError, "super(type, obj): obj must be an instance or subtype of type")
    }

    /// What a class after the object's own in the MRO has by that name; empty when none has, or when the object itself is asked.
    private static func lookUp(_ base: UnsafeMutablePointer<SuperObject>, _ name: Value) -> Value {
        let start = base.pointee.receiverType
        if start.isEmpty || StringRef(name).equals(StringRef(Name.__class__.value)) { return .empty }
        let order = TypeRef(start).mro
        var index = 0
        while index < order.count && order[index] != base.pointee.type { index += 1 }
        index += 1
        while index < order.count {
            let found = TypeRef(order[index]).namespace.get(string: name)
            if !found.isEmpty { return found }
            index += 1
        }
        return .empty
    }

    /// The bound attribute found after the class in the MRO; empty with nothing raised when there is none.
    private static func find(_ thread: ThreadRef, _ object: Value, _ name: Value) -> Value {
        let base = object.object(SuperObject.self), found = lookUp(base, name)
        if found.isEmpty { return .empty }
        let start = base.pointee.receiverType
        return thread.bind(found, base.pointee.receiver == start ? .empty : base.pointee.receiver, start)
    }

    /// A method for a call by a `super` object, without binding it: what is called, and the receiver or the empty word. Nil when it must be bound.
    public static func method(_ object: Value, _ name: Value) -> (callee: Value, receiver: Value)? {
        let base = object.object(SuperObject.self)
        guard object.isExact(.super), !base.pointee.receiver.isEmpty, base.pointee.receiver.isPointer else { return nil }
        let found = lookUp(base, name)
        guard !found.isEmpty, found.isPointer else { return nil }
        let isOfClass = base.pointee.receiver == base.pointee.receiverType
        if found.isExact(.function) || !isOfClass && (found.isExact(.methodDescriptor) || found.isExact(.wrapperDescriptor)) {
            return (found, isOfClass ? .empty : base.pointee.receiver)
        }
        // As a native `__new__` is: no descriptor.
        if found.isExact(.builtinFunction) { return (found, .empty) }
        guard found.isExact(.classMethod) || found.isExact(.staticMethod) else { return nil }
        let callable = found.object(WrapperObject.self).pointee.callable
        guard callable.isExact(.function) else { return nil }
        return (callable, found.isExact(.classMethod) ? base.pointee.receiverType : .empty)
    }
}
