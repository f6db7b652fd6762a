import CSystem
import Glibc
import Interpreter
import Objects
import TextTypes

/// `mmap`: files and anonymous memory as an object that is both like a bytearray and like a file.
///
/// The map counts the buffers that it has lent: while any is out it is neither closed nor resized.
enum MemoryMap {
    enum Access: Int { case standard, read, write, copy }

    struct MapObject {
        var header: ObjectHeader
        /// 0 when closed.
        var start: UInt
        var size: Int
        var position: Int
        var offset: Int
        var exports: Int
        /// A descriptor of its own, or -1.
        var descriptor: Int32
        var access: Int32
        var isShared: Bool
    }

    nonisolated(unsafe) private static var type: NativeType!

    private static func map(_ value: Value) -> UnsafeMutablePointer<MapObject> { value.object(MapObject.self) }
    private static func bytes(_ map: UnsafeMutablePointer<MapObject>) -> UnsafeMutablePointer<UInt8> { UnsafeMutablePointer(bitPattern: map.pointee.start).unsafelyUnwrapped }

    /// The map, unless it is closed: then it has raised.
    private static func open(_ thread: ThreadRef, _ value: Value) -> UnsafeMutablePointer<MapObject>? {
        let map = map(value)
        if map.pointee.start != 0 { return map }
        thread.raise(.valueError, "mmap closed or invalid")
        return nil
    }

    private static func isWritable(_ thread: ThreadRef, _ map: UnsafeMutablePointer<MapObject>) -> Bool {
        if map.pointee.access != Access.read.rawValue { return true }
        thread.raise(.typeError, "mmap can't modify a readonly memory map.")
        return false
    }

    private static func isResizable(_ thread: ThreadRef, _ map: UnsafeMutablePointer<MapObject>) -> Bool {
        MemoryViews.settleNow { map.pointee.exports > 0 }
        if map.pointee.exports > 0 {
            thread.raise(.bufferError, "mmap can't resize with extant buffers exported.")
            return false
        }
        if map.pointee.access == Access.standard.rawValue || map.pointee.access == Access.write.rawValue { return true }
        thread.raise(.typeError, "mmap can't resize a readonly or copy-on-write memory map.")
        return false
    }

    /// The arguments given to a function that counts them itself; nil when it has raised.
    private static func arguments(_ thread: ThreadRef, _ tuple: Value, _ function: String, _ least: Int, _ most: Int) -> TupleRef? {
        let given = TupleRef(tuple).count
        if given >= least && given <= most { return TupleRef(tuple) }
        let bound = given < least ? least : most
        thread.raise(.typeError, "\(function)() takes \(least == most ? "exactly" : given < least ? "at least" : "at most") \(bound) argument\(bound == 1 ? "" : "s") (\(given) given)")
        return nil
    }

    // MARK: Making

    private static let make = Constructor("mmap(self, fileno, length, flags=MAP_SHARED, prot=PROT_READ|PROT_WRITE, access=ACCESS_DEFAULT, offset=0)") { thread, a, _ in
        guard let descriptor = SystemArguments.int32(thread, a[1]), var length = thread.toInt(a[2]), var flags = a[3].isEmpty ? MAP_SHARED : SystemArguments.int32(thread, a[3]),
              var protection = a[4].isEmpty ? PROT_READ | PROT_WRITE : SystemArguments.int32(thread, a[4]), let number = a[5].isEmpty ? 0 : thread.toInt(a[5]),
              let offset = a[6].isEmpty ? 0 : SystemArguments.int(thread, a[6]) else { return .empty }
        if !Audit.hooks.pointee.isEmpty {
            let size = thread.newInt(length), access = thread.newInt(number), place = thread.newInt(offset)
            guard !size.isEmpty, !access.isEmpty, !place.isEmpty, Audit.event(thread, "mmap.__new__", [Value(small: Int(descriptor)), size, access, place]) else { return .empty }
        }
        if length < 0 { return thread.raise(.overflowError, "memory mapped length must be positive") }
        if offset < 0 { return thread.raise(.overflowError, "memory mapped offset must be positive") }
        if number != 0 && (!a[3].isEmpty && flags != MAP_SHARED || !a[4].isEmpty && protection != PROT_READ | PROT_WRITE) {
            return thread.raise(.valueError, "mmap can't specify both access and flags, prot.")
        }
        guard var access = Access(rawValue: number) else { return thread.raise(.valueError, "mmap invalid access parameter.") }
        switch access {
        case .read: (flags, protection) = (MAP_SHARED, PROT_READ)
        case .write: (flags, protection) = (MAP_SHARED, PROT_READ | PROT_WRITE)
        case .copy: (flags, protection) = (MAP_PRIVATE, PROT_READ | PROT_WRITE)
        case .standard:
            if protection & PROT_READ != 0 && protection & PROT_WRITE != 0 { break }
            access = protection & PROT_WRITE != 0 ? .write : .read
        }
        var status = stat()
        if descriptor != -1 && fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG {
            if length == 0 {
                if status.st_size == 0 { return thread.raise(.valueError, "cannot mmap an empty file") }
                if offset >= status.st_size { return thread.raise(.valueError, "mmap offset is greater than file size") }
                length = Int(status.st_size) - offset
            } else if offset > status.st_size || Int(status.st_size) - offset < length {
                return thread.raise(.valueError, "mmap length is greater than file size")
            }
        }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let map = map(value)
        map.pointee.descriptor = -1
        map.pointee.access = Int32(access.rawValue)
        map.pointee.offset = offset
        map.pointee.isShared = flags & MAP_SHARED != 0
        if descriptor == -1 {
            flags |= MAP_ANONYMOUS
        } else {
            map.pointee.descriptor = Descriptors.make(thread) { system_fcntl_int(descriptor, F_DUPFD_CLOEXEC, 0) }
            if map.pointee.descriptor < 0 { return thread.raiseOSError(errno) }
        }
        guard let start = mmap(nil, length, protection, flags, descriptor, offset), start != MAP_FAILED else {
            let code = errno
            if map.pointee.descriptor >= 0 { Glibc.close(map.pointee.descriptor) }
            map.pointee.descriptor = -1
            return thread.raiseOSError(code)
        }
        map.pointee.start = UInt(bitPattern: start)
        map.pointee.size = length
        return value
    }

    private static func release(_ map: UnsafeMutablePointer<MapObject>) {
        if map.pointee.descriptor >= 0 { Glibc.close(map.pointee.descriptor) }
        if map.pointee.start != 0 { munmap(bytes(map), map.pointee.size) }
        map.pointee.descriptor = -1
        map.pointee.start = 0
    }

    private static func close(_ thread: ThreadRef, _ value: Value) -> Value {
        let map = map(value)
        MemoryViews.settleNow { map.pointee.exports > 0 }
        if map.pointee.exports > 0 { return thread.raise(.bufferError, "cannot close exported pointers exist") }
        release(map)
        return .none
    }

    // MARK: As a file

    private static func find(_ thread: ThreadRef, _ value: Value, _ given: Value, _ function: String, backwards: Bool) -> Value {
        guard let a = arguments(thread, given, function, 1, 3), MemoryMap.open(thread, value) != nil else { return .empty }
        return thread.withBuffer(a[0]) { pattern, count in
            guard let map = MemoryMap.open(thread, value), var start = a.count > 1 ? thread.toInt(a[1]) : map.pointee.position, var end = a.count > 2 ? thread.toInt(a[2]) : map.pointee.size,
                  map.pointee.start != 0 else { return thread.hasException ? .empty : thread.raise(.valueError, "mmap closed or invalid") }
            let size = map.pointee.size
            if start < 0 { start += size }
            start = min(max(start, 0), size)
            if end < 0 { end += size }
            end = min(max(end, 0), size)
            let text = bytes(map)
            if end - start < count { return Value(small: -1) }
            if backwards {
                var place = end - count
                while place >= start {
                    if memcmp(text + place, pattern, count) == 0 { return Value(small: place) }
                    place -= 1
                }
                return Value(small: -1)
            }
            guard let found = system_memmem(text + start, end - start, pattern, count) else { return Value(small: -1) }
            return Value(small: UnsafeRawPointer(found) - UnsafeRawPointer(text))
        }
    }

    private static func take(_ thread: ThreadRef, _ map: UnsafeMutablePointer<MapObject>, _ count: Int) -> Value {
        let result = thread.newBytes(bytes(map) + map.pointee.position, count)
        map.pointee.position += count
        return result
    }

    private static let reading: [Def] = [
        Def("find(self, /, *args)", .calls) { thread, a, _ in MemoryMap.find(thread, a[0], a[1], "find", backwards: false) },
        Def("rfind(self, /, *args)", .calls) { thread, a, _ in MemoryMap.find(thread, a[0], a[1], "rfind", backwards: true) },
        Def("read(self, /, *args)", .calls) { thread, a, _ in
            guard let given = MemoryMap.arguments(thread, a[1], "read", 0, 1) else { return .empty }
            var wanted = Int.max
            if given.count > 0 && !given[0].isNone {
                guard given[0].isInt || given[0].type.slotPointer(.index).pointee != nil else { return thread.raise(.typeError, "argument should be integer or None, not '\(given[0].type.name)'") }
                guard let number = thread.toInt(given[0]) else { return .empty }
                if number >= 0 { wanted = number }
            }
            guard let map = MemoryMap.open(thread, a[0]) else { return .empty }
            return MemoryMap.take(thread, map, min(wanted, max(0, map.pointee.size - map.pointee.position)))
        },
        Def("read_byte(self, /)", .calls) { thread, a, _ in
            guard let map = MemoryMap.open(thread, a[0]) else { return .empty }
            if map.pointee.position >= map.pointee.size { return thread.raise(.valueError, "read byte out of range") }
            map.pointee.position += 1
            return Value(small: Int(MemoryMap.bytes(map)[map.pointee.position - 1]))
        },
        Def("readline(self, /)", .calls) { thread, a, _ in
            guard let map = MemoryMap.open(thread, a[0]) else { return .empty }
            let rest = max(0, map.pointee.size - map.pointee.position)
            let start = MemoryMap.bytes(map) + map.pointee.position
            guard rest > 0, let end = memchr(start, 10, rest) else { return MemoryMap.take(thread, map, rest) }
            return MemoryMap.take(thread, map, UnsafeRawPointer(end) - UnsafeRawPointer(start) + 1)
        },
        Def("seek(self, /, *args)", .calls) { thread, a, _ in
            guard let given = MemoryMap.arguments(thread, a[1], "seek", 1, 2), let distance = thread.toInt(given[0]), let whence = given.count > 1 ? thread.toInt(given[1]) : 0,
                  let map = MemoryMap.open(thread, a[0]) else { return .empty }
            let base: Int
            switch whence {
            case 0: base = 0
            case 1: base = map.pointee.position
            case 2: base = map.pointee.size
            default: return thread.raise(.valueError, "unknown seek type")
            }
            let (place, overflow) = base.addingReportingOverflow(distance)
            if overflow || place < 0 || place > map.pointee.size { return thread.raise(.valueError, "seek out of range") }
            map.pointee.position = place
            return .none
        },
        Def("tell(self, /)", .calls) { thread, a, _ in MemoryMap.open(thread, a[0]).map { thread.newInt($0.pointee.position) } ?? .empty },
        Def("size(self, /)", .calls) { thread, a, _ in
            guard let map = MemoryMap.open(thread, a[0]) else { return .empty }
            var status = stat()
            return fstat(map.pointee.descriptor, &status) < 0 ? thread.raiseOSError(errno) : thread.newInt(Int(status.st_size))
        },
    ]

    private static let writing: [Def] = [
        Def("write(self, /, *args)", .calls) { thread, a, _ in
            let value = a[0]
            guard let given = MemoryMap.arguments(thread, a[1], "write", 1, 1), MemoryMap.open(thread, value) != nil else { return .empty }
            return thread.withBuffer(given[0]) { bytes, count in
                guard let map = MemoryMap.open(thread, value), MemoryMap.isWritable(thread, map) else { return .empty }
                if count > map.pointee.size - map.pointee.position { return thread.raise(.valueError, "data out of range") }
                memmove(MemoryMap.bytes(map) + map.pointee.position, bytes, count)
                map.pointee.position += count
                return thread.newInt(count)
            }
        },
        Def("write_byte(self, /, *args)", .calls) { thread, a, _ in
            guard let given = MemoryMap.arguments(thread, a[1], "write_byte", 1, 1), let number = SystemArguments.int(thread, given[0]) else { return .empty }
            if number < 0 { return thread.raise(.overflowError, "unsigned byte integer is less than minimum") }
            if number > 255 { return thread.raise(.overflowError, "unsigned byte integer is greater than maximum") }
            guard let map = MemoryMap.open(thread, a[0]), MemoryMap.isWritable(thread, map) else { return .empty }
            if map.pointee.position >= map.pointee.size { return thread.raise(.valueError, "write byte out of range") }
            MemoryMap.bytes(map)[map.pointee.position] = UInt8(number)
            map.pointee.position += 1
            return .none
        },
        Def("move(self, /, *args)", .calls) { thread, a, _ in
            guard let given = MemoryMap.arguments(thread, a[1], "move", 3, 3), let target = thread.toInt(given[0]), let source = thread.toInt(given[1]), let count = thread.toInt(given[2]),
                  let map = MemoryMap.open(thread, a[0]), MemoryMap.isWritable(thread, map) else { return .empty }
            let size = map.pointee.size
            if target < 0 || source < 0 || count < 0 || size - target < count || size - source < count { return thread.raise(.valueError, "source, destination, or count out of range") }
            memmove(MemoryMap.bytes(map) + target, MemoryMap.bytes(map) + source, count)
            return .none
        },
        Def("flush(self, /, *args)", .calls) { thread, a, _ in
            guard let given = MemoryMap.arguments(thread, a[1], "flush", 0, 2), let offset = given.count > 0 ? thread.toInt(given[0]) : 0, let map = MemoryMap.open(thread, a[0]),
                  let size = given.count > 1 ? thread.toInt(given[1]) : map.pointee.size else { return .empty }
            if size < 0 || offset < 0 || map.pointee.size - offset < size { return thread.raise(.valueError, "flush values out of range") }
            if map.pointee.access == Access.read.rawValue || map.pointee.access == Access.copy.rawValue { return .none }
            return SystemCall.none(thread, msync(MemoryMap.bytes(map) + offset, size, Int32(MS_SYNC)))
        },
        Def("madvise(self, /, *args)", .calls) { thread, a, _ in
            guard let given = MemoryMap.arguments(thread, a[1], "madvise", 1, 3), let advice = SystemArguments.int32(thread, given[0]), let start = given.count > 1 ? thread.toInt(given[1]) : 0,
                  let map = MemoryMap.open(thread, a[0]), var length = given.count > 2 ? thread.toInt(given[2]) : map.pointee.size else { return .empty }
            if start < 0 || start >= map.pointee.size { return thread.raise(.valueError, "madvise start out of bounds") }
            if length < 0 { return thread.raise(.valueError, "madvise length invalid") }
            if Int.max - start < length { return thread.raise(.overflowError, "madvise length too large") }
            length = min(length, map.pointee.size - start)
            return SystemCall.none(thread, Glibc.madvise(MemoryMap.bytes(map) + start, length, advice))
        },
        Def("resize(self, /, *args)", .calls) { thread, a, _ in
            guard let map = MemoryMap.open(thread, a[0]), let given = MemoryMap.arguments(thread, a[1], "resize", 1, 1), let size = thread.toInt(given[0]), MemoryMap.isResizable(thread, map) else { return .empty }
            if size < 0 || Int.max - size < map.pointee.offset { return thread.raise(.valueError, "new size out of range") }
            if map.pointee.descriptor == -1 && !map.pointee.isShared && size > map.pointee.size { return thread.raise(.valueError, "mmap: can't expand a shared anonymous mapping on Linux") }
            if map.pointee.descriptor != -1 && ftruncate(map.pointee.descriptor, map.pointee.offset + size) < 0 { return thread.raiseOSError(errno) }
            guard let moved = system_mremap(MemoryMap.bytes(map), map.pointee.size, size) else { return thread.raiseOSError(errno) }
            map.pointee.start = UInt(bitPattern: moved)
            map.pointee.size = size
            return .none
        },
        Def("close(self, /)", .calls) { thread, a, _ in MemoryMap.close(thread, a[0]) },
        Def("__enter__(self, /)", .calls) { thread, a, _ in MemoryMap.open(thread, a[0]) == nil ? .empty : a[0] },
        Def("__exit__(self, /, *args)", .calls) { thread, a, _ in MemoryMap.close(thread, a[0]) },
    ]

    // MARK: As a sequence

    private static func index(_ thread: ThreadRef, _ map: UnsafeMutablePointer<MapObject>, _ key: Value) -> Int? {
        guard var index = thread.toInt(key, overflow: .indexError) else { return nil }
        if index < 0 { index += map.pointee.size }
        if index >= 0 && index < map.pointee.size { return index }
        thread.raise(.indexError, "mmap index out of range")
        return nil
    }

    private static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        guard MemoryMap.open(thread, value) != nil else { return .empty }
        if key.isInt || key.type.slotPointer(.index).pointee != nil {
            guard let index = index(thread, map(value), key), let map = MemoryMap.open(thread, value) else { return .empty }
            return Value(small: Int(bytes(map)[index]))
        }
        guard key.isExact(.slice) else { return thread.raise(.typeError, "mmap indices must be integers") }
        guard let range = thread.sliceIndices(key, map(value).pointee.size), let map = MemoryMap.open(thread, value) else { return .empty }
        if range.step == 1 { return thread.newBytes(bytes(map) + range.start, range.count) }
        let result = thread.newBytes(count: range.count)
        if result.isEmpty { return .empty }
        for index in 0 ..< range.count { BytesRef(result).bytes[index] = bytes(map)[range.start + index * range.step] }
        return result
    }

    private static func setItem(_ thread: ThreadRef, _ value: Value, _ key: Value, _ item: Value) -> Int32 {
        guard let map = MemoryMap.open(thread, value), isWritable(thread, map) else { return -1 }
        if key.isInt || key.type.slotPointer(.index).pointee != nil {
            guard let index = index(thread, map, key) else { return -1 }
            if item.isEmpty {
                thread.raise(.typeError, "mmap doesn't support item deletion")
                return -1
            }
            guard item.isInt || item.type.slotPointer(.index).pointee != nil else {
                thread.raise(.typeError, "mmap item value must be an int")
                return -1
            }
            guard let number = thread.toInt(item, overflow: .valueError) else { return -1 }
            guard number >= 0 && number <= 255 else {
                thread.raise(.valueError, "mmap item value must be in range(0, 256)")
                return -1
            }
            guard MemoryMap.open(thread, value) != nil else { return -1 }
            bytes(map)[index] = UInt8(number)
            return 0
        }
        guard key.isExact(.slice) else {
            thread.raise(.typeError, "mmap indices must be integer")
            return -1
        }
        guard let range = thread.sliceIndices(key, map.pointee.size) else { return -1 }
        if item.isEmpty {
            thread.raise(.typeError, "mmap object doesn't support slice deletion")
            return -1
        }
        let result = thread.withBuffer(item) { source, count in
            if count != range.count { return thread.raise(.indexError, "mmap slice assignment is wrong size") }
            guard MemoryMap.open(thread, value) != nil else { return .empty }
            if range.step == 1 {
                memmove(bytes(map) + range.start, source, count)
            } else {
                for index in 0 ..< count { bytes(map)[range.start + index * range.step] = source[index] }
            }
            return .none
        }
        return result.isEmpty ? -1 : 0
    }

    // MARK: The module

    private static let constants: [(String, Int32)] = [
        ("PROT_EXEC", PROT_EXEC), ("PROT_READ", PROT_READ), ("PROT_WRITE", PROT_WRITE), ("MAP_SHARED", MAP_SHARED), ("MAP_PRIVATE", MAP_PRIVATE), ("MAP_DENYWRITE", 2048),
        ("MAP_EXECUTABLE", 4096), ("MAP_ANON", MAP_ANONYMOUS), ("MAP_ANONYMOUS", MAP_ANONYMOUS), ("MAP_POPULATE", 32768), ("MAP_STACK", 131072),
        ("ACCESS_DEFAULT", 0), ("ACCESS_READ", 1), ("ACCESS_WRITE", 2), ("ACCESS_COPY", 3), ("MADV_NORMAL", 0), ("MADV_RANDOM", 1), ("MADV_SEQUENTIAL", 2), ("MADV_WILLNEED", 3),
        ("MADV_DONTNEED", 4), ("MADV_FREE", 8), ("MADV_REMOVE", 9), ("MADV_DONTFORK", 10), ("MADV_DOFORK", 11), ("MADV_MERGEABLE", 12), ("MADV_UNMERGEABLE", 13), ("MADV_HUGEPAGE", 14),
        ("MADV_NOHUGEPAGE", 15), ("MADV_DONTDUMP", 16), ("MADV_DODUMP", 17), ("MADV_HWPOISON", 100),
    ]

    static func register() {
        NativeModule.register("mmap") { module in
            type = NativeType("mmap", module: "mmap", size: MemoryLayout<MapObject>.size, flags: [.base, .weakReferenceable],
                              doc: """
                                  mmap(fileno, length[, flags[, prot[, access[, offset]]]])

                                  The bytes of a file as memory; fileno -1 is memory without a file.
                                  """,
                              methods: reading + writing, getters: [
                Getter("closed") { _, a, _ in Value(MemoryMap.map(a[0]).pointee.start == 0) },
            ]) { slots in
                slots.restate(.getAttribute, of: .object)
                slots.call(.new) { thread, type, a, count, keywords in MemoryMap.make.call(thread, type, a, count, keywords) }
                slots.unary(.repr) { thread, value in
                    let map = MemoryMap.map(value).pointee
                    if map.start == 0 { return thread.newString("<\(value.type.name) closed=True>") }
                    let access = ["DEFAULT", "READ", "WRITE", "COPY"][Int(map.access)]
                    return thread.newString("<\(value.type.name) closed=False, access=ACCESS_\(access), length=\(map.size), pos=\(map.position), offset=\(map.offset)>")
                }
                slots.length { thread, value in MemoryMap.open(thread, value)?.pointee.size ?? -1 }
                slots.binary(.getItem) { thread, value, key in MemoryMap.getItem(thread, value, key) }
                slots.store(.setItem) { thread, value, key, item in MemoryMap.setItem(thread, value, key, item) }
                slots.buffer { thread, value, view, flags in
                    guard let map = MemoryMap.open(thread, value), view.view.fill(thread, value, MemoryMap.bytes(map), map.pointee.size, readOnly: map.pointee.access == Access.read.rawValue, flags) == 0 else { return -1 }
                    map.pointee.exports += 1
                    return 0
                }
                slots.releaseBuffer { _, value, _ in MemoryMap.map(value).pointee.exports -= 1 }
                slots.unary(.finalize) { _, value in
                    MemoryMap.release(MemoryMap.map(value))
                    return .none
                }
            }
            for (name, value) in constants { module.set(name, Int(value)) }
            module.set("PAGESIZE", sysconf(Int32(_SC_PAGESIZE)))
            module.set("ALLOCATIONGRANULARITY", sysconf(Int32(_SC_PAGESIZE)))
            module.set("error", TypeID.osError.value)
            module.add(type)
            return true
        }
    }
}
