import CSystem
import Glibc
import Interpreter
import Objects

/// `posix`: functions on paths.
enum PosixFiles {
    /// A call on one path: None, or OSError naming the path.
    private static func done(_ thread: ThreadRef, _ path: PathArgument, _ result: Int32) -> Value { result < 0 ? path.raise(thread) : .none }

    /// A call on two paths.
    private static func done(_ thread: ThreadRef, _ first: PathArgument, _ second: PathArgument, _ result: Int32) -> Value {
        result < 0 ? thread.raiseOSError(errno, first.object, second.object) : .none
    }

    private static func rename(_ thread: ThreadRef, _ a: Arguments, _ function: String) -> Value {
        PendingFiles.settle(thread)
        guard let from = PathArgument.take(thread, a[0], function, "src"), let to = PathArgument.take(thread, a[1], function, "dst"),
              let fromDirectory = Descriptor.directory(thread, a[2]), let toDirectory = Descriptor.directory(thread, a[3]),
              Audit.event(thread, "os.rename", [from.object, to.object, Descriptor.shown(fromDirectory), Descriptor.shown(toDirectory)]) else { return .empty }
        return done(thread, from, to, GIL.blocking(thread) { renameat(fromDirectory, from.bytes, toDirectory, to.bytes) })
    }

    private static func unlink(_ thread: ThreadRef, _ a: Arguments, _ function: String) -> Value {
        guard let path = PathArgument.take(thread, a[0], function), let directory = Descriptor.directory(thread, a[1]),
              Audit.event(thread, "os.remove", [path.object, Descriptor.shown(directory)]) else { return .empty }
        return done(thread, path, GIL.blocking(thread) { unlinkat(directory, path.bytes, 0) })
    }

    static let functions = [
        Def("open(path, flags, mode=0o777, *, dir_fd=None)", .calls, "Open a file, and return its descriptor.") { thread, a, _ in
            PendingFiles.settle(thread)
            guard let path = PathArgument.take(thread, a[0], "open"), let flags = SystemArguments.int32(thread, a[1]),
                  let mode = a[2].isEmpty ? 0o777 : SystemArguments.int32(thread, a[2]), let directory = Descriptor.directory(thread, a[3]),
                  Audit.event(thread, "open", [path.object, .none, Value(small: Int(flags | O_CLOEXEC))]),
                  let descriptor = Descriptors.make(thread, { SystemCall.retry(thread, { system_openat(directory, path.bytes, flags | O_CLOEXEC, mode) }) }) else { return .empty }
            return descriptor < 0 ? path.raise(thread) : Value(small: Int(descriptor))
        },
        Def("access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)", .calls, "Use the real uid/gid to test for access to a path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "access"), let mode = SystemArguments.int32(thread, a[1]), let directory = Descriptor.directory(thread, a[2]),
                  let effective = SystemArguments.flag(thread, a[3], default: false), let follow = SystemArguments.flag(thread, a[4], default: true) else { return .empty }
            let flags = (effective ? AT_EACCESS : 0) | (follow ? 0 : AT_SYMLINK_NOFOLLOW)
            return Value(faccessat(directory, path.bytes, mode, flags) == 0)
        },
        Def("chdir(path)", .calls, "Change the current working directory to the specified path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "chdir", descriptor: true), Audit.event(thread, "os.chdir", [path.object]) else { return .empty }
            return PosixFiles.done(thread, path, path.descriptor >= 0 ? Glibc.fchdir(path.descriptor) : Glibc.chdir(path.bytes))
        },
        Def("fchdir(fd)", .calls, "Change to the directory of the given file descriptor.") { thread, a, _ in
            guard let descriptor = Descriptor.of(thread, a[0]), Audit.event(thread, "os.chdir", [Value(small: Int(descriptor))]) else { return .empty }
            return SystemCall.none(thread, Glibc.fchdir(descriptor))
        },
        Def("chmod(path, mode, *, dir_fd=None, follow_symlinks=True)", .calls, "Change the access permissions of a file.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "chmod", descriptor: true), let mode = SystemArguments.int32(thread, a[1]),
                  let directory = Descriptor.directory(thread, a[2]), let follow = SystemArguments.flag(thread, a[3], default: true),
                  Audit.event(thread, "os.chmod", [path.object, Value(small: Int(mode)), Descriptor.shown(directory)]) else { return .empty }
            if path.descriptor >= 0 { return PosixFiles.done(thread, path, Glibc.fchmod(path.descriptor, mode_t(truncatingIfNeeded: mode))) }
            if !follow { return thread.raise(.notImplementedError, "chmod: follow_symlinks unavailable on this platform") }
            return PosixFiles.done(thread, path, fchmodat(directory, path.bytes, mode_t(truncatingIfNeeded: mode), 0))
        },
        Def("fchmod(fd, mode)", .calls, "Change the permissions of an open file.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let mode = SystemArguments.int32(thread, a[1]),
                  Audit.event(thread, "os.chmod", [Value(small: Int(descriptor)), Value(small: Int(mode)), Value(small: -1)]) else { return .empty }
            return SystemCall.none(thread, Glibc.fchmod(descriptor, mode_t(truncatingIfNeeded: mode)))
        },
        Def("chown(path, uid, gid, *, dir_fd=None, follow_symlinks=True)", .calls, "Change the owner and the group of a file.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "chown", descriptor: true), let uid = SystemArguments.identifier(thread, a[1], "uid"),
                  let gid = SystemArguments.identifier(thread, a[2], "gid"), let directory = Descriptor.directory(thread, a[3]),
                  let follow = SystemArguments.flag(thread, a[4], default: true),
                  Audit.event(thread, "os.chown", [path.object, Value(small: Int(uid)), Value(small: Int(gid)), Descriptor.shown(directory)]) else { return .empty }
            if path.descriptor >= 0 { return PosixFiles.done(thread, path, Glibc.fchown(path.descriptor, uid, gid)) }
            return PosixFiles.done(thread, path, fchownat(directory, path.bytes, uid, gid, follow ? 0 : AT_SYMLINK_NOFOLLOW))
        },
        Def("fchown(fd, uid, gid)", .calls, "Change the owner and the group of an open file.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let uid = SystemArguments.identifier(thread, a[1], "uid"),
                  let gid = SystemArguments.identifier(thread, a[2], "gid"),
                  Audit.event(thread, "os.chown", [Value(small: Int(descriptor)), Value(small: Int(uid)), Value(small: Int(gid)), Value(small: -1)]) else { return .empty }
            return SystemCall.none(thread, Glibc.fchown(descriptor, uid, gid))
        },
        Def("lchown(path, uid, gid)", .calls, "Change the owner and the group of a file.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "lchown"), let uid = SystemArguments.identifier(thread, a[1], "uid"),
                  let gid = SystemArguments.identifier(thread, a[2], "gid"),
                  Audit.event(thread, "os.chown", [path.object, Value(small: Int(uid)), Value(small: Int(gid)), Value(small: -1)]) else { return .empty }
            return PosixFiles.done(thread, path, Glibc.lchown(path.bytes, uid, gid))
        },
        Def("chroot(path)", .calls, "Change root directory to path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "chroot") else { return .empty }
            return PosixFiles.done(thread, path, Glibc.chroot(path.bytes))
        },
        Def("getcwd()", .calls, "The current folder.") { thread, _, _ in
            guard let path = Glibc.getcwd(nil, 0) else { return thread.raiseOSError(errno) }
            defer { free(path) }
            return FileSystemText.decode(thread, cString: path)
        },
        Def("getcwdb()", .calls, "The current folder, as bytes.") { thread, _, _ in
            guard let path = Glibc.getcwd(nil, 0) else { return thread.raiseOSError(errno) }
            defer { free(path) }
            return thread.newBytes(path, strlen(path))
        },
        Def("link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True)", .calls, "Create a hard link to a file.") { thread, a, _ in
            PendingFiles.settle(thread)
            guard let from = PathArgument.take(thread, a[0], "link", "src"), let to = PathArgument.take(thread, a[1], "link", "dst"),
                  let fromDirectory = Descriptor.directory(thread, a[2]), let toDirectory = Descriptor.directory(thread, a[3]),
                  let follow = SystemArguments.flag(thread, a[4], default: true),
                  Audit.event(thread, "os.link", [from.object, to.object, Descriptor.shown(fromDirectory), Descriptor.shown(toDirectory)]) else { return .empty }
            // Without any of the keywords, link() itself, which does not follow.
            let flags = a[2].isEmpty && a[3].isEmpty && follow ? 0 : follow ? AT_SYMLINK_FOLLOW : 0
            return PosixFiles.done(thread, from, to, linkat(fromDirectory, from.bytes, toDirectory, to.bytes, flags))
        },
        Def("symlink(src, dst, target_is_directory=False, *, dir_fd=None)", .calls, "Create a symbolic link pointing to src named dst.") { thread, a, _ in
            guard let from = PathArgument.take(thread, a[0], "symlink", "src"), let to = PathArgument.take(thread, a[1], "symlink", "dst"),
                  let directory = Descriptor.directory(thread, a[3]),
                  Audit.event(thread, "os.symlink", [from.object, to.object, Descriptor.shown(directory)]) else { return .empty }
            return PosixFiles.done(thread, from, to, symlinkat(from.bytes, directory, to.bytes))
        },
        Def("readlink(path, *, dir_fd=None)", .calls, "What a symbolic link points to.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "readlink"), let directory = Descriptor.directory(thread, a[1]) else { return .empty }
            var buffer = [CChar](repeating: 0, count: 4097)
            let length = readlinkat(directory, path.bytes, &buffer, 4096)
            return length < 0 ? path.raise(thread) : path.result(thread, buffer, length)
        },
        Def("mkdir(path, mode=0o777, *, dir_fd=None)", .calls, "Create a directory.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "mkdir"), let mode = a[1].isEmpty ? 0o777 : SystemArguments.int32(thread, a[1]),
                  let directory = Descriptor.directory(thread, a[2]),
                  Audit.event(thread, "os.mkdir", [path.object, Value(small: Int(mode)), Descriptor.shown(directory)]) else { return .empty }
            return PosixFiles.done(thread, path, mkdirat(directory, path.bytes, mode_t(truncatingIfNeeded: mode)))
        },
        Def("mkfifo(path, mode=0o666, *, dir_fd=None)", .calls, "Create a \"fifo\" (a POSIX named pipe).") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "mkfifo"), let mode = a[1].isEmpty ? 0o666 : SystemArguments.int32(thread, a[1]),
                  let directory = Descriptor.directory(thread, a[2]) else { return .empty }
            return PosixFiles.done(thread, path, mkfifoat(directory, path.bytes, mode_t(truncatingIfNeeded: mode)))
        },
        Def("mknod(path, mode=0o600, device=0, *, dir_fd=None)", .calls, "Create a node in the file system.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "mknod"), let mode = a[1].isEmpty ? 0o600 : SystemArguments.int32(thread, a[1]),
                  let device = a[2].isEmpty ? 0 : SystemArguments.mask(thread, a[2]), let directory = Descriptor.directory(thread, a[3]) else { return .empty }
            return PosixFiles.done(thread, path, mknodat(directory, path.bytes, mode_t(truncatingIfNeeded: mode), dev_t(device)))
        },
        Def("rmdir(path, *, dir_fd=None)", .calls, "Remove a directory.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "rmdir"), let directory = Descriptor.directory(thread, a[1]),
                  Audit.event(thread, "os.rmdir", [path.object, Descriptor.shown(directory)]) else { return .empty }
            return PosixFiles.done(thread, path, unlinkat(directory, path.bytes, AT_REMOVEDIR))
        },
        Def("unlink(path, *, dir_fd=None)", .calls, "Remove a file (same as remove()).") { thread, a, _ in PosixFiles.unlink(thread, a, "unlink") },
        Def("remove(path, *, dir_fd=None)", .calls, "Remove a file (same as unlink()).") { thread, a, _ in PosixFiles.unlink(thread, a, "remove") },
        Def("rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", .calls, "Rename a file or directory.") { thread, a, _ in PosixFiles.rename(thread, a, "rename") },
        Def("replace(src, dst, *, src_dir_fd=None, dst_dir_fd=None)", .calls, "Rename a file or directory, overwriting the destination.") { thread, a, _ in
            PosixFiles.rename(thread, a, "replace")
        },
        Def("truncate(path, length)", .calls, "Truncate a file, specified by path, to a specific length.") { thread, a, _ in
            PendingFiles.settle(thread)
            guard let path = PathArgument.take(thread, a[0], "truncate", descriptor: true), let length = SystemArguments.int(thread, a[1]),
                  Audit.event(thread, "os.truncate", [path.object, a[1]]) else { return .empty }
            return PosixFiles.done(thread, path, GIL.blocking(thread) { path.descriptor >= 0 ? Glibc.ftruncate(path.descriptor, length) : Glibc.truncate(path.bytes, length) })
        },
        Def("utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True)", .calls, "Set the access and modified time of path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "utime", descriptor: true), let directory = Descriptor.directory(thread, a[3]),
                  let follow = SystemArguments.flag(thread, a[4], default: true) else { return .empty }
            let hasTimes = !a[1].isEmpty && !a[1].isNone
            if hasTimes && !a[2].isEmpty { return thread.raise(.valueError, "utime: you may specify either 'times' or 'ns' but not both") }
            var specs = [timespec(tv_sec: 0, tv_nsec: system_utime_now()), timespec(tv_sec: 0, tv_nsec: system_utime_now())]
            if hasTimes || !a[2].isEmpty {
                let pair = hasTimes ? a[1] : a[2]
                guard pair.isTuple, TupleRef(pair).count == 2 else {
                    return thread.raise(.typeError, hasTimes ? "utime: 'times' must be either a tuple of two ints or None" : "utime: 'ns' must be a tuple of two ints")
                }
                for index in 0 ..< 2 {
                    if hasTimes {
                        guard let time = TimeArgument.nanoseconds(thread, TupleRef(pair)[index], up: false) else { return .empty }
                        specs[index] = TimeArgument.spec(time)
                    } else {
                        let parts = thread.divmod(TupleRef(pair)[index], Value(small: 1_000_000_000))
                        if parts.isEmpty { return .empty }
                        guard parts.isTuple, TupleRef(parts).count == 2 else {
                            return thread.raise(.typeError, "\(TupleRef(pair)[index].type.name).__divmod__() must return a 2-tuple, not \(parts.type.name)")
                        }
                        guard let seconds = SystemArguments.int(thread, TupleRef(parts)[0]), let rest = SystemArguments.int(thread, TupleRef(parts)[1]) else { return .empty }
                        specs[index] = timespec(tv_sec: seconds, tv_nsec: rest)
                    }
                }
            }
            guard Audit.event(thread, "os.utime", [path.object, a[1].orNone, a[2].orNone, Descriptor.shown(directory)]) else { return .empty }
            if path.descriptor >= 0 {
                if directory != AT_FDCWD { return thread.raise(.valueError, "utime: can't specify both dir_fd and fd") }
                if !follow { return thread.raise(.valueError, "utime: cannot use fd and follow_symlinks together") }
                return PosixFiles.done(thread, path, futimens(path.descriptor, specs))
            }
            return PosixFiles.done(thread, path, utimensat(directory, path.bytes, specs, follow ? 0 : AT_SYMLINK_NOFOLLOW))
        },
        Def("statvfs(path)", .calls, "Perform a statvfs system call on the given path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "statvfs", descriptor: true) else { return .empty }
            var status = Glibc.statvfs()
            let result = path.descriptor >= 0 ? Glibc.fstatvfs(path.descriptor, &status) : system_statvfs(path.bytes, &status)
            return result < 0 ? path.raise(thread) : PosixModule.statvfs(thread, status)
        },
        Def("fstatvfs(fd, /)", .calls, "Perform an fstatvfs system call on the given fd.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            var status = Glibc.statvfs()
            return Glibc.fstatvfs(descriptor, &status) < 0 ? thread.raiseOSError(errno) : PosixModule.statvfs(thread, status)
        },
        Def("pathconf(path, name)", .calls, "A limit that the system has for a file.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "pathconf", descriptor: true), let name = PosixModule.configuration(thread, a[1], system_table_pathconf()) else { return .empty }
            errno = 0
            let limit = path.descriptor >= 0 ? Glibc.fpathconf(path.descriptor, name) : Glibc.pathconf(path.bytes, name)
            return limit == -1 && errno != 0 ? path.raise(thread) : thread.newInt(limit)
        },
        Def("fpathconf(fd, name, /)", .calls, "A limit that the system has for an open file.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]), let name = PosixModule.configuration(thread, a[1], system_table_pathconf()) else { return .empty }
            errno = 0
            let limit = Glibc.fpathconf(descriptor, name)
            return limit == -1 && errno != 0 ? thread.raiseOSError(errno) : thread.newInt(limit)
        },
        Def("getxattr(path, attribute, *, follow_symlinks=True)", .calls, "Return the value of extended attribute attribute on path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "getxattr", descriptor: true), let name = PathArgument.take(thread, a[1], "getxattr", "attribute"),
                  let follow = SystemArguments.flag(thread, a[2], default: true), Audit.event(thread, "os.getxattr", [path.object, a[1]]) else { return .empty }
            func get(_ buffer: UnsafeMutableRawPointer?, _ size: Int) -> Int {
                path.descriptor >= 0 ? fgetxattr(path.descriptor, name.bytes, buffer, size) : follow ? getxattr(path.bytes, name.bytes, buffer, size) : lgetxattr(path.bytes, name.bytes, buffer, size)
            }
            let size = get(nil, 0)
            if size < 0 { return path.raise(thread) }
            var buffer = [UInt8](repeating: 0, count: size + 1)
            let length = get(&buffer, size)
            return length < 0 ? path.raise(thread) : thread.newBytes(buffer, length)
        },
        Def("setxattr(path, attribute, value, flags=0, *, follow_symlinks=True)", .calls, "Set extended attribute attribute on path to value.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "setxattr", descriptor: true), let name = PathArgument.take(thread, a[1], "setxattr", "attribute"),
                  let flags = a[3].isEmpty ? 0 : SystemArguments.int32(thread, a[3]), let follow = SystemArguments.flag(thread, a[4], default: true),
                  Audit.event(thread, "os.setxattr", [path.object, a[1], a[2], Value(small: Int(flags))]) else { return .empty }
            return thread.withBuffer(a[2]) { bytes, count in
                PosixFiles.done(thread, path, path.descriptor >= 0 ? fsetxattr(path.descriptor, name.bytes, bytes, count, flags)
                    : follow ? setxattr(path.bytes, name.bytes, bytes, count, flags) : lsetxattr(path.bytes, name.bytes, bytes, count, flags))
            }
        },
        Def("removexattr(path, attribute, *, follow_symlinks=True)", .calls, "Remove extended attribute attribute on path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "removexattr", descriptor: true), let name = PathArgument.take(thread, a[1], "removexattr", "attribute"),
                  let follow = SystemArguments.flag(thread, a[2], default: true), Audit.event(thread, "os.removexattr", [path.object, a[1]]) else { return .empty }
            return PosixFiles.done(thread, path, path.descriptor >= 0 ? fremovexattr(path.descriptor, name.bytes)
                : follow ? removexattr(path.bytes, name.bytes) : lremovexattr(path.bytes, name.bytes))
        },
        Def("listxattr(path=None, *, follow_symlinks=True)", .calls, "Return a list of extended attributes on path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "listxattr", descriptor: true, none: true), let follow = SystemArguments.flag(thread, a[1], default: true),
                  Audit.event(thread, "os.listxattr", [a[0].orNone]) else { return .empty }
            func get(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) -> Int {
                path.descriptor >= 0 ? flistxattr(path.descriptor, buffer, size) : follow ? listxattr(path.bytes, buffer, size) : llistxattr(path.bytes, buffer, size)
            }
            let size = get(nil, 0)
            if size < 0 { return path.raise(thread) }
            var buffer = [CChar](repeating: 0, count: size + 1)
            let length = get(&buffer, size)
            if length < 0 { return path.raise(thread) }
            let list = thread.newList()
            if list.isEmpty { return .empty }
            for name in buffer[0 ..< length].split(separator: 0) {
                let text = FileSystemText.decode(thread, name.map { UInt8(bitPattern: $0) })
                if text.isEmpty || !ListRef(list).append(thread, text) { return .empty }
            }
            return list
        },
        Def("fspath(path)", .calls, "Return the file system path representation of the object.") { thread, a, _ in
            if a[0].isString || a[0].isBytes { return a[0] }
            let method = thread.lookupSpecial(a[0], .__fspath__)
            if method.isEmpty { return thread.hasException ? .empty : thread.raise(.typeError, "expected str, bytes or os.PathLike object, not \(a[0].type.name)") }
            let result = thread.call(method)
            if result.isEmpty || result.isString || result.isBytes { return result }
            return thread.raise(.typeError, "expected \(a[0].type.name).__fspath__() to return str or bytes, not \(result.type.name)")
        },
        Def("_path_normpath(path)", .calls, "Basic path normalization.") { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "_path_normpath() argument 'path' must be str, not \(a[0].argumentTypeName)") }
            let units = StringRef(a[0])
            if units.isASCII, units.count > 0 { return normalized(thread, units) }
            let slash: UInt32 = 0x2F, dot: UInt32 = 0x2E
            let characters = (0 ..< units.count).map { units[$0] }
            if characters.isEmpty { return thread.newString(".") }
            // Two leading slashes, and just two, mean something of their own to POSIX.
            let roots = characters.prefix { $0 == slash }.count
            let root = roots == 0 ? 0 : roots == 2 ? 2 : 1
            var parts: [ArraySlice<UInt32>] = []
            for part in characters.split(separator: slash) {
                if part.elementsEqual([dot]) { continue }
                if part.elementsEqual([dot, dot]) {
                    if let last = parts.last, !last.elementsEqual([dot, dot]) {
                        parts.removeLast()
                        continue
                    }
                    if root > 0 { continue }
                }
                parts.append(part)
            }
            let result = [UInt32](repeating: slash, count: root) + Array(parts.joined(separator: [slash]))
            return result.isEmpty ? thread.newString(".") : thread.newString(codePoints: result)
        },
    ]

    /// `_path_normpath` of an ASCII path that is not empty: parts are written behind each other, and ".." takes the last one back, down to where the path begins with such.
    private static func normalized(_ thread: ThreadRef, _ path: StringRef) -> Value {
        let slash = UInt8(ascii: "/"), dot = UInt8(ascii: "."), source = path.units1, length = path.count
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length + 1) { target in
            var position = 0
            while position < length, source[position] == slash { position += 1 }
            // Two leading slashes, and just two, mean something of their own to POSIX.
            let root = position == 0 ? 0 : position == 2 ? 2 : 1
            for index in 0 ..< root { target[index] = slash }
            var count = root, floor = root
            while position < length {
                var end = position
                while end < length, source[end] != slash { end += 1 }
                let size = end - position
                let isParent = size == 2 && source[position] == dot && source[position + 1] == dot
                if size == 0 || size == 1 && source[position] == dot || isParent && root > 0 && count == floor {
                    // Nothing to write.
                } else if isParent && count > floor {
                    repeat { count -= 1 } while count > floor && target[count] != slash
                } else {
                    if count > root {
                        target[count] = slash
                        count += 1
                    }
                    for index in 0 ..< size { target[count + index] = source[position + index] }
                    count += size
                    if isParent { floor = count }
                }
                position = end + 1
            }
            if count == 0 { return thread.newString(".") }
            return count == length ? path.value : thread.newString(utf8: target.baseAddress, count)
        }
    }
}
