/// Splits UTF-8 source into tokens, all at once, into one flat buffer.
///
/// The idea: a token is a 28-byte record of offsets and positions; nothing is allocated per token, and no text is
/// copied. Tokenizing the whole source before parsing makes looking ahead and going back an index assignment.
/// CPython's tokenizer is driven by its parser, and which error wins depends on how far the parser had read; the
/// diagnosing pass (`Diagnosis.swift`) restores that order from the buffer, so the tokenizer only has to stop at the
/// first error, leave an `.error` token in the buffer, and describe the error in `failure`.
///
/// Invariants: the source ends with a newline (unless empty) and is followed by 16 zero bytes, so that a scan may
/// always look a few bytes ahead; line endings are already "\n" (`SourceText` sees to all of it). The last token is
/// `.endMarker` or `.error`. Columns are UTF-8 byte offsets from 0; -1 marks tokens without text of their own, and
/// then `end` still holds where the tokenizer stood.
///
/// To add an operator: a case in `TokenKind`, a branch in `operatorToken`, a spelling in `TokenKind.spelling`.

enum TokenKind: UInt8 {
    case endMarker, name, number, string, newline, indent, dedent, typeIgnore, typeComment, error
    // Keywords
    case kwFalse, kwNone, kwTrue, kwAnd, kwAs, kwAssert, kwAsync, kwAwait, kwBreak, kwClass, kwContinue, kwDef, kwDel
    case kwElif, kwElse, kwExcept, kwFinally, kwFor, kwFrom, kwGlobal, kwIf, kwImport, kwIn, kwIs, kwLambda
    case kwNonlocal, kwNot, kwOr, kwPass, kwRaise, kwReturn, kwTry, kwWhile, kwWith, kwYield
    // Operators
    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case colon, comma, semicolon, plus, minus, star, slash, verticalBar, ampersand, less, greater, equal, dot, percent
    case equalEqual, notEqual, lessEqual, greaterEqual, tilde, caret, leftShift, rightShift, doubleStar
    case plusEqual, minusEqual, starEqual, slashEqual, percentEqual, ampersandEqual, barEqual, caretEqual
    case leftShiftEqual, rightShiftEqual, doubleStarEqual, doubleSlash, doubleSlashEqual, at, atEqual
    case arrow, ellipsis, colonEqual
    /// `?`, `!`, `$` and the like: characters that start no token of the language.
    case unknown

    /// The fixed text of a keyword or operator; the grammar table names tokens by it.
    var spelling: StaticString {
        switch self {
        case .kwFalse: "False"; case .kwNone: "None"; case .kwTrue: "True"; case .kwAnd: "and"; case .kwAs: "as"
        case .kwAssert: "assert"; case .kwAsync: "async"; case .kwAwait: "await"; case .kwBreak: "break"
        case .kwClass: "class"; case .kwContinue: "continue"; case .kwDef: "def"; case .kwDel: "del"
        case .kwElif: "elif"; case .kwElse: "else"; case .kwExcept: "except"; case .kwFinally: "finally"
        case .kwFor: "for"; case .kwFrom: "from"; case .kwGlobal: "global"; case .kwIf: "if"; case .kwImport: "import"
        case .kwIn: "in"; case .kwIs: "is"; case .kwLambda: "lambda"; case .kwNonlocal: "nonlocal"; case .kwNot: "not"
        case .kwOr: "or"; case .kwPass: "pass"; case .kwRaise: "raise"; case .kwReturn: "return"; case .kwTry: "try"
        case .kwWhile: "while"; case .kwWith: "with"; case .kwYield: "yield"
        case .leftParen: "("; case .rightParen: ")"; case .leftBracket: "["; case .rightBracket: "]"
        case .leftBrace: "{"; case .rightBrace: "}"; case .colon: ":"; case .comma: ","; case .semicolon: ";"
        case .plus: "+"; case .minus: "-"; case .star: "*"; case .slash: "/"; case .verticalBar: "|"
        case .ampersand: "&"; case .less: "<"; case .greater: ">"; case .equal: "="; case .dot: "."; case .percent: "%"
        case .equalEqual: "=="; case .notEqual: "!="; case .lessEqual: "<="; case .greaterEqual: ">="; case .tilde: "~"
        case .caret: "^"; case .leftShift: "<<"; case .rightShift: ">>"; case .doubleStar: "**"; case .plusEqual: "+="
        case .minusEqual: "-="; case .starEqual: "*="; case .slashEqual: "/="; case .percentEqual: "%="
        case .ampersandEqual: "&="; case .barEqual: "|="; case .caretEqual: "^="; case .leftShiftEqual: "<<="
        case .rightShiftEqual: ">>="; case .doubleStarEqual: "**="; case .doubleSlash: "//"; case .doubleSlashEqual: "//="
        case .at: "@"; case .atEqual: "@="; case .arrow: "->"; case .ellipsis: "..."; case .colonEqual: ":="
        case .endMarker: "ENDMARKER"; case .name: "NAME"; case .number: "NUMBER"; case .string: "STRING"
        case .newline: "NEWLINE"; case .indent: "INDENT"; case .dedent: "DEDENT"; case .typeIgnore: "TYPE_IGNORE"
        case .typeComment: "TYPE_COMMENT"; case .error: "ERROR"; case .unknown: "UNKNOWN"
        }
    }
}

struct Token {
    /// Offsets into the source.
    var start: Int32
    var end: Int32
    var line: Int32
    var column: Int32
    var endLine: Int32
    var endColumn: Int32
    var kind: TokenKind
    /// Bracket depth after the token.
    var level: UInt8
}

/// Why tokenizing stopped. `raised` errors carry their own position; the others take theirs from the parser's state,
/// and yield to nothing that the parser finds later.
struct TokenizerFailure {
    enum Reason {
        case raised(String)
        case endOfInput
        case inconsistentDedent
        case inconsistentTabs
        case tooManyIndents
        case badContinuation
    }
    var reason: Reason
    /// For `raised`: 1-based line, 1-based character columns.
    var line = 0
    var column = 0
    var endColumn = -1
    /// The line's bounds, for the text shown with the error.
    var lineStart = 0
    /// A string that ran to the end of the source, and not merely of its line.
    var atEnd = false
}

struct OpenBracket {
    var character: UInt8
    var line: Int32
    var column: Int32
    var offset: Int32
}

struct Tokenizer {
    let source: UnsafePointer<UInt8>
    let count: Int
    let typeComments: Bool
    /// Input from a prompt: the end of the source also ends the statement and, with `implyDedent`, its blocks.
    let isInteractive: Bool
    let implyDedent: Bool

    private(set) var tokens: UnsafeMutablePointer<Token>
    private(set) var tokenCount = 0
    private var capacity: Int
    private(set) var failure: TokenizerFailure?
    private(set) var warnings: [SyntaxWarningNote] = []
    /// Brackets open where tokenizing stopped.
    private(set) var brackets: [OpenBracket] = []

    private var position = 0
    private var line: Int32
    private var lineStart = 0
    private var indents: [Int32] = [0]
    private var alternateIndents: [Int32] = [0]

    static let maximumBracketDepth = 200
    static let maximumIndents = 100

    init(source: UnsafePointer<UInt8>, count: Int, typeComments: Bool, isInteractive: Bool = false, implyDedent: Bool = true, firstLine: Int = 1) {
        self.source = source
        self.count = count
        self.typeComments = typeComments
        self.isInteractive = isInteractive
        self.implyDedent = implyDedent
        capacity = count / 3 + 64
        tokens = .allocate(capacity: capacity)
        line = Int32(truncatingIfNeeded: firstLine)
    }

    func deallocate() { tokens.deallocate() }

    // MARK: Emitting

    @inline(__always)
    private mutating func emit(_ kind: TokenKind, from start: Int, to end: Int) {
        if tokenCount == capacity { grow() }
        let base = Int32(truncatingIfNeeded: lineStart)
        let s = Int32(truncatingIfNeeded: start), e = Int32(truncatingIfNeeded: end)
        (tokens + tokenCount).initialize(to: Token(start: s, end: e, line: line, column: s &- base, endLine: line, endColumn: e &- base,
                                                   kind: kind, level: UInt8(truncatingIfNeeded: brackets.count)))
        tokenCount &+= 1
    }

    /// A token without text: indentation, end of input, errors.
    private mutating func emitBare(_ kind: TokenKind, at offset: Int) {
        if tokenCount == capacity { grow() }
        let at = Int32(truncatingIfNeeded: offset)
        (tokens + tokenCount).initialize(to: Token(start: at, end: at, line: line, column: -1, endLine: line, endColumn: -1,
                                                   kind: kind, level: UInt8(truncatingIfNeeded: brackets.count)))
        tokenCount &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Token>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: tokens, count: tokenCount)
        tokens.deallocate()
        tokens = larger
        capacity *= 2
    }

    private mutating func fail(_ reason: TokenizerFailure.Reason, at offset: Int) {
        failure = TokenizerFailure(reason: reason, line: Int(line), lineStart: lineStart)
        emitBare(.error, at: offset)
    }

    /// An error that carries its own message, positioned on the character before `offset`.
    private mutating func raise(_ message: String, at offset: Int) {
        let column = characterCount(source, from: lineStart, to: offset)
        failure = TokenizerFailure(reason: .raised(message), line: Int(line), column: column, lineStart: lineStart)
        emitBare(.error, at: offset)
    }

    private func endOfLine(from offset: Int) -> Int {
        var p = offset
        while p < count, source[p] != 10 { p += 1 }
        return p < count ? p + 1 : p
    }

    /// Removes `# type: ignore` tokens: they may stand anywhere, so the grammar does not mention them.
    mutating func takeTypeIgnores() -> [TypeIgnore] {
        var result: [TypeIgnore] = []
        var kept = 0
        for i in 0 ..< tokenCount {
            let t = tokens[i]
            if t.kind == .typeIgnore {
                let tag = String(decoding: UnsafeBufferPointer(start: source + Int(t.start), count: Int(t.end - t.start)), as: UTF8.self)
                result.append(TypeIgnore(line: t.line, tag: tag))
            } else {
                tokens[kept] = t
                kept += 1
            }
        }
        tokenCount = kept
        return result
    }

    /// Before Python 3.7 `async` and `await` were names: `async` but in front of `def`, and both but within such a function.
    mutating func takeBackAsyncKeywords() {
        var depth = 0, functionDepth = -1, bodyMayEnd = false
        for i in 0 ..< tokenCount {
            switch tokens[i].kind {
            case .indent: depth += 1
            case .dedent: depth -= 1
            case .newline: bodyMayEnd = true
            default: break
            }
            let kind = tokens[i].kind
            if functionDepth >= depth, bodyMayEnd, kind != .newline, kind != .typeComment, tokens[i].level == 0 { functionDepth = -1 }
            guard functionDepth < 0, kind == .kwAsync || kind == .kwAwait else { continue }
            if kind == .kwAsync, i + 1 < tokenCount, tokens[i + 1].kind == .kwDef {
                functionDepth = depth
                bodyMayEnd = false
            } else {
                tokens[i].kind = .name
            }
        }
    }

    // MARK: The loop

    mutating func run() {
        while true {
            guard startLine() else { return }
            guard finishLine() else { return }
        }
    }

    /// Measures the indentation of the next line that holds something. False at the end of input or after an error.
    private mutating func startLine() -> Bool {
        while true {
            if position >= count { return finish() }
            var column: Int32 = 0, alternate: Int32 = 0, continued: Int32 = 0
            var p = position
            lineStart = p
            scan: while true {
                switch source[p] {
                case 0x20: column &+= 1; alternate &+= 1
                case 0x09: column = (column / 8 &+ 1) &* 8; alternate &+= 1
                case 0x0C: column = 0; alternate = 0
                case 0x5C:
                    // A backslash in the indentation joins lines; what came before it is the indentation.
                    if continued == 0 { continued = column }
                    guard joinLine(after: p) else { return false }
                    p = position
                    continue scan
                default: break scan
                }
                p &+= 1
            }
            let c = source[p]
            if c == 0x0A { position = p &+ 1; line &+= 1; continue }
            if c == 0x23 {
                let commentStart = p
                while source[p] != 0x0A, p < count { p &+= 1 }
                // A type comment alone on a line is a line of its own, without any change of indentation.
                if typeComments, emitTypeComment(from: commentStart, to: p), tokens[tokenCount &- 1].kind == .typeComment { emit(.newline, from: p, to: p) }
                position = p
                if p < count {
                    position = p &+ 1
                    line &+= 1
                }
                continue
            }
            // White space before the end of the source counts as indentation.
            if p >= count, p == lineStart { position = p; return finish() }
            position = p
            if continued != 0 { column = continued; alternate = continued }
            let current = indents[indents.count &- 1]
            if column == current {
                if alternate != alternateIndents[indents.count &- 1] { fail(.inconsistentTabs, at: endOfLine(from: p)); return false }
            } else if column > current {
                if indents.count >= Tokenizer.maximumIndents { fail(.tooManyIndents, at: endOfLine(from: p)); return false }
                if alternate <= alternateIndents[indents.count &- 1] { fail(.inconsistentTabs, at: endOfLine(from: p)); return false }
                indents.append(column)
                alternateIndents.append(alternate)
                emitBare(.indent, at: p)
            } else {
                var closed = 0
                while indents.count > 1, column < indents[indents.count &- 1] {
                    indents.removeLast()
                    alternateIndents.removeLast()
                    closed += 1
                }
                if column != indents[indents.count &- 1] { fail(.inconsistentDedent, at: endOfLine(from: p)); return false }
                if alternate != alternateIndents[indents.count &- 1] { fail(.inconsistentTabs, at: endOfLine(from: p)); return false }
                for _ in 0 ..< closed { emitBare(.dedent, at: p) }
            }
            return true
        }
    }

    /// Emits the closing tokens. The position of the end is that of the last line.
    private mutating func finish() -> Bool {
        if count == 0 { line &-= 1 }
        if line > 1, position >= count, count > 0, source[count &- 1] == 0x0A {
            // No further line was read: the last one stays current.
            line &-= 1
            var p = count &- 1
            while p > 0, source[p &- 1] != 0x0A { p &-= 1 }
            lineStart = p
        }
        for _ in 1 ..< indents.count { emitBare(.dedent, at: count) }
        if isInteractive, tokenCount > 0 { emitBare(.newline, at: count) }
        emitBare(.endMarker, at: count)
        return false
    }

    /// The same where the last line does not end with a newline, as in expressions.
    private mutating func finishInLine() -> Bool {
        if isInteractive {
            emitBare(.newline, at: count)
            if indents.count > 1, implyDedent {
                for _ in 1 ..< indents.count { emitBare(.dedent, at: count) }
                emitBare(.newline, at: count)
            }
        }
        emitBare(.endMarker, at: count)
        return false
    }

    /// Steps over a backslash and the newline that must follow it.
    private mutating func joinLine(after backslash: Int) -> Bool {
        guard source[backslash &+ 1] == 0x0A else {
            position = min(backslash &+ 2, count)
            fail(.badContinuation, at: position)
            return false
        }
        if backslash &+ 2 >= count {
            fail(.endOfInput, at: count)
            return false
        }
        position = backslash &+ 2
        line &+= 1
        lineStart = position
        return true
    }

    private mutating func emitTypeComment(from start: Int, to end: Int) -> Bool {
        var p = start + 1
        while p < end, source[p] == 0x20 || source[p] == 0x09 { p += 1 }
        guard end - p >= 6, matches("type: ", at: p) || matches("type:\t", at: p) || matches("type:", at: p) else { return false }
        p += 5
        while p < end, source[p] == 0x20 || source[p] == 0x09 { p += 1 }
        if end - p >= 6, matches("ignore", at: p) {
            let next = p + 6 < end ? source[p + 6] : 0
            if p + 6 >= end || !(next >= 0x80 || isAlphanumeric(next)) {
                emit(.typeIgnore, from: p + 6, to: end)
                return true
            }
        }
        emit(.typeComment, from: p, to: end)
        return true
    }

    private func matches(_ text: StaticString, at offset: Int) -> Bool {
        var i = 0
        while i < text.utf8CodeUnitCount {
            if source[offset + i] != text.utf8Start[i] { return false }
            i += 1
        }
        return true
    }

    /// Tokens up to and including the end of the logical line. False after an error or at the end of input.
    private mutating func finishLine() -> Bool {
        while true {
            var p = position
            var c = source[p]
            while c == 0x20 || c == 0x09 || c == 0x0C { p &+= 1; c = source[p] }
            switch characterClass[Int(c)] {
            case .identifier:
                guard identifierOrString(at: p, first: c) else { return false }
            case .digit:
                guard number(at: p) else { return false }
            case .quote:
                guard string(from: p, quoteAt: p) else { return false }
            case .dot:
                if characterClass[Int(source[p &+ 1])] == .digit {
                    guard number(at: p) else { return false }
                } else if source[p &+ 1] == 0x2E, source[p &+ 2] == 0x2E {
                    position = p &+ 3
                    emit(.ellipsis, from: p, to: position)
                } else {
                    position = p &+ 1
                    emit(.dot, from: p, to: position)
                }
            case .newline:
                position = p &+ 1
                if brackets.isEmpty {
                    emit(.newline, from: p, to: p)
                    line &+= 1
                    return true
                }
                guard nextLineInBrackets() else { return false }
            case .comment:
                let start = p
                while source[p] != 0x0A, p < count { p &+= 1 }
                if typeComments, emitTypeComment(from: start, to: p) {
                    position = p
                    continue
                }
                if p >= count {
                    position = p
                    continue
                }
                position = p &+ 1
                if brackets.isEmpty {
                    // The newline token covers the comment: carets under it are CPython's too.
                    emit(.newline, from: start, to: p)
                    line &+= 1
                    return true
                }
                guard nextLineInBrackets() else { return false }
            case .backslash:
                guard joinLine(after: p) else { return false }
            case .opening:
                if brackets.count >= Tokenizer.maximumBracketDepth { raise("too many nested parentheses", at: p + 1); return false }
                brackets.append(OpenBracket(character: c, line: line, column: Int32(truncatingIfNeeded: p &- lineStart), offset: Int32(truncatingIfNeeded: p)))
                position = p &+ 1
                emit(c == 0x28 ? .leftParen : c == 0x5B ? .leftBracket : .leftBrace, from: p, to: position)
            case .closing:
                guard closing(c, at: p) else { return false }
            case .op:
                operatorToken(c, at: p)
            case .invalid:
                if p >= count {
                    // Only `exec` is sure to end with a newline.
                    position = p
                    if !brackets.isEmpty { fail(.endOfInput, at: count); return false }
                    return finishInLine()
                }
                raise("invalid non-printable character U+\(hexadecimal(UInt32(c)))", at: p + 1)
                return false
            }
        }
    }

    private mutating func nextLineInBrackets() -> Bool {
        if position >= count { fail(.endOfInput, at: count); return false }
        line &+= 1
        lineStart = position
        return true
    }

    private mutating func closing(_ c: UInt8, at p: Int) -> Bool {
        position = p &+ 1
        guard let opening = brackets.popLast() else {
            raise("unmatched '\(Character(Unicode.Scalar(c)))'", at: position)
            return false
        }
        let o = opening.character
        guard (o == 0x28 && c == 0x29) || (o == 0x5B && c == 0x5D) || (o == 0x7B && c == 0x7D) else {
            let text = "closing parenthesis '\(Character(Unicode.Scalar(c)))' does not match opening parenthesis '\(Character(Unicode.Scalar(o)))'"
            raise(opening.line != line ? text + " on line \(opening.line)" : text, at: position)
            return false
        }
        emit(c == 0x29 ? .rightParen : c == 0x5D ? .rightBracket : .rightBrace, from: p, to: position)
        return true
    }

    // MARK: Names and strings

    @inline(__always)
    private mutating func identifierOrString(at start: Int, first: UInt8) -> Bool {
        var p = start &+ 1
        var c = source[p]
        // Letters that may begin a string prefix are few; the quote decides.
        while isIdentifierByte[Int(c)] { p &+= 1; c = source[p] }
        let length = p &- start
        if (c == 0x22 || c == 0x27) && length <= 2 && isStringPrefix(start, length) {
            return string(from: start, quoteAt: p)
        }
        position = p
        var kind = TokenKind.name
        if length <= 8 {
            var packed: UInt64 = 0
            var i = length &- 1
            while i >= 0 { packed = packed << 8 | UInt64(source[start &+ i]); i &-= 1 }
            kind = keyword(packed)
            if kind == .name, packed & 0x8080_8080_8080_8080 != 0, !verifyIdentifier(start, p) { return false }
        } else {
            var i = start
            var high: UInt8 = 0
            while i < p { high |= source[i]; i &+= 1 }
            if high >= 0x80, !verifyIdentifier(start, p) { return false }
        }
        emit(kind, from: start, to: p)
        return true
    }

    private func isStringPrefix(_ start: Int, _ length: Int) -> Bool {
        let a = source[start] | 0x20
        if length == 1 { return a == 0x72 || a == 0x62 || a == 0x75 || a == 0x66 } // r b u f
        let b = source[start + 1] | 0x20
        return (a == 0x72 && (b == 0x62 || b == 0x66)) || ((a == 0x62 || a == 0x66) && b == 0x72)
    }

    /// Checks a name with non-ASCII characters against XID_Start and XID_Continue.
    private mutating func verifyIdentifier(_ start: Int, _ end: Int) -> Bool {
        var p = start
        while p < end {
            guard let (scalar, width) = decodeScalar(source, p, end) else {
                // Only bytes that never were valid UTF-8 come here; decodeSource has refused them already.
                raise("invalid character '\u{FFFD}' (U+FFFD)", at: p + 1)
                return false
            }
            let valid: Bool
            if scalar.value < 0x80 { valid = p > start || !(scalar.value >= 0x30 && scalar.value <= 0x39) }
            else if !isAssigned(scalar) { valid = false }
            else if p == start { valid = scalar.properties.isXIDStart }
            else { valid = scalar.properties.isXIDContinue }
            if !valid {
                let code = hexadecimal(scalar.value)
                raise(isPrintable(scalar) ? "invalid character '\(Character(scalar))' (U+\(code))" : "invalid non-printable character U+\(code)",
                      at: p + width)
                return false
            }
            p += width
        }
        return true
    }

    private mutating func string(from start: Int, quoteAt quotePosition: Int) -> Bool {
        let quote = source[quotePosition]
        let firstLine = line, firstLineStart = lineStart
        var p = quotePosition &+ 1
        if source[p] != quote || source[p &+ 1] != quote {
            if source[p] == quote {
                position = p &+ 1
                emit(.string, from: start, to: position)
                return true
            }
            while true {
                let c = source[p]
                if c == quote { break }
                if c == 0x5C {
                    p &+= 1
                    if source[p] == 0x0A {
                        // The line after an escaped newline counts only if there is one.
                        if p >= count &- 1 { return unterminated(start, firstLine, firstLineStart, triple: false, atEnd: true) }
                        line &+= 1
                        lineStart = p &+ 1
                    } else if p >= count { return unterminated(start, firstLine, firstLineStart, triple: false, atEnd: true) }
                } else if c == 0x0A || (c == 0 && p >= count) {
                    return unterminated(start, firstLine, firstLineStart, triple: false, atEnd: p >= count)
                }
                p &+= 1
            }
            p &+= 1
        } else {
            p &+= 2
            while true {
                let c = source[p]
                if c == quote, source[p &+ 1] == quote, source[p &+ 2] == quote { break }
                if c == 0x0A {
                    if p >= count &- 1 { return unterminated(start, firstLine, firstLineStart, triple: true, atEnd: true) }
                    line &+= 1
                    lineStart = p &+ 1
                } else if c == 0x5C {
                    p &+= 1
                    if source[p] == 0x0A {
                        if p >= count &- 1 { return unterminated(start, firstLine, firstLineStart, triple: true, atEnd: true) }
                        line &+= 1
                        lineStart = p &+ 1
                    }
                } else if c == 0, p >= count {
                    return unterminated(start, firstLine, firstLineStart, triple: true, atEnd: true)
                }
                p &+= 1
            }
            p &+= 3
        }
        position = p
        emit(.string, from: start, to: p)
        if line != firstLine {
            tokens[tokenCount &- 1].line = firstLine
            tokens[tokenCount &- 1].column = Int32(truncatingIfNeeded: start &- firstLineStart)
        }
        return true
    }

    private mutating func unterminated(_ start: Int, _ firstLine: Int32, _ firstLineStart: Int, triple: Bool, atEnd: Bool) -> Bool {
        let detected = line
        line = firstLine
        lineStart = firstLineStart
        raise("unterminated \(triple ? "triple-quoted " : "")string literal (detected at line \(detected))", at: start + 1)
        failure!.atEnd = atEnd
        return false
    }

    // MARK: Numbers

    private mutating func digits(_ start: Int) -> Int? {
        var p = start
        while true {
            while characterClass[Int(source[p])] == .digit { p &+= 1 }
            if source[p] != 0x5F { return p }
            p &+= 1
            if characterClass[Int(source[p])] != .digit {
                raise("invalid decimal literal", at: p)
                return nil
            }
        }
    }

    private mutating func number(at start: Int) -> Bool {
        var p = start
        var c = source[p]
        if c == 0x30 {
            p &+= 1
            c = source[p]
            switch c | 0x20 {
            case 0x78: return radixNumber(start, p &+ 1, 16, "hexadecimal")
            case 0x6F: return radixNumber(start, p &+ 1, 8, "octal")
            case 0x62: return radixNumber(start, p &+ 1, 2, "binary")
            default: break
            }
            while true {
                if source[p] == 0x5F {
                    p &+= 1
                    if characterClass[Int(source[p])] != .digit { raise("invalid decimal literal", at: p); return false }
                }
                if source[p] != 0x30 { break }
                p &+= 1
            }
            let zerosEnd = p
            var nonzero = false
            if characterClass[Int(source[p])] == .digit {
                nonzero = true
                guard let q = digits(p) else { return false }
                p = q
            }
            c = source[p]
            if nonzero, c != 0x2E, c | 0x20 != 0x65, c | 0x20 != 0x6A {
                raise("leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers", at: p)
                failure!.column = start + 1 - lineStart
                failure!.endColumn = zerosEnd + 1 - lineStart
                return false
            }
        } else if c != 0x2E {
            guard let q = digits(p) else { return false }
            p = q
        }
        c = source[p]
        if c == 0x2E {
            p &+= 1
            if characterClass[Int(source[p])] == .digit {
                guard let q = digits(p) else { return false }
                p = q
            }
            c = source[p]
        }
        if c | 0x20 == 0x65 {
            let exponent = p
            p &+= 1
            if source[p] == 0x2B || source[p] == 0x2D {
                p &+= 1
                if characterClass[Int(source[p])] != .digit { raise("invalid decimal literal", at: p); return false }
            } else if characterClass[Int(source[p])] != .digit {
                // Not an exponent after all: `1else` reads as a number and a keyword.
                guard verifyEnd(exponent, "decimal") else { return false }
                position = exponent
                emit(.number, from: start, to: exponent)
                return true
            }
            guard let q = digits(p) else { return false }
            p = q
            c = source[p]
        }
        var name = "decimal"
        if c | 0x20 == 0x6A {
            p &+= 1
            name = "imaginary"
        }
        if isIdentifierByte[Int(source[p])] { guard verifyEnd(p, name) else { return false } }
        position = p
        emit(.number, from: start, to: p)
        return true
    }

    private mutating func radixNumber(_ start: Int, _ first: Int, _ radix: UInt8, _ name: String) -> Bool {
        var p = first
        func isDigit(_ c: UInt8) -> Bool {
            radix == 16 ? (c >= 0x30 && c <= 0x39) || (c | 0x20 >= 0x61 && c | 0x20 <= 0x66) : c >= 0x30 && c < 0x30 + radix
        }
        repeat {
            if source[p] == 0x5F { p &+= 1 }
            if !isDigit(source[p]) { return badDigit(p, radix, name) }
            repeat { p &+= 1 } while isDigit(source[p])
        } while source[p] == 0x5F
        if radix != 16, characterClass[Int(source[p])] == .digit { return badDigit(p, radix, name) }
        guard verifyEnd(p, name) else { return false }
        position = p
        emit(.number, from: start, to: p)
        return true
    }

    private mutating func badDigit(_ p: Int, _ radix: UInt8, _ name: String) -> Bool {
        if radix != 16, characterClass[Int(source[p])] == .digit {
            raise("invalid digit '\(Character(Unicode.Scalar(source[p])))' in \(name) literal", at: p + 1)
        } else {
            raise("invalid \(name) literal", at: p)
        }
        return false
    }

    /// A number may not run into a name, except, with a warning, into the keywords that can follow one.
    private mutating func verifyEnd(_ p: Int, _ name: String) -> Bool {
        let c = source[p]
        guard isIdentifierByte[Int(c)] else { return true }
        func follows(_ text: StaticString) -> Bool {
            matches(text, at: p + 1) && !isIdentifierByte[Int(source[p + 1 + text.utf8CodeUnitCount])]
        }
        let allowed: Bool
        switch c {
        case 0x61: allowed = follows("nd")
        case 0x65: allowed = follows("lse")
        case 0x66: allowed = follows("or")
        case 0x69: allowed = source[p + 1] == 0x66 || source[p + 1] == 0x6E || source[p + 1] == 0x73
        case 0x6F: allowed = follows("r")
        case 0x6E: allowed = follows("ot")
        default: allowed = false
        }
        if allowed {
            // As an error it is at the number's last character, in a line that has not been read to its end.
            warnings.append(SyntaxWarningNote(message: "invalid \(name) literal", line: Int(line), category: .syntax, columns: (p - lineStart - 1, p - lineStart - 1), isOpen: true))
            return true
        }
        raise("invalid \(name) literal", at: p)
        return false
    }

    // MARK: Operators

    private mutating func operatorToken(_ c: UInt8, at p: Int) {
        let n = source[p &+ 1]
        var kind = TokenKind.unknown
        var length = 1
        /// `c`, or `c=`.
        @inline(__always) func orEqual(_ plain: TokenKind, _ withEqual: TokenKind) {
            if n == 0x3D { kind = withEqual; length = 2 } else { kind = plain }
        }
        /// `c`, `c=`, `cc`, `cc=`.
        @inline(__always) func doubled(_ plain: TokenKind, _ withEqual: TokenKind, _ double: TokenKind, _ doubleEqual: TokenKind) {
            if n == c {
                if source[p &+ 2] == 0x3D { kind = doubleEqual; length = 3 } else { kind = double; length = 2 }
            } else { orEqual(plain, withEqual) }
        }
        switch c {
        case 0x2C: kind = .comma
        case 0x3A: orEqual(.colon, .colonEqual)
        case 0x3D: orEqual(.equal, .equalEqual)
        case 0x2B: orEqual(.plus, .plusEqual)
        case 0x2D: if n == 0x3E { kind = .arrow; length = 2 } else { orEqual(.minus, .minusEqual) }
        case 0x2A: doubled(.star, .starEqual, .doubleStar, .doubleStarEqual)
        case 0x2F: doubled(.slash, .slashEqual, .doubleSlash, .doubleSlashEqual)
        case 0x25: orEqual(.percent, .percentEqual)
        case 0x40: orEqual(.at, .atEqual)
        case 0x7C: orEqual(.verticalBar, .barEqual)
        case 0x26: orEqual(.ampersand, .ampersandEqual)
        case 0x5E: orEqual(.caret, .caretEqual)
        case 0x7E: kind = .tilde
        case 0x3C: if n == 0x3E { kind = .notEqual; length = 2 } else { doubled(.less, .lessEqual, .leftShift, .leftShiftEqual) }
        case 0x3E: doubled(.greater, .greaterEqual, .rightShift, .rightShiftEqual)
        case 0x21: if n == 0x3D { kind = .notEqual; length = 2 }
        case 0x3B: kind = .semicolon
        default: break
        }
        position = p &+ length
        emit(kind, from: p, to: position)
    }
}

// MARK: - Tables

enum CharacterClass: UInt8 { case invalid, identifier, digit, quote, dot, newline, comment, backslash, opening, closing, op }

/// A table of 256 entries at a fixed address, readable without a bounds check or a retain.
struct ByteTable<Entry> {
    private let base: UnsafeMutablePointer<Entry>
    init(_ make: (UInt8) -> Entry) {
        base = .allocate(capacity: 256)
        for i in 0 ..< 256 { (base + i).initialize(to: make(UInt8(i))) }
    }
    @inline(__always) subscript(_ index: Int) -> Entry { base[index] }
}

func isAlphanumeric(_ c: UInt8) -> Bool {
    (c | 0x20 >= 0x61 && c | 0x20 <= 0x7A) || (c >= 0x30 && c <= 0x39)
}

let isIdentifierByte = ByteTable<Bool> { $0 >= 0x80 || $0 == 0x5F || isAlphanumeric($0) }

let characterClass = ByteTable<CharacterClass> { c in
    switch c {
    case 0x30 ... 0x39: .digit
    case 0x41 ... 0x5A, 0x61 ... 0x7A, 0x5F, 0x80 ... 0xFF: .identifier
    case 0x22, 0x27: .quote
    case 0x2E: .dot
    case 0x0A: .newline
    case 0x23: .comment
    case 0x5C: .backslash
    case 0x28, 0x5B, 0x7B: .opening
    case 0x29, 0x5D, 0x7D: .closing
    case 0 ..< 0x20, 0x7F: .invalid
    default: .op
    }
}

/// Up to eight bytes as one little-endian word.
private func pack(_ text: StaticString) -> UInt64 {
    var word: UInt64 = 0
    for i in (0 ..< text.utf8CodeUnitCount).reversed() { word = word << 8 | UInt64(text.utf8Start[i]) }
    return word
}

/// Keywords hashed by a multiplication that leaves the 35 of them without a collision in 128 slots would be brittle;
/// a 256-slot table with linear probing costs the same and needs no luck.
private struct KeywordTable {
    let keys: UnsafeMutablePointer<UInt64>
    let kinds: UnsafeMutablePointer<TokenKind>
    init() {
        keys = .allocate(capacity: 512)
        kinds = .allocate(capacity: 512)
        keys.initialize(repeating: 0, count: 512)
        kinds.initialize(repeating: .name, count: 512)
        for raw in TokenKind.kwFalse.rawValue ... TokenKind.kwYield.rawValue {
            let kind = TokenKind(rawValue: raw)!
            let key = pack(kind.spelling)
            var slot = KeywordTable.slot(key)
            while keys[slot] != 0 { slot = (slot + 1) & 511 }
            keys[slot] = key
            kinds[slot] = kind
        }
    }
    @inline(__always) static func slot(_ key: UInt64) -> Int { Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 55) }
}

private let keywords = KeywordTable()

/// The keyword that a text is, or `.name`.
func keyword(_ text: UnsafePointer<UInt8>, _ length: Int) -> TokenKind {
    if length > 8 { return .name }
    var packed: UInt64 = 0
    var i = length &- 1
    while i >= 0 { packed = packed << 8 | UInt64(text[i]); i &-= 1 }
    return keyword(packed)
}

@inline(__always)
private func keyword(_ packed: UInt64) -> TokenKind {
    var slot = KeywordTable.slot(packed)
    while true {
        let key = keywords.keys[slot]
        if key == packed { return keywords.kinds[slot] }
        if key == 0 { return .name }
        slot = (slot &+ 1) & 511
    }
}

// MARK: - Unicode

/// Decodes one scalar; `nil` when the bytes are not UTF-8.
func decodeScalar(_ source: UnsafePointer<UInt8>, _ offset: Int, _ end: Int) -> (Unicode.Scalar, Int)? {
    let c = UInt32(source[offset])
    if c < 0x80 { return (Unicode.Scalar(UInt8(c)), 1) }
    let width = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2
    guard c >= 0xC2, c <= 0xF4, offset + width <= end else { return nil }
    var value = c & (0x7F >> UInt32(width))
    for i in 1 ..< width {
        let next = UInt32(source[offset + i])
        guard next & 0xC0 == 0x80 else { return nil }
        value = value << 6 | next & 0x3F
    }
    guard let scalar = Unicode.Scalar(value), value >= (width == 4 ? 0x10000 : width == 3 ? 0x800 : 0x80) else { return nil }
    return (scalar, width)
}

/// Characters between two offsets, counting bytes that start one.
func characterCount(_ source: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var n = 0
    var p = start
    while p < end {
        if source[p] & 0xC0 != 0x80 { n += 1 }
        p += 1
    }
    return n
}

/// Whether Unicode 14, the database of Python 3.11, knows the character.
func isAssigned(_ scalar: Unicode.Scalar) -> Bool {
    guard let age = scalar.properties.age else { return false }
    return age.major <= 14
}

/// `str.isprintable` for one character.
func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar == " " { return true }
    if scalar.value < 0x80 { return scalar.value > 0x20 && scalar.value < 0x7F }
    guard isAssigned(scalar) else { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
}

/// At least four upper-case digits.
func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
}
