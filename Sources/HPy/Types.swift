import Glibc
import Objects

/// Types from specifications.
///
/// A type is made as a class statement would make it, with a namespace of methods, members and getsets, and a `ForeignLayout` for the struct of its instances. `object`, `type`, int, float,
/// str, tuple, list and dict can be the built-in base; the specification's shape has to name it.
enum Types {
    enum Shape {
        static let legacy: Int32 = -1, object: Int32 = 0, type: Int32 = 1, long: Int32 = 2, float: Int32 = 3, unicode: Int32 = 4, tuple: Int32 = 5, list: Int32 = 6, dict: Int32 = 7
    }

    private enum Flag {
        static let baseType: UInt = 1 << 10, hasCollector: UInt = 1 << 14
    }

    private enum Parameter {
        static let base: Int32 = 1, bases: Int32 = 2, metaclass: Int32 = 3
    }

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Type_FromSpec = { _, specification, parameters in
            let thread = Contexts.thread
            guard let specification else { return thread.raise(.systemError, "a null pointer was passed for a type specification") }
            return Types.make(thread, specification.assumingMemoryBound(to: HPyTypeSpecification.self), parameters?.assumingMemoryBound(to: HPyTypeParameter.self))
        }
        c.pointee.ctx_Type_GetName = { _, type in
            let thread = Contexts.thread
            guard type.isType else {
                thread.raise(.systemError, "HPyType_GetName: a type is required")
                return nil
            }
            return Texts.utf8(thread, TypeRef(type).pointer.pointee.name)
        }
        c.pointee.ctx_Type_IsSubtype = { _, sub, type in TypeRef(sub).isSubtype(of: TypeRef(type)) ? 1 : 0 }
    }

    /// The definitions of a null-terminated array.
    static func definitions(_ list: UnsafeMutablePointer<UnsafeMutablePointer<HPyDefinition>?>?) -> [UnsafeMutablePointer<HPyDefinition>] {
        var result: [UnsafeMutablePointer<HPyDefinition>] = []
        guard let list else { return result }
        var index = 0
        while let definition = list[index] {
            result.append(definition)
            index += 1
        }
        return result
    }

    // MARK: Parameters

    /// Bases (empty for none given) and metaclass; nil when it has raised.
    private static func read(_ thread: ThreadRef, _ name: String, _ parameters: UnsafeMutablePointer<HPyTypeParameter>?) -> (bases: Value, meta: TypeRef?)? {
        var list = Value.empty, tuple = Value.empty
        var meta: TypeRef?
        var index = 0
        while let parameters, parameters[index].kind != 0 {
            let object = parameters[index].object
            switch parameters[index].kind {
            case Parameter.base:
                if list.isEmpty { list = thread.newList() }
                guard !list.isEmpty, ListRef(list).append(thread, object) else { return nil }
            case Parameter.bases:
                guard tuple.isEmpty else {
                    thread.raise(.typeError, "multiple specifications of HPyType_SpecParam_BasesTuple")
                    return nil
                }
                guard object.isTuple else {
                    thread.raise(.typeError, "HPyType_SpecParam_BasesTuple must be a tuple")
                    return nil
                }
                tuple = object
            case Parameter.metaclass:
                guard meta == nil else {
                    thread.raise(.valueError, "metaclass was specified multiple times")
                    return nil
                }
                guard object.isType, TypeRef(object).has(.typeSubclass) else {
                    thread.raise(.typeError, "Metaclass '\(object.reprForMessage(thread))' is not a subclass of 'type'.")
                    return nil
                }
                guard TypeRef(object).slotPointer(.new).pointee == TypeID.type.type.slotPointer(.new).pointee else {
                    thread.raise(.typeError, "Metaclasses with custom tp_new are not supported.")
                    return nil
                }
                meta = TypeRef(object)
            default:
                thread.raise(.typeError, "unknown HPyType_SpecParam specification for '\(name)'")
                return nil
            }
            index += 1
        }
        if !list.isEmpty && !tuple.isEmpty {
            thread.raise(.typeError, "cannot specify both HPyType_SpecParam_Base and HPytype_SpecParam_BasesTuple")
            return nil
        }
        if !list.isEmpty {
            tuple = thread.tuple(list)
            if tuple.isEmpty { return nil }
        }
        return (tuple, meta)
    }

    private static func builtin(_ shape: Int32) -> TypeRef? {
        switch shape {
        case Shape.object: return TypeID.object.type
        case Shape.type: return TypeID.type.type
        case Shape.long: return TypeID.int.type
        case Shape.float: return TypeID.float.type
        case Shape.unicode: return TypeID.str.type
        case Shape.tuple: return TypeID.tuple.type
        case Shape.list: return TypeID.list.type
        case Shape.dict: return TypeID.dict.type
        default: return nil
        }
    }

    // MARK: Making

    static func make(_ thread: ThreadRef, _ specification: UnsafeMutablePointer<HPyTypeSpecification>, _ parameters: UnsafeMutablePointer<HPyTypeParameter>?) -> Value {
        let spec = specification.pointee
        guard let rawName = spec.name else { return thread.raise(.systemError, "Type spec does not define the name field.") }
        let fullName = String(cString: rawName)
        guard let (givenBases, givenMeta) = Types.read(thread, fullName, parameters) else { return .empty }
        if spec.legacySlots != nil || spec.shape == Shape.legacy { return Legacy.refuse(thread, "type '\(fullName)' is a legacy type or has legacy slots") }
        let definitions = Types.definitions(spec.definitions)
        let slots = definitions.filter { $0.pointee.kind == Int32(HPyKindSlot) }
        if spec.flags & Flag.hasCollector != 0, !slots.contains(where: { $0.pointee.slot.slot == TypeSlots.traverse }) {
            return thread.raise(.valueError, "You must provide an HPy_tp_traverse slot if you specify HPy_TPFLAGS_HAVE_GC")
        }
        guard let builtin = Types.builtin(spec.shape) else { return thread.raise(.valueError, "invalid shape: \(spec.shape)") }
        guard spec.basicsize >= 0, spec.basicsize <= ForeignLayout.largestStruct else {
            return thread.raise(.systemError, "type '\(fullName)' has a struct of \(spec.basicsize) bytes; at most \(ForeignLayout.largestStruct) are supported")
        }
        // Items have no API: the size of one is only kept from mixing with the call protocol.
        if spec.itemsize != 0, slots.contains(where: { $0.pointee.slot.slot == TypeSlots.call }) {
            return thread.raise(.typeError, "Cannot use HPy call protocol with var objects")
        }
        if spec.basicsize == 0, definitions.contains(where: { $0.pointee.kind == Int32(HPyKindMember) }) {
            return thread.raise(.typeError, "Type claims to have basicsize==0 but defines members")
        }
        var callMember: UnsafeMutablePointer<HPyDefinition>?
        for definition in definitions where definition.pointee.kind == Int32(HPyKindMember) {
            guard let name = definition.pointee.member.name, String(cString: name) == "__vectorcalloffset__" else { continue }
            if slots.contains(where: { $0.pointee.slot.slot == TypeSlots.call }) {
                return thread.raise(.typeError, "Cannot have HPy_tp_call and explicit member '__vectorcalloffset__'. Specify just one of them.")
            }
            callMember = definition
        }

        var bases = givenBases
        if bases.isEmpty || TupleRef(bases).count == 0 {
            var single = TypeID.object.value
            bases = thread.newTuple(&single, 1)
            if bases.isEmpty { return .empty }
        }
        guard let base = ForeignLayout.bestBase(thread, bases) else { return .empty }
        // A shape that the base does not have is only a place for the struct; behind items there is none.
        let hasShape = base.isSubtype(of: builtin)
        if spec.basicsize > 0, !hasShape, builtin.has(.variableSize) || base.has(.variableSize) {
            return thread.raise(.typeError, "type '\(fullName)' has a shape of '\(builtin.name)', but its base is '\(base.name)'")
        }
        let parent = ForeignType.of(base)
        if spec.basicsize > 0, !Types.compatible(base, hasShape ? builtin : Types.nativeBase(base), parent) {
            return thread.raise(.typeError, "type '\(fullName)' cannot add a struct to '\(base.name)' with the given shape")
        }

        // The layout, and what we know of the type for good.
        let type = UnsafeMutablePointer<ForeignType>.allocate(capacity: 1)
        type.initialize(to: ForeignType(context: Contexts.making, shape: spec.shape, size: max(Int(spec.basicsize), parent?.pointee.size ?? 0), offset: 0, base: parent))
        let natural = ForeignLayout.structOffset(fixed: Int(Types.nativeBase(base).pointer.pointee.basicSize))
        let wanted = hasShape || spec.basicsize == 0 ? natural : max(natural, ForeignLayout.structOffset(fixed: Int(builtin.pointer.pointee.basicSize)))
        type.pointee.offset = base.has(.variableSize) ? 0 : parent?.pointee.offset ?? wanted
        if let parent {
            type.pointee.hasCall = parent.pointee.hasCall
            type.pointee.callOffset = parent.pointee.callOffset
            type.pointee.isDestroyed = parent.pointee.isDestroyed
            type.pointee.isTraversed = parent.pointee.isTraversed
            type.pointee.getBuffer = parent.pointee.getBuffer
            type.pointee.releaseBuffer = parent.pointee.releaseBuffer
        }
        if let callMember {
            type.pointee.hasCall = true
            type.pointee.callOffset = callMember.pointee.member.offset
        }
        for slot in slots {
            guard let implementation = slot.pointee.slot.implementation else { return thread.raise(.systemError, "type '\(fullName)': a slot has no function") }
            switch slot.pointee.slot.slot {
            case TypeSlots.traverse:
                type.pointee.traverse = unsafeBitCast(implementation, to: HPyTraverseFunction.self)
                type.pointee.isTraversed = true
            case TypeSlots.destroy:
                type.pointee.destroy = unsafeBitCast(implementation, to: HPyDestroyFunction.self)
                type.pointee.isDestroyed = true
            case TypeSlots.getBuffer: type.pointee.getBuffer = unsafeBitCast(implementation, to: HPyGetBufferFunction.self)
            case TypeSlots.releaseBuffer: type.pointee.releaseBuffer = unsafeBitCast(implementation, to: HPyReleaseBufferFunction.self)
            case TypeSlots.call:
                type.pointee.hasCall = true
                type.pointee.callOffset = -1
            case TypeSlots.new: break
            case let number:
                if TypeSlots.methods[number] == nil { return thread.raise(.systemError, "type '\(fullName)' has an unknown slot \(number)") }
            }
        }
        for definition in definitions where definition.pointee.kind == Int32(HPyKindMember) && (definition.pointee.member.type == 6 || definition.pointee.member.type == 16) {
            type.pointee.objectMembers.append(definition.pointee.member.offset)
        }
        var layout = ForeignLayout(visit: Instances.visit)
        layout.structSize = type.pointee.size + (base.has(.variableSize) ? 0 : type.pointee.offset - natural)
        layout.isBase = spec.flags & Flag.baseType != 0
        layout.isWatched = type.pointee.isDestroyed
        layout.data = UInt(bitPattern: type)

        let namespace = thread.newDict()
        if namespace.isEmpty { return .empty }
        let dot = fullName.lastIndex(of: ".")
        let shortName = thread.newString(dot.map { String(fullName[fullName.index(after: $0)...]) } ?? fullName)
        if shortName.isEmpty { return .empty }
        let module = thread.newString(dot.map { String(fullName[..<$0]) } ?? "builtins")
        guard !module.isEmpty, DictRef(namespace).set(thread, Name.__module__, module) else { return .empty }
        if let doc = spec.doc {
            let parts = ForeignDoc(String(cString: doc), name: fullName)
            let text = thread.newString(parts.text)
            guard !text.isEmpty, DictRef(namespace).set(thread, Name.__doc__, text) else { return .empty }
            if let signature = parts.signature {
                let text = thread.newString(signature)
                guard !text.isEmpty, DictRef(namespace).set(thread, Name.__text_signature__, text) else { return .empty }
            }
        }
        // Placeholders decide what the class looks like while it is made (`__hash__`, slots); the descriptors need the finished type as their owner.
        var pending: [(name: Value, definition: UnsafeMutablePointer<HPyDefinition>, method: TypeSlots.Method?)] = []
        guard Types.collect(thread, definitions, &pending, namespace) else { return .empty }
        let result = layout.make(thread, givenMeta ?? TypeID.type.type, shortName, bases, namespace)
        if result.isEmpty { return .empty }
        guard Types.define(thread, TypeRef(result), pending) else { return .empty }
        if let callMember {
            // The function is in each instance; the record only needs to be able to call.
            let record = Functions.record(Functions.callMember, Name.__call__.value, UnsafeMutableRawPointer(callMember), detail: Int32(callMember.pointee.member.offset))
            let method = thread.newForeignMethod(record, owner: TypeRef(result))
            guard !method.isEmpty, TypeRef(result).namespace.set(thread, Name.__call__.value, method) else { return .empty }
            ForeignLayout.refreshSlots(TypeRef(result))
        }
        Types.setBufferSlots(TypeRef(result), type)
        return result
    }

    /// The built-in type at the bottom of a base's layout.
    private static func nativeBase(_ base: TypeRef) -> TypeRef {
        var native = base
        while native.has(.foreignLayout) { native = TypeRef(native.pointer.pointee.base) }
        return native
    }

    /// Whether a struct can follow: the base is the shape's built-in type, or extends it by nothing but foreign structs.
    private static func compatible(_ base: TypeRef, _ builtin: TypeRef, _ parent: UnsafeMutablePointer<ForeignType>?) -> Bool {
        let native = Types.nativeBase(base)
        guard TypeConstruction.solidBase(native) == TypeConstruction.solidBase(builtin) else { return false }
        if base.has(.variableSize) { return true }
        // A Python class on the way has put its dict or slots where the struct would grow.
        guard native.pointer.pointee.basicSize == builtin.pointer.pointee.basicSize else { return false }
        guard let parent else { return true }
        return Int(base.pointer.pointee.basicSize) == (parent.pointee.offset + parent.pointee.size + 7) & ~7
    }

    /// Names and definitions of what goes into the namespace, which gets them as a list of names for now. False when it has raised.
    private static func collect(_ thread: ThreadRef, _ definitions: [UnsafeMutablePointer<HPyDefinition>],
                                _ pending: inout [(name: Value, definition: UnsafeMutablePointer<HPyDefinition>, method: TypeSlots.Method?)], _ namespace: Value) -> Bool {
        var taken: Set<UInt64> = []
        func add(_ name: Value, _ definition: UnsafeMutablePointer<HPyDefinition>, _ method: TypeSlots.Method?) {
            if taken.insert(name.bits).inserted { pending.append((name, definition, method)) }
        }
        // Interned names live for good.
        for definition in definitions {
            let text: UnsafePointer<CChar>?
            switch Int(definition.pointee.kind) {
            case HPyKindMethod: text = definition.pointee.method.name
            case HPyKindMember: text = definition.pointee.member.name
            case HPyKindGetSet: text = definition.pointee.getset.name
            case HPyKindSlot: continue
            default:
                thread.raise(.systemError, "HPyDef of unknown kind \(definition.pointee.kind)")
                return false
            }
            let name = thread.newName(text)
            if name.isEmpty { return false }
            if definition.pointee.kind == Int32(HPyKindMethod) {
                if Functions.entry(signature: definition.pointee.method.signature) == nil {
                    thread.raise(.valueError, "Unsupported HPyMeth signature")
                    return false
                }
                if definition.pointee.method.implementation == nil {
                    thread.raise(.systemError, "method '\(StringRef(name).description)' has no function")
                    return false
                }
            }
            add(name, definition, nil)
        }
        for sequences in [false, true] {
            for definition in definitions where definition.pointee.kind == Int32(HPyKindSlot) {
                let slot = definition.pointee.slot.slot
                guard TypeSlots.sequence.contains(slot) == sequences else { continue }
                if slot == TypeSlots.new { add(Name.__new__.value, definition, TypeSlots.Method(name: .__new__, entry: Functions.new)) }
                for method in TypeSlots.methods[slot] ?? [] { add(method.name.value, definition, method) }
            }
        }
        // `__eq__` without `__hash__` makes a class unhashable, which is decided while the class is made.
        for item in pending where item.name == Name.__hash__.value {
            guard DictRef(namespace).set(thread, Name.__hash__, .notImplemented) else { return false }
        }
        for item in pending where item.name == Name.__eq__.value {
            guard DictRef(namespace).set(thread, Name.__eq__, .notImplemented) else { return false }
        }
        return true
    }

    /// Fills the namespace of a new type. False when it has raised.
    private static func define(_ thread: ThreadRef, _ type: TypeRef, _ pending: [(name: Value, definition: UnsafeMutablePointer<HPyDefinition>, method: TypeSlots.Method?)]) -> Bool {
        for item in pending {
            let value: Value
            if let method = item.method {
                let implementation = item.definition.pointee.slot.implementation.unsafelyUnwrapped
                let record = Functions.record(method.entry, item.name, implementation, detail: method.detail)
                if method.name == .__new__ {
                    value = thread.newBuiltinFunction(record, receiver: type.value, module: .none)
                } else {
                    value = thread.newForeignMethod(record, owner: type)
                }
            } else if item.definition.pointee.kind == Int32(HPyKindMethod) {
                let method = item.definition.pointee.method
                let record = Functions.record(Functions.entry(signature: method.signature).unsafelyUnwrapped, item.name, doc: method.doc, method.implementation.unsafelyUnwrapped)
                value = thread.newForeignMethod(record, owner: type)
            } else {
                value = Members.make(thread, type, item.name, item.definition)
            }
            guard !value.isEmpty, type.namespace.set(thread, item.name, value) else { return false }
        }
        ForeignLayout.refreshSlots(type)
        return true
    }

    // MARK: Buffers

    private static func setBufferSlots(_ type: TypeRef, _ layout: UnsafeMutablePointer<ForeignType>) {
        let get: BufferFunction = { thread, object, view, flags in Buffers.get(thread, object, view.view, flags) }
        let release: ReleaseFunction = { thread, object, view in Buffers.release(thread, object, view.view) }
        ForeignLayout.setBufferSlots(type, layout.pointee.getBuffer == nil ? nil : get, layout.pointee.getBuffer == nil ? nil : release)
    }
}

/// The buffer slots of HPy types: a C struct of HPy's is kept behind each view.
enum Buffers {
    static func get(_ thread: ThreadRef, _ object: Value, _ view: UnsafeMutablePointer<BufferView>, _ flags: Int32) -> Int32 {
        guard let layout = ForeignType.of(object.type), let function = layout.pointee.getBuffer else {
            thread.raise(.typeError, "a bytes-like object is required, not '\(object.type.name)'")
            return -1
        }
        let buffer = UnsafeMutablePointer<HPyBuffer>.allocate(capacity: 1)
        buffer.initialize(to: HPyBuffer())
        let context = layout.pointee.context
        let own = Contexts.open(context, object)
        let status = Contexts.call(context) { function($0, own, buffer, flags) }
        Contexts.close(context, own)
        // The buffer owns its handle of the exporter.
        let exporter = buffer.pointee.obj.isEmpty ? object : Contexts.receive(context, buffer.pointee.obj)
        buffer.pointee.obj = exporter
        guard status == 0, !thread.hasException else {
            buffer.deallocate()
            if !thread.hasException { thread.raise(.bufferError, "the object gave no buffer") }
            return -1
        }
        let b = buffer.pointee
        view.pointee = BufferView()
        if let start = b.buf { view.pointee.pointer = start }
        view.pointee.owner = exporter
        view.pointee.length = b.len
        view.pointee.itemSize = b.itemsize
        view.pointee.readOnly = b.readonly != 0
        view.pointee.ndim = Int(b.ndim)
        view.pointee.format = b.format.map { UnsafePointer($0) }
        view.pointee.shape = b.shape
        view.pointee.strides = b.strides
        view.pointee.suboffsets = b.suboffsets
        view.pointee.internal = UInt(bitPattern: buffer)
        return 0
    }

    static func release(_ thread: ThreadRef, _ object: Value, _ view: UnsafeMutablePointer<BufferView>) {
        guard let buffer = UnsafeMutablePointer<HPyBuffer>(bitPattern: view.pointee.internal) else { return }
        view.pointee.internal = 0
        if let layout = ForeignType.of(object.type), let function = layout.pointee.releaseBuffer {
            let context = layout.pointee.context
            let raised = thread.takeException()
            let own = Contexts.open(context, object)
            let exporter = Contexts.open(context, buffer.pointee.obj)
            buffer.pointee.obj = exporter
            Contexts.call(context) { function($0, own, buffer) }
            Contexts.close(context, exporter)
            Contexts.close(context, own)
            if thread.hasException { RuntimeHooks.writeUnraisable(thread, "", object) }
            if !raised.isEmpty { thread.restore(raised) }
        }
        buffer.deallocate()
    }
}
