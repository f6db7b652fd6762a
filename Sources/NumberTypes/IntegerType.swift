import Glibc
import Objects

/// The type `int`: its slots and methods. The arithmetic itself is in `IntegerArithmetic.swift`, making ints from other objects in
/// `IntegerConstruction.swift`.
enum IntegerType {
    /// Both operands of an operator must be ints of some kind, or the other operand's type is asked.
    @inline(__always) static func bothInts(_ a: Value, _ b: Value) -> Bool { Value.bothSmall(a, b) || (a.isInt && b.isInt) }

    static func start(_ thread: ThreadRef) {
        NativeType(id: .int, "int", size: MemoryLayout<IntObject>.size, flags: [.base, .intSubclass, .variableSize, .selfPattern],
                   doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nMake an int of a number or of text in the given base (0 reads the base\nfrom the text's prefix); 0 without arguments. Floats lose their fraction.\n\n>>> int('0b101', 0)\n5",
                   methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.repr) { thread, value in Integers.toString(thread, value) }
            slots.hash { _, value in Integers.hash(value) }
            slots.compare { _, a, b, operation in
                guard IntegerType.bothInts(a, b) else { return .notImplemented }
                return Value(Comparison(number: operation).holds(Integers.compare(a, b)))
            }
            slots.bool { _, value in Integers.isZero(value) ? 0 : 1 }
            slots.unary(.int) { thread, value in IntOps.exact(thread, value) }
            slots.unary(.index) { thread, value in IntOps.exact(thread, value) }
            slots.unary(.float) { thread, value in
                guard let double = Integers.toDouble(thread, value) else { return .empty }
                return thread.newFloat(double)
            }
            slots.unary(.negative) { thread, value in Integers.negate(thread, value) }
            slots.unary(.positive) { thread, value in IntOps.exact(thread, value) }
            slots.unary(.absolute) { thread, value in Integers.absolute(thread, value) }
            slots.unary(.invert) { thread, value in Integers.invert(thread, value) }
            slots.binary(.add) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.add(thread, a, b) : .notImplemented }
            slots.binary(.subtract) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.subtract(thread, a, b) : .notImplemented }
            slots.binary(.multiply) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.multiply(thread, a, b) : .notImplemented }
            slots.binary(.floorDivide) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.floorDivide(thread, a, b) : .notImplemented }
            slots.binary(.modulo) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.modulo(thread, a, b) : .notImplemented }
            slots.binary(.divide) { thread, a, b in
                guard IntegerType.bothInts(a, b) else { return .notImplemented }
                guard let quotient = Integers.trueDivide(thread, a, b) else { return .empty }
                return thread.newFloat(quotient)
            }
            slots.binary(.divmod) { thread, a, b in
                guard IntegerType.bothInts(a, b) else { return .notImplemented }
                guard let (quotient, remainder) = Integers.divmod(thread, a, b) else { return .empty }
                return thread.newTuple(quotient, remainder)
            }
            slots.ternary(.power) { thread, a, b, modulus in
                guard IntegerType.bothInts(a, b) else { return .notImplemented }
                if !modulus.isNone { return modulus.isInt ? Integers.power(thread, a, b, modulus: modulus) : .notImplemented }
                if !Integers.isNegative(b) { return Integers.power(thread, a, b) }
                guard let base = Integers.toDouble(thread, a), let exponent = Integers.toDouble(thread, b) else { return .empty }
                return FloatType.power(thread, base, exponent)
            }
            slots.binary(.leftShift) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.leftShift(thread, a, b) : .notImplemented }
            slots.binary(.rightShift) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.rightShift(thread, a, b) : .notImplemented }
            slots.binary(.bitAnd) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.bitwise(thread, a, b, .and) : .notImplemented }
            slots.binary(.bitOr) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.bitwise(thread, a, b, .or) : .notImplemented }
            slots.binary(.bitXor) { thread, a, b in IntegerType.bothInts(a, b) ? Integers.bitwise(thread, a, b, .xor) : .notImplemented }
            slots.call(.new) { thread, type, arguments, count, keywords in
                IntegerConstruction.make(thread, TypeRef(type), arguments, count, keywords)
            }
        }
    }

    static let methods: [Def] = [
        Def("conjugate(self, /)", .pure, "The int itself: it has no imaginary part.") { thread, a, _ in IntOps.exact(thread, a[0]) },
        Def("bit_length(self, /)", .pure, "How many bits the number takes in binary, sign and leading zeros apart.\n\n>>> (37).bit_length()\n6") { thread, a, _ in
            thread.newInt(Integers.bitLength(a[0]))
        },
        Def("bit_count(self, /)", .pure, "How many ones the absolute value has in binary.\n\n>>> (13).bit_count()\n3") { thread, a, _ in
            thread.newInt(Integers.withLimbs(a[0]) { x in
                var count = 0
                for index in 0 ..< x.count { count += x[index].nonzeroBitCount }
                return count
            })
        },
        Def("to_bytes(self, /, length=1, byteorder='big', *, signed=False)", .calls,
            "The number as bytes.\n\n  length\n    How many bytes. OverflowError if the number needs more.\n  byteorder\n    'big' puts the most significant byte first, 'little' last.\n  signed\n    Whether negative numbers are allowed, as two's complement.") { thread, a, _ in
            IntegerBytes.toBytes(thread, a[0], a[1], a[2], a[3])
        },
        Def("from_bytes(type, /, bytes, byteorder='big', *, signed=False)", .calls,
            "The number that bytes stand for.\n\n  bytes\n    A bytes-like object, or an iterable of bytes.\n  byteorder\n    'big' if the most significant byte is first, 'little' if it is last.\n  signed\n    Whether the bytes are two's complement.", kind: .classMethod) { thread, a, _ in
            IntegerBytes.fromBytes(thread, a[0], a[1], a[2], a[3])
        },
        Def("as_integer_ratio(self, /)", .pure, "The number as a pair of numerator and denominator, which is 1.\n\n>>> (-7).as_integer_ratio()\n(-7, 1)") { thread, a, _ in
            let number = IntOps.exact(thread, a[0])
            return number.isEmpty ? .empty : thread.newTuple(number, Value(small: 1))
        },
        Def("__trunc__(self, /)", .pure, "The int itself.") { thread, a, _ in IntOps.exact(thread, a[0]) },
        Def("__floor__(self, /)", .pure, "The int itself.") { thread, a, _ in IntOps.exact(thread, a[0]) },
        Def("__ceil__(self, /)", .pure, "The int itself.") { thread, a, _ in IntOps.exact(thread, a[0]) },
        Def("__round__(self, ndigits=<unrepresentable>, /)", .calls, "The int itself, or with negative ndigits the nearest multiple of a power of ten,\nties going to the even one.") { thread, a, _ in
            a[1].isEmpty ? IntOps.exact(thread, a[0]) : IntegerType.round(thread, a[0], a[1])
        },
        Def("__getnewargs__(self, /)", .pure) { thread, a, _ in
            let number = IntOps.exact(thread, a[0])
            return number.isEmpty ? .empty : thread.newTuple(number)
        },
        Def("__format__(self, format_spec, /)", .calls, "The number as text, as the format specification says.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "__format__() argument must be str, not \(a[1].argumentTypeName)") }
            return NumberFormatting.format(thread, integer: a[0], StringRef(a[1]))
        },
        Def("__sizeof__(self, /)", .pure, "Bytes of memory in use.") { thread, a, _ in
            // As if in CPython's 30-bit digits.
            thread.newInt(24 + 4 * max(1, (Integers.bitLength(a[0]) + 29) / 30))
        },
    ]

    static let getters: [Getter] = [
        Getter("real", "The number itself.") { thread, a, _ in IntOps.exact(thread, a[0]) },
        Getter("imag", "0") { _, _, _ in Value(small: 0) },
        Getter("numerator", "The number itself.") { thread, a, _ in IntOps.exact(thread, a[0]) },
        Getter("denominator", "1") { _, _, _ in Value(small: 1) },
    ]

    /// round(n, ndigits): to the nearest multiple of 10^-ndigits, ties to even.
    static func round(_ thread: ThreadRef, _ number: Value, _ digits: Value) -> Value {
        let digits = thread.toIndex(digits)
        if digits.isEmpty { return .empty }
        if !Integers.isNegative(digits) { return IntOps.exact(thread, number) }
        // More digits than the number has leave nothing.
        guard let places = IntOps.toInt(digits), places > Int.min, Double(-places) < Double(Integers.bitLength(number)) * 0.30103 + 2 else { return Value(small: 0) }
        let unit = Integers.power(thread, Value(small: 10), thread.newInt(-places))
        if unit.isEmpty { return .empty }
        guard let (quotient, remainder) = Integers.divmod(thread, number, unit) else { return .empty }
        let twice = Integers.add(thread, remainder, remainder)
        if twice.isEmpty { return .empty }
        let order = Integers.compare(twice, unit)
        let up = order > 0 || (order == 0 && Integers.isOdd(quotient))
        let rest = up ? Integers.subtract(thread, remainder, unit) : remainder
        return rest.isEmpty ? .empty : Integers.subtract(thread, number, rest)
    }
}

/// The type `bool`, a subclass of int with two instances, which are immediate words.
enum BooleanType {
    static func start(_ thread: ThreadRef) {
        NativeType(id: .bool, "bool", base: TypeID.int.type, size: MemoryLayout<IntObject>.size,
                   doc: "bool(x) -> bool\n\nTrue when the argument is true, False otherwise. These two are all there are,\nand bool cannot be subclassed.") { slots in
            slots.unary(.repr) { _, value in value == .true ? BooleanType.trueText : BooleanType.falseText }
            slots.binary(.bitAnd) { thread, a, b in BooleanType.bitwise(thread, a, b, .and) }
            slots.binary(.bitOr) { thread, a, b in BooleanType.bitwise(thread, a, b, .or) }
            slots.binary(.bitXor) { thread, a, b in BooleanType.bitwise(thread, a, b, .xor) }
            slots.call(.new) { thread, _, arguments, count, keywords in
                if !keywords.isEmpty { return thread.raise(.typeError, "bool() takes no keyword arguments") }
                if count > 1 { return thread.raise(.typeError, "bool expected at most 1 argument, got \(count)") }
                if count == 0 { return .false }
                let truth = thread.isTrue(arguments[0])
                return truth < 0 ? .empty : Value(truth != 0)
            }
        }
        texts[0] = StringRef.intern("False").value
        texts[1] = StringRef.intern("True").value
    }

    /// "False" and "True", which being interned stay alive.
    nonisolated(unsafe) private static let texts: UnsafeMutablePointer<Value> = .allocate(capacity: 2)
    static var falseText: Value { texts[0] }
    static var trueText: Value { texts[1] }

    static func bitwise(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Integers.BitOperation) -> Value {
        guard a.isInt && b.isInt else { return .notImplemented }
        let result = Integers.bitwise(thread, a, b, operation)
        return a.isBool && b.isBool ? Value(result == Value(small: 1)) : result
    }
}
