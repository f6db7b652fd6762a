import Glibc

/// Dicts: compact, insertion-ordered hash tables.
///
/// Entries stand in order of insertion, a key and a value each; deletion leaves a hole whose key is the zero word. An open-addressing index maps hashes to entry numbers.
/// Small ints are their own hashes and strings know theirs: a table of such keys alone, as nearly all are, is *plain*, and keeps no hashes. The first other key makes it one that
/// does, behind the index. All this lives in one `DictTable`, which is replaced as a whole when it is full, so that an iteration notices by the table's identity and a lookup
/// interrupted by `__eq__` can start again.
///
/// `version` changes whenever an entry's place changes (insertion, deletion, growth), not when a value does: an inline cache that holds
/// a version and an entry number reads the value with no lookup.
public struct DictRef {
    public let pointer: UnsafeMutablePointer<DictObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(DictObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }

    /// Words of an entry.
    public static let entryWords = 2
    static let freeIndex = -1
    static let deletedIndex = -2
    /// The flag of tables that keep hashes.
    private static let keepsHashes: UInt8 = 1

    /// Entry `n` is at `2 * n`, its value behind its key. Only while the table is not replaced.
    @inlinable public var entries: UnsafeMutablePointer<Value> {
        @inline(__always) get { (pointer.pointee.table.raw + MemoryLayout<DictTable>.size).assumingMemoryBound(to: Value.self) }
    }
    /// The key of an entry; empty where one was taken out.
    @inlinable @inline(__always) public func key(at entry: Int) -> Value { entries[entry &* 2] }
    @inlinable @inline(__always) public func item(at entry: Int) -> Value { entries[entry &* 2 &+ 1] }
    /// Where an entry's value is, while the table is not replaced.
    @inlinable @inline(__always) public func itemAddress(_ entry: Int) -> UnsafeMutablePointer<Value> { entries + (entry &* 2 &+ 1) }
    /// Replaces an entry's value. The barrier is the caller's.
    @inlinable @inline(__always) public func setItem(at entry: Int, _ value: Value) { entries[entry &* 2 &+ 1] = value }

    /// Entries used, holes included.
    @inlinable public var used: Int {
        @inline(__always) get { pointer.pointee.table.isEmpty ? 0 : pointer.pointee.table.object(DictTable.self).pointee.tracedWords / 2 }
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

    // MARK: The table's parts

    @inline(__always) static func indexBase(_ table: UnsafeMutablePointer<DictTable>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(table) + (MemoryLayout<DictTable>.size &+ Int(table.pointee.capacity) &* 16)
    }

    /// The keys' hashes, of a table that keeps them.
    @inline(__always) private static func hashes(_ table: UnsafeMutablePointer<DictTable>) -> UnsafeMutablePointer<Int> {
        (indexBase(table) + 1 << Int(table.pointee.logSize &+ table.pointee.logWidth)).assumingMemoryBound(to: Int.self)
    }

    @inline(__always) private static func isPlain(_ table: UnsafeMutablePointer<DictTable>) -> Bool { table.pointee.header.flags & keepsHashes == 0 }

    /// Bytes of a table.
    private static func size(capacity: Int, logSize: Int, logWidth: Int, isPlain: Bool) -> Int {
        MemoryLayout<DictTable>.size + capacity * (isPlain ? 16 : 24) + 1 << (logSize + logWidth)
    }

    static func bytes(_ table: UnsafeMutablePointer<DictTable>) -> Int {
        size(capacity: Int(table.pointee.capacity), logSize: Int(table.pointee.logSize), logWidth: Int(table.pointee.logWidth), isPlain: isPlain(table))
    }

    /// The hash of an entry's key, which is not asked for it.
    public func hash(entry: Int) -> Int { DictRef.hash(pointer.pointee.table.object(DictTable.self), entry, key(at: entry)) }

    @inline(__always) private static func hash(_ table: UnsafeMutablePointer<DictTable>, _ entry: Int, _ key: Value) -> Int {
        isPlain(table) ? SetRef.plainHash(key) : hashes(table)[entry]
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
    /// absent key goes to the end. Multiples of the golden ratio keep away from one another, whatever the stride.
    @inline(__always) static func start(_ hash: Int, _ logSize: Int) -> Int {
        Int(bitPattern: (UInt(bitPattern: hash) &* 0x9E37_79B9_7F4A_7C15) &>> UInt(64 &- logSize))
    }

    // MARK: Lookup

    /// The entry number of an exact string key; -1 when there is none. Runs no Python.
    public func find(string key: Value) -> Int {
        let tableValue = pointer.pointee.table
        if tableValue.isEmpty { return -1 }
        let table = tableValue.object(DictTable.self)
        let hash = StringRef(key).hash
        if DictRef.isPlain(table) { return DictRef.findString(table, key, hash) }
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table), hashes = DictRef.hashes(table)
        let logWidth = table.pointee.logWidth
        let entries = self.entries
        var place = DictRef.start(hash, Int(table.pointee.logSize))
        while true {
            let entry = DictRef.readIndex(base, logWidth, place)
            if entry >= 0 {
                let candidate = entries[entry &* 2]
                if candidate == key { return entry }
                if hashes[entry] == hash && candidate.isPointer && candidate.isString && StringRef(candidate).equals(StringRef(key)) { return entry }
            } else if entry == DictRef.freeIndex {
                return -1
            }
            place = (place + 1) & mask
        }
    }

    /// `find` of an exact string in a plain table.
    @inline(__always) private static func findString(_ table: UnsafeMutablePointer<DictTable>, _ key: Value, _ hash: Int) -> Int {
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = indexBase(table), logWidth = table.pointee.logWidth
        let entries = (UnsafeMutableRawPointer(table) + MemoryLayout<DictTable>.size).assumingMemoryBound(to: Value.self)
        var place = start(hash, Int(table.pointee.logSize))
        while true {
            let entry = readIndex(base, logWidth, place)
            if entry >= 0 {
                let candidate = entries[entry &* 2]
                if candidate == key { return entry }
                // What is no small int is a string here.
                if !candidate.isSmallInt && StringRef(candidate).hash == hash && StringRef(candidate).equals(StringRef(key)) { return entry }
            } else if entry == freeIndex {
                return -1
            }
            place = (place + 1) & mask
        }
    }

    /// `find` of a small int in a plain table, where only the same word is equal to it.
    @inline(__always) private static func findInt(_ table: UnsafeMutablePointer<DictTable>, _ key: Value, _ hash: Int) -> Int {
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = indexBase(table), logWidth = table.pointee.logWidth
        let entries = (UnsafeMutableRawPointer(table) + MemoryLayout<DictTable>.size).assumingMemoryBound(to: Value.self)
        var place = start(hash, Int(table.pointee.logSize))
        while true {
            let entry = readIndex(base, logWidth, place)
            if entry >= 0 {
                if entries[entry &* 2] == key { return entry }
            } else if entry == freeIndex {
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
        if DictRef.isPlain(table) { return key.isSmallInt ? DictRef.findInt(table, key, hash) : DictRef.findString(table, key, hash) }
        return findAmongOthers(key, hash)
    }

    /// `findPlain` in a table that keeps hashes.
    @inline(never) private func findAmongOthers(_ key: Value, _ hash: Int) -> Int {
        let table = pointer.pointee.table.object(DictTable.self)
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table), hashes = DictRef.hashes(table)
        let logWidth = table.pointee.logWidth
        let entries = self.entries
        var place = DictRef.start(hash, Int(table.pointee.logSize))
        while true {
            let entry = DictRef.readIndex(base, logWidth, place)
            if entry >= 0 {
                let candidate = entries[entry &* 2]
                if candidate == key { return entry }
                // Other small ints are equal only when they are the same word.
                if hashes[entry] == hash && !Value.bothSmall(candidate, key) {
                    guard candidate.isExact(.str) && key.isExact(.str) else { return -3 }
                    if StringRef(candidate).equals(StringRef(key)) { return entry }
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
            let mask = 1 << Int(table.pointee.logSize) - 1
            let base = DictRef.indexBase(table)
            let entries = self.entries
            var place = DictRef.start(hash, Int(table.pointee.logSize))
            while true {
                let entry = DictRef.readIndex(base, table.pointee.logWidth, place)
                if entry >= 0 {
                    let candidate = entries[entry &* 2]
                    if candidate == key { return entry }
                    if DictRef.hash(table, entry, candidate) == hash {
                        // Equal small ints are the same word, and no int equals a string.
                        if !(candidate.isSmallInt && key.isSmallInt) {
                            let same = thread.isEqual(candidate, key)
                            if same < 0 { return -2 }
                            if pointer.pointee.table != tableValue || entries[entry &* 2] != candidate { continue restart }
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
        return entry < 0 ? .empty : item(at: entry)
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
        return entry < 0 ? .empty : item(at: entry)
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
            setItem(at: entry, value)
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
            guard resize(thread, atLeast: count < 64 ? max(count * 2, 4) : count * 2 + 4, isPlain: SetRef.isPlain(key)) else { return false }
            tableValue = pointer.pointee.table
        } else if DictRef.isPlain(tableValue.object(DictTable.self)) && !SetRef.isPlain(key) {
            guard resize(thread, atLeast: Int(tableValue.object(DictTable.self).pointee.capacity), isPlain: false) else { return false }
            tableValue = pointer.pointee.table
        }
        let table = tableValue.object(DictTable.self)
        let entry = table.pointee.tracedWords / 2
        let words = entries + entry * 2
        words[0] = key
        words[1] = value
        if !DictRef.isPlain(table) { DictRef.hashes(table)[entry] = hash }
        table.pointee.tracedWords += 2
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

    /// Replaces the table by one with room for `wanted` entries, without holes but for so many in front of the first. It is plain if `isPlain` says so, and the table until now was
    /// plain or there was none.
    public func resize(_ thread: ThreadRef, atLeast wanted: Int, leading: Int = 0, isPlain: Bool = true) -> Bool {
        var logSize = 3
        while (1 << logSize) * 2 / 3 < max(wanted, count + 1) + leading { logSize += 1 }
        let size = 1 << logSize, capacity = size * 2 / 3
        let logWidth = size <= 128 ? 0 : size <= 32768 ? 1 : 2
        let old = pointer.pointee.table
        let isPlain = isPlain && (old.isEmpty || DictRef.isPlain(old.object(DictTable.self)))
        // The collector looks at the entries in use alone.
        guard logSize < 31, let raw = Heap.allocateUncleared(DictRef.size(capacity: capacity, logSize: logSize, logWidth: logWidth, isPlain: isPlain), shape: TypeID.dictTable.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        let table = raw.assumingMemoryBound(to: DictTable.self)
        table.pointee.header.flags = isPlain ? 0 : DictRef.keepsHashes
        table.pointee.logSize = UInt8(logSize)
        table.pointee.logWidth = UInt8(logWidth)
        table.pointee.lost = 0
        table.pointee.capacity = UInt32(capacity)
        memset(DictRef.indexBase(table), 0xFF, size << logWidth)
        let target = (raw + MemoryLayout<DictTable>.size).assumingMemoryBound(to: Value.self)
        for word in 0 ..< leading * 2 { target[word] = .empty }
        var next = leading
        if !old.isEmpty {
            let source = entries, oldTable = old.object(DictTable.self)
            for entry in 0 ..< used where !source[entry &* 2].isEmpty {
                let key = source[entry &* 2], hash = DictRef.hash(oldTable, entry, key)
                target[next &* 2] = key
                target[next &* 2 &+ 1] = source[entry &* 2 &+ 1]
                if !isPlain { DictRef.hashes(table)[next] = hash }
                DictRef.place(table, hash, next)
                next &+= 1
            }
        }
        table.pointee.tracedWords = next * 2
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
        var place = DictRef.start(hash(entry: entry), Int(table.pointee.logSize))
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
        entries[entry &* 2] = .empty
        entries[entry &* 2 &+ 1] = .empty
        pointer.pointee.count -= 1
        if takesBack && pointer.pointee.count == 0 {
            table.pointee.tracedWords = 0
            table.pointee.lost = 0
            memset(base, 0xFF, (mask + 1) << Int(table.pointee.logWidth))
        } else if takesBack && entry == used - 1 {
            // The last entry is taken back, and the holes before it, so that a stack-like dict neither grows nor is searched for its end.
            var end = entry
            while end > 0 && key(at: end - 1).isEmpty { end -= 1 }
            table.pointee.tracedWords = end * 2
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
            for other in 0 ..< entry where !key(at: other).isEmpty { before += 1 }
            guard resize(thread, atLeast: count * 2 + 4, leading: target + 1) else { return nil }
            entry = target + 1 + before
        }
        let table = pointer.pointee.table.object(DictTable.self)
        let mask = 1 << Int(table.pointee.logSize) - 1
        let base = DictRef.indexBase(table)
        let words = entries
        var place = DictRef.start(hash(entry: entry), Int(table.pointee.logSize))
        while DictRef.readIndex(base, table.pointee.logWidth, place) != entry { place = (place + 1) & mask }
        DictRef.writeIndex(base, table.pointee.logWidth, place, target)
        if !DictRef.isPlain(table) { DictRef.hashes(table)[target] = DictRef.hashes(table)[entry] }
        for index in 0 ..< 2 {
            words[target * 2 + index] = words[entry * 2 + index]
            words[entry * 2 + index] = .empty
        }
        moved()
        return target
    }

    /// Frees the deleted places of the index.
    @inline(never) private func cleanIndex() {
        let table = pointer.pointee.table.object(DictTable.self)
        memset(DictRef.indexBase(table), 0xFF, 1 << Int(table.pointee.logSize + table.pointee.logWidth))
        table.pointee.lost = 0
        for entry in 0 ..< used where !key(at: entry).isEmpty { DictRef.place(table, hash(entry: entry), entry) }
    }

    /// Removes a key: its value, or empty when there was none or something raised.
    public func remove(_ thread: ThreadRef, _ key: Value) -> Value {
        let hash = thread.hash(key)
        if hash == -1 && thread.hasException { return .empty }
        let entry = find(thread, key, hash: hash)
        if entry < 0 { return .empty }
        let value = item(at: entry)
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
            let words = entries + position * 2
            position += 1
            if !words[0].isEmpty { return (words[0], words[1]) }
        }
        return nil
    }

    /// Number of the next live entry at or after `position`, or -1.
    @inlinable @inline(__always) public func nextEntry(_ position: Int) -> Int {
        let limit = used
        var entry = position
        while entry < limit {
            if !key(at: entry).isEmpty { return entry }
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
            let bytes = DictRef.bytes(table.object(DictTable.self))
            guard bytes <= Heap.cellSize(table.raw), let raw = Heap.allocateUncleared(bytes, shape: TypeID.dictTable.rawValue) else { return raiseOutOfMemory() }
            raw.assumingMemoryBound(to: DictTable.self).pointee.header.flags = table.object(DictTable.self).pointee.header.flags
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
