import ContainerTypes
import Objects

/// `_collections`: `defaultdict`, `_tuplegetter` and `_count_elements`. `deque` is in `Deques.swift`, `OrderedDict` in `OrderedDicts.swift`.
enum CollectionsModule {
    static func register() {
        NativeModule.register("_collections", doc: "Containers in native code: deque, defaultdict and the helpers of module collections.\n", functions: [
            Def("_count_elements(mapping, iterable, /)", .calls, "Count elements in the iterable, updating the mapping", kind: .function) { thread, a, _ in CollectionsModule.count(thread, a[0], a[1]) },
        ]) { module in
            Deques.define(module)
            DefaultDicts.define(module)
            OrderedDicts.define(module)
            TupleGetters.define(module)
            return true
        }
    }

    private static func count(_ thread: ThreadRef, _ mapping: Value, _ iterable: Value) -> Value {
        let one = Value(small: 1)
        let getName = Name.get.value
        let type = mapping.type
        // A dict, or a subclass that keeps dict's own `get` and `__setitem__`, as Counter does.
        let plain = mapping.isDict && type.lookup(getName) == TypeID.dict.type.lookup(getName) && type.lookup(.__setitem__) == TypeID.dict.type.lookup(.__setitem__)
        if plain {
            let dict = DictRef(mapping)
            return thread.forEach(iterable) { item in
                let hash = thread.hash(item)
                if hash == -1 && thread.hasException { return false }
                let entry = dict.find(thread, item, hash: hash)
                if entry == -2 { return false }
                if entry == -1 { return dict.insert(thread, item, hash: hash, one) }
                let old = dict.item(at: entry)
                if old.isSmallInt && Value.fitsSmall(old.smallInt + 1) {
                    dict.setItem(at: entry, Value(small: old.smallInt + 1))
                    return true
                }
                let new = thread.binary(old, one, .add)
                return !new.isEmpty && dict.set(thread, item, hash: hash, new)
            } ? .none : .empty
        }
        let get = thread.getAttribute(mapping, getName)
        if get.isEmpty { return .empty }
        return thread.forEach(iterable) { item in
            let old = thread.call(get, item, Value(small: 0))
            if old.isEmpty { return false }
            let new = thread.binary(old, one, .add)
            return !new.isEmpty && thread.setItem(mapping, item, new)
        } ? .none : .empty
    }
}

struct DefaultDictObject {
    var header: ObjectHeader
    var count: Int
    var table: Value
    var version: UInt32
    var padding: UInt32
    /// None or a callable
    var factory: Value
}

enum DefaultDicts {
    nonisolated(unsafe) private static var type: NativeType!

    private static func factory(_ value: Value) -> Value {
        let factory = value.object(DefaultDictObject.self).pointee.factory
        return factory.isEmpty ? .none : factory
    }

    private static func isOne(_ value: Value) -> Bool { value.isPointer && value.type.isSubtype(of: type.type) }

    static func define(_ module: ModuleBuilder) {
        type = NativeType("defaultdict", module: "collections", base: TypeID.dict.type, size: MemoryLayout<DefaultDictObject>.size, mask: 0b10100, flags: .base,
                          doc: """
                              defaultdict(default_factory=None, /, [...])

                              A dict that makes what it lacks: a missing key that is asked for by [] is stored with what default_factory() returns. The other arguments are those of dict, and so is equality.
                              """, methods: [
            Def("__missing__(self, key, /)", .calls, """
                What [] does for a key that is missing: it stores what default_factory() returns, or raises KeyError where that is None.

                """) { thread, a, _ in
                DefaultDicts.missing(thread, a[0], a[1])
            },
            Def("copy(self, /)", .calls, "D.copy() -> a shallow copy of D.") { thread, a, _ in thread.call(a[0].type.value, DefaultDicts.factory(a[0]), a[0]) },
            Def("__copy__(self, /)", .calls, "D.copy() -> a shallow copy of D.") { thread, a, _ in thread.call(a[0].type.value, DefaultDicts.factory(a[0]), a[0]) },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                let factory = DefaultDicts.factory(a[0])
                let arguments = factory.isNone ? WellKnown.emptyTuple.value : thread.newTuple(factory)
                if arguments.isEmpty { return .empty }
                let items = thread.callMethod(a[0], Name.items)
                let iterator = items.isEmpty ? Value.empty : thread.iterator(items)
                return iterator.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments, .none, .none, iterator)
            },
            Shared.classGetItem,
        ], getters: [
            Getter("default_factory", "Factory for default value called by __missing__().", isMember: true, set: { _, a, _ in
                a[0].object(DefaultDictObject.self).pointee.factory = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in DefaultDicts.factory(a[0]) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.initialize) { thread, receiver, a, count, keywords in DefaultDicts.initialize(thread, receiver, a, count, keywords) }
            slots.unary(.repr) { thread, value in DefaultDicts.repr(thread, value) }
            slots.binary(.getItem) { thread, value, key in
                let found = DictRef(value).get(thread, key)
                if !found.isEmpty || thread.hasException { return found }
                if value.type == DefaultDicts.type.type { return DefaultDicts.missing(thread, value, key) }
                return thread.callSpecialFast(value, Name.__missing__.value, key)
            }
            slots.binary(.bitOr) { thread, a, b in
                guard a.isDict, b.isDict else { return .notImplemented }
                let own = DefaultDicts.isOne(a) ? a : b
                let result = thread.call(own.type.value, DefaultDicts.factory(own), a)
                return result.isEmpty ? .empty : thread.inplace(result, b, .bitOr)
            }
        }
        module.add(type)
    }

    private static func missing(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let factory = factory(value)
        if factory.isNone { return thread.raiseKeyError(key) }
        let made = factory == TypeID.list.value ? thread.newList() : factory == TypeID.int.value ? Value(small: 0) : thread.call(factory)
        if made.isEmpty { return .empty }
        return thread.setItem(value, key, made) ? made : .empty
    }

    private static func initialize(_ thread: ThreadRef, _ receiver: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        var skip = 0
        var factory = Value.none
        if count - named > 0 {
            factory = a[0]
            guard factory.isNone || factory.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "first argument must be callable or None") }
            skip = 1
        }
        receiver.object(DefaultDictObject.self).pointee.factory = factory
        Heap.barrier(receiver.raw)
        return TypeID.dict.type.call(.initialize).unsafelyUnwrapped(thread, receiver, a + skip, count - skip, keywords)
    }

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let base = TypeID.dict.type.unary(.repr).unsafelyUnwrapped(thread, value)
        if base.isEmpty { return .empty }
        var text = TextBuffer()
        text.append(text: value.type.shortName + "(")
        let factory = factory(value)
        if factory.isNone {
            text.append("None")
        } else {
            guard let entered = thread.enterRepr(factory) else { return .empty }
            if entered {
                defer { thread.leaveRepr(factory) }
                guard text.append(repr: factory, thread) else { return .empty }
            } else {
                text.append("...")
            }
        }
        text.append(", ")
        text.append(StringRef(base))
        text.append(")")
        return text.make(thread)
    }
}

/// The descriptor of a named tuple's field.
struct TupleGetterObject {
    var header: ObjectHeader
    var doc: Value
    var index: Int
}

enum TupleGetters {
    nonisolated(unsafe) private static var type: NativeType!

    static func define(_ module: ModuleBuilder) {
        type = NativeType("_tuplegetter", module: "_collections", size: MemoryLayout<TupleGetterObject>.size, mask: 0b10, methods: [
            Def("__reduce__(self, /)", .calls) { thread, a, _ in
                let own = a[0].object(TupleGetterObject.self)
                let arguments = thread.newTuple(thread.newInt(own.pointee.index), own.pointee.doc)
                return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
            },
        ], getters: [
            Getter("__doc__", set: { _, a, _ in
                a[0].object(TupleGetterObject.self).pointee.doc = a[1].isEmpty ? .none : a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in a[0].object(TupleGetterObject.self).pointee.doc },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in
                guard Shared.noKeywords(thread, "_tuplegetter", keywords), Shared.arity(thread, "_tuplegetter", count, 2, 2) else { return .empty }
                guard let index = thread.toInt(a[0]) else { return .empty }
                let result = thread.allocateInstance(TypeRef(type))
                if result.isEmpty { return .empty }
                result.object(TupleGetterObject.self).pointee.index = index
                result.object(TupleGetterObject.self).pointee.doc = a[1]
                return result
            }
            slots.ternary(.descriptorGet) { thread, value, receiver, _ in
                if receiver.isEmpty || receiver.isNone { return value }
                let index = value.object(TupleGetterObject.self).pointee.index
                guard receiver.isTuple else {
                    return thread.raise(.typeError, "descriptor for index '\(index)' for tuple subclasses doesn't apply to '\(receiver.type.name)' object")
                }
                guard index >= 0, index < TupleRef(receiver).count else { return thread.raise(.indexError, "tuple index out of range") }
                return TupleRef(receiver)[index]
            }
            slots.store(.descriptorSet) { thread, _, _, value in
                thread.raise(.attributeError, value.isEmpty ? "can't delete attribute" : "can't set attribute")
                return -1
            }
            slots.unary(.repr) { thread, value in
                let own = value.object(TupleGetterObject.self)
                var text = TextBuffer()
                text.append(text: "\(value.type.shortName)(\(own.pointee.index), ")
                guard text.append(repr: own.pointee.doc, thread) else { return .empty }
                text.append(")")
                return text.make(thread)
            }
        }
        TupleFields.shape = type.shape
        TupleFields.indexOffset = MemoryLayout<TupleGetterObject>.offset(of: \.index)!
        module.add(type)
    }
}
