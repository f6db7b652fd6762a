/// Instructions of both assemblers with what a disassembler has to make of them; `encodings.py` compares.

private let words = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"]
private let dwords = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"] + (8 ... 15).map { "r\($0)d" }
private let halves = ["ax", "cx", "dx", "bx", "sp", "bp", "si", "di"] + (8 ... 15).map { "r\($0)w" }
private let bytesOf = ["al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil"] + (8 ... 15).map { "r\($0)b" }

private func hex(_ n: Int) -> String { n < 0 ? "-0x" + String(-n, radix: 16) : "0x" + String(n, radix: 16) }

func x86Encodings() -> [([UInt8], String)] {
    var result: [([UInt8], String)] = []
    func check(_ text: String, _ body: (inout X86Assembler) -> Void) {
        var asm = X86Assembler()
        body(&asm)
        result.append((asm.bytes, text))
    }
    func memory(_ m: X86Assembler.Memory) -> String {
        var text = "[" + words[Int(m.base)]
        if m.index != 0xFF { text += "+\(words[Int(m.index)])*\(m.scale)" }
        let needsByte = m.displacement == 0 && m.base & 7 == 5
        if m.displacement != 0 || needsByte { text += (m.displacement < 0 ? "" : "+") + hex(Int(m.displacement)) }
        return text + "]"
    }
    var places: [X86Assembler.Memory] = []
    for base in UInt8(0) ..< 16 {
        places.append(.init(base: base))
        places.append(.init(base: base, displacement: 16))
        places.append(.init(base: base, displacement: -300))
        let index = (base &+ 3) & 15
        if index != 4 { places.append(.init(base: base, index: index, scale: 8, displacement: base % 2 == 0 ? 0x18 : 0x1234)) }
    }
    for (i, m) in places.enumerated() {
        let d = UInt8(i % 16), at = memory(m)
        check("mov \(words[Int(d)]),QWORD PTR \(at)") { $0.load(d, m) }
        check("mov QWORD PTR \(at),\(words[Int(d)])") { $0.store(m, d) }
        check("lea \(words[Int(d)]),\(at)") { $0.lea(d, m) }
        check("movsd xmm\(d),QWORD PTR \(at)") { $0.loadDouble(32 + d, m) }
        check("movsd QWORD PTR \(at),xmm\(d)") { $0.storeDouble(m, 32 + d) }
        check("movzx \(dwords[Int(d)]),BYTE PTR \(at)") { $0.encode(0x0FB6, reg: d, m, wide: false) }
        check("movsx \(words[Int(d)]),BYTE PTR \(at)") { $0.encode(0x0FBE, reg: d, m) }
        check("movzx \(dwords[Int(d)]),WORD PTR \(at)") { $0.encode(0x0FB7, reg: d, m, wide: false) }
        check("movsx \(words[Int(d)]),WORD PTR \(at)") { $0.encode(0x0FBF, reg: d, m) }
        check("movsxd \(words[Int(d)]),DWORD PTR \(at)") { $0.encode(0x63, reg: d, m) }
        check("mov \(dwords[Int(d)]),DWORD PTR \(at)") { $0.encode(0x8B, reg: d, m, wide: false) }
        check("mov BYTE PTR \(at),\(bytesOf[Int(d)])") { $0.encode(0x88, reg: d, m, wide: false, byteRegister: d >= 4) }
        check("mov WORD PTR \(at),\(halves[Int(d)])") { $0.encode(0x89, reg: d, m, wide: false, prefix: 0x66) }
        check("cmp DWORD PTR \(at),0x12345") { $0.compare32(m, 0x12345) }
        check("cmp BYTE PTR \(at),0x1") { $0.compare8(m, 1) }
    }
    for a in UInt8(0) ..< 16 {
        let b = (a &+ 7) & 15, A = words[Int(a)], B = words[Int(b)]
        check("rorx \(A),\(B),0x3") { $0.rotateRight(a, b, 3) }
        check("vsubsd xmm\(a),xmm\(b),xmm\((a &+ 3) & 15)") { $0.double(0x5C, 32 + a, 32 + b, 32 + (a &+ 3) & 15) }
        for (op, name) in [(X86Assembler.Arithmetic.add, "add"), (.or, "or"), (.and, "and"), (.sub, "sub"), (.xor, "xor"), (.cmp, "cmp")] {
            check("\(name) \(A),\(B)") { $0.arithmetic(op, a, b) }
            check("\(name) \(A),0x7") { $0.arithmetic(op, a, immediate: 7) }
            check("\(name) \(A),0x12345") { $0.arithmetic(op, a, immediate: 0x12345) }
        }
        for (op, name) in [(X86Assembler.Shift.rol, "rol"), (.ror, "ror"), (.shl, "shl"), (.shr, "shr"), (.sar, "sar")] {
            check("\(name) \(A),0x5") { $0.shift(op, a, 5) }
            check("\(name) \(A),cl") { $0.shiftByCL(op, a) }
        }
        check("mov \(A),\(B)") { $0.move(a, b) }
        check("test \(A),\(B)") { $0.test(a, b) }
        check("test \(bytesOf[Int(a)]),0x7") { $0.test(a, immediate: 7) }
        check("test \(A),0x12345") { $0.test(a, immediate: 0x12345) }
        check("imul \(A),\(B)") { $0.multiply(a, b) }
        check("imul \(A),\(B),0x9") { $0.multiply(a, b, immediate: 9) }
        check("imul \(A),\(B),0x12345") { $0.multiply(a, b, immediate: 0x12345) }
        check("cqo; idiv \(A)") { $0.divide(a) }
        check("setl \(bytesOf[Int(a)])") { $0.set(.l, a) }
        check("movzx \(dwords[Int(a)]),\(bytesOf[Int(b)])") { $0.zeroExtend8(a, b) }
        check("movsxd \(A),\(dwords[Int(b)])") { $0.signExtend32(a, b) }
        check("mov \(dwords[Int(a)]),0x0") { $0.constant(a, 0) }
        check("mov \(dwords[Int(a)]),0xffffffff") { $0.constant(a, 0xFFFF_FFFF) }
        check("mov \(A),0xffffffffffffff00") { $0.constant(a, 0xFFFF_FFFF_FFFF_FF00) }
        check("movabs \(A),0x123456789abcdef0") { $0.constant(a, 0x1234_5678_9ABC_DEF0) }
        check("call \(A)") { $0.call(a) }
        let x = 32 + a, y = 32 + b
        check("movapd xmm\(a),xmm\(b)") { $0.moveDouble(x, y) }
        for (op, name) in [(UInt8(0x58), "addsd"), (0x5C, "subsd"), (0x59, "mulsd"), (0x5E, "divsd"), (0x51, "sqrtsd")] { check("\(name) xmm\(a),xmm\(b)") { $0.double(op, x, y) } }
        check("ucomisd xmm\(a),xmm\(b)") { $0.compareDouble(x, y) }
        check("movq xmm\(a),\(B)") { $0.moveToDouble(x, word: b) }
        check("movq \(A),xmm\(b)") { $0.moveToWord(a, double: y) }
        check("xorps xmm\(a),xmm\(a); cvtsi2sd xmm\(a),\(B)") { $0.doubleFromInt(x, b) }
        check("cvttsd2si \(A),xmm\(b)") { $0.intFromDouble(a, y) }
        check("xorpd xmm\(a),xmm\(b)") { $0.xorDouble(x, y) }
        check("andpd xmm\(a),xmm\(b)") { $0.andDouble(x, y) }
    }
    return result
}

func arm64Encodings() -> [([UInt8], String)] {
    var result: [([UInt8], String)] = []
    func check(_ text: String, _ body: (inout ARM64Assembler) -> Void) {
        var asm = ARM64Assembler()
        body(&asm)
        result.append((asm.words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } }, text))
    }
    for a in UInt8(0) ..< 31 {
        let b = (a &* 7 &+ 3) % 31, c = (a &* 5 &+ 11) % 31, A = "x\(a)", B = "x\(b)", C = "x\(c)"
        if a != b { check("mov \(A), \(B)") { $0.move(a, b) } }
        check("add \(A), \(B), \(C)") { $0.add(a, b, c) }
        check("adds \(A), \(B), \(C)") { $0.adds(a, b, c) }
        check("sub \(A), \(B), \(C)") { $0.sub(a, b, c) }
        check("subs \(A), \(B), \(C)") { $0.subs(a, b, c) }
        check("cmp \(A), \(B)") { $0.compare(a, b) }
        check("cmp w\(a), w\(b)") { $0.compare32(a, b) }
        check("cmp \(A), \(B), asr #63") { $0.compareWithSign(a, of: b) }
        check("add \(A), \(B), #0x7b") { $0.add(a, b, immediate: 123) }
        check("sub \(A), \(B), #0xfff") { $0.add(a, b, immediate: -4095) }
        check("adds \(A), \(B), #0x1") { $0.add(a, b, immediate: 1, setsFlags: true) }
        check("cmp \(A), #0x5") { $0.compare(a, immediate: 5) }
        check("cmn \(A), #0x5") { $0.compare(a, immediate: -5) }
        check("cmp \(A), #0x0") { $0.compareZero(a) }
        check("and \(A), \(B), \(C)") { $0.and(a, b, c) }
        check("orr \(A), \(B), \(C)") { $0.or(a, b, c) }
        check("eor \(A), \(B), \(C)") { $0.xor(a, b, c) }
        check("mul \(A), \(B), \(C)") { $0.multiply(a, b, c) }
        check("smulh \(A), \(B), \(C)") { $0.multiplyHigh(a, b, c) }
        check("sdiv \(A), \(B), \(C)") { $0.divide(a, b, c) }
        check("msub \(A), \(B), \(C), x2") { $0.multiplySubtract(a, b, c, from: 2) }
        check("lsl \(A), \(B), \(C)") { $0.shift(.left, a, b, c) }
        check("lsr \(A), \(B), \(C)") { $0.shift(.logical, a, b, c) }
        check("asr \(A), \(B), \(C)") { $0.shift(.arithmetic, a, b, c) }
        check("ror \(A), \(B), \(C)") { $0.shift(.rotate, a, b, c) }
        let k = Int(a) + 1
        check("lsl \(A), \(B), #\(k)") { $0.shift(.left, a, b, immediate: k) }
        check("lsr \(A), \(B), #\(k)") { $0.shift(.logical, a, b, immediate: k) }
        check("asr \(A), \(B), #\(k)") { $0.shift(.arithmetic, a, b, immediate: k) }
        check("ror \(A), \(B), #\(k)") { $0.shift(.rotate, a, b, immediate: k) }
        check("sbfx \(A), \(B), #0, #63") { $0.signExtend(a, b, bits: 63) }
        check("cset \(A), lt") { $0.set(a, .lt) }
        for mask in [1, 7, 3, 0xFF, 0xFF00, 0xFFFF_FFFF_FFFF_FFFE, 0x8000_0000_0000_0000, 0x5555_5555_5555_5555, 0x0F0F_0F0F_0F0F_0F0F, 0x7FFF_FFFF_FFFF_FFFF, 0xFFFF_0000_FFFF_0000, 0x8000_0000_0000_0001] as [UInt64] {
            check("and \(A), \(B), #0x\(String(mask, radix: 16))") { $0.logic(.and, a, b, mask: ARM64Assembler.bitmask(mask)!) }
        }
        check("tst \(A), #0x7") { $0.logic(.test, 31, a, mask: ARM64Assembler.bitmask(7)!) }
        check("blr \(A)") { $0.call(a) }
        check("br \(A)") { $0.jump(a) }
        check("ldr \(A), [\(B)]") { $0.memory(.word, store: false, a, base: b, offset: 0) }
        check("str \(A), [\(B), #4096]") { $0.memory(.word, store: true, a, base: b, offset: 4096) }
        check("ldur \(A), [\(B), #-8]") { $0.memory(.word, store: false, a, base: b, offset: -8) }
        check("ldr w\(a), [\(B), #4]") { $0.memory(.u32, store: false, a, base: b, offset: 4) }
        check("ldrsw \(A), [\(B), #4]") { $0.memory(.s32, store: false, a, base: b, offset: 4) }
        check("ldrb w\(a), [\(B), #1]") { $0.memory(.u8, store: false, a, base: b, offset: 1) }
        check("ldrsb \(A), [\(B), #1]") { $0.memory(.s8, store: false, a, base: b, offset: 1) }
        check("ldrh w\(a), [\(B), #2]") { $0.memory(.u16, store: false, a, base: b, offset: 2) }
        check("ldrsh \(A), [\(B), #2]") { $0.memory(.s16, store: false, a, base: b, offset: 2) }
        check("strb w\(a), [\(B), #1]") { $0.memory(.u8, store: true, a, base: b, offset: 1) }
        check("strh w\(a), [\(B), #2]") { $0.memory(.u16, store: true, a, base: b, offset: 2) }
        check("ldr \(A), [\(B), \(C), lsl #3]") { $0.memory(.word, store: false, a, base: b, index: c, isScaled: true) }
        check("str \(A), [\(B), \(C)]") { $0.memory(.word, store: true, a, base: b, index: c, isScaled: false) }
        let x = 32 + a, y = 32 + b, z = 32 + c
        check("ldr d\(a), [\(B), #16]") { $0.memory(.double, store: false, x, base: b, offset: 16) }
        check("str d\(a), [\(B), \(C), lsl #3]") { $0.memory(.double, store: true, x, base: b, index: c, isScaled: true) }
        if a != b { check("fmov d\(a), d\(b)") { $0.moveDouble(x, y) } }
        check("fmov d\(a), \(B)") { $0.moveToDouble(x, word: b) }
        check("fmov \(A), d\(b)") { $0.moveToWord(a, double: y) }
        for (op, name) in [(ARM64Assembler.Double2.add, "fadd"), (.sub, "fsub"), (.mul, "fmul"), (.div, "fdiv")] { check("\(name) d\(a), d\(b), d\(c)") { $0.double(op, x, y, z) } }
        for (op, name) in [(ARM64Assembler.Double1.neg, "fneg"), (.abs, "fabs"), (.sqrt, "fsqrt")] { check("\(name) d\(a), d\(b)") { $0.double(op, x, y) } }
        check("scvtf d\(a), \(B)") { $0.doubleFromInt(x, b) }
        check("fcvtzs \(A), d\(b)") { $0.intFromDouble(a, y) }
        check("fcmp d\(a), d\(b)") { $0.compareDouble(x, y) }
        check("mov \(A), #0x0") { $0.constant(a, 0) }
        check("mov \(A), #0x1234") { $0.constant(a, 0x1234) }
        check("mov \(A), #0x1000000000000000") { $0.constant(a, 1 << 60) }
        check("mov \(A), #0xffffffffffffffff") { $0.constant(a, ~0) }
        check("mov \(A), #0xfffffffffffffffe") { $0.constant(a, ~1) }
        check("mov \(A), #0xdef0; movk \(A), #0x9abc, lsl #16; movk \(A), #0x5678, lsl #32; movk \(A), #0x1234, lsl #48") { $0.constant(a, 0x1234_5678_9ABC_DEF0) }
    }
    check("sub sp, sp, x16") { $0.addToStackPointer(16, subtract: true) }
    check("add sp, sp, x16") { $0.addToStackPointer(16, subtract: false) }
    check("mov x1, sp") { $0.moveStackPointer(to: 1) }
    check("ret") { $0.ret() }
    check("nop") { $0.nop() }
    check("b.lt 0x8; nop; nop") { let at = $0.jump(.lt); $0.nop(); $0.patch(at, to: $0.position); $0.nop() }
    check("cbz x3, 0x8; nop; nop") { let at = $0.jumpIfZero(3); $0.nop(); $0.patch(at, to: $0.position); $0.nop() }
    check("tbz x3, #63, 0x8; nop; nop") { let at = $0.jumpIfPositive(3); $0.nop(); $0.patch(at, to: $0.position); $0.nop() }
    check("nop; b 0x0") { $0.nop(); let at = $0.jump(); $0.patch(at, to: 0) }
    return result
}
