import Glibc
import NumberTypes
import Objects
import TextTypes

/// The module `unicodedata`: properties of characters in Unicode 14.0, and in 3.2 as IDNA wants them (`ucd_3_2_0`).
///
/// Tables made from CPython's own (`UnicodeTables`) are expanded on first use: a record number for each code point, and decompositions in order. Names and
/// numeric values come from Swift's standard library through `TextTypes`.
struct CharacterDatabase {
    struct Record {
        var category: Value
        var bidirectional: Value
        var width: Value
        var combining: Int
        var mirrored: Bool
    }

    struct Decomposition {
        /// Empty for a canonical one.
        var tag: Substring
        var characters: [UInt32]
    }

    // MARK: Tables

    nonisolated(unsafe) static let records: [Record] = parse(UnicodeTables.records).map { line in
        let parts = line.split(separator: ",", omittingEmptySubsequences: false)
        // Interned strings live for good.
        func text(_ part: Substring) -> Value { StringRef.intern(part == "-" ? "" : String(part)).value }
        return Record(category: text(parts[0]), bidirectional: text(parts[1]), width: text(parts[4]), combining: Int(parts[2]) ?? 0, mirrored: parts[3] == "1")
    }

    nonisolated(unsafe) private static let newest = expand(UnicodeTables.runs)
    nonisolated(unsafe) private static let ancient = expand(UnicodeTables.oldRuns)

    private static func parse(_ text: StaticString) -> [Substring] { "\(text)".split(whereSeparator: { $0 == " " || $0 == "\n" }) }

    private static func expand(_ runs: StaticString) -> UnsafeMutablePointer<UInt16> {
        let table = UnsafeMutablePointer<UInt16>.allocate(capacity: 0x110000)
        var place = 0
        var length = 0, number = 0
        let text = runs.utf8Start
        for index in 0 ... runs.utf8CodeUnitCount {
            let byte = index < runs.utf8CodeUnitCount ? text[index] : 32
            switch byte {
            case 48 ... 57: number = number * 36 + Int(byte) - 48
            case 97 ... 122: number = number * 36 + Int(byte) - 87
            case 44:
                length = number
                number = 0
            default:
                if length > 0 {
                    (table + place).update(repeating: UInt16(number), count: length)
                    place += length
                }
                length = 0
                number = 0
            }
        }
        return table
    }

    /// Code points in order, with their decompositions.
    private static let decompositions: (codes: [UInt32], parts: [Decomposition]) = {
        var codes: [UInt32] = []
        var parts: [Decomposition] = []
        var code: UInt32 = 0
        for entry in parse(UnicodeTables.decompositions) {
            let fields = entry.split(separator: ":", omittingEmptySubsequences: false)
            code += UInt32(fields[0], radix: 36) ?? 0
            codes.append(code)
            parts.append(Decomposition(tag: fields[1], characters: fields[2].split(separator: ",").compactMap { UInt32($0, radix: 36) }))
        }
        return (codes, parts)
    }()

    private static let compositions: [UInt64: UInt32] = {
        var result: [UInt64: UInt32] = [:]
        for (code, part) in zip(decompositions.codes, decompositions.parts) where part.tag == "+" {
            result[UInt64(part.characters[0]) << 32 | UInt64(part.characters[1])] = code
        }
        return result
    }()

    /// Characters that may combine with one before them.
    private static let followers = Set(compositions.keys.map { UInt32(truncatingIfNeeded: $0) })

    private static func follows(_ character: UInt32) -> Bool { character &- 0x1161 < 21 || character &- 0x11A8 < 27 || followers.contains(character) }

    /// What is known of each character of the newest version: the combining class, a bit for each form in which it may stand as it is whatever is before it (from bit 8 on),
    /// whether it may combine with one before it, and whether all this has been found out.
    nonisolated(unsafe) private static let traits = CharacterTable<UInt16>()
    private static let following: UInt16 = 1 << 12, isKnown: UInt16 = 1 << 15

    @inline(__always) private static func traits(_ character: UInt32) -> UInt16 {
        let entry = traits.entry(character) { _, _ in }
        if entry.pointee == 0 { entry.pointee = findTraits(character) }
        return entry.pointee
    }

    @inline(never) private static func findTraits(_ character: UInt32) -> UInt16 {
        let database = CharacterDatabase(old: false)
        var result = isKnown | UInt16(database.record(character).combining)
        if follows(character) { result |= following }
        for form in Form.allCases {
            var parts: [UInt32] = []
            database.decompose(character, form.isCompatible, &parts)
            if form.composes ? !follows(character) && database.normalize(parts, form) == [character] : parts == [character] { result |= form.mark }
        }
        return result
    }

    /// Whether a string is certainly in a form already: each character may stand as it is, and marks are in order of their classes.
    func isCertainly(_ string: StringRef, _ form: Form) -> Bool {
        if old { return false }
        let mark = form.mark
        var last: UInt16 = 0
        for index in 0 ..< string.count {
            let character = string[index]
            if character < 0x80 { last = 0; continue }
            let traits = CharacterDatabase.traits(character)
            if traits & mark == 0 { return false }
            let own = traits & 0xFF
            if own != 0 && own < last { return false }
            last = own
        }
        return true
    }

    private static let oldDecimals: [UInt32: Int] = {
        var result: [UInt32: Int] = [:]
        for entry in parse(UnicodeTables.oldDecimals) {
            let fields = entry.split(separator: ":")
            result[UInt32(fields[0], radix: 36) ?? 0] = Int(fields[1]) ?? -1
        }
        return result
    }()

    /// Canonical decompositions that were corrected after Unicode 3.2.
    private static let oldDecompositions: [UInt32: UInt32] = [0x2F868: 0x2136A, 0x2F874: 0x5F33, 0x2F91F: 0x43AB, 0x2F95F: 0x7AAE, 0x2F9BF: 0x4D57]

    // MARK: Properties

    /// Of Unicode 3.2.
    let old: Bool

    func record(_ character: UInt32) -> Record {
        CharacterDatabase.records[Int((old ? CharacterDatabase.ancient : CharacterDatabase.newest)[Int(character)])]
    }

    func isAssigned(_ character: UInt32) -> Bool { !StringRef(record(character).category).equals("Cn") }

    func decomposition(_ character: UInt32) -> Decomposition? {
        if character < 0xA0 || old && !isAssigned(character) { return nil }
        let codes = CharacterDatabase.decompositions.codes
        var low = 0
        var high = codes.count
        while low < high {
            let middle = (low + high) / 2
            if codes[middle] < character { low = middle + 1 } else { high = middle }
        }
        return low < codes.count && codes[low] == character ? CharacterDatabase.decompositions.parts[low] : nil
    }

    /// nil when it has none.
    func decimal(_ character: UInt32) -> Int? {
        if old {
            guard isAssigned(character) else { return nil }
            if let known = CharacterDatabase.oldDecimals[character] { return known < 0 ? nil : known }
        }
        let value = Characters.decimalValue(character)
        return value < 0 ? nil : value
    }

    /// The same in both versions, as CPython has it.
    func digit(_ character: UInt32) -> Int? {
        guard Characters.has(character, Characters.digit), let value = Unicode.Scalar(character)?.properties.numericValue else { return nil }
        return Int(value)
    }

    func numeric(_ character: UInt32) -> Double? {
        if old && !isAssigned(character) { return nil }
        guard Characters.has(character, Characters.numeric) else { return nil }
        return Unicode.Scalar(character)?.properties.numericValue
    }

    // MARK: Normalization

    enum Form: CaseIterable {
        case nfc, nfd, nfkc, nfkd

        init?(_ name: StringRef) {
            if name.equals("NFC") { self = .nfc } else if name.equals("NFD") { self = .nfd } else if name.equals("NFKC") { self = .nfkc } else if name.equals("NFKD") { self = .nfkd } else { return nil }
        }

        /// Its bit in a character's traits.
        var mark: UInt16 { 1 << (8 + (composes ? 1 : 0) + (isCompatible ? 2 : 0)) }

        /// The form that only decomposes.
        var decomposed: Form { isCompatible ? .nfkd : .nfd }

        var composes: Bool { self == .nfc || self == .nfkc }
        var isCompatible: Bool { self == .nfkc || self == .nfkd }
    }

    private func decompose(_ character: UInt32, _ compatible: Bool, _ result: inout [UInt32]) {
        if character >= 0xAC00 && character <= 0xD7A3 {
            let index = character - 0xAC00
            result.append(0x1100 + index / 588)
            result.append(0x1161 + index % 588 / 28)
            if index % 28 != 0 { result.append(0x11A7 + index % 28) }
            return
        }
        if old, let corrected = CharacterDatabase.oldDecompositions[character] { result.append(corrected); return }
        if let parts = decomposition(character), compatible || parts.tag.isEmpty || parts.tag == "+" {
            for part in parts.characters { decompose(part, compatible, &result) }
        } else {
            result.append(character)
        }
    }

    /// Full decompositions of the newest version, as far as they were asked for.
    nonisolated(unsafe) private static var wholes: [[UInt32]] = []
    /// For each character, and above all of them each for compatibility, one more than the place of its decomposition.
    nonisolated(unsafe) private static let places = CharacterTable<UInt32>(size: 2 << 21)

    private static func whole(_ character: UInt32, _ compatible: Bool) -> [UInt32] {
        let place = places.entry(character | (compatible ? 1 << 21 : 0)) { _, _ in }
        if place.pointee == 0 {
            var parts: [UInt32] = []
            CharacterDatabase(old: false).decompose(character, compatible, &parts)
            wholes.append(parts)
            place.pointee = UInt32(wholes.count)
        }
        return wholes[Int(place.pointee) - 1]
    }

    private func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first &- 0x1100 < 19 && second &- 0x1161 < 21 { return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28 }
        if first >= 0xAC00 && first <= 0xD7A3 && (first - 0xAC00) % 28 == 0 && second > 0x11A7 && second < 0x11C3 { return first + second - 0x11A7 }
        guard let composed = CharacterDatabase.compositions[UInt64(first) << 32 | UInt64(second)] else { return nil }
        return old && !isAssigned(composed) ? nil : composed
    }

    /// nil when memory is exhausted.
    func normalize(_ string: StringRef, _ form: Form) -> [UInt32]? {
        var characters: [UInt32] = []
        guard Heap.hasRoom(outside: string.count * 4) else { return nil }
        characters.reserveCapacity(string.count)
        let mark = form.decomposed.mark
        for index in 0 ..< string.count {
            // A character becomes 18 at most.
            if characters.capacity - characters.count < 20, !Heap.hasRoom(outside: characters.capacity * 8) { return nil }
            let character = string[index]
            if character < 0x80 || !old && CharacterDatabase.traits(character) & mark != 0 { characters.append(character) }
            else if old { decompose(character, form.isCompatible, &characters) }
            else { characters.append(contentsOf: CharacterDatabase.whole(character, form.isCompatible)) }
        }
        // The classes, and the result as it grows.
        guard Heap.hasRoom(outside: characters.count * 20) else { return nil }
        return normalize(characters, form)
    }

    /// The newest version's: marks are ordered by it in forms of version 3.2 too.
    @inline(__always) private func combiningClass(_ character: UInt32) -> Int {
        character < 0x300 ? 0 : CharacterDatabase.records[Int(CharacterDatabase.newest[Int(character)])].combining
    }

    /// Decomposed characters, ordered and, where the form wants it, composed.
    private func normalize(_ decomposed: [UInt32], _ form: Form) -> [UInt32] {
        var characters = decomposed
        var combining = characters.map { combiningClass($0) }
        // Each run of combining marks in order of class, equal ones as they are.
        var start = 0
        while start < characters.count {
            if combining[start] == 0 { start += 1; continue }
            var end = start
            while end < characters.count && combining[end] != 0 { end += 1 }
            if end - start > 1 {
                let order = (start ..< end).sorted { combining[$0] != combining[$1] ? combining[$0] < combining[$1] : $0 < $1 }
                let sorted = order.map { (characters[$0], combining[$0]) }
                for (offset, pair) in sorted.enumerated() { (characters[start + offset], combining[start + offset]) = pair }
            }
            start = end
        }
        guard form.composes, !characters.isEmpty else { return characters }
        var result = [characters[0]]
        var starter = 0
        // With a mark at the very start nothing combines until the first starter.
        var last = combining[0] == 0 ? 0 : 256
        for index in 1 ..< max(characters.count, 1) {
            let character = characters[index], own = combining[index]
            if last < own || last == 0, old || CharacterDatabase.traits(character) & CharacterDatabase.following != 0, let composed = compose(result[starter], character) {
                result[starter] = composed
                continue
            }
            if own == 0 { starter = result.count }
            last = own
            result.append(character)
        }
        return result
    }
}

enum Unicodedata {
    nonisolated(unsafe) private static var type: NativeType!

    static func register() {
        NativeModule.register("unicodedata", doc: "Properties of characters, names and normal forms, from version 14.0.0 of the Unicode Character Database.\n", functions: functions) { module in
            type = NativeType("UCD", module: "unicodedata", size: 16, flags: .noInstantiation, methods: methods, getters: [
                Getter("unidata_version", isMember: true) { thread, _, _ in thread.newString("3.2.0") },
            ])
            module.add(type)
            module.set("unidata_version", "14.0.0")
            module.set("ucd_3_2_0", type.allocate(module.thread, size: 16))
            return true
        }
    }

    private static func character(_ thread: ThreadRef, _ value: Value, _ function: StaticString) -> UInt32? {
        if value.isString && StringRef(value).count == 1 { return StringRef(value)[0] }
        let several = function == "name" || function == "decimal" || function == "digit" || function == "numeric"
        thread.raise(.typeError, "\(function)() argument \(several ? "1 " : "")must be a unicode character, not \(value.type.name)")
        return nil
    }

    private static func orDefault(_ thread: ThreadRef, _ value: Value, _ fallback: Value, _ message: StaticString) -> Value {
        if !value.isEmpty { return value }
        return fallback.isEmpty ? thread.raise(.valueError, "\(message)") : fallback
    }

    // The functions, of a database: `a` begins with the character.

    private static func decimal(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "decimal") else { return .empty }
        return orDefault(thread, database.decimal(character).map { Value(small: $0) } ?? .empty, a[1], "not a decimal")
    }

    private static func digit(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "digit") else { return .empty }
        return orDefault(thread, database.digit(character).map { Value(small: $0) } ?? .empty, a[1], "not a digit")
    }

    private static func numeric(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "numeric") else { return .empty }
        return orDefault(thread, database.numeric(character).map { thread.newFloat($0) } ?? .empty, a[1], "not a numeric character")
    }

    private static func name(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "name") else { return .empty }
        let known = !database.old || database.isAssigned(character)
        return orDefault(thread, known ? UnicodeNames.name(character).map { thread.newString($0) } ?? .empty : .empty, a[1], "no such name")
    }

    private static func lookup(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        let source = a[0].isString ? thread.encode(a[0]) : a[0]
        if source.isEmpty { return .empty }
        return thread.withBuffer(source) { bytes, count in
            if count > 256 { return thread.raise(.keyError, "name too long") }
            let name = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
            if let character = UnicodeNames.lookup(name, withAliases: !database.old), !database.old || database.isAssigned(character) { return thread.newString(character: character) }
            if !database.old, let sequence = UnicodeNames.lookupSequence(name) { return thread.newString(codePoints: sequence) }
            return thread.raise(.keyError, "undefined character name '\(name)'")
        }
    }

    private static func category(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "category") else { return .empty }
        return database.record(character).category
    }

    private static func bidirectional(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "bidirectional") else { return .empty }
        return database.record(character).bidirectional
    }

    private static func combining(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "combining") else { return .empty }
        return Value(small: database.record(character).combining)
    }

    private static func mirrored(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "mirrored") else { return .empty }
        return Value(small: database.record(character).mirrored ? 1 : 0)
    }

    private static func width(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "east_asian_width") else { return .empty }
        return database.record(character).width
    }

    private static func decomposition(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase) -> Value {
        guard let character = character(thread, a[0], "decomposition") else { return .empty }
        guard let parts = database.decomposition(character) else { return WellKnown.emptyString.value }
        var texts = parts.tag.isEmpty || parts.tag == "+" ? [] : ["<\(parts.tag)>"]
        for part in parts.characters {
            let digits = String(part, radix: 16, uppercase: true)
            texts.append(String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits)
        }
        return thread.newString(texts.joined(separator: " "))
    }

    private static func normalize(_ thread: ThreadRef, _ a: Arguments, _ database: CharacterDatabase, test: Bool) -> Value {
        let function = test ? "is_normalized" : "normalize"
        for index in 0 ..< 2 where !a[index].isString {
            return thread.raise(.typeError, "\(function)() argument \(index + 1) must be str, not \(a[index].argumentTypeName)")
        }
        let string = StringRef(a[1])
        let unchanged = { test ? Value.true : string.value.isExact(.str) ? string.value : thread.substring(string, 0, string.count) }
        if string.count == 0 { return unchanged() }
        guard let form = CharacterDatabase.Form(StringRef(a[0])) else { return thread.raise(.valueError, "invalid normalization form") }
        if string.isASCII || form == .nfc && string.width == 1 || database.isCertainly(string, form) { return unchanged() }
        guard let characters = database.normalize(string, form) else { return thread.raiseOutOfMemory() }
        var same = characters.count == string.count
        if same { for index in 0 ..< characters.count where characters[index] != string[index] { same = false; break } }
        if same { return unchanged() }
        return test ? .false : thread.newString(codePoints: characters)
    }

    private static let newest = CharacterDatabase(old: false)
    private static let ancient = CharacterDatabase(old: true)

    private static let functions: [Def] = [
        Def("decimal(chr, default=None, /)", .pure, "The decimal digit that a character is, as an int. Without one: the default, or ValueError.") { thread, a, _ in Unicodedata.decimal(thread, a, Unicodedata.newest) },
        Def("digit(chr, default=None, /)", .pure, "The digit that a character is, as an int; superscripts count. Without one: the default, or ValueError.") { thread, a, _ in Unicodedata.digit(thread, a, Unicodedata.newest) },
        Def("numeric(chr, default=None, /)", .pure, "The number that a character means, as a float. Without one: the default, or ValueError.") { thread, a, _ in Unicodedata.numeric(thread, a, Unicodedata.newest) },
        Def("name(chr, default=None, /)", .pure, "The name of a character. Without one: the default, or ValueError.") { thread, a, _ in Unicodedata.name(thread, a, Unicodedata.newest) },
        Def("lookup(name, /)", .pure, "The character of a name; KeyError where there is none.") { thread, a, _ in Unicodedata.lookup(thread, a, Unicodedata.newest) },
        Def("category(chr, /)", .pure, "The general category of a character.") { thread, a, _ in Unicodedata.category(thread, a, Unicodedata.newest) },
        Def("bidirectional(chr, /)", .pure, "The class of a character in bidirectional text, or an empty string.") { thread, a, _ in Unicodedata.bidirectional(thread, a, Unicodedata.newest) },
        Def("combining(chr, /)", .pure, "The canonical combining class of a character; 0 is none.") { thread, a, _ in Unicodedata.combining(thread, a, Unicodedata.newest) },
        Def("mirrored(chr, /)", .pure, "Whether a character is mirrored in text from right to left: 1 or 0.") { thread, a, _ in Unicodedata.mirrored(thread, a, Unicodedata.newest) },
        Def("east_asian_width(chr, /)", .pure, "The east Asian width of a character.") { thread, a, _ in Unicodedata.width(thread, a, Unicodedata.newest) },
        Def("decomposition(chr, /)", .pure, "What a character decomposes into, as code points in hexadecimal after the kind, or an empty string.") { thread, a, _ in Unicodedata.decomposition(thread, a, Unicodedata.newest) },
        Def("normalize(form, unistr, /)", .pure, "A string in one of the normal forms 'NFC', 'NFKC', 'NFD' and 'NFKD'.") { thread, a, _ in Unicodedata.normalize(thread, a, Unicodedata.newest, test: false) },
        Def("is_normalized(form, unistr, /)", .pure, "Whether a string is in one of the normal forms 'NFC', 'NFKC', 'NFD' and 'NFKD'.") { thread, a, _ in Unicodedata.normalize(thread, a, Unicodedata.newest, test: true) },
    ]

    private static let methods: [Def] = [
        Def("decimal(self, chr, default=None, /)", .pure) { thread, a, _ in Unicodedata.decimal(thread, a + 1, Unicodedata.ancient) },
        Def("digit(self, chr, default=None, /)", .pure) { thread, a, _ in Unicodedata.digit(thread, a + 1, Unicodedata.ancient) },
        Def("numeric(self, chr, default=None, /)", .pure) { thread, a, _ in Unicodedata.numeric(thread, a + 1, Unicodedata.ancient) },
        Def("name(self, chr, default=None, /)", .pure) { thread, a, _ in Unicodedata.name(thread, a + 1, Unicodedata.ancient) },
        Def("lookup(self, name, /)", .pure) { thread, a, _ in Unicodedata.lookup(thread, a + 1, Unicodedata.ancient) },
        Def("category(self, chr, /)", .pure) { thread, a, _ in Unicodedata.category(thread, a + 1, Unicodedata.ancient) },
        Def("bidirectional(self, chr, /)", .pure) { thread, a, _ in Unicodedata.bidirectional(thread, a + 1, Unicodedata.ancient) },
        Def("combining(self, chr, /)", .pure) { thread, a, _ in Unicodedata.combining(thread, a + 1, Unicodedata.ancient) },
        Def("mirrored(self, chr, /)", .pure) { thread, a, _ in Unicodedata.mirrored(thread, a + 1, Unicodedata.ancient) },
        Def("east_asian_width(self, chr, /)", .pure) { thread, a, _ in Unicodedata.width(thread, a + 1, Unicodedata.ancient) },
        Def("decomposition(self, chr, /)", .pure) { thread, a, _ in Unicodedata.decomposition(thread, a + 1, Unicodedata.ancient) },
        Def("normalize(self, form, unistr, /)", .pure) { thread, a, _ in Unicodedata.normalize(thread, a + 1, Unicodedata.ancient, test: false) },
        Def("is_normalized(self, form, unistr, /)", .pure) { thread, a, _ in Unicodedata.normalize(thread, a + 1, Unicodedata.ancient, test: true) },
    ]
}

private func == (a: StaticString, b: StaticString) -> Bool {
    a.utf8CodeUnitCount == b.utf8CodeUnitCount && memcmp(a.utf8Start, b.utf8Start, a.utf8CodeUnitCount) == 0
}
