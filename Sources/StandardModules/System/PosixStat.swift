import CSystem
import Glibc
import Interpreter
import Objects

/// `os.stat_result`, the `stat` family, and directories: `listdir`, `scandir` and `DirEntry`.
enum PosixStat {
    nonisolated(unsafe) static var statResult: StructSequence!
    nonisolated(unsafe) static var directoryEntry: NativeType!
    nonisolated(unsafe) static var scanIterator: NativeType!

    static func start(_ module: ModuleBuilder) {
        statResult = StructSequence("stat_result", module: "os", doc: "stat_result: Result from stat, fstat, or lstat.", visible: 10, fields: [
            "st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "", "", "", "st_atime", "st_mtime", "st_ctime", "st_atime_ns", "st_mtime_ns",
            "st_ctime_ns", "st_blksize", "st_blocks", "st_rdev",
        ])
        module.set("stat_result", statResult.type.value)
        startDirectories(module)
    }

    /// A `stat_result`.
    static func result(_ thread: ThreadRef, _ status: stat) -> Value {
        let value = statResult.make(thread)
        if value.isEmpty { return .empty }
        func set(_ index: Int, _ number: Int) { statResult.set(value, index, thread.newInt(number)) }
        set(0, Int(status.st_mode))
        statResult.set(value, 1, thread.newInt(unsigned: UInt(status.st_ino)))
        set(2, Int(status.st_dev))
        set(3, Int(status.st_nlink))
        set(4, Int(status.st_uid))
        set(5, Int(status.st_gid))
        set(6, Int(status.st_size))
        for (index, time) in [status.st_atim, status.st_mtim, status.st_ctim].enumerated() {
            set(7 + index, time.tv_sec)
            statResult.set(value, 10 + index, thread.newFloat(Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)))
            let (scaled, overflow) = time.tv_sec.multipliedReportingOverflow(by: 1_000_000_000)
            if !overflow { set(13 + index, scaled &+ time.tv_nsec) }
        }
        set(16, Int(status.st_blksize))
        set(17, Int(status.st_blocks))
        set(18, Int(status.st_rdev))
        return value
    }

    static let functions = [
        Def("stat(path, *, dir_fd=None, follow_symlinks=True)", .calls, "Perform a stat system call on the given path.") { thread, a, _ in
            PendingFiles.settle(thread)
            guard let path = PathArgument.take(thread, a[0], "stat", descriptor: true), let directory = Descriptor.directory(thread, a[1]),
                  let follow = SystemArguments.flag(thread, a[2], default: true) else { return .empty }
            return PosixStat.perform(thread, path, directory, follow, "stat")
        },
        Def("lstat(path, *, dir_fd=None)", .calls, "What the system knows of a file, or of the link itself.") { thread, a, _ in
            PendingFiles.settle(thread)
            guard let path = PathArgument.take(thread, a[0], "lstat"), let directory = Descriptor.directory(thread, a[1]) else { return .empty }
            return PosixStat.perform(thread, path, directory, false, "lstat")
        },
        Def("fstat(fd)", .calls, "Perform a stat system call on the given file descriptor.") { thread, a, _ in
            guard let descriptor = SystemArguments.int32(thread, a[0]) else { return .empty }
            var status = stat()
            return Glibc.fstat(descriptor, &status) < 0 ? thread.raiseOSError(errno) : PosixStat.result(thread, status)
        },
        Def("listdir(path=None)", .calls, "The names in a folder.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "listdir", descriptor: true, none: true), Audit.event(thread, "os.listdir", [a[0].orNone]) else { return .empty }
            guard let directory = PosixStat.open(thread, path) else { return .empty }
            defer { closedir(directory) }
            if path.descriptor >= 0 { rewinddir(directory) }
            let list = thread.newList()
            if list.isEmpty { return .empty }
            while true {
                errno = 0
                guard let entry = readdir(directory) else {
                    if errno != 0 { return path.raise(thread) }
                    return list
                }
                let name = PosixStat.name(entry)
                if PosixStat.isDots(name) { continue }
                let value = path.result(thread, name, strlen(name))
                if value.isEmpty || !ListRef(list).append(thread, value) { return .empty }
            }
        },
        Def("scandir(path=None)", .calls, "Return an iterator of DirEntry objects for given path.") { thread, a, _ in
            guard let path = PathArgument.take(thread, a[0], "scandir", descriptor: true, none: true), Audit.event(thread, "os.scandir", [a[0].orNone]), let directory = PosixStat.open(thread, path) else { return .empty }
            let iterator = PosixStat.scanIterator.allocate(thread, size: MemoryLayout<ScanObject>.size)
            if iterator.isEmpty {
                closedir(directory)
                return .empty
            }
            let object = iterator.object(ScanObject.self)
            object.pointee.directory = UInt(bitPattern: directory)
            // Of a bytes-like object, its bytes.
            let shown = path.isNone ? thread.newString(".") : path.isBytes && !path.object.isBytes ? thread.newBytes(path.bytes.dropLast().map { UInt8(bitPattern: $0) }) : path.object
            object.pointee.path = shown.isEmpty ? .none : shown
            object.pointee.isBytes = path.isBytes ? 1 : 0
            object.pointee.isDescriptor = path.descriptor >= 0 ? 1 : 0
            object.pointee.descriptor = Int(path.descriptor)
            Heap.barrier(iterator.raw)
            if Collector.registerFinalizable(iterator.raw) { return iterator }
            closedir(directory)
            return thread.raiseOutOfMemory()
        },
    ]

    private static func perform(_ thread: ThreadRef, _ path: PathArgument, _ directory: Int32, _ follow: Bool, _ function: String) -> Value {
        var status = stat()
        if path.descriptor >= 0 {
            if directory != AT_FDCWD { return thread.raise(.valueError, "\(function): can't specify both dir_fd and fd") }
            if !follow { return thread.raise(.valueError, "\(function): cannot use fd and follow_symlinks together") }
            return Glibc.fstat(path.descriptor, &status) < 0 ? path.raise(thread) : result(thread, status)
        }
        let failed = fstatat(directory, path.bytes, &status, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0
        return failed ? path.raise(thread) : result(thread, status)
    }

    // MARK: Directories

    private static func open(_ thread: ThreadRef, _ path: PathArgument) -> OpaquePointer? {
        let directory: OpaquePointer?
        if path.descriptor >= 0 {
            let copy = Descriptors.make(thread) { system_fcntl_int(path.descriptor, F_DUPFD_CLOEXEC, 0) }
            if copy < 0 {
                path.raise(thread)
                return nil
            }
            directory = fdopendir(copy)
            if directory == nil { Glibc.close(copy) }
        } else {
            var opened: OpaquePointer?
            _ = Descriptors.make(thread) { () -> Int in
                opened = GIL.blocking(thread) { opendir(path.bytes) }
                return opened == nil ? -1 : 0
            }
            directory = opened
        }
        if directory == nil { path.raise(thread) }
        return directory
    }

    private static func name(_ entry: UnsafeMutablePointer<dirent>) -> UnsafePointer<CChar> {
        UnsafeRawPointer(entry).advanced(by: MemoryLayout<dirent>.offset(of: \dirent.d_name)!).assumingMemoryBound(to: CChar.self)
    }

    private static func isDots(_ name: UnsafePointer<CChar>) -> Bool { name[0] == 0x2E && (name[1] == 0 || name[1] == 0x2E && name[2] == 0) }

    struct ScanObject {
        var header: ObjectHeader
        var path: Value
        var directory: UInt
        var isBytes: Int
        var isDescriptor: Int
        var descriptor: Int
    }

    struct EntryObject {
        var header: ObjectHeader
        var name: Value
        var path: Value
        /// Cached results, or empty.
        var status: Value
        var linkStatus: Value
        var kind: Int
        var inode: UInt
        /// Of the directory, or AT_FDCWD.
        var descriptor: Int
    }

    private static func close(_ iterator: Value) {
        let object = iterator.object(ScanObject.self)
        if let directory = OpaquePointer(bitPattern: object.pointee.directory) {
            object.pointee.directory = 0
            if object.pointee.isDescriptor != 0 { rewinddir(directory) }
            closedir(directory)
        }
    }

    private static func next(_ thread: ThreadRef, _ iterator: Value) -> Value {
        let object = iterator.object(ScanObject.self)
        guard let directory = OpaquePointer(bitPattern: object.pointee.directory) else { return .empty }
        while true {
            errno = 0
            guard let entry = readdir(directory) else {
                let code = errno
                close(iterator)
                return code != 0 ? thread.raiseOSError(code, object.pointee.path) : .empty
            }
            let name = self.name(entry)
            if isDots(name) { continue }
            let length = strlen(name)
            let bytes = UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self)
            let result = directoryEntry.allocate(thread, size: MemoryLayout<EntryObject>.size)
            if result.isEmpty { return .empty }
            let text = object.pointee.isBytes != 0 ? thread.newBytes(bytes, length) : FileSystemText.decode(thread, bytes, length)
            if text.isEmpty { return .empty }
            let made = result.object(EntryObject.self)
            made.pointee.name = text
            made.pointee.kind = Int(entry.pointee.d_type)
            made.pointee.inode = UInt(entry.pointee.d_ino)
            made.pointee.descriptor = Int(AT_FDCWD)
            Heap.barrier(result.raw)
            if object.pointee.isDescriptor != 0 {
                made.pointee.path = text
                made.pointee.descriptor = object.pointee.descriptor
            } else {
                let joined = join(thread, object.pointee.path, text, object.pointee.isBytes != 0)
                if joined.isEmpty { return .empty }
                made.pointee.path = joined
            }
            Heap.barrier(result.raw)
            return result
        }
    }

    private static func join(_ thread: ThreadRef, _ directory: Value, _ name: Value, _ isBytes: Bool) -> Value {
        if isBytes {
            var bytes = Array(BytesRef(directory).buffer)
            if let last = bytes.last, last != 0x2F { bytes.append(0x2F) }
            return thread.newBytes(bytes + Array(BytesRef(name).buffer))
        }
        let base = StringRef(directory)
        if base.count == 0 || base[base.count - 1] == 0x2F { return thread.concatenate(base, StringRef(name)) }
        let open = thread.concatenate(base, StringRef(taipan_latin1()[0x2F]))
        return open.isEmpty ? .empty : thread.concatenate(StringRef(open), StringRef(name))
    }

    /// The entry's `stat_result`, cached.
    private static func status(_ thread: ThreadRef, _ entry: Value, follow: Bool) -> Value {
        let object = entry.object(EntryObject.self)
        let isLink = object.pointee.kind == DT_LNK || object.pointee.kind == DT_UNKNOWN
        let useLink = !follow || !isLink
        let known = useLink ? object.pointee.linkStatus : object.pointee.status
        if !known.isEmpty { return known }
        guard let path = PathArgument.take(thread, object.pointee.path, "DirEntry") else { return .empty }
        var status = stat()
        if fstatat(Int32(object.pointee.descriptor), path.bytes, &status, useLink ? AT_SYMLINK_NOFOLLOW : 0) < 0 { return path.raise(thread) }
        let made = result(thread, status)
        if made.isEmpty { return .empty }
        if useLink { object.pointee.linkStatus = made } else { object.pointee.status = made }
        Heap.barrier(entry.raw)
        return made
    }

    /// Whether the entry is of a kind: 1, 0, or -1 when it has raised.
    private static func isKind(_ thread: ThreadRef, _ entry: Value, _ kind: Int, _ mode: UInt32, follow: Bool) -> Value {
        let object = entry.object(EntryObject.self)
        let needsStatus = object.pointee.kind == DT_UNKNOWN || follow && object.pointee.kind == DT_LNK
        if !needsStatus { return Value(object.pointee.kind == kind) }
        let status = self.status(thread, entry, follow: follow)
        if status.isEmpty { return thread.clearException(.fileNotFoundError) ? .false : .empty }
        return Value(UInt32(TupleRef(status)[0].smallInt) & UInt32(Glibc.S_IFMT) == mode)
    }

    private static func startDirectories(_ module: ModuleBuilder) {
        directoryEntry = NativeType("DirEntry", module: "posix", size: MemoryLayout<EntryObject>.size, mask: 0b11110, flags: .noInstantiation, methods: [
            Def("is_dir(self, /, *, follow_symlinks=True)", .calls, "Return True if the entry is a directory; cached per entry.") { thread, a, _ in
                guard let follow = SystemArguments.flag(thread, a[1], default: true) else { return .empty }
                return PosixStat.isKind(thread, a[0], Int(DT_DIR), UInt32(Glibc.S_IFDIR), follow: follow)
            },
            Def("is_file(self, /, *, follow_symlinks=True)", .calls, "Return True if the entry is a file; cached per entry.") { thread, a, _ in
                guard let follow = SystemArguments.flag(thread, a[1], default: true) else { return .empty }
                return PosixStat.isKind(thread, a[0], Int(DT_REG), UInt32(Glibc.S_IFREG), follow: follow)
            },
            Def("is_symlink(self, /)", .calls, "Whether this is a symbolic link.") { thread, a, _ in
                PosixStat.isKind(thread, a[0], Int(DT_LNK), UInt32(Glibc.S_IFLNK), follow: false)
            },
            Def("stat(self, /, *, follow_symlinks=True)", .calls, "Return stat_result object for the entry; cached per entry.") { thread, a, _ in
                guard let follow = SystemArguments.flag(thread, a[1], default: true) else { return .empty }
                return PosixStat.status(thread, a[0], follow: follow)
            },
            Def("inode(self, /)", .reads, "Return inode of the entry; cached per entry.") { thread, a, _ in thread.newInt(unsigned: a[0].object(EntryObject.self).pointee.inode) },
            Def("__fspath__(self, /)", .reads, "Returns the path for the entry.") { _, a, _ in a[0].object(EntryObject.self).pointee.path },
            Def("__class_getitem__(type, item, /)", .calls, "See PEP 585", kind: .classMethod) { thread, a, _ in thread.newGenericAlias(a[0], a[1]) },
        ], getters: [
            Getter("name", "the name in its folder", set: readOnlyMember) { _, a, _ in a[0].object(EntryObject.self).pointee.name },
            Getter("path", "the path: that given to scandir(), and the name", set: readOnlyMember) { _, a, _ in
                a[0].object(EntryObject.self).pointee.path
            },
        ]) { slots in
            slots.unary(.repr) { thread, entry in thread.newString("<DirEntry \(entry.object(EntryObject.self).pointee.name.reprForMessage(thread))>") }
        }
        module.set("DirEntry", directoryEntry.type.value)
        scanIterator = NativeType("ScandirIterator", module: "posix", size: MemoryLayout<ScanObject>.size, mask: 0b10, flags: .noInstantiation, methods: [
            Def("close(self, /)", .writes) { _, a, _ in
                PosixStat.close(a[0])
                return .none
            },
            Def("__enter__(self, /)", .pure) { _, a, _ in a[0] },
            Def("__exit__(self, /, *args)", .writes) { _, a, _ in
                PosixStat.close(a[0])
                return .none
            },
        ]) { slots in
            slots.unary(.iter) { _, iterator in iterator }
            slots.unary(.next) { thread, iterator in PosixStat.next(thread, iterator) }
            slots.unary(.finalize) { thread, iterator in
                if iterator.object(ScanObject.self).pointee.directory != 0 {
                    _ = RuntimeHooks.warn(thread, .resourceWarning, "unclosed scandir iterator \(iterator.reprForMessage(thread))", 1)
                    PosixStat.close(iterator)
                }
                return .none
            }
        }
    }
}
