import Objects

/// How native callables are pickled: a module's function by its name, everything else by asking the object or class that has it for the attribute.
enum CallablePickling {
    /// `(getattr, (holder, name))`
    private static func reduced(_ thread: ThreadRef, _ holder: Value, _ name: Value) -> Value {
        let function = thread.importAttribute("builtins", "getattr")
        if function.isEmpty { return .empty }
        let arguments = thread.newTuple(holder, name)
        return arguments.isEmpty ? .empty : thread.newTuple(function, arguments)
    }

    private static func byAttribute(_ thread: ThreadRef, _ value: Value, _ holder: Name) -> Value {
        let owner = thread.getAttribute(value, holder.value)
        if owner.isEmpty { return .empty }
        let name = thread.getAttribute(value, Name.__name__.value)
        return name.isEmpty ? .empty : reduced(thread, owner, name)
    }

    static func start() {
        NativeType.extend(TypeID.builtinFunction.type, methods: [Def("__reduce__(self, /)", .calls) { thread, a, _ in
            let function = a[0].object(BuiltinFunctionObject.self)
            let receiver = function.pointee.receiver, name = function.pointee.record.pointee.name
            return receiver.isEmpty || receiver.isExact(.module) ? name : CallablePickling.reduced(thread, receiver, name)
        }])
        NativeType.extend(TypeID.methodWrapper.type, methods: [Def("__reduce__(self, /)", .calls) { thread, a, _ in CallablePickling.byAttribute(thread, a[0], .__self__) }])
        for id in [TypeID.methodDescriptor, .wrapperDescriptor, .memberDescriptor] {
            NativeType.extend(id.type, methods: [Def("__reduce__(self, /)", .calls) { thread, a, _ in CallablePickling.byAttribute(thread, a[0], .__objclass__) }])
        }
    }
}
