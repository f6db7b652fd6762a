import Glibc
import Interpreter
import Objects
import TextTypes

/// `_io.BufferedReader`, `BufferedWriter`, `BufferedRandom` and `BufferedRWPair`.
///
/// One object and one buffer serve the first three. While reading, `[start, end)` of the buffer is what the raw stream gave and the reader has not; while writing,
/// `[start, end)` is what the writer gave and the raw stream has not. A change of direction flushes or seeks back first. Exact `FileIO` objects are read
/// and written natively; other raw streams through their Python methods.
struct BufferedObject {
    var header: ObjectHeader
    var dict: Value
    var state: Int
    var raw: Value
    /// `StorageObject`
    var storage: Value
    var capacity: Int
    var start: Int
    var end: Int
    var isWriting: Bool
    var canRead: Bool
    var canWrite: Bool
    var isDetached: Bool
    var initialized: Bool
    /// `PendingWrites` knows of it.
    var isListed: Bool
    /// A lock word: the raw stream is read and written with the interpreter lock released.
    var lock: UInt32
    /// The thread that holds the lock.
    var owner: UInt64
}

enum Buffered {
    nonisolated(unsafe) static var reader: NativeType!
    nonisolated(unsafe) static var writer: NativeType!
    nonisolated(unsafe) static var random: NativeType!

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<BufferedObject> { value.object(BufferedObject.self) }

    @inline(__always) static func buffer(_ object: UnsafeMutablePointer<BufferedObject>) -> UnsafeMutablePointer<UInt8> {
        (object.pointee.storage.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: UInt8.self)
    }

    static func ready(_ thread: ThreadRef, _ value: Value) -> Bool {
        let object = object(value)
        if !object.pointee.initialized {
            thread.raise(.valueError, object.pointee.isDetached ? "raw stream has been detached" : "I/O operation on uninitialized object")
            return false
        }
        return true
    }

    static func isClosed(_ thread: ThreadRef, _ value: Value) -> Int32 {
        let raw = object(value).pointee.raw
        if raw.type == FileIO.type.type { return FileIO.file(raw).pointee.descriptor < 0 ? 1 : 0 }
        return Streams.isClosed(thread, raw)
    }

    /// Whether this is a reader of the plain kind over a file that is open.
    @inline(__always) static func isOpenFile(_ value: Value) -> Bool {
        guard value.isHeap, value.type == reader.type, object(value).pointee.initialized, case let raw = object(value).pointee.raw, raw.type == FileIO.type.type else { return false }
        return FileIO.file(raw).pointee.descriptor >= 0
    }

    static func open(_ thread: ThreadRef, _ value: Value, _ what: String) -> Bool {
        guard ready(thread, value) else { return false }
        let closed = isClosed(thread, value)
        if closed > 0 { thread.raise(.valueError, "\(what) closed file") }
        return closed == 0
    }

    /// Waits for a lock until the deadline, if it is not negative. False when the time is up.
    private static func wait(_ word: UnsafeMutablePointer<UInt32>, until deadline: Int64) -> Bool {
        while true {
            let status = taipan_lock_wait(word, deadline)
            if status >= 0 { return status > 0 }
        }
    }

    private static func giveUp(_ thread: ThreadRef, _ value: Value) -> Never {
        fputs("Fatal Python error: _enter_buffered_busy: could not acquire lock for \(value.reprForMessage(thread)) at interpreter shutdown, possibly due to daemon threads\n", stderr)
        fputs("Python runtime state: finalizing (tstate=0x\(hexadecimal(UInt(bitPattern: thread))))\n\n", stderr)
        abort()
    }

    private static func hexadecimal(_ number: UInt) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, 16 - digits.utf8.count)) + digits
    }

    /// Runs `body` while no other thread uses the object; `failure` when it has raised.
    static func locked<R>(_ thread: ThreadRef, _ value: Value, _ failure: R, _ body: () -> R) -> R {
        let object = object(value)
        let word = (UnsafeMutableRawPointer(object) + MemoryLayout<BufferedObject>.offset(of: \BufferedObject.lock)!).assumingMemoryBound(to: UInt32.self)
        if !taipan_lock_try(word) {
            if object.pointee.owner == thread.pointee.identifier {
                thread.raise(.runtimeError, "reentrant call inside \(value.reprForMessage(thread))")
                return failure
            }
            if GIL.finalizer == thread {
                // The holder may be a daemon thread that has been stopped for good.
                if !wait(word, until: taipan_monotonic() + 1_000_000_000) { giveUp(thread, value) }
            } else {
                GIL.blocking(thread) { _ = wait(word, until: -1) }
            }
        }
        object.pointee.owner = thread.pointee.identifier
        let result = body()
        object.pointee.owner = 0
        taipan_lock_release(word)
        return result
    }

    // MARK: The raw stream

    /// Reads from the raw stream into the buffer's memory or elsewhere. The count, -1 for None, nil when it has raised.
    static func rawRead(_ thread: ThreadRef, _ value: Value, _ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int? {
        let raw = object(value).pointee.raw
        if raw.type == FileIO.type.type { return FileIO.read(thread, raw, target, count) }
        let array = thread.call(TypeID.bytearray.value, Value(small: count))
        if array.isEmpty { return nil }
        let result = thread.callMethod(raw, Streams.name("readinto"), array)
        if result.isEmpty { return nil }
        if result.isNone { return -1 }
        guard let got = thread.toInt(result) else {
            // Whatever kept the answer from being a number is the cause.
            guard thread.exceptionMatches(.typeError) else { return nil }
            let cause = thread.takeException()
            thread.raise(.osError, "raw readinto() failed")
            if thread.exceptionMatches(.osError) {
                let object = thread.pointee.exception.object(ExceptionObject.self)
                object.pointee.cause = cause
                object.pointee.context = cause
                object.pointee.suppressContext = .true
                Heap.barrier(thread.pointee.exception.raw)
            }
            return nil
        }
        if got < 0 || got > count {
            thread.raise(.osError, "raw readinto() returned invalid length \(got) (should have been between 0 and \(count))")
            return nil
        }
        let copied = thread.withBuffer(array) { bytes, available in
            memcpy(target, bytes, min(got, available))
            return .none
        }
        return copied.isEmpty ? nil : got
    }

    static func rawWrite(_ thread: ThreadRef, _ value: Value, _ source: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        let raw = object(value).pointee.raw
        if raw.type == FileIO.type.type { return FileIO.write(thread, raw, source, count) }
        let data = thread.newBytes(source, count)
        if data.isEmpty { return nil }
        let result = thread.callMethod(raw, Name.write, data)
        if result.isEmpty { return nil }
        if result.isNone { return -1 }
        guard let put = thread.toInt(result) else { return nil }
        if put < 0 || put > count {
            thread.raise(.osError, "raw write() returned invalid length \(put) (should have been between 0 and \(count))")
            return nil
        }
        return put
    }

    /// Writes out what the writer gave. False when it has raised.
    static func flush(_ thread: ThreadRef, _ value: Value) -> Bool {
        let object = object(value)
        guard object.pointee.isWriting else { return true }
        while object.pointee.start < object.pointee.end {
            guard let put = rawWrite(thread, value, buffer(object) + object.pointee.start, object.pointee.end - object.pointee.start) else { return false }
            if put < 0 {
                thread.raise(type: TypeID.blockingIOError.type, Value(small: Int(EAGAIN)), thread.newString("write could not complete without blocking"), Value(small: 0))
                return false
            }
            object.pointee.start += put
            guard object.pointee.start == object.pointee.end || Signals.check(thread) else { return false }
        }
        object.pointee.start = 0
        object.pointee.end = 0
        object.pointee.isWriting = false
        return true
    }

    /// Leaves the reading side: the raw stream goes back to where the reader is.
    private static func leaveReading(_ thread: ThreadRef, _ value: Value) -> Bool {
        let object = object(value)
        let ahead = object.pointee.end - object.pointee.start
        object.pointee.start = 0
        object.pointee.end = 0
        if ahead == 0 { return true }
        return rawSeek(thread, value, -ahead, 1) != nil
    }

    static func rawSeek(_ thread: ThreadRef, _ value: Value, _ offset: Int, _ whence: Int) -> Int? {
        let raw = object(value).pointee.raw
        if raw.type == FileIO.type.type { return FileIO.seek(thread, raw, offset, Int32(truncatingIfNeeded: whence)) }
        let result = thread.callMethod(raw, Streams.name("seek"), thread.newInt(offset), Value(small: whence))
        if result.isEmpty { return nil }
        guard let position = thread.toInt(result) else { return nil }
        if position < 0 { thread.raise(.osError, "Raw stream returned invalid position \(position)"); return nil }
        return position
    }

    static func rawTell(_ thread: ThreadRef, _ value: Value) -> Int? {
        let raw = object(value).pointee.raw
        if raw.type == FileIO.type.type { return FileIO.seek(thread, raw, 0, SEEK_CUR) }
        let result = thread.callMethod(raw, Streams.name("tell"))
        if result.isEmpty { return nil }
        guard let position = thread.toInt(result) else { return nil }
        if position < 0 { thread.raise(.osError, "Raw stream returned invalid position \(position)"); return nil }
        return position
    }

    // MARK: Reading

    /// Fills the empty buffer by one raw read. The count, -1 for None, nil when it has raised.
    private static func fill(_ thread: ThreadRef, _ value: Value) -> Int? {
        let object = object(value)
        object.pointee.start = 0
        object.pointee.end = 0
        guard let got = rawRead(thread, value, buffer(object), object.pointee.capacity) else { return nil }
        if got > 0 { object.pointee.end = got }
        return got
    }

    static func readAll(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = object(value)
        let first = thread.newBytes(buffer(object) + object.pointee.start, object.pointee.end - object.pointee.start)
        if first.isEmpty { return .empty }
        object.pointee.start = 0
        object.pointee.end = 0
        let method = thread.getAttributeOrEmpty(object.pointee.raw, Streams.name("readall"))
        if thread.hasException { return .empty }
        if !method.isEmpty {
            let rest = thread.call(method)
            if rest.isEmpty { return .empty }
            if rest.isNone { return BytesRef(first).count == 0 ? .none : first }
            guard rest.isBytes else { return thread.raise(.typeError, "readall() should return bytes") }
            return BytesRef(first).count == 0 ? rest : thread.binary(first, rest, .add)
        }
        var result = ByteBuilder()
        result.append(BytesRef(first).bytes, BytesRef(first).count)
        while !result.failed {
            let data = thread.callMethod(object.pointee.raw, Name.read)
            if data.isEmpty { return .empty }
            if data.isNone && result.count == 0 { return .none }
            guard data.isNone || data.isBytes else { return thread.raise(.typeError, "read() should return bytes") }
            if data.isNone || BytesRef(data).count == 0 { break }
            result.append(BytesRef(data).bytes, BytesRef(data).count)
        }
        return result.finish(thread)
    }

    static func read(_ thread: ThreadRef, _ value: Value, _ size: Int) -> Value {
        let object = object(value)
        guard flush(thread, value) else { return .empty }
        if size < 0 { return readAll(thread, value) }
        let available = object.pointee.end - object.pointee.start
        if size <= available {
            let result = thread.newBytes(buffer(object) + object.pointee.start, size)
            if !result.isEmpty { object.pointee.start += size }
            return result
        }
        let result = thread.newBytes(count: size)
        if result.isEmpty { return .empty }
        let target = BytesRef(result).bytes
        memcpy(target, buffer(object) + object.pointee.start, available)
        object.pointee.start = 0
        object.pointee.end = 0
        var count = available
        while count < size {
            var got: Int
            if size - count >= object.pointee.capacity {
                guard let direct = rawRead(thread, value, target + count, (size - count) / object.pointee.capacity * object.pointee.capacity) else { return .empty }
                got = direct
            } else {
                guard let filled = fill(thread, value) else { return .empty }
                got = min(filled, size - count)
                if got > 0 {
                    memcpy(target + count, buffer(object), got)
                    object.pointee.start = got
                }
            }
            if got < 0 && count == 0 { return .none }
            if got <= 0 { break }
            count += got
        }
        return count == size ? result : thread.newBytes(target, count)
    }

    static func read1(_ thread: ThreadRef, _ value: Value, _ size: Int) -> Value {
        let object = object(value)
        guard flush(thread, value) else { return .empty }
        let wanted = size < 0 ? object.pointee.capacity : size
        if wanted == 0 { return WellKnown.emptyBytes.value }
        if object.pointee.end == object.pointee.start {
            guard let got = fill(thread, value) else { return .empty }
            if got <= 0 { return WellKnown.emptyBytes.value }
        }
        let count = min(wanted, object.pointee.end - object.pointee.start)
        let result = thread.newBytes(buffer(object) + object.pointee.start, count)
        if !result.isEmpty { object.pointee.start += count }
        return result
    }

    /// Fills memory with what is buffered, and by at most one read from the raw stream.
    private static func readOnce(_ thread: ThreadRef, _ value: Value, _ target: UnsafeMutablePointer<UInt8>, _ count: Int) -> Value {
        guard flush(thread, value) else { return .empty }
        let object = object(value)
        let available = min(count, object.pointee.end - object.pointee.start)
        memcpy(target, buffer(object) + object.pointee.start, available)
        object.pointee.start += available
        if available == count || count == 0 { return Value(small: available) }
        // At most one read from the raw stream, straight into a target that is larger than the buffer.
        var got: Int
        if count - available > object.pointee.capacity {
            guard let direct = rawRead(thread, value, target + available, count - available) else { return .empty }
            got = max(direct, 0)
        } else if available > 0 && count <= object.pointee.capacity {
            return Value(small: available)
        } else {
            guard let filled = fill(thread, value) else { return .empty }
            got = min(max(filled, 0), count - available)
            memcpy(target + available, buffer(object), got)
            object.pointee.start = got
        }
        return Value(small: available + got)
    }

    /// The next line, where it is in the buffer as a whole and no other thread is at work on that.
    @inline(__always) private static func readyLine(_ thread: ThreadRef, _ value: Value) -> Value? {
        let object = object(value)
        guard !object.pointee.isWriting, object.pointee.lock == 0, case let ready = object.pointee.end - object.pointee.start, ready > 0 else { return nil }
        let start = buffer(object) + object.pointee.start
        guard let found = memchr(start, 10, ready) else { return nil }
        let count = found - UnsafeMutableRawPointer(start) + 1
        let line = thread.newBytes(start, count)
        if !line.isEmpty { object.pointee.start += count }
        return line
    }

    static func line(_ thread: ThreadRef, _ value: Value, _ limit: Int) -> Value {
        let object = object(value)
        guard flush(thread, value) else { return .empty }
        // Most lines are in the buffer as a whole.
        var ready = object.pointee.end - object.pointee.start
        if limit >= 0 { ready = min(ready, limit) }
        let start = buffer(object) + object.pointee.start
        if ready > 0, let found = memchr(start, 10, ready) {
            let count = found - UnsafeMutableRawPointer(start) + 1
            object.pointee.start += count
            return thread.newBytes(start, count)
        }
        var parts = ByteBuilder()
        while true {
            var available = object.pointee.end - object.pointee.start
            if limit >= 0 { available = min(available, limit - parts.count) }
            let from = buffer(object) + object.pointee.start
            if available > 0, let found = memchr(from, 10, available) {
                let count = found - UnsafeMutableRawPointer(from) + 1
                object.pointee.start += count
                parts.append(from, count)
                return parts.finish(thread)
            }
            if available > 0 { parts.append(from, available) }
            object.pointee.start += max(available, 0)
            if limit >= 0 && parts.count >= limit || parts.failed { return parts.finish(thread) }
            guard let got = fill(thread, value) else { return .empty }
            if got <= 0 { return parts.finish(thread) }
        }
    }

    // MARK: Writing

    static func write(_ thread: ThreadRef, _ value: Value, _ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let object = object(value)
        if !object.pointee.isWriting {
            guard leaveReading(thread, value) else { return false }
            object.pointee.isWriting = true
        }
        if !object.pointee.isListed { PendingWrites.addBuffered(value) }
        if count <= object.pointee.capacity - object.pointee.end {
            memcpy(buffer(object) + object.pointee.end, source, count)
            object.pointee.end += count
            return true
        }
        if !flush(thread, value) {
            guard thread.exceptionMatches(.blockingIOError) else { return false }
            // The raw stream would block: what fits into the buffer is taken, and more than that is refused.
            memmove(buffer(object), buffer(object) + object.pointee.start, object.pointee.end - object.pointee.start)
            object.pointee.end -= object.pointee.start
            object.pointee.start = 0
            let room = object.pointee.capacity - object.pointee.end
            if count <= room {
                thread.takeException()
                memcpy(buffer(object) + object.pointee.end, source, count)
                object.pointee.end += count
                return true
            }
            memcpy(buffer(object) + object.pointee.end, source, room)
            object.pointee.end = object.pointee.capacity
            thread.takeException()
            thread.raise(type: TypeID.blockingIOError.type, Value(small: Int(EAGAIN)), thread.newString("write could not complete without blocking"), Value(small: room))
            return false
        }
        object.pointee.isWriting = true
        var written = 0
        while count - written > object.pointee.capacity {
            guard Signals.check(thread), let put = rawWrite(thread, value, source + written, count - written) else { return false }
            if put < 0 {
                // As much as the buffer holds is kept and counts as written.
                let kept = min(object.pointee.capacity, count - written)
                memcpy(buffer(object), source + written, kept)
                object.pointee.start = 0
                object.pointee.end = kept
                written += kept
                thread.raise(type: TypeID.blockingIOError.type, Value(small: Int(EAGAIN)), thread.newString("write could not complete without blocking"), Value(small: written))
                return false
            }
            written += put
        }
        memcpy(buffer(object), source + written, count - written)
        object.pointee.end = count - written
        return true
    }

    // MARK: Opening and closing

    static func initialize(_ thread: ThreadRef, _ value: Value, _ raw: Value, _ size: Value, read: Bool, write: Bool) -> Value {
        let object = object(value)
        object.pointee.initialized = false
        object.pointee.isDetached = false
        if read, !Streams.require(thread, raw, "readable", "File or stream is not readable.") { return .empty }
        if write, !Streams.require(thread, raw, "writable", "File or stream is not writable.") { return .empty }
        guard let capacity = size.isEmpty ? 8192 : thread.toInt(size) else { return .empty }
        if capacity <= 0 { return thread.raise(.valueError, "buffer size must be strictly positive") }
        guard capacity < 1 << 40, let storage = Heap.allocateUncleared(MemoryLayout<StorageObject>.size + capacity, shape: TypeID.byteArrayStorage.rawValue) else { return thread.raiseOutOfMemory() }
        storage.assumingMemoryBound(to: StorageObject.self).pointee.size = capacity
        object.pointee.raw = raw
        object.pointee.storage = Value(storage)
        object.pointee.capacity = capacity
        object.pointee.start = 0
        object.pointee.end = 0
        object.pointee.isWriting = false
        object.pointee.canRead = read
        object.pointee.canWrite = write
        object.pointee.initialized = true
        Heap.barrier(value.raw)
        return .none
    }

    static func close(_ thread: ThreadRef, _ value: Value) -> Value {
        guard ready(thread, value) else { return .empty }
        let closed = isClosed(thread, value)
        if closed != 0 { return closed < 0 ? .empty : .none }
        if Streams.stream(value).pointee.state & 2 != 0 { warnOfLeak(thread, value, source: value) }
        let flushed = thread.callMethod(value, Name.flush)
        let pending = flushed.isEmpty ? thread.takeException() : .empty
        let result = locked(thread, value, .empty) { thread.callMethod(object(value).pointee.raw, Name.close) }
        if pending.isEmpty { return result.isEmpty ? .empty : .none }
        if result.isEmpty {
            // Both failed: the first is the context of the second.
            let second = thread.takeException()
            second.object(ExceptionObject.self).pointee.context = pending
            Heap.barrier(second.raw)
            return thread.restore(second)
        }
        return thread.restore(pending)
    }

    private static func seek(_ thread: ThreadRef, _ value: Value, _ target: Int, _ whence: Int) -> Value {
        let object = object(value)
        var offset = target
        if object.pointee.isWriting {
            guard flush(thread, value) else { return .empty }
        } else if whence == 1 {
            offset -= object.pointee.end - object.pointee.start
        } else if whence == 0, object.pointee.end > object.pointee.start, let position = rawTell(thread, value) {
            // Within what has been read ahead nothing need be sought.
            let first = position - object.pointee.end
            if offset >= first + object.pointee.start && offset <= position { object.pointee.start = offset - first; return thread.newInt(offset) }
        }
        if thread.hasException { return .empty }
        object.pointee.start = 0
        object.pointee.end = 0
        guard let position = rawSeek(thread, value, offset, whence) else { return .empty }
        return thread.newInt(position)
    }

    static func warnOfLeak(_ thread: ThreadRef, _ value: Value, source: Value) {
        guard object(value).pointee.initialized else { return }
        if thread.callMethod(object(value).pointee.raw, Streams.name("_dealloc_warn"), source).isEmpty { thread.takeException() }
    }

    static func tell(_ thread: ThreadRef, _ value: Value) -> Int? {
        guard let position = rawTell(thread, value) else { return nil }
        let object = object(value)
        let pending = object.pointee.end - object.pointee.start
        return object.pointee.isWriting ? position + pending : position - pending
    }

    private static let common: [Def] = [
        Def("close(self, /)", .calls) { thread, a, _ in Buffered.close(thread, a[0]) },
        Def("_dealloc_warn(self, source, /)", .calls) { thread, a, _ in
            Buffered.warnOfLeak(thread, a[0], source: a[1])
            return .none
        },
        Def("detach(self, /)", .calls) { thread, a, _ in
            guard Buffered.ready(thread, a[0]) else { return .empty }
            if thread.callMethod(a[0], Name.flush).isEmpty { return .empty }
            let object = Buffered.object(a[0])
            object.pointee.initialized = false
            object.pointee.isDetached = true
            return object.pointee.raw
        },
        Def("flush(self, /)", .calls) { thread, a, _ in
            guard Buffered.open(thread, a[0], "flush of") else { return .empty }
            return Buffered.locked(thread, a[0], .empty) { Buffered.flush(thread, a[0]) ? .none : .empty }
        },
        Def("seekable(self, /)", .calls) { thread, a, _ in Buffered.ready(thread, a[0]) ? thread.callMethod(Buffered.object(a[0]).pointee.raw, Streams.name("seekable")) : .empty },
        Def("readable(self, /)", .calls) { thread, a, _ in Buffered.ready(thread, a[0]) ? (Buffered.object(a[0]).pointee.canRead ? thread.callMethod(Buffered.object(a[0]).pointee.raw, Streams.name("readable")) : .false) : .empty },
        Def("writable(self, /)", .calls) { thread, a, _ in Buffered.ready(thread, a[0]) ? (Buffered.object(a[0]).pointee.canWrite ? thread.callMethod(Buffered.object(a[0]).pointee.raw, Streams.name("writable")) : .false) : .empty },
        Def("fileno(self, /)", .calls) { thread, a, _ in Buffered.ready(thread, a[0]) ? thread.callMethod(Buffered.object(a[0]).pointee.raw, Name.fileno) : .empty },
        Def("isatty(self, /)", .calls) { thread, a, _ in Buffered.ready(thread, a[0]) ? thread.callMethod(Buffered.object(a[0]).pointee.raw, Name.isatty) : .empty },
        Def("tell(self, /)", .calls) { thread, a, _ in
            guard Buffered.ready(thread, a[0]), let position = Buffered.locked(thread, a[0], nil, { Buffered.tell(thread, a[0]) }) else { return .empty }
            return thread.newInt(max(position, 0))
        },
        Def("seek(self, target, whence=0, /)", .calls) { thread, a, _ in
            guard Buffered.open(thread, a[0], "seek of"), let target = thread.toInt(a[1]), let whence = a[2].isEmpty ? 0 : thread.toInt(a[2]) else { return .empty }
            let object = Buffered.object(a[0])
            if whence < 0 || whence > 4 { return thread.raise(.valueError, "whence value \(whence) unsupported") }
            if !Streams.require(thread, object.pointee.raw, "seekable", "File or stream is not seekable.") { return .empty }
            return Buffered.locked(thread, a[0], .empty) { Buffered.seek(thread, a[0], target, whence) }
        },
        Def("truncate(self, size=None, /)", .calls) { thread, a, _ in
            guard Buffered.open(thread, a[0], "truncate of") else { return .empty }
            let object = Buffered.object(a[0])
            if !object.pointee.canWrite { return Streams.raiseUnsupported(thread, "truncate") }
            return Buffered.locked(thread, a[0], .empty) {
                guard Buffered.flush(thread, a[0]) else { return .empty }
                var size = a[1]
                if size.isEmpty || size.isNone {
                    guard let position = Buffered.tell(thread, a[0]) else { return .empty }
                    size = thread.newInt(position)
                }
                return thread.callMethod(object.pointee.raw, Streams.name("truncate"), size)
            }
        },
        Def("__getstate__(self, /)", .calls) { thread, a, _ in thread.raise(.typeError, "cannot pickle '\(a[0].type.name)' object") },
    ]

    private static let readers: [Def] = [
        Def("read(self, size=-1, /)", .calls) { thread, a, _ in
            guard let size = Streams.size(thread, a[1]) else { return .empty }
            if size < -1 { return thread.raise(.valueError, "read length must be non-negative or -1") }
            guard Buffered.open(thread, a[0], "read of") else { return .empty }
            return Buffered.locked(thread, a[0], .empty) { Buffered.read(thread, a[0], size) }
        },
        Def("read1(self, size=-1, /)", .calls) { thread, a, _ in
            guard let size = a[1].isEmpty ? -1 : thread.toInt(a[1]), Buffered.open(thread, a[0], "read of") else { return .empty }
            return Buffered.locked(thread, a[0], .empty) { Buffered.read1(thread, a[0], size) }
        },
        Def("peek(self, size=0, /)", .calls) { thread, a, _ in
            // The number says only how many bytes would be welcome.
            guard a[1].isEmpty || thread.toInt(a[1]) != nil, Buffered.open(thread, a[0], "peek of") else { return .empty }
            return Buffered.locked(thread, a[0], .empty) {
                guard Buffered.flush(thread, a[0]) else { return .empty }
                let object = Buffered.object(a[0])
                if object.pointee.end == object.pointee.start { guard Buffered.fill(thread, a[0]) != nil else { return .empty } }
                return thread.newBytes(Buffered.buffer(object) + object.pointee.start, object.pointee.end - object.pointee.start)
            }
        },
        Def("readline(self, size=-1, /)", .calls) { thread, a, _ in
            guard let size = Streams.size(thread, a[1]), Buffered.open(thread, a[0], "readline of") else { return .empty }
            return Buffered.locked(thread, a[0], .empty) { Buffered.line(thread, a[0], size) }
        },
        Def("readinto(self, buffer, /)", .calls) { thread, a, _ in
            guard Buffered.open(thread, a[0], "readinto of") else { return .empty }
            return thread.withWritableBuffer(a[1], "readinto") { target, count in
                let data = Buffered.locked(thread, a[0], .empty) { Buffered.read(thread, a[0], count) }
                if data.isEmpty || data.isNone { return data }
                memcpy(target, BytesRef(data).bytes, BytesRef(data).count)
                return Value(small: BytesRef(data).count)
            }
        },
        Def("readinto1(self, buffer, /)", .calls) { thread, a, _ in
            guard Buffered.open(thread, a[0], "readinto of") else { return .empty }
            return thread.withWritableBuffer(a[1], "readinto1") { target, count in
                Buffered.locked(thread, a[0], .empty) { Buffered.readOnce(thread, a[0], target, count) }
            }
        },
    ]

    private static let writers: [Def] = [
        Def("write(self, buffer, /)", .calls) { thread, a, _ in
            if a[1].isString { return thread.raise(.typeError, "a bytes-like object is required, not 'str'") }
            guard Buffered.ready(thread, a[0]) else { return .empty }
            return thread.withBuffer(a[1]) { bytes, count in
                guard Buffered.open(thread, a[0], "write to") else { return .empty }
                return Buffered.locked(thread, a[0], .empty) {
                    // Another thread may have closed the stream while this one waited.
                    Buffered.open(thread, a[0], "write to") && Buffered.write(thread, a[0], bytes, count) ? Value(small: count) : .empty
                }
            }
        },
    ]

    private static let getters: [Getter] = [
        Getter("raw", isMember: true) { thread, a, _ in Buffered.object(a[0]).pointee.raw.isEmpty ? thread.raise(.attributeError, "raw") : Buffered.object(a[0]).pointee.raw },
        Getter("closed") { thread, a, _ in
            guard Buffered.ready(thread, a[0]) else { return .empty }
            return thread.getAttribute(Buffered.object(a[0]).pointee.raw, Name.closed)
        },
        Getter("name") { thread, a, _ in Buffered.ready(thread, a[0]) ? thread.getAttribute(Buffered.object(a[0]).pointee.raw, Name.name) : .empty },
        Getter("mode") { thread, a, _ in Buffered.ready(thread, a[0]) ? thread.getAttribute(Buffered.object(a[0]).pointee.raw, Name.mode) : .empty },
    ]

    static let readerInit = Constructor("BufferedReader(self, raw, buffer_size=8192)") { thread, a, _ in Buffered.initialize(thread, a[0], a[1], a[2], read: true, write: false) }
    static let writerInit = Constructor("BufferedWriter(self, raw, buffer_size=8192)") { thread, a, _ in Buffered.initialize(thread, a[0], a[1], a[2], read: false, write: true) }
    static let randomInit = Constructor("BufferedRandom(self, raw, buffer_size=8192)") { thread, a, _ in
        if !Streams.require(thread, a[1], "seekable", "File or stream is not seekable.") { return .empty }
        return Buffered.initialize(thread, a[0], a[1], a[2], read: true, write: true)
    }

    private static func slots(_ slots: SlotBuilder) {
        slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
        slots.unary(.repr) { thread, value in
            let name = thread.getAttributeOrEmpty(value, Name.name)
            if name.isEmpty {
                if thread.hasException, !thread.clearException(.valueError) { return .empty }
                return thread.newString("<\(value.type.name)>")
            }
            guard let isFirst = thread.enterRepr(value) else { return .empty }
            if !isFirst { return thread.raise(.runtimeError, "reentrant call inside \(value.type.name).__repr__") }
            defer { thread.leaveRepr(value) }
            let shown = thread.repr(name)
            return shown.isEmpty ? .empty : thread.newString("<\(value.type.name) name=\(StringRef(shown).description)>")
        }
        slots.unary(.next) { thread, value in
            if Buffered.isOpenFile(value), let line = Buffered.readyLine(thread, value) { return line }
            guard Buffered.open(thread, value, "readline of") else { return .empty }
            if !Buffered.object(value).pointee.canRead { return Streams.raiseUnsupported(thread, "not readable") }
            let line = Buffered.locked(thread, value, .empty) { Buffered.line(thread, value, -1) }
            return line.isEmpty || BytesRef(line).count == 0 ? .empty : line
        }
    }

    static func start(_ module: ModuleBuilder) {
        let size = MemoryLayout<BufferedObject>.size
        let mask: UInt64 = 0b11010
        reader = NativeType("BufferedReader", module: "_io", base: Streams.bufferedBase.type, size: size, mask: mask, dictOffset: 8, flags: [.base, .weakReferenceable],
                            doc: "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nReads from a raw stream through a buffer.", methods: common + readers, getters: getters) { builder in
            slots(builder)
            builder.call(.initialize) { thread, value, a, count, keywords in Buffered.readerInit.call(thread, value, a, count, keywords) }
        }
        writer = NativeType("BufferedWriter", module: "_io", base: Streams.bufferedBase.type, size: size, mask: mask, dictOffset: 8, flags: [.base, .weakReferenceable],
                            doc: "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffer for a writeable sequential RawIO object.", methods: common + writers, getters: getters) { builder in
            slots(builder)
            builder.call(.initialize) { thread, value, a, count, keywords in Buffered.writerInit.call(thread, value, a, count, keywords) }
        }
        random = NativeType("BufferedRandom", module: "_io", base: Streams.bufferedBase.type, size: size, mask: mask, dictOffset: 8, flags: [.base, .weakReferenceable],
                            doc: "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nA buffered interface to random access streams.", methods: common + readers + writers, getters: getters) { builder in
            slots(builder)
            builder.call(.initialize) { thread, value, a, count, keywords in Buffered.randomInit.call(thread, value, a, count, keywords) }
        }
        for type in [reader!, writer!, random!] { module.add(type) }
        PairedStream.start(module)
    }
}

/// `_io.BufferedRWPair`: a reader and a writer over two raw streams.
enum PairedStream {
    struct Object {
        var header: ObjectHeader
        var dict: Value
        var state: Int
        var reader: Value
        var writer: Value
    }

    static func object(_ value: Value) -> UnsafeMutablePointer<Object> { value.object(Object.self) }

    static func forward(_ thread: ThreadRef, _ value: Value, _ side: Value, _ method: String, _ arguments: Value = .empty) -> Value {
        if side.isEmpty { return thread.raise(.valueError, "I/O operation on uninitialized object") }
        let function = thread.getAttribute(side, Streams.name(method))
        if function.isEmpty { return .empty }
        return thread.call(function, tuple: arguments.isEmpty ? WellKnown.emptyTuple.value : arguments)
    }

    static let initializer = Constructor("BufferedRWPair(self, reader, writer, buffer_size=8192, /)") { thread, a, _ in
        if !Streams.require(thread, a[1], "readable", "File or stream is not readable.") || !Streams.require(thread, a[2], "writable", "File or stream is not writable.") { return .empty }
        let size = a[3].isEmpty ? Value(small: 8192) : a[3]
        let reader = thread.call(Buffered.reader.type.value, a[1], size)
        if reader.isEmpty { return .empty }
        let writer = thread.call(Buffered.writer.type.value, a[2], size)
        if writer.isEmpty { return .empty }
        PairedStream.object(a[0]).pointee.reader = reader
        PairedStream.object(a[0]).pointee.writer = writer
        Heap.barrier(a[0].raw)
        return .none
    }

    static func start(_ module: ModuleBuilder) {
        module.add(NativeType("BufferedRWPair", module: "_io", base: Streams.bufferedBase.type, size: MemoryLayout<Object>.size, mask: 0b11010, dictOffset: 8, flags: [.base, .weakReferenceable],
                              doc: "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\nReading from one stream and writing to another, both with a buffer.", methods: [
            Def("read(self, /, *args)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "read", a[1]) },
            Def("read1(self, /, *args)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "read1", a[1]) },
            Def("readinto(self, /, *args)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "readinto", a[1]) },
            Def("readinto1(self, /, *args)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "readinto1", a[1]) },
            Def("peek(self, /, *args)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "peek", a[1]) },
            Def("readable(self, /)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "readable") },
            Def("write(self, /, *args)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.writer, "write", a[1]) },
            Def("flush(self, /)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.writer, "flush") },
            Def("writable(self, /)", .calls) { thread, a, _ in PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.writer, "writable") },
            Def("isatty(self, /)", .calls) { thread, a, _ in
                let first = PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.writer, "isatty")
                return first == .false ? PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "isatty") : first
            },
            Def("close(self, /)", .calls) { thread, a, _ in
                let first = PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.writer, "close")
                let pending = first.isEmpty ? thread.takeException() : .empty
                let second = PairedStream.forward(thread, a[0], PairedStream.object(a[0]).pointee.reader, "close")
                if pending.isEmpty { return second }
                if second.isEmpty {
                    thread.pointee.exception.object(ExceptionObject.self).pointee.context = pending
                    return .empty
                }
                return thread.restore(pending)
            },
        ], getters: [
            Getter("closed") { thread, a, _ in
                let writer = PairedStream.object(a[0]).pointee.writer
                return writer.isEmpty ? thread.raise(.runtimeError, "the BufferedRWPair object is being garbage-collected") : thread.getAttribute(writer, Name.closed)
            },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in PairedStream.initializer.call(thread, value, a, count, keywords) }
        })
    }
}
