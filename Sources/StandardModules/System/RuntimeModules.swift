import CoreTypes
import Glibc
import Interpreter
import Objects

/// `_weakref`, `atexit` and `gc`: modules that are faces of the runtime itself.
enum RuntimeModules {
    static func register() {
        registerWeakref()
        registerAtExit()
        registerCollector()
    }

    // MARK: _weakref

    private static func registerWeakref() {
        NativeModule.register("_weakref", doc: "Weak-reference support module.", functions: [
            Def("getweakrefcount(object, /)", .reads, "Return the number of weak references to 'object'.") { thread, a, _ in
                let list = WeakReferences.all(thread, of: a[0])
                return list.isEmpty ? .empty : Value(small: ListRef(list).count)
            },
            Def("getweakrefs(object, /)", .reads, "Return a list of all weak reference objects pointing to 'object'.") { thread, a, _ in WeakReferences.all(thread, of: a[0]) },
            Def("proxy(object, callback=None, /)", .writes, "Create a proxy object that weakly references 'object'.") { thread, a, _ in
                WeakReferences.proxy(thread, to: a[0], callback: a[1].isEmpty ? .none : a[1])
            },
            Def("_remove_dead_weakref(dct, key, /)", .writes, "Atomically remove key from dict if it points to a dead weakref.") { thread, a, _ in
                guard a[0].isDict else { return thread.raise(.typeError, "_remove_dead_weakref() argument 1 must be dict, not \(a[0].type.name)") }
                let value = DictRef(a[0]).get(thread, a[1])
                if value.isEmpty { return thread.hasException ? .empty : .none }
                guard value.isInstance(of: .weakReference) else { return thread.raise(.typeError, "not a weakref") }
                if value.object(WeakCell.self).pointee.target.isEmpty {
                    _ = DictRef(a[0]).remove(thread, a[1])
                    if thread.hasException { return .empty }
                }
                return .none
            },
        ], setUp: { module in
            module.set("ref", TypeID.weakReference.value)
            module.set("ReferenceType", TypeID.weakReference.value)
            module.set("ProxyType", TypeID.weakProxy.value)
            module.set("CallableProxyType", TypeID.weakCallableProxy.value)
            return true
        })
    }

    // MARK: atexit

    /// A list of (function, arguments, keywords), with None where one was unregistered.
    private static var callbacks: Value { WellKnown.atexitCallbacks.value }

    private static func registerAtExit() {
        NativeModule.register("atexit", doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n", functions: [
            Def("register(*args, **kwargs)", .calls, "Register a function to be executed upon normal program termination.") { thread, a, _ in
                guard TupleRef(a[0]).count > 0 else { return thread.raise(.typeError, "register() takes at least 1 argument (0 given)") }
                let function = TupleRef(a[0])[0]
                guard function.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "the first argument must be callable") }
                let rest = thread.newTuple(TupleRef(a[0]).items + 1, TupleRef(a[0]).count - 1)
                let entry = rest.isEmpty ? .empty : thread.newTuple([function, rest, a[1].isEmpty ? .none : a[1]])
                if entry.isEmpty { return .empty }
                if RuntimeModules.callbacks.isEmpty { WellKnown.atexitCallbacks.value = thread.newList() }
                return RuntimeModules.callbacks.isEmpty || !ListRef(RuntimeModules.callbacks).append(thread, entry) ? .empty : function
            },
            Def("unregister(func, /)", .calls, "Unregister an exit function which was previously registered using atexit.register.") { thread, a, _ in
                if RuntimeModules.callbacks.isEmpty { return .none }
                let list = thread.list(RuntimeModules.callbacks), kept = thread.newList()
                if list.isEmpty || kept.isEmpty { return .empty }
                for index in 0 ..< ListRef(list).count {
                    let entry = ListRef(list)[index]
                    let equal = thread.isEqual(TupleRef(entry)[0], a[0])
                    if equal < 0 || equal == 0 && !ListRef(kept).append(thread, entry) { return .empty }
                }
                WellKnown.atexitCallbacks.value = kept
                return .none
            },
            Def("_clear()", .writes, "Clear the list of previously registered exit functions.") { thread, _, _ in
                WellKnown.atexitCallbacks.value = thread.newList()
                return .none
            },
            Def("_ncallbacks()", .reads, "Return the number of registered exit functions.") { _, _, _ in
                Value(small: RuntimeModules.callbacks.isEmpty ? 0 : ListRef(RuntimeModules.callbacks).count)
            },
            Def("_run_exitfuncs()", .calls, "Run all registered exit functions.") { thread, _, _ in
                // One registered meanwhile runs, too.
                while !RuntimeModules.callbacks.isEmpty, ListRef(RuntimeModules.callbacks).count > 0 {
                    let list = ListRef(RuntimeModules.callbacks)
                    let entry = TupleRef(list[list.count - 1])
                    list.setCount(list.count - 1)
                    if thread.call(entry[0], tuple: entry[1], dict: entry[2].isNone ? .empty : entry[2]).isEmpty {
                        RuntimeHooks.writeUnraisable(thread, "in atexit callback", entry[0])
                        thread.takeException()
                    }
                }
                return .none
            },
        ])
    }

    // MARK: gc

    nonisolated(unsafe) private static var thresholds = (700, 10, 10)
    nonisolated(unsafe) private static var debug: Int32 = 0
    private static let callbackList = RootTable.reserve()

    /// Collects, runs what died's finalizers, and tells the callbacks. The number of objects found cannot be known: 0.
    private static func collect(_ thread: ThreadRef, _ generation: Int) -> Value {
        guard tell(thread, "start", generation) else { return .empty }
        Collector.collect(major: generation == 2)
        Finalizers.runPending(thread)
        return tell(thread, "stop", generation) ? Value(small: 0) : .empty
    }

    private static func tell(_ thread: ThreadRef, _ phase: String, _ generation: Int) -> Bool {
        let list = callbackList.pointee
        if list.isEmpty || ListRef(list).count == 0 { return true }
        let copy = thread.list(list), info = thread.newDict()
        if copy.isEmpty || info.isEmpty { return false }
        for (key, number) in [("generation", generation), ("collected", 0), ("uncollectable", 0)] {
            guard DictRef(info).set(thread, StringRef.intern(key).value, Value(small: number)) else { return false }
        }
        for index in 0 ..< ListRef(copy).count {
            if thread.call(ListRef(copy)[index], thread.newString(phase), info).isEmpty { RuntimeHooks.writeUnraisable(thread, "", ListRef(copy)[index]) }
        }
        return true
    }

    /// Whether an object can hold others.
    private static func isTracked(_ value: Value) -> Bool {
        guard value.isPointer else { return false }
        return ShapeTable.record(value.shapeIndex).pointee.trace != .leaf && !value.isString && !value.isBytes
    }

    /// Parts of objects that have no Python face.
    private static func isInternal(_ value: Value) -> Bool {
        [TypeID.valueArray, .dictTable, .setTable, .byteArrayStorage, .boxedInternal].contains { value.shapeIndex == $0.shape }
    }

    /// Adds what an object refers to, looking through its internal parts.
    private static func addReferents(_ thread: ThreadRef, _ object: Value, _ list: ListRef) -> Bool {
        let words = thread.newList()
        if words.isEmpty { return false }
        var addresses: [UInt64] = []
        Collector.forEachReferent(of: object) { addresses.append($0.bits) }
        // The object itself keeps them alive.
        for bits in addresses {
            let value = Value(bits: bits)
            guard value.isPointer else { continue }
            if isInternal(value) {
                if value.shapeIndex != TypeID.boxedInternal.shape, value.shapeIndex != TypeID.byteArrayStorage.shape, !addReferents(thread, value, list) { return false }
            } else if !list.append(thread, value) {
                return false
            }
        }
        return true
    }

    private static func registerCollector() {
        NativeModule.register("gc", doc: "This module provides access to the garbage collector for reference cycles.", functions: [
            Def("enable()", .writes, "Enable automatic garbage collection.") { _, _, _ in
                Collector.automatic = true
                return .none
            },
            Def("disable()", .writes, "Disable automatic garbage collection.") { _, _, _ in
                Collector.automatic = false
                return .none
            },
            Def("isenabled()", .reads, "Returns true if automatic garbage collection is enabled.") { _, _, _ in Value(Collector.automatic) },
            Def("collect(generation=2)", .calls, "Run the garbage collector.") { thread, a, _ in
                guard let generation = a[0].isEmpty ? 2 : SystemArguments.int32(thread, a[0]) else { return .empty }
                guard generation >= 0 && generation <= 2 else { return thread.raise(.valueError, "invalid generation") }
                return RuntimeModules.collect(thread, Int(generation))
            },
            Def("get_threshold()", .reads, "Return the current collection thresholds.") { thread, _, _ in
                thread.newTuple([RuntimeModules.thresholds.0, RuntimeModules.thresholds.1, RuntimeModules.thresholds.2].map { Value(small: $0) })
            },
            Def("set_threshold(threshold0, threshold1=10, threshold2=10, /)", .writes, "Sets the collection thresholds.") { thread, a, _ in
                guard let first = SystemArguments.int32(thread, a[0]), let second = a[1].isEmpty ? Int32(RuntimeModules.thresholds.1) : SystemArguments.int32(thread, a[1]),
                      let third = a[2].isEmpty ? Int32(RuntimeModules.thresholds.2) : SystemArguments.int32(thread, a[2]) else { return .empty }
                RuntimeModules.thresholds = (Int(first), Int(second), Int(third))
                return .none
            },
            Def("get_count()", .reads, "Return a three-tuple of the current collection counts.") { thread, _, _ in
                thread.newTuple([Heap.allocatedSinceCollection >> 7, Collector.minorCount % 10, Collector.majorCount % 10].map { Value(small: $0) })
            },
            Def("get_stats()", .reads, "Return a list of dictionaries containing per-generation statistics.") { thread, _, _ in
                let list = thread.newList()
                if list.isEmpty { return .empty }
                for count in [Collector.minorCount, 0, Collector.majorCount] {
                    let entry = thread.newDict()
                    guard !entry.isEmpty, ListRef(list).append(thread, entry) else { return .empty }
                    for (key, number) in [("collections", count), ("collected", 0), ("uncollectable", 0)] {
                        guard DictRef(entry).set(thread, StringRef.intern(key).value, Value(small: number)) else { return .empty }
                    }
                }
                return list
            },
            Def("set_debug(flags, /)", .writes, "Set the garbage collection debugging flags.") { thread, a, _ in
                guard let flags = SystemArguments.int32(thread, a[0]) else { return .empty }
                RuntimeModules.debug = flags
                return .none
            },
            Def("get_debug()", .reads, "Get the garbage collection debugging flags.") { _, _, _ in Value(small: Int(RuntimeModules.debug)) },
            Def("is_tracked(obj, /)", .reads, "Returns true if the object is tracked by the garbage collector.") { _, a, _ in Value(RuntimeModules.isTracked(a[0])) },
            Def("is_finalized(obj, /)", .reads, "Returns true if the object has been already finalized by the GC.") { _, a, _ in
                Value(a[0].isPointer && a[0].header.pointee.bits & HeaderBits.finalized != 0)
            },
            Def("get_objects(generation=None)", .reads, "Return a list of objects tracked by the collector (excluding the list returned).") { thread, a, _ in
                if !a[0].isEmpty && !a[0].isNone {
                    guard let generation = SystemArguments.int32(thread, a[0]) else { return .empty }
                    if generation < 0 { return thread.raise(.valueError, "generation parameter cannot be negative") }
                    if generation > 2 { return thread.raise(.valueError, "generation parameter must be less than the number of available generations (3)") }
                }
                // Collected first, so that every object found is alive; none dies until the list has them.
                Collector.collect(major: true)
                Collector.suspended += 1
                defer { Collector.suspended -= 1 }
                var found: [UInt64] = []
                Collector.forEachObject { header in
                    if RuntimeModules.isTracked(header.value) && !RuntimeModules.isInternal(header.value) { found.append(header.value.bits) }
                }
                let list = thread.newList(capacity: found.count)
                if list.isEmpty { return .empty }
                for bits in found where !ListRef(list).append(thread, Value(bits: bits)) { return .empty }
                return list
            },
            Def("get_referents(*objs)", .reads, "Return the list of objects that are directly referred to by objs.") { thread, a, _ in
                let list = thread.newList()
                if list.isEmpty { return .empty }
                for index in 0 ..< TupleRef(a[0]).count where TupleRef(a[0])[index].isPointer {
                    if !RuntimeModules.addReferents(thread, TupleRef(a[0])[index], ListRef(list)) { return .empty }
                }
                return list
            },
            Def("get_referrers(*objs)", .reads, "Return the list of objects that directly refer to any of objs.") { thread, a, _ in
                Collector.collect(major: true)
                Collector.suspended += 1
                defer { Collector.suspended -= 1 }
                let wanted = Set((0 ..< TupleRef(a[0]).count).map { TupleRef(a[0])[$0].bits })
                func refers(_ object: Value, _ depth: Int) -> Bool {
                    var result = false
                    Collector.forEachReferent(of: object) { value in
                        if result { return }
                        if wanted.contains(value.bits) { result = true } else if value.isPointer && depth < 3 && RuntimeModules.isInternal(value) && value.shapeIndex != TypeID.boxedInternal.shape {
                            result = refers(value, depth + 1)
                        }
                    }
                    return result
                }
                var found: [UInt64] = []
                let own = a[0]
                Collector.forEachObject { header in
                    let value = header.value
                    if value != own && RuntimeModules.isTracked(value) && !RuntimeModules.isInternal(value) && refers(value, 0) { found.append(value.bits) }
                }
                let list = thread.newList(capacity: found.count)
                if list.isEmpty { return .empty }
                for bits in found where !ListRef(list).append(thread, Value(bits: bits)) { return .empty }
                return list
            },
            Def("freeze()", .writes, "Freeze all current tracked objects and ignore them for future collections.") { _, _, _ in .none },
            Def("unfreeze()", .writes, "Unfreeze all objects in the permanent generation.") { _, _, _ in .none },
            Def("get_freeze_count()", .reads, "Return the number of objects in the permanent generation.") { _, _, _ in Value(small: 0) },
        ], setUp: { module in
            let thread = module.thread
            module.set("garbage", thread.newList())
            RuntimeModules.callbackList.pointee = thread.newList()
            module.set("callbacks", RuntimeModules.callbackList.pointee)
            for (name, value) in [("DEBUG_STATS", 1), ("DEBUG_COLLECTABLE", 2), ("DEBUG_UNCOLLECTABLE", 4), ("DEBUG_SAVEALL", 32), ("DEBUG_LEAK", 38)] { module.set(name, value) }
            return true
        })
    }
}
