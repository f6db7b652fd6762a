import Bytecode
import Objects

/// The module `_opcode`: the instruction set as tables, for our own `opcode.py` and `dis.py` in `Library/`.
///
/// A register machine has no stack: `stack_effect` knows the opcodes and says 0 of each.
enum OpcodeModule {
    static func register() {
        NativeModule.register("_opcode", doc: "Opcode support module.", functions: [
            Def("stack_effect(opcode, oparg=None, /, *, jump=None)", .calls, "Compute the stack effect of the opcode.", kind: .function) { thread, a, _ in
                guard let number = thread.toInt(a[0]) else { return .empty }
                if !a[2].isEmpty && !a[2].isNone && !a[2].isBool { return thread.raise(.valueError, "stack_effect: jump must be False, True or None") }
                if !a[1].isEmpty && !a[1].isNone && thread.toInt(a[1]) == nil { return .empty }
                guard number >= 0, number <= 255, Opcode(rawValue: UInt8(number)) != nil else { return thread.raise(.valueError, "invalid opcode or oparg") }
                return Value(small: 0)
            },
            Def("get_specialization_stats()", .pure, "Return the specialization stats", kind: .function) { _, _, _ in .none },
            Def("_instructions()", .calls, "Each opcode as (name, words that follow, operand kinds a, b, c, x, y, whether execution goes on).", kind: .function) { thread, _, _ in
                OpcodeModule.instructions(thread)
            },
        ]) { module in
            module.set("_frame_header_words", frameHeaderWords)
            return true
        }
    }

    private static func instructions(_ thread: ThreadRef) -> Value {
        let list = thread.newList(capacity: Opcode.allCases.count)
        if list.isEmpty { return .empty }
        for opcode in Opcode.allCases {
            let shape = OperandShape.shape(of: opcode)
            let kinds = [shape.a, shape.b, shape.c, shape.x, shape.y]
            let row = thread.newTuple(count: 8) { index in
                switch index {
                case 0: return StringRef.intern("\(opcode)").value
                case 1: return Value(small: opcode.extraWords)
                case 7: return Value(!shape.ends)
                default: return StringRef.intern("\(kinds[index - 2])").value
                }
            }
            if row.isEmpty || !ListRef(list).append(thread, row) { return .empty }
        }
        return list
    }
}
