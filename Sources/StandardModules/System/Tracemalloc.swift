import Objects

/// `_tracemalloc`: memory blocks are not traced here. The module tells so, and what asks it for numbers gets those of a program that has not started tracing.
enum Tracemalloc {
    static func register() {
        NativeModule.register("_tracemalloc", doc: "Debug module to trace memory blocks allocated by Python.", functions: [
            Def("is_tracing()", .reads, "Whether allocations are traced.", kind: .function) { _, _, _ in .false },
            Def("start(nframe=1, /)", .writes, "Start tracing Python memory allocations.", kind: .function) { thread, a, _ in
                guard let frames = a[0].isEmpty ? 1 : thread.toInt(a[0]) else { return .empty }
                guard frames >= 1, frames <= 65535 else { return thread.raise(.valueError, "the number of frames must be in range [1; 65535]") }
                return thread.raise(.notImplementedError, "tracemalloc.start(): memory allocations cannot be traced")
            },
            Def("stop()", .writes, "Stop tracing Python memory allocations.", kind: .function) { _, _, _ in .none },
            Def("clear_traces()", .writes, "Clear traces of memory blocks allocated by Python.", kind: .function) { _, _, _ in .none },
            Def("reset_peak()", .writes, "Let the peak be what is in use now.", kind: .function) { _, _, _ in .none },
            Def("get_traceback_limit()", .reads, "How many frames a trace keeps at the most.", kind: .function) { _, _, _ in Value(small: 1) },
            Def("get_tracemalloc_memory()", .reads, "Get the memory usage in bytes of the tracemalloc module.", kind: .function) { _, _, _ in Value(small: 0) },
            Def("get_traced_memory()", .reads, "How much traced memory is in use, and was at the most.", kind: .function) { thread, _, _ in
                thread.newTuple(Value(small: 0), Value(small: 0))
            },
            Def("_get_traces()", .reads, "Get traces of all memory blocks allocated by Python.", kind: .function) { thread, _, _ in thread.newList() },
            Def("_get_object_traceback(obj, /)", .reads, "Get the traceback where the Python object obj was allocated.", kind: .function) { _, _, _ in .none },
        ])
    }
}
