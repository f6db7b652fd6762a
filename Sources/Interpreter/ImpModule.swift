import Bytecode
import Glibc

/// The module `_imp`, on which importlib rests. Frozen modules are in `FrozenModules.swift`.
public enum ImpModule {
    /// Suffixes of extension modules that can be loaded, the HPy universal ABI's.
    nonisolated(unsafe) public static var extensionSuffixes: [String] = []
    /// What `--check-hash-based-pycs` says.
    nonisolated(unsafe) public static var checkHashBasedPycs = "default"
    /// Loads an extension module: spec. Set by the HPy room.
    nonisolated(unsafe) public static var createDynamic: (ThreadRef, Value) -> Value = { thread, _ in
        thread.raise(.importError, "this interpreter cannot load extension modules yet")
    }
    /// Runs the module's own initialization: 0, or the zero word when it has raised. Set by the HPy room.
    nonisolated(unsafe) public static var executeDynamic: (ThreadRef, Value) -> Value = { _, _ in Value(small: 0) }
    /// The import lock, which its owner may take again. The modules have locks of their own; this one protects the table of those, and whatever else asks for it.
    nonisolated(unsafe) private static let lock = {
        let word = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        word.initialize(to: 0)
        return word
    }()
    nonisolated(unsafe) private static var lockOwner: ThreadRef?
    nonisolated(unsafe) private static var lockDepth = 0

    /// Takes the import lock: for a new process, too, which is to find no import half done by another thread.
    public static func acquireLock(_ thread: ThreadRef) {
        if lockOwner != thread {
            if !taipan_lock_try(lock) { GIL.blocking(thread) { while taipan_lock_wait(lock, -1) <= 0 {} } }
            lockOwner = thread
        }
        lockDepth += 1
    }

    /// False when the thread does not hold the import lock.
    @discardableResult public static func releaseLock(_ thread: ThreadRef) -> Bool {
        guard lockOwner == thread, lockDepth > 0 else { return false }
        lockDepth -= 1
        if lockDepth == 0 {
            lockOwner = nil
            taipan_lock_release(lock)
        }
        return true
    }

    private static func name(of thread: ThreadRef, spec: Value) -> Value { thread.getAttribute(spec, Name.name.value) }

    public static func start() {
        NativeModule.register("_imp", doc: "What importlib needs of the interpreter.", functions: [
            Def("lock_held()", .reads, "Return True if the import lock is currently held, else False.", kind: .function) { _, _, _ in Value(ImpModule.lockDepth > 0) },
            Def("acquire_lock()", .calls, "Take the import lock for this thread.", kind: .function) { thread, _, _ in
                ImpModule.acquireLock(thread)
                return .none
            },
            Def("release_lock()", .calls, "Release the interpreter's import lock.", kind: .function) { thread, _, _ in
                ImpModule.releaseLock(thread) ? .none : thread.raise(.runtimeError, "not holding the import lock")
            },
            Def("extension_suffixes()", .reads, "How names of extension modules end, as a list.", kind: .function) { thread, _, _ in
                let list = thread.newList()
                if list.isEmpty { return .empty }
                for suffix in ImpModule.extensionSuffixes where !ListRef(list).append(thread, thread.newString(suffix)) { return .empty }
                return list
            },
            Def("is_builtin(name, /)", .reads, "Whether a module of that name is built in.", kind: .function) { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "is_builtin() argument must be str, not \(a[0].argumentTypeName)") }
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
            Def("_override_multi_interp_extensions_check(override, /)", .writes, "", kind: .function) { _, _, _ in Value(small: 0) },
            Def("_fix_co_filename(code, path, /)", .writes, "Changes code.co_filename to specify the passed-in file path.", kind: .function) { thread, a, _ in
                guard a[0].isExact(.code) else { return thread.raise(.typeError, "_fix_co_filename() argument 1 must be code, not \(a[0].argumentTypeName)") }
                guard a[1].isString else { return thread.raise(.typeError, "_fix_co_filename() argument 2 must be str, not \(a[1].argumentTypeName)") }
                ImpModule.fixFilename(a[0], a[1], a[0].object(CodeObject.self).pointee.filename)
                Code.hideIfOwn(a[0])
                return .none
            },
            Def("source_hash(key, source)", .pure, "", kind: .function) { thread, a, _ in
                guard let key = thread.toInt(a[0]) else { return .empty }
                guard a[1].isBytes else { return thread.raise(.typeError, "a bytes-like object is required, not '\(a[1].type.name)'") }
                var hash = ImpModule.sipHash13(UInt64(bitPattern: Int64(key)), 0, BytesRef(a[1]).bytes, BytesRef(a[1]).count)
                return thread.newBytes(&hash, 8)
            },
        ] + FrozenModules.functions) { module in
            module.set("check_hash_based_pycs", module.thread.newString(checkHashBasedPycs))
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
