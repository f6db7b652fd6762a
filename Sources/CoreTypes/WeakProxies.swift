import Objects

/// `weakref.proxy` objects: every operation goes to the referent, or raises ReferenceError when it has died.
enum WeakProxies {
    static func start() {
        NativeType(id: .weakProxy, "ProxyType", module: "weakref", size: MemoryLayout<WeakReferenceObject>.size, mask: 0b100, flags: .noInstantiation, methods: methods) { slots in
            WeakProxies.fill(slots)
        }
        NativeType(id: .weakCallableProxy, "CallableProxyType", module: "weakref", size: MemoryLayout<WeakReferenceObject>.size, mask: 0b100, flags: .noInstantiation,
                   methods: methods) { slots in
            WeakProxies.fill(slots)
            slots.call(.call) { thread, proxy, a, count, keywords in
                let target = WeakProxies.target(thread, proxy)
                return target.isEmpty ? .empty : thread.call(target, a, count, keywords)
            }
        }
    }

    /// The referent of a proxy; any other value itself. Empty when it has raised ReferenceError.
    @inline(__always) static func target(_ thread: ThreadRef, _ value: Value) -> Value {
        guard value.isExact(.weakProxy) || value.isExact(.weakCallableProxy) else { return value }
        let target = value.object(WeakCell.self).pointee.target
        return target.isEmpty ? thread.raise(.referenceError, "weakly-referenced object no longer exists") : target
    }

    private static func binary(_ thread: ThreadRef, _ a: Value, _ b: Value, _ slot: Slot) -> Value {
        let left = target(thread, a)
        if left.isEmpty { return .empty }
        let right = target(thread, b)
        return right.isEmpty ? .empty : thread.binary(left, right, slot)
    }

    private static func inplace(_ thread: ThreadRef, _ a: Value, _ b: Value, _ slot: Slot) -> Value {
        let left = target(thread, a)
        if left.isEmpty { return .empty }
        let right = target(thread, b)
        return right.isEmpty ? .empty : thread.inplace(left, right, slot)
    }

    private static func unary(_ thread: ThreadRef, _ value: Value, _ slot: Slot) -> Value {
        let own = target(thread, value)
        return own.isEmpty ? .empty : thread.unary(own, slot)
    }

    private static func special(_ thread: ThreadRef, _ value: Value, _ name: Name) -> Value {
        let own = target(thread, value)
        return own.isEmpty ? .empty : thread.callMethod(own, name)
    }

    private static func fill(_ slots: SlotBuilder) {
        slots.unary(.repr) { thread, proxy in
            let target = proxy.object(WeakCell.self).pointee.target.orNone
            return thread.newString("<weakproxy at \(hexadecimal(proxy)) to \(target.type.name) at \(hexadecimal(target))>")
        }
        slots.unary(.str) { thread, proxy in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? .empty : thread.str(target)
        }
        slots.unhashable()
        slots.binary(.getAttribute) { thread, proxy, name in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? .empty : thread.getAttribute(target, name)
        }
        slots.store(.setAttribute) { thread, proxy, name, value in
            let target = WeakProxies.target(thread, proxy)
            return !target.isEmpty && thread.setAttribute(target, name, value) ? 0 : -1
        }
        slots.compare { thread, a, b, operation in
            let left = WeakProxies.target(thread, a)
            if left.isEmpty { return .empty }
            let right = WeakProxies.target(thread, b)
            return right.isEmpty ? .empty : thread.compare(left, right, Comparison(rawValue: operation) ?? .equal)
        }
        slots.unary(.iter) { thread, proxy in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? .empty : thread.iterator(target)
        }
        slots.unary(.next) { thread, proxy in
            let target = WeakProxies.target(thread, proxy)
            if target.isEmpty { return .empty }
            guard let next = target.type.unary(.next) else { return thread.raise(.typeError, "Weakref proxy referenced a non-iterator '\(target.type.name)' object") }
            return next(thread, target)
        }
        slots.bool { thread, proxy in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? -1 : thread.isTrue(target)
        }
        slots.length { thread, proxy in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? -1 : thread.length(target)
        }
        slots.lookup { thread, proxy, key in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? .empty : thread.getItem(target, key)
        }
        slots.store(.setItem) { thread, proxy, key, value in
            let target = WeakProxies.target(thread, proxy)
            if target.isEmpty { return -1 }
            return (value.isEmpty ? thread.deleteItem(target, key) : thread.setItem(target, key, value)) ? 0 : -1
        }
        slots.contains { thread, proxy, item in
            let target = WeakProxies.target(thread, proxy)
            return target.isEmpty ? -1 : thread.contains(target, item)
        }
        slots.ternary(.power) { thread, a, b, modulus in
            let left = WeakProxies.target(thread, a)
            if left.isEmpty { return .empty }
            let right = WeakProxies.target(thread, b)
            if right.isEmpty { return .empty }
            let third = WeakProxies.target(thread, modulus)
            return third.isEmpty ? .empty : thread.power(left, right, third)
        }
        slots.binary(.divmod) { thread, a, b in
            let left = WeakProxies.target(thread, a)
            if left.isEmpty { return .empty }
            let right = WeakProxies.target(thread, b)
            return right.isEmpty ? .empty : thread.divmod(left, right)
        }
        slots.binary(.add) { thread, a, b in WeakProxies.binary(thread, a, b, .add) }
        slots.binary(.subtract) { thread, a, b in WeakProxies.binary(thread, a, b, .subtract) }
        slots.binary(.multiply) { thread, a, b in WeakProxies.binary(thread, a, b, .multiply) }
        slots.binary(.matrixMultiply) { thread, a, b in WeakProxies.binary(thread, a, b, .matrixMultiply) }
        slots.binary(.divide) { thread, a, b in WeakProxies.binary(thread, a, b, .divide) }
        slots.binary(.modulo) { thread, a, b in WeakProxies.binary(thread, a, b, .modulo) }
        slots.binary(.leftShift) { thread, a, b in WeakProxies.binary(thread, a, b, .leftShift) }
        slots.binary(.rightShift) { thread, a, b in WeakProxies.binary(thread, a, b, .rightShift) }
        slots.binary(.bitOr) { thread, a, b in WeakProxies.binary(thread, a, b, .bitOr) }
        slots.binary(.bitXor) { thread, a, b in WeakProxies.binary(thread, a, b, .bitXor) }
        slots.binary(.bitAnd) { thread, a, b in WeakProxies.binary(thread, a, b, .bitAnd) }
        slots.binary(.floorDivide) { thread, a, b in WeakProxies.binary(thread, a, b, .floorDivide) }
        slots.binary(.inplaceAdd) { thread, a, b in WeakProxies.inplace(thread, a, b, .add) }
        slots.binary(.inplaceSubtract) { thread, a, b in WeakProxies.inplace(thread, a, b, .subtract) }
        slots.binary(.inplaceMultiply) { thread, a, b in WeakProxies.inplace(thread, a, b, .multiply) }
        slots.binary(.inplaceMatrixMultiply) { thread, a, b in WeakProxies.inplace(thread, a, b, .matrixMultiply) }
        slots.binary(.inplaceDivide) { thread, a, b in WeakProxies.inplace(thread, a, b, .divide) }
        slots.binary(.inplaceModulo) { thread, a, b in WeakProxies.inplace(thread, a, b, .modulo) }
        slots.binary(.inplacePower) { thread, a, b in WeakProxies.inplace(thread, a, b, .power) }
        slots.binary(.inplaceLeftShift) { thread, a, b in WeakProxies.inplace(thread, a, b, .leftShift) }
        slots.binary(.inplaceRightShift) { thread, a, b in WeakProxies.inplace(thread, a, b, .rightShift) }
        slots.binary(.inplaceBitOr) { thread, a, b in WeakProxies.inplace(thread, a, b, .bitOr) }
        slots.binary(.inplaceBitXor) { thread, a, b in WeakProxies.inplace(thread, a, b, .bitXor) }
        slots.binary(.inplaceBitAnd) { thread, a, b in WeakProxies.inplace(thread, a, b, .bitAnd) }
        slots.binary(.inplaceFloorDivide) { thread, a, b in WeakProxies.inplace(thread, a, b, .floorDivide) }
        slots.unary(.negative) { thread, value in WeakProxies.unary(thread, value, .negative) }
        slots.unary(.positive) { thread, value in WeakProxies.unary(thread, value, .positive) }
        slots.unary(.absolute) { thread, value in WeakProxies.unary(thread, value, .absolute) }
        slots.unary(.invert) { thread, value in WeakProxies.unary(thread, value, .invert) }
        slots.unary(.int) { thread, value in
            let target = WeakProxies.target(thread, value)
            return target.isEmpty ? .empty : thread.call(TypeID.int.value, target)
        }
        slots.unary(.float) { thread, value in
            let target = WeakProxies.target(thread, value)
            return target.isEmpty ? .empty : thread.call(TypeID.float.value, target)
        }
        slots.unary(.index) { thread, value in
            let target = WeakProxies.target(thread, value)
            return target.isEmpty ? .empty : thread.toIndex(target)
        }
    }

    private static let methods = [
        Def("__bytes__(self, /)", .calls) { thread, a, _ in WeakProxies.special(thread, a[0], .__bytes__) },
        Def("__reversed__(self, /)", .calls) { thread, a, _ in WeakProxies.special(thread, a[0], .__reversed__) },
    ]
}
