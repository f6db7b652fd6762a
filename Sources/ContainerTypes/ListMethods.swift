import Glibc
import Objects

/// The methods of `list`, in the order of the library reference.
extension ListType {
    static var methods: [Def] {
        [
            Def("append(self, object, /)", .writes, "Append object to the end of the list.") { thread, a, _ in
                ListRef(a[0]).append(thread, a[1]) ? .none : .empty
            },
            Def("extend(self, iterable, /)", .calls, "Extend list by appending elements from the iterable.") { thread, a, _ in
                thread.extend(ListRef(a[0]), a[1]) ? .none : .empty
            },
            Def("insert(self, index, object, /)", .callsOnArguments, "Insert object before index.") { thread, a, _ in
                ListType.insert(thread, a[0], a[1], a[2])
            },
            Def("remove(self, value, /)", .calls, "Take out the first item that equals value; ValueError when there is none.") { thread, a, _ in
                ListType.remove(thread, a[0], a[1])
            },
            Def("pop(self, index=-1, /)", .callsOnArguments, "Take out and return the item at index, the last by default; IndexError when there is none.") { thread, a, _ in
                ListType.pop(thread, a[0], a[1])
            },
            Def("clear(self, /)", .writes, "Remove all items from list.") { _, a, _ in
                ListRef(a[0]).clear()
                return .none
            },
            Def("index(self, value, start=0, stop=sys.maxsize, /)", .calls, "Where the first item is that equals value; ValueError when there is none.") { thread, a, _ in
                ListType.index(thread, a[0], a[1], a[2], a[3])
            },
            Def("count(self, value, /)", .calls, "Return number of occurrences of value.") { thread, a, _ in
                let list = ListRef(a[0])
                var total = 0
                var index = 0
                while index < list.count {
                    let same = thread.isEqual(list[index], a[1])
                    if same < 0 { return .empty }
                    total += Int(same)
                    index += 1
                }
                return thread.newInt(total)
            },
            Def("sort(self, /, *, key=None, reverse=False)", .calls,
                """
                    Put the items of this list in order, by `<`.

                    Equal items keep their order. A key function is asked once for each item for what to compare; reverse turns the order round.
                    """) { thread, a, _ in
                ListSort.sort(thread, ListRef(a[0]), key: a[1], reverse: a[2]) ? .none : .empty
            },
            Def("reverse(self, /)", .writes, "Reverse *IN PLACE*.") { _, a, _ in
                let list = ListRef(a[0])
                if list.count > 1 {
                    ListSort.reverse(list.items, list.count)
                    Heap.barrier(list.pointer.pointee.storage.raw)
                }
                return .none
            },
            Def("copy(self, /)", .reads, "Return a shallow copy of the list.") { thread, a, _ in
                let list = ListRef(a[0])
                return list.count == 0 ? thread.newList() : thread.newList(list.items, list.count)
            },
            Def("__reversed__(self, /)", .reads, "Return a reverse iterator over the list.") { thread, a, _ in
                thread.newIterator(.listReverseIterator, a[0], index: ListRef(a[0]).count - 1)
            },
            Def("__sizeof__(self, /)", .reads, "Return the size of the list in memory, in bytes.") { thread, a, _ in
                thread.newInt(a[0].type.instanceSize + ListRef(a[0]).pointer.pointee.capacity * 8)
            },
            Shared.classGetItem,
        ]
    }

    private static func insert(_ thread: ThreadRef, _ value: Value, _ index: Value, _ item: Value) -> Value {
        guard let number = thread.toInt(index) else { return .empty }
        let list = ListRef(value)
        let count = list.count
        var place = number
        if place < 0 {
            place &+= count
            if place < 0 { place = 0 }
        }
        if place > count { place = count }
        guard list.reserve(thread, count + 1) else { return .empty }
        memmove(list.items + place + 1, list.items + place, (count - place) * 8)
        list.items[place] = item
        list.setCount(count + 1)
        Heap.barrier(list.pointer.pointee.storage.raw)
        return .none
    }

    private static func remove(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Value {
        let list = ListRef(value)
        var index = 0
        while index < list.count {
            let same = thread.isEqual(list[index], item)
            if same < 0 { return .empty }
            if same > 0 {
                if index < list.count { remove(list, index) }
                return .none
            }
            index += 1
        }
        return thread.raise(.valueError, "list.remove(x): x not in list")
    }

    private static func pop(_ thread: ThreadRef, _ value: Value, _ index: Value) -> Value {
        let list = ListRef(value)
        var place = -1
        if !index.isEmpty {
            guard let number = thread.toInt(index) else { return .empty }
            place = number
        }
        let count = list.count
        if count == 0 { return thread.raise(.indexError, "pop from empty list") }
        if place < 0 { place += count }
        if place < 0 || place >= count { return thread.raise(.indexError, "pop index out of range") }
        let result = list[place]
        if place == count - 1 { list.setCount(count - 1) } else { remove(list, place) }
        return result
    }

    private static func index(_ thread: ThreadRef, _ value: Value, _ item: Value, _ from: Value, _ to: Value) -> Value {
        let list = ListRef(value)
        guard let (start, stop) = searchBounds(thread, from, to, list.count) else { return .empty }
        var place = start
        while place < stop && place < list.count {
            let same = thread.isEqual(list[place], item)
            if same < 0 { return .empty }
            if same > 0 { return thread.newInt(place) }
            place += 1
        }
        return thread.raise(.valueError, "\(item.reprForMessage(thread)) is not in list")
    }

    /// The optional bounds of `index`, negative ones counted from the end; nil when it has raised.
    static func searchBounds(_ thread: ThreadRef, _ from: Value, _ to: Value, _ count: Int) -> (Int, Int)? {
        func bound(_ value: Value, _ fallback: Int) -> Int? {
            if value.isEmpty { return fallback }
            guard thread.isIndex(value) else {
                thread.raise(.typeError, "slice indices must be integers or have an __index__ method")
                return nil
            }
            guard let number = thread.toInt(value, overflow: nil) else { return nil }
            return number < 0 ? max(number &+ count, 0) : number
        }
        guard let start = bound(from, 0), let stop = bound(to, Int.max) else { return nil }
        return (start, stop)
    }
}

extension TypeRef {
    /// Bytes of an instance before any items, as `__sizeof__` counts.
    public var instanceSize: Int { Int(pointer.pointee.basicSize) }
}
