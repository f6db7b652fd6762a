import CExpat
import Glibc
import Interpreter
import Objects

/// `xml.etree.ElementTree.XMLParser`: a parser of the library Expat that hands what it sees to a target.
///
/// A plain `TreeBuilder` is called without any Python between; of another target the methods are looked up when the parser is made. The library knows the object by its address. What a target raises
/// stays pending in the thread: the library goes on to the end of the piece that it was given, and nothing is called meanwhile.
///
/// The library cannot be entered again while it parses, so that `running` refuses that; a parser that is made anew meanwhile keeps the old library parser until it has returned.
struct TreeParserObject {
    var header: ObjectHeader
    var target: Value
    /// dict: texts of entities, by name
    var entity: Value
    var names: Value
    var nameTable: Value
    var otherNames: Value
    /// The target's methods, or empty.
    var start: Value
    var end: Value
    var data: Value
    var comment: Value
    var instruction: Value
    var close: Value
    var doctype: Value
    var startNamespace: Value
    var endNamespace: Value
    // Up to here the words are traced.
    /// 0 before `__init__`, and when the document has ended.
    var parser: UInt
    /// Keeps it secret which names fall together in tables.
    var salt: UInt64
    /// The library's parser that is at work, or 0.
    var running: UInt
    /// Registered as one that owns memory.
    var isOwner: Bool
    /// The document has ended, here. What the library needed for it is given back at once: it may be as much as the document, and the object may be old.
    var isFinished: Bool
    var line: Int
    var column: Int
}

enum TreeParsers {
    nonisolated(unsafe) static var type: NativeType!
    /// `ParseError`
    nonisolated(unsafe) static let error = RootTable.reserve()
    nonisolated(unsafe) private static var initializer: Constructor!
    private static let owner = Owners.addKind { raw in
        let object = raw.assumingMemoryBound(to: TreeParserObject.self)
        if let parser = XML_Parser(bitPattern: object.pointee.parser) { release(parser) }
    }

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<TreeParserObject> { value.object(TreeParserObject.self) }

    private static func release(_ parser: XML_Parser) {
        XML_ParserFree(parser)
        Heap.release(ExpatParser.footprint)
    }

    // MARK: Making

    private static func initialize(_ thread: ThreadRef, _ a: Arguments) -> Value {
        guard let encoding = encoding(thread, a[2]) else { return .empty }
        let object = object(a[0])
        let entity = thread.newDict(), names = thread.newList(), otherNames = thread.newDict()
        if entity.isEmpty || names.isEmpty || otherNames.isEmpty { return .empty }
        guard let parser = XML_ParserCreate_MM(encoding, nil, "}") else { return thread.raiseOutOfMemory() }
        if !object.pointee.isOwner {
            guard Owners.register(a[0].raw, owner) else {
                XML_ParserFree(parser)
                return thread.raiseOutOfMemory()
            }
            object.pointee.isOwner = true
        } else if object.pointee.parser != object.pointee.running {
            if let old = XML_Parser(bitPattern: object.pointee.parser) { release(old) }
        }
        object.pointee.isFinished = false
        object.pointee.parser = UInt(bitPattern: parser)
        object.pointee.entity = entity
        object.pointee.names = names
        object.pointee.nameTable = .empty
        object.pointee.otherNames = otherNames
        Heap.barrier(a[0].raw)
        object.pointee.salt = UInt64.random(in: 0 ... .max) | 1
        XML_SetHashSalt(parser, UInt(object.pointee.salt))
        XML_SetUserData(parser, a[0].raw)
        Heap.hold(ExpatParser.footprint)
        let target = a[1].isEmpty || a[1].isNone ? TreeBuilders.make(thread, TreeBuilders.type.type) : a[1]
        if target.isEmpty { return .empty }
        object.pointee.target = target
        Heap.barrier(a[0].raw)
        // A plain builder's methods are known, and nobody can have replaced them.
        let isPlain = TreeBuilders.isExact(target)
        for (name, field) in methodNames {
            let method = isPlain ? .empty : thread.getAttributeOrEmpty(target, StringRef.intern(static: name).value)
            if method.isEmpty && thread.hasException { return .empty }
            object.pointee[keyPath: field] = method
            Heap.barrier(a[0].raw)
        }
        TreeEvents.install(parser, object, isPlain: isPlain)
        return .none
    }

    /// In the order in which they are asked for.
    private static var methodNames: [(StaticString, WritableKeyPath<TreeParserObject, Value>)] {
        [("start_ns", \.startNamespace), ("end_ns", \.endNamespace), ("start", \.start), ("data", \.data), ("end", \.end), ("comment", \.comment), ("pi", \.instruction),
         ("close", \.close), ("doctype", \.doctype)]
    }

    /// The name of an encoding, null-terminated; nil within when there is none, nil when it has raised.
    private static func encoding(_ thread: ThreadRef, _ value: Value) -> [CChar]?? {
        guard let text = ExpatParser.text(thread, value, "XMLParser", " 'encoding'") else { return nil }
        if let text, text.dropLast().contains(0) {
            thread.raise(.valueError, "embedded null character")
            return nil
        }
        return .some(text)
    }

    // MARK: Parsing

    /// Raises ParseError for an error that the library has come upon, here; `message` is given where it is one of ours.
    static func raise(_ thread: ThreadRef, _ parser: XML_Parser, _ code: XML_Error, _ message: String? = nil) {
        raise(thread, code, message, Int(XML_GetCurrentLineNumber(parser)), Int(XML_GetCurrentColumnNumber(parser)))
    }

    private static func raise(_ thread: ThreadRef, _ code: XML_Error, _ message: String?, _ line: Int, _ column: Int) {
        let reason = message ?? XML_ErrorString(code).map { String(cString: $0) } ?? ""
        let text = thread.newString("\(reason): line \(line), column \(column)"), exception = text.isEmpty ? .empty : thread.call(error.pointee, text)
        let position = exception.isEmpty ? .empty : thread.newTuple(Value(small: line), Value(small: column))
        guard !position.isEmpty, thread.setAttribute(exception, StringRef.intern("code").value, Value(small: Int(code.rawValue))),
              thread.setAttribute(exception, StringRef.intern("position").value, position) else { return }
        thread.raise(exception)
    }

    /// Hands bytes to the library. None, or empty when it has raised.
    private static func parse(_ thread: ThreadRef, _ value: Value, _ bytes: UnsafeRawPointer?, _ count: Int, isFinal: Bool) -> Value {
        guard count <= Int(Int32.max) else { return thread.raise(.overflowError, "size does not fit in an int") }
        let object = object(value)
        guard let parser = XML_Parser(bitPattern: object.pointee.parser) else {
            raise(thread, XML_ERROR_FINISHED, nil, object.pointee.line, object.pointee.column)
            return .empty
        }
        object.pointee.running = UInt(bitPattern: parser)
        let status = XML_Parse(parser, bytes?.assumingMemoryBound(to: CChar.self) ?? UnsafePointer(emptyText), Int32(count), isFinal ? 1 : 0)
        object.pointee.running = 0
        if !thread.hasException, status == XML_STATUS_ERROR { raise(thread, parser, XML_GetErrorCode(parser)) }
        // It may have been made anew meanwhile.
        let isOld = object.pointee.parser != UInt(bitPattern: parser)
        if isFinal && status == XML_STATUS_OK && !isOld {
            object.pointee.line = Int(XML_GetCurrentLineNumber(parser))
            object.pointee.column = Int(XML_GetCurrentColumnNumber(parser))
            object.pointee.isFinished = true
            object.pointee.parser = 0
        }
        if isOld || object.pointee.isFinished { release(parser) }
        return thread.hasException ? .empty : .none
    }

    nonisolated(unsafe) private static let emptyText: UnsafeMutablePointer<CChar> = {
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        text.pointee = 0
        return text
    }()

    /// Whether the library can be called now; raises when not.
    private static func check(_ thread: ThreadRef, _ value: Value) -> Bool {
        if !object(value).pointee.isOwner {
            thread.raise(.valueError, "XMLParser.__init__() wasn't called")
            return false
        }
        if object(value).pointee.running != 0 {
            thread.raise(.runtimeError, "the parser is in use")
            return false
        }
        return true
    }

    private static func feed(_ thread: ThreadRef, _ value: Value, _ data: Value) -> Value {
        guard data.isString else { return thread.withBuffer(data) { parse(thread, value, $0, $1, isFinal: false) } }
        var text = data
        if !StringRef(data).isASCII {
            text = thread.callMethod(data, Name.encode)
            if text.isEmpty { return .empty }
        }
        XML_SetEncoding(XML_Parser(bitPattern: object(value).pointee.parser), "utf-8")
        if text.isString { return parse(thread, value, StringRef(text).units, StringRef(text).count, isFinal: false) }
        return parse(thread, value, BytesRef(text).bytes, BytesRef(text).count, isFinal: false)
    }

    private static func parseWhole(_ thread: ThreadRef, _ value: Value, _ file: Value) -> Value {
        let read = thread.getAttribute(file, Name.read)
        if read.isEmpty { return .empty }
        while true {
            var data = thread.call(read, Value(small: 64 * 1024))
            if data.isEmpty { return .empty }
            if data.isString {
                if StringRef(data).count == 0 { break }
                let encoding = thread.newString("utf-8"), errors = thread.newString("surrogatepass")
                if encoding.isEmpty || errors.isEmpty { return .empty }
                data = thread.callMethod(data, Name.encode, encoding, errors)
                if data.isEmpty { return .empty }
            }
            guard data.isExact(.bytes), BytesRef(data).count > 0 else { break }
            guard check(thread, value), !parse(thread, value, BytesRef(data).bytes, BytesRef(data).count, isFinal: false).isEmpty else { return .empty }
        }
        guard check(thread, value), !parse(thread, value, nil, 0, isFinal: true).isEmpty else { return .empty }
        let target = object(value).pointee.target
        return TreeBuilders.isExact(target) ? BuilderRef(target).close(thread) : .none
    }

    private static func close(_ thread: ThreadRef, _ value: Value) -> Value {
        if parse(thread, value, nil, 0, isFinal: true).isEmpty { return .empty }
        let target = object(value).pointee.target, close = object(value).pointee.close
        if TreeBuilders.isExact(target) { return BuilderRef(target).close(thread) }
        return close.isEmpty ? .none : thread.call(close)
    }

    private static func setEvents(_ thread: ThreadRef, _ value: Value, _ queue: Value, _ wanted: Value) -> Value {
        let target = object(value).pointee.target
        guard TreeBuilders.isExact(target) else { return thread.raise(.typeError, "event handling only supported for ElementTree.TreeBuilder targets") }
        let append = thread.getAttribute(queue, Name.append)
        if append.isEmpty { return .empty }
        let builder = target.object(BuilderObject.self)
        builder.pointee.report = append
        for kind in TreeEvents.kinds { builder.pointee[keyPath: kind.field] = .empty }
        Heap.barrier(target.raw)
        if wanted.isEmpty || wanted.isNone {
            builder.pointee.endEvent = StringRef.intern("end").value
            return .none
        }
        let iterator = thread.iterator(wanted), events = iterator.isEmpty ? .empty : thread.list(iterator)
        if events.isEmpty { return iterator.isEmpty && thread.clearException(.typeError) ? thread.raise(.typeError, "events must be a sequence") : .empty }
        let parser = XML_Parser(bitPattern: object(value).pointee.parser)
        for index in 0 ..< ListRef(events).count {
            let event = ListRef(events)[index]
            guard event.isString || event.isBytes else { return thread.raise(.valueError, "invalid events sequence") }
            let name = event.isString ? StringRef(event).description : String(decoding: BytesRef(event).buffer, as: UTF8.self)
            guard let kind = TreeEvents.kinds.first(where: { $0.name == name }) else { return thread.raise(.valueError, "unknown event '\(name)'") }
            builder.pointee[keyPath: kind.field] = event
            Heap.barrier(target.raw)
            kind.install(parser)
        }
        return .none
    }

    // MARK: The type

    private static let methods: [Def] = [
        Def("feed(self, data, /)", .calls, "Give the parser a part of the document.") { thread, a, _ in TreeParsers.check(thread, a[0]) ? TreeParsers.feed(thread, a[0], a[1]) : .empty },
        Def("close(self, /)", .calls, "End the document: return what the target makes of it.") { thread, a, _ in TreeParsers.check(thread, a[0]) ? TreeParsers.close(thread, a[0]) : .empty },
        Def("_parse_whole(self, file, /)", .calls, "Read a file to its end.") { thread, a, _ in TreeParsers.check(thread, a[0]) ? TreeParsers.parseWhole(thread, a[0], a[1]) : .empty },
        Def("_setevents(self, events_queue, events_to_report=None, /)", .calls, "Have events put into a queue.") { thread, a, _ in
            guard TreeParsers.object(a[0]).pointee.isOwner else { return thread.raise(.valueError, "XMLParser.__init__() wasn't called") }
            return TreeParsers.setEvents(thread, a[0], a[1], a[2])
        },
    ]

    private static let getters = [
        Getter("entity", set: readOnlyMember) { _, a, _ in TreeParsers.object(a[0]).pointee.entity.isEmpty ? .none : TreeParsers.object(a[0]).pointee.entity },
        Getter("target", set: readOnlyMember) { _, a, _ in TreeParsers.object(a[0]).pointee.target.isEmpty ? .none : TreeParsers.object(a[0]).pointee.target },
        Getter("version") { thread, _, _ in
            let version = XML_ExpatVersionInfo()
            return thread.newString("Expat \(version.major).\(version.minor).\(version.micro)")
        },
    ]

    static func define(_ module: ModuleBuilder) {
        initializer = Constructor("XMLParser(self, *, target=None, encoding=None)") { thread, a, _ in TreeParsers.initialize(thread, a) }
        type = NativeType("XMLParser", module: "xml.etree.ElementTree", size: MemoryLayout<TreeParserObject>.size, mask: 0x7FFE, flags: .base, methods: methods, getters: getters) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in TreeParsers.initializer.call(thread, value, a, count, keywords) }
        }
        module.add(type)
    }
}
