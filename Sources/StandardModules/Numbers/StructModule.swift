import Glibc
import NumberTypes
import Objects

/// `_struct`: packing values into bytes and unpacking them.
struct StructObject {
    var header: ObjectHeader
    /// str
    var format: Value
    /// `StorageObject` with the compiled fields, or empty before `__init__`.
    var fields: Value
    var fieldCount: Int
    var size: Int
    var items: Int
}

/// What `iter_unpack` returns. The view's owner and the source are both traced: plain bytes are lent without an owner.
struct UnpackIteratorObject {
    var header: ObjectHeader
    var structure: Value
    /// Empty when exhausted.
    var source: Value
    var index: Int
    var view: BufferView
}

enum StructModule {
    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) static var iteratorType: NativeType!
    /// Root word of the dict from formats to Struct objects.
    nonisolated(unsafe) static var cache: UnsafeMutablePointer<Value>!

    static func register() {
        NativeModule.register("_struct", doc: "Functions to convert between Python values and bytes as C lays structs out.\n\nA format is a string of codes, each perhaps with a repeat count, after an optional @, =, <, > or ! for byte order, size and alignment.",
                              functions: functions) { module in
            let thread = module.thread
            StructFormat.errorClass = RootTable.reserve()
            cache = RootTable.reserve()
            cache.pointee = thread.newDict()
            let namespace = thread.newDict()
            if namespace.isEmpty || cache.pointee.isEmpty { return false }
            _ = DictRef(namespace).set(thread, Name.__module__, thread.newString("struct"))
            let error = thread.call(TypeID.type.value, thread.newString("error"), thread.newTuple(TypeID.exception.value), namespace)
            if error.isEmpty { return false }
            StructFormat.errorClass.pointee = error
            module.set("error", error)
            type = NativeType("Struct", module: "_struct", size: MemoryLayout<StructObject>.size, mask: 0b110, flags: [.base, .weakReferenceable],
                              doc: "Struct(fmt) --> compiled struct object\n\n", methods: methods, getters: getters) { slots in
                slots.restate(.getAttribute, .setAttribute, of: .object)
                slots.call(.new) { thread, type, _, _, _ in
                    let instance = thread.allocateInstance(TypeRef(type))
                    if !instance.isEmpty { instance.object(StructObject.self).pointee.format = .none }
                    return instance
                }
                slots.call(.initialize) { thread, receiver, arguments, count, keywords in StructModule.initializer.call(thread, receiver, arguments, count, keywords) }
            }
            iteratorType = NativeType("unpack_iterator", module: "_struct", size: MemoryLayout<UnpackIteratorObject>.size,
                                      mask: 1 << 1 | 1 << 2 | 1 << UInt64((MemoryLayout<UnpackIteratorObject>.offset(of: \.view)! + MemoryLayout<BufferView>.offset(of: \.owner)!) / 8),
                                      flags: [.noInstantiation, .finalized], methods: [
                                          Def("__length_hint__(self, /)", .reads) { _, a, _ in
                                              let iterator = a[0].object(UnpackIteratorObject.self)
                                              if iterator.pointee.source.isEmpty { return Value(small: 0) }
                                              let size = iterator.pointee.structure.object(StructObject.self).pointee.size
                                              return Value(small: size == 0 ? 0 : (iterator.pointee.view.length - iterator.pointee.index) / size)
                                          },
                                      ]) { slots in
                slots.restate(.getAttribute, of: .object)
                slots.unary(.iter) { _, value in value }
                slots.unary(.next) { thread, value in StructModule.next(thread, value) }
                slots.unary(.finalize) { thread, value in
                    thread.releaseBuffer(&value.object(UnpackIteratorObject.self).pointee.view)
                    return .none
                }
            }
            module.add(type)
            return true
        }
    }

    static let initializer = Constructor("Struct(self, format)") { thread, a, _ in
        StructModule.compile(thread, a[0], a[1]) ? .none : .empty
    }

    private static func compile(_ thread: ThreadRef, _ receiver: Value, _ format: Value) -> Bool {
        var text = format
        if format.isString {
            if !StringRef(format).isASCII {
                text = thread.callMethod(format, Name.encode.value, Name.ascii.value)
                if text.isEmpty { return false }
            }
        } else if format.isBytes {
            var characters: [UInt32] = []
            for byte in BytesRef(format).buffer { characters.append(UInt32(byte)) }
            text = thread.newString(codePoints: characters)
            if text.isEmpty { return false }
        } else {
            thread.raise(.typeError, "Struct() argument 1 must be a str or bytes object, not \(format.argumentTypeName)")
            return false
        }
        let string = StringRef(text)
        guard string.width == 1, let compiled = StructFormat.parse(thread, UnsafeBufferPointer(start: string.units1, count: string.count)) else { return false }
        let bytes = compiled.fields.count * MemoryLayout<StructField>.stride
        guard let storage = Heap.allocate(MemoryLayout<StorageObject>.size + bytes, shape: TypeID.byteArrayStorage.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        storage.assumingMemoryBound(to: StorageObject.self).pointee.size = bytes
        let fields = (storage + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: StructField.self)
        for (index, field) in compiled.fields.enumerated() { fields[index] = field }
        let object = receiver.object(StructObject.self)
        object.pointee.format = text
        object.pointee.fields = Value(storage)
        object.pointee.fieldCount = compiled.fields.count
        object.pointee.size = compiled.size
        object.pointee.items = compiled.items
        Heap.barrier(receiver.raw)
        return true
    }

    @inline(__always) private static func fields(_ object: UnsafeMutablePointer<StructObject>) -> UnsafeMutablePointer<StructField> {
        (object.pointee.fields.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: StructField.self)
    }

    /// The compiled struct of a format, from the cache if it is there. Empty when it has raised.
    private static func lookup(_ thread: ThreadRef, _ format: Value) -> Value {
        if format.type == type.type { return format }
        let dict = DictRef(cache.pointee)
        if format.isExact(.str) || format.isExact(.bytes) {
            let known = dict.get(thread, format)
            if !known.isEmpty || thread.hasException { return known }
        }
        let made = type.allocate(thread, size: MemoryLayout<StructObject>.size)
        guard !made.isEmpty, compile(thread, made, format) else { return .empty }
        if format.isExact(.str) || format.isExact(.bytes) {
            if dict.count >= 100 { dict.clear() }
            if !dict.set(thread, format, made) { return .empty }
        }
        return made
    }

    private static func ready(_ thread: ThreadRef, _ value: Value) -> UnsafeMutablePointer<StructObject>? {
        let object = value.object(StructObject.self)
        if object.pointee.fields.isEmpty {
            thread.raise(.runtimeError, "Struct object is not initialized")
            return nil
        }
        return object
    }

    // MARK: Operations

    static func unpack(_ thread: ThreadRef, _ object: UnsafeMutablePointer<StructObject>, _ bytes: UnsafePointer<UInt8>) -> Value {
        let tuple = thread.newTuple(count: object.pointee.items)
        if tuple.isEmpty { return .empty }
        var place = 0
        for index in 0 ..< object.pointee.fieldCount {
            let field = fields(object)[index]
            var p = bytes + field.offset
            for _ in 0 ..< field.count {
                let item = StructFormat.unpack(thread, field, p)
                if item.isEmpty { return .empty }
                TupleRef(tuple).initialize(place, item)
                place += 1
                p += field.size
            }
        }
        return tuple
    }

    /// Packs `items` (as many as there should be) into zeroed memory. False when it has raised.
    private static func pack(_ thread: ThreadRef, _ object: UnsafeMutablePointer<StructObject>, _ items: UnsafePointer<Value>, _ bytes: UnsafeMutablePointer<UInt8>) -> Bool {
        var place = 0
        for index in 0 ..< object.pointee.fieldCount {
            let field = fields(object)[index]
            var p = bytes + field.offset
            for _ in 0 ..< field.count {
                guard StructFormat.pack(thread, field, items[place], p) else { return false }
                place += 1
                p += field.size
            }
        }
        return true
    }

    private static func pack(_ thread: ThreadRef, _ value: Value, _ arguments: TupleRef, from first: Int) -> Value {
        guard let object = ready(thread, value) else { return .empty }
        let given = arguments.count - first
        if given != object.pointee.items { return StructFormat.fail(thread, "pack expected \(object.pointee.items) items for packing (got \(given))") }
        let result = thread.newBytes(count: object.pointee.size)
        if result.isEmpty { return .empty }
        if object.pointee.size > 0 { memset(BytesRef(result).bytes, 0, object.pointee.size) }
        return pack(thread, object, arguments.items + first, BytesRef(result).bytes) ? result : .empty
    }

    private static func packInto(_ thread: ThreadRef, _ value: Value, _ arguments: TupleRef, from first: Int) -> Value {
        guard let object = ready(thread, value) else { return .empty }
        let given = arguments.count - first
        if given < 1 { return StructFormat.fail(thread, "pack_into expected buffer argument") }
        if given < 2 { return StructFormat.fail(thread, "pack_into expected offset argument") }
        if given - 2 != object.pointee.items { return StructFormat.fail(thread, "pack_into expected \(object.pointee.items) items for packing (got \(given - 2))") }
        let target = arguments[first]
        var view = BufferView()
        guard let slot = target.type.slot(.getBuffer, as: BufferFunction.self),
              withUnsafeMutablePointer(to: &view, { slot(thread, target, UnsafeMutableRawPointer($0), BufferFlags.writable) }) == 0 else {
            thread.takeException()
            return thread.raise(.typeError, "argument must be read-write bytes-like object, not \(target.type.name)")
        }
        defer { thread.releaseBuffer(&view) }
        guard view.isCContiguous else { return thread.raise(.typeError, "argument must be contiguous buffer, not \(target.type.name)") }
        guard var offset = thread.toInt(arguments[first + 1]) else { return .empty }
        let size = object.pointee.size
        if offset < 0 {
            if offset &+ size > 0 { return StructFormat.fail(thread, "no space to pack \(size) bytes at offset \(offset)") }
            if offset + view.length < 0 { return StructFormat.fail(thread, "offset \(offset) out of range for \(view.length)-byte buffer") }
            offset += view.length
        }
        if view.length - offset < size {
            return StructFormat.fail(thread, "pack_into requires a buffer of at least \(UInt(offset) &+ UInt(size)) bytes for packing \(size) bytes at offset \(offset) (actual buffer size is \(view.length))")
        }
        if size > 0 { memset(view.bytes + offset, 0, size) }
        return pack(thread, object, arguments.items + first + 2, view.bytes + offset) ? .none : .empty
    }

    private static func unpack(_ thread: ThreadRef, _ value: Value, _ buffer: Value) -> Value {
        guard let object = ready(thread, value) else { return .empty }
        return thread.withBuffer(buffer) { bytes, count in
            if count != object.pointee.size { return StructFormat.fail(thread, "unpack requires a buffer of \(object.pointee.size) bytes") }
            return unpack(thread, object, bytes)
        }
    }

    private static func unpackFrom(_ thread: ThreadRef, _ value: Value, _ buffer: Value, _ offset: Value) -> Value {
        guard let object = ready(thread, value) else { return .empty }
        var offset: Int? = offset.isEmpty ? 0 : thread.toInt(offset)
        guard offset != nil else { return .empty }
        return thread.withBuffer(buffer) { bytes, count in
            var start = offset!
            let size = object.pointee.size
            if start < 0 {
                if start &+ size > 0 { return StructFormat.fail(thread, "not enough data to unpack \(size) bytes at offset \(start)") }
                if start + count < 0 { return StructFormat.fail(thread, "offset \(start) out of range for \(count)-byte buffer") }
                start += count
            }
            offset = start
            if count - start < size {
                return StructFormat.fail(thread, "unpack_from requires a buffer of at least \(UInt(start) &+ UInt(size)) bytes for unpacking \(size) bytes at offset \(start) (actual buffer size is \(count))")
            }
            return unpack(thread, object, bytes + start)
        }
    }

    private static func iterate(_ thread: ThreadRef, _ value: Value, _ buffer: Value) -> Value {
        guard let object = ready(thread, value) else { return .empty }
        if object.pointee.size == 0 { return StructFormat.fail(thread, "cannot iteratively unpack with a struct of length 0") }
        let iterator = thread.allocateInstance(iteratorType.type)
        if iterator.isEmpty { return .empty }
        let state = iterator.object(UnpackIteratorObject.self)
        state.pointee.view = BufferView()
        guard thread.acquireBuffer(buffer, &state.pointee.view) else { return .empty }
        if state.pointee.view.length % object.pointee.size != 0 {
            thread.releaseBuffer(&state.pointee.view)
            return StructFormat.fail(thread, "iterative unpacking requires a buffer of a multiple of \(object.pointee.size) bytes")
        }
        state.pointee.structure = value
        state.pointee.source = buffer
        Heap.barrier(iterator.raw)
        return iterator
    }

    static func next(_ thread: ThreadRef, _ iterator: Value) -> Value {
        let state = iterator.object(UnpackIteratorObject.self)
        if state.pointee.source.isEmpty { return .empty }
        let object = state.pointee.structure.object(StructObject.self)
        if state.pointee.view.length - state.pointee.index < object.pointee.size {
            thread.releaseBuffer(&state.pointee.view)
            state.pointee.source = .empty
            return .empty
        }
        let result = unpack(thread, object, state.pointee.view.bytes + state.pointee.index)
        state.pointee.index += object.pointee.size
        return result
    }

    // MARK: Declarations

    static let methods: [Def] = [
        Def("iter_unpack(self, buffer, /)", .calls, "An iterator over a buffer, in pieces of the struct's size, each unpacked into a tuple.") { t, a, _ in StructModule.iterate(t, a[0], a[1]) },
        Def("pack(self, /, *args)", .calls, "The values packed into bytes.") { t, a, _ in StructModule.pack(t, a[0], TupleRef(a[1]), from: 0) },
        Def("pack_into(self, /, *args)", .calls, "S.pack_into(buffer, offset, v1, v2, ...)\n\nPacks the values into a writable buffer from the offset on.") { t, a, _ in StructModule.packInto(t, a[0], TupleRef(a[1]), from: 0) },
        Def("unpack(self, buffer, /)", .calls, "The tuple of values that bytes of the struct's size hold.") { t, a, _ in StructModule.unpack(t, a[0], a[1]) },
        Def("unpack_from(self, /, buffer, offset=0)", .calls, "The tuple of values that a buffer holds from the offset on.") { t, a, _ in StructModule.unpackFrom(t, a[0], a[1], a[2]) },
        Def("__sizeof__(self, /)", .reads, "Bytes of memory in use.") { t, a, _ in
            t.newInt(MemoryLayout<StructObject>.size + a[0].object(StructObject.self).pointee.fieldCount * MemoryLayout<StructField>.stride)
        },
    ]

    static let getters: [Getter] = [
        Getter("format", "The format.") { t, a, _ in
            guard let object = StructModule.ready(t, a[0]) else { return .empty }
            return object.pointee.format
        },
        Getter("size", "How many bytes the struct takes.") { t, a, _ in t.newInt(a[0].object(StructObject.self).pointee.size) },
    ]

    static let functions: [Def] = [
        Def("_clearcache()", .writes, "Forgets compiled formats.", kind: .function) { _, _, _ in
            DictRef(StructModule.cache.pointee).clear()
            return .none
        },
        Def("calcsize(format, /)", .calls, "How many bytes the format's struct takes.", kind: .function) { t, a, _ in
            let structure = StructModule.lookup(t, a[0])
            return structure.isEmpty ? .empty : t.newInt(structure.object(StructObject.self).pointee.size)
        },
        Def("iter_unpack(format, buffer, /)", .calls, "An iterator over a buffer, in pieces of the struct's size, each unpacked into a tuple.", kind: .function) { t, a, _ in
            let structure = StructModule.lookup(t, a[0])
            return structure.isEmpty ? .empty : StructModule.iterate(t, structure, a[1])
        },
        Def("pack(*args)", .calls, "pack(format, v1, v2, ...) -> bytes\n\nThe values packed into bytes.", kind: .function) { t, a, _ in
            let arguments = TupleRef(a[0])
            if arguments.count == 0 { return t.raise(.typeError, "missing format argument") }
            let structure = StructModule.lookup(t, arguments[0])
            return structure.isEmpty ? .empty : StructModule.pack(t, structure, arguments, from: 1)
        },
        Def("pack_into(*args)", .calls, "pack_into(format, buffer, offset, v1, v2, ...)\n\nPacks the values into a writable buffer from the offset on.", kind: .function) { t, a, _ in
            let arguments = TupleRef(a[0])
            if arguments.count == 0 { return t.raise(.typeError, "missing format argument") }
            let structure = StructModule.lookup(t, arguments[0])
            return structure.isEmpty ? .empty : StructModule.packInto(t, structure, arguments, from: 1)
        },
        Def("unpack(format, buffer, /)", .calls, "The tuple of values that bytes of the struct's size hold.", kind: .function) { t, a, _ in
            let structure = StructModule.lookup(t, a[0])
            return structure.isEmpty ? .empty : StructModule.unpack(t, structure, a[1])
        },
        Def("unpack_from(format, /, buffer, offset=0)", .calls, "The tuple of values that a buffer holds from the offset on.", kind: .function) { t, a, _ in
            let structure = StructModule.lookup(t, a[0])
            return structure.isEmpty ? .empty : StructModule.unpackFrom(t, structure, a[1], a[2])
        },
    ]
}
