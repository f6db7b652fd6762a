import Objects

/// Audit events (PEP 578), for native code of the rooms below. `sys.addaudithook` fills `hooks`.
public enum Audit {
    /// A list of hooks, or empty while there is none: then auditing costs one load.
    nonisolated(unsafe) public static let hooks = RootTable.reserve()
    private static let cantrace = StringRef.intern("__cantrace__")

    /// Raises an event. False when a hook has raised. The arguments must be kept alive by something else than the array.
    @inline(__always) public static func event(_ thread: ThreadRef, _ name: StaticString, _ arguments: @autoclosure () -> [Value]) -> Bool {
        hooks.pointee.isEmpty || raise(thread, name, arguments())
    }

    @inline(never) private static func raise(_ thread: ThreadRef, _ name: StaticString, _ arguments: [Value]) -> Bool {
        let tuple = thread.newTuple(copying: arguments)
        return !tuple.isEmpty && event(thread, named: thread.newString("\(name)"), tuple)
    }

    public static func event(_ thread: ThreadRef, named name: Value, _ arguments: Value) -> Bool {
        if hooks.pointee.isEmpty { return true }
        // What hooks do is not traced, but for those that want it.
        thread.pointee.tracingDepth += 1
        defer { thread.pointee.tracingDepth -= 1 }
        return thread.forEach(hooks.pointee) { hook in
            let wish = thread.getAttributeOrEmpty(hook, cantrace.value)
            if wish.isEmpty && thread.hasException && !thread.clearException(.attributeError) { return false }
            let isTraced = wish.isEmpty ? 0 : Int64(thread.isTrue(wish))
            if isTraced < 0 { return false }
            thread.pointee.tracingDepth -= isTraced
            defer { thread.pointee.tracingDepth += isTraced }
            return !thread.call(hook, name, arguments).isEmpty
        }
    }
}
