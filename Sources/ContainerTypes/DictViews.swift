import Objects

/// `dict.keys()`, `values()` and `items()`: live views; keys and items behave as sets.
public struct DictViewObject {
    public var header: ObjectHeader
    public var dict: Value
}

enum DictViews {
    static func make(_ thread: ThreadRef, _ id: TypeID, _ dict: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<DictViewObject>.size, shape: id.rawValue) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: DictViewObject.self).pointee.dict = dict
        return Value(raw)
    }

    @inline(__always) static func dict(_ view: Value) -> DictRef { DictRef(view.object(DictViewObject.self).pointee.dict) }
    private static func isView(_ value: Value) -> Bool { value.isInstance(of: .dictKeys) || value.isInstance(of: .dictItems) }
    private static func isSetLike(_ value: Value) -> Bool { value.has(.setSubclass) || value.has(.frozenSetSubclass) || isView(value) }

    static func start() {
        let mapping = Getter("mapping", "dictionary that this view refers to") { thread, a, _ in MappingProxyType.make(thread, DictViews.dict(a[0]).value) }
        define(.dictKeys, "dict_keys", [mapping]) { slots in
            slots.unary(.iter) { thread, value in DictIterators.make(thread, .dictKeyIterator, DictViews.dict(value)) }
            slots.contains { thread, value, key in DictViews.containsKey(thread, value, key) }
        }
        define(.dictItems, "dict_items", [mapping]) { slots in
            slots.unary(.iter) { thread, value in DictIterators.make(thread, .dictItemIterator, DictViews.dict(value)) }
            slots.contains { thread, value, pair in DictViews.containsItem(thread, value, pair) }
        }
        define(.dictValues, "dict_values", [mapping]) { slots in
            slots.unary(.iter) { thread, value in DictIterators.make(thread, .dictValueIterator, DictViews.dict(value)) }
        }
    }

    private static func define(_ id: TypeID, _ name: StaticString, _ getters: [Getter], _ more: (SlotBuilder) -> Void) {
        var methods = [Def("__reversed__(self, /)", .reads, "Return a reverse iterator over the dict view.") { thread, a, _ in
            let id: TypeID = a[0].isInstance(of: .dictKeys) ? .dictReverseKeyIterator : a[0].isInstance(of: .dictItems) ? .dictReverseItemIterator : .dictReverseValueIterator
            return DictIterators.make(thread, id, DictViews.dict(a[0]))
        }]
        if id != .dictValues {
            methods.append(Def("isdisjoint(self, other, /)", .calls, "Return True if the view and the given iterable have a null intersection.") { thread, a, _ in
                DictViews.isDisjoint(thread, a[0], a[1])
            })
        }
        NativeType(id: id, name, size: MemoryLayout<DictViewObject>.size, mask: 0b10, flags: .noInstantiation, methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, of: .object)
            more(slots)
            slots.length { _, value in DictViews.dict(value).count }
            slots.unary(.repr) { thread, value in DictViews.repr(thread, value) }
            if id == .dictValues { return }
            slots.unhashable()
            slots.compare { thread, a, b, operation in DictViews.compare(thread, a, b, operation) }
            slots.binary(.bitAnd) { thread, a, b in DictViews.intersection(thread, a, b) }
            slots.binary(.bitOr) { thread, a, b in DictViews.combine(thread, a, b, "update") }
            slots.binary(.subtract) { thread, a, b in DictViews.combine(thread, a, b, "difference_update") }
            slots.binary(.bitXor) { thread, a, b in DictViews.combine(thread, a, b, "symmetric_difference_update") }
        }
    }

    static func containsKey(_ thread: ThreadRef, _ view: Value, _ key: Value) -> Int32 {
        let found = dict(view).get(thread, key)
        return found.isEmpty ? (thread.hasException ? -1 : 0) : 1
    }

    static func containsItem(_ thread: ThreadRef, _ view: Value, _ pair: Value) -> Int32 {
        guard pair.isTuple, TupleRef(pair).count == 2 else { return 0 }
        let found = dict(view).get(thread, TupleRef(pair)[0])
        if found.isEmpty { return thread.hasException ? -1 : 0 }
        return thread.isEqual(found, TupleRef(pair)[1])
    }

    static func repr(_ thread: ThreadRef, _ view: Value) -> Value {
        guard let entered = thread.enterRepr(view) else { return .empty }
        if !entered { return thread.newString("...") }
        defer { thread.leaveRepr(view) }
        let list = thread.list(view)
        if list.isEmpty { return .empty }
        var text = TextBuffer()
        text.append(text: view.type.name + "(")
        guard text.append(repr: list, thread) else { return .empty }
        text.append(")")
        return text.make(thread)
    }

    // MARK: As sets

    /// Whether every item of `a` is in `b`: 1, 0, or -1 when it has raised.
    private static func all(_ thread: ThreadRef, _ a: Value, in b: Value) -> Int32 {
        var result: Int32 = 1
        let complete = thread.forEach(a) { item in
            result = thread.contains(b, item)
            return result > 0
        }
        return complete ? 1 : thread.hasException ? -1 : result
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard isSetLike(b), let comparison = Comparison(rawValue: operation) else { return .notImplemented }
        let left = thread.length(a)
        let right = thread.length(b)
        if left < 0 || right < 0 { return .empty }
        var result: Int32 = 0
        switch comparison {
        case .equal, .notEqual:
            if left == right { result = all(thread, a, in: b) }
            if result >= 0 && comparison == .notEqual { result = 1 - result }
        case .less: if left < right { result = all(thread, a, in: b) }
        case .lessEqual: if left <= right { result = all(thread, a, in: b) }
        case .greater: if left > right { result = all(thread, b, in: a) }
        case .greaterEqual: if left >= right { result = all(thread, b, in: a) }
        }
        return result < 0 ? .empty : Value(result != 0)
    }

    static func isDisjoint(_ thread: ThreadRef, _ view: Value, _ other: Value) -> Value {
        var small = other, large = view
        if other == view { return Value(dict(view).count == 0) }
        if isSetLike(other) {
            let count = thread.length(other)
            if count < 0 { return .empty }
            if count > dict(view).count { swap(&small, &large) }
        }
        var disjoint = true
        let complete = thread.forEach(small) { item in
            let found = thread.contains(large, item)
            if found > 0 { disjoint = false }
            return found == 0
        }
        return complete || !thread.hasException ? Value(disjoint) : .empty
    }

    static func intersection(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        var view = a, other = b
        // Reflected: the view stands on the right.
        if !isView(a) { swap(&view, &other) }
        // The smaller is walked through and looked up in the larger.
        if isSetLike(other) && isView(other) && dict(other).count > dict(view).count { swap(&view, &other) }
        if other.isExact(.set) || other.isExact(.frozenset), SetRef(other).count > dict(view).count {
            let result = thread.newSet()
            if result.isEmpty { return .empty }
            return thread.forEach(view) { item in
                let found = SetRef(other).contains(thread, item)
                return found >= 0 && (found == 0 || SetRef(result).add(thread, item))
            } ? result : .empty
        }
        let result = thread.newSet()
        if result.isEmpty { return .empty }
        let complete = thread.forEach(other) { item in
            let found = thread.contains(view, item)
            return found >= 0 && (found == 0 || SetRef(result).add(thread, item))
        }
        return complete ? result : .empty
    }

    static func combine(_ thread: ThreadRef, _ a: Value, _ b: Value, _ method: String) -> Value {
        let result = thread.newSet()
        if result.isEmpty || !thread.update(SetRef(result), a) { return .empty }
        switch method {
        case "update": return thread.update(SetRef(result), b) ? result : .empty
        case "difference_update": return SetType.differenceUpdate(thread, SetRef(result), b) ? result : .empty
        default: return SetType.symmetricDifferenceUpdate(thread, SetRef(result), b) ? result : .empty
        }
    }
}
