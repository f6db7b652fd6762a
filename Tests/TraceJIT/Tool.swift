/// The test driver of the `TraceJIT` room.
///
///     tiny FILE...     run each program interpreted and compiled; outputs must be equal
///     eager FILE...    the same, compiling as soon as possible
///     bench FILE...    the same with times
///     pass FILE...     text-to-text tests of the optimiser; with --update, write what it does now as the expectation
///     speed            how long compiling takes, by the length of the trace
///     trace FILE...    print the traces, recorded and optimised
///     dis FILE...      machine code of each trace, as hexadecimal
import Glibc

nonisolated(unsafe) var verbose = false
func now() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec) + Double(t.tv_nsec) / 1e9 }

func readFile(_ path: String) -> String {
    guard let file = fopen(path, "rb") else { fatalError("cannot read \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
        let n = fread(&buffer, 1, buffer.count, file)
        if n <= 0 { break }
        bytes += buffer[..<n]
    }
    return String(decoding: bytes, as: UTF8.self)
}

func run(_ program: Program, jit: Bool, options: TraceCompiler.Options) -> (output: String, time: Double, engine: TinyEngine?, interpreter: TinyInterpreter) {
    let interpreter = TinyInterpreter(program)
    let engine = jit ? TinyEngine(interpreter, options: options) : nil
    interpreter.engine = engine
    let start = now()
    interpreter.run()
    return (interpreter.output, now() - start, engine, interpreter)
}

/// Compiles a trace of about so many instructions, with a snapshot for every tenth, some phis, loads, stores and objects.
func measure(_ length: Int) {
    let words = TinyEngine.Words()
    var phases = [0.0, 0.0, 0.0], rounds = 0, size = 0, optimised = 0
    while phases.reduce(0, +) < 0.2 {
        let b = TraceBuilder(words.vocabulary, anchor: 1)
        var n = 0
        while b.trace.instructions.count < length {
            n += 1
            b.mark(UInt64(n))
            let x = b.unboxInt(b.slot(n % 13)), y = b.unboxFloat(b.slot(20 + n % 11)), o = b.slot(40 + n % 3)
            b.guardTag(o, mask: 7, tag: 0)
            b.guardClass(o, 2)
            b.set(n % 13, b.boxInt(b.checked(.add, x, b.int(Int64(n)), bits: 63)))
            b.set(20 + n % 11, b.boxFloat(b.float(.fadd, y, b.emit(.itof, .float, x))))
            if n % 3 == 0 { b.set(n % 13, b.load(o, words.first)) }
            if n % 5 == 0 {
                b.barrier(o)
                b.store(o, words.second, b.slot(n % 7))
            }
            if n % 4 == 0 {
                let p = b.new(words.pair)
                b.store(p, words.first, b.slot(n % 13))
                b.set(n % 13, b.load(p, words.first))
            }
        }
        let trace = b.closeLoop()
        let t0 = now()
        let best = Optimiser.optimise(trace, TinyEngine.model())
        let t1 = now()
        let compiler = sharedCompiler
        guard let compiled = try? compiler.assemble(best) else { print("\(length): too many values"); return }
        let t2 = now()
        compiler.invalidate(compiled)
        phases[0] += t1 - t0
        phases[1] += t2 - t1
        rounds += 1
        size = compiled.codeSize
        optimised = best.instructions.count
        _ = t2
    }
    func ms(_ t: Double) -> Double { (t / Double(rounds) * 100000).rounded() / 100 }
    print("\(length) recorded, \(optimised) optimised, \(size) bytes: \(ms(phases[0])) ms optimising, \(ms(phases[1])) ms assembling")
}
let sharedCompiler = TraceCompiler(TinyEngine.Words().vocabulary, TinyEngine.model()) { _, _, _ in 0 }!

setvbuf(stdout, nil, _IOLBF, 0)
let arguments = CommandLine.arguments
let mode = arguments.count > 1 ? arguments[1] : ""
var failed = 0, passed = 0
switch mode {
case "tiny", "eager", "bench", "trace", "dis":
    for path in arguments[2...] {
        var compiler = TinyCompiler(readFile(path))
        let program = compiler.compile()
        var options = TraceCompiler.Options()
        if mode == "trace" { verbose = true; options.log = { print($0) } }
        if mode == "eager" { (TinyEngine.hotLoop, TinyEngine.hotExit) = (2, 1) }
        let name = path.split(separator: "/").last!
        let plain = run(program, jit: false, options: options)
        let jit = run(program, jit: true, options: options)
        if plain.output == jit.output { passed += 1 } else {
            failed += 1
            print("FAIL \(name): interpreted\n\(plain.output)compiled\n\(jit.output)")
        }
        if mode == "bench" || mode == "trace" {
            let engine = jit.engine!, s = engine.compiler.statistics
            func ms(_ t: Double) -> String { "\((t * 10000).rounded() / 10) ms" }
            print("\(name): \(ms(plain.time)) interpreted, \(ms(jit.time)) compiled, \((plain.time / jit.time * 10).rounded() / 10)x; \(s.traces) traces, \(s.bridges) bridges, \(s.failures) failures, \(s.codeBytes) bytes, \(ms(engine.compileTime)) compiling, entered \(engine.entered)")
        }
        if mode == "dis" {
            for trace in jit.engine!.traces.values { print(jit.engine!.compiler.machineCode(trace).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()) }
        }
    }
case "pass":
    for path in arguments[2...] where path != "--update" {
        let (p, f) = runPassTests(path, update: arguments.contains("--update"))
        passed += p
        failed += f
    }
case "speed":
    for length in [10, 100, 1000, 3000, 6000] { measure(length) }
    exit(0)
default:
    print("usage: tool tiny|bench|trace|dis FILE...")
    exit(2)
}
print("\(passed) passed, \(failed) failed")
exit(failed == 0 ? 0 : 1)
