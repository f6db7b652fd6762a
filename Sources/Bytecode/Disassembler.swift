import Syntax

/// Readable text of compiled code, for tests and for `dis`: one line per instruction, made from the operand table.
///
///     12  3  addK           r2 r0 1
///
/// is word 12, source line 3 (shown where it changes), R[2] = R[0] + 1. Locals are shown by name, jump targets as `-> word`. The exception
/// table follows, then the code objects inside.

public struct Disassembler {
    public var showsPositions = false
    public var isRecursive = true

    public init(showsPositions: Bool = false, isRecursive: Bool = true) {
        self.showsPositions = showsPositions
        self.isRecursive = isRecursive
    }

    public func text(_ code: CompiledCode) -> String {
        var out = "code \(code.qualifiedName): \(code.registerCount) registers"
        if !code.cells.isEmpty { out += ", cells " + code.cells.map { "\($0.name)=r\($0.register)" }.joined(separator: " ") }
        if !code.freeNames.isEmpty { out += ", free " + code.freeNames.joined(separator: " ") }
        out += "\n"
        var index = 0
        var entry = 0
        var line: Int32 = -2
        while index < code.instructions.count {
            guard let instruction = Instruction.decode(code.instructions, at: index) else {
                out += "\(index) ???\n"
                break
            }
            while entry + 1 < code.positions.count, code.positions[entry + 1].start <= instruction.start { entry += 1 }
            let range = code.positions.isEmpty ? SourceRange.none : code.positions[entry].range
            let lineText = range.line == line ? "" : range.line < 0 ? "-" : String(range.line)
            line = range.line
            out += pad(String(index), 5, right: true) + pad(lineText, 5, right: true) + "  "
            out += pad(String(describing: instruction.opcode), 18) + operands(instruction, code)
            if showsPositions { out += "   ; \(range.line):\(range.column)-\(range.endLine):\(range.endColumn)" }
            while out.utf8.last == UInt8(ascii: " ") { out.removeLast() }
            out += "\n"
            index = instruction.end
        }
        for range in code.exceptionTable {
            out += "    \(range.start)..<\(range.end) -> \(range.handler) in r\(range.register)\n"
        }
        if isRecursive {
            for case .code(let inner) in code.constants { out += "\n" + text(inner) }
        }
        return out
    }

    private func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
        let space = String(repeating: " ", count: max(right ? 0 : 1, width - text.utf8.count))
        return right ? space + text : text + space
    }

    private func operands(_ instruction: Instruction, _ code: CompiledCode) -> String {
        let shape = instruction.shape
        var parts: [String] = []
        func register(_ number: Int) -> String {
            if number < code.localNames.count, !code.cells.contains(where: { $0.register == number }) { return code.localNames[number] }
            return "r\(number)"
        }
        func add(_ operand: Operand, _ value: Int) {
            switch operand {
            case .unused, .offset, .loopCache, .jump: break
            case .reads, .writes, .updates: parts.append(register(value))
            case .readsWindow, .writesWindow:
                let count = instruction.windowCount
                parts.append(count == 0 ? "none" : count == 1 ? register(value) : "\(register(value))..\(register(value + count - 1))")
            case .callWindow, .methodWindow: parts.append("[r\(value)]")
            case .constant:
                parts.append(constant(instruction.opcode == .loadConst ? value & 0xFF | instruction.c << 8 : value, code))
            case .code: parts.append(constant(value, code))
            case .free: parts.append(value < code.freeNames.count ? "^" + code.freeNames[value] : "^\(value)")
            case .count, .flags: parts.append("#\(value)")
            case .cache:
                let name = value < code.caches.count ? Int(code.caches[value]) : -1
                parts.append(name >= 0 && name < code.names.count ? "." + code.names[name] : "?\(value)")
            case .name: parts.append(value < code.names.count ? "." + code.names[value] : "?\(value)")
            }
        }
        add(shape.a, instruction.a)
        add(shape.b, instruction.b)
        add(shape.c, instruction.c)
        add(shape.x, Int(instruction.x))
        add(shape.y, Int(instruction.y))
        if let target = instruction.target { parts.append("-> \(target)") }
        return parts.joined(separator: " ")
    }

    private func constant(_ index: Int, _ code: CompiledCode) -> String {
        guard index >= 0, index < code.constants.count else { return "K?\(index)" }
        switch code.constants[index] {
        case .code(let inner): return "<code \(inner.name)>"
        case .constant(let value): return String(decoding: representation(of: value), as: UTF8.self)
        }
    }
}
