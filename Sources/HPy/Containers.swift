import Objects

/// Lists, dicts, tuples and slices.
enum Containers {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_List_New = { _, count in
            let thread = Contexts.thread
            if count < 0 { return thread.raise(.systemError, "bad argument to internal function") }
            let list = thread.newList(capacity: count)
            if list.isEmpty { return .empty }
            // Items are to be set before anybody looks; until then they must be values.
            for _ in 0 ..< count where !ListRef(list).append(thread, .none) { return .empty }
            return list
        }
        c.pointee.ctx_List_Append = { _, list, item in
            let thread = Contexts.thread
            guard list.isList, !item.isEmpty else {
                thread.raise(.systemError, "bad argument to internal function")
                return -1
            }
            return ListRef(list).append(thread, item) ? 0 : -1
        }
        c.pointee.ctx_List_Insert = { _, list, index, item in
            let thread = Contexts.thread
            guard list.isList, !item.isEmpty else {
                thread.raise(.systemError, "bad argument to internal function")
                return -1
            }
            return thread.callMethod(list, Name.insert, thread.newInt(index), item).isEmpty ? -1 : 0
        }
        c.pointee.ctx_Dict_New = { _ in Contexts.thread.newDict() }
        c.pointee.ctx_Dict_Copy = { _, value in
            let thread = Contexts.thread
            guard value.isDict else { return thread.raise(.systemError, "bad argument to internal function") }
            return thread.copyDict(DictRef(value))
        }
        c.pointee.ctx_Tuple_FromArray = { _, items, count in
            let thread = Contexts.thread
            guard let items, count > 0 else { return WellKnown.emptyTuple.value }
            return thread.newTuple(items, count)
        }
        c.pointee.ctx_Slice_New = { _, start, stop, step in
            Contexts.thread.newSlice(start.isEmpty ? .none : start, stop.isEmpty ? .none : stop, step.isEmpty ? .none : step)
        }
        c.pointee.ctx_Slice_Unpack = { _, slice, start, stop, step in
            let thread = Contexts.thread
            guard slice.isExact(.slice) else {
                thread.raise(.systemError, "bad argument to internal function")
                return -1
            }
            guard let bounds = thread.unpackSlice(slice) else { return -1 }
            start?.pointee = bounds.start
            stop?.pointee = bounds.stop
            step?.pointee = bounds.step
            return 0
        }
    }

    /// The keys of a dict, or of an object of a subclass, as a list. Those of an exact dict are C's (`Usual.c`).
    static func keys(_ value: Value) -> Value {
        let thread = Contexts.thread
        guard value.isDict else { return thread.raise(.systemError, "bad argument to internal function") }
        let dict = DictRef(value), list = thread.newList(capacity: dict.count)
        if list.isEmpty { return list }
        for entry in 0 ..< dict.used where !dict.key(at: entry).isEmpty {
            if !ListRef(list).append(thread, dict.key(at: entry)) { return .empty }
        }
        return list
    }
}
