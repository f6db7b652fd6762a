import Glibc

/// The buffer protocol (PEP 3118): how one object lends its memory to another.
///
/// An exporter fills a `BufferView` in its `getBuffer` slot; the consumer gives it back with `releaseBuffer`. While a view is out, the memory neither
/// moves nor shrinks: an exporter that can do either counts its views. A view on the native stack keeps its owner alive; one kept in
/// a heap object needs its `owner` traced.
///
/// One-dimensional contiguous memory, which nearly all of it is, needs neither shape nor strides: both are nil then.
public struct BufferView {
    public var pointer: UnsafeMutableRawPointer
    /// The exporter, for release; empty when nothing is to be released.
    public var owner: Value = .empty
    /// In bytes.
    public var length = 0
    public var itemSize = 1
    public var readOnly = true
    public var ndim = 1
    /// In `struct` syntax, zero-terminated, owned by the exporter; nil means "B".
    public var format: UnsafePointer<CChar>?
    /// `ndim` items counts, or nil for one dimension of `length / itemSize`.
    public var shape: UnsafeMutablePointer<Int>?
    /// Bytes from item to item in each dimension, or nil for C-contiguous memory.
    public var strides: UnsafeMutablePointer<Int>?
    public var suboffsets: UnsafeMutablePointer<Int>?
    /// The exporter's own.
    public var `internal`: UInt = 0

    public init() { pointer = UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped }

    /// The bytes of a contiguous view.
    @inlinable public var bytes: UnsafeMutablePointer<UInt8> { @inline(__always) get { pointer.assumingMemoryBound(to: UInt8.self) } }
    @inlinable public var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: UnsafePointer(bytes), count: length) }

    /// Items along a dimension.
    @inlinable public func extent(_ dimension: Int) -> Int { shape.map { $0[dimension] } ?? (itemSize > 0 ? length / itemSize : 0) }

    /// Bytes from item to item along a dimension.
    public func stride(_ dimension: Int) -> Int {
        if let strides { return strides[dimension] }
        var result = itemSize
        var index = ndim - 1
        while index > dimension {
            result *= extent(index)
            index -= 1
        }
        return result
    }

    public var isCContiguous: Bool {
        guard suboffsets == nil else { return false }
        guard let strides, length > 0 else { return true }
        var expected = itemSize
        var dimension = ndim - 1
        while dimension >= 0 {
            let extent = extent(dimension)
            if extent > 1 && strides[dimension] != expected { return false }
            expected *= extent
            dimension -= 1
        }
        return true
    }

    public var isFortranContiguous: Bool {
        guard suboffsets == nil else { return false }
        guard length > 0 else { return true }
        if ndim <= 1 && strides == nil { return true }
        var expected = itemSize
        for dimension in 0 ..< ndim {
            let extent = extent(dimension)
            if extent > 1 && stride(dimension) != expected { return false }
            expected *= extent
        }
        return true
    }
}

/// What a consumer asks for; the numbers are those of `PyBUF_`.
public enum BufferFlags {
    public static let simple: Int32 = 0
    public static let writable: Int32 = 1
    public static let format: Int32 = 4
    public static let shape: Int32 = 8
    public static let strides: Int32 = 0x18
    public static let cContiguous: Int32 = 0x38
    public static let fortranContiguous: Int32 = 0x58
    public static let anyContiguous: Int32 = 0x98
    public static let indirect: Int32 = 0x118
    public static let fullReadOnly: Int32 = 0x11C
    public static let full: Int32 = 0x11D
}

extension UnsafeMutablePointer where Pointee == BufferView {
    /// What a `getBuffer` slot does for plain memory. 0, or -1 with BufferError raised.
    public func fill(_ thread: ThreadRef, _ owner: Value, _ start: UnsafeMutableRawPointer, _ length: Int, readOnly: Bool, _ flags: Int32) -> Int32 {
        if readOnly && flags & BufferFlags.writable != 0 {
            thread.raise(.bufferError, "Object is not writable.")
            return -1
        }
        pointee = BufferView()
        pointee.pointer = start
        pointee.owner = owner
        pointee.length = length
        pointee.readOnly = readOnly
        return 0
    }
}

extension UnsafeMutableRawPointer {
    /// The view that a `getBuffer` slot is to fill.
    @inlinable public var view: UnsafeMutablePointer<BufferView> { assumingMemoryBound(to: BufferView.self) }
}

extension Value {
    /// Whether the object lends its memory.
    @inlinable public var isBuffer: Bool { isPointer && (shapeIndex == TypeID.bytes.rawValue || type.slotPointer(.getBuffer).pointee != nil) }
}

extension UnsafeMutablePointer where Pointee == ThreadState {
    /// Fills a view of an object's memory; to be given back by `releaseBuffer`. False when it has raised.
    @inline(__always) public func acquireBuffer(_ value: Value, _ view: inout BufferView, _ flags: Int32 = BufferFlags.simple) -> Bool {
        if value.isExact(.bytes) && flags & BufferFlags.writable == 0 {
            view.pointer = UnsafeMutableRawPointer(BytesRef(value).bytes)
            view.length = BytesRef(value).count
            return true
        }
        return acquireBufferSlow(value, &view, flags)
    }

    @inline(never) public func acquireBufferSlow(_ value: Value, _ view: inout BufferView, _ flags: Int32) -> Bool {
        guard let function = value.type.slot(.getBuffer, as: BufferFunction.self) else {
            raise(.typeError, "a bytes-like object is required, not '\(value.type.name)'")
            return false
        }
        guard withUnsafeMutablePointer(to: &view, { function(self, value, UnsafeMutableRawPointer($0), flags) }) == 0 else { return false }
        // A simple request means contiguous memory, whatever the exporter made of it.
        if flags & BufferFlags.strides != BufferFlags.strides && !view.isCContiguous {
            releaseBuffer(&view)
            raise(.bufferError, "memoryview: underlying buffer is not C-contiguous")
            return false
        }
        return true
    }

    /// Gives a view back. An exception being raised stays.
    @inline(__always) public func releaseBuffer(_ view: inout BufferView) {
        if !view.owner.isEmpty { releaseBufferSlow(&view) }
    }

    @inline(never) public func releaseBufferSlow(_ view: inout BufferView) {
        let owner = view.owner
        if let function = owner.type.slot(.releaseBuffer, as: ReleaseFunction.self) {
            withUnsafeMutablePointer(to: &view) { function(self, owner, UnsafeMutableRawPointer($0)) }
        }
        view.owner = .empty
    }

    /// Calls `body` with the bytes of a bytes-like object. TypeError ("a bytes-like object is required, not 'str'") when it is none.
    @inline(__always) public func withBuffer(_ value: Value, _ flags: Int32 = BufferFlags.simple, _ body: (UnsafeMutablePointer<UInt8>, Int) -> Value) -> Value {
        if flags == BufferFlags.simple, value.isExact(.bytes) { return body(BytesRef(value).bytes, BytesRef(value).count) }
        var view = BufferView()
        guard acquireBuffer(value, &view, flags) else { return .empty }
        let result = body(view.bytes, view.length)
        releaseBuffer(&view)
        return result
    }

    /// Calls `body` with the bytes of a writable bytes-like object: "readinto() argument must be read-write bytes-like object, not bytes".
    public func withWritableBuffer(_ value: Value, _ function: StaticString, _ body: (UnsafeMutablePointer<UInt8>, Int) -> Value) -> Value {
        var view = BufferView()
        guard let slot = value.type.slot(.getBuffer, as: BufferFunction.self),
              withUnsafeMutablePointer(to: &view, { slot(self, value, UnsafeMutableRawPointer($0), BufferFlags.writable) }) == 0 else {
            takeException()
            return raise(.typeError, "\(function)() argument must be read-write bytes-like object, not \(value.argumentTypeName)")
        }
        guard view.isCContiguous else {
            releaseBuffer(&view)
            return raise(.typeError, "\(function)() argument must be contiguous buffer, not \(value.argumentTypeName)")
        }
        let result = body(view.bytes, view.length)
        releaseBuffer(&view)
        return result
    }
}
