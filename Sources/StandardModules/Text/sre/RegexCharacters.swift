import Glibc

/// What regular expressions know of characters: categories and case.
///
/// Latin-1 is decided by arithmetic, so that importing `re` touches no tables. Of the rest a page of 256 characters is filled from the Unicode
/// tables of Swift's standard library when it is first asked about. Characters newer than Unicode 14 count as unassigned, as in
/// CPython 3.11. Pages are never freed.
enum RegexCharacters {
    static let word: UInt8 = 1
    static let digit: UInt8 = 2
    static let space: UInt8 = 4
    static let lineBreak: UInt8 = 8

    struct Page {
        var classes: UnsafeMutablePointer<UInt8>
        var lower: UnsafeMutablePointer<UInt32>
        var upper: UnsafeMutablePointer<UInt32>
    }

    nonisolated(unsafe) private static let pages: UnsafeMutablePointer<Page?> = {
        let table = UnsafeMutablePointer<Page?>.allocate(capacity: 0x1100)
        table.initialize(repeating: nil, count: 0x1100)
        return table
    }()

    @inline(__always) private static func page(_ character: UInt32) -> Page {
        if let page = pages[Int(character >> 8)] { return page }
        return fill(character >> 8)
    }

    @inline(never) private static func fill(_ number: UInt32) -> Page {
        let page = Page(classes: .allocate(capacity: 256), lower: .allocate(capacity: 256), upper: .allocate(capacity: 256))
        for index in 0 ..< 256 {
            let character = number << 8 + UInt32(index)
            var classes: UInt8 = 0
            var lower = character, upper = character
            switch character {
            case 0x1680, 0x2000 ... 0x200A, 0x202F, 0x205F, 0x3000: classes = space
            case 0x2028, 0x2029: classes = space | lineBreak
            default: break
            }
            if let scalar = Unicode.Scalar(character), let age = scalar.properties.age, age.major <= 14 {
                let properties = scalar.properties
                switch properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter:
                    classes |= word
                case .modifierLetter, .otherLetter: classes |= word
                case .decimalNumber: classes |= word | digit
                default: if properties.numericType != nil { classes |= word }
                }
                if properties.changesWhenLowercased { lower = assigned(properties.lowercaseMapping, character) }
                if properties.changesWhenUppercased { upper = assigned(properties.uppercaseMapping, character) }
            }
            page.classes[index] = classes
            page.lower[index] = lower
            page.upper[index] = upper
        }
        pages[Int(number)] = page
        return page
    }

    /// The first character of a mapping, which is what case-insensitive matching goes by.
    private static func assigned(_ mapping: String, _ character: UInt32) -> UInt32 {
        guard let first = mapping.unicodeScalars.first, let age = first.properties.age, age.major <= 14 else { return character }
        return first.value
    }

    // MARK: Categories

    @inline(__always) static func isASCIIWord(_ c: UInt32) -> Bool { c &- 48 < 10 || (c | 32) &- 97 < 26 || c == 95 }

    @inline(__always) static func isWord(_ c: UInt32) -> Bool {
        if c < 128 { return isASCIIWord(c) }
        if c < 256 { return c >= 0xC0 ? c != 0xD7 && c != 0xF7 : c == 0xAA || c == 0xB2 || c == 0xB3 || c == 0xB5 || c == 0xB9 || c == 0xBA || c &- 0xBC < 3 }
        return c < 0x110000 && page(c).classes[Int(c & 255)] & word != 0
    }

    static func isDigit(_ c: UInt32) -> Bool {
        if c < 256 { return c &- 48 < 10 }
        return c < 0x110000 && page(c).classes[Int(c & 255)] & digit != 0
    }

    static func isSpace(_ c: UInt32) -> Bool {
        if c < 256 { return c &- 9 < 5 || c &- 0x1C < 5 || c == 0x85 || c == 0xA0 }
        return c < 0x110000 && page(c).classes[Int(c & 255)] & space != 0
    }

    static func isLineBreak(_ c: UInt32) -> Bool { c &- 10 < 4 || c &- 0x1C < 3 || c == 0x85 || c == 0x2028 || c == 0x2029 }

    static func isLocaleWord(_ c: UInt32) -> Bool { c < 256 && (isalnum(Int32(c)) != 0 || c == 95) }

    // MARK: Case

    static func asciiLower(_ c: UInt32) -> UInt32 { c &- 65 < 26 ? c | 32 : c }

    static func unicodeLower(_ c: UInt32) -> UInt32 {
        if c < 128 { return asciiLower(c) }
        if c < 256 { return c &- 0xC0 < 31 && c != 0xD7 ? c + 32 : c }
        return c < 0x110000 ? page(c).lower[Int(c & 255)] : c
    }

    static func unicodeUpper(_ c: UInt32) -> UInt32 {
        if c < 128 { return c &- 97 < 26 ? c & ~32 : c }
        if c < 256 {
            if c >= 0xE0 { return c == 0xF7 ? c : c == 0xFF ? 0x178 : c - 32 }
            return c == 0xB5 ? 0x39C : c == 0xDF ? 0x53 : c
        }
        return c < 0x110000 ? page(c).upper[Int(c & 255)] : c
    }

    static func localeLower(_ c: UInt32) -> UInt32 { c < 256 ? UInt32(bitPattern: tolower(Int32(c))) : c }
    static func localeUpper(_ c: UInt32) -> UInt32 { c < 256 ? UInt32(bitPattern: toupper(Int32(c))) : c }

    /// 256 bytes, 1 for word characters of Unicode in Latin-1; the second half for ASCII's.
    nonisolated(unsafe) static let wordTables: UnsafeMutablePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 512)
        for c in 0 ..< 256 {
            table[c] = isWord(UInt32(c)) ? 1 : 0
            table[c + 256] = isASCIIWord(UInt32(c)) ? 1 : 0
        }
        return table
    }()
}
