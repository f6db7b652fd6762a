import Glibc
import Objects

/// The module `_codecs`.
enum CodecsModule {
    static func register() {
        NativeModule.register("_codecs", functions: registry + decoders + encoders)
    }

    private static func check(_ thread: ThreadRef, _ value: Value, _ function: StaticString, _ argument: StaticString) -> Bool {
        if value.isEmpty || value.isString { return true }
        thread.raise(.typeError, "\(function)() argument '\(argument)' must be str, not \(value.argumentTypeName)")
        return false
    }

    private static let registry: [Def] = [
        Def("register(search_function, /)", .writes, "Add a function that finds codecs. It is called with a name in small letters, and returns a CodecInfo, or None if it knows no such codec.") { thread, a, _ in
            guard a[0].type.call(.call) != nil else { return thread.raise(.typeError, "argument must be callable") }
            return ListRef(CodecErrors.state[0]).append(thread, a[0]) ? .none : .empty
        },
        Def("unregister(search_function, /)", .writes, "Remove a function that finds codecs, and forget what was found.") { thread, a, _ in
            let list = ListRef(CodecErrors.state[0])
            for index in 0 ..< list.count where list[index] == a[0] {
                for next in index + 1 ..< max(list.count, index + 1) { list.set(next - 1, list[next]) }
                list.setCount(list.count - 1)
                DictRef(CodecErrors.state[1]).clear()
                break
            }
            return .none
        },
        Def("lookup(encoding, /)", .calls, "The CodecInfo of an encoding.") { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "lookup() argument must be str, not \(a[0].argumentTypeName)") }
            return CodecRegistry.lookup(thread, a[0])
        },
        Def("encode(obj, encoding='utf-8', errors='strict')", .calls, """
            What the codec of an encoding makes of an object, UTF-8 by default.

            errors names what to do about what cannot be encoded: 'strict' raises a ValueError, and codecs.register_error adds to the names.
            """) { thread, a, _ in
            guard CodecsModule.check(thread, a[1], "encode", "encoding"), CodecsModule.check(thread, a[2], "encode", "errors") else { return .empty }
            return CodecRegistry.run(thread, a[0], a[1].isEmpty ? Name.utf_8.value : a[1], a[2], decode: false, textOnly: false)
        },
        Def("decode(obj, encoding='utf-8', errors='strict')", .calls, """
            What the codec of an encoding reads from an object, UTF-8 by default.

            errors names what to do about what cannot be decoded: 'strict' raises a ValueError, and codecs.register_error adds to the names.
            """) { thread, a, _ in
            guard CodecsModule.check(thread, a[1], "decode", "encoding"), CodecsModule.check(thread, a[2], "decode", "errors") else { return .empty }
            return CodecRegistry.run(thread, a[0], a[1].isEmpty ? Name.utf_8.value : a[1], a[2], decode: true, textOnly: false)
        },
        Def("_forget_codec(encoding, /)", .writes, "Purge the named codec from the internal codec lookup cache") { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "_forget_codec() argument must be str, not \(a[0].argumentTypeName)") }
            let removed = DictRef(CodecErrors.state[1]).remove(thread, a[0])
            return removed.isEmpty ? (thread.hasException ? .empty : thread.raiseKeyError(a[0])) : .none
        },
        Def("register_error(errors, handler, /)", .writes, """
            Give a handler of errors a name for the argument errors.

            It is called with the exception, and returns what to put in place of the part that is wrong, and where to go on.
            """) { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "register_error() argument 1 must be str, not \(a[0].argumentTypeName)") }
            guard a[1].type.call(.call) != nil else { return thread.raise(.typeError, "handler must be callable") }
            return DictRef(CodecErrors.state[2]).set(thread, a[0], a[1]) ? .none : .empty
        },
        Def("lookup_error(name, /)", .reads, "lookup_error(errors)\n\nThe handler of errors with that name; LookupError where there is none.") { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "lookup_error() argument must be str, not \(a[0].argumentTypeName)") }
            return CodecErrors.lookup(thread, a[0])
        },
    ]

    // MARK: Decoders

    private static func errors(_ thread: ThreadRef, _ value: Value, _ function: StaticString) -> Bool {
        if value.isEmpty || value.isNone || value.isString { return true }
        thread.raise(.typeError, "\(function)() argument 2 must be str or None, not \(value.argumentTypeName)")
        return false
    }

    /// (text, consumed)
    @inline(__always) private static func decoded(_ thread: ThreadRef, _ a: Arguments, _ name: StaticString, final: Value, text: Bool = false,
                                                  _ body: (UnsafePointer<UInt8>, Int, Bool, inout Int) -> Value) -> Value {
        guard errors(thread, a[1], name) else { return .empty }
        let last = final.isEmpty ? 0 : thread.isTrue(final)
        if last < 0 { return .empty }
        var source = a[0]
        if text && source.isString {
            // These take a str as its UTF-8.
            source = UTF8Codec.encode(thread, source, .empty)
            if source.isEmpty { return .empty }
        }
        return thread.withBuffer(source) { bytes, count in
            var consumed = count
            let result = body(UnsafePointer(bytes), count, last != 0, &consumed)
            return result.isEmpty ? .empty : thread.newTuple(result, Value(small: consumed))
        }
    }

    private static let decoders: [Def] = [
        Def("utf_8_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_8_decode", final: a[2]) { UTF8Codec.decode(thread, $0, $1, a[1], final: $2, &$3) }
        },
        Def("utf_7_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_7_decode", final: a[2]) { EscapeCodecs.decode7(thread, $0, $1, a[1], final: $2, &$3) }
        },
        Def("utf_16_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_16_decode", final: a[2]) { var order = ByteOrder.native; return WideCodecs.decode16(thread, $0, $1, a[1], &order, final: $2, &$3) }
        },
        Def("utf_16_le_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_16_le_decode", final: a[2]) { var order = ByteOrder.little; return WideCodecs.decode16(thread, $0, $1, a[1], &order, final: $2, &$3) }
        },
        Def("utf_16_be_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_16_be_decode", final: a[2]) { var order = ByteOrder.big; return WideCodecs.decode16(thread, $0, $1, a[1], &order, final: $2, &$3) }
        },
        Def("utf_16_ex_decode(data, errors=None, byteorder=0, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.extended(thread, a, "utf_16_ex_decode") { WideCodecs.decode16(thread, $0, $1, a[1], &$2, final: $3, &$4) }
        },
        Def("utf_32_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_32_decode", final: a[2]) { var order = ByteOrder.native; return WideCodecs.decode32(thread, $0, $1, a[1], &order, final: $2, &$3) }
        },
        Def("utf_32_le_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_32_le_decode", final: a[2]) { var order = ByteOrder.little; return WideCodecs.decode32(thread, $0, $1, a[1], &order, final: $2, &$3) }
        },
        Def("utf_32_be_decode(data, errors=None, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "utf_32_be_decode", final: a[2]) { var order = ByteOrder.big; return WideCodecs.decode32(thread, $0, $1, a[1], &order, final: $2, &$3) }
        },
        Def("utf_32_ex_decode(data, errors=None, byteorder=0, final=False, /)", .calls) { thread, a, _ in
            CodecsModule.extended(thread, a, "utf_32_ex_decode") { WideCodecs.decode32(thread, $0, $1, a[1], &$2, final: $3, &$4) }
        },
        Def("ascii_decode(data, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "ascii_decode", final: .empty) { bytes, count, _, _ in ByteCodecs.decodeASCII(thread, bytes, count, a[1]) }
        },
        Def("latin_1_decode(data, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "latin_1_decode", final: .empty) { bytes, count, _, _ in Units(UnsafeMutablePointer(mutating: bytes), count).string(thread) }
        },
        Def("unicode_escape_decode(data, errors=None, final=True, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "unicode_escape_decode", final: a[2].isEmpty ? .true : a[2], text: true) { EscapeCodecs.decodeUnicode(thread, $0, $1, a[1], final: $2, &$3) }
        },
        Def("raw_unicode_escape_decode(data, errors=None, final=True, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "raw_unicode_escape_decode", final: a[2].isEmpty ? .true : a[2], text: true) { EscapeCodecs.decodeRaw(thread, $0, $1, a[1], final: $2, &$3) }
        },
        Def("escape_decode(data, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "escape_decode", final: .empty, text: true) { bytes, count, _, _ in EscapeCodecs.decodeBytes(thread, bytes, count, a[1]) }
        },
        Def("charmap_decode(data, errors=None, mapping=None, /)", .calls) { thread, a, _ in
            CodecsModule.decoded(thread, a, "charmap_decode", final: .empty) { bytes, count, _, _ in
                a[2].isEmpty || a[2].isNone ? Units(UnsafeMutablePointer(mutating: bytes), count).string(thread) : ByteCodecs.decodeCharmap(thread, bytes, count, a[1], a[2])
            }
        },
    ]

    private static func extended(_ thread: ThreadRef, _ a: Arguments, _ name: StaticString,
                                 _ body: (UnsafePointer<UInt8>, Int, inout ByteOrder, Bool, inout Int) -> Value) -> Value {
        guard errors(thread, a[1], name) else { return .empty }
        guard let number = a[2].isEmpty ? 0 : thread.toInt(a[2]) else { return .empty }
        let last = a[3].isEmpty ? 0 : thread.isTrue(a[3])
        if last < 0 { return .empty }
        return thread.withBuffer(a[0]) { bytes, count in
            var consumed = count
            var order = number < 0 ? ByteOrder.little : number > 0 ? .big : .native
            let result = body(UnsafePointer(bytes), count, &order, last != 0, &consumed)
            return result.isEmpty ? .empty : thread.newTuple(result, Value(small: consumed), Value(small: order.rawValue))
        }
    }

    // MARK: Encoders

    /// (bytes, length of the text)
    @inline(__always) private static func encoded(_ thread: ThreadRef, _ a: Arguments, _ name: StaticString, _ body: () -> Value) -> Value {
        guard a[0].isString else { return thread.raise(.typeError, "\(name)() argument 1 must be str, not \(a[0].argumentTypeName)") }
        guard errors(thread, a[1], name) else { return .empty }
        let result = body()
        return result.isEmpty ? .empty : thread.newTuple(result, Value(small: StringRef(a[0]).count))
    }

    private static func order(_ thread: ThreadRef, _ value: Value) -> ByteOrder? {
        guard let number = value.isEmpty ? 0 : thread.toInt(value) else { return nil }
        return number < 0 ? .little : number > 0 ? .big : .native
    }

    private static let encoders: [Def] = [
        Def("utf_8_encode(str, errors=None, /)", .calls) { thread, a, _ in CodecsModule.encoded(thread, a, "utf_8_encode") { UTF8Codec.encode(thread, a[0], a[1]) } },
        Def("utf_7_encode(str, errors=None, /)", .calls) { thread, a, _ in CodecsModule.encoded(thread, a, "utf_7_encode") { EscapeCodecs.encode7(thread, StringRef(a[0])) } },
        Def("utf_16_encode(str, errors=None, byteorder=0, /)", .calls) { thread, a, _ in
            guard let order = CodecsModule.order(thread, a[2]) else { return .empty }
            return CodecsModule.encoded(thread, a, "utf_16_encode") { WideCodecs.encode16(thread, a[0], a[1], order) }
        },
        Def("utf_16_le_encode(str, errors=None, /)", .calls) { thread, a, _ in CodecsModule.encoded(thread, a, "utf_16_le_encode") { WideCodecs.encode16(thread, a[0], a[1], .little) } },
        Def("utf_16_be_encode(str, errors=None, /)", .calls) { thread, a, _ in CodecsModule.encoded(thread, a, "utf_16_be_encode") { WideCodecs.encode16(thread, a[0], a[1], .big) } },
        Def("utf_32_encode(str, errors=None, byteorder=0, /)", .calls) { thread, a, _ in
            guard let order = CodecsModule.order(thread, a[2]) else { return .empty }
            return CodecsModule.encoded(thread, a, "utf_32_encode") { WideCodecs.encode32(thread, a[0], a[1], order) }
        },
        Def("utf_32_le_encode(str, errors=None, /)", .calls) { thread, a, _ in CodecsModule.encoded(thread, a, "utf_32_le_encode") { WideCodecs.encode32(thread, a[0], a[1], .little) } },
        Def("utf_32_be_encode(str, errors=None, /)", .calls) { thread, a, _ in CodecsModule.encoded(thread, a, "utf_32_be_encode") { WideCodecs.encode32(thread, a[0], a[1], .big) } },
        Def("ascii_encode(str, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.encoded(thread, a, "ascii_encode") { ByteCodecs.encode(thread, a[0], a[1], limit: 128, "ascii", "ordinal not in range(128)") }
        },
        Def("latin_1_encode(str, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.encoded(thread, a, "latin_1_encode") { ByteCodecs.encode(thread, a[0], a[1], limit: 256, "latin-1", "ordinal not in range(256)") }
        },
        Def("unicode_escape_encode(str, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.encoded(thread, a, "unicode_escape_encode") { EscapeCodecs.encodeUnicode(thread, StringRef(a[0])) }
        },
        Def("raw_unicode_escape_encode(str, errors=None, /)", .calls) { thread, a, _ in
            CodecsModule.encoded(thread, a, "raw_unicode_escape_encode") { EscapeCodecs.encodeRaw(thread, StringRef(a[0])) }
        },
        Def("charmap_encode(str, errors=None, mapping=None, /)", .calls) { thread, a, _ in
            CodecsModule.encoded(thread, a, "charmap_encode") {
                a[2].isEmpty || a[2].isNone ? ByteCodecs.encode(thread, a[0], a[1], limit: 256, "latin-1", "ordinal not in range(256)")
                    : ByteCodecs.encodeCharmap(thread, a[0], a[1], a[2])
            }
        },
        Def("escape_encode(data, errors=None, /)", .calls) { thread, a, _ in
            guard a[0].isBytes else { return thread.raise(.typeError, "escape_encode() argument 1 must be bytes, not \(a[0].argumentTypeName)") }
            let result = EscapeCodecs.encodeBytes(thread, BytesRef(a[0]))
            return result.isEmpty ? .empty : thread.newTuple(result, Value(small: BytesRef(a[0]).count))
        },
        Def("readbuffer_encode(data, errors=None, /)", .calls) { thread, a, _ in
            let source = a[0].isString ? UTF8Codec.encode(thread, a[0], .empty) : a[0]
            if source.isEmpty { return .empty }
            return thread.withBuffer(source) { bytes, count in
                let copy = thread.newBytes(bytes, count)
                return copy.isEmpty ? .empty : thread.newTuple(copy, Value(small: count))
            }
        },
        Def("charmap_build(map, /)", .reads) { thread, a, _ in
            guard a[0].isString else { return thread.raise(.typeError, "charmap_build() argument must be str, not \(a[0].argumentTypeName)") }
            let result = thread.newDict()
            if result.isEmpty { return .empty }
            let map = StringRef(a[0])
            // U+FFFE says that a byte is not used.
            for index in 0 ..< min(map.count, 256) where map[index] != 0xFFFE {
                if !DictRef(result).set(thread, Value(small: Int(map[index])), Value(small: index)) { return .empty }
            }
            return result
        },
    ]
}
