import Glibc
import Interpreter
import Objects

/// Loading extension modules, and the module `_hpy_universal`, which `hpy.universal` shows.
///
/// The import system finds files that end in `.hpy0.so`; the stubs that setuptools makes call `hpy.universal._load_bootstrap`, and tests call `load`. All end in `load` here: the library is opened,
/// its required version checked, its context set and its definition asked for. The module made of that is initialized in a second step, as PEP 451 has it.
public enum HPyModules {
    /// The universal ABI's ending of file names.
    static let suffix = ".hpy0.so"
    /// Endings of file names: that of Taipan's own modules, which also names its ABI to tools (`_taipan_sysconfig`), the universal ABI's, and those of modules that could run on CPython as well.
    static let suffixes = [".taipan-311-x86_64-linux-gnu.so", suffix, ".hpy0-cp311.so", ".hpy0-taipan-311-x86_64-linux-gnu.so"]

    enum Mode: Int {
        case universal = 0, debug, trace

        func context(of module: String) -> UnsafeMutablePointer<HPyContext> {
            switch self {
            case .universal: return taipan_hpy_universal()
            case .debug: return DebugMode.context
            case .trace: return TraceMode.context(of: module)
            }
        }
    }

    /// Definitions of modules that were made and not yet initialized, by address.
    private struct Pending {
        var definition: UnsafeMutablePointer<HPyModuleDefinition>
        var context: UnsafeMutablePointer<HPyContext>
    }

    nonisolated(unsafe) private static var isStarted = false
    nonisolated(unsafe) private static var pending: [UInt: Pending] = [:]

    public static func start(_ thread: ThreadRef) {
        ImpModule.extensionSuffixes = suffixes
        // Debian's name, and CPython's own.
        Imports.adapted.append((name: "_sysconfigdata__x86_64-linux-gnu", by: "_taipan_sysconfig"))
        Imports.adapted.append((name: "_sysconfigdata__linux_x86_64-linux-gnu", by: "_taipan_sysconfig"))
        Imports.adapted.append((name: "pip._internal.index.package_finder", by: "hpy.wheel"))
        ImpModule.createDynamic = { thread, spec in HPyModules.create(thread, spec) }
        ImpModule.executeDynamic = { thread, module in HPyModules.execute(thread, module) ? Value(small: 0) : .empty }
        NativeModule.register("_hpy_universal", doc: "HPy universal runtime for Taipan", functions: [
            Def("load(name, path, spec, debug=False, mode=-1)", .calls, "Load a .hpy0.so file", kind: .function) { thread, a, _ in HPyModules.loadFunction(thread, a) },
            Def("_load_bootstrap(name, ext_name, package, file, loader, spec, env)", .calls,
                "Internal function intended to be used by the stub loader. This function will honor env var 'HPY' and correctly set the attributes of the module.",
                kind: .function) { thread, a, _ in HPyModules.bootstrap(thread, a) },
            Def("get_version()", .pure, "Return a tuple ('version', 'git revision')", kind: .function) { thread, _, _ in
                let version = thread.newString("0.9.0"), revision = thread.newString("")
                return thread.newTuple(version, revision)
            },
        ]) { module in
            HPyModules.begin(module.thread)
            module.set("MODE_UNIVERSAL", Mode.universal.rawValue)
            module.set("MODE_DEBUG", Mode.debug.rawValue)
            module.set("MODE_TRACE", Mode.trace.rawValue)
            for (name, registered) in [("_debug", DebugModule.name), ("_trace", TraceModule.name)] {
                guard let inner = NativeModule.make(module.thread, registered.description), !inner.isEmpty else { return false }
                module.set(name, inner)
            }
            return true
        }
        DebugModule.register()
        TraceModule.register()
    }

    /// Has importlib's finders look for more than those endings; the module given is `importlib._bootstrap_external`. False when it has raised.
    public static func extend(_ thread: ThreadRef, finders external: Value) -> Bool { TaggedNames.start(thread, external) }

    /// Makes what all modules need, when the first is loaded.
    static func begin(_ thread: ThreadRef) {
        if isStarted { return }
        isStarted = true
        Members.start(thread)
        Contexts.start()
    }

    // MARK: Opening

    private static func string(_ value: Value) -> String { StringRef(value).description }

    /// The module's last name as its C symbols have it. nil when it has raised.
    private static func symbolName(_ thread: ThreadRef, _ name: Value) -> String? {
        if !StringRef(name).isASCII {
            // Only the last part has to be ASCII.
            let whole = StringRef(name), start = (0 ..< whole.count).last { whole[$0] == 0x2E }.map { $0 + 1 } ?? 0
            let short = thread.substring(whole, start, whole.count), ascii = thread.newString("ascii")
            if short.isEmpty || ascii.isEmpty || thread.callMethod(short, Name.encode, ascii).isEmpty { return nil }
        }
        let short = HPyModules.string(name).split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        return short.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
    }

    /// The version in a file name's tag, `.hpyN`.
    private static func tag(_ path: String) -> UInt32? {
        let bytes = Array(path.utf8), mark = Array(".hpy".utf8)
        guard bytes.count >= mark.count, let place = (0 ... bytes.count - mark.count).first(where: { Array(bytes[$0 ..< $0 + mark.count]) == mark }) else { return nil }
        let digits = bytes[(place + mark.count)...].prefix { $0 >= 0x30 && $0 <= 0x39 }
        return UInt32(String(decoding: digits, as: UTF8.self))
    }

    /// Opens a library and returns its definition. nil when it has raised.
    private static func open(_ thread: ThreadRef, _ name: Value, _ path: Value, _ mode: Mode) -> Pending? {
        HPyModules.begin(thread)
        guard name.isString, path.isString else {
            thread.raise(.typeError, "name and path of an extension module must be str")
            return nil
        }
        guard let short = HPyModules.symbolName(thread, name) else { return nil }
        let encoded = thread.encodeFileSystem(path)
        if encoded.isEmpty { return nil }
        let file = HPyModules.string(path)
        var error: UnsafePointer<CChar>?
        func message() -> String { error.map { String(cString: $0) } ?? "" }
        let opened = BytesRef(encoded).bytes.withMemoryRebound(to: CChar.self, capacity: 1) { taipan_hpy_open($0, &error) }
        guard let library = opened else {
            let text = message()
            // A library that wants CPython's symbols is of the wrong kind, and says so only by their names.
            if text.contains("undefined symbol: Py") || text.contains("undefined symbol: _Py") {
                _ = Legacy.refuse(thread, "the extension module at path '\(file)' needs CPython's C API (\(text))")
                return nil
            }
            thread.raise(.runtimeError, "Error during loading of the HPy extension module at path '\(file)'. Error message from dlopen/WinAPI: \(text)")
            return nil
        }
        func symbol(_ name: String) -> UnsafeMutableRawPointer? { taipan_hpy_symbol(library, name, &error) }
        let minorName = "get_required_hpy_minor_version_\(short)", majorName = "get_required_hpy_major_version_\(short)"
        guard let minorSymbol = symbol(minorName), let majorSymbol = symbol(majorName) else {
            thread.raise(.runtimeError, "Error during loading of the HPy extension module at path '\(file)'. Cannot locate the required minimal HPy versions as symbols '\(minorName)' and `\(majorName)`. Error message from dlopen/WinAPI: \(message())")
            return nil
        }
        let major = unsafeBitCast(majorSymbol, to: HPyVersionFunction.self)(), minor = unsafeBitCast(minorSymbol, to: HPyVersionFunction.self)()
        guard major == 0, minor == 0 else {
            thread.raise(.runtimeError, "HPy extension module '\(short)' requires unsupported version of the HPy runtime. Requested version: \(major).\(minor). Current HPy version: 0.0.")
            return nil
        }
        guard let tagged = HPyModules.tag(file) else {
            thread.raise(.runtimeError, "HPy extension module '\(short)' at path '\(file)': could not find HPy ABI tag encoded in the filename. The extension claims to be compiled with HPy ABI version: \(major).\(minor).")
            return nil
        }
        guard tagged == major else {
            thread.raise(.runtimeError, "HPy extension module '\(short)' at path '\(file)': mismatch between the HPy ABI tag encoded in the filename and the major version requested by the HPy extension itself. Major version tag parsed from filename: \(tagged). Requested version: \(major).\(minor).")
            return nil
        }
        func missing(_ name: String) {
            thread.raise(.runtimeError, "Error during loading of the HPy extension module at path '\(file)' while trying to find symbol '\(name)'. Did you use the HPy_MODINIT macro to register your module? Error message from dlsym/WinAPI: \(message())")
        }
        let context = mode.context(of: HPyModules.string(name))
        guard let setContext = symbol("HPyInitGlobalContext_\(short)") else {
            missing("HPyInitGlobalContext_\(short)")
            return nil
        }
        unsafeBitCast(setContext, to: HPySetContextFunction.self)(context)
        guard let initialize = symbol("HPyInit_\(short)") else {
            missing("HPyInit_\(short)")
            return nil
        }
        guard let definition = unsafeBitCast(initialize, to: HPyModuleFunction.self)() else {
            thread.raise(.runtimeError, "Error during loading of the HPy extension module at path '\(file)'. Function 'HPyInit_\(short)' returned NULL.")
            return nil
        }
        return Pending(definition: definition, context: context)
    }

    // MARK: Making

    private static let createSlot: Int32 = 2000, executeSlot: Int32 = 2001
    private static let createAdvice = "This is not allowed because custom HPy_mod_create slot cannot return a builtin module object and cannot make any use of any other data defined in the HPyModuleDef. Either do not define HPy_mod_create slot and let the runtime create a builtin module object from the provided HPyModuleDef, or do not define anything else but the HPy_mod_create slot."

    /// The module object of a definition; its exec slots have still to run. Empty when it has raised.
    private static func make(_ thread: ThreadRef, _ item: Pending, _ spec: Value) -> Value {
        let definition = item.definition.pointee
        if definition.size < 0 { return thread.raise(.systemError, "HPy does not permit HPyModuleDef.size < 0") }
        if definition.size > 0 {
            return thread.raise(.systemError, "Module state is not supported yet in HPy, set HPyModuleDef.size = 0 if module state is not needed")
        }
        let name = thread.getAttribute(spec, Name.name)
        if name.isEmpty { return .empty }
        guard name.isString else { return thread.raise(.typeError, "bad argument type for built-in operation") }
        if definition.legacyMethods != nil { return Legacy.refuse(thread, "extension module '\(HPyModules.string(name))' has legacy methods") }
        let definitions = Types.definitions(definition.definitions)
        var creator: UnsafeMutableRawPointer?
        var others = false
        for entry in definitions {
            switch Int(entry.pointee.kind) {
            case HPyKindSlot where entry.pointee.slot.slot == createSlot:
                if creator != nil { return thread.raise(.systemError, "Multiple definitions of the HPy_mod_create slot in HPyModuleDef.defines.") }
                if entry.pointee.slot.implementation == nil { return thread.raise(.systemError, "HPyModuleDef.defines: the HPy_mod_create slot has no function") }
                creator = entry.pointee.slot.implementation
            case HPyKindSlot where entry.pointee.slot.slot == executeSlot:
                if entry.pointee.slot.implementation == nil { return thread.raise(.systemError, "HPyModuleDef.defines: the HPy_mod_exec slot has no function") }
                others = true
            case HPyKindSlot: return thread.raise(.systemError, "Unsupported slot in HPyModuleDef.defines (value: \(entry.pointee.slot.slot)).")
            case HPyKindMethod:
                others = true
                if Functions.entry(signature: entry.pointee.method.signature) == nil { return thread.raise(.valueError, "Unsupported HPyMeth signature") }
            case let kind: return thread.raise(.systemError, "Unsupported HPyDef.kind in HPyModuleDef.defines (value: \(kind)).")
            }
        }
        if creator != nil {
            if others { return thread.raise(.systemError, "HPyModuleDef defines a HPy_mod_create slot and some other slots or methods. " + createAdvice) }
            if definition.doc != nil || definition.globals != nil {
                return thread.raise(.systemError, "HPyModuleDef defines a HPy_mod_create slot and some of the other fields are not set to their default value. " + createAdvice)
            }
        }
        let previous = Contexts.making
        Contexts.making = item.context
        defer { Contexts.making = previous }
        if let creator {
            let handle = Contexts.open(item.context, spec)
            let result = Contexts.receive(item.context, Contexts.call(item.context) { unsafeBitCast(creator, to: HPyNoArgsFunction.self)($0, handle) })
            Contexts.close(item.context, handle)
            if result.isEmpty { return thread.hasException ? .empty : thread.raise(.systemError, "creation of module \(name.reprForMessage(thread)) failed without setting an exception") }
            if thread.hasException { return thread.raise(.systemError, "creation of module \(name.reprForMessage(thread)) raised unreported exception") }
            if result.isInstance(of: .module) {
                return thread.raise(.systemError, "HPy_mod_create slot returned a builtin module object. This is currently not supported.")
            }
            return result
        }
        let module = thread.newModule(name)
        if module.isEmpty { return .empty }
        let namespace = DictRef(module.object(ModuleObject.self).pointee.namespace)
        if let doc = definition.doc {
            let text = thread.newString(cString: doc)
            guard !text.isEmpty, namespace.set(thread, Name.__doc__, text) else { return .empty }
        }
        for entry in definitions where entry.pointee.kind == Int32(HPyKindMethod) {
            let method = entry.pointee.method
            let methodName = thread.newName(method.name)
            guard !methodName.isEmpty else { return .empty }
            guard let implementation = method.implementation, let call = Functions.entry(signature: method.signature) else {
                return thread.raise(.systemError, "method '\(HPyModules.string(methodName))' has no function")
            }
            let record = Functions.record(call, methodName, doc: method.doc, implementation)
            record.pointee.module = StringRef(name).interned().value
            let function = thread.newBuiltinFunction(record, receiver: module, module: name)
            guard !function.isEmpty, namespace.set(thread, methodName, function) else { return .empty }
        }
        if let globals = definition.globals {
            var index = 0
            while let global = globals[index] {
                Handles.globals.insert(UInt(bitPattern: global))
                index += 1
            }
        }
        pending[UInt(module.bits)] = item
        return module
    }

    /// Runs the exec slots of a module that `make` made, once. False when it has raised.
    private static func execute(_ thread: ThreadRef, _ module: Value) -> Bool {
        guard module.isHeap, let item = pending.removeValue(forKey: UInt(module.bits)) else { return true }
        let previous = Contexts.making
        Contexts.making = item.context
        defer { Contexts.making = previous }
        for entry in Types.definitions(item.definition.pointee.definitions) where entry.pointee.kind == Int32(HPyKindSlot) && entry.pointee.slot.slot == executeSlot {
            let implementation = entry.pointee.slot.implementation.unsafelyUnwrapped
            let handle = Contexts.open(item.context, module)
            let status = Contexts.call(item.context) { unsafeBitCast(implementation, to: HPyInquiryFunction.self)($0, handle) }
            Contexts.close(item.context, handle)
            if status != 0 {
                if !thread.hasException { thread.raise(.systemError, "execution of module \(module.reprForMessage(thread)) failed without setting an exception") }
                return false
            }
            if thread.hasException {
                thread.raise(.systemError, "execution of module \(module.reprForMessage(thread)) raised unreported exception")
                return false
            }
        }
        return true
    }

    // MARK: Entries

    /// `_imp.create_dynamic(spec)`
    private static func create(_ thread: ThreadRef, _ spec: Value) -> Value {
        let name = thread.getAttribute(spec, Name.name)
        if name.isEmpty { return .empty }
        let path = thread.getAttribute(spec, StringRef.intern("origin").value)
        if path.isEmpty { return .empty }
        guard name.isString, path.isString else { return thread.raise(.typeError, "name and origin of a module's spec must be str") }
        let environment = thread.importAttribute("os", "environ")
        if environment.isEmpty { return .empty }
        guard let mode = HPyModules.mode(thread, name, environment), HPyModules.log(thread, name, mode, environment), let item = HPyModules.open(thread, name, path, mode) else {
            HPyModules.wrap(thread, name, path)
            return .empty
        }
        return HPyModules.make(thread, item, spec)
    }

    /// What went wrong in opening is an ImportError for the import system.
    private static func wrap(_ thread: ThreadRef, _ name: Value, _ path: Value) {
        guard thread.exceptionMatches(.runtimeError) else { return }
        let cause = thread.takeException()
        let text = thread.str(cause)
        if text.isEmpty { return }
        let keywords = thread.newDict(), arguments = thread.newTuple(text)
        guard !keywords.isEmpty, !arguments.isEmpty, DictRef(keywords).set(thread, Name.name, name), DictRef(keywords).set(thread, Name.path, path) else { return }
        let error = thread.call(TypeID.importError.value, tuple: arguments, dict: keywords)
        if !error.isEmpty { thread.raise(error) }
    }

    private static func loadFunction(_ thread: ThreadRef, _ a: Arguments) -> Value {
        var mode = Mode.universal
        if !a[3].isEmpty {
            let truth = thread.isTrue(a[3])
            if truth < 0 { return .empty }
            if truth > 0 { mode = .debug }
        }
        if !a[4].isEmpty {
            guard let number = thread.toInt(a[4]) else { return .empty }
            if number > 0 {
                guard let given = Mode(rawValue: number) else { return thread.raise(.valueError, "invalid HPy mode: \(number)") }
                mode = given
            }
        }
        return HPyModules.load(thread, a[0], a[1], a[2], mode)
    }

    private static func load(_ thread: ThreadRef, _ name: Value, _ path: Value, _ spec: Value, _ mode: Mode) -> Value {
        guard let item = HPyModules.open(thread, name, path, mode) else { return .empty }
        let module = HPyModules.make(thread, item, spec)
        return !module.isEmpty && HPyModules.execute(thread, module) ? module : .empty
    }

    private static func bootstrap(_ thread: ThreadRef, _ a: Arguments) -> Value {
        let fullName = a[0], extName = a[1], package = a[2], file = a[3], loader = a[4], spec = a[5], environment = a[6]
        guard fullName.isString else { return thread.raise(.typeError, "name must be str, not \(fullName.type.name)") }
        guard let mode = HPyModules.mode(thread, fullName, environment), HPyModules.log(thread, fullName, mode, environment) else { return .empty }
        let module = HPyModules.load(thread, fullName, file, spec, mode)
        if module.isEmpty { return .empty }
        guard thread.setAttribute(module, Name.__file__, file), thread.setAttribute(module, Name.__loader__, loader), thread.setAttribute(module, Name.__name__, extName),
              thread.setAttribute(module, Name.__package__, package), thread.setAttribute(spec, StringRef.intern("origin").value, file),
              thread.setAttribute(module, Name.__spec__, spec) else { return .empty }
        return module
    }

    // MARK: Mode

    /// An item of the environment as a string, None when it is not there; empty when it has raised.
    private static func variable(_ thread: ThreadRef, _ environment: Value, _ name: String) -> Value {
        let key = thread.newString(name)
        if key.isEmpty { return .empty }
        let value = thread.getItem(environment, key)
        if value.isEmpty { return thread.clearException(.keyError) ? .none : .empty }
        return value
    }

    /// `HPY=debug`, or `HPY=module:debug,other:trace`, each also the other way round. nil when it has raised.
    private static func mode(_ thread: ThreadRef, _ name: Value, _ environment: Value) -> Mode? {
        let value = HPyModules.variable(thread, environment, "HPY")
        if value.isEmpty { return nil }
        if value.isNone || value.isString && StringRef(value).count == 0 { return .universal }
        guard value.isString else {
            thread.raise(.typeError, "the environment variable HPY must be str, not \(value.type.name)")
            return nil
        }
        let text = HPyModules.string(value)
        func named(_ mode: Substring) -> Mode? {
            switch mode.lowercased() {
            case "debug": return .debug
            case "trace": return .trace
            case "universal": return .universal
            default: return nil
            }
        }
        var result: Mode?
        if text.contains(":") {
            let module = HPyModules.string(name)
            result = .universal
            for part in text.split(separator: ",") {
                let pieces = part.split(separator: ":", maxSplits: 1)
                guard pieces.count == 2 else {
                    result = nil
                    break
                }
                let isMode = named(pieces[1]) == nil && named(pieces[0]) != nil
                if pieces[isMode ? 1 : 0] == module {
                    result = named(pieces[isMode ? 0 : 1])
                    break
                }
            }
        } else {
            result = named(text[...])
        }
        if result == nil { thread.raise(.valueError, "invalid HPy mode: \(text.prefix(50))") }
        return result
    }

    /// `HPY_LOG`: says what is loaded. False when it has raised.
    private static func log(_ thread: ThreadRef, _ name: Value, _ mode: Mode, _ environment: Value) -> Bool {
        let value = HPyModules.variable(thread, environment, "HPY_LOG")
        if value.isEmpty { return false }
        if value.isNone { return true }
        let how = mode == .debug ? " with a debug context" : mode == .trace ? " with a trace context" : ""
        let text = thread.newString("Loading '\(HPyModules.string(name))' in HPy universal mode\(how)")
        let print = DictRef(WellKnown.builtins.value).get(string: StringRef.intern("print").value)
        return !text.isEmpty && !thread.call(print, text).isEmpty
    }
}
