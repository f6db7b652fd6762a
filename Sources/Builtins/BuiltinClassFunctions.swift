import Interpreter
import Objects

/// `builtins.__build_class__`: what a `class` statement calls (PEP 3115, PEP 560).
enum BuiltinClassFunctions {
    static let table: [Def] = [
        Def("__build_class__(*args, **kwargs)", .calls, "What the class statement calls to make a class.", kind: .function) { thread, a, _ in
            BuiltinClassFunctions.buildClass(thread, TupleRef(a[0]), a[1])
        },
    ]

    static func buildClass(_ thread: ThreadRef, _ arguments: TupleRef, _ keywords: Value) -> Value {
        guard arguments.count >= 2 else { return thread.raise(.typeError, "__build_class__: not enough arguments") }
        let function = arguments[0], name = arguments[1]
        guard function.isExact(.function) else { return thread.raise(.typeError, "__build_class__: func must be a function") }
        guard name.isString else { return thread.raise(.typeError, "__build_class__: name is not a string") }
        let originalBases = thread.newTuple(arguments.items + 2, arguments.count - 2)
        if originalBases.isEmpty { return .empty }
        let bases = resolveBases(thread, originalBases)
        if bases.isEmpty { return .empty }

        var keywords = keywords
        var meta = Value.empty
        if !keywords.isEmpty {
            // The dict was made for this call alone.
            let entry = DictRef(keywords).find(string: Name.metaclass.value)
            if entry >= 0 {
                meta = DictRef(keywords).item(at: entry)
                DictRef(keywords).remove(entry: entry)
            }
            if DictRef(keywords).count == 0 { keywords = .empty }
        }
        if meta.isEmpty { meta = TupleRef(bases).count == 0 ? TypeID.type.value : TupleRef(bases)[0].type.value }
        if meta.isType {
            guard let winner = TypeConstruction.metaclass(thread, TypeRef(meta), TupleRef(bases)) else { return .empty }
            meta = winner.value
        }
        let namespace = prepare(thread, meta, name, bases, keywords)
        if namespace.isEmpty { return .empty }
        let cell = Interpreter.runBody(thread, function, namespace)
        if cell.isEmpty { return .empty }
        if bases != originalBases {
            let key = StringRef.intern("__orig_bases__").value
            if !thread.setItem(namespace, key, originalBases) { return .empty }
        }
        let callArguments = thread.newTuple(name, bases, namespace)
        if callArguments.isEmpty { return .empty }
        let made = thread.call(meta, tuple: callArguments, dict: keywords)
        if made.isEmpty { return .empty }
        if made.isType && cell.isExact(.cell) {
            let contents = cell.object(CellObject.self).pointee.contents
            if contents != made {
                let shown = made.reprForMessage(thread), shownName = name.reprForMessage(thread)
                if contents.isEmpty {
                    return thread.raise(.runtimeError, "__class__ not set defining \(shownName) as \(shown). Was __classcell__ propagated to type.__new__?")
                }
                return thread.raise(.typeError, "__class__ set to \(contents.reprForMessage(thread)) defining \(shownName) as \(shown)")
            }
        }
        return made
    }

    /// The bases with each object that is no class replaced by what its `__mro_entries__` returns; the same tuple when there is none.
    private static func resolveBases(_ thread: ThreadRef, _ bases: Value) -> Value {
        var list = Value.empty
        let tuple = TupleRef(bases)
        for index in 0 ..< tuple.count {
            let base = tuple[index]
            var entries = Value.empty
            if !base.isType {
                let method = thread.getAttributeOrEmpty(base, Name.__mro_entries__)
                if method.isEmpty {
                    if thread.hasException { return .empty }
                } else {
                    entries = thread.call(method, bases)
                    if entries.isEmpty { return .empty }
                    guard entries.isTuple else { return thread.raise(.typeError, "__mro_entries__ must return a tuple") }
                }
            }
            if entries.isEmpty {
                if !list.isEmpty && !ListRef(list).append(thread, base) { return .empty }
                continue
            }
            if list.isEmpty {
                list = thread.newList(tuple.items, index)
                if list.isEmpty { return .empty }
            }
            for entry in 0 ..< TupleRef(entries).count where !ListRef(list).append(thread, TupleRef(entries)[entry]) { return .empty }
        }
        return list.isEmpty ? bases : thread.tuple(list)
    }

    private static func prepare(_ thread: ThreadRef, _ meta: Value, _ name: Value, _ bases: Value, _ keywords: Value) -> Value {
        if meta == TypeID.type.value { return thread.newDict() }
        let method = thread.getAttributeOrEmpty(meta, Name.__prepare__)
        if method.isEmpty { return thread.hasException ? .empty : thread.newDict() }
        let arguments = thread.newTuple(name, bases)
        if arguments.isEmpty { return .empty }
        let namespace = thread.call(method, tuple: arguments, dict: keywords)
        if namespace.isEmpty { return .empty }
        guard namespace.type.slotPointer(.getItem).pointee != nil else {
            return thread.raise(.typeError, "\(meta.isType ? TypeRef(meta).name : "<metaclass>").__prepare__() must return a mapping, not \(namespace.type.name)")
        }
        return namespace
    }
}
