import Interpreter
import Objects

/// `builtins.__import__`; the work is done by `Imports`.
enum BuiltinImport {
    static let table: [Def] = [
        Def("__import__(name, globals=None, locals=None, fromlist=(), level=0)", .calls, "What the import statement calls; programs want importlib.import_module().", kind: .function) { thread, a, _ in
            guard let level = a[4].isEmpty ? 0 : thread.toInt(a[4]) else { return .empty }
            return Imports.importLevel(thread, a[0], a[1], a[3], level)
        },
    ]
}
