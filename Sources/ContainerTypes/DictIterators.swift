import Objects

/// Iterators over dicts, in both directions.
///
/// `IteratorObject`: container the dict (empty when exhausted), index the next entry, limit the count at the start (-1 once an error was raised), extra the number of entries
/// in use at the start. An entry beyond those was added after the start, by a change that kept the count.
public enum DictIterators {
    public static func make(_ thread: ThreadRef, _ id: TypeID, _ dict: DictRef) -> Value {
        let backwards = id == .dictReverseKeyIterator || id == .dictReverseValueIterator || id == .dictReverseItemIterator
        return thread.newIterator(id, dict.value, index: backwards ? dict.used - 1 : 0, limit: dict.count, extra: Value(small: dict.used))
    }

    static func start() {
        define(.dictKeyIterator, "dict_keyiterator") { thread, value in
            let entry = DictIterators.advance(thread, value)
            return entry < 0 ? .empty : DictRef(value.object(IteratorObject.self).pointee.container).key(at: entry)
        }
        define(.dictValueIterator, "dict_valueiterator") { thread, value in
            let entry = DictIterators.advance(thread, value)
            return entry < 0 ? .empty : DictRef(value.object(IteratorObject.self).pointee.container).item(at: entry)
        }
        define(.dictItemIterator, "dict_itemiterator") { thread, value in
            let entry = DictIterators.advance(thread, value)
            if entry < 0 { return .empty }
            let words = DictRef(value.object(IteratorObject.self).pointee.container).entries + entry &* 2
            return thread.newTuple(words[0], words[1])
        }
        define(.dictReverseKeyIterator, "dict_reversekeyiterator") { thread, value in
            let entry = DictIterators.retreat(thread, value)
            return entry < 0 ? .empty : DictRef(value.object(IteratorObject.self).pointee.container).key(at: entry)
        }
        define(.dictReverseValueIterator, "dict_reversevalueiterator") { thread, value in
            let entry = DictIterators.retreat(thread, value)
            return entry < 0 ? .empty : DictRef(value.object(IteratorObject.self).pointee.container).item(at: entry)
        }
        define(.dictReverseItemIterator, "dict_reverseitemiterator") { thread, value in
            let entry = DictIterators.retreat(thread, value)
            if entry < 0 { return .empty }
            let words = DictRef(value.object(IteratorObject.self).pointee.container).entries + entry &* 2
            return thread.newTuple(words[0], words[1])
        }
    }

    private static func define(_ id: TypeID, _ name: StaticString, _ next: @escaping UnaryFunction) {
        NativeType(id: id, name, size: MemoryLayout<IteratorObject>.size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { thread, a, _ in
                thread.newInt(DictIterators.remaining(a[0]))
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                // A copy is drained, so that the iterator itself stays where it is.
                guard let raw = Heap.allocate(MemoryLayout<IteratorObject>.size, shape: a[0].shapeIndex) else { return thread.raiseOutOfMemory() }
                let copy = raw.assumingMemoryBound(to: IteratorObject.self), own = a[0].object(IteratorObject.self)
                copy.pointee.container = own.pointee.container
                copy.pointee.index = own.pointee.index
                copy.pointee.limit = own.pointee.limit
                copy.pointee.extra = own.pointee.extra
                return Shared.reduce(thread, Shared.builtin(thread, "iter"), thread.list(Value(raw)))
            },
        ]) { slots in
            if id == .dictKeyIterator || id == .dictValueIterator || id == .dictItemIterator { slots.restate(.getAttribute, of: .object) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next, next)
        }
    }

    /// Entries to come; 0 when the dict has changed size.
    static func remaining(_ value: Value) -> Int {
        let iterator = value.object(IteratorObject.self)
        if iterator.pointee.container.isEmpty { return 0 }
        let dict = DictRef(iterator.pointee.container)
        if dict.count != iterator.pointee.limit { return 0 }
        let backwards = value.shapeIndex == TypeID.dictReverseKeyIterator.rawValue || value.shapeIndex == TypeID.dictReverseValueIterator.rawValue
            || value.shapeIndex == TypeID.dictReverseItemIterator.rawValue
        let range = backwards ? 0 ..< min(iterator.pointee.index + 1, dict.used) : min(iterator.pointee.index, dict.used) ..< dict.used
        if dict.count == dict.used { return range.count }
        var count = 0
        for entry in range where !dict.key(at: entry).isEmpty { count += 1 }
        return count
    }

    /// The next entry; -1 at the end, or when it has raised.
    @inline(__always) static func advance(_ thread: ThreadRef, _ value: Value) -> Int {
        let iterator = value.object(IteratorObject.self)
        if iterator.pointee.container.isEmpty { return -1 }
        let dict = DictRef(iterator.pointee.container)
        if dict.count != iterator.pointee.limit { return changed(thread, iterator) }
        let entry = dict.nextEntry(iterator.pointee.index)
        if entry < 0 {
            iterator.pointee.container = .empty
            return -1
        }
        if entry >= iterator.pointee.extra.smallInt {
            iterator.pointee.container = .empty
            thread.raise(.runtimeError, "dictionary keys changed during iteration")
            return -1
        }
        iterator.pointee.index = entry + 1
        return entry
    }

    /// The next entry backwards; -1 at the end, or when it has raised.
    @inline(__always) static func retreat(_ thread: ThreadRef, _ value: Value) -> Int {
        let iterator = value.object(IteratorObject.self)
        if iterator.pointee.container.isEmpty { return -1 }
        let dict = DictRef(iterator.pointee.container)
        if dict.count != iterator.pointee.limit { return changed(thread, iterator) }
        var entry = min(iterator.pointee.index, dict.used - 1)
        while entry >= 0 && dict.key(at: entry).isEmpty { entry -= 1 }
        if entry < 0 {
            iterator.pointee.container = .empty
            return -1
        }
        iterator.pointee.index = entry - 1
        return entry
    }

    /// The error stays: every further step raises it again.
    @inline(never) private static func changed(_ thread: ThreadRef, _ iterator: UnsafeMutablePointer<IteratorObject>) -> Int {
        iterator.pointee.limit = -1
        thread.raise(.runtimeError, "dictionary changed size during iteration")
        return -1
    }
}
