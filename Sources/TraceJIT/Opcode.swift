/// The opcodes, all declared in one table.
///
/// A row says how an opcode is spelled, what its operands are, the type of its result, and what the optimiser and the register allocator may
/// take for granted about it. Everything that treats opcodes by kind (printing, parsing, substitution, common subexpressions, dead code,
/// liveness) reads the table and has no list of its own.
///
/// **To add an opcode**: add its case and its row, in the same place of both lists (a check at start-up of the tests compares them); a
/// folding rule in `Folding.swift` if it has one; what it demands of registers in `RegisterAllocator.swift`, if that is not "any register for
/// each operand and for the result"; and its encoding in `X86Emitter.swift` and `ARM64Emitter.swift`. If it touches memory, say so in `MemoryForwarding.swift`.
///
/// **Guards** leave the trace unless their condition holds. Comparisons of floats are ordered, so that each has two guards: `flt` holds
/// when a < b, `fnlt` when not, which is also the case when one is not a number.
public enum Opcode: UInt8, CaseIterable {
    // Structure
    case nop, sload, sstore, inherit, frame, context, phi, loop, jump, link, enter, leave
    // Integers
    case add, sub, mul, addov, subov, mulov, and, or, xor, shl, shr, sar, ror
    case quot, rem, fldiv, flmod
    // Comparisons with a result of 0 or 1
    case eq, ne, lt, le, ult, ule, feq, fne, flt, fle
    // Floats
    case fadd, fsub, fmul, fdiv, fneg, fabs, fsqrt, itof, ftoi, ftobits, bitstof
    // Words
    case boxi, boxf, unboxi, unboxf, cast
    // Memory
    case elem, load, store, barrier
    // Guards
    case geq, gne, glt, gle, ggt, gge, gult, guge
    case gfeq, gfne, gflt, gfle, gfnlt, gfnle
    case gclass, gfits, gvalid
    // Calls and objects
    case arg, call, new
}

/// What an operand field holds.
enum OperandMode: UInt8 { case none, ref, literal, snapshot, field, call, layout }

struct OpcodeFlags: OptionSet {
    let rawValue: UInt16
    /// The result depends on the operands alone: may be merged with an equal one, and dropped when unused.
    static let pure = OpcodeFlags(rawValue: 1)
    /// a and b may be exchanged.
    static let commutative = OpcodeFlags(rawValue: 2)
    /// May leave the trace through the snapshot in `c`.
    static let guards = OpcodeFlags(rawValue: 4)
    /// Must be kept whether or not its result is used.
    static let effect = OpcodeFlags(rawValue: 8)
    /// Folded by computing it when both operands are constants.
    static let foldable = OpcodeFlags(rawValue: 16)
    /// The result is written before the trace may be left: its register must not hold what the exit needs.
    static let lateExit = OpcodeFlags(rawValue: 32)
    /// Ends the trace.
    static let terminator = OpcodeFlags(rawValue: 64)
    /// On a two-address machine, the result is computed in the register of `a`.
    static let accumulates = OpcodeFlags(rawValue: 128)
    /// Passing once says that it passes ever after: a fact about its operands, not about memory.
    static let lasting = OpcodeFlags(rawValue: 256)
}

struct OpcodeInfo {
    let op: Opcode
    let name: String
    let a: OperandMode
    let b: OperandMode
    let c: OperandMode
    /// Nil: the type is written in the instruction.
    let result: IRType?
    let flags: OpcodeFlags
}

/// The table; see the top of this file.
let opcodeTable: [OpcodeInfo] = [
    // Nothing; what a removed instruction becomes.
    row(.nop, .none, .none, .none, .void, []),
    // The word in slot a of the client's frame at entry; typed as the client knows it to be.
    row(.sload, .literal, .none, .none, nil, [.pure]),
    // Slot a of the client's frame = b, at once: for calls that look at frames.
    row(.sstore, .literal, .ref, .none, .void, [.effect]),
    // In a bridge: the value number a of the exit that it is attached to.
    row(.inherit, .literal, .none, .none, nil, [.pure]),
    // The frame and context pointers that the client passed to `enter`.
    row(.frame, .none, .none, .none, .pointer, [.pure]),
    row(.context, .none, .none, .none, .pointer, [.pure]),
    row(.phi, .ref, .ref, .none, nil, []),
    row(.loop, .none, .none, .none, .void, [.effect]),
    // Back to `loop`.
    row(.jump, .none, .none, .snapshot, .void, [.effect, .terminator]),
    // Write the snapshot's slots to the frame and go on in the trace that this one is linked to.
    row(.link, .none, .none, .snapshot, .void, [.effect, .terminator]),
    // Put the snapshot's values where the body of the loop that the trace is linked to wants them, and go on at its head.
    row(.enter, .none, .none, .snapshot, .void, [.effect, .terminator]),
    // Leave through the snapshot, always.
    row(.leave, .none, .none, .snapshot, .void, [.effect, .terminator]),

    // Wrapping 64-bit arithmetic.
    row(.add, .ref, .ref, .none, .int, [.pure, .commutative, .foldable, .accumulates]),
    row(.sub, .ref, .ref, .none, .int, [.pure, .foldable, .accumulates]),
    row(.mul, .ref, .ref, .none, .int, [.pure, .commutative, .foldable, .accumulates]),
    // The same; leave when the result does not fit 64 bits. Narrower integers are kept narrow with `gfits`.
    row(.addov, .ref, .ref, .snapshot, .int, [.guards, .commutative, .foldable, .lateExit, .accumulates, .effect, .lasting]),
    row(.subov, .ref, .ref, .snapshot, .int, [.guards, .foldable, .lateExit, .accumulates, .effect, .lasting]),
    row(.mulov, .ref, .ref, .snapshot, .int, [.guards, .commutative, .foldable, .lateExit, .accumulates, .effect, .lasting]),
    row(.and, .ref, .ref, .none, .int, [.pure, .commutative, .foldable, .accumulates]),
    row(.or, .ref, .ref, .none, .int, [.pure, .commutative, .foldable, .accumulates]),
    row(.xor, .ref, .ref, .none, .int, [.pure, .commutative, .foldable, .accumulates]),
    // The count b is taken modulo 64.
    row(.shl, .ref, .ref, .none, .int, [.pure, .foldable, .accumulates]),
    row(.shr, .ref, .ref, .none, .int, [.pure, .foldable, .accumulates]),
    row(.sar, .ref, .ref, .none, .int, [.pure, .foldable, .accumulates]),
    row(.ror, .ref, .ref, .none, .int, [.pure, .foldable, .accumulates]),
    // Division towards zero, and towards minus infinity. The divisor is neither 0 nor, with the least dividend, -1: guard before.
    row(.quot, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.rem, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.fldiv, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.flmod, .ref, .ref, .none, .int, [.pure, .foldable]),

    row(.eq, .ref, .ref, .none, .int, [.pure, .commutative, .foldable]),
    row(.ne, .ref, .ref, .none, .int, [.pure, .commutative, .foldable]),
    row(.lt, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.le, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.ult, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.ule, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.feq, .ref, .ref, .none, .int, [.pure, .commutative, .foldable]),
    row(.fne, .ref, .ref, .none, .int, [.pure, .commutative, .foldable]),
    row(.flt, .ref, .ref, .none, .int, [.pure, .foldable]),
    row(.fle, .ref, .ref, .none, .int, [.pure, .foldable]),

    row(.fadd, .ref, .ref, .none, .float, [.pure, .commutative, .foldable, .accumulates]),
    row(.fsub, .ref, .ref, .none, .float, [.pure, .foldable, .accumulates]),
    row(.fmul, .ref, .ref, .none, .float, [.pure, .commutative, .foldable, .accumulates]),
    row(.fdiv, .ref, .ref, .none, .float, [.pure, .foldable, .accumulates]),
    row(.fneg, .ref, .none, .none, .float, [.pure, .foldable, .accumulates]),
    row(.fabs, .ref, .none, .none, .float, [.pure, .foldable, .accumulates]),
    row(.fsqrt, .ref, .none, .none, .float, [.pure, .foldable]),
    row(.itof, .ref, .none, .none, .float, [.pure, .foldable]),
    // Truncation; the client makes sure that the number fits.
    row(.ftoi, .ref, .none, .none, .int, [.pure]),
    // The same 64 bits in the other kind of register.
    row(.ftobits, .ref, .none, .none, .int, [.pure, .foldable]),
    row(.bitstof, .ref, .none, .none, .float, [.pure, .foldable]),

    // The client's word for an integer that is known to fit, and for a double.
    row(.boxi, .ref, .none, .none, .value, [.pure]),
    row(.boxf, .ref, .none, .none, .value, [.pure]),
    // The number in a word; leave when it is none of that kind.
    row(.unboxi, .ref, .none, .snapshot, .int, [.guards, .effect, .lasting]),
    row(.unboxf, .ref, .none, .snapshot, .float, [.guards, .lateExit, .effect, .lasting]),
    // The same word as another type.
    row(.cast, .ref, .none, .none, nil, [.pure]),

    // The place base a + index b * the field's scale. Only loads and stores with the same field use it, and the machine's addressing does it.
    row(.elem, .ref, .ref, .field, .pointer, [.pure]),
    // The field at a, an object's address or an `elem`.
    row(.load, .ref, .none, .field, nil, []),
    row(.store, .ref, .ref, .field, .void, [.effect]),
    // The client's write barrier for the object a.
    row(.barrier, .ref, .none, .none, .void, [.effect]),

    row(.geq, .ref, .ref, .snapshot, .void, [.guards, .commutative, .effect, .lasting]),
    row(.gne, .ref, .ref, .snapshot, .void, [.guards, .commutative, .effect, .lasting]),
    row(.glt, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gle, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.ggt, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gge, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gult, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.guge, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gfeq, .ref, .ref, .snapshot, .void, [.guards, .commutative, .effect, .lasting]),
    row(.gfne, .ref, .ref, .snapshot, .void, [.guards, .commutative, .effect, .lasting]),
    row(.gflt, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gfle, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gfnlt, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    row(.gfnle, .ref, .ref, .snapshot, .void, [.guards, .effect, .lasting]),
    // The class word of the object a is the constant b.
    row(.gclass, .ref, .ref, .snapshot, .void, [.guards, .effect]),
    // The integer a fits in b bits (literal), signed.
    row(.gfits, .ref, .literal, .snapshot, .void, [.guards, .effect, .lasting]),
    // The trace has not been invalidated. Costs nothing until it is.
    row(.gvalid, .none, .none, .snapshot, .void, [.guards, .effect]),

    // One argument b of a call, after those of a.
    row(.arg, .ref, .ref, .none, .void, [.pure]),
    // Call the function c with the arguments a (the last `arg`, or none).
    row(.call, .ref, .none, .call, nil, [.effect]),
    // A new object of the layout c; a is the count of its tail's elements, where the layout has one.
    row(.new, .ref, .none, .layout, nil, []),
]

private func row(_ op: Opcode, _ a: OperandMode, _ b: OperandMode, _ c: OperandMode, _ result: IRType?, _ flags: OpcodeFlags) -> OpcodeInfo {
    OpcodeInfo(op: op, name: "\(op)", a: a, b: b, c: c, result: result, flags: flags)
}

/// The table's flags and modes as flat memory, for the passes.
private let opcodeFacts: UnsafePointer<(flags: OpcodeFlags, a: OperandMode, b: OperandMode, c: OperandMode)> = {
    let memory = UnsafeMutablePointer<(flags: OpcodeFlags, a: OperandMode, b: OperandMode, c: OperandMode)>.allocate(capacity: 256)
    for info in opcodeTable { (memory + Int(info.op.rawValue)).initialize(to: (info.flags, info.a, info.b, info.c)) }
    return UnsafePointer(memory)
}()

extension Opcode {
    var info: OpcodeInfo { opcodeTable[Int(rawValue)] }
    var flags: OpcodeFlags { @inline(__always) get { opcodeFacts[Int(rawValue)].flags } }
    var usesA: Bool { @inline(__always) get { opcodeFacts[Int(rawValue)].a == .ref } }
    var usesB: Bool { @inline(__always) get { opcodeFacts[Int(rawValue)].b == .ref } }
    var cMode: OperandMode { @inline(__always) get { opcodeFacts[Int(rawValue)].c } }
    /// Has a snapshot in `c`.
    var hasSnapshot: Bool { @inline(__always) get { opcodeFacts[Int(rawValue)].c == .snapshot } }
    var isGuard: Bool { @inline(__always) get { flags.contains(.guards) } }

    /// The rows stand in the order of the cases. Checked by the tests.
    public static var tableIsConsistent: Bool {
        opcodeTable.count == allCases.count && zip(opcodeTable, allCases).allSatisfy { $0.op == $1 }
    }
}
