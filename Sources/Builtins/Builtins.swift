import Interpreter
import Objects

/// Entry point of the room: the `builtins`, `sys` and `_warnings` modules, the printer of tracebacks, and the command line's options.
public enum Builtins {
    /// Makes `sys.modules` with `builtins` and `sys` in it, and sets the hooks that are this room's. Called once, when every type is defined and
    /// before any Python code runs.
    @discardableResult public static func start(_ thread: ThreadRef, options: RuntimeOptions = RuntimeOptions()) -> Bool {
        if WellKnown.modules.value.isEmpty { WellKnown.modules.value = thread.newDict() }
        guard BuiltinsModule.start(thread), WarningsModule.start(thread), SysModule.start(thread, options) else { return false }
        RuntimeHooks.writeUnraisable = { thread, message, object in SysHooks.writeUnraisable(thread, message, object) }
        return true
    }
}
