import Bytecode
import Interpreter

/// Which temporaries of a code object are still read after each of its instructions.
///
/// A backward data flow analysis over the bytecode, by the table of operands. Locals count as live everywhere, since whoever looks at a frame may see them; a temporary
/// that no path reads again need not be kept for an exit.
final class Liveness {
    private let first: Int
    private let stride: Int
    /// For each word at which an instruction begins: a bit for each temporary.
    private var bits: [UInt64]
    /// Those of the instruction at hand.
    private var live: [UInt64]

    init(_ code: UnsafeMutablePointer<CodeObject>) {
        first = Int(code.pointee.clearCount)
        let words = Tracing.words(code)
        stride = max(1, (Int(code.pointee.registerCount) - first + 63) / 64)
        bits = [UInt64](repeating: 0, count: (words.count + 1) * stride)
        live = [UInt64](repeating: 0, count: stride)
        var instructions: [Bytecode.Instruction] = []
        var place = 0
        while place < words.count, let instruction = Bytecode.Instruction.decode(words, at: place) {
            instructions.append(instruction)
            place = instruction.end
        }
        var handlers: [(start: Int, end: Int, handler: Int, register: Int)] = []
        for index in 0 ..< Int(code.pointee.exceptionRangeCount) {
            let range = code.pointee.exceptionRanges[index]
            handlers.append((Int(range.start), Int(range.end), Int(range.handler), Int(range.register)))
        }
        var changed = true
        while changed {
            changed = false
            for instruction in instructions.reversed() where update(instruction, handlers) { changed = true }
        }
    }

    func isLive(_ register: Int, at word: Int) -> Bool {
        register < first || bits[word * stride + (register - first) >> 6] >> UInt64((register - first) & 63) & 1 != 0
    }

    /// Recomputes what is live before an instruction: whether that has changed.
    private func update(_ instruction: Bytecode.Instruction, _ handlers: [(start: Int, end: Int, handler: Int, register: Int)]) -> Bool {
        for index in 0 ..< stride { live[index] = 0 }
        func join(_ word: Int, except register: Int = -1) {
            for index in 0 ..< stride {
                var other = bits[word * stride + index]
                if register >= first, (register - first) >> 6 == index { other &= ~(1 << UInt64((register - first) & 63)) }
                live[index] |= other
            }
        }
        func kill(_ register: Int) { if register >= first { live[(register - first) >> 6] &= ~(1 << UInt64((register - first) & 63)) } }
        func use(_ register: Int, _ count: Int = 1) {
            for place in register ..< register + count where place >= first && (place - first) >> 6 < stride { live[(place - first) >> 6] |= 1 << UInt64((place - first) & 63) }
        }
        let shape = instruction.shape
        let operands = [(shape.a, instruction.a), (shape.b, instruction.b), (shape.c, instruction.c)]
        if !shape.ends { join(instruction.end) }
        for (operand, register) in operands where operand == .writes || operand == .methodWindow { kill(register) }
        for (operand, register) in operands where operand == .methodWindow { kill(register + frameHeaderWords) }
        for (operand, register) in operands where operand == .writesWindow { for place in register ..< register + instruction.windowCount { kill(place) } }
        // The callee's frame lies there and above. What is not dead then would be written into its header where a trace is left within the call.
        for (operand, register) in operands where operand == .callWindow { for place in register ..< first + stride * 64 { kill(place) } }
        // Where a loop ends nothing is written.
        if let target = instruction.target { join(target) }
        // A call that has raised is left behind its instruction, with which the range may end.
        for range in handlers where instruction.start <= range.end && instruction.end > range.start { join(range.handler, except: range.register) }
        for (operand, register) in operands {
            switch operand {
            case .reads, .updates: use(register)
            case .readsWindow: use(register, instruction.opcode == .formatValue ? 1 : instruction.windowCount)
            case .callWindow:
                use(register)
                use(register + frameHeaderWords, instruction.windowCount - frameHeaderWords - Instruction.spareWindowWords)
            default: break
            }
        }
        if instruction.opcode == .formatValue, instruction.c & 4 != 0 { use(instruction.b + 1) }
        let base = instruction.start * stride
        var changed = false
        for index in 0 ..< stride where bits[base + index] | live[index] != bits[base + index] {
            bits[base + index] |= live[index]
            changed = true
        }
        return changed
    }
}
