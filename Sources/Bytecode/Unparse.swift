import Syntax

/// Source text of an expression, as CPython's `from __future__ import annotations` writes it into `__annotations__`.
///
/// Parentheses come from precedence alone: each method asks for its operands at the level at which they need none. Text is WTF-8.
/// `representation(of:)` is `repr()` of a constant, which error messages and the disassembler use too.

private enum Level: Int {
    case tuple, test, or, and, not, comparison, bitOr, bitXor, bitAnd, shift, arithmetic, term, factor, power, await, atom

    var next: Level { Level(rawValue: rawValue + 1) ?? .atom }
}

extension Compiler {
    /// The text of an annotation.
    func unparse(_ expression: Expression) throws -> [UInt8] {
        var unparser = Unparser()
        unparser.write(expression, .test)
        return unparser.out
    }
}

/// `ast.unparse` for expressions, after CPython's annotation style.
public func unparse(_ expression: Expression) -> [UInt8] {
    var unparser = Unparser()
    unparser.write(expression, .test)
    return unparser.out
}

private struct Unparser {
    var out: [UInt8] = []

    mutating func add(_ text: String) { out.append(contentsOf: text.utf8) }

    mutating func write(_ expression: Expression, _ level: Level) {
        switch expression.kind {
        case .booleanOperation(let op, let values):
            let own: Level = op == .and ? .and : .or
            group(level.rawValue > own.rawValue) { unparser in
                for (i, item) in values.enumerated() {
                    if i > 0 { unparser.add(op == .and ? " and " : " or ") }
                    unparser.write(item, own.next)
                }
            }
        case .binaryOperation(let left, let op, let right):
            let (text, own, isRight) = Unparser.binary(op)
            group(level.rawValue > own.rawValue) { unparser in
                unparser.write(left, isRight ? own.next : own)
                unparser.add(text)
                unparser.write(right, isRight ? own : own.next)
            }
        case .unaryOperation(let op, let operand):
            let own: Level = op == .not ? .not : .factor
            group(level.rawValue > own.rawValue) { unparser in
                switch op {
                case .invert: unparser.add("~")
                case .not: unparser.add("not ")
                case .plus: unparser.add("+")
                case .minus: unparser.add("-")
                }
                unparser.write(operand, own)
            }
        case .lambda(let arguments, let body):
            group(level.rawValue > Level.test.rawValue) { unparser in
                // CPython writes `lambda*a: …` where no positional parameter comes first.
                unparser.add(arguments.positionalOnly.isEmpty && arguments.positional.isEmpty ? "lambda" : "lambda ")
                unparser.write(arguments)
                unparser.add(": ")
                unparser.write(body, .test)
            }
        case .conditional(let test, let body, let orElse):
            group(level.rawValue > Level.test.rawValue) { unparser in
                unparser.write(body, Level.test.next)
                unparser.add(" if ")
                unparser.write(test, Level.test.next)
                unparser.add(" else ")
                unparser.write(orElse, .test)
            }
        case .dictionary(let keys, let values):
            add("{")
            for (i, (key, value)) in zip(keys, values).enumerated() {
                if i > 0 { add(", ") }
                if let key {
                    write(key, .test)
                    add(": ")
                    write(value, .test)
                } else {
                    add("**")
                    write(value, .bitOr)
                }
            }
            add("}")
        case .set(let items):
            add("{")
            list(items)
            add("}")
        case .list(let items, _):
            add("[")
            list(items)
            add("]")
        case .tuple(let items, _):
            if items.isEmpty {
                add("()")
                return
            }
            group(level.rawValue > Level.tuple.rawValue) { unparser in
                unparser.list(items)
                if items.count == 1 { unparser.add(",") }
            }
        case .listComprehension(let element, let clauses): comprehension("[", element, nil, clauses, "]")
        case .setComprehension(let element, let clauses): comprehension("{", element, nil, clauses, "}")
        case .dictionaryComprehension(let key, let value, let clauses): comprehension("{", key, value, clauses, "}")
        case .generator(let element, let clauses): comprehension("(", element, nil, clauses, ")")
        case .yield(let value):
            guard let value else {
                add("(yield)")
                return
            }
            add("(yield ")
            write(value, .test)
            add(")")
        case .yieldFrom(let value):
            add("(yield from ")
            write(value, .test)
            add(")")
        case .await(let value):
            group(level.rawValue > Level.await.rawValue) { unparser in
                unparser.add("await ")
                unparser.write(value, .atom)
            }
        case .compare(let left, let operators, let others):
            group(level.rawValue > Level.comparison.rawValue) { unparser in
                unparser.write(left, Level.comparison.next)
                for (op, other) in zip(operators, others) {
                    unparser.add(Unparser.comparison(op))
                    unparser.write(other, Level.comparison.next)
                }
            }
        case .call(let function, let arguments, let keywords):
            write(function, .atom)
            // A lone generator argument brings its own parentheses.
            if arguments.count == 1, keywords.isEmpty, case .generator = arguments[0].kind {
                write(arguments[0], .test)
                return
            }
            add("(")
            list(arguments)
            for (i, keyword) in keywords.enumerated() {
                if i > 0 || !arguments.isEmpty { add(", ") }
                if let name = keyword.name {
                    add(name)
                    add("=")
                } else {
                    add("**")
                }
                write(keyword.value, .test)
            }
            add(")")
        case .formattedValue: formatted([expression], isSpec: false)
        case .joinedString(let parts): formatted(parts, isSpec: false)
        case .constant(let constant, let kind):
            if let kind { add(kind) }
            if constant == .ellipsis {
                add("...")
            } else {
                out.append(contentsOf: representation(of: constant, infinity: true))
            }
        case .attribute(let object, let name, _):
            write(object, .atom)
            // `1 .real` would else be a float.
            if case .constant(let constant, _) = object.kind {
                switch constant {
                case .int, .bigInt: add(" ")
                default: break
                }
            }
            add(".")
            add(name)
        case .subscript(let object, let index, _):
            write(object, .atom)
            add("[")
            write(index, .tuple)
            add("]")
        case .starred(let value, _):
            add("*")
            write(value, .bitOr)
        case .name(let name, _): add(name)
        case .slice(let lower, let upper, let step):
            if let lower { write(lower, .test) }
            add(":")
            if let upper { write(upper, .test) }
            if let step {
                add(":")
                write(step, .test)
            }
        case .namedExpression(let target, let value):
            group(level.rawValue > Level.tuple.rawValue) { unparser in
                unparser.write(target, .atom)
                unparser.add(" := ")
                unparser.write(value, .atom)
            }
        }
    }

    private mutating func group(_ isNeeded: Bool, _ body: (inout Unparser) -> Void) {
        if isNeeded { add("(") }
        body(&self)
        if isNeeded { add(")") }
    }

    private mutating func list(_ items: [Expression]) {
        for (i, item) in items.enumerated() {
            if i > 0 { add(", ") }
            write(item, .test)
        }
    }

    private mutating func comprehension(_ open: String, _ element: Expression, _ value: Expression?, _ clauses: [Comprehension], _ close: String) {
        add(open)
        write(element, .test)
        if let value {
            add(": ")
            write(value, .test)
        }
        for clause in clauses {
            add(clause.isAsync ? " async for " : " for ")
            write(clause.target, .tuple)
            add(" in ")
            write(clause.iterable, Level.test.next)
            for test in clause.conditions {
                add(" if ")
                write(test, Level.test.next)
            }
        }
        add(close)
    }

    private mutating func write(_ arguments: Arguments) {
        var isFirst = true
        func separator(_ unparser: inout Unparser) {
            if !isFirst { unparser.add(", ") }
            isFirst = false
        }
        func argument(_ argument: Argument, _ unparser: inout Unparser) {
            unparser.add(argument.name)
            if let annotation = argument.annotation {
                unparser.add(": ")
                unparser.write(annotation, .test)
            }
        }
        let all = arguments.positionalOnly + arguments.positional
        for (i, item) in all.enumerated() {
            separator(&self)
            argument(item, &self)
            let index = i - (all.count - arguments.defaults.count)
            if index >= 0 {
                add("=")
                write(arguments.defaults[index], .test)
            }
            if i + 1 == arguments.positionalOnly.count { add(", /") }
        }
        if arguments.variadic != nil || !arguments.keywordOnly.isEmpty {
            separator(&self)
            add("*")
            if let variadic = arguments.variadic { argument(variadic, &self) }
        }
        for (i, item) in arguments.keywordOnly.enumerated() {
            separator(&self)
            argument(item, &self)
            if i < arguments.keywordDefaults.count, let value = arguments.keywordDefaults[i] {
                add("=")
                write(value, .test)
            }
        }
        if let variadic = arguments.keywordVariadic {
            separator(&self)
            add("**")
            argument(variadic, &self)
        }
    }

    // MARK: f-strings

    /// An f-string: its text with braces doubled, then the whole quoted as `repr` quotes.
    private mutating func formatted(_ parts: [Expression], isSpec: Bool) {
        var inner = Unparser()
        for part in parts { inner.element(part) }
        add("f")
        out.append(contentsOf: representation(ofText: inner.out))
    }

    private mutating func element(_ part: Expression) {
        switch part.kind {
        case .constant(.string(let text), _):
            for byte in text {
                out.append(byte)
                if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") { out.append(byte) }
            }
        case .joinedString(let parts): for item in parts { element(item) }
        case .formattedValue(let value, let conversion, let spec):
            var inner = Unparser()
            inner.write(value, Level.test.next)
            // "{ {" keeps a display apart from an escaped brace.
            add(inner.out.first == UInt8(ascii: "{") ? "{ " : "{")
            out.append(contentsOf: inner.out)
            if conversion > 0 { add("!" + String(UnicodeScalar(UInt8(conversion)))) }
            if let spec {
                add(":")
                element(spec)
            }
            add("}")
        default: write(part, .test)
        }
    }

    // MARK: Operators

    private static func binary(_ op: BinaryOperator) -> (String, Level, Bool) {
        switch op {
        case .add: return (" + ", .arithmetic, false)
        case .subtract: return (" - ", .arithmetic, false)
        case .multiply: return (" * ", .term, false)
        case .matrixMultiply: return (" @ ", .term, false)
        case .divide: return (" / ", .term, false)
        case .modulo: return (" % ", .term, false)
        case .floorDivide: return (" // ", .term, false)
        case .leftShift: return (" << ", .shift, false)
        case .rightShift: return (" >> ", .shift, false)
        case .bitOr: return (" | ", .bitOr, false)
        case .bitXor: return (" ^ ", .bitXor, false)
        case .bitAnd: return (" & ", .bitAnd, false)
        case .power: return (" ** ", .power, true)
        }
    }

    private static func comparison(_ op: ComparisonOperator) -> String {
        switch op {
        case .equal: return " == "
        case .notEqual: return " != "
        case .less: return " < "
        case .lessEqual: return " <= "
        case .greater: return " > "
        case .greaterEqual: return " >= "
        case .is: return " is "
        case .isNot: return " is not "
        case .in: return " in "
        case .notIn: return " not in "
        }
    }
}

// MARK: - repr() of constants

/// `repr()` of a constant; with `infinity`, an infinite float is written `1e309`, so that the text can be read again.
func representation(of constant: Constant, infinity: Bool = false) -> [UInt8] {
    switch constant {
    case .none: return Array("None".utf8)
    case .true: return Array("True".utf8)
    case .false: return Array("False".utf8)
    case .ellipsis: return Array("Ellipsis".utf8)
    case .int(let value): return Array(String(value).utf8)
    case .bigInt(let digits, let radix): return Array((radix == 10 ? digits : decimal(digits, radix)).utf8)
    case .float(let bits): return Array(floatText(Double(bitPattern: bits), infinity: infinity, addsPoint: true).utf8)
    case .complex(let real, let imaginary):
        let a = Double(bitPattern: real)
        let b = floatText(Double(bitPattern: imaginary), infinity: infinity, addsPoint: false)
        if a == 0, a.sign == .plus { return Array((b + "j").utf8) }
        let sign = b.hasPrefix("-") ? "" : "+"
        return Array(("(" + floatText(a, infinity: infinity, addsPoint: false) + sign + b + "j)").utf8)
    case .string(let text): return representation(ofText: text)
    case .bytes(let bytes): return representation(ofBytes: bytes)
    case .tuple(let items):
        var out = Array("(".utf8)
        for (i, item) in items.enumerated() {
            if i > 0 { out += Array(", ".utf8) }
            out += representation(of: item, infinity: infinity)
        }
        if items.count == 1 { out += Array(",".utf8) }
        return out + Array(")".utf8)
    case .frozenSet(let items):
        if items.isEmpty { return Array("frozenset()".utf8) }
        var out = Array("frozenset({".utf8)
        for (i, item) in items.enumerated() {
            if i > 0 { out += Array(", ".utf8) }
            out += representation(of: item, infinity: infinity)
        }
        return out + Array("})".utf8)
    }
}

/// Digits of another radix in decimal.
private func decimal(_ digits: String, _ radix: Int) -> String {
    var limbs: [UInt64] = [0] // base 10^9, least significant first
    var text = digits.utf8[...]
    let isNegative = text.first == UInt8(ascii: "-")
    if isNegative { text = text.dropFirst() }
    for byte in text {
        guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { continue }
        var carry = UInt64(digit)
        for i in limbs.indices {
            let value = limbs[i] * UInt64(radix) + carry
            limbs[i] = value % 1_000_000_000
            carry = value / 1_000_000_000
        }
        if carry > 0 { limbs.append(carry) }
    }
    var out = isNegative ? "-" : ""
    out += String(limbs[limbs.count - 1])
    for limb in limbs.dropLast().reversed() {
        let part = String(limb)
        out += String(repeating: "0", count: 9 - part.utf8.count) + part
    }
    return out
}

/// `repr()` of a float: the shortest digits that read back the same, with an exponent from 1e16 on and below 1e-4.
func floatText(_ value: Double, infinity: Bool, addsPoint: Bool) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return (value < 0 ? "-" : "") + (infinity ? "1e309" : "inf") }
    // Swift gives the shortest digits too; only their layout differs.
    let text = value.magnitude.description
    var digits = ""
    var exponent = 0
    var mantissa = Substring(text)
    if let e = text.firstIndex(of: "e") {
        mantissa = text[..<e]
        exponent = Int(text[text.index(after: e)...].drop { $0 == "+" }) ?? 0
    }
    let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(parts[0])
    var fraction = parts.count > 1 ? String(parts[1]) : ""
    if fraction == "0" { fraction = "" }
    digits = whole + fraction
    var point = whole.utf8.count + exponent
    while digits.utf8.count > 1, digits.hasPrefix("0") {
        digits.removeFirst()
        point -= 1
    }
    while digits.utf8.count > 1, digits.hasSuffix("0") { digits.removeLast() }
    let sign = value.sign == .minus ? "-" : ""
    if value == 0 { return sign + (addsPoint ? "0.0" : "0") }
    if point > 16 || point <= -4 {
        var out = String(digits.removeFirst())
        if !digits.isEmpty { out += "." + digits }
        let power = point - 1
        let magnitude = String(abs(power))
        return sign + out + "e" + (power < 0 ? "-" : "+") + (magnitude.utf8.count < 2 ? "0" : "") + magnitude
    }
    if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
    if point >= digits.utf8.count {
        return sign + digits + String(repeating: "0", count: point - digits.utf8.count) + (addsPoint ? ".0" : "")
    }
    let split = digits.index(digits.startIndex, offsetBy: point)
    return sign + digits[..<split] + "." + digits[split...]
}

private let hexDigits = Array("0123456789abcdef".utf8)

func representation(ofBytes bytes: [UInt8]) -> [UInt8] {
    let quote = quoteFor(bytes)
    var out: [UInt8] = [UInt8(ascii: "b"), quote]
    for byte in bytes {
        switch byte {
        case quote, UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
        case 10: out += Array("\\n".utf8)
        case 13: out += Array("\\r".utf8)
        case 9: out += Array("\\t".utf8)
        case 32 ..< 127: out.append(byte)
        default: out += Array("\\x".utf8) + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
        }
    }
    return out + [quote]
}

private func quoteFor(_ text: [UInt8]) -> UInt8 {
    let single = UInt8(ascii: "'")
    let double = UInt8(ascii: "\"")
    return text.contains(single) && !text.contains(double) ? double : single
}

/// `repr()` of WTF-8 text. What Unicode calls printable is decided by the general category.
func representation(ofText text: [UInt8]) -> [UInt8] {
    let quote = quoteFor(text)
    var out: [UInt8] = [quote]
    var i = 0
    func escape(_ scalar: UInt32) {
        let width = scalar > 0xFFFF ? 8 : scalar > 0xFF ? 4 : 2
        out += Array((width == 8 ? "\\U" : width == 4 ? "\\u" : "\\x").utf8)
        for shift in stride(from: (width - 1) * 4, through: 0, by: -4) { out.append(hexDigits[Int(scalar >> UInt32(shift) & 15)]) }
    }
    while i < text.count {
        let byte = text[i]
        if byte < 0x80 {
            switch byte {
            case quote, UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case 10: out += Array("\\n".utf8)
            case 13: out += Array("\\r".utf8)
            case 9: out += Array("\\t".utf8)
            case 32 ..< 127: out.append(byte)
            default: escape(UInt32(byte))
            }
            i += 1
            continue
        }
        let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
        guard i + length <= text.count else {
            escape(UInt32(byte))
            i += 1
            continue
        }
        var scalar = UInt32(byte) & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F)
        for j in 1 ..< length { scalar = scalar << 6 | UInt32(text[i + j] & 0x3F) }
        if let unicode = UnicodeScalar(scalar), isPrintableScalar(unicode) {
            out += text[i ..< i + length]
        } else {
            escape(scalar)
        }
        i += length
    }
    return out + [quote]
}

private func isPrintableScalar(_ scalar: UnicodeScalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
}
