/// f-strings by the rules of 3.11, where they are still string tokens taken apart after tokenizing.
///
/// The text of each nested expression is cut out by counting brackets and quotes, wrapped in parentheses, and parsed as
/// a source of its own whose positions are then shifted into place. The shift imitates CPython's, down to its oddity for
/// f-strings that span lines, since the positions are visible through `ast` and tracebacks.

/// The parts of a string read so far.
struct FormattedString {
    let range: SourceRange
    let kind: String?
    /// Literal text since the last expression.
    var text: [UInt8] = []
    var parts: [Expression] = []
    var isFormatted = false

    init(range: SourceRange, kind: String?) {
        self.range = range
        self.kind = kind
    }

    mutating func flush() { flush(range, kind) }

    private mutating func flush(_ range: SourceRange, _ kind: String?) {
        if text.isEmpty { return }
        parts.append(Expression(.constant(.string(text), kind: kind), range))
        text = []
    }

    mutating func finish() -> Expression { finish(range, kind: kind) }

    /// A format specification takes the range of its own token, even where its string is a concatenation.
    mutating func finish(_ range: SourceRange, kind: String?) -> Expression {
        if !isFormatted { return Expression(.constant(.string(text), kind: kind), range) }
        flush(range, kind)
        return Expression(.joinedString(parts), range)
    }
}

extension Parser {
    /// Reads an f-string, or a format specification in it (`level` 1), up to `end` or a closing brace.
    mutating func formattedString(_ state: inout FormattedString, _ cursor: inout Int, _ end: Int, raw: Bool, level: Int, token: Int) throws(Stop) {
        state.isFormatted = true
        while true {
            let doubled = try literalPart(&state, &cursor, end, raw: raw, level: level, token: token)
            if doubled { continue }
            if cursor >= end || source[cursor] == 0x7D { break }
            try replacementField(&state, &cursor, end, raw: raw, level: level, token: token)
        }
        if level > 0, cursor >= end || source[cursor] != 0x7D { throw stringError("f-string: expecting '}'", .lastToken) }
    }

    /// Literal text up to a brace. True when it ended with a doubled brace and more text follows.
    private mutating func literalPart(_ state: inout FormattedString, _ cursor: inout Int, _ end: Int, raw: Bool, level: Int, token: Int) throws(Stop) -> Bool {
        let start = cursor
        var p = cursor
        var textEnd = end
        var doubled = false
        scan: while p < end {
            var c = source[p]
            p += 1
            if !raw, c == 0x5C, p < end {
                c = source[p]
                p += 1
                if c == 0x4E {
                    // The braces of \N{name} are not ours.
                    if p < end {
                        p += 1
                        if source[p - 1] == 0x7B {
                            while p < end {
                                p += 1
                                if source[p - 1] == 0x7D { break }
                            }
                        }
                    }
                    continue
                }
                if c == 0x7B { warnInvalidEscape(c, token) }
            }
            if c == 0x7B || c == 0x7D {
                if level == 0 {
                    if p < end, source[p] == c {
                        textEnd = p
                        p += 1
                        doubled = true
                        break scan
                    }
                    if c == 0x7D { throw stringError("f-string: single '}' is not allowed", .lastToken) }
                }
                p -= 1
                textEnd = p
                break scan
            }
        }
        cursor = p
        if textEnd > start { state.text += try decodeText(start, textEnd, raw: raw, token: token) }
        return doubled
    }

    private mutating func replacementField(_ state: inout FormattedString, _ cursor: inout Int, _ end: Int, raw: Bool, level: Int, token: Int) throws(Stop) {
        if level >= 2 { throw stringError("f-string: expressions nested too deeply", .lastToken) }
        cursor += 1
        let start = cursor
        cursor = try expressionEnd(start, end)
        if cursor >= end { throw stringError("f-string: expecting '}'", .lastToken) }
        let value = try nestedExpression(start, cursor, token: token)
        var isSelfDocumenting = false
        if source[cursor] == 0x3D {
            if options.featureVersion < 8 {
                throw stringError("f-string: self documenting expressions are only supported in Python 3.8 and greater", .lastToken)
            }
            cursor += 1
            while source[cursor] == 0x20 || (source[cursor] >= 9 && source[cursor] <= 13) { cursor += 1 }
            if cursor >= end { throw stringError("f-string: expecting '}'", .lastToken) }
            state.text += UnsafeBufferPointer(start: source + start, count: cursor - start)
            isSelfDocumenting = true
        }
        var conversion = -1
        if source[cursor] == 0x21 {
            cursor += 1
            if cursor >= end { throw stringError("f-string: expecting '}'", .lastToken) }
            conversion = Int(source[cursor])
            cursor += 1
            if conversion != 0x73, conversion != 0x72, conversion != 0x61 {
                throw stringError("f-string: invalid conversion character: expected 's', 'r', or 'a'", .lastToken)
            }
            if cursor >= end { throw stringError("f-string: expecting '}'", .lastToken) }
        }
        var formatSpec: Expression?
        if source[cursor] == 0x3A {
            cursor += 1
            if cursor >= end { throw stringError("f-string: expecting '}'", .lastToken) }
            var nested = FormattedString(range: state.range, kind: state.kind)
            try formattedString(&nested, &cursor, end, raw: raw, level: level + 1, token: token)
            let t = tokens[token]
            formatSpec = nested.finish(SourceRange(line: t.line, column: t.column, endLine: t.endLine, endColumn: t.endColumn), kind: nil)
        }
        if cursor >= end || source[cursor] != 0x7D { throw stringError("f-string: expecting '}'", .lastToken) }
        cursor += 1
        if isSelfDocumenting, formatSpec == nil, conversion == -1 { conversion = 0x72 }
        state.flush()
        state.parts.append(Expression(.formattedValue(value, conversion: conversion, formatSpec: formatSpec), state.range))
    }

    /// Where the expression starting at `start` ends: at `!`, `:`, `=` or `}` outside of brackets and quotes.
    private mutating func expressionEnd(_ start: Int, _ end: Int) throws(Stop) -> Int {
        var p = start
        var quote: UInt8 = 0
        var isTriple = false
        var stack: [UInt8] = []
        scan: while p < end {
            let c = source[p]
            if c == 0x5C { throw stringError("f-string expression part cannot include a backslash", .lastToken) }
            if quote != 0 {
                if c == quote {
                    if !isTriple {
                        quote = 0
                    } else if p + 2 < end, source[p + 1] == c, source[p + 2] == c {
                        p += 2
                        quote = 0
                    }
                }
                p += 1
                continue
            }
            switch c {
            case 0x27, 0x22:
                quote = c
                isTriple = p + 2 < end && source[p + 1] == c && source[p + 2] == c
                if isTriple { p += 2 }
            case 0x28, 0x5B, 0x7B:
                if stack.count >= Tokenizer.maximumBracketDepth { throw stringError("f-string: too many nested parenthesis", .lastToken) }
                stack.append(c)
            case 0x23:
                throw stringError("f-string expression part cannot include '#'", .lastToken)
            case 0x21, 0x3A, 0x7D, 0x3D, 0x3E, 0x3C:
                if stack.isEmpty {
                    if p + 1 < end, source[p + 1] == 0x3D, c != 0x3A, c != 0x7D {
                        p += 1
                    } else if c != 0x3E, c != 0x3C {
                        break scan
                    }
                } else if c == 0x7D {
                    try closeBracket(c, &stack)
                }
            case 0x5D, 0x29:
                try closeBracket(c, &stack)
            default: break
            }
            p += 1
        }
        if quote != 0 { throw stringError("f-string: unterminated string", .lastToken) }
        if let open = stack.last { throw stringError("f-string: unmatched '\(Character(Unicode.Scalar(open)))'", .lastToken) }
        return p
    }

    private mutating func closeBracket(_ c: UInt8, _ stack: inout [UInt8]) throws(Stop) {
        guard let open = stack.popLast() else { throw stringError("f-string: unmatched '\(Character(Unicode.Scalar(c)))'", .lastToken) }
        if (open == 0x28 && c == 0x29) || (open == 0x5B && c == 0x5D) || (open == 0x7B && c == 0x7D) { return }
        throw stringError("f-string: closing parenthesis '\(Character(Unicode.Scalar(c)))' does not match opening parenthesis '\(Character(Unicode.Scalar(open)))'", .lastToken)
    }

    /// Parses the text between two offsets as a parenthesized expression.
    private mutating func nestedExpression(_ start: Int, _ end: Int, token: Int) throws(Stop) -> Expression {
        var p = start
        while p < end, source[p] == 0x20 || source[p] == 9 || source[p] == 10 || source[p] == 12 || source[p] == 13 { p += 1 }
        if p == end, source[end] == 0x21 || source[end] == 0x3A || source[end] == 0x3D {
            throw stringError("f-string: expression required before '\(Character(Unicode.Scalar(source[end])))'", .lastToken)
        }
        if p == end { throw stringError("f-string: empty expression not allowed", .lastToken) }
        let parent = tokens[token]
        let (lines, columns) = expressionLocation(start - 1, token)
        let firstLine = Int(parent.line) + lines
        let firstColumn = columns + (lines == 0 ? Int(parent.column) : 0)
        if let simple = simpleName(start, end, firstLine, firstColumn) { return simple }
        try enter()
        defer { leave() }
        let length = end - start + 3
        let text = UnsafeMutablePointer<UInt8>.allocate(capacity: length + 16)
        defer { text.deallocate() }
        (text + length).initialize(repeating: 0, count: 16)
        text[0] = 0x28
        (text + 1).update(from: source + start, count: end - start)
        text[length - 2] = 0x29
        text[length - 1] = 0x0A
        var tokenizer = Tokenizer(source: text, count: length, typeComments: false)
        tokenizer.run()
        defer { tokenizer.deallocate() }
        tokenizer.shift(firstLine: firstLine, firstColumn: firstColumn)
        var nested = Parser(source: text, tokens: tokenizer.tokens, options: options, names: names)
        nested.depth = depth
        nested.stringDepth = stringDepth + 1
        defer { warnings += nested.warnings }
        if let value = try? nested.starExpressions() { return value }
        if let failure = nested.failure { self.failure = failure }
        if stringDepth < 60 {
            let diagnosis = Diagnosis(source: text, count: length, tokenizer: tokenizer, parser: nested, start: .formattedString,
                                      firstLine: firstLine, firstColumn: firstColumn)
            stringFailure = StringFailure(message: "", place: .complete(diagnosis.run()))
        } else {
            throw tooDeep()
        }
        throw fail()
    }

    /// `{name}` is most of what f-strings hold; it needs no parser.
    private mutating func simpleName(_ start: Int, _ end: Int, _ line: Int, _ column: Int) -> Expression? {
        guard end - start <= 64, source[start] < 0x80, isIdentifierByte[Int(source[start])], characterClass[Int(source[start])] != .digit else { return nil }
        var p = start
        while p < end {
            if source[p] >= 0x80 || !isIdentifierByte[Int(source[p])] { return nil }
            p += 1
        }
        if keyword(source + start, end - start) != .name { return nil }
        let text = names.intern(source + start, end - start)
        let first = Int32(column + 1)
        return Expression(.name(text, .load), SourceRange(line: Int32(line), column: first, endLine: Int32(line), endColumn: first + Int32(end - start)))
    }

    /// Lines and columns from the start of the string token to the brace at `brace`.
    private func expressionLocation(_ brace: Int, _ token: Int) -> (lines: Int, columns: Int) {
        let tokenStart = Int(tokens[token].start)
        var lines = 0
        for p in tokenStart ..< brace where source[p] == 0x0A { lines += 1 }
        // A newline right after the brace makes columns count from the line's start.
        var p = brace + 1
        while source[p] == 0x20 || source[p] == 9 || source[p] == 12 { p += 1 }
        if source[p] == 0x7D || source[p] == 0x0A { return (lines, 0) }
        p = brace
        while p > tokenStart, source[p] != 0x0A { p -= 1 }
        return (lines, source[p] == 0x0A ? brace - p - 1 : brace - p)
    }
}

extension Tokenizer {
    /// Moves the tokens of a nested source to where they stand in the whole. Only its first line is moved sideways.
    mutating func shift(firstLine: Int, firstColumn: Int) {
        for i in 0 ..< tokenCount {
            if tokens[i].line == 1, tokens[i].column >= 0 { tokens[i].column += Int32(firstColumn) }
            if tokens[i].endLine == 1, tokens[i].endColumn >= 0 { tokens[i].endColumn += Int32(firstColumn) }
            tokens[i].line += Int32(firstLine - 1)
            tokens[i].endLine += Int32(firstLine - 1)
        }
    }
}
