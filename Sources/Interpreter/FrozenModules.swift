import Bytecode

/// Modules whose code is at hand without a search: importlib itself and what every start imports.
///
/// The rooms above say where the code is, in memory that stays; `_imp` finds it here. As in CPython, tests may turn all but importlib off.
public enum FrozenModules {
    struct Module {
        /// The name that the code was compiled for, where the module is another's alias.
        let originalName: String
        let isPackage: Bool
        let code: UnsafeBufferPointer<UInt8>
        /// There is no import without it.
        let isEssential: Bool
    }

    nonisolated(unsafe) private static var modules: [String: Module] = [:]
    nonisolated(unsafe) private(set) static var names: [String] = []
    /// `-X frozen_modules=off` makes it false.
    nonisolated(unsafe) public static var isEnabled = true
    /// Above 0: enabled whatever the option says; below 0: disabled.
    nonisolated(unsafe) static var override = 0

    /// Adds a module whose code, as `serialize` writes it, stays where it is.
    public static func add(_ name: String, originalName: String, isPackage: Bool, isEssential: Bool, code: UnsafeBufferPointer<UInt8>) {
        if modules.updateValue(Module(originalName: originalName, isPackage: isPackage, code: code, isEssential: isEssential), forKey: name) == nil { names.append(name) }
    }

    static func find(_ name: Value) -> Module? {
        guard name.isString, let module = modules[StringRef(name).description] else { return nil }
        return module.isEssential || (override == 0 ? isEnabled : override > 0) ? module : nil
    }

    /// The code object of a module, a new one each time; empty when it has raised.
    public static func code(_ thread: ThreadRef, _ name: Value) -> Value {
        guard let module = find(name) else { return raiseMissing(thread, name) }
        return make(thread, name, module.code, stays: true)
    }

    /// Runs a module without importlib. Empty when it has raised.
    public static func run(_ thread: ThreadRef, _ name: Value) -> Value {
        let code = code(thread, name)
        if code.isEmpty { return .empty }
        let module = thread.newModule(name)
        let original = thread.newString(find(name)?.originalName ?? "")
        if module.isEmpty || original.isEmpty { return .empty }
        let namespace = module.object(ModuleObject.self).pointee.namespace
        // importlib makes the specification of it.
        guard DictRef(namespace).set(thread, Name.__builtins__, WellKnown.builtinsModule.value), DictRef(namespace).set(thread, StringRef.intern("__origname__").value, original),
              DictRef(WellKnown.modules.value).set(thread, name, module) else { return .empty }
        return Interpreter.exec(thread, code, namespace, .empty).isEmpty ? .empty : module
    }

    static func make(_ thread: ThreadRef, _ name: Value, _ bytes: UnsafeBufferPointer<UInt8>, stays: Bool) -> Value {
        guard let compiled = deserialize(bytes, stays: stays) else {
            return thread.raise(.importError, "Frozen object named \(name.reprForMessage(thread)) is invalid")
        }
        return Code.make(thread, compiled)
    }

    static func raiseMissing(_ thread: ThreadRef, _ name: Value) -> Value {
        thread.raise(.importError, "No such frozen object named \(name.reprForMessage(thread))")
        let exception = thread.pointee.exception
        if !exception.isEmpty && exception.isInstance(of: .importError) { exception.setExceptionField(1, name) }
        return .empty
    }

    private static func isName(_ thread: ThreadRef, _ value: Value, _ what: StaticString) -> Bool {
        if !value.isString { thread.raise(.typeError, "\(what) must be str, not \(value.type.name)") }
        return value.isString
    }

    static let functions: [Def] = [
        Def("is_frozen(name, /)", .reads, "Whether there is a frozen module of that name.", kind: .function) { thread, a, _ in
            isName(thread, a[0], "is_frozen() argument") ? Value(find(a[0]) != nil) : .empty
        },
        Def("is_frozen_package(name, /)", .reads, "Whether the frozen module of that name is a package.", kind: .function) { thread, a, _ in
            guard isName(thread, a[0], "is_frozen_package() argument") else { return .empty }
            guard let module = find(a[0]) else { return raiseMissing(thread, a[0]) }
            return Value(module.isPackage)
        },
        Def("find_frozen(name, /, *, withdata=False)", .calls, """
            What is known of a frozen module: its data (None unless asked for), whether it is a package, and the name it was frozen under; None when there is none.
            """, kind: .function) { thread, a, _ in
            guard isName(thread, a[0], "find_frozen() argument 1") else { return .empty }
            guard let module = find(a[0]) else { return .none }
            var data = Value.none
            if a[1] == .true {
                let bytes = thread.newBytes(module.code.baseAddress, module.code.count)
                data = bytes.isEmpty ? .empty : thread.call(TypeID.memoryview.value, bytes)
                if data.isEmpty { return .empty }
            }
            let name = thread.newString(module.originalName)
            return name.isEmpty ? .empty : thread.newTuple(data, Value(module.isPackage), name)
        },
        Def("get_frozen_object(name, data=None, /)", .calls, "The code of a frozen module, or of the data given.", kind: .function) { thread, a, _ in
            guard isName(thread, a[0], "get_frozen_object() argument 1") else { return .empty }
            if a[1].isEmpty || a[1].isNone { return code(thread, a[0]) }
            return thread.withBuffer(a[1]) { make(thread, a[0], UnsafeBufferPointer(start: $0, count: $1), stays: false) }
        },
        Def("init_frozen(name, /)", .calls, "Runs a frozen module without importlib; None when there is none.", kind: .function) { thread, a, _ in
            find(a[0]) == nil ? .none : run(thread, a[0])
        },
        Def("_frozen_module_names()", .reads, "The names of all frozen modules.", kind: .function) { thread, _, _ in
            let list = thread.newList()
            if list.isEmpty { return .empty }
            for name in names where !ListRef(list).append(thread, thread.newString(name)) { return .empty }
            return list
        },
        Def("_override_frozen_modules_for_tests(override, /)", .writes, """
            For tests: 1 turns the frozen modules on, -1 off, 0 leaves it to the option.
            """, kind: .function) { thread, a, _ in
            guard let value = thread.toInt(a[0]) else { return .empty }
            override = value
            return .none
        },
    ]
}
