/// Machine code for x86-64: one walk over the allocator's steps.
///
/// r11 and xmm15 are scratch within a step. rsp points at the machine frame (`MachineFrame`) all the time. Every guard is a compare and a conditional jump to its
/// exit's stub; stubs stand behind the code and load the exit's number:
///
///     entry:   nop5                      patched to jump to the entry's exit when the trace dies
///              …                         guard: cmp; jcc stub
///     stub n:  mov r11d, number; jmp exit routine
///     slow paths of boxing, unboxing and write barriers
///     constants
///
/// When a bridge is attached, the guard's jumps go to it directly, and the stub too.
struct X86Emitter {
    private var asm = X86Assembler()
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

    private static let scratch: UInt8 = 11
    private static let floatScratch: UInt8 = 47
    private static let none = Target.noRegister

    init(_ trace: Trace, _ allocator: RegisterAllocator, _ context: EmitterContext) {
        self.trace = trace
        self.allocator = allocator
        self.context = context
        // One more for the exit of the entry, which needs no values.
        exitJumps = [[Int]](repeating: [], count: allocator.exits.count + 1)
        asm.bytes.reserveCapacity(allocator.steps.count * 8)
    }

    private func stack(_ offset: Int) -> X86Assembler.Memory { .init(base: 4, displacement: Int32(offset)) }
    private func slot(_ n: Int32) -> X86Assembler.Memory { stack(MachineFrame.slot(Int(n))) }

    mutating func emit() -> MachineCode {
        validityPoints.append((0, allocator.exits.count))
        asm.nop5()
        for step in allocator.steps { emit(step) }
        for path in slowPaths { emit(path) }
        var stubs: [Int] = []
        for exit in exitJumps.indices {
            stubs.append(asm.position)
            for jump in exitJumps[exit] { asm.patch(jump, to: asm.position) }
            asm.byte(0x41)
            asm.byte(0xBB)
            asm.long(Int32(context.firstExit + exit))
            externalJumps.append((asm.jump(), context.exitRoutine))
        }
        asm.finishPool()
        return MachineCode(bytes: asm.bytes, externalJumps: externalJumps, exitJumps: exitJumps, stubs: stubs, validityPoints: validityPoints, entry: 0, head: loopHead)
    }

    private mutating func emit(_ s: Step) {
        switch s.kind {
        case .move: move(s.d, s.a)
        case .constant: constant(s.d, s.ref)
        case .reload:
            if s.d >= 32 { asm.loadDouble(s.d, slot(s.index)) } else { asm.load(s.d, slot(s.index)) }
        case .spill:
            if s.a >= 32 { asm.storeDouble(slot(s.index), s.a) } else { asm.store(slot(s.index), s.a) }
        case .spillConstant:
            storeConstant(slot(s.index), trace.bits(s.ref))
        case .copySlot:
            // push and pop, since both scratch registers may be taken.
            asm.encode(0xFF, reg: 6, slot(s.other), wide: false)
            asm.encode(0x8F, reg: 0, slot(s.index), wide: false)
        case .loopHead:
            asm.align(16)
            loopHead = asm.position
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
        else if bits == 0 { asm.encode(0x0F57, reg: d, rm: d, wide: false) }
        else { asm.encode(0x0F10, reg: d, constant: bits, wide: false, prefix: 0xF2) }
    }
    private mutating func storeConstant(_ m: X86Assembler.Memory, _ bits: UInt64) {
        if let short = Int32(exactly: Int64(bitPattern: bits)) {
            asm.encode(0xC7, reg: 0, m)
            asm.long(short)
        } else {
            var high = m
            high.displacement += 4
            asm.encode(0xC7, reg: 0, m, wide: false)
            asm.long(Int32(truncatingIfNeeded: Int64(bitPattern: bits)))
            asm.encode(0xC7, reg: 0, high, wide: false)
            asm.long(Int32(truncatingIfNeeded: Int64(bitPattern: bits) >> 32))
        }
    }

    private func exit(_ s: Step) -> Int { Int(allocator.exitOf[Int(s.index)]) }
    /// Leaves when the condition holds.
    private mutating func leave(_ condition: X86Assembler.Condition, _ s: Step) { exitJumps[exit(s)].append(asm.jump(condition)) }

    // MARK: Instructions

    /// A slot in memory, addressed by the scratch register.
    private mutating func place(slot: Int) -> X86Assembler.Memory {
        let isOfContext = slot >= Snapshot.contextSlots
        asm.load(X86Emitter.scratch, stack(isOfContext ? MachineFrame.context : MachineFrame.frame))
        return .init(base: X86Emitter.scratch, displacement: Int32((isOfContext ? slot - Snapshot.contextSlots : slot) * 8))
    }

    private mutating func emit(_ s: Step, _ i: Instruction) {
        let d = s.d, a = s.a, b = s.b, scratch = X86Emitter.scratch, none = X86Emitter.none
        switch i.op {
        case .nop, .phi, .arg, .elem, .inherit, .loop: break
        case .sload:
            let place = place(slot: i.literal)
            if d >= 32 { asm.loadDouble(d, place) } else { asm.load(d, place) }
        case .sstore:
            let place = place(slot: i.literal)
            if s.c == none { storeConstant(place, trace.bits(i.b)) } else { asm.store(place, s.c) }
        case .frame: asm.load(d, stack(MachineFrame.frame))
        case .context: asm.load(d, stack(MachineFrame.context))
        case .jump:
            let at = asm.jump()
            asm.patch(at, to: loopHead)
        case .link: emitLink(s)
        case .enter: externalJumps.append((asm.jump(), context.linkTarget))
        case .leave: exitJumps[exit(s)].append(asm.jump())

        case .add:
            if b == none {
                let k = immediate(i)
                if d == a { asm.arithmetic(.add, d, immediate: k) } else { asm.lea(d, .init(base: a, displacement: k)) }
            } else if d == a { asm.arithmetic(.add, d, b) }
            else { asm.lea(d, .init(base: a, index: b)) }
        case .sub: accumulate(.sub, d, a, b, i)
        case .and: accumulate(.and, d, a, b, i)
        case .or: accumulate(.or, d, a, b, i)
        case .xor: accumulate(.xor, d, a, b, i)
        case .mul: multiply(d, a, b, i)
        case .addov:
            accumulate(.add, d == none ? scratch : d, a, b, i)
            leave(.o, s)
        case .subov:
            accumulate(.sub, d == none ? scratch : d, a, b, i)
            leave(.o, s)
        case .mulov:
            multiply(d == none ? scratch : d, a, b, i)
            leave(.o, s)
        case .shl: shift(.shl, d, a, b, i)
        case .shr: shift(.shr, d, a, b, i)
        case .sar: shift(.sar, d, a, b, i)
        case .ror: shift(.ror, d, a, b, i)
        case .quot, .rem: asm.divide(b)
        case .fldiv:
            asm.divide(b)
            // One less when there is a remainder and its sign is not the divisor's.
            asm.test(2, 2)
            let exact = asm.jump(.e)
            asm.arithmetic(.xor, 2, b)
            let alike = asm.jump(.ns)
            asm.arithmetic(.sub, 0, immediate: 1)
            asm.patch(exact, to: asm.position)
            asm.patch(alike, to: asm.position)
        case .flmod:
            asm.divide(b)
            asm.test(2, 2)
            let exact = asm.jump(.e)
            asm.move(0, 2)
            asm.arithmetic(.xor, 0, b)
            let alike = asm.jump(.ns)
            asm.arithmetic(.add, 2, b)
            asm.patch(exact, to: asm.position)
            asm.patch(alike, to: asm.position)

        case .eq: compareInto(.e, s, i)
        case .ne: compareInto(.ne, s, i)
        case .lt: compareInto(.l, s, i)
        case .le: compareInto(.le, s, i)
        case .ult: compareInto(.b, s, i)
        case .ule: compareInto(.be, s, i)
        case .flt:
            asm.compareDouble(b, a)
            asm.set(.a, d)
            asm.zeroExtend8(d, d)
        case .fle:
            asm.compareDouble(b, a)
            asm.set(.ae, d)
            asm.zeroExtend8(d, d)
        case .feq, .fne:
            asm.compareDouble(a, b)
            asm.set(i.op == .feq ? .np : .p, scratch)
            asm.set(i.op == .feq ? .e : .ne, d)
            asm.arithmetic(i.op == .feq ? .and : .or, d, scratch)
            asm.zeroExtend8(d, d)

        case .fadd: double(0x58, d, a, b, i)
        case .fsub: double(0x5C, d, a, b, i)
        case .fmul: double(0x59, d, a, b, i)
        case .fdiv: double(0x5E, d, a, b, i)
        case .fsqrt: if context.features.contains(.threeOperandFloats) { asm.double(0x51, d, a, a) } else { asm.double(0x51, d, a) }
        case .fneg:
            asm.encode(0x0F10, reg: X86Emitter.floatScratch, constant: 1 << 63, wide: false, prefix: 0xF2)
            asm.moveDouble(d, a)
            asm.xorDouble(d, X86Emitter.floatScratch)
        case .fabs:
            asm.encode(0x0F10, reg: X86Emitter.floatScratch, constant: ~(1 << 63), wide: false, prefix: 0xF2)
            asm.moveDouble(d, a)
            asm.andDouble(d, X86Emitter.floatScratch)
        case .itof: asm.doubleFromInt(d, a)
        case .ftoi: asm.intFromDouble(d, a)
        case .ftobits: asm.moveToWord(d, double: a)
        case .bitstof: asm.moveToDouble(d, word: a)
        case .cast: move(d, a)
        case .boxi:
            let model = context.model
            if model.intShift >= 1, model.intShift <= 3, d != a || model.intShift == 1, model.intTag < 128 {
                // As an address: a + a + tag, or a * 2^shift + tag.
                if model.intShift == 1 { asm.lea(d, .init(base: a, index: a, displacement: Int32(model.intTag))) }
                else {
                    asm.move(d, a)
                    asm.shift(.shl, d, UInt8(model.intShift))
                    asm.arithmetic(.or, d, immediate: Int32(model.intTag))
                }
            } else {
                asm.move(d, a)
                asm.shift(.shl, d, UInt8(model.intShift))
                if model.intTag != 0 { orBits(d, model.intTag) }
            }
        case .unboxi:
            let model = context.model
            leave(testTag(a, model.intMask, model.intTag), s)
            if d != none {
                asm.move(d, a)
                asm.shift(.sar, d, UInt8(model.intShift))
            }
        case .boxf: emitBox(s)
        case .unboxf: emitUnbox(s)

        case .load: emitLoad(s, i)
        case .store: emitStore(s, i)
        case .barrier:
            var object = a
            if object == none {
                asm.constant(scratch, trace.bits(i.a))
                object = scratch
            }
            asm.compare8(.init(base: object, displacement: context.model.barrierOffset), context.model.barrierValue)
            let jump = asm.jump(.e)
            slowPaths.append(SlowPath(kind: .barrier, jump: jump, back: asm.position, d: none, a: object, exit: 0))

        case .geq, .gne:
            if s.other == 1 {
                asm.test(a, immediate: Int32(truncatingIfNeeded: trace.intValue(trace[i.a].b)))
                leave(i.op == .geq ? .ne : .e, s)
            } else {
                compare(s, i)
                leave(i.op == .geq ? .ne : .e, s)
            }
        case .glt: compare(s, i); leave(.ge, s)
        case .gle: compare(s, i); leave(.g, s)
        case .ggt: compare(s, i); leave(.le, s)
        case .gge: compare(s, i); leave(.l, s)
        case .gult: compare(s, i); leave(.ae, s)
        case .guge: compare(s, i); leave(.b, s)
        case .gfeq:
            asm.compareDouble(a, b)
            leave(.ne, s)
            leave(.p, s)
        case .gfne:
            asm.compareDouble(a, b)
            let unordered = asm.jump(.p)
            leave(.e, s)
            asm.patch(unordered, to: asm.position)
        // b > a is false when one is not a number, and is one condition.
        case .gflt: asm.compareDouble(b, a); leave(.be, s)
        case .gfle: asm.compareDouble(b, a); leave(.b, s)
        case .gfnlt: asm.compareDouble(b, a); leave(.a, s)
        case .gfnle: asm.compareDouble(b, a); leave(.ae, s)
        case .gclass:
            var object = a
            if object == none {
                asm.constant(scratch, trace.bits(i.a))
                object = scratch
            }
            asm.compare32(.init(base: object, displacement: context.model.classOffset), Int32(truncatingIfNeeded: trace.intValue(i.b)))
            leave(.ne, s)
        case .gfits:
            let bits = Int(i.b.raw)
            if bits == 63 {
                asm.move(scratch, a)
                asm.arithmetic(.add, scratch, scratch)
                leave(.o, s)
            } else if bits == 32 {
                asm.signExtend32(scratch, a)
                asm.arithmetic(.cmp, scratch, a)
                leave(.ne, s)
            } else if bits < 64 {
                asm.move(scratch, a)
                asm.shift(.shl, scratch, UInt8(64 - bits))
                asm.shift(.sar, scratch, UInt8(64 - bits))
                asm.arithmetic(.cmp, scratch, a)
                leave(.ne, s)
            }
        case .gvalid:
            validityPoints.append((asm.position, exit(s)))
            asm.nop5()
        case .call:
            asm.constant(scratch, UInt64(UInt(bitPattern: trace.vocabulary.functions[Int(i.c)].address)))
            asm.call(scratch)
        case .new:
            var done = 0
            if let bump = trace.vocabulary.layouts[Int(i.c)].bump, bump.size <= 128 || bump.isZeroed, let distance = Int32(exactly: Int(bitPattern: bump.limit) - Int(bitPattern: bump.cursor)) {
                // All registers that a call clobbers are free.
                asm.constant(scratch, UInt64(bump.cursor))
                asm.load(0, .init(base: scratch))
                asm.lea(2, .init(base: 0, displacement: Int32(bump.size)))
                asm.encode(0x3B, reg: 2, .init(base: scratch, displacement: distance))
                let full = asm.jump(.a)
                asm.store(.init(base: scratch), 2)
                storeConstant(.init(base: 0), bump.header)
                for offset in stride(from: 8, to: bump.isZeroed ? 8 : bump.size, by: 8) { storeConstant(.init(base: 0, displacement: Int32(offset)), 0) }
                done = asm.jump()
                asm.patch(full, to: asm.position)
            }
            asm.load(7, stack(MachineFrame.context))
            asm.constant(6, trace.vocabulary.layouts[Int(i.c)].payload)
            if i.a.isNone { asm.constant(2, 0) }
            asm.constant(scratch, UInt64(UInt(bitPattern: unsafeBitCast(context.model.allocate, to: UnsafeRawPointer.self))))
            asm.call(scratch)
            if done != 0 { asm.patch(done, to: asm.position) }
        }
    }

    private func immediate(_ i: Instruction) -> Int32 { Int32(truncatingIfNeeded: trace.intValue(i.b)) }

    private mutating func accumulate(_ op: X86Assembler.Arithmetic, _ d: UInt8, _ a: UInt8, _ b: UInt8, _ i: Instruction) {
        asm.move(d, a)
        if b == X86Emitter.none { asm.arithmetic(op, d, immediate: immediate(i)) } else { asm.arithmetic(op, d, b) }
    }
    private mutating func multiply(_ d: UInt8, _ a: UInt8, _ b: UInt8, _ i: Instruction) {
        if b == X86Emitter.none { asm.multiply(d, a, immediate: immediate(i)) }
        else {
            asm.move(d, a)
            asm.multiply(d, b)
        }
    }
    private mutating func shift(_ op: X86Assembler.Shift, _ d: UInt8, _ a: UInt8, _ b: UInt8, _ i: Instruction) {
        asm.move(d, a)
        if b == X86Emitter.none { asm.shift(op, d, UInt8(truncatingIfNeeded: trace.intValue(i.b) & 63)) } else { asm.shiftByCL(op, d) }
    }
    private mutating func double(_ opcode: UInt8, _ d: UInt8, _ a: UInt8, _ b: UInt8, _ i: Instruction) {
        if context.features.contains(.threeOperandFloats) {
            if b == X86Emitter.none { asm.double(opcode, d, a, pool: trace.bits(i.b)) } else { asm.double(opcode, d, a, b) }
            return
        }
        asm.moveDouble(d, a)
        if b == X86Emitter.none { asm.double(opcode, d, pool: trace.bits(i.b)) } else { asm.double(opcode, d, b) }
    }
    private mutating func compare(_ s: Step, _ i: Instruction) {
        if s.b != X86Emitter.none { asm.arithmetic(.cmp, s.a, s.b) }
        else if immediate(i) == 0 { asm.test(s.a, s.a) }
        else { asm.arithmetic(.cmp, s.a, immediate: immediate(i)) }
    }
    private mutating func compareInto(_ condition: X86Assembler.Condition, _ s: Step, _ i: Instruction) {
        compare(s, i)
        asm.set(condition, s.d)
        asm.zeroExtend8(s.d, s.d)
    }
    private mutating func orBits(_ d: UInt8, _ bits: UInt64) {
        if let short = Int32(exactly: Int64(bitPattern: bits)) { asm.arithmetic(.or, d, immediate: short) }
        else { asm.arithmetic(.or, d, pool: bits) }
    }
    /// Compares the word's bits under the mask with the tag; returns the condition that holds when they differ.
    private mutating func testTag(_ a: UInt8, _ mask: UInt64, _ tag: UInt64) -> X86Assembler.Condition {
        let scratch = X86Emitter.scratch
        if mask < 128, tag == 0 {
            asm.test(a, immediate: Int32(mask))
        } else if mask < 128, mask == tag, mask & (mask - 1) == 0 {
            asm.test(a, immediate: Int32(mask))
            return .e
        } else if mask < 128, tag < 128, mask & (mask + 1) == 0 {
            asm.lea(scratch, .init(base: a, displacement: -Int32(tag)))
            asm.test(scratch, immediate: Int32(mask))
        } else {
            asm.move(scratch, a)
            if mask < 1 << 31 { asm.arithmetic(.and, scratch, immediate: Int32(mask), wide: false) } else { asm.arithmetic(.and, scratch, pool: mask) }
            if tag < 1 << 31 { asm.arithmetic(.cmp, scratch, immediate: Int32(tag)) } else { asm.arithmetic(.cmp, scratch, pool: tag) }
        }
        return .ne
    }

    // MARK: Memory

    private mutating func address(_ s: Step, _ i: Instruction) -> X86Assembler.Memory {
        let field = trace.vocabulary.fields[Int(i.c)]
        var place = X86Assembler.Memory(base: s.a, displacement: field.offset)
        var base = i.a
        if let elem = trace.definition(i.a, .elem) {
            base = elem.a
            if s.b != X86Emitter.none {
                place.index = s.b
                place.scale = field.scale
            } else {
                // A constant element; far ones are rare enough to be reached through the scratch register.
                let distance = trace.intValue(elem.b) &* Int64(field.scale) &+ Int64(field.offset)
                if let near = Int32(exactly: distance) { place.displacement = near }
                else {
                    asm.constant(X86Emitter.scratch, UInt64(bitPattern: distance))
                    if s.a != X86Emitter.none {
                        asm.arithmetic(.add, X86Emitter.scratch, s.a)
                    } else {
                        asm.constant(X86Emitter.scratch, trace.bits(base) &+ UInt64(bitPattern: distance))
                    }
                    return .init(base: X86Emitter.scratch)
                }
            }
        }
        if s.a == X86Emitter.none {
            asm.constant(X86Emitter.scratch, trace.bits(base))
            place.base = X86Emitter.scratch
        }
        return place
    }

    private mutating func emitLoad(_ s: Step, _ i: Instruction) {
        let place = address(s, i), d = s.d
        switch trace.vocabulary.fields[Int(i.c)].width {
        case .i8: asm.encode(0x0FBE, reg: d, place)
        case .u8: asm.encode(0x0FB6, reg: d, place, wide: false)
        case .i16: asm.encode(0x0FBF, reg: d, place)
        case .u16: asm.encode(0x0FB7, reg: d, place, wide: false)
        case .i32: asm.encode(0x63, reg: d, place)
        case .u32: asm.encode(0x8B, reg: d, place, wide: false)
        case .i64, .value, .pointer: asm.load(d, place)
        case .f64: asm.loadDouble(d, place)
        }
    }

    private mutating func emitStore(_ s: Step, _ i: Instruction) {
        let place = address(s, i), c = s.c
        let width = trace.vocabulary.fields[Int(i.c)].width
        if c == X86Emitter.none {
            let bits = Int32(truncatingIfNeeded: trace.intValue(i.b))
            switch width.bytes {
            case 1:
                asm.encode(0xC6, reg: 0, place, wide: false)
                asm.byte(UInt8(truncatingIfNeeded: bits))
            case 2:
                asm.encode(0xC7, reg: 0, place, wide: false, prefix: 0x66)
                asm.byte(UInt8(truncatingIfNeeded: bits))
                asm.byte(UInt8(truncatingIfNeeded: bits >> 8))
            case 4:
                asm.encode(0xC7, reg: 0, place, wide: false)
                asm.long(bits)
            default:
                asm.encode(0xC7, reg: 0, place)
                asm.long(bits)
            }
            return
        }
        if c >= 32 { return asm.storeDouble(place, c) }
        switch width.bytes {
        case 1: asm.encode(0x88, reg: c, place, wide: false, byteRegister: c >= 4)
        case 2: asm.encode(0x89, reg: c, place, wide: false, prefix: 0x66)
        case 4: asm.encode(0x89, reg: c, place, wide: false)
        default: asm.store(place, c)
        }
    }

    // MARK: Floats in words

    private mutating func emitBox(_ s: Step) {
        guard let scheme = context.model.selfTaggedFloat else {
            let jump = asm.jump()
            slowPaths.append(SlowPath(kind: .box, jump: jump, back: asm.position, d: s.d, a: s.a, exit: 0))
            return
        }
        asm.moveToWord(s.d, double: s.a)
        asm.arithmetic(.add, s.d, pool: scheme.bias)
        asm.shift(.rol, s.d, UInt8(scheme.rotation))
        let jump = asm.jump(testTag(s.d, scheme.mask, scheme.tag))
        slowPaths.append(SlowPath(kind: .box, jump: jump, back: asm.position, d: s.d, a: s.a, exit: 0))
    }

    private mutating func emitUnbox(_ s: Step) {
        let scratch = X86Emitter.scratch
        let word = s.a
        guard let scheme = context.model.selfTaggedFloat else {
            let jump = asm.jump()
            slowPaths.append(SlowPath(kind: .unbox, jump: jump, back: asm.position, d: s.d, a: word, exit: exit(s)))
            return
        }
        let jump = asm.jump(testTag(word, scheme.mask, scheme.tag))
        if s.d != X86Emitter.none {
            if context.features.contains(.rotatingCopies) { asm.rotateRight(scratch, word, UInt8(scheme.rotation)) }
            else {
                asm.move(scratch, word)
                asm.shift(.ror, scratch, UInt8(scheme.rotation))
            }
            asm.arithmetic(.sub, scratch, pool: scheme.bias)
            asm.moveToDouble(s.d, word: scratch)
        }
        slowPaths.append(SlowPath(kind: .unbox, jump: jump, back: asm.position, d: s.d, a: word, exit: exit(s)))
    }

    private mutating func emit(_ path: SlowPath) {
        asm.patch(path.jump, to: asm.position)
        let place = stack(MachineFrame.scratch), scratch = X86Emitter.scratch
        switch path.kind {
        case .box:
            asm.storeDouble(place, path.a)
            externalJumps.append((asm.call(), context.boxRoutine))
            asm.load(path.d, place)
        case .unbox:
            asm.store(place, path.a)
            externalJumps.append((asm.call(), context.unboxRoutine))
            asm.test(scratch, scratch)
            exitJumps[path.exit].append(asm.jump(.e))
            if path.d != X86Emitter.none { asm.loadDouble(path.d, place) }
        case .barrier:
            asm.store(place, path.a)
            externalJumps.append((asm.call(), context.barrierRoutine))
        }
        let back = asm.jump()
        asm.patch(back, to: path.back)
    }

    // MARK: Links

    /// Writes the snapshot's words to the client's frame and goes on in another trace, which finds them there.
    private mutating func emitLink(_ s: Step) {
        let scratch = X86Emitter.scratch
        let places = allocator.exits[exit(s)]
        var where_: [Ref: Location] = [:]
        for (ref, location) in allocator.places[places.first ..< places.first + places.count] { where_[ref] = location }
        let snapshot = trace.snapshots[places.snapshot]
        let entries = trace.entries[snapshot.first ..< snapshot.first + snapshot.count]
        let ofFrame = entries.filter { Int($0.slot) < Snapshot.contextSlots }, ofContext = entries.filter { Int($0.slot) >= Snapshot.contextSlots }
        let groups = [(ofFrame, MachineFrame.frame, 0), (ofContext, MachineFrame.context, Snapshot.contextSlots)]
        for (entries, base, first) in groups where !entries.isEmpty {
            asm.load(scratch, stack(base))
            for entry in entries {
                if let location = where_[entry.ref], location.isRegister { asm.store(.init(base: scratch, displacement: Int32(Int(entry.slot) - first) * 8), location.register) }
            }
        }
        // All registers are free now.
        for (entries, base, first) in groups where !entries.isEmpty {
            asm.load(scratch, stack(base))
            for entry in entries {
                let place = X86Assembler.Memory(base: scratch, displacement: Int32(Int(entry.slot) - first) * 8)
                if entry.ref.isConstant { storeConstant(place, trace.bits(entry.ref)) }
                else if let location = where_[entry.ref], location.isSlot {
                    asm.load(0, slot(Int32(location.slot)))
                    asm.store(place, 0)
                }
            }
        }
        if trace.linkBase != 0 {
            asm.encode(0x81, reg: 0, stack(MachineFrame.frame))
            asm.long(Int32(trace.linkBase * 8))
        }
        let jump = asm.jump()
        if context.linkTarget != 0 { externalJumps.append((jump, context.linkTarget)) } else { asm.patch(jump, to: 0) }
    }
}

extension Target {
    static let x86 = Target(
        words: 0xF7EF, floats: 0x7FFF << 32, preserved: 1 << 3 | 1 << 5 | 0xF << 12,
        wordArguments: [7, 6, 2, 1, 8, 9], floatArguments: [32, 33, 34, 35, 36, 37, 38, 39],
        wordResult: 0, floatResult: 32, wordScratch: 11, floatScratch: 47,
        isTwoAddress: true, shiftCount: 1, quotient: 0, remainder: 2,
        takesImmediate: { instruction, constant in
            switch instruction.op {
            case .fadd, .fsub, .fmul, .fdiv: return true
            case .shl, .shr, .sar, .ror: return true
            case .sstore: return true
            case .store: return constant.type != .float && Int32(exactly: Int64(bitPattern: constant.bits)) != nil
            case .quot, .rem, .fldiv, .flmod: return false
            default: return constant.type != .float && Int32(exactly: Int64(bitPattern: constant.bits)) != nil
            }
        })
}
