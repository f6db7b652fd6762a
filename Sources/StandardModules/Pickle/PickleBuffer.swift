import Objects
import TextTypes

/// `pickle.PickleBuffer`: a buffer that a pickle may refer to and need not hold. It keeps a memoryview of the object, so that the memory stays, and lends the object's own buffer.
enum PickleBuffers {
    struct Object {
        var header: ObjectHeader
        /// A memoryview; empty once released.
        var view: Value
        /// What the buffer is of: those who ask for it get it from there.
        var source: Value
    }

    nonisolated(unsafe) private(set) static var type: NativeType!

    static func object(_ value: Value) -> UnsafeMutablePointer<Object> { value.object(Object.self) }

    private static func ready(_ thread: ThreadRef, _ value: Value) -> Bool {
        if !object(value).pointee.view.isEmpty { return true }
        thread.raise(.valueError, "operation forbidden on released PickleBuffer object")
        return false
    }

    private static let construct = Constructor("PickleBuffer(self, object, /)") { thread, a, _ in
        let view = thread.call(TypeID.memoryview.value, a[1])
        if view.isEmpty { return .empty }
        let result = thread.allocateInstance(TypeRef(a[0]))
        if result.isEmpty { return .empty }
        object(result).pointee.view = view
        object(result).pointee.source = a[1]
        Heap.barrier(result.raw)
        return result
    }

    static func define(_ module: ModuleBuilder) {
        type = NativeType("PickleBuffer", module: "pickle", size: MemoryLayout<Object>.size, mask: 0b110, flags: .weakReferenceable,
                          doc: "Wrapper for potentially out-of-band buffers", methods: [
            Def("raw(self, /)", .calls, "The memory of this buffer as a plain memoryview; BufferError when it is not contiguous.") { thread, a, _ in
                guard PickleBuffers.ready(thread, a[0]) else { return .empty }
                return MemoryViews.raw(thread, PickleBuffers.object(a[0]).pointee.view)
            },
            Def("release(self, /)", .writes, "Release the underlying buffer held by the PickleBuffer object.") { thread, a, _ in
                let view = PickleBuffers.object(a[0]).pointee.view
                if view.isEmpty { return .none }
                if thread.callMethod(view, StringRef.intern("release").value).isEmpty { return .empty }
                PickleBuffers.object(a[0]).pointee.view = .empty
                PickleBuffers.object(a[0]).pointee.source = .empty
                return .none
            },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in PickleBuffers.construct.call(thread, type, a, count, keywords) }
            slots.buffer { thread, value, view, flags in
                guard PickleBuffers.ready(thread, value) else { return -1 }
                let lender = PickleBuffers.object(value).pointee.source
                guard let lend = lender.type.slot(.getBuffer, as: BufferFunction.self) else { return -1 }
                return lend(thread, lender, view, flags)
            }
        }
        module.add(type)
    }
}
