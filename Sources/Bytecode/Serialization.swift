import Syntax

/// Compiled code as bytes and back, for `.pyc` bodies.
///
/// First come all names of the file, each once, then the module's code. Of a code object there is an outline (what a call of it needs to know,
/// and its name) and, with its length before it, the body: names, instructions, tables, and the constants, code objects among them.
/// Most functions of most modules are never called, so only the outermost body is read at once: the others are read by
/// `CompiledCode.complete` when someone calls the function or looks inside, and positions when someone asks for a line.
///
/// Numbers are of variable length. Positions are delta-encoded. Reading is strict: every length and tag is checked against what is left, nesting
/// is bounded, and bytes whose checksum tells that they are not as they were written are refused; anything amiss gives nil or false, never a trap. What is
/// written comes from the compiler or has been put before `verify`, and is not verified again: that took more than half of the time of reading.
/// Change `bytecodeFormatVersion` whenever the format or the instruction set changes in any way, so that stale files are compiled anew.

public let bytecodeFormatVersion: UInt8 = 6

public func serialize(_ code: CompiledCode) -> [UInt8] {
    var body = Writer()
    body.write(code)
    var whole = Writer()
    whole.out.reserveCapacity(body.out.count * 5 / 4 + 64)
    whole.out.append(bytecodeFormatVersion)
    whole.fixed(0)
    whole.count(body.names.count)
    for name in body.names { whole.text(Array(name.utf8)) }
    whole.out += body.out
    let sum = whole.out.withUnsafeBytes { checksum($0.dropFirst(checkedStart)) }
    for index in 0 ..< 8 { whole.out[1 + index] = UInt8(truncatingIfNeeded: sum >> (8 * UInt64(index))) }
    return whole.out
}

public func deserialize(_ bytes: [UInt8]) -> CompiledCode? {
    bytes.withUnsafeBufferPointer { deserialize($0) }
}

/// The code in some bytes, or nil when they are damaged.
///
/// - Parameter stays: the bytes are never freed. Else the code keeps a copy.
public func deserialize(_ bytes: UnsafeBufferPointer<UInt8>, stays: Bool = false) -> CompiledCode? {
    let archive = Archive(bytes, stays: stays)
    var reader = Reader(archive)
    guard reader.byte() == bytecodeFormatVersion, bytes.count > checkedStart, reader.fixed() == checksum(UnsafeRawBufferPointer(bytes).dropFirst(checkedStart)) else { return nil }
    archive.readNames(&reader)
    guard let code = reader.outline(), reader.isGood, reader.index == bytes.count, code.complete() else { return nil }
    return code
}

/// The bytes that code is read from, kept as long as there is code that has not been read.
public final class Archive {
    fileprivate let bytes: UnsafeBufferPointer<UInt8>
    private let isOwner: Bool
    private var names: [(start: Int32, count: Int32)] = []

    fileprivate init(_ given: UnsafeBufferPointer<UInt8>, stays: Bool) {
        isOwner = !stays
        if stays { bytes = given } else {
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: given.count)
            _ = copy.initialize(from: given)
            bytes = UnsafeBufferPointer(copy)
        }
    }

    deinit { if isOwner { bytes.deallocate() } }

    public var nameCount: Int { names.count }

    /// The UTF-8 of a name.
    public func name(_ number: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes.baseAddress! + Int(names[number].start), count: Int(names[number].count))
    }

    func string(_ number: Int) -> String { String(decoding: name(number), as: UTF8.self) }

    fileprivate func readNames(_ reader: inout Reader) {
        let count = reader.count()
        names.reserveCapacity(count)
        for _ in 0 ..< count where reader.isGood {
            let range = reader.range()
            if !isText(bytes[range]) { reader.isGood = false }
            names.append((Int32(truncatingIfNeeded: range.lowerBound), Int32(truncatingIfNeeded: range.count)))
        }
    }
}

extension CompiledCode {
    /// Reads what the outline has left out. False when that is damaged: the code then stays as it was.
    public func complete() -> Bool {
        guard let range = archivedBody, let archive else { return true }
        var reader = Reader(archive)
        reader.index = range.lowerBound
        reader.end = range.upperBound
        archivedBody = nil
        if reader.body(of: self), reader.isGood, reader.index == reader.end {
            archivedClearCount = nil
            return true
        }
        let freeCount = freeCount
        instructions = []
        caches = []
        exceptionTable = []
        archivedPositions = nil
        constants = []
        (localNames, cells, freeNames, names) = ([], [], [], [])
        nameNumbers.localNames = []
        self.freeCount = freeCount
        archivedBody = range
        return false
    }

    public var isComplete: Bool { archivedBody == nil }

    func readPositions() {
        guard let range = archivedPositions, let archive else { return }
        archivedPositions = nil
        var reader = Reader(archive)
        reader.index = range.lowerBound
        reader.end = range.upperBound
        reader.positions(of: self)
    }
}

/// Where the bytes begin that the checksum is of: after the version and the checksum itself.
private let checkedStart = 9

/// It is for accidents: who means to deceive can compute it.
private func checksum(_ slice: Slice<UnsafeRawBufferPointer>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(rebasing: slice)
    var sum: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(bytes.count)
    var index = 0
    while index + 8 <= bytes.count {
        sum = (sum ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))) &* 0xFF51_AFD7_ED55_8CCD
        sum ^= sum >> 29
        index += 8
    }
    while index < bytes.count {
        sum = (sum ^ UInt64(bytes[index])) &* 0x100_0000_01B3
        index += 1
    }
    return sum ^ sum >> 32
}

private enum Tag: UInt8 {
    case none, `true`, `false`, ellipsis, int, bigInt, float, complex, string, bytes, tuple, frozenSet, code
}

private struct Writer {
    var out: [UInt8] = []
    private(set) var names: [String] = []
    private var numbers: [String: Int] = [:]

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

    /// The number of a name.
    mutating func name(_ value: String) {
        if let number = numbers[value] { return count(number) }
        count(names.count)
        numbers[value] = names.count
        names.append(value)
    }

    mutating func names(_ values: [String]) {
        count(values.count)
        for value in values { name(value) }
    }

    /// What `write` writes, with its length before it.
    mutating func measured(_ write: (inout Writer) -> Void) {
        let before = out
        out = []
        write(&self)
        let part = out
        out = before
        count(part.count)
        out += part
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
        // Damaged code is written as it was found: without a body.
        _ = code.complete()
        name(code.name)
        name(code.qualifiedName)
        name(code.filename)
        signed(code.firstLine)
        unsigned(UInt64(code.flags.rawValue))
        count(code.argumentCount)
        count(code.positionalOnlyCount)
        count(code.keywordOnlyCount)
        count(code.registerCount)
        count(code.clearCount)
        count(code.freeCount)
        count(code.selfAttributeCount)
        count(code.hasDocstring ? 1 : 0)
        measured { $0.body(of: code) }
    }

    private mutating func body(of code: CompiledCode) {
        names(code.localNames)
        count(code.cells.count)
        for cell in code.cells {
            name(cell.name)
            count(cell.register)
        }
        names(code.freeNames)
        names(code.names)
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
        measured { $0.positions(of: code) }
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

    private mutating func positions(of code: CompiledCode) {
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
    }
}

/// Whether bytes are UTF-8, in which surrogates may stand for themselves.
private func isText<Bytes: RandomAccessCollection>(_ bytes: Bytes) -> Bool where Bytes.Element == UInt8, Bytes.Index == Int {
    var index = bytes.startIndex
    while index < bytes.endIndex {
        let first = bytes[index]
        if first < 0x80 { index += 1; continue }
        let length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0
        guard length > 0, index + length <= bytes.endIndex, (1 ..< length).allSatisfy({ bytes[index + $0] & 0xC0 == 0x80 }) else { return false }
        let second = bytes[index + 1]
        if first == 0xE0 && second < 0xA0 || first == 0xF0 && second < 0x90 || first == 0xF4 && second > 0x8F { return false }
        index += length
    }
    return true
}

private struct Reader {
    private let archive: Archive
    private let bytes: UnsafeBufferPointer<UInt8>
    var index = 0
    var end: Int
    var isGood = true

    init(_ archive: Archive) {
        self.archive = archive
        bytes = archive.bytes
        end = archive.bytes.count
    }

    mutating func byte() -> UInt8 {
        guard isGood, index < end else {
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
        guard value <= (end - index) / size else {
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

    /// The place of what has its length before it.
    mutating func range() -> Range<Int> {
        let length = count()
        guard isGood else { return index ..< index }
        index += length
        return index - length ..< index
    }

    mutating func text() -> [UInt8] { Array(bytes[range()]) }

    mutating func name() -> Int32 {
        let number = number()
        guard number < archive.nameCount else {
            isGood = false
            return 0
        }
        return Int32(truncatingIfNeeded: number)
    }

    mutating func names() -> [Int32] {
        let length = count()
        var result: [Int32] = []
        result.reserveCapacity(length)
        for _ in 0 ..< length where isGood { result.append(name()) }
        return result
    }

    private func strings(_ numbers: [Int32]) -> [String] { numbers.map { archive.string(Int($0)) } }

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
        case .string:
            let text = text()
            if !isText(text[...]) { isGood = false }
            return .string(text)
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

    /// A number of registers or parameters.
    private mutating func extent() -> Int {
        let value = number()
        if value >= 1 << 24 { isGood = false }
        return value
    }

    /// A code object whose body is still to be read.
    mutating func outline() -> CompiledCode? {
        let code = CompiledCode()
        code.archive = archive
        let name = Int(name()), qualifiedName = Int(self.name()), filename = Int(self.name())
        guard isGood else { return nil }
        (code.nameNumbers.name, code.nameNumbers.qualifiedName, code.nameNumbers.filename) = (name, qualifiedName, filename)
        code.firstLine = Int(small())
        code.flags = CodeFlags(rawValue: UInt32(truncatingIfNeeded: unsigned()))
        code.argumentCount = extent()
        code.positionalOnlyCount = extent()
        code.keywordOnlyCount = extent()
        code.registerCount = extent()
        code.archivedClearCount = extent()
        code.freeCount = extent()
        code.selfAttributeCount = extent()
        code.hasDocstring = number() == 1
        code.archivedBody = range()
        return isGood && code.clearCount <= code.registerCount ? code : nil
    }

    /// Reads the body of a code object. False when it does not fit the outline; or the reader is no longer good.
    mutating func body(of code: CompiledCode) -> Bool {
        let clearCount = code.clearCount, freeCount = code.freeCount
        code.nameNumbers.localNames = names()
        code.nameNumbers.cells = []
        var registers: [Int] = []
        for _ in 0 ..< count(2) where isGood {
            code.nameNumbers.cells.append(name())
            registers.append(number())
        }
        code.nameNumbers.freeNames = names()
        code.nameNumbers.names = names()
        guard isGood else { return false }
        code.localNames = strings(code.nameNumbers.localNames)
        code.cells = zip(strings(code.nameNumbers.cells), registers).map { ($0, $1) }
        code.freeNames = strings(code.nameNumbers.freeNames)
        code.names = strings(code.nameNumbers.names)
        let words = count(4)
        guard isGood else { return false }
        let instructions = UnsafeRawPointer(bytes.baseAddress! + index)
        code.instructions = [UInt32](unsafeUninitializedCapacity: words) { buffer, count in
            for i in 0 ..< words { buffer[i] = UInt32(littleEndian: instructions.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)) }
            count = words
        }
        index += 4 * words
        let caches = count()
        code.caches = []
        code.caches.reserveCapacity(caches)
        for _ in 0 ..< caches where isGood { code.caches.append(small()) }
        code.exceptionTable = []
        for _ in 0 ..< count(4) where isGood {
            let start = number()
            let end = number()
            let handler = number()
            code.exceptionTable.append(ExceptionRange(start: Int32(start), end: Int32(end), handler: Int32(handler), register: Int32(number())))
        }
        code.archivedPositions = range()
        let constantCount = count()
        code.constants = []
        code.constants.reserveCapacity(constantCount)
        for _ in 0 ..< constantCount where isGood {
            guard let tag = Tag(rawValue: byte()) else { return false }
            if tag == .code {
                guard let inner = outline() else { return false }
                code.constants.append(.code(inner))
            } else {
                code.constants.append(.constant(constant(tag, depth: 0)))
            }
        }
        code.archivedClearCount = nil
        defer { code.archivedClearCount = clearCount }
        return code.clearCount == clearCount && code.freeCount == freeCount
    }

    /// Reads positions as far as they make sense.
    mutating func positions(of code: CompiledCode) {
        let count = count(5)
        var result: [PositionEntry] = []
        result.reserveCapacity(count)
        var previous = PositionEntry(start: 0, range: SourceRange(line: Int32(truncatingIfNeeded: code.firstLine), column: 0, endLine: 0, endColumn: 0))
        for _ in 0 ..< count where isGood {
            let start = previous.start &+ Int32(number())
            let line = previous.range.line &+ small()
            let endLine = line &+ small()
            let column = previous.range.column &+ small()
            let endColumn = column &+ small()
            if start < previous.start || Int(start) >= code.instructions.count || !isGood { break }
            previous = PositionEntry(start: start, range: SourceRange(line: line, column: column, endLine: endLine, endColumn: endColumn))
            result.append(previous)
        }
        code.positions = result
    }
}
