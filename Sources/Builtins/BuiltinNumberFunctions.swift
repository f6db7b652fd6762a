import Objects

/// `builtins`: functions on numbers, and `hash`, `id`.
enum BuiltinNumberFunctions {
    static let table: [Def] = [
        Def("abs(x, /)", .calls, "Return the absolute value of the argument.", kind: .function) { thread, a, _ in
            if a[0].isSmallInt { return thread.newInt(Swift.abs(a[0].smallInt)) }
            return thread.unary(a[0], .absolute)
        },
        Def("bin(number, /)", .calls, "Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'", kind: .function) { thread, a, _ in
            BuiltinNumberFunctions.digits(thread, a[0], 1, "0b")
        },
        Def("hex(number, /)", .calls, "Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'", kind: .function) { thread, a, _ in
            BuiltinNumberFunctions.digits(thread, a[0], 4, "0x")
        },
        Def("oct(number, /)", .calls, "Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'", kind: .function) { thread, a, _ in
            BuiltinNumberFunctions.digits(thread, a[0], 3, "0o")
        },
        Def("divmod(x, y, /)", .calls, "Return the tuple (x//y, x%y).  Invariant: div*y + mod == x.", kind: .function) { thread, a, _ in thread.divmod(a[0], a[1]) },
        Def("pow(base, exp, mod=None)", .calls, "Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.\n\nSome types, such as ints, are able to use a more efficient algorithm when\ninvoked using the three argument form.", kind: .function) { thread, a, _ in
            thread.power(a[0], a[1], a[2].isEmpty ? .none : a[2])
        },
        Def("round(number, ndigits=None)", .calls, "Round a number to a given precision in decimal digits.\n\nThe return value is an integer if ndigits is omitted or None.  Otherwise\nthe return value has the same type as the number.  ndigits may be negative.", kind: .function) { thread, a, _ in
            let digits = a[1].isEmpty || a[1].isNone ? Value.empty : a[1]
            let result = thread.callSpecialFast(a[0], Name.__round__.value, digits)
            if result.isEmpty && !thread.hasException { return thread.raise(.typeError, "type \(a[0].type.name) doesn't define __round__ method") }
            return result
        },
        Def("hash(obj, /)", .calls, "Return the hash value for the given object.\n\nTwo objects that compare equal must also have the same hash value, but the\nreverse is not necessarily true.", kind: .function) { thread, a, _ in
            let hash = thread.hash(a[0])
            return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
        },
        Def("id(obj, /)", .pure, "Return the identity of an object.\n\nThis is guaranteed to be unique among simultaneously existing objects.\n(CPython uses the object's memory address.)", kind: .function) { thread, a, _ in
            thread.newInt(unsigned: UInt(a[0].bits))
        },
    ]

    /// The digits of `operator.index(number)` in base 2, 8 or 16.
    static func digits(_ thread: ThreadRef, _ number: Value, _ bitsPerDigit: Int, _ prefix: StaticString) -> Value {
        let index = thread.toIndex(number)
        if index.isEmpty { return .empty }
        var single: UInt = 0
        let negative: Bool
        var limbCount = 1
        if index.isSmallInt {
            single = index.smallInt.magnitude
            negative = index.smallInt < 0
        } else {
            negative = IntOps.size(index) < 0
            limbCount = Swift.abs(IntOps.size(index))
        }
        return withUnsafePointer(to: &single) { inlineLimb in
            let limbs = index.isSmallInt ? inlineLimb : UnsafePointer(IntOps.limbs(index))
            let top = limbCount == 0 ? 0 : limbs[limbCount - 1]
            let bits = top == 0 ? 1 : limbCount * 64 - top.leadingZeroBitCount
            let count = (bits + bitsPerDigit - 1) / bitsPerDigit
            let total = count + 2 + (negative ? 1 : 0)
            let result = thread.newString(count: total, maximum: 127)
            if result.isEmpty { return .empty }
            let units = StringRef(result).units1
            var place = 0
            if negative { units[0] = UInt8(ascii: "-"); place = 1 }
            units[place] = prefix.utf8Start[0]
            units[place + 1] = prefix.utf8Start[1]
            let mask = UInt(1) << UInt(bitsPerDigit) - 1
            for digit in 0 ..< count {
                let bit = digit * bitsPerDigit
                let word = bit >> 6
                var value = limbCount == 0 ? 0 : limbs[word] >> UInt(bit & 63)
                if bit & 63 > 64 - bitsPerDigit && word + 1 < limbCount { value |= limbs[word + 1] << UInt(64 - bit & 63) }
                value &= mask
                units[total - 1 - digit] = UInt8(value < 10 ? 48 + value : 87 + value)
            }
            return result
        }
    }
}
