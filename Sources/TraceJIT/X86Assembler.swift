/// Encoding of x86-64 instructions: bytes into a buffer, nothing more.
///
/// Registers 0 to 15 are rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8 … r15; 32 to 47 are xmm0 … xmm15, and only their low four bits are encoded. An operand in
/// memory is a base register, an optional scaled index and a displacement, or a constant of the pool, addressed relative to the instruction pointer and filled in at the end.
struct X86Assembler {
    var bytes: [UInt8] = []
    /// Where a displacement to a pool constant is to be filled in.
    private(set) var poolUses: [(position: Int, constant: Int)] = []
    private(set) var pool: [UInt64] = []
    private var poolIndex: [UInt64: Int] = [:]

    struct Memory {
        var base: UInt8
        var index: UInt8 = 0xFF
        var scale: UInt8 = 1
        var displacement: Int32 = 0
    }
    enum Condition: UInt8 { case o = 0, no, b, ae, e, ne, be, a, s, ns, p, np, l, ge, le, g }

    var position: Int { bytes.count }

    mutating func byte(_ value: UInt8) { bytes.append(value) }
    mutating func long(_ value: Int32) {
        let bits = UInt32(bitPattern: value)
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
    }
    mutating func quad(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    // MARK: The general forms

    /// `prefix` (0 for none), REX, opcode of one to three bytes, register to register.
    mutating func encode(_ opcode: UInt32, reg: UInt8, rm: UInt8, wide: Bool = true, prefix: UInt8 = 0, byteRegister: Bool = false) {
        let reg = reg & 31, rm = rm & 31
        if prefix != 0 { byte(prefix) }
        let rex: UInt8 = (wide ? 8 : 0) | (reg >> 3) << 2 | rm >> 3
        if rex != 0 || byteRegister { byte(0x40 | rex) }
        opcodeBytes(opcode)
        byte(0xC0 | (reg & 7) << 3 | rm & 7)
    }
    /// The same with an operand in memory.
    mutating func encode(_ opcode: UInt32, reg: UInt8, _ m: Memory, wide: Bool = true, prefix: UInt8 = 0, byteRegister: Bool = false) {
        let reg = reg & 31
        if prefix != 0 { byte(prefix) }
        let hasIndex = m.index != 0xFF
        let rex: UInt8 = (wide ? 8 : 0) | (reg >> 3) << 2 | (hasIndex ? (m.index >> 3) << 1 : 0) | m.base >> 3
        if rex != 0 || byteRegister { byte(0x40 | rex) }
        opcodeBytes(opcode)
        // rbp and r13 as a base always have a displacement; rsp and r12 always have a SIB byte.
        let mode: UInt8 = m.displacement == 0 && m.base & 7 != 5 ? 0 : m.displacement >= -128 && m.displacement < 128 ? 1 : 2
        if hasIndex || m.base & 7 == 4 {
            byte(mode << 6 | (reg & 7) << 3 | 4)
            let scale: UInt8 = m.scale == 8 ? 3 : m.scale == 4 ? 2 : m.scale == 2 ? 1 : 0
            byte(scale << 6 | (hasIndex ? m.index & 7 : 4) << 3 | m.base & 7)
        } else {
            byte(mode << 6 | (reg & 7) << 3 | m.base & 7)
        }
        if mode == 1 { byte(UInt8(bitPattern: Int8(truncatingIfNeeded: m.displacement))) }
        if mode == 2 { long(m.displacement) }
    }
    /// The same with a constant of the pool. No immediate may follow.
    mutating func encode(_ opcode: UInt32, reg: UInt8, constant: UInt64, wide: Bool = true, prefix: UInt8 = 0) {
        let reg = reg & 31
        if prefix != 0 { byte(prefix) }
        let rex: UInt8 = (wide ? 8 : 0) | (reg >> 3) << 2
        if rex != 0 { byte(0x40 | rex) }
        opcodeBytes(opcode)
        byte((reg & 7) << 3 | 5)
        poolOperand(constant)
    }
    /// The displacement of a constant of the pool.
    private mutating func poolOperand(_ constant: UInt64) {
        let index = poolIndex[constant] ?? {
            pool.append(constant)
            poolIndex[constant] = pool.count - 1
            return pool.count - 1
        }()
        poolUses.append((position, index))
        long(0)
    }
    /// The VEX prefix of an instruction of the prefix F2, with opcodes of the map: 1 for 0F, 3 for 0F3A. `first` is the register in its own field, nil for none.
    private mutating func vex(_ map: UInt8, wide: Bool, reg: UInt8, first: UInt8?, rm: UInt8) {
        let inverted = (~(first ?? 0) & 15) << 3 | 3
        if map == 1, !wide, rm < 8 {
            byte(0xC5)
            byte((reg < 8 ? 0x80 : 0) | inverted)
        } else {
            byte(0xC4)
            byte((reg < 8 ? 0x80 : 0) | 0x40 | (rm < 8 ? 0x20 : 0) | map)
            byte((wide ? 0x80 : 0) | inverted)
        }
    }
    private mutating func opcodeBytes(_ opcode: UInt32) {
        if opcode > 0xFFFF { byte(UInt8(opcode >> 16)) }
        if opcode > 0xFF { byte(UInt8(opcode >> 8 & 0xFF)) }
        byte(UInt8(opcode & 0xFF))
    }

    // MARK: Words

    mutating func move(_ d: UInt8, _ a: UInt8) { if d != a { encode(0x8B, reg: d, rm: a) } }
    mutating func load(_ d: UInt8, _ m: Memory) { encode(0x8B, reg: d, m) }
    mutating func store(_ m: Memory, _ a: UInt8) { encode(0x89, reg: a, m) }
    mutating func lea(_ d: UInt8, _ m: Memory) { encode(0x8D, reg: d, m) }
    mutating func constant(_ d: UInt8, _ value: UInt64) {
        if value == 0 {
            // Leaves the flags as they are, unlike xor.
            encode(0xC7, reg: 0, rm: d, wide: false)
            long(0)
        } else if value <= UInt64(UInt32.max) {
            if d >= 8 { byte(0x41) }
            byte(0xB8 | d & 7)
            long(Int32(truncatingIfNeeded: value))
        } else if let short = Int32(exactly: Int64(bitPattern: value)) {
            encode(0xC7, reg: 0, rm: d)
            long(short)
        } else {
            byte(0x48 | d >> 3)
            byte(0xB8 | d & 7)
            quad(value)
        }
    }

    enum Arithmetic: UInt8 { case add = 0, or = 1, and = 4, sub = 5, xor = 6, cmp = 7 }
    mutating func arithmetic(_ op: Arithmetic, _ d: UInt8, _ a: UInt8) { encode(UInt32(op.rawValue) << 3 | 3, reg: d, rm: a) }
    mutating func arithmetic(_ op: Arithmetic, _ d: UInt8, immediate: Int32, wide: Bool = true) {
        let short = immediate >= -128 && immediate < 128
        encode(short ? 0x83 : 0x81, reg: op.rawValue, rm: d, wide: wide)
        if short { byte(UInt8(bitPattern: Int8(truncatingIfNeeded: immediate))) } else { long(immediate) }
    }
    mutating func arithmetic(_ op: Arithmetic, _ d: UInt8, pool: UInt64) { encode(UInt32(op.rawValue) << 3 | 3, reg: d, constant: pool) }
    /// cmp dword [m], immediate
    mutating func compare32(_ m: Memory, _ immediate: Int32) {
        let short = immediate >= -128 && immediate < 128
        encode(short ? 0x83 : 0x81, reg: 7, m, wide: false)
        if short { byte(UInt8(bitPattern: Int8(truncatingIfNeeded: immediate))) } else { long(immediate) }
    }
    mutating func compare8(_ m: Memory, _ immediate: UInt8) {
        encode(0x80, reg: 7, m, wide: false)
        byte(immediate)
    }
    mutating func test(_ a: UInt8, _ b: UInt8) { encode(0x85, reg: b, rm: a) }
    mutating func test(_ a: UInt8, immediate: Int32) {
        if immediate >= 0 && immediate < 128 {
            encode(0xF6, reg: 0, rm: a, wide: false, byteRegister: a >= 4)
            byte(UInt8(immediate))
        } else {
            encode(0xF7, reg: 0, rm: a)
            long(immediate)
        }
    }
    mutating func multiply(_ d: UInt8, _ a: UInt8) { encode(0x0FAF, reg: d, rm: a) }
    mutating func multiply(_ d: UInt8, _ a: UInt8, immediate: Int32) {
        let short = immediate >= -128 && immediate < 128
        encode(short ? 0x6B : 0x69, reg: d, rm: a)
        if short { byte(UInt8(bitPattern: Int8(truncatingIfNeeded: immediate))) } else { long(immediate) }
    }
    enum Shift: UInt8 { case rol = 0, ror = 1, shl = 4, shr = 5, sar = 7 }
    mutating func shift(_ op: Shift, _ d: UInt8, _ count: UInt8) {
        encode(0xC1, reg: op.rawValue, rm: d)
        byte(count)
    }
    /// d = a rotated to the right, which leaves a as it is (BMI2).
    mutating func rotateRight(_ d: UInt8, _ a: UInt8, _ count: UInt8) {
        vex(3, wide: true, reg: d, first: nil, rm: a)
        byte(0xF0)
        byte(0xC0 | (d & 7) << 3 | a & 7)
        byte(count)
    }
    mutating func shiftByCL(_ op: Shift, _ d: UInt8) { encode(0xD3, reg: op.rawValue, rm: d) }
    /// rdx:rax by `a`
    mutating func divide(_ a: UInt8) {
        byte(0x48)
        byte(0x99)
        encode(0xF7, reg: 7, rm: a)
    }
    mutating func set(_ condition: Condition, _ d: UInt8) { encode(0x0F90 | UInt32(condition.rawValue), reg: 0, rm: d, wide: false, byteRegister: d >= 4) }
    mutating func zeroExtend8(_ d: UInt8, _ a: UInt8) { encode(0x0FB6, reg: d, rm: a, wide: false, byteRegister: a >= 4) }
    mutating func signExtend32(_ d: UInt8, _ a: UInt8) { encode(0x63, reg: d, rm: a) }

    // MARK: Doubles

    mutating func moveDouble(_ d: UInt8, _ a: UInt8) { if d != a { encode(0x0F28, reg: d, rm: a, wide: false, prefix: 0x66) } }
    mutating func loadDouble(_ d: UInt8, _ m: Memory) { encode(0x0F10, reg: d, m, wide: false, prefix: 0xF2) }
    mutating func storeDouble(_ m: Memory, _ a: UInt8) { encode(0x0F11, reg: a, m, wide: false, prefix: 0xF2) }
    mutating func double(_ opcode: UInt8, _ d: UInt8, _ a: UInt8) { encode(0x0F00 | UInt32(opcode), reg: d, rm: a, wide: false, prefix: 0xF2) }
    mutating func double(_ opcode: UInt8, _ d: UInt8, pool: UInt64) { encode(0x0F00 | UInt32(opcode), reg: d, constant: pool, wide: false, prefix: 0xF2) }
    /// d = a op b (AVX).
    mutating func double(_ opcode: UInt8, _ d: UInt8, _ a: UInt8, _ b: UInt8) {
        let (d, a, b) = (d & 31, a & 31, b & 31)
        vex(1, wide: false, reg: d, first: a, rm: b)
        byte(opcode)
        byte(0xC0 | (d & 7) << 3 | b & 7)
    }
    mutating func double(_ opcode: UInt8, _ d: UInt8, _ a: UInt8, pool constant: UInt64) {
        let (d, a) = (d & 31, a & 31)
        vex(1, wide: false, reg: d, first: a, rm: 0)
        byte(opcode)
        byte((d & 7) << 3 | 5)
        poolOperand(constant)
    }
    mutating func compareDouble(_ a: UInt8, _ b: UInt8) { encode(0x0F2E, reg: a, rm: b, wide: false, prefix: 0x66) }
    mutating func compareDouble(_ a: UInt8, pool: UInt64) { encode(0x0F2E, reg: a, constant: pool, wide: false, prefix: 0x66) }
    /// Bits between the two kinds of register.
    mutating func moveToDouble(_ d: UInt8, word a: UInt8) { encode(0x0F6E, reg: d, rm: a, prefix: 0x66) }
    mutating func moveToWord(_ d: UInt8, double a: UInt8) { encode(0x0F7E, reg: a, rm: d, prefix: 0x66) }
    mutating func doubleFromInt(_ d: UInt8, _ a: UInt8) {
        // Breaks the dependency on what the register held.
        encode(0x0F57, reg: d, rm: d, wide: false)
        encode(0x0F2A, reg: d, rm: a, prefix: 0xF2)
    }
    mutating func intFromDouble(_ d: UInt8, _ a: UInt8) { encode(0x0F2C, reg: d, rm: a, prefix: 0xF2) }
    mutating func xorDouble(_ d: UInt8, _ a: UInt8) { encode(0x0F57, reg: d, rm: a, wide: false, prefix: 0x66) }
    mutating func andDouble(_ d: UInt8, _ a: UInt8) { encode(0x0F54, reg: d, rm: a, wide: false, prefix: 0x66) }

    // MARK: Asking the machine

    /// eax to edx of a leaf of `cpuid`, whose subleaf is 0.
    mutating func identify(leaf: Int32) {
        byte(0xB8)
        long(leaf)
        byte(0xB9)
        long(0)
        byte(0x0F)
        byte(0xA2)
    }
    /// edx:eax: the register states that the system saves.
    mutating func savedStates() {
        byte(0xB9)
        long(0)
        byte(0x0F)
        byte(0x01)
        byte(0xD0)
    }

    // MARK: Jumps

    /// A jump with an empty displacement; returns where that is.
    mutating func jump(_ condition: Condition) -> Int {
        byte(0x0F)
        byte(0x80 | condition.rawValue)
        long(0)
        return position - 4
    }
    mutating func jump() -> Int {
        byte(0xE9)
        long(0)
        return position - 4
    }
    mutating func call() -> Int {
        byte(0xE8)
        long(0)
        return position - 4
    }
    mutating func call(_ a: UInt8) { encode(0xFF, reg: 2, rm: a, wide: false) }
    /// Fills in the displacement at `at` so that it leads to `target`, both positions in the buffer.
    mutating func patch(_ at: Int, to target: Int) {
        let distance = UInt32(bitPattern: Int32(truncatingIfNeeded: target - (at + 4)))
        for i in 0 ..< 4 { bytes[at + i] = UInt8(truncatingIfNeeded: distance >> UInt32(8 * i)) }
    }
    mutating func nop5() { bytes += [0x0F, 0x1F, 0x44, 0, 0] }
    mutating func align(_ size: Int) {
        while position % size != 0 {
            let gap = size - position % size
            switch gap {
            case 1: byte(0x90)
            case 2: bytes += [0x66, 0x90]
            case 3: bytes += [0x0F, 0x1F, 0]
            case 4: bytes += [0x0F, 0x1F, 0x40, 0]
            case 5, 6: nop5()
            case 7: bytes += [0x0F, 0x1F, 0x80, 0, 0, 0, 0]
            default: bytes += [0x0F, 0x1F, 0x84, 0, 0, 0, 0, 0]
            }
        }
    }

    /// Appends the pool and fills in the uses of it.
    mutating func finishPool() {
        align(8)
        let start = position
        for constant in pool { quad(constant) }
        for use in poolUses { patch(use.position, to: start + use.constant * 8) }
    }
}
