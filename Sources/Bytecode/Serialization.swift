import Syntax

/// Compiled code as bytes and back, for `.pyc` bodies.
///
/// Everything is written as variable-length integers and length-prefixed text; strings that occur again are written once
/// and referred to by number. Positions are delta-encoded. Reading is strict: every length and tag is checked against what is left, nesting
/// is bounded, and what was read is put before `verify`; anything amiss gives nil, never a trap. Change `formatVersion` whenever
/// the format or the instruction set changes in any way, so that stale files are compiled anew.

public let bytecodeFormatVersion: UInt8 = 3

public func serialize(_ code: CompiledCode) -> [UInt8] {
    var writer = Writer()
    writer.out = [bytecodeFormatVersion]
    writer.write(code)
    return writer.out
}

public func deserialize(_ bytes: [UInt8]) -> CompiledCode? {
    bytes.withUnsafeBufferPointer { deserialize($0) }
}

public func deserialize(_ bytes: UnsafeBufferPointer<UInt8>) -> CompiledCode? {
    var reader = Reader(bytes: bytes)
    guard reader.byte() == bytecodeFormatVersion, let code = reader.code(depth: 0), reader.isGood, reader.index == bytes.count,
          verify(code) else { return nil }
    return code
}

private enum Tag: UInt8 {
    case none, `true`, `false`, ellipsis, int, bigInt, float, complex, string, bytes, tuple, frozenSet, code
}

private struct Writer {
    var out: [UInt8] = []
    private var strings: [String: Int] = [:]

    mutating func unsigned(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            out.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        out.append(UInt8(rest))
    }

    mutating func count(_ value: Int) { unsigned(UInt64(value)) }

    /// Zigzag: small magnitudes of either sign are short.
    mutating func signed(_ value: Int) { unsigned(UInt64(bitPattern: Int64(value << 1 ^ value >> 63))) }

    mutating func text(_ bytes: [UInt8]) {
        count(bytes.count)
        out.append(contentsOf: bytes)
    }

    /// 0 and the text, or 1 + the number of a string written before.
    mutating func string(_ value: String) {
        if let number = strings[value] {
            count(number + 1)
            return
        }
        strings[value] = strings.count
        count(0)
        text(Array(value.utf8))
    }

    mutating func strings(_ values: [String]) {
        count(values.count)
        for value in values { string(value) }
    }

    mutating func fixed(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { out.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }

    mutating func write(_ constant: Constant) {
        func tag(_ tag: Tag) { out.append(tag.rawValue) }
        switch constant {
        case .none: tag(.none)
        case .true: tag(.true)
        case .false: tag(.false)
        case .ellipsis: tag(.ellipsis)
        case .int(let value):
            tag(.int)
            signed(value)
        case .bigInt(let digits, let radix):
            tag(.bigInt)
            count(radix)
            text(Array(digits.utf8))
        case .float(let bits):
            tag(.float)
            fixed(bits)
        case .complex(let real, let imaginary):
            tag(.complex)
            fixed(real)
            fixed(imaginary)
        case .string(let bytes):
            tag(.string)
            text(bytes)
        case .bytes(let bytes):
            tag(.bytes)
            text(bytes)
        case .tuple(let items):
            tag(.tuple)
            count(items.count)
            for item in items { write(item) }
        case .frozenSet(let items):
            tag(.frozenSet)
            count(items.count)
            for item in items { write(item) }
        }
    }

    mutating func write(_ code: CompiledCode) {
        string(code.name)
        string(code.qualifiedName)
        string(code.filename)
        signed(code.firstLine)
        unsigned(UInt64(code.flags.rawValue))
        count(code.argumentCount)
        count(code.positionalOnlyCount)
        count(code.keywordOnlyCount)
        count(code.registerCount)
        count(code.selfAttributeCount)
        strings(code.localNames)
        count(code.cells.count)
        for cell in code.cells {
            string(cell.name)
            count(cell.register)
        }
        strings(code.freeNames)
        strings(code.names)
        if let docstring = code.docstring {
            count(1)
            text(docstring)
        } else {
            count(0)
        }
        count(code.instructions.count)
        for word in code.instructions {
            out.append(UInt8(truncatingIfNeeded: word))
            out.append(UInt8(truncatingIfNeeded: word >> 8))
            out.append(UInt8(truncatingIfNeeded: word >> 16))
            out.append(UInt8(truncatingIfNeeded: word >> 24))
        }
        count(code.caches.count)
        for cache in code.caches { signed(Int(cache)) }
        count(code.exceptionTable.count)
        for range in code.exceptionTable {
            count(Int(range.start))
            count(Int(range.end))
            count(Int(range.handler))
            count(Int(range.register))
        }
        count(code.positions.count)
        var previous = PositionEntry(start: 0, range: SourceRange(line: Int32(truncatingIfNeeded: code.firstLine), column: 0, endLine: 0, endColumn: 0))
        for entry in code.positions {
            count(Int(entry.start - previous.start))
            signed(Int(entry.range.line) - Int(previous.range.line))
            signed(Int(entry.range.endLine) - Int(entry.range.line))
            signed(Int(entry.range.column) - Int(previous.range.column))
            signed(Int(entry.range.endColumn) - Int(entry.range.column))
            previous = entry
        }
        count(code.constants.count)
        for constant in code.constants {
            switch constant {
            case .constant(let value): write(value)
            case .code(let inner):
                out.append(Tag.code.rawValue)
                write(inner)
            }
        }
    }
}

private struct Reader {
    let bytes: UnsafeBufferPointer<UInt8>
    var index = 0
    var isGood = true
    private var strings: [String] = []

    init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    mutating func byte() -> UInt8 {
        guard isGood, index < bytes.count else {
            isGood = false
            return 0
        }
        index += 1
        return bytes[index - 1]
    }

    mutating func unsigned() -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = byte()
            if !isGood { return 0 }
            if shift == 63, next > 1 {
                isGood = false
                return 0
            }
            result |= UInt64(next & 0x7F) << shift
            if next < 0x80 { return result }
            shift += 7
            if shift > 63 {
                isGood = false
                return 0
            }
        }
    }

    /// A small non-negative number.
    mutating func number() -> Int {
        let value = unsigned()
        guard value <= 0x7FFF_FFFF else {
            isGood = false
            return 0
        }
        return Int(value)
    }

    /// The length of something whose items take at least `size` bytes each.
    mutating func count(_ size: Int = 1) -> Int {
        let value = number()
        guard value <= (bytes.count - index) / size else {
            isGood = false
            return 0
        }
        return value
    }

    mutating func signed() -> Int {
        let value = unsigned()
        return Int(bitPattern: UInt(value >> 1)) ^ -Int(bitPattern: UInt(value & 1))
    }

    mutating func small() -> Int32 {
        let value = signed()
        guard let result = Int32(exactly: value) else {
            isGood = false
            return 0
        }
        return result
    }

    mutating func text() -> [UInt8] {
        let length = count()
        guard isGood else { return [] }
        index += length
        return Array(bytes[index - length ..< index])
    }

    mutating func string() -> String {
        let number = number()
        if number > 0 {
            guard number <= strings.count else {
                isGood = false
                return ""
            }
            return strings[number - 1]
        }
        let value = String(decoding: text(), as: UTF8.self)
        strings.append(value)
        return value
    }

    mutating func stringList() -> [String] {
        let length = count()
        var result: [String] = []
        result.reserveCapacity(length)
        for _ in 0 ..< length where isGood { result.append(string()) }
        return result
    }

    mutating func fixed() -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) { result |= UInt64(byte()) << shift }
        return result
    }

    mutating func constant(_ tag: Tag, depth: Int) -> Constant {
        guard isGood, depth < 200 else {
            isGood = false
            return .none
        }
        switch tag {
        case .none, .code: return .none
        case .true: return .true
        case .false: return .false
        case .ellipsis: return .ellipsis
        case .int: return .int(signed())
        case .bigInt:
            let radix = number()
            let digits = text()
            let body = digits.first == UInt8(ascii: "-") ? digits.dropFirst() : digits[...]
            guard radix == 2 || radix == 8 || radix == 10 || radix == 16, !body.isEmpty, body.allSatisfy({ isDigit($0, radix) }) else {
                isGood = false
                return .none
            }
            return .bigInt(digits: String(decoding: digits, as: UTF8.self), radix: radix)
        case .float: return .float(bits: fixed())
        case .complex:
            let real = fixed()
            return .complex(realBits: real, imaginaryBits: fixed())
        case .string: return .string(text())
        case .bytes: return .bytes(text())
        case .tuple: return .tuple(constants(depth: depth))
        case .frozenSet: return .frozenSet(constants(depth: depth))
        }
    }

    private func isDigit(_ byte: UInt8, _ radix: Int) -> Bool {
        switch byte {
        case UInt8(ascii: "0") ... UInt8(ascii: "9"): return Int(byte) - 48 < radix
        case UInt8(ascii: "a") ... UInt8(ascii: "f"), UInt8(ascii: "A") ... UInt8(ascii: "F"): return radix == 16
        default: return false
        }
    }

    private mutating func constants(depth: Int) -> [Constant] {
        let length = count()
        var items: [Constant] = []
        items.reserveCapacity(length)
        for _ in 0 ..< length where isGood {
            guard let tag = Tag(rawValue: byte()), tag != .code else {
                isGood = false
                break
            }
            items.append(constant(tag, depth: depth + 1))
        }
        return items
    }

    mutating func code(depth: Int) -> CompiledCode? {
        guard depth < 200 else { return nil }
        let code = CompiledCode()
        code.name = string()
        code.qualifiedName = string()
        code.filename = string()
        code.firstLine = Int(small())
        code.flags = CodeFlags(rawValue: UInt32(truncatingIfNeeded: unsigned()))
        code.argumentCount = number()
        code.positionalOnlyCount = number()
        code.keywordOnlyCount = number()
        code.registerCount = number()
        code.selfAttributeCount = number()
        code.localNames = stringList()
        for _ in 0 ..< count(2) where isGood {
            let name = string()
            code.cells.append((name, number()))
        }
        code.freeNames = stringList()
        code.names = stringList()
        switch number() {
        case 0: break
        case 1: code.docstring = text()
        default: return nil
        }
        let words = count(4)
        guard isGood else { return nil }
        code.instructions.reserveCapacity(words)
        for i in 0 ..< words {
            let at = index + 4 * i
            code.instructions.append(UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24)
        }
        index += 4 * words
        let caches = count()
        code.caches.reserveCapacity(caches)
        for _ in 0 ..< caches where isGood { code.caches.append(small()) }
        for _ in 0 ..< count(4) where isGood {
            let start = number()
            let end = number()
            let handler = number()
            code.exceptionTable.append(ExceptionRange(start: Int32(start), end: Int32(end), handler: Int32(handler), register: Int32(number())))
        }
        let positions = count(5)
        code.positions.reserveCapacity(positions)
        var previous = PositionEntry(start: 0, range: SourceRange(line: Int32(truncatingIfNeeded: code.firstLine), column: 0, endLine: 0, endColumn: 0))
        for _ in 0 ..< positions where isGood {
            let start = previous.start &+ Int32(number())
            let line = previous.range.line &+ small()
            let endLine = line &+ small()
            let column = previous.range.column &+ small()
            let endColumn = column &+ small()
            if start < previous.start { return nil }
            previous = PositionEntry(start: start, range: SourceRange(line: line, column: column, endLine: endLine, endColumn: endColumn))
            code.positions.append(previous)
        }
        let constantCount = count()
        code.constants.reserveCapacity(constantCount)
        for _ in 0 ..< constantCount where isGood {
            guard let tag = Tag(rawValue: byte()) else { return nil }
            if tag == .code {
                guard let inner = self.code(depth: depth + 1) else { return nil }
                code.constants.append(.code(inner))
            } else {
                code.constants.append(.constant(constant(tag, depth: 0)))
            }
        }
        return isGood ? code : nil
    }
}
