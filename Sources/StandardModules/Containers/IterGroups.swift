import ContainerTypes
import Objects

/// `groupby`.
///
/// Of the `groupby`: a the iterator, b the key function, c the current value, d its key, e the group's key, f the group. Of a group: a the `groupby`, b its key.
enum Grouping {
    struct GroupObject {
        var header: ObjectHeader
        var a: Value
        var b: Value
        var c: Value
        var d: Value
        var e: Value
        var f: Value
    }

    private static let size = MemoryLayout<GroupObject>.size
    private static let partSize = MemoryLayout<GroupObject>.offset(of: \.c)!

    @inline(__always) private static func tool(_ value: Value) -> UnsafeMutablePointer<GroupObject> { value.object(GroupObject.self) }

    nonisolated(unsafe) private static var groupType: NativeType!
    nonisolated(unsafe) private static var construct: Constructor!

    static func define(_ module: ModuleBuilder) {
        groupType = NativeType("_grouper", module: "itertools", size: partSize, mask: IterTools.mask(partSize), methods: [
            IterTools.reduce { thread, a, _ in
                let own = Grouping.tool(a[0])
                if Grouping.tool(own.pointee.a).pointee.f != a[0] { return Shared.reduce(thread, Shared.builtin(thread, "iter"), WellKnown.emptyTuple.value) }
                return IterTools.pickled(thread, a[0], thread.newTuple(own.pointee.a, own.pointee.b))
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in
                guard IterTools.positional(thread, type, "_grouper", count, keywords, 2, 2) else { return .empty }
                guard a[0].isPointer, a[0].type.isSubtype(of: Grouping.type) else { return thread.raise(.typeError, "_grouper() argument 1 must be itertools.groupby, not \(a[0].argumentTypeName)") }
                let group = IterTools.make(thread, type, a: a[0], b: a[1])
                if !group.isEmpty {
                    Grouping.tool(a[0]).pointee.f = group
                    Heap.barrier(a[0].raw)
                }
                return group
            }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in Grouping.nextInGroup(thread, value) }
        }
        construct = Constructor("groupby(self, iterable, key=None)") { thread, a, _ in
            let iterator = thread.iterator(a[1])
            return iterator.isEmpty ? .empty : IterTools.make(thread, a[0], a: iterator, b: a[2].isEmpty ? .none : a[2])
        }
        let groupBy = NativeType("groupby", module: "itertools", size: size, mask: IterTools.mask(size), flags: .base, doc: "groupby(iterable, key=None)\n--\n\nSplit an iterable where the key changes: an iterator of tuples of a key and an iterator of the items that follow each other with this key. Without a key function the items are their own keys.", methods: [
            IterTools.reduce { thread, a, _ in
                let own = Grouping.tool(a[0])
                if own.pointee.d.isEmpty || own.pointee.e.isEmpty || own.pointee.c.isEmpty { return IterTools.pickled(thread, a[0], thread.newTuple(own.pointee.a, own.pointee.b)) }
                let keys = thread.newTuple(own.pointee.d, own.pointee.c, own.pointee.e)
                return keys.isEmpty ? .empty : IterTools.pickled(thread, a[0], thread.newTuple(own.pointee.a, own.pointee.b), keys)
            },
            IterTools.setState { thread, a, _ in
                guard a[1].isTuple else { return thread.raise(.typeError, "state is not a tuple") }
                guard TupleRef(a[1]).count == 3 else { return thread.raise(.typeError, "function takes exactly 3 arguments (\(TupleRef(a[1]).count) given)") }
                let own = Grouping.tool(a[0])
                own.pointee.d = TupleRef(a[1])[0]
                own.pointee.c = TupleRef(a[1])[1]
                own.pointee.e = TupleRef(a[1])[2]
                Heap.barrier(a[0].raw)
                return .none
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in Grouping.construct.call(thread, type, a, count, keywords) }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in Grouping.nextGroup(thread, value) }
        }
        module.add(groupBy)
        type = groupBy.type
        module.add(groupType)
    }

    nonisolated(unsafe) private static var type = TypeRef(Value.none)

    /// Takes the next item and its key. False at the end, or when it has raised.
    private static func step(_ thread: ThreadRef, _ value: Value) -> Bool {
        let own = tool(value)
        let item = thread.next(own.pointee.a)
        if item.isEmpty { return false }
        let key = own.pointee.b.isNone ? item : thread.call(own.pointee.b, item)
        if key.isEmpty { return false }
        own.pointee.c = item
        own.pointee.d = key
        Heap.barrier(value.raw)
        return true
    }

    private static func nextGroup(_ thread: ThreadRef, _ value: Value) -> Value {
        let own = tool(value)
        own.pointee.f = .empty
        // Skips what is left of the last group.
        while true {
            if !own.pointee.d.isEmpty {
                if own.pointee.e.isEmpty { break }
                let same = thread.isEqual(own.pointee.e, own.pointee.d)
                if same < 0 { return .empty }
                if same == 0 { break }
            }
            guard step(thread, value) else { return .empty }
        }
        own.pointee.e = own.pointee.d
        let group = groupType.allocate(thread, size: partSize)
        if group.isEmpty { return .empty }
        tool(group).pointee.a = value
        tool(group).pointee.b = own.pointee.e
        own.pointee.f = group
        Heap.barrier(value.raw)
        return thread.newTuple(own.pointee.d, group)
    }

    private static func nextInGroup(_ thread: ThreadRef, _ value: Value) -> Value {
        let parent = tool(value).pointee.a
        let own = tool(parent)
        if own.pointee.f != value { return .empty }
        if own.pointee.c.isEmpty { guard step(thread, parent) else { return .empty } }
        let same = thread.isEqual(tool(value).pointee.b, own.pointee.d)
        if same <= 0 { return .empty }
        let item = own.pointee.c
        own.pointee.c = .empty
        own.pointee.d = .empty
        return item
    }
}

/// `tee`: iterators that share one source through a linked list of what was read.
///
/// A node's value is empty until it was read; its `next` is made with it. Nodes that all iterators have passed are garbage.
struct TeeNode {
    var header: ObjectHeader
    var value: Value
    var next: Value
    /// The source; empty once the value was read.
    var source: Value
    /// The source is being asked.
    var running: Int
}

enum Tees {
    private static let size = MemoryLayout<ToolObject>.offset(of: \.b)!
    nonisolated(unsafe) private static var teeType: NativeType!
    nonisolated(unsafe) private static var nodeType: NativeType!

    private static func node(_ value: Value) -> UnsafeMutablePointer<TeeNode> { value.object(TeeNode.self) }

    private static func newNode(_ thread: ThreadRef, _ source: Value) -> Value {
        let result = nodeType.allocate(thread, size: MemoryLayout<TeeNode>.size)
        if !result.isEmpty { node(result).pointee.source = source }
        return result
    }

    static func define(_ module: ModuleBuilder) {
        nodeType = NativeType("_tee_dataobject", module: "itertools", size: MemoryLayout<TeeNode>.size, mask: 0b1110, doc: "teedataobject(iterable, values, next, /)\n--\n\nItems that the iterators of one tee() share.", methods: [
            IterTools.reduce { thread, a, _ in
                let values = thread.newList()
                if values.isEmpty { return .empty }
                var current = a[0]
                while !Tees.node(current).pointee.value.isEmpty {
                    guard ListRef(values).append(thread, Tees.node(current).pointee.value) else { return .empty }
                    current = Tees.node(current).pointee.next
                }
                return IterTools.pickled(thread, a[0], thread.newTuple(Tees.node(current).pointee.source, values, .none))
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in
                guard IterTools.positional(thread, type, "teedataobject", count, keywords, 3, 3) else { return .empty }
                guard a[1].isList else { return thread.raise(.typeError, "teedataobject() argument 2 must be list, not \(a[1].argumentTypeName)") }
                guard a[2].isNone else { return thread.raise(.valueError, "Invalid arguments") }
                let first = Tees.newNode(thread, .empty)
                var current = first
                var index = 0
                while !current.isEmpty && index < ListRef(a[1]).count {
                    let next = Tees.newNode(thread, .empty)
                    if next.isEmpty { return .empty }
                    Tees.node(current).pointee.value = ListRef(a[1])[index]
                    Tees.node(current).pointee.next = next
                    Heap.barrier(current.raw)
                    current = next
                    index += 1
                }
                if current.isEmpty { return .empty }
                Tees.node(current).pointee.source = a[0]
                Heap.barrier(current.raw)
                return first
            }
        }
        teeType = NativeType("_tee", module: "itertools", size: size, mask: IterTools.mask(size), flags: .weakReferenceable, doc: "_tee(iterable, /)\n--\n\nIterator wrapped to make it copyable.", methods: [
            Def("__copy__(self, /)", .reads, "Returns an independent iterator.") { thread, a, _ in Tees.newTee(thread, IterTools.tool(a[0]).pointee.a) },
            IterTools.reduce { thread, a, _ in
                let state = thread.newTuple(IterTools.tool(a[0]).pointee.a, Value(small: 0))
                return state.isEmpty ? .empty : IterTools.pickled(thread, a[0], thread.newTuple(WellKnown.emptyTuple.value), state)
            },
            IterTools.setState { thread, a, _ in
                guard a[1].isTuple else { return thread.raise(.typeError, "state is not a tuple") }
                let state = TupleRef(a[1])
                guard state.count == 2, state[0].isPointer, state[0].type == Tees.nodeType.type, let skip = thread.toInt(state[1]) else {
                    return thread.hasException ? .empty : thread.raise(.typeError, "_tee.__setstate__() argument must be (_tee_dataobject, int)")
                }
                var current = state[0]
                for _ in 0 ..< max(skip, 0) {
                    guard !Tees.node(current).pointee.value.isEmpty else { return thread.raise(.valueError, "Index out of range") }
                    current = Tees.node(current).pointee.next
                }
                IterTools.tool(a[0]).pointee.a = current
                Heap.barrier(a[0].raw)
                return .none
            },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in
                guard IterTools.positional(thread, type, "_tee", count, keywords, 1, 1) else { return .empty }
                let iterator = thread.iterator(a[0])
                return iterator.isEmpty ? .empty : Tees.wrap(thread, iterator)
            }
            slots.unary(.iter, Shared.selfIterator)
            slots.unary(.next) { thread, value in Tees.next(thread, value) }
        }
        module.add(teeType)
        module.add(nodeType)
    }

    private static func newTee(_ thread: ThreadRef, _ node: Value) -> Value {
        let result = teeType.allocate(thread, size: size)
        if !result.isEmpty { IterTools.tool(result).pointee.a = node }
        return result
    }

    /// A tee iterator over an iterator; a copy if it is one already.
    private static func wrap(_ thread: ThreadRef, _ iterator: Value) -> Value {
        if iterator.isPointer && iterator.type == teeType.type { return newTee(thread, IterTools.tool(iterator).pointee.a) }
        let first = newNode(thread, iterator)
        return first.isEmpty ? .empty : newTee(thread, first)
    }

    private static func next(_ thread: ThreadRef, _ value: Value) -> Value {
        let current = IterTools.tool(value).pointee.a
        let own = node(current)
        if own.pointee.value.isEmpty {
            if own.pointee.running != 0 { return thread.raise(.runtimeError, "cannot re-enter the tee iterator") }
            own.pointee.running = 1
            let item = thread.next(own.pointee.source)
            own.pointee.running = 0
            if item.isEmpty { return .empty }
            let next = newNode(thread, own.pointee.source)
            if next.isEmpty { return .empty }
            own.pointee.value = item
            own.pointee.next = next
            own.pointee.source = .empty
            Heap.barrier(current.raw)
        }
        IterTools.tool(value).pointee.a = own.pointee.next
        Heap.barrier(value.raw)
        return own.pointee.value
    }

    static func tee(_ thread: ThreadRef, _ iterable: Value, _ number: Value) -> Value {
        var count = 2
        if !number.isEmpty {
            guard let n = thread.toInt(number) else { return .empty }
            count = n
        }
        if count < 0 { return thread.raise(.valueError, "n must be >= 0") }
        let result = thread.newTuple(count: count)
        if result.isEmpty || count == 0 { return result }
        let iterator = thread.iterator(iterable)
        if iterator.isEmpty { return .empty }
        var first = iterator
        var copier = thread.getAttributeOrEmpty(iterator, Name.__copy__)
        if copier.isEmpty {
            if thread.hasException { return .empty }
            first = wrap(thread, iterator)
            if first.isEmpty { return .empty }
            copier = thread.getAttribute(first, Name.__copy__)
            if copier.isEmpty { return .empty }
        }
        TupleRef(result).initialize(0, first)
        for index in 1 ..< max(count, 1) {
            let copy = thread.call(copier)
            if copy.isEmpty { return .empty }
            TupleRef(result).initialize(index, copy)
        }
        return result
    }
}
