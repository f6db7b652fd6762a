import Glibc
import Interpreter
import NumberTypes
import Objects
import TraceJIT

/// Numbers: arithmetic of ints and floats in registers, and functions of `math`.
extension Recorder {
    func integers(_ x: Ref, _ p: Int, _ y: Ref, _ q: Int, _ slot: Slot) -> Ref? {
        func fits(_ result: (partialValue: Int, overflow: Bool)) -> Bool { !result.overflow && Value.fitsSmall(result.partialValue) }
        switch slot {
        case .add: return fits(p.addingReportingOverflow(q)) ? b.checked(.add, int(x), int(y), bits: 63) : nil
        case .subtract: return fits(p.subtractingReportingOverflow(q)) ? b.checked(.sub, int(x), int(y), bits: 63) : nil
        case .multiply: return fits(p.multipliedReportingOverflow(by: q)) ? b.checked(.mul, int(x), int(y), bits: 63) : nil
        case .floorDivide, .modulo:
            guard q > 0 else { return nil }
            let dividend = int(x), divisor = int(y)
            b.guarding(.ggt, divisor, b.int(0))
            return b.int(slot == .modulo ? .flmod : .fldiv, dividend, divisor)
        case .divide:
            guard q != 0, p.magnitude >> 53 == 0, q.magnitude >> 53 == 0 else { return nil }
            let dividend = int(x), divisor = int(y)
            b.guarding(.gne, divisor, b.int(0))
            b.emit(.gfits, .void, dividend, Ref(literal: 54))
            b.emit(.gfits, .void, divisor, Ref(literal: 54))
            return b.float(.fdiv, b.float(.itof, dividend), b.float(.itof, divisor))
        case .bitAnd: return b.int(.and, int(x), int(y))
        case .bitOr: return b.int(.or, int(x), int(y))
        case .bitXor: return b.int(.xor, int(x), int(y))
        case .rightShift:
            guard q >= 0, q < 64 else { return nil }
            let number = int(x), count = int(y)
            b.guarding(.gult, count, b.int(64))
            return b.int(.sar, number, count)
        case .leftShift:
            guard q >= 0, q < 62, (p << q) >> q == p, Value.fitsSmall(p << q) else { return nil }
            let number = int(x), count = int(y)
            b.guarding(.gult, count, b.int(62))
            let shifted = b.int(.shl, number, count)
            b.emit(.gfits, .void, shifted, Ref(literal: 63))
            b.guarding(.geq, b.int(.sar, shifted, count), number)
            return shifted
        case .power:
            guard q >= 0, Helpers.smallPower(p, q) != Helpers.tooLarge else { return nil }
            let base = int(x), exponent = int(y)
            if exponent.isConstant && q == 2 { return b.checked(.mul, base, base, bits: 63) }
            b.guarding(.gge, exponent, b.int(0))
            let made = b.call(words.smallPower, [base, exponent])
            b.guarding(.gne, made, b.int(Int64(Helpers.tooLarge)))
            return made
        default: return nil
        }
    }

    func floats(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value, _ slot: Slot) -> Ref? {
        switch slot {
        case .add: return b.float(.fadd, double(x, p), double(y, q))
        case .subtract: return b.float(.fsub, double(x, p), double(y, q))
        case .multiply: return b.float(.fmul, double(x, p), double(y, q))
        case .divide:
            guard (q.isSmallInt ? Double(q.smallInt) : q.doubleValue) != 0 else { return nil }
            let dividend = double(x, p), divisor = double(y, q)
            b.guarding(.gfne, divisor, b.float(0))
            return b.float(.fdiv, dividend, divisor)
        case .floorDivide, .modulo:
            guard (q.isSmallInt ? Double(q.smallInt) : q.doubleValue) != 0 else { return nil }
            let dividend = double(x, p), divisor = double(y, q)
            b.guarding(.gfne, divisor, b.float(0))
            return b.call(slot == .modulo ? words.floatRemainder : words.floatQuotient, [dividend, divisor])
        case .power: return power(x, p, y, q)
        default: return nil
        }
    }

    /// x ** y of which one is a float at least: finite, and no complex number. Nil when it is not.
    private func power(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value) -> Ref? {
        let base = p.isSmallInt ? Double(p.smallInt) : p.doubleValue, exponent = q.isSmallInt ? Double(q.smallInt) : q.doubleValue
        guard FloatPower.power(base, exponent).isFinite else { return nil }
        let number = double(x, p), times = double(y, q)
        if times.isConstant && exponent == 2 { return finite(b.call(words.square, [number])) }
        // A negative number has powers that are no complex ones only for whole exponents.
        if !q.isSmallInt && !(times.isConstant && exponent == exponent.rounded(.down)) {
            guard base > 0 else { return nil }
            b.guarding(.gflt, b.float(0), number)
        }
        return finite(b.call(words.power, [number, times]))
    }

    /// Arithmetic of complex numbers, which stay in registers where they can. Nil when it may raise.
    func complexes(_ x: Ref, _ p: Value, _ y: Ref, _ q: Value, _ slot: Slot) -> Ref? {
        func parts(_ ref: Ref, _ value: Value) -> (real: Ref, imaginary: Ref)? {
            if value.isExact(.complex) {
                guardObject(ref, value)
                return (b.load(ref, words.real), b.load(ref, words.imaginary))
            }
            guard value.isPlainFloat || value.isSmallInt && exactInDouble(value) else { return nil }
            if value.isSmallInt { b.emit(.gfits, .void, int(ref), Ref(literal: 54)) }
            return (double(ref, value), b.float(0))
        }
        guard slot == .add || slot == .subtract || slot == .multiply, let x = parts(x, p), let y = parts(y, q) else { return nil }
        switch slot {
        case .add: return complex(b.float(.fadd, x.real, y.real), b.float(.fadd, x.imaginary, y.imaginary))
        case .subtract: return complex(b.float(.fsub, x.real, y.real), b.float(.fsub, x.imaginary, y.imaginary))
        default:
            return complex(b.float(.fsub, b.float(.fmul, x.real, y.real), b.float(.fmul, x.imaginary, y.imaginary)),
                           b.float(.fadd, b.float(.fmul, x.real, y.imaginary), b.float(.fmul, x.imaginary, y.real)))
        }
    }

    func complex(_ real: Ref, _ imaginary: Ref) -> Ref {
        let made = b.new(words.layout("complex", TypeID.complex.rawValue, size: MemoryLayout<ComplexObject>.size))
        isNew(made)
        b.store(made, words.real, real)
        b.store(made, words.imaginary, imaginary)
        return made
    }

    /// Leaves when a result is infinite or no number, which may be an error.
    func finite(_ ref: Ref) -> Ref {
        b.guarding(.gfeq, b.float(.fsub, ref, ref), b.float(0))
        return ref
    }

    /// A function of `math` of one number or two whose result is finite: an infinite one, or none, may be an error. Nil for others.
    func mathematics(_ name: String, _ arguments: [Ref], _ values: [Value]) -> Ref? {
        guard values.allSatisfy({ $0.isPlainFloat || $0.isSmallInt }) else { return nil }
        switch (name, values.count) {
        case ("sqrt", 1):
            guard (values[0].isPlainFloat ? values[0].doubleValue : Double(values[0].smallInt)) >= 0 else { return nil }
            let number = double(arguments[0], values[0])
            b.guarding(.gfle, b.float(0), number)
            return b.float(.fsqrt, number)
        case ("fabs", 1): return b.float(.fabs, double(arguments[0], values[0]))
        case ("degrees", 1): return b.float(.fmul, double(arguments[0], values[0]), b.float(180 / Double.pi))
        case ("radians", 1): return b.float(.fmul, double(arguments[0], values[0]), b.float(Double.pi / 180))
        case ("floor", 1): return whole(arguments[0], values[0]) { b.call(words.double("floor", { $0.rounded(.down) }), [$0]) }
        case ("ceil", 1): return whole(arguments[0], values[0]) { b.call(words.double("ceil", { $0.rounded(.up) }), [$0]) }
        case ("trunc", 1): return whole(arguments[0], values[0]) { $0 }
        case ("isnan", 1), ("isinf", 1):
            guard values[0].isSmallInt || values[0].doubleValue.isFinite else { return nil }
            _ = finite(double(arguments[0], values[0]))
            return b.value(Value(false).bits)
        case ("isfinite", 1):
            guard values[0].isSmallInt || values[0].doubleValue.isFinite else { return nil }
            _ = finite(double(arguments[0], values[0]))
            return b.value(Value(true).bits)
        case (_, 1):
            guard let function = words.realFunction(name) else { return nil }
            return finite(b.call(function, [double(arguments[0], values[0])]))
        case (_, 2):
            guard let function = words.realFunctionOfTwo(name) else { return nil }
            return finite(b.call(function, [double(arguments[0], values[0]), double(arguments[1], values[1])]))
        default: return nil
        }
    }

    /// A number made whole in some way, as a small int. Nil for one that is none.
    func whole(_ ref: Ref, _ value: Value, _ round: (Ref) -> Ref) -> Ref? {
        if value.isSmallInt { return int(ref) }
        guard value.isPlainFloat, value.doubleValue.magnitude < Recorder.mostWhole else { return nil }
        let number = double(ref, value)
        b.guarding(.gflt, b.float(.fabs, number), b.float(Recorder.mostWhole))
        return b.emit(.ftoi, .int, round(number))
    }

    /// Floats below fit small ints.
    private static let mostWhole = 0x1p61
}
