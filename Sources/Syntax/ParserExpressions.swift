/// Expressions: precedence climbing for the binary operators, one function for each other level of the grammar.
///
/// Targets are read as expressions and then turned into their store or delete form by `target`, which also decides
/// whether they are allowed: the grammar's separate rules for targets describe exactly the expressions accepted there.

/// How a token continues an expression: its precedence as a binary operator, 0 if none.
private func binaryPrecedence(_ kind: TokenKind) -> Int {
    switch kind {
    case .verticalBar: 1
    case .caret: 2
    case .ampersand: 3
    case .leftShift, .rightShift: 4
    case .plus, .minus: 5
    case .star, .slash, .doubleSlash, .percent, .at: 6
    default: 0
    }
}

private func binaryOperator(_ kind: TokenKind) -> BinaryOperator {
    switch kind {
    case .verticalBar: .bitOr
    case .caret: .bitXor
    case .ampersand: .bitAnd
    case .leftShift: .leftShift
    case .rightShift: .rightShift
    case .plus: .add
    case .minus: .subtract
    case .star: .multiply
    case .slash: .divide
    case .doubleSlash: .floorDivide
    case .percent: .modulo
    default: .matrixMultiply
    }
}

extension Parser {
    // MARK: Lists of expressions

    /// `a, *b, c`: one expression, or a tuple without parentheses.
    mutating func starExpressions() throws(Stop) -> Expression {
        let start = at
        let first = try starExpression()
        if kind != .comma { return first }
        var items = [first]
        while accept(.comma) {
            if !startsExpression(kind), kind != .star { break }
            items.append(try starExpression())
        }
        return Expression(.tuple(items, .load), span(start))
    }

    mutating func starExpression() throws(Stop) -> Expression {
        if kind == .star { return try starred() }
        return try expression()
    }

    /// `*` and an operand that binds tighter than comparison.
    mutating func starred() throws(Stop) -> Expression {
        let start = at
        advance()
        let value = try binary(1)
        return Expression(.starred(value, .load), span(start))
    }

    mutating func starNamedExpression() throws(Stop) -> Expression {
        if kind == .star { return try starred() }
        return try namedExpression()
    }

    @inline(__always) mutating func namedExpression() throws(Stop) -> Expression {
        if kind == .name, tokens[at &+ 1].kind == .colonEqual { return try walrus() }
        return try expression()
    }

    mutating func walrus() throws(Stop) -> Expression {
        try requireVersion(8)
        let start = at
        let target = Expression(.name(name(of: at), .store), range(of: at))
        at &+= 2
        let value = try expression()
        return Expression(.namedExpression(target: target, value: value), span(start))
    }

    mutating func yieldOrStarExpressions() throws(Stop) -> Expression {
        if kind == .kwYield { return try yieldExpression() }
        return try starExpressions()
    }

    mutating func yieldExpression() throws(Stop) -> Expression {
        let start = at
        advance()
        if accept(.kwFrom) {
            let value = try expression()
            return Expression(.yieldFrom(value), span(start))
        }
        var value: Expression?
        if startsExpression(kind) || kind == .star { value = try starExpressions() }
        return Expression(.yield(value), span(start))
    }

    func startsExpression(_ kind: TokenKind) -> Bool {
        switch kind {
        case .name, .number, .string, .leftParen, .leftBracket, .leftBrace, .minus, .plus, .tilde, .kwNot, .kwLambda, .kwAwait,
             .kwNone, .kwTrue, .kwFalse, .ellipsis: true
        default: false
        }
    }

    // MARK: Conditional, lambda, boolean

    mutating func expression() throws(Stop) -> Expression {
        try enter()
        defer { leave() }
        if kind == .kwLambda { return try lambda() }
        let start = at
        let body = try disjunction()
        if kind != .kwIf { return body }
        advance()
        let test = try disjunction()
        try expect(.kwElse)
        let orElse = try expression()
        return Expression(.conditional(test: test, body: body, orElse: orElse), span(start))
    }

    mutating func lambda() throws(Stop) -> Expression {
        let start = at
        advance()
        let arguments = kind == .colon ? Arguments() : try parameters(lambda: true)
        try expect(.colon)
        let body = try expression()
        return Expression(.lambda(arguments, body), span(start))
    }

    mutating func disjunction() throws(Stop) -> Expression {
        let start = at
        let first = try conjunction()
        if kind != .kwOr { return first }
        var items = [first]
        while accept(.kwOr) { items.append(try conjunction()) }
        return Expression(.booleanOperation(.or, items), span(start))
    }

    mutating func conjunction() throws(Stop) -> Expression {
        let start = at
        let first = try inversion()
        if kind != .kwAnd { return first }
        var items = [first]
        while accept(.kwAnd) { items.append(try inversion()) }
        return Expression(.booleanOperation(.and, items), span(start))
    }

    mutating func inversion() throws(Stop) -> Expression {
        if kind != .kwNot { return try comparison() }
        try enter()
        defer { leave() }
        let start = at
        advance()
        let operand = try inversion()
        return Expression(.unaryOperation(.not, operand), span(start))
    }

    mutating func comparison() throws(Stop) -> Expression {
        let start = at
        let left = try binary(1)
        guard var op = comparisonOperator() else { return left }
        var operators: [ComparisonOperator] = []
        var operands: [Expression] = []
        while true {
            operators.append(op)
            operands.append(try binary(1))
            guard let next = comparisonOperator() else { break }
            op = next
        }
        return Expression(.compare(left, operators, operands), span(start))
    }

    /// Reads a comparison operator if there is one.
    @inline(__always) mutating func comparisonOperator() -> ComparisonOperator? {
        let op: ComparisonOperator
        switch kind {
        case .equalEqual: op = .equal
        case .notEqual:
            // `<>` and `!=` are one token; `from __future__ import barry_as_FLUFL` decides which is right.
            guard (source[Int(tokens[at].start)] == 0x3C) == options.barryAsFLUFL else { return nil }
            op = .notEqual
        case .less: op = .less
        case .lessEqual: op = .lessEqual
        case .greater: op = .greater
        case .greaterEqual: op = .greaterEqual
        case .kwIn: op = .in
        case .kwIs:
            advance()
            return accept(.kwNot) ? .isNot : .is
        case .kwNot:
            guard tokens[at &+ 1].kind == .kwIn else { return nil }
            advance()
            op = .notIn
        default: return nil
        }
        advance()
        return op
    }

    // MARK: Arithmetic

    /// Operators of at least the given precedence.
    mutating func binary(_ minimum: Int) throws(Stop) -> Expression {
        let start = at
        var left = try unary()
        var chain = 0
        while true {
            let kind = self.kind
            let precedence = binaryPrecedence(kind)
            if precedence < minimum || precedence == 0 { return left }
            if kind == .at { try requireVersion(5) }
            advance()
            let right = try binary(precedence &+ 1)
            left = Expression(.binaryOperation(left, binaryOperator(kind), right), span(start))
            chain &+= 1
            if chain > Parser.maximumChain { throw chainTooLong() }
        }
    }

    /// A chain of left-associative operators is a tree as deep as it is long, and trees are walked recursively.
    static var maximumChain: Int { 20_000 }

    @inline(never) mutating func chainTooLong() -> Stop {
        failure = SyntaxFailure(kind: .recursionError, message: "maximum recursion depth exceeded during compilation",
                                line: 0, column: 0, endLine: 0, endColumn: 0, textLine: nil)
        return Stop()
    }

    mutating func unary() throws(Stop) -> Expression {
        let op: UnaryOperator
        switch kind {
        case .minus: op = .minus
        case .plus: op = .plus
        case .tilde: op = .invert
        default: return try power()
        }
        try enter()
        defer { leave() }
        let start = at
        advance()
        let operand = try unary()
        return Expression(.unaryOperation(op, operand), span(start))
    }

    @inline(__always) mutating func power() throws(Stop) -> Expression {
        let start = at
        let base = try awaitPrimary()
        if kind != .doubleStar { return base }
        return try powerTail(base, start)
    }

    mutating func powerTail(_ base: Expression, _ start: Int) throws(Stop) -> Expression {
        try enter()
        defer { leave() }
        advance()
        let exponent = try unary()
        return Expression(.binaryOperation(base, .power, exponent), span(start))
    }

    @inline(__always) mutating func awaitPrimary() throws(Stop) -> Expression {
        if kind != .kwAwait { return try primary() }
        try requireVersion(5)
        let start = at
        advance()
        let operand = try primary()
        return Expression(.await(operand), span(start))
    }

    // MARK: Primaries

    mutating func primary() throws(Stop) -> Expression {
        let start = at
        var left = try atom()
        var chain = 0
        while true {
            switch kind {
            case .dot:
                advance()
                let attribute = try takeName()
                left = Expression(.attribute(left, attribute, .load), span(start))
            case .leftParen:
                left = try call(left, start)
            case .leftBracket:
                advance()
                let index = try slices()
                try expect(.rightBracket)
                left = Expression(.subscript(left, index, .load), span(start))
            default:
                return left
            }
            chain &+= 1
            if chain > Parser.maximumChain { throw chainTooLong() }
        }
    }

    mutating func call(_ function: Expression, _ start: Int) throws(Stop) -> Expression {
        advance()
        if accept(.rightParen) { return Expression(.call(function, arguments: [], keywords: []), span(start)) }
        let (arguments, keywords) = try callArguments(allowGenerator: true)
        try expect(.rightParen)
        return Expression(.call(function, arguments: arguments, keywords: keywords), span(start))
    }

    /// Arguments up to, not including, the closing parenthesis; at least one.
    mutating func callArguments(allowGenerator: Bool) throws(Stop) -> ([Expression], [Keyword]) {
        let open = at &- 1
        var arguments: [Expression] = []
        var keywords: [Keyword] = []
        var unpackedMapping = false
        repeat {
            switch kind {
            case .rightParen:
                return (arguments, keywords)
            case .star:
                if unpackedMapping { throw fail() }
                let start = at
                advance()
                let value = try expression()
                arguments.append(Expression(.starred(value, .load), span(start)))
            case .doubleStar:
                let start = at
                advance()
                let value = try expression()
                keywords.append(Keyword(name: nil, value: value, range: span(start)))
                unpackedMapping = true
            case .name where tokens[at &+ 1].kind == .equal:
                let start = at
                let keyword = name(of: at)
                at &+= 2
                let value = try expression()
                keywords.append(Keyword(name: keyword, value: value, range: span(start)))
            default:
                if !keywords.isEmpty { throw fail() }
                let value = try namedExpression()
                if kind == .kwFor || kind == .kwAsync {
                    guard allowGenerator, arguments.isEmpty else { throw fail() }
                    let clauses = try comprehensionClauses()
                    guard kind == .rightParen else { throw fail() }
                    advance()
                    let range = span(open)
                    at &-= 1
                    return ([Expression(.generator(value, clauses), range)], [])
                }
                arguments.append(value)
            }
        } while accept(.comma)
        return (arguments, keywords)
    }

    mutating func slices() throws(Stop) -> Expression {
        let start = at
        let first = try sliceOrStarred()
        if kind != .comma {
            if case .starred = first.kind { return Expression(.tuple([first], .load), span(start)) }
            return first
        }
        var items = [first]
        while accept(.comma) {
            if kind == .rightBracket { break }
            items.append(try sliceOrStarred())
        }
        return Expression(.tuple(items, .load), span(start))
    }

    mutating func sliceOrStarred() throws(Stop) -> Expression {
        let start = at
        if kind == .star {
            advance()
            let value = try expression()
            return Expression(.starred(value, .load), span(start))
        }
        var lower: Expression?
        if kind != .colon {
            if kind == .name, tokens[at &+ 1].kind == .colonEqual { return try walrus() }
            lower = try expression()
            if kind != .colon { return lower! }
        }
        advance()
        var upper: Expression?, step: Expression?
        if startsExpression(kind) { upper = try expression() }
        if accept(.colon), startsExpression(kind) { step = try expression() }
        return Expression(.slice(lower: lower, upper: upper, step: step), span(start))
    }

    // MARK: Atoms

    mutating func atom() throws(Stop) -> Expression {
        switch kind {
        case .name:
            let node = Expression(.name(name(of: at), .load), range(of: at))
            at &+= 1
            return node
        case .number: return try number()
        case .string: return try strings()
        case .leftParen: return try parenthesized()
        case .leftBracket: return try listDisplay()
        case .leftBrace: return try braceDisplay()
        case .kwNone: return constant(.none)
        case .kwTrue: return constant(.true)
        case .kwFalse: return constant(.false)
        case .ellipsis: return constant(.ellipsis)
        default: throw fail()
        }
    }

    private mutating func constant(_ value: Constant) -> Expression {
        let node = Expression(.constant(value, kind: nil), range(of: at))
        at &+= 1
        return node
    }

    /// A group, a tuple, or a generator expression.
    mutating func parenthesized() throws(Stop) -> Expression {
        try enter()
        defer { leave() }
        let start = at
        advance()
        switch kind {
        case .rightParen:
            advance()
            return Expression(.tuple([], .load), span(start))
        case .kwYield:
            let value = try yieldExpression()
            try expect(.rightParen)
            return value
        default: break
        }
        let first = try starNamedExpression()
        switch kind {
        case .rightParen:
            if case .starred = first.kind { throw fail() }
            advance()
            return first
        case .kwFor, .kwAsync:
            if case .starred = first.kind { throw fail() }
            let clauses = try comprehensionClauses()
            try expect(.rightParen)
            return Expression(.generator(first, clauses), span(start))
        default: break
        }
        var items = [first]
        while accept(.comma) {
            if kind == .rightParen { break }
            items.append(try starNamedExpression())
        }
        try expect(.rightParen)
        return Expression(.tuple(items, .load), span(start))
    }

    mutating func listDisplay() throws(Stop) -> Expression {
        try enter()
        defer { leave() }
        let start = at
        advance()
        var items: [Expression] = []
        while kind != .rightBracket {
            items.append(try starNamedExpression())
            if items.count == 1, kind == .kwFor || kind == .kwAsync {
                if case .starred = items[0].kind { throw fail() }
                let clauses = try comprehensionClauses()
                try expect(.rightBracket)
                return Expression(.listComprehension(items[0], clauses), span(start))
            }
            if !accept(.comma) { break }
        }
        try expect(.rightBracket)
        return Expression(.list(items, .load), span(start))
    }

    /// A dictionary, a set, or a comprehension of either.
    mutating func braceDisplay() throws(Stop) -> Expression {
        try enter()
        defer { leave() }
        let start = at
        advance()
        if accept(.rightBrace) { return Expression(.dictionary(keys: [], values: []), span(start)) }
        if kind != .doubleStar {
            let isWalrus = kind == .name && tokens[at &+ 1].kind == .colonEqual
            let first = try starNamedExpression()
            if kind != .colon || isWalrus { return try setDisplay(first, start) }
            if case .starred = first.kind { throw fail() }
            advance()
            let value = try expression()
            if kind == .kwFor || kind == .kwAsync {
                let clauses = try comprehensionClauses()
                try expect(.rightBrace)
                return Expression(.dictionaryComprehension(key: first, value: value, clauses), span(start))
            }
            return try dictionaryDisplay([first], [value], start)
        }
        return try dictionaryDisplay([], [], start)
    }

    private mutating func dictionaryDisplay(_ keys: [Expression?], _ values: [Expression], _ start: Int) throws(Stop) -> Expression {
        var keys = keys, values = values
        if keys.isEmpty || accept(.comma) {
            while kind != .rightBrace {
                if accept(.doubleStar) {
                    keys.append(nil)
                    values.append(try binary(1))
                } else {
                    keys.append(try expression())
                    try expect(.colon)
                    values.append(try expression())
                }
                if !accept(.comma) { break }
            }
        }
        try expect(.rightBrace)
        return Expression(.dictionary(keys: keys, values: values), span(start))
    }

    private mutating func setDisplay(_ first: Expression, _ start: Int) throws(Stop) -> Expression {
        if kind == .kwFor || kind == .kwAsync {
            if case .starred = first.kind { throw fail() }
            let clauses = try comprehensionClauses()
            try expect(.rightBrace)
            return Expression(.setComprehension(first, clauses), span(start))
        }
        var items = [first]
        while accept(.comma) {
            if kind == .rightBrace { break }
            items.append(try starNamedExpression())
        }
        try expect(.rightBrace)
        return Expression(.set(items), span(start))
    }

    mutating func comprehensionClauses() throws(Stop) -> [Comprehension] {
        var clauses: [Comprehension] = []
        while kind == .kwFor || kind == .kwAsync {
            let isAsync = accept(.kwAsync)
            if isAsync { try requireVersion(6) }
            try expect(.kwFor)
            let target = try starTargets()
            try expect(.kwIn)
            let iterable = try disjunction()
            var conditions: [Expression] = []
            while accept(.kwIf) { conditions.append(try disjunction()) }
            clauses.append(Comprehension(target: target, iterable: iterable, conditions: conditions, isAsync: isAsync))
        }
        return clauses
    }

    // MARK: Targets

    /// Targets of `for`, up to `in`.
    mutating func starTargets() throws(Stop) -> Expression {
        let start = at
        let first = try starTarget()
        if kind != .comma { return first }
        var items = [first]
        while accept(.comma) {
            if !startsExpression(kind), kind != .star { break }
            items.append(try starTarget())
        }
        return Expression(.tuple(items, .store), span(start))
    }

    mutating func starTarget() throws(Stop) -> Expression {
        if kind == .name {
            switch tokens[at &+ 1].kind {
            case .kwIn, .comma, .colon, .rightParen:
                let node = Expression(.name(name(of: at), .store), range(of: at))
                advance()
                return node
            default: break
            }
        }
        if kind == .star {
            let start = at
            advance()
            let value = try target(try primary(), .store)
            if case .starred = value.kind { throw fail() }
            return Expression(.starred(value, .store), span(start))
        }
        return try target(try primary(), .store)
    }

    /// The same expression as a target, if it can be one.
    mutating func target(_ node: Expression, _ context: ExpressionContext) throws(Stop) -> Expression {
        switch node.kind {
        case .name(let name, _): return Expression(.name(name, context), node.range)
        case .attribute(let value, let name, _): return Expression(.attribute(value, name, context), node.range)
        case .subscript(let value, let index, _): return Expression(.subscript(value, index, context), node.range)
        case .tuple(let items, _):
            return Expression(.tuple(try targets(items, context), context), node.range)
        case .list(let items, _):
            return Expression(.list(try targets(items, context), context), node.range)
        case .starred(let value, _):
            guard context == .store else { throw fail() }
            return Expression(.starred(try target(value, context), context), node.range)
        default: throw fail()
        }
    }

    private mutating func targets(_ items: [Expression], _ context: ExpressionContext) throws(Stop) -> [Expression] {
        try enter()
        defer { leave() }
        var result: [Expression] = []
        result.reserveCapacity(items.count)
        for item in items { result.append(try target(item, context)) }
        return result
    }

    // MARK: Parameters

    /// Parameters of a function or a lambda, at least one, up to the closing `)` or `:`.
    mutating func parameters(lambda: Bool) throws(Stop) -> Arguments {
        var result = Arguments()
        let end: TokenKind = lambda ? .colon : .rightParen
        var sawSlash = false, sawStar = false
        loop: while kind != end {
            switch kind {
            case .slash:
                if sawSlash || sawStar || result.positional.isEmpty { throw fail() }
                try requireVersion(8)
                sawSlash = true
                result.positionalOnly = result.positional
                result.positional = []
                advance()
            case .star:
                if sawStar { throw fail() }
                sawStar = true
                advance()
                if kind == .comma {
                    guard tokens[at &+ 1].kind == .name else { throw fail() }
                } else {
                    result.variadic = try parameter(lambda: lambda, starAnnotation: true)
                }
            case .doubleStar:
                advance()
                result.keywordVariadic = try parameter(lambda: lambda, starAnnotation: false)
                _ = accept(.comma)
                if !lambda, kind == .typeComment { result.keywordVariadic!.typeComment = takeTypeComment() }
                if kind != end { throw fail() }
                break loop
            default:
                let argument = try parameter(lambda: lambda, starAnnotation: false)
                var value: Expression?
                if accept(.equal) { value = try expression() }
                if sawStar {
                    result.keywordOnly.append(argument)
                    result.keywordDefaults.append(value)
                } else {
                    result.positional.append(argument)
                    if let value { result.defaults.append(value) } else if !result.defaults.isEmpty { throw fail() }
                }
            }
            let more = accept(.comma)
            if !lambda, kind == .typeComment { attachTypeComment(&result) }
            if !more { break }
        }
        if kind != end { throw fail() }
        return result
    }

    private mutating func parameter(lambda: Bool, starAnnotation: Bool) throws(Stop) -> Argument {
        let start = at
        let name = try takeName()
        var annotation: Expression?
        if !lambda, accept(.colon) {
            if starAnnotation, kind == .star {
                let star = at
                advance()
                let value = try binary(1)
                annotation = Expression(.starred(value, .load), span(star))
            } else {
                annotation = try expression()
            }
        }
        return Argument(name: name, annotation: annotation, typeComment: nil, range: span(start))
    }

    /// A type comment belongs to the parameter before it.
    private mutating func attachTypeComment(_ arguments: inout Arguments) {
        let comment = takeTypeComment()
        if !arguments.keywordOnly.isEmpty {
            arguments.keywordOnly[arguments.keywordOnly.count - 1].typeComment = comment
        } else if arguments.variadic != nil {
            arguments.variadic!.typeComment = comment
        } else if !arguments.positional.isEmpty {
            arguments.positional[arguments.positional.count - 1].typeComment = comment
        } else if !arguments.positionalOnly.isEmpty {
            arguments.positionalOnly[arguments.positionalOnly.count - 1].typeComment = comment
        }
    }
}
