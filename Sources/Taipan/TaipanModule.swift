import Objects
import Recorder

/// `__taipan__`: what a program can ask of this implementation alone. `__taipan__.jit` has the compiler's counters and limits.
enum TaipanModule {
    static func register() {
        NativeModule.register("__taipan__", doc: "What Taipan offers beyond Python: jit, the compiler's counters and limits.", setUp: { module in
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
