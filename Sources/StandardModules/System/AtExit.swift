import Interpreter
import Objects

/// The `atexit` module: a list of (function, arguments, keywords), run from its end.
enum AtExit {
    private static var list: Value { WellKnown.atexitCallbacks.value }

    private static func run(_ thread: ThreadRef) {
        while !list.isEmpty {
            let entries = ListRef(list)
            if entries.count == 0 { return }
            let entry = TupleRef(entries[entries.count - 1])
            entries.setCount(entries.count - 1)
            if thread.call(entry[0], tuple: entry[1], dict: entry[2].isNone ? .empty : entry[2]).isEmpty {
                RuntimeHooks.writeUnraisable(thread, "in atexit callback", entry[0])
                thread.takeException()
            }
        }
    }

    static func register() {
        NativeModule.register("atexit", doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.", functions: [
            Def("register(*args, **kwargs)", .writes, "Register a function to be executed upon normal program termination", kind: .function) { thread, a, _ in
                let arguments = TupleRef(a[0])
                guard arguments.count > 0 else { return thread.raise(.typeError, "register() takes at least 1 argument (0 given)") }
                guard arguments[0].type.slotPointer(.call).pointee != nil else { return thread.raise(.typeError, "the first argument must be callable") }
                if AtExit.list.isEmpty {
                    let made = thread.newList()
                    if made.isEmpty { return .empty }
                    WellKnown.atexitCallbacks.value = made
                }
                let rest = thread.newTuple(arguments.items + 1, arguments.count - 1)
                if rest.isEmpty { return .empty }
                let entry = thread.newTuple([arguments[0], rest, a[1].isEmpty ? .none : a[1]])
                guard !entry.isEmpty, ListRef(AtExit.list).append(thread, entry) else { return .empty }
                return arguments[0]
            },
            Def("unregister(func, /)", .calls, "Unregister an exit function which was previously registered using\natexit.register", kind: .function) { thread, a, _ in
                if AtExit.list.isEmpty { return .none }
                var index = 0
                while index < ListRef(AtExit.list).count {
                    let entry = ListRef(AtExit.list)[index]
                    let same = thread.isEqual(TupleRef(entry)[0], a[0])
                    if same < 0 { return .empty }
                    // The comparison may have changed the list.
                    let entries = ListRef(AtExit.list)
                    guard same > 0, index < entries.count, entries[index] == entry else { index += 1; continue }
                    for later in index + 1 ..< max(entries.count, index + 1) { entries.set(later - 1, entries[later]) }
                    entries.setCount(entries.count - 1)
                }
                return .none
            },
            Def("_clear()", .writes, "Clear the list of previously registered exit functions.", kind: .function) { _, _, _ in
                if !AtExit.list.isEmpty { ListRef(AtExit.list).clear() }
                return .none
            },
            Def("_run_exitfuncs()", .calls, "Run all registered exit functions.", kind: .function) { thread, _, _ in
                AtExit.run(thread)
                return .none
            },
            Def("_ncallbacks()", .reads, "Return the number of registered exit functions.", kind: .function) { _, _, _ in Value(small: AtExit.list.isEmpty ? 0 : ListRef(AtExit.list).count) },
        ])
    }
}
