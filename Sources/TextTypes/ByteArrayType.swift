import Glibc
import Objects

/// `bytearray`: bytes in a storage object of its own, which grows by steps.
///
/// The bytes begin `start` bytes into the storage, so that deleting from the front costs nothing. While memory is lent out (`exports`), the size stays as it is:
/// every change of size goes through `resize`, which refuses then.
public struct ByteArrayObject {
    public var header: ObjectHeader
    /// `StorageObject`, or empty when there never was a byte.
    public var storage: Value
    public var start: Int
    public var count: Int
    /// Bytes of storage from `start` on.
    public var capacity: Int
    public var exports: Int
}

public struct ByteArrayRef: StorageOwner {
    public let pointer: UnsafeMutablePointer<ByteArrayObject>

    @inline(__always) public init(_ value: Value) { pointer = value.object(ByteArrayObject.self) }
    public var value: Value { Value(pointer) }
    public var count: Int { @inline(__always) get { pointer.pointee.count } }
    /// The bytes; valid until the next change of size.
    public var bytes: UnsafeMutablePointer<UInt8> {
        @inline(__always) get {
            if pointer.pointee.storage.isEmpty { return UnsafeMutablePointer(bitPattern: 8).unsafelyUnwrapped }
            return (pointer.pointee.storage.raw + (MemoryLayout<StorageObject>.size + pointer.pointee.start)).assumingMemoryBound(to: UInt8.self)
        }
    }

    /// Changes the size; new bytes are whatever they are. False when it has raised.
    public func resize(_ thread: ThreadRef, _ count: Int) -> Bool {
        if count == pointer.pointee.count { return true }
        guard mayResize(thread) else { return false }
        if count <= pointer.pointee.capacity && (count >= pointer.pointee.capacity / 4 || pointer.pointee.capacity < 256) {
            pointer.pointee.count = count
            return true
        }
        guard count < 1 << 46 else { thread.raiseOutOfMemory(); return false }
        // What is made of a known size seldom grows.
        let wanted = pointer.pointee.storage.isEmpty ? count : count < pointer.pointee.capacity ? count + 1 : count + count >> 3 + (count < 9 ? 8 : 16)
        guard move(thread, room: (wanted + 15) & ~15) else { return false }
        pointer.pointee.count = count
        return true
    }

    /// False, with BufferError raised, while somebody has a view of the bytes.
    func mayResize(_ thread: ThreadRef) -> Bool { pointer.pointee.exports == 0 || unlock(thread) }

    public var storage: Value { pointer.pointee.storage }
    public var items: UnsafeRawPointer { UnsafeRawPointer(bytes) }
    public var usedBytes: Int { count }
    public var room: Int { pointer.pointee.capacity }
    public var exports: Int { pointer.pointee.exports }
    public static var lockedText: String { "Existing exports of data: object cannot be re-sized" }

    public func take(_ storage: Value, room: Int) {
        pointer.pointee.storage = storage
        pointer.pointee.start = 0
        pointer.pointee.capacity = room
    }

    /// Replaces bytes `low ..< high` by `length` new ones, uninitialised. False when it has raised.
    public func replace(_ thread: ThreadRef, _ low: Int, _ high: Int, with length: Int) -> Bool {
        let change = length - (high - low)
        let old = count
        if change == 0 { return true }
        if change < 0 {
            // Refused before anything is moved.
            guard mayResize(thread) else { return false }
            if low == 0 {
                // Off the front.
                pointer.pointee.start -= change
                pointer.pointee.capacity += change
                pointer.pointee.count += change
                return true
            }
            memmove(bytes + low + length, bytes + high, old - high)
            return resize(thread, old + change)
        }
        guard resize(thread, old + change) else { return false }
        memmove(bytes + low + length, bytes + high, old - high)
        return true
    }

    public func append(_ thread: ThreadRef, _ start: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        let old = count
        guard resize(thread, old + length) else { return false }
        memcpy(bytes + old, start, length)
        return true
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A bytearray of `count` uninitialised bytes.
    public func newByteArray(count: Int) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<ByteArrayObject>.size, shape: TypeID.bytearray.rawValue) else { return raiseOutOfMemory() }
        let result = ByteArrayRef(Value(raw))
        return count == 0 || result.resize(self, count) ? result.value : .empty
    }

    public func newByteArray(_ start: UnsafeRawPointer, _ count: Int) -> Value {
        let result = newByteArray(count: count)
        if !result.isEmpty && count > 0 { memcpy(ByteArrayRef(result).bytes, start, count) }
        return result
    }
}

enum ByteArrayType {
    static func start(_ thread: ThreadRef) {
        FlatItems.known[TypeID.bytearray.rawValue] = FlatItems(storage: MemoryLayout<ByteArrayObject>.offset(of: \.storage)!, first: MemoryLayout<StorageObject>.size,
                                                               start: MemoryLayout<ByteArrayObject>.offset(of: \.start)!, count: MemoryLayout<ByteArrayObject>.offset(of: \.count)!, isMutable: true)
        NativeType(id: .bytearray, "bytearray", size: MemoryLayout<ByteArrayObject>.size, mask: 0b10, flags: [.base, .selfPattern], doc: """
            bytearray()
            bytearray(size)
            bytearray(iterable)
            bytearray(buffer)
            bytearray(text, encoding[, errors])

            Bytes that can change: zeros, numbers below 256, a copy of a buffer, or encoded text.
            """, methods: ByteMethods.shared + ByteArrayMethods.defs) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, array, arguments, count, keywords in ByteArrayType.initialize.call(thread, array, arguments, count, keywords) }
            slots.unary(.repr) { thread, value in ByteArrayType.repr(thread, value) }
            slots.unary(.str) { thread, array in
                if BytesType.warnings > 0, !RuntimeHooks.warn(thread, .bytesWarning, "str() on a bytearray instance", 1) { return .empty }
                return ByteArrayType.repr(thread, array)
            }
            slots.unhashable()
            slots.compare { thread, a, b, operation in ByteMethods.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, array in thread.newIterator(.bytearrayIterator, array) }
            slots.length { _, array in ByteArrayRef(array).count }
            slots.binary(.getItem) { thread, value, key in ByteArrayType.getItem(thread, value, key) }
            slots.store(.setItem) { thread, value, key, item in ByteArrayType.setItem(thread, value, key, item) ? 0 : -1 }
            slots.contains { thread, array, item in ByteMethods.contains(thread, array, item) }
            slots.binary(.concat) { thread, a, b in ByteMethods.concatenate(thread, a, b) }
            slots.binary(.inplaceConcat) { thread, a, b in
                guard b.isBuffer else { return thread.raise(.typeError, "can't concat \(b.type.name) to \(a.type.name)") }
                // Its own bytes are locked while they are lent to itself.
                if a == b && ByteArrayRef(a).count > 0 { return thread.raise(.bufferError, "Existing exports of data: object cannot be re-sized") }
                return ByteArrayMethods.appendBuffer(thread, ByteArrayRef(a), b) ? a : .empty
            }
            slots.binary(.repeat) { thread, array, number in
                guard let number = SliceSpan.repeatCount(thread, number) else { return .empty }
                return Text(bytearray: array).repeated(thread, number)
            }
            slots.binary(.inplaceRepeat) { thread, value, number in
                guard let number = SliceSpan.repeatCount(thread, number) else { return .empty }
                let array = ByteArrayRef(value)
                let old = array.count
                let (total, overflow) = old.multipliedReportingOverflow(by: number)
                if overflow { return thread.raiseOutOfMemory() }
                guard array.resize(thread, total) else { return .empty }
                if old > 0 && number > 1 { for index in 1 ..< number { memcpy(array.bytes + index * old, array.bytes, old) } }
                return value
            }
            slots.binary(.modulo) { thread, a, b in
                guard a.isInstance(of: .bytearray) else { return .notImplemented }
                return PercentFormat.format(thread, bytes: a, b)
            }
            slots.buffer { thread, value, view, flags in
                let array = ByteArrayRef(value)
                let result = view.view.fill(thread, value, UnsafeMutableRawPointer(array.bytes), array.count, readOnly: false, flags)
                if result == 0 { array.pointer.pointee.exports += 1 }
                return result
            }
            slots.releaseBuffer { _, value, _ in ByteArrayRef(value).pointer.pointee.exports -= 1 }
        }
        NativeType(id: .bytearrayIterator, "bytearray_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10010, methods: ByteIterators.methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, iterator in iterator }
            slots.unary(.next) { _, value in
                let iterator = value.object(IteratorObject.self)
                let container = iterator.pointee.container
                if container.isEmpty { return .empty }
                let index = iterator.pointee.index
                if index >= ByteArrayRef(container).count {
                    iterator.pointee.container = .empty
                    return .empty
                }
                iterator.pointee.index = index &+ 1
                return Value(small: Int(ByteArrayRef(container).bytes[index]))
            }
        }
    }

    static let initialize = Constructor("bytearray(self, source=b'', encoding='utf-8', errors='strict')") { thread, a, _ in
        let array = ByteArrayRef(a[0])
        if array.count > 0 { guard array.resize(thread, 0) else { return .empty } }
        if a[1].isEmpty {
            if !a[2].isEmpty || !a[3].isEmpty {
                return thread.raise(.typeError, a[2].isEmpty ? "errors without a string argument" : "encoding without a string argument")
            }
            return .none
        }
        guard BytesType.checkText(thread, a[2], a[3], "bytearray") else { return .empty }
        if a[1].isString {
            if a[2].isEmpty { return thread.raise(.typeError, "string argument without an encoding") }
            let encoded = thread.encode(a[1], encoding: a[2], errors: a[3])
            if encoded.isEmpty { return .empty }
            return array.append(thread, BytesRef(encoded).bytes, BytesRef(encoded).count) ? .none : .empty
        }
        if !a[2].isEmpty || !a[3].isEmpty {
            return thread.raise(.typeError, a[2].isEmpty ? "errors without a string argument" : "encoding without a string argument")
        }
        if a[1].isExact(.bytes) { return array.append(thread, BytesRef(a[1]).bytes, BytesRef(a[1]).count) ? .none : .empty }
        var builder = ByteBuilder()
        guard BytesType.collect(thread, a[1], &builder, "bytearray") else { return .empty }
        return array.append(thread, builder.base, builder.count) ? .none : .empty
    }

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let array = ByteArrayRef(value)
        var builder = StringBuilder()
        builder.append(StringRef(value.type.pointer.pointee.name))
        builder.append("(b")
        StringRepr.append(bytes: Units(array.bytes, array.count), escapeApostrophe: true, to: &builder)
        builder.append(41)
        return builder.finish(thread)
    }

    static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let array = ByteArrayRef(value)
        if key.isExact(.slice) {
            guard let bounds = SliceSpan(thread, key, array.count) else { return .empty }
            let result = thread.newByteArray(count: bounds.count)
            if result.isEmpty { return .empty }
            let target = ByteArrayRef(result).bytes
            // The bounds may have run Python, which shrank the array.
            if bounds.count > 0 && max(bounds.start, bounds.start + (bounds.count - 1) * bounds.step) >= array.count { return result }
            var index = bounds.start
            for place in 0 ..< bounds.count {
                target[place] = array.bytes[index]
                index &+= bounds.step
            }
            return result
        }
        guard let index = ByteMethods.index(thread, key, array.count, "bytearray", "bytearray index out of range") else { return .empty }
        return index < array.count ? Value(small: Int(array.bytes[index])) : thread.raise(.indexError, "bytearray index out of range")
    }

    static func setItem(_ thread: ThreadRef, _ value: Value, _ key: Value, _ item: Value) -> Bool {
        let array = ByteArrayRef(value)
        guard key.isExact(.slice) else {
            // The value is looked at before it is known whether the index is in range.
            if key.isInt || key.type.slotPointer(.index).pointee != nil, !item.isEmpty {
                guard var index = thread.toInt(key, overflow: .indexError), let byte = BytesType.byteValue(thread, item) else { return false }
                if index < 0 { index &+= array.count }
                guard index >= 0 && index < array.count else { thread.raise(.indexError, "bytearray index out of range"); return false }
                array.bytes[index] = byte
                return true
            }
            guard let index = ByteMethods.index(thread, key, array.count, "bytearray", "bytearray index out of range") else { return false }
            return array.replace(thread, index, index + 1, with: 0)
        }
        guard var bounds = SliceSpan(thread, key, array.count) else { return false }
        var source = item
        if !item.isEmpty && (item == value || !item.isInstance(of: .bytearray) && !item.isBytes) {
            if item.isInt || item.isString {
                thread.raise(.typeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
                return false
            }
            var builder = ByteBuilder()
            guard BytesType.collect(thread, item, &builder, "bytearray") else { return false }
            source = builder.finish(thread)
            if source.isEmpty { return false }
            // That may have run Python.
            guard let again = SliceSpan(thread, key, array.count) else { return false }
            bounds = again
        }
        let length = source.isEmpty ? 0 : source.isBytes ? BytesRef(source).count : ByteArrayRef(source).count
        if bounds.step == 1 {
            guard array.replace(thread, bounds.start, bounds.start + bounds.count, with: length) else { return false }
            if length > 0 { memcpy(array.bytes + bounds.start, source.isBytes ? BytesRef(source).bytes : ByteArrayRef(source).bytes, length) }
            return true
        }
        if length == 0 {
            // Deletion of every step-th byte.
            if bounds.count == 0 { return true }
            guard array.mayResize(thread) else { return false }
            var low = bounds.start
            var step = bounds.step
            if step < 0 {
                low = bounds.start + (bounds.count - 1) * step
                step = -step
            }
            var to = low
            var next = low
            var left = bounds.count
            for from in low ..< array.count {
                if left > 0 && from == next {
                    next &+= step
                    left -= 1
                } else {
                    array.bytes[to] = array.bytes[from]
                    to += 1
                }
            }
            return array.resize(thread, array.count - bounds.count)
        }
        guard length == bounds.count else {
            thread.raise(.valueError, "attempt to assign bytes of size \(length) to extended slice of size \(bounds.count)")
            return false
        }
        var index = bounds.start
        let from = source.isBytes ? BytesRef(source).bytes : ByteArrayRef(source).bytes
        for place in 0 ..< length {
            array.bytes[index] = from[place]
            index &+= bounds.step
        }
        return true
    }
}

enum ByteArrayMethods {
    /// Appends a buffer's bytes, which may be the array's own. False when it has raised.
    static func appendBuffer(_ thread: ThreadRef, _ array: ByteArrayRef, _ source: Value) -> Bool {
        if source == array.value {
            let old = array.count
            guard array.resize(thread, old * 2) else { return false }
            memcpy(array.bytes + old, array.bytes, old)
            return true
        }
        var view = BufferView()
        guard thread.acquireBuffer(source, &view) else { return false }
        let result = array.append(thread, view.bytes, view.length)
        thread.releaseBuffer(&view)
        return result
    }

    static let defs: [Def] = [
        Def("append(self, item, /)", .callsOnArguments, "Put a byte behind the last one.") { thread, a, _ in
            guard let byte = BytesType.byteValue(thread, a[1]) else { return .empty }
            let array = ByteArrayRef(a[0])
            let old = array.count
            guard array.resize(thread, old + 1) else { return .empty }
            array.bytes[old] = byte
            return .none
        },
        Def("clear(self, /)", .writes, "Remove all items from the bytearray.") { thread, a, _ in ByteArrayRef(a[0]).resize(thread, 0) ? .none : .empty },
        Def("copy(self, /)", .reads, "Return a copy of B.") { thread, a, _ in thread.newByteArray(ByteArrayRef(a[0]).bytes, ByteArrayRef(a[0]).count) },
        Def("extend(self, iterable_of_ints, /)", .calls, """
            Append all the items from the iterator or sequence to the bytearray.

              iterable_of_ints
                The iterable of items to append.
            """) { thread, a, _ in
            let array = ByteArrayRef(a[0])
            if a[1].isBuffer { return ByteArrayMethods.appendBuffer(thread, array, a[1]) ? .none : .empty }
            var builder = ByteBuilder()
            guard BytesType.collectIterable(thread, a[1], &builder, "extend", typeError: "can't extend bytearray with \(a[1].type.name)") else { return .empty }
            return array.append(thread, builder.base, builder.count) ? .none : .empty
        },
        Def("insert(self, index, item, /)", .callsOnArguments, "Put a byte before the one at an index.") { thread, a, _ in
            guard var index = thread.toInt(a[1]), let byte = BytesType.byteValue(thread, a[2]) else { return .empty }
            let array = ByteArrayRef(a[0])
            if index < 0 { index = max(index &+ array.count, 0) }
            index = min(index, array.count)
            guard array.replace(thread, index, index, with: 1) else { return .empty }
            array.bytes[index] = byte
            return .none
        },
        Def("pop(self, index=-1, /)", .callsOnArguments, "Take the byte at an index out, the last one by default, and return it.") { thread, a, _ in
            var index = -1
            if !a[1].isEmpty {
                guard let value = thread.toInt(a[1]) else { return .empty }
                index = value
            }
            let array = ByteArrayRef(a[0])
            if array.count == 0 { return thread.raise(.indexError, "pop from empty bytearray") }
            if index < 0 { index &+= array.count }
            guard index >= 0 && index < array.count else { return thread.raise(.indexError, "pop index out of range") }
            let byte = array.bytes[index]
            guard array.replace(thread, index, index + 1, with: 0) else { return .empty }
            return Value(small: Int(byte))
        },
        Def("remove(self, value, /)", .callsOnArguments, "Take out the first byte that equals value.") { thread, a, _ in
            guard let byte = BytesType.byteValue(thread, a[1]) else { return .empty }
            let array = ByteArrayRef(a[0])
            let place = Units(array.bytes, array.count).find(UInt32(byte), 0, array.count)
            if place < 0 { return thread.raise(.valueError, "value not found in bytearray") }
            return array.replace(thread, place, place + 1, with: 0) ? .none : .empty
        },
        Def("reverse(self, /)", .writes, "Reverse the order of the values in B in place.") { _, a, _ in
            let array = ByteArrayRef(a[0])
            var bytes = UnsafeMutableBufferPointer(start: array.bytes, count: array.count)
            bytes.reverse()
            return .none
        },
        Def("__alloc__(self, /)", .reads, "B.__alloc__()\n\nHow many bytes there is room for.") { _, a, _ in Value(small: ByteArrayRef(a[0]).pointer.pointee.capacity + 1) },
        Def("__sizeof__(self, /)", .reads, "Returns the size of the bytearray object in memory, in bytes.") { _, a, _ in
            Value(small: MemoryLayout<ByteArrayObject>.size + 8 + ByteArrayRef(a[0]).pointer.pointee.capacity)
        },
        Def("__reduce__(self, /)", .reads, "Return state information for pickling.") { thread, a, _ in ByteArrayMethods.reduce(thread, a[0], 2) },
        Def("__reduce_ex__(self, proto=0, /)", .reads, "Return state information for pickling.") { thread, a, _ in
            guard let proto = a[1].isEmpty ? 0 : thread.toInt(a[1]) else { return .empty }
            return ByteArrayMethods.reduce(thread, a[0], proto)
        },
    ]

    private static func reduce(_ thread: ThreadRef, _ value: Value, _ proto: Int) -> Value {
        let array = ByteArrayRef(value)
        let state = value.isExact(.bytearray) ? .none : thread.callMethod(value, Name.__getstate__)
        if state.isEmpty { return .empty }
        let arguments: Value
        if array.count == 0 {
            arguments = WellKnown.emptyTuple.value
        } else if proto < 3 {
            let text = Units(array.bytes, array.count).string(thread)
            arguments = text.isEmpty ? .empty : thread.newTuple(text, StringRef.intern("latin-1").value)
        } else {
            let bytes = thread.newBytes(array.bytes, array.count)
            arguments = bytes.isEmpty ? .empty : thread.newTuple(bytes)
        }
        if arguments.isEmpty { return .empty }
        return thread.newTuple(value.type.value, arguments, state)
    }
}
