import Bytecode
import Glibc
import Interpreter
import Objects
import TraceJIT

/// `-X jitlog=FILE`: every trace as recorded and as optimised, with its machine code, every recording that was given up, and in the end how often each exit
/// was taken. `python -m taipan.jitview FILE` makes a report of it; Documentation/JITLog.md describes the format.
///
/// A section begins with a line `== …` and has parts that begin with `-- …`.
final class TraceLog {
    private let file: UnsafeMutablePointer<FILE>
    private let process = getpid()
    /// What addresses in traces are, as far as the recorder has said.
    private var names: [UInt64: String] = [:]
    private var traces: [CompiledTrace] = []

    init?(path: String) {
        guard let file = fopen(path, "w") else { return nil }
        self.file = file
        setvbuf(file, nil, _IOLBF, 0)
        write("# taipan jitlog 1\n")
    }

    /// A child made by `fork` has the file open too, and leaves it alone.
    func write(_ text: String) { if getpid() == process { fputs(text, file) } }

    func name(_ address: UInt64, _ text: @autoclosure () -> String) { names[address] = text() }

    // MARK: Places

    func place(_ code: UnsafeMutablePointer<CodeObject>, _ pc: ProgramCounter) -> String {
        let line = JIT.line(code, pc)
        return "\(StringRef(code.pointee.filename).description):\(line) \(StringRef(code.pointee.qualifiedName).description)"
    }

    /// Where an exit goes on: the innermost frame first.
    private func places(_ trace: Trace, _ snapshot: Snapshot, _ engine: Engine, _ root: UnsafeMutablePointer<CodeObject>) -> String {
        guard var pc = ProgramCounter(bitPattern: UInt(snapshot.token)) else { return "" }
        var result: [String] = []
        var link = snapshot.frame
        while link >= 0 {
            let call = engine.calls[Int(trace.frames[link].token)]
            let code = call.code.object(CodeObject.self)
            result.append(place(code, pc))
            if call.isReturn { return result.joined(separator: " < ") }
            pc = call.returnTo
            link = trace.frames[link].parent
        }
        return (result + [place(root, pc)]).joined(separator: " < ")
    }

    // MARK: Traces

    func begin(_ recorder: Recorder) {
        let kind: String
        if let parent = recorder.b.trace.parent { kind = "bridge from trace \(parent.number) exit \(recorder.b.trace.parentExit)" } else { kind = "loop" }
        write("== \(kind) at \(place(recorder.anchorCode, recorder.anchor))\n")
    }

    func end(_ compiled: CompiledTrace, _ recorder: Recorder, _ machineCode: [UInt8]) {
        let engine = recorder.engine, root = recorder.levels[0].code, trace = compiled.trace
        var text = "-- trace \(compiled.number)"
        if let target = trace.linkTarget { text += " goes on in trace \(target.number)" }
        text += "\n-- names\n"
        var seen: Set<String> = []
        for constant in trace.constants where constant.type == .value || constant.type == .pointer || constant.type == .int && (Value(bits: constant.bits).isHeap || names[constant.bits] != nil) {
            var name = names[constant.bits] ?? ""
            if name.isEmpty && constant.type == .pointer { continue }
            if name.isEmpty { name = TraceLog.describe(Value(bits: constant.bits), isSure: constant.type == .value) }
            if name.isEmpty { continue }
            let line = (constant.type == .value ? "v:0x" + String(constant.bits, radix: 16) : constant.type == .pointer ? "p:0x" + String(constant.bits, radix: 16)
                        : String(Int64(bitPattern: constant.bits))) + " \(name)\n"
            if seen.insert(line).inserted { text += line }
        }
        for version in [recorder.b.trace, trace] {
            for instruction in version.instructions where instruction.op == .gclass && instruction.b.isConstant {
                let shape = version.constants[instruction.b.constantIndex].bits
                let line = "class \(shape) \(TypeRef(ShapeTable.record(UInt32(truncatingIfNeeded: shape)).pointee.type).name)\n"
                if seen.insert(line).inserted { text += line }
            }
        }
        text += "-- exits\n"
        for exit in compiled.exits.indices {
            text += "\(exit) @\(compiled.exits[exit].snapshot) \(places(trace, compiled.snapshot(exit), engine, root))\n"
        }
        text += "-- code \(machineCode.count) at 0x\(String(UInt(bitPattern: compiled.entry), radix: 16))\n"
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        hex.reserveCapacity(machineCode.count * 2 + machineCode.count / 32 + 1)
        for (index, byte) in machineCode.enumerated() {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
            if index & 31 == 31 { hex.append(10) }
        }
        if hex.last != 10 { hex.append(10) }
        write(text + String(decoding: hex, as: UTF8.self) + "-- end\n")
        traces.append(compiled)
    }

    func gaveUp(_ recorder: Recorder, _ reason: String) {
        let level = recorder.level
        let opcode = Bytecode.Opcode(number: UInt8(truncatingIfNeeded: recorder.pc.pointee))
        var text = "== given up: \(reason)\n-- began at \(place(recorder.anchorCode, recorder.anchor))"
        if let parent = recorder.b.trace.parent { text += " as bridge from trace \(parent.number) exit \(recorder.b.trace.parentExit)" }
        write(text + "\n-- stopped at \(place(level.code, recorder.pc)): \(opcode)\n")
    }

    func retired(_ trace: CompiledTrace, _ why: String) { write("== trace \(trace.number) retired: \(why)\n") }

    /// The end of the program.
    func finish(_ engine: Engine) {
        var text = "== counts\n"
        for trace in traces {
            for exit in trace.exits.indices where trace.timesLeft(exit) > 0 {
                text += "trace \(trace.number) exit \(exit) left \(trace.timesLeft(exit))"
                if let bridge = trace.exits[exit].bridge { text += " bridge \(bridge.number)" }
                text += "\n"
            }
        }
        for (name, number) in engine.counters() { text += "\(name) \(number)\n" }
        write(text)
        fflush(file)
    }

    /// What an object is, without running any of the program's code.
    private static func describe(_ value: Value, isSure: Bool) -> String {
        if value.isNone { return "None" }
        if value.isBool { return value == .true ? "True" : "False" }
        guard value.isHeap, value.bits & 7 == 0, value.bits >= taipan.heapBase, value.bits < taipan.heapEnd else { return "" }
        if value.isExact(.str) {
            let text = StringRef(value).description
            return "'" + text.unicodeScalars.prefix(40).map { $0.value < 32 || $0.value == 127 ? "?" : String($0) }.joined() + "'"
        }
        if value.isExact(.function) { return "function \(StringRef(value.object(FunctionObject.self).pointee.qualifiedName).description)" }
        if value.isExact(.builtinFunction) { return "builtin \(StringRef(value.object(BuiltinFunctionObject.self).pointee.record.pointee.name).description)" }
        if value.type.has(.typeSubclass) { return "class \(TypeRef(value).name)" }
        return value.type.name
    }
}
