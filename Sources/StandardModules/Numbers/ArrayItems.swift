import Glibc
import NumberTypes
import Objects

/// The items of `array.array`: what each type code stores, and how an item is read and written.
struct ArrayKind {
    let code: UInt8
    let size: Int
    /// The code in `struct` syntax, for buffers.
    let format: StaticString
    /// The number that pickles carry: little-endian; big-endian is one more.
    let machine: Int

    static let all: [ArrayKind] = [
        ArrayKind(code: UInt8(ascii: "b"), size: 1, format: "b", machine: 1), ArrayKind(code: UInt8(ascii: "B"), size: 1, format: "B", machine: 0),
        ArrayKind(code: UInt8(ascii: "u"), size: 4, format: "w", machine: 20), ArrayKind(code: UInt8(ascii: "h"), size: 2, format: "h", machine: 4),
        ArrayKind(code: UInt8(ascii: "H"), size: 2, format: "H", machine: 2), ArrayKind(code: UInt8(ascii: "i"), size: 4, format: "i", machine: 8),
        ArrayKind(code: UInt8(ascii: "I"), size: 4, format: "I", machine: 6), ArrayKind(code: UInt8(ascii: "l"), size: 8, format: "l", machine: 12),
        ArrayKind(code: UInt8(ascii: "L"), size: 8, format: "L", machine: 10), ArrayKind(code: UInt8(ascii: "q"), size: 8, format: "q", machine: 12),
        ArrayKind(code: UInt8(ascii: "Q"), size: 8, format: "Q", machine: 10), ArrayKind(code: UInt8(ascii: "f"), size: 4, format: "f", machine: 14),
        ArrayKind(code: UInt8(ascii: "d"), size: 8, format: "d", machine: 16),
    ]

    static func find(_ code: UInt32) -> ArrayKind? { all.first { UInt32($0.code) == code } }
}

enum ArrayItems {
    @inline(__always) static func load(_ thread: ThreadRef, _ code: UInt8, _ p: UnsafeRawPointer) -> Value {
        switch code {
        case UInt8(ascii: "b"): return Value(small: Int(p.loadUnaligned(as: Int8.self)))
        case UInt8(ascii: "B"): return Value(small: Int(p.loadUnaligned(as: UInt8.self)))
        case UInt8(ascii: "h"): return Value(small: Int(p.loadUnaligned(as: Int16.self)))
        case UInt8(ascii: "H"): return Value(small: Int(p.loadUnaligned(as: UInt16.self)))
        case UInt8(ascii: "i"): return Value(small: Int(p.loadUnaligned(as: Int32.self)))
        case UInt8(ascii: "I"): return Value(small: Int(p.loadUnaligned(as: UInt32.self)))
        case UInt8(ascii: "l"), UInt8(ascii: "q"): return thread.newInt(p.loadUnaligned(as: Int.self))
        case UInt8(ascii: "L"), UInt8(ascii: "Q"): return thread.newInt(unsigned: p.loadUnaligned(as: UInt.self))
        case UInt8(ascii: "f"): return thread.newFloat(Double(p.loadUnaligned(as: Float.self)))
        case UInt8(ascii: "d"): return thread.newFloat(p.loadUnaligned(as: Double.self))
        default:
            let character = p.loadUnaligned(as: UInt32.self)
            if character > 0x10FFFF { return thread.raise(.valueError, "character U+\(String(character, radix: 16)) is not in range [U+0000; U+10ffff]") }
            return thread.newString(character: character)
        }
    }

    /// An item as its bits; nil when it has raised. May run Python.
    @inline(__always) static func convert(_ thread: ThreadRef, _ code: UInt8, _ value: Value) -> UInt64? {
        switch code {
        case UInt8(ascii: "d"):
            guard let number = thread.toDouble(value) else { return nil }
            return number.bitPattern
        case UInt8(ascii: "f"):
            guard let number = thread.toDouble(value) else { return nil }
            return UInt64(Float(number).bitPattern)
        case UInt8(ascii: "u"):
            guard value.isString, StringRef(value).count == 1 else {
                thread.raise(.typeError, "array item must be unicode character")
                return nil
            }
            return UInt64(StringRef(value)[0])
        default: return integer(thread, code, value)
        }
    }

    private static func integer(_ thread: ThreadRef, _ code: UInt8, _ value: Value) -> UInt64? {
        let index = thread.toIndex(value)
        if index.isEmpty { return nil }
        func check(_ low: Int, _ high: Int, _ name: String) -> UInt64? {
            guard let number = IntOps.toInt(index) else {
                thread.raise(.overflowError, "Python int too large to convert to C long")
                return nil
            }
            if number < low || number > high {
                thread.raise(.overflowError, "\(name) is \(number < low ? "less than minimum" : "greater than maximum")")
                return nil
            }
            return UInt64(bitPattern: Int64(number))
        }
        switch code {
        case UInt8(ascii: "b"): return check(-128, 127, "signed char")
        case UInt8(ascii: "B"): return check(0, 255, "unsigned byte integer")
        case UInt8(ascii: "h"): return check(-32768, 32767, "signed short integer")
        case UInt8(ascii: "H"): return check(0, 65535, "unsigned short")
        case UInt8(ascii: "i"): return check(Int(Int32.min), Int(Int32.max), "signed integer")
        case UInt8(ascii: "l"): return check(Int.min, Int.max, "")
        case UInt8(ascii: "q"):
            guard let number = IntOps.toInt(index) else {
                thread.raise(.overflowError, "int too big to convert")
                return nil
            }
            return UInt64(bitPattern: Int64(number))
        default:
            let isQuad = code == UInt8(ascii: "Q")
            if Integers.isNegative(index) {
                thread.raise(.overflowError, isQuad ? "can't convert negative int to unsigned" : "can't convert negative value to unsigned int")
                return nil
            }
            guard Integers.bitLength(index) <= 64 else {
                thread.raise(.overflowError, isQuad ? "int too big to convert" : "Python int too large to convert to C unsigned long")
                return nil
            }
            let number = Integers.withLimbs(index) { $0.count == 0 ? 0 : $0.start[0] }
            if code == UInt8(ascii: "I") && number > UInt(UInt32.max) {
                thread.raise(.overflowError, "unsigned int is greater than maximum")
                return nil
            }
            return UInt64(number)
        }
    }

    @inline(__always) static func store(_ bits: UInt64, _ size: Int, _ p: UnsafeMutableRawPointer) {
        switch size {
        case 1: p.storeBytes(of: UInt8(truncatingIfNeeded: bits), as: UInt8.self)
        case 2: p.storeBytes(of: UInt16(truncatingIfNeeded: bits), as: UInt16.self)
        case 4: p.storeBytes(of: UInt32(truncatingIfNeeded: bits), as: UInt32.self)
        default: p.storeBytes(of: bits, as: UInt64.self)
        }
    }
}
