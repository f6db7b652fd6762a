import Glibc
import Objects

/// The objects of ctypes: memory that they own or that somebody else does.
///
/// `_foreign.Data` is the base of them all, with the words that every object has; `Simple`, `Sequence`, `Pointer`, `Aggregate` and `Function` add what the kinds of classes do. A small
/// object's memory stands in the object itself.
struct DataObject {
    var header: ObjectHeader
    /// What keeps the memory alive: a bytes object that is the memory, another object whose memory it is part of, or empty where the memory is the object's own or nobody's.
    var owner: Value
    /// The object that this is a part of, or None.
    var base: Value
    /// What keeps alive what the memory points to: a dict, whatever a simple value keeps, or None.
    var objects: Value
    /// Which part of its base it is.
    var place: Value
    var address: UInt
    var size: Int
    /// Memory of 16 bytes or less.
    var inline: (UInt64, UInt64)

    static var inlineOffset: Int { MemoryLayout<DataObject>.offset(of: \.inline)! }
}

enum ForeignData {
    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func isData(_ value: Value) -> Bool { value.isPointer && value.type.isSubtype(of: type.type) }
    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<DataObject> { value.object(DataObject.self) }

    /// Where an object's memory is; nil when it has raised: it has none.
    @inline(__always) static func memory(_ thread: ThreadRef, _ value: Value) -> UnsafeMutableRawPointer? {
        if let pointer = UnsafeMutableRawPointer(bitPattern: object(value).pointee.address) { return pointer }
        thread.raise(.valueError, "NULL pointer access")
        return nil
    }

    @inline(__always) private static func allocate(_ thread: ThreadRef, _ type: TypeRef) -> Value {
        let value = thread.allocateInstance(type)
        if value.isEmpty { return .empty }
        let data = object(value)
        data.pointee.base = .none
        data.pointee.objects = .none
        data.pointee.place = Value(small: 0)
        return value
    }

    /// Gives an object zeroed memory of its own. False when it has raised.
    @inline(__always) static func own(_ thread: ThreadRef, _ value: Value, _ size: Int) -> Bool {
        let data = object(value)
        if size <= 16 {
            data.pointee.owner = .empty
            data.pointee.inline = (0, 0)
            data.pointee.address = UInt(bitPattern: UnsafeMutableRawPointer(data)) + UInt(DataObject.inlineOffset)
        } else {
            let bytes = thread.newBytes(count: size)
            if bytes.isEmpty { return false }
            memset(BytesRef(bytes).bytes, 0, size)
            data.pointee.owner = bytes
            data.pointee.address = UInt(bitPattern: BytesRef(bytes).bytes)
            Heap.barrier(value.raw)
        }
        data.pointee.size = size
        return true
    }

    static func owns(_ value: Value) -> Bool {
        let data = object(value)
        if data.pointee.address == UInt(bitPattern: UnsafeMutableRawPointer(data)) + UInt(DataObject.inlineOffset) { return true }
        return !data.pointee.owner.isEmpty && data.pointee.owner.isBytes && data.pointee.address == UInt(bitPattern: BytesRef(data.pointee.owner).bytes)
    }

    /// A zeroed instance, of which `__init__` is not called.
    @inline(__always) static func make(_ thread: ThreadRef, _ type: TypeRef, _ size: Int) -> Value {
        let value = allocate(thread, type)
        return !value.isEmpty && own(thread, value, size) ? value : .empty
    }

    /// An instance in memory that is there already. `base` is the object that it is part of; `owner` keeps the memory alive.
    @inline(__always) static func make(_ thread: ThreadRef, _ type: TypeRef, _ size: Int, at place: UnsafeMutableRawPointer, owner: Value, base: Value = .none, index: Int = 0) -> Value {
        let value = allocate(thread, type)
        if value.isEmpty { return .empty }
        let data = object(value)
        data.pointee.owner = owner
        data.pointee.base = base
        data.pointee.place = Value(small: index)
        data.pointee.address = UInt(bitPattern: place)
        data.pointee.size = size
        return value
    }

    // MARK: Parts

    /// A part of an object: its value, where that is plain, or an instance in the object's memory.
    @inline(__always) static func part(_ thread: ThreadRef, _ base: Value, _ item: Value, _ layout: LayoutRef, _ place: UnsafeMutableRawPointer, _ index: Int) -> Value {
        if layout.pointee.isPlain { return ForeignLayouts.read(thread, layout, place) }
        return make(thread, TypeRef(item), layout.pointee.size, at: place, owner: base, base: base, index: index)
    }

    /// Stores into a part of an object, or into what it points to. False when it has raised.
    @inline(__always) static func setPart(_ thread: ThreadRef, _ base: Value, _ item: Value, _ layout: LayoutRef, _ place: UnsafeMutableRawPointer, _ index: Int, _ value: Value) -> Bool {
        if layout.pointee.kind == .simple, !layout.pointee.isSwapped, let kept = ForeignLayouts.storePlain(layout.pointee.code, place, value) {
            return kept.isNone || keep(thread, base, index, kept)
        }
        if layout.pointee.kind == .pointer, isData(value), value.type.isSubtype(of: TypeRef(item)), let source = memory(thread, value) {
            memmove(place, source, layout.pointee.size)
            return keep(thread, base, index, value)
        }
        if thread.hasException { return false }
        return !thread.call(ForeignLayouts.helper(.set_part), base, item, thread.newInt(unsigned: UInt(bitPattern: place)), Value(small: index), value).isEmpty
    }

    /// Keeps a value alive as long as the object does whose part it was put into. False when it has raised.
    private static func keep(_ thread: ThreadRef, _ base: Value, _ index: Int, _ value: Value) -> Bool {
        let data = object(base)
        guard data.pointee.base.isNone, index >= 0, index < 10 else { return !thread.call(ForeignLayouts.helper(.keep_part), base, Value(small: index), value).isEmpty }
        if !data.pointee.objects.isDict {
            let dict = thread.newDict()
            if dict.isEmpty { return false }
            data.pointee.objects = dict
            Heap.barrier(base.raw)
        }
        return DictRef(data.pointee.objects).set(thread, thread.newString(character: UInt32(48 + index)), value)
    }

    // MARK: Types

    static func makeTypes(_ module: ModuleBuilder) {
        let size = MemoryLayout<DataObject>.size
        type = NativeType("Data", module: "_foreign", size: size, mask: 0b11110, flags: [.base, .weakReferenceable], getters: [
            Getter("_b_base_", "the base object", isMember: true, set: readOnlyMember) { _, a, _ in ForeignData.object(a[0]).pointee.base },
            Getter("_objects", "internal objects tree (NEVER CHANGE THIS OBJECT!)", isMember: true, set: readOnlyMember) { _, a, _ in ForeignData.object(a[0]).pointee.objects },
            Getter("_place") { _, a, _ in ForeignData.object(a[0]).pointee.place },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in
                guard let layout = ForeignLayouts.of(TypeRef(type)), layout.pointee.kind != .pointer || !layout.pointee.item.isNone else { return thread.call(ForeignLayouts.helper(.refuse), type) }
                layout.pointee.isFinal = true
                return ForeignData.make(thread, TypeRef(type), layout.pointee.size)
            }
            slots.buffer { thread, value, view, flags in
                let object = ForeignData.object(value)
                let pointer = UnsafeMutableRawPointer(bitPattern: object.pointee.address) ?? UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped
                guard view.view.fill(thread, value, pointer, object.pointee.size, readOnly: false, flags) == 0 else { return -1 }
                if flags & BufferFlags.format != 0 { ForeignModule.describe(value, view.view) }
                return 0
            }
            slots.releaseBuffer { _, _, view in
                Glibc.free(UnsafeMutableRawPointer(bitPattern: view.view.pointee.internal))
                view.view.pointee.internal = 0
            }
        }
        module.add(type)
        module.add(ForeignSimple.makeType())
        module.add(ForeignSequence.makeType())
        module.add(ForeignPointer.makeType())
        module.add(ForeignAggregate.makeType())
    }
}

/// `_SimpleCData`'s native base.
enum ForeignSimple {
    static func get(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let layout = ForeignLayouts.of(value.type), layout.pointee.kind == .simple, let place = ForeignData.memory(thread, value) else {
            return thread.hasException ? .empty : thread.raise(.typeError, "abstract class")
        }
        return ForeignLayouts.read(thread, layout, place)
    }

    static func set(_ thread: ThreadRef, _ target: Value, _ value: Value) -> Value {
        if value.isEmpty { return thread.raise(.typeError, "can't delete attribute") }
        guard let layout = ForeignLayouts.of(target.type), layout.pointee.kind == .simple, let place = ForeignData.memory(thread, target) else {
            return thread.hasException ? .empty : thread.raise(.typeError, "abstract class")
        }
        let kept = ForeignLayouts.write(thread, target.type, layout, place, value)
        if kept.isEmpty { return .empty }
        let data = ForeignData.object(target)
        if data.pointee.base.isNone {
            data.pointee.objects = kept
            if !kept.isNone { Heap.barrier(target.raw) }
        } else if !kept.isNone {
            return thread.call(ForeignLayouts.helper(.keep_part), target, Value(small: 0), kept)
        }
        return .none
    }

    static func makeType() -> NativeType {
        NativeType("Simple", module: "_foreign", base: ForeignData.type.type, size: MemoryLayout<DataObject>.size, mask: 0b11110, flags: [.base, .weakReferenceable], getters: [
            Getter("value", "current value", set: { thread, a, _ in ForeignSimple.set(thread, a[0], a[1]) }) { thread, a, _ in ForeignSimple.get(thread, a[0]) },
        ]) { slots in
            slots.call(.initialize) { thread, receiver, arguments, count, keywords in
                let given = count - (keywords.isEmpty ? 0 : TupleRef(keywords).count)
                if given == 0 { return .none }
                return given > 1 ? thread.raise(.typeError, "__init__ expected at most 1 argument, got \(given)") : ForeignSimple.set(thread, receiver, arguments[0])
            }
            slots.bool { thread, value in
                guard let place = ForeignData.memory(thread, value) else { return -1 }
                for index in 0 ..< ForeignData.object(value).pointee.size where place.load(fromByteOffset: index, as: UInt8.self) != 0 { return 1 }
                return 0
            }
        }
    }
}

/// `Array`'s native base.
enum ForeignSequence {
    /// An array's layout and its items'. nil for what is no array, with nothing raised.
    @inline(__always) private static func layouts(_ value: Value) -> (array: LayoutRef, item: LayoutRef)? {
        guard let array = ForeignLayouts.of(value.type), array.pointee.kind == .array, let item = ForeignLayouts.of(array.pointee.item) else { return nil }
        return (array, item)
    }

    @inline(__always) private static func place(_ index: Value, _ length: Int) -> Int? {
        guard index.isSmallInt else { return nil }
        let number = index.smallInt < 0 ? index.smallInt + length : index.smallInt
        return number >= 0 && number < length ? number : nil
    }

    static func get(_ thread: ThreadRef, _ value: Value, _ index: Value) -> Value {
        guard let (array, item) = layouts(value) else { return thread.call(ForeignLayouts.helper(.get_item), value, index) }
        guard let start = ForeignData.memory(thread, value) else { return .empty }
        if let number = place(index, array.pointee.length) { return ForeignData.part(thread, value, array.pointee.item, item, start + number * item.pointee.size, number) }
        if index.isSmallInt { return thread.raise(.indexError, "invalid index") }
        guard index.isExact(.slice), !array.pointee.isText || item.pointee.code == UInt8(ascii: "c") else { return thread.call(ForeignLayouts.helper(.get_item), value, index) }
        guard let numbers = thread.unpackSlice(index) else { return .empty }
        let bounds = SliceBounds(numbers, array.pointee.length)
        if array.pointee.isText {
            let result = thread.newBytes(count: bounds.count)
            if result.isEmpty { return .empty }
            for number in 0 ..< bounds.count { BytesRef(result).bytes[number] = start.load(fromByteOffset: bounds.start + number * bounds.step, as: UInt8.self) }
            return result
        }
        let list = thread.newList(capacity: bounds.count)
        if list.isEmpty { return .empty }
        for number in 0 ..< bounds.count {
            let index = bounds.start + number * bounds.step
            let part = ForeignData.part(thread, value, array.pointee.item, item, start + index * item.pointee.size, index)
            guard !part.isEmpty, ListRef(list).append(thread, part) else { return .empty }
        }
        return list
    }

    static func set(_ thread: ThreadRef, _ target: Value, _ index: Value, _ value: Value) -> Int32 {
        if value.isEmpty {
            thread.raise(.typeError, "Array does not support item deletion")
            return -1
        }
        if index.isExact(.slice), value.isExact(.tuple) || value.isExact(.list), let (array, item) = layouts(target) { return setItems(thread, target, array, item, index, value) }
        guard let (array, item) = layouts(target), let number = place(index, array.pointee.length) else { return thread.call(ForeignLayouts.helper(.set_item), target, index, value).isEmpty ? -1 : 0 }
        guard let start = ForeignData.memory(thread, target) else { return -1 }
        return ForeignData.setPart(thread, target, array.pointee.item, item, start + number * item.pointee.size, number, value) ? 0 : -1
    }

    private static func setItems(_ thread: ThreadRef, _ target: Value, _ array: LayoutRef, _ item: LayoutRef, _ slice: Value, _ values: Value) -> Int32 {
        guard let numbers = thread.unpackSlice(slice), let start = ForeignData.memory(thread, target) else { return -1 }
        let bounds = SliceBounds(numbers, array.pointee.length)
        // Converting one may change a list.
        func count() -> Int { values.isExact(.tuple) ? TupleRef(values).count : ListRef(values).count }
        guard count() == bounds.count else {
            thread.raise(.valueError, "Can only assign sequence of same size")
            return -1
        }
        for number in 0 ..< bounds.count {
            guard number < count() else {
                thread.raise(.indexError, "list index out of range")
                return -1
            }
            let index = bounds.start + number * bounds.step
            let value = values.isExact(.tuple) ? TupleRef(values)[number] : ListRef(values).items[number]
            guard ForeignData.setPart(thread, target, array.pointee.item, item, start + index * item.pointee.size, index, value) else { return -1 }
        }
        return 0
    }

    /// `value` of an array of characters: the bytes before the first zero.
    static func text(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let layout = characters(thread, value), let start = ForeignData.memory(thread, value) else { return .empty }
        return thread.newBytes(start, strnlen(start.assumingMemoryBound(to: CChar.self), layout.pointee.length))
    }

    /// Stores bytes, with a zero behind them where there is room for it if they are a `value` and not `raw`.
    static func setText(_ thread: ThreadRef, _ target: Value, _ value: Value) -> Value {
        if value.isEmpty { return thread.raise(.typeError, "can't delete attribute") }
        guard let layout = characters(thread, target), let start = ForeignData.memory(thread, target) else { return .empty }
        guard value.isBytes else { return thread.raise(.typeError, "bytes expected instead of \(value.type.name) instance") }
        let count = BytesRef(value).count
        guard count <= layout.pointee.length else { return thread.raise(.valueError, "byte string too long") }
        memcpy(start, BytesRef(value).bytes, count < layout.pointee.length ? count + 1 : count)
        return .none
    }

    static func raw(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let layout = characters(thread, value), let start = ForeignData.memory(thread, value) else { return .empty }
        return thread.newBytes(start, layout.pointee.length)
    }

    private static func characters(_ thread: ThreadRef, _ value: Value) -> LayoutRef? {
        if ForeignData.isData(value), let layout = ForeignLayouts.of(value.type), layout.pointee.isText { return layout }
        thread.raise(.typeError, "an array of characters is required, not '\(value.type.name)'")
        return nil
    }

    static func makeType() -> NativeType {
        NativeType("Sequence", module: "_foreign", base: ForeignData.type.type, size: MemoryLayout<DataObject>.size, mask: 0b11110, flags: [.base, .weakReferenceable]) { slots in
            slots.binary(.getItem) { thread, value, index in ForeignSequence.get(thread, value, index) }
            slots.store(.setItem) { thread, target, index, value in ForeignSequence.set(thread, target, index, value) }
            slots.length { thread, value in
                guard let layout = ForeignLayouts.of(value.type), layout.pointee.kind == .array else {
                    thread.raise(.typeError, "abstract class")
                    return -1
                }
                return layout.pointee.length
            }
            slots.call(.initialize) { thread, receiver, arguments, count, keywords in
                guard keywords.isEmpty else { return thread.raise(.typeError, "\(receiver.type.name)() takes no keyword arguments") }
                guard let layout = ForeignLayouts.of(receiver.type), count <= layout.pointee.length else { return thread.raise(.indexError, "invalid index") }
                let isPlain = receiver.type.slotPointer(.setItem).pointee == unsafeBitCast(ForeignSequence.store, to: UnsafeRawPointer.self)
                for index in 0 ..< count {
                    guard isPlain ? ForeignSequence.set(thread, receiver, Value(small: index), arguments[index]) == 0 : thread.setItem(receiver, Value(small: index), arguments[index]) else { return .empty }
                }
                return .none
            }
        }
    }

    private static let store: StoreFunction = { thread, target, index, value in ForeignSequence.set(thread, target, index, value) }
}

/// `_Pointer`'s native base.
enum ForeignPointer {
    private static let first = StringRef.intern("1").value

    /// A pointer's own layout, its target's, and where it points; nil when it has raised.
    @inline(__always) private static func target(_ thread: ThreadRef, _ value: Value) -> (item: Value, layout: LayoutRef, place: UnsafeMutableRawPointer)? {
        guard let own = ForeignLayouts.of(value.type), own.pointee.kind == .pointer, let layout = ForeignLayouts.of(own.pointee.item) else {
            thread.raise(.typeError, "abstract class")
            return nil
        }
        guard let memory = ForeignData.memory(thread, value) else { return nil }
        guard let place = UnsafeMutableRawPointer(bitPattern: memory.loadUnaligned(as: UInt.self)) else {
            thread.raise(.valueError, "NULL pointer access")
            return nil
        }
        return (own.pointee.item, layout, place)
    }

    static func contents(_ thread: ThreadRef, _ value: Value) -> Value {
        guard let (item, layout, place) = target(thread, value) else { return .empty }
        // What keeps the target alive, if that is known.
        var owner = ForeignData.object(value).pointee.objects
        if owner.isDict, case let kept = DictRef(owner).get(string: first), !kept.isEmpty { owner = kept }
        return ForeignData.make(thread, TypeRef(item), layout.pointee.size, at: place, owner: owner)
    }

    static func setContents(_ thread: ThreadRef, _ value: Value, _ target: Value) -> Value {
        if target.isEmpty { return thread.raise(.typeError, "Pointer does not support item deletion") }
        guard let own = ForeignLayouts.of(value.type), own.pointee.kind == .pointer, own.pointee.item.isType, let memory = ForeignData.memory(thread, value) else {
            return thread.hasException ? .empty : thread.raise(.typeError, "abstract class")
        }
        // As in C, of whatever class it is.
        guard ForeignData.isData(target) else {
            return thread.raise(.typeError, "expected \(TypeRef(own.pointee.item).shortName) instead of \(target.type.shortName)")
        }
        memory.storeBytes(of: ForeignData.object(target).pointee.address, as: UInt.self)
        let data = ForeignData.object(value)
        guard data.pointee.base.isNone else { return thread.call(ForeignLayouts.helper(.keep_part), value, Value(small: 1), target) }
        if !data.pointee.objects.isDict {
            let dict = thread.newDict()
            if dict.isEmpty { return .empty }
            data.pointee.objects = dict
            Heap.barrier(value.raw)
        }
        return DictRef(data.pointee.objects).set(thread, first, target) ? .none : .empty
    }

    /// `pointer(x)` with a class that is known already.
    static func make(_ thread: ThreadRef, _ target: Value) -> Value {
        let type = thread.call(ForeignLayouts.helper(.pointer_type), target.type.value)
        if type.isEmpty { return .empty }
        guard type.isType, let layout = ForeignLayouts.of(TypeRef(type)), layout.pointee.kind == .pointer else { return thread.call(type, target) }
        let value = ForeignData.make(thread, TypeRef(type), layout.pointee.size)
        return value.isEmpty || setContents(thread, value, target).isEmpty ? .empty : value
    }

    static func makeType() -> NativeType {
        NativeType("Pointer", module: "_foreign", base: ForeignData.type.type, size: MemoryLayout<DataObject>.size, mask: 0b11110, flags: [.base, .weakReferenceable], getters: [
            Getter("contents", "the object this pointer points to (read-write)", set: { thread, a, _ in ForeignPointer.setContents(thread, a[0], a[1]) }) { thread, a, _ in ForeignPointer.contents(thread, a[0]) },
        ]) { slots in
            slots.binary(.getItem) { thread, value, index in
                guard index.isSmallInt else { return thread.call(ForeignLayouts.helper(.get_item), value, index) }
                guard let (item, layout, place) = ForeignPointer.target(thread, value) else { return .empty }
                let start = place + index.smallInt &* layout.pointee.size
                return layout.pointee.isPlain ? ForeignLayouts.read(thread, layout, start) : ForeignData.make(thread, TypeRef(item), layout.pointee.size, at: start, owner: value)
            }
            slots.store(.setItem) { thread, value, index, new in
                if new.isEmpty {
                    thread.raise(.typeError, "Pointer does not support item deletion")
                    return -1
                }
                guard index.isSmallInt else {
                    thread.raise(.typeError, "Pointer indices must be integer")
                    return -1
                }
                guard let (item, layout, place) = ForeignPointer.target(thread, value) else { return -1 }
                return ForeignData.setPart(thread, value, item, layout, place + index.smallInt &* layout.pointee.size, index.smallInt, new) ? 0 : -1
            }
            slots.bool { thread, value in
                guard let memory = ForeignData.memory(thread, value) else { return -1 }
                return memory.loadUnaligned(as: UInt.self) != 0 ? 1 : 0
            }
            slots.call(.initialize) { thread, receiver, arguments, count, keywords in
                guard keywords.isEmpty, count <= 1 else { return thread.raise(.typeError, keywords.isEmpty ? "POINTER expected at most 1 argument, got \(count)" : "POINTER() takes no keyword arguments") }
                return count == 0 || arguments[0].isNone ? .none : ForeignPointer.setContents(thread, receiver, arguments[0])
            }
        }
    }
}

/// The native base of structures and unions, and their fields.
enum ForeignAggregate {
    private static let fieldsName = StringRef.intern("_all_fields_").value

    static func makeType() -> NativeType {
        NativeType("Aggregate", module: "_foreign", base: ForeignData.type.type, size: MemoryLayout<DataObject>.size, mask: 0b11110, flags: [.base, .weakReferenceable]) { slots in
            slots.call(.initialize) { thread, receiver, arguments, count, keywords in
                let named = keywords.isEmpty ? 0 : TupleRef(keywords).count, given = count - named
                let fields = receiver.type.lookup(ForeignAggregate.fieldsName)
                let total = fields.isTuple ? TupleRef(fields).count : 0
                for index in 0 ..< given {
                    guard index < total, ForeignField.isField(TupleRef(fields)[index]) else { return thread.raise(.typeError, "too many initializers") }
                    let field = TupleRef(fields)[index], name = field.object(ForeignField.FieldObject.self).pointee.name
                    for other in 0 ..< named where TupleRef(keywords)[other] == name || StringRef(TupleRef(keywords)[other]).equals(StringRef(name)) {
                        return thread.raise(.typeError, "duplicate values for field '\(StringRef(name).description)'")
                    }
                    if receiver.type.has(.plainSet), receiver.type.lookup(name) == field, field.shapeIndex == ForeignField.type.shape {
                        guard ForeignField.set(thread, field, receiver, arguments[index]) == 0 else { return .empty }
                    } else {
                        guard thread.setAttribute(receiver, name, arguments[index]) else { return .empty }
                    }
                }
                for index in 0 ..< named { guard thread.setAttribute(receiver, TupleRef(keywords)[index], arguments[given + index]) else { return .empty } }
                return .none
            }
        }
    }
}

/// `CField`: a descriptor for part of a structure's memory.
enum ForeignField {
    struct FieldObject {
        var header: ObjectHeader
        /// An interned str.
        var name: Value
        var type: Value
        var offset: Value
        var index: Value
        /// Width of a bit field, and how far its bits are from the lowest, or None.
        var bits: Value
        var shift: Value
    }

    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func isField(_ value: Value) -> Bool { value.isPointer && value.type.isSubtype(of: type.type) }

    /// The memory and the layout of a field; nil when it has raised.
    @inline(__always) private static func locate(_ thread: ThreadRef, _ field: UnsafeMutablePointer<FieldObject>, _ instance: Value) -> (place: UnsafeMutableRawPointer, layout: LayoutRef)? {
        guard ForeignData.isData(instance) else {
            thread.raise(.typeError, "not a ctype instance")
            return nil
        }
        guard let layout = ForeignLayouts.of(field.pointee.type) else {
            thread.raise(.typeError, "abstract class")
            return nil
        }
        guard let start = ForeignData.memory(thread, instance) else { return nil }
        return (start + field.pointee.offset.smallInt, layout)
    }

    /// The word that a bit field stands in.
    private static func load(_ place: UnsafeRawPointer, _ layout: LayoutRef) -> UInt64 {
        switch layout.pointee.size {
        case 1: return UInt64(place.load(as: UInt8.self))
        case 2: return UInt64(layout.pointee.isSwapped ? place.loadUnaligned(as: UInt16.self).byteSwapped : place.loadUnaligned(as: UInt16.self))
        case 4: return UInt64(layout.pointee.isSwapped ? place.loadUnaligned(as: UInt32.self).byteSwapped : place.loadUnaligned(as: UInt32.self))
        default: return layout.pointee.isSwapped ? place.loadUnaligned(as: UInt64.self).byteSwapped : place.loadUnaligned(as: UInt64.self)
        }
    }

    private static func store(_ place: UnsafeMutableRawPointer, _ layout: LayoutRef, _ word: UInt64) {
        switch layout.pointee.size {
        case 1: place.storeBytes(of: UInt8(truncatingIfNeeded: word), as: UInt8.self)
        case 2: place.storeBytes(of: layout.pointee.isSwapped ? UInt16(truncatingIfNeeded: word).byteSwapped : UInt16(truncatingIfNeeded: word), as: UInt16.self)
        case 4: place.storeBytes(of: layout.pointee.isSwapped ? UInt32(truncatingIfNeeded: word).byteSwapped : UInt32(truncatingIfNeeded: word), as: UInt32.self)
        default: place.storeBytes(of: layout.pointee.isSwapped ? word.byteSwapped : word, as: UInt64.self)
        }
    }

    static func get(_ thread: ThreadRef, _ value: Value, _ instance: Value) -> Value {
        let field = value.object(FieldObject.self)
        guard let (place, layout) = locate(thread, field, instance) else { return .empty }
        if !field.pointee.bits.isSmallInt {
            if !layout.pointee.isText { return ForeignData.part(thread, instance, field.pointee.type, layout, place, field.pointee.index.smallInt) }
            guard let item = ForeignLayouts.of(layout.pointee.item), item.pointee.code == UInt8(ascii: "c") else { return thread.call(ForeignLayouts.helper(.get_field), value, instance) }
            return thread.newBytes(place, strnlen(place.assumingMemoryBound(to: CChar.self), layout.pointee.length))
        }
        let bits = field.pointee.bits.smallInt
        let word = (load(place, layout) >> UInt64(field.pointee.shift.smallInt)) << UInt64(64 - bits)
        switch layout.pointee.code {
        case UInt8(ascii: "b"), UInt8(ascii: "h"), UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "q"): return thread.newInt(Int(Int64(bitPattern: word) >> Int64(64 - bits)))
        case UInt8(ascii: "?"): return Value(word != 0)
        default: return thread.newInt(unsigned: UInt(word >> UInt64(64 - bits)))
        }
    }

    static func set(_ thread: ThreadRef, _ value: Value, _ instance: Value, _ new: Value) -> Int32 {
        let field = value.object(FieldObject.self)
        if new.isEmpty {
            thread.raise(.typeError, "can't delete attribute")
            return -1
        }
        guard let (place, layout) = locate(thread, field, instance) else { return -1 }
        if field.pointee.bits.isSmallInt, let number = ForeignLayouts.word(new) {
            let bits = UInt64(field.pointee.bits.smallInt), shift = UInt64(field.pointee.shift.smallInt)
            let mask = (UInt64.max >> (64 - bits)) << shift
            store(place, layout, load(place, layout) & ~mask | UInt64(number) << shift & mask)
            return 0
        }
        if field.pointee.bits.isSmallInt || layout.pointee.isText { return thread.call(ForeignLayouts.helper(.set_field), value, instance, new).isEmpty ? -1 : 0 }
        return ForeignData.setPart(thread, instance, field.pointee.type, layout, place, field.pointee.index.smallInt, new) ? 0 : -1
    }

    private static let make = Constructor("CField(self, name, type, offset, index, bits=None, shift=0)") { thread, a, _ in
        guard a[1].isNone || a[1].isString, a[2].isType, a[3].isSmallInt, a[3].smallInt >= 0, a[4].isSmallInt else { return thread.raise(.typeError, "cannot create '_ctypes.CField' instances") }
        if !a[5].isEmpty, !a[5].isNone {
            guard let layout = ForeignLayouts.of(a[2]), a[5].isSmallInt, a[6].isSmallInt, a[5].smallInt > 0, a[6].smallInt >= 0, layout.pointee.size <= 8,
                  a[5].smallInt + a[6].smallInt <= 8 * layout.pointee.size else { return thread.raise(.valueError, "number of bits invalid for bit field") }
        }
        let value = thread.allocateInstance(TypeRef(a[0]))
        if value.isEmpty { return .empty }
        let field = value.object(FieldObject.self)
        field.pointee.name = a[1].isNone ? a[1] : StringRef(a[1]).interned().value
        field.pointee.type = a[2]
        field.pointee.offset = a[3]
        field.pointee.index = a[4]
        field.pointee.bits = a[5].isEmpty ? .none : a[5]
        field.pointee.shift = a[6].isEmpty ? Value(small: 0) : a[6]
        Heap.barrier(value.raw)
        return value
    }

    static func makeType() -> NativeType {
        type = NativeType("CField", module: "_ctypes", size: MemoryLayout<FieldObject>.size, mask: 0b1111110, flags: [.base], doc: "Structure/Union member", getters: [
            Getter("_name") { _, a, _ in a[0].object(FieldObject.self).pointee.name },
            Getter("type") { _, a, _ in a[0].object(FieldObject.self).pointee.type },
            Getter("offset", "offset in bytes of this field") { _, a, _ in a[0].object(FieldObject.self).pointee.offset },
            Getter("_index") { _, a, _ in a[0].object(FieldObject.self).pointee.index },
            Getter("_bits") { _, a, _ in a[0].object(FieldObject.self).pointee.bits },
            Getter("_shift") { _, a, _ in a[0].object(FieldObject.self).pointee.shift },
            Getter("size", "size in bytes of this field") { thread, a, _ in
                let field = a[0].object(FieldObject.self)
                if field.pointee.bits.isSmallInt { return Value(small: field.pointee.bits.smallInt << 16 | field.pointee.shift.smallInt) }
                return ForeignLayouts.of(field.pointee.type).map { thread.newInt($0.pointee.size) } ?? thread.raise(.typeError, "abstract class")
            },
        ]) { slots in
            slots.call(.new) { thread, type, a, count, keywords in ForeignField.make.call(thread, type, a, count, keywords) }
            slots.ternary(.descriptorGet) { thread, field, instance, _ in instance.isEmpty || instance.isNone ? field : ForeignField.get(thread, field, instance) }
            slots.store(.descriptorSet) { thread, field, instance, value in ForeignField.set(thread, field, instance, value) }
            slots.unary(.repr) { thread, value in
                let field = value.object(FieldObject.self), offset = field.pointee.offset.smallInt
                if field.pointee.bits.isSmallInt { return thread.newString("<Field type=\(TypeRef(field.pointee.type).shortName), ofs=\(offset):\(field.pointee.shift.smallInt), bits=\(field.pointee.bits.smallInt)>") }
                return thread.newString("<Field type=\(TypeRef(field.pointee.type).shortName), ofs=\(offset), size=\(ForeignLayouts.of(field.pointee.type)?.pointee.size ?? 0)>")
            }
        }
        return type
    }
}
