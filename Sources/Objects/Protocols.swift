/// The object protocols: what `repr(x)`, `x == y`, `hash(x)`, `iter(x)`, `x[k]` and so on do, from native code.
///
/// All return the empty value (or -1) when they have raised.

extension UnsafeMutablePointer where Pointee == ThreadState {
    // MARK: Text

    /// repr(x): a str.
    public func repr(_ value: Value) -> Value {
        guard let function = value.type.unary(.repr) else { return newString("<\(value.type.name) object at \(hexadecimal(value))>") }
        guard enterRecursion(" while getting the repr of an object") else { return .empty }
        defer { leaveRecursion() }
        let result = function(self, value)
        if result.isEmpty || result.isString { return result }
        return raise(.typeError, "__repr__ returned non-string (type \(result.type.name))")
    }

    /// str(x): a str.
    public func str(_ value: Value) -> Value {
        if value.isSmallInt { return IntOps.decimal(self, value.smallInt) }
        if value.isExact(.str) { return value }
        guard let function = value.type.unary(.str) else { return repr(value) }
        guard enterRecursion(" while getting the str of an object") else { return .empty }
        defer { leaveRecursion() }
        let result = function(self, value)
        if result.isEmpty || result.isString { return result }
        return raise(.typeError, "__str__ returned non-string (type \(result.type.name))")
    }

    /// ascii(x): a str.
    public func ascii(_ value: Value) -> Value {
        let text = repr(value)
        if text.isEmpty || StringRef(text).isASCII { return text }
        let string = StringRef(text)
        var length = 0
        for index in 0 ..< string.count {
            let character = string[index]
            length &+= character < 0x80 ? 1 : character < 0x100 ? 4 : character < 0x10000 ? 6 : 10
        }
        let result = newString(count: length, maximum: 0x7F)
        if result.isEmpty { return result }
        var target = StringRef(result).units1
        for index in 0 ..< string.count {
            let character = string[index]
            if character < 0x80 {
                target.pointee = UInt8(character)
                target += 1
                continue
            }
            let (letter, width): (UInt8, Int) = character < 0x100 ? (0x78, 2) : character < 0x10000 ? (0x75, 4) : (0x55, 8)
            target[0] = 0x5C
            target[1] = letter
            for place in 0 ..< width {
                let digit = UInt8(truncatingIfNeeded: character >> UInt32((width - 1 - place) * 4) & 15)
                target[2 + place] = digit < 10 ? 48 + digit : 87 + digit
            }
            target += 2 + width
        }
        return result
    }

    /// format(x, spec): a str.
    public func format(_ value: Value, _ spec: Value) -> Value {
        if spec.isEmpty || StringRef(spec).count == 0 {
            if value.isExact(.str) { return value }
            if value.isSmallInt { return str(value) }
        } else if value.isSmallInt || value.isExact(.float) || value.isExact(.int), let function = RuntimeHooks.formatNumber {
            return function(self, value, spec)
        }
        guard let result = callSpecial(value, .__format__, spec.isEmpty ? WellKnown.emptyString.value : spec) else {
            return raise(.typeError, "Type \(value.type.name) doesn't define __format__")
        }
        if result.isEmpty || result.isString { return result }
        return raise(.typeError, "__format__ must return a str, not \(result.type.name)")
    }

    // MARK: Truth, length, hash

    /// 1, 0, or -1 when it has raised.
    @inline(__always) public func isTrue(_ value: Value) -> Int32 {
        if value.isBool { return value == .true ? 1 : 0 }
        if value.isSmallInt { return value.bits == 1 ? 0 : 1 }
        return isTrueSlow(value)
    }

    @inline(never) func isTrueSlow(_ value: Value) -> Int32 {
        if value.isNone { return 0 }
        let type = value.type
        if let function = type.slot(.bool, as: PredicateFunction.self) { return function(self, value) }
        if let function = type.slot(.length, as: LengthFunction.self) {
            let length = function(self, value)
            return length < 0 ? -1 : length > 0 ? 1 : 0
        }
        return 1
    }

    /// len(x), or -1 when it has raised.
    public func length(_ value: Value) -> Int {
        if let function = value.type.slot(.length, as: LengthFunction.self) { return function(self, value) }
        raise(.typeError, "object of type '\(value.type.name)' has no len()")
        return -1
    }

    /// hash(x); -1 only when it has raised.
    @inline(__always) public func hash(_ value: Value) -> Int {
        if value.isSmallInt { return Hashing.int(value.smallInt) }
        if value.isExact(.str) { return StringRef(value).hash }
        return hashSlow(value)
    }

    @inline(never) func hashSlow(_ value: Value) -> Int {
        guard let function = value.type.slot(.hash, as: HashFunction.self) else { return unhashableHash(self, value) }
        guard enterRecursion() else { return -1 }
        defer { leaveRecursion() }
        return function(self, value)
    }

    // MARK: Comparison

    /// a op b, any object.
    public func compare(_ a: Value, _ b: Value, _ operation: Comparison) -> Value {
        if Value.bothSmall(a, b) { return Value(operation.holds(a.smallInt < b.smallInt ? -1 : a.smallInt > b.smallInt ? 1 : 0)) }
        if a.isExact(.str) && b.isExact(.str) { return Value(StringRef(a).holds(operation, StringRef(b))) }
        guard enterRecursion(" in comparison") else { return .empty }
        defer { leaveRecursion() }
        let left = a.type, right = b.type
        let leftFunction = left.slot(.compare, as: CompareFunction.self)
        let rightFunction = right.slot(.compare, as: CompareFunction.self)
        var triedRight = false
        if left != right, let rightFunction, right.isSubtype(of: left) {
            triedRight = true
            let result = rightFunction(self, b, a, operation.swapped.rawValue)
            if result != .notImplemented { return result }
        }
        if let leftFunction {
            let result = leftFunction(self, a, b, operation.rawValue)
            if result != .notImplemented { return result }
        }
        if !triedRight, let rightFunction {
            let result = rightFunction(self, b, a, operation.swapped.rawValue)
            if result != .notImplemented { return result }
        }
        switch operation {
        case .equal: return Value(a == b)
        case .notEqual: return Value(a != b)
        default: return raise(.typeError, "'\(operation.symbol)' not supported between instances of '\(left.name)' and '\(right.name)'")
        }
    }

    /// The truth of a op b: 1, 0, or -1 when it has raised. Unlike `isEqual` it does ask an object whether it equals itself.
    public func compareTruth(_ a: Value, _ b: Value, _ operation: Comparison) -> Int32 {
        if a.isExact(.str) && b.isExact(.str) { return StringRef(a).holds(operation, StringRef(b)) ? 1 : 0 }
        let result = compare(a, b, operation)
        return result.isEmpty ? -1 : isTrue(result)
    }

    /// Equality as containers mean it (identical objects are equal): 1, 0, or -1 when it has raised.
    @inline(__always) public func isEqual(_ a: Value, _ b: Value) -> Int32 {
        if a == b { return 1 }
        if Value.bothSmall(a, b) { return 0 }
        if a.isExact(.str) && b.isExact(.str) { return StringRef(a).equals(StringRef(b)) ? 1 : 0 }
        if a.isExact(.tuple) && b.isExact(.tuple) {
            let known = plainOrder(a, b)
            if known != .unknown { return known == .same ? 1 : 0 }
        }
        return compareTruth(a, b, .equal)
    }

    /// How one tuple stands to another, as far as small ints, strings and such tuples within them tell. Tuples are the keys of dicts and of sorting.
    @inline(never) public func plainOrder(_ a: Value, _ b: Value, depth: Int = 0) -> PlainOrder {
        let x = TupleRef(a), y = TupleRef(b)
        let shared = Swift.min(x.count, y.count)
        var index = 0
        while index < shared {
            let p = x[index], q = y[index]
            index += 1
            if p == q { continue }
            if Value.bothSmall(p, q) { return p.smallInt < q.smallInt ? .less : .greater }
            if p.isExact(.str) && q.isExact(.str) {
                let order = StringRef(p).compare(StringRef(q))
                if order == 0 { continue }
                return order < 0 ? .less : .greater
            }
            guard p.isExact(.tuple), q.isExact(.tuple), depth < 10 else { return .unknown }
            let order = plainOrder(p, q, depth: depth + 1)
            if order != .same { return order }
        }
        return x.count == y.count ? .same : x.count < y.count ? .less : .greater
    }

    // MARK: Iteration

    /// iter(x)
    public func iterator(_ value: Value) -> Value {
        let type = value.type
        if let function = type.unary(.iter) {
            let result = function(self, value)
            if result.isEmpty || result.type.slotPointer(.next).pointee != nil { return result }
            return raise(.typeError, "iter() returned non-iterator of type '\(result.type.name)'")
        }
        if type.isSequence { return newIterator(.sequenceIterator, value) }
        return raise(.typeError, "'\(type.name)' object is not iterable")
    }

    /// The iterator of a loop, which nobody but the loop sees: over what has a list's items it is a list's.
    @inline(__always) public func loopIterator(_ value: Value) -> Value { hasListItems(value) ? newIterator(.listIterator, value) : iterator(value) }

    /// Whether an object is gone through as a list is: it begins as a list does, and its class does not say otherwise.
    @inline(__always) public func hasListItems(_ value: Value) -> Bool { value.type.has(.listLayout) && keepsListItems(value.type) }

    @inline(never) private func keepsListItems(_ type: TypeRef) -> Bool {
        if !type.has(.heap) { return true }
        let subscription = type.lookup(.__getitem__)
        return type.unary(.iter) == nil && subscription.isExact(.wrapperDescriptor) && TypeRef(subscription.object(DescriptorObject.self).pointee.owner).has(.listLayout)
    }

    /// iter(x); whatever TypeError that raises, it says `message`.
    public func iterator(_ value: Value, typeError message: @autoclosure () -> String) -> Value {
        let result = iterator(value)
        if result.isEmpty, clearException(.typeError) { raise(.typeError, message()) }
        return result
    }

    /// A list or tuple as it is, of anything else a list; what is no iterable raises a TypeError with `message`.
    public func sequence(_ iterable: Value, typeError message: @autoclosure () -> String) -> Value {
        if iterable.isExact(.list) || iterable.isExact(.tuple) { return iterable }
        if iterable.isExact(.str) || iterable.isExact(.dict) { return list(iterable) }
        let iterator = self.iterator(iterable, typeError: message())
        return iterator.isEmpty ? .empty : list(iterator)
    }

    /// The next item of an iterator; empty at the end, or when it has raised (then `hasException`). StopIteration is swallowed.
    @inlinable @inline(__always) public func next(_ iterator: Value) -> Value {
        if iterator.isPointer && iterator.shapeIndex == TypeID.listIterator.rawValue {
            let object = iterator.object(IteratorObject.self)
            if object.pointee.container.isEmpty { return .empty }
            let list = ListRef(object.pointee.container)
            let index = object.pointee.index
            if UInt(bitPattern: index) < UInt(bitPattern: list.count) {
                object.pointee.index = index + 1
                return list[index]
            }
            object.pointee.container = .empty
            return .empty
        }
        return nextSlow(iterator)
    }

    @inline(never) @usableFromInline func nextSlow(_ iterator: Value) -> Value {
        guard let function = iterator.type.unary(.next) else { return raise(.typeError, "'\(iterator.type.name)' object is not an iterator") }
        let result = function(self, iterator)
        if result.isEmpty && hasException { _ = clearException(.stopIteration) }
        return result
    }

    /// Calls `body` with each item of an iterable; stops when it returns false. False when something has raised, or `body` returned false.
    public func forEach(_ iterable: Value, _ body: (Value) -> Bool) -> Bool {
        if iterable.isExact(.list) {
            var index = 0
            while index < ListRef(iterable).count {
                if !body(ListRef(iterable)[index]) { return false }
                index += 1
            }
            return true
        }
        if iterable.isExact(.tuple) {
            for index in 0 ..< TupleRef(iterable).count where !body(TupleRef(iterable)[index]) { return false }
            return true
        }
        let iterator = self.iterator(iterable)
        if iterator.isEmpty { return false }
        while true {
            let item = next(iterator)
            if item.isEmpty { return !hasException }
            if !body(item) { return false }
        }
    }

    /// list(x)
    public func list(_ iterable: Value) -> Value {
        if iterable.isExact(.list) { return newList(ListRef(iterable).items, ListRef(iterable).count) }
        if iterable.isExact(.tuple) { return newList(TupleRef(iterable).items, TupleRef(iterable).count) }
        let result = newList()
        if result.isEmpty { return .empty }
        return extend(ListRef(result), iterable) ? result : .empty
    }

    /// list.extend(x). False when it has raised.
    public func extend(_ list: ListRef, _ iterable: Value) -> Bool {
        let isTuple = iterable.isExact(.tuple)
        if isTuple || iterable.isExact(.list) || hasListItems(iterable) {
            let count = isTuple ? TupleRef(iterable).count : ListRef(iterable).count
            if count == 0 { return true }
            let old = list.count
            guard list.reserve(self, old + count) else { return false }
            let source = !isTuple ? ListRef(iterable).items : TupleRef(iterable).items
            (list.items + old).update(from: source, count: count)
            list.setCount(old + count)
            Heap.barrier(list.pointer.pointee.storage.raw)
            return true
        }
        if iterable.isExact(.dict) {
            let dict = DictRef(iterable)
            guard list.reserve(self, list.count + dict.count) else { return false }
            var entry = dict.nextEntry(0)
            while entry >= 0 {
                guard list.append(self, dict.key(at: entry)) else { return false }
                entry = dict.nextEntry(entry + 1)
            }
            return true
        }
        if iterable.isExact(.set) || iterable.isExact(.frozenset) {
            guard list.reserve(self, list.count + SetRef(iterable).count) else { return false }
            return SetRef(iterable).walkKeys { list.append(self, $0) }
        }
        if iterable.isExact(.str) {
            let string = StringRef(iterable)
            guard list.reserve(self, list.count + string.count) else { return false }
            for index in 0 ..< string.count {
                let character = newString(character: string[index])
                guard !character.isEmpty, list.append(self, character) else { return false }
            }
            return true
        }
        if iterable.isExact(.generator), list.value.isExact(.list), let done = RuntimeHooks.takeAll(self, iterable, list.value) { return done }
        let iterator = self.iterator(iterable)
        if iterator.isEmpty { return false }
        let hint = lengthHint(iterable, 0)
        if hint < 0 { return false }
        // Hints may be wild guesses: only modest ones are trusted.
        if hint > 1 && hint <= 1 << 20 { guard list.reserve(self, list.count + hint) else { return false } }
        let type = iterator.type
        if !type.has(.heap), let function = type.unary(.next) {
            // What a native iterator is asked by stays the same.
            while true {
                let item = function(self, iterator)
                if item.isEmpty { return !hasException || clearException(.stopIteration) }
                if !list.append(self, item) { return false }
            }
        }
        while true {
            let item = next(iterator)
            if item.isEmpty { return !hasException }
            if !list.append(self, item) { return false }
        }
    }

    /// tuple(x)
    public func tuple(_ iterable: Value) -> Value {
        if iterable.isExact(.tuple) { return iterable }
        if iterable.isExact(.list) { return ListRef(iterable).count == 0 ? WellKnown.emptyTuple.value : newTuple(ListRef(iterable).items, ListRef(iterable).count) }
        let list = self.list(iterable)
        if list.isEmpty { return .empty }
        return ListRef(list).count == 0 ? WellKnown.emptyTuple.value : newTuple(ListRef(list).items, ListRef(list).count)
    }

    // MARK: Items

    /// x[key]
    public func getItem(_ container: Value, _ key: Value) -> Value {
        if let function = container.type.binary(.getItem) { return function(self, container, key) }
        if container.isType {
            let method = getAttributeOrEmpty(container, Name.__class_getitem__.value)
            if !method.isEmpty && !method.isNone { return call(method, key) }
            if hasException { return .empty }
            if container == TypeID.type.value { return newGenericAlias(container, key) }
            return raise(.typeError, "type '\(TypeRef(container).name)' is not subscriptable")
        }
        return raise(.typeError, "'\(container.type.name)' object is not subscriptable")
    }

    /// The item of a sequence at a number, by which `iter(x)` and `reversed(x)` go.
    public func item(_ sequence: Value, _ index: Int) -> Value {
        let number = newInt(index)
        if number.isEmpty { return .empty }
        if let function = sequence.type.binary(.item) { return function(self, sequence, number) }
        return getItem(sequence, number)
    }

    /// x[key] = value. False when it has raised.
    public func setItem(_ container: Value, _ key: Value, _ value: Value) -> Bool {
        if let function = container.type.store(.setItem) { return function(self, container, key, value) == 0 }
        if container.type.hasSequenceSlots, isIndex(key), toInt(key, overflow: .indexError) == nil { return false }
        raise(.typeError, "'\(container.type.name)' object does not support item assignment")
        return false
    }

    /// del x[key]. False when it has raised.
    public func deleteItem(_ container: Value, _ key: Value) -> Bool {
        if let function = container.type.store(.setItem) { return function(self, container, key, .empty) == 0 }
        // Of what is a sequence by its type, and of a class's instance, an index is said to be wanted in other words.
        let wantsIndex = container.type.hasSequenceSlots && isIndex(key)
        if wantsIndex, toInt(key, overflow: .indexError) == nil { return false }
        raise(.typeError, "'\(container.type.name)' object \(wantsIndex ? "doesn't" : "does not") support item deletion")
        return false
    }

    /// item in x: 1, 0, or -1 when it has raised.
    public func contains(_ container: Value, _ item: Value) -> Int32 {
        if let function = container.type.slot(.contains, as: ContainsFunction.self) { return function(self, container, item) }
        let iterator = self.iterator(container)
        if iterator.isEmpty {
            // Whatever type was wrong while it was asked for.
            if clearException(.typeError) { raise(.typeError, "argument of type '\(container.type.name)' is not iterable") }
            return -1
        }
        while true {
            let candidate = next(iterator)
            if candidate.isEmpty { return hasException ? -1 : 0 }
            let found = isEqual(candidate, item)
            if found != 0 { return found }
        }
    }

    // MARK: Arithmetic

    /// a op b by the number slots; `.notImplemented` when neither side knows how.
    @inline(__always) private func binary1(_ a: Value, _ b: Value, _ slot: Slot) -> Value {
        let left = a.type, right = b.type
        let leftFunction = left.slotPointer(slot).pointee
        var rightFunction = right.slotPointer(slot).pointee
        if left == right || rightFunction == leftFunction { rightFunction = nil }
        if let leftFunction {
            if let later = rightFunction, right.isSubtype(of: left) {
                let result = unsafeBitCast(later, to: BinaryFunction.self)(self, a, b)
                if result != .notImplemented { return result }
                rightFunction = nil
            }
            let result = unsafeBitCast(leftFunction, to: BinaryFunction.self)(self, a, b)
            if result != .notImplemented { return result }
        }
        if let rightFunction { return unsafeBitCast(rightFunction, to: BinaryFunction.self)(self, a, b) }
        return .notImplemented
    }

    /// a op b by the number slots alone; `.notImplemented` when neither side knows how.
    public func binaryOfNumbers(_ a: Value, _ b: Value, _ slot: Slot) -> Value { binary1(a, b, slot) }

    /// a op b
    @inline(never) public func binary(_ a: Value, _ b: Value, _ slot: Slot) -> Value {
        if slot == .power { return power(a, b, .none) }
        let result = binary1(a, b, slot)
        if result != .notImplemented { return result }
        return binaryFallback(a, b, slot, inplace: false)
    }

    /// a op= b: the slot is the plain operator's.
    @inline(never) public func inplace(_ a: Value, _ b: Value, _ slot: Slot) -> Value {
        let own = unsafeBitCast(UInt8(truncatingIfNeeded: slot.rawValue - Slot.add.rawValue + Slot.inplaceAdd.rawValue), to: Slot.self)
        if let function = a.type.binary(own) {
            let result = function(self, a, b)
            if result != .notImplemented { return result }
        }
        let result = slot == .power ? power1(a, b, .none) : binary1(a, b, slot)
        if result != .notImplemented { return result }
        return binaryFallback(a, b, slot, inplace: true)
    }

    /// What remains when neither operand's method will do: sequence concatenation and repetition, then TypeError.
    public func binaryFallback(_ a: Value, _ b: Value, _ slot: Slot, inplace: Bool) -> Value {
        if slot == .add {
            if inplace, let function = a.type.binary(.inplaceConcat) { return function(self, a, b) }
            if let function = a.type.binary(.concat) { return function(self, a, b) }
        } else if slot == .multiply {
            if let function = inplace ? a.type.binary(.inplaceRepeat) ?? a.type.binary(.repeat) : a.type.binary(.repeat) { return repeated(function, a, b) }
            // In place the left operand counts alone if it might be a sequence at all.
            if let function = b.type.binary(.repeat), !(inplace && a.type.hasSequenceSlots) { return repeated(function, b, a) }
        }
        let symbol = UnsafeMutablePointer.symbols[slot.rawValue - Slot.add.rawValue] + (inplace ? "=" : "")
        if slot == .rightShift, a.isExact(.builtinFunction), StringRef(a.object(BuiltinFunctionObject.self).pointee.record.pointee.name).equals("print") {
            return raise(.typeError, "unsupported operand type(s) for \(symbol): '\(a.type.name)' and '\(b.type.name)'. Did you mean \"print(<message>, file=<output_stream>)\"?")
        }
        return raise(.typeError, "unsupported operand type(s) for \(symbol): '\(a.type.name)' and '\(b.type.name)'")
    }

    private func repeated(_ function: BinaryFunction, _ sequence: Value, _ count: Value) -> Value {
        if !count.isInt && count.type.slotPointer(.index).pointee == nil {
            return raise(.typeError, "can't multiply sequence by non-int of type '\(count.type.name)'")
        }
        return function(self, sequence, count)
    }

    static var symbols: [String] { ["+", "-", "*", "@", "/", "%", "**", "<<", ">>", "|", "^", "&", "//"] }

    private func power1(_ a: Value, _ b: Value, _ modulus: Value) -> Value {
        let left = a.type, right = b.type
        let leftFunction = left.slotPointer(.power).pointee
        var rightFunction = right.slotPointer(.power).pointee
        let third = modulus.isNone ? nil : modulus.type.slotPointer(.power).pointee
        let isThirdNew = third != nil && third != leftFunction && third != rightFunction
        if left == right || rightFunction == leftFunction { rightFunction = nil }
        if let leftFunction {
            if let later = rightFunction, right.isSubtype(of: left) {
                let result = unsafeBitCast(later, to: TernaryFunction.self)(self, a, b, modulus)
                if result != .notImplemented { return result }
                rightFunction = nil
            }
            let result = unsafeBitCast(leftFunction, to: TernaryFunction.self)(self, a, b, modulus)
            if result != .notImplemented { return result }
        }
        if let rightFunction {
            let result = unsafeBitCast(rightFunction, to: TernaryFunction.self)(self, a, b, modulus)
            if result != .notImplemented { return result }
        }
        return isThirdNew ? unsafeBitCast(third, to: TernaryFunction.self)(self, a, b, modulus) : .notImplemented
    }

    /// pow(a, b[, modulus])
    public func power(_ a: Value, _ b: Value, _ modulus: Value, symbol: String = "** or pow()") -> Value {
        let result = power1(a, b, modulus)
        if result != .notImplemented { return result }
        if modulus.isNone { return raise(.typeError, "unsupported operand type(s) for \(symbol): '\(a.type.name)' and '\(b.type.name)'") }
        return raise(.typeError, "unsupported operand type(s) for \(symbol): '\(a.type.name)', '\(b.type.name)', '\(modulus.type.name)'")
    }

    /// divmod(a, b)
    public func divmod(_ a: Value, _ b: Value) -> Value {
        let result = binary1(a, b, .divmod)
        if result != .notImplemented { return result }
        return raise(.typeError, "unsupported operand type(s) for divmod(): '\(a.type.name)' and '\(b.type.name)'")
    }

    /// -x, +x, ~x, abs(x)
    public func unary(_ value: Value, _ slot: Slot) -> Value {
        if let function = value.type.unary(slot) { return function(self, value) }
        let name = slot == .negative ? "unary -" : slot == .positive ? "unary +" : slot == .invert ? "unary ~" : "abs()"
        return raise(.typeError, "bad operand type for \(name): '\(value.type.name)'")
    }

    // MARK: Numbers as arguments

    /// operator.index(x): an exact int.
    public func toIndex(_ value: Value) -> Value {
        if value.isSmallInt { return value }
        if value.isBool { return Value(small: value == .true ? 1 : 0) }
        if value.isPointer && value.type.has(.intSubclass) { return IntOps.exact(self, value) }
        guard let function = value.type.unary(.index) else { return raise(.typeError, "'\(value.type.name)' object cannot be interpreted as an integer") }
        let result = function(self, value)
        if result.isEmpty { return .empty }
        guard result.isInt else { return raise(.typeError, "__index__ returned non-int (type \(result.type.name))") }
        if !result.isSmallInt && !result.isExact(.int) {
            if !RuntimeHooks.warn(self, .deprecationWarning, "__index__ returned non-int (type \(result.type.name)).  The ability to return an instance of a strict subclass of int is deprecated, and may not be supported in a future version of Python.", 1) { return .empty }
        }
        return result.isSmallInt ? result : toIndex(result)
    }

    /// A machine integer for an index or count; nil when it has raised. Out of range: the error class given, or clamped when nil.
    public func toInt(_ value: Value, overflow: TypeID? = .overflowError) -> Int? {
        if value.isSmallInt { return value.smallInt }
        let index = toIndex(value)
        if index.isEmpty { return nil }
        if index.isSmallInt { return index.smallInt }
        if let word = IntOps.toInt(index) { return word }
        guard let overflow else { return IntOps.isNegative(index) ? Int.min : Int.max }
        if overflow == .indexError {
            raise(.indexError, "cannot fit '\(value.type.name)' into an index-sized integer")
        } else {
            raise(overflow, "Python int too large to convert to C ssize_t")
        }
        return nil
    }

    /// A C int from what has an index; nil when it has raised.
    public func toCInt(_ value: Value) -> Int? {
        let index = toIndex(value)
        if index.isEmpty { return nil }
        if let word = IntOps.toInt(index), let narrow = Int32(exactly: word) { return Int(narrow) }
        raise(.overflowError, "Python int too large to convert to C int")
        return nil
    }

    /// A C double from anything that `float()` takes but strings; nil when it has raised.
    public func toDouble(_ value: Value) -> Double? {
        if value.isFloat { return value.doubleValue }
        if value.isSmallInt { return Double(value.smallInt) }
        let type = value.type
        if let function = type.unary(.float) {
            let result = function(self, value)
            if result.isEmpty { return nil }
            if result.isFloat { return result.doubleValue }
            raise(.typeError, "\(type.name).__float__ returned non-float (type \(result.type.name))")
            return nil
        }
        if type.slotPointer(.index).pointee != nil {
            let index = toIndex(value)
            return index.isEmpty ? nil : toDouble(index)
        }
        raise(.typeError, "must be real number, not \(type.name)")
        return nil
    }
}

extension Value {
    /// repr(x) as Swift text, for messages; a placeholder when that raises.
    public func reprForMessage(_ thread: ThreadRef) -> String {
        let text = thread.repr(self)
        if text.isEmpty {
            thread.takeException()
            return "<unprintable \(type.name) object>"
        }
        return StringRef(text).description
    }
}

/// What `plainOrder` finds.
public enum PlainOrder { case less, same, greater, unknown }
