import Interpreter
import Objects
import TraceJIT

/// Items of strings, and of sequences of numbers that lie side by side in memory: `bytes`, `bytearray`, `array.array`.
extension Recorder {
    /// Where an item lies, once all that this depends on is guarded.
    private struct Place {
        let base: Ref
        let index: Ref
        let field: UInt16
        let code: UInt8
    }

    /// An item of a string or of a flat sequence. Nil for any other container, and for an index out of range.
    func flatItem(_ ref: Ref, _ container: Value, _ key: Ref, _ actualKey: Value) -> Ref? {
        guard container.isPointer, actualKey.isSmallInt else { return nil }
        if container.isExact(.str) {
            guard StringRef(container).isASCII, (-StringRef(container).count ..< StringRef(container).count).contains(actualKey.smallInt) else { return nil }
            guardObject(ref, container)
            guardASCII(ref)
            guard let position = index(key, actualKey, b.load(ref, words.length), StringRef(container).count) else { return nil }
            return b.load(b.pointer(UnsafeRawPointer(taipan_latin1())), index: b.load(ref, index: position, words.character), words.characterString)
        }
        guard let place = place(ref, container, key, actualKey) else { return nil }
        let item = b.load(place.base, index: place.index, place.field)
        // Numbers of 64 bits may be too large for a small int.
        if place.code == UInt8(ascii: "q") || place.code == UInt8(ascii: "l") { b.emit(.gfits, .void, item, Ref(literal: 63)) }
        return item
    }

    /// Stores an item of a flat sequence. False when that is left to the runtime.
    func setFlatItem(_ ref: Ref, _ container: Value, _ key: Ref, _ actualKey: Value, _ value: Ref, _ actual: Value) -> Bool {
        guard container.isPointer, actualKey.isSmallInt, FlatItems.known[container.shapeIndex]?.isMutable == true, let code = code(container), stores(code, actual),
              let place = place(ref, container, key, actualKey) else { return false }
        let number = code == UInt8(ascii: "d") ? double(value, actual) : int(value)
        switch code {
        case UInt8(ascii: "B"): b.guarding(.gult, number, b.int(1 << 8))
        case UInt8(ascii: "H"): b.guarding(.gult, number, b.int(1 << 16))
        case UInt8(ascii: "I"): b.guarding(.gult, number, b.int(1 << 32))
        case UInt8(ascii: "b"): b.emit(.gfits, .void, number, Ref(literal: 8))
        case UInt8(ascii: "h"): b.emit(.gfits, .void, number, Ref(literal: 16))
        case UInt8(ascii: "i"): b.emit(.gfits, .void, number, Ref(literal: 32))
        default: break
        }
        b.store(place.base, index: place.index, place.field, number)
        return true
    }

    private func code(_ container: Value) -> UInt8? {
        guard let layout = FlatItems.known[container.shapeIndex] else { return nil }
        return layout.code.map { container.raw.load(fromByteOffset: $0, as: UInt8.self) } ?? UInt8(ascii: "B")
    }

    /// Whether an item of the type can be set to the value.
    private func stores(_ code: UInt8, _ value: Value) -> Bool {
        let bits: (Int, Int)? = switch code {
        case UInt8(ascii: "B"): (0, 0xFF)
        case UInt8(ascii: "H"): (0, 0xFFFF)
        case UInt8(ascii: "I"): (0, 0xFFFF_FFFF)
        case UInt8(ascii: "b"): (-0x80, 0x7F)
        case UInt8(ascii: "h"): (-0x8000, 0x7FFF)
        case UInt8(ascii: "i"): (-0x8000_0000, 0x7FFF_FFFF)
        case UInt8(ascii: "l"), UInt8(ascii: "q"): (.min, .max)
        default: nil
        }
        if let (low, high) = bits { return value.isSmallInt && low <= value.smallInt && value.smallInt <= high }
        return code == UInt8(ascii: "d") && (value.isPlainFloat || value.isSmallInt && value.smallInt.magnitude >> 53 == 0)
    }

    private func place(_ ref: Ref, _ container: Value, _ key: Ref, _ actualKey: Value) -> Place? {
        guard let layout = FlatItems.known[container.shapeIndex], let code = code(container) else { return nil }
        let width: Field.Width? = switch code {
        case UInt8(ascii: "B"): .u8
        case UInt8(ascii: "b"): .i8
        case UInt8(ascii: "H"): .u16
        case UInt8(ascii: "h"): .i16
        case UInt8(ascii: "I"): .u32
        case UInt8(ascii: "i"): .i32
        case UInt8(ascii: "l"), UInt8(ascii: "q"): .i64
        case UInt8(ascii: "d"): .f64
        default: nil
        }
        let actualCount = container.raw.load(fromByteOffset: layout.count, as: Int.self)
        guard let width, (-actualCount ..< actualCount).contains(actualKey.smallInt) else { return nil }
        guardObject(ref, container)
        if let offset = layout.code { b.guarding(.geq, b.load(ref, words.flat("flatCode", offset, .u8)), b.int(Int64(code))) }
        let count = layout.isMutable ? words.flat("flatCount", layout.count, .i64, isCount: true) : words.length
        guard var position = index(key, actualKey, b.load(ref, count), actualCount) else { return nil }
        if let offset = layout.start { position = b.int(.add, position, b.load(ref, words.flat("flatStart", offset, .i64))) }
        let base = layout.storage.map { b.load(ref, words.flat("flatStorage", $0, .value)) } ?? ref
        return Place(base: base, index: position, field: words.flatItem(layout.first, width), code: code)
    }
}
