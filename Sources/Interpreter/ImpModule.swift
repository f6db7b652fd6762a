import Bytecode
import Glibc

/// The module `_imp`, on which importlib rests.
///
/// The modules that CPython has frozen into itself are compiled from the library's files, once (`frozenCode`, see `Taipan/Runtime.swift`), and are as frozen to all that look
/// at them: `FrozenImporter` loads them, without a search along the path, and their frames show no source.
public enum ImpModule {
    /// A frozen module: its name, the name of the library module whose file has its code, and whether it is a package.
    typealias Frozen = (name: String, origin: String, isPackage: Bool)

    private static let frozen: [Frozen] = [
        ("_frozen_importlib", "importlib._bootstrap", false), ("_frozen_importlib_external", "importlib._bootstrap_external", false), ("zipimport", "zipimport", false),
        ("abc", "abc", false), ("codecs", "codecs", false), ("io", "io", false), ("_collections_abc", "_collections_abc", false), ("_sitebuiltins", "_sitebuiltins", false),
        ("genericpath", "genericpath", false), ("ntpath", "ntpath", false), ("posixpath", "posixpath", false), ("os.path", "posixpath", false), ("os", "os", false),
        ("site", "site", false), ("stat", "stat", false), ("importlib.util", "importlib.util", false), ("importlib.machinery", "importlib.machinery", false),
        ("runpy", "runpy", false), ("__hello__", "__hello__", false), ("__phello__", "__phello__", true), ("__phello__.ham", "__phello__.ham", true),
        ("__phello__.ham.eggs", "__phello__.ham.eggs", false), ("__phello__.spam", "__phello__.spam", false),
    ]
    /// How many of them there are even with `-X frozen_modules=off`.
    private static let essential = 3
    /// `-X frozen_modules=off`
    nonisolated(unsafe) public static var hasOnlyEssentialModules = false
    /// The code of a frozen module by the name of its origin; empty, perhaps with nothing raised, when there is none. Set by the room that knows the library.
    nonisolated(unsafe) public static var frozenCode: (ThreadRef, _ origin: String, _ isPackage: Bool) -> Value = { _, _, _ in .empty }
    /// What the tests of frozen modules ask for: 1 all, -1 only the essential ones, 0 what was chosen at the start.
    nonisolated(unsafe) private static var override = 0

    private static func findFrozen(_ name: Value) -> Frozen? {
        guard name.isString else { return nil }
        let text = StringRef(name).description
        let hasAll = override == 0 ? !hasOnlyEssentialModules : override > 0
        return frozen.prefix(hasAll ? frozen.count : essential).first { $0.name == text }
    }

    private static func missing(_ thread: ThreadRef, _ name: Value) -> Value {
        thread.raise(.importError, "No such frozen object named \(name.isString ? StringRef(name).description : "")")
        if name.isString { thread.pointee.exception.setExceptionField(1, name) }
        return .empty
    }

    /// Suffixes of extension modules that can be loaded, the HPy universal ABI's.
    nonisolated(unsafe) public static var extensionSuffixes: [String] = []
    /// Loads an extension module: spec. Set by the HPy room.
    nonisolated(unsafe) public static var createDynamic: (ThreadRef, Value) -> Value = { thread, _ in
        thread.raise(.importError, "this interpreter cannot load extension modules yet")
    }
    /// Runs the module's own initialization: 0, or the zero word when it has raised. Set by the HPy room.
    nonisolated(unsafe) public static var executeDynamic: (ThreadRef, Value) -> Value = { _, _ in Value(small: 0) }
    nonisolated(unsafe) private static var lockDepth = 0

    private static func name(of thread: ThreadRef, spec: Value) -> Value { thread.getAttribute(spec, Name.name.value) }

    public static func start() {
        NativeModule.register("_imp", doc: "(Extremely) low-level import machinery bits as used by importlib.", functions: [
            Def("lock_held()", .reads, "Return True if the import lock is currently held, else False.", kind: .function) { _, _, _ in Value(ImpModule.lockDepth > 0) },
            Def("acquire_lock()", .calls, "Acquires the interpreter's import lock for the current thread.", kind: .function) { _, _, _ in
                // The modules have locks of their own; this one only protects their table, and the interpreter lock does that.
                ImpModule.lockDepth += 1
                return .none
            },
            Def("release_lock()", .calls, "Release the interpreter's import lock.", kind: .function) { thread, _, _ in
                if ImpModule.lockDepth == 0 { return thread.raise(.runtimeError, "not holding the import lock") }
                ImpModule.lockDepth -= 1
                return .none
            },
            Def("extension_suffixes()", .reads, "Returns the list of file suffixes used to identify extension modules.", kind: .function) { thread, _, _ in
                let list = thread.newList()
                if list.isEmpty { return .empty }
                for suffix in ImpModule.extensionSuffixes where !ListRef(list).append(thread, thread.newString(suffix)) { return .empty }
                return list
            },
            Def("is_builtin(name, /)", .reads, "Returns True if the module name corresponds to a built-in module.", kind: .function) { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "is_builtin() argument must be str, not \(a[0].type.name)") }
                let name = StringRef(a[0]).description
                return Value(small: name == "sys" || name == "builtins" ? -1 : NativeModule.isRegistered(name) ? 1 : 0)
            },
            Def("create_builtin(spec, /)", .calls, "Create an extension module.", kind: .function) { thread, a, _ in
                let name = ImpModule.name(of: thread, spec: a[0])
                if name.isEmpty { return .empty }
                guard name.isString else { return thread.raise(.typeError, "name must be str") }
                let known = DictRef(WellKnown.modules.value).get(thread, name)
                if !known.isEmpty || thread.hasException { return known }
                return NativeModule.make(thread, StringRef(name).description) ?? .none
            },
            Def("exec_builtin(mod, /)", .calls, "Initialize a built-in module.", kind: .function) { _, _, _ in Value(small: 0) },
            Def("create_dynamic(spec, file=None, /)", .calls, "Create an extension module.", kind: .function) { thread, a, _ in ImpModule.createDynamic(thread, a[0]) },
            Def("exec_dynamic(mod, /)", .calls, "Initialize an extension module.", kind: .function) { thread, a, _ in ImpModule.executeDynamic(thread, a[0]) },
            Def("is_frozen(name, /)", .reads, "Returns True if the module name corresponds to a frozen module.", kind: .function) { _, a, _ in Value(ImpModule.findFrozen(a[0]) != nil) },
            Def("is_frozen_package(name, /)", .reads, "Returns True if the module name is of a frozen package.", kind: .function) { thread, a, _ in
                ImpModule.findFrozen(a[0]).map { Value($0.isPackage) } ?? ImpModule.missing(thread, a[0])
            },
            Def("find_frozen(name, /, *, withdata=False)", .reads, "What there is to know of a frozen module: its data (None), whether it is a package and its origin; None when there is none.", kind: .function) { thread, a, _ in
                guard let found = ImpModule.findFrozen(a[0]) else { return .none }
                let origin = thread.newString(found.origin)
                return origin.isEmpty ? .empty : thread.newTuple(.none, Value(found.isPackage), origin)
            },
            Def("get_frozen_object(name, data=None, /)", .calls, "Create a code object for a frozen module.", kind: .function) { thread, a, _ in
                guard a[1].isEmpty || a[1].isNone else { return thread.raise(.notImplementedError, "_imp.get_frozen_object(name, data)") }
                guard let found = ImpModule.findFrozen(a[0]) else { return ImpModule.missing(thread, a[0]) }
                let code = ImpModule.frozenCode(thread, found.origin, found.isPackage)
                return code.isEmpty && !thread.hasException ? ImpModule.missing(thread, a[0]) : code
            },
            Def("init_frozen(name, /)", .calls, "Initializes a frozen module.", kind: .function) { _, _, _ in .none },
            Def("_frozen_module_names()", .reads, "Returns the list of available frozen modules.", kind: .function) { thread, _, _ in
                let list = thread.newList()
                if list.isEmpty { return .empty }
                for module in ImpModule.frozen where !ListRef(list).append(thread, thread.newString(module.name)) { return .empty }
                return list
            },
            Def("_override_frozen_modules_for_tests(override, /)", .writes, "", kind: .function) { thread, a, _ in
                guard let value = thread.toInt(a[0]) else { return .empty }
                ImpModule.override = value
                return .none
            },
            Def("_override_multi_interp_extensions_check(override, /)", .writes, "", kind: .function) { _, _, _ in Value(small: 0) },
            Def("_fix_co_filename(code, path, /)", .writes, "Changes code.co_filename to specify the passed-in file path.", kind: .function) { thread, a, _ in
                guard a[0].isExact(.code) else { return thread.raise(.typeError, "_fix_co_filename() argument 1 must be code, not \(a[0].type.name)") }
                guard a[1].isString else { return thread.raise(.typeError, "_fix_co_filename() argument 2 must be str, not \(a[1].type.name)") }
                ImpModule.fixFilename(a[0], a[1], a[0].object(CodeObject.self).pointee.filename)
                return .none
            },
            Def("source_hash(key, source)", .pure, "", kind: .function) { thread, a, _ in
                guard let key = thread.toInt(a[0]) else { return .empty }
                guard a[1].isBytes else { return thread.raise(.typeError, "a bytes-like object is required, not '\(a[1].type.name)'") }
                var hash = ImpModule.sipHash13(UInt64(bitPattern: Int64(key)), 0, BytesRef(a[1]).bytes, BytesRef(a[1]).count)
                return thread.newBytes(&hash, 8)
            },
        ]) { module in
            module.set("check_hash_based_pycs", "default")
            return true
        }
    }

    private static func fixFilename(_ code: Value, _ path: Value, _ old: Value) {
        let object = code.object(CodeObject.self)
        object.pointee.filename = path
        Heap.barrier(code.raw)
        let constants = TupleRef(object.pointee.constants)
        for index in 0 ..< constants.count where constants[index].isExact(.code) {
            let inner = constants[index].object(CodeObject.self).pointee.filename
            if inner == old || StringRef(inner).equals(StringRef(old)) { fixFilename(constants[index], path, old) }
        }
    }

    /// SipHash-1-3 of a byte string with the key (k0, k1), by which hash-based `.pyc` files name their source (PEP 552).
    private static func sipHash13(_ k0: UInt64, _ k1: UInt64, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var v0 = k0 ^ 0x736f_6d65_7073_6575, v1 = k1 ^ 0x646f_7261_6e64_6f6d, v2 = k0 ^ 0x6c79_6765_6e65_7261, v3 = k1 ^ 0x7465_6462_7974_6573
        func rotate(_ x: UInt64, _ by: UInt64) -> UInt64 { x << by | x >> (64 - by) }
        func round() {
            v0 = v0 &+ v1; v2 = v2 &+ v3
            v1 = rotate(v1, 13) ^ v0; v3 = rotate(v3, 16) ^ v2
            v0 = rotate(v0, 32)
            v2 = v2 &+ v1; v0 = v0 &+ v3
            v1 = rotate(v1, 17) ^ v2; v3 = rotate(v3, 21) ^ v0
            v2 = rotate(v2, 32)
        }
        var position = 0
        while position + 8 <= count {
            let word = UnsafeRawPointer(bytes).loadUnaligned(fromByteOffset: position, as: UInt64.self)
            v3 ^= word
            round()
            v0 ^= word
            position += 8
        }
        var last = UInt64(count & 0xFF) << 56
        var shift: UInt64 = 0
        while position < count {
            last |= UInt64(bytes[position]) << shift
            shift += 8
            position += 1
        }
        v3 ^= last
        round()
        v0 ^= last
        v2 ^= 0xFF
        round(); round(); round()
        return v0 ^ v1 ^ v2 ^ v3
    }
}
