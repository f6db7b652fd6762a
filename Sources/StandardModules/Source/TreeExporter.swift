import Interpreter
import Objects
import Syntax

/// From the parser's tree to `ast` nodes.
///
/// Each method makes the node of one kind: `add` fills its fields in the order of the grammar's table, `finish` adds its place. A failure shows as the zero word and
/// makes everything after it do nothing. Operators and contexts are shared instances.
struct TreeExporter {
    let thread: ThreadRef
    private var depth = 0

    init(thread: ThreadRef) { self.thread = thread }

    /// A node being filled.
    private struct Builder {
        let thread: ThreadRef
        let node: Node
        var value: Value
        var index = 0

        init(_ thread: ThreadRef, _ node: Node) {
            self.thread = thread
            self.node = node
            value = thread.allocateInstance(Tree.infos[node.rawValue].type)
        }

        mutating func add(_ field: Value) {
            if value.isEmpty { return }
            let info = Tree.infos[node.rawValue]
            if field.isEmpty || index >= info.fields.count || !InstanceAttributes.set(thread, value, info.type, info.fields[index].key, field) { value = .empty }
            index += 1
        }

        mutating func finish(_ range: SourceRange) -> Value {
            if value.isEmpty { return .empty }
            let type = Tree.infos[node.rawValue].type
            for (key, number) in zip(Tree.place, [range.line, range.column, range.endLine, range.endColumn]) {
                if !InstanceAttributes.set(thread, value, type, key, Value(small: Int(number))) { return .empty }
            }
            return value
        }

        func finish() -> Value { value }
    }

    private func begin(_ node: Node) -> Builder { Builder(thread, node) }

    /// CPython allows the tree three levels for each of the recursion limit.
    private mutating func descend() -> Bool {
        depth += 1
        if depth > Int(taipan.recursionLimit) * 3 || taipan_stack_pointer() < thread.pointee.nativeStackLimit {
            thread.raise(.recursionError, "maximum recursion depth exceeded during ast construction")
            return false
        }
        return true
    }

    // MARK: Parts

    private mutating func list<T>(_ items: [T], _ make: (inout TreeExporter, T) -> Value) -> Value {
        let result = thread.newList(capacity: items.count)
        if result.isEmpty { return .empty }
        for item in items {
            let value = make(&self, item)
            if value.isEmpty || !ListRef(result).append(thread, value) { return .empty }
        }
        return result
    }

    private mutating func list(_ items: [Expression]) -> Value { list(items) { $0.expression($1) } }
    private mutating func list(_ items: [Expression?]) -> Value { list(items) { $0.optional($1) } }
    private mutating func list(_ items: [Statement]) -> Value { list(items) { $0.statement($1) } }
    private mutating func list(_ items: [Pattern]) -> Value { list(items) { $0.pattern($1) } }
    private mutating func list(_ items: [Keyword]) -> Value { list(items) { $0.keyword($1) } }
    private mutating func list(_ items: [Comprehension]) -> Value { list(items) { $0.comprehension($1) } }
    private mutating func list(_ items: [Alias]) -> Value { list(items) { $0.alias($1) } }
    private mutating func list(_ items: [Argument]) -> Value { list(items) { $0.argument($1) } }
    private mutating func list(_ items: [WithItem]) -> Value { list(items) { $0.withItem($1) } }
    private mutating func list(_ items: [ExceptionHandler]) -> Value { list(items) { $0.handler($1) } }
    private mutating func list(_ items: [String]) -> Value { list(items) { $0.identifier($1) } }

    private mutating func optional(_ expression: Expression?) -> Value { expression.map { self.expression($0) } ?? .none }
    private func identifier(_ name: String) -> Value { thread.newName(name) }
    private func optional(_ name: String?) -> Value { name.map { thread.newName($0) } ?? .none }
    private func text(_ text: String?) -> Value { text.map { thread.newString($0) } ?? .none }
    private func flag(_ flag: Bool) -> Value { Value(small: flag ? 1 : 0) }

    private func context(_ context: ExpressionContext) -> Value {
        switch context {
        case .load: return Tree.shared(.Load)
        case .store: return Tree.shared(.Store)
        case .delete: return Tree.shared(.Del)
        }
    }

    static let binaryOperators: [Node] = [.Add, .Sub, .Mult, .MatMult, .Div, .Mod, .Pow, .LShift, .RShift, .BitOr, .BitXor, .BitAnd, .FloorDiv]
    static let unaryOperators: [Node] = [.Invert, .Not, .UAdd, .USub]
    static let comparisons: [Node] = [.Eq, .NotEq, .Lt, .LtE, .Gt, .GtE, .Is, .IsNot, .In, .NotIn]

    private func `operator`(_ which: BinaryOperator) -> Value { Tree.shared(TreeExporter.binaryOperators[Int(which.rawValue)]) }

    // MARK: Modules

    mutating func module(_ module: Module) -> Value {
        switch module {
        case .module(let body, let ignores):
            var node = begin(.Module)
            node.add(list(body))
            node.add(list(ignores) { exporter, ignore in
                var node = exporter.begin(.TypeIgnore)
                node.add(Value(small: Int(ignore.line)))
                node.add(exporter.text(ignore.tag))
                return node.finish()
            })
            return node.finish()
        case .interactive(let body):
            var node = begin(.Interactive)
            node.add(list(body))
            return node.finish()
        case .expression(let body):
            var node = begin(.Expression)
            node.add(expression(body))
            return node.finish()
        case .functionType(let arguments, let returns):
            var node = begin(.FunctionType)
            node.add(list(arguments))
            node.add(expression(returns))
            return node.finish()
        }
    }

    // MARK: Statements

    private mutating func statement(_ statement: Statement) -> Value {
        guard descend() else { return .empty }
        defer { depth -= 1 }
        var node: Builder
        switch statement.kind {
        case .function(let definition): node = function(.FunctionDef, definition)
        case .asyncFunction(let definition): node = function(.AsyncFunctionDef, definition)
        case .classDefinition(let definition):
            node = begin(.ClassDef)
            node.add(identifier(definition.name))
            node.add(list(definition.bases))
            node.add(list(definition.keywords))
            node.add(list(definition.body))
            node.add(list(definition.decorators))
        case .return(let value):
            node = begin(.Return)
            node.add(optional(value))
        case .delete(let targets):
            node = begin(.Delete)
            node.add(list(targets))
        case .assign(let targets, let value, let comment):
            node = begin(.Assign)
            node.add(list(targets))
            node.add(expression(value))
            node.add(text(comment))
        case .augmentedAssign(let target, let which, let value):
            node = begin(.AugAssign)
            node.add(expression(target))
            node.add(self.operator(which))
            node.add(expression(value))
        case .annotatedAssign(let target, let annotation, let value, let simple):
            node = begin(.AnnAssign)
            node.add(expression(target))
            node.add(expression(annotation))
            node.add(optional(value))
            node.add(flag(simple))
        case .for(let target, let iterable, let body, let orElse, let comment): node = loop(.For, target, iterable, body, orElse, comment)
        case .asyncFor(let target, let iterable, let body, let orElse, let comment): node = loop(.AsyncFor, target, iterable, body, orElse, comment)
        case .while(let test, let body, let orElse): node = branch(.While, test, body, orElse)
        case .if(let test, let body, let orElse): node = branch(.If, test, body, orElse)
        case .with(let items, let body, let comment): node = with(.With, items, body, comment)
        case .asyncWith(let items, let body, let comment): node = with(.AsyncWith, items, body, comment)
        case .match(let subject, let cases):
            node = begin(.Match)
            node.add(expression(subject))
            node.add(list(cases) { exporter, item in
                var node = exporter.begin(.match_case)
                node.add(exporter.pattern(item.pattern))
                node.add(exporter.optional(item.guard))
                node.add(exporter.list(item.body))
                return node.finish()
            })
        case .raise(let exception, let cause):
            node = begin(.Raise)
            node.add(optional(exception))
            node.add(optional(cause))
        case .try(let body, let handlers, let orElse, let finally): node = `try`(.Try, body, handlers, orElse, finally)
        case .tryStar(let body, let handlers, let orElse, let finally): node = `try`(.TryStar, body, handlers, orElse, finally)
        case .assert(let test, let message):
            node = begin(.Assert)
            node.add(expression(test))
            node.add(optional(message))
        case .import(let names):
            node = begin(.Import)
            node.add(list(names))
        case .importFrom(let module, let names, let level):
            node = begin(.ImportFrom)
            node.add(optional(module))
            node.add(list(names))
            node.add(thread.newInt(level))
        case .global(let names):
            node = begin(.Global)
            node.add(list(names))
        case .nonlocal(let names):
            node = begin(.Nonlocal)
            node.add(list(names))
        case .expression(let value):
            node = begin(.Expr)
            node.add(expression(value))
        case .pass: node = begin(.Pass)
        case .break: node = begin(.Break)
        case .continue: node = begin(.Continue)
        }
        return node.finish(statement.range)
    }

    private mutating func function(_ kind: Node, _ definition: FunctionDefinition) -> Builder {
        var node = begin(kind)
        node.add(identifier(definition.name))
        node.add(arguments(definition.arguments))
        node.add(list(definition.body))
        node.add(list(definition.decorators))
        node.add(optional(definition.returns))
        node.add(text(definition.typeComment))
        return node
    }

    private mutating func loop(_ kind: Node, _ target: Expression, _ iterable: Expression, _ body: [Statement], _ orElse: [Statement], _ comment: String?) -> Builder {
        var node = begin(kind)
        node.add(expression(target))
        node.add(expression(iterable))
        node.add(list(body))
        node.add(list(orElse))
        node.add(text(comment))
        return node
    }

    private mutating func branch(_ kind: Node, _ test: Expression, _ body: [Statement], _ orElse: [Statement]) -> Builder {
        var node = begin(kind)
        node.add(expression(test))
        node.add(list(body))
        node.add(list(orElse))
        return node
    }

    private mutating func with(_ kind: Node, _ items: [WithItem], _ body: [Statement], _ comment: String?) -> Builder {
        var node = begin(kind)
        node.add(list(items))
        node.add(list(body))
        node.add(text(comment))
        return node
    }

    private mutating func `try`(_ kind: Node, _ body: [Statement], _ handlers: [ExceptionHandler], _ orElse: [Statement], _ finally: [Statement]) -> Builder {
        var node = begin(kind)
        node.add(list(body))
        node.add(list(handlers))
        node.add(list(orElse))
        node.add(list(finally))
        return node
    }

    // MARK: Products

    private mutating func withItem(_ item: WithItem) -> Value {
        var node = begin(.withitem)
        node.add(expression(item.context))
        node.add(optional(item.target))
        return node.finish()
    }

    private mutating func handler(_ handler: ExceptionHandler) -> Value {
        var node = begin(.ExceptHandler)
        node.add(optional(handler.type))
        node.add(optional(handler.name))
        node.add(list(handler.body))
        return node.finish(handler.range)
    }

    private mutating func arguments(_ arguments: Syntax.Arguments) -> Value {
        var node = begin(.arguments)
        node.add(list(arguments.positionalOnly))
        node.add(list(arguments.positional))
        node.add(arguments.variadic.map { argument($0) } ?? .none)
        node.add(list(arguments.keywordOnly))
        node.add(list(arguments.keywordDefaults))
        node.add(arguments.keywordVariadic.map { argument($0) } ?? .none)
        node.add(list(arguments.defaults))
        return node.finish()
    }

    private mutating func argument(_ argument: Argument) -> Value {
        var node = begin(.arg)
        node.add(identifier(argument.name))
        node.add(optional(argument.annotation))
        node.add(text(argument.typeComment))
        return node.finish(argument.range)
    }

    private mutating func keyword(_ keyword: Keyword) -> Value {
        var node = begin(.keyword)
        node.add(optional(keyword.name))
        node.add(expression(keyword.value))
        return node.finish(keyword.range)
    }

    private mutating func alias(_ alias: Alias) -> Value {
        var node = begin(.alias)
        node.add(identifier(alias.name))
        node.add(optional(alias.asName))
        return node.finish(alias.range)
    }

    private mutating func comprehension(_ clause: Comprehension) -> Value {
        var node = begin(.comprehension)
        node.add(expression(clause.target))
        node.add(expression(clause.iterable))
        node.add(list(clause.conditions))
        node.add(flag(clause.isAsync))
        return node.finish()
    }

    // MARK: Expressions

    private mutating func expression(_ expression: Expression) -> Value {
        guard descend() else { return .empty }
        defer { depth -= 1 }
        var node: Builder
        switch expression.kind {
        case .booleanOperation(let which, let values):
            node = begin(.BoolOp)
            node.add(Tree.shared(which == .and ? .And : .Or))
            node.add(list(values))
        case .namedExpression(let target, let value):
            node = begin(.NamedExpr)
            node.add(self.expression(target))
            node.add(self.expression(value))
        case .binaryOperation(let left, let which, let right):
            node = begin(.BinOp)
            node.add(self.expression(left))
            node.add(self.operator(which))
            node.add(self.expression(right))
        case .unaryOperation(let which, let operand):
            node = begin(.UnaryOp)
            node.add(Tree.shared(TreeExporter.unaryOperators[Int(which.rawValue)]))
            node.add(self.expression(operand))
        case .lambda(let arguments, let body):
            node = begin(.Lambda)
            node.add(self.arguments(arguments))
            node.add(self.expression(body))
        case .conditional(let test, let body, let orElse):
            node = begin(.IfExp)
            node.add(self.expression(test))
            node.add(self.expression(body))
            node.add(self.expression(orElse))
        case .dictionary(let keys, let values):
            node = begin(.Dict)
            node.add(list(keys))
            node.add(list(values))
        case .set(let items):
            node = begin(.Set)
            node.add(list(items))
        case .listComprehension(let element, let clauses): node = comprehension(.ListComp, element, clauses)
        case .setComprehension(let element, let clauses): node = comprehension(.SetComp, element, clauses)
        case .dictionaryComprehension(let key, let value, let clauses):
            node = begin(.DictComp)
            node.add(self.expression(key))
            node.add(self.expression(value))
            node.add(list(clauses))
        case .generator(let element, let clauses): node = comprehension(.GeneratorExp, element, clauses)
        case .await(let value):
            node = begin(.Await)
            node.add(self.expression(value))
        case .yield(let value):
            node = begin(.Yield)
            node.add(optional(value))
        case .yieldFrom(let value):
            node = begin(.YieldFrom)
            node.add(self.expression(value))
        case .compare(let left, let operators, let others):
            node = begin(.Compare)
            node.add(self.expression(left))
            node.add(list(operators) { _, which in Tree.shared(TreeExporter.comparisons[Int(which.rawValue)]) })
            node.add(list(others))
        case .call(let function, let arguments, let keywords):
            node = begin(.Call)
            node.add(self.expression(function))
            node.add(list(arguments))
            node.add(list(keywords))
        case .formattedValue(let value, let conversion, let spec):
            node = begin(.FormattedValue)
            node.add(self.expression(value))
            node.add(thread.newInt(conversion))
            node.add(optional(spec))
        case .joinedString(let values):
            node = begin(.JoinedStr)
            node.add(list(values))
        case .constant(let constant, let kind):
            node = begin(.Constant)
            node.add(Code.make(thread, constant))
            node.add(optional(kind))
        case .attribute(let value, let name, let context):
            node = begin(.Attribute)
            node.add(self.expression(value))
            node.add(identifier(name))
            node.add(self.context(context))
        case .subscript(let value, let index, let context):
            node = begin(.Subscript)
            node.add(self.expression(value))
            node.add(self.expression(index))
            node.add(self.context(context))
        case .starred(let value, let context):
            node = begin(.Starred)
            node.add(self.expression(value))
            node.add(self.context(context))
        case .name(let name, let context):
            node = begin(.Name)
            node.add(identifier(name))
            node.add(self.context(context))
        case .list(let items, let context):
            node = begin(.List)
            node.add(list(items))
            node.add(self.context(context))
        case .tuple(let items, let context):
            node = begin(.Tuple)
            node.add(list(items))
            node.add(self.context(context))
        case .slice(let lower, let upper, let step):
            node = begin(.Slice)
            node.add(optional(lower))
            node.add(optional(upper))
            node.add(optional(step))
        }
        return node.finish(expression.range)
    }

    private mutating func comprehension(_ kind: Node, _ element: Expression, _ clauses: [Comprehension]) -> Builder {
        var node = begin(kind)
        node.add(expression(element))
        node.add(list(clauses))
        return node
    }

    // MARK: Patterns

    private mutating func pattern(_ pattern: Pattern) -> Value {
        guard descend() else { return .empty }
        defer { depth -= 1 }
        var node: Builder
        switch pattern.kind {
        case .value(let value):
            node = begin(.MatchValue)
            node.add(expression(value))
        case .singleton(let constant):
            node = begin(.MatchSingleton)
            node.add(Code.make(thread, constant))
        case .sequence(let patterns):
            node = begin(.MatchSequence)
            node.add(list(patterns))
        case .mapping(let keys, let patterns, let rest):
            node = begin(.MatchMapping)
            node.add(list(keys))
            node.add(list(patterns))
            node.add(optional(rest))
        case .classPattern(let type, let patterns, let names, let keywordPatterns):
            node = begin(.MatchClass)
            node.add(expression(type))
            node.add(list(patterns))
            node.add(list(names))
            node.add(list(keywordPatterns))
        case .star(let name):
            node = begin(.MatchStar)
            node.add(optional(name))
        case .as(let inner, let name):
            node = begin(.MatchAs)
            node.add(inner.map { self.pattern($0) } ?? .none)
            node.add(optional(name))
        case .or(let patterns):
            node = begin(.MatchOr)
            node.add(list(patterns))
        }
        return node.finish(pattern.range)
    }
}
