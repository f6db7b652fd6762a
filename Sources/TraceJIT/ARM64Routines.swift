/// The pieces of arm64 code that all traces share: see `X86Routines.swift`.
enum ARM64Routines {
    /// A multiple of 16, as sp must be.
    static let frameSize = (MachineFrame.scratch + 16 + 15) & ~15

    private static func bytes(_ asm: ARM64Assembler) -> [UInt8] { asm.words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } } }
    /// x19 … x30 and d8 … d15 in 160 bytes below sp.
    private static func savePreserved(_ asm: inout ARM64Assembler, restore: Bool) {
        if !restore { asm.word(0xD10283FF) }
        for (i, r) in (UInt8(19) ... 30).enumerated() { asm.memory(.word, store: !restore, r, base: 31, offset: i * 8) }
        for (i, r) in (UInt8(40) ... 47).enumerated() { asm.memory(.double, store: !restore, r, base: 31, offset: 96 + i * 8) }
        if restore { asm.word(0x910283FF) }
    }

    static func enter() -> [UInt8] {
        var asm = ARM64Assembler()
        savePreserved(&asm, restore: false)
        asm.constant(16, UInt64(frameSize))
        asm.addToStackPointer(16, subtract: true)
        asm.memory(.word, store: true, 1, base: 31, offset: MachineFrame.frame)
        asm.memory(.word, store: true, 2, base: 31, offset: MachineFrame.context)
        asm.jump(0)
        return bytes(asm)
    }

    /// Jumped to with the exit's number in w17.
    static func leave(handler: UInt) -> [UInt8] {
        var asm = ARM64Assembler()
        for r: UInt8 in 0 ..< 31 where r != 16 && r != 17 { asm.memory(.word, store: true, r, base: 31, offset: Int(r) * 8) }
        for r: UInt8 in 32 ..< 64 { asm.memory(.double, store: true, r, base: 31, offset: Int(r) * 8) }
        asm.memory(.word, store: false, 0, base: 31, offset: MachineFrame.context)
        asm.moveStackPointer(to: 1)
        asm.move(2, 17)
        asm.constant(16, UInt64(handler))
        asm.call(16)
        asm.constant(16, UInt64(frameSize))
        asm.addToStackPointer(16, subtract: false)
        savePreserved(&asm, restore: true)
        asm.ret()
        return bytes(asm)
    }

    /// Called with the argument in the frame's scratch word; leaves the result there, and `unbox` its success in x17.
    static func slow(_ kind: SlowCall, function: UInt) -> [UInt8] {
        var asm = ARM64Assembler()
        let words = Array(UInt8(0) ... 15) + [30], doubles = Array(UInt8(32) ... 39) + Array(UInt8(48) ... 62)
        let room = (words.count + doubles.count) * 8
        precondition(room % 16 == 0)
        asm.constant(16, UInt64(room))
        asm.addToStackPointer(16, subtract: true)
        for (i, r) in words.enumerated() { asm.memory(.word, store: true, r, base: 31, offset: i * 8) }
        for (i, r) in doubles.enumerated() { asm.memory(.double, store: true, r, base: 31, offset: (words.count + i) * 8) }
        let scratch = room + MachineFrame.scratch
        asm.memory(.word, store: false, 0, base: 31, offset: room + MachineFrame.context)
        switch kind {
        case .box: asm.memory(.double, store: false, 32, base: 31, offset: scratch)
        case .unbox:
            asm.memory(.word, store: false, 1, base: 31, offset: scratch)
            asm.moveStackPointer(to: 2)
            asm.constant(16, UInt64(scratch))
            asm.add(2, 2, 16)
        case .barrier: asm.memory(.word, store: false, 1, base: 31, offset: scratch)
        }
        asm.constant(16, UInt64(function))
        asm.call(16)
        switch kind {
        case .box: asm.memory(.word, store: true, 0, base: 31, offset: scratch)
        case .unbox: asm.move(17, 0)
        case .barrier: break
        }
        for (i, r) in words.enumerated() { asm.memory(.word, store: false, r, base: 31, offset: i * 8) }
        for (i, r) in doubles.enumerated() { asm.memory(.double, store: false, r, base: 31, offset: (words.count + i) * 8) }
        asm.constant(16, UInt64(room))
        asm.addToStackPointer(16, subtract: false)
        asm.ret()
        return bytes(asm)
    }

    /// routine(start, end): makes what has been written visible to instruction fetch, line by line of 16 bytes, the smallest there is.
    static func synchronisation() -> [UInt8] {
        var asm = ARM64Assembler()
        asm.move(2, 0)
        let first = asm.position
        asm.word(0xD50B7B22)                    // dc cvau, x2
        asm.add(2, 2, immediate: 16)
        asm.compare(2, 1)
        asm.patch(asm.jump(.lo), to: first)
        asm.word(0xD5033B9F)                    // dsb ish
        let second = asm.position
        asm.word(0xD50B7520)                    // ic ivau, x0
        asm.add(0, 0, immediate: 16)
        asm.compare(0, 1)
        asm.patch(asm.jump(.lo), to: second)
        asm.word(0xD5033B9F)                    // dsb ish
        asm.word(0xD5033FDF)                    // isb
        asm.ret()
        return bytes(asm)
    }
}
