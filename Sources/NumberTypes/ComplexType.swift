import Glibc
import Objects

/// The type `complex`. Operations follow C99's Annex G as far as CPython does; multiplication and powers are the plain formulas.
public enum ComplexType {
    public typealias Complex = (real: Double, imaginary: Double)

    @inline(__always) public static func value(_ object: Value) -> Complex {
        let pointer = object.object(ComplexObject.self)
        return (pointer.pointee.real, pointer.pointee.imaginary)
    }

    @inline(__always) public static func isComplex(_ value: Value) -> Bool {
        value.isPointer && (value.shapeIndex == TypeID.complex.rawValue || value.type.isSubtype(of: TypeID.complex.type))
    }

    @inline(__always) static func operand(_ thread: ThreadRef, _ value: Value, _ result: inout Complex) -> Value {
        if isComplex(value) {
            result = self.value(value)
            return .none
        }
        result.imaginary = 0
        return FloatType.operand(thread, value, &result.real)
    }

    @inline(__always) private static func binary(_ thread: ThreadRef, _ a: Value, _ b: Value, _ body: (Complex, Complex) -> Value) -> Value {
        var x: Complex = (0, 0), y: Complex = (0, 0)
        var status = operand(thread, a, &x)
        guard status.isNone else { return status }
        status = operand(thread, b, &y)
        return status.isNone ? body(x, y) : status
    }

    static func start(_ thread: ThreadRef) {
        NativeType(id: .complex, "complex", size: MemoryLayout<ComplexObject>.size, flags: .base,
                   doc: "complex(real=0, imag=0)\n--\n\nA complex number: real + imag*1j, both 0 unless given.", methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.repr) { thread, value in ComplexType.repr(thread, ComplexType.value(value)) }
            slots.hash { _, value in
                let number = ComplexType.value(value)
                let identity = Hashing.int(Int(truncatingIfNeeded: value.bits >> 4))
                let hash = Hashing.double(number.real, identity: identity) &+ 1000003 &* Hashing.double(number.imaginary, identity: identity)
                return hash == -1 ? -2 : hash
            }
            slots.compare { _, a, b, operation in ComplexType.compare(a, b, Comparison(number: operation)) }
            slots.bool { _, value in
                let number = ComplexType.value(value)
                return number.real != 0 || number.imaginary != 0 ? 1 : 0
            }
            slots.unary(.negative) { thread, value in
                let number = ComplexType.value(value)
                return thread.newComplex(-number.real, -number.imaginary)
            }
            slots.unary(.positive) { thread, value in
                let number = ComplexType.value(value)
                return thread.newComplex(number.real, number.imaginary)
            }
            slots.unary(.absolute) { thread, value in
                let number = ComplexType.value(value)
                let result = hypot(number.real, number.imaginary)
                if result.isInfinite && number.real.isFinite && number.imaginary.isFinite { return thread.raise(.overflowError, "absolute value too large") }
                return thread.newFloat(result)
            }
            slots.binary(.add) { thread, a, b in ComplexType.binary(thread, a, b) { thread.newComplex($0.real + $1.real, $0.imaginary + $1.imaginary) } }
            slots.binary(.subtract) { thread, a, b in ComplexType.binary(thread, a, b) { thread.newComplex($0.real - $1.real, $0.imaginary - $1.imaginary) } }
            slots.binary(.multiply) { thread, a, b in
                ComplexType.binary(thread, a, b) { x, y in
                    let product = ComplexType.multiply(x, y)
                    return thread.newComplex(product.real, product.imaginary)
                }
            }
            slots.binary(.divide) { thread, a, b in
                ComplexType.binary(thread, a, b) { x, y in
                    guard let quotient = ComplexType.divide(x, y) else { return thread.raise(.zeroDivisionError, "complex division by zero") }
                    return thread.newComplex(quotient.real, quotient.imaginary)
                }
            }
            slots.ternary(.power) { thread, a, b, modulus in
                ComplexType.binary(thread, a, b) { x, y in
                    modulus.isNone ? ComplexType.power(thread, x, y) : thread.raise(.valueError, "complex modulo")
                }
            }
            slots.call(.new) { thread, type, arguments, count, keywords in ComplexType.constructor.call(thread, type, arguments, count, keywords) }
        }
    }

    static let methods: [Def] = [
        Def("conjugate(self, /)", .pure, "The complex conjugate: the same with the imaginary part negated.") { thread, a, _ in
            let number = ComplexType.value(a[0])
            return thread.newComplex(number.real, -number.imaginary)
        },
        Def("__complex__(self, /)", .pure, "The number as an exact complex.") { thread, a, _ in
            if a[0].isExact(.complex) { return a[0] }
            let number = ComplexType.value(a[0])
            return thread.newComplex(number.real, number.imaginary)
        },
        Def("__getnewargs__(self, /)", .pure) { thread, a, _ in
            let number = ComplexType.value(a[0])
            let real = thread.newFloat(number.real)
            let imaginary = thread.newFloat(number.imaginary)
            return real.isEmpty || imaginary.isEmpty ? .empty : thread.newTuple(real, imaginary)
        },
        Def("__format__(self, format_spec, /)", .calls, "The number as text, as the format specification says.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "__format__() argument must be str, not \(a[1].argumentTypeName)") }
            return NumberFormatting.format(thread, complex: a[0], StringRef(a[1]))
        },
    ]

    static let getters: [Getter] = [
        Getter("real", "the real part of a complex number", set: readOnlyMember) { thread, a, _ in thread.newFloat(ComplexType.value(a[0]).real) },
        Getter("imag", "the imaginary part of a complex number", set: readOnlyMember) { thread, a, _ in thread.newFloat(ComplexType.value(a[0]).imaginary) },
    ]

    // MARK: Arithmetic

    @inline(__always) static func multiply(_ x: Complex, _ y: Complex) -> Complex {
        (x.real * y.real - x.imaginary * y.imaginary, x.real * y.imaginary + x.imaginary * y.real)
    }

    /// nil when the divisor is zero. Scaled by the larger part of the divisor (Smith's method), so that squares do not overflow.
    static func divide(_ x: Complex, _ y: Complex) -> Complex? {
        let real = y.real.magnitude, imaginary = y.imaginary.magnitude
        if real >= imaginary {
            if real == 0 { return nil }
            let ratio = y.imaginary / y.real
            let scale = y.real + y.imaginary * ratio
            return ((x.real + x.imaginary * ratio) / scale, (x.imaginary - x.real * ratio) / scale)
        }
        if imaginary >= real {
            let ratio = y.real / y.imaginary
            let scale = y.real * ratio + y.imaginary
            return ((x.real * ratio + x.imaginary) / scale, (x.imaginary * ratio - x.real) / scale)
        }
        return (.nan, .nan)
    }

    static func power(_ thread: ThreadRef, _ x: Complex, _ y: Complex) -> Value {
        var result: Complex
        if y.imaginary == 0 && y.real == y.real.rounded(.down) && y.real.magnitude <= 100 {
            // A small integral exponent: multiply, which is more exact.
            var rest = Int(y.real.magnitude)
            result = (1, 0)
            var square = x
            while rest > 0 {
                if rest & 1 == 1 { result = multiply(result, square) }
                rest >>= 1
                square = multiply(square, square)
            }
            if y.real <= 0 {
                guard let inverse = divide((1, 0), result) else { return thread.raise(.zeroDivisionError, "0.0 to a negative or complex power") }
                result = inverse
            }
        } else if x.real == 0 && x.imaginary == 0 {
            if y.imaginary != 0 || y.real < 0 { return thread.raise(.zeroDivisionError, "0.0 to a negative or complex power") }
            result = (0, 0)
        } else {
            let modulus = hypot(x.real, x.imaginary)
            let argument = atan2(x.imaginary, x.real)
            var length = pow(modulus, y.real)
            var phase = argument * y.real
            if y.imaginary != 0 {
                length /= exp(argument * y.imaginary)
                phase += y.imaginary * log(modulus)
            }
            // As CPython, which goes by the error of C's cos(inf).
            if phase.isInfinite { return thread.raise(.zeroDivisionError, "0.0 to a negative or complex power") }
            result = (length * cos(phase), length * sin(phase))
        }
        if result.real.isInfinite || result.imaginary.isInfinite { return thread.raise(.overflowError, "complex exponentiation") }
        return thread.newComplex(result.real, result.imaginary)
    }

    static func compare(_ a: Value, _ b: Value, _ operation: Comparison) -> Value {
        guard operation == .equal || operation == .notEqual else { return .notImplemented }
        let x = value(a)
        let same: Bool
        if isComplex(b) {
            let y = value(b)
            same = x.real == y.real && x.imaginary == y.imaginary
        } else if b.isFloat {
            same = x.imaginary == 0 && x.real == b.doubleValue
        } else if b.isInt {
            same = x.imaginary == 0 && Integers.compare(b, with: x.real) == 0
        } else {
            return .notImplemented
        }
        return Value(same == (operation == .equal))
    }

    // MARK: Text

    static func repr(_ thread: ThreadRef, _ number: Complex) -> Value {
        let code = UInt8(ascii: "r")
        if number.real == 0 && number.real.sign == .plus {
            return thread.newString(utf8: FloatText.format(number.imaginary, code, 0) + [UInt8(ascii: "j")])
        }
        return thread.newString(utf8: [UInt8(ascii: "(")] + FloatText.format(number.real, code, 0) + FloatText.format(number.imaginary, code, 0, .sign) + Array("j)".utf8))
    }

    /// complex(text); nil when it is malformed: `x`, `yj` or `x+yj`, perhaps in parentheses.
    static func parse(_ string: StringRef) -> Complex? {
        let bytes = string.isASCII ? string.utf8 : NumberText.ascii(string)
        guard var text = bytes.withUnsafeBufferPointer({ FloatText.clean($0.baseAddress!, $0.count) }) else { return nil }
        var length = text.count - 9
        if length >= 2 && text[0] == UInt8(ascii: "(") {
            guard text[length - 1] == UInt8(ascii: ")") else { return nil }
            let inner = Array(text[1 ..< length - 1])
            guard let cleaned = inner.withUnsafeBufferPointer({ FloatText.clean($0.baseAddress!, $0.count) }) else { return nil }
            text = cleaned
            length = text.count - 9
        }
        if length <= 0 { return nil }
        return text.withUnsafeBufferPointer { buffer -> Complex? in
            let start = buffer.baseAddress!
            var position = 0
            func isUnit(_ byte: UInt8) -> Bool { byte | 0x20 == UInt8(ascii: "j") }
            /// A number, or a bare sign or nothing before `j`, which counts as one.
            func part() -> Double? {
                if let number = FloatText.scan(start, &position) { return number }
                var sign = 1.0
                if start[position] == UInt8(ascii: "+") || start[position] == UInt8(ascii: "-") {
                    sign = start[position] == UInt8(ascii: "-") ? -1 : 1
                    position += 1
                }
                return isUnit(start[position]) ? sign : nil
            }
            guard let first = part() else { return nil }
            if isUnit(start[position]) { return position + 1 == length ? (0, first) : nil }
            if position == length { return (first, 0) }
            guard start[position] == UInt8(ascii: "+") || start[position] == UInt8(ascii: "-"), let second = part(), isUnit(start[position]), position + 1 == length else { return nil }
            return (first, second)
        }
    }

    // MARK: Making

    static let constructor = Constructor("complex(self, real=0, imag=0)") { thread, a, _ in
        let type = TypeRef(a[0])
        if a[1].isExact(.complex) && a[2].isEmpty && type == TypeID.complex.type { return a[1] }
        var number: Complex = (0, 0)
        if !a[1].isEmpty && a[1].isString {
            if !a[2].isEmpty { return thread.raise(.typeError, "complex() can't take second arg if first is a string") }
            guard let parsed = ComplexType.parse(StringRef(a[1])) else { return thread.raise(.valueError, "complex() arg is a malformed string") }
            number = parsed
        } else {
            if !a[2].isEmpty && a[2].isString { return thread.raise(.typeError, "complex() second arg can't be a string") }
            var first: Complex = (0, 0)
            if !a[1].isEmpty {
                guard let found = ComplexType.fromObject(thread, a[1], first: true) else { return .empty }
                first = found
            }
            number = first
            if !a[2].isEmpty {
                guard let second = ComplexType.fromObject(thread, a[2], first: false) else { return .empty }
                // real + imag*1j, computed only as far as there is something to add.
                number = (ComplexType.isComplex(a[2]) ? first.real - second.imaginary : first.real, second.real)
                if ComplexType.isComplex(a[1]) || first.imaginary != 0 { number.imaginary += first.imaginary }
            }
        }
        let instance = type == TypeID.complex.type ? thread.newComplex(0, 0) : thread.allocateInstance(type)
        if instance.isEmpty { return .empty }
        instance.object(ComplexObject.self).pointee.real = number.real
        instance.object(ComplexObject.self).pointee.imaginary = number.imaginary
        return instance
    }

    /// What `__complex__`, or else `__float__` or `__index__`, makes of an object; nil when it has raised or cannot.
    static func fromObject(_ thread: ThreadRef, _ object: Value, first: Bool) -> Complex? {
        if object.isExact(.complex) || (!first && isComplex(object)) { return value(object) }
        if first {
            switch fromMethod(thread, object) {
            case .value(let number): return number
            case .raised: return nil
            case .absent: break
            }
            if isComplex(object) { return value(object) }
        }
        if object.isFloat, !object.isPointer || object.isExact(.float) { return (object.doubleValue, 0) }
        guard object.type.slotPointer(.float).pointee != nil || object.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, first ? "complex() first argument must be a string or a number, not '\(object.type.name)'"
                : "complex() second argument must be a number, not '\(object.type.name)'")
            return nil
        }
        return FloatType.fromObject(thread, object).map { ($0, 0) }
    }

    public enum Conversion {
        case value(Complex)
        case raised
        case absent
    }

    /// What the special method `__complex__` returns.
    public static func fromMethod(_ thread: ThreadRef, _ object: Value) -> Conversion {
        if !object.isPointer || object.isExact(.float) || object.isExact(.int) { return .absent }
        guard let result = thread.callSpecial(object, .__complex__) else { return .absent }
        if result.isEmpty { return .raised }
        guard isComplex(result) else {
            thread.raise(.typeError, "__complex__ returned non-complex (type \(result.type.name))")
            return .raised
        }
        if !result.isExact(.complex) {
            guard RuntimeHooks.warn(thread, .deprecationWarning, "__complex__ returned non-complex (type \(result.type.name)).  The ability to return an instance of a strict subclass of complex is deprecated, and may not be supported in a future version of Python.", 1) else { return .raised }
        }
        return .value(value(result))
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    public func newComplex(_ real: Double, _ imaginary: Double) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<ComplexObject>.size, shape: TypeID.complex.rawValue) else { return raiseOutOfMemory() }
        raw.assumingMemoryBound(to: ComplexObject.self).pointee.real = real
        raw.assumingMemoryBound(to: ComplexObject.self).pointee.imaginary = imaginary
        return Value(raw)
    }
}
