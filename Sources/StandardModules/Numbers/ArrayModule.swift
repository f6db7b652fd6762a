import Glibc
import NumberTypes
import Objects
import TextTypes

/// `array`: arrays of machine numbers. While a buffer of one is out it may not change its size.
struct ArrayObject {
    var header: ObjectHeader
    /// `StorageObject`, or empty.
    var storage: Value
    var count: Int
    /// Items that the storage has room for.
    var capacity: Int
    /// Buffers out.
    var exports: Int
    /// The type code, and bytes of an item.
    var code: UInt8
    var itemSize: UInt8
}

struct ArrayRef: StorageOwner {
    let pointer: UnsafeMutablePointer<ArrayObject>

    @inline(__always) init(_ value: Value) { pointer = value.object(ArrayObject.self) }
    var value: Value { Value(pointer) }
    @inline(__always) var count: Int { pointer.pointee.count }
    @inline(__always) var code: UInt8 { pointer.pointee.code }
    @inline(__always) var itemSize: Int { Int(pointer.pointee.itemSize) }
    @inline(__always) var bytes: UnsafeMutableRawPointer {
        pointer.pointee.storage.isEmpty ? UnsafeMutableRawPointer(bitPattern: 8)! : pointer.pointee.storage.raw + MemoryLayout<StorageObject>.size
    }
    @inline(__always) func item(_ thread: ThreadRef, _ index: Int) -> Value { ArrayItems.load(thread, code, bytes + index * itemSize) }

    static func make(_ thread: ThreadRef, _ type: TypeRef, _ kind: ArrayKind, count: Int = 0) -> Value {
        let instance = thread.allocateInstance(type)
        if instance.isEmpty { return .empty }
        let array = ArrayRef(instance)
        array.pointer.pointee.code = kind.code
        array.pointer.pointee.itemSize = UInt8(kind.size)
        return count == 0 || array.resize(thread, count) ? instance : .empty
    }

    /// An empty array of the same kind, of exact type.
    func empty(_ thread: ThreadRef, count: Int = 0) -> Value { ArrayRef.make(thread, ArrayModule.type.type, ArrayKind.find(UInt32(code))!, count: count) }

    var storage: Value { pointer.pointee.storage }
    var items: UnsafeRawPointer { UnsafeRawPointer(bytes) }
    var usedBytes: Int { count * itemSize }
    var room: Int { pointer.pointee.capacity * itemSize }
    var exports: Int { pointer.pointee.exports }
    static var lockedText: String { "cannot resize an array that is exporting buffers" }

    func take(_ storage: Value, room: Int) {
        pointer.pointee.storage = storage
        pointer.pointee.capacity = room / itemSize
    }

    /// False, with BufferError raised, while somebody has a view of the items.
    func mayResize(_ thread: ThreadRef) -> Bool { pointer.pointee.exports == 0 || unlock(thread) }

    /// Sets the number of items; new ones are undefined. False when it has raised.
    func resize(_ thread: ThreadRef, _ count: Int) -> Bool {
        if count != pointer.pointee.count, !mayResize(thread) { return false }
        if count > pointer.pointee.capacity || count < pointer.pointee.capacity / 4 {
            let capacity = count == 0 ? 0 : pointer.pointee.count == 0 ? count : count + count >> 4 + (count < 8 ? 3 : 7)
            guard count < 1 << 44 else { thread.raiseOutOfMemory(); return false }
            guard move(thread, room: capacity * itemSize) else { return false }
        }
        pointer.pointee.count = count
        return true
    }

    /// Replaces `removed` items at `start` by `count` undefined ones. False when it has raised.
    func splice(_ thread: ThreadRef, _ start: Int, _ removed: Int, _ count: Int) -> Bool {
        let old = self.count
        let tail = old - start - removed
        let size = itemSize
        if count < removed {
            guard mayResize(thread) else { return false }
            memmove(bytes + (start + count) * size, bytes + (start + removed) * size, tail * size)
            return resize(thread, old - removed + count)
        }
        guard resize(thread, old - removed + count) else { return false }
        memmove(bytes + (start + count) * size, bytes + (start + removed) * size, tail * size)
        return true
    }

    /// Appends an item. False when it has raised.
    func append(_ thread: ThreadRef, _ item: Value) -> Bool {
        guard let bits = ArrayItems.convert(thread, code, item), resize(thread, count + 1) else { return false }
        ArrayItems.store(bits, itemSize, bytes + (count - 1) * itemSize)
        return true
    }

    /// Appends bytes that are a whole number of items. False when it has raised.
    func append(_ thread: ThreadRef, bytes source: UnsafeRawPointer, _ length: Int) -> Bool {
        let old = count
        guard resize(thread, old + length / itemSize) else { return false }
        if length > 0 { memcpy(bytes + old * itemSize, source, length) }
        return true
    }
}

enum ArrayModule {
    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) static var iteratorType: NativeType!

    @inline(__always) static func isArray(_ value: Value) -> Bool { value.isPointer && (value.type == type.type || value.type.isSubtype(of: type.type)) }

    static func register() {
        NativeModule.register("array", doc: "Arrays of numbers or characters of one machine type each, which take little room.", functions: [
            Def("_array_reconstructor(arraytype, typecode, mformat_code, items, /)", .calls, "Makes an array from what a pickle holds.", kind: .function) { t, a, _ in
                ArrayPickling.reconstruct(t, a)
            },
        ]) { module in
            defineTypes()
            module.add(type)
            module.set("ArrayType", type.type.value)
            module.set("typecodes", String(decoding: ArrayKind.all.map(\.code), as: UTF8.self))
            // Arrays count as mutable sequences. Where the library is not at hand nobody can ask.
            let mutableSequence = module.thread.importAttribute("collections.abc", "MutableSequence")
            if mutableSequence.isEmpty {
                _ = module.thread.clearException(.importError)
            } else {
                _ = module.thread.callMethod(mutableSequence, StringRef.intern("register").value, type.type.value)
            }
            return true
        }
    }

    private static func defineTypes() {
        type = NativeType("array", module: "array", size: MemoryLayout<ArrayObject>.size, mask: 0b10, flags: [.base, .weakReferenceable, .sequencePattern],
                          doc: "array(typecode [, initializer]) -> array\n\nAn array whose items all have the type of the code: b B (8 bits), h H (16), i I (32), l L q Q (64), u (a character), f d (floats).\nCapital letters are unsigned. The initializer is a list, bytes, another array or any iterable.",
                          methods: ArrayMethods.methods, getters: [
                              Getter("typecode", "The type code.") { t, a, _ in t.newString(character: UInt32(ArrayRef(a[0]).code)) },
                              Getter("itemsize", "Bytes of an item.") { _, a, _ in Value(small: ArrayRef(a[0]).itemSize) },
                          ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, arguments, count, keywords in ArrayModule.make(thread, TypeRef(type), arguments, count, keywords) }
            slots.call(.initialize) { _, _, _, _, _ in .none }
            slots.unhashable()
            slots.unary(.repr) { thread, value in ArrayModule.repr(thread, value) }
            slots.unary(.iter) { thread, value in
                let iterator = ArrayModule.iteratorType.allocate(thread, size: MemoryLayout<IteratorObject>.size)
                if !iterator.isEmpty { iterator.object(IteratorObject.self).pointee.container = value }
                return iterator
            }
            slots.length { _, value in ArrayRef(value).count }
            slots.compare { thread, a, b, operation in ArrayModule.compare(thread, a, b, Comparison(number: operation)) }
            slots.contains { thread, array, item in
                let place = ArrayMethods.find(thread, ArrayRef(array), item, 0, Int.max)
                return place == -2 ? -1 : place >= 0 ? 1 : 0
            }
            slots.binary(.getItem) { thread, array, key in ArraySubscript.get(thread, ArrayRef(array), key) }
            slots.store(.setItem) { thread, array, key, value in ArraySubscript.set(thread, ArrayRef(array), key, value) ? 0 : -1 }
            slots.binary(.concat) { thread, a, b in
                let x = ArrayRef(a)
                guard ArrayModule.isArray(b) else { return thread.raise(.typeError, "can only append array (not \"\(b.type.name)\") to array") }
                let y = ArrayRef(b)
                if x.code != y.code { return thread.raise(.typeError, "bad argument type for built-in operation") }
                let result = x.empty(thread)
                guard !result.isEmpty, ArrayRef(result).append(thread, bytes: x.bytes, x.count * x.itemSize),
                      ArrayRef(result).append(thread, bytes: y.bytes, y.count * y.itemSize) else { return .empty }
                return result
            }
            slots.binary(.inplaceConcat) { thread, a, b in
                guard ArrayModule.isArray(b) else { return thread.raise(.typeError, "can only extend array with array (not \"\(b.type.name)\")") }
                return ArrayMethods.extend(thread, ArrayRef(a), b) ? a : .empty
            }
            slots.binary(.repeat) { thread, a, count in
                guard let times = thread.toInt(count) else { return .empty }
                let source = ArrayRef(a)
                let (total, overflow) = source.count.multipliedReportingOverflow(by: max(times, 0))
                if overflow { return thread.raiseOutOfMemory() }
                let result = source.empty(thread, count: total)
                if result.isEmpty { return .empty }
                let length = source.count * source.itemSize
                if length > 0 { for index in 0 ..< max(times, 0) { memcpy(ArrayRef(result).bytes + index * length, source.bytes, length) } }
                return result
            }
            slots.binary(.inplaceRepeat) { thread, a, count in
                guard let times = thread.toInt(count) else { return .empty }
                let array = ArrayRef(a)
                let old = array.count
                let (total, overflow) = old.multipliedReportingOverflow(by: max(times, 0))
                if overflow { return thread.raiseOutOfMemory() }
                guard array.resize(thread, total) else { return .empty }
                let length = old * array.itemSize
                if length > 0 && times > 1 { for index in 1 ..< times { memcpy(array.bytes + index * length, array.bytes, length) } }
                return a
            }
            slots.buffer { thread, value, view, flags in
                let array = ArrayRef(value)
                if view.view.fill(thread, value, array.bytes, array.count * array.itemSize, readOnly: false, flags) < 0 { return -1 }
                view.view.pointee.itemSize = array.itemSize
                let format = ArrayKind.find(UInt32(array.code)).unsafelyUnwrapped.format
                view.view.pointee.format = UnsafeRawPointer(format.utf8Start).assumingMemoryBound(to: CChar.self)
                array.pointer.pointee.exports += 1
                return 0
            }
            slots.releaseBuffer { _, value, _ in ArrayRef(value).pointer.pointee.exports -= 1 }
        }
        FlatItems.known[type.shape] = FlatItems(storage: MemoryLayout<ArrayObject>.offset(of: \.storage)!, first: MemoryLayout<StorageObject>.size,
                                                count: MemoryLayout<ArrayObject>.offset(of: \.count)!, code: MemoryLayout<ArrayObject>.offset(of: \.code)!, isMutable: true)
        iteratorType = NativeType("arrayiterator", module: "array", size: MemoryLayout<IteratorObject>.size, mask: 0b10010, flags: .noInstantiation, methods: [
            Def("__reduce__(self, /)", .calls, "What a pickle needs.") { t, a, _ in
                let iterator = a[0].object(IteratorObject.self)
                let iter = DictRef(WellKnown.builtins.value).get(string: StringRef.intern("iter").value)
                if iterator.pointee.container.isEmpty { return t.newTuple(iter, t.newTuple(WellKnown.emptyTuple.value)) }
                return t.newTuple(iter, t.newTuple(iterator.pointee.container), t.newInt(iterator.pointee.index))
            },
            Def("__setstate__(self, state, /)", .calls, "Sets the place.") { t, a, _ in
                guard let index = t.toInt(a[1]) else { return .empty }
                let iterator = a[0].object(IteratorObject.self)
                if !iterator.pointee.container.isEmpty { iterator.pointee.index = min(max(index, 0), ArrayRef(iterator.pointee.container).count) }
                return .none
            },
        ]) { slots in
            slots.unary(.iter) { _, value in value }
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                if iterator.pointee.container.isEmpty { return .empty }
                let array = ArrayRef(iterator.pointee.container)
                let index = iterator.pointee.index
                guard index < array.count else {
                    iterator.pointee.container = .empty
                    return .empty
                }
                iterator.pointee.index = index + 1
                return array.item(thread, index)
            }
        }
    }

    // MARK: Making

    private static func make(_ thread: ThreadRef, _ type: TypeRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        if !keywords.isEmpty && (type == self.type.type || type.call(.initialize) == nil) { return thread.raise(.typeError, "array.array() takes no keyword arguments") }
        let count = keywords.isEmpty ? count : count - TupleRef(keywords).count
        if count == 0 { return thread.raise(.typeError, "array() takes at least 1 argument (0 given)") }
        if count > 2 { return thread.raise(.typeError, "array() takes at most 2 arguments (\(count) given)") }
        guard arguments[0].isString, StringRef(arguments[0]).count == 1 else {
            return thread.raise(.typeError, "array() argument 1 must be a unicode character, not \(arguments[0].argumentTypeName)")
        }
        let code = StringRef(arguments[0])[0]
        let initial = count > 1 ? arguments[1] : Value.empty
        if !initial.isEmpty && code != 117 {
            if initial.isString { return thread.raise(.typeError, "cannot use a str to initialize an array with typecode '\(UnicodeScalar(code).map(String.init) ?? "?")'") }
            if isArray(initial) && ArrayRef(initial).code == 117 {
                return thread.raise(.typeError, "cannot use a unicode array to initialize an array with typecode '\(UnicodeScalar(code).map(String.init) ?? "?")'")
            }
        }
        guard let kind = ArrayKind.find(code) else { return thread.raise(.valueError, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)") }
        let result = ArrayRef.make(thread, type, kind)
        if result.isEmpty || initial.isEmpty { return result }
        let array = ArrayRef(result)
        if initial.isString {
            for index in 0 ..< StringRef(initial).count {
                guard array.resize(thread, index + 1) else { return .empty }
                ArrayItems.store(UInt64(StringRef(initial)[index]), 4, array.bytes + index * 4)
            }
            return result
        }
        if initial.isBytes || initial.isInstance(of: .bytearray) { return ArrayMethods.appendBytes(thread, array, initial) ? result : .empty }
        if isArray(initial) && ArrayRef(initial).code == array.code {
            return array.append(thread, bytes: ArrayRef(initial).bytes, ArrayRef(initial).count * array.itemSize) ? result : .empty
        }
        if initial.isExact(.list) || initial.isExact(.tuple) {
            // Just as much room as is needed.
            let isList = initial.isExact(.list)
            guard array.resize(thread, isList ? ListRef(initial).count : TupleRef(initial).count) else { return .empty }
            for index in 0 ..< array.count {
                guard index < (isList ? ListRef(initial).count : array.count) else { return thread.raise(.runtimeError, "list changed size during iteration") }
                guard let bits = ArrayItems.convert(thread, array.code, isList ? ListRef(initial)[index] : TupleRef(initial)[index]) else { return .empty }
                ArrayItems.store(bits, array.itemSize, array.bytes + index * array.itemSize)
            }
            return result
        }
        if initial.isList || initial.isTuple {
            // Of a class derived from either the items are asked for by number, not by its `__iter__`.
            var index = 0
            while index < (initial.isList ? ListRef(initial).count : TupleRef(initial).count) {
                let item = thread.item(initial, index)
                guard !item.isEmpty, array.append(thread, item) else { return .empty }
                index += 1
            }
            return result
        }
        return thread.forEach(initial) { array.append(thread, $0) } ? result : .empty
    }

    private static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        let array = ArrayRef(value)
        let code = Character(UnicodeScalar(array.code))
        let name = value.type.shortName
        if array.count == 0 { return thread.newString("\(name)('\(code)')") }
        let items = array.code == UInt8(ascii: "u") ? ArrayMethods.text(thread, array) : ArrayMethods.list(thread, array)
        if items.isEmpty { return .empty }
        let text = thread.repr(items)
        if text.isEmpty { return .empty }
        return thread.newString(utf8: Array("\(name)('\(code)', ".utf8) + StringRef(text).utf8 + [UInt8(ascii: ")")])
    }

    private static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Comparison) -> Value {
        guard isArray(a), isArray(b) else { return .notImplemented }
        let x = ArrayRef(a), y = ArrayRef(b)
        if operation == .equal || operation == .notEqual, x.count != y.count { return Value(operation == .notEqual) }
        var index = 0
        while index < x.count && index < y.count {
            let p = x.item(thread, index)
            if p.isEmpty { return .empty }
            let q = y.item(thread, index)
            if q.isEmpty { return .empty }
            // NaNs differ even in one and the same place.
            let equal = thread.compareTruth(p, q, .equal)
            if equal < 0 { return .empty }
            if equal == 0 {
                if operation == .equal || operation == .notEqual { return Value(operation == .notEqual) }
                return thread.compare(p, q, operation)
            }
            index += 1
        }
        return Value(operation.holds(x.count - y.count))
    }
}

/// Indexing and slicing.
enum ArraySubscript {
    static func get(_ thread: ThreadRef, _ array: ArrayRef, _ key: Value) -> Value {
        if thread.isIndex(key) {
            guard var index = thread.toInt(key, overflow: .indexError) else { return .empty }
            if index < 0 { index += array.count }
            guard index >= 0 && index < array.count else { return thread.raise(.indexError, "array index out of range") }
            return array.item(thread, index)
        }
        guard key.isExact(.slice) else { return thread.raise(.typeError, "array indices must be integers") }
        guard let unpacked = thread.unpackSlice(key) else { return .empty }
        let bounds = thread.adjustSlice(unpacked, array.count)
        let result = array.empty(thread, count: bounds.count)
        if result.isEmpty { return .empty }
        let size = array.itemSize
        var place = bounds.start
        for index in 0 ..< bounds.count {
            memcpy(ArrayRef(result).bytes + index * size, array.bytes + place * size, size)
            place += bounds.step
        }
        return result
    }

    /// Stores or, when the value is empty, deletes. False when it has raised.
    static func set(_ thread: ThreadRef, _ array: ArrayRef, _ key: Value, _ value: Value) -> Bool {
        let size = array.itemSize
        if thread.isIndex(key) {
            guard var index = thread.toInt(key, overflow: .indexError) else { return false }
            if index < 0 { index += array.count }
            guard index >= 0 && index < array.count else {
                thread.raise(.indexError, "array assignment index out of range")
                return false
            }
            if value.isEmpty { return array.splice(thread, index, 1, 0) }
            guard let bits = ArrayItems.convert(thread, array.code, value) else { return false }
            // The conversion may have run Python and shortened the array.
            guard index < array.count else {
                thread.raise(.indexError, "array assignment index out of range")
                return false
            }
            ArrayItems.store(bits, size, array.bytes + index * size)
            return true
        }
        guard key.isExact(.slice) else {
            thread.raise(.typeError, "array indices must be integers")
            return false
        }
        guard let unpacked = thread.unpackSlice(key) else { return false }
        var bounds = thread.adjustSlice(unpacked, array.count)
        if value.isEmpty {
            if bounds.count == 0 { return true }
            guard array.mayResize(thread) else { return false }
            if bounds.step == 1 { return array.splice(thread, bounds.start, bounds.count, 0) }
            if bounds.step < 0 {
                bounds.start += (bounds.count - 1) * bounds.step
                bounds.step = -bounds.step
            }
            var target = bounds.start
            for index in bounds.start ..< array.count where !((index - bounds.start) % bounds.step == 0 && (index - bounds.start) / bounds.step < bounds.count) {
                memmove(array.bytes + target * size, array.bytes + index * size, size)
                target += 1
            }
            return array.resize(thread, array.count - bounds.count)
        }
        guard ArrayModule.isArray(value) else {
            thread.raise(.typeError, "can only assign array (not \"\(value.type.name)\") to array slice")
            return false
        }
        var source = value
        if ArrayRef(value).code != array.code {
            thread.raise(.typeError, "bad argument type for built-in operation")
            return false
        }
        if value == array.value {
            source = get(thread, array, thread.newSlice(.none, .none, .none))
            if source.isEmpty { return false }
        }
        let items = ArrayRef(source)
        if bounds.step == 1 {
            guard array.splice(thread, bounds.start, bounds.count, items.count) else { return false }
            if items.count > 0 { memcpy(array.bytes + bounds.start * size, items.bytes, items.count * size) }
            return true
        }
        guard items.count == bounds.count else {
            thread.raise(.valueError, "attempt to assign array of size \(items.count) to extended slice of size \(bounds.count)")
            return false
        }
        var place = bounds.start
        for index in 0 ..< bounds.count {
            memcpy(array.bytes + place * size, items.bytes + index * size, size)
            place += bounds.step
        }
        return true
    }
}
