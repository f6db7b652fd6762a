import Bytecode
import Interpreter
import Objects
import Syntax

/// The module `_symtable`: the compiler's symbol tables as the objects that `symtable` wraps.
///
/// Entries are made all at once from the scopes, outermost first; after that they are plain records.
enum SymbolTableModule {
    private struct Entry {
        var header: ObjectHeader
        // Traced: words 1–8.
        var id: Value
        var name: Value
        /// dict: name → flags, with the scope from bit 11 on
        var symbols: Value
        /// list
        var varnames: Value
        /// list
        var children: Value
        var nested: Value
        var type: Value
        var lineno: Value
    }

    private static let scopeOffset = 11

    private static let type = NativeType("symtable entry", module: "builtins", size: MemoryLayout<Entry>.size, mask: 0b1_1111_1110, flags: .noInstantiation, getters: [
        Getter("id") { _, a, _ in a[0].object(Entry.self).pointee.id },
        Getter("name") { _, a, _ in a[0].object(Entry.self).pointee.name },
        Getter("symbols") { _, a, _ in a[0].object(Entry.self).pointee.symbols },
        Getter("varnames") { _, a, _ in a[0].object(Entry.self).pointee.varnames },
        Getter("children") { _, a, _ in a[0].object(Entry.self).pointee.children },
        Getter("nested") { _, a, _ in a[0].object(Entry.self).pointee.nested },
        Getter("type") { _, a, _ in a[0].object(Entry.self).pointee.type },
        Getter("lineno") { _, a, _ in a[0].object(Entry.self).pointee.lineno },
    ]) { slots in
        slots.unary(.repr) { thread, value in
            let entry = value.object(Entry.self)
            return thread.newString("<symtable entry \(StringRef(entry.pointee.name).description)(\(entry.pointee.id.smallInt)), line \(entry.pointee.lineno.smallInt)>")
        }
    }

    static func register() {
        NativeModule.register("_symtable", functions: [
            Def("symtable(source, filename, startstr, /)", .calls, "The symbol table that the compiler makes of source.", kind: .function) { thread, a, _ in
                SymbolTableModule.make(thread, a[0], a[1], a[2])
            },
        ]) { module in
            for (name, flags) in [("USE", SymbolFlags.use), ("DEF_GLOBAL", .global), ("DEF_NONLOCAL", .nonlocal), ("DEF_LOCAL", .local), ("DEF_PARAM", .parameter), ("DEF_FREE", .free),
                                  ("DEF_FREE_CLASS", .freeInClass), ("DEF_IMPORT", .imported), ("DEF_BOUND", .bound), ("DEF_ANNOT", .annotated)] {
                module.set(name, Int(flags.rawValue))
            }
            for (name, kind) in [("TYPE_FUNCTION", Scope.Kind.function), ("TYPE_CLASS", .classBody), ("TYPE_MODULE", .module)] { module.set(name, Int(kind.rawValue)) }
            for (name, scope) in [("LOCAL", SymbolScope.local), ("GLOBAL_EXPLICIT", .globalExplicit), ("GLOBAL_IMPLICIT", .globalImplicit), ("FREE", .free), ("CELL", .cell)] {
                module.set(name, Int(scope.rawValue))
            }
            module.set("SCOPE_OFF", scopeOffset)
            module.set("SCOPE_MASK", 15)
            return true
        }
    }

    private static func make(_ thread: ThreadRef, _ source: Value, _ filename: Value, _ start: Value) -> Value {
        let name = CompileBuiltin.decodeFilename(thread, filename)
        if name.isEmpty { return .empty }
        guard start.isString else { return thread.raise(.typeError, "symtable() argument 3 must be str, not \(start.isNone ? "None" : start.type.name)") }
        guard let bytes = CompileBuiltin.sourceBytes(thread, source, function: "symtable", what: "string or bytes") else { return .empty }
        guard let mode = CompileBuiltin.parseMode(StringRef(start).description) else {
            return thread.raise(.valueError, "symtable() arg 3 must be 'exec' or 'eval' or 'single'")
        }
        let request = CompileBuiltin.Request(filename: name, mode: mode, flags: source.isString ? CompileBuiltin.Flags.ignoreCookie : 0)
        guard let tree = CompileBuiltin.parse(thread, bytes, request) else { return .empty }
        switch symbolTable(tree) {
        case .failure(let failure): return CompileBuiltin.raise(thread, failure, name, hasPlaceInArguments: false)
        case .success(let table): return entry(thread, table.top)
        }
    }

    private static func entry(_ thread: ThreadRef, _ scope: Scope) -> Value {
        guard thread.enterRecursion(" while making a symbol table") else { return .empty }
        defer { thread.leaveRecursion() }
        let value = type.allocate(thread, size: MemoryLayout<Entry>.size)
        if value.isEmpty { return .empty }
        let entry = value.object(Entry.self)
        // Numbers by address, as identities go; the objects are never moved.
        entry.pointee.id = Value(small: Int(value.bits))
        entry.pointee.name = thread.newName(scope.name)
        entry.pointee.nested = Value(small: scope.isNested ? 1 : 0)
        entry.pointee.type = Value(small: Int(scope.kind.rawValue))
        entry.pointee.lineno = Value(small: Int(scope.range.line))
        let symbols = thread.newDict(capacity: scope.symbols.count), names = thread.newList(), children = thread.newList()
        if entry.pointee.name.isEmpty || symbols.isEmpty || names.isEmpty || children.isEmpty { return .empty }
        entry.pointee.symbols = symbols
        entry.pointee.varnames = names
        entry.pointee.children = children
        Heap.barrier(value.raw)
        for symbol in scope.symbols {
            let flags = Int(symbol.flags.rawValue) | Int(symbol.scope.rawValue) << scopeOffset
            let name = thread.newName(symbol.name)
            guard !name.isEmpty, DictRef(symbols).set(thread, name, Value(small: flags)) else { return .empty }
        }
        for parameter in scope.parameters {
            let name = thread.newName(parameter)
            if name.isEmpty || !ListRef(names).append(thread, name) { return .empty }
        }
        for child in scope.children {
            let inner = self.entry(thread, child)
            if inner.isEmpty || !ListRef(children).append(thread, inner) { return .empty }
        }
        return value
    }
}
