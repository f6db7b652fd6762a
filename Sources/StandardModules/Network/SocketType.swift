import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem

/// `_socket.socket`: the type and its methods, but for those about control messages, which are in `SocketMessages`.
enum SocketType {
    nonisolated(unsafe) static var native: NativeType!

    static func socket(_ value: Value) -> UnsafeMutablePointer<SocketObject> { value.object(SocketObject.self) }

    /// Takes a descriptor over as a new object's.
    static func adopt(_ thread: ThreadRef, _ value: Value, _ descriptor: Int32, family: Int32, kind: Int32, proto: Int32) -> Bool {
        let object = socket(value)
        let nonblocking = Int32(SOCK_NONBLOCK.rawValue), cloexec = Int32(SOCK_CLOEXEC.rawValue)
        object.pointee.descriptor = descriptor
        object.pointee.family = family
        object.pointee.kind = kind & ~(nonblocking | cloexec)
        object.pointee.proto = proto
        object.pointee.timeout = kind & nonblocking != 0 ? 0 : SocketCalls.defaultTimeout
        if kind & nonblocking == 0 && SocketCalls.defaultTimeout >= 0 { return SocketCalls.setBlocking(thread, descriptor, false) }
        return true
    }

    private static let initializer = Constructor("socket(self, family=-1, type=-1, proto=-1, fileno=None)") { thread, a, _ in
        guard var family = NetworkArguments.int32(thread, a[1], default: -1), var kind = NetworkArguments.int32(thread, a[2], default: -1),
              var proto = NetworkArguments.int32(thread, a[3], default: -1),
              Audit.event(thread, "socket.__new__", [a[0], Value(small: Int(family)), Value(small: Int(kind)), Value(small: Int(proto))]) else { return .empty }
        if !a[4].isEmpty && !a[4].isNone {
            guard let number = SystemArguments.int(thread, a[4]) else { return .empty }
            if number < 0 { return thread.raise(.valueError, "negative file descriptor") }
            let descriptor = Int32(truncatingIfNeeded: number)
            // Whatever it is asked for, it must be a socket.
            var address = SocketAddress()
            address.length = SocketAddress.capacity
            if address.with({ getsockname(descriptor, $0, $1) }) < 0 {
                if family == -1 || errno == EBADF || errno == ENOTSOCK { return thread.raiseOSError(errno) }
            } else if family == -1 {
                family = Int32(address.storage.ss_family)
            }
            var size = socklen_t(MemoryLayout<Int32>.size)
            if kind == -1 && getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) < 0 { return thread.raiseOSError(errno) }
            size = socklen_t(MemoryLayout<Int32>.size)
            if proto == -1 && getsockopt(descriptor, SOL_SOCKET, SO_PROTOCOL, &proto, &size) < 0 { return thread.raiseOSError(errno) }
            return SocketType.adopt(thread, a[0], descriptor, family: family, kind: kind, proto: proto) ? .none : .empty
        }
        if family == -1 { family = AF_INET }
        if kind == -1 { kind = Int32(SOCK_STREAM.rawValue) }
        if proto == -1 { proto = 0 }
        let descriptor = Descriptors.make(thread) { Glibc.socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), proto) }
        if descriptor < 0 { return thread.raiseOSError(errno) }
        if SocketType.adopt(thread, a[0], descriptor, family: family, kind: kind, proto: proto) { return .none }
        Glibc.close(descriptor)
        return .empty
    }

    static func start(_ module: ModuleBuilder) {
        native = NativeType("socket", module: "_socket", size: MemoryLayout<SocketObject>.size, flags: .base,
                            doc: """
                                socket(family=AF_INET, type=SOCK_STREAM, proto=0)
                                socket(fileno=descriptor)

                                Open a socket, or wrap one that is open.
                                """,
                            methods: connections + transfers + options + SocketMessages.methods, getters: [
            Getter("family", "the socket family", set: readOnlyMember) { _, a, _ in Value(small: Int(SocketType.socket(a[0]).pointee.family)) },
            Getter("type", "the socket type", set: readOnlyMember) { _, a, _ in Value(small: Int(SocketType.socket(a[0]).pointee.kind)) },
            Getter("proto", "the socket protocol", set: readOnlyMember) { _, a, _ in Value(small: Int(SocketType.socket(a[0]).pointee.proto)) },
            Getter("timeout", "the socket timeout") { thread, a, _ in SocketCalls.timeoutValue(thread, SocketType.socket(a[0]).pointee.timeout) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in
                let value = thread.allocateInstance(TypeRef(type))
                if value.isEmpty { return .empty }
                SocketType.socket(value).pointee.descriptor = -1
                SocketType.socket(value).pointee.timeout = SocketCalls.defaultTimeout
                return value
            }
            slots.call(.initialize) { thread, value, a, count, keywords in SocketType.initializer.call(thread, value, a, count, keywords) }
            slots.unary(.repr) { thread, value in
                let object = SocketType.socket(value).pointee
                return thread.newString("<socket object, fd=\(object.descriptor), family=\(object.family), type=\(object.kind), proto=\(object.proto)>")
            }
            slots.unary(.finalize) { thread, value in
                let object = SocketType.socket(value)
                if object.pointee.descriptor < 0 { return .none }
                let text = value.reprForMessage(thread)
                if !RuntimeHooks.warn(thread, .resourceWarning, "unclosed \(text)", 1) { RuntimeHooks.writeUnraisable(thread, "", value) }
                // The warning may have run anything.
                if object.pointee.descriptor >= 0 { Glibc.close(object.pointee.descriptor) }
                object.pointee.descriptor = -1
                return .none
            }
        }
        module.add(native)
        module.set("SocketType", native.type.value)
    }

    // MARK: Connections

    static func closeDescriptor(_ thread: ThreadRef, _ descriptor: Int32) -> Value {
        // A peer that has reset the connection is gone all the same.
        GIL.blocking(thread, { Glibc.close(descriptor) }) < 0 && errno != ECONNRESET ? thread.raiseOSError(errno) : .none
    }

    private static let connections: [Def] = [
        Def("_accept(self, /)", .calls, "Wait for an incoming connection: the new descriptor and the client's address.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            var address = SocketAddress()
            let descriptor = object.pointee.descriptor
            guard let result = SocketCalls.perform(thread, object, writing: false, {
                address.length = SocketAddress.capacity
                return address.with { Int(system_accept4(descriptor, $0, $1, Int32(SOCK_CLOEXEC.rawValue))) }
            }) else { return .empty }
            let from = address.make(thread)
            if from.isEmpty {
                Glibc.close(Int32(result))
                return .empty
            }
            return thread.newTuple(Value(small: result), from)
        },
        Def("bind(self, address, /)", .calls, "Bind the socket to a local address.") { thread, a, _ in
            guard var address = SocketAddress.parse(thread, family: SocketType.socket(a[0]).pointee.family, a[1], "bind"), Audit.event(thread, "socket.bind", [a[0], a[1]]) else { return .empty }
            let descriptor = SocketType.socket(a[0]).pointee.descriptor
            let result = address.with { address, length in GIL.blocking(thread) { Glibc.bind(descriptor, address, length.pointee) } }
            return result < 0 ? thread.raiseOSError(errno) : .none
        },
        Def("close(self, /)", .calls, "Close the socket.  It cannot be used after this call.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            let descriptor = object.pointee.descriptor
            if descriptor < 0 { return .none }
            object.pointee.descriptor = -1
            return SocketType.closeDescriptor(thread, descriptor)
        },
        Def("connect(self, address, /)", .calls, "Connect the socket to a remote address.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let address = SocketAddress.parse(thread, family: object.pointee.family, a[1], "connect"), Audit.event(thread, "socket.connect", [a[0], a[1]]) else { return .empty }
            let outcome = SocketCalls.connect(thread, object, address)
            if case .done = outcome { return .none }
            SocketCalls.fail(thread, outcome)
            return .empty
        },
        Def("connect_ex(self, address, /)", .calls, "Connect as connect() does, and return the error's number, or 0, where that would raise.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let address = SocketAddress.parse(thread, family: object.pointee.family, a[1], "connect_ex"), Audit.event(thread, "socket.connect", [a[0], a[1]]) else { return .empty }
            switch SocketCalls.connect(thread, object, address) {
            case .done: return Value(small: 0)
            case .failed(let code): return Value(small: Int(code))
            case .timedOut: return Value(small: Int(EWOULDBLOCK))
            case .raised: return .empty
            }
        },
        Def("detach(self, /)", .writes, "Give the descriptor up without closing it, and return it.") { _, a, _ in
            let object = SocketType.socket(a[0])
            let descriptor = object.pointee.descriptor
            object.pointee.descriptor = -1
            return Value(small: Int(descriptor))
        },
        Def("fileno(self, /)", .reads, "Return the integer file descriptor of the socket.") { _, a, _ in Value(small: Int(SocketType.socket(a[0]).pointee.descriptor)) },
        Def("getpeername(self, /)", .calls, "Return the address of the remote endpoint.") { thread, a, _ in
            var address = SocketAddress()
            address.length = SocketAddress.capacity
            return address.with({ getpeername(SocketType.socket(a[0]).pointee.descriptor, $0, $1) }) < 0 ? thread.raiseOSError(errno) : address.make(thread)
        },
        Def("getsockname(self, /)", .calls, "Return the address of the local endpoint.") { thread, a, _ in
            var address = SocketAddress()
            address.length = SocketAddress.capacity
            return address.with({ getsockname(SocketType.socket(a[0]).pointee.descriptor, $0, $1) }) < 0 ? thread.raiseOSError(errno) : address.make(thread)
        },
        Def("listen(self, /, *args)", .calls, "Enable a server to accept connections.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "listen", 0, 1), let backlog = NetworkArguments.int32(thread, a[0], default: min(SOMAXCONN, 128)) else { return .empty }
            let descriptor = object.pointee.descriptor
            return GIL.blocking(thread, { Glibc.listen(descriptor, max(backlog, 0)) }) < 0 ? thread.raiseOSError(errno) : .none
        },
        Def("shutdown(self, how, /)", .calls, "Close one direction of the connection, or both: SHUT_RD, SHUT_WR or SHUT_RDWR.") { thread, a, _ in
            guard let how = NetworkArguments.int32(thread, a[1]) else { return .empty }
            let descriptor = SocketType.socket(a[0]).pointee.descriptor
            return GIL.blocking(thread, { Glibc.shutdown(descriptor, how) }) < 0 ? thread.raiseOSError(errno) : .none
        },
    ]

    // MARK: Sending and receiving

    private static func receive(_ thread: ThreadRef, _ object: UnsafeMutablePointer<SocketObject>, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ flags: Int32) -> Int? {
        let descriptor = object.pointee.descriptor
        return SocketCalls.perform(thread, object, writing: false) { Glibc.recv(descriptor, bytes, count, flags) }
    }

    /// The number of bytes and the sender's address.
    private static func receiveFrom(_ thread: ThreadRef, _ object: UnsafeMutablePointer<SocketObject>, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ flags: Int32) -> (Int, Value)? {
        let descriptor = object.pointee.descriptor
        var address = SocketAddress()
        guard let got = SocketCalls.perform(thread, object, writing: false, {
            address.length = SocketAddress.capacity
            return address.with { Glibc.recvfrom(descriptor, bytes, count, flags, $0, $1) }
        }) else { return nil }
        let from = address.make(thread)
        return from.isEmpty ? nil : (got, from)
    }

    /// Fills a new bytes object; `body` says how many it has received. nil when it has raised.
    static func newBytes(_ thread: ThreadRef, _ size: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int?) -> Value {
        let bytes = thread.newBytes(count: size)
        if bytes.isEmpty { return .empty }
        guard let got = body(BytesRef(bytes).bytes) else { return .empty }
        return got == size ? bytes : thread.newBytes(BytesRef(bytes).bytes, got)
    }

    private static func size(_ thread: ThreadRef, _ value: Value, _ function: String) -> Int? {
        guard let size = thread.toInt(value) else { return nil }
        if size < 0 {
            thread.raise(.valueError, "negative buffersize in \(function)")
            return nil
        }
        return size
    }

    private static let transfers: [Def] = [
        Def("recv(self, /, *args)", .calls, "Receive up to buffersize bytes from the socket.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "recv", 1, 2), let number = thread.toInt(a[0]), let flags = NetworkArguments.int32(thread, a[1], default: 0),
                  let size = SocketType.size(thread, Value(small: number), "recv") else { return .empty }
            return SocketType.newBytes(thread, size) { SocketType.receive(thread, object, $0, size, flags) }
        },
        Def("recv_into(self, buffer, nbytes=0, flags=0)", .calls, "Receive into a buffer, and return how many bytes.") { thread, a, _ in
            let object = SocketType.socket(a[0]), nbytes = a[2], flags = a[3]
            return NetworkArguments.withWritable(thread, a[1], "recv_into") { bytes, count in
                guard let wanted = nbytes.isEmpty ? 0 : thread.toInt(nbytes), let flags = NetworkArguments.int32(thread, flags, default: 0),
                      let size = SocketType.size(thread, Value(small: wanted), "recv_into") else { return .empty }
                if size > count { return thread.raise(.valueError, "buffer too small for requested bytes") }
                guard let got = SocketType.receive(thread, object, bytes, size == 0 ? count : size, flags) else { return .empty }
                return Value(small: got)
            }
        },
        Def("recvfrom(self, /, *args)", .calls, "Receive, and also tell the sender's address.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "recvfrom", 1, 2), let number = thread.toInt(a[0]), let flags = NetworkArguments.int32(thread, a[1], default: 0),
                  let size = SocketType.size(thread, Value(small: number), "recvfrom") else { return .empty }
            var from = Value.none
            let bytes = SocketType.newBytes(thread, size) {
                guard let (got, address) = SocketType.receiveFrom(thread, object, $0, size, flags) else { return nil }
                from = address
                return got
            }
            return bytes.isEmpty ? .empty : thread.newTuple(bytes, from)
        },
        Def("recvfrom_into(self, buffer, nbytes=0, flags=0)", .calls, "Receive into a buffer, and also tell the sender's address.") { thread, a, _ in
            let object = SocketType.socket(a[0]), nbytes = a[2], flags = a[3]
            return NetworkArguments.withWritable(thread, a[1], "recvfrom_into") { bytes, count in
                guard let wanted = nbytes.isEmpty ? 0 : thread.toInt(nbytes), let flags = NetworkArguments.int32(thread, flags, default: 0),
                      let size = SocketType.size(thread, Value(small: wanted), "recvfrom_into") else { return .empty }
                if size > count { return thread.raise(.valueError, "nbytes is greater than the length of the buffer") }
                guard let (got, from) = SocketType.receiveFrom(thread, object, bytes, size == 0 ? count : size, flags) else { return .empty }
                return thread.newTuple(Value(small: got), from)
            }
        },
        Def("send(self, /, *args)", .calls, "Send a data string to the socket: the number of bytes sent.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "send", 1, 2) else { return .empty }
            return thread.withBuffer(a[0]) { bytes, count in
                guard let flags = NetworkArguments.int32(thread, a[1], default: 0) else { return .empty }
                let descriptor = object.pointee.descriptor
                guard let sent = SocketCalls.perform(thread, object, writing: true, { Glibc.send(descriptor, bytes, count, flags | Int32(MSG_NOSIGNAL)) }) else { return .empty }
                return Value(small: sent)
            }
        },
        Def("sendall(self, /, *args)", .calls, "Send a data string to the socket, calling send() repeatedly until all data is sent.") { thread, a, _ in
            let object = SocketType.socket(a[0])
            guard let a = Positional(thread, a[1], "sendall", 1, 2) else { return .empty }
            return thread.withBuffer(a[0]) { bytes, count in
                guard let flags = NetworkArguments.int32(thread, a[1], default: 0) else { return .empty }
                let deadline = TimeArgument.monotonic() &+ max(object.pointee.timeout, 0)
                var done = 0
                // The timeout is that of the whole.
                repeat {
                    var timeout = object.pointee.timeout
                    if timeout > 0 && done > 0 {
                        timeout = deadline &- TimeArgument.monotonic()
                        if timeout <= 0 { return thread.raise(.timeoutError, "timed out") }
                    }
                    let descriptor = object.pointee.descriptor, start = bytes + done, rest = count - done
                    let outcome = SocketCalls.attempt(thread, descriptor, timeout: timeout, writing: true) { Glibc.send(descriptor, start, rest, flags | Int32(MSG_NOSIGNAL)) }
                    guard case .done(let sent) = outcome else {
                        SocketCalls.fail(thread, outcome)
                        return .empty
                    }
                    done += sent
                    if !Signals.check(thread) { return .empty }
                } while done < count
                return .none
            }
        },
        Def("sendto(self, /, *args)", .calls, "Send to an address.") { thread, a, _ in
            let object = SocketType.socket(a[0]), receiver = a[0]
            let a = TupleRef(a[1])
            guard a.count == 2 || a.count == 3 else { return thread.raise(.typeError, "sendto() takes 2 or 3 arguments (\(a.count) given)") }
            return thread.withBuffer(a[0]) { bytes, count in
                guard let flags = a.count == 2 ? 0 : NetworkArguments.int32(thread, a[1]),
                      var address = SocketAddress.parse(thread, family: object.pointee.family, a[a.count - 1], "sendto"),
                      Audit.event(thread, "socket.sendto", [receiver, a[a.count - 1]]) else { return .empty }
                let descriptor = object.pointee.descriptor
                guard let sent = SocketCalls.perform(thread, object, writing: true, {
                    address.with { Glibc.sendto(descriptor, bytes, count, flags | Int32(MSG_NOSIGNAL), $0, $1.pointee) }
                }) else { return .empty }
                return Value(small: sent)
            }
        },
    ]

    // MARK: Options

    private static let options: [Def] = [
        Def("getsockopt(self, /, *args)", .calls, "Get a socket option.") { thread, a, _ in
            let value = a[0], descriptor = SocketType.socket(a[0]).pointee.descriptor
            guard let a = Positional(thread, a[1], "getsockopt", 2, 3), let level = NetworkArguments.int32(thread, a[0]), let option = NetworkArguments.int32(thread, a[1]),
                  let wanted = NetworkArguments.int32(thread, a[2], default: 0) else { return .empty }
            if wanted == 0 && SocketType.socket(value).pointee.family == AF_VSOCK && level == AF_VSOCK {
                // This family's sizes have 64 bits.
                var number: UInt64 = 0
                var size = socklen_t(MemoryLayout<UInt64>.size)
                return getsockopt(descriptor, level, option, &number, &size) < 0 ? thread.raiseOSError(errno) : thread.newInt(unsigned: UInt(number))
            }
            if wanted == 0 {
                var number: Int32 = 0
                var size = socklen_t(MemoryLayout<Int32>.size)
                return getsockopt(descriptor, level, option, &number, &size) < 0 ? thread.raiseOSError(errno) : Value(small: Int(number))
            }
            if wanted < 0 || wanted > 1024 { return thread.raise(.osError, "getsockopt buflen out of range") }
            var bytes = [UInt8](repeating: 0, count: Int(wanted))
            var size = socklen_t(wanted)
            return getsockopt(descriptor, level, option, &bytes, &size) < 0 ? thread.raiseOSError(errno) : thread.newBytes(&bytes, Int(size))
        },
        Def("setsockopt(self, /, *args)", .calls, "Set a socket option.") { thread, a, _ in
            let socket = SocketType.socket(a[0]), descriptor = socket.pointee.descriptor
            let given = TupleRef(a[1])
            if given.count == 4 && given[2].isNone {
                guard let level = NetworkArguments.int32(thread, given[0]), let option = NetworkArguments.int32(thread, given[1]), let size = NetworkArguments.int32(thread, given[3]) else { return .empty }
                return setsockopt(descriptor, level, option, nil, socklen_t(bitPattern: size)) < 0 ? thread.raiseOSError(errno) : .none
            }
            guard let a = Positional(thread, a[1], "setsockopt", 3, 3), let level = NetworkArguments.int32(thread, a[0]), let option = NetworkArguments.int32(thread, a[1]) else { return .empty }
            if socket.pointee.family == AF_VSOCK && level == AF_VSOCK {
                guard var number = SystemArguments.mask(thread, a[2]) else { return .empty }
                return setsockopt(descriptor, level, option, &number, 8) < 0 ? thread.raiseOSError(errno) : .none
            }
            if a[2].isInt || a[2].type.slotPointer(.index).pointee != nil, let number = thread.toInt(a[2]), var value = Int32(exactly: number) {
                return setsockopt(descriptor, level, option, &value, 4) < 0 ? thread.raiseOSError(errno) : .none
            }
            thread.takeException()
            return thread.withBuffer(a[2]) { bytes, count in setsockopt(descriptor, level, option, bytes, socklen_t(count)) < 0 ? thread.raiseOSError(errno) : .none }
        },
        Def("setblocking(self, flag, /)", .calls, "Let calls wait, or not.") { thread, a, _ in
            guard let flag = SystemArguments.int(thread, a[1]) else { return .empty }
            let object = SocketType.socket(a[0])
            object.pointee.timeout = flag != 0 ? -1 : 0
            return SocketCalls.setBlocking(thread, object.pointee.descriptor, flag != 0) ? .none : .empty
        },
        Def("getblocking(self, /)", .reads, "Whether calls wait.") { _, a, _ in Value(SocketType.socket(a[0]).pointee.timeout != 0) },
        Def("settimeout(self, timeout, /)", .calls, "Set a timeout on socket operations.") { thread, a, _ in
            guard let timeout = SocketCalls.timeout(thread, a[1]) else { return .empty }
            let object = SocketType.socket(a[0])
            object.pointee.timeout = timeout
            return SocketCalls.setBlocking(thread, object.pointee.descriptor, timeout < 0) ? .none : .empty
        },
        Def("gettimeout(self, /)", .reads, "The socket's timeout in seconds, or None.") { thread, a, _ in
            SocketCalls.timeoutValue(thread, SocketType.socket(a[0]).pointee.timeout)
        },
    ]
}
