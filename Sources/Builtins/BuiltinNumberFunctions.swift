import Objects

/// `builtins`: functions on numbers, and `hash`, `id`.
enum BuiltinNumberFunctions {
    static let table: [Def] = [
        Def("abs(x, /)", .callsOnArguments, "The magnitude of a number.", kind: .function) { thread, a, _ in
            if a[0].isSmallInt { return thread.newInt(Swift.abs(a[0].smallInt)) }
            return thread.unary(a[0], .absolute)
        },
        Def("bin(number, /)", .callsOnArguments, "An integer's binary digits, after 0b.\n\n>>> bin(-10)\n'-0b1010'", kind: .function) { thread, a, _ in
            BuiltinNumberFunctions.digits(thread, a[0], 1, "0b")
        },
        Def("hex(number, /)", .callsOnArguments, "An integer's lowercase hexadecimal digits, after 0x.\n\n>>> hex(48879)\n'0xbeef'", kind: .function) { thread, a, _ in
            BuiltinNumberFunctions.digits(thread, a[0], 4, "0x")
        },
        Def("oct(number, /)", .callsOnArguments, "An integer's octal digits, after 0o.\n\n>>> oct(493)\n'0o755'", kind: .function) { thread, a, _ in
            BuiltinNumberFunctions.digits(thread, a[0], 3, "0o")
        },
        Def("divmod(x, y, /)", .callsOnArguments, "The pair (x // y, x % y).", kind: .function) { thread, a, _ in thread.divmod(a[0], a[1]) },
        Def("pow(base, exp, mod=None)", .callsOnArguments, "base to the power exp; with mod, the remainder of that by mod, computed without the power itself.", kind: .function) { thread, a, _ in
            thread.power(a[0], a[1], a[2].isEmpty ? .none : a[2])
        },
        Def("round(number, ndigits=None)", .callsOnArguments, "The number rounded to ndigits decimal places, or to an integer without ndigits.", kind: .function) { thread, a, _ in
            let digits = a[1].isEmpty || a[1].isNone ? Value.empty : a[1]
            let result = thread.callSpecialFast(a[0], Name.__round__.value, digits)
            if result.isEmpty && !thread.hasException { return thread.raise(.typeError, "type \(a[0].type.name) doesn't define __round__ method") }
            return result
        },
        Def("hash(obj, /)", .callsOnArguments, "The hash of an object: equal objects have equal hashes.", kind: .function) { thread, a, _ in
            let hash = thread.hash(a[0])
            return hash == -1 && thread.hasException ? .empty : thread.newInt(hash)
        },
        Def("id(obj, /)", .pure, "A number that no other living object has.", kind: .function) { thread, a, _ in
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
