/// The second half of the verifier: what every register may hold at every instruction.
///
/// The interpreter trusts its registers: it takes a bound value where an instruction reads one, a cell where it reads a cell, the list under
/// construction where it appends. Here that trust is earned once, when code is loaded, by running the code over sets of `Kind`s: a forward data
/// flow analysis, joined where jumps and exception handlers meet, repeated until nothing changes. What the fast opcodes take for granted is
/// checked here; what only slow opcodes do (exceptions, functions and their closures, patterns) they check themselves as they run.
///
/// An exception edge leaves each instruction of a protected range with its registers before and after: the handler's state is joined with the
/// whole state where a range or a basic block begins, and with each register written since.
///
/// A new opcode needs a case in `step` only if it wants or leaves something other than plain values.
struct RegisterFlow {
    /// What a register may hold: a set.
    typealias Kinds = UInt8
    enum Kind {
        /// A Python value; more is not known of it.
        static let value: Kinds = 1
        /// The zero word.
        static let unbound: Kinds = 2
        /// Whatever an earlier call or frame left there.
        static let stale: Kinds = 4
        static let cell: Kinds = 8
        // Containers that the code itself has made, and a string
        static let list: Kinds = 16, set: Kinds = 32, dict: Kinds = 64, text: Kinds = 128
        /// What may not be read as a value.
        static let unreadable: Kinds = unbound | stale
    }

    /// A limit on the size of the states of all joins, which no real code comes near.
    private static let largestStates = 1 << 28
    private static let mostPasses = 500

    private let code: CompiledCode
    private let instructions: [Instruction]
    private let registerCount: Int
    /// Registers that are cleared when a frame begins.
    private let clearCount: Int
    /// Where the generator is made, at the end of a prologue that makes cells and is run once; -1 in code that is none.
    private let generatorPlace: Int
    private var isCell: [Bool]
    /// By word: the number of the join that stands there, or -1.
    private var joinAt: [Int32]
    /// By word: the exception range that covers it, or -1.
    private var rangeAt: [Int32]
    /// States of the joins, one after the other, and whether anything has come there yet.
    private var states: [Kinds] = []
    private var isReached: [Bool] = []
    private var state: [Kinds]
    /// A join that was passed already in this pass has changed.
    private var again = false
    /// The word being executed.
    private var place = 0
    private var range = -1

    init?(_ code: CompiledCode, _ instructions: [Instruction], clearCount: Int) {
        self.code = code
        self.instructions = instructions
        self.clearCount = clearCount
        registerCount = code.registerCount
        generatorPlace = RegisterFlow.generatorPlace(code, instructions)
        isCell = [Bool](repeating: false, count: registerCount)
        for cell in code.cells { isCell[cell.register] = true }
        joinAt = [Int32](repeating: -1, count: code.instructions.count)
        rangeAt = [Int32](repeating: -1, count: code.instructions.count)
        state = [Kinds](repeating: Kind.stale, count: registerCount)
        var joins: Int32 = 0
        func join(_ word: Int, _ places: inout [Int32]) {
            if places[word] < 0 {
                places[word] = joins
                joins += 1
            }
        }
        for instruction in instructions { if let target = instruction.target { join(target, &joinAt) } }
        for (index, range) in code.exceptionTable.enumerated().reversed() {
            join(Int(range.handler), &joinAt)
            for word in Int(range.start) ..< Int(range.end) { rangeAt[word] = Int32(index) }
        }
        guard Int(joins) * registerCount <= RegisterFlow.largestStates else { return nil }
        states = [Kinds](repeating: 0, count: Int(joins) * registerCount)
        isReached = [Bool](repeating: false, count: Int(joins))
    }

    private static func generatorPlace(_ code: CompiledCode, _ instructions: [Instruction]) -> Int {
        guard !code.flags.isDisjoint(with: [.generator, .coroutine, .asyncGenerator]), let maker = instructions.first(where: { $0.opcode != .makeCell }),
              maker.opcode == .makeGenerator, !instructions.contains(where: { ($0.target ?? .max) <= maker.start }),
              !code.exceptionTable.contains(where: { $0.handler <= maker.start || $0.start <= maker.start }) else { return -1 }
        return maker.start
    }

    /// Whether every instruction finds what it needs.
    mutating func isSound() -> Bool {
        for _ in 0 ..< RegisterFlow.mostPasses {
            again = false
            if !pass() { return false }
            if !again { return true }
        }
        return false
    }

    private mutating func pass() -> Bool {
        var arguments = code.argumentCount + code.keywordOnlyCount
        if code.flags.contains(.variadic) { arguments += 1 }
        if code.flags.contains(.keywordVariadic) { arguments += 1 }
        for register in 0 ..< registerCount {
            state[register] = register < arguments ? Kind.value : register < clearCount ? Kind.unbound : Kind.stale
        }
        var isLive = true
        range = -1
        for instruction in instructions {
            place = instruction.start
            let number = Int(joinAt[place])
            var isNew = Int(rangeAt[place]) != range
            if number >= 0 {
                if isLive { join(number, place) }
                isLive = isReached[number]
                if isLive {
                    for register in 0 ..< registerCount { state[register] = states[number * registerCount + register] }
                    isNew = true
                }
            }
            guard isLive else { continue }
            range = Int(rangeAt[place])
            if isNew { enterHandler(range) }
            if !step(instruction) { return false }
            if instruction.shape.ends { isLive = false }
        }
        return true
    }

    // MARK: Joining

    /// Joins the present state into that of a join.
    private mutating func join(_ number: Int, _ word: Int) {
        var changed = !isReached[number]
        isReached[number] = true
        let base = number * registerCount
        for register in 0 ..< registerCount {
            let joined = states[base + register] | state[register]
            if joined != states[base + register] {
                states[base + register] = joined
                changed = true
            }
        }
        if changed && word <= place { again = true }
    }

    private mutating func jump(to word: Int) { join(Int(joinAt[word]), word) }

    /// Joins the present state into that of a range's handler, whose register holds the exception.
    private mutating func enterHandler(_ range: Int) {
        guard range >= 0 else { return }
        let register = Int(code.exceptionTable[range].register)
        let saved = state[register]
        state[register] = Kind.value
        jump(to: Int(code.exceptionTable[range].handler))
        state[register] = saved
    }

    private mutating func write(_ register: Int, _ kinds: Kinds) {
        state[register] = kinds
        guard range >= 0, Int(code.exceptionTable[range].register) != register else { return }
        let word = Int(code.exceptionTable[range].handler)
        let index = Int(joinAt[word]) * registerCount + register
        let joined = states[index] | kinds
        if joined != states[index] {
            states[index] = joined
            if word <= place { again = true }
        }
    }

    /// A callee's frame has run from a register up.
    private mutating func clobber(from base: Int) {
        for register in base ..< registerCount { write(register, Kind.stale) }
    }

    // MARK: Instructions

    private func isReadable(_ register: Int, _ count: Int = 1) -> Bool {
        for place in register ..< register + count where state[place] & Kind.unreadable != 0 { return false }
        return true
    }

    private func holds(_ register: Int, _ kind: Kinds) -> Bool { state[register] & ~kind == 0 }

    /// Executes one instruction: false when it does not find what it needs.
    private mutating func step(_ instruction: Instruction) -> Bool {
        let a = instruction.a, b = instruction.b, c = instruction.c
        switch instruction.opcode {
        case .move: write(a, state[b])
        case .clear: write(a, Kind.unbound)
        case .loadConst: write(a, kind(ofConstant: b & 0xFF | c << 8))
        case .loadConstWide: write(a, kind(ofConstant: Int(instruction.x)))
        case .checkBound:
            if state[a] & Kind.stale != 0 { return false }
            state[a] &= ~Kind.unbound
            if state[a] == 0 { state[a] = Kind.value }
        case .deleteLocal:
            if state[a] & Kind.stale != 0 { return false }
            write(a, Kind.unbound)
        case .makeCell:
            guard isCell[a], state[a] & Kind.stale == 0 else { return false }
            write(a, Kind.cell)
        case .loadCell:
            guard isCell[b], holds(b, Kind.cell) else { return false }
            write(a, Kind.value)
        case .storeCell:
            guard isCell[a], holds(a, Kind.cell), isReadable(b) else { return false }
        case .deleteCell:
            guard isCell[a], holds(a, Kind.cell) else { return false }
        case .loadClosure: write(a, Kind.cell)
        case .getMethod:
            guard isReadable(b) else { return false }
            write(a, Kind.value)
            write(a + frameHeaderWords, Kind.value | Kind.unbound)
        case .withLookup, .asyncWithLookup:
            guard isReadable(b) else { return false }
            write(c, Kind.value)
            write(c + frameHeaderWords, Kind.value | Kind.unbound)
            write(a, Kind.value)
        case .call, .callKeywords:
            guard b >= clearCount, isReadable(b), isReadable(b + frameHeaderWords, c) else { return false }
            clobber(from: b)
            write(a, Kind.value)
        case .callMethod, .callMethodKeywords:
            guard b >= clearCount, isReadable(b), state[b + frameHeaderWords] & Kind.stale == 0, isReadable(b + frameHeaderWords + 1, c) else { return false }
            clobber(from: b)
            write(a, Kind.value)
        case .callExpanded:
            guard b >= clearCount, isReadable(b), isReadable(b + frameHeaderWords, c == 0 ? 1 : 2) else { return false }
            clobber(from: b)
            write(a, Kind.value)
        case .buildList:
            guard isReadable(b, c) else { return false }
            write(a, Kind.list)
        case .buildListFor:
            guard isReadable(b) else { return false }
            write(a, Kind.list)
        case .buildSet:
            guard isReadable(b, c) else { return false }
            write(a, Kind.set)
        case .buildMap:
            guard isReadable(b, 2 * c) else { return false }
            write(a, Kind.dict)
        case .formatValue:
            guard isReadable(b, c & 4 != 0 ? 2 : 1), c & 4 == 0 || holds(b + 1, Kind.text) else { return false }
            write(a, Kind.text)
        case .buildString:
            for register in b ..< b + c where !holds(register, Kind.text) { return false }
            write(a, Kind.text)
        case .listAppend, .listExtend: return holds(a, Kind.list) && isReadable(b)
        case .setAdd, .setUpdate: return holds(a, Kind.set) && isReadable(b)
        case .mapAdd, .dictMerge: return holds(a, Kind.dict) && isReadable(b) && isReadable(c)
        case .dictUpdate: return holds(a, Kind.dict) && isReadable(b)
        case .listToTuple:
            guard holds(b, Kind.list) else { return false }
            write(a, Kind.value)
        case .makeGenerator: return instruction.start == generatorPlace
        case .yield:
            guard generatorPlace >= 0, isReadable(b) else { return false }
            write(a, Kind.value)
        case .yieldDelegated:
            guard generatorPlace >= 0, isReadable(b), isReadable(c), let target = instruction.target else { return false }
            write(a, Kind.value)
            // What is thrown into the generator is raised behind the `send` that it goes back to.
            if target > 0 { enterHandler(Int(rangeAt[target - 1])) }
            enterHandler(Int(rangeAt[target]))
            jump(to: target)
            return true
        case .send:
            guard isReadable(b), isReadable(c) else { return false }
            write(a, Kind.value)
        case .forIter:
            guard isReadable(b), let target = instruction.target else { return false }
            jump(to: target)
            write(a, Kind.value)
            return true
        case .splitGroup:
            guard isReadable(b), isReadable(c) else { return false }
            write(a, Kind.value)
            write(b, Kind.value)
        case .pushException:
            guard isReadable(b) else { return false }
            write(a, Kind.value | Kind.unbound)
        case .popException: return state[a] & Kind.stale == 0
        default:
            if !plain(instruction) { return false }
        }
        if let target = instruction.target { jump(to: target) }
        return true
    }

    /// An instruction that reads and writes nothing but values.
    private mutating func plain(_ instruction: Instruction) -> Bool {
        let shape = instruction.shape
        let operands = [(shape.a, instruction.a), (shape.b, instruction.b), (shape.c, instruction.c)]
        for (operand, register) in operands {
            switch operand {
            case .reads, .updates: if !isReadable(register) { return false }
            case .readsWindow: if !isReadable(register, instruction.windowCount) { return false }
            default: break
            }
        }
        for (operand, register) in operands {
            switch operand {
            case .writes, .updates: write(register, Kind.value)
            case .writesWindow: for place in register ..< register + instruction.windowCount { write(place, Kind.value) }
            default: break
            }
        }
        return true
    }

    private func kind(ofConstant index: Int) -> Kinds {
        if case .constant(.string) = code.constants[index] { return Kind.text }
        return Kind.value
    }
}
