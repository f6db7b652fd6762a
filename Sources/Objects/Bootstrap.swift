import Glibc

/// Starting the object model.
///
/// Types need strings and dicts for their names and namespaces, and those need types. So every numbered type object and its shape are
/// made first, blank; then names are interned; then each type is defined, `object` and `type` first. The collector rests meanwhile.
public enum Bootstrap {
    /// Makes the main thread's state and the core of the object model. The rooms above then define the types that are theirs. False when there is no memory.
    public static func start(stackSize: Int) -> ThreadRef? {
        guard Heap.start(), let thread = newThread(stackSize: Heap.stackSize(stackSize)) else { return nil }
        Collector.suspended += 1
        taipan.recursionLimit = 1000
        ThreadRegistry.add(thread)
        ThreadRegistry.current = thread
        ShapeTable.reserveNumbered(UInt32(TypeID.allCases.map(\.rawValue).max()!))
        for id in TypeID.allCases {
            let type = NativeType.allocate(id)
            ShapeTable.define(id.rawValue, type: type.value)
        }
        // Only what can be in the heap before its type is defined needs its trace kind now; the collector does not run.
        for character in 0 ..< 256 {
            guard let string = StringRef.allocate(count: 1, width: 1, ascii: character < 128) else { return nil }
            string.units1[0] = UInt8(character)
            taipan_latin1()[character] = string.value
        }
        for character in 0 ..< 128 { _ = StringRef(taipan_latin1()[character]).interned() }
        guard let empty = StringRef.allocate(count: 0, width: 1, ascii: true) else { return nil }
        WellKnown.emptyString.value = empty.interned().value
        Name.start()
        guard let raw = Heap.allocate(MemoryLayout<TupleObject>.size, shape: TypeID.tuple.rawValue) else { return nil }
        WellKnown.emptyTuple.value = Value(raw)
        WellKnown.emptyBytes.value = thread.newBytes(count: 0)
        WellKnown.immortals.value = thread.newList()

        // A type may be asked about before its room has defined it.
        for id in TypeID.allCases {
            id.type.pointer.pointee.namespace = thread.newDict()
            id.type.pointer.pointee.name = StringRef.intern(caseName: id).value
            id.type.pointer.pointee.qualifiedName = id.type.pointer.pointee.name
            id.type.pointer.pointee.version = ShapeTable.nextVersion()
        }

        ObjectType.start()
        TypeType.start()
        completeObjectSlots(thread)
        NativeType.startDescriptors()
        startInternalTypes()
        return thread
    }

    /// To be called when every room has defined its types.
    public static func finish() { Collector.suspended -= 1 }

    /// `object` and `type` were defined before the descriptor types: their wrappers and slots are as they should be, but for what `type` inherits.
    private static func completeObjectSlots(_ thread: ThreadRef) {
        TypeID.type.type.updatePlainFlags()
        TypeID.object.type.updatePlainFlags()
    }

    /// Layouts without a Python face.
    private static func startInternalTypes() {
        NativeType(id: .valueArray, "value_array", size: MemoryLayout<ValueArrayObject>.size, trace: .counted, tailOffset: MemoryLayout<ValueArrayObject>.size)
        NativeType(id: .dictTable, "dict_table", size: MemoryLayout<DictTable>.size, trace: .counted, tailOffset: MemoryLayout<DictTable>.size)
        NativeType(id: .setTable, "set_table", size: 24, trace: .counted, tailOffset: 24)
        NativeType(id: .byteArrayStorage, "storage", size: MemoryLayout<StorageObject>.size)
        NativeType(id: .boxedInternal, "weak_cell", size: MemoryLayout<WeakCell>.size, mask: 0b100)
    }

    /// A thread state with a register stack and the native stack bounds of the calling thread.
    public static func newThread(stackSize: Int) -> ThreadRef? {
        let thread = ThreadRef.allocate(capacity: 1)
        memset(thread, 0, MemoryLayout<ThreadState>.size)
        let words = stackSize / 8
        let memory = mmap(nil, stackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
        guard memory != MAP_FAILED, let memory else { return nil }
        thread.pointee.stackBase = memory.assumingMemoryBound(to: Value.self)
        thread.pointee.stackTop = thread.pointee.stackBase
        thread.pointee.stackLimit = thread.pointee.stackBase! + (words - 4096)
        var low: UInt = 0
        var high: UInt = 0
        guard taipan_native_stack(&low, &high) else { return nil }
        thread.pointee.nativeStackBase = high
        // Enough must be left for libraries and for raising the error itself.
        thread.pointee.nativeStackLimit = low + min(512 << 10, (high - low) / 3)
        thread.pointee.identifier = UInt64(pthread_self())
        return thread
    }

    /// Frees what `newThread` made.
    public static func freeThread(_ thread: ThreadRef, stackSize: Int) {
        munmap(thread.pointee.stackBase, stackSize)
        free(thread.pointee.handles.entries)
        thread.deallocate()
    }
}
