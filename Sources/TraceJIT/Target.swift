/// What the register allocator has to know about a machine. The instruction sets themselves are the emitters' business.
///
/// Registers are numbered 0 to 31 for words and 32 to 63 for doubles, so that a set of registers is one 64-bit mask.
struct Target {
    typealias Register = UInt8
    static let noRegister: Register = 0xFF

    /// The registers that values may live in; scratch registers, which the emitter uses within one step, are not among them.
    var words: UInt64
    var floats: UInt64
    /// Those that calls preserve.
    var preserved: UInt64
    var wordArguments: [Register]
    var floatArguments: [Register]
    var wordResult: Register
    var floatResult: Register
    var wordScratch: Register
    var floatScratch: Register
    /// Arithmetic overwrites its first operand.
    var isTwoAddress: Bool
    /// That of doubles does not.
    var hasThreeOperandFloats = false
    /// Where a variable shift takes its count from.
    var shiftCount: Register?
    /// Where a division takes its dividend from and leaves its quotient; and its remainder.
    var quotient: Register?
    var remainder: Register?
    /// Whether the operand b of the instruction, a constant, needs no register.
    var takesImmediate: (Instruction, Constant) -> Bool

    func registers(for type: IRType) -> UInt64 { type.isFloat ? floats : words }

    static func host(_ features: MachineFeatures) -> Target {
        #if arch(arm64)
        return .arm64
        #else
        var target = x86
        target.hasThreeOperandFloats = features.contains(.threeOperandFloats)
        return target
        #endif
    }
}

/// Where a value is: a register, or a spill slot of the machine frame.
struct Location: Equatable, Hashable {
    var raw: UInt16
    static func register(_ r: Target.Register) -> Location { Location(raw: UInt16(r)) }
    static func slot(_ n: Int) -> Location { Location(raw: 0x100 + UInt16(n)) }
    static let nowhere = Location(raw: 0xFFFF)
    var isSlot: Bool { raw >= 0x100 && raw != 0xFFFF }
    var isRegister: Bool { raw < 0x100 }
    var register: Target.Register { UInt8(truncatingIfNeeded: raw) }
    var slot: Int { Int(raw) - 0x100 }
}

/// One step of machine code, in terms of registers: what the allocator hands to the emitter.
struct Step {
    enum Kind: UInt8 {
        /// The instruction `index`, with the registers of its result and operands.
        case instruction
        /// d = a
        case move
        /// d = the constant `ref`
        case constant
        /// d = slot `index`
        case reload
        /// slot `index` = a
        case spill
        /// slot `index` = the constant `ref`
        case spillConstant
        /// slot `index` = slot `other`
        case copySlot
        /// The head of the loop.
        case loopHead
    }
    var kind: Kind
    var d = Target.noRegister
    var a = Target.noRegister
    var b = Target.noRegister
    /// The value of a store.
    var c = Target.noRegister
    var index: Int32 = 0
    var other: Int32 = 0
    var ref = Ref.none
}
