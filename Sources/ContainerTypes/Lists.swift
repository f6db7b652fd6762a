import Glibc
import Objects

/// `list`: slots and constructor. Methods are in `ListMethods.swift`, sorting in `ListSort.swift`.
///
/// Any callback (`__eq__`, `__index__`, `__repr__`, an iterable's `__next__`) may change the list. So nothing is remembered across one:
/// count and items are read again after each.
public enum ListType {
    static func start() {
        NativeType(id: .list, "list", size: MemoryLayout<ListObject>.size, mask: 0b100, flags: [.base, .listSubclass, .sequencePattern, .selfPattern],
                   doc: "list(iterable=(), /)\n--\n\nA sequence that can change. It starts with the items of the iterable, or empty.",
                   methods: methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, receiver, a, count, keywords in ListType.initialize(thread, receiver, a, count, keywords) }
            slots.unary(.repr) { thread, value in ListType.repr(thread, value) }
            slots.unhashable()
            slots.compare { thread, a, b, operation in ListType.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, value in thread.newIterator(.listIterator, value) }
            slots.length { _, value in ListRef(value).count }
            slots.contains { thread, value, item in ListType.contains(thread, value, item) }
            slots.binary(.getItem) { thread, value, key in ListType.getItem(thread, value, key) }
            slots.store(.setItem) { thread, list, key, value in ListType.setItem(thread, list, key, value) ? 0 : -1 }
            slots.binary(.concat) { thread, a, b in ListType.concat(thread, a, b) }
            slots.binary(.repeat) { thread, a, n in ListType.repeated(thread, a, n) }
            slots.binary(.inplaceConcat) { thread, a, b in thread.extend(ListRef(a), b) ? a : .empty }
            slots.binary(.inplaceRepeat) { thread, a, n in ListType.repeatInPlace(thread, a, n) }
        }
    }

    static func initialize(_ thread: ThreadRef, _ receiver: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if named > 0 && receiver.type.slotPointer(.new).pointee == TypeID.list.type.slotPointer(.new).pointee,
           !Shared.noKeywords(thread, "list", keywords) { return .empty }
        guard Shared.arity(thread, "list", count - named, 0, 1) else { return .empty }
        let list = ListRef(receiver)
        if list.count > 0 || !list.pointer.pointee.storage.isEmpty { list.clear() }
        if count - named == 1, !thread.extend(list, a[0]) { return .empty }
        return .none
    }

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let list = ListRef(value)
        if list.count == 0 { return thread.newString("[]") }
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("[...]") }
        defer { thread.leaveRepr(value) }
        var text = TextBuffer()
        text.append("[")
        var index = 0
        while index < list.count {
            if index > 0 { text.append(", ") }
            guard text.append(repr: list[index], thread) else { return .empty }
            index += 1
        }
        text.append("]")
        return text.make(thread)
    }

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard a.isList, b.isList else { return .notImplemented }
        let left = ListRef(a), right = ListRef(b)
        if left.count != right.count {
            if operation == Comparison.equal.rawValue { return .false }
            if operation == Comparison.notEqual.rawValue { return .true }
        }
        var index = 0
        while index < left.count && index < right.count {
            let x = left[index], y = right[index]
            if x != y {
                let same = thread.isEqual(x, y)
                if same < 0 { return .empty }
                // The comparison may have shortened a list: then the lengths decide.
                if same == 0 && index < left.count && index < right.count {
                    if operation == Comparison.equal.rawValue { return .false }
                    if operation == Comparison.notEqual.rawValue { return .true }
                    return thread.compare(x, y, Comparison(number: operation))
                }
            }
            index += 1
        }
        return Shared.ordered(left.count, right.count, operation)
    }

    static func contains(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Int32 {
        let list = ListRef(value)
        var index = 0
        while index < list.count {
            let same = thread.isEqual(list[index], item)
            if same != 0 { return same }
            index += 1
        }
        return 0
    }

    // MARK: Items

    static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let list = ListRef(value)
        if key.isSmallInt {
            var index = key.smallInt
            if index < 0 { index += list.count }
            if UInt(bitPattern: index) >= UInt(bitPattern: list.count) { return thread.raise(.indexError, "list index out of range") }
            return list[index]
        }
        if key.isExact(.slice) {
            guard let numbers = thread.unpackSlice(key) else { return .empty }
            return thread.slice(list, thread.adjustSlice(numbers, list.count))
        }
        guard thread.isIndex(key) else { return thread.raise(.typeError, "list indices must be integers or slices, not \(key.type.name)") }
        guard let index = thread.toInt(key, overflow: .indexError) else { return .empty }
        let place = index < 0 ? index + list.count : index
        if place < 0 || place >= list.count { return thread.raise(.indexError, "list index out of range") }
        return list[place]
    }

    static func setItem(_ thread: ThreadRef, _ value: Value, _ key: Value, _ item: Value) -> Bool {
        let list = ListRef(value)
        if key.isExact(.slice) { return setSlice(thread, list, key, item) }
        var index: Int
        if key.isSmallInt {
            index = key.smallInt
        } else {
            guard thread.isIndex(key) else {
                thread.raise(.typeError, "list indices must be integers or slices, not \(key.type.name)")
                return false
            }
            guard let number = thread.toInt(key, overflow: .indexError) else { return false }
            index = number
        }
        if index < 0 { index += list.count }
        if index < 0 || index >= list.count {
            thread.raise(.indexError, "list assignment index out of range")
            return false
        }
        if item.isEmpty { remove(list, index) } else { list.set(index, item) }
        return true
    }

    /// Takes one item out; the index is in range.
    public static func remove(_ list: ListRef, _ index: Int) {
        let count = list.count
        memmove(list.items + index, list.items + index + 1, (count - index - 1) * 8)
        list.setCount(count - 1)
        Heap.barrier(list.pointer.pointee.storage.raw)
        shrink(list)
    }

    /// Gives up the store of a list that has become empty.
    private static func shrink(_ list: ListRef) {
        if list.count == 0 && list.pointer.pointee.capacity > 64 { list.clear() }
    }

    /// Replaces items `start ..< end` by `count` values at `source`, which is not part of the list.
    public static func replace(_ thread: ThreadRef, _ list: ListRef, _ start: Int, _ end: Int, _ source: UnsafePointer<Value>?, _ count: Int) -> Bool {
        let old = list.count
        let new = old - (end - start) + count
        if new == 0 {
            list.clear()
            return true
        }
        guard list.reserve(thread, new) else { return false }
        let items = list.items
        if end < old && count != end - start { memmove(items + start + count, items + end, (old - end) * 8) }
        if count > 0 { memcpy(items + start, source!, count * 8) }
        list.setCount(new)
        Heap.barrier(list.pointer.pointee.storage.raw)
        return true
    }

    static func setSlice(_ thread: ThreadRef, _ list: ListRef, _ key: Value, _ value: Value) -> Bool {
        guard let numbers = thread.unpackSlice(key) else { return false }
        var bounds = thread.adjustSlice(numbers, list.count)
        if bounds.step == 1 {
            if value.isEmpty { return replace(thread, list, bounds.start, max(bounds.start, bounds.stop), nil, 0) }
            guard let items = sequence(thread, list, value, "can only assign an iterable") else { return false }
            // Making the items may have changed the list.
            bounds = thread.adjustSlice(numbers, list.count)
            return replace(thread, list, bounds.start, max(bounds.start, bounds.stop), items.count == 0 ? nil : UnsafePointer(items.items), items.count)
        }
        if value.isEmpty { deleteExtended(list, bounds); return true }
        guard let items = sequence(thread, list, value, "must assign iterable to extended slice") else { return false }
        bounds = thread.adjustSlice(numbers, list.count)
        guard items.count == bounds.count else {
            thread.raise(.valueError, "attempt to assign sequence of size \(items.count) to extended slice of size \(bounds.count)")
            return false
        }
        var place = bounds.start
        for index in 0 ..< bounds.count {
            list.items[place] = items[index]
            place &+= bounds.step
        }
        if bounds.count > 0 { Heap.barrier(list.pointer.pointee.storage.raw) }
        return true
    }

    /// The values to assign, apart from the list itself; nil when it has raised.
    private static func sequence(_ thread: ThreadRef, _ list: ListRef, _ value: Value, _ message: String) -> ListRef? {
        if value.isList && value.isExact(.list) && ListRef(value).pointer != list.pointer { return ListRef(value) }
        let items = thread.sequence(value, typeError: message)
        if items.isEmpty { return nil }
        let result = items.isExact(.tuple) || items == value ? thread.list(items) : items
        return result.isEmpty ? nil : ListRef(result)
    }

    /// Takes out the items that a slice with a step selects.
    public static func deleteExtended(_ list: ListRef, _ bounds: SliceBounds) {
        if bounds.count <= 0 { return }
        var first = bounds.start
        var step = bounds.step
        if step < 0 {
            first = bounds.start + step * (bounds.count - 1)
            step = -step
        }
        let items = list.items
        let count = list.count
        var target = first
        var next = first
        var left = bounds.count
        for index in first ..< count {
            if left > 0 && index == next {
                left -= 1
                next = left > 0 ? next + step : next
            } else {
                items[target] = items[index]
                target += 1
            }
        }
        list.setCount(target)
        if target == 0 { list.clear() } else { Heap.barrier(list.pointer.pointee.storage.raw) }
    }

    // MARK: Concatenation and repetition

    static func concat(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        guard b.isList else { return thread.raise(.typeError, "can only concatenate list (not \"\(b.type.name)\") to list") }
        return thread.concatenate(ListRef(a), ListRef(b))
    }

    /// The count of a repetition; nil when it has raised.
    static func times(_ thread: ThreadRef, _ value: Value) -> Int? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let number = IntOps.toInt(index) else {
            thread.raise(.overflowError, "cannot fit '\(value.type.name)' into an index-sized integer")
            return nil
        }
        return max(number, 0)
    }

    static func repeated(_ thread: ThreadRef, _ value: Value, _ number: Value) -> Value {
        guard let n = times(thread, number) else { return .empty }
        let list = ListRef(value)
        let count = list.count
        let (total, overflow) = count.multipliedReportingOverflow(by: n)
        if overflow || total >= 1 << 40 { return thread.raiseOutOfMemory() }
        let result = thread.newList(capacity: total)
        if result.isEmpty || total == 0 { return result }
        fill(ListRef(result).items, list.items, count, total)
        ListRef(result).setCount(total)
        return result
    }

    /// Fills `total` words with copies of the `count` words at `source`, by doubling.
    static func fill(_ target: UnsafeMutablePointer<Value>, _ source: UnsafePointer<Value>, _ count: Int, _ total: Int) {
        if count == 1 {
            target.update(repeating: source[0], count: total)
            return
        }
        if UnsafePointer(target) != source { memcpy(target, source, count * 8) }
        var done = count
        while done < total {
            let step = min(done, total - done)
            memcpy(target + done, target, step * 8)
            done += step
        }
    }

    static func repeatInPlace(_ thread: ThreadRef, _ value: Value, _ number: Value) -> Value {
        guard let n = times(thread, number) else { return .empty }
        let list = ListRef(value)
        let count = list.count
        if count == 0 || n == 1 { return value }
        if n == 0 {
            list.clear()
            return value
        }
        let (total, overflow) = count.multipliedReportingOverflow(by: n)
        if overflow || total >= 1 << 40 { return thread.raiseOutOfMemory() }
        guard list.reserve(thread, total) else { return .empty }
        fill(list.items, list.items, count, total)
        list.setCount(total)
        Heap.barrier(list.pointer.pointee.storage.raw)
        return value
    }
}
