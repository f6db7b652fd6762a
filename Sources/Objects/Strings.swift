import Glibc

/// Strings (PEP 393): making them, reading their units, interning. The methods of `str` are in `TextTypes`.

public struct StringRef {
    public let pointer: UnsafeMutablePointer<StringObject>

    @inlinable @inline(__always) public init(_ value: Value) { pointer = value.object(StringObject.self) }

    @inlinable public var value: Value { @inline(__always) get { Value(pointer) } }
    /// In code points.
    @inlinable public var count: Int { @inline(__always) get { pointer.pointee.length } }
    /// Bytes of a unit: 1 (Latin-1), 2 or 4.
    @inlinable public var width: Int { @inline(__always) get { Int(pointer.pointee.header.flags & StringFlags.widthMask) } }
    @inlinable public var isASCII: Bool { @inline(__always) get { pointer.pointee.header.flags & StringFlags.ascii != 0 } }
    @inlinable public var isInterned: Bool { @inline(__always) get { pointer.pointee.header.flags & StringFlags.interned != 0 } }
    @inlinable public var units: UnsafeMutableRawPointer { @inline(__always) get { UnsafeMutableRawPointer(pointer) + MemoryLayout<StringObject>.size } }
    @inlinable public var units1: UnsafeMutablePointer<UInt8> { @inline(__always) get { units.assumingMemoryBound(to: UInt8.self) } }
    @inlinable public var units2: UnsafeMutablePointer<UInt16> { @inline(__always) get { units.assumingMemoryBound(to: UInt16.self) } }
    @inlinable public var units4: UnsafeMutablePointer<UInt32> { @inline(__always) get { units.assumingMemoryBound(to: UInt32.self) } }

    /// The code point at an index that is in range.
    @inlinable public subscript(_ index: Int) -> UInt32 {
        @inline(__always) get {
            switch width {
            case 1: return UInt32(units1[index])
            case 2: return UInt32(units2[index])
            default: return units4[index]
            }
        }
    }

    /// Stores a code point that the width can hold, into a string that nobody else has seen.
    @inlinable @inline(__always) public func initialize(_ index: Int, _ character: UInt32) {
        switch width {
        case 1: units1[index] = UInt8(truncatingIfNeeded: character)
        case 2: units2[index] = UInt16(truncatingIfNeeded: character)
        default: units4[index] = character
        }
    }

    // MARK: Growing in place

    @inlinable public var isGrowing: Bool { @inline(__always) get { pointer.pointee.header.flags & StringFlags.growing != 0 } }
    /// Units that there is room for, a final zero included.
    public var capacity: Int { (Heap.cellSize(UnsafeMutableRawPointer(pointer)) - MemoryLayout<StringObject>.size) / width }

    /// A new string becomes one of the first `count` units with room behind them.
    public func startGrowing(_ count: Int) {
        pointer.pointee.header.flags |= StringFlags.growing
        setCount(count)
    }

    /// The string is as it will be for ever.
    @inlinable @inline(__always) public func stopGrowing() { pointer.pointee.header.flags &= ~StringFlags.growing }

    /// Appends a string that is no wider to one that nobody else has and that has room for it.
    public func grow(by other: StringRef) {
        copy(from: other, at: count)
        if !other.isASCII { pointer.pointee.header.flags &= ~StringFlags.ascii }
        setCount(count + other.count)
        pointer.pointee.hash = 0
    }

    private func setCount(_ count: Int) {
        pointer.pointee.length = count
        initialize(count, 0)
    }

    // MARK: Hash and equality

    /// Never -1. Computed once, and again where it is 0; keyed as `PYTHONHASHSEED` says.
    @inlinable public var hash: Int {
        @inline(__always) get {
            let known = pointer.pointee.hash
            return known != 0 ? known : computeHash()
        }
    }

    @inline(never) @usableFromInline func computeHash() -> Int {
        let result = Hashing.bytes(units, count * width)
        pointer.pointee.hash = result
        return result
    }

    @inlinable public func equals(_ other: StringRef) -> Bool {
        if pointer == other.pointer { return true }
        if count != other.count || width != other.width { return false }
        if isInterned && other.isInterned { return false }
        return memcmp(units, other.units, count * width) == 0
    }

    /// Whether `self operation other`.
    public func holds(_ operation: Comparison, _ other: StringRef) -> Bool {
        switch operation {
        case .equal: return equals(other)
        case .notEqual: return !equals(other)
        default: return operation.holds(compare(other))
        }
    }

    /// Negative, zero or positive, by code points.
    public func compare(_ other: StringRef) -> Int {
        let shared = min(count, other.count)
        if width == 1 && other.width == 1 {
            let order = memcmp(units, other.units, shared)
            return order != 0 ? Int(order) : count - other.count
        }
        let place = UnitRuns.mismatch(units, width, other.units, other.width, shared)
        if place < shared { return self[place] < other[place] ? -1 : 1 }
        return count - other.count
    }

    public func equals(_ text: StaticString) -> Bool {
        isASCII && count == text.utf8CodeUnitCount && memcmp(units, text.utf8Start, count) == 0
    }

    // MARK: To Swift

    /// As Swift text; lone surrogates become U+FFFD.
    public var description: String {
        if isASCII { return String(decoding: UnsafeBufferPointer(start: units1, count: count), as: UTF8.self) }
        var result = ""
        result.reserveCapacity(count)
        for index in 0 ..< count { result.unicodeScalars.append(Unicode.Scalar(self[index]) ?? "\u{FFFD}") }
        return result
    }

    /// UTF-8, lone surrogates as three bytes (WTF-8).
    public var utf8: [UInt8] {
        if isASCII { return Array(UnsafeBufferPointer(start: units1, count: count)) }
        var result: [UInt8] = []
        result.reserveCapacity(count * 2)
        for index in 0 ..< count { result.appendUTF8(self[index]) }
        return result
    }

    /// Whether there is a code point in the surrogate range.
    public var hasSurrogates: Bool {
        if width == 1 { return false }
        for index in 0 ..< count where self[index] & 0xFFFF_F800 == 0xD800 { return true }
        return false
    }

    /// The largest code point.
    public var maximum: UInt32 {
        if isASCII { return 127 }
        if width == 1 { return 255 }
        var result: UInt32 = 0
        if width == 2 { for index in 0 ..< count { result = max(result, UInt32(units2[index])) } } else { for index in 0 ..< count { result = max(result, units4[index]) } }
        return result
    }

    // MARK: Interning

    nonisolated(unsafe) private static var table: UnsafeMutablePointer<Value> = {
        let slots = UnsafeMutablePointer<Value>.allocate(capacity: 1 << 13)
        slots.initialize(repeating: .empty, count: 1 << 13)
        Collector.addRoots { StringRef.markTable() }
        return slots
    }()
    nonisolated(unsafe) private static var tableSize = 1 << 13
    nonisolated(unsafe) private static var tableCount = 0

    /// The one interned string with the same text as this one (perhaps this one itself). Interned strings live for good.
    public func interned() -> StringRef {
        if isInterned { return self }
        // A subclass instance keeps its identity: its text is interned instead.
        var mask = StringRef.tableSize - 1
        var index = hash & mask
        while !StringRef.table[index].isEmpty {
            let candidate = StringRef(StringRef.table[index])
            if candidate.hash == hash && candidate.count == count && candidate.width == width && memcmp(candidate.units, units, count * width) == 0 { return candidate }
            index = (index + 1) & mask
        }
        if StringRef.tableCount * 2 >= StringRef.tableSize {
            if Heap.hasRoom(outside: StringRef.tableSize * 16) {
                StringRef.growTable()
            } else if StringRef.tableCount * 8 >= StringRef.tableSize * 7 {
                return self
            }
            mask = StringRef.tableSize - 1
            index = hash & mask
            while !StringRef.table[index].isEmpty { index = (index + 1) & mask }
        }
        var own = self
        if pointer.pointee.header.shape != TypeID.str.rawValue {
            guard let copy = StringRef.allocate(count: count, width: width, ascii: isASCII) else { return self }
            memcpy(copy.units, units, count * width)
            own = copy
        }
        own.pointer.pointee.header.flags |= StringFlags.interned
        StringRef.table[index] = own.value
        StringRef.tableCount += 1
        StringRef.noteYoung(own)
        return own
    }

    /// Those interned since the last collection: the others are old, and stay.
    nonisolated(unsafe) private static var young: UnsafeMutablePointer<Value>?
    nonisolated(unsafe) private static var youngCount = 0
    nonisolated(unsafe) private static var youngCapacity = 0

    private static func markTable() {
        if Collector.isMajor { Collector.mark(table, count: tableSize) } else if let young { Collector.mark(young, count: youngCount) }
        youngCount = 0
        Collector.mark(spares, count: spareCount)
    }

    private static func noteYoung(_ string: StringRef) {
        if youngCount == youngCapacity {
            youngCapacity = max(1 << 10, youngCapacity * 2)
            let larger = UnsafeMutablePointer<Value>.allocate(capacity: youngCapacity)
            if let young { larger.moveInitialize(from: young, count: youngCount); young.deallocate() }
            young = larger
        }
        young.unsafelyUnwrapped[youngCount] = string.value
        youngCount += 1
    }

    private static func growTable() {
        let old = table
        let oldSize = tableSize
        let size = oldSize * 2
        let slots = UnsafeMutablePointer<Value>.allocate(capacity: size)
        slots.initialize(repeating: .empty, count: size)
        for position in 0 ..< oldSize where !old[position].isEmpty {
            var index = StringRef(old[position]).hash & (size - 1)
            while !slots[index].isEmpty { index = (index + 1) & (size - 1) }
            slots[index] = old[position]
        }
        table = slots
        tableSize = size
        old.deallocate()
    }

    /// The interned string of ASCII text, when there is one.
    private static func known(ascii: UnsafeRawPointer, _ count: Int) -> StringRef? {
        let hash = Hashing.bytes(ascii, count)
        let mask = tableSize - 1
        var index = hash & mask
        while !table[index].isEmpty {
            let candidate = StringRef(table[index])
            if candidate.hash == hash && candidate.count == count && candidate.isASCII && memcmp(candidate.units, ascii, count) == 0 { return candidate }
            index = (index + 1) & mask
        }
        return nil
    }

    /// The interned string of UTF-8 (or WTF-8) known to be well formed; empty when memory is exhausted. What is interned already takes no memory.
    public static func internIfRoom(utf8: UnsafeBufferPointer<UInt8>) -> Value {
        if utf8.count > 1, utf8.allSatisfy({ $0 < 0x80 }), let known = known(ascii: utf8.baseAddress.unsafelyUnwrapped, utf8.count) { return known.value }
        let text = make(utf8: utf8.baseAddress, utf8.count)
        return text.isEmpty ? text : StringRef(text).interned().value
    }

    /// The interned string of a name of the runtime's own. What programs name may find no memory left: that is for `ThreadRef.newName`.
    public static func intern(utf8: UnsafeBufferPointer<UInt8>) -> StringRef {
        var text = internIfRoom(utf8: utf8)
        // The heap has now noticed that it is exhausted, and gives what it keeps back for small objects.
        if text.isEmpty { text = internIfRoom(utf8: utf8) }
        if text.isEmpty { text = spare(utf8) }
        precondition(!text.isEmpty, "no memory for the names of the runtime")
        return StringRef(text)
    }

    /// Strings kept back for names of the runtime that are first wanted when the heap has given out everything: at most so many are, since what is interned stays.
    nonisolated(unsafe) private static var spares = UnsafeMutablePointer<Value>.allocate(capacity: mostSpares)
    nonisolated(unsafe) private static var spareCount = 0
    private static let mostSpares = 128
    private static let spareLength = 55

    /// Makes them; called once, when strings can be made.
    static func keepSpares() {
        while spareCount < mostSpares, let string = allocate(count: spareLength, width: 1, ascii: true) {
            memset(string.units, 0, spareLength)
            spares[spareCount] = string.value
            spareCount += 1
        }
    }

    private static func spare(_ utf8: UnsafeBufferPointer<UInt8>) -> Value {
        guard spareCount > 0, utf8.count <= spareLength, utf8.allSatisfy({ $0 < 0x80 }) else { return .empty }
        spareCount -= 1
        let string = StringRef(spares[spareCount])
        string.pointer.pointee.length = utf8.count
        memcpy(string.units, utf8.baseAddress.unsafelyUnwrapped, utf8.count)
        string.units1[utf8.count] = 0
        return string.interned().value
    }

    public static func intern(_ text: String) -> StringRef {
        var text = text
        return text.withUTF8 { intern(utf8: $0) }
    }

    public static func intern(static text: StaticString) -> StringRef { intern(utf8: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }

    /// The interned name of an enumeration's case. Interpolation finds it by reflection, which is a hundred times as slow, and at the start there are hundreds.
    static func intern<Case: CaseIterable>(caseName value: Case) -> StringRef {
        guard let name = enumCaseName(value) else { return intern("\(value)") }
        return intern(utf8: UnsafeBufferPointer(start: UnsafeRawPointer(name).assumingMemoryBound(to: UInt8.self), count: strlen(name)))
    }

    static func intern(ascii: UnsafePointer<UInt8>, _ count: Int) -> StringRef { intern(utf8: UnsafeBufferPointer(start: ascii, count: count)) }

    // MARK: Making

    /// An uninitialised string of exact type `str` with its final zero unit set. nil when memory is exhausted.
    @inlinable public static func allocate(count: Int, width: Int, ascii: Bool) -> StringRef? {
        let size = MemoryLayout<StringObject>.size + (count + 1) * width
        guard let raw = Heap.allocateUncleared(size, shape: TypeID.str.rawValue) else { return nil }
        let pointer = raw.assumingMemoryBound(to: StringObject.self)
        pointer.pointee.hash = 0
        pointer.pointee.header.flags = UInt8(width) | (ascii ? StringFlags.ascii : 0)
        pointer.pointee.length = count
        let result = StringRef(Value(pointer))
        switch width {
        case 1: result.units1[count] = 0
        case 2: result.units2[count] = 0
        default: result.units4[count] = 0
        }
        return result
    }

    /// A string from UTF-8 (or WTF-8) known to be well formed; empty when memory is exhausted.
    public static func make(utf8: UnsafePointer<UInt8>?, _ count: Int) -> Value {
        var highest: UInt8 = 0
        var characters = 0
        var index = 0
        // Eight bytes at a time while they are ASCII, as most text is to its end.
        while index + 8 <= count, UnsafeRawPointer(utf8!).loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0 { index += 8 }
        characters = index
        while index < count {
            let byte = utf8![index]
            if byte > highest { highest = byte }
            if byte & 0xC0 != 0x80 { characters += 1 }
            index += 1
        }
        if highest < 0x80 {
            if count == 1 { let known = taipan_latin1()[Int(utf8![0])]; if !known.isEmpty { return known } }
            guard let result = allocate(count: count, width: 1, ascii: true) else { return .empty }
            if count > 0 { memcpy(result.units, utf8!, count) }
            return result.value
        }
        let width = highest < 0xC4 ? 1 : highest < 0xF0 ? 2 : 4
        if width == 1 && characters == 1 { let known = taipan_latin1()[Int(decodeOne(utf8!, 0).0)]; if !known.isEmpty { return known } }
        guard let result = allocate(count: characters, width: width, ascii: false) else { return .empty }
        var position = 0
        var place = 0
        // Damaged text gives odd characters, and leads nowhere else.
        while position < count, place < characters {
            let length = utf8Length(utf8![position])
            guard position + length <= count else { break }
            let (character, _) = decodeOne(utf8!, position)
            result.initialize(place, character)
            position += length
            place += 1
        }
        return result.value
    }

    @inline(__always) private static func utf8Length(_ first: UInt8) -> Int { first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4 }

    @inline(__always) static func decodeOne(_ bytes: UnsafePointer<UInt8>, _ at: Int) -> (UInt32, Int) {
        let first = UInt32(bytes[at])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | UInt32(bytes[at + 1]) & 0x3F, 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | (UInt32(bytes[at + 1]) & 0x3F) << 6 | UInt32(bytes[at + 2]) & 0x3F, 3) }
        return ((first & 0x07) << 18 | (UInt32(bytes[at + 1]) & 0x3F) << 12 | (UInt32(bytes[at + 2]) & 0x3F) << 6 | UInt32(bytes[at + 3]) & 0x3F, 4)
    }
}

extension Array where Element == UInt8 {
    /// Appends the UTF-8 of a code point (surrogates as three bytes).
    @inlinable public mutating func appendUTF8(_ character: UInt32) {
        if character < 0x80 {
            append(UInt8(character))
        } else if character < 0x800 {
            append(UInt8(0xC0 | character >> 6))
            append(UInt8(0x80 | character & 0x3F))
        } else if character < 0x10000 {
            append(UInt8(0xE0 | character >> 12))
            append(UInt8(0x80 | character >> 6 & 0x3F))
            append(UInt8(0x80 | character & 0x3F))
        } else {
            append(UInt8(0xF0 | character >> 18))
            append(UInt8(0x80 | character >> 12 & 0x3F))
            append(UInt8(0x80 | character >> 6 & 0x3F))
            append(UInt8(0x80 | character & 0x3F))
        }
    }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// A string from Swift text. Empty, with MemoryError raised, when there is no memory.
    public func newString(_ text: String) -> Value {
        var text = text
        return orOutOfMemory(text.withUTF8 { StringRef.make(utf8: $0.baseAddress, $0.count) })
    }

    /// The interned string of a name in a program; empty with MemoryError raised.
    public func newName(utf8: UnsafeBufferPointer<UInt8>) -> Value { orOutOfMemory(StringRef.internIfRoom(utf8: utf8)) }

    public func newName(_ text: String) -> Value {
        var text = text
        return text.withUTF8 { newName(utf8: $0) }
    }

    /// A string from well-formed UTF-8 or WTF-8.
    public func newString(utf8 bytes: [UInt8]) -> Value { orOutOfMemory(bytes.withUnsafeBufferPointer { StringRef.make(utf8: $0.baseAddress, $0.count) }) }
    public func newString(utf8 start: UnsafePointer<UInt8>?, _ count: Int) -> Value { orOutOfMemory(StringRef.make(utf8: start, count)) }

    /// An uninitialised string whose largest code point will be `maximum`: the width follows from it.
    public func newString(count: Int, maximum: UInt32) -> Value {
        let width = maximum < 0x100 ? 1 : maximum < 0x10000 ? 2 : 4
        guard let result = StringRef.allocate(count: count, width: width, ascii: maximum < 0x80) else { return raiseOutOfMemory() }
        return result.value
    }

    /// The string of one code point.
    @inlinable @inline(__always) public func newString(character: UInt32) -> Value {
        if character < 256 { return taipan_latin1()[Int(character)] }
        let result = newString(count: 1, maximum: character)
        if !result.isEmpty { StringRef(result).initialize(0, character) }
        return result
    }

    /// A string from code points, in the narrowest width.
    public func newString(codePoints: [UInt32]) -> Value {
        var maximum: UInt32 = 0
        for character in codePoints { maximum = max(maximum, character) }
        if codePoints.count == 1 && maximum < 256 { return taipan_latin1()[Int(maximum)] }
        let result = newString(count: codePoints.count, maximum: maximum)
        if result.isEmpty { return .empty }
        for (index, character) in codePoints.enumerated() { StringRef(result).initialize(index, character) }
        return result
    }

    /// Characters `start ..< end` of a string; indices in range.
    public func substring(_ string: StringRef, _ start: Int, _ end: Int) -> Value {
        let count = end - start
        if count <= 0 { return WellKnown.emptyString.value }
        if count == string.count && string.pointer.pointee.header.shape == TypeID.str.rawValue { return string.value }
        if count == 1 { return newString(character: string[start]) }
        if string.isASCII {
            guard let result = StringRef.allocate(count: count, width: 1, ascii: true) else { return raiseOutOfMemory() }
            memcpy(result.units, string.units + start, count)
            return result.value
        }
        return newString(units: string.units, string.width, start, end)
    }

    /// A string of the units `start ..< end` of a run, in the narrowest width.
    public func newString(units base: UnsafeRawPointer, _ width: Int, _ start: Int, _ end: Int) -> Value {
        let count = end - start
        if count <= 0 { return WellKnown.emptyString.value }
        let bits = UnitRuns.bits(base, width, start, end)
        if count == 1 && bits < 0x100 { return taipan_latin1()[Int(bits)] }
        guard let result = StringRef.allocate(count: count, width: UnitRuns.width(bits: bits), ascii: bits < 0x80) else { return raiseOutOfMemory() }
        UnitRuns.copy(base + start * width, width, count, to: result.units, result.width)
        return result.value
    }

    /// The concatenation of two strings.
    public func concatenate(_ a: StringRef, _ b: StringRef) -> Value {
        if a.count == 0 && b.value.isExact(.str) { return b.value }
        if b.count == 0 && a.value.isExact(.str) { return a.value }
        let width = Swift.max(a.width, b.width)
        guard let result = StringRef.allocate(count: a.count + b.count, width: width, ascii: a.isASCII && b.isASCII) else { return raiseOutOfMemory() }
        result.copy(from: a, at: 0)
        result.copy(from: b, at: a.count)
        return result.value
    }

    @inline(__always) func orOutOfMemory(_ value: Value) -> Value { value.isEmpty ? raiseOutOfMemory() : value }
}

extension StringRef {
    /// Copies all of a string that is no wider into this new one.
    public func copy(from source: StringRef, at place: Int) { copy(from: source, 0, source.count, at: place) }

    public func copy(from source: StringRef, _ start: Int, _ end: Int, at place: Int) {
        UnitRuns.copy(source.units + start * source.width, source.width, end - start, to: units + place * width, width)
    }
}

/// What the runtime keeps for printing the cases of enumerations.
@_silgen_name("swift_EnumCaseName") private func enumCaseName<Case>(_ value: Case) -> UnsafePointer<CChar>?
