import Glibc
import Objects

/// Builds a string piece by piece.
///
/// Units are collected in scratch memory outside the heap, one byte each until a wider character comes, so `finish` copies
/// once into a string of the right width. A builder that runs out of memory remembers it, and `finish` raises MemoryError: appending needs no checks.
/// Nothing may be taken back except by `truncate`, since the width would be wrong.
///
/// One scratch block is kept for the next builder, so that short results cost no `malloc`.
public struct StringBuilder: ~Copyable {
    nonisolated(unsafe) static var spare: UnsafeMutableRawPointer?
    static let spareSize = 4096

    @usableFromInline var base: UnsafeMutableRawPointer
    /// Characters so far.
    public private(set) var count = 0
    /// Characters that fit.
    @usableFromInline var capacity: Int
    /// Bytes of a unit so far: 1, 2 or 4.
    @usableFromInline var width = 1
    /// Width 1 and every unit below 128, as far as is known.
    @usableFromInline var onlyASCII = true
    var failed = false

    public init() {
        if let spare = StringBuilder.spare {
            StringBuilder.spare = nil
            base = spare
        } else {
            base = malloc(StringBuilder.spareSize)
        }
        capacity = StringBuilder.spareSize
        allocated = StringBuilder.spareSize
    }

    /// Bytes of the scratch block.
    private var allocated: Int

    deinit {
        if allocated == StringBuilder.spareSize && StringBuilder.spare == nil { StringBuilder.spare = base } else { free(base) }
    }

    // MARK: Room

    /// Makes room for `extra` more characters.
    @inline(__always) public mutating func reserve(_ extra: Int) {
        if count &+ extra > capacity { grow(extra) }
    }

    @inline(never) @usableFromInline mutating func grow(_ extra: Int) {
        let (needed, overflow) = count.addingReportingOverflow(extra)
        guard !overflow, needed < 1 << 44 else { fail(); return }
        let wanted = max(needed, count + count / 2)
        var larger = realloc(base, wanted * width)
        var size = wanted
        if larger == nil && wanted > needed {
            larger = realloc(base, needed * width)
            size = needed
        }
        guard let larger else { fail(); return }
        base = larger
        allocated = size * width
        capacity = size
    }

    /// From now on everything goes into the first character's place.
    private mutating func fail() {
        failed = true
        count = 0
    }

    @inline(never) @usableFromInline mutating func widen(_ wanted: Int) {
        let size = max(capacity, 64)
        guard let larger = malloc(size * wanted) else { failed = true; return }
        UnitRuns.copy(base, width, count, to: larger, wanted)
        if allocated == StringBuilder.spareSize && StringBuilder.spare == nil { StringBuilder.spare = base } else { free(base) }
        base = larger
        width = wanted
        capacity = size
        allocated = size * wanted
        onlyASCII = false
    }

    // MARK: Appending

    @inline(__always) public mutating func append(_ character: UInt32) {
        if count == capacity { grow(1) }
        if width == 1 && character < 0x100 {
            if failed { return }
            base.assumingMemoryBound(to: UInt8.self)[count] = UInt8(truncatingIfNeeded: character)
            if character >= 0x80 { onlyASCII = false }
            count &+= 1
            return
        }
        appendWide(character)
    }

    @inline(never) @usableFromInline mutating func appendWide(_ character: UInt32) {
        let needed = character < 0x100 ? 1 : character < 0x10000 ? 2 : 4
        if needed > width { widen(needed) }
        if failed { return }
        switch width {
        case 1: base.assumingMemoryBound(to: UInt8.self)[count] = UInt8(truncatingIfNeeded: character)
        case 2: base.assumingMemoryBound(to: UInt16.self)[count] = UInt16(truncatingIfNeeded: character)
        default: base.assumingMemoryBound(to: UInt32.self)[count] = character
        }
        count &+= 1
    }

    /// Appends `number` times the same character.
    public mutating func append(_ character: UInt32, times number: Int) {
        if number <= 0 { return }
        reserve(number)
        if failed { return }
        let needed = character < 0x100 ? 1 : character < 0x10000 ? 2 : 4
        if needed > width { widen(needed) }
        if failed { return }
        if width == 1 {
            memset(base + count, Int32(character), number)
            if character >= 0x80 { onlyASCII = false }
            count += number
        } else {
            if width == 2 {
                (base.assumingMemoryBound(to: UInt16.self) + count).update(repeating: UInt16(truncatingIfNeeded: character), count: number)
            } else {
                (base.assumingMemoryBound(to: UInt32.self) + count).update(repeating: character, count: number)
            }
            count += number
        }
    }

    /// Appends a whole string.
    @inline(__always) public mutating func append(_ string: StringRef) {
        if string.width == 1 && width == 1 {
            let length = string.count
            reserve(length)
            if failed { return }
            memcpy(base + count, string.units, length)
            if !string.isASCII { onlyASCII = false }
            count &+= length
        } else {
            append(string, 0, string.count)
        }
    }

    /// Appends characters `start ..< end` of a string; indices in range.
    @inline(never) public mutating func append(_ string: StringRef, _ start: Int, _ end: Int) {
        let length = end - start
        if length <= 0 { return }
        append(units: string.units + start * string.width, string.width, length)
    }

    /// Appends units of any width.
    mutating func append(units: UnsafeRawPointer, _ unitWidth: Int, _ length: Int) {
        if length == 0 { return }
        if unitWidth > width {
            let needed = UnitRuns.width(bits: UnitRuns.bits(units, unitWidth, 0, length))
            if needed > width { widen(needed) }
        }
        reserve(length)
        if failed { return }
        UnitRuns.copy(units, unitWidth, length, to: base + count * width, width)
        if onlyASCII && width == 1 { onlyASCII = UnitRuns.bits(base + count, 1, 0, length) < 0x80 }
        count &+= length
    }

    /// Appends Latin-1 bytes.
    @inline(__always) public mutating func append(latin1 start: UnsafePointer<UInt8>, _ length: Int) {
        reserve(length)
        if failed { return }
        if width == 1 {
            memcpy(base + count, start, length)
            if onlyASCII && !Units.isASCII(start, length) { onlyASCII = false }
            count &+= length
        } else {
            UnitRuns.copy(start, 1, length, to: base + count * width, width)
            count &+= length
        }
    }

    /// Appends ASCII text.
    public mutating func append(_ text: StaticString) { append(latin1: text.utf8Start, text.utf8CodeUnitCount) }

    /// Appends Swift text.
    public mutating func append(_ text: String) {
        for scalar in text.unicodeScalars { append(scalar.value) }
    }

    /// Appends a number in lower-case hexadecimal of at least `digits` digits.
    public mutating func append(hex number: UInt32, digits: Int) {
        var shift = digits * 4
        while shift < 32 && number >> UInt32(shift) != 0 { shift += 4 }
        while shift > 0 {
            shift -= 4
            let digit = UInt8(truncatingIfNeeded: number >> UInt32(shift) & 15)
            append(UInt32(digit < 10 ? 48 + digit : 87 + digit))
        }
    }

    /// Appends a backslash, a letter and a number of so many hexadecimal digits.
    mutating func append(escape letter: UInt8, _ number: UInt32, digits: Int) {
        append(92)
        append(UInt32(letter))
        append(hex: number, digits: digits)
    }

    /// Appends `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
    mutating func append(escaped character: UInt32) {
        if character >= 0x10000 { append(escape: UInt8(ascii: "U"), character, digits: 8) }
        else if character >= 0x100 { append(escape: UInt8(ascii: "u"), character, digits: 4) }
        else { append(escape: UInt8(ascii: "x"), character, digits: 2) }
    }

    /// A character already appended; the index is in range.
    public subscript(_ index: Int) -> UInt32 {
        switch width {
        case 1: return UInt32(base.assumingMemoryBound(to: UInt8.self)[index])
        case 2: return UInt32(base.assumingMemoryBound(to: UInt16.self)[index])
        default: return base.assumingMemoryBound(to: UInt32.self)[index]
        }
    }

    /// Forgets the characters from `length` on.
    public mutating func truncate(_ length: Int) {
        if length < count { count = length }
        if width > 1 || !onlyASCII { narrowed = true }
    }
    /// Something was taken back: the width must be found anew.
    private var narrowed = false

    // MARK: Finishing

    /// The string. The builder is empty afterwards, for another one. Empty, with MemoryError raised, when there was no memory.
    public mutating func finish(_ thread: ThreadRef) -> Value {
        if failed { return thread.raiseOutOfMemory() }
        defer {
            count = 0
            onlyASCII = width == 1
            narrowed = width > 1
        }
        if narrowed && width > 1 { return Units(base, count, width).string(thread) }
        if count == 0 { return WellKnown.emptyString.value }
        if count == 1 && width == 1 { return taipan_latin1()[Int(base.load(as: UInt8.self))] }
        let ascii = width == 1 && (onlyASCII || Units.isASCII(base.assumingMemoryBound(to: UInt8.self), count))
        guard let result = StringRef.allocate(count: count, width: width, ascii: ascii) else { return thread.raiseOutOfMemory() }
        memcpy(result.units, base, count * width)
        return result.value
    }

    /// The characters so far; only until the next change.
    public var units: Units { Units(base, count, width) }
}
