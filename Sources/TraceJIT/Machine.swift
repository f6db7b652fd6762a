import Glibc

/// The machine that the process runs on: chooses among the emitters, and patches code that exists.
enum Machine {
    #if arch(x86_64)
    static let isSupported = true
    /// Whether a guard's own jump reaches any code.
    static let patchesGuards = true

    static func enter() -> [UInt8] { X86Routines.enter() }
    static func features() -> [UInt8] { X86Routines.features() }
    static func leave(handler: UInt) -> [UInt8] { X86Routines.leave(handler: handler) }
    static func slow(_ kind: SlowCall, function: UInt) -> [UInt8] { X86Routines.slow(kind, function: function) }
    static func emit(_ trace: Trace, _ allocator: RegisterAllocator, _ context: EmitterContext) -> MachineCode {
        var emitter = X86Emitter(trace, allocator, context)
        return emitter.emit()
    }

    /// Makes the jump whose displacement is at `address` lead to `target`; `memory` is where it can be written.
    static func patch(_ memory: UnsafeMutableRawPointer, at address: UInt, to target: UInt) {
        memory.storeBytes(of: Int32(truncatingIfNeeded: Int(bitPattern: target) - Int(bitPattern: address) - 4), as: Int32.self)
    }
    /// Makes the stub a jump to `target`, or itself again when that is 0.
    static func patchStub(_ memory: UnsafeMutableRawPointer, at address: UInt, to target: UInt, original: [UInt8], stub: Int, exitRoutine: UInt) {
        if target != 0 {
            patchPoint(memory, at: address, to: target)
        } else {
            for i in 0 ..< 6 { memory.storeBytes(of: original[stub + i], toByteOffset: i, as: UInt8.self) }
        }
    }
    /// Puts a jump in place of a five-byte nop.
    static func patchPoint(_ memory: UnsafeMutableRawPointer, at address: UInt, to target: UInt) {
        memory.storeBytes(of: 0xE9, as: UInt8.self)
        patch(memory + 1, at: address + 1, to: target)
    }
    /// x86 keeps its instruction cache coherent by itself, and needs no routine for it.
    static func synchronisation() -> [UInt8] { [] }
    static func synchronise(_ start: UnsafeRawPointer, _ size: Int, with routine: UInt) {}
    #elseif arch(arm64)
    static let isSupported = true
    static let patchesGuards = false

    static func enter() -> [UInt8] { ARM64Routines.enter() }
    /// All that is used is there on every machine.
    static func features() -> [UInt8] { [] }
    static func leave(handler: UInt) -> [UInt8] { ARM64Routines.leave(handler: handler) }
    static func slow(_ kind: SlowCall, function: UInt) -> [UInt8] { ARM64Routines.slow(kind, function: function) }
    static func emit(_ trace: Trace, _ allocator: RegisterAllocator, _ context: EmitterContext) -> MachineCode {
        var emitter = ARM64Emitter(trace, allocator, context)
        return emitter.emit()
    }
    static func patch(_ memory: UnsafeMutableRawPointer, at address: UInt, to target: UInt) {
        let distance = (Int(bitPattern: target) - Int(bitPattern: address)) / 4
        memory.storeBytes(of: ARM64Assembler.patched(memory.load(as: UInt32.self), distance), as: UInt32.self)
    }
    static func patchStub(_ memory: UnsafeMutableRawPointer, at address: UInt, to target: UInt, original: [UInt8], stub: Int, exitRoutine: UInt) {
        if target != 0 { return patchPoint(memory, at: address, to: target) }
        for i in 0 ..< 4 { memory.storeBytes(of: original[stub + i], toByteOffset: i, as: UInt8.self) }
    }
    static func patchPoint(_ memory: UnsafeMutableRawPointer, at address: UInt, to target: UInt) {
        memory.storeBytes(of: 0x14000000, as: UInt32.self)
        patch(memory, at: address, to: target)
    }
    static func synchronisation() -> [UInt8] { ARM64Routines.synchronisation() }
    static func synchronise(_ start: UnsafeRawPointer, _ size: Int, with routine: UInt) {
        typealias Routine = @convention(c) (UnsafeRawPointer, UnsafeRawPointer) -> Void
        unsafeBitCast(UnsafeRawPointer(bitPattern: routine)!, to: Routine.self)(start, start + size)
    }
    #else
    static let isSupported = false
    #endif
}

/// The calls of a trace's slow paths: for a double that does not tag itself, a word that is no self-tagged float, an object that needs its barrier.
enum SlowCall { case box, unbox, barrier }

/// /tmp/perf-PID.map: names for the addresses of compiled code, for Linux perf.
final class PerfMap {
    private let file: UnsafeMutablePointer<FILE>
    init?() {
        guard let file = fopen("/tmp/perf-\(getpid()).map", "w") else { return nil }
        self.file = file
    }
    deinit { fclose(file) }
    func add(_ start: UInt, _ size: Int, _ name: String) {
        fputs(String(start, radix: 16) + " " + String(size, radix: 16) + " " + name + "\n", file)
        fflush(file)
    }
}
