import Interpreter
import Objects

/// `builtins.__import__`.
///
/// What is imported already is found here; finding and loading is the business of `importlib._bootstrap`, which the start-up code hands over
/// as `BuiltinImport.bootstrap`. Until then only native modules can be imported.
public enum BuiltinImport {
    /// The module `importlib._bootstrap` (`_frozen_importlib`), or empty before start-up has loaded it.
    public static let bootstrap = RootTable.reserve()

    static let table: [Def] = [
        Def("__import__(name, globals=None, locals=None, fromlist=(), level=0)", .calls, "__import__(name, globals=None, locals=None, fromlist=(), level=0) -> module\n\nImport a module. Because this function is meant for use by the Python\ninterpreter and not for general use, it is better to use\nimportlib.import_module() to programmatically import a module.\n\nThe globals argument is only used to determine the context;\nthey are not modified.  The locals argument is unused.  The fromlist\nshould be a list of names to emulate ``from name import ...'', or an\nempty list to emulate ``import name''.\nWhen importing a module from a package, note that __import__('A.B', ...)\nreturns package A when fromlist is empty, but its submodule B when\nfromlist is not empty.  The level argument is used to determine whether to\nperform absolute or relative imports: 0 is absolute, while a positive number\nis the number of parent directories to search relative to the current module.", kind: .function) { thread, a, _ in
            guard let level = a[4].isEmpty ? 0 : thread.toInt(a[4]) else { return .empty }
            return BuiltinImport.importName(thread, a[0], a[1], a[3], level)
        },
    ]

    /// `__import__(name, globals, None, fromlist, level)`. Empty when it has raised.
    public static func importName(_ thread: ThreadRef, _ name: Value, _ globals: Value, _ fromlist: Value, _ level: Int) -> Value {
        guard name.isString else { return thread.raise(.typeError, "module name must be a string") }
        guard level >= 0 else { return thread.raise(.valueError, "level must be >= 0") }
        var fullName = name
        if level > 0 {
            fullName = resolve(thread, StringRef(name), globals, level)
            if fullName.isEmpty { return .empty }
        } else if StringRef(name).count == 0 {
            return thread.raise(.valueError, "Empty module name")
        }
        let module = load(thread, fullName)
        if module.isEmpty { return .empty }
        let wanted = fromlist.isEmpty || fromlist.isNone ? 0 : thread.isTrue(fromlist)
        if wanted < 0 { return .empty }
        if wanted == 0 {
            let text = StringRef(name)
            if level > 0 && text.count == 0 { return module }
            var dot = 0
            while dot < text.count && text[dot] != 0x2E { dot += 1 }
            if dot == text.count { return module }
            if level == 0 {
                let front = thread.substring(text, 0, dot)
                return front.isEmpty ? .empty : importName(thread, front, .empty, .empty, 0)
            }
            // The package that the first part of the relative name denotes.
            let full = StringRef(fullName)
            let front = thread.substring(full, 0, full.count - (text.count - dot))
            if front.isEmpty { return .empty }
            let result = imported(thread, front)
            if result.isEmpty && !thread.hasException { return thread.raise(.keyError, "\(front.reprForMessage(thread)) not in sys.modules as expected") }
            return result
        }
        let path = thread.getAttributeOrEmpty(module, Name.__path__)
        if path.isEmpty { return thread.hasException ? .empty : module }
        guard !bootstrap.pointee.isEmpty else { return module }
        let handler = thread.getAttribute(bootstrap.pointee, Name._handle_fromlist)
        return handler.isEmpty ? .empty : thread.callFunction(handler, [module, fromlist, WellKnown.importFunction.value])
    }

    /// `sys.modules[name]`; empty when there is none, or when it has raised.
    static func imported(_ thread: ThreadRef, _ name: Value) -> Value {
        let modules = WellKnown.modules.value
        if modules.isExact(.dict) { return DictRef(modules).get(thread, name) }
        let result = thread.getItem(modules, name)
        if result.isEmpty { _ = thread.clearException(.keyError) }
        return result
    }

    /// The module of a full name, imported if need be.
    static func load(_ thread: ThreadRef, _ name: Value) -> Value {
        let known = imported(thread, name)
        if known.isEmpty && thread.hasException { return .empty }
        if !known.isEmpty && !known.isNone { return isReady(thread, known, name) ? known : .empty }
        if !bootstrap.pointee.isEmpty {
            let find = thread.getAttribute(bootstrap.pointee, Name._find_and_load)
            return find.isEmpty ? .empty : thread.callFunction(find, [name, WellKnown.importFunction.value])
        }
        guard known.isEmpty, let made = NativeModule.make(thread, StringRef(name).description) else {
            return thread.raise(.moduleNotFoundError, "No module named \(name.reprForMessage(thread))")
        }
        if made.isEmpty || !thread.setItem(WellKnown.modules.value, name, made) { return .empty }
        return made
    }

    /// Waits for a module that another thread is importing just now.
    private static func isReady(_ thread: ThreadRef, _ module: Value, _ name: Value) -> Bool {
        guard !bootstrap.pointee.isEmpty else { return true }
        let spec = module.isExact(.module) ? DictRef(module.object(ModuleObject.self).pointee.namespace).get(.__spec__) : thread.getAttributeOrEmpty(module, Name.__spec__)
        if spec.isEmpty || spec.isNone { return !thread.hasException }
        let initializing = thread.getAttributeOrEmpty(spec, Name._initializing)
        if initializing.isEmpty { return !thread.hasException }
        let busy = thread.isTrue(initializing)
        if busy <= 0 { return busy == 0 }
        let wait = thread.getAttribute(bootstrap.pointee, Name._lock_unlock_module)
        return !wait.isEmpty && !thread.call(wait, name).isEmpty
    }

    /// The full name of a relative import.
    private static func resolve(_ thread: ThreadRef, _ name: StringRef, _ globals: Value, _ level: Int) -> Value {
        guard !globals.isEmpty && !globals.isNone else { return thread.raise(.keyError, "'__name__' not in globals") }
        guard globals.isDict else { return thread.raise(.typeError, "globals must be a dict") }
        let namespace = DictRef(globals)
        var package = namespace.get(.__package__)
        let spec = namespace.get(.__spec__)
        if !package.isEmpty && !package.isNone {
            guard package.isString else { return thread.raise(.typeError, "package must be a string") }
            if !spec.isEmpty && !spec.isNone {
                let parent = thread.getAttribute(spec, StringRef.intern("parent").value)
                if parent.isEmpty { return .empty }
                let same = thread.compareTruth(package, parent, .equal)
                if same < 0 || (same == 0 && !RuntimeHooks.warn(thread, .importWarning, "__package__ != __spec__.parent", 1)) { return .empty }
            }
        } else if !spec.isEmpty && !spec.isNone {
            package = thread.getAttribute(spec, StringRef.intern("parent").value)
            if package.isEmpty { return .empty }
            guard package.isString else { return thread.raise(.typeError, "__spec__.parent must be a string") }
        } else {
            if !RuntimeHooks.warn(thread, .importWarning, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__", 1) { return .empty }
            package = namespace.get(.__name__)
            if package.isEmpty { return thread.raise(.keyError, "'__name__' not in globals") }
            guard package.isString else { return thread.raise(.typeError, "__name__ must be a string") }
            if namespace.get(.__path__).isEmpty {
                let text = StringRef(package)
                var dot = text.count - 1
                while dot >= 0 && text[dot] != 0x2E { dot -= 1 }
                if dot < 0 { return thread.raise(.importError, "attempted relative import with no known parent package") }
                package = thread.substring(text, 0, dot)
            }
        }
        let base = StringRef(package)
        if base.count == 0 { return thread.raise(.importError, "attempted relative import with no known parent package") }
        var end = base.count
        for _ in 1 ..< level {
            var dot = end - 1
            while dot >= 0 && base[dot] != 0x2E { dot -= 1 }
            if dot < 0 { return thread.raise(.importError, "attempted relative import beyond top-level package") }
            end = dot
        }
        let front = thread.substring(base, 0, end)
        if front.isEmpty || name.count == 0 { return front }
        let dotted = thread.concatenate(StringRef(front), StringRef(taipan_latin1()[0x2E]))
        return dotted.isEmpty ? .empty : thread.concatenate(StringRef(dotted), name)
    }
}
