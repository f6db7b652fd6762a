import Interpreter
import Objects

/// "Did you mean": the nearest name to one that was not found.
///
/// The distance is Levenshtein's with a price of 2 for a step and 1 for a change of case; a name is near when a third of the letters of both or fewer would have to
/// change.
enum Suggestions {
    private static let step = 2
    private static let caseStep = 1
    private static let maximumNames = 750
    private static let maximumLength = 40

    /// The name to suggest for an AttributeError or NameError, as UTF-8.
    static func suggestion(_ thread: ThreadRef, _ exception: Value) -> [UInt8]? {
        defer { thread.takeException() }
        if exception.type == TypeID.attributeError.type {
            let name = exception.exceptionField(0), object = exception.exceptionField(1)
            guard !name.isEmpty, name.isString, !object.isEmpty else { return nil }
            let names = BuiltinObjectFunctions.dir(thread, object)
            return names.isEmpty ? nil : nearest(thread, names, to: name)
        }
        guard exception.type == TypeID.nameError.type else { return nil }
        let name = exception.exceptionField(0)
        guard !name.isEmpty, name.isString else { return nil }
        var traceback = exception.object(ExceptionObject.self).pointee.traceback
        guard traceback.isExact(.traceback) else { return nil }
        while true {
            let next = Inspection.entry(traceback).next
            guard next.isExact(.traceback) else { break }
            traceback = next
        }
        let frame = Inspection.entry(traceback).frame
        let locals = Inspection.variableNames(thread, ofFrame: frame)
        if !locals.isEmpty, let found = nearest(thread, locals, to: name) { return found }
        let globals = thread.list(Inspection.globals(ofFrame: frame))
        if !globals.isEmpty, let found = nearest(thread, globals, to: name) { return found }
        let builtins = thread.list(Inspection.builtins(ofFrame: frame))
        return builtins.isEmpty ? nil : nearest(thread, builtins, to: name)
    }

    private static func nearest(_ thread: ThreadRef, _ names: Value, to name: Value) -> [UInt8]? {
        let list = ListRef(names)
        if list.count >= maximumNames { return nil }
        let wanted = StringRef(name).utf8
        var best: [UInt8]?
        var bestDistance = Int.max
        for index in 0 ..< list.count {
            guard list[index].isString else { return nil }
            let candidate = StringRef(list[index]).utf8
            if candidate == wanted { continue }
            let limit = min((wanted.count + candidate.count + 3) * step / 6, bestDistance - 1)
            let distance = distance(wanted, candidate, limit: limit)
            if distance <= limit && distance < bestDistance {
                best = candidate
                bestDistance = distance
            }
        }
        return best
    }

    private static func price(_ a: UInt8, _ b: UInt8) -> Int {
        if a == b { return 0 }
        func lowered(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }
        return lowered(a) == lowered(b) ? caseStep : step
    }

    /// The distance of two names; more than `limit` when it is that or longer.
    private static func distance(_ first: [UInt8], _ second: [UInt8], limit: Int) -> Int {
        if first == second { return 0 }
        var a = first[...], b = second[...]
        while let x = a.first, x == b.first { a.removeFirst(); b.removeFirst() }
        while let x = a.last, x == b.last { a.removeLast(); b.removeLast() }
        if a.isEmpty || b.isEmpty { return (a.count + b.count) * step }
        if a.count > maximumLength || b.count > maximumLength { return limit + 1 }
        if b.count < a.count { swap(&a, &b) }
        if (b.count - a.count) * step > limit { return limit + 1 }
        let short = Array(a), long = Array(b)
        var row = (0 ..< short.count).map { ($0 + 1) * step }
        var result = 0
        for (index, letter) in long.enumerated() {
            var diagonal = index * step
            result = diagonal
            var minimum = Int.max
            for place in 0 ..< short.count {
                let substitution = diagonal + price(letter, short[place])
                diagonal = row[place]
                result = min(min(result, diagonal) + step, substitution)
                row[place] = result
                minimum = min(minimum, result)
            }
            if minimum > limit { return limit + 1 }
        }
        return result
    }
}
