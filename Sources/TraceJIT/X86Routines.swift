/// The pieces of x86-64 code that all traces share: the way in, the way out, and the slow paths' calls.
///
/// The way in saves the registers that C expects back, makes the machine frame and jumps to the trace. The way out saves all registers
/// into the frame, calls the client's exit handler with it, and returns what the handler returns. The slow paths are called from the middle of
/// a trace that does not expect a call, so they save every register that C may change.
enum X86Routines {
    private static func stack(_ offset: Int) -> X86Assembler.Memory { .init(base: 4, displacement: Int32(offset)) }
    private static let saved: [UInt8] = [5, 3, 12, 13, 14, 15]

    /// enter(code, frame, context) -> UInt64
    static func enter() -> [UInt8] {
        var asm = X86Assembler()
        for r in saved { push(&asm, r) }
        asm.arithmetic(.sub, 4, immediate: Int32(MachineFrame.size))
        asm.store(stack(MachineFrame.frame), 6)
        asm.store(stack(MachineFrame.context), 2)
        asm.encode(0xFF, reg: 4, rm: 7, wide: false)
        return asm.bytes
    }

    /// Jumped to with the exit's number in r11d. `handler(context, state, number) -> UInt64`
    static func leave(handler: UInt) -> [UInt8] {
        var asm = X86Assembler()
        for r: UInt8 in 0 ..< 16 where r != 4 && r != 11 { asm.store(stack(Int(r) * 8), r) }
        for r: UInt8 in 0 ..< 16 { asm.storeDouble(stack(256 + Int(r) * 8), r) }
        asm.load(7, stack(MachineFrame.context))
        asm.move(6, 4)
        asm.encode(0x8B, reg: 2, rm: 11, wide: false)
        asm.constant(0, UInt64(handler))
        asm.call(0)
        asm.arithmetic(.add, 4, immediate: Int32(MachineFrame.size))
        for r in saved.reversed() { pop(&asm, r) }
        asm.byte(0xC3)
        return asm.bytes
    }

    /// Called with the argument in the frame's scratch word; leaves the result there, and `unbox` its success in r11.
    static func slow(_ kind: SlowCall, function: UInt) -> [UInt8] {
        var asm = X86Assembler()
        let words: [UInt8] = [0, 1, 2, 6, 7, 8, 9, 10]
        let room = 8 * (words.count + 16) + 8
        asm.arithmetic(.sub, 4, immediate: Int32(room))
        for (i, r) in words.enumerated() { asm.store(stack(i * 8), r) }
        for r: UInt8 in 0 ..< 16 { asm.storeDouble(stack((words.count + Int(r)) * 8), r) }
        // The frame begins above what is saved here and the return address.
        let frame = room + 8
        asm.load(7, stack(frame + MachineFrame.context))
        switch kind {
        case .box: asm.loadDouble(32, stack(frame + MachineFrame.scratch))
        case .unbox:
            asm.load(6, stack(frame + MachineFrame.scratch))
            asm.lea(2, stack(frame + MachineFrame.scratch))
        case .barrier: asm.load(6, stack(frame + MachineFrame.scratch))
        }
        asm.constant(11, UInt64(function))
        asm.call(11)
        switch kind {
        case .box: asm.store(stack(frame + MachineFrame.scratch), 0)
        case .unbox: asm.move(11, 0)
        case .barrier: break
        }
        for (i, r) in words.enumerated() { asm.load(r, stack(i * 8)) }
        for r: UInt8 in 0 ..< 16 { asm.loadDouble(r, stack((words.count + Int(r)) * 8)) }
        asm.arithmetic(.add, 4, immediate: Int32(room))
        asm.byte(0xC3)
        return asm.bytes
    }

    /// features() -> UInt64, the raw `MachineFeatures` (Intel's manual, volume 2, CPUID and XGETBV).
    static func features() -> [UInt8] {
        var asm = X86Assembler()
        push(&asm, 3)
        // rsi collects.
        asm.constant(6, 0)
        asm.identify(leaf: 0)
        asm.arithmetic(.cmp, 0, immediate: 7, wide: false)
        let old = asm.jump(.b)
        asm.identify(leaf: 7)
        asm.test(3, immediate: 1 << 8)
        let noRotation = asm.jump(.e)
        asm.arithmetic(.or, 6, immediate: Int32(MachineFeatures.rotatingCopies.rawValue))
        asm.patch(noRotation, to: asm.position)
        asm.identify(leaf: 1)
        // The machine has AVX, and the system saves its registers.
        let both: Int32 = 1 << 27 | 1 << 28
        asm.arithmetic(.and, 1, immediate: both, wide: false)
        asm.arithmetic(.cmp, 1, immediate: both, wide: false)
        let noAVX = asm.jump(.ne)
        asm.savedStates()
        asm.arithmetic(.and, 0, immediate: 6, wide: false)
        asm.arithmetic(.cmp, 0, immediate: 6, wide: false)
        let unsaved = asm.jump(.ne)
        asm.arithmetic(.or, 6, immediate: Int32(MachineFeatures.threeOperandFloats.rawValue))
        for jump in [old, noAVX, unsaved] { asm.patch(jump, to: asm.position) }
        asm.move(0, 6)
        pop(&asm, 3)
        asm.byte(0xC3)
        return asm.bytes
    }

    private static func push(_ asm: inout X86Assembler, _ r: UInt8) {
        if r >= 8 { asm.byte(0x41) }
        asm.byte(0x50 | r & 7)
    }
    private static func pop(_ asm: inout X86Assembler, _ r: UInt8) {
        if r >= 8 { asm.byte(0x41) }
        asm.byte(0x58 | r & 7)
    }
}
