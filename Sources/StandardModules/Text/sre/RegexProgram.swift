import Glibc
import Objects

/// The matcher's own form of a pattern, made from the tree by `RegexCompiler`.
///
/// Everything lies in one `StorageObject` on the heap, which never moves and holds no values, so instructions point straight at their tables. A
/// test of one character is a byte of a 258-byte table and a bit: eight tests share a table. Index 256 of a table stands for "some character beyond
/// Latin-1" and index 257 for the end of the subject, so that the same tables serve as guards, which say whether what follows could match here at all.

enum RegexOp: UInt8 {
    /// Jump to `a`.
    case jump
    case fail
    /// The whole pattern has matched.
    case success
    /// One character, `lo`.
    case literal
    /// `a` characters, from `extra` (32-bit units).
    case string
    /// One character in the set.
    case set
    case at
    /// Set mark `a`.
    case mark
    /// The text of group `a` again, folded as `mode` says.
    case groupReference
    /// Go to `b` unless group `a` took part.
    case conditional
    /// Alternatives: a mask byte (or 64-bit word) for the next character, targets in `extra`.
    case branch8, branch64
    /// `lo` characters of the set, no more, no less.
    case runExactly
    /// As many characters of the set as there are, within `lo ... hi`, for good.
    case runAll
    /// The same, giving back one by one.
    case runGreedy
    /// As few as will do.
    case runLazy
    /// Loop registers `a` (count) and `a + 1` (where the last round began) start anew; go to `b`.
    case loopStart
    /// End of a round (or entry) of a greedy loop: register `a`, body at `b`, `lo ... hi` rounds, `mode` 1 when the body can be empty.
    case loopGreedy, loopLazy
    /// Start of a round of a possessive loop: tail at `b`; register `a + 2` holds the stack height.
    case loopPossessive
    /// End of its round; go back to `b`.
    case loopPossessiveEnd
    /// Begin an assertion `lo` characters back, or an atomic group; registers `a` (stack height) and `a + 1` (place); go to `b` when there is no room.
    case assertStart, atomicStart
    case assertNotStart
    /// The body has matched: drop its choices. `assertEnd` returns to the place where it began.
    case assertEnd, atomicEnd, assertNotEnd
    /// The next character (`lo` 0) or the last (1) is in the set, or is `hi` if `a` is 1; with `mode` 1 it is not, or does not exist.
    case look
}

struct RegexInstruction {
    var op: RegexOp
    /// Bit of the set in `table`.
    var bit: UInt8 = 0
    /// Bit of the guard in `guardTable`.
    var guardBit: UInt8 = 0
    var mode: UInt8 = 0
    var a: Int32 = 0
    var b: Int32 = 0
    var lo: UInt32 = 0
    var hi: UInt32 = 0
    /// The test's table, or a branch's masks.
    var table: UnsafePointer<UInt8>!
    /// nil: no guard.
    var guardTable: UnsafePointer<UInt8>?
    /// A `RegexSetRecord`, text or jump targets.
    var extra: UnsafeRawPointer!
}

struct RegexSetRecord {
    /// Beyond Latin-1: 0 never, 1 always, 2 ask the program.
    var high: UInt8
    var fold: RegexFold
    var inverted: Bool
    /// 1: everything; 2: everything but `character`.
    var kind: UInt8
    var character: UInt32
    var program: UnsafePointer<UInt32>
    var table: UnsafeMutablePointer<UInt8>
    var bit: UInt8
}

struct RegexProgram {
    var header: ObjectHeader
    var storageSize: Int
    var instructions: UnsafePointer<RegexInstruction>
    var sets: UnsafeMutablePointer<RegexSetRecord>
    var setCount: Int
    /// The code list as given, for comparison.
    var code: UnsafePointer<UInt32>
    var codeCount: Int
    var groups: Int
    var registers: Int
    /// Characters that a match takes at least.
    var minimum: Int
    /// Guard of the whole pattern, or nil.
    var first: UnsafePointer<UInt8>?
    var firstBit: UInt8
    /// 1: matches only at the very beginning; 2: only at the beginning of a line.
    var anchor: UInt8
    /// A match begins with a word character that has none before it: 1 by Unicode, 2 by ASCII.
    var wordStart: UInt8
    /// Sets depend on the locale and must be computed before each use.
    var usesLocale: Bool
    /// Literal characters that every match begins with.
    var prefix: UnsafePointer<UInt32>?
    var prefixCount: Int
    /// The pattern begins with an unbounded run: after a failure, no start within the same run can succeed. Its instruction, or -1.
    var leadingRun: Int
    var leadingRunCanBeEmpty: Bool
}

/// A set of characters with Latin-1 exactly and the rest roughly; and whether the end of the subject belongs.
struct RegexCharBits {
    var low: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// Kinds of characters beyond Latin-1 that may belong: 1 word characters, 2 space, 4 others.
    var high: UInt8 = 0
    /// Anything may follow, even the end.
    var anything = false

    static let none = RegexCharBits()
    static let all = RegexCharBits(low: (.max, .max, .max, .max), high: 7, anything: true)

    subscript(_ c: Int) -> Bool {
        get {
            let word = c < 64 ? low.0 : c < 128 ? low.1 : c < 192 ? low.2 : low.3
            return word >> UInt64(c & 63) & 1 != 0
        }
        set {
            let bit: UInt64 = newValue ? 1 << UInt64(c & 63) : 0
            let keep = ~(1 << UInt64(c & 63) as UInt64)
            switch c >> 6 {
            case 0: low.0 = low.0 & keep | bit
            case 1: low.1 = low.1 & keep | bit
            case 2: low.2 = low.2 & keep | bit
            default: low.3 = low.3 & keep | bit
            }
        }
    }

    mutating func formUnion(_ other: RegexCharBits) {
        low = (low.0 | other.low.0, low.1 | other.low.1, low.2 | other.low.2, low.3 | other.low.3)
        high |= other.high
        anything = anything || other.anything
    }

    func isDisjoint(_ other: RegexCharBits) -> Bool {
        !anything && !other.anything && low.0 & other.low.0 | low.1 & other.low.1 | low.2 & other.low.2 | low.3 & other.low.3 == 0 && high & other.high == 0
    }

    func isSubset(_ other: RegexCharBits) -> Bool {
        low.0 & ~other.low.0 | low.1 & ~other.low.1 | low.2 & ~other.low.2 | low.3 & ~other.low.3 == 0 && high & ~other.high == 0
    }

    static let unicodeWord: RegexCharBits = {
        var result = RegexCharBits(high: 1)
        for c in 0 ..< 256 where RegexCharacters.isWord(UInt32(c)) { result[c] = true }
        return result
    }()
    static let asciiWord: RegexCharBits = {
        var result = RegexCharBits()
        for c in 0 ..< 128 where RegexCharacters.isASCIIWord(UInt32(c)) { result[c] = true }
        return result
    }()
}

/// What stands behind a node, as far as the node can make use of it.
struct RegexTail {
    var first: RegexCharBits
    /// Nothing but marks before the end of the pattern, or of the body of an assertion or atomic group.
    var isEnd: Bool
    /// The position test right behind.
    var position: RegexPosition?
}

struct RegexCompiler {
    let sets: [RegexSet]
    var bits: [RegexCharBits]
    var instructions: [Draft] = []
    var registers = 0
    var hasMarks: Bool
    /// Tables of 258 bytes, and how many bits of the last are taken.
    var tables: [[UInt8]] = []
    var usedBits = 8
    var guards: [(bits: RegexCharBits, table: Int, bit: UInt8)] = []
    var masks: [[UInt64]] = []
    var words: [[UInt32]] = []
    var failed = false

    struct Draft {
        var instruction: RegexInstruction
        var set = -1
        var table = -1
        var guardTable = -1
        var masks = -1
        var words = -1
    }

    init(reader: RegexReader) {
        sets = reader.sets
        hasMarks = reader.hasMarks
        bits = []
        bits = sets.map { RegexCompiler.bits(of: $0) }
    }

    // MARK: What sets hold

    static func bits(of set: RegexSet) -> RegexCharBits {
        var result = RegexCharBits()
        set.words.withUnsafeBufferPointer { words in
            for c in 0 ..< 256 where RegexCharset.contains(words.baseAddress!, UInt32(c), fold: set.fold, inverted: set.inverted) { result[c] = true }
        }
        if set.fold == .unicode || set.inverted || set.fold == .locale {
            result.high = 7
            // The locale may change later: nothing is taken for granted.
            if set.fold == .locale { result.low = (.max, .max, .max, .max) }
            return result
        }
        // `may` holds the kinds that may be named so far, `must` those that are named completely.
        var may: UInt8 = 0, must: UInt8 = 0, negated = false
        var place = 0
        let words = set.words
        scan: while true {
            switch words[place] {
            case SRE.failure: break scan
            case SRE.negate:
                if place != 0 { return RegexCharBits(low: result.low, high: 7) }
                negated = true
                place += 1
            case SRE.literal:
                if words[place + 1] > 255 { may |= kind(words[place + 1]) }
                place += 2
            case SRE.category:
                switch words[place + 1] {
                case 1, 3, 5, 7, 9, 17: may |= 7; if words[place + 1] != 17 { must |= 7 }
                case 10: may |= 1
                case 11: may |= 7; must |= 6
                case 12: may |= 2; must |= 2
                case 13: may |= 5; must |= 5
                case 14: may |= 1; must |= 1
                case 15: may |= 6; must |= 6
                case 16: may |= 2
                case 8: break
                default: break
                }
                if words[place + 1] == 8 || words[place + 1] == 9 { result.low = (.max, .max, .max, .max) }
                place += 2
            case SRE.range, SRE.rangeUniIgnore:
                if words[place + 2] > 255 { may |= 7 }
                place += 3
            case SRE.charset: place += 9
            default:
                may |= 7
                place += 66 + Int(words[place + 1]) * 8
            }
        }
        result.high = negated ? 7 & ~must : may
        return result
    }

    private static func kind(_ c: UInt32) -> UInt8 { RegexCharacters.isWord(c) ? 1 : RegexCharacters.isSpace(c) ? 2 : 4 }

    // MARK: Widths

    /// Characters that the nodes take at least.
    static func minimum(_ nodes: [RegexNode]) -> Int {
        var result = 0
        for node in nodes { result = min(result + minimum(node), 1 << 40) }
        return result
    }

    static func minimum(_ node: RegexNode) -> Int {
        switch node {
        case .literal, .set: return 1
        case .at, .mark, .groupReference, .assertion, .fail: return 0
        case .conditional(_, let yes, let no): return min(minimum(yes), minimum(no))
        case .branch(let alternatives): return alternatives.map { minimum($0) }.min()!
        case .run(_, let low, _, _): return Int(low)
        case .loop(let body, let low, _, _): return min(minimum(body) * Int(low), 1 << 40)
        case .atomic(let body): return minimum(body)
        }
    }

    // MARK: First characters

    /// The characters that `nodes[from...]` can begin with, given what follows them.
    func first(_ nodes: [RegexNode], _ from: Int = 0, _ next: RegexCharBits) -> RegexCharBits {
        var result = RegexCharBits.none
        for index in from ..< nodes.count {
            switch nodes[index] {
            case .mark, .at, .assertion: continue
            case .literal(let c):
                if c < 256 { result[Int(c)] = true } else { result.high |= RegexCompiler.kind(c) }
                return result
            case .set(let set):
                result.formUnion(bits[set])
                return result
            case .groupReference: return .all
            case .fail: return result
            case .run(let set, let low, let high, _):
                if high > 0 { result.formUnion(bits[set]) }
                if low > 0 { return result }
            case .loop(let body, let low, let high, _):
                if high > 0 { result.formUnion(first(body, 0, .none)) }
                if low > 0 && RegexCompiler.minimum(body) > 0 { return result }
            case .atomic(let body):
                result.formUnion(first(body, 0, .none))
                if RegexCompiler.minimum(body) > 0 { return result }
            case .branch(let alternatives):
                var nullable = false
                for alternative in alternatives {
                    result.formUnion(first(alternative, 0, .none))
                    if RegexCompiler.minimum(alternative) == 0 { nullable = true }
                }
                if !nullable { return result }
            case .conditional(_, let yes, let no):
                result.formUnion(first(yes, 0, .none))
                result.formUnion(first(no, 0, .none))
                if min(RegexCompiler.minimum(yes), RegexCompiler.minimum(no)) > 0 { return result }
            }
        }
        result.formUnion(next)
        return result
    }

    /// What stands behind `nodes[index]`.
    func tail(_ nodes: [RegexNode], _ index: Int, _ tail: RegexTail) -> RegexTail {
        var result = tail
        result.first = first(nodes, index + 1, tail.first)
        for node in nodes[(index + 1)...] {
            if case .mark = node { continue }
            result.isEnd = false
            if case .at(let position) = node { result.position = position } else { result.position = nil }
            break
        }
        return result
    }

    // MARK: Tables

    /// A table and bit for a set of characters; -1 when a guard would let everything pass.
    mutating func guardTable(_ bits: RegexCharBits) -> (table: Int, bit: UInt8) {
        if bits.anything { return (-1, 0) }
        for known in guards where known.bits.low == bits.low && (known.bits.high != 0) == (bits.high != 0) { return (known.table, known.bit) }
        let (table, bit) = newTable()
        for c in 0 ..< 256 where bits[c] { tables[table][c] |= bit }
        if bits.high != 0 { tables[table][256] |= bit }
        guards.append((bits, table, bit))
        return (table, bit)
    }

    mutating func newTable() -> (Int, UInt8) {
        if usedBits == 8 {
            tables.append([UInt8](repeating: 0, count: 258))
            usedBits = 0
        }
        usedBits += 1
        return (tables.count - 1, 1 << UInt8(usedBits - 1))
    }

    // MARK: Emitting

    mutating func emit(_ op: RegexOp, a: Int = 0, b: Int = 0, lo: UInt32 = 0, hi: UInt32 = 0, mode: UInt8 = 0, set: Int = -1) {
        guard instructions.count < 1 << 24 else { failed = true; return }
        instructions.append(Draft(instruction: RegexInstruction(op: op, mode: mode, a: Int32(a), b: Int32(b), lo: lo, hi: hi), set: set))
    }

    private mutating func setGuard(_ bits: RegexCharBits) {
        let (table, bit) = guardTable(bits)
        instructions[instructions.count - 1].guardTable = table
        instructions[instructions.count - 1].instruction.guardBit = bit
    }

    mutating func emit(_ nodes: [RegexNode], _ after: RegexTail) {
        var index = 0
        while index < nodes.count && !failed {
            var text: [UInt32] = []
            while index + text.count < nodes.count, case .literal(let c) = nodes[index + text.count] { text.append(c) }
            if text.count > 1 {
                emit(.string, a: text.count)
                words.append(text)
                instructions[instructions.count - 1].words = words.count - 1
                index += text.count
                continue
            }
            emit(nodes[index], tail(nodes, index, after))
            index += 1
        }
    }

    private mutating func emit(_ node: RegexNode, _ tail: RegexTail) {
        switch node {
        case .literal(let c): emit(.literal, lo: c)
        case .set(let set): emit(.set, set: set)
        case .at(let position): emit(.at, a: Int(position.rawValue))
        case .mark(let mark): emit(.mark, a: mark)
        case .fail: emit(.fail)
        case .groupReference(let group, let fold): emit(.groupReference, a: group, mode: fold.rawValue)
        case .conditional(let group, let yes, let no):
            let test = instructions.count
            emit(.conditional, a: group)
            emit(yes, tail)
            if !no.isEmpty {
                let jump = instructions.count
                emit(.jump)
                instructions[test].instruction.b = Int32(instructions.count)
                emit(no, tail)
                instructions[jump].instruction.a = Int32(instructions.count)
            } else {
                instructions[test].instruction.b = Int32(instructions.count)
            }
        case .branch(let alternatives): emitBranch(alternatives[...], tail)
        case .run(let set, let low, let high, let greed): emitRun(set, low, high, greed, tail)
        case .loop(let body, let low, let high, let greed): emitLoop(body, low, high, greed, tail)
        case .atomic(let body):
            let register = registers
            registers += 2
            emit(.atomicStart, a: register)
            emit(body, RegexTail(first: .all, isEnd: true))
            emit(.atomicEnd, a: register)
        case .assertion(let body, let back, let negative):
            if body.count == 1, back <= 1 {
                if case .set(let set) = body[0] { emit(.look, lo: back, mode: negative ? 1 : 0, set: set); return }
                if case .literal(let c) = body[0] { emit(.look, a: 1, lo: back, hi: c, mode: negative ? 1 : 0); return }
            }
            let register = registers
            registers += 2
            let start = instructions.count
            emit(negative ? .assertNotStart : .assertStart, a: register, lo: back)
            emit(body, RegexTail(first: .all, isEnd: true))
            emit(negative ? .assertNotEnd : .assertEnd, a: register)
            instructions[start].instruction.b = Int32(instructions.count)
        }
    }

    private mutating func emitRun(_ set: Int, _ low: UInt32, _ high: UInt32, _ greed: RegexGreed, _ tail: RegexTail) {
        if high == 0 { return }
        if low == high && low != SRE.maxRepeat {
            emit(low == 1 ? .set : .runExactly, lo: low, hi: high, set: set)
            return
        }
        let disjoint = bits[set].isDisjoint(tail.first)
        var final = greed == .possessive || disjoint || (greed == .greedy && tail.isEnd)
        if greed == .greedy && low > 0, let position = tail.position {
            // Between two word characters there is no boundary: giving back does not help.
            if position == .unicodeBoundary && bits[set].isSubset(.unicodeWord) { final = true }
            if position == .boundary && bits[set].isSubset(.asciiWord) { final = true }
        }
        emit(final ? .runAll : greed == .lazy ? .runLazy : .runGreedy, lo: low, hi: high, set: set)
        if !final { setGuard(tail.first) }
    }

    /// A choice among targets to be filled in: `alternatives` gives what each can begin with.
    private mutating func emitChoice(_ firsts: [RegexCharBits]) -> Int {
        let place = instructions.count
        let wide = firsts.count > 8
        emit(wide ? .branch64 : .branch8, a: firsts.count)
        var table = [UInt64](repeating: 0, count: 258)
        for (number, first) in firsts.enumerated() {
            let bit = 1 << UInt64(number) as UInt64
            for c in 0 ..< 256 where first[c] { table[c] |= bit }
            if first.high != 0 { table[256] |= bit }
            if first.anything { table[257] |= bit }
        }
        masks.append(table)
        instructions[place].masks = masks.count - 1
        words.append([UInt32](repeating: 0, count: firsts.count))
        instructions[place].words = words.count - 1
        return place
    }

    private mutating func setTarget(_ choice: Int, _ number: Int) { words[instructions[choice].words][number] = UInt32(instructions.count) }

    private mutating func emitBranch(_ alternatives: ArraySlice<[RegexNode]>, _ tail: RegexTail) {
        if alternatives.count == 1 {
            emit(alternatives.first!, tail)
            return
        }
        // More than 64: the last place stands for all that remain.
        let direct = alternatives.count > 64 ? 63 : alternatives.count
        var firsts = alternatives.prefix(direct).map { first($0, 0, tail.first) }
        let rest = alternatives.dropFirst(direct)
        if !rest.isEmpty { firsts.append(rest.reduce(into: RegexCharBits.none) { $0.formUnion(first($1, 0, tail.first)) }) }
        let choice = emitChoice(firsts)
        var jumps: [Int] = []
        for (number, alternative) in alternatives.prefix(direct).enumerated() {
            setTarget(choice, number)
            emit(alternative, tail)
            if number < direct - 1 || !rest.isEmpty {
                jumps.append(instructions.count)
                emit(.jump)
            }
            if failed { return }
        }
        if !rest.isEmpty {
            setTarget(choice, direct)
            emitBranch(rest, tail)
        }
        for jump in jumps { instructions[jump].instruction.a = Int32(instructions.count) }
    }

    private mutating func emitLoop(_ body: [RegexNode], _ low: UInt32, _ high: UInt32, _ greed: RegexGreed, _ tail: RegexTail) {
        if high == 0 { return }
        let nullable = RegexCompiler.minimum(body) == 0
        let start = first(body, 0, .none)
        var again = first(body, 0, tail.first)
        again.formUnion(tail.first)
        // What follows a round: another, or the tail.
        let inner = RegexTail(first: nullable ? first(body, 0, again) : again, isEnd: false)
        switch greed {
        case .possessive:
            let register = registers
            registers += 3
            let entry = instructions.count
            emit(.loopStart, a: register, b: entry + 1)
            emit(.loopPossessive, a: register, lo: low, hi: high, mode: nullable ? 1 : 0)
            emit(body, RegexTail(first: .all, isEnd: true))
            emit(.loopPossessiveEnd, a: register, b: entry + 1)
            instructions[entry + 1].instruction.b = Int32(instructions.count)
        case .greedy where high == 1, .lazy where high == 1:
            if low == 1 {
                emit(body, tail)
                return
            }
            let enter = first(body, 0, tail.first)
            let choice = emitChoice(greed == .greedy ? [enter, tail.first] : [tail.first, enter])
            setTarget(choice, greed == .greedy ? 0 : 1)
            emit(body, tail)
            setTarget(choice, greed == .greedy ? 1 : 0)
        case .greedy where !nullable && low <= 1 && high == SRE.maxRepeat, .lazy where !nullable && low <= 1 && high == SRE.maxRepeat:
            let order = greed == .greedy ? [start, tail.first] : [tail.first, start]
            let body0 = greed == .greedy ? 0 : 1
            if low == 0 {
                let choice = emitChoice(order)
                setTarget(choice, body0)
                emit(body, inner)
                emit(.jump, a: choice)
                setTarget(choice, 1 - body0)
            } else {
                let place = instructions.count
                emit(body, inner)
                let choice = emitChoice(order)
                words[instructions[choice].words][body0] = UInt32(place)
                setTarget(choice, 1 - body0)
            }
        default:
            let register = registers
            registers += 2
            let entry = instructions.count
            emit(.loopStart, a: register)
            emit(body, inner)
            instructions[entry].instruction.b = Int32(instructions.count)
            emit(greed == .greedy ? .loopGreedy : .loopLazy, a: register, b: entry + 1, lo: low, hi: high, mode: nullable ? 1 : 0)
            // Whether another round, and whether the tail, can begin here: bits 1 and 2 of a mask.
            let place = instructions.count - 1
            var table = [UInt64](repeating: 0, count: 258)
            let round = nullable ? RegexCharBits.all : start
            for c in 0 ..< 256 { table[c] = (round[c] ? 1 : 0) | (tail.first[c] ? 2 : 0) }
            table[256] = (round.high != 0 ? 1 : 0) | (tail.first.high != 0 ? 2 : 0)
            table[257] = (round.anything ? 1 : 0) | (tail.first.anything ? 2 : 0)
            masks.append(table)
            instructions[place].masks = masks.count - 1
        }
    }

    // MARK: Laying out

    /// The program of a tree, or the zero word: with MemoryError raised, or (nil) when it is too large.
    static func compile(_ thread: ThreadRef, _ nodes: [RegexNode], _ reader: RegexReader) -> Value {
        var compiler = RegexCompiler(reader: reader)
        compiler.emit(nodes, RegexTail(first: .all, isEnd: true))
        compiler.emit(.success)
        if compiler.failed { return thread.raise(.overflowError, "regular expression code size limit exceeded") }
        return compiler.layOut(thread, nodes, reader)
    }

    private mutating func layOut(_ thread: ThreadRef, _ nodes: [RegexNode], _ reader: RegexReader) -> Value {
        let whole = first(nodes, 0, .all)
        let (firstTable, firstBit) = guardTable(whole)
        // Each set gets a bit; a guard for the same characters will do, since index 257 of both is zero.
        var places: [(Int, UInt8)] = []
        for set in sets.indices {
            if reader.usesLocale {
                places.append(newTable())
            } else {
                places.append(guardTable(bits[set]))
            }
        }
        var prefix: [UInt32] = []
        var anchor: UInt8 = 0, wordStart: UInt8 = 0, leadingRun = -1, canBeEmpty = false
        scan: for node in nodes {
            switch node {
            case .mark: continue
            case .literal(let c): prefix.append(c)
            default: break scan
            }
        }
        if prefix.isEmpty {
            lead: for (index, node) in nodes.enumerated() {
                switch node {
                case .mark: continue
                case .at(.beginning), .at(.beginningString): anchor = 1; break lead
                case .at(.beginningLine): anchor = 2; break lead
                case .at(.unicodeBoundary):
                    if first(nodes, index + 1, .all).isSubset(.unicodeWord) && !whole.anything { wordStart = 1 }
                    break lead
                case .at(.boundary):
                    if whole.isSubset(.asciiWord) && !whole.anything { wordStart = 2 }
                    break lead
                case .run(let set, let low, let high, _):
                    if high == SRE.maxRepeat && !reader.hasReferences && !reader.usesLocale {
                        leadingRun = set
                        canBeEmpty = low == 0
                    }
                    break lead
                default: break lead
                }
            }
        }

        var size = (MemoryLayout<RegexProgram>.size + 15) & ~15
        func reserve(_ bytes: Int) -> Int {
            let place = size
            size += (bytes + 15) & ~15
            return place
        }
        let instructionPlace = reserve(instructions.count * MemoryLayout<RegexInstruction>.stride)
        let setPlace = reserve(sets.count * MemoryLayout<RegexSetRecord>.stride)
        let tablePlace = reserve(tables.count * 258)
        let programPlaces = sets.map { reserve($0.words.count * 4) }
        let wordPlaces = words.map { reserve($0.count * 4) }
        let maskPlaces = instructions.map { $0.masks < 0 ? 0 : reserve($0.instruction.op == .branch64 ? 258 * 8 : 258) }
        let prefixPlace = reserve(prefix.count * 4)
        let codePlace = reserve(reader.code.count * 4)
        guard size < 1 << 30, let raw = Heap.allocate(size, shape: TypeID.byteArrayStorage.rawValue) else { return thread.raiseOutOfMemory() }
        let program = raw.assumingMemoryBound(to: RegexProgram.self)
        program.pointee.storageSize = size - MemoryLayout<StorageObject>.size
        func store(_ words: [UInt32], _ place: Int) { words.withUnsafeBytes { if $0.count > 0 { memcpy(raw + place, $0.baseAddress!, $0.count) } } }
        for (index, table) in tables.enumerated() { table.withUnsafeBytes { _ = memcpy(raw + tablePlace + index * 258, $0.baseAddress!, 258) } }
        func table(_ index: Int) -> UnsafeMutablePointer<UInt8> { (raw + tablePlace + index * 258).assumingMemoryBound(to: UInt8.self) }
        let records = (raw + setPlace).assumingMemoryBound(to: RegexSetRecord.self)
        for (index, set) in sets.enumerated() {
            store(set.words, programPlaces[index])
            var kind: UInt8 = 0, character: UInt32 = 0
            if set.fold == .none && !set.inverted {
                if set.words == [SRE.negate, SRE.failure] { kind = 1 }
                if set.words.count == 4, set.words[0] == SRE.negate, set.words[1] == SRE.literal {
                    kind = 2
                    character = set.words[2]
                }
            }
            records[index] = RegexSetRecord(high: kind == 1 || kind == 2 && character < 256 ? 1 : bits[index].high == 0 ? 0 : 2, fold: set.fold, inverted: set.inverted, kind: kind, character: character,
                                            program: UnsafePointer((raw + programPlaces[index]).assumingMemoryBound(to: UInt32.self)),
                                            table: table(places[index].0), bit: places[index].1)
        }
        let target = (raw + instructionPlace).assumingMemoryBound(to: RegexInstruction.self)
        for (index, list) in words.enumerated() { store(list, wordPlaces[index]) }
        for (index, draft) in instructions.enumerated() {
            var instruction = draft.instruction
            if draft.set >= 0 {
                instruction.extra = UnsafeRawPointer(records + draft.set)
                instruction.table = UnsafePointer(records[draft.set].table)
                instruction.bit = records[draft.set].bit
            }
            if draft.guardTable >= 0 { instruction.guardTable = UnsafePointer(table(draft.guardTable)) }
            if draft.words >= 0 { instruction.extra = UnsafeRawPointer(raw + wordPlaces[draft.words]) }
            if draft.masks >= 0 {
                let place = raw + maskPlaces[index]
                if instruction.op == .branch64 {
                    masks[draft.masks].withUnsafeBytes { _ = memcpy(place, $0.baseAddress!, 258 * 8) }
                } else {
                    for c in 0 ..< 258 { place.storeBytes(of: UInt8(truncatingIfNeeded: masks[draft.masks][c]), toByteOffset: c, as: UInt8.self) }
                }
                instruction.table = UnsafePointer(place.assumingMemoryBound(to: UInt8.self))
            }
            (target + index).initialize(to: instruction)
        }
        store(prefix, prefixPlace)
        store(reader.code, codePlace)
        program.pointee.instructions = UnsafePointer(target)
        program.pointee.sets = records
        program.pointee.setCount = sets.count
        program.pointee.code = UnsafePointer((raw + codePlace).assumingMemoryBound(to: UInt32.self))
        program.pointee.codeCount = reader.code.count
        program.pointee.groups = reader.groups
        program.pointee.registers = registers
        program.pointee.minimum = RegexCompiler.minimum(nodes)
        program.pointee.first = firstTable < 0 ? nil : UnsafePointer(table(firstTable))
        program.pointee.firstBit = firstBit
        program.pointee.anchor = anchor
        program.pointee.wordStart = wordStart
        program.pointee.usesLocale = reader.usesLocale
        program.pointee.prefix = prefix.isEmpty ? nil : UnsafePointer((raw + prefixPlace).assumingMemoryBound(to: UInt32.self))
        program.pointee.prefixCount = prefix.count
        program.pointee.leadingRun = leadingRun
        program.pointee.leadingRunCanBeEmpty = canBeEmpty
        return Value(raw)
    }

    /// Computes the tables of a pattern's sets for the locale of the moment.
    static func refreshLocale(_ program: UnsafePointer<RegexProgram>) {
        for index in 0 ..< program.pointee.setCount {
            let set = program.pointee.sets[index]
            for c in 0 ..< 256 {
                let inside = RegexCharset.contains(set.program, UInt32(c), fold: set.fold, inverted: set.inverted)
                if inside { set.table[c] |= set.bit } else { set.table[c] &= ~set.bit }
            }
        }
    }
}
