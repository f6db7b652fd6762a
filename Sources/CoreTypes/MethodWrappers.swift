import Objects

/// `staticmethod`, `classmethod` and bound methods.
///
/// The two wrappers show the attributes of what they wrap (`__name__`, `__doc__` …). CPython copies them at once; here they are copied into the instance's
/// dict when somebody first asks, so that a class body pays nothing for them. `flags` bit 0 of the header says that it has been done.
enum MethodWrappers {
    private static let copied: UInt8 = 1
    private static let dictOffset = MemoryLayout<WrapperObject>.offset(of: \WrapperObject.dict)!

    static func start() {
        NativeType(id: .staticMethod, "staticmethod", size: MemoryLayout<WrapperObject>.size, mask: 0b10, dictOffset: dictOffset, flags: .base,
                   doc: "A function that receives no implicit first argument when it is called on a class or an instance.", getters: getters) { slots in
            MethodWrappers.fill(slots)
            slots.call(.call) { thread, wrapper, a, count, keywords in
                let callable = wrapper.object(WrapperObject.self).pointee.callable
                return callable.isEmpty ? thread.raise(.runtimeError, "uninitialized staticmethod object") : thread.call(callable, a, count, keywords)
            }
            slots.ternary(.descriptorGet) { thread, wrapper, _, _ in
                let callable = wrapper.object(WrapperObject.self).pointee.callable
                return callable.isEmpty ? thread.raise(.runtimeError, "uninitialized staticmethod object") : callable
            }
            slots.call(.initialize) { thread, wrapper, a, count, keywords in MethodWrappers.initialize(thread, wrapper, a, count, keywords, "staticmethod") }
            slots.unary(.repr) { thread, wrapper in MethodWrappers.repr(thread, wrapper, "staticmethod") }
        }
        NativeType(id: .classMethod, "classmethod", size: MemoryLayout<WrapperObject>.size, mask: 0b10, dictOffset: dictOffset, flags: .base,
                   doc: "A function that receives the class as its implicit first argument.", getters: getters) { slots in
            MethodWrappers.fill(slots)
            slots.ternary(.descriptorGet) { thread, wrapper, receiver, type in
                let callable = wrapper.object(WrapperObject.self).pointee.callable
                if callable.isEmpty { return thread.raise(.runtimeError, "uninitialized classmethod object") }
                let type = type.isEmpty ? receiver.type.value : type
                if callable.isExact(.function) { return thread.newMethod(callable, type) }
                if callable.isPointer, let get = callable.type.slot(.descriptorGet, as: TernaryFunction.self) { return get(thread, callable, type, type) }
                return thread.newMethod(callable, type)
            }
            slots.call(.initialize) { thread, wrapper, a, count, keywords in MethodWrappers.initialize(thread, wrapper, a, count, keywords, "classmethod") }
            slots.unary(.repr) { thread, wrapper in MethodWrappers.repr(thread, wrapper, "classmethod") }
        }
        startMethod()
    }

    private static func fill(_ slots: SlotBuilder) {
        slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
        slots.binary(.getAttribute) { thread, wrapper, name in
            guard MethodWrappers.copyAttributes(thread, wrapper, asked: name) else { return .empty }
            return thread.genericGet(wrapper, name)
        }
        slots.store(.setAttribute) { thread, wrapper, name, value in
            guard MethodWrappers.copyAttributes(thread, wrapper, asked: name) else { return -1 }
            return thread.genericSet(wrapper, name, value) ? 0 : -1
        }
    }

    private static func initialize(_ thread: ThreadRef, _ wrapper: Value, _ a: Arguments, _ count: Int, _ keywords: Value, _ name: String) -> Value {
        if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "\(name)() takes no keyword arguments") }
        guard count == 1 else { return thread.raise(.typeError, "\(name) expected 1 argument, got \(count)") }
        wrapper.object(WrapperObject.self).pointee.callable = a[0]
        wrapper.header.pointee.flags &= ~copied
        Heap.barrier(wrapper.raw)
        // A subclass may override attribute access, and must then find the attributes in place.
        if !wrapper.isExact(.staticMethod) && !wrapper.isExact(.classMethod) { return copyAttributes(thread, wrapper, asked: Name.__dict__.value) ? .none : .empty }
        return .none
    }

    private static func repr(_ thread: ThreadRef, _ wrapper: Value, _ name: String) -> Value {
        var text = TextBuilder(thread)
        text.add("<\(name)(")
        text.add(repr: wrapper.object(WrapperObject.self).pointee.callable.orNone)
        text.add(")>")
        return text.finish()
    }

    /// Copies the wrapped callable's attributes if `asked` is one of them and it has not been done. False when it has raised.
    private static func copyAttributes(_ thread: ThreadRef, _ wrapper: Value, asked: Value) -> Bool {
        if wrapper.header.pointee.flags & copied != 0 { return true }
        let callable = wrapper.object(WrapperObject.self).pointee.callable
        if callable.isEmpty { return true }
        let names: [Name] = [.__module__, .__name__, .__qualname__, .__doc__, .__annotations__]
        guard asked == Name.__dict__.value || names.contains(where: { StringRef($0.value).equals(StringRef(asked)) }) else { return true }
        wrapper.header.pointee.flags |= copied
        for name in names {
            let value = thread.getAttributeOrEmpty(callable, name)
            if value.isEmpty {
                if thread.hasException { return false }
                continue
            }
            guard InstanceAttributes.set(thread, wrapper, wrapper.type, name.value, value) else { return false }
        }
        return true
    }

    /// Whether `callable.__isabstractmethod__` is true: 1, 0, or -1 when it has raised.
    static func isAbstract(_ thread: ThreadRef, _ callable: Value) -> Int32 {
        if callable.isEmpty { return 0 }
        let flag = thread.getAttributeOrEmpty(callable, .__isabstractmethod__)
        if flag.isEmpty { return thread.hasException ? -1 : 0 }
        return thread.isTrue(flag)
    }

    private static let getters = [
        Getter.instanceDict,
        Getter("__func__", set: readOnlyMember) { _, a, _ in a[0].object(WrapperObject.self).pointee.callable.orNone },
        Getter("__wrapped__", set: readOnlyMember) { _, a, _ in a[0].object(WrapperObject.self).pointee.callable.orNone },
        Getter("__isabstractmethod__") { thread, a, _ in
            let result = MethodWrappers.isAbstract(thread, a[0].object(WrapperObject.self).pointee.callable)
            return result < 0 ? .empty : Value(result != 0)
        },
    ]

    // MARK: Bound methods

    private static func startMethod() {
        NativeType(id: .method, "method", size: MemoryLayout<MethodObject>.size, mask: 0b110, flags: .weakReferenceable, doc: "method(function, instance, /)\n--\n\nA function bound to its first argument.",
                   methods: [
                       Def("__reduce__(self, /)", .calls) { thread, a, _ in
                           let method = a[0].object(MethodObject.self)
                           let name = thread.getAttribute(method.pointee.function, .__name__)
                           if name.isEmpty { return .empty }
                           return ObjectMethods.reduceByAttribute(thread, method.pointee.receiver, name)
                       },
                   ],
                   getters: [
                       Getter("__func__", "the function (or other callable) implementing a method", set: readOnlyMember) { _, a, _ in a[0].object(MethodObject.self).pointee.function },
                       Getter("__self__", "the instance to which a method is bound", set: readOnlyMember) { _, a, _ in a[0].object(MethodObject.self).pointee.receiver },
                       Getter("__doc__") { thread, a, _ in thread.getAttribute(a[0].object(MethodObject.self).pointee.function, .__doc__) },
                   ]) { slots in
            slots.restate(.setAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in
                if !keywords.isEmpty && TupleRef(keywords).count > 0 { return thread.raise(.typeError, "method() takes no keyword arguments") }
                guard count == 2 else { return thread.raise(.typeError, "method expected 2 arguments, got \(count)") }
                guard a[0].type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "first argument must be callable") }
                if a[1].isNone { return thread.raise(.typeError, "instance must not be None") }
                return thread.newMethod(a[0], a[1])
            }
            slots.call(.call) { thread, callee, a, count, keywords in
                let method = callee.object(MethodObject.self)
                guard let vector = thread.pushArguments(count + 1) else { return .empty }
                vector[0] = method.pointee.receiver
                (vector + 1).update(from: a, count: count)
                let result = thread.call(method.pointee.function, vector, count + 1, keywords)
                thread.popArguments(vector)
                return result
            }
            slots.binary(.getAttribute) { thread, object, name in
                let found = object.type.lookup(name)
                if !found.isEmpty { return thread.bind(found, object, object.type.value) }
                return thread.getAttribute(object.object(MethodObject.self).pointee.function, name)
            }
            slots.compare { thread, a, b, operation in
                guard b.isExact(.method), let comparison = Comparison(rawValue: operation), comparison == .equal || comparison == .notEqual else { return .notImplemented }
                let left = a.object(MethodObject.self), right = b.object(MethodObject.self)
                var same = left.pointee.receiver == right.pointee.receiver
                if same {
                    let equal = thread.isEqual(left.pointee.function, right.pointee.function)
                    if equal < 0 { return .empty }
                    same = equal > 0
                }
                return Value(same == (comparison == .equal))
            }
            slots.hash { thread, value in
                let method = value.object(MethodObject.self)
                let function = thread.hash(method.pointee.function)
                if function == -1 { return -1 }
                let hash = Hashing.int(Int(truncatingIfNeeded: method.pointee.receiver.bits >> 4) ^ function)
                return hash == -1 ? -2 : hash
            }
            slots.unary(.repr) { thread, value in
                let method = value.object(MethodObject.self)
                var name = thread.getAttributeOrEmpty(method.pointee.function, .__qualname__)
                if name.isEmpty {
                    if thread.hasException { return .empty }
                    name = thread.getAttributeOrEmpty(method.pointee.function, .__name__)
                    if name.isEmpty && thread.hasException { return .empty }
                }
                var text = TextBuilder(thread)
                text.add("<bound method \(!name.isEmpty && name.isString ? StringRef(name).description : "?") of ")
                text.add(repr: method.pointee.receiver)
                text.add(">")
                return text.finish()
            }
        }
    }
}
