import Glibc
import Objects
import TextTypes

/// Strings and bytes.
///
/// A string's text as UTF-8 is its own storage when it is ASCII; of others a copy is made when it is first asked for (`TextCopies`), which lives as long as the string.
enum Texts {
    static func fill(_ c: UnsafeMutablePointer<HPyContext>) {
        TextCopies.start()

        // MARK: Bytes
        c.pointee.ctx_Bytes_Check = { _, value in value.isBytes ? 1 : 0 }
        c.pointee.ctx_Bytes_Size = { _, value in
            guard value.isBytes else {
                Texts.expectedBytes(value)
                return -1
            }
            return BytesRef(value).count
        }
        c.pointee.ctx_Bytes_GET_SIZE = { _, value in BytesRef(value).count }
        c.pointee.ctx_Bytes_AsString = { _, value in
            guard value.isBytes else {
                Texts.expectedBytes(value)
                return nil
            }
            return UnsafeRawPointer(BytesRef(value).bytes).assumingMemoryBound(to: CChar.self)
        }
        c.pointee.ctx_Bytes_AS_STRING = { _, value in UnsafeRawPointer(BytesRef(value).bytes).assumingMemoryBound(to: CChar.self) }
        c.pointee.ctx_Bytes_FromString = { _, bytes in
            guard let bytes else { return Contexts.thread.raise(.valueError, "NULL char * passed to HPyBytes_FromString") }
            return Contexts.thread.newBytes(bytes, strlen(bytes))
        }
        c.pointee.ctx_Bytes_FromStringAndSize = { _, bytes, size in
            let thread = Contexts.thread
            guard let bytes else { return thread.raise(.valueError, "NULL char * passed to HPyBytes_FromStringAndSize") }
            if size < 0 { return thread.raise(.systemError, "Negative size passed to PyBytes_FromStringAndSize") }
            return thread.newBytes(bytes, size)
        }

        // MARK: Strings
        c.pointee.ctx_Unicode_FromString = { _, text in Contexts.thread.newString(cString: text) }
        c.pointee.ctx_Unicode_AsASCIIString = { _, value in Texts.encode(value, "ascii") }
        c.pointee.ctx_Unicode_AsLatin1String = { _, value in Texts.encode(value, "latin-1") }
        c.pointee.ctx_Unicode_AsUTF8String = { _, value in Texts.encode(value, "utf-8") }
        c.pointee.ctx_Unicode_FromWideChar = { _, text, size in
            let thread = Contexts.thread
            guard let text else { return size == 0 ? WellKnown.emptyString.value : thread.raise(.systemError, "bad argument to internal function") }
            var count = max(size, 0)
            if size < 0 { while text[count] != 0 { count += 1 } }
            var points: [UInt32] = []
            points.reserveCapacity(count)
            for index in 0 ..< count {
                let point = UInt32(bitPattern: text[index])
                if point > 0x10FFFF { return thread.raise(.valueError, "character U+\(String(point, radix: 16)) is not in range [U+0000; U+10ffff]") }
                points.append(point)
            }
            return thread.newString(codePoints: points)
        }
        c.pointee.ctx_Unicode_DecodeFSDefault = { _, text in
            guard let text else { return Contexts.thread.raise(.systemError, "bad argument to internal function") }
            return text.withMemoryRebound(to: UInt8.self, capacity: 1) { Contexts.thread.decodeFileSystem($0, strlen(text)) }
        }
        c.pointee.ctx_Unicode_DecodeFSDefaultAndSize = { _, text, size in
            guard let text, size >= 0 else { return Contexts.thread.raise(.systemError, "bad argument to internal function") }
            return text.withMemoryRebound(to: UInt8.self, capacity: 1) { Contexts.thread.decodeFileSystem($0, size) }
        }
        c.pointee.ctx_Unicode_EncodeFSDefault = { _, value in
            let thread = Contexts.thread
            guard value.isString else { return thread.raise(.typeError, "bad argument type for built-in operation") }
            return thread.encodeFileSystem(value)
        }
        c.pointee.ctx_Unicode_ReadChar = { _, value, index in
            let thread = Contexts.thread
            guard value.isString else {
                thread.raise(.typeError, "bad argument type for built-in operation")
                return UInt32.max
            }
            guard index >= 0, index < StringRef(value).count else {
                thread.raise(.indexError, "string index out of range")
                return UInt32.max
            }
            return StringRef(value)[index]
        }
        c.pointee.ctx_Unicode_DecodeASCII = { _, text, size, errors in Texts.decode(text, size, "ascii", errors) }
        c.pointee.ctx_Unicode_DecodeLatin1 = { _, text, size, errors in Texts.decode(text, size, "latin-1", errors) }
        c.pointee.ctx_Unicode_FromEncodedObject = { _, object, encoding, errors in
            let thread = Contexts.thread
            if object.isEmpty { return thread.raiseNull() }
            if object.isString { return thread.raise(.typeError, "decoding str is not supported") }
            guard object.isBuffer else { return thread.raise(.typeError, "decoding to str: need a bytes-like object, \(object.type.name) found") }
            let encodingName = encoding == nil ? Value.empty : thread.newString(cString: encoding)
            let errorsName = errors == nil ? Value.empty : thread.newString(cString: errors)
            if thread.hasException { return .empty }
            let result = thread.decode(object, encoding: encodingName, errors: errorsName)
            if result.isEmpty || result.isString { return result }
            return thread.raise(.typeError, "decoder should return a string result, not '\(result.type.name)'")
        }
        c.pointee.ctx_Unicode_Substring = { _, value, start, end in
            let thread = Contexts.thread
            guard value.isString else { return thread.raise(.typeError, "bad argument type for built-in operation") }
            if start < 0 || end < 0 { return thread.raise(.indexError, "string index out of range") }
            let count = StringRef(value).count
            if start >= count || end < start { return WellKnown.emptyString.value }
            if start == 0 && end >= count && value.isExact(.str) { return value }
            return thread.substring(StringRef(value), start, min(end, count))
        }
    }

    private static func expectedBytes(_ value: Value) {
        Contexts.thread.raise(.typeError, "expected bytes, \(value.isEmpty ? "<NULL>" : value.type.name) found")
    }

    private static func encode(_ value: Value, _ encoding: String) -> Value {
        let thread = Contexts.thread
        guard value.isString else { return thread.raise(.typeError, "bad argument type for built-in operation") }
        let name = thread.newString(encoding)
        return name.isEmpty ? .empty : thread.encode(value, encoding: name)
    }

    private static func decode(_ text: UnsafePointer<CChar>?, _ size: Int, _ encoding: String, _ errors: UnsafePointer<CChar>?) -> Value {
        let thread = Contexts.thread
        if text == nil && size == 0 { return WellKnown.emptyString.value }
        if size < 0 { return thread.raise(.systemError, "Negative size passed to PyUnicode_New") }
        guard let text else { return thread.raise(.systemError, "bad argument to internal function") }
        let bytes = thread.newBytes(text, size)
        let name = thread.newString(encoding)
        let handler = errors == nil ? Value.empty : thread.newString(cString: errors)
        if thread.hasException || bytes.isEmpty || name.isEmpty { return .empty }
        return thread.decode(bytes, encoding: name, errors: handler)
    }

    // MARK: UTF-8 views

    static func utf8Slow(_ value: Value, _ size: UnsafeMutablePointer<Int>?) -> UnsafePointer<CChar>? {
        guard value.isString else {
            size?.pointee = -1
            Contexts.thread.raise(.typeError, "bad argument type for built-in operation")
            return nil
        }
        return Texts.utf8(Contexts.thread, value, size)
    }

    /// The text of a str as zero-terminated UTF-8, valid as long as the str. nil when it has raised.
    static func utf8(_ thread: ThreadRef, _ value: Value, _ size: UnsafeMutablePointer<Int>? = nil) -> UnsafePointer<CChar>? {
        let string = StringRef(value)
        if string.isASCII {
            size?.pointee = string.count
            return UnsafeRawPointer(string.units).assumingMemoryBound(to: CChar.self)
        }
        if let copy = TextCopies.find(value) ?? TextCopies.make(thread, string) {
            size?.pointee = copy.pointee.length
            return UnsafePointer(TextCopies.text(copy))
        }
        // For a surrogate it raises what encoding raises.
        if !thread.hasException { _ = Texts.encode(value, "utf-8") }
        size?.pointee = -1
        return nil
    }
}
