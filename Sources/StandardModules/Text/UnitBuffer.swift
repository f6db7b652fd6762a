import Glibc
import Objects

/// A string under construction, in plain memory: units of one width, widened when a wider character comes. `re` and `json` write their results into it.
///
/// Running out of memory is remembered, and raised by `finish`. `free` must be called in the end.
struct UnitBuffer {
    private(set) var base: UnsafeMutableRawPointer?
    private(set) var count = 0
    private var capacity = 0
    private(set) var width: Int
    private var failed = false

    nonisolated(unsafe) private static var spare: UnsafeMutableRawPointer?
    private static let spareSize = 8192

    init(width: Int = 1) {
        self.width = width
        if let spare = UnitBuffer.spare {
            UnitBuffer.spare = nil
            base = spare
            capacity = UnitBuffer.spareSize / width
        }
    }

    mutating func free() {
        guard let memory = base else { return }
        if UnitBuffer.spare == nil && capacity * width == UnitBuffer.spareSize { UnitBuffer.spare = memory } else { Glibc.free(memory) }
        base = nil
    }

    /// Makes room for `extra` more units. False when there is none.
    @inline(__always) mutating func reserve(_ extra: Int) -> Bool {
        if capacity &- count >= extra { return true }
        return grow(extra)
    }

    @inline(never) private mutating func grow(_ extra: Int) -> Bool {
        guard !failed, extra < 1 << 44, count < 1 << 44 else { failed = true; return false }
        var wanted = max(count + extra, capacity + capacity / 2)
        if wanted * width < UnitBuffer.spareSize { wanted = UnitBuffer.spareSize / width }
        guard let memory = realloc(base, wanted * width) else { failed = true; return false }
        base = memory
        capacity = wanted
        return true
    }

    /// Makes units at least `wanted` bytes wide.
    @inline(never) mutating func widen(_ wanted: Int) {
        if wanted <= width { return }
        let size = max(capacity, 64)
        guard !failed, let memory = malloc(size * wanted) else { failed = true; return }
        if let old = base {
            UnitRuns.copy(old, width, count, to: memory, wanted)
            if UnitBuffer.spare == nil && capacity * width == UnitBuffer.spareSize { UnitBuffer.spare = old } else { Glibc.free(old) }
        }
        base = memory
        width = wanted
        capacity = size
    }

    subscript(_ index: Int) -> UInt32 {
        switch width {
        case 1: return UInt32(base!.load(fromByteOffset: index, as: UInt8.self))
        case 2: return UInt32(base!.load(fromByteOffset: index * 2, as: UInt16.self))
        default: return base!.load(fromByteOffset: index * 4, as: UInt32.self)
        }
    }

    @inline(__always) mutating func append(_ character: UInt32) {
        if width == 1 && character < 256 {
            guard reserve(1) else { return }
            base.unsafelyUnwrapped.storeBytes(of: UInt8(truncatingIfNeeded: character), toByteOffset: count, as: UInt8.self)
            count &+= 1
            return
        }
        appendSlow(character)
    }

    @inline(never) private mutating func appendSlow(_ character: UInt32) {
        if character > 0xFF { widen(character > 0xFFFF ? 4 : 2) }
        guard !failed, reserve(1) else { return }
        store(character)
    }

    @inline(__always) private mutating func store(_ character: UInt32) {
        switch width {
        case 1: base!.storeBytes(of: UInt8(truncatingIfNeeded: character), toByteOffset: count, as: UInt8.self)
        case 2: base!.storeBytes(of: UInt16(truncatingIfNeeded: character), toByteOffset: count * 2, as: UInt16.self)
        default: base!.storeBytes(of: character, toByteOffset: count * 4, as: UInt32.self)
        }
        count &+= 1
    }

    /// Appends Latin-1 bytes.
    @inline(__always) mutating func append(bytes: UnsafeRawPointer, _ length: Int) {
        if width == 1 {
            guard reserve(length) else { return }
            memcpy(base.unsafelyUnwrapped + count, bytes, length)
            count &+= length
        } else {
            append(units: bytes, length, width: 1)
        }
    }

    /// Appends units of any width.
    mutating func append(units: UnsafeRawPointer, _ length: Int, width source: Int) {
        if length <= 0 { return }
        if source > width { widen(source) }
        guard !failed, reserve(length) else { return }
        UnitRuns.copy(units, source, length, to: base! + count * width, width)
        count += length
    }

    /// Appends `\u` and four hexadecimal digits.
    mutating func append(escaped unit: UInt16) {
        guard reserve(6) else { return }
        func digit(_ shift: UInt16) -> UInt32 {
            let digit = UInt32(unit >> shift & 15)
            return digit < 10 ? 48 + digit : 87 + digit
        }
        store(0x5C)
        store(0x75)
        store(digit(12))
        store(digit(8))
        store(digit(4))
        store(digit(0))
    }

    mutating func append(_ string: StringRef) { append(units: string.units, string.count, width: string.width) }

    mutating func append(_ text: StaticString) { append(bytes: text.utf8Start, text.utf8CodeUnitCount) }

    /// The string; empty, with MemoryError raised, when memory ran out.
    mutating func finish(_ thread: ThreadRef) -> Value {
        if failed { return thread.raiseOutOfMemory() }
        if count == 0 { return WellKnown.emptyString.value }
        return thread.newString(units: base.unsafelyUnwrapped, width, 0, count)
    }

    /// Bytes, when only bytes were appended.
    mutating func finishBytes(_ thread: ThreadRef) -> Value {
        if failed { return thread.raiseOutOfMemory() }
        return thread.newBytes(base, count)
    }
}
