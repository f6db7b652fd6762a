import Objects

/// `_elementtree`: what `xml.etree.ElementTree` takes from here in place of its own classes.
enum ElementTreeModule {
    static func register() {
        NativeModule.register("_elementtree", functions: [
            Def("SubElement(*args, **kwargs)", .calls, kind: .function, isUnsigned: true) { thread, a, _ in ElementTreeModule.makeChild(thread, a[0], a[1]) },
            Def("_set_factories(comment_factory, pi_factory, /)", .writes, "Change the factories used to create comments and processing instructions.\n\nFor internal use only.", kind: .function) { thread, a, _ in
                TreeBuilders.setFactories(thread, a[0], a[1])
            },
        ]) { module in setUp(module) }
    }

    private static func setUp(_ module: ModuleBuilder) -> Bool {
        let thread = module.thread
        ElementCopies.deepcopy.pointee = thread.importAttribute("copy", "deepcopy")
        if ElementCopies.deepcopy.pointee.isEmpty { return false }
        ElementPaths.module.pointee = thread.importModule("xml.etree.ElementPath")
        if ElementPaths.module.pointee.isEmpty || thread.importModule("pyexpat").isEmpty { return false }
        let namespace = thread.newDict(), title = thread.newString("ParseError"), bases = thread.newTuple(TypeID.syntaxError.value)
        guard !namespace.isEmpty, !title.isEmpty, !bases.isEmpty, DictRef(namespace).set(thread, Name.__module__, StringRef.intern("xml.etree.ElementTree").value) else { return false }
        TreeParsers.error.pointee = thread.call(TypeID.type.value, title, bases, namespace)
        if TreeParsers.error.pointee.isEmpty { return false }
        module.set("ParseError", TreeParsers.error.pointee)
        Elements.define(module)
        ElementIterators.define()
        TreeBuilders.define(module)
        TreeParsers.define(module)
        return true
    }

    /// `SubElement`, whose arguments beyond the first three are attributes by name.
    private static func makeChild(_ thread: ThreadRef, _ positional: Value, _ named: Value) -> Value {
        let extra = named.isEmpty ? nil : DictRef(named), count = TupleRef(positional).count + (extra?.count ?? 0)
        guard let extra, extra.count > 0 else { return Elements.makeChild(thread, TupleRef(positional).items, count, .empty) }
        guard let arguments = thread.pushArguments(count) else { return .empty }
        defer { thread.popArguments(arguments) }
        arguments.update(from: TupleRef(positional).items, count: TupleRef(positional).count)
        (arguments + TupleRef(positional).count).update(repeating: .none, count: extra.count)
        let names = thread.newTuple(count: extra.count)
        if names.isEmpty { return .empty }
        var position = 0, index = 0
        while let (key, value) = extra.next(&position) {
            TupleRef(names).initialize(index, key)
            arguments[TupleRef(positional).count + index] = value
            index += 1
        }
        return Elements.makeChild(thread, arguments, count, names)
    }
}
