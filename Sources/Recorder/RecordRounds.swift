import Bytecode
import Interpreter
import TraceJIT

/// Unrolling: a short inner loop becomes part of the trace around it.
///
/// Going on in the inner loop's own trace and coming back costs about as much as a round or two: the registers go through memory, the iterator becomes real and all
/// guards are repeated. Where the number of rounds is small, known and likely to be the same next time, the recording goes through all of them instead.
/// A branchy loop is not unrolled, since each copy of a branch would need bridges of its own.
extension Recorder {
    /// An iterator that this trace has made of something that will have as many items next time.
    struct SteadyIterator {
        /// Bytecodes recorded before its first round, and rounds that have begun since.
        let begin: Int
        var rounds = 0
    }

    /// An iterator over `source` begins: its length, where that is a number, or its container.
    func noteIterator(_ iterator: Ref, over source: Ref) {
        if isSteady(source) { steadyIterators[iterator] = SteadyIterator(begin: length) }
    }

    /// Whether the recording goes through the next round of an inner loop as well.
    func unrolls(_ loop: UnsafeMutablePointer<InlineCache>, at head: ProgramCounter) -> Bool {
        let word = head.pointee, register = Int(word >> 16 & 0xFF)
        guard Bytecode.Opcode(number: UInt8(truncatingIfNeeded: word)) == .forIter, let ref = b.known(level.base + register), var steady = steadyIterators[ref],
              let left = Recorder.itemsLeft(actual(register)), left <= Engine.limits.unrolledRounds else { return false }
        steady.rounds += 1
        guard length + left * (length - steady.begin) / steady.rounds <= Engine.limits.longestUnrolled, steady.rounds > 1 || !isBranchy(loop) else { return false }
        steadyIterators[ref] = steady
        return true
    }

    /// Whether rounds of a compiled loop are often left in the middle.
    private func isBranchy(_ loop: UnsafeMutablePointer<InlineCache>) -> Bool {
        guard let trace = engine.trace(loop), trace.isValid else { return false }
        // One exit is the loop's end.
        return trace.exits.indices.filter { trace.exits[$0].bridge != nil || trace.timesLeft($0) >= Engine.limits.hotExit / 4 }.count > 1
    }

    private static func itemsLeft(_ iterator: Value) -> Int? {
        guard iterator.isPointer else { return nil }
        switch iterator.shapeIndex {
        case TypeID.rangeIterator.rawValue: return max(0, iterator.object(RangeIteratorObject.self).pointee.remaining)
        case TypeID.listIterator.rawValue, TypeID.tupleIterator.rawValue:
            let object = iterator.object(IteratorObject.self).pointee
            if object.container.isEmpty { return nil }
            return max(0, (iterator.isExact(.listIterator) ? ListRef(object.container).count : TupleRef(object.container).count) - object.index)
        default: return nil
        }
    }

    /// Whether a value is likely to be the same in each round of the loop being recorded, or to be as long: a constant, a variable that the loop does not set, an attribute of such.
    func isSteady(_ ref: Ref, depth: Int = 0) -> Bool {
        if ref.isConstant { return true }
        let instruction = b.trace[ref]
        switch instruction.op {
        case .sload: return steadyRegisters.contains(instruction.literal)
        case .unboxi, .boxi, .cast: return isSteady(instruction.a, depth: depth)
        case .add, .sub: return depth < 3 && isSteady(instruction.a, depth: depth + 1) && isSteady(instruction.b, depth: depth + 1)
        case .new: return steadyObjects.contains(ref)
        case .load: return depth < 3 && isSteady(instruction.a, depth: depth + 1)
        default: return false
        }
    }

    /// The local variables that the loop whose trace this is does not set.
    func findSteadyRegisters() -> Set<Int> {
        guard let cache else { return [] }
        let code = levels[0].code
        let words = Tracing.words(code)
        var place = anchor - code.pointee.instructions, steady = Set(0 ..< Int(code.pointee.clearCount)), written: Set<Int> = []
        var isLoop = false
        while place < words.count, let instruction = Bytecode.Instruction.decode(words, at: place) {
            let shape = instruction.shape
            for (operand, register) in [(shape.a, instruction.a), (shape.b, instruction.b), (shape.c, instruction.c)] {
                switch operand {
                case .writes, .updates, .methodWindow: written.insert(register)
                case .writesWindow: written.formUnion(register ..< register + instruction.windowCount)
                default: break
                }
            }
            if instruction.opcode == .jumpBack, code.pointee.caches + Int(words[instruction.end - 1]) == cache {
                isLoop = true
                steady.subtract(written)
            }
            place = instruction.end
        }
        return isLoop ? steady : []
    }
}
