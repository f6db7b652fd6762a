/// A tiny language, compiled with `TraceJIT` to keep that room honest: numbers, arrays, pairs, `while`, `if`, assignments.
///
///     i = 0; s = 0;
///     while (i < 1000) { if (i % 3 == 0) { s = s + i; } else { s = s - 1; } i = i + 1; }
///     print(s);
///
/// Source becomes register code: each variable is a register of one frame, temporaries follow. Builtins: `array(n)`, `len(a)`, `pair(x, y)`, `p.first`,
/// `p.second`, `sqrt(x)`, `float(i)`, `int(x)`, `opaque(x)` (a call that the compiler knows nothing of).
enum Op: Int32 { case move, const, add, sub, mul, div, fldiv, mod, lt, le, eq, ne, jumpIf, jumpIfNot, jump, loop, array, len, get, set, pair, first, second, setFirst, setSecond, sqrt, toFloat, toInt, opaque, print, halt }

struct Code {
    var op: Op
    var a: Int32 = 0
    var b: Int32 = 0
    var c: Int32 = 0
}

struct Program {
    var code: [Code] = []
    var constants: [UInt64] = []
    var registers = 0
    /// How many registers are variables; the rest are temporaries, dead between statements.
    var variables = 0
}

struct TinyCompiler {
    private let text: [Character]
    private var at = 0
    private var program = Program()
    private var names: [String: Int32] = [:]
    private var temporary: Int32 = 0

    init(_ source: String) { text = Array(source) }

    mutating func compile() -> Program {
        // Variables first, so that temporaries have the registers above them.
        var scan = self
        scan.temporary = 1000
        while !scan.isAtEnd { scan.statement() }
        names = scan.names
        program.variables = names.count
        temporary = Int32(names.count)
        while !isAtEnd { statement() }
        emit(.halt)
        return program
    }

    // MARK: Reading

    private mutating func skip() {
        while at < text.count {
            if text[at].isWhitespace { at += 1 }
            else if text[at] == "#" { while at < text.count && text[at] != "\n" { at += 1 } }
            else { break }
        }
    }
    private var isAtEnd: Bool { mutating get { skip(); return at >= text.count } }
    private mutating func accept(_ token: String) -> Bool {
        skip()
        let t = Array(token)
        guard at + t.count <= text.count, Array(text[at ..< at + t.count]) == t else { return false }
        if token == "<" || token == ">" || token == "=" || token == "/", at + 1 < text.count, text[at + 1] == "=" || (token == "/" && text[at + 1] == "/") { return false }
        if t[0].isLetter, at + t.count < text.count, text[at + t.count].isLetter || text[at + t.count].isNumber || text[at + t.count] == "_" { return false }
        at += t.count
        return true
    }
    private mutating func expect(_ token: String) {
        if !accept(token) { fatalError("expected \(token) before: " + String(text[at ..< min(at + 30, text.count)])) }
    }
    private mutating func name() -> String {
        skip()
        var result = ""
        while at < text.count, text[at].isLetter || text[at] == "_" || (!result.isEmpty && text[at].isNumber) { result.append(text[at]); at += 1 }
        if result.isEmpty { fatalError("expected a name before: " + String(text[at ..< min(at + 30, text.count)])) }
        return result
    }

    // MARK: Statements

    private mutating func emit(_ op: Op, _ a: Int32 = 0, _ b: Int32 = 0, _ c: Int32 = 0) { program.code.append(Code(op: op, a: a, b: b, c: c)) }
    private mutating func new() -> Int32 {
        temporary += 1
        program.registers = max(program.registers, Int(temporary) + 1)
        return temporary - 1
    }
    private mutating func variable(_ name: String) -> Int32 {
        if let known = names[name] { return known }
        names[name] = Int32(names.count)
        return names[name]!
    }

    private mutating func block() {
        expect("{")
        while !accept("}") { statement() }
    }

    private mutating func statement() {
        let mark = temporary
        defer { temporary = mark }
        if accept("while") {
            let head = program.code.count
            emit(.loop)
            expect("(")
            let test = condition()
            expect(")")
            block()
            emit(.jump, Int32(head))
            program.code[test].b = Int32(program.code.count)
        } else if accept("if") {
            expect("(")
            let test = condition()
            expect(")")
            block()
            if accept("else") {
                let end = program.code.count
                emit(.jump)
                program.code[test].b = Int32(program.code.count)
                block()
                program.code[end].a = Int32(program.code.count)
            } else {
                program.code[test].b = Int32(program.code.count)
            }
        } else if accept("print") {
            expect("(")
            let value = expression()
            expect(")")
            expect(";")
            emit(.print, value)
        } else {
            let target = variable(name())
            if accept("[") {
                let index = expression()
                expect("]")
                expect("=")
                emit(.set, target, index, expression())
            } else if accept(".first") {
                expect("=")
                emit(.setFirst, target, expression())
            } else if accept(".second") {
                expect("=")
                emit(.setSecond, target, expression())
            } else {
                expect("=")
                expression(into: target)
            }
            expect(";")
        }
    }

    /// Emits a jump that is taken when the condition is false; returns its position.
    private mutating func condition() -> Int {
        emit(.jumpIfNot, expression())
        return program.code.count - 1
    }

    // MARK: Expressions

    private mutating func expression(into target: Int32) {
        let before = program.code.count
        let value = expression()
        // The last instruction writes where the value is wanted.
        if program.code.count > before, value >= Int32(program.variables), value >= names.count || value >= 1000, program.code.last!.a == value, writes(program.code.last!.op) {
            program.code[program.code.count - 1].a = target
        } else {
            emit(.move, target, value)
        }
    }
    private func writes(_ op: Op) -> Bool {
        switch op {
        case .jump, .jumpIf, .jumpIfNot, .loop, .set, .setFirst, .setSecond, .print, .halt: false
        default: true
        }
    }

    private mutating func expression() -> Int32 {
        let left = sum()
        for (token, op, swapped) in [("<=", Op.le, false), (">=", .le, true), ("==", .eq, false), ("!=", .ne, false), ("<", .lt, false), (">", .lt, true)] where accept(token) {
            let right = sum(), result = new()
            emit(op, result, swapped ? right : left, swapped ? left : right)
            return result
        }
        return left
    }
    private mutating func sum() -> Int32 {
        var left = product()
        while true {
            guard let op: Op = accept("+") ? .add : accept("-") ? .sub : nil else { return left }
            let right = product(), result = new()
            emit(op, result, left, right)
            left = result
        }
    }
    private mutating func product() -> Int32 {
        var left = unary()
        while true {
            guard let op: Op = accept("*") ? .mul : accept("//") ? .fldiv : accept("/") ? .div : accept("%") ? .mod : nil else { return left }
            let right = unary(), result = new()
            emit(op, result, left, right)
            left = result
        }
    }
    private mutating func unary() -> Int32 {
        var value = primary()
        while true {
            if accept("[") {
                let index = expression(), result = new()
                expect("]")
                emit(.get, result, value, index)
                value = result
            } else if accept(".first") {
                let result = new()
                emit(.first, result, value)
                value = result
            } else if accept(".second") {
                let result = new()
                emit(.second, result, value)
                value = result
            } else {
                return value
            }
        }
    }
    private mutating func primary() -> Int32 {
        skip()
        if accept("(") {
            let value = expression()
            expect(")")
            return value
        }
        if text[at].isNumber || text[at] == "-" {
            var number = ""
            while at < text.count, text[at].isNumber || text[at] == "." || text[at] == "e" || text[at] == "-" && (number.isEmpty || number.last == "e") { number.append(text[at]); at += 1 }
            let word = number.contains(".") || number.contains("e") ? Tiny.box(Double(number)!) : Tiny.box(Int64(number)!)
            program.constants.append(word)
            let result = new()
            emit(.const, result, Int32(program.constants.count - 1))
            return result
        }
        let word = name()
        let builtins: [String: (Op, Int)] = ["array": (.array, 1), "len": (.len, 1), "pair": (.pair, 2), "sqrt": (.sqrt, 1), "float": (.toFloat, 1), "int": (.toInt, 1), "opaque": (.opaque, 1)]
        if let (op, count) = builtins[word] {
            expect("(")
            let first = expression()
            var second: Int32 = 0
            if count == 2 {
                expect(",")
                second = expression()
            }
            expect(")")
            let result = new()
            emit(op, result, first, second)
            return result
        }
        return variable(word)
    }
}
