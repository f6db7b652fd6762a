import Interpreter
import Objects

/// `sys.audit` and its hooks (PEP 578).
public enum SysAudit {
    static var hooks: UnsafeMutablePointer<Value> { Audit.hooks }

    /// Raises an auditing event. False when a hook has raised.
    public static func audit(_ thread: ThreadRef, _ event: StaticString, _ arguments: @autoclosure () -> [Value]) -> Bool { Audit.event(thread, event, arguments()) }

    static let table: [Def] = [
        Def("audit(event, /, *args)", .calls, "Tells all audit hooks of an event.", kind: .function) { thread, a, _ in
            if hooks.pointee.isEmpty { return .none }
            guard a[0].isString else { return thread.raise(.typeError, "expected str for argument 'event', not \(a[0].type.name)") }
            return Audit.event(thread, named: a[0], a[1]) ? .none : .empty
        },
        Def("addaudithook(hook)", .calls, "Adds a hook that is told of every audit event.", kind: .function) { thread, a, _ in
            // The hooks so far may refuse a new one: RuntimeError says so silently.
            if !SysAudit.audit(thread, "sys.addaudithook", []) {
                return thread.exceptionMatches(.runtimeError) && thread.clearException(.runtimeError) ? .none : .empty
            }
            if hooks.pointee.isEmpty {
                let list = thread.newList()
                if list.isEmpty { return .empty }
                hooks.pointee = list
            }
            return ListRef(hooks.pointee).append(thread, a[0]) ? .none : .empty
        },
    ]
}
