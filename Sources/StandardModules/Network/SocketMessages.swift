import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem

/// `sendmsg`, `recvmsg` and `recvmsg_into`: many buffers at once, with control messages beside the data.
enum SocketMessages {
    /// Buffers that are lent for a call. Their objects are kept alive by a tuple on the caller's stack.
    private struct Buffers {
        var views: [BufferView] = []
        var vectors: [iovec] { views.map { iovec(iov_base: $0.pointer, iov_len: $0.length) } }

        mutating func release(_ thread: ThreadRef) {
            for index in views.indices { thread.releaseBuffer(&views[index]) }
        }
    }

    /// A list or tuple of an iterable's items; TypeError in these words when it is none.
    private static func sequence(_ thread: ThreadRef, _ value: Value, _ message: String) -> Value {
        let tuple = thread.tuple(value)
        if tuple.isEmpty && thread.clearException(.typeError) { return thread.raise(.typeError, message) }
        return tuple
    }

    // MARK: Sending

    /// The control messages of `sendmsg`, one behind the other as the system wants them. nil when it has raised.
    private static func control(_ thread: ThreadRef, _ value: Value) -> [UInt8]? {
        let items = sequence(thread, value, "sendmsg() argument 2 must be an iterable")
        if items.isEmpty { return nil }
        var result: [UInt8] = []
        for index in 0 ..< TupleRef(items).count {
            let item = TupleRef(items)[index]
            let form = "[sendmsg() ancillary data items]() argument must be"
            guard item.isTuple || item.isList || item.type.slotPointer(.getItem).pointee != nil && item.type.slotPointer(.length).pointee != nil && !item.isString && !item.isBytes else {
                thread.raise(.typeError, "\(form) 3-item sequence, not \(item.isNone ? "None" : item.type.name)")
                return nil
            }
            let fields = thread.tuple(item)
            if fields.isEmpty { return nil }
            guard TupleRef(fields).count == 3 else {
                thread.raise(.typeError, "\(form) sequence of length 3, not \(TupleRef(fields).count)")
                return nil
            }
            guard let level = NetworkArguments.int32(thread, TupleRef(fields)[0]), let kind = NetworkArguments.int32(thread, TupleRef(fields)[1]) else { return nil }
            var view = BufferView()
            guard thread.acquireBuffer(TupleRef(fields)[2], &view) else { return nil }
            guard view.length < 1 << 30 else {
                thread.releaseBuffer(&view)
                thread.raise(.osError, "ancillary data item too large")
                return nil
            }
            var header = cmsghdr()
            header.cmsg_len = system_cmsg_len(view.length)
            header.cmsg_level = level
            header.cmsg_type = kind
            let start = result.count
            result += [UInt8](repeating: 0, count: system_cmsg_space(view.length))
            result.withUnsafeMutableBytes { bytes in
                bytes.storeBytes(of: header, toByteOffset: start, as: cmsghdr.self)
                if view.length > 0 { memcpy(bytes.baseAddress! + start + system_cmsg_len(0), view.pointer, view.length) }
            }
            thread.releaseBuffer(&view)
        }
        return result
    }

    private static let send: NativeFunction = { thread, a, _ in
        let object = SocketType.socket(a[0])
        guard let a = Positional(thread, a[1], "sendmsg", 1, 4) else { return .empty }
        guard let flags = NetworkArguments.int32(thread, a[2], default: 0) else { return .empty }
        let parts = SocketMessages.sequence(thread, a[0], "sendmsg() argument 1 must be an iterable")
        if parts.isEmpty { return .empty }
        var address = SocketAddress()
        if !a[3].isEmpty && !a[3].isNone {
            guard let parsed = SocketAddress.parse(thread, family: object.pointee.family, a[3], "sendmsg") else { return .empty }
            address = parsed
        }
        var buffers = Buffers()
        defer { buffers.release(thread) }
        for index in 0 ..< TupleRef(parts).count {
            var view = BufferView()
            guard thread.acquireBuffer(TupleRef(parts)[index], &view) else { return .empty }
            buffers.views.append(view)
        }
        var control: [UInt8] = []
        if !a[1].isEmpty {
            guard let bytes = SocketMessages.control(thread, a[1]) else { return .empty }
            control = bytes
        }
        return SocketMessages.send(thread, object, &address, buffers.vectors, control, flags, keeping: parts)
    }

    private static func send(_ thread: ThreadRef, _ object: UnsafeMutablePointer<SocketObject>, _ address: inout SocketAddress, _ vectors: [iovec], _ control: [UInt8], _ flags: Int32,
                             keeping parts: Value) -> Value {
        var vectors = vectors, control = control
        let descriptor = object.pointee.descriptor
        // The collector sees the parts here, while other threads run.
        guard let root = thread.pushArguments(1) else { return .empty }
        defer { thread.popArguments(root) }
        root[0] = parts
        let sent = address.with { address, length in
            vectors.withUnsafeMutableBufferPointer { vectors in
                control.withUnsafeMutableBytes { control in
                    var message = msghdr()
                    if length.pointee > 0 {
                        message.msg_name = UnsafeMutableRawPointer(address)
                        message.msg_namelen = length.pointee
                    }
                    message.msg_iov = vectors.baseAddress
                    message.msg_iovlen = vectors.count
                    if control.count > 0 {
                        message.msg_control = control.baseAddress
                        message.msg_controllen = control.count
                    }
                    return SocketCalls.perform(thread, object, writing: true) { Glibc.sendmsg(descriptor, &message, flags | Int32(MSG_NOSIGNAL)) }
                }
            }
        }
        guard let sent else { return .empty }
        return Value(small: sent)
    }

    // MARK: Receiving

    /// Receives into the vectors; `data` makes the first item of the result from the number of bytes.
    private static func receive(_ thread: ThreadRef, _ object: UnsafeMutablePointer<SocketObject>, _ vectors: [iovec], controlSize: Int, _ flags: Int32, _ data: (Int) -> Value) -> Value {
        guard controlSize >= 0 && controlSize <= Int(Int32.max) else { return thread.raise(.valueError, "invalid ancillary data buffer length") }
        var vectors = vectors
        var control = [UInt](repeating: 0, count: (controlSize + 7) / 8)
        var address = SocketAddress()
        let descriptor = object.pointee.descriptor
        let list = thread.newList()
        if list.isEmpty { return .empty }
        var received = 0
        var messageFlags: Int32 = 0
        let complete = vectors.withUnsafeMutableBufferPointer { vectors -> Bool in
            control.withUnsafeMutableBytes { control -> Bool in
                address.with { address, length -> Bool in
                    var message = msghdr()
                    guard let got = SocketCalls.perform(thread, object, writing: false, {
                        message = msghdr()
                        message.msg_name = UnsafeMutableRawPointer(address)
                        message.msg_namelen = SocketAddress.capacity
                        message.msg_iov = vectors.baseAddress
                        message.msg_iovlen = vectors.count
                        message.msg_control = controlSize > 0 ? control.baseAddress : nil
                        message.msg_controllen = controlSize
                        return Glibc.recvmsg(descriptor, &message, flags)
                    }) else { return false }
                    received = got
                    length.pointee = message.msg_namelen
                    messageFlags = message.msg_flags
                    var entry = system_cmsg_first(&message)
                    while let header = entry {
                        // The last one may have been cut short.
                        let start = system_cmsg_data(header)
                        let room = Int(bitPattern: message.msg_control) + message.msg_controllen - Int(bitPattern: start)
                        let size = min(Int(header.pointee.cmsg_len) - system_cmsg_len(0), room)
                        if size < 0 { break }
                        let bytes = thread.newBytes(start, size)
                        if bytes.isEmpty { return false }
                        let item = thread.newTuple(Value(small: Int(header.pointee.cmsg_level)), Value(small: Int(header.pointee.cmsg_type)), bytes)
                        if item.isEmpty || !ListRef(list).append(thread, item) { return false }
                        entry = system_cmsg_next(&message, header)
                    }
                    return true
                }
            }
        }
        guard complete else { return .empty }
        let first = data(received)
        if first.isEmpty { return .empty }
        let from = address.make(thread)
        if from.isEmpty { return .empty }
        return thread.newTuple(first, list, Value(small: Int(messageFlags)), from)
    }

    static let methods: [Def] = [
        Def("sendmsg(self, /, *args)", .calls, "Send the bytes of several buffers, and ancillary data with them.", send),
        Def("sendmsg_afalg(self, /, *args, **kwargs)", .calls, "Set up an AF_ALG socket: operation, initialisation vector, length of the associated data.") { thread, a, _ in
            if SocketType.socket(a[0]).pointee.family != AF_ALG { return thread.raise(.osError, "algset is only supported for AF_ALG") }
            return thread.raise(.notImplementedError, "socket.sendmsg_afalg")
        },
        Def("recvmsg(self, /, *args)", .calls, "Receive up to bufsize bytes, and ancillary data with them.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "recvmsg", 1, 3), let size = thread.toInt(a[0]), let controlSize = a.count > 1 ? thread.toInt(a[1]) : 0,
                  let flags = NetworkArguments.int32(thread, a[2], default: 0) else { return .empty }
            if size < 0 { return thread.raise(.valueError, "negative buffer size in recvmsg()") }
            let bytes = thread.newBytes(count: size)
            if bytes.isEmpty { return .empty }
            return SocketMessages.receive(thread, object, [iovec(iov_base: BytesRef(bytes).bytes, iov_len: size)], controlSize: controlSize, flags) { got in
                got == size ? bytes : thread.newBytes(BytesRef(bytes).bytes, got)
            }
        },
        Def("recvmsg_into(self, /, *args)", .calls, "Receive bytes into several buffers, and ancillary data with them.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "recvmsg_into", 1, 3), let controlSize = a.count > 1 ? thread.toInt(a[1]) : 0,
                  let flags = NetworkArguments.int32(thread, a[2], default: 0) else { return .empty }
            let parts = SocketMessages.sequence(thread, a[0], "recvmsg_into() argument 1 must be an iterable")
            if parts.isEmpty { return .empty }
            // The collector sees the parts here, while other threads run.
            guard let root = thread.pushArguments(1) else { return .empty }
            defer { thread.popArguments(root) }
            root[0] = parts
            var buffers = Buffers()
            defer { buffers.release(thread) }
            for index in 0 ..< TupleRef(parts).count {
                var view = BufferView()
                guard thread.acquireBuffer(TupleRef(parts)[index], &view, BufferFlags.writable) else {
                    thread.takeException()
                    return thread.raise(.typeError, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers")
                }
                buffers.views.append(view)
            }
            return SocketMessages.receive(thread, object, buffers.vectors, controlSize: controlSize, flags) { Value(small: $0) }
        },
    ]
}
