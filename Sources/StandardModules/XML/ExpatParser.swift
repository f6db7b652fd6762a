import CExpat
import Glibc
import Interpreter
import Objects

/// `pyexpat.xmlparser`: an Expat parser and the Python functions that it calls.
///
/// The library knows the object by its address, which the collector never changes. What a handler raises stays pending in the thread while the library is told
/// to stop; until it does, no further handler is called. Text is gathered in a buffer, when a program wants that, and handed over before anything else is.
struct ParserObject {
    var header: ObjectHeader
    /// tuple of `ExpatHandlers.count` functions or None
    var handlers: Value
    /// dict, or None
    var intern: Value
    /// The parser that this one reads an entity for, which must live as long; or empty.
    var parent: Value
    // Up to here the words are traced.
    var parser: UInt
    /// Gathered text, outside the heap; 0 when it is not wanted.
    var buffer: UInt
    var bufferSize: Int
    var bufferUsed: Int
    var orderedAttributes: Bool
    var specifiedAttributes: Bool
    var namespacePrefixes: Bool
    var inCallback: Bool
    /// The library is at work, and cannot be entered again.
    var isParsing: Bool
}

enum ExpatParser {
    nonisolated(unsafe) static var type: NativeType!
    nonisolated(unsafe) static let error = RootTable.reserve()

    static func object(_ value: Value) -> UnsafeMutablePointer<ParserObject> { value.object(ParserObject.self) }
    static func library(_ value: Value) -> XML_Parser { XML_Parser(bitPattern: object(value).pointee.parser).unsafelyUnwrapped }

    // MARK: Making

    private static func allocate(_ thread: ThreadRef, intern: Value) -> Value {
        let handlers = thread.newTuple(count: ExpatHandlers.count)
        if handlers.isEmpty { return .empty }
        for index in 0 ..< ExpatHandlers.count { TupleRef(handlers).initialize(index, .none) }
        let value = thread.allocateInstance(type.type)
        if value.isEmpty { return .empty }
        object(value).pointee.handlers = handlers
        object(value).pointee.intern = intern
        object(value).pointee.bufferSize = 8192
        Heap.barrier(value.raw)
        return value
    }

    /// The text of an argument that may be None; nil when it has raised.
    static func text(_ thread: ThreadRef, _ value: Value, _ function: String, _ argument: String) -> [CChar]?? {
        if value.isEmpty || value.isNone { return .some(nil) }
        guard value.isString else {
            thread.raise(.typeError, "\(function)() argument\(argument) must be str or None, not \(value.argumentTypeName)")
            return nil
        }
        return .some(StringRef(value).utf8.map { CChar(bitPattern: $0) } + [0])
    }

    static func create(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let encoding = text(thread, a[0], "ParserCreate", " 'encoding'"), let separator = text(thread, a[1], "ParserCreate", " 'namespace_separator'") else { return .empty }
        if let separator, separator.count > 2 { return thread.raise(.valueError, "namespace_separator must be at most one character, omitted, or None") }
        var intern = a[2]
        if intern.isEmpty { intern = thread.newDict() } else if !intern.isNone && !intern.isDict { return thread.raise(.typeError, "intern must be a dictionary") }
        if intern.isEmpty { return .empty }
        let value = allocate(thread, intern: intern)
        if value.isEmpty { return .empty }
        let parser = separator.map { separator in XML_ParserCreate_MM(encoding, nil, separator) } ?? XML_ParserCreate(encoding)
        guard let parser else { return thread.raiseOutOfMemory() }
        object(value).pointee.parser = UInt(bitPattern: parser)
        var salt = UInt64(UInt(bitPattern: value.raw)) &* 0x9E37_79B9_7F4A_7C15
        salt ^= UInt64(bitPattern: Int64(clock()))
        XML_SetHashSalt(parser, UInt(salt | 1))
        Heap.hold(footprint)
        XML_SetUserData(parser, value.raw)
        XML_SetUnknownEncodingHandler(parser, ExpatHandlers.unknownEncoding, value.raw)
        return value
    }

    private static func createForEntity(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let context = text(thread, a[1], "ExternalEntityParserCreate", " 1") else { return .empty }
        var encoding: [CChar]?
        if !a[2].isEmpty {
            guard a[2].isString else { return thread.raise(.typeError, "ExternalEntityParserCreate() argument 2 must be str, not \(a[2].argumentTypeName)") }
            encoding = StringRef(a[2]).utf8.map { CChar(bitPattern: $0) } + [0]
        }
        let parent = object(a[0])
        let value = allocate(thread, intern: parent.pointee.intern)
        if value.isEmpty { return .empty }
        guard let parser = XML_ExternalEntityParserCreate(library(a[0]), context, encoding) else { return thread.raiseOutOfMemory() }
        let child = object(value)
        child.pointee.parser = UInt(bitPattern: parser)
        Heap.hold(footprint)
        child.pointee.parent = a[0]
        child.pointee.bufferSize = parent.pointee.bufferSize
        if parent.pointee.buffer != 0 { child.pointee.buffer = UInt(bitPattern: malloc(child.pointee.bufferSize)) }
        child.pointee.orderedAttributes = parent.pointee.orderedAttributes
        child.pointee.specifiedAttributes = parent.pointee.specifiedAttributes
        child.pointee.namespacePrefixes = parent.pointee.namespacePrefixes
        for index in 0 ..< ExpatHandlers.count { TupleRef(child.pointee.handlers).initialize(index, TupleRef(parent.pointee.handlers)[index]) }
        Heap.barrier(value.raw)
        XML_SetUserData(parser, value.raw)
        XML_SetUnknownEncodingHandler(parser, ExpatHandlers.unknownEncoding, value.raw)
        for index in 0 ..< ExpatHandlers.count where !TupleRef(child.pointee.handlers)[index].isNone { ExpatHandlers.install(parser, index, true) }
        return value
    }

    // MARK: Parsing

    /// Raises ExpatError for the library's current error.
    @discardableResult static func raise(_ thread: ThreadRef, _ value: Value, _ code: XML_Error) -> Value {
        let parser = library(value)
        let line = Int(XML_GetCurrentLineNumber(parser)), column = Int(XML_GetCurrentColumnNumber(parser))
        let reason = XML_ErrorString(code).map { String(cString: $0) } ?? ""
        let message = thread.newString("\(reason): line \(line), column \(column)")
        if message.isEmpty { return .empty }
        let exception = thread.call(error.pointee, message)
        if exception.isEmpty { return .empty }
        for (name, number) in [("code", Int(code.rawValue)), ("offset", column), ("lineno", line)] {
            if !thread.setAttribute(exception, StringRef.intern(name).value, Value(small: number)) { return .empty }
        }
        return thread.raise(exception)
    }

    /// What a call of the library comes to.
    private static func result(_ thread: ThreadRef, _ value: Value, _ status: XML_Status) -> Value {
        if thread.hasException { return .empty }
        if status == XML_STATUS_ERROR { return raise(thread, value, XML_GetErrorCode(library(value))) }
        return flush(thread, value) ? Value(small: Int(status.rawValue)) : .empty
    }

    private static func parse(_ thread: ThreadRef, _ value: Value, _ data: Value, _ isFinal: Bool) -> Value {
        if object(value).pointee.isParsing { return thread.raise(.runtimeError, "the parser is in use") }
        let parser = library(value)
        if data.isString {
            XML_SetEncoding(parser, "utf-8")
            let encoded = thread.callMethod(data, Name.encode)
            return encoded.isEmpty ? .empty : parse(thread, value, encoded, isFinal)
        }
        return thread.withBuffer(data) { bytes, count in
            object(value).pointee.isParsing = true
            defer { object(value).pointee.isParsing = false }
            var start = UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self), left = count
            while left > 1 << 20 {
                let status = XML_Parse(parser, start, 1 << 20, 0)
                if status == XML_STATUS_ERROR || thread.hasException { return result(thread, value, status) }
                start += 1 << 20
                left -= 1 << 20
            }
            return result(thread, value, XML_Parse(parser, start, Int32(left), isFinal ? 1 : 0))
        }
    }

    private static func parseFile(_ thread: ThreadRef, _ value: Value, _ file: Value) -> Value {
        let read = thread.getAttributeOrEmpty(file, Name.read)
        if read.isEmpty {
            thread.takeException()
            return thread.raise(.typeError, "argument must have 'read' attribute")
        }
        while true {
            let data = thread.call(read, Value(small: 2048))
            if data.isEmpty { return .empty }
            guard data.isBytes || data.isPointer && data.type.isSubtype(of: TypeID.bytearray.type) else {
                return thread.raise(.typeError, "read() did not return a bytes object (type=\(data.type.name))")
            }
            let count = thread.length(data)
            if count > 2048 { return thread.raise(.valueError, "read() returned too much data: 2048 bytes requested, \(count) returned") }
            let status = parse(thread, value, data, count == 0)
            if status.isEmpty || count == 0 { return status }
        }
    }

    // MARK: Text

    /// Hands gathered text over. False when something is raised.
    static func flush(_ thread: ThreadRef, _ value: Value) -> Bool {
        let parser = object(value)
        guard parser.pointee.buffer != 0, parser.pointee.bufferUsed > 0 else { return true }
        let count = parser.pointee.bufferUsed
        parser.pointee.bufferUsed = 0
        return ExpatHandlers.callText(thread, value, UnsafePointer<UInt8>(bitPattern: parser.pointee.buffer).unsafelyUnwrapped, count)
    }

    private static func setBufferText(_ thread: ThreadRef, _ value: Value, _ wanted: Bool) -> Bool {
        let parser = object(value)
        if wanted == (parser.pointee.buffer != 0) { return true }
        if wanted {
            parser.pointee.buffer = UInt(bitPattern: malloc(parser.pointee.bufferSize))
            parser.pointee.bufferUsed = 0
            return true
        }
        if !flush(thread, value) { return false }
        free(UnsafeMutableRawPointer(bitPattern: parser.pointee.buffer))
        parser.pointee.buffer = 0
        return true
    }

    private static let setBufferSize: NativeFunction = { thread, a, _ in
        if a[1].isEmpty { return thread.raise(.runtimeError, "Cannot delete attribute") }
        guard a[1].isInt else { return thread.raise(.typeError, "buffer_size must be an integer") }
        guard let size = thread.toInt(a[1]) else { return .empty }
        if size <= 0 { return thread.raise(.valueError, "buffer_size must be greater than zero") }
        if size > Int(Int32.max) { return thread.raise(.valueError, "buffer_size must not be greater than \(Int32.max)") }
        let parser = ExpatParser.object(a[0])
        if parser.pointee.buffer != 0 {
            if !ExpatParser.flush(thread, a[0]) { return .empty }
            free(UnsafeMutableRawPointer(bitPattern: parser.pointee.buffer))
            parser.pointee.buffer = UInt(bitPattern: malloc(size))
            parser.pointee.bufferUsed = 0
        }
        parser.pointee.bufferSize = size
        return .none
    }

    // MARK: The type

    /// The truth of a value to be set; nil when it has raised.
    private static func flag(_ thread: ThreadRef, _ value: Value) -> Bool? {
        if value.isEmpty {
            thread.raise(.runtimeError, "Cannot delete attribute")
            return nil
        }
        let truth = thread.isTrue(value)
        return truth < 0 ? nil : truth > 0
    }

    private static let methods: [Def] = [
        Def("Parse(self, data, isfinal=False, /)", .calls, "Parse XML data.") { thread, a, _ in
            let isFinal = a[2].isEmpty ? 0 : thread.isTrue(a[2])
            return isFinal < 0 ? .empty : ExpatParser.parse(thread, a[0], a[1], isFinal > 0)
        },
        Def("ParseFile(self, file, /)", .calls, "Parse XML data from file-like object.") { thread, a, _ in ExpatParser.parseFile(thread, a[0], a[1]) },
        Def("SetBase(self, base, /)", .calls, "Set the base URL for the parser.") { thread, a, _ in
            guard a[1].isString else { return thread.raise(.typeError, "SetBase() argument must be str, not \(a[1].argumentTypeName)") }
            let base = StringRef(a[1]).utf8.map { CChar(bitPattern: $0) } + [0]
            return XML_SetBase(ExpatParser.library(a[0]), base) == XML_STATUS_OK ? .none : thread.raiseOutOfMemory()
        },
        Def("GetBase(self, /)", .reads, "Return base URL string for the parser.") { thread, a, _ in XML_GetBase(ExpatParser.library(a[0])).map { thread.newString(String(cString: $0)) } ?? .none },
        Def("GetInputContext(self, /)", .reads, "The text of the input that has led to the event, as it stands there.") { thread, a, _ in
            if !ExpatParser.object(a[0]).pointee.inCallback { return .none }
            var offset: Int32 = 0, size: Int32 = 0
            guard let text = XML_GetInputContext(ExpatParser.library(a[0]), &offset, &size) else { return .none }
            return thread.newBytes(text + Int(offset), Int(size - offset))
        },
        Def("ExternalEntityParserCreate(self, context, encoding=<unrepresentable>, /)", .calls, "A parser for an external entity, in the context that ExternalEntityRefHandler was given.") { thread, a, _ in
            ExpatParser.createForEntity(thread, a)
        },
        Def("SetParamEntityParsing(self, flag, /)", .writes, "Choose whether parameter entities are read, among them the external DTD.") { thread, a, _ in
            guard let flag = thread.toInt(a[1]) else { return .empty }
            return Value(small: Int(XML_SetParamEntityParsing(ExpatParser.library(a[0]), XML_ParamEntityParsing(rawValue: UInt32(truncatingIfNeeded: flag)))))
        },
        Def("UseForeignDTD(self, flag=True, /)", .writes, "Let a handler give documents without an external subset one of its own.") { thread, a, _ in
            let flag = a[1].isEmpty ? 1 : thread.isTrue(a[1])
            if flag < 0 { return .empty }
            let status = XML_UseForeignDTD(ExpatParser.library(a[0]), flag > 0 ? 1 : 0)
            return status == XML_ERROR_NONE ? .none : ExpatParser.raise(thread, a[0], status)
        },
    ]

    private static let getters: [Getter] = [
        Getter("CurrentByteIndex") { _, a, _ in Value(small: Int(XML_GetCurrentByteIndex(ExpatParser.library(a[0])))) },
        Getter("CurrentColumnNumber") { _, a, _ in Value(small: Int(XML_GetCurrentColumnNumber(ExpatParser.library(a[0])))) },
        Getter("CurrentLineNumber") { _, a, _ in Value(small: Int(XML_GetCurrentLineNumber(ExpatParser.library(a[0])))) },
        Getter("ErrorByteIndex") { _, a, _ in Value(small: Int(XML_GetCurrentByteIndex(ExpatParser.library(a[0])))) },
        Getter("ErrorCode") { _, a, _ in Value(small: Int(XML_GetErrorCode(ExpatParser.library(a[0])).rawValue)) },
        Getter("ErrorColumnNumber") { _, a, _ in Value(small: Int(XML_GetCurrentColumnNumber(ExpatParser.library(a[0])))) },
        Getter("ErrorLineNumber") { _, a, _ in Value(small: Int(XML_GetCurrentLineNumber(ExpatParser.library(a[0])))) },
        Getter("buffer_size", set: setBufferSize) { _, a, _ in Value(small: ExpatParser.object(a[0]).pointee.bufferSize) },
        Getter("buffer_used") { _, a, _ in Value(small: ExpatParser.object(a[0]).pointee.bufferUsed) },
        Getter("buffer_text", set: { thread, a, _ in
            guard let flag = ExpatParser.flag(thread, a[1]) else { return .empty }
            return ExpatParser.setBufferText(thread, a[0], flag) ? .none : .empty
        }) { _, a, _ in Value(ExpatParser.object(a[0]).pointee.buffer != 0) },
        Getter("intern", set: readOnlyMember) { _, a, _ in ExpatParser.object(a[0]).pointee.intern },
        Getter("namespace_prefixes", set: { thread, a, _ in
            guard let flag = ExpatParser.flag(thread, a[1]) else { return .empty }
            ExpatParser.object(a[0]).pointee.namespacePrefixes = flag
            XML_SetReturnNSTriplet(ExpatParser.library(a[0]), flag ? 1 : 0)
            return .none
        }) { _, a, _ in Value(ExpatParser.object(a[0]).pointee.namespacePrefixes) },
        Getter("ordered_attributes", set: { thread, a, _ in
            guard let flag = ExpatParser.flag(thread, a[1]) else { return .empty }
            ExpatParser.object(a[0]).pointee.orderedAttributes = flag
            return .none
        }) { _, a, _ in Value(ExpatParser.object(a[0]).pointee.orderedAttributes) },
        Getter("specified_attributes", set: { thread, a, _ in
            guard let flag = ExpatParser.flag(thread, a[1]) else { return .empty }
            ExpatParser.object(a[0]).pointee.specifiedAttributes = flag
            return .none
        }) { _, a, _ in Value(ExpatParser.object(a[0]).pointee.specifiedAttributes) },
    ]

    /// Bytes that a parser of the library takes, about.
    static let footprint = 1 << 14

    static func start(_ module: ModuleBuilder) {
        type = NativeType("xmlparser", module: "pyexpat", size: MemoryLayout<ParserObject>.size, mask: 0b1110, flags: .noInstantiation, doc: "XML parser", methods: methods, getters: getters + ExpatHandlers.getters) { slots in
            slots.unary(.finalize) { _, value in
                let object = ExpatParser.object(value)
                if let parser = XML_Parser(bitPattern: object.pointee.parser) {
                    XML_ParserFree(parser)
                    Heap.release(ExpatParser.footprint)
                }
                free(UnsafeMutableRawPointer(bitPattern: object.pointee.buffer))
                object.pointee.parser = 0
                object.pointee.buffer = 0
                return .none
            }
        }
        module.set("XMLParserType", type.type.value)
    }
}
