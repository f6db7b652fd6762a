import ContainerTypes
import Objects

/// `functools.lru_cache`'s wrapper.
///
/// The cache is a dict from call keys to links of a doubly linked list in order of use, whose root is a link of its own (a bounded cache), or to results (an unbounded
/// one). A key is the single argument itself when it is an int or str, as in CPython; otherwise a tuple of all arguments, a mark, and the keyword
/// names and values, then the types if `typed`; a tuple's hash is computed only once, by the dict.
struct CallCacheObject {
    var header: ObjectHeader
    var function: Value
    var cache: Value
    /// A link, empty for an unbounded cache.
    var root: Value
    var infoType: Value
    /// `__dict__`
    var dict: Value
    var hits: Int
    var misses: Int
    /// -1: no bound.
    var limit: Int
    var typed: Bool
}

struct CallLink {
    var header: ObjectHeader
    var previous: Value
    var next: Value
    var key: Value
    var result: Value
    var hash: Int
}

enum CallCache {
    nonisolated(unsafe) private static var type: NativeType!
    nonisolated(unsafe) private static var linkType: NativeType!
    nonisolated(unsafe) private static var construct: Constructor!
    /// Separates positional from keyword arguments in a key: equal to nothing else.
    nonisolated(unsafe) private static let mark = RootTable.reserve()

    static func define(_ module: ModuleBuilder) {
        linkType = NativeType("_lru_list_elem", module: "functools", size: MemoryLayout<CallLink>.size, mask: 0b11110, flags: .noInstantiation)
        construct = Constructor("lru_cache(type, user_function, maxsize, typed, cache_info_type)") { thread, a, _ in CallCache.new(thread, a) }
        mark.pointee = thread(module).call(TypeID.object.value)
        type = NativeType("_lru_cache_wrapper", module: "functools", size: MemoryLayout<CallCacheObject>.size, mask: 0b111110,
                          dictOffset: MemoryLayout<CallCacheObject>.offset(of: \CallCacheObject.dict)!, flags: [.base, .weakReferenceable, .methodDescriptor],
                          doc: """
                              A function with a memory of its results.

                              user_function   what is called for arguments not met before
                              maxsize         how many results are kept; None is no limit
                              typed           whether 3 and 3.0 are different arguments
                              cache_info_type what cache_info() returns: a class of named tuples with hits, misses, maxsize and currsize

                              """, methods: [
            Def("cache_info(self, /)", .calls, "Report cache statistics") { thread, a, _ in
                let own = a[0].object(CallCacheObject.self)
                return thread.call(own.pointee.infoType, thread.newInt(own.pointee.hits), thread.newInt(own.pointee.misses), own.pointee.limit < 0 ? .none : thread.newInt(own.pointee.limit), thread.newInt(DictRef(own.pointee.cache).count))
            },
            Def("cache_clear(self, /)", .calls, "Clear the cache and cache statistics") { _, a, _ in
                let own = a[0].object(CallCacheObject.self)
                own.pointee.hits = 0
                own.pointee.misses = 0
                DictRef(own.pointee.cache).clear()
                if !own.pointee.root.isEmpty { CallCache.reset(own.pointee.root) }
                return .none
            },
            Def("__reduce__(self, /)", .calls) { thread, a, _ in thread.getAttribute(a[0], Name.__qualname__) },
            Def("__copy__(self, /)", .reads) { _, a, _ in a[0] },
            Def("__deepcopy__(self, memo, /)", .reads) { _, a, _ in a[0] },
        ], getters: [.instanceDict]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in CallCache.construct.call(thread, type, a, count, keywords) }
            slots.call(.call) { thread, value, a, count, keywords in CallCache.call(thread, value, a, count, keywords) }
            slots.ternary(.descriptorGet) { thread, value, receiver, _ in
                receiver.isEmpty || receiver.isNone ? value : thread.newMethod(value, receiver)
            }
        }
        module.add(type)
    }

    private static func thread(_ module: ModuleBuilder) -> ThreadRef { module.thread }

    private static func link(_ value: Value) -> UnsafeMutablePointer<CallLink> { value.object(CallLink.self) }

    private static func reset(_ root: Value) {
        link(root).pointee.previous = root
        link(root).pointee.next = root
        Heap.barrier(root.raw)
    }

    private static func new(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard a[1].type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "the first argument must be callable") }
        var limit = -1
        if !a[2].isNone {
            guard thread.isIndex(a[2]) else { return thread.raise(.typeError, "maxsize should be integer or None") }
            guard let number = thread.toInt(a[2]) else { return .empty }
            limit = max(number, 0)
        }
        let typed = thread.isTrue(a[3])
        if typed < 0 { return .empty }
        let cache = thread.newDict()
        if cache.isEmpty { return .empty }
        var root = Value.empty
        if limit > 0 {
            root = linkType.allocate(thread, size: MemoryLayout<CallLink>.size)
            if root.isEmpty { return .empty }
            reset(root)
        }
        let result = thread.allocateInstance(TypeRef(a[0]))
        if result.isEmpty { return .empty }
        let own = result.object(CallCacheObject.self)
        own.pointee.function = a[1]
        own.pointee.cache = cache
        own.pointee.root = root
        own.pointee.infoType = a[4]
        own.pointee.limit = limit
        own.pointee.typed = typed != 0
        return result
    }

    private static func key(_ thread: ThreadRef, _ own: UnsafeMutablePointer<CallCacheObject>, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        let typed = own.pointee.typed
        if !typed && named == 0 && count == 1 && (a[0].isSmallInt || a[0].isExact(.int) || a[0].isExact(.str)) { return a[0] }
        let total = given + (named > 0 ? 1 + 2 * named : 0) + (typed ? count : 0)
        let result = thread.newTuple(count: total)
        if result.isEmpty { return .empty }
        let items = TupleRef(result).items
        var place = 0
        for index in 0 ..< given { items[place] = a[index]; place += 1 }
        if named > 0 {
            items[place] = mark.pointee
            place += 1
            for index in 0 ..< named {
                items[place] = TupleRef(keywords)[index]
                items[place + 1] = a[given + index]
                place += 2
            }
        }
        if typed {
            for index in 0 ..< count {
                items[place] = a[index].type.value
                place += 1
            }
        }
        return result
    }

    static func call(_ thread: ThreadRef, _ value: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let own = value.object(CallCacheObject.self)
        if own.pointee.limit == 0 {
            own.pointee.misses += 1
            return thread.call(own.pointee.function, a, count, keywords)
        }
        let key = key(thread, own, a, count, keywords)
        if key.isEmpty { return .empty }
        let hash = thread.hash(key)
        if hash == -1 && thread.hasException { return .empty }
        let cache = DictRef(own.pointee.cache)
        let entry = cache.find(thread, key, hash: hash)
        if entry == -2 { return .empty }
        if own.pointee.limit < 0 {
            if entry >= 0 {
                own.pointee.hits += 1
                return cache.item(at: entry)
            }
            own.pointee.misses += 1
            let result = thread.call(own.pointee.function, a, count, keywords)
            if result.isEmpty { return .empty }
            return cache.set(thread, key, hash: hash, result) ? result : .empty
        }
        let root = own.pointee.root
        if entry >= 0 {
            own.pointee.hits += 1
            let found = cache.item(at: entry)
            if link(root).pointee.previous != found {
                unlink(found)
                append(root, found)
            }
            return link(found).pointee.result
        }
        own.pointee.misses += 1
        let result = thread.call(own.pointee.function, a, count, keywords)
        if result.isEmpty { return .empty }
        // The call may itself have filled the cache, even with this key.
        let again = cache.find(thread, key, hash: hash)
        if again == -2 { return .empty }
        if again >= 0 { return result }
        var element: Value
        if cache.count >= own.pointee.limit, link(root).pointee.next != root {
            // The least recently used link is used anew.
            element = link(root).pointee.next
            unlink(element)
            let old = cache.find(thread, link(element).pointee.key, hash: link(element).pointee.hash)
            if old == -2 { return .empty }
            if old >= 0 { cache.remove(entry: old) }
        } else {
            element = linkType.allocate(thread, size: MemoryLayout<CallLink>.size)
            if element.isEmpty { return .empty }
        }
        link(element).pointee.key = key
        link(element).pointee.result = result
        link(element).pointee.hash = hash
        Heap.barrier(element.raw)
        guard cache.set(thread, key, hash: hash, element) else { return .empty }
        append(root, element)
        return result
    }

    private static func unlink(_ value: Value) {
        let previous = link(value).pointee.previous, next = link(value).pointee.next
        link(previous).pointee.next = next
        link(next).pointee.previous = previous
        Heap.barrier(previous.raw)
        Heap.barrier(next.raw)
    }

    /// Makes a link the most recently used.
    private static func append(_ root: Value, _ value: Value) {
        let last = link(root).pointee.previous
        link(last).pointee.next = value
        link(root).pointee.previous = value
        link(value).pointee.previous = last
        link(value).pointee.next = root
        Heap.barrier(last.raw)
        Heap.barrier(root.raw)
        Heap.barrier(value.raw)
    }
}
