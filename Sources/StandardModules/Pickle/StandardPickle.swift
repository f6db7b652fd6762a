import Interpreter
import Objects

/// Entry point of the room: `_pickle`, what the module `pickle` does at native speed.
///
/// Writing is in `PickleWriter…`, reading in `PickleReader…`; `Pickler` and `Unpickler` are the objects that Python sees, and hold what lasts from one
/// pickle to the next. What is rarely needed (`whichmodule`, the tables of old names, escapes of protocol 0) stays where the library has it in Python.
public enum StandardPickle {
    /// Registers the room's module. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        NativeModule.register("_pickle", doc: "Optimized implementation for the Python pickle module.", functions: functions, setUp: setUp)
    }

    private static func setUp(_ module: ModuleBuilder) -> Bool {
        let thread = module.thread
        PickleBuffers.define(module)
        PickleState.error.pointee = module.addException("PickleError")
        if PickleState.error.pointee.isEmpty { return false }
        PickleState.picklingError.pointee = module.addException("PicklingError", base: TypeRef(PickleState.error.pointee))
        PickleState.unpicklingError.pointee = module.addException("UnpicklingError", base: TypeRef(PickleState.error.pointee))
        guard PickleState.load(thread) else { return false }
        Picklers.define(module)
        Unpicklers.define(module)
        return true
    }

    private static let functions = [
        Def("dump(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", .calls, "Write a pickled representation of obj to the open file object file.", kind: .function) { thread, a, _ in
            let pickler = Picklers.acquire(thread)
            if pickler.isEmpty { return .empty }
            defer { Picklers.release(pickler) }
            guard Picklers.setUp(thread, pickler, file: a[1], version: a[2], fixImports: a[3], callback: a[4]) else { return .empty }
            return Picklers.write(thread, pickler, a[0])
        },
        Def("dumps(obj, protocol=None, *, fix_imports=True, buffer_callback=None)", .calls, "Return the pickled representation of the object as a bytes object.", kind: .function) { thread, a, _ in
            let pickler = Picklers.acquire(thread)
            if pickler.isEmpty { return .empty }
            defer { Picklers.release(pickler) }
            guard Picklers.setUp(thread, pickler, file: .empty, version: a[1], fixImports: a[2], callback: a[3]) else { return .empty }
            return Picklers.write(thread, pickler, a[0])
        },
        Def("load(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", .calls, "Read and return an object from the pickle data stored in a file.", kind: .function) { thread, a, _ in
            let unpickler = Unpicklers.acquire(thread)
            if unpickler.isEmpty { return .empty }
            defer { Unpicklers.release(unpickler) }
            guard Unpicklers.setUp(thread, unpickler, "load", file: a[0], fixImports: a[1], encoding: a[2], errors: a[3], buffers: a[4]) else { return .empty }
            return Unpicklers.read(thread, unpickler)
        },
        Def("loads(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", .calls, "Read and return an object from the given pickle data.", kind: .function) { thread, a, _ in
            let unpickler = Unpicklers.acquire(thread)
            if unpickler.isEmpty { return .empty }
            defer { Unpicklers.release(unpickler) }
            guard Unpicklers.setUp(thread, unpickler, "loads", file: .empty, fixImports: a[1], encoding: a[2], errors: a[3], buffers: a[4]) else { return .empty }
            // Of what may change meanwhile a copy is read.
            let data = a[0].isExact(.bytes) ? a[0] : thread.withBuffer(a[0]) { thread.newBytes($0, $1) }
            if data.isEmpty { return .empty }
            Unpicklers.object(unpickler).pointee.chunk = data
            Unpicklers.object(unpickler).pointee.limit = BytesRef(data).count
            Heap.barrier(unpickler.raw)
            return Unpicklers.read(thread, unpickler)
        },
    ]
}

/// What the module keeps for good: its exceptions, and the tables of `copyreg` and `_compat_pickle`.
enum PickleState {
    nonisolated(unsafe) static let error = RootTable.reserve()
    nonisolated(unsafe) static let picklingError = RootTable.reserve()
    nonisolated(unsafe) static let unpicklingError = RootTable.reserve()
    nonisolated(unsafe) static let dispatchTable = RootTable.reserve()
    nonisolated(unsafe) static let extensionRegistry = RootTable.reserve()
    nonisolated(unsafe) static let invertedRegistry = RootTable.reserve()
    nonisolated(unsafe) static let extensionCache = RootTable.reserve()

    static let highestProtocol = 5
    static let defaultProtocol = 4
    /// Items that one opcode appends at most.
    static let batchSize = 1000

    static func load(_ thread: ThreadRef) -> Bool {
        for (word, name) in [(dispatchTable, "dispatch_table"), (extensionRegistry, "_extension_registry"), (invertedRegistry, "_inverted_registry"), (extensionCache, "_extension_cache")] {
            word.pointee = thread.importAttribute("copyreg", name)
            if word.pointee.isEmpty { return false }
            guard word.pointee.isDict else {
                thread.raise(.runtimeError, "copyreg.\(name) should be a dict, not \(word.pointee.type.name)")
                return false
            }
        }
        return true
    }
}

/// Names that are looked up often.
enum PickleNames {
    static let reducerOverride = StringRef.intern("reducer_override").value
    static let persistentID = StringRef.intern("persistent_id").value
    static let persistentLoad = StringRef.intern("persistent_load").value
    static let dispatchTable = StringRef.intern("dispatch_table").value
    static let slotNames = StringRef.intern("__slotnames__").value
    static let getInitArguments = StringRef.intern("__getinitargs__").value
    static let newObject = StringRef.intern("__newobj__").value
    static let newObjectEx = StringRef.intern("__newobj_ex__").value
    static let findClass = StringRef.intern("find_class").value
    static let peek = StringRef.intern("peek").value
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    @inline(never) @discardableResult func raisePickling(_ message: String) -> Bool {
        let text = newString(message)
        if !text.isEmpty { raise(type: TypeRef(PickleState.picklingError.pointee), text) }
        return false
    }

    @inline(never) @discardableResult func raiseUnpickling(_ message: String) -> Bool {
        let text = newString(message)
        if !text.isEmpty { raise(type: TypeRef(PickleState.unpicklingError.pointee), text) }
        return false
    }

    /// A module by its full name, imported at need.
    func pickleModule(_ name: Value) -> Value {
        let modules = WellKnown.modules.value
        if modules.isExact(.dict) {
            let found = DictRef(modules).get(string: name)
            if !found.isEmpty, found.isExact(.module) {
                let spec = DictRef(found.object(ModuleObject.self).pointee.namespace).get(.__spec__)
                if spec.isEmpty || spec.isNone { return found }
                let initializing = getAttributeOrEmpty(spec, Name._initializing)
                if hasException { return .empty }
                if initializing.isEmpty || initializing == .false { return found }
            }
        }
        return importModule(StringRef(name).description)
    }

    /// The attribute that a dotted name means, and the object that has it. Both empty when there is none, with an exception when something else is wrong.
    func deepAttribute(_ root: Value, _ name: Value) -> (attribute: Value, parent: Value) {
        let text = StringRef(name)
        var dot = 0
        while dot < text.count && text[dot] != 0x2E { dot += 1 }
        if dot == text.count {
            let found = getAttributeOrEmpty(root, name)
            return (found, found.isEmpty ? .empty : root)
        }
        var current = root, parent = root
        var start = 0
        while true {
            var end = start
            while end < text.count && text[end] != 0x2E { end += 1 }
            let part = substring(text, start, end)
            if part.isEmpty { return (.empty, .empty) }
            parent = current
            current = getAttributeOrEmpty(parent, part)
            if current.isEmpty { return (.empty, .empty) }
            if end == text.count { return (current, parent) }
            start = end + 1
        }
    }

    /// Whether a dotted name passes through a function's locals.
    func isLocalName(_ name: Value) -> Bool {
        let text = StringRef(name)
        guard text.count >= 8, text.isASCII || text.count > 0 else { return false }
        return text.description.split(separator: ".", omittingEmptySubsequences: false).contains("<locals>")
    }
}
