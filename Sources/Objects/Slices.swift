/// Indices and slices as sequences understand them, and unpacking.
///
/// A slice is read in two steps, because `__index__` may be Python code that changes the sequence: `unpackSlice` asks the three
/// objects, then `adjustSlice` fits the numbers to the length that the sequence has by then.
import Glibc

public struct SliceBounds {
    public var start: Int
    public var stop: Int
    public var step: Int
    /// Items selected.
    public var count: Int
}

extension SliceBounds {
    /// A slice fitted to a sequence of `length` items.
    @inlinable @inline(__always) public init(_ slice: (start: Int, stop: Int, step: Int), _ length: Int) {
        var start = slice.start
        var stop = slice.stop
        let step = slice.step
        if start < 0 {
            start &+= length
            if start < 0 { start = step < 0 ? -1 : 0 }
        } else if start >= length {
            start = step < 0 ? length - 1 : length
        }
        if stop < 0 {
            stop &+= length
            if stop < 0 { stop = step < 0 ? -1 : 0 }
        } else if stop >= length {
            stop = step < 0 ? length - 1 : length
        }
        var count = 0
        if step < 0 {
            if stop < start { count = step == -1 ? start - stop : (start - stop - 1) / -step + 1 }
        } else if start < stop {
            count = step == 1 ? stop - start : (stop - start - 1) / step + 1
        }
        (self.start, self.stop, self.step, self.count) = (start, stop, step, count)
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Whether a value can be an index: an int, or anything with `__index__`.
    @inline(__always) public func isIndex(_ value: Value) -> Bool {
        value.isSmallInt || value.type.slotPointer(.index).pointee != nil
    }

    /// A slice bound, clamped to the machine's range; nil when it has raised.
    public func sliceIndex(_ value: Value) -> Int? {
        if value.isSmallInt { return value.smallInt }
        guard isIndex(value) else {
            raise(.typeError, "slice indices must be integers or None or have an __index__ method")
            return nil
        }
        return toInt(value, overflow: nil)
    }

    /// The numbers of a slice before a length is known; nil when it has raised.
    public func unpackSlice(_ slice: Value) -> (start: Int, stop: Int, step: Int)? {
        let object = slice.object(SliceObject.self)
        var step = 1
        if !object.pointee.step.isNone {
            guard let value = sliceIndex(object.pointee.step) else { return nil }
            if value == 0 {
                raise(.valueError, "slice step cannot be zero")
                return nil
            }
            step = Swift.max(value, -Int.max)
        }
        var start = step < 0 ? Int.max : 0
        if !object.pointee.start.isNone {
            guard let value = sliceIndex(object.pointee.start) else { return nil }
            start = value
        }
        var stop = step < 0 ? Int.min : Int.max
        if !object.pointee.stop.isNone {
            guard let value = sliceIndex(object.pointee.stop) else { return nil }
            stop = value
        }
        return (start, stop, step)
    }

    /// Fits a slice to a sequence of `length` items.
    @inline(__always) public func adjustSlice(_ slice: (start: Int, stop: Int, step: Int), _ length: Int) -> SliceBounds { SliceBounds(slice, length) }

    /// Both steps, for sequences whose length cannot change.
    public func sliceIndices(_ slice: Value, _ length: Int) -> SliceBounds? {
        guard let numbers = unpackSlice(slice) else { return nil }
        return adjustSlice(numbers, length)
    }

    // MARK: Slicing by bounds

    /// The numbers of a slice with these bounds; nil for others than small ints and None, and for what raises.
    @inline(__always) private func plainSlice(_ start: Value, _ stop: Value, _ step: Value) -> (start: Int, stop: Int, step: Int)? {
        guard start.isSmallInt || start.isNone, stop.isSmallInt || stop.isNone, step.isSmallInt || step.isNone else { return nil }
        let stride = step.isNone ? 1 : step.smallInt
        if stride == 0 { return nil }
        return (start.isNone ? stride < 0 ? Int.max : 0 : start.smallInt, stop.isNone ? stride < 0 ? Int.min : Int.max : stop.smallInt, stride)
    }

    /// `container[start:stop:step]`. No slice object is made for the usual sequences and bounds.
    public func getSlice(_ container: Value, _ start: Value, _ stop: Value, _ step: Value) -> Value {
        if container.isPointer, let numbers = plainSlice(start, stop, step) {
            switch container.shapeIndex {
            case TypeID.list.rawValue:
                return slice(ListRef(container), adjustSlice(numbers, ListRef(container).count))
            case TypeID.tuple.rawValue where numbers.step == 1:
                let tuple = TupleRef(container), bounds = adjustSlice(numbers, tuple.count)
                if bounds.count == tuple.count { return container }
                return bounds.count <= 0 ? WellKnown.emptyTuple.value : newTuple(tuple.items + bounds.start, bounds.count)
            case TypeID.str.rawValue where numbers.step == 1:
                let bounds = adjustSlice(numbers, StringRef(container).count)
                return substring(StringRef(container), bounds.start, bounds.stop)
            default: break
            }
        }
        let slice = newSlice(start, stop, step)
        return slice.isEmpty ? .empty : getItem(container, slice)
    }

    /// `container[start:stop:step] = value`. Items of a list that are replaced by as many of another's need no slice object.
    public func setSlice(_ container: Value, _ start: Value, _ stop: Value, _ step: Value, _ value: Value) -> Bool {
        if container.isExact(.list), value.isExact(.list), container != value, let numbers = plainSlice(start, stop, step), numbers.step == 1 {
            let list = ListRef(container), items = ListRef(value), bounds = adjustSlice(numbers, list.count)
            if bounds.count > 0, bounds.count == items.count {
                copyWords(list.items + bounds.start, items.items, bounds.count)
                Heap.barrier(list.pointer.pointee.storage.raw)
                return true
            }
        }
        let slice = newSlice(start, stop, step)
        return !slice.isEmpty && setItem(container, slice, value)
    }

    /// A new list of the items within bounds.
    @inline(__always) public func slice(_ list: ListRef, _ bounds: SliceBounds) -> Value {
        if bounds.count <= 0 { return newList() }
        if bounds.step == 1 { return newList(list.items + bounds.start, bounds.count) }
        guard let result = newList(count: bounds.count) else { return .empty }
        let target = result.items
        var source = list.items + bounds.start
        for index in 0 ..< bounds.count {
            target[index] = source.pointee
            source += bounds.step
        }
        return result.value
    }

    // MARK: Length hints

    /// `operator.length_hint`: -1 when it has raised.
    public func lengthHint(_ value: Value, _ fallback: Int) -> Int {
        let type = value.type
        if let function = type.slot(.length, as: LengthFunction.self) {
            let length = function(self, value)
            if length >= 0 { return length }
            if !clearException(.typeError) { return -1 }
        }
        if type.lookup(.__length_hint__).isEmpty { return fallback }
        let result = callSpecialFast(value, Name.__length_hint__.value)
        if result.isEmpty { return clearException(.typeError) ? fallback : -1 }
        if result == .notImplemented { return fallback }
        guard result.isInt else {
            raise(.typeError, "__length_hint__ must be an integer, not \(result.type.name)")
            return -1
        }
        guard let hint = toInt(result) else { return -1 }
        if hint < 0 {
            raise(.valueError, "__length_hint__() should return >= 0")
            return -1
        }
        return hint
    }

    // MARK: Unpacking

    /// Stores exactly `count` items of an iterable at `target`, as `a, b = x` does. False when it has raised.
    public func unpackIterable(_ iterable: Value, _ count: Int, into target: Arguments) -> Bool {
        if iterable.isExact(.tuple) || iterable.isExact(.list) {
            let given = iterable.isExact(.tuple) ? TupleRef(iterable).count : ListRef(iterable).count
            if given == count {
                if count > 0 { target.update(from: iterable.isExact(.tuple) ? TupleRef(iterable).items : ListRef(iterable).items, count: count) }
                return true
            }
            if given < count { raiseTooFew(count, given, atLeast: false) } else { raise(.valueError, "too many values to unpack (expected \(count))") }
            return false
        }
        let iterator = unpackIterator(iterable)
        if iterator.isEmpty { return false }
        for index in 0 ..< count {
            let item = next(iterator)
            if item.isEmpty {
                if !hasException { raiseTooFew(count, index, atLeast: false) }
                return false
            }
            target[index] = item
        }
        if next(iterator).isEmpty { return !hasException }
        raise(.valueError, "too many values to unpack (expected \(count))")
        return false
    }

    /// `a, *b, c = x`: `before` items, a list, `after` items. False when it has raised.
    public func unpackIterable(_ iterable: Value, before: Int, after: Int, into target: Arguments) -> Bool {
        let iterator = unpackIterator(iterable)
        if iterator.isEmpty { return false }
        for index in 0 ..< before {
            let item = next(iterator)
            if item.isEmpty {
                if !hasException { raiseTooFew(before + after, index, atLeast: true) }
                return false
            }
            target[index] = item
        }
        let rest = list(iterator)
        if rest.isEmpty { return false }
        target[before] = rest
        let items = ListRef(rest)
        guard items.count >= after else {
            raiseTooFew(before + after, before + items.count, atLeast: true)
            return false
        }
        if after > 0 {
            let kept = items.count - after
            for index in 0 ..< after { target[before + 1 + index] = items[kept + index] }
            items.setCount(kept)
        }
        return true
    }

    private func unpackIterator(_ iterable: Value) -> Value {
        let type = iterable.type
        if type.slotPointer(.iter).pointee == nil && !type.isSequence {
            return raise(.typeError, "cannot unpack non-iterable \(type.name) object")
        }
        return iterator(iterable)
    }

    @inline(never) private func raiseTooFew(_ expected: Int, _ given: Int, atLeast: Bool) {
        raise(.valueError, "not enough values to unpack (expected \(atLeast ? "at least " : "")\(expected), got \(given))")
    }

    // MARK: Recursive containers

    /// Notes that the repr of a container has begun. False when it is in progress already, so that `[...]` is to be shown; nil when it has raised.
    public func enterRepr(_ object: Value) -> Bool? {
        if pointee.reprStack.isEmpty {
            let stack = newList()
            if stack.isEmpty { return nil }
            pointee.reprStack = stack
        }
        let stack = ListRef(pointee.reprStack)
        for index in 0 ..< stack.count where stack[index] == object { return false }
        return stack.append(self, object) ? true : nil
    }

    /// Ends what `enterRepr` began.
    public func leaveRepr(_ object: Value) {
        let stack = ListRef(pointee.reprStack)
        var index = stack.count - 1
        while index >= 0 && stack[index] != object { index -= 1 }
        if index < 0 { return }
        for place in index ..< stack.count - 1 { stack.set(place, stack[place + 1]) }
        stack.setCount(stack.count - 1)
    }
}
