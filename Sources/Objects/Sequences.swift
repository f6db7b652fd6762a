import Glibc

/// Lists, tuples, bytes, slices and cells: making them and reaching their items. Their methods are in `ContainerTypes` and `TextTypes`.

public struct ListRef {
    public let pointer: UnsafeMutablePointer<ListObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(ListObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }
    /// The items; valid until the list changes size. Undefined for a list that never had one.
    @inlinable public var items: UnsafeMutablePointer<Value> {
        @inline(__always) get {
            UnsafeMutableRawPointer(bitPattern: UInt(pointer.pointee.storage.bits &+ UInt64(MemoryLayout<ValueArrayObject>.size))).unsafelyUnwrapped
                .assumingMemoryBound(to: Value.self)
        }
    }

    /// An item; the index is in range.
    @inlinable public subscript(_ index: Int) -> Value { @inline(__always) get { items[index] } }

    /// Stores an item; the index is in range.
    @inlinable @inline(__always) public func set(_ index: Int, _ value: Value) {
        items[index] = value
        Heap.barrier(pointer.pointee.storage.raw)
    }

    /// Appends. False when there is no memory (raised).
    @inlinable @inline(__always) public func append(_ thread: ThreadRef, _ value: Value) -> Bool {
        let count = pointer.pointee.count
        if count < pointer.pointee.capacity {
            items[count] = value
            setCount(count + 1)
            Heap.barrier(pointer.pointee.storage.raw)
            return true
        }
        return appendSlow(thread, value)
    }

    @inline(never) @usableFromInline func appendSlow(_ thread: ThreadRef, _ value: Value) -> Bool {
        guard reserve(thread, count + 1) else { return false }
        items[count] = value
        setCount(count + 1)
        Heap.barrier(pointer.pointee.storage.raw)
        return true
    }

    /// Sets the number of items. Those beyond must have been stored, those cut off are forgotten.
    @inlinable @inline(__always) public func setCount(_ count: Int) {
        pointer.pointee.count = count
        if !pointer.pointee.storage.isEmpty { pointer.pointee.storage.object(ValueArrayObject.self).pointee.count = count }
    }

    /// Makes room for `wanted` items in all. False when there is no memory (raised).
    @inline(never) public func reserve(_ thread: ThreadRef, _ wanted: Int) -> Bool {
        if wanted <= pointer.pointee.capacity { return true }
        guard wanted < 1 << 40 else { thread.raiseOutOfMemory(); return false }
        let grown = wanted + wanted >> 3 + (wanted < 9 ? 3 : 6)
        return setCapacity(thread, wanted > count + 1 && count == 0 ? wanted : grown)
    }

    /// Items of which a store has blocks of its own: it may grow where it is.
    private static let long = 4096

    /// Makes the store one of the given capacity, at least `count`.
    public func setCapacity(_ thread: ThreadRef, _ capacity: Int) -> Bool {
        // Whole 16-byte granules.
        let rounded = (capacity + 1) & ~1, size = MemoryLayout<ValueArrayObject>.size + rounded * 8
        let old = pointer.pointee.capacity
        if old >= ListRef.long, rounded > old, Heap.extend(pointer.pointee.storage.raw, to: size) {
            pointer.pointee.capacity = rounded
            return true
        }
        // What lies behind the items is not looked at.
        guard let raw = Heap.allocateUncleared(size, shape: TypeID.valueArray.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        let array = raw.assumingMemoryBound(to: ValueArrayObject.self)
        if count > 0 { memcpy(raw + MemoryLayout<ValueArrayObject>.size, items, count * 8) }
        array.pointee.count = count
        pointer.pointee.storage = Value(raw)
        pointer.pointee.capacity = rounded
        Heap.barrier(UnsafeMutableRawPointer(pointer))
        return true
    }

    /// Forgets all items and their store.
    public func clear() {
        pointer.pointee.count = 0
        pointer.pointee.capacity = 0
        pointer.pointee.storage = .empty
    }
}

/// Copies words that do not overlap, mostly few: a call of `memcpy` takes longer than they do.
@inlinable @inline(__always) public func copyWords(_ target: UnsafeMutablePointer<Value>, _ source: UnsafePointer<Value>, _ count: Int) {
    if count > 24 {
        memcpy(target, source, count * 8)
        return
    }
    var index = 0
    while index + 2 <= count {
        UnsafeMutableRawPointer(target + index).storeBytes(of: UnsafeRawPointer(source + index).loadUnaligned(as: SIMD2<UInt64>.self), as: SIMD2<UInt64>.self)
        index += 2
    }
    if index < count { target[index] = source[index] }
}

public struct TupleRef {
    public let pointer: UnsafeMutablePointer<TupleObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(TupleObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }
    @inlinable public var items: UnsafeMutablePointer<Value> {
        @inline(__always) get { (UnsafeMutableRawPointer(pointer) + MemoryLayout<TupleObject>.size).assumingMemoryBound(to: Value.self) }
    }
    @inlinable public subscript(_ index: Int) -> Value { @inline(__always) get { items[index] } }

    /// Stores an item of a tuple that nobody else has seen.
    @inlinable @inline(__always) public func initialize(_ index: Int, _ value: Value) {
        items[index] = value
        Heap.barrier(UnsafeMutableRawPointer(pointer))
    }
}

public struct BytesRef {
    public let pointer: UnsafeMutablePointer<BytesObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(BytesObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }
    @inlinable public var bytes: UnsafeMutablePointer<UInt8> {
        @inline(__always) get { (UnsafeMutableRawPointer(pointer) + MemoryLayout<BytesObject>.size).assumingMemoryBound(to: UInt8.self) }
    }
    public var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: bytes, count: count) }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    // MARK: Lists

    /// An empty list with room for `capacity` items.
    public func newList(capacity: Int = 0) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<ListObject>.size, shape: TypeID.list.rawValue) else { return raiseOutOfMemory() }
        let list = ListRef(Value(raw))
        if capacity > 0 { guard capacity < 1 << 40 else { return raiseOutOfMemory() }; guard list.setCapacity(self, capacity) else { return .empty } }
        return list.value
    }

    /// The greatest number of items for which room is made before they are there: a loop may end early.
    public static var mostExpected: Int { 4096 }

    /// An empty list with room for what a native iterator has left, as far as that is known.
    public func newList(for iterator: Value) -> Value {
        var left = 0
        if iterator.isExact(.rangeIterator) {
            left = iterator.object(RangeIteratorObject.self).pointee.remaining
        } else if iterator.isExact(.listIterator) || iterator.isExact(.tupleIterator), case let object = iterator.object(IteratorObject.self).pointee, !object.container.isEmpty {
            left = (iterator.isExact(.listIterator) ? ListRef(object.container).count : TupleRef(object.container).count) - object.index
        }
        return newList(capacity: Swift.max(0, Swift.min(left, Self.mostExpected)))
    }

    /// A list of the `count` values at `items`, which the collector must see.
    public func newList(_ items: UnsafePointer<Value>, _ count: Int) -> Value {
        if count == 0 { return newList() }
        guard let list = newList(count: count) else { return .empty }
        copyWords(list.items, items, count)
        return list.value
    }

    /// left + right
    public func concatenate(_ left: ListRef, _ right: ListRef) -> Value {
        if left.count + right.count == 0 { return newList() }
        guard let list = newList(count: left.count + right.count) else { return .empty }
        copyWords(list.items, left.items, left.count)
        copyWords(list.items + left.count, right.items, right.count)
        return list.value
    }

    /// A list of `count` empty words, to be filled at once. Nil when it has raised.
    @inline(__always) func newList(count: Int) -> ListRef? {
        // Whole 16-byte granules.
        let capacity = (count + 1) & ~1
        guard count < 1 << 40, let storage = Heap.allocate(MemoryLayout<ValueArrayObject>.size + capacity * 8, shape: TypeID.valueArray.rawValue) else {
            raiseOutOfMemory()
            return nil
        }
        storage.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = count
        guard let raw = Heap.allocate(MemoryLayout<ListObject>.size, shape: TypeID.list.rawValue) else {
            raiseOutOfMemory()
            return nil
        }
        let list = raw.assumingMemoryBound(to: ListObject.self)
        list.pointee.storage = Value(storage)
        list.pointee.capacity = capacity
        list.pointee.count = count
        // Making the list may have collected, which made the storage old; the list is new.
        return ListRef(Value(raw))
    }

    // MARK: Tuples

    /// A tuple of `count` empty words, to be filled with `initialize` at once. For zero the one empty tuple.
    public func newTuple(count: Int) -> Value {
        if count == 0 { return WellKnown.emptyTuple.value }
        guard count < 1 << 40, let raw = Heap.allocate(MemoryLayout<TupleObject>.size + count * 8, shape: TypeID.tuple.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: TupleObject.self).pointee.count = count
        return Value(raw)
    }

    /// A tuple of the `count` values at `items`, which the collector must see.
    public func newTuple(_ items: UnsafePointer<Value>, _ count: Int) -> Value {
        let tuple = newTuple(count: count)
        if tuple.isEmpty || count == 0 { return tuple }
        copyWords(TupleRef(tuple).items, items, count)
        return tuple
    }

    public func newTuple(_ first: Value, _ second: Value) -> Value {
        if first.isEmpty || second.isEmpty { return .empty }
        guard let raw = Heap.allocate(MemoryLayout<TupleObject>.size + 16, shape: TypeID.tuple.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: TupleObject.self).pointee.count = 2
        let tuple = Value(raw)
        TupleRef(tuple).items[0] = first
        TupleRef(tuple).items[1] = second
        return tuple
    }

    public func newTuple(_ only: Value) -> Value { newTuple(ArgumentList(only, .absent)) }

    /// A tuple of three values or more. Empty when one of them is empty, which says that making it has raised.
    @inline(never) public func newTuple(_ first: Value, _ second: Value, _ third: Value, _ fourth: Value = .absent, _ fifth: Value = .absent,
                                        _ sixth: Value = .absent, _ seventh: Value = .absent) -> Value {
        newTuple(ArgumentList(first, second, third, fourth, fifth, sixth, seventh))
    }

    private func newTuple(_ list: ArgumentList) -> Value {
        if list.hasEmpty { return .empty }
        let tuple = newTuple(count: list.count)
        if !tuple.isEmpty { list.store(TupleRef(tuple).items) }
        return tuple
    }

    /// A tuple of `count` items, made one after the other. Empty when one is.
    public func newTuple(count: Int, _ item: (Int) -> Value) -> Value {
        let tuple = newTuple(count: count)
        if tuple.isEmpty { return .empty }
        for index in 0 ..< count {
            let value = item(index)
            if value.isEmpty { return .empty }
            TupleRef(tuple).initialize(index, value)
        }
        return tuple
    }

    /// A tuple of an array's values, which something else must keep alive.
    public func newTuple(copying values: [Value]) -> Value { newTuple(count: values.count) { values[$0] } }

    // MARK: Bytes

    /// Uninitialised bytes.
    public func newBytes(count: Int) -> Value {
        if count == 0 && !WellKnown.emptyBytes.value.isEmpty { return WellKnown.emptyBytes.value }
        guard count >= 0, count < 1 << 46, let raw = Heap.allocate(MemoryLayout<BytesObject>.size + count + 1, shape: TypeID.bytes.rawValue) else { return raiseOutOfMemory() }
        let result = BytesRef(Value(raw))
        result.pointer.pointee.count = count
        result.bytes[count] = 0
        return result.value
    }

    /// A bytes object that the caller is going to write from end to end.
    public func newBytes(unwritten count: Int) -> Value {
        if count == 0 { return newBytes(count: 0) }
        guard count > 0, count < 1 << 46, let raw = Heap.allocateUncleared(MemoryLayout<BytesObject>.size + count + 1, shape: TypeID.bytes.rawValue) else { return raiseOutOfMemory() }
        let result = BytesRef(Value(raw))
        result.pointer.pointee.count = count
        result.pointer.pointee.hash = 0
        result.bytes[count] = 0
        return result.value
    }

    public func newBytes(_ start: UnsafeRawPointer?, _ count: Int) -> Value {
        let result = newBytes(unwritten: count)
        if result.isEmpty || count == 0 { return result }
        memcpy(BytesRef(result).bytes, start!, count)
        return result
    }

    public func newBytes(_ bytes: [UInt8]) -> Value { bytes.withUnsafeBytes { newBytes($0.baseAddress, $0.count) } }

    // MARK: Small objects

    public func newSlice(_ start: Value, _ stop: Value, _ step: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<SliceObject>.size, shape: TypeID.slice.rawValue) else { return raiseOutOfMemory() }
        let slice = raw.assumingMemoryBound(to: SliceObject.self)
        slice.pointee.start = start
        slice.pointee.stop = stop
        slice.pointee.step = step
        return Value(raw)
    }

    public func newCell(_ contents: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<CellObject>.size, shape: TypeID.cell.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: CellObject.self).pointee.contents = contents
        return Value(raw)
    }

    public func newMethod(_ function: Value, _ receiver: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<MethodObject>.size, shape: TypeID.method.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: MethodObject.self).pointee.function = function
        raw.assumingMemoryBound(to: MethodObject.self).pointee.receiver = receiver
        return Value(raw)
    }

    /// A built-in iterator over a container.
    public func newIterator(_ id: TypeID, _ container: Value, index: Int = 0, limit: Int = 0, extra: Value = .empty) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<IteratorObject>.size, shape: id.rawValue) else { return raiseOutOfMemory() }
        let iterator = raw.assumingMemoryBound(to: IteratorObject.self)
        iterator.pointee.container = container
        iterator.pointee.index = index
        iterator.pointee.limit = limit
        iterator.pointee.extra = extra
        return Value(raw)
    }

    /// A float: almost always a word, otherwise boxed.
    @inlinable @inline(__always) public func newFloat(_ value: Double) -> Value {
        let word = Value.encodeFloat(value)
        return word.isEmpty ? boxFloat(value) : word
    }

    @inline(never) @usableFromInline func boxFloat(_ value: Double) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<FloatObject>.size, shape: TypeID.float.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: FloatObject.self).pointee.value = value
        return Value(raw)
    }

    /// An int from a machine word.
    @inlinable @inline(__always) public func newInt(_ value: Int) -> Value {
        Value.fitsSmall(value) ? Value(small: value) : newBigInt(negative: value < 0, magnitude: value.magnitude)
    }

    @inlinable @inline(__always) public func newInt(unsigned value: UInt) -> Value {
        value >> 62 == 0 ? Value(small: Int(value)) : newBigInt(negative: false, magnitude: value)
    }

    @inline(never) public func newBigInt(negative: Bool, magnitude: UInt) -> Value {
        var limb = magnitude
        return newInt(negative: negative, limbs: &limb, 1)
    }

    /// An int from sign and limbs, least significant first; leading zeros allowed; small values become words.
    public func newInt(negative: Bool, limbs: UnsafePointer<UInt>, _ count: Int) -> Value {
        var count = count
        while count > 0 && limbs[count - 1] == 0 { count -= 1 }
        if count == 0 { return Value(small: 0) }
        if count == 1 {
            if limbs[0] < 1 << 62 { return Value(small: negative ? -Int(limbs[0]) : Int(limbs[0])) }
            if negative && limbs[0] == 1 << 62 { return Value(small: -(1 << 62)) }
        }
        guard let raw = Heap.allocate(MemoryLayout<IntObject>.size + count * 8, shape: TypeID.int.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: IntObject.self).pointee.size = negative ? -count : count
        memcpy(raw + MemoryLayout<IntObject>.size, limbs, count * 8)
        return Value(raw)
    }
}

extension Value {
    /// The double of a float or an instance of a subclass.
    @inlinable public var doubleValue: Double {
        @inline(__always) get {
            if isInlineFloat { return inlineFloat }
            if isImmediate { return bits == Value.negativeZero.bits ? -0.0 : 0.0 }
            return object(FloatObject.self).pointee.value
        }
    }
}
