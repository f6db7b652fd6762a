import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem

/// Socket addresses: between Python's tuples and the system's structures, one family after the other.
///
/// `parse` reads what a program gives to `bind`, `connect` and the like; the name of that function begins its errors. `make` is the way back. A family that
/// neither knows is refused in the first and shows as a pair of number and bytes in the second.
struct SocketAddress {
    var storage = sockaddr_storage()
    var length: socklen_t = 0

    static let capacity = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// Calls `body` with the structure as the system wants it.
    mutating func with<R>(_ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> R) -> R {
        withUnsafeMutablePointer(to: &storage) { storage in
            withUnsafeMutablePointer(to: &length) { length in body(UnsafeMutableRawPointer(storage).assumingMemoryBound(to: sockaddr.self), length) }
        }
    }

    /// Sets the structure to a family's own, which is smaller than the storage.
    private mutating func set<T>(_ value: T, _ size: Int = MemoryLayout<T>.size) {
        withUnsafeMutableBytes(of: &storage) { $0.storeBytes(of: value, as: T.self) }
        length = socklen_t(size)
    }

    private func load<T>(_ type: T.Type) -> T { withUnsafeBytes(of: storage) { $0.load(as: T.self) } }

    // MARK: From Python

    /// nil when it has raised.
    static func parse(_ thread: ThreadRef, family: Int32, _ value: Value, _ function: String) -> SocketAddress? {
        switch family {
        case AF_UNIX: return parseUnix(thread, value)
        case AF_INET: return parseInet(thread, value, function)
        case AF_INET6: return parseInet6(thread, value, function)
        case AF_NETLINK: return parsePair(thread, value, function, "AF_NETLINK", "(pid, groups)").map { pid, groups in
            var result = SocketAddress()
            var address = sockaddr_nl()
            address.nl_family = sa_family_t(AF_NETLINK)
            address.nl_pid = pid
            address.nl_groups = groups
            result.set(address)
            return result
        }
        case AF_VSOCK: return parsePair(thread, value, function, "AF_VSOCK", "(CID, port)").map { cid, port in
            var result = SocketAddress()
            var address = sockaddr_vm()
            address.svm_family = sa_family_t(AF_VSOCK)
            address.svm_cid = cid
            address.svm_port = port
            result.set(address)
            return result
        }
        case AF_PACKET: return parsePacket(thread, value, function)
        default:
            thread.raise(.osError, "\(function)(): bad family")
            return nil
        }
    }

    /// The tuple that the families want.
    private static func tuple(_ thread: ThreadRef, _ value: Value, _ function: String, _ family: String) -> TupleRef? {
        if value.isTuple { return TupleRef(value) }
        thread.raise(.typeError, "\(function)(): \(family) address must be tuple, not \(value.type.name)")
        return nil
    }

    private static func parsePair(_ thread: ThreadRef, _ value: Value, _ function: String, _ family: String, _ form: String) -> (UInt32, UInt32)? {
        guard let tuple = tuple(thread, value, function, family) else { return nil }
        guard tuple.count == 2 else {
            thread.raise(.typeError, "\(family) address must be a pair \(form)")
            return nil
        }
        guard let first = NetworkArguments.unsigned32(thread, tuple[0]), let second = NetworkArguments.unsigned32(thread, tuple[1]) else { return nil }
        return (first, second)
    }

    private static func parseUnix(_ thread: ThreadRef, _ value: Value) -> SocketAddress? {
        var path: [UInt8]
        if value.isString {
            guard let bytes = FileSystemText.encode(thread, value) else { return nil }
            path = bytes
        } else {
            var view = BufferView()
            guard thread.acquireBuffer(value, &view) else { return nil }
            path = Array(view.buffer)
            thread.releaseBuffer(&view)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path), offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
        // An empty path or one that begins with a zero is in the abstract namespace: its length counts. Others end with a zero.
        let isAbstract = path.first ?? 0 == 0
        guard path.count < room || isAbstract && path.count == room else {
            thread.raise(.osError, "AF_UNIX path too long")
            return nil
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        var result = SocketAddress()
        result.set(address, offset + path.count + (isAbstract ? 0 : 1))
        return result
    }

    /// Host and port, which the two internet families begin with.
    private static func parseHostAndPort(_ thread: ThreadRef, _ tuple: TupleRef, _ function: String) -> (host: [CChar], port: Int32)? {
        guard let host = NetworkArguments.host(thread, tuple[0]) else { return nil }
        let index = thread.toIndex(tuple[1])
        if index.isEmpty { return nil }
        guard let port = IntOps.toInt(index), let narrow = Int32(exactly: port) else {
            thread.raise(.overflowError, "\(function)(): port must be 0-65535.")
            return nil
        }
        return (host, narrow)
    }

    /// The port, which is looked at when the host has been found. nil when it has raised.
    private static func port(_ thread: ThreadRef, _ number: Int32, _ function: String) -> UInt16? {
        if let port = UInt16(exactly: number) { return port }
        thread.raise(.overflowError, "\(function)(): port must be 0-65535.")
        return nil
    }

    private static func parseInet(_ thread: ThreadRef, _ value: Value, _ function: String) -> SocketAddress? {
        guard let tuple = tuple(thread, value, function, "AF_INET") else { return nil }
        guard tuple.count == 2 else {
            thread.raise(.typeError, "AF_INET address must be a pair (host, port)")
            return nil
        }
        guard let (host, port) = parseHostAndPort(thread, tuple, function), var result = HostNames.address(thread, host, family: AF_INET),
              let port = SocketAddress.port(thread, port, function) else { return nil }
        var address = result.load(sockaddr_in.self)
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        result.set(address)
        return result
    }

    private static func parseInet6(_ thread: ThreadRef, _ value: Value, _ function: String) -> SocketAddress? {
        guard let tuple = tuple(thread, value, function, "AF_INET6") else { return nil }
        guard tuple.count >= 2 && tuple.count <= 4 else {
            thread.raise(.typeError, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")
            return nil
        }
        guard let (host, port) = parseHostAndPort(thread, tuple, function) else { return nil }
        var flow: UInt32 = 0, scope: UInt32 = 0
        if tuple.count > 2 {
            guard let number = NetworkArguments.unsigned32(thread, tuple[2]) else { return nil }
            flow = number
        }
        if tuple.count > 3 {
            guard let number = NetworkArguments.unsigned32(thread, tuple[3]) else { return nil }
            scope = number
        }
        guard var result = HostNames.address(thread, host, family: AF_INET6), let port = SocketAddress.port(thread, port, function) else { return nil }
        guard flow <= 0xFFFFF else {
            thread.raise(.overflowError, "\(function)(): flowinfo must be 0-1048575.")
            return nil
        }
        var address = result.load(sockaddr_in6.self)
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_flowinfo = flow.bigEndian
        address.sin6_scope_id = scope
        result.set(address)
        return result
    }

    private static func parsePacket(_ thread: ThreadRef, _ value: Value, _ function: String) -> SocketAddress? {
        guard let tuple = tuple(thread, value, function, "AF_PACKET") else { return nil }
        guard tuple.count >= 2 && tuple.count <= 5 else {
            thread.raise(.typeError, "AF_PACKET address must be a tuple of two to five elements")
            return nil
        }
        guard let name = NetworkArguments.text(thread, tuple[0], function), let proto = NetworkArguments.int32(thread, tuple[1]) else { return nil }
        var kind: Int32 = 0, hardware: Int32 = 0
        if tuple.count > 2 {
            guard let number = NetworkArguments.int32(thread, tuple[2]) else { return nil }
            kind = number
        }
        if tuple.count > 3 {
            guard let number = NetworkArguments.int32(thread, tuple[3]) else { return nil }
            hardware = number
        }
        var address = sockaddr_ll()
        address.sll_family = UInt16(AF_PACKET)
        if tuple.count > 4 {
            var view = BufferView()
            guard thread.acquireBuffer(tuple[4], &view) else { return nil }
            defer { thread.releaseBuffer(&view) }
            guard view.length <= 8 else {
                thread.raise(.valueError, "Hardware address must be 8 bytes or less")
                return nil
            }
            withUnsafeMutableBytes(of: &address.sll_addr) { $0.copyBytes(from: view.buffer) }
            address.sll_halen = UInt8(view.length)
        }
        let interface = if_nametoindex(name)
        if interface == 0 {
            thread.raiseOSError(errno)
            return nil
        }
        guard proto >= 0 && proto <= 0xFFFF else {
            thread.raise(.overflowError, "\(function)(): proto must be 0-65535.")
            return nil
        }
        address.sll_ifindex = Int32(interface)
        address.sll_protocol = UInt16(proto).bigEndian
        address.sll_pkttype = UInt8(truncatingIfNeeded: kind)
        address.sll_hatype = UInt16(truncatingIfNeeded: hardware)
        var result = SocketAddress()
        result.set(address)
        return result
    }

    // MARK: To Python

    /// Text of an internet address without its port.
    static func hostText(_ thread: ThreadRef, _ address: UnsafePointer<sockaddr>) -> Value {
        var text = [CChar](repeating: 0, count: 64)
        let raw = UnsafeRawPointer(address)
        if Int32(address.pointee.sa_family) == AF_INET6 {
            var host = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            inet_ntop(AF_INET6, &host, &text, socklen_t(text.count))
        } else {
            var host = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            inet_ntop(AF_INET, &host, &text, socklen_t(text.count))
        }
        return NetworkArguments.string(thread, text)
    }

    mutating func make(_ thread: ThreadRef) -> Value { with { SocketAddress.make(thread, $0, Int($1.pointee)) } }

    static func make(_ thread: ThreadRef, _ address: UnsafePointer<sockaddr>, _ length: Int) -> Value {
        if length == 0 { return .none }
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            let host = hostText(thread, address)
            return host.isEmpty ? .empty : thread.newTuple(host, Value(small: Int(UInt16(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_port))))
        case AF_INET6:
            let host = hostText(thread, address), value = raw.loadUnaligned(as: sockaddr_in6.self)
            if host.isEmpty { return .empty }
            return thread.newTuple(host, Value(small: Int(UInt16(bigEndian: value.sin6_port))), Value(small: Int(UInt32(bigEndian: value.sin6_flowinfo))), Value(small: Int(value.sin6_scope_id)))
        case AF_UNIX:
            let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
            let path = (raw + offset).assumingMemoryBound(to: UInt8.self), count = length - offset
            if count > 0 && path[0] == 0 { return thread.newBytes(path, count) }
            return FileSystemText.decode(thread, path, count <= 0 ? 0 : strnlen(UnsafeRawPointer(path).assumingMemoryBound(to: CChar.self), count))
        case AF_NETLINK:
            let value = raw.loadUnaligned(as: sockaddr_nl.self)
            return thread.newTuple(Value(small: Int(value.nl_pid)), Value(small: Int(value.nl_groups)))
        case AF_VSOCK:
            let value = raw.loadUnaligned(as: sockaddr_vm.self)
            return thread.newTuple(Value(small: Int(value.svm_cid)), Value(small: Int(value.svm_port)))
        case AF_PACKET:
            var value = raw.loadUnaligned(as: sockaddr_ll.self)
            var name = [CChar](repeating: 0, count: 64)
            if value.sll_ifindex != 0 { if_indextoname(UInt32(value.sll_ifindex), &name) }
            let text = NetworkArguments.string(thread, name)
            let hardware = withUnsafeBytes(of: &value.sll_addr) { thread.newBytes($0.baseAddress, min(Int(value.sll_halen), 8)) }
            if text.isEmpty || hardware.isEmpty { return .empty }
            return thread.newTuple(text, Value(small: Int(UInt16(bigEndian: value.sll_protocol))), Value(small: Int(value.sll_pkttype)), Value(small: Int(value.sll_hatype)), hardware)
        default:
            let data = thread.newBytes(raw + 2, max(length - 2, 0))
            return data.isEmpty ? .empty : thread.newTuple(Value(small: Int(address.pointee.sa_family)), data)
        }
    }
}
