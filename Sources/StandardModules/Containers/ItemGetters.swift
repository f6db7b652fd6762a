import ContainerTypes
import Objects

/// `operator.itemgetter`, `attrgetter` and `methodcaller`.
///
/// One layout for all: itemgetter keeps its keys, attrgetter its names (interned; a dotted one as a tuple), methodcaller the name, the arguments and the keywords.
struct GetterObject {
    var header: ObjectHeader
    /// tuple; for methodcaller the positional arguments
    var items: Value
    /// attrgetter: the names as they were given. methodcaller: the name.
    var names: Value
    /// methodcaller: dict, or empty
    var keywords: Value
}

enum ItemGetters {
    nonisolated(unsafe) private static var itemType: NativeType!
    nonisolated(unsafe) private static var attributeType: NativeType!
    nonisolated(unsafe) private static var methodType: NativeType!

    @inline(__always) private static func object(_ value: Value) -> UnsafeMutablePointer<GetterObject> { value.object(GetterObject.self) }

    private static func one(_ thread: ThreadRef, _ name: String, _ count: Int, _ keywords: Value) -> Bool {
        guard Shared.noKeywords(thread, name, keywords) else { return false }
        return Shared.arity(thread, name, count, 1, 1)
    }

    static func define(_ module: ModuleBuilder) {
        let size = MemoryLayout<GetterObject>.size
        itemType = NativeType("itemgetter", module: "operator", size: size, mask: 0b1110,
                              doc: """
                                  itemgetter(item, ...)

                                  A function that takes items out of its argument: itemgetter(1)(r) is r[1], and itemgetter(1, 'a')(r) is (r[1], r['a']).
                                  """, methods: [
            Def("__reduce__(self, /)", .calls, "Return state information for pickling") { thread, a, _ in
                thread.newTuple(ItemGetters.itemType.type.value, ItemGetters.object(a[0]).pointee.items)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in
                guard Shared.noKeywords(thread, "itemgetter", keywords), Shared.arity(thread, "itemgetter", count, 1, count == 0 ? 1 : count) else { return .empty }
                let items = thread.newTuple(a, count)
                let result = items.isEmpty ? Value.empty : thread.allocateInstance(TypeRef(type))
                if result.isEmpty { return .empty }
                ItemGetters.object(result).pointee.items = items
                return result
            }
            slots.call(.call) { thread, getter, a, count, keywords in
                guard count == 1 && keywords.isEmpty || ItemGetters.one(thread, "itemgetter", count, keywords) else { return .empty }
                return ItemGetters.getItems(thread, TupleRef(ItemGetters.object(getter).pointee.items), a[0])
            }
            slots.unary(.repr) { thread, value in ItemGetters.repr(thread, value, "operator.itemgetter", ItemGetters.object(value).pointee.items) }
        }
        attributeType = NativeType("attrgetter", module: "operator", size: size, mask: 0b1110,
                                   doc: """
                                       attrgetter(name, ...)

                                       A function that takes attributes of its argument: attrgetter('a')(r) is r.a, and attrgetter('a.b', 'c')(r) is (r.a.b, r.c).
                                       """, methods: [
            Def("__reduce__(self, /)", .calls, "Return state information for pickling") { thread, a, _ in
                thread.newTuple(ItemGetters.attributeType.type.value, ItemGetters.object(a[0]).pointee.names)
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in ItemGetters.newAttribute(thread, TypeRef(type), a, count, keywords) }
            slots.call(.call) { thread, getter, a, count, keywords in
                guard count == 1 && keywords.isEmpty || ItemGetters.one(thread, "attrgetter", count, keywords) else { return .empty }
                return ItemGetters.getAttributes(thread, TupleRef(ItemGetters.object(getter).pointee.items), a[0])
            }
            slots.unary(.repr) { thread, value in ItemGetters.repr(thread, value, "operator.attrgetter", ItemGetters.object(value).pointee.names) }
        }
        methodType = NativeType("methodcaller", module: "operator", size: size, mask: 0b1110,
                                doc: """
                                    methodcaller(name, ...)

                                    A function that calls a method of its argument: methodcaller('m', 1, x=2)(r) is r.m(1, x=2).
                                    """, methods: [
            Def("__reduce__(self, /)", .calls, "Return state information for pickling") { thread, a, _ in ItemGetters.reduceMethod(thread, a[0]) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in ItemGetters.newMethod(thread, TypeRef(type), a, count, keywords) }
            slots.call(.call) { thread, caller, a, count, keywords in
                guard count == 1 && keywords.isEmpty || ItemGetters.one(thread, "methodcaller", count, keywords) else { return .empty }
                let own = ItemGetters.object(caller)
                let method = thread.getAttribute(a[0], own.pointee.names)
                return method.isEmpty ? .empty : thread.call(method, tuple: own.pointee.items, dict: own.pointee.keywords)
            }
            slots.unary(.repr) { thread, value in ItemGetters.reprMethod(thread, value) }
        }
        module.add(itemType)
        module.add(attributeType)
        module.add(methodType)
    }

    // MARK: Items

    static func getItems(_ thread: ThreadRef, _ keys: TupleRef, _ subject: Value) -> Value {
        if keys.count == 1 {
            let key = keys[0]
            if key.isSmallInt && key.smallInt >= 0 {
                let index = key.smallInt
                if subject.isExact(.tuple) && index < TupleRef(subject).count { return TupleRef(subject)[index] }
                if subject.isExact(.list) && index < ListRef(subject).count { return ListRef(subject)[index] }
            }
            return thread.getItem(subject, key)
        }
        let result = thread.newTuple(count: keys.count)
        if result.isEmpty { return .empty }
        for index in 0 ..< keys.count {
            let item = thread.getItem(subject, keys[index])
            if item.isEmpty { return .empty }
            TupleRef(result).initialize(index, item)
        }
        return result
    }

    // MARK: Attributes

    private static func newAttribute(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard Shared.noKeywords(thread, "attrgetter", keywords), Shared.arity(thread, "attrgetter", count, 1, count == 0 ? 1 : count) else { return .empty }
        let names = thread.newTuple(a, count)
        if names.isEmpty { return .empty }
        let paths = thread.newTuple(count: count)
        if paths.isEmpty { return .empty }
        for index in 0 ..< count {
            guard a[index].isString else { return thread.raise(.typeError, "attribute name must be a string") }
            let text = StringRef(a[index])
            var parts = Value.empty
            var start = 0
            for place in 0 ..< text.count where text[place] == 0x2E {
                if parts.isEmpty { parts = thread.newList() }
                let part = parts.isEmpty ? Value.empty : thread.substring(text, start, place)
                if part.isEmpty { return .empty }
                guard ListRef(parts).append(thread, StringRef(part).interned().value) else { return .empty }
                start = place + 1
            }
            if parts.isEmpty {
                TupleRef(paths).initialize(index, text.interned().value)
                continue
            }
            let last = thread.substring(text, start, text.count)
            guard !last.isEmpty, ListRef(parts).append(thread, StringRef(last).interned().value) else { return .empty }
            let path = thread.tuple(parts)
            if path.isEmpty { return .empty }
            TupleRef(paths).initialize(index, path)
        }
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        object(result).pointee.items = paths
        object(result).pointee.names = names
        return result
    }

    static func getAttributes(_ thread: ThreadRef, _ paths: TupleRef, _ subject: Value) -> Value {
        if paths.count == 1 { return follow(thread, paths[0], subject) }
        let result = thread.newTuple(count: paths.count)
        if result.isEmpty { return .empty }
        for index in 0 ..< paths.count {
            let item = follow(thread, paths[index], subject)
            if item.isEmpty { return .empty }
            TupleRef(result).initialize(index, item)
        }
        return result
    }

    private static func follow(_ thread: ThreadRef, _ path: Value, _ subject: Value) -> Value {
        if path.isString { return thread.getAttribute(subject, path) }
        var result = subject
        for index in 0 ..< TupleRef(path).count {
            result = thread.getAttribute(result, TupleRef(path)[index])
            if result.isEmpty { return .empty }
        }
        return result
    }

    // MARK: Methods

    private static func newMethod(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        if given < 1 { return thread.raise(.typeError, "methodcaller needs at least one argument, the method name") }
        guard a[0].isString else { return thread.raise(.typeError, "method name must be a string") }
        let items = thread.newTuple(a + 1, given - 1)
        if items.isEmpty { return .empty }
        var dict = Value.empty
        if named > 0 {
            dict = thread.newDict()
            if dict.isEmpty { return .empty }
            for index in 0 ..< named { guard DictRef(dict).set(thread, TupleRef(keywords)[index], a[given + index]) else { return .empty } }
        }
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        object(result).pointee.items = items
        object(result).pointee.names = StringRef(a[0]).interned().value
        object(result).pointee.keywords = dict
        return result
    }

    private static func reduceMethod(_ thread: ThreadRef, _ value: Value) -> Value {
        let own = object(value)
        let list = thread.newList()
        guard !list.isEmpty, ListRef(list).append(thread, own.pointee.names), thread.extend(ListRef(list), own.pointee.items) else { return .empty }
        let arguments = thread.tuple(list)
        if arguments.isEmpty { return .empty }
        if own.pointee.keywords.isEmpty { return thread.newTuple(methodType.type.value, arguments) }
        // Keywords travel in a partial.
        let partial = thread.importAttribute("functools", "partial")
        if partial.isEmpty { return .empty }
        let first = thread.newTuple(methodType.type.value, own.pointee.names)
        if first.isEmpty { return .empty }
        let bound = thread.call(partial, tuple: first, dict: own.pointee.keywords)
        return bound.isEmpty ? .empty : thread.newTuple(bound, own.pointee.items)
    }

    // MARK: Text

    private static func repr(_ thread: ThreadRef, _ value: Value, _ name: StaticString, _ items: Value) -> Value {
        guard let entered = thread.enterRepr(value) else { return .empty }
        var text = TextBuffer()
        text.append(name)
        if !entered {
            text.append("(...)")
            return text.make(thread)
        }
        defer { thread.leaveRepr(value) }
        text.append("(")
        for index in 0 ..< TupleRef(items).count {
            if index > 0 { text.append(", ") }
            guard text.append(repr: TupleRef(items)[index], thread) else { return .empty }
        }
        text.append(")")
        return text.make(thread)
    }

    private static func reprMethod(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("operator.methodcaller(...)") }
        defer { thread.leaveRepr(value) }
        let own = object(value)
        var text = TextBuffer()
        text.append("operator.methodcaller(")
        guard text.append(repr: own.pointee.names, thread) else { return .empty }
        for index in 0 ..< TupleRef(own.pointee.items).count {
            text.append(", ")
            guard text.append(repr: TupleRef(own.pointee.items)[index], thread) else { return .empty }
        }
        if !own.pointee.keywords.isEmpty {
            var position = 0
            while let (key, item) = DictRef(own.pointee.keywords).next(&position) {
                text.append(", ")
                text.append(StringRef(key))
                text.append("=")
                guard text.append(repr: item, thread) else { return .empty }
            }
        }
        text.append(")")
        return text.make(thread)
    }
}
