import CLzma
import Glibc
import Objects

/// `_lzma`: compression by liblzma. Filters are read and shown in `XzFilters`.
enum Xz {
    struct CompressorObject {
        var header: ObjectHeader
        var stream: UInt
        var flushed: Bool
        /// Bytes outside the heap, as told to it.
        var held: Int
    }

    /// The container formats.
    enum Format: Int { case auto, xz, alone, raw }

    nonisolated(unsafe) private static var compressor: NativeType!
    nonisolated(unsafe) private static var decompressor: NativeType!
    nonisolated(unsafe) private static let error = RootTable.reserve()

    static func raise(_ thread: ThreadRef, _ text: String) {
        let message = thread.newString(text)
        if !message.isEmpty { thread.raise(type: TypeRef(error.pointee), message) }
    }

    /// Whether a result is an error, which is raised then.
    static func failed(_ thread: ThreadRef, _ status: lzma_ret) -> Bool {
        switch status {
        case LZMA_OK, LZMA_GET_CHECK, LZMA_NO_CHECK, LZMA_STREAM_END: return false
        case LZMA_UNSUPPORTED_CHECK: raise(thread, "Unsupported integrity check")
        case LZMA_MEM_ERROR: thread.raiseOutOfMemory()
        case LZMA_MEMLIMIT_ERROR: raise(thread, "Memory usage limit exceeded")
        case LZMA_FORMAT_ERROR: raise(thread, "Input format not supported by decoder")
        case LZMA_OPTIONS_ERROR: raise(thread, "Invalid or unsupported options")
        case LZMA_DATA_ERROR: raise(thread, "Corrupt input data")
        case LZMA_BUF_ERROR: raise(thread, "Insufficient buffer space")
        case LZMA_PROG_ERROR: raise(thread, "Internal error")
        default: raise(thread, "Unrecognized error from liblzma: \(status.rawValue)")
        }
        return true
    }

    private static func newStream() -> UnsafeMutablePointer<lzma_stream> {
        let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
        stream.initialize(to: lzma_stream())
        return stream
    }

    private static func end(_ word: inout UInt) {
        guard let stream = UnsafeMutablePointer<lzma_stream>(bitPattern: word) else { return }
        lzma_end(stream)
        stream.deallocate()
        word = 0
    }

    private static func endCompressor(_ object: UnsafeMutablePointer<CompressorObject>) {
        end(&object.pointee.stream)
        Heap.release(object.pointee.held)
        object.pointee.held = 0
    }

    private static func endDecompressor(_ object: UnsafeMutablePointer<DecompressorObject>) {
        if object.pointee.stream != 0 { Heap.release(DecompressorObject.footprint) }
        end(&object.pointee.stream)
    }

    // MARK: Compressing

    private static let makeCompressor = Constructor("LZMACompressor(self, format=FORMAT_XZ, check=-1, preset=None, filters=None)") { thread, a, _ in
        guard let number = a[1].isEmpty ? Format.xz.rawValue : thread.toInt(a[1]), let check = a[2].isEmpty ? -1 : thread.toInt(a[2]) else { return .empty }
        let hasPreset = !a[3].isEmpty && !a[3].isNone, hasFilters = !a[4].isEmpty && !a[4].isNone
        if hasPreset && hasFilters { return thread.raise(.valueError, "Cannot specify both preset and filter chain") }
        var preset = 6
        if hasPreset {
            guard let given = thread.toInt(a[3]) else { return .empty }
            guard given >= 0 && given <= Int(UInt32.max) else { return thread.raise(.overflowError, given < 0 ? "can't convert negative value to unsigned int" : "Value too large for uint32_t type") }
            preset = given
        }
        guard let format = Format(rawValue: number), format != .auto else { return thread.raise(.valueError, "Invalid container format: \(number)") }
        if format != .xz && check != -1 && check != 0 { return thread.raise(.valueError, "Integrity checks are only supported by FORMAT_XZ") }
        if format == .raw && !hasFilters { return thread.raise(.valueError, "Must specify filters for FORMAT_RAW") }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        var filters = XzFilters()
        defer { filters.discard() }
        if hasFilters && !filters.parse(thread, chain: a[4]) { return .empty }
        let stream = newStream()
        value.object(CompressorObject.self).pointee.stream = UInt(bitPattern: stream)
        // Of the tables that an encoder allocates it uses a part.
        let held = Int(clamping: (hasFilters ? lzma_raw_encoder_memusage(filters.chain) : lzma_easy_encoder_memusage(UInt32(truncatingIfNeeded: preset))) >> 2)
        value.object(CompressorObject.self).pointee.held = held
        Heap.hold(held)
        let status: lzma_ret
        switch format {
        case .auto, .xz:
            let kind = lzma_check(rawValue: UInt32(truncatingIfNeeded: check == -1 ? 4 : check))
            status = hasFilters ? lzma_stream_encoder(stream, filters.chain, kind) : lzma_easy_encoder(stream, UInt32(preset), kind)
        case .alone:
            if hasFilters {
                guard filters.chain[0].id == XzFilters.lzma1, filters.count == 1 else { return thread.raise(.valueError, "Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter") }
                status = lzma_alone_encoder(stream, filters.chain[0].options.assumingMemoryBound(to: lzma_options_lzma.self))
            } else {
                var options = lzma_options_lzma()
                if lzma_lzma_preset(&options, UInt32(preset)) != 0 {
                    raise(thread, "Invalid compression preset: \(preset)")
                    return .empty
                }
                status = lzma_alone_encoder(stream, &options)
            }
        case .raw: status = lzma_raw_encoder(stream, filters.chain)
        }
        return failed(thread, status) ? .empty : value
    }

    private static func compress(_ thread: ThreadRef, _ object: UnsafeMutablePointer<CompressorObject>, _ bytes: UnsafeMutablePointer<UInt8>, _ count: Int, _ action: lzma_action) -> Value {
        guard let stream = UnsafeMutablePointer<lzma_stream>(bitPattern: object.pointee.stream) else { return thread.raise(.valueError, "compressor is closed") }
        var output = ArchiveOutput(limit: -1)
        stream.pointee.next_in = UnsafePointer(bytes)
        stream.pointee.avail_in = count
        while true {
            let room = output.room()
            stream.pointee.next_out = output.next
            stream.pointee.avail_out = room
            var status = lzma_code(stream, action)
            if status == LZMA_BUF_ERROR && count == 0 && stream.pointee.avail_out > 0 { status = LZMA_OK }
            if failed(thread, status) {
                output.discard()
                return .empty
            }
            output.count += room - stream.pointee.avail_out
            if action == LZMA_RUN && stream.pointee.avail_in == 0 || action == LZMA_FINISH && status == LZMA_STREAM_END { break }
        }
        stream.pointee.next_in = nil
        return output.finish(thread)
    }

    // MARK: Decompressing

    private static let makeDecompressor = Constructor("LZMADecompressor(self, format=FORMAT_AUTO, memlimit=None, filters=None)") { thread, a, _ in
        guard let number = a[1].isEmpty ? 0 : thread.toInt(a[1]) else { return .empty }
        let format = Format(rawValue: number)
        let hasFilters = !a[3].isEmpty && !a[3].isNone
        var limit = UInt64.max
        if !a[2].isEmpty && !a[2].isNone {
            if format == .raw { return thread.raise(.valueError, "Cannot specify memory limit with FORMAT_RAW") }
            guard let given = thread.toInt(a[2]) else { return .empty }
            if given < 0 { return thread.raise(.overflowError, "can't convert negative int to unsigned") }
            limit = UInt64(given)
        }
        if format == .raw && !hasFilters { return thread.raise(.valueError, "Must specify filters for FORMAT_RAW") }
        if format != .raw && hasFilters { return thread.raise(.valueError, "Cannot specify filters except with FORMAT_RAW") }
        guard let format else { return thread.raise(.valueError, "Invalid container format: \(number)") }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let object = value.object(DecompressorObject.self)
        object.pointee.unusedData = WellKnown.emptyBytes.value
        object.pointee.pending = WellKnown.emptyBytes.value
        object.pointee.needsInput = true
        object.pointee.check = format == .auto || format == .xz ? 16 : 0
        var filters = XzFilters()
        defer { filters.discard() }
        if hasFilters && !filters.parse(thread, chain: a[3]) { return .empty }
        let stream = newStream()
        object.pointee.stream = UInt(bitPattern: stream)
        Heap.hold(DecompressorObject.footprint)
        // The library is to tell which check a stream has.
        let tell: UInt32 = 0x01 | 0x04
        let status: lzma_ret
        switch format {
        case .auto: status = lzma_auto_decoder(stream, limit, tell)
        case .xz: status = lzma_stream_decoder(stream, limit, tell)
        case .alone: status = lzma_alone_decoder(stream, limit)
        case .raw: status = lzma_raw_decoder(stream, filters.chain)
        }
        return failed(thread, status) ? .empty : value
    }

    private static func decompress(_ thread: ThreadRef, _ value: Value, _ data: Value, _ limit: Value) -> Value {
        let object = value.object(DecompressorObject.self)
        if object.pointee.eof { return thread.raise(.eofError, "Already at end of stream") }
        guard let stream = UnsafeMutablePointer<lzma_stream>(bitPattern: object.pointee.stream) else { return DecompressorObject.raiseUnusable(thread) }
        return DecompressorObject.decompress(thread, value, data, limit) { input, left, output in
            let room = output.room(), before = left
            stream.pointee.next_in = input
            stream.pointee.avail_in = left
            stream.pointee.next_out = output.next
            stream.pointee.avail_out = room
            var status = lzma_code(stream, LZMA_RUN)
            if status == LZMA_BUF_ERROR && stream.pointee.avail_in == 0 && stream.pointee.avail_out > 0 || status == LZMA_BUF_ERROR && room == 0 { status = LZMA_OK }
            if failed(thread, status) { return nil }
            if status == LZMA_GET_CHECK || status == LZMA_NO_CHECK { object.pointee.check = Int32(lzma_get_check(stream).rawValue) }
            left = stream.pointee.avail_in
            input += before - left
            let made = room - stream.pointee.avail_out
            output.count += made
            if status == LZMA_STREAM_END {
                object.pointee.eof = true
                endDecompressor(object)
                return false
            }
            if left == 0 { return made == room && output.room() > 0 }
            return output.room() > 0
        }
    }

    // MARK: The module

    private static let constants: [(String, Int)] = [
        ("FORMAT_AUTO", 0), ("FORMAT_XZ", 1), ("FORMAT_ALONE", 2), ("FORMAT_RAW", 3), ("CHECK_NONE", 0), ("CHECK_CRC32", 1), ("CHECK_CRC64", 4), ("CHECK_SHA256", 10),
        ("CHECK_ID_MAX", 15), ("CHECK_UNKNOWN", 16), ("FILTER_LZMA1", 0x4000_0000_0000_0001), ("FILTER_LZMA2", 0x21), ("FILTER_DELTA", 3), ("FILTER_X86", 4), ("FILTER_IA64", 6),
        ("FILTER_ARM", 7), ("FILTER_ARMTHUMB", 8), ("FILTER_SPARC", 9), ("FILTER_POWERPC", 5), ("MF_HC3", 3), ("MF_HC4", 4), ("MF_BT2", 0x12), ("MF_BT3", 0x13), ("MF_BT4", 0x14),
        ("MODE_FAST", 1), ("MODE_NORMAL", 2), ("PRESET_DEFAULT", 6), ("PRESET_EXTREME", 0x8000_0000),
    ]

    static func register() {
        NativeModule.register("_lzma", functions: [
            Def("is_check_supported(check_id, /)", .pure, "Test whether the given integrity check is supported.", kind: .function) { thread, a, _ in
                guard let number = thread.toInt(a[0]) else { return .empty }
                return Value(lzma_check_is_supported(lzma_check(rawValue: UInt32(truncatingIfNeeded: number))) != 0)
            },
            Def("_encode_filter_properties(filter, /)", .calls, "The properties of a filter, a dict, as bytes.", kind: .function) { thread, a, _ in
                XzFilters.encode(thread, a[0])
            },
            Def("_decode_filter_properties(filter_id, encoded_props, /)", .calls, "Return a dict describing a filter with ID *filter_id*, and options (properties) decoded from the bytes object *encoded_props*.", kind: .function) { thread, a, _ in
                XzFilters.decode(thread, a[0], a[1])
            },
        ]) { module in
            for (name, value) in constants { module.set(name, value) }
            error.pointee = module.addException("LZMAError")
            _ = module.thread.setAttribute(error.pointee, Name.__doc__, module.thread.newString("Call to liblzma failed."))
            compressor = NativeType("LZMACompressor", module: "_lzma", size: MemoryLayout<CompressorObject>.size, flags: .base,
                                    doc: "LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)\n\nCompresses data that comes in pieces.", methods: [
                Def("compress(self, data, /)", .writes, "Provide data to the compressor object: compressed data if possible, or an empty bytes object otherwise.") { thread, a, _ in
                    let object = a[0].object(CompressorObject.self)
                    return thread.withBuffer(a[1]) { bytes, count in
                        if object.pointee.flushed { return thread.raise(.valueError, "Compressor has been flushed") }
                        return Xz.compress(thread, object, bytes, count, LZMA_RUN)
                    }
                },
                Def("flush(self, /)", .writes, "Finish the compression process: the compressed data left in internal buffers.") { thread, a, _ in
                    let object = a[0].object(CompressorObject.self)
                    if object.pointee.flushed { return thread.raise(.valueError, "Repeated call to flush()") }
                    object.pointee.flushed = true
                    var nothing: UInt8 = 0
                    // The encoder's memory, some hundred megabytes, is not to wait for the collector.
                    let rest = Xz.compress(thread, object, &nothing, 0, LZMA_FINISH)
                    Xz.endCompressor(object)
                    return rest
                },
            ]) { slots in
                slots.call(.new) { thread, type, a, count, keywords in Xz.makeCompressor.call(thread, type, a, count, keywords) }
                slots.unary(.finalize) { _, value in
                    Xz.endCompressor(value.object(CompressorObject.self))
                    return .none
                }
            }
            decompressor = NativeType("LZMADecompressor", module: "_lzma", size: MemoryLayout<DecompressorObject>.size, mask: DecompressorObject.mask, flags: .base,
                                      doc: "LZMADecompressor(format=FORMAT_AUTO, memlimit=None, filters=None)\n--\n\nDecompresses data that comes in pieces; decompress() takes it all at once.", methods: [
                Def("decompress(self, data, max_length=-1)", .writes, "Decompress *data*, returning uncompressed data as bytes, at most *max_length* of them if that is nonnegative.") { thread, a, _ in
                    Xz.decompress(thread, a[0], a[1], a[2])
                },
            ], getters: DecompressorObject.getters + [
                Getter("check", "ID of the integrity check used by the input stream.", set: readOnlyMember) { _, a, _ in Value(small: Int(a[0].object(DecompressorObject.self).pointee.check)) },
            ]) { slots in
                slots.call(.new) { thread, type, a, count, keywords in Xz.makeDecompressor.call(thread, type, a, count, keywords) }
                slots.unary(.finalize) { _, value in
                    Xz.endDecompressor(value.object(DecompressorObject.self))
                    return .none
                }
            }
            module.add(compressor)
            module.add(decompressor)
            return true
        }
    }
}
