import CZlib
import Glibc
import Objects

/// `zlib.Compress` and `zlib.Decompress`.

struct ZlibObject {
    var header: ObjectHeader
    /// List of the storages that the library works in.
    var memory: Value
    var unusedData: Value
    var unconsumedTail: Value
    /// bytes-like, or empty
    var dictionary: Value
    // Up to here the words are traced.
    var isOpen: Bool
    var eof: Bool
    var stream: z_stream
}

enum ZlibStream {
    static func stream(_ object: UnsafeMutablePointer<ZlibObject>) -> UnsafeMutablePointer<z_stream> {
        (UnsafeMutableRawPointer(object) + MemoryLayout<ZlibObject>.offset(of: \ZlibObject.stream)!).assumingMemoryBound(to: z_stream.self)
    }

    /// A new object; the library's allocations go to it until `Zlib.owner` is changed.
    private static func make(_ thread: ThreadRef, _ type: NativeType) -> UnsafeMutablePointer<ZlibObject>? {
        let list = thread.newList()
        if list.isEmpty { return nil }
        let result = type.allocate(thread, size: MemoryLayout<ZlibObject>.size)
        if result.isEmpty { return nil }
        let object = result.object(ZlibObject.self)
        object.pointee.memory = list
        object.pointee.unusedData = WellKnown.emptyBytes.value
        object.pointee.unconsumedTail = WellKnown.emptyBytes.value
        Zlib.setAllocator(stream(object))
        Zlib.owner = list
        return object
    }

    static func makeCompressor(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let level = Zlib.int32(thread, a[0], -1), let method = Zlib.int32(thread, a[1], Z_DEFLATED), let windowBits = Zlib.int32(thread, a[2], 15),
              let memory = Zlib.int32(thread, a[3], 8), let strategy = Zlib.int32(thread, a[4], Z_DEFAULT_STRATEGY) else { return .empty }
        var dictionary = BufferView()
        let hasDictionary = !a[5].isEmpty && !a[5].isNone
        if hasDictionary && !thread.acquireBuffer(a[5], &dictionary) { return .empty }
        defer { thread.releaseBuffer(&dictionary) }
        guard let object = make(thread, Zlib.compressType) else { return .empty }
        let stream = stream(object)
        switch deflateInit2_(stream, level, method, windowBits, memory, strategy, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) {
        case Z_OK: break
        case Z_MEM_ERROR: return thread.raise(.memoryError, "Can't allocate memory for compression object")
        case Z_STREAM_ERROR: return thread.raise(.valueError, "Invalid initialization option")
        case let status: return Zlib.fail(thread, stream, status, "while creating compression object")
        }
        object.pointee.isOpen = true
        if hasDictionary {
            guard dictionary.length <= Int(UInt32.max) else { return thread.raise(.overflowError, "zdict length does not fit in an unsigned int") }
            switch deflateSetDictionary(stream, dictionary.bytes, UInt32(dictionary.length)) {
            case Z_OK: break
            case Z_STREAM_ERROR: return thread.raise(.valueError, "Invalid dictionary")
            default: return thread.raise(.valueError, "deflateSetDictionary()")
            }
        }
        return Value(object)
    }

    static func makeDecompressor(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let windowBits = Zlib.int32(thread, a[0], 15) else { return .empty }
        if !a[1].isEmpty && !a[1].isBuffer { return thread.raise(.typeError, "zdict argument must support the buffer protocol") }
        guard let object = make(thread, Zlib.decompressType) else { return .empty }
        let stream = stream(object)
        switch inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) {
        case Z_OK: break
        case Z_MEM_ERROR: return thread.raise(.memoryError, "Can't allocate memory for decompression object")
        case Z_STREAM_ERROR: return thread.raise(.valueError, "Invalid initialization option")
        case let status: return Zlib.fail(thread, stream, status, "while creating decompression object")
        }
        object.pointee.isOpen = true
        object.pointee.dictionary = a[1]
        Heap.barrier(UnsafeMutableRawPointer(object))
        // A raw stream does not ask for its dictionary.
        if !a[1].isEmpty && windowBits < 0 && !setDictionary(thread, object) { return .empty }
        return Value(object)
    }

    /// False when it has raised.
    private static func setDictionary(_ thread: ThreadRef, _ object: UnsafeMutablePointer<ZlibObject>) -> Bool {
        var view = BufferView()
        guard thread.acquireBuffer(object.pointee.dictionary, &view) else { return false }
        defer { thread.releaseBuffer(&view) }
        guard view.length <= Int(UInt32.max) else {
            thread.raise(.overflowError, "zdict length does not fit in an unsigned int")
            return false
        }
        let status = inflateSetDictionary(stream(object), view.bytes, UInt32(view.length))
        if status == Z_OK { return true }
        _ = Zlib.fail(thread, stream(object), status, "while setting zdict")
        return false
    }

    // MARK: Compress

    static func compress(_ thread: ThreadRef, _ self: Value, _ data: Value) -> Value {
        let object = self.object(ZlibObject.self)
        return thread.withBuffer(data) { data, count in
            Zlib.owner = object.pointee.memory
            var builder = ZlibOutput(capacity: 1024)
            let status = Zlib.run(stream(object), data, count, &builder, flush: Z_NO_FLUSH) { deflate($0, $1) }
            if status == Z_MEM_ERROR { return thread.raiseOutOfMemory() }
            if status == Z_STREAM_ERROR { return Zlib.fail(thread, stream(object), status, "while compressing data") }
            return builder.finish(thread)
        }
    }

    static func flushCompressor(_ thread: ThreadRef, _ self: Value, _ mode: Value) -> Value {
        guard let mode = Zlib.int32(thread, mode, Z_FINISH) else { return .empty }
        if mode == Z_NO_FLUSH { return WellKnown.emptyBytes.value }
        let object = self.object(ZlibObject.self)
        let stream = stream(object)
        Zlib.owner = object.pointee.memory
        var builder = ZlibOutput(capacity: 1024)
        var nothing: UInt8 = 0
        let status = Zlib.run(stream, &nothing, 0, &builder, flush: mode) { deflate($0, $1) }
        if status == Z_MEM_ERROR { return thread.raiseOutOfMemory() }
        if status == Z_STREAM_ERROR { return Zlib.fail(thread, stream, status, "while flushing") }
        if status == Z_STREAM_END && mode == Z_FINISH {
            let end = deflateEnd(stream)
            if end != Z_OK { return Zlib.fail(thread, stream, end, "while finishing compression") }
            object.pointee.isOpen = false
            ListRef(object.pointee.memory).clear()
        } else if status != Z_OK && status != Z_BUF_ERROR {
            return Zlib.fail(thread, stream, status, "while flushing")
        }
        return builder.finish(thread)
    }

    static func copy(_ thread: ThreadRef, _ self: Value) -> Value {
        let source = self.object(ZlibObject.self)
        let isCompressor = self.shapeIndex == Zlib.compressType.shape
        guard let object = make(thread, isCompressor ? Zlib.compressType : Zlib.decompressType) else { return .empty }
        let status = isCompressor ? deflateCopy(stream(object), stream(source)) : inflateCopy(stream(object), stream(source))
        switch status {
        case Z_OK: break
        case Z_STREAM_ERROR: return thread.raise(.valueError, "Inconsistent stream state")
        case Z_MEM_ERROR: return thread.raise(.memoryError, "Can't allocate memory for \(isCompressor ? "" : "de")compression object")
        default: return Zlib.fail(thread, stream(source), status, "while copying \(isCompressor ? "" : "de")compression object")
        }
        object.pointee.unusedData = source.pointee.unusedData
        object.pointee.unconsumedTail = source.pointee.unconsumedTail
        object.pointee.dictionary = source.pointee.dictionary
        object.pointee.eof = source.pointee.eof
        object.pointee.isOpen = true
        Heap.barrier(UnsafeMutableRawPointer(object))
        return Value(object)
    }

    // MARK: Decompress

    /// Decompresses `count` bytes; what is left over goes to `unused_data` or `unconsumed_tail`.
    private static func decompress(_ thread: ThreadRef, _ object: UnsafeMutablePointer<ZlibObject>, _ data: UnsafePointer<UInt8>, _ count: Int, _ builder: inout ZlibOutput,
                                   limit: Int, initial: Int, flush: Int32) -> Int32? {
        let stream = stream(object)
        Zlib.owner = object.pointee.memory
        Zlib.unseen = 0
        var start = data
        var length = count
        var status: Int32
        while true {
            status = Zlib.run(stream, start, length, &builder, limit: limit, initial: initial, flush: flush) { inflate($0, $1) }
            guard status == Z_NEED_DICT, !object.pointee.dictionary.isEmpty else { break }
            let rest = Int(stream.pointee.avail_in) + Zlib.unseen
            start += length - rest
            length = rest
            Zlib.unseen = 0
            guard setDictionary(thread, object) else { return nil }
        }
        if status == Z_MEM_ERROR {
            thread.raiseOutOfMemory()
            return nil
        }
        let rest = Int(stream.pointee.avail_in) + Zlib.unseen
        var left = rest
        let end = start + length
        if status == Z_STREAM_END && left > 0 {
            let old = BytesRef(object.pointee.unusedData)
            let joined = thread.newBytes(count: old.count + left)
            if joined.isEmpty { return nil }
            memcpy(BytesRef(joined).bytes, old.bytes, old.count)
            memcpy(BytesRef(joined).bytes + old.count, end - left, left)
            object.pointee.unusedData = joined
            left = 0
        }
        if left > 0 || BytesRef(object.pointee.unconsumedTail).count > 0 {
            // As in CPython, a tail that was there is replaced by what is left over, also when that is unused data.
            let tail = thread.newBytes(end - rest, rest)
            if tail.isEmpty { return nil }
            object.pointee.unconsumedTail = tail
        }
        stream.pointee.avail_in = 0
        Heap.barrier(UnsafeMutableRawPointer(object))
        return status
    }

    static func decompress(_ thread: ThreadRef, _ self: Value, _ data: Value, _ limit: Value) -> Value {
        var most = 0
        if !limit.isEmpty {
            guard let number = thread.toInt(limit) else { return .empty }
            if number < 0 { return thread.raise(.valueError, "max_length must be non-negative") }
            most = number
        }
        let object = self.object(ZlibObject.self)
        return thread.withBuffer(data) { data, count in
            var builder = ZlibOutput(capacity: 1024)
            guard let status = decompress(thread, object, data, count, &builder, limit: most == 0 ? .max : most, initial: 16384, flush: Z_SYNC_FLUSH) else { return .empty }
            if status == Z_STREAM_END {
                object.pointee.eof = true
            } else if status != Z_OK && status != Z_BUF_ERROR {
                return Zlib.fail(thread, stream(object), status, "while decompressing data")
            }
            return builder.finish(thread)
        }
    }

    static func flushDecompressor(_ thread: ThreadRef, _ self: Value, _ length: Value) -> Value {
        var size = 16384
        if !length.isEmpty {
            guard let number = thread.toInt(length) else { return .empty }
            size = number
        }
        if size <= 0 { return thread.raise(.valueError, "length must be greater than zero") }
        let object = self.object(ZlibObject.self)
        let tail = object.pointee.unconsumedTail
        var builder = ZlibOutput(capacity: 1024)
        guard let status = decompress(thread, object, BytesRef(tail).bytes, BytesRef(tail).count, &builder, limit: .max, initial: min(size, 1 << 26), flush: Z_FINISH) else { return .empty }
        if status == Z_STREAM_END {
            object.pointee.eof = true
            object.pointee.isOpen = false
            let end = inflateEnd(stream(object))
            if end != Z_OK { return Zlib.fail(thread, stream(object), end, "while finishing decompression") }
            ListRef(object.pointee.memory).clear()
        }
        return builder.finish(thread)
    }

    // MARK: The types

    private static let copies: [Def] = [
        Def("copy(self, /)", .writes, "Return a copy of the object.") { thread, a, _ in ZlibStream.copy(thread, a[0]) },
        Def("__copy__(self, /)", .writes) { thread, a, _ in ZlibStream.copy(thread, a[0]) },
        Def("__deepcopy__(self, memo, /)", .writes) { thread, a, _ in ZlibStream.copy(thread, a[0]) },
    ]

    static func makeCompressType() -> NativeType {
        NativeType("Compress", module: "zlib", size: MemoryLayout<ZlibObject>.size, mask: 0b11110, flags: [.noInstantiation], methods: [
            Def("compress(self, data, /)", .writes,
                "Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n\nAfter calling this function, some of the input data may still\nbe stored in internal buffers for later processing.\nCall the flush() method to clear these buffers.") { thread, a, _ in
                ZlibStream.compress(thread, a[0], a[1])
            },
            Def("flush(self, mode=zlib.Z_FINISH, /)", .writes,
                "Return a bytes object containing any remaining compressed data.\n\n  mode\n    One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH.\n    If mode == Z_FINISH, the compressor object can no longer be\n    used after calling the flush() method.  Otherwise, more data\n    can still be compressed.") { thread, a, _ in
                ZlibStream.flushCompressor(thread, a[0], a[1])
            },
        ] + copies)
    }

    static func makeDecompressType() -> NativeType {
        NativeType("Decompress", module: "zlib", size: MemoryLayout<ZlibObject>.size, mask: 0b11110, flags: [.noInstantiation], methods: [
            Def("decompress(self, data, /, max_length=0)", .writes,
                "Return a bytes object containing the decompressed version of the data.\n\n  data\n    The binary data to decompress.\n  max_length\n    The maximum allowable length of the decompressed data.\n    Unconsumed input data will be stored in\n    the unconsumed_tail attribute.\n\nAfter calling this function, some of the input data may still be stored in\ninternal buffers for later processing.\nCall the flush() method to clear these buffers.") { thread, a, _ in
                ZlibStream.decompress(thread, a[0], a[1], a[2])
            },
            Def("flush(self, length=zlib.DEF_BUF_SIZE, /)", .writes,
                "Return a bytes object containing any remaining decompressed data.\n\n  length\n    the initial size of the output buffer.") { thread, a, _ in
                ZlibStream.flushDecompressor(thread, a[0], a[1])
            },
        ] + copies, getters: [
            Getter("unused_data") { _, a, _ in a[0].object(ZlibObject.self).pointee.unusedData },
            Getter("unconsumed_tail") { _, a, _ in a[0].object(ZlibObject.self).pointee.unconsumedTail },
            Getter("eof") { _, a, _ in Value(a[0].object(ZlibObject.self).pointee.eof) },
        ])
    }
}
