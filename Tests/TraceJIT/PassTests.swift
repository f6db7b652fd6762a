/// Text-to-text tests of the optimiser. A file holds tests like
///
///     == what the test shows
///     passes fold cse dead
///     %0 = sload int 1
///     …
///     -- 
///     what the optimiser makes of it
///
/// and uses the vocabulary below. A recording ends with `leave`, or with `jump` to be peeled.
import Glibc

func testVocabulary() -> Vocabulary {
    let v = Vocabulary()
    _ = v.field(Field("x", offset: 8, width: .value, alias: 1))
    _ = v.field(Field("y", offset: 16, width: .value, alias: 1))
    _ = v.field(Field("n", offset: 8, width: .i64, alias: 2))
    _ = v.field(Field("f", offset: 24, width: .f64, alias: 2))
    _ = v.field(Field("byte", offset: 16, width: .u8, alias: 3, scale: 1))
    _ = v.field(Field("item", offset: 16, width: .value, alias: 4))
    _ = v.field(Field("length", offset: 8, width: .i64, alias: 5, stability: .immutable))
    _ = v.field(Field("flag", offset: 0, width: .u32, alias: 6, stability: .volatile))
    _ = v.field(Field("class", offset: 0, width: .u32, alias: 0))
    let nowhere = UnsafeRawPointer(bitPattern: 0x1000)!
    _ = v.function(Function("pure", nowhere, [.int], .int, .pure))
    _ = v.function(Function("any", nowhere + 16, [.value], .value, .anything))
    _ = v.function(Function("writes1", nowhere + 32, [.value], .void, .init(reads: 0, writes: 2)))
    _ = v.layout(Layout("Pair", classWord: 7, payload: 24))
    _ = v.layout(Layout("Tuple", classWord: 9, payload: 25))
    return v
}

private func passes(_ names: [Substring]) -> OptimiserPasses {
    var result: OptimiserPasses = []
    for name in names {
        switch name {
        case "fold": result.insert(.fold)
        case "ranges": result.insert(.ranges)
        case "guards": result.insert(.guards)
        case "virtuals": result.insert(.virtuals)
        case "memory": result.insert(.memory)
        case "cse": result.insert(.cse)
        case "peel": result.insert(.peel)
        case "stores": result.insert(.deadStores)
        case "lower": result.insert(.lower)
        case "dead": result.insert(.deadCode)
        case "all": result = .all
        default: fatalError("no pass is called \(name)")
        }
    }
    return result
}

func runPassTests(_ path: String, update: Bool) -> (Int, Int) {
    var passed = 0, failed = 0, rewritten = ""
    let sections = ("\n" + readFile(path)).components(separatedBy: "\n== ")
    rewritten = String(sections[0].dropFirst())
    for section in sections.dropFirst() {
        var lines = section.split(separator: "\n", omittingEmptySubsequences: false)
        let title = lines.removeFirst()
        let divider = lines.firstIndex { $0.trimmed == "--" } ?? lines.endIndex
        var input = Array(lines[..<divider])
        let expected = lines[min(divider + 1, lines.count)...].map { $0.trimmed }.filter { !$0.isEmpty }
        let chosen = passes(input.removeFirst().split(separator: " ").dropFirst().map { $0 })
        var actual: [String]
        do {
            let trace = try Trace(testVocabulary(), parsing: input.joined(separator: "\n"))
            // What has been read prints as what can be read again.
            let again = try Trace(testVocabulary(), parsing: trace.printed())
            if again.printed() != trace.printed() { actual = ["does not survive being printed and parsed"] }
            else {
                let best = Optimiser.optimise(trace, TinyEngine.model(), chosen)
                actual = best.isTooLong ? ["unusable"] : best.printed().split(separator: "\n").map { String($0) }
            }
        } catch {
            actual = ["\(error)"]
        }
        if actual.map({ $0.trimmed }) == expected { passed += 1 } else {
            failed += 1
            if !update { print("FAIL \(path): \(title)\nexpected\n  " + expected.joined(separator: "\n  ") + "\nfound\n  " + actual.joined(separator: "\n  ")) }
        }
        rewritten += "\n== \(title)\n" + lines[..<divider].joined(separator: "\n") + "\n--\n" + actual.joined(separator: "\n") + "\n"
    }
    if update {
        guard let file = fopen(path, "wb") else { fatalError("cannot write \(path)") }
        fputs(rewritten, file)
        fclose(file)
    }
    return (passed, failed)
}

extension StringProtocol {
    var trimmed: String {
        var s = Substring(self)
        while let c = s.first, c == " " { s.removeFirst() }
        while let c = s.last, c == " " || c == "\n" { s.removeLast() }
        return String(s)
    }
    func components(separatedBy separator: String) -> [String] {
        let text = Array(self.utf8), mark = Array(separator.utf8)
        var result: [String] = [], start = 0, i = 0
        while i + mark.count <= text.count {
            if text[i] == mark[0], Array(text[i ..< i + mark.count]) == mark {
                result.append(String(decoding: text[start ..< i], as: UTF8.self))
                i += mark.count
                start = i
            } else { i += 1 }
        }
        result.append(String(decoding: text[start...], as: UTF8.self))
        return result
    }
}
