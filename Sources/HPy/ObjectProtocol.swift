import Glibc
import Objects

/// What every object can do: truth, text, comparison, hash, type, iteration.
enum ObjectProtocol {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        c.pointee.ctx_IsTrue = { _, value in Contexts.thread.isTrue(value) }
        c.pointee.ctx_Type = { _, value in value.isEmpty ? Contexts.thread.raiseNull() : value.type.value }
        c.pointee.ctx_Repr = { _, value in value.isEmpty ? Contexts.thread.newString("<NULL>") : Contexts.thread.repr(value) }
        c.pointee.ctx_Str = { _, value in value.isEmpty ? Contexts.thread.newString("<NULL>") : Contexts.thread.str(value) }
        c.pointee.ctx_ASCII = { _, value in value.isEmpty ? Contexts.thread.newString("<NULL>") : Contexts.thread.ascii(value) }
        c.pointee.ctx_Bytes = { _, value in
            let thread = Contexts.thread
            if value.isEmpty { return thread.newBytes(Array("<NULL>".utf8)) }
            if value.isExact(.bytes) { return value }
            // bytes(5) is five zeros, but what has an index is no bytes-like object, nor is text.
            let isNumber = value.isInt || value.isString || value.type.slotPointer(.index).pointee != nil && value.type.slotPointer(.iter).pointee == nil && !value.type.isSequence && !value.isBuffer
            if isNumber && value.type.lookup(.__bytes__).isEmpty { return thread.raise(.typeError, "cannot convert '\(value.type.name)' object to bytes") }
            return thread.call(TypeID.bytes.value, value)
        }
        c.pointee.ctx_RichCompare = { _, a, b, operation in
            guard let comparison = Comparison(rawValue: operation) else { return Contexts.thread.raise(.systemError, "bad argument to internal function") }
            return Contexts.thread.compare(a, b, comparison)
        }
        c.pointee.ctx_RichCompareBool = { _, a, b, operation in
            let thread = Contexts.thread
            guard let comparison = Comparison(rawValue: operation) else {
                thread.raise(.systemError, "bad argument to internal function")
                return -1
            }
            // Identity implies equality here.
            if a == b && comparison == .equal { return 1 }
            if a == b && comparison == .notEqual { return 0 }
            return thread.compareTruth(a, b, comparison)
        }
        c.pointee.ctx_Hash = { _, value in Contexts.thread.hash(value) }
        c.pointee.ctx_Contains = { _, container, item in Contexts.thread.contains(container, item) }
        c.pointee.ctx_GetIter = { _, value in Contexts.thread.iterator(value) }
        c.pointee.ctx_Iter_Next = { _, iterator in Contexts.thread.next(iterator) }
        c.pointee.ctx_Iter_Check = { _, value in value.type.slotPointer(.next).pointee != nil ? 1 : 0 }
        c.pointee.ctx_Dump = { _, value in
            let thread = Contexts.thread
            if value.isEmpty {
                fputs("<NULL object>\n", stderr)
                return
            }
            let raised = thread.takeException()
            fputs("object address  : 0x\(String(value.bits, radix: 16))\nobject type name: \(value.type.shortName)\nobject repr     : \(value.reprForMessage(thread))\n", stderr)
            if !raised.isEmpty { thread.restore(raised) }
        }
    }

    // MARK: The less usual

    static func isInstance(_ value: Value, _ type: Value) -> Int32 {
        if type == TypeID.int.value { return value.isInt ? 1 : 0 }
        if type == TypeID.float.value { return value.isFloat ? 1 : 0 }
        let own = value.type
        return own.value == type || own.isSubtype(of: TypeRef(type)) ? 1 : 0
    }
}
