/// Native functions, methods, getters, slot wrappers and `__slots__` members as Python objects.

public enum Descriptors {
    /// Adds a method, class method or static method to a native type's namespace.
    static func add(_ thread: ThreadRef, _ def: Def, to type: TypeRef) {
        let record = NativeRecord.make(def)
        record.pointee.owner = type.value
        switch def.kind {
        case .staticMethod:
            let function = thread.newBuiltinFunction(record, receiver: .empty, module: .none)
            guard let raw = Heap.allocate(MemoryLayout<WrapperObject>.size, shape: TypeID.staticMethod.rawValue) else { return }
            raw.assumingMemoryBound(to: WrapperObject.self).pointee.callable = function
            _ = type.namespace.set(thread, record.pointee.name, Value(raw))
        case .classMethod:
            add(thread, make(.classMethodDescriptor, type, record.pointee.name, UInt(bitPattern: record)), record.pointee.name, to: type)
        case .method, .function:
            add(thread, make(.methodDescriptor, type, record.pointee.name, UInt(bitPattern: record)), record.pointee.name, to: type)
        }
    }

    static func add(_ thread: ThreadRef, _ getter: Getter, to type: TypeRef) {
        let get = UnsafeMutablePointer<NativeRecord>.allocate(capacity: 1)
        get.initialize(to: NativeRecord(getter.get, signature: getter.name, doc: getter.doc, effect: getter.isMember ? .reads : .calls, kind: .method))
        get.pointee.owner = type.value
        get.pointee.field = getter.field
        var set: UnsafeMutablePointer<NativeRecord>?
        if let function = getter.set {
            set = .allocate(capacity: 1)
            set!.initialize(to: NativeRecord(function, signature: getter.name, doc: getter.doc, effect: getter.isMember ? .reads : .calls, kind: .method))
            set!.pointee.field = getter.field
        }
        // Read-only members of CPython's structs show as such.
        if let function = getter.set, unsafeBitCast(function, to: UInt.self) == unsafeBitCast(readOnlyMember, to: UInt.self) {
            return add(thread, make(.memberDescriptor, type, get.pointee.name, UInt(bitPattern: get), DescriptorObject.computedMember), get.pointee.name, to: type)
        }
        if getter.isMember {
            let setter = set.map { UInt(bitPattern: $0) } ?? DescriptorObject.computedMember
            return add(thread, make(.memberDescriptor, type, get.pointee.name, UInt(bitPattern: get), setter), get.pointee.name, to: type)
        }
        add(thread, make(.getSetDescriptor, type, get.pointee.name, UInt(bitPattern: get), UInt(bitPattern: set)), get.pointee.name, to: type)
    }

    private static func add(_ thread: ThreadRef, _ descriptor: Value, _ name: Value, to type: TypeRef) {
        if descriptor.isEmpty { return }
        _ = type.namespace.set(thread, name, descriptor)
    }

    static func make(_ id: TypeID, _ owner: TypeRef, _ name: Value, _ payload: UInt, _ payload2: UInt = 0) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<DescriptorObject>.size, shape: id.rawValue) else { return .empty }
        let descriptor = raw.assumingMemoryBound(to: DescriptorObject.self)
        descriptor.pointee.owner = owner.value
        descriptor.pointee.name = name
        descriptor.pointee.payload = payload
        descriptor.pointee.payload2 = payload2
        return Value(raw)
    }

    /// Gives the words of a slot another name in a class, under which it can only be read. False when it has raised.
    public static func addReadOnlyMember(_ thread: ThreadRef, _ type: TypeRef, _ name: Value, offset: Int, doc: Value) -> Bool {
        let member = make(.memberDescriptor, type, name, UInt(offset), 1)
        if member.isEmpty { return !thread.raiseOutOfMemory().isEmpty }
        member.object(DescriptorObject.self).pointee.doc = doc
        return type.namespace.set(thread, name, member)
    }

    /// Whether `object` may be the receiver of a descriptor; raises "descriptor 'x' for 'T' objects doesn't apply to a 'U' object".
    @inline(__always) static func check(_ thread: ThreadRef, _ descriptor: UnsafeMutablePointer<DescriptorObject>, _ object: Value) -> Bool {
        let type = object.type
        if type.value == descriptor.pointee.owner || type.isSubtype(of: TypeRef(descriptor.pointee.owner)) { return true }
        thread.raise(.typeError, "descriptor '\(StringRef(descriptor.pointee.name).description)' for '\(TypeRef(descriptor.pointee.owner).name)' objects doesn't apply to a '\(type.name)' object")
        return false
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A built-in function object: a module's function, or a method bound to its receiver.
    public func newBuiltinFunction(_ record: UnsafeMutablePointer<NativeRecord>, receiver: Value, module: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<BuiltinFunctionObject>.size, shape: TypeID.builtinFunction.rawValue) else { return raiseOutOfMemory() }
        let function = raw.assumingMemoryBound(to: BuiltinFunctionObject.self)
        function.pointee.record = record
        function.pointee.receiver = receiver
        function.pointee.module = module
        return Value(raw)
    }

    /// A function of a module, from its declaration.
    public func newBuiltinFunction(_ def: Def, module: Value) -> Value {
        let record = NativeRecord.make(def)
        return newBuiltinFunction(record, receiver: .empty, module: module)
    }
}

extension NativeType {
    /// Types of the descriptors themselves.
    static func startDescriptors() {
        NativeType(id: .builtinFunction, "builtin_function_or_method", size: MemoryLayout<BuiltinFunctionObject>.size, mask: 0b0110, flags: .weakReferenceable, getters: [
            Getter("__name__") { _, a, _ in a[0].object(BuiltinFunctionObject.self).pointee.record.pointee.name },
            Getter("__qualname__") { thread, a, _ in
                let function = a[0].object(BuiltinFunctionObject.self)
                let receiver = function.pointee.receiver
                let owner = function.pointee.record.pointee.owner
                if receiver.isEmpty && !owner.isEmpty && function.pointee.record.pointee.kind == .staticMethod {
                    return thread.newString("\(StringRef(TypeRef(owner).pointer.pointee.qualifiedName).description).\(StringRef(function.pointee.record.pointee.name).description)")
                }
                if receiver.isEmpty || receiver.isExact(.module) { return function.pointee.record.pointee.name }
                let type = receiver.isType ? TypeRef(receiver) : receiver.type
                return thread.newString("\(StringRef(type.pointer.pointee.qualifiedName).description).\(StringRef(function.pointee.record.pointee.name).description)")
            },
            Getter("__self__") { _, a, _ in
                let function = a[0].object(BuiltinFunctionObject.self)
                if !function.pointee.receiver.isEmpty { return function.pointee.receiver }
                if function.pointee.record.pointee.kind == .staticMethod && !function.pointee.record.pointee.owner.isEmpty { return function.pointee.record.pointee.owner }
                // As CPython has it, a module's function is bound to its module.
                let own = function.pointee.record.pointee.module, module = own.isEmpty ? function.pointee.module : own
                if module.isString, !WellKnown.modules.value.isEmpty {
                    let found = DictRef(WellKnown.modules.value).get(string: module)
                    if !found.isEmpty { return found }
                }
                return .none
            },
            Getter("__module__", isMember: true, set: { _, a, _ in
                a[0].object(BuiltinFunctionObject.self).pointee.module = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in a[0].object(BuiltinFunctionObject.self).pointee.module },
            Getter("__doc__") { thread, a, _ in a[0].object(BuiltinFunctionObject.self).pointee.record.docString(thread) },
            Getter("__text_signature__") { thread, a, _ in a[0].object(BuiltinFunctionObject.self).pointee.record.textSignature(thread) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.call) { thread, callee, arguments, count, keywords in
                let function = callee.object(BuiltinFunctionObject.self)
                if function.pointee.receiver.isEmpty { return function.pointee.record.call(thread, arguments, count, keywords) }
                if let foreign = function.pointee.record.pointee.foreign {
                    return foreign(thread, UnsafeMutableRawPointer(function.pointee.record), function.pointee.receiver, arguments, count, keywords)
                }
                guard let vector = thread.pushArguments(count + 1) else { return .empty }
                vector[0] = function.pointee.receiver
                (vector + 1).update(from: arguments, count: count)
                let result = function.pointee.record.call(thread, vector, count + 1, keywords)
                thread.popArguments(vector)
                if result.isEmpty, function.pointee.record.refuses(count + 1, keywords) { function.pointee.record.raiseRefusal(thread, receiver: function.pointee.receiver, count + 1, keywords) }
                return result
            }
            slots.unary(.repr) { thread, value in
                let function = value.object(BuiltinFunctionObject.self)
                let name = StringRef(function.pointee.record.pointee.name).description
                if function.pointee.receiver.isEmpty || function.pointee.receiver.isExact(.module) { return thread.newString("<built-in function \(name)>") }
                return thread.newString("<built-in method \(name) of \(function.pointee.receiver.type.name) object at \(hexadecimal(function.pointee.receiver))>")
            }
            slots.compare { _, a, b, operation in
                guard b.isExact(.builtinFunction), let comparison = Comparison(rawValue: operation), comparison == .equal || comparison == .notEqual else { return .notImplemented }
                let left = a.object(BuiltinFunctionObject.self), right = b.object(BuiltinFunctionObject.self)
                let same = left.pointee.record.pointee.name == right.pointee.record.pointee.name && left.pointee.receiver == right.pointee.receiver
                    && unsafeBitCast(left.pointee.record.pointee.function, to: UInt.self) == unsafeBitCast(right.pointee.record.pointee.function, to: UInt.self)
                return Value(same == (comparison == .equal))
            }
            slots.hash { _, value in
                let function = value.object(BuiltinFunctionObject.self)
                return Hashing.int(Int(truncatingIfNeeded: function.pointee.receiver.bits >> 4) ^ Int(bitPattern: unsafeBitCast(function.pointee.record.pointee.function, to: UInt.self)))
            }
        }
        let getters = [
            Getter("__name__", isMember: true) { _, a, _ in a[0].object(DescriptorObject.self).pointee.name },
            Getter("__objclass__", isMember: true) { _, a, _ in a[0].object(DescriptorObject.self).pointee.owner },
            Getter("__qualname__") { thread, a, _ in
                let descriptor = a[0].object(DescriptorObject.self)
                return thread.newString("\(StringRef(TypeRef(descriptor.pointee.owner).pointer.pointee.qualifiedName).description).\(StringRef(descriptor.pointee.name).description)")
            },
        ]
        let recordGetters = getters + [
            Getter("__doc__") { thread, a, _ in UnsafeMutablePointer<NativeRecord>(bitPattern: a[0].object(DescriptorObject.self).pointee.payload)!.docString(thread) },
        ]
        let signature = Getter("__text_signature__") { thread, a, _ in
            UnsafeMutablePointer<NativeRecord>(bitPattern: a[0].object(DescriptorObject.self).pointee.payload)!.textSignature(thread)
        }
        let size = MemoryLayout<DescriptorObject>.size
        NativeType(id: .methodDescriptor, "method_descriptor", size: size, mask: 0b1110, flags: .methodDescriptor, getters: recordGetters + [signature]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.call) { thread, callee, arguments, count, keywords in
                let descriptor = callee.object(DescriptorObject.self)
                guard count > (keywords.isEmpty ? 0 : TupleRef(keywords).count) else {
                    return thread.raise(.typeError, "unbound method \(StringRef(TypeRef(descriptor.pointee.owner).pointer.pointee.qualifiedName).description).\(StringRef(descriptor.pointee.name).description)() needs an argument")
                }
                guard Descriptors.check(thread, descriptor, arguments[0]) else { return .empty }
                return UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.pointee.payload)!.call(thread, arguments, count, keywords)
            }
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, _ in
                if receiver.isEmpty { return descriptor }
                guard Descriptors.check(thread, descriptor.object(DescriptorObject.self), receiver) else { return .empty }
                let record = UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.object(DescriptorObject.self).pointee.payload)!
                return thread.newBuiltinFunction(record, receiver: receiver, module: .none)
            }
            slots.unary(.repr) { thread, value in Descriptors.repr(thread, value, "method") }
        }
        NativeType(id: .classMethodDescriptor, "classmethod_descriptor", size: size, mask: 0b1110, getters: recordGetters + [signature]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.call) { thread, callee, arguments, count, keywords in
                let descriptor = callee.object(DescriptorObject.self)
                guard count > 0, arguments[0].isType, TypeRef(arguments[0]).isSubtype(of: TypeRef(descriptor.pointee.owner)) else {
                    return thread.raise(.typeError, "descriptor '\(StringRef(descriptor.pointee.name).description)' requires a subtype of '\(TypeRef(descriptor.pointee.owner).name)'")
                }
                return UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.pointee.payload)!.call(thread, arguments, count, keywords)
            }
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, type in
                let record = UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.object(DescriptorObject.self).pointee.payload)!
                let receiver = type.isEmpty || type.isNone ? receiver.type.value : type
                return thread.newBuiltinFunction(record, receiver: receiver, module: .none)
            }
            slots.unary(.repr) { thread, value in Descriptors.repr(thread, value, "method") }
        }
        NativeType(id: .getSetDescriptor, "getset_descriptor", size: size, mask: 0b1110, getters: recordGetters) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, _ in
                if receiver.isEmpty { return descriptor }
                let object = descriptor.object(DescriptorObject.self)
                guard Descriptors.check(thread, object, receiver) else { return .empty }
                var argument = receiver
                return UnsafeMutablePointer<NativeRecord>(bitPattern: object.pointee.payload)!.pointee.function(thread, &argument, 1)
            }
            slots.store(.descriptorSet) { thread, descriptor, receiver, value in
                let object = descriptor.object(DescriptorObject.self)
                guard Descriptors.check(thread, object, receiver) else { return -1 }
                guard let setter = UnsafeMutablePointer<NativeRecord>(bitPattern: object.pointee.payload2) else {
                    thread.raise(.attributeError, "attribute '\(StringRef(object.pointee.name).description)' of '\(TypeRef(object.pointee.owner).name)' objects is not writable")
                    return -1
                }
                return Descriptors.set(thread, setter, receiver, value)
            }
            slots.unary(.repr) { thread, value in Descriptors.repr(thread, value, "attribute") }
        }
        NativeType(id: .memberDescriptor, "member_descriptor", size: size, mask: 0b1110, getters: getters + [
            Getter("__doc__") { thread, a, _ in
                let descriptor = a[0].object(DescriptorObject.self)
                if descriptor.pointee.isComputedMember { return UnsafeMutablePointer<NativeRecord>(bitPattern: descriptor.pointee.payload)!.docString(thread) }
                return descriptor.pointee.doc.isEmpty ? .none : descriptor.pointee.doc
            },
        ], slots: { slots in
            slots.restate(.getAttribute, of: .object)
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, _ in
                if receiver.isEmpty { return descriptor }
                let object = descriptor.object(DescriptorObject.self)
                guard Descriptors.check(thread, object, receiver) else { return .empty }
                if object.pointee.isComputedMember {
                    var argument = receiver
                    return UnsafeMutablePointer<NativeRecord>(bitPattern: object.pointee.payload)!.pointee.function(thread, &argument, 1)
                }
                let value = Descriptors.memberWord(object, receiver).pointee
                return value.isEmpty ? thread.raiseAttributeError(receiver, object.pointee.name) : value
            }
            slots.store(.descriptorSet) { thread, descriptor, receiver, value in
                let object = descriptor.object(DescriptorObject.self)
                guard Descriptors.check(thread, object, receiver) else { return -1 }
                if object.pointee.payload2 > DescriptorObject.trailingMember {
                    return Descriptors.set(thread, UnsafeMutablePointer<NativeRecord>(bitPattern: object.pointee.payload2).unsafelyUnwrapped, receiver, value)
                }
                if object.pointee.payload2 != 0 && object.pointee.payload2 != DescriptorObject.trailingMember {
                    thread.raise(.attributeError, "readonly attribute")
                    return -1
                }
                let word = Descriptors.memberWord(object, receiver)
                if value.isEmpty && word.pointee.isEmpty {
                    thread.raise(.attributeError, StringRef(object.pointee.name).description)
                    return -1
                }
                word.pointee = value
                Heap.barrier(receiver.raw)
                return 0
            }
            slots.unary(.repr) { thread, value in Descriptors.repr(thread, value, "member") }
        })
        SlotTable.startWrapperTypes(getters: getters)
    }
}

extension Descriptors {
    /// Calls a setter; an empty value deletes. -1 when it has raised.
    fileprivate static func set(_ thread: ThreadRef, _ setter: UnsafeMutablePointer<NativeRecord>, _ receiver: Value, _ value: Value) -> Int32 {
        var pair = (receiver, value)
        let result = withUnsafeMutablePointer(to: &pair) { setter.pointee.function(thread, UnsafeMutableRawPointer($0).assumingMemoryBound(to: Value.self), 2) }
        return result.isEmpty ? -1 : 0
    }

    /// Where an object keeps the value of a member that is no computed one.
    static func memberWord(_ descriptor: UnsafeMutablePointer<DescriptorObject>, _ receiver: Value) -> UnsafeMutablePointer<Value> {
        if descriptor.pointee.payload2 == DescriptorObject.trailingMember { return VariableSize.members(receiver, receiver.type) + Int(descriptor.pointee.payload) }
        return (receiver.raw + Int(descriptor.pointee.payload)).assumingMemoryBound(to: Value.self)
    }

    static func repr(_ thread: ThreadRef, _ value: Value, _ what: String) -> Value {
        let descriptor = value.object(DescriptorObject.self)
        return thread.newString("<\(what) '\(StringRef(descriptor.pointee.name).description)' of '\(TypeRef(descriptor.pointee.owner).name)' objects>")
    }
}

/// An address as `%p` shows it.
public func hexadecimal(_ value: Value) -> String { "0x" + String(repeating: "0", count: max(0, 0)) + String(value.bits, radix: 16) }
