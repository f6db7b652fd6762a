import Objects

/// `property`.
///
/// The doc of a property without one of its own is its getter's. In an instance of a subclass it goes into the instance's dict, where it hides the
/// subclass's own `__doc__`.
enum Property {
    /// The layout's last word, `dict`, is left to subclasses.
    private static let size = MemoryLayout<PropertyObject>.offset(of: \PropertyObject.dict)!

    static func start() {
        NativeType(id: .property, "property", size: size, mask: 0b1111_1110, flags: .base, doc: "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\nProperty attribute.", methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, property, a, count, keywords in Property.make.call(thread, property, a, count, keywords) }
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, _ in
                if receiver.isEmpty || receiver.isNone { return descriptor }
                let getter = descriptor.object(PropertyObject.self).pointee.getter
                if getter.isEmpty { return Property.raiseMissing(thread, descriptor, receiver, "getter") }
                return thread.call(getter, receiver)
            }
            slots.store(.descriptorSet) { thread, descriptor, receiver, value in
                let property = descriptor.object(PropertyObject.self)
                let function = value.isEmpty ? property.pointee.deleter : property.pointee.setter
                if function.isEmpty {
                    _ = Property.raiseMissing(thread, descriptor, receiver, value.isEmpty ? "deleter" : "setter")
                    return -1
                }
                let result = value.isEmpty ? thread.call(function, receiver) : thread.call(function, receiver, value)
                return result.isEmpty ? -1 : 0
            }
        }
    }

    private static let make = Constructor("property(self, fget=None, fset=None, fdel=None, doc=None)") { thread, a, _ in
        let property = a[0].object(PropertyObject.self)
        func function(_ value: Value) -> Value { value.isEmpty || value.isNone ? .empty : value }
        property.pointee.getter = function(a[1])
        property.pointee.setter = function(a[2])
        property.pointee.deleter = function(a[3])
        property.pointee.doc = function(a[4])
        property.pointee.getterDoc = .empty
        property.pointee.name = .empty
        Heap.barrier(a[0].raw)
        var doc = property.pointee.doc
        if doc.isEmpty && !property.pointee.getter.isEmpty {
            doc = thread.getAttributeOrEmpty(property.pointee.getter, .__doc__)
            if doc.isEmpty { return thread.hasException ? .empty : .none }
            property.pointee.getterDoc = .true
            property.pointee.doc = doc
            Heap.barrier(a[0].raw)
            if !a[0].isExact(.property), !thread.setAttribute(a[0], .__doc__, doc) { return .empty }
        }
        return .none
    }

    private static func raiseMissing(_ thread: ThreadRef, _ descriptor: Value, _ receiver: Value, _ what: String) -> Value {
        let name = descriptor.object(PropertyObject.self).pointee.name
        let type = thread.repr(receiver.type.pointer.pointee.qualifiedName)
        if type.isEmpty { return .empty }
        let owner = StringRef(type).description
        if name.isEmpty { return thread.raise(.attributeError, "property of \(owner) object has no \(what)") }
        return thread.raise(.attributeError, "property \(name.reprForMessage(thread)) of \(owner) object has no \(what)")
    }

    /// A property like this one with one function exchanged.
    private static func copy(_ thread: ThreadRef, _ old: Value, getter: Value = .empty, setter: Value = .empty, deleter: Value = .empty) -> Value {
        let property = old.object(PropertyObject.self)
        func choose(_ new: Value, _ current: Value) -> Value { new.isEmpty || new.isNone ? (current.isEmpty ? .none : current) : new }
        let get = choose(getter, property.pointee.getter)
        let doc: Value = !property.pointee.getterDoc.isEmpty && !get.isNone ? .none : property.pointee.doc.orNone
        let result = thread.call(old.type.value, get, choose(setter, property.pointee.setter), choose(deleter, property.pointee.deleter), doc)
        if !result.isEmpty && result.isInstance(of: .property) {
            result.object(PropertyObject.self).pointee.name = property.pointee.name
            Heap.barrier(result.raw)
        }
        return result
    }

    private static let methods = [
        Def("getter(self, object, /)", .calls, "The same property with this getter.") { thread, a, _ in Property.copy(thread, a[0], getter: a[1]) },
        Def("setter(self, object, /)", .calls, "The same property with this setter.") { thread, a, _ in Property.copy(thread, a[0], setter: a[1]) },
        Def("deleter(self, object, /)", .calls, "The same property with this deleter.") { thread, a, _ in Property.copy(thread, a[0], deleter: a[1]) },
        Def("__set_name__(self, /, *args)", .writes, "Method to set name of a property.") { thread, a, _ in
            guard TupleRef(a[1]).count == 2 else { return thread.raise(.typeError, "__set_name__() takes 2 positional arguments but \(TupleRef(a[1]).count) were given") }
            a[0].object(PropertyObject.self).pointee.name = TupleRef(a[1])[1]
            Heap.barrier(a[0].raw)
            return .none
        },
    ]

    private static let getters = [
        Getter("fget", set: readOnlyMember) { _, a, _ in a[0].object(PropertyObject.self).pointee.getter.orNone },
        Getter("fset", set: readOnlyMember) { _, a, _ in a[0].object(PropertyObject.self).pointee.setter.orNone },
        Getter("fdel", set: readOnlyMember) { _, a, _ in a[0].object(PropertyObject.self).pointee.deleter.orNone },
        Getter("__doc__", set: { _, a, _ in
            a[0].object(PropertyObject.self).pointee.doc = a[1]
            Heap.barrier(a[0].raw)
            return .none
        }) { _, a, _ in a[0].object(PropertyObject.self).pointee.doc.orNone },
        Getter("__isabstractmethod__") { thread, a, _ in
            let property = a[0].object(PropertyObject.self)
            for function in [property.pointee.getter, property.pointee.setter, property.pointee.deleter] where !function.isEmpty {
                let result = MethodWrappers.isAbstract(thread, function)
                if result != 0 { return result < 0 ? .empty : .true }
            }
            return .false
        },
    ]
}
