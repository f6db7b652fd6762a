/// Encoding of arm64 instructions: words into a buffer, nothing more.
///
/// Registers 0 to 30 are x0 … x30, and 31 is sp or xzr as the instruction has it; 32 to 63 are d0 … d31, of which only the low five bits are encoded. Constants of doubles are
/// loaded from a pool behind the code.
struct ARM64Assembler {
    var words: [UInt32] = []
    private var poolUses: [(position: Int, constant: Int)] = []
    private var pool: [UInt64] = []
    private var poolIndex: [UInt64: Int] = [:]

    enum Condition: UInt32 { case eq = 0, ne, hs, lo, mi, pl, vs, vc, hi, ls, ge, lt, gt, le }

    /// In words.
    var position: Int { words.count }

    mutating func word(_ w: UInt32) { words.append(w) }
    @inline(__always) private func r(_ x: UInt8) -> UInt32 { UInt32(x & 31) }
    private mutating func three(_ base: UInt32, _ d: UInt8, _ n: UInt8, _ m: UInt8) { word(base | r(m) << 16 | r(n) << 5 | r(d)) }

    // MARK: Words

    mutating func move(_ d: UInt8, _ a: UInt8) { if d != a { three(0xAA0003E0, d, 0, a) } }
    mutating func add(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0x8B000000, d, a, b) }
    mutating func adds(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0xAB000000, d, a, b) }
    mutating func sub(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0xCB000000, d, a, b) }
    mutating func subs(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0xEB000000, d, a, b) }
    mutating func compare(_ a: UInt8, _ b: UInt8) { subs(31, a, b) }
    mutating func compare32(_ a: UInt8, _ b: UInt8) { three(0x6B000000, 31, a, b) }
    /// a against b's sign, spread over 64 bits.
    mutating func compareWithSign(_ a: UInt8, of b: UInt8) { word(0xEB80FC1F | r(b) << 16 | r(a) << 5) }
    /// add, adds, sub or subs with 0 … 4095; a negative number takes the other operation.
    mutating func add(_ d: UInt8, _ a: UInt8, immediate k: Int, setsFlags: Bool = false) {
        let base: UInt32 = k < 0 ? 0xD1000000 : 0x91000000
        word(base | (setsFlags ? 0x20000000 : 0) | UInt32(abs(k)) << 10 | r(a) << 5 | r(d))
    }
    mutating func compare(_ a: UInt8, immediate k: Int) { add(31, a, immediate: -k == 0 ? 0 : -k, setsFlags: true) }
    /// cmp with zero, which has no negative.
    mutating func compareZero(_ a: UInt8) { word(0xF100001F | r(a) << 5) }
    mutating func and(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0x8A000000, d, a, b) }
    mutating func or(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0xAA000000, d, a, b) }
    mutating func xor(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0xCA000000, d, a, b) }
    /// and, orr, eor or ands with a pattern that `bitmask` encodes.
    enum Logic: UInt32 { case and = 0x92000000, or = 0xB2000000, xor = 0xD2000000, test = 0xF2000000 }
    mutating func logic(_ op: Logic, _ d: UInt8, _ a: UInt8, mask: UInt32) { word(op.rawValue | mask << 10 | r(a) << 5 | r(d)) }
    mutating func multiply(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0x9B007C00, d, a, b) }
    mutating func multiplyHigh(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0x9B407C00, d, a, b) }
    mutating func divide(_ d: UInt8, _ a: UInt8, _ b: UInt8) { three(0x9AC00C00, d, a, b) }
    /// d = c - a * b
    mutating func multiplySubtract(_ d: UInt8, _ a: UInt8, _ b: UInt8, from c: UInt8) { word(0x9B008000 | r(b) << 16 | r(c) << 10 | r(a) << 5 | r(d)) }
    enum Shift: UInt32 { case left = 0x9AC02000, logical = 0x9AC02400, arithmetic = 0x9AC02800, rotate = 0x9AC02C00 }
    mutating func shift(_ op: Shift, _ d: UInt8, _ a: UInt8, _ count: UInt8) { three(op.rawValue, d, a, count) }
    mutating func shift(_ op: Shift, _ d: UInt8, _ a: UInt8, immediate k: Int) {
        let k = UInt32(k & 63)
        switch op {
        case .left: word(0xD3400000 | (64 - k & 63) << 16 | (63 - k) << 10 | r(a) << 5 | r(d))
        case .logical: word(0xD340FC00 | k << 16 | r(a) << 5 | r(d))
        case .arithmetic: word(0x9340FC00 | k << 16 | r(a) << 5 | r(d))
        case .rotate: word(0x93C00000 | r(a) << 16 | k << 10 | r(a) << 5 | r(d))
        }
    }
    /// The low bits of a, sign extended.
    mutating func signExtend(_ d: UInt8, _ a: UInt8, bits: Int) { word(0x93400000 | UInt32(bits - 1) << 10 | r(a) << 5 | r(d)) }
    mutating func set(_ d: UInt8, _ condition: Condition) { word(0x9A9F07E0 | (condition.rawValue ^ 1) << 12 | r(d)) }
    mutating func constant(_ d: UInt8, _ value: UInt64) {
        let parts = (0 ..< 4).map { UInt32(truncatingIfNeeded: value >> UInt64($0 * 16) & 0xFFFF) }
        let ones = parts.filter { $0 == 0xFFFF }.count, zeros = parts.filter { $0 == 0 }.count
        let isInverted = ones > zeros, filler: UInt32 = isInverted ? 0xFFFF : 0
        var isFirst = true
        for (i, part) in parts.enumerated() where part != filler {
            let base: UInt32 = isFirst ? (isInverted ? 0x92800000 : 0xD2800000) : 0xF2800000
            word(base | UInt32(i) << 21 | (isFirst && isInverted ? ~part & 0xFFFF : part) << 5 | r(d))
            isFirst = false
        }
        if isFirst { word((isInverted ? 0x92800000 : 0xD2800000) | r(d)) }
    }
    /// From and to sp.
    mutating func moveStackPointer(to d: UInt8) { word(0x910003E0 | r(d)) }
    mutating func addToStackPointer(_ a: UInt8, subtract: Bool) { word((subtract ? 0xCB2063FF : 0x8B2063FF) | r(a) << 16) }

    // MARK: Memory

    enum Access { case u8, s8, u16, s16, u32, s32, word, double }
    private func accessBits(_ access: Access, store: Bool) -> (size: UInt32, opc: UInt32, isDouble: UInt32) {
        switch access {
        case .u8: (0, store ? 0 : 1, 0)
        case .s8: (0, store ? 0 : 2, 0)
        case .u16: (1, store ? 0 : 1, 0)
        case .s16: (1, store ? 0 : 2, 0)
        case .u32: (2, store ? 0 : 1, 0)
        case .s32: (2, store ? 0 : 2, 0)
        case .word: (3, store ? 0 : 1, 0)
        case .double: (3, store ? 0 : 1, 1)
        }
    }
    /// Whether a displacement can be encoded.
    static func reaches(_ offset: Int, _ access: Access) -> Bool {
        let size = access == .u8 || access == .s8 ? 1 : access == .u16 || access == .s16 ? 2 : access == .u32 || access == .s32 ? 4 : 8
        return offset >= -256 && offset < 256 || offset >= 0 && offset % size == 0 && offset / size < 4096
    }
    mutating func memory(_ access: Access, store: Bool, _ t: UInt8, base: UInt8, offset: Int) {
        let (size, opc, isDouble) = accessBits(access, store: store)
        let scale = 1 << Int(size)
        let common = size << 30 | isDouble << 26 | opc << 22 | r(base) << 5 | r(t)
        if offset >= 0, offset % scale == 0, offset / scale < 4096 {
            word(0x39000000 | common | UInt32(offset / scale) << 10)
        } else {
            word(0x38000000 | common | UInt32(truncatingIfNeeded: offset) << 12 & 0x1FF000)
        }
    }
    /// base + index, the index shifted by the size of the access or not.
    mutating func memory(_ access: Access, store: Bool, _ t: UInt8, base: UInt8, index: UInt8, isScaled: Bool) {
        let (size, opc, isDouble) = accessBits(access, store: store)
        word(0x38206800 | size << 30 | isDouble << 26 | opc << 22 | r(index) << 16 | (isScaled ? 1 << 12 : 0) | r(base) << 5 | r(t))
    }

    // MARK: Doubles

    mutating func moveDouble(_ d: UInt8, _ a: UInt8) { if d != a { word(0x1E604000 | r(a) << 5 | r(d)) } }
    mutating func moveToDouble(_ d: UInt8, word a: UInt8) { word(0x9E670000 | r(a) << 5 | r(d)) }
    mutating func moveToWord(_ d: UInt8, double a: UInt8) { word(0x9E660000 | r(a) << 5 | r(d)) }
    enum Double2: UInt32 { case add = 0x1E602800, sub = 0x1E603800, mul = 0x1E600800, div = 0x1E601800 }
    mutating func double(_ op: Double2, _ d: UInt8, _ a: UInt8, _ b: UInt8) { three(op.rawValue, d, a, b) }
    enum Double1: UInt32 { case neg = 0x1E614000, abs = 0x1E60C000, sqrt = 0x1E61C000 }
    mutating func double(_ op: Double1, _ d: UInt8, _ a: UInt8) { word(op.rawValue | r(a) << 5 | r(d)) }
    mutating func doubleFromInt(_ d: UInt8, _ a: UInt8) { word(0x9E620000 | r(a) << 5 | r(d)) }
    mutating func intFromDouble(_ d: UInt8, _ a: UInt8) { word(0x9E780000 | r(a) << 5 | r(d)) }
    mutating func compareDouble(_ a: UInt8, _ b: UInt8) { word(0x1E602000 | r(b) << 16 | r(a) << 5) }
    mutating func loadConstant(_ d: UInt8, _ bits: UInt64) {
        let index = poolIndex[bits] ?? {
            pool.append(bits)
            poolIndex[bits] = pool.count - 1
            return pool.count - 1
        }()
        poolUses.append((position, index))
        word(0x5C000000 | r(d))
    }

    // MARK: Jumps: each returns its own position, for `patch`

    mutating func jump(_ condition: Condition) -> Int { word(0x54000000 | condition.rawValue); return position - 1 }
    mutating func jump() -> Int { word(0x14000000); return position - 1 }
    mutating func call() -> Int { word(0x94000000); return position - 1 }
    mutating func jump(_ a: UInt8) { word(0xD61F0000 | r(a) << 5) }
    mutating func call(_ a: UInt8) { word(0xD63F0000 | r(a) << 5) }
    mutating func jumpIfZero(_ a: UInt8) -> Int { word(0xB4000000 | r(a)); return position - 1 }
    mutating func jumpIfPositive(_ a: UInt8) -> Int { word(0xB6F80000 | r(a)); return position - 1 }
    mutating func ret() { word(0xD65F03C0) }
    mutating func nop() { word(0xD503201F) }

    /// Fills in the distance of the jump at `at`.
    mutating func patch(_ at: Int, to target: Int) { words[at] = ARM64Assembler.patched(words[at], target - at) }

    /// A jump with its distance, in instructions.
    static func patched(_ jump: UInt32, _ distance: Int) -> UInt32 {
        let d = UInt32(truncatingIfNeeded: distance)
        switch jump >> 24 {
        case 0x14 ... 0x17, 0x94 ... 0x97: return jump & 0xFC000000 | d & 0x3FFFFFF
        case 0xB6, 0xB7, 0x36, 0x37: return jump & 0xFFF8001F | (d & 0x3FFF) << 5
        default: return jump & 0xFF00001F | (d & 0x7FFFF) << 5
        }
    }

    mutating func finishPool() {
        if pool.isEmpty { return }
        if position % 2 != 0 { nop() }
        let start = position
        for constant in pool {
            word(UInt32(truncatingIfNeeded: constant))
            word(UInt32(truncatingIfNeeded: constant >> 32))
        }
        for use in poolUses { patch(use.position, to: start + use.constant * 2) }
    }

    /// The 13-bit encoding of a pattern for `logic`: a rotated run of ones, repeated. Nil when it is none.
    static func bitmask(_ value: UInt64) -> UInt32? {
        if value == 0 || value == ~0 { return nil }
        var size = 64
        while size > 2 {
            let half = size / 2, mask: UInt64 = (1 << UInt64(half)) - 1
            if value & mask != value >> UInt64(half) & mask { break }
            size = half
        }
        let mask: UInt64 = size == 64 ? ~0 : (1 << UInt64(size)) - 1
        let element = value & mask
        // Rotate right until the run of ones stands at the bottom.
        for rotation in 0 ..< size {
            let rotated = rotation == 0 ? element : (element >> UInt64(rotation) | element << UInt64(size - rotation)) & mask
            if rotated & 1 == 1, rotated & (rotated &+ 1) == 0, rotated != mask || size == 64 {
                let ones = rotated.nonzeroBitCount
                let immr = UInt32((size - rotation) % size)
                let imms = UInt32(~(size * 2 - 1) & 0x3F | (ones - 1))
                return (size == 64 ? 1 << 12 : 0) | immr << 6 | imms
            }
        }
        return nil
    }
}
