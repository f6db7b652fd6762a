import Glibc
import Objects

/// The type `float`. Most floats are words, the others boxed; instances of subclasses are always boxed.
public enum FloatType {
    /// The doubles of two operands of which one is a float and the other a float or an int. `.none` when all is well, else what the operator is to return.
    @inline(__always) static func operands(_ thread: ThreadRef, _ a: Value, _ b: Value, _ x: inout Double, _ y: inout Double) -> Value {
        if a.isInlineFloat && b.isInlineFloat {
            x = a.inlineFloat
            y = b.inlineFloat
            return .none
        }
        let status = operand(thread, a, &x)
        return status.isNone ? operand(thread, b, &y) : status
    }

    @inline(__always) static func operand(_ thread: ThreadRef, _ value: Value, _ result: inout Double) -> Value {
        if value.isFloat {
            result = value.doubleValue
            return .none
        }
        if value.isSmallInt {
            result = Double(value.smallInt)
            return .none
        }
        guard value.isInt else { return .notImplemented }
        guard let double = Integers.toDouble(thread, value) else { return .empty }
        result = double
        return .none
    }

    static func start(_ thread: ThreadRef) {
        NativeType(id: .float, "float", size: MemoryLayout<FloatObject>.size, flags: [.base, .floatSubclass, .selfPattern],
                   doc: "float(x=0, /)\n--\n\nA floating-point number, made of another number or of text.", methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.repr) { thread, value in FloatText.repr(thread, value.doubleValue) }
            slots.hash { _, value in
                let double = value.doubleValue
                return Hashing.double(double, identity: double.isNaN ? Hashing.identity(value) : 0)
            }
            slots.compare { _, a, b, operation in FloatType.compare(a, b, Comparison(number: operation)) }
            slots.bool { _, value in value.doubleValue != 0 ? 1 : 0 }
            slots.unary(.int) { thread, value in FloatType.truncate(thread, value.doubleValue) }
            slots.unary(.float) { thread, value in thread.newFloat(value.doubleValue) }
            slots.unary(.negative) { thread, value in thread.newFloat(-value.doubleValue) }
            slots.unary(.positive) { thread, value in thread.newFloat(value.doubleValue) }
            slots.unary(.absolute) { thread, value in thread.newFloat(value.doubleValue.magnitude) }
            slots.binary(.add) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                return status.isNone ? thread.newFloat(x + y) : status
            }
            slots.binary(.subtract) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                return status.isNone ? thread.newFloat(x - y) : status
            }
            slots.binary(.multiply) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                return status.isNone ? thread.newFloat(x * y) : status
            }
            slots.binary(.divide) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                guard status.isNone else { return status }
                if y == 0 { return thread.raise(.zeroDivisionError, "float division by zero") }
                return thread.newFloat(x / y)
            }
            slots.binary(.floorDivide) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                guard status.isNone else { return status }
                if y == 0 { return thread.raise(.zeroDivisionError, "float floor division by zero") }
                return thread.newFloat(FloatType.divmod(x, y).quotient)
            }
            slots.binary(.modulo) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                guard status.isNone else { return status }
                if y == 0 { return thread.raise(.zeroDivisionError, "float modulo") }
                return thread.newFloat(FloatType.divmod(x, y).remainder)
            }
            slots.binary(.divmod) { thread, a, b in
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                guard status.isNone else { return status }
                if y == 0 { return thread.raise(.zeroDivisionError, "float divmod()") }
                let (quotient, remainder) = FloatType.divmod(x, y)
                let first = thread.newFloat(quotient)
                let second = thread.newFloat(remainder)
                return first.isEmpty || second.isEmpty ? .empty : thread.newTuple(first, second)
            }
            slots.ternary(.power) { thread, a, b, modulus in
                guard modulus.isNone else { return thread.raise(.typeError, "pow() 3rd argument not allowed unless all arguments are integers") }
                var x = 0.0, y = 0.0
                let status = FloatType.operands(thread, a, b, &x, &y)
                return status.isNone ? FloatType.power(thread, x, y) : status
            }
            slots.call(.new) { thread, type, arguments, count, keywords in
                if !keywords.isEmpty && TypeRef(type).slotPointer(.initialize).pointee == TypeID.object.type.slotPointer(.initialize).pointee { return thread.raise(.typeError, "float() takes no keyword arguments") }
                let count = count - (keywords.isEmpty ? 0 : TupleRef(keywords).count)
                if count > 1 { return thread.raise(.typeError, "float expected at most 1 argument, got \(count)") }
                guard let value = count == 0 ? 0 : FloatType.fromObject(thread, arguments[0]) else { return .empty }
                if type == TypeID.float.value {
                    // float(x) of an exact float is x itself.
                    if count > 0 && (!arguments[0].isPointer || arguments[0].isExact(.float)) && arguments[0].isFloat { return arguments[0] }
                    return thread.newFloat(value)
                }
                let instance = thread.allocateInstance(TypeRef(type))
                if !instance.isEmpty { instance.object(FloatObject.self).pointee.value = value }
                return instance
            }
        }
    }

    static let methods: [Def] = [
        Def("conjugate(self, /)", .pure, "The float itself: it has no imaginary part.") { thread, a, _ in thread.newFloat(a[0].doubleValue) },
        Def("__trunc__(self, /)", .pure, "The int between 0 and the float that is nearest to it.") { thread, a, _ in FloatType.truncate(thread, a[0].doubleValue) },
        Def("__floor__(self, /)", .pure, "The largest int that is not greater.") { thread, a, _ in FloatType.truncate(thread, a[0].doubleValue.rounded(.down)) },
        Def("__ceil__(self, /)", .pure, "The smallest int that is not less.") { thread, a, _ in FloatType.truncate(thread, a[0].doubleValue.rounded(.up)) },
        Def("__round__(self, ndigits=None, /)", .calls, "The nearest int, ties going to the even one; or with ndigits the nearest float with so many decimals.") { thread, a, _ in
            FloatType.round(thread, a[0].doubleValue, a[1].isEmpty ? .none : a[1])
        },
        Def("as_integer_ratio(self, /)", .pure, "The float's exact value as a pair of ints in lowest terms, the second of which is positive.\n\n>>> (-.25).as_integer_ratio()\n(-1, 4)") { thread, a, _ in
            FloatType.ratio(thread, a[0].doubleValue)
        },
        Def("fromhex(type, string, /)", .calls, "The float that hexadecimal text stands for.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375", kind: .classMethod) { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "bad argument type for built-in operation") }
            switch FloatText.parseHexadecimal(StringRef(a[1]).utf8) {
            case .malformed: return thread.raise(.valueError, "invalid hexadecimal floating-point string")
            case .tooLarge: return thread.raise(.overflowError, "hexadecimal value too large to represent as a float")
            case .value(let value):
                let result = thread.newFloat(value)
                return result.isEmpty || a[0] == TypeID.float.value ? result : thread.call(a[0], result)
            }
        },
        Def("hex(self, /)", .pure, "The float in hexadecimal.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'") { thread, a, _ in
            thread.newString(FloatText.hexadecimal(a[0].doubleValue))
        },
        Def("is_integer(self, /)", .pure, "Whether the float has no fraction.") { _, a, _ in
            let value = a[0].doubleValue
            return Value(value.isFinite && value == value.rounded(.down))
        },
        Def("__getnewargs__(self, /)", .pure) { thread, a, _ in
            let number = thread.newFloat(a[0].doubleValue)
            return number.isEmpty ? .empty : thread.newTuple(number)
        },
        Def("__getformat__(type, typestr, /)", .pure, "How C's 'double' or 'float' is laid out. For Python's own tests.", kind: .classMethod) { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "__getformat__() argument must be str, not \(a[1].argumentTypeName)") }
            guard StringRef(a[1]).equals("double") || StringRef(a[1]).equals("float") else {
                return thread.raise(.valueError, "__getformat__() argument 1 must be 'double' or 'float'")
            }
            return thread.newString("IEEE, little-endian")
        },
        Def("__format__(self, format_spec, /)", .calls, "The float as text, as the format specification says.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "__format__() argument must be str, not \(a[1].argumentTypeName)") }
            return NumberFormatting.format(thread, double: a[0], StringRef(a[1]))
        },
    ]

    static let getters: [Getter] = [
        Getter("real", "The number itself.") { thread, a, _ in thread.newFloat(a[0].doubleValue) },
        Getter("imag", "0.0") { _, _, _ in .positiveZero },
    ]

    // MARK: Arithmetic

    /// Floor division; the divisor is not zero.
    @inline(__always) public static func divmod(_ x: Double, _ y: Double) -> (quotient: Double, remainder: Double) {
        var remainder = fmod(x, y)
        var quotient = (x - remainder) / y
        if remainder != 0 {
            if (y < 0) != (remainder < 0) {
                remainder += y
                quotient -= 1
            }
        } else {
            remainder = copysign(0, y)
        }
        if quotient != 0 {
            var whole = quotient.rounded(.down)
            if quotient - whole > 0.5 { whole += 1 }
            quotient = whole
        } else {
            quotient = copysign(0, x / y)
        }
        return (quotient, remainder)
    }

    /// x ** y, which is complex when a negative number is raised to a fraction.
    static func power(_ thread: ThreadRef, _ x: Double, _ y: Double) -> Value {
        if x == 0 && y < 0 && y.isFinite { return thread.raise(.zeroDivisionError, "0.0 cannot be raised to a negative power") }
        if x < 0 && x.isFinite && y.isFinite && y != y.rounded(.down) { return ComplexType.power(thread, (x, 0), (y, 0)) }
        let result = FloatPower.power(x, y)
        if result.isInfinite && x.isFinite && y.isFinite {
            let text = thread.newString(String(cString: strerror(ERANGE)))
            return text.isEmpty ? .empty : thread.raise(type: TypeID.overflowError.type, Value(small: Int(ERANGE)), text)
        }
        return thread.newFloat(result)
    }

    static func compare(_ a: Value, _ b: Value, _ operation: Comparison) -> Value {
        let x = a.doubleValue
        if b.isFloat {
            let y = b.doubleValue
            switch operation {
            case .less: return Value(x < y)
            case .lessEqual: return Value(x <= y)
            case .equal: return Value(x == y)
            case .notEqual: return Value(x != y)
            case .greater: return Value(x > y)
            case .greaterEqual: return Value(x >= y)
            }
        }
        guard b.isInt else { return .notImplemented }
        guard let order = Integers.compare(b, with: x) else { return Value(operation == .notEqual) }
        return Value(operation.holds(-order))
    }

    // MARK: Conversions

    /// The int without the fraction.
    public static func truncate(_ thread: ThreadRef, _ value: Double) -> Value {
        if value.isNaN { return thread.raise(.valueError, "cannot convert float NaN to integer") }
        if value.isInfinite { return thread.raise(.overflowError, "cannot convert float infinity to integer") }
        return Integers.fromDouble(thread, value)
    }

    /// float(x) as a double; nil when it has raised.
    public static func fromObject(_ thread: ThreadRef, _ value: Value) -> Double? {
        if value.isSmallInt { return Double(value.smallInt) }
        // A subclass of str may have `__float__` or `__index__`.
        if value.isString && (value.isExact(.str) || value.type.slotPointer(.float).pointee == nil && value.type.slotPointer(.index).pointee == nil) {
            if let result = FloatText.parse(StringRef(value)) { return result }
            thread.raise(.valueError, "could not convert string to float: \(value.reprForMessage(thread))")
            return nil
        }
        let type = value.type
        if let function = type.unary(.float) {
            let result = function(thread, value)
            if result.isEmpty { return nil }
            guard result.isFloat else {
                thread.raise(.typeError, "\(type.name).__float__ returned non-float (type \(result.type.name))")
                return nil
            }
            if result.isPointer && !result.isExact(.float) {
                guard RuntimeHooks.warn(thread, .deprecationWarning, "\(type.name).__float__ returned non-float (type \(result.type.name)).  The ability to return an instance of a strict subclass of float is deprecated, and may not be supported in a future version of Python.", 1) else { return nil }
            }
            return result.doubleValue
        }
        if type.slotPointer(.index).pointee != nil {
            let index = thread.toIndex(value)
            return index.isEmpty ? nil : Integers.toDouble(thread, index)
        }
        if value.isBuffer {
            var parsed: Double?
            let status = thread.withBuffer(value) { bytes, count in
                parsed = FloatText.parse(bytes, count)
                return .none
            }
            if status.isEmpty { return nil }
            if parsed == nil { thread.raise(.valueError, "could not convert string to float: \(value.reprForMessage(thread))") }
            return parsed
        }
        thread.raise(.typeError, "float() argument must be a string or a real number, not '\(type.name)'")
        return nil
    }

    static func ratio(_ thread: ThreadRef, _ value: Double) -> Value {
        if value.isNaN { return thread.raise(.valueError, "cannot convert NaN to integer ratio") }
        if value.isInfinite { return thread.raise(.overflowError, "cannot convert Infinity to integer ratio") }
        if value == 0 { return thread.newTuple(Value(small: 0), Value(small: 1)) }
        var exponent: Int32 = 0
        var mantissa = Int(scalbn(frexp(value, &exponent), 53))
        exponent -= 53
        let zeros = mantissa.trailingZeroBitCount
        mantissa >>= zeros
        exponent += Int32(zeros)
        let numerator = Integers.leftShift(thread, Value(small: mantissa), by: Int(max(exponent, 0)))
        let denominator = Integers.leftShift(thread, Value(small: 1), by: Int(max(-exponent, 0)))
        return numerator.isEmpty || denominator.isEmpty ? .empty : thread.newTuple(numerator, denominator)
    }

    /// round(x, ndigits): by correctly rounded decimal text and back.
    static func round(_ thread: ThreadRef, _ value: Double, _ digits: Value) -> Value {
        if digits.isNone { return truncate(thread, value.rounded(.toNearestOrEven)) }
        guard let places = thread.toInt(digits, overflow: nil) else { return .empty }
        if !value.isFinite || value == 0 { return thread.newFloat(value) }
        // Beyond these nothing is left to round, or nothing remains.
        if places > 323 { return thread.newFloat(value) }
        if places < -308 { return thread.newFloat(0 * value) }
        let result = round(value, places)
        if result.isInfinite { return thread.raise(.overflowError, "rounded value too large to represent") }
        return thread.newFloat(result)
    }

    private static func round(_ value: Double, _ places: Int) -> Double {
        var text: [UInt8]
        if places >= 0 {
            text = FloatText.format(value, UInt8(ascii: "f"), places)
        } else {
            let whole = value.rounded(.towardZero).magnitude
            let integerDigits = whole == 0 ? 0 : FloatText.format(whole, UInt8(ascii: "f"), 0).count
            if -places > integerDigits { return 0 * value }
            if -places == integerDigits {
                // The result is 0 or 10 to the number of digits; a tie goes to the even 0.
                let half = "5" + String(repeating: "0", count: integerDigits - 1)
                let limit = FloatText.read(Array(half.utf8) + [0])
                // The half itself may not be a double: then neither is the number equal to it.
                let exact = FloatText.format(limit, UInt8(ascii: "f"), 0).elementsEqual(half.utf8)
                let up = value.magnitude > limit || (value.magnitude == limit && !exact && FloatText.format(limit, UInt8(ascii: "f"), 0).lexicographicallyPrecedes(half.utf8) == false)
                guard up else { return 0 * value }
                return (value < 0 ? -1 : 1) * FloatText.read(Array("1e\(integerDigits)".utf8) + [0])
            }
            text = FloatText.format(value, UInt8(ascii: "e"), integerDigits + places - 1)
        }
        text.append(0)
        return FloatText.read(text)
    }
}
