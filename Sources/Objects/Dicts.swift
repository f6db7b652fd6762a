import Glibc

/// Dicts: compact, insertion-ordered hash tables.
///
/// Entries stand in order of insertion, three words each (hash as a small int, key, value); deletion leaves a hole whose key is the zero word.
/// An open-addressing index maps hashes to entry numbers. Both, and the hashes' `HighBits`, live in one `DictTable`, which is replaced as a whole when
/// it is full, so that an iteration notices by the table's identity and a lookup interrupted by `__eq__` can start again.
///
/// `version` changes whenever an entry's place changes (insertion, deletion, growth), not when a value does: an inline cache that holds
/// a version and an entry number reads the value with no lookup.
public struct DictRef {
    public let pointer: UnsafeMutablePointer<DictObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(DictObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }

    static let freeIndex = -1
    static let deletedIndex = -2

    /// Entry `n` is at `3 * n`. Only while the table is not replaced.
    @inlinable public var entries: UnsafeMutablePointer<Value> {
        @inline(__always) get { (pointer.pointee.table.raw + MemoryLayout<DictTable>.size).assumingMemoryBound(to: Value.self) }
    }
    /// Entries used, holes included.
    @inlinable public var used: Int {
        @inline(__always) get { pointer.pointee.table.isEmpty ? 0 : pointer.pointee.table.object(DictTable.self).pointee.tracedWords / 3 }
    }

    /// A version that stays as long as no entry moves.
    @inlinable public var version: UInt32 {
        @inline(__always) get {
            if pointer.pointee.version == 0 { pointer.pointee.version = ShapeTable.nextVersion() }
            return pointer.pointee.version
        }
    }

    /// Called by every structural change.
    @inline(__always) func moved() { pointer.pointee.version = 0 }

    // MARK: The index

    @inline(__always) static func indexBase(_ table: UnsafeMutablePointer<DictTable>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(table) + MemoryLayout<DictTable>.size + Int(table.pointee.capacity) * 24
    }

    /// Bytes up to the end of the index, a multiple of 8.
    @inline(__always) private static func indexEnd(_ capacity: Int, _ logSize: Int, _ logWidth: Int) -> Int { MemoryLayout<DictTable>.size + capacity * 24 + 1 << (logSize + logWidth) }

    @inline(__always) private static func highBits(_ table: UnsafeMutablePointer<DictTable>) -> HighBits {
        HighBits(at: UnsafeMutableRawPointer(table) + indexEnd(Int(table.pointee.capacity), Int(table.pointee.logSize), Int(table.pointee.logWidth)))
    }

    /// Bytes of a table.
    static func size(capacity: Int, logSize: Int, logWidth: Int) -> Int { indexEnd(capacity, logSize, logWidth) + HighBits.size(capacity) }

    /// The whole hash of an entry's key.
    public func hash(entry: Int) -> Int {
        let key = entries[entry * 3 + 1]
        return SetRef.isPlain(key) ? SetRef.plainHash(key) : DictRef.highBits(pointer.pointee.table.object(DictTable.self)).whole(entries[entry * 3], at: entry)
    }

    @inline(__always) static func readIndex(_ base: UnsafeMutableRawPointer, _ logWidth: UInt8, _ place: Int) -> Int {
        switch logWidth {
        case 0: return Int(base.load(fromByteOffset: place, as: Int8.self))
        case 1: return Int(base.load(fromByteOffset: place << 1, as: Int16.self))
        default: return Int(base.load(fromByteOffset: place << 2, as: Int32.self))
        }
    }

    @inline(__always) static func writeIndex(_ base: UnsafeMutableRawPointer, _ logWidth: UInt8, _ place: Int, _ entry: Int) {
        switch logWidth {
        case 0: base.storeBytes(of: Int8(truncatingIfNeeded: entry), toByteOffset: place, as: Int8.self)
        case 1: base.storeBytes(of: Int16(truncatingIfNeeded: entry), toByteOffset: place << 1, as: Int16.self)
        default: base.storeBytes(of: Int32(truncatingIfNeeded: entry), toByteOffset: place << 2, as: Int32.self)
        }
    }

    /// Spreads a hash over the index. Ints hash to themselves: low bits alone would make one long cluster of a range of them, in which each search for an
    /// absent key goes to the end. Multiples of the golden ratio keep away from one another, whatever the stride. The factor is even, so that a hash's
    /// highest bit, which entries do not keep, has no say.
    @inline(__always) static func start(_ hash: Int, _ logSize: Int) -> Int {
        Int(bitPattern: (UInt(bitPattern: hash) &* 0x3C6E_F372_FE94_F82A) &>> UInt(64 &- logSize))
    }

    // MARK: Lookup

    /// The entry number of an exact string key; -1 when there is none. Runs no Python.
    public func find(string key: Value) -> Int {
        let tableValue = pointer.pointee.table
        if tableValue.isEmpty { return -1 }
        let table = tableValue.object(DictTable.self)
        let hash = StringRef(key).hash
        let tagged = Value(small: hash)
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table)
        let logWidth = table.pointee.logWidth
        let entries = self.entries
        var place = DictRef.start(hash, Int(table.pointee.logSize))
        while true {
            let entry = DictRef.readIndex(base, logWidth, place)
            if entry >= 0 {
                let words = entries + entry &* 3
                if words[1] == key { return entry }
                if words[0] == tagged && words[1].isPointer && words[1].isString && StringRef(words[1]).equals(StringRef(key)) { return entry }
            } else if entry == DictRef.freeIndex {
                return -1
            }
            place = (place + 1) & mask
        }
    }

    /// The entry number of a key; -1 when there is none, -2 when a comparison has raised.
    public func find(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        if key.isSmallInt || key.isExact(.str) {
            let entry = findPlain(key, hash: hash)
            if entry != -3 { return entry }
        }
        return findGeneral(thread, key, hash)
    }

    /// The entry number of a small int or a string; -1 when there is none, -3 when something that is neither has the same hash.
    @inline(__always) public func findPlain(_ key: Value, hash: Int) -> Int {
        let tableValue = pointer.pointee.table
        if tableValue.isEmpty { return -1 }
        let table = tableValue.object(DictTable.self)
        let tagged = Value(small: hash)
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table)
        let logWidth = table.pointee.logWidth
        let entries = self.entries
        var place = DictRef.start(hash, Int(table.pointee.logSize))
        while true {
            let entry = DictRef.readIndex(base, logWidth, place)
            if entry >= 0 {
                let words = entries + entry &* 3
                if words[1] == key { return entry }
                // Other small ints are equal only when they are the same word.
                if words[0] == tagged && !Value.bothSmall(words[1], key) {
                    guard words[1].isExact(.str) && key.isExact(.str) else { return -3 }
                    if StringRef(words[1]).equals(StringRef(key)) { return entry }
                }
            } else if entry == DictRef.freeIndex {
                return -1
            }
            place = (place + 1) & mask
        }
    }

    @inline(never) private func findGeneral(_ thread: ThreadRef, _ key: Value, _ hash: Int) -> Int {
        restart: while true {
            let tableValue = pointer.pointee.table
            if tableValue.isEmpty { return -1 }
            let table = tableValue.object(DictTable.self)
            let tagged = Value(small: hash)
            let mask = 1 << Int(table.pointee.logSize) - 1
            let base = DictRef.indexBase(table)
            let entries = self.entries
            var place = DictRef.start(hash, Int(table.pointee.logSize))
            while true {
                let entry = DictRef.readIndex(base, table.pointee.logWidth, place)
                if entry >= 0 {
                    let candidate = entries[entry &* 3 + 1]
                    if candidate == key { return entry }
                    if entries[entry &* 3] == tagged {
                        // Equal small ints are the same word, and no int equals a string.
                        if !(candidate.isSmallInt && key.isSmallInt) {
                            let same = thread.isEqual(candidate, key)
                            if same < 0 { return -2 }
                            if pointer.pointee.table != tableValue || entries[entry &* 3 + 1] != candidate { continue restart }
                            if same > 0 { return entry }
                        }
                    }
                } else if entry == DictRef.freeIndex {
                    return -1
                }
                place = (place + 1) & mask
            }
        }
    }

    /// The value of an exact string key, or empty. Runs no Python and raises nothing.
    @inlinable @inline(__always) public func get(string key: Value) -> Value {
        let entry = find(string: key)
        return entry < 0 ? .empty : entries[entry &* 3 + 2]
    }

    public func get(_ name: Name) -> Value { get(string: name.value) }

    /// The value of a key; empty when there is none, or when the hash or a comparison has raised (ask the thread).
    @inline(__always) public func get(_ thread: ThreadRef, _ key: Value) -> Value {
        let hash: Int
        if key.isExact(.str) {
            hash = StringRef(key).hash
        } else if key.isSmallInt {
            hash = Hashing.int(key.smallInt)
        } else {
            hash = thread.hash(key)
            if hash == -1 && thread.hasException { return .empty }
        }
        let entry = find(thread, key, hash: hash)
        return entry < 0 ? .empty : entries[entry &* 3 + 2]
    }

    // MARK: Change

    /// Sets a key. False when it has raised.
    @inline(__always) public func set(_ thread: ThreadRef, _ key: Value, _ value: Value) -> Bool {
        let hash: Int
        if key.isExact(.str) {
            hash = StringRef(key).hash
        } else if key.isSmallInt {
            hash = Hashing.int(key.smallInt)
        } else {
            hash = thread.hash(key)
            if hash == -1 && thread.hasException { return false }
        }
        return set(thread, key, hash: hash, value)
    }

    public func set(_ thread: ThreadRef, _ key: Value, hash: Int, _ value: Value) -> Bool {
        let entry = find(thread, key, hash: hash)
        if entry == -2 { return false }
        if entry >= 0 {
            entries[entry &* 3 + 2] = value
            Heap.barrier(pointer.pointee.table.raw)
            return true
        }
        return insert(thread, key, hash: hash, value)
    }

    public func set(_ thread: ThreadRef, _ name: Name, _ value: Value) -> Bool { set(thread, name.value, value) }

    /// Adds a key known to be absent.
    public func insert(_ thread: ThreadRef, _ key: Value, hash: Int, _ value: Value) -> Bool {
        var tableValue = pointer.pointee.table
        if tableValue.isEmpty || used >= Int(tableValue.object(DictTable.self).pointee.capacity) {
            // Most dicts stay small, and double; a large one grows to four times its size.
            guard widen() || resize(thread, atLeast: count < 64 ? max(count * 2, 4) : count * 2 + 4) else { return false }
            tableValue = pointer.pointee.table
        }
        let table = tableValue.object(DictTable.self)
        let entry = table.pointee.tracedWords / 3
        let words = entries + entry * 3
        words[0] = Value(small: hash)
        words[1] = key
        words[2] = value
        if !SetRef.isPlain(key) { DictRef.highBits(table)[entry] = HighBits.lost(hash) }
        table.pointee.tracedWords += 3
        DictRef.place(table, hash, entry)
        pointer.pointee.count += 1
        moved()
        Heap.barrier(tableValue.raw)
        return true
    }

    @inline(__always) private static func place(_ table: UnsafeMutablePointer<DictTable>, _ hash: Int, _ entry: Int) {
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = indexBase(table)
        var place = start(hash, Int(table.pointee.logSize))
        // Deleted places are not reused: the index is rebuilt with the table.
        while readIndex(base, table.pointee.logWidth, place) != freeIndex { place = (place + 1) & mask }
        writeIndex(base, table.pointee.logWidth, place, entry)
    }

    /// How many entries fit a table whose index has so many places, if the table has its full size; and if it has less, as the table of a small dict made for fewer entries may:
    /// they take most of the memory.
    @inline(__always) private static func capacities(_ size: Int) -> (full: Int, least: Int) {
        let full = size * 2 / 3
        return (full, size > 8 && size <= 64 ? size / 2 - size / 32 : full)
    }

    /// Gives a table that is less than full-sized its full size: nothing is placed anew. False when it has that, or holes, or when there is no memory.
    private func widen() -> Bool {
        guard !pointer.pointee.table.isEmpty, count == used else { return false }
        let old = pointer.pointee.table.object(DictTable.self)
        let logSize = Int(old.pointee.logSize), logWidth = Int(old.pointee.logWidth), capacity = DictRef.capacities(1 << logSize).full
        guard old.pointee.capacity < capacity, let raw = Heap.allocate(DictRef.size(capacity: capacity, logSize: logSize, logWidth: logWidth), shape: TypeID.dictTable.rawValue) else { return false }
        let table = raw.assumingMemoryBound(to: DictTable.self)
        memcpy(raw + 8, UnsafeRawPointer(old) + 8, MemoryLayout<DictTable>.size - 8 + old.pointee.tracedWords * 8)
        table.pointee.capacity = UInt32(capacity)
        memcpy(DictRef.indexBase(table), DictRef.indexBase(old), 1 << (logSize + logWidth))
        DictRef.highBits(table).copy(DictRef.highBits(old), Int(old.pointee.capacity))
        pointer.pointee.table = Value(raw)
        Heap.barrier(UnsafeMutableRawPointer(pointer))
        moved()
        return true
    }

    /// Replaces the table by one with room for `wanted` entries, without holes but for so many in front of the first.
    public func resize(_ thread: ThreadRef, atLeast wanted: Int, leading: Int = 0) -> Bool {
        var logSize = 3
        while (1 << logSize) * 2 / 3 < max(wanted, count + 1) + leading { logSize += 1 }
        let size = 1 << logSize
        let capacities = DictRef.capacities(size)
        let capacity = max(wanted, count + 1) + leading <= capacities.least ? capacities.least : capacities.full
        let logWidth = size <= 128 ? 0 : size <= 32768 ? 1 : 2
        guard logSize < 31, let raw = Heap.allocate(DictRef.size(capacity: capacity, logSize: logSize, logWidth: logWidth), shape: TypeID.dictTable.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        let table = raw.assumingMemoryBound(to: DictTable.self)
        table.pointee.logSize = UInt8(logSize)
        table.pointee.logWidth = UInt8(logWidth)
        table.pointee.capacity = UInt32(capacity)
        memset(DictRef.indexBase(table), 0xFF, size << logWidth)
        let target = (raw + MemoryLayout<DictTable>.size).assumingMemoryBound(to: Value.self)
        var next = leading
        if !pointer.pointee.table.isEmpty {
            let source = entries, high = DictRef.highBits(pointer.pointee.table.object(DictTable.self)), targetHigh = DictRef.highBits(table)
            for entry in 0 ..< used where !source[entry * 3 + 1].isEmpty {
                target[next * 3] = source[entry * 3]
                target[next * 3 + 1] = source[entry * 3 + 1]
                target[next * 3 + 2] = source[entry * 3 + 2]
                targetHigh[next] = high[entry]
                DictRef.place(table, source[entry * 3].smallInt, next)
                next += 1
            }
        }
        table.pointee.tracedWords = next * 3
        pointer.pointee.table = Value(raw)
        Heap.barrier(UnsafeMutableRawPointer(pointer))
        moved()
        return true
    }

    /// Removes an entry by number. `takesBack` gives its place among the entries up, as `popitem` does: an iterator would not notice when another entry
    /// came there.
    public func remove(entry: Int, takesBack: Bool = false) {
        let table = pointer.pointee.table.object(DictTable.self)
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table)
        var place = DictRef.start(entries[entry * 3].smallInt, Int(table.pointee.logSize))
        while DictRef.readIndex(base, table.pointee.logWidth, place) != entry { place = (place + 1) & mask }
        // A place before a free one ends no search: it becomes free, and so do deleted places before it.
        var freed = false
        if DictRef.readIndex(base, table.pointee.logWidth, (place + 1) & mask) == DictRef.freeIndex {
            freed = true
            repeat {
                DictRef.writeIndex(base, table.pointee.logWidth, place, DictRef.freeIndex)
                place = (place - 1) & mask
            } while DictRef.readIndex(base, table.pointee.logWidth, place) == DictRef.deletedIndex
        } else {
            DictRef.writeIndex(base, table.pointee.logWidth, place, DictRef.deletedIndex)
        }
        entries[entry * 3 + 1] = .empty
        entries[entry * 3 + 2] = .empty
        pointer.pointee.count -= 1
        if takesBack && pointer.pointee.count == 0 {
            table.pointee.tracedWords = 0
            table.pointee.lost = 0
            memset(base, 0xFF, (mask + 1) << Int(table.pointee.logWidth))
        } else if takesBack && entry == used - 1 {
            // The last entry is taken back, and the holes before it, so that a stack-like dict neither grows nor is searched for its end.
            var end = entry
            while end > 0 && entries[(end - 1) * 3 + 1].isEmpty { end -= 1 }
            table.pointee.tracedWords = end * 3
            let lost = Int(table.pointee.lost) + entry - end + (freed ? 0 : 1)
            // Their places in the index may still be taken: it is cleaned before it fills up with those, and a search for an absent key never ends.
            if lost > min(mask >> 3, 1 << 15) { cleanIndex() } else { table.pointee.lost = UInt16(lost) }
        }
        moved()
    }

    /// Makes an entry the first, where `first` is that now. The number that it has then; nil when it has raised.
    public func moveToFront(_ thread: ThreadRef, entry: Int, first: Int) -> Int? {
        var entry = entry, target = first - 1
        if target < 0 {
            // Room for as many in front as there are, so that the work is seldom done.
            target = count + 7
            var before = 0
            for other in 0 ..< entry where !entries[other * 3 + 1].isEmpty { before += 1 }
            guard resize(thread, atLeast: count * 2 + 4, leading: target + 1) else { return nil }
            entry = target + 1 + before
        }
        let table = pointer.pointee.table.object(DictTable.self)
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table)
        let words = entries
        var place = DictRef.start(words[entry * 3].smallInt, Int(table.pointee.logSize))
        while DictRef.readIndex(base, table.pointee.logWidth, place) != entry { place = (place + 1) & mask }
        DictRef.writeIndex(base, table.pointee.logWidth, place, target)
        for index in 0 ..< 3 { words[target * 3 + index] = words[entry * 3 + index] }
        DictRef.highBits(table)[target] = DictRef.highBits(table)[entry]
        words[entry * 3 + 1] = .empty
        words[entry * 3 + 2] = .empty
        moved()
        return target
    }

    /// Frees the deleted places of the index.
    @inline(never) private func cleanIndex() {
        let table = pointer.pointee.table.object(DictTable.self)
        memset(DictRef.indexBase(table), 0xFF, 1 << Int(table.pointee.logSize + table.pointee.logWidth))
        table.pointee.lost = 0
        for entry in 0 ..< used where !entries[entry * 3 + 1].isEmpty { DictRef.place(table, entries[entry * 3].smallInt, entry) }
    }

    /// Removes a key: its value, or empty when there was none or something raised.
    public func remove(_ thread: ThreadRef, _ key: Value) -> Value {
        let hash = thread.hash(key)
        if hash == -1 && thread.hasException { return .empty }
        let entry = find(thread, key, hash: hash)
        if entry < 0 { return .empty }
        let value = entries[entry * 3 + 2]
        remove(entry: entry)
        return value
    }

    public func clear() {
        pointer.pointee.table = .empty
        pointer.pointee.count = 0
        moved()
    }

    // MARK: Iteration

    /// The next live entry at or after `position`, which moves past it; nil at the end.
    public func next(_ position: inout Int) -> (key: Value, value: Value)? {
        let limit = used
        while position < limit {
            let words = entries + position * 3
            position += 1
            if !words[1].isEmpty { return (words[1], words[2]) }
        }
        return nil
    }

    /// Number of the next live entry at or after `position`, or -1.
    @inlinable @inline(__always) public func nextEntry(_ position: Int) -> Int {
        let limit = used
        var entry = position
        while entry < limit {
            if !entries[entry &* 3 + 1].isEmpty { return entry }
            entry += 1
        }
        return -1
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// An empty dict, or empty with MemoryError raised.
    public func newDict() -> Value {
        guard let raw = Heap.allocate(MemoryLayout<DictObject>.size, shape: TypeID.dict.rawValue) else { return raiseOutOfMemory() }
        return Value(raw)
    }

    /// An empty dict with room for `count` entries.
    public func newDict(capacity count: Int) -> Value {
        let dict = newDict()
        if dict.isEmpty || count == 0 { return dict }
        return DictRef(dict).resize(self, atLeast: count) ? dict : .empty
    }

    /// A copy with the same keys and values, an exact dict.
    public func copyDict(_ source: DictRef) -> Value {
        let result = newDict()
        if result.isEmpty { return .empty }
        let copy = DictRef(result)
        let table = source.pointer.pointee.table
        if source.count == 0 { return result }
        if source.count == source.used {
            let size = Heap.cellSize(table.raw)
            let head = table.object(DictTable.self).pointee
            let bytes = DictRef.size(capacity: Int(head.capacity), logSize: Int(head.logSize), logWidth: Int(head.logWidth))
            guard bytes <= size, let raw = Heap.allocate(bytes, shape: TypeID.dictTable.rawValue) else { return raiseOutOfMemory() }
            memcpy(raw + 8, source.pointer.pointee.table.raw + 8, bytes - 8)
            copy.pointer.pointee.table = Value(raw)
            copy.pointer.pointee.count = source.count
            Heap.barrier(result.raw)
            return result
        }
        guard copy.resize(self, atLeast: source.count) else { return .empty }
        var position = 0
        while let (key, value) = source.next(&position) {
            guard copy.insert(self, key, hash: source.hash(entry: position - 1), value) else { return .empty }
        }
        return result
    }
}

extension DictRef {
    /// Takes over the table of a dict that nobody else has seen. This one must be empty.
    public func adopt(_ other: DictRef) {
        pointer.pointee.table = other.pointer.pointee.table
        pointer.pointee.count = other.count
        moved()
        Heap.barrier(UnsafeMutableRawPointer(pointer))
    }
}
