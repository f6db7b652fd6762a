import Glibc
import Objects

/// `repr` of strings and bytes.
enum StringRepr {
    static func repr(_ thread: ThreadRef, _ string: StringRef) -> Value {
        // Mostly nothing needs escaping.
        if string.isASCII {
            let units = string.units1
            let count = string.count
            var index = 0
            while index < count && units[index] &- 32 < 95 && units[index] != 39 && units[index] != 92 { index &+= 1 }
            if index == count {
                guard let result = StringRef.allocate(count: count + 2, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
                result.units1[0] = 39
                memcpy(result.units1 + 1, units, count)
                result.units1[count + 1] = 39
                return result.value
            }
        }
        var builder = StringBuilder()
        append(string, to: &builder)
        return builder.finish(thread)
    }

    /// Appends a string's repr.
    static func append(_ string: StringRef, to builder: inout StringBuilder) {
        let units = Units(string)
        let quote: UInt32 = units.find(39, 0, units.count) >= 0 && units.find(34, 0, units.count) < 0 ? 34 : 39
        builder.append(quote)
        for index in 0 ..< units.count {
            let character = units[index]
            if character == quote || character == 92 {
                builder.append(92)
                builder.append(character)
            } else if character &- 32 < 95 {
                builder.append(character)
            } else {
                appendEscaped(character, to: &builder)
            }
        }
        builder.append(quote)
    }

    private static func appendEscaped(_ character: UInt32, to builder: inout StringBuilder) {
        switch character {
        case 9: builder.append("\\t")
        case 10: builder.append("\\n")
        case 13: builder.append("\\r")
        default: if character >= 0x80 && Characters.isPrintable(character) { builder.append(character) } else { builder.append(escaped: character) }
        }
    }

    /// Appends `b'…'`, without the prefix. A bytearray escapes apostrophes, whatever its quotes are, and nothing but them.
    static func append(bytes units: Units, escapeApostrophe: Bool = false, to builder: inout StringBuilder) {
        let quote: UInt32 = units.find(39, 0, units.count) >= 0 && units.find(34, 0, units.count) < 0 ? 34 : 39
        builder.append(quote)
        for index in 0 ..< units.count {
            let character = units[index]
            switch character {
            case quote where !escapeApostrophe, 92, 39 where escapeApostrophe:
                builder.append(92)
                builder.append(character)
            case 9: builder.append("\\t")
            case 10: builder.append("\\n")
            case 13: builder.append("\\r")
            case 32 ..< 127: builder.append(character)
            default: builder.append(escaped: character)
            }
        }
        builder.append(quote)
    }
}
