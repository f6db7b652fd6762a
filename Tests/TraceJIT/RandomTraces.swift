/// Random traces: each is recorded with made-up instructions, carried out by a reference interpreter of the IR, and compiled; both must leave through
/// the same exit with the same slots and the same heap.
///
/// The generator is a recorder of a program that does not exist: it evaluates each instruction as it appends it, and so knows which guards hold on the first round.
import Glibc

/// Carries out a recorded trace instruction by instruction, as `Opcode.swift` describes them.
final class Reference {
    let trace: Trace
    let frame: UnsafeMutablePointer<UInt64>
    var values: [UInt64] = []
    init(_ trace: Trace, _ frame: UnsafeMutablePointer<UInt64>) { (self.trace, self.frame) = (trace, frame) }

    func bits(_ ref: Ref) -> UInt64 { ref.isConstant ? trace.bits(ref) : values[ref.index] }
    func int(_ ref: Ref) -> Int64 { Int64(bitPattern: bits(ref)) }
    func float(_ ref: Ref) -> Double { Double(bitPattern: bits(ref)) }

    /// Evaluates instruction number `values.count`; false when it is a guard that fails.
    func step() -> Bool {
        let i = trace.instructions[values.count]
        var result: UInt64 = 0, holds = true
        func set(_ n: Int64) { result = UInt64(bitPattern: n) }
        func set(_ f: Double) { result = f.bitPattern }
        func set(_ c: Bool) { result = c ? 1 : 0 }
        func checked(_ r: (partialValue: Int64, overflow: Bool)) { set(r.partialValue); holds = !r.overflow }
        func divide(_ floor: Bool, _ wantsQuotient: Bool) {
            let (a, b) = (int(i.a), int(i.b))
            let (q, r) = a.quotientAndRemainder(dividingBy: b)
            let down = floor && r != 0 && (r < 0) != (b < 0)
            set(wantsQuotient ? (down ? q - 1 : q) : (down ? r + b : r))
        }
        switch i.op {
        case .sload: result = frame[i.literal]
        case .sstore: frame[i.literal] = bits(i.b)
        case .add: set(int(i.a) &+ int(i.b))
        case .sub: set(int(i.a) &- int(i.b))
        case .mul: set(int(i.a) &* int(i.b))
        case .addov: checked(int(i.a).addingReportingOverflow(int(i.b)))
        case .subov: checked(int(i.a).subtractingReportingOverflow(int(i.b)))
        case .mulov: checked(int(i.a).multipliedReportingOverflow(by: int(i.b)))
        case .and: result = bits(i.a) & bits(i.b)
        case .or: result = bits(i.a) | bits(i.b)
        case .xor: result = bits(i.a) ^ bits(i.b)
        case .shl: result = bits(i.a) &<< bits(i.b)
        case .shr: result = bits(i.a) &>> bits(i.b)
        case .sar: set(int(i.a) &>> int(i.b))
        case .ror: result = bits(i.a) &>> bits(i.b) | bits(i.a) &<< (0 &- bits(i.b))
        case .quot: divide(false, true)
        case .rem: divide(false, false)
        case .fldiv: divide(true, true)
        case .flmod: divide(true, false)
        case .eq: set(bits(i.a) == bits(i.b))
        case .ne: set(bits(i.a) != bits(i.b))
        case .lt: set(int(i.a) < int(i.b))
        case .le: set(int(i.a) <= int(i.b))
        case .ult: set(bits(i.a) < bits(i.b))
        case .ule: set(bits(i.a) <= bits(i.b))
        case .feq: set(float(i.a) == float(i.b))
        case .fne: set(float(i.a) != float(i.b))
        case .flt: set(float(i.a) < float(i.b))
        case .fle: set(float(i.a) <= float(i.b))
        case .fadd: set(float(i.a) + float(i.b))
        case .fsub: set(float(i.a) - float(i.b))
        case .fmul: set(float(i.a) * float(i.b))
        case .fdiv: set(float(i.a) / float(i.b))
        case .fneg: result = bits(i.a) ^ 1 << 63
        case .fabs: result = bits(i.a) & ~(1 << 63)
        case .fsqrt: set(float(i.a).squareRoot())
        case .itof: set(Double(int(i.a)))
        case .ftoi: set(Int64(float(i.a)))
        case .ftobits, .bitstof, .cast: result = bits(i.a)
        case .boxi: result = Tiny.box(int(i.a))
        case .boxf: result = Tiny.box(float(i.a))
        case .unboxi:
            holds = Tiny.isInt(bits(i.a))
            set(Tiny.int(bits(i.a)))
        case .unboxf:
            holds = Tiny.isFloat(bits(i.a))
            if holds { set(Tiny.float(bits(i.a))) }
        case .elem:
            result = UInt64(bitPattern: int(i.a) &+ int(i.b) &* Int64(trace.vocabulary.fields[Int(i.c)].scale))
        case .load: result = read(bits(i.a), trace.vocabulary.fields[Int(i.c)])
        case .store: write(bits(i.a), trace.vocabulary.fields[Int(i.c)], bits(i.b))
        case .geq: holds = bits(i.a) == bits(i.b)
        case .gne: holds = bits(i.a) != bits(i.b)
        case .glt: holds = int(i.a) < int(i.b)
        case .gle: holds = int(i.a) <= int(i.b)
        case .ggt: holds = int(i.a) > int(i.b)
        case .gge: holds = int(i.a) >= int(i.b)
        case .gult: holds = bits(i.a) < bits(i.b)
        case .guge: holds = bits(i.a) >= bits(i.b)
        case .gfeq: holds = float(i.a) == float(i.b)
        case .gfne: holds = float(i.a) != float(i.b)
        case .gflt: holds = float(i.a) < float(i.b)
        case .gfle: holds = float(i.a) <= float(i.b)
        case .gfnlt: holds = !(float(i.a) < float(i.b))
        case .gfnle: holds = !(float(i.a) <= float(i.b))
        case .gclass: holds = Tiny.pointer(bits(i.a)).load(as: UInt32.self) == UInt32(truncatingIfNeeded: int(i.b))
        case .gfits: holds = (int(i.a) &<< Int64(64 - Int(i.b.raw))) &>> Int64(64 - Int(i.b.raw)) == int(i.a)
        case .new: result = makeRecord()
        case .call:
            let a = trace.arguments(of: i).map { bits($0) }
            switch trace.vocabulary.functions[Int(i.c)].name {
            case "mix": set(mix(Int64(bitPattern: a[0]), Int64(bitPattern: a[1])))
            case "blend": set(blend(Double(bitPattern: a[0]), Int64(bitPattern: a[1]), Double(bitPattern: a[2])))
            case "touch": result = touch(a[0], a[1])
            default: poke(a[0])
            }
        default: break
        }
        values.append(result)
        return holds
    }

    /// Carries the trace out until a guard fails; returns its token.
    func run() -> UInt64 {
        while true {
            values.removeAll(keepingCapacity: true)
            while true {
                let i = trace.instructions[values.count]
                if i.op == .jump {
                    restore(Int(i.c))
                    break
                }
                if !step() {
                    restore(Int(i.c))
                    return trace.snapshots[Int(i.c)].token
                }
            }
        }
    }
    private func restore(_ snapshot: Int) {
        let s = trace.snapshots[snapshot]
        let words = trace.entries[s.first ..< s.first + s.count].map { entry -> (Int, UInt64) in
            switch entry.kind {
            case .int: (Int(entry.slot), Tiny.box(int(entry.ref)))
            case .float: (Int(entry.slot), Tiny.box(float(entry.ref)))
            default: (Int(entry.slot), bits(entry.ref))
            }
        }
        for (slot, word) in words { frame[slot] = word }
    }
    private func read(_ address: UInt64, _ field: Field) -> UInt64 {
        let p = Tiny.pointer(address) + Int(field.offset)
        switch field.width {
        case .i8: return UInt64(bitPattern: Int64(p.load(as: Int8.self)))
        case .u8: return UInt64(p.load(as: UInt8.self))
        case .i16: return UInt64(bitPattern: Int64(p.load(as: Int16.self)))
        case .u16: return UInt64(p.load(as: UInt16.self))
        case .i32: return UInt64(bitPattern: Int64(p.load(as: Int32.self)))
        case .u32: return UInt64(p.load(as: UInt32.self))
        default: return p.load(as: UInt64.self)
        }
    }
    private func write(_ address: UInt64, _ field: Field, _ word: UInt64) {
        let p = Tiny.pointer(address) + Int(field.offset)
        switch field.width.bytes {
        case 1: p.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
        case 2: p.storeBytes(of: UInt16(truncatingIfNeeded: word), as: UInt16.self)
        case 4: p.storeBytes(of: UInt32(truncatingIfNeeded: word), as: UInt32.self)
        default: p.storeBytes(of: word, as: UInt64.self)
        }
    }
}

// MARK: The heap and the functions

nonisolated(unsafe) private let recordRun = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 + 6 * 20)
private let recordClass: UInt32 = 7, arrayClass: UInt32 = 9
func makeRecord() -> UInt64 { UInt64(UInt(bitPattern: Tiny.allocate(recordClass, 48))) }
func mix(_ a: Int64, _ b: Int64) -> Int64 { a &* 31 &+ b ^ 5 }
func blend(_ a: Double, _ b: Int64, _ c: Double) -> Double { a * 0.5 + Double(b & 255) - c }
func touch(_ object: UInt64, _ word: UInt64) -> UInt64 {
    let p = Tiny.pointer(object)
    let old = p.load(fromByteOffset: 8, as: UInt64.self)
    p.storeBytes(of: word, toByteOffset: 8, as: UInt64.self)
    p.storeBytes(of: p.load(fromByteOffset: 24, as: Int64.self) &+ 1, toByteOffset: 24, as: Int64.self)
    return old
}
func poke(_ object: UInt64) {
    let p = Tiny.pointer(object)
    p.storeBytes(of: p.load(fromByteOffset: 24, as: Int64.self) &+ 3, toByteOffset: 24, as: Int64.self)
}
private func address<T>(_ function: T) -> UnsafeRawPointer { unsafeBitCast(function, to: UnsafeRawPointer.self) }
private let mixC: @convention(c) (Int64, Int64) -> Int64 = { mix($0, $1) }
private let blendC: @convention(c) (Double, Int64, Double) -> Double = { blend($0, $1, $2) }
private let touchC: @convention(c) (UInt64, UInt64) -> UInt64 = { touch($0, $1) }
private let pokeC: @convention(c) (UInt64) -> Void = { poke($0) }

func describe(_ word: UInt64, _ depth: Int = 0) -> String {
    if word & 7 == 0 && word != 0 && depth < 4 {
        let p = Tiny.pointer(word)
        switch p.load(as: UInt32.self) {
        case recordClass:
            return "{" + [8, 16].map { describe(p.load(fromByteOffset: $0, as: UInt64.self), depth + 1) }.joined(separator: " ")
                + " \(p.load(fromByteOffset: 24, as: Int64.self)) \(Tiny.text(Tiny.box(p.load(fromByteOffset: 32, as: Double.self)))) \(p.load(fromByteOffset: 40, as: UInt8.self)) \(p.load(fromByteOffset: 42, as: Int16.self)) \(p.load(fromByteOffset: 44, as: Int32.self))}"
        case arrayClass:
            return "[" + (0 ..< 8).map { describe(p.load(fromByteOffset: 16 + $0 * 8, as: UInt64.self), depth + 1) }.joined(separator: " ") + "]"
        default: break
        }
    }
    return depth >= 4 ? "…" : Tiny.text(word)
}

// MARK: The generator

struct RandomSource {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6364136223846793005 &+ 1442695040888963407
        return state >> 33 ^ state >> 11
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
    mutating func pick<T>(_ a: [T]) -> T { a[below(a.count)] }
}

final class RandomTrace {
    static let slots = 24
    var random: RandomSource
    let vocabulary = Vocabulary()
    let b: TraceBuilder
    let reference: Reference
    var ints: [Ref] = [], floats: [Ref] = [], records: [Ref] = [], words: [Ref] = []
    let x, y, n, f, byte, half, wide, item: UInt16
    let mixF, blendF, touchF, pokeF, layout: UInt16
    var token: UInt64 = 1

    /// A frame with its heap: the same for the same seed. Slots 0–7 integers, 8–13 floats, 14–17 records, 18 an array, 19 the counter.
    static func frame(_ seed: UInt64) -> UnsafeMutablePointer<UInt64> {
        var r = RandomSource(state: seed &* 77 &+ 5)
        let frame = Tiny.allocate(0, slots * 8).assumingMemoryBound(to: UInt64.self)
        func number() -> Int64 { r.pick([0, 1, -1, 7, 100, -12345, 1 << 40, Int64(r.below(1000)), Int64(r.below(1000)) - 500]) }
        func float() -> Double { r.pick([0, 0.5, -1.5, 1e200, 3.25, 1e-300, Double(r.below(100))]) }
        for i in 0 ..< 8 { frame[i] = Tiny.box(number()) }
        for i in 8 ..< 14 { frame[i] = Tiny.box(float()) }
        for i in 14 ..< 18 {
            frame[i] = makeRecord()
            let p = Tiny.pointer(frame[i])
            p.storeBytes(of: Tiny.box(number()), toByteOffset: 8, as: UInt64.self)
            p.storeBytes(of: r.below(2) == 0 ? Tiny.box(float()) : frame[14], toByteOffset: 16, as: UInt64.self)
            p.storeBytes(of: number(), toByteOffset: 24, as: Int64.self)
            p.storeBytes(of: float(), toByteOffset: 32, as: Double.self)
            p.storeBytes(of: UInt8(r.below(256)), toByteOffset: 40, as: UInt8.self)
            p.storeBytes(of: Int16(r.below(2000) - 1000), toByteOffset: 42, as: Int16.self)
            p.storeBytes(of: Int32(truncatingIfNeeded: number()), toByteOffset: 44, as: Int32.self)
        }
        let array = Tiny.allocate(arrayClass, 16 + 64)
        for i in 0 ..< 8 { array.storeBytes(of: i % 3 == 0 ? frame[14 + i % 4] : Tiny.box(number()), toByteOffset: 16 + i * 8, as: UInt64.self) }
        frame[18] = UInt64(UInt(bitPattern: array))
        frame[19] = Tiny.box(Int64(0))
        for i in 20 ..< slots { frame[i] = 1 }
        return frame
    }

    let withoutCalls: Bool

    init(_ seed: UInt64, withoutCalls: Bool = false) {
        self.withoutCalls = withoutCalls
        random = RandomSource(state: seed)
        for _ in 0 ..< 4 { _ = random.next() }
        x = vocabulary.field(Field("x", offset: 8, width: .value, alias: 1))
        y = vocabulary.field(Field("y", offset: 16, width: .value, alias: 1))
        n = vocabulary.field(Field("n", offset: 24, width: .i64, alias: 2))
        f = vocabulary.field(Field("f", offset: 32, width: .f64, alias: 2))
        byte = vocabulary.field(Field("byte", offset: 40, width: .u8, alias: 3))
        half = vocabulary.field(Field("half", offset: 42, width: .i16, alias: 3))
        wide = vocabulary.field(Field("wide", offset: 44, width: .i32, alias: 3))
        item = vocabulary.field(Field("item", offset: 16, width: .value, alias: 4))
        mixF = vocabulary.function(Function("mix", address(mixC), [.int, .int], .int, .pure))
        blendF = vocabulary.function(Function("blend", address(blendC), [.float, .int, .float], .float, .pure))
        touchF = vocabulary.function(Function("touch", address(touchC), [.value, .value], .value, .anything))
        pokeF = vocabulary.function(Function("poke", address(pokeC), [.value], .void, .init(reads: 4, writes: 4)))
        // Half of the traces allocate without a call, from a run that is full of rubbish and soon used up.
        recordRun[0] = UInt64(UInt(bitPattern: recordRun + 2))
        recordRun[1] = recordRun[0] + 48 * 20
        memset(recordRun + 2, 0xAA, 48 * 20)
        let bump = Layout.Bump(cursor: UInt(bitPattern: recordRun), limit: UInt(bitPattern: recordRun + 1), size: 48, header: UInt64(recordClass))
        layout = vocabulary.layout(Layout("Record", classWord: recordClass, payload: 48, bump: seed % 2 == 0 ? bump : nil))
        b = TraceBuilder(vocabulary, anchor: 1)
        reference = Reference(b.trace, RandomTrace.frame(seed))
    }

    /// Evaluates what has been appended.
    private func settle() {
        while reference.values.count < b.trace.instructions.count {
            let held = reference.step()
            precondition(held, "the generator emitted a guard that does not hold")
        }
    }
    private func mark() {
        token += 1
        b.mark(token)
    }
    @discardableResult private func emit(_ op: Opcode, _ type: IRType, _ p: Ref = .none, _ q: Ref = .none, c: UInt16 = 0) -> Ref {
        let ref = b.emit(op, type, p, q, c: c)
        settle()
        return ref
    }
    private func int() -> Ref {
        if random.below(5) == 0 || ints.isEmpty { return b.int(random.pick([0, 1, 2, 3, 8, -1, 7, 63, 1000, 1 << 33, Int64(random.below(100))])) }
        return random.pick(Array(ints.suffix(30)))
    }
    private func float() -> Ref {
        if random.below(6) == 0 || floats.isEmpty { return b.float(random.pick([0.0, 1.0, -0.5, 2.0, 1e10, 0.25])) }
        return random.pick(Array(floats.suffix(20)))
    }
    private func value(_ ref: Ref) -> Int64 { reference.int(ref) }
    private func fits(_ ref: Ref) -> Bool { Tiny.fits(value(ref)) }

    /// A word for a slot or a field.
    private func word() -> Ref {
        switch random.below(4) {
        case 0:
            let i = int()
            if fits(i) {
                emit(.gfits, .void, i, Ref(literal: 63))
                return emit(.boxi, .value, i)
            }
            return b.value(Tiny.box(Int64(3)))
        case 1: return emit(.boxf, .value, float())
        case 2: return records.isEmpty ? b.value(Tiny.box(Int64(9))) : random.pick(records)
        default: return words.isEmpty ? b.value(Tiny.box(Int64(11))) : random.pick(words)
        }
    }
    /// Learns what a word is, with the guards of its kind.
    private func inspect(_ ref: Ref) {
        let bits = reference.bits(ref)
        if Tiny.isInt(bits) { ints.append(emit(.unboxi, .int, ref)) }
        else if Tiny.isFloat(bits) { floats.append(emit(.unboxf, .float, ref)) }
        else if Tiny.classWord(bits) == recordClass {
            b.guardTag(ref, mask: 7, tag: 0)
            b.guardClass(ref, recordClass)
            settle()
            records.append(ref)
        }
        words.append(ref)
    }

    func generate(_ length: Int) -> Trace {
        mark()
        for _ in 0 ..< 6 {
            let s = random.below(18)
            let ref = b.slot(s)
            settle()
            inspect(ref)
        }
        let array = b.slot(18)
        settle()
        for _ in 0 ..< length { instruction(array) }
        mark()
        let counter = emit(.unboxi, .int, b.slot(19))
        emit(.glt, .void, counter, b.int(Int64(20 + random.below(30))))
        mark()
        b.set(19, emit(.boxi, .value, emit(.add, .int, counter, b.int(1))))
        return b.closeLoop()
    }

    private func instruction(_ array: Ref) {
        if random.below(4) == 0 { mark() }
        let choice = random.below(31)
        switch withoutCalls && choice >= 25 && choice < 29 ? 0 : choice {
        case 0 ..< 6:
            let op = random.pick([Opcode.add, .sub, .mul, .and, .or, .xor, .shl, .shr, .sar, .ror, .eq, .ne, .lt, .le, .ult, .ule, .add, .sub, .and])
            ints.append(emit(op, .int, int(), int()))
        case 6:
            let p = int(), q = int(), op = random.pick([Opcode.addov, .subov, .mulov])
            let (u, v) = (value(p), value(q))
            let over = op == .addov ? u.addingReportingOverflow(v).overflow : op == .subov ? u.subtractingReportingOverflow(v).overflow : u.multipliedReportingOverflow(by: v).overflow
            if !over { ints.append(emit(op, .int, p, q)) }
        case 7:
            let p = int(), q = int()
            if value(q) > 0 {
                emit(.ggt, .void, q, b.int(0))
                ints.append(emit(random.pick([.quot, .rem, .fldiv, .flmod]), .int, p, q))
            } else if value(q) < -1 {
                emit(.glt, .void, q, b.int(-1))
                ints.append(emit(random.pick([.quot, .rem, .fldiv, .flmod]), .int, p, q))
            }
        case 8 ..< 11:
            let op = random.pick([Opcode.fadd, .fsub, .fmul, .fdiv, .fadd, .fneg, .fabs, .fsqrt])
            let unary = op == .fneg || op == .fabs || op == .fsqrt
            floats.append(emit(op, .float, float(), unary ? .none : float()))
        case 11:
            floats.append(emit(.itof, .float, int()))
            ints.append(emit(random.pick([.feq, .fne, .flt, .fle]), .int, float(), float()))
        case 12:
            let p = float()
            if abs(reference.float(p)) < 1e6 {
                let limit = b.float(1e6), size = emit(.fabs, .float, p)
                emit(.gflt, .void, size, limit)
                ints.append(emit(.ftoi, .int, p))
            }
            // The sign of what is not a number depends on the order of operands.
            let q = float()
            if !reference.float(q).isNaN {
                emit(.gfeq, .void, q, q)
                ints.append(emit(.ftobits, .int, q))
            }
        case 13:
            // A guard that holds now.
            let p = int(), q = int()
            let (u, v) = (value(p), value(q))
            let choices: [Opcode] = u == v ? [.geq, .gle, .gge, .guge] : u < v ? [.glt, .gle, .gne] : [.ggt, .gge, .gne]
            emit(random.pick(choices), .void, p, q)
        case 14:
            let p = float(), q = float(), u = reference.float(p), v = reference.float(q)
            emit(u == v ? .gfeq : u < v ? random.pick([.gflt, .gfle, .gfne]) : random.pick([.gfnlt, .gfne].filter { $0 != .gfne || u != v }), .void, p, q)
        case 15, 16:
            b.set(random.pick([random.below(8), 8 + random.below(6), random.below(18), 20 + random.below(4)]), word())
        case 17:
            let ref = b.slot(random.below(18))
            settle()
            inspect(ref)
        case 18 where !records.isEmpty:
            let r = random.pick(records)
            inspect(emit(.load, .value, r, c: random.pick([x, y])))
        case 19 where !records.isEmpty:
            let r = random.pick(records)
            switch random.below(5) {
            case 0: ints.append(emit(.load, .int, r, c: n))
            case 1: floats.append(emit(.load, .float, r, c: f))
            case 2: ints.append(emit(.load, .int, r, c: byte))
            case 3: ints.append(emit(.load, .int, r, c: half))
            default: ints.append(emit(.load, .int, r, c: wide))
            }
        case 20 where !records.isEmpty:
            let r = random.pick(records)
            switch random.below(7) {
            case 0: emit(.store, .void, r, int(), c: n)
            case 1: emit(.store, .void, r, float(), c: f)
            case 2: emit(.store, .void, r, int(), c: byte)
            case 3: emit(.store, .void, r, int(), c: half)
            case 4: emit(.store, .void, r, int(), c: wide)
            default:
                emit(.barrier, .void, r)
                emit(.store, .void, r, word(), c: random.pick([x, y]))
            }
        case 22:
            let new = emit(.new, .value, c: layout)
            emit(.store, .void, new, word(), c: x)
            if random.below(2) == 0 { emit(.store, .void, new, word(), c: y) } else { emit(.store, .void, new, new, c: y) }
            if random.below(3) == 0 { emit(.store, .void, new, int(), c: n) }
            records.append(new)
        case 23:
            let index = emit(.and, .int, int(), b.int(7))
            let place = emit(.elem, .pointer, array, index, c: item)
            inspect(emit(.load, .value, place, c: item))
        case 24:
            let index = random.below(2) == 0 ? emit(.and, .int, int(), b.int(7)) : b.int(Int64(random.below(8)))
            let contents = word()
            let place = emit(.elem, .pointer, array, index, c: item)
            emit(.store, .void, place, contents, c: item)
        case 25:
            let list = emit(.arg, .void, emit(.arg, .void, .none, int()), int())
            ints.append(emit(.call, .int, list, c: mixF))
        case 26:
            let list = emit(.arg, .void, emit(.arg, .void, emit(.arg, .void, .none, float()), int()), float())
            floats.append(emit(.call, .float, list, c: blendF))
        case 27 where !records.isEmpty:
            let contents = word()
            let list = emit(.arg, .void, emit(.arg, .void, .none, random.pick(records)), contents)
            let result = emit(.call, .value, list, c: touchF)
            mark()
            emit(.gvalid, .void)
            inspect(result)
        case 28 where !records.isEmpty:
            emit(.call, .void, emit(.arg, .void, .none, random.pick(records)), c: pokeF)
        case 30 where !records.isEmpty:
            emit(.store, .void, random.pick(records), int(), c: n)
        case 29:
            let s = random.below(18)
            if b.known(s) != nil, random.below(3) == 0 { b.forget(s ..< s) }
        default: break
        }
    }
}

nonisolated(unsafe) private var lastReader: (UInt64) = 0
nonisolated(unsafe) private var randomCompiler: TraceCompiler!
nonisolated(unsafe) private var randomFrame: UnsafeMutablePointer<UInt64>!

/// Returns whether the compiled trace does what the reference does.
func runRandomTrace(_ seed: UInt64, _ length: Int, _ passes: OptimiserPasses) -> Bool {
    let generator = RandomTrace(seed)
    let trace = generator.generate(length)
    let expectedFrame = RandomTrace.frame(seed)
    let expectedToken = Reference(trace, expectedFrame).run()
    let expected = (0 ..< RandomTrace.slots).map { describe(expectedFrame[$0]) }
    var options = TraceCompiler.Options()
    options.passes = passes
    options.codeCapacity = 1 << 20
    if verbose { options.log = { print($0) } }
    var model = TinyEngine.model()
    model.allocate = { _, _, _ in makeRecord() }
    randomCompiler = TraceCompiler(generator.vocabulary, model, options: options) { context, state, number in
        let reader = randomCompiler.reader(number, state: state, context: context)
        reader.restore()
        return reader.token
    }!
    randomFrame = RandomTrace.frame(seed)
    do {
        let compiled = try randomCompiler.compile(trace)
        if verbose { print(randomCompiler.machineCode(compiled).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()) }
        let token = randomCompiler.enter(compiled, frame: randomFrame, context: nil)
        let found = (0 ..< RandomTrace.slots).map { describe(randomFrame[$0]) }
        if token == expectedToken && found == expected { return true }
        print("FAIL random trace \(seed) of length \(length), passes \(passes.rawValue): left at \(token), expected \(expectedToken)")
        for i in 0 ..< RandomTrace.slots where found[i] != expected[i] { print("  slot \(i): \(found[i]), expected \(expected[i])") }
        return false
    } catch TraceCompiler.Failure.unusable {
        // Its guards cannot hold twice.
        return true
    } catch {
        print("random trace \(seed): \(error)")
        return false
    }
}
