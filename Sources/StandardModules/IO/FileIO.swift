import Glibc
import Interpreter
import Objects
import TextTypes

/// `_io.FileIO`: a file descriptor as a raw stream.
struct FileObject {
    var header: ObjectHeader
    var dict: Value
    var state: Int
    /// -1 when closed.
    var descriptor: Int32
    var isReadable: Bool
    var isWritable: Bool
    var isCreated: Bool
    var isAppending: Bool
    var closesDescriptor: Bool
    /// -1 unknown, 0, 1
    var seekable: Int8
    var blockSize: Int32
    var isRegular: Bool
}

enum FileIO {
    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func file(_ value: Value) -> UnsafeMutablePointer<FileObject> { value.object(FileObject.self) }

    static func raiseClosed(_ thread: ThreadRef) -> Value { thread.raise(.valueError, "I/O operation on closed file") }

    /// Calls `body` without the lock until it is not interrupted. nil when a signal handler has raised.
    @inline(__always) static func retrying(_ thread: ThreadRef, _ body: () -> Int) -> Int? {
        while true {
            let result = GIL.blocking(thread, body)
            if result >= 0 || errno != EINTR { return result }
            if taipan_breaker_load(thread) != 0 && !Safepoint.serve(thread) { return nil }
        }
    }

    /// Reads into memory that is not the heap's to move. The count, -1 for "would block", nil when it has raised.
    static func read(_ thread: ThreadRef, _ value: Value, _ target: UnsafeMutableRawPointer, _ count: Int) -> Int? {
        let descriptor = file(value).pointee.descriptor
        if descriptor < 0 { _ = raiseClosed(thread); return nil }
        guard let got = retrying(thread, { Glibc.read(descriptor, target, min(count, 0x7fff_f000)) }) else { return nil }
        if got >= 0 { return got }
        if errno == EAGAIN { return -1 }
        thread.raiseOSError(errno)
        return nil
    }

    static func write(_ thread: ThreadRef, _ value: Value, _ source: UnsafeRawPointer, _ count: Int) -> Int? {
        let descriptor = file(value).pointee.descriptor
        if descriptor < 0 { _ = raiseClosed(thread); return nil }
        guard let put = retrying(thread, { Glibc.write(descriptor, source, min(count, 0x7fff_f000)) }) else { return nil }
        if put >= 0 { return put }
        if errno == EAGAIN { return -1 }
        thread.raiseOSError(errno)
        return nil
    }

    /// ResourceWarning about a file that is closed only by its finalizer; `source` is the outermost stream over it.
    static func warnOfLeak(_ thread: ThreadRef, _ value: Value, source: Value) {
        let object = file(value)
        guard object.pointee.descriptor >= 0 && object.pointee.closesDescriptor else { return }
        let text = source.reprForMessage(thread)
        if !RuntimeHooks.warn(thread, .resourceWarning, "unclosed file \(text)", 1) { RuntimeHooks.writeUnraisable(thread, "", value) }
    }

    static func seek(_ thread: ThreadRef, _ value: Value, _ offset: Int, _ whence: Int32) -> Int? {
        let object = file(value)
        if object.pointee.descriptor < 0 { _ = raiseClosed(thread); return nil }
        let result = lseek(object.pointee.descriptor, offset, whence)
        if object.pointee.seekable < 0 { object.pointee.seekable = result >= 0 ? 1 : 0 }
        if result < 0 { thread.raiseOSError(errno); return nil }
        return result
    }

    static func modeText(_ object: UnsafeMutablePointer<FileObject>) -> String {
        if object.pointee.isCreated { return object.pointee.isReadable ? "xb+" : "xb" }
        if object.pointee.isAppending { return object.pointee.isReadable ? "ab+" : "ab" }
        if object.pointee.isReadable { return object.pointee.isWritable ? "rb+" : "rb" }
        return "wb"
    }

    private static let initializer = Constructor("FileIO(self, file, mode='r', closefd=True, opener=None)") { thread, a, _ in FileIO.open(thread, a[0], a[1], a[2], a[3], a[4]) }

    private static func open(_ thread: ThreadRef, _ value: Value, _ name: Value, _ modeValue: Value, _ closefd: Value, _ opener: Value) -> Value {
        let object = file(value)
        if object.pointee.descriptor >= 0 {
            if object.pointee.closesDescriptor { Glibc.close(object.pointee.descriptor) }
            object.pointee.descriptor = -1
        }
        if name.isFloat { return thread.raise(.typeError, "integer argument expected, got float") }
        guard modeValue.isEmpty || modeValue.isString else { return thread.raise(.typeError, "FileIO() argument 'mode' must be str, not \(modeValue.argumentTypeName)") }
        let mode = modeValue.isEmpty ? "r" : StringRef(modeValue).description
        object.pointee.seekable = -1
        object.pointee.isReadable = false
        object.pointee.isWritable = false
        object.pointee.isCreated = false
        object.pointee.isAppending = false
        var flags: Int32 = O_CLOEXEC
        var primary = 0
        var plus = false
        for letter in mode {
            switch letter {
            case "r": primary += 1; object.pointee.isReadable = true
            case "w": primary += 1; object.pointee.isWritable = true; flags |= O_CREAT | O_TRUNC
            case "x": primary += 1; object.pointee.isWritable = true; object.pointee.isCreated = true; flags |= O_EXCL | O_CREAT
            case "a": primary += 1; object.pointee.isWritable = true; object.pointee.isAppending = true; flags |= O_APPEND | O_CREAT
            case "b": break
            case "+":
                if plus { return thread.raise(.valueError, "Must have exactly one of create/read/write/append mode and at most one plus") }
                plus = true
            default: return thread.raise(.valueError, "invalid mode: \(mode)")
            }
        }
        if primary != 1 { return thread.raise(.valueError, "Must have exactly one of create/read/write/append mode and at most one plus") }
        if plus { object.pointee.isReadable = true; object.pointee.isWritable = true }
        flags |= object.pointee.isReadable && object.pointee.isWritable ? O_RDWR : object.pointee.isReadable ? O_RDONLY : O_WRONLY
        let closes = closefd.isEmpty ? 1 : thread.isTrue(closefd)
        if closes < 0 { return .empty }
        object.pointee.closesDescriptor = closes != 0
        guard Audit.event(thread, "open", [name, modeValue.isEmpty ? StringRef.intern("r").value : modeValue, Value(small: Int(flags))]) else { return .empty }

        if name.isInt {
            guard let number = thread.toInt(name) else { return .empty }
            if number < 0 || number > Int(Int32.max) { return thread.raise(.valueError, "negative file descriptor") }
            object.pointee.descriptor = Int32(number)
        } else {
            PendingFiles.settle(thread)
            if closes == 0 { return thread.raise(.valueError, "Cannot use closefd=False with file name") }
            if !opener.isEmpty && !opener.isNone {
                let result = thread.call(opener, name, thread.newInt(Int(flags)))
                if result.isEmpty { return .empty }
                guard result.isInt, let number = thread.toInt(result) else { return thread.hasException ? .empty : thread.raise(.typeError, "expected integer from opener") }
                if number < 0 { return thread.raise(.valueError, "opener returned \(number)") }
                object.pointee.descriptor = Int32(truncatingIfNeeded: number)
            } else {
                guard let path = FileNames.bytes(thread, name) else { return .empty }
                guard let descriptor = Descriptors.make(thread, {
                    retrying(thread, { Int(path.withUnsafeBufferPointer { taipan_open(UnsafeRawPointer($0.baseAddress!).assumingMemoryBound(to: CChar.self), flags, 0o666) }) })
                }) else { return .empty }
                if descriptor < 0 { return thread.raiseOSError(errno, name) }
                object.pointee.descriptor = Int32(descriptor)
            }
        }
        var status = stat()
        object.pointee.blockSize = 8192
        object.pointee.isRegular = false
        if fstat(object.pointee.descriptor, &status) == 0 {
            object.pointee.isRegular = status.st_mode & S_IFMT == S_IFREG
            if status.st_mode & S_IFMT == S_IFDIR {
                if object.pointee.closesDescriptor && !name.isInt { Glibc.close(object.pointee.descriptor) }
                object.pointee.descriptor = -1
                return thread.raiseOSError(EISDIR, name)
            }
            if status.st_blksize > 1 { object.pointee.blockSize = Int32(truncatingIfNeeded: status.st_blksize) }
        } else if errno == EBADF {
            object.pointee.descriptor = -1
            return thread.raiseOSError(EBADF, name.isInt ? .empty : name)
        }
        object.pointee.state = 0
        if !thread.setAttribute(value, Name.name, name) { return .empty }
        if object.pointee.isAppending { _ = lseek(object.pointee.descriptor, 0, SEEK_END) }
        return .none
    }

    static func readAll(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = file(value)
        if object.pointee.descriptor < 0 { return raiseClosed(thread) }
        var expected = 65536
        var status = stat()
        if fstat(object.pointee.descriptor, &status) == 0, status.st_size > 0 {
            let position = lseek(object.pointee.descriptor, 0, SEEK_CUR)
            if position >= 0 && status.st_size >= position { expected = Int(status.st_size) - position + 1 }
        }
        var capacity = expected
        guard var buffer = malloc(max(capacity, 1)) else { return thread.raiseOutOfMemory() }
        defer { free(buffer) }
        var count = 0
        while true {
            if count == capacity {
                guard let larger = realloc(buffer, capacity * 2) else { return thread.raiseOutOfMemory() }
                buffer = larger
                capacity *= 2
            }
            guard let got = read(thread, value, buffer + count, capacity - count) else { return .empty }
            if got < 0 { return count == 0 ? .none : thread.newBytes(buffer, count) }
            if got == 0 { return thread.newBytes(buffer, count) }
            count += got
        }
    }

    static func close(_ thread: ThreadRef, _ value: Value) -> Value {
        let object = file(value)
        if object.pointee.descriptor < 0 && object.pointee.state & 1 != 0 { return .none }
        let flushed = thread.callMethod(value, Name.flush)
        let pending = flushed.isEmpty ? thread.takeException() : .empty
        object.pointee.state |= 1
        let descriptor = object.pointee.descriptor
        object.pointee.descriptor = -1
        if object.pointee.closesDescriptor && descriptor >= 0, GIL.blocking(thread, { Glibc.close(descriptor) }) < 0, errno != EINTR { thread.raiseOSError(errno) }
        if !pending.isEmpty { thread.restore(pending) }
        return thread.hasException ? .empty : .none
    }

    static func start(_ module: ModuleBuilder) {
        type = NativeType("FileIO", module: "_io", base: Streams.rawBase.type, size: MemoryLayout<FileObject>.size, mask: 0b10, dictOffset: 8, flags: [.base, .weakReferenceable], doc: "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\nOpen a file.", methods: [
            Def("read(self, size=-1, /)", .calls) { thread, a, _ in
                guard let size = Streams.size(thread, a[1]) else { return .empty }
                let object = FileIO.file(a[0])
                if object.pointee.descriptor < 0 { return FileIO.raiseClosed(thread) }
                if !object.pointee.isReadable { return Streams.raiseUnsupported(thread, "File not open for reading") }
                if size < 0 { return FileIO.readAll(thread, a[0]) }
                let bytes = thread.newBytes(count: min(size, 0x7fff_f000))
                if bytes.isEmpty { return .empty }
                guard let got = FileIO.read(thread, a[0], BytesRef(bytes).bytes, BytesRef(bytes).count) else { return .empty }
                if got < 0 { return .none }
                return got == BytesRef(bytes).count ? bytes : thread.newBytes(BytesRef(bytes).bytes, got)
            },
            Def("readall(self, /)", .calls) { thread, a, _ in FileIO.readAll(thread, a[0]) },
            Def("readinto(self, buffer, /)", .calls) { thread, a, _ in
                let object = FileIO.file(a[0])
                if object.pointee.descriptor < 0 { return FileIO.raiseClosed(thread) }
                if !object.pointee.isReadable { return Streams.raiseUnsupported(thread, "File not open for reading") }
                return thread.withWritableBuffer(a[1], "readinto") { bytes, count in
                    guard let got = FileIO.read(thread, a[0], bytes, count) else { return .empty }
                    return got < 0 ? .none : Value(small: got)
                }
            },
            Def("write(self, b, /)", .calls) { thread, a, _ in
                let object = FileIO.file(a[0])
                if object.pointee.descriptor < 0 { return FileIO.raiseClosed(thread) }
                if !object.pointee.isWritable { return Streams.raiseUnsupported(thread, "File not open for writing") }
                return thread.withBuffer(a[1]) { bytes, count in
                    // A signal cuts a write short; its handler is not to wait for the next safepoint.
                    guard let put = FileIO.write(thread, a[0], bytes, count), put == count || Signals.check(thread) else { return .empty }
                    return put < 0 ? .none : Value(small: put)
                }
            },
            Def("seek(self, pos, whence=0, /)", .calls) { thread, a, _ in
                guard let offset = thread.toInt(a[1]), let whence = a[2].isEmpty ? 0 : thread.toInt(a[2]) else { return .empty }
                guard let position = FileIO.seek(thread, a[0], offset, Int32(truncatingIfNeeded: whence)) else { return .empty }
                return thread.newInt(position)
            },
            Def("tell(self, /)", .calls) { thread, a, _ in
                guard let position = FileIO.seek(thread, a[0], 0, SEEK_CUR) else { return .empty }
                return thread.newInt(position)
            },
            Def("truncate(self, size=None, /)", .calls) { thread, a, _ in
                let object = FileIO.file(a[0])
                if object.pointee.descriptor < 0 { return FileIO.raiseClosed(thread) }
                if !object.pointee.isWritable { return Streams.raiseUnsupported(thread, "File not open for writing") }
                var size = 0
                if a[1].isEmpty || a[1].isNone {
                    guard let position = FileIO.seek(thread, a[0], 0, SEEK_CUR) else { return .empty }
                    size = position
                } else {
                    guard let given = thread.toInt(a[1]) else { return .empty }
                    size = given
                }
                if ftruncate(object.pointee.descriptor, size) < 0 { return thread.raiseOSError(errno) }
                return thread.newInt(size)
            },
            Def("close(self, /)", .calls) { thread, a, _ in FileIO.close(thread, a[0]) },
            Def("_dealloc_warn(self, source, /)", .calls) { thread, a, _ in
                FileIO.warnOfLeak(thread, a[0], source: a[1])
                return .none
            },
            Def("fileno(self, /)", .calls) { thread, a, _ in
                let descriptor = FileIO.file(a[0]).pointee.descriptor
                return descriptor < 0 ? FileIO.raiseClosed(thread) : Value(small: Int(descriptor))
            },
            Def("isatty(self, /)", .calls) { thread, a, _ in
                let descriptor = FileIO.file(a[0]).pointee.descriptor
                return descriptor < 0 ? FileIO.raiseClosed(thread) : Value(Glibc.isatty(descriptor) != 0)
            },
            Def("seekable(self, /)", .calls) { thread, a, _ in
                let object = FileIO.file(a[0])
                if object.pointee.descriptor < 0 { return FileIO.raiseClosed(thread) }
                if object.pointee.seekable < 0 { object.pointee.seekable = lseek(object.pointee.descriptor, 0, SEEK_CUR) >= 0 ? 1 : 0 }
                return Value(object.pointee.seekable != 0)
            },
            Def("readable(self, /)", .calls) { thread, a, _ in
                FileIO.file(a[0]).pointee.descriptor < 0 ? FileIO.raiseClosed(thread) : Value(FileIO.file(a[0]).pointee.isReadable)
            },
            Def("writable(self, /)", .calls) { thread, a, _ in
                FileIO.file(a[0]).pointee.descriptor < 0 ? FileIO.raiseClosed(thread) : Value(FileIO.file(a[0]).pointee.isWritable)
            },
        ], getters: [
            Getter("closed", "True if the file is closed") { _, a, _ in Value(FileIO.file(a[0]).pointee.descriptor < 0) },
            Getter("closefd") { _, a, _ in Value(FileIO.file(a[0]).pointee.closesDescriptor) },
            Getter("mode") { thread, a, _ in thread.newString(FileIO.modeText(FileIO.file(a[0]))) },
            Getter("_blksize", isMember: true) { _, a, _ in Value(small: Int(FileIO.file(a[0]).pointee.blockSize)) },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in
                let value = thread.allocateInstance(TypeRef(type))
                if value.isEmpty { return .empty }
                FileIO.file(value).pointee.descriptor = -1
                FileIO.file(value).pointee.seekable = -1
                FileIO.file(value).pointee.closesDescriptor = true
                return value
            }
            slots.call(.initialize) { thread, value, a, count, keywords in FileIO.initializer.call(thread, value, a, count, keywords) }
            slots.unary(.finalize) { thread, value in
                FileIO.warnOfLeak(thread, value, source: value)
                return Streams.finalize(thread, value)
            }
            slots.unary(.repr) { thread, value in
                let object = FileIO.file(value)
                if object.pointee.descriptor < 0 { return thread.newString("<_io.FileIO [closed]>") }
                let name = thread.getAttributeOrEmpty(value, Name.name)
                if name.isEmpty { thread.takeException() }
                let closes = object.pointee.closesDescriptor ? "True" : "False"
                guard let isFirst = thread.enterRepr(value) else { return .empty }
                if !isFirst { return thread.raise(.runtimeError, "reentrant call inside \(value.type.name).__repr__") }
                defer { thread.leaveRepr(value) }
                if name.isEmpty { return thread.newString("<_io.FileIO fd=\(object.pointee.descriptor) mode='\(FileIO.modeText(object))' closefd=\(closes)>") }
                let shown = thread.repr(name)
                if shown.isEmpty { return .empty }
                return thread.newString("<_io.FileIO name=\(StringRef(shown).description) mode='\(FileIO.modeText(object))' closefd=\(closes)>")
            }
        }
        module.add(type)
    }
}

/// File names as the system wants them.
enum FileNames {
    /// Zero-terminated bytes of a str, bytes or path-like name. nil when it has raised.
    static func bytes(_ thread: ThreadRef, _ name: Value) -> [UInt8]? {
        var value = name
        if !value.isString && !value.isBytes {
            guard let result = thread.callSpecial(value, .__fspath__) else {
                thread.raise(.typeError, "expected str, bytes or os.PathLike object, not \(value.type.name)")
                return nil
            }
            if result.isEmpty { return nil }
            value = result
        }
        var bytes: [UInt8]
        if value.isBytes {
            bytes = Array(BytesRef(value).buffer)
        } else if value.isString {
            if StringRef(value).hasSurrogates || FileSystemEncoding.isASCII {
                let encoded = thread.encodeFileSystem(value)
                if encoded.isEmpty { return nil }
                bytes = Array(BytesRef(encoded).buffer)
            } else {
                bytes = StringRef(value).utf8
            }
        } else {
            thread.raise(.typeError, "expected str, bytes or os.PathLike object, not \(value.type.name)")
            return nil
        }
        if bytes.contains(0) {
            thread.raise(.valueError, "embedded null byte")
            return nil
        }
        bytes.append(0)
        return bytes
    }
}
