import Objects

/// The methods and attributes of `type`.
enum TypeMethods {
    static func start() {
        NativeType.extend(TypeID.type.type, methods: methods, getters: getters)
    }

    private static let typeDoc: StaticString = "type(object)\ntype(name, bases, dict, **keywords)\n\nThe type of an object; or a new class."

    private static let methods = [
        Def("mro(self, /)", .calls, "Return a type's method resolution order.") { thread, a, _ in
            guard let order = TypeConstruction.linearize(thread, TypeRef(a[0]), TupleRef(TypeRef(a[0]).pointer.pointee.bases)) else { return .empty }
            let tuple = thread.newTuple(copying: order)
            return tuple.isEmpty ? .empty : thread.list(tuple)
        },
        Def("__subclasses__(self, /)", .reads, "Return a list of immediate subclasses.") { thread, a, _ in
            let list = thread.newList()
            if list.isEmpty { return .empty }
            var failed = false
            TypeRef(a[0]).forEachSubclass { if !failed { failed = !ListRef(list).append(thread, $0.value) } }
            return failed ? .empty : list
        },
        Def("__prepare__(type, /, *args, **kwargs)", .writes, "Create the namespace for the class statement.", kind: .classMethod) { thread, _, _ in thread.newDict() },
        Def("__instancecheck__(self, instance, /)", .calls, "Check if an object is an instance.") { thread, a, _ in
            let result = thread.plainIsInstance(a[1], a[0])
            return result < 0 ? .empty : Value(result != 0)
        },
        Def("__subclasscheck__(self, subclass, /)", .calls, "Check if a class is a subclass.") { thread, a, _ in
            let result = thread.plainIsSubclass(a[1], a[0])
            return result < 0 ? .empty : Value(result != 0)
        },
        Def("__dir__(self, /)", .calls, "Specialized __dir__ implementation for types.") { thread, a, _ in
            let dict = thread.newDict()
            return dict.isEmpty || !ObjectMethods.mergeClass(thread, DictRef(dict), a[0]) ? .empty : thread.list(dict)
        },
        Def("__sizeof__(self, /)", .reads, "Return memory consumption of the type object.") { thread, a, _ in thread.newInt(Int(TypeID.type.type.pointer.pointee.basicSize)) },
    ]

    /// Whether an attribute of the type may get a value, which is not the zero word. False when it has raised.
    private static func isSettable(_ thread: ThreadRef, _ type: Value, _ name: String, _ value: Value) -> Bool {
        if !value.isEmpty && !TypeRef(type).has(.immutable) { return RuntimeHooks.audit(thread, "object.__setattr__", [type, StringRef.intern(name).value, value]) }
        thread.raise(.typeError, "cannot \(TypeRef(type).has(.immutable) ? "set" : "delete") '\(name)' attribute of immutable type '\(TypeRef(type).name)'")
        return false
    }

    /// The signature that a class's docstring begins with, as those of native code do: the name, parameters in parentheses, and a line of two dashes. None without one.
    private static func signature(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        if type.has(.foreignLayout), let text = ForeignLayout.textSignature(type) { return thread.newString(text) }
        let doc = type.namespace.get(.__doc__)
        guard doc.isString else { return .none }
        let text = Array(StringRef(doc).description.utf8), name = Array("\(type.shortName)(".utf8), end = Array(")\n--\n\n".utf8)
        guard text.starts(with: name) else { return .none }
        var place = name.count
        while place + end.count <= text.count {
            if text[place...].starts(with: end) { return thread.newString(String(decoding: text[(name.count - 1) ... place], as: UTF8.self)) }
            if text[place] == 10 && text[place + 1] == 10 { return .none }
            place += 1
        }
        return .none
    }

    /// Stores an attribute that has a place in the namespace.
    private static func store(_ thread: ThreadRef, _ type: TypeRef, _ name: Name, _ value: Value) -> Bool {
        guard type.namespace.set(thread, name, value) else { return false }
        type.modified()
        return true
    }

    /// CPython's `tp_flags`, as far as Python code looks at them.
    private static func flags(_ type: TypeRef) -> Int {
        var result = 1 << 12 | 1 << 18
        for (flag, bit) in [(TypeFlags.noInstantiation, 7), (.immutable, 8), (.heap, 9), (.base, 10), (.methodDescriptor, 17), (.abstract, 20), (.selfPattern, 22),
                            (.intSubclass, 24), (.listSubclass, 25), (.tupleSubclass, 26), (.bytesSubclass, 27), (.strSubclass, 28), (.dictSubclass, 29),
                            (.exceptionSubclass, 30), (.typeSubclass, 31), (.sequencePattern, 5), (.mappingPattern, 6)] where type.has(flag) { result |= 1 << bit }
        if type.pointer.pointee.mask != 0 || type.pointer.pointee.dictOffset != 0 { result |= 1 << 14 }
        return result
    }

    private static let getters = [
        Getter("__name__", set: { thread, a, _ in
            guard TypeMethods.isSettable(thread, a[0], "__name__", a[1]) else { return .empty }
            guard a[1].isString else { return thread.raise(.typeError, "can only assign string to \(TypeRef(a[0]).name).__name__, not '\(a[1].type.name)'") }
            for index in 0 ..< StringRef(a[1]).count where StringRef(a[1])[index] == 0 { return thread.raise(.valueError, "type name must not contain null characters") }
            if StringRef(a[1]).hasSurrogates, thread.callMethod(a[1], .encode, Name.utf_8.value).isEmpty { return .empty }
            TypeRef(a[0]).pointer.pointee.name = a[1]
            // The new name is the whole of it.
            TypeRef(a[0]).pointer.pointee.flags.remove(.namesModule)
            Heap.barrier(a[0].raw)
            return .none
        }) { _, a, _ in TypeRef(a[0]).pointer.pointee.name },
        Getter("__qualname__", set: { thread, a, _ in
            guard TypeMethods.isSettable(thread, a[0], "__qualname__", a[1]) else { return .empty }
            guard a[1].isString else { return thread.raise(.typeError, "can only assign string to \(TypeRef(a[0]).name).__qualname__, not '\(a[1].type.name)'") }
            TypeRef(a[0]).pointer.pointee.qualifiedName = a[1]
            Heap.barrier(a[0].raw)
            return .none
        }) { _, a, _ in TypeRef(a[0]).pointer.pointee.qualifiedName },
        Getter("__module__", set: { thread, a, _ in
            guard TypeMethods.isSettable(thread, a[0], "__module__", a[1]) else { return .empty }
            return TypeMethods.store(thread, TypeRef(a[0]), .__module__, a[1]) ? .none : .empty
        }) { thread, a, _ in
            let type = TypeRef(a[0])
            // `type` keeps this very descriptor under the name.
            let module = type.has(.heap) ? type.namespace.get(.__module__) : type.pointer.pointee.module
            return module.isEmpty ? thread.raise(.attributeError, "__module__") : module
        },
        Getter("__bases__", set: { thread, a, _ in !TypeMethods.isSettable(thread, a[0], "__bases__", a[1]) ? .empty : TypeConstruction.setBases(thread, TypeRef(a[0]), a[1]) ? .none : .empty }) { _, a, _ in TypeRef(a[0]).pointer.pointee.bases },
        Getter("__base__", set: readOnlyMember) { _, a, _ in TypeRef(a[0]).pointer.pointee.base.orNone },
        Getter("__mro__", set: readOnlyMember) { _, a, _ in TypeRef(a[0]).pointer.pointee.mro.orNone },
        Getter("__dict__") { thread, a, _ in
            guard let raw = Heap.allocate(16, shape: TypeID.mappingProxy.shape) else { return thread.raiseOutOfMemory() }
            raw.assumingMemoryBound(to: CellObject.self).pointee.contents = TypeRef(a[0]).pointer.pointee.namespace
            return Value(raw)
        },
        Getter("__doc__", set: { thread, a, _ in
            guard TypeMethods.isSettable(thread, a[0], "__doc__", a[1]) else { return .empty }
            return TypeMethods.store(thread, TypeRef(a[0]), .__doc__, a[1]) ? .none : .empty
        }) { thread, a, _ in
            if a[0] == TypeID.type.value { return thread.newString("\(TypeMethods.typeDoc)") }
            let doc = TypeRef(a[0]).namespace.get(.__doc__)
            if doc.isEmpty { return .none }
            // A native type's doc of instances (a getter) is not its own.
            if !TypeRef(a[0]).has(.heap), doc.isExact(.getSetDescriptor) || doc.isExact(.memberDescriptor) {
                return NativeType.hiddenDocs[UInt(a[0].bits)].map { thread.newString($0) } ?? .none
            }
            return thread.bind(doc, .empty, a[0])
        },
        Getter("__text_signature__") { thread, a, _ in
            NativeType.signatures[UInt(a[0].bits)].map { thread.newString($0) } ?? (TypeRef(a[0]).has(.heap) ? TypeMethods.signature(thread, TypeRef(a[0])) : .none)
        },
        Getter("__annotations__", set: { thread, a, _ in
            let type = TypeRef(a[0])
            if type.has(.immutable) { return thread.raise(.typeError, "cannot set '__annotations__' attribute of immutable type '\(type.name)'") }
            if !a[1].isEmpty { return TypeMethods.store(thread, type, .__annotations__, a[1]) ? .none : .empty }
            let entry = type.namespace.find(string: Name.__annotations__.value)
            if entry < 0 { return thread.raise(.attributeError, "__annotations__") }
            type.namespace.remove(entry: entry)
            type.modified()
            return .none
        }) { thread, a, _ in
            let type = TypeRef(a[0])
            guard type.has(.heap) else { return thread.raiseAttributeError("type object '\(type.name)' has no attribute '__annotations__'", a[0], Name.__annotations__.value) }
            let known = type.namespace.get(.__annotations__)
            if !known.isEmpty { return thread.bind(known, .empty, a[0]) }
            let made = thread.newDict()
            return made.isEmpty || !TypeMethods.store(thread, type, .__annotations__, made) ? .empty : made
        },
        Getter("__abstractmethods__", set: { thread, a, _ in
            let type = TypeRef(a[0])
            if a[1].isEmpty {
                let entry = type.namespace.find(string: Name.__abstractmethods__.value)
                if entry < 0 { return thread.raise(.attributeError, "__abstractmethods__") }
                type.namespace.remove(entry: entry)
                type.pointer.pointee.abstractMethods = .empty
                type.pointer.pointee.flags.remove(.abstract)
                type.modified()
                return .none
            }
            let truth = thread.isTrue(a[1])
            guard truth >= 0, TypeMethods.store(thread, type, .__abstractmethods__, a[1]) else { return .empty }
            type.pointer.pointee.abstractMethods = a[1]
            Heap.barrier(a[0].raw)
            if truth > 0 { type.pointer.pointee.flags.insert(.abstract) } else { type.pointer.pointee.flags.remove(.abstract) }
            return .none
        }) { thread, a, _ in
            let methods = TypeRef(a[0]).pointer.pointee.abstractMethods
            return methods.isEmpty ? thread.raise(.attributeError, "__abstractmethods__") : methods
        },
        Getter("__basicsize__", set: readOnlyMember) { thread, a, _ in thread.newInt(Int(TypeRef(a[0]).pointer.pointee.basicSize)) },
        Getter("__itemsize__", set: readOnlyMember) { _, a, _ in
            let type = TypeRef(a[0])
            return Value(small: !type.has(.variableSize) ? 0 : type.has(.tupleSubclass) ? 8 : type.has(.intSubclass) ? 8 : 1)
        },
        Getter("__dictoffset__", set: readOnlyMember) { _, a, _ in
            let type = TypeRef(a[0])
            return Value(small: type.has(.variableSize) && type.pointer.pointee.dictOffset != 0 ? -8 : Int(type.pointer.pointee.dictOffset))
        },
        Getter("__weakrefoffset__", set: readOnlyMember) { _, a, _ in Value(small: TypeRef(a[0]).has(.weakReferenceable) ? Int(TypeRef(a[0]).pointer.pointee.basicSize) : 0) },
        Getter("__flags__", set: readOnlyMember) { thread, a, _ in Value(small: TypeMethods.flags(TypeRef(a[0]))) },
    ]
}
