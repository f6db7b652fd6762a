/// The door to the parser: options in, tree and warnings out, or one `SyntaxFailure`.

public enum ParseMode { case exec, eval, single, functionType }

public struct ParseOptions {
    public var mode: ParseMode = .exec
    public var filename = "<string>"
    public var typeComments = false
    /// The minor version whose syntax is accepted.
    public var featureVersion = 11
    /// Report input that merely ends too early as `incomplete`.
    public var allowIncomplete = false
    /// For `.single`: whether the end of the input closes open blocks.
    public var implyDedent = true
    /// `<>` in place of `!=`.
    public var barryAsFLUFL = false
    /// `sys.set_int_max_str_digits`; 0 means no limit.
    public var maximumIntegerDigits = 4300
    /// The line number of the first line.
    public var firstLine = 1
    /// Leave the columns of errors in bytes, as CPython does for a source without a declared encoding.
    public var columnsInBytes = false
    /// The character with a Unicode name, for `\N{…}`.
    public var characterNamed: (String) -> UInt32? = { _ in nil }
    /// NFKC, applied to identifiers that are not ASCII.
    public var normalizeIdentifier: ([UInt8]) -> [UInt8] = { $0 }

    public init(mode: ParseMode = .exec, filename: String = "<string>") {
        self.mode = mode
        self.filename = filename
    }
}

/// Why a source does not parse. Columns count characters from 1; 0 and -1 appear where CPython has them.
public struct SyntaxFailure: Error {
    public enum Kind { case syntaxError, indentationError, tabError, memoryError, valueError, recursionError }
    public var kind: Kind
    public var message: String
    public var line: Int
    public var column: Int
    public var endLine: Int
    public var endColumn: Int
    /// The line shown with the error, as UTF-8; `nil` when there is none.
    public var textLine: [UInt8]?
    /// It is in a field of a formatted string: the line shown is the field's own text.
    public var isInField = false
    /// It is behind the last character of the source. A file is read line by line, and has no column there.
    public var isAtEnd = false
    /// The input could be completed by more of it: only with `allowIncomplete`.
    public var incomplete = false
    /// Warnings that came before the error.
    public var warnings: [SyntaxWarningNote] = []

    public init(kind: Kind, message: String, line: Int, column: Int, endLine: Int, endColumn: Int, textLine: [UInt8]?) {
        self.kind = kind
        self.message = message
        self.line = line
        self.column = column
        self.endLine = endLine
        self.endColumn = endColumn
        self.textLine = textLine
    }
}

/// A warning to issue, or to turn into a `SyntaxError`, once the parse is done.
public struct SyntaxWarningNote {
    public enum Category { case deprecation, syntax }
    public var message: String
    public var line: Int
    public var category: Category
    /// Byte offsets of the token, the second in its last line, where the whole token is meant.
    public var columns: (start: Int, end: Int)?
    /// The line is shown without the newline at its end.
    public var isOpen: Bool

    public init(message: String, line: Int, category: Category, columns: (start: Int, end: Int)? = nil, isOpen: Bool = false) {
        self.message = message
        self.line = line
        self.category = category
        self.columns = columns
        self.isOpen = isOpen
    }
}

/// Source as the tokenizer wants it: line endings "\n", a final newline, and 16 zero bytes behind it.
struct SourceText {
    let bytes: UnsafeMutablePointer<UInt8>
    let count: Int

    init(_ source: UnsafeBufferPointer<UInt8>, addNewline: Bool) {
        let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: source.count + 32)
        var n = 0
        if source.contains(0x0D) {
            var i = 0
            while i < source.count {
                var c = source[i]
                i += 1
                if c == 0x0D {
                    if i < source.count, source[i] == 0x0A { i += 1 }
                    c = 0x0A
                }
                buffer[n] = c
                n += 1
            }
        } else if let start = source.baseAddress {
            n = source.count
            buffer.update(from: start, count: n)
        }
        if addNewline, n > 0, buffer[n - 1] != 0x0A {
            buffer[n] = 0x0A
            n += 1
        }
        (buffer + n).initialize(repeating: 0, count: 16)
        bytes = buffer
        count = n
    }
}

/// Whether anything but white space and comments is left.
private func hasMore(_ text: SourceText, after offset: Int) -> Bool {
    var p = offset
    while p < text.count {
        switch text.bytes[p] {
        case 0x20, 9, 10, 12: p += 1
        case 0x23: while p < text.count, text.bytes[p] != 10 { p += 1 }
        default: return true
        }
    }
    return false
}

/// Parses UTF-8 source.
public func parse(_ source: UnsafeBufferPointer<UInt8>, _ options: ParseOptions) throws(SyntaxFailure) -> (Module, [SyntaxWarningNote]) {
    if source.contains(0) {
        throw SyntaxFailure(kind: .valueError, message: "source code string cannot contain null bytes", line: 0, column: 0, endLine: 0, endColumn: 0, textLine: nil)
    }
    let text = SourceText(source, addNewline: options.mode == .exec)
    defer { text.bytes.deallocate() }
    var tokenizer = Tokenizer(source: text.bytes, count: text.count, typeComments: options.typeComments, isInteractive: options.mode == .single,
                              implyDedent: options.implyDedent, firstLine: options.firstLine)
    tokenizer.run()
    defer { tokenizer.deallocate() }
    if options.featureVersion < 7 { tokenizer.takeBackAsyncKeywords() }
    let ignores = options.typeComments ? tokenizer.takeTypeIgnores() : []
    let names = NameTable(normalize: options.normalizeIdentifier, stable: text.bytes, count: text.count)
    var parser = Parser(source: text.bytes, tokens: tokenizer.tokens, options: options, names: names)
    parser.ignores = ignores
    do {
        let module: Module
        switch options.mode {
        case .exec: module = try parser.module()
        case .eval: module = try parser.evaluation()
        case .single: module = try parser.interactive()
        case .functionType: module = try parser.functionType()
        }
        if options.mode == .single, hasMore(text, after: Int(tokenizer.tokens[parser.at - 1].end)) { throw Stop() }
        return (module, tokenizer.warnings + parser.warnings)
    } catch {
        let warnings = tokenizer.warnings + parser.warnings
        var failure: SyntaxFailure
        if let known = parser.failure {
            failure = known
        } else {
            let start: Diagnosis.Start
            switch options.mode {
            case .exec: start = .file
            case .eval: start = .evaluation
            case .single: start = .interactive
            case .functionType: start = .functionType
            }
            failure = Diagnosis(source: text.bytes, count: text.count, tokenizer: tokenizer, parser: parser, start: start,
                                firstLine: options.firstLine, firstColumn: 0).run()
        }
        failure.warnings = warnings
        throw failure
    }
}
