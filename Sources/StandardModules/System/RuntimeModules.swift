import CoreTypes
import Glibc
import Interpreter
import Objects

/// `_weakref` and `atexit`: modules that are faces of the runtime itself.
public enum RuntimeModules {
    static func register() {
        registerWeakref()
        registerAtExit()
    }

    // MARK: _weakref

    private static func registerWeakref() {
        NativeModule.register("_weakref", doc: "Weak-reference support module.", functions: [
            Def("getweakrefcount(object, /)", .reads, "Return the number of weak references to 'object'.") { thread, a, _ in
                let list = WeakReferences.all(thread, of: a[0])
                return list.isEmpty ? .empty : Value(small: ListRef(list).count)
            },
            Def("getweakrefs(object, /)", .reads, "The weak references to an object, as a list.") { thread, a, _ in WeakReferences.all(thread, of: a[0]) },
            Def("proxy(object, callback=None, /)", .writes, "Create a proxy object that weakly references 'object'.") { thread, a, _ in
                WeakReferences.proxy(thread, to: a[0], callback: a[1].isEmpty ? .none : a[1])
            },
            Def("_remove_dead_weakref(dct, key, /)", .writes, "Take a key out of a dict if its value is a weak reference that is dead.") { thread, a, _ in
                guard a[0].isDict else { return thread.raise(.typeError, "_remove_dead_weakref() argument 1 must be dict, not \(a[0].argumentTypeName)") }
                let value = DictRef(a[0]).get(thread, a[1])
                if value.isEmpty { return thread.hasException ? .empty : .none }
                guard value.isInstance(of: .weakReference) else { return thread.raise(.typeError, "not a weakref") }
                if value.object(WeakCell.self).pointee.target.isEmpty {
                    _ = DictRef(a[0]).remove(thread, a[1])
                    if thread.hasException { return .empty }
                }
                return .none
            },
        ], setUp: { module in
            module.set("ref", TypeID.weakReference.value)
            module.set("ReferenceType", TypeID.weakReference.value)
            module.set("ProxyType", TypeID.weakProxy.value)
            module.set("CallableProxyType", TypeID.weakCallableProxy.value)
            return true
        })
    }

    // MARK: atexit

    /// A list of (function, arguments, keywords), with None where one was unregistered.
    private static var callbacks: Value { WellKnown.atexitCallbacks.value }

    /// Calls what was registered, the last first; one registered meanwhile is called, too. It does not take the module: the program may have thrown that away.
    public static func runExitFunctions(_ thread: ThreadRef) {
        while !callbacks.isEmpty, ListRef(callbacks).count > 0 {
            let list = ListRef(callbacks)
            let entry = TupleRef(list[list.count - 1])
            list.setCount(list.count - 1)
            if thread.call(entry[0], tuple: entry[1], dict: entry[2].isNone ? .empty : entry[2]).isEmpty {
                RuntimeHooks.writeUnraisable(thread, "Exception ignored in atexit callback", entry[0])
                thread.takeException()
            }
        }
    }

    private static func registerAtExit() {
        NativeModule.register("atexit", doc: "Functions to be called when the interpreter ends.\n", functions: [
            Def("register(*args, **kwargs)", .calls, "Have a function called when the interpreter ends.") { thread, a, _ in
                guard TupleRef(a[0]).count > 0 else { return thread.raise(.typeError, "register() takes at least 1 argument (0 given)") }
                let function = TupleRef(a[0])[0]
                guard function.type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "the first argument must be callable") }
                let rest = thread.newTuple(TupleRef(a[0]).items + 1, TupleRef(a[0]).count - 1)
                let entry = rest.isEmpty ? .empty : thread.newTuple(function, rest, a[1].isEmpty ? .none : a[1])
                if entry.isEmpty { return .empty }
                if RuntimeModules.callbacks.isEmpty { WellKnown.atexitCallbacks.value = thread.newList() }
                return RuntimeModules.callbacks.isEmpty || !ListRef(RuntimeModules.callbacks).append(thread, entry) ? .empty : function
            },
            Def("unregister(func, /)", .calls, "Take back what register() was told, wherever it is the same function.") { thread, a, _ in
                if RuntimeModules.callbacks.isEmpty { return .none }
                let list = thread.list(RuntimeModules.callbacks), kept = thread.newList()
                if list.isEmpty || kept.isEmpty { return .empty }
                for index in 0 ..< ListRef(list).count {
                    let entry = ListRef(list)[index]
                    let equal = thread.isEqual(TupleRef(entry)[0], a[0])
                    if equal < 0 || equal == 0 && !ListRef(kept).append(thread, entry) { return .empty }
                }
                WellKnown.atexitCallbacks.value = kept
                return .none
            },
            Def("_clear()", .writes, "Clear the list of previously registered exit functions.") { thread, _, _ in
                WellKnown.atexitCallbacks.value = thread.newList()
                return .none
            },
            Def("_ncallbacks()", .reads, "Return the number of registered exit functions.") { _, _, _ in
                Value(small: RuntimeModules.callbacks.isEmpty ? 0 : ListRef(RuntimeModules.callbacks).count)
            },
            Def("_run_exitfuncs()", .calls, "Run all registered exit functions.") { thread, _, _ in
                RuntimeModules.runExitFunctions(thread)
                return .none
            },
        ])
    }
}
