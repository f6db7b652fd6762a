import Glibc
import Objects

/// Members (fields of the C struct) and getsets as descriptors.
struct DescriptorData {
    var context: UnsafeMutablePointer<HPyContext>
    var definition: UnsafeMutablePointer<HPyDefinition>
}

struct ForeignDescriptorObject {
    var header: ObjectHeader
    var owner: Value
    var name: Value
    var data: UnsafeMutablePointer<DescriptorData>
}

enum Members {
    nonisolated(unsafe) private static var getSetType: NativeType!
    nonisolated(unsafe) private static var memberType: NativeType!

    /// The type of members that are sizes and offsets.
    static let sizeField = Field.ssize

    /// `HPyMember_FieldType`
    private enum Field {
        static let short: Int32 = 0, int: Int32 = 1, long: Int32 = 2, float: Int32 = 3, double: Int32 = 4, string: Int32 = 5, object: Int32 = 6, char: Int32 = 7
        static let byte: Int32 = 8, ubyte: Int32 = 9, ushort: Int32 = 10, uint: Int32 = 11, ulong: Int32 = 12, stringInPlace: Int32 = 13, bool: Int32 = 14
        static let objectEx: Int32 = 16, longLong: Int32 = 17, ulongLong: Int32 = 18, ssize: Int32 = 19, none: Int32 = 20
    }

    @inline(__always) private static func object(_ value: Value) -> UnsafeMutablePointer<ForeignDescriptorObject> { value.object(ForeignDescriptorObject.self) }
    private static func name(_ value: Value) -> String { StringRef(object(value).pointee.name).description }

    static func start(_ thread: ThreadRef) {
        getSetType = descriptorType("getset_descriptor")
        memberType = descriptorType("member_descriptor", methods: [Def("__reduce__(self, /)", .calls) { thread, a, _ in
            let place = thread.newTuple(Members.object(a[0]).pointee.owner, Members.object(a[0]).pointee.name)
            return place.isEmpty ? .empty : thread.newTuple(DictRef(WellKnown.builtins.value).get(string: StringRef.intern("getattr").value), place)
        }])
    }

    /// Members that hold objects show as getsets, since CPython knows nothing of `HPyField`.
    private static func isObject(_ descriptor: Value) -> Bool {
        let definition = object(descriptor).pointee.data.pointee.definition
        return definition.pointee.kind == Int32(HPyKindMember) && Members.isObject(definition)
    }

    private static func isObject(_ definition: UnsafeMutablePointer<HPyDefinition>) -> Bool { definition.pointee.member.type == Field.object || definition.pointee.member.type == Field.objectEx }

    private static func isGetSet(_ descriptor: Value) -> Bool { object(descriptor).pointee.data.pointee.definition.pointee.kind == Int32(HPyKindGetSet) }

    /// Both kinds of descriptor look alike, and differ in what they do.
    private static func descriptorType(_ name: StaticString, methods: [Def] = []) -> NativeType {
        NativeType(name, size: MemoryLayout<ForeignDescriptorObject>.size, mask: 0b110, methods: methods, getters: [
            Getter("__name__") { _, a, _ in Members.object(a[0]).pointee.name },
            Getter("__objclass__") { _, a, _ in Members.object(a[0]).pointee.owner },
            Getter("__qualname__") { thread, a, _ in
                thread.newString("\(StringRef(TypeRef(Members.object(a[0]).pointee.owner).pointer.pointee.qualifiedName).description).\(Members.name(a[0]))")
            },
            Getter("__doc__") { thread, a, _ in
                let definition = Members.object(a[0]).pointee.data.pointee.definition
                return Members.doc(thread, Members.isGetSet(a[0]) ? definition.pointee.getset.doc : definition.pointee.member.doc)
            },
        ]) { slots in
            slots.ternary(.descriptorGet) { thread, descriptor, receiver, _ in
                if receiver.isEmpty { return descriptor }
                guard Members.check(thread, descriptor, receiver) else { return .empty }
                return Members.isGetSet(descriptor) ? Members.get(thread, descriptor, receiver) : Members.read(thread, descriptor, receiver)
            }
            slots.store(.descriptorSet) { thread, descriptor, receiver, value in
                guard Members.check(thread, descriptor, receiver) else { return -1 }
                return Members.isGetSet(descriptor) ? Members.set(thread, descriptor, receiver, value) : Members.write(thread, descriptor, receiver, value) ? 0 : -1
            }
            slots.unary(.repr) { thread, value in
                thread.newString("<\(Members.isGetSet(value) || Members.isObject(value) ? "attribute" : "member") '\(Members.name(value))' of '\(TypeRef(Members.object(value).pointee.owner).name)' objects>")
            }
        }
    }

    private static func doc(_ thread: ThreadRef, _ text: UnsafePointer<CChar>?) -> Value { text == nil ? .none : thread.newString(cString: text) }

    private static func check(_ thread: ThreadRef, _ descriptor: Value, _ receiver: Value) -> Bool {
        let owner = TypeRef(object(descriptor).pointee.owner)
        if receiver.type.isSubtype(of: owner) { return true }
        thread.raise(.typeError, "descriptor '\(name(descriptor))' for '\(owner.name)' objects doesn't apply to a '\(receiver.type.name)' object")
        return false
    }

    /// A descriptor for a definition, or empty when it has raised.
    static func make(_ thread: ThreadRef, _ owner: TypeRef, _ name: Value, _ definition: UnsafeMutablePointer<HPyDefinition>) -> Value {
        let type: NativeType = definition.pointee.kind == Int32(HPyKindGetSet) || Members.isObject(definition) ? getSetType : memberType
        let result = type.allocate(thread, size: MemoryLayout<ForeignDescriptorObject>.size)
        if result.isEmpty { return .empty }
        let data = UnsafeMutablePointer<DescriptorData>.allocate(capacity: 1)
        data.initialize(to: DescriptorData(context: Contexts.making, definition: definition))
        object(result).pointee.owner = owner.value
        object(result).pointee.name = name
        object(result).pointee.data = data
        return result
    }

    private static func refuse(_ thread: ThreadRef, _ descriptor: Value, _ what: String) -> Value {
        thread.raise(.attributeError, "attribute '\(name(descriptor))' of '\(TypeRef(object(descriptor).pointee.owner).name)' objects is not \(what)")
    }

    // MARK: Getsets

    private static func get(_ thread: ThreadRef, _ descriptor: Value, _ receiver: Value) -> Value {
        let data = object(descriptor).pointee.data, context = data.pointee.context
        let definition = data.pointee.definition.pointee.getset
        guard let getter = definition.getter else {
            return Members.refuse(thread, descriptor, "readable")
        }
        let own = Contexts.open(context, receiver)
        let value = Contexts.receive(context, Contexts.call(context) { unsafeBitCast(getter, to: HPyGetterFunction.self)($0, own, definition.closure) })
        Contexts.close(context, own)
        return value.isEmpty == thread.hasException ? value : Functions.disagree(thread, slot: "the getter of '\(name(descriptor))'", value)
    }

    private static func set(_ thread: ThreadRef, _ descriptor: Value, _ receiver: Value, _ value: Value) -> Int32 {
        let data = object(descriptor).pointee.data, context = data.pointee.context
        let definition = data.pointee.definition.pointee.getset
        guard let setter = definition.setter else {
            _ = Members.refuse(thread, descriptor, "writable")
            return -1
        }
        let own = Contexts.open(context, receiver), new = value.isEmpty ? value : Contexts.open(context, value)
        let status = Contexts.call(context) { unsafeBitCast(setter, to: HPySetterFunction.self)($0, own, new, definition.closure) }
        Contexts.close(context, own)
        if !new.isEmpty { Contexts.close(context, new) }
        if (status < 0) != thread.hasException { _ = Functions.disagree(thread, slot: "the setter of '\(name(descriptor))'", status < 0 ? .empty : .none) }
        return thread.hasException ? -1 : 0
    }

    // MARK: Members

    private static func place(_ descriptor: Value, _ receiver: Value) -> (UnsafeMutableRawPointer, HPyMemberDefinition)? {
        let member = object(descriptor).pointee.data.pointee.definition.pointee.member
        guard let layout = ForeignType.of(receiver.type) else { return nil }
        return (Instances.structure(receiver, layout) + member.offset, member)
    }

    private static func read(_ thread: ThreadRef, _ descriptor: Value, _ receiver: Value) -> Value {
        guard let (place, member) = place(descriptor, receiver) else { return thread.raise(.systemError, "the object has no C struct") }
        switch member.type {
        case Field.short: return Value(small: Int(place.loadUnaligned(as: Int16.self)))
        case Field.int: return Value(small: Int(place.loadUnaligned(as: Int32.self)))
        case Field.long, Field.longLong, Field.ssize: return thread.newInt(place.loadUnaligned(as: Int.self))
        case Field.float: return thread.newFloat(Double(place.loadUnaligned(as: Float.self)))
        case Field.double: return thread.newFloat(place.loadUnaligned(as: Double.self))
        case Field.string:
            guard let text = place.loadUnaligned(as: UnsafePointer<CChar>?.self) else { return .none }
            return thread.newString(cString: text)
        case Field.stringInPlace: return thread.newString(cString: place.assumingMemoryBound(to: CChar.self))
        case Field.object:
            let value = place.loadUnaligned(as: Value.self)
            return value.isEmpty ? .none : value
        case Field.objectEx:
            let value = place.loadUnaligned(as: Value.self)
            return value.isEmpty ? thread.raiseAttributeError(receiver, object(descriptor).pointee.name) : value
        case Field.char:
            let unit = place.load(as: UInt8.self)
            return thread.newString(codePoints: [UInt32(unit)])
        case Field.byte: return Value(small: Int(place.load(as: Int8.self)))
        case Field.ubyte: return Value(small: Int(place.load(as: UInt8.self)))
        case Field.ushort: return Value(small: Int(place.loadUnaligned(as: UInt16.self)))
        case Field.uint: return Value(small: Int(place.loadUnaligned(as: UInt32.self)))
        case Field.ulong, Field.ulongLong: return thread.newInt(unsigned: place.loadUnaligned(as: UInt.self))
        case Field.bool: return Value(place.load(as: UInt8.self) != 0)
        case Field.none: return .none
        default: return thread.raise(.systemError, "bad memberdescr type for \(name(descriptor))")
        }
    }

    private static func write(_ thread: ThreadRef, _ descriptor: Value, _ receiver: Value, _ value: Value) -> Bool {
        guard let (place, member) = place(descriptor, receiver) else {
            thread.raise(.systemError, "the object has no C struct")
            return false
        }
        if member.readonly != 0 {
            if Members.isObject(descriptor) { _ = Members.refuse(thread, descriptor, "writable") } else { thread.raise(.attributeError, "readonly attribute") }
            return false
        }
        if value.isEmpty {
            guard Members.isObject(descriptor) else {
                thread.raise(.typeError, "can't delete numeric/char attribute")
                return false
            }
        }
        // As in CPython a value that does not fit is stored first, and then warned of.
        func warn(_ text: String) -> Bool { RuntimeHooks.warn(thread, .runtimeWarning, text, 1) }
        func signed<T: FixedWidthInteger>(_ type: T.Type, _ what: String) -> Bool {
            guard let number = Numbers.signed(value, "long") else { return false }
            place.storeBytes(of: T(truncatingIfNeeded: number), as: T.self)
            return T(exactly: number) != nil || warn("Truncation of value to \(what)")
        }
        /// A number of 64 bits, stored as -1 where there is none.
        func whole(_ number: Int?) -> Bool {
            place.storeBytes(of: number ?? -1, as: Int.self)
            return number != nil
        }
        /// What is no int, or not between 0 and 2**64, is taken as a signed number.
        func unsigned() -> (number: UInt, isSigned: Bool)? {
            if value.isInt, let number = Numbers.word(value) { return (number, false) }
            return Numbers.signed(value, "long").map { (UInt(bitPattern: $0), true) }
        }
        let negative = "Writing negative value into unsigned field"
        switch member.type {
        case Field.bool:
            guard value.isBool else {
                thread.raise(.typeError, "attribute value type must be bool")
                return false
            }
            place.storeBytes(of: value == .true ? 1 : 0, as: UInt8.self)
        case Field.byte: return signed(Int8.self, "char")
        case Field.ubyte: return signed(UInt8.self, "unsigned char")
        case Field.short: return signed(Int16.self, "short")
        case Field.ushort: return signed(UInt16.self, "unsigned short")
        case Field.int: return signed(Int32.self, "int")
        case Field.uint:
            guard let (number, isSigned) = unsigned() else { return false }
            place.storeBytes(of: UInt32(truncatingIfNeeded: number), as: UInt32.self)
            if isSigned && !warn(negative) { return false }
            return number <= UInt32.max || warn("Truncation of value to unsigned int")
        case Field.long: return whole(Numbers.signed(value, "long"))
        case Field.longLong: return whole(Numbers.signed(value, nil))
        case Field.ssize: return whole(Numbers.size(value))
        case Field.ulong:
            guard let (number, isSigned) = unsigned() else { return whole(nil) }
            _ = whole(Int(bitPattern: number))
            return !isSigned || warn(negative)
        case Field.ulongLong: return whole(value.isInt ? Numbers.unsigned(value, nil).map { Int(bitPattern: $0) } : Numbers.signed(value, "long"))
        case Field.float:
            guard let number = thread.toDouble(value) else { return false }
            place.storeBytes(of: Float(number), as: Float.self)
        case Field.double:
            guard let number = thread.toDouble(value) else { return false }
            place.storeBytes(of: number, as: Double.self)
        case Field.object, Field.objectEx:
            place.storeBytes(of: value, as: Value.self)
            Heap.barrier(receiver.raw)
        case Field.char:
            guard value.isString, StringRef(value).count == 1, StringRef(value)[0] < 256 else {
                thread.raise(.typeError, "bad argument type for built-in operation")
                return false
            }
            // One byte of the text's UTF-8: only ASCII has just one.
            guard StringRef(value)[0] < 128 else {
                thread.raise(.typeError, "bad argument type for built-in operation")
                return false
            }
            place.storeBytes(of: UInt8(StringRef(value)[0]), as: UInt8.self)
        case Field.string, Field.stringInPlace:
            thread.raise(.typeError, "readonly attribute")
            return false
        default:
            thread.raise(.systemError, "bad memberdescr type for \(name(descriptor))")
            return false
        }
        return true
    }
}
