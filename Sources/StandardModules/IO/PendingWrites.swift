import Interpreter
import Objects

/// The file objects behind `PendingFiles`: those of this module's own types, over regular files, that took data since they were last settled.
///
/// They are listed by address. The collector strikes out the dead ones; one that waits for its finalizer counts as alive.
enum PendingWrites {
    nonisolated(unsafe) private static var addresses: [UInt] = []

    static func start() {
        PendingFiles.write = { thread in settle(thread) }
        Collector.addDeathVisitor { _ in
            PendingWrites.addresses.removeAll { address in !Collector.isMarked(UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped) }
            PendingFiles.exist = !PendingWrites.addresses.isEmpty
        }
    }

    /// A buffered stream has taken data.
    static func addBuffered(_ value: Value) {
        let object = Buffered.object(value)
        object.pointee.isListed = true
        let raw = object.pointee.raw
        if raw.type == FileIO.type.type, FileIO.file(raw).pointee.isRegular { list(value) }
    }

    /// A text stream has.
    static func addText(_ value: Value) {
        let object = value.object(TextObject.self)
        object.pointee.isListed = true
        let buffer = object.pointee.buffer
        guard value.type == TextIO.type.type, buffer.type == Buffered.writer.type || buffer.type == Buffered.random.type, Buffered.object(buffer).pointee.initialized else { return }
        let raw = Buffered.object(buffer).pointee.raw
        if raw.type == FileIO.type.type, FileIO.file(raw).pointee.isRegular { list(value) }
    }

    private static func list(_ value: Value) {
        addresses.append(UInt(value.bits))
        PendingFiles.exist = true
    }

    private static func settle(_ thread: ThreadRef) {
        // Text goes to its buffer, which is listed by that.
        while let address = addresses.popLast() {
            let value = Value(bits: UInt64(address))
            let done: Bool
            if value.type == TextIO.type.type {
                value.object(TextObject.self).pointee.isListed = false
                done = TextIO.flushPending(thread, value)
            } else {
                Buffered.object(value).pointee.isListed = false
                done = Buffered.isClosed(thread, value) != 0 || Buffered.locked(thread, value, false) { Buffered.flush(thread, value) }
            }
            // Whoever closes the file will hear of it.
            if !done { thread.takeException() }
        }
        PendingFiles.exist = false
    }
}
