import Bytecode

/// `frame.f_lineno = line` in a trace function: going on at another line.
///
/// A jump is allowed where every temporary register that the code from the target on may read is one that also the code at the source may read, and so holds
/// what it should: that keeps it out of loops (whose iterator is a temporary), `with` blocks (their exit function) and handlers (the exception that was handled before), and
/// lets it out of them, and from one loop into another. A register that is one of these here and another there is told apart by its role. Locals that the jump would leave unbound become None, since compiled code takes some for bound.
extension Tracing {
    static func setLine(_ thread: ThreadRef, _ value: Value, _ line: Value) -> Value {
        if line.isEmpty { return thread.raise(.attributeError, "cannot delete attribute") }
        guard line.isInt, let wanted = thread.toInt(line) else {
            if thread.hasException { return .empty }
            return thread.raise(.valueError, "lineno must be an integer")
        }
        let frame = value.object(FrameObject.self)
        switch frame.pointee.event {
        case .line: break
        case .call: return thread.raise(.valueError, "can't jump from the 'call' trace event of a new frame")
        case .other: return thread.raise(.valueError, "can only jump from a 'line' trace event")
        case .none:
            return thread.raise(.valueError, frame.pointee.trace.isEmpty ? "f_lineno can only be set by a trace function" : "can only jump from a 'line' trace event")
        }
        guard let fp = FramePointer(bitPattern: frame.pointee.fp) else { return thread.raise(.valueError, "can only jump from a 'line' trace event") }
        let code = fp.code
        if wanted < Int(code.pointee.firstLine) { return thread.raise(.valueError, "line \(wanted) comes before the current code block") }
        let map = JumpMap(code, tellsRoles: true)
        guard let target = map.firstLine(notBefore: wanted) else { return thread.raise(.valueError, "line \(wanted) comes after the current code block") }
        let source = map.live[map.instruction(containing: fp.instructionIndex)]
        var problem = "can't jump into the middle of a block"
        // Where the line stands in the code more than once, as `finally` bodies do, the place that keeps most of the present state is meant.
        var best: Int?
        for candidate in map.starts(ofLine: target) {
            let missing = map.live[candidate].subtracting(source)
            if !missing.isEmpty {
                problem = map.explain(candidate)
            } else if best.map({ map.live[$0].count < map.live[candidate].count }) ?? true {
                best = candidate
            }
        }
        if let best {
            land(thread, fp, map, source, best)
            frame.pointee.jump = map.instructions[best].start + 1
            return .none
        }
        return thread.raise(.valueError, problem)
    }

    private static func land(_ thread: ThreadRef, _ fp: FramePointer, _ map: JumpMap, _ source: Set<Int>, _ target: Int) {
        // Handlers that are left: what was handled before the outermost of them is handled again.
        let left = source.subtracting(map.live[target]).filter { JumpMap.role($0) == .exception }
        if let outermost = left.map(JumpMap.register).min() { thread.pointee.handled = fp[outermost] }
        let code = fp.code
        for register in 0 ..< TupleRef(code.pointee.localNames).count {
            if fp[register].isEmpty { fp[register] = .none }
            // On such ways anybody may have seen it.
            TextGrowth.share(fp[register])
        }
    }
}

/// Forgetting what running frames no longer need, for `gc.collect`.
public enum DeadTemporaries {
    /// Maps of code that was looked at lately.
    nonisolated(unsafe) private static var maps: [ObjectIdentifier: (code: CompiledCode, map: JumpMap)] = [:]
    private static let largestCode = 4000

    /// Clears the temporaries of the thread's running frames that will be written before they are read again: the collector, which does not know, would keep alive
    /// what they hold.
    public static func clear(_ thread: ThreadRef) {
        var frame = thread.pointee.frame
        var limit = thread.pointee.stackTop.unsafelyUnwrapped
        while let fp = frame {
            let code = fp.code
            if code.pointee.instructionCount <= largestCode {
                let map = map(code)
                let live = map.live[map.instruction(containing: max(fp.instructionIndex, 0))]
                // A callee's frame begins within its caller's registers.
                var register = Int(code.pointee.clearCount)
                let end = min(Int(code.pointee.registerCount), limit - fp)
                while register < end {
                    if !live.contains(register) { fp[register] = .empty }
                    register += 1
                }
            }
            limit = fp - frameHeaderWords
            frame = fp.previous
        }
        Collector.forEachObject { header in
            switch header.pointee.shape {
            case TypeID.generator.rawValue, TypeID.coroutine.rawValue, TypeID.asyncGenerator.rawValue: clear(UnsafeMutableRawPointer(header).assumingMemoryBound(to: GeneratorObject.self))
            default: break
            }
        }
    }

    /// The same for a suspended generator: of what it has yielded, above all. One that delegates goes on where its iterator is.
    private static func clear(_ generator: UnsafeMutablePointer<GeneratorObject>) {
        guard generator.pointee.state == .suspended, generator.pointee.delegateRegister < 0, generator.pointee.registers.isHeap else { return }
        let code = generator.pointee.code.object(CodeObject.self)
        guard code.pointee.instructionCount <= largestCode else { return }
        let index = (Int(bitPattern: generator.pointee.pc) - Int(bitPattern: code.pointee.instructions)) / MemoryLayout<UInt32>.stride
        let live = map(code).liveWhileSuspended(before: index)
        let registers = Generators.registers(generator)
        for register in Int(code.pointee.clearCount) ..< Int(code.pointee.registerCount) where !live.contains(register) { registers[register] = .empty }
    }

    private static func map(_ code: UnsafeMutablePointer<CodeObject>) -> JumpMap {
        let compiled = Code.compiled(code)
        if let known = maps[ObjectIdentifier(compiled)] { return known.map }
        if maps.count >= 256 { maps.removeAll() }
        let made = JumpMap(code)
        maps[ObjectIdentifier(compiled)] = (compiled, made)
        return made
    }
}

/// Lines, and the temporaries that are live, by instruction.
private struct JumpMap {
    var instructions: [Instruction] = []
    var lines: [Int] = []
    /// Temporaries that may be read from an instruction on: registers, or registers with their roles.
    var live: [Set<Int>] = []
    private var tellsRoles: Bool

    /// What a temporary is read as: a loop's iterator, the exception that was handled outside a handler, or anything else.
    enum Role: Int { case other, iterator, exception }

    private static func key(_ register: Int, _ role: Role) -> Int { register << 2 | role.rawValue }
    static func role(_ key: Int) -> Role { Role(rawValue: key & 3) ?? .other }
    static func register(_ key: Int) -> Int { key >> 2 }
    /// What the handler of a `yield` reads.
    private var handled: [Int: Set<Int>] = [:]

    init(_ code: UnsafeMutablePointer<CodeObject>, tellsRoles: Bool = false) {
        self.tellsRoles = tellsRoles
        let compiled = Code.compiled(code)
        var index = 0
        var numbers: [Int: Int] = [:]
        while index < compiled.instructions.count, let instruction = Instruction.decode(compiled.instructions, at: index) {
            numbers[index] = instructions.count
            instructions.append(instruction)
            // What has no line of its own belongs to the line before.
            let line = Code.range(code, index).map { Int($0.line) } ?? 0
            lines.append(line > 0 ? line : lines.last ?? 0)
            index = instruction.end
        }
        let firstTemporary = Int(code.pointee.clearCount)
        live = Array(repeating: [], count: instructions.count)
        var effects: [(reads: [Int], writes: [Int])] = []
        for instruction in instructions {
            let effect = JumpMap.registers(instruction, from: firstTemporary)
            effects.append(tellsRoles ? (effect.reads.map { JumpMap.key($0, JumpMap.role(of: $0, in: instruction)) }, effect.writes.flatMap(JumpMap.keys)) : effect)
        }
        var changed = true
        while changed {
            changed = false
            for number in stride(from: instructions.count - 1, through: 0, by: -1) {
                let instruction = instructions[number]
                var out: Set<Int> = []
                if !instruction.shape.ends, number + 1 < instructions.count { out = live[number + 1] }
                if let target = instruction.target, let next = numbers[target] { out.formUnion(live[next]) }
                out.subtract(effects[number].writes)
                out.formUnion(effects[number].reads)
                // What a handler reads must be there throughout.
                for range in compiled.exceptionTable where instruction.start >= Int(range.start) && instruction.start < Int(range.end) {
                    if let handler = numbers[Int(range.handler)] {
                        let reads = live[handler].subtracting(tellsRoles ? JumpMap.keys(Int(range.register)) : [Int(range.register)])
                        out.formUnion(reads)
                        if instruction.opcode == .yield { handled[number] = reads }
                    }
                    break
                }
                if out != live[number] {
                    live[number] = out
                    changed = true
                }
            }
        }
    }

    private static func keys(_ register: Int) -> [Int] { [key(register, .other), key(register, .iterator), key(register, .exception)] }

    private static func role(of register: Int, in instruction: Instruction) -> Role {
        switch instruction.opcode {
        case .forIter, .getAsyncNext: register == instruction.b ? .iterator : .other
        case .popException: .exception
        default: .other
        }
    }

    private static func registers(_ instruction: Instruction, from first: Int) -> (reads: [Int], writes: [Int]) {
        let shape = instruction.shape
        var reads: [Int] = [], writes: [Int] = []
        func take(_ operand: Operand, _ register: Int) {
            switch operand {
            case .reads: reads.append(register)
            case .writes: writes.append(register)
            case .updates: reads.append(register)
            case .readsWindow: reads += Array(register ..< register + max(instruction.windowCount, 0))
            case .writesWindow: writes += Array(register ..< register + max(instruction.windowCount, 0))
            case .methodWindow: writes += [register, register + frameHeaderWords]
            case .callWindow:
                reads.append(register)
                let count: Int
                switch instruction.opcode {
                case .callMethod, .callMethodKeywords: count = instruction.c + 1
                case .callExpanded: count = instruction.c != 0 ? 2 : 1
                default: count = instruction.c
                }
                reads += Array(register + frameHeaderWords ..< register + frameHeaderWords + count)
            default: break
            }
        }
        take(shape.a, instruction.a)
        take(shape.b, instruction.b)
        take(shape.c, instruction.c)
        // A format specification stands beside the value.
        if instruction.opcode == .formatValue && instruction.c & 4 != 0 { reads.append(instruction.b + 1) }
        return (reads.filter { $0 >= first }, writes.filter { $0 >= first })
    }

    /// The temporaries that may be read from an instruction on, or by the handler of the `yield` in front of it.
    func liveWhileSuspended(before index: Int) -> Set<Int> {
        let next = instruction(containing: index), yield = instruction(containing: index - 1)
        return live[next].union(handled[yield] ?? [])
    }

    func instruction(containing index: Int) -> Int {
        var low = 0
        var high = instructions.count
        while low < high {
            let middle = (low + high) / 2
            if instructions[middle].start <= index { low = middle + 1 } else { high = middle }
        }
        return max(low - 1, 0)
    }

    /// The first line of code from a line on.
    func firstLine(notBefore line: Int) -> Int? { lines.filter { $0 >= line && $0 > 0 }.min() }

    /// Where runs of instructions of a line begin.
    func starts(ofLine line: Int) -> [Int] { lines.indices.filter { lines[$0] == line && ($0 == 0 || lines[$0 - 1] != line) } }

    /// Why one may not jump to an instruction, as the innermost block around it tells.
    func explain(_ target: Int) -> String {
        switch live[target].max().map(JumpMap.role) {
        case .exception: "can't jump into an 'except' block as there's no exception"
        case .iterator: "can't jump into the body of a for loop"
        default: "incompatible stacks"
        }
    }
}
