import ContainerTypes
import Objects

/// `_contextvars`: `ContextVar`, `Token` and `Context` (PEP 567).
///
/// A context holds a dict from variables to values that is copied on the first change after it was shared: copying a context takes constant time, and an iteration goes on over
/// what it began with. The current context is in the thread's state; it is made when first needed.
struct ContextObject {
    var header: ObjectHeader
    /// dict
    var values: Value
    /// The context that was current when this one was entered.
    var previous: Value
    var isEntered: Bool
    /// Others see the same dict.
    var isShared: Bool
}

struct ContextVariableObject {
    var header: ObjectHeader
    var name: Value
    /// empty: none
    var fallback: Value
}

struct ContextTokenObject {
    var header: ObjectHeader
    var context: Value
    var variable: Value
    /// empty: it had none
    var old: Value
    var isUsed: Bool
}

public enum ContextVariables {
    private static let missing = RootTable.reserve()
    nonisolated(unsafe) private static var construct: Constructor!
    nonisolated(unsafe) private static var missingType: NativeType!

    @inline(__always) private static func context(_ value: Value) -> UnsafeMutablePointer<ContextObject> { value.object(ContextObject.self) }
    @inline(__always) private static func variable(_ value: Value) -> UnsafeMutablePointer<ContextVariableObject> { value.object(ContextVariableObject.self) }
    @inline(__always) private static func token(_ value: Value) -> UnsafeMutablePointer<ContextTokenObject> { value.object(ContextTokenObject.self) }

    // MARK: Contexts

    /// A new context over a dict, or an empty one.
    private static func newContext(_ thread: ThreadRef, _ values: Value, shared: Bool) -> Value {
        let dict = values.isEmpty ? thread.newDict() : values
        guard !dict.isEmpty, let raw = Heap.allocate(MemoryLayout<ContextObject>.size, shape: TypeID.context.rawValue) else { return thread.hasException ? .empty : thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: ContextObject.self).pointee.values = dict
        raw.assumingMemoryBound(to: ContextObject.self).pointee.isShared = shared
        return Value(raw)
    }

    /// The thread's current context. Empty when it has raised.
    public static func current(_ thread: ThreadRef) -> Value {
        if thread.pointee.context.isEmpty { thread.pointee.context = newContext(thread, .empty, shared: false) }
        return thread.pointee.context
    }

    public static func copy(_ thread: ThreadRef, _ value: Value) -> Value {
        context(value).pointee.isShared = true
        return newContext(thread, context(value).pointee.values, shared: true)
    }

    /// Makes a context current. False when it has raised.
    public static func enter(_ thread: ThreadRef, _ value: Value) -> Bool {
        if context(value).pointee.isEntered {
            thread.raise(.runtimeError, "cannot enter context: \(value.reprForMessage(thread)) is already entered")
            return false
        }
        context(value).pointee.previous = thread.pointee.context
        context(value).pointee.isEntered = true
        Heap.barrier(value.raw)
        thread.pointee.context = value
        return true
    }

    public static func exit(_ thread: ThreadRef, _ value: Value) {
        thread.pointee.context = context(value).pointee.previous
        context(value).pointee.previous = .empty
        context(value).pointee.isEntered = false
    }

    /// The dict of a context, about to be changed. Empty when it has raised.
    private static func ownValues(_ thread: ThreadRef, _ value: Value) -> Value {
        if context(value).pointee.isShared {
            let copy = thread.copyDict(DictRef(context(value).pointee.values))
            if copy.isEmpty { return .empty }
            context(value).pointee.values = copy
            context(value).pointee.isShared = false
            Heap.barrier(value.raw)
        }
        return context(value).pointee.values
    }

    /// The dict of a context, for an iteration that must not see changes.
    private static func snapshot(_ value: Value) -> DictRef {
        context(value).pointee.isShared = true
        return DictRef(context(value).pointee.values)
    }

    private static func lookUp(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        guard key.isExact(.contextVariable) else { return thread.raise(.typeError, "a ContextVar key was expected, got \(key.reprForMessage(thread))") }
        return DictRef(context(value).pointee.values).get(thread, key)
    }

    // MARK: Variables

    /// `variable.get(fallback)`: empty when it has raised.
    public static func get(_ thread: ThreadRef, _ value: Value, _ fallback: Value) -> Value {
        if !thread.pointee.context.isEmpty {
            let found = DictRef(context(thread.pointee.context).pointee.values).get(thread, value)
            if !found.isEmpty || thread.hasException { return found }
        }
        if !fallback.isEmpty { return fallback }
        let own = variable(value).pointee.fallback
        return own.isEmpty ? thread.raise(.lookupError, argument: value) : own
    }

    /// Where a variable was found: the version of the context's dict, and the entry in it.
    public struct Place {
        var version: UInt32 = 0
        var entry = 0

        public init() {}
    }

    /// The variable's value in this context, or empty; `place` belongs to the variable and makes it a matter of two loads while the contexts' keys stay as they are.
    @inline(__always) public static func get(_ thread: ThreadRef, _ value: Value, _ place: UnsafeMutablePointer<Place>) -> Value {
        if thread.pointee.context.isEmpty { return .empty }
        let dict = DictRef(context(thread.pointee.context).pointee.values)
        if dict.version == place.pointee.version { return dict.item(at: place.pointee.entry) }
        let entry = dict.find(thread, value, hash: thread.hash(value))
        if entry < 0 { return .empty }
        place.pointee.version = dict.version
        place.pointee.entry = entry
        return dict.item(at: entry)
    }

    /// `variable.set(item)`: the token.
    public static func set(_ thread: ThreadRef, _ value: Value, _ item: Value) -> Value {
        let current = current(thread)
        if current.isEmpty { return .empty }
        let values = ownValues(thread, current)
        if values.isEmpty { return .empty }
        let old = DictRef(values).get(thread, value)
        guard let raw = Heap.allocate(MemoryLayout<ContextTokenObject>.size, shape: TypeID.contextToken.rawValue) else { return thread.raiseOutOfMemory() }
        let result = raw.assumingMemoryBound(to: ContextTokenObject.self)
        result.pointee.context = current
        result.pointee.variable = value
        result.pointee.old = old
        return DictRef(values).set(thread, value, item) ? Value(raw) : .empty
    }

    private static func reset(_ thread: ThreadRef, _ value: Value, _ mark: Value) -> Value {
        guard mark.isExact(.contextToken) else { return thread.raise(.typeError, "expected an instance of Token, got \(mark.reprForMessage(thread))") }
        let own = token(mark)
        if own.pointee.isUsed { return thread.raise(.runtimeError, "\(mark.reprForMessage(thread)) has already been used once") }
        if own.pointee.variable != value { return thread.raise(.valueError, "\(mark.reprForMessage(thread)) was created by a different ContextVar") }
        let current = current(thread)
        if current.isEmpty { return .empty }
        if own.pointee.context != current { return thread.raise(.valueError, "\(mark.reprForMessage(thread)) was created in a different Context") }
        own.pointee.isUsed = true
        let values = ownValues(thread, current)
        if values.isEmpty { return .empty }
        if own.pointee.old.isEmpty {
            let removed = DictRef(values).remove(thread, value)
            return removed.isEmpty ? (thread.hasException ? .empty : thread.raise(.lookupError, argument: value)) : .none
        }
        return DictRef(values).set(thread, value, own.pointee.old) ? .none : .empty
    }

    // MARK: Types

    static func start() {
        construct = Constructor("ContextVar(self, name, /, *, default=<unrepresentable>)") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "context variable name must be a str") }
            guard let raw = Heap.allocate(MemoryLayout<ContextVariableObject>.size, shape: TypeID.contextVariable.rawValue) else { return thread.raiseOutOfMemory() }
            raw.assumingMemoryBound(to: ContextVariableObject.self).pointee.name = a[1]
            raw.assumingMemoryBound(to: ContextVariableObject.self).pointee.fallback = a[2]
            return Value(raw)
        }
        NativeType(id: .contextVariable, "ContextVar", module: "_contextvars", size: MemoryLayout<ContextVariableObject>.size, mask: 0b110, methods: [
            Def("get(self, default=<unrepresentable>, /)", .calls, """
                The variable's value in this context.

                Where it has none, the default given here counts, then the one that the variable was made with; without any, LookupError.
                """) { thread, a, _ in
                ContextVariables.get(thread, a[0], a[1])
            },
            Def("set(self, value, /)", .calls, "Give the variable a value in this context. The token returned takes it back, by reset().") { thread, a, _ in
                ContextVariables.set(thread, a[0], a[1])
            },
            Def("reset(self, token, /)", .calls, "Undo the set() that returned this token.") { thread, a, _ in ContextVariables.reset(thread, a[0], a[1]) },
            Shared.classGetItem,
        ], getters: [
            Getter("name", isMember: true) { _, a, _ in ContextVariables.variable(a[0]).pointee.name },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, a, count, keywords in
                let positional = count - (keywords.isEmpty ? 0 : TupleRef(keywords).count)
                if count > 2 { return thread.raise(.typeError, "ContextVar() takes at most 2 arguments (\(count) given)") }
                if positional != 1 { return thread.raise(.typeError, "ContextVar() takes \(positional < 1 ? "exactly" : "at most") 1 positional argument (\(positional) given)") }
                return ContextVariables.construct.call(thread, type, a, count, keywords)
            }
            slots.unary(.repr) { thread, value in
                let own = ContextVariables.variable(value)
                var text = TextBuffer()
                text.append("<ContextVar name=")
                guard text.append(repr: own.pointee.name, thread) else { return .empty }
                if !own.pointee.fallback.isEmpty {
                    text.append(" default=")
                    guard text.append(repr: own.pointee.fallback, thread) else { return .empty }
                }
                text.append(text: " at \(hexadecimal(value))>")
                return text.make(thread)
            }
        }
        NativeType(id: .contextToken, "Token", module: "_contextvars", size: MemoryLayout<ContextTokenObject>.size, mask: 0b1110, methods: [Shared.classGetItem], getters: [
            Getter("var") { _, a, _ in ContextVariables.token(a[0]).pointee.variable },
            Getter("old_value") { thread, a, _ in
                let old = ContextVariables.token(a[0]).pointee.old
                return old.isEmpty ? ContextVariables.missing.pointee : old
            },
        ]) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unhashable()
            slots.call(.new) { thread, _, _, _, _ in thread.raise(.runtimeError, "Tokens can only be created by ContextVars") }
            slots.unary(.repr) { thread, value in
                let own = ContextVariables.token(value)
                var text = TextBuffer()
                text.append(own.pointee.isUsed ? "<Token used var=" : "<Token var=")
                guard text.append(repr: own.pointee.variable, thread) else { return .empty }
                text.append(text: " at \(hexadecimal(value))>")
                return text.make(thread)
            }
        }
        startContext()
        NativeModule.register("_contextvars", doc: "Context Variables", functions: [
            Def("copy_context()", .calls, kind: .function) { thread, _, _ in
                let current = ContextVariables.current(thread)
                return current.isEmpty ? .empty : ContextVariables.copy(thread, current)
            },
        ]) { module in
            if missing.pointee.isEmpty {
                missingType = NativeType("MISSING", module: "Token", size: 8, flags: .noInstantiation) { slots in
                    slots.unary(.repr) { thread, _ in thread.newString("<Token.MISSING>") }
                }
                missing.pointee = missingType.allocate(module.thread, size: 8)
                _ = TypeID.contextToken.type.namespace.set(module.thread, StringRef.intern("MISSING").value, missing.pointee)
                TypeID.contextToken.type.modified()
            }
            module.set("Context", TypeID.context.value)
            module.set("ContextVar", TypeID.contextVariable.value)
            module.set("Token", TypeID.contextToken.value)
            return true
        }
    }

    private static func startContext() {
        NativeType(id: .context, "Context", module: "_contextvars", size: MemoryLayout<ContextObject>.size, mask: 0b110, flags: .weakReferenceable, methods: [
            Def("run(self, /, *args, **kwargs)", .calls) { thread, a, _ in
                let arguments = TupleRef(a[1])
                guard arguments.count > 0 else { return thread.raise(.typeError, "run() missing 1 required positional argument") }
                guard ContextVariables.enter(thread, a[0]) else { return .empty }
                let rest = thread.newTuple(arguments.items + 1, arguments.count - 1)
                let result = rest.isEmpty ? Value.empty : thread.call(arguments[0], tuple: rest, dict: a[2])
                ContextVariables.exit(thread, a[0])
                return result
            },
            Def("copy(self, /)", .reads, "Return a shallow copy of the context object.") { thread, a, _ in ContextVariables.copy(thread, a[0]) },
            Def("get(self, key, default=None, /)", .calls, "The value that a variable has in this context, or the default.") { thread, a, _ in
                let found = ContextVariables.lookUp(thread, a[0], a[1])
                if !found.isEmpty || thread.hasException { return found }
                return a[2].isEmpty ? .none : a[2]
            },
            Def("keys(self, /)", .reads, "Return a list of all variables in the context object.") { thread, a, _ in DictIterators.make(thread, .dictKeyIterator, ContextVariables.snapshot(a[0])) },
            Def("values(self, /)", .reads, "Return a list of all variables' values in the context object.") { thread, a, _ in DictIterators.make(thread, .dictValueIterator, ContextVariables.snapshot(a[0])) },
            Def("items(self, /)", .reads, "The variables that have values in this context: a list of tuples (variable, value).") { thread, a, _ in
                DictIterators.make(thread, .dictItemIterator, ContextVariables.snapshot(a[0]))
            },
        ]) { slots in
            slots.call(.new) { thread, _, _, count, _ in
                count > 0 ? thread.raise(.typeError, "Context() does not accept any arguments") : ContextVariables.newContext(thread, .empty, shared: false)
            }
            slots.unhashable()
            slots.compare { thread, a, b, operation in
                guard b.isExact(.context), operation == Comparison.equal.rawValue || operation == Comparison.notEqual.rawValue else { return .notImplemented }
                return thread.compare(ContextVariables.context(a).pointee.values, ContextVariables.context(b).pointee.values, Comparison(number: operation))
            }
            slots.unary(.iter) { thread, value in DictIterators.make(thread, .dictKeyIterator, ContextVariables.snapshot(value)) }
            slots.length { _, value in DictRef(ContextVariables.context(value).pointee.values).count }
            slots.contains { thread, value, key in
                let found = ContextVariables.lookUp(thread, value, key)
                return found.isEmpty ? (thread.hasException ? -1 : 0) : 1
            }
            slots.lookup { thread, value, key in
                let found = ContextVariables.lookUp(thread, value, key)
                return found.isEmpty && !thread.hasException ? thread.raiseKeyError(key) : found
            }
        }
    }
}
