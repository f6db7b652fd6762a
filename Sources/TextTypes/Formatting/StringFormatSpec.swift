import Objects

/// `str.__format__`: the format specification mini-language as far as it applies to strings.
enum StringFormatSpec {
    static func format(_ thread: ThreadRef, _ string: StringRef, _ spec: StringRef) -> Value {
        var builder = StringBuilder()
        return append(thread, string, spec, &builder) ? builder.finish(thread) : .empty
    }

    private static func alignment(_ character: UInt32) -> Bool { character == 60 || character == 62 || character == 61 || character == 94 }

    /// Appends the formatted string. False when it has raised.
    static func append(_ thread: ThreadRef, _ string: StringRef, _ spec: StringRef, _ builder: inout StringBuilder) -> Bool {
        func fail(_ message: String) -> Bool {
            thread.raise(.valueError, message)
            return false
        }
        let end = spec.count
        var index = 0
        var fill: UInt32 = 32
        var align: UInt32 = 60
        var filled = false
        var aligned = false
        if end >= 2 && alignment(spec[1]) {
            fill = spec[0]
            align = spec[1]
            filled = true
            aligned = true
            index = 2
        } else if end >= 1 && alignment(spec[0]) {
            align = spec[0]
            aligned = true
            index = 1
        }
        var sign: UInt32 = 0
        if index < end && (spec[index] == 43 || spec[index] == 45 || spec[index] == 32) { sign = spec[index]; index += 1 }
        var coerce = false
        if index < end && spec[index] == 122 { coerce = true; index += 1 }
        var alternate = false
        if index < end && spec[index] == 35 { alternate = true; index += 1 }
        if !filled && index < end && spec[index] == 48 { fill = 48; index += 1 }
        _ = aligned
        func number() -> Int? {
            var value = 0
            var digits = 0
            while index < end {
                let digit = Characters.decimalValue(spec[index])
                if digit < 0 { break }
                if value > (Int.max - digit) / 10 {
                    thread.raise(.valueError, "Too many decimal digits in format string")
                    return nil
                }
                value = value * 10 + digit
                digits += 1
                index += 1
            }
            return digits == 0 ? -1 : value
        }
        guard let width = number() else { return false }
        var separator: UInt32 = 0
        if index < end && spec[index] == 44 { separator = 44; index += 1 }
        if index < end && spec[index] == 95 {
            if separator != 0 { return fail("Cannot specify both ',' and '_'.") }
            separator = 95
            index += 1
        }
        if index < end && spec[index] == 44 && separator == 95 { return fail("Cannot specify both ',' and '_'.") }
        var precision = -1
        if index < end && spec[index] == 46 {
            index += 1
            guard let value = number() else { return false }
            if value < 0 { return fail("Format specifier missing precision") }
            precision = value
        }
        if end - index > 1 { return fail("Invalid format specifier '\(spec.description)' for object of type 'str'") }
        var kind: UInt32 = 115
        if index < end { kind = spec[index] }
        if separator != 0 && !(kind == 100 || kind == 101 || kind == 102 || kind == 103 || kind == 69 || kind == 71 || kind == 37 || kind == 70) {
            let isUnderscoreAllowed = separator == 95 && (kind == 98 || kind == 111 || kind == 120 || kind == 88)
            if !isUnderscoreAllowed {
                let shown = Character(Unicode.Scalar(separator) ?? "?")
                if kind > 32 && kind < 128 { return fail("Cannot specify '\(shown)' with '\(Character(Unicode.Scalar(kind) ?? "?"))'.") }
                return fail("Cannot specify '\(shown)' with '\\x\(String(kind, radix: 16))'.")
            }
        }
        if kind != 115 {
            if kind > 32 && kind < 128 { return fail("Unknown format code '\(Character(Unicode.Scalar(kind) ?? "?"))' for object of type 'str'") }
            return fail("Unknown format code '\\x\(String(kind, radix: 16))' for object of type 'str'")
        }
        if sign != 0 { return fail(sign == 32 ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier") }
        if coerce { return fail("Negative zero coercion (z) not allowed in string format specifier") }
        if alternate { return fail("Alternate form (#) not allowed in string format specifier") }
        if align == 61 { return fail("'=' alignment not allowed in string format specifier") }
        let count = precision >= 0 ? min(precision, string.count) : string.count
        let padding = max(width - count, 0)
        let left = align == 62 ? padding : align == 94 ? padding / 2 : 0
        builder.append(fill, times: left)
        builder.append(string, 0, count)
        builder.append(fill, times: padding - left)
        return true
    }
}
