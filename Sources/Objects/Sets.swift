/// Sets: open-addressing hash tables of keys. The methods of `set` and `frozenset` are in `ContainerTypes`.
///
/// A table comes in two forms. As long as all keys are *plain*, small ints and strings, whose hashes are at hand, it is an array of keys; a free place has a zero
/// word. Any other key turns it into an array of pairs (hash as a small int, key) with every key in its place: a free place has two zero words, a deleted one
/// a zero key; the hashes' `HighBits` are behind the pairs. A search looks at a few neighbours and then jumps by the hash's upper bits, so that
/// neither runs of small ints nor strides of powers of two cluster. The table is replaced as a whole when it is too full, so that
/// a lookup interrupted by `__eq__` notices and starts again.
///
/// Most sets stay small, and many are only filled and counted or asked. A set of at most eight small ints therefore begins as a *list*: its keys in the order
/// in which they came, compared one by one. Who walks over the keys, removes one, or looks for anything but a small int first has them put into the places that
/// a table would have given them from the start.
import Glibc

public struct SetTable {
    public var header: ObjectHeader
    /// Words of all places, which the collector traces.
    public var tracedWords: Int
    /// Number of places less one; 0 in a list.
    public var mask: Int
    // Then the places.

    /// Small ints in the order of their coming, of which the collector need not know.
    @inlinable public var isList: Bool { @inline(__always) get { mask == 0 } }
    /// Keys that a list has room for.
    @inlinable public static var listed: Int { 8 }
    /// Words after the head.
    @inlinable public var words: Int { isList ? SetTable.listed : tracedWords }

    /// A place is a key alone.
    @inlinable public var isPlain: Bool { @inline(__always) get { tracedWords <= mask &+ 1 } }
    /// Bytes of the whole.
    var size: Int { MemoryLayout<SetTable>.size + words * 8 + (isPlain ? 0 : HighBits.size(mask + 1)) }
}

/// The places where a hash is looked for, one after the other.
@usableFromInline struct SetProbe {
    @usableFromInline static let neighbours = 9
    @usableFromInline let mask: Int
    @usableFromInline var place: Int
    private var start: Int
    private var last: Int
    private var perturb: UInt

    @inline(__always) init(_ hash: Int, mask: Int) {
        self.mask = mask
        start = hash & mask
        place = start
        // The highest bit is not kept beside a key (see `entry`).
        perturb = UInt(bitPattern: (hash << 1) >> 1)
        last = start + SetProbe.neighbours <= mask ? start + SetProbe.neighbours : start
    }

    @inline(__always) mutating func advance() {
        if place < last {
            place &+= 1
            return
        }
        perturb >>= 5
        start = Int(bitPattern: UInt(bitPattern: start) &* 5 &+ 1 &+ perturb) & mask
        place = start
        last = start + SetProbe.neighbours <= mask ? start + SetProbe.neighbours : start
    }
}

public struct SetRef {
    public let pointer: UnsafeMutablePointer<SetObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(SetObject.self) }
    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.count } }
    /// Places of the table, or of the one that a list would become; 0 when there is none yet.
    @inlinable public var places: Int {
        @inline(__always) get { pointer.pointee.table.isEmpty ? 0 : isList ? SetRef.places(forListed: count) : pointer.pointee.table.object(SetTable.self).pointee.mask &+ 1 }
    }
    /// Only while there is a table.
    @inlinable var isList: Bool { @inline(__always) get { pointer.pointee.table.object(SetTable.self).pointee.isList } }
    /// The words of the places. Only while there is a table and it is not replaced.
    @inlinable var words: UnsafeMutablePointer<Value> { @inline(__always) get { SetRef.words(of: pointer.pointee.table) } }
    @inlinable static func words(of table: Value) -> UnsafeMutablePointer<Value> { (table.raw + MemoryLayout<SetTable>.size).assumingMemoryBound(to: Value.self) }
    /// Places hold keys alone. Only while there is a table.
    @inlinable var isPlain: Bool { @inline(__always) get { pointer.pointee.table.object(SetTable.self).pointee.isPlain } }

    /// The hash word of a deleted place of pairs, and the key of one of keys.
    @inlinable static var deleted: Value { @inline(__always) get { .none } }

    /// Whether the key has its hash at hand.
    @inlinable @inline(__always) static func isPlain(_ key: Value) -> Bool { key.isSmallInt || key.isExact(.str) }
    @inlinable @inline(__always) public static func plainHash(_ key: Value) -> Int { key.isSmallInt ? Hashing.int(key.smallInt) : StringRef(key).hash }

    static func highBits(_ table: Value) -> HighBits { HighBits(at: words(of: table) + table.object(SetTable.self).pointee.tracedWords) }

    /// The hash of the key at a place of pairs.
    @usableFromInline func pairHash(_ place: Int) -> Int { SetRef.highBits(pointer.pointee.table).whole(words[place &* 2], at: place) }

    // MARK: Lookup

    /// The place of a key; -1 when there is none, -2 when a comparison has raised. Most searches end where they begin.
    @inlinable @inline(__always) public func find(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        let table = pointer.pointee.table
        if table.isEmpty { return -1 }
        let place = hash & table.object(SetTable.self).pointee.mask
        if isPlain {
            let found = words[place]
            if found == key && found != SetRef.deleted { return place }
            if found.isEmpty { return -1 }
            return isList && key.isSmallInt ? findListed(key) : findSlow(thread, key, hash: hash)
        }
        let pair = words + place &* 2
        if pair[1] == key { return place }
        return pair[0].isEmpty ? -1 : findSlow(thread, key, hash: hash)
    }

    /// The place of a small int or a string: -1 when there is none, -3 when something that is neither has the same hash.
    public func findPlain(_ key: Value, hash: Int) -> Int {
        if pointer.pointee.table.isEmpty { return -1 }
        if isList { return findListed(key) }
        let (place, isFree) = search(key, hash: hash)
        return isFree ? -1 : place
    }

    /// The index of a small int or a string in a list of small ints; -1 when it is not there. All are looked at: that costs less than a jump not foreseen.
    @inlinable @inline(__always) func findListed(_ key: Value) -> Int {
        let keys = words
        var found = -1
        for index in 0 ..< SetTable.listed { found = keys[index] == key ? index : found }
        return found
    }

    /// The place of a small int or a string, or the free place where it belongs. -3 when something that is neither has the same hash.
    @inline(__always) func search(_ key: Value, hash: Int) -> (place: Int, isFree: Bool) {
        let words = self.words
        var probe = SetProbe(hash, mask: pointer.pointee.table.object(SetTable.self).pointee.mask)
        if isPlain {
            while true {
                let candidate = words[probe.place]
                if candidate == key { return (probe.place, false) }
                if candidate.isEmpty { return (probe.place, true) }
                if candidate.isPointer && key.isPointer && StringRef(candidate).hash == hash && StringRef(candidate).equals(StringRef(key)) { return (probe.place, false) }
                probe.advance()
            }
        }
        let tagged = Value(small: hash)
        while true {
            let word = words[probe.place &* 2], candidate = words[probe.place &* 2 + 1]
            if candidate == key { return (probe.place, false) }
            if word.isEmpty { return (probe.place, true) }
            // Other small ints are equal only when they are the same word.
            if word == tagged && !candidate.isEmpty && !Value.bothSmall(candidate, key) {
                guard candidate.isExact(.str) && key.isExact(.str) else { return (-3, false) }
                if StringRef(candidate).equals(StringRef(key)) { return (probe.place, false) }
            }
            probe.advance()
        }
    }

    @inline(never) @usableFromInline func findSlow(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        if SetRef.isPlain(key) {
            let place = findPlain(key, hash: hash)
            if place != -3 { return place }
        }
        if !pointer.pointee.table.isEmpty && isList && !placeListed() {
            thread.raiseOutOfMemory()
            return -2
        }
        let tagged = Value(small: hash)
        restart: while true {
            let table = pointer.pointee.table
            if table.isEmpty { return -1 }
            var probe = SetProbe(hash, mask: table.object(SetTable.self).pointee.mask)
            while true {
                let (word, candidate) = entry(probe.place)
                if word == tagged && !candidate.isEmpty {
                    if candidate == key { return probe.place }
                    let same = thread.isEqual(candidate, key)
                    if same < 0 { return -2 }
                    if pointer.pointee.table != table || entry(probe.place).key != candidate { continue restart }
                    if same > 0 { return probe.place }
                } else if word.isEmpty {
                    return -1
                }
                probe.advance()
            }
        }
    }

    /// The key at a place, empty when there is none, with its hash as a small int, which only a free place has not: without the highest bit.
    @inlinable @inline(__always) func entry(_ place: Int) -> (hash: Value, key: Value) {
        if !isPlain { return (words[place &* 2], words[place &* 2 + 1]) }
        let key = words[place]
        if key.isEmpty { return (.empty, .empty) }
        return key == SetRef.deleted ? (key, .empty) : (Value(small: SetRef.plainHash(key)), key)
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
        _ = set.walk { _, hash in
            let h = UInt64(bitPattern: Int64(hash))
            result ^= ((h ^ 89869747) ^ (h << 16)) &* 3644798167
            return true
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
        if SetRef.isPlain(key) {
            let added = addPlain(thread, key, hash: hash)
            if added != -3 { return added >= 0 }
        }
        return addGeneral(thread, key, hash: hash)
    }

    /// Adds a small int or a string: 1 when it was not there, 0 when it was, -1 when there is no memory, and -3, with nothing done, when something that is neither has the same hash.
    public func addPlain(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        if pointer.pointee.table.isEmpty { return insert(thread, key, hash: hash) ? 1 : -1 }
        if isList {
            if findListed(key) >= 0 { return 0 }
            if appendListed(key) { return 1 }
            guard placeListed() else { thread.raiseOutOfMemory(); return -1 }
        }
        let (place, isFree) = search(key, hash: hash)
        if !isFree { return place >= 0 ? 0 : place }
        return put(thread, count == pointer.pointee.fill ? place : freePlace(hash), key, hash) ? 1 : -1
    }

    private func addGeneral(_ thread: ThreadRef, _ key: Value, hash: Int) -> Bool {
        let place = find(thread, key, hash: hash)
        if place >= 0 { return true }
        if place == -2 { return false }
        return insert(thread, key, hash: hash)
    }

    /// Adds a key known to be absent.
    public func insert(_ thread: ThreadRef, _ key: Value, hash: Int) -> Bool {
        if pointer.pointee.table.isEmpty {
            if key.isSmallInt { return makeList(thread, key) }
            guard resize(thread, atLeast: 0, isPlain: SetRef.isPlain(key)) else { return false }
        } else if isList {
            if appendListed(key) { return true }
            guard placeListed() else { thread.raiseOutOfMemory(); return false }
        }
        if isPlain && !SetRef.isPlain(key) { guard becomePairs(thread) else { return false } }
        return put(thread, freePlace(hash), key, hash)
    }

    /// The place for a key that is not there: the last deleted one that a search for it passes, or else the free one where the search ends.
    private func freePlace(_ hash: Int) -> Int {
        var probe = SetProbe(hash, mask: pointer.pointee.table.object(SetTable.self).pointee.mask), deleted = -1
        let words = self.words, width = isPlain ? 1 : 2
        while !words[probe.place &* width].isEmpty {
            if words[probe.place &* width] == SetRef.deleted { deleted = probe.place }
            probe.advance()
        }
        return deleted >= 0 ? deleted : probe.place
    }

    /// Puts a key into a place without one. False when there is no memory for the larger table that is due (raised).
    @inline(__always) private func put(_ thread: ThreadRef, _ place: Int, _ key: Value, _ hash: Int) -> Bool {
        let table = pointer.pointee.table, mask = table.object(SetTable.self).pointee.mask, words = self.words
        pointer.pointee.count += 1
        let wasFree: Bool
        if isPlain {
            wasFree = words[place].isEmpty
            words[place] = key
        } else {
            wasFree = words[place &* 2].isEmpty
            words[place &* 2] = Value(small: hash)
            words[place &* 2 + 1] = key
            SetRef.highBits(table)[place] = HighBits.lost(hash)
        }
        if !key.isSmallInt { Heap.barrier(table.raw) }
        return !wasFree || fillPlace(thread, mask)
    }

    /// Counts a place that was free and is so no longer. False when there is no memory for the larger table that is due (raised).
    @inline(__always) func fillPlace(_ thread: ThreadRef, _ mask: Int) -> Bool {
        pointer.pointee.fill += 1
        if SetRef.hasRoom(pointer.pointee.fill, mask) { return true }
        return resize(thread, atLeast: count > 50000 ? count * 2 : count * 4)
    }

    /// Whether so many used places leave enough free ones.
    @inlinable @inline(__always) static func hasRoom(_ fill: Int, _ mask: Int) -> Bool { fill * 5 < mask * 3 }

    /// A table of so many places, a power of two; empty when there is no memory.
    static func makeTable(_ thread: ThreadRef, _ places: Int, isPlain: Bool) -> Value { newTable(places, isPlain: isPlain) ?? thread.raiseOutOfMemory() }

    /// A table of so many places, a power of two; nil when there is no memory, which is not raised.
    private static func newTable(_ places: Int, isPlain: Bool) -> Value? {
        guard places < 1 << 40 else { return nil }
        let words = isPlain ? places : places * 2, table = SetTable(header: ObjectHeader(), tracedWords: words, mask: places - 1)
        guard let raw = Heap.allocate(table.size, shape: TypeID.setTable.rawValue) else { return nil }
        raw.assumingMemoryBound(to: SetTable.self).pointee.tracedWords = words
        raw.assumingMemoryBound(to: SetTable.self).pointee.mask = places - 1
        return Value(raw)
    }

    // MARK: Lists of small ints

    /// The first key of a set that has no table. False when there is no memory (raised).
    private func makeList(_ thread: ThreadRef, _ key: Value) -> Bool {
        guard let raw = Heap.allocate(MemoryLayout<SetTable>.size + SetTable.listed * 8, shape: TypeID.setTable.rawValue) else { thread.raiseOutOfMemory(); return false }
        replaceTable(Value(raw))
        pointer.pointee.count = 0
        return appendListed(key)
    }

    /// Adds a key that is not there to a list. False when it is no small int or there is no room.
    @inline(__always) private func appendListed(_ key: Value) -> Bool {
        let count = self.count
        if !key.isSmallInt || count == SetTable.listed { return false }
        words[count] = key
        pointer.pointee.count = count + 1
        pointer.pointee.fill = count + 1
        return true
    }

    /// Places of the table to which so many keys grow.
    @usableFromInline static func places(forListed count: Int) -> Int { hasRoom(count, 7) ? 8 : 32 }

    /// Puts the keys of a list into their places in a table, as if it had been one always. False when there is no memory, which is not raised.
    @inline(never) @usableFromInline func placeListed() -> Bool {
        func add(_ keys: UnsafeMutablePointer<Value>, _ mask: Int, _ key: Value) {
            var probe = SetProbe(SetRef.plainHash(key), mask: mask)
            while !keys[probe.place].isEmpty { probe.advance() }
            keys[probe.place] = key
        }
        let count = self.count, places = SetRef.places(forListed: count)
        guard let table = SetRef.newTable(places, isPlain: true) else { return false }
        let keys = words, target = SetRef.words(of: table)
        var next = 0
        if places > 8 {
            // A table grows when it gets the first key that leaves too few places free, and takes the former ones in the order of their places.
            withUnsafeTemporaryAllocation(of: Value.self, capacity: 8) { small in
                small.initialize(repeating: .empty)
                while SetRef.hasRoom(next, 7) {
                    add(small.baseAddress.unsafelyUnwrapped, 7, keys[next])
                    next += 1
                }
                for key in small where !key.isEmpty { add(target, places - 1, key) }
            }
        }
        while next < count {
            add(target, places - 1, keys[next])
            next += 1
        }
        replaceTable(table)
        return true
    }

    func replaceTable(_ table: Value) {
        pointer.pointee.table = table
        Heap.barrier(UnsafeMutableRawPointer(pointer))
    }

    /// The least number of places that is more than `wanted`.
    static func places(atLeast wanted: Int) -> Int {
        var size = 8
        while size <= wanted { size <<= 1 }
        return size
    }

    /// Replaces the table by one with more than `wanted` places, without deleted ones. The first table is for plain keys or not.
    public func resize(_ thread: ThreadRef, atLeast wanted: Int, isPlain plain: Bool = false) -> Bool {
        if !pointer.pointee.table.isEmpty && isList && !placeListed() { thread.raiseOutOfMemory(); return false }
        let size = SetRef.places(atLeast: wanted), old = places
        let table = SetRef.makeTable(thread, size, isPlain: old > 0 ? isPlain : plain)
        if table.isEmpty { return false }
        if old > 0 { placeKeys(in: table) }
        pointer.pointee.fill = count
        replaceTable(table)
        return true
    }

    /// Puts the keys of the table into another of the same form that is empty and has room for them.
    func placeKeys(in table: Value) {
        let places = self.places, source = words, target = SetRef.words(of: table), mask = table.object(SetTable.self).pointee.mask
        if isPlain {
            for place in 0 ..< places {
                let key = source[place]
                if key.isEmpty || key == SetRef.deleted { continue }
                var probe = SetProbe(SetRef.plainHash(key), mask: mask)
                while !target[probe.place].isEmpty { probe.advance() }
                target[probe.place] = key
            }
            return
        }
        let high = SetRef.highBits(pointer.pointee.table), targetHigh = SetRef.highBits(table)
        for place in 0 ..< places where !source[place &* 2 + 1].isEmpty {
            var probe = SetProbe(source[place &* 2].smallInt, mask: mask)
            while !target[probe.place &* 2].isEmpty { probe.advance() }
            (target[probe.place &* 2], target[probe.place &* 2 + 1]) = (source[place &* 2], source[place &* 2 + 1])
            targetHigh[probe.place] = high[place]
        }
    }

    /// Turns a table of plain keys into one of pairs. False when there is no memory.
    private func becomePairs(_ thread: ThreadRef) -> Bool {
        let table = SetRef.makeTable(thread, places, isPlain: false)
        if table.isEmpty { return false }
        let new = SetRef.words(of: table)
        let high = SetRef.highBits(table)
        for place in 0 ..< places {
            let (hash, key) = entry(place)
            (new[place * 2], new[place * 2 + 1]) = (hash, key)
            if !key.isEmpty { high[place] = HighBits.lost(SetRef.plainHash(key)) }
        }
        replaceTable(table)
        return true
    }

    /// Removes the key at a place.
    public func remove(place: Int) {
        if isList { return removeListed(place) }
        if isPlain {
            words[place] = SetRef.deleted
        } else {
            words[place * 2] = SetRef.deleted
            words[place * 2 + 1] = .empty
        }
        pointer.pointee.count -= 1
    }

    private func removeListed(_ index: Int) {
        let key = words[index]
        if placeListed() { return remove(place: search(key, hash: SetRef.plainHash(key)).place) }
        // There is no memory for a table: only the order of the others suffers.
        for later in index ..< SetTable.listed - 1 { words[later] = words[later + 1] }
        words[SetTable.listed - 1] = .empty
        pointer.pointee.count -= 1
        pointer.pointee.fill -= 1
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

    /// The places of the table, which a list becomes if there is memory for it.
    @inlinable var walkedPlaces: Int {
        @inline(__always) get {
            if pointer.pointee.table.isEmpty { return 0 }
            if isList && !placeListed() { return SetTable.listed }
            return pointer.pointee.table.object(SetTable.self).pointee.mask &+ 1
        }
    }

    /// The next key at or after `position`, which moves past it; empty at the end.
    @inlinable @inline(__always) public func next(_ position: inout Int) -> Value {
        let limit = walkedPlaces
        while position < limit {
            let key = isPlain ? words[position] : words[position &* 2 + 1]
            position += 1
            // A key alone is never None.
            if !key.isEmpty && (key != SetRef.deleted || !isPlain) { return key }
        }
        return .empty
    }

    /// The next key with its hash; nil at the end.
    @inlinable @inline(__always) public func nextEntry(_ position: inout Int) -> (key: Value, hash: Int)? {
        let limit = walkedPlaces
        while position < limit {
            let key = entry(position).key
            position += 1
            if !key.isEmpty { return (key, isPlain ? SetRef.plainHash(key) : pairHash(position - 1)) }
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
}
