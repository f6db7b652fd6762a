/// isinstance() and issubclass().
///
/// A class may answer for itself by `__instancecheck__` and `__subclasscheck__` on its metaclass; `type`'s own versions compare MROs and also believe an
/// instance's `__class__`. Objects that are no types count as classes when their `__bases__` is a tuple.

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// isinstance(value, classInfo): 1, 0, or -1 when it has raised.
    @inline(__always) public func isInstance(_ value: Value, _ classInfo: Value) -> Int32 {
        if classInfo.isPointer && value.type.value == classInfo { return 1 }
        return isInstanceSlow(value, classInfo)
    }

    @inline(never) func isInstanceSlow(_ value: Value, _ classInfo: Value) -> Int32 {
        let meta = classInfo.type
        if meta == TypeID.type.type { return plainIsInstance(value, classInfo) }
        if classInfo.isTuple {
            guard enterRecursion(" in __instancecheck__") else { return -1 }
            defer { leaveRecursion() }
            for index in 0 ..< TupleRef(classInfo).count {
                let result = isInstance(value, TupleRef(classInfo)[index])
                if result != 0 { return result }
            }
            return 0
        }
        let checker = meta.lookup(.__instancecheck__)
        if !checker.isEmpty && checker != TypeID.type.type.lookup(.__instancecheck__) {
            guard enterRecursion(" in __instancecheck__") else { return -1 }
            defer { leaveRecursion() }
            let result = callSpecialFast(classInfo, Name.__instancecheck__.value, value)
            return result.isEmpty ? -1 : isTrue(result)
        }
        return plainIsInstance(value, classInfo)
    }

    /// `type.__instancecheck__(classInfo, value)`
    public func plainIsInstance(_ value: Value, _ classInfo: Value) -> Int32 {
        let type = value.type
        if classInfo.isType {
            if type.isSubtype(of: TypeRef(classInfo)) { return 1 }
            // Only an object whose class says so can have a `__class__` other than its type.
            if type.has(.plainGet) && type.lookup(.__class__) == TypeID.object.type.lookup(.__class__) { return 0 }
            let shown = getAttributeOrEmpty(value, Name.__class__.value)
            if shown.isEmpty { return hasException ? -1 : 0 }
            return shown != type.value && shown.isType && TypeRef(shown).isSubtype(of: TypeRef(classInfo)) ? 1 : 0
        }
        guard checkClass(classInfo, "isinstance() arg 2 must be a type, a tuple of types, or a union") else { return -1 }
        let shown = getAttributeOrEmpty(value, Name.__class__.value)
        if shown.isEmpty { return hasException ? -1 : 0 }
        return abstractIsSubclass(shown, classInfo)
    }

    /// issubclass(derived, classInfo): 1, 0, or -1 when it has raised.
    public func isSubclass(_ derived: Value, _ classInfo: Value) -> Int32 {
        let meta = classInfo.type
        if meta == TypeID.type.type {
            if derived == classInfo { return 1 }
            return plainIsSubclass(derived, classInfo)
        }
        if classInfo.isTuple {
            guard enterRecursion(" in __subclasscheck__") else { return -1 }
            defer { leaveRecursion() }
            for index in 0 ..< TupleRef(classInfo).count {
                let result = isSubclass(derived, TupleRef(classInfo)[index])
                if result != 0 { return result }
            }
            return 0
        }
        let checker = meta.lookup(.__subclasscheck__)
        if !checker.isEmpty && checker != TypeID.type.type.lookup(.__subclasscheck__) {
            guard enterRecursion(" in __subclasscheck__") else { return -1 }
            defer { leaveRecursion() }
            let result = callSpecialFast(classInfo, Name.__subclasscheck__.value, derived)
            return result.isEmpty ? -1 : isTrue(result)
        }
        return plainIsSubclass(derived, classInfo)
    }

    /// `type.__subclasscheck__(classInfo, derived)`
    public func plainIsSubclass(_ derived: Value, _ classInfo: Value) -> Int32 {
        if derived.isType && classInfo.isType { return TypeRef(derived).isSubtype(of: TypeRef(classInfo)) ? 1 : 0 }
        guard checkClass(derived, "issubclass() arg 1 must be a class"),
              checkClass(classInfo, "issubclass() arg 2 must be a class, a tuple of classes, or a union") else { return -1 }
        return abstractIsSubclass(derived, classInfo)
    }

    private func checkClass(_ value: Value, _ message: String) -> Bool {
        if !abstractBases(value).isEmpty { return true }
        if !hasException { raise(.typeError, message) }
        return false
    }

    /// `value.__bases__` when it is a tuple; otherwise empty, perhaps with an exception.
    private func abstractBases(_ value: Value) -> Value {
        let bases = getAttributeOrEmpty(value, Name.__bases__.value)
        return bases.isEmpty || !bases.isTuple ? .empty : bases
    }

    private func abstractIsSubclass(_ derived: Value, _ classInfo: Value) -> Int32 {
        var current = derived
        while true {
            if current == classInfo { return 1 }
            let bases = abstractBases(current)
            if bases.isEmpty { return hasException ? -1 : 0 }
            let count = TupleRef(bases).count
            if count == 0 { return 0 }
            if count == 1 {
                current = TupleRef(bases)[0]
                continue
            }
            guard enterRecursion(" in __issubclass__") else { return -1 }
            defer { leaveRecursion() }
            for index in 0 ..< count {
                let result = abstractIsSubclass(TupleRef(bases)[index], classInfo)
                if result != 0 { return result }
            }
            return 0
        }
    }
}
