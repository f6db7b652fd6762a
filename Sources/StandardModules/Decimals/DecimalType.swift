import Glibc
import NumberTypes
import Objects

/// `decimal.Decimal`: the object, its construction and its operators.
struct DecimalObject {
    var header: ObjectHeader
    var low: UInt64
    var high: UInt64
    /// An int, or empty.
    var big: Value
    var exponent: Int
    var digits: Int
    var kind: UInt8
    var negative: Bool
}

enum Decimals {
    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func isDecimal(_ value: Value) -> Bool { value.isPointer && (value.shapeIndex == type.shape || value.type.isSubtype(of: type.type)) }

    @inline(__always) static func number(_ value: Value) -> Number {
        let object = value.object(DecimalObject.self)
        var coefficient = Coefficient(UInt128(object.pointee.high) << 64 | UInt128(object.pointee.low))
        coefficient.big = object.pointee.big
        return Number(negative: object.pointee.negative, kind: unsafeBitCast(object.pointee.kind, to: Number.Kind.self), exponent: object.pointee.exponent,
                      coefficient: coefficient, digits: object.pointee.digits)
    }

    @inline(__always) private static func fill(_ raw: UnsafeMutableRawPointer, _ number: Number) {
        let object = raw.assumingMemoryBound(to: DecimalObject.self)
        object.pointee.low = UInt64(truncatingIfNeeded: number.coefficient.low)
        object.pointee.high = UInt64(truncatingIfNeeded: number.coefficient.low >> 64)
        object.pointee.exponent = number.exponent
        object.pointee.digits = number.digits
        object.pointee.kind = number.kind.rawValue
        object.pointee.negative = number.negative
        if !number.coefficient.big.isEmpty {
            object.pointee.big = number.coefficient.big
            Heap.barrier(raw)
        }
    }

    @inline(__always) static func make(_ thread: ThreadRef, _ number: Number) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<DecimalObject>.size, shape: type.shape) else { return thread.raiseOutOfMemory() }
        fill(raw, number)
        return Value(raw)
    }

    static func make(_ thread: ThreadRef, _ number: Number, _ class: TypeRef) -> Value {
        if `class` == type.type { return make(thread, number) }
        let result = thread.allocateInstance(`class`)
        if !result.isEmpty { fill(result.raw, number) }
        return result
    }

    /// The result of an operation: a new object, once the conditions are settled. nil means that it has raised.
    @inline(__always) static func result(_ thread: ThreadRef, _ number: Number?, _ context: Value, _ settings: Settings) -> Value {
        guard let number else { return .empty }
        if !settings.status.isEmpty && !Contexts.settle(thread, context, settings.status) { return .empty }
        return make(thread, number)
    }

    // MARK: Construction

    static func fromInt(_ thread: ThreadRef, _ value: Value) -> Number? {
        if value.isSmallInt {
            let word = value.smallInt
            let coefficient = Coefficient(UInt128(word.magnitude))
            return Number(negative: word < 0, exponent: 0, coefficient: coefficient, digits: Coefficient.digits(coefficient.low))
        }
        if value.isBool { return value == .true ? Number.one : Number.zero() }
        guard let coefficient = Coefficient.fromInt(thread, value) else { return nil }
        return Number.make(thread, negative: Integers.isNegative(value), exponent: 0, coefficient)
    }

    /// A float's exact value.
    static func fromDouble(_ thread: ThreadRef, _ value: Double) -> Number? {
        if value.isNaN { return Number.notANumber.withSign(value.sign == .minus) }
        if value.isInfinite { return Number.infinity(negative: value < 0) }
        if value == 0 { return Number.zero(negative: value.sign == .minus) }
        var exponent: Int32 = 0
        var mantissa = Int(frexp(value.magnitude, &exponent) * 9007199254740992)
        var place = Int(exponent) - 53
        let zeros = mantissa.trailingZeroBitCount
        mantissa >>= zeros
        place += zeros
        var scaled: Value
        if place >= 0 {
            scaled = Integers.leftShift(thread, Value(small: mantissa), by: place)
            place = 0
        } else {
            // n / 2^k is n * 5^k / 10^k.
            scaled = Integers.power(thread, Value(small: 5), Value(small: -place))
            if !scaled.isEmpty { scaled = Integers.multiply(thread, scaled, Value(small: mantissa)) }
        }
        guard !scaled.isEmpty, let coefficient = Coefficient.fromInt(thread, scaled) else { return nil }
        return Number.make(thread, negative: value < 0, exponent: place, coefficient)
    }

    /// A number that must be representable within the widest limits: what is not is an invalid operation.
    private static func exactly(_ thread: ThreadRef, _ number: Number, _ context: Value) -> Number? {
        var settings = Settings.widest
        guard var result = settings.finish(thread, number) else { return nil }
        var status = settings.status.intersection(.invalid)
        if !settings.status.isDisjoint(with: [.inexact, .rounded, .clamped]) {
            status = .invalidOperation
            result = Number.notANumber
        }
        return Contexts.settle(thread, context, status) ? result : nil
    }

    /// From text, exactly (the constructor) or rounded (contexts).
    static func fromText(_ thread: ThreadRef, _ text: StringRef, _ context: Value, exact: Bool) -> Number? {
        var isMalformed = false
        guard let number = DecimalText.read(thread, text, lenient: exact, &isMalformed) else {
            if !isMalformed { return nil }
            return Contexts.settle(thread, context, .conversionSyntax) ? Number.notANumber : nil
        }
        if exact {
            if number.exponent.magnitude < 1 << 40 && number.isFinite { return number }
            return exactly(thread, number, context)
        }
        var settings = Contexts.settings(context)
        if number.isNaN && number.digits > settings.precision - (settings.clamps ? 1 : 0) {
            return Contexts.settle(thread, context, .conversionSyntax) ? Number.notANumber : nil
        }
        guard let result = settings.finish(thread, number) else { return nil }
        return Contexts.settle(thread, context, settings.status) ? result : nil
    }

    /// From a tuple or list of sign, digits and exponent: not yet checked against any limits.
    private static func fromSequence(_ thread: ThreadRef, _ value: Value) -> Number? {
        func fail(_ message: String) -> Number? {
            thread.raise(.valueError, message)
            return nil
        }
        func item(_ index: Int) -> Value { value.isTuple ? TupleRef(value)[index] : ListRef(value)[index] }
        guard (value.isTuple ? TupleRef(value).count : ListRef(value).count) == 3 else { return fail("argument must be a sequence of length 3") }
        let signValue = item(0), digitsValue = item(1), place = item(2)
        guard signValue.isInt || signValue.isBool, let sign = IntOps.toInt(signValue), sign == 0 || sign == 1 else { return fail("sign must be an integer with the value 0 or 1") }
        var result = Number.zero(negative: sign == 1)
        if place.isString {
            let text = StringRef(place)
            if text.count == 1 && text[0] == 70 { return Number.infinity(negative: sign == 1) }
            if text.count == 1 && text[0] == 110 {
                result.kind = .quiet
            } else if text.count == 1 && text[0] == 78 {
                result.kind = .signalling
            } else {
                return fail("string argument in the third position must be 'F', 'n' or 'N'")
            }
        } else {
            guard place.isInt || place.isBool else { return fail("exponent must be an integer") }
            guard let exponent = thread.toInt(place) else { return nil }
            result.exponent = min(max(exponent, -Number.farExponent), Number.farExponent)
        }
        guard digitsValue.isTuple || digitsValue.isList else { return fail("coefficient must be a tuple of digits") }
        let count = digitsValue.isTuple ? TupleRef(digitsValue).count : ListRef(digitsValue).count
        var text: [UInt8] = []
        text.reserveCapacity(count)
        for index in 0 ..< count {
            let digit = digitsValue.isTuple ? TupleRef(digitsValue)[index] : ListRef(digitsValue)[index]
            guard digit.isInt || digit.isBool, let number = IntOps.toInt(digit), number >= 0 && number <= 9 else { return fail("coefficient must be a tuple of digits") }
            if text.isEmpty && number == 0 { continue }
            text.append(UInt8(48 + number))
        }
        guard let coefficient = text.withUnsafeBufferPointer({ $0.isEmpty ? Coefficient(0) : Coefficient.read(thread, $0.baseAddress!, $0.count) }),
              let own = coefficient.kept(thread) else { return nil }
        result.coefficient = own
        result.digits = max(text.count, result.isFinite ? 1 : 0)
        return result
    }

    /// What the constructor makes of an object. nil when it has raised.
    static func fromObject(_ thread: ThreadRef, _ value: Value, _ context: Value) -> Number? {
        if value.isString { return fromText(thread, StringRef(value), context, exact: true) }
        if value.isInt || value.isBool { return fromInt(thread, value) }
        if isDecimal(value) { return number(value) }
        if value.isTuple || value.isList {
            guard let number = fromSequence(thread, value) else { return nil }
            return exactly(thread, number, context)
        }
        if value.isFloat {
            guard Contexts.settle(thread, context, .floatOperation) else { return nil }
            return fromDouble(thread, value.doubleValue)
        }
        thread.raise(.typeError, "conversion from \(value.type.name) to Decimal is not supported")
        return nil
    }

    static let constructor = Constructor("Decimal(self, value=\"0\", context=None)") { thread, a, _ in
        let context = Contexts.argument(thread, a[2])
        if context.isEmpty { return .empty }
        let type = TypeRef(a[0])
        if a[1].isEmpty { return Decimals.make(thread, Number.zero(), type) }
        if type == Decimals.type.type && a[1].isPointer && a[1].shapeIndex == Decimals.type.shape { return a[1] }
        guard let number = Decimals.fromObject(thread, a[1], context) else { return .empty }
        return Decimals.make(thread, number, type)
    }

    /// `Context.create_decimal`.
    static func create(_ thread: ThreadRef, _ value: Value, _ context: Value) -> Value {
        let number: Number?
        if value.isString {
            number = fromText(thread, StringRef(value), context, exact: false)
        } else {
            var settings = Contexts.settings(context)
            guard let exact = value.isTuple || value.isList ? fromSequence(thread, value) : fromObject(thread, value, context) else { return .empty }
            if exact.isNaN && exact.digits > settings.precision - (settings.clamps ? 1 : 0) {
                number = settings.invalid(.conversionSyntax)
            } else {
                number = settings.finish(thread, exact)
            }
            if number == nil || !Contexts.settle(thread, context, settings.status) { return .empty }
        }
        guard let number else { return .empty }
        return make(thread, number)
    }

    static func fromFloat(_ thread: ThreadRef, _ value: Value) -> Number? {
        if value.isInt || value.isBool { return fromInt(thread, value) }
        if value.isFloat { return fromDouble(thread, value.doubleValue) }
        thread.raise(.typeError, "argument must be int or float")
        return nil
    }

    // MARK: Operators

    enum Operand { case number(Number), other, raised }

    /// An operand of an operator: a Decimal or an int.
    @inline(__always) static func operand(_ thread: ThreadRef, _ value: Value, _ result: inout Number) -> Value {
        if isDecimal(value) {
            result = number(value)
            return .none
        }
        if value.isInt || value.isBool {
            guard let own = fromInt(thread, value) else { return .empty }
            result = own
            return .none
        }
        return .notImplemented
    }

    /// An operand of a method: the same, and TypeError for others. nil when it has raised.
    static func argument(_ thread: ThreadRef, _ value: Value) -> Number? {
        if isDecimal(value) { return number(value) }
        if value.isInt || value.isBool { return fromInt(thread, value) }
        thread.raise(.typeError, "conversion from \(value.type.name) to Decimal is not supported")
        return nil
    }

    @inline(__always) private static func binary(_ thread: ThreadRef, _ a: Value, _ b: Value, _ body: (inout Settings, Number, Number) -> Number?) -> Value {
        var x = Number.notANumber, y = Number.notANumber
        var status = operand(thread, a, &x)
        guard status.isNone else { return status }
        status = operand(thread, b, &y)
        guard status.isNone else { return status }
        let context = Contexts.current(thread)
        if context.isEmpty { return .empty }
        var settings = Contexts.settings(context)
        let number = body(&settings, x, y)
        return result(thread, number, context, settings)
    }

    /// An operation of a method, with operands already converted.
    @inline(__always) static func unary(_ thread: ThreadRef, _ value: Value, _ context: Value, _ body: (inout Settings, Number) -> Number?) -> Value {
        guard let x = argument(thread, value) else { return .empty }
        var settings = Contexts.settings(context)
        let number = body(&settings, x)
        return result(thread, number, context, settings)
    }

    @inline(__always) static func binary(_ thread: ThreadRef, _ a: Value, _ b: Value, _ context: Value, _ body: (inout Settings, Number, Number) -> Number?) -> Value {
        guard let x = argument(thread, a), let y = argument(thread, b) else { return .empty }
        var settings = Contexts.settings(context)
        let number = body(&settings, x, y)
        return result(thread, number, context, settings)
    }

    static func divmod(_ thread: ThreadRef, _ x: Number, _ y: Number, _ context: Value) -> Value {
        var settings = Contexts.settings(context)
        guard let (quotient, rest) = settings.divmod(thread, x, y), Contexts.settle(thread, context, settings.status) else { return .empty }
        let first = make(thread, quotient)
        let second = first.isEmpty ? .empty : make(thread, rest)
        return second.isEmpty ? .empty : thread.newTuple(first, second)
    }

    /// Powers of integers are native; all others, and those that have no plain result, are in Python.
    static func power(_ thread: ThreadRef, _ a: Value, _ b: Value, _ x: Number, _ y: Number, _ context: Value) -> Value {
        if x.isFinite && y.isFinite && !x.isZero && !y.isZero && y.exponent > -30 && y.digits + y.exponent <= 10 && y.exponent < 10 && y.coefficient.isSmall {
            guard let isOne = Settings.compare(thread, x.withSign(false), Number.one) else { return .empty }
            guard let (integer, exact) = y.rescaled(thread, 0, .down) else { return .empty }
            if isOne != 0 && exact {
                var settings = Contexts.settings(context)
                let exponent = Int(truncatingIfNeeded: integer.coefficient.low)
                if exponent < 1 << 31 {
                    let number = settings.power(thread, x, y.negative ? -exponent : exponent, exponentDigits: max(y.digits + y.exponent, 1))
                    return result(thread, number, context, settings)
                }
            }
        }
        let first = make(thread, x)
        let second = first.isEmpty ? .empty : make(thread, y)
        return second.isEmpty ? .empty : thread.call(Contexts.hook("power"), first, second, .none, context)
    }

    /// The order of a Decimal and a number of any kind. `equality` compares for equality alone, which notes floats, but never raises because of them.
    private static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Comparison) -> Value {
        let equality = operation == .equal || operation == .notEqual
        var x = number(a), y = Number.notANumber
        var context = Value.empty
        if isDecimal(b) {
            y = number(b)
        } else if b.isInt || b.isBool {
            guard let own = fromInt(thread, b) else { return .empty }
            y = own
        } else {
            context = Contexts.current(thread)
            if context.isEmpty { return .empty }
            var other = b
            if equality && b.isPointer && b.type.isSubtype(of: TypeID.complex.type) {
                let complex = ComplexType.value(b)
                if complex.imaginary != 0 { return Value(operation == .notEqual) }
                other = thread.newFloat(complex.real)
                if other.isEmpty { return .empty }
            }
            if other.isFloat {
                if equality {
                    Contexts.object(context).pointee.status |= Conditions.floatOperation.rawValue
                } else if !Contexts.settle(thread, context, .floatOperation) {
                    return .empty
                }
                guard let own = fromDouble(thread, other.doubleValue) else { return .empty }
                y = own
            } else {
                // A fraction: both sides times its denominator.
                let pair = thread.call(Contexts.hook("times_denominator"), a, b)
                guard pair.isExact(.tuple) && TupleRef(pair).count == 2 else { return pair.isEmpty ? .empty : .notImplemented }
                x = number(TupleRef(pair)[0])
                y = number(TupleRef(pair)[1])
            }
        }
        if x.isNaN || y.isNaN {
            if !equality || x.kind == .signalling || y.kind == .signalling {
                if context.isEmpty { context = Contexts.current(thread) }
                guard !context.isEmpty, Contexts.settle(thread, context, .invalidOperation) else { return .empty }
            }
            return Value(operation == .notEqual)
        }
        guard let order = Settings.compare(thread, x, y) else { return .empty }
        switch operation {
        case .less: return Value(order < 0)
        case .lessEqual: return Value(order <= 0)
        case .equal: return Value(order == 0)
        case .notEqual: return Value(order != 0)
        case .greater: return Value(order > 0)
        case .greaterEqual: return Value(order >= 0)
        }
    }

    /// The hash: that of an equal int, float or fraction. -1 when it has raised.
    private static func hash(_ thread: ThreadRef, _ value: Value) -> Int {
        let number = number(value)
        switch number.kind {
        case .signalling:
            thread.raise(.typeError, "Cannot hash a signaling NaN value")
            return -1
        case .quiet: return Hashing.identity(value)
        case .infinity: return number.negative ? -Hashing.infinity : Hashing.infinity
        case .finite: break
        }
        let modulus = Hashing.modulus
        var hash: UInt64
        if number.coefficient.big.isEmpty {
            hash = UInt64(truncatingIfNeeded: number.coefficient.low % UInt128(modulus))
        } else {
            hash = UInt64(Integers.hash(number.coefficient.big).magnitude)
        }
        var power = number.exponent.magnitude
        // 10, or its inverse, to the power of the exponent.
        var base: UInt64 = number.exponent >= 0 ? 10 : 2075258708292324556
        func times(_ a: UInt64, _ b: UInt64) -> UInt64 { UInt64(truncatingIfNeeded: UInt128(a) * UInt128(b) % UInt128(modulus)) }
        while power > 0 {
            if power & 1 == 1 { hash = times(hash, base) }
            base = times(base, base)
            power >>= 1
        }
        let signed = number.negative ? -Int(hash) : Int(hash)
        return signed == -1 ? -2 : signed
    }

    /// int(), of a number rounded towards zero or otherwise. Empty when it has raised.
    static func toInt(_ thread: ThreadRef, _ number: Number, _ rounding: Rounding) -> Value {
        if number.isNaN { return thread.raise(.valueError, "cannot convert NaN to integer") }
        if number.isInfinite { return thread.raise(.overflowError, "cannot convert Infinity to integer") }
        guard let (integer, _) = number.rescaled(thread, 0, rounding) else { return .empty }
        let value = integer.coefficient.int(thread)
        return value.isEmpty || !integer.negative ? value : Integers.negate(thread, value)
    }

    static func toFloat(_ thread: ThreadRef, _ number: Number) -> Value {
        if number.kind == .signalling { return thread.raise(.valueError, "cannot convert signaling NaN to float") }
        if number.isNaN { return thread.newFloat(number.negative ? -Double.nan : Double.nan) }
        // Up to 2^53 and 10^22 both are exact, and so is their quotient's or product's rounding.
        if number.isFinite && number.coefficient.isSmall && number.coefficient.low < 1 << 53 && number.exponent.magnitude <= 22 {
            let mantissa = Double(UInt64(truncatingIfNeeded: number.coefficient.low))
            var power = 1.0
            for _ in 0 ..< number.exponent.magnitude { power *= 10 }
            let result = number.exponent < 0 ? mantissa / power : mantissa * power
            return thread.newFloat(number.negative ? -result : result)
        }
        let text = DecimalText.write(thread, number, capitals: true)
        if text.isEmpty { return .empty }
        guard let result = FloatText.parse(StringRef(text)) else { return thread.raise(.systemError, "Decimal.__float__") }
        return thread.newFloat(result)
    }

    static func start(_ module: ModuleBuilder) {
        type = NativeType("Decimal", module: "decimal", size: MemoryLayout<DecimalObject>.size, mask: 1 << 3, flags: .base, doc: typeDoc,
                          methods: DecimalMethods.all, getters: DecimalMethods.getters) { slots in
            slots.call(.new) { thread, type, arguments, count, keywords in Decimals.constructor.call(thread, type, arguments, count, keywords) }
            slots.binary(.add) { thread, a, b in Decimals.binary(thread, a, b) { $0.add(thread, $1, $2) } }
            slots.binary(.subtract) { thread, a, b in Decimals.binary(thread, a, b) { $0.subtract(thread, $1, $2) } }
            slots.binary(.multiply) { thread, a, b in Decimals.binary(thread, a, b) { $0.multiply(thread, $1, $2) } }
            slots.binary(.divide) { thread, a, b in Decimals.binary(thread, a, b) { $0.divide(thread, $1, $2) } }
            slots.binary(.floorDivide) { thread, a, b in Decimals.binary(thread, a, b) { $0.divideInteger(thread, $1, $2) } }
            slots.binary(.modulo) { thread, a, b in Decimals.binary(thread, a, b) { $0.remainder(thread, $1, $2) } }
            slots.binary(.divmod) { thread, a, b in
                var x = Number.notANumber, y = Number.notANumber
                var status = Decimals.operand(thread, a, &x)
                guard status.isNone else { return status }
                status = Decimals.operand(thread, b, &y)
                guard status.isNone else { return status }
                let context = Contexts.current(thread)
                return context.isEmpty ? .empty : Decimals.divmod(thread, x, y, context)
            }
            slots.ternary(.power) { thread, a, b, modulus in
                var x = Number.notANumber, y = Number.notANumber, m = Number.notANumber
                var status = Decimals.operand(thread, a, &x)
                guard status.isNone else { return status }
                status = Decimals.operand(thread, b, &y)
                guard status.isNone else { return status }
                let context = Contexts.current(thread)
                if context.isEmpty { return .empty }
                if modulus.isNone { return Decimals.power(thread, a, b, x, y, context) }
                status = Decimals.operand(thread, modulus, &m)
                guard status.isNone else { return status }
                return thread.call(Contexts.hook("power"), a, b, modulus, context)
            }
            slots.unary(.negative) { thread, value in
                let context = Contexts.current(thread)
                return context.isEmpty ? .empty : Decimals.unary(thread, value, context) { $0.minus(thread, $1) }
            }
            slots.unary(.positive) { thread, value in
                let context = Contexts.current(thread)
                return context.isEmpty ? .empty : Decimals.unary(thread, value, context) { $0.plus(thread, $1) }
            }
            slots.unary(.absolute) { thread, value in
                let context = Contexts.current(thread)
                return context.isEmpty ? .empty : Decimals.unary(thread, value, context) { $0.absolute(thread, $1) }
            }
            slots.bool { _, value in Decimals.number(value).isZero ? 0 : 1 }
            slots.unary(.int) { thread, value in Decimals.toInt(thread, Decimals.number(value), .down) }
            slots.unary(.float) { thread, value in Decimals.toFloat(thread, Decimals.number(value)) }
            slots.hash { thread, value in Decimals.hash(thread, value) }
            slots.compare { thread, a, b, operation in Decimals.compare(thread, a, b, Comparison(number: operation)) }
            slots.unary(.str) { thread, value in Decimals.text(thread, value, wrapped: false) }
            slots.unary(.repr) { thread, value in Decimals.text(thread, value, wrapped: true) }
        }
        module.add(type)
    }

    static func text(_ thread: ThreadRef, _ value: Value, wrapped: Bool) -> Value {
        let context = Contexts.current(thread)
        return context.isEmpty ? .empty : DecimalText.write(thread, number(value), capitals: Contexts.object(context).pointee.capitals, wrapped: wrapped)
    }

    private static let typeDoc: StaticString = """
        Decimal(value="0", context=None)
        --

        A decimal number, of an integer, a string, a tuple or another Decimal; 0 when nothing is given.

        It is exact whatever the context says, which is only asked whether an invalid operation is an error.
        """
}

extension Settings {
    /// -x, by the rules of 0 - x.
    mutating func minus(_ thread: ThreadRef, _ a: Number) -> Number? {
        if a.isNaN { return nan(a, a).flatMap { finishSlow(thread, $0) } }
        if a.isZero { return finish(thread, a.withSign(rounding == .floor ? !a.negative : false)) }
        return finish(thread, a.withSign(!a.negative))
    }

    /// +x, by the rules of 0 + x.
    mutating func plus(_ thread: ThreadRef, _ a: Number) -> Number? {
        if a.isNaN { return nan(a, a).flatMap { finishSlow(thread, $0) } }
        if a.isZero && rounding != .floor { return finish(thread, a.withSign(false)) }
        return finish(thread, a)
    }

    mutating func absolute(_ thread: ThreadRef, _ a: Number) -> Number? {
        if a.isNaN { return nan(a, a).flatMap { finishSlow(thread, $0) } }
        return a.negative ? minus(thread, a) : plus(thread, a)
    }
}
