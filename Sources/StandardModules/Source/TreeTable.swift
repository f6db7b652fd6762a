import Interpreter
import Objects

/// The node classes of `_ast`, made from one table.
///
/// `Tree.grammar` is the abstract grammar of Python 3.11 in the notation of ASDL; every class, with its fields, optional defaults, attributes and
/// docstring, follows from it. The classes are ordinary classes made by calling `type`, but for `AST` itself, which is native. They are made when `_ast` is first
/// imported or a tree is first asked for. Invariants: `Node` has a case for each name in the grammar, of the same name; classes and the shared instances of
/// operators and contexts live in one list, in a root word, at their node's number.

/// The names of the grammar.
enum Node: Int, CaseIterable {
    case AST, mod, stmt, expr, expr_context, boolop, `operator`, unaryop, cmpop, comprehension, excepthandler, arguments, arg, keyword, alias, withitem, match_case, pattern, type_ignore
    case Module, Interactive, Expression, FunctionType
    case FunctionDef, AsyncFunctionDef, ClassDef, Return, Delete, Assign, AugAssign, AnnAssign, For, AsyncFor, While, If, With, AsyncWith, Match, Raise, Try, TryStar, Assert, Import
    case ImportFrom, Global, Nonlocal, Expr, Pass, Break, Continue
    case BoolOp, NamedExpr, BinOp, UnaryOp, Lambda, IfExp, Dict, Set, ListComp, SetComp, DictComp, GeneratorExp, Await, Yield, YieldFrom, Compare, Call, FormattedValue, JoinedStr
    case Constant, Attribute, Subscript, Starred, Name, List, Tuple, Slice
    case Load, Store, Del, And, Or, Add, Sub, Mult, MatMult, Div, Mod, Pow, LShift, RShift, BitOr, BitXor, BitAnd, FloorDiv, Invert, Not, UAdd, USub
    case Eq, NotEq, Lt, LtE, Gt, GtE, Is, IsNot, In, NotIn, ExceptHandler
    case MatchValue, MatchSingleton, MatchSequence, MatchMapping, MatchClass, MatchStar, MatchAs, MatchOr, TypeIgnore
}

enum Tree {
    static let grammar = """
        mod = Module(stmt* body, type_ignore* type_ignores)
            | Interactive(stmt* body)
            | Expression(expr body)
            | FunctionType(expr* argtypes, expr returns)
        stmt = FunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment)
            | AsyncFunctionDef(identifier name, arguments args, stmt* body, expr* decorator_list, expr? returns, string? type_comment)
            | ClassDef(identifier name, expr* bases, keyword* keywords, stmt* body, expr* decorator_list)
            | Return(expr? value)
            | Delete(expr* targets)
            | Assign(expr* targets, expr value, string? type_comment)
            | AugAssign(expr target, operator op, expr value)
            | AnnAssign(expr target, expr annotation, expr? value, int simple)
            | For(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
            | AsyncFor(expr target, expr iter, stmt* body, stmt* orelse, string? type_comment)
            | While(expr test, stmt* body, stmt* orelse)
            | If(expr test, stmt* body, stmt* orelse)
            | With(withitem* items, stmt* body, string? type_comment)
            | AsyncWith(withitem* items, stmt* body, string? type_comment)
            | Match(expr subject, match_case* cases)
            | Raise(expr? exc, expr? cause)
            | Try(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
            | TryStar(stmt* body, excepthandler* handlers, stmt* orelse, stmt* finalbody)
            | Assert(expr test, expr? msg)
            | Import(alias* names)
            | ImportFrom(identifier? module, alias* names, int? level)
            | Global(identifier* names)
            | Nonlocal(identifier* names)
            | Expr(expr value)
            | Pass
            | Break
            | Continue @
        expr = BoolOp(boolop op, expr* values)
            | NamedExpr(expr target, expr value)
            | BinOp(expr left, operator op, expr right)
            | UnaryOp(unaryop op, expr operand)
            | Lambda(arguments args, expr body)
            | IfExp(expr test, expr body, expr orelse)
            | Dict(expr* keys, expr* values)
            | Set(expr* elts)
            | ListComp(expr elt, comprehension* generators)
            | SetComp(expr elt, comprehension* generators)
            | DictComp(expr key, expr value, comprehension* generators)
            | GeneratorExp(expr elt, comprehension* generators)
            | Await(expr value)
            | Yield(expr? value)
            | YieldFrom(expr value)
            | Compare(expr left, cmpop* ops, expr* comparators)
            | Call(expr func, expr* args, keyword* keywords)
            | FormattedValue(expr value, int conversion, expr? format_spec)
            | JoinedStr(expr* values)
            | Constant(constant value, string? kind)
            | Attribute(expr value, identifier attr, expr_context ctx)
            | Subscript(expr value, expr slice, expr_context ctx)
            | Starred(expr value, expr_context ctx)
            | Name(identifier id, expr_context ctx)
            | List(expr* elts, expr_context ctx)
            | Tuple(expr* elts, expr_context ctx)
            | Slice(expr? lower, expr? upper, expr? step) @
        expr_context = Load | Store | Del
        boolop = And | Or
        operator = Add | Sub | Mult | MatMult | Div | Mod | Pow | LShift | RShift | BitOr | BitXor | BitAnd | FloorDiv
        unaryop = Invert | Not | UAdd | USub
        cmpop = Eq | NotEq | Lt | LtE | Gt | GtE | Is | IsNot | In | NotIn
        comprehension(expr target, expr iter, expr* ifs, int is_async)
        excepthandler = ExceptHandler(expr? type, identifier? name, stmt* body) @
        arguments(arg* posonlyargs, arg* args, arg? vararg, arg* kwonlyargs, expr* kw_defaults, arg? kwarg, expr* defaults)
        arg(identifier arg, expr? annotation, string? type_comment) @
        keyword(identifier? arg, expr value) @
        alias(identifier name, identifier? asname) @
        withitem(expr context_expr, expr? optional_vars)
        match_case(pattern pattern, expr? guard, stmt* body)
        pattern = MatchValue(expr value)
            | MatchSingleton(constant value)
            | MatchSequence(pattern* patterns)
            | MatchMapping(expr* keys, pattern* patterns, identifier? rest)
            | MatchClass(expr cls, pattern* patterns, identifier* kwd_attrs, pattern* kwd_patterns)
            | MatchStar(identifier? name)
            | MatchAs(pattern? pattern, identifier? name)
            | MatchOr(pattern* patterns) @
        type_ignore = TypeIgnore(int lineno, string tag)
        """

    enum Quantity { case one, optional, many }

    struct Field {
        let kind: String
        let name: String
        let quantity: Quantity
        /// The interned name.
        let key: Value
    }

    struct Info {
        var fields: [Field] = []
        /// The sum that it is an alternative of; itself for a product or sum.
        var sum: Node = .AST
        var hasPlace = false
        var type = TypeID.object.type
    }

    nonisolated(unsafe) static var infos: [Info] = []
    nonisolated(unsafe) private static var nodes: [UInt64: Node] = [:]
    nonisolated(unsafe) private static let root = RootTable.reserve()
    /// Names of the attributes `lineno`, `col_offset`, `end_lineno`, `end_col_offset`.
    nonisolated(unsafe) static var place: [Value] = []
    nonisolated(unsafe) private static var fieldsName = Value.empty
    static var isReady: Bool { !infos.isEmpty }

    static func info(_ node: Node) -> Info { infos[node.rawValue] }

    /// The shared instance of an operator or context.
    static func shared(_ node: Node) -> Value { ListRef(root.pointee)[Node.allCases.count + node.rawValue] }

    /// Which node a value is, by its class or the nearest base that the grammar knows.
    static func node(of value: Value) -> Node? {
        let type = value.type
        if let known = nodes[type.value.bits] { return known }
        for index in 0 ..< type.mro.count { if let known = nodes[type.mro[index].bits] { return known } }
        return nil
    }

    // MARK: AST

    private struct ASTObject {
        var header: ObjectHeader
        var dict: Value
    }

    private static func makeBase() -> NativeType {
        NativeType("AST", module: "ast", size: MemoryLayout<ASTObject>.size, mask: 0b10, dictOffset: 8, flags: .base, methods: [
            Def("__reduce__(self)", .calls) { thread, a, _ in
                let dict = InstanceAttributes.dict(thread, a[0])
                return dict.isEmpty ? .empty : thread.newTuple(a[0].type.value, WellKnown.emptyTuple.value, dict)
            },
        ], getters: [.instanceDict], slots: { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, node, a, count, keywords in Tree.initialize(thread, node, a, count, keywords) }
        })
    }

    private static func shortName(_ node: Value) -> String { StringRef(node.type.pointer.pointee.name).description }

    private static func initialize(_ thread: ThreadRef, _ node: Value, _ a: Objects.Arguments, _ count: Int, _ keywords: Value) -> Value {
        let named = keywords.isEmpty ? 0 : TupleRef(keywords).count
        let given = count - named
        let fields = thread.getAttributeOrEmpty(node.type.value, fieldsName)
        if fields.isEmpty && thread.hasException { return .empty }
        var limit = 0
        if !fields.isEmpty {
            limit = thread.length(fields)
            if limit < 0 { return .empty }
        }
        if given > limit {
            return thread.raise(.typeError, "\(shortName(node)) constructor takes at most \(limit) positional argument\(limit == 1 ? "" : "s")")
        }
        for index in 0 ..< given {
            let name = thread.getItem(fields, Value(small: index))
            if name.isEmpty { return .empty }
            guard name.isString else { return thread.raise(.typeError, "attribute name must be string, not '\(name.type.name)'") }
            guard thread.setAttribute(node, name, a[index]) else { return .empty }
        }
        for index in 0 ..< named {
            let key = TupleRef(keywords)[index]
            for position in 0 ..< given {
                let name = thread.getItem(fields, Value(small: position))
                if name.isEmpty { return .empty }
                if name.isString, StringRef(name).equals(StringRef(key)) {
                    return thread.raise(.typeError, "\(shortName(node)) got multiple values for argument \(key.reprForMessage(thread))")
                }
            }
            guard thread.setAttribute(node, key, a[given + index]) else { return .empty }
        }
        return .none
    }

    // MARK: Making the classes

    /// One alternative as the grammar has it.
    private struct Entry {
        let text: String
        let node: Node
        let fields: [Field]
    }

    /// Makes the classes, once. False when it has raised.
    static func prepare(_ thread: ThreadRef) -> Bool {
        if isReady { return true }
        let count = Node.allCases.count
        let kept = thread.newList(capacity: 2 * count)
        if kept.isEmpty { return false }
        root.pointee = kept
        for _ in 0 ..< 2 * count { if !ListRef(kept).append(thread, .none) { return false } }
        fieldsName = StringRef.intern("_fields").value
        place = ["lineno", "col_offset", "end_lineno", "end_col_offset"].map { StringRef.intern($0).value }
        var byName: [String: Node] = [:]
        for node in Node.allCases { byName["\(node)"] = node }
        var table = [Info](repeating: Info(), count: count)

        func define(_ node: Node, base: Node, fields: [Field], doc: String?, sum: Node, hasPlace: Bool, isSum: Bool) -> Bool {
            let namespace = thread.newDict()
            let names = thread.newTuple(count: fields.count)
            if namespace.isEmpty || names.isEmpty { return false }
            for (index, field) in fields.enumerated() { TupleRef(names).initialize(index, field.key) }
            func set(_ name: String, _ value: Value) -> Bool { !value.isEmpty && DictRef(namespace).set(thread, StringRef.intern(name).value, value) }
            guard set("_fields", names), set("__match_args__", names), set("__module__", StringRef.intern("ast").value),
                  set("__doc__", doc.map { thread.newString($0) } ?? .none) else { return false }
            if isSum || sum == node {
                var attributes = WellKnown.emptyTuple.value
                if hasPlace { attributes = thread.newTuple(copying: place) }
                guard set("_attributes", attributes) else { return false }
            }
            for field in fields where field.quantity == .optional { if !set(field.name, .none) { return false } }
            if hasPlace, isSum || sum == node { guard set("end_lineno", .none), set("end_col_offset", .none) else { return false } }
            let bases = thread.newTuple(table[base.rawValue].type.value)
            if bases.isEmpty { return false }
            let type = thread.call(TypeID.type.value, StringRef.intern("\(node)").value, bases, namespace)
            if type.isEmpty { return false }
            ListRef(kept).set(node.rawValue, type)
            table[node.rawValue] = Info(fields: fields, sum: sum, hasPlace: hasPlace, type: TypeRef(type))
            return true
        }

        let base = makeBase().type
        ListRef(kept).set(Node.AST.rawValue, base.value)
        table[Node.AST.rawValue].type = base
        for name in ["_fields", "__match_args__", "_attributes"] {
            if !base.namespace.set(thread, StringRef.intern(name).value, WellKnown.emptyTuple.value) { return false }
        }
        base.modified()

        for rule in rules() {
            let hasPlace = rule.hasSuffix("@")
            let rule = hasPlace ? String(rule.dropLast(2)) : rule
            guard let equals = rule.firstIndex(of: "=") else {
                // A product
                let entry = parse(rule, byName)
                guard define(entry.node, base: .AST, fields: entry.fields, doc: entry.text, sum: entry.node, hasPlace: hasPlace, isSum: false) else { return false }
                continue
            }
            let name = String(rule[..<equals].dropLast())
            let alternatives = rule[rule.index(equals, offsetBy: 2)...].split(separator: "|").map { parse(trimmed($0), byName) }
            let isSimple = alternatives.allSatisfy { $0.fields.isEmpty }
            let separator = isSimple ? " | " : "\n" + String(repeating: " ", count: name.utf8.count + 1) + "| "
            let sum = byName[name]!
            guard define(sum, base: .AST, fields: [], doc: "\(name) = " + alternatives.map(\.text).joined(separator: separator), sum: sum, hasPlace: hasPlace, isSum: true) else { return false }
            for entry in alternatives {
                guard define(entry.node, base: sum, fields: entry.fields, doc: entry.text, sum: sum, hasPlace: hasPlace, isSum: false) else { return false }
                if isSimple {
                    let instance = thread.allocateInstance(table[entry.node.rawValue].type)
                    if instance.isEmpty { return false }
                    ListRef(kept).set(count + entry.node.rawValue, instance)
                }
            }
        }
        for node in Node.allCases { nodes[table[node.rawValue].type.value.bits] = node }
        infos = table
        return true
    }

    /// The grammar's rules, each on one line.
    private static func rules() -> [String] {
        var result: [String] = []
        for line in grammar.split(separator: "\n") {
            if line.hasPrefix(" ") { result[result.count - 1] += " " + trimmed(line) } else { result.append(String(line)) }
        }
        return result
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    /// `Name(kind? field, kind* field)`
    private static func parse(_ text: String, _ byName: [String: Node]) -> Entry {
        guard let open = text.firstIndex(of: "(") else { return Entry(text: text, node: byName[text]!, fields: []) }
        let fields = text[text.index(after: open)...].dropLast().split(separator: ",").map { part -> Field in
            let words = part.split(separator: " ")
            let mark = words[0].last!
            let quantity: Quantity = mark == "?" ? .optional : mark == "*" ? .many : .one
            return Field(kind: String(quantity == .one ? words[0] : words[0].dropLast()), name: String(words[1]), quantity: quantity, key: StringRef.intern(String(words[1])).value)
        }
        return Entry(text: text, node: byName[String(text[..<open])]!, fields: fields)
    }
}

/// The `_ast` module.
enum ASTModule {
    static func register() {
        TreeHooks.isNode = { _, value in
            Tree.isReady && value.isPointer && value.type.isSubtype(of: Tree.info(.AST).type) ? 1 : 0
        }
        TreeHooks.toNode = { thread, tree in
            guard Tree.prepare(thread) else { return .empty }
            var exporter = TreeExporter(thread: thread)
            return exporter.module(tree)
        }
        TreeHooks.fromNode = { thread, node, mode in TreeImporter.module(thread, node, mode) }
        NativeModule.register("_ast") { module in
            guard Tree.prepare(module.thread) else { return false }
            for node in Node.allCases { module.set("\(node)", Tree.info(node).type.value) }
            module.set("PyCF_ALLOW_TOP_LEVEL_AWAIT", CompileBuiltin.Flags.allowTopLevelAwait)
            module.set("PyCF_ONLY_AST", CompileBuiltin.Flags.onlyTree)
            module.set("PyCF_TYPE_COMMENTS", CompileBuiltin.Flags.typeComments)
            return true
        }
    }
}
