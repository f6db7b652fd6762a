import Objects

/// HPy's type slots as special methods.
///
/// A slot's C function stands in the type's namespace under the names that it implements, as a slot wrapper; the type's native slots are then what they are for a class that defines
/// those names in Python. So inheritance, `super()` and overriding follow from the ordinary rules. What names do not tell is in `SequenceSlots`.
enum TypeSlots {
    struct Method {
        let name: Name
        let entry: ForeignFunction
        var detail: Int32 = 0
    }

    /// Numbers of slots that are no methods.
    static let getBuffer: Int32 = 1, releaseBuffer: Int32 = 2, call: Int32 = 50, new: Int32 = 65, traverse: Int32 = 71, destroy: Int32 = 1000

    static let methods: [Int32: [Method]] = {
        var table: [Int32: [Method]] = [:]
        func unary(_ slot: Int32, _ name: Name) { table[slot] = [Method(name: name, entry: Functions.unary)] }
        func binary(_ slot: Int32, _ name: Name, _ reflected: Name) {
            table[slot] = [Method(name: name, entry: Functions.binary), Method(name: reflected, entry: Functions.binaryReflected)]
        }
        func inplace(_ slot: Int32, _ name: Name) { table[slot] = [Method(name: name, entry: Functions.binary)] }

        table[3] = [Method(name: .__setitem__, entry: Functions.setItem), Method(name: .__delitem__, entry: Functions.deleteItem)]
        table[4] = [Method(name: .__len__, entry: Functions.length)]
        table[5] = [Method(name: .__getitem__, entry: Functions.binary)]
        unary(6, .__abs__)
        binary(7, .__add__, .__radd__)
        binary(8, .__and__, .__rand__)
        table[9] = [Method(name: .__bool__, entry: Functions.predicate)]
        binary(10, .__divmod__, .__rdivmod__)
        unary(11, .__float__)
        binary(12, .__floordiv__, .__rfloordiv__)
        unary(13, .__index__)
        inplace(14, .__iadd__)
        inplace(15, .__iand__)
        inplace(16, .__ifloordiv__)
        inplace(17, .__ilshift__)
        inplace(18, .__imul__)
        inplace(19, .__ior__)
        table[20] = [Method(name: .__ipow__, entry: Functions.ternary)]
        inplace(21, .__imod__)
        inplace(22, .__irshift__)
        inplace(23, .__isub__)
        inplace(24, .__itruediv__)
        inplace(25, .__ixor__)
        unary(26, .__int__)
        unary(27, .__invert__)
        binary(28, .__lshift__, .__rlshift__)
        binary(29, .__mul__, .__rmul__)
        unary(30, .__neg__)
        binary(31, .__or__, .__ror__)
        unary(32, .__pos__)
        table[33] = [Method(name: .__pow__, entry: Functions.ternary), Method(name: .__rpow__, entry: Functions.ternaryReflected)]
        binary(34, .__mod__, .__rmod__)
        binary(35, .__rshift__, .__rrshift__)
        binary(36, .__sub__, .__rsub__)
        binary(37, .__truediv__, .__rtruediv__)
        binary(38, .__xor__, .__rxor__)
        table[39] = [Method(name: .__setitem__, entry: Functions.setItemAt), Method(name: .__delitem__, entry: Functions.deleteItemAt)]
        table[40] = [Method(name: .__add__, entry: Functions.binary)]
        table[41] = [Method(name: .__contains__, entry: Functions.contains)]
        table[42] = [Method(name: .__iadd__, entry: Functions.binary)]
        table[43] = [Method(name: .__imul__, entry: Functions.repeated)]
        table[44] = [Method(name: .__getitem__, entry: Functions.itemAt)]
        table[45] = [Method(name: .__len__, entry: Functions.length)]
        table[46] = [Method(name: .__mul__, entry: Functions.repeated), Method(name: .__rmul__, entry: Functions.repeated)]
        table[call] = [Method(name: .__call__, entry: Functions.callSlot)]
        table[59] = [Method(name: .__hash__, entry: Functions.hash)]
        table[60] = [Method(name: .__init__, entry: Functions.initialize)]
        unary(62, .__iter__)
        unary(66, .__repr__)
        table[67] = (0 ..< 6).map { Method(name: Comparison(rawValue: $0)!.name, entry: Functions.compare, detail: $0) }
        unary(70, .__str__)
        binary(75, .__matmul__, .__rmatmul__)
        inplace(76, .__imatmul__)
        table[80] = [Method(name: .__del__, entry: Functions.finalize)]
        return table
    }()
}
