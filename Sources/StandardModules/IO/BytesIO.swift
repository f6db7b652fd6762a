import Glibc
import Objects
import TextTypes

/// `_io.BytesIO`: a stream over bytes in memory.
struct BytesStream {
    var header: ObjectHeader
    var dict: Value
    /// The lower half of the state that a `StreamObject` has.
    var state: UInt32
    /// Views given out by `getbuffer`.
    var exports: Int32
    /// `StorageObject`, or empty.
    var storage: Value
    var count: Int
    var position: Int

    var capacity: Int { storage.isEmpty ? 0 : storage.object(StorageObject.self).pointee.size }
}

enum BytesIO {
    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) static var bufferType: NativeType!

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<BytesStream> { value.object(BytesStream.self) }

    @inline(__always) static func bytes(_ object: UnsafeMutablePointer<BytesStream>) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(bitPattern: UInt(object.pointee.storage.bits) &+ UInt(MemoryLayout<StorageObject>.size)).unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self)
    }

    static func open(_ thread: ThreadRef, _ value: Value) -> Bool {
        if object(value).pointee.state & 1 == 0 { return true }
        _ = Streams.raiseClosed(thread)
        return false
    }

    /// False, with BufferError raised, while somebody has a view of the bytes.
    static func resizable(_ thread: ThreadRef, _ value: Value) -> Bool { object(value).pointee.exports == 0 || unlock(thread, value) }

    @inline(never) private static func unlock(_ thread: ThreadRef, _ value: Value) -> Bool {
        let stream = object(value)
        let isLeft = MemoryViews.unlock(thread, storage: stream.pointee.storage, isExporter: { $0.type == bufferType.type && $0.object(WrapperObject.self).pointee.callable == value },
                                        isLocked: { stream.pointee.exports > 0 })
        if stream.pointee.exports > 0 {
            thread.raise(.bufferError, "Existing exports of data: object cannot be re-sized")
            return false
        }
        return !isLeft || move(thread, value, capacity: stream.pointee.capacity)
    }

    static func reserve(_ thread: ThreadRef, _ value: Value, _ wanted: Int) -> Bool {
        let capacity = object(value).pointee.capacity
        // What is made of a known text is mostly only read.
        return wanted <= capacity || move(thread, value, capacity: capacity == 0 ? wanted : max(wanted, capacity + capacity >> 1, 64))
    }

    /// Gives the bytes another, at least as large storage. False when it has raised.
    private static func move(_ thread: ThreadRef, _ value: Value, capacity: Int) -> Bool {
        let stream = object(value)
        guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + capacity, shape: TypeID.byteArrayStorage.rawValue) else { thread.raiseOutOfMemory(); return false }
        raw.assumingMemoryBound(to: StorageObject.self).pointee.size = capacity
        if stream.pointee.count > 0 { memcpy(raw + MemoryLayout<StorageObject>.size, bytes(stream), stream.pointee.count) }
        stream.pointee.storage = Value(raw)
        Heap.barrier(value.raw)
        return true
    }

    static func write(_ thread: ThreadRef, _ value: Value, _ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let stream = object(value)
        if count == 0 { return true }
        let (end, overflow) = stream.pointee.position.addingReportingOverflow(count)
        if overflow || end > 1 << 46 { thread.raise(.overflowError, "new position too large"); return false }
        guard reserve(thread, value, end) else { return false }
        if stream.pointee.position > stream.pointee.count { memset(bytes(stream) + stream.pointee.count, 0, stream.pointee.position - stream.pointee.count) }
        memcpy(bytes(stream) + stream.pointee.position, source, count)
        stream.pointee.position = end
        stream.pointee.count = max(stream.pointee.count, end)
        return true
    }

    static func read(_ thread: ThreadRef, _ value: Value, _ size: Int) -> Value {
        let stream = object(value)
        let available = max(stream.pointee.count - stream.pointee.position, 0)
        let count = size < 0 ? available : min(size, available)
        if count == 0 { return WellKnown.emptyBytes.value }
        let result = thread.newBytes(bytes(stream) + stream.pointee.position, count)
        if !result.isEmpty { stream.pointee.position += count }
        return result
    }

    static func line(_ thread: ThreadRef, _ value: Value, _ size: Int) -> Value {
        let stream = object(value)
        let available = max(stream.pointee.count - stream.pointee.position, 0)
        if available == 0 { return WellKnown.emptyBytes.value }
        let start = bytes(stream) + stream.pointee.position
        var count = available
        if let found = memchr(start, 10, available) { count = found - UnsafeMutableRawPointer(start) + 1 }
        return read(thread, value, size < 0 ? count : min(count, size))
    }

    private static let initializer = Constructor("BytesIO(self, initial_bytes=b'')") { thread, a, _ in
        let stream = BytesIO.object(a[0])
        guard BytesIO.resizable(thread, a[0]) else { return .empty }
        stream.pointee.count = 0
        stream.pointee.position = 0
        stream.pointee.state = 0
        if a[1].isEmpty || a[1].isNone { return .none }
        let result = thread.withBuffer(a[1]) { bytes, count in BytesIO.write(thread, a[0], bytes, count) ? .none : .empty }
        stream.pointee.position = 0
        return result
    }

    static func start(_ module: ModuleBuilder) {
        type = NativeType("BytesIO", module: "_io", base: Streams.bufferedBase.type, size: MemoryLayout<BytesStream>.size, mask: 0b1010, dictOffset: 8, flags: [.base, .weakReferenceable],
                          doc: "BytesIO(initial_bytes=b'')\n--\n\nBuffered I/O implementation using an in-memory bytes buffer.", methods: [
            Def("read(self, size=-1, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), let size = Streams.size(thread, a[1]) else { return .empty }
                return BytesIO.read(thread, a[0], size)
            },
            Def("read1(self, size=-1, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), let size = Streams.size(thread, a[1]) else { return .empty }
                return BytesIO.read(thread, a[0], size)
            },
            Def("readline(self, size=-1, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), let size = Streams.size(thread, a[1]) else { return .empty }
                return BytesIO.line(thread, a[0], size)
            },
            Def("readlines(self, size=None, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), let limit = Streams.size(thread, a[1]) else { return .empty }
                let list = thread.newList()
                if list.isEmpty { return .empty }
                var total = 0
                while true {
                    let line = BytesIO.line(thread, a[0], -1)
                    if line.isEmpty { return .empty }
                    if BytesRef(line).count == 0 { return list }
                    guard ListRef(list).append(thread, line) else { return .empty }
                    total += BytesRef(line).count
                    if limit > 0 && total >= limit { return list }
                }
            },
            Def("readinto(self, buffer, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]) else { return .empty }
                return thread.withWritableBuffer(a[1], "readinto") { target, count in
                    let stream = BytesIO.object(a[0])
                    let got = min(count, max(stream.pointee.count - stream.pointee.position, 0))
                    if got > 0 { memcpy(target, BytesIO.bytes(stream) + stream.pointee.position, got) }
                    stream.pointee.position += got
                    return Value(small: got)
                }
            },
            Def("write(self, b, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), BytesIO.resizable(thread, a[0]) else { return .empty }
                return thread.withBuffer(a[1]) { bytes, count in BytesIO.write(thread, a[0], bytes, count) ? Value(small: count) : .empty }
            },
            Def("seek(self, pos, whence=0, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), let offset = thread.toInt(a[1]), let whence = a[2].isEmpty ? 0 : thread.toInt(a[2]) else { return .empty }
                let stream = BytesIO.object(a[0])
                if offset < 0 && whence == 0 { return thread.raise(.valueError, "negative seek value \(offset)") }
                let base: Int
                switch whence {
                case 0: base = 0
                case 1: base = stream.pointee.position
                case 2: base = stream.pointee.count
                default: return thread.raise(.valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
                }
                let (position, overflow) = base.addingReportingOverflow(offset)
                if overflow { return thread.raise(.overflowError, "new position too large") }
                stream.pointee.position = max(position, 0)
                return thread.newInt(stream.pointee.position)
            },
            Def("tell(self, /)", .reads) { thread, a, _ in BytesIO.open(thread, a[0]) ? thread.newInt(BytesIO.object(a[0]).pointee.position) : .empty },
            Def("truncate(self, size=None, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]), BytesIO.resizable(thread, a[0]) else { return .empty }
                let stream = BytesIO.object(a[0])
                var size = stream.pointee.position
                if !a[1].isEmpty && !a[1].isNone {
                    guard let given = Streams.size(thread, a[1]) else { return .empty }
                    if given < 0 { return thread.raise(.valueError, "negative size value \(given)") }
                    size = given
                }
                stream.pointee.count = min(stream.pointee.count, size)
                return thread.newInt(size)
            },
            Def("getvalue(self, /)", .reads) { thread, a, _ in
                guard BytesIO.open(thread, a[0]) else { return .empty }
                let stream = BytesIO.object(a[0])
                return stream.pointee.count == 0 ? WellKnown.emptyBytes.value : thread.newBytes(BytesIO.bytes(stream), stream.pointee.count)
            },
            Def("getbuffer(self, /)", .writes) { thread, a, _ in
                guard BytesIO.open(thread, a[0]) else { return .empty }
                let exporter = BytesIO.bufferType.allocate(thread, size: MemoryLayout<WrapperObject>.size)
                if exporter.isEmpty { return .empty }
                exporter.object(WrapperObject.self).pointee.callable = a[0]
                return thread.call(TypeID.memoryview.value, exporter)
            },
            Def("close(self, /)", .writes) { thread, a, _ in
                guard BytesIO.resizable(thread, a[0]) else { return .empty }
                let stream = BytesIO.object(a[0])
                stream.pointee.state |= 1
                stream.pointee.storage = .empty
                stream.pointee.count = 0
                return .none
            },
            Def("flush(self, /)", .reads) { thread, a, _ in BytesIO.open(thread, a[0]) ? .none : .empty },
            Def("isatty(self, /)", .reads) { thread, a, _ in BytesIO.open(thread, a[0]) ? .false : .empty },
            Def("readable(self, /)", .reads) { thread, a, _ in BytesIO.open(thread, a[0]) ? .true : .empty },
            Def("writable(self, /)", .reads) { thread, a, _ in BytesIO.open(thread, a[0]) ? .true : .empty },
            Def("seekable(self, /)", .reads) { thread, a, _ in BytesIO.open(thread, a[0]) ? .true : .empty },
            Def("__getstate__(self, /)", .reads) { thread, a, _ in
                let contents = thread.callMethod(a[0], Streams.name("getvalue"))
                if contents.isEmpty { return .empty }
                let dict = InstanceAttributes.snapshot(thread, a[0])
                return dict.isEmpty ? .empty : thread.newTuple(contents, thread.newInt(BytesIO.object(a[0]).pointee.position), DictRef(dict).count == 0 ? .none : dict)
            },
            Def("__setstate__(self, state, /)", .writes) { thread, a, _ in
                guard a[1].isTuple, TupleRef(a[1]).count == 3 else { return thread.raise(.typeError, "\(a[0].type.name).__setstate__ argument should be 3-tuple, got \(a[1].type.name)") }
                guard BytesIO.open(thread, a[0]) else { return .empty }
                let stream = BytesIO.object(a[0])
                stream.pointee.count = 0
                stream.pointee.position = 0
                let written = thread.withBuffer(TupleRef(a[1])[0]) { bytes, count in BytesIO.write(thread, a[0], bytes, count) ? .none : .empty }
                if written.isEmpty { return .empty }
                guard let position = thread.toInt(TupleRef(a[1])[1]) else { return .empty }
                if position < 0 { return thread.raise(.valueError, "position value cannot be negative") }
                stream.pointee.position = position
                let dict = TupleRef(a[1])[2]
                if dict.isNone { return .none }
                guard dict.isDict else { return thread.raise(.typeError, "third item of state should be a dict, got a \(dict.type.name)") }
                return thread.callMethod(InstanceAttributes.dict(thread, a[0]), Name.update, dict)
            },
        ], getters: [
            Getter("closed") { _, a, _ in Value(BytesIO.object(a[0]).pointee.state & 1 != 0) },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in BytesIO.initializer.call(thread, value, a, count, keywords) }
            slots.unary(.next) { thread, value in
                guard BytesIO.open(thread, value) else { return .empty }
                let line = BytesIO.line(thread, value, -1)
                return line.isEmpty || BytesRef(line).count == 0 ? .empty : line
            }
            slots.unary(.iter) { thread, value in BytesIO.open(thread, value) ? value : .empty }
        }
        // Nothing is lost when one is collected.
        type.type.slotPointer(.finalize).pointee = nil
        type.type.pointer.pointee.flags.remove(.finalized)
        bufferType = NativeType("_BytesIOBuffer", module: "_io", size: MemoryLayout<WrapperObject>.size, mask: 0b10) { slots in
            slots.buffer { thread, value, view, flags in
                let stream = BytesIO.object(value.object(WrapperObject.self).pointee.callable)
                guard BytesIO.reserve(thread, value.object(WrapperObject.self).pointee.callable, 1) else { return -1 }
                stream.pointee.exports += 1
                return view.view.fill(thread, value, BytesIO.bytes(stream), stream.pointee.count, readOnly: false, flags)
            }
            slots.releaseBuffer { _, value, _ in BytesIO.object(value.object(WrapperObject.self).pointee.callable).pointee.exports -= 1 }
        }
        module.add(type)
    }
}
