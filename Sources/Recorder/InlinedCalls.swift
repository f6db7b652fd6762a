/// The calls that traces have inlined, by number. A frame record in compiled code bears a call's number.
///
/// Numbers are given out in ascending order and never twice. A recording that comes to nothing takes its numbers back; a trace that is given up gives back the calls of its own recording, which only
/// its bridges mention besides, and those are given up with it. They stand in chunks, each of which is freed with the last of its calls, so that a program that compiles new code for
/// as long as it runs leaves eight bytes behind for each 256 calls.
struct InlinedCalls {
    private struct Chunk {
        var calls: UnsafeMutablePointer<Engine.InlinedCall>
        /// How many of its numbers have been given back.
        var gone = 0
    }

    private static let size = 256
    private var chunks: [UnsafeMutablePointer<Chunk>?] = []
    private(set) var count = 0

    subscript(number: Int) -> Engine.InlinedCall { chunks[number / InlinedCalls.size].unsafelyUnwrapped.pointee.calls[number % InlinedCalls.size] }

    mutating func append(_ call: Engine.InlinedCall) {
        if count / InlinedCalls.size == chunks.count {
            let chunk = UnsafeMutablePointer<Chunk>.allocate(capacity: 1)
            chunk.initialize(to: Chunk(calls: .allocate(capacity: InlinedCalls.size)))
            chunks.append(chunk)
        }
        // The values in it are no references of Swift's.
        (chunks[count / InlinedCalls.size].unsafelyUnwrapped.pointee.calls + count % InlinedCalls.size).initialize(to: call)
        count += 1
    }

    /// Takes the last numbers back.
    mutating func truncate(to length: Int) {
        count = length
        while (chunks.count - 1) * InlinedCalls.size >= max(count, 1) { free(chunks.removeLast()) }
    }

    /// Nobody will ask for these calls any more.
    mutating func remove(_ numbers: Range<Int>) {
        for number in numbers {
            let place = number / InlinedCalls.size, chunk = chunks[place].unsafelyUnwrapped
            chunk.pointee.gone += 1
            if chunk.pointee.gone == InlinedCalls.size {
                free(chunk)
                chunks[place] = nil
            }
        }
    }

    private func free(_ chunk: UnsafeMutablePointer<Chunk>?) {
        guard let chunk else { return }
        chunk.pointee.calls.deallocate()
        chunk.deallocate()
    }
}
