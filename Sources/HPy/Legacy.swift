import Objects

/// What belongs to CPython's own C API: refused, with a word on what to do.
enum Legacy {
    static let advice = "Taipan runs extensions of HPy's universal ABI only. Port what uses Python.h to HPy, then build with --hpy-abi=universal"

    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_FromPyObject = { _, _ in Contexts.thread.raise(.importError, "HPy_FromPyObject needs CPython's objects. \(Legacy.advice)") }
        c.pointee.ctx_AsPyObject = { _, _ in
            Contexts.thread.raise(.importError, "HPy_AsPyObject needs CPython's objects. \(Legacy.advice)")
            return nil
        }
        c.pointee.ctx_CallRealFunctionFromTrampoline = { _, _, _, _ in
            Contexts.thread.raise(.importError, "an HPy function was called through its trampoline for CPython. \(Legacy.advice)")
        }
        c.pointee.ctx_AsStruct_Legacy = { _, _ in
            Contexts.thread.raise(.importError, "HPy_AsStruct of a legacy type needs CPython's objects. \(Legacy.advice)")
            return nil
        }
    }

    /// Raises ImportError for a module or type that has legacy parts.
    static func refuse(_ thread: ThreadRef, _ what: String) -> Value { thread.raise(.importError, "\(what). \(Legacy.advice)") }
}
