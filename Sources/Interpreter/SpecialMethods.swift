import Bytecode
import Objects

/// Special methods and attribute hooks written in Python whose frames run in the dispatch loop, like those of ordinary calls: arithmetic, comparisons, items, calls of
/// instances, attributes that functions give or take. (Whatever native code asks for on its own runs in an interpreter of its own.)
///
/// The dispatch loop and the recorder of traces ask here what is called, so that they agree. Only plain cases count: the left operand's method, when the right operand's
/// class has no say before it, and the right operand's, when the left one is a number. What remains to be done after the method has returned, when it has declined or its result is only wanted for a jump, is done when its frame, marked with
/// `FrameFlags.special` or `.specialJump`, returns.
public enum SpecialMethods {
    private static let binaryNames: [(plain: Name, reflected: Name)] = [
        (.__add__, .__radd__), (.__sub__, .__rsub__), (.__mul__, .__rmul__), (.__matmul__, .__rmatmul__), (.__truediv__, .__rtruediv__), (.__mod__, .__rmod__),
        (.__pow__, .__rpow__), (.__lshift__, .__rlshift__), (.__rshift__, .__rrshift__), (.__or__, .__ror__), (.__xor__, .__rxor__), (.__and__, .__rand__),
        (.__floordiv__, .__rfloordiv__),
    ]

    private static let inplaceNames: [Name?] = [
        .__iadd__, .__isub__, .__imul__, .__imatmul__, .__itruediv__, .__imod__, .__ipow__, .__ilshift__, .__irshift__, .__ior__, .__ixor__, .__iand__, .__ifloordiv__,
    ]

    /// What a class has for an operator, if that is a function whose result is known when its frame is over. (That of a generator function makes a generator; who wants a truth
    /// or NotImplemented of it asks for one in vain, but has to ask.)
    private static func called(_ method: Value) -> Value { method.isExact(.function) && !isGenerator(method) ? method : .empty }

    private static func isGenerator(_ function: Value) -> Bool {
        CodeFlags(rawValue: function.object(FunctionObject.self).pointee.code.object(CodeObject.self).pointee.flags).contains(.generator)
    }

    /// The `__iter__` of an instance, where it is a generator function, so that its result is an iterator for sure; or empty.
    @inline(never) public static func iterator(_ object: Value) -> Value {
        let method = method(object, .__iter__)
        return !method.isEmpty && isGenerator(method) ? method : .empty
    }

    /// An arithmetic opcode's operator, counted from `Slot.add`, and whether it works in place.
    private static func operation(_ opcode: UInt8) -> (index: Int, isInplace: Bool, isConstant: Bool) {
        let count = Int(Opcode.addK.number - Opcode.add.number)
        let number = Int(opcode - Opcode.add.number)
        return (number % count, number >= 2 * count, number / count % 2 == 1)
    }

    /// Whether an arithmetic opcode's right operand is a constant.
    @inline(__always) static func takesConstant(_ opcode: UInt8) -> Bool { operation(opcode).isConstant }

    /// The function that the operator with the number `index` calls with both operands, or the right operand's with both the other way round; empty when it is not as simple as that.
    public static func binary(_ x: Value, _ y: Value, _ index: Int, isInplace: Bool) -> (method: Value, isReflected: Bool) {
        let slot = Slot(rawValue: Slot.add.rawValue + index).unsafelyUnwrapped
        guard slot != .power else { return (.empty, false) }
        if x.isPointer, x.type.has(.heap) {
            let type = x.type, other = y.type
            guard other == type || !other.isSubtype(of: type) else { return (.empty, false) }
            if isInplace, type.slotPointer(Slot(rawValue: Slot.inplaceAdd.rawValue + index).unsafelyUnwrapped).pointee != nil {
                let method = inplaceNames[index].map { type.lookup($0) } ?? .empty
                return (method.isEmpty ? .empty : called(method), false)
            }
            return (called(type.lookup(binaryNames[index].plain)), false)
        }
        // Numbers decline whatever is none.
        guard y.isPointer, y.type.has(.heap), x.isSmallInt || x.isInlineFloat || x.isExact(.float), !y.type.has(.intSubclass), !y.type.has(.floatSubclass) else { return (.empty, false) }
        let method = called(y.type.lookup(binaryNames[index].reflected))
        return (method, !method.isEmpty)
    }

    @inline(never) static func binary(_ opcode: UInt8, _ x: Value, _ y: FramePointer, _ constant: FramePointer) -> (method: Value, isReflected: Bool) {
        let (index, isInplace, isConstant) = operation(opcode)
        let found = binary(x, isConstant ? constant.pointee : y.pointee, index, isInplace: isInplace)
        if !found.method.isEmpty { TextGrowth.clear() }
        return found
    }

    /// The iterator whose items a `map` passes on to a Python function; empty when there are several, or the function is another.
    public static func mapped(_ map: Value) -> Value {
        let object = map.object(IteratorObject.self).pointee
        guard object.extra.isExact(.function), object.container.isExact(.tuple), case let sources = TupleRef(object.container), sources.count == 1 else { return .empty }
        return sources[0]
    }

    /// The function that a comparison calls with both operands; empty when it is not as simple as that.
    public static func compare(_ x: Value, _ y: Value, _ comparison: Comparison) -> Value {
        guard x.isPointer, x.type.has(.heap) else { return .empty }
        let type = x.type, other = y.type
        guard other == type || !other.isSubtype(of: type) else { return .empty }
        return called(type.lookup(name(comparison)))
    }

    private static func name(_ comparison: Comparison) -> Name {
        switch comparison {
        case .equal: .__eq__
        case .notEqual: .__ne__
        case .less: .__lt__
        case .lessEqual: .__le__
        case .greater: .__gt__
        case .greaterEqual: .__ge__
        }
    }

    @inline(never) static func compare(_ opcode: UInt8, _ x: Value, _ y: Value) -> Value { compare(x, y, Arithmetic.comparison(opcode)) }

    /// Why an attribute access calls a function of Python.
    public enum AttributeHook {
        /// It is a property's getter or setter: the function is given the object.
        case property
        /// The `__get__` or `__set__` of another descriptor: it is given the descriptor, the object, and when it reads the object's class.
        case descriptor
        /// `__getattr__`, for want of such an attribute: it is given the object and the name.
        case missing
        /// The class's `__setattr__`: it is given the object, the name and the value.
        case override
    }

    /// The function of Python that reading an attribute calls, by a cache that fits the object. Nil when it calls none.
    public static func getter(_ cache: UnsafeMutablePointer<InlineCache>) -> (function: Value, hook: AttributeHook)? {
        if cache.pointee.kind == .missing { return (cache.pointee.value, .missing) }
        return cache.pointee.kind == .classValue ? hook(cache.pointee.value, reads: true) : nil
    }

    /// The same of writing one, by an instruction's cache.
    public static func setter(_ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> (function: Value, hook: AttributeHook)? {
        guard object.isPointer else { return nil }
        if object.type.has(.heap), !object.type.has(.plainSet), case let function = object.type.lookup(.__setattr__), function.isExact(.function) { return (function, .override) }
        guard cache.pointee.kind == .classValue, cache.pointee.version == ShapeTable.record(object.shapeIndex).pointee.version else { return nil }
        return hook(cache.pointee.value, reads: false)
    }

    @inline(__always) private static func hook(_ found: Value, reads: Bool) -> (function: Value, hook: AttributeHook)? {
        if found.isExact(.property) {
            let property = found.object(PropertyObject.self), function = reads ? property.pointee.getter : property.pointee.setter
            return function.isPointer && function.isExact(.function) ? (function, .property) : nil
        }
        guard found.type.has(.heap), case let function = found.type.lookup(reads ? Name.__get__ : .__set__), function.isExact(.function) else { return nil }
        return (function, .descriptor)
    }

    /// Whether a method may be what `__getattr__` gives.
    public static func mayFallBack(_ object: Value) -> Bool { object.isPointer && object.type.has(.heap) && !object.type.has(.plainGet) }

    /// Reading an attribute of a frame's register: leaves the arguments of the function to be called behind the registers, and returns it and their number. The empty
    /// word when there is none to be called. The instruction's cache is filled.
    @inline(never) static func getter(_ thread: ThreadRef, _ fp: FramePointer, _ object: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> (callee: Value, count: Int) {
        guard object.isPointer else { return (.empty, 0) }
        if cache.pointee.version != ShapeTable.record(object.shapeIndex).pointee.version {
            let entry = Attributes.lookUp(thread, object, cache.pointee.name)
            if getter(entry) == nil { return (.empty, 0) }
            Attributes.copy(entry, to: cache)
        }
        guard let (function, hook) = getter(cache) else { return (.empty, 0) }
        let arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
        switch hook {
        case .property:
            arguments[0] = object
            return (function, 1)
        case .descriptor:
            arguments[0] = cache.pointee.value
            arguments[1] = object
            arguments[2] = object.type.value
            return (function, 3)
        case .missing, .override:
            arguments[0] = object
            arguments[1] = cache.pointee.name
            return (function, 2)
        }
    }

    /// The same of writing one, by a cache that has been filled.
    @inline(never) static func setter(_ fp: FramePointer, _ object: Value, _ value: Value, _ cache: UnsafeMutablePointer<InlineCache>) -> (callee: Value, count: Int) {
        guard fp.unusedRegister <= 0xFFFF, let (function, hook) = setter(object, cache) else { return (.empty, 0) }
        let arguments = fp + Int(fp.code.pointee.registerCount) + frameHeaderWords
        switch hook {
        case .property, .missing:
            arguments[0] = object
            arguments[1] = value
            return (function, 2)
        case .descriptor:
            arguments[0] = cache.pointee.value
            arguments[1] = object
        case .override:
            arguments[0] = object
            arguments[1] = cache.pointee.name
        }
        arguments[2] = value
        return (function, 3)
    }

    /// The `__getitem__` of an instance, or the `__call__`: a function, or empty.
    @inline(never) public static func method(_ object: Value, _ name: Name) -> Value {
        guard object.isPointer, object.type.has(.heap) else { return .empty }
        let method = object.type.lookup(name)
        return method.isExact(.function) ? method : .empty
    }

    // MARK: When they have returned

    /// The method called by the instruction before `pc` has returned a result to the frame `fp`. Returns where that goes on; nil when it has raised.
    @inline(never) static func returned(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter, _ given: Value, jumps: Bool) -> ProgramCounter? {
        var result = given
        let word = pc[jumps ? -2 : -1]
        let a = Int(word >> 8 & 0xFF), b = Int(word >> 16 & 0xFF), c = Int(word >> 24)
        let constants = fp.code.pointee.constantItems
        // The instruction may be traced by now.
        let opcode = result == .notImplemented ? Tracing.original(fp.code, pc - (jumps ? 2 : 1)) : 0
        if jumps {
            if result == .notImplemented { result = declined(thread, fp[a], opcode >= Opcode.jumpEqualK.number ? constants[b] : fp[b], Arithmetic.comparison(opcode)) }
            if result.isEmpty { return nil }
            let truth = thread.isTrue(result)
            if truth < 0 { return nil }
            return Int(truth) == c ? pc + Int(Int32(bitPattern: pc[-1])) : pc
        }
        if result == .notImplemented {
            if opcode >= Opcode.equal.number && opcode <= Opcode.greaterEqualK.number {
                result = declined(thread, fp[b], opcode >= Opcode.equalK.number ? constants[c] : fp[c], Arithmetic.comparison(opcode))
            } else {
                let (index, isInplace, isConstant) = operation(opcode)
                result = declined(thread, fp[b], isConstant ? constants[c] : fp[c], index, isInplace)
            }
            if result.isEmpty { return nil }
        }
        fp[a] = result
        return pc
    }

    /// What the instruction before `pc` has called to read an attribute has raised.
    @inline(never) static func getterFailed(_ thread: ThreadRef, _ fp: FramePointer, _ pc: ProgramCounter) {
        thread.completeAttributeError(fp[Int(pc[-2] >> 16 & 0xFF)], fp.code.pointee.caches[Int(pc[-1])].name)
    }

    /// The left operand's method has declined: what the right one makes of it.
    private static func declined(_ thread: ThreadRef, _ x: Value, _ y: Value, _ index: Int, _ isInplace: Bool) -> Value {
        let slot = Slot(rawValue: Slot.add.rawValue + index).unsafelyUnwrapped
        let left = x.type, right = y.type
        if isInplace, left.has(.heap), left.slotPointer(Slot(rawValue: Slot.inplaceAdd.rawValue + index).unsafelyUnwrapped).pointee != nil {
            // What has declined worked in place. A slot that both classes share asks both.
            let isShared = right.slotPointer(slot).pointee == left.slotPointer(slot).pointee
            for type in isShared ? [left] : [left, right] {
                guard let function = type.binary(slot), case let result = function(thread, x, y), result.isEmpty || result != .notImplemented else { continue }
                return result
            }
            return thread.binaryFallback(x, y, slot, inplace: true)
        }
        if left != right, left.has(.heap) {
            if right.slotPointer(slot).pointee == left.slotPointer(slot).pointee {
                let reflected = binaryNames[index].reflected, method = right.lookup(reflected)
                if !method.isEmpty {
                    let result = thread.callSpecialFast(y, reflected.value, x)
                    if result.isEmpty || result != .notImplemented { return result }
                }
            } else if let function = right.binary(slot) {
                let result = function(thread, x, y)
                if result.isEmpty || result != .notImplemented { return result }
            }
        }
        return thread.binaryFallback(x, y, slot, inplace: isInplace)
    }

    private static func declined(_ thread: ThreadRef, _ x: Value, _ y: Value, _ comparison: Comparison) -> Value {
        if let function = y.type.slot(.compare, as: CompareFunction.self) {
            let result = function(thread, y, x, comparison.swapped.rawValue)
            if result.isEmpty || result != .notImplemented { return result }
        }
        switch comparison {
        case .equal: return Value(x == y)
        case .notEqual: return Value(x != y)
        default: return thread.raise(.typeError, "'\(comparison.symbol)' not supported between instances of '\(x.type.name)' and '\(y.type.name)'")
        }
    }
}
