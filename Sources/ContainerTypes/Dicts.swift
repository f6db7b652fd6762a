import Objects

/// `dict`: slots and methods. The table itself is `DictRef` in `Objects`; views and iterators have files of their own.
enum DictType {
    static func start() {
        NativeType(id: .dict, "dict", size: MemoryLayout<DictObject>.size, mask: 0b100, flags: [.base, .dictSubclass, .mappingPattern, .selfPattern],
                   doc: """
                       A dictionary of what is given: the pairs of a mapping or of an iterable of pairs, then the keyword arguments.

                           dict(a=1) == dict({'a': 1}) == dict([('a', 1)])
                       """,
                   methods: methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, receiver, a, count, keywords in DictType.update(thread, DictRef(receiver), "dict", a, count, keywords) ? .none : .empty }
            slots.unary(.repr) { thread, value in DictType.repr(thread, value) }
            slots.unhashable()
            slots.compare { thread, a, b, operation in DictType.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, value in DictIterators.make(thread, .dictKeyIterator, DictRef(value)) }
            slots.length { _, value in DictRef(value).count }
            slots.contains { thread, value, key in
                let found = DictRef(value).get(thread, key)
                return found.isEmpty ? (thread.hasException ? -1 : 0) : 1
            }
            slots.binary(.getItem) { thread, value, key in DictType.getItem(thread, value, key) }
            slots.store(.setItem) { thread, dict, key, value in
                if !value.isEmpty { return DictRef(dict).set(thread, key, value) ? 0 : -1 }
                if !DictRef(dict).remove(thread, key).isEmpty { return 0 }
                if !thread.hasException { thread.raiseKeyError(key) }
                return -1
            }
            slots.binary(.bitOr) { thread, a, b in
                guard a.isDict, b.isDict else { return .notImplemented }
                let result = DictType.copy(thread, a)
                if result.isEmpty { return .empty }
                return DictType.merge(thread, DictRef(result), b) ? result : .empty
            }
            slots.binary(.inplaceBitOr) { thread, a, b in DictType.updateFrom(thread, DictRef(a), b) ? a : .empty }
        }
    }

    private static var methods: [Def] {
        [
            Def("get(self, key, default=None, /)", .calls, "The value of a key, or the default where it is missing.") { thread, a, _ in
                let found = DictRef(a[0]).get(thread, a[1])
                if !found.isEmpty { return found }
                return thread.hasException ? .empty : a[2].isEmpty ? .none : a[2]
            },
            Def("setdefault(self, key, default=None, /)", .calls,
                "The value of a key; one that is missing is first added with the default.") { thread, a, _ in
                DictType.setDefault(thread, DictRef(a[0]), a[1], a[2].isEmpty ? .none : a[2])
            },
            Def("pop(self, key, default=<unrepresentable>, /)", .calls,
                """
                    D.pop(key[, default])

                    Take a key out and return its value. A missing key gives the default, or KeyError where there is none.
                    """) { thread, a, _ in
                // Nothing is looked for in an empty dict, so that any key will do.
                let found = DictRef(a[0]).count == 0 ? .empty : DictRef(a[0]).remove(thread, a[1])
                if !found.isEmpty || thread.hasException { return found }
                return a[2].isEmpty ? thread.raiseKeyError(a[1]) : a[2]
            },
            Def("popitem(self, /)", .writes,
                "Take the pair that was added last out, and return it as a tuple. KeyError when there is none.") { thread, a, _ in
                let dict = DictRef(a[0])
                if dict.count == 0 { return thread.raise(.keyError, "popitem(): dictionary is empty") }
                var entry = dict.used - 1
                while dict.key(at: entry).isEmpty { entry -= 1 }
                let result = thread.newTuple(dict.key(at: entry), dict.item(at: entry))
                if !result.isEmpty { dict.remove(entry: entry, takesBack: true) }
                return result
            },
            Def("keys(self, /)", .reads, "D.keys() -> a set-like object providing a view on D's keys") { thread, a, _ in DictViews.make(thread, .dictKeys, a[0]) },
            Def("items(self, /)", .reads, "D.items() -> a set-like object providing a view on D's items") { thread, a, _ in DictViews.make(thread, .dictItems, a[0]) },
            Def("values(self, /)", .reads, "D.values() -> an object providing a view on D's values") { thread, a, _ in DictViews.make(thread, .dictValues, a[0]) },
            Def("update(self, /, *args, **kwargs)", .calls,
                """
                    D.update([other], **more)

                    Store the pairs of another mapping (anything with keys()) or of an iterable of pairs, and then the keyword arguments.
                    """) { thread, a, _ in
                let arguments = TupleRef(a[1])
                guard Shared.arity(thread, "update", arguments.count, 0, 1) else { return .empty }
                if arguments.count == 1, !DictType.updateFrom(thread, DictRef(a[0]), arguments[0]) { return .empty }
                if !a[2].isEmpty, !DictType.merge(thread, DictRef(a[0]), a[2]) { return .empty }
                return .none
            },
            Def("fromkeys(type, iterable, value=None, /)", .calls, "A dict in which each item of an iterable is a key for the same value.", kind: .classMethod) { thread, a, _ in
                DictType.fromKeys(thread, a[0], a[1], a[2].isEmpty ? .none : a[2])
            },
            Def("clear(self, /)", .writes, "D.clear() -> None.  Remove all items from D.") { _, a, _ in
                DictRef(a[0]).clear()
                return .none
            },
            Def("copy(self, /)", .reads, "D.copy() -> a shallow copy of D") { thread, a, _ in thread.copyDict(DictRef(a[0])) },
            Def("__reversed__(self, /)", .reads, "Return a reverse iterator over the dict keys.") { thread, a, _ in
                DictIterators.make(thread, .dictReverseKeyIterator, DictRef(a[0]))
            },
            Def("__sizeof__(self, /)", .reads, "D.__sizeof__() -> size of D in memory, in bytes") { thread, a, _ in
                let table = DictRef(a[0]).pointer.pointee.table
                return thread.newInt(a[0].type.instanceSize + (table.isEmpty ? 0 : Heap.cellSize(table.raw)))
            },
            Shared.classGetItem,
        ]
    }

    static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let found = DictRef(value).get(thread, key)
        if !found.isEmpty || thread.hasException { return found }
        if !value.isExact(.dict) {
            let result = thread.callSpecialFast(value, Name.__missing__.value, key)
            if !result.isEmpty || thread.hasException { return result }
        }
        return thread.raiseKeyError(key)
    }

    static func setDefault(_ thread: ThreadRef, _ dict: DictRef, _ key: Value, _ value: Value) -> Value {
        let hash = thread.hash(key)
        if hash == -1 && thread.hasException { return .empty }
        let entry = dict.find(thread, key, hash: hash)
        if entry == -2 { return .empty }
        if entry >= 0 { return dict.item(at: entry) }
        return dict.insert(thread, key, hash: hash, value) ? value : .empty
    }

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let dict = DictRef(value)
        if dict.count == 0 { return thread.newString("{}") }
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("{...}") }
        defer { thread.leaveRepr(value) }
        var text = TextBuffer()
        text.append("{")
        var position = 0
        var first = true
        while let (key, item) = dict.next(&position) {
            if !first { text.append(", ") }
            first = false
            guard text.append(repr: key, thread) else { return .empty }
            text.append(": ")
            guard text.append(repr: item, thread) else { return .empty }
        }
        text.append("}")
        return text.make(thread)
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard operation == Comparison.equal.rawValue || operation == Comparison.notEqual.rawValue, a.isDict, b.isDict else { return .notImplemented }
        let same = equal(thread, DictRef(a), DictRef(b))
        return same < 0 ? .empty : Value((same != 0) == (operation == Comparison.equal.rawValue))
    }

    static func equal(_ thread: ThreadRef, _ a: DictRef, _ b: DictRef) -> Int32 {
        if a.count != b.count { return 0 }
        var entry = a.nextEntry(0)
        while entry >= 0 {
            let hash = a.hash(entry: entry)
            let key = a.key(at: entry), value = a.item(at: entry)
            let other = b.find(thread, key, hash: hash)
            if other < 0 { return other == -1 ? 0 : -1 }
            let same = thread.isEqual(value, b.item(at: other))
            if same <= 0 { return same }
            entry = a.nextEntry(entry + 1)
        }
        return 1
    }

    /// An exact dict with the same entries; a subclass's own `keys` is not asked.
    static func copy(_ thread: ThreadRef, _ value: Value) -> Value { thread.copyDict(DictRef(value)) }

    // MARK: Update

    /// `dict(…)` and `update(…)`: at most one positional argument, and keywords.
    static func update(_ thread: ThreadRef, _ dict: DictRef, _ name: String, _ a: Arguments, _ count: Int, _ keywords: Value) -> Bool {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        guard Shared.arity(thread, name, count - named, 0, 1) else { return false }
        if count - named == 1, !updateFrom(thread, dict, a[0]) { return false }
        for index in 0 ..< named {
            guard dict.set(thread, TupleRef(keywords)[index], a[count - named + index]) else { return false }
        }
        return true
    }

    /// Adds the entries of a mapping, or of an iterable of pairs. False when it has raised.
    static func updateFrom(_ thread: ThreadRef, _ dict: DictRef, _ source: Value) -> Bool {
        if source.isExact(.dict) { return merge(thread, dict, source) }
        let keys = thread.getAttributeOrEmpty(source, Name.keys)
        if !keys.isEmpty { return merge(thread, dict, source) }
        if thread.hasException { return false }
        return updateFromPairs(thread, dict, source)
    }

    /// Adds the entries of a mapping. False when it has raised.
    static func merge(_ thread: ThreadRef, _ dict: DictRef, _ source: Value) -> Bool {
        // A subclass that iterates in its own way is asked as any mapping.
        if source.isDict && source.type.slotPointer(.iter).pointee == TypeID.dict.type.slotPointer(.iter).pointee {
            let other = DictRef(source)
            if other.pointer == dict.pointer || other.count == 0 { return true }
            if dict.count == 0 && dict.used == 0 && other.count == other.used {
                let copy = thread.copyDict(other)
                if copy.isEmpty { return false }
                dict.adopt(DictRef(copy))
                return true
            }
            let table = other.pointer.pointee.table
            let count = other.count
            var entry = other.nextEntry(0)
            while entry >= 0 {
                let words = other.entries + entry &* 2
                guard dict.set(thread, words[0], hash: other.hash(entry: entry), words[1]) else { return false }
                if other.pointer.pointee.table != table || other.count != count {
                    thread.raise(.runtimeError, "dict mutated during update")
                    return false
                }
                entry = other.nextEntry(entry + 1)
            }
            return true
        }
        let keys = thread.callMethod(source, Name.keys)
        if keys.isEmpty { return false }
        let iterator = thread.iterator(keys)
        if iterator.isEmpty { return false }
        while true {
            let key = thread.next(iterator)
            if key.isEmpty { return !thread.hasException }
            let value = thread.getItem(source, key)
            if value.isEmpty { return false }
            guard dict.set(thread, key, value) else { return false }
        }
    }

    private static func updateFromPairs(_ thread: ThreadRef, _ dict: DictRef, _ source: Value) -> Bool {
        let iterator = thread.iterator(source)
        if iterator.isEmpty { return false }
        var number = 0
        while true {
            let pair = thread.next(iterator)
            if pair.isEmpty { return !thread.hasException }
            var items = pair
            if !pair.isExact(.tuple) && !pair.isExact(.list) {
                items = thread.list(pair)
                if items.isEmpty {
                    if thread.clearException(.typeError) { thread.raise(.typeError, "cannot convert dictionary update sequence element #\(number) to a sequence") }
                    return false
                }
            }
            let count = items.isExact(.tuple) ? TupleRef(items).count : ListRef(items).count
            guard count == 2 else {
                thread.raise(.valueError, "dictionary update sequence element #\(number) has length \(count); 2 is required")
                return false
            }
            let words = items.isExact(.tuple) ? TupleRef(items).items : ListRef(items).items
            let key = words[0], value = words[1]
            guard dict.set(thread, key, value) else { return false }
            number += 1
        }
    }

    static func fromKeys(_ thread: ThreadRef, _ type: Value, _ iterable: Value, _ value: Value) -> Value {
        let result = thread.call(type)
        if result.isEmpty { return .empty }
        if result.isExact(.dict) {
            let dict = DictRef(result)
            // Known hashes are not asked for again.
            if iterable.isExact(.set) || iterable.isExact(.frozenset) {
                var position = 0
                while let (key, hash) = SetRef(iterable).nextEntry(&position) { guard dict.set(thread, key, hash: hash, value) else { return .empty } }
                return result
            }
            if iterable.isExact(.dict) {
                var entry = DictRef(iterable).nextEntry(0)
                while entry >= 0 {
                    let words = DictRef(iterable).entries + entry &* 2
                    guard dict.set(thread, words[0], hash: DictRef(iterable).hash(entry: entry), value) else { return .empty }
                    entry = DictRef(iterable).nextEntry(entry + 1)
                }
                return result
            }
            return thread.forEach(iterable) { dict.set(thread, $0, value) } ? result : .empty
        }
        return thread.forEach(iterable) { thread.setItem(result, $0, value) } ? result : .empty
    }
}
