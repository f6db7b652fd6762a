import ContainerTypes
import Objects

/// `product`, `permutations`, `combinations` and `combinations_with_replacement`.
///
/// Fields of `ToolObject`: a the pool (for product a tuple of pools), b the indices and c the cycles of permutations, as `Numbers`; i the length of a result,
/// j whether a result was given out, k whether all were.
enum Combinatorics {
    nonisolated(unsafe) private static var permutations: Constructor!
    nonisolated(unsafe) private static var combinations: Constructor!
    nonisolated(unsafe) private static var replacement: Constructor!

    /// Indices and counts of items, in four bytes each.
    private struct Numbers {
        let start: UnsafeMutablePointer<UInt32>

        subscript(index: Int) -> Int {
            @inline(__always) get { Int(start[index]) }
            @inline(__always) nonmutating set { start[index] = UInt32(truncatingIfNeeded: newValue) }
        }
    }

    @inline(__always) private static func numbers(_ value: Value) -> Numbers {
        Numbers(start: (value.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: UInt32.self))
    }

    /// An array of `count` integers counted up from zero, or all zero.
    private static func array(_ thread: ThreadRef, _ count: Int, ascending: Bool = false) -> Value {
        guard count < 1 << 30, let raw = Heap.allocate(MemoryLayout<StorageObject>.size + count * 4, shape: TypeID.byteArrayStorage.rawValue) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: StorageObject.self).pointee.size = count * 4
        let result = Value(raw)
        for index in 0 ..< count { numbers(result)[index] = ascending ? index : 0 }
        return result
    }

    private static func tuple(_ thread: ThreadRef, _ array: Value, _ count: Int) -> Value {
        let result = thread.newTuple(count: count)
        if result.isEmpty { return .empty }
        for index in 0 ..< count { TupleRef(result).initialize(index, Value(small: numbers(array)[index])) }
        return result
    }

    /// The items that the indices select from one pool.
    private static func pick(_ thread: ThreadRef, _ pool: Value, _ indices: Value, _ count: Int) -> Value {
        let result = thread.newTuple(count: count)
        if result.isEmpty { return .empty }
        let items = TupleRef(pool).items, places = numbers(indices), target = TupleRef(result).items
        for index in 0 ..< count { target[index] = items[places[index]] }
        return result
    }

    /// `r`, not negative; nil when it has raised.
    private static func size(_ thread: ThreadRef, _ value: Value) -> Int? {
        guard let number = thread.toInt(value) else { return nil }
        if number < 0 {
            thread.raise(.valueError, "r must be non-negative")
            return nil
        }
        return number
    }

    private static func reduce(_ thread: ThreadRef, _ value: Value) -> Value {
        let own = IterTools.tool(value)
        if own.pointee.k != 0 { return IterTools.pickled(thread, value, thread.newTuple(WellKnown.emptyTuple.value, thread.newInt(own.pointee.i))) }
        if own.pointee.j == 0 { return IterTools.pickled(thread, value, thread.newTuple(own.pointee.a, thread.newInt(own.pointee.i))) }
        var state = tuple(thread, own.pointee.b, own.pointee.i)
        if !own.pointee.c.isEmpty {
            let indices = tuple(thread, own.pointee.b, TupleRef(own.pointee.a).count)
            let cycles = indices.isEmpty ? Value.empty : tuple(thread, own.pointee.c, own.pointee.i)
            state = cycles.isEmpty ? .empty : thread.newTuple(indices, cycles)
        }
        return state.isEmpty ? .empty : IterTools.pickled(thread, value, thread.newTuple(own.pointee.a, thread.newInt(own.pointee.i)), state)
    }

    /// Reads `count` indices of a state, clipped to `0 ... limit(index)`. False when it has raised.
    private static func load(_ thread: ThreadRef, _ state: Value, _ array: Value, _ count: Int, least: Int = 0, _ limit: (Int) -> Int) -> Bool {
        guard state.isTuple, TupleRef(state).count == count else {
            thread.raise(.valueError, "invalid arguments")
            return false
        }
        for index in 0 ..< count {
            guard let number = thread.toInt(TupleRef(state)[index]) else { return false }
            numbers(array)[index] = max(least, min(number, limit(index)))
        }
        return true
    }

    static func define(_ module: ModuleBuilder) {
        IterTools.type(module, "product", upTo: \.k, """
            product(*iterables, repeat=1)

            All tuples with one item of each iterable, as nested loops would give them: the last place changes fastest.

            repeat counts how often the iterables stand in the list.

            product('ab', [1, 2]) --> ('a',1) ('a',2) ('b',1) ('b',2)
            """, methods: [
            IterTools.reduce { thread, a, _ in
                let own = IterTools.tool(a[0])
                if own.pointee.k != 0 { return IterTools.pickled(thread, a[0], thread.newTuple(WellKnown.emptyTuple.value)) }
                if own.pointee.j == 0 { return thread.newTuple(a[0].type.value, own.pointee.a) }
                let state = Combinatorics.tuple(thread, own.pointee.b, own.pointee.i)
                return state.isEmpty ? .empty : thread.newTuple(a[0].type.value, own.pointee.a, state)
            },
            IterTools.setState { thread, a, _ in
                let own = IterTools.tool(a[0])
                let pools = TupleRef(own.pointee.a)
                for index in 0 ..< pools.count where TupleRef(pools[index]).count == 0 {
                    own.pointee.k = 1
                    return .none
                }
                guard Combinatorics.load(thread, a[1], own.pointee.b, own.pointee.i, { TupleRef(pools[$0]).count - 1 }) else { return .empty }
                own.pointee.j = 1
                return .none
            },
            Def("__sizeof__(self, /)", .reads, "Returns size in memory, in bytes.") { thread, a, _ in thread.newInt(Int(a[0].type.pointer.pointee.basicSize) + IterTools.tool(a[0]).pointee.i * 4) },
        ], new: { thread, type, a, count, keywords in Combinatorics.newProduct(thread, type, a, count, keywords) }, next: { thread, value in
            Combinatorics.nextProduct(thread, value)
        })

        combinations = Constructor("combinations(self, iterable, r)") { thread, a, _ in
            let pool = thread.tuple(a[1])
            if pool.isEmpty { return .empty }
            guard let r = Combinatorics.size(thread, a[2]) else { return .empty }
            let count = TupleRef(pool).count
            let indices = Combinatorics.array(thread, min(r, count), ascending: true)
            return indices.isEmpty ? .empty : IterTools.make(thread, a[0], a: pool, b: indices, i: r, k: r > count ? 1 : 0)
        }
        IterTools.type(module, "combinations", upTo: \.k, """
            combinations(iterable, r)\n--\n\nAll ways to choose r items, in the order of the iterable.

            combinations('abc', 2) --> ('a','b') ('a','c') ('b','c')
            """, methods: [
            IterTools.reduce { thread, a, _ in Combinatorics.reduce(thread, a[0]) },
            IterTools.setState { thread, a, _ in
                let own = IterTools.tool(a[0])
                let n = TupleRef(own.pointee.a).count, r = own.pointee.i
                guard r <= n, Combinatorics.load(thread, a[1], own.pointee.b, r, { $0 + n - r }) else { return thread.hasException ? .empty : thread.raise(.valueError, "invalid arguments") }
                own.pointee.j = 1
                return .none
            },
            Def("__sizeof__(self, /)", .reads, "Returns size in memory, in bytes.") { thread, a, _ in thread.newInt(Int(a[0].type.pointer.pointee.basicSize) + IterTools.tool(a[0]).pointee.i * 4) },
        ], new: { thread, type, a, count, keywords in Combinatorics.combinations.call(thread, type, a, count, keywords) }, next: { thread, value in
            let own = IterTools.tool(value)
            if own.pointee.k != 0 { return .empty }
            let r = own.pointee.i, n = TupleRef(own.pointee.a).count
            let indices = Combinatorics.numbers(own.pointee.b)
            if own.pointee.j == 0 {
                own.pointee.j = 1
            } else {
                var place = r - 1
                while place >= 0 && indices[place] == place + n - r { place -= 1 }
                if place < 0 {
                    own.pointee.k = 1
                    return .empty
                }
                indices[place] += 1
                var next = place + 1
                while next < r { indices[next] = indices[next - 1] + 1; next += 1 }
            }
            return Combinatorics.pick(thread, own.pointee.a, own.pointee.b, r)
        })

        replacement = Constructor("combinations_with_replacement(self, iterable, r)") { thread, a, _ in
            let pool = thread.tuple(a[1])
            if pool.isEmpty { return .empty }
            guard let r = Combinatorics.size(thread, a[2]) else { return .empty }
            let indices = Combinatorics.array(thread, r)
            return indices.isEmpty ? .empty : IterTools.make(thread, a[0], a: pool, b: indices, i: r, k: TupleRef(pool).count == 0 && r > 0 ? 1 : 0)
        }
        IterTools.type(module, "combinations_with_replacement", upTo: \.k, """
            combinations_with_replacement(iterable, r)\n--\n\nAll ways to choose r items where an item may be chosen again, in the order of the iterable.

            combinations_with_replacement('ab', 2) --> ('a','a') ('a','b') ('b','b')
            """, methods: [
            IterTools.reduce { thread, a, _ in Combinatorics.reduce(thread, a[0]) },
            IterTools.setState { thread, a, _ in
                let own = IterTools.tool(a[0])
                let n = TupleRef(own.pointee.a).count
                guard n > 0 || own.pointee.i == 0, Combinatorics.load(thread, a[1], own.pointee.b, own.pointee.i, { _ in n - 1 }) else { return thread.hasException ? .empty : thread.raise(.valueError, "invalid arguments") }
                own.pointee.j = 1
                return .none
            },
            Def("__sizeof__(self, /)", .reads, "Returns size in memory, in bytes.") { thread, a, _ in thread.newInt(Int(a[0].type.pointer.pointee.basicSize) + IterTools.tool(a[0]).pointee.i * 4) },
        ], new: { thread, type, a, count, keywords in Combinatorics.replacement.call(thread, type, a, count, keywords) }, next: { thread, value in
            let own = IterTools.tool(value)
            if own.pointee.k != 0 { return .empty }
            let r = own.pointee.i, n = TupleRef(own.pointee.a).count
            let indices = Combinatorics.numbers(own.pointee.b)
            if own.pointee.j == 0 {
                own.pointee.j = 1
            } else {
                var place = r - 1
                while place >= 0 && indices[place] == n - 1 { place -= 1 }
                if place < 0 {
                    own.pointee.k = 1
                    return .empty
                }
                let index = indices[place] + 1
                while place < r { indices[place] = index; place += 1 }
            }
            return Combinatorics.pick(thread, own.pointee.a, own.pointee.b, r)
        })

        permutations = Constructor("permutations(self, iterable, r=None)") { thread, a, _ in
            let pool = thread.tuple(a[1])
            if pool.isEmpty { return .empty }
            let n = TupleRef(pool).count
            var r = n
            if !a[2].isEmpty && !a[2].isNone {
                guard a[2].isInt else { return thread.raise(.typeError, "Expected int as r") }
                guard let number = Combinatorics.size(thread, a[2]) else { return .empty }
                r = number
            }
            let indices = Combinatorics.array(thread, n, ascending: true)
            let cycles = indices.isEmpty ? Value.empty : Combinatorics.array(thread, min(r, n))
            if cycles.isEmpty { return .empty }
            for index in 0 ..< min(r, n) { Combinatorics.numbers(cycles)[index] = n - index }
            return IterTools.make(thread, a[0], a: pool, b: indices, c: cycles, i: r, k: r > n ? 1 : 0)
        }
        IterTools.type(module, "permutations", upTo: \.k, """
            permutations(iterable, r=None)\n--\n\nAll orders in which r items can stand; r is by default the number of all.

            permutations('ab') --> ('a','b') ('b','a')
            """, methods: [
            IterTools.reduce { thread, a, _ in Combinatorics.reduce(thread, a[0]) },
            IterTools.setState { thread, a, _ in
                let own = IterTools.tool(a[0])
                let n = TupleRef(own.pointee.a).count, r = own.pointee.i
                guard a[1].isTuple, TupleRef(a[1]).count == 2, r <= n else { return thread.raise(.valueError, "invalid arguments") }
                guard Combinatorics.load(thread, TupleRef(a[1])[0], own.pointee.b, n, { _ in n - 1 }),
                      Combinatorics.load(thread, TupleRef(a[1])[1], own.pointee.c, r, least: 1, { n - $0 }) else { return .empty }
                own.pointee.j = 1
                return .none
            },
            Def("__sizeof__(self, /)", .reads, "Returns size in memory, in bytes.") { thread, a, _ in
                thread.newInt(Int(a[0].type.pointer.pointee.basicSize) + (IterTools.tool(a[0]).pointee.i + TupleRef(IterTools.tool(a[0]).pointee.a).count) * 4)
            },
        ], new: { thread, type, a, count, keywords in Combinatorics.permutations.call(thread, type, a, count, keywords) }, next: { thread, value in
            Combinatorics.nextPermutation(thread, value)
        })
    }

    private static func nextPermutation(_ thread: ThreadRef, _ value: Value) -> Value {
        let own = IterTools.tool(value)
        if own.pointee.k != 0 { return .empty }
        let n = TupleRef(own.pointee.a).count, r = own.pointee.i
        let indices = numbers(own.pointee.b), cycles = numbers(own.pointee.c)
        if own.pointee.j == 0 {
            own.pointee.j = 1
            return pick(thread, own.pointee.a, own.pointee.b, r)
        }
        var place = r - 1
        while place >= 0 {
            cycles[place] -= 1
            if cycles[place] == 0 {
                // This place has seen all: the order behind it is restored.
                let index = indices[place]
                var next = place
                while next < n - 1 { indices[next] = indices[next + 1]; next += 1 }
                indices[n - 1] = index
                cycles[place] = n - place
                place -= 1
            } else {
                let other = n - cycles[place]
                let index = indices[place]
                indices[place] = indices[other]
                indices[other] = index
                return pick(thread, own.pointee.a, own.pointee.b, r)
            }
        }
        own.pointee.k = 1
        return .empty
    }

    // MARK: product

    private static func newProduct(_ thread: ThreadRef, _ type: Value, _ a: Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        var times = 1
        if named > 0 {
            guard named == 1, StringRef(TupleRef(keywords)[0]).equals("repeat") else {
                return thread.raise(.typeError, "'\(StringRef(TupleRef(keywords)[0]).description)' is an invalid keyword argument for product()")
            }
            guard let number = thread.toInt(a[given]) else { return .empty }
            if number < 0 { return thread.raise(.valueError, "repeat argument cannot be negative") }
            times = number
        }
        let (total, overflow) = given.multipliedReportingOverflow(by: times)
        if overflow || total >= 1 << 28 { return thread.raise(.overflowError, "repeat argument too large") }
        let pools = thread.newTuple(count: total)
        if pools.isEmpty { return .empty }
        var done = false
        if times > 0 {
            for index in 0 ..< given {
                let pool = thread.tuple(a[index])
                if pool.isEmpty { return .empty }
                if TupleRef(pool).count == 0 { done = true }
                for round in 0 ..< times { TupleRef(pools).initialize(round * given + index, pool) }
            }
        }
        let indices = array(thread, total)
        return indices.isEmpty ? .empty : IterTools.make(thread, type, a: pools, b: indices, i: total, k: done ? 1 : 0)
    }

    private static func nextProduct(_ thread: ThreadRef, _ value: Value) -> Value {
        let own = IterTools.tool(value)
        if own.pointee.k != 0 { return .empty }
        let pools = TupleRef(own.pointee.a).items, indices = numbers(own.pointee.b)
        let count = own.pointee.i
        if own.pointee.j == 0 {
            own.pointee.j = 1
        } else {
            var place = count - 1
            while place >= 0 {
                indices[place] += 1
                if indices[place] < TupleRef(pools[place]).count { break }
                indices[place] = 0
                place -= 1
            }
            if place < 0 {
                own.pointee.k = 1
                return .empty
            }
        }
        let result = thread.newTuple(count: count)
        if result.isEmpty { return .empty }
        let target = TupleRef(result).items
        for index in 0 ..< count { target[index] = TupleRef(pools[index])[indices[index]] }
        return result
    }
}
