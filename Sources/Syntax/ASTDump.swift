/// Writes a tree exactly as `ast.dump(tree, include_attributes=True)` of 3.11 does. This is what the parser is tested
/// with, so it favours being obviously right over being fast; nothing else depends on it.
///
/// Each node lists its fields in the order of the documentation's grammar of `ast`. Absent optional fields are left out.

public func dump(_ module: Module) -> String {
    var writer = DumpWriter()
    switch module {
    case .module(let body, let ignores):
        writer.node("Module") { w in
            w.list("body", body) { $0.statement($1) }
            w.list("type_ignores", ignores) { w, ignore in
                w.node("TypeIgnore") { w in
                    w.field("lineno") { $0.text(String(ignore.line)) }
                    w.field("tag") { $0.string(Array(ignore.tag.utf8)) }
                }
            }
        }
    case .interactive(let body): writer.node("Interactive") { $0.list("body", body) { $0.statement($1) } }
    case .expression(let body): writer.node("Expression") { $0.field("body") { $0.expression(body) } }
    case .functionType(let arguments, let returns):
        writer.node("FunctionType") { w in
            w.list("argtypes", arguments) { $0.expression($1) }
            w.field("returns") { $0.expression(returns) }
        }
    }
    return String(decoding: writer.output, as: UTF8.self)
}

private struct DumpWriter {
    var output: [UInt8] = []
    private var first = true

    // MARK: Structure

    mutating func text(_ text: String) { output += text.utf8 }

    mutating func node(_ name: String, _ range: SourceRange? = nil, _ fields: (inout DumpWriter) -> Void) {
        text(name)
        text("(")
        first = true
        fields(&self)
        if let range {
            separate()
            text("lineno=\(range.line), col_offset=\(range.column), end_lineno=\(range.endLine), end_col_offset=\(range.endColumn)")
        }
        text(")")
        first = false
    }

    private mutating func separate() {
        if !first { text(", ") }
        first = false
    }

    mutating func field(_ name: String, _ value: (inout DumpWriter) -> Void) {
        separate()
        text(name)
        text("=")
        value(&self)
        first = false
    }

    mutating func list<T>(_ name: String, _ items: [T], _ item: (inout DumpWriter, T) -> Void) {
        separate()
        text(name)
        text("=[")
        for (index, value) in items.enumerated() {
            if index > 0 { text(", ") }
            item(&self, value)
        }
        text("]")
        first = false
    }

    mutating func optional(_ name: String, _ value: Expression?) {
        if let value { field(name) { $0.expression(value) } }
    }

    mutating func optional(_ name: String, _ value: String?) {
        if let value { field(name) { $0.string(Array(value.utf8)) } }
    }

    mutating func name(_ name: String, _ value: String) { field(name) { $0.string(Array(value.utf8)) } }

    mutating func body(_ name: String, _ statements: [Statement]) { list(name, statements) { $0.statement($1) } }

    mutating func expressions(_ name: String, _ items: [Expression]) { list(name, items) { $0.expression($1) } }

    mutating func context(_ context: ExpressionContext) {
        field("ctx") { $0.text(context == .load ? "Load()" : context == .store ? "Store()" : "Del()") }
    }

    // MARK: Statements

    mutating func statement(_ s: Statement) {
        let r = s.range
        switch s.kind {
        case .function(let d): function("FunctionDef", d, r)
        case .asyncFunction(let d): function("AsyncFunctionDef", d, r)
        case .classDefinition(let d):
            node("ClassDef", r) { w in
                w.name("name", d.name)
                w.expressions("bases", d.bases)
                w.list("keywords", d.keywords) { $0.keyword($1) }
                w.body("body", d.body)
                w.expressions("decorator_list", d.decorators)
            }
        case .return(let value): node("Return", r) { $0.optional("value", value) }
        case .delete(let targets): node("Delete", r) { $0.expressions("targets", targets) }
        case .assign(let targets, let value, let comment):
            node("Assign", r) { w in
                w.expressions("targets", targets)
                w.optional("value", value)
                w.optional("type_comment", comment)
            }
        case .augmentedAssign(let target, let op, let value):
            node("AugAssign", r) { w in
                w.optional("target", target)
                w.field("op") { $0.binaryOperator(op) }
                w.optional("value", value)
            }
        case .annotatedAssign(let target, let annotation, let value, let simple):
            node("AnnAssign", r) { w in
                w.optional("target", target)
                w.optional("annotation", annotation)
                w.optional("value", value)
                w.field("simple") { $0.text(simple ? "1" : "0") }
            }
        case .for(let target, let iterable, let body, let orElse, let comment): loop("For", r, target, iterable, body, orElse, comment)
        case .asyncFor(let target, let iterable, let body, let orElse, let comment): loop("AsyncFor", r, target, iterable, body, orElse, comment)
        case .while(let test, let body, let orElse):
            node("While", r) { w in
                w.optional("test", test)
                w.body("body", body)
                w.body("orelse", orElse)
            }
        case .if(let test, let body, let orElse):
            node("If", r) { w in
                w.optional("test", test)
                w.body("body", body)
                w.body("orelse", orElse)
            }
        case .with(let items, let body, let comment): with("With", r, items, body, comment)
        case .asyncWith(let items, let body, let comment): with("AsyncWith", r, items, body, comment)
        case .match(let subject, let cases):
            node("Match", r) { w in
                w.optional("subject", subject)
                w.list("cases", cases) { w, c in
                    w.node("match_case") { w in
                        w.field("pattern") { $0.pattern(c.pattern) }
                        w.optional("guard", c.guard)
                        w.body("body", c.body)
                    }
                }
            }
        case .raise(let exception, let cause):
            node("Raise", r) { w in
                w.optional("exc", exception)
                w.optional("cause", cause)
            }
        case .try(let body, let handlers, let orElse, let finally): tryStatement("Try", r, body, handlers, orElse, finally)
        case .tryStar(let body, let handlers, let orElse, let finally): tryStatement("TryStar", r, body, handlers, orElse, finally)
        case .assert(let test, let message):
            node("Assert", r) { w in
                w.optional("test", test)
                w.optional("msg", message)
            }
        case .import(let names): node("Import", r) { $0.list("names", names) { $0.alias($1) } }
        case .importFrom(let module, let names, let level):
            node("ImportFrom", r) { w in
                w.optional("module", module)
                w.list("names", names) { $0.alias($1) }
                w.field("level") { $0.text(String(level)) }
            }
        case .global(let names): node("Global", r) { $0.list("names", names) { $0.string(Array($1.utf8)) } }
        case .nonlocal(let names): node("Nonlocal", r) { $0.list("names", names) { $0.string(Array($1.utf8)) } }
        case .expression(let value): node("Expr", r) { $0.optional("value", value) }
        case .pass: node("Pass", r) { _ in }
        case .break: node("Break", r) { _ in }
        case .continue: node("Continue", r) { _ in }
        }
    }

    mutating func function(_ kind: String, _ d: FunctionDefinition, _ r: SourceRange) {
        node(kind, r) { w in
            w.name("name", d.name)
            w.field("args") { $0.arguments(d.arguments) }
            w.body("body", d.body)
            w.expressions("decorator_list", d.decorators)
            w.optional("returns", d.returns)
            w.optional("type_comment", d.typeComment)
        }
    }

    mutating func loop(_ kind: String, _ r: SourceRange, _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orElse: [Statement], _ comment: String?) {
        node(kind, r) { w in
            w.optional("target", target)
            w.optional("iter", iterable)
            w.body("body", body)
            w.body("orelse", orElse)
            w.optional("type_comment", comment)
        }
    }

    mutating func with(_ kind: String, _ r: SourceRange, _ items: [WithItem], _ body: [Statement], _ comment: String?) {
        node(kind, r) { w in
            w.list("items", items) { w, item in
                w.node("withitem") { w in
                    w.optional("context_expr", item.context)
                    w.optional("optional_vars", item.target)
                }
            }
            w.body("body", body)
            w.optional("type_comment", comment)
        }
    }

    mutating func tryStatement(_ kind: String, _ r: SourceRange, _ body: [Statement], _ handlers: [ExceptionHandler], _ orElse: [Statement], _ finally: [Statement]) {
        node(kind, r) { w in
            w.body("body", body)
            w.list("handlers", handlers) { w, h in
                w.node("ExceptHandler", h.range) { w in
                    w.optional("type", h.type)
                    w.optional("name", h.name)
                    w.body("body", h.body)
                }
            }
            w.body("orelse", orElse)
            w.body("finalbody", finally)
        }
    }

    mutating func alias(_ a: Alias) {
        node("alias", a.range) { w in
            w.name("name", a.name)
            w.optional("asname", a.asName)
        }
    }

    mutating func keyword(_ k: Keyword) {
        node("keyword", k.range) { w in
            w.optional("arg", k.name)
            w.optional("value", k.value)
        }
    }

    mutating func argument(_ a: Argument) {
        node("arg", a.range) { w in
            w.name("arg", a.name)
            w.optional("annotation", a.annotation)
            w.optional("type_comment", a.typeComment)
        }
    }

    mutating func arguments(_ a: Arguments) {
        node("arguments") { w in
            w.list("posonlyargs", a.positionalOnly) { $0.argument($1) }
            w.list("args", a.positional) { $0.argument($1) }
            if let v = a.variadic { w.field("vararg") { $0.argument(v) } }
            w.list("kwonlyargs", a.keywordOnly) { $0.argument($1) }
            w.list("kw_defaults", a.keywordDefaults) { w, value in if let value { w.expression(value) } else { w.text("None") } }
            if let v = a.keywordVariadic { w.field("kwarg") { $0.argument(v) } }
            w.expressions("defaults", a.defaults)
        }
    }

    // MARK: Expressions

    mutating func binaryOperator(_ op: BinaryOperator) {
        let names = ["Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift", "RShift", "BitOr", "BitXor", "BitAnd", "FloorDiv"]
        text(names[Int(op.rawValue)] + "()")
    }

    mutating func expression(_ e: Expression) {
        let r = e.range
        switch e.kind {
        case .booleanOperation(let op, let values):
            node("BoolOp", r) { w in
                w.field("op") { $0.text(op == .and ? "And()" : "Or()") }
                w.expressions("values", values)
            }
        case .namedExpression(let target, let value):
            node("NamedExpr", r) { w in
                w.optional("target", target)
                w.optional("value", value)
            }
        case .binaryOperation(let left, let op, let right):
            node("BinOp", r) { w in
                w.optional("left", left)
                w.field("op") { $0.binaryOperator(op) }
                w.optional("right", right)
            }
        case .unaryOperation(let op, let operand):
            node("UnaryOp", r) { w in
                w.field("op") { $0.text(["Invert()", "Not()", "UAdd()", "USub()"][Int(op.rawValue)]) }
                w.optional("operand", operand)
            }
        case .lambda(let arguments, let body):
            node("Lambda", r) { w in
                w.field("args") { $0.arguments(arguments) }
                w.optional("body", body)
            }
        case .conditional(let test, let body, let orElse):
            node("IfExp", r) { w in
                w.optional("test", test)
                w.optional("body", body)
                w.optional("orelse", orElse)
            }
        case .dictionary(let keys, let values):
            node("Dict", r) { w in
                w.list("keys", keys) { w, key in if let key { w.expression(key) } else { w.text("None") } }
                w.expressions("values", values)
            }
        case .set(let items): node("Set", r) { $0.expressions("elts", items) }
        case .listComprehension(let element, let clauses): comprehension("ListComp", r, element, clauses)
        case .setComprehension(let element, let clauses): comprehension("SetComp", r, element, clauses)
        case .generator(let element, let clauses): comprehension("GeneratorExp", r, element, clauses)
        case .dictionaryComprehension(let key, let value, let clauses):
            node("DictComp", r) { w in
                w.optional("key", key)
                w.optional("value", value)
                w.list("generators", clauses) { $0.clause($1) }
            }
        case .await(let value): node("Await", r) { $0.optional("value", value) }
        case .yield(let value): node("Yield", r) { $0.optional("value", value) }
        case .yieldFrom(let value): node("YieldFrom", r) { $0.optional("value", value) }
        case .compare(let left, let operators, let operands):
            node("Compare", r) { w in
                w.optional("left", left)
                let names = ["Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"]
                w.list("ops", operators) { $0.text(names[Int($1.rawValue)] + "()") }
                w.expressions("comparators", operands)
            }
        case .call(let function, let arguments, let keywords):
            node("Call", r) { w in
                w.optional("func", function)
                w.expressions("args", arguments)
                w.list("keywords", keywords) { $0.keyword($1) }
            }
        case .formattedValue(let value, let conversion, let spec):
            node("FormattedValue", r) { w in
                w.optional("value", value)
                w.field("conversion") { $0.text(String(conversion)) }
                w.optional("format_spec", spec)
            }
        case .joinedString(let parts): node("JoinedStr", r) { $0.expressions("values", parts) }
        case .constant(let value, let kind):
            node("Constant", r) { w in
                w.field("value") { $0.constant(value) }
                w.optional("kind", kind)
            }
        case .attribute(let value, let name, let context):
            node("Attribute", r) { w in
                w.optional("value", value)
                w.name("attr", name)
                w.context(context)
            }
        case .subscript(let value, let index, let context):
            node("Subscript", r) { w in
                w.optional("value", value)
                w.optional("slice", index)
                w.context(context)
            }
        case .starred(let value, let context):
            node("Starred", r) { w in
                w.optional("value", value)
                w.context(context)
            }
        case .name(let name, let context):
            node("Name", r) { w in
                w.name("id", name)
                w.context(context)
            }
        case .list(let items, let context):
            node("List", r) { w in
                w.expressions("elts", items)
                w.context(context)
            }
        case .tuple(let items, let context):
            node("Tuple", r) { w in
                w.expressions("elts", items)
                w.context(context)
            }
        case .slice(let lower, let upper, let step):
            node("Slice", r) { w in
                w.optional("lower", lower)
                w.optional("upper", upper)
                w.optional("step", step)
            }
        }
    }

    mutating func comprehension(_ kind: String, _ r: SourceRange, _ element: Expression, _ clauses: [Comprehension]) {
        node(kind, r) { w in
            w.optional("elt", element)
            w.list("generators", clauses) { $0.clause($1) }
        }
    }

    mutating func clause(_ c: Comprehension) {
        node("comprehension") { w in
            w.optional("target", c.target)
            w.optional("iter", c.iterable)
            w.expressions("ifs", c.conditions)
            w.field("is_async") { $0.text(c.isAsync ? "1" : "0") }
        }
    }

    // MARK: Patterns

    mutating func pattern(_ p: Pattern) {
        let r = p.range
        switch p.kind {
        case .value(let value): node("MatchValue", r) { $0.optional("value", value) }
        case .singleton(let value): node("MatchSingleton", r) { $0.field("value") { $0.constant(value) } }
        case .sequence(let items): node("MatchSequence", r) { $0.list("patterns", items) { $0.pattern($1) } }
        case .mapping(let keys, let patterns, let rest):
            node("MatchMapping", r) { w in
                w.expressions("keys", keys)
                w.list("patterns", patterns) { $0.pattern($1) }
                w.optional("rest", rest)
            }
        case .classPattern(let type, let patterns, let names, let values):
            node("MatchClass", r) { w in
                w.optional("cls", type)
                w.list("patterns", patterns) { $0.pattern($1) }
                w.list("kwd_attrs", names) { $0.string(Array($1.utf8)) }
                w.list("kwd_patterns", values) { $0.pattern($1) }
            }
        case .star(let name): node("MatchStar", r) { $0.optional("name", name) }
        case .as(let inner, let name):
            node("MatchAs", r) { w in
                if let inner { w.field("pattern") { $0.pattern(inner) } }
                w.optional("name", name)
            }
        case .or(let items): node("MatchOr", r) { $0.list("patterns", items) { $0.pattern($1) } }
        }
    }

    // MARK: Constants

    mutating func constant(_ value: Constant) {
        switch value {
        case .none: text("None")
        case .true: text("True")
        case .false: text("False")
        case .ellipsis: text("Ellipsis")
        case .int(let n): text(String(n))
        case .bigInt(let digits, let radix): text(radix == 10 ? digits : decimal(digits, radix))
        case .float(let bits): text(float(Double(bitPattern: bits)))
        case .complex(let real, let imaginary):
            let i = float(Double(bitPattern: imaginary), complex: true)
            text(real == 0 ? i + "j" : "(" + float(Double(bitPattern: real), complex: true) + (i.first == "-" ? "" : "+") + i + "j)")
        case .string(let bytes): string(bytes)
        case .bytes(let bytes):
            text("b")
            quoted(bytes, isText: false)
        case .tuple(let items):
            text("(")
            for (i, item) in items.enumerated() {
                if i > 0 { text(", ") }
                constant(item)
            }
            text(items.count == 1 ? ",)" : ")")
        case .frozenSet(let items):
            text("frozenset({")
            for (i, item) in items.enumerated() {
                if i > 0 { text(", ") }
                constant(item)
            }
            text("})")
        }
    }

    mutating func string(_ bytes: [UInt8]) { quoted(bytes, isText: true) }

    /// `repr` of text or bytes.
    private mutating func quoted(_ bytes: [UInt8], isText: Bool) {
        let quote: UInt8 = bytes.contains(0x27) && !bytes.contains(0x22) ? 0x22 : 0x27
        output.append(quote)
        bytes.withUnsafeBufferPointer { buffer in
            var i = 0
            while i < buffer.count {
                let c = buffer[i]
                i += 1
                switch c {
                case 0x5C: text("\\\\")
                case 0x09: text("\\t")
                case 0x0A: text("\\n")
                case 0x0D: text("\\r")
                case quote: output += [0x5C, quote]
                case 0x20 ..< 0x7F: output.append(c)
                case 0x80... where isText:
                    if let (scalar, width) = decodeScalar(buffer.baseAddress!, i - 1, buffer.count) {
                        if isPrintable(scalar) {
                            output += buffer[(i - 1) ..< (i - 1 + width)]
                        } else {
                            escape(scalar.value)
                        }
                        i += width - 1
                    } else {
                        // A lone surrogate.
                        escape(UInt32(c & 0x0F) << 12 | UInt32(buffer[i] & 0x3F) << 6 | UInt32(buffer[i + 1] & 0x3F))
                        i += 2
                    }
                default: escape(UInt32(c))
                }
            }
        }
        output.append(quote)
    }

    private mutating func escape(_ value: UInt32) {
        let digits = String(value, radix: 16)
        let (letter, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        text("\\" + letter + String(repeating: "0", count: width - digits.utf8.count) + digits)
    }

    /// `repr` of a float, from Swift's shortest digits.
    private func float(_ value: Double, complex: Bool = false) -> String {
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value.isNaN { return "nan" }
        if value == 0 { return value.sign == .minus ? (complex ? "-0" : "-0.0") : (complex ? "0" : "0.0") }
        var digits = "", exponent = 0, sign = ""
        var text = Substring("\(value)")
        if text.first == "-" {
            sign = "-"
            text = text.dropFirst()
        }
        if let e = text.firstIndex(of: "e") {
            exponent = Int(text[text.index(after: e)...])!
            text = text[..<e]
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        digits = String(parts[0]) + (parts.count > 1 ? String(parts[1]) : "")
        // value = 0.DIGITS * 10^point
        var point = parts[0].count + exponent
        while digits.first == "0" {
            digits.removeFirst()
            point -= 1
        }
        while digits.last == "0" { digits.removeLast() }
        let scientific = point - 1
        if scientific < -4 || scientific >= 16 {
            let mantissa = String(digits.first!) + (digits.count > 1 ? "." + digits.dropFirst() : "")
            let size = String(abs(scientific))
            return sign + mantissa + "e" + (scientific < 0 ? "-" : "+") + (size.count < 2 ? "0" : "") + size
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) + (complex ? "" : ".0") }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// Digits of any radix as decimal, by schoolbook arithmetic.
    private func decimal(_ digits: String, _ radix: Int) -> String {
        var limbs: [UInt64] = [0]
        for c in digits.utf8 {
            var carry = UInt64(hexDigit(c) ?? 0)
            for i in limbs.indices {
                let value = limbs[i] * UInt64(radix) + carry
                limbs[i] = value % 1_000_000_000
                carry = value / 1_000_000_000
            }
            if carry > 0 { limbs.append(carry) }
        }
        var result = String(limbs.last!)
        for limb in limbs.dropLast().reversed() {
            let text = String(limb)
            result += String(repeating: "0", count: 9 - text.utf8.count) + text
        }
        return result
    }
}
