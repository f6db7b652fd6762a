import Glibc
import Objects

/// What keeps its items in a storage object of its own and lends that memory out: bytearrays, and the arrays of `array`.
///
/// While memory is lent out its size stays as it is. Views that nobody can see any more are taken back (`MemoryViews.unlock`); one that may still be in use keeps the old storage, and the owner takes a new one.
public protocol StorageOwner {
    var value: Value { get }
    /// `StorageObject`, or empty.
    var storage: Value { get }
    /// The items, and how many bytes they are.
    var items: UnsafeRawPointer { get }
    var usedBytes: Int { get }
    /// Bytes from the first item to the end of the storage.
    var room: Int { get }
    /// Buffers out.
    var exports: Int { get }
    /// What BufferError says while there are any.
    static var lockedText: String { get }
    /// Has the items at the beginning of another storage, which holds so many bytes.
    func take(_ storage: Value, room: Int)
}

extension StorageOwner {
    /// Takes back what forgotten views hold. False, with BufferError raised, while somebody has a view.
    @inline(never) public func unlock(_ thread: ThreadRef) -> Bool {
        let isLeft = MemoryViews.unlock(thread, storage: storage, isExporter: { $0 == value }, isLocked: { exports > 0 })
        if exports > 0 {
            thread.raise(.bufferError, Self.lockedText)
            return false
        }
        return !isLeft || storage.isEmpty || move(thread, room: room)
    }

    /// Gives the items, as many as there is room for, another storage. False when it has raised.
    public func move(_ thread: ThreadRef, room: Int) -> Bool {
        guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + room, shape: TypeID.byteArrayStorage.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        raw.assumingMemoryBound(to: StorageObject.self).pointee.size = room
        memcpy(raw + MemoryLayout<StorageObject>.size, items, min(room, usedBytes))
        take(Value(raw), room: room)
        Heap.barrier(value.raw)
        return true
    }
}
