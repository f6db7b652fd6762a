/// Type slots: the native entry points of a type for each special-method protocol.
///
/// `SlotTable.entries` is the one list from which everything follows: which dunder names stand for a slot, how a native
/// slot shows as a method (`int.__add__`), and which trampoline a class gets that defines the dunder in Python. To add a slot,
/// add a case, a row, and (if Python may define it) a trampoline.

public typealias UnaryFunction = @convention(c) (ThreadRef, Value) -> Value
public typealias BinaryFunction = @convention(c) (ThreadRef, Value, Value) -> Value
public typealias TernaryFunction = @convention(c) (ThreadRef, Value, Value, Value) -> Value
/// Receiver, positional then keyword arguments, how many in all, tuple of keyword names or the zero word.
public typealias CallFunction = @convention(c) (ThreadRef, Value, Arguments, Int, Value) -> Value
/// The last parameter is a `Comparison`.
public typealias CompareFunction = @convention(c) (ThreadRef, Value, Value, Int32) -> Value
/// -1 when it has raised (and only then).
public typealias HashFunction = @convention(c) (ThreadRef, Value) -> Int
/// 1, 0, or -1 when it has raised.
public typealias PredicateFunction = @convention(c) (ThreadRef, Value) -> Int32
public typealias ContainsFunction = @convention(c) (ThreadRef, Value, Value) -> Int32
/// -1 when it has raised.
public typealias LengthFunction = @convention(c) (ThreadRef, Value) -> Int
/// Stores the last value at the key or name, or deletes when it is the zero word. 0, or -1 when it has raised.
public typealias StoreFunction = @convention(c) (ThreadRef, Value, Value, Value) -> Int32
/// Fills a `BufferView`. 0, or -1 when it has raised. The last parameter holds `PyBUF_` flags.
public typealias BufferFunction = @convention(c) (ThreadRef, Value, UnsafeMutableRawPointer, Int32) -> Int32
public typealias ReleaseFunction = @convention(c) (ThreadRef, Value, UnsafeMutableRawPointer) -> Void

public enum Comparison: Int32 {
    case less = 0, lessEqual, equal, notEqual, greater, greaterEqual

    /// The comparison of a number known to be valid, without the switch of `init(rawValue:)`.
    @inlinable @inline(__always) public init(number: Int32) { self = unsafeBitCast(UInt8(truncatingIfNeeded: number), to: Comparison.self) }

    public var name: Name {
        switch self {
        case .less: return .__lt__
        case .lessEqual: return .__le__
        case .equal: return .__eq__
        case .notEqual: return .__ne__
        case .greater: return .__gt__
        case .greaterEqual: return .__ge__
        }
    }

    public var symbol: String {
        switch self {
        case .less: return "<"
        case .lessEqual: return "<="
        case .equal: return "=="
        case .notEqual: return "!="
        case .greater: return ">"
        case .greaterEqual: return ">="
        }
    }

    /// The comparison with its sides exchanged.
    public var swapped: Comparison {
        switch self {
        case .less: return .greater
        case .lessEqual: return .greaterEqual
        case .equal, .notEqual: return self
        case .greater: return .less
        case .greaterEqual: return .lessEqual
        }
    }

    @inlinable public func holds(_ order: Int) -> Bool {
        switch self {
        case .less: return order < 0
        case .lessEqual: return order <= 0
        case .equal: return order == 0
        case .notEqual: return order != 0
        case .greater: return order > 0
        case .greaterEqual: return order >= 0
        }
    }
}

public enum Slot: Int, CaseIterable {
    case repr, str, hash, compare, call, new, initialize, getAttribute, setAttribute, descriptorGet, descriptorSet, iter, next
    case bool, length, getItem
    /// The item at a number counted from 0, which makes an object a sequence: `iter`, `reversed` and `operator.concat` ask for it. It follows getItem, and has no name of its own.
    case item
    case setItem, contains, concat, `repeat`, inplaceConcat, inplaceRepeat
    // In the order of `BinaryOperator` and of the opcodes.
    case add, subtract, multiply, matrixMultiply, divide, modulo, power, leftShift, rightShift, bitOr, bitXor, bitAnd, floorDivide
    case inplaceAdd, inplaceSubtract, inplaceMultiply, inplaceMatrixMultiply, inplaceDivide, inplaceModulo, inplacePower
    case inplaceLeftShift, inplaceRightShift, inplaceBitOr, inplaceBitXor, inplaceBitAnd, inplaceFloorDivide
    case divmod, negative, positive, absolute, invert, int, float, index
    case await, asyncIter, asyncNext, getBuffer, releaseBuffer, finalize

    public static let count = Slot.allCases.count
}

/// How a slot's function is called when it shows as a method.
enum WrapperKind: UInt8 {
    case unary, binary, binaryReflected, ternary, ternaryReflected, compare, call, new, initialize, hash, predicate, length, contains, store, delete
    case setAttribute, deleteAttribute, getAttribute, getItemIndexed, next, descriptorGet, descriptorSet, descriptorDelete, finalize, repeatCount
}

struct SlotEntry {
    let slot: Slot
    let name: Name
    let kind: WrapperKind
    let doc: StaticString
    /// The comparison for `compare`, else 0.
    let detail: Int32

    init(_ slot: Slot, _ name: Name, _ kind: WrapperKind, _ doc: StaticString, _ detail: Int32 = 0) {
        self.slot = slot
        self.name = name
        self.kind = kind
        self.doc = doc
        self.detail = detail
    }
}

enum SlotTable {
    static let entries: [SlotEntry] = [
        SlotEntry(.repr, .__repr__, .unary, "__repr__($self, /)\n--\n\nReturn repr(self)."),
        SlotEntry(.str, .__str__, .unary, "__str__($self, /)\n--\n\nReturn str(self)."),
        SlotEntry(.hash, .__hash__, .hash, "__hash__($self, /)\n--\n\nReturn hash(self)."),
        SlotEntry(.compare, .__lt__, .compare, "__lt__($self, value, /)\n--\n\nReturn self<value.", Comparison.less.rawValue),
        SlotEntry(.compare, .__le__, .compare, "__le__($self, value, /)\n--\n\nReturn self<=value.", Comparison.lessEqual.rawValue),
        SlotEntry(.compare, .__eq__, .compare, "__eq__($self, value, /)\n--\n\nReturn self==value.", Comparison.equal.rawValue),
        SlotEntry(.compare, .__ne__, .compare, "__ne__($self, value, /)\n--\n\nReturn self!=value.", Comparison.notEqual.rawValue),
        SlotEntry(.compare, .__gt__, .compare, "__gt__($self, value, /)\n--\n\nReturn self>value.", Comparison.greater.rawValue),
        SlotEntry(.compare, .__ge__, .compare, "__ge__($self, value, /)\n--\n\nReturn self>=value.", Comparison.greaterEqual.rawValue),
        SlotEntry(.call, .__call__, .call, "__call__($self, /, *args, **kwargs)\n--\n\nCall self as a function."),
        SlotEntry(.initialize, .__init__, .initialize, "__init__($self, /, *args, **kwargs)\n--\n\nInitialize self.  See help(type(self)) for accurate signature."),
        SlotEntry(.getAttribute, .__getattribute__, .getAttribute, "__getattribute__($self, name, /)\n--\n\nReturn getattr(self, name)."),
        SlotEntry(.setAttribute, .__setattr__, .setAttribute, "__setattr__($self, name, value, /)\n--\n\nImplement setattr(self, name, value)."),
        SlotEntry(.setAttribute, .__delattr__, .deleteAttribute, "__delattr__($self, name, /)\n--\n\nImplement delattr(self, name)."),
        SlotEntry(.descriptorGet, .__get__, .descriptorGet, "__get__($self, instance, owner=None, /)\n--\n\nReturn an attribute of instance, which is of type owner."),
        SlotEntry(.descriptorSet, .__set__, .descriptorSet, "__set__($self, instance, value, /)\n--\n\nSet an attribute of instance to value."),
        SlotEntry(.descriptorSet, .__delete__, .descriptorDelete, "__delete__($self, instance, /)\n--\n\nDelete an attribute of instance."),
        SlotEntry(.iter, .__iter__, .unary, "__iter__($self, /)\n--\n\nImplement iter(self)."),
        SlotEntry(.next, .__next__, .next, "__next__($self, /)\n--\n\nImplement next(self)."),
        SlotEntry(.bool, .__bool__, .predicate, "__bool__($self, /)\n--\n\nTrue if self else False"),
        SlotEntry(.length, .__len__, .length, "__len__($self, /)\n--\n\nReturn len(self)."),
        SlotEntry(.getItem, .__getitem__, .binary, "__getitem__($self, key, /)\n--\n\nReturn self[key]."),
        SlotEntry(.setItem, .__setitem__, .store, "__setitem__($self, key, value, /)\n--\n\nSet self[key] to value."),
        SlotEntry(.setItem, .__delitem__, .delete, "__delitem__($self, key, /)\n--\n\nDelete self[key]."),
        SlotEntry(.contains, .__contains__, .contains, "__contains__($self, key, /)\n--\n\nReturn key in self."),
        SlotEntry(.concat, .__add__, .binary, "__add__($self, value, /)\n--\n\nReturn self+value."),
        SlotEntry(.repeat, .__mul__, .repeatCount, "__mul__($self, value, /)\n--\n\nReturn self*value."),
        SlotEntry(.repeat, .__rmul__, .repeatCount, "__rmul__($self, value, /)\n--\n\nReturn value*self."),
        SlotEntry(.inplaceConcat, .__iadd__, .binary, "__iadd__($self, value, /)\n--\n\nImplement self+=value."),
        SlotEntry(.inplaceRepeat, .__imul__, .repeatCount, "__imul__($self, value, /)\n--\n\nImplement self*=value."),
        SlotEntry(.add, .__add__, .binary, "__add__($self, value, /)\n--\n\nReturn self+value."),
        SlotEntry(.add, .__radd__, .binaryReflected, "__radd__($self, value, /)\n--\n\nReturn value+self."),
        SlotEntry(.subtract, .__sub__, .binary, "__sub__($self, value, /)\n--\n\nReturn self-value."),
        SlotEntry(.subtract, .__rsub__, .binaryReflected, "__rsub__($self, value, /)\n--\n\nReturn value-self."),
        SlotEntry(.multiply, .__mul__, .binary, "__mul__($self, value, /)\n--\n\nReturn self*value."),
        SlotEntry(.multiply, .__rmul__, .binaryReflected, "__rmul__($self, value, /)\n--\n\nReturn value*self."),
        SlotEntry(.matrixMultiply, .__matmul__, .binary, "__matmul__($self, value, /)\n--\n\nReturn self@value."),
        SlotEntry(.matrixMultiply, .__rmatmul__, .binaryReflected, "__rmatmul__($self, value, /)\n--\n\nReturn value@self."),
        SlotEntry(.divide, .__truediv__, .binary, "__truediv__($self, value, /)\n--\n\nReturn self/value."),
        SlotEntry(.divide, .__rtruediv__, .binaryReflected, "__rtruediv__($self, value, /)\n--\n\nReturn value/self."),
        SlotEntry(.modulo, .__mod__, .binary, "__mod__($self, value, /)\n--\n\nReturn self%value."),
        SlotEntry(.modulo, .__rmod__, .binaryReflected, "__rmod__($self, value, /)\n--\n\nReturn value%self."),
        SlotEntry(.power, .__pow__, .ternary, "__pow__($self, value, mod=None, /)\n--\n\nReturn pow(self, value, mod)."),
        SlotEntry(.power, .__rpow__, .ternaryReflected, "__rpow__($self, value, mod=None, /)\n--\n\nReturn pow(value, self, mod)."),
        SlotEntry(.leftShift, .__lshift__, .binary, "__lshift__($self, value, /)\n--\n\nReturn self<<value."),
        SlotEntry(.leftShift, .__rlshift__, .binaryReflected, "__rlshift__($self, value, /)\n--\n\nReturn value<<self."),
        SlotEntry(.rightShift, .__rshift__, .binary, "__rshift__($self, value, /)\n--\n\nReturn self>>value."),
        SlotEntry(.rightShift, .__rrshift__, .binaryReflected, "__rrshift__($self, value, /)\n--\n\nReturn value>>self."),
        SlotEntry(.bitOr, .__or__, .binary, "__or__($self, value, /)\n--\n\nReturn self|value."),
        SlotEntry(.bitOr, .__ror__, .binaryReflected, "__ror__($self, value, /)\n--\n\nReturn value|self."),
        SlotEntry(.bitXor, .__xor__, .binary, "__xor__($self, value, /)\n--\n\nReturn self^value."),
        SlotEntry(.bitXor, .__rxor__, .binaryReflected, "__rxor__($self, value, /)\n--\n\nReturn value^self."),
        SlotEntry(.bitAnd, .__and__, .binary, "__and__($self, value, /)\n--\n\nReturn self&value."),
        SlotEntry(.bitAnd, .__rand__, .binaryReflected, "__rand__($self, value, /)\n--\n\nReturn value&self."),
        SlotEntry(.floorDivide, .__floordiv__, .binary, "__floordiv__($self, value, /)\n--\n\nReturn self//value."),
        SlotEntry(.floorDivide, .__rfloordiv__, .binaryReflected, "__rfloordiv__($self, value, /)\n--\n\nReturn value//self."),
        SlotEntry(.inplaceAdd, .__iadd__, .binary, "__iadd__($self, value, /)\n--\n\nReturn self+=value."),
        SlotEntry(.inplaceSubtract, .__isub__, .binary, "__isub__($self, value, /)\n--\n\nReturn self-=value."),
        SlotEntry(.inplaceMultiply, .__imul__, .binary, "__imul__($self, value, /)\n--\n\nReturn self*=value."),
        SlotEntry(.inplaceMatrixMultiply, .__imatmul__, .binary, "__imatmul__($self, value, /)\n--\n\nReturn self@=value."),
        SlotEntry(.inplaceDivide, .__itruediv__, .binary, "__itruediv__($self, value, /)\n--\n\nReturn self/=value."),
        SlotEntry(.inplaceModulo, .__imod__, .binary, "__imod__($self, value, /)\n--\n\nReturn self%=value."),
        SlotEntry(.inplacePower, .__ipow__, .binary, "__ipow__($self, value, /)\n--\n\nReturn self**=value."),
        SlotEntry(.inplaceLeftShift, .__ilshift__, .binary, "__ilshift__($self, value, /)\n--\n\nReturn self<<=value."),
        SlotEntry(.inplaceRightShift, .__irshift__, .binary, "__irshift__($self, value, /)\n--\n\nReturn self>>=value."),
        SlotEntry(.inplaceBitOr, .__ior__, .binary, "__ior__($self, value, /)\n--\n\nReturn self|=value."),
        SlotEntry(.inplaceBitXor, .__ixor__, .binary, "__ixor__($self, value, /)\n--\n\nReturn self^=value."),
        SlotEntry(.inplaceBitAnd, .__iand__, .binary, "__iand__($self, value, /)\n--\n\nReturn self&=value."),
        SlotEntry(.inplaceFloorDivide, .__ifloordiv__, .binary, "__ifloordiv__($self, value, /)\n--\n\nReturn self//=value."),
        SlotEntry(.divmod, .__divmod__, .binary, "__divmod__($self, value, /)\n--\n\nReturn divmod(self, value)."),
        SlotEntry(.divmod, .__rdivmod__, .binaryReflected, "__rdivmod__($self, value, /)\n--\n\nReturn divmod(value, self)."),
        SlotEntry(.negative, .__neg__, .unary, "__neg__($self, /)\n--\n\n-self"),
        SlotEntry(.positive, .__pos__, .unary, "__pos__($self, /)\n--\n\n+self"),
        SlotEntry(.absolute, .__abs__, .unary, "__abs__($self, /)\n--\n\nabs(self)"),
        SlotEntry(.invert, .__invert__, .unary, "__invert__($self, /)\n--\n\n~self"),
        SlotEntry(.int, .__int__, .unary, "__int__($self, /)\n--\n\nint(self)"),
        SlotEntry(.float, .__float__, .unary, "__float__($self, /)\n--\n\nfloat(self)"),
        SlotEntry(.index, .__index__, .unary, "__index__($self, /)\n--\n\nThis number as an int, for counting places."),
        SlotEntry(.await, .__await__, .unary, "__await__($self, /)\n--\n\nReturn an iterator to be used in await expression."),
        SlotEntry(.asyncIter, .__aiter__, .unary, "__aiter__($self, /)\n--\n\nReturn an awaitable, that resolves in asynchronous iterator."),
        SlotEntry(.asyncNext, .__anext__, .unary, "__anext__($self, /)\n--\n\nReturn a value or raise StopAsyncIteration."),
        SlotEntry(.finalize, .__del__, .finalize, "__del__($self, /)\n--\n\nCalled when the instance is about to be destroyed."),
    ]

    /// Indices into `entries` by name.
    static let byName: [UInt64: [Int]] = {
        var result: [UInt64: [Int]] = [:]
        for (index, entry) in entries.enumerated() { result[entry.name.value.bits, default: []].append(index) }
        return result
    }()
}
