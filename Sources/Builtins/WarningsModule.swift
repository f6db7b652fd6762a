import Interpreter
import Objects

/// Warnings: the native module `_warnings`, and `RuntimeHooks.warn`.
///
/// The filters, the default action and the registry of what was warned of once live here, and `warnings.py` takes them over by name when it is imported; from
/// then on its attributes count, which programs may replace. Before that a warning that no filter ignores is printed plainly.
enum WarningsModule {
    /// list of (action, message, category, module, line)
    private static let filters = RootTable.reserve()
    /// dict
    private static let onceRegistry = RootTable.reserve()
    /// str
    private static let defaultAction = RootTable.reserve()
    /// Counts changes of the filters: registries made under another count are void.
    nonisolated(unsafe) private static var filtersVersion = 0

    static func start(_ thread: ThreadRef) -> Bool {
        filters.pointee = thread.newList()
        onceRegistry.pointee = thread.newDict()
        defaultAction.pointee = Name.default.value
        let ignore = Name.ignore.value
        let initial: [(Value, TypeID, Value)] = [
            (Name.default.value, .deprecationWarning, Name.__main__.value), (ignore, .deprecationWarning, .none), (ignore, .pendingDeprecationWarning, .none),
            (ignore, .importWarning, .none), (ignore, .resourceWarning, .none),
        ]
        for (action, category, module) in initial {
            let filter = thread.newTuple(action, .none, category.value, module, Value(small: 0))
            if filter.isEmpty || filters.pointee.isEmpty || !ListRef(filters.pointee).append(thread, filter) { return false }
        }
        RuntimeHooks.issueWarning = { thread, category, message, level in !WarningsModule.warn(thread, message, category, level, .empty).isEmpty }
        NativeModule.register("_warnings", doc: "The fast part of the warnings module.", functions: [
            Def("warn(message, category=None, stacklevel=1, source=None)", .calls, "Issues a warning, or raises it as an exception if a filter says so.", kind: .function) { thread, a, _ in
                let category = WarningsModule.category(thread, a[0], a[1])
                guard !category.isEmpty, let level = a[2].isEmpty ? 1 : thread.toInt(a[2]) else { return .empty }
                return WarningsModule.warn(thread, a[0], category, level, a[3])
            },
            Def("warn_explicit(message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)", .calls, "Issues a warning as if it came from the given place.", kind: .function) { thread, a, _ in
                WarningsModule.warnExplicit(thread, a)
            },
            Def("_filters_mutated()", .writes, "To be called when the filters have changed.", kind: .function) { _, _, _ in
                WarningsModule.filtersVersion += 1
                return .none
            },
        ]) { module in
            module.set("filters", filters.pointee)
            module.set("_onceregistry", onceRegistry.pointee)
            module.set("_defaultaction", defaultAction.pointee)
            return true
        }
        return true
    }

    // MARK: Where attributes of `warnings` are

    /// `warnings.name` if that module is imported; empty when it is not, or when it has raised.
    private static func attribute(_ thread: ThreadRef, _ name: Name, imports: Bool = false) -> Value {
        var module = Value.empty
        if imports && !Imports.bootstrap.pointee.isEmpty {
            module = thread.importModule("warnings")
            if module.isEmpty {
                _ = thread.clearException(.importError)
                return .empty
            }
        } else {
            let modules = WellKnown.modules.value
            module = modules.isExact(.dict) ? DictRef(modules).get(.warnings) : .empty
        }
        return module.isEmpty || module.isNone ? .empty : thread.getAttributeOrEmpty(module, name)
    }

    // MARK: warn

    /// The class of a warning; empty when it has raised.
    private static func category(_ thread: ThreadRef, _ message: Value, _ given: Value) -> Value {
        if message.isInstance(of: .warning) { return message.type.value }
        if given.isEmpty || given.isNone { return TypeID.userWarning.value }
        guard given.isType, TypeRef(given).isSubtype(of: TypeID.warning.type) else {
            return thread.raise(.typeError, "category must be a Warning subclass, not '\(given.type.name)'")
        }
        return given
    }

    /// Issues a warning about the frame `level` calls up, 1 being the running one. Empty when it became an exception.
    static func warn(_ thread: ThreadRef, _ message: Value, _ category: Value, _ level: Int, _ source: Value) -> Value {
        let isInternal: (Value) -> Bool = { has($0, "importlib") && has($0, "_bootstrap") }
        // Frames of the import system do not count, unless one of them is the caller.
        let first = Inspection.place(thread, depth: 0)
        let counts = level <= 0 || first.map { isInternal($0.filename) } ?? true
        let place = Inspection.place(thread, depth: max(level - 1, 0)) { counts ? false : isInternal($0) }
        let globals = place?.globals ?? SysModule.namespace.value
        let filename = place?.filename ?? Name.sys.value
        let line = place?.line ?? 1
        guard globals.isDict else { return .none }
        var registry = DictRef(globals).get(.__warningregistry__)
        if registry.isEmpty {
            registry = thread.newDict()
            if registry.isEmpty || !DictRef(globals).set(thread, Name.__warningregistry__, registry) { return .empty }
        }
        var module = DictRef(globals).get(.__name__)
        if module.isEmpty || !(module.isNone || module.isString) { module = StringRef.intern("<string>").value }
        return issue(thread, category, message, filename, line, module, registry, sourceLine: .empty, source)
    }

    /// Whether a text has a short one in it.
    private static func has(_ value: Value, _ part: StaticString) -> Bool {
        let text = StringRef(value)
        if text.width == 1 { return taipan_memmem(text.units, text.count, part.utf8Start, part.utf8CodeUnitCount) != nil }
        return text.description.contains("\(part)")
    }

    private static func warnExplicit(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard a[2].isString else { return thread.raise(.typeError, "warn_explicit() argument 3 must be str, not \(a[2].isNone ? "None" : a[2].type.name)") }
        guard let line = thread.toCInt(a[3].isEmpty ? Value(small: 0) : a[3]) else { return .empty }
        var sourceLine = Value.empty
        if !a[6].isEmpty && !a[6].isNone {
            guard a[6].isDict else { return thread.raise(.typeError, "module_globals must be a dict, not '\(a[6].type.name)'") }
            sourceLine = loadedLine(thread, DictRef(a[6]), line)
            if thread.hasException { return .empty }
        }
        return issue(thread, a[1], a[0], a[2], line, a[4].isEmpty ? .empty : a[4], a[5], sourceLine: sourceLine, a[7])
    }

    /// A line of what the module's loader says is its source; empty when there is none.
    private static func loadedLine(_ thread: ThreadRef, _ globals: DictRef, _ line: Int) -> Value {
        let loader = globals.get(.__loader__), name = globals.get(.__name__)
        if loader.isEmpty || name.isEmpty { return .empty }
        let method = thread.getAttributeOrEmpty(loader, StringRef.intern("get_source").value)
        if method.isEmpty { return .empty }
        let text = thread.call(method, name)
        if text.isEmpty || text.isNone { return .empty }
        let lines = thread.callMethod(text, StringRef.intern("splitlines").value)
        guard !lines.isEmpty, lines.isList else { return .empty }
        return line > 0 && line <= ListRef(lines).count ? ListRef(lines)[line - 1] : .empty
    }

    // MARK: Filters and registries

    /// Whether a filter's pattern, None, a str or a compiled expression, fits: 1, 0, or -1 when it has raised.
    private static func matches(_ thread: ThreadRef, _ pattern: Value, _ text: Value) -> Int32 {
        if pattern.isNone { return 1 }
        if pattern.isExact(.str) { return thread.compareTruth(pattern, text, .equal) }
        let result = thread.callMethod(pattern, StringRef.intern("match").value, text)
        return result.isEmpty ? -1 : thread.isTrue(result)
    }

    /// The action for a warning, and the filter that says so; empty when it has raised.
    private static func action(_ thread: ThreadRef, _ category: Value, _ text: Value, _ line: Int, _ module: Value) -> (action: Value, filter: Value) {
        let own = attribute(thread, .filters)
        if own.isEmpty {
            if thread.hasException { return (.empty, .empty) }
        } else {
            filters.pointee = own
        }
        let list = filters.pointee
        guard list.isList else { return (thread.raise(.valueError, "_warnings.filters must be a list"), .empty) }
        var index = 0
        while index < ListRef(list).count {
            let filter = ListRef(list)[index]
            guard filter.isTuple, TupleRef(filter).count == 5 else { return (thread.raise(.valueError, "_warnings.filters item \(index) isn't a 5-tuple"), .empty) }
            let fields = TupleRef(filter)
            guard fields[0].isString else { return (thread.raise(.typeError, "action must be a string, not '\(fields[0].type.name)'"), .empty) }
            guard let wantedLine = thread.toInt(fields[4]) else { return (.empty, .empty) }
            if wantedLine == 0 || wantedLine == line {
                let fits = thread.isSubclass(category, fields[2])
                if fits < 0 { return (.empty, .empty) }
                if fits > 0 {
                    let message = matches(thread, fields[1], text)
                    if message < 0 { return (.empty, .empty) }
                    if message > 0 {
                        let place = matches(thread, fields[3], module)
                        if place < 0 { return (.empty, .empty) }
                        if place > 0 { return (fields[0], filter) }
                    }
                }
            }
            index += 1
        }
        let own2 = attribute(thread, .defaultaction)
        if own2.isEmpty {
            if thread.hasException { return (.empty, .empty) }
        } else {
            guard own2.isString else { return (thread.raise(.typeError, "_warnings.defaultaction must be a string, not '\(own2.type.name)'"), .empty) }
            defaultAction.pointee = own2
        }
        return (defaultAction.pointee, .none)
    }

    /// Whether a registry has a key: 1, 0, or -1 when it has raised. `sets` adds it.
    private static func isKnown(_ thread: ThreadRef, _ registry: Value, _ key: Value, sets: Bool) -> Int32 {
        let dict = DictRef(registry)
        let versionName = StringRef.intern("version").value
        let version = dict.get(thread, versionName)
        if thread.hasException { return -1 }
        if version.isEmpty || !version.isSmallInt || version.smallInt != filtersVersion {
            dict.clear()
            if !dict.set(thread, versionName, Value(small: filtersVersion)) { return -1 }
        } else {
            let known = dict.get(thread, key)
            if thread.hasException { return -1 }
            if !known.isEmpty {
                let truth = thread.isTrue(known)
                if truth != 0 { return truth }
            }
        }
        return sets && !dict.set(thread, key, .true) ? -1 : 0
    }

    // MARK: Issuing

    private static func issue(_ thread: ThreadRef, _ category: Value, _ message: Value, _ filename: Value, _ line: Int, _ givenModule: Value, _ givenRegistry: Value,
                              sourceLine: Value, _ source: Value) -> Value {
        // The module's name is None when warnings come late in shutting down.
        if givenModule.isNone { return .none }
        if !givenRegistry.isEmpty && !givenRegistry.isNone && !givenRegistry.isDict { return thread.raise(.typeError, "'registry' must be a dict or None") }
        var registry = givenRegistry.isNone ? Value.empty : givenRegistry
        var module = givenModule
        if module.isEmpty {
            let name = StringRef(filename)
            let isSource = name.count > 3 && name[name.count - 3] == 0x2E && name[name.count - 2] == 0x70 && name[name.count - 1] == 0x79
            module = name.count == 0 ? StringRef.intern("<unknown>").value : isSource ? thread.substring(name, 0, name.count - 3) : filename
            if module.isEmpty { return .empty }
        }
        var category = category, instance = message, text = message
        if message.isInstance(of: .warning) {
            text = thread.str(message)
            category = message.type.value
        } else {
            instance = thread.call(category, message)
        }
        if text.isEmpty || instance.isEmpty { return .empty }
        let source = source.isNone ? Value.empty : source
        let key = thread.newTuple(text, category, Value(small: line))
        if key.isEmpty { return .empty }
        if !registry.isEmpty {
            let known = isKnown(thread, registry, key, sets: false)
            if known != 0 { return known < 0 ? .empty : .none }
        }
        let found = action(thread, category, text, line, module)
        if found.action.isEmpty { return .empty }
        let action = StringRef(found.action)
        if action.equals("error") {
            guard instance.isException else { return thread.raise(.typeError, "exceptions must derive from BaseException") }
            return thread.raise(instance)
        }
        if action.equals("ignore") { return .none }
        if !action.equals("always") {
            if !registry.isEmpty && !DictRef(registry).set(thread, key, .true) { return .empty }
            var known: Int32 = 0
            if action.equals("once") || action.equals("module") {
                if registry.isEmpty && action.equals("once") {
                    let own = attribute(thread, .onceregistry)
                    if own.isEmpty && thread.hasException { return .empty }
                    if !own.isEmpty {
                        guard own.isDict else { return thread.raise(.typeError, "_warnings.onceregistry must be a dict, not '\(own.type.name)'") }
                        onceRegistry.pointee = own
                    }
                    registry = onceRegistry.pointee
                }
                if !registry.isEmpty {
                    let shortKey = thread.newTuple(text, category)
                    if shortKey.isEmpty { return .empty }
                    known = isKnown(thread, registry, shortKey, sets: true)
                }
            } else if !action.equals("default") {
                return thread.raise(.runtimeError, "Unrecognized action (\(found.action.reprForMessage(thread))) in warnings.filters:\n \(found.filter.reprForMessage(thread))")
            }
            if known != 0 { return known < 0 ? .empty : .none }
        }
        return show(thread, category, instance, text, filename, line, sourceLine, source) ? .none : .empty
    }

    /// Hands a warning to `warnings._showwarnmsg`, or prints it when `warnings` is not imported.
    private static func show(_ thread: ThreadRef, _ category: Value, _ message: Value, _ text: Value, _ filename: Value, _ line: Int, _ sourceLine: Value, _ source: Value) -> Bool {
        let function = attribute(thread, ._showwarnmsg, imports: !source.isEmpty)
        if function.isEmpty {
            if thread.hasException { return false }
            printPlainly(thread, category, text, filename, line, sourceLine)
            return true
        }
        guard function.type.slotPointer(.call).pointee != nil else {
            thread.raise(.typeError, "warnings._showwarnmsg() must be set to a callable")
            return false
        }
        let module = DictRef(WellKnown.modules.value).get(.warnings)
        let type = module.isEmpty ? .empty : thread.getAttributeOrEmpty(module, StringRef.intern("WarningMessage").value)
        if type.isEmpty {
            if !thread.hasException { thread.raise(.runtimeError, "unable to get warnings.WarningMessage") }
            return false
        }
        let description = thread.call(type, message, category, filename, Value(small: line), .none, .none, source.isEmpty ? .none : source)
        return !description.isEmpty && !thread.call(function, description).isEmpty
    }

    private static func printPlainly(_ thread: ThreadRef, _ category: Value, _ text: Value, _ filename: Value, _ line: Int, _ sourceLine: Value) {
        let stream = SysHooks.errorStream()
        if stream.isEmpty { return }
        let name = thread.getAttributeOrEmpty(category, Name.__name__)
        let shown = text.isString ? text : thread.str(text)
        thread.takeException()
        var output = StringRef(filename).utf8 + Array(":\(line): ".utf8)
        if !name.isEmpty && name.isString { output += StringRef(name).utf8 }
        output += Array(": ".utf8) + (shown.isEmpty ? [] : StringRef(shown).utf8) + [0x0A]
        let content = sourceLine.isEmpty || !sourceLine.isString ? SourceLines.line(thread, filename, line) : StringRef(sourceLine).utf8[...]
        if let content {
            output += Array("  ".utf8) + content.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0C }
            output.append(0x0A)
        }
        if !TracebackPrinter.emit(thread, output, to: stream) { thread.takeException() }
    }
}
