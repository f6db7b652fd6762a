import Objects

/// Debug mode: builders and trackers.
///
/// A builder's word is the address of a record that says whether it was used up; records of closed builders are kept for a while. A tracker has the handles themselves, since it is to
/// close them.
extension DebugMode {
    private struct Builder {
        var word: Int
        var isClosed = false
    }

    private struct Tracker {
        var handles: [Value] = []
        var isClosed = false
    }

    nonisolated(unsafe) private static var closedBuilders: [UnsafeMutablePointer<Builder>] = []
    nonisolated(unsafe) private static var closedTrackers: [UnsafeMutablePointer<Tracker>] = []

    private static func newBuilder(_ word: Int) -> Int {
        if word == 0 { return 0 }
        let builder = UnsafeMutablePointer<Builder>.allocate(capacity: 1)
        builder.initialize(to: Builder(word: word))
        return Int(bitPattern: builder)
    }

    /// The universal builder's word, or 0 for a closed or null one; the first is reported.
    private static func builder(_ address: Int) -> Int {
        guard let builder = UnsafeMutablePointer<Builder>(bitPattern: address) else { return 0 }
        if builder.pointee.isClosed {
            DebugMode.reportInvalidBuilder()
            return 0
        }
        return builder.pointee.word
    }

    private static func closeBuilder(_ address: Int) {
        guard let builder = UnsafeMutablePointer<Builder>(bitPattern: address), !builder.pointee.isClosed else { return }
        builder.pointee.isClosed = true
        DebugMode.closedBuilders.append(builder)
        if DebugMode.closedBuilders.count > DebugMode.closedLimit { DebugMode.closedBuilders.removeFirst().deallocate() }
    }

    private typealias NewFunction = @convention(c) (UnsafeMutablePointer<HPyContext>, Int) -> Int
    private typealias SetFunction = @convention(c) (UnsafeMutablePointer<HPyContext>, Int, Int, Value) -> Void
    private typealias BuildFunction = @convention(c) (UnsafeMutablePointer<HPyContext>, Int) -> Value
    private typealias CancelFunction = @convention(c) (UnsafeMutablePointer<HPyContext>, Int) -> Void

    private static func new(_ ctx: UnsafeMutablePointer<HPyContext>, _ count: Int, _ function: NewFunction?) -> Int {
        DebugMode.within(ctx) { DebugMode.newBuilder(function!(DebugMode.universal, count)) }
    }

    private static func set(_ ctx: UnsafeMutablePointer<HPyContext>, _ address: Int, _ index: Int, _ item: Value, _ function: SetFunction?) {
        DebugMode.within(ctx) { function!(DebugMode.universal, DebugMode.builder(address), index, DebugMode.take(item)) }
    }

    private static func build(_ ctx: UnsafeMutablePointer<HPyContext>, _ address: Int, _ function: BuildFunction?) -> Value {
        DebugMode.within(ctx) {
            let result = function!(DebugMode.universal, DebugMode.builder(address))
            DebugMode.closeBuilder(address)
            return DebugMode.make(result)
        }
    }

    private static func cancel(_ ctx: UnsafeMutablePointer<HPyContext>, _ address: Int, _ function: CancelFunction?) {
        DebugMode.within(ctx) {
            function!(DebugMode.universal, DebugMode.builder(address))
            DebugMode.closeBuilder(address)
        }
    }

    static func fillBuilders(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_ListBuilder_New = { DebugMode.new($0, $1, DebugMode.universal.pointee.ctx_ListBuilder_New) }
        c.pointee.ctx_ListBuilder_Set = { DebugMode.set($0, $1, $2, $3, DebugMode.universal.pointee.ctx_ListBuilder_Set) }
        c.pointee.ctx_ListBuilder_Build = { DebugMode.build($0, $1, DebugMode.universal.pointee.ctx_ListBuilder_Build) }
        c.pointee.ctx_ListBuilder_Cancel = { DebugMode.cancel($0, $1, DebugMode.universal.pointee.ctx_ListBuilder_Cancel) }
        c.pointee.ctx_TupleBuilder_New = { DebugMode.new($0, $1, DebugMode.universal.pointee.ctx_TupleBuilder_New) }
        c.pointee.ctx_TupleBuilder_Set = { DebugMode.set($0, $1, $2, $3, DebugMode.universal.pointee.ctx_TupleBuilder_Set) }
        c.pointee.ctx_TupleBuilder_Build = { DebugMode.build($0, $1, DebugMode.universal.pointee.ctx_TupleBuilder_Build) }
        c.pointee.ctx_TupleBuilder_Cancel = { DebugMode.cancel($0, $1, DebugMode.universal.pointee.ctx_TupleBuilder_Cancel) }

        c.pointee.ctx_Tracker_New = { ctx, _ in
            DebugMode.check(ctx)
            let tracker = UnsafeMutablePointer<Tracker>.allocate(capacity: 1)
            tracker.initialize(to: Tracker())
            return Int(bitPattern: tracker)
        }
        c.pointee.ctx_Tracker_Add = { ctx, address, handle in
            DebugMode.check(ctx)
            DebugMode.tracker(address)?.pointee.handles.append(handle)
            return 0
        }
        c.pointee.ctx_Tracker_ForgetAll = { ctx, address in
            DebugMode.check(ctx)
            DebugMode.tracker(address)?.pointee.handles.removeAll()
        }
        c.pointee.ctx_Tracker_Close = { ctx, address in
            DebugMode.within(ctx) {
                guard let tracker = DebugMode.tracker(address) else { return }
                for handle in tracker.pointee.handles where !handle.isEmpty { DebugMode.closeArgument(handle) }
                tracker.pointee.handles = []
                tracker.pointee.isClosed = true
                DebugMode.closedTrackers.append(tracker)
                if DebugMode.closedTrackers.count > DebugMode.closedLimit {
                    let oldest = DebugMode.closedTrackers.removeFirst()
                    oldest.deinitialize(count: 1)
                    oldest.deallocate()
                }
            }
        }
    }

    private static func tracker(_ address: Int) -> UnsafeMutablePointer<Tracker>? {
        guard let tracker = UnsafeMutablePointer<Tracker>(bitPattern: address) else { return nil }
        if tracker.pointee.isClosed {
            DebugMode.fatal("Invalid usage of already closed tracker")
        }
        return tracker
    }
}
