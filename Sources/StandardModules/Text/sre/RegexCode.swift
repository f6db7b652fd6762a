/// Reading the code lists that `re._compiler` emits.
///
/// The code is checked completely while it is read into a tree; nothing later trusts a word of it. What is malformed gives nil, which becomes
/// "invalid SRE code". Two simplifications are made on the way: every operation that looks at one character becomes a `RegexSet`, and
/// the blocks of hints (`INFO`) are dropped, since better ones are computed from the tree.

/// Operation codes, in the order of `re._constants.OPCODES` of 3.11.
enum SRE {
    static let magic = 20220615
    static let failure: UInt32 = 0, success: UInt32 = 1, any: UInt32 = 2, anyAll: UInt32 = 3, assert: UInt32 = 4, assertNot: UInt32 = 5, at: UInt32 = 6
    static let branch: UInt32 = 7, category: UInt32 = 8, charset: UInt32 = 9, bigCharset: UInt32 = 10, groupRef: UInt32 = 11, groupRefExists: UInt32 = 12
    static let `in`: UInt32 = 13, info: UInt32 = 14, jump: UInt32 = 15, literal: UInt32 = 16, mark: UInt32 = 17, maxUntil: UInt32 = 18, minUntil: UInt32 = 19
    static let notLiteral: UInt32 = 20, negate: UInt32 = 21, range: UInt32 = 22, `repeat`: UInt32 = 23, repeatOne: UInt32 = 24, subpattern: UInt32 = 25
    static let minRepeatOne: UInt32 = 26, atomicGroup: UInt32 = 27, possessiveRepeat: UInt32 = 28, possessiveRepeatOne: UInt32 = 29
    static let groupRefIgnore: UInt32 = 30, inIgnore: UInt32 = 31, literalIgnore: UInt32 = 32, notLiteralIgnore: UInt32 = 33
    static let groupRefLocIgnore: UInt32 = 34, inLocIgnore: UInt32 = 35, literalLocIgnore: UInt32 = 36, notLiteralLocIgnore: UInt32 = 37
    static let groupRefUniIgnore: UInt32 = 38, inUniIgnore: UInt32 = 39, literalUniIgnore: UInt32 = 40, notLiteralUniIgnore: UInt32 = 41
    static let rangeUniIgnore: UInt32 = 42

    static let maxRepeat: UInt32 = .max
    static let maxGroups = 1073741823
}

/// Positions that `AT` tests.
enum RegexPosition: UInt32 {
    case beginning = 0, beginningLine, beginningString, boundary, nonBoundary, end, endLine, endString, localeBoundary, localeNonBoundary
    case unicodeBoundary, unicodeNonBoundary
}

enum RegexFold: UInt8 { case none, ascii, unicode, locale }

enum RegexGreed { case greedy, lazy, possessive }

/// A test of one character: a charset program as the compiler emits it, ending with `failure`.
struct RegexSet: Equatable {
    var words: [UInt32]
    var fold: RegexFold = .none
    /// The outcome is turned round: unlike `negate` in the program, after both cases of a locale's letter were tried.
    var inverted = false
}

indirect enum RegexNode {
    case literal(UInt32)
    case set(Int)
    case at(RegexPosition)
    case mark(Int)
    case groupReference(Int, RegexFold)
    case conditional(Int, [RegexNode], [RegexNode])
    case branch([[RegexNode]])
    /// A repeat of one character: index of the set.
    case run(Int, min: UInt32, max: UInt32, RegexGreed)
    case loop([RegexNode], min: UInt32, max: UInt32, RegexGreed)
    case assertion([RegexNode], back: UInt32, negative: Bool)
    case atomic([RegexNode])
    case fail
}

struct RegexReader {
    let code: [UInt32]
    let groups: Int
    private(set) var sets: [RegexSet] = []
    private var depth = 0
    /// Refers back to groups, or asks whether they took part.
    private(set) var hasReferences = false
    private(set) var usesLocale = false
    private(set) var hasMarks = false

    init(code: [UInt32], groups: Int) {
        self.code = code
        self.groups = groups
    }

    /// The whole pattern, or nil when the code is malformed.
    mutating func read() -> [RegexNode]? {
        var start = 0
        if code.first == SRE.info {
            guard code.count > 1, let next = offset(1), next > 4 else { return nil }
            start = next
        }
        guard code.last == SRE.success, start < code.count else { return nil }
        return sequence(start, code.count - 1)
    }

    /// The place that the skip word at `place` leads to.
    private func offset(_ place: Int) -> Int? {
        guard place < code.count else { return nil }
        let target = place + Int(code[place])
        return target <= code.count && target > place ? target : nil
    }

    private mutating func set(_ set: RegexSet) -> Int {
        if let known = sets.firstIndex(of: set) { return known }
        sets.append(set)
        return sets.count - 1
    }

    /// Reads all of `start ..< end`.
    private mutating func sequence(_ start: Int, _ end: Int) -> [RegexNode]? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 1000, start <= end, end <= code.count else { return nil }
        var nodes: [RegexNode] = []
        var place = start
        while place < end {
            guard let node = node(&place, end) else { return nil }
            nodes.append(node)
        }
        return place == end ? nodes : nil
    }

    /// A test of one character at `place`, which moves past it; nil when there is none.
    private mutating func character(_ place: inout Int, _ end: Int) -> RegexNode? {
        guard place < end else { return nil }
        let op = code[place]
        switch op {
        case SRE.any:
            place += 1
            return .set(set(RegexSet(words: [SRE.negate, SRE.literal, 10, SRE.failure])))
        case SRE.anyAll:
            place += 1
            return .set(set(RegexSet(words: [SRE.negate, SRE.failure])))
        case SRE.literal, SRE.notLiteral, SRE.literalIgnore, SRE.notLiteralIgnore, SRE.literalUniIgnore, SRE.notLiteralUniIgnore, SRE.literalLocIgnore,
             SRE.notLiteralLocIgnore:
            guard place + 1 < end else { return nil }
            let literal = code[place + 1]
            place += 2
            let positive = [SRE.literal, literal, SRE.failure], negative = [SRE.negate, SRE.literal, literal, SRE.failure]
            switch op {
            case SRE.literal: return .literal(literal)
            case SRE.notLiteral: return .set(set(RegexSet(words: negative)))
            case SRE.literalIgnore: return .set(set(RegexSet(words: positive, fold: .ascii)))
            case SRE.notLiteralIgnore: return .set(set(RegexSet(words: negative, fold: .ascii)))
            case SRE.literalUniIgnore: return .set(set(RegexSet(words: positive, fold: .unicode)))
            case SRE.notLiteralUniIgnore: return .set(set(RegexSet(words: negative, fold: .unicode)))
            default:
                usesLocale = true
                return .set(set(RegexSet(words: positive, fold: .locale, inverted: op == SRE.notLiteralLocIgnore)))
            }
        case SRE.category:
            guard place + 1 < end, code[place + 1] <= 17 else { return nil }
            if code[place + 1] == 8 || code[place + 1] == 9 { usesLocale = true }
            let words = [op, code[place + 1], SRE.failure]
            place += 2
            return .set(set(RegexSet(words: words)))
        case SRE.in, SRE.inIgnore, SRE.inUniIgnore, SRE.inLocIgnore:
            guard let target = offset(place + 1), target <= end, checkSet(place + 2, target) else { return nil }
            let words = Array(code[place + 2 ..< target])
            place = target
            if op == SRE.inLocIgnore { usesLocale = true }
            return .set(set(RegexSet(words: words, fold: op == SRE.in ? .none : op == SRE.inIgnore ? .ascii : op == SRE.inUniIgnore ? .unicode : .locale)))
        default:
            return nil
        }
    }

    /// Whether `start ..< end` is a charset program that ends with `failure`.
    private mutating func checkSet(_ start: Int, _ end: Int) -> Bool {
        var place = start
        while place < end {
            switch code[place] {
            case SRE.failure: return place == end - 1
            case SRE.negate: place += 1
            case SRE.literal: place += 2
            case SRE.category:
                guard place + 1 < end, code[place + 1] <= 17 else { return false }
                if code[place + 1] == 8 || code[place + 1] == 9 { usesLocale = true }
                place += 2
            case SRE.range, SRE.rangeUniIgnore: place += 3
            case SRE.charset: place += 9
            case SRE.bigCharset:
                guard place + 66 <= end else { return false }
                let chunks = Int(code[place + 1])
                guard chunks <= 256 else { return false }
                for index in 0 ..< 64 {
                    let word = code[place + 2 + index]
                    for shift in [0, 8, 16, 24] as [UInt32] where Int(word >> shift & 255) >= chunks { return false }
                }
                place += 66 + chunks * 8
            default: return false
            }
        }
        return false
    }

    private mutating func node(_ place: inout Int, _ end: Int) -> RegexNode? {
        if let node = character(&place, end) { return node }
        let op = code[place]
        switch op {
        case SRE.failure:
            place += 1
            return .fail
        case SRE.mark:
            guard place + 1 < end, Int(code[place + 1]) < 2 * groups else { return nil }
            place += 2
            hasMarks = true
            return .mark(Int(code[place - 1]))
        case SRE.at:
            guard place + 1 < end, let position = RegexPosition(rawValue: code[place + 1]) else { return nil }
            if position == .localeBoundary || position == .localeNonBoundary { usesLocale = true }
            place += 2
            return .at(position)
        case SRE.groupRef, SRE.groupRefIgnore, SRE.groupRefUniIgnore, SRE.groupRefLocIgnore:
            guard place + 1 < end, Int(code[place + 1]) < groups else { return nil }
            hasReferences = true
            place += 2
            return .groupReference(Int(code[place - 1]), op == SRE.groupRef ? .none : op == SRE.groupRefIgnore ? .ascii : op == SRE.groupRefUniIgnore ? .unicode : .locale)
        case SRE.groupRefExists:
            return conditional(&place, end)
        case SRE.branch:
            return branch(&place, end)
        case SRE.repeatOne, SRE.minRepeatOne, SRE.possessiveRepeatOne:
            guard place + 4 < end, let target = offset(place + 1), target <= end, code[target - 1] == SRE.success else { return nil }
            let (low, high) = (code[place + 2], code[place + 3])
            guard low <= high else { return nil }
            place += 4
            guard let item = character(&place, target - 1), place == target - 1 else { return nil }
            place = target
            var index = 0
            switch item {
            case .set(let number): index = number
            case .literal(let literal): index = set(RegexSet(words: [SRE.literal, literal, SRE.failure]))
            default: return nil
            }
            return .run(index, min: low, max: high, op == SRE.repeatOne ? .greedy : op == SRE.minRepeatOne ? .lazy : .possessive)
        case SRE.repeat, SRE.possessiveRepeat:
            guard place + 4 < end, let until = offset(place + 1), until < end else { return nil }
            let (low, high) = (code[place + 2], code[place + 3])
            let greed: RegexGreed
            if op == SRE.possessiveRepeat {
                guard code[until] == SRE.success else { return nil }
                greed = .possessive
            } else {
                guard code[until] == SRE.maxUntil || code[until] == SRE.minUntil else { return nil }
                greed = code[until] == SRE.maxUntil ? .greedy : .lazy
            }
            guard low <= high, let body = sequence(place + 4, until) else { return nil }
            place = until + 1
            return .loop(body, min: low, max: high, greed)
        case SRE.assert, SRE.assertNot:
            guard place + 3 < end, let target = offset(place + 1), target <= end, code[target - 1] == SRE.success else { return nil }
            let back = code[place + 2]
            guard back < 1 << 31, let body = sequence(place + 3, target - 1) else { return nil }
            place = target
            return .assertion(body, back: back, negative: op == SRE.assertNot)
        case SRE.atomicGroup:
            guard place + 2 < end, let target = offset(place + 1), target <= end, code[target - 1] == SRE.success,
                  let body = sequence(place + 2, target - 1) else { return nil }
            place = target
            return .atomic(body)
        default:
            return nil
        }
    }

    /// BRANCH, then for each alternative its skip word, its code and a jump to the end; then a zero.
    private mutating func branch(_ place: inout Int, _ end: Int) -> RegexNode? {
        var alternatives: [[RegexNode]] = []
        var ends: [Int] = []
        var skip = place + 1
        while true {
            guard skip < end else { return nil }
            if code[skip] == 0 { break }
            guard let next = offset(skip), next < end, next - 2 > skip, code[next - 2] == SRE.jump, let target = offset(next - 1),
                  let alternative = sequence(skip + 1, next - 2) else { return nil }
            alternatives.append(alternative)
            ends.append(target)
            skip = next
        }
        guard !alternatives.isEmpty, ends.allSatisfy({ $0 == skip + 1 }) else { return nil }
        place = skip + 1
        return .branch(alternatives)
    }

    /// GROUPREF_EXISTS, group, skip, code for yes, and perhaps a jump over the code for no.
    private mutating func conditional(_ place: inout Int, _ end: Int) -> RegexNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth < 1000, place + 2 < end, Int(code[place + 1]) < groups else { return nil }
        hasReferences = true
        let group = Int(code[place + 1])
        // The skip counts from the word before it.
        let noStart = place + 1 + Int(code[place + 2])
        guard noStart > place + 2, noStart <= end else { return nil }
        var yes: [RegexNode] = []
        var current = place + 3
        while current < noStart {
            if current == noStart - 2, code[current] == SRE.jump {
                guard let target = offset(current + 1), target <= end, let no = sequence(noStart, target) else { return nil }
                place = target
                return .conditional(group, yes, no)
            }
            guard let node = node(&current, noStart) else { return nil }
            yes.append(node)
        }
        guard current == noStart else { return nil }
        place = noStart
        return .conditional(group, yes, [])
    }
}

// MARK: Charset programs

enum RegexCharset {
    static func category(_ category: UInt32, _ c: UInt32) -> Bool {
        switch category {
        case 0: return c &- 48 < 10
        case 1: return c &- 48 >= 10
        case 2: return c &- 9 < 5 || c == 32
        case 3: return !(c &- 9 < 5 || c == 32)
        case 4: return RegexCharacters.isASCIIWord(c)
        case 5: return !RegexCharacters.isASCIIWord(c)
        case 6: return c == 10
        case 7: return c != 10
        case 8: return RegexCharacters.isLocaleWord(c)
        case 9: return !RegexCharacters.isLocaleWord(c)
        case 10: return RegexCharacters.isDigit(c)
        case 11: return !RegexCharacters.isDigit(c)
        case 12: return RegexCharacters.isSpace(c)
        case 13: return !RegexCharacters.isSpace(c)
        case 14: return RegexCharacters.isWord(c)
        case 15: return !RegexCharacters.isWord(c)
        case 16: return RegexCharacters.isLineBreak(c)
        default: return !RegexCharacters.isLineBreak(c)
        }
    }

    /// Runs a checked charset program.
    static func contains(_ program: UnsafePointer<UInt32>, _ c: UInt32) -> Bool {
        var words = program
        var found = true
        while true {
            let op = words[0]
            words += 1
            switch op {
            case SRE.failure: return !found
            case SRE.negate: found = !found
            case SRE.literal:
                if c == words[0] { return found }
                words += 1
            case SRE.category:
                if category(words[0], c) { return found }
                words += 1
            case SRE.range:
                if words[0] <= c && c <= words[1] { return found }
                words += 2
            case SRE.rangeUniIgnore:
                if words[0] <= c && c <= words[1] { return found }
                let upper = RegexCharacters.unicodeUpper(c)
                if words[0] <= upper && upper <= words[1] { return found }
                words += 2
            case SRE.charset:
                if c < 256 && words[Int(c >> 5)] >> (c & 31) & 1 != 0 { return found }
                words += 8
            default:
                let chunks = Int(words[0])
                if c < 0x10000 {
                    let chunk = Int(words[1 + Int(c >> 10)] >> ((c >> 8 & 3) * 8) & 255)
                    if words[65 + chunk * 8 + Int(c >> 5 & 7)] >> (c & 31) & 1 != 0 { return found }
                }
                words += 65 + chunks * 8
            }
        }
    }

    static func contains(_ program: UnsafePointer<UInt32>, _ c: UInt32, fold: RegexFold, inverted: Bool) -> Bool {
        switch fold {
        case .none: return contains(program, c)
        case .ascii: return contains(program, RegexCharacters.asciiLower(c))
        case .unicode: return contains(program, RegexCharacters.unicodeLower(c))
        case .locale:
            let lower = RegexCharacters.localeLower(c)
            var result = contains(program, lower)
            if !result {
                let upper = RegexCharacters.localeUpper(c)
                result = upper != lower && contains(program, upper)
            }
            if inverted && !result { result = c == program[1] }
            return result != inverted
        }
    }
}
