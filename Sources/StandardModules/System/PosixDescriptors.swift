import CSystem
import Glibc
import Interpreter
import Objects
import TextTypes

/// `posix`: functions on file descriptors.
enum PosixDescriptors {
    private static func pair(_ thread: ThreadRef, _ first: Int32, _ second: Int32) -> Value { thread.newTuple(Value(small: Int(first)), Value(small: Int(second))) }

    /// Fills new bytes of up to `count` by a system call; the result is cut to what came.
    private static func read(_ thread: ThreadRef, _ count: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) -> Value {
        if count < 0 { return thread.raiseOSError(EINVAL) }
        let bytes = thread.newBytes(count: min(count, 0x7FFF_F000))
        if bytes.isEmpty { return .empty }
        // Reading nothing tells whether the descriptor is good.
        let target = BytesRef(bytes).bytes
        guard let length = SystemCall.retry(thread, { body(target) }) else { return .empty }
        if length < 0 { return thread.raiseOSError(errno) }
        return length == count ? bytes : thread.newBytes(target, length)
    }

    /// Calls `body` with an iovec of the buffers of a sequence.
    private static func vectors(_ thread: ThreadRef, _ sequence: Value, writable: Bool, _ function: String, _ body: ([iovec]) -> Int?) -> Value {
        guard sequence.isList || sequence.isTuple || sequence.type.slotPointer(.getItem).pointee != nil && !sequence.isDict else {
            return thread.raise(.typeError, "\(function)() arg 2 must be a sequence")
        }
        let items = thread.tuple(sequence)
        if items.isEmpty { return .empty }
        var views: [BufferView] = []
        var parts: [iovec] = []
        defer { for index in views.indices { thread.releaseBuffer(&views[index]) } }
        for index in 0 ..< TupleRef(items).count {
            var view = BufferView()
            guard thread.acquireBuffer(TupleRef(items)[index], &view, writable ? BufferFlags.writable : BufferFlags.simple) else { return .empty }
            views.append(view)
            parts.append(iovec(iov_base: view.pointer, iov_len: view.length))
        }
        // The owners stay alive by the tuple, which the next line keeps on the stack.
        let result = withExtendedLifetime(items) { body(parts) }
        guard let result else { return .empty }
        return result < 0 ? thread.raiseOSError(errno) : thread.newInt(result)
    }

    static let functions = [
        Def("close(fd)", .calls, "Close a file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            let result = GIL.blocking(thread) { Glibc.close(descriptor) }
            return result < 0 && errno != EINTR ? thread.raiseOSError(errno) : .none
        },
        Def("closerange(fd_low, fd_high, /)", .calls, "Close the descriptors from fd_low up to but not including fd_high, whether they are open or not.") { thread, a, _ in
            guard let low = SystemArguments.int32(thread, a[0]), let high = SystemArguments.int32(thread, a[1]) else { return .empty }
            var descriptor = max(low, 0)
            let limit = min(Int(high), max(sysconf(Int32(_SC_OPEN_MAX)), 256))
            while Int(descriptor) < limit {
                Glibc.close(descriptor)
                descriptor += 1
            }
            return .none
        },
        Def("read(fd, length, /)", .calls, "Read from a file descriptor.  Returns a bytes object.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let count = thread.toInt(a[1]) else { return .empty }
            return PosixDescriptors.read(thread, count) { Glibc.read(descriptor, $0, min(count, 0x7FFF_F000)) }
        },
        Def("pread(fd, length, offset, /)", .calls, "Read at a place of a file, without moving.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let count = thread.toInt(a[1]), let offset = SystemArguments.int(thread, a[2]) else { return .empty }
            return PosixDescriptors.read(thread, count) { Glibc.pread(descriptor, $0, min(count, 0x7FFF_F000), offset) }
        },
        Def("write(fd, data, /)", .calls, "Write a bytes object to a file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return thread.withBuffer(a[1]) { bytes, count in
                guard let length = SystemCall.retry(thread, { Glibc.write(descriptor, bytes, min(count, 0x7FFF_F000)) }) else { return .empty }
                return length < 0 ? thread.raiseOSError(errno) : thread.newInt(length)
            }
        },
        Def("pwrite(fd, buffer, offset, /)", .calls, "Write at a place of a file, without moving.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let offset = SystemArguments.int(thread, a[2]) else { return .empty }
            return thread.withBuffer(a[1]) { bytes, count in
                guard let length = SystemCall.retry(thread, { Glibc.pwrite(descriptor, bytes, count, offset) }) else { return .empty }
                return length < 0 ? thread.raiseOSError(errno) : thread.newInt(length)
            }
        },
        Def("readv(fd, buffers, /)", .calls, "Read from a file descriptor fd into an iterable of buffers.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return PosixDescriptors.vectors(thread, a[1], writable: true, "readv") { parts in SystemCall.retry(thread) { Glibc.readv(descriptor, parts, Int32(parts.count)) } }
        },
        Def("writev(fd, buffers, /)", .calls, "Write the bytes of several buffers.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return PosixDescriptors.vectors(thread, a[1], writable: false, "writev") { parts in SystemCall.retry(thread) { Glibc.writev(descriptor, parts, Int32(parts.count)) } }
        },
        Def("preadv(fd, buffers, offset, flags=0, /)", .calls, "Read into several buffers.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let offset = SystemArguments.int(thread, a[2]),
                  let flags = a[3].isEmpty ? 0 : SystemArguments.int32(thread, a[3]) else { return .empty }
            return PosixDescriptors.vectors(thread, a[1], writable: true, "preadv") { parts in SystemCall.retry(thread) { system_preadv2(descriptor, parts, Int32(parts.count), Int64(offset), flags) } }
        },
        Def("pwritev(fd, buffers, offset, flags=0, /)", .calls, "Write the bytes of several buffers at a place of a file.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let offset = SystemArguments.int(thread, a[2]),
                  let flags = a[3].isEmpty ? 0 : SystemArguments.int32(thread, a[3]) else { return .empty }
            return PosixDescriptors.vectors(thread, a[1], writable: false, "pwritev") { parts in SystemCall.retry(thread) { system_pwritev2(descriptor, parts, Int32(parts.count), Int64(offset), flags) } }
        },
        Def("lseek(fd, position, how, /)", .calls, "Move in a file, and return the place.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let position = SystemArguments.int(thread, a[1]), let how = SystemArguments.int32(thread, a[2]) else { return .empty }
            let result = Glibc.lseek(descriptor, position, how)
            return result < 0 ? thread.raiseOSError(errno) : thread.newInt(result)
        },
        Def("dup(fd, /)", .calls, "Return a duplicate of a file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return SystemCall.int(thread, Descriptors.make(thread) { system_fcntl_int(descriptor, F_DUPFD_CLOEXEC, 0) })
        },
        Def("dup2(fd, fd2, inheritable=True)", .calls, "Duplicate file descriptor.") { thread, a, _ in
            guard let from = SystemArguments.int32(thread, a[0]), let to = SystemArguments.int32(thread, a[1]), let inheritable = SystemArguments.flag(thread, a[2], default: true) else { return .empty }
            guard from >= 0, to >= 0 else { return thread.raiseOSError(EBADF) }
            let result = GIL.blocking(thread) { Glibc.dup2(from, to) }
            if result >= 0 && !inheritable && Descriptor.setInheritable(to, false) < 0 {
                let code = errno
                Glibc.close(to)
                return thread.raiseOSError(code)
            }
            return SystemCall.int(thread, result)
        },
        Def("fsync(fd)", .calls, "Force write of fd to disk.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let result = SystemCall.retry(thread, { Glibc.fsync(descriptor) }) else { return .empty }
            return SystemCall.none(thread, result)
        },
        Def("fdatasync(fd)", .calls, "Force write of fd to disk without forcing update of metadata.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let result = SystemCall.retry(thread, { Glibc.fdatasync(descriptor) }) else { return .empty }
            return SystemCall.none(thread, result)
        },
        Def("sync()", .calls, "Force write of everything to disk.") { thread, _, _ in
            GIL.blocking(thread) { Glibc.sync() }
            return .none
        },
        Def("ftruncate(fd, length, /)", .calls, "Give an open file a length.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let length = SystemArguments.int(thread, a[1]), Audit.event(thread, "os.truncate", [a[0], a[1]]),
                  let result = SystemCall.retry(thread, { Glibc.ftruncate(descriptor, length) }) else { return .empty }
            return SystemCall.none(thread, result)
        },
        Def("isatty(fd, /)", .calls, "Return True if the fd is connected to a terminal.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return Value(Glibc.isatty(descriptor) != 0)
        },
        Def("ttyname(fd, /)", .calls, "Return the name of the terminal device connected to 'fd'.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            guard let name = Glibc.ttyname(descriptor) else { return thread.raiseOSError(errno) }
            return FileSystemText.decode(thread, cString: name)
        },
        Def("pipe()", .calls, "Create a pipe.") { thread, _, _ in
            var ends: [Int32] = [0, 0]
            return Descriptors.make(thread) { system_pipe2(&ends, O_CLOEXEC) } < 0 ? thread.raiseOSError(errno) : PosixDescriptors.pair(thread, ends[0], ends[1])
        },
        Def("pipe2(flags, /)", .calls, "Create a pipe with flags set atomically.") { thread, a, _ in
            guard let flags = SystemArguments.int32(thread, a[0]) else { return .empty }
            var ends: [Int32] = [0, 0]
            return Descriptors.make(thread) { system_pipe2(&ends, flags) } < 0 ? thread.raiseOSError(errno) : PosixDescriptors.pair(thread, ends[0], ends[1])
        },
        Def("openpty()", .calls, "Open a pseudo-terminal.") { thread, _, _ in
            var first: Int32 = 0, second: Int32 = 0
            if CSystem.openpty(&first, &second, nil, nil, nil) < 0 { return thread.raiseOSError(errno) }
            _ = Descriptor.setInheritable(first, false)
            _ = Descriptor.setInheritable(second, false)
            return PosixDescriptors.pair(thread, first, second)
        },
        Def("login_tty(fd, /)", .calls, "Make a terminal the controlling one of a new session.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]) else { return .empty }
            return SystemCall.none(thread, system_login_tty(descriptor))
        },
        Def("get_inheritable(fd, /)", .calls, "Get the close-on-exe flag of the specified file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            let flags = system_fcntl_int(descriptor, F_GETFD, 0)
            return flags < 0 ? thread.raiseOSError(errno) : Value(flags & FD_CLOEXEC == 0)
        },
        Def("set_inheritable(fd, inheritable, /)", .calls, "Set the inheritable flag of the specified file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let inheritable = SystemArguments.int32(thread, a[1]) else { return .empty }
            return SystemCall.none(thread, Descriptor.setInheritable(descriptor, inheritable != 0))
        },
        Def("get_blocking(fd, /)", .calls, "Get the blocking mode of the file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            let flags = system_fcntl_int(descriptor, F_GETFL, 0)
            return flags < 0 ? thread.raiseOSError(errno) : Value(flags & O_NONBLOCK == 0)
        },
        Def("set_blocking(fd, blocking, /)", .calls, "Set the blocking mode of the specified file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let blocking = SystemArguments.flag(thread, a[1], default: true) else { return .empty }
            let flags = system_fcntl_int(descriptor, F_GETFL, 0)
            if flags < 0 { return thread.raiseOSError(errno) }
            return SystemCall.none(thread, system_fcntl_int(descriptor, F_SETFL, Int(blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK)))
        },
        Def("lockf(fd, command, length, /)", .calls, "lockf(): lock, unlock or test a part of an open file.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let command = SystemArguments.int32(thread, a[1]), let length = SystemArguments.int(thread, a[2]),
                  Audit.event(thread, "os.lockf", [a[0], a[1], a[2]]) else { return .empty }
            return SystemCall.none(thread, GIL.blocking(thread) { Glibc.lockf(descriptor, command, length) })
        },
        Def("sendfile(out_fd, in_fd, offset, count)", .calls, "Copy bytes between descriptors, in the kernel.") { thread, a, _ in
            guard let out = SystemArguments.int32(thread, a[0]), let source = SystemArguments.int32(thread, a[1]), let count = thread.toInt(a[3]) else { return .empty }
            var offset = 0
            if !a[2].isNone {
                guard let start = SystemArguments.int(thread, a[2]) else { return .empty }
                offset = start
            }
            let usesOffset = !a[2].isNone
            guard let length = SystemCall.retry(thread, { usesOffset ? Glibc.sendfile(out, source, &offset, count) : Glibc.sendfile(out, source, nil, count) }) else { return .empty }
            return length < 0 ? thread.raiseOSError(errno) : thread.newInt(length)
        },
        Def("copy_file_range(src, dst, count, offset_src=None, offset_dst=None)", .calls, "Copy count bytes from one file descriptor to another.") { thread, a, _ in
            guard let from = SystemArguments.int32(thread, a[0]), let to = SystemArguments.int32(thread, a[1]), let count = thread.toInt(a[2]) else { return .empty }
            if count < 0 { return thread.raise(.valueError, "negative value for 'count' not allowed") }
            return PosixDescriptors.ranged(thread, a[3], a[4]) { system_copy_file_range(from, $0, to, $1, count, 0) }
        },
        Def("splice(src, dst, count, offset_src=None, offset_dst=None, flags=0)", .calls, "Move bytes between a pipe and a descriptor, in the kernel.") { thread, a, _ in
            guard let from = SystemArguments.int32(thread, a[0]), let to = SystemArguments.int32(thread, a[1]), let count = thread.toInt(a[2]),
                  let flags = a[5].isEmpty ? 0 : SystemArguments.int32(thread, a[5]) else { return .empty }
            if count < 0 { return thread.raise(.valueError, "negative value for 'count' not allowed") }
            return PosixDescriptors.ranged(thread, a[3], a[4]) { system_splice(from, $0, to, $1, count, UInt32(bitPattern: flags)) }
        },
        Def("posix_fallocate(fd, offset, length, /)", .calls, "Make sure that there is room on the disk for a part of a file.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let offset = SystemArguments.int(thread, a[1]), let length = SystemArguments.int(thread, a[2]) else { return .empty }
            let code = GIL.blocking(thread) { Glibc.posix_fallocate(descriptor, offset, length) }
            return code == 0 ? .none : thread.raiseOSError(code)
        },
        Def("posix_fadvise(fd, offset, length, advice, /)", .calls, "Announce an intention to access data in a specific pattern.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let offset = SystemArguments.int(thread, a[1]), let length = SystemArguments.int(thread, a[2]),
                  let advice = SystemArguments.int32(thread, a[3]) else { return .empty }
            let code = Glibc.posix_fadvise(descriptor, offset, length, advice)
            return code == 0 ? .none : thread.raiseOSError(code)
        },
        Def("get_terminal_size(fd=1, /)", .calls, "Return the size of the terminal window as (columns, lines).") { thread, a, _ in
            guard let descriptor = a[0].isEmpty ? 1 : SystemArguments.int32(thread, a[0]) else { return .empty }
            var size = winsize()
            if system_ioctl_pointer(descriptor, UInt(TIOCGWINSZ), &size) < 0 { return thread.raiseOSError(errno) }
            let result = PosixModule.terminalSize.make(thread)
            if result.isEmpty { return .empty }
            PosixModule.terminalSize.set(result, 0, Value(small: Int(size.ws_col)))
            PosixModule.terminalSize.set(result, 1, Value(small: Int(size.ws_row)))
            return result
        },
        Def("device_encoding(fd)", .calls, "The encoding of a terminal, or None.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            return Glibc.isatty(descriptor) != 0 ? thread.newString(FileSystemEncoding.isASCII ? LocaleEncoding.name : "UTF-8") : .none
        },
        Def("memfd_create(name, flags=MFD_CLOEXEC)", .calls) { thread, a, _ in
            guard let name = PathArgument.take(thread, a[0], "memfd_create", "name"), let flags = a[1].isEmpty ? 1 : SystemArguments.mask(thread, a[1]) else { return .empty }
            return SystemCall.int(thread, Int32(truncatingIfNeeded: system_memfd_create(name.bytes, UInt32(truncatingIfNeeded: flags))))
        },
        Def("eventfd(initval, flags=EFD_CLOEXEC)", .calls, "Creates and returns an event notification file descriptor.") { thread, a, _ in
            guard let initial = SystemArguments.mask(thread, a[0]), let flags = a[1].isEmpty ? Int32(O_CLOEXEC) : SystemArguments.int32(thread, a[1]) else { return .empty }
            return SystemCall.int(thread, CSystem.eventfd(UInt32(truncatingIfNeeded: initial), flags))
        },
        Def("eventfd_read(fd)", .calls, "Read eventfd value") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]) else { return .empty }
            var value: UInt64 = 0
            let result = GIL.blocking(thread) { CSystem.eventfd_read(descriptor, &value) }
            return result < 0 ? thread.raiseOSError(errno) : thread.newInt(unsigned: UInt(value))
        },
        Def("eventfd_write(fd, value)", .calls, "Write eventfd value.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), let value = SystemArguments.mask(thread, a[1]) else { return .empty }
            return SystemCall.none(thread, GIL.blocking(thread) { CSystem.eventfd_write(descriptor, UInt64(value)) })
        },
        Def("pidfd_open(pid, flags=0)", .calls, "Return a file descriptor referring to the process *pid*.") { thread, a, _ in
            guard let process = SystemArguments.int32(thread, a[0]), let flags = a[1].isEmpty ? 0 : SystemArguments.mask(thread, a[1]) else { return .empty }
            return SystemCall.int(thread, Int32(truncatingIfNeeded: system_syscall_pidfd_open(process, UInt32(truncatingIfNeeded: flags))))
        },
    ]

    /// A copy between descriptors with offsets that may be None.
    private static func ranged(_ thread: ThreadRef, _ from: Value, _ to: Value, _ body: (UnsafeMutablePointer<Int64>?, UnsafeMutablePointer<Int64>?) -> Int) -> Value {
        var first: Int64 = 0, second: Int64 = 0
        let hasFirst = !from.isEmpty && !from.isNone, hasSecond = !to.isEmpty && !to.isNone
        if hasFirst {
            guard let offset = SystemArguments.int(thread, from) else { return .empty }
            first = Int64(offset)
        }
        if hasSecond {
            guard let offset = SystemArguments.int(thread, to) else { return .empty }
            second = Int64(offset)
        }
        let result = withUnsafeMutablePointer(to: &first) { first in
            withUnsafeMutablePointer(to: &second) { second in SystemCall.retry(thread) { body(hasFirst ? first : nil, hasSecond ? second : nil) } }
        }
        guard let result else { return .empty }
        return result < 0 ? thread.raiseOSError(errno) : thread.newInt(result)
    }
}
