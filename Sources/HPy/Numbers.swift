import Objects

/// Integers, floats and bools: conversion from and to C.
enum Numbers {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Long_FromInt32_t = { _, value in Value(small: Int(value)) }
        c.pointee.ctx_Long_FromUInt32_t = { _, value in Value(small: Int(value)) }
        c.pointee.ctx_Long_FromInt64_t = { _, value in Contexts.thread.newInt(Int(value)) }
        c.pointee.ctx_Long_FromUInt64_t = { _, value in Contexts.thread.newInt(unsigned: UInt(value)) }
        c.pointee.ctx_Long_FromSize_t = { _, value in Contexts.thread.newInt(unsigned: UInt(bitPattern: value)) }
        c.pointee.ctx_Long_FromSsize_t = { _, value in Contexts.thread.newInt(value) }
        c.pointee.ctx_Long_AsInt32_t = { _, value in
            if value.isSmallInt, let narrow = Int32(exactly: value.smallInt) { return narrow }
            guard let wide = Numbers.signed(value, "long") else { return -1 }
            guard let narrow = Int32(exactly: wide) else {
                Contexts.thread.raise(.overflowError, "Python int too large to convert to C int32_t")
                return -1
            }
            return narrow
        }
        c.pointee.ctx_Long_AsSsize_t = { _, value in
            if value.isSmallInt { return value.smallInt }
            return Numbers.size(value) ?? -1
        }
        c.pointee.ctx_Long_AsUInt32_t = { _, value in
            if let narrow = Numbers.unsigned(value, "unsigned long").flatMap({ UInt32(exactly: $0) }) { return narrow }
            // Whatever was wrong: CPython takes the failure for a large number.
            Contexts.thread.takeException()
            Contexts.thread.raise(.overflowError, "Python int too large to convert to C uint32_t")
            return UInt32.max
        }
        c.pointee.ctx_Long_AsUInt64_t = { _, value in UInt64(Numbers.unsigned(value, nil) ?? UInt.max) }
        c.pointee.ctx_Long_AsSize_t = { _, value in Int(bitPattern: Numbers.unsigned(value, "size_t") ?? UInt.max) }
        c.pointee.ctx_Long_AsUInt32_tMask = { _, value in UInt32(truncatingIfNeeded: Numbers.masked(value)) }
        c.pointee.ctx_Long_AsUInt64_tMask = { _, value in UInt64(Numbers.masked(value)) }
        c.pointee.ctx_Long_AsVoidPtr = { _, value in
            if value.isInt, IntOps.toInt(value) != nil || IntOps.isNegative(value) { return Numbers.signed(value, "long").flatMap { UnsafeMutableRawPointer(bitPattern: $0) } }
            return Numbers.unsigned(value, "unsigned long").flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
        }
        c.pointee.ctx_Long_AsDouble = { _, value in
            let thread = Contexts.thread
            guard value.isInt else {
                thread.raise(.typeError, "an integer is required")
                return -1
            }
            // float(x) rounds and overflows as it should.
            let result = thread.call(TypeID.float.value, value)
            return result.isEmpty ? -1 : result.doubleValue
        }
        c.pointee.ctx_Float_FromDouble = { _, value in Contexts.thread.newFloat(value) }
        c.pointee.ctx_Float_AsDouble = { _, value in value.isInlineFloat ? value.inlineFloat : Contexts.thread.toDouble(value) ?? -1 }
        c.pointee.ctx_Bool_FromBool = { _, value in Value(value) }
    }

    /// What `__index__` makes of an object. nil when it has raised.
    private static func integer(_ value: Value) -> Value? {
        let thread = Contexts.thread
        if value.isEmpty {
            _ = thread.raiseNull()
            return nil
        }
        let index = thread.toIndex(value)
        return index.isEmpty ? nil : index
    }

    /// A word. `name` is the C type that the message names; without one it is `long long`'s. nil when it has raised.
    static func signed(_ value: Value, _ name: String?) -> Int? {
        guard let index = Numbers.integer(value) else { return nil }
        if let result = IntOps.toInt(index) { return result }
        Contexts.thread.raise(.overflowError, name.map { "Python int too large to convert to C \($0)" } ?? "int too big to convert")
        return nil
    }

    /// `Py_ssize_t`, of an int only. nil when it has raised.
    static func size(_ value: Value) -> Int? {
        guard value.isInt else {
            Contexts.thread.raise(.typeError, "an integer is required")
            return nil
        }
        if let result = IntOps.toInt(value) { return result }
        Contexts.thread.raise(.overflowError, "Python int too large to convert to C ssize_t")
        return nil
    }

    /// An int between 0 and 2**64, or nil.
    static func word(_ value: Value) -> UInt? {
        if let word = IntOps.toInt(value) { return UInt(exactly: word) }
        return !IntOps.isNegative(value) && IntOps.size(value) == 1 ? IntOps.limbs(value)[0] : nil
    }

    /// Only for ints: objects with `__index__` are refused, as CPython does for unsigned results.
    static func unsigned(_ value: Value, _ name: String?) -> UInt? {
        let thread = Contexts.thread
        guard value.isInt else {
            thread.raise(.typeError, "an integer is required")
            return nil
        }
        if let word = Numbers.word(value) { return word }
        if IntOps.toInt(value) != nil || IntOps.isNegative(value) {
            thread.raise(.overflowError, name.map { "can't convert negative value to \($0)" } ?? "can't convert negative int to unsigned")
        } else {
            thread.raise(.overflowError, name.map { "Python int too large to convert to C \($0)" } ?? "int too big to convert")
        }
        return nil
    }

    /// The low 64 bits of an integer, or all ones when it has raised.
    private static func masked(_ value: Value) -> UInt {
        guard let index = Numbers.integer(value) else { return UInt.max }
        if let word = IntOps.toInt(index) { return UInt(bitPattern: word) }
        let low = IntOps.limbs(index)[0]
        return IntOps.isNegative(index) ? 0 &- low : low
    }
}
