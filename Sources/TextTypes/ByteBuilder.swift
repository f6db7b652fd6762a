import Glibc
import Objects

/// Builds bytes piece by piece in scratch memory. Like `StringBuilder`, it remembers a failed allocation until `finish`.
public struct ByteBuilder: ~Copyable {
    public private(set) var base: UnsafeMutablePointer<UInt8>
    public private(set) var count = 0
    @usableFromInline var capacity: Int
    public private(set) var failed = false

    public init(capacity: Int = 256) {
        let size = max(capacity, 64)
        if let memory = malloc(size) {
            base = memory.assumingMemoryBound(to: UInt8.self)
            self.capacity = size
        } else {
            base = malloc(64).assumingMemoryBound(to: UInt8.self)
            self.capacity = 64
        }
    }

    deinit { free(base) }

    /// Makes room for `extra` more bytes. After a failure appended bytes go nowhere.
    @inline(__always) public mutating func reserve(_ extra: Int) {
        if extra > capacity &- count { grow(extra) }
    }

    @inline(never) @usableFromInline mutating func grow(_ extra: Int) {
        let (needed, overflow) = count.addingReportingOverflow(extra)
        guard !overflow, needed < 1 << 46 else { failed = true; return }
        let wanted = max(needed, capacity * 2)
        if let larger = realloc(base, wanted) {
            base = larger.assumingMemoryBound(to: UInt8.self)
            capacity = wanted
        } else if let larger = realloc(base, needed) {
            base = larger.assumingMemoryBound(to: UInt8.self)
            capacity = needed
        } else {
            failed = true
        }
    }

    @inline(__always) public mutating func append(_ byte: UInt8) {
        if count == capacity { grow(1) }
        if failed { return }
        base[count] = byte
        count &+= 1
    }

    @inline(__always) public mutating func append(_ start: UnsafeRawPointer, _ length: Int) {
        reserve(length)
        if failed { return }
        memcpy(base + count, start, length)
        count &+= length
    }

    /// Appends what `body` writes: at most so many bytes, and as many as it says.
    @inline(__always) mutating func fill(atMost limit: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Int) {
        reserve(limit)
        if !failed { count += body(base + count) }
    }

    /// Appends units of any width that are bytes.
    mutating func append(units: UnsafeRawPointer, _ width: Int, _ length: Int) {
        reserve(length)
        if failed { return }
        UnitRuns.copy(units, width, length, to: base + count, 1)
        count &+= length
    }

    public mutating func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }
    public mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0.baseAddress ?? UnsafeRawPointer(base), $0.count) } }

    public mutating func append(_ byte: UInt8, times number: Int) {
        if number <= 0 { return }
        reserve(number)
        if failed { return }
        memset(base + count, Int32(byte), number)
        count &+= number
    }

    /// Appends an unsigned 16-bit number.
    @inline(__always) public mutating func append16(_ number: UInt16, bigEndian: Bool) {
        let high = UInt8(number >> 8), low = UInt8(truncatingIfNeeded: number)
        append(bigEndian ? high : low)
        append(bigEndian ? low : high)
    }

    @inline(__always) public mutating func append32(_ number: UInt32, bigEndian: Bool) {
        append16(UInt16(truncatingIfNeeded: bigEndian ? number >> 16 : number), bigEndian: bigEndian)
        append16(UInt16(truncatingIfNeeded: bigEndian ? number : number >> 16), bigEndian: bigEndian)
    }

    /// Appends the UTF-8 of a code point, surrogates as three bytes.
    @inline(__always) public mutating func append(utf8 character: UInt32) {
        if character < 0x80 { append(UInt8(character)); return }
        appendUTF8Slow(character)
    }

    @inline(never) @usableFromInline mutating func appendUTF8Slow(_ character: UInt32) {
        if character < 0x800 {
            append(UInt8(0xC0 | character >> 6))
        } else {
            if character < 0x10000 { append(UInt8(0xE0 | character >> 12)) } else {
                append(UInt8(0xF0 | character >> 18))
                append(UInt8(0x80 | character >> 12 & 0x3F))
            }
            append(UInt8(0x80 | character >> 6 & 0x3F))
        }
        append(UInt8(0x80 | character & 0x3F))
    }

    /// Appends a backslash, a letter and a number of so many hexadecimal digits.
    mutating func append(escape letter: UInt8, _ number: UInt32, digits: Int) {
        reserve(2 + digits)
        if failed { return }
        base[count] = UInt8(ascii: "\\")
        base[count + 1] = letter
        for place in 0 ..< digits {
            let digit = UInt8(truncatingIfNeeded: number >> UInt32((digits - 1 - place) * 4) & 15)
            base[count + 2 + place] = digit < 10 ? 48 + digit : 87 + digit
        }
        count += 2 + digits
    }

    /// Appends `\xNN`, `\uNNNN` or `\UNNNNNNNN`.
    mutating func append(escaped character: UInt32) {
        if character >= 0x10000 { append(escape: UInt8(ascii: "U"), character, digits: 8) }
        else if character >= 0x100 { append(escape: UInt8(ascii: "u"), character, digits: 4) }
        else { append(escape: UInt8(ascii: "x"), character, digits: 2) }
    }

    /// Appends a number in decimal.
    mutating func append(decimal number: UInt32) {
        var divisor: UInt32 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(48 + number / divisor % 10))
            divisor /= 10
        }
    }

    public mutating func removeAll() { count = 0 }
    public mutating func truncate(_ length: Int) { count = min(count, length) }

    /// A new bytes object; MemoryError when there was no room.
    public func finish(_ thread: ThreadRef) -> Value {
        if failed { return thread.raiseOutOfMemory() }
        if count == 1 { return BytesType.single(base[0]) }
        return thread.newBytes(base, count)
    }

    public func finishArray(_ thread: ThreadRef) -> Value { failed ? thread.raiseOutOfMemory() : thread.newByteArray(base, count) }
}
