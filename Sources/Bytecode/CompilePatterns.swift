import Syntax

/// `match`: a chain of cases, each of which tests the subject and jumps on at the first thing that does not fit.
///
/// The subject, and every part that a pattern takes out of it, is held in a temporary until its case is done. Names are stored only
/// when the whole pattern has matched, before the guard: till then `captures` says in which register each one's value stands.
/// The alternatives of an or-pattern agree on registers: those are taken first, and each alternative moves its captures there.

private struct Captures {
    var names: [String] = []
    var registers: [Int] = []
    var ranges: [SourceRange] = []
}

extension Compiler {
    func matchStatement(_ statement: Statement, _ subject: Expression, _ cases: [MatchCase]) throws {
        let end = unit.label()
        let register = try push(subject)
        for (i, matchCase) in cases.enumerated() {
            let isLast = i == cases.count - 1
            let next = unit.label()
            let mark = unit.top
            if isIrrefutable(matchCase.pattern), matchCase.guard == nil, !isLast {
                throw unreachable(matchCase.pattern)
            }
            var captures = Captures()
            // A wildcard needs no instruction, but its line shows that the case was taken.
            if isWildcard(matchCase.pattern), matchCase.guard == nil { unit.mark(matchCase.pattern.range) }
            try pattern(matchCase.pattern, register, &captures, next, isTop: true)
            for (j, name) in captures.names.enumerated() { try storeName(name, captures.ranges[j], from: captures.registers[j]) }
            unit.top = mark
            if let test = matchCase.guard { try condition(test, jumpIf: false, to: next, of: matchCase.pattern.range) }
            try compile(matchCase.body)
            unit.location = .none
            unit.jump(to: end)
            unit.bind(next)
        }
        unit.bind(end)
    }

    private func isIrrefutable(_ pattern: Pattern) -> Bool {
        switch pattern.kind {
        case .as(nil, _): return true
        case .as(let inner?, _): return isIrrefutable(inner)
        case .or(let alternatives): return alternatives.contains(where: isIrrefutable)
        default: return false
        }
    }

    private func unreachable(_ pattern: Pattern) -> CompileFailure {
        if case .as(nil, let name?) = pattern.kind { return fail("name capture '\(name)' makes remaining patterns unreachable", pattern.range) }
        if case .as(nil, nil) = pattern.kind { return fail("wildcard makes remaining patterns unreachable", pattern.range) }
        if case .as(let inner?, _) = pattern.kind { return unreachable(inner) }
        if case .or(let alternatives) = pattern.kind, let last = alternatives.last { return unreachable(last) }
        return fail("wildcard makes remaining patterns unreachable", pattern.range)
    }

    private func isWildcard(_ pattern: Pattern) -> Bool {
        if case .as(nil, nil) = pattern.kind { return true } else { return false }
    }

    private func capture(_ name: String, _ register: Int, _ range: SourceRange, _ captures: inout Captures) throws {
        if name == "__debug__" { throw fail("cannot assign to __debug__", range) }
        if captures.names.contains(name) { throw fail("multiple assignments to name '\(name)' in pattern", range) }
        captures.names.append(name)
        captures.registers.append(register)
        captures.ranges.append(range)
    }

    /// Tests the register against the pattern; jumps to `fail` when it does not fit.
    private func pattern(_ pattern: Pattern, _ subject: Int, _ captures: inout Captures, _ failure: Label, isTop: Bool = false) throws {
        unit.location = pattern.range
        lastPattern = pattern.range
        switch pattern.kind {
        case .value(let expression):
            switch expression.kind {
            case .attribute, .constant: break
            case .unaryOperation where constantValue(expression) != nil, .binaryOperation where constantValue(expression) != nil: break
            default: throw fail("patterns may only match literals and attribute lookups", pattern.range)
            }
            let mark = unit.top
            if let constant = constantValue(expression) {
                let index = unit.constant(constant)
                unit.location = pattern.range
                unit.emitJump(.jumpEqualK, subject, index, 0, to: failure)
            } else {
                let register = try value(expression)
                unit.location = pattern.range
                unit.emitJump(.jumpEqual, subject, register, 0, to: failure)
            }
            unit.top = mark
        case .singleton(let constant):
            if constant == Constant.none {
                unit.emitJump(.jumpIfNotNone, subject, to: failure)
            } else {
                let mark = unit.top
                let register = pushConstant(constant)
                unit.emitJump(.jumpIs, subject, register, 0, to: failure)
                unit.top = mark
            }
        case .sequence(let items): try sequencePattern(pattern, items, subject, &captures, failure)
        case .mapping(let keys, let patterns, let rest):
            try mappingPattern(pattern, keys, patterns, rest, subject, &captures, failure)
        case .classPattern(let type, let patterns, let names, let keywordPatterns):
            try classPattern(pattern, type, patterns, names, keywordPatterns, subject, &captures, failure)
        case .star(let name):
            if let name { try capture(name, subject, pattern.range, &captures) }
        case .as(let inner, let name):
            if let inner {
                try self.pattern(inner, subject, &captures, failure)
            }
            if let name { try capture(name, subject, pattern.range, &captures) }
        case .or(let alternatives): try orPattern(pattern, alternatives, subject, &captures, failure)
        }
    }

    private func jumpIfFalse(_ register: Int, _ failure: Label) { unit.emitJump(.jumpIfFalse, register, to: failure) }

    private func sequencePattern(_ pattern: Pattern, _ items: [Pattern], _ subject: Int, _ captures: inout Captures, _ failure: Label) throws {
        var star: Int?
        var onlyWildcards = true
        var starIsWildcard = false
        for (i, item) in items.enumerated() {
            if case .star(let name) = item.kind {
                if star != nil { throw fail("multiple starred names in sequence pattern", pattern.range) }
                star = i
                starIsWildcard = name == nil
                onlyWildcards = onlyWildcards && name == nil
                continue
            }
            onlyWildcards = onlyWildcards && isWildcard(item)
        }
        if let star, star >= 256 { throw fail("too many expressions in star-unpacking sequence pattern", pattern.range) }
        let test = unit.take()
        unit.emit(.matchSequence, test, subject)
        jumpIfFalse(test, failure)
        if star == nil || items.count > 1 {
            unit.emit(.getLength, test, subject)
            let wanted = unit.constant(.int(star == nil ? items.count : items.count - 1))
            unit.emitJump(star == nil ? .jumpEqualK : .jumpGreaterEqualK, test, wanted, 0, to: failure)
        }
        if onlyWildcards { return }
        if let star, starIsWildcard {
            for (i, item) in items.enumerated() where i != star && !isWildcard(item) {
                unit.location = pattern.range
                let part = unit.take()
                if i < star {
                    unit.emit(.getItemK, part, subject, unit.constant(.int(i)))
                } else {
                    unit.emit(.subtractK, part, test, unit.constant(.int(items.count - i)))
                    unit.emit(.getItem, part, subject, part)
                }
                try self.pattern(item, part, &captures, failure)
            }
            return
        }
        let base = unit.take(items.count)
        if let star {
            unit.emit(.unpackStarred, base, subject, star, x: items.count - star - 1)
        } else {
            unit.emit(.unpackSequence, base, subject, items.count)
        }
        for (i, item) in items.enumerated() { try self.pattern(item, base + i, &captures, failure) }
    }

    private func mappingPattern(_ pattern: Pattern, _ keys: [Expression], _ patterns: [Pattern], _ rest: String?, _ subject: Int,
                                _ captures: inout Captures, _ failure: Label) throws {
        let test = unit.take()
        unit.emit(.matchMapping, test, subject)
        jumpIfFalse(test, failure)
        if keys.isEmpty, rest == nil { return }
        if !keys.isEmpty {
            unit.emit(.getLength, test, subject)
            unit.emitJump(.jumpGreaterEqualK, test, unit.constant(.int(keys.count)), 0, to: failure)
        }
        var seen: [Constant] = []
        var constants: [Constant] = []
        for key in keys {
            if let constant = constantValue(key) {
                if seen.contains(where: { isSameKey($0, constant) }) {
                    throw fail("mapping pattern checks duplicate key (\(try text(of: constant)))", pattern.range)
                }
                seen.append(constant)
                constants.append(constant)
            } else if case .attribute = key.kind {
            } else {
                throw fail("mapping pattern keys may only match literals and attribute lookups", pattern.range)
            }
        }
        let keyTuple = unit.take()
        if constants.count == keys.count {
            unit.loadConstant(keyTuple, .tuple(constants))
        } else {
            let start = unit.top
            for key in keys { try push(key) }
            unit.location = pattern.range
            unit.emit(.buildTuple, keyTuple, start, keys.count)
            unit.top = keyTuple + 1
        }
        unit.location = pattern.range
        let values = unit.take()
        unit.emit(.matchKeys, values, subject, keyTuple)
        unit.emitJump(.jumpIfNone, values, to: failure)
        if !keys.isEmpty {
            let base = unit.take(keys.count)
            unit.emit(.unpackSequence, base, values, keys.count)
            for (i, item) in patterns.enumerated() { try self.pattern(item, base + i, &captures, failure) }
        }
        if let rest {
            unit.location = pattern.range
            let copy = unit.take()
            unit.emit(.copyDictWithoutKeys, copy, subject, keyTuple)
            try capture(rest, copy, lastPattern, &captures)
        }
    }

    /// Whether two constant keys are equal in Python's eyes.
    private func isSameKey(_ a: Constant, _ b: Constant) -> Bool {
        func number(_ constant: Constant) -> Double? {
            switch constant {
            case .int(let value): return value.magnitude < 1 << 53 ? Double(value) : nil
            case .true: return 1
            case .false: return 0
            case .float(let bits): return Double(bitPattern: bits)
            case .complex(let real, let imaginary): return Double(bitPattern: imaginary) == 0 ? Double(bitPattern: real) : nil
            default: return nil
            }
        }
        if let x = number(a), let y = number(b) { return x == y }
        return a == b
    }

    private func text(of constant: Constant) throws -> String {
        let bytes = try unparse(Expression(.constant(constant, kind: nil), .none))
        return String(decoding: bytes, as: UTF8.self)
    }

    private func classPattern(_ pattern: Pattern, _ type: Expression, _ patterns: [Pattern], _ names: [String], _ keywordPatterns: [Pattern],
                              _ subject: Int, _ captures: inout Captures, _ failure: Label) throws {
        for (i, name) in names.enumerated() {
            if name == "__debug__" { throw fail("cannot assign to __debug__", keywordPatterns[i].range) }
            if let j = names[(i + 1)...].firstIndex(of: name) {
                throw fail("attribute name repeated in class pattern: \(name)", keywordPatterns[j].range)
            }
        }
        let parts = unit.take()
        let register = try value(type)
        unit.top = parts + 1
        unit.location = pattern.range
        let keywords = unit.constant(.tuple(names.map { .string(Array($0.utf8)) }))
        unit.emit(.matchClass, parts, subject, register, x: keywords, y: patterns.count)
        unit.emitJump(.jumpIfNone, parts, to: failure)
        let all = patterns + keywordPatterns
        if all.isEmpty { return }
        let base = unit.take(all.count)
        unit.emit(.unpackSequence, base, parts, all.count)
        for (i, item) in all.enumerated() where !isWildcard(item) { try self.pattern(item, base + i, &captures, failure) }
    }

    private func orPattern(_ pattern: Pattern, _ alternatives: [Pattern], _ subject: Int, _ captures: inout Captures, _ failure: Label) throws {
        let end = unit.label()
        var names: [String] = []
        var registers: [Int] = []
        for (i, alternative) in alternatives.enumerated() {
            let isLast = i == alternatives.count - 1
            if !isLast, isIrrefutable(alternative) { throw unreachable(alternative) }
            let next = unit.label()
            let mark = unit.top
            var own = Captures()
            // The registers that all alternatives share come from the first one's names.
            if i == 0 {
                names = boundNames(alternative)
                registers = names.map { _ in unit.take() }
            }
            let inner = unit.top
            try self.pattern(alternative, subject, &own, isLast ? failure : next)
            if Set(own.names) != Set(names) { throw fail("alternative patterns bind different names", lastPattern) }
            unit.location = alternative.range
            for (name, register) in zip(names, registers) {
                unit.move(register, own.registers[own.names.firstIndex(of: name)!])
            }
            if !isLast { unit.jump(to: end) }
            unit.bind(next)
            unit.top = i == 0 ? inner : mark
        }
        unit.bind(end)
        for (name, register) in zip(names, registers) { try capture(name, register, pattern.range, &captures) }
    }

    private func boundNames(_ pattern: Pattern) -> [String] {
        var result: [String] = []
        func visit(_ pattern: Pattern) {
            switch pattern.kind {
            case .value, .singleton: break
            case .sequence(let items): items.forEach(visit)
            case .or(let items): items.first.map(visit)
            case .mapping(_, let items, let rest):
                items.forEach(visit)
                if let rest { result.append(rest) }
            case .classPattern(_, let items, _, let keywordItems):
                items.forEach(visit)
                keywordItems.forEach(visit)
            case .star(let name): if let name { result.append(name) }
            case .as(let inner, let name):
                if let inner { visit(inner) }
                if let name { result.append(name) }
            }
        }
        visit(pattern)
        var seen: Set<String> = []
        return result.filter { seen.insert($0).inserted }
    }
}
