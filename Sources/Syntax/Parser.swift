/// The parser that builds the tree: recursive descent over the token buffer, one token of lookahead, no second thoughts.
///
/// It knows nothing about error messages. Where the source does not follow the grammar it throws `Stop` and is done; a
/// second reader, `Diagnosis`, then goes over the failing statement with the whole grammar, error rules included, to find
/// the words and the place that CPython would have given. So the common case pays nothing for diagnostics, and wording
/// can be tuned without touching this file. The one exception is `refuse`: limits (depth) that only this parser has.
///
/// Invariants: `at` indexes the current token and never passes the last one; a node's range runs from its first token to
/// the token before `at` when the node is made; every recursive path passes `enter`, which bounds the native stack.
///
/// Files: this one holds state and helpers, `ParserStatements`, `ParserExpressions`, `ParserPatterns` the grammar,
/// `Literals` and `FormattedStrings` numbers and strings. To add syntax: here, and in `Grammar.swift` for diagnostics.

/// The source does not follow the grammar.
struct Stop: Error {}

struct Parser {
    let source: UnsafePointer<UInt8>
    let tokens: UnsafePointer<Token>
    let options: ParseOptions
    var at = 0
    var depth = 0
    var names: NameTable
    var warnings: [SyntaxWarningNote] = []
    /// Set where only this parser can say what is wrong.
    var failure: SyntaxFailure?
    /// `# type: ignore` comments, taken out of the token buffer beforehand.
    var ignores: [TypeIgnore] = []
    /// The first token of the top-level statement being read: diagnosis starts there.
    var statementStart = 0
    /// Nested expressions of f-strings: how many f-strings we are inside of.
    var stringDepth = 0
    /// Set while reading an f-string, when something in it is wrong.
    var stringFailure: StringFailure?

    static let maximumDepth = 6000

    init(source: UnsafePointer<UInt8>, tokens: UnsafePointer<Token>, options: ParseOptions, names: NameTable) {
        self.source = source
        self.tokens = tokens
        self.options = options
        self.names = names
    }

    // MARK: Tokens

    @inline(__always) var kind: TokenKind { tokens[at].kind }
    @inline(__always) var nextKind: TokenKind { kind == .endMarker || kind == .error ? kind : tokens[at &+ 1].kind }

    @inline(__always) mutating func advance() { at &+= 1 }

    @inline(__always) mutating func accept(_ wanted: TokenKind) -> Bool {
        if tokens[at].kind == wanted {
            at &+= 1
            return true
        }
        return false
    }

    @inline(__always) mutating func expect(_ wanted: TokenKind) throws(Stop) {
        if tokens[at].kind != wanted { throw Stop() }
        at &+= 1
    }

    @inline(__always) func fail() -> Stop { Stop() }

    /// Syntax that `feature_version` says is not there yet.
    @inline(__always) func requireVersion(_ minor: Int) throws(Stop) {
        if options.featureVersion < minor { throw Stop() }
    }

    // MARK: Depth

    @inline(__always) mutating func enter() throws(Stop) {
        depth &+= 1
        if depth > Parser.maximumDepth { throw tooDeep() }
    }

    @inline(__always) mutating func leave() { depth &-= 1 }

    @inline(never) mutating func tooDeep() -> Stop {
        failure = SyntaxFailure(kind: .memoryError, message: "", line: 0, column: 0, endLine: 0, endColumn: 0, textLine: nil)
        return Stop()
    }

    // MARK: Ranges

    /// From token `first` to the token just read.
    @inline(__always) func span(_ first: Int) -> SourceRange {
        let a = tokens[first], b = tokens[at &- 1]
        return SourceRange(line: a.line, column: a.column, endLine: b.endLine, endColumn: b.endColumn)
    }

    @inline(__always) func range(of token: Int) -> SourceRange {
        let a = tokens[token]
        return SourceRange(line: a.line, column: a.column, endLine: a.endLine, endColumn: a.endColumn)
    }

    // MARK: Names

    @inline(__always) mutating func name(of token: Int) -> String {
        let t = tokens[token]
        return names.intern(source + Int(t.start), Int(t.end &- t.start))
    }

    @inline(__always) mutating func takeName() throws(Stop) -> String {
        if kind != .name { throw Stop() }
        let text = name(of: at)
        at &+= 1
        return text
    }

    /// Whether the current token is the soft keyword `text`.
    @inline(__always) func isSoftKeyword(_ text: StaticString) -> Bool { isSoftKeyword(text, at: at) }

    func isSoftKeyword(_ text: StaticString, at index: Int) -> Bool {
        let t = tokens[index]
        guard t.kind == .name, Int(t.end &- t.start) == text.utf8CodeUnitCount else { return false }
        let p = source + Int(t.start)
        for i in 0 ..< text.utf8CodeUnitCount where p[i] != text.utf8Start[i] { return false }
        return true
    }

    /// The text of a token, for type comments.
    func text(of token: Int) -> String {
        let t = tokens[token]
        return String(decoding: UnsafeBufferPointer(start: source + Int(t.start), count: Int(t.end - t.start)), as: UTF8.self)
    }

    @inline(__always) mutating func takeTypeComment() -> String? {
        if kind != .typeComment { return nil }
        at &+= 1
        return text(of: at - 1)
    }
}

/// Identifiers seen so far, so that a name is decoded once per file and shares its storage.
final class NameTable {
    private struct Entry {
        var hash: UInt64
        var text: String
        var length: Int32
        /// The source bytes; they outlive the table.
        var bytes: UnsafePointer<UInt8>
    }

    private var entries: [Entry] = []
    private var slots: UnsafeMutablePointer<Int32>
    private var mask: Int
    private let normalize: ([UInt8]) -> [UInt8]
    /// Copies made for nested sources, which do not outlive their f-string.
    private var copies: [UnsafeMutablePointer<UInt8>] = []
    private let stable: Range<UInt>

    init(normalize: @escaping ([UInt8]) -> [UInt8], stable: UnsafePointer<UInt8>, count: Int) {
        self.normalize = normalize
        self.stable = UInt(bitPattern: stable) ..< UInt(bitPattern: stable) + UInt(count) + 1
        mask = 255
        slots = .allocate(capacity: 256)
        slots.initialize(repeating: -1, count: 256)
    }

    deinit {
        slots.deallocate()
        for copy in copies { copy.deallocate() }
    }

    func intern(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        var i = 0
        while i &+ 8 <= length {
            let word = UnsafeRawPointer(bytes + i).loadUnaligned(as: UInt64.self)
            hash = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
            hash ^= hash >> 32
            i &+= 8
        }
        if i < length {
            // The source is padded, so reading past the name is safe; the excess is masked off.
            let word = UnsafeRawPointer(bytes + i).loadUnaligned(as: UInt64.self) & (~0 >> UInt64(64 &- 8 &* (length &- i)))
            hash = (hash ^ word) &* 0x9FB2_1C65_1E98_DF25
            hash ^= hash >> 32
        }
        hash ^= UInt64(length)
        var slot = Int(truncatingIfNeeded: hash ^ (hash >> 17)) & mask
        return entries.withUnsafeBufferPointer { list -> String? in
            while true {
                let index = slots[slot]
                if index < 0 { return nil }
                let entry = list.baseAddress! + Int(index)
                if entry.pointee.hash == hash, Int(entry.pointee.length) == length, same(entry.pointee.bytes, bytes, length) { return entry.pointee.text }
                slot = (slot &+ 1) & mask
            }
        } ?? add(bytes, length, hash, slot)
    }

    @inline(__always) private func same(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ length: Int) -> Bool {
        var i = 0
        while i < length {
            if a[i] != b[i] { return false }
            i &+= 1
        }
        return true
    }

    @inline(never)
    private func add(_ bytes: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt64, _ slot: Int) -> String {
        let buffer = UnsafeBufferPointer(start: bytes, count: length)
        var text: String
        if buffer.contains(where: { $0 >= 0x80 }) {
            text = String(decoding: normalize(Array(buffer)), as: UTF8.self)
        } else {
            text = String(decoding: buffer, as: UTF8.self)
        }
        text.makeContiguousUTF8()
        var kept = bytes
        if !stable.contains(UInt(bitPattern: bytes)) {
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: length + 8)
            copy.initialize(repeating: 0, count: length + 8)
            copy.update(from: bytes, count: length)
            copies.append(copy)
            kept = UnsafePointer(copy)
        }
        slots[slot] = Int32(entries.count)
        entries.append(Entry(hash: hash, text: text, length: Int32(length), bytes: kept))
        if entries.count * 2 > mask { rehash() }
        return text
    }

    private func rehash() {
        slots.deallocate()
        mask = mask * 4 + 3
        slots = .allocate(capacity: mask + 1)
        slots.initialize(repeating: -1, count: mask + 1)
        for (index, entry) in entries.enumerated() {
            var slot = Int(truncatingIfNeeded: entry.hash ^ (entry.hash >> 17)) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index)
        }
    }
}
