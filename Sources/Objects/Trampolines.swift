/// Slot functions of classes that define the special method in Python: each looks the method up on the type and calls it.

enum Trampolines {
    static func pointer(_ slot: Slot) -> UnsafeRawPointer? { table[slot.rawValue] }

    private static let table: [UnsafeRawPointer?] = {
        var table = [UnsafeRawPointer?](repeating: nil, count: Slot.count)
        func set<F>(_ slot: Slot, _ function: F) { table[slot.rawValue] = unsafeBitCast(function, to: UnsafeRawPointer.self) }

        set(.repr, { $0.callUnary($1, .__repr__) } as UnaryFunction)
        set(.str, { $0.callUnary($1, .__str__) } as UnaryFunction)
        set(.iter, { thread, value in
            let method = value.type.lookup(.__iter__)
            if method.isNone { return thread.raise(.typeError, "'\(value.type.name)' object is not iterable") }
            return thread.callUnary(value, .__iter__)
        } as UnaryFunction)
        set(.next, { thread, value in
            let result = thread.callUnary(value, .__next__)
            // By the slot's convention the end of an iteration raises nothing; a StopIteration with a value must survive, though.
            return result
        } as UnaryFunction)
        set(.negative, { $0.callUnary($1, .__neg__) } as UnaryFunction)
        set(.positive, { $0.callUnary($1, .__pos__) } as UnaryFunction)
        set(.absolute, { $0.callUnary($1, .__abs__) } as UnaryFunction)
        set(.invert, { $0.callUnary($1, .__invert__) } as UnaryFunction)
        set(.int, { $0.callUnary($1, .__int__) } as UnaryFunction)
        set(.float, { $0.callUnary($1, .__float__) } as UnaryFunction)
        set(.index, { $0.callUnary($1, .__index__) } as UnaryFunction)
        set(.await, { $0.callUnary($1, .__await__) } as UnaryFunction)
        set(.asyncIter, { $0.callUnary($1, .__aiter__) } as UnaryFunction)
        set(.asyncNext, { $0.callUnary($1, .__anext__) } as UnaryFunction)
        set(.finalize, { thread, value in
            let result = thread.callSpecialFast(value, Name.__del__.value)
            return result.isEmpty && !thread.hasException ? .none : result
        } as UnaryFunction)
        set(.hash, { thread, value in
            let method = value.type.lookup(.__hash__)
            if method.isEmpty || method.isNone { return unhashableHash(thread, value) }
            let result = thread.callUnary(value, .__hash__)
            if result.isEmpty { return -1 }
            guard result.isInt else {
                thread.raise(.typeError, "__hash__ method should return an integer")
                return -1
            }
            if result.isSmallInt { return result.smallInt == -1 ? -2 : result.smallInt }
            // What fits a word is the hash as it is.
            let hash = IntOps.toInt(result) ?? thread.hash(result)
            return hash == -1 ? -2 : hash
        } as HashFunction)
        set(.compare, { thread, a, b, operation in
            let name = Comparison(number: operation).name
            let found = a.type.lookup(name)
            if !found.isEmpty && found.isPointer && !found.type.has(.methodDescriptor) {
                // As in CPython, a method that cannot be bound counts as missing.
                let method = thread.bind(found, a, a.type.value)
                if method.isEmpty {
                    thread.takeException()
                    return .notImplemented
                }
                return thread.call(method, b)
            }
            let result = thread.callSpecialFast(a, name.value, b)
            return result.isEmpty && !thread.hasException ? .notImplemented : result
        } as CompareFunction)
        set(.call, { thread, callee, arguments, count, keywords in
            let type = callee.type
            let method = type.lookup(.__call__)
            if method.isEmpty { return thread.raise(.typeError, "'\(type.name)' object is not callable") }
            if method.isPointer && method.type.has(.methodDescriptor) {
                guard let vector = thread.pushArguments(count + 1) else { return .empty }
                vector[0] = callee
                (vector + 1).update(from: arguments, count: count)
                let result = thread.call(method, vector, count + 1, keywords)
                thread.popArguments(vector)
                return result
            }
            let bound = thread.bind(method, callee, type.value)
            return bound.isEmpty ? .empty : thread.call(bound, arguments, count, keywords)
        } as CallFunction)
        set(.new, { thread, type, arguments, count, keywords in
            let method = thread.getAttribute(type, Name.__new__.value)
            if method.isEmpty { return .empty }
            guard let vector = thread.pushArguments(count + 1) else { return .empty }
            vector[0] = type
            (vector + 1).update(from: arguments, count: count)
            let result = thread.call(method, vector, count + 1, keywords)
            thread.popArguments(vector)
            return result
        } as CallFunction)
        set(.initialize, { thread, receiver, arguments, count, keywords in
            let type = receiver.type
            let method = type.lookup(.__init__)
            var result: Value
            if method.isPointer && method.type.has(.methodDescriptor) {
                guard let vector = thread.pushArguments(count + 1) else { return .empty }
                vector[0] = receiver
                (vector + 1).update(from: arguments, count: count)
                result = thread.call(method, vector, count + 1, keywords)
                thread.popArguments(vector)
            } else {
                result = thread.bind(method, receiver, type.value)
                if result.isEmpty { return .empty }
                result = thread.call(result, arguments, count, keywords)
            }
            if result.isEmpty { return .empty }
            guard result.isNone else { return thread.raise(.typeError, "__init__() should return None, not '\(result.type.name)'") }
            return .none
        } as CallFunction)
        set(.getAttribute, { thread, receiver, name in
            let type = receiver.type
            let method = type.lookup(.__getattribute__)
            var result: Value
            if method.wraps(.getAttribute, of: .object), case let fallback = type.lookup(.__getattr__), !fallback.isEmpty {
                // No exception is made that only says whom to ask next.
                result = thread.genericGet(receiver, name, quiet: true)
                if !result.isEmpty || thread.hasException { return result }
                guard thread.enterRecursion() else { return .empty }
                result = thread.callSpecialFast(receiver, Name.__getattr__.value, name)
                thread.leaveRecursion()
                return result
            }
            if method.isExact(.wrapperDescriptor), let function = method.object(DescriptorObject.self).pointee.nativeFunction {
                result = unsafeBitCast(function, to: BinaryFunction.self)(thread, receiver, name)
            } else {
                result = thread.callSpecialFast(receiver, Name.__getattribute__.value, name)
            }
            if !result.isEmpty || !thread.exceptionMatches(.attributeError) { return result }
            let fallback = type.lookup(.__getattr__)
            if fallback.isEmpty { return .empty }
            thread.takeException()
            guard thread.enterRecursion() else { return .empty }
            result = thread.callSpecialFast(receiver, Name.__getattr__.value, name)
            thread.leaveRecursion()
            return result
        } as BinaryFunction)
        set(.setAttribute, { thread, receiver, name, value in
            let result = value.isEmpty ? thread.callSpecialFast(receiver, Name.__delattr__.value, name)
                : thread.callSpecialFast(receiver, Name.__setattr__.value, name, value)
            return result.isEmpty ? -1 : 0
        } as StoreFunction)
        set(.descriptorGet, { thread, descriptor, receiver, type in
            thread.callSpecialFast(descriptor, Name.__get__.value, receiver.isEmpty ? .none : receiver, type.isEmpty ? .none : type)
        } as TernaryFunction)
        set(.descriptorSet, { thread, descriptor, receiver, value in
            let name: Name = value.isEmpty ? .__delete__ : .__set__
            let result = value.isEmpty ? thread.callSpecialFast(descriptor, name.value, receiver) : thread.callSpecialFast(descriptor, name.value, receiver, value)
            if result.isEmpty {
                if !thread.hasException { thread.raise(.attributeError, "\(name)") }
                return -1
            }
            return 0
        } as StoreFunction)
        set(.bool, { thread, value in
            let method = value.type.lookup(.__bool__)
            if method.isEmpty { return 1 }
            let result = thread.callSpecialFast(value, Name.__bool__.value)
            if result.isEmpty { return -1 }
            if result.isBool { return result == .true ? 1 : 0 }
            thread.raise(.typeError, "__bool__ should return bool, returned \(result.type.name)")
            return -1
        } as PredicateFunction)
        set(.length, { thread, value in
            let result = thread.callUnary(value, .__len__)
            if result.isEmpty { return -1 }
            let index = thread.toIndex(result)
            if index.isEmpty { return -1 }
            if IntOps.isNegative(index) {
                thread.raise(.valueError, "__len__() should return >= 0")
                return -1
            }
            guard let length = IntOps.toInt(index) else {
                thread.raise(.overflowError, "cannot fit 'int' into an index-sized integer")
                return -1
            }
            return length
        } as LengthFunction)
        set(.getItem, { thread, value, key in
            thread.callSpecialFast(value, Name.__getitem__.value, key)
        } as BinaryFunction)
        set(.setItem, { thread, receiver, key, value in
            // A class that defines only one of the two has the other from a native base, as Counter has `__setitem__`.
            let inherited = receiver.type.lookup(value.isEmpty ? .__delitem__ : .__setitem__)
            if inherited.isExact(.wrapperDescriptor), case let descriptor = inherited.object(DescriptorObject.self), let function = descriptor.pointee.nativeFunction,
               descriptor.pointee.entry.slot == .setItem, receiver.type.isSubtype(of: TypeRef(descriptor.pointee.owner)) {
                return unsafeBitCast(function, to: StoreFunction.self)(thread, receiver, key, value)
            }
            let result = value.isEmpty ? thread.callSpecialFast(receiver, Name.__delitem__.value, key)
                : thread.callSpecialFast(receiver, Name.__setitem__.value, key, value)
            if result.isEmpty && !thread.hasException {
                thread.raise(.attributeError, value.isEmpty ? "__delitem__" : "__setitem__")
            }
            return result.isEmpty ? -1 : 0
        } as StoreFunction)
        set(.contains, { thread, container, item in
            let method = container.type.lookup(.__contains__)
            if method.isNone {
                thread.raise(.typeError, "'\(container.type.name)' object is not a container")
                return -1
            }
            let result = thread.callSpecialFast(container, Name.__contains__.value, item)
            return result.isEmpty ? -1 : thread.isTrue(result)
        } as ContainsFunction)

        set(.add, { binary($0, $1, $2, .add, .__add__, .__radd__) } as BinaryFunction)
        set(.subtract, { binary($0, $1, $2, .subtract, .__sub__, .__rsub__) } as BinaryFunction)
        set(.multiply, { binary($0, $1, $2, .multiply, .__mul__, .__rmul__) } as BinaryFunction)
        set(.matrixMultiply, { binary($0, $1, $2, .matrixMultiply, .__matmul__, .__rmatmul__) } as BinaryFunction)
        set(.divide, { binary($0, $1, $2, .divide, .__truediv__, .__rtruediv__) } as BinaryFunction)
        set(.modulo, { binary($0, $1, $2, .modulo, .__mod__, .__rmod__) } as BinaryFunction)
        set(.leftShift, { binary($0, $1, $2, .leftShift, .__lshift__, .__rlshift__) } as BinaryFunction)
        set(.rightShift, { binary($0, $1, $2, .rightShift, .__rshift__, .__rrshift__) } as BinaryFunction)
        set(.bitOr, { binary($0, $1, $2, .bitOr, .__or__, .__ror__) } as BinaryFunction)
        set(.bitXor, { binary($0, $1, $2, .bitXor, .__xor__, .__rxor__) } as BinaryFunction)
        set(.bitAnd, { binary($0, $1, $2, .bitAnd, .__and__, .__rand__) } as BinaryFunction)
        set(.floorDivide, { binary($0, $1, $2, .floorDivide, .__floordiv__, .__rfloordiv__) } as BinaryFunction)
        set(.divmod, { binary($0, $1, $2, .divmod, .__divmod__, .__rdivmod__) } as BinaryFunction)
        set(.power, { thread, a, b, modulus in
            if modulus.isNone { return binary(thread, a, b, .power, .__pow__, .__rpow__) }
            // Three-argument power asks only the first operand's class.
            if a.type.slotPointer(.power).pointee == Trampolines.pointer(.power) {
                let result = thread.callSpecialFast(a, Name.__pow__.value, b, modulus)
                return result.isEmpty && !thread.hasException ? thread.raise(.attributeError, "__pow__") : result
            }
            return .notImplemented
        } as TernaryFunction)
        set(.inplaceAdd, { inplace($0, $1, $2, .__iadd__) } as BinaryFunction)
        set(.inplaceSubtract, { inplace($0, $1, $2, .__isub__) } as BinaryFunction)
        set(.inplaceMultiply, { inplace($0, $1, $2, .__imul__) } as BinaryFunction)
        set(.inplaceMatrixMultiply, { inplace($0, $1, $2, .__imatmul__) } as BinaryFunction)
        set(.inplaceDivide, { inplace($0, $1, $2, .__itruediv__) } as BinaryFunction)
        set(.inplaceModulo, { inplace($0, $1, $2, .__imod__) } as BinaryFunction)
        set(.inplacePower, { inplace($0, $1, $2, .__ipow__) } as BinaryFunction)
        set(.inplaceLeftShift, { inplace($0, $1, $2, .__ilshift__) } as BinaryFunction)
        set(.inplaceRightShift, { inplace($0, $1, $2, .__irshift__) } as BinaryFunction)
        set(.inplaceBitOr, { inplace($0, $1, $2, .__ior__) } as BinaryFunction)
        set(.inplaceBitXor, { inplace($0, $1, $2, .__ixor__) } as BinaryFunction)
        set(.inplaceBitAnd, { inplace($0, $1, $2, .__iand__) } as BinaryFunction)
        set(.inplaceFloorDivide, { inplace($0, $1, $2, .__ifloordiv__) } as BinaryFunction)
        return table
    }()

    private static func inplace(_ thread: ThreadRef, _ a: Value, _ b: Value, _ name: Name) -> Value {
        let result = thread.callSpecialFast(a, name.value, b)
        return result.isEmpty && !thread.hasException ? .notImplemented : result
    }

    /// The slot of a binary operator: called for either operand, it tries the left one's method, and the right one's reflected method when
    /// the right one's class also has this trampoline. The data model's rule that a subclass on the right goes first is kept here.
    private static func binary(_ thread: ThreadRef, _ a: Value, _ b: Value, _ slot: Slot, _ name: Name, _ reflected: Name) -> Value {
        let own = pointer(slot)
        let left = a.type, right = b.type
        var tryRight = left != right && right.slotPointer(slot).pointee == own
        if left.slotPointer(slot).pointee == own {
            if tryRight && right.isSubtype(of: left) && overrides(right, left, reflected) {
                let result = call(thread, b, reflected, a)
                if result.isEmpty || result != .notImplemented { return result }
                tryRight = false
            }
            let result = call(thread, a, name, b)
            if result.isEmpty || result != .notImplemented || left == right { return result }
        }
        return tryRight ? call(thread, b, reflected, a) : .notImplemented
    }

    private static func overrides(_ right: TypeRef, _ left: TypeRef, _ reflected: Name) -> Bool {
        let method = right.lookup(reflected)
        return !method.isEmpty && method != left.lookup(reflected)
    }

    private static func call(_ thread: ThreadRef, _ receiver: Value, _ name: Name, _ other: Value) -> Value {
        // A method that is None is called like any other: it blocks the operation with a TypeError.
        let result = thread.callSpecialFast(receiver, name.value, other)
        return result.isEmpty && !thread.hasException ? .notImplemented : result
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Calls a special method that takes no arguments; AttributeError when there is none.
    func callUnary(_ receiver: Value, _ name: Name) -> Value {
        let result = callSpecialFast(receiver, name.value)
        if result.isEmpty && !hasException { return raiseAttributeError(receiver, name.value) }
        return result
    }
}
