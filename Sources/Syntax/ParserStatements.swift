/// Statements, blocks, and the four ways to start a parse.

extension Parser {
    // MARK: Whole inputs

    mutating func module() throws(Stop) -> Module {
        var body: [Statement] = []
        while kind != .endMarker {
            // An indent out of place may owe to the statement before it.
            if kind != .indent { statementStart = at }
            try statement(into: &body)
        }
        return .module(body, typeIgnores: ignores)
    }

    /// One statement, as the prompt reads it.
    mutating func interactive() throws(Stop) -> Module {
        var body: [Statement] = []
        if kind == .newline {
            let range = range(of: at)
            advance()
            return .interactive([Statement(.pass, range)])
        }
        if kind == .endMarker { throw fail() }
        let isCompound = startsCompound()
        try statement(into: &body)
        // The tokenizer ends the input with a newline of its own.
        if isCompound { try expect(.newline) }
        return .interactive(body)
    }

    mutating func evaluation() throws(Stop) -> Module {
        let body = try starExpressionsForEvaluation()
        while accept(.newline) {}
        try expect(.endMarker)
        return .expression(body)
    }

    /// `eval` takes expressions and tuples, without stars.
    private mutating func starExpressionsForEvaluation() throws(Stop) -> Expression {
        let start = at
        let first = try expression()
        if kind != .comma { return first }
        var items = [first]
        while accept(.comma) {
            if !startsExpression(kind) { break }
            items.append(try expression())
        }
        return Expression(.tuple(items, .load), span(start))
    }

    /// `(int, *str, **Any) -> float`, the content of a function's type comment.
    mutating func functionType() throws(Stop) -> Module {
        try expect(.leftParen)
        var arguments: [Expression] = []
        // One `*` at most, one `**` after it, and nothing plain after either.
        var stars = 0
        while kind != .rightParen {
            let level = kind == .star ? 1 : kind == .doubleStar ? 2 : 0
            if level < stars || (level > 0 && level == stars) { throw fail() }
            stars = level
            if level > 0 { advance() }
            arguments.append(try expression())
            if !accept(.comma) { break }
            if kind == .rightParen { throw fail() }
        }
        try expect(.rightParen)
        try expect(.arrow)
        let returns = try expression()
        while accept(.newline) {}
        try expect(.endMarker)
        return .functionType(arguments: arguments, returns: returns)
    }

    // MARK: Statements

    private func startsCompound() -> Bool {
        switch kind {
        case .kwDef, .kwIf, .kwFor, .kwWhile, .kwTry, .kwWith, .kwClass, .at, .kwAsync: true
        case .name: isSoftKeyword("match")
        default: false
        }
    }

    mutating func statement(into body: inout [Statement]) throws(Stop) {
        try enter()
        defer { leave() }
        switch kind {
        case .kwDef: body.append(try functionDefinition(decorators: [], isAsync: false, start: at))
        case .kwIf: body.append(try ifStatement())
        case .kwFor: body.append(try forStatement(isAsync: false, start: at))
        case .kwWhile: body.append(try whileStatement())
        case .kwTry: body.append(try tryStatement())
        case .kwWith: body.append(try withStatement(isAsync: false, start: at))
        case .kwClass: body.append(try classDefinition(decorators: []))
        case .at: body.append(try decorated())
        case .kwAsync: body.append(try asyncStatement())
        case .name:
            if isSoftKeyword("match"), mayStartSubject(tokens[at &+ 1].kind), let match = try matchStatement() {
                body.append(match)
            } else {
                try simpleStatements(into: &body)
            }
        default: try simpleStatements(into: &body)
        }
    }

    /// Simple statements on one line.
    mutating func simpleStatements(into body: inout [Statement]) throws(Stop) {
        while true {
            body.append(try simpleStatement())
            if accept(.newline) { return }
            try expect(.semicolon)
            if accept(.newline) { return }
        }
    }

    mutating func block() throws(Stop) -> [Statement] {
        var body: [Statement] = []
        if accept(.newline) {
            try expect(.indent)
            repeat { try statement(into: &body) } while kind != .dedent && kind != .endMarker
            try expect(.dedent)
        } else {
            try simpleStatements(into: &body)
        }
        return body
    }

    private mutating func asyncStatement() throws(Stop) -> Statement {
        let start = at
        advance()
        try requireVersion(5)
        switch kind {
        case .kwDef: return try functionDefinition(decorators: [], isAsync: true, start: start)
        case .kwFor: return try forStatement(isAsync: true, start: start)
        case .kwWith: return try withStatement(isAsync: true, start: start)
        default: throw fail()
        }
    }

    private mutating func decorated() throws(Stop) -> Statement {
        var decorators: [Expression] = []
        while accept(.at) {
            let decorator = try namedExpression()
            decorators.append(decorator)
            try expect(.newline)
        }
        switch kind {
        case .kwDef: return try functionDefinition(decorators: decorators, isAsync: false, start: at)
        case .kwClass: return try classDefinition(decorators: decorators)
        case .kwAsync where tokens[at &+ 1].kind == .kwDef:
            let start = at
            advance()
            return try functionDefinition(decorators: decorators, isAsync: true, start: start)
        default: throw fail()
        }
    }

    private mutating func functionDefinition(decorators: [Expression], isAsync: Bool, start: Int) throws(Stop) -> Statement {
        advance()
        let name = try takeName()
        try expect(.leftParen)
        let arguments = kind == .rightParen ? Arguments() : try parameters(lambda: false)
        try expect(.rightParen)
        var returns: Expression?
        if accept(.arrow) { returns = try expression() }
        try expect(.colon)
        var comment: String?
        if options.typeComments {
            if kind == .newline, tokens[at &+ 1].kind == .typeComment, tokens[at &+ 2].kind == .newline || tokens[at &+ 2].kind == .indent {
                // The comment on a line of its own, before the body.
                advance()
                comment = takeTypeComment()
                if kind != .newline { at &-= 2; comment = nil }
            } else {
                comment = takeTypeComment()
            }
        }
        let body = try block()
        let definition = FunctionDefinition(name: name, arguments: arguments, body: body, decorators: decorators, returns: returns, typeComment: comment)
        return Statement(isAsync ? .asyncFunction(definition) : .function(definition), blockSpan(start))
    }

    /// The range of a compound statement ends with its last statement, not with the dedent after it.
    private func blockSpan(_ start: Int) -> SourceRange {
        var last = at &- 1
        while tokens[last].kind == .dedent || tokens[last].kind == .newline { last &-= 1 }
        let a = tokens[start], b = tokens[last]
        return SourceRange(line: a.line, column: a.column, endLine: b.endLine, endColumn: b.endColumn)
    }

    private mutating func classDefinition(decorators: [Expression]) throws(Stop) -> Statement {
        let start = at
        advance()
        let name = try takeName()
        var bases: [Expression] = [], keywords: [Keyword] = []
        if accept(.leftParen) {
            if kind != .rightParen { (bases, keywords) = try callArguments(allowGenerator: false) }
            try expect(.rightParen)
        }
        try expect(.colon)
        let body = try block()
        return Statement(.classDefinition(ClassDefinition(name: name, bases: bases, keywords: keywords, body: body, decorators: decorators)), blockSpan(start))
    }

    private mutating func ifStatement() throws(Stop) -> Statement {
        // `elif` chains are read in a loop, then nested from the inside out.
        var starts: [Int] = [], tests: [Expression] = [], bodies: [[Statement]] = []
        repeat {
            starts.append(at)
            advance()
            tests.append(try namedExpression())
            try expect(.colon)
            bodies.append(try block())
        } while kind == .kwElif
        var orElse = try elseBlock()
        if starts.count > Parser.maximumDepth / 2 { throw tooDeep() }
        var index = starts.count - 1
        while true {
            let node = Statement(.if(test: tests[index], body: bodies[index], orElse: orElse), blockSpan(starts[index]))
            if index == 0 { return node }
            orElse = [node]
            index -= 1
        }
    }

    private mutating func elseBlock() throws(Stop) -> [Statement] {
        guard accept(.kwElse) else { return [] }
        try expect(.colon)
        return try block()
    }

    private mutating func whileStatement() throws(Stop) -> Statement {
        let start = at
        advance()
        let test = try namedExpression()
        try expect(.colon)
        let body = try block()
        let orElse = try elseBlock()
        return Statement(.while(test: test, body: body, orElse: orElse), blockSpan(start))
    }

    private mutating func forStatement(isAsync: Bool, start: Int) throws(Stop) -> Statement {
        advance()
        let target = try starTargets()
        try expect(.kwIn)
        let iterable = try starExpressions()
        try expect(.colon)
        let comment = takeTypeComment()
        let body = try block()
        let orElse = try elseBlock()
        let kind: Statement.Kind = isAsync
            ? .asyncFor(target: target, iterable: iterable, body: body, orElse: orElse, typeComment: comment)
            : .for(target: target, iterable: iterable, body: body, orElse: orElse, typeComment: comment)
        return Statement(kind, blockSpan(start))
    }

    // MARK: with

    private mutating func withStatement(isAsync: Bool, start: Int) throws(Stop) -> Statement {
        advance()
        var items: [WithItem] = []
        if kind == .leftParen {
            // Parentheses may hold the list of items or begin an expression: try the list, which must be followed by a colon.
            let mark = at, warned = warnings.count
            if let list = try? parenthesizedItems() {
                try requireVersion(9)
                items = list
            } else {
                if failure != nil { throw fail() }
                at = mark
                warnings.removeSubrange(warned...)
            }
        }
        if items.isEmpty {
            repeat { items.append(try withItem()) } while accept(.comma)
        }
        try expect(.colon)
        let comment = takeTypeComment()
        let body = try block()
        return Statement(isAsync ? .asyncWith(items, body: body, typeComment: comment) : .with(items, body: body, typeComment: comment), blockSpan(start))
    }

    private mutating func parenthesizedItems() throws(Stop) -> [WithItem] {
        let savedDepth = depth
        defer { depth = savedDepth }
        advance()
        var items: [WithItem] = []
        repeat {
            if kind == .rightParen { break }
            items.append(try withItem())
        } while accept(.comma)
        if items.isEmpty { throw fail() }
        try expect(.rightParen)
        if kind != .colon { throw fail() }
        return items
    }

    private mutating func withItem() throws(Stop) -> WithItem {
        let context = try expression()
        var target: Expression?
        if accept(.kwAs) {
            target = try starTarget()
            if kind != .comma, kind != .rightParen, kind != .colon { throw fail() }
        }
        return WithItem(context: context, target: target)
    }

    // MARK: try

    private mutating func tryStatement() throws(Stop) -> Statement {
        let start = at
        advance()
        try expect(.colon)
        let body = try block()
        var handlers: [ExceptionHandler] = []
        var isStar: Bool?
        while kind == .kwExcept {
            let first = at
            advance()
            let star = accept(.star)
            if let isStar, isStar != star { throw fail() }
            isStar = star
            if star { try requireVersion(11) }
            var type: Expression?, name: String?
            if star || kind != .colon {
                type = try expression()
                if accept(.kwAs) { name = try takeName() }
            }
            try expect(.colon)
            let handlerBody = try block()
            handlers.append(ExceptionHandler(type: type, name: name, body: handlerBody, range: blockSpan(first)))
        }
        let orElse = handlers.isEmpty ? [] : try elseBlock()
        var finally: [Statement] = []
        if accept(.kwFinally) {
            try expect(.colon)
            finally = try block()
        } else if handlers.isEmpty {
            throw fail()
        }
        let kind: Statement.Kind = isStar == true
            ? .tryStar(body: body, handlers: handlers, orElse: orElse, finally: finally)
            : .try(body: body, handlers: handlers, orElse: orElse, finally: finally)
        return Statement(kind, blockSpan(start))
    }

    // MARK: Simple statements

    mutating func simpleStatement() throws(Stop) -> Statement {
        let start = at
        switch kind {
        case .kwReturn:
            advance()
            var value: Expression?
            if kind != .newline, kind != .semicolon { value = try starExpressions() }
            return Statement(.return(value), span(start))
        case .kwImport: return try importStatement()
        case .kwFrom: return try importFrom()
        case .kwRaise:
            advance()
            var exception: Expression?, cause: Expression?
            if kind != .newline, kind != .semicolon {
                exception = try expression()
                if accept(.kwFrom) { cause = try expression() }
            }
            return Statement(.raise(exception: exception, cause: cause), span(start))
        case .kwPass:
            advance()
            return Statement(.pass, span(start))
        case .kwBreak:
            advance()
            return Statement(.break, span(start))
        case .kwContinue:
            advance()
            return Statement(.continue, span(start))
        case .kwDel: return try deleteStatement()
        case .kwAssert:
            advance()
            let test = try expression()
            var message: Expression?
            if accept(.comma) { message = try expression() }
            return Statement(.assert(test: test, message: message), span(start))
        case .kwGlobal, .kwNonlocal:
            let isGlobal = kind == .kwGlobal
            advance()
            var list: [String] = []
            repeat { list.append(try takeName()) } while accept(.comma)
            return Statement(isGlobal ? .global(list) : .nonlocal(list), span(start))
        default: return try expressionStatement()
        }
    }

    private mutating func expressionStatement() throws(Stop) -> Statement {
        let start = at
        if kind == .name, tokens[at &+ 1].kind == .equal {
            // The most common statement by far: spare the detour over a name that is loaded.
            let target = Expression(.name(name(of: at), .store), range(of: at))
            advance()
            return try assignment([target], start)
        }
        let first = try yieldOrStarExpressions()
        switch kind {
        case .newline, .semicolon:
            return Statement(.expression(first), span(start))
        case .equal:
            return try assignment([try target(first, .store)], start)
        case .colon:
            return try annotated(first, start)
        default: break
        }
        guard let op = augmentedOperator(kind) else { throw fail() }
        switch first.kind {
        case .name, .attribute, .subscript: break
        default: throw fail()
        }
        if op == .matrixMultiply { try requireVersion(5) }
        let destination = try target(first, .store)
        advance()
        let value = try yieldOrStarExpressions()
        return Statement(.augmentedAssign(target: destination, op, value: value), span(start))
    }

    /// The rest of an assignment, from the first `=`.
    private mutating func assignment(_ first: [Expression], _ start: Int) throws(Stop) -> Statement {
        var targets = first
        while true {
            advance()
            if kind == .name, tokens[at &+ 1].kind == .equal {
                targets.append(Expression(.name(name(of: at), .store), range(of: at)))
                advance()
                continue
            }
            let value = try yieldOrStarExpressions()
            if kind != .equal {
                let comment = takeTypeComment()
                return Statement(.assign(targets: targets, value: value, typeComment: comment), span(start))
            }
            targets.append(try target(value, .store))
        }
    }

    private mutating func annotated(_ first: Expression, _ start: Int) throws(Stop) -> Statement {
        try requireVersion(6)
        var simple = false
        switch first.kind {
        case .name: simple = at == start + 1
        case .attribute, .subscript: break
        default: throw fail()
        }
        let destination = try target(first, .store)
        advance()
        let annotation = try expression()
        var value: Expression?
        if accept(.equal) { value = try yieldOrStarExpressions() }
        return Statement(.annotatedAssign(target: destination, annotation: annotation, value: value, simple: simple), span(start))
    }

    private func augmentedOperator(_ kind: TokenKind) -> BinaryOperator? {
        switch kind {
        case .plusEqual: .add
        case .minusEqual: .subtract
        case .starEqual: .multiply
        case .atEqual: .matrixMultiply
        case .slashEqual: .divide
        case .percentEqual: .modulo
        case .ampersandEqual: .bitAnd
        case .barEqual: .bitOr
        case .caretEqual: .bitXor
        case .leftShiftEqual: .leftShift
        case .rightShiftEqual: .rightShift
        case .doubleStarEqual: .power
        case .doubleSlashEqual: .floorDivide
        default: nil
        }
    }

    private mutating func deleteStatement() throws(Stop) -> Statement {
        let start = at
        advance()
        var list: [Expression] = []
        repeat {
            if !list.isEmpty, kind == .semicolon || kind == .newline { break }
            list.append(try target(try primary(), .delete))
        } while accept(.comma)
        if kind != .semicolon, kind != .newline { throw fail() }
        return Statement(.delete(list), span(start))
    }

    // MARK: Imports

    private mutating func dottedName() throws(Stop) -> String {
        var text = try takeName()
        while accept(.dot) { text += "." + (try takeName()) }
        return text
    }

    private mutating func importStatement() throws(Stop) -> Statement {
        let start = at
        advance()
        var list: [Alias] = []
        repeat {
            let first = at
            let name = try dottedName()
            let asName = accept(.kwAs) ? try takeName() : nil
            list.append(Alias(name: name, asName: asName, range: span(first)))
        } while accept(.comma)
        return Statement(.import(list), span(start))
    }

    private mutating func importFrom() throws(Stop) -> Statement {
        let start = at
        advance()
        var level = 0
        while true {
            if accept(.dot) { level += 1 } else if accept(.ellipsis) { level += 3 } else { break }
        }
        var module: String?
        if level == 0 || kind == .name { module = try dottedName() }
        try expect(.kwImport)
        var list: [Alias] = []
        if kind == .star {
            advance()
            list.append(Alias(name: "*", asName: nil, range: range(of: at - 1)))
        } else {
            let parenthesized = accept(.leftParen)
            while true {
                let first = at
                let name = try takeName()
                let asName = accept(.kwAs) ? try takeName() : nil
                list.append(Alias(name: name, asName: asName, range: span(first)))
                if !accept(.comma) { break }
                if parenthesized, kind == .rightParen { break }
            }
            if parenthesized { try expect(.rightParen) }
        }
        return Statement(.importFrom(module: module, list, level: level), span(start))
    }
}
