/// The additions whose left operand nobody else can have.
///
/// A loop that builds a text with `text += piece` would copy the text in every round, which takes quadratic time. Where the left operand is a local that holds what
/// such an addition has made, and nothing has read the local since, the sum may take its operand's place in memory. A forward data flow analysis over the bytecode finds
/// where that is so: a local is *shared* when it may hold anything but a constant or a sum of this kind, or has been read in any other way.
///
/// The analysis sees what the instructions of the code do. Whoever reads or writes locals from outside has to see to it that their texts are not extended.
enum OwnedAdditions {
    /// The last word of each such addition: `x += y` or `x = x + y` with a local `x`.
    static func find(in code: CompiledCode) -> Set<Int> {
        var instructions: [Instruction] = [], numberAt: [Int: Int] = [:]
        var place = 0
        while place < code.instructions.count, let instruction = Instruction.decode(code.instructions, at: place) {
            numberAt[place] = instructions.count
            instructions.append(instruction)
            place = instruction.end
        }
        let parameters = code.argumentCount + code.keywordOnlyCount + (code.flags.contains(.variadic) ? 1 : 0) + (code.flags.contains(.keywordVariadic) ? 1 : 0)
        var result: Set<Int> = []
        for register in Set(instructions.compactMap(accumulator)) where register >= parameters && register < code.localNames.count {
            if code.cells.contains(where: { $0.register == register }) { continue }
            let shared = sharedStates(register, instructions, numberAt, code.exceptionTable)
            for (number, instruction) in instructions.enumerated() where accumulator(instruction) == register && shared[number] == false { result.insert(instruction.end - 1) }
        }
        return result
    }

    /// The register that an addition adds to.
    private static func accumulator(_ instruction: Instruction) -> Int? {
        switch instruction.opcode {
        case .add, .inplaceAdd: return instruction.a == instruction.b && instruction.a != instruction.c ? instruction.a : nil
        case .addK, .inplaceAddK: return instruction.a == instruction.b ? instruction.a : nil
        default: return nil
        }
    }

    /// Whether a register may be shared before each instruction; nil where none gets to.
    private static func sharedStates(_ register: Int, _ instructions: [Instruction], _ numberAt: [Int: Int], _ handlers: [ExceptionRange]) -> [Bool?] {
        var states = [Bool?](repeating: nil, count: instructions.count)
        var changed: [Int] = []
        func join(_ place: Int, _ isShared: Bool) {
            guard let number = numberAt[place], states[number] == nil || isShared && states[number] == false else { return }
            states[number] = isShared
            changed.append(number)
        }
        let targets = Set(instructions.compactMap(\.target)).union(handlers.map { Int($0.handler) })
        /// A move gets a constant that was loaded on the straight way to it, as in `a, b = "", ""`.
        func movesConstant(_ number: Int) -> Bool {
            var number = number
            guard instructions[number].opcode == .move else { return false }
            let source = instructions[number].b
            while number > 0, !targets.contains(instructions[number].start) {
                number -= 1
                let instruction = instructions[number]
                if instruction.opcode == .loadConst && instruction.a == source { return true }
                if instruction.shape.ends || isShared(source, by: instruction, false) && !(instruction.opcode == .move && instruction.b == source && instruction.a != source) { return false }
            }
            return false
        }
        join(0, true)
        while let number = changed.popLast() {
            let instruction = instructions[number], before = states[number] ?? true
            let after = accumulator(instruction) == register ? before
                : instruction.opcode == .move && instruction.a == register && movesConstant(number) ? false : isShared(register, by: instruction, before)
            if !instruction.shape.ends { join(instruction.end, after) }
            if let target = instruction.target { join(target, before || after) }
            for range in handlers where instruction.start <= Int(range.end) && instruction.end > Int(range.start) {
                join(Int(range.handler), before || after || Int(range.register) == register)
            }
        }
        return states
    }

    /// Whether the register is shared behind an instruction.
    private static func isShared(_ register: Int, by instruction: Instruction, _ before: Bool) -> Bool {
        if instruction.opcode == .loadConst && instruction.a == register { return false }
        let shape = instruction.shape
        for (operand, first) in [(shape.a, instruction.a), (shape.b, instruction.b), (shape.c, instruction.c)] {
            switch operand {
            case .reads, .writes, .updates: if first == register { return true }
            case .readsWindow, .writesWindow: if (first ..< first + max(1, instruction.windowCount)).contains(register) { return true }
            case .callWindow, .methodWindow: if register >= first { return true }
            default: break
            }
        }
        return before
    }
}
