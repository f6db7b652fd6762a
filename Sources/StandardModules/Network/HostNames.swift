import CSystem
import Glibc
import Interpreter
import Objects
import StandardSystem

/// Looking names up: hosts, services, protocols and interfaces. Whatever may ask a name server gives the interpreter lock up.
enum HostNames {
    /// The address of a host, by number if it is one. The empty name is the wildcard address. nil when it has raised.
    static func address(_ thread: ThreadRef, _ name: [CChar], family: Int32) -> SocketAddress? {
        var result = SocketAddress()
        var hints = addrinfo()
        hints.ai_family = family
        var service: [CChar]?
        if name[0] == 0 {
            hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
            hints.ai_flags = AI_PASSIVE
            service = [0x30, 0]
        } else if isBroadcast(name) {
            guard family == AF_INET || family == AF_UNSPEC else {
                thread.raise(.osError, "address family mismatched")
                return nil
            }
            store(&result, sockaddr_in(sin_family: sa_family_t(AF_INET), sin_port: 0, sin_addr: in_addr(s_addr: .max), sin_zero: (0, 0, 0, 0, 0, 0, 0, 0)))
            return result
        } else {
            var address = sockaddr_in()
            if family == AF_INET || family == AF_UNSPEC, inet_pton(AF_INET, name, &address.sin_addr) == 1 {
                address.sin_family = sa_family_t(AF_INET)
                store(&result, address)
                return result
            }
            var address6 = sockaddr_in6()
            if family == AF_INET6 || family == AF_UNSPEC, !name.contains(0x25), inet_pton(AF_INET6, name, &address6.sin6_addr) == 1 {
                address6.sin6_family = sa_family_t(AF_INET6)
                store(&result, address6)
                return result
            }
        }
        var found: UnsafeMutablePointer<addrinfo>?
        let isWildcard = name[0] == 0
        let status = GIL.blocking(thread) { getaddrinfo(isWildcard ? nil : name, service, &hints, &found) }
        guard status == 0, let found else {
            NetworkErrors.raiseAddressInfo(thread, status)
            return nil
        }
        defer { freeaddrinfo(found) }
        if isWildcard && found.pointee.ai_next != nil {
            thread.raise(.osError, "wildcard resolved to multiple address")
            return nil
        }
        let length = min(Int(found.pointee.ai_addrlen), MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutableBytes(of: &result.storage) { $0.copyMemory(from: UnsafeRawBufferPointer(start: found.pointee.ai_addr, count: length)) }
        result.length = socklen_t(length)
        return result
    }

    private static func isBroadcast(_ name: [CChar]) -> Bool { strcmp(name, "<broadcast>") == 0 || strcmp(name, "255.255.255.255") == 0 }

    private static func store<T>(_ result: inout SocketAddress, _ value: T) {
        withUnsafeMutableBytes(of: &result.storage) { $0.storeBytes(of: value, as: T.self) }
        result.length = socklen_t(MemoryLayout<T>.size)
    }

    // MARK: getaddrinfo and getnameinfo

    private static let addressInfo: NativeFunction = { thread, a, _ in
        var host: [CChar]?
        if a[0].isString {
            let encoded = NetworkArguments.encodeIDNA(thread, a[0])
            if encoded.isEmpty { return .empty }
            host = BytesRef(encoded).buffer.map { CChar(bitPattern: $0) } + [0]
        } else if a[0].isBytes {
            host = BytesRef(a[0]).buffer.map { CChar(bitPattern: $0) } + [0]
        } else if !a[0].isNone {
            return thread.raise(.typeError, "getaddrinfo() argument 1 must be string or None")
        }
        var service: [CChar]?
        if a[1].isInt {
            guard let number = SystemArguments.int(thread, a[1]) else { return .empty }
            service = Array("\(number)".utf8CString)
        } else if a[1].isString {
            // Lone surrogates have no bytes.
            let bytes = thread.callMethod(a[1], Name.encode)
            if bytes.isEmpty { return .empty }
            service = BytesRef(bytes).buffer.map { CChar(bitPattern: $0) } + [0]
        } else if a[1].isBytes {
            service = BytesRef(a[1]).buffer.map { CChar(bitPattern: $0) } + [0]
        } else if !a[1].isNone {
            return thread.raise(.osError, "Int or String expected")
        }
        guard let family = NetworkArguments.int32(thread, a[2], default: AF_UNSPEC), let kind = NetworkArguments.int32(thread, a[3], default: 0),
              let proto = NetworkArguments.int32(thread, a[4], default: 0), let flags = NetworkArguments.int32(thread, a[5], default: 0) else { return .empty }
        var hints = addrinfo()
        hints.ai_family = family
        hints.ai_socktype = kind
        hints.ai_protocol = proto
        hints.ai_flags = flags
        var found: UnsafeMutablePointer<addrinfo>?
        let status = GIL.blocking(thread) { getaddrinfo(host, service, &hints, &found) }
        guard status == 0 else {
            NetworkErrors.raiseAddressInfo(thread, status)
            return .empty
        }
        defer { if let found { freeaddrinfo(found) } }
        let list = thread.newList()
        if list.isEmpty { return .empty }
        var entry = found
        while let info = entry?.pointee {
            let address = SocketAddress.make(thread, info.ai_addr, Int(info.ai_addrlen))
            let canonical = info.ai_canonname.map { NetworkArguments.string(thread, $0) } ?? WellKnown.emptyString.value
            if address.isEmpty || canonical.isEmpty { return .empty }
            let item = thread.newTuple(Value(small: Int(info.ai_family)), Value(small: Int(info.ai_socktype)), Value(small: Int(info.ai_protocol)), canonical, address)
            if item.isEmpty || !ListRef(list).append(thread, item) { return .empty }
            entry = info.ai_next
        }
        return list
    }

    private static let nameInfo: NativeFunction = { thread, a, _ in
        guard let flags = NetworkArguments.int32(thread, a[1]) else { return .empty }
        guard a[0].isTuple else { return thread.raise(.typeError, "getnameinfo() argument 1 must be a tuple") }
        let tuple = TupleRef(a[0])
        guard tuple.count >= 2 && tuple.count <= 4 else { return thread.raise(.typeError, "getnameinfo(): illegal sockaddr argument") }
        guard tuple[0].isString else { return thread.raise(.typeError, "getnameinfo(): illegal sockaddr argument") }
        guard let host = NetworkArguments.text(thread, tuple[0], "getnameinfo"), let port = NetworkArguments.int32(thread, tuple[1]) else { return .empty }
        var flow: UInt32 = 0, scope: UInt32 = 0
        if tuple.count > 2 {
            guard let number = NetworkArguments.unsigned32(thread, tuple[2]) else { return .empty }
            flow = number
        }
        if tuple.count > 3 {
            guard let number = NetworkArguments.unsigned32(thread, tuple[3]) else { return .empty }
            scope = number
        }
        if flow > 0xFFFFF { return thread.raise(.overflowError, "getnameinfo(): flowinfo must be 0-1048575.") }
        guard Audit.event(thread, "socket.getnameinfo", [a[0]]) else { return .empty }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST
        let service = "\(port)"
        var found: UnsafeMutablePointer<addrinfo>?
        var status = GIL.blocking(thread) { getaddrinfo(host, service, &hints, &found) }
        guard status == 0, let info = found else {
            NetworkErrors.raiseAddressInfo(thread, status)
            return .empty
        }
        defer { freeaddrinfo(info) }
        if info.pointee.ai_next != nil { return thread.raise(.osError, "sockaddr resolved to multiple addresses") }
        if info.pointee.ai_family == AF_INET {
            if tuple.count != 2 { return thread.raise(.osError, "IPv4 sockaddr must be 2 tuple") }
        } else if info.pointee.ai_family == AF_INET6 {
            let address = UnsafeMutableRawPointer(info.pointee.ai_addr!).assumingMemoryBound(to: sockaddr_in6.self)
            address.pointee.sin6_flowinfo = flow.bigEndian
            address.pointee.sin6_scope_id = scope
        }
        var hostText = [CChar](repeating: 0, count: Int(NI_MAXHOST)), serviceText = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        status = GIL.blocking(thread) {
            getnameinfo(info.pointee.ai_addr, info.pointee.ai_addrlen, &hostText, socklen_t(hostText.count), &serviceText, socklen_t(serviceText.count), flags)
        }
        if status != 0 {
            NetworkErrors.raiseAddressInfo(thread, status)
            return .empty
        }
        let first = FileSystemText.decode(thread, cString: hostText)
        if first.isEmpty { return .empty }
        let second = NetworkArguments.string(thread, serviceText)
        return second.isEmpty ? .empty : thread.newTuple(first, second)
    }

    // MARK: The older functions

    /// The triple of name, aliases and addresses that `gethostbyname_r` or `gethostbyaddr_r` finds.
    private static func entry(_ thread: ThreadRef, _ find: (UnsafeMutablePointer<hostent>, UnsafeMutablePointer<CChar>, Int, UnsafeMutablePointer<UnsafeMutablePointer<hostent>?>, UnsafeMutablePointer<Int32>) -> Int32) -> Value {
        var record = hostent()
        var buffer = [CChar](repeating: 0, count: 16384)
        var found: UnsafeMutablePointer<hostent>?
        var failure: Int32 = 0
        _ = GIL.blocking(thread) { find(&record, &buffer, buffer.count, &found, &failure) }
        guard let found else {
            NetworkErrors.raiseHost(thread, failure)
            return .empty
        }
        let aliases = thread.newList(), addresses = thread.newList()
        let name = FileSystemText.decode(thread, cString: found.pointee.h_name)
        if aliases.isEmpty || addresses.isEmpty || name.isEmpty { return .empty }
        var alias = found.pointee.h_aliases
        while let text = alias?.pointee {
            let item = NetworkArguments.string(thread, text)
            if item.isEmpty || !ListRef(aliases).append(thread, item) { return .empty }
            alias = alias?.advanced(by: 1)
        }
        var address = found.pointee.h_addr_list
        while let bytes = address?.pointee {
            var text = [CChar](repeating: 0, count: 64)
            inet_ntop(found.pointee.h_addrtype, bytes, &text, socklen_t(text.count))
            let item = NetworkArguments.string(thread, text)
            if item.isEmpty || !ListRef(addresses).append(thread, item) { return .empty }
            address = address?.advanced(by: 1)
        }
        // A list of three is a tuple's worth of values that the collector sees.
        return withExtendedLifetime(name) { thread.newTuple(name, aliases, addresses) }
    }

    private static let byName: NativeFunction = { thread, a, _ in
        guard let name = NetworkArguments.name(thread, a[0], "gethostbyname"), Audit.event(thread, "socket.gethostbyname", [a[0]]), var address = HostNames.address(thread, name, family: AF_INET) else { return .empty }
        return address.with { address, _ in SocketAddress.hostText(thread, address) }
    }

    private static let byNameExtended: NativeFunction = { thread, a, _ in
        guard let name = NetworkArguments.name(thread, a[0], "gethostbyname_ex"), Audit.event(thread, "socket.gethostbyname", [a[0]]), HostNames.address(thread, name, family: AF_INET) != nil else { return .empty }
        return HostNames.entry(thread) { system_gethostbyname(name, $0, $1, $2, $3, $4) }
    }

    private static let byAddress: NativeFunction = { thread, a, _ in
        guard let name = NetworkArguments.name(thread, a[0], "gethostbyaddr"), Audit.event(thread, "socket.gethostbyaddr", [a[0]]), let address = HostNames.address(thread, name, family: AF_UNSPEC) else { return .empty }
        let family = Int32(address.storage.ss_family)
        guard family == AF_INET || family == AF_INET6 else { return thread.raise(.osError, "unsupported address family") }
        let offset = family == AF_INET ? 4 : 8, size = family == AF_INET ? 4 : 16
        return HostNames.entry(thread) { record, buffer, capacity, found, failure in
            withUnsafeBytes(of: address.storage) { system_gethostbyaddr($0.baseAddress! + offset, socklen_t(size), family, record, buffer, capacity, found, failure) }
        }
    }

    static let functions = [
        Def("getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)", .calls, "Resolve host and port into list of address info entries.", kind: .function, addressInfo),
        Def("getnameinfo(sockaddr, flags, /)", .calls, "Get host and port for a sockaddr.", kind: .function, nameInfo),
        Def("gethostbyname(host, /)", .calls, "The IPv4 address of a host, as text.", kind: .function, byName),
        Def("gethostbyname_ex(host, /)", .calls, "The name of a host, its other names and its addresses.", kind: .function, byNameExtended),
        Def("gethostbyaddr(host, /)", .calls, "The name of a host given by its name or address, its other names and its addresses.", kind: .function, byAddress),
        Def("gethostname()", .calls, "Return the current host name.", kind: .function) { thread, _, _ in
            guard Audit.event(thread, "socket.gethostname", []) else { return .empty }
            var text = [CChar](repeating: 0, count: 1025)
            if gethostname(&text, text.count - 1) < 0 { return thread.raiseOSError(errno) }
            return FileSystemText.decode(thread, cString: text)
        },
        Def("sethostname(name, /)", .calls, "Sets the hostname to name.", kind: .function) { thread, a, _ in
            var name = a[0]
            if !name.isBytes {
                let function = thread.importAttribute("os", "fsencode")
                if function.isEmpty { return .empty }
                name = thread.call(function, name)
                if name.isEmpty { return .empty }
            }
            guard Audit.event(thread, "socket.sethostname", [a[0]]) else { return .empty }
            return thread.withBuffer(name) { bytes, count in sethostname(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self), count) < 0 ? thread.raiseOSError(errno) : .none }
        },
        Def("getservbyname(*args)", .calls, "Return a port number from a service name and protocol name.", kind: .function) { thread, a, _ in
            guard let a = Positional(thread, a[0], "getservbyname", 1, 2), let name = NetworkArguments.text(thread, a[0], "getservbyname") else { return .empty }
            var proto: [CChar]?
            if a.count > 1 {
                guard let text = NetworkArguments.text(thread, a[1], "getservbyname", 2) else { return .empty }
                proto = text
            }
            guard Audit.event(thread, "socket.getservbyname", [a[0], a.count > 1 ? a[1] : WellKnown.emptyString.value]) else { return .empty }
            guard let entry = GIL.blocking(thread, { getservbyname(name, proto) }) else { return thread.raise(.osError, "service/proto not found") }
            return Value(small: Int(UInt16(bigEndian: UInt16(truncatingIfNeeded: entry.pointee.s_port))))
        },
        Def("getservbyport(*args)", .calls, "Return the service name from a port number and protocol name.", kind: .function) { thread, a, _ in
            guard let a = Positional(thread, a[0], "getservbyport", 1, 2), let port = NetworkArguments.int32(thread, a[0]) else { return .empty }
            var proto: [CChar]?
            if a.count > 1 {
                guard let text = NetworkArguments.text(thread, a[1], "getservbyport", 2) else { return .empty }
                proto = text
            }
            guard port >= 0 && port <= 0xFFFF else { return thread.raise(.overflowError, "getservbyport: port must be 0-65535.") }
            guard Audit.event(thread, "socket.getservbyport", [a[0], a.count > 1 ? a[1] : WellKnown.emptyString.value]) else { return .empty }
            guard let entry = GIL.blocking(thread, { getservbyport(Int32(UInt16(port).bigEndian), proto) }) else { return thread.raise(.osError, "port/proto not found") }
            return NetworkArguments.string(thread, entry.pointee.s_name)
        },
        Def("getprotobyname(*args)", .calls, "Return the protocol number for the named protocol.", kind: .function) { thread, a, _ in
            guard let a = Positional(thread, a[0], "getprotobyname", 1, 1), let name = NetworkArguments.text(thread, a[0], "getprotobyname") else { return .empty }
            guard let entry = GIL.blocking(thread, { getprotobyname(name) }) else { return thread.raise(.osError, "protocol not found") }
            return Value(small: Int(entry.pointee.p_proto))
        },
        Def("if_nameindex()", .calls, "The network interfaces, a list of tuples (index, name).", kind: .function) { thread, _, _ in
            guard let names = if_nameindex() else { return thread.raiseOSError(errno) }
            defer { if_freenameindex(names) }
            let list = thread.newList()
            if list.isEmpty { return .empty }
            var entry = names
            while entry.pointee.if_index != 0, let text = entry.pointee.if_name {
                let name = FileSystemText.decode(thread, cString: text)
                if name.isEmpty { return .empty }
                let pair = thread.newTuple(Value(small: Int(entry.pointee.if_index)), name)
                if pair.isEmpty || !ListRef(list).append(thread, pair) { return .empty }
                entry += 1
            }
            return list
        },
        Def("if_nametoindex(name, /)", .calls, "The index of a network interface.", kind: .function) { thread, a, _ in
            var name = a[0]
            if !name.isBytes {
                let function = thread.importAttribute("os", "fsencode")
                if function.isEmpty { return .empty }
                name = thread.call(function, name)
                if name.isEmpty { return .empty }
            }
            let index = if_nametoindex(BytesRef(name).buffer.map { CChar(bitPattern: $0) } + [0])
            return index == 0 ? thread.raise(.osError, "no interface with this name") : Value(small: Int(index))
        },
        Def("if_indextoname(if_index, /)", .calls, "The name of a network interface.", kind: .function) { thread, a, _ in
            let index = thread.toIndex(a[0])
            if index.isEmpty { return .empty }
            if IntOps.isNegative(index) { return thread.raise(.overflowError, "can't convert negative value to unsigned int") }
            guard let number = IntOps.toInt(index), let interface = UInt32(exactly: number) else { return thread.raise(.overflowError, "Python int too large to convert to C unsigned int") }
            var name = [CChar](repeating: 0, count: 64)
            return if_indextoname(interface, &name) == nil ? thread.raiseOSError(errno) : FileSystemText.decode(thread, cString: name)
        },
    ]
}
