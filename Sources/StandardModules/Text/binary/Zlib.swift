import CZlib
import Glibc
import Objects

/// `zlib`, over the system's library.
///
/// The library's own state is allocated on the collected heap (the allocator hands out storages and keeps them in a list that the object owns), so
/// compressors and decompressors need no finalizer. The `z_stream` lies within the object, which never moves.
public enum Zlib {
    nonisolated(unsafe) static var errorType: UnsafeMutablePointer<Value>!
    nonisolated(unsafe) static var compressType: NativeType!
    nonisolated(unsafe) static var decompressType: NativeType!
    /// The list that keeps what the library allocates in the call now being made.
    nonisolated(unsafe) private static let ownerRoot = RootTable.reserve()
    static var owner: Value {
        get { ownerRoot.pointee }
        set { ownerRoot.pointee = newValue }
    }

    public static func register() {
        NativeModule.register("zlib", doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().",
                              functions: functions) { module in
            if errorType == nil {
                errorType = RootTable.reserve()
                compressType = ZlibStream.makeCompressType()
                decompressType = ZlibStream.makeDecompressType()
            }
            errorType.pointee = module.addException("error")
            for (name, value) in [("MAX_WBITS", 15), ("DEFLATED", 8), ("DEF_MEM_LEVEL", 8), ("DEF_BUF_SIZE", 16384), ("Z_BEST_SPEED", 1), ("Z_BEST_COMPRESSION", 9),
                                  ("Z_DEFAULT_COMPRESSION", -1), ("Z_NO_COMPRESSION", 0), ("Z_FILTERED", 1), ("Z_HUFFMAN_ONLY", 2), ("Z_RLE", 3), ("Z_FIXED", 4),
                                  ("Z_DEFAULT_STRATEGY", 0), ("Z_FINISH", 4), ("Z_NO_FLUSH", 0), ("Z_PARTIAL_FLUSH", 1), ("Z_SYNC_FLUSH", 2), ("Z_FULL_FLUSH", 3),
                                  ("Z_BLOCK", 5), ("Z_TREES", 6)] { module.set(name, value) }
            module.set("ZLIB_VERSION", ZLIB_VERSION)
            module.set("ZLIB_RUNTIME_VERSION", String(cString: zlibVersion()))
            module.set("__version__", "1.0")
            return true
        }
    }

    @inline(never) static func fail(_ thread: ThreadRef, _ message: String) -> Value {
        let text = thread.newString(message)
        return text.isEmpty ? .empty : thread.raise(type: TypeRef(errorType.pointee), text)
    }

    /// Raises `zlib.error` for a status of the library.
    static func fail(_ thread: ThreadRef, _ stream: UnsafeMutablePointer<z_stream>, _ status: Int32, _ doing: String) -> Value {
        var detail: String?
        if status == Z_VERSION_ERROR { detail = "library version mismatch" } else if let message = stream.pointee.msg { detail = String(cString: message) } else {
            switch status {
            case Z_BUF_ERROR: detail = "incomplete or truncated stream"
            case Z_STREAM_ERROR: detail = "inconsistent stream state"
            case Z_DATA_ERROR: detail = "invalid input data"
            default: break
            }
        }
        return fail(thread, "Error \(status) \(doing)" + (detail.map { ": " + $0 } ?? ""))
    }

    static func setAllocator(_ stream: UnsafeMutablePointer<z_stream>) {
        stream.pointee.zalloc = { _, count, size in
            let (bytes, overflow) = Int(count).multipliedReportingOverflow(by: Int(size))
            guard !overflow, let thread = ThreadRegistry.current,
                  let raw = Heap.allocate(MemoryLayout<StorageObject>.size + bytes, shape: TypeID.byteArrayStorage.rawValue) else { return nil }
            raw.assumingMemoryBound(to: StorageObject.self).pointee.size = bytes
            guard ListRef(Zlib.owner).append(thread, Value(raw)) else {
                thread.takeException()
                return nil
            }
            return raw + MemoryLayout<StorageObject>.size
        }
        stream.pointee.zfree = { _, _ in }
    }

    /// Runs `step` (deflate or inflate) over input and output until it is through. Output grows in `builder`, up to `limit` bytes. Returns the last status.
    ///
    /// - Parameter finished: whether a status ends the work early.
    static func run(_ stream: UnsafeMutablePointer<z_stream>, _ data: UnsafePointer<UInt8>, _ count: Int, _ builder: inout ZlibOutput, limit: Int = .max, initial: Int = 16384,
                    flush: Int32, isLast: Bool = true, _ step: (UnsafeMutablePointer<z_stream>, Int32) -> Int32) -> Int32 {
        var remaining = count
        stream.pointee.next_in = UnsafeMutablePointer(mutating: data)
        var status = Z_OK
        var room = min(initial, limit)
        repeat {
            let portion = min(remaining, 1 << 30)
            stream.pointee.avail_in = UInt32(portion)
            remaining -= portion
            let mode = isLast && remaining > 0 ? Z_NO_FLUSH : flush
            repeat {
                if builder.count >= limit { return finish(stream, remaining, status) }
                room = min(room, limit - builder.count, 1 << 30)
                builder.reserve(room)
                if builder.failed { return Z_MEM_ERROR }
                stream.pointee.next_out = builder.base + builder.count
                stream.pointee.avail_out = UInt32(room)
                status = step(stream, mode)
                builder.advance(room - Int(stream.pointee.avail_out))
                if status != Z_OK && status != Z_BUF_ERROR { return finish(stream, remaining, status) }
                room = min(room * 2, 1 << 26)
            } while stream.pointee.avail_out == 0
        } while remaining > 0
        return status
    }

    /// Input not yet shown to the library counts as left over.
    private static func finish(_ stream: UnsafeMutablePointer<z_stream>, _ remaining: Int, _ status: Int32) -> Int32 {
        Zlib.unseen = remaining
        return status
    }
    nonisolated(unsafe) static var unseen = 0

    // MARK: Functions

    static func int32(_ thread: ThreadRef, _ value: Value, _ standard: Int32) -> Int32? {
        if value.isEmpty { return standard }
        guard let number = thread.toCInt(value) else { return nil }
        return Int32(number)
    }

    static func compress(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let level = int32(thread, a[1], -1), let windowBits = int32(thread, a[2], 15) else { return .empty }
        return thread.withBuffer(a[0]) { data, count in
            var stream = z_stream()
            return withUnsafeMutablePointer(to: &stream) { stream in
                // The library's own memory: that of the heap would have to be cleared, which takes longer than compressing what is short.
                switch deflateInit2_(stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) {
                case Z_OK: break
                case Z_MEM_ERROR: return thread.raise(.memoryError, "Out of memory while compressing data")
                case Z_STREAM_ERROR: return fail(thread, "Bad compression level")
                case let status: return fail(thread, stream, status, "while compressing data")
                }
                defer { deflateEnd(stream) }
                var builder = ZlibOutput(capacity: min(count / 2 + 128, 1 << 26))
                let status = run(stream, data, count, &builder, initial: min(count / 2 + 128, 1 << 26), flush: Z_FINISH) { deflate($0, $1) }
                if status != Z_STREAM_END { return status == Z_MEM_ERROR ? thread.raiseOutOfMemory() : fail(thread, stream, status, "while compressing data") }
                return builder.finish(thread)
            }
        }
    }

    static func decompress(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let windowBits = int32(thread, a[1], 15) else { return .empty }
        var size = 16384
        if !a[2].isEmpty {
            guard let number = thread.toInt(a[2]) else { return .empty }
            if number < 0 { return thread.raise(.valueError, "bufsize must be non-negative") }
            size = max(number, 1)
        }
        return thread.withBuffer(a[0]) { data, count in
            var stream = z_stream()
            let list = thread.newList()
            if list.isEmpty { return .empty }
            Zlib.owner = list
            defer { Zlib.owner = .empty }
            return withUnsafeMutablePointer(to: &stream) { stream in
                setAllocator(stream)
                switch inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) {
                case Z_OK: break
                case Z_MEM_ERROR: return thread.raise(.memoryError, "Out of memory while decompressing data")
                case let status: return fail(thread, stream, status, "while preparing to decompress data")
                }
                var builder = ZlibOutput(capacity: min(size, 1 << 26))
                let status = run(stream, data, count, &builder, initial: min(size, 1 << 26), flush: Z_SYNC_FLUSH) { inflate($0, $1) }
                switch status {
                case Z_STREAM_END: return builder.finish(thread)
                case Z_MEM_ERROR: return thread.raise(.memoryError, "Out of memory while decompressing data")
                case Z_OK, Z_BUF_ERROR: return fail(thread, stream, Z_BUF_ERROR, "while decompressing data")
                default: return fail(thread, stream, status, "while decompressing data")
                }
            }
        }
    }

    static let functions: [Def] = [
        Def("compress(data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", .reads,
            "Compress bytes.\n\n  level: 0 to 9, or -1 for the usual one\n  wbits: size of the window, and which header", kind: .function) { thread, a, _ in
            Zlib.compress(thread, a)
        },
        Def("decompress(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", .reads,
            "Decompress bytes.\n\n  wbits: size of the window, and which header\n  bufsize: how much is allocated at first", kind: .function) { thread, a, _ in
            Zlib.decompress(thread, a)
        },
        Def("compressobj(level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=None)", .writes,
            """
                An object that compresses bytes which come in pieces.

                  level: 0 to 9, or -1 for the usual one; higher is smaller and slower
                  method: only DEFLATED
                  wbits: 9 to 15 for zlib's header, negative for none, 16 more for gzip's; the number is the window's size as a power of two
                  memLevel: 1 to 9; higher takes more memory
                  strategy: what the data is like
                  zdict: bytes that the data is likely to have, the likeliest last
                """, kind: .function) { thread, a, _ in
            ZlibStream.makeCompressor(thread, a)
        },
        Def("decompressobj(wbits=MAX_WBITS, zdict=b'')", .writes,
            """
                An object that decompresses bytes which come in pieces.

                  wbits: size of the window, and which header
                  zdict: the dictionary that the bytes were compressed with
                """, kind: .function) { thread, a, _ in
            ZlibStream.makeDecompressor(thread, a)
        },
        Def("adler32(data, value=1, /)", .reads, "The Adler-32 checksum of data, going on from value.", kind: .function) { thread, a, _ in
            var start: UInt32 = 1
            if !a[1].isEmpty {
                guard let value = Binascii.bits(thread, a[1]) else { return .empty }
                start = value
            }
            return thread.withBuffer(a[0]) { data, count in Value(small: Int(adler32_z(UInt(start), data, count))) }
        },
        Def("crc32(data, value=0, /)", .reads, "The CRC-32 checksum of data, going on from value.", kind: .function) { thread, a, _ in
            var start: UInt32 = 0
            if !a[1].isEmpty {
                guard let value = Binascii.bits(thread, a[1]) else { return .empty }
                start = value
            }
            return thread.withBuffer(a[0]) { data, count in Value(small: Int(crc32_z(UInt(start), data, count))) }
        },
    ]
}

/// Output of the library: it writes behind what is there, into room made before.
struct ZlibOutput: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int
    private(set) var failed = false

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        if let memory = malloc(self.capacity) {
            base = memory.assumingMemoryBound(to: UInt8.self)
        } else {
            base = .allocate(capacity: 1)
            self.capacity = 0
            failed = true
        }
    }

    deinit { free(base) }

    mutating func reserve(_ extra: Int) {
        if failed || extra <= capacity - count { return }
        guard count < 1 << 46, let larger = realloc(base, max(count + extra, capacity + capacity / 2)) else { failed = true; return }
        base = larger.assumingMemoryBound(to: UInt8.self)
        capacity = max(count + extra, capacity + capacity / 2)
    }

    /// `extra` bytes were written.
    mutating func advance(_ extra: Int) { count += extra }

    func finish(_ thread: ThreadRef) -> Value { failed ? thread.raiseOutOfMemory() : thread.newBytes(base, count) }
}
