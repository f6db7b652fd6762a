import Glibc
import Objects

/// UTF-8. Nearly all input is well formed: its characters are counted in one pass, word by word and without a look at what they are, and decoded in a second straight into the string, which finds out whether it was.
/// Only malformed input is measured byte by byte and takes the way through a `Decoding`.
public enum UTF8Codec {
    /// Bytes at the start that are well formed, with the number of characters in them and the largest (by width class).
    static func measure(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> (end: Int, characters: Int, maximum: UInt32) {
        var index = start
        // Bytes that are not the first of their character.
        var following = 0
        var highest: UInt32 = 0
        let raw = UnsafeRawPointer(bytes)
        scan: while index < count {
            while index &+ 32 <= count, isASCII(raw + index, words: 4) { index &+= 32 }
            while index &+ 8 <= count {
                let run = leadingASCII(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index &+= run
                if run < 8 { break }
            }
            while index < count, bytes[index] < 0x80 { index &+= 1 }
            while index < count, case let first = bytes[index], first >= 0x80 {
                let length = sequence(bytes, index, count)
                if length <= 0 { break scan }
                // Two-byte sequences up to C3 are Latin-1, three bytes the rest of the first plane.
                highest = max(highest, length == 2 ? (first < 0xC4 ? 0xFF : 0x7FF) : length == 3 ? 0xFFFF : 0x10FFFF)
                index &+= length
                following &+= length &- 1
            }
        }
        return (index, index &- start &- following, highest)
    }

    /// How many of eight bytes, from the first, are ASCII.
    @inline(__always) private static func leadingASCII(_ bytes: UInt64) -> Int { (bytes & 0x8080_8080_8080_8080).trailingZeroBitCount >> 3 }

    /// Whether some words of eight bytes are ASCII.
    @inline(__always) private static func isASCII(_ bytes: UnsafeRawPointer, words: Int) -> Bool {
        var all: UInt64 = 0
        for word in 0 ..< words { all |= bytes.loadUnaligned(fromByteOffset: word &* 8, as: UInt64.self) }
        return all & 0x8080_8080_8080_8080 == 0
    }

    /// Length of the well-formed sequence of two bytes or more at `index`; 0 when the input ends within it; else minus the number of bytes that are
    /// wrong together.
    @inline(__always) static func sequence(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int {
        let first = bytes[index]
        if first < 0xC2 || first > 0xF4 { return -4 }
        if index + 1 >= count { return 0 }
        let second = bytes[index + 1]
        if second & 0xC0 != 0x80 { return -1 }
        if first < 0xE0 { return 2 }
        if first == 0xE0 && second < 0xA0 || first == 0xED && second >= 0xA0 || first == 0xF0 && second < 0x90 || first == 0xF4 && second >= 0x90 { return -1 }
        if index + 2 >= count { return 0 }
        if bytes[index + 2] & 0xC0 != 0x80 { return -2 }
        if first < 0xF0 { return 3 }
        if index + 3 >= count { return 0 }
        return bytes[index + 3] & 0xC0 == 0x80 ? 4 : -3
    }

    @inline(__always) static func character(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
        let first = UInt32(bytes[0]), second = UInt32(bytes[1]) & 63
        if length == 2 { return (first & 31) << 6 | second }
        if length == 3 { return (first & 15) << 12 | second << 6 | UInt32(bytes[2]) & 63 }
        return (first & 7) << 18 | second << 12 | (UInt32(bytes[2]) & 63) << 6 | UInt32(bytes[3]) & 63
    }

    /// Decodes; an incomplete sequence at the end is left alone unless `final`.
    public static func decode(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, final: Bool, _ consumed: inout Int) -> Value {
        let plain = leadingASCII(bytes, count)
        if plain == count {
            consumed = count
            return well(thread, bytes, count, count, 0)
        }
        // An incomplete sequence at the end is left out at once. What is not text at all takes four times as much memory in vain, so of very much it is found out first.
        let whole = final ? count : complete(bytes, count)
        if whole > plain, whole < 1 << 26, let found = supposed(thread, bytes, whole, plain) {
            consumed = whole
            return found
        }
        let (end, characters, maximum) = measure(bytes, 0, count)
        if end == count || (!final && sequence(bytes, end, count) == 0) {
            consumed = end
            return well(thread, bytes, end, characters, maximum)
        }
        var decoding = Decoding(thread, bytes, count, "utf-8", errors)
        while decoding.position < decoding.count {
            let position = decoding.position
            let first = decoding.bytes[position]
            if first < 0x80 {
                decoding.builder.append(UInt32(first))
                decoding.position = position + 1
                continue
            }
            let length = sequence(decoding.bytes, position, decoding.count)
            if length > 0 {
                decoding.builder.append(character(decoding.bytes + position, length))
                decoding.position = position + length
            } else if length == 0 {
                if !final { break }
                guard decoding.fail(position, decoding.count, "unexpected end of data") else { return .empty }
            } else if length == -4 {
                guard decoding.fail(position, position + 1, "invalid start byte") else { return .empty }
            } else if !final && first == 0xED && decoding.count - position == 2 && decoding.bytes[position + 1] >= 0xA0 && decoding.bytes[position + 1] <= 0xBF {
                // Two bytes of a surrogate: with the third, the error handler may make something of them.
                break
            } else {
                guard decoding.fail(position, position - length, "invalid continuation byte") else { return .empty }
            }
        }
        consumed = decoding.position
        return decoding.builder.finish(thread)
    }

    private static func well(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ end: Int, _ characters: Int, _ maximum: UInt32) -> Value {
        if characters == 0 { return WellKnown.emptyString.value }
        if maximum == 0 {
            if characters == 1 { return taipan_latin1()[Int(bytes[0])] }
            guard let result = StringRef.allocate(count: characters, width: 1, ascii: true) else { return thread.raiseOutOfMemory() }
            memcpy(result.units, bytes, characters)
            return result.value
        }
        if characters == 1 { return thread.newString(character: character(bytes, end)) }
        let result = thread.newString(count: characters, maximum: maximum)
        if result.isEmpty { return .empty }
        _ = fill(StringRef(result), characters, bytes, end)
        return result
    }

    /// The string of bytes that are well-formed if they are what they seem, the first `plain` being ASCII. nil when they are not, or are one character alone; empty when it has raised.
    private static func supposed(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ end: Int, _ plain: Int) -> Value? {
        let rest = count(bytes, plain, end), characters = plain + rest.characters
        if characters < 2 { return nil }
        let result = thread.newString(count: characters, maximum: rest.maximum)
        if result.isEmpty { return result }
        return fill(StringRef(result), characters, bytes, end) ? result : nil
    }

    /// How many bytes, from the first, are ASCII.
    private static func leadingASCII(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let raw = UnsafeRawPointer(bytes)
        var index = 0
        while index &+ 32 <= count, isASCII(raw + index, words: 4) { index &+= 32 }
        while index &+ 8 <= count {
            let run = leadingASCII(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            index &+= run
            if run < 8 { return index }
        }
        while index < count, bytes[index] < 0x80 { index &+= 1 }
        return index
    }

    /// How many bytes remain when a sequence that the end cuts off is left out.
    private static func complete(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        var start = count - 1
        while start > 0, start > count - 4, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        return bytes[start] >= 0xC0 && sequence(bytes, start, count) == 0 ? start : count
    }

    /// Bytes that do not continue a character, and the largest that they may begin (by width class). Eight bytes at a time, without a branch: text in which some letters are not ASCII makes every branch a guess.
    private static func count(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> (characters: Int, maximum: UInt32) {
        let raw = UnsafeRawPointer(bytes)
        var index = start
        var following = 0
        // Bit 7 of a byte: it begins a character beyond Latin-1, and beyond the first plane.
        var wide: UInt64 = 0, wider: UInt64 = 0
        /// The bytes that continue a character, as bit 0 of each.
        func look(_ word: UInt64) -> UInt64 {
            let high = word & 0x8080_8080_8080_8080, begins = high & word << 1
            wide |= begins & (word << 2 | word << 3 | word << 4 | word << 5)
            wider |= begins & word << 2 & word << 3
            return (high ^ begins) >> 7
        }
        while index &+ 8 <= end {
            // A byte of the sum holds 255.
            let limit = min(end &- 8, index &+ 254 * 8)
            var sum: UInt64 = 0
            while index <= limit {
                sum &+= look(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                index &+= 8
            }
            let pairs = (sum & 0x00FF_00FF_00FF_00FF) &+ (sum >> 8 & 0x00FF_00FF_00FF_00FF)
            following &+= Int((pairs &* 0x0001_0001_0001_0001) >> 48)
        }
        if index < end {
            var word: UInt64 = 0
            if end >= 8 {
                word = raw.loadUnaligned(fromByteOffset: end &- 8, as: UInt64.self) >> UInt64((8 &- (end &- index)) &* 8)
            } else {
                for place in index ..< end { word |= UInt64(bytes[place]) << UInt64((place &- index) &* 8) }
            }
            following &+= Int((look(word) &* 0x0101_0101_0101_0101) >> 56)
        }
        return (end &- start &- following, wider != 0 ? 0x10FFFF : wide != 0 ? 0xFFFF : 0xFF)
    }

    /// Decodes into a new string, whose characters are as many as bytes that begin one. False for malformed input.
    private static func fill(_ string: StringRef, _ characters: Int, _ bytes: UnsafePointer<UInt8>, _ end: Int) -> Bool {
        switch string.width {
        case 1: fill(string.units1, characters, bytes, end)
        case 2: fill(string.units2, characters, bytes, end)
        default: fill(string.units4, characters, bytes, end)
        }
    }

    /// Sixteen bytes are widened together, or else eight, and as many taken as are ASCII; what the others made is written over. No more is written than there is room for, whatever the bytes are: each character
    /// that is taken begins with a byte that was counted.
    @inline(__always) private static func fill<U: FixedWidthInteger & UnsignedInteger & SIMDScalar>(_ target: UnsafeMutablePointer<U>, _ characters: Int, _ bytes: UnsafePointer<UInt8>, _ end: Int) -> Bool {
        let raw = UnsafeRawPointer(bytes)
        var index = 0
        var place = 0
        while index < end {
            if index &+ 16 <= end && place &+ 16 <= characters {
                let narrow = raw.loadUnaligned(fromByteOffset: index, as: SIMD16<UInt8>.self)
                UnsafeMutableRawPointer(target + place).storeBytes(of: SIMD16<U>(truncatingIfNeeded: narrow), as: SIMD16<U>.self)
                if isASCII(raw + index, words: 2) {
                    index &+= 16
                    place &+= 16
                    continue
                }
                let first = leadingASCII(raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let second = leadingASCII(raw.loadUnaligned(fromByteOffset: index &+ 8, as: UInt64.self))
                let run = first == 8 ? 8 &+ second : first
                index &+= run
                place &+= run
            } else if index &+ 8 <= end && place &+ 8 <= characters {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                UnsafeMutableRawPointer(target + place).storeBytes(of: SIMD8<U>(truncatingIfNeeded: unsafeBitCast(word, to: SIMD8<UInt8>.self)), as: SIMD8<U>.self)
                let run = leadingASCII(word)
                index &+= run
                place &+= run
                if run == 8 { continue }
            } else if bytes[index] < 0x80 {
                target[place] = U(truncatingIfNeeded: bytes[index])
                index &+= 1
                place &+= 1
                continue
            }
            repeat {
                let length = sequence(bytes, index, end)
                if length <= 0 { return false }
                target[place] = U(truncatingIfNeeded: character(bytes + index, length))
                index &+= length
                place &+= 1
            } while index < end && bytes[index] >= 0x80
        }
        return true
    }

    /// Bytes of a string's UTF-8; nil when one of the characters is a surrogate.
    public static func size(of string: StringRef) -> Int? {
        switch string.width {
        case 1: return string.isASCII ? string.count : measure(string.units1, string.count)
        case 2: return measure(string.units2, string.count)
        default: return measure(string.units4, string.count)
        }
    }

    /// Writes the UTF-8 of a string without surrogates, as many bytes as `size` says.
    public static func write(_ string: StringRef, to target: UnsafeMutablePointer<UInt8>) {
        switch string.width {
        case 1: write(string.units1, string.count, target)
        case 2: write(string.units2, string.count, target)
        default: write(string.units4, string.count, target)
        }
    }

    @inline(__always) private static func measure<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafeMutablePointer<U>, _ count: Int) -> Int? {
        var size = count
        for index in 0 ..< count {
            let character = UInt32(truncatingIfNeeded: units[index])
            if character < 0x80 { continue }
            size &+= 1
            if character < 0x800 { continue }
            if character & 0xFFFF_F800 == 0xD800 { return nil }
            size &+= character < 0x10000 ? 1 : 2
        }
        return size
    }

    @inline(__always) private static func write<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafeMutablePointer<U>, _ count: Int, _ start: UnsafeMutablePointer<UInt8>) {
        var target = start
        for index in 0 ..< count {
            let character = UInt32(truncatingIfNeeded: units[index])
            if character < 0x80 {
                target[0] = UInt8(truncatingIfNeeded: character)
                target += 1
                continue
            }
            let last = UInt8(truncatingIfNeeded: 0x80 | character & 0x3F)
            if character < 0x800 {
                target[0] = UInt8(truncatingIfNeeded: 0xC0 | character >> 6)
                target[1] = last
                target += 2
                continue
            }
            if character < 0x10000 {
                target[0] = UInt8(truncatingIfNeeded: 0xE0 | character >> 12)
                target += 1
            } else {
                target[0] = UInt8(truncatingIfNeeded: 0xF0 | character >> 18)
                target[1] = UInt8(truncatingIfNeeded: 0x80 | character >> 12 & 0x3F)
                target += 2
            }
            target[0] = UInt8(truncatingIfNeeded: 0x80 | character >> 6 & 0x3F)
            target[1] = last
            target += 2
        }
    }

    public static func encode(_ thread: ThreadRef, _ string: Value, _ errors: Value) -> Value {
        let source = StringRef(string)
        if source.isASCII { return source.count == 1 ? BytesType.single(source.units1[0]) : thread.newBytes(source.units, source.count) }
        if let size = size(of: source) {
            let whole = thread.newBytes(count: size)
            if !whole.isEmpty { write(source, to: BytesRef(whole).bytes) }
            return whole
        }
        var encoding = Encoding(thread, string, "utf-8", errors, includesASCII: true)
        let units = encoding.units
        while encoding.position < units.count {
            let position = encoding.position
            let character = units[position]
            if character & 0xFFFF_F800 != 0xD800 {
                encoding.bytes.append(utf8: character)
                encoding.position = position &+ 1
                continue
            }
            var end = position + 1
            while end < units.count && units[end] & 0xFFFF_F800 == 0xD800 { end += 1 }
            var replacement = Value.empty
            guard encoding.fail(position, end, "surrogates not allowed", &replacement) else { return .empty }
            if !replacement.isEmpty {
                guard StringRef(replacement).isASCII else { encoding.raise(position, end, "surrogates not allowed"); return .empty }
                encoding.bytes.append(StringRef(replacement).units, StringRef(replacement).count)
            }
        }
        return encoding.bytes.finish(thread)
    }
}

/// ASCII, Latin-1 and character maps: one byte a character.
enum ByteCodecs {
    static func decodeASCII(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value) -> Value {
        if Units.isASCII(bytes, count) { return Units(UnsafeMutablePointer(mutating: bytes), count).string(thread) }
        var decoding = Decoding(thread, bytes, count, "ascii", errors)
        // Where none is left out and none escaped, there are as many characters as bytes.
        decoding.builder.reserve(count)
        while decoding.position < decoding.count {
            let position = decoding.position
            if decoding.bytes[position] < 128 {
                var end = position + 1
                while end < decoding.count && decoding.bytes[end] < 128 { end &+= 1 }
                decoding.builder.append(latin1: decoding.bytes + position, end - position)
                decoding.position = end
            } else if decoding.policy == .replace || decoding.policy == .surrogateEscape || decoding.policy == .ignore {
                var end = position + 1
                while end < decoding.count && decoding.bytes[end] >= 128 { end &+= 1 }
                if decoding.policy == .replace { decoding.builder.append(0xFFFD, times: end - position) }
                else if decoding.policy == .surrogateEscape { for index in position ..< end { decoding.builder.append(0xDC00 + UInt32(decoding.bytes[index])) } }
                decoding.position = end
            } else {
                guard decoding.fail(position, position + 1, "ordinal not in range(128)") else { return .empty }
            }
        }
        return decoding.builder.finish(thread)
    }

    static func encode(_ thread: ThreadRef, _ string: Value, _ errors: Value, limit: UInt32, _ name: StaticString, _ reason: StaticString) -> Value {
        let source = StringRef(string)
        if source.isASCII || limit == 256 && source.width == 1 { return source.count == 1 ? BytesType.single(source.units1[0]) : thread.newBytes(source.units, source.count) }
        var encoding = Encoding(thread, string, name, errors, includesASCII: true)
        let units = encoding.units
        while encoding.position < units.count {
            let position = encoding.position
            let plain = run(units, position, limit, below: true)
            if plain > position {
                encoding.bytes.append(units: units.base + position * units.width, units.width, plain - position)
                encoding.position = plain
                continue
            }
            let end = run(units, position, limit, below: false)
            var replacement = Value.empty
            guard encoding.fail(position, end, reason, &replacement) else { return .empty }
            if !replacement.isEmpty {
                let text = StringRef(replacement)
                for index in 0 ..< text.count {
                    guard text[index] < limit else { encoding.raise(position, end, reason); return .empty }
                    encoding.bytes.append(UInt8(truncatingIfNeeded: text[index]))
                }
            }
        }
        return encoding.bytes.finish(thread)
    }

    /// The end of the run of characters below a limit, or of those that are not, that starts at a place.
    private static func run(_ units: Units, _ start: Int, _ limit: UInt32, below: Bool) -> Int {
        switch units.width {
        case 1: return run(units.units1, start, units.count, limit, below)
        case 2: return run(units.units2, start, units.count, limit, below)
        default: return run(units.units4, start, units.count, limit, below)
        }
    }

    @inline(__always) private static func run<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafeMutablePointer<U>, _ start: Int, _ end: Int, _ limit: UInt32, _ below: Bool) -> Int {
        var index = start
        while index < end, (UInt32(truncatingIfNeeded: units[index]) < limit) == below { index &+= 1 }
        return index
    }

    // MARK: Character maps

    /// What bytes mean by a table of all 256. Nil when one of them is undefined.
    private static func decode(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, table: StringRef) -> Value? {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 256) { characters in
            let characters = characters.baseAddress.unsafelyUnwrapped
            for byte in 0 ..< 256 { characters[byte] = table[byte] == 0xFFFE ? UInt32.max : table[byte] }
            var bits: UInt32 = 0
            for index in 0 ..< count { bits |= characters[Int(bytes[index])] }
            // Single characters are kept and shared.
            if bits == UInt32.max || count < 2 { return nil }
            let width = bits < 0x100 ? 1 : bits < 0x10000 ? 2 : 4
            guard let text = StringRef.allocate(count: count, width: width, ascii: bits < 0x80) else { return thread.raiseOutOfMemory() }
            switch width {
            case 1: for index in 0 ..< count { text.units1[index] = UInt8(truncatingIfNeeded: characters[Int(bytes[index])]) }
            case 2: for index in 0 ..< count { text.units2[index] = UInt16(truncatingIfNeeded: characters[Int(bytes[index])]) }
            default: for index in 0 ..< count { text.units4[index] = characters[Int(bytes[index])] }
            }
            return text.value
        }
    }

    static func decodeCharmap(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ errors: Value, _ mapping: Value) -> Value {
        if mapping.isExact(.str), StringRef(mapping).count >= 256, let text = decode(thread, bytes, count, table: StringRef(mapping)) { return text }
        var decoding = Decoding(thread, bytes, count, "charmap", errors)
        while decoding.position < decoding.count {
            let position = decoding.position
            let byte = Int(decoding.bytes[position])
            if mapping.isExact(.str) {
                let table = StringRef(mapping)
                if byte < table.count && table[byte] != 0xFFFE {
                    decoding.builder.append(table[byte])
                    decoding.position = position + 1
                    continue
                }
            } else {
                let mapped = thread.getItem(mapping, Value(small: byte))
                if mapped.isEmpty {
                    guard thread.clearException(.lookupError) else { return .empty }
                } else if mapped.isInt {
                    guard let value = IntOps.toInt(mapped), value >= 0, value <= 0x10FFFF else { return thread.raise(.typeError, "character mapping must be in range(0x110000)") }
                    if value != 0xFFFE {
                        decoding.builder.append(UInt32(value))
                        decoding.position = position + 1
                        continue
                    }
                } else if mapped.isString {
                    if !(StringRef(mapped).count == 1 && StringRef(mapped)[0] == 0xFFFE) {
                        decoding.builder.append(StringRef(mapped))
                        decoding.position = position + 1
                        continue
                    }
                } else if !mapped.isNone {
                    return thread.raise(.typeError, "character mapping must return integer, None or str")
                }
            }
            guard decoding.fail(position, position + 1, "character maps to <undefined>") else { return .empty }
        }
        return decoding.builder.finish(thread)
    }

    /// What characters map to in a dict, as far as it was asked for: each place is that of the characters whose numbers end in the same bits.
    private struct Known {
        static let size = 256
        /// The character, and above it one more than the byte.
        var entries = [UInt32](repeating: 0, count: size)

        @inline(__always) func byte(_ character: UInt32) -> UInt8? {
            let entry = entries[Int(character) & (Known.size - 1)]
            return entry >> 21 != 0 && entry & 0x1F_FFFF == character ? UInt8(truncatingIfNeeded: entry >> 21 &- 1) : nil
        }

        mutating func note(_ character: UInt32, _ byte: UInt8) { entries[Int(character) & (Known.size - 1)] = (UInt32(byte) + 1) << 21 | character }
    }

    /// Appends what one character maps to: 1 when done, 0 when it maps to nothing, -1 when it has raised.
    private static func appendMapped(_ thread: ThreadRef, _ mapping: Value, _ character: UInt32, _ bytes: inout ByteBuilder) -> Int {
        let mapped = mapping.isExact(.dict) ? DictRef(mapping).get(thread, Value(small: Int(character))) : thread.getItem(mapping, Value(small: Int(character)))
        if mapped.isEmpty {
            if !thread.hasException || thread.clearException(.lookupError) { return 0 }
            return -1
        }
        if mapped.isNone { return 0 }
        if mapped.isInt {
            guard let value = IntOps.toInt(mapped), value >= 0, value < 256 else {
                thread.raise(.typeError, "character mapping must be in range(256)")
                return -1
            }
            bytes.append(UInt8(value))
            return 1
        }
        if mapped.isBytes {
            bytes.append(BytesRef(mapped).bytes, BytesRef(mapped).count)
            return 1
        }
        thread.raise(.typeError, "character mapping must return integer, bytes or None, not \(mapped.type.name)")
        return -1
    }

    static func encodeCharmap(_ thread: ThreadRef, _ string: Value, _ errors: Value, _ mapping: Value) -> Value {
        var encoding = Encoding(thread, string, "charmap", errors)
        let units = encoding.units
        var scratch = ByteBuilder(capacity: 64)
        // A dict stays as it is while nobody else runs.
        var known = mapping.isExact(.dict) && units.count > 32 && encoding.policy != .other ? Known() : nil
        while encoding.position < units.count {
            let position = encoding.position
            if let byte = known?.byte(units[position]) {
                encoding.bytes.append(byte)
                encoding.position = position &+ 1
                continue
            }
            let before = encoding.bytes.count
            let done = appendMapped(thread, mapping, units[position], &encoding.bytes)
            if done < 0 { return .empty }
            if done > 0 {
                if encoding.bytes.count == before + 1 { known?.note(units[position], encoding.bytes.base[before]) }
                encoding.position = position &+ 1
                continue
            }
            var end = position + 1
            while end < units.count {
                scratch.removeAll()
                let next = appendMapped(thread, mapping, units[end], &scratch)
                if next < 0 { return .empty }
                if next > 0 { break }
                end += 1
            }
            var replacement = Value.empty
            guard encoding.fail(position, end, "character maps to <undefined>", &replacement) else { return .empty }
            if !replacement.isEmpty {
                let text = StringRef(replacement)
                for index in 0 ..< text.count {
                    let done = appendMapped(thread, mapping, text[index], &encoding.bytes)
                    if done < 0 { return .empty }
                    if done == 0 { encoding.raise(position, end, "character maps to <undefined>"); return .empty }
                }
            }
        }
        return encoding.bytes.finish(thread)
    }
}
