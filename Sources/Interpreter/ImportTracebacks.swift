/// The frames of importlib in tracebacks.
///
/// Whoever imports a module wants to see the import statement and what failed in the module, not the machinery between. So when an import has failed, runs of frames
/// of `importlib._bootstrap` and `_bootstrap_external` that end in `_call_with_frames_removed` are cut out; all such frames are when it is the import itself
/// that failed.
enum ImportTracebacks {
    /// Shortens the traceback of the exception being raised.
    static func trim(_ thread: ThreadRef) {
        let exception = thread.pointee.exception
        if exception.isEmpty { return }
        let cutsAll = exception.isInstance(of: .importError)
        // The last entry before the present run of importlib's; empty for the exception itself.
        var outer = Value.empty
        var previous = Value.empty
        var isInside = false
        var current = exception.object(ExceptionObject.self).pointee.traceback
        while !current.isEmpty && current.isExact(.traceback) {
            let entry = current.object(TracebackObject.self)
            let next = entry.pointee.next
            let frame = entry.pointee.frame.object(FrameObject.self)
            let nowInside = isMachinery(frame)
            if nowInside && !isInside { outer = previous }
            isInside = nowInside
            if isInside && (cutsAll || StringRef(frame.pointee.code.object(CodeObject.self).pointee.name).equals("_call_with_frames_removed")) {
                link(exception, outer, next)
                previous = outer
            } else {
                previous = current
            }
            current = next
        }
    }

    private static func link(_ exception: Value, _ entry: Value, _ next: Value) {
        if entry.isEmpty {
            exception.object(ExceptionObject.self).pointee.traceback = next
            Heap.barrier(exception.raw)
        } else {
            entry.object(TracebackObject.self).pointee.next = next
            Heap.barrier(entry.raw)
        }
    }

    private static func isMachinery(_ frame: UnsafeMutablePointer<FrameObject>) -> Bool {
        let globals = frame.pointee.function.object(FunctionObject.self).pointee.globals
        guard !Imports.bootstrap.pointee.isEmpty else { return false }
        if globals == namespace(Imports.bootstrap.pointee) { return true }
        let external = DictRef(WellKnown.modules.value).get(string: StringRef.intern("_frozen_importlib_external").value)
        return !external.isEmpty && globals == namespace(external)
    }

    private static func namespace(_ module: Value) -> Value { module.isExact(.module) || module.type == TypeID.module.type ? module.object(ModuleObject.self).pointee.namespace : .empty }
}
