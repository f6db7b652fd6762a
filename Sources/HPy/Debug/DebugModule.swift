import Objects

/// `hpy.universal._debug`: debug mode seen from Python.
enum DebugModule {
    /// A Python view of a handle's record; several may be of one record.
    private struct HandleObject {
        var header: ObjectHeader
        var handle: UnsafeMutablePointer<DebugHandle>
    }

    nonisolated(unsafe) private static var handleType: NativeType!

    private static func handle(_ value: Value) -> UnsafeMutablePointer<DebugHandle> { value.object(HandleObject.self).pointee.handle }

    private static func list(_ thread: ThreadRef, _ queue: DebugQueue, _ generation: Int) -> Value {
        let list = thread.newList()
        if list.isEmpty { return .empty }
        var current = queue.first
        while let record = current {
            current = record.pointee.next
            if record.pointee.generation < generation || record.pointee.isImmortal { continue }
            let object = DebugModule.handleType.allocate(thread, size: MemoryLayout<HandleObject>.size)
            if object.isEmpty { return .empty }
            object.object(HandleObject.self).pointee.handle = record
            record.pointee.isShown = true
            guard ListRef(list).append(thread, object) else { return .empty }
        }
        return list
    }

    /// A size argument; nil when it has raised.
    private static func size(_ thread: ThreadRef, _ value: Value) -> Int? {
        guard let size = thread.toInt(value) else { return nil }
        if size >= 0 { return size }
        thread.raise(.overflowError, "can't convert negative value to size_t")
        return nil
    }

    private static func setHook(_ thread: ThreadRef, _ word: UnsafeMutablePointer<Value>, _ value: Value) -> Value {
        if value.isNone {
            word.pointee = .empty
        } else {
            guard value.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "Expected a callable object") }
            word.pointee = value
        }
        return .none
    }

    static let name: StaticString = "hpy.debug._debug"

    static func register() {
        NativeModule.register(DebugModule.name, doc: "HPy debug mode", functions: [
            Def("new_generation()", .writes, kind: .function) { thread, _, _ in
                DebugMode.generation += 1
                return thread.newInt(DebugMode.generation)
            },
            Def("get_open_handles(generation, /)", .calls, "Return a list containing all the open handles whose generation is >= of the given arg", kind: .function) { thread, a, _ in
                guard let generation = thread.toInt(a[0]) else { return .empty }
                return DebugModule.list(thread, DebugMode.open, generation)
            },
            Def("get_closed_handles(generation=0, /)", .calls, "Return a list of all the closed handle in the cache", kind: .function) { thread, a, _ in
                guard let generation = a[0].isEmpty ? 0 : thread.toInt(a[0]) else { return .empty }
                return DebugModule.list(thread, DebugMode.closed, generation)
            },
            Def("get_closed_handles_queue_max_size()", .reads, "Return the maximum size of the closed handles queue", kind: .function) { thread, _, _ in
                thread.newInt(DebugMode.closedLimit)
            },
            Def("set_closed_handles_queue_max_size(size, /)", .writes, "Set the maximum size of the closed handles queue", kind: .function) { thread, a, _ in
                guard let size = DebugModule.size(thread, a[0]) else { return .empty }
                DebugMode.closedLimit = size
                return .none
            },
            Def("get_protected_raw_data_max_size()", .reads, "Return the maximum size of the retained raw memory associated with closed handles", kind: .function) { thread, _, _ in
                thread.newInt(DebugMode.dataLimit)
            },
            Def("set_protected_raw_data_max_size(size, /)", .writes, "Set the maximum size of the retained raw memory associated with closed handles", kind: .function) { thread, a, _ in
                guard let size = DebugModule.size(thread, a[0]) else { return .empty }
                DebugMode.dataLimit = size
                return .none
            },
            Def("set_on_invalid_handle(function, /)", .writes, "Set the function to call when we detect the usage of an invalid handle", kind: .function) { thread, a, _ in
                DebugModule.setHook(thread, DebugMode.onInvalidHandle, a[0])
            },
            Def("set_on_invalid_builder_handle(function, /)", .writes, "Set the function to call when we detect the usage of an invalid builder handle", kind: .function) { thread, a, _ in
                DebugModule.setHook(thread, DebugMode.onInvalidBuilder, a[0])
            },
            Def("set_handle_stack_trace_limit(limit, /)", .writes,
                "Set the limit to captured HPy handles allocations stack traces. None means do not capture the stack traces.", kind: .function) { thread, a, _ in
                if a[0].isNone {
                    DebugMode.traceLimit = 0
                } else {
                    guard let limit = thread.toInt(a[0]) else { return .empty }
                    DebugMode.traceLimit = max(limit, 0)
                }
                return .none
            },
        ]) { module in
            DebugModule.handleType = NativeType("DebugHandle", module: "hpy.debug._debug", size: MemoryLayout<HandleObject>.size, flags: .noInstantiation, methods: [
                Def("_force_close(self, /)", .writes, "Close the underlying handle. FOR TESTS ONLY.") { thread, a, _ in
                    if DebugModule.handle(a[0]).pointee.magic != DebugHandle.mark { return thread.raise(.valueError, "the handle was closed long ago") }
                    DebugMode.closeArgument(Value(DebugModule.handle(a[0])))
                    return .none
                },
            ], getters: [
                Getter("obj", "The object which the handle points to") { _, a, _ in DebugModule.handle(a[0]).pointee.value },
                Getter("id", "A numeric identifier representing the underlying universal handle") { thread, a, _ in thread.newInt(Int(bitPattern: DebugModule.handle(a[0]))) },
                Getter("is_closed", "Self-explanatory") { _, a, _ in Value(DebugModule.handle(a[0]).pointee.isClosed) },
                Getter("raw_data_size", "Size of retained raw memory. FOR TESTS ONLY.") { thread, a, _ in
                    thread.newInt(DebugModule.handle(a[0]).pointee.data == nil ? -1 : DebugModule.handle(a[0]).pointee.dataSize)
                },
            ]) { slots in
                slots.compare { _, a, b, operation in
                    guard b.type == DebugModule.handleType.type, let comparison = Comparison(rawValue: operation), comparison == .equal || comparison == .notEqual else { return .notImplemented }
                    return Value((DebugModule.handle(a) == DebugModule.handle(b)) == (comparison == .equal))
                }
                slots.hash { _, value in Hashing.int(Int(bitPattern: DebugModule.handle(value)) >> 4) }
                slots.unary(.repr) { thread, value in
                    let record = DebugModule.handle(value).pointee
                    let address = String(UInt(bitPattern: DebugModule.handle(value)), radix: 16)
                    let head = record.isClosed ? "<DebugHandle 0x\(address) CLOSED>" : "<DebugHandle 0x\(address) for \(record.value.reprForMessage(thread))>"
                    let tail = record.trace.map { "Allocation stacktrace:\n" + String(cString: $0) }
                        ?? "To get the stack trace of where it was allocated use:\nhpy.debug.set_handle_stack_trace_limit"
                    return thread.newString(head + "\n" + tail)
                }
            }
            module.add(DebugModule.handleType)
            return true
        }
    }
}
