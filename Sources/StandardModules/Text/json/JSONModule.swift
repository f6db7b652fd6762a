import Glibc
import Objects

/// `_json`: the native halves of `json.decoder` and `json.encoder`.
public enum JSONModule {
    nonisolated(unsafe) static var scannerType: NativeType!
    nonisolated(unsafe) static var encoderType: NativeType!
    /// The functions `encode_basestring_ascii` and `encode_basestring`: an encoder that is given one of them writes strings itself.
    nonisolated(unsafe) static var encodeASCII: UnsafeMutablePointer<Value>!
    nonisolated(unsafe) static var encodePlain: UnsafeMutablePointer<Value>!

    public static func register() {
        NativeModule.register("_json", doc: "json speedups\n", functions: functions) { module in
            if scannerType == nil {
                encodeASCII = RootTable.reserve()
                encodePlain = RootTable.reserve()
                scannerType = JSONScanner.makeType()
                encoderType = JSONEncoder.makeType()
            }
            module.set("make_scanner", scannerType.type.value)
            module.set("make_encoder", encoderType.type.value)
            encodeASCII.pointee = module.namespace.get(string: StringRef.intern("encode_basestring_ascii").value)
            encodePlain.pointee = module.namespace.get(string: StringRef.intern("encode_basestring").value)
            return true
        }
    }

    static let functions: [Def] = [
        Def("encode_basestring_ascii(string, /)", .pure, "encode_basestring_ascii(string)\n\nA string as JSON, in ASCII.", kind: .function) { thread, a, _ in
            JSONModule.quote(thread, a[0], ascii: true)
        },
        Def("encode_basestring(string, /)", .pure, "encode_basestring(string)\n\nA string as JSON.", kind: .function) { thread, a, _ in
            JSONModule.quote(thread, a[0], ascii: false)
        },
        Def("scanstring(string, end, strict=True, /)", .writes,
            """
                scanstring(string, end, strict=True)

                Read a JSON string from behind its opening quote, at end: a tuple of what it says and the place behind its closing quote. strict refuses control characters in it.
                """, kind: .function) { thread, a, _ in
            guard let end = thread.toInt(a[1]) else { return .empty }
            var strict = true
            if !a[2].isEmpty {
                let truth = thread.isTrue(a[2])
                if truth < 0 { return .empty }
                strict = truth == 1
            }
            guard a[0].isString else { return thread.raise(.typeError, "first argument must be a string, not \(a[0].type.name)") }
            guard end >= 0, end <= StringRef(a[0]).count else { return thread.raise(.valueError, "end is out of bounds") }
            var next = end
            let text = JSONScanner.string(thread, a[0], &next, strict)
            if text.isEmpty { return .empty }
            return thread.newTuple(text, thread.newInt(next))
        },
    ]

    static func quote(_ thread: ThreadRef, _ value: Value, ascii: Bool) -> Value {
        guard value.isString else { return thread.raise(.typeError, "first argument must be a string, not \(value.type.name)") }
        var buffer = UnitBuffer()
        defer { buffer.free() }
        JSONEncoder.append(&buffer, StringRef(value), ascii: ascii)
        return buffer.finish(thread)
    }

    /// Raises JSONDecodeError(message, document, position). Returns the empty value.
    @inline(never) @discardableResult static func raise(_ thread: ThreadRef, _ message: String, _ document: Value, _ position: Int) -> Value {
        let type = thread.importAttribute("json.decoder", "JSONDecodeError")
        if type.isEmpty { return .empty }
        let exception = thread.call(type, thread.newString(message), document, thread.newInt(position))
        if exception.isEmpty { return .empty }
        return thread.raise(exception)
    }
}
