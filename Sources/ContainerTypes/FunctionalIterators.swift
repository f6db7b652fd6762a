import Objects

/// `enumerate`, `zip`, `map` and `filter`.
///
/// All are `IteratorObject`s. enumerate: container the iterator, index the next number, extra that number when it does not fit a word. zip: container a tuple of iterators, index 1 when strict. map: container a tuple of
/// iterators, extra the function. filter: container the iterator, extra the function or None.
enum FunctionalIterators {
    private static let reduceDoc: StaticString = "Return state information for pickling."

    static func start() {
        let size = MemoryLayout<IteratorObject>.size
        NativeType(id: .enumerate, "enumerate", size: size, mask: 0b10010, flags: .base,
                   doc: """
                       enumerate(iterable, start=0)\n--\n\nNumber the items of an iterable: an iterator of tuples of a count, which begins at start, and an item.

                           list(enumerate('ab', 1)) == [(1, 'a'), (2, 'b')]
                       """, methods: [
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                let arguments = thread.newTuple(iterator.pointee.container, iterator.pointee.extra.isEmpty ? thread.newInt(iterator.pointee.index) : iterator.pointee.extra)
                return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
            },
            Shared.classGetItem,
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in FunctionalIterators.newEnumerate(thread, TypeRef(type), a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in FunctionalIterators.nextNumbered(thread, value) }
        }
        NativeType(id: .zip, "zip", size: size, mask: 0b10010, flags: .base,
                   doc: """
                       Go through several iterables side by side: an iterator of tuples with one item of each.

                           >>> list(zip([1, 2, 3], 'ab'))
                           [(1, 'a'), (2, 'b')]

                       The shortest one ends it; if strict is true, ValueError tells that they differ in length.
                       """, methods: [
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                if iterator.pointee.index != 0 { return thread.newTuple(a[0].type.value, iterator.pointee.container, .true) }
                return thread.newTuple(a[0].type.value, iterator.pointee.container)
            },
            Def("__setstate__(self, state, /)", .calls, "Set state information for unpickling.") { thread, a, _ in
                let strict = thread.isTrue(a[1])
                if strict < 0 { return .empty }
                a[0].object(IteratorObject.self).pointee.index = Int(strict)
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in FunctionalIterators.newZip(thread, TypeRef(type), a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in FunctionalIterators.nextZipped(thread, value) }
        }
        NativeType(id: .map, "map", size: size, mask: 0b10010, flags: .base,
                   doc: """
                       map(function, *iterables)

                       An iterator of what the function returns for the items of the iterables, taken side by side until one of them ends.
                       """, methods: [
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                let first = thread.newTuple(iterator.pointee.extra)
                if first.isEmpty { return .empty }
                let arguments = TupleType.concat(thread, first, iterator.pointee.container)
                return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in FunctionalIterators.newMap(thread, TypeRef(type), a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in FunctionalIterators.nextMapped(thread, value) }
        }
        NativeType(id: .filter, "filter", size: size, mask: 0b10010, flags: .base,
                   doc: """
                       filter(function, iterable)

                       An iterator of the items for which the function is true, or with None in its place, that are true themselves.
                       """, methods: [
            Def("__reduce__(self, /)", .calls, reduceDoc) { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                let arguments = thread.newTuple(iterator.pointee.extra, iterator.pointee.container)
                return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in FunctionalIterators.newFilter(thread, TypeRef(type), a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in FunctionalIterators.nextFiltered(thread, value) }
        }
    }

    /// Makes the instance and sets its fields.
    private static func make(_ thread: ThreadRef, _ type: TypeRef, _ container: Value, index: Int = 0, extra: Value = .empty) -> Value {
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        let iterator = result.object(IteratorObject.self)
        iterator.pointee.container = container
        iterator.pointee.index = index
        iterator.pointee.extra = extra
        return result
    }

    /// A tuple of the arguments' iterators.
    private static func iterators(_ thread: ThreadRef, _ a: Arguments, _ count: Int) -> Value {
        let result = thread.newTuple(count: count)
        if result.isEmpty { return .empty }
        for index in 0 ..< count {
            let iterator = thread.iterator(a[index])
            if iterator.isEmpty { return .empty }
            TupleRef(result).initialize(index, iterator)
        }
        return result
    }

    // MARK: enumerate

    static func newEnumerate(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        var iterable = Value.empty, start = Value.empty
        let given = count - named
        if count > 2 { return thread.raise(.typeError, "enumerate() takes at most 2 arguments (\(count) given)") }
        if given > 0 { iterable = a[0] }
        if given > 1 { start = a[1] }
        for index in 0 ..< named {
            let key = StringRef(TupleRef(keywords)[index])
            if key.equals("iterable") && iterable.isEmpty { iterable = a[given + index] }
            else if key.equals("start") && start.isEmpty { start = a[given + index] }
            else { return thread.raise(.typeError, "'\(key.description)' is an invalid keyword argument for enumerate()") }
        }
        if iterable.isEmpty { return thread.raise(.typeError, "enumerate() missing required argument 'iterable'") }
        var number = Value(small: 0)
        if !start.isEmpty {
            number = thread.toIndex(start)
            if number.isEmpty { return .empty }
        }
        let iterator = thread.iterator(iterable)
        if iterator.isEmpty { return .empty }
        return number.isSmallInt ? make(thread, type, iterator, index: number.smallInt) : make(thread, type, iterator, extra: number)
    }

    static func nextNumbered(_ thread: ThreadRef, _ value: Value) -> Value {
        let iterator = value.object(IteratorObject.self)
        let item = thread.next(iterator.pointee.container)
        if item.isEmpty { return .empty }
        if iterator.pointee.extra.isEmpty && Value.fitsSmall(iterator.pointee.index) {
            let number = Value(small: iterator.pointee.index)
            iterator.pointee.index += 1
            return thread.newTuple(number, item)
        }
        let number = iterator.pointee.extra.isEmpty ? thread.newInt(iterator.pointee.index) : iterator.pointee.extra
        if number.isEmpty { return .empty }
        let next = thread.binary(number, Value(small: 1), .add)
        if next.isEmpty { return .empty }
        iterator.pointee.extra = next
        Heap.barrier(value.raw)
        return thread.newTuple(number, item)
    }

    // MARK: zip

    static func newZip(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        var strict: Int32 = 0
        if named > 0 && (type == TypeID.zip.type || !Shared.ownInit(type, .zip)) {
            for index in 0 ..< named {
                guard StringRef(TupleRef(keywords)[index]).equals("strict") else {
                    return thread.raise(.typeError, "'\(StringRef(TupleRef(keywords)[index]).description)' is an invalid keyword argument for zip()")
                }
                strict = thread.isTrue(a[count - named + index])
                if strict < 0 { return .empty }
            }
        }
        let sources = iterators(thread, a, count - named)
        return sources.isEmpty ? .empty : make(thread, type, sources, index: Int(strict))
    }

    static func nextZipped(_ thread: ThreadRef, _ value: Value) -> Value {
        let iterator = value.object(IteratorObject.self)
        let sources = TupleRef(iterator.pointee.container)
        let count = sources.count
        if count == 0 { return .empty }
        let first = thread.next(sources[0])
        if first.isEmpty { return iterator.pointee.index != 0 && !thread.hasException ? strictEnd(thread, sources, 0) : .empty }
        if count == 2 {
            let second = thread.next(sources[1])
            if second.isEmpty { return iterator.pointee.index != 0 && !thread.hasException ? strictEnd(thread, sources, 1) : .empty }
            return thread.newTuple(first, second)
        }
        let result = thread.newTuple(count: count)
        if result.isEmpty { return .empty }
        TupleRef(result).initialize(0, first)
        for index in 1 ..< max(count, 1) {
            let item = thread.next(sources[index])
            if item.isEmpty { return iterator.pointee.index != 0 && !thread.hasException ? strictEnd(thread, sources, index) : .empty }
            TupleRef(result).initialize(index, item)
        }
        return result
    }

    /// Argument `index` has ended: all must, at the same time.
    private static func strictEnd(_ thread: ThreadRef, _ sources: TupleRef, _ index: Int) -> Value {
        func others(_ number: Int) -> String { number == 1 ? "argument 1" : "arguments 1-\(number)" }
        if index > 0 { return thread.raise(.valueError, "zip() argument \(index + 1) is shorter than \(others(index))") }
        for other in 1 ..< max(sources.count, 1) {
            let item = thread.next(sources[other])
            if !item.isEmpty { return thread.raise(.valueError, "zip() argument \(other + 1) is longer than \(others(other))") }
            if thread.hasException { return .empty }
        }
        return .empty
    }

    // MARK: map

    static func newMap(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if named > 0 && (type == TypeID.map.type || !Shared.ownInit(type, .map)), !Shared.noKeywords(thread, "map", keywords) { return .empty }
        let given = count - named
        if given < 2 { return thread.raise(.typeError, "map() must have at least two arguments.") }
        let sources = iterators(thread, a + 1, given - 1)
        return sources.isEmpty ? .empty : make(thread, type, sources, extra: a[0])
    }

    static func nextMapped(_ thread: ThreadRef, _ value: Value) -> Value {
        let iterator = value.object(IteratorObject.self)
        let sources = TupleRef(iterator.pointee.container)
        let count = sources.count
        if count == 1 {
            let item = thread.next(sources[0])
            return item.isEmpty ? .empty : thread.call(iterator.pointee.extra, item)
        }
        guard let vector = thread.pushArguments(count + 1) else { return .empty }
        vector.update(repeating: .empty, count: count + 1)
        defer { thread.popArguments(vector) }
        for index in 0 ..< count {
            let item = thread.next(sources[index])
            if item.isEmpty { return .empty }
            vector[index + 1] = item
        }
        return thread.call(iterator.pointee.extra, vector + 1, count)
    }

    // MARK: filter

    static func newFilter(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if named > 0 && (type == TypeID.filter.type || !Shared.ownInit(type, .filter)), !Shared.noKeywords(thread, "filter", keywords) { return .empty }
        guard Shared.arity(thread, "filter", count - named, 2, 2) else { return .empty }
        let iterator = thread.iterator(a[1])
        return iterator.isEmpty ? .empty : make(thread, type, iterator, extra: a[0])
    }

    static func nextFiltered(_ thread: ThreadRef, _ value: Value) -> Value {
        let iterator = value.object(IteratorObject.self)
        let function = iterator.pointee.extra
        let plain = function.isNone || function == TypeID.bool.value
        while true {
            let item = thread.next(iterator.pointee.container)
            if item.isEmpty { return .empty }
            var verdict = item
            if !plain {
                verdict = thread.call(function, item)
                if verdict.isEmpty { return .empty }
            }
            let truth = thread.isTrue(verdict)
            if truth != 0 { return truth < 0 ? .empty : item }
        }
    }
}
