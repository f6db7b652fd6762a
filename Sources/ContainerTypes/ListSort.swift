import Glibc
import Objects

/// Sorting: a stable merge sort that takes advantage of order already there.
///
/// The array is cut into runs, ascending as they stand or strictly descending and then reversed; short ones are extended by binary
/// insertion. Runs are merged by the powersort rule (Munro and Wild, 2018): each boundary between two runs has a "power", the depth at
/// which a perfectly balanced merge tree would split there, and a run waits on a stack until a boundary of smaller power comes. A merge that finds one side winning
/// again and again gallops, by exponential search.
///
/// How two keys are compared is decided beforehand: when all keys are small ints, or floats, or strings of one-byte characters,
/// or tuples, a specialised copy of the whole algorithm runs that never calls Python (or seldom).
///
/// The keys and the values that follow them are in heap arrays which the collector sees; the list itself is empty meanwhile, so that
/// a comparison that looks at it finds nothing, and one that changes it is found out.

/// How to tell whether a < b: 1, 0, or -1 when it has raised.
protocol SortOrder {
    static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32
}

enum SmallIntOrder: SortOrder {
    @inline(__always) static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        Int64(bitPattern: a.bits) < Int64(bitPattern: b.bits) ? 1 : 0
    }
}

enum FloatOrder: SortOrder {
    @inline(__always) static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 { a.doubleValue < b.doubleValue ? 1 : 0 }
}

enum Latin1Order: SortOrder {
    @inline(__always) static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        let x = StringRef(a), y = StringRef(b)
        // A cell has room for eight characters at least, zero beyond the end: mostly they decide.
        let p = UInt64(bigEndian: x.units.load(as: UInt64.self)), q = UInt64(bigEndian: y.units.load(as: UInt64.self))
        if p != q { return p < q ? 1 : 0 }
        let shared = min(x.count, y.count)
        let order = memcmp(x.units, y.units, shared)
        return (order != 0 ? order < 0 : x.count < y.count) ? 1 : 0
    }
}

enum StringOrder: SortOrder {
    static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 { StringRef(a).compare(StringRef(b)) < 0 ? 1 : 0 }
}

enum TupleOrder: SortOrder {
    static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        let x = TupleRef(a), y = TupleRef(b)
        let shared = min(x.count, y.count)
        var index = 0
        while index < shared {
            let p = x[index], q = y[index]
            if p == q { index += 1; continue }
            if Value.bothSmall(p, q) { return p.smallInt < q.smallInt ? 1 : 0 }
            if p.isExact(.str) && q.isExact(.str) {
                let order = StringRef(p).compare(StringRef(q))
                if order != 0 { return order < 0 ? 1 : 0 }
                index += 1
                continue
            }
            if p.isInlineFloat && q.isInlineFloat {
                // Not the same word and both finite: they differ.
                return p.inlineFloat < q.inlineFloat ? 1 : 0
            }
            if p.isExact(.tuple) && q.isExact(.tuple) {
                let order = thread.plainOrder(p, q)
                if order == .same { index += 1; continue }
                if order != .unknown { return order == .less ? 1 : 0 }
            }
            let same = thread.isEqual(p, q)
            if same < 0 { return -1 }
            if same == 0 { return thread.compareTruth(p, q, .less) }
            index += 1
        }
        return x.count < y.count ? 1 : 0
    }
}

enum GeneralOrder: SortOrder {
    static func less(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 { thread.compareTruth(a, b, .less) }
}

public enum ListSort {
    /// The capacity of a list that is being sorted: too small for anything, so that every change must set another.
    private static let untouchedCapacity = -1

    /// `list.sort(key=key, reverse=reverse)`, with what has been passed for them, or empty values. False when it has raised.
    public static func sort(_ thread: ThreadRef, _ list: ListRef, key: Value, reverse: Value) -> Bool {
        var isReversed = reverse == .true
        if !reverse.isEmpty && !reverse.isBool {
            guard let number = thread.toInt(reverse) else { return false }
            isReversed = number != 0
        }
        return sort(thread, list, key: key.isEmpty ? .none : key, reverse: isReversed)
    }

    private static func sort(_ thread: ThreadRef, _ list: ListRef, key: Value, reverse: Bool) -> Bool {
        let count = list.count
        if count == 0 { return true }
        let storage = list.pointer.pointee.storage
        let capacity = list.pointer.pointee.capacity
        let values = list.items
        list.clear()
        // Whoever changes the list meanwhile gives it another capacity than this, even one who takes out again what he has put in.
        list.pointer.pointee.capacity = untouchedCapacity
        var done = true
        if key.isNone {
            done = count < 2 || order(thread, values, nil, count, reverse)
        } else {
            let keys = self.keys(thread, values, count, key)
            done = !keys.isEmpty
            if done && count > 1 {
                // The keys' own store may not be reallocated or shared from now on.
                done = order(thread, ListRef(keys).items, values, count, reverse)
                Heap.barrier(ListRef(keys).pointer.pointee.storage.raw)
            }
        }
        let modified = list.count != 0 || list.pointer.pointee.capacity != untouchedCapacity
        list.pointer.pointee.storage = storage
        list.pointer.pointee.count = count
        list.pointer.pointee.capacity = capacity
        Heap.barrier(UnsafeMutableRawPointer(list.pointer))
        Heap.barrier(storage.raw)
        if modified && done {
            thread.raise(.valueError, "list modified during sort")
            return false
        }
        return done
    }

    /// What the key function gives for each value: a list of its own. Empty when it has raised.
    private static func keys(_ thread: ThreadRef, _ values: UnsafeMutablePointer<Value>, _ count: Int, _ key: Value) -> Value {
        if key.isExact(.function), let keys = RuntimeHooks.keys(thread, values, count, key) { return keys }
        let keys = thread.newList(capacity: count)
        if keys.isEmpty { return .empty }
        for index in 0 ..< count {
            let result = thread.call(key, values[index])
            if result.isEmpty || !ListRef(keys).append(thread, result) { return .empty }
        }
        return keys
    }

    static func reverse(_ items: UnsafeMutablePointer<Value>, _ count: Int) {
        var low = 0
        var high = count - 1
        while low < high {
            let item = items[low]
            items[low] = items[high]
            items[high] = item
            low += 1
            high -= 1
        }
    }

    private static func order(_ thread: ThreadRef, _ keys: UnsafeMutablePointer<Value>, _ values: UnsafeMutablePointer<Value>?, _ count: Int, _ reversed: Bool) -> Bool {
        // Reversing before and after keeps equal items in their order.
        if reversed {
            reverse(keys, count)
            if let values { reverse(values, count) }
        }
        let done: Bool
        switch kind(keys, count) {
        case .smallInts: done = run(SmallIntOrder.self, thread, keys, values, count)
        case .floats: done = run(FloatOrder.self, thread, keys, values, count)
        case .latin1: done = run(Latin1Order.self, thread, keys, values, count)
        case .strings: done = run(StringOrder.self, thread, keys, values, count)
        case .tuples: done = run(TupleOrder.self, thread, keys, values, count)
        case .any: done = run(GeneralOrder.self, thread, keys, values, count)
        }
        if reversed {
            reverse(keys, count)
            if let values { reverse(values, count) }
        }
        return done
    }

    private enum KeyKind { case smallInts, floats, latin1, strings, tuples, any }

    private static func kind(_ keys: UnsafeMutablePointer<Value>, _ count: Int) -> KeyKind {
        let first = keys[0]
        var index = 1
        if first.isSmallInt {
            while index < count { if !keys[index].isSmallInt { return .any }; index += 1 }
            return .smallInts
        }
        if first.isExact(.str) {
            var narrow = StringRef(first).width == 1
            while index < count {
                guard keys[index].isExact(.str) else { return .any }
                if StringRef(keys[index]).width != 1 { narrow = false }
                index += 1
            }
            return narrow ? .latin1 : .strings
        }
        if first.isExact(.tuple) {
            while index < count { if !keys[index].isExact(.tuple) { return .any }; index += 1 }
            return .tuples
        }
        while index <= count {
            let key = keys[index - 1]
            guard key.isInlineFloat || key == .positiveZero || key == .negativeZero || key.isExact(.float) else { return .any }
            index += 1
        }
        return .floats
    }

    private static func run<Order: SortOrder>(_ order: Order.Type, _ thread: ThreadRef, _ keys: UnsafeMutablePointer<Value>, _ values: UnsafeMutablePointer<Value>?, _ count: Int) -> Bool {
        var sorter = MergeSort<Order>(thread: thread, keys: keys, values: values, count: count)
        return sorter.sort()
    }
}

/// One sort. `keys` are compared; `values`, if any, move along.
struct MergeSort<Order: SortOrder> {
    let thread: ThreadRef
    let keys: UnsafeMutablePointer<Value>
    let values: UnsafeMutablePointer<Value>?
    let count: Int
    /// Room for the smaller side of a merge: a heap array, so that the collector sees what is in it.
    var scratch: Value = .empty
    var scratchKeys: UnsafeMutablePointer<Value>
    var scratchCapacity = 0
    /// Wins in a row after which a merge gallops; adapts to the data.
    var threshold = 7

    struct Run {
        var start: Int
        var length: Int
        var power: Int
    }

    init(thread: ThreadRef, keys: UnsafeMutablePointer<Value>, values: UnsafeMutablePointer<Value>?, count: Int) {
        self.thread = thread
        self.keys = keys
        self.values = values
        self.count = count
        scratchKeys = keys
    }

    mutating func sort() -> Bool {
        // The powers of runs on the stack grow strictly and are at most 64 or so.
        return withUnsafeTemporaryAllocation(of: Run.self, capacity: 100) { stack in
            let stack = stack.baseAddress.unsafelyUnwrapped
            var depth = 0
            let least = leastRun()
            var start = 0
            while start < count {
                var length = findRun(start)
                if length < 0 { return false }
                if length < least {
                    let wanted = min(least, count - start)
                    if !insert(start, length, wanted) { return false }
                    length = wanted
                }
                if depth > 0 {
                    let power = boundary(stack[depth - 1].start, stack[depth - 1].length, length)
                    while depth > 1 && stack[depth - 2].power > power {
                        if !merge(&stack[depth - 2], stack[depth - 1]) { return false }
                        depth -= 1
                    }
                    stack[depth - 1].power = power
                }
                stack[depth] = Run(start: start, length: length, power: 0)
                depth += 1
                start += length
            }
            while depth > 1 {
                if !merge(&stack[depth - 2], stack[depth - 1]) { return false }
                depth -= 1
            }
            return true
        }
    }

    private func leastRun() -> Int {
        var n = count
        var rest = 0
        while n >= 64 {
            rest |= n & 1
            n >>= 1
        }
        return n + rest
    }

    /// The depth of the boundary between two neighbouring runs in an ideal merge tree: the first binary digit in which the midpoints, as fractions of the whole, differ.
    private func boundary(_ start: Int, _ left: Int, _ right: Int) -> Int {
        var a = 2 * start + left
        var b = a + left + right
        var power = 0
        while true {
            power += 1
            if a >= count {
                a -= count
                b -= count
            } else if b >= count {
                return power
            }
            a <<= 1
            b <<= 1
        }
    }

    /// The length of the run at `start`, which is ascending afterwards; -1 when a comparison has raised.
    private func findRun(_ start: Int) -> Int {
        if start + 1 == count { return 1 }
        var index = start + 2
        let first = Order.less(thread, keys[start + 1], keys[start])
        if first < 0 { return -1 }
        if first > 0 {
            while index < count {
                let less = Order.less(thread, keys[index], keys[index - 1])
                if less < 0 { return -1 }
                if less == 0 { break }
                index += 1
            }
            ListSort.reverse(keys + start, index - start)
            if let values { ListSort.reverse(values + start, index - start) }
        } else {
            while index < count {
                let less = Order.less(thread, keys[index], keys[index - 1])
                if less < 0 { return -1 }
                if less > 0 { break }
                index += 1
            }
        }
        return index - start
    }

    /// Extends the sorted `length` items at `start` to `wanted`, by binary insertion.
    private func insert(_ start: Int, _ length: Int, _ wanted: Int) -> Bool {
        for index in start + length ..< start + wanted {
            let pivot = keys[index]
            var low = start
            var high = index
            while low < high {
                let middle = (low + high) >> 1
                let less = Order.less(thread, pivot, keys[middle])
                if less < 0 { return false }
                if less > 0 { high = middle } else { low = middle + 1 }
            }
            if low == index { continue }
            memmove(keys + low + 1, keys + low, (index - low) * 8)
            keys[low] = pivot
            if let values {
                let value = values[index]
                memmove(values + low + 1, values + low, (index - low) * 8)
                values[low] = value
            }
        }
        return true
    }

    // MARK: Merging

    private mutating func reserve(_ wanted: Int) -> Bool {
        if wanted <= scratchCapacity { return true }
        let words = values == nil ? wanted : wanted * 2
        let list = thread.newList(capacity: words)
        if list.isEmpty { return false }
        let items = ListRef(list).items
        items.update(repeating: .none, count: words)
        ListRef(list).setCount(words)
        scratch = list
        scratchKeys = items
        scratchCapacity = wanted
        return true
    }

    /// Merges the run `right`, which follows `left`, into it.
    private mutating func merge(_ left: inout Run, _ right: Run) -> Bool {
        var a = left.start
        var countA = left.length
        let b = right.start
        var countB = right.length
        left.length += right.length
        // What is already in place at either end stays.
        let skip = gallopRight(keys[b], keys + a, countA, 0)
        if skip < 0 { return false }
        a += skip
        countA -= skip
        if countA == 0 { return true }
        countB = gallopLeft(keys[a + countA - 1], keys + b, countB, countB - 1)
        if countB <= 0 { return countB == 0 }
        guard reserve(min(countA, countB)) else { return false }
        return withExtendedLifetime(scratch) { countA <= countB ? mergeLow(a, countA, b, countB) : mergeHigh(a, countA, b, countB) }
    }

    /// Where `key` goes in the sorted items, before equal ones; -1 when a comparison has raised. The search starts at `hint`.
    private func gallopLeft(_ key: Value, _ items: UnsafeMutablePointer<Value>, _ count: Int, _ hint: Int) -> Int {
        var low: Int, high: Int
        var offset = 1
        let first = Order.less(thread, items[hint], key)
        if first < 0 { return -1 }
        if first > 0 {
            low = hint + 1
            high = count
            while hint + offset < count {
                let less = Order.less(thread, items[hint + offset], key)
                if less < 0 { return -1 }
                if less == 0 { high = hint + offset; break }
                low = hint + offset + 1
                offset = offset << 1 + 1
            }
        } else {
            high = hint
            low = 0
            while hint - offset >= 0 {
                let less = Order.less(thread, items[hint - offset], key)
                if less < 0 { return -1 }
                if less > 0 { low = hint - offset + 1; break }
                high = hint - offset
                offset = offset << 1 + 1
            }
        }
        while low < high {
            let middle = (low + high) >> 1
            let less = Order.less(thread, items[middle], key)
            if less < 0 { return -1 }
            if less > 0 { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Where `key` goes in the sorted items, after equal ones; -1 when a comparison has raised.
    private func gallopRight(_ key: Value, _ items: UnsafeMutablePointer<Value>, _ count: Int, _ hint: Int) -> Int {
        var low: Int, high: Int
        var offset = 1
        let first = Order.less(thread, key, items[hint])
        if first < 0 { return -1 }
        if first > 0 {
            high = hint
            low = 0
            while hint - offset >= 0 {
                let less = Order.less(thread, key, items[hint - offset])
                if less < 0 { return -1 }
                if less == 0 { low = hint - offset + 1; break }
                high = hint - offset
                offset = offset << 1 + 1
            }
        } else {
            low = hint + 1
            high = count
            while hint + offset < count {
                let less = Order.less(thread, key, items[hint + offset])
                if less < 0 { return -1 }
                if less > 0 { high = hint + offset; break }
                low = hint + offset + 1
                offset = offset << 1 + 1
            }
        }
        while low < high {
            let middle = (low + high) >> 1
            let less = Order.less(thread, key, items[middle])
            if less < 0 { return -1 }
            if less > 0 { high = middle } else { low = middle + 1 }
        }
        return low
    }

    @inline(__always) private func move(_ target: Int, _ source: Int, _ count: Int) {
        memmove(keys + target, keys + source, count * 8)
        if let values { memmove(values + target, values + source, count * 8) }
    }

    @inline(__always) private func save(_ source: Int, _ count: Int) {
        memcpy(scratchKeys, keys + source, count * 8)
        if let values { memcpy(scratchKeys + scratchCapacity, values + source, count * 8) }
        Heap.barrier(ListRef(scratch).pointer.pointee.storage.raw)
    }

    @inline(__always) private func restore(_ target: Int, _ from: Int, _ count: Int) {
        memcpy(keys + target, scratchKeys + from, count * 8)
        if let values { memcpy(values + target, scratchKeys + scratchCapacity + from, count * 8) }
    }

    @inline(__always) private func take(_ target: Int, _ source: Int) {
        keys[target] = keys[source]
        if let values { values[target] = values[source] }
    }

    @inline(__always) private func takeScratch(_ target: Int, _ source: Int) {
        keys[target] = scratchKeys[source]
        if let values { values[target] = scratchKeys[scratchCapacity + source] }
    }

    /// Merges forwards, the left side out of the scratch array. On failure too every item is somewhere in the list.
    private mutating func mergeLow(_ start: Int, _ countA: Int, _ startB: Int, _ countB: Int) -> Bool {
        save(start, countA)
        var a = 0, b = startB, target = start
        let endB = startB + countB
        var failed = false
        merging: while true {
            var winsA = 0, winsB = 0
            while true {
                if a == countA { break merging }
                if b == endB { break merging }
                let less = Order.less(thread, keys[b], scratchKeys[a])
                if less < 0 { failed = true; break merging }
                if less > 0 {
                    take(target, b)
                    b += 1
                    target += 1
                    winsB += 1
                    winsA = 0
                    if winsB >= threshold { break }
                } else {
                    takeScratch(target, a)
                    a += 1
                    target += 1
                    winsA += 1
                    winsB = 0
                    if winsA >= threshold { break }
                }
            }
            threshold += 1
            repeat {
                if a == countA || b == endB { break merging }
                threshold -= threshold > 1 ? 1 : 0
                winsA = gallopRight(keys[b], scratchKeys + a, countA - a, 0)
                if winsA < 0 { failed = true; break merging }
                if winsA > 0 {
                    restore(target, a, winsA)
                    target += winsA
                    a += winsA
                    if a == countA { break merging }
                }
                take(target, b)
                b += 1
                target += 1
                if b == endB { break merging }
                winsB = gallopLeft(scratchKeys[a], keys + b, endB - b, 0)
                if winsB < 0 { failed = true; break merging }
                if winsB > 0 {
                    move(target, b, winsB)
                    target += winsB
                    b += winsB
                    if b == endB { break merging }
                }
                takeScratch(target, a)
                a += 1
                target += 1
            } while winsA >= 7 || winsB >= 7
            threshold += 1
        }
        // The rest of the left side goes into the gap, which has just its size.
        if a < countA { restore(target, a, countA - a) }
        return !failed
    }

    /// Merges backwards, the right side out of the scratch array.
    private mutating func mergeHigh(_ startA: Int, _ countA: Int, _ startB: Int, _ countB: Int) -> Bool {
        save(startB, countB)
        // All three stand one past the next item.
        var a = startA + countA, b = countB, target = startB + countB
        var failed = false
        merging: while true {
            var winsA = 0, winsB = 0
            while true {
                if a == startA { break merging }
                if b == 0 { break merging }
                let less = Order.less(thread, scratchKeys[b - 1], keys[a - 1])
                if less < 0 { failed = true; break merging }
                target -= 1
                if less > 0 {
                    a -= 1
                    take(target, a)
                    winsA += 1
                    winsB = 0
                    if winsA >= threshold { break }
                } else {
                    b -= 1
                    takeScratch(target, b)
                    winsB += 1
                    winsA = 0
                    if winsB >= threshold { break }
                }
            }
            threshold += 1
            repeat {
                if a == startA || b == 0 { break merging }
                threshold -= threshold > 1 ? 1 : 0
                let left = a - startA
                let keep = gallopRight(scratchKeys[b - 1], keys + startA, left, left - 1)
                if keep < 0 { failed = true; break merging }
                winsA = left - keep
                if winsA > 0 {
                    target -= winsA
                    a -= winsA
                    move(target, a, winsA)
                    if a == startA { break merging }
                }
                b -= 1
                target -= 1
                takeScratch(target, b)
                if b == 0 { break merging }
                let stay = gallopLeft(keys[a - 1], scratchKeys, b, b - 1)
                if stay < 0 { failed = true; break merging }
                winsB = b - stay
                if winsB > 0 {
                    target -= winsB
                    b -= winsB
                    restore(target, b, winsB)
                    if b == 0 { break merging }
                }
                a -= 1
                target -= 1
                take(target, a)
            } while winsA >= 7 || winsB >= 7
            threshold += 1
        }
        if b > 0 { restore(target - b, 0, b) }
        return !failed
    }
}
