import Glibc
import Objects

/// What the two libraries' streams share: output of unknown size, and how a decompressor's input that is left over waits for the next call.

/// Bytes that a library writes, outside the heap, up to a limit.
struct ArchiveOutput {
    private(set) var start: UnsafeMutablePointer<UInt8>
    private(set) var capacity: Int
    var count = 0
    let limit: Int

    /// A negative limit is none.
    init(limit: Int, initial: Int = 32768) {
        self.limit = limit < 0 ? .max : limit
        capacity = max(1, min(self.limit, initial))
        start = .allocate(capacity: capacity)
    }

    /// Room for the library to write in; 0 when the limit is reached.
    mutating func room() -> Int {
        if count == capacity && capacity < limit {
            let larger = min(capacity > limit / 2 ? limit : capacity * 2, limit)
            let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
            memcpy(moved, start, count)
            start.deallocate()
            start = moved
            capacity = larger
        }
        return min(capacity, limit) - count
    }

    var next: UnsafeMutablePointer<UInt8> { start + count }

    /// The bytes as an object; the memory is given back.
    mutating func finish(_ thread: ThreadRef) -> Value {
        let result = thread.newBytes(start, count)
        discard()
        return result
    }

    mutating func discard() { start.deallocate() }
}

/// The fields of both decompressors.
struct DecompressorObject {
    var header: ObjectHeader
    /// bytes after the end of the stream
    var unusedData: Value
    /// bytes that have not been looked at yet
    var pending: Value
    // Up to here the words are traced.
    var stream: UInt
    var eof: Bool
    var needsInput: Bool
    var check: Int32

    static let mask: UInt64 = 0b110
    /// Bytes outside the heap that the libraries take for one, about: they use as much as the data needs.
    static let footprint = 1 << 20

    /// The members that programs see.
    static let getters = [
        Getter("eof", "True if the end-of-stream marker has been reached.", set: readOnlyMember) { _, a, _ in Value(a[0].object(DecompressorObject.self).pointee.eof) },
        Getter("needs_input", "Whether decompress() has to be given more data before it returns any.", set: readOnlyMember) { _, a, _ in
            Value(a[0].object(DecompressorObject.self).pointee.needsInput)
        },
        Getter("unused_data", "Data found after the end of the compressed stream.", set: readOnlyMember) { _, a, _ in a[0].object(DecompressorObject.self).pointee.unusedData },
    ]

    /// For a stream whose data were found damaged.
    static func raiseUnusable(_ thread: ThreadRef) -> Value { thread.raise(.valueError, "Decompressor is unusable after a previous error") }

    /// Decompresses what was pending and `data`. `step` runs the library once over the input, which it moves on, and says whether to go on: nil when it has raised.
    static func decompress(_ thread: ThreadRef, _ value: Value, _ data: Value, _ limit: Value, _ step: (inout UnsafePointer<UInt8>, inout Int, inout ArchiveOutput) -> Bool?) -> Value {
        let object = value.object(DecompressorObject.self)
        return thread.withBuffer(data) { bytes, count in
            guard let most = limit.isEmpty ? -1 : thread.toInt(limit) else { return .empty }
            var joined: [UInt8] = []
            let waiting = BytesRef(object.pointee.pending)
            if waiting.count > 0 {
                joined.reserveCapacity(waiting.count + count)
                joined += waiting.buffer
                joined += UnsafeBufferPointer(start: bytes, count: count)
            }
            let isJoined = waiting.count > 0
            object.pointee.pending = WellKnown.emptyBytes.value
            var output = ArchiveOutput(limit: most)
            var left = isJoined ? joined.count : count
            let complete: Bool = joined.withUnsafeBufferPointer { joined in
                var input = isJoined ? joined.baseAddress! : UnsafePointer(bytes)
                while true {
                    guard let goesOn = step(&input, &left, &output) else { return false }
                    if !goesOn { break }
                }
                guard left > 0 else { return true }
                let rest = thread.newBytes(input, left)
                if rest.isEmpty { return false }
                if object.pointee.eof { object.pointee.unusedData = rest } else { object.pointee.pending = rest }
                Heap.barrier(value.raw)
                return true
            }
            guard complete else {
                // A stream that is damaged stays so.
                object.pointee.needsInput = false
                output.discard()
                return .empty
            }
            // With the output full, the library may still hold some.
            object.pointee.needsInput = !object.pointee.eof && left == 0 && output.room() > 0
            return output.finish(thread)
        }
    }
}
