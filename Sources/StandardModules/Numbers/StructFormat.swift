import Glibc
import NumberTypes
import Objects

/// The formats of `struct`: parsing them, and packing and unpacking one item.
///
/// A compiled format is an array of `StructField` in raw memory, one for each code with its repeat count. Padding leaves no field, only offsets.
struct StructField {
    /// The format character.
    var code: UInt8
    var style: StructStyle
    /// Bytes of one item; for `s` and `p` of the whole.
    var size: Int
    var offset: Int
    /// Values taken.
    var count: Int
}

/// How numbers out of range are noticed differs: the platform's own formats, those of the same layout in standard little-endian form, and the others.
enum StructStyle: UInt8 { case native, standard, bigEndian }

enum StructFormat {
    /// Root word of the class `struct.error`.
    nonisolated(unsafe) static var errorClass: UnsafeMutablePointer<Value>!

    @discardableResult @inline(never) static func fail(_ thread: ThreadRef, _ message: String) -> Value {
        let text = thread.newString(message)
        return text.isEmpty ? .empty : thread.raise(type: TypeRef(errorClass.pointee), text)
    }

    private static func size(_ code: UInt8, native: Bool) -> Int? {
        switch code {
        case UInt8(ascii: "x"), UInt8(ascii: "b"), UInt8(ascii: "B"), UInt8(ascii: "c"), UInt8(ascii: "s"), UInt8(ascii: "p"), UInt8(ascii: "?"): return 1
        case UInt8(ascii: "h"), UInt8(ascii: "H"), UInt8(ascii: "e"): return 2
        case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "f"): return 4
        case UInt8(ascii: "l"), UInt8(ascii: "L"): return native ? 8 : 4
        case UInt8(ascii: "q"), UInt8(ascii: "Q"), UInt8(ascii: "d"): return 8
        case UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "P"): return native ? 8 : nil
        default: return nil
        }
    }

    struct Compiled {
        var fields: [StructField] = []
        var size = 0
        var items = 0
    }

    /// nil when it has raised.
    static func parse(_ thread: ThreadRef, _ text: UnsafeBufferPointer<UInt8>) -> Compiled? {
        var result = Compiled()
        var position = 0
        var native = true
        var aligned = true
        var big = false
        if let first = text.first {
            position = 1
            switch first {
            case UInt8(ascii: "@"): break
            case UInt8(ascii: "="), UInt8(ascii: "<"): native = false
            case UInt8(ascii: ">"), UInt8(ascii: "!"): native = false; big = true
            default: position = 0
            }
            aligned = native
        }
        while position < text.count {
            var code = text[position]
            position += 1
            if Integers.isSpace(code) { continue }
            if code == 0 { fail(thread, "embedded null character"); return nil }
            var count = 1
            if code >= 48 && code <= 57 {
                count = 0
                var digit = code
                position -= 1
                while position < text.count, text[position] >= 48, text[position] <= 57 {
                    digit = text[position] - 48
                    let (product, overflow) = count.multipliedReportingOverflow(by: 10)
                    let (sum, overflow2) = product.addingReportingOverflow(Int(digit))
                    if overflow || overflow2 { fail(thread, "total struct size too long"); return nil }
                    count = sum
                    position += 1
                }
                if position >= text.count { fail(thread, "repeat count given without format specifier"); return nil }
                code = text[position]
                position += 1
                if code == 0 { fail(thread, "embedded null character"); return nil }
            }
            guard let itemSize = size(code, native: native) else { fail(thread, "bad char in struct format"); return nil }
            if aligned && itemSize > 1 {
                let (sum, overflow) = result.size.addingReportingOverflow(itemSize - 1)
                if overflow { fail(thread, "total struct size too long"); return nil }
                result.size = sum / itemSize * itemSize
            }
            let (bytes, overflow) = itemSize.multipliedReportingOverflow(by: count)
            let (total, overflow2) = result.size.addingReportingOverflow(bytes)
            if overflow || overflow2 { fail(thread, "total struct size too long"); return nil }
            let isText = code == UInt8(ascii: "s") || code == UInt8(ascii: "p")
            if code != UInt8(ascii: "x") {
                if isText || count > 0 {
                    // The platform's own way serves standard little-endian numbers too, floats excepted.
                    let isFloat = code == UInt8(ascii: "f") || code == UInt8(ascii: "d") || code == UInt8(ascii: "e")
                    let same = !big && (native || (itemSize == size(code, native: true) && !isFloat))
                    let style: StructStyle = big ? .bigEndian : same ? .native : .standard
                    result.fields.append(StructField(code: code, style: style, size: isText ? count : itemSize, offset: result.size, count: isText ? 1 : count))
                }
                let (items, overflow) = result.items.addingReportingOverflow(isText ? 1 : count)
                if overflow { fail(thread, "total struct size too long"); return nil }
                result.items = items
            }
            result.size = total
        }
        return result
    }

    // MARK: Unpacking

    @inline(__always) private static func load(_ p: UnsafePointer<UInt8>, _ size: Int, _ big: Bool) -> UInt64 {
        let raw = UnsafeRawPointer(p)
        switch size {
        case 1: return UInt64(p[0])
        case 2:
            let word = raw.loadUnaligned(as: UInt16.self)
            return UInt64(big ? word.byteSwapped : word)
        case 4:
            let word = raw.loadUnaligned(as: UInt32.self)
            return UInt64(big ? word.byteSwapped : word)
        default:
            let word = raw.loadUnaligned(as: UInt64.self)
            return big ? word.byteSwapped : word
        }
    }

    /// One item at `p`.
    @inline(__always) static func unpack(_ thread: ThreadRef, _ field: StructField, _ p: UnsafePointer<UInt8>) -> Value {
        let big = field.style == .bigEndian
        switch field.code {
        case UInt8(ascii: "b"): return Value(small: Int(Int8(bitPattern: p[0])))
        case UInt8(ascii: "B"): return Value(small: Int(p[0]))
        case UInt8(ascii: "?"): return Value(p[0] != 0)
        case UInt8(ascii: "c"): return thread.newBytes(p, 1)
        case UInt8(ascii: "s"): return thread.newBytes(p, field.size)
        case UInt8(ascii: "p"): return field.size == 0 ? thread.newBytes(count: 0) : thread.newBytes(p + 1, min(Int(p[0]), field.size - 1))
        case UInt8(ascii: "e"): return thread.newFloat(Double(Float16(bitPattern: UInt16(load(p, 2, big)))))
        case UInt8(ascii: "f"): return thread.newFloat(Double(Float(bitPattern: UInt32(load(p, 4, big)))))
        case UInt8(ascii: "d"): return thread.newFloat(Double(bitPattern: load(p, 8, big)))
        case UInt8(ascii: "h"), UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "n"):
            let word = load(p, field.size, big)
            let shift = UInt64(64 - field.size * 8)
            return thread.newInt(Int(Int64(bitPattern: word << shift) >> Int64(shift)))
        default:
            return thread.newInt(unsigned: UInt(load(p, field.size, big)))
        }
    }

    // MARK: Packing

    @inline(__always) private static func store(_ word: UInt64, _ p: UnsafeMutablePointer<UInt8>, _ size: Int, _ big: Bool) {
        let raw = UnsafeMutableRawPointer(p)
        switch size {
        case 1: p[0] = UInt8(truncatingIfNeeded: word)
        case 2:
            let value = UInt16(truncatingIfNeeded: word)
            raw.storeBytes(of: big ? value.byteSwapped : value, as: UInt16.self)
        case 4:
            let value = UInt32(truncatingIfNeeded: word)
            raw.storeBytes(of: big ? value.byteSwapped : value, as: UInt32.self)
        default: raw.storeBytes(of: big ? word.byteSwapped : word, as: UInt64.self)
        }
    }

    /// Writes one item. False when it has raised.
    static func pack(_ thread: ThreadRef, _ field: StructField, _ value: Value, _ p: UnsafeMutablePointer<UInt8>) -> Bool {
        let big = field.style == .bigEndian
        switch field.code {
        case UInt8(ascii: "c"):
            guard value.isBytes, BytesRef(value).count == 1 else { fail(thread, "char format requires a bytes object of length 1"); return false }
            p[0] = BytesRef(value).bytes[0]
            return true
        case UInt8(ascii: "?"):
            let truth = thread.isTrue(value)
            if truth < 0 { return false }
            p[0] = UInt8(truth)
            return true
        case UInt8(ascii: "s"), UInt8(ascii: "p"):
            guard value.isBytes || value.isInstance(of: .bytearray) else { fail(thread, "argument for '\(UnicodeScalar(field.code))' must be a bytes object"); return false }
            return !thread.withBuffer(value) { bytes, count in
                if field.code == UInt8(ascii: "s") {
                    if count > 0 { memcpy(p, bytes, min(count, field.size)) }
                } else if field.size > 0 {
                    let used = min(count, field.size - 1)
                    if used > 0 { memcpy(p + 1, bytes, used) }
                    p[0] = UInt8(min(used, 255))
                }
                return .none
            }.isEmpty
        case UInt8(ascii: "d"), UInt8(ascii: "f"), UInt8(ascii: "e"):
            guard let number = thread.toDouble(value) else {
                thread.takeException()
                fail(thread, "required argument is not a float")
                return false
            }
            if field.code == UInt8(ascii: "d") {
                store(number.bitPattern, p, 8, big)
            } else if field.code == UInt8(ascii: "f") {
                let single = Float(number)
                if single.isInfinite && number.isFinite && field.style != .native {
                    if value.isInt { fail(thread, "int too large to convert") } else { thread.raise(.overflowError, "float too large to pack with f format") }
                    return false
                }
                store(UInt64(single.bitPattern), p, 4, big)
            } else {
                let half = Float16(number)
                if half.isInfinite && number.isFinite {
                    if value.isInt { fail(thread, "int too large to convert") } else { thread.raise(.overflowError, "float too large to pack with e format") }
                    return false
                }
                store(UInt64(half.bitPattern), p, 2, big)
            }
            return true
        default:
            return packInteger(thread, field, value, p, big)
        }
    }

    private static func packInteger(_ thread: ThreadRef, _ field: StructField, _ value: Value, _ p: UnsafeMutablePointer<UInt8>, _ big: Bool) -> Bool {
        var number = value
        if !value.isInt {
            guard value.type.slotPointer(.index).pointee != nil else { fail(thread, "required argument is not an integer"); return false }
            number = thread.toIndex(value)
            if number.isEmpty { return false }
        }
        let code = field.code
        let bits = field.size * 8
        let signed = code >= 97
        let isPointer = code == UInt8(ascii: "P")
        let word: UInt64
        let fits: Bool
        if let small = IntOps.toInt(number) {
            word = UInt64(bitPattern: Int64(small))
            if isPointer {
                fits = true
            } else if signed {
                fits = bits == 64 || (small >= -(1 << (bits - 1)) && small < 1 << (bits - 1))
            } else {
                fits = small >= 0 && (bits == 64 || small < 1 << bits)
            }
        } else {
            // Beyond a signed machine word: only an unsigned one may do.
            let unsigned = Integers.withLimbs(number) { $0.count == 1 && !$0.negative ? $0.start[0] : nil }
            word = UInt64(unsigned ?? 0)
            fits = unsigned != nil && bits == 64 && (!signed || isPointer)
        }
        if !fits {
            raiseRange(thread, field, number, bits: bits, signed: signed)
            return false
        }
        store(word, p, field.size, big)
        return true
    }

    private static func raiseRange(_ thread: ThreadRef, _ field: StructField, _ number: Value, bits: Int, signed: Bool) {
        let code = field.code
        let letter = UnicodeScalar(code)
        if code == UInt8(ascii: "P") || (bits == 64 && field.style != .native) {
            fail(thread, "int too large to convert")
            return
        }
        let isWord = IntOps.toInt(number) != nil
        // A number is first read as a C long, signed or not as the format is, and then compared with the bounds.
        let readUnsigned = !signed && code != UInt8(ascii: "B") && !(code == UInt8(ascii: "H") && field.style == .native)
        let readable = readUnsigned ? (isWord ? !Integers.isNegative(number) : Integers.withLimbs(number) { $0.count == 1 && !$0.negative }) : isWord
        if bits == 64 || !readable {
            fail(thread, "argument out of range")
            return
        }
        switch code {
        case UInt8(ascii: "b"): fail(thread, "byte format requires -128 <= number <= 127")
        case UInt8(ascii: "B"): fail(thread, "ubyte format requires 0 <= number <= 255")
        case UInt8(ascii: "h") where field.style == .native: fail(thread, "short format requires -32768 <= number <= 32767")
        case UInt8(ascii: "H") where field.style == .native: fail(thread, "ushort format requires 0 <= number <= 65535")
        default:
            let low = signed ? -(1 << (bits - 1)) : 0
            let high = signed ? 1 << (bits - 1) - 1 : 1 << bits - 1
            fail(thread, "'\(letter)' format requires \(low) <= number <= \(high)")
        }
    }
}
