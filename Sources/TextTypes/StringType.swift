import Glibc
import Objects

/// `str`: construction, operators, subscripts and iteration. Its methods are in `StringMethods.swift`.
enum StringType {
    static func start(_ thread: ThreadRef) {
        NativeType(id: .str, "str", size: MemoryLayout<StringObject>.size, trace: .leaf, flags: [.base, .strSubclass, .variableSize, .selfPattern], doc: """
            str(object='')
            str(buffer[, encoding[, errors]])

            The text of an object, as __str__ or else __repr__ gives it; or that which bytes encode, UTF-8 by default, where an encoding or a handler of errors is named.
            """, methods: StringMethods.defs) { slots in
            slots.restate(.getAttribute, of: .object)
            slots.call(.new) { thread, type, arguments, count, keywords in
                if count == 1 && keywords.isEmpty && type == TypeID.str.value { return thread.str(arguments[0]) }
                return StringType.make.call(thread, type, arguments, count, keywords)
            }
            slots.unary(.repr) { thread, string in StringRepr.repr(thread, StringRef(string)) }
            slots.unary(.str) { thread, string in StringType.exact(thread, string) }
            slots.hash { _, string in StringRef(string).hash }
            slots.compare { _, a, b, operation in StringType.compare(a, b, operation) }
            slots.unary(.iter) { thread, string in
                thread.newIterator(string.isExact(.str) && StringRef(string).isASCII ? .strASCIIIterator : .strIterator, string)
            }
            slots.length { _, string in StringRef(string).count }
            slots.binary(.getItem) { thread, string, key in StringType.getItem(thread, string, key) }
            slots.contains { thread, string, item in
                guard item.isString else {
                    thread.raise(.typeError, "'in <string>' requires string as left operand, not \(item.type.name)")
                    return -1
                }
                let units = Units(StringRef(string))
                return units.find(Units(StringRef(item)), 0, units.count) >= 0 ? 1 : 0
            }
            slots.binary(.concat) { thread, a, b in
                guard b.isString else { return thread.raise(.typeError, "can only concatenate str (not \"\(b.type.name)\") to str") }
                return thread.concatenate(StringRef(a), StringRef(b))
            }
            slots.binary(.repeat) { thread, string, number in
                guard let number = SliceSpan.repeatCount(thread, number) else { return .empty }
                return Text(string: string).repeated(thread, number)
            }
            slots.binary(.modulo) { thread, a, b in a.isString ? PercentFormat.format(thread, a, b) : .notImplemented }
        }
        for id in [TypeID.strIterator, .strASCIIIterator] {
            NativeType(id: id, id == .strIterator ? "str_iterator" : "str_ascii_iterator", size: MemoryLayout<IteratorObject>.size, mask: 0b10010, methods: ByteIterators.methods) { slots in
                slots.restate(.getAttribute, of: .object)
                slots.unary(.iter) { _, iterator in iterator }
                slots.unary(.next) { thread, value in
                    let iterator = value.object(IteratorObject.self)
                    let container = iterator.pointee.container
                    if container.isEmpty { return .empty }
                    let string = StringRef(container)
                    let index = iterator.pointee.index
                    if index >= string.count {
                        iterator.pointee.container = .empty
                        return .empty
                    }
                    iterator.pointee.index = index &+ 1
                    return thread.newString(character: string[index])
                }
            }
        }
    }

    static let make = Constructor("str(self, object='', encoding='utf-8', errors='strict')") { thread, a, _ in
        let type = TypeRef(a[0])
        let text: Value
        if a[1].isEmpty {
            text = WellKnown.emptyString.value
        } else if a[2].isEmpty && a[3].isEmpty {
            text = thread.str(a[1])
        } else {
            for index in 2 ... 3 where !a[index].isEmpty && !a[index].isString {
                return thread.raise(.typeError, "str() argument '\(index == 2 ? "encoding" : "errors")' must be str, not \(a[index].type.name)")
            }
            text = StringType.decode(thread, a[1], a[2], a[3])
        }
        if text.isEmpty { return .empty }
        return type == TypeID.str.type ? text : StringType.instance(thread, type, StringRef(text))
    }

    /// str(object, encoding, errors)
    static func decode(_ thread: ThreadRef, _ object: Value, _ encoding: Value, _ errors: Value) -> Value {
        if object.isString { return thread.raise(.typeError, "decoding str is not supported") }
        guard object.isBuffer else { return thread.raise(.typeError, "decoding to str: need a bytes-like object, \(object.type.name) found") }
        return thread.decode(object, encoding: encoding, errors: errors)
    }

    /// An instance of a subclass with the given text.
    static func instance(_ thread: ThreadRef, _ type: TypeRef, _ text: StringRef) -> Value {
        let result = thread.allocateInstance(type, extra: (text.count + 1) * text.width)
        if result.isEmpty { return .empty }
        let string = StringRef(result)
        string.pointer.pointee.length = text.count
        string.pointer.pointee.header.flags = text.pointer.pointee.header.flags & ~StringFlags.interned
        memcpy(string.units, text.units, (text.count + 1) * text.width)
        return result
    }

    /// The same text as an exact `str`.
    static func exact(_ thread: ThreadRef, _ string: Value) -> Value {
        string.isExact(.str) ? string : thread.substring(StringRef(string), 0, StringRef(string).count)
    }

    static func compare(_ a: Value, _ b: Value, _ operation: Int32) -> Value {
        guard a.isString && b.isString, let comparison = Comparison(rawValue: operation) else { return .notImplemented }
        switch comparison {
        case .equal: return Value(StringRef(a).equals(StringRef(b)))
        case .notEqual: return Value(!StringRef(a).equals(StringRef(b)))
        default: return Value(comparison.holds(a == b ? 0 : StringRef(a).compare(StringRef(b))))
        }
    }

    @inline(__always) static func getItem(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let string = StringRef(value)
        if key.isSmallInt {
            var index = key.smallInt
            if index < 0 { index &+= string.count }
            if UInt(bitPattern: index) < UInt(bitPattern: string.count) { return thread.newString(character: string[index]) }
            return thread.raise(.indexError, "string index out of range")
        }
        return getItemSlow(thread, value, key)
    }

    @inline(__always) private static func gather<U>(_ source: UnsafeMutablePointer<U>, _ bounds: SliceSpan, _ target: UnsafeMutablePointer<U>) {
        var index = bounds.start
        for place in 0 ..< bounds.count {
            target[place] = source[index]
            index &+= bounds.step
        }
    }

    @inline(never) static func getItemSlow(_ thread: ThreadRef, _ value: Value, _ key: Value) -> Value {
        let string = StringRef(value)
        if key.isExact(.slice) {
            guard let bounds = SliceSpan(thread, key, string.count) else { return .empty }
            if bounds.step == 1 { return thread.substring(string, bounds.start, bounds.start + bounds.count) }
            if bounds.count == 0 { return WellKnown.emptyString.value }
            if bounds.count == 1 { return thread.newString(character: string[bounds.start]) }
            guard let result = StringRef.allocate(count: bounds.count, width: string.width, ascii: string.isASCII) else { return thread.raiseOutOfMemory() }
            switch string.width {
            case 1: gather(string.units1, bounds, result.units1)
            case 2: gather(string.units2, bounds, result.units2)
            default: gather(string.units4, bounds, result.units4)
            }
            if string.isASCII { return result.value }
            // Those taken may all be narrower than the others.
            let bits = UnitRuns.bits(result.units, string.width, 0, bounds.count)
            return bits < 0x80 || UnitRuns.width(bits: bits) < string.width ? thread.newString(units: result.units, string.width, 0, bounds.count) : result.value
        }
        guard key.isInt || key.type.slotPointer(.index).pointee != nil else {
            return thread.raise(.typeError, "string indices must be integers, not '\(key.type.name)'")
        }
        guard var index = thread.toInt(key, overflow: .indexError) else { return .empty }
        if index < 0 { index &+= string.count }
        guard index >= 0 && index < string.count else { return thread.raise(.indexError, "string index out of range") }
        return thread.newString(character: string[index])
    }
}

/// Methods that the iterators over `str`, `bytes` and `bytearray` have in common.
enum ByteIterators {
    static func length(_ container: Value) -> Int {
        if container.isString { return StringRef(container).count }
        return container.isBytes ? BytesRef(container).count : ByteArrayRef(container).count
    }

    static let methods: [Def] = [
        Def("__length_hint__(self, /)", .reads, "Private method returning an estimate of len(list(it)).") { _, a, _ in
            let iterator = a[0].object(IteratorObject.self)
            if iterator.pointee.container.isEmpty { return Value(small: 0) }
            return Value(small: max(0, ByteIterators.length(iterator.pointee.container) - iterator.pointee.index))
        },
        Def("__reduce__(self, /)", .reads, "Return state information for pickling.") { thread, a, _ in
            let function = DictRef(WellKnown.builtins.value).get(string: StringRef.intern("iter").value)
            if function.isEmpty { return thread.raise(.attributeError, "iter") }
            let iterator = a[0].object(IteratorObject.self)
            if iterator.pointee.container.isEmpty {
                let empty = a[0].isExact(.strIterator) || a[0].isExact(.strASCIIIterator) ? WellKnown.emptyString.value : WellKnown.emptyTuple.value
                let arguments = thread.newTuple(empty)
                return arguments.isEmpty ? .empty : thread.newTuple(function, arguments)
            }
            let arguments = thread.newTuple(iterator.pointee.container)
            return arguments.isEmpty ? .empty : thread.newTuple(function, arguments, Value(small: iterator.pointee.index))
        },
        Def("__setstate__(self, state, /)", .writes, "Set state information for unpickling.") { thread, a, _ in
            guard let index = thread.toInt(a[1]) else { return .empty }
            let iterator = a[0].object(IteratorObject.self)
            if !iterator.pointee.container.isEmpty { iterator.pointee.index = min(max(index, 0), ByteIterators.length(iterator.pointee.container)) }
            return .none
        },
    ]
}
