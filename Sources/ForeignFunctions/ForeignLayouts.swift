import CForeign
import Glibc
import Objects

/// What native code knows of a class of ctypes: how large its instances are and how their memory reads.
///
/// The metaclasses (`Library/_ctypes_types.py`) make a `Layout` for each class that can have instances and put it into the class as `_layout_`; a subclass makes its own. Native code does what is
/// plain with it. Every other case, and every error with a text of its own, is left to a function in Python, a helper, which `install` has named.
struct LayoutObject {
    enum Kind: UInt8 { case simple, aggregate, array, pointer, function }

    var header: ObjectHeader
    /// The class of an array's items, or of what a pointer points to; None.
    var item: Value
    var size: Int
    /// Items of an array.
    var length: Int
    var kind: Kind
    /// The type code of a simple class; how others are passed to functions.
    var code: UInt8
    /// Values show as Python's own, not as instances.
    var isPlain: Bool
    /// In the other byte order.
    var isSwapped: Bool
    /// An array of characters, which a field shows as bytes or text.
    var isText: Bool
    /// A structure that has had instances, so that its fields stay as they are.
    var isFinal: Bool
}

typealias LayoutRef = UnsafeMutablePointer<LayoutObject>

enum ForeignLayouts {
    nonisolated(unsafe) static var type: NativeType!
    private static let name = StringRef.intern("_layout_").value

    /// nil for a class that can have no instances.
    @inline(__always) static func of(_ type: TypeRef) -> LayoutRef? {
        let found = type.lookup(name)
        guard found.isHeap, found.shapeIndex == self.type.shape else { return nil }
        return found.object(LayoutObject.self)
    }

    /// The layout of a value that should be a class.
    @inline(__always) static func of(_ value: Value) -> LayoutRef? { value.isType ? of(TypeRef(value)) : nil }

    // MARK: Helpers

    enum Helper: Int, CaseIterable { case set_simple, set_part, keep_part, get_field, set_field, get_item, set_item, call, refuse, pointer_type }

    private static let helpers = RootTable.reserve()

    /// Takes the helpers, by name. False when it has raised.
    static func install(_ thread: ThreadRef, _ functions: Value) -> Bool {
        guard functions.isDict else {
            thread.raise(.typeError, "install() takes a dict")
            return false
        }
        let found = thread.newTuple(count: Helper.allCases.count) { DictRef(functions).get(string: StringRef.intern("\(Helper.allCases[$0])").value) }
        if found.isEmpty {
            if !thread.hasException { thread.raise(.keyError, "a helper is missing") }
            return false
        }
        helpers.pointee = found
        return true
    }

    static func helper(_ helper: Helper) -> Value { helpers.pointee.isEmpty ? .none : TupleRef(helpers.pointee)[helper.rawValue] }

    // MARK: Reading and writing simple values

    /// A simple value in memory, as Python shows it.
    static func read(_ thread: ThreadRef, _ layout: LayoutRef, _ place: UnsafeMutableRawPointer) -> Value {
        let code = layout.pointee.code
        if layout.pointee.isSwapped {
            var word: UInt64 = 0
            return withUnsafeMutableBytes(of: &word) { bytes in
                swap(bytes.baseAddress!, place, layout.pointee.size)
                return ForeignValues.load(thread, code, bytes.baseAddress!)
            }
        }
        switch code {
        case UInt8(ascii: "c"): return thread.newBytes(place, 1)
        case UInt8(ascii: "u"):
            let character = place.loadUnaligned(as: UInt32.self)
            return character > 0x10FFFF ? thread.raise(.valueError, "chr() arg not in range(0x110000)") : thread.newString(codePoints: [character])
        case UInt8(ascii: "v"): return Value(place.loadUnaligned(as: Int16.self) != 0)
        case UInt8(ascii: "z"):
            guard let start = UnsafePointer<CChar>(bitPattern: place.loadUnaligned(as: UInt.self)) else { return .none }
            return thread.newBytes(start, strlen(start))
        case UInt8(ascii: "Z"):
            guard let start = UnsafeRawPointer(bitPattern: place.loadUnaligned(as: UInt.self)) else { return .none }
            return ForeignModule.wideString(thread, start, -1)
        case UInt8(ascii: "P"):
            let address = place.loadUnaligned(as: UInt.self)
            return address == 0 ? .none : thread.newInt(unsigned: address)
        default: return ForeignValues.load(thread, code, place)
        }
    }

    private static func swap(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ size: Int) {
        for index in 0 ..< size { target.storeBytes(of: source.load(fromByteOffset: size - 1 - index, as: UInt8.self), toByteOffset: index, as: UInt8.self) }
    }

    /// The lowest 64 bits of an exact int or a bool; nil for anything else.
    @inline(__always) static func word(_ value: Value) -> UInt? {
        if value.isSmallInt { return UInt(bitPattern: value.smallInt) }
        if value.isBool { return value == .true ? 1 : 0 }
        guard value.isExact(.int) else { return nil }
        let low = IntOps.limbs(value)[0]
        return IntOps.isNegative(value) ? 0 &- low : low
    }

    /// Stores a value of a kind that a type code takes as it is. The result is what must be kept alive with it, or None; nil, with nothing raised or stored, for any other value.
    @inline(__always) static func storePlain(_ code: UInt8, _ place: UnsafeMutableRawPointer, _ value: Value) -> Value? {
        switch code {
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            guard let word = word(value) else { return nil }
            place.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
        case UInt8(ascii: "h"), UInt8(ascii: "H"):
            guard let word = word(value) else { return nil }
            place.storeBytes(of: UInt16(truncatingIfNeeded: word), as: UInt16.self)
        case UInt8(ascii: "i"), UInt8(ascii: "I"):
            guard let word = word(value) else { return nil }
            place.storeBytes(of: UInt32(truncatingIfNeeded: word), as: UInt32.self)
        case UInt8(ascii: "l"), UInt8(ascii: "q"), UInt8(ascii: "L"), UInt8(ascii: "Q"):
            guard let word = word(value) else { return nil }
            place.storeBytes(of: word, as: UInt.self)
        case UInt8(ascii: "f"), UInt8(ascii: "d"):
            guard value.isFloat || value.isSmallInt else { return nil }
            let number = value.isSmallInt ? Double(value.smallInt) : value.doubleValue
            if code == UInt8(ascii: "f") { place.storeBytes(of: Float(number), as: Float.self) } else { place.storeBytes(of: number, as: Double.self) }
        case UInt8(ascii: "?"):
            guard value.isBool || value.isSmallInt else { return nil }
            place.storeBytes(of: value == .true || value.isSmallInt && value.smallInt != 0 ? 1 : 0, as: UInt8.self)
        case UInt8(ascii: "c"):
            guard value.isExact(.bytes), BytesRef(value).count == 1 else { return nil }
            place.storeBytes(of: BytesRef(value).bytes[0], as: UInt8.self)
        case UInt8(ascii: "z"):
            if value.isNone { place.storeBytes(of: 0, as: UInt.self) } else {
                guard value.isExact(.bytes) else { return nil }
                place.storeBytes(of: UInt(bitPattern: BytesRef(value).bytes), as: UInt.self)
                return value
            }
        case UInt8(ascii: "P"):
            if value.isNone { place.storeBytes(of: 0, as: UInt.self) } else {
                guard let word = word(value) else { return nil }
                place.storeBytes(of: word, as: UInt.self)
            }
        default: return nil
        }
        return Value.none
    }

    /// Stores a Python value. The result is what must be kept alive with it, or None; empty when it has raised.
    @inline(__always) static func write(_ thread: ThreadRef, _ type: TypeRef, _ layout: LayoutRef, _ place: UnsafeMutableRawPointer, _ value: Value) -> Value {
        if !layout.pointee.isSwapped, let kept = storePlain(layout.pointee.code, place, value) { return kept }
        return thread.call(helper(.set_simple), type.value, thread.newInt(unsigned: UInt(bitPattern: place)), value)
    }

    // MARK: The type

    private static let make = Constructor("Layout(self, kind, code, size, length=0, item=None, plain=False, swapped=False)") { thread, a, _ in
        guard let number = thread.toInt(a[1]), let kind = UInt8(exactly: number).flatMap(LayoutObject.Kind.init), let size = thread.toInt(a[3]), size >= 0,
              let length = a[4].isEmpty ? 0 : thread.toInt(a[4]), length >= 0, a[2].isString, StringRef(a[2]).count <= 1 else {
            return thread.hasException ? .empty : thread.raise(.valueError, "no such layout")
        }
        let item = a[5].isEmpty ? Value.none : a[5]
        guard item.isNone || item.isType else { return thread.raise(.typeError, "an item is a class") }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let layout = value.object(LayoutObject.self)
        layout.pointee.item = item
        layout.pointee.size = size
        layout.pointee.length = length
        layout.pointee.kind = kind
        layout.pointee.code = StringRef(a[2]).count == 1 ? UInt8(truncatingIfNeeded: StringRef(a[2])[0]) : 0
        layout.pointee.isPlain = a[6] == .true
        layout.pointee.isSwapped = a[7] == .true
        if kind == .array, let inner = of(item), inner.pointee.kind == .simple { layout.pointee.isText = inner.pointee.code == UInt8(ascii: "c") || inner.pointee.code == UInt8(ascii: "u") }
        return value
    }

    static func makeType() {
        type = NativeType("Layout", module: "_foreign", size: MemoryLayout<LayoutObject>.size, mask: 0b10, getters: [
            Getter("final", set: { _, a, _ in
                a[0].object(LayoutObject.self).pointee.isFinal = a[1] == .true
                return .none
            }) { _, a, _ in Value(a[0].object(LayoutObject.self).pointee.isFinal) },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in ForeignLayouts.make.call(thread, type, a, count, keywords) }
        }
    }
}
