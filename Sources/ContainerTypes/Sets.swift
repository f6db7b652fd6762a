import Objects

/// `set` and `frozenset`: types, slots and methods. The table is `SetRef` in `Objects`.
///
/// Binary operators want sets on both sides and give the left one's native type; methods take any iterable. The operations walk tables directly when the other side is a
/// set or a dict, since stored hashes need not be computed again.
public enum SetType {
    /// An exact set or frozenset or an instance of a subclass.
    @inline(__always) public static func isAnySet(_ value: Value) -> Bool {
        value.isPointer && (value.shapeIndex == TypeID.set.rawValue || value.shapeIndex == TypeID.frozenset.rawValue
            || value.type.has(.setSubclass) || value.type.has(.frozenSetSubclass))
    }
    static func isFrozen(_ value: Value) -> Bool { value.type.has(.frozenSetSubclass) }

    static func start(_ thread: ThreadRef) {
        NativeType(id: .set, "set", size: MemoryLayout<SetObject>.size, mask: 0b100, flags: [.base, .setSubclass, .weakReferenceable, .selfPattern],
                   doc: "set([iterable])\n\nA collection of different elements, in no order.",
                   methods: shared + mutating) { slots in
            slots.restate(.getAttribute, of: .object)
            SetType.fill(slots)
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, receiver, a, count, keywords in
                let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
                guard Shared.noKeywords(thread, "set", keywords) else { return .empty }
                guard Shared.arity(thread, "set", count - named, 0, 1) else { return .empty }
                let set = SetRef(receiver)
                set.clear()
                set.pointer.pointee.hash = 0
                if count - named == 1, !thread.update(set, a[0]) { return .empty }
                return .none
            }
            slots.unhashable()
            slots.binary(.inplaceBitOr) { thread, a, b in
                guard SetType.isAnySet(b) else { return .notImplemented }
                return thread.update(SetRef(a), b) ? a : .empty
            }
            slots.binary(.inplaceBitAnd) { thread, a, b in
                guard SetType.isAnySet(b) else { return .notImplemented }
                let result = SetType.intersect(thread, a, b, TypeID.set.type)
                if result.isEmpty { return .empty }
                SetType.take(SetRef(a), SetRef(result))
                return a
            }
            slots.binary(.inplaceSubtract) { thread, a, b in
                guard SetType.isAnySet(b) else { return .notImplemented }
                return SetType.differenceUpdate(thread, SetRef(a), b) ? a : .empty
            }
            slots.binary(.inplaceBitXor) { thread, a, b in
                guard SetType.isAnySet(b) else { return .notImplemented }
                return SetType.symmetricDifferenceUpdate(thread, SetRef(a), b) ? a : .empty
            }
        }
        NativeType(id: .frozenset, "frozenset", size: MemoryLayout<SetObject>.size, mask: 0b100, flags: [.base, .frozenSetSubclass, .weakReferenceable, .selfPattern],
                   doc: "frozenset([iterable])\n\nA set that cannot change, and so can be hashed.",
                   methods: shared) { slots in
            slots.restate(.getAttribute, of: .object)
            SetType.fill(slots)
            slots.call(.new) { thread, type, a, count, keywords in SetType.newFrozen(thread, TypeRef(type), a, count, keywords) }
            slots.hash { _, value in SetType.hash(value) }
        }
        NativeType(id: .setIterator, "set_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { thread, a, _ in
                thread.newInt(SetType.remaining(a[0]))
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                let own = a[0].object(IteratorObject.self)
                let copy = thread.newIterator(.setIterator, own.pointee.container, index: own.pointee.index, limit: own.pointee.limit)
                if copy.isEmpty { return .empty }
                return Shared.reduce(thread, Shared.builtin(thread, "iter"), thread.list(copy))
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let set = SetRef(iterator.pointee.container)
                if set.count != iterator.pointee.limit {
                    iterator.pointee.limit = -1
                    return thread.raise(.runtimeError, "Set changed size during iteration")
                }
                let key = set.next(&iterator.pointee.index)
                if key.isEmpty { iterator.pointee.container = .empty }
                return key
            }
        }
        WellKnown.emptyFrozenSet.value = thread.newFrozenSet()
    }

    static func remaining(_ value: Value) -> Int {
        let iterator = value.object(IteratorObject.self)
        if iterator.pointee.container.isEmpty { return 0 }
        let set = SetRef(iterator.pointee.container)
        if set.count != iterator.pointee.limit { return 0 }
        var position = iterator.pointee.index
        var count = 0
        while !set.next(&position).isEmpty { count += 1 }
        return count
    }

    /// Slots that both types have.
    private static func fill(_ slots: SlotBuilder) {
        slots.unary(.repr) { thread, value in SetType.repr(thread, value) }
        slots.compare { thread, a, b, operation in SetType.compare(thread, a, b, operation) }
        slots.unary(.iter) { thread, value in thread.newIterator(.setIterator, value, limit: SetRef(value).count) }
        slots.length { _, value in SetRef(value).count }
        slots.contains { thread, value, key in SetType.contains(thread, value, key) }
        slots.binary(.bitOr) { thread, a, b in
            guard SetType.isAnySet(a), SetType.isAnySet(b) else { return .notImplemented }
            let result = SetType.copy(thread, a)
            return !result.isEmpty && thread.update(SetRef(result), b) ? result : .empty
        }
        slots.binary(.bitAnd) { thread, a, b in
            guard SetType.isAnySet(a), SetType.isAnySet(b) else { return .notImplemented }
            return SetType.intersect(thread, a, b, SetType.baseType(a))
        }
        slots.binary(.subtract) { thread, a, b in
            guard SetType.isAnySet(a), SetType.isAnySet(b) else { return .notImplemented }
            return SetType.difference(thread, a, b)
        }
        slots.binary(.bitXor) { thread, a, b in
            guard SetType.isAnySet(a), SetType.isAnySet(b) else { return .notImplemented }
            return SetType.symmetricDifference(thread, a, b)
        }
    }

    // MARK: Making

    /// The native type of results of operations on a set: subclasses are not preserved.
    static func baseType(_ value: Value) -> TypeRef { isFrozen(value) ? TypeID.frozenset.type : TypeID.set.type }

    static func make(_ thread: ThreadRef, _ type: TypeRef) -> Value { type == TypeID.frozenset.type ? thread.newFrozenSet() : thread.newSet() }

    /// A copy to be changed at once, of the native type.
    static func copy(_ thread: ThreadRef, _ value: Value) -> Value {
        let result = make(thread, baseType(value))
        return !result.isEmpty && thread.copySetTable(SetRef(result), SetRef(value)) ? result : .empty
    }

    /// Takes over the table of a set that nobody else has seen.
    static func take(_ set: SetRef, _ other: SetRef) {
        set.pointer.pointee.table = other.pointer.pointee.table
        set.pointer.pointee.count = other.pointer.pointee.count
        set.pointer.pointee.fill = other.pointer.pointee.fill
        Heap.barrier(UnsafeMutableRawPointer(set.pointer))
    }

    private static func newFrozen(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let exact = type == TypeID.frozenset.type
        if named > 0 && (exact || !Shared.ownInit(type, .frozenset)), !Shared.noKeywords(thread, "frozenset", keywords) { return .empty }
        let given = count - named
        guard Shared.arity(thread, "frozenset", given, 0, 1) else { return .empty }
        if exact {
            if given == 0 { return WellKnown.emptyFrozenSet.value }
            if a[0].isExact(.frozenset) { return a[0] }
        }
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        if given == 1, !thread.update(SetRef(result), a[0]) { return .empty }
        return exact && SetRef(result).count == 0 ? WellKnown.emptyFrozenSet.value : result
    }

    // MARK: Lookup

    static func contains(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Int32 { SetRef(value).contains(thread, key) }

    static func discard(_ thread: ThreadRef, _ set: SetRef, _ key: Value) -> Int32 {
        guard let hash = SetRef.lookupHash(thread, key) else { return -1 }
        let place = set.find(thread, key, hash: hash)
        if place < 0 { return place == -1 ? 0 : -1 }
        set.remove(place: place)
        return 1
    }

    // MARK: Slots

    /// Independent of order: the items' hashes are dispersed, then combined by exclusive or.
    static func hash(_ value: Value) -> Int {
        let set = SetRef(value)
        if isFrozen(value) && set.pointer.pointee.hash != 0 { return set.pointer.pointee.hash }
        let hash = SetRef.itemsHash(value)
        if isFrozen(value) { set.pointer.pointee.hash = hash }
        return hash
    }

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let name = value.type.name
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("\(name)(...)") }
        defer { thread.leaveRepr(value) }
        if SetRef(value).count == 0 { return thread.newString("\(name)()") }
        let list = thread.newList(capacity: SetRef(value).count)
        if list.isEmpty { return .empty }
        var position = 0
        while true {
            let key = SetRef(value).next(&position)
            if key.isEmpty { break }
            guard ListRef(list).append(thread, key) else { return .empty }
        }
        var text = TextBuffer()
        let plain = value.type == TypeID.set.type
        text.append(text: plain ? "{" : "\(name)({")
        var index = 0
        while index < ListRef(list).count {
            if index > 0 { text.append(", ") }
            guard text.append(repr: ListRef(list)[index], thread) else { return .empty }
            index += 1
        }
        text.append(plain ? "}" : "})")
        return text.make(thread)
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard isAnySet(b), let comparison = Comparison(rawValue: operation) else { return .notImplemented }
        let left = SetRef(a), right = SetRef(b)
        var result: Int32 = 0
        switch comparison {
        case .equal, .notEqual:
            // The hash word of a mutable set means something else (see `pop`).
            let hashes = isFrozen(a) && isFrozen(b) ? (left.pointer.pointee.hash, right.pointer.pointee.hash) : (0, 0)
            if left.count == right.count && (hashes.0 == 0 || hashes.1 == 0 || hashes.0 == hashes.1) { result = subset(thread, left, right) }
            if result >= 0 && comparison == .notEqual { result = 1 - result }
        case .lessEqual: result = subset(thread, left, right)
        case .less: result = left.count < right.count ? subset(thread, left, right) : 0
        case .greaterEqual: result = subset(thread, right, left)
        case .greater: result = left.count > right.count ? subset(thread, right, left) : 0
        }
        return result < 0 ? .empty : Value(result != 0)
    }

    static func subset(_ thread: ThreadRef, _ a: SetRef, _ b: SetRef) -> Int32 {
        if a.count > b.count { return 0 }
        return a.isSubset(thread, of: b)
    }

    // MARK: Operations

    /// The items that are in both, as a set of the given type.
    static func intersect(_ thread: ThreadRef, _ a: Value, _ b: Value, _ type: TypeRef) -> Value {
        if a == b && isAnySet(a) { return copy(thread, a) }
        let result = make(thread, type)
        if result.isEmpty { return .empty }
        let target = SetRef(result)
        if isAnySet(b) {
            // The smaller is walked through; equal ones come from the right, as in CPython.
            let swap = SetRef(b).count > SetRef(a).count
            let walked = swap ? SetRef(a) : SetRef(b), asked = swap ? SetRef(b) : SetRef(a)
            return target.addKeys(thread, of: walked, thatAreIn: asked) ? result : .empty
        }
        let own = SetRef(a)
        let complete = thread.forEach(b) { key in
            guard let hash = SetRef.hash(thread, key) else { return false }
            let place = own.find(thread, key, hash: hash)
            if place < 0 { return place == -1 }
            return target.add(thread, key, hash: hash)
        }
        return complete ? result : .empty
    }

    static func difference(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        let own = SetRef(a)
        // A few are taken from a copy of many.
        if !isAnySet(b) && !b.isExact(.dict) || own.count >> 2 > (isAnySet(b) ? SetRef(b).count : DictRef(b).count) {
            let result = copy(thread, a)
            return !result.isEmpty && differenceUpdate(thread, SetRef(result), b) ? result : .empty
        }
        let result = make(thread, baseType(a))
        if result.isEmpty { return .empty }
        let complete = isAnySet(b) ? SetRef(result).addKeys(thread, of: own, thatAreNotIn: SetRef(b)) : SetRef(result).addKeys(thread, of: own, thatAreNotIn: DictRef(b))
        return complete ? result : .empty
    }

    /// Removes the items of an iterable. False when it has raised.
    static func differenceUpdate(_ thread: ThreadRef, _ set: SetRef, _ other: Value) -> Bool {
        if isAnySet(other) {
            let source = SetRef(other)
            if source.pointer == set.pointer {
                set.clear()
                return true
            }
            if !set.removeKeys(thread, of: source) { return false }
        } else {
            let complete = thread.forEach(other) { key in
                guard let hash = SetRef.hash(thread, key) else { return false }
                let place = set.find(thread, key, hash: hash)
                if place >= 0 { set.remove(place: place) }
                return place != -2
            }
            if !complete { return false }
        }
        // Mostly deleted places make lookups slow.
        if set.pointer.pointee.fill - set.count > (set.places - 1) / 4 { return set.resize(thread, atLeast: set.count > 50000 ? set.count * 2 : set.count * 4) }
        return true
    }

    /// What only one of a set and an iterable has, in the order that CPython comes to: the set's keys are put to or taken from the other's.
    static func symmetricDifference(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        let result = make(thread, baseType(a))
        return !result.isEmpty && thread.update(SetRef(result), b) && symmetricDifferenceUpdate(thread, SetRef(result), a) ? result : .empty
    }

    static func symmetricDifferenceUpdate(_ thread: ThreadRef, _ set: SetRef, _ other: Value) -> Bool {
        func toggle(_ key: Value, _ hash: Int) -> Bool {
            let place = set.find(thread, key, hash: hash)
            if place == -2 { return false }
            if place >= 0 {
                set.remove(place: place)
                return true
            }
            return set.insert(thread, key, hash: hash)
        }
        if other.isExact(.dict) {
            let dict = DictRef(other)
            var entry = dict.nextEntry(0)
            while entry >= 0 {
                guard toggle(dict.key(at: entry), dict.hash(entry: entry)) else { return false }
                entry = dict.nextEntry(entry + 1)
            }
            return true
        }
        var source = other
        if !isAnySet(other) {
            // An item given twice must not cancel itself.
            source = thread.newSet()
            if source.isEmpty || !thread.update(SetRef(source), other) { return false }
        } else if SetRef(other).pointer == set.pointer {
            set.clear()
            return true
        }
        return set.toggleKeys(thread, of: SetRef(source))
    }

    static func isDisjoint(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        if a == b { return Value(SetRef(a).count == 0) }
        if b.isExact(.set) || b.isExact(.frozenset) {
            let swap = SetRef(b).count > SetRef(a).count
            let walked = swap ? SetRef(a) : SetRef(b), asked = swap ? SetRef(b) : SetRef(a)
            let result = walked.isDisjoint(thread, from: asked)
            return result < 0 ? .empty : Value(result == 1)
        }
        var disjoint = true
        let complete = thread.forEach(b) { key in
            let found = SetRef(a).contains(thread, key)
            if found > 0 { disjoint = false }
            return found == 0
        }
        return complete || !thread.hasException ? Value(disjoint) : .empty
    }
}
