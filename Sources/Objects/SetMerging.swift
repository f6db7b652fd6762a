/// What is done with whole sets: walking over a table, copying it, and putting the keys of one into another.
///
/// The order of a set's keys is CPython's, so tables grow when and to what they grow there, and keys come to their places in the same order. Within that, no key is hashed again, the form of
/// a table is looked at once a walk, and what is known to be absent is placed without being looked up.
import Glibc

extension SetRef {
    /// How many places ahead of a walk over plain keys the strings are fetched from memory, where their hashes are.
    private static var lookahead: Int { 8 }

    /// Calls `body` with each key and its hash in the order of the places, until it returns false, and returns whether it never did. If the table is replaced meanwhile, the walk goes on in the new one at the
    /// same place.
    @inline(__always) func walk(_ body: (_ key: Value, _ hash: Int) -> Bool) -> Bool {
        let limit = walkedPlaces
        if limit == 0 { return true }
        var place = 0
        if isList {
            // There was no memory for a table.
            while place < count {
                place += 1
                if !body(words[place - 1], SetRef.plainHash(words[place - 1])) { return false }
            }
            return true
        }
        while !pointer.pointee.table.isEmpty {
            let table = pointer.pointee.table, mask = table.object(SetTable.self).pointee.mask, words = SetRef.words(of: table)
            if table.object(SetTable.self).pointee.isPlain {
                while place <= mask {
                    let key = words[place]
                    place &+= 1
                    if key.isEmpty || key == SetRef.deleted { continue }
                    if place &+ SetRef.lookahead <= mask, case let later = words[place &+ SetRef.lookahead], later.isPointer { taipan_prefetch(UInt(later.bits)) }
                    if !body(key, SetRef.plainHash(key)) { return false }
                    if pointer.pointee.table != table { break }
                }
            } else {
                let high = SetRef.highBits(table)
                while place <= mask {
                    let key = words[place &* 2 &+ 1]
                    place &+= 1
                    if key.isEmpty { continue }
                    if !body(key, high.whole(words[place &* 2 &- 2], at: place &- 1)) { return false }
                    if pointer.pointee.table != table { break }
                }
            }
            if place > mask && pointer.pointee.table == table { return true }
        }
        return true
    }

    /// Calls `body`, which leaves the set as it is, with each key in the order of the places, until it returns false; returns whether it never did.
    @inline(__always) func walkKeys(_ body: (Value) -> Bool) -> Bool {
        let limit = walkedPlaces
        if limit == 0 { return true }
        let words = self.words, width = isPlain ? 0 : 1, none: Value = isPlain ? SetRef.deleted : .empty
        for place in 0 ..< limit {
            let key = words[place << width + width]
            if !key.isEmpty && key != none && !body(key) { return false }
        }
        return true
    }

    /// The place of a key: -1 when there is none, -2 when a comparison has raised. As `find`, for loops over keys about which nothing is foreseen.
    @inline(__always) private func locate(_ thread: ThreadRef, _ key: Value, hash: Int) -> Int {
        let table = pointer.pointee.table
        if table.isEmpty { return -1 }
        if isPlain {
            if isList || !SetRef.isPlain(key) { return find(thread, key, hash: hash) }
            let (place, isFree) = search(key, hash: hash)
            return isFree ? -1 : place
        }
        let words = SetRef.words(of: table), tagged = Value(small: hash)
        var probe = SetProbe(hash, mask: table.object(SetTable.self).pointee.mask)
        while true {
            let word = words[probe.place &* 2]
            if word.isEmpty { return -1 }
            if word == tagged, case let candidate = words[probe.place &* 2 &+ 1], !candidate.isEmpty {
                if candidate == key { return probe.place }
                let same = thread.isEqual(candidate, key)
                if same < 0 { return -2 }
                if pointer.pointee.table != table || words[probe.place &* 2 &+ 1] != candidate { return find(thread, key, hash: hash) }
                if same > 0 { return probe.place }
            }
            probe.advance()
        }
    }

    /// Adds a key known to be absent to a set that nobody else has seen and nothing was removed from. False when there is no memory (raised).
    @inline(__always) private func insertNew(_ thread: ThreadRef, _ key: Value, hash: Int) -> Bool {
        let table = pointer.pointee.table
        if table.isEmpty || isList { return insert(thread, key, hash: hash) }
        let mask = table.object(SetTable.self).pointee.mask, words = SetRef.words(of: table)
        var probe = SetProbe(hash, mask: mask)
        if isPlain {
            if !SetRef.isPlain(key) { return insert(thread, key, hash: hash) }
            while !words[probe.place].isEmpty { probe.advance() }
            words[probe.place] = key
        } else {
            while !words[probe.place &* 2].isEmpty { probe.advance() }
            words[probe.place &* 2] = Value(small: hash)
            words[probe.place &* 2 &+ 1] = key
            SetRef.highBits(table)[probe.place] = HighBits.lost(hash)
        }
        if !key.isSmallInt { Heap.barrier(table.raw) }
        pointer.pointee.count += 1
        return fillPlace(thread, mask)
    }

    /// Adds the keys of a set, for all of which there is room, where neither table has anything but plain keys and nothing was removed from this one: no Python runs.
    private func mergePlain(_ source: SetRef) {
        let table = pointer.pointee.table, mask = table.object(SetTable.self).pointee.mask, words = SetRef.words(of: table)
        var added = 0
        _ = source.walk { key, hash in
            var probe = SetProbe(hash, mask: mask)
            while true {
                let candidate = words[probe.place]
                if candidate == key { return true }
                if candidate.isEmpty { break }
                if candidate.isPointer && key.isPointer && StringRef(candidate).hash == hash && StringRef(candidate).equals(StringRef(key)) { return true }
                probe.advance()
            }
            words[probe.place] = key
            added &+= 1
            return true
        }
        pointer.pointee.count += added
        pointer.pointee.fill += added
        Heap.barrier(table.raw)
    }

    /// The same of tables of pairs. Keys with equal hashes are compared, which may run Python and change either set. False when it has raised.
    private func mergePairs(_ thread: ThreadRef, _ source: SetRef) -> Bool {
        source.walk { key, hash in
            let table = pointer.pointee.table
            if table.isEmpty || isPlain || pointer.pointee.fill != count { return add(thread, key, hash: hash) }
            let mask = table.object(SetTable.self).pointee.mask, words = SetRef.words(of: table), tagged = Value(small: hash)
            var probe = SetProbe(hash, mask: mask)
            while case let word = words[probe.place &* 2], !word.isEmpty {
                if word == tagged {
                    let candidate = words[probe.place &* 2 &+ 1]
                    if candidate == key { return true }
                    let same = thread.isEqual(candidate, key)
                    if same < 0 { return false }
                    if pointer.pointee.table != table || pointer.pointee.fill != count || words[probe.place &* 2 &+ 1] != candidate { return add(thread, key, hash: hash) }
                    if same > 0 { return true }
                }
                probe.advance()
            }
            words[probe.place &* 2] = tagged
            words[probe.place &* 2 &+ 1] = key
            SetRef.highBits(table)[probe.place] = HighBits.lost(hash)
            if !key.isSmallInt { Heap.barrier(table.raw) }
            pointer.pointee.count += 1
            return fillPlace(thread, mask)
        }
    }

    // MARK: Two sets

    /// Adds to a set that nobody else has seen the keys of `walked` that are in `asked` too, or those that are not. False when it has raised.
    public func addKeys(_ thread: ThreadRef, of walked: SetRef, thatAreIn asked: SetRef) -> Bool {
        walked.walk { key, hash in
            let place = asked.locate(thread, key, hash: hash)
            return place >= 0 ? insertNew(thread, key, hash: hash) : place == -1
        }
    }

    public func addKeys(_ thread: ThreadRef, of walked: SetRef, thatAreNotIn asked: SetRef) -> Bool {
        walked.walk { key, hash in
            let place = asked.locate(thread, key, hash: hash)
            return place == -1 ? insertNew(thread, key, hash: hash) : place >= 0
        }
    }

    public func addKeys(_ thread: ThreadRef, of walked: SetRef, thatAreNotIn asked: DictRef) -> Bool {
        walked.walk { key, hash in
            let place = asked.find(thread, key, hash: hash)
            return place == -1 ? insertNew(thread, key, hash: hash) : place >= 0
        }
    }

    /// Removes the keys of another set. False when it has raised.
    public func removeKeys(_ thread: ThreadRef, of other: SetRef) -> Bool {
        other.walk { key, hash in
            let place = locate(thread, key, hash: hash)
            if place >= 0 { remove(place: place) }
            return place != -2
        }
    }

    /// Removes the keys of another set that are in this one, and adds the others. False when it has raised.
    public func toggleKeys(_ thread: ThreadRef, of other: SetRef) -> Bool {
        other.walk { key, hash in
            let place = locate(thread, key, hash: hash)
            if place >= 0 {
                remove(place: place)
                return true
            }
            return place == -1 && insert(thread, key, hash: hash)
        }
    }

    /// Whether all keys are in another set: 1, 0, or -1 when it has raised.
    public func isSubset(_ thread: ThreadRef, of other: SetRef) -> Int32 {
        var result: Int32 = 1
        _ = walk { key, hash in
            let place = other.locate(thread, key, hash: hash)
            if place < 0 { result = place == -1 ? 0 : -1 }
            return place >= 0
        }
        return result
    }

    /// Whether no key is in another set: 1, 0, or -1 when it has raised.
    public func isDisjoint(_ thread: ThreadRef, from other: SetRef) -> Int32 {
        var result: Int32 = 1
        _ = walk { key, hash in
            let place = other.locate(thread, key, hash: hash)
            if place != -1 { result = place == -2 ? -1 : 0 }
            return place == -1
        }
        return result
    }

    // MARK: Adding sets

    /// Adds the keys of another set. False when it has raised.
    func merge(_ thread: ThreadRef, _ source: SetRef) -> Bool {
        if source.pointer == pointer || source.count == 0 { return true }
        if pointer.pointee.fill == 0 && count == 0 { return thread.copySetTable(self, source) }
        // A list becomes a table now, and not in the midst of the walk.
        let sourceIsPlain = source.isPlain
        if source.isList && !source.placeListed() { thread.raiseOutOfMemory(); return false }
        guard reserve(thread, source.count, isPlain: sourceIsPlain) else { return false }
        // A set that was emptied key by key and needed another table.
        if pointer.pointee.fill == 0 && places > 0 { return thread.fillSetTable(self, source, places: places) }
        if !pointer.pointee.table.isEmpty, !isList, isPlain, sourceIsPlain, pointer.pointee.fill == count {
            mergePlain(source)
            return true
        }
        if !pointer.pointee.table.isEmpty, !isPlain { return mergePairs(thread, source) }
        return source.walk { key, hash in add(thread, key, hash: hash) }
    }

    /// Makes room for so many keys more. False when there is no memory (raised).
    func reserve(_ thread: ThreadRef, _ more: Int, isPlain: Bool) -> Bool {
        SetRef.hasRoom(pointer.pointee.fill + more, max(places, 8) - 1) || resize(thread, atLeast: (count + more) * 2, isPlain: isPlain)
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Fills a set that has never had a key from another. The tables are alike where the other's is no larger than it need be.
    public func copySetTable(_ target: SetRef, _ source: SetRef) -> Bool {
        if source.count == 0 { return true }
        return fillSetTable(target, source, places: SetRef.hasRoom(source.count, 7) ? 8 : SetRef.places(atLeast: source.count * 2))
    }

    /// Gives a set that has no keys those of another, in a table of so many places.
    func fillSetTable(_ target: SetRef, _ source: SetRef, places: Int) -> Bool {
        if source.pointer.pointee.fill == source.count && source.places == places {
            let bytes = source.pointer.pointee.table.object(SetTable.self).pointee.size
            guard let raw = Heap.allocate(bytes, shape: TypeID.setTable.rawValue) else { raiseOutOfMemory(); return false }
            memcpy(raw + 8, source.pointer.pointee.table.raw + 8, bytes - 8)
            target.replaceTable(Value(raw))
        } else {
            if source.isList && !source.placeListed() { raiseOutOfMemory(); return false }
            let table = SetRef.makeTable(self, places, isPlain: source.isPlain)
            if table.isEmpty { return false }
            source.placeKeys(in: table)
            target.replaceTable(table)
        }
        target.pointer.pointee.fill = source.count
        target.pointer.pointee.count = source.count
        return true
    }

    /// set.update(iterable). False when it has raised.
    public func update(_ set: SetRef, _ iterable: Value) -> Bool {
        if iterable.isExact(.set) || iterable.isExact(.frozenset) || iterable.has(.setSubclass) || iterable.has(.frozenSetSubclass) { return set.merge(self, SetRef(iterable)) }
        if iterable.isExact(.generator), set.value.isExact(.set), let done = RuntimeHooks.takeAll(self, iterable, set.value) { return done }
        if iterable.isExact(.dict) {
            let source = DictRef(iterable)
            guard set.reserve(self, source.count, isPlain: false) else { return false }
            var entry = source.nextEntry(0)
            while entry >= 0 {
                let key = source.key(at: entry)
                guard set.add(self, key, hash: source.hash(entry: entry)) else { return false }
                entry = source.nextEntry(entry + 1)
            }
            return true
        }
        return forEach(iterable) { set.add(self, $0) }
    }
}
