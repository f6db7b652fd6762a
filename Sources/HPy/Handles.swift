import Objects

/// Handles, fields and globals.
///
/// A field holds the value itself, in memory that the collector scans (see `Instances`); a global holds it too, and its address is a root.
enum Handles {
    /// Addresses of the globals that modules declared or that were stored to.
    nonisolated(unsafe) static var globals: Set<UInt> = []

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Field_Store = { _, owner, field, value in
            field.unsafelyUnwrapped.pointee = value
            if owner.isHeap { Heap.barrier(owner.raw) }
        }
        c.pointee.ctx_Field_Load = { _, _, field in field }
        c.pointee.ctx_Global_Store = { _, global, value in
            let global = global.unsafelyUnwrapped
            global.pointee = value
            Handles.globals.insert(UInt(bitPattern: global))
        }
        c.pointee.ctx_Global_Load = { _, global in global }
        Collector.addRoots {
            for address in Handles.globals { Collector.mark(UnsafeMutablePointer<Value>(bitPattern: address).unsafelyUnwrapped.pointee) }
        }
    }
}
