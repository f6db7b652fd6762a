/// Runs arm64 code on any host: `arm64.py` lets this tool write a program for each random trace, runs it under qemu-aarch64, and hands the memory that it leaves back.
///
/// The program is a flat image at a fixed address: code, a heap with the same addresses here and there, and the machine frame's contents when the trace has
/// been left. Traces that call C functions cannot be run so, and are not generated.
import Glibc

enum Emulated {
    static let codeBase = 0x20_0000_0000, heapBase = 0x21_0000_0000, heapSize = 1 << 16
    /// Where `_start` finds things: the trace's entry routine, its code, the frame.
    nonisolated(unsafe) static var heap: UnsafeMutableRawPointer!

    static func mapHeap() {
        if heap == nil {
            heap = mmap(UnsafeMutableRawPointer(bitPattern: heapBase), heapSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)
        }
        memset(heap, 0, heapSize)
        Tiny.arena = heap
        Tiny.arenaEnd = heap + heapSize
    }

    struct Job {
        var trace: Trace
        var optimised: Trace
        var allocator: RegisterAllocator
        var frame: UnsafeMutablePointer<UInt64>
    }

    static func prepare(_ seed: UInt64) -> Job? {
        mapHeap()
        let generator = RandomTrace(seed, withoutCalls: true)
        let trace = generator.generate([5, 15, 40, 120][Int(seed % 4)])
        let optimised = Optimiser.optimise(trace, TinyEngine.model())
        if optimised.isTooLong { return nil }
        if optimised.instructions.contains(where: { $0.op == .new || $0.op == .call }) { return nil }
        let allocator = RegisterAllocator(optimised, .arm64)
        allocator.run()
        if allocator.hasFailed { return nil }
        mapHeap()
        return Job(trace: trace, optimised: optimised, allocator: allocator, frame: RandomTrace.frame(seed))
    }

    /// code image | heap image, as hexadecimal lines: `code`, `heap`, and the addresses of entry routine, trace and frame.
    static func write(_ seed: UInt64, _ path: String) -> Bool {
        guard let job = prepare(seed) else { return false }
        // The exit routine calls this address: `_start`'s code behind the call of the entry routine, which writes the state and ends the process.
        var image: [UInt8] = []
        func place(_ bytes: [UInt8]) -> UInt {
            while image.count % 16 != 0 { image.append(0) }
            image += bytes
            return UInt(codeBase + image.count - bytes.count)
        }
        // _start: x0 = trace, x1 = frame, x2 = 0; enter. handler(context, state, number): write(1, number), write(1, state), write(1, heap), exit.
        let handlerOffset = 256
        func startCode(_ enter: UInt, _ trace: UInt) -> [UInt8] {
            var asm = ARM64Assembler()
            asm.constant(0, UInt64(trace))
            asm.constant(1, UInt64(UInt(bitPattern: job.frame)))
            asm.constant(2, 0)
            asm.constant(16, UInt64(enter))
            asm.call(16)
            while asm.position * 4 < handlerOffset { asm.nop() }
            // The handler.
            asm.move(19, 1)
            asm.addToStackPointerImmediate(-16)
            asm.memory(.word, store: true, 2, base: 31, offset: 0)
            func system(_ number: UInt64) { asm.constant(8, number); asm.word(0xD4000001) }
            func write(_ from: () -> Void, _ size: Int) { asm.constant(0, 1); from(); asm.constant(2, UInt64(size)); system(64) }
            write({ asm.moveStackPointer(to: 1) }, 8)
            write({ asm.move(1, 19) }, MachineFrame.size)
            write({ asm.constant(1, UInt64(heapBase)) }, heapSize)
            asm.constant(0, 0)
            system(93)
            return asm.words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } }
        }
        _ = place([UInt8](repeating: 0, count: 512))
        let enter = place(ARM64Routines.enter())
        let leave = place(ARM64Routines.leave(handler: UInt(codeBase + handlerOffset)))
        // The slow paths' functions, written by hand.
        let boxFunction = place(boxCode())
        let unboxFunction = place(unboxCode())
        let never = place([0, 0, 0, 0])
        let box = place(ARM64Routines.slow(.box, function: boxFunction))
        let unbox = place(ARM64Routines.slow(.unbox, function: unboxFunction))
        let barrier = place(ARM64Routines.slow(.barrier, function: never))
        var emitter = ARM64Emitter(job.optimised, job.allocator, EmitterContext(model: TinyEngine.model(), firstExit: 0, exitRoutine: leave, boxRoutine: box, unboxRoutine: unbox,
                                                                                barrierRoutine: barrier, linkTarget: 0))
        var code = emitter.emit()
        while image.count % 16 != 0 { image.append(0) }
        let base = UInt(codeBase + image.count)
        for jump in code.externalJumps {
            let old = (0 ..< 4).reduce(UInt32(0)) { $0 | UInt32(code.bytes[jump.position + $1]) << UInt32(8 * $1) }
            let new = ARM64Assembler.patched(old, (Int(jump.target) - Int(base) - jump.position) / 4)
            for i in 0 ..< 4 { code.bytes[jump.position + i] = UInt8(truncatingIfNeeded: new >> UInt32(8 * i)) }
        }
        _ = place(code.bytes)
        for (i, byte) in startCode(enter, base).enumerated() { image[i] = byte }
        guard let file = fopen(path, "wb") else { return false }
        // An ELF file with two segments.
        var elf: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        func put(_ n: Int, _ size: Int) { for i in 0 ..< size { elf.append(UInt8(truncatingIfNeeded: n >> (8 * i))) } }
        put(2, 2); put(183, 2); put(1, 4); put(codeBase, 8); put(64, 8); put(0, 8); put(0, 4); put(64, 2); put(56, 2); put(2, 2); put(0, 2); put(0, 2); put(0, 2)
        let codeOffset = 4096, heapOffset = (codeOffset + image.count + 4095) & ~4095
        for (flags, offset, address, size) in [(5, codeOffset, codeBase, image.count), (6, heapOffset, heapBase, heapSize)] {
            put(1, 4); put(flags, 4); put(offset, 8); put(address, 8); put(address, 8); put(size, 8); put(size, 8); put(4096, 8)
        }
        while elf.count < codeOffset { elf.append(0) }
        elf += image
        while elf.count < heapOffset { elf.append(0) }
        elf += UnsafeRawBufferPointer(start: heap, count: heapSize)
        fwrite(elf, 1, elf.count, file)
        fclose(file)
        return true
    }

    /// boxFloat(context, number): a box from the end of the heap, whose first word counts the bytes given out.
    private static func boxCode() -> [UInt8] {
        var asm = ARM64Assembler()
        asm.constant(3, UInt64(heapBase + heapSize - 16384))
        asm.memory(.word, store: false, 4, base: 3, offset: 0)
        asm.add(4, 4, immediate: 16)
        asm.memory(.word, store: true, 4, base: 3, offset: 0)
        asm.add(0, 3, 4)
        asm.constant(5, UInt64(Tiny.floatClass))
        asm.memory(.word, store: true, 5, base: 0, offset: 0)
        asm.memory(.double, store: true, 32, base: 0, offset: 8)
        asm.ret()
        return asm.words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    /// unboxFloat(context, word, result): heap objects of class 3 hold their number at offset 8.
    private static func unboxCode() -> [UInt8] {
        var asm = ARM64Assembler()
        asm.constant(0, 0)
        asm.logic(.test, 31, 1, mask: ARM64Assembler.bitmask(7)!)
        let notObject = asm.jump(.ne)
        asm.memory(.u32, store: false, 3, base: 1, offset: 0)
        asm.compare(3, immediate: Int(Tiny.floatClass))
        let notFloat = asm.jump(.ne)
        asm.memory(.word, store: false, 3, base: 1, offset: 8)
        asm.memory(.word, store: true, 3, base: 2, offset: 0)
        asm.constant(0, 1)
        asm.patch(notObject, to: asm.position)
        asm.patch(notFloat, to: asm.position)
        asm.ret()
        return asm.words.flatMap { word in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: word >> $0) } }
    }

    /// Compares what the program has left with the reference.
    static func check(_ seed: UInt64, _ output: [UInt8]) -> Bool {
        guard let job = prepare(seed) else { return false }
        guard output.count == 8 + MachineFrame.size + heapSize else { print("FAIL arm64 trace \(seed): \(output.count) bytes of output"); return false }
        let expectedToken = Reference(job.trace, job.frame).run()
        let expected = (0 ..< RandomTrace.slots).map { describe(job.frame[$0]) }
        mapHeap()
        let frame = RandomTrace.frame(seed)
        output.withUnsafeBytes { bytes in
            heap.copyMemory(from: bytes.baseAddress! + 8 + MachineFrame.size, byteCount: heapSize)
        }
        // What is allocated from here on must not overwrite the program's heap.
        Tiny.arena = nil
        let number = Int(output[0]) | Int(output[1]) << 8
        let state = UnsafeMutablePointer<UInt64>.allocate(capacity: MachineFrame.size / 8 + 2)
        output.withUnsafeBytes { UnsafeMutableRawPointer(state).copyMemory(from: $0.baseAddress! + 8, byteCount: MachineFrame.size) }
        var exits = job.allocator.exits.map { CompiledTrace.Exit(snapshot: $0.snapshot, first: $0.first, count: $0.count, isInLoop: $0.isInLoop) }
        exits.append(CompiledTrace.Exit(snapshot: 0, first: 0, count: 0, isInLoop: false))
        let compiled = CompiledTrace(number: 1, trace: job.optimised, entry: UnsafeRawPointer(state), exits: exits, firstExit: 0, exitSlots: 1, offset: 0, allocator: job.allocator,
                                     code: MachineCode(bytes: [], externalJumps: [], exitJumps: [], stubs: [], validityPoints: [], entry: 0, head: 0))
        var model = TinyEngine.model()
        model.allocate = { _, _, _ in makeRecord() }
        let modelPlace = UnsafeMutablePointer<ValueModel>.allocate(capacity: 1)
        modelPlace.initialize(to: model)
        let reader = ExitReader(ExitRef(record: compiled.records + number), state: state, context: nil, model: modelPlace)
        reader.restore()
        let found = (0 ..< RandomTrace.slots).map { describe(frame[$0]) }
        if found == expected && reader.token == expectedToken { return true }
        print("FAIL arm64 trace \(seed): left at \(reader.token), expected \(expectedToken)")
        for i in 0 ..< RandomTrace.slots where found[i] != expected[i] { print("  slot \(i): \(found[i]), expected \(expected[i])") }
        return false
    }
}

extension ARM64Assembler {
    mutating func addToStackPointerImmediate(_ k: Int) { word((k < 0 ? 0xD10003FF : 0x910003FF) | UInt32(abs(k)) << 10) }
}
