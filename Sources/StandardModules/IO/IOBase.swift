import Glibc
import Interpreter
import Objects
import TextTypes

/// `_io._IOBase` and the abstract classes over it.
///
/// Every stream object begins with `StreamObject`: Python subclasses keep their attributes in `dict`. Methods that one class defines in terms of another's (`readline` by `read`,
/// iteration by `readline`) call through Python, so that overriding works; the concrete classes override them natively.
public struct StreamObject {
    var header: ObjectHeader
    var dict: Value
    /// Bit 0: closed. Bit 1: being finalized.
    var state: Int
}

enum Streams {
    nonisolated(unsafe) static var ioBase: NativeType!
    nonisolated(unsafe) static var rawBase: NativeType!
    nonisolated(unsafe) static var bufferedBase: NativeType!
    nonisolated(unsafe) static var textBase: NativeType!
    /// `io.UnsupportedOperation`
    nonisolated(unsafe) static let unsupported = RootTable.reserve()

    static func name(_ text: String) -> Value { StringRef.intern(text).value }

    @inline(__always) static func stream(_ value: Value) -> UnsafeMutablePointer<StreamObject> { value.object(StreamObject.self) }

    static func raiseUnsupported(_ thread: ThreadRef, _ message: String) -> Value {
        thread.raise(type: TypeRef(unsupported.pointee), thread.newString(message))
    }

    static func raiseClosed(_ thread: ThreadRef) -> Value { thread.raise(.valueError, "I/O operation on closed file.") }

    /// Whether the stream says that it is closed: 1, 0, or -1 when it has raised.
    static func isClosed(_ thread: ThreadRef, _ value: Value) -> Int32 {
        let closed = thread.getAttribute(value, Name.closed)
        return closed.isEmpty ? -1 : thread.isTrue(closed)
    }

    /// False when the stream is closed (raised).
    static func checkOpen(_ thread: ThreadRef, _ value: Value) -> Bool {
        let closed = isClosed(thread, value)
        if closed > 0 { _ = raiseClosed(thread) }
        return closed == 0
    }

    /// Asks `readable()` and its like; false (raised) when the answer is no.
    static func require(_ thread: ThreadRef, _ value: Value, _ method: String, _ message: String) -> Bool {
        let answer = thread.callMethod(value, name(method))
        if answer.isEmpty { return false }
        let truth = thread.isTrue(answer)
        if truth == 0 { _ = raiseUnsupported(thread, message) }
        return truth > 0
    }

    /// A size argument: absent and None are -1. nil when it has raised.
    static func size(_ thread: ThreadRef, _ value: Value) -> Int? {
        if value.isEmpty || value.isNone { return -1 }
        if value.isSmallInt { return value.smallInt }
        guard value.isInt || value.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, "argument should be integer or None, not '\(value.type.name)'")
            return nil
        }
        return thread.toInt(value)
    }

    static func unsupportedDef(_ signature: StaticString, _ function: @escaping NativeFunction) -> Def { Def(signature, .calls, "", function) }

    static func start(_ module: ModuleBuilder) {
        let thread = module.thread
        let size = MemoryLayout<StreamObject>.size
        let make: CallFunction = { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
        ioBase = NativeType("_IOBase", module: "_io", size: size, mask: 0b10, dictOffset: 8, flags: [.base, .weakReferenceable], doc: "The abstract base class for all I/O classes.", methods: [
            Def("seek(self, offset, whence=0, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "seek") },
            Def("tell(self, /)", .calls, "Return current stream position.") { thread, a, _ in
                thread.callMethod(a[0], Streams.name("seek"), Value(small: 0), Value(small: 1))
            },
            Def("truncate(self, size=None, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "truncate") },
            Def("flush(self, /)", .calls, "Flush write buffers, if applicable.") { thread, a, _ in
                if Streams.stream(a[0]).pointee.state & 1 != 0 { return Streams.raiseClosed(thread) }
                return .none
            },
            Def("close(self, /)", .calls, "Flush and close the IO object.") { thread, a, _ in
                if Streams.stream(a[0]).pointee.state & 1 != 0 { return .none }
                let flushed = thread.callMethod(a[0], Name.flush)
                Streams.stream(a[0]).pointee.state |= 1
                return flushed.isEmpty ? .empty : .none
            },
            Def("seekable(self, /)", .calls) { _, _, _ in .false },
            Def("readable(self, /)", .calls) { _, _, _ in .false },
            Def("writable(self, /)", .calls) { _, _, _ in .false },
            Def("_checkClosed(self, message=None, /)", .calls) { thread, a, _ in Streams.checkOpen(thread, a[0]) ? .none : .empty },
            Def("_checkSeekable(self, message=None, /)", .calls) { thread, a, _ in Streams.require(thread, a[0], "seekable", "File or stream is not seekable.") ? .true : .empty },
            Def("_checkReadable(self, message=None, /)", .calls) { thread, a, _ in Streams.require(thread, a[0], "readable", "File or stream is not readable.") ? .true : .empty },
            Def("_checkWritable(self, message=None, /)", .calls) { thread, a, _ in Streams.require(thread, a[0], "writable", "File or stream is not writable.") ? .true : .empty },
            Def("fileno(self, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "fileno") },
            Def("isatty(self, /)", .calls) { thread, a, _ in Streams.checkOpen(thread, a[0]) ? .false : .empty },
            Def("__enter__(self, /)", .calls) { thread, a, _ in Streams.checkOpen(thread, a[0]) ? a[0] : .empty },
            Def("__exit__(self, /, *args)", .calls) { thread, a, _ in thread.callMethod(a[0], Name.close) },
            Def("readline(self, size=-1, /)", .calls, "Read and return a line from the stream.") { thread, a, _ in Streams.readLine(thread, a[0], a[1]) },
            Def("readlines(self, hint=-1, /)", .calls, "Return a list of lines from the stream.") { thread, a, _ in
                guard let hint = Streams.size(thread, a[1]) else { return .empty }
                let list = thread.newList()
                if list.isEmpty { return .empty }
                var total = 0
                let complete = thread.forEach(a[0]) { line in
                    guard ListRef(list).append(thread, line) else { return false }
                    let length = thread.length(line)
                    if length < 0 { return false }
                    total += length
                    return hint <= 0 || total < hint
                }
                return complete || !thread.hasException ? list : .empty
            },
            Def("writelines(self, lines, /)", .calls, "Write a list of lines to stream.") { thread, a, _ in
                guard Streams.checkOpen(thread, a[0]) else { return .empty }
                let ok = thread.forEach(a[1]) { !thread.callMethod(a[0], Name.write, $0).isEmpty }
                return ok ? .none : .empty
            },
        ], getters: [
            Getter("closed") { _, a, _ in Value(Streams.stream(a[0]).pointee.state & 1 != 0) },
            Getter("__dict__", set: { thread, a, _ in
                guard a[1].isDict else { return thread.raise(.typeError, "__dict__ must be set to a dictionary") }
                InstanceAttributes.setDict(a[0], a[1])
                return .none
            }) { thread, a, _ in InstanceAttributes.dict(thread, a[0]) },
        ]) { slots in
            slots.call(.new, make)
            slots.call(.initialize) { _, _, _, _, _ in .none }
            slots.unary(.iter) { thread, value in Streams.checkOpen(thread, value) ? value : .empty }
            slots.unary(.next) { thread, value in
                let line = thread.callMethod(value, Name.readline)
                if line.isEmpty { return .empty }
                let length = thread.length(line)
                return length <= 0 ? .empty : line
            }
            slots.unary(.finalize) { thread, value in Streams.finalize(thread, value) }
        }
        rawBase = NativeType("_RawIOBase", module: "_io", base: ioBase.type, size: size, mask: 0b10, dictOffset: 8, flags: [.base, .weakReferenceable], doc: "Base class for raw binary I/O.", methods: [
            Def("read(self, size=-1, /)", .calls) { thread, a, _ in
                guard let size = Streams.size(thread, a[1]) else { return .empty }
                if size < 0 { return thread.callMethod(a[0], Streams.name("readall")) }
                let buffer = thread.call(TypeID.bytearray.value, Value(small: size))
                if buffer.isEmpty { return .empty }
                let count = thread.callMethod(a[0], Streams.name("readinto"), buffer)
                if count.isEmpty || count.isNone { return count }
                guard let got = thread.toInt(count) else { return .empty }
                return thread.getItem(thread.call(TypeID.bytes.value, buffer), thread.newSlice(.none, Value(small: got), .none))
            },
            Def("readall(self, /)", .calls, "Read until EOF, using multiple read() call.") { thread, a, _ in
                var result = ByteBuilder()
                while true {
                    let data = thread.callMethod(a[0], Name.read, Value(small: 8192))
                    if data.isEmpty { return .empty }
                    if data.isNone && result.count == 0 { return .none }
                    if data.isNone { return result.finish(thread) }
                    guard data.isBytes else { return thread.raise(.typeError, "read() should return bytes") }
                    if BytesRef(data).count == 0 || result.failed { return result.finish(thread) }
                    result.append(BytesRef(data).bytes, BytesRef(data).count)
                }
            },
            Def("readinto(self, buffer, /)", .calls) { thread, _, _ in thread.raise(.notImplementedError) },
            Def("write(self, data, /)", .calls) { thread, _, _ in thread.raise(.notImplementedError) },
        ]) { $0.call(.new, make) }
        bufferedBase = NativeType("_BufferedIOBase", module: "_io", base: ioBase.type, size: size, mask: 0b10, dictOffset: 8, flags: [.base, .weakReferenceable], doc: "Base class for buffered IO objects.", methods: [
            Def("detach(self, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "detach") },
            Def("read(self, /, *args)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "read") },
            Def("read1(self, /, *args)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "read1") },
            Def("write(self, data, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "write") },
            Def("readinto(self, buffer, /)", .calls) { thread, a, _ in Streams.readInto(thread, a[0], a[1], "read") },
            Def("readinto1(self, buffer, /)", .calls) { thread, a, _ in Streams.readInto(thread, a[0], a[1], "read1") },
        ]) { $0.call(.new, make) }
        textBase = NativeType("_TextIOBase", module: "_io", base: ioBase.type, size: size, mask: 0b10, dictOffset: 8, flags: [.base, .weakReferenceable], doc: "Base class for text I/O.", methods: [
            Def("detach(self, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "detach") },
            Def("read(self, size=-1, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "read") },
            Def("readline(self, size=-1, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "readline") },
            Def("write(self, s, /)", .calls) { thread, _, _ in Streams.raiseUnsupported(thread, "write") },
        ], getters: [
            Getter("encoding") { _, _, _ in .none },
            Getter("newlines") { _, _, _ in .none },
            Getter("errors") { _, _, _ in .none },
        ]) { $0.call(.new, make) }
        for type in [ioBase!, rawBase!, bufferedBase!, textBase!] { module.add(type) }
        unsupported.pointee = thread.call(TypeID.type.value, thread.newString("UnsupportedOperation"), thread.newTuple(TypeID.osError.value, TypeID.valueError.value), thread.newDict())
        if !unsupported.pointee.isEmpty { _ = thread.setAttribute(unsupported.pointee, Name.__module__, name("io")) }
        module.set("UnsupportedOperation", unsupported.pointee)
        module.set("BlockingIOError", TypeID.blockingIOError.value)
    }

    /// Closes a stream that nobody refers to any more.
    static func finalize(_ thread: ThreadRef, _ value: Value) -> Value {
        let closed = thread.getAttributeOrEmpty(value, Name.closed)
        if closed.isEmpty { thread.takeException(); return .none }
        if thread.isTrue(closed) != 0 { thread.takeException(); return .none }
        stream(value).pointee.state |= 2
        if thread.callMethod(value, Name.close).isEmpty { thread.takeException() }
        return .none
    }

    private static func readInto(_ thread: ThreadRef, _ value: Value, _ buffer: Value, _ method: String) -> Value {
        thread.withWritableBuffer(buffer, "readinto") { bytes, count in
            let data = thread.callMethod(value, name(method), Value(small: count))
            if data.isEmpty { return .empty }
            guard data.isBytes else { return thread.raise(.typeError, "\(method)() should return bytes") }
            let got = BytesRef(data).count
            if got > count { return thread.raise(.valueError, "\(method)() returned too much data: \(count) bytes requested, \(got) returned") }
            memcpy(bytes, BytesRef(data).bytes, got)
            return Value(small: got)
        }
    }

    /// `_IOBase.readline` over `peek` and `read`.
    private static func readLine(_ thread: ThreadRef, _ value: Value, _ size: Value) -> Value {
        guard let limit = Streams.size(thread, size) else { return .empty }
        let peek = thread.getAttributeOrEmpty(value, name("peek"))
        if thread.hasException { return .empty }
        var result = ByteBuilder()
        while !result.failed && (limit < 0 || result.count < limit) {
            var wanted = 1
            if !peek.isEmpty {
                let ahead = thread.call(peek, Value(small: 1))
                if ahead.isEmpty { return .empty }
                guard ahead.isBytes else { return thread.raise(.osError, "peek() should have returned a bytes object, not '\(ahead.type.name)'") }
                let bytes = BytesRef(ahead).buffer
                if !bytes.isEmpty {
                    wanted = (bytes.firstIndex(of: 10) ?? bytes.count - 1) + 1
                    if limit >= 0 { wanted = min(wanted, limit - result.count) }
                }
            }
            let data = thread.callMethod(value, Name.read, Value(small: wanted))
            if data.isEmpty { return .empty }
            guard data.isBytes else { return thread.raise(.osError, "read() should have returned a bytes object, not '\(data.type.name)'") }
            if BytesRef(data).count == 0 { break }
            result.append(BytesRef(data).bytes, BytesRef(data).count)
            if result.count > 0 && result.base[result.count - 1] == 10 { break }
        }
        return result.finish(thread)
    }
}
