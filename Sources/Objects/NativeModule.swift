/// Declaring a native module.
///
///     NativeModule.register("math", doc: "…", functions: [
///         Def("sqrt(x, /)", .pure, "Return the square root of x.") { thread, a, _ in … },
///     ]) { thread, module in
///         module.set("pi", thread.newFloat(.pi))
///     }
///
/// Registration costs next to nothing: the module, its functions and its types are made when it is first imported. Values that native code
/// keeps between calls live in a word from `RootTable`, types in a Swift global that the set-up assigns.
public struct NativeModule {
    public let name: StaticString
    let doc: StaticString
    let functions: () -> [Def]
    let setUp: (ModuleBuilder) -> Bool

    nonisolated(unsafe) private(set) static var registry: [String: NativeModule] = [:]

    /// Makes a module known to `import`. `functions` is only evaluated at the import; `setUp` adds constants and types, and returns false when it has raised.
    public static func register(_ name: StaticString, doc: StaticString = "", functions: @autoclosure @escaping () -> [Def] = [], setUp: @escaping (ModuleBuilder) -> Bool = { _ in true }) {
        registry[name.description] = NativeModule(name: name, doc: doc, functions: functions, setUp: setUp)
    }

    /// Names of all registered modules.
    public static var names: [String] { registry.keys.sorted() }

    public static func isRegistered(_ name: String) -> Bool { registry[name] != nil }

    /// What the namespaces of the modules made so far held at first, by name. A module that is imported anew gets the same classes and functions, which
    /// native code knows; only its namespace is fresh.
    nonisolated(unsafe) private static let made = RootTable.reserve()

    /// A new module object of a registered module; nil when there is none of that name, empty when it has raised.
    public static func make(_ thread: ThreadRef, _ name: String) -> Value? {
        guard let definition = registry[name] else { return nil }
        let key = thread.newString(name)
        let module = key.isEmpty ? .empty : thread.newModule(key)
        if module.isEmpty { return .empty }
        let namespace = DictRef(module.object(ModuleObject.self).pointee.namespace)
        if made.pointee.isEmpty {
            made.pointee = thread.newDict()
            if made.pointee.isEmpty { return .empty }
        }
        let known = DictRef(made.pointee).get(string: key)
        if !known.isEmpty {
            var position = 0
            while let (name, value) = DictRef(known).next(&position) { guard namespace.set(thread, name, value) else { return .empty } }
            return module
        }
        let builder = ModuleBuilder(thread: thread, module: module)
        if definition.doc.utf8CodeUnitCount > 0 { builder.set("__doc__", thread.newString("\(definition.doc)")) }
        builder.add(definition.functions())
        guard definition.setUp(builder), !thread.hasException else { return .empty }
        let copy = thread.copyDict(namespace)
        guard !copy.isEmpty, DictRef(made.pointee).set(thread, key, copy) else { return .empty }
        return module
    }
}

/// Fills a module's namespace.
public struct ModuleBuilder {
    public let thread: ThreadRef
    public let module: Value

    public init(thread: ThreadRef, module: Value) {
        self.thread = thread
        self.module = module
    }

    public var namespace: DictRef { DictRef(module.object(ModuleObject.self).pointee.namespace) }

    /// Sets an attribute. What it raises shows when the set-up is done.
    public func set(_ name: String, _ value: Value) {
        if value.isEmpty { return }
        _ = namespace.set(thread, StringRef.intern(name).value, value)
    }

    public func set(_ name: String, _ value: Int) { set(name, thread.newInt(value)) }
    public func set(_ name: String, _ value: String) { set(name, thread.newString(value)) }

    /// Adds a type under its own name.
    public func add(_ type: NativeType) { set(type.type.shortName, type.type.value) }

    public func add(_ functions: [Def]) {
        let name = namespace.get(.__name__)
        for def in functions {
            let record = NativeRecord.make(def)
            record.pointee.module = StringRef(name).interned().value
            let function = thread.newBuiltinFunction(record, receiver: .empty, module: name)
            if function.isEmpty { return }
            _ = namespace.set(thread, record.pointee.name, function)
        }
    }

    /// A new exception class, as `PyErr_NewException` makes it: `module.name`.
    public func addException(_ name: String, base: TypeRef = TypeID.exception.type) -> Value {
        let namespace = thread.newDict()
        if namespace.isEmpty { return .empty }
        _ = DictRef(namespace).set(thread, Name.__module__, self.namespace.get(.__name__))
        // Made before the array is: the collector does not see what only an array holds.
        let title = thread.newString(name), bases = thread.newTuple(base.value)
        let result = thread.call(TypeID.type.value, title, bases, namespace)
        set(name, result)
        return result
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A module with `__name__`, and `__doc__`, `__package__`, `__loader__` and `__spec__` None.
    public func newModule(_ name: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<ModuleObject>.size, shape: TypeID.module.type.pointer.pointee.dictShape) else { return raiseOutOfMemory() }
        let namespace = newDict(capacity: 8)
        if namespace.isEmpty { return .empty }
        raw.assumingMemoryBound(to: ModuleObject.self).pointee.namespace = namespace
        Heap.barrier(raw)
        let dict = DictRef(namespace)
        guard dict.set(self, Name.__name__, name), dict.set(self, Name.__doc__, .none), dict.set(self, Name.__package__, .none),
              dict.set(self, Name.__loader__, .none), dict.set(self, Name.__spec__, .none) else { return .empty }
        return Value(raw)
    }

    /// `sys.modules[name]` after importing it, by `builtins.__import__`'s machinery. Empty when it has raised.
    public func importModule(_ name: String) -> Value { RuntimeHooks.importModule(self, name) }

    /// An attribute of a module that is imported at need: `thread.importAttribute("decimal", "Decimal")`.
    public func importAttribute(_ module: String, _ attribute: String) -> Value {
        let module = importModule(module)
        return module.isEmpty ? .empty : getAttribute(module, StringRef.intern(attribute).value)
    }
}
