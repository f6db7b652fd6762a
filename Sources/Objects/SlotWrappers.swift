/// Slots seen from Python, and Python methods seen as slots.
///
/// A native slot shows as a `wrapper_descriptor` in its type's namespace (`int.__add__`). The other way round, a class that
/// defines `__add__` gets a trampoline in its slot, which looks the method up and calls it. `update` decides which of the two a slot
/// holds: when the dunder found along the MRO is the wrapper of a native slot, that native function is used directly.

extension SlotTable {
    // MARK: Native slots as methods

    static func addWrappers(_ thread: ThreadRef, _ type: TypeRef) {
        for (index, entry) in entries.enumerated() where type.slotPointer(entry.slot).pointee != nil {
            if entry.slot == .hash && type.slotPointer(.hash).pointee == unsafeBitCast(unhashableHash, to: UnsafeRawPointer.self) {
                _ = type.namespace.set(thread, entry.name, .none)
                continue
            }
            // `float + float` and `str + str` differ: a type with both an arithmetic and a sequence slot shows the former.
            if !type.namespace.get(entry.name).isEmpty { continue }
            let wrapper = Descriptors.make(.wrapperDescriptor, type, entry.name.value, UInt(bitPattern: type.slotPointer(entry.slot).pointee), UInt(index))
            _ = type.namespace.set(thread, entry.name, wrapper)
        }
        if type.slotPointer(.new).pointee != nil && type.namespace.get(.__new__).isEmpty {
            _ = type.namespace.set(thread, Name.__new__, makeNew(thread, type))
        }
    }

    /// The static method `__new__` of a native type.
    private static func makeNew(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let record = NativeRecord.make(newDef)
        return thread.newBuiltinFunction(record, receiver: type.value, module: .none)
    }

    static let newDef = Def("__new__(self, /, *args, **kwargs)", .calls, "Make a new object; help(type) tells how.", kind: .staticMethod) { thread, a, _ in
        // Parameters: the type that owns this `__new__`, then the arguments, of which the first is the type to make.
        let owner = TypeRef(a[0])
        let arguments = TupleRef(a[1])
        guard arguments.count > 0 else { return thread.raise(.typeError, "\(owner.name).__new__(): not enough arguments") }
        guard arguments[0].isType else { return thread.raise(.typeError, "\(owner.name).__new__(X): X is not a type object (\(arguments[0].type.name))") }
        let type = TypeRef(arguments[0])
        if type.has(.noInstantiation) { return thread.raise(.typeError, "cannot create '\(type.name)' instances") }
        guard type.isSubtype(of: owner) else {
            return thread.raise(.typeError, "\(owner.name).__new__(\(type.name)): \(type.name) is not a subtype of \(owner.name)")
        }
        // The most derived native base must be the one whose `__new__` is called, or the object would be too small.
        // A foreign type that makes its instances itself fills a struct.
        func fillsStruct(_ type: TypeRef) -> Bool { type.has(.foreignLayout) && type.namespace.get(.__new__).isExact(.builtinFunction) }
        var native = type
        while native.has(.heap), !native.pointer.pointee.base.isEmpty, !fillsStruct(native) {
            native = TypeRef(native.pointer.pointee.base)
        }
        if native.has(.heap) || native.slotPointer(.new).pointee != owner.slotPointer(.new).pointee {
            // The nearest that has not got its `__new__` from a class statement.
            native = type
            while native.slotPointer(.new).pointee == Trampolines.pointer(.new), !native.pointer.pointee.base.isEmpty, !fillsStruct(native) { native = TypeRef(native.pointer.pointee.base) }
            return thread.raise(.typeError, "\(owner.name).__new__(\(type.name)) is not safe, use \(native.name).__new__()")
        }
        var keywords = Value.empty
        var count = arguments.count - 1
        let named = a[2].isEmpty ? 0 : DictRef(a[2]).count
        guard let vector = thread.pushArguments(count + named + 1) else { return .empty }
        defer { thread.popArguments(vector) }
        for index in 0 ..< count { vector[index] = arguments[index + 1] }
        if named > 0 {
            keywords = thread.newTuple(count: named)
            if keywords.isEmpty { return .empty }
            var position = 0
            var index = 0
            while let (key, value) = DictRef(a[2]).next(&position) {
                TupleRef(keywords).initialize(index, key)
                vector[count + index] = value
                index += 1
            }
            count += named
            vector[count] = keywords
        }
        guard let make = owner.call(.new) else { return thread.raise(.typeError, "cannot create '\(owner.name)' instances") }
        return make(thread, type.value, vector, count, keywords)
    }

    /// Calls the native function behind a wrapper; the arguments are those after the receiver.
    static func callWrapper(_ thread: ThreadRef, _ descriptor: UnsafeMutablePointer<DescriptorObject>, _ receiver: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if let record = descriptor.pointee.foreignRecord, let foreign = record.pointee.foreign {
            return foreign(thread, UnsafeMutableRawPointer(record), receiver, a, count, keywords)
        }
        let entry = descriptor.pointee.entry
        let function = descriptor.pointee.nativeFunction.unsafelyUnwrapped
        if entry.kind == .call || entry.kind == .initialize || entry.kind == .new {
            return unsafeBitCast(function, to: CallFunction.self)(thread, receiver, a, count, keywords)
        }
        if descriptor.pointee.isMethod, count != 1 || !keywords.isEmpty && TupleRef(keywords).count > 0 {
            let name = "\(TypeRef(descriptor.pointee.owner).name).\(StringRef(entry.name.value).description)"
            return thread.raise(.typeError, keywords.isEmpty || TupleRef(keywords).count == 0 ? "\(name)() takes exactly one argument (\(count) given)" : "\(name)() takes no keyword arguments")
        }
        guard keywords.isEmpty || TupleRef(keywords).count == 0 else {
            return thread.raise(.typeError, "wrapper \(StringRef(entry.name.value).description)() takes no keyword arguments")
        }
        func arity(_ least: Int, _ most: Int) -> Bool {
            if count >= least && count <= most { return true }
            let bound = least == most ? "" : count < least ? "at least " : "at most "
            let number = count < least ? least : most
            // CPython takes several apart by a function that puts the method's name in front, and gives none.
            thread.raise(.typeError, "\(most > 1 ? " " : "")expected \(bound)\(number) argument\(number == 1 ? "" : "s"), got \(count)")
            return false
        }
        func stored(_ status: Int32) -> Value { status < 0 ? .empty : .none }
        switch entry.kind {
        case .unary:
            guard arity(0, 0) else { return .empty }
            return unsafeBitCast(function, to: UnaryFunction.self)(thread, receiver)
        case .next:
            guard arity(0, 0) else { return .empty }
            let result = unsafeBitCast(function, to: UnaryFunction.self)(thread, receiver)
            return result.isEmpty && !thread.hasException ? thread.raise(.stopIteration) : result
        case .finalize:
            guard arity(0, 0) else { return .empty }
            _ = unsafeBitCast(function, to: UnaryFunction.self)(thread, receiver)
            return thread.hasException ? .empty : .none
        case .binary, .getAttribute:
            guard arity(1, 1) else { return .empty }
            if entry.kind == .getAttribute && !a[0].isString { return thread.raise(.typeError, "attribute name must be string, not '\(a[0].type.name)'") }
            return unsafeBitCast(function, to: BinaryFunction.self)(thread, receiver, a[0])
        case .binaryReflected:
            guard arity(1, 1) else { return .empty }
            return unsafeBitCast(function, to: BinaryFunction.self)(thread, a[0], receiver)
        case .repeatCount, .getItemIndexed:
            guard entry.kind == .getItemIndexed || count == 1 else { return thread.raise(.typeError, " expected 1 argument, got \(count)") }
            guard arity(1, 1) else { return .empty }
            return unsafeBitCast(function, to: BinaryFunction.self)(thread, receiver, a[0])
        case .ternary:
            guard arity(1, 2) else { return .empty }
            return unsafeBitCast(function, to: TernaryFunction.self)(thread, receiver, a[0], count > 1 ? a[1] : .none)
        case .ternaryReflected:
            guard arity(1, 2) else { return .empty }
            return unsafeBitCast(function, to: TernaryFunction.self)(thread, a[0], receiver, count > 1 ? a[1] : .none)
        case .compare:
            guard arity(1, 1) else { return .empty }
            return unsafeBitCast(function, to: CompareFunction.self)(thread, receiver, a[0], entry.detail)
        case .hash:
            guard arity(0, 0) else { return .empty }
            let hash = unsafeBitCast(function, to: HashFunction.self)(thread, receiver)
            return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
        case .predicate:
            guard arity(0, 0) else { return .empty }
            let truth = unsafeBitCast(function, to: PredicateFunction.self)(thread, receiver)
            return truth < 0 ? .empty : Value(truth != 0)
        case .length:
            guard arity(0, 0) else { return .empty }
            let length = unsafeBitCast(function, to: LengthFunction.self)(thread, receiver)
            return length < 0 ? .empty : thread.newInt(length)
        case .contains:
            guard arity(1, 1) else { return .empty }
            let found = unsafeBitCast(function, to: ContainsFunction.self)(thread, receiver, a[0])
            return found < 0 ? .empty : Value(found != 0)
        case .store:
            guard arity(2, 2) else { return .empty }
            return stored(unsafeBitCast(function, to: StoreFunction.self)(thread, receiver, a[0], a[1]))
        case .delete:
            guard arity(1, 1) else { return .empty }
            return stored(unsafeBitCast(function, to: StoreFunction.self)(thread, receiver, a[0], .empty))
        case .setAttribute, .deleteAttribute:
            guard entry.kind == .setAttribute ? arity(2, 2) : arity(1, 1) else { return .empty }
            guard a[0].isString else { return thread.raise(.typeError, "attribute name must be string, not '\(a[0].type.name)'") }
            // `object.__setattr__(cls, …)` must not get around `type.__setattr__`.
            if let own = receiver.type.store(.setAttribute), receiver.isType, unsafeBitCast(own, to: UnsafeRawPointer.self) != function,
               TypeRef(descriptor.pointee.owner) == TypeID.object.type {
                return thread.raise(.typeError, "can't apply this \(StringRef(entry.name.value).description) to \(receiver.type.name) object")
            }
            return stored(unsafeBitCast(function, to: StoreFunction.self)(thread, receiver, a[0], entry.kind == .setAttribute ? a[1] : .empty))
        case .descriptorGet:
            guard arity(1, 2) else { return .empty }
            let instance = a[0].isNone ? Value.empty : a[0]
            let type = count > 1 && !a[1].isNone ? a[1] : .empty
            if instance.isEmpty && type.isEmpty { return thread.raise(.typeError, "__get__(None, None) is invalid") }
            return unsafeBitCast(function, to: TernaryFunction.self)(thread, receiver, instance, type)
        case .descriptorSet:
            guard arity(2, 2) else { return .empty }
            return stored(unsafeBitCast(function, to: StoreFunction.self)(thread, receiver, a[0], a[1]))
        case .descriptorDelete:
            guard arity(1, 1) else { return .empty }
            return stored(unsafeBitCast(function, to: StoreFunction.self)(thread, receiver, a[0], .empty))
        case .call, .new, .initialize:
            return .empty
        }
    }

    static func startWrapperTypes(getters: [Getter]) {
        let doc = Getter("__doc__") { thread, a, _ in SlotTable.docParts(thread, a[0]).doc }
        let signature = Getter("__text_signature__") { thread, a, _ in SlotTable.docParts(thread, a[0]).signature }
        NativeType(id: .wrapperDescriptor, "wrapper_descriptor", size: MemoryLayout<DescriptorObject>.size, mask: 0b1110, flags: .methodDescriptor, getters: getters + [doc, signature]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.call) { thread, callee, arguments, count, keywords in
                let descriptor = callee.object(DescriptorObject.self)
                guard count > (keywords.isEmpty ? 0 : TupleRef(keywords).count) else {
                    let name = StringRef(descriptor.pointee.name).description, owner = TypeRef(descriptor.pointee.owner).name
                    return thread.raise(.typeError, descriptor.pointee.isMethod ? "unbound method \(owner).\(name)() needs an argument" : "descriptor '\(name)' of '\(owner)' object needs an argument")
                }
                if descriptor.pointee.isMethod, !Descriptors.check(thread, descriptor, arguments[0]) { return .empty }
                guard arguments[0].type.isSubtype(of: TypeRef(descriptor.pointee.owner)) else {
                    return thread.raise(.typeError, "descriptor '\(StringRef(descriptor.pointee.name).description)' requires a '\(TypeRef(descriptor.pointee.owner).name)' object but received a '\(arguments[0].type.name)'")
                }
                return SlotTable.callWrapper(thread, descriptor, arguments[0], arguments + 1, count - 1, keywords)
            }
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, _ in
                if receiver.isEmpty { return descriptor }
                guard Descriptors.check(thread, descriptor.object(DescriptorObject.self), receiver) else { return .empty }
                guard let raw = Heap.allocate(MemoryLayout<MethodObject>.size, shape: TypeID.methodWrapper.rawValue) else { return thread.raiseOutOfMemory() }
                raw.assumingMemoryBound(to: MethodObject.self).pointee.function = descriptor
                raw.assumingMemoryBound(to: MethodObject.self).pointee.receiver = receiver
                return Value(raw)
            }
            slots.unary(.repr) { thread, value in Descriptors.repr(thread, value, value.object(DescriptorObject.self).pointee.isMethod ? "method" : "slot wrapper") }
        }
        NativeType(id: .methodWrapper, "method-wrapper", size: MemoryLayout<MethodObject>.size, mask: 0b110, getters: [
            Getter("__self__", isMember: true) { _, a, _ in a[0].object(MethodObject.self).pointee.receiver },
            Getter("__name__") { _, a, _ in a[0].object(MethodObject.self).pointee.function.object(DescriptorObject.self).pointee.name },
            Getter("__objclass__") { _, a, _ in a[0].object(MethodObject.self).pointee.function.object(DescriptorObject.self).pointee.owner },
            Getter("__qualname__") { thread, a, _ in thread.getAttribute(a[0].object(MethodObject.self).pointee.function, Name.__qualname__.value) },
            Getter("__doc__") { thread, a, _ in SlotTable.docParts(thread, a[0].object(MethodObject.self).pointee.function).doc },
            Getter("__text_signature__") { thread, a, _ in SlotTable.docParts(thread, a[0].object(MethodObject.self).pointee.function).signature },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.call) { thread, callee, arguments, count, keywords in
                let method = callee.object(MethodObject.self)
                return SlotTable.callWrapper(thread, method.pointee.function.object(DescriptorObject.self), method.pointee.receiver, arguments, count, keywords)
            }
            slots.unary(.repr) { thread, value in
                let method = value.object(MethodObject.self)
                let name = StringRef(method.pointee.function.object(DescriptorObject.self).pointee.name).description
                let kind = method.pointee.function.object(DescriptorObject.self).pointee.isMethod ? "built-in method \(name)" : "method-wrapper '\(name)'"
                return thread.newString("<\(kind) of \(method.pointee.receiver.type.name) object at \(hexadecimal(method.pointee.receiver))>")
            }
            slots.compare { _, a, b, operation in
                guard b.isExact(.methodWrapper), let comparison = Comparison(rawValue: operation), comparison == .equal || comparison == .notEqual else { return .notImplemented }
                let left = a.object(MethodObject.self), right = b.object(MethodObject.self)
                return Value((left.pointee.function == right.pointee.function && left.pointee.receiver == right.pointee.receiver) == (comparison == .equal))
            }
            slots.hash { _, value in
                let method = value.object(MethodObject.self)
                return Hashing.int(Int(truncatingIfNeeded: method.pointee.receiver.bits >> 4) ^ Int(truncatingIfNeeded: method.pointee.function.bits >> 4))
            }
        }
    }

    /// Signature and text of a wrapper's doc, which has CPython's form `name(sig)\n--\n\ntext`.
    static func docParts(_ thread: ThreadRef, _ wrapper: Value) -> (signature: Value, doc: Value) {
        let text = "\(wrapper.object(DescriptorObject.self).pointee.entry.doc)"
        guard let open = text.firstIndex(of: "("), let close = text.firstIndex(of: "\n") else { return (.none, thread.newString(text)) }
        return (thread.newString(String(text[open ..< close])), thread.newString(String(text[text.index(close, offsetBy: 5)...])))
    }

    // MARK: Inheritance and update

    /// Copies the slots that a native type leaves unset from its base.
    static func inherit(_ type: TypeRef, from base: TypeRef) {
        let definesComparison = type.slotPointer(.compare).pointee != nil
        for slot in Slot.allCases where type.slotPointer(slot).pointee == nil {
            // A type that defines equality and no hash is unhashable only if it says so; native ones always say.
            if slot == .hash && definesComparison { continue }
            // What has no constructor of its own cannot be made from Python: a blank one would not hold what its methods rely on.
            if slot == .new && base == TypeID.object.type && !type.has(.base) { continue }
            type.slotPointer(slot).pointee = base.slotPointer(slot).pointee
        }
        if type.slotPointer(.hash).pointee == nil { type.slotPointer(.hash).pointee = base.slotPointer(.hash).pointee }
    }

    /// Recomputes the slots that the dunder `name` stands for, in the type and its subclasses, after the attribute changed.
    static func update(_ type: TypeRef, name: Value) {
        guard let indices = byName[name.bits] else {
            if name == Name.__getattr__.value { update(type, slot: .getAttribute); recurse(type, name) }
            if name == Name.__new__.value { update(type, slot: .new); recurse(type, name) }
            if name == Name.__del__.value { type.updatePlainFlags(); recurse(type, name) }
            return
        }
        for index in indices { update(type, slot: entries[index].slot) }
        recurse(type, name)
    }

    private static func recurse(_ type: TypeRef, _ name: Value) {
        type.forEachSubclass { subclass in
            // A subclass with its own definition is not concerned, but for slots with several names; recomputing is always right.
            update(subclass, name: name)
        }
    }

    /// Recomputes every slot of a new class.
    static func updateAll(_ type: TypeRef) {
        guard let own = ownSlots(type) else {
            for slot in Slot.allCases { type.slotPointer(slot).pointee = nil }
            for slot in Slot.allCases { update(type, slot: slot) }
            if type.has(.foreignLayout) { ForeignLayout.completeSlots(type) }
            return
        }
        let base = TypeRef(type.pointer.pointee.base)
        for number in 0 ..< Slot.count {
            let slot = unsafeBitCast(UInt8(truncatingIfNeeded: number), to: Slot.self)
            type.slotPointer(slot).pointee = own >> UInt64(number) & 1 != 0 ? nil : base.slotPointer(slot).pointee
        }
        var rest = own
        while rest != 0 {
            update(type, slot: unsafeBitCast(UInt8(truncatingIfNeeded: rest.trailingZeroBitCount), to: Slot.self))
            rest &= rest &- 1
        }
        type.updatePlainFlags()
    }

    /// The slots, a bit each, that a class has names of its own for: in all others it is like its base. nil where that cannot be said, because there are several bases, or
    /// a native one whose slots were not found by names.
    private static func ownSlots(_ type: TypeRef) -> UInt64? {
        guard !type.pointer.pointee.base.isEmpty, !type.pointer.pointee.mro.isEmpty else { return nil }
        let base = TypeRef(type.pointer.pointee.base)
        guard base == TypeID.object.type || base.has(.heap) && !base.has(.foreignLayout), !type.has(.foreignLayout), !base.pointer.pointee.mro.isEmpty else { return nil }
        let order = type.mro, inherited = base.mro
        guard order.count == inherited.count + 1, order[0] == type.value else { return nil }
        for index in 0 ..< inherited.count where order[index + 1] != inherited[index] { return nil }
        var result: UInt64 = 0
        let namespace = type.namespace
        var entry = namespace.nextEntry(0)
        while entry >= 0 {
            let key = namespace.key(at: entry)
            entry = namespace.nextEntry(entry + 1)
            guard key.isString else { continue }
            let text = StringRef(key)
            guard text.count > 4, text[0] == 95, text[1] == 95 else { continue }
            guard key.isExact(.str), text.isInterned else { return nil }
            if let indices = byName[key.bits] {
                for index in indices { result |= 1 << UInt64(entries[index].slot.rawValue) }
            } else if key == Name.__getattr__.value {
                result |= 1 << UInt64(Slot.getAttribute.rawValue)
            } else if key == Name.__new__.value {
                result |= 1 << UInt64(Slot.new.rawValue)
            }
        }
        return result
    }

    static func update(_ type: TypeRef, slot: Slot) {
        defer {
            if slot == .getAttribute || slot == .setAttribute || slot == .finalize { type.updatePlainFlags() }
            if slot == .getItem { type.slotPointer(.item).pointee = itemFunction(type) }
        }
        if slot == .new { return updateNew(type) }
        if slot == .item { return }
        if slot == .getBuffer || slot == .releaseBuffer {
            if !type.pointer.pointee.base.isEmpty { type.slotPointer(slot).pointee = TypeRef(type.pointer.pointee.base).slotPointer(slot).pointee }
            return
        }
        var native: UnsafeRawPointer?
        var python = false
        var found = false
        for index in slotEntries[slot.rawValue] {
            let entry = entries[index]
            let attribute = type.lookup(entry.name)
            if attribute.isEmpty { continue }
            found = true
            if attribute.isExact(.wrapperDescriptor) {
                let descriptor = attribute.object(DescriptorObject.self)
                let other = descriptor.pointee.entry
                if other.slot == slot && other.name == entry.name && type.isSubtype(of: TypeRef(descriptor.pointee.owner)) {
                    let function = descriptor.pointee.nativeFunction ?? descriptor.pointee.foreignRecord.flatMap { ForeignLayout.slotFunction(slot, $0) } ?? Trampolines.pointer(slot)
                    if native == nil || native == function { native = function } else { python = true }
                } else if slot == .inplaceAdd && other.slot == .inplaceConcat && type.has(.heap) && type.isSubtype(of: TypeRef(descriptor.pointee.owner)) {
                    // A class derived from a list extends itself before the right operand is asked: the two slots' wrappers are of one kind.
                    if let function = descriptor.pointee.nativeFunction { native = function } else { python = true }
                } else if other.slot != slot && isSequenceTwin(slot, other.slot) && type.isSubtype(of: TypeRef(descriptor.pointee.owner)) {
                    // `list.__add__` is the wrapper of concat, not of the arithmetic slot, and the other way round.
                    if slotEntries[slot.rawValue].count == 1 || native == nil { found = native != nil || python }
                } else {
                    python = true
                }
            } else if attribute.isNone && slot == .hash {
                native = unsafeBitCast(unhashableHash, to: UnsafeRawPointer.self)
            } else {
                python = true
            }
        }
        if slot == .getAttribute && !type.lookup(.__getattr__).isEmpty { python = true }
        if !found { type.slotPointer(slot).pointee = nil; return }
        if python {
            // Sequence slots have no trampoline: the arithmetic slot of the same name serves.
            type.slotPointer(slot).pointee = Trampolines.pointer(slot)
        } else {
            type.slotPointer(slot).pointee = native
        }
    }

    /// What gives a class's items by number: subscription, unless that comes from a type that has keys only.
    private static func itemFunction(_ type: TypeRef) -> UnsafeRawPointer? {
        let subscription = type.slotPointer(.getItem).pointee
        let attribute = type.lookup(.__getitem__)
        guard subscription != nil, attribute.isExact(.wrapperDescriptor) else { return subscription }
        return TypeRef(attribute.object(DescriptorObject.self).pointee.owner).slotPointer(.item).pointee == nil ? nil : subscription
    }

    private static func isSequenceTwin(_ a: Slot, _ b: Slot) -> Bool {
        func twin(_ slot: Slot) -> Slot? {
            switch slot {
            case .concat: return .add
            case .repeat: return .multiply
            case .inplaceConcat: return .inplaceAdd
            case .inplaceRepeat: return .inplaceMultiply
            default: return nil
            }
        }
        return twin(a) == b || twin(b) == a
    }

    private static func updateNew(_ type: TypeRef) {
        let attribute = type.lookup(.__new__)
        if attribute.isEmpty { return }
        // A native `__new__` of a base: its slot function can be called directly.
        if attribute.isExact(.builtinFunction) {
            let function = attribute.object(BuiltinFunctionObject.self)
            if unsafeBitCast(function.pointee.record.pointee.function, to: UInt.self) == unsafeBitCast(newDef.function, to: UInt.self), function.pointee.receiver.isType {
                let owner = TypeRef(function.pointee.receiver)
                var native = type
                while native.has(.heap), !native.pointer.pointee.base.isEmpty { native = TypeRef(native.pointer.pointee.base) }
                if native.slotPointer(.new).pointee == owner.slotPointer(.new).pointee {
                    type.slotPointer(.new).pointee = owner.slotPointer(.new).pointee
                    return
                }
            }
        }
        type.slotPointer(.new).pointee = Trampolines.pointer(.new)
    }

    /// Indices into `entries` by slot.
    static let slotEntries: [[Int]] = {
        var result = [[Int]](repeating: [], count: Slot.count)
        for (index, entry) in entries.enumerated() { result[entry.slot.rawValue].append(index) }
        return result
    }()
}

extension TypeRef {
    /// Recomputes the flags that say that attribute access is not overridden, and that instances have a finalizer.
    func updatePlainFlags() {
        let object = TypeID.object.type
        var flags = pointer.pointee.flags
        flags.remove([.plainGet, .plainSet])
        if slotPointer(.getAttribute).pointee == object.slotPointer(.getAttribute).pointee { flags.insert(.plainGet) }
        if slotPointer(.setAttribute).pointee == object.slotPointer(.setAttribute).pointee { flags.insert(.plainSet) }
        if slotPointer(.finalize).pointee != nil { flags.insert(.finalized) } else { flags.remove(.finalized) }
        pointer.pointee.flags = flags
    }
}

extension DescriptorObject {
    /// Of a slot wrapper: whether CPython has a method in its place, which is faster there, and so its texts are those of methods.
    var isMethod: Bool {
        let types: [TypeID]
        switch entry.slot {
        case .getItem: types = [.list, .dict]
        case .contains: types = [.dict, .set, .frozenset]
        default: return false
        }
        return types.contains { owner == $0.value }
    }
    /// Of a slot wrapper: its row in the slot table.
    var entry: SlotEntry { SlotTable.entries[Int(payload2 & (DescriptorObject.foreignWrapper - 1))] }
    /// Of a slot wrapper: the record of the foreign function that it calls, if it is a foreign interface's.
    var foreignRecord: UnsafeMutablePointer<NativeRecord>? { payload2 & DescriptorObject.foreignWrapper == 0 ? nil : UnsafeMutablePointer(bitPattern: payload) }
    /// Of a slot wrapper: the slot's function, unless the wrapper is a foreign interface's.
    var nativeFunction: UnsafeRawPointer? { payload2 & DescriptorObject.foreignWrapper == 0 ? UnsafeRawPointer(bitPattern: payload) : nil }
}

extension Value {
    /// The record of the foreign function that this slot wrapper calls; nil for everything else.
    public var foreignSlotRecord: UnsafeMutablePointer<NativeRecord>? { isExact(.wrapperDescriptor) ? object(DescriptorObject.self).pointee.foreignRecord : nil }
    /// Whether this is the wrapper of the very function that a built-in type has in a slot, be it of that type or of another that states it again.
    func wraps(_ slot: Slot, of type: TypeID) -> Bool {
        guard isExact(.wrapperDescriptor), case let descriptor = object(DescriptorObject.self), descriptor.pointee.entry.slot == slot else { return false }
        return descriptor.pointee.nativeFunction == type.type.slotPointer(slot).pointee
    }
    /// Whether this is the wrapper of a native slot, as opposed to a method in Python or a foreign interface's.
    public var isNativeWrapper: Bool { isExact(.wrapperDescriptor) && object(DescriptorObject.self).pointee.nativeFunction != nil }
}
