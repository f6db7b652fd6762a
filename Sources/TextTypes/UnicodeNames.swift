import Objects

/// Names of characters, both ways: for `\N{…}`, `namereplace` and `unicodedata`.
///
/// A name's character is found through a sorted table of name hashes, made when the first name is looked up; names that follow from the code point (Hangul
/// syllables, ideographs) are computed.
public enum UnicodeNames {
    /// The character's own name; nil when it has none, or Unicode 14 lacks it.
    public static func name(_ character: UInt32) -> String? {
        guard let scalar = Unicode.Scalar(character) else { return nil }
        let properties = scalar.properties
        guard Characters.isAssigned(properties), let name = properties.name else { return nil }
        if isNameless(character) { return nil }
        return name
    }

    /// Ideographs of ranges that CPython's tables give no name to.
    private static func isNameless(_ character: UInt32) -> Bool { character >= 0x17000 && character <= 0x187F7 || character >= 0x18D00 && character <= 0x18D08 }

    /// The character of a name or (if `withAliases`) alias, in upper or lower case.
    public static func lookup(_ name: String, withAliases: Bool = true) -> UInt32? {
        let upper = uppercased(name)
        // These are known in capitals only.
        if let computed = lookupComputed(Array(name.utf8)) { return computed }
        let hash = hash(upper)
        let (hashes, characters) = index
        var low = 0
        var high = hashes.count
        while low < high {
            let middle = (low + high) / 2
            if hashes[middle] < hash { low = middle + 1 } else { high = middle }
        }
        while low < hashes.count && hashes[low] == hash {
            let character = characters[low]
            if self.name(character).map({ Array($0.utf8) == upper }) == true { return character }
            low += 1
        }
        return withAliases ? aliases[String(decoding: upper, as: UTF8.self)] : nil
    }

    /// The characters of a named sequence.
    public static func lookupSequence(_ name: String) -> [UInt32]? { sequences[String(decoding: uppercased(name), as: UTF8.self)] }

    private static func uppercased(_ name: String) -> [UInt8] { name.utf8.map { $0 &- 97 < 26 ? $0 & ~32 : $0 } }

    private static func hash(_ bytes: [UInt8]) -> UInt32 {
        var state: UInt32 = 2166136261
        for byte in bytes { state = (state ^ UInt32(byte)) &* 16777619 }
        return state
    }

    private static func isComputed(_ character: UInt32) -> Bool {
        switch character {
        case 0x3400 ... 0x4DBF, 0x4E00 ... 0x9FFF, 0xAC00 ... 0xD7A3, 0xF900 ... 0xFAD9, 0x17000 ... 0x187F7, 0x18D00 ... 0x18D08, 0x1B170 ... 0x1B2FB, 0x20000 ... 0x3134A: return true
        default: return false
        }
    }

    /// Names that end in the code point, and Hangul syllables.
    private static func lookupComputed(_ upper: [UInt8]) -> UInt32? {
        let text = String(decoding: upper, as: UTF8.self)
        if text.hasPrefix("HANGUL SYLLABLE ") {
            return hangul(Array(upper.dropFirst(16)))
        }
        for prefix in ["CJK UNIFIED IDEOGRAPH-", "CJK COMPATIBILITY IDEOGRAPH-", "TANGUT IDEOGRAPH-", "NUSHU CHARACTER-"] where text.hasPrefix(prefix) {
            let digits = text.utf8.dropFirst(prefix.utf8.count)
            guard digits.count == 4 || digits.count == 5, let character = UInt32(String(decoding: Array(digits), as: UTF8.self), radix: 16) else { return nil }
            guard let own = name(character), own.hasPrefix(prefix) else { return nil }
            return character
        }
        return nil
    }

    /// A syllable by the short names of its parts, of which each takes as much as it can: a consonant or none, a vowel, and a consonant or none.
    private static func hangul(_ letters: [UInt8]) -> UInt32? {
        var rest = letters[...]
        func take(_ names: [String]) -> UInt32? {
            var best: (index: Int, length: Int)?
            for (index, name) in names.enumerated() where rest.starts(with: name.utf8) && name.utf8.count > (best?.length ?? -1) { best = (index, name.utf8.count) }
            guard let best else { return nil }
            rest = rest.dropFirst(best.length)
            return UInt32(best.index)
        }
        guard let lead = take(hangulLeads), let vowel = take(hangulVowels), let tail = take(hangulTails), rest.isEmpty else { return nil }
        return 0xAC00 + (lead * UInt32(hangulVowels.count) + vowel) * UInt32(hangulTails.count) + tail
    }

    private static let hangulLeads = ["G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"]
    private static let hangulVowels = ["A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU", "YI", "I"]
    private static let hangulTails = ["", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S", "SS", "NG", "J", "C", "K", "T", "P", "H"]

    private static let index: ([UInt32], [UInt32]) = {
        var pairs: [UInt64] = []
        pairs.reserveCapacity(34000)
        for range in [UInt32(0x20) ... 0xD7FF, 0xE000 ... 0x1FFFF, 0xE0000 ... 0xE01FF] {
            for character in range where !isComputed(character) {
                guard let name = Unicode.Scalar(character)?.properties.name else { continue }
                pairs.append(UInt64(hash(Array(name.utf8))) << 32 | UInt64(character))
            }
        }
        pairs.sort()
        return (pairs.map { UInt32($0 >> 32) }, pairs.map { UInt32(truncatingIfNeeded: $0) })
    }()

    private static let aliases: [String: UInt32] = {
        var result: [String: UInt32] = [:]
        for line in "\(UnicodeAliases.aliases)".split(separator: "\n") {
            guard let space = line.firstIndex(of: " "), let character = UInt32(line[..<space], radix: 16) else { continue }
            result[String(line[line.index(after: space)...])] = character
        }
        return result
    }()

    private static let sequences: [String: [UInt32]] = {
        var result: [String: [UInt32]] = [:]
        for line in "\(UnicodeAliases.sequences)".split(separator: "\n") {
            guard let space = line.firstIndex(of: " ") else { continue }
            result[String(line[line.index(after: space)...])] = line[..<space].split(separator: "+").compactMap { UInt32($0, radix: 16) }
        }
        return result
    }()
}
