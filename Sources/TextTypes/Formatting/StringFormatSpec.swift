import NumberTypes
import Objects

/// `str.__format__`: what the format mini-language means for strings.
enum StringFormatSpec {
    static func format(_ thread: ThreadRef, _ string: StringRef, _ spec: StringRef) -> Value {
        var builder = StringBuilder()
        return append(thread, string, spec, &builder) ? builder.finish(thread) : .empty
    }

    /// Appends the formatted string. False when it has raised.
    static func append(_ thread: ThreadRef, _ string: StringRef, _ text: StringRef, _ builder: inout StringBuilder) -> Bool {
        guard let spec = FormatSpec.parse(thread, text, align: "<", type: 115, typeName: "str") else { return false }
        func fail(_ message: StaticString) -> Bool {
            thread.raise(.valueError, "\(message)")
            return false
        }
        if spec.type != 115 { spec.raiseUnknown(thread, "str"); return false }
        if spec.sign != 0 { return fail(spec.sign == 32 ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier") }
        if spec.noNegativeZero { return fail("Negative zero coercion (z) not allowed in string format specifier") }
        if spec.alternate { return fail("Alternate form (#) not allowed in string format specifier") }
        if spec.align == UInt8(ascii: "=") { return fail("'=' alignment not allowed in string format specifier") }
        let count = spec.precision >= 0 ? min(spec.precision, string.count) : string.count
        let padding = max(spec.width - count, 0)
        let left = spec.align == UInt8(ascii: ">") ? padding : spec.align == UInt8(ascii: "^") ? padding / 2 : 0
        builder.append(spec.fill, times: left)
        builder.append(string, 0, count)
        builder.append(spec.fill, times: padding - left)
        return true
    }
}
