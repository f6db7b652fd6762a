import Glibc
import Objects
import TextTypes

/// Where a reader's bytes come from: bytes at hand, or a file of which no more is taken than the pickle holds. Where the file lets one look ahead, much is looked at
/// and what was used is taken at the end.
extension PickleReader {
    private static let lookAhead = 1 << 17
    /// A length above this is not believed: what a file has of it is read in pieces, since the file might make room for all of it.
    private static let largestRead = 1 << 24

    /// Whether so many bytes are at hand; they are read at need. False when it has raised.
    @inline(__always) mutating func need(_ count: Int) -> Bool { limit &- position >= count || fill(count) }

    @inline(never) mutating func fill(_ count: Int) -> Bool {
        if unpickler.pointee.read.isEmpty { return thread.raiseUnpickling("pickle data was truncated") }
        if count == 0 { return true }
        guard settleFile() else { return false }
        // Bytes at hand that do not suffice belong to a frame that is longer than it said: they are passed over, as they are when a file is read anew.
        if !unpickler.pointee.peek.isEmpty && count < PickleReader.lookAhead {
            let data = thread.call(unpickler.pointee.peek, Value(small: PickleReader.lookAhead))
            if data.isEmpty {
                guard thread.clearException(.notImplementedError) else { return false }
                unpickler.pointee.peek = .empty
            } else {
                guard take(data) else { return false }
                unpickler.pointee.taken = 0
                if count <= limit { return true }
            }
        }
        if count > PickleReader.largestRead { return fillInPieces(count) }
        let data = thread.call(unpickler.pointee.read, Value(small: count))
        guard !data.isEmpty, take(data) else { return false }
        return limit >= count ? true : thread.raiseUnpickling("pickle data was truncated")
    }

    private mutating func fillInPieces(_ count: Int) -> Bool {
        var whole = ByteBuilder(capacity: PickleReader.largestRead)
        while whole.count < count {
            let size = min(count - whole.count, max(PickleReader.largestRead, whole.count))
            let data = thread.call(unpickler.pointee.read, Value(small: size))
            guard !data.isEmpty, take(data) else { return false }
            if limit == 0 { return thread.raiseUnpickling("pickle data was truncated") }
            guard Heap.hasRoom(outside: whole.count + limit) else {
                thread.raiseOutOfMemory()
                return false
            }
            whole.append(bytes, limit)
        }
        let data = whole.finish(thread)
        return !data.isEmpty && take(data)
    }

    /// Goes on with the bytes that a file has given.
    private mutating func take(_ data: Value) -> Bool {
        let whole = data.isExact(.bytes) ? data : thread.withBuffer(data) { thread.newBytes($0, $1) }
        if whole.isEmpty { return false }
        chunk = whole
        bytes = BytesRef(whole).bytes
        position = 0
        limit = BytesRef(whole).count
        unpickler.pointee.taken = limit
        return true
    }

    /// Takes from the file what was looked at and used.
    mutating func settleFile() -> Bool {
        let used = position - unpickler.pointee.taken
        if used <= 0 || unpickler.pointee.read.isEmpty { return true }
        unpickler.pointee.taken = position
        return !thread.call(unpickler.pointee.read, Value(small: used)).isEmpty
    }

    /// The next line with its end. nil when it has raised: there is none, or it is shorter.
    mutating func line(atLeast least: Int) -> (start: UnsafeMutablePointer<UInt8>, length: Int)? {
        if let end = limit > position ? memchr(bytes + position, 10, limit - position) : nil {
            let start = bytes + position
            let length = end.assumingMemoryBound(to: UInt8.self) - start + 1
            position += length
            return checked(start, length, least)
        }
        if unpickler.pointee.read.isEmpty {
            thread.raiseUnpickling("pickle data was truncated")
            return nil
        }
        guard settleFile() else { return nil }
        let data = thread.call(unpickler.pointee.readLine)
        guard !data.isEmpty, take(data) else { return nil }
        guard limit > 0, bytes[limit - 1] == 10 else {
            thread.raiseUnpickling("pickle data was truncated")
            return nil
        }
        position = limit
        return checked(bytes, limit, least)
    }

    private func checked(_ start: UnsafeMutablePointer<UInt8>, _ length: Int, _ least: Int) -> (start: UnsafeMutablePointer<UInt8>, length: Int)? {
        if length >= least { return (start, length) }
        thread.raiseUnpickling("pickle data was truncated")
        return nil
    }
}
