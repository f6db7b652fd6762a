import NumberTypes
import Objects
import StandardContainers

/// `decimal.Context`: the settings and signals of decimal arithmetic, and which context is current.
///
/// What is seldom asked of contexts (their construction, text, and the mappings `flags` and `traps`) is in Python, in `Library/_decimal.py`, which reaches the numbers by
/// the functions of `_decimal_arithmetic`.
struct ContextObject {
    var header: ObjectHeader
    var precision: Int
    var least: Int
    var most: Int
    var status: UInt32
    /// All kinds of invalid operation, or none of them, are among these.
    var traps: UInt32
    var rounding: UInt8
    var capitals: Bool
    var clamps: Bool
    /// Mappings made when first asked for, or empty.
    var flagsMapping: Value
    var trapsMapping: Value
}

enum Contexts {
    nonisolated(unsafe) static var type: NativeType!
    // Reserved in `start`, and not where they are declared, so that each use need not ask whether they are.
    nonisolated(unsafe) private static var variable: UnsafeMutablePointer<Value>! = nil
    nonisolated(unsafe) private static var place: UnsafeMutablePointer<ContextVariables.Place>! = nil
    /// The context that new threads begin with copies of.
    nonisolated(unsafe) static var template: UnsafeMutablePointer<Value>! = nil
    /// The exception classes, a tuple in the order of the bits of `Conditions`.
    static let classes = RootTable.reserve()
    /// A dict of what is in Python, by name.
    static let hooks = RootTable.reserve()

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<ContextObject> { value.object(ContextObject.self) }

    static func isContext(_ value: Value) -> Bool { value.isPointer && (value.shapeIndex == type.shape || value.type.isSubtype(of: type.type)) }

    // MARK: Hooks

    /// Calls a function that is in Python. Parameters without argument become None.
    static func call(_ thread: ThreadRef, _ name: StaticString, _ arguments: Arguments, _ count: Int) -> Value {
        let function = hook(name)
        guard let vector = thread.pushArguments(count) else { return .empty }
        for index in 0 ..< count { vector[index] = arguments[index].isEmpty ? .none : arguments[index] }
        Integers.unlimitedOperations += 1
        let result = thread.call(function, vector, count)
        Integers.unlimitedOperations -= 1
        thread.popArguments(vector)
        return result
    }

    /// A function that is in Python. Before `_decimal_rest` has been imported, which somebody may never do, RuntimeError's class takes its place.
    static func hook(_ name: StaticString) -> Value {
        let found = hooks.pointee.isEmpty ? .empty : DictRef(hooks.pointee).get(string: StringRef.intern(static: name).value)
        return found.isEmpty ? TypeID.runtimeError.value : found
    }

    // MARK: The current context

    static func make(_ thread: ThreadRef, _ type: TypeRef? = nil) -> Value {
        let result = thread.allocateInstance(type ?? Contexts.type.type)
        if result.isEmpty { return .empty }
        let context = object(result)
        if template.pointee.isEmpty {
            context.pointee.precision = 28
            context.pointee.least = -999_999
            context.pointee.most = 999_999
            context.pointee.rounding = Rounding.halfEven.rawValue
            context.pointee.capitals = true
            context.pointee.traps = Conditions.invalid.union([.divisionByZero, .overflow]).rawValue
        } else {
            assign(result, template.pointee)
        }
        return result
    }

    /// Copies the settings and traps of a context.
    static func assign(_ target: Value, _ source: Value) {
        let to = object(target), from = object(source)
        to.pointee.precision = from.pointee.precision
        to.pointee.least = from.pointee.least
        to.pointee.most = from.pointee.most
        to.pointee.traps = from.pointee.traps
        to.pointee.rounding = from.pointee.rounding
        to.pointee.capitals = from.pointee.capitals
        to.pointee.clamps = from.pointee.clamps
    }

    static func copy(_ thread: ThreadRef, _ source: Value) -> Value {
        let result = thread.allocateInstance(type.type)
        if result.isEmpty { return .empty }
        assign(result, source)
        object(result).pointee.status = object(source).pointee.status
        return result
    }

    /// Empty when it has raised.
    @inline(__always) static func current(_ thread: ThreadRef) -> Value {
        let found = ContextVariables.get(thread, variable.pointee, place)
        return found.isEmpty ? begin(thread) : found
    }

    @inline(never) private static func begin(_ thread: ThreadRef) -> Value {
        let fresh = make(thread)
        return fresh.isEmpty || ContextVariables.set(thread, variable.pointee, fresh).isEmpty ? .empty : fresh
    }

    static func setCurrent(_ thread: ThreadRef, _ value: Value) -> Value {
        guard isContext(value) else { return thread.raise(.typeError, "argument must be a context") }
        return ContextVariables.set(thread, variable.pointee, value).isEmpty ? .empty : .none
    }

    /// A method's argument `context`, or else the current one. Empty when it has raised.
    static func argument(_ thread: ThreadRef, _ value: Value) -> Value {
        if value.isEmpty || value.isNone { return current(thread) }
        return isContext(value) ? value : thread.raise(.typeError, "optional argument must be a context")
    }

    @inline(__always) static func settings(_ value: Value) -> Settings {
        let context = object(value)
        return Settings(precision: context.pointee.precision, least: context.pointee.least, most: context.pointee.most,
                        rounding: unsafeBitCast(context.pointee.rounding, to: Rounding.self), clamps: context.pointee.clamps)
    }

    /// Enters conditions into the flags, and raises those that are trapped. False when it has raised.
    @inline(__always) static func settle(_ thread: ThreadRef, _ value: Value, _ status: Conditions) -> Bool {
        if status.isEmpty { return true }
        object(value).pointee.status |= status.rawValue
        let trapped = status.rawValue & object(value).pointee.traps
        return trapped == 0 || raise(thread, trapped)
    }

    @inline(never) private static func raise(_ thread: ThreadRef, _ trapped: UInt32) -> Bool {
        guard !classes.pointee.isEmpty else {
            thread.raise(.arithmeticError, "_decimal_rest was not imported")
            return false
        }
        let all = TupleRef(classes.pointee)
        let list = thread.newList(capacity: 2)
        if list.isEmpty { return false }
        for index in 0 ..< Conditions.count where trapped & 1 << UInt32(index) != 0 {
            guard ListRef(list).append(thread, all[index]) else { return false }
        }
        let first = trapped & Conditions.invalid.rawValue != 0 ? 0 : trapped.trailingZeroBitCount
        thread.raise(type: TypeRef(all[first]), list)
        return false
    }

    // MARK: Attributes

    private static func number(_ thread: ThreadRef, _ value: Value, _ range: ClosedRange<Int>, _ message: String) -> Int? {
        if value.isEmpty {
            thread.raise(.attributeError, "context attributes cannot be deleted")
            return nil
        }
        guard value.isInt || value.isBool else {
            thread.raise(.typeError, "an integer is required")
            return nil
        }
        guard let number = thread.toInt(value) else { return nil }
        guard range.contains(number) else {
            thread.raise(.valueError, message)
            return nil
        }
        return number
    }

    /// The rounding mode that a value names; nil when it has raised.
    static func rounding(_ thread: ThreadRef, _ value: Value) -> Rounding? {
        if value.isString {
            let text = StringRef(value).description
            for (index, name) in Rounding.names.enumerated() where text == name.description { return Rounding(rawValue: UInt8(index)) }
        }
        thread.raise(.typeError, "valid values for rounding are:\n  [ROUND_CEILING, ROUND_FLOOR, ROUND_UP, ROUND_DOWN,\n   ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN,\n   ROUND_05UP]")
        return nil
    }

    private static let getters: [Getter] = [
        Getter("prec", set: { thread, a, _ in
            guard let number = Contexts.number(thread, a[1], 1 ... Settings.greatestPrecision, "valid range for prec is [1, MAX_PREC]") else { return .empty }
            Contexts.object(a[0]).pointee.precision = number
            return .none
        }) { thread, a, _ in thread.newInt(Contexts.object(a[0]).pointee.precision) },
        Getter("Emax", set: { thread, a, _ in
            guard let number = Contexts.number(thread, a[1], 0 ... Settings.greatestExponent, "valid range for Emax is [0, MAX_EMAX]") else { return .empty }
            Contexts.object(a[0]).pointee.most = number
            return .none
        }) { thread, a, _ in thread.newInt(Contexts.object(a[0]).pointee.most) },
        Getter("Emin", set: { thread, a, _ in
            guard let number = Contexts.number(thread, a[1], -Settings.greatestExponent ... 0, "valid range for Emin is [MIN_EMIN, 0]") else { return .empty }
            Contexts.object(a[0]).pointee.least = number
            return .none
        }) { thread, a, _ in thread.newInt(Contexts.object(a[0]).pointee.least) },
        Getter("rounding", set: { thread, a, _ in
            if a[1].isEmpty { return thread.raise(.attributeError, "context attributes cannot be deleted") }
            guard let rounding = Contexts.rounding(thread, a[1]) else { return .empty }
            Contexts.object(a[0]).pointee.rounding = rounding.rawValue
            return .none
        }) { _, a, _ in StringRef.intern(static: Rounding.names[Int(Contexts.object(a[0]).pointee.rounding)]).value },
        Getter("capitals", set: { thread, a, _ in
            guard let number = Contexts.number(thread, a[1], 0 ... 1, "valid values for capitals are 0 or 1") else { return .empty }
            Contexts.object(a[0]).pointee.capitals = number == 1
            return .none
        }) { _, a, _ in Value(small: Contexts.object(a[0]).pointee.capitals ? 1 : 0) },
        Getter("clamp", set: { thread, a, _ in
            guard let number = Contexts.number(thread, a[1], 0 ... 1, "valid values for clamp are 0 or 1") else { return .empty }
            Contexts.object(a[0]).pointee.clamps = number == 1
            return .none
        }) { _, a, _ in Value(small: Contexts.object(a[0]).pointee.clamps ? 1 : 0) },
        Getter("flags", set: { thread, a, _ in
            if a[1].isEmpty { return thread.raise(.attributeError, "context attributes cannot be deleted") }
            return thread.call(Contexts.hook("set_signals"), a[0], .false, a[1])
        }) { thread, a, _ in
            let context = Contexts.object(a[0])
            if context.pointee.flagsMapping.isEmpty {
                let made = thread.call(Contexts.hook("make_mapping"), a[0], .false)
                if made.isEmpty { return .empty }
                context.pointee.flagsMapping = made
                Heap.barrier(a[0].raw)
            }
            return context.pointee.flagsMapping
        },
        Getter("traps", set: { thread, a, _ in
            if a[1].isEmpty { return thread.raise(.attributeError, "context attributes cannot be deleted") }
            return thread.call(Contexts.hook("set_signals"), a[0], .true, a[1])
        }) { thread, a, _ in
            let context = Contexts.object(a[0])
            if context.pointee.trapsMapping.isEmpty {
                let made = thread.call(Contexts.hook("make_mapping"), a[0], .true)
                if made.isEmpty { return .empty }
                context.pointee.trapsMapping = made
                Heap.barrier(a[0].raw)
            }
            return context.pointee.trapsMapping
        },
    ]

    // MARK: The module's functions about contexts

    static let functions: [Def] = [
        Def("getcontext()", .calls, "Get the current default context.", kind: .function) { thread, _, _ in Contexts.current(thread) },
        Def("set_current(context, /)", .calls, kind: .function) { thread, a, _ in Contexts.setCurrent(thread, a[0]) },
        Def("set_template(context, /)", .writes, kind: .function) { thread, a, _ in
            guard Contexts.isContext(a[0]) else { return thread.raise(.typeError, "argument must be a context") }
            Contexts.template.pointee = a[0]
            return .none
        },
        Def("copy_context(context, /)", .writes, kind: .function) { thread, a, _ in
            Contexts.isContext(a[0]) ? Contexts.copy(thread, a[0]) : thread.raise(.typeError, "optional argument must be a context")
        },
        // The state of a context: its status or its traps, as a number.
        Def("get_signals(context, traps, /)", .reads, kind: .function) { thread, a, _ in
            guard Contexts.isContext(a[0]) else { return thread.raise(.typeError, "argument must be a context") }
            return Value(small: Int(a[1] == .true ? Contexts.object(a[0]).pointee.traps : Contexts.object(a[0]).pointee.status))
        },
        Def("set_signals(context, traps, number, /)", .writes, kind: .function) { thread, a, _ in
            guard Contexts.isContext(a[0]) && a[2].isSmallInt else { return thread.raise(.typeError, "arguments must be a context and an int") }
            let number = UInt32(truncatingIfNeeded: a[2].smallInt)
            if a[1] == .true { Contexts.object(a[0]).pointee.traps = number } else { Contexts.object(a[0]).pointee.status = number }
            return .none
        },
        // Enters conditions, which may raise.
        Def("settle(context, number, /)", .calls, kind: .function) { thread, a, _ in
            guard Contexts.isContext(a[0]) && a[1].isSmallInt else { return thread.raise(.typeError, "arguments must be a context and an int") }
            return Contexts.settle(thread, a[0], Conditions(rawValue: UInt32(truncatingIfNeeded: a[1].smallInt))) ? .none : .empty
        },
        // Takes what is in Python, once.
        Def("install(hooks, classes, /)", .writes, kind: .function) { thread, a, _ in
            guard Contexts.hooks.pointee.isEmpty, a[0].isExact(.dict), a[1].isExact(.tuple), TupleRef(a[1]).count == Conditions.count,
                  (0 ..< Conditions.count).allSatisfy({ TupleRef(a[1])[$0].isType }) else { return thread.raise(.runtimeError, "install() is for _decimal_rest") }
            let copy = thread.copyDict(DictRef(a[0]))
            if copy.isEmpty { return .empty }
            Contexts.hooks.pointee = copy
            Contexts.classes.pointee = a[1]
            return .none
        },
    ]

    /// Makes the type and the context variable, once.
    static func start(_ module: ModuleBuilder) -> Bool {
        variable = RootTable.reserve()
        template = RootTable.reserve()
        place = .allocate(capacity: 1)
        place.initialize(to: ContextVariables.Place())
        let contextVariable = module.thread.call(TypeID.contextVariable.value, module.thread.newString("decimal_context"))
        if contextVariable.isEmpty { return false }
        variable.pointee = contextVariable
        type = NativeType("Context", module: "decimal", size: MemoryLayout<ContextObject>.size, mask: 0b11 << 6, flags: .base, doc: contextDoc,
                          methods: ContextMethods.all, getters: getters) { slots in
            slots.call(.new) { thread, type, _, _, _ in Contexts.make(thread, TypeRef(type)) }
            slots.call(.initialize) { thread, context, arguments, count, keywords in
                guard let vector = thread.pushArguments(count + 1) else { return .empty }
                vector[0] = context
                (vector + 1).update(from: arguments, count: count)
                let result = thread.call(Contexts.hook("initialize"), vector, count + 1, keywords)
                thread.popArguments(vector)
                return result
            }
            slots.unary(.repr) { thread, context in thread.call(Contexts.hook("repr_context"), context) }
        }
        module.add(type)
        return true
    }

    private static let contextDoc: StaticString = """
        Context(prec=None, rounding=None, Emin=None, Emax=None, capitals=None, clamp=None, flags=None, traps=None)
        --

        The settings of decimal arithmetic: precision, rounding, limits of exponents, and which conditions are errors.

            >>> c = Context(prec=28, Emin=-425000000, Emax=425000000,
            ...             rounding=ROUND_HALF_EVEN, capitals=1, clamp=1,
            ...             traps=[InvalidOperation, DivisionByZero, Overflow],
            ...             flags=[])
        """
}
