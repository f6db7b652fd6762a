import Glibc

/// Runs of 1-, 2- and 4-byte units, as strings hold them: how wide a string of them must be, copies into units of another width, their order.
///
/// Each loop is generic and made once for every width, so that it asks nothing about the width at each unit and the compiler makes vector instructions of it.
public enum UnitRuns {
    // MARK: Width

    /// The bitwise or of the units `start ..< end`, or of so many of them that it is clear that a string of them needs their own width. Below 128 they are ASCII.
    public static func bits(_ base: UnsafeRawPointer, _ width: Int, _ start: Int, _ end: Int) -> UInt32 {
        switch width {
        case 1: return bits(base.assumingMemoryBound(to: UInt8.self) + start, end - start, enough: 0x80)
        case 2: return bits(base.assumingMemoryBound(to: UInt16.self) + start, end - start, enough: 0x100)
        default: return bits(base.assumingMemoryBound(to: UInt32.self) + start, end - start, enough: 0x10000)
        }
    }

    @inline(__always) private static func bits<U: FixedWidthInteger & UnsignedInteger>(_ units: UnsafePointer<U>, _ count: Int, enough: U) -> UInt32 {
        var result: U = 0
        var index = 0
        while index &+ 32 <= count {
            for step in 0 ..< 32 { result |= units[index &+ step] }
            index &+= 32
            if result >= enough { return UInt32(result) }
        }
        while index < count {
            result |= units[index]
            index &+= 1
        }
        return UInt32(result)
    }

    /// The width of a string whose units have these bits.
    @inline(__always) public static func width(bits: UInt32) -> Int { bits < 0x100 ? 1 : bits < 0x10000 ? 2 : 4 }

    // MARK: Copies

    /// Copies `count` units of one width to units of another, which hold them all; the memory is not shared.
    public static func copy(_ source: UnsafeRawPointer, _ width: Int, _ count: Int, to target: UnsafeMutableRawPointer, _ targetWidth: Int) {
        if width == targetWidth {
            memcpy(target, source, count &* width)
            return
        }
        switch (width, targetWidth) {
        case (1, 2): convert(source, UInt8.self, count, target, UInt16.self)
        case (1, _): convert(source, UInt8.self, count, target, UInt32.self)
        case (2, 1): convert(source, UInt16.self, count, target, UInt8.self)
        case (2, _): convert(source, UInt16.self, count, target, UInt32.self)
        case (_, 1): convert(source, UInt32.self, count, target, UInt8.self)
        default: convert(source, UInt32.self, count, target, UInt16.self)
        }
    }

    @inline(__always) private static func convert<S: FixedWidthInteger & UnsignedInteger, T: FixedWidthInteger & UnsignedInteger>(
        _ source: UnsafeRawPointer, _: S.Type, _ count: Int, _ target: UnsafeMutableRawPointer, _: T.Type) {
        let source = source.assumingMemoryBound(to: S.self), target = target.assumingMemoryBound(to: T.self)
        for index in 0 ..< count { target[index] = T(truncatingIfNeeded: source[index]) }
    }

    // MARK: Order

    /// The first place below `count` where two runs differ, or `count`.
    public static func mismatch(_ a: UnsafeRawPointer, _ width: Int, _ b: UnsafeRawPointer, _ otherWidth: Int, _ count: Int) -> Int {
        if width > otherWidth { return mismatch(b, otherWidth, a, width, count) }
        switch (width, otherWidth) {
        case (1, 1): return mismatch(a, UInt8.self, b, UInt8.self, count)
        case (1, 2): return mismatch(a, UInt8.self, b, UInt16.self, count)
        case (1, _): return mismatch(a, UInt8.self, b, UInt32.self, count)
        case (2, 2): return mismatch(a, UInt16.self, b, UInt16.self, count)
        case (2, _): return mismatch(a, UInt16.self, b, UInt32.self, count)
        default: return mismatch(a, UInt32.self, b, UInt32.self, count)
        }
    }

    @inline(__always) private static func mismatch<A: FixedWidthInteger & UnsignedInteger, B: FixedWidthInteger & UnsignedInteger>(
        _ first: UnsafeRawPointer, _: A.Type, _ second: UnsafeRawPointer, _: B.Type, _ count: Int) -> Int {
        let a = first.assumingMemoryBound(to: A.self), b = second.assumingMemoryBound(to: B.self)
        var index = 0
        if MemoryLayout<A>.size == MemoryLayout<B>.size {
            // Words that are equal.
            let step = 8 / MemoryLayout<A>.size
            while index &+ step <= count {
                let place = index &* MemoryLayout<A>.size
                if first.loadUnaligned(fromByteOffset: place, as: UInt64.self) != second.loadUnaligned(fromByteOffset: place, as: UInt64.self) { break }
                index &+= step
            }
        }
        while index < count, UInt32(truncatingIfNeeded: a[index]) == UInt32(truncatingIfNeeded: b[index]) { index &+= 1 }
        return index
    }
}
