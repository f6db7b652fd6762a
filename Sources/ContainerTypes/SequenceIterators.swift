import Objects

/// Iterators over sequences: lists and tuples, anything with `__getitem__`, and `reversed`.
///
/// All are `IteratorObject`s: container the sequence (empty when exhausted), index the next item's. The interpreter opens the code of those
/// over lists and tuples.
enum SequenceIterators {
    private static let hintDoc: StaticString = "Private method returning an estimate of len(list(it))."
    private static let reduceDoc: StaticString = "Return state information for pickling."
    private static let stateDoc: StaticString = "Set state information for unpickling."

    static func start() {
        let size = MemoryLayout<IteratorObject>.size
        NativeType(id: .listIterator, "list_iterator", size: size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, hintDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return Value(small: 0) }
                return thread.newInt(max(0, ListRef(iterator.pointee.container).count - iterator.pointee.index))
            },
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                SequenceIterators.reduce(thread, a[0], "iter", thread.newList())
            },
            setState { thread, a, _ in SequenceIterators.setForward(thread, a[0], a[1], Int.max) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { _, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let list = ListRef(iterator.pointee.container)
                let index = iterator.pointee.index
                if index < list.count {
                    iterator.pointee.index = index + 1
                    return list[index]
                }
                iterator.pointee.container = .empty
                return .empty
            }
        }
        NativeType(id: .listReverseIterator, "list_reverseiterator", size: size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, hintDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return Value(small: 0) }
                let left = iterator.pointee.index + 1
                return thread.newInt(left > ListRef(iterator.pointee.container).count ? 0 : left)
            },
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let exhausted = a[0].object(IteratorObject.self).pointee.container.isEmpty
                return exhausted ? SequenceIterators.reduce(thread, a[0], "iter", thread.newList()) : SequenceIterators.reduce(thread, a[0], "reversed", .none)
            },
            setState { thread, a, _ in
                guard let state = SequenceIterators.place(thread, a[1]) else { return .empty }
                let iterator = a[0].object(IteratorObject.self)
                if !iterator.pointee.container.isEmpty { iterator.pointee.index = max(-1, min(state, ListRef(iterator.pointee.container).count - 1)) }
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { _, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let list = ListRef(iterator.pointee.container)
                let index = iterator.pointee.index
                if index >= 0 && index < list.count {
                    iterator.pointee.index = index - 1
                    return list[index]
                }
                iterator.pointee.container = .empty
                return .empty
            }
        }
        NativeType(id: .tupleIterator, "tuple_iterator", size: size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, hintDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                return iterator.pointee.container.isEmpty ? Value(small: 0) : thread.newInt(TupleRef(iterator.pointee.container).count - iterator.pointee.index)
            },
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in SequenceIterators.reduce(thread, a[0], "iter", WellKnown.emptyTuple.value) },
            setState { thread, a, _ in
                let container = a[0].object(IteratorObject.self).pointee.container
                return SequenceIterators.setForward(thread, a[0], a[1], container.isEmpty ? 0 : TupleRef(container).count)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { _, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let tuple = TupleRef(iterator.pointee.container)
                let index = iterator.pointee.index
                if index < tuple.count {
                    iterator.pointee.index = index + 1
                    return tuple[index]
                }
                iterator.pointee.container = .empty
                return .empty
            }
        }
        startGeneral(size)
        startReversed(size)
    }

    private static func setState(_ function: @escaping NativeFunction) -> Def { Def("__setstate__(self, state, /)", .calls, stateDoc, function) }

    /// `(function, (container,), index)`, or `(function, (empty,))` when exhausted.
    static func reduce(_ thread: ThreadRef, _ value: Value, _ function: StaticString, _ empty: Value) -> Value {
        let iterator = value.object(IteratorObject.self)
        if iterator.pointee.container.isEmpty { return Shared.reduce(thread, Shared.builtin(thread, function), empty) }
        return Shared.reduce(thread, Shared.builtin(thread, function), iterator.pointee.container, thread.newInt(iterator.pointee.index))
    }

    /// The place that a state names; nil when it has raised.
    static func place(_ thread: ThreadRef, _ state: Value) -> Int? {
        guard state.isInt else {
            thread.raise(.typeError, "an integer is required")
            return nil
        }
        return thread.toInt(state)
    }

    static func setForward(_ thread: ThreadRef, _ value: Value, _ state: Value, _ limit: Int) -> Value {
        guard let index = place(thread, state) else { return .empty }
        let iterator = value.object(IteratorObject.self)
        if !iterator.pointee.container.isEmpty { iterator.pointee.index = max(0, min(index, limit)) }
        return .none
    }

    /// Whether an error from `__getitem__` just means the end; drops it then.
    private static func ended(_ thread: ThreadRef) -> Bool { thread.clearException(.indexError) || thread.clearException(.stopIteration) }

    private static func startGeneral(_ size: Int) {
        NativeType(id: .sequenceIterator, "iterator", size: size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .calls, hintDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return Value(small: 0) }
                guard iterator.pointee.container.type.slotPointer(.length).pointee != nil else { return .notImplemented }
                let length = thread.length(iterator.pointee.container)
                return length < 0 ? .empty : thread.newInt(max(0, length - iterator.pointee.index))
            },
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in SequenceIterators.reduce(thread, a[0], "iter", WellKnown.emptyTuple.value) },
            setState { thread, a, _ in SequenceIterators.setForward(thread, a[0], a[1], Int.max) },
        ]) { slots in
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                if thread.hasListItems(iterator.pointee.container) {
                    // No exception says that the end is reached.
                    let list = ListRef(iterator.pointee.container), index = iterator.pointee.index
                    if index < list.count {
                        iterator.pointee.index = index + 1
                        return list[index]
                    }
                    iterator.pointee.container = .empty
                    return .empty
                }
                if iterator.pointee.index == Int.max { return thread.raise(.overflowError, "iter index too large") }
                let result = thread.item(iterator.pointee.container, iterator.pointee.index)
                if !result.isEmpty {
                    iterator.pointee.index += 1
                    return result
                }
                if SequenceIterators.ended(thread) { iterator.pointee.container = .empty }
                return .empty
            }
        }
        NativeType(id: .callableIterator, "callable_iterator", size: size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                let function = Shared.builtin(thread, "iter")
                if iterator.pointee.container.isEmpty { return Shared.reduce(thread, function, WellKnown.emptyTuple.value) }
                let arguments = thread.newTuple(iterator.pointee.container, iterator.pointee.extra)
                return function.isEmpty || arguments.isEmpty ? .empty : thread.newTuple(function, arguments)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let result = thread.call(iterator.pointee.container)
                if result.isEmpty {
                    if thread.clearException(.stopIteration) { iterator.pointee.container = .empty }
                    return .empty
                }
                if iterator.pointee.container.isEmpty { return .empty }
                let same = thread.isEqual(iterator.pointee.extra, result)
                if same == 0 { return result }
                if same > 0 { iterator.pointee.container = .empty }
                return .empty
            }
        }
    }

    private static func startReversed(_ size: Int) {
        NativeType(id: .reversed, "reversed", size: size, mask: 0b10010, flags: .base, doc: "reversed(sequence, /)\n--\n\nGo through a sequence from its end.", methods: [
            Def("__length_hint__(self, /)", .calls, hintDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return Value(small: 0) }
                let length = thread.length(iterator.pointee.container)
                if length < 0 { return .empty }
                let left = iterator.pointee.index + 1
                return thread.newInt(length < left ? 0 : left)
            },
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return Shared.reduce(thread, a[0].type.value, WellKnown.emptyTuple.value) }
                return Shared.reduce(thread, a[0].type.value, iterator.pointee.container, thread.newInt(iterator.pointee.index))
            },
            setState { thread, a, _ in
                guard let state = SequenceIterators.place(thread, a[1]) else { return .empty }
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .none }
                let length = thread.length(iterator.pointee.container)
                if length < 0 { return .empty }
                iterator.pointee.index = max(-1, min(state, length - 1))
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in SequenceIterators.newReversed(thread, TypeRef(type), a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let index = iterator.pointee.index
                if index >= 0 {
                    let container = iterator.pointee.container
                    let result = container.isExact(.tuple) && index < TupleRef(container).count ? TupleRef(container)[index] : thread.item(container, index)
                    if !result.isEmpty {
                        iterator.pointee.index = index - 1
                        return result
                    }
                    if !SequenceIterators.ended(thread) { return .empty }
                }
                iterator.pointee.index = -1
                iterator.pointee.container = .empty
                return .empty
            }
        }
    }

    static func newReversed(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if named > 0 && (type == TypeID.reversed.type || !Shared.ownInit(type, .reversed)), !Shared.noKeywords(thread, "reversed", keywords) { return .empty }
        guard Shared.arity(thread, "reversed", count - named, 1, 1) else { return .empty }
        let sequence = a[0]
        let kind = sequence.type
        let method = kind.lookup(.__reversed__)
        if method.isNone { return thread.raise(.typeError, "'\(kind.name)' object is not reversible") }
        if !method.isEmpty { return thread.callSpecialFast(sequence, Name.__reversed__.value) }
        guard kind.isSequence else {
            return thread.raise(.typeError, "'\(kind.name)' object is not reversible")
        }
        let length = thread.length(sequence)
        if length < 0 { return .empty }
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        result.object(IteratorObject.self).pointee.container = sequence
        result.object(IteratorObject.self).pointee.index = length - 1
        return result
    }
}
