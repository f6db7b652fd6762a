import Syntax

/// f-strings, and `"…" % (…)` where the format is a literal and the arguments are a tuple display: that becomes an f-string when
/// only `%s`, `%r` and `%a` occur, as in CPython 3.11.

extension Compiler {
    func joinedString(_ expression: Expression, _ parts: [Expression], into target: Int?) throws -> Int {
        if parts.isEmpty {
            let result = target ?? unit.take()
            unit.location = expression.range
            unit.loadConstant(result, .string([]))
            return result
        }
        if parts.count == 1 { return try value(parts[0], into: target) }
        let mark = unit.top
        let base = unit.top
        if parts.count <= 100 {
            for part in parts { try push(part) }
            unit.top = mark
            let result = target ?? unit.take()
            unit.location = expression.range
            unit.emit(.buildString, result, base, parts.count)
            return result
        }
        // A very long one is joined in pieces.
        let result = unit.take()
        var start = 0
        while start < parts.count {
            let end = min(start + 99, parts.count)
            let piece = unit.top
            var first = piece
            if start > 0 { first = unit.take(); unit.move(first, result) }
            for part in parts[start ..< end] { try push(part) }
            unit.location = expression.range
            unit.emit(.buildString, result, first, unit.top - first)
            unit.top = piece
            start = end
        }
        unit.top = target == nil ? result + 1 : mark
        return deliver(result, target)
    }

    func formattedValue(_ expression: Expression, into target: Int?) throws -> Int {
        guard case .formattedValue(let inner, let conversion, let spec) = expression.kind else { return 0 }
        let mark = unit.top
        let register: Int
        var flags = 0
        switch conversion {
        case 115: flags = 1
        case 114: flags = 2
        case 97: flags = 3
        default: break
        }
        if let spec {
            register = try push(inner)
            try push(spec)
            flags |= 4
        } else {
            register = try value(inner)
        }
        unit.top = mark
        let result = target ?? unit.take()
        unit.location = expression.range
        unit.emit(.formatValue, result, register, flags)
        return result
    }

    // MARK: "…" % (…)

    private enum FormatPart {
        case text([UInt8])
        case argument(conversion: Int, spec: [UInt8])
    }

    /// Whether `format % arguments` can be an f-string.
    func isFormat(_ format: Expression, _ arguments: Expression) -> Bool {
        guard case .constant(.string(let text), _) = format.kind, case .tuple(let items, _) = arguments.kind else { return false }
        for item in items { if case .starred = item.kind { return false } }
        return formatParts(text, items.count) != nil
    }

    private func formatParts(_ text: [UInt8], _ count: Int) -> [FormatPart]? {
        var parts: [FormatPart] = []
        var literal: [UInt8] = []
        var used = 0
        var i = 0
        /// A number of at most two digits; nil when it is longer.
        func digits() -> Int? {
            let start = i
            var value = 0
            while i < text.count, text[i] >= 48, text[i] <= 57 {
                value = value * 10 + Int(text[i]) - 48
                i += 1
                if i - start >= 3 { return nil }
            }
            return value
        }
        while i < text.count {
            let byte = text[i]
            i += 1
            if byte != UInt8(ascii: "%") {
                literal.append(byte)
                continue
            }
            guard i < text.count else { return nil }
            if text[i] == UInt8(ascii: "%") {
                literal.append(text[i])
                i += 1
                continue
            }
            var isLeft = false
            while i < text.count, text[i] == UInt8(ascii: "-") {
                isLeft = true
                i += 1
            }
            var spec: [UInt8] = []
            guard let width = digits() else { return nil }
            if width > 0 {
                spec = Array(((isLeft ? "" : ">") + String(width)).utf8)
            }
            if i < text.count, text[i] == UInt8(ascii: ".") {
                i += 1
                guard let precision = digits() else { return nil }
                spec += Array(("." + String(precision)).utf8)
            }
            guard i < text.count, used < count else { return nil }
            switch text[i] {
            case UInt8(ascii: "s"), UInt8(ascii: "r"), UInt8(ascii: "a"): break
            default: return nil
            }
            if !literal.isEmpty {
                parts.append(.text(literal))
                literal = []
            }
            parts.append(.argument(conversion: Int(text[i]), spec: spec))
            used += 1
            i += 1
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        return used == count ? parts : nil
    }

    func percentFormat(_ expression: Expression, _ format: Expression, _ arguments: Expression, into target: Int?) throws -> Int {
        guard case .constant(.string(let text), _) = format.kind, case .tuple(let items, _) = arguments.kind,
              let parts = formatParts(text, items.count) else { return 0 }
        var next = 0
        let pieces = parts.map { part -> Expression in
            switch part {
            case .text(let text): return Expression(.constant(.string(text), kind: nil), expression.range)
            case .argument(let conversion, let spec):
                let item = items[next]
                next += 1
                let specExpression = spec.isEmpty ? nil : Expression(.constant(.string(spec), kind: nil), item.range)
                return Expression(.formattedValue(item, conversion: conversion, formatSpec: specExpression), item.range)
            }
        }
        return try joinedString(expression, pieces, into: target)
    }
}
