/// Sets: open-addressing hash tables of keys. The methods of `set` and `frozenset` are in `ContainerTypes`.
///
/// A table is an array of pairs (hash as a small int, key). A free place has two zero words; a deleted one a zero key and a
/// non-zero hash word. A search looks at a few neighbours and then jumps by the hash's upper bits, so that
/// neither runs of small ints nor strides of powers of two cluster. The table is replaced as a whole when it is too full, so that
/// a lookup interrupted by `__eq__` notices and starts again.
import Glibc

public struct SetTable {
    public var header: ObjectHeader
    /// Words of all places, which the collector traces.
    public var tracedWords: Int
    /// Number of places less one.
    public var mask: Int
    // Then the pairs.
}

public struct SetRef {
    public let pointer: UnsafeMutablePointer<SetObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(SetObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }
    /// Places of the table; 0 when there is none yet.
    @inlinable public var places: Int {
        @inline(__always) get { pointer.pointee.table.isEmpty ? 0 : pointer.pointee.table.object(SetTable.self).pointee.mask &+ 1 }
    }
    /// The pairs. Only while there is a table and it is not replaced.
    @inlinable public var pairs: UnsafeMutablePointer<Value> {
        @inline(__always) get { (pointer.pointee.table.raw + MemoryLayout<SetTable>.size).assumingMemoryBound(to: Value.self) }
    }

    @usableFromInline static let neighbours = 9
    /// The hash word of a deleted place.
    static var deleted: Value { @inline(__always) get { .none } }

    // MARK: Lookup

    /// The place of a key; -1 when there is none, -2 when a comparison has raised. Most searches end where they begin.
    @inlinable @inline(__always) public func find(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        let table = pointer.pointee.table
        if table.isEmpty { return -1 }
        let place = hash & table.object(SetTable.self).pointee.mask
        let pair = pairs + place &* 2
        if pair[1] == key { return place }
        return pair[0].isEmpty ? -1 : findSlow(thread, key, hash: hash)
    }

    /// The place of a small int or a string: -1 when there is none, -3 when something that is neither has the same hash.
    public func findPlain(_ key: Value, hash: Int) -> Int {
        if pointer.pointee.table.isEmpty { return -1 }
        let (place, isFree) = search(key, hash: hash)
        return isFree ? -1 : place
    }

    /// The place of a small int or a string, or the free place where it belongs. -3 when something that is neither has the same hash.
    @inline(__always) private func search(_ key: Value, hash: Int) -> (place: Int, isFree: Bool) {
        let mask = pointer.pointee.table.object(SetTable.self).pointee.mask, pairs = self.pairs
        let tagged = Value(small: hash)
        var perturb = UInt(bitPattern: hash)
        var start = hash & mask
        while true {
            var place = start
            let last = start + SetRef.neighbours <= mask ? start + SetRef.neighbours : start
            while place <= last {
                let word = pairs[place &* 2], candidate = pairs[place &* 2 + 1]
                if candidate == key { return (place, false) }
                if word.isEmpty { return (place, true) }
                // Other small ints are equal only when they are the same word.
                if word == tagged && !candidate.isEmpty && !Value.bothSmall(candidate, key) {
                    guard candidate.isExact(.str) && key.isExact(.str) else { return (-3, false) }
                    if StringRef(candidate).equals(StringRef(key)) { return (place, false) }
                }
                place &+= 1
            }
            perturb >>= 5
            start = Int(bitPattern: UInt(bitPattern: start) &* 5 &+ 1 &+ perturb) & mask
        }
    }

    @inline(never) public func findSlow(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        if key.isSmallInt || key.isExact(.str) {
            let place = findPlain(key, hash: hash)
            if place != -3 { return place }
        }
        restart: while true {
            let table = pointer.pointee.table
            if table.isEmpty { return -1 }
            let mask = table.object(SetTable.self).pointee.mask
            let pairs = self.pairs
            let tagged = Value(small: hash)
            var perturb = UInt(bitPattern: hash)
            var start = hash & mask
            while true {
                var place = start
                let last = start + SetRef.neighbours <= mask ? start + SetRef.neighbours : start
                while place <= last {
                    let word = pairs[place &* 2]
                    let candidate = pairs[place &* 2 + 1]
                    if word == tagged && !candidate.isEmpty {
                        if candidate == key { return place }
                        let same = thread.isEqual(candidate, key)
                        if same < 0 { return -2 }
                        if pointer.pointee.table != table || pairs[place &* 2 + 1] != candidate { continue restart }
                        if same > 0 { return place }
                    } else if word.isEmpty {
                        return -1
                    }
                    place &+= 1
                }
                perturb >>= 5
                start = Int(bitPattern: UInt(bitPattern: start) &* 5 &+ 1 &+ perturb) & mask
            }
        }
    }

    /// hash(key), or nil when it has raised.
    @inline(__always) public static func hash(_ thread: ThreadRef, _ key: Value) -> Int? {
        let hash = thread.hash(key)
        return hash == -1 && thread.hasException ? nil : hash
    }

    /// The hash to look a key up by: a set, which has none, is looked up as the frozenset of its items. nil when it has raised.
    @inline(__always) public static func lookupHash(_ thread: ThreadRef, _ key: Value) -> Int? {
        if key.isPointer && key.type.has(.setSubclass) && key.type.slotPointer(.hash).pointee == TypeID.set.type.slotPointer(.hash).pointee { return itemsHash(key) }
        return hash(thread, key)
    }

    /// The hash of a frozenset with the set's items.
    public static func itemsHash(_ value: Value) -> Int {
        let set = SetRef(value)
        var result: UInt64 = 0
        var position = 0
        while let (_, hash) = set.nextEntry(&position) {
            let h = UInt64(bitPattern: Int64(hash))
            result ^= ((h ^ 89869747) ^ (h << 16)) &* 3644798167
        }
        result ^= (UInt64(set.count) &+ 1) &* 1927868237
        result ^= (result >> 11) ^ (result >> 25)
        result = result &* 69069 &+ 907133923
        let hash = Int(bitPattern: UInt(result))
        return hash == -1 || hash == 0 ? 590923713 : hash
    }

    /// 1, 0, or -1 when it has raised.
    public func contains(_ thread: ThreadRef, _ key: Value) -> Int32 {
        guard let hash = SetRef.lookupHash(thread, key) else { return -1 }
        let place = find(thread, key, hash: hash)
        return place >= 0 ? 1 : place == -1 ? 0 : -1
    }

    // MARK: Change

    /// Adds a key. False when it has raised.
    public func add(_ thread: ThreadRef, _ key: Value) -> Bool {
        guard let hash = SetRef.hash(thread, key) else { return false }
        return add(thread, key, hash: hash)
    }

    public func add(_ thread: ThreadRef, _ key: Value, hash: Int) -> Bool {
        if key.isSmallInt || key.isExact(.str) {
            let added = addPlain(thread, key, hash: hash)
            if added != -3 { return added >= 0 }
        }
        return addGeneral(thread, key, hash: hash)
    }

    /// Adds a small int or a string: 1 when it was not there, 0 when it was, -1 when there is no memory, and -3, with nothing done, when something that is neither has the same hash.
    public func addPlain(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        if pointer.pointee.table.isEmpty { return insert(thread, key, hash: hash) ? 1 : -1 }
        let (place, isFree) = search(key, hash: hash)
        if !isFree { return place >= 0 ? 0 : place }
        let table = pointer.pointee.table
        pairs[place &* 2] = Value(small: hash)
        pairs[place &* 2 + 1] = key
        if !key.isSmallInt { Heap.barrier(table.raw) }
        return noteInsertion(thread, table.object(SetTable.self).pointee.mask) ? 1 : -1
    }

    private func addGeneral(_ thread: ThreadRef, _ key: Value, hash: Int) -> Bool {
        let place = find(thread, key, hash: hash)
        if place >= 0 { return true }
        if place == -2 { return false }
        return insert(thread, key, hash: hash)
    }

    /// Adds a key known to be absent.
    public func insert(_ thread: ThreadRef, _ key: Value, hash: Int) -> Bool {
        if pointer.pointee.table.isEmpty { guard resize(thread, atLeast: 0) else { return false } }
        let table = pointer.pointee.table
        SetRef.store(table, key, hash)
        Heap.barrier(table.raw)
        return noteInsertion(thread, table.object(SetTable.self).pointee.mask)
    }

    /// A key was put into a free place of the table. False when there is no memory for the larger table that is due.
    @inline(__always) private func noteInsertion(_ thread: ThreadRef, _ mask: Int) -> Bool {
        pointer.pointee.count += 1
        pointer.pointee.fill += 1
        if pointer.pointee.fill * 5 < mask * 3 { return true }
        return resize(thread, atLeast: count > 50000 ? count * 2 : count * 4)
    }

    @inline(__always) private static func store(_ table: Value, _ key: Value, _ hash: Int) {
        let mask = table.object(SetTable.self).pointee.mask
        let pairs = (table.raw + MemoryLayout<SetTable>.size).assumingMemoryBound(to: Value.self)
        var perturb = UInt(bitPattern: hash)
        var start = hash & mask
        while true {
            var place = start
            let last = start + SetRef.neighbours <= mask ? start + SetRef.neighbours : start
            while place <= last {
                if pairs[place &* 2].isEmpty {
                    pairs[place &* 2] = Value(small: hash)
                    pairs[place &* 2 + 1] = key
                    return
                }
                place &+= 1
            }
            perturb >>= 5
            start = Int(bitPattern: UInt(bitPattern: start) &* 5 &+ 1 &+ perturb) & mask
        }
    }

    /// Replaces the table by one with more than `wanted` places, without deleted ones.
    public func resize(_ thread: ThreadRef, atLeast wanted: Int) -> Bool {
        var size = 8
        while size <= wanted { size <<= 1 }
        guard size < 1 << 40, let raw = Heap.allocate(MemoryLayout<SetTable>.size + size * 16, shape: TypeID.setTable.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        raw.assumingMemoryBound(to: SetTable.self).pointee.tracedWords = size * 2
        raw.assumingMemoryBound(to: SetTable.self).pointee.mask = size - 1
        let table = Value(raw)
        let old = places
        if old > 0 {
            let source = pairs
            for place in 0 ..< old where !source[place * 2 + 1].isEmpty { SetRef.store(table, source[place * 2 + 1], source[place * 2].smallInt) }
        }
        pointer.pointee.table = table
        pointer.pointee.fill = count
        Heap.barrier(UnsafeMutableRawPointer(pointer))
        return true
    }

    /// Removes the key at a place.
    public func remove(place: Int) {
        pairs[place * 2] = SetRef.deleted
        pairs[place * 2 + 1] = .empty
        pointer.pointee.count -= 1
    }

    /// Removes a key: 1 when it was there, 0 when not, -1 when it has raised.
    public func discard(_ thread: ThreadRef, _ key: Value) -> Int32 {
        guard let hash = SetRef.hash(thread, key) else { return -1 }
        let place = find(thread, key, hash: hash)
        if place < 0 { return place == -1 ? 0 : -1 }
        remove(place: place)
        return 1
    }

    public func clear() {
        pointer.pointee.table = .empty
        pointer.pointee.count = 0
        pointer.pointee.fill = 0
    }

    // MARK: Iteration

    /// The next key at or after `position`, which moves past it; empty at the end.
    @inlinable @inline(__always) public func next(_ position: inout Int) -> Value {
        let limit = places
        while position < limit {
            let key = pairs[position &* 2 + 1]
            position += 1
            if !key.isEmpty { return key }
        }
        return .empty
    }

    /// The next key with its hash; nil at the end.
    @inlinable @inline(__always) public func nextEntry(_ position: inout Int) -> (key: Value, hash: Int)? {
        let limit = places
        while position < limit {
            let word = pairs[position &* 2]
            let key = pairs[position &* 2 + 1]
            position += 1
            if !key.isEmpty { return (key, word.smallInt) }
        }
        return nil
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// An empty set.
    public func newSet() -> Value {
        guard let raw = Heap.allocate(MemoryLayout<SetObject>.size, shape: TypeID.set.rawValue) else { return raiseOutOfMemory() }
        return Value(raw)
    }

    /// A frozenset to be filled at once.
    public func newFrozenSet() -> Value {
        guard let raw = Heap.allocate(MemoryLayout<SetObject>.size, shape: TypeID.frozenset.rawValue) else { return raiseOutOfMemory() }
        return Value(raw)
    }

    /// Makes the table of an empty set a copy of another's.
    public func copySetTable(_ target: SetRef, _ source: SetRef) -> Bool {
        if source.count == 0 { return true }
        if source.pointer.pointee.fill == source.count {
            let bytes = MemoryLayout<SetTable>.size + source.places * 16
            guard let raw = Heap.allocate(bytes, shape: TypeID.setTable.rawValue) else { raiseOutOfMemory(); return false }
            memcpy(raw + 8, source.pointer.pointee.table.raw + 8, bytes - 8)
            target.pointer.pointee.table = Value(raw)
            target.pointer.pointee.fill = source.count
            target.pointer.pointee.count = source.count
            Heap.barrier(UnsafeMutableRawPointer(target.pointer))
            return true
        }
        guard target.resize(self, atLeast: source.count * 2) else { return false }
        var position = 0
        while let (key, hash) = source.nextEntry(&position) {
            guard target.insert(self, key, hash: hash) else { return false }
        }
        return true
    }

    /// set.update(iterable). False when it has raised.
    public func update(_ set: SetRef, _ iterable: Value) -> Bool {
        if iterable.isExact(.set) || iterable.isExact(.frozenset) || iterable.has(.setSubclass) || iterable.has(.frozenSetSubclass) {
            let source = SetRef(iterable)
            if source.pointer == set.pointer { return true }
            if set.pointer.pointee.fill == 0 && set.count == 0 { return copySetTable(set, source) }
            if (set.pointer.pointee.fill + source.count) * 5 >= set.places * 3 {
                guard set.resize(self, atLeast: (set.count + source.count) * 2) else { return false }
            }
            var position = 0
            while let (key, hash) = source.nextEntry(&position) {
                guard set.add(self, key, hash: hash) else { return false }
            }
            return true
        }
        if iterable.isExact(.generator), set.value.isExact(.set), let done = RuntimeHooks.takeAll(self, iterable, set.value) { return done }
        if iterable.isExact(.dict) {
            let source = DictRef(iterable)
            var entry = source.nextEntry(0)
            while entry >= 0 {
                let key = source.entries[entry * 3 + 1]
                guard set.add(self, key, hash: source.entries[entry * 3].smallInt) else { return false }
                entry = source.nextEntry(entry + 1)
            }
            return true
        }
        return forEach(iterable) { set.add(self, $0) }
    }
}
