import Glibc
import Objects

/// The matcher: runs a `RegexProgram` over a subject by backtracking.
///
/// Nothing recurses. Choices, and the old values of marks and loop registers that were overwritten since, are frames of equal size on a
/// stack in plain memory; failing pops frames, restoring as it goes, down to the last choice. So after a failure all marks are what they were when the
/// choice was made. While the stack is empty nothing needs to be saved.
///
/// The loop is generic over the subject's unit and instantiated for 1, 2 and 4 bytes. It touches raw memory only.
protocol RegexUnit: FixedWidthInteger, UnsignedInteger {}
extension UInt8: RegexUnit {}
extension UInt16: RegexUnit {}
extension UInt32: RegexUnit {}

struct RegexFrame {
    enum Kind: Int32 {
        /// Go on at instruction `x`, place `p`.
        case choice
        /// Mark `x` was `p`; the last closed group was `q` (-1: unchanged).
        case mark
        /// Greedy run `x` stands at `p` and may go back to `q`.
        case run
        /// Lazy run `x` stands at `p` and may go on to `q`.
        case lazyRun
        /// Branch `x` at `p` has the alternatives `q` left.
        case branch
        /// Loop registers `x` and `x + 1` were `p` and `q`.
        case registers
        /// A round of the loop that ends at instruction `x` began at `p`; the round before at `q`.
        case round
        /// A lazy loop that ends at `x` went on with its tail at `p`.
        case lazyLoop
    }
    var kind: Kind
    var x: Int32
    var p: Int
    var q: Int
}

/// Scratch memory of one match: marks and registers, then frames. Workspaces are pooled, so that matching allocates nothing.
struct RegexWorkspace {
    var words: UnsafeMutablePointer<Int>
    var wordCapacity: Int
    var frames: UnsafeMutablePointer<RegexFrame>
    var frameCapacity: Int
    var next: UnsafeMutablePointer<RegexWorkspace>?

    nonisolated(unsafe) private static var pool: UnsafeMutablePointer<RegexWorkspace>?
    /// A gigabyte of frames: what needs more will not end well.
    static let maximumFrames = 1 << 30 / MemoryLayout<RegexFrame>.stride

    static func take(words: Int) -> UnsafeMutablePointer<RegexWorkspace>? {
        let workspace: UnsafeMutablePointer<RegexWorkspace>
        if let spare = pool {
            pool = spare.pointee.next
            workspace = spare
        } else {
            guard let frames = malloc(512 * MemoryLayout<RegexFrame>.stride), let memory = malloc(64 * 8) else { return nil }
            workspace = .allocate(capacity: 1)
            workspace.initialize(to: RegexWorkspace(words: memory.assumingMemoryBound(to: Int.self), wordCapacity: 64,
                                                    frames: frames.assumingMemoryBound(to: RegexFrame.self), frameCapacity: 512))
        }
        if words > workspace.pointee.wordCapacity {
            guard words < 1 << 34, let memory = realloc(workspace.pointee.words, words * 8) else {
                give(workspace)
                return nil
            }
            workspace.pointee.words = memory.assumingMemoryBound(to: Int.self)
            workspace.pointee.wordCapacity = words
        }
        return workspace
    }

    static func give(_ workspace: UnsafeMutablePointer<RegexWorkspace>) {
        if workspace.pointee.frameCapacity > 1 << 16, let less = realloc(workspace.pointee.frames, 512 * MemoryLayout<RegexFrame>.stride) {
            workspace.pointee.frames = less.assumingMemoryBound(to: RegexFrame.self)
            workspace.pointee.frameCapacity = 512
        }
        if workspace.pointee.wordCapacity > 1 << 16, let less = realloc(workspace.pointee.words, 64 * 8) {
            workspace.pointee.words = less.assumingMemoryBound(to: Int.self)
            workspace.pointee.wordCapacity = 64
        }
        workspace.pointee.next = pool
        pool = workspace
    }
}

/// What the matcher asks of the rooms above: it is to return false when it has raised, as a signal handler may.
public enum RegexHooks {
    nonisolated(unsafe) public static var poll: ((ThreadRef) -> Bool)?
}

/// One matching over one subject, perhaps repeated from place to place.
struct RegexState {
    let thread: ThreadRef
    let program: UnsafePointer<RegexProgram>
    let workspace: UnsafeMutablePointer<RegexWorkspace>
    /// Of the whole subject, which `^` and lookbehind see.
    let begin: UnsafeRawPointer
    /// Of the part to be searched.
    let end: UnsafeRawPointer
    let width: Int
    /// Where to begin; after a match, where it begins and ends.
    var start: UnsafeRawPointer
    var stop: UnsafeRawPointer
    /// The match must reach `end`.
    var matchAll = false
    /// A match must not be empty at `start`: the last one ended there and was empty.
    var mustAdvance = false
    /// Number of the group that was closed last, or 0.
    var lastIndex = 0

    /// Marks: addresses, 0 for unset.
    @inline(__always) var marks: UnsafeMutablePointer<Int> { workspace.pointee.words }

    /// 1: there is a match; 0: none; -1: raised.
    @inline(__always) mutating func match() -> Int { run(searching: false) }
    @inline(__always) mutating func search() -> Int { run(searching: true) }

    private mutating func run(searching: Bool) -> Int {
        switch width {
        case 1: return RegexMatcher.run(&self, UInt8.self, searching)
        case 2: return RegexMatcher.run(&self, UInt16.self, searching)
        default: return RegexMatcher.run(&self, UInt32.self, searching)
        }
    }

    /// Goes on behind the last match.
    @inline(__always) mutating func advance() {
        mustAdvance = stop == start
        start = stop
    }

    @inline(__always) func offset(_ place: UnsafeRawPointer) -> Int { (place - begin) >> (width >> 1) }

    /// Offsets of a group, or nil when it took no part. Group 0 is the match.
    @inline(__always) func span(_ group: Int) -> (start: Int, end: Int)? {
        if group == 0 { return (offset(start), offset(stop)) }
        let first = marks[2 * group - 2], last = marks[2 * group - 1]
        if first == 0 || last == 0 { return nil }
        let base = Int(bitPattern: begin)
        return ((first - base) >> (width >> 1), (last - base) >> (width >> 1))
    }
}

enum RegexMatcher {
    // MARK: Single characters

    /// Whether a character belongs to an instruction's set.
    @inline(__always) static func test<U: RegexUnit>(_ c: U, _ table: UnsafePointer<UInt8>, _ bit: UInt8, _ record: UnsafePointer<RegexSetRecord>) -> Bool {
        if MemoryLayout<U>.size == 1 || c < 256 { return table[Int(c)] & bit != 0 }
        return testHigh(UInt32(c), record)
    }

    @inline(__always) static func testHigh(_ c: UInt32, _ record: UnsafePointer<RegexSetRecord>) -> Bool {
        if record.pointee.high != 2 { return record.pointee.high == 1 }
        return testProgram(c, record)
    }

    @inline(never) static func testProgram(_ c: UInt32, _ record: UnsafePointer<RegexSetRecord>) -> Bool {
        RegexCharset.contains(record.pointee.program, c, fold: record.pointee.fold, inverted: record.pointee.inverted)
    }

    /// Whether what follows can begin at `p`.
    @inline(__always) static func guardIndex<U: RegexUnit>(_ p: UnsafePointer<U>, _ end: UnsafePointer<U>) -> Int {
        if p == end { return 257 }
        let c = p.pointee
        return MemoryLayout<U>.size == 1 || c < 256 ? Int(c) : 256
    }

    /// The end of the run of characters of the set that begins at `p`.
    @inline(__always) static func runEnd<U: RegexUnit>(_ p: UnsafePointer<U>, _ limit: UnsafePointer<U>, _ table: UnsafePointer<UInt8>, _ bit: UInt8,
                                                       _ record: UnsafePointer<RegexSetRecord>) -> UnsafePointer<U> {
        var q = p
        switch record.pointee.kind {
        case 1: return limit
        case 2:
            let stop = record.pointee.character
            if MemoryLayout<U>.size == 1 {
                if stop > 255 || q == limit { return limit }
                guard let found = memchr(q, Int32(stop), limit - q) else { return limit }
                return UnsafePointer(found.assumingMemoryBound(to: U.self))
            }
            while q < limit && UInt32(q.pointee) != stop { q += 1 }
            return q
        default:
            while q < limit && test(q.pointee, table, bit, record) { q += 1 }
            return q
        }
    }

    @inline(__always) static func isWord<U: RegexUnit>(_ c: U, _ position: RegexPosition) -> Bool {
        switch position {
        case .boundary, .nonBoundary: return c < 128 && RegexCharacters.wordTables[256 + Int(c)] != 0
        case .unicodeBoundary, .unicodeNonBoundary:
            if MemoryLayout<U>.size == 1 || c < 256 { return RegexCharacters.wordTables[Int(c)] != 0 }
            return RegexCharacters.isWord(UInt32(c))
        default: return RegexCharacters.isLocaleWord(UInt32(c))
        }
    }

    @inline(__always) static func holds<U: RegexUnit>(_ position: RegexPosition, _ p: UnsafePointer<U>, _ begin: UnsafePointer<U>, _ end: UnsafePointer<U>) -> Bool {
        switch position {
        case .beginning, .beginningString: return p == begin
        case .beginningLine: return p == begin || p[-1] == 10
        case .end: return p == end || (end - p == 1 && p.pointee == 10)
        case .endLine: return p == end || p.pointee == 10
        case .endString: return p == end
        case .boundary, .nonBoundary, .localeBoundary, .localeNonBoundary, .unicodeBoundary, .unicodeNonBoundary:
            if begin == end { return false }
            let before = p > begin && isWord(p[-1], position)
            let after = p < end && isWord(p.pointee, position)
            let wanted = position == .boundary || position == .unicodeBoundary || position == .localeBoundary
            return (before != after) == wanted
        }
    }

    @inline(never) static func fold(_ c: UInt32, _ mode: UInt8) -> UInt32 {
        switch RegexFold(rawValue: mode).unsafelyUnwrapped {
        case .none: return c
        case .ascii: return RegexCharacters.asciiLower(c)
        case .unicode: return RegexCharacters.unicodeLower(c)
        case .locale: return RegexCharacters.localeLower(c)
        }
    }

    /// Doubles the stack. nil when there is no memory (raised).
    @inline(never) static func grow(_ state: inout RegexState, _ used: Int) -> UnsafeMutablePointer<RegexFrame>? {
        let workspace = state.workspace
        let capacity = workspace.pointee.frameCapacity * 2
        guard capacity <= RegexWorkspace.maximumFrames, let memory = realloc(workspace.pointee.frames, capacity * MemoryLayout<RegexFrame>.stride) else {
            state.thread.raiseOutOfMemory()
            return nil
        }
        workspace.pointee.frames = memory.assumingMemoryBound(to: RegexFrame.self)
        workspace.pointee.frameCapacity = capacity
        return workspace.pointee.frames
    }

    // MARK: The search for a start

    /// The first place from `s` up to `last` where the pattern might match; nil when there is none.
    @inline(__always) static func candidate<U: RegexUnit>(_ program: UnsafePointer<RegexProgram>, _ from: UnsafePointer<U>, _ last: UnsafePointer<U>,
                                                          _ begin: UnsafePointer<U>) -> UnsafePointer<U>? {
        var s = from
        if let prefix = program.pointee.prefix {
            // `last` leaves room for the whole prefix, since it counts in the minimum.
            let wanted = prefix[0]
            guard let unit = U(exactly: wanted) else { return nil }
            let second: U
            let pair = program.pointee.prefixCount > 1
            if pair {
                guard let next = U(exactly: prefix[1]) else { return nil }
                second = next
            } else {
                second = 0
            }
            while s <= last {
                if MemoryLayout<U>.size == 1 {
                    guard let found = memchr(s, Int32(wanted), last - s + 1) else { return nil }
                    s = UnsafePointer(found.assumingMemoryBound(to: U.self))
                } else {
                    while s <= last && s.pointee != unit { s += 1 }
                    if s > last { return nil }
                }
                if !pair || s[1] == second { return s }
                s += 1
            }
            return nil
        }
        switch program.pointee.anchor {
        case 1: return s == begin ? s : nil
        case 2:
            while s <= last {
                if s == begin || s[-1] == 10 { return s }
                if MemoryLayout<U>.size == 1 {
                    guard last > s, let found = memchr(s, 10, last - s) else { return nil }
                    s = UnsafePointer(found.assumingMemoryBound(to: U.self)) + 1
                } else {
                    s += 1
                }
            }
            return nil
        default: break
        }
        guard let first = program.pointee.first else { return s <= last ? s : nil }
        let bit = program.pointee.firstBit
        // A guard means that a match takes a character at least, so `last` is not the end.
        let wordStart = program.pointee.wordStart
        while true {
            while s <= last && first[MemoryLayout<U>.size == 1 || s.pointee < 256 ? Int(s.pointee) : 256] & bit == 0 { s += 1 }
            if s > last { return nil }
            if wordStart == 0 || s == begin || !isWord(s[-1], wordStart == 1 ? .unicodeBoundary : .boundary) { return s }
            s += 1
        }
    }

    // MARK: The loop

    static func run<U: RegexUnit>(_ state: inout RegexState, _: U.Type, _ searching: Bool) -> Int {
        let program = state.program
        let code = program.pointee.instructions
        let begin = state.begin.assumingMemoryBound(to: U.self)
        var end = state.end.assumingMemoryBound(to: U.self)
        var s = state.start.assumingMemoryBound(to: U.self)
        if s > end {
            // As in CPython, `match` may find the empty text behind the end of the part.
            if searching || state.matchAll { return 0 }
            end = s
        }
        if end - s < program.pointee.minimum { return 0 }
        let last = end - program.pointee.minimum
        let marks = state.marks
        let markCount = 2 * program.pointee.groups
        let registers = marks + markCount
        var base = state.workspace.pointee.frames
        var limit = base + state.workspace.pointee.frameCapacity
        var sp = base
        var lastIndex = 0
        var dirty = true
        /// A match that ends here is refused.
        var refused: UnsafePointer<U>? = state.mustAdvance ? s : nil
        let matchAll = state.matchAll
        var ticks = 4096

        starts: while true {
            if searching {
                guard let found = candidate(program, s, last, begin) else { return 0 }
                if found != s { refused = nil }
                s = found
            }
            if dirty {
                for index in 0 ..< markCount { marks[index] = 0 }
                dirty = false
            }
            lastIndex = 0
            sp = base
            var p = s
            var pc = code

            attempt: while true {
                // Room for the frames that one instruction may push.
                if sp + 4 > limit {
                    let used = sp - base
                    guard let frames = grow(&state, used) else { return -1 }
                    base = frames
                    sp = base + used
                    limit = base + state.workspace.pointee.frameCapacity
                }
                let i = pc.pointee
                execute: switch i.op {
                case .jump:
                    pc = code + Int(i.a)
                    continue attempt
                case .fail: break
                case .success:
                    if matchAll && p != end { break }
                    if p == refused { break }
                    state.start = UnsafeRawPointer(s)
                    state.stop = UnsafeRawPointer(p)
                    state.lastIndex = lastIndex
                    return 1
                case .literal:
                    if p < end && UInt32(p.pointee) == i.lo {
                        p += 1
                        pc += 1
                        continue attempt
                    }
                case .set:
                    if p < end && test(p.pointee, i.table, i.bit, i.extra.assumingMemoryBound(to: RegexSetRecord.self)) {
                        p += 1
                        pc += 1
                        continue attempt
                    }
                case .string:
                    let count = Int(i.a)
                    if end - p < count { break }
                    let text = i.extra.assumingMemoryBound(to: UInt32.self)
                    var index = 0
                    while index < count && UInt32(p[index]) == text[index] { index &+= 1 }
                    if index == count {
                        p += count
                        pc += 1
                        continue attempt
                    }
                case .at:
                    if holds(RegexPosition(rawValue: UInt32(i.a)).unsafelyUnwrapped, p, begin, end) {
                        pc += 1
                        continue attempt
                    }
                case .look:
                    var inside = false
                    if i.lo == 0 {
                        if p < end { inside = i.a == 1 ? UInt32(p.pointee) == i.hi : test(p.pointee, i.table, i.bit, i.extra.assumingMemoryBound(to: RegexSetRecord.self)) }
                    } else if p > begin {
                        inside = i.a == 1 ? UInt32(p[-1]) == i.hi : test(p[-1], i.table, i.bit, i.extra.assumingMemoryBound(to: RegexSetRecord.self))
                    }
                    if inside != (i.mode == 1) {
                        pc += 1
                        continue attempt
                    }
                case .mark:
                    let index = Int(i.a)
                    let closes = index & 1 != 0
                    if sp == base {
                        dirty = true
                    } else {
                        sp.initialize(to: RegexFrame(kind: .mark, x: i.a, p: marks[index], q: closes ? lastIndex : -1))
                        sp += 1
                    }
                    marks[index] = Int(bitPattern: p)
                    if closes { lastIndex = index >> 1 &+ 1 }
                    pc += 1
                    continue attempt
                case .groupReference:
                    let from = marks[2 * Int(i.a)], to = marks[2 * Int(i.a) + 1]
                    if from == 0 || to == 0 || to < from { break }
                    let count = (to - from) / MemoryLayout<U>.size
                    if end - p < count { break }
                    let text = UnsafePointer<U>(bitPattern: from).unsafelyUnwrapped
                    var index = 0
                    if i.mode == 0 {
                        while index < count && p[index] == text[index] { index &+= 1 }
                    } else {
                        while index < count && (p[index] == text[index] || fold(UInt32(p[index]), i.mode) == fold(UInt32(text[index]), i.mode)) { index &+= 1 }
                    }
                    if index == count {
                        p += count
                        pc += 1
                        continue attempt
                    }
                case .conditional:
                    let from = marks[2 * Int(i.a)], to = marks[2 * Int(i.a) + 1]
                    if from == 0 || to == 0 || to < from { pc = code + Int(i.b) } else { pc += 1 }
                    continue attempt
                case .branch8:
                    let mask = i.table[guardIndex(p, end)]
                    if mask == 0 { break }
                    let rest = mask & (mask &- 1)
                    if rest != 0 {
                        sp.initialize(to: RegexFrame(kind: .branch, x: Int32(truncatingIfNeeded: pc - code), p: Int(bitPattern: p), q: Int(rest)))
                        sp += 1
                    }
                    pc = code + Int(i.extra.assumingMemoryBound(to: UInt32.self)[mask.trailingZeroBitCount])
                    continue attempt
                case .branch64:
                    let mask = UnsafeRawPointer(i.table.unsafelyUnwrapped).assumingMemoryBound(to: UInt64.self)[guardIndex(p, end)]
                    if mask == 0 { break }
                    let rest = mask & (mask &- 1)
                    if rest != 0 {
                        sp.initialize(to: RegexFrame(kind: .branch, x: Int32(truncatingIfNeeded: pc - code), p: Int(bitPattern: p), q: Int(bitPattern: UInt(rest))))
                        sp += 1
                    }
                    pc = code + Int(i.extra.assumingMemoryBound(to: UInt32.self)[mask.trailingZeroBitCount])
                    continue attempt
                case .runExactly:
                    let count = Int(i.lo)
                    if end - p < count { break }
                    let stop = p + count
                    let record = i.extra.assumingMemoryBound(to: RegexSetRecord.self)
                    if record.pointee.kind == 1 {
                        p = stop
                        pc += 1
                        continue attempt
                    }
                    var q = p
                    while q < stop && test(q.pointee, i.table, i.bit, record) { q += 1 }
                    if q == stop {
                        p = q
                        pc += 1
                        continue attempt
                    }
                case .runAll, .runGreedy:
                    let least = Int(i.lo)
                    if end - p < least { break }
                    let reach = i.hi == SRE.maxRepeat || end - p <= Int(i.hi) ? end : p + Int(i.hi)
                    var q = runEnd(p, reach, i.table, i.bit, i.extra.assumingMemoryBound(to: RegexSetRecord.self))
                    if q - p < least { break }
                    if i.op == .runAll {
                        p = q
                        pc += 1
                        continue attempt
                    }
                    let low = p + least
                    if let table = i.guardTable {
                        while table[guardIndex(q, end)] & i.guardBit == 0 {
                            if q == low { break execute }
                            q -= 1
                        }
                    }
                    if q > low {
                        sp.initialize(to: RegexFrame(kind: .run, x: Int32(truncatingIfNeeded: pc - code), p: Int(bitPattern: q), q: Int(bitPattern: low)))
                        sp += 1
                    }
                    p = q
                    pc += 1
                    continue attempt
                case .runLazy:
                    let least = Int(i.lo)
                    if end - p < least { break }
                    let record = i.extra.assumingMemoryBound(to: RegexSetRecord.self)
                    let reach = i.hi == SRE.maxRepeat || end - p <= Int(i.hi) ? end : p + Int(i.hi)
                    var q = p
                    let low = p + least
                    while q < low && test(q.pointee, i.table, i.bit, record) { q += 1 }
                    if q < low { break }
                    if let table = i.guardTable {
                        while table[guardIndex(q, end)] & i.guardBit == 0 {
                            if q >= reach || !test(q.pointee, i.table, i.bit, record) { break execute }
                            q += 1
                        }
                    }
                    if q < reach {
                        sp.initialize(to: RegexFrame(kind: .lazyRun, x: Int32(truncatingIfNeeded: pc - code), p: Int(bitPattern: q), q: Int(bitPattern: reach)))
                        sp += 1
                    }
                    p = q
                    pc += 1
                    continue attempt
                case .loopStart:
                    let r = registers + Int(i.a)
                    if sp != base {
                        sp.initialize(to: RegexFrame(kind: .registers, x: i.a, p: r[0], q: r[1]))
                        sp += 1
                    }
                    r[0] = 0
                    r[1] = 0
                    pc = code + Int(i.b)
                    continue attempt
                case .loopGreedy:
                    let r = registers + Int(i.a)
                    let count = r[0]
                    if count < Int(i.lo) {
                        if sp != base {
                            sp.initialize(to: RegexFrame(kind: .registers, x: i.a, p: count, q: r[1]))
                            sp += 1
                        }
                        r[0] = count &+ 1
                        pc = code + Int(i.b)
                        continue attempt
                    }
                    let may = i.table[guardIndex(p, end)]
                    if may & 1 != 0 && (i.hi == SRE.maxRepeat || count < Int(i.hi)) && r[1] != Int(bitPattern: p) {
                        if may & 2 != 0 {
                            sp.initialize(to: RegexFrame(kind: .round, x: Int32(truncatingIfNeeded: pc - code), p: Int(bitPattern: p), q: r[1]))
                            sp += 1
                        } else if sp != base {
                            sp.initialize(to: RegexFrame(kind: .registers, x: i.a, p: count, q: r[1]))
                            sp += 1
                        }
                        r[0] = count &+ 1
                        r[1] = Int(bitPattern: p)
                        pc = code + Int(i.b)
                        continue attempt
                    }
                    if may & 2 != 0 {
                        pc += 1
                        continue attempt
                    }
                case .loopLazy:
                    let r = registers + Int(i.a)
                    let count = r[0]
                    if count < Int(i.lo) {
                        if sp != base {
                            sp.initialize(to: RegexFrame(kind: .registers, x: i.a, p: count, q: r[1]))
                            sp += 1
                        }
                        r[0] = count &+ 1
                        pc = code + Int(i.b)
                        continue attempt
                    }
                    sp.initialize(to: RegexFrame(kind: .lazyLoop, x: Int32(truncatingIfNeeded: pc - code), p: Int(bitPattern: p), q: 0))
                    sp += 1
                    pc += 1
                    continue attempt
                case .loopPossessive:
                    let r = registers + Int(i.a)
                    let count = r[0]
                    if count >= Int(i.lo) {
                        if (i.hi != SRE.maxRepeat && count >= Int(i.hi)) || r[1] == Int(bitPattern: p) {
                            pc = code + Int(i.b)
                            continue attempt
                        }
                        r[2] = sp - base
                        sp.initialize(to: RegexFrame(kind: .choice, x: i.b, p: Int(bitPattern: p), q: 0))
                        sp += 1
                        r[1] = Int(bitPattern: p)
                    } else {
                        r[2] = sp - base
                    }
                    pc += 1
                    continue attempt
                case .loopPossessiveEnd:
                    let r = registers + Int(i.a)
                    sp = keepRestoring(base + r[2], sp)
                    r[0] = r[0] &+ 1
                    pc = code + Int(i.b)
                    continue attempt
                case .assertStart, .atomicStart:
                    let r = registers + Int(i.a)
                    if p - begin < Int(i.lo) { break }
                    r[0] = sp - base
                    r[1] = Int(bitPattern: p)
                    p -= Int(i.lo)
                    pc += 1
                    continue attempt
                case .assertEnd:
                    let r = registers + Int(i.a)
                    sp = keepRestoring(base + r[0], sp)
                    p = UnsafePointer<U>(bitPattern: r[1]).unsafelyUnwrapped
                    pc += 1
                    continue attempt
                case .atomicEnd:
                    sp = keepRestoring(base + (registers + Int(i.a)).pointee, sp)
                    pc += 1
                    continue attempt
                case .assertNotStart:
                    if p - begin < Int(i.lo) {
                        pc = code + Int(i.b)
                        continue attempt
                    }
                    registers[Int(i.a)] = sp - base
                    sp.initialize(to: RegexFrame(kind: .choice, x: i.b, p: Int(bitPattern: p), q: 0))
                    sp += 1
                    p -= Int(i.lo)
                    pc += 1
                    continue attempt
                case .assertNotEnd:
                    // What must not match has: forget its choices, and the one to go on, but restore what it changed.
                    sp = keepRestoring(base + registers[Int(i.a)], sp)
                }

                // Failure: back to the last choice.
                while true {
                    if sp == base { break attempt }
                    sp -= 1
                    ticks &-= 1
                    if ticks == 0 {
                        ticks = 4096
                        if taipan_breaker_load(state.thread) != 0, let poll = RegexHooks.poll, !poll(state.thread) { return -1 }
                    }
                    let frame = sp
                    let x = Int(frame.pointee.x)
                    switch frame.pointee.kind {
                    case .choice:
                        p = UnsafePointer<U>(bitPattern: frame.pointee.p).unsafelyUnwrapped
                        pc = code + x
                        continue attempt
                    case .mark:
                        marks[x] = frame.pointee.p
                        if frame.pointee.q >= 0 { lastIndex = frame.pointee.q }
                    case .registers:
                        registers[x] = frame.pointee.p
                        registers[x + 1] = frame.pointee.q
                    case .branch:
                        let mask = UInt(bitPattern: frame.pointee.q)
                        let rest = mask & (mask &- 1)
                        p = UnsafePointer<U>(bitPattern: frame.pointee.p).unsafelyUnwrapped
                        if rest != 0 {
                            frame.pointee.q = Int(bitPattern: rest)
                            sp += 1
                        }
                        pc = code + Int(code[x].extra.assumingMemoryBound(to: UInt32.self)[mask.trailingZeroBitCount])
                        continue attempt
                    case .run:
                        let instruction = code + x
                        var q = UnsafePointer<U>(bitPattern: frame.pointee.p).unsafelyUnwrapped - 1
                        let low = UnsafePointer<U>(bitPattern: frame.pointee.q).unsafelyUnwrapped
                        if let table = instruction.pointee.guardTable {
                            let bit = instruction.pointee.guardBit
                            // Within the run, so never at the end.
                            while q >= low && table[MemoryLayout<U>.size == 1 || q.pointee < 256 ? Int(q.pointee) : 256] & bit == 0 { q -= 1 }
                            if q < low { continue }
                        }
                        if q > low {
                            frame.pointee.p = Int(bitPattern: q)
                            sp += 1
                        }
                        p = q
                        pc = instruction + 1
                        continue attempt
                    case .lazyRun:
                        let instruction = code + x
                        let record = instruction.pointee.extra.assumingMemoryBound(to: RegexSetRecord.self)
                        var q = UnsafePointer<U>(bitPattern: frame.pointee.p).unsafelyUnwrapped
                        let reach = UnsafePointer<U>(bitPattern: frame.pointee.q).unsafelyUnwrapped
                        let table = instruction.pointee.table.unsafelyUnwrapped
                        let bit = instruction.pointee.bit
                        if !test(q.pointee, table, bit, record) { continue }
                        q += 1
                        if let follow = instruction.pointee.guardTable {
                            let followBit = instruction.pointee.guardBit
                            var possible = true
                            while follow[guardIndex(q, end)] & followBit == 0 {
                                if q >= reach || !test(q.pointee, table, bit, record) {
                                    possible = false
                                    break
                                }
                                q += 1
                            }
                            if !possible { continue }
                        }
                        if q < reach {
                            frame.pointee.p = Int(bitPattern: q)
                            sp += 1
                        }
                        p = q
                        pc = instruction + 1
                        continue attempt
                    case .round:
                        // Give up the round: back to before it, and on with the tail.
                        let instruction = code + x
                        let r = registers + Int(instruction.pointee.a)
                        r[0] = r[0] &- 1
                        r[1] = frame.pointee.q
                        p = UnsafePointer<U>(bitPattern: frame.pointee.p).unsafelyUnwrapped
                        pc = instruction + 1
                        continue attempt
                    case .lazyLoop:
                        let instruction = code + x
                        let r = registers + Int(instruction.pointee.a)
                        let count = r[0]
                        p = UnsafePointer<U>(bitPattern: frame.pointee.p).unsafelyUnwrapped
                        let high = instruction.pointee.hi
                        if (high != SRE.maxRepeat && count >= Int(high)) || r[1] == Int(bitPattern: p) || instruction.pointee.table[guardIndex(p, end)] & 1 == 0 { continue }
                        if sp != base {
                            sp.initialize(to: RegexFrame(kind: .registers, x: instruction.pointee.a, p: count, q: r[1]))
                            sp += 1
                        }
                        r[0] = count &+ 1
                        r[1] = Int(bitPattern: p)
                        pc = code + Int(instruction.pointee.b)
                        continue attempt
                    }
                }
            }

            // No match from `s`.
            if !searching { return 0 }
            if program.pointee.leadingRun >= 0 && (refused == nil || !program.pointee.leadingRunCanBeEmpty) {
                let record = UnsafePointer(program.pointee.sets + program.pointee.leadingRun)
                s = runEnd(s, end, UnsafePointer(record.pointee.table), record.pointee.bit, record)
            }
            refused = nil
            if s >= last { return 0 }
            s += 1
        }
    }

    /// Drops the choices between `bottom` and `top` but keeps the frames that restore marks and registers. The new top.
    @inline(__always) static func keepRestoring(_ bottom: UnsafeMutablePointer<RegexFrame>, _ top: UnsafeMutablePointer<RegexFrame>) -> UnsafeMutablePointer<RegexFrame> {
        if bottom == top { return top }
        var target = bottom
        var source = bottom
        while source < top {
            let kind = source.pointee.kind
            if kind == .mark || kind == .registers {
                target.pointee = source.pointee
                target += 1
            }
            source += 1
        }
        return target
    }
}
