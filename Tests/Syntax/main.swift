// The command behind the comparison scripts: dumps trees, reports errors, measures speed, and survives bad input.
//   syntax-tool dump FILE... | errors < length-prefixed snippets | bench FILE... | fuzz SEED ROUNDS FILE...
import Glibc

func readFile(_ path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while true {
        let n = fread(&chunk, 1, chunk.count, file)
        if n <= 0 { return result }
        result += chunk[..<n]
    }
}

func write(_ text: String) { fputs(text, stdout) }

func quoted(_ bytes: [UInt8]?) -> String {
    guard let bytes else { return "null" }
    return quoted(String(decoding: bytes, as: UTF8.self))
}

func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": out += "\\\""
        case "\\": out += "\\\\"
        case "\n": out += "\\n"
        default:
            if scalar.value < 0x20 || scalar.value == 0x7F {
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
    }
    return out + "\""
}

func describe(_ f: SyntaxFailure) -> String {
    "{\"type\":\"\(f.kind)\",\"msg\":\(quoted(f.message)),\"at\":[\(f.line),\(f.column),\(f.endLine),\(f.endColumn)],\"text\":\(quoted(f.textLine)),\"incomplete\":\(f.incomplete)}"
}

/// Just enough of the name database for the tests.
func characterNamed(_ name: String) -> UInt32? {
    for scalar in Unicode.Scalar(0x20)!.value ... 0x1FFFF {
        if let s = Unicode.Scalar(scalar), s.properties.name == name.uppercased() || s.properties.nameAlias == name.uppercased() { return scalar }
    }
    return nil
}

func main() {
    let arguments = CommandLine.arguments
    let command = arguments.count > 1 ? arguments[1] : ""
    var options = ParseOptions()
    var names: [String: UInt32?] = [:]
    options.characterNamed = { name in
        if let known = names[name] { return known }
        let value = characterNamed(name)
        names[name] = value
        return value
    }
    switch command {
    case "dump":
        for path in arguments.dropFirst(2) {
            var bytes = readFile(path)
            do { bytes = try decodeSource(bytes, filename: path) } catch { write("ERROR \(describe(error))\n"); continue }
            bytes.withUnsafeBufferPointer { buffer in
                do throws(SyntaxFailure) {
                    let (module, _) = try parse(buffer, options)
                    write(dump(module) + "\n")
                } catch {
                    write("ERROR \(describe(error))\n")
                }
            }
        }
    case "errors":
        // Each snippet: a line "LENGTH MODE FLAGS", then its bytes.
        let input = readFile("/dev/stdin")
        var p = 0
        while p < input.count {
            var header = ""
            while input[p] != 10 { header.unicodeScalars.append(Unicode.Scalar(input[p])); p += 1 }
            p += 1
            let fields = header.split(separator: " ")
            let length = Int(fields[0])!
            var o = options
            o.mode = fields[1] == "eval" ? .eval : fields[1] == "single" ? .single : fields[1] == "func_type" ? .functionType : .exec
            o.typeComments = fields[2].contains("t")
            o.allowIncomplete = fields[2].contains("i")
            o.implyDedent = !o.allowIncomplete
            if fields.count > 3 { o.featureVersion = Int(fields[3])! }
            let wantTree = fields[2].contains("d")
            let snippet = Array(input[p ..< p + length])
            p += length
            snippet.withUnsafeBufferPointer { buffer in
                do throws(SyntaxFailure) {
                    let (module, notes) = try parse(buffer, o)
                    write("{\"ok\":\(wantTree ? quoted(dump(module)) : "true"),\"warnings\":[\(notes.map { quoted($0.message + "@\($0.line)") }.joined(separator: ","))]}\n")
                } catch {
                    write(describe(error) + "\n")
                }
            }
            fflush(stdout)
        }
    case "bench":
        let files = arguments.dropFirst(2).map { readFile($0) }
        let lines = files.reduce(0) { $0 + $1.reduce(0) { $0 + ($1 == 10 ? 1 : 0) } }
        var best = Double.infinity
        for _ in 0 ..< 5 {
            var a = timespec(), b = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a)
            for file in files { file.withUnsafeBufferPointer { _ = try? parse($0, options) } }
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b)
            best = min(best, Double(b.tv_sec - a.tv_sec) + Double(b.tv_nsec - a.tv_nsec) / 1e9)
        }
        write("\(lines) lines in \(best) s: \(Int(Double(lines) / best)) lines/s\n")
    case "fuzz":
        fuzz(seed: UInt64(arguments[2])!, rounds: Int(arguments[3])!, files: arguments.dropFirst(4).map { readFile($0) }, options)
    default: write("usage: syntax-tool dump|errors|bench|fuzz\n")
    }
}

/// Token soup, and real files cut, spliced and sprinkled with stray bytes: nothing may crash or take long. A seed gives the same rounds again.
func fuzz(seed: UInt64, rounds: Int, files: [[UInt8]], _ options: ParseOptions) {
    var state = seed &+ 0x9E37_79B9_7F4A_7C15
    func random(_ n: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(max(n, 1)))
    }
    let soup = ["def ", "f", "(", ")", "[", "]", "{", "}", ":", ",", ";", "=", "==", ":=", "*", "**", "-", "not ", "lambda ", "if ", "else ", "elif ", "for ",
                "in ", "async ", "await ", "yield ", "from ", "import ", "class ", "try", "except ", "finally", "with ", "as ", "match ", "case ", "_", "x", "y.z",
                "1", "2.5", "1j", "'s'", "f'{x}'", "f'{x", "f'{(x y)}'", "b'b'", "\"\"\"", "'", "\n", "\n ", "\n  ", "\n\t", "\\\n", "#c\n", "return ", "del ", "print ", "exec ",
                "True ", "None ", "...", ".", "@", "->", "/", "|", "is ", "and ", "or ", "\u{e9}", "\u{a0}", "?", "!", "$", "global ", "raise ", "assert ", "while ", "pass", "0o8", "1__0", "r'\\x'", "'\\x'"]
    var worst = 0.0
    for round in 0 ..< rounds {
        var bytes: [UInt8] = []
        if files.isEmpty || random(3) == 0 {
            for _ in 0 ..< random(60) { bytes += soup[random(soup.count)].utf8 }
        } else {
            let file = files[random(files.count)]
            let a = random(file.count)
            bytes = Array(file[a ..< min(file.count, a + random(3000))])
            for _ in 0 ..< random(4) {
                let piece = Array(soup[random(soup.count)].utf8)
                bytes.insert(contentsOf: piece, at: random(bytes.count))
            }
            for _ in 0 ..< random(3) where !bytes.isEmpty { bytes.remove(at: random(bytes.count)) }
        }
        var o = options
        o.mode = [.exec, .exec, .single, .eval][random(4)]
        o.typeComments = random(4) == 0
        var a = timespec(), b = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a)
        bytes.withUnsafeBufferPointer { _ = try? parse($0, o) }
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b)
        let time = Double(b.tv_sec - a.tv_sec) + Double(b.tv_nsec - a.tv_nsec) / 1e9
        if time > worst {
            worst = time
            if time > 0.1 { write("round \(round) of seed \(seed): \(time) s for \(bytes.count) bytes\n") }
        }
    }
    // Seconds: the longest piece is of 3,000 bytes.
    write(worst < 5 ? "1 passed, 0 failed\n" : "0 passed, 1 failed\n")
}

main()
