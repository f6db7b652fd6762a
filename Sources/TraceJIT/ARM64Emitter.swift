/// Machine code for arm64: one walk over the allocator's steps, as in `X86Emitter.swift`.
///
/// x16, x17 and d31 are scratch within a step; x18, x29 and x30 hold no values. Guards jump to their exit's stub, which loads the exit's number into w17 and
/// goes to the exit routine. A conditional jump reaches one megabyte, so that a bridge is attached at the stub only.
struct ARM64Emitter {
    private var asm = ARM64Assembler()
    private let trace: Trace
    private let allocator: RegisterAllocator
    private let context: EmitterContext
    private var exitJumps: [[Int]]
    private var externalJumps: [(position: Int, target: UInt)] = []
    private var validityPoints: [(position: Int, exit: Int)] = []
    private var slowPaths: [SlowPath] = []
    private var loopHead = 0

    private enum SlowKind { case box, unbox, barrier }
    private struct SlowPath {
        var kind: SlowKind
        var jump: Int
        var back: Int
        var d: UInt8
        var a: UInt8
        var exit: Int
    }

    private static let none = Target.noRegister
    private let x16: UInt8 = 16, x17: UInt8 = 17, sp: UInt8 = 31

    init(_ trace: Trace, _ allocator: RegisterAllocator, _ context: EmitterContext) {
        self.trace = trace
        self.allocator = allocator
        self.context = context
        exitJumps = [[Int]](repeating: [], count: allocator.exits.count + 1)
    }

    mutating func emit() -> MachineCode {
        validityPoints.append((0, allocator.exits.count))
        asm.nop()
        for step in allocator.steps { emit(step) }
        for path in slowPaths { emit(path) }
        var stubs: [Int] = []
        for exit in exitJumps.indices {
            stubs.append(asm.position * 4)
            for jump in exitJumps[exit] { asm.patch(jump, to: asm.position) }
            let number = UInt32(context.firstExit + exit)
            asm.word(0x52800011 | (number & 0xFFFF) << 5)
            asm.word(0x72A00011 | (number >> 16) << 5)
            externalJumps.append((asm.jump() * 4, context.exitRoutine))
        }
        asm.finishPool()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(asm.words.count * 4)
        for word in asm.words { for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) } }
        return MachineCode(bytes: bytes, externalJumps: externalJumps, exitJumps: exitJumps.map { $0.map { $0 * 4 } }, stubs: stubs,
                           validityPoints: validityPoints, entry: 0, head: loopHead * 4)
    }

    private mutating func stack(_ store: Bool, _ t: UInt8, _ offset: Int) {
        asm.memory(t >= 32 ? .double : .word, store: store, t, base: sp, offset: offset)
    }

    private mutating func emit(_ s: Step) {
        switch s.kind {
        case .move: move(s.d, s.a)
        case .constant: constant(s.d, s.ref)
        case .reload: stack(false, s.d, MachineFrame.slot(Int(s.index)))
        case .spill: stack(true, s.a, MachineFrame.slot(Int(s.index)))
        case .spillConstant:
            asm.constant(x17, trace.bits(s.ref))
            stack(true, x17, MachineFrame.slot(Int(s.index)))
        case .copySlot:
            stack(false, x17, MachineFrame.slot(Int(s.other)))
            stack(true, x17, MachineFrame.slot(Int(s.index)))
        case .loopHead: loopHead = asm.position
        case .instruction: emit(s, trace.instructions[Int(s.index)])
        }
    }

    private mutating func move(_ d: UInt8, _ a: UInt8) {
        switch (d >= 32, a >= 32) {
        case (false, false): asm.move(d, a)
        case (true, true): asm.moveDouble(d, a)
        case (true, false): asm.moveToDouble(d, word: a)
        case (false, true): asm.moveToWord(d, double: a)
        }
    }
    private mutating func constant(_ d: UInt8, _ ref: Ref) {
        let bits = trace.bits(ref)
        if d < 32 { asm.constant(d, bits) }
        else if bits == 0 { asm.moveToDouble(d, word: 31) }
        else { asm.loadConstant(d, bits) }
    }
    private func exit(_ s: Step) -> Int { Int(allocator.exitOf[Int(s.index)]) }
    private mutating func leave(_ condition: ARM64Assembler.Condition, _ s: Step) { exitJumps[exit(s)].append(asm.jump(condition)) }
    private func immediate(_ i: Instruction) -> Int { Int(trace.intValue(i.b)) }

    // MARK: Instructions

    /// Makes x16 the base of a slot in memory. Returns its offset.
    private mutating func offset(slot: Int) -> Int {
        let isOfContext = slot >= Snapshot.contextSlots
        stack(false, x16, isOfContext ? MachineFrame.context : MachineFrame.frame)
        return (isOfContext ? slot - Snapshot.contextSlots : slot) * 8
    }

    private mutating func emit(_ s: Step, _ i: Instruction) {
        let d = s.d, a = s.a, b = s.b, none = ARM64Emitter.none
        switch i.op {
        case .nop, .phi, .arg, .elem, .inherit, .loop: break
        case .sload:
            access(d >= 32 ? .double : .word, store: false, d, x16, offset(slot: i.literal))
        case .sstore:
            let offset = offset(slot: i.literal)
            var value = s.c
            if value == none {
                asm.constant(x17, trace.bits(i.b))
                value = x17
            }
            asm.memory(.word, store: true, value, base: x16, offset: offset)
        case .frame: stack(false, d, MachineFrame.frame)
        case .context: stack(false, d, MachineFrame.context)
        case .jump:
            let at = asm.jump()
            asm.patch(at, to: loopHead)
        case .link: emitLink(s)
        case .enter: externalJumps.append((asm.jump() * 4, context.linkTarget))
        case .leave: exitJumps[exit(s)].append(asm.jump())

        case .add: if b == none { asm.add(d, a, immediate: immediate(i)) } else { asm.add(d, a, b) }
        case .sub: if b == none { asm.add(d, a, immediate: -immediate(i)) } else { asm.sub(d, a, b) }
        case .mul: asm.multiply(d, a, b)
        case .addov:
            let to = d == none ? x17 : d
            if b == none { asm.add(to, a, immediate: immediate(i), setsFlags: true) } else { asm.adds(to, a, b) }
            leave(.vs, s)
        case .subov:
            let to = d == none ? x17 : d
            if b == none { asm.add(to, a, immediate: -immediate(i), setsFlags: true) } else { asm.subs(to, a, b) }
            leave(.vs, s)
        case .mulov:
            // The upper half must be the lower half's sign.
            let to = d == none ? x16 : d
            asm.multiplyHigh(x17, a, b)
            asm.multiply(to, a, b)
            asm.compareWithSign(x17, of: to)
            leave(.ne, s)
        case .and: logic(.and, d, a, b, i)
        case .or: logic(.or, d, a, b, i)
        case .xor: logic(.xor, d, a, b, i)
        case .shl: shift(.left, d, a, b, i)
        case .shr: shift(.logical, d, a, b, i)
        case .sar: shift(.arithmetic, d, a, b, i)
        case .ror: shift(.rotate, d, a, b, i)
        case .quot: asm.divide(d, a, b)
        case .rem:
            asm.divide(x16, a, b)
            asm.multiplySubtract(d, x16, b, from: a)
        case .fldiv, .flmod:
            asm.divide(x16, a, b)
            asm.multiplySubtract(x17, x16, b, from: a)
            let isQuotient = i.op == .fldiv
            if !isQuotient { asm.move(x16, x17) }
            let exact = asm.jumpIfZero(x17)
            asm.xor(x17, x17, b)
            let alike = asm.jumpIfPositive(x17)
            if isQuotient { asm.add(x16, x16, immediate: -1) } else { asm.add(x16, x16, b) }
            asm.patch(exact, to: asm.position)
            asm.patch(alike, to: asm.position)
            asm.move(d, x16)

        case .eq: compare(s, i); asm.set(d, .eq)
        case .ne: compare(s, i); asm.set(d, .ne)
        case .lt: compare(s, i); asm.set(d, .lt)
        case .le: compare(s, i); asm.set(d, .le)
        case .ult: compare(s, i); asm.set(d, .lo)
        case .ule: compare(s, i); asm.set(d, .ls)
        case .feq: asm.compareDouble(a, b); asm.set(d, .eq)
        case .fne: asm.compareDouble(a, b); asm.set(d, .ne)
        case .flt: asm.compareDouble(a, b); asm.set(d, .mi)
        case .fle: asm.compareDouble(a, b); asm.set(d, .ls)

        case .fadd: asm.double(.add, d, a, b)
        case .fsub: asm.double(.sub, d, a, b)
        case .fmul: asm.double(.mul, d, a, b)
        case .fdiv: asm.double(.div, d, a, b)
        case .fneg: asm.double(.neg, d, a)
        case .fabs: asm.double(.abs, d, a)
        case .fsqrt: asm.double(.sqrt, d, a)
        case .itof: asm.doubleFromInt(d, a)
        case .ftoi: asm.intFromDouble(d, a)
        case .ftobits: asm.moveToWord(d, double: a)
        case .bitstof: asm.moveToDouble(d, word: a)
        case .cast: move(d, a)
        case .boxi:
            asm.shift(.left, d, a, immediate: context.model.intShift)
            if context.model.intTag != 0 { bits(.or, d, d, context.model.intTag) }
        case .unboxi:
            leave(testTag(a, context.model.intMask, context.model.intTag), s)
            if d != none { asm.shift(.arithmetic, d, a, immediate: context.model.intShift) }
        case .boxf:
            var jump: Int
            if let scheme = context.model.selfTaggedFloat {
                asm.moveToWord(d, double: a)
                asm.constant(x16, scheme.bias)
                asm.add(d, d, x16)
                asm.shift(.rotate, d, d, immediate: 64 - scheme.rotation)
                jump = asm.jump(testTag(d, scheme.mask, scheme.tag))
            } else {
                jump = asm.jump()
            }
            slowPaths.append(SlowPath(kind: .box, jump: jump, back: asm.position, d: d, a: a, exit: 0))
        case .unboxf:
            var jump: Int
            if let scheme = context.model.selfTaggedFloat {
                jump = asm.jump(testTag(a, scheme.mask, scheme.tag))
                if d != none {
                    asm.shift(.rotate, x17, a, immediate: scheme.rotation)
                    asm.constant(x16, scheme.bias)
                    asm.sub(x17, x17, x16)
                    asm.moveToDouble(d, word: x17)
                }
            } else {
                jump = asm.jump()
            }
            slowPaths.append(SlowPath(kind: .unbox, jump: jump, back: asm.position, d: d, a: a, exit: exit(s)))

        case .load:
            let width = trace.vocabulary.fields[Int(i.c)].width
            let kind: ARM64Assembler.Access = switch width {
            case .i8: .s8
            case .u8: .u8
            case .i16: .s16
            case .u16: .u16
            case .i32: .s32
            case .u32: .u32
            case .f64: .double
            default: .word
            }
            fieldAccess(kind, store: false, d, s, i)
        case .store:
            let width = trace.vocabulary.fields[Int(i.c)].width
            let kind: ARM64Assembler.Access = switch width.bytes {
            case 1: .u8
            case 2: .u16
            case 4: .u32
            default: width == .f64 ? .double : .word
            }
            var value = s.c
            if value == none {
                value = trace.bits(i.b) == 0 ? 31 : x17
                if value == x17 { asm.constant(x17, trace.bits(i.b)) }
            }
            fieldAccess(kind, store: true, value, s, i)
        case .barrier:
            let object = object(s, i)
            access(.u8, store: false, x17, object, Int(context.model.barrierOffset))
            asm.compare(x17, immediate: Int(context.model.barrierValue))
            let jump = asm.jump(.eq)
            slowPaths.append(SlowPath(kind: .barrier, jump: jump, back: asm.position, d: none, a: object, exit: 0))

        case .geq, .gne:
            if s.other == 1 {
                asm.logic(.test, 31, a, mask: ARM64Assembler.bitmask(trace.bits(trace[i.a].b))!)
            } else {
                compare(s, i)
            }
            leave(i.op == .geq ? .ne : .eq, s)
        case .glt: compare(s, i); leave(.ge, s)
        case .gle: compare(s, i); leave(.gt, s)
        case .ggt: compare(s, i); leave(.le, s)
        case .gge: compare(s, i); leave(.lt, s)
        case .gult: compare(s, i); leave(.hs, s)
        case .guge: compare(s, i); leave(.lo, s)
        case .gfeq: asm.compareDouble(a, b); leave(.ne, s)
        case .gfne: asm.compareDouble(a, b); leave(.eq, s)
        // Unordered sets C and V: not mi, not ls.
        case .gflt: asm.compareDouble(a, b); leave(.pl, s)
        case .gfle: asm.compareDouble(a, b); leave(.hi, s)
        case .gfnlt: asm.compareDouble(a, b); leave(.mi, s)
        case .gfnle: asm.compareDouble(a, b); leave(.ls, s)
        case .gclass:
            let object = object(s, i)
            access(.u32, store: false, x17, object, Int(context.model.classOffset))
            asm.constant(x16, UInt64(UInt32(truncatingIfNeeded: trace.intValue(i.b))))
            asm.compare32(x17, x16)
            leave(.ne, s)
        case .gfits:
            if i.b.raw < 64 {
                asm.signExtend(x17, a, bits: Int(i.b.raw))
                asm.compare(x17, a)
                leave(.ne, s)
            }
        case .gvalid:
            validityPoints.append((asm.position * 4, exit(s)))
            asm.nop()
        case .call:
            asm.constant(x16, UInt64(UInt(bitPattern: trace.vocabulary.functions[Int(i.c)].address)))
            asm.call(x16)
        case .new:
            stack(false, 0, MachineFrame.context)
            asm.constant(1, trace.vocabulary.layouts[Int(i.c)].payload)
            if i.a.isNone { asm.constant(2, 0) }
            asm.constant(x16, UInt64(UInt(bitPattern: unsafeBitCast(context.model.allocate, to: UnsafeRawPointer.self))))
            asm.call(x16)
        }
    }

    private mutating func logic(_ op: ARM64Assembler.Logic, _ d: UInt8, _ a: UInt8, _ b: UInt8, _ i: Instruction) {
        if b == ARM64Emitter.none { return asm.logic(op, d, a, mask: ARM64Assembler.bitmask(trace.bits(i.b))!) }
        switch op {
        case .and: asm.and(d, a, b)
        case .or: asm.or(d, a, b)
        default: asm.xor(d, a, b)
        }
    }
    /// The same with any constant.
    private mutating func bits(_ op: ARM64Assembler.Logic, _ d: UInt8, _ a: UInt8, _ pattern: UInt64) {
        if let mask = ARM64Assembler.bitmask(pattern) { return asm.logic(op, d, a, mask: mask) }
        asm.constant(x16, pattern)
        if op == .and { asm.and(d, a, x16) } else { asm.or(d, a, x16) }
    }
    private mutating func shift(_ op: ARM64Assembler.Shift, _ d: UInt8, _ a: UInt8, _ b: UInt8, _ i: Instruction) {
        if b == ARM64Emitter.none { asm.shift(op, d, a, immediate: immediate(i)) } else { asm.shift(op, d, a, b) }
    }
    private mutating func compare(_ s: Step, _ i: Instruction) {
        if s.b != ARM64Emitter.none { asm.compare(s.a, s.b) }
        else if immediate(i) == 0 { asm.compareZero(s.a) }
        else { asm.compare(s.a, immediate: immediate(i)) }
    }
    /// Compares the word's bits under the mask with the tag; returns the condition that holds when they differ.
    private mutating func testTag(_ a: UInt8, _ mask: UInt64, _ tag: UInt64) -> ARM64Assembler.Condition {
        if tag == 0 || mask == tag && mask & (mask - 1) == 0, let pattern = ARM64Assembler.bitmask(mask) {
            asm.logic(.test, 31, a, mask: pattern)
            return tag == 0 ? .ne : .eq
        }
        bits(.and, x17, a, mask)
        asm.constant(x16, tag)
        asm.compare(x17, x16)
        return .ne
    }

    // MARK: Memory

    /// The register of an object that may be a constant.
    private mutating func object(_ s: Step, _ i: Instruction) -> UInt8 {
        if s.a != ARM64Emitter.none { return s.a }
        asm.constant(x16, trace.bits(i.a))
        return x16
    }
    /// An access at any distance.
    private mutating func access(_ kind: ARM64Assembler.Access, store: Bool, _ t: UInt8, _ base: UInt8, _ offset: Int) {
        if ARM64Assembler.reaches(offset, kind) { return asm.memory(kind, store: store, t, base: base, offset: offset) }
        // The scratch register that is not the base.
        let far = base == x16 ? x17 : x16
        asm.constant(far, UInt64(bitPattern: Int64(offset)))
        asm.memory(kind, store: store, t, base: base, index: far, isScaled: false)
    }
    private mutating func fieldAccess(_ kind: ARM64Assembler.Access, store: Bool, _ t: UInt8, _ s: Step, _ i: Instruction) {
        let field = trace.vocabulary.fields[Int(i.c)], none = ARM64Emitter.none
        var base = s.a, offset = Int(field.offset)
        let elem = trace.definition(i.a, .elem)
        if let elem, s.b == none { offset += Int(trace.intValue(elem.b)) * Int(field.scale) }
        if base == none {
            let start = trace.bits(elem?.a ?? i.a)
            asm.constant(x16, UInt64(bitPattern: Int64(bitPattern: start) &+ Int64(offset)))
            base = x16
            offset = 0
        }
        if elem == nil || s.b == none { return access(kind, store: store, t, base, offset) }
        // base + offset + index * scale; x17 may hold the value of a store.
        if offset != 0 {
            if offset > 0 && offset < 4096 { asm.add(x16, base, immediate: offset) }
            else {
                asm.constant(x16, UInt64(bitPattern: Int64(offset)))
                asm.add(x16, x16, base)
            }
            base = x16
        }
        if Int(field.scale) == field.width.bytes || field.scale == 1 {
            asm.memory(kind, store: store, t, base: base, index: s.b, isScaled: field.scale != 1)
        } else {
            // x16 = base + index << scale
            asm.word(0x8B000000 | UInt32(s.b & 31) << 16 | UInt32(field.scale.trailingZeroBitCount) << 10 | UInt32(base & 31) << 5 | 16)
            asm.memory(kind, store: store, t, base: x16, offset: 0)
        }
    }

    private mutating func emit(_ path: SlowPath) {
        asm.patch(path.jump, to: asm.position)
        switch path.kind {
        case .box:
            stack(true, path.a, MachineFrame.scratch)
            externalJumps.append((asm.call() * 4, context.boxRoutine))
            stack(false, path.d, MachineFrame.scratch)
        case .unbox:
            stack(true, path.a, MachineFrame.scratch)
            externalJumps.append((asm.call() * 4, context.unboxRoutine))
            exitJumps[path.exit].append(asm.jumpIfZero(x17))
            if path.d != ARM64Emitter.none { stack(false, path.d, MachineFrame.scratch) }
        case .barrier:
            stack(true, path.a, MachineFrame.scratch)
            externalJumps.append((asm.call() * 4, context.barrierRoutine))
        }
        let back = asm.jump()
        asm.patch(back, to: path.back)
    }

    private mutating func emitLink(_ s: Step) {
        let places = allocator.exits[exit(s)]
        var found: [Ref: Location] = [:]
        for (ref, location) in allocator.places[places.first ..< places.first + places.count] { found[ref] = location }
        let snapshot = trace.snapshots[places.snapshot]
        for entry in trace.entries[snapshot.first ..< snapshot.first + snapshot.count] {
            var value = x17
            if entry.ref.isConstant { asm.constant(x17, trace.bits(entry.ref)) }
            else if let location = found[entry.ref] {
                if location.isRegister { value = location.register } else { stack(false, x17, MachineFrame.slot(location.slot)) }
            }
            asm.memory(.word, store: true, value, base: x16, offset: offset(slot: Int(entry.slot)))
        }
        if trace.linkBase != 0 {
            stack(false, x16, MachineFrame.frame)
            asm.constant(x17, UInt64(bitPattern: Int64(trace.linkBase * 8)))
            asm.add(x16, x16, x17)
            stack(true, x16, MachineFrame.frame)
        }
        let jump = asm.jump()
        if context.linkTarget != 0 { externalJumps.append((jump * 4, context.linkTarget)) } else { asm.patch(jump, to: 0) }
    }
}

extension Target {
    static let arm64 = Target(
        words: 0xFFFF | 0x3FF << 19, floats: 0x7FFF_FFFF << 32, preserved: 0x3FF << 19 | 0xFF << 40,
        wordArguments: [0, 1, 2, 3, 4, 5, 6, 7], floatArguments: [32, 33, 34, 35, 36, 37, 38, 39],
        wordResult: 0, floatResult: 32, wordScratch: 16, floatScratch: 63,
        isTwoAddress: false, shiftCount: nil, quotient: nil, remainder: nil,
        takesImmediate: { instruction, constant in
            if constant.type == .float { return false }
            let number = Int64(bitPattern: constant.bits)
            switch instruction.op {
            case .shl, .shr, .sar, .ror, .sstore, .store: return true
            case .and, .or, .xor: return ARM64Assembler.bitmask(constant.bits) != nil
            case .mul, .mulov, .quot, .rem, .fldiv, .flmod: return false
            default: return number > -4096 && number < 4096
            }
        })
}
