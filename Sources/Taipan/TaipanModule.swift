import Glibc
import Interpreter
import Memory
import Objects
import Recorder

/// `__taipan__`: what a program can ask of this implementation alone. `__taipan__.jit` has the compiler's counters and limits.
enum TaipanModule {
    static func register() {
        NativeModule.register("__taipan__", doc: "What Taipan offers beyond Python: jit, the compiler's counters and limits; and what modules written in Python need to pass for native ones.", functions: [
            Def("hide(code, /)", .writes, "Hide the frames of a code object, and of all code inside it, from tracebacks, frames' callers, warnings and tracing; return it.", kind: .function) { thread, a, _ in
                guard a[0].isExact(.code) else { return thread.raise(.typeError, "hide() argument must be code, not \(a[0].type.name)") }
                Code.hide(a[0])
                return a[0]
            },
            Def("hidden(code, /)", .writes, "Return a copy of a code object whose frames are hidden, and those of all code inside it.", kind: .function) { thread, a, _ in
                guard a[0].isExact(.code) else { return thread.raise(.typeError, "hidden() argument must be code, not \(a[0].type.name)") }
                return Code.hidden(thread, a[0])
            },
            Def("builtin(function, doc, /)", .writes, "Return a built-in function that calls a function written in Python; doc may begin with a text signature.", kind: .function) { thread, a, _ in
                TaipanModule.builtin(thread, a[0], a[1])
            },
            Def("seal(type, /)", .writes, "Make a class immutable, and have messages name it with its module, as native types are; return it.", kind: .function) { thread, a, _ in
                guard a[0].isType, TypeRef(a[0]).has(.heap) else { return thread.raise(.typeError, "seal() argument must be a class, not \(a[0].type.name)") }
                TypeRef(a[0]).pointer.pointee.flags.formUnion([.immutable, .namesModule])
                return a[0]
            },
        ], setUp: { module in
            guard let jit = NativeModule.make(module.thread, "__taipan__.jit"), !jit.isEmpty else { return false }
            module.set("jit", jit)
            return true
        })
        NativeModule.register("__taipan__.jit", doc: "Counters and limits of the tracing compiler.", functions: [
            Def("counters()", .writes, "Return what has been counted so far: loops and bridges compiled, recordings given up, entries, exits, bytes of code.", kind: .function) { thread, _, _ in
                TaipanModule.dictionary(thread, Engine.counters.map { ($0.name, $0.number) })
            },
            Def("aborts()", .writes, "Return why recordings were given up, and how often.", kind: .function) { thread, _, _ in
                TaipanModule.dictionary(thread, Engine.aborts.sorted { $0.value > $1.value || $0.value == $1.value && $0.key < $1.key }.map { ($0.key, $0.value) })
            },
            Def("limits()", .writes, "Return the limits that decide what is compiled.", kind: .function) { thread, _, _ in
                TaipanModule.dictionary(thread, Engine.limitValues.map { ($0.name, $0.value) })
            },
            Def("set_limit(name, value, /)", .writes, "Set one of the limits. That of rounds, hot_loop, holds for code made from then on.", kind: .function) { thread, a, _ in
                guard a[0].isString else { return thread.raise(.typeError, "limit name must be str, not \(a[0].type.name)") }
                guard a[1].isSmallInt else { return thread.raise(.typeError, "limit must be a small int, not \(a[1].type.name)") }
                let name = StringRef(a[0]).description
                do {
                    try Engine.setLimit(name, a[1].smallInt)
                    return .none
                } catch Engine.LimitFailure.outOfRange(let least, let most) {
                    return thread.raise(.valueError, "limit \(name) must be from \(least) to \(most)")
                } catch {
                    return thread.raise(.valueError, "no limit is called \(a[0].reprForMessage(thread))")
                }
            },
        ]) { module in
            module.set("mode", Engine.mode)
            return true
        }
    }

    /// The functions behind built-in ones. They are never given back.
    nonisolated(unsafe) private static var functions: [UnsafeMutablePointer<Value>] = []

    private static func builtin(_ thread: ThreadRef, _ function: Value, _ doc: Value) -> Value {
        guard function.isExact(.function) else { return thread.raise(.typeError, "builtin() argument 1 must be function, not \(function.type.name)") }
        guard doc.isString else { return thread.raise(.typeError, "builtin() argument 2 must be str, not \(doc.type.name)") }
        let name = thread.getAttribute(function, Name.__name__), module = name.isEmpty ? .empty : thread.getAttribute(function, Name.__module__)
        if module.isEmpty { return .empty }
        guard module.isString, case let receiver = DictRef(WellKnown.modules.value).get(string: module), !receiver.isEmpty else {
            return thread.raise(.typeError, "builtin() argument 1 must be a module's function")
        }
        if functions.isEmpty { Collector.addRoots { TaipanModule.functions.forEach { Collector.mark($0.pointee) } } }
        let cell = UnsafeMutablePointer<Value>.allocate(capacity: 1)
        cell.initialize(to: function)
        functions.append(cell)
        let record = NativeRecord.make(foreign: { thread, record, _, arguments, count, keywords in
            let cell = record.assumingMemoryBound(to: NativeRecord.self).pointee.foreignData.unsafelyUnwrapped.assumingMemoryBound(to: Value.self)
            return thread.call(cell.pointee, arguments, count, keywords)
        }, name: StringRef.intern(StringRef(name).description).value, doc: UnsafePointer(strdup(StringRef(doc).description)), data: cell)
        return thread.newBuiltinFunction(record, receiver: receiver, module: module)
    }

    private static func dictionary(_ thread: ThreadRef, _ items: [(String, Int)]) -> Value {
        let result = thread.newDict()
        if result.isEmpty { return .empty }
        for (name, number) in items {
            let key = thread.newString(name)
            guard !key.isEmpty, DictRef(result).set(thread, key, thread.newInt(number)) else { return .empty }
        }
        return result
    }
}
