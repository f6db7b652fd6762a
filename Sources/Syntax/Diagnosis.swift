struct Diagnosis {
    enum Start { case file, evaluation, interactive, functionType, formattedString }
    let source: UnsafePointer<UInt8>
    let count: Int
    let tokenizer: Tokenizer
    let parser: Parser
    let start: Start
    let firstLine: Int
    let firstColumn: Int
    func run() -> SyntaxFailure {
        SyntaxFailure(kind: .syntaxError, message: "invalid syntax", line: Int(parser.tokens[parser.at].line), column: Int(parser.tokens[parser.at].column) + 1, endLine: 0, endColumn: 0, textLine: nil)
    }
}
