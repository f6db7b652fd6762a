import ContainerTypes
import Glibc
import Objects

/// `collections.deque`: a ring buffer.
///
/// The items stand in a heap array whose size is a power of two, from `start` on, wrapping around; unused words are empty. `version` changes with every change of
/// structure, so that an iterator notices.
struct DequeObject {
    var header: ObjectHeader
    /// `ValueArrayObject`, or empty
    var storage: Value
    var start: Int
    var count: Int
    var mask: Int
    /// -1: no bound
    var limit: Int
    var version: Int
}

struct DequeRef {
    let pointer: UnsafeMutablePointer<DequeObject>

    @inline(__always) init(_ value: Value) { pointer = value.object(DequeObject.self) }
    var count: Int { @inline(__always) get { pointer.pointee.count } }
    var limit: Int { pointer.pointee.limit }
    private var words: UnsafeMutablePointer<Value> {
        @inline(__always) get { (pointer.pointee.storage.raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self) }
    }

    subscript(_ index: Int) -> Value { @inline(__always) get { words[(pointer.pointee.start &+ index) & pointer.pointee.mask] } }

    @inline(__always) func set(_ index: Int, _ value: Value) {
        words[(pointer.pointee.start &+ index) & pointer.pointee.mask] = value
        Heap.barrier(pointer.pointee.storage.raw)
    }

    /// Makes room for one more. False when it has raised.
    @inline(__always) private func grow(_ thread: ThreadRef) -> Bool {
        !pointer.pointee.storage.isEmpty && count <= pointer.pointee.mask ? true : growSlow(thread)
    }

    @inline(never) private func growSlow(_ thread: ThreadRef) -> Bool {
        let size = pointer.pointee.storage.isEmpty ? 8 : (pointer.pointee.mask + 1) * 2
        guard size < 1 << 40, let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + size * 8, shape: TypeID.valueArray.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        let target = (raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self)
        for index in 0 ..< count { target[index] = self[index] }
        raw.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = size
        pointer.pointee.storage = Value(raw)
        pointer.pointee.start = 0
        pointer.pointee.mask = size - 1
        Heap.barrier(UnsafeMutableRawPointer(pointer))
        return true
    }

    /// append; the first item goes when the bound is reached.
    @inline(__always) func append(_ thread: ThreadRef, _ value: Value) -> Bool {
        if limit >= 0 {
            if limit == 0 { return true }
            if count >= limit { _ = popFirst() }
        }
        guard grow(thread) else { return false }
        pointer.pointee.count += 1
        set(count - 1, value)
        pointer.pointee.version &+= 1
        return true
    }

    @inline(__always) func appendLeft(_ thread: ThreadRef, _ value: Value) -> Bool {
        if limit >= 0 {
            if limit == 0 { return true }
            if count >= limit { _ = popLast() }
        }
        guard grow(thread) else { return false }
        pointer.pointee.start = (pointer.pointee.start &- 1) & pointer.pointee.mask
        pointer.pointee.count += 1
        set(0, value)
        pointer.pointee.version &+= 1
        return true
    }

    /// The deque is not empty.
    @inline(__always) func popFirst() -> Value {
        let result = self[0]
        words[pointer.pointee.start] = .empty
        pointer.pointee.start = (pointer.pointee.start &+ 1) & pointer.pointee.mask
        pointer.pointee.count -= 1
        pointer.pointee.version &+= 1
        return result
    }

    @inline(__always) func popLast() -> Value {
        let place = (pointer.pointee.start &+ count &- 1) & pointer.pointee.mask
        let result = words[place]
        words[place] = .empty
        pointer.pointee.count -= 1
        pointer.pointee.version &+= 1
        return result
    }

    func clear() {
        pointer.pointee.storage = .empty
        pointer.pointee.start = 0
        pointer.pointee.count = 0
        pointer.pointee.mask = 0
        pointer.pointee.version &+= 1
    }

    /// Turns the deque by `steps` to the right.
    func rotate(_ steps: Int) {
        if count < 2 { return }
        var steps = steps % count
        if steps > count / 2 { steps -= count } else if steps < -(count / 2) { steps += count }
        let mask = pointer.pointee.mask
        let version = pointer.pointee.version
        while steps > 0 {
            let item = popLast()
            pointer.pointee.start = (pointer.pointee.start &- 1) & mask
            pointer.pointee.count += 1
            words[pointer.pointee.start] = item
            steps -= 1
        }
        while steps < 0 {
            let item = popFirst()
            pointer.pointee.count += 1
            words[(pointer.pointee.start &+ count &- 1) & mask] = item
            steps += 1
        }
        pointer.pointee.version = version &+ 1
        Heap.barrier(pointer.pointee.storage.raw)
    }

    /// Takes out one item; the index is in range.
    func remove(_ index: Int) {
        if index < count / 2 {
            var place = index
            while place > 0 { set(place, self[place - 1]); place -= 1 }
            _ = popFirst()
        } else {
            var place = index
            while place < count - 1 { set(place, self[place + 1]); place += 1 }
            _ = popLast()
        }
    }
}

enum Deques {
    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) private static var iteratorType: NativeType!
    nonisolated(unsafe) private static var reverseType: NativeType!
    nonisolated(unsafe) private static var initializer: Constructor!

    static func isDeque(_ value: Value) -> Bool { value.isPointer && value.type.isSubtype(of: type.type) }

    static func define(_ module: ModuleBuilder) {
        initializer = Constructor("deque(self, iterable=(), maxlen=None)") { thread, a, _ in Deques.initialize(thread, a[0], a[1], a[2]) }
        type = NativeType("deque", module: "collections", size: MemoryLayout<DequeObject>.size, mask: 0b10, flags: [.base, .weakReferenceable, .sequencePattern],
                          doc: "deque([iterable[, maxlen]])\n\nA sequence that is fast at both ends.",
                          methods: methods, getters: [
            Getter("maxlen", "maximum size of a deque or None if unbounded") { thread, a, _ in DequeRef(a[0]).limit < 0 ? .none : thread.newInt(DequeRef(a[0]).limit) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in
                let result = thread.allocateInstance(TypeRef(type))
                if !result.isEmpty { DequeRef(result).pointer.pointee.limit = -1 }
                return result
            }
            slots.call(.initialize) { thread, value, a, count, keywords in Deques.initializer.call(thread, value, a, count, keywords) }
            slots.unary(.repr) { thread, value in Deques.repr(thread, value) }
            slots.unhashable()
            slots.compare { thread, a, b, operation in Deques.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, value in Deques.iterator(thread, value, Deques.iteratorType, 0) }
            slots.length { _, value in DequeRef(value).count }
            slots.contains { thread, value, item in
                let found = Deques.search(thread, DequeRef(value), item, 0, Int.max)
                return found >= 0 ? 1 : found == -1 ? 0 : -1
            }
            slots.binary(.getItem) { thread, value, key in
                guard let index = Deques.index(thread, value, key) else { return .empty }
                return DequeRef(value)[index]
            }
            slots.store(.setItem) { thread, value, key, item in
                guard let index = Deques.index(thread, value, key) else { return -1 }
                if item.isEmpty { DequeRef(value).remove(index) } else { DequeRef(value).set(index, item) }
                return 0
            }
            slots.binary(.concat) { thread, a, b in
                guard Deques.isDeque(b) else { return thread.raise(.typeError, "can only concatenate deque (not \"\(b.type.name)\") to deque") }
                let result = Deques.copy(thread, a)
                return !result.isEmpty && Deques.extend(thread, result, b) ? result : .empty
            }
            slots.binary(.inplaceConcat) { thread, a, b in Deques.extend(thread, a, b) ? a : .empty }
            slots.binary(.repeat) { thread, a, n in
                let result = Deques.copy(thread, a)
                return result.isEmpty ? .empty : Deques.repeatInPlace(thread, result, n)
            }
            slots.binary(.inplaceRepeat) { thread, a, n in Deques.repeatInPlace(thread, a, n) }
        }
        defineIterators()
        module.add(type)
        module.set("_deque_iterator", iteratorType.type.value)
        module.set("_deque_reverse_iterator", reverseType.type.value)
    }

    private static var methods: [Def] {
        [
            Def("append(self, object, /)", .writes, "Add an element to the right side of the deque.") { thread, a, _ in DequeRef(a[0]).append(thread, a[1]) ? .none : .empty },
            Def("appendleft(self, object, /)", .writes, "Add an element to the left side of the deque.") { thread, a, _ in DequeRef(a[0]).appendLeft(thread, a[1]) ? .none : .empty },
            Def("clear(self, /)", .writes, "Remove all elements from the deque.") { _, a, _ in
                DequeRef(a[0]).clear()
                return .none
            },
            Def("__copy__(self, /)", .calls, "Return a shallow copy of a deque.") { thread, a, _ in Deques.copy(thread, a[0]) },
            Def("copy(self, /)", .calls, "Return a shallow copy of a deque.") { thread, a, _ in Deques.copy(thread, a[0]) },
            Def("count(self, value, /)", .calls, "D.count(value) -- return number of occurrences of value") { thread, a, _ in
                let deque = DequeRef(a[0])
                let version = deque.pointer.pointee.version
                var total = 0
                var index = 0
                while index < deque.count {
                    let same = thread.isEqual(deque[index], a[1])
                    if same < 0 { return .empty }
                    total += Int(same)
                    if deque.pointer.pointee.version != version { return thread.raise(.runtimeError, "deque mutated during iteration") }
                    index += 1
                }
                return thread.newInt(total)
            },
            Def("extend(self, iterable, /)", .calls, "Append the items of an iterable on the right.") { thread, a, _ in Deques.extend(thread, a[0], a[1]) ? .none : .empty },
            Def("extendleft(self, iterable, /)", .calls, "Append the items of an iterable on the left, one after the other.") { thread, a, _ in
                let source = a[1] == a[0] ? thread.list(a[1]) : a[1]
                if source.isEmpty { return .empty }
                let deque = DequeRef(a[0])
                return thread.forEach(source) { deque.appendLeft(thread, $0) } ? .none : .empty
            },
            Def("index(self, value, start=<unrepresentable>, stop=<unrepresentable>, /)", .calls, "D.index(value, [start, [stop]]) -- return first index of value.\nRaises ValueError if the value is not present.") { thread, a, _ in
                let deque = DequeRef(a[0])
                func bound(_ value: Value, _ fallback: Int) -> Int? {
                    if value.isEmpty { return fallback }
                    guard let number = thread.sliceIndex(value) else { return nil }
                    return number < 0 ? max(0, number &+ deque.count) : number
                }
                guard let start = bound(a[2], 0), let stop = bound(a[3], Int.max) else { return .empty }
                let found = Deques.search(thread, deque, a[1], start, stop)
                if found >= 0 { return thread.newInt(found) }
                return found == -1 ? thread.raise(.valueError, "\(a[1].reprForMessage(thread)) is not in deque") : .empty
            },
            Def("insert(self, index, value, /)", .calls, "D.insert(index, object) -- insert object before index") { thread, a, _ in
                guard let index = thread.toInt(a[1]) else { return .empty }
                let deque = DequeRef(a[0])
                if deque.limit >= 0 && deque.count >= deque.limit { return thread.raise(.indexError, "deque already at its maximum size") }
                let place = index < 0 ? max(0, index &+ deque.count) : min(index, deque.count)
                guard deque.append(thread, a[2]) else { return .empty }
                var next = deque.count - 1
                while next > place { deque.set(next, deque[next - 1]); next -= 1 }
                deque.set(place, a[2])
                return .none
            },
            Def("pop(self, /)", .writes, "Remove and return the rightmost element.") { thread, a, _ in
                DequeRef(a[0]).count == 0 ? thread.raise(.indexError, "pop from an empty deque") : DequeRef(a[0]).popLast()
            },
            Def("popleft(self, /)", .writes, "Remove and return the leftmost element.") { thread, a, _ in
                DequeRef(a[0]).count == 0 ? thread.raise(.indexError, "pop from an empty deque") : DequeRef(a[0]).popFirst()
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in Deques.reduce(thread, a[0]) },
            Def("remove(self, value, /)", .calls, "D.remove(value) -- remove first occurrence of value.") { thread, a, _ in
                let deque = DequeRef(a[0])
                let version = deque.pointer.pointee.version
                let count = deque.count
                var index = 0
                while index < count {
                    let same = thread.isEqual(deque[index], a[1])
                    if deque.pointer.pointee.version != version { return thread.raise(.indexError, "deque mutated during remove().") }
                    if same < 0 { return .empty }
                    if same > 0 {
                        deque.remove(index)
                        return .none
                    }
                    index += 1
                }
                return thread.raise(.valueError, "\(a[1].reprForMessage(thread)) is not in deque")
            },
            Def("__reversed__(self, /)", .reads, "D.__reversed__() -- return a reverse iterator over the deque") { thread, a, _ in Deques.iterator(thread, a[0], Deques.reverseType, 0) },
            Def("reverse(self, /)", .writes, "D.reverse() -- reverse *IN PLACE*") { _, a, _ in
                let deque = DequeRef(a[0])
                var low = 0, high = deque.count - 1
                while low < high {
                    let item = deque[low]
                    deque.set(low, deque[high])
                    deque.set(high, item)
                    low += 1
                    high -= 1
                }
                return .none
            },
            Def("rotate(self, n=1, /)", .callsOnArguments, "Move n items from the right end to the left one, or -n from the left to the right.") { thread, a, _ in
                var steps = 1
                if !a[1].isEmpty {
                    guard let number = thread.toInt(a[1]) else { return .empty }
                    steps = number
                }
                DequeRef(a[0]).rotate(steps)
                return .none
            },
            Def("__sizeof__(self, /)", .reads, "D.__sizeof__() -- size of D in memory, in bytes") { thread, a, _ in
                let storage = DequeRef(a[0]).pointer.pointee.storage
                return thread.newInt(a[0].type.instanceSize + (storage.isEmpty ? 0 : Heap.cellSize(storage.raw)))
            },
            Shared.classGetItem,
        ]
    }

    private static func initialize(_ thread: ThreadRef, _ value: Value, _ iterable: Value, _ limit: Value) -> Value {
        let deque = DequeRef(value)
        var bound = -1
        if !limit.isEmpty && !limit.isNone {
            guard limit.isInt else { return thread.raise(.typeError, "an integer is required") }
            guard let number = thread.toInt(limit) else { return .empty }
            if number < 0 { return thread.raise(.valueError, "maxlen must be non-negative") }
            bound = number
        }
        if deque.count > 0 { deque.clear() }
        deque.pointer.pointee.limit = bound
        if !iterable.isEmpty, !extend(thread, value, iterable) { return .empty }
        return .none
    }

    static func extend(_ thread: ThreadRef, _ value: Value, _ iterable: Value) -> Bool {
        let source = iterable == value ? thread.list(iterable) : iterable
        if source.isEmpty { return false }
        let deque = DequeRef(value)
        return thread.forEach(source) { deque.append(thread, $0) }
    }

    static func copy(_ thread: ThreadRef, _ value: Value) -> Value {
        let own = DequeRef(value)
        if value.type == type.type {
            let result = thread.allocateInstance(type.type)
            if result.isEmpty { return .empty }
            let copy = DequeRef(result)
            copy.pointer.pointee.limit = own.limit
            var index = 0
            while index < own.count {
                guard copy.append(thread, own[index]) else { return .empty }
                index += 1
            }
            return result
        }
        let limit = own.limit
        let result = limit < 0 ? thread.call(value.type.value, value) : thread.call(value.type.value, value, thread.newInt(limit))
        if result.isEmpty { return .empty }
        guard isDeque(result) else { return thread.raise(.typeError, "\(value.type.name)() must return a deque, not \(result.type.name)") }
        return result
    }

    private static func index(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Int? {
        guard thread.isIndex(key) else {
            thread.raise(.typeError, "sequence index must be integer, not '\(key.type.name)'")
            return nil
        }
        guard var index = thread.toInt(key, overflow: .indexError) else { return nil }
        let count = DequeRef(value).count
        if index < 0 { index += count }
        if index < 0 || index >= count {
            thread.raise(.indexError, "deque index out of range")
            return nil
        }
        return index
    }

    /// The place of an item; -1 when there is none, -2 when it has raised.
    private static func search(_ thread: ThreadRef, _ deque: DequeRef, _ item: Value, _ start: Int, _ stop: Int) -> Int {
        let version = deque.pointer.pointee.version
        var index = start
        while index < stop && index < deque.count {
            let same = thread.isEqual(deque[index], item)
            if same < 0 { return -2 }
            if same > 0 { return index }
            if deque.pointer.pointee.version != version {
                thread.raise(.runtimeError, "deque mutated during iteration")
                return -2
            }
            index += 1
        }
        return -1
    }

    private static func repeatInPlace(_ thread: ThreadRef, _ value: Value, _ number: Value) -> Value {
        let index = thread.toIndex(number)
        if index.isEmpty { return .empty }
        guard let n = IntOps.toInt(index) else { return thread.raise(.overflowError, "cannot fit '\(number.type.name)' into an index-sized integer") }
        let deque = DequeRef(value)
        if n <= 0 {
            deque.clear()
            return value
        }
        let count = deque.count
        if count == 0 || n == 1 { return value }
        var rounds = n - 1
        // A bounded deque need not be filled more often than it holds.
        if deque.limit >= 0 { rounds = min(rounds, deque.limit / count + 1) }
        let (total, overflow) = count.multipliedReportingOverflow(by: rounds)
        if overflow || total > 1 << 40 { return thread.raiseOutOfMemory() }
        let items = thread.list(value)
        if items.isEmpty { return .empty }
        // What falls out at the left of a bounded deque depends on the count modulo the items; those rounds are whole ones.
        for _ in 0 ..< rounds {
            for place in 0 ..< count { guard deque.append(thread, ListRef(items)[place]) else { return .empty } }
        }
        return value
    }

    private static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard isDeque(b), isDeque(a), let comparison = Comparison(rawValue: operation) else { return .notImplemented }
        let left = DequeRef(a), right = DequeRef(b)
        if left.count != right.count {
            if comparison == .equal { return .false }
            if comparison == .notEqual { return .true }
        }
        var index = 0
        while index < left.count && index < right.count {
            let same = thread.isEqual(left[index], right[index])
            if same < 0 { return .empty }
            if same == 0 {
                if comparison == .equal { return .false }
                if comparison == .notEqual { return .true }
                guard index < left.count, index < right.count else { break }
                return thread.compare(left[index], right[index], comparison)
            }
            index += 1
        }
        return Value(comparison.holds(left.count - right.count))
    }

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("[...]") }
        defer { thread.leaveRepr(value) }
        let list = thread.list(value)
        if list.isEmpty { return .empty }
        var text = TextBuffer()
        text.append(text: value.type.shortName + "(")
        guard text.append(repr: list, thread) else { return .empty }
        if DequeRef(value).limit >= 0 { text.append(text: ", maxlen=\(DequeRef(value).limit)") }
        text.append(")")
        return text.make(thread)
    }

    private static func reduce(_ thread: ThreadRef, _ value: Value) -> Value {
        let state = thread.callMethod(value, Name.__getstate__)
        if state.isEmpty { return .empty }
        let iterator = thread.iterator(value)
        if iterator.isEmpty { return .empty }
        let limit = DequeRef(value).limit
        let arguments = limit < 0 ? WellKnown.emptyTuple.value : thread.newTuple(WellKnown.emptyTuple.value, thread.newInt(limit))
        return arguments.isEmpty ? .empty : thread.newTuple(value.type.value, arguments, state, iterator)
    }

    // MARK: Iterators

    /// `IteratorObject`: container the deque, index the items passed, limit the version at the start, extra the items then left.
    private static func iterator(_ thread: ThreadRef, _ value: Value, _ type: NativeType, _ skip: Int) -> Value {
        let result = type.allocate(thread, size: MemoryLayout<IteratorObject>.size)
        if result.isEmpty { return .empty }
        let iterator = result.object(IteratorObject.self)
        iterator.pointee.container = value
        iterator.pointee.index = skip
        iterator.pointee.limit = DequeRef(value).pointer.pointee.version
        iterator.pointee.extra = Value(small: DequeRef(value).count)
        return result
    }

    private static func step(_ thread: ThreadRef, _ value: Value, backwards: Bool) -> Value {
        let iterator = value.object(IteratorObject.self)
        let deque = DequeRef(iterator.pointee.container)
        let index = iterator.pointee.index
        let total = iterator.pointee.extra.smallInt
        if deque.pointer.pointee.version != iterator.pointee.limit {
            iterator.pointee.index = total
            return thread.raise(.runtimeError, "deque mutated during iteration")
        }
        if index >= total { return .empty }
        iterator.pointee.index = index + 1
        return backwards ? deque[total - 1 - index] : deque[index]
    }

    private static func newIterator(_ thread: ThreadRef, _ type: NativeType, _ name: String, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard Shared.noKeywords(thread, name, keywords), Shared.arity(thread, name, count, 1, 2) else { return .empty }
        guard isDeque(a[0]) else { return thread.raise(.typeError, "\(name)() argument 1 must be collections.deque, not \(a[0].argumentTypeName)") }
        var skip = 0
        if count == 2 {
            guard let number = thread.toInt(a[1]) else { return .empty }
            skip = max(0, min(number, DequeRef(a[0]).count))
        }
        return iterator(thread, a[0], type, skip)
    }

    private static func defineIterators() {
        let methods = [
            Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                return thread.newInt(max(0, iterator.pointee.extra.smallInt - iterator.pointee.index))
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                let arguments = thread.newTuple(iterator.pointee.container, thread.newInt(iterator.pointee.index))
                return arguments.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments)
            },
        ]
        let size = MemoryLayout<IteratorObject>.size
        iteratorType = NativeType("_deque_iterator", module: "_collections", size: size, mask: 0b10010, methods: methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in Deques.newIterator(thread, Deques.iteratorType, "_deque_iterator", a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in Deques.step(thread, value, backwards: false) }
        }
        reverseType = NativeType("_deque_reverse_iterator", module: "_collections", size: size, mask: 0b10010, methods: methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in Deques.newIterator(thread, Deques.reverseType, "_deque_reverse_iterator", a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in Deques.step(thread, value, backwards: true) }
        }
    }
}
