import Bytecode

/// The import statements, over `importlib._bootstrap`.
public enum Imports {
    /// The module `importlib._bootstrap`, once it runs.
    nonisolated(unsafe) public static let bootstrap = RootTable.reserve()
    /// Modules of others that have to learn something of this interpreter, each with the module of ours whose `adapt(module)` tells them, once they are loaded.
    nonisolated(unsafe) public static var adapted: [(name: StaticString, by: String)] = []
    /// The function `builtins.__import__` as it was made, to be recognised.
    nonisolated(unsafe) public static let originalImport = RootTable.reserve()

    static func importName(_ thread: ThreadRef, _ fp: FramePointer, _ name: Value, _ fromList: Value, _ level: Value) -> Value {
        let function = fp.function
        let builtins = function.pointee.builtins
        let importer = builtins.isExact(.dict) ? DictRef(builtins).get(.__import__) : thread.getItem(builtins, Name.__import__.value)
        if importer.isEmpty {
            if thread.hasException && !thread.clearException(.keyError) { return .empty }
            return thread.raise(.importError, "__import__ not found")
        }
        if importer == originalImport.pointee, let level = thread.toInt(level) { return importLevel(thread, name, function.pointee.globals, fromList, level) }
        let locals = fp[FrameSlot.context].isEmpty ? Value.none : fp[FrameSlot.context]
        return thread.call(importer, name, function.pointee.globals, locals, fromList, level)
    }

    /// `__import__(name, globals, locals, fromlist, level)`
    public static func importLevel(_ thread: ThreadRef, _ name: Value, _ globals: Value, _ fromList: Value, _ level: Int) -> Value {
        guard name.isString else { return thread.raise(.typeError, "module name must be a string") }
        if level < 0 { return thread.raise(.valueError, "level must be >= 0") }
        var absolute = name
        if level > 0 {
            absolute = resolve(thread, name, globals, level)
            if absolute.isEmpty { return .empty }
        } else if StringRef(name).count == 0 {
            return thread.raise(.valueError, "Empty module name")
        }
        let module = load(thread, absolute)
        if module.isEmpty { return .empty }
        let wantsItems = fromList.isEmpty || fromList.isNone ? 0 : thread.isTrue(fromList)
        if wantsItems < 0 { return .empty }
        if wantsItems > 0 {
            let path = thread.getAttributeOrEmpty(module, Name.__path__.value)
            if path.isEmpty { return thread.hasException ? .empty : module }
            let result = thread.callMethod(bootstrap.pointee, Name._handle_fromlist.value, module, fromList, thread.getAttribute(bootstrap.pointee, Name._gcd_import.value))
            if result.isEmpty { ImportTracebacks.trim(thread) }
            return result
        }
        // `import a.b` binds `a`.
        let text = StringRef(name)
        var dot = -1
        for index in 0 ..< text.count where text[index] == 0x2E { dot = index; break }
        if level == 0 {
            if dot < 0 { return module }
            return load(thread, thread.substring(text, 0, dot))
        }
        if StringRef(name).count == 0 || dot < 0 { return module }
        let whole = StringRef(absolute)
        let front = thread.substring(whole, 0, whole.count - (text.count - dot))
        if front.isEmpty { return .empty }
        let found = DictRef(WellKnown.modules.value).get(thread, front)
        if found.isEmpty && !thread.hasException { return thread.raise(.keyError, "\(StringRef(front).description.debugDescription) not in sys.modules as expected") }
        return found
    }

    /// The module of an absolute name: from `sys.modules` when it is there and complete.
    private static func load(_ thread: ThreadRef, _ name: Value) -> Value {
        let modules = WellKnown.modules.value
        let found = modules.isExact(.dict) ? DictRef(modules).get(thread, name) : .empty
        if !found.isEmpty && !found.isNone {
            let spec = found.isExact(.module) || found.type == TypeID.module.type ? DictRef(found.object(ModuleObject.self).pointee.namespace).get(.__spec__) : thread.getAttributeOrEmpty(found, Name.__spec__.value)
            if spec.isEmpty || spec.isNone { thread.takeException(); return found }
            let initializing = thread.getAttributeOrEmpty(spec, Name._initializing.value)
            if initializing.isEmpty || initializing == .false { thread.takeException(); return found }
            // Another thread may be at it: wait for that, but not where it waits for this one.
            return thread.callMethod(bootstrap.pointee, StringRef.intern("_lock_unlock_module").value, name).isEmpty ? .empty : found
        }
        if thread.hasException { return .empty }
        if bootstrap.pointee.isEmpty { return thread.raise(.importError, "the import system is not running yet") }
        if !Audit.hooks.pointee.isEmpty {
            let sys = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace)
            let places = ["path", "meta_path", "path_hooks"].map { name in
                let place = sys.get(string: StringRef.intern(name).value)
                return place.isEmpty ? Value.none : place
            }
            guard Audit.event(thread, "import", [name, .none] + places) else { return .empty }
        }
        func findAndLoad() -> Value {
            thread.callMethod(bootstrap.pointee, Name._find_and_load.value, name, thread.getAttribute(bootstrap.pointee, Name._gcd_import.value))
        }
        let module = ImportTimes.isOn ? ImportTimes.measure(name, findAndLoad) : findAndLoad()
        if module.isEmpty {
            ImportTracebacks.trim(thread)
            return .empty
        }
        for (adapted, adapter) in adapted where StringRef(name).equals(adapted) {
            let own = importModule(thread, adapter)
            if own.isEmpty || thread.callMethod(own, StringRef.intern("adapt").value, module).isEmpty { return .empty }
        }
        return module
    }

    /// The absolute name of a relative import.
    private static func resolve(_ thread: ThreadRef, _ name: Value, _ globals: Value, _ level: Int) -> Value {
        guard !globals.isEmpty, globals.isDict else { return thread.raise(.keyError, "'__name__' not in globals") }
        var package = DictRef(globals).get(.__package__)
        let spec = DictRef(globals).get(.__spec__)
        // What is unusual, and warned of, is for importlib to say.
        var isUsual = package.isExact(.str)
        if isUsual, !spec.isEmpty, !spec.isNone {
            let parent = thread.getAttributeOrEmpty(spec, Name.parent)
            if parent.isEmpty && thread.hasException { return .empty }
            isUsual = parent.isExact(.str) && StringRef(parent).equals(StringRef(package))
        }
        if !isUsual { package = thread.callMethod(bootstrap.pointee, StringRef.intern("_calc___package__").value, globals) }
        if package.isEmpty { return .empty }
        guard package.isString else { return thread.raise(.typeError, "package must be a string") }
        let text = StringRef(package)
        if text.count == 0 { return thread.raise(.importError, "attempted relative import with no known parent package") }
        // Each level above the first drops a part of the package's name.
        var end = text.count
        for _ in 1 ..< level {
            repeat { end -= 1 } while end >= 0 && text[end] != 0x2E
            if end < 0 { return thread.raise(.importError, "attempted relative import beyond top-level package") }
        }
        let base = thread.substring(text, 0, end)
        if base.isEmpty || StringRef(name).count == 0 { return base }
        let front = thread.concatenate(StringRef(base), StringRef(taipan_latin1()[0x2E]))
        return front.isEmpty ? .empty : thread.concatenate(StringRef(front), StringRef(name))
    }

    /// Imports by full name, for native code.
    static func importModule(_ thread: ThreadRef, _ name: String) -> Value {
        let text = thread.newString(name)
        return text.isEmpty ? .empty : load(thread, text)
    }

    static func importFrom(_ thread: ThreadRef, _ module: Value, _ name: Value) -> Value {
        let result = thread.getAttributeOrEmpty(module, name)
        if !result.isEmpty || thread.hasException { return result }
        // A submodule that is being imported is not yet an attribute of its package.
        let package = thread.getAttributeOrEmpty(module, Name.__name__.value)
        if thread.hasException { return .empty }
        if !package.isEmpty && package.isString {
            let full = thread.newString("\(StringRef(package).description).\(StringRef(name).description)")
            if full.isEmpty { return .empty }
            let found = DictRef(WellKnown.modules.value).get(thread, full)
            if !found.isEmpty || thread.hasException { return found }
        }
        return raiseCannotImport(thread, module, name, package)
    }

    private static func raiseCannotImport(_ thread: ThreadRef, _ module: Value, _ name: Value, _ package: Value) -> Value {
        let shown = package.isEmpty || !package.isString ? "<unknown module name>" : StringRef(package).description
        let text = StringRef(name).description
        let file = thread.getAttributeOrEmpty(module, Name.__file__.value)
        if thread.hasException { thread.takeException() }
        var message: String
        if file.isEmpty || !file.isString {
            message = "cannot import name '\(text)' from '\(shown)' (unknown location)"
        } else {
            let spec = thread.getAttributeOrEmpty(module, Name.__spec__.value)
            let initializing = spec.isEmpty ? Value.empty : thread.getAttributeOrEmpty(spec, Name._initializing.value)
            thread.takeException()
            message = initializing == .true
                ? "cannot import name '\(text)' from partially initialized module '\(shown)' (most likely due to a circular import) (\(StringRef(file).description))"
                : "cannot import name '\(text)' from '\(shown)' (\(StringRef(file).description))"
        }
        thread.raise(.importError, message)
        let exception = thread.pointee.exception
        if !exception.isEmpty && exception.isInstance(of: .importError) {
            if package.isString && !package.isEmpty { exception.setExceptionField(1, package) }
            if file.isString && !file.isEmpty { exception.setExceptionField(2, file) }
        }
        return .empty
    }

    static func importStar(_ thread: ThreadRef, _ fp: FramePointer, _ module: Value) -> Bool {
        var names = thread.getAttributeOrEmpty(module, Name.__all__.value)
        var skipsPrivate = false
        if names.isEmpty {
            if thread.hasException { return false }
            let dict = thread.getAttributeOrEmpty(module, Name.__dict__.value)
            if dict.isEmpty {
                if !thread.hasException { thread.raise(.importError, "from-import-* object has no __dict__ and no __all__") }
                return false
            }
            names = thread.list(dict)
            skipsPrivate = true
        }
        if names.isEmpty { return false }
        return thread.forEach(names) { name in
            guard name.isString else {
                let shown = thread.getAttributeOrEmpty(module, Name.__name__.value)
                let text = shown.isEmpty ? "?" : StringRef(shown).description
                if skipsPrivate {
                    thread.raise(.typeError, "Key in \(text).__dict__ must be str, not \(name.type.name)")
                } else {
                    thread.raise(.typeError, "Item in \(text).__all__ must be str, not \(name.type.name)")
                }
                return false
            }
            if skipsPrivate && StringRef(name).count > 0 && StringRef(name)[0] == 0x5F { return true }
            let value = thread.getAttribute(module, name)
            return !value.isEmpty && Names.store(thread, fp, StringRef(name).interned().value, value)
        }
    }

    /// sys.displayhook(value)
    static func display(_ thread: ThreadRef, _ value: Value) -> Bool {
        let hook = DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace).get(.displayhook)
        if hook.isEmpty {
            thread.raise(.runtimeError, "lost sys.displayhook")
            return false
        }
        return !thread.call(hook, value).isEmpty
    }
}
