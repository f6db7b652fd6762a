import Interpreter
import Objects

/// The `builtins` module: its namespace. The functions are in the files `Builtin…Functions.swift`, a table each, in the order of the documentation.
enum BuiltinsModule {
    /// Types that go by a number and show in `builtins`; exceptions follow by range.
    private static let types: [TypeID] = [
        .object, .type, .int, .bool, .float, .complex, .str, .bytes, .bytearray, .memoryview, .list, .tuple, .dict, .set, .frozenset, .range, .slice,
        .property, .super, .staticMethod, .classMethod, .enumerate, .zip, .map, .filter, .reversed,
    ]

    static func start(_ thread: ThreadRef) -> Bool {
        let module = thread.newModule(StringRef.intern("builtins").value)
        if module.isEmpty { return false }
        WellKnown.builtinsModule.value = module
        let builder = ModuleBuilder(thread: thread, module: module)
        WellKnown.builtins.value = builder.namespace.value
        builder.set("__doc__", "The names that every module sees without importing them: functions, types, exceptions and constants.")
        builder.set("__package__", "")
        builder.add(BuiltinClassFunctions.table)
        builder.add(BuiltinImport.table)
        builder.add(BuiltinNumberFunctions.table)
        builder.add(BuiltinIterationFunctions.table)
        builder.add(BuiltinObjectFunctions.table)
        builder.add(BuiltinTextFunctions.table)
        builder.add(BuiltinExecution.table)
        builder.set("None", .none)
        builder.set("Ellipsis", .ellipsis)
        builder.set("NotImplemented", .notImplemented)
        builder.set("False", .false)
        builder.set("True", .true)
        builder.set("__debug__", .true)
        for id in types { add(builder, id) }
        for id in TypeID.allCases where id.rawValue >= TypeID.baseException.rawValue { add(builder, id) }
        builder.set("EnvironmentError", TypeID.osError.value)
        builder.set("IOError", TypeID.osError.value)
        WellKnown.buildClass.value = builder.namespace.get(.__build_class__)
        WellKnown.importFunction.value = builder.namespace.get(.__import__)
        Imports.originalImport.pointee = WellKnown.importFunction.value
        return DictRef(WellKnown.modules.value).set(thread, Name.builtins, module) && !thread.hasException
    }

    private static func add(_ builder: ModuleBuilder, _ id: TypeID) {
        if id.value.isEmpty || id.type.pointer.pointee.name.isEmpty { return }
        builder.set(id.type.name, id.value)
    }
}
