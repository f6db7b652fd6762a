/// Attribute access: `object.__getattribute__` and `__setattr__`, `type`'s own, and the functions native code uses.

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// getattr(x, name)
    @inline(__always) public func getAttribute(_ object: Value, _ name: Value) -> Value {
        let type = object.type
        guard let function = type.binary(.getAttribute) else { return raiseAttributeError(object, name) }
        let result = function(self, object, name)
        if result.isEmpty { completeAttributeError(object, name) }
        return result
    }

    /// Puts what was asked for into an AttributeError that does not say, for the hints of tracebacks.
    @inline(never) public func completeAttributeError(_ object: Value, _ name: Value) {
        guard exceptionMatches(.attributeError), pointee.exception.exceptionField(0).isEmpty, pointee.exception.exceptionField(1).isEmpty else { return }
        pointee.exception.setExceptionField(0, name)
        pointee.exception.setExceptionField(1, object)
    }

    public func getAttribute(_ object: Value, _ name: Name) -> Value { getAttribute(object, name.value) }

    /// getattr(x, name, <empty>): AttributeError is swallowed; empty with an exception for any other.
    public func getAttributeOrEmpty(_ object: Value, _ name: Value) -> Value {
        let type = object.type
        if type.has(.plainGet) { return genericGet(object, name, quiet: true) }
        var result: Value
        if object.isExact(.module) {
            // Of modules much is asked that few have, with every import: no exception is made for it.
            result = genericGet(object, name, quiet: true)
            if !result.isEmpty || hasException { return result }
            let fallback = DictRef(object.object(ModuleObject.self).pointee.namespace).get(.__getattr__)
            if fallback.isEmpty { return .empty }
            result = call(fallback, name)
        } else {
            result = getAttribute(object, name)
        }
        if result.isEmpty { _ = clearException(.attributeError) }
        return result
    }

    public func getAttributeOrEmpty(_ object: Value, _ name: Name) -> Value { getAttributeOrEmpty(object, name.value) }

    /// setattr(x, name, value), or delattr when `value` is the zero word. False when it has raised.
    public func setAttribute(_ object: Value, _ name: Value, _ value: Value) -> Bool {
        guard let function = object.type.store(.setAttribute) else {
            raise(.typeError, "'\(object.type.name)' object has no attributes")
            return false
        }
        return function(self, object, name, value) == 0
    }

    public func setAttribute(_ object: Value, _ name: Name, _ value: Value) -> Bool { setAttribute(object, name.value, value) }

    /// object.__getattribute__. With `quiet`, a missing attribute is the empty value and nothing is raised.
    public func genericGet(_ object: Value, _ name: Value, quiet: Bool = false) -> Value {
        let type = object.type
        let found = type.lookup(name)
        var get: TernaryFunction?
        if !found.isEmpty && found.isPointer {
            let kind = found.type
            get = kind.slot(.descriptorGet, as: TernaryFunction.self)
            if let get, kind.slotPointer(.descriptorSet).pointee != nil {
                let result = get(self, found, object, type.value)
                if quiet && result.isEmpty { _ = clearException(.attributeError) }
                return result
            }
        }
        if type.pointer.pointee.dictOffset != 0 {
            let own = InstanceAttributes.get(object, type, name)
            if !own.isEmpty { return own }
        } else if object.isType, case let own = TypeRef(object).namespace.get(string: name), !own.isEmpty {
            // A class's own attributes are those of its namespace.
            return own
        }
        if let get {
            let result = get(self, found, object, type.value)
            if quiet && result.isEmpty { _ = clearException(.attributeError) }
            return result
        }
        if !found.isEmpty { return found }
        if quiet { return .empty }
        if object.isType { return raiseAttributeError("'\(type.name)' object has no attribute '\(StringRef(name).description)'", object, name) }
        return raiseAttributeError(object, name)
    }

    /// object.__setattr__ and __delattr__. False when it has raised.
    public func genericSet(_ object: Value, _ name: Value, _ value: Value) -> Bool {
        let type = object.type
        let found = type.lookup(name)
        if !found.isEmpty, found.isPointer, let set = found.type.store(.descriptorSet) { return set(self, found, object, value) == 0 }
        if type.pointer.pointee.dictOffset != 0 {
            if !value.isEmpty { return InstanceAttributes.set(self, object, type, name, value) }
            switch InstanceAttributes.delete(self, object, name) {
            case 1: return true
            case -1: return false
            default: raise(.attributeError, "'\(type.name)' object has no attribute '\(StringRef(name).description)'")
            }
            return false
        }
        // Unlike those of reading, these errors carry no name for a hint.
        if found.isEmpty {
            raise(.attributeError, "'\(type.name)' object has no attribute '\(StringRef(name).description)'")
        } else {
            raise(.attributeError, "'\(type.name)' object attribute '\(StringRef(name).description)' is read-only")
        }
        return false
    }

    // MARK: Types

    /// type.__getattribute__
    public func typeGet(_ object: Value, _ name: Value, quiet: Bool = false) -> Value {
        let type = TypeRef(object)
        let meta = object.type
        let metaFound = meta.lookup(name)
        var get: TernaryFunction?
        if !metaFound.isEmpty && metaFound.isPointer {
            get = metaFound.type.slot(.descriptorGet, as: TernaryFunction.self)
            if let get, metaFound.type.slotPointer(.descriptorSet).pointee != nil { return get(self, metaFound, object, meta.value) }
        }
        let found = type.lookup(name)
        if !found.isEmpty {
            if found.isPointer, let get = found.type.slot(.descriptorGet, as: TernaryFunction.self) { return get(self, found, .empty, object) }
            return found
        }
        if let get { return get(self, metaFound, object, meta.value) }
        if !metaFound.isEmpty { return metaFound }
        return quiet ? .empty : raiseAttributeError(object, name)
    }

    /// type.__setattr__ and __delattr__. False when it has raised.
    public func typeSet(_ object: Value, _ name: Value, _ value: Value) -> Bool {
        let type = TypeRef(object)
        if type.has(.immutable) {
            raise(.typeError, "cannot set '\(StringRef(name).description)' attribute of immutable type '\(type.name)'")
            return false
        }
        let meta = object.type
        let metaFound = meta.lookup(name)
        if !metaFound.isEmpty, metaFound.isPointer, let set = metaFound.type.store(.descriptorSet) { return set(self, metaFound, object, value) == 0 }
        let key = StringRef(name).interned().value
        if value.isEmpty {
            let entry = type.namespace.find(string: key)
            if entry < 0 {
                raise(.attributeError, "type object '\(type.name)' has no attribute '\(StringRef(name).description)'")
                return false
            }
            type.namespace.remove(entry: entry)
        } else {
            if isPlainData(value), type.replaceData(key, with: value) { return true }
            if !type.namespace.set(self, key, value) { return false }
        }
        type.modified()
        // What every class attribute of this type is in the eyes of attribute access has changed, whatever class it belongs to.
        if key == Name.__get__.value || key == Name.__set__.value || key == Name.__delete__.value { TypeID.object.type.modified() }
        let text = StringRef(key)
        if text.count > 4 && text[0] == 0x5F && text[1] == 0x5F && text[text.count - 1] == 0x5F { SlotTable.update(type, name: key) }
        return true
    }
}

extension TypeRef {
    /// The entry of an attribute of the class's own that is data, and that data can replace without anything else changing. Nil when there is none.
    fileprivate func dataEntry(_ name: Value) -> Int? {
        let entry = namespace.find(string: name)
        return entry >= 0 && isPlainData(namespace.item(at: entry)) ? entry : nil
    }

    /// Puts data in the place of other data, if that is what there is: caches hold its place and not its value, but for the method cache.
    @discardableResult public func replaceData(_ name: Value, with value: Value) -> Bool {
        guard let entry = dataEntry(name) else { return false }
        namespace.setItem(at: entry, value)
        Heap.barrier(namespace.pointer.pointee.table.raw)
        MethodCache.forget(self, name)
        return true
    }

    /// Whether setting an attribute of the class, whose metaclass is `type`, to a number or a string does no more than put it in the place of other data.
    public func replacesData(_ name: Value) -> Bool { !has(.immutable) && TypeID.type.type.lookup(name).isEmpty && dataEntry(name) != nil }
}

/// Whether a class attribute plays no part in attribute access: no descriptor, and nothing a slot could stand for.
@inline(__always) private func isPlainData(_ value: Value) -> Bool {
    if !value.isPointer { return !value.isNone }
    let type = value.type
    return type.slotPointer(.descriptorGet).pointee == nil && type.slotPointer(.descriptorSet).pointee == nil && type.slotPointer(.call).pointee == nil
}

extension TypeRef {
    /// The `__getattr__` that reading an attribute comes to where `object.__getattribute__` finds none: a function of Python, or the empty word.
    public var fallbackGetter: Value {
        guard !has(.plainGet), slotPointer(.getAttribute).pointee == Trampolines.pointer(.getAttribute), lookup(.__getattribute__).wraps(.getAttribute, of: .object) else { return .empty }
        let function = lookup(.__getattr__)
        return function.isExact(.function) ? function : .empty
    }

    /// Of a metaclass: whether its classes' attributes are read as `type.__getattribute__` does, in the first place at least: a `__getattr__` may come afterwards.
    public var readsLikeType: Bool {
        let plain = TypeID.type.type, function = slotPointer(.getAttribute).pointee
        if self == plain || function == plain.slotPointer(.getAttribute).pointee { return true }
        return function == Trampolines.pointer(.getAttribute) && lookup(.__getattribute__).wraps(.getAttribute, of: .type)
    }

    /// Of a metaclass: whether an AttributeError is final when its classes' attributes are read.
    public var hasNoFallback: Bool { slotPointer(.getAttribute).pointee == TypeID.type.type.slotPointer(.getAttribute).pointee }
}
