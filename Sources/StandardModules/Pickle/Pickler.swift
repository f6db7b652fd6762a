import Glibc
import Objects

/// `_pickle.Pickler`: what lasts from one `dump` to the next. Its memo gives numbers to objects, by identity.
///
/// The memo is an array of the objects in order of their numbers, which the collector traces, and beside it an open-addressing index from addresses to places in the
/// array: an address is an identity as long as the object lives. The index doubles within the storage it has before it gets a larger one, and nothing is ever removed
/// but everything at once. `dumps` and `dump` hand their memos on to the next call, since fresh memory costs more than the work on it.
struct PicklerObject {
    var header: ObjectHeader
    /// The file's method `write`; empty for `dumps`.
    var write: Value
    /// `ValueArrayObject` whose count is the memo's, or empty.
    var memo: Value
    /// `StorageObject` of Int32, a place in the array or -1.
    var memoIndex: Value
    /// `StorageObject` of Int, the numbers of the objects when they are not just their places; else empty.
    var memoNumbers: Value
    /// The attribute, or empty.
    var dispatchTable: Value
    /// A callable, or empty.
    var persistentID: Value
    var bufferCallback: Value
    /// In fast mode, the containers being written, once they are nested deeply: a dict by identity, or empty.
    var fastMemo: Value
    var reducerOverride: Value
    // Up to here the words are traced.
    var memoCount: Int
    var memoCapacity: Int
    /// One less than the places of the index in use; -1 when there is none.
    var memoMask: Int
    var indexCapacity: Int
    var version: Int
    var fastNesting: Int
    var bin: Int
    var fast: Int
    var fixImports: Bool
}

extension UnsafeMutablePointer where Pointee == PicklerObject {
    @inline(__always) private var objects: UnsafeMutablePointer<Value> { (pointee.memo.raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self) }
    @inline(__always) private var index: UnsafeMutablePointer<Int32> { (pointee.memoIndex.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: Int32.self) }
    private var numbers: UnsafeMutablePointer<Int> { (pointee.memoNumbers.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: Int.self) }

    @inline(__always) private func start(_ key: Value) -> Int { Int(truncatingIfNeeded: (key.bits >> 4) &* 0x9E37_79B9_7F4A_7C15 >> 24) & pointee.memoMask }

    /// The number of an object, or -1.
    @inline(__always) func memoFind(_ key: Value) -> Int {
        if pointee.memoCount == 0 { return -1 }
        let place = memoPlace(key)
        return place < 0 || pointee.memoNumbers.isEmpty ? place : numbers[place]
    }

    @inline(__always) private func memoPlace(_ key: Value) -> Int {
        let index = self.index, objects = self.objects, mask = pointee.memoMask
        var probe = start(key)
        while true {
            let place = Int(index[probe])
            if place < 0 || objects[place] == key { return place }
            probe = (probe + 1) & mask
        }
    }

    /// Gives an object that has none the next number. False when it has raised.
    @inline(__always) func memoAdd(_ thread: ThreadRef, _ key: Value) -> Bool {
        let count = pointee.memoCount
        if count == pointee.memoCapacity || count &* 2 > pointee.memoMask || !pointee.memoNumbers.isEmpty { guard grow(thread) else { return false } }
        let index = self.index, mask = pointee.memoMask
        var probe = start(key)
        while index[probe] >= 0 { probe = (probe + 1) & mask }
        index[probe] = Int32(truncatingIfNeeded: count)
        objects[count] = key
        pointee.memoCount = count &+ 1
        pointee.memo.object(ValueArrayObject.self).pointee.count = count &+ 1
        Heap.barrier(pointee.memo.raw)
        return true
    }

    /// Makes room for one more.
    @inline(never) private func grow(_ thread: ThreadRef) -> Bool {
        let count = pointee.memoCount
        if count == pointee.memoCapacity {
            let capacity = Swift.max(16, count * 2)
            guard count < 1 << 30, let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + capacity * 8, shape: TypeID.valueArray.rawValue) else {
                thread.raiseOutOfMemory()
                return false
            }
            if count > 0 { memcpy(raw + MemoryLayout<ValueArrayObject>.size, objects, count * 8) }
            raw.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = count
            pointee.memo = Value(raw)
            pointee.memoCapacity = capacity
            Heap.barrier(UnsafeMutableRawPointer(self))
        }
        if count * 2 > pointee.memoMask {
            let size = Swift.max(64, (pointee.memoMask + 1) * (count < 4096 ? 4 : 2))
            if size > pointee.indexCapacity {
                guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + size * 4, shape: TypeID.byteArrayStorage.rawValue) else {
                    thread.raiseOutOfMemory()
                    return false
                }
                raw.assumingMemoryBound(to: StorageObject.self).pointee.size = size * 4
                pointee.memoIndex = Value(raw)
                pointee.indexCapacity = size
                Heap.barrier(UnsafeMutableRawPointer(self))
            }
            pointee.memoMask = size - 1
            memset(index, 0xFF, size * 4)
            for place in 0 ..< count {
                var probe = start(objects[place])
                while index[probe] >= 0 { probe = (probe + 1) & (size - 1) }
                index[probe] = Int32(place)
            }
        }
        return pointee.memoNumbers.isEmpty || setNumber(thread, count, count)
    }

    /// Sets the number of the object at a place, from which on numbers are not just places.
    private func setNumber(_ thread: ThreadRef, _ place: Int, _ number: Int) -> Bool {
        if pointee.memoNumbers.isEmpty || pointee.memoNumbers.object(StorageObject.self).pointee.size <= place * 8 {
            let size = (place + 1) * 16
            guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + size, shape: TypeID.byteArrayStorage.rawValue) else {
                thread.raiseOutOfMemory()
                return false
            }
            raw.assumingMemoryBound(to: StorageObject.self).pointee.size = size
            let target = (raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: Int.self)
            for before in 0 ..< place { target[before] = pointee.memoNumbers.isEmpty ? before : numbers[before] }
            pointee.memoNumbers = Value(raw)
            Heap.barrier(UnsafeMutableRawPointer(self))
        }
        numbers[place] = number
        return true
    }

    /// Sets the number of an object, whatever it is. False when it has raised.
    func memoSet(_ thread: ThreadRef, _ key: Value, _ number: Int) -> Bool {
        let known = pointee.memoCount == 0 ? -1 : memoPlace(key)
        if known >= 0 { return known == number && pointee.memoNumbers.isEmpty || setNumber(thread, known, number) }
        let place = pointee.memoCount
        guard memoAdd(thread, key) else { return false }
        return place == number && pointee.memoNumbers.isEmpty || setNumber(thread, place, number)
    }

    func memoClear() {
        pointee.memo = .empty
        pointee.memoIndex = .empty
        pointee.memoNumbers = .empty
        pointee.memoCount = 0
        pointee.memoCapacity = 0
        pointee.memoMask = -1
        pointee.indexCapacity = 0
    }

    func memoCopy(from other: UnsafeMutablePointer<PicklerObject>) {
        pointee.memo = other.pointee.memo
        pointee.memoIndex = other.pointee.memoIndex
        pointee.memoNumbers = other.pointee.memoNumbers
        pointee.memoCount = other.pointee.memoCount
        pointee.memoCapacity = other.pointee.memoCapacity
        pointee.memoMask = other.pointee.memoMask
        pointee.indexCapacity = other.pointee.indexCapacity
        Heap.barrier(UnsafeMutableRawPointer(self))
    }

    /// `{id(object): (number, object)}`, as the attribute `memo` and its copies show it.
    func memoDict(_ thread: ThreadRef) -> Value {
        let result = thread.newDict()
        if result.isEmpty { return .empty }
        var place = 0
        while place < pointee.memoCount {
            let object = objects[place]
            let number = thread.newInt(pointee.memoNumbers.isEmpty ? place : numbers[place])
            let pair = number.isEmpty ? Value.empty : thread.newTuple(number, object)
            let key = pair.isEmpty ? Value.empty : thread.pickleIdentity(object)
            guard !key.isEmpty, DictRef(result).set(thread, key, pair) else { return .empty }
            place += 1
        }
        return result
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// `id(x)`
    func pickleIdentity(_ value: Value) -> Value {
        let function = DictRef(WellKnown.builtins.value).get(string: StringRef.intern("id").value)
        return function.isEmpty ? raise(.nameError, "id") : call(function, value)
    }
}

enum Picklers {
    nonisolated(unsafe) private(set) static var type: NativeType!
    nonisolated(unsafe) private static var proxyType: NativeType!

    /// `Pickler.memo`
    private struct ProxyObject {
        var header: ObjectHeader
        var pickler: Value
    }

    static func object(_ value: Value) -> UnsafeMutablePointer<PicklerObject> { value.object(PicklerObject.self) }

    static func make(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let result = thread.allocateInstance(type)
        if !result.isEmpty { object(result).memoClear() }
        return result
    }

    /// A pickler that nobody holds any more, or empty.
    nonisolated(unsafe) private static let spare = RootTable.reserve()
    /// Objects in the memo of a pickler that is kept.
    private static let largestSpare = 1 << 17

    /// One for a single `dump` or `dumps`: it never comes into other hands, and is to be given back by `release`.
    static func acquire(_ thread: ThreadRef) -> Value {
        let kept = spare.pointee
        if kept.isEmpty { return make(thread, type.type) }
        spare.pointee = .empty
        return kept
    }

    static func release(_ value: Value) {
        let pickler = object(value)
        pickler.pointee.write = .empty
        pickler.pointee.bufferCallback = .empty
        pickler.pointee.memoCount = 0
        pickler.pointee.memoMask = -1
        if pickler.pointee.memoCapacity > largestSpare { pickler.memoClear() } else if !pickler.pointee.memo.isEmpty { pickler.pointee.memo.object(ValueArrayObject.self).pointee.count = 0 }
        spare.pointee = value
    }

    /// What `__init__` does. False when it has raised.
    static func setUp(_ thread: ThreadRef, _ value: Value, file: Value, version: Value, fixImports: Value, callback: Value) -> Bool {
        let pickler = object(value)
        var number = PickleState.defaultProtocol
        if !version.isEmpty && !version.isNone {
            guard let given = thread.toInt(version) else { return false }
            if given > PickleState.highestProtocol {
                thread.raise(.valueError, "pickle protocol must be <= \(PickleState.highestProtocol)")
                return false
            }
            number = given < 0 ? PickleState.highestProtocol : given
        }
        let fixes = fixImports.isEmpty ? 1 : thread.isTrue(fixImports)
        if fixes < 0 { return false }
        pickler.pointee.version = number
        pickler.pointee.bin = number > 0 ? 1 : 0
        pickler.pointee.fixImports = fixes == 1 && number < 3
        if !file.isEmpty {
            let write = thread.getAttributeOrEmpty(file, Name.write)
            if write.isEmpty {
                if !thread.hasException { thread.raise(.typeError, "file must have a 'write' attribute") }
                return false
            }
            pickler.pointee.write = write
            Heap.barrier(value.raw)
        }
        pickler.pointee.bufferCallback = callback.isNone ? .empty : callback
        Heap.barrier(value.raw)
        if !pickler.pointee.bufferCallback.isEmpty && number < 5 {
            thread.raise(.valueError, "buffer_callback needs protocol >= 5")
            return false
        }
        return true
    }

    private static let initializer = Constructor("Pickler(self, file, protocol=None, fix_imports=True, buffer_callback=None)") { thread, a, _ in
        let pickler = object(a[0])
        guard setUp(thread, a[0], file: a[1], version: a[2], fixImports: a[3], callback: a[4]) else { return .empty }
        pickler.pointee.fast = 0
        pickler.pointee.fastNesting = 0
        pickler.pointee.fastMemo = .empty
        let identifier = thread.getAttributeOrEmpty(a[0], PickleNames.persistentID)
        if thread.hasException { return .empty }
        pickler.pointee.persistentID = identifier
        Heap.barrier(a[0].raw)
        let table = thread.getAttributeOrEmpty(a[0], PickleNames.dispatchTable)
        if thread.hasException { return .empty }
        pickler.pointee.dispatchTable = table
        Heap.barrier(a[0].raw)
        return .none
    }

    /// Pickles an object: into the file, or, without one, into bytes that are returned.
    static func write(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Value {
        let pickler = object(value)
        var override = Value.empty
        if value.shapeIndex != type.shape {
            override = thread.getAttributeOrEmpty(value, PickleNames.reducerOverride)
            if thread.hasException { return .empty }
        }
        pickler.pointee.reducerOverride = override
        pickler.pointee.fastNesting = 0
        pickler.pointee.fastMemo = .empty
        Heap.barrier(value.raw)
        var writer = PickleWriter(thread, pickler)
        defer { writer.free() }
        let done = writer.writeAll(item)
        pickler.pointee.reducerOverride = .empty
        guard done else { return .empty }
        if pickler.pointee.write.isEmpty { return thread.newBytes(writer.base, writer.count) }
        return writer.flush() ? .none : .empty
    }

    static func define(_ module: ModuleBuilder) {
        type = NativeType("Pickler", module: "_pickle", size: MemoryLayout<PicklerObject>.size, mask: 0b11_1111_1110, flags: [.base], doc: """
            Pickler(file, protocol=None, fix_imports=True, buffer_callback=None)
            --

            This takes a binary file for writing a pickle data stream.

            The protocol is 4 unless another is given; a negative one means the highest. The file needs a method write() that takes bytes. With
            fix_imports and a protocol below 3, names of modules are those of Python 2. The buffer_callback, which needs protocol 5, is called with each
            buffer, which stays out of the stream when the result is false.
            """, methods: [
            Def("dump(self, obj, /)", .calls, "Write a pickled representation of the given object to the open file.") { thread, a, _ in
                if Picklers.object(a[0]).pointee.write.isEmpty {
                    thread.raisePickling("Pickler.__init__() was not called by \(a[0].type.name).__init__()")
                    return .empty
                }
                return Picklers.write(thread, a[0], a[1])
            },
            Def("clear_memo(self, /)", .writes, "Forget which objects were pickled: each is written anew.") { _, a, _ in
                Picklers.object(a[0]).memoClear()
                return .none
            },
            Def("__sizeof__(self, /)", .reads, "Returns size in memory, in bytes.") { thread, a, _ in
                let pickler = Picklers.object(a[0])
                return thread.newInt(MemoryLayout<PicklerObject>.size + pickler.pointee.memoCapacity * 8 + pickler.pointee.indexCapacity * 4)
            },
        ], getters: [
            Getter("bin", isMember: true, set: { thread, a, _ in
                guard !a[1].isEmpty else { return thread.raise(.typeError, "can't delete numeric/char attribute") }
                guard let number = thread.toInt(a[1]) else { return .empty }
                Picklers.object(a[0]).pointee.bin = number
                return .none
            }) { thread, a, _ in thread.newInt(Picklers.object(a[0]).pointee.bin) },
            Getter("fast", isMember: true, set: { thread, a, _ in
                guard !a[1].isEmpty else { return thread.raise(.typeError, "can't delete numeric/char attribute") }
                guard let number = thread.toInt(a[1]) else { return .empty }
                Picklers.object(a[0]).pointee.fast = number
                return .none
            }) { thread, a, _ in thread.newInt(Picklers.object(a[0]).pointee.fast) },
            Getter("dispatch_table", isMember: true, set: { thread, a, _ in
                if a[1].isEmpty && Picklers.object(a[0]).pointee.dispatchTable.isEmpty { return thread.raise(.attributeError, "dispatch_table") }
                Picklers.object(a[0]).pointee.dispatchTable = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in
                let table = Picklers.object(a[0]).pointee.dispatchTable
                return table.isEmpty ? thread.raiseAttributeError(a[0], PickleNames.dispatchTable) : table
            },
            Getter("persistent_id", set: { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.typeError, "attribute deletion is not supported") }
                guard a[1].type.call(.call) != nil else { return thread.raise(.typeError, "persistent_id must be a callable taking one argument") }
                Picklers.object(a[0]).pointee.persistentID = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { thread, a, _ in
                let function = Picklers.object(a[0]).pointee.persistentID
                return function.isEmpty ? thread.raise(.attributeError, "persistent_id") : function
            },
            Getter("memo", set: { thread, a, _ in Picklers.setMemo(thread, a[0], a[1]) }) { thread, a, _ in
                let proxy = Picklers.proxyType.allocate(thread, size: MemoryLayout<ProxyObject>.size)
                if proxy.isEmpty { return .empty }
                proxy.object(ProxyObject.self).pointee.pickler = a[0]
                return proxy
            },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in Picklers.make(thread, TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in Picklers.initializer.call(thread, value, a, count, keywords) }
        }
        proxyType = NativeType("PicklerMemoProxy", module: "_pickle", size: MemoryLayout<ProxyObject>.size, mask: 0b10, flags: [.noInstantiation], methods: [
            Def("clear(self, /)", .writes, "Remove all items from memo.") { _, a, _ in
                Picklers.object(a[0].object(ProxyObject.self).pointee.pickler).memoClear()
                return .none
            },
            Def("copy(self, /)", .calls, "Copy the memo to a new object.") { thread, a, _ in Picklers.object(a[0].object(ProxyObject.self).pointee.pickler).memoDict(thread) },
            Def("__reduce__(self, /)", .calls, "Implement pickle support.") { thread, a, _ in
                let contents = Picklers.object(a[0].object(ProxyObject.self).pointee.pickler).memoDict(thread)
                let arguments = contents.isEmpty ? .empty : thread.newTuple(contents)
                return arguments.isEmpty ? .empty : thread.newTuple(TypeID.dict.value, arguments)
            },
        ]) { slots in slots.unhashable() }
        module.add(type)
    }

    /// `pickler.memo = …`: another pickler's, or a dict such as its copy is.
    private static func setMemo(_ thread: ThreadRef, _ value: Value, _ given: Value) -> Value {
        let pickler = object(value)
        if given.isEmpty { return thread.raise(.typeError, "attribute deletion is not supported") }
        var source = given
        if given.isPointer && given.type == proxyType.type {
            source = object(given.object(ProxyObject.self).pointee.pickler).memoDict(thread)
            if source.isEmpty { return .empty }
        }
        guard source.isDict else { return thread.raise(.typeError, "'memo' attribute must be a PicklerMemoProxy object or dict, not \(given.type.name)") }
        // Made apart, so that the memo stays as it was when an item is wrong.
        let other = make(thread, type.type)
        if other.isEmpty { return .empty }
        var position = 0
        while let (_, pair) = DictRef(source).next(&position) {
            guard pair.isTuple, TupleRef(pair).count == 2 else { return thread.raise(.typeError, "'memo' values must be 2-item tuples") }
            guard let number = thread.toInt(TupleRef(pair)[0]) else { return .empty }
            guard object(other).memoSet(thread, TupleRef(pair)[1], number) else { return .empty }
        }
        pickler.memoCopy(from: object(other))
        return .none
    }
}
