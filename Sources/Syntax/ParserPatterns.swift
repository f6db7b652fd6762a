/// `match` statements and their patterns.
///
/// `match` and `case` are ordinary names elsewhere, so `matchStatement` reads ahead: only a subject, a colon, a newline
/// and an indent make it a statement, and otherwise it puts everything back and returns `nil`.

extension Parser {
    /// Rules out, by the token after `match`, most uses of it as a name.
    func mayStartSubject(_ kind: TokenKind) -> Bool { startsExpression(kind) || kind == .star }

    mutating func matchStatement() throws(Stop) -> Statement? {
        let start = at, warned = warnings.count, savedDepth = depth
        advance()
        guard let subject = try? matchSubject() else {
            if failure != nil { throw fail() }
            at = start
            depth = savedDepth
            warnings.removeSubrange(warned...)
            return nil
        }
        try requireVersion(10)
        var cases: [MatchCase] = []
        repeat { cases.append(try matchCase()) } while isSoftKeyword("case")
        try expect(.dedent)
        var last = at &- 1
        while tokens[last].kind == .dedent || tokens[last].kind == .newline { last &-= 1 }
        let a = tokens[start], b = tokens[last]
        return Statement(.match(subject: subject, cases), SourceRange(line: a.line, column: a.column, endLine: b.endLine, endColumn: b.endColumn))
    }

    private mutating func matchSubject() throws(Stop) -> Expression {
        let start = at
        var subject = try starNamedExpression()
        if kind == .comma {
            var items = [subject]
            while accept(.comma) {
                if kind == .colon { break }
                items.append(try starNamedExpression())
            }
            subject = Expression(.tuple(items, .load), span(start))
        } else if case .starred = subject.kind {
            throw fail()
        }
        try expect(.colon)
        try expect(.newline)
        try expect(.indent)
        guard isSoftKeyword("case") else { throw fail() }
        return subject
    }

    private mutating func matchCase() throws(Stop) -> MatchCase {
        guard isSoftKeyword("case") else { throw fail() }
        advance()
        let pattern = try patterns()
        var test: Expression?
        if accept(.kwIf) { test = try namedExpression() }
        try expect(.colon)
        let body = try block()
        return MatchCase(pattern: pattern, guard: test, body: body)
    }

    /// An open sequence or a single pattern.
    private mutating func patterns() throws(Stop) -> Pattern {
        let start = at
        let first = try maybeStarPattern()
        if kind != .comma {
            if case .star = first.kind { throw fail() }
            return first
        }
        var items = [first]
        while accept(.comma) {
            if kind == .colon || kind == .kwIf { break }
            items.append(try maybeStarPattern())
        }
        return Pattern(.sequence(items), span(start))
    }

    private mutating func maybeStarPattern() throws(Stop) -> Pattern {
        guard kind == .star else { return try asPattern() }
        let start = at
        advance()
        let name = try takeName()
        if kind == .dot || kind == .leftParen || kind == .equal { if name != "_" { throw fail() } }
        return Pattern(.star(name == "_" ? nil : name), span(start))
    }

    private mutating func asPattern() throws(Stop) -> Pattern {
        try enter()
        defer { leave() }
        let start = at
        let pattern = try orPattern()
        guard accept(.kwAs) else { return pattern }
        let name = try takeName()
        if name == "_" || kind == .dot || kind == .leftParen || kind == .equal { throw fail() }
        return Pattern(.as(pattern, name: name), span(start))
    }

    private mutating func orPattern() throws(Stop) -> Pattern {
        let start = at
        let first = try closedPattern()
        if kind != .verticalBar { return first }
        var items = [first]
        while accept(.verticalBar) { items.append(try closedPattern()) }
        return Pattern(.or(items), span(start))
    }

    private mutating func closedPattern() throws(Stop) -> Pattern {
        let start = at
        switch kind {
        case .kwNone, .kwTrue, .kwFalse:
            let value: Constant = kind == .kwNone ? .none : kind == .kwTrue ? .true : .false
            advance()
            return Pattern(.singleton(value), span(start))
        case .number, .minus, .string:
            let value = try literal()
            return Pattern(.value(value), span(start))
        case .leftParen, .leftBracket: return try groupOrSequence()
        case .leftBrace: return try mappingPattern()
        case .name: return try namePattern()
        default: throw fail()
        }
    }

    /// A string, a number, or a complex sum such as `-1 + 2j`.
    private mutating func literal() throws(Stop) -> Expression {
        if kind == .string { return try strings() }
        let start = at
        let left = try signedNumber()
        guard kind == .plus || kind == .minus else { return left }
        let op: BinaryOperator = kind == .plus ? .add : .subtract
        advance()
        guard kind == .number else { throw fail() }
        let right = try number()
        guard case .constant(.complex, _) = right.kind, !isImaginary(left) else { throw fail() }
        return Expression(.binaryOperation(left, op, right), span(start))
    }

    private func isImaginary(_ node: Expression) -> Bool {
        switch node.kind {
        case .constant(.complex, _): true
        case .unaryOperation(_, let operand): isImaginary(operand)
        default: false
        }
    }

    private mutating func signedNumber() throws(Stop) -> Expression {
        let start = at
        if accept(.minus) {
            guard kind == .number else { throw fail() }
            let operand = try number()
            return Expression(.unaryOperation(.minus, operand), span(start))
        }
        guard kind == .number else { throw fail() }
        return try number()
    }

    private mutating func groupOrSequence() throws(Stop) -> Pattern {
        try enter()
        defer { leave() }
        let start = at
        let isGroup = kind == .leftParen
        let close: TokenKind = isGroup ? .rightParen : .rightBracket
        advance()
        var items: [Pattern] = []
        var sawComma = false
        while kind != close {
            items.append(try maybeStarPattern())
            if !accept(.comma) { break }
            sawComma = true
        }
        try expect(close)
        if isGroup, items.count == 1, !sawComma {
            if case .star = items[0].kind { throw fail() }
            return items[0]
        }
        return Pattern(.sequence(items), span(start))
    }

    private mutating func mappingPattern() throws(Stop) -> Pattern {
        try enter()
        defer { leave() }
        let start = at
        advance()
        var keys: [Expression] = [], values: [Pattern] = []
        var rest: String?
        while kind != .rightBrace {
            if rest != nil { throw fail() }
            if accept(.doubleStar) {
                let name = try takeName()
                if name == "_" { throw fail() }
                rest = name
            } else {
                keys.append(try mappingKey())
                try expect(.colon)
                values.append(try asPattern())
            }
            if !accept(.comma) { break }
        }
        try expect(.rightBrace)
        return Pattern(.mapping(keys: keys, patterns: values, rest: rest), span(start))
    }

    private mutating func mappingKey() throws(Stop) -> Expression {
        switch kind {
        case .kwNone, .kwTrue, .kwFalse:
            let value: Constant = kind == .kwNone ? .none : kind == .kwTrue ? .true : .false
            advance()
            return Expression(.constant(value, kind: nil), range(of: at - 1))
        case .name:
            let name = try dottedValue()
            if case .name = name.kind { throw fail() }
            return name
        default: return try literal()
        }
    }

    /// `a` or `a.b.c`.
    private mutating func dottedValue() throws(Stop) -> Expression {
        let start = at
        var value = Expression(.name(try takeName(), .load), range(of: start))
        while accept(.dot) {
            let attribute = try takeName()
            value = Expression(.attribute(value, attribute, .load), span(start))
        }
        return value
    }

    /// A capture, a wildcard, a dotted value, or a class pattern.
    private mutating func namePattern() throws(Stop) -> Pattern {
        let start = at
        let value = try dottedValue()
        if kind == .leftParen { return try classPattern(value, start) }
        guard case .name(let name, _) = value.kind else { return Pattern(.value(value), span(start)) }
        if kind == .equal { throw fail() }
        return Pattern(.as(nil, name: name == "_" ? nil : name), span(start))
    }

    private mutating func classPattern(_ type: Expression, _ start: Int) throws(Stop) -> Pattern {
        try enter()
        defer { leave() }
        advance()
        var positional: [Pattern] = [], names: [String] = [], values: [Pattern] = []
        while kind != .rightParen {
            if kind == .name, tokens[at &+ 1].kind == .equal {
                names.append(name(of: at))
                at &+= 2
                values.append(try asPattern())
            } else {
                if !names.isEmpty { throw fail() }
                positional.append(try asPattern())
            }
            if !accept(.comma) { break }
        }
        try expect(.rightParen)
        return Pattern(.classPattern(type, patterns: positional, keywordNames: names, keywordPatterns: values), span(start))
    }
}
