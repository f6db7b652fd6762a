/// A trace as text, for logs and for tests; `TraceParser` reads it back.
///
///     %0 = sload value 3
///     %1 = unboxi int %0 @1
///     %2 = add int %1, 1
///     gfits %2, 63 @1
///     jump @2
///     @1 token 7 { }
///     @2 token 4 { 3: int %2 }
///
/// Constants are written by type: `1`, `f:1.5`, `v:0x3` and `p:0x3`. Fields, functions and layouts are named, snapshots are numbered with `@`.

extension Trace {
    public func printed() -> String {
        var out = ""
        for (i, instruction) in instructions.enumerated() where instruction.op != .nop {
            out += text(of: instruction, at: i) + "\n"
        }
        for (i, record) in frames.enumerated() { out += "frame \(i) parent \(record.parent) base \(record.base) token \(record.token)\n" }
        var used = Set(instructions.filter { $0.op.hasSnapshot }.map { Int($0.c) })
        used.insert(0)
        for (i, snapshot) in snapshots.enumerated() where used.contains(i) {
            out += "@\(i) token \(snapshot.token)"
            if snapshot.frame >= 0 { out += " frame \(snapshot.frame)" }
            out += " {"
            for entry in entries[snapshot.first ..< snapshot.first + snapshot.count] { out += " \(entry.slot): \(text(of: entry.kind, entry.ref))" }
            for recipe in virtuals[snapshot.firstVirtual ..< snapshot.firstVirtual + snapshot.virtualCount] {
                out += " new \(vocabulary.layouts[Int(recipe.layout)].name)"
                if !recipe.count.isNone { out += " \(text(of: recipe.count))" }
                out += " ("
                out += virtualFields[recipe.first ..< recipe.first + recipe.fieldCount].map { field in
                    vocabulary.fields[Int(field.field)].name + (field.index >= 0 ? "[\(field.index)]" : "") + ": " + text(of: field.kind, field.ref)
                }.joined(separator: " ")
                out += ")"
            }
            out += " }\n"
        }
        return out
    }

    private func text(of kind: SnapshotEntry.Kind, _ ref: Ref) -> String {
        switch kind {
        case .word: text(of: ref)
        case .int: "int " + text(of: ref)
        case .float: "float " + text(of: ref)
        case .virtual: "object \(ref.raw)"
        case .home: "home " + text(of: ref)
        }
    }

    func text(of ref: Ref) -> String {
        if ref.isNone { return "-" }
        if ref.isInstruction { return "%\(ref.index)" }
        let constant = constants[ref.constantIndex]
        switch constant.type {
        case .int: return String(Int64(bitPattern: constant.bits))
        case .float: return "f:\(Double(bitPattern: constant.bits))"
        case .value: return "v:0x" + String(constant.bits, radix: 16)
        default: return "p:0x" + String(constant.bits, radix: 16)
        }
    }

    func text(of instruction: Instruction, at index: Int) -> String {
        let info = instruction.op.info
        var out = instruction.type == .void ? info.name : "%\(index) = \(info.name) \(instruction.type.name)"
        if instruction.op == .arg { out = "%\(index) = arg" }
        var operands: [String] = []
        for (mode, operand) in [(info.a, instruction.a), (info.b, instruction.b)] {
            if mode == .ref { operands.append(text(of: operand)) }
            if mode == .literal { operands.append(String(Int16(bitPattern: operand.raw))) }
        }
        while operands.last == "-" { operands.removeLast() }
        if !operands.isEmpty { out += " " + operands.joined(separator: ", ") }
        switch info.c {
        case .snapshot: out += " @\(instruction.c)"
        case .field: out += " ." + vocabulary.fields[Int(instruction.c)].name
        case .call: out += " ." + vocabulary.functions[Int(instruction.c)].name
        case .layout: out += " ." + vocabulary.layouts[Int(instruction.c)].name
        default: break
        }
        return out
    }
}
