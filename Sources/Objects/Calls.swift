/// Calling, from native code.

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Calls with `count` arguments in all, the last of which are named by the tuple `keywords` (or the zero word). The arguments must be where the
    /// collector sees them: on the native or the register stack.
    @inline(__always) public func call(_ callable: Value, _ arguments: Arguments, _ count: Int, _ keywords: Value = .empty) -> Value {
        if let function = callable.type.call(.call) {
            guard enterRecursion(" while calling a Python object") else { return .empty }
            let result = function(self, callable, arguments, count, keywords)
            leaveRecursion()
            return result
        }
        return raise(.typeError, "'\(callable.type.name)' object is not callable")
    }

    /// Calls with no arguments.
    public func call(_ callable: Value) -> Value {
        var nothing = Value.none
        return call(callable, &nothing, 0)
    }

    public func call(_ callable: Value, _ argument: Value) -> Value {
        guard let vector = pushArguments(2) else { return .empty }
        vector[1] = argument
        let result = call(callable, vector + 1, 1)
        popArguments(vector)
        return result
    }

    public func call(_ callable: Value, _ first: Value, _ second: Value) -> Value {
        guard let vector = pushArguments(3) else { return .empty }
        vector[1] = first
        vector[2] = second
        let result = call(callable, vector + 1, 2)
        popArguments(vector)
        return result
    }

    public func call(_ callable: Value, _ first: Value, _ second: Value, _ third: Value) -> Value {
        guard let vector = pushArguments(4) else { return .empty }
        vector[1] = first
        vector[2] = second
        vector[3] = third
        let result = call(callable, vector + 1, 3)
        popArguments(vector)
        return result
    }

    /// Calls with the arguments of an array, for cold code.
    @inline(never) public func callFunction(_ callable: Value, _ arguments: [Value], keywords: [(Name, Value)] = []) -> Value {
        let count = arguments.count + keywords.count
        guard let vector = pushArguments(count + 1) else { return .empty }
        for (index, value) in arguments.enumerated() { vector[index] = value }
        for (index, pair) in keywords.enumerated() { vector[arguments.count + index] = pair.1 }
        defer { popArguments(vector) }
        var names = Value.empty
        if !keywords.isEmpty {
            names = newTuple(keywords.map { $0.0.value })
            if names.isEmpty { return .empty }
            vector[count] = names
        }
        return call(callable, vector, count, names)
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
                guard key.isString else { return raise(.typeError, "keywords must be strings") }
                TupleRef(names).initialize(index, key)
                vector[positional + 1 + index] = value
                index += 1
            }
        }
        return call(callable, vector + 1, positional + named, names)
    }

    /// Calls the method `name` of an object.
    public func callMethod(_ receiver: Value, _ name: Value, _ arguments: [Value] = []) -> Value {
        let method = getAttribute(receiver, name)
        if method.isEmpty { return .empty }
        return callFunction(method, arguments)
    }

    public func callMethod(_ receiver: Value, _ name: Name, _ arguments: [Value] = []) -> Value { callMethod(receiver, name.value, arguments) }

    /// Calls the special method `name`, found on the type. Returns nil when the type has none.
    public func callSpecial(_ receiver: Value, _ name: Name, _ arguments: [Value] = []) -> Value? {
        let method = lookupSpecial(receiver, name)
        if method.isEmpty { return hasException ? .empty : nil }
        return callFunction(method, arguments)
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
