import Glibc
import Objects

/// `memoryview`.
///
/// All views of one acquired buffer share a `ManagedBuffer`, which gives the buffer back when the last of them is released. Since nothing counts
/// references here, views are mostly forgotten, not released: a managed buffer that died is given back by the collector (`settle`), and an exporter that
/// finds itself locked has a look at who may still see its memory before it complains (`MemoryViews.unlock`).
struct ManagedBuffer {
    var header: ObjectHeader
    /// What the views are of.
    var exporter: Value
    /// Its second word is the object that the buffer is given back to, traced: the exporter, or what keeps the memory when the exporter has left it.
    var view: BufferView
    /// Views not yet released.
    var views: Int
}

struct MemoryViewObject {
    var header: ObjectHeader
    /// `ManagedBuffer`; empty once released.
    var managed: Value
    var pointer: UnsafeMutableRawPointer
    var length: Int
    var itemSize: Int
    var ndim: Int
    var format: UnsafePointer<CChar>
    /// 0 until computed.
    var hash: Int
    /// Buffers lent out by this view.
    var exports: Int
    var readOnly: Bool
    /// Whether there are suboffsets.
    var isIndirect: Bool
    // Then `ndim` extents, `ndim` strides and perhaps `ndim` suboffsets.
}

struct MemoryViewRef {
    let pointer: UnsafeMutablePointer<MemoryViewObject>

    @inline(__always) init(_ value: Value) { pointer = value.object(MemoryViewObject.self) }
    var value: Value { Value(pointer) }
    var ndim: Int { pointer.pointee.ndim }
    var shape: UnsafeMutablePointer<Int> { (UnsafeMutableRawPointer(pointer) + MemoryLayout<MemoryViewObject>.stride).assumingMemoryBound(to: Int.self) }
    var strides: UnsafeMutablePointer<Int> { shape + pointer.pointee.ndim }
    var suboffsets: UnsafeMutablePointer<Int>? { pointer.pointee.isIndirect ? strides + pointer.pointee.ndim : nil }
    var isReleased: Bool { pointer.pointee.managed.isEmpty }
    var owner: Value { pointer.pointee.managed.object(ManagedBuffer.self).pointee.exporter }
    var formatText: String { String(cString: pointer.pointee.format) }

    var isCContiguous: Bool {
        if pointer.pointee.isIndirect { return false }
        var expected = pointer.pointee.itemSize
        if pointer.pointee.length == 0 { return true }
        for dimension in stride(from: ndim - 1, through: 0, by: -1) {
            if shape[dimension] > 1 && strides[dimension] != expected { return false }
            expected *= shape[dimension]
        }
        return true
    }

    var isFortranContiguous: Bool {
        if pointer.pointee.isIndirect { return false }
        var expected = pointer.pointee.itemSize
        if pointer.pointee.length == 0 { return true }
        for dimension in 0 ..< ndim {
            if shape[dimension] > 1 && strides[dimension] != expected { return false }
            expected *= shape[dimension]
        }
        return true
    }

    /// The code of a native single-character format, or 0.
    var code: UInt8 { MemoryFormats.code(pointer.pointee.format) }
}

extension UnsafeMutableRawPointer {
    /// The place of an item along one dimension. Where the dimension has a suboffset, a pointer is stored there, and the item lies so many bytes behind what that points to.
    @inline(__always) fileprivate func item(_ index: Int, _ stride: Int, _ suboffsets: UnsafeMutablePointer<Int>?, _ dimension: Int) -> UnsafeMutableRawPointer {
        let place = self + index * stride
        guard let suboffset = suboffsets?[dimension], suboffset >= 0 else { return place }
        return place.loadUnaligned(as: UnsafeMutableRawPointer.self) + suboffset
    }
}

/// Items of single-character native formats.
enum MemoryFormats {
    static let byte: StaticString = "B"
    nonisolated(unsafe) static var known: [String: UnsafePointer<CChar>] = [:]
    static var bytePointer: UnsafePointer<CChar> { UnsafeRawPointer(byte.utf8Start).assumingMemoryBound(to: CChar.self) }

    /// A C string with this text, for good.
    static func intern(_ text: String) -> UnsafePointer<CChar> {
        if let found = known[text] { return found }
        let copy = UnsafePointer(strdup(text)!)
        known[text] = copy
        return copy
    }

    static func code(_ format: UnsafePointer<CChar>) -> UInt8 {
        let start = format[0] == 64 ? 1 : 0
        let code = UInt8(bitPattern: format[start])
        return code != 0 && format[start + 1] == 0 && size(code) > 0 ? code : 0
    }

    static func size(_ code: UInt8) -> Int {
        switch Unicode.Scalar(code) {
        case "c", "b", "B", "?": return 1
        case "h", "H", "e": return 2
        case "i", "I", "f": return 4
        case "l", "L", "q", "Q", "n", "N", "d", "P": return 8
        default: return 0
        }
    }

    static func load(_ thread: ThreadRef, _ code: UInt8, _ place: UnsafeMutableRawPointer) -> Value {
        switch Unicode.Scalar(code) {
        case "B": return Value(small: Int(place.load(as: UInt8.self)))
        case "b": return Value(small: Int(place.load(as: Int8.self)))
        case "c": return BytesType.single(place.load(as: UInt8.self))
        case "?": return Value(place.load(as: UInt8.self) != 0)
        case "h": return Value(small: Int(place.loadUnaligned(as: Int16.self)))
        case "H": return Value(small: Int(place.loadUnaligned(as: UInt16.self)))
        case "i": return Value(small: Int(place.loadUnaligned(as: Int32.self)))
        case "I": return Value(small: Int(place.loadUnaligned(as: UInt32.self)))
        case "l", "q", "n": return thread.newInt(place.loadUnaligned(as: Int.self))
        case "L", "Q", "N", "P": return thread.newInt(unsigned: place.loadUnaligned(as: UInt.self))
        case "f": return thread.newFloat(Double(place.loadUnaligned(as: Float.self)))
        case "d": return thread.newFloat(place.loadUnaligned(as: Double.self))
        default: return thread.newFloat(HalfFloat.decode(place.loadUnaligned(as: UInt16.self)))
        }
    }

    /// False when it has raised.
    static func store(_ thread: ThreadRef, _ code: UInt8, _ place: UnsafeMutableRawPointer, _ value: Value, _ format: UnsafePointer<CChar>) -> Bool {
        func wrongType() -> Bool {
            thread.raise(.typeError, "memoryview: invalid type for format '\(String(cString: format))'")
            return false
        }
        func wrongValue() -> Bool {
            thread.raise(.valueError, "memoryview: invalid value for format '\(String(cString: format))'")
            return false
        }
        switch Unicode.Scalar(code) {
        case "c":
            guard value.isBytes else { return wrongType() }
            guard BytesRef(value).count == 1 else { return wrongValue() }
            place.storeBytes(of: BytesRef(value).bytes[0], as: UInt8.self)
            return true
        case "?":
            let truth = thread.isTrue(value)
            if truth < 0 { return false }
            place.storeBytes(of: UInt8(truth), as: UInt8.self)
            return true
        case "f", "d", "e":
            guard let number = thread.toDouble(value) else { return thread.clearException(.typeError) ? wrongType() : false }
            switch code {
            case UInt8(ascii: "f"): place.storeBytes(of: Float(number), as: Float.self)
            case UInt8(ascii: "d"): place.storeBytes(of: number, as: Double.self)
            default:
                guard let half = HalfFloat.encode(number) else { thread.raise(.overflowError, "float too large to pack with e format"); return false }
                place.storeBytes(of: half, as: UInt16.self)
            }
            return true
        default: break
        }
        guard value.isInt || value.type.slotPointer(.index).pointee != nil else { return wrongType() }
        let index = thread.toIndex(value)
        if index.isEmpty { return thread.clearException(.typeError) ? wrongType() : false }
        switch Unicode.Scalar(code) {
        case "L", "Q", "N", "P":
            if let number = IntOps.toInt(index) {
                guard number >= 0 else { return wrongValue() }
                place.storeBytes(of: UInt(number), as: UInt.self)
                return true
            }
            guard IntOps.size(index) == 1 else { return wrongValue() }
            place.storeBytes(of: IntOps.limbs(index)[0], as: UInt.self)
            return true
        default: break
        }
        guard let number = IntOps.toInt(index) else { return wrongValue() }
        func put<T: FixedWidthInteger>(_ type: T.Type) -> Bool {
            guard let narrow = T(exactly: number) else { return wrongValue() }
            place.storeBytes(of: narrow, as: T.self)
            return true
        }
        switch Unicode.Scalar(code) {
        case "B": return put(UInt8.self)
        case "b": return put(Int8.self)
        case "h": return put(Int16.self)
        case "H": return put(UInt16.self)
        case "i": return put(Int32.self)
        case "I": return put(UInt32.self)
        default: return put(Int.self)
        }
    }
}

/// IEEE half precision.
public enum HalfFloat {
    public static func decode(_ bits: UInt16) -> Double {
        let sign: Double = bits >> 15 == 0 ? 1 : -1
        let exponent = Int32(bits >> 10 & 31), fraction = Double(bits & 0x3FF)
        if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
        return exponent == 0 ? sign * ldexp(fraction, -24) : sign * ldexp(1024 + fraction, exponent - 25)
    }

    /// nil when the number is too large.
    public static func encode(_ value: Double) -> UInt16? {
        let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
        if value.isNaN { return sign | 0x7E00 }
        if value.isInfinite { return sign | 0x7C00 }
        let magnitude = abs(value)
        if magnitude < ldexp(1, -14) { return sign | UInt16((magnitude * ldexp(1, 24)).rounded(.toNearestOrEven)) }
        if magnitude >= 65520 { return nil }
        let exponent = Int(magnitude.exponent)
        let scaled = Int(ldexp(magnitude, Int32(10 - exponent)).rounded(.toNearestOrEven))
        return sign | UInt16((exponent + 14) << 10 + scaled)
    }
}

public enum MemoryViews {
    nonisolated(unsafe) private static var managedType: NativeType!
    /// Managed buffers that hold a buffer.
    nonisolated(unsafe) private static var active: [UInt] = []

    // MARK: Making and releasing

    /// memoryview(object)
    public static func make(_ thread: ThreadRef, _ object: Value) -> Value {
        if object.isExact(.memoryview) {
            let source = MemoryViewRef(object)
            guard check(thread, source) else { return .empty }
            return copy(thread, source)
        }
        guard let function = object.type.slot(.getBuffer, as: BufferFunction.self) else {
            return thread.raise(.typeError, "memoryview: a bytes-like object is required, not '\(object.type.name)'")
        }
        guard let raw = Heap.allocate(MemoryLayout<ManagedBuffer>.size, shape: managedType.shape) else { return thread.raiseOutOfMemory() }
        let managed = raw.assumingMemoryBound(to: ManagedBuffer.self)
        managed.pointee.view = BufferView()
        guard function(thread, object, UnsafeMutableRawPointer(&managed.pointee.view), BufferFlags.fullReadOnly) == 0 else { return .empty }
        managed.pointee.exporter = managed.pointee.view.owner
        Heap.barrier(raw)
        active.append(UInt(bitPattern: raw))
        let view = managed.pointee.view
        if view.ndim > 64 {
            release(thread, managed)
            return thread.raise(.valueError, "memoryview: number of dimensions must not exceed 64")
        }
        let result = allocate(thread, ndim: view.ndim, isIndirect: view.suboffsets != nil)
        if result.isEmpty { return .empty }
        let made = MemoryViewRef(result)
        made.pointer.pointee.managed = Value(raw)
        made.pointer.pointee.pointer = view.pointer
        made.pointer.pointee.length = view.length
        made.pointer.pointee.itemSize = view.itemSize
        made.pointer.pointee.format = view.format ?? MemoryFormats.bytePointer
        made.pointer.pointee.readOnly = view.readOnly
        for dimension in 0 ..< view.ndim {
            made.shape[dimension] = view.extent(dimension)
            made.strides[dimension] = view.stride(dimension)
            if let suboffsets = view.suboffsets { made.suboffsets?[dimension] = suboffsets[dimension] }
        }
        managed.pointee.views = 1
        return result
    }

    private static func allocate(_ thread: ThreadRef, ndim: Int, isIndirect: Bool) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<MemoryViewObject>.stride + ndim * (isIndirect ? 24 : 16), shape: TypeID.memoryview.rawValue) else { return thread.raiseOutOfMemory() }
        raw.assumingMemoryBound(to: MemoryViewObject.self).pointee.ndim = ndim
        raw.assumingMemoryBound(to: MemoryViewObject.self).pointee.isIndirect = isIndirect
        return Value(raw)
    }

    /// Another view of the same memory, perhaps of another number of dimensions (extents and strides are then unset, and there are no suboffsets).
    static func copy(_ thread: ThreadRef, _ source: MemoryViewRef, ndim: Int? = nil) -> Value {
        let result = allocate(thread, ndim: ndim ?? source.ndim, isIndirect: ndim == nil && source.pointer.pointee.isIndirect)
        if result.isEmpty { return .empty }
        let made = MemoryViewRef(result)
        let count = made.ndim
        made.pointer.pointee.managed = source.pointer.pointee.managed
        made.pointer.pointee.pointer = source.pointer.pointee.pointer
        made.pointer.pointee.length = source.pointer.pointee.length
        made.pointer.pointee.itemSize = source.pointer.pointee.itemSize
        made.pointer.pointee.format = source.pointer.pointee.format
        made.pointer.pointee.readOnly = source.pointer.pointee.readOnly
        if count == source.ndim {
            for dimension in 0 ..< count {
                made.shape[dimension] = source.shape[dimension]
                made.strides[dimension] = source.strides[dimension]
                if let suboffsets = source.suboffsets { made.suboffsets?[dimension] = suboffsets[dimension] }
            }
        }
        made.pointer.pointee.managed.object(ManagedBuffer.self).pointee.views += 1
        return result
    }

    static func check(_ thread: ThreadRef, _ view: MemoryViewRef) -> Bool {
        if !view.isReleased { return true }
        thread.raise(.valueError, "operation forbidden on released memoryview object")
        return false
    }

    private static func release(_ thread: ThreadRef, _ managed: UnsafeMutablePointer<ManagedBuffer>) {
        if let index = active.firstIndex(of: UInt(bitPattern: managed)) { active.remove(at: index) }
        thread.releaseBuffer(&managed.pointee.view)
    }

    /// view.release()
    static func release(_ thread: ThreadRef, _ view: MemoryViewRef) -> Bool {
        if view.isReleased { return true }
        if view.pointer.pointee.exports > 0 {
            let count = view.pointer.pointee.exports
            thread.raise(.bufferError, "memoryview has \(count) exported buffer\(count == 1 ? "" : "s")")
            return false
        }
        let managed = view.pointer.pointee.managed.object(ManagedBuffer.self)
        view.pointer.pointee.managed = .empty
        managed.pointee.views -= 1
        if managed.pointee.views == 0 { release(thread, managed) }
        return true
    }

    /// Gives back the buffers whose views all died. Called by the collector, when nothing may be allocated: release slots only count.
    private static let settle: @convention(c) (Bool) -> Void = { _ in
        if MemoryViews.active.isEmpty { return }
        guard let thread = ThreadRegistry.current else { return }
        MemoryViews.active.removeAll { address in
            let raw = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
            if Collector.isMarked(raw) { return false }
            thread.releaseBuffer(&raw.assumingMemoryBound(to: ManagedBuffer.self).pointee.view)
            return true
        }
    }

    /// For an exporter that is about to change the size of memory that it has lent out: takes back what nobody has any more. Whether the exporter has to leave its
    /// storage behind and take a new one: when forgotten views may still be in use.
    ///
    /// Nothing counts references to views, and a word on the native stack or in a dead temporary may look like one. A view that an object or a variable
    /// refers to keeps its exporter locked. Any other is most likely gone; it gets the storage, so that it stays valid if it is not.
    public static func unlock(_ thread: ThreadRef, storage: Value, isExporter: (Value) -> Bool, isLocked: () -> Bool) -> Bool {
        var isLeft = false
        for major in [false, true] where isLocked() && !active.isEmpty {
            Collector.judge(major: major) {
                for address in active {
                    let raw = UnsafeMutableRawPointer(bitPattern: address).unsafelyUnwrapped
                    let managed = raw.assumingMemoryBound(to: ManagedBuffer.self)
                    guard !Collector.isMarked(raw), isExporter(managed.pointee.view.owner) else { continue }
                    thread.releaseBuffer(&managed.pointee.view)
                    managed.pointee.view.owner = storage
                    isLeft = true
                }
            }
        }
        return isLeft
    }

    /// Collects while an exporter is locked, so that forgotten views give back what they hold. For one that cannot leave its memory to them. Most such views are young.
    public static func settleNow(while isLocked: () -> Bool) {
        if active.isEmpty || !isLocked() { return }
        Collector.collect(major: false)
        if isLocked() { Collector.collect(major: true) }
    }

    // MARK: Copying out

    /// Appends a buffer's items in C order.
    static func appendContiguous(_ view: BufferView, to builder: inout ByteBuilder) {
        if view.isCContiguous {
            builder.append(view.pointer, view.length)
        } else {
            let shape = (0 ..< view.ndim).map { view.extent($0) }
            let strides = (0 ..< view.ndim).map { view.stride($0) }
            append(view.pointer, shape, strides, view.suboffsets, view.itemSize, 0, &builder)
        }
    }

    private static func append(_ base: UnsafeMutableRawPointer, _ shape: [Int], _ strides: [Int], _ suboffsets: UnsafeMutablePointer<Int>?, _ itemSize: Int, _ dimension: Int,
                               _ builder: inout ByteBuilder) {
        if dimension == shape.count { builder.append(base, itemSize); return }
        for index in 0 ..< shape[dimension] { append(base.item(index, strides[dimension], suboffsets, dimension), shape, strides, suboffsets, itemSize, dimension + 1, &builder) }
    }

    /// The first dimension as the innermost. With suboffsets an item can only be reached through the dimensions in their order.
    private static func appendByColumns(_ view: MemoryViewRef, _ builder: inout ByteBuilder) {
        let size = view.pointer.pointee.itemSize
        var indices = Array(repeating: 0, count: view.ndim)
        guard view.pointer.pointee.length > 0 else { return }
        while true {
            var place = view.pointer.pointee.pointer
            for (dimension, index) in indices.enumerated() { place = place.item(index, view.strides[dimension], view.suboffsets, dimension) }
            builder.append(place, size)
            var dimension = 0
            while dimension < view.ndim {
                indices[dimension] += 1
                if indices[dimension] < view.shape[dimension] { break }
                indices[dimension] = 0
                dimension += 1
            }
            if dimension == view.ndim { return }
        }
    }

    private static func appendAll(_ view: MemoryViewRef, _ builder: inout ByteBuilder, fortran: Bool = false) {
        if fortran { return appendByColumns(view, &builder) }
        if view.isCContiguous { builder.append(view.pointer.pointee.pointer, view.pointer.pointee.length); return }
        let shape = Array(UnsafeBufferPointer(start: view.shape, count: view.ndim))
        let strides = Array(UnsafeBufferPointer(start: view.strides, count: view.ndim))
        append(view.pointer.pointee.pointer, shape, strides, view.suboffsets, view.pointer.pointee.itemSize, 0, &builder)
    }

    // MARK: Items

    private static func unsupported(_ thread: ThreadRef, _ view: MemoryViewRef) -> Value {
        isSimple(view) ? thread.raise(.notImplementedError, "memoryview: format \(view.formatText) not supported") : thread.raise(.notImplementedError, "memoryview: unsupported format \(view.formatText)")
    }

    /// Whether the format is one character, which may or may not be known. What is none is refused before all else.
    private static func isSimple(_ view: MemoryViewRef) -> Bool {
        let text = view.formatText
        return (text.hasPrefix("@") ? text.utf8.count - 1 : text.utf8.count) == 1
    }

    /// The address of an item of the first dimension; nil when it has raised.
    private static func place(_ thread: ThreadRef, _ view: MemoryViewRef, _ index: Int, _ dimension: Int, from base: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let extent = view.shape[dimension]
        let index = index < 0 ? index &+ extent : index
        guard index >= 0 && index < extent else {
            thread.raise(.indexError, "index out of bounds on dimension \(dimension + 1)")
            return nil
        }
        return base.item(index, view.strides[dimension], view.suboffsets, dimension)
    }

    private static let onlySlices = "memoryview slice assignments are currently restricted to ndim = 1"

    private static func isIndex(_ value: Value) -> Bool { value.isInt || value.type.slotPointer(.index).pointee != nil }

    /// The address of the item that a key names; nil when it names none or it has raised.
    private static func item(_ thread: ThreadRef, _ view: MemoryViewRef, _ key: Value, stores: Bool = false) -> UnsafeMutableRawPointer? {
        if key.isTuple, !isIndex(key) {
            let tuple = TupleRef(key)
            for index in 0 ..< tuple.count where !isIndex(tuple[index]) {
                for index in 0 ..< tuple.count where !tuple[index].isExact(.slice) {
                    thread.raise(.typeError, "memoryview: invalid slice key")
                    return nil
                }
                thread.raise(.notImplementedError, stores ? onlySlices : "multi-dimensional slicing is not implemented")
                return nil
            }
            guard tuple.count == view.ndim else {
                if tuple.count < view.ndim { thread.raise(.notImplementedError, "sub-views are not implemented") }
                else { thread.raise(.typeError, "cannot index \(view.ndim)-dimension view with \(tuple.count)-element tuple") }
                return nil
            }
            var address = view.pointer.pointee.pointer
            for dimension in 0 ..< tuple.count {
                guard let index = thread.toInt(tuple[dimension], overflow: .indexError), check(thread, view),
                      let next = place(thread, view, index, dimension, from: address) else { return nil }
                address = next
            }
            return address
        }
        guard isIndex(key) else {
            thread.raise(.typeError, "memoryview: invalid slice key")
            return nil
        }
        guard let index = thread.toInt(key, overflow: .indexError), check(thread, view) else { return nil }
        if view.ndim == 0 {
            thread.raise(.typeError, "invalid indexing of 0-dim memory")
            return nil
        }
        if view.ndim > 1 {
            thread.raise(.notImplementedError, stores ? "sub-views are not implemented" : "multi-dimensional sub-views are not implemented")
            return nil
        }
        return place(thread, view, index, 0, from: view.pointer.pointee.pointer)
    }

    static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let view = MemoryViewRef(value)
        guard check(thread, view) else { return .empty }
        let code = view.code
        if key.isSmallInt && view.ndim == 1 && code != 0 {
            guard let place = place(thread, view, key.smallInt, 0, from: view.pointer.pointee.pointer) else { return .empty }
            return MemoryFormats.load(thread, code, place)
        }
        if view.ndim == 0 {
            if key == .ellipsis { return value }
            if key.isTuple && TupleRef(key).count == 0 { return code == 0 ? unsupported(thread, view) : MemoryFormats.load(thread, code, view.pointer.pointee.pointer) }
            return thread.raise(.typeError, "invalid indexing of 0-dim memory")
        }
        if key.isExact(.slice) {
            // The new view holds the buffer while the bounds are asked for, which may release the old one.
            let result = copy(thread, view)
            if result.isEmpty { return .empty }
            guard let bounds = SliceSpan(thread, key, view.shape[0]) else { return .empty }
            slice(MemoryViewRef(result), bounds)
            return result
        }
        if code == 0 && !isSimple(view) && (isIndex(key) || key.isTuple) { return unsupported(thread, view) }
        guard let place = item(thread, view, key) else { return .empty }
        return code == 0 ? unsupported(thread, view) : MemoryFormats.load(thread, code, place)
    }

    private static func slice(_ view: MemoryViewRef, _ bounds: SliceSpan) {
        let stride = view.strides[0]
        view.pointer.pointee.pointer += bounds.count > 0 ? bounds.start * stride : 0
        view.shape[0] = bounds.count
        view.strides[0] = stride &* bounds.step
        var length = view.pointer.pointee.itemSize
        for dimension in 0 ..< view.ndim { length *= view.shape[dimension] }
        view.pointer.pointee.length = length
    }

    static func setItem(_ thread: ThreadRef, _ value: Value, _ key: Value, _ item: Value) -> Bool {
        let view = MemoryViewRef(value)
        func fail(_ id: TypeID, _ message: String) -> Bool {
            thread.raise(id, message)
            return false
        }
        guard check(thread, view) else { return false }
        if view.code == 0 && !isSimple(view) { return !unsupported(thread, view).isEmpty }
        if view.pointer.pointee.readOnly { return fail(.typeError, "cannot modify read-only memory") }
        if item.isEmpty { return fail(.typeError, "cannot delete memory") }
        let code = view.code
        if view.ndim == 0 {
            guard key == .ellipsis || key.isTuple && TupleRef(key).count == 0 else { return fail(.typeError, "invalid indexing of 0-dim memory") }
            if code == 0 { return !unsupported(thread, view).isEmpty }
            return MemoryFormats.store(thread, code, view.pointer.pointee.pointer, item, view.pointer.pointee.format)
        }
        if key.isExact(.slice) {
            if view.ndim != 1 { return fail(.notImplementedError, onlySlices) }
            var source = BufferView()
            guard item.isBuffer else { return fail(.typeError, "a bytes-like object is required, not '\(item.type.name)'") }
            guard thread.acquireBufferSlow(item, &source, BufferFlags.fullReadOnly) else { return false }
            defer { thread.releaseBuffer(&source) }
            guard let bounds = SliceSpan(thread, key, view.shape[0]), check(thread, view) else { return false }
            let sourceFormat = source.format.map { String(cString: $0) } ?? "B"
            func plain(_ text: String) -> String { text.hasPrefix("@") ? String(text.dropFirst()) : text }
            guard source.ndim == 1, source.extent(0) == bounds.count, source.itemSize == view.pointer.pointee.itemSize, plain(sourceFormat) == plain(view.formatText) else {
                return fail(.valueError, "memoryview assignment: lvalue and rvalue have different structures")
            }
            // Through a copy: the two may overlap.
            var bytes = ByteBuilder(capacity: source.length)
            appendContiguous(source, to: &bytes)
            let size = view.pointer.pointee.itemSize
            for index in 0 ..< bounds.count {
                let target = view.pointer.pointee.pointer.item(bounds.start + index * bounds.step, view.strides[0], view.suboffsets, 0)
                memcpy(target, bytes.base + index * size, size)
            }
            return true
        }
        guard let place = self.item(thread, view, key, stores: true) else { return false }
        if code == 0 { return !unsupported(thread, view).isEmpty }
        // Finding out what number an object stands for may release the view.
        let item = number(thread, code, item)
        guard !item.isEmpty, check(thread, view) else { return false }
        return MemoryFormats.store(thread, code, place, item, view.pointer.pointee.format)
    }

    /// An object of a class of Python's as the plain number that is to be stored; others as they are. Empty when it has raised.
    private static func number(_ thread: ThreadRef, _ code: UInt8, _ item: Value) -> Value {
        if item.isInt || item.isFloat { return item }
        switch code {
        case UInt8(ascii: "?"):
            let truth = thread.isTrue(item)
            return truth < 0 ? .empty : Value(truth > 0)
        case UInt8(ascii: "f"), UInt8(ascii: "d"), UInt8(ascii: "e"):
            guard item.type.slotPointer(.float).pointee != nil else { return item }
            guard let number = thread.toDouble(item) else { return .empty }
            return thread.newFloat(number)
        case UInt8(ascii: "c"): return item
        default: return item.type.slotPointer(.index).pointee != nil ? thread.toIndex(item) : item
        }
    }

    private static func list(_ thread: ThreadRef, _ view: MemoryViewRef, _ code: UInt8, _ base: UnsafeMutableRawPointer, _ dimension: Int) -> Value {
        if dimension == view.ndim { return MemoryFormats.load(thread, code, base) }
        let result = thread.newList(capacity: view.shape[dimension])
        if result.isEmpty { return .empty }
        for index in 0 ..< view.shape[dimension] {
            let item = list(thread, view, code, base.item(index, view.strides[dimension], view.suboffsets, dimension), dimension + 1)
            if item.isEmpty || !ListRef(result).append(thread, item) { return .empty }
        }
        return result
    }

    // MARK: Comparison

    static func compare(_ thread: ThreadRef, _ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard let comparison = Comparison(rawValue: operation), comparison == .equal || comparison == .notEqual else { return .notImplemented }
        let left = MemoryViewRef(a)
        if a == b { return Value(comparison == .equal) }
        if left.isReleased { return Value(comparison == .notEqual) }
        guard b.isBuffer else { return .notImplemented }
        if b.isExact(.memoryview) && MemoryViewRef(b).isReleased { return Value(comparison == .notEqual) }
        var other = BufferView()
        guard thread.acquireBufferSlow(b, &other, BufferFlags.fullReadOnly) else { thread.takeException(); return .notImplemented }
        defer { thread.releaseBuffer(&other) }
        let result = equal(thread, left, other)
        return result < 0 ? .empty : Value((result == 1) == (comparison == .equal))
    }

    private static func equal(_ thread: ThreadRef, _ left: MemoryViewRef, _ right: BufferView) -> Int32 {
        guard left.ndim == right.ndim else { return 0 }
        for dimension in 0 ..< left.ndim {
            if left.shape[dimension] != right.extent(dimension) { return 0 }
            if left.shape[dimension] == 0 { return 1 }
        }
        let leftCode = left.code
        let rightCode = MemoryFormats.code(right.format ?? MemoryFormats.bytePointer)
        // Other formats would need `struct`: they are taken to be equal only when format and bytes are.
        let byBytes = leftCode == rightCode && leftCode != UInt8(ascii: "f") && leftCode != UInt8(ascii: "d") && leftCode != UInt8(ascii: "e") && leftCode != UInt8(ascii: "?")
        if leftCode == 0 || rightCode == 0 {
            guard left.pointer.pointee.itemSize == right.itemSize, left.formatText == (right.format.map { String(cString: $0) } ?? "B") else { return 0 }
        }
        if byBytes && left.isCContiguous && right.isCContiguous { return memcmp(left.pointer.pointee.pointer, right.pointer, right.length) == 0 ? 1 : 0 }
        func walk(_ a: UnsafeMutableRawPointer, _ b: UnsafeMutableRawPointer, _ dimension: Int) -> Int32 {
            if dimension == left.ndim {
                if byBytes { return memcmp(a, b, right.itemSize) == 0 ? 1 : 0 }
                let x = MemoryFormats.load(thread, leftCode, a), y = MemoryFormats.load(thread, rightCode, b)
                if x.isEmpty || y.isEmpty { return -1 }
                return thread.compareTruth(x, y, .equal)
            }
            let stride = right.stride(dimension)
            for index in 0 ..< left.shape[dimension] {
                let result = walk(a.item(index, left.strides[dimension], left.suboffsets, dimension), b.item(index, stride, right.suboffsets, dimension), dimension + 1)
                if result != 1 { return result }
            }
            return 1
        }
        return walk(left.pointer.pointee.pointer, right.pointer, 0)
    }

    // MARK: Casting

    static func cast(_ thread: ThreadRef, _ value: Value, _ format: Value, _ shape: Value) -> Value {
        let view = MemoryViewRef(value)
        guard check(thread, view) else { return .empty }
        guard format.isString else { return thread.raise(.typeError, "cast() argument 'format' must be str, not \(format.argumentTypeName)") }
        guard view.isCContiguous else { return thread.raise(.typeError, "memoryview: casts are restricted to C-contiguous views") }
        let hasShape = !shape.isEmpty
        if (hasShape || view.ndim != 1) {
            for dimension in 0 ..< view.ndim where view.shape[dimension] == 0 || view.strides[dimension] == 0 {
                return thread.raise(.typeError, "memoryview: cannot cast view with zeros in shape or strides")
            }
        }
        var extents: [Int] = []
        if hasShape {
            guard shape.isList || shape.isTuple else { return thread.raise(.typeError, "shape must be a list or a tuple") }
            let items = thread.list(shape)
            if items.isEmpty { return .empty }
            guard ListRef(items).count <= 64 else { return thread.raise(.valueError, "memoryview: number of dimensions must not exceed 64") }
            if ListRef(items).count > 1 && view.ndim != 1 { return thread.raise(.typeError, "memoryview: cast must be 1D -> ND or ND -> 1D") }
            for index in 0 ..< ListRef(items).count {
                guard ListRef(items)[index].isInt else { return thread.raise(.typeError, "memoryview.cast(): elements of shape must be integers") }
                guard let extent = thread.toInt(ListRef(items)[index]) else { return .empty }
                guard extent > 0 else { return thread.raise(.valueError, "memoryview.cast(): elements of shape must be integers > 0") }
                extents.append(extent)
            }
        }
        let from = view.code
        let text = StringRef(format).description
        let pointer = MemoryFormats.intern(text)
        let to = MemoryFormats.code(pointer)
        // Half floats can be read, but not cast to.
        guard to != 0 && to != UInt8(ascii: "e") else { return thread.raise(.valueError, "memoryview: destination format must be a native single character format prefixed with an optional '@'") }
        func isByte(_ code: UInt8) -> Bool { code == UInt8(ascii: "b") || code == UInt8(ascii: "B") || code == UInt8(ascii: "c") }
        guard isByte(from) || isByte(to) else { return thread.raise(.typeError, "memoryview: cannot cast between two non-byte formats") }
        let size = MemoryFormats.size(to)
        let length = view.pointer.pointee.length
        guard length % size == 0 else { return thread.raise(.typeError, "memoryview: length is not a multiple of itemsize") }
        if hasShape {
            var product = size
            for extent in extents {
                let (next, overflow) = product.multipliedReportingOverflow(by: extent)
                if overflow { return thread.raise(.valueError, "memoryview.cast(): product(shape) > SSIZE_MAX") }
                product = next
            }
            guard product == length else { return thread.raise(.typeError, "memoryview: product(shape) * itemsize != buffer size") }
        } else {
            extents = [length / size]
        }
        let result = copy(thread, view, ndim: extents.count)
        if result.isEmpty { return .empty }
        let made = MemoryViewRef(result)
        made.pointer.pointee.itemSize = size
        made.pointer.pointee.format = pointer
        var stride = size
        for dimension in Swift.stride(from: extents.count - 1, through: 0, by: -1) {
            made.shape[dimension] = extents[dimension]
            made.strides[dimension] = stride
            stride *= extents[dimension]
        }
        return result
    }

    /// The memory of a contiguous view as bytes, whichever way its dimensions lie; BufferError when it is not contiguous.
    public static func raw(_ thread: ThreadRef, _ value: Value) -> Value {
        let view = MemoryViewRef(value)
        guard check(thread, view) else { return .empty }
        guard view.isCContiguous || view.isFortranContiguous else { return thread.raise(.bufferError, "cannot extract raw buffer from non-contiguous buffer") }
        let result = copy(thread, view, ndim: 1)
        if result.isEmpty { return .empty }
        let made = MemoryViewRef(result)
        made.pointer.pointee.itemSize = 1
        made.pointer.pointee.format = MemoryFormats.intern("B")
        made.shape[0] = view.pointer.pointee.length
        made.strides[0] = 1
        return result
    }

    // MARK: The type

    private static func tuple(_ thread: ThreadRef, _ numbers: UnsafeMutablePointer<Int>, _ count: Int) -> Value {
        let result = thread.newTuple(count: count)
        if result.isEmpty { return .empty }
        for index in 0 ..< count { TupleRef(result).initialize(index, thread.newInt(numbers[index])) }
        return result
    }

    private static func hash(_ thread: ThreadRef, _ view: MemoryViewRef) -> Int {
        // A hash once computed is kept beyond the release.
        if view.pointer.pointee.hash != 0 { return view.pointer.pointee.hash }
        guard check(thread, view) else { return -1 }
        func fail(_ message: String) -> Int {
            thread.raise(.valueError, message)
            return -1
        }
        if !view.pointer.pointee.readOnly { return fail("cannot hash writable memoryview object") }
        let code = view.code
        guard code == UInt8(ascii: "B") || code == UInt8(ascii: "b") || code == UInt8(ascii: "c") else {
            return fail("memoryview: hashing is restricted to formats 'B', 'b' or 'c'")
        }
        let owner = view.owner
        if !owner.isEmpty, !owner.isBytes, thread.hash(owner) == -1 { return -1 }
        var bytes = ByteBuilder()
        appendAll(view, &bytes)
        view.pointer.pointee.hash = BytesType.hash(bytes.base, bytes.count)
        return view.pointer.pointee.hash
    }

    static func start(_ thread: ThreadRef) {
        managedType = NativeType("managedbuffer", size: MemoryLayout<ManagedBuffer>.size, mask: 0b1010, flags: .noInstantiation)
        Collector.addDeathVisitor(settle)
        NativeType(id: .memoryview, "memoryview", size: MemoryLayout<MemoryViewObject>.stride, mask: 0b10, flags: [.weakReferenceable, .sequencePattern],
                   doc: "memoryview(object)\n--\n\nThe memory of an object, as that object lends it.", methods: methods, getters: getters) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, arguments, count, keywords in MemoryViews.construct.call(thread, type, arguments, count, keywords) }
            slots.unary(.repr) { thread, view in
                thread.newString(MemoryViewRef(view).isReleased ? "<released memory at \(hexadecimal(view))>" : "<memory at \(hexadecimal(view))>")
            }
            slots.hash { thread, view in MemoryViews.hash(thread, MemoryViewRef(view)) }
            slots.compare { thread, a, b, operation in MemoryViews.compare(thread, a, b, operation) }
            slots.length { thread, value in
                let view = MemoryViewRef(value)
                guard MemoryViews.check(thread, view) else { return -1 }
                return view.ndim == 0 ? 1 : view.shape[0]
            }
            slots.unary(.iter) { thread, value in
                let view = MemoryViewRef(value)
                guard MemoryViews.check(thread, view) else { return .empty }
                if view.code == 0 && !MemoryViews.isSimple(view) { return MemoryViews.unsupported(thread, view) }
                if view.ndim == 0 { return thread.raise(.typeError, "invalid indexing of 0-dim memory") }
                if view.ndim > 1 { return thread.raise(.notImplementedError, "multi-dimensional sub-views are not implemented") }
                if view.code == 0 { return MemoryViews.unsupported(thread, view) }
                return thread.newIterator(.memoryIterator, value, limit: view.shape[0])
            }
            slots.binary(.getItem) { thread, view, key in MemoryViews.getItem(thread, view, key) }
            slots.store(.setItem) { thread, view, key, item in MemoryViews.setItem(thread, view, key, item) ? 0 : -1 }
            slots.buffer { thread, value, raw, flags in
                let view = MemoryViewRef(value)
                guard MemoryViews.check(thread, view) else { return -1 }
                func fail(_ message: String) -> Int32 {
                    thread.raise(.bufferError, message)
                    return -1
                }
                if flags & BufferFlags.writable != 0 && view.pointer.pointee.readOnly { return fail("memoryview: underlying buffer is not writable") }
                if flags & BufferFlags.cContiguous == BufferFlags.cContiguous && !view.isCContiguous { return fail("memoryview: underlying buffer is not C-contiguous") }
                if flags & BufferFlags.fortranContiguous == BufferFlags.fortranContiguous && !view.isFortranContiguous { return fail("memoryview: underlying buffer is not Fortran contiguous") }
                if flags & BufferFlags.anyContiguous == BufferFlags.anyContiguous && !view.isCContiguous && !view.isFortranContiguous { return fail("memoryview: underlying buffer is not contiguous") }
                if flags & BufferFlags.indirect != BufferFlags.indirect && view.pointer.pointee.isIndirect { return fail("memoryview: underlying buffer requires suboffsets") }
                if flags & BufferFlags.strides != BufferFlags.strides && !view.isCContiguous { return fail("memoryview: underlying buffer is not C-contiguous") }
                let result = raw.view
                result.pointee = BufferView()
                result.pointee.pointer = view.pointer.pointee.pointer
                result.pointee.owner = value
                result.pointee.length = view.pointer.pointee.length
                result.pointee.itemSize = view.pointer.pointee.itemSize
                result.pointee.readOnly = view.pointer.pointee.readOnly
                result.pointee.ndim = view.ndim
                result.pointee.format = flags & BufferFlags.format != 0 ? view.pointer.pointee.format : nil
                result.pointee.shape = view.shape
                result.pointee.strides = view.strides
                result.pointee.suboffsets = view.suboffsets
                view.pointer.pointee.exports += 1
                return 0
            }
            slots.releaseBuffer { _, value, _ in MemoryViewRef(value).pointer.pointee.exports -= 1 }
        }
        NativeType(id: .memoryIterator, "memory_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10010) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, iterator in iterator }
            slots.unary(.next) { thread, value in
                let iterator = value.object(IteratorObject.self)
                let container = iterator.pointee.container
                if container.isEmpty { return .empty }
                let view = MemoryViewRef(container)
                let index = iterator.pointee.index
                if index >= iterator.pointee.limit {
                    iterator.pointee.container = .empty
                    return .empty
                }
                guard MemoryViews.check(thread, view) else { return .empty }
                iterator.pointee.index = index + 1
                return MemoryFormats.load(thread, view.code, view.pointer.pointee.pointer.item(index, view.strides[0], view.suboffsets, 0))
            }
        }
    }

    private static let construct = Constructor("memoryview(self, object)") { thread, a, _ in MemoryViews.make(thread, a[1]) }

    private static let methods: [Def] = [
        Def("release(self, /)", .writes, "Give the memory back to its object.") { thread, a, _ in
            MemoryViews.release(thread, MemoryViewRef(a[0])) ? .none : .empty
        },
        Def("__enter__(self, /)", .reads) { thread, a, _ in MemoryViews.check(thread, MemoryViewRef(a[0])) ? a[0] : .empty },
        Def("__exit__(self, /, *args)", .writes) { thread, a, _ in MemoryViews.release(thread, MemoryViewRef(a[0])) ? .none : .empty },
        Def("tobytes(self, /, order='C')", .reads, """
            A copy of the bytes.

            order says in which order those of an array come: 'C' (as None), by rows; 'F', by columns; 'A', as they lie if they are contiguous, else as 'C'.
            """) { thread, a, _ in
            let view = MemoryViewRef(a[0])
            guard MemoryViews.check(thread, view) else { return .empty }
            var fortran = false
            if !a[1].isEmpty && !a[1].isNone {
                guard a[1].isString else { return thread.raise(.typeError, "tobytes() argument 'order' must be str or None, not \(a[1].argumentTypeName)") }
                switch StringRef(a[1]).description {
                case "C": break
                case "F": fortran = true
                case "A": fortran = view.isFortranContiguous && !view.isCContiguous
                default: return thread.raise(.valueError, "order must be 'C', 'F' or 'A'")
                }
            }
            var bytes = ByteBuilder(capacity: view.pointer.pointee.length)
            MemoryViews.appendAll(view, &bytes, fortran: fortran)
            return bytes.finish(thread)
        },
        Def("hex(self, sep=None, bytes_per_sep=1)", .reads, """
            Two hexadecimal digits for each byte.

            sep stands between groups of bytes_per_sep bytes, which are counted from the right, or from the left if it is negative.

            Example:
            >>> memoryview(b'\\x01\\xab\\xff').hex('-')
            '01-ab-ff'
            """) { thread, a, _ in
            let view = MemoryViewRef(a[0])
            guard MemoryViews.check(thread, view) else { return .empty }
            var bytes = ByteBuilder(capacity: view.pointer.pointee.length)
            MemoryViews.appendAll(view, &bytes)
            return ByteMethods.hex(thread, bytes.base, bytes.count, a[1], a[2])
        },
        Def("tolist(self, /)", .reads, "Return the data in the buffer as a list of elements.") { thread, a, _ in
            let view = MemoryViewRef(a[0])
            guard MemoryViews.check(thread, view) else { return .empty }
            let code = view.code
            return code == 0 ? MemoryViews.unsupported(thread, view) : MemoryViews.list(thread, view, code, view.pointer.pointee.pointer, 0)
        },
        Def("cast(self, /, format, shape=None)", .reads, "Cast a memoryview to a new format or shape.") { thread, a, _ in MemoryViews.cast(thread, a[0], a[1], a[2]) },
        Def("toreadonly(self, /)", .reads, "Return a readonly version of the memoryview.") { thread, a, _ in
            guard MemoryViews.check(thread, MemoryViewRef(a[0])) else { return .empty }
            let result = MemoryViews.copy(thread, MemoryViewRef(a[0]))
            if !result.isEmpty { MemoryViewRef(result).pointer.pointee.readOnly = true }
            return result
        },
    ]

    private static let getters: [Getter] = [
        Getter("obj", "The underlying object of the memoryview.") { thread, a, _ in
            guard MemoryViews.check(thread, MemoryViewRef(a[0])) else { return .empty }
            let owner = MemoryViewRef(a[0]).owner
            return owner.isEmpty ? .none : owner
        },
        Getter("nbytes", "How many bytes the items have, without gaps.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? thread.newInt(MemoryViewRef(a[0]).pointer.pointee.length) : .empty
        },
        Getter("readonly", "A bool indicating whether the memory is read only.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? Value(MemoryViewRef(a[0]).pointer.pointee.readOnly) : .empty
        },
        Getter("itemsize", "The size in bytes of each element of the memoryview.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? Value(small: MemoryViewRef(a[0]).pointer.pointee.itemSize) : .empty
        },
        Getter("format", "The format of an item, as module struct has them.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? thread.newString(MemoryViewRef(a[0]).formatText) : .empty
        },
        Getter("ndim", "The number of dimensions.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? Value(small: MemoryViewRef(a[0]).ndim) : .empty
        },
        Getter("shape", "The length in each dimension.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? MemoryViews.tuple(thread, MemoryViewRef(a[0]).shape, MemoryViewRef(a[0]).ndim) : .empty
        },
        Getter("strides", "How many bytes it is from one item to the next, in each dimension.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? MemoryViews.tuple(thread, MemoryViewRef(a[0]).strides, MemoryViewRef(a[0]).ndim) : .empty
        },
        Getter("suboffsets", "A tuple of integers used internally for PIL-style arrays.") { thread, a, _ in
            let view = MemoryViewRef(a[0])
            guard MemoryViews.check(thread, view) else { return .empty }
            return view.suboffsets.map { MemoryViews.tuple(thread, $0, view.ndim) } ?? WellKnown.emptyTuple.value
        },
        Getter("c_contiguous", "A bool indicating whether the memory is C contiguous.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? Value(MemoryViewRef(a[0]).isCContiguous) : .empty
        },
        Getter("f_contiguous", "A bool indicating whether the memory is Fortran contiguous.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? Value(MemoryViewRef(a[0]).isFortranContiguous) : .empty
        },
        Getter("contiguous", "A bool indicating whether the memory is contiguous.") { thread, a, _ in
            MemoryViews.check(thread, MemoryViewRef(a[0])) ? Value(MemoryViewRef(a[0]).isCContiguous || MemoryViewRef(a[0]).isFortranContiguous) : .empty
        },
    ]
}
