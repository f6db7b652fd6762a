import Objects

/// Where a `TextIOWrapper` stands, for codecs that only their incremental decoder understands.
///
/// Before each chunk is decoded the decoder's state is noted, and the bytes that it still holds are put in front of the chunk. `tell` decodes the chunk once more, byte
/// by byte, up to the character that is next to be read. The last place before it at which the decoder held no bytes is where `seek` can begin: a
/// cookie is that place in the file, the decoder's state there, how many bytes to feed it, how many of the characters that come out to skip, and whether the
/// decoder must be told that the input ends, as five 64-bit digits of one number. In the common case all but the first are zero.
extension TextIO {
    /// What decoding a piece of the chunk adds to the characters that can be read, where line endings are watched: a "\r" at the end waits for what follows.
    private struct Counter {
        let universal: Bool
        let translates: Bool
        var pending: Bool

        mutating func count(_ text: StringRef, final: Bool = false) -> Int {
            guard universal else { return text.count }
            var result = 0
            for index in 0 ..< text.count {
                let character = text[index]
                if pending {
                    pending = false
                    result += 1
                    if character == 10 && translates { continue }
                }
                if character == 13 { pending = true } else { result += 1 }
            }
            if pending && final {
                pending = false
                result += 1
            }
            return result
        }
    }

    /// The decoder's state: the bytes it holds, and a number. nil when it has raised.
    private static func state(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>) -> (held: Value, flags: Int)? {
        let state = thread.callMethod(object.pointee.decoder, Streams.name("getstate"))
        if state.isEmpty { return nil }
        guard state.isTuple, TupleRef(state).count == 2 else {
            thread.raise(.typeError, "illegal decoder state")
            return nil
        }
        let held = TupleRef(state)[0]
        guard held.isBytes else {
            thread.raise(.typeError, "illegal decoder state: the first item should be a bytes object, not '\(held.type.name)'")
            return nil
        }
        guard let flags = thread.toInt(TupleRef(state)[1]) else { return nil }
        return (held, flags)
    }

    static func setState(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>, _ held: Value, _ flags: Int) -> Bool {
        let state = thread.newTuple(held, thread.newInt(flags))
        return !state.isEmpty && !thread.callMethod(object.pointee.decoder, Streams.name("setstate"), state).isEmpty
    }

    /// Notes the decoder's state before a chunk. The result is the chunk with what the decoder holds in front; empty when it has raised.
    static func noteState(_ thread: ThreadRef, _ value: Value, _ bytes: Value) -> Value {
        let object = object(value)
        guard object.pointee.seekable && object.pointee.isTelling else { return bytes }
        guard let (held, flags) = state(thread, object) else { return .empty }
        object.pointee.decoderState = thread.newInt(flags << 1 | (object.pointee.pendingCR ? 1 : 0))
        Heap.barrier(value.raw)
        return BytesRef(held).count == 0 ? bytes : thread.binary(held, bytes, .add)
    }

    /// The cookie of where the stream stands, given the place of the chunk's first byte.
    static func cookie(_ thread: ThreadRef, _ value: Value, _ first: Int) -> Value {
        let object = object(value)
        if object.pointee.decoder.isEmpty || object.pointee.decoderState.isEmpty { return thread.newInt(first) }
        guard let noted = thread.toInt(object.pointee.decoderState), let (held, now) = state(thread, object) else { return .empty }
        let result = search(thread, object, first, noted)
        let exception = thread.takeException()
        guard setState(thread, object, held, now) else { return .empty }
        return exception.isEmpty ? result : thread.restore(exception)
    }

    private static func search(_ thread: ThreadRef, _ object: UnsafeMutablePointer<TextObject>, _ first: Int, _ noted: Int) -> Value {
        var skip = object.pointee.decodedPosition
        var place = first, flags = noted
        guard setState(thread, object, WellKnown.emptyBytes.value, noted >> 1) else { return .empty }
        var counter = Counter(universal: object.pointee.readUniversal, translates: object.pointee.readTranslate, pending: noted & 1 != 0)
        let chunk = object.pointee.chunk
        var fed = 0, decoded = 0, index = 0
        while decoded < skip && index < BytesRef(chunk).count {
            let text = thread.callMethod(object.pointee.decoder, Name.decode, thread.newBytes(BytesRef(chunk).bytes + index, 1))
            if text.isEmpty { return .empty }
            guard text.isString else { return thread.raise(.typeError, "decoder should return a string result, not '\(text.type.name)'") }
            index += 1
            fed += 1
            decoded += counter.count(StringRef(text))
            guard let (held, current) = state(thread, object) else { return .empty }
            if BytesRef(held).count == 0 && decoded <= skip {
                place += fed
                skip -= decoded
                flags = current << 1 | (counter.pending ? 1 : 0)
                fed = 0
                decoded = 0
            }
        }
        var needsEnd = false
        if decoded < skip {
            let text = thread.callMethod(object.pointee.decoder, Name.decode, WellKnown.emptyBytes.value, .true)
            if text.isEmpty { return .empty }
            guard text.isString else { return thread.raise(.typeError, "decoder should return a string result, not '\(text.type.name)'") }
            needsEnd = true
            decoded += counter.count(StringRef(text), final: true)
            guard decoded >= skip else { return thread.raise(.osError, "can't reconstruct logical file position") }
        }
        let digits = [UInt(bitPattern: place), UInt(bitPattern: flags), UInt(bitPattern: fed), UInt(bitPattern: skip), needsEnd ? 1 : 0]
        let count = (digits.lastIndex { $0 != 0 } ?? 0) + 1
        return count == 1 ? thread.newInt(place) : digits.withUnsafeBufferPointer { thread.newInt(negative: false, limbs: $0.baseAddress!, count) }
    }

    /// The digits of a cookie; nil when the number is a mere position.
    static func digits(_ cookie: Value) -> (place: Int, flags: Int, feed: Int, skip: Int, needsEnd: Bool)? {
        guard cookie.isInt, !cookie.isSmallInt else { return nil }
        let size = IntOps.size(cookie), limbs = IntOps.limbs(cookie)
        guard size > 1, limbs[0] <= UInt(Int.max) else { return nil }
        func digit(_ index: Int) -> Int { index < size ? Int(bitPattern: limbs[index]) : 0 }
        return (digit(0), digit(1), digit(2), digit(3), digit(4) != 0)
    }

    /// Brings the decoder to where a cookie says; the buffer is at its place already. False when it has raised.
    static func follow(_ thread: ThreadRef, _ value: Value, _ cookie: (place: Int, flags: Int, feed: Int, skip: Int, needsEnd: Bool)) -> Bool {
        let object = object(value)
        guard makeDecoder(thread, value), setState(thread, object, WellKnown.emptyBytes.value, cookie.flags >> 1) else { return false }
        object.pointee.pendingCR = cookie.flags & 1 != 0
        object.pointee.decoderState = thread.newInt(cookie.flags)
        Heap.barrier(value.raw)
        guard cookie.skip > 0 || cookie.feed > 0 else { return true }
        let input = thread.callMethod(object.pointee.buffer, Name.read, thread.newInt(cookie.feed))
        if input.isEmpty { return false }
        guard input.isBytes else {
            thread.raise(.typeError, "underlying read() should have returned a bytes object, not '\(input.type.name)'")
            return false
        }
        var text = thread.callMethod(object.pointee.decoder, Name.decode, input, Value(cookie.needsEnd))
        if text.isEmpty { return false }
        guard text.isString else {
            thread.raise(.typeError, "decoder should return a string result, not '\(text.type.name)'")
            return false
        }
        if object.pointee.readUniversal { text = universal(thread, object, text, final: cookie.needsEnd) }
        if text.isEmpty { return false }
        guard StringRef(text).count >= cookie.skip else {
            thread.raise(.osError, "can't restore logical file position")
            return false
        }
        object.pointee.decoded = text
        object.pointee.decodedPosition = cookie.skip
        object.pointee.chunk = input
        Heap.barrier(value.raw)
        return true
    }
}
