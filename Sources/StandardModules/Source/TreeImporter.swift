import Interpreter
import Objects
import Syntax

/// From `ast` nodes to the compiler's tree, with the checks that CPython makes of a tree that Python code has built.
///
/// A `FieldReader` hands out the fields of one node in the order of the grammar's table; it words the errors about missing fields and
/// wrong types. What the compiler relies on (contexts, numbers of things, names that are no names) is checked as the nodes are made, and never again.
/// Whatever throws `Stop` has raised a Python exception.
struct TreeImporter {
    struct Stop: Error {}

    let thread: ThreadRef

    /// The tree of a node for a mode of `compile`; nil when it has raised.
    static func module(_ thread: ThreadRef, _ value: Value, _ mode: ParseMode) -> Module? {
        let importer = TreeImporter(thread: thread)
        return try? importer.module(value, mode)
    }

    // MARK: Errors

    func fail(_ id: TypeID, _ message: String) -> Stop {
        thread.raise(id, message)
        return Stop()
    }

    func invalid(_ message: String) -> Stop { fail(.valueError, message) }

    private func unexpected(_ sum: Node, _ value: Value) -> Stop {
        let text = thread.repr(value)
        return text.isEmpty ? Stop() : fail(.typeError, "expected some sort of \(sum), but got \(StringRef(text).description)")
    }

    private func within<T>(_ sum: Node, _ body: () throws -> T) throws -> T {
        switch sum {
        case .stmt: guard thread.enterRecursion(" while traversing 'stmt' node") else { throw Stop() }
        case .expr: guard thread.enterRecursion(" while traversing 'expr' node") else { throw Stop() }
        default: guard thread.enterRecursion(" while traversing 'pattern' node") else { throw Stop() }
        }
        defer { thread.leaveRecursion() }
        return try body()
    }

    // MARK: Attributes

    fileprivate func attribute(_ value: Value, _ key: Value) throws -> Value {
        let found = thread.getAttributeOrEmpty(value, key)
        if found.isEmpty, thread.hasException { throw Stop() }
        return found
    }

    fileprivate func number(_ value: Value) throws -> Int {
        guard value.isInt else {
            let text = thread.repr(value)
            throw text.isEmpty ? Stop() : invalid("invalid integer value: \(StringRef(text).description)")
        }
        guard let number = IntOps.toInt(value), number >= Int(Int32.min), number <= Int(Int32.max) else {
            throw fail(.overflowError, "Python int too large to convert to C int")
        }
        return number
    }

    /// Where a node stands; `name` is what errors call it.
    fileprivate func place(_ value: Value, _ name: Node, checked: Bool = true) throws -> SourceRange {
        var numbers: [Int] = []
        for index in 0 ..< 4 {
            let found = try attribute(value, Tree.place[index])
            if index < 2 {
                if found.isEmpty { throw fail(.typeError, "required field \"\(index == 0 ? "lineno" : "col_offset")\" missing from \(name)") }
                numbers.append(try number(found))
            } else {
                numbers.append(found.isEmpty || found.isNone ? numbers[index - 2] : try number(found))
            }
        }
        let (line, column, endLine, endColumn) = (numbers[0], numbers[1], numbers[2], numbers[3])
        if checked {
            if line > endLine { throw invalid("AST node line range (\(line), \(endLine)) is not valid") }
            if line < 0 && endLine != line || column < 0 && column != endColumn {
                throw invalid("AST node column range (\(column), \(endColumn)) for line range (\(line), \(endLine)) is not valid")
            }
            if line == endLine && column > endColumn { throw invalid("line \(line), column \(column)-\(endColumn) is not a valid range") }
        }
        return SourceRange(line: Int32(line), column: Int32(column), endLine: Int32(endLine), endColumn: Int32(endColumn))
    }

    /// The alternative of a sum that a value is.
    fileprivate func alternative(_ value: Value, of sum: Node) throws -> Node {
        if let node = Tree.node(of: value), node != sum, Tree.info(node).sum == sum { return node }
        throw unexpected(sum, value)
    }

    // MARK: Modules

    private func module(_ value: Value, _ mode: ParseMode) throws -> Module {
        let wanted: Node = mode == .eval ? .Expression : mode == .single ? .Interactive : .Module
        guard Tree.node(of: value) == wanted else { throw fail(.typeError, "expected \(wanted) node, got \(value.type.name)") }
        var fields = FieldReader(self, value, wanted)
        switch mode {
        case .eval: return .expression(try fields.expression())
        case .single: return .interactive(try fields.statements())
        default:
            let body = try fields.statements()
            let ignores = try fields.list { item -> TypeIgnore? in
                if item.isNone { return nil }
                _ = try alternative(item, of: .type_ignore)
                var fields = FieldReader(self, item, .TypeIgnore)
                let line = try fields.number()
                return TypeIgnore(line: Int32(line), tag: try fields.string() ?? "")
            }
            return .module(body, typeIgnores: ignores.compactMap { $0 })
        }
    }

    // MARK: Statements

    fileprivate func statement(_ value: Value) throws -> Statement {
        if value.isNone { throw invalid("None disallowed in statement list") }
        return try within(.stmt) {
            let range = try place(value, .stmt)
            let node = try alternative(value, of: .stmt)
            var fields = FieldReader(self, value, node)
            return Statement(try statement(node, &fields), range)
        }
    }

    private func statement(_ node: Node, _ fields: inout FieldReader) throws -> Statement.Kind {
        switch node {
        case .FunctionDef: return .function(try function(&fields))
        case .AsyncFunctionDef: return .asyncFunction(try function(&fields))
        case .ClassDef:
            let name = try fields.identifier()
            let bases = try fields.expressions()
            let keywords = try fields.keywords()
            let body = try fields.body()
            return .classDefinition(ClassDefinition(name: name, bases: bases, keywords: keywords, body: body, decorators: try fields.expressions()))
        case .Return: return .return(try fields.optionalExpression())
        case .Delete: return .delete(try fields.targets(.delete))
        case .Assign:
            let targets = try fields.targets(.store)
            let value = try fields.expression()
            return .assign(targets: targets, value: value, typeComment: try fields.string())
        case .AugAssign:
            let target = try fields.expression(.store)
            let which = try fields.binaryOperator()
            return .augmentedAssign(target: target, which, value: try fields.expression())
        case .AnnAssign:
            let simple = try self.number(fields.peek(3)) != 0
            let nameTarget = Tree.node(of: try fields.peek(0)) == .Name
            if simple && !nameTarget { throw fail(.typeError, "AnnAssign with simple non-Name target") }
            let target = try fields.expression(.store)
            let annotation = try fields.expression()
            return .annotatedAssign(target: target, annotation: annotation, value: try fields.optionalExpression(), simple: simple)
        case .For, .AsyncFor:
            let target = try fields.expression(.store)
            let iterable = try fields.expression()
            let body = try fields.body()
            let orElse = try fields.statements()
            let comment = try fields.string()
            return node == .For ? .for(target: target, iterable: iterable, body: body, orElse: orElse, typeComment: comment)
                : .asyncFor(target: target, iterable: iterable, body: body, orElse: orElse, typeComment: comment)
        case .While, .If:
            let test = try fields.expression()
            let body = try fields.body()
            let orElse = try fields.statements()
            return node == .While ? .while(test: test, body: body, orElse: orElse) : .if(test: test, body: body, orElse: orElse)
        case .With, .AsyncWith:
            let items = try fields.nonempty("items") { item -> WithItem in
                var fields = FieldReader(self, item, .withitem)
                let context = try fields.expression()
                return WithItem(context: context, target: try fields.optionalExpression(.store))
            }
            let body = try fields.body()
            let comment = try fields.string()
            return node == .With ? .with(items, body: body, typeComment: comment) : .asyncWith(items, body: body, typeComment: comment)
        case .Match:
            let subject = try fields.expression()
            return .match(subject: subject, try fields.nonempty("cases") { item in
                var fields = FieldReader(self, item, .match_case)
                let pattern = try fields.pattern()
                let test = try fields.optionalExpression()
                return MatchCase(pattern: pattern, guard: test, body: try fields.body())
            })
        case .Raise:
            let exception = try fields.optionalExpression()
            let cause = try fields.optionalExpression()
            if exception == nil && cause != nil { throw invalid("Raise with cause but no exception") }
            return .raise(exception: exception, cause: cause)
        case .Try, .TryStar:
            let body = try fields.body()
            let handlers = try fields.list { try self.handler($0) }
            let orElse = try fields.statements()
            let finally = try fields.statements()
            if handlers.isEmpty && finally.isEmpty { throw invalid("\(node) has neither except handlers nor finalbody") }
            if handlers.isEmpty && !orElse.isEmpty { throw invalid("\(node) has orelse but no except handlers") }
            return node == .Try ? .try(body: body, handlers: handlers, orElse: orElse, finally: finally)
                : .tryStar(body: body, handlers: handlers, orElse: orElse, finally: finally)
        case .Assert:
            let test = try fields.expression()
            return .assert(test: test, message: try fields.optionalExpression())
        case .Import: return .import(try fields.nonempty("names", alias))
        case .ImportFrom:
            let module = try fields.optionalIdentifier()
            let names = try fields.nonempty("names", alias)
            let level = try fields.optionalNumber() ?? 0
            if level < 0 { throw invalid("Negative ImportFrom level") }
            return .importFrom(module: module, names, level: level)
        case .Global, .Nonlocal:
            let names = try fields.nonempty("names") { item -> String in
                guard let name = try self.identifier(item) else { throw self.invalid("None disallowed in identifier list") }
                return name
            }
            return node == .Global ? .global(names) : .nonlocal(names)
        case .Expr: return .expression(try fields.expression())
        case .Pass: return .pass
        case .Break: return .break
        default: return .continue
        }
    }

    private func function(_ fields: inout FieldReader) throws -> FunctionDefinition {
        let name = try fields.identifier()
        let arguments = try fields.arguments()
        let body = try fields.body()
        let decorators = try fields.expressions()
        let returns = try fields.optionalExpression()
        return FunctionDefinition(name: name, arguments: arguments, body: body, decorators: decorators, returns: returns, typeComment: try fields.string())
    }

    private func handler(_ value: Value) throws -> ExceptionHandler {
        if value.isNone { throw invalid("None disallowed in handler list") }
        let range = try place(value, .excepthandler)
        _ = try alternative(value, of: .excepthandler)
        var fields = FieldReader(self, value, .ExceptHandler)
        let type = try fields.optionalExpression()
        let name = try fields.optionalIdentifier()
        return ExceptionHandler(type: type, name: name, body: try fields.body(), range: range)
    }

    private func alias(_ value: Value) throws -> Alias {
        var fields = FieldReader(self, value, .alias)
        let name = try fields.identifier()
        let asName = try fields.optionalIdentifier()
        return Alias(name: name, asName: asName, range: try place(value, .alias, checked: false))
    }

    fileprivate func keyword(_ value: Value) throws -> Keyword {
        var fields = FieldReader(self, value, .keyword)
        let name = try fields.optionalIdentifier()
        let argument = try fields.expression()
        return Keyword(name: name, value: argument, range: try place(value, .keyword, checked: false))
    }

    fileprivate func argument(_ value: Value) throws -> Argument {
        var fields = FieldReader(self, value, .arg)
        let name = try fields.identifier()
        let annotation = try fields.optionalExpression()
        let comment = try fields.string()
        return Argument(name: name, annotation: annotation, typeComment: comment, range: try place(value, .arg))
    }

    fileprivate func arguments(_ value: Value) throws -> Syntax.Arguments {
        var fields = FieldReader(self, value, .arguments)
        let positionalOnly = try fields.list(argument)
        let positional = try fields.list(argument)
        let variadic = try fields.optional().map(argument)
        let keywordOnly = try fields.list(argument)
        let keywordDefaults = try fields.optionalExpressions()
        let keywordVariadic = try fields.optional().map(argument)
        let defaultCount = try fields.peekCount()
        if defaultCount > positionalOnly.count + positional.count { throw invalid("more positional defaults than args on arguments") }
        if keywordDefaults.count != keywordOnly.count { throw invalid("length of kwonlyargs is not the same as kw_defaults on arguments") }
        return Syntax.Arguments(positionalOnly: positionalOnly, positional: positional, variadic: variadic, keywordOnly: keywordOnly, keywordDefaults: keywordDefaults,
                         keywordVariadic: keywordVariadic, defaults: try fields.expressions())
    }

    fileprivate func comprehension(_ value: Value) throws -> Comprehension {
        var fields = FieldReader(self, value, .comprehension)
        let target = try fields.expression(.store)
        let iterable = try fields.expression()
        let conditions = try fields.expressions()
        return Comprehension(target: target, iterable: iterable, conditions: conditions, isAsync: try fields.number() != 0)
    }

    // MARK: Names and constants

    /// nil for None.
    fileprivate func identifier(_ value: Value) throws -> String? {
        if value.isNone { return nil }
        guard value.isExact(.str) else { throw fail(.typeError, "AST identifier must be of type str") }
        return StringRef(value).description
    }

    private func checkName(_ name: String) throws {
        if name == "None" || name == "True" || name == "False" { throw invalid("identifier field can't represent '\(name)' constant") }
    }

    private func checkCapture(_ name: String?) throws {
        guard let name else { return }
        if name == "_" { throw invalid("can't capture name '_' in patterns") }
        try checkName(name)
    }

    fileprivate func constant(_ value: Value) throws -> Constant {
        if let constant = Code.constant(value) { return constant }
        throw fail(.typeError, "got an invalid type in Constant: \(culprit(value).type.name)")
    }

    /// The item that makes a tuple or frozenset no constant, or the value itself.
    private func culprit(_ value: Value, depth: Int = 0) -> Value {
        if depth > 100 { return value }
        if value.isExact(.tuple) {
            for index in 0 ..< TupleRef(value).count where Code.constant(TupleRef(value)[index]) == nil { return culprit(TupleRef(value)[index], depth: depth + 1) }
        } else if value.isExact(.frozenset) {
            var position = 0
            while let (key, _) = SetRef(value).nextEntry(&position) { if Code.constant(key) == nil { return culprit(key, depth: depth + 1) } }
        }
        return value
    }

    // MARK: Expressions

    /// - Parameter context: the one that the expression must have; nil when it does not matter.
    fileprivate func expression(_ value: Value, _ context: ExpressionContext?) throws -> Expression {
        try within(.expr) {
            let range = try place(value, .expr)
            let node = try alternative(value, of: .expr)
            var fields = FieldReader(self, value, node)
            return Expression(try expression(node, &fields, context), range)
        }
    }

    private static let contextNames: [ExpressionContext: String] = [.load: "Load", .store: "Store", .delete: "Del"]

    private func check(_ actual: ExpressionContext, _ wanted: ExpressionContext?) throws {
        guard let wanted, wanted != actual else { return }
        throw invalid("expression must have \(TreeImporter.contextNames[wanted]!) context but has \(TreeImporter.contextNames[actual]!) instead")
    }

    private func expression(_ node: Node, _ fields: inout FieldReader, _ context: ExpressionContext?) throws -> Expression.Kind {
        switch node {
        case .Attribute:
            let own = try fields.context(2)
            try check(own, context)
            let value = try fields.expression()
            return .attribute(value, try fields.identifier(), own)
        case .Subscript:
            let own = try fields.context(2)
            try check(own, context)
            let value = try fields.expression()
            return .subscript(value, try fields.expression(), own)
        case .Starred:
            let own = try fields.context(1)
            try check(own, context)
            return .starred(try fields.expression(own), own)
        case .Name:
            let name = try fields.identifier()
            let own = try fields.context(1)
            try check(own, context)
            try checkName(name)
            return .name(name, own)
        case .List, .Tuple:
            let own = try fields.context(1)
            try check(own, context)
            let items = try fields.expressions(own)
            return node == .List ? .list(items, own) : .tuple(items, own)
        default: break
        }
        if let context, context != .load { throw invalid("expression which can't be assigned to in \(TreeImporter.contextNames[context]!) context") }
        switch node {
        case .BoolOp:
            let which: BooleanOperator = try alternative(try fields.one(), of: .boolop) == .And ? .and : .or
            let values = try fields.expressions()
            if values.count < 2 { throw invalid("BoolOp with less than 2 values") }
            return .booleanOperation(which, values)
        case .NamedExpr:
            if Tree.node(of: try fields.peek(0)) != .Name { throw fail(.typeError, "NamedExpr target must be a Name") }
            // CPython does not look at the target's context, and then stores nothing.
            var target = try fields.expression(nil)
            if case .name(let name, _) = target.kind { target = Expression(.name(name, .store), target.range) }
            return .namedExpression(target: target, value: try fields.expression())
        case .BinOp:
            let left = try fields.expression()
            let which = try fields.binaryOperator()
            return .binaryOperation(left, which, try fields.expression())
        case .UnaryOp:
            let which = try alternative(try fields.one(), of: .unaryop)
            let index = TreeExporter.unaryOperators.firstIndex(of: which) ?? 0
            return .unaryOperation(UnaryOperator(rawValue: UInt8(index)) ?? .invert, try fields.expression())
        case .Lambda:
            let arguments = try fields.arguments()
            return .lambda(arguments, try fields.expression())
        case .IfExp:
            let test = try fields.expression()
            let body = try fields.expression()
            return .conditional(test: test, body: body, orElse: try fields.expression())
        case .Dict:
            let keys = try fields.optionalExpressions()
            let values = try fields.expressions()
            if keys.count != values.count { throw invalid("Dict doesn't have the same number of keys as values") }
            return .dictionary(keys: keys, values: values)
        case .Set: return .set(try fields.expressions())
        case .ListComp, .SetComp, .GeneratorExp:
            let deferred = try fields.deferred()
            let clauses = try fields.comprehensions()
            let element = try deferred()
            return node == .ListComp ? .listComprehension(element, clauses) : node == .SetComp ? .setComprehension(element, clauses) : .generator(element, clauses)
        case .DictComp:
            let key = try fields.expression()
            let value = try fields.expression()
            return .dictionaryComprehension(key: key, value: value, try fields.comprehensions())
        case .Await: return .await(try fields.expression())
        case .Yield: return .yield(try fields.optionalExpression())
        case .YieldFrom: return .yieldFrom(try fields.expression())
        case .Compare:
            let left = try fields.expression()
            let operators = try fields.list { item -> ComparisonOperator in
                let index = TreeExporter.comparisons.firstIndex(of: try self.alternative(item, of: .cmpop)) ?? 0
                return ComparisonOperator(rawValue: UInt8(index)) ?? .equal
            }
            let others = try fields.expressions()
            if others.isEmpty { throw invalid("Compare with no comparators") }
            if others.count != operators.count { throw invalid("Compare has a different number of comparators and operands") }
            return .compare(left, operators, others)
        case .Call:
            let function = try fields.expression()
            let arguments = try fields.expressions()
            return .call(function, arguments: arguments, keywords: try fields.keywords())
        case .FormattedValue:
            let value = try fields.expression()
            let conversion = try fields.number()
            return .formattedValue(value, conversion: conversion, formatSpec: try fields.optionalExpression())
        case .JoinedStr: return .joinedString(try fields.expressions())
        case .Constant:
            let value = try constant(fields.one())
            return .constant(value, kind: try fields.string())
        default:
            let lower = try fields.optionalExpression()
            let upper = try fields.optionalExpression()
            return .slice(lower: lower, upper: upper, step: try fields.optionalExpression())
        }
    }

    // MARK: Patterns

    fileprivate func pattern(_ value: Value, allowsStar: Bool) throws -> Pattern {
        if value.isNone { throw invalid("None disallowed in pattern list") }
        return try within(.pattern) {
            let range = try place(value, .pattern)
            let node = try alternative(value, of: .pattern)
            var fields = FieldReader(self, value, node)
            return Pattern(try pattern(node, &fields, allowsStar), range)
        }
    }

    private func pattern(_ node: Node, _ fields: inout FieldReader, _ allowsStar: Bool) throws -> Pattern.Kind {
        switch node {
        case .MatchValue:
            let value = try fields.expression()
            try checkLiteral(value)
            return .value(value)
        case .MatchSingleton:
            let value = try constant(fields.one())
            guard value == .none || value == .true || value == .false else { throw invalid("MatchSingleton can only contain True, False and None") }
            return .singleton(value)
        case .MatchSequence: return .sequence(try fields.patterns(allowsStar: true))
        case .MatchMapping:
            let keys = try fields.expressions()
            let patterns = try fields.patterns()
            let rest = try fields.optionalIdentifier()
            if keys.count != patterns.count { throw invalid("MatchMapping doesn't have the same number of keys as patterns") }
            try checkCapture(rest)
            for key in keys {
                if case .constant(let constant, _) = key.kind, constant == .none || constant == .true || constant == .false { continue }
                try checkLiteral(key)
            }
            return .mapping(keys: keys, patterns: patterns, rest: rest)
        case .MatchClass:
            let type = try fields.expression()
            let patterns = try fields.patterns()
            let names = try fields.list { item -> String in
                guard let name = try self.identifier(item) else { throw self.invalid("None disallowed in identifier list") }
                return name
            }
            let keywordPatterns = try fields.patterns()
            if names.count != keywordPatterns.count { throw invalid("MatchClass doesn't have the same number of keyword attributes as patterns") }
            var part = type
            while case .attribute(let inner, _, _) = part.kind { part = inner }
            guard case .name = part.kind else { throw invalid("MatchClass cls field can only contain Name or Attribute nodes.") }
            for name in names { try checkName(name) }
            return .classPattern(type, patterns: patterns, keywordNames: names, keywordPatterns: keywordPatterns)
        case .MatchStar:
            if !allowsStar { throw invalid("can't use MatchStar here") }
            let name = try fields.optionalIdentifier()
            try checkCapture(name)
            return .star(name)
        case .MatchAs:
            let inner = try fields.optional().map { try self.pattern($0, allowsStar: false) }
            let name = try fields.optionalIdentifier()
            try checkCapture(name)
            if name == nil && inner != nil { throw invalid("MatchAs must specify a target name if a pattern is given") }
            return .as(inner, name: name)
        default:
            let patterns = try fields.patterns()
            if patterns.count < 2 { throw invalid("MatchOr requires at least 2 patterns") }
            return .or(patterns)
        }
    }

    /// What a pattern may compare with: a literal or an attribute.
    private func checkLiteral(_ expression: Expression) throws {
        switch expression.kind {
        case .attribute, .joinedString: return
        case .constant(let constant, _):
            switch constant {
            case .int, .bigInt, .float, .complex, .string, .bytes: return
            default: throw invalid("unexpected constant inside of a literal pattern")
            }
        case .unaryOperation where isNumber(expression, real: true, imaginary: true, mayBeNegative: true): return
        case .binaryOperation(let left, let which, let right) where which == .add || which == .subtract:
            if isNumber(left, real: true, imaginary: false, mayBeNegative: true), isNumber(right, real: false, imaginary: true, mayBeNegative: false) { return }
        default: break
        }
        throw invalid("patterns may only match literals and attribute lookups")
    }

    private func isNumber(_ expression: Expression, real: Bool, imaginary: Bool, mayBeNegative: Bool) -> Bool {
        switch expression.kind {
        case .constant(.int, _), .constant(.bigInt, _), .constant(.float, _): return real
        case .constant(.complex, _): return imaginary
        case .unaryOperation(.minus, let operand): return mayBeNegative && isNumber(operand, real: real, imaginary: imaginary, mayBeNegative: false)
        default: return false
        }
    }
}

/// The fields of one node, in order.
private struct FieldReader {
    let importer: TreeImporter
    let value: Value
    let node: Node
    private var index = 0

    init(_ importer: TreeImporter, _ value: Value, _ node: Node) {
        self.importer = importer
        self.value = value
        self.node = node
    }

    /// A field; None when it is optional and absent.
    func peek(_ index: Int) throws -> Value {
        let field = Tree.infos[node.rawValue].fields[index]
        let found = try importer.attribute(value, field.key)
        if !found.isEmpty { return found }
        if field.quantity == .optional { return .none }
        throw importer.fail(.typeError, "required field \"\(field.name)\" missing from \(node)")
    }

    mutating func one() throws -> Value {
        index += 1
        return try peek(index - 1)
    }

    /// nil for None.
    mutating func optional() throws -> Value? {
        let value = try one()
        return value.isNone ? nil : value
    }

    /// A field that must be there, though the class has no type for it: None counts as absent.
    private mutating func required() throws -> Value {
        if let value = try optional() { return value }
        throw importer.invalid("field '\(Tree.infos[node.rawValue].fields[index - 1].name)' is required for \(node)")
    }

    private func checkList(_ list: Value, _ index: Int) throws {
        if list.isList { return }
        throw importer.fail(.typeError, "\(node) field \"\(Tree.infos[node.rawValue].fields[index].name)\" must be a list, not a \(list.type.name)")
    }

    mutating func list<T>(_ make: (Value) throws -> T) throws -> [T] {
        let list = try one()
        try checkList(list, index - 1)
        let count = ListRef(list).count
        var result: [T] = []
        for item in 0 ..< count {
            result.append(try make(ListRef(list)[item]))
            if ListRef(list).count != count {
                throw importer.fail(.runtimeError, "\(node) field \"\(Tree.infos[node.rawValue].fields[index - 1].name)\" changed size during iteration")
            }
        }
        return result
    }

    mutating func nonempty<T>(_ what: String, _ make: (Value) throws -> T) throws -> [T] {
        let result = try list(make)
        if result.isEmpty { throw importer.invalid("empty \(what) on \(node)") }
        return result
    }

    /// How many items the next field has.
    func peekCount() throws -> Int {
        let list = try peek(index)
        try checkList(list, index)
        return ListRef(list).count
    }

    // MARK: Kinds of fields

    mutating func expression(_ context: ExpressionContext? = .load) throws -> Expression { try importer.expression(required(), context) }
    mutating func optionalExpression(_ context: ExpressionContext = .load) throws -> Expression? { try optional().map { try importer.expression($0, context) } }

    mutating func expressions(_ context: ExpressionContext = .load) throws -> [Expression] {
        let importer = importer
        return try list { item in
            if item.isNone { throw importer.invalid("None disallowed in expression list") }
            return try importer.expression(item, context)
        }
    }

    mutating func optionalExpressions() throws -> [Expression?] {
        let importer = importer
        return try list { $0.isNone ? nil : try importer.expression($0, .load) }
    }

    mutating func targets(_ context: ExpressionContext) throws -> [Expression] {
        let result = try expressions(context)
        if result.isEmpty { throw importer.invalid("empty targets on \(node)") }
        return result
    }

    mutating func statements() throws -> [Statement] { try list(importer.statement) }
    mutating func body() throws -> [Statement] { try nonempty("body", importer.statement) }
    mutating func pattern() throws -> Pattern { try importer.pattern(required(), allowsStar: false) }

    mutating func patterns(allowsStar: Bool = false) throws -> [Pattern] {
        let importer = importer
        return try list { try importer.pattern($0, allowsStar: allowsStar) }
    }

    mutating func keywords() throws -> [Keyword] { try list(importer.keyword) }
    mutating func arguments() throws -> Syntax.Arguments { try importer.arguments(one()) }

    /// An expression that is converted later, so that what is wrong with a later field is found first.
    mutating func deferred() throws -> () throws -> Expression {
        let importer = importer
        let value = try required()
        return { try importer.expression(value, .load) }
    }

    mutating func comprehensions() throws -> [Comprehension] {
        let result = try list(importer.comprehension)
        if result.isEmpty { throw importer.invalid("comprehension with no generators") }
        return result
    }

    mutating func identifier() throws -> String { try importer.identifier(required()) ?? "" }
    mutating func optionalIdentifier() throws -> String? { try importer.identifier(one()) }
    mutating func number() throws -> Int { try importer.number(one()) }
    mutating func optionalNumber() throws -> Int? { try optional().map { try importer.number($0) } }

    /// A type comment, tag or kind: nil for None.
    mutating func string() throws -> String? {
        guard let value = try optional() else { return nil }
        if value.isExact(.str) { return StringRef(value).description }
        if value.isExact(.bytes) { return String(decoding: BytesRef(value).buffer, as: UTF8.self) }
        throw importer.fail(.typeError, "AST string must be of type str")
    }

    mutating func binaryOperator() throws -> BinaryOperator {
        let which = try importer.alternative(one(), of: .operator)
        return BinaryOperator(rawValue: UInt8(TreeExporter.binaryOperators.firstIndex(of: which) ?? 0)) ?? .add
    }

    func context(_ index: Int) throws -> ExpressionContext {
        switch try importer.alternative(peek(index), of: .expr_context) {
        case .Load: return .load
        case .Store: return .store
        default: return .delete
        }
    }
}
