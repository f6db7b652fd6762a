/// Reads a trace that `TracePrinter` has written, or that a test spells by hand. Names of instructions may be any word after `%`.
/// Fields, functions and layouts are looked up in the vocabulary by name. A line that cannot be read is an error that quotes it.

public struct TraceTextError: Error { public let message: String }

extension Trace {
    public convenience init(_ vocabulary: Vocabulary, parsing text: String) throws {
        self.init(vocabulary)
        var parser = TraceParser(trace: self)
        try parser.parse(text)
    }
}

private struct TraceParser {
    let trace: Trace
    var names: [Substring: Ref] = [:]
    /// `b` of a phi is defined further down.
    var later: [(index: Int, name: Substring)] = []
    var snapshotNumbers: [Int: UInt16] = [:]

    init(trace: Trace) { self.trace = trace }

    mutating func parse(_ text: String) throws {
        let lines = text.split(separator: "\n").map { line in line.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)[0].split { $0 == " " || $0 == "," } }
        for words in lines where words.first?.hasPrefix("@") != true && !words.isEmpty { try instruction(words) }
        for (index, name) in later {
            guard let ref = names[name] else { throw TraceTextError(message: "\(name) is not defined") }
            trace.instructions[index].b = ref
        }
        for words in lines where words.first?.hasPrefix("@") == true { try snapshot(words) }
    }

    func fail(_ words: [Substring], _ why: String) -> TraceTextError { TraceTextError(message: "\(why): " + words.joined(separator: " ")) }

    func ref(_ word: Substring, _ words: [Substring]) throws -> Ref {
        if word == "-" { return .none }
        if word.hasPrefix("%") {
            guard let known = names[word] else { throw fail(words, "\(word) is not defined") }
            return known
        }
        if word.hasPrefix("f:"), let number = Double(word.dropFirst(2)) { return trace.float(number) }
        if word.hasPrefix("v:0x"), let bits = UInt64(word.dropFirst(4), radix: 16) { return trace.constant(bits, .value) }
        if word.hasPrefix("p:0x"), let bits = UInt64(word.dropFirst(4), radix: 16) { return trace.constant(bits, .pointer) }
        if let number = Int64(word) { return trace.int(number) }
        throw fail(words, "\(word) is no operand")
    }

    mutating func instruction(_ line: [Substring]) throws {
        var words = line
        if words[0] == "frame" && words.count == 8 {
            guard let parent = Int(words[3]), let base = Int(words[5]), let token = UInt64(words[7]) else { throw fail(line, "bad frame") }
            trace.frames.append(FrameRecord(parent: parent, base: base, token: token))
            return
        }
        var name: Substring?
        if words[0].hasPrefix("%") {
            name = words[0]
            words.removeFirst(2)
        }
        guard let info = opcodeTable.first(where: { $0.name == words[0] }) else { throw fail(line, "no such opcode") }
        words.removeFirst()
        var new = Instruction(info.op, info.result ?? .void)
        if new.op == .call { new.type = .void }
        if name != nil && info.op != .arg {
            guard let type = words.first.flatMap({ word in IRType.allCases.first { $0.name == word } }) else { throw fail(line, "no type") }
            new.type = type
            words.removeFirst()
        }
        func symbol(_ prefix: Character) throws -> Substring {
            guard let last = words.last, last.first == prefix else { throw fail(line, "expected \(prefix)") }
            words.removeLast()
            return last.dropFirst()
        }
        switch info.c {
        case .snapshot:
            let number = try symbol("@")
            guard let n = Int(number) else { throw fail(line, "bad snapshot") }
            new.c = snapshotIndex(n)
        case .field:
            let name = try symbol(".")
            guard let i = trace.vocabulary.fields.firstIndex(where: { $0.name == name }) else { throw fail(line, "no such field") }
            new.c = UInt16(i)
        case .call:
            let name = try symbol(".")
            guard let i = trace.vocabulary.functions.firstIndex(where: { $0.name == name }) else { throw fail(line, "no such function") }
            new.c = UInt16(i)
        case .layout:
            let name = try symbol(".")
            guard let i = trace.vocabulary.layouts.firstIndex(where: { $0.name == name }) else { throw fail(line, "no such layout") }
            new.c = UInt16(i)
        default: break
        }
        func operand(_ mode: OperandMode, _ isB: Bool) throws -> Ref {
            if mode == .none || words.isEmpty { return .none }
            let word = words.removeFirst()
            if mode == .literal {
                guard let n = Int(word) else { throw fail(line, "bad literal") }
                return Ref(literal: n)
            }
            if isB && info.op == .phi && names[word] == nil && word.hasPrefix("%") {
                later.append((trace.instructions.count, word))
                return .none
            }
            return try ref(word, line)
        }
        new.a = try operand(info.a, false)
        new.b = try operand(info.b, true)
        if !words.isEmpty { throw fail(line, "left over: \(words[0])") }
        let made = trace.append(new)
        if let name { names[name] = made }
    }

    mutating func snapshotIndex(_ number: Int) -> UInt16 {
        if let known = snapshotNumbers[number] { return known }
        while trace.snapshots.count <= number { trace.snapshots.append(Snapshot(first: 0, count: 0, frame: -1, token: 0)) }
        snapshotNumbers[number] = UInt16(number)
        return UInt16(number)
    }

    /// `@1 token 7 frame 0 { 3: %1 4: int %2 5: object 0 new Point (x: %3 y: int %4) }`
    mutating func snapshot(_ line: [Substring]) throws {
        guard let number = Int(line[0].dropFirst()), line.count > 2 else { throw fail(line, "bad snapshot") }
        let index = Int(snapshotIndex(number))
        var at = 1
        var new = Snapshot(first: trace.entries.count, count: 0, frame: -1, token: 0)
        new.firstVirtual = trace.virtuals.count
        while at < line.count, line[at] != "{" {
            if line[at] == "token", at + 1 < line.count { new.token = UInt64(line[at + 1]) ?? 0 }
            if line[at] == "frame", at + 1 < line.count { new.frame = Int(line[at + 1]) ?? -1 }
            at += 2
        }
        at += 1
        /// A recipe at `at`: `%1`, `int %1`, `float %1` or `object 0`.
        func recipe() throws -> (SnapshotEntry.Kind, Ref) {
            guard at < line.count else { throw fail(line, "unfinished snapshot") }
            func clean(_ word: Substring) -> Substring { word.hasSuffix(")") ? word.dropLast() : word }
            let kind: SnapshotEntry.Kind? = switch line[at] {
            case "int": .int
            case "float": .float
            case "object": .virtual
            default: nil
            }
            if kind != nil { at += 1 }
            guard at < line.count else { throw fail(line, "unfinished snapshot") }
            let word = clean(line[at])
            at += 1
            if kind == .virtual { return (.virtual, Ref(raw: UInt16(word) ?? 0)) }
            return (kind ?? .word, try ref(word, line))
        }
        while at < line.count, line[at] != "}" {
            if line[at] == "new" {
                guard at + 2 < line.count, let layout = trace.vocabulary.layouts.firstIndex(where: { $0.name == line[at + 1] }) else { throw fail(line, "bad object") }
                at += 2
                var object = VirtualRecipe(layout: UInt16(layout), count: .none, first: trace.virtualFields.count, fieldCount: 0)
                if !line[at].hasPrefix("(") {
                    object.count = try ref(line[at], line)
                    at += 1
                }
                var isLast = line[at] == "()"
                if isLast { at += 1 }
                while !isLast, at < line.count {
                    var name = line[at].drop { $0 == "(" }.dropLast()
                    var element: Int32 = -1
                    if let bracket = name.firstIndex(of: "[") {
                        element = Int32(name[name.index(after: bracket)...].dropLast()) ?? -1
                        name = name[..<bracket]
                    }
                    guard let field = trace.vocabulary.fields.firstIndex(where: { $0.name == name }) else { throw fail(line, "no such field \(name)") }
                    at += 1
                    let (kind, ref) = try recipe()
                    isLast = line[at - 1].hasSuffix(")")
                    trace.virtualFields.append(VirtualField(field: UInt16(field), index: element, kind: kind, ref: ref))
                    object.fieldCount += 1
                }
                trace.virtuals.append(object)
                new.virtualCount += 1
            } else {
                guard let slot = Int16(line[at].dropLast()) else { throw fail(line, "bad slot") }
                at += 1
                let (kind, ref) = try recipe()
                trace.entries.append(SnapshotEntry(slot: slot, kind: kind, ref: ref))
                new.count += 1
            }
        }
        trace.snapshots[index] = new
    }
}
