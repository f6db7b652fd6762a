import NumberTypes
import Objects

/// Properties of code points, as `str`'s methods mean them, from the Unicode tables of Swift's standard library.
///
/// A table of 16-bit masks is filled a page at a time. Characters newer than Unicode 14, which CPython 3.11
/// does not know, count as unassigned.
public enum Characters {
    public static let alpha: UInt16 = 1
    public static let decimal: UInt16 = 2
    public static let digit: UInt16 = 4
    public static let numeric: UInt16 = 8
    public static let lower: UInt16 = 16
    public static let upper: UInt16 = 32
    public static let title: UInt16 = 64
    public static let space: UInt16 = 128
    public static let printable: UInt16 = 256
    public static let identifierStart: UInt16 = 512
    public static let identifierContinue: UInt16 = 1024
    public static let cased: UInt16 = 2048
    public static let caseIgnorable: UInt16 = 4096
    public static let lineBreak: UInt16 = 8192
    public static let alphanumeric = alpha | decimal | digit | numeric

    nonisolated(unsafe) private static let known = CharacterTable<UInt16>()

    /// The property mask of a code point.
    @inline(__always) public static func properties(_ character: UInt32) -> UInt16 { known.entry(character) { page, code in
        for index in 0 ..< 256 { page[index] = compute(code + UInt32(index)) }
    }.pointee }

    @inline(__always) public static func has(_ character: UInt32, _ mask: UInt16) -> Bool { properties(character) & mask != 0 }

    /// Whether Unicode 14 has the character.
    public static func isAssigned(_ properties: Unicode.Scalar.Properties) -> Bool { NumberText.isAssigned(properties) }

    private static func compute(_ character: UInt32) -> UInt16 {
        var result: UInt16 = 0
        switch character {
        case 9 ... 13, 0x1C ... 0x20, 0x85, 0xA0, 0x1680, 0x2000 ... 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: result |= space
        default: break
        }
        switch character {
        case 10 ... 13, 0x1C ... 0x1E, 0x85, 0x2028, 0x2029: result |= lineBreak
        default: break
        }
        guard let scalar = Unicode.Scalar(character) else { return result }
        let properties = scalar.properties
        guard isAssigned(properties) else { return result }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .modifierLetter, .otherLetter: result |= alpha | printable
        case .titlecaseLetter: result |= alpha | title | printable
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: break
        case .spaceSeparator: if character == 0x20 { result |= printable }
        default: result |= printable
        }
        switch properties.numericType {
        case .decimal: result |= decimal | digit | numeric
        case .digit: result |= digit | numeric
        case .numeric: result |= numeric
        default: break
        }
        if properties.isLowercase { result |= lower }
        if properties.isUppercase { result |= upper }
        if properties.isXIDStart || character == 0x5F { result |= identifierStart }
        if properties.isXIDContinue { result |= identifierContinue }
        if properties.isCased { result |= cased }
        if properties.isCaseIgnorable { result |= caseIgnorable }
        // What later versions of Unicode changed about characters that 14 has.
        switch character {
        case 0x4E24, 0x4EAC, 0x4FE9, 0x5006, 0x62D0, 0x6D1E, 0x7695, 0x79ED, 0x920E, 0x94A9, 0x12038, 0x12039, 0x12079, 0x12226, 0x1222B, 0x1230B, 0x1230D, 0x12399:
            result &= ~numeric
        case 0x295: result |= lower | cased
        case 0x10FC, 0xA7F2 ... 0xA7F4, 0xAB69: result &= ~(lower | cased)
        case 0x1171E: result |= caseIgnorable
        case 0x200C, 0x200D, 0x30FB, 0xFF65: result &= ~identifierContinue
        default: break
        }
        return result
    }

    @inline(__always) public static func isSpace(_ character: UInt32) -> Bool {
        if character < 128 { return character == 32 || character &- 9 < 5 || character &- 0x1C < 4 }
        if character == 0x85 || character == 0xA0 { return true }
        return character >= 0x1680 && has(character, space)
    }

    @inline(__always) public static func isLineBreak(_ character: UInt32) -> Bool {
        if character < 128 { return character &- 10 < 4 || character &- 0x1C < 3 }
        return character == 0x85 || character == 0x2028 || character == 0x2029
    }

    @inline(__always) public static func isPrintable(_ character: UInt32) -> Bool {
        if character < 0x7F { return character >= 0x20 }
        return has(character, printable)
    }

    /// The value of a decimal digit, or -1.
    public static func decimalValue(_ character: UInt32) -> Int {
        if character < 128 { return character &- 48 < 10 ? Int(character &- 48) : -1 }
        return NumberText.decimalDigit(character) ?? -1
    }

    // MARK: Case

    public enum Mapping: Int { case lower, upper, title, fold }

    /// The mapping of one code point, where that is one.
    @inline(__always) static func mapped(_ character: UInt32, _ mapping: Mapping) -> UInt32? {
        if character < 128 {
            return mapping == .lower || mapping == .fold ? (character &- 65 < 26 ? character | 32 : character) : character &- 97 < 26 ? character & ~32 : character
        }
        let mapped = mappings.entry(character | UInt32(mapping.rawValue) << 21) { _, _ in }
        if mapped.pointee == 0 { mapped.pointee = find(character, mapping) }
        return mapped.pointee < severalCharacters ? mapped.pointee : nil
    }

    /// Appends the full mapping of one code point, without regard to its neighbours.
    public static func append(_ character: UInt32, _ mapping: Mapping, to builder: inout StringBuilder) {
        if let mapped = mapped(character, mapping) { builder.append(mapped); return }
        let several = Characters.several[Int(mappings.entry(character | UInt32(mapping.rawValue) << 21) { _, _ in }.pointee &- severalCharacters)]
        builder.append(several.0)
        builder.append(several.1)
        if several.2 != 0 { builder.append(several.2) }
    }

    /// What code points become under each mapping, as far as it was asked for (0 is not known yet): a code point or, from `severalCharacters` on, a place in `several`.
    nonisolated(unsafe) private static let mappings = CharacterTable<UInt32>(size: 4 << 21)
    private static let severalCharacters: UInt32 = 0x110000
    /// Two or three code points each.
    nonisolated(unsafe) private static var several: [(UInt32, UInt32, UInt32)] = []

    private static func find(_ character: UInt32, _ mapping: Mapping) -> UInt32 {
        var builder = StringBuilder()
        appendSlow(character, mapping, to: &builder)
        if builder.count == 1 { return builder[0] }
        several.append((builder[0], builder[1], builder.count > 2 ? builder[2] : 0))
        return severalCharacters + UInt32(several.count - 1)
    }

    private static func appendSlow(_ character: UInt32, _ mapping: Mapping, to builder: inout StringBuilder) {
        guard let scalar = Unicode.Scalar(character), isAssigned(scalar.properties) else { builder.append(character); return }
        let properties = scalar.properties
        // Their capitals came after Unicode 14.
        if character == 0x19B || character == 0x264 || character == 0xA7D3 || character == 0xA7D5 { builder.append(character); return }
        switch mapping {
        case .lower: for mapped in properties.lowercaseMapping.unicodeScalars { builder.append(mapped.value) }
        case .upper: for mapped in properties.uppercaseMapping.unicodeScalars { builder.append(mapped.value) }
        case .title: for mapped in properties.titlecaseMapping.unicodeScalars { builder.append(mapped.value) }
        case .fold:
            // Full case folding is the lower case of the upper case, but for Cherokee, whose folded form is the upper case, and two letters.
            switch character {
            case 0x131, 0x13A0 ... 0x13F5: builder.append(character)
            case 0x13F8 ... 0x13FD, 0xAB70 ... 0xABBF: for mapped in properties.uppercaseMapping.unicodeScalars { builder.append(mapped.value) }
            case 0x1E9E: builder.append("ss")
            default:
                for mapped in properties.uppercaseMapping.unicodeScalars {
                    for folded in mapped.properties.lowercaseMapping.unicodeScalars { builder.append(folded.value) }
                }
            }
        }
    }

    /// Appends the lower case of the character at `index`, a capital sigma at the end of a word as the final form.
    public static func appendLower(_ string: Units, _ index: Int, to builder: inout StringBuilder) {
        if string[index] == 0x3A3 {
            var before = index - 1
            while before >= 0 && has(string[before], caseIgnorable) { before -= 1 }
            var isFinal = before >= 0 && has(string[before], cased)
            if isFinal {
                var after = index + 1
                while after < string.count && has(string[after], caseIgnorable) { after += 1 }
                isFinal = after == string.count || !has(string[after], cased)
            }
            builder.append(isFinal ? 0x3C2 : 0x3C3)
            return
        }
        append(string[index], .lower, to: &builder)
    }
}
