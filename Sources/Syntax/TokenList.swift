/// The tokens of a source as others see them: `_tokenize`, behind the tests of `tokenize`.
///
/// The numbers are those of the module `token`; columns count bytes from 0, and -1 marks tokens without text of their own.

public struct SourceToken {
    public let kind: Int
    public let text: [UInt8]
    public let line: Int
    public let endLine: Int
    public let column: Int
    public let endColumn: Int
    /// The whole of the lines that it stands in.
    public let lineText: [UInt8]
}

/// Where tokenizing ended, if not at the end: an error of the tokenizer's own. Errors that only a parser would report end the list without a word.
public func sourceTokens(_ source: UnsafeBufferPointer<UInt8>) -> (tokens: [SourceToken], failure: SyntaxFailure?) {
    let text = SourceText(source, addNewline: true)
    defer { text.bytes.deallocate() }
    var tokenizer = Tokenizer(source: text.bytes, count: text.count, typeComments: false)
    tokenizer.run()
    defer { tokenizer.deallocate() }
    func bytes(_ start: Int, _ end: Int) -> [UInt8] { Array(UnsafeBufferPointer(start: text.bytes + start, count: max(0, end - start))) }
    var result: [SourceToken] = []
    for index in 0 ..< tokenizer.tokenCount {
        let token = tokenizer.tokens[index]
        if token.kind == .endMarker || token.kind == .error { break }
        // At the very end no further line was read: the last one is current.
        var start = max(0, min(Int(token.start), text.count - 1)), end = min(Int(token.end), max(0, text.count - 1))
        while start > 0, text.bytes[start - 1] != 0x0A { start -= 1 }
        while end < text.count, text.bytes[end] != 0x0A { end += 1 }
        let isBare = token.column < 0
        result.append(SourceToken(kind: number(token.kind), text: isBare ? [] : bytes(Int(token.start), Int(token.end)), line: Int(token.line), endLine: Int(token.endLine),
                                  column: Int(token.column), endColumn: Int(token.endColumn), lineText: bytes(start, min(end + 1, text.count))))
    }
    guard let error = tokenizer.failure, case .raised(let message) = error.reason else { return (result, nil) }
    var end = error.lineStart
    while end < text.count, text.bytes[end] != 0x0A { end += 1 }
    return (result, SyntaxFailure(kind: .syntaxError, message: message, line: error.line, column: error.column, endLine: error.line,
                                  endColumn: error.endColumn < 0 ? error.column : error.endColumn, textLine: bytes(error.lineStart, end)))
}

/// A token's number in the module `token`.
private func number(_ kind: TokenKind) -> Int {
    switch kind {
    case .endMarker: 0; case .number: 2; case .string: 3; case .newline: 4; case .indent: 5; case .dedent: 6
    case .leftParen: 7; case .rightParen: 8; case .leftBracket: 9; case .rightBracket: 10; case .colon: 11; case .comma: 12
    case .semicolon: 13; case .plus: 14; case .minus: 15; case .star: 16; case .slash: 17; case .verticalBar: 18
    case .ampersand: 19; case .less: 20; case .greater: 21; case .equal: 22; case .dot: 23; case .percent: 24
    case .leftBrace: 25; case .rightBrace: 26; case .equalEqual: 27; case .notEqual: 28; case .lessEqual: 29; case .greaterEqual: 30
    case .tilde: 31; case .caret: 32; case .leftShift: 33; case .rightShift: 34; case .doubleStar: 35; case .plusEqual: 36
    case .minusEqual: 37; case .starEqual: 38; case .slashEqual: 39; case .percentEqual: 40; case .ampersandEqual: 41; case .barEqual: 42
    case .caretEqual: 43; case .leftShiftEqual: 44; case .rightShiftEqual: 45; case .doubleStarEqual: 46; case .doubleSlash: 47
    case .doubleSlashEqual: 48; case .at: 49; case .atEqual: 50; case .arrow: 51; case .ellipsis: 52; case .colonEqual: 53
    case .unknown: 54; case .kwAwait: 55; case .kwAsync: 56; case .typeIgnore: 57; case .typeComment: 58; case .error: 60
    default: 1
    }
}
