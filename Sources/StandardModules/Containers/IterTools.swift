import ContainerTypes
import Objects

/// `itertools`: what its types share, and the ones that pass items on (chain, cycle, islice …). Combinatorics are in `Combinatorics.swift`, grouping and tee in `IterGroups.swift`.
///
/// All types use one layout, `ToolObject`, whose fields mean what each type's comment says, or the first words of it. Iterators that are done are dropped, so that they are
/// not asked again.
struct ToolObject {
    var header: ObjectHeader
    var a: Value
    var b: Value
    var c: Value
    var d: Value
    var i: Int
    var j: Int
    var k: Int
    var l: Int
}

enum IterTools {
    static func register() {
        NativeModule.register("itertools", doc: "Functional tools for creating and using iterators.", functions: [
            Def("tee(iterable, n=2, /)", .calls, "Returns a tuple of n independent iterators.", kind: .function) { thread, a, _ in Tees.tee(thread, a[0], a[1]) },
        ]) { module in
            definePassing(module)
            defineSelecting(module)
            Combinatorics.define(module)
            Grouping.define(module)
            Tees.define(module)
            return true
        }
    }

    @inline(__always) static func tool(_ value: Value) -> UnsafeMutablePointer<ToolObject> { value.object(ToolObject.self) }

    /// Declares a type with the common layout up to the field `last`; `new` gets the type and the arguments as its signature binds them.
    static func type<Field>(_ module: ModuleBuilder, _ name: StaticString, upTo last: KeyPath<ToolObject, Field>, _ doc: StaticString, methods: [Def], new: @escaping CallFunction, next: @escaping UnaryFunction,
                     repr: UnaryFunction? = nil) {
        let size = MemoryLayout<ToolObject>.offset(of: last)! + 8
        module.add(NativeType(name, module: "itertools", size: size, mask: mask(min(size, MemoryLayout<ToolObject>.offset(of: \.i)!)), flags: .base, doc: doc, methods: methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new, new)
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next, next)
            if let repr { slots.unary(.repr, repr) }
        })
    }

    static func reduce(_ function: @escaping NativeFunction) -> Def { Def("__reduce__(self, /)", .calls, "Return state information for pickling.", function) }
    static func setState(_ function: @escaping NativeFunction) -> Def { Def("__setstate__(self, state, /)", .calls, "Set state information for unpickling.", function) }

    /// How many arguments are positional. Keywords are left to a subclass's own `__init__`, and without one they are refused: nil.
    static func given(_ thread: ThreadRef, _ type: Value, _ name: String, _ count: Int, _ keywords: Value) -> Int? {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        if named > 0, !Shared.ownInit(TypeRef(type), .object), !Shared.noKeywords(thread, name, keywords) { return nil }
        return count - named
    }

    /// A constructor that takes no keywords: checks them and the number of arguments. False when it has raised.
    static func positional(_ thread: ThreadRef, _ type: Value, _ name: String, _ count: Int, _ keywords: Value, _ least: Int, _ most: Int) -> Bool {
        guard let given = given(thread, type, name, count, keywords) else { return false }
        return Shared.arity(thread, name, given, least, most)
    }

    /// `(type, arguments[, state])`
    static func pickled(_ thread: ThreadRef, _ value: Value, _ arguments: Value, _ state: Value = .absent) -> Value {
        state == .absent ? thread.newTuple(value.type.value, arguments) : thread.newTuple(value.type.value, arguments, state)
    }

    /// Of an object of so many bytes, all of which but the header are values.
    static func mask(_ size: Int) -> UInt64 { 1 << UInt64(size / 8) - 2 }

    /// A new instance. Fields that are not given are zero, and may be none of the type's.
    static func make(_ thread: ThreadRef, _ type: Value, a: Value = .empty, b: Value = .empty, c: Value = .empty, i: Int = 0, j: Int = 0, k: Int = 0, l: Int = 0) -> Value {
        let result = thread.allocateInstance(TypeRef(type))
        if result.isEmpty { return .empty }
        let own = tool(result)
        own.pointee.a = a
        own.pointee.b = b
        if !c.isEmpty { own.pointee.c = c }
        if i != 0 { own.pointee.i = i }
        if j != 0 { own.pointee.j = j }
        if k != 0 { own.pointee.k = k }
        if l != 0 { own.pointee.l = l }
        return result
    }

    // MARK: chain, cycle, repeat, count, accumulate

    nonisolated(unsafe) static var chainType = TypeRef(Value.none)
    nonisolated(unsafe) static var sliceType = TypeRef(Value.none)
    nonisolated(unsafe) private static var accumulate: Constructor!
    nonisolated(unsafe) private static var count: Constructor!
    nonisolated(unsafe) private static var repeating: Constructor!

    private static func definePassing(_ module: ModuleBuilder) {
        // chain: a the iterator of iterables, b the one being passed on.
        type(module, "chain", upTo: \.b, "chain(*iterables)\n\nThe items of the first iterable, then those of the second, and so on.", methods: [
            Def("from_iterable(type, iterable, /)", .calls, "chain(), for an iterable of the iterables, which are asked for one by one.", kind: .classMethod) { thread, a, _ in
                let source = thread.iterator(a[1])
                return source.isEmpty ? .empty : IterTools.make(thread, a[0], a: source)
            },
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                if own.pointee.a.isEmpty { return IterTools.pickled(thread, a[0], WellKnown.emptyTuple.value) }
                let state = own.pointee.b.isEmpty ? thread.newTuple(own.pointee.a) : thread.newTuple(own.pointee.a, own.pointee.b)
                return state.isEmpty ? .empty : IterTools.pickled(thread, a[0], WellKnown.emptyTuple.value, state)
            },
            setState { thread, a, _ in
                guard a[1].isTuple else { return thread.raise(.typeError, "state is not a tuple") }
                let state = TupleRef(a[1])
                guard state.count == 1 || state.count == 2 else { return thread.raise(.typeError, "function takes at most 2 arguments (\(state.count) given)") }
                for index in 0 ..< state.count where state[index].type.slotPointer(.next).pointee == nil { return thread.raise(.typeError, "Arguments must be iterators.") }
                IterTools.tool(a[0]).pointee.a = state[0]
                IterTools.tool(a[0]).pointee.b = state.count == 2 ? state[1] : .empty
                Heap.barrier(a[0].raw)
                return .none
            },
            Shared.classGetItem,
        ], new: { thread, type, a, count, keywords in
            guard let given = IterTools.given(thread, type, "chain", count, keywords) else { return .empty }
            let sources = thread.newTuple(a, given)
            let source = sources.isEmpty ? Value.empty : thread.iterator(sources)
            return source.isEmpty ? .empty : IterTools.make(thread, type, a: source)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            while !own.pointee.a.isEmpty {
                if own.pointee.b.isEmpty {
                    let iterable = thread.next(own.pointee.a)
                    let iterator = iterable.isEmpty ? Value.empty : thread.iterator(iterable)
                    if iterator.isEmpty {
                        own.pointee.a = .empty
                        return .empty
                    }
                    own.pointee.b = iterator
                    Heap.barrier(value.raw)
                }
                let item = thread.next(own.pointee.b)
                if !item.isEmpty || thread.hasException { return item }
                own.pointee.b = .empty
            }
            return .empty
        })
        chainType = TypeRef(module.namespace.get(string: StringRef.intern("chain").value))

        // cycle: a the iterator until it ends, b the list of saved items, i the next of them, j whether items need not be saved.
        type(module, "cycle", upTo: \.j, "cycle(iterable, /)\n--\n\nThe items again and again, from a copy after the first time.", methods: [
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                var iterator = own.pointee.a
                var first = Value(own.pointee.j != 0)
                if iterator.isEmpty {
                    iterator = thread.iterator(own.pointee.b)
                    if iterator.isEmpty { return .empty }
                    iterator.object(IteratorObject.self).pointee.index = own.pointee.i
                    first = .true
                }
                let state = thread.newTuple(own.pointee.b, first)
                return state.isEmpty ? .empty : IterTools.pickled(thread, a[0], thread.newTuple(iterator), state)
            },
            setState { thread, a, _ in
                guard a[1].isTuple else { return thread.raise(.typeError, "state is not a tuple") }
                let state = TupleRef(a[1])
                guard state.count == 2, state[0].isList, let first = thread.toInt(state[1]) else {
                    return thread.hasException ? .empty : thread.raise(.typeError, "function takes exactly 2 arguments (\(state.count) given)")
                }
                let own = IterTools.tool(a[0])
                own.pointee.b = state[0]
                own.pointee.j = first != 0 ? 1 : 0
                own.pointee.i = 0
                Heap.barrier(a[0].raw)
                return .none
            },
        ], new: { thread, type, a, count, keywords in
            guard IterTools.positional(thread, type, "cycle", count, keywords, 1, 1) else { return .empty }
            let iterator = thread.iterator(a[0])
            let saved = iterator.isEmpty ? Value.empty : thread.newList()
            return saved.isEmpty ? .empty : IterTools.make(thread, type, a: iterator, b: saved)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            if !own.pointee.a.isEmpty {
                let item = thread.next(own.pointee.a)
                if !item.isEmpty {
                    if own.pointee.j == 0, !ListRef(own.pointee.b).append(thread, item) { return .empty }
                    return item
                }
                if thread.hasException { return .empty }
                own.pointee.a = .empty
            }
            let saved = ListRef(own.pointee.b)
            if saved.count == 0 { return .empty }
            if own.pointee.i >= saved.count { own.pointee.i = 0 }
            let item = saved[own.pointee.i]
            own.pointee.i += 1
            if own.pointee.i >= saved.count { own.pointee.i = 0 }
            return item
        })

        // repeat: a the object, i how often still, -1 for ever.
        repeating = Constructor("repeat(self, object, times=None)") { thread, a, _ in
            var times = -1
            if !a[2].isEmpty {
                guard let number = thread.toInt(a[2]) else { return .empty }
                times = max(number, 0)
            }
            return IterTools.make(thread, a[0], a: a[1], i: times)
        }
        type(module, "repeat", upTo: \.i, "repeat(object[, times])\n\nThe same object so many times, or for ever.", methods: [
            Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { thread, a, _ in
                let left = IterTools.tool(a[0]).pointee.i
                return left < 0 ? thread.raise(.typeError, "len() of unsized object") : thread.newInt(left)
            },
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                return IterTools.pickled(thread, a[0], own.pointee.i < 0 ? thread.newTuple(own.pointee.a) : thread.newTuple(own.pointee.a, thread.newInt(own.pointee.i)))
            },
        ], new: { thread, type, a, count, keywords in IterTools.repeating.call(thread, type, a, count, keywords) }, next: { _, value in
            let own = IterTools.tool(value)
            if own.pointee.i == 0 { return .empty }
            if own.pointee.i > 0 { own.pointee.i -= 1 }
            return own.pointee.a
        }, repr: { thread, value in
            let own = IterTools.tool(value)
            var text = TextBuffer()
            text.append(text: value.type.shortName + "(")
            guard text.append(repr: own.pointee.a, thread) else { return .empty }
            text.append(text: own.pointee.i < 0 ? ")" : ", \(own.pointee.i))")
            return text.make(thread)
        })

        // count: a the next number, b the step. Numbers of any int type that fit a word are counted by one as plain ones; all others as they are, by their own addition.
        count = Constructor("count(self, start=0, step=1)") { thread, a, _ in
            let start = a[1].isEmpty ? Value(small: 0) : a[1], step = a[2].isEmpty ? Value(small: 1) : a[2]
            func isNumber(_ value: Value) -> Bool {
                let type = value.type
                return thread.isIndex(value) || type.slotPointer(.float).pointee != nil || type.slotPointer(.int).pointee != nil || type.isSubtype(of: TypeID.complex.type)
            }
            guard isNumber(start), isNumber(step) else { return thread.raise(.typeError, "a number is required") }
            if start.isInt, step.isInt, IntOps.toInt(step) == 1, let first = IntOps.toInt(start) { return IterTools.make(thread, a[0], a: thread.newInt(first), b: Value(small: 1)) }
            return IterTools.make(thread, a[0], a: start, b: step)
        }
        type(module, "count", upTo: \.b, "count(start=0, step=1)\n--\n\nThe numbers start, start + step, start + 2 * step and so on, without end.", methods: [
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                return IterTools.pickled(thread, a[0], own.pointee.a.isInt && IntOps.toInt(own.pointee.a) != nil && own.pointee.b == Value(small: 1) ? thread.newTuple(own.pointee.a) : thread.newTuple(own.pointee.a, own.pointee.b))
            },
        ], new: { thread, type, a, count, keywords in IterTools.count.call(thread, type, a, count, keywords) }, next: { thread, value in
            let own = IterTools.tool(value)
            let result = own.pointee.a
            if Value.bothSmall(result, own.pointee.b) {
                // Two 63-bit numbers: the sum fits a word.
                own.pointee.a = thread.newInt(result.smallInt + own.pointee.b.smallInt)
            } else {
                let next = thread.binary(result, own.pointee.b, .add)
                if next.isEmpty { return .empty }
                own.pointee.a = next
            }
            Heap.barrier(value.raw)
            return result
        }, repr: { thread, value in
            let own = IterTools.tool(value)
            var text = TextBuffer()
            text.append(text: value.type.shortName + "(")
            guard text.append(repr: own.pointee.a, thread) else { return .empty }
            if !own.pointee.b.isInt || IntOps.toInt(own.pointee.b) != 1 {
                text.append(", ")
                guard text.append(repr: own.pointee.b, thread) else { return .empty }
            }
            text.append(")")
            return text.make(thread)
        })

        // accumulate: a the iterator, b the function or None, c the total, d the initial value until it was given out.
        accumulate = Constructor("accumulate(self, iterable, func=None, *, initial=None)") { thread, a, _ in
            let iterator = thread.iterator(a[1])
            if iterator.isEmpty { return .empty }
            let result = IterTools.make(thread, a[0], a: iterator, b: a[2].isEmpty ? .none : a[2])
            if !result.isEmpty && !a[3].isEmpty && !a[3].isNone { IterTools.tool(result).pointee.d = a[3] }
            return result
        }
        type(module, "accumulate", upTo: \.d, "accumulate(iterable, func=None, *, initial=None)\n--\n\nThe sums of the first item, the first two, and so on; or what another function of two arguments makes of them.", methods: [
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                let isTotalNone = own.pointee.d.isEmpty && !own.pointee.c.isEmpty && own.pointee.c.isNone
                let pending = isTotalNone ? Value.none : own.pointee.d
                if !pending.isEmpty {
                    // The value to begin with travels in front of the items, and so does a total that would not count as a state: it is skipped after that.
                    let first = thread.newTuple(pending)
                    if first.isEmpty { return .empty }
                    let chained = thread.call(IterTools.chainType.value, first, own.pointee.a)
                    if !isTotalNone { return IterTools.pickled(thread, a[0], thread.newTuple(chained, own.pointee.b), .none) }
                    let fresh = chained.isEmpty ? Value.empty : thread.call(a[0].type.value, chained, own.pointee.b)
                    let arguments = thread.newTuple(fresh, Value(small: 1), .none)
                    return thread.newTuple(IterTools.sliceType.value, arguments)
                }
                return IterTools.pickled(thread, a[0], thread.newTuple(own.pointee.a, own.pointee.b), own.pointee.c.isEmpty ? .none : own.pointee.c)
            },
            setState { _, a, _ in
                IterTools.tool(a[0]).pointee.c = a[1].isNone ? .empty : a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
        ], new: { thread, type, a, count, keywords in IterTools.accumulate.call(thread, type, a, count, keywords) }, next: { thread, value in
            let own = IterTools.tool(value)
            if !own.pointee.d.isEmpty {
                own.pointee.c = own.pointee.d
                own.pointee.d = .empty
                return own.pointee.c
            }
            let item = thread.next(own.pointee.a)
            if item.isEmpty { return .empty }
            if own.pointee.c.isEmpty {
                own.pointee.c = item
            } else {
                var total = Value.empty
                if own.pointee.b.isNone, Value.bothSmall(own.pointee.c, item) { total = thread.newInt(own.pointee.c.smallInt + item.smallInt) }
                else { total = own.pointee.b.isNone ? thread.binary(own.pointee.c, item, .add) : thread.call(own.pointee.b, own.pointee.c, item) }
                if total.isEmpty { return .empty }
                own.pointee.c = total
            }
            Heap.barrier(value.raw)
            return own.pointee.c
        })
    }

    // MARK: dropwhile, takewhile, filterfalse, starmap, compress, islice, pairwise, zip_longest

    nonisolated(unsafe) private static var compress: Constructor!

    /// The four tools of a function and an iterable. a the iterator, b the function, i whether the turning point has come.
    private static func newWithFunction(_ thread: ThreadRef, _ type: Value, _ name: String, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        guard positional(thread, type, name, count, keywords, 2, 2) else { return .empty }
        let iterator = thread.iterator(a[1])
        return iterator.isEmpty ? .empty : make(thread, type, a: iterator, b: a[0])
    }

    private static func defineSelecting(_ module: ModuleBuilder) {
        let reduceTurning = reduce { thread, a, _ in
            let own = IterTools.tool(a[0])
            return IterTools.pickled(thread, a[0], thread.newTuple(own.pointee.b, own.pointee.a), Value(small: own.pointee.i))
        }
        let setTurning = setState { thread, a, _ in
            let truth = thread.isTrue(a[1])
            if truth < 0 { return .empty }
            IterTools.tool(a[0]).pointee.i = Int(truth)
            return .none
        }
        let reducePlain = reduce { thread, a, _ in IterTools.pickled(thread, a[0], thread.newTuple(IterTools.tool(a[0]).pointee.b, IterTools.tool(a[0]).pointee.a)) }
        type(module, "dropwhile", upTo: \.i, "dropwhile(predicate, iterable, /)\n--\n\nLeave out the items as long as the predicate is true, and keep all from the first for which it is not.", methods: [reduceTurning, setTurning], new: { thread, type, a, count, keywords in
            IterTools.newWithFunction(thread, type, "dropwhile", a, count, keywords)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            while true {
                let item = thread.next(own.pointee.a)
                if item.isEmpty || own.pointee.i != 0 { return item }
                let verdict = thread.call(own.pointee.b, item)
                if verdict.isEmpty { return .empty }
                let truth = thread.isTrue(verdict)
                if truth < 0 { return .empty }
                if truth == 0 {
                    own.pointee.i = 1
                    return item
                }
            }
        })
        type(module, "takewhile", upTo: \.i, "takewhile(predicate, iterable, /)\n--\n\nThe items up to the first for which the predicate is false.", methods: [reduceTurning, setTurning], new: { thread, type, a, count, keywords in
            IterTools.newWithFunction(thread, type, "takewhile", a, count, keywords)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            if own.pointee.i != 0 { return .empty }
            let item = thread.next(own.pointee.a)
            if item.isEmpty { return .empty }
            let verdict = thread.call(own.pointee.b, item)
            if verdict.isEmpty { return .empty }
            let truth = thread.isTrue(verdict)
            if truth == 0 { own.pointee.i = 1 }
            return truth > 0 ? item : .empty
        })
        type(module, "filterfalse", upTo: \.b, "filterfalse(function, iterable, /)\n--\n\nThe items for which the function is false, or with None in its place, that are false themselves.", methods: [reducePlain], new: { thread, type, a, count, keywords in
            IterTools.newWithFunction(thread, type, "filterfalse", a, count, keywords)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            let plain = own.pointee.b.isNone || own.pointee.b == TypeID.bool.value
            while true {
                let item = thread.next(own.pointee.a)
                if item.isEmpty { return .empty }
                let verdict = plain ? item : thread.call(own.pointee.b, item)
                if verdict.isEmpty { return .empty }
                let truth = thread.isTrue(verdict)
                if truth <= 0 { return truth < 0 ? .empty : item }
            }
        })
        type(module, "starmap", upTo: \.b, "starmap(function, iterable, /)\n--\n\nWhat a function returns for each tuple of arguments.", methods: [reducePlain], new: { thread, type, a, count, keywords in
            IterTools.newWithFunction(thread, type, "starmap", a, count, keywords)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            let item = thread.next(own.pointee.a)
            if item.isEmpty { return .empty }
            let arguments = item.isExact(.tuple) ? item : thread.tuple(item)
            return arguments.isEmpty ? .empty : thread.call(own.pointee.b, tuple: arguments)
        })

        // compress: a the data, b the selectors.
        compress = Constructor("compress(self, data, selectors)") { thread, a, _ in
            let data = thread.iterator(a[1])
            let selectors = data.isEmpty ? Value.empty : thread.iterator(a[2])
            return selectors.isEmpty ? .empty : IterTools.make(thread, a[0], a: data, b: selectors)
        }
        type(module, "compress", upTo: \.b, "compress(data, selectors)\n--\n\nThe items whose selectors are true.", methods: [
            reduce { thread, a, _ in IterTools.pickled(thread, a[0], thread.newTuple(IterTools.tool(a[0]).pointee.a, IterTools.tool(a[0]).pointee.b)) },
        ], new: { thread, type, a, count, keywords in IterTools.compress.call(thread, type, a, count, keywords) }, next: { thread, value in
            let own = IterTools.tool(value)
            while true {
                let item = thread.next(own.pointee.a)
                if item.isEmpty { return .empty }
                let selector = thread.next(own.pointee.b)
                if selector.isEmpty { return .empty }
                let truth = thread.isTrue(selector)
                if truth != 0 { return truth < 0 ? .empty : item }
            }
        })

        // islice: a the iterator, i the next index to give out, j the stop or -1, k the step, l items taken so far.
        type(module, "islice", upTo: \.l, """
            islice(iterable, stop)
            islice(iterable, start, stop[, step])

            The items that a slice of a list would have, of any iterable; no negative numbers.
            """, methods: [
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                if own.pointee.a.isEmpty {
                    let nothing = thread.newList()
                    let iterator = nothing.isEmpty ? Value.empty : thread.iterator(nothing)
                    return IterTools.pickled(thread, a[0], thread.newTuple(iterator, Value(small: 0)), Value(small: 0))
                }
                return IterTools.pickled(thread, a[0], thread.newTuple(own.pointee.a, thread.newInt(own.pointee.i), own.pointee.j < 0 ? .none : thread.newInt(own.pointee.j), thread.newInt(own.pointee.k)), thread.newInt(own.pointee.l))
            },
            setState { thread, a, _ in
                guard let taken = thread.toInt(a[1]) else { return .empty }
                IterTools.tool(a[0]).pointee.l = taken
                return .none
            },
        ], new: { thread, type, a, count, keywords in
            guard let given = IterTools.given(thread, type, "islice", count, keywords), Shared.arity(thread, "islice", given, 2, 4) else { return .empty }
            return IterTools.newSlice(thread, type, a, given)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            if own.pointee.a.isEmpty { return .empty }
            let stop = own.pointee.j
            while own.pointee.l < own.pointee.i {
                let skipped = thread.next(own.pointee.a)
                if skipped.isEmpty {
                    own.pointee.a = .empty
                    return .empty
                }
                own.pointee.l += 1
            }
            if stop >= 0 && own.pointee.l >= stop {
                own.pointee.a = .empty
                return .empty
            }
            let item = thread.next(own.pointee.a)
            if item.isEmpty {
                own.pointee.a = .empty
                return .empty
            }
            own.pointee.l += 1
            let (next, overflow) = own.pointee.i.addingReportingOverflow(own.pointee.k)
            own.pointee.i = overflow || (stop >= 0 && next > stop) ? stop : next
            if own.pointee.i < 0 { own.pointee.i = Int.max }
            return item
        })
        sliceType = TypeRef(module.namespace.get(string: StringRef.intern("islice").value))

        // pairwise: a the iterator, b the previous item.
        type(module, "pairwise", upTo: \.b, "pairwise(iterable, /)\n--\n\nEach item together with the one that follows it.\n\n    pairwise('abc') --> ('a','b') ('b','c')", methods: [], new: { thread, type, a, count, keywords in
            guard IterTools.positional(thread, type, "pairwise", count, keywords, 1, 1) else { return .empty }
            let iterator = thread.iterator(a[0])
            return iterator.isEmpty ? .empty : IterTools.make(thread, type, a: iterator)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            if own.pointee.a.isEmpty { return .empty }
            if own.pointee.b.isEmpty {
                let first = thread.next(own.pointee.a)
                if first.isEmpty {
                    own.pointee.a = .empty
                    return .empty
                }
                own.pointee.b = first
                Heap.barrier(value.raw)
                if own.pointee.a.isEmpty { return .empty }
            }
            let old = own.pointee.b
            let item = thread.next(own.pointee.a)
            if item.isEmpty {
                own.pointee.a = .empty
                own.pointee.b = .empty
                return .empty
            }
            own.pointee.b = item
            Heap.barrier(value.raw)
            return thread.newTuple(old, item)
        })

        // zip_longest: a the tuple of iterators, None where exhausted, b the fill value, i how many still run.
        type(module, "zip_longest", upTo: \.i, """
            zip_longest(*iterables, fillvalue=None)

            Tuples of items taken side by side until the longest iterable ends; fillvalue stands for what the shorter ones lack.

            """, methods: [
            reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                let sources = TupleRef(own.pointee.a)
                let arguments = thread.newTuple(count: sources.count)
                if arguments.isEmpty { return .empty }
                for index in 0 ..< sources.count { TupleRef(arguments).initialize(index, sources[index].isNone ? WellKnown.emptyTuple.value : sources[index]) }
                return thread.newTuple(a[0].type.value, arguments, own.pointee.b)
            },
            setState { _, a, _ in
                IterTools.tool(a[0]).pointee.b = a[1]
                Heap.barrier(a[0].raw)
                return .none
            },
        ], new: { thread, type, a, count, keywords in
            let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
            let given = count - named
            var fill = Value.none
            if named > 0 {
                guard named == 1, StringRef(TupleRef(keywords)[0]).equals("fillvalue") else { return thread.raise(.typeError, "zip_longest() got an unexpected keyword argument") }
                fill = a[given]
            }
            let sources = thread.newTuple(count: given)
            if sources.isEmpty { return .empty }
            for index in 0 ..< given {
                let iterator = thread.iterator(a[index])
                if iterator.isEmpty { return .empty }
                TupleRef(sources).initialize(index, iterator)
            }
            return IterTools.make(thread, type, a: sources, b: fill, i: given)
        }, next: { thread, value in
            let own = IterTools.tool(value)
            if own.pointee.i == 0 { return .empty }
            let sources = TupleRef(own.pointee.a)
            let result = thread.newTuple(count: sources.count)
            if result.isEmpty { return .empty }
            for index in 0 ..< sources.count {
                var item = own.pointee.b
                if !sources[index].isNone {
                    let next = thread.next(sources[index])
                    if next.isEmpty {
                        own.pointee.i -= 1
                        if own.pointee.i == 0 || thread.hasException {
                            own.pointee.i = 0
                            return .empty
                        }
                        sources.initialize(index, .none)
                    } else {
                        item = next
                    }
                }
                TupleRef(result).initialize(index, item)
            }
            return result
        })
    }

    private static func newSlice(_ thread: ThreadRef, _ type: Value, _ a: Arguments, _ count: Int) -> Value {
        /// A bound: nil when it is no index from zero on. Whatever `__index__` raised is replaced, as in CPython.
        func bound(_ value: Value, _ fallback: Int) -> Int? {
            if value.isNone { return fallback }
            guard thread.isIndex(value), let number = thread.toInt(value), number >= 0 else {
                thread.takeException()
                return nil
            }
            return number
        }
        var start = 0, stop = -1, step = 1
        if count == 2 {
            guard let number = bound(a[1], -1) else { return thread.raise(.valueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
            stop = number
        } else {
            guard let last = bound(a[2], -1) else { return thread.raise(.valueError, "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
            guard let first = bound(a[1], 0) else { return thread.raise(.valueError, "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.") }
            start = first
            stop = last
        }
        if count == 4 {
            guard let number = bound(a[3], 1), number >= 1 else { return thread.raise(.valueError, "Step for islice() must be a positive integer or None.") }
            step = number
        }
        let iterator = thread.iterator(a[0])
        return iterator.isEmpty ? .empty : make(thread, type, a: iterator, i: start, j: stop, k: step)
    }
}
