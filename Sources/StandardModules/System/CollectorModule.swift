import Interpreter
import Memory
import Objects

/// The `gc` module. What CPython tells of its generations is translated: the collector here has a young and an old one. It reclaims objects in cycles no differently from others,
/// but `collect` counts only those, and what they alone refer to: see `Cycles`.
enum CollectorModule {
    nonisolated(unsafe) private static var thresholds = (700, 10, 10)
    nonisolated(unsafe) private static var debugFlags = 0
    nonisolated(unsafe) private static var frozen = 0
    nonisolated(unsafe) private static let callbacks = RootTable.reserve()
    /// The list `gc.garbage`.
    nonisolated(unsafe) private static let garbage = RootTable.reserve()
    private static let saveAll = 32

    // MARK: Collecting

    private static func notify(_ thread: ThreadRef, _ phase: StaticString, _ generation: Int, _ collected: Int) {
        guard !callbacks.pointee.isEmpty, callbacks.pointee.isList, ListRef(callbacks.pointee).count > 0 else { return }
        let info = thread.newDict()
        guard !info.isEmpty, DictRef(info).set(thread, StringRef.intern("generation").value, Value(small: generation)),
              DictRef(info).set(thread, StringRef.intern("collected").value, Value(small: collected)),
              DictRef(info).set(thread, StringRef.intern("uncollectable").value, Value(small: 0)) else { thread.takeException(); return }
        let list = thread.list(callbacks.pointee)
        if list.isEmpty { thread.takeException(); return }
        for index in 0 ..< ListRef(list).count {
            let callback = ListRef(list)[index]
            if thread.call(callback, StringRef.intern("\(phase)").value, info).isEmpty { RuntimeHooks.writeUnraisable(thread, "", callback) }
        }
    }

    /// Collects everything without anybody's being told.
    @inline(never) static func collectQuietly(_ thread: ThreadRef) {
        DeadTemporaries.clear(thread)
        Collector.wipeStack()
        Collector.collect(major: true)
        Safepoint.runFinalizers(thread)
    }

    @inline(never) private static func collect(_ thread: ThreadRef, _ generation: Int) -> Int {
        notify(thread, "start", generation, 0)
        var collected = 0
        // Objects of those counted that a finalizer may yet keep.
        var uncertain = MappedList<UInt64>()
        // Objects that are to be shown to the program in place of their being freed.
        var saved = MappedList<UInt64>()
        // What only a finalizer kept alive dies in the round after.
        for round in 0 ..< 8 {
            if generation == 2 {
                DeadTemporaries.clear(thread)
                Collector.wipeStack()
            }
            Collector.collect(major: generation == 2) {
                if round > 0 {
                    if round == 1 { for index in 0 ..< uncertain.count where Collector.isMarked(Value(bits: uncertain[index]).raw) { collected -= 1 } }
                    return
                }
                var cycles = Cycles()
                var hasRoom = true
                Collector.forEachDead { header in
                    if hasRoom, !isInternal(header.pointee.shape), isTracked(Value(header)) { hasRoom = cycles.add(Value(header)) }
                }
                let counted = cycles.members { object, body in forEachReferent(of: object, body) }
                collected = counted.count
                if debugFlags & saveAll != 0 {
                    for index in 0 ..< counted.count where saved.append(counted[index]) { Collector.keep(Value(bits: counted[index]).header) }
                    return
                }
                uncertain = cycles.keptByFinalizers(counted) { object, body in forEachReferent(of: object, body) }
            }
            // The list is all that holds them.
            Collector.suspended += 1
            for index in 0 ..< saved.count where garbage.pointee.isList && !ListRef(garbage.pointee).append(thread, Value(bits: saved[index])) { thread.takeException() }
            Collector.suspended -= 1
            saved = MappedList()
            let waiting = Collector.finalizerQueue.count + WeakTable.callbacks.count
            Safepoint.runFinalizers(thread)
            if waiting == 0 || generation < 2 { break }
        }
        if generation == 2 { Collector.returnMemory() }
        totals[generation] += collected
        notify(thread, "stop", generation, collected)
        return collected
    }

    /// Objects that `collect` has counted, by generation.
    nonisolated(unsafe) private static var totals = [0, 0, 0]

    /// Of dead objects, those that are in cycles or that such objects lead to: what counting references would not have freed at once. They remain when objects that
    /// no other dead object refers to are struck out, again and again. Where there is no memory for that, none are found.
    private struct Cycles: ~Copyable {
        private var addresses = MappedList<UInt64>()

        /// False when there is no memory.
        mutating func add(_ object: Value) -> Bool { addresses.append(object.bits) }

        private func find(_ object: Value) -> Int? {
            var low = 0, high = addresses.count
            while low < high {
                let middle = (low + high) / 2
                if addresses[middle] < object.bits { low = middle + 1 } else { high = middle }
            }
            return low < addresses.count && addresses[low] == object.bits ? low : nil
        }

        /// Those of the members that are finalized or that finalizers will find: the collection keeps them for now.
        func keptByFinalizers(_ members: borrowing MappedList<UInt64>, _ forEachReferent: (Value, (Value) -> Void) -> Void) -> MappedList<UInt64> {
            var result = MappedList<UInt64>(), waiting = MappedList<Int>()
            for index in 0 ..< addresses.count where Value(bits: addresses[index]).header.pointee.bits & HeaderBits.finalizable != 0 {
                guard waiting.append(index) else { return result }
            }
            if waiting.isEmpty { return result }
            guard let kept = MappedList<Bool>(zeros: addresses.count) else { return result }
            for index in 0 ..< waiting.count { kept[waiting[index]] = true }
            var hasRoom = true
            while hasRoom, let index = waiting.popLast() {
                forEachReferent(Value(bits: addresses[index])) { value in
                    guard let place = find(value), !kept[place] else { return }
                    kept[place] = true
                    hasRoom = waiting.append(place) && hasRoom
                }
            }
            for index in 0 ..< members.count {
                if let place = find(Value(bits: members[index])), kept[place], !result.append(members[index]) { break }
            }
            return result
        }

        func members(_ forEachReferent: (Value, (Value) -> Void) -> Void) -> MappedList<UInt64> {
            var result = MappedList<UInt64>(), struck = MappedList<Int>()
            guard let references = MappedList<Int32>(zeros: addresses.count) else { return result }
            for index in 0 ..< addresses.count { forEachReferent(Value(bits: addresses[index])) { if let place = find($0) { references[place] += 1 } } }
            for index in 0 ..< addresses.count where references[index] == 0 {
                guard struck.append(index) else { return result }
            }
            var hasRoom = true
            while hasRoom, let index = struck.popLast() {
                forEachReferent(Value(bits: addresses[index])) { value in
                    guard let place = find(value) else { return }
                    references[place] -= 1
                    if references[place] == 0 { hasRoom = struck.append(place) && hasRoom }
                }
            }
            // What was struck out is at zero.
            for index in 0 ..< addresses.count where hasRoom && references[index] > 0 { hasRoom = result.append(addresses[index]) }
            return result
        }
    }

    // MARK: Looking at the heap

    /// Parts of other objects that Python never sees.
    private static func isInternal(_ shape: ShapeIndex) -> Bool {
        switch shape {
        case TypeID.valueArray.rawValue, TypeID.dictTable.rawValue, TypeID.setTable.rawValue, TypeID.byteArrayStorage.rawValue, TypeID.boxedInternal.rawValue: return true
        default: return false
        }
    }

    /// Visits what an object refers to, looking through its internal parts.
    private static func forEachReferent(of object: Value, _ body: (Value) -> Void) {
        Collector.forEachReferent(of: object) { value in
            guard value.isHeap, isInternal(value.shapeIndex) else { body(value); return }
            switch value.shapeIndex {
            case TypeID.dictTable.rawValue: forEachTableItem(value, width: 1, first: MemoryLayout<DictTable>.size, value.object(DictTable.self).pointee.tracedWords, body)
            case TypeID.setTable.rawValue:
                // Of a table of keys alone those are strings and small ints.
                let table = value.object(SetTable.self).pointee
                forEachTableItem(value, width: table.isPlain ? 1 : 2, first: MemoryLayout<SetTable>.size, table.words, body)
            default: forEachReferent(of: value, body)
            }
        }
        // Instances of foreign types tell themselves what they refer to, and their type is not of it.
        if object.type.has(.heap) && !(object.type.has(.foreignLayout) && object.type.pointer.pointee.dictOffset == 0) { body(object.type.value) }
    }

    /// The items of a hash table, whose entries begin with a hash, or are an item alone.
    private static func forEachTableItem(_ table: Value, width: Int, first: Int, _ count: Int, _ body: (Value) -> Void) {
        let words = (table.raw + first).assumingMemoryBound(to: Value.self)
        var index = 0
        while index + width <= count {
            for place in (width == 1 ? 0 : 1) ..< width where !words[index + place].isEmpty { body(words[index + place]) }
            index += width
        }
    }

    private static func isTracked(_ value: Value) -> Bool {
        guard value.isHeap else { return false }
        if value.isExact(.dict) || value.isExact(.tuple) {
            var tracked = false
            forEachReferent(of: value) { item in if !tracked && mayRefer(item) { tracked = true } }
            return tracked
        }
        return mayRefer(value)
    }

    /// Whether objects of its kind refer to others.
    private static func mayRefer(_ value: Value) -> Bool {
        guard value.isHeap else { return false }
        switch value.shapeIndex {
        case TypeID.str.rawValue, TypeID.bytes.rawValue, TypeID.int.rawValue, TypeID.float.rawValue, TypeID.complex.rawValue, TypeID.bytearray.rawValue,
             TypeID.range.rawValue, TypeID.code.rawValue: return false
        case TypeID.type.rawValue: return TypeRef(value).has(.heap)
        default: return ShapeTable.record(value.shapeIndex).pointee.trace != .leaf
        }
    }

    /// Every tracked object, as a list.
    private static func objects(_ thread: ThreadRef, where accept: (Value) -> Bool) -> Value {
        Collector.collect(major: true)
        Safepoint.runFinalizers(thread)
        Collector.suspended += 1
        defer { Collector.suspended -= 1 }
        var addresses: [UInt] = []
        Collector.forEachObject { header in
            if !isInternal(header.pointee.shape), accept(Value(header)) { addresses.append(UInt(bitPattern: header)) }
        }
        let list = thread.newList(capacity: addresses.count)
        if list.isEmpty { return .empty }
        for address in addresses {
            guard ListRef(list).append(thread, Value(UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped)) else { return .empty }
        }
        return list
    }

    private static func referrers(_ thread: ThreadRef, _ targets: Value) -> Value {
        let items = TupleRef(targets)
        var wanted: Set<UInt64> = []
        for index in 0 ..< items.count { wanted.insert(items[index].bits) }
        return objects(thread) { object in
            if object == targets || !mayRefer(object) { return false }
            var found = false
            forEachReferent(of: object) { if wanted.contains($0.bits) { found = true } }
            return found
        }
    }

    private static func referents(_ thread: ThreadRef, _ sources: Value) -> Value {
        let result = thread.newList()
        if result.isEmpty { return .empty }
        var good = true
        for index in 0 ..< TupleRef(sources).count {
            let source = TupleRef(sources)[index]
            guard source.isHeap else { continue }
            forEachReferent(of: source) { value in
                if good && !(value.isHeap && isInternal(value.shapeIndex)) { good = ListRef(result).append(thread, value) }
            }
        }
        return good ? result : .empty
    }

    // MARK: The module

    static func register() {
        NativeModule.register("gc", doc: "This module provides access to the garbage collector.", functions: CollectorModule.functions) { module in
            if CollectorModule.callbacks.pointee.isEmpty { CollectorModule.callbacks.pointee = module.thread.newList() }
            module.set("callbacks", CollectorModule.callbacks.pointee)
            CollectorModule.garbage.pointee = module.thread.newList()
            module.set("garbage", CollectorModule.garbage.pointee)
            module.set("DEBUG_STATS", 1)
            module.set("DEBUG_COLLECTABLE", 2)
            module.set("DEBUG_UNCOLLECTABLE", 4)
            module.set("DEBUG_SAVEALL", CollectorModule.saveAll)
            module.set("DEBUG_LEAK", 38)
            return true
        }
    }

    private static let functions: [Def] = [
        Def("enable()", .writes, "Enable automatic garbage collection.", kind: .function) { _, _, _ in
            Collector.automatic = true
            return .none
        },
        Def("disable()", .writes, "Disable automatic garbage collection.", kind: .function) { _, _, _ in
            Collector.automatic = false
            return .none
        },
        Def("isenabled()", .reads, "Returns true if automatic garbage collection is enabled.", kind: .function) { _, _, _ in Value(Collector.automatic) },
        Def("collect(generation=2)", .calls, "Run the garbage collector, and the finalizers of what it finds unreachable.\n\nReturns how many of those objects were in cycles or reached only from cycles.", kind: .function) { thread, a, _ in
            guard let generation = a[0].isEmpty ? 2 : thread.toInt(a[0]) else { return .empty }
            guard generation >= 0 && generation <= 2 else { return thread.raise(.valueError, "invalid generation") }
            // The frames of what follows will lie where those of earlier calls did, whose words they do not all overwrite.
            if generation == 2 { Collector.wipeStack() }
            return thread.newInt(CollectorModule.collect(thread, generation))
        },
        Def("set_debug(flags, /)", .writes, "Set the garbage collection debugging flags.", kind: .function) { thread, a, _ in
            guard let flags = thread.toInt(a[0]) else { return .empty }
            CollectorModule.debugFlags = flags
            return .none
        },
        Def("get_debug()", .reads, "Get the garbage collection debugging flags.", kind: .function) { thread, _, _ in thread.newInt(CollectorModule.debugFlags) },
        Def("get_count()", .reads, "Return a three-tuple of the current collection counts.", kind: .function) { thread, _, _ in
            thread.newTuple(thread.newInt(Heap.allocatedSinceCollection >> 15), Value(small: Collector.minorCount & 0xFF), Value(small: 0))
        },
        Def("set_threshold(threshold0, threshold1=10, threshold2=10, /)", .writes, "Set the thresholds of collections; 0 for the first turns them off.", kind: .function) { thread, a, _ in
            guard let first = thread.toInt(a[0]), let second = a[1].isEmpty ? CollectorModule.thresholds.1 : thread.toInt(a[1]),
                  let third = a[2].isEmpty ? CollectorModule.thresholds.2 : thread.toInt(a[2]) else { return .empty }
            CollectorModule.thresholds = (first, second, third)
            return .none
        },
        Def("get_threshold()", .reads, "Return the current collection thresholds.", kind: .function) { thread, _, _ in
            let limits = CollectorModule.thresholds
            return thread.newTuple(thread.newInt(limits.0), thread.newInt(limits.1), thread.newInt(limits.2))
        },
        Def("get_stats()", .reads, "What was collected, a dict for each generation.", kind: .function) { thread, _, _ in
            let list = thread.newList()
            if list.isEmpty { return .empty }
            for (count, total) in zip([Collector.minorCount, 0, Collector.majorCount], totals) {
                let dict = thread.newDict()
                guard !dict.isEmpty, DictRef(dict).set(thread, StringRef.intern("collections").value, Value(small: count)),
                      DictRef(dict).set(thread, StringRef.intern("collected").value, Value(small: total)),
                      DictRef(dict).set(thread, StringRef.intern("uncollectable").value, Value(small: 0)), ListRef(list).append(thread, dict) else { return .empty }
            }
            return list
        },
        Def("get_objects(generation=None)", .calls, "A list of the objects that the collector tracks, without that list.", kind: .function) { thread, a, _ in
            guard Audit.event(thread, "gc.get_objects", [a[0].isEmpty ? .none : a[0]]) else { return .empty }
            if !a[0].isEmpty && !a[0].isNone {
                guard let generation = thread.toInt(a[0]) else { return .empty }
                if generation < 0 { return thread.raise(.valueError, "generation parameter cannot be negative") }
                if generation > 2 { return thread.raise(.valueError, "generation parameter must be less than the number of available generations (3)") }
                // After the collection that comes first everything is old.
                if generation < 2 { return thread.newList() }
            }
            // The audit hooks are nobody's to find.
            return CollectorModule.objects(thread) { CollectorModule.isTracked($0) && $0 != Audit.hooks.pointee }
        },
        Def("get_referrers(*objs)", .calls, "The objects that refer to one of these.", kind: .function) { thread, a, _ in
            Audit.event(thread, "gc.get_referrers", [a[0]]) ? CollectorModule.referrers(thread, a[0]) : .empty
        },
        Def("get_referents(*objs)", .reads, "The objects that one of these refers to.", kind: .function) { thread, a, _ in
            Audit.event(thread, "gc.get_referents", [a[0]]) ? CollectorModule.referents(thread, a[0]) : .empty
        },
        Def("is_tracked(obj, /)", .reads, "Whether the collector tracks an object; simple ones it does not.", kind: .function) { _, a, _ in Value(CollectorModule.isTracked(a[0])) },
        Def("is_finalized(obj, /)", .reads, "Whether an object's finalizer has run.", kind: .function) { _, a, _ in
            Value(a[0].isHeap && a[0].header.pointee.bits & HeaderBits.finalized != 0)
        },
        Def("freeze()", .writes, "Take all objects out of later collections.", kind: .function) { _, _, _ in
            var count = 0
            Collector.forEachObject { header in if !CollectorModule.isInternal(header.pointee.shape), CollectorModule.mayRefer(Value(header)) { count += 1 } }
            CollectorModule.frozen = count
            return .none
        },
        Def("unfreeze()", .writes, "Unfreeze all objects in the permanent generation.", kind: .function) { _, _, _ in
            CollectorModule.frozen = 0
            return .none
        },
        Def("get_freeze_count()", .reads, "Return the number of objects in the permanent generation.", kind: .function) { thread, _, _ in thread.newInt(CollectorModule.frozen) },
    ]
}

/// A collection while a thread waits for a lock. What it waits for may be what a dead object would do as it dies: an executor whose threads end once nobody has it any more, a
/// connection whose other end then has no more to read. By counting references those would be gone before the wait, so a program is right to expect it.
enum IdleCollection {
    /// How long a wait lasts before it makes one, in nanoseconds.
    private static let patience: Int64 = 50_000_000
    nonisolated(unsafe) private static var next: Int64 = 0

    /// When a wait that begins now should make one: they are rare enough to cost a fiftieth of the time at most.
    static var due: Int64 { max(taipan_monotonic() + patience, next) }

    @inline(never) static func run(_ thread: ThreadRef) {
        let start = taipan_monotonic()
        // Another thread may just have made one.
        guard start >= next else { return }
        CollectorModule.collectQuietly(thread)
        let end = taipan_monotonic()
        next = end + max(1_000_000_000, 50 * (end - start))
    }
}
