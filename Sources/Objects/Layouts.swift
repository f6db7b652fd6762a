/// Memory layouts of the objects that the runtime touches directly. Each begins with the header; words of type `Value` are
/// traced as the type's mask says. Sizes and offsets follow from the struct: Swift lays trivial stored properties out in
/// order, as C does.

public struct TypeObject {
    public var header: ObjectHeader
    /// dict
    public var namespace: Value
    /// str
    public var name: Value
    public var qualifiedName: Value
    /// tuple of types
    public var bases: Value
    public var mro: Value
    /// The base whose layout the instances extend; empty for `object`.
    public var base: Value
    /// list of weak references to direct subclasses, or empty
    public var subclasses: Value
    /// `__abstractmethods__`, or empty
    public var abstractMethods: Value
    /// The annotated signature text and doc of native types are in the namespace.
    public var module: Value
    // Up to here the words are traced.
    public var flags: TypeFlags
    /// Unique over types and time; changes with every change to the type or a base.
    public var version: UInt32
    /// Shape of new instances.
    public var rootShape: ShapeIndex
    /// Shape of instances whose attributes live in a dict; 0 when there is none.
    public var dictShape: ShapeIndex
    /// Bytes of an instance before its attribute words.
    public var basicSize: UInt32
    /// Offset of the word that holds an instance's dict or overflow array; 0 when instances have none.
    public var dictOffset: UInt32
    /// Attribute words within an instance, from `dictOffset + 8` on.
    public var inlineCapacity: UInt32
    /// Which words of the fixed part hold values.
    public var mask: UInt64
    /// A native constructor of the raw object for `__new__` to use; and data for native types.
    public var nativeData: UInt
    /// How the fixed part is traced; `.leaf`, `.mask`, `.counted` or `.custom`.
    public var trace: TraceKind
    public var tailOffset: UInt32
    /// Bytes of a foreign struct that follows the items of a type of variable size.
    public var structSize: UInt32
    /// Number of `__slots__` members that the class itself added: at the end of the fixed part, or behind the items of an object of variable size.
    public var slotMembers: UInt16
    /// Number of `__slots__` members behind the items, those of the bases included: see `VariableSize`.
    public var trailingMembers: UInt16
    public var visit: (@convention(c) (UnsafeMutableRawPointer) -> Void)?
    /// Then come `Slot.count` function pointers.
}

public struct TypeFlags: OptionSet {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }
    /// Made by a class statement or `type()`.
    public static let heap = TypeFlags(rawValue: 1 << 0)
    /// May be subclassed.
    public static let base = TypeFlags(rawValue: 1 << 1)
    public static let abstract = TypeFlags(rawValue: 1 << 2)
    /// Attributes cannot be set from Python.
    public static let immutable = TypeFlags(rawValue: 1 << 3)
    public static let sequencePattern = TypeFlags(rawValue: 1 << 4)
    public static let mappingPattern = TypeFlags(rawValue: 1 << 5)
    /// Weak references to instances are allowed.
    public static let weakReferenceable = TypeFlags(rawValue: 1 << 6)
    /// Instances want their finalizer run.
    public static let finalized = TypeFlags(rawValue: 1 << 7)
    /// Instances behave as methods: the function is called with the receiver in front, without a bound method being made.
    public static let methodDescriptor = TypeFlags(rawValue: 1 << 8)
    /// A class pattern with one positional subpattern matches the subject itself (int, str, dict …).
    public static let selfPattern = TypeFlags(rawValue: 1 << 9)
    /// `type(x)()` is refused: "cannot create 'x' instances".
    public static let noInstantiation = TypeFlags(rawValue: 1 << 10)
    /// `__getattribute__` and `__setattr__` are `object`'s, and there is no `__getattr__`.
    public static let plainGet = TypeFlags(rawValue: 1 << 11)
    public static let plainSet = TypeFlags(rawValue: 1 << 12)
    /// Instances are of variable size (int, str, bytes, tuple and subclasses): a subclass's dict word follows the items.
    public static let variableSize = TypeFlags(rawValue: 1 << 13)
    /// Unpickling by copyreg and `__basicsize__` see an extended layout: the type added fields to its base's.
    public static let extendsLayout = TypeFlags(rawValue: 1 << 14)
    /// Has `__slots__` or is native: instances have no dict of their own making.
    public static let slotted = TypeFlags(rawValue: 1 << 15)
    /// Instances hold a struct of a foreign interface, which traces it: see `ForeignLayout`.
    public static let foreignLayout = TypeFlags(rawValue: 1 << 16)
    /// A foreign interface wants to know when instances die.
    public static let watched = TypeFlags(rawValue: 1 << 17)
    /// Made by a class statement or a foreign interface, and yet messages name its module, as they do for native types.
    public static let namesModule = TypeFlags(rawValue: 1 << 18)
    /// Instances begin as lists do (`ListObject`), and are sequences of those items.
    public static let listLayout = TypeFlags(rawValue: 1 << 19)
    // Subclasses of the built-in types, for one-test checks.
    public static let intSubclass = TypeFlags(rawValue: 1 << 20)
    public static let listSubclass = TypeFlags(rawValue: 1 << 21)
    public static let tupleSubclass = TypeFlags(rawValue: 1 << 22)
    public static let bytesSubclass = TypeFlags(rawValue: 1 << 23)
    public static let strSubclass = TypeFlags(rawValue: 1 << 24)
    public static let dictSubclass = TypeFlags(rawValue: 1 << 25)
    public static let exceptionSubclass = TypeFlags(rawValue: 1 << 26)
    public static let typeSubclass = TypeFlags(rawValue: 1 << 27)
    public static let floatSubclass = TypeFlags(rawValue: 1 << 28)
    public static let setSubclass = TypeFlags(rawValue: 1 << 29)
    /// A frozenset or a subclass.
    public static let frozenSetSubclass = TypeFlags(rawValue: 1 << 30)
    static let inherited: TypeFlags = [.intSubclass, .listSubclass, .tupleSubclass, .bytesSubclass, .strSubclass, .dictSubclass, .exceptionSubclass,
                                       .typeSubclass, .floatSubclass, .setSubclass, .frozenSetSubclass, .sequencePattern, .mappingPattern, .selfPattern,
                                       .variableSize, .foreignLayout, .watched, .listLayout]
}

/// A string: an array of 1-, 2- or 4-byte units (PEP 393), the narrowest that holds its largest character.
public struct StringObject {
    /// `flags`: see `StringFlags`.
    public var header: ObjectHeader
    public var length: Int
    /// 0 until computed; never 0 or -1 after.
    public var hash: Int
    // Then `length` units, and a zero unit.
}

public enum StringFlags {
    /// Bits 0–2: the unit's width in bytes, 1, 2 or 4.
    public static let widthMask: UInt8 = 7
    public static let ascii: UInt8 = 8
    public static let interned: UInt8 = 16
    /// Made with room to spare for a text that grows in place.
    public static let growing: UInt8 = 32
}

/// An integer that does not fit 63 bits, or any instance of a subclass of int: sign and magnitude in 64-bit limbs, least significant
/// first.
public struct IntObject {
    public var header: ObjectHeader
    /// Number of limbs, negative for a negative integer, 0 for zero. The top limb is not zero.
    public var size: Int
    // Then |size| limbs.
}

public struct FloatObject {
    public var header: ObjectHeader
    public var value: Double
}

public struct ComplexObject {
    public var header: ObjectHeader
    public var real: Double
    public var imaginary: Double
}

/// An array of values, the backing store of lists and overflow attributes.
public struct ValueArrayObject {
    public var header: ObjectHeader
    /// Words in use: what the collector traces.
    public var count: Int
    // Then the values.
}

/// Raw bytes on the heap, the backing store of bytearrays and others.
public struct StorageObject {
    public var header: ObjectHeader
    public var size: Int
    // Then the bytes.
}

public struct ListObject {
    public var header: ObjectHeader
    public var count: Int
    /// `ValueArrayObject`, or empty. Its `count` is the list's at all times: items beyond it are stale and not traced.
    public var storage: Value
    public var capacity: Int
}

public struct TupleObject {
    public var header: ObjectHeader
    public var count: Int
    // Then the values.
}

public struct BytesObject {
    public var header: ObjectHeader
    public var count: Int
    /// 0 until computed.
    public var hash: Int
    // Then the bytes and a zero byte.
}

/// Where a native sequence has its numbers, side by side in memory, so that compiled code can reach them. Offsets are in bytes.
public struct FlatItems {
    /// Where in the object the `StorageObject` is whose bytes the numbers are; nil: they follow in the object itself.
    public var storage: Int?
    /// Where they begin, in the storage or in the object.
    public var first: Int
    /// Where in the object it says which item of the storage is the first; nil: the first one.
    public var start: Int?
    /// Where in the object their number is.
    public var count: Int
    /// Where in the object the byte is that names their type, as `struct` does; nil: unsigned bytes.
    public var code: Int?
    public var isMutable: Bool

    public init(storage: Int? = nil, first: Int, start: Int? = nil, count: Int, code: Int? = nil, isMutable: Bool) {
        (self.storage, self.first, self.start, self.count, self.code, self.isMutable) = (storage, first, start, count, code, isMutable)
    }

    /// Of exact instances, by their shape. Types add themselves when they are made.
    nonisolated(unsafe) public static var known: [ShapeIndex: FlatItems] = [:]
}

/// The descriptors of named tuples' fields, for compiled code: their shape, and where in one its index is.
public enum TupleFields {
    nonisolated(unsafe) public static var shape: ShapeIndex = 0
    nonisolated(unsafe) public static var indexOffset = 0
}

public struct DictObject {
    /// `flags` bit 0: compiled code or caches took values of this dict for granted.
    public var header: ObjectHeader
    /// Live entries.
    public var count: Int
    /// `DictTable`; shared empty table at first.
    public var table: Value
    /// Changes whenever a key is added, removed or moved; 0 when nobody has asked since.
    public var version: UInt32
    public var padding: UInt32
}

/// Entries in order of insertion, then an open-addressing index over them.
public struct DictTable {
    /// `flags` bit 0: the keys' hashes are kept.
    public var header: ObjectHeader
    /// Words of entries in use (two each), so that the collector traces just them.
    public var tracedWords: Int
    /// log2 of the number of index places.
    public var logSize: UInt8
    /// log2 of the bytes of an index place: 0, 1 or 2.
    public var logWidth: UInt8
    /// Deleted places of the index that no entry stands for any more.
    public var lost: UInt16
    /// Entries that fit before it must grow.
    public var capacity: UInt32
    // Then entries (key, value), `capacity` of them; then the index; then the hashes, if they are kept.
}

public struct SetObject {
    public var header: ObjectHeader
    /// Live entries.
    public var count: Int
    /// `SetTable`: open addressing over keys, or pairs (hash as small int, key).
    public var table: Value
    /// Slots ever used, deleted ones included.
    public var fill: Int
    /// Hash of a frozen set; 0 until computed.
    public var hash: Int
}

public struct SliceObject {
    public var header: ObjectHeader
    public var start: Value
    public var stop: Value
    public var step: Value
}

public struct CellObject {
    public var header: ObjectHeader
    public var contents: Value
}

public struct MethodObject {
    public var header: ObjectHeader
    public var function: Value
    public var receiver: Value
}

public struct ModuleObject {
    public var header: ObjectHeader
    /// dict
    public var namespace: Value
    /// Native state of the module, or null.
    public var state: UInt
}

/// Common part of all exceptions. The words of fields that a subtype has of its own follow it, and then the dict word (see `Exceptions.swift`).
public struct ExceptionObject {
    public var header: ObjectHeader
    /// tuple
    public var arguments: Value
    /// traceback, or empty
    public var traceback: Value
    public var context: Value
    public var cause: Value
    /// Value.true when `__suppress_context__`
    public var suppressContext: Value
}

public struct PropertyObject {
    public var header: ObjectHeader
    public var getter: Value
    public var setter: Value
    public var deleter: Value
    public var doc: Value
    public var name: Value
    public var getterDoc: Value
    public var dict: Value
}

/// `staticmethod` and `classmethod`
public struct WrapperObject {
    public var header: ObjectHeader
    public var callable: Value
    public var dict: Value
}

/// An object that iterates over a container: most built-in iterators.
public struct IteratorObject {
    public var header: ObjectHeader
    /// Empty when exhausted.
    public var container: Value
    public var index: Int
    /// A second number: a length to check against, or a limit.
    public var limit: Int
    public var extra: Value
}

public struct RangeObject {
    public var header: ObjectHeader
    public var start: Value
    public var stop: Value
    public var step: Value
    /// int
    public var length: Value
}

public struct RangeIteratorObject {
    public var header: ObjectHeader
    public var next: Int
    public var step: Int
    public var remaining: Int
    /// How many there were at first.
    public var length: Int
}

/// A function written in Swift, perhaps bound to a receiver or module.
public struct BuiltinFunctionObject {
    public var header: ObjectHeader
    /// The receiver, or empty for a module's function.
    public var receiver: Value
    /// `__module__`, or None
    public var module: Value
    /// `NativeRecord`, immortal.
    public var record: UnsafeMutablePointer<NativeRecord>
}

/// A native method, getter or slot as it stands in a type's namespace.
public struct DescriptorObject {
    public var header: ObjectHeader
    public var owner: Value
    public var name: Value
    /// doc of members made at run time, or empty
    public var doc: Value
    /// `NativeRecord` for methods, getters and the slot wrappers of a foreign interface; the slot's function for other slot wrappers; for a `__slots__` member its byte offset.
    public var payload: UInt
    /// Of a getter: the setter's record, or 0. Of a slot wrapper: the slot table's entry, with `foreignWrapper` added for a foreign interface's. Of a member: 1 when it is read-only,
    /// `computedMember`, `trailingMember`, or the setter's record of a computed one.
    public var payload2: UInt

    /// A read-only member whose `payload` is a getter's record.
    public static let computedMember: UInt = 2
    /// A member of an object of variable size, whose `payload` is its number among those behind the items.
    public static let trailingMember: UInt = 3
    /// A slot wrapper whose `payload` is the record of a foreign function.
    static let foreignWrapper: UInt = 1 << 16

    /// Of a member: whether `payload` is a getter's record.
    public var isComputedMember: Bool { payload2 == DescriptorObject.computedMember || payload2 > DescriptorObject.trailingMember }
}
