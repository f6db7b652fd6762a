import Interpreter
import TraceJIT

/// Names that are stored: globals, and the names of code at module level, whose namespace is its globals.
///
/// A store to a name that exists moves no entry, so that a dict's version stays as it is and the store goes straight to the entry.
extension Recorder {
    /// Whether the names of the running code are those of its globals, as at module level; guarded.
    func hasGlobalNames() -> Bool {
        let namespace = level.fp[FrameSlot.context]
        guard depth == 0, level.generator == nil, namespace.isEmpty || namespace == level.function.object(FunctionObject.self).pointee.globals else { return false }
        let slot = b.slot(level.base + FrameSlot.context)
        if namespace.isEmpty { b.guarding(.geq, b.cast(slot, .int), b.int(0)) } else { guardSame(slot, namespace) }
        return true
    }

    /// globals[name] = R[a]
    func storeGlobal(_ a: Int, _ name: Value) -> Outcome {
        let globals = level.function.object(FunctionObject.self).pointee.globals, running = runningFunction()
        let entry = globals.isExact(.dict) ? DictRef(globals).find(string: name) : -1
        if entry < 0 { return interpret(results: 0 ..< 0) }
        if !running.isConstant { guardSame(b.load(running, words.functionGlobals), globals) }
        // Making a box may collect, after which the barrier would be needed again.
        let contents = word(read(a))
        let dict = DictRef(globals), table = dict.pointer.pointee.table
        keep(globals)
        keep(table)
        guardNumber(UnsafeRawPointer(dict.pointer), words.dictVersion, dict.version)
        b.barrier(b.value(table.bits))
        b.store(b.pointer(UnsafeRawPointer(dict.entries + entry * 3 + 2)), words.dictEntry, contents)
        return .goesOn
    }
}
