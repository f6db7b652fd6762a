import Glibc

/// The tiny language's values and its interpreter.
///
/// A word is an integer with low bit 1, a self-tagged float (low bits 10), or the address of an object, whose first 32 bits are its class. Floats that do not tag
/// themselves, the zeros among them, are boxed. Objects are never freed.
enum Tiny {
    static let arrayClass: UInt32 = 1, pairClass: UInt32 = 2, floatClass: UInt32 = 3
    static let tagging = ValueModel.SelfTagging(bias: 1 << 60, rotation: 3, mask: 3, tag: 2)
    static let bias: UInt64 = 1 << 60
    nonisolated(unsafe) static var allocations = 0

    @inline(__always) static func box(_ number: Int64) -> UInt64 { UInt64(bitPattern: number) << 1 | 1 }
    @inline(__always) static func fits(_ number: Int64) -> Bool { (number << 1) >> 1 == number }
    @inline(__always) static func isInt(_ word: UInt64) -> Bool { word & 1 != 0 }
    @inline(__always) static func int(_ word: UInt64) -> Int64 { Int64(bitPattern: word) >> 1 }
    @inline(__always) static func box(_ number: Double) -> UInt64 {
        let moved = number.bitPattern &+ bias
        let word = moved << 3 | moved >> 61
        return word & 3 == 2 ? word : boxSlow(number)
    }
    @inline(never) static func boxSlow(_ number: Double) -> UInt64 {
        let object = allocate(floatClass, 16)
        object.storeBytes(of: number, toByteOffset: 8, as: Double.self)
        return UInt64(UInt(bitPattern: object))
    }
    static func allocate(_ classWord: UInt32, _ size: Int) -> UnsafeMutableRawPointer {
        allocations += 1
        let memory = calloc(1, size)!
        memory.storeBytes(of: classWord, as: UInt32.self)
        return memory
    }
    @inline(__always) static func isInlineFloat(_ word: UInt64) -> Bool { word & 3 == 2 }
    @inline(__always) static func pointer(_ word: UInt64) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: UInt(word)).unsafelyUnwrapped }
    @inline(__always) static func classWord(_ word: UInt64) -> UInt32 { word & 7 == 0 && word != 0 ? pointer(word).load(as: UInt32.self) : 0 }
    static func isFloat(_ word: UInt64) -> Bool { isInlineFloat(word) || classWord(word) == floatClass }
    @inline(__always) static func float(_ word: UInt64) -> Double {
        isInlineFloat(word) ? Double(bitPattern: (word >> 3 | word << 61) &- bias) : pointer(word).load(fromByteOffset: 8, as: Double.self)
    }
    static func number(_ word: UInt64) -> Double { isInt(word) ? Double(int(word)) : float(word) }
    static func array(_ count: Int) -> UInt64 {
        let object = allocate(arrayClass, 16 + count * 8)
        object.storeBytes(of: count, toByteOffset: 8, as: Int.self)
        for i in 0 ..< count { object.storeBytes(of: 1, toByteOffset: 16 + i * 8, as: UInt64.self) }
        return UInt64(UInt(bitPattern: object))
    }
    static func text(_ word: UInt64) -> String {
        if isInt(word) { return "\(int(word))" }
        // The sign of what is not a number may differ.
        if isFloat(word) { return float(word).isNaN ? "nan" : "\(float(word))" }
        if classWord(word) == arrayClass { return "array(\(pointer(word).load(fromByteOffset: 8, as: Int.self)))" }
        if classWord(word) == pairClass { return "(" + text(pointer(word).load(fromByteOffset: 8, as: UInt64.self)) + ", " + text(pointer(word).load(fromByteOffset: 16, as: UInt64.self)) + ")" }
        return "?"
    }
}

final class TinyInterpreter {
    let program: Program
    let registers: UnsafeMutablePointer<UInt64>
    var output = ""
    var engine: TinyEngine?
    /// Instructions carried out here and not by machine code.
    var steps = 0

    init(_ program: Program) {
        self.program = program
        registers = .allocate(capacity: program.registers + 8)
        registers.initialize(repeating: 1, count: program.registers + 8)
    }
    deinit { registers.deallocate() }

    func run() {
        var pc = 0
        let code = program.code.withUnsafeBufferPointer { $0 }
        let r = registers
        while true {
            let i = code[pc]
            if let engine {
                if engine.recorder != nil { engine.record(pc) }
                else if i.op == .loop, let next = engine.reachedLoop(pc) {
                    pc = next
                    continue
                }
            }
            let next = step(pc, i, r)
            if next < 0 { return }
            pc = next
        }
    }

    /// Carries out one instruction; returns where to go on.
    @inline(__always)
    func step(_ pc: Int, _ i: Code, _ r: UnsafeMutablePointer<UInt64>) -> Int {
        let a = Int(i.a), b = Int(i.b), c = Int(i.c)
        switch i.op {
        case .move: r[a] = r[b]
        case .const: r[a] = program.constants[b]
        case .add, .sub, .mul: r[a] = arithmetic(i.op, r[b], r[c])
        case .div: r[a] = Tiny.box(Tiny.number(r[b]) / Tiny.number(r[c]))
        case .fldiv, .mod: r[a] = divide(i.op, r[b], r[c])
        case .lt: r[a] = Tiny.box(Int64(Tiny.isInt(r[b]) && Tiny.isInt(r[c]) ? (Tiny.int(r[b]) < Tiny.int(r[c]) ? 1 : 0) : Tiny.number(r[b]) < Tiny.number(r[c]) ? 1 : 0))
        case .le: r[a] = Tiny.box(Int64(Tiny.isInt(r[b]) && Tiny.isInt(r[c]) ? (Tiny.int(r[b]) <= Tiny.int(r[c]) ? 1 : 0) : Tiny.number(r[b]) <= Tiny.number(r[c]) ? 1 : 0))
        case .eq: r[a] = Tiny.box(Int64(equal(r[b], r[c]) ? 1 : 0))
        case .ne: r[a] = Tiny.box(Int64(equal(r[b], r[c]) ? 0 : 1))
        case .jumpIf: if r[a] != 1 { return b }
        case .jumpIfNot: if r[a] == 1 { return b }
        case .jump: return a
        case .loop: break
        case .array: r[a] = Tiny.array(Int(Tiny.int(r[b])))
        case .len: r[a] = Tiny.box(Int64(Tiny.pointer(r[b]).load(fromByteOffset: 8, as: Int.self)))
        case .get: r[a] = element(r[b], r[c]).pointee
        case .set: element(r[a], r[b]).pointee = r[c]
        case .pair:
            let object = Tiny.allocate(Tiny.pairClass, 24)
            object.storeBytes(of: r[b], toByteOffset: 8, as: UInt64.self)
            object.storeBytes(of: r[c], toByteOffset: 16, as: UInt64.self)
            r[a] = UInt64(UInt(bitPattern: object))
        case .first: r[a] = Tiny.pointer(r[b]).load(fromByteOffset: 8, as: UInt64.self)
        case .second: r[a] = Tiny.pointer(r[b]).load(fromByteOffset: 16, as: UInt64.self)
        case .setFirst: Tiny.pointer(r[a]).storeBytes(of: r[b], toByteOffset: 8, as: UInt64.self)
        case .setSecond: Tiny.pointer(r[a]).storeBytes(of: r[b], toByteOffset: 16, as: UInt64.self)
        case .sqrt: r[a] = Tiny.box(Tiny.number(r[b]).squareRoot())
        case .toFloat: r[a] = Tiny.box(Tiny.number(r[b]))
        case .toInt: r[a] = Tiny.isInt(r[b]) ? r[b] : Tiny.box(Int64(Tiny.float(r[b])))
        case .opaque: r[a] = opaque(r[b])
        case .print: output += Tiny.text(r[a]) + "\n"
        case .halt: return -1
        }
        return pc + 1
    }

    private func arithmetic(_ op: Op, _ x: UInt64, _ y: UInt64) -> UInt64 {
        if Tiny.isInt(x) && Tiny.isInt(y) {
            let a = Tiny.int(x), b = Tiny.int(y)
            let (result, overflow) = op == .add ? a.addingReportingOverflow(b) : op == .sub ? a.subtractingReportingOverflow(b) : a.multipliedReportingOverflow(by: b)
            if !overflow && Tiny.fits(result) { return Tiny.box(result) }
        }
        // What does not fit becomes a float: the tiny language has no big integers.
        let a = Tiny.number(x), b = Tiny.number(y)
        return Tiny.box(op == .add ? a + b : op == .sub ? a - b : a * b)
    }
    private func divide(_ op: Op, _ x: UInt64, _ y: UInt64) -> UInt64 {
        if Tiny.isInt(x) && Tiny.isInt(y) && Tiny.int(y) != 0 {
            let (q, r) = Tiny.int(x).quotientAndRemainder(dividingBy: Tiny.int(y))
            let down = r != 0 && (r < 0) != (Tiny.int(y) < 0)
            return Tiny.box(op == .fldiv ? (down ? q - 1 : q) : (down ? r + Tiny.int(y) : r))
        }
        let q = (Tiny.number(x) / Tiny.number(y)).rounded(.down)
        return Tiny.box(op == .fldiv ? q : Tiny.number(x) - q * Tiny.number(y))
    }
    private func equal(_ x: UInt64, _ y: UInt64) -> Bool {
        if Tiny.isInt(x) && Tiny.isInt(y) { return x == y }
        if (Tiny.isInt(x) || Tiny.isFloat(x)) && (Tiny.isInt(y) || Tiny.isFloat(y)) { return Tiny.number(x) == Tiny.number(y) }
        return x == y
    }
    private func element(_ array: UInt64, _ index: UInt64) -> UnsafeMutablePointer<UInt64> {
        let base = Tiny.pointer(array)
        let count = base.load(fromByteOffset: 8, as: Int.self), i = Int(Tiny.int(index))
        precondition(i >= 0 && i < count, "index \(i) of \(count)")
        return (base + 16).assumingMemoryBound(to: UInt64.self) + i
    }
}

/// What the compiler knows nothing of: a number one larger.
func opaque(_ word: UInt64) -> UInt64 { Tiny.isInt(word) ? word &+ 2 : Tiny.box(Tiny.float(word) + 1) }
let opaqueFunction: @convention(c) (UInt64) -> UInt64 = { opaque($0) }
