import Glibc
import Objects

/// `bytes`: construction, operators, subscripts, iteration. Its methods are in `ByteMethods.swift`, with those of `bytearray`.
public enum BytesType {
    nonisolated(unsafe) private static var singles = RootTable.reserve()

    /// The bytes object of one byte, one for each.
    @inline(__always) public static func single(_ byte: UInt8) -> Value { TupleRef(singles.pointee)[Int(byte)] }

    static func start(_ thread: ThreadRef) {
        FlatItems.known[TypeID.bytes.rawValue] = FlatItems(first: MemoryLayout<BytesObject>.size, count: MemoryLayout<BytesObject>.offset(of: \.count)!, isMutable: false)
        NativeType(id: .bytes, "bytes", size: MemoryLayout<BytesObject>.size, trace: .leaf, flags: [.base, .bytesSubclass, .variableSize, .selfPattern], doc: """
            bytes()
            bytes(size)
            bytes(iterable)
            bytes(buffer)
            bytes(text, encoding[, errors])

            Bytes that cannot change: zeros, numbers below 256, a copy of a buffer, or encoded text.
            """, methods: ByteMethods.shared + ByteMethods.ofBytes) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, arguments, count, keywords in BytesType.make.call(thread, type, arguments, count, keywords) }
            slots.unary(.repr) { thread, bytes in BytesType.repr(thread, bytes) }
            slots.unary(.str) { thread, bytes in
                if BytesType.warnings > 0, !RuntimeHooks.warn(thread, .bytesWarning, "str() on a bytes instance", 1) { return .empty }
                return BytesType.repr(thread, bytes)
            }
            slots.hash { _, value in
                let bytes = BytesRef(value)
                if bytes.pointer.pointee.hash == 0 { bytes.pointer.pointee.hash = BytesType.hash(bytes.bytes, bytes.count) }
                return bytes.pointer.pointee.hash
            }
            slots.compare { thread, a, b, operation in ByteMethods.compare(thread, a, b, operation) }
            slots.unary(.iter) { thread, bytes in thread.newIterator(.bytesIterator, bytes) }
            slots.length { _, bytes in BytesRef(bytes).count }
            slots.binary(.getItem) { thread, value, key in
                let bytes = BytesRef(value)
                if key.isExact(.slice) {
                    guard let bounds = SliceSpan(thread, key, bytes.count) else { return .empty }
                    if bounds.step == 1 { return Text(bytes: value).piece(thread, bounds.start, bounds.start + bounds.count) }
                    let result = thread.newBytes(unwritten: bounds.count)
                    if result.isEmpty { return .empty }
                    var index = bounds.start
                    for place in 0 ..< bounds.count {
                        BytesRef(result).bytes[place] = bytes.bytes[index]
                        index &+= bounds.step
                    }
                    return result
                }
                guard let index = ByteMethods.index(thread, key, bytes.count, "byte", "index out of range") else { return .empty }
                return Value(small: Int(bytes.bytes[index]))
            }
            slots.contains { thread, bytes, item in ByteMethods.contains(thread, bytes, item) }
            slots.binary(.concat) { thread, a, b in
                if a.isExact(.bytes) && b.isExact(.bytes) {
                    if BytesRef(a).count == 0 { return b }
                    if BytesRef(b).count == 0 { return a }
                }
                return ByteMethods.concatenate(thread, a, b)
            }
            slots.binary(.repeat) { thread, bytes, number in
                guard let number = SliceSpan.repeatCount(thread, number) else { return .empty }
                return Text(bytes: bytes).repeated(thread, number)
            }
            slots.binary(.modulo) { thread, a, b in
                guard a.isBytes else { return .notImplemented }
                return PercentFormat.format(thread, bytes: a, b)
            }
            slots.buffer { thread, bytes, view, flags in
                view.view.fill(thread, bytes, UnsafeMutableRawPointer(BytesRef(bytes).bytes), BytesRef(bytes).count, readOnly: true, flags)
            }
        }
        let tuple = thread.newTuple(count: 256)
        singles.pointee = tuple
        for byte in 0 ..< 256 {
            let value = thread.newBytes(count: 1)
            BytesRef(value).bytes[0] = UInt8(byte)
            TupleRef(tuple).initialize(byte, value)
        }
        NativeType(id: .bytesIterator, "bytes_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10010, methods: ByteIterators.methods) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.unary(.iter) { _, iterator in iterator }
            slots.unary(.next) { _, value in
                let iterator = value.object(IteratorObject.self)
                let container = iterator.pointee.container
                if container.isEmpty { return .empty }
                let index = iterator.pointee.index
                if index >= BytesRef(container).count {
                    iterator.pointee.container = .empty
                    return .empty
                }
                iterator.pointee.index = index &+ 1
                return Value(small: Int(BytesRef(container).bytes[index]))
            }
        }
    }

    /// `-b` (1) and `-bb` (2).
    nonisolated(unsafe) public static var warnings = 0

    /// The hash of bytes: equal to that of a str with the same Latin-1 units, as memoryview and bytes agree on it.
    static func hash(_ start: UnsafePointer<UInt8>, _ count: Int) -> Int {
        Hashing.bytes(start, count)
    }

    static let make = Constructor("bytes(self, source=b'', encoding='utf-8', errors='strict')") { thread, a, _ in
        let type = TypeRef(a[0])
        let value = BytesType.from(thread, a[1], a[2], a[3])
        if value.isEmpty || (type == TypeID.bytes.type && value.isExact(.bytes)) { return value }
        if type == TypeID.bytes.type { return value }
        let source = BytesRef(value)
        let result = thread.allocateInstance(type, extra: source.count + 1)
        if result.isEmpty { return .empty }
        BytesRef(result).pointer.pointee.count = source.count
        memcpy(BytesRef(result).bytes, source.bytes, source.count + 1)
        return result
    }

    /// bytes(source, encoding, errors)
    static func from(_ thread: ThreadRef, _ source: Value, _ encoding: Value, _ errors: Value) -> Value {
        if source.isEmpty {
            if !encoding.isEmpty || !errors.isEmpty {
                return thread.raise(.typeError, encoding.isEmpty ? "errors without a string argument" : "encoding without a string argument")
            }
            return WellKnown.emptyBytes.value
        }
        if !encoding.isEmpty || !errors.isEmpty {
            guard checkText(thread, encoding, errors, "bytes") else { return .empty }
            guard source.isString else {
                return thread.raise(.typeError, encoding.isEmpty ? "errors without a string argument" : "encoding without a string argument")
            }
            if encoding.isEmpty { return thread.raise(.typeError, "string argument without an encoding") }
            return thread.encode(source, encoding: encoding, errors: errors)
        }
        if source.isExact(.bytes) { return source }
        // New memory is zero.
        if source.isSmallInt && UInt(bitPattern: source.smallInt) < 1 << 20 { return source.smallInt == 1 ? single(0) : thread.newBytes(count: source.smallInt) }
        if let result = thread.callSpecial(source, .__bytes__) {
            if result.isEmpty || result.isBytes { return result }
            return thread.raise(.typeError, "__bytes__ returned non-bytes (type \(result.type.name))")
        }
        if source.isString { return thread.raise(.typeError, "string argument without an encoding") }
        var builder = ByteBuilder()
        return collect(thread, source, &builder, "bytes") ? builder.finish(thread) : .empty
    }

    private static func repr(_ thread: ThreadRef, _ bytes: Value) -> Value {
        var builder = StringBuilder()
        builder.append(98)
        StringRepr.append(bytes: Units(BytesRef(bytes).bytes, BytesRef(bytes).count), to: &builder)
        return builder.finish(thread)
    }

    static func checkText(_ thread: ThreadRef, _ encoding: Value, _ errors: Value, _ name: StaticString) -> Bool {
        func check(_ value: Value, _ what: StaticString) -> Bool {
            if value.isEmpty || value.isString { return true }
            thread.raise(.typeError, "\(name)() argument '\(what)' must be str, not \(value.argumentTypeName)")
            return false
        }
        return check(encoding, "encoding") && check(errors, "errors")
    }

    /// Appends what a count, a buffer or an iterable of ints stands for. False when it has raised.
    static func collect(_ thread: ThreadRef, _ source: Value, _ builder: inout ByteBuilder, _ name: StaticString) -> Bool {
        if source.isInt || source.type.slotPointer(.index).pointee != nil {
            if let count = thread.toInt(source, overflow: .overflowError) {
                if count < 0 { thread.raise(.valueError, "negative count"); return false }
                builder.append(0, times: count)
                if builder.failed { thread.raiseOutOfMemory(); return false }
                return true
            }
            if !thread.exceptionMatches(.typeError) {
                if thread.clearException(.overflowError) { thread.raise(.overflowError, "cannot fit '\(source.type.name)' into an index-sized integer") }
                return false
            }
            thread.takeException()
        }
        if source.isBuffer {
            var view = BufferView()
            guard thread.acquireBuffer(source, &view, BufferFlags.fullReadOnly) else { return false }
            MemoryViews.appendContiguous(view, to: &builder)
            thread.releaseBuffer(&view)
            return true
        }
        return collectIterable(thread, source, &builder, name, typeError: "cannot convert '\(source.type.name)' object to \(name)")
    }

    /// Appends the ints of an iterable; what is none raises a TypeError with the message given. False when it has raised.
    static func collectIterable(_ thread: ThreadRef, _ source: Value, _ builder: inout ByteBuilder, _ name: StaticString, typeError message: @autoclosure () -> String) -> Bool {
        if source.isExact(.list) || source.isExact(.tuple) {
            // Small ints, which run no Python; anything else from there on is taken one by one.
            let count = source.isExact(.list) ? ListRef(source).count : TupleRef(source).count
            let items = source.isExact(.list) ? ListRef(source).items : TupleRef(source).items
            var index = 0
            while index < count, items[index].isSmallInt, UInt(bitPattern: items[index].smallInt) < 256 { index += 1 }
            if index == count {
                builder.reserve(count)
                for index in 0 ..< count { builder.append(UInt8(truncatingIfNeeded: items[index].smallInt)) }
                return true
            }
        }
        // Not `forEach`: a builder cannot be captured by a closure.
        let iterator = thread.iterator(source, typeError: message())
        // How long it will be is asked for the sake of what that may raise.
        let isAsked = name == "bytes" || name == "extend"
        if iterator.isEmpty || isAsked && thread.lengthHint(source, 0) < 0 { return false }
        while true {
            let item = thread.next(iterator)
            if item.isEmpty { return !thread.hasException }
            guard let byte = byteValue(thread, item, name == "bytes" ? "bytes must be in range(0, 256)" : "byte must be in range(0, 256)") else { return false }
            builder.append(byte)
        }
    }

    /// An int of 0 to 255; nil when it has raised.
    @inline(__always) static func byteValue(_ thread: ThreadRef, _ item: Value, _ message: StaticString = "byte must be in range(0, 256)") -> UInt8? {
        if item.isSmallInt && UInt(bitPattern: item.smallInt) < 256 { return UInt8(item.smallInt) }
        let index = thread.toIndex(item)
        if index.isEmpty { return nil }
        guard let value = IntOps.toInt(index), value >= 0, value < 256 else {
            thread.raise(.valueError, "\(message)")
            return nil
        }
        return UInt8(value)
    }
}

func == (a: StaticString, b: StaticString) -> Bool {
    a.utf8CodeUnitCount == b.utf8CodeUnitCount && memcmp(a.utf8Start, b.utf8Start, a.utf8CodeUnitCount) == 0
}
