/// The intermediate representation: one instruction is one 64-bit word.
///
///        63        48 47        32 31        16 15     8 7      0
///       ┌────────────┬────────────┬────────────┬────────┬────────┐
///       │     c      │     b      │     a      │  type  │   op   │
///       └────────────┴────────────┴────────────┴────────┴────────┘
///
/// A trace is a straight line of instructions in static single assignment form: an instruction *is* the value that it
/// computes, and later ones name it by its position. `a` and `b` are references (`Ref`) or literals, as the opcode's row in
/// the table of `Opcode.swift` says; `c` is an index into one of the tables beside the instructions: the snapshot that a guard
/// leaves through, the field that a load reads, the function that a call calls.
///
/// References are biased, as in LuaJIT: from 0x8000 up they name instructions, below they name constants, counted downwards. So one
/// 16-bit number holds any operand, whether an operand is constant is one comparison, and `older < newer` orders instructions by dominance
/// because the line has no joins but one: the loop.
///
///     0x7FFE  constant 1             0x8000  instruction 0
///     0x7FFF  constant 0 (`none`)    0x8001  instruction 1 …
///
/// **The loop.** A looping trace reads: preamble, `loop`, its `phi`s, body, `jump`. A `phi` stands for the value `a` on the first round
/// and for the value `b`, computed by the body, on every later one. Nothing else joins.
///
/// **Types** say which kind of register holds the result and what a snapshot has to do to give it back to the client:
/// an `int` and a `float` are unboxed and must be boxed; `value` is the client's own tagged word; `pointer` is any other word. A load of a
/// narrow field extends it to a whole `int`; there is no type for bool, because conditions are guards, or `int`s that are 0 or 1.
public struct Instruction: Equatable, Hashable {
    public var op: Opcode
    public var type: IRType
    public var a: Ref
    public var b: Ref
    public var c: UInt16

    @inline(__always) public init(_ op: Opcode, _ type: IRType, _ a: Ref = .none, _ b: Ref = .none, c: UInt16 = 0) {
        self.op = op
        self.type = type
        self.a = a
        self.b = b
        self.c = c
    }

    /// The operand `a` where it is a literal and not a reference: a slot's number, say.
    public var literal: Int { Int(Int16(bitPattern: a.raw)) }
}

public enum IRType: UInt8, CaseIterable {
    /// Nothing: a guard, a store.
    case void
    /// An unboxed 64-bit integer.
    case int
    /// An unboxed double.
    case float
    /// A word of the client's: tagged or not, opaque to this room but for what `ValueModel` says.
    case value
    /// An address, or any other word that a snapshot passes on as it is.
    case pointer

    public var isFloat: Bool { self == .float }
    var name: String { "\(self)" }
}

/// An operand: an instruction or a constant.
public struct Ref: Equatable, Hashable, Comparable {
    public var raw: UInt16

    @inline(__always) public init(raw: UInt16) { self.raw = raw }
    @inline(__always) public init(instruction index: Int) { raw = UInt16(truncatingIfNeeded: 0x8000 + index) }
    @inline(__always) public init(constant index: Int) { raw = UInt16(truncatingIfNeeded: 0x7FFF - index) }
    /// A literal operand of 16 bits.
    @inline(__always) public init(literal: Int) { raw = UInt16(truncatingIfNeeded: literal) }

    /// No operand. Constant 0 of every trace is a placeholder, so that no reference is `none` by accident.
    public static let none = Ref(raw: 0x7FFF)
    /// An instruction that there is no more.
    static let lost = Ref(raw: 0xFFFF)
    /// More instructions or constants than this do not fit a trace.
    public static let limit = 0x7FF0

    @inline(__always) public var isNone: Bool { raw == 0x7FFF }
    /// A constant; true for `none` too.
    @inline(__always) public var isConstant: Bool { raw < 0x8000 }
    @inline(__always) public var isInstruction: Bool { raw >= 0x8000 }
    /// The position of the instruction.
    @inline(__always) public var index: Int { Int(raw) - 0x8000 }
    @inline(__always) public var constantIndex: Int { 0x7FFF - Int(raw) }

    @inline(__always) public static func < (x: Ref, y: Ref) -> Bool { x.raw < y.raw }
}

/// A constant of a trace. A double is kept by its bits.
public struct Constant: Hashable {
    public var type: IRType
    public var bits: UInt64
}
