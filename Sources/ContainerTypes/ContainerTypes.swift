import Objects

/// Entry point of the room.
public enum ContainerTypes {
    /// Defines the room's types, or registers its modules. Called once at start-up, in the order of the rooms.
    public static func start(_ thread: ThreadRef) {
        ListType.start()
        TupleType.start()
        DictType.start()
        DictViews.start()
        DictIterators.start()
        SetType.start(thread)
        RangeType.start()
        SliceType.start()
        SequenceIterators.start()
        FunctionalIterators.start()
        MappingProxyType.start()
    }
}

/// What several files of the room share.
public enum Shared {
    /// The `iter` slot of an iterator: itself.
    public static let selfIterator: UnaryFunction = { _, value in value }

    /// A function of `builtins`, for `__reduce__`. Empty when it has raised.
    public static func builtin(_ thread: ThreadRef, _ name: StaticString) -> Value {
        let key = StringRef.intern("\(name)").value
        let found = WellKnown.builtins.value.isEmpty ? Value.empty : DictRef(WellKnown.builtins.value).get(string: key)
        return found.isEmpty ? thread.raise(.attributeError, "module 'builtins' has no attribute '\(name)'") : found
    }

    /// `(function, (argument,)[, state])`, the result of `__reduce__`.
    public static func reduce(_ thread: ThreadRef, _ function: Value, _ argument: Value, _ state: Value = .empty) -> Value {
        if function.isEmpty || argument.isEmpty { return .empty }
        let arguments = thread.newTuple(argument)
        if arguments.isEmpty { return .empty }
        return state.isEmpty ? thread.newTuple(function, arguments) : thread.newTuple(function, arguments, state)
    }

    /// Refuses keyword arguments: "list() takes no keyword arguments".
    public static func noKeywords(_ thread: ThreadRef, _ name: String, _ keywords: Value) -> Bool {
        if keywords.isEmpty || TupleRef(keywords).count == 0 { return true }
        thread.raise(.typeError, "\(name)() takes no keyword arguments")
        return false
    }

    /// Checks the number of positional arguments of a constructor: "list expected at most 1 argument, got 2".
    public static func arity(_ thread: ThreadRef, _ name: String, _ count: Int, _ least: Int, _ most: Int) -> Bool {
        if count >= least && count <= most { return true }
        let bound = least == most ? "" : count < least ? "at least " : "at most "
        let number = count < least ? least : most
        thread.raise(.typeError, "\(name) expected \(bound)\(number) argument\(number == 1 ? "" : "s"), got \(count)")
        return false
    }

    /// Whether a subclass replaced the native `__init__`, so that its keyword arguments are its own affair in `__new__`.
    public static func ownInit(_ type: TypeRef, _ id: TypeID) -> Bool {
        type.slotPointer(.initialize).pointee != id.type.slotPointer(.initialize).pointee
    }

    /// `a op b` of two sequences whose first difference is known: lengths decide.
    @inline(__always) public static func ordered(_ a: Int, _ b: Int, _ operation: Int32) -> Value {
        Value(Comparison(number: operation).holds(a < b ? -1 : a > b ? 1 : 0))
    }

    /// `x.__class_getitem__`
    public static let classGetItem = Def("__class_getitem__(type, item, /)", .calls, "See PEP 585", kind: .classMethod) { thread, a, _ in
        thread.newGenericAlias(a[0], a[1])
    }
}

/// Text being put together.
public struct TextBuffer {
    public var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ text: StaticString) { bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
    public mutating func append(text: String) { bytes.append(contentsOf: text.utf8) }

    public mutating func append(_ string: StringRef) {
        if string.isASCII { bytes.append(contentsOf: UnsafeBufferPointer(start: string.units1, count: string.count)) } else { bytes.append(contentsOf: string.utf8) }
    }

    /// Appends repr(value). False when it has raised.
    public mutating func append(repr value: Value, _ thread: ThreadRef) -> Bool {
        if value.isSmallInt {
            append(integer: value.smallInt)
            return true
        }
        let text = thread.repr(value)
        if text.isEmpty { return false }
        append(StringRef(text))
        return true
    }

    private mutating func append(integer: Int) {
        var rest = integer.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(truncatingIfNeeded: 48 + rest % 10))
            rest /= 10
        } while rest != 0
        if integer < 0 { bytes.append(45) }
        var low = start, high = bytes.count - 1
        while low < high {
            bytes.swapAt(low, high)
            low += 1
            high -= 1
        }
    }

    public func make(_ thread: ThreadRef) -> Value { thread.newString(utf8: bytes) }
}
