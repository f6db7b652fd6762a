import Interpreter
import NumberTypes
import Objects
import TextTypes

/// The `sys` module: its namespace. What the start-up code knows and this room does not (paths, streams) it sets itself.
///
/// The functions are in `SysFunctions.swift` and `SysHooks.swift`.
enum SysModule {
    static let versionText = "3.11.2 (main, Jan  1 2025, 00:00:00) [Taipan 0.1.0]"
    static let hexVersion = 0x030B_02F0

    nonisolated(unsafe) static var asyncGenHooks: StructSequence!
    nonisolated(unsafe) static var unraisableArguments: StructSequence!

    static var namespace: DictRef { DictRef(WellKnown.sysModule.value.object(ModuleObject.self).pointee.namespace) }

    /// `sys.name`, or empty.
    static func get(_ name: String) -> Value { namespace.get(string: StringRef.intern(name).value) }

    static func start(_ thread: ThreadRef, _ options: RuntimeOptions) -> Bool {
        let module = thread.newModule(Name.sys.value)
        if module.isEmpty { return false }
        WellKnown.sysModule.value = module
        let builder = ModuleBuilder(thread: thread, module: module)
        builder.set("__doc__", "What a program can see and change of the interpreter that runs it.")
        builder.set("__package__", "")
        builder.add(SysFunctions.table)
        builder.add(SysHooks.table)
        builder.add(SysAudit.table)
        for name in ["displayhook", "excepthook", "breakpointhook", "unraisablehook"] { builder.set("__\(name)__", builder.namespace.get(string: StringRef.intern(name).value)) }

        builder.set("version", versionText)
        builder.set("hexversion", hexVersion)
        builder.set("api_version", 1013)
        builder.set("copyright", "Taipan runs Python 3.11 programs with the standard library of CPython, which is\nCopyright (c) 2001-2023 Python Software Foundation.\nAll Rights Reserved.")
        builder.set("platform", "linux")
        builder.set("byteorder", "little")
        builder.set("maxsize", Int.max)
        builder.set("maxunicode", 0x10FFFF)
        builder.set("float_repr_style", "short")
        builder.set("abiflags", "")
        builder.set("platlibdir", options.platformLibrary)
        builder.set("_framework", "")
        builder.set("_home", .none)
        builder.set("_git", thread.newTuple(thread.newString("Taipan"), WellKnown.emptyString.value, WellKnown.emptyString.value))
        builder.set("dont_write_bytecode", Value(options.dontWriteBytecode))
        builder.set("pycache_prefix", options.pycachePrefix.map { thread.newString($0) } ?? .none)
        for name in ["executable", "_base_executable", "prefix", "base_prefix", "exec_prefix", "base_exec_prefix", "_stdlib_dir"] { builder.set(name, "") }
        for name in ["path", "meta_path", "path_hooks"] { builder.set(name, thread.newList()) }
        builder.set("path_importer_cache", thread.newDict())
        builder.set("modules", WellKnown.modules.value)
        if let script = options.script {
            builder.set("argv", list(thread, [], options.rawArguments.dropFirst(options.firstArgument - 1), [script] + options.arguments))
        } else {
            builder.set("argv", list(thread, [options.command != nil ? "-c" : options.module != nil ? "-m" : ""], options.rawArguments.dropFirst(options.firstArgument), options.arguments))
        }
        builder.set("orig_argv", list(thread, [], options.rawArguments[...], options.originalArguments))
        builder.set("warnoptions", list(thread, warningOptions(options)))
        builder.set("_xoptions", extensionOptions(thread, options))
        builder.set("builtin_module_names", names(thread, NativeModule.names.filter { !$0.contains(".") } + ["builtins", "sys"]))
        let standard = StandardLibraryNames.text.split(whereSeparator: { $0 == " " || $0 == "\n" }).map(String.init)
        builder.set("stdlib_module_names", thread.call(TypeID.frozenset.value, names(thread, standard)))
        addInformation(builder, options)
        return !thread.hasException && DictRef(WellKnown.modules.value).set(thread, Name.sys, module)
    }

    private static func list(_ thread: ThreadRef, _ items: [String]) -> Value {
        let list = thread.newList()
        for item in items where !list.isEmpty { _ = ListRef(list).append(thread, thread.newString(item)) }
        return list
    }

    /// The first items, and then the others: as they were given if that is known.
    private static func list(_ thread: ThreadRef, _ first: [String], _ raw: ArraySlice<[UInt8]>, _ others: [String]) -> Value {
        let list = list(thread, raw.isEmpty ? first + others : first)
        for bytes in raw where !list.isEmpty {
            let item = bytes.withUnsafeBufferPointer { thread.decodeFileSystem($0.baseAddress ?? UnsafePointer(bitPattern: 1)!, $0.count) }
            if item.isEmpty || !ListRef(list).append(thread, item) { return .empty }
        }
        return list
    }

    private static func names(_ thread: ThreadRef, _ names: [String]) -> Value {
        let names = names.sorted()
        return thread.newTuple(count: names.count) { StringRef.intern(names[$0]).value }
    }

    /// What `warnings` is to read as options, least important first.
    private static func warningOptions(_ options: RuntimeOptions) -> [String] {
        var result: [String] = []
        if options.devMode { result.append("default") }
        result += options.warnings
        if options.bytesWarning > 0 { result.append(options.bytesWarning > 1 ? "error::BytesWarning" : "default::BytesWarning") }
        return result
    }

    private static func extensionOptions(_ thread: ThreadRef, _ options: RuntimeOptions) -> Value {
        let dict = thread.newDict()
        if dict.isEmpty { return .empty }
        for (name, value) in options.extensions { _ = DictRef(dict).set(thread, thread.newString(name), value.map { thread.newString($0) } ?? .true) }
        return dict
    }

    /// Adds a struct sequence under the name of its type.
    private static func add(_ builder: ModuleBuilder, _ name: StaticString, attribute: String? = nil, _ fields: [(StaticString, Value)]) -> Value {
        let type = StructSequence(name, module: "sys", visible: fields.count, fields: fields.map(\.0))
        // Only `sys` itself makes one.
        type.type.pointer.pointee.flags.insert(.noInstantiation)
        let value = type.make(builder.thread)
        if value.isEmpty { return .empty }
        for (index, field) in fields.enumerated() { type.set(value, index, field.1) }
        builder.set(attribute ?? "\(name)", value)
        return value
    }

    private static func addInformation(_ builder: ModuleBuilder, _ options: RuntimeOptions) {
        let thread = builder.thread
        func int(_ value: Int) -> Value { thread.newInt(value) }
        func flag(_ value: Bool) -> Value { Value(small: value ? 1 : 0) }
        func text(_ value: String) -> Value { thread.newString(value) }
        let version = add(builder, "version_info", [("major", int(3)), ("minor", int(11)), ("micro", int(2)), ("releaselevel", text("final")), ("serial", int(0))])
        _ = add(builder, "flags", [
            ("debug", int(options.debug)), ("inspect", flag(options.inspect)), ("interactive", flag(options.interactive)), ("optimize", int(options.optimize)),
            ("dont_write_bytecode", flag(options.dontWriteBytecode)), ("no_user_site", flag(options.noUserSite)), ("no_site", flag(options.noSite)),
            ("ignore_environment", flag(options.ignoreEnvironment)), ("verbose", int(options.verbose)), ("bytes_warning", int(options.bytesWarning)),
            ("quiet", flag(options.quiet)), ("hash_randomization", flag(options.hashRandomization)), ("isolated", flag(options.isolated)),
            ("dev_mode", Value(options.devMode)), ("utf8_mode", flag(options.utf8Mode)), ("warn_default_encoding", flag(options.warnDefaultEncoding)),
            ("safe_path", Value(options.safePath)), ("int_max_str_digits", int(options.maximumIntegerDigits == 4300 ? -1 : options.maximumIntegerDigits)),
        ])
        _ = add(builder, "float_info", [
            ("max", thread.newFloat(Double.greatestFiniteMagnitude)), ("max_exp", int(1024)), ("max_10_exp", int(308)),
            ("min", thread.newFloat(Double.leastNormalMagnitude)), ("min_exp", int(-1021)), ("min_10_exp", int(-307)), ("dig", int(15)),
            ("mant_dig", int(53)), ("epsilon", thread.newFloat(Double.ulpOfOne)), ("radix", int(2)), ("rounds", int(1)),
        ])
        _ = add(builder, "int_info", [("bits_per_digit", int(30)), ("sizeof_digit", int(4)), ("default_max_str_digits", int(4300)), ("str_digits_check_threshold", int(640))])
        _ = add(builder, "hash_info", [
            ("width", int(64)), ("modulus", int(Int(Hashing.modulus))), ("inf", int(Hashing.infinity)), ("nan", int(0)), ("imag", int(1000003)),
            ("algorithm", text(Hashing.algorithm)), ("hash_bits", int(64)), ("seed_bits", int(128)), ("cutoff", int(0)),
        ])
        _ = add(builder, "thread_info", [("name", text("pthread")), ("lock", text("semaphore")), ("version", text("NPTL 2.36"))])
        asyncGenHooks = StructSequence("asyncgen_hooks", module: "builtins", visible: 2, fields: ["firstiter", "finalizer"])
        unraisableArguments = StructSequence("UnraisableHookArgs", module: "builtins", visible: 5, fields: ["exc_type", "exc_value", "exc_traceback", "err_msg", "object"])
        builder.set("UnraisableHookArgs", unraisableArguments.type.value)

        let fields = thread.newDict()
        if fields.isEmpty || version.isEmpty { return }
        for (name, value) in [("name", text("taipan")), ("cache_tag", text("taipan-311")), ("version", version), ("hexversion", int(hexVersion)), ("_multiarch", text("x86_64-linux-gnu"))] {
            if value.isEmpty || !DictRef(fields).set(thread, StringRef.intern(name).value, value) { return }
        }
        builder.set("implementation", thread.call(TypeID.simpleNamespace.value, tuple: WellKnown.emptyTuple.value, dict: fields))
        Integers.maximumTextDigits = options.maximumIntegerDigits
        CompileBuiltin.maximumIntegerDigits = options.maximumIntegerDigits
        CompileBuiltin.defaultOptimization = options.optimize
        Code.hidesColumns = options.hidesColumns
        Codecs.checksNames = options.devMode
    }
}
