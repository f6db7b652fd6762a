import Glibc
import Objects

/// A run of 1-, 2- or 4-byte units in memory, and searching in it. What `str`, `bytes` and `bytearray` have in common is written over this.
///
/// Memory is borrowed: the object that owns it must be alive, and must not move its storage, for as long as the run is used.
public struct Units {
    public var base: UnsafeMutableRawPointer
    public var count: Int
    public var width: Int

    @inlinable @inline(__always) public init(_ base: UnsafeMutableRawPointer, _ count: Int, _ width: Int = 1) {
        self.base = base
        self.count = count
        self.width = width
    }

    @inlinable @inline(__always) public init(_ string: StringRef) { self.init(string.units, string.count, string.width) }
    @inlinable @inline(__always) public init(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) { self.init(UnsafeMutableRawPointer(bytes), count, 1) }

    @inlinable public var units1: UnsafeMutablePointer<UInt8> { @inline(__always) get { base.assumingMemoryBound(to: UInt8.self) } }
    @inlinable public var units2: UnsafeMutablePointer<UInt16> { @inline(__always) get { base.assumingMemoryBound(to: UInt16.self) } }
    @inlinable public var units4: UnsafeMutablePointer<UInt32> { @inline(__always) get { base.assumingMemoryBound(to: UInt32.self) } }

    @inlinable public subscript(_ index: Int) -> UInt32 {
        @inline(__always) get {
            switch width {
            case 1: return UInt32(units1[index])
            case 2: return UInt32(units2[index])
            default: return units4[index]
            }
        }
    }

    /// Whether all bytes are below 128.
    @inlinable public static func isASCII(_ start: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        let raw = UnsafeRawPointer(start)
        while index &+ 8 <= count {
            if raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 != 0 { return false }
            index &+= 8
        }
        while index < count {
            if start[index] >= 0x80 { return false }
            index &+= 1
        }
        return true
    }

    /// A string of these code points, in the narrowest width.
    public func string(_ thread: ThreadRef) -> Value {
        thread.newString(units: base, width, 0, count)
    }

    // MARK: Searching

    /// The first place of one code point in `start ..< end`, or -1.
    public func find(_ character: UInt32, _ start: Int, _ end: Int) -> Int {
        if start >= end { return -1 }
        switch width {
        case 1:
            guard character < 0x100, let hit = memchr(base + start, Int32(character), end - start) else { return -1 }
            return hit - base
        case 2:
            guard character < 0x10000 else { return -1 }
            return Units.find(units2, UInt16(character), start, end)
        default:
            return Units.find(units4, character, start, end)
        }
    }

    /// Sixteen units at a time are looked at without a branch. A loop over them becomes vector instructions; Swift's generic vectors were calls here, and twenty times as slow.
    @inline(__always) private static func find<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafeMutablePointer<U>, _ wanted: U, _ start: Int, _ end: Int) -> Int {
        var index = start
        while index &+ 16 <= end {
            var found: U = 0
            for step in 0 ..< 16 { found |= units[index &+ step] == wanted ? 1 : 0 }
            if found != 0 { break }
            index &+= 16
        }
        while index < end { if units[index] == wanted { return index }; index &+= 1 }
        return -1
    }

    @inline(__always) private static func findLast<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafeMutablePointer<U>, _ wanted: U, _ start: Int, _ end: Int) -> Int {
        var index = end
        while index &- 16 >= start {
            var found: U = 0
            for step in 1 ... 16 { found |= units[index &- step] == wanted ? 1 : 0 }
            if found != 0 { break }
            index &-= 16
        }
        while index > start { index &-= 1; if units[index] == wanted { return index } }
        return -1
    }

    /// The last place of one code point in `start ..< end`, or -1.
    public func findLast(_ character: UInt32, _ start: Int, _ end: Int) -> Int {
        switch width {
        case 1: return character < 0x100 ? Units.findLast(units1, UInt8(character), start, end) : -1
        case 2: return character < 0x10000 ? Units.findLast(units2, UInt16(character), start, end) : -1
        default: return Units.findLast(units4, character, start, end)
        }
    }

    /// The first place of `needle` that lies within `start ..< end`, or -1.
    @inline(__always) public func find(_ needle: Units, _ start: Int, _ end: Int) -> Int {
        let length = needle.count
        if end - start < length || start < 0 { return -1 }
        if length == 0 { return start }
        if needle.width > width { return -1 }
        if length == 1 { return find(needle[0], start, end) }
        if width == 1 {
            guard let hit = taipan_memmem(base + start, end - start, needle.base, length) else { return -1 }
            return hit - base
        }
        return findWide(needle, start, end)
    }

    @inline(never) func findWide(_ needle: Units, _ start: Int, _ end: Int) -> Int {
        switch (width, needle.width) {
        case (2, 1): return Units.search(units2, start, end, needle.units1, needle.count)
        case (2, _): return Units.search(units2, start, end, needle.units2, needle.count)
        case (_, 1): return Units.search(units4, start, end, needle.units1, needle.count)
        case (_, 2): return Units.search(units4, start, end, needle.units2, needle.count)
        default: return Units.search(units4, start, end, needle.units4, needle.count)
        }
    }

    /// Sunday's quick search with a 64-bit set of the needle's units in place of a shift table.
    @inline(__always) private static func search<H: FixedWidthInteger & UnsignedInteger, N: FixedWidthInteger & UnsignedInteger>(
        _ hay: UnsafeMutablePointer<H>, _ start: Int, _ end: Int, _ needle: UnsafeMutablePointer<N>, _ length: Int) -> Int {
        var seen: UInt64 = 0
        for index in 0 ..< length { seen |= 1 << UInt64(truncatingIfNeeded: needle[index] & 63) }
        let last = H(truncatingIfNeeded: needle[length - 1])
        var place = start
        let final = end - length
        while place <= final {
            if hay[place + length - 1] == last {
                var index = 0
                while index < length - 1 && hay[place + index] == H(truncatingIfNeeded: needle[index]) { index &+= 1 }
                if index == length - 1 { return place }
            }
            if place + length < end && seen >> UInt64(truncatingIfNeeded: hay[place + length] & 63) & 1 == 0 { place &+= length }
            place &+= 1
        }
        return -1
    }

    /// The last place of `needle` that lies within `start ..< end`, or -1.
    public func findLast(_ needle: Units, _ start: Int, _ end: Int) -> Int {
        let length = needle.count
        if end - start < length || start < 0 { return -1 }
        if length == 0 { return end }
        if needle.width > width { return -1 }
        let first = needle[0]
        if length == 1 { return findLast(first, start, end) }
        var place = end - length
        while place >= start {
            place = findLast(first, start, place + 1)
            if place < 0 { return -1 }
            if matches(needle, at: place) { return place }
            place -= 1
        }
        return -1
    }

    /// Whether `needle` stands at an index; it fits.
    @inline(__always) public func matches(_ needle: Units, at place: Int) -> Bool {
        if needle.width == width { return memcmp(base + place * width, needle.base, needle.count * width) == 0 }
        if needle.width > width { return false }
        return UnitRuns.mismatch(base + place * width, width, needle.base, needle.width, needle.count) == needle.count
    }

    @inline(__always) private static func count<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafeMutablePointer<U>, _ wanted: U, _ start: Int, _ end: Int) -> Int {
        var total = 0
        for index in start ..< end { total &+= units[index] == wanted ? 1 : 0 }
        return total
    }

    /// Sixteen bytes at a time, each lane counting for itself as far as it can.
    private static func countBytes(_ bytes: UnsafeMutablePointer<UInt8>, _ wanted: UInt8, _ start: Int, _ end: Int) -> Int {
        let pattern = SIMD16<UInt8>(repeating: wanted)
        var total = 0, place = start
        while end - place >= 16 {
            var counts = SIMD16<UInt8>()
            let stop = place + Swift.min((end - place) / 16, 255) * 16
            while place < stop {
                counts.replace(with: counts &+ 1, where: UnsafeRawPointer(bytes + place).loadUnaligned(as: SIMD16<UInt8>.self) .== pattern)
                place &+= 16
            }
            for lane in 0 ..< 16 { total &+= Int(counts[lane]) }
        }
        return total &+ count(bytes, wanted, place, end)
    }

    /// How often `needle` occurs in `start ..< end` without overlap, at most `limit` times.
    public func occurrences(_ needle: Units, _ start: Int, _ end: Int, limit: Int = Int.max) -> Int {
        if start > end { return 0 }
        if needle.count == 0 { return Swift.min(end - start + 1, limit) }
        var total = 0
        if needle.count == 1 && width == 1 && needle.width == 1 && limit == Int.max {
            let wanted = needle.units1[0]
            return Units.countBytes(units1, wanted, start, end)
        }
        if needle.count == 1 && limit == Int.max {
            let wanted = needle[0]
            if width == 1 || width == 2 && wanted > 0xFFFF { return 0 }
            return width == 2 ? Units.count(units2, UInt16(wanted), start, end) : Units.count(units4, wanted, start, end)
        }
        var place = start
        while total < limit {
            place = find(needle, place, end)
            if place < 0 { break }
            total += 1
            place += needle.count
        }
        return total
    }
}

/// Slices and index arguments of text. `Objects` knows slices; the rest is what `find`, `count` and `*` add.
struct SliceSpan {
    let start: Int
    let step: Int
    /// Items selected.
    let count: Int

    /// Evaluates a slice object for a sequence of `length` items; nil when it has raised.
    init?(_ thread: ThreadRef, _ slice: Value, _ length: Int) {
        guard let numbers = thread.unpackSlice(slice) else { return nil }
        let bounds = thread.adjustSlice(numbers, length)
        start = bounds.start
        step = bounds.step
        count = bounds.count
    }

    @inline(__always) static func index(_ thread: ThreadRef, _ value: Value) -> Int? {
        if value.isSmallInt { return value.smallInt }
        guard value.isInt || value.type.slotPointer(.index).pointee != nil else {
            thread.raise(.typeError, "slice indices must be integers or None or have an __index__ method")
            return nil
        }
        return thread.toInt(value, overflow: nil)
    }

    /// Optional start and end arguments of `find`, `count` and the like, as places in `0 ... length`; `start` may exceed `end`. nil when it has raised.
    @inline(__always) static func range(_ thread: ThreadRef, _ start: Value, _ end: Value, _ length: Int) -> (Int, Int)? {
        if start.isEmpty && end.isEmpty { return (0, length) }
        var low = 0
        var high = length
        if !start.isEmpty && !start.isNone {
            guard let value = index(thread, start) else { return nil }
            low = value < 0 ? Swift.max(value &+ length, 0) : value
        }
        if !end.isEmpty && !end.isNone {
            guard let value = index(thread, end) else { return nil }
            high = value < 0 ? Swift.max(value &+ length, 0) : Swift.min(value, length)
        }
        return (low, high)
    }

    /// The repeat count of `sequence * n`, negative ones as 0; nil when it has raised.
    static func repeatCount(_ thread: ThreadRef, _ value: Value) -> Int? {
        if value.isSmallInt { return Swift.max(value.smallInt, 0) }
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        guard let count = IntOps.toInt(index) else {
            thread.raise(.overflowError, "cannot fit '\(value.type.name)' into an index-sized integer")
            return nil
        }
        return Swift.max(count, 0)
    }
}
