import CSystem
import CoreTypes
import Glibc
import Interpreter
import Objects
import StandardSystem

/// `_socket`: the module, its constants, and its functions but for looking names up, which are in `HostNames`.
enum SocketModule {
    static func register() {
        NativeModule.register("_socket", doc: "The native part of module socket.", functions: functions + HostNames.functions) { module in
            module.add(constants: system_table_socket())
            module.set("INADDR_NONE", Int(UInt32.max))
            module.set("INADDR_BROADCAST", Int(UInt32.max))
            module.set("has_ipv6", Value.true)
            module.set("BDADDR_ANY", module.thread.newString("00:00:00:00:00:00"))
            module.set("BDADDR_LOCAL", module.thread.newString("00:00:00:FF:FF:FF"))
            module.set("CAPI", Capsule.empty(module.thread, name: "_socket.CAPI"))
            module.set("error", TypeID.osError.value)
            module.set("timeout", TypeID.timeoutError.value)
            NetworkErrors.host.pointee = SocketModule.exception(module, "herror")
            NetworkErrors.addressInfo.pointee = SocketModule.exception(module, "gaierror")
            SocketType.start(module)
            return true
        }
    }

    /// A subclass of OSError that calls itself `socket`'s.
    private static func exception(_ module: ModuleBuilder, _ name: String) -> Value {
        let thread = module.thread
        let namespace = thread.newDict()
        if namespace.isEmpty { return .empty }
        _ = DictRef(namespace).set(thread, Name.__module__, StringRef.intern("socket").value)
        // Made before the array is: the collector does not see what only an array holds.
        let title = thread.newString(name), bases = thread.newTuple(TypeID.osError.value)
        let result = thread.call(TypeID.type.value, title, bases, namespace)
        module.set(name, result)
        return result
    }

    // MARK: Byte order

    private static func swap16(_ thread: ThreadRef, _ value: Value, _ function: String) -> Value {
        guard let number = NetworkArguments.int32(thread, value) else { return .empty }
        if number < 0 { return thread.raise(.overflowError, "\(function): can't convert negative Python int to C 16-bit unsigned integer") }
        if number > 0xFFFF { return thread.raise(.overflowError, "\(function): Python int too large to convert to C 16-bit unsigned integer") }
        return Value(small: Int(UInt16(number).bigEndian))
    }

    private static func swap32(_ thread: ThreadRef, _ value: Value) -> Value {
        guard value.isInt else { return thread.raise(.typeError, "expected int, \(value.type.name) found") }
        if IntOps.isNegative(value) { return thread.raise(.overflowError, "can't convert negative value to unsigned int") }
        guard let number = IntOps.toInt(thread.toIndex(value)) else { return thread.raise(.overflowError, "Python int too large to convert to C unsigned long") }
        guard let word = UInt32(exactly: number) else { return thread.raise(.overflowError, "int larger than 32 bits") }
        return Value(small: Int(word.bigEndian))
    }

    private static func controlSize(_ thread: ThreadRef, _ value: Value, _ function: String, _ size: (Int) -> Int) -> Value {
        guard let length = thread.toInt(value) else { return .empty }
        // The system keeps such lengths in 32 bits.
        if length < 0 || length > Int(Int32.max) - size(function == "CMSG_LEN" ? 0 : 1) { return thread.raise(.overflowError, "\(function)() argument out of range") }
        return Value(small: size(length))
    }

    private static let functions = [
        Def("close(fd, /)", .calls, "Close an integer socket file descriptor.", kind: .function) { thread, a, _ in
            guard let descriptor = SystemArguments.int(thread, a[0]) else { return .empty }
            return SocketType.closeDescriptor(thread, Int32(truncatingIfNeeded: descriptor))
        },
        Def("dup(fd, /)", .calls, "Duplicate an integer socket file descriptor.", kind: .function) { thread, a, _ in
            guard let descriptor = SystemArguments.int(thread, a[0]) else { return .empty }
            let result = Descriptors.make(thread) { system_fcntl_int(Int32(truncatingIfNeeded: descriptor), F_DUPFD_CLOEXEC, 0) }
            return result < 0 ? thread.raiseOSError(errno) : Value(small: Int(result))
        },
        Def("socketpair(*args)", .calls, "Two sockets that are connected to each other.", kind: .function) { thread, a, _ in
            guard let a = Positional(thread, a[0], "socketpair", 0, 3), let family = NetworkArguments.int32(thread, a[0], default: AF_UNIX),
                  let kind = NetworkArguments.int32(thread, a[1], default: Int32(SOCK_STREAM.rawValue)), let proto = NetworkArguments.int32(thread, a[2], default: 0) else { return .empty }
            var ends: [Int32] = [-1, -1]
            if Descriptors.make(thread, { Glibc.socketpair(family, kind | Int32(SOCK_CLOEXEC.rawValue), proto, &ends) }) < 0 { return thread.raiseOSError(errno) }
            let first = thread.allocateInstance(SocketType.native.type)
            guard !first.isEmpty, SocketType.adopt(thread, first, ends[0], family: family, kind: kind, proto: proto) else { return .empty }
            let second = thread.allocateInstance(SocketType.native.type)
            guard !second.isEmpty, SocketType.adopt(thread, second, ends[1], family: family, kind: kind, proto: proto) else { return .empty }
            return thread.newTuple(first, second)
        },
        Def("ntohs(x, /)", .pure, "Turn a 16-bit number from the network's byte order into the machine's.", kind: .function) { thread, a, _ in SocketModule.swap16(thread, a[0], "ntohs") },
        Def("htons(x, /)", .pure, "Turn a 16-bit number from the machine's byte order into the network's.", kind: .function) { thread, a, _ in SocketModule.swap16(thread, a[0], "htons") },
        Def("ntohl(x, /)", .pure, "Convert a 32-bit integer from network to host byte order.", kind: .function) { thread, a, _ in SocketModule.swap32(thread, a[0]) },
        Def("htonl(x, /)", .pure, "Convert a 32-bit integer from host to network byte order.", kind: .function) { thread, a, _ in SocketModule.swap32(thread, a[0]) },
        Def("inet_aton(ip_addr, /)", .reads, "The four bytes of an IPv4 address such as '127.0.0.1'.", kind: .function) { thread, a, _ in
            guard let text = NetworkArguments.text(thread, a[0], "inet_aton") else { return .empty }
            var address = in_addr()
            if inet_aton(text, &address) == 0 { return thread.raise(.osError, "illegal IP address string passed to inet_aton") }
            return thread.newBytes(&address, 4)
        },
        Def("inet_ntoa(packed_ip, /)", .reads, "An IPv4 address given as four bytes, as text.", kind: .function) { thread, a, _ in
            thread.withBuffer(a[0]) { bytes, count in
                if count != 4 { return thread.raise(.osError, "packed IP wrong length for inet_ntoa") }
                return thread.newString("\(bytes[0]).\(bytes[1]).\(bytes[2]).\(bytes[3])")
            }
        },
        Def("inet_pton(af, ip, /)", .reads, "An address given as text, as bytes.", kind: .function) { thread, a, _ in
            guard let family = NetworkArguments.int32(thread, a[0]), let text = NetworkArguments.text(thread, a[1], "inet_pton", 2) else { return .empty }
            var packed = [UInt8](repeating: 0, count: 16)
            switch inet_pton(family, text, &packed) {
            case ..<0: return thread.raiseOSError(errno)
            case 0: return thread.raise(.osError, "illegal IP address string passed to inet_pton")
            default: return thread.newBytes(&packed, family == AF_INET ? 4 : 16)
            }
        },
        Def("inet_ntop(af, packed_ip, /)", .reads, "An address given as bytes, as text.", kind: .function) { thread, a, _ in
            guard let family = NetworkArguments.int32(thread, a[0]) else { return .empty }
            return thread.withBuffer(a[1]) { bytes, count in
                guard family == AF_INET || family == AF_INET6 else { return thread.raise(.valueError, "unknown address family \(family)") }
                if count != (family == AF_INET ? 4 : 16) { return thread.raise(.valueError, "invalid length of packed IP address string") }
                var text = [CChar](repeating: 0, count: 64)
                return inet_ntop(family, bytes, &text, 64) == nil ? thread.raiseOSError(errno) : NetworkArguments.string(thread, text)
            }
        },
        Def("getdefaulttimeout()", .reads, "The timeout that new sockets get, in seconds; None is none.", kind: .function) { thread, _, _ in
            SocketCalls.timeoutValue(thread, SocketCalls.defaultTimeout)
        },
        Def("setdefaulttimeout(timeout, /)", .writes, "Set the timeout that new sockets get, in seconds; None is none.", kind: .function) { thread, a, _ in
            guard let timeout = SocketCalls.timeout(thread, a[0]) else { return .empty }
            SocketCalls.defaultTimeout = timeout
            return .none
        },
        Def("CMSG_LEN(length, /)", .pure, "The length of an ancillary item with so many bytes of data, without padding behind it.", kind: .function) { thread, a, _ in
            SocketModule.controlSize(thread, a[0], "CMSG_LEN") { system_cmsg_len($0) }
        },
        Def("CMSG_SPACE(length, /)", .pure, "How large a buffer recvmsg() needs for one ancillary item with so many bytes of data, padding included.", kind: .function) { thread, a, _ in
            SocketModule.controlSize(thread, a[0], "CMSG_SPACE") { system_cmsg_space($0) }
        },
    ]
}
