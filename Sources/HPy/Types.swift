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
        ForeignDoc.decode = { $0.newString(cString: $1) }
        ForeignLayout.textSignature = { type in
            guard let layout = ForeignType.of(type), layout.pointee.owner == type.value.bits else { return nil }
            return layout.pointee.signature.map { String(cString: $0) }
        }
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
        let wholeName = thread.newString(cString: rawName)
        if wholeName.isEmpty { return .empty }
        let fullName = StringRef(wholeName).description
        guard let (givenBases, givenMeta) = Types.read(thread, fullName, parameters) else { return .empty }
        if spec.legacySlots != nil || spec.shape == Shape.legacy { return Legacy.refuse(thread, "type '\(fullName)' is a legacy type or has legacy slots") }
        let definitions = Types.definitions(spec.definitions)
        let slots = definitions.filter { $0.pointee.kind == Int32(HPyKindSlot) }
        if spec.flags & Flag.hasCollector != 0, !slots.contains(where: { $0.pointee.slot.slot == TypeSlots.traverse }) {
            return thread.raise(.valueError, "You must provide an HPy_tp_traverse slot if you specify HPy_TPFLAGS_HAVE_GC")
        }
        guard let builtin = Types.builtin(spec.shape) else { return thread.raise(.valueError, "invalid shape: \(spec.shape)") }
        guard spec.basicsize >= 0 else { return thread.raise(.systemError, "type '\(fullName)' has a struct of \(spec.basicsize) bytes") }
        // Items have no API: the size of one is only kept from mixing with the call protocol.
        if spec.itemsize != 0, slots.contains(where: { $0.pointee.slot.slot == TypeSlots.call }) {
            return thread.raise(.typeError, "Cannot use HPy call protocol with var objects")
        }
        if spec.basicsize == 0, definitions.contains(where: { $0.pointee.kind == Int32(HPyKindMember) }) {
            return thread.raise(.typeError, "Type claims to have basicsize==0 but defines members")
        }
        var callMember: UnsafeMutablePointer<HPyDefinition>?
        var hasDict = false, isWeakReferenceable = false
        for definition in definitions {
            switch Types.offsetMember(definition) {
            case "__vectorcalloffset__":
                if slots.contains(where: { $0.pointee.slot.slot == TypeSlots.call }) {
                    return thread.raise(.typeError, "Cannot have HPy_tp_call and explicit member '__vectorcalloffset__'. Specify just one of them.")
                }
                callMember = definition
            case "__dictoffset__": hasDict = true
            case "__weaklistoffset__": isWeakReferenceable = true
            default: break
            }
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
        let native = ForeignLayout.nativeBase(base)
        if spec.basicsize > 0, !hasShape, builtin.has(.variableSize) || base.has(.variableSize) {
            return thread.raise(.typeError, "type '\(fullName)' has a shape of '\(builtin.name)', but its base is '\(base.name)'")
        }
        let parent = ForeignType.of(base)
        let size = max(Int(spec.basicsize), parent?.pointee.size ?? 0)
        if spec.basicsize > 0, !Types.compatible(base, hasShape ? builtin : native, isLarger: size > parent?.pointee.size ?? 0) {
            return thread.raise(.typeError, "type '\(fullName)' cannot add a struct to '\(base.name)' with the given shape")
        }

        // The layout, and what we know of the type for good.
        let type = UnsafeMutablePointer<ForeignType>.allocate(capacity: 1)
        type.initialize(to: ForeignType(context: Contexts.making, shape: spec.shape, size: size, offset: 0, base: parent))
        if base.has(.variableSize) {
            type.pointee.offset = 0
        } else if let parent, parent.pointee.size > 0 || size == 0 {
            type.pointee.offset = parent.pointee.offset
        } else if size == 0 {
            // Only the word before the struct is needed, and whatever the base has is in its way.
            type.pointee.offset = ForeignLayout.structOffset(fixed: Int(base.pointer.pointee.basicSize))
        } else {
            type.pointee.offset = ForeignLayout.structOffset(fixed: Int(native.pointer.pointee.basicSize))
            if !hasShape { type.pointee.offset = max(type.pointee.offset, ForeignLayout.structOffset(fixed: Int(builtin.pointer.pointee.basicSize))) }
        }
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
        layout.structSize = type.pointee.size
        layout.structOffset = type.pointee.offset
        layout.hasDict = hasDict
        layout.isWeakReferenceable = isWeakReferenceable
        layout.isBase = spec.flags & Flag.baseType != 0
        layout.isWatched = type.pointee.isDestroyed
        layout.data = UInt(bitPattern: type)

        let namespace = thread.newDict()
        if namespace.isEmpty { return .empty }
        let dot = fullName.lastIndex(of: ".")
        let shortName = thread.newString(dot.map { String(fullName[fullName.index(after: $0)...]) } ?? fullName)
        if shortName.isEmpty { return .empty }
        var module = Value.empty
        if let dot {
            module = thread.newString(String(fullName[..<dot]))
            guard !module.isEmpty, DictRef(namespace).set(thread, Name.__module__, module) else { return .empty }
        } else if !RuntimeHooks.warn(thread, .deprecationWarning, "builtin type \(fullName) has no __module__ attribute", 1) {
            return .empty
        }
        if let doc = spec.doc {
            let whole = thread.newString(cString: doc)
            if whole.isEmpty { return .empty }
            let parts = ForeignDoc(StringRef(whole).description, name: fullName)
            let text = thread.newString(parts.text)
            guard !text.isEmpty, DictRef(namespace).set(thread, Name.__doc__, text) else { return .empty }
            type.pointee.signature = parts.signature.map { cString($0) }
        }
        // Placeholders decide what the class looks like while it is made (`__hash__`, slots); the descriptors need the finished type as their owner.
        var pending: [(name: Value, definition: UnsafeMutablePointer<HPyDefinition>, method: TypeSlots.Method?)] = []
        guard Types.collect(thread, definitions, &pending, namespace) else { return .empty }
        let result = layout.make(thread, givenMeta ?? TypeID.type.type, shortName, bases, namespace)
        if result.isEmpty { return .empty }
        type.pointee.owner = result.bits
        if !module.isEmpty {
            TypeRef(result).pointer.pointee.module = module
            TypeRef(result).pointer.pointee.flags.insert(.namesModule)
            Heap.barrier(result.raw)
        }
        guard Types.define(thread, TypeRef(result), pending, slots, type) else { return .empty }
        if let callMember {
            // The function is in each instance; the record only needs to be able to call.
            let record = Functions.record(Functions.callMember, Name.__call__.value, UnsafeMutableRawPointer(callMember), detail: Int32(callMember.pointee.member.offset))
            let method = thread.newForeignWrapper(record, owner: TypeRef(result), ofSequence: false)
            guard !method.isEmpty, TypeRef(result).namespace.set(thread, Name.__call__.value, method) else { return .empty }
            ForeignLayout.refreshSlots(TypeRef(result))
        }
        Types.setBufferSlots(TypeRef(result), type)
        return result
    }

    /// Whether a struct can follow: the base is the shape's built-in type, or extends it by foreign structs and what can be moved.
    private static func compatible(_ base: TypeRef, _ builtin: TypeRef, isLarger: Bool) -> Bool {
        let native = ForeignLayout.nativeBase(base)
        guard TypeConstruction.solidBase(native) == TypeConstruction.solidBase(builtin) else { return false }
        if base.has(.variableSize) { return true }
        guard native.pointer.pointee.basicSize == builtin.pointer.pointee.basicSize else { return false }
        // The `__slots__` of a class in Python stand where the struct would grow.
        return !isLarger || !ForeignLayout.hasSlots(base, upTo: native)
    }

    /// The name of a member that only says where the type has something.
    private static func offsetMember(_ definition: UnsafeMutablePointer<HPyDefinition>) -> String? {
        guard definition.pointee.kind == Int32(HPyKindMember), definition.pointee.member.type == Members.sizeField, let name = definition.pointee.member.name else { return nil }
        let text = String(cString: name)
        return ["__vectorcalloffset__", "__dictoffset__", "__weaklistoffset__"].contains(text) ? text : nil
    }

    /// Names and definitions of what goes into the namespace, which gets them as a list of names for now. False when it has raised.
    private static func collect(_ thread: ThreadRef, _ definitions: [UnsafeMutablePointer<HPyDefinition>],
                                _ pending: inout [(name: Value, definition: UnsafeMutablePointer<HPyDefinition>, method: TypeSlots.Method?)], _ namespace: Value) -> Bool {
        var taken: Set<UInt64> = []
        func add(_ name: Value, _ definition: UnsafeMutablePointer<HPyDefinition>, _ method: TypeSlots.Method?) {
            if taken.insert(name.bits).inserted { pending.append((name, definition, method)) }
        }
        // Slots come before methods of their names, and the last one of each kind counts.
        for sequences in [false, true] {
            for definition in definitions.reversed() where definition.pointee.kind == Int32(HPyKindSlot) {
                let slot = definition.pointee.slot.slot
                guard SequenceSlots.all.contains(slot) == sequences else { continue }
                if slot == TypeSlots.new { add(Name.__new__.value, definition, TypeSlots.Method(name: .__new__, entry: Functions.new)) }
                for method in TypeSlots.methods[slot] ?? [] { add(method.name.value, definition, method) }
            }
        }
        // Interned names live for good.
        for definition in definitions where Types.offsetMember(definition) == nil || Types.offsetMember(definition) == "__vectorcalloffset__" {
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
    private static func define(_ thread: ThreadRef, _ type: TypeRef, _ pending: [(name: Value, definition: UnsafeMutablePointer<HPyDefinition>, method: TypeSlots.Method?)],
                               _ slots: [UnsafeMutablePointer<HPyDefinition>], _ layout: UnsafeMutablePointer<ForeignType>) -> Bool {
        for item in pending {
            let value: Value
            if let method = item.method {
                let implementation = item.definition.pointee.slot.implementation.unsafelyUnwrapped
                let slot = item.definition.pointee.slot.slot
                let record = Functions.record(method.entry, item.name, implementation, detail: method.detail)
                if method.name == .__new__ {
                    value = thread.newBuiltinFunction(record, receiver: type.value, module: .none)
                } else {
                    value = thread.newForeignWrapper(record, owner: type, ofSequence: SequenceSlots.all.contains(slot))
                    if SequenceSlots.all.contains(slot) { SequenceSlots.keep(record, slot, layout) }
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
        for slot in slots.reversed() {
            // A sequence slot whose names are another's.
            let number = slot.pointee.slot.slot
            guard SequenceSlots.all.contains(number), layout.pointee.sequence?[SequenceSlots.place(number)] == nil,
                  let method = TypeSlots.methods[number]?.first, let implementation = slot.pointee.slot.implementation else { continue }
            let record = Functions.record(method.entry, method.name.value, implementation)
            record.pointee.owner = type.value
            SequenceSlots.keep(record, number, layout)
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
        // The buffer owns its handle of the exporter. Without one there is nobody to give it back to.
        let exporter = buffer.pointee.obj.isEmpty ? Value.empty : Contexts.receive(context, buffer.pointee.obj)
        buffer.pointee.obj = exporter
        guard status == 0, !thread.hasException else {
            buffer.deallocate()
            if (status != 0) != thread.hasException { _ = Functions.disagree(thread, slot: "<slot bf_getbuffer of '\(object.type.name)' objects>", status == 0 ? .none : .empty) }
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
        if exporter.isEmpty { buffer.deallocate() } else { view.pointee.internal = UInt(bitPattern: buffer) }
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
