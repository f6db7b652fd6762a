import ContainerTypes
import Objects

/// `_functools`: `reduce`, `cmp_to_key` and `partial`. The cache of `lru_cache` is in `CallCache.swift`.
enum FunctionTools {
    static func register() {
        NativeModule.register("_functools", doc: "Tools that operate on functions.", functions: functions) { module in
            Partials.define(module)
            KeyFunctions.define()
            CallCache.define(module)
            return true
        }
    }

    private static var functions: [Def] {
        [
            Def("reduce(function, iterable, initial=<unrepresentable>, /)", .calls,
                "reduce(function, iterable[, initial], /) -> value\n\nApply a function of two arguments cumulatively to the items of an iterable, from left to right.\n\nThis effectively reduces the iterable to a single value.  If initial is present,\nit is placed before the items of the iterable in the calculation, and serves as\na default when the iterable is empty.\n\nFor example, reduce(lambda x, y: x+y, [1, 2, 3, 4, 5])\ncalculates ((((1 + 2) + 3) + 4) + 5).", kind: .function) { thread, a, _ in
                let iterator = thread.iterator(a[1])
                if iterator.isEmpty {
                    if thread.clearException(.typeError) { thread.raise(.typeError, "reduce() arg 2 must support iteration") }
                    return .empty
                }
                var result = a[2]
                while true {
                    let item = thread.next(iterator)
                    if item.isEmpty {
                        if thread.hasException { return .empty }
                        return result.isEmpty ? thread.raise(.typeError, "reduce() of empty iterable with no initial value") : result
                    }
                    if result.isEmpty { result = item; continue }
                    result = thread.call(a[0], result, item)
                    if result.isEmpty { return .empty }
                }
            },
            Def("cmp_to_key(mycmp)", .calls, "Convert a cmp= function into a key= function.\n\n  mycmp\n    Function that compares two objects.", kind: .function) { thread, a, _ in
                KeyFunctions.make(thread, a[0], .empty)
            },
        ]
    }
}

/// What `cmp_to_key` returns: called, it wraps an object so that comparisons ask the function.
struct KeyObject {
    var header: ObjectHeader
    var function: Value
    /// empty for the key function itself
    var object: Value
}

enum KeyFunctions {
    nonisolated(unsafe) private static var type: NativeType!
    nonisolated(unsafe) private static var call: Constructor!

    static func make(_ thread: ThreadRef, _ function: Value, _ object: Value) -> Value {
        let result = type.allocate(thread, size: MemoryLayout<KeyObject>.size)
        if result.isEmpty { return .empty }
        result.object(KeyObject.self).pointee.function = function
        result.object(KeyObject.self).pointee.object = object
        return result
    }

    static func define() {
        call = Constructor("K(self, obj)") { thread, a, _ in KeyFunctions.make(thread, a[0].object(KeyObject.self).pointee.function, a[1]) }
        type = NativeType("KeyWrapper", module: "functools", size: MemoryLayout<KeyObject>.size, mask: 0b110, flags: .noInstantiation, getters: [
            Getter("obj", "Value wrapped by a key function.", set: { _, a, _ in
                a[0].object(KeyObject.self).pointee.object = a[1]
                Heap.barrier(a[0].raw)
                return .none
            }) { _, a, _ in
                let object = a[0].object(KeyObject.self).pointee.object
                return object.isEmpty ? .none : object
            },
        ]) { slots in
            slots.unhashable()
            slots.call(.call) { thread, key, arguments, count, keywords in
                if count == 1 && keywords.isEmpty { return KeyFunctions.make(thread, key.object(KeyObject.self).pointee.function, arguments[0]) }
                return KeyFunctions.call.call(thread, key, arguments, count, keywords)
            }
            slots.compare { thread, a, b, operation in
                guard b.isPointer, b.type == KeyFunctions.type.type else { return thread.raise(.typeError, "other argument must be K instance") }
                let left = a.object(KeyObject.self), right = b.object(KeyObject.self)
                guard !left.pointee.object.isEmpty, !right.pointee.object.isEmpty else { return thread.raise(.attributeError, "object") }
                let order = thread.call(left.pointee.function, left.pointee.object, right.pointee.object)
                if order.isEmpty { return .empty }
                return thread.compare(order, Value(small: 0), Comparison(number: operation))
            }
        }
    }
}

/// `functools.partial`
struct PartialObject {
    var header: ObjectHeader
    var function: Value
    /// tuple
    var arguments: Value
    /// dict
    var keywords: Value
    var dict: Value
}

enum Partials {
    nonisolated(unsafe) private static var type: NativeType!

    static func define(_ module: ModuleBuilder) {
        type = NativeType("partial", module: "functools", size: MemoryLayout<PartialObject>.size, mask: 0b11110, dictOffset: MemoryLayout<PartialObject>.size - 8,
                          flags: [.base, .weakReferenceable],
                          doc: "partial(func, *args, **keywords)\n\nA function that is called with these arguments first.\n", methods: [
            Def("__reduce__(self, /)", .calls) { thread, a, _ in
                let partial = a[0].object(PartialObject.self)
                let arguments = thread.newTuple(partial.pointee.function)
                if arguments.isEmpty { return .empty }
                let dict = InstanceAttributes.snapshot(thread, a[0])
                if dict.isEmpty { return .empty }
                let state = thread.newTuple(partial.pointee.function, partial.pointee.arguments, partial.pointee.keywords, DictRef(dict).count == 0 ? .none : dict)
                return state.isEmpty ? .empty : thread.newTuple(a[0].type.value, arguments, state)
            },
            Def("__setstate__(self, state, /)", .calls) { thread, a, _ in Partials.setState(thread, a[0], a[1]) },
            Shared.classGetItem,
        ], getters: [
            Getter("func", "function object to use in future partial calls", isMember: true) { _, a, _ in a[0].object(PartialObject.self).pointee.function },
            Getter("args", "tuple of arguments to future partial calls", isMember: true) { _, a, _ in a[0].object(PartialObject.self).pointee.arguments },
            Getter("keywords", "dictionary of keyword arguments to future partial calls", isMember: true) { _, a, _ in a[0].object(PartialObject.self).pointee.keywords },
            .instanceDict,
        ]) { slots in
            slots.restate(.getAttribute, .setAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in Partials.new(thread, TypeRef(type), a, count, keywords) }
            slots.call(.call) { thread, partial, a, count, keywords in Partials.call(thread, partial, a, count, keywords) }
            slots.unary(.repr) { thread, value in Partials.repr(thread, value) }
        }
        module.add(type)
    }

    static func new(_ thread: ThreadRef, _ type: TypeRef, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        if given < 1 { return thread.raise(.typeError, "type 'partial' takes at least one argument") }
        var function = a[0]
        guard function.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "the first argument must be callable") }
        let dict = thread.newDict()
        if dict.isEmpty { return .empty }
        var arguments = thread.newTuple(a + 1, given - 1)
        if arguments.isEmpty { return .empty }
        // A partial of a plain partial is one of its function.
        if function.isPointer && function.type == Partials.type.type && type == Partials.type.type {
            let inner = function.object(PartialObject.self)
            if inner.pointee.dict.isEmpty {
                arguments = TupleRef(inner.pointee.arguments).count == 0 ? arguments : concat(thread, inner.pointee.arguments, arguments)
                if arguments.isEmpty { return .empty }
                function = inner.pointee.function
                var position = 0
                while let (key, value) = DictRef(inner.pointee.keywords).next(&position) {
                    guard DictRef(dict).set(thread, key, value) else { return .empty }
                }
            }
        }
        for index in 0 ..< named { guard DictRef(dict).set(thread, TupleRef(keywords)[index], a[given + index]) else { return .empty } }
        let result = thread.allocateInstance(type)
        if result.isEmpty { return .empty }
        let partial = result.object(PartialObject.self)
        partial.pointee.function = function
        partial.pointee.arguments = arguments
        partial.pointee.keywords = dict
        return result
    }

    private static func concat(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        let left = TupleRef(a), right = TupleRef(b)
        let result = thread.newTuple(count: left.count + right.count)
        if result.isEmpty { return .empty }
        for index in 0 ..< left.count { TupleRef(result).initialize(index, left[index]) }
        for index in 0 ..< right.count { TupleRef(result).initialize(left.count + index, right[index]) }
        return result
    }

    static func call(_ thread: ThreadRef, _ value: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let partial = value.object(PartialObject.self)
        guard !partial.pointee.function.isEmpty else { return thread.raise(.typeError, "uninitialized partial object") }
        let own = TupleRef(partial.pointee.arguments)
        let bound = DictRef(partial.pointee.keywords)
        let ownCount = own.count
        if bound.count == 0 {
            guard let vector = thread.pushArguments(ownCount + count + 1) else { return .empty }
            (vector + 1).update(from: own.items, count: ownCount)
            (vector + 1 + ownCount).update(from: a, count: count)
            let result = thread.call(partial.pointee.function, vector + 1, ownCount + count, keywords)
            thread.popArguments(vector)
            return result
        }
        // Positional ones first, then the bound keywords that the call does not override, then the call's.
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        let merged = thread.copyDict(bound)
        if merged.isEmpty { return .empty }
        for index in 0 ..< named { guard DictRef(merged).set(thread, TupleRef(keywords)[index], a[given + index]) else { return .empty } }
        let total = ownCount + given
        let all = DictRef(merged).count
        guard let vector = thread.pushArguments(total + all + 3) else { return .empty }
        defer { thread.popArguments(vector) }
        vector.update(repeating: .empty, count: total + all + 3)
        (vector + 1).update(from: own.items, count: ownCount)
        (vector + 1 + ownCount).update(from: a, count: given)
        let names = thread.newTuple(count: all)
        if names.isEmpty { return .empty }
        vector[total + all + 2] = names
        var position = 0
        var index = 0
        while let (key, item) = DictRef(merged).next(&position) {
            guard key.isString else { return thread.raise(.typeError, "keywords must be strings") }
            TupleRef(names).initialize(index, key)
            vector[1 + total + index] = item
            index += 1
        }
        return thread.call(partial.pointee.function, vector + 1, total + all, names)
    }

    static func repr(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let entered = thread.enterRepr(value) else { return .empty }
        if !entered { return thread.newString("...") }
        defer { thread.leaveRepr(value) }
        let partial = value.object(PartialObject.self)
        var text = TextBuffer()
        let name = value.type
        text.append(text: name == Partials.type.type ? "functools.partial(" : "\(name.name)(")
        guard text.append(repr: partial.pointee.function, thread) else { return .empty }
        let arguments = TupleRef(partial.pointee.arguments)
        for index in 0 ..< arguments.count {
            text.append(", ")
            guard text.append(repr: arguments[index], thread) else { return .empty }
        }
        var position = 0
        while let (key, item) = DictRef(partial.pointee.keywords).next(&position) {
            text.append(", ")
            let keyText = thread.str(key)
            if keyText.isEmpty { return .empty }
            text.append(StringRef(keyText))
            text.append("=")
            guard text.append(repr: item, thread) else { return .empty }
        }
        text.append(")")
        return text.make(thread)
    }

    static func setState(_ thread: ThreadRef, _ value: Value, _ state: Value) -> Value {
        guard state.isTuple, TupleRef(state).count == 4 else { return thread.raise(.typeError, "invalid partial state") }
        let parts = TupleRef(state)
        guard parts[0].type.slotPointer(.call).pointee != nil, parts[1].isTuple, parts[2].isNone || parts[2].isDict, parts[3].isNone || parts[3].isDict else {
            return thread.raise(.typeError, "invalid partial state")
        }
        let arguments = parts[1].isExact(.tuple) ? parts[1] : thread.newTuple(TupleRef(parts[1]).items, TupleRef(parts[1]).count)
        if arguments.isEmpty { return .empty }
        let keywords = parts[2].isNone ? thread.newDict() : parts[2].isExact(.dict) ? parts[2] : thread.copyDict(DictRef(parts[2]))
        if keywords.isEmpty { return .empty }
        let partial = value.object(PartialObject.self)
        partial.pointee.function = parts[0]
        partial.pointee.arguments = arguments
        partial.pointee.keywords = keywords
        Heap.barrier(value.raw)
        InstanceAttributes.setDict(value, parts[3].isNone ? thread.newDict() : parts[3])
        return .none
    }
}
