import ContainerTypes
import Objects

/// `_operator`: the operators as functions. The getter types are in `ItemGetters.swift`.
enum OperatorModule {
    static func register() {
        NativeModule.register("_operator", doc: "The operators as functions: operator.add(x, y) is x + y.",
                              functions: operators + others) { module in
            ItemGetters.define(module)
            return true
        }
    }

    private static var operators: [Def] {
        [
            Def("add(a, b, /)", .calls, "Same as a + b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .add) },
            Def("sub(a, b, /)", .calls, "Same as a - b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .subtract) },
            Def("mul(a, b, /)", .calls, "Same as a * b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .multiply) },
            Def("matmul(a, b, /)", .calls, "Same as a @ b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .matrixMultiply) },
            Def("floordiv(a, b, /)", .calls, "Same as a // b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .floorDivide) },
            Def("truediv(a, b, /)", .calls, "Same as a / b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .divide) },
            Def("mod(a, b, /)", .calls, "Same as a % b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .modulo) },
            Def("lshift(a, b, /)", .calls, "Same as a << b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .leftShift) },
            Def("rshift(a, b, /)", .calls, "Same as a >> b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .rightShift) },
            Def("and_(a, b, /)", .calls, "Same as a & b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .bitAnd) },
            Def("xor(a, b, /)", .calls, "Same as a ^ b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .bitXor) },
            Def("or_(a, b, /)", .calls, "Same as a | b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .bitOr) },
            Def("pow(a, b, /)", .calls, "Same as a ** b.", kind: .function) { thread, a, _ in thread.binary(a[0], a[1], .power) },
            Def("iadd(a, b, /)", .calls, "Same as a += b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .add) },
            Def("isub(a, b, /)", .calls, "Same as a -= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .subtract) },
            Def("imul(a, b, /)", .calls, "Same as a *= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .multiply) },
            Def("imatmul(a, b, /)", .calls, "Same as a @= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .matrixMultiply) },
            Def("ifloordiv(a, b, /)", .calls, "Same as a //= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .floorDivide) },
            Def("itruediv(a, b, /)", .calls, "Same as a /= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .divide) },
            Def("imod(a, b, /)", .calls, "Same as a %= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .modulo) },
            Def("ilshift(a, b, /)", .calls, "Same as a <<= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .leftShift) },
            Def("irshift(a, b, /)", .calls, "Same as a >>= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .rightShift) },
            Def("iand(a, b, /)", .calls, "Same as a &= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .bitAnd) },
            Def("ixor(a, b, /)", .calls, "Same as a ^= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .bitXor) },
            Def("ior(a, b, /)", .calls, "Same as a |= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .bitOr) },
            Def("ipow(a, b, /)", .calls, "Same as a **= b.", kind: .function) { thread, a, _ in thread.inplace(a[0], a[1], .power) },
            Def("lt(a, b, /)", .calls, "Same as a < b.", kind: .function) { thread, a, _ in thread.compare(a[0], a[1], .less) },
            Def("le(a, b, /)", .calls, "Same as a <= b.", kind: .function) { thread, a, _ in thread.compare(a[0], a[1], .lessEqual) },
            Def("eq(a, b, /)", .calls, "Same as a == b.", kind: .function) { thread, a, _ in thread.compare(a[0], a[1], .equal) },
            Def("ne(a, b, /)", .calls, "Same as a != b.", kind: .function) { thread, a, _ in thread.compare(a[0], a[1], .notEqual) },
            Def("gt(a, b, /)", .calls, "Same as a > b.", kind: .function) { thread, a, _ in thread.compare(a[0], a[1], .greater) },
            Def("ge(a, b, /)", .calls, "Same as a >= b.", kind: .function) { thread, a, _ in thread.compare(a[0], a[1], .greaterEqual) },
            Def("neg(a, /)", .calls, "Same as -a.", kind: .function) { thread, a, _ in thread.unary(a[0], .negative) },
            Def("pos(a, /)", .calls, "Same as +a.", kind: .function) { thread, a, _ in thread.unary(a[0], .positive) },
            Def("inv(a, /)", .calls, "Same as ~a.", kind: .function) { thread, a, _ in thread.unary(a[0], .invert) },
            Def("invert(a, /)", .calls, "Same as ~a.", kind: .function) { thread, a, _ in thread.unary(a[0], .invert) },
            Def("abs(a, /)", .calls, "Same as abs(a).", kind: .function) { thread, a, _ in thread.unary(a[0], .absolute) },

        ]
    }

    private static var others: [Def] {
        [
            Def("index(a, /)", .calls, "Same as a.__index__()", kind: .function) { thread, a, _ in thread.toIndex(a[0]) },
            Def("not_(a, /)", .calls, "Same as not a.", kind: .function) { thread, a, _ in
                let truth = thread.isTrue(a[0])
                return truth < 0 ? .empty : Value(truth == 0)
            },
            Def("truth(a, /)", .calls, "Return True if a is true, False otherwise.", kind: .function) { thread, a, _ in
                let truth = thread.isTrue(a[0])
                return truth < 0 ? .empty : Value(truth != 0)
            },
            Def("is_(a, b, /)", .pure, "Same as a is b.", kind: .function) { _, a, _ in Value(a[0] == a[1]) },
            Def("is_not(a, b, /)", .pure, "Same as a is not b.", kind: .function) { _, a, _ in Value(a[0] != a[1]) },
            Def("concat(a, b, /)", .calls, "Same as a + b, for a and b sequences.", kind: .function) { thread, a, _ in OperatorModule.concat(thread, a[0], a[1], .concat, .add) },
            Def("iconcat(a, b, /)", .calls, "Same as a += b, for a and b sequences.", kind: .function) { thread, a, _ in
                if let function = a[0].type.binary(.inplaceConcat) { return function(thread, a[0], a[1]) }
                return OperatorModule.concat(thread, a[0], a[1], .concat, .inplaceAdd)
            },
            Def("contains(a, b, /)", .calls, "Same as b in a (note reversed operands).", kind: .function) { thread, a, _ in
                let found = thread.contains(a[0], a[1])
                return found < 0 ? .empty : Value(found != 0)
            },
            Def("countOf(a, b, /)", .calls, "Return the number of items in a which are, or which equal, b.", kind: .function) { thread, a, _ in
                var total = 0
                let iterator = thread.iterator(a[0], typeError: "argument of type '\(a[0].type.name)' is not iterable")
                let complete = !iterator.isEmpty && thread.forEach(iterator) { item in
                    let same = thread.isEqual(item, a[1])
                    total += Int(max(same, 0))
                    return same >= 0
                }
                return complete ? thread.newInt(total) : .empty
            },
            Def("indexOf(a, b, /)", .calls, "Return the first index of b in a.", kind: .function) { thread, a, _ in
                var place = 0
                var found = false
                let iterator = thread.iterator(a[0], typeError: "argument of type '\(a[0].type.name)' is not iterable")
                let complete = !iterator.isEmpty && thread.forEach(iterator) { item in
                    let same = thread.isEqual(item, a[1])
                    if same > 0 { found = true }
                    if same == 0 { place += 1 }
                    return same == 0
                }
                if found { return thread.newInt(place) }
                return complete ? thread.raise(.valueError, "sequence.index(x): x not in sequence") : .empty
            },
            Def("getitem(a, b, /)", .calls, "Same as a[b].", kind: .function) { thread, a, _ in thread.getItem(a[0], a[1]) },
            Def("setitem(a, b, c, /)", .calls, "Same as a[b] = c.", kind: .function) { thread, a, _ in thread.setItem(a[0], a[1], a[2]) ? .none : .empty },
            Def("delitem(a, b, /)", .calls, "Same as del a[b].", kind: .function) { thread, a, _ in thread.deleteItem(a[0], a[1]) ? .none : .empty },
            Def("length_hint(obj, default=0, /)", .calls, "How many items there are, or about how many: len(obj), else what __length_hint__() says, else the default. For making room in advance.", kind: .function) { thread, a, _ in
                var fallback = 0
                if !a[1].isEmpty {
                    guard a[1].isInt else { return thread.raise(.typeError, "'\(a[1].type.name)' object cannot be interpreted as an integer") }
                    guard let number = thread.toInt(a[1]) else { return .empty }
                    fallback = number
                }
                let hint = thread.lengthHint(a[0], fallback)
                return hint == -1 && thread.hasException ? .empty : thread.newInt(hint)
            },
            Def("call(obj, /, *args, **kwargs)", .calls, "Same as obj(*args, **kwargs).", kind: .function) { thread, a, _ in thread.call(a[0], tuple: a[1], dict: a[2]) },
            Def("_compare_digest(a, b, /)", .reads, "Whether a and b are equal, in a time that does not tell where they differ: for passwords and the like. Both are bytes-like, or both ASCII str.", kind: .function) { thread, a, _ in
                OperatorModule.compareDigest(thread, a[0], a[1])
            },
        ]
    }

    private static func concat(_ thread: ThreadRef, _ a: Value, _ b: Value, _ slot: Slot, _ arithmetic: Slot) -> Value {
        if let function = a.type.binary(slot) { return function(thread, a, b) }
        // Classes that define `__add__` in Python have only the arithmetic slot; they must look like sequences.
        if a.type.isSequence && b.type.isSequence {
            if arithmetic == .inplaceAdd, let function = a.type.binary(.inplaceAdd) {
                let result = function(thread, a, b)
                if result != .notImplemented { return result }
            }
            let result = thread.binaryOfNumbers(a, b, .add)
            if result != .notImplemented { return result }
        }
        return thread.raise(.typeError, "'\(a.type.name)' object can't be concatenated")
    }

    private static func compareDigest(_ thread: ThreadRef, _ a: Value, _ b: Value) -> Value {
        func equal(_ x: UnsafePointer<UInt8>, _ xCount: Int, _ y: UnsafePointer<UInt8>, _ yCount: Int) -> Value {
            // Every byte of the second is looked at, whatever the first holds.
            var difference: UInt8 = xCount == yCount ? 0 : 1
            let other = xCount == yCount ? x : y
            for index in 0 ..< yCount { difference |= other[index] ^ y[index] }
            return Value(difference == 0)
        }
        if a.isString && b.isString {
            guard StringRef(a).isASCII, StringRef(b).isASCII else { return thread.raise(.typeError, "comparing strings with non-ASCII characters is not supported") }
            return equal(StringRef(a).units1, StringRef(a).count, StringRef(b).units1, StringRef(b).count)
        }
        guard a.isBuffer, b.isBuffer else {
            return thread.raise(.typeError, "unsupported operand types(s) or combination of types: '\(a.type.name)' and '\(b.type.name)'")
        }
        var x = BufferView(), y = BufferView()
        guard thread.acquireBuffer(a, &x) else { return .empty }
        defer { thread.releaseBuffer(&x) }
        guard thread.acquireBuffer(b, &y) else { return .empty }
        defer { thread.releaseBuffer(&y) }
        return equal(x.bytes, x.length, y.bytes, y.length)
    }
}
