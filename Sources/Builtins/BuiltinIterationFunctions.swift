import ContainerTypes
import Interpreter
import Objects

/// `builtins`: functions that iterate.
enum BuiltinIterationFunctions {
    static let table: [Def] = [
        Def("all(iterable, /)", .calls, "Whether every item is true; True when there is none.", kind: .function) { thread, a, _ in
            if Consumers.takes(thread, a[0]) { return Consumers.run(thread, .all, a[0], .none) }
            var found: Int32 = 1
            let complete = thread.forEach(a[0]) { item in
                found = thread.isTrue(item)
                return found == 1
            }
            return complete ? .true : found == 0 ? .false : .empty
        },
        Def("any(iterable, /)", .calls, "Whether some item is true; False when there is none.", kind: .function) { thread, a, _ in
            if Consumers.takes(thread, a[0]) { return Consumers.run(thread, .any, a[0], .none) }
            var found: Int32 = 0
            let complete = thread.forEach(a[0]) { item in
                found = thread.isTrue(item)
                return found == 0
            }
            return complete ? .false : found == 1 ? .true : .empty
        },
        Def("iter(object, sentinel=<unrepresentable>, /)", .calls, "iter(iterable) gives an iterator over it; iter(callable, sentinel) one that calls until the sentinel is returned.", kind: .function) { thread, a, _ in
            if a[1].isEmpty { return thread.iterator(a[0]) }
            if a[0].type.slotPointer(.call).pointee == nil { return thread.raise(.typeError, "iter(v, w): v must be callable") }
            return thread.newIterator(.callableIterator, a[0], extra: a[1])
        },
        Def("next(iterator, default=<unrepresentable>, /)", .calls, "The next item of an iterator; at its end the default, or StopIteration without one.", kind: .function) { thread, a, _ in
            guard let function = a[0].type.unary(.next) else { return thread.raise(.typeError, "'\(a[0].type.name)' object is not an iterator") }
            let result = function(thread, a[0])
            if !result.isEmpty { return result }
            if a[1].isEmpty { return thread.hasException ? .empty : thread.raise(.stopIteration) }
            return thread.endedIteration() ? a[1] : .empty
        },
        Def("aiter(async_iterable, /)", .calls, "An asynchronous iterator over an asynchronous iterable.", kind: .function) { thread, a, _ in
            guard let function = a[0].type.unary(.asyncIter) else { return thread.raise(.typeError, "'\(a[0].type.name)' object is not an async iterable") }
            let result = function(thread, a[0])
            if result.isEmpty || result.type.slotPointer(.asyncNext).pointee != nil { return result }
            return thread.raise(.typeError, "aiter() returned not an async iterator of type '\(result.type.name)'")
        },
        Def("anext(aiterator, default=<unrepresentable>, /)", .calls, "An awaitable of the next item of an asynchronous iterator; at its end the default, or StopAsyncIteration without one.", kind: .function) { thread, a, _ in
            guard let function = a[0].type.unary(.asyncNext) else { return thread.raise(.typeError, "'\(a[0].type.name)' object is not an async iterator") }
            let awaitable = function(thread, a[0])
            if awaitable.isEmpty || a[1].isEmpty { return awaitable }
            return AnextAwaitable.make(thread, awaitable, a[1])
        },
        Def("len(obj, /)", .calls, "How many items a container has.", kind: .function) { thread, a, _ in
            if a[0].isExact(.list) { return Value(small: ListRef(a[0]).count) }
            if a[0].isExact(.str) { return Value(small: StringRef(a[0]).count) }
            if a[0].isExact(.tuple) { return Value(small: TupleRef(a[0]).count) }
            if a[0].isExact(.dict) { return Value(small: DictRef(a[0]).count) }
            let length = thread.length(a[0])
            return length < 0 ? .empty : thread.newInt(length)
        },
        Def("max(*args, key=None, default=<unrepresentable>)", .calls, "max(iterable, *[, default, key]) and max(a, b, *rest[, key]): the largest item of one iterable, or of two or more arguments.", kind: .function) { thread, a, _ in
            BuiltinIterationFunctions.extreme(thread, a, .greater, "max")
        },
        Def("min(*args, key=None, default=<unrepresentable>)", .calls, "min(iterable, *[, default, key]) and min(a, b, *rest[, key]): the smallest item of one iterable, or of two or more arguments.", kind: .function) { thread, a, _ in
            BuiltinIterationFunctions.extreme(thread, a, .less, "min")
        },
        Def("sorted(iterable, /, *, key=None, reverse=False)", .calls, "A new list of the items in ascending order, or descending with reverse.", kind: .function, forwards: "sort") { thread, a, _ in
            let list = thread.list(a[0])
            if list.isEmpty || !ListSort.sort(thread, ListRef(list), key: a[1], reverse: a[2]) { return .empty }
            return list
        },
        Def("sum(iterable, /, start=0)", .calls, "start plus all items of an iterable of numbers.", kind: .function) { thread, a, _ in
            BuiltinIterationFunctions.sum(thread, a[0], a[1])
        },
    ]

    /// Whether there are so few items that a loop of Python's does not pay.
    private static func isShort(_ items: Value) -> Bool {
        if items.isExact(.tuple) { return TupleRef(items).count < Consumers.fewKeys }
        if items.isExact(.list) { return ListRef(items).count < Consumers.fewKeys }
        return items.isExact(.range) && items.object(RangeObject.self).pointee.length.bits < Value(small: Consumers.fewKeys).bits
    }

    /// min() and max(): the item that compares so with all others.
    static func extreme(_ thread: ThreadRef, _ a: Arguments, _ comparison: Comparison, _ name: StaticString) -> Value {
        let arguments = TupleRef(a[0])
        let key = a[1].isEmpty || a[1].isNone ? Value.empty : a[1]
        if arguments.count == 0 { return thread.raise(.typeError, "\(name) expected at least 1 argument, got 0") }
        if arguments.count > 1 && !a[2].isEmpty {
            return thread.raise(.typeError, "Cannot specify a default for \(name)() with multiple positional arguments")
        }
        if key.isEmpty, arguments.count == 1, Consumers.takes(thread, arguments[0]) {
            // What no item can be stands for none.
            let result = Consumers.run(thread, comparison == .less ? .least : .greatest, arguments[0], a[0])
            if result != a[0] { return result }
            return a[2].isEmpty ? thread.raise(.valueError, "\(name)() arg is an empty sequence") : a[2]
        }
        let items = arguments.count > 1 ? a[0] : arguments[0]
        if !key.isEmpty, Consumers.takes(thread, key: key), !isShort(items) {
            let iterator = thread.iterator(items), extra = iterator.isEmpty ? iterator : thread.newTuple(key)
            if extra.isEmpty { return .empty }
            let result = Consumers.run(thread, comparison == .less ? .leastBy : .greatestBy, by: key, iterator, extra)
            if result != extra { return result }
            return a[2].isEmpty ? thread.raise(.valueError, "\(name)() arg is an empty sequence") : a[2]
        }
        var best = Value.empty
        var bestKey = Value.empty
        let complete = thread.forEach(items) { item in
            var itemKey = item
            if !key.isEmpty {
                itemKey = thread.call(key, item)
                if itemKey.isEmpty { return false }
            }
            if !best.isEmpty {
                if Value.bothSmall(itemKey, bestKey) {
                    if comparison == .less ? itemKey.smallInt >= bestKey.smallInt : itemKey.smallInt <= bestKey.smallInt { return true }
                } else {
                    let better = thread.compareTruth(itemKey, bestKey, comparison)
                    if better <= 0 { return better == 0 }
                }
            }
            best = item
            bestKey = itemKey
            return true
        }
        if !complete { return .empty }
        if !best.isEmpty { return best }
        return a[2].isEmpty ? thread.raise(.valueError, "\(name)() arg is an empty sequence") : a[2]
    }

    /// The sum, in machine integers and doubles as long as the items are such.
    static func sum(_ thread: ThreadRef, _ iterable: Value, _ start: Value) -> Value {
        if !start.isEmpty && start.isPointer {
            if start.isString { return thread.raise(.typeError, "sum() can't sum strings [use ''.join(seq) instead]") }
            if start.isBytes { return thread.raise(.typeError, "sum() can't sum bytes [use b''.join(seq) instead]") }
            if start.isInstance(of: .bytearray) { return thread.raise(.typeError, "sum() can't sum bytearray [use b''.join(seq) instead]") }
        }
        if Consumers.takes(thread, iterable) { return Consumers.run(thread, .sum, iterable, start.isEmpty ? Value(small: 0) : start) }
        var whole = 0
        var real = 0.0
        var total = Value.empty
        // 0: `whole` holds the sum; 1: `real` does; 2: `total` does.
        var mode = 0
        if start.isEmpty { whole = 0 } else if start.isSmallInt { whole = start.smallInt } else if isExactFloat(start) { real = start.doubleValue; mode = 1 } else { total = start; mode = 2 }
        let complete = thread.forEach(iterable) { item in
            if mode == 0 {
                if item.isSmallInt || item.isBool {
                    let (result, overflow) = whole.addingReportingOverflow(item.isSmallInt ? item.smallInt : item == .true ? 1 : 0)
                    if !overflow { whole = result; return true }
                } else if isExactFloat(item) {
                    real = Double(whole) + item.doubleValue
                    mode = 1
                    return true
                }
                total = thread.newInt(whole)
                mode = 2
            } else if mode == 1 {
                if isExactFloat(item) { real += item.doubleValue; return true }
                if item.isSmallInt { real += Double(item.smallInt); return true }
                total = thread.newFloat(real)
                mode = 2
            }
            if total.isEmpty { return false }
            total = thread.binary(total, item, .add)
            return !total.isEmpty
        }
        if !complete { return .empty }
        return mode == 0 ? thread.newInt(whole) : mode == 1 ? thread.newFloat(real) : total
    }

    @inline(__always) private static func isExactFloat(_ value: Value) -> Bool {
        value.isInlineFloat || value == .positiveZero || value == .negativeZero || value.isExact(.float)
    }
}

/// What `anext(iterator, default)` returns: awaiting it gives the default at the end of the iteration.
enum AnextAwaitable {
    struct Object {
        var header: ObjectHeader
        var awaitable: Value
        var fallback: Value
    }

    nonisolated(unsafe) private static var type: NativeType?

    static func make(_ thread: ThreadRef, _ awaitable: Value, _ fallback: Value) -> Value {
        let type = self.type ?? define()
        let result = type.allocate(thread, size: MemoryLayout<Object>.size)
        if result.isEmpty { return .empty }
        let object = result.object(Object.self)
        object.pointee.awaitable = awaitable
        object.pointee.fallback = fallback
        return result
    }

    private static func define() -> NativeType {
        let made = NativeType("anext_awaitable", size: MemoryLayout<Object>.size, mask: 0b110, flags: .noInstantiation, methods: [
            Def("send(self, arg, /)", .calls) { thread, a, _ in AnextAwaitable.forward(thread, a[0], .send, a[1]) },
            Def("throw(self, type, value=None, traceback=None, /)", .calls) { thread, a, _ in
                AnextAwaitable.forward(thread, a[0], .throw, a[1], a[2].isEmpty ? .absent : a[2], a[3].isEmpty ? .absent : a[3])
            },
            Def("close(self, /)", .calls) { thread, a, _ in AnextAwaitable.forward(thread, a[0], .close) },
        ]) { slots in
            slots.unary(.iter) { _, value in value }
            slots.unary(.await) { _, value in value }
            slots.unary(.next) { thread, value in
                let iterator = AnextAwaitable.iterator(thread, value)
                if iterator.isEmpty { return .empty }
                // A coroutine has no next.
                let result = iterator.type.unary(.next).map { $0(thread, iterator) } ?? thread.callMethod(iterator, .send, .none)
                return result.isEmpty && thread.hasException ? AnextAwaitable.ended(thread, value) : result
            }
        }
        type = made
        return made
    }

    private static func iterator(_ thread: ThreadRef, _ value: Value) -> Value {
        AsyncProtocol.awaitableIterator(thread, value.object(Object.self).pointee.awaitable)
    }

    private static func forward(_ thread: ThreadRef, _ value: Value, _ method: Name, _ first: Value = .absent, _ second: Value = .absent, _ third: Value = .absent) -> Value {
        let iterator = iterator(thread, value)
        if iterator.isEmpty { return .empty }
        let result = thread.callMethod(iterator, method, first, second, third)
        return result.isEmpty ? ended(thread, value) : result
    }

    /// StopAsyncIteration becomes the default.
    private static func ended(_ thread: ThreadRef, _ value: Value) -> Value {
        guard thread.clearException(.stopAsyncIteration) else { return .empty }
        return thread.raiseStopIteration(value.object(Object.self).pointee.fallback)
    }
}
