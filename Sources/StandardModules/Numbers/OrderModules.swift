import NumberTypes
import Objects

/// `_bisect` and `_heapq`: searching sorted sequences, and lists as binary heaps. A comparison may run Python that changes the list, so its length is looked at again after
/// each.

/// a < b as truth: 1, 0, or -1 when it has raised.
@inline(__always) private func isLess(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
    if Value.bothSmall(a, b) { return a.smallInt < b.smallInt ? 1 : 0 }
    if a.isInlineFloat && b.isInlineFloat { return a.inlineFloat < b.inlineFloat ? 1 : 0 }
    if a.isExact(.str) && b.isExact(.str) { return StringRef(a).compare(StringRef(b)) < 0 ? 1 : 0 }
    return thread.compareTruth(a, b, .less)
}

enum BisectModule {
    static func register() {
        NativeModule.register("_bisect", doc: "Searching and inserting in sorted sequences.", functions: functions)
    }

    static let functions: [Def] = [
        Def("bisect_right(a, x, lo=0, hi=None, *, key=None)", .calls, "Where to insert x in the sorted a, after any equal to it.", kind: .function) { t, a, _ in
            let place = BisectModule.search(t, a, a[1], right: true)
            return place < 0 ? .empty : Value(small: place)
        },
        Def("insort_right(a, x, lo=0, hi=None, *, key=None)", .calls, "Inserts x in the sorted a, after any equal to it.", kind: .function) { t, a, _ in BisectModule.insert(t, a, right: true) },
        Def("bisect_left(a, x, lo=0, hi=None, *, key=None)", .calls, "Where to insert x in the sorted a, before any equal to it.", kind: .function) { t, a, _ in
            let place = BisectModule.search(t, a, a[1], right: false)
            return place < 0 ? .empty : Value(small: place)
        },
        Def("insort_left(a, x, lo=0, hi=None, *, key=None)", .calls, "Inserts x in the sorted a, before any equal to it.", kind: .function) { t, a, _ in BisectModule.insert(t, a, right: false) },
    ]

    @inline(__always) private static func key(_ a: Arguments) -> Value { a[4].isEmpty || a[4].isNone ? .empty : a[4] }

    /// The place for `item`, already passed through the key function; -1 when it has raised.
    private static func search(_ thread: ThreadRef, _ a: Arguments, _ item: Value, right: Bool) -> Int {
        let sequence = a[0]
        let key = self.key(a)
        var low = 0
        if !a[2].isEmpty {
            guard let given = thread.toInt(a[2]) else { return -1 }
            low = given
        }
        if low < 0 {
            thread.raise(.valueError, "lo must be non-negative")
            return -1
        }
        var high = -1
        if !a[3].isEmpty && !a[3].isNone {
            guard let given = thread.toInt(a[3]) else { return -1 }
            high = given
        }
        if high == -1 {
            high = thread.length(sequence)
            if high < 0 { return -1 }
        }
        while low < high {
            let middle = Int((UInt(bitPattern: low) &+ UInt(bitPattern: high)) / 2)
            var candidate: Value
            if sequence.isExact(.list) && middle < ListRef(sequence).count {
                candidate = ListRef(sequence)[middle]
            } else {
                candidate = thread.getItem(sequence, thread.newInt(middle))
                if candidate.isEmpty { return -1 }
            }
            if !key.isEmpty {
                candidate = thread.call(key, candidate)
                if candidate.isEmpty { return -1 }
            }
            let less = right ? isLess(thread, item, candidate) : isLess(thread, candidate, item)
            if less < 0 { return -1 }
            if (less == 1) == right { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func insert(_ thread: ThreadRef, _ a: Arguments, right: Bool) -> Value {
        var probe = a[1]
        if !key(a).isEmpty {
            probe = thread.call(key(a), probe)
            if probe.isEmpty { return .empty }
        }
        let place = search(thread, a, probe, right: right)
        if place < 0 { return .empty }
        if a[0].isExact(.list) {
            let list = ListRef(a[0])
            guard list.append(thread, a[1]) else { return .empty }
            var index = list.count - 1
            while index > place {
                list.items[index] = list.items[index - 1]
                index -= 1
            }
            list.set(index, a[1])
            return .none
        }
        return thread.callMethod(a[0], Name.insert.value, thread.newInt(place), a[1]).isEmpty ? .empty : .none
    }
}

enum HeapModule {
    static func register() {
        NativeModule.register("_heapq", doc: "Lists as binary heaps: heap[k] <= heap[2*k+1] and heap[k] <= heap[2*k+2].", functions: functions) { module in
            module.set("__about__", "A heap is a list in which no item is less than its parent, the item at half its index. The least item is then at the front, and taking it out or adding another costs no more than the list's length in binary digits.")
            return true
        }
    }

    static let functions: [Def] = [
        Def("heappush(heap, item, /)", .calls, "Adds an item to a heap.", kind: .function) { t, a, _ in
            guard HeapModule.check(t, a[0], "heappush() argument 1"), ListRef(a[0]).append(t, a[1]) else { return .empty }
            return HeapModule.moveUp(t, ListRef(a[0]), 0, ListRef(a[0]).count - 1, false) ? .none : .empty
        },
        Def("heappushpop(heap, item, /)", .calls, "Adds an item to a heap and takes out the least, at less cost than one after the other.", kind: .function) { t, a, _ in
            guard HeapModule.check(t, a[0], "heappushpop() argument 1") else { return .empty }
            let heap = ListRef(a[0])
            if heap.count == 0 { return a[1] }
            let least = heap[0]
            let less = isLess(t, least, a[1])
            if less < 0 { return .empty }
            if less == 0 { return a[1] }
            if heap.count == 0 { return t.raise(.indexError, "index out of range") }
            let result = heap[0]
            heap.set(0, a[1])
            return HeapModule.moveDown(t, heap, 0, false) ? result : .empty
        },
        Def("heappop(heap, /)", .calls, "Takes the least item out of a heap.", kind: .function) { t, a, _ in
            HeapModule.check(t, a[0], "heappop() argument") ? HeapModule.pop(t, ListRef(a[0]), false) : .empty
        },
        Def("heapreplace(heap, item, /)", .calls, "Takes the least item out of a heap and adds another, at less cost than one after the other.", kind: .function) { t, a, _ in
            HeapModule.check(t, a[0], "heapreplace() argument 1") ? HeapModule.replace(t, ListRef(a[0]), a[1], false) : .empty
        },
        Def("heapify(heap, /)", .calls, "Makes a list a heap, in linear time.", kind: .function) { t, a, _ in
            HeapModule.check(t, a[0], "heapify() argument") && HeapModule.build(t, ListRef(a[0]), false) ? .none : .empty
        },
        Def("_heappop_max(heap, /)", .calls, "Takes the greatest item out of a heap that has it in front.", kind: .function) { t, a, _ in
            HeapModule.check(t, a[0], "_heappop_max() argument") ? HeapModule.pop(t, ListRef(a[0]), true) : .empty
        },
        Def("_heapreplace_max(heap, item, /)", .calls, "heapreplace for a heap with the greatest item in front.", kind: .function) { t, a, _ in
            HeapModule.check(t, a[0], "_heapreplace_max() argument 1") ? HeapModule.replace(t, ListRef(a[0]), a[1], true) : .empty
        },
        Def("_heapify_max(heap, /)", .calls, "Makes a list a heap with the greatest item in front.", kind: .function) { t, a, _ in
            HeapModule.check(t, a[0], "_heapify_max() argument") && HeapModule.build(t, ListRef(a[0]), true) ? .none : .empty
        },
    ]

    private static func check(_ thread: ThreadRef, _ heap: Value, _ what: StaticString) -> Bool {
        if heap.isList { return true }
        thread.raise(.typeError, "\(what) must be list, not \(heap.type.name)")
        return false
    }

    private static func unchanged(_ thread: ThreadRef, _ heap: ListRef, _ count: Int) -> Bool {
        if heap.count == count { return true }
        thread.raise(.runtimeError, "list changed size during iteration")
        return false
    }

    /// Whether `a` must stand above `b`.
    @inline(__always) private static func above(_ thread: ThreadRef, _ a: Value, _ b: Value, _ max: Bool) -> Int32 {
        max ? isLess(thread, b, a) : isLess(thread, a, b)
    }

    /// Moves the item at `place` towards `top` until its parent may stand above it. False when it has raised.
    private static func moveUp(_ thread: ThreadRef, _ heap: ListRef, _ top: Int, _ place: Int, _ max: Bool) -> Bool {
        let count = heap.count
        var place = place
        let item = heap[place]
        while place > top {
            let parent = (place - 1) >> 1
            let other = heap[parent]
            let order = above(thread, item, other, max)
            if order < 0 { return false }
            guard unchanged(thread, heap, count) else { return false }
            if order == 0 { break }
            let moved = heap[parent]
            heap.set(parent, heap[place])
            heap.set(place, moved)
            place = parent
        }
        return true
    }

    /// Lets the item at `place` sink to a leaf, the better child going up each time, and then rise again: fewer comparisons than stopping on the way.
    private static func moveDown(_ thread: ThreadRef, _ heap: ListRef, _ place: Int, _ max: Bool) -> Bool {
        let count = heap.count
        var current = place
        let limit = count >> 1
        while current < limit {
            var child = 2 * current + 1
            if child + 1 < count {
                let order = above(thread, heap[child], heap[child + 1], max)
                if order < 0 { return false }
                guard unchanged(thread, heap, count) else { return false }
                if order == 0 { child += 1 }
            }
            let moved = heap[child]
            heap.set(child, heap[current])
            heap.set(current, moved)
            current = child
        }
        return moveUp(thread, heap, place, current, max)
    }

    private static func pop(_ thread: ThreadRef, _ heap: ListRef, _ max: Bool) -> Value {
        let count = heap.count
        if count == 0 { return thread.raise(.indexError, "index out of range") }
        let last = heap[count - 1]
        heap.setCount(count - 1)
        if count == 1 { return last }
        let result = heap[0]
        heap.set(0, last)
        return moveDown(thread, heap, 0, max) ? result : .empty
    }

    private static func replace(_ thread: ThreadRef, _ heap: ListRef, _ item: Value, _ max: Bool) -> Value {
        if heap.count == 0 { return thread.raise(.indexError, "index out of range") }
        let result = heap[0]
        heap.set(0, item)
        return moveDown(thread, heap, 0, max) ? result : .empty
    }

    private static func build(_ thread: ThreadRef, _ heap: ListRef, _ max: Bool) -> Bool {
        let count = heap.count
        var index = count / 2 - 1
        while index >= 0 {
            guard moveDown(thread, heap, index, max), unchanged(thread, heap, count) else { return false }
            index -= 1
        }
        return true
    }
}
