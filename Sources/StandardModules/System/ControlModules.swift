import CSystem
import Glibc
import Interpreter
import Objects

/// `fcntl` and `termios`: control of descriptors and terminals.
enum ControlModules {
    private static let terminalError = RootTable.reserve()

    static func register() {
        NativeModule.register("fcntl", doc: "Control of open files by fcntl() and ioctl().", functions: functions, setUp: { module in
            module.add(constants: system_table_fcntl())
            return true
        })
        NativeModule.register("termios", doc: "This module provides an interface to the Posix calls for tty I/O control.", functions: terminalFunctions, setUp: { module in
            module.add(constants: system_table_termios())
            ControlModules.terminalError.pointee = module.addException("error")
            return !ControlModules.terminalError.pointee.isEmpty
        })
    }

    /// A call whose argument is an int or the bytes of a str or buffer, given back changed.
    private static func request(_ thread: ThreadRef, _ argument: Value, limit: Int, _ name: String, _ withInt: (Int) -> Int32, _ withBytes: (UnsafeMutablePointer<UInt8>) -> Int32) -> Value {
        if !argument.isEmpty && (argument.isString || argument.isBuffer) {
            var data: [UInt8] = []
            if argument.isString {
                data = StringRef(argument).utf8
            } else {
                let taken = thread.withBuffer(argument) { bytes, count in
                    data = Array(UnsafeBufferPointer(start: bytes, count: count))
                    return .none
                }
                if taken.isEmpty { return .empty }
            }
            let count = data.count
            if count > limit { return thread.raise(.valueError, "\(name) string arg too long") }
            data += [UInt8](repeating: 0, count: limit + 8 - count)
            let result: Int32? = data.withUnsafeMutableBufferPointer { buffer in
                let start = buffer.baseAddress!
                return SystemCall.retry(thread) { withBytes(start) }
            }
            guard let result else { return .empty }
            return result < 0 ? thread.raiseOSError(errno) : thread.newBytes(data, count)
        }
        var number = 0
        if !argument.isEmpty {
            guard let mask = SystemArguments.mask(thread, argument) else { return .empty }
            number = Int(bitPattern: mask)
        }
        guard let result = SystemCall.retry(thread, { withInt(number) }) else { return .empty }
        return SystemCall.int(thread, result)
    }

    private static let functions = [
        Def("fcntl(fd, cmd, arg=0, /)", .calls, "Perform the operation `cmd` on file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let command = SystemArguments.int32(thread, a[1]) else { return .empty }
            return ControlModules.request(thread, a[2], limit: 1024, "fcntl", { system_fcntl_int(descriptor, command, $0) }, { system_fcntl_pointer(descriptor, command, $0) })
        },
        Def("ioctl(fd, request, arg=0, mutate_flag=True, /)", .calls, "Perform the operation request on file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let request = SystemArguments.mask(thread, a[1]), let mutate = SystemArguments.flag(thread, a[3], default: true) else { return .empty }
            // A writable buffer is changed in place.
            if mutate && !a[2].isEmpty && a[2].isBuffer && !a[2].isBytes {
                var view = BufferView()
                if thread.acquireBuffer(a[2], &view, BufferFlags.writable) {
                    defer { thread.releaseBuffer(&view) }
                    let bytes = view.bytes
                    // The kernel may write more than a short buffer holds.
                    var copy = [UInt8](repeating: 0, count: max(1024, view.length) + 8)
                    for index in 0 ..< view.length { copy[index] = bytes[index] }
                    let result = copy.withUnsafeMutableBufferPointer { buffer in
                        let start = buffer.baseAddress!
                        return GIL.blocking(thread) { system_ioctl_pointer(descriptor, request, start) }
                    }
                    if result < 0 { return thread.raiseOSError(errno) }
                    for index in 0 ..< view.length { bytes[index] = copy[index] }
                    return Value(small: Int(result))
                }
                thread.takeException()
            }
            return ControlModules.request(thread, a[2], limit: 1024, "ioctl", { system_ioctl_int(descriptor, request, $0) }, { system_ioctl_pointer(descriptor, request, $0) })
        },
        Def("flock(fd, operation, /)", .calls, "flock(): lock or unlock an open file.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let operation = SystemArguments.int32(thread, a[1]),
                  let result = SystemCall.retry(thread, { system_flock(descriptor, operation) }) else { return .empty }
            return SystemCall.none(thread, result)
        },
        Def("lockf(fd, cmd, len=0, start=0, whence=0, /)", .calls, "A wrapper around the fcntl() locking calls.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let command = SystemArguments.int32(thread, a[1]), let length = a[2].isEmpty ? 0 : SystemArguments.int(thread, a[2]),
                  let start = a[3].isEmpty ? 0 : SystemArguments.int(thread, a[3]), let whence = a[4].isEmpty ? 0 : SystemArguments.int32(thread, a[4]) else { return .empty }
            var lock = CSystem.flock()
            switch command & ~4 {
            case 8: lock.l_type = Int16(F_UNLCK)
            case 1: lock.l_type = Int16(F_RDLCK)
            case 2: lock.l_type = Int16(F_WRLCK)
            default: return thread.raise(.valueError, "unrecognized lockf argument")
            }
            lock.l_len = length
            lock.l_start = start
            lock.l_whence = Int16(truncatingIfNeeded: whence)
            let waits = command & 4 == 0
            let result: Int32? = withUnsafeMutablePointer(to: &lock) { lock in
                let raw = UnsafeMutableRawPointer(lock)
                return SystemCall.retry(thread) { system_fcntl_pointer(descriptor, waits ? F_SETLKW : F_SETLK, raw) }
            }
            guard let result else { return .empty }
            return SystemCall.none(thread, result)
        },
    ]

    // MARK: termios

    private static func raise(_ thread: ThreadRef) -> Value {
        let code = errno
        return thread.raise(type: TypeRef(terminalError.pointee), Value(small: Int(code)), thread.newString(String(cString: strerror(code))))
    }

    private static func done(_ thread: ThreadRef, _ result: Int32) -> Value { result < 0 ? raise(thread) : .none }

    private static let terminalFunctions = [
        Def("tcgetattr(fd, /)", .calls, "Get the tty attributes for file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]) else { return .empty }
            var mode = termios()
            if Glibc.tcgetattr(descriptor, &mode) < 0 { return ControlModules.raise(thread) }
            let characters = thread.newList(), result = thread.newList()
            if characters.isEmpty || result.isEmpty { return .empty }
            let canonical = mode.c_lflag & tcflag_t(ICANON) != 0
            let ok = withUnsafeBytes(of: &mode.c_cc) { bytes -> Bool in
                for index in 0 ..< Int(NCCS) {
                    let byte = bytes[index]
                    let value = !canonical && (index == Int(VMIN) || index == Int(VTIME)) ? Value(small: Int(byte)) : thread.newBytes([byte])
                    if value.isEmpty || !ListRef(characters).append(thread, value) { return false }
                }
                return true
            }
            guard ok else { return .empty }
            for number in [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag, cfgetispeed(&mode), cfgetospeed(&mode)] {
                if !ListRef(result).append(thread, Value(small: Int(number))) { return .empty }
            }
            return ListRef(result).append(thread, characters) ? result : .empty
        },
        Def("tcsetattr(fd, when, attributes, /)", .calls, "Set the tty attributes for file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let when = SystemArguments.int32(thread, a[1]) else { return .empty }
            guard a[2].isList, ListRef(a[2]).count == 7 else { return thread.raise(.typeError, "tcsetattr, arg 3: must be 7 element list") }
            var mode = termios()
            if Glibc.tcgetattr(descriptor, &mode) < 0 { return ControlModules.raise(thread) }
            var numbers: [UInt32] = []
            for index in 0 ..< 6 {
                guard let number = SystemArguments.mask(thread, ListRef(a[2])[index]) else { return .empty }
                numbers.append(UInt32(truncatingIfNeeded: number))
            }
            let characters = ListRef(a[2])[6]
            guard characters.isList, ListRef(characters).count == Int(NCCS) else { return thread.raise(.typeError, "tcsetattr: attributes[6] must be \(NCCS) element list") }
            var bytes: [UInt8] = []
            for index in 0 ..< Int(NCCS) {
                let item = ListRef(characters)[index]
                if item.isBytes && BytesRef(item).count == 1 {
                    bytes.append(BytesRef(item).bytes[0])
                } else if item.isInt {
                    guard let number = SystemArguments.mask(thread, item) else { return .empty }
                    bytes.append(UInt8(truncatingIfNeeded: number))
                } else {
                    return thread.raise(.typeError, "tcsetattr: elements of attributes must be characters or integers")
                }
            }
            (mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag) = (numbers[0], numbers[1], numbers[2], numbers[3])
            withUnsafeMutableBytes(of: &mode.c_cc) { $0.copyBytes(from: bytes) }
            if cfsetispeed(&mode, numbers[4]) < 0 || cfsetospeed(&mode, numbers[5]) < 0 { return ControlModules.raise(thread) }
            return ControlModules.done(thread, GIL.blocking(thread) { Glibc.tcsetattr(descriptor, when, &mode) })
        },
        Def("tcsendbreak(fd, duration, /)", .calls, "Send a break on file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let duration = SystemArguments.int32(thread, a[1]) else { return .empty }
            return ControlModules.done(thread, GIL.blocking(thread) { Glibc.tcsendbreak(descriptor, duration) })
        },
        Def("tcdrain(fd, /)", .calls, "Wait until all output written to file descriptor fd has been transmitted.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]) else { return .empty }
            return ControlModules.done(thread, GIL.blocking(thread) { Glibc.tcdrain(descriptor) })
        },
        Def("tcflush(fd, queue, /)", .calls, "Discard queued data on file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let queue = SystemArguments.int32(thread, a[1]) else { return .empty }
            return ControlModules.done(thread, Glibc.tcflush(descriptor, queue))
        },
        Def("tcflow(fd, action, /)", .calls, "Suspend or resume input or output on file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let action = SystemArguments.int32(thread, a[1]) else { return .empty }
            return ControlModules.done(thread, Glibc.tcflow(descriptor, action))
        },
        Def("tcgetwinsize(fd, /)", .calls, "Get the tty winsize for file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]) else { return .empty }
            var size = winsize()
            if system_ioctl_pointer(descriptor, UInt(TIOCGWINSZ), &size) < 0 { return ControlModules.raise(thread) }
            return thread.newTuple(Value(small: Int(size.ws_row)), Value(small: Int(size.ws_col)))
        },
        Def("tcsetwinsize(fd, winsize, /)", .calls, "Set the tty winsize for file descriptor fd.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]) else { return .empty }
            let items = thread.tuple(a[1])
            if items.isEmpty { return .empty }
            guard TupleRef(items).count == 2 else { return thread.raise(.typeError, "tcsetwinsize, arg 2: must be a two-item sequence") }
            guard let rows = SystemArguments.int(thread, TupleRef(items)[0]), let columns = SystemArguments.int(thread, TupleRef(items)[1]) else { return .empty }
            guard let height = UInt16(exactly: rows), let width = UInt16(exactly: columns) else { return thread.raise(.overflowError, "winsize value(s) out of range.") }
            var size = winsize()
            if system_ioctl_pointer(descriptor, UInt(TIOCGWINSZ), &size) < 0 { return ControlModules.raise(thread) }
            size.ws_row = height
            size.ws_col = width
            return ControlModules.done(thread, system_ioctl_pointer(descriptor, UInt(TIOCSWINSZ), &size))
        },
    ]
}
