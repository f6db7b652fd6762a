import CForeign
import Glibc
import Objects

/// C's values in memory, by the codes of `_ctypes`: `struct`'s letters, and `P` for a pointer as a number, `O` for a reference to a Python object, `u` for a wide character.
/// `@` is what a library made: the address in a handle, and nothing else will do. What programs can put in the place of another is to be passed as such.
enum ForeignValues {
    static func size(_ code: UInt8) -> Int? { foreign_type(Int32(code)).map { $0.pointee.size } }

    static func load(_ thread: ThreadRef, _ code: UInt8, _ place: UnsafeRawPointer) -> Value {
        switch code {
        case UInt8(ascii: "b"): return Value(small: Int(place.load(as: Int8.self)))
        case UInt8(ascii: "B"), UInt8(ascii: "c"): return Value(small: Int(place.load(as: UInt8.self)))
        case UInt8(ascii: "?"): return Value(place.load(as: UInt8.self) != 0)
        case UInt8(ascii: "h"): return Value(small: Int(place.loadUnaligned(as: Int16.self)))
        case UInt8(ascii: "H"): return Value(small: Int(place.loadUnaligned(as: UInt16.self)))
        case UInt8(ascii: "i"): return Value(small: Int(place.loadUnaligned(as: Int32.self)))
        case UInt8(ascii: "I"), UInt8(ascii: "u"): return Value(small: Int(place.loadUnaligned(as: UInt32.self)))
        case UInt8(ascii: "l"), UInt8(ascii: "q"): return thread.newInt(place.loadUnaligned(as: Int.self))
        case UInt8(ascii: "L"), UInt8(ascii: "Q"), UInt8(ascii: "P"): return thread.newInt(unsigned: place.loadUnaligned(as: UInt.self))
        case UInt8(ascii: "f"): return thread.newFloat(Double(place.loadUnaligned(as: Float.self)))
        case UInt8(ascii: "d"): return thread.newFloat(place.loadUnaligned(as: Double.self))
        case UInt8(ascii: "g"):
            #if arch(x86_64)
            return thread.newFloat(Double(place.loadUnaligned(as: Float80.self)))
            #else
            return thread.raise(.notImplementedError, "long double")
            #endif
        case UInt8(ascii: "O"):
            let value = Value(bits: place.loadUnaligned(as: UInt64.self))
            return value.isEmpty ? thread.raise(.valueError, "PyObject is NULL") : value
        case UInt8(ascii: "v"): return .none
        default: return thread.raise(.valueError, "unknown type code")
        }
    }

    /// False when it has raised. Integers are cut to their width.
    static func store(_ thread: ThreadRef, _ code: UInt8, _ place: UnsafeMutableRawPointer, _ value: Value) -> Bool {
        switch code {
        case UInt8(ascii: "f"), UInt8(ascii: "d"), UInt8(ascii: "g"):
            guard let number = thread.toDouble(value) else { return false }
            if code == UInt8(ascii: "f") { place.storeBytes(of: Float(number), as: Float.self) } else if code == UInt8(ascii: "d") { place.storeBytes(of: number, as: Double.self) } else {
                #if arch(x86_64)
                place.storeBytes(of: Float80(number), as: Float80.self)
                #else
                thread.raise(.notImplementedError, "long double")
                return false
                #endif
            }
        case UInt8(ascii: "O"): place.storeBytes(of: value.bits, as: UInt64.self)
        case UInt8(ascii: "@"):
            guard let address = ForeignModule.handleAddress(thread, value) else { return false }
            place.storeBytes(of: address, as: UInt.self)
        case UInt8(ascii: "?"):
            let truth = thread.isTrue(value)
            if truth < 0 { return false }
            place.storeBytes(of: truth > 0 ? 1 : 0, as: UInt8.self)
        case UInt8(ascii: "v"): break
        default:
            let index = thread.toIndex(value)
            if index.isEmpty { return false }
            let word: UInt
            if let number = IntOps.toInt(index) { word = UInt(bitPattern: number) } else {
                let low = IntOps.limbs(index)[0]
                word = IntOps.isNegative(index) ? 0 &- low : low
            }
            guard let size = size(code) else {
                thread.raise(.valueError, "unknown type code")
                return false
            }
            switch size {
            case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
            case 2: place.storeBytes(of: UInt16(truncatingIfNeeded: word), as: UInt16.self)
            case 4: place.storeBytes(of: UInt32(truncatingIfNeeded: word), as: UInt32.self)
            default: place.storeBytes(of: word, as: UInt.self)
            }
        }
        return true
    }
}

/// A function's signature as libffi has it, immortal or until `discard`. The descriptions are texts: a code for each argument, or `{codes}` for a structure passed by value.
struct ForeignSignature {
    let cif: UnsafeMutablePointer<ffi_cif>
    let types: UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>
    let result: UnsafeMutablePointer<ffi_type>
    let resultCode: UInt8
    let codes: [UInt8]
    private var structures: [UnsafeMutablePointer<ffi_type>] = []

    static let structure = UInt8(ascii: "{")

    /// nil when it has raised.
    init?(_ thread: ThreadRef, result: Value, arguments: Value) {
        guard result.isString, arguments.isString else {
            thread.raise(.typeError, "type codes must be str")
            return nil
        }
        var made: [UnsafeMutablePointer<ffi_type>] = []
        guard let results = ForeignSignature.parse(StringRef(result).utf8, &made), results.count == 1, let parsed = ForeignSignature.parse(StringRef(arguments).utf8, &made) else {
            thread.raise(.valueError, "unknown type code")
            return nil
        }
        self.result = results[0].type
        resultCode = results[0].code
        codes = parsed.map(\.code)
        types = .allocate(capacity: parsed.count + 1)
        for (index, item) in parsed.enumerated() { types[index] = item.type }
        cif = .allocate(capacity: 1)
        cif.initialize(to: ffi_cif())
        structures = made
        guard ffi_prep_cif(cif, FFI_DEFAULT_ABI, UInt32(parsed.count), self.result, types) == FFI_OK else {
            discard()
            thread.raise(.runtimeError, "ffi_prep_cif failed")
            return nil
        }
    }

    private static func parse(_ text: [UInt8], _ made: inout [UnsafeMutablePointer<ffi_type>]) -> [(code: UInt8, type: UnsafeMutablePointer<ffi_type>)]? {
        var result: [(code: UInt8, type: UnsafeMutablePointer<ffi_type>)] = []
        var position = 0
        while position < text.count {
            let code = text[position]
            position += 1
            if code != structure {
                guard let type = foreign_type(Int32(code)) else { return nil }
                result.append((code, type))
                continue
            }
            guard let end = text[position...].firstIndex(of: UInt8(ascii: "}")) else { return nil }
            let fields = text[position ..< end]
            let elements = UnsafeMutablePointer<UnsafeMutablePointer<ffi_type>?>.allocate(capacity: fields.count + 1)
            for (index, code) in fields.enumerated() { elements[index] = foreign_type(Int32(code)) }
            elements[fields.count] = nil
            let type = UnsafeMutablePointer<ffi_type>.allocate(capacity: 1)
            type.initialize(to: ffi_type(size: 0, alignment: 0, type: UInt16(FFI_TYPE_STRUCT), elements: elements))
            made.append(type)
            result.append((structure, type))
            position = end + 1
        }
        return result
    }

    func discard() {
        for type in structures {
            type.pointee.elements?.deallocate()
            type.deallocate()
        }
        types.deallocate()
        cif.deallocate()
    }
}
