/// Calling, from native code.
///
/// Arguments are parameters of Swift functions here, not elements of an array: what is made first (`thread.call(f, thread.newString(…),
/// thread.newDict())`) waits for the rest in a register or on the native stack, where the collector sees it, and in an array it would not. Hence
/// `absent`, the default that says where the arguments end. A number of arguments that only running can tell is a tuple's, or is written into
/// what `pushArguments` gives.

extension Value {
    /// An argument that was not given.
    public static var absent: Value { @inlinable @inline(__always) get { Value(immediate: 31) } }
}

/// Up to seven values given as parameters. It lives on the native stack.
struct ArgumentList {
    static let capacity = 7
    private var values: (Value, Value, Value, Value, Value, Value, Value)
    /// How many were given.
    private(set) var count = 0
    /// Whether one of them is the empty value.
    private(set) var hasEmpty = false

    @inline(__always) init(_ a: Value, _ b: Value, _ c: Value = .absent, _ d: Value = .absent, _ e: Value = .absent, _ f: Value = .absent, _ g: Value = .absent) {
        values = (a, b, c, d, e, f, g)
        withUnsafeBytes(of: &values) { bytes in
            for value in bytes.bindMemory(to: Value.self) {
                if value == .absent { break }
                if value.isEmpty { hasEmpty = true }
                count += 1
            }
        }
    }

    func store(_ target: Arguments) {
        withUnsafeBytes(of: values) { bytes in
            for index in 0 ..< count { target[index] = bytes.load(fromByteOffset: index * 8, as: Value.self) }
        }
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Calls with `count` arguments in all, the last of which are named by the tuple `keywords` (or the zero word). The arguments must be where the
    /// collector sees them: on the native or the register stack.
    @inline(__always) public func call(_ callable: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value = .empty) -> Value {
        if let function = callable.type.call(.call) {
            guard enterCall(callable) else { return .empty }
            let result = function(self, callable, arguments, count, keywords)
            leaveRecursion()
            return result
        }
        return raise(.typeError, "'\(callable.type.name)' object is not callable")
    }

    /// Enters a call from native code. The error says so where what is called is no function of Python: those count in CPython as the frames that they are.
    @inline(__always) private func enterCall(_ callable: Value) -> Bool {
        pointee.recursionDepth += 1
        if pointee.recursionDepth > taipan.recursionLimit || taipan_stack_pointer() < pointee.nativeStackLimit {
            let isFrame = callable.isExact(.function) || callable.isExact(.method) && callable.object(MethodObject.self).pointee.function.isExact(.function)
            return enterRecursionSlow(isFrame ? "" : " while calling a Python object")
        }
        return true
    }

    /// Calls with no arguments.
    public func call(_ callable: Value) -> Value {
        if callable.isEmpty { return .empty }
        var nothing = Value.none
        return call(callable, &nothing, 0)
    }

    public func call(_ callable: Value, _ argument: Value) -> Value {
        guard !callable.isEmpty, !argument.isEmpty, let vector = pushArguments(2) else { return .empty }
        vector[1] = argument
        let result = call(callable, vector + 1, 1)
        popArguments(vector)
        return result
    }

    public func call(_ callable: Value, _ first: Value, _ second: Value) -> Value {
        guard !callable.isEmpty, !first.isEmpty, !second.isEmpty, let vector = pushArguments(3) else { return .empty }
        vector[1] = first
        vector[2] = second
        let result = call(callable, vector + 1, 2)
        popArguments(vector)
        return result
    }

    public func call(_ callable: Value, _ first: Value, _ second: Value, _ third: Value) -> Value {
        guard !callable.isEmpty, !first.isEmpty, !second.isEmpty, !third.isEmpty, let vector = pushArguments(4) else { return .empty }
        vector[1] = first
        vector[2] = second
        vector[3] = third
        let result = call(callable, vector + 1, 3)
        popArguments(vector)
        return result
    }

    /// Calls with four arguments or more. Empty when one of them is empty, which says that making it has raised.
    @inline(never) public func call(_ callable: Value, _ first: Value, _ second: Value, _ third: Value, _ fourth: Value,
                                    _ fifth: Value = .absent, _ sixth: Value = .absent, _ seventh: Value = .absent) -> Value {
        call(callable, ArgumentList(first, second, third, fourth, fifth, sixth, seventh))
    }

    /// Calls with a list made of Swift parameters.
    func call(_ callable: Value, _ list: ArgumentList) -> Value {
        guard !callable.isEmpty, !list.hasEmpty, let vector = pushArguments(ArgumentList.capacity + 1) else { return .empty }
        list.store(vector + 1)
        let result = call(callable, vector + 1, list.count)
        popArguments(vector)
        return result
    }

    /// Calls with a tuple of arguments and a dict of keyword arguments (or the zero word).
    public func call(_ callable: Value, tuple: Value, dict: Value = .empty) -> Value {
        let positional = TupleRef(tuple).count
        let named = dict.isEmpty ? 0 : DictRef(dict).count
        guard let vector = pushArguments(positional + named + 2) else { return .empty }
        defer { popArguments(vector) }
        vector.update(repeating: .empty, count: positional + named + 2)
        for index in 0 ..< positional { vector[index + 1] = TupleRef(tuple)[index] }
        var names = Value.empty
        if named > 0 {
            names = newTuple(count: named)
            if names.isEmpty { return .empty }
            vector[positional + named + 1] = names
            var index = 0
            var position = 0
            while let (key, value) = DictRef(dict).next(&position), index < named {
                guard key.isString else {
                    // That the object cannot be called comes first.
                    if callable.type.call(.call) == nil { return call(callable, vector + 1, positional) }
                    return raise(.typeError, "keywords must be strings")
                }
                TupleRef(names).initialize(index, key)
                vector[positional + 1 + index] = value
                index += 1
            }
        }
        return call(callable, vector + 1, positional + named, names)
    }

    /// Calls the method `name` of an object. Empty, too, when an argument is empty: making it has raised.
    @inline(never) public func callMethod(_ receiver: Value, _ name: Value, _ first: Value = .absent, _ second: Value = .absent, _ third: Value = .absent,
                                          _ fourth: Value = .absent) -> Value {
        let list = ArgumentList(first, second, third, fourth)
        if list.hasEmpty { return .empty }
        let method = getAttribute(receiver, name)
        return call(method, list)
    }

    public func callMethod(_ receiver: Value, _ name: Name, _ first: Value = .absent, _ second: Value = .absent, _ third: Value = .absent,
                           _ fourth: Value = .absent) -> Value {
        callMethod(receiver, name.value, first, second, third, fourth)
    }

    /// Calls the method `name` of an object with a tuple of arguments, or the empty value if making it has raised, and one or two arguments by name.
    public func callMethod(_ receiver: Value, _ name: Value, tuple: Value, keywords first: (Name, Value), _ second: (Name, Value)? = nil) -> Value {
        if tuple.isEmpty { return .empty }
        let dict = newDict()
        guard !dict.isEmpty, DictRef(dict).set(self, first.0, first.1), second.map({ DictRef(dict).set(self, $0.0, $0.1) }) ?? true else { return .empty }
        let method = getAttribute(receiver, name)
        return method.isEmpty ? .empty : call(method, tuple: tuple, dict: dict)
    }

    /// Calls the special method `name`, found on the type. Returns nil when the type has none.
    public func callSpecial(_ receiver: Value, _ name: Name, _ first: Value = .absent, _ second: Value = .absent) -> Value? {
        let method = lookupSpecial(receiver, name)
        if method.isEmpty { return hasException ? .empty : nil }
        return call(method, ArgumentList(first, second))
    }

    /// The special method `name` of the value's type, bound to the value. Empty, with nothing raised, when there is none.
    public func lookupSpecial(_ receiver: Value, _ name: Name) -> Value {
        let type = receiver.type
        let found = type.lookup(name)
        if found.isEmpty { return .empty }
        return bind(found, receiver, type.value)
    }

    /// What `descriptor.__get__(receiver, type)` gives, or the descriptor itself when it is none.
    @inline(__always) public func bind(_ descriptor: Value, _ receiver: Value, _ type: Value) -> Value {
        guard descriptor.isPointer, let get = descriptor.type.slot(.descriptorGet, as: TernaryFunction.self) else { return descriptor }
        return get(self, descriptor, receiver, type)
    }

    /// Calls the special method `name` of the receiver with one argument or more, without making a bound method when the attribute is a function. Returns the
    /// zero word and raises nothing when there is no such method.
    public func callSpecialFast(_ receiver: Value, _ name: Value, _ first: Value = .empty, _ second: Value = .empty) -> Value {
        let type = receiver.type
        let found = type.lookup(name)
        if found.isEmpty { return .empty }
        guard let vector = pushArguments(4) else { return .empty }
        defer { popArguments(vector) }
        vector[2] = first
        vector[3] = second
        let count = first.isEmpty ? 0 : second.isEmpty ? 1 : 2
        if found.isPointer && found.type.has(.methodDescriptor) {
            vector[1] = receiver
            return call(found, vector + 1, count + 1)
        }
        let method = bind(found, receiver, type.value)
        if method.isEmpty { return .empty }
        vector[0] = method
        return call(method, vector + 2, count)
    }
}
