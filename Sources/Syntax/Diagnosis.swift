/// Finds out what is wrong with a source that the parser refused, in the words of CPython 3.11.
///
/// CPython's parser reads with backtracking, and much of what it reports depends on that: the place of a plain "invalid
/// syntax" is the furthest token any attempt had looked at, and a tokenizer error counts only once that token was asked
/// for. So this is an interpreter of the same kind of grammar (`Grammar.swift`). It reads the failing statement twice,
/// first plainly, to learn how far the reading gets; then with the error rules on, the first of which to match decides. Every
/// result is remembered per place, so both passes take time linear in the length of the statement.
///
/// It starts at the top-level statement that failed, so its cost does not grow with the file. `report…` functions set
/// `failure`; from then on every rule fails at once.

final class Diagnosis {
    enum Start { case file, evaluation, interactive, functionType, formattedString }

    private let source: UnsafePointer<UInt8>
    private let count: Int
    private let tokenizer: Tokenizer
    private let tokens: UnsafePointer<Token>
    private var parser: Parser
    private let start: Start
    private let firstLine: Int
    private let firstColumn: Int
    private let table = GrammarTable.shared

    private var failure: SyntaxFailure?
    /// Nothing that follows in the source can replace the failure: it is the tokenizer's own, or about indentation.
    private var isFinal = false
    private var at: Int
    /// One past the furthest token looked at.
    private var fill: Int
    private var diagnosing = false
    private var level = 0
    private static let maximumLevel = 6000

    private struct Node {
        var tag: NodeTag
        /// First token, and one past the last.
        var first: Int32
        var end: Int32
        var children: [Int32]
    }

    private var nodes: [Node] = []

    /// What a rule gave at a place: a node and where it ended, or -1.
    private struct Memo {
        var node: Int32
        var end: Int32
    }

    private var memo: [UInt64: Memo] = [:]

    init(source: UnsafePointer<UInt8>, count: Int, tokenizer: Tokenizer, parser: Parser, start: Start, firstLine: Int, firstColumn: Int) {
        self.source = source
        self.count = count
        self.tokenizer = tokenizer
        tokens = UnsafePointer(tokenizer.tokens)
        self.parser = parser
        self.start = start
        self.firstLine = firstLine
        self.firstColumn = firstColumn
        at = start == .file ? parser.statementStart : 0
        fill = at + 1
    }

    // MARK: The two passes

    func run() -> SyntaxFailure {
        let names: [Start: String] = [.file: "file", .evaluation: "evaluation", .interactive: "interactive", .functionType: "function_type", .formattedString: "formatted_string"]
        let rule = table.index(names[start]!)
        let first = at
        nodes = [Node(tag: .absent, first: 0, end: 0, children: [])]
        parser.failure = nil
        let result = match(rule)
        if parser.options.allowIncomplete, result < 0, isEndOfSource {
            failure = nil
            report(.syntaxError, "incomplete input", atLast: ())
            failure!.incomplete = true
            return failure!
        }
        if failure == nil, result < 0 {
            let last = fill - 1
            at = first
            diagnosing = true
            level = 0
            memo.removeAll(keepingCapacity: true)
            nodes.removeSubrange(1...)
            _ = match(rule)
            if failure == nil { reportGeneric(last) }
        } else if failure == nil, start == .interactive {
            report(.syntaxError, "multiple statements found while compiling a single statement", atLast: ())
            return failure!
        } else if failure == nil {
            // The parser refused what the grammar allows. That is a fault of one of them; point at where the parser stood.
            reportGeneric(min(parser.at, tokenizer.tokenCount - 1))
        }
        if !isFinal { preferTokenizerError() }
        return failure!
    }

    private func reportGeneric(_ last: Int) {
        isFinal = tokens[last].kind == .indent || tokens[last].kind == .dedent
        switch tokens[last].kind {
        case .indent: report(.indentationError, "unexpected indent", atLast: ())
        case .dedent: report(.indentationError, "unexpected unindent", atLast: ())
        default: report(.syntaxError, "invalid syntax", from: last, through: last)
        }
    }

    /// Whether reading came to the end of the source, or into a string that does not end.
    private var isEndOfSource: Bool {
        let last = tokens[fill - 1]
        if last.kind == .endMarker { return true }
        // Having looked at the last line's closing tokens, the tokenizer has met the end too.
        if last.kind == .dedent, Int(last.end) >= count { return true }
        if last.kind == .newline, last.column < 0 { return true }
        // The last token of an unfinished line is read up to the end, except for a string, which shows where it ends.
        if last.kind != .newline, last.kind != .string, last.kind != .error, Int(last.end) >= count { return true }
        guard last.kind == .error, let reason = tokenizer.failure?.reason else { return false }
        switch reason {
        case .endOfInput: return true
        case .raised(let message): return message.hasPrefix("unterminated") && tokenizer.failure!.atEnd
        default: return false
        }
    }

    /// An error in tokens further on wins over what the grammar says, as does an open bracket on an earlier line.
    private func preferTokenizerError() {
        guard let error = tokenizer.failure, failure?.kind != .memoryError else { return }
        switch error.reason {
        case .raised: failure = tokenizerFailure(error)
        default:
            if let bracket = tokenizer.brackets.last, tokens[fill - 1].line > bracket.line {
                failure = nil
                reportUnclosed()
            }
        }
    }

    // MARK: Matching

    private func peek() -> TokenKind {
        if at >= fill { fill = at + 1 }
        let kind = tokens[at].kind
        if kind == .error, failure == nil { reportTokenizer() }
        return kind
    }

    private func makeNode(_ tag: NodeTag, _ first: Int, _ children: [Int32] = []) -> Int32 {
        nodes.append(Node(tag: tag, first: Int32(first), end: Int32(at), children: children))
        return Int32(nodes.count - 1)
    }

    /// Matches a rule at `at`: the node, or -1 with `at` unchanged.
    private func match(_ index: Int) -> Int32 {
        if failure != nil { return -1 }
        let isShared = table.rules[index].isShared
        let key = UInt64(at) << 16 | UInt64(index) << 1 | (diagnosing && !isShared ? 1 : 0)
        if let known = memo[key] {
            if known.node >= 0 { at = Int(known.end) }
            return known.node
        }
        guard enterLevel() else { return -1 }
        defer { level -= 1 }
        let start = at
        if table.rules[index].isLeftRecursive {
            var best = Memo(node: -1, end: Int32(start))
            memo[key] = best
            while true {
                at = start
                let node = alternatives(table.rules[index].alternatives)
                if node < 0 || at <= Int(best.end) { break }
                best = Memo(node: node, end: Int32(at))
                memo[key] = best
            }
            at = best.node >= 0 ? Int(best.end) : start
            return best.node
        }
        let isPlain = diagnosing && table.rules[index].name == "plain_expression"
        if isPlain { diagnosing = false }
        let node = alternatives(table.rules[index].alternatives)
        if isPlain { diagnosing = true }
        memo[key] = Memo(node: node, end: Int32(at))
        return node
    }

    private func enterLevel() -> Bool {
        level += 1
        if level <= Diagnosis.maximumLevel { return true }
        level -= 1
        if failure == nil {
            failure = SyntaxFailure(kind: .memoryError, message: "", line: 0, column: 0, endLine: 0, endColumn: 0, textLine: nil)
        }
        return false
    }

    private func alternatives(_ list: [GrammarTable.Alternative]) -> Int32 {
        let start = at
        for alternative in list {
            if !diagnosing, alternative.items.count == 1, case .rule(let index) = alternative.items[0].item, table.rules[index].isError { continue }
            var children: [Int32] = []
            var labels: (Int32, Int32) = (0, 0)
            var matched = true, cut = false
            for (label, item) in alternative.items {
                if case .cut = item { cut = true; continue }
                let node = matchItem(item)
                if node < 0 || failure != nil {
                    matched = false
                    break
                }
                switch item {
                case .ahead, .notAhead, .version: break
                default:
                    children.append(node)
                    if label == 1 { labels.0 = node } else if label == 2 { labels.1 = node }
                }
            }
            if matched {
                let node = perform(alternative.action, start, children, labels)
                if failure != nil { return -1 }
                if node >= 0 { return node }
            }
            at = start
            if failure != nil || cut { return -1 }
        }
        return -1
    }

    private func matchItem(_ item: GrammarTable.Item) -> Int32 {
        switch item {
        case .token(let kind):
            if peek() != kind || failure != nil { return -1 }
            at += 1
            return makeNode(.token, at - 1)
        case .soft(let text):
            guard peek() == .name, matches(at, text) else { return -1 }
            at += 1
            return makeNode(.token, at - 1)
        case .anySoftKeyword:
            // CPython compares only as many characters as the name has, so that `c` and `mat` pass for soft keywords here.
            guard peek() == .name else { return -1 }
            let length = Int(tokens[at].end - tokens[at].start)
            guard ["match", "case", "_"].contains(where: { matches(at, Array($0.utf8.prefix(length))) }) else { return -1 }
            at += 1
            return makeNode(.token, at - 1)
        case .rule(let index):
            return match(index)
        case .group(let index):
            guard enterLevel() else { return -1 }
            defer { level -= 1 }
            return alternatives(table.groups[index])
        case .optional(let inner):
            let start = at
            let node = matchItem(inner)
            if node >= 0 { return node }
            if failure != nil { return -1 }
            at = start
            return 0
        case .star(let inner), .plus(let inner):
            guard enterLevel() else { return -1 }
            defer { level -= 1 }
            let start = at
            var children: [Int32] = []
            while true {
                let before = at
                let node = matchItem(inner)
                if failure != nil { return -1 }
                if node < 0 || at == before { at = before; break }
                children.append(node)
            }
            if case .plus = item, children.isEmpty { at = start; return -1 }
            return makeNode(.many, start, children)
        case .separated(let inner, let separator):
            guard enterLevel() else { return -1 }
            defer { level -= 1 }
            let start = at
            var children: [Int32] = []
            while true {
                let before = at
                if !children.isEmpty {
                    if peek() != separator || failure != nil { break }
                    at += 1
                }
                let node = matchItem(inner)
                if failure != nil { return -1 }
                if node < 0 { at = before; break }
                children.append(node)
            }
            if failure != nil { return -1 }
            if children.isEmpty { at = start; return -1 }
            return makeNode(.many, start, children)
        case .ahead(let inner):
            let start = at
            let node = matchItem(inner)
            at = start
            return node >= 0 ? 0 : -1
        case .notAhead(let inner):
            let start = at
            let node = matchItem(inner)
            at = start
            return node >= 0 || failure != nil ? -1 : 0
        case .cut: return 0
        case .forced(let kind):
            if peek() == kind { at += 1; return makeNode(.token, at - 1) }
            if failure == nil { report(.syntaxError, "expected '\(kind.spelling)'", from: at, through: at) }
            return -1
        case .version(let minor, let feature):
            if parser.options.featureVersion >= minor { return 0 }
            report(.syntaxError, "\(feature) only supported in Python 3.\(minor) and greater", atLast: ())
            return -1
        }
    }

    private func matches(_ token: Int, _ text: [UInt8]) -> Bool {
        let t = tokens[token]
        return Int(t.end - t.start) == text.count && text.indices.allSatisfy { source[Int(t.start) + $0] == text[$0] }
    }

    // MARK: Actions

    private func perform(_ action: GrammarTable.Action, _ start: Int, _ children: [Int32], _ labels: (Int32, Int32)) -> Int32 {
        func node(_ label: UInt8) -> Int32 { label == 1 ? labels.0 : labels.1 }
        switch action {
        case .none: return children.count == 1 ? children[0] : makeNode(.sequence, start, children)
        case .tag(let tag): return makeNode(tag, start, children)
        case .same(let label): return node(label)
        case .at(let a, let text): report(.syntaxError, fillIn(text, node(a)), node(a), node(a))
        case .from(let a, let b, let text): report(.syntaxError, fillIn(text, node(a)), node(a), node(b))
        case .since(let a, let text):
            let n = tokens[Int(nodes[Int(node(a))].first)], last = tokens[fill - 1]
            let cursor = last.kind == .newline ? Int(last.end) + 1 : Int(last.end)
            report(.syntaxError, text, line: Int(n.line), column: Int(n.column) + 1, endLine: Int(last.endLine), endColumn: cursor - lineStart(before: Int(last.end)))
        case .last(let text): report(.syntaxError, text, atLast: ())
        case .indent(let text): report(.indentationError, fillIn(text, node(1)), atLast: ())
        case .call(let name, let a, let b): return call(name, start, a == 0 ? -1 : node(a), b == 0 ? -1 : node(b))
        }
        return -1
    }

    private func text(_ node: Int32) -> String {
        let t = tokens[Int(nodes[Int(node)].first)]
        return String(decoding: UnsafeBufferPointer(start: source + Int(t.start), count: Int(t.end - t.start)), as: UTF8.self)
    }

    private func fillIn(_ message: String, _ a: Int32) -> String {
        guard let open = message.firstIndex(of: "{"), let close = message.firstIndex(of: "}") else { return message }
        let value: String
        switch message[message.index(after: open) ..< close] {
        case "a.line": value = String(tokens[Int(nodes[Int(a)].first)].line)
        case "a.text": value = text(a)
        case "a": value = nodes[Int(unwrapped(a))].tag.description
        default: return message
        }
        return message[..<open] + value + message[message.index(after: close)...]
    }

    /// Through groupings that stand for their only content.
    private func unwrapped(_ node: Int32) -> Int32 {
        var n = node
        while nodes[Int(n)].tag == .sequence, nodes[Int(n)].children.count == 1 { n = nodes[Int(n)].children[0] }
        return n
    }

    private func call(_ name: String, _ start: Int, _ a: Int32, _ b: Int32) -> Int32 {
        switch name {
        case "strings": return checkStrings(start)
        case "legacy":
            let word = text(a)
            guard word == "print" || word == "exec" else { return -1 }
            report(.syntaxError, "Missing parentheses in call to '\(word)'. Did you mean \(word)(...)?", a, b)
        case "forgottenComma":
            if nodes[Int(a)].tag == .Name, nodes[Int(a)].end == nodes[Int(a)].first + 1, text(a) == "print" || text(a) == "exec" { return -1 }
            if tokens[at - 1].level == 0 { return -1 }
            report(.syntaxError, "invalid syntax. Perhaps you forgot a comma?", a, b)
        case "invalidTarget", "invalidDelete", "invalidForTarget":
            guard let target = invalidTarget(a, name) else { return -1 }
            report(.syntaxError, "cannot \(name == "invalidDelete" ? "delete" : "assign to") \(nodes[Int(target)].tag.description)", target, target)
        case "argumentOrder":
            let message = contains(a, .KeywordUnpacking) ? "positional argument follows keyword argument unpacking" : "positional argument follows keyword argument"
            report(.syntaxError, message, atLast: ())
        case "unparenthesizedGenerator":
            let arguments = flatten(a)
            if arguments.count <= 1 { return -1 }
            report(.syntaxError, "Generator expression must be parenthesized", arguments[arguments.count - 1], b)
        case "missingColon":
            let last = tokens[Int(nodes[Int(a)].end) - 1], first = tokens[Int(nodes[Int(a)].first)]
            report(.syntaxError, "':' expected after dictionary key", line: Int(first.line), column: Int(last.endColumn), endLine: Int(last.endLine), endColumn: 0)
        case "ensureReal", "ensureImaginary":
            let t = tokens[Int(nodes[Int(a)].first)]
            let isImaginary = source[Int(t.end) - 1] | 0x20 == 0x6A
            if isImaginary == (name == "ensureImaginary") { return makeNode(.Literal, start) }
            report(.syntaxError, isImaginary ? "real number required in complex literal" : "imaginary number required in complex literal", a, a)
        case "checkNotEqual":
            let isOld = source[Int(tokens[Int(nodes[Int(a)].first)].start)] == 0x3C
            if parser.options.barryAsFLUFL {
                if isOld { return a }
                report(.syntaxError, "with Barry as BDFL, use '<>' instead of '!='", atLast: ())
                return -1
            }
            return isOld ? -1 : a
        default: break
        }
        return -1
    }

    /// The positional arguments of a call, as far as `Args` nodes hold them.
    private func flatten(_ node: Int32) -> [Int32] {
        let n = nodes[Int(node)]
        guard n.tag == .Args, let list = n.children.first else { return [node] }
        var result = nodes[Int(list)].tag == .many ? nodes[Int(list)].children : [list]
        if n.children.count > 1, n.children[1] != 0 { collect(n.children[1], &result) }
        return result
    }

    private func collect(_ node: Int32, _ result: inout [Int32]) {
        let n = nodes[Int(node)]
        switch n.tag {
        case .many, .sequence, .Args: for child in n.children { collect(child, &result) }
        case .Starred: result.append(node)
        default: break
        }
    }

    private func contains(_ node: Int32, _ tag: NodeTag) -> Bool {
        let n = nodes[Int(node)]
        if n.tag == tag { return true }
        switch n.tag {
        case .many, .sequence, .Args: return n.children.contains { contains($0, tag) }
        default: return false
        }
    }

    /// The part of an expression that cannot be assigned to or deleted.
    private func invalidTarget(_ node: Int32, _ purpose: String) -> Int32? {
        let n = nodes[Int(node)]
        switch n.tag {
        case .Name, .Attribute, .Subscript: return nil
        case .Starred: return purpose == "invalidDelete" ? node : invalidTarget(n.children[1], purpose)
        case .Tuple, .List, .many, .sequence, .absent:
            for child in n.children {
                if nodes[Int(child)].tag == .token { continue }
                if let found = invalidTarget(child, purpose) { return found }
            }
            return nil
        case .Compare where purpose == "invalidForTarget":
            let pair = nodes[Int(nodes[Int(n.children[1])].children[0])]
            if tokens[Int(pair.first)].kind == .kwIn { return invalidTarget(n.children[0], purpose) }
            return nil
        default: return node
        }
    }

    /// Reads string tokens for errors in their contents.
    private func checkStrings(_ first: Int) -> Int32 {
        var isFormatted = false
        for i in first ..< at {
            var p = Int(tokens[i].start)
            while source[p] != 0x22, source[p] != 0x27 {
                if source[p] | 0x20 == 0x66 { isFormatted = true }
                p += 1
            }
        }
        parser.at = first
        parser.stringFailure = nil
        parser.failure = nil
        if (try? parser.strings()) != nil { return makeNode(isFormatted ? .FString : .Literal, first) }
        if let problem = parser.stringFailure {
            switch problem.place {
            case .lastToken: report(.syntaxError, problem.message, atLast: ())
            case .token(let index): report(.syntaxError, problem.message, from: index, through: index)
            case .complete(let inner): failure = inner
            }
        } else if let inner = parser.failure {
            failure = inner
        } else {
            report(.syntaxError, "Format strings are only supported in Python 3.6 and greater", atLast: ())
        }
        return -1
    }

    // MARK: Reporting

    private func report(_ kind: SyntaxFailure.Kind, _ message: String, _ a: Int32, _ b: Int32) {
        report(kind, message, from: Int(nodes[Int(a)].first), through: Int(nodes[Int(b)].end) - 1)
    }

    private func report(_ kind: SyntaxFailure.Kind, _ message: String, from first: Int, through last: Int) {
        let a = tokens[first], b = tokens[last]
        report(kind, message, line: Int(a.line), column: Int(a.column) + 1, endLine: Int(b.endLine), endColumn: Int(b.endColumn) + 1)
    }

    /// At the furthest token looked at. Tokens without text stand where the tokenizer was.
    private func report(_ kind: SyntaxFailure.Kind, _ message: String, atLast: Void) {
        let t = tokens[fill - 1]
        let column = t.column >= 0 ? Int(t.column) + 1 : Int(t.end) - lineStart(before: Int(t.end))
        let isFirst = failure == nil
        report(kind, message, line: Int(t.line), column: column, endLine: Int(t.endLine), endColumn: t.endColumn >= 0 ? Int(t.endColumn) + 1 : -1)
        if isFirst { failure?.isAtEnd = t.column < 0 && Int(t.end) >= count }
    }

    /// Columns are byte offsets from 1.
    private func report(_ kind: SyntaxFailure.Kind, _ message: String, line: Int, column: Int, endLine: Int, endColumn: Int) {
        if failure != nil { return }
        var column = column, endColumn = endColumn, message = message
        let text = errorLine(line)
        if start == .formattedString {
            message = "f-string: " + message
            column -= firstColumn
            endColumn -= firstColumn
        }
        failure = SyntaxFailure(kind: kind, message: message, line: line, column: characters(text, column), endLine: endLine,
                                endColumn: endColumn > 0 ? characters(text, endColumn) : endColumn, textLine: text)
        failure?.isInField = start == .formattedString
    }

    /// Characters in the first `offset` bytes; a cut character counts, and so does the terminator after the text.
    private func characters(_ text: [UInt8], _ offset: Int) -> Int {
        // The sources of nested expressions have no declared encoding either.
        if offset < 0 || start == .formattedString || parser.options.columnsInBytes { return offset }
        var result = 0
        for i in 0 ..< min(offset, text.count) where text[i] & 0xC0 != 0x80 { result += 1 }
        return result + (offset > text.count ? 1 : 0)
    }

    /// The line to show. CPython takes it from the buffer it is reading, with its newline, when that is the current line.
    private func errorLine(_ line: Int) -> [UInt8] {
        let last = tokens[fill - 1]
        let currentLine = Int(last.endLine)
        let cursor = Int(last.end)
        if currentLine <= line {
            var begin = lineStart(before: cursor)
            var end = begin
            while end < count, source[end] != 0x0A { end += 1 }
            if end < count { end += 1 }
            if last.kind == .error, tokenizer.failure?.atEnd == true { end = count }
            begin = bufferStart(begin)
            if end > begin { return Array(UnsafeBufferPointer(start: source + begin, count: end - begin)) }
        }
        var begin = 0
        var number = start == .formattedString ? firstLine : parser.options.firstLine
        while number < line, begin < count {
            if source[begin] == 0x0A { number += 1 }
            begin += 1
        }
        var end = begin
        while end < count, source[end] != 0x0A { end += 1 }
        return Array(UnsafeBufferPointer(start: source + begin, count: end - begin))
    }

    /// Lines joined by a backslash or a string are one buffer.
    private func bufferStart(_ line: Int) -> Int {
        var begin = line
        var i = fill - 1
        while i >= 0, begin > 0 {
            let t = tokens[i]
            if Int(t.start) < begin, Int(t.end) > begin, t.kind == .string || t.kind == .error {
                begin = lineStart(before: Int(t.start))
            } else if Int(t.end) < begin {
                guard begin >= 2, source[begin - 2] == 0x5C, t.kind != .newline, !hasComment(Int(t.end), begin) else { break }
                let previous = lineStart(before: begin - 1)
                // A backslash in the indentation of a statement starts no token, and so keeps no line.
                if Int(t.end) < previous, previous < 2 || source[previous - 2] != 0x5C { break }
                begin = previous
                continue
            }
            i -= 1
        }
        return begin
    }

    private func hasComment(_ start: Int, _ end: Int) -> Bool {
        for p in start ..< end where source[p] == 0x23 { return true }
        return false
    }

    private func lineStart(before offset: Int) -> Int {
        var p = offset
        // At the very end no further line was read: the last one is current.
        if p >= count, p > 0, source[p - 1] == 0x0A { p -= 1 }
        if p > 0, tokens[fill - 1].kind == .error, p == offset, source[p - 1] == 0x0A { p -= 1 }
        while p > 0, source[p - 1] != 0x0A { p -= 1 }
        return p
    }

    // MARK: Tokenizer errors

    private func reportTokenizer() {
        guard let error = tokenizer.failure else { return }
        isFinal = true
        let t = tokens[fill - 1]
        switch error.reason {
        case .raised: failure = tokenizerFailure(error)
        case .endOfInput:
            if tokenizer.brackets.isEmpty { report(.syntaxError, "unexpected EOF while parsing", atLast: ()) } else { reportUnclosed() }
        case .inconsistentDedent:
            report(.indentationError, "unindent does not match any outer indentation level", atLast: ())
            failure?.isAtEnd = false
        case .inconsistentTabs:
            report(.tabError, "inconsistent use of tabs and spaces in indentation", line: Int(t.line), column: 1, endLine: Int(t.line), endColumn: 0)
        case .tooManyIndents:
            report(.indentationError, "too many levels of indentation", line: Int(t.line), column: 1, endLine: Int(t.line), endColumn: 0)
        case .badContinuation:
            report(.syntaxError, "unexpected character after line continuation character", line: Int(t.line),
                   column: Int(t.end) - bufferStart(lineStart(before: Int(t.end))), endLine: Int(t.line), endColumn: 0)
        }
    }

    private func reportUnclosed() {
        guard let bracket = tokenizer.brackets.last else { return }
        report(.syntaxError, "'\(Character(Unicode.Scalar(bracket.character)))' was never closed", line: Int(bracket.line), column: Int(bracket.column) + 1,
               endLine: Int(bracket.line), endColumn: 0)
    }

    private func tokenizerFailure(_ error: TokenizerFailure) -> SyntaxFailure {
        guard case .raised(let message) = error.reason else { fatalError("not an error of its own") }
        var end = error.lineStart
        while end < count, source[end] != 0x0A { end += 1 }
        let text = Array(UnsafeBufferPointer(start: source + error.lineStart, count: end - error.lineStart))
        let line = start == .formattedString ? error.line + firstLine - 1 : error.line
        var failure = SyntaxFailure(kind: .syntaxError, message: message, line: line, column: error.column, endLine: line,
                                    endColumn: error.endColumn < 0 ? error.column : error.endColumn, textLine: text)
        failure.isInField = start == .formattedString
        return failure
    }
}
