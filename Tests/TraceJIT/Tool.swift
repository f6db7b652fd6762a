/// The test driver of the `TraceJIT` room.
///
///     tiny FILE...     run each program interpreted and compiled; outputs must be equal
///     bench FILE...    the same with times
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

setvbuf(stdout, nil, _IOLBF, 0)
let arguments = CommandLine.arguments
let mode = arguments.count > 1 ? arguments[1] : ""
var failed = 0, passed = 0
switch mode {
case "tiny", "bench", "trace", "dis":
    for path in arguments[2...] {
        var compiler = TinyCompiler(readFile(path))
        let program = compiler.compile()
        var options = TraceCompiler.Options()
        if mode == "trace" { verbose = true; options.log = { print($0) } }
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
default:
    print("usage: tool tiny|bench|trace|dis FILE...")
    exit(2)
}
print("\(passed) passed, \(failed) failed")
exit(failed == 0 ? 0 : 1)
