import Glibc
import Objects

/// `int(…)`: from numbers by `__int__`, `__index__` or `__trunc__`, from text; and ints to and from bytes.
enum IntegerConstruction {
    /// int.__new__
    static func make(_ thread: ThreadRef, _ type: TypeRef, _ arguments: Arguments, _ count: Int, _ keywords: Value) -> Value {
        var number = Value.empty
        var base = Value.empty
        if keywords.isEmpty {
            guard count <= 2 else { return thread.raise(.typeError, "int() takes at most 2 arguments (\(count) given)") }
            if count > 0 { number = arguments[0] }
            if count > 1 { base = arguments[1] }
        } else {
            guard count <= 2 else { return thread.raise(.typeError, "int() takes at most 2 \(count > 0 && TupleRef(keywords).count == count ? "keyword " : "")arguments (\(count) given)") }
            let names = TupleRef(keywords)
            let positional = count - names.count
            if positional > 0 { number = arguments[0] }
            if positional > 1 { base = arguments[1] }
            for index in 0 ..< names.count {
                guard StringRef(names[index]).equals("base") else {
                    return thread.raise(.typeError, "'\(StringRef(names[index]).description)' is an invalid keyword argument for int()")
                }
                base = arguments[positional + index]
            }
        }
        let result = make(thread, number, base)
        if result.isEmpty || type == TypeID.int.type { return result }
        return Integers.withLimbs(result) { x in
            let instance = thread.allocateInstance(type, extra: x.count * 8)
            if instance.isEmpty { return .empty }
            instance.object(IntObject.self).pointee.size = x.negative ? -x.count : x.count
            IntOps.limbs(instance).update(from: x.start, count: x.count)
            return instance
        }
    }

    private static func make(_ thread: ThreadRef, _ number: Value, _ base: Value) -> Value {
        if number.isEmpty { return base.isEmpty ? Value(small: 0) : thread.raise(.typeError, "int() missing string argument") }
        if base.isEmpty { return fromObject(thread, number) }
        guard let radix = thread.toInt(base, overflow: nil) else { return .empty }
        guard radix == 0 || (radix >= 2 && radix <= 36) else { return thread.raise(.valueError, "int() base must be >= 2 and <= 36, or 0") }
        if number.isString { return Integers.fromString(thread, number, base: radix) }
        if number.isBytes || number.isInstance(of: .bytearray) { return fromBuffer(thread, number, radix) }
        return thread.raise(.typeError, "int() can't convert non-string with explicit base")
    }

    /// int(x): an exact int. TypeError when x is nothing like a number or text.
    static func fromObject(_ thread: ThreadRef, _ value: Value) -> Value {
        if value.isSmallInt || value.isExact(.int) { return value }
        let type = value.type
        if value.isString && (value.isExact(.str) || type.slotPointer(.int).pointee == nil && type.slotPointer(.index).pointee == nil && type.lookup(.__trunc__).isEmpty) {
            return Integers.fromString(thread, value)
        }
        if let function = type.unary(.int) {
            let result = function(thread, value)
            if result.isEmpty || result.isSmallInt || result.isExact(.int) { return result }
            guard result.isInt else { return thread.raise(.typeError, "__int__ returned non-int (type \(result.type.name))") }
            guard RuntimeHooks.warn(thread, .deprecationWarning, "__int__ returned non-int (type \(result.type.name)).  The ability to return an instance of a strict subclass of int is deprecated, and may not be supported in a future version of Python.", 1) else { return .empty }
            return IntOps.exact(thread, result)
        }
        if type.slotPointer(.index).pointee != nil { return thread.toIndex(value) }
        let truncate = thread.lookupSpecial(value, .__trunc__)
        if !truncate.isEmpty {
            guard RuntimeHooks.warn(thread, .deprecationWarning, "The delegation of int() to __trunc__ is deprecated.", 1) else { return .empty }
            let result = thread.call(truncate)
            if result.isEmpty { return .empty }
            if result.isInt { return IntOps.exact(thread, result) }
            if result.type.slotPointer(.index).pointee != nil { return thread.toIndex(result) }
            return thread.raise(.typeError, "__trunc__ returned non-Integral (type \(result.type.name))")
        }
        if thread.hasException { return .empty }
        if value.isBuffer { return fromBuffer(thread, value, 10) }
        return thread.raise(.typeError, "int() argument must be a string, a bytes-like object or a real number, not '\(type.name)'")
    }

    private static func fromBuffer(_ thread: ThreadRef, _ value: Value, _ base: Int) -> Value {
        thread.withBuffer(value) { bytes, count in
            let parsed = Integers.parse(thread, bytes, count, base: base)
            if case .malformed = parsed {
                let copy = thread.newBytes(bytes, min(count, 200))
                return copy.isEmpty ? .empty : Integers.result(thread, parsed, copy, base)
            }
            return Integers.result(thread, parsed, value, base)
        }
    }
}

enum IntegerBytes {
    /// Whether a byte order is little-endian; nil when it has raised.
    private static func isLittle(_ thread: ThreadRef, _ order: Value, _ function: StaticString) -> Bool? {
        if order.isEmpty { return false }
        guard order.isString else {
            thread.raise(.typeError, "\(function)() argument 'byteorder' must be str, not \(order.argumentTypeName)")
            return nil
        }
        if StringRef(order).equals("little") { return true }
        if StringRef(order).equals("big") { return false }
        thread.raise(.valueError, "byteorder must be either 'little' or 'big'")
        return nil
    }

    private static func isSigned(_ thread: ThreadRef, _ flag: Value) -> Bool? {
        if flag.isEmpty { return false }
        let truth = thread.isTrue(flag)
        return truth < 0 ? nil : truth != 0
    }

    static func toBytes(_ thread: ThreadRef, _ number: Value, _ length: Value, _ order: Value, _ signed: Value) -> Value {
        var count = 1
        if !length.isEmpty {
            guard let given = thread.toInt(length) else { return .empty }
            count = given
        }
        guard let signed = isSigned(thread, signed), let little = isLittle(thread, order, "to_bytes") else { return .empty }
        if count < 0 { return thread.raise(.valueError, "length argument must be non-negative") }
        if !signed && Integers.isNegative(number) { return thread.raise(.overflowError, "can't convert negative int to unsigned") }
        return Integers.withLimbs(number) { x in
            var needed = x.bitLength
            if signed && count > 0 {
                // One bit for the sign; but the most negative number of a width has just that width.
                let lowest = x.negative && x.count > 0 && !x.hasBits(below: needed - 1)
                if !lowest { needed += 1 }
            }
            if count == 0 && signed && x.negative && needed == 1 { needed = 0 }
            if (needed + 7) / 8 > count { return thread.raise(.overflowError, "int too big to convert") }
            let result = thread.newBytes(count: count)
            if result.isEmpty { return .empty }
            let bytes = BytesRef(result).bytes
            var carry: UInt = x.negative ? 1 : 0
            let flip: UInt = x.negative ? .max : 0
            var place = 0
            while place < count {
                let index = place >> 3
                let (word, overflow) = ((index < x.count ? x[index] : 0) ^ flip).addingReportingOverflow(carry)
                carry = overflow ? 1 : 0
                var shift: UInt = 0
                while shift < 64 && place < count {
                    bytes[little ? place : count - 1 - place] = UInt8(truncatingIfNeeded: word >> shift)
                    shift += 8
                    place += 1
                }
            }
            return result
        }
    }

    /// The int that bytes stand for.
    static func fromBytes(_ thread: ThreadRef, _ bytes: UnsafePointer<UInt8>, _ count: Int, little: Bool, signed: Bool) -> Value {
        if count == 0 { return Value(small: 0) }
        let negative = signed && bytes[little ? count - 1 : 0] >= 0x80
        let limbs = (count + 7) / 8
        guard let result = Integers.allocate(thread, limbs + 1) else { return .empty }
        for index in 0 ..< limbs {
            var word: UInt = 0
            for offset in 0 ..< 8 {
                let place = index * 8 + offset
                let byte: UInt8 = place < count ? bytes[little ? place : count - 1 - place] : negative ? 0xFF : 0
                word |= UInt(byte) << UInt(offset * 8)
            }
            result[index] = word
        }
        result[limbs] = 0
        if negative {
            var carry: UInt = 1
            for index in 0 ..< limbs {
                let (sum, overflow) = (~result[index]).addingReportingOverflow(carry)
                result[index] = sum
                carry = overflow ? 1 : 0
            }
            result[limbs] = carry
        }
        return Integers.finish(result, limbs + 1, negative)
    }

    static func fromBytes(_ thread: ThreadRef, _ type: Value, _ source: Value, _ order: Value, _ signed: Value) -> Value {
        guard let little = isLittle(thread, order, "from_bytes"), let signed = isSigned(thread, signed) else { return .empty }
        let bytes = self.bytes(thread, source)
        if bytes.isEmpty { return .empty }
        let result = fromBytes(thread, BytesRef(bytes).bytes, BytesRef(bytes).count, little: little, signed: signed)
        return result.isEmpty || type == TypeID.int.value ? result : thread.call(type, result)
    }

    /// bytes(source), of anything but ints and strings.
    private static func bytes(_ thread: ThreadRef, _ source: Value) -> Value {
        if source.isBytes { return source }
        if let result = thread.callSpecial(source, .__bytes__) {
            if result.isEmpty || result.isBytes { return result }
            return thread.raise(.typeError, "__bytes__ returned non-bytes (type \(result.type.name))")
        }
        if source.isBuffer { return thread.withBuffer(source) { thread.newBytes($0, $1) } }
        let message = "cannot convert '\(source.type.name)' object to bytes"
        if source.isString { return thread.raise(.typeError, message) }
        let iterator = thread.iterator(source, typeError: message)
        if iterator.isEmpty { return .empty }
        var collected: [UInt8] = []
        let complete = thread.forEach(iterator) { item in
            guard let byte = thread.toInt(item, overflow: nil) else { return false }
            guard byte >= 0 && byte < 256 else {
                thread.raise(.valueError, "bytes must be in range(0, 256)")
                return false
            }
            collected.append(UInt8(byte))
            return true
        }
        return complete ? thread.newBytes(collected) : .empty
    }
}
