import Glibc
import Objects

/// Debug mode: the records behind its handles.
///
/// An open handle is a root; a closed one stays in a queue for a while, so that using it is noticed, and its record is taken for a new handle later. Data that was handed out for a handle
/// (the text of a string) is a copy in pages of its own: writing to it faults, and so does reading it when the handle is closed.
struct DebugHandle {
    /// Tells a handle of ours from any other word.
    var magic: UInt64
    var next: UnsafeMutablePointer<DebugHandle>?
    var previous: UnsafeMutablePointer<DebugHandle>?
    var value: Value
    var generation: Int
    var isClosed = false
    /// A constant of the context, which nobody may close.
    var isImmortal = false
    /// Python has been given an object for it, so that the record must stay.
    var isShown = false
    var data: UnsafeMutableRawPointer?
    var dataSize = 0
    var trace: UnsafeMutablePointer<CChar>?

    static let mark: UInt64 = 0x4850_7944_4248_6E64
}

/// Records in the order in which they came.
struct DebugQueue {
    private(set) var first: UnsafeMutablePointer<DebugHandle>?
    private(set) var last: UnsafeMutablePointer<DebugHandle>?
    private(set) var count = 0

    mutating func append(_ handle: UnsafeMutablePointer<DebugHandle>) {
        handle.pointee.next = nil
        handle.pointee.previous = last
        if let last { last.pointee.next = handle } else { first = handle }
        last = handle
        count += 1
    }

    mutating func remove(_ handle: UnsafeMutablePointer<DebugHandle>) {
        if let previous = handle.pointee.previous { previous.pointee.next = handle.pointee.next } else { first = handle.pointee.next }
        if let next = handle.pointee.next { next.pointee.previous = handle.pointee.previous } else { last = handle.pointee.previous }
        handle.pointee.next = nil
        handle.pointee.previous = nil
        count -= 1
    }

    mutating func removeFirst() -> UnsafeMutablePointer<DebugHandle>? {
        guard let handle = first else { return nil }
        remove(handle)
        return handle
    }

    func forEach(_ body: (UnsafeMutablePointer<DebugHandle>) -> Void) {
        var current = first
        while let handle = current {
            current = handle.pointee.next
            body(handle)
        }
    }
}

enum DebugMode {
    nonisolated(unsafe) static var open = DebugQueue()
    nonisolated(unsafe) static var closed = DebugQueue()
    nonisolated(unsafe) static var generation = 0
    nonisolated(unsafe) static var closedLimit = 1024
    nonisolated(unsafe) static var dataLimit = 10 << 20
    nonisolated(unsafe) private static var dataSize = 0
    /// Frames of the native stack to keep for each handle; 0 for none.
    nonisolated(unsafe) static var traceLimit = 0
    static let onInvalidHandle = RootTable.reserve()
    static let onInvalidBuilder = RootTable.reserve()

    @inline(__always) static var universal: UnsafeMutablePointer<HPyContext> { taipan_hpy_plain() }

    @inline(__always) static func record(_ handle: Value) -> UnsafeMutablePointer<DebugHandle> { handle.object(DebugHandle.self) }

    // MARK: Opening and closing

    /// A new handle for a value; the null handle for none.
    static func make(_ value: Value) -> Value {
        if value.isEmpty { return .empty }
        return Value(openRecord(value, isImmortal: false))
    }

    static func openRecord(_ value: Value, isImmortal: Bool) -> UnsafeMutablePointer<DebugHandle> {
        let old = closed.count >= closedLimit ? retired() : nil
        let handle = old ?? newRecord()
        handle.initialize(to: DebugHandle(magic: DebugHandle.mark, next: nil, previous: nil, value: value, generation: generation, isImmortal: isImmortal, isShown: old?.pointee.isShown ?? false,
                                          trace: traceLimit > 0 ? taipan_hpy_stack_trace(Int32(clamping: traceLimit), 2) : nil))
        open.append(handle)
        return handle
    }

    // MARK: Records

    /// Records come from slabs of so many bytes, at multiples of it: whether a word may be looked at as a handle is seen from its slab's number.
    private static let slabSize: UInt = 1 << 16
    private static let stride = UInt(MemoryLayout<DebugHandle>.stride + 15) & ~15
    nonisolated(unsafe) private static var slabs: Set<UInt> = []
    nonisolated(unsafe) private static var unused: [UnsafeMutablePointer<DebugHandle>] = []

    private static func newRecord() -> UnsafeMutablePointer<DebugHandle> {
        if let record = unused.popLast() { return record }
        guard let slab = aligned_alloc(Int(slabSize), Int(slabSize)) else { fatal("no memory for handles") }
        slabs.insert(UInt(bitPattern: slab) / slabSize)
        // No word between two records looks like one.
        memset(slab, 0, Int(slabSize))
        for number in (0 ..< slabSize / stride).reversed() { unused.append((slab + Int(number * stride)).assumingMemoryBound(to: DebugHandle.self)) }
        return unused.removeLast()
    }

    /// Whether a word is one of our handles, open or closed.
    private static func isOurs(_ handle: Value) -> Bool {
        guard slabs.contains(UInt(handle.bits) / slabSize), UInt(handle.bits) % slabSize % stride == 0, UInt(handle.bits) % slabSize / stride < slabSize / stride else { return false }
        return record(handle).pointee.magic == DebugHandle.mark
    }

    /// The value of a handle; reports a closed one.
    static func take(_ handle: Value) -> Value {
        if handle.isEmpty { return .empty }
        guard isOurs(handle) else { fatal("Invalid usage of a handle that is not of this context") }
        if record(handle).pointee.isClosed { reportInvalidHandle() }
        return record(handle).pointee.value
    }

    /// Closes a handle that Python's call made for an argument.
    static func closeArgument(_ handle: Value) {
        _ = take(handle)
        close(handle)
    }

    /// The value of a handle that a function returned.
    static func receive(_ handle: Value) -> Value {
        let value = take(handle)
        close(handle)
        return value
    }

    /// Marks a handle as closed; nothing happens when it is already.
    static func close(_ handle: Value) {
        if handle.isEmpty { return }
        guard isOurs(handle) else { fatal("Invalid usage of a handle that is not of this context") }
        let handle = record(handle)
        if handle.pointee.isClosed { return }
        if handle.pointee.isImmortal { reportInvalidHandle() }
        open.remove(handle)
        closed.append(handle)
        handle.pointee.isClosed = true
        if let data = handle.pointee.data {
            if dataSize + handle.pointee.dataSize > dataLimit {
                dropData(handle, counted: false)
            } else {
                dataSize += handle.pointee.dataSize
                taipan_hpy_forbid(data, handle.pointee.dataSize)
            }
        }
        // A record that Python may still look at stays.
        if closed.count > closedLimit, let old = retired(), !old.pointee.isShown { unused.append(old) }
    }

    /// The record of the handle that has been closed longest, with nothing in it any more.
    private static func retired() -> UnsafeMutablePointer<DebugHandle>? {
        guard let oldest = closed.removeFirst() else { return nil }
        dropData(oldest, counted: true)
        free(oldest.pointee.trace)
        oldest.pointee.trace = nil
        oldest.pointee.magic = 0
        oldest.pointee.value = .none
        return oldest
    }

    // MARK: Data

    /// A read-only copy of data that lives as long as a handle.
    static func associate(_ handle: Value, _ data: UnsafeRawPointer?, _ size: Int) -> UnsafePointer<CChar>? {
        let handle = record(handle)
        guard let data, let copy = taipan_hpy_copy_read_only(data, size) else { return nil }
        // A second copy for the same handle: the first may still be in use.
        if handle.pointee.data == nil {
            handle.pointee.data = copy
            handle.pointee.dataSize = size
        }
        return UnsafePointer(copy.assumingMemoryBound(to: CChar.self))
    }

    private static func dropData(_ handle: UnsafeMutablePointer<DebugHandle>, counted: Bool) {
        guard let data = handle.pointee.data else { return }
        if counted { dataSize -= handle.pointee.dataSize }
        taipan_hpy_free_copy(data, handle.pointee.dataSize)
        handle.pointee.data = nil
        handle.pointee.dataSize = 0
    }

    // MARK: Reports

    static func fatal(_ message: String) -> Never {
        message.withCString { universal.pointee.ctx_FatalError!(universal, $0) }
        abort()
    }

    private static func report(_ hook: Value, _ message: String) {
        if hook.isEmpty { fatal(message) }
        let thread = Contexts.thread
        let raised = thread.takeException()
        if thread.call(hook).isEmpty {
            fputs("Error when executing the on_invalid_(builder_)handle callback\n", stderr)
            thread.takeException()
        }
        if !raised.isEmpty { thread.restore(raised) }
    }

    /// Raises SystemError for a null handle, or a null pointer, where a function of the context needs an object or memory. An exception that has been raised already, perhaps what the null comes from, is
    /// its context.
    @inline(never) static func reportNull(_ function: StaticString) {
        let thread = Contexts.thread
        let raised = thread.takeException()
        thread.raise(.systemError, "a null handle or pointer was passed to ctx_\(function)")
        if raised.isEmpty || !thread.exceptionMatches(.systemError) { return }
        thread.pointee.exception.object(ExceptionObject.self).pointee.context = raised
        Heap.barrier(thread.pointee.exception.raw)
    }

    static func reportInvalidHandle() { report(onInvalidHandle.pointee, "Invalid usage of already closed handle") }
    static func reportInvalidBuilder() { report(onInvalidBuilder.pointee, "Invalid usage of already closed builder") }

    // MARK: Collector

    static func addRoots() {
        Collector.addRoots { DebugMode.open.forEach { Collector.mark($0.pointee.value) } }
        // A closed handle does not keep its object alive; it forgets one that dies.
        Collector.addDeathVisitor { _ in
            DebugMode.closed.forEach { handle in
                if handle.pointee.value.isHeap, !Collector.isMarked(handle.pointee.value.raw) { handle.pointee.value = .none }
            }
        }
    }

    // MARK: Calls of C functions

    /// Calls a function with handles for receiver, arguments and one more (keyword names or dict, perhaps none). What it returns may be a handle, to be received.
    static func withArguments<R>(_ receiver: Value, _ a: Arguments, _ count: Int, _ extra: Value,
                                 _ body: (UnsafeMutablePointer<HPyContext>, Value, UnsafeMutablePointer<Value>, Value) -> R) -> R {
        let own = make(receiver)
        // Handles are no values: the array may be anywhere.
        let handles = UnsafeMutablePointer<Value>.allocate(capacity: count + 1)
        for index in 0 ..< count { handles[index] = make(a[index]) }
        let last = make(extra)
        let context = begin()
        let result = body(context, own, handles, last)
        end(context)
        closeArgument(own)
        for index in 0 ..< count { closeArgument(handles[index]) }
        if !last.isEmpty { closeArgument(last) }
        handles.deallocate()
        return result
    }
}
