import Glibc
import Interpreter
import Objects
import TextTypes

/// `_io.TextIOWrapper`: text over a buffered binary stream.
///
/// UTF-8, ASCII and Latin-1 are encoded and decoded natively when the error handler is "strict" or no error occurs; everything else goes through the codec's incremental
/// encoder and decoder. Text read ahead is kept as one string with a position; with it the bytes it came from, so that `tell` can count which of them were used.
/// Text written is collected in `pending` and handed to the buffer when there is much of it, at a newline (`line_buffering`), and before
/// anything that looks at the buffer.
struct TextObject {
    var header: ObjectHeader
    var dict: Value
    var state: Int
    // Traced: words 3–12.
    var buffer: Value
    var encoding: Value
    var errors: Value
    /// The `newline` argument.
    var newline: Value
    /// Codec's incremental decoder (perhaps in an IncrementalNewlineDecoder) and encoder; empty until needed.
    var decoder: Value
    var encoder: Value
    /// Decoded and not yet read: a str, or empty.
    var decoded: Value
    /// The bytes that `decoded` came from, with those of `leftover` in front: bytes, or empty.
    var chunk: Value
    /// StorageObject of bytes to be written.
    var pending: Value
    /// The decoder's state before `chunk`, see `TextCookies.swift`: an int, or empty.
    var decoderState: Value
    var decodedPosition: Int
    var pendingCount: Int
    var chunkSize: Int
    /// 0 other, 1 UTF-8, 2 ASCII, 3 Latin-1
    var codec: UInt8
    var lineBuffering: Bool
    var writeThrough: Bool
    var initialized: Bool
    var isDetached: Bool
    var readUniversal: Bool
    var readTranslate: Bool
    /// What "\n" is written as: 0 as it is, 1 "\r", 2 "\r\n".
    var writeNewline: UInt8
    /// Lines end at: 0 "\n", 1 "\r", 2 "\r\n".
    var lineEnd: UInt8
    var seen: UInt8
    /// A "\r" at the end of the last chunk waits for its "\n".
    var pendingCR: Bool
    /// Bytes of an incomplete character at the end of the last chunk.
    var leftoverCount: UInt8
    var leftover: (UInt8, UInt8, UInt8, UInt8)
    var isTelling: Bool
    var seekable: Bool
    var atStart: Bool
    var canRead: Bool
    var canWrite: Bool
    var hasRead1: Bool
    /// `PendingWrites` knows of it.
    var isListed: Bool
}

enum TextIO {
    nonisolated(unsafe) static var type: NativeType!
    static let pendingCapacity = 8192

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<TextObject> { value.object(TextObject.self) }

    static func ready(_ thread: ThreadRef, _ value: Value) -> Bool {
        let object = object(value)
        if object.pointee.initialized { return true }
        thread.raise(.valueError, object.pointee.isDetached ? "underlying buffer has been detached" : "I/O operation on uninitialized object")
        return false
    }

    /// What is known of a stream outlives its buffer.
    static func wasReady(_ thread: ThreadRef, _ value: Value) -> Bool { object(value).pointee.isDetached || ready(thread, value) }

    static func open(_ thread: ThreadRef, _ value: Value) -> Bool {
        guard ready(thread, value) else { return false }
        let buffer = object(value).pointee.buffer
        if buffer.isHeap && (buffer.type == Buffered.writer.type || buffer.type == Buffered.reader.type) && Buffered.object(buffer).pointee.initialized {
            let closed = Buffered.isClosed(thread, buffer)
            if closed > 0 { _ = Streams.raiseClosed(thread) }
            return closed == 0
        }
        return Streams.checkOpen(thread, buffer)
    }

    // MARK: Initialisation

    private static func normalized(_ name: String) -> UInt8 {
        switch name.lowercased().filter({ $0 != "-" && $0 != "_" && $0 != " " }) {
        case "utf8", "u8", "cp65001": return 1
        case "ascii", "usascii", "646": return 2
        case "latin1", "iso88591", "l1", "8859", "cp819": return 3
        default: return 0
        }
    }

    static func setNewline(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>, _ newline: Value) -> Bool {
        object.pointee.readUniversal = false
        object.pointee.readTranslate = false
        object.pointee.writeNewline = 0
        object.pointee.lineEnd = 0
        if newline.isEmpty || newline.isNone {
            object.pointee.readUniversal = true
            object.pointee.readTranslate = true
        } else {
            let text = StringRef(newline)
            if text.count == 0 { object.pointee.readUniversal = true }
            else if text.equals("\r") { object.pointee.writeNewline = 1; object.pointee.lineEnd = 1 }
            else if text.equals("\r\n") { object.pointee.writeNewline = 2; object.pointee.lineEnd = 2 }
            else if !text.equals("\n") {
                thread.raise(.valueError, "illegal newline value: \(newline.reprForMessage(thread))")
                return false
            }
        }
        object.pointee.newline = newline.isEmpty ? .none : newline
        return true
    }

    /// The encoding of the locale, which UTF-8 mode overrules.
    private static func localeEncoding(_ thread: ThreadRef) -> Value { OpenFunction.flag(thread, "utf8_mode") ? Streams.name("utf-8") : thread.newString(LocaleEncoding.name) }

    /// Looks the stream's encoding up, unless it is one of the native ones. False when it has raised.
    private static func checkCodec(_ thread: ThreadRef, _ encoding: Value, _ codec: UInt8) -> Bool {
        if codec != 0 { return true }
        let info = thread.call(thread.importAttribute("codecs", "lookup"), encoding)
        if info.isEmpty { return false }
        guard thread.getAttributeOrEmpty(info, Streams.name("_is_text_encoding")) != .false else {
            thread.raise(.lookupError, "\(encoding.reprForMessage(thread)) is not a text encoding; use codecs.open() to handle arbitrary codecs")
            return false
        }
        return !thread.hasException
    }

    /// Asks the buffer whether what is written next begins a file. False when it has raised.
    private static func noteStart(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>) -> Bool {
        object.pointee.atStart = true
        guard object.pointee.seekable && object.pointee.canWrite else { return true }
        let position = thread.callMethod(object.pointee.buffer, Streams.name("tell"))
        if position.isEmpty { thread.takeException() } else { object.pointee.atStart = position == Value(small: 0) }
        return true
    }

    private static let initializer = Constructor("TextIOWrapper(self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)") { thread, a, _ in
        let object = TextIO.object(a[0])
        object.pointee.initialized = false
        object.pointee.isDetached = false
        for (index, name) in [(2, "encoding"), (3, "errors"), (4, "newline")] where !a[index].isEmpty && !a[index].isNone && !a[index].isString {
            return thread.raise(.typeError, "TextIOWrapper() argument '\(name)' must be str or None, not \(a[index].argumentTypeName)")
        }
        guard TextIO.setNewline(thread, object, a[4]) else { return .empty }
        let isDefault = a[2].isEmpty || a[2].isNone
        if isDefault && !OpenFunction.warnOfDefault(thread, 1) { return .empty }
        let encoding = isDefault || StringRef(a[2]).equals("locale") ? TextIO.localeEncoding(thread) : a[2]
        for index in 0 ..< StringRef(encoding).count where StringRef(encoding)[index] == 0 { return thread.raise(.valueError, "embedded null character") }
        object.pointee.codec = TextIO.normalized(StringRef(encoding).description)
        guard TextIO.checkCodec(thread, encoding, object.pointee.codec) else { return .empty }
        if !a[3].isEmpty && !a[3].isNone && OpenFunction.flag(thread, "dev_mode") && thread.call(thread.importAttribute("codecs", "lookup_error"), a[3]).isEmpty { return .empty }
        object.pointee.buffer = a[1]
        object.pointee.encoding = encoding
        object.pointee.errors = a[3].isEmpty || a[3].isNone ? Name.strict.value : a[3]
        let lineBuffering = a[5].isEmpty ? 0 : thread.isTrue(a[5]), writeThrough = a[6].isEmpty ? 0 : thread.isTrue(a[6])
        if lineBuffering < 0 || writeThrough < 0 { return .empty }
        object.pointee.lineBuffering = lineBuffering != 0
        object.pointee.writeThrough = writeThrough != 0
        object.pointee.decoder = .empty
        object.pointee.encoder = .empty
        object.pointee.decoded = .empty
        object.pointee.chunk = .empty
        object.pointee.decodedPosition = 0
        object.pointee.pendingCount = 0
        object.pointee.chunkSize = 8192
        object.pointee.seen = 0
        object.pointee.pendingCR = false
        object.pointee.leftoverCount = 0
        object.pointee.isTelling = true
        object.pointee.atStart = true
        let readable = thread.callMethod(a[1], Streams.name("readable"))
        if readable.isEmpty { return .empty }
        object.pointee.canRead = thread.isTrue(readable) > 0
        let writable = thread.callMethod(a[1], Streams.name("writable"))
        if writable.isEmpty { return .empty }
        object.pointee.canWrite = thread.isTrue(writable) > 0
        let seekable = thread.callMethod(a[1], Streams.name("seekable"))
        if seekable.isEmpty { return .empty }
        object.pointee.seekable = thread.isTrue(seekable) > 0
        object.pointee.hasRead1 = object.pointee.canRead && !thread.getAttributeOrEmpty(a[1], Streams.name("read1")).isEmpty
        guard TextIO.noteStart(thread, object) else { return .empty }
        if thread.hasException { return .empty }
        object.pointee.initialized = true
        Heap.barrier(a[0].raw)
        return .none
    }

    // MARK: Writing

    /// Hands pending bytes to the buffer. False when it has raised.
    static func flushPending(_ thread: ThreadRef, _ value: Value) -> Bool {
        let object = object(value)
        let count = object.pointee.pendingCount
        if count == 0 { return true }
        let bytes = (object.pointee.pending.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: UInt8.self)
        // Another thread may write text before the buffer has taken this: not into the same storage.
        let storage = object.pointee.pending
        object.pointee.pendingCount = 0
        object.pointee.pending = .empty
        defer {
            if object.pointee.pending.isEmpty {
                object.pointee.pending = storage
                Heap.barrier(value.raw)
            }
        }
        let buffer = object.pointee.buffer
        if buffer.type == Buffered.writer.type && Buffered.object(buffer).pointee.initialized { return Buffered.locked(thread, buffer, false) { Buffered.write(thread, buffer, bytes, count) } }
        return !thread.callMethod(buffer, Name.write, thread.newBytes(bytes, count)).isEmpty
    }

    private static func append(_ thread: ThreadRef, _ value: Value, _ source: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let object = object(value)
        if !object.pointee.isListed { PendingWrites.addText(value) }
        if object.pointee.pendingCount + count > object.pointee.chunkSize { guard flushPending(thread, value) else { return false } }
        if object.pointee.pending.isEmpty || object.pointee.pendingCount + count > Heap.cellSize(object.pointee.pending.raw) - MemoryLayout<StorageObject>.size {
            guard flushPending(thread, value) else { return false }
            let capacity = max(count, pendingCapacity)
            guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + capacity, shape: TypeID.byteArrayStorage.rawValue) else { thread.raiseOutOfMemory(); return false }
            object.pointee.pending = Value(raw)
            Heap.barrier(value.raw)
        }
        memcpy(object.pointee.pending.raw + MemoryLayout<StorageObject>.size + object.pointee.pendingCount, source, count)
        object.pointee.pendingCount += count
        return true
    }

    private static func encode(_ thread: ThreadRef, _ value: Value, _ text: Value) -> Value {
        let object = object(value)
        if object.pointee.codec != 0 { return thread.callMethod(text, Name.encode, object.pointee.encoding, object.pointee.errors) }
        if object.pointee.encoder.isEmpty {
            let make = thread.importAttribute("codecs", "getincrementalencoder")
            if make.isEmpty { return .empty }
            let type = thread.call(make, object.pointee.encoding)
            if type.isEmpty { return .empty }
            let encoder = thread.call(type, object.pointee.errors)
            if encoder.isEmpty { return .empty }
            object.pointee.encoder = encoder
            Heap.barrier(value.raw)
            if !object.pointee.atStart {
                // No byte order mark in the middle of a file.
                if thread.callMethod(encoder, Streams.name("setstate"), Value(small: 0)).isEmpty { thread.takeException() }
            }
        }
        return thread.callMethod(object.pointee.encoder, Name.encode, text)
    }

    static func write(_ thread: ThreadRef, _ value: Value, _ text: Value) -> Value {
        guard text.isString else { return thread.raise(.typeError, "write() argument must be str, not \(text.argumentTypeName)") }
        guard open(thread, value) else { return .empty }
        let object = object(value)
        if !object.pointee.canWrite { return Streams.raiseUnsupported(thread, "not writable") }
        if object.pointee.decoded.isHeap || object.pointee.leftoverCount > 0 {
            // What was read ahead no longer stands at the position.
            object.pointee.decoded = .empty
            object.pointee.chunk = .empty
            object.pointee.leftoverCount = 0
        }
        let string = StringRef(text)
        var hasNewline = false
        var source = text
        if string.width == 1 { hasNewline = memchr(string.units, 10, string.count) != nil } else { for index in 0 ..< string.count where string[index] == 10 { hasNewline = true; break } }
        if hasNewline && object.pointee.writeNewline != 0 {
            source = thread.callMethod(text, Name.replace, taipan_latin1()[10], object.pointee.writeNewline == 1 ? taipan_latin1()[13] : thread.newString("\r\n"))
            if source.isEmpty { return .empty }
        }
        var needsFlush = object.pointee.lineBuffering && hasNewline
        if object.pointee.lineBuffering && !hasNewline && string.width == 1 && memchr(string.units, 13, string.count) != nil { needsFlush = true }
        let encoded = StringRef(source)
        if object.pointee.codec != 0 && encoded.isASCII {
            guard append(thread, value, encoded.units1, encoded.count) else { return .empty }
        } else {
            let bytes = encode(thread, value, source)
            if bytes.isEmpty { return .empty }
            guard bytes.isBytes else { return thread.raise(.typeError, "encoder should return a bytes object, not '\(bytes.type.name)'") }
            guard append(thread, value, BytesRef(bytes).bytes, BytesRef(bytes).count) else { return .empty }
        }
        if object.pointee.pendingCount >= object.pointee.chunkSize || needsFlush || object.pointee.writeThrough {
            guard flushPending(thread, value) else { return .empty }
        }
        if needsFlush, thread.callMethod(object.pointee.buffer, Name.flush).isEmpty { return .empty }
        return Value(small: string.count)
    }

    // MARK: Reading

    /// The length of the longest prefix that ends between characters.
    private static func completePrefix(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var back = 1
        while back <= 3 && back <= count {
            let byte = bytes[count - back]
            if byte & 0xC0 == 0x80 { back += 1; continue }
            let length = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
            return length > back && byte < 0xF5 ? count - back : count
        }
        return count
    }

    /// Reads and decodes another chunk. 1 when there is text, 0 at the end, -1 when it has raised.
    private static func readChunk(_ thread: ThreadRef, _ value: Value, all: Bool = false) -> Int {
        let object = object(value)
        let data = all ? thread.callMethod(object.pointee.buffer, Name.read)
            : object.pointee.buffer.type == Buffered.reader.type ? (Buffered.open(thread, object.pointee.buffer, "read of") ? Buffered.locked(thread, object.pointee.buffer, .empty) { Buffered.read1(thread, object.pointee.buffer, object.pointee.chunkSize) } : .empty)
            : thread.callMethod(object.pointee.buffer, Streams.name(object.pointee.hasRead1 ? "read1" : "read"), Value(small: object.pointee.chunkSize))
        if data.isEmpty { return -1 }
        guard data.isBytes || data.type.slotPointer(.getBuffer).pointee != nil else {
            if data.isNone { thread.raise(.typeError, "can't concat NoneType to bytes") } else { thread.raise(.typeError, "underlying read\(all || !object.pointee.hasRead1 ? "" : "1")() should have returned a bytes-like object, not '\(data.type.name)'") }
            return -1
        }
        var bytes = data.isBytes ? data : thread.call(TypeID.bytes.value, data)
        if bytes.isEmpty { return -1 }
        let atEnd = BytesRef(bytes).count == 0 || all
        var text: Value
        if object.pointee.codec != 0 {
            if object.pointee.leftoverCount > 0 {
                let front = withUnsafePointer(to: &object.pointee.leftover) { thread.newBytes(UnsafeRawPointer($0), Int(object.pointee.leftoverCount)) }
                bytes = thread.binary(front, bytes, .add)
                if bytes.isEmpty { return -1 }
                object.pointee.leftoverCount = 0
            }
            var count = BytesRef(bytes).count
            if object.pointee.codec == 1 && !atEnd {
                let complete = completePrefix(BytesRef(bytes).bytes, count)
                object.pointee.leftoverCount = UInt8(count - complete)
                withUnsafeMutablePointer(to: &object.pointee.leftover) { _ = memcpy($0, BytesRef(bytes).bytes + complete, count - complete) }
                if complete < count {
                    bytes = thread.newBytes(BytesRef(bytes).bytes, complete)
                    if bytes.isEmpty { return -1 }
                    count = complete
                }
            }
            text = decode(thread, object, bytes)
            if text.isEmpty { return -1 }
            if object.pointee.readUniversal { text = universal(thread, object, text, final: atEnd) }
        } else {
            if !makeDecoder(thread, value) { return -1 }
            let input = bytes
            bytes = noteState(thread, value, input)
            if bytes.isEmpty { return -1 }
            text = thread.callMethod(object.pointee.decoder, Name.decode, input, Value(atEnd))
            if !text.isEmpty && !text.isString {
                thread.raise(.typeError, "decoder should return a string result, not '\(text.type.name)'")
                return -1
            }
            if !text.isEmpty && object.pointee.readUniversal { text = universal(thread, object, text, final: atEnd) }
        }
        if text.isEmpty { return -1 }
        object.pointee.decoded = text
        object.pointee.decodedPosition = 0
        object.pointee.chunk = bytes
        Heap.barrier(value.raw)
        if StringRef(text).count > 0 { return 1 }
        return atEnd ? 0 : readChunk(thread, value)
    }

    private static func decode(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>, _ bytes: Value) -> Value {
        let ref = BytesRef(bytes)
        if ref.count == 0 { return WellKnown.emptyString.value }
        var index = 0
        while index + 8 <= ref.count, UnsafeRawPointer(ref.bytes).loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 { index += 8 }
        while index < ref.count && ref.bytes[index] < 0x80 { index += 1 }
        if index == ref.count { return thread.newString(utf8: ref.bytes, ref.count) }
        return thread.callMethod(bytes, Name.decode, object.pointee.encoding, object.pointee.errors)
    }

    static func makeDecoder(_ thread: ThreadRef, _ value: Value) -> Bool {
        let object = object(value)
        if !object.pointee.decoder.isEmpty { return true }
        let make = thread.importAttribute("codecs", "getincrementaldecoder")
        if make.isEmpty { return false }
        let type = thread.call(make, object.pointee.encoding)
        if type.isEmpty { return false }
        let decoder = thread.call(type, object.pointee.errors)
        if decoder.isEmpty { return false }
        object.pointee.decoder = decoder
        Heap.barrier(value.raw)
        return true
    }

    /// Universal newlines: notes which were seen, and makes them "\n" when the stream translates.
    static func universal(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>, _ input: Value, final: Bool) -> Value {
        var text = input
        if object.pointee.pendingCR && (final || StringRef(text).count > 0) {
            text = thread.concatenate(StringRef(taipan_latin1()[13]), StringRef(text))
            if text.isEmpty { return .empty }
            object.pointee.pendingCR = false
        }
        let string = StringRef(text)
        let units = Units(string)
        if units.find(13, 0, units.count) < 0 {
            if object.pointee.seen & 2 == 0 && units.find(10, 0, units.count) >= 0 { object.pointee.seen |= 2 }
            return text
        }
        if !final && string.count > 0 && string[string.count - 1] == 13 {
            text = thread.substring(string, 0, string.count - 1)
            if text.isEmpty { return .empty }
            object.pointee.pendingCR = true
        }
        let current = StringRef(text)
        var index = 0
        while index < current.count {
            let unit = current[index]
            index += 1
            if unit == 10 { object.pointee.seen |= 2 } else if unit == 13 {
                if index < current.count && current[index] == 10 { object.pointee.seen |= 4; index += 1 } else { object.pointee.seen |= 1 }
            }
        }
        if !object.pointee.readTranslate { return text }
        let joined = thread.callMethod(text, Name.replace, thread.newString("\r\n"), taipan_latin1()[10])
        return joined.isEmpty ? .empty : thread.callMethod(joined, Name.replace, taipan_latin1()[13], taipan_latin1()[10])
    }

    private static func prepareToRead(_ thread: ThreadRef, _ value: Value) -> Bool {
        guard open(thread, value) else { return false }
        let object = object(value)
        if !object.pointee.canRead {
            _ = Streams.raiseUnsupported(thread, "not readable")
            return false
        }
        return flushPending(thread, value)
    }

    /// Takes up to `count` characters of what is decoded.
    private static func take(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>, _ count: Int) -> Value {
        if object.pointee.decoded.isEmpty { return WellKnown.emptyString.value }
        let text = StringRef(object.pointee.decoded)
        let start = object.pointee.decodedPosition
        let end = count < 0 ? text.count : min(text.count, start + count)
        let result = thread.substring(text, start, end)
        if !result.isEmpty { object.pointee.decodedPosition = end }
        return result
    }

    static func read(_ thread: ThreadRef, _ value: Value, _ size: Int) -> Value {
        guard prepareToRead(thread, value) else { return .empty }
        let object = object(value)
        var result = take(thread, object, size)
        if result.isEmpty { return .empty }
        if size < 0 {
            let status = readChunk(thread, value, all: true)
            if status < 0 { return .empty }
            let rest = take(thread, object, -1)
            object.pointee.decoded = .empty
            object.pointee.chunk = .empty
            return rest.isEmpty ? .empty : thread.concatenate(StringRef(result), StringRef(rest))
        }
        while StringRef(result).count < size {
            let status = readChunk(thread, value)
            if status < 0 { return .empty }
            if status == 0 { break }
            let more = take(thread, object, size - StringRef(result).count)
            if more.isEmpty { return .empty }
            result = thread.concatenate(StringRef(result), StringRef(more))
            if result.isEmpty { return .empty }
        }
        return result
    }

    /// The end of the first line of text from `start` on, or -1.
    private static func lineEnd(_ object: UnsafeMutablePointer<TextObject>, _ text: StringRef, _ start: Int) -> Int {
        if object.pointee.readTranslate || (object.pointee.lineEnd == 0 && !object.pointee.readUniversal) {
            let place = Units(text).find(10, start, text.count)
            return place < 0 ? -1 : place + 1
        }
        var index = start
        while index < text.count {
            let unit = text[index]
            index += 1
            if object.pointee.readUniversal {
                if unit == 10 { return index }
                if unit == 13 { return index < text.count && text[index] == 10 ? index + 1 : index }
            } else if unit == 13 {
                if object.pointee.lineEnd == 1 { return index }
                if index < text.count && text[index] == 10 { return index + 1 }
            }
        }
        return -1
    }

    static func line(_ thread: ThreadRef, _ value: Value, _ limit: Int) -> Value {
        guard prepareToRead(thread, value) else { return .empty }
        let object = object(value)
        var result = Value.empty, resultBytes = Value.empty
        // For other codecs, the last chunk's text alone, and how many characters the line has of those before.
        var lastText = Value.empty, before = 0
        while true {
            if object.pointee.decoded.isEmpty || object.pointee.decodedPosition >= StringRef(object.pointee.decoded).count {
                let status = readChunk(thread, value)
                if status < 0 { return .empty }
                if status == 0 { return result.isEmpty ? WellKnown.emptyString.value : result }
            }
            var text = object.pointee.decoded
            var start = object.pointee.decodedPosition
            if !result.isEmpty {
                // The ending may straddle two chunks.
                lastText = text
                before = StringRef(result).count
                text = thread.concatenate(StringRef(result), StringRef(thread.substring(StringRef(text), start, StringRef(text).count)))
                if text.isEmpty { return .empty }
                object.pointee.decoded = text
                object.pointee.decodedPosition = 0
                if !resultBytes.isEmpty && !object.pointee.chunk.isEmpty {
                    let chunk = thread.binary(resultBytes, object.pointee.chunk, .add)
                    if chunk.isEmpty { return .empty }
                    object.pointee.chunk = chunk
                }
                Heap.barrier(value.raw)
                start = 0
            }
            let string = StringRef(text)
            var end = lineEnd(object, string, start)
            if limit >= 0 && (end < 0 ? string.count - start >= limit : end - start > limit) { end = start + limit }
            if end >= 0 {
                object.pointee.decodedPosition = end
                if object.pointee.codec == 0 && !lastText.isEmpty && end >= before {
                    object.pointee.decoded = lastText
                    object.pointee.decodedPosition = end - before
                    Heap.barrier(value.raw)
                }
                return thread.substring(string, start, end)
            }
            result = thread.substring(string, start, string.count)
            if result.isEmpty { return .empty }
            if object.pointee.codec != 0 && !object.pointee.chunk.isEmpty {
                // `tell` wants to know what bytes the beginning of the line came from.
                let used = bytesUsed(object, start), chunk = BytesRef(object.pointee.chunk)
                resultBytes = thread.newBytes(chunk.bytes + used, chunk.count - used)
                if resultBytes.isEmpty { return .empty }
            }
            object.pointee.decodedPosition = string.count
        }
    }

    // MARK: Position

    /// How many bytes of the chunk the first `characters` of the decoded text came from, in the native codecs.
    private static func bytesUsed(_ object: UnsafeMutablePointer<TextObject>, _ characters: Int) -> Int {
        let bytes = BytesRef(object.pointee.chunk)
        // As many bytes as characters: each is one.
        if !object.pointee.decoded.isEmpty && StringRef(object.pointee.decoded).count == bytes.count { return min(characters, bytes.count) }
        var index = 0
        var left = characters
        while left > 0 && index < bytes.count {
            let byte = bytes.bytes[index]
            if byte == 13 && object.pointee.readTranslate && index + 1 < bytes.count && bytes.bytes[index + 1] == 10 { index += 1 }
            index += 1
            if object.pointee.codec == 1 && byte >= 0xC0 { while index < bytes.count && bytes.bytes[index] & 0xC0 == 0x80 { index += 1 } }
            left -= 1
        }
        return index
    }

    static func tell(_ thread: ThreadRef, _ value: Value) -> Value {
        guard open(thread, value) else { return .empty }
        let object = object(value)
        if !object.pointee.seekable { return Streams.raiseUnsupported(thread, "underlying stream is not seekable") }
        if !object.pointee.isTelling { return thread.raise(.osError, "telling position disabled by next() call") }
        guard flushPending(thread, value), !thread.callMethod(value, Name.flush).isEmpty else { return .empty }
        let result = thread.callMethod(object.pointee.buffer, Streams.name("tell"))
        if result.isEmpty || object.pointee.decoded.isEmpty && object.pointee.leftoverCount == 0 { return result }
        guard let position = thread.toInt(result) else { return .empty }
        let chunk = object.pointee.chunk.isEmpty ? 0 : BytesRef(object.pointee.chunk).count
        let first = position - chunk - Int(object.pointee.leftoverCount)
        if object.pointee.codec != 0 { return thread.newInt(first + bytesUsed(object, object.pointee.decodedPosition)) }
        return cookie(thread, value, first)
    }

    private static func seek(_ thread: ThreadRef, _ value: Value, _ cookieValue: Value, _ whence: Int) -> Value {
        guard open(thread, value) else { return .empty }
        let object = object(value)
        if !object.pointee.seekable { return Streams.raiseUnsupported(thread, "underlying stream is not seekable") }
        var target = cookieValue
        var base = 0
        if whence == 1 {
            if thread.isTrue(thread.compare(cookieValue, Value(small: 0), .equal)) != 1 { return thread.hasException ? .empty : Streams.raiseUnsupported(thread, "can't do nonzero cur-relative seeks") }
            target = thread.callMethod(value, Streams.name("tell"))
            if target.isEmpty { return .empty }
        } else if whence == 2 {
            if thread.isTrue(thread.compare(cookieValue, Value(small: 0), .equal)) != 1 { return thread.hasException ? .empty : Streams.raiseUnsupported(thread, "can't do nonzero end-relative seeks") }
            base = 2
        } else if whence != 0 {
            return thread.raise(.valueError, "invalid whence (\(whence), should be 0, 1 or 2)")
        }
        let negative = thread.compare(target, Value(small: 0), .less)
        if negative.isEmpty { return .empty }
        if negative == .true { return thread.raise(.valueError, "negative seek position \(target.reprForMessage(thread))") }
        guard !thread.callMethod(value, Name.flush).isEmpty else { return .empty }
        let cookie = object.pointee.codec == 0 && base == 0 ? digits(target) : nil
        let result = thread.callMethod(object.pointee.buffer, Streams.name("seek"), cookie.map { thread.newInt($0.place) } ?? target, Value(small: base))
        if result.isEmpty { return .empty }
        object.pointee.decoded = .empty
        object.pointee.chunk = .empty
        object.pointee.decodedPosition = 0
        object.pointee.decoderState = .empty
        object.pointee.leftoverCount = 0
        object.pointee.pendingCR = false
        // In the middle of the file a codec's preface is behind it, which a decoder that was reset would wait for.
        let isMiddle = object.pointee.codec == 0 && object.pointee.canRead && base == 0 && result != Value(small: 0)
        if isMiddle {
            guard makeDecoder(thread, value), setState(thread, object, WellKnown.emptyBytes.value, 0) else { return .empty }
        } else if !object.pointee.decoder.isEmpty, thread.callMethod(object.pointee.decoder, Streams.name("reset")).isEmpty {
            return .empty
        }
        if !object.pointee.encoder.isEmpty {
            let state = result == Value(small: 0)
            let done = state ? thread.callMethod(object.pointee.encoder, Streams.name("reset")) : thread.callMethod(object.pointee.encoder, Streams.name("setstate"), Value(small: 0))
            if done.isEmpty { return .empty }
        }
        object.pointee.atStart = result == Value(small: 0)
        if let cookie { return follow(thread, value, cookie) ? target : .empty }
        return result
    }

    private static func close(_ thread: ThreadRef, _ value: Value) -> Value {
        guard ready(thread, value) else { return .empty }
        let closed = thread.getAttribute(value, Name.closed)
        if closed.isEmpty { return .empty }
        if thread.isTrue(closed) != 0 { return thread.hasException ? .empty : .none }
        if Streams.stream(value).pointee.state & 2 != 0, thread.callMethod(object(value).pointee.buffer, Streams.name("_dealloc_warn"), value).isEmpty { thread.takeException() }
        let flushed = thread.callMethod(value, Name.flush)
        let pending = flushed.isEmpty ? thread.takeException() : .empty
        let result = thread.callMethod(object(value).pointee.buffer, Name.close)
        if pending.isEmpty { return result.isEmpty ? .empty : .none }
        if result.isEmpty {
            let second = thread.takeException()
            second.object(ExceptionObject.self).pointee.context = pending
            Heap.barrier(second.raw)
            return thread.restore(second)
        }
        return thread.restore(pending)
    }

    static func start(_ module: ModuleBuilder) {
        type = NativeType("TextIOWrapper", module: "_io", base: Streams.textBase.type, size: MemoryLayout<TextObject>.size, mask: 0b1_1111_1111_1010, dictOffset: 8, flags: [.base, .weakReferenceable],
                          doc: "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\nText, read from and written to a stream of bytes.", methods: [
            Def("write(self, text, /)", .calls) { thread, a, _ in TextIO.write(thread, a[0], a[1]) },
            Def("read(self, size=-1, /)", .calls) { thread, a, _ in
                guard let size = Streams.size(thread, a[1]) else { return .empty }
                return TextIO.read(thread, a[0], size)
            },
            Def("readline(self, size=-1, /)", .calls) { thread, a, _ in
                guard let size = Streams.size(thread, a[1]) else { return .empty }
                return TextIO.line(thread, a[0], size)
            },
            Def("flush(self, /)", .calls) { thread, a, _ in
                guard TextIO.open(thread, a[0]) else { return .empty }
                TextIO.object(a[0]).pointee.isTelling = TextIO.object(a[0]).pointee.seekable
                guard TextIO.flushPending(thread, a[0]) else { return .empty }
                return thread.callMethod(TextIO.object(a[0]).pointee.buffer, Name.flush)
            },
            Def("close(self, /)", .calls) { thread, a, _ in TextIO.close(thread, a[0]) },
            Def("detach(self, /)", .calls) { thread, a, _ in
                guard TextIO.ready(thread, a[0]) else { return .empty }
                if thread.callMethod(a[0], Name.flush).isEmpty { return .empty }
                TextIO.object(a[0]).pointee.initialized = false
                TextIO.object(a[0]).pointee.isDetached = true
                return TextIO.object(a[0]).pointee.buffer
            },
            Def("fileno(self, /)", .calls) { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.callMethod(TextIO.object(a[0]).pointee.buffer, Name.fileno) : .empty },
            Def("isatty(self, /)", .calls) { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.callMethod(TextIO.object(a[0]).pointee.buffer, Name.isatty) : .empty },
            Def("seekable(self, /)", .calls) { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.callMethod(TextIO.object(a[0]).pointee.buffer, Streams.name("seekable")) : .empty },
            Def("readable(self, /)", .calls) { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.callMethod(TextIO.object(a[0]).pointee.buffer, Streams.name("readable")) : .empty },
            Def("writable(self, /)", .calls) { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.callMethod(TextIO.object(a[0]).pointee.buffer, Streams.name("writable")) : .empty },
            Def("seek(self, cookie, whence=0, /)", .calls) { thread, a, _ in
                guard let whence = a[2].isEmpty ? 0 : thread.toInt(a[2]) else { return .empty }
                return TextIO.seek(thread, a[0], a[1], whence)
            },
            Def("tell(self, /)", .calls) { thread, a, _ in TextIO.tell(thread, a[0]) },
            Def("truncate(self, pos=None, /)", .calls) { thread, a, _ in
                guard TextIO.ready(thread, a[0]) else { return .empty }
                if thread.callMethod(a[0], Name.flush).isEmpty { return .empty }
                return thread.callMethod(TextIO.object(a[0]).pointee.buffer, Streams.name("truncate"), a[1].isEmpty ? .none : a[1])
            },
            Def("reconfigure(self, /, *, encoding=None, errors=None, newline=None, line_buffering=None, write_through=None)", .calls) { thread, a, _ in
                guard TextIO.ready(thread, a[0]) else { return .empty }
                let object = TextIO.object(a[0])
                let changesText = !a[1].isEmpty && !a[1].isNone || !a[2].isEmpty && !a[2].isNone || !a[3].isEmpty
                if changesText && (object.pointee.decoded.isHeap || object.pointee.leftoverCount > 0) {
                    return Streams.raiseUnsupported(thread, "It is not possible to set the encoding or newline of stream after the first read")
                }
                if thread.callMethod(a[0], Name.flush).isEmpty { return .empty }
                if !a[1].isEmpty && !a[1].isNone {
                    guard a[1].isString else { return thread.raise(.typeError, "reconfigure() argument 'encoding' must be str or None, not \(a[1].argumentTypeName)") }
                    let encoding = StringRef(a[1]).equals("locale") ? TextIO.localeEncoding(thread) : a[1]
                    let codec = TextIO.normalized(StringRef(encoding).description)
                    guard TextIO.checkCodec(thread, encoding, codec) else { return .empty }
                    object.pointee.codec = codec
                    object.pointee.encoding = encoding
                    object.pointee.decoder = .empty
                    object.pointee.encoder = .empty
                    if a[2].isEmpty || a[2].isNone { object.pointee.errors = Name.strict.value }
                }
                if !a[2].isEmpty && !a[2].isNone {
                    guard a[2].isString else { return thread.raise(.typeError, "reconfigure() argument 'errors' must be str or None, not \(a[2].argumentTypeName)") }
                    object.pointee.errors = a[2]
                    object.pointee.decoder = .empty
                    object.pointee.encoder = .empty
                }
                if object.pointee.encoder.isEmpty { guard TextIO.noteStart(thread, object) else { return .empty } }
                if !a[3].isEmpty, !TextIO.setNewline(thread, object, a[3]) { return .empty }
                if !a[4].isEmpty && !a[4].isNone { object.pointee.lineBuffering = thread.isTrue(a[4]) > 0 }
                if !a[5].isEmpty && !a[5].isNone { object.pointee.writeThrough = thread.isTrue(a[5]) > 0 }
                Heap.barrier(a[0].raw)
                return thread.hasException ? .empty : .none
            },
        ], getters: [
            Getter("encoding", isMember: true) { thread, a, _ in TextIO.wasReady(thread, a[0]) ? TextIO.object(a[0]).pointee.encoding : .empty },
            Getter("errors") { thread, a, _ in TextIO.wasReady(thread, a[0]) ? TextIO.object(a[0]).pointee.errors : .empty },
            Getter("buffer", isMember: true) { thread, a, _ in TextIO.ready(thread, a[0]) ? TextIO.object(a[0]).pointee.buffer : .empty },
            Getter("line_buffering", isMember: true) { thread, a, _ in TextIO.wasReady(thread, a[0]) ? Value(TextIO.object(a[0]).pointee.lineBuffering) : .empty },
            Getter("write_through", isMember: true) { thread, a, _ in TextIO.wasReady(thread, a[0]) ? Value(TextIO.object(a[0]).pointee.writeThrough) : .empty },
            Getter("closed") { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.getAttribute(TextIO.object(a[0]).pointee.buffer, Name.closed) : .empty },
            Getter("name") { thread, a, _ in TextIO.ready(thread, a[0]) ? thread.getAttribute(TextIO.object(a[0]).pointee.buffer, Name.name) : .empty },
            Getter("newlines") { thread, a, _ in TextIO.wasReady(thread, a[0]) ? NewlineDecoder.describe(thread, TextIO.object(a[0]).pointee.seen) : .empty },
            Getter("_CHUNK_SIZE", set: { thread, a, _ in
                if a[1].isEmpty { return thread.raise(.attributeError, "cannot delete attribute") }
                guard let size = thread.toInt(a[1]) else { return .empty }
                if size <= 0 { return thread.raise(.valueError, "a strictly positive integer is required") }
                TextIO.object(a[0]).pointee.chunkSize = size
                return .none
            }) { _, a, _ in Value(small: TextIO.object(a[0]).pointee.chunkSize) },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in TextIO.initializer.call(thread, value, a, count, keywords) }
            slots.unary(.next) { thread, value in
                TextIO.object(value).pointee.isTelling = false
                let line: Value
                if value.type == TextIO.type.type { line = TextIO.line(thread, value, -1) } else { line = thread.callMethod(value, Name.readline) }
                if line.isEmpty { return .empty }
                if !line.isString { return thread.raise(.osError, "readline() should have returned a str object, not '\(line.type.name)'") }
                if StringRef(line).count > 0 { return line }
                TextIO.object(value).pointee.isTelling = TextIO.object(value).pointee.seekable
                return .empty
            }
            slots.unary(.repr) { thread, value in
                guard TextIO.wasReady(thread, value) else { return .empty }
                var text = "<_io.TextIOWrapper"
                guard let isFirst = thread.enterRepr(value) else { return .empty }
                if !isFirst { return thread.raise(.runtimeError, "reentrant call inside \(value.type.name).__repr__") }
                defer { thread.leaveRepr(value) }
                for (label, attribute) in [("name", Name.name), ("mode", Name.mode)] {
                    let found = thread.getAttributeOrEmpty(value, attribute)
                    if found.isEmpty {
                        if thread.hasException, attribute != Name.name || !thread.clearException(.valueError) { return .empty }
                        continue
                    }
                    let shown = thread.repr(found)
                    if shown.isEmpty { return .empty }
                    text += " \(label)=\(StringRef(shown).description)"
                }
                return thread.newString(text + " encoding=\(TextIO.object(value).pointee.encoding.reprForMessage(thread))>")
            }
        }
        module.add(type)
    }
}
