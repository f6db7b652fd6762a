/// The words in which a client's traces speak of memory and of the runtime: fields, functions and object layouts.
///
/// They are declared once and named in instructions by their index, so that an instruction stays one word, and so that two accesses to
/// one field are equal instructions. Declaring the same thing twice gives the same index. One vocabulary serves all traces of a `TraceCompiler`.
///
/// **Alias classes.** A field belongs to one of 64 classes that the client chooses ("list elements", "attributes", "cells"). Accesses of different
/// classes never touch the same memory. Within a class, accesses without an index at offsets that do not overlap never do. Class 0 holds the objects' class words:
/// a store to it, or a call that writes it, makes the classes that guards have established uncertain.
public final class Vocabulary {
    public private(set) var fields: [Field] = []
    public private(set) var functions: [Function] = []
    public private(set) var layouts: [Layout] = []
    private var fieldIndex: [Field: UInt16] = [:]
    private var functionIndex: [UInt: [UInt16]] = [:]
    private var layoutIndex: [Layout: UInt16] = [:]

    public init() {}

    public func field(_ field: Field) -> UInt16 {
        if let known = fieldIndex[field] { return known }
        precondition(fields.count < 0xFFFF, "more than 65,535 fields")
        fields.append(field)
        fieldIndex[field] = UInt16(fields.count - 1)
        return UInt16(fields.count - 1)
    }

    public func function(_ function: Function) -> UInt16 {
        let key = UInt(bitPattern: function.address)
        for known in functionIndex[key] ?? [] where functions[Int(known)] == function { return known }
        precondition(functions.count < 0xFFFF, "more than 65,535 functions")
        functions.append(function)
        functionIndex[key, default: []].append(UInt16(functions.count - 1))
        return UInt16(functions.count - 1)
    }

    /// Whether the next trace might find no number for what it names: there are 65,535 of each kind, which nobody gives back.
    public var isNearlyFull: Bool { max(fields.count, functions.count, layouts.count) > 0xF000 }

    public func layout(_ layout: Layout) -> UInt16 {
        if let known = layoutIndex[layout] { return known }
        precondition(layouts.count < 0xFFFF, "more than 65,535 layouts")
        layouts.append(layout)
        layoutIndex[layout] = UInt16(layouts.count - 1)
        return UInt16(layouts.count - 1)
    }
}

/// A place in memory, relative to an object or to an element.
public struct Field: Hashable {
    public enum Width: UInt8, CaseIterable {
        case i8, u8, i16, u16, i32, u32, i64, f64, value, pointer

        public var bytes: Int {
            switch self {
            case .i8, .u8: 1
            case .i16, .u16: 2
            case .i32, .u32: 4
            default: 8
            }
        }
        /// The type of a load.
        public var type: IRType {
            switch self {
            case .f64: .float
            case .value: .value
            case .pointer: .pointer
            default: .int
            }
        }
    }

    public enum Stability: UInt8 {
        /// Changes only by stores and calls that say so.
        case plain
        /// Never changes once the trace can see it.
        case immutable
        /// May change at any time: every load is carried out.
        case volatile
    }

    /// For printing.
    public var name: String
    public var offset: Int32
    public var width: Width
    /// 0 to 63; see `Vocabulary`.
    public var alias: UInt8
    /// Bytes from one element to the next, for `elem`: 1, 2, 4 or 8.
    public var scale: UInt8
    public var stability: Stability
    /// An `i64` that counts something: it is never negative.
    public var isCount: Bool

    public init(_ name: String, offset: Int, width: Width, alias: Int, scale: Int = 8, stability: Stability = .plain, isCount: Bool = false) {
        self.isCount = isCount
        self.name = name
        self.offset = Int32(offset)
        self.width = width
        self.alias = UInt8(alias)
        self.scale = UInt8(scale)
        self.stability = stability
    }
}

/// A C function that traces call: at most six integer arguments and eight doubles.
public struct Function: Equatable {
    public var name: String
    public var address: UnsafeRawPointer
    public var arguments: [IRType]
    public var result: IRType
    public var effect: Effect

    public init(_ name: String, _ address: UnsafeRawPointer, _ arguments: [IRType], _ result: IRType, _ effect: Effect) {
        (self.name, self.address, self.arguments, self.result, self.effect) = (name, address, arguments, result, effect)
    }

    /// What a call may do.
    public struct Effect: Equatable {
        /// Alias classes that it may read and write, a bit each.
        public var reads: UInt64
        public var writes: UInt64
        /// Equal arguments give equal results: calls may be merged, and dropped.
        public var isPure: Bool

        public init(reads: UInt64 = 0, writes: UInt64 = 0, isPure: Bool = false) {
            (self.reads, self.writes, self.isPure) = (reads, writes, isPure)
        }
        /// A function of its arguments alone.
        public static let pure = Effect(isPure: true)
        /// Reads memory; its result holds until something that it reads is written.
        public static let readsAnything = Effect(reads: ~0)
        /// Anything at all. Follow it with `gvalid`, and with a guard on the result if it may raise.
        public static let anything = Effect(reads: ~0, writes: ~0)
    }
}

/// A kind of object that traces allocate.
public struct Layout: Hashable {
    public var name: String
    /// The class word of its header, which `gclass` compares.
    public var classWord: UInt32
    /// Passed to `ValueModel.allocate`.
    public var payload: UInt64
    /// How to allocate without a call, if there is a way.
    public var bump: Bump?

    public init(_ name: String, classWord: UInt32, payload: UInt64, bump: Bump? = nil) {
        (self.name, self.classWord, self.payload, self.bump) = (name, classWord, payload, bump)
    }

    /// Allocation from a run of free memory, for objects of a fixed size: the object is at the cursor, which moves on by `size`, unless that would pass the
    /// limit. The object gets its header word and is zeroed.
    public struct Bump: Hashable {
        /// Addresses of the two words.
        public var cursor: UInt
        public var limit: UInt
        /// In bytes, a multiple of 8; where the memory is not zero already, at most 128.
        public var size: Int
        public var header: UInt64
        /// The run's memory is zero already.
        public var isZeroed: Bool

        public init(cursor: UInt, limit: UInt, size: Int, header: UInt64, isZeroed: Bool = false) {
            (self.cursor, self.limit, self.size, self.header, self.isZeroed) = (cursor, limit, size, header, isZeroed)
        }
    }
}
