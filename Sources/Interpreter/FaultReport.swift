import Bytecode
import Glibc

/// The Python stack of every thread, written with nothing but `write`: for `faulthandler`, which asks inside signal handlers and from a thread that does not hold the
/// interpreter lock. What is read may be changing meanwhile, so every pointer is looked at before it is followed.
public enum FaultReport {
    private static let longestStack = 100
    private static let longestText = 500

    /// Writes the stacks. `all`: of every thread, each with a heading; else of `only` (or the thread that holds the lock).
    public static func write(_ descriptor: Int32, all: Bool, only: ThreadRef? = nil) {
        let running = only ?? threadOfCaller() ?? ThreadRegistry.current
        if !all {
            text(descriptor, "Stack (most recent call first):\n")
            if let running { stack(descriptor, running) }
            return
        }
        var next = taipan.threads
        var count = 0
        while let thread = next, count < 100 {
            if count > 0 { text(descriptor, "\n") }
            text(descriptor, thread == running ? "Current thread 0x" : "Thread 0x")
            hexadecimal(descriptor, thread.pointee.identifier, 16)
            text(descriptor, " (most recent call first):\n")
            stack(descriptor, thread)
            count += 1
            next = thread.pointee.next
        }
    }

    private static func threadOfCaller() -> ThreadRef? {
        let identifier = UInt64(pthread_self())
        var next = taipan.threads
        while let thread = next {
            if thread.pointee.identifier == identifier { return thread }
            next = thread.pointee.next
        }
        return nil
    }

    private static func stack(_ descriptor: Int32, _ thread: ThreadRef) {
        var frame = thread.pointee.frame
        if frame == nil { text(descriptor, "  <no Python frame>\n") }
        var depth = 0
        while let fp = frame {
            if depth == longestStack { text(descriptor, "  ...\n"); return }
            let code = fp[FrameSlot.code]
            guard isObject(code, .code) else { return }
            let object = code.object(CodeObject.self)
            text(descriptor, "  File ")
            string(descriptor, object.pointee.filename, quoted: true)
            text(descriptor, ", line ")
            decimal(descriptor, Code.line(object, max(fp.instructionIndex, 0)))
            text(descriptor, " in ")
            string(descriptor, object.pointee.name, quoted: false)
            text(descriptor, "\n")
            frame = fp.previous
            depth += 1
        }
    }

    private static func isObject(_ value: Value, _ id: TypeID) -> Bool {
        value.isHeap && value.bits >= UInt64(taipan.heapBase) && value.bits < UInt64(taipan.heapEnd) && value.shapeIndex == id.rawValue
    }

    private static func string(_ descriptor: Int32, _ value: Value, quoted: Bool) {
        guard isObject(value, .str) else { text(descriptor, "???"); return }
        if quoted { text(descriptor, "\"") }
        let string = StringRef(value)
        for index in 0 ..< min(string.count, longestText) {
            let unit = string[index]
            if unit >= 0x20 && unit < 0x7F {
                byte(descriptor, UInt8(unit))
            } else {
                text(descriptor, unit < 0x100 ? "\\x" : unit < 0x10000 ? "\\u" : "\\U")
                hexadecimal(descriptor, UInt64(unit), unit < 0x100 ? 2 : unit < 0x10000 ? 4 : 8)
            }
        }
        if string.count > longestText { text(descriptor, "...") }
        if quoted { text(descriptor, "\"") }
    }

    public static func text(_ descriptor: Int32, _ text: StaticString) { _ = Glibc.write(descriptor, text.utf8Start, text.utf8CodeUnitCount) }

    private static func byte(_ descriptor: Int32, _ value: UInt8) {
        var value = value
        _ = Glibc.write(descriptor, &value, 1)
    }

    private static func hexadecimal(_ descriptor: Int32, _ value: UInt64, _ digits: Int) {
        var place = digits
        while place > 0 {
            place -= 1
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(place * 4) & 15)
            byte(descriptor, digit < 10 ? 48 + digit : 87 + digit)
        }
    }

    public static func decimal(_ descriptor: Int32, _ value: Int) {
        if value >= 10 { decimal(descriptor, value / 10) }
        byte(descriptor, UInt8(48 + value % 10))
    }
}
