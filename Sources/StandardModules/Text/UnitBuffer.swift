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
        for index in 0 ..< count {
            let unit = self[index]
            if wanted == 2 { memory.storeBytes(of: UInt16(truncatingIfNeeded: unit), toByteOffset: index * 2, as: UInt16.self) }
            else { memory.storeBytes(of: unit, toByteOffset: index * 4, as: UInt32.self) }
        }
        if let old = base {
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

    private mutating func store(_ character: UInt32) {
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
        if source == width {
            memcpy(base! + count * width, units, length * width)
            count += length
            return
        }
        for index in 0 ..< length {
            store(source == 1 ? UInt32(units.load(fromByteOffset: index, as: UInt8.self)) : UInt32(units.load(fromByteOffset: index * 2, as: UInt16.self)))
        }
    }

    mutating func append(_ string: StringRef) { append(units: string.units, string.count, width: string.width) }

    mutating func append(_ text: StaticString) { append(bytes: text.utf8Start, text.utf8CodeUnitCount) }

    /// The string; empty, with MemoryError raised, when memory ran out.
    mutating func finish(_ thread: ThreadRef) -> Value {
        if failed { return thread.raiseOutOfMemory() }
        if count == 0 { return WellKnown.emptyString.value }
        var all: UInt32 = 0
        if width == 1 {
            let bytes = base!
            var index = 0
            var words: UInt64 = 0
            while index + 8 <= count {
                words |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                index += 8
            }
            var rest: UInt8 = 0
            while index < count {
                rest |= bytes.load(fromByteOffset: index, as: UInt8.self)
                index += 1
            }
            all = words & 0x8080_8080_8080_8080 != 0 || rest & 0x80 != 0 ? 255 : 127
            if count == 1 { return taipan_latin1()[Int(self[0])] }
        } else {
            for index in 0 ..< count { all = max(all, self[index]) }
        }
        let result = thread.newString(count: count, maximum: all)
        if result.isEmpty { return .empty }
        let target = StringRef(result)
        if target.width == width {
            memcpy(target.units, base!, count * width)
        } else {
            for index in 0 ..< count { target.initialize(index, self[index]) }
        }
        return result
    }

    /// Bytes, when only bytes were appended.
    mutating func finishBytes(_ thread: ThreadRef) -> Value {
        if failed { return thread.raiseOutOfMemory() }
        return thread.newBytes(base, count)
    }
}
