/// The test driver of the `Bytecode` room: parses and compiles files, and prints what a mode asks for.
///
///     dis     the disassembly              single, eval   the same in those modes
///     err     one line for a file: the error with its position, or `ok` and the warnings
///     pos     positions, names and flags of each code object, as JSON
///     ann     the string constants, in hexadecimal
///     stat    verify, write and read back; times, then the summary
///     fuzz    read damaged serialised code and verify what is accepted: nothing may trap

import Glibc

func readAll(_ path: String) -> [UInt8] {
    guard let f = fopen(path, "rb") else { return [] }
    defer { fclose(f) }
    var out: [UInt8] = []
    var buf = [UInt8](repeating: 0, count: 65536)
    while true { let n = fread(&buf, 1, 65536, f); if n <= 0 { break }; out += buf[..<n] }
    return out
}
func esc(_ s: String) -> String {
    var o = "\""
    for u in s.unicodeScalars { switch u { case "\"": o += "\\\""; case "\\": o += "\\\\"; case "\n": o += "\\n"; default: if u.value < 32 { o += "\\u00" + (u.value < 16 ? "0":"") + String(u.value, radix: 16) } else { o.unicodeScalars.append(u) } } }
    return o + "\""
}
func dumpPositions(_ code: CompiledCode, _ out: inout String) {
    // one JSON line per code object
    var items: [String] = []
    var i = 0, e = 0
    while i < code.instructions.count, let ins = Instruction.decode(code.instructions, at: i) {
        while e + 1 < code.positions.count, code.positions[e+1].start <= ins.start { e += 1 }
        let r = code.positions[e].range
        items.append("[\"\(ins.opcode)\",\(r.line),\(r.endLine),\(r.column),\(r.endColumn)]")
        i = ins.end
    }
    func names(_ a: [String]) -> String { "[" + a.map(esc).joined(separator: ",") + "]" }
    out += "{\"q\":\(esc(code.qualifiedName)),\"line\":\(code.firstLine),\"flags\":\(code.flags.rawValue),\"argc\":[\(code.argumentCount),\(code.positionalOnlyCount),\(code.keywordOnlyCount)],\"vars\":\(names(code.localNames)),\"cells\":\(names(code.cells.map{$0.name})),\"free\":\(names(code.freeNames)),\"names\":\(names(code.names)),\"regs\":\(code.registerCount),\"ins\":[\(items.joined(separator: ","))]}\n"
    for case .code(let c) in code.constants { dumpPositions(c, &out) }
}
/// Reads the bodies of all functions, which is otherwise done when they are called. False when one is damaged.
func complete(_ code: CompiledCode) -> Bool {
    if !code.complete() { return false }
    for case .code(let inner) in code.constants { if !complete(inner) { return false } }
    return true
}
let args = CommandLine.arguments
let mode = args[1]
func now() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9 }
var parseTime = 0.0, compileTime = 0.0, lines = 0, bad = 0, passed = 0, serTime = 0.0
var out = ""
func runAll() {
for path in args[2...] {
    let source = readAll(path)
    let t0 = now()
    var options = ParseOptions(mode: mode == "eval" ? .eval : mode == "single" ? .single : .exec, filename: path)
    options.maximumIntegerDigits = 0
    let tree: Module
    do { tree = try source.withUnsafeBufferPointer { b throws(SyntaxFailure) in try parse(b, options).0 } }
    catch let f {
        if mode == "err" { print("\(path)\tparse\t\(f.message)\t\(f.line)\t\(f.column)\t\(f.endLine)\t\(f.endColumn)") }
        else { print("PARSE \(path): \(f.message) \(f.line)") }
        continue }
    let t1 = now()
    let result = compile(tree, filename: path)
    let t2 = now()
    parseTime += t1 - t0; compileTime += t2 - t1
    for b in source where b == 10 { lines += 1 }
    switch result {
    case .failure(let f):
        if mode == "err" { print("\(path)\tcompile\t\(f.kind) \(f.message)\t\(f.range.line)\t\(f.range.column + 1)\t\(f.range.endLine)\t\(f.range.endColumn + 1)") }
        else { print("FAIL \(path): \(f.message) \(f.range)"); bad += 1 }
    case .success(let r):
        if mode == "err" { print("\(path)\tok\t\(r.warnings.map { $0.message + "@" + String($0.range.line) })") }
        if !verify(r.code) { print("VERIFY \(path)"); bad += 1 }
        if mode == "dis" || mode == "eval" || mode == "single" { print(Disassembler().text(r.code)); for w in r.warnings { print("WARNING", w.message, w.range.line) } }
        if mode == "ann" { for case .constant(.string(let t)) in r.code.constants { out += t.map { String($0, radix: 16) }.joined(separator: " ") + "\n" } }
        if mode == "fuzz" {
            var seed: UInt64 = 88172645463325252
            func rnd() -> UInt64 { seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17; return seed }
            let good = serialize(r.code)
            var accepted = 0
            for _ in 0..<3000 { var b = good; for _ in 0...(rnd() % 3) { b[Int(rnd() % UInt64(b.count))] = UInt8(truncatingIfNeeded: rnd()) }
                if rnd() % 4 == 0 { b.removeLast(Int(rnd() % UInt64(b.count))) }
                // The damage is to be found by reading, not by the checksum.
                if b.count > checkedStart {
                    let sum = b.withUnsafeBytes { checksum($0.dropFirst(checkedStart)) }
                    for index in 0 ..< 8 { b[1 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt64(index))) }
                }
                if let c = deserialize(b), complete(c), verify(c) { accepted += 1; _ = Disassembler().text(c) } }
            print("fuzz", accepted, "accepted")
            passed += 1
        }
        if mode == "pos" { dumpPositions(r.code, &out) }
        if mode == "stat" {
            let s0 = now()
            let bytes = serialize(r.code)
            guard let back = deserialize(bytes), complete(back) else { print("DESER \(path)"); bad += 1; continue }
            serTime += now() - s0
            if Disassembler(showsPositions: true).text(back) != Disassembler(showsPositions: true).text(r.code) { print("DIFF \(path)"); bad += 1 } else { passed += 1 }
        }

    }
}
}
var attr = pthread_attr_t()
pthread_attr_init(&attr)
pthread_attr_setstacksize(&attr, 64 << 20)
var tid = pthread_t()
pthread_create(&tid, &attr, { _ in runAll(); return nil }, nil)
pthread_join(tid, nil)
if mode == "pos" || mode == "ann" { print(out, terminator: "") }
if mode == "stat" { print("lines \(lines) parse \(parseTime) compile \(compileTime) -> \(Int(Double(lines)/compileTime)) lines/s, serial \(serTime)") }
if mode == "stat" || mode == "fuzz" { print("\(passed) passed, \(bad) failed") }
