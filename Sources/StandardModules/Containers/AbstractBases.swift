import ContainerTypes
import CoreTypes
import Objects

/// `_abc`: the machinery of `abc.ABCMeta`.
///
/// Each abstract base keeps three weak sets of classes: those registered with it, those found to be subclasses, and those found not to be. The last holds only as long
/// as nobody registers anything anywhere, which a process-wide counter tells. A weak set is a dict from a class's address to a weak cell: a cell whose
/// class has died answers for no other class that got the address.
struct AbstractBaseObject {
    var header: ObjectHeader
    /// dicts, or empty
    var registry: Value
    var cache: Value
    var negativeCache: Value
    var negativeVersion: Int
}

enum AbstractBases {
    nonisolated(unsafe) private static var counter = 0
    nonisolated(unsafe) private static var dataType: NativeType!
    nonisolated(unsafe) private static var implName = Value.empty
    nonisolated(unsafe) private static var hookName = Value.empty
    nonisolated(unsafe) private static var checkName = Value.empty

    static func register() {
        NativeModule.register("_abc", doc: "Module contains faster C implementation of abc.ABCMeta", functions: functions) { module in
            dataType = NativeType("_abc_data", module: "_abc", size: MemoryLayout<AbstractBaseObject>.size, mask: 0b1110, doc: "Internal state held by ABC machinery.") { slots in
                slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            }
            implName = StringRef.intern("_abc_impl").value
            hookName = StringRef.intern("__subclasshook__").value
            checkName = Name.__subclasscheck__.value
            return true
        }
    }

    // MARK: Weak sets of classes

    private static func key(_ type: Value) -> Value { Value(small: Int(type.bits >> 4)) }

    private static func add(_ thread: ThreadRef, _ owner: Value, _ set: WritableKeyPath<AbstractBaseObject, Value>, _ type: Value) -> Bool {
        let object = owner.object(AbstractBaseObject.self)
        if object.pointee[keyPath: set].isEmpty {
            let dict = thread.newDict()
            if dict.isEmpty { return false }
            object.pointee[keyPath: set] = dict
            Heap.barrier(owner.raw)
        }
        guard let raw = Heap.allocate(MemoryLayout<WeakCell>.size, shape: TypeID.boxedInternal.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        let cell = raw.assumingMemoryBound(to: WeakCell.self)
        cell.pointee.target = type
        guard WeakTable.register(cell) else {
            thread.raiseOutOfMemory()
            return false
        }
        let dict = DictRef(object.pointee[keyPath: set])
        // Cells of dead classes go when the dict is about to grow.
        if dict.count >= 32 && dict.count & (dict.count - 1) == 0 { purge(dict) }
        return dict.set(thread, key(type), Value(raw))
    }

    private static func purge(_ dict: DictRef) {
        var entry = dict.nextEntry(0)
        while entry >= 0 {
            if dict.item(at: entry).object(WeakCell.self).pointee.target.isEmpty { dict.remove(entry: entry) }
            entry = dict.nextEntry(entry + 1)
        }
    }

    private static func contains(_ thread: ThreadRef, _ dict: Value, _ type: Value) -> Bool {
        if dict.isEmpty { return false }
        let cell = DictRef(dict).get(thread, key(type))
        return !cell.isEmpty && cell.object(WeakCell.self).pointee.target == type
    }

    /// The living classes of a weak set, as a list.
    private static func living(_ thread: ThreadRef, _ dict: Value) -> Value {
        let list = thread.newList()
        if list.isEmpty || dict.isEmpty { return list }
        var entry = DictRef(dict).nextEntry(0)
        while entry >= 0 {
            let target = DictRef(dict).item(at: entry).object(WeakCell.self).pointee.target
            if !target.isEmpty, !ListRef(list).append(thread, target) { return .empty }
            entry = DictRef(dict).nextEntry(entry + 1)
        }
        return list
    }

    // MARK: Functions

    private static func data(_ thread: ThreadRef, _ type: Value) -> Value {
        let data = thread.getAttribute(type, implName)
        if data.isEmpty { return .empty }
        guard data.isPointer, data.type == dataType.type else { return thread.raise(.typeError, "_abc_impl is set to a wrong type") }
        return data
    }

    private static var functions: [Def] {
        [
            Def("get_cache_token()", .reads, "A token that differs after every register() of any abstract base class. It tells caches whether what they know of virtual subclasses may have changed; it can be compared, and nothing else.", kind: .function) { thread, _, _ in thread.newInt(AbstractBases.counter) },
            Def("_abc_init(self, /)", .calls, "For abc: prepare an abstract base class.", kind: .function) { thread, a, _ in AbstractBases.initialize(thread, a[0]) },
            Def("_abc_register(self, subclass, /)", .calls, "For abc: register a virtual subclass.", kind: .function) { thread, a, _ in AbstractBases.register(thread, a[0], a[1]) },
            Def("_abc_instancecheck(self, instance, /)", .calls, "For abc: what isinstance() asks.", kind: .function) { thread, a, _ in AbstractBases.instanceCheck(thread, a[0], a[1]) },
            Def("_abc_subclasscheck(self, subclass, /)", .calls, "For abc: what issubclass() asks.", kind: .function) { thread, a, _ in
                let result = AbstractBases.subclassCheck(thread, a[0], a[1])
                return result < 0 ? .empty : Value(result != 0)
            },
            Def("_get_dump(self, /)", .calls, "Internal ABC helper for cache and registry debugging.", kind: .function) { thread, a, _ in
                let data = AbstractBases.data(thread, a[0])
                if data.isEmpty { return .empty }
                let object = data.object(AbstractBaseObject.self)
                func set(_ dict: Value) -> Value {
                    let result = thread.newSet()
                    if result.isEmpty || dict.isEmpty { return result }
                    var entry = DictRef(dict).nextEntry(0)
                    while entry >= 0 {
                        let cell = DictRef(dict).item(at: entry)
                        let type = cell.object(WeakCell.self).pointee.target
                        if !type.isEmpty {
                            let reference = WeakReferences.reference(thread, to: type)
                            guard !reference.isEmpty, SetRef(result).add(thread, reference) else { return .empty }
                        }
                        entry = DictRef(dict).nextEntry(entry + 1)
                    }
                    return result
                }
                return thread.newTuple(set(object.pointee.registry), set(object.pointee.cache), set(object.pointee.negativeCache), thread.newInt(object.pointee.negativeVersion))
            },
            Def("_reset_registry(self, /)", .calls, "Internal ABC helper to reset registry of a given class.", kind: .function) { thread, a, _ in
                let data = AbstractBases.data(thread, a[0])
                if data.isEmpty { return .empty }
                data.object(AbstractBaseObject.self).pointee.registry = .empty
                return .none
            },
            Def("_reset_caches(self, /)", .calls, "Internal ABC helper to reset both caches of a given class.", kind: .function) { thread, a, _ in
                let data = AbstractBases.data(thread, a[0])
                if data.isEmpty { return .empty }
                data.object(AbstractBaseObject.self).pointee.cache = .empty
                data.object(AbstractBaseObject.self).pointee.negativeCache = .empty
                return .none
            },
        ]
    }

    private static func isAbstract(_ thread: ThreadRef, _ value: Value) -> Int32 {
        let flag = thread.getAttributeOrEmpty(value, Name.__isabstractmethod__)
        return flag.isEmpty ? (thread.hasException ? -1 : 0) : thread.isTrue(flag)
    }

    static func initialize(_ thread: ThreadRef, _ type: Value) -> Value {
        guard type.isType else { return thread.raise(.typeError, "_abc_init() argument must be a type") }
        let abstracts = thread.newFrozenSet()
        if abstracts.isEmpty { return .empty }
        let own = thread.copyDict(TypeRef(type).namespace)
        if own.isEmpty { return .empty }
        var position = 0
        while let (name, value) = DictRef(own).next(&position) {
            let abstract = isAbstract(thread, value)
            if abstract < 0 { return .empty }
            if abstract > 0, !SetRef(abstracts).add(thread, name) { return .empty }
        }
        let bases = TupleRef(TypeRef(type).pointer.pointee.bases)
        for index in 0 ..< bases.count {
            let inherited = thread.getAttributeOrEmpty(bases[index], Name.__abstractmethods__)
            if inherited.isEmpty {
                if thread.hasException { return .empty }
                continue
            }
            let complete = thread.forEach(inherited) { name in
                guard name.isString else { return true }
                let value = thread.getAttributeOrEmpty(type, StringRef(name).interned().value)
                if value.isEmpty { return !thread.hasException }
                let abstract = AbstractBases.isAbstract(thread, value)
                return abstract == 0 || abstract > 0 && SetRef(abstracts).add(thread, name)
            }
            if !complete { return .empty }
        }
        guard thread.setAttribute(type, Name.__abstractmethods__, abstracts) else { return .empty }
        let data = thread.allocateInstance(dataType.type)
        if data.isEmpty { return .empty }
        data.object(AbstractBaseObject.self).pointee.negativeVersion = counter
        guard thread.setAttribute(type, implName, data) else { return .empty }
        // `_collections_abc` tells the pattern kind of Sequence and Mapping by CPython's flag bits.
        let flagsName = StringRef.intern("__abc_tpflags__").value
        let flags = TypeRef(type).namespace.get(string: flagsName)
        if flags.isSmallInt {
            if flags.smallInt >> 5 & 3 == 3 { return thread.raise(.typeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING") }
            if flags.smallInt & 1 << 5 != 0 { TypeRef(type).pointer.pointee.flags.insert(.sequencePattern) }
            if flags.smallInt & 1 << 6 != 0 { TypeRef(type).pointer.pointee.flags.insert(.mappingPattern) }
            guard thread.setAttribute(type, flagsName, .empty) else { return .empty }
        }
        return .none
    }

    static func register(_ thread: ThreadRef, _ type: Value, _ subclass: Value) -> Value {
        guard subclass.isType else { return thread.raise(.typeError, "Can only register classes") }
        let already = thread.isSubclass(subclass, type)
        if already != 0 { return already < 0 ? .empty : subclass }
        let cycle = thread.isSubclass(type, subclass)
        if cycle != 0 { return cycle < 0 ? .empty : thread.raise(.runtimeError, "Refusing to create an inheritance cycle") }
        let own = data(thread, type)
        if own.isEmpty { return .empty }
        guard add(thread, own, \.registry, subclass) else { return .empty }
        counter += 1
        let kinds = TypeRef(type).flags.intersection([.sequencePattern, .mappingPattern])
        if !kinds.isEmpty { spread(kinds, TypeRef(subclass)) }
        return subclass
    }

    private static func spread(_ kinds: TypeFlags, _ type: TypeRef) {
        if type.has(.immutable) || type.has(kinds) { return }
        type.pointer.pointee.flags.remove([.sequencePattern, .mappingPattern])
        type.pointer.pointee.flags.formUnion(kinds)
        type.forEachSubclass { spread(kinds, $0) }
    }

    static func instanceCheck(_ thread: ThreadRef, _ type: Value, _ instance: Value) -> Value {
        let own = data(thread, type)
        if own.isEmpty { return .empty }
        let subclass = thread.getAttribute(instance, Name.__class__)
        if subclass.isEmpty { return .empty }
        let object = own.object(AbstractBaseObject.self)
        if contains(thread, object.pointee.cache, subclass) { return .true }
        let subtype = instance.type.value
        if subtype == subclass {
            if object.pointee.negativeVersion == counter && contains(thread, object.pointee.negativeCache, subclass) { return .false }
            return thread.callMethod(type, checkName, subclass)
        }
        let result = thread.callMethod(type, checkName, subclass)
        if result.isEmpty { return .empty }
        let truth = thread.isTrue(result)
        if truth != 0 { return truth < 0 ? .empty : result }
        return thread.callMethod(type, checkName, subtype)
    }

    /// 1, 0, or -1 when it has raised.
    static func subclassCheck(_ thread: ThreadRef, _ type: Value, _ subclass: Value) -> Int32 {
        guard subclass.isType else {
            thread.raise(.typeError, "issubclass() arg 1 must be a class")
            return -1
        }
        let own = data(thread, type)
        if own.isEmpty { return -1 }
        let object = own.object(AbstractBaseObject.self)
        if contains(thread, object.pointee.cache, subclass) { return 1 }
        if object.pointee.negativeVersion < counter {
            object.pointee.negativeCache = .empty
            object.pointee.negativeVersion = counter
        } else if contains(thread, object.pointee.negativeCache, subclass) {
            return 0
        }
        let verdict = thread.callMethod(type, hookName, subclass)
        if verdict.isEmpty { return -1 }
        if verdict == .true { return add(thread, own, \.cache, subclass) ? 1 : -1 }
        if verdict == .false { return add(thread, own, \.negativeCache, subclass) ? 0 : -1 }
        if verdict != .notImplemented {
            thread.raise(.assertionError, "__subclasshook__ must return either False, True, or NotImplemented")
            return -1
        }
        if TypeRef(subclass).isSubtype(of: TypeRef(type)) { return add(thread, own, \.cache, subclass) ? 1 : -1 }
        let registered = living(thread, object.pointee.registry)
        if registered.isEmpty { return -1 }
        var index = 0
        while index < ListRef(registered).count {
            let found = thread.isSubclass(subclass, ListRef(registered)[index])
            if found < 0 { return -1 }
            if found > 0 { return add(thread, own, \.cache, subclass) ? 1 : -1 }
            index += 1
        }
        let subclasses = thread.callMethod(type, Name.__subclasses__)
        if subclasses.isEmpty { return -1 }
        guard subclasses.isList else {
            thread.raise(.typeError, "__subclasses__() must return a list")
            return -1
        }
        index = 0
        while index < ListRef(subclasses).count {
            let found = thread.isSubclass(subclass, ListRef(subclasses)[index])
            if found < 0 { return -1 }
            if found > 0 { return add(thread, own, \.cache, subclass) ? 1 : -1 }
            index += 1
        }
        return add(thread, own, \.negativeCache, subclass) ? 0 : -1
    }
}
