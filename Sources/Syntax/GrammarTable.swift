/// Turns the grammar's text into a table, once, when the first syntax error needs it.

final class GrammarTable {
    enum Item {
        case token(TokenKind)
        case soft([UInt8])
        case anySoftKeyword
        case rule(Int)
        case group(Int)
        indirect case optional(Item)
        indirect case star(Item)
        indirect case plus(Item)
        indirect case separated(Item, TokenKind)
        indirect case ahead(Item)
        indirect case notAhead(Item)
        case cut
        case forced(TokenKind)
        case version(Int, String)
    }

    enum Action {
        case none
        case tag(NodeTag)
        case same(UInt8)
        case at(UInt8, String)
        case from(UInt8, UInt8, String)
        case since(UInt8, String)
        case last(String)
        case indent(String)
        case call(String, UInt8, UInt8)
    }

    struct Alternative {
        var items: [(label: UInt8, item: Item)] = []
        var action = Action.none
    }

    struct Rule {
        var name = ""
        var alternatives: [Alternative] = []
        /// Remembered whether or not error rules were on.
        var isShared = false
        var isLeftRecursive = false
        /// Describes a mistake.
        var isError = false
    }

    private(set) var rules: [Rule] = []
    /// The alternatives of parenthesized groups.
    private(set) var groups: [[Alternative]] = []
    private var indexes: [String: Int] = [:]

    static let shared = GrammarTable(grammarText)

    func index(_ name: String) -> Int { indexes[name]! }

    // MARK: Reading the text

    private enum Lexeme: Equatable {
        case word(String), quoted(String), text(String), mark(UInt8), arrow
    }

    private var lexemes: [Lexeme] = []
    private var at = 0

    private init(_ text: String) {
        var spellings: [String: TokenKind] = [:]
        for raw in 0 ... TokenKind.unknown.rawValue { spellings["\(TokenKind(rawValue: raw)!.spelling)"] = TokenKind(rawValue: raw)! }
        tokens = spellings
        let bytes = Array(text.utf8)
        lex(bytes)
        // Rule names first, so that rules may refer to later ones.
        for i in lexemes.indices {
            guard case .word(let name) = lexemes[i] else { continue }
            var j = i + 1
            if j < lexemes.count, lexemes[j] == .mark(0x21) { j += 1 }
            if j < lexemes.count, lexemes[j] == .mark(0x3D) {
                indexes[name] = rules.count
                rules.append(Rule(name: name, isShared: j == i + 2, isError: name.hasPrefix("bad_")))
            }
        }
        while at < lexemes.count {
            guard case .word(let name) = lexemes[at] else { fatalError("grammar table: \(lexemes[at])") }
            let index = indexes[name]!
            at += 1
            if lexemes[at] == .mark(0x21) { at += 1 }
            at += 1
            let list = alternatives()
            rules[index].alternatives = list
            for a in list {
                if case .rule(index)? = a.items.first?.item { rules[index].isLeftRecursive = true }
            }
            if rules[index].isLeftRecursive { rules[index].isShared = true }
        }
        lexemes = []
    }

    private let tokens: [String: TokenKind]

    private func lex(_ b: [UInt8]) {
        var p = 0
        while p < b.count {
            let c = b[p]
            if c == 0x20 || c == 0x0A { p += 1; continue }
            if c == 0x27 || c == 0x22 {
                var text: [UInt8] = []
                p += 1
                while b[p] != c {
                    if b[p] == 0x5C { p += 1 }
                    text.append(b[p])
                    p += 1
                }
                p += 1
                lexemes.append(c == 0x27 ? .quoted(String(decoding: text, as: UTF8.self)) : .text(String(decoding: text, as: UTF8.self)))
            } else if isIdentifierByte[Int(c)] {
                let start = p
                while p < b.count, isIdentifierByte[Int(b[p])] { p += 1 }
                lexemes.append(.word(String(decoding: b[start ..< p], as: UTF8.self)))
            } else if c == 0x2D, b[p + 1] == 0x3E {
                lexemes.append(.arrow)
                p += 2
            } else {
                lexemes.append(.mark(c))
                p += 1
            }
        }
    }

    private func alternatives() -> [Alternative] {
        var list: [Alternative] = []
        repeat {
            list.append(alternative())
        } while take(0x7C)
        return list
    }

    private func take(_ mark: UInt8) -> Bool {
        if at < lexemes.count, lexemes[at] == .mark(mark) {
            at += 1
            return true
        }
        return false
    }

    private func startsRule() -> Bool {
        guard at + 1 < lexemes.count, case .word = lexemes[at] else { return false }
        return lexemes[at + 1] == .mark(0x3D) || (at + 2 < lexemes.count && lexemes[at + 1] == .mark(0x21) && lexemes[at + 2] == .mark(0x3D))
    }

    private func alternative() -> Alternative {
        var result = Alternative()
        while at < lexemes.count {
            if lexemes[at] == .mark(0x7C) || lexemes[at] == .mark(0x29) || startsRule() { break }
            if lexemes[at] == .arrow {
                at += 1
                result.action = action()
                break
            }
            var label: UInt8 = 0
            if case .word(let name) = lexemes[at], at + 1 < lexemes.count, lexemes[at + 1] == .mark(0x3A) {
                label = name == "a" ? 1 : 2
                at += 2
            }
            result.items.append((label, item()))
        }
        return result
    }

    private func label() -> UInt8 {
        at += 1
        return lexemes[at - 1] == .word("a") ? 1 : 2
    }

    private func word() -> String {
        guard case .word(let text) = lexemes[at] else { fatalError("grammar table: word expected") }
        at += 1
        return text
    }

    private func message() -> String {
        guard case .text(let text) = lexemes[at] else { fatalError("grammar table: message expected") }
        at += 1
        return text
    }

    private func action() -> Action {
        switch word() {
        case "same": return .same(label())
        case "at": return .at(label(), message())
        case "from":
            let a = label()
            at += 1
            return .from(a, label(), message())
        case "since": return .since(label(), message())
        case "last": return .last(message())
        case "indent": return .indent(message())
        case "call":
            let name = word()
            var labels: [UInt8] = []
            while at < lexemes.count, !startsRule(), lexemes[at] == .word("a") || lexemes[at] == .word("b") { labels.append(label()) }
            return .call(name, labels.first ?? 0, labels.count > 1 ? labels[1] : 0)
        case let name: return .tag(NodeTag(rawValue: name)!)
        }
    }

    private func item() -> Item {
        if take(0x26) { return .ahead(suffixed()) }
        if take(0x21) { return .notAhead(suffixed()) }
        if take(0x7E) { return .cut }
        return suffixed()
    }

    private func suffixed() -> Item {
        var result = plain()
        while true {
            if take(0x3F) { result = .optional(result) }
            else if take(0x2A) { result = .star(result) }
            else if take(0x2B) { result = .plus(result) }
            else if take(0x5E), case .token(let kind) = result { result = .forced(kind) }
            else if take(0x25), case .quoted(let text) = lexemes[at] {
                at += 1
                result = .separated(result, tokens[text]!)
            } else { return result }
        }
    }

    private func plain() -> Item {
        let lexeme = lexemes[at]
        at += 1
        switch lexeme {
        case .quoted(let text): return .token(tokens[text]!)
        case .text(let text): return .soft(Array(text.utf8))
        case .mark(0x28):
            let list = alternatives()
            at += 1
            groups.append(list)
            return .group(groups.count - 1)
        case .word("since"):
            let minor = Int(word())!
            return .version(minor, message())
        case .word("SOFT_KEYWORD"): return .anySoftKeyword
        case .word(let name):
            if let index = indexes[name] { return .rule(index) }
            guard let kind = tokens[name] else { fatalError("grammar table: unknown \(name)") }
            return .token(kind)
        default: fatalError("grammar table: \(lexeme)")
        }
    }
}
