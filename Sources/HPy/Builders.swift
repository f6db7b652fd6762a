import Objects

/// List and tuple builders, and trackers.
///
/// A builder is the list or tuple that it builds, and a tracker a list of what it tracks: universal mode has nothing to close, so that a tracker only keeps its objects alive. Both are remembered
/// while they are in use, since they may lie in allocated memory, as debug mode's records of them do.
enum Builders {
    /// Nearly always the last one is finished first.
    nonisolated(unsafe) private static var open: [UInt] = []

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        Collector.addRoots {
            for address in Builders.open { Collector.mark(Value(bits: UInt64(address))) }
        }
        c.pointee.ctx_ListBuilder_New = { _, count in
            let thread = Contexts.thread
            // What fails here is reported by `Build`.
            guard count >= 0 else { return 0 }
            let raised = thread.takeException()
            let list = thread.newList(capacity: count)
            var complete = !list.isEmpty
            for _ in 0 ..< count where complete { complete = ListRef(list).append(thread, .none) }
            thread.pointee.exception = raised
            return complete ? Builders.begin(list) : 0
        }
        c.pointee.ctx_ListBuilder_Set = { _, builder, index, item in
            let list = Builders.value(builder)
            if list.isEmpty || index < 0 || index >= ListRef(list).count { return }
            ListRef(list).set(index, item.isEmpty ? .none : item)
        }
        c.pointee.ctx_ListBuilder_Build = { _, builder in Builders.finish(builder) }
        c.pointee.ctx_ListBuilder_Cancel = { _, builder in Builders.close(builder) }
        c.pointee.ctx_TupleBuilder_New = { _, count in
            let thread = Contexts.thread
            guard count >= 0 else { return 0 }
            if count == 0 { return Builders.begin(WellKnown.emptyTuple.value) }
            let raised = thread.takeException()
            let tuple = thread.newTuple(count: count)
            thread.pointee.exception = raised
            if tuple.isEmpty { return 0 }
            for index in 0 ..< count { TupleRef(tuple).initialize(index, .none) }
            return Builders.begin(tuple)
        }
        c.pointee.ctx_TupleBuilder_Set = { _, builder, index, item in
            let tuple = Builders.value(builder)
            if tuple.isEmpty || index < 0 || index >= TupleRef(tuple).count { return }
            TupleRef(tuple).initialize(index, item.isEmpty ? .none : item)
            Heap.barrier(tuple.raw)
        }
        c.pointee.ctx_TupleBuilder_Build = { _, builder in Builders.finish(builder) }
        c.pointee.ctx_TupleBuilder_Cancel = { _, builder in Builders.close(builder) }

        c.pointee.ctx_Tracker_New = { _, capacity in
            let list = Contexts.thread.newList(capacity: max(capacity, 0))
            return list.isEmpty ? 0 : Builders.begin(list)
        }
        c.pointee.ctx_Tracker_Add = { _, tracker, item in
            let list = Builders.value(tracker)
            if list.isEmpty || item.isEmpty { return 0 }
            return ListRef(list).append(Contexts.thread, item) ? 0 : -1
        }
        c.pointee.ctx_Tracker_ForgetAll = { _, tracker in
            let list = Builders.value(tracker)
            if !list.isEmpty { ListRef(list).clear() }
        }
        c.pointee.ctx_Tracker_Close = { _, tracker in
            let list = Builders.value(tracker)
            if !list.isEmpty { for index in 0 ..< ListRef(list).count { HandleLogs.close(ListRef(list)[index]) } }
            Builders.close(tracker)
        }
    }

    private static func value(_ builder: Int) -> Value { Value(bits: UInt64(bitPattern: Int64(builder))) }

    private static func begin(_ value: Value) -> Int {
        Builders.open.append(UInt(value.bits))
        return Int(Int64(bitPattern: value.bits))
    }

    private static func close(_ builder: Int) {
        if let index = Builders.open.lastIndex(of: UInt(bitPattern: builder)) { Builders.open.remove(at: index) }
    }

    private static func finish(_ builder: Int) -> Value {
        let result = Builders.value(builder)
        if result.isEmpty { return Contexts.thread.raiseOutOfMemory() }
        Builders.close(builder)
        return result
    }
}
