import CBzip2
import Glibc
import Objects

/// `_bz2`: compression by libbzip2.
enum Bzip2 {
    struct CompressorObject {
        var header: ObjectHeader
        var stream: UInt
        var flushed: Bool
        /// Bytes outside the heap, as told to it.
        var held: Int
    }

    nonisolated(unsafe) private static var compressor: NativeType!
    nonisolated(unsafe) private static var decompressor: NativeType!

    private static func newStream() -> UnsafeMutablePointer<bz_stream> {
        let stream = UnsafeMutablePointer<bz_stream>.allocate(capacity: 1)
        stream.initialize(to: bz_stream())
        return stream
    }

    /// Whether a result is an error, which is raised then.
    private static func failed(_ thread: ThreadRef, _ status: Int32) -> Bool {
        switch status {
        case BZ_OK, BZ_RUN_OK, BZ_FLUSH_OK, BZ_FINISH_OK, BZ_STREAM_END: return false
        case BZ_PARAM_ERROR: thread.raise(.valueError, "Internal error - invalid parameters passed to libbzip2")
        case BZ_MEM_ERROR: thread.raiseOutOfMemory()
        case BZ_DATA_ERROR, BZ_DATA_ERROR_MAGIC: thread.raise(.osError, "Invalid data stream")
        case BZ_IO_ERROR: thread.raise(.osError, "Unknown I/O error")
        case BZ_UNEXPECTED_EOF: thread.raise(.eofError, "Compressed file ended before the logical end-of-stream was detected")
        case BZ_SEQUENCE_ERROR: thread.raise(.runtimeError, "Internal error - Invalid sequence of commands sent to libbzip2")
        default: thread.raise(.osError, "Unrecognized error from libbzip2: \(status)")
        }
        return true
    }

    // What a stream holds outside the heap is given back once it is not needed, and does not wait for the collector.

    private static func endCompressor(_ object: UnsafeMutablePointer<CompressorObject>) {
        guard let stream = UnsafeMutablePointer<bz_stream>(bitPattern: object.pointee.stream) else { return }
        BZ2_bzCompressEnd(stream)
        Heap.release(object.pointee.held)
        stream.deallocate()
        object.pointee.stream = 0
    }

    private static func endDecompressor(_ object: UnsafeMutablePointer<DecompressorObject>) {
        guard let stream = UnsafeMutablePointer<bz_stream>(bitPattern: object.pointee.stream) else { return }
        BZ2_bzDecompressEnd(stream)
        Heap.release(DecompressorObject.footprint)
        stream.deallocate()
        object.pointee.stream = 0
    }

    private static let makeCompressor = Constructor("BZ2Compressor(self, compresslevel=9, /)") { thread, a, _ in
        guard let level = a[1].isEmpty ? 9 : thread.toInt(a[1]) else { return .empty }
        if level < 1 || level > 9 { return thread.raise(.valueError, "compresslevel must be between 1 and 9") }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let stream = newStream()
        value.object(CompressorObject.self).pointee.stream = UInt(bitPattern: stream)
        value.object(CompressorObject.self).pointee.held = level * 900_000
        Heap.hold(level * 900_000)
        return failed(thread, BZ2_bzCompressInit(stream, Int32(level), 0, 0)) ? .empty : value
    }

    private static let makeDecompressor = Constructor("BZ2Decompressor(self)") { thread, a, _ in
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let object = value.object(DecompressorObject.self)
        object.pointee.unusedData = WellKnown.emptyBytes.value
        object.pointee.pending = WellKnown.emptyBytes.value
        object.pointee.needsInput = true
        let stream = newStream()
        object.pointee.stream = UInt(bitPattern: stream)
        Heap.hold(DecompressorObject.footprint)
        return failed(thread, BZ2_bzDecompressInit(stream, 0, 0)) ? .empty : value
    }

    private static func compress(_ thread: ThreadRef, _ object: UnsafeMutablePointer<CompressorObject>, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ action: Int32) -> Value {
        guard let stream = UnsafeMutablePointer<bz_stream>(bitPattern: object.pointee.stream) else { return thread.raise(.valueError, "compressor is closed") }
        var output = ArchiveOutput(limit: -1)
        var start = bytes, left = count
        while true {
            let part = min(left, Int(Int32.max)), room = min(output.room(), Int(Int32.max))
            stream.pointee.next_in = UnsafeMutableRawPointer(start).assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_in = UInt32(part)
            stream.pointee.next_out = UnsafeMutableRawPointer(output.next).assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_out = UInt32(room)
            let status = BZ2_bzCompress(stream, action)
            if failed(thread, status) {
                output.discard()
                return .empty
            }
            let used = part - Int(stream.pointee.avail_in)
            start += used
            left -= used
            output.count += room - Int(stream.pointee.avail_out)
            if action == BZ_RUN ? left == 0 : status == BZ_STREAM_END { break }
        }
        return output.finish(thread)
    }

    private static func decompress(_ thread: ThreadRef, _ value: Value, _ data: Value, _ limit: Value) -> Value {
        let object = value.object(DecompressorObject.self)
        if object.pointee.eof { return thread.raise(.eofError, "End of stream already reached") }
        guard let stream = UnsafeMutablePointer<bz_stream>(bitPattern: object.pointee.stream) else { return DecompressorObject.raiseUnusable(thread) }
        return DecompressorObject.decompress(thread, value, data, limit) { input, left, output in
            let part = min(left, Int(Int32.max)), room = min(output.room(), Int(Int32.max))
            stream.pointee.next_in = UnsafeMutableRawPointer(mutating: input).assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_in = UInt32(part)
            stream.pointee.next_out = UnsafeMutableRawPointer(output.next).assumingMemoryBound(to: CChar.self)
            stream.pointee.avail_out = UInt32(room)
            let status = BZ2_bzDecompress(stream)
            if failed(thread, status) {
                // The library must not be asked again: it does not survive that.
                endDecompressor(object)
                return nil
            }
            let used = part - Int(stream.pointee.avail_in), made = room - Int(stream.pointee.avail_out)
            input += used
            left -= used
            output.count += made
            if status == BZ_STREAM_END {
                object.pointee.eof = true
                endDecompressor(object)
                return false
            }
            if left == 0 { return made == room && output.room() > 0 }
            return output.room() > 0
        }
    }

    static func register() {
        NativeModule.register("_bz2") { module in
            compressor = NativeType("BZ2Compressor", module: "_bz2", size: MemoryLayout<CompressorObject>.size, flags: .base,
                                    doc: """
                                        BZ2Compressor(compresslevel=9, /)\n--\n\nCompresses data that comes in pieces; compress() takes it all at once.

                                        compresslevel is from 1, the fastest, to 9, the smallest.
                                        """, methods: [
                Def("compress(self, data, /)", .writes, "Provide data to the compressor object: compressed data if possible, or an empty bytes object otherwise.") { thread, a, _ in
                    let object = a[0].object(CompressorObject.self)
                    return thread.withBuffer(a[1]) { bytes, count in
                        if object.pointee.flushed { return thread.raise(.valueError, "Compressor has been flushed") }
                        return count == 0 ? WellKnown.emptyBytes.value : Bzip2.compress(thread, object, bytes, count, BZ_RUN)
                    }
                },
                Def("flush(self, /)", .writes, "Finish the compression process: the compressed data left in internal buffers.") { thread, a, _ in
                    let object = a[0].object(CompressorObject.self)
                    if object.pointee.flushed { return thread.raise(.valueError, "Repeated call to flush()") }
                    object.pointee.flushed = true
                    var nothing: UInt8 = 0
                    let rest = Bzip2.compress(thread, object, &nothing, 0, BZ_FINISH)
                    Bzip2.endCompressor(object)
                    return rest
                },
            ]) { slots in
                slots.call(.new) { thread, type, a, count, keywords in Bzip2.makeCompressor.call(thread, type, a, count, keywords) }
                slots.unary(.finalize) { _, value in
                    Bzip2.endCompressor(value.object(CompressorObject.self))
                    return .none
                }
            }
            decompressor = NativeType("BZ2Decompressor", module: "_bz2", size: MemoryLayout<DecompressorObject>.size, mask: DecompressorObject.mask, flags: .base,
                                      doc: "BZ2Decompressor()\n--\n\nDecompresses data that comes in pieces; decompress() takes it all at once.", methods: [
                Def("decompress(self, data, max_length=-1)", .writes, "Decompress *data*, returning uncompressed data as bytes, at most *max_length* of them if that is nonnegative.") { thread, a, _ in
                    Bzip2.decompress(thread, a[0], a[1], a[2])
                },
            ], getters: DecompressorObject.getters) { slots in
                slots.call(.new) { thread, type, a, count, keywords in Bzip2.makeDecompressor.call(thread, type, a, count, keywords) }
                slots.unary(.finalize) { _, value in
                    Bzip2.endDecompressor(value.object(DecompressorObject.self))
                    return .none
                }
            }
            module.add(compressor)
            module.add(decompressor)
            return true
        }
    }
}
