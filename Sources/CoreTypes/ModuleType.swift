import Objects

/// Modules.
///
/// A module's namespace is a real dict from the start: the root shape of modules is a dict shape, with the namespace in the dict word. So `value.isExact(.module)` holds for
/// those that `newModule` makes, and attribute access is a dict lookup.
enum ModuleType {
    static func start() {
        NativeType(id: .module, "module", size: MemoryLayout<ModuleObject>.size, mask: 0b10, dictOffset: 8, flags: [.base, .weakReferenceable],
                   doc: "module(name, doc=None)\n--\n\nA module object.\n\nThe name must be a string; the optional docstring can have any type.", methods: methods, getters: getters) { slots in
            slots.restate(.setAttribute, of: .object)
            slots.call(.new) { thread, type, _, _, _ in
                let module = thread.allocateInstance(TypeRef(type))
                let namespace = thread.newDict()
                if module.isEmpty || namespace.isEmpty { return .empty }
                module.header.pointee.shape = TypeRef(type).pointer.pointee.dictShape
                module.object(ModuleObject.self).pointee.namespace = namespace
                Heap.barrier(module.raw)
                return module
            }
            slots.call(.initialize) { thread, module, a, count, keywords in ModuleType.make.call(thread, module, a, count, keywords) }
            slots.unary(.repr) { thread, module in ModuleType.repr(thread, module) }
            slots.binary(.getAttribute) { thread, module, name in
                let found = thread.genericGet(module, name, quiet: true)
                return found.isEmpty && !thread.hasException ? ModuleType.missing(thread, module, name) : found
            }
        }
        let type = TypeID.module.type.pointer
        ShapeTable.record(type.pointee.rootShape).pointee.flags |= ShapeFlags.dict
        type.pointee.dictShape = type.pointee.rootShape
    }

    private static func namespace(_ module: Value) -> DictRef { DictRef(module.object(ModuleObject.self).pointee.namespace) }

    private static let make = Constructor("module(self, name, doc=None)") { thread, a, _ in
        guard a[1].isString else { return thread.raise(.typeError, "module() argument 'name' must be str, not \(a[1].argumentTypeName)") }
        let dict = ModuleType.namespace(a[0])
        guard dict.set(thread, Name.__name__, a[1]), dict.set(thread, Name.__doc__, a[2].orNone), dict.set(thread, Name.__package__, .none),
              dict.set(thread, Name.__loader__, .none), dict.set(thread, Name.__spec__, .none) else { return .empty }
        return .none
    }

    /// An attribute that is not there: the module's own `__getattr__` may know it.
    private static func missing(_ thread: ThreadRef, _ module: Value, _ name: Value) -> Value {
        let dict = namespace(module)
        let fallback = dict.get(.__getattr__)
        if !fallback.isEmpty { return thread.call(fallback, name) }
        let text = StringRef(name).description
        let own = dict.get(.__name__)
        guard !own.isEmpty, own.isString else { return thread.raiseAttributeError("module has no attribute '\(text)'", module, name) }
        let spec = dict.get(.__spec__)
        var initializing = false
        if !spec.isEmpty && !spec.isNone {
            let flag = thread.getAttributeOrEmpty(spec, ._initializing)
            if flag.isEmpty {
                thread.takeException()
            } else {
                initializing = thread.isTrue(flag) > 0
                thread.takeException()
            }
        }
        let owner = StringRef(own).description
        if !initializing, !spec.isEmpty, !spec.isNone {
            let submodules = thread.getAttributeOrEmpty(spec, StringRef.intern("_uninitialized_submodules").value)
            let isOne = submodules.isEmpty ? 0 : thread.contains(submodules, name)
            thread.takeException()
            if isOne > 0 {
                return thread.raiseAttributeError("cannot access submodule '\(text)' of module '\(owner)' (most likely due to a circular import)", module, name)
            }
        }
        if initializing {
            return thread.raiseAttributeError("partially initialized module '\(owner)' has no attribute '\(text)' (most likely due to a circular import)", module, name)
        }
        return thread.raiseAttributeError("module '\(owner)' has no attribute '\(text)'", module, name)
    }

    /// As `importlib._bootstrap._module_repr` has it.
    private static func repr(_ thread: ThreadRef, _ module: Value) -> Value {
        func attribute(_ object: Value, _ name: Name) -> Value { thread.getAttributeOrEmpty(object, name) }
        let loader = attribute(module, .__loader__)
        if thread.hasException { return .empty }
        let spec = attribute(module, .__spec__)
        if thread.hasException { return .empty }
        var text = TextBuilder(thread)
        text.add("<module ")
        let truth = spec.isEmpty ? 0 : thread.isTrue(spec)
        if truth < 0 { return .empty }
        if truth > 0 {
            let name = thread.getAttribute(spec, .name)
            let origin = name.isEmpty ? .empty : thread.getAttribute(spec, StringRef.intern("origin").value)
            if origin.isEmpty { return .empty }
            if name.isNone { text.add("'?'") } else { text.add(repr: name) }
            if origin.isNone {
                let specLoader = thread.getAttribute(spec, StringRef.intern("loader").value)
                if specLoader.isEmpty { return .empty }
                if !specLoader.isNone {
                    text.add(" (")
                    text.add(repr: specLoader)
                    text.add(")")
                }
            } else {
                let located = thread.getAttribute(spec, StringRef.intern("has_location").value)
                if located.isEmpty { return .empty }
                let truth = thread.isTrue(located)
                if truth < 0 { return .empty }
                if truth > 0 {
                    text.add(" from ")
                    text.add(repr: origin)
                } else {
                    text.add(" (")
                    text.add(str: origin)
                    text.add(")")
                }
            }
            text.add(">")
            return text.finish()
        }
        if !loader.isEmpty {
            // An old loader describes its modules itself; what goes wrong with that does not count.
            let describe = thread.getAttributeOrEmpty(loader, StringRef.intern("module_repr").value)
            if thread.hasException { return .empty }
            if !describe.isEmpty {
                let description = thread.call(describe, module)
                if !description.isEmpty { return description }
                guard thread.clearException(.exception) else { return .empty }
            }
        }
        let name = attribute(module, .__name__)
        if thread.hasException { return .empty }
        let file = attribute(module, .__file__)
        if thread.hasException { return .empty }
        if name.isEmpty { text.add("'?'") } else { text.add(repr: name) }
        if !file.isEmpty {
            text.add(" from ")
            text.add(repr: file)
        } else if !loader.isEmpty && !loader.isNone {
            text.add(" (")
            text.add(repr: loader)
            text.add(")")
        }
        text.add(">")
        return text.finish()
    }

    private static let methods = [
        Def("__dir__(self, /)", .calls, "__dir__() -> list\nspecialized dir() implementation") { thread, a, _ in
            let dict = thread.getAttribute(a[0], .__dict__)
            if dict.isEmpty { return .empty }
            guard dict.isDict else { return thread.raise(.typeError, "\(a[0].type.name).__dict__ is not a dictionary") }
            let own = DictRef(dict).get(.__dir__)
            return own.isEmpty ? thread.list(dict) : thread.call(own)
        },
    ]

    private static let getters = [
        Getter("__dict__", set: readOnlyMember) { _, a, _ in a[0].object(ModuleObject.self).pointee.namespace },
        Getter("__annotations__", set: { thread, a, _ in
            let dict = ModuleType.namespace(a[0])
            if !a[1].isEmpty { return dict.set(thread, Name.__annotations__, a[1]) ? .none : .empty }
            let entry = dict.find(string: Name.__annotations__.value)
            if entry < 0 { return thread.raise(.attributeError, "__annotations__") }
            dict.remove(entry: entry)
            return .none
        }) { thread, a, _ in
            let dict = ModuleType.namespace(a[0])
            let known = dict.get(.__annotations__)
            if !known.isEmpty { return known }
            let made = thread.newDict()
            return made.isEmpty || !dict.set(thread, Name.__annotations__, made) ? .empty : made
        },
    ]
}
