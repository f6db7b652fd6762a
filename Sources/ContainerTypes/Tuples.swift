import Glibc
import Objects

/// `tuple`. Instances of subclasses have the same layout; a dict word, if they have one, follows the items.
enum TupleType {
    static func start() {
        NativeType(id: .tuple, "tuple", size: MemoryLayout<TupleObject>.size, trace: .counted, tailOffset: MemoryLayout<TupleObject>.size,
                   flags: [.base, .tupleSubclass, .variableSize, .sequencePattern, .selfPattern],
                   doc: "tuple(iterable=(), /)\n--\n\nA sequence that cannot change. It has the items of the iterable; a tuple is returned as it is.",
                   methods: methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in TupleType.new(thread, type, a, count, keywords) }
            slots.unary(.repr) { thread, value in TupleType.repr(thread, value) }
            slots.hash { thread, value in TupleType.hash(thread, value) }
            slots.compare { thread, a, b, operation in TupleType.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, value in thread.newIterator(.tupleIterator, value) }
            slots.length { _, value in TupleRef(value).count }
            slots.contains { thread, value, item in
                let tuple = TupleRef(value)
                for index in 0 ..< tuple.count {
                    let same = thread.isEqual(tuple[index], item)
                    if same != 0 { return same }
                }
                return 0
            }
            slots.binary(.getItem) { thread, value, key in TupleType.getItem(thread, value, key) }
            slots.binary(.concat) { thread, a, b in TupleType.concat(thread, a, b) }
            slots.binary(.repeat) { thread, a, n in TupleType.repeated(thread, a, n) }
        }
    }

    private static var methods: [Def] {
        [
            Def("index(self, value, start=0, stop=sys.maxsize, /)", .calls, "Where the first item is that equals value; ValueError when there is none.") { thread, a, _ in
                let tuple = TupleRef(a[0])
                guard let (start, stop) = ListType.searchBounds(thread, a[2], a[3], tuple.count) else { return .empty }
                var place = start
                while place < stop && place < tuple.count {
                    let same = thread.isEqual(tuple[place], a[1])
                    if same < 0 { return .empty }
                    if same > 0 { return thread.newInt(place) }
                    place += 1
                }
                return thread.raise(.valueError, "tuple.index(x): x not in tuple")
            },
            Def("count(self, value, /)", .calls, "Return number of occurrences of value.") { thread, a, _ in
                let tuple = TupleRef(a[0])
                var total = 0
                for index in 0 ..< tuple.count {
                    let same = thread.isEqual(tuple[index], a[1])
                    if same < 0 { return .empty }
                    total += Int(same)
                }
                return thread.newInt(total)
            },
            Def("__getnewargs__(self, /)", .reads) { thread, a, _ in
                let items = thread.newTuple(TupleRef(a[0]).items, TupleRef(a[0]).count)
                return items.isEmpty ? .empty : thread.newTuple(items)
            },
            Def("__sizeof__(self, /)", .reads, "Return the size of the tuple in memory, in bytes.") { thread, a, _ in
                thread.newInt(a[0].type.instanceSize + TupleRef(a[0]).count * 8)
            },
            Shared.classGetItem,
        ]
    }

    static func new(_ thread: ThreadRef, _ type: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let type = TypeRef(type)
        let exact = type == TypeID.tuple.type
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if named > 0 && (exact || !Shared.ownInit(type, .tuple)) {
            guard Shared.noKeywords(thread, "tuple", keywords) else { return .empty }
        }
        let given = count - named
        guard Shared.arity(thread, "tuple", given, 0, 1) else { return .empty }
        if exact { return given == 0 ? WellKnown.emptyTuple.value : thread.tuple(a[0]) }
        let items = given == 0 ? WellKnown.emptyTuple.value : thread.tuple(a[0])
        if items.isEmpty { return .empty }
        let number = TupleRef(items).count
        let result = thread.allocateInstance(type, extra: number * 8)
        if result.isEmpty { return .empty }
        let tuple = TupleRef(result)
        tuple.pointer.pointee.count = number
        if number > 0 { memcpy(tuple.items, TupleRef(items).items, number * 8) }
        return result
    }

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let tuple = TupleRef(value)
        if tuple.count == 0 { return thread.newString("()") }
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("(...)") }
        defer { thread.leaveRepr(value) }
        var text = TextBuffer()
        text.append("(")
        for index in 0 ..< tuple.count {
            if index > 0 { text.append(", ") }
            guard text.append(repr: tuple[index], thread) else { return .empty }
        }
        text.append(tuple.count == 1 ? ",)" : ")")
        return text.make(thread)
    }

    /// xxHash's mixing of the items' hashes.
    static func hash(_ thread: ThreadRef, _ value: Value) -> Int {
        let tuple = TupleRef(value)
        let count = tuple.count
        var state: UInt64 = 2870177450012600261
        for index in 0 ..< count {
            let lane = thread.hash(tuple[index])
            if lane == -1 && thread.hasException { return -1 }
            state = state &+ UInt64(bitPattern: Int64(lane)) &* 14029467366897019727
            state = state << 31 | state >> 33
            state = state &* 11400714785074694791
        }
        state = state &+ (UInt64(count) ^ (2870177450012600261 ^ 3527539))
        return state == UInt64.max ? 1546275796 : Int(bitPattern: UInt(state))
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard a.isTuple, b.isTuple else { return .notImplemented }
        let left = TupleRef(a), right = TupleRef(b)
        let shared = min(left.count, right.count)
        for index in 0 ..< shared {
            let x = left[index], y = right[index]
            if x == y { continue }
            let same = thread.isEqual(x, y)
            if same < 0 { return .empty }
            if same == 0 {
                if operation == Comparison.equal.rawValue { return .false }
                if operation == Comparison.notEqual.rawValue { return .true }
                return thread.compare(x, y, Comparison(number: operation))
            }
        }
        return Shared.ordered(left.count, right.count, operation)
    }

    static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let tuple = TupleRef(value)
        if key.isSmallInt {
            var index = key.smallInt
            if index < 0 { index += tuple.count }
            if UInt(bitPattern: index) >= UInt(bitPattern: tuple.count) { return thread.raise(.indexError, "tuple index out of range") }
            return tuple[index]
        }
        if key.isExact(.slice) {
            guard let bounds = thread.sliceIndices(key, tuple.count) else { return .empty }
            if bounds.count <= 0 { return WellKnown.emptyTuple.value }
            if bounds.step == 1 {
                if bounds.count == tuple.count && value.isExact(.tuple) { return value }
                return thread.newTuple(tuple.items + bounds.start, bounds.count)
            }
            let result = thread.newTuple(count: bounds.count)
            if result.isEmpty { return .empty }
            var place = bounds.start
            for index in 0 ..< bounds.count {
                TupleRef(result).items[index] = tuple[place]
                place &+= bounds.step
            }
            return result
        }
        guard thread.isIndex(key) else { return thread.raise(.typeError, "tuple indices must be integers or slices, not \(key.type.name)") }
        guard let index = thread.toInt(key, overflow: .indexError) else { return .empty }
        let place = index < 0 ? index + tuple.count : index
        if place < 0 || place >= tuple.count { return thread.raise(.indexError, "tuple index out of range") }
        return tuple[place]
    }

    static func concat(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        guard b.isTuple else { return thread.raise(.typeError, "can only concatenate tuple (not \"\(b.type.name)\") to tuple") }
        let left = TupleRef(a), right = TupleRef(b)
        if left.count == 0 && b.isExact(.tuple) { return b }
        if right.count == 0 && a.isExact(.tuple) { return a }
        let result = thread.newTuple(count: left.count + right.count)
        if result.isEmpty { return .empty }
        let target = TupleRef(result).items
        if left.count > 0 { memcpy(target, left.items, left.count * 8) }
        if right.count > 0 { memcpy(target + left.count, right.items, right.count * 8) }
        return result
    }

    static func repeated(_ thread: ThreadRef, _ value: Value, _ number: Value) -> Value {
        guard let n = ListType.times(thread, number) else { return .empty }
        let tuple = TupleRef(value)
        if (tuple.count == 0 || n == 1) && value.isExact(.tuple) { return value }
        if tuple.count == 0 || n == 0 { return WellKnown.emptyTuple.value }
        let (total, overflow) = tuple.count.multipliedReportingOverflow(by: n)
        if overflow || total >= 1 << 40 { return thread.raiseOutOfMemory() }
        let result = thread.newTuple(count: total)
        if result.isEmpty { return .empty }
        ListType.fill(TupleRef(result).items, tuple.items, tuple.count, total)
        return result
    }
}
