import Syntax

/// The emission half of the compiler: one `CodeBuilder` per scope collects words, constants, labels and positions.
///
/// Words are final when they are emitted, but for jump offsets, which `finish` fills in; nothing moves after that, so word
/// indices may be kept in exception ranges and positions. Three things are tracked on the way:
/// - *reachability*: after a jump, return or raise nothing is emitted until a label that somebody jumps to is bound, which is all
///   the dead code elimination there is. The tree is still walked, for its errors.
/// - *bound locals*: the set of locals that surely hold a value here. A jump merges the set into its label; a loop's head
///   and an exception handler start from the set before, less the names that the scope unbinds anywhere (`deletable`),
///   since everything else can only become bound.
/// - *registers*: locals first, then cells, then temporaries as a stack. `top` is the first free one; whoever takes
///   temporaries resets `top` to what it was.
/// To add an operand form, extend `emit`; to add a jump, give it a label through `emitJump`.

/// The locals that are surely bound: one word for most functions, more when there are more.
struct BoundSet: Equatable {
    private var low: UInt64 = 0
    private var high: [UInt64] = []

    func contains(_ i: Int) -> Bool {
        if i < 64 { return low & (1 << UInt64(i)) != 0 }
        let word = i / 64 - 1
        return word < high.count && high[word] & (1 << UInt64(i & 63)) != 0
    }

    mutating func insert(_ i: Int) {
        if i < 64 {
            low |= 1 << UInt64(i)
        } else {
            let word = i / 64 - 1
            while high.count <= word { high.append(0) }
            high[word] |= 1 << UInt64(i & 63)
        }
    }

    mutating func remove(_ i: Int) {
        if i < 64 {
            low &= ~(1 << UInt64(i))
        } else if i / 64 - 1 < high.count {
            high[i / 64 - 1] &= ~(1 << UInt64(i & 63))
        }
    }

    mutating func formIntersection(_ other: BoundSet) {
        low &= other.low
        if high.count > other.high.count { high.removeLast(high.count - other.high.count) }
        for i in high.indices { high[i] &= other.high[i] }
    }

    mutating func subtract(_ other: BoundSet) {
        low &= ~other.low
        for i in high.indices where i < other.high.count { high[i] &= ~other.high[i] }
    }
}

/// A place to jump to, known by number until `bind` gives it a position.
struct Label {
    fileprivate var id: Int
}

/// The parts of the code that one handler covers. Exit paths that run a `finally` body inline leave holes in it.
final class ProtectedRange {
    var segments: [(start: Int, end: Int)] = []
    var openedAt: Int?
    /// The bound set at the start, less what may be unbound inside.
    var bound = BoundSet()
    var wasReachable = false
}

enum ConstantKey: Hashable {
    case constant(Constant)
    case code(ObjectIdentifier)
}

final class CodeBuilder {
    let scope: Scope
    let code = CompiledCode()
    /// The class whose name mangles private names here.
    let className: String?
    let isFunction: Bool

    // Names and registers
    private var constantIndices: [ConstantKey: Int] = [:]
    private var nameIndices: [String: Int] = [:]
    var localRegisters: [String: Int] = [:]
    var cellRegisters: [String: Int] = [:]
    var freeIndices: [String: Int] = [:]
    private(set) var firstTemporary = 0
    private var nextLocal = 0
    private var localLimit = 0
    var top = 0
    private(set) var highest = 0

    // Emission
    private(set) var words: [UInt32] = []
    private var positions: [PositionEntry] = []
    private var exceptionTable: [ExceptionRange] = []
    var location = SourceRange.none
    private(set) var isReachable = true
    var bound = BoundSet()
    private var deletable = BoundSet()
    /// Where `bind` last put a label: the word before must stay.
    private var lastBound = 0
    /// Where the flow of control last ended.
    private var lastStop = -1
    /// See `mark`.
    private var markedLine: SourceRange?
    /// The location that the next instruction, which has none of its own, takes over.
    private var borrowedLocation: SourceRange?
    /// The word of the return that nobody wrote, at the end of the body; or -1.
    private var implicitReturn = -1
    private var isReturnFallenInto = false

    private struct LabelState {
        var position = -1
        var isReferenced = false
        var bound = BoundSet()
    }
    private var labels: [LabelState] = []
    /// Words that hold, or will hold, the offset to a label; `jump` words and `x` words alike.
    private var fixups: [(word: Int, label: Int, isWide: Bool)] = []

    // What surrounds the statement being compiled, innermost last
    var blocks: [Block] = []
    var selfName: String?
    var selfAttributes: Set<String> = []
    var kind: UnitKind

    init(scope: Scope, kind: UnitKind, className: String?) {
        self.kind = kind
        self.scope = scope
        self.className = className
        isFunction = scope.kind == .function
        if isFunction {
            for (i, name) in scope.parameters.enumerated() {
                localRegisters[name] = i
                bound.insert(i)
            }
            code.localNames = scope.parameters
            nextLocal = scope.parameters.count
            var reserved = nextLocal
            for symbol in scope.symbols where symbol.scope == .local && !symbol.flags.contains(.parameter) { reserved += 1 }
            firstTemporary = reserved
            localLimit = reserved
        }
        var cells: [String] = []
        var free: [String] = []
        for symbol in scope.symbols {
            if symbol.scope == .cell {
                cells.append(symbol.name)
            } else if symbol.scope == .free || symbol.flags.contains(.freeInClass) {
                free.append(symbol.name)
            }
        }
        // Parameters come first, in their own order; the rest is sorted.
        if scope.needsClassClosure { cells.append("__class__") }
        cells.sort { first, second in
            switch (localRegisters[first], localRegisters[second]) {
            case (let a?, let b?): return a < b
            case (_?, nil): return true
            case (nil, _?): return false
            case (nil, nil): return first.utf8.lexicographicallyPrecedes(second.utf8)
            }
        }
        free.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for name in cells {
            if let register = localRegisters[name] {
                cellRegisters[name] = register
                localRegisters[name] = nil
            } else {
                cellRegisters[name] = firstTemporary
                firstTemporary += 1
            }
            code.cells.append((name, cellRegisters[name]!))
        }
        for (i, name) in free.enumerated() { freeIndices[name] = i }
        code.freeNames = free
        top = firstTemporary
        highest = top
    }

    // MARK: Registers

    /// The register of a local of this function; registers are given out at first use, as CPython orders `co_varnames`.
    func local(_ name: String) -> Int {
        if let register = localRegisters[name] { return register }
        let register = nextLocal
        nextLocal += 1
        localRegisters[name] = register
        code.localNames.append(name)
        if scope.deletedNames.contains(name) { deletable.insert(register) }
        return register
    }

    func noteDeletableParameters() {
        for name in scope.deletedNames { if let register = localRegisters[name] { deletable.insert(register) } }
    }

    /// Whether some locals have no register yet.
    var hasUnmetLocals: Bool { isFunction && nextLocal < localLimit }

    func isTemporary(_ register: Int) -> Bool { register >= firstTemporary }

    /// Takes the next temporary.
    func take() -> Int {
        let register = top
        top += 1
        if top > highest { highest = top }
        return register
    }

    func take(_ count: Int) -> Int {
        let register = top
        top += count
        if top > highest { highest = top }
        return register
    }

    /// Registers up to `end` (exclusive) will be touched.
    func reserve(upTo end: Int) {
        if end > highest { highest = end }
    }

    // MARK: Constants, names and caches

    func constant(_ value: Constant) -> Int {
        let key = ConstantKey.constant(value)
        if let index = constantIndices[key] { return index }
        let index = code.constants.count
        constantIndices[key] = index
        code.constants.append(.constant(value))
        return index
    }

    func constant(_ inner: CompiledCode) -> Int {
        code.constants.append(.code(inner))
        return code.constants.count - 1
    }

    func name(_ name: String) -> Int {
        if let index = nameIndices[name] { return index }
        let index = code.names.count
        nameIndices[name] = index
        code.names.append(name)
        return index
    }

    func cache(_ name: String) -> Int {
        let index = self.name(name)
        guard isReachable else { return 0 }
        code.caches.append(Int32(index))
        return code.caches.count - 1
    }

    func loopCache() -> Int {
        guard isReachable else { return 0 }
        code.caches.append(-1)
        return code.caches.count - 1
    }

    // MARK: Instructions

    /// A line that a debugger is to see although it needs no instruction (`pass`, `try:`, a local or a constant that the instruction using it reads where it is). What comes next shows it if it stands on the same line or has no
    /// location of its own; otherwise a `nop` does.
    func mark(_ range: SourceRange) {
        guard isReachable else { return }
        if markedLine?.line == range.line { return }
        showMarkedLine()
        if lastBound < words.count, let last = positions.last, last.range.line == range.line { return }
        markedLine = range
    }

    /// Emits the `nop` of a marked line: what comes next can be reached from elsewhere too, or is none of it.
    private func showMarkedLine() {
        guard let range = markedLine else { return }
        markedLine = nil
        guard isReachable else { return }
        let saved = location
        location = range
        note(range)
        words.append(CodeBuilder.word(.nop, 0, 0, 0))
        location = saved
    }

    /// To be called before an instruction whose place matters.
    private func settleMarkedLine() {
        guard let range = markedLine else { return }
        if location == .none {
            markedLine = nil
            borrowedLocation = range
        } else if location.line == range.line {
            markedLine = nil
        } else {
            showMarkedLine()
        }
    }

    private func notePosition() {
        settleMarkedLine()
        note(borrowedLocation ?? location)
        borrowedLocation = nil
    }

    /// The location of the instruction before this place; what has no location counts as part of what precedes it.
    private func precedingLocation(_ word: Int) -> SourceRange {
        var low = 0
        var high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle].start) < word { low = middle + 1 } else { high = middle }
        }
        while low > 0 {
            low -= 1
            if positions[low].range != .none { return positions[low].range }
        }
        return .none
    }

    /// The location of the last instruction emitted.
    var lastLocation: SourceRange { markedLine ?? precedingLocation(words.count) }

    private func note(_ location: SourceRange) {
        let start = Int32(words.count)
        if let last = positions.last {
            if last.range == location { return }
            if last.start == start { positions.removeLast() }
        }
        positions.append(PositionEntry(start: start, range: location))
    }

    /// Makes the generator, at the first line but at no column of it: a traceback that stops here has nothing to mark.
    func makeGenerator() {
        let start = location
        location = SourceRange(line: start.line, column: -1, endLine: start.endLine, endColumn: -1)
        emit(.makeGenerator)
        location = start
    }

    func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0) {
        guard isReachable else { return }
        notePosition()
        if (a | b | c) > 0xFF {
            if (a | b | c) > 0xFFFF { words.append(CodeBuilder.word(.extended, a >> 16, b >> 16, c >> 16)) }
            words.append(CodeBuilder.word(.extended, a >> 8, b >> 8, c >> 8))
        }
        words.append(CodeBuilder.word(opcode, a, b, c))
    }

    func emit(_ opcode: Opcode, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, x: Int) {
        emit(opcode, a, b, c)
        if isReachable { words.append(UInt32(truncatingIfNeeded: x)) }
    }

    func emit(_ opcode: Opcode, _ a: Int, _ b: Int, _ c: Int, x: Int, y: Int) {
        emit(opcode, a, b, c, x: x)
        if isReachable { words.append(UInt32(truncatingIfNeeded: y)) }
    }

    static func word(_ opcode: Opcode, _ a: Int, _ b: Int, _ c: Int) -> UInt32 {
        UInt32(opcode.rawValue) | UInt32(a & 0xFF) << 8 | UInt32(b & 0xFF) << 16 | UInt32(c & 0xFF) << 24
    }

    /// Nothing that follows can be reached until a label is bound.
    func stop() {
        markedLine = nil
        isReachable = false
        lastStop = words.count
    }

    /// `return None` at the end of a body that has none: it belongs to whatever line the flow of control comes from, which `finish` finds out.
    func returnImplicitly() {
        guard isReachable else { return }
        location = .none
        let isMarked = markedLine != nil
        isReturnFallenInto = lastStop != words.count
        emit(.returnNone)
        if !isMarked { implicitReturn = words.count - 1 }
        stop()
    }

    func loadConstant(_ register: Int, _ value: Constant) { loadConstant(register, index: constant(value)) }

    func loadConstant(_ register: Int, index: Int) {
        if index <= 0xFFFF {
            guard isReachable else { return }
            notePosition()
            if register > 0xFF {
                if register > 0xFFFF { words.append(CodeBuilder.word(.extended, register >> 16, 0, 0)) }
                words.append(CodeBuilder.word(.extended, register >> 8, 0, 0))
            }
            words.append(CodeBuilder.word(.loadConst, register, index & 0xFF, index >> 8))
        } else {
            emit(.loadConstWide, register, x: index)
        }
    }

    func move(_ target: Int, _ source: Int) {
        if target != source { emit(.move, target, source) }
    }

    // MARK: Labels and jumps

    func label() -> Label {
        labels.append(LabelState())
        return Label(id: labels.count - 1)
    }

    private func refer(_ label: Label) {
        if labels[label.id].isReferenced {
            labels[label.id].bound.formIntersection(bound)
        } else {
            labels[label.id].isReferenced = true
            labels[label.id].bound = bound
        }
    }

    func isReferenced(_ label: Label) -> Bool { labels[label.id].isReferenced }

    /// An unconditional jump.
    func jump(to label: Label) {
        guard isReachable else { return }
        refer(label)
        settleMarkedLine()
        fixups.append((words.count, label.id, false))
        emit(.jump)
        stop()
    }

    /// A conditional jump, or any other instruction whose x is the offset to a label.
    func emitJump(_ opcode: Opcode, _ a: Int, _ b: Int = 0, _ c: Int = 0, to label: Label) {
        guard isReachable else { return }
        refer(label)
        emit(opcode, a, b, c, x: 0)
        fixups.append((words.count - 1, label.id, true))
    }

    func bind(_ label: Label) {
        showMarkedLine()
        // A jump to the very next instruction is dropped, but for what it shows of its line.
        if let last = fixups.last, !last.isWide, last.label == label.id, last.word == words.count - 1, !isReachable, lastBound < words.count {
            fixups.removeLast()
            words.removeLast()
            if let entry = positions.last, Int(entry.start) == words.count {
                if entry.range == .none || entry.range.line == precedingLocation(words.count).line {
                    positions.removeLast()
                } else {
                    words.append(CodeBuilder.word(.nop, 0, 0, 0))
                }
            }
            lastStop = -1
            isReachable = true
            bound = labels[label.id].bound
        }
        labels[label.id].position = words.count
        lastBound = words.count
        guard labels[label.id].isReferenced else { return }
        if isReachable {
            bound.formIntersection(labels[label.id].bound)
        } else {
            bound = labels[label.id].bound
            isReachable = true
        }
    }

    /// The head of a loop, to which `jumpBack` will come.
    func bindHead(_ label: Label) {
        showMarkedLine()
        bound.subtract(deletable)
        labels[label.id].position = words.count
        lastBound = words.count
    }

    func jumpBack(to head: Label, cache: Int) {
        guard isReachable else { return }
        settleMarkedLine()
        let start = words.count
        let distance = start + 2 - labels[head.id].position
        emit(.jumpBack, distance & 0xFF, distance >> 8 & 0xFF, distance >> 16 & 0xFF)
        words.append(UInt32(cache))
        if distance > 0xFFFFFF { isTooLong = true }
        stop()
    }

    /// `yieldDelegated`, with x leading back to a bound label.
    func emitBackward(_ opcode: Opcode, _ a: Int, _ b: Int, _ c: Int, to label: Label) {
        guard isReachable else { return }
        emit(opcode, a, b, c, x: 0)
        words[words.count - 1] = UInt32(bitPattern: Int32(labels[label.id].position - words.count))
    }

    private(set) var isTooLong = false

    // MARK: Exception ranges

    func open() -> ProtectedRange {
        let range = ProtectedRange()
        range.bound = bound
        range.bound.subtract(deletable)
        range.wasReachable = isReachable
        resume(range)
        return range
    }

    /// Words from here on are covered again.
    func resume(_ range: ProtectedRange) {
        showMarkedLine()
        range.openedAt = words.count
        lastBound = words.count
    }

    /// Words from here on are not covered.
    func suspend(_ range: ProtectedRange) {
        guard let start = range.openedAt else { return }
        showMarkedLine()
        if words.count > start { range.segments.append((start, words.count)) }
        range.openedAt = nil
        lastBound = words.count
    }

    /// Starts the handler of `range` here, with the exception in `register`. Locals bound at the start of the range are
    /// bound here, less those that may be unbound inside.
    func beginHandler(_ range: ProtectedRange, register: Int) {
        suspend(range)
        lastBound = words.count
        bound = range.bound
        isReachable = !range.segments.isEmpty
        for segment in range.segments {
            exceptionTable.append(ExceptionRange(start: Int32(segment.start), end: Int32(segment.end),
                                                 handler: Int32(words.count), register: Int32(register)))
        }
    }

    // MARK: The end

    /// Gives the implicit return the location of the instruction before it. A jump to it becomes a return of its own, with the location of the
    /// jump; for a conditional jump another return is put behind everything, if it is of another line.
    private func placeImplicitReturn() {
        if implicitReturn < 0 { return }
        let target = implicitReturn
        var own = isReturnFallenInto ? precedingLocation(target) : SourceRange.none
        var copies: [Int32: Int] = [:]
        if own != .none {
            setLocation(own, of: target)
            copies[own.line] = target
        }
        var redirected: [(index: Int, target: Int)] = []
        for (index, fixup) in fixups.enumerated() where resolve(fixup.label, from: fixup.word) == target {
            let range = precedingLocation(fixup.word + 1)
            if range == .none { continue }
            if !fixup.isWide {
                words[fixup.word] = CodeBuilder.word(.returnNone, 0, 0, 0)
                setLocation(range, of: fixup.word)
                redirected.append((index, -1))
            } else if let known = copies[range.line] {
                redirected.append((index, known))
            } else if own == .none {
                own = range
                setLocation(range, of: target)
                copies[range.line] = target
                redirected.append((index, target))
            } else {
                positions.append(PositionEntry(start: Int32(words.count), range: range))
                copies[range.line] = words.count
                redirected.append((index, words.count))
                words.append(CodeBuilder.word(.returnNone, 0, 0, 0))
            }
        }
        for (index, target) in redirected.reversed() {
            if target < 0 {
                fixups.remove(at: index)
            } else {
                labels.append(LabelState(position: target, isReferenced: true))
                fixups[index].label = labels.count - 1
            }
        }
    }

    /// The word that a jump to a label arrives at in the end. A jump on the way that shows a line of its own is not passed over.
    private func resolve(_ label: Int, from source: Int) -> Int {
        var target = labels[label].position
        var hops = 0
        while hops < 16, target < words.count, words[target] & 0xFF == UInt32(Opcode.jump.rawValue), let next = jumpTargets[target] {
            let range = location(of: target)
            if range != .none, range.line != precedingLocation(source + 1).line { break }
            target = labels[next].position
            hops += 1
        }
        return target
    }

    private func location(of word: Int) -> SourceRange {
        var low = 0
        var high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle].start) <= word { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? .none : positions[low - 1].range
    }

    /// Gives one word a location of its own.
    private func setLocation(_ range: SourceRange, of word: Int) {
        var place = positions.count - 1
        while place >= 0, Int(positions[place].start) > word { place -= 1 }
        let before = place >= 0 ? positions[place].range : SourceRange.none
        if before == range { return }
        let hasNext = place + 1 < positions.count && Int(positions[place + 1].start) == word + 1
        if place >= 0, Int(positions[place].start) == word {
            positions[place].range = range
        } else {
            place += 1
            positions.insert(PositionEntry(start: Int32(word), range: range), at: place)
        }
        if !hasNext, word + 1 < words.count { positions.insert(PositionEntry(start: Int32(word + 1), range: before), at: place + 1) }
    }

    /// Fills in the jumps and completes `code`.
    func finish() throws -> CompiledCode {
        placeImplicitReturn()
        for fixup in fixups {
            let target = resolve(fixup.label, from: fixup.word)
            let offset = target - (fixup.word + 1)
            if fixup.isWide {
                words[fixup.word] = UInt32(bitPattern: Int32(offset))
            } else {
                if offset > 0x7FFFFF || offset < -0x800000 { isTooLong = true }
                words[fixup.word] = UInt32(Opcode.jump.rawValue) | UInt32(truncatingIfNeeded: offset) << 8
            }
        }
        if isTooLong || highest > 0xFFFF00 { throw CompileFailure(.overflowError, "code is too long", .none) }
        code.instructions = words
        code.positions = positions
        code.exceptionTable = exceptionTable
        code.registerCount = highest
        code.selfAttributeCount = selfAttributes.count
        return code
    }

    private lazy var jumpTargets: [Int: Int] = {
        var targets: [Int: Int] = [:]
        for fixup in fixups where !fixup.isWide { targets[fixup.word] = fixup.label }
        return targets
    }()
}
