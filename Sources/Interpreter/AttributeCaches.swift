import CoreTypes
import Bytecode

/// Attribute instructions: filling and using inline caches.
///
/// A cache is keyed by the version of the receiver's shape. The version changes when the receiver's class or a base does, so what was found on the class holds
/// as long as the version does; and the shape says where an instance attribute is, or that there is none.
public enum Attributes {
    /// Whether a class attribute takes part in attribute access (functions, properties …) and so may be cached by value: reassigning plain data does not renew
    /// the versions (see `typeSet`).
    @inline(__always) static func isDescriptor(_ value: Value) -> Bool {
        value.isPointer && (value.type.slotPointer(.descriptorGet).pointee != nil || value.type.slotPointer(.descriptorSet).pointee != nil)
    }

    /// The result of a cache whose version matches; empty when the entry does not serve this time (with nothing raised) or when a getter has raised.
    @inline(never) static func cached(_ thread: ThreadRef, _ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> Value {
        switch cache.pointee.kind {
        case .overflowSlot:
            let dictWord = (object.raw + Int(cache.pointee.value.bits)).assumingMemoryBound(to: Value.self).pointee
            return (dictWord.raw + cache.pointee.offset).assumingMemoryBound(to: Value.self).pointee
        case .classValue:
            // For `getAttr` the value is a function to be bound.
            let value = cache.pointee.value
            if value.isExact(.function) { return thread.newMethod(value, object) }
            let result = thread.bind(value, object, object.type.value)
            if result.isEmpty { thread.completeAttributeError(object, cache.pointee.name) }
            return result
        case .classEntry:
            let namespace = DictRef(cache.pointee.value)
            guard namespace.pointer.pointee.version == UInt32(truncatingIfNeeded: cache.pointee.offset >> 32) else { return .empty }
            return namespace.item(at: cache.pointee.offset & 0xFFFF_FFFF)
        case .dictEntry:
            let dict = DictRef(object.object(ModuleObject.self).pointee.namespace)
            guard dict.pointer.pointee.version == UInt32(truncatingIfNeeded: cache.pointee.offset >> 32) else { return .empty }
            return dict.item(at: cache.pointee.offset & 0xFFFF_FFFF)
        case .typeValue:
            guard TypeRef(object).pointer.pointee.version == UInt32(truncatingIfNeeded: cache.pointee.offset) else { return .empty }
            return cache.pointee.value
        case .typeEntry:
            guard TypeRef(object).pointer.pointee.version == UInt32(truncatingIfNeeded: cache.pointee.offset >> 32) else { return .empty }
            return DictRef(cache.pointee.value).item(at: cache.pointee.offset & 0xFFFF_FFFF)
        case .nativeGetter:
            return callGetter(thread, object, UnsafeMutablePointer(bitPattern: cache.pointee.value.object(DescriptorObject.self).pointee.payload).unsafelyUnwrapped, cache.pointee.name)
        default:
            return .empty
        }
    }

    /// What a native getter gives; empty when it has raised, with the name in an AttributeError.
    public static func callGetter(_ thread: ThreadRef, _ object: Value, _ record: UnsafeMutablePointer<NativeRecord>, _ name: Value) -> Value {
        var argument = object
        let result = record.pointee.function(thread, &argument, 1)
        if result.isEmpty { thread.completeAttributeError(object, name) }
        return result
    }

    /// The attribute, with the cache filled for the next time.
    @inline(never) static func get(_ thread: ThreadRef, _ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> Value {
        let name = cache.pointee.name
        if object.isPointer {
            let entry = lookUp(thread, object, name)
            copy(entry, to: cache)
            let result = perform(thread, object, entry)
            if !result.isEmpty || thread.hasException { return result }
        }
        return thread.getAttribute(object, name)
    }

    /// As `cached`, for every kind.
    @inline(__always) private static func perform(_ thread: ThreadRef, _ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> Value {
        if cache.pointee.kind == .inlineSlot { return (object.raw + cache.pointee.offset).assumingMemoryBound(to: Value.self).pointee }
        return cached(thread, object, cache)
    }

    @inline(__always) static func copy(_ entry: UnsafeMutablePointer<InlineCache>, to cache: UnsafeMutablePointer<InlineCache>) {
        set(cache, entry.pointee.kind, entry.pointee.version, entry.pointee.offset, entry.pointee.value)
    }

    // MARK: The second level

    /// Behind the caches of the instructions stands one table for reads and one for stores, keyed by shape version and name, for instructions that see many shapes. What
    /// cannot be cached has an entry too, of kind `none`.
    private static let tableSize = 1 << 11
    nonisolated(unsafe) private static var reads: UnsafeMutablePointer<InlineCache>! = nil
    nonisolated(unsafe) private static var stores: UnsafeMutablePointer<InlineCache>! = nil

    @inline(__always) private static func slot(_ table: inout UnsafeMutablePointer<InlineCache>?, _ version: UInt32, _ name: Value) -> UnsafeMutablePointer<InlineCache> {
        if table == nil {
            table = .allocate(capacity: tableSize)
            table?.initialize(repeating: InlineCache(version: 0, kind: .none, spare: 0, offset: 0, value: .empty, name: .empty), count: tableSize)
        }
        let hash = UInt(version) &* 0x9E37_79B1 ^ UInt(name.bits) >> 5
        return table.unsafelyUnwrapped + Int((hash ^ hash >> 11) & UInt(tableSize - 1))
    }

    /// The second level's entry for an object's attribute, filled now if need be.
    public static func lookUp(_ thread: ThreadRef, _ object: Value, _ name: Value) -> UnsafeMutablePointer<InlineCache> {
        let version = ShapeTable.record(object.shapeIndex).pointee.version
        let entry = slot(&reads, version, name)
        if entry.pointee.version != version || entry.pointee.name != name {
            entry.pointee.name = name
            set(entry, .none, version, 0, .empty)
            fill(thread, object, entry)
        }
        return entry
    }

    private static func fill(_ thread: ThreadRef, _ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) {
        let type = object.type
        let name = cache.pointee.name
        let version = ShapeTable.record(object.shapeIndex).pointee.version
        let fallback = type.fallbackGetter
        if type.has(.plainGet) || !fallback.isEmpty {
            let found = type.lookup(name)
            // An AttributeError of a getter is to lead to `__getattr__`.
            if !fallback.isEmpty && !found.isEmpty && isDescriptor(found) && !bindsPlainly(found) { return }
            if !found.isEmpty && found.isPointer && found.type.slotPointer(.descriptorSet).pointee != nil {
                if found.isExact(.property) {
                    set(cache, .classValue, version, 0, found)
                } else if found.isExact(.getSetDescriptor), type.isSubtype(of: TypeRef(found.object(DescriptorObject.self).pointee.owner)) {
                    let field = Self.field(found.object(DescriptorObject.self).pointee.payload)
                    if field != 0 { set(cache, .inlineSlot, version, field, .empty) } else { set(cache, .nativeGetter, version, 0, found) }
                } else if found.isExact(.memberDescriptor), type.isSubtype(of: TypeRef(found.object(DescriptorObject.self).pointee.owner)) {
                    if found.object(DescriptorObject.self).pointee.isComputedMember {
                        set(cache, .nativeGetter, version, 0, found)
                    } else if found.object(DescriptorObject.self).pointee.payload2 != DescriptorObject.trailingMember {
                        set(cache, .inlineSlot, version, Int(found.object(DescriptorObject.self).pointee.payload), .empty)
                    }
                } else if found.type.slotPointer(.descriptorGet).pointee != nil {
                    set(cache, .classValue, version, 0, found)
                }
                return
            }
            if let place = InstanceAttributes.locate(object, type, name) {
                set(cache, place.inOverflow ? .overflowSlot : .inlineSlot, version, place.offset, Value(bits: UInt64(type.pointer.pointee.dictOffset)))
                return
            }
            if type.pointer.pointee.dictOffset != 0 && (Shapes.isDict(object.shapeIndex) || type.has(.variableSize)) { return }
            if found.isEmpty {
                if !fallback.isEmpty { set(cache, .missing, version, 0, fallback) }
            } else if isDescriptor(found) {
                set(cache, .classValue, version, 0, found)
            } else {
                setEntry(cache, type, name, version)
            }
            return
        }
        if object.isType {
            guard type.readsLikeType else { return }
            let meta = type.lookup(name)
            if !meta.isEmpty {
                if meta.isExact(.getSetDescriptor), type.hasNoFallback { set(cache, .nativeGetter, version, 0, meta) }
                return
            }
            let own = TypeRef(object)
            let found = own.lookup(name)
            if found.isExact(.function) {
                set(cache, .typeValue, version, Int(own.pointer.pointee.version), found)
            } else if found.isExact(.staticMethod) {
                set(cache, .typeValue, version, Int(own.pointer.pointee.version), found.object(WrapperObject.self).pointee.callable)
            } else if !found.isEmpty, !isDescriptor(found), let (namespace, entry) = place(of: name, in: own) {
                set(cache, .typeEntry, version, Int(own.pointer.pointee.version) << 32 | entry, namespace.value)
            }
            return
        }
        if type == TypeID.module.type, Shapes.isDict(object.shapeIndex) {
            let found = type.lookup(name)
            if !found.isEmpty { return }
            let dict = DictRef(object.object(ModuleObject.self).pointee.namespace)
            let entry = dict.find(string: name)
            if entry >= 0 { set(cache, .dictEntry, version, Int(dict.version) << 32 | entry, .empty) }
        }
    }

    /// The word that a native getter or setter stands for, by its record; 0 when it is more than that.
    private static func field(_ record: UInt) -> Int { UnsafeMutablePointer<NativeRecord>(bitPattern: record)?.pointee.field ?? 0 }

    /// Whether what a descriptor gives can be no AttributeError.
    private static func bindsPlainly(_ found: Value) -> Bool {
        found.isExact(.function) || found.isExact(.methodDescriptor) || found.isExact(.wrapperDescriptor) || found.isExact(.staticMethod)
            || found.isExact(.memberDescriptor) && !found.object(DescriptorObject.self).pointee.isComputedMember
    }

    /// Caches where on the MRO a data attribute stands.
    private static func setEntry(_ cache: UnsafeMutablePointer<InlineCache>, _ type: TypeRef, _ name: Value, _ version: UInt32) {
        guard let (namespace, entry) = place(of: name, in: type) else { return }
        set(cache, .classEntry, version, Int(namespace.version) << 32 | entry, namespace.value)
    }

    /// The first namespace along a class's MRO that has a name, and the entry in it.
    public static func place(of name: Value, in type: TypeRef) -> (namespace: DictRef, entry: Int)? {
        let mro = type.mro
        for index in 0 ..< mro.count {
            let namespace = TypeRef(mro[index]).namespace
            let entry = namespace.find(string: name)
            if entry >= 0 { return (namespace, entry) }
        }
        return nil
    }

    @inline(__always) private static func set(_ cache: UnsafeMutablePointer<InlineCache>, _ kind: CacheKind, _ version: UInt32, _ offset: Int, _ value: Value) {
        cache.pointee.kind = kind
        cache.pointee.version = version
        cache.pointee.offset = offset
        cache.pointee.value = value
    }

    /// A method of an object whose attributes are in a dict, a file for instance: no cache can tell, but nothing need be bound. Empty when it is not that.
    public static func methodOfDict(_ object: Value, _ name: Value) -> Value {
        guard object.isPointer, Shapes.isDict(object.shapeIndex) else { return .empty }
        let type = object.type
        guard type.has(.plainGet), type.pointer.pointee.dictOffset != 0 else { return .empty }
        let found = type.lookup(name)
        guard found.isPointer, !found.isEmpty, found.type.has(.methodDescriptor), InstanceAttributes.get(object, type, name).isEmpty else { return .empty }
        return found
    }

    /// A static or class method of Python of an object or a class, for a call without binding it: what is called, and the class or the empty word. Nil when it is no such method.
    public static func wrapped(_ thread: ThreadRef, _ object: Value, _ name: Value) -> (callee: Value, receiver: Value)? {
        var found = Value.empty, owner = object
        if object.isType {
            if object.type.readsLikeType, object.type.lookup(name).isEmpty { found = TypeRef(object).lookup(name) }
        } else if case let entry = lookUp(thread, object, name), entry.pointee.kind == .classValue {
            found = entry.pointee.value
            owner = object.type.value
        }
        guard !found.isEmpty, found.isExact(.classMethod) || found.isExact(.staticMethod) else { return nil }
        let callable = found.object(WrapperObject.self).pointee.callable
        return callable.isExact(.function) ? (callable, found.isExact(.classMethod) ? owner : .empty) : nil
    }

    /// `getMethod`: leaves the callable at `base[0]` and the receiver, or empty, at the first argument's place. False when it has raised. The instruction's cache
    /// is of kind `classValue` only for functions that take the receiver.
    @inline(never) public static func getMethod(_ thread: ThreadRef, _ base: FramePointer, _ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> Bool {
        let name = cache.pointee.name
        var result = Value.empty
        if object.isPointer {
            let entry = lookUp(thread, object, name)
            if entry.pointee.kind == .classValue && entry.pointee.value.type.has(.methodDescriptor) {
                copy(entry, to: cache)
                base[0] = entry.pointee.value
                base[frameHeaderWords] = object
                return true
            }
            if entry.pointee.kind == .none, case let found = methodOfDict(object, name), !found.isEmpty {
                base[0] = found
                base[frameHeaderWords] = object
                return true
            }
            if object.isExact(.super), let (callee, receiver) = Super.method(object, name) {
                base[0] = callee
                base[frameHeaderWords] = receiver
                return true
            }
            if let (callee, receiver) = wrapped(thread, object, name) {
                base[0] = callee
                base[frameHeaderWords] = receiver
                return true
            }
            result = perform(thread, object, entry)
            if result.isEmpty && thread.hasException { return false }
        } else if object.type.has(.plainGet), object.type.pointer.pointee.dictOffset == 0 {
            let found = object.type.lookup(name)
            if !found.isEmpty && found.isPointer && found.type.has(.methodDescriptor) {
                base[0] = found
                base[frameHeaderWords] = object
                return true
            }
        }
        if result.isEmpty { result = thread.getAttribute(object, name) }
        if result.isEmpty { return false }
        base[0] = result
        base[frameHeaderWords] = .empty
        return true
    }

    /// `setAttr`. False when it has raised.
    @inline(never) static func set(_ thread: ThreadRef, _ object: Value, _ value: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> Bool {
        let name = cache.pointee.name
        guard object.isPointer else { return thread.setAttribute(object, name, value) }
        let version = ShapeTable.record(object.shapeIndex).pointee.version
        let entry = slot(&stores, version, name)
        if entry.pointee.version == version && entry.pointee.name == name {
            copy(entry, to: cache)
            switch entry.pointee.kind {
            case .inlineSlot, .transition:
                (object.raw + entry.pointee.offset).assumingMemoryBound(to: Value.self).pointee = value
                if entry.pointee.kind == .transition { object.header.pointee.shape = UInt32(truncatingIfNeeded: entry.pointee.value.bits) }
                Heap.barrier(object.raw)
            case .overflowSlot:
                let array = (object.raw + Int(entry.pointee.value.bits)).assumingMemoryBound(to: Value.self).pointee
                (array.raw + entry.pointee.offset).assumingMemoryBound(to: Value.self).pointee = value
                Heap.barrier(array.raw)
            default:
                return thread.setAttribute(object, name, value)
            }
            return true
        }
        guard storeUncached(thread, object, value, cache) else { return false }
        if cache.pointee.version == version {
            entry.pointee.name = name
            copy(cache, to: entry)
        }
        return true
    }

    private static func storeUncached(_ thread: ThreadRef, _ object: Value, _ value: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> Bool {
        let name = cache.pointee.name
        let type = object.type
        let shape = object.shapeIndex
        let version = ShapeTable.record(shape).pointee.version
        guard type.has(.plainSet), !type.has(.variableSize), type.pointer.pointee.dictOffset != 0 || !type.lookup(name).isEmpty else {
            return thread.setAttribute(object, name, value)
        }
        let found = type.lookup(name)
        if found.isPointer, !found.isEmpty, found.type.slotPointer(.descriptorSet).pointee != nil {
            if found.isExact(.memberDescriptor), found.object(DescriptorObject.self).pointee.payload2 == 0, object.type.isSubtype(of: TypeRef(found.object(DescriptorObject.self).pointee.owner)) {
                set(cache, .inlineSlot, version, Int(found.object(DescriptorObject.self).pointee.payload), .empty)
            } else if found.isExact(.getSetDescriptor), case let field = field(found.object(DescriptorObject.self).pointee.payload2), field != 0, object.type.isSubtype(of: TypeRef(found.object(DescriptorObject.self).pointee.owner)) {
                set(cache, .inlineSlot, version, field, .empty)
            } else if found.isExact(.property) || found.type.has(.heap) {
                set(cache, .classValue, version, 0, found)
            }
            return thread.setAttribute(object, name, value)
        }
        if Shapes.isDict(shape) || type.pointer.pointee.dictOffset == 0 { return thread.setAttribute(object, name, value) }
        if let place = InstanceAttributes.locate(object, type, name) {
            set(cache, place.inOverflow ? .overflowSlot : .inlineSlot, version, place.offset, Value(bits: UInt64(type.pointer.pointee.dictOffset)))
            return thread.setAttribute(object, name, value)
        }
        guard thread.setAttribute(object, name, value) else { return false }
        let larger = object.shapeIndex
        if larger != shape, !Shapes.isDict(larger), let place = InstanceAttributes.locate(object, type, name), !place.inOverflow {
            // Only while the shape's version is unchanged by the store itself.
            if ShapeTable.record(shape).pointee.version == version { set(cache, .transition, version, place.offset, Value(bits: UInt64(larger))) }
        }
        return true
    }
}
