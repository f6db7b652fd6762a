import Objects

/// The number protocol.
enum Arithmetic {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_Number_Check = { _, value in
            if value.isSmallInt || value.isInlineFloat { return 1 }
            let type = value.type
            return type.slotPointer(.index).pointee != nil || type.slotPointer(.int).pointee != nil || type.slotPointer(.float).pointee != nil
                || type.isSubtype(of: TypeID.complex.type) ? 1 : 0
        }
        c.pointee.ctx_Add = { _, a, b in Contexts.thread.binary(a, b, .add) }
        c.pointee.ctx_Subtract = { _, a, b in Contexts.thread.binary(a, b, .subtract) }
        c.pointee.ctx_Multiply = { _, a, b in Contexts.thread.binary(a, b, .multiply) }
        c.pointee.ctx_MatrixMultiply = { _, a, b in Contexts.thread.binary(a, b, .matrixMultiply) }
        c.pointee.ctx_FloorDivide = { _, a, b in Contexts.thread.binary(a, b, .floorDivide) }
        c.pointee.ctx_TrueDivide = { _, a, b in Contexts.thread.binary(a, b, .divide) }
        c.pointee.ctx_Remainder = { _, a, b in Contexts.thread.binary(a, b, .modulo) }
        c.pointee.ctx_Divmod = { _, a, b in Contexts.thread.divmod(a, b) }
        c.pointee.ctx_Power = { _, a, b, modulus in Contexts.thread.power(a, b, modulus) }
        c.pointee.ctx_Negative = { _, a in Contexts.thread.unary(a, .negative) }
        c.pointee.ctx_Positive = { _, a in Contexts.thread.unary(a, .positive) }
        c.pointee.ctx_Absolute = { _, a in Contexts.thread.unary(a, .absolute) }
        c.pointee.ctx_Invert = { _, a in Contexts.thread.unary(a, .invert) }
        c.pointee.ctx_Lshift = { _, a, b in Contexts.thread.binary(a, b, .leftShift) }
        c.pointee.ctx_Rshift = { _, a, b in Contexts.thread.binary(a, b, .rightShift) }
        c.pointee.ctx_And = { _, a, b in Contexts.thread.binary(a, b, .bitAnd) }
        c.pointee.ctx_Xor = { _, a, b in Contexts.thread.binary(a, b, .bitXor) }
        c.pointee.ctx_Or = { _, a, b in Contexts.thread.binary(a, b, .bitOr) }
        c.pointee.ctx_Index = { _, a in Contexts.thread.toIndex(a) }
        c.pointee.ctx_Long = { _, a in Contexts.thread.call(TypeID.int.value, a) }
        c.pointee.ctx_Float = { _, a in Contexts.thread.call(TypeID.float.value, a) }
        c.pointee.ctx_InPlaceAdd = { _, a, b in Contexts.thread.inplace(a, b, .add) }
        c.pointee.ctx_InPlaceSubtract = { _, a, b in Contexts.thread.inplace(a, b, .subtract) }
        c.pointee.ctx_InPlaceMultiply = { _, a, b in Contexts.thread.inplace(a, b, .multiply) }
        c.pointee.ctx_InPlaceMatrixMultiply = { _, a, b in Contexts.thread.inplace(a, b, .matrixMultiply) }
        c.pointee.ctx_InPlaceFloorDivide = { _, a, b in Contexts.thread.inplace(a, b, .floorDivide) }
        c.pointee.ctx_InPlaceTrueDivide = { _, a, b in Contexts.thread.inplace(a, b, .divide) }
        c.pointee.ctx_InPlaceRemainder = { _, a, b in Contexts.thread.inplace(a, b, .modulo) }
        c.pointee.ctx_InPlacePower = { _, a, b, modulus in
            let thread = Contexts.thread
            if modulus.isNone { return thread.inplace(a, b, .power) }
            // `__ipow__` in Python never sees the modulus; what is not taken goes to `__pow__`.
            if let record = a.type.lookup(.__ipow__).foreignSlotRecord {
                let result = Functions.power(thread, UnsafeMutableRawPointer(record), a, b, modulus)
                if result != .notImplemented { return result }
            } else if let function = a.type.binary(.inplacePower) {
                let result = function(thread, a, b)
                if result != .notImplemented { return result }
            }
            return thread.power(a, b, modulus, symbol: "**=")
        }
        c.pointee.ctx_InPlaceLshift = { _, a, b in Contexts.thread.inplace(a, b, .leftShift) }
        c.pointee.ctx_InPlaceRshift = { _, a, b in Contexts.thread.inplace(a, b, .rightShift) }
        c.pointee.ctx_InPlaceAnd = { _, a, b in Contexts.thread.inplace(a, b, .bitAnd) }
        c.pointee.ctx_InPlaceXor = { _, a, b in Contexts.thread.inplace(a, b, .bitXor) }
        c.pointee.ctx_InPlaceOr = { _, a, b in Contexts.thread.inplace(a, b, .bitOr) }
    }
}
