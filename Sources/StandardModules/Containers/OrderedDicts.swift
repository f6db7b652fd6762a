import ContainerTypes
import Objects

/// `collections.OrderedDict`.
///
/// Every dict keeps its entries in order, so the order is the table's own: to move a key to the end is to remove and insert it, and to move it to the front is to put it
/// into a hole before the first entry, of which many are made at once. What is added to a dict is a note of where the first entry is, so that one after the other can be
/// taken from the front, and a count of the changes of structure, by which iterators notice them.
struct OrderedDictObject {
    var header: ObjectHeader
    var count: Int
    var table: Value
    var version: UInt32
    var padding: UInt32
    /// The table that `first` is about: it is kept, so that no other can have its address.
    var notedTable: Value
    /// There are only holes before this entry.
    var first: Int
    var state: Int
    /// Items there were after the last change by a method of its own.
    var size: Int
    /// `__dict__`, or empty
    var attributes: Value
}

struct OrderedDictRef {
    let pointer: UnsafeMutablePointer<OrderedDictObject>

    @inline(__always) init(_ value: Value) { pointer = value.object(OrderedDictObject.self) }
    @inline(__always) var value: Value { Value(pointer) }
    @inline(__always) var dict: DictRef { DictRef(Value(pointer)) }

    /// To be called after a change of structure.
    @inline(__always) func changed() {
        pointer.pointee.state &+= 1
        pointer.pointee.size = pointer.pointee.count
    }

    /// Whether a key can be taken to be found where it stands: its hash does not change.
    @inline(__always) static func isSteady(_ key: Value) -> Bool {
        if !key.isPointer { return true }
        switch key.shapeIndex {
        case TypeID.str.rawValue, TypeID.int.rawValue, TypeID.float.rawValue, TypeID.bytes.rawValue: return true
        default: return false
        }
    }

    /// Number of the first entry, or -1.
    func firstEntry() -> Int {
        let isNoted = pointer.pointee.notedTable == pointer.pointee.table
        var entry = dict.nextEntry(isNoted ? pointer.pointee.first : 0)
        // Methods of dict that are called on it know nothing of the note.
        if entry < 0 && isNoted && dict.count > 0 { entry = dict.nextEntry(0) }
        if entry >= 0 { note(entry) }
        return entry
    }

    private func note(_ entry: Int) {
        pointer.pointee.first = entry
        if pointer.pointee.notedTable != pointer.pointee.table {
            pointer.pointee.notedTable = pointer.pointee.table
            Heap.barrier(UnsafeMutableRawPointer(pointer))
        }
    }

    /// Number of the last entry, or -1.
    func lastEntry() -> Int {
        var entry = dict.used - 1
        while entry >= 0 && dict.key(at: entry).isEmpty { entry -= 1 }
        return entry
    }

    /// Stores an item. False when it has raised.
    @inline(__always) func set(_ thread: ThreadRef, _ key: Value, _ item: Value) -> Bool {
        let count = dict.count
        guard dict.set(thread, key, item) else { return false }
        if dict.count != count { changed() }
        return true
    }

    /// Takes an entry out.
    func take(_ thread: ThreadRef, _ entry: Int, takesBack: Bool = false) -> Value {
        let words = dict.entries + entry &* 2
        let result = thread.newTuple(words[0], words[1])
        if result.isEmpty { return .empty }
        dict.remove(entry: entry, takesBack: takesBack)
        if dict.count == 0 { pointer.pointee.notedTable = .empty }
        changed()
        return result
    }

    /// False when it has raised.
    func move(_ thread: ThreadRef, _ entry: Int, toEnd: Bool) -> Bool {
        if toEnd {
            if dict.nextEntry(entry + 1) < 0 { return true }
            let words = dict.entries + entry &* 2
            let hash = dict.hash(entry: entry), key = words[0], item = words[1]
            // Room is made first, so that nothing is lost when there is none.
            if dict.used >= Int(pointer.pointee.table.object(DictTable.self).pointee.capacity) {
                guard dict.resize(thread, atLeast: dict.count * 2 + 4) else { return false }
                // Its number is another now; the key itself is found by identity, without comparison.
                var other = dict.nextEntry(0)
                while other >= 0 && dict.key(at: other) != key { other = dict.nextEntry(other + 1) }
                dict.remove(entry: other)
            } else {
                dict.remove(entry: entry)
            }
            let done = dict.insert(thread, key, hash: hash, item)
            changed()
            return done
        }
        let first = firstEntry()
        if entry == first { return true }
        guard let place = dict.moveToFront(thread, entry: entry, first: first) else { return false }
        note(place)
        changed()
        return true
    }
}

enum OrderedDicts {
    nonisolated(unsafe) private(set) static var type: NativeType!
    nonisolated(unsafe) private static var keysType: NativeType!
    nonisolated(unsafe) private static var valuesType: NativeType!
    nonisolated(unsafe) private static var itemsType: NativeType!

    @inline(__always) static func isOne(_ value: Value) -> Bool { value.isPointer && (value.shapeIndex == type.shape || value.type.isSubtype(of: type.type)) }

    static func define(_ module: ModuleBuilder) {
        type = NativeType("OrderedDict", module: "collections", base: TypeID.dict.type, size: MemoryLayout<OrderedDictObject>.size, mask: 0b10100,
                          dictOffset: MemoryLayout<OrderedDictObject>.offset(of: \.attributes)!, flags: [.base, .weakReferenceable],
                          doc: "Dictionary that remembers insertion order", methods: methods, getters: [.instanceDict]) { slots in
            slots.call(.initialize) { thread, value, a, count, keywords in
                let positional = keywords.isEmpty ? count : count - TupleRef(keywords).count
                guard positional <= 1 else { return thread.raise(.typeError, "expected at most 1 arguments, got \(positional)") }
                if positional == 1 { guard OrderedDicts.update(thread, value, a[0]) else { return .empty } }
                if !keywords.isEmpty {
                    for index in 0 ..< TupleRef(keywords).count { guard OrderedDicts.store(thread, value, TupleRef(keywords)[index], a[positional + index]) else { return .empty } }
                }
                return .none
            }
            slots.unary(.repr) { thread, value in OrderedDicts.repr(thread, value) }
            slots.unhashable()
            slots.compare { thread, a, b, operation in OrderedDicts.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, value in OrderedIterators.make(thread, value, .keys, backwards: false) }
            slots.store(.setItem) { thread, value, key, item in
                let ordered = OrderedDictRef(value)
                if !item.isEmpty { return ordered.set(thread, key, item) ? 0 : -1 }
                if !ordered.dict.remove(thread, key).isEmpty {
                    ordered.changed()
                    return 0
                }
                if !thread.hasException { thread.raiseKeyError(key) }
                return -1
            }
            slots.binary(.bitOr) { thread, a, b in
                guard a.isDict, b.isDict else { return .notImplemented }
                let type = OrderedDicts.isOne(a) ? a.type : b.type
                let result = thread.call(type.value, a)
                return !result.isEmpty && OrderedDicts.update(thread, result, b) ? result : .empty
            }
            slots.binary(.inplaceBitOr) { thread, a, b in OrderedDicts.update(thread, a, b) ? a : .empty }
        }
        keysType = view("odict_keys", .dictKeys, .keys)
        valuesType = view("odict_values", .dictValues, .values)
        itemsType = view("odict_items", .dictItems, .items)
        OrderedIterators.define()
        module.add(type)
    }

    private static func view(_ name: StaticString, _ base: TypeID, _ part: OrderedIterators.Part) -> NativeType {
        // C function pointers hold no state: each kind has its own.
        let reversed: NativeFunction
        let forwards: UnaryFunction
        switch part {
        case .keys:
            reversed = { thread, a, _ in OrderedIterators.make(thread, OrderedDicts.dict(a[0]), .keys, backwards: true) }
            forwards = { thread, value in OrderedIterators.make(thread, OrderedDicts.dict(value), .keys, backwards: false) }
        case .values:
            reversed = { thread, a, _ in OrderedIterators.make(thread, OrderedDicts.dict(a[0]), .values, backwards: true) }
            forwards = { thread, value in OrderedIterators.make(thread, OrderedDicts.dict(value), .values, backwards: false) }
        case .items:
            reversed = { thread, a, _ in OrderedIterators.make(thread, OrderedDicts.dict(a[0]), .items, backwards: true) }
            forwards = { thread, value in OrderedIterators.make(thread, OrderedDicts.dict(value), .items, backwards: false) }
        }
        return NativeType(name, base: base.type, size: MemoryLayout<DictViewObject>.size, mask: 0b10, flags: .noInstantiation,
                          methods: [Def("__reversed__(self, /)", .reads, isUnsigned: true, reversed)]) { slots in slots.unary(.iter, forwards) }
    }

    private static func dict(_ view: Value) -> Value { view.object(DictViewObject.self).pointee.dict }

    private static func makeView(_ thread: ThreadRef, _ type: NativeType, _ dict: Value) -> Value {
        let result = type.allocate(thread, size: MemoryLayout<DictViewObject>.size)
        if !result.isEmpty { result.object(DictViewObject.self).pointee.dict = dict }
        return result
    }

    private static var methods: [Def] {
        [
            Def("fromkeys(type, /, iterable, value=None)", .calls, "Create a new ordered dictionary with keys from iterable and values set to value.", kind: .classMethod) { thread, a, _ in
                let result = thread.call(a[0])
                if result.isEmpty { return .empty }
                let value = a[2].isEmpty ? Value.none : a[2]
                return thread.forEach(a[1]) { OrderedDicts.store(thread, result, $0, value) } ? result : .empty
            },
            Def("pop(self, /, key, default=<unrepresentable>)", .calls, """
                od.pop(key[,default]) -> v, remove specified key and return the corresponding value.

                A key that is not there gives the default, or KeyError where there is none.
                """) { thread, a, _ in
                let found = OrderedDictRef(a[0]).dict.remove(thread, a[1])
                if !found.isEmpty {
                    OrderedDictRef(a[0]).changed()
                    return found
                }
                if thread.hasException { return .empty }
                return a[2].isEmpty ? thread.raiseKeyError(a[1]) : a[2]
            },
            Def("popitem(self, /, last=True)", .calls, "Remove and return a (key, value) pair: the last, or the first if last is false.") { thread, a, _ in
                let ordered = OrderedDictRef(a[0])
                let isLast = a[1].isEmpty ? 1 : thread.isTrue(a[1])
                if isLast < 0 { return .empty }
                let entry = isLast == 1 ? ordered.lastEntry() : ordered.firstEntry()
                return entry < 0 ? thread.raise(.keyError, "dictionary is empty") : ordered.take(thread, entry, takesBack: isLast == 1)
            },
            Def("move_to_end(self, /, key, last=True)", .calls, "Move a key that is there to the end, or to the beginning if last is false.\n\nKeyError if it is not there.") { thread, a, _ in
                let ordered = OrderedDictRef(a[0])
                let isLast = a[2].isEmpty ? 1 : thread.isTrue(a[2])
                if isLast < 0 { return .empty }
                let hash = thread.hash(a[1])
                if hash == -1 && thread.hasException { return .empty }
                let entry = ordered.dict.find(thread, a[1], hash: hash)
                if entry < 0 { return entry == -1 ? thread.raiseKeyError(a[1]) : .empty }
                return ordered.move(thread, entry, toEnd: isLast == 1) ? .none : .empty
            },
            Def("setdefault(self, /, key, default=None)", .calls, "The value of a key; one that is missing is first added with the default.") { thread, a, _ in
                let value = a[2].isEmpty ? Value.none : a[2]
                if a[0].shapeIndex == OrderedDicts.type.shape {
                    let dict = OrderedDictRef(a[0]).dict
                    let hash = thread.hash(a[1])
                    if hash == -1 && thread.hasException { return .empty }
                    let entry = dict.find(thread, a[1], hash: hash)
                    if entry == -2 { return .empty }
                    if entry >= 0 { return dict.item(at: entry) }
                    guard dict.insert(thread, a[1], hash: hash, value) else { return .empty }
                    OrderedDictRef(a[0]).changed()
                    return value
                }
                let isThere = thread.contains(a[0], a[1])
                if isThere < 0 { return .empty }
                if isThere == 1 { return thread.getItem(a[0], a[1]) }
                return thread.setItem(a[0], a[1], value) ? value : .empty
            },
            Def("update(self, /, *args, **kwargs)", .calls, "Store the pairs of another mapping or of an iterable of pairs, and then the keyword arguments.", isUnsigned: true) { thread, a, _ in
                let arguments = TupleRef(a[1])
                guard arguments.count <= 1 else { return thread.raise(.typeError, "update() takes at most 1 positional argument (\(arguments.count) given)") }
                if arguments.count == 1 { guard OrderedDicts.update(thread, a[0], arguments[0]) else { return .empty } }
                return a[2].isEmpty || OrderedDicts.update(thread, a[0], a[2]) ? .none : .empty
            },
            Def("clear(self, /)", .writes, "od.clear() -> None.  Remove all items from od.", isUnsigned: true) { _, a, _ in
                let ordered = OrderedDictRef(a[0])
                ordered.dict.clear()
                ordered.pointer.pointee.notedTable = .empty
                ordered.pointer.pointee.size = 0
                return .none
            },
            Def("copy(self, /)", .calls, "od.copy() -> a shallow copy of od", isUnsigned: true) { thread, a, _ in OrderedDicts.copy(thread, a[0]) },
            Def("keys(self, /)", .reads, isUnsigned: true) { thread, a, _ in OrderedDicts.makeView(thread, OrderedDicts.keysType, a[0]) },
            Def("values(self, /)", .reads, isUnsigned: true) { thread, a, _ in OrderedDicts.makeView(thread, OrderedDicts.valuesType, a[0]) },
            Def("items(self, /)", .reads, isUnsigned: true) { thread, a, _ in OrderedDicts.makeView(thread, OrderedDicts.itemsType, a[0]) },
            Def("__reversed__(self, /)", .reads, "od.__reversed__() <==> reversed(od)", isUnsigned: true) { thread, a, _ in OrderedIterators.make(thread, a[0], .keys, backwards: true) },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling", isUnsigned: true) { thread, a, _ in
                let state = thread.callMethod(a[0], Name.__getstate__)
                let items = state.isEmpty ? .empty : thread.callMethod(a[0], Name.items)
                let iterator = items.isEmpty ? .empty : thread.iterator(items)
                return iterator.isEmpty ? .empty : thread.newTuple(a[0].type.value, WellKnown.emptyTuple.value, state, .none, iterator)
            },
            Def("__sizeof__(self, /)", .reads, isUnsigned: true) { thread, a, _ in
                let table = DictRef(a[0]).pointer.pointee.table
                return thread.newInt(Int(a[0].type.pointer.pointee.basicSize) + (table.isEmpty ? 0 : Heap.cellSize(table.raw)))
            },
        ]
    }

    /// Whether items are stored by this type's own means and not by a subclass's `__setitem__`.
    @inline(__always) private static func storesPlainly(_ value: Value) -> Bool {
        value.shapeIndex == type.shape || value.type.slotPointer(.setItem).pointee == type.type.slotPointer(.setItem).pointee
    }

    /// `value[key] = item`
    private static func store(_ thread: ThreadRef, _ value: Value, _ key: Value, _ item: Value) -> Bool {
        if isOne(value) && storesPlainly(value) { return OrderedDictRef(value).set(thread, key, item) }
        return thread.setItem(value, key, item)
    }

    /// Adds the entries of a mapping, or of an iterable of pairs. False when it has raised.
    static func update(_ thread: ThreadRef, _ value: Value, _ source: Value) -> Bool {
        if source.isExact(.dict) || source.isPointer && source.shapeIndex == type.shape && source != value {
            let other = DictRef(source)
            let plain = storesPlainly(value)
            if plain && other.count > 8 && DictRef(value).count == 0 { guard DictRef(value).resize(thread, atLeast: other.count) else { return false } }
            let size = other.count
            var entry = other.nextEntry(0)
            while entry >= 0 {
                let words = other.entries + entry &* 2
                let key = words[0], item = words[1]
                if plain {
                    let count = DictRef(value).count
                    guard DictRef(value).set(thread, key, hash: other.hash(entry: entry), item) else { return false }
                    if DictRef(value).count != count { OrderedDictRef(value).changed() }
                } else {
                    guard thread.setItem(value, key, item) else { return false }
                }
                if other.count != size {
                    thread.raise(.runtimeError, "\(source.isExact(.dict) ? "dictionary" : "OrderedDict") changed size during iteration")
                    return false
                }
                entry = other.nextEntry(entry + 1)
            }
            return true
        }
        let keys = thread.getAttributeOrEmpty(source, Name.keys)
        if thread.hasException { return false }
        if !keys.isEmpty {
            let list = thread.call(keys)
            if list.isEmpty { return false }
            return thread.forEach(list) { key in
                let item = thread.getItem(source, key)
                return !item.isEmpty && store(thread, value, key, item)
            }
        }
        let items = thread.getAttributeOrEmpty(source, Name.items)
        if thread.hasException { return false }
        let pairs = items.isEmpty ? source : thread.call(items)
        return !pairs.isEmpty && thread.forEach(pairs) { pair in storePair(thread, value, pair) }
    }

    private static func storePair(_ thread: ThreadRef, _ value: Value, _ pair: Value) -> Bool {
        if pair.isExact(.tuple), TupleRef(pair).count == 2 { return store(thread, value, TupleRef(pair)[0], TupleRef(pair)[1]) }
        let iterator = thread.iterator(pair)
        if iterator.isEmpty { return false }
        let key = thread.next(iterator)
        if key.isEmpty {
            if thread.endedIteration() { thread.raise(.valueError, "need more than 0 values to unpack") }
            return false
        }
        let item = thread.next(iterator)
        if item.isEmpty {
            if thread.endedIteration() { thread.raise(.valueError, "need more than 1 value to unpack") }
            return false
        }
        if !thread.next(iterator).isEmpty {
            thread.raise(.valueError, "too many values to unpack (expected 2)")
            return false
        }
        return thread.endedIteration() && store(thread, value, key, item)
    }

    private static func copy(_ thread: ThreadRef, _ value: Value) -> Value {
        let source = DictRef(value)
        var entry = source.nextEntry(0)
        while entry >= 0 && OrderedDictRef.isSteady(source.key(at: entry)) { entry = source.nextEntry(entry + 1) }
        if value.shapeIndex == type.shape && entry < 0 {
            let result = thread.allocateInstance(type.type)
            let table = result.isEmpty ? .empty : thread.copyDict(source)
            if table.isEmpty { return .empty }
            DictRef(result).adopt(DictRef(table))
            OrderedDictRef(result).changed()
            return result
        }
        let result = thread.call(value.type.value)
        if result.isEmpty { return .empty }
        entry = source.nextEntry(0)
        while entry >= 0 {
            let key = source.key(at: entry)
            let item = thread.getItem(value, key)
            guard !item.isEmpty, store(thread, result, key, item) else { return .empty }
            entry = source.nextEntry(entry + 1)
        }
        return result
    }

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let name = value.type.shortName
        if DictRef(value).count == 0 { return thread.newString("\(name)()") }
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("...") }
        defer { thread.leaveRepr(value) }
        let items = value.shapeIndex == type.shape ? makeView(thread, itemsType, value) : thread.callMethod(value, Name.items)
        let list = items.isEmpty ? .empty : thread.list(items)
        if list.isEmpty { return .empty }
        var text = TextBuffer()
        text.append(text: name + "(")
        guard text.append(repr: list, thread) else { return .empty }
        text.append(")")
        return text.make(thread)
    }

    private static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard operation == Comparison.equal.rawValue || operation == Comparison.notEqual.rawValue, a.isDict, b.isDict,
              let asDicts = TypeID.dict.type.slot(.compare, as: CompareFunction.self) else { return .notImplemented }
        let result = asDicts(thread, a, b, operation)
        if !isOne(b) || !result.isBool || (result == .true) != (operation == Comparison.equal.rawValue) { return result }
        let same = hasSameOrder(thread, OrderedDictRef(a), OrderedDictRef(b))
        return same < 0 ? .empty : Value((same == 1) == (operation == Comparison.equal.rawValue))
    }

    private static func hasSameOrder(_ thread: ThreadRef, _ a: OrderedDictRef, _ b: OrderedDictRef) -> Int32 {
        let stateA = a.pointer.pointee.state, stateB = b.pointer.pointee.state
        var x = a.dict.nextEntry(0), y = b.dict.nextEntry(0)
        while x >= 0 && y >= 0 {
            let same = thread.isEqual(a.dict.key(at: x), b.dict.key(at: y))
            if same <= 0 { return same }
            if a.pointer.pointee.state != stateA || b.pointer.pointee.state != stateB {
                thread.raise(.runtimeError, "OrderedDict mutated during iteration")
                return -1
            }
            x = a.dict.nextEntry(x + 1)
            y = b.dict.nextEntry(y + 1)
        }
        return x < 0 && y < 0 ? 1 : 0
    }
}

/// Iterators over an OrderedDict, forwards and backwards. The next entry is known beforehand: after the last one, changes do no harm.
enum OrderedIterators {
    enum Part: Int { case keys, values, items }

    struct Object {
        var header: ObjectHeader
        /// Empty when exhausted.
        var dict: Value
        var next: Int
        var part: Int
        var step: Int
        var state: Int
        var count: Int
    }

    nonisolated(unsafe) private static var type: NativeType!

    static func make(_ thread: ThreadRef, _ dict: Value, _ part: Part, backwards: Bool) -> Value {
        let result = type.allocate(thread, size: MemoryLayout<Object>.size)
        if result.isEmpty { return .empty }
        let iterator = result.object(Object.self)
        iterator.pointee.dict = dict
        iterator.pointee.part = part.rawValue
        iterator.pointee.step = backwards ? -1 : 1
        iterator.pointee.next = backwards ? OrderedDictRef(dict).lastEntry() : OrderedDictRef(dict).firstEntry()
        iterator.pointee.state = OrderedDictRef(dict).pointer.pointee.state
        iterator.pointee.count = DictRef(dict).count
        return result
    }

    private static func advance(_ thread: ThreadRef, _ value: Value) -> Value {
        let iterator = value.object(Object.self)
        let source = iterator.pointee.dict
        if source.isEmpty { return .empty }
        let entry = iterator.pointee.next
        if entry < 0 {
            iterator.pointee.dict = .empty
            return .empty
        }
        let ordered = OrderedDictRef(source), dict = DictRef(source)
        if ordered.pointer.pointee.state != iterator.pointee.state {
            iterator.pointee.dict = .empty
            return thread.raise(.runtimeError, "OrderedDict mutated during iteration")
        }
        if dict.count != iterator.pointee.count || entry >= dict.used || dict.key(at: entry).isEmpty {
            iterator.pointee.count = -1
            return thread.raise(.runtimeError, "OrderedDict changed size during iteration")
        }
        let key = dict.key(at: entry)
        var item = dict.item(at: entry)
        if iterator.pointee.part != Part.keys.rawValue {
            // A value is what the key is found to have now. A key that a method of dict took away is missed.
            if dict.count < ordered.pointer.pointee.size { return thread.raise(.keyError, "a key was taken out by a method of dict") }
            if !OrderedDictRef.isSteady(key) {
                item = dict.get(thread, key)
                if item.isEmpty { return thread.hasException ? .empty : thread.raiseKeyError(key) }
                if ordered.pointer.pointee.state != iterator.pointee.state || entry >= dict.used {
                    iterator.pointee.dict = .empty
                    return thread.raise(.runtimeError, "OrderedDict mutated during iteration")
                }
            }
        }
        if iterator.pointee.step > 0 {
            iterator.pointee.next = dict.nextEntry(entry + 1)
        } else {
            var before = entry - 1
            while before >= 0 && dict.key(at: before).isEmpty { before -= 1 }
            iterator.pointee.next = before
        }
        switch iterator.pointee.part {
        case Part.keys.rawValue: return key
        case Part.values.rawValue: return item
        default: return thread.newTuple(key, item)
        }
    }

    static func define() {
        type = NativeType("odict_iterator", size: MemoryLayout<Object>.size, mask: 0b10, flags: .noInstantiation, methods: [
            Def("__reduce__(self, /)", .calls, "Return state information for pickling", isUnsigned: true) { thread, a, _ in
                // A copy is asked, so that this one stays where it is.
                let copy = OrderedIterators.type.allocate(thread, size: MemoryLayout<Object>.size)
                if copy.isEmpty { return .empty }
                let header = copy.object(Object.self).pointee.header
                copy.object(Object.self).pointee = a[0].object(Object.self).pointee
                copy.object(Object.self).pointee.header = header
                let list = thread.list(copy)
                return Shared.reduce(thread, Shared.builtin(thread, "iter"), list)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in OrderedIterators.advance(thread, value) }
        }
    }
}
