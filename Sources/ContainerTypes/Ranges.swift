import Objects

/// `range` and its iterators.
///
/// Start, stop, step and length are ints of any size. When all are machine words, which is nearly always, the iterator is a `RangeIteratorObject` of three plain numbers;
/// otherwise a `longrange_iterator`: `IteratorObject` with the range as container and the index (any int) in `extra`.
public enum RangeType {
    static func start() {
        NativeType(id: .range, "range", size: MemoryLayout<RangeObject>.size, mask: 0b11110, flags: .sequencePattern,
                   doc: """
                       range(stop)
                       range(start, stop[, step])

                       The integers from start, which is 0 if it is left out, up to but not including stop, step apart. No list of them is kept.
                       """,
                   methods: methods, getters: [
            Getter("start", isMember: true) { _, a, _ in a[0].object(RangeObject.self).pointee.start },
            Getter("stop", isMember: true) { _, a, _ in a[0].object(RangeObject.self).pointee.stop },
            Getter("step", isMember: true) { _, a, _ in a[0].object(RangeObject.self).pointee.step },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, _, a, count, keywords in
                guard Shared.noKeywords(thread, "range", keywords) else { return .empty }
                return RangeType.new(thread, a, count)
            }
            slots.unary(.repr) { thread, value in RangeType.repr(thread, value) }
            slots.unary(.iter) { thread, value in RangeType.iterator(thread, value) }
            slots.length { thread, value in
                let length = value.object(RangeObject.self).pointee.length
                if length.isSmallInt { return length.smallInt }
                guard let word = IntOps.toInt(length) else {
                    thread.raise(.overflowError, "Python int too large to convert to C ssize_t")
                    return -1
                }
                return word
            }
            slots.bool { _, value in value.object(RangeObject.self).pointee.length == Value(small: 0) ? 0 : 1 }
            slots.hash { thread, value in RangeType.hash(thread, value) }
            slots.compare { thread, a, b, operation in
                guard b.isExact(.range), operation == Comparison.equal.rawValue || operation == Comparison.notEqual.rawValue else { return .notImplemented }
                let same = RangeType.equal(thread, a, b)
                return same < 0 ? .empty : Value((same != 0) == (operation == Comparison.equal.rawValue))
            }
            slots.contains { thread, value, item in RangeType.contains(thread, value, item) }
            slots.binary(.getItem) { thread, value, key in RangeType.getItem(thread, value, key) }
        }
        startIterators()
    }

    private static var methods: [Def] {
        [
            Def("count(self, value, /)", .calls, "How often a value is among the numbers: 1 or 0.") { thread, a, _ in
                if RangeType.isExactInt(a[1]) {
                    let found = RangeType.contains(thread, a[0], a[1])
                    return found < 0 ? .empty : Value(small: Int(found))
                }
                var total = 0
                let complete = thread.forEach(a[0]) { item in
                    let same = thread.isEqual(item, a[1])
                    total += Int(max(same, 0))
                    return same >= 0
                }
                return complete ? thread.newInt(total) : .empty
            },
            Def("index(self, value, /)", .calls, "At which place of the range a value is; ValueError where it is not.") { thread, a, _ in
                RangeType.index(thread, a[0], a[1])
            },
            Def("__reversed__(self, /)", .reads, "Return a reverse iterator.") { thread, a, _ in RangeType.reversed(thread, a[0]) },
            Def("__reduce__(self, /)", .reads) { thread, a, _ in
                let range = a[0].object(RangeObject.self)
                let arguments = thread.newTuple(range.pointee.start, range.pointee.stop, range.pointee.step)
                return arguments.isEmpty ? .empty : thread.newTuple(TypeID.range.value, arguments)
            },
        ]
    }

    @inline(__always) static func isExactInt(_ value: Value) -> Bool { value.isSmallInt || value.isExact(.int) || value.isBool }

    // MARK: Making

    static func new(_ thread: ThreadRef, _ a: Arguments, _ count: Int) -> Value {
        guard Shared.arity(thread, "range", count, 1, 3) else { return .empty }
        let start = count == 1 ? Value(small: 0) : thread.toIndex(a[0])
        if start.isEmpty { return .empty }
        let stop = thread.toIndex(a[count == 1 ? 0 : 1])
        if stop.isEmpty { return .empty }
        let step = count == 3 ? thread.toIndex(a[2]) : Value(small: 1)
        if step.isEmpty { return .empty }
        if step == Value(small: 0) { return thread.raise(.valueError, "range() arg 3 must not be zero") }
        return make(thread, start, stop, step)
    }

    /// A range of exact ints; the step is not zero.
    public static func make(_ thread: ThreadRef, _ start: Value, _ stop: Value, _ step: Value) -> Value {
        let length = self.length(thread, start, stop, step)
        if length.isEmpty { return .empty }
        guard let raw = Heap.allocate(MemoryLayout<RangeObject>.size, shape: TypeID.range.rawValue) else { return thread.raiseOutOfMemory() }
        let range = raw.assumingMemoryBound(to: RangeObject.self)
        range.pointee.start = start
        range.pointee.stop = stop
        range.pointee.step = step
        range.pointee.length = length
        return Value(raw)
    }

    private static func length(_ thread: ThreadRef, _ start: Value, _ stop: Value, _ step: Value) -> Value {
        if start.isSmallInt && stop.isSmallInt && step.isSmallInt {
            let (low, high, stride) = step.smallInt > 0 ? (start.smallInt, stop.smallInt, step.smallInt) : (stop.smallInt, start.smallInt, -step.smallInt)
            // 63-bit operands: the difference fits a word.
            return low >= high ? Value(small: 0) : thread.newInt((high - low - 1) / stride + 1)
        }
        let positive = !IntOps.isNegative(step)
        let low = positive ? start : stop, high = positive ? stop : start
        let stride = positive ? step : thread.unary(step, .negative)
        if stride.isEmpty { return .empty }
        let empty = thread.compareTruth(low, high, .greaterEqual)
        if empty != 0 { return empty < 0 ? .empty : Value(small: 0) }
        var result = thread.binary(high, low, .subtract)
        if !result.isEmpty { result = thread.binary(result, Value(small: 1), .subtract) }
        if !result.isEmpty { result = thread.binary(result, stride, .floorDivide) }
        return result.isEmpty ? .empty : thread.binary(result, Value(small: 1), .add)
    }

    /// start + index * step
    private static func item(_ thread: ThreadRef, _ range: UnsafeMutablePointer<RangeObject>, _ index: Value) -> Value {
        if range.pointee.start.isSmallInt && range.pointee.step.isSmallInt && index.isSmallInt {
            let (product, over) = index.smallInt.multipliedReportingOverflow(by: range.pointee.step.smallInt)
            let (sum, over2) = product.addingReportingOverflow(range.pointee.start.smallInt)
            if !over && !over2 { return thread.newInt(sum) }
        }
        let product = thread.binary(index, range.pointee.step, .multiply)
        return product.isEmpty ? .empty : thread.binary(range.pointee.start, product, .add)
    }

    // MARK: Slots

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let range = value.object(RangeObject.self)
        var text = TextBuffer()
        text.append("range(")
        guard text.append(repr: range.pointee.start, thread) else { return .empty }
        text.append(", ")
        guard text.append(repr: range.pointee.stop, thread) else { return .empty }
        if range.pointee.step != Value(small: 1) {
            text.append(", ")
            guard text.append(repr: range.pointee.step, thread) else { return .empty }
        }
        text.append(")")
        return text.make(thread)
    }

    static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let range = value.object(RangeObject.self)
        if key.isExact(.slice) { return slice(thread, range, key) }
        guard thread.isIndex(key) else { return thread.raise(.typeError, "range indices must be integers or slices, not \(key.type.name)") }
        var index = thread.toIndex(key)
        if index.isEmpty { return .empty }
        if IntOps.isNegative(index) {
            index = thread.binary(index, range.pointee.length, .add)
            if index.isEmpty { return .empty }
        }
        let inside = IntOps.isNegative(index) ? 0 : thread.compareTruth(index, range.pointee.length, .less)
        if inside < 0 { return .empty }
        return inside == 0 ? thread.raise(.indexError, "range object index out of range") : item(thread, range, index)
    }

    private static func slice(_ thread: ThreadRef, _ range: UnsafeMutablePointer<RangeObject>, _ key: Value) -> Value {
        guard let (start, stop, step) = SliceType.bigIndices(thread, key, range.pointee.length) else { return .empty }
        let newStep = thread.binary(range.pointee.step, step, .multiply)
        if newStep.isEmpty { return .empty }
        let newStart = item(thread, range, start)
        if newStart.isEmpty { return .empty }
        let newStop = item(thread, range, stop)
        return newStop.isEmpty ? .empty : make(thread, newStart, newStop, newStep)
    }

    static func contains(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Int32 {
        guard isExactInt(item) else {
            var result: Int32 = 0
            let complete = thread.forEach(value) { candidate in
                result = thread.isEqual(candidate, item)
                return result == 0
            }
            return complete ? 0 : result > 0 ? 1 : -1
        }
        let range = value.object(RangeObject.self)
        let number = item.isBool ? Value(small: item == .true ? 1 : 0) : item
        if number.isSmallInt && range.pointee.start.isSmallInt && range.pointee.stop.isSmallInt && range.pointee.step.isSmallInt {
            let n = number.smallInt, start = range.pointee.start.smallInt, stop = range.pointee.stop.smallInt, step = range.pointee.step.smallInt
            if step > 0 ? (n < start || n >= stop) : (n > start || n <= stop) { return 0 }
            return (n - start) % step == 0 ? 1 : 0
        }
        let positive = !IntOps.isNegative(range.pointee.step)
        let after = thread.compareTruth(number, range.pointee.start, positive ? .greaterEqual : .lessEqual)
        if after <= 0 { return after }
        let before = thread.compareTruth(number, range.pointee.stop, positive ? .less : .greater)
        if before <= 0 { return before }
        let offset = thread.binary(number, range.pointee.start, .subtract)
        if offset.isEmpty { return -1 }
        let rest = thread.binary(offset, range.pointee.step, .modulo)
        return rest.isEmpty ? -1 : rest == Value(small: 0) ? 1 : 0
    }

    static func index(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Value {
        let range = value.object(RangeObject.self)
        guard isExactInt(item) else {
            var place = 0
            var found = false
            let complete = thread.forEach(value) { candidate in
                let same = thread.isEqual(candidate, item)
                if same > 0 { found = true }
                if same == 0 { place += 1 }
                return same == 0
            }
            if found { return thread.newInt(place) }
            return complete ? thread.raise(.valueError, "sequence.index(x): x not in sequence") : .empty
        }
        let found = contains(thread, value, item)
        if found < 0 { return .empty }
        if found == 0 { return thread.raise(.valueError, "\(item.reprForMessage(thread)) is not in range") }
        let offset = thread.binary(item, range.pointee.start, .subtract)
        return offset.isEmpty ? .empty : thread.binary(offset, range.pointee.step, .floorDivide)
    }

    static func equal(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Int32 {
        if a == b { return 1 }
        let x = a.object(RangeObject.self), y = b.object(RangeObject.self)
        let lengths = thread.isEqual(x.pointee.length, y.pointee.length)
        if lengths <= 0 { return lengths }
        if x.pointee.length == Value(small: 0) { return 1 }
        let starts = thread.isEqual(x.pointee.start, y.pointee.start)
        if starts <= 0 { return starts }
        if x.pointee.length == Value(small: 1) { return 1 }
        return thread.isEqual(x.pointee.step, y.pointee.step)
    }

    /// That of the tuple (length, start, step), with None for what does not matter.
    static func hash(_ thread: ThreadRef, _ value: Value) -> Int {
        let range = value.object(RangeObject.self)
        let length = range.pointee.length
        let tuple = thread.newTuple(length, length == Value(small: 0) ? .none : range.pointee.start, length == Value(small: 0) || length == Value(small: 1) ? .none : range.pointee.step)
        return tuple.isEmpty ? -1 : thread.hash(tuple)
    }

    // MARK: Iterators

    /// A fast iterator over `count` numbers from `start` on. The numbers fit machine words.
    public static func newIterator(_ thread: ThreadRef, _ start: Int, _ step: Int, _ count: Int) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<RangeIteratorObject>.size, shape: TypeID.rangeIterator.rawValue) else { return thread.raiseOutOfMemory() }
        let iterator = raw.assumingMemoryBound(to: RangeIteratorObject.self)
        iterator.pointee.next = start
        iterator.pointee.step = step
        iterator.pointee.remaining = count
        iterator.pointee.length = count
        return Value(raw)
    }

    static func iterator(_ thread: ThreadRef, _ value: Value) -> Value {
        let range = value.object(RangeObject.self)
        let (start, stop, step, length) = (range.pointee.start, range.pointee.stop, range.pointee.step, range.pointee.length)
        if start.isSmallInt && stop.isSmallInt && step.isSmallInt && length.isSmallInt { return newIterator(thread, start.smallInt, step.smallInt, length.smallInt) }
        return thread.newIterator(.longRangeIterator, value, extra: Value(small: 0))
    }

    static func reversed(_ thread: ThreadRef, _ value: Value) -> Value {
        let range = value.object(RangeObject.self)
        if range.pointee.start.isSmallInt && range.pointee.stop.isSmallInt && range.pointee.step.isSmallInt && range.pointee.length.isSmallInt {
            let count = range.pointee.length.smallInt, step = range.pointee.step.smallInt
            // The last item lies between start and stop.
            return newIterator(thread, range.pointee.start.smallInt &+ (count - 1) &* step, -step, count)
        }
        let last = thread.binary(range.pointee.length, Value(small: 1), .subtract)
        if last.isEmpty { return .empty }
        let start = item(thread, range, last)
        if start.isEmpty { return .empty }
        let step = thread.unary(range.pointee.step, .negative)
        if step.isEmpty { return .empty }
        let stop = thread.binary(range.pointee.start, range.pointee.step, .subtract)
        if stop.isEmpty { return .empty }
        let reverse = make(thread, start, stop, step)
        return reverse.isEmpty ? .empty : iterator(thread, reverse)
    }

    private static func startIterators() {
        NativeType(id: .rangeIterator, "range_iterator", size: MemoryLayout<RangeIteratorObject>.size, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { thread, a, _ in
                thread.newInt(a[0].object(RangeIteratorObject.self).pointee.remaining)
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                let iterator = a[0].object(RangeIteratorObject.self)
                let index = iterator.pointee.length - iterator.pointee.remaining
                let start = iterator.pointee.next &- iterator.pointee.step &* index
                let stop = start &+ iterator.pointee.step &* iterator.pointee.length
                let range = RangeType.make(thread, thread.newInt(start), thread.newInt(stop), thread.newInt(iterator.pointee.step))
                return Shared.reduce(thread, Shared.builtin(thread, "iter"), range, Value(small: index))
            },
            Def("__setstate__(self, state, /)", .calls, "Set state information for unpickling.") { thread, a, _ in
                guard let state = thread.toInt(a[1]) else { return .empty }
                let iterator = a[0].object(RangeIteratorObject.self)
                let skip = max(0, min(state, iterator.pointee.length)) - (iterator.pointee.length - iterator.pointee.remaining)
                iterator.pointee.next &+= skip &* iterator.pointee.step
                iterator.pointee.remaining -= skip
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in
                let iterator = value.object(RangeIteratorObject.self)
                if iterator.pointee.remaining <= 0 { return .empty }
                let result = iterator.pointee.next
                iterator.pointee.next = result &+ iterator.pointee.step
                iterator.pointee.remaining -= 1
                return thread.newInt(result)
            }
        }
        NativeType(id: .longRangeIterator, "longrange_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                return thread.binary(iterator.pointee.container.object(RangeObject.self).pointee.length, iterator.pointee.extra, .subtract)
            },
            Def("__reduce__(self, /)", .calls, "Return state information for pickling.") { thread, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                return Shared.reduce(thread, Shared.builtin(thread, "iter"), iterator.pointee.container, iterator.pointee.extra)
            },
            Def("__setstate__(self, state, /)", .calls, "Set state information for unpickling.") { thread, a, _ in
                var state = thread.toIndex(a[1])
                if state.isEmpty { return .empty }
                let iterator = a[0].object(IteratorObject.self)
                let length = iterator.pointee.container.object(RangeObject.self).pointee.length
                if IntOps.isNegative(state) { state = Value(small: 0) }
                let beyond = thread.compareTruth(state, length, .greater)
                if beyond < 0 { return .empty }
                iterator.pointee.extra = beyond > 0 ? length : state
                Heap.barrier(a[0].raw)
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                let range = iterator.pointee.container.object(RangeObject.self)
                let index = iterator.pointee.extra
                let more = thread.compareTruth(index, range.pointee.length, .less)
                if more <= 0 { return .empty }
                let result = RangeType.item(thread, range, index)
                if result.isEmpty { return .empty }
                let next = thread.binary(index, Value(small: 1), .add)
                if next.isEmpty { return .empty }
                iterator.pointee.extra = next
                Heap.barrier(value.raw)
                return result
            }
        }
    }
}
