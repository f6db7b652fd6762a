/// The verifier: whether an instruction array is well formed, so that a damaged `.pyc` file is refused and does not crash.
///
/// It checks shape here: every operand in range, every jump and handler at the start of an instruction, no way to
/// run off the end. Whether registers hold what the instructions take them to hold is for `RegisterFlow` to say.

/// The decoded instructions, if they are well formed.
private func decode(_ code: CompiledCode) -> [Instruction]? {
    let instructions = code.instructions, registerCount = code.registerCount, constantCount = code.constants.count, nameCount = code.names.count
    let caches = code.caches
    guard registerCount >= 0, registerCount < 1 << 24, !instructions.isEmpty else { return nil }
    var decoded: [Instruction] = []
    decoded.reserveCapacity(instructions.count)
    var isStart = [Bool](repeating: false, count: instructions.count + 1)
    var isUsed = [Bool](repeating: false, count: caches.count)
    var targets: [Int] = []
    var index = 0
    var falls = true

    func isRegister(_ register: Int, _ count: Int = 1) -> Bool { register >= 0 && count >= 0 && register + count <= registerCount }
    /// Caches of names belong to one instruction each: what one fills in means something else to another.
    func isCache(_ cache: Int32, loop: Bool) -> Bool {
        guard cache >= 0, Int(cache) < caches.count, loop || !isUsed[Int(cache)] else { return false }
        isUsed[Int(cache)] = true
        let name = caches[Int(cache)]
        return loop ? name == -1 : name >= 0 && Int(name) < nameCount
    }

    /// Whether a constant is a tuple of at most so many strings.
    func areNames(_ index: Int, most: Int) -> Bool {
        guard case .constant(.tuple(let items)) = code.constants[index], items.count <= most else { return false }
        return items.allSatisfy { if case .string = $0 { return true } else { return false } }
    }
    func isCode(_ index: Int) -> Bool { if case .code = code.constants[index] { return true } else { return false } }

    while index < instructions.count {
        guard let instruction = Instruction.decode(instructions, at: index) else { return nil }
        decoded.append(instruction)
        isStart[index] = true
        let shape = instruction.shape
        func check(_ operand: Operand, _ value: Int) -> Bool {
            switch operand {
            case .unused, .count, .flags, .offset: return true
            case .reads, .writes, .updates: return isRegister(value)
            case .readsWindow, .writesWindow: return instruction.windowCount == 0 || isRegister(value, instruction.windowCount)
            case .callWindow: return isRegister(value, instruction.windowCount)
            case .methodWindow: return isRegister(value, frameHeaderWords + 1)
            case .constant:
                let number = instruction.opcode == .loadConst ? value & 0xFF | instruction.c << 8 : value
                return number >= 0 && number < constantCount
            case .code: return value >= 0 && value < constantCount && isCode(value)
            case .free: return value < code.freeNames.count
            case .name: return value >= 0 && value < nameCount
            case .cache: return isCache(Int32(truncatingIfNeeded: value), loop: false)
            case .loopCache: return isCache(Int32(truncatingIfNeeded: value), loop: true)
            case .jump: return true
            }
        }
        guard check(shape.a, instruction.a), check(shape.b, instruction.b), check(shape.c, instruction.c),
              check(shape.x, Int(instruction.x)), check(shape.y, Int(instruction.y)) else { return nil }
        switch instruction.opcode {
        case .callKeywords, .callMethodKeywords: if !areNames(Int(instruction.x), most: instruction.c) { return nil }
        case .matchClass: if !areNames(Int(instruction.x), most: .max) || instruction.y < 0 { return nil }
        case .formatValue: if instruction.c & 4 != 0, !isRegister(instruction.b, 2) { return nil }
        case .buildSlice: if instruction.c != 2 && instruction.c != 3 { return nil }
        case .unpackStarred: if instruction.x < 0 || !isRegister(instruction.a, instruction.windowCount) { return nil }
        case .makeFunction: if instruction.c > 15 { return nil }
        // Their 24 bits stand in the word itself.
        case .jump, .jumpBack: if instruction.end - instruction.start != 1 + instruction.opcode.extraWords { return nil }
        case .traced: return nil
        default: break
        }
        if let target = instruction.target { targets.append(target) }
        falls = !shape.ends
        index = instruction.end
    }
    if falls { return nil }
    for target in targets { if target < 0 || target >= instructions.count || !isStart[target] { return nil } }
    for range in code.exceptionTable {
        guard range.start >= 0, range.start < range.end, Int(range.end) <= instructions.count, range.handler >= 0,
              Int(range.handler) < instructions.count, isStart[Int(range.handler)], isStart[Int(range.start)],
              Int(range.end) == instructions.count || isStart[Int(range.end)], isRegister(Int(range.register)) else { return nil }
    }
    return decoded
}

/// Whether a code object and all code in it that has been read are well formed.
public func verify(_ code: CompiledCode) -> Bool {
    var arguments = code.argumentCount + code.keywordOnlyCount
    if code.flags.contains(.variadic) { arguments += 1 }
    if code.flags.contains(.keywordVariadic) { arguments += 1 }
    guard code.argumentCount >= 0, code.keywordOnlyCount >= 0, code.positionalOnlyCount >= 0, code.positionalOnlyCount <= code.argumentCount,
          arguments <= code.localNames.count, code.localNames.count <= code.registerCount,
          code.cells.allSatisfy({ $0.register >= 0 && $0.register < code.registerCount }),
          code.caches.allSatisfy({ $0 >= -1 && Int($0) < code.names.count }) else { return false }
    for entry in code.knownPositions where entry.start < 0 || Int(entry.start) >= code.instructions.count { return false }
    guard let instructions = decode(code), var flow = RegisterFlow(code, instructions, clearCount: code.clearCount), flow.isSound() else { return false }
    for case .code(let inner) in code.constants where inner.isComplete { if !verify(inner) { return false } }
    return true
}
