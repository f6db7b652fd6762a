import Syntax
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Constant folding, as CPython 3.11's AST optimiser does it, and the truth and types of constants.
///
/// `constantValue` says what an expression is when it is known at compile time. It never raises: what would be an error at run
/// time (a division by zero, a bad index) is left for run time. Results are kept small by CPython's limits, and integers
/// beyond a machine word are folded for `+ - * ** <<` only (`BigInteger`). To fold one more operator, add it to `fold`.

private let maximumIntegerBits = 128
private let maximumTextSize = 4096
private let maximumCollectionSize = 256

extension Constant {
    var isTrue: Bool {
        switch self {
        case .none, .false: return false
        case .true, .ellipsis: return true
        case .int(let value): return value != 0
        case .bigInt: return true
        case .float(let bits): return Double(bitPattern: bits) != 0
        case .complex(let real, let imaginary): return Double(bitPattern: real) != 0 || Double(bitPattern: imaginary) != 0
        case .string(let text), .bytes(let text): return !text.isEmpty
        case .tuple(let items), .frozenSet(let items): return !items.isEmpty
        }
    }

    var typeName: String {
        switch self {
        case .none: return "NoneType"
        case .true, .false: return "bool"
        case .ellipsis: return "ellipsis"
        case .int, .bigInt: return "int"
        case .float: return "float"
        case .complex: return "complex"
        case .string: return "str"
        case .bytes: return "bytes"
        case .tuple: return "tuple"
        case .frozenSet: return "frozenset"
        }
    }

    var boolean: Bool? {
        switch self {
        case .true: return true
        case .false: return false
        default: return nil
        }
    }

    /// An integer, booleans included.
    fileprivate var integer: Int? {
        switch self {
        case .int(let value): return value
        case .true: return 1
        case .false: return 0
        default: return nil
        }
    }

    fileprivate var real: Double? {
        if case .float(let bits) = self { return Double(bitPattern: bits) }
        guard let integer, integer.magnitude <= 1 << 53 else { return nil }
        return Double(integer)
    }

    fileprivate var complexParts: (Double, Double)? {
        if case .complex(let real, let imaginary) = self { return (Double(bitPattern: real), Double(bitPattern: imaginary)) }
        return real.map { ($0, 0) }
    }

    fileprivate var isFloat: Bool { if case .float = self { return true } else { return false } }
    fileprivate var isComplex: Bool { if case .complex = self { return true } else { return false } }

    fileprivate static func real(_ value: Double) -> Constant { .float(bits: value.bitPattern) }
}

extension Compiler {
    func constantValue(_ expression: Expression) -> Constant? {
        switch expression.kind {
        case .constant(let constant, _): return constant
        case .name("__debug__", .load): return options.optimization == 0 ? .true : .false
        case .unaryOperation(let op, let operand): return constantValue(operand).flatMap { fold(op, $0) }
        case .binaryOperation(let left, let op, let right):
            guard let second = constantValue(right), let first = constantValue(left) else { return nil }
            return fold(first, op, second)
        case .tuple(let items, .load): return constantItems(items).map { .tuple($0) }
        case .subscript(let object, let index, .load):
            guard let key = constantValue(index), let container = constantValue(object) else { return nil }
            return fold(container, item: key)
        default: return nil
        }
    }

    func constantItems(_ items: [Expression]) -> [Constant]? {
        var result: [Constant] = []
        result.reserveCapacity(items.count)
        for item in items {
            guard let constant = constantValue(item) else { return nil }
            result.append(constant)
        }
        return result
    }

    /// The right side of `in`, or what a `for` runs over: a list of constants as a tuple, a set as a frozenset.
    func constantContainer(_ expression: Expression) -> Constant? {
        switch expression.kind {
        case .list(let items, _): return constantItems(items).map { .tuple($0) }
        case .set(let items): return constantItems(items).map { .frozenSet($0) }
        default: return nil
        }
    }

    private func fold(_ op: UnaryOperator, _ operand: Constant) -> Constant? {
        switch op {
        case .not: return operand.isTrue ? .false : .true
        case .invert: return operand.integer.map { .int(~$0) }
        case .plus:
            if let integer = operand.integer { return .int(integer) }
            switch operand {
            case .float, .complex, .bigInt: return operand
            default: return nil
            }
        case .minus:
            if let integer = operand.integer { return integer == .min ? nil : .int(-integer) }
            switch operand {
            case .float(let bits): return .real(-Double(bitPattern: bits))
            case .complex(let real, let imaginary):
                return .complex(realBits: (-Double(bitPattern: real)).bitPattern, imaginaryBits: (-Double(bitPattern: imaginary)).bitPattern)
            case .bigInt(let digits, let radix):
                if digits.hasPrefix("-") { return .bigInt(digits: String(digits.dropFirst()), radix: radix) }
                if let small = Int("-" + digits, radix: radix) { return .int(small) }
                return .bigInt(digits: "-" + digits, radix: radix)
            default: return nil
            }
        }
    }

    private func fold(_ left: Constant, _ op: BinaryOperator, _ right: Constant) -> Constant? {
        if let a = left.boolean, let b = right.boolean {
            switch op {
            case .bitAnd: return a && b ? .true : .false
            case .bitOr: return a || b ? .true : .false
            case .bitXor: return a != b ? .true : .false
            default: break
            }
        }
        if let a = left.integer, let b = right.integer, let small = foldIntegers(a, op, b) { return small }
        if let a = BigInteger(left), let b = BigInteger(right) { return a.fold(op, b) }
        if left.isComplex || right.isComplex {
            guard let a = left.complexParts, let b = right.complexParts else { return nil }
            return foldComplex(a, op, b)
        }
        if left.isFloat || right.isFloat, let a = left.real, let b = right.real { return foldReals(a, op, b) }
        switch (op, left, right) {
        case (.add, .string(let a), .string(let b)): return .string(joinText(a, b))
        case (.add, .bytes(let a), .bytes(let b)): return .bytes(a + b)
        case (.add, .tuple(let a), .tuple(let b)): return .tuple(a + b)
        case (.multiply, _, _):
            if let count = right.integer { return foldRepeat(left, count) }
            if let count = left.integer { return foldRepeat(right, count) }
            return nil
        default: return nil
        }
    }

    /// Two halves of a surrogate pair that meet stay two characters, as in a Python string; their bytes simply follow each other.
    private func joinText(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] { a + b }

    private func foldRepeat(_ item: Constant, _ count: Int) -> Constant? {
        guard count >= 0 else {
            switch item {
            case .string: return .string([])
            case .bytes: return .bytes([])
            case .tuple: return .tuple([])
            default: return nil
            }
        }
        switch item {
        case .string(let text):
            guard count <= maximumTextSize, text.count * count <= maximumTextSize else { return nil }
            return .string(Array(repeatElement(text, count: count).joined()))
        case .bytes(let text):
            guard count <= maximumTextSize, text.count * count <= maximumTextSize else { return nil }
            return .bytes(Array(repeatElement(text, count: count).joined()))
        case .tuple(let items):
            guard count <= maximumCollectionSize, items.count * count <= maximumCollectionSize else { return nil }
            return .tuple(Array(repeatElement(items, count: count).joined()))
        default: return nil
        }
    }

    private func foldIntegers(_ a: Int, _ op: BinaryOperator, _ b: Int) -> Constant? {
        func checked(_ result: (partialValue: Int, overflow: Bool)) -> Constant? { result.overflow ? nil : .int(result.partialValue) }
        switch op {
        case .add: return checked(a.addingReportingOverflow(b))
        case .subtract: return checked(a.subtractingReportingOverflow(b))
        case .multiply: return checked(a.multipliedReportingOverflow(by: b))
        case .divide:
            guard b != 0, a.magnitude <= 1 << 53, b.magnitude <= 1 << 53 else { return nil }
            return .real(Double(a) / Double(b))
        case .floorDivide:
            guard b != 0, !(a == .min && b == -1) else { return nil }
            let quotient = a / b
            return .int(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient)
        case .modulo:
            guard b != 0, !(a == .min && b == -1) else { return nil }
            let remainder = a % b
            return .int(remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder)
        case .power:
            if b < 0 { return a == 0 || a.magnitude > 1 << 53 ? nil : .real(pow(Double(a), Double(b))) }
            var result = 1
            if a == 0 || a == 1 { return .int(b == 0 ? 1 : a) }
            if a == -1 { return .int(b % 2 == 0 ? 1 : -1) }
            guard b <= maximumIntegerBits else { return nil }
            for _ in 0 ..< b {
                let (next, overflow) = result.multipliedReportingOverflow(by: a)
                if overflow { return nil }
                result = next
            }
            return .int(result)
        case .leftShift:
            guard b >= 0 else { return nil }
            if a == 0 { return .int(0) }
            guard b < 63 else { return nil }
            let result = a << b
            return result >> b == a ? .int(result) : nil
        case .rightShift: return b < 0 ? nil : .int(b > 63 ? (a < 0 ? -1 : 0) : a >> b)
        case .bitOr: return .int(a | b)
        case .bitXor: return .int(a ^ b)
        case .bitAnd: return .int(a & b)
        case .matrixMultiply: return nil
        }
    }

    private func foldReals(_ a: Double, _ op: BinaryOperator, _ b: Double) -> Constant? {
        switch op {
        case .add: return .real(a + b)
        case .subtract: return .real(a - b)
        case .multiply: return .real(a * b)
        case .divide: return b == 0 ? nil : .real(a / b)
        case .power:
            // What raises or is complex is left to run time.
            if a == 0 && b < 0 || a < 0 && b != b.rounded() { return nil }
            let result = pow(a, b)
            return result.isInfinite && a.isFinite && b.isFinite ? nil : .real(result)
        default: return nil
        }
    }

    private func foldComplex(_ a: (Double, Double), _ op: BinaryOperator, _ b: (Double, Double)) -> Constant? {
        func make(_ real: Double, _ imaginary: Double) -> Constant { .complex(realBits: real.bitPattern, imaginaryBits: imaginary.bitPattern) }
        switch op {
        case .add: return make(a.0 + b.0, a.1 + b.1)
        case .subtract: return make(a.0 - b.0, a.1 - b.1)
        case .multiply: return make(a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
        default: return nil
        }
    }

    private func fold(_ container: Constant, item key: Constant) -> Constant? {
        guard let index = key.integer else { return nil }
        func position(_ count: Int) -> Int? {
            let i = index < 0 ? index + count : index
            return i >= 0 && i < count ? i : nil
        }
        switch container {
        case .tuple(let items): return position(items.count).map { items[$0] }
        case .bytes(let text): return position(text.count).map { .int(Int(text[$0])) }
        case .string(let text):
            guard text.allSatisfy({ $0 < 0x80 }) else { return nil }
            return position(text.count).map { .string([text[$0]]) }
        default: return nil
        }
    }

    // MARK: - Warnings that look at literals

    /// `x is 1`: identity with a literal is an accident of the implementation.
    func checkLiterals(_ expression: Expression, _ left: Expression, _ operators: [ComparisonOperator], _ others: [Expression]) throws {
        guard operators.contains(where: { $0 == .is || $0 == .isNot }) else { return }
        var isLiteral = isIdentityLiteral(left)
        for (op, other) in zip(operators, others) {
            let next = isIdentityLiteral(other)
            if op == .is || op == .isNot, isLiteral || next {
                warn(op == .is ? "\"is\" with a literal. Did you mean \"==\"?" : "\"is not\" with a literal. Did you mean \"!=\"?", expression.range)
            }
            isLiteral = next
        }
    }

    private func isIdentityLiteral(_ expression: Expression) -> Bool {
        switch constantValue(expression) {
        case nil, .some(.none), .true, .false, .ellipsis: return false
        default: return true
        }
    }

    /// `(1, 2)(3)`: a missing comma more likely than a call.
    func checkCalled(_ call: Expression, _ function: Expression) {
        guard let type = literalType(function, callee: true) else { return }
        warn("'\(type)' object is not callable; perhaps you missed a comma?", call.range)
    }

    func checkSubscripted(_ expression: Expression, _ object: Expression) {
        switch object.kind {
        case .set, .setComprehension, .generator, .lambda: break
        default:
            guard let constant = constantValue(object) else { return }
            switch constant {
            case .string, .bytes, .tuple: return
            default: break
            }
        }
        guard let type = literalType(object, callee: false) else { return }
        warn("'\(type)' object is not subscriptable; perhaps you missed a comma?", expression.range)
    }

    func checkIndex(_ expression: Expression, _ object: Expression, _ index: Expression) {
        guard let indexType = literalType(index, callee: false) else { return }
        if let constant = constantValue(index) {
            if constant.integer != nil { return }
            if case .bigInt = constant { return }
        }
        var container: String?
        switch object.kind {
        case .list, .listComprehension: container = "list"
        case .tuple: container = "tuple"
        case .joinedString, .formattedValue: container = "str"
        default:
            switch constantValue(object) {
            case .string: container = "str"
            case .bytes: container = "bytes"
            case .tuple: container = "tuple"
            default: break
            }
        }
        guard let container else { return }
        warn("\(container) indices must be integers or slices, not \(indexType); perhaps you missed a comma?", expression.range)
    }

    /// The type of a literal or display, where that is certain.
    private func literalType(_ expression: Expression, callee: Bool) -> String? {
        switch expression.kind {
        case .tuple: return "tuple"
        case .list, .listComprehension: return "list"
        case .dictionary, .dictionaryComprehension: return "dict"
        case .set, .setComprehension: return "set"
        case .generator: return "generator"
        case .lambda: return callee ? nil : "function"
        case .joinedString, .formattedValue: return "str"
        default: return constantValue(expression)?.typeName
        }
    }
}
