import CExpat
import Glibc
import Interpreter
import Objects

/// What Expat calls while `XMLParser` parses, and the names of tags and attributes.
enum TreeEvents {
    @inline(__always) private static func bytes(_ text: UnsafePointer<XML_Char>) -> UnsafePointer<UInt8> { UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self) }

    /// A text of the library; empty when it has raised.
    @inline(__always) private static func text(_ thread: ThreadRef, _ text: UnsafePointer<XML_Char>) -> Value { thread.newString(utf8: bytes(text), strlen(text)) }

    /// The thread, the parser and, if it is a plain builder, its target; nil while an exception waits.
    @inline(__always) private static func context(_ data: UnsafeMutableRawPointer?) -> (thread: ThreadRef, parser: UnsafeMutablePointer<TreeParserObject>, builder: BuilderRef?)? {
        let thread = ThreadRegistry.current.unsafelyUnwrapped
        if thread.hasException { return nil }
        let parser = data.unsafelyUnwrapped.assumingMemoryBound(to: TreeParserObject.self)
        return (thread, parser, TreeBuilders.isExact(parser.pointee.target) ? BuilderRef(parser.pointee.target) : nil)
    }

    // MARK: Elements and text

    private static let startElement: XML_StartElementHandler = { data, name, attributes in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        if builder == nil && parser.pointee.start.isEmpty { return }
        let tag = TreeNames.name(thread, parser, TreeEvents.bytes(name.unsafelyUnwrapped))
        if tag.isEmpty { return }
        let pairs = attributes.unsafelyUnwrapped
        var count = 0
        while pairs[count] != nil { count += 2 }
        var dict = Value.empty
        if count > 0 || builder == nil {
            dict = thread.newDict(capacity: count / 2)
            if dict.isEmpty { return }
            var index = 0
            while index < count {
                let key = TreeNames.name(thread, parser, TreeEvents.bytes(pairs[index].unsafelyUnwrapped)), value = key.isEmpty ? .empty : TreeEvents.text(thread, pairs[index + 1].unsafelyUnwrapped)
                if value.isEmpty || !DictRef(dict).set(thread, key, value) { return }
                index += 2
            }
        }
        if let builder { _ = builder.start(thread, tag, dict) } else { _ = thread.call(parser.pointee.start, tag, dict) }
    }

    private static let endElement: XML_EndElementHandler = { data, name in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        if let builder {
            _ = builder.end(thread)
        } else if !parser.pointee.end.isEmpty {
            let tag = TreeNames.name(thread, parser, TreeEvents.bytes(name.unsafelyUnwrapped))
            if !tag.isEmpty { _ = thread.call(parser.pointee.end, tag) }
        }
    }

    private static let characterData: XML_CharacterDataHandler = { data, text, length in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        if let builder {
            _ = builder.gather(thread, text.unsafelyUnwrapped, Int(length))
        } else if !parser.pointee.data.isEmpty {
            let text = thread.newString(utf8: TreeEvents.bytes(text.unsafelyUnwrapped), Int(length))
            if !text.isEmpty { _ = thread.call(parser.pointee.data, text) }
        }
    }

    /// What nobody else handles. Of that only references to entities are of interest, whose text the parser's user may have given.
    private static let defaultData: XML_DefaultHandler = { data, text, length in
        let text = text.unsafelyUnwrapped, length = Int(length)
        guard length >= 2, UInt8(bitPattern: text[0]) == UInt8(ascii: "&"), let (thread, parser, builder) = TreeEvents.context(data) else { return }
        let name = thread.newString(utf8: TreeEvents.bytes(text) + 1, length - 2)
        if name.isEmpty { return }
        let value = DictRef(parser.pointee.entity).get(thread, name)
        if thread.hasException { return }
        if value.isEmpty {
            guard let library = XML_Parser(bitPattern: parser.pointee.parser) else { return }
            let shown = String(decoding: UnsafeBufferPointer(start: TreeEvents.bytes(text), count: min(length, 100)), as: UTF8.self)
            TreeParsers.raise(thread, library, XML_ERROR_UNDEFINED_ENTITY, "undefined entity \(shown)")
        } else if let builder {
            _ = builder.add(thread, value)
        } else if !parser.pointee.data.isEmpty {
            _ = thread.call(parser.pointee.data, value)
        }
    }

    // MARK: The rest

    private static let startNamespace: XML_StartNamespaceDeclHandler = { data, prefix, uri in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        let function = parser.pointee.startNamespace
        if builder.map({ $0.pointer.pointee.report.isEmpty || $0.pointer.pointee.startNamespaceEvent.isEmpty }) ?? function.isEmpty { return }
        let prefix = prefix.map { TreeEvents.text(thread, $0) } ?? WellKnown.emptyString.value, uri = uri.map { TreeEvents.text(thread, $0) } ?? WellKnown.emptyString.value
        if prefix.isEmpty || uri.isEmpty { return }
        if let builder {
            let pair = thread.newTuple(prefix, uri)
            if !pair.isEmpty { _ = builder.report(thread, builder.pointer.pointee.startNamespaceEvent, pair) }
        } else {
            _ = thread.call(function, prefix, uri)
        }
    }

    private static let endNamespace: XML_EndNamespaceDeclHandler = { data, prefix in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        if let builder {
            _ = builder.report(thread, builder.pointer.pointee.endNamespaceEvent, .none)
        } else if !parser.pointee.endNamespace.isEmpty {
            let prefix = prefix.map { TreeEvents.text(thread, $0) } ?? WellKnown.emptyString.value
            if !prefix.isEmpty { _ = thread.call(parser.pointee.endNamespace, prefix) }
        }
    }

    private static let comment: XML_CommentHandler = { data, text in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        if builder == nil && parser.pointee.comment.isEmpty { return }
        let text = TreeEvents.text(thread, text.unsafelyUnwrapped)
        if text.isEmpty { return }
        if let builder { _ = builder.comment(thread, text) } else { _ = thread.call(parser.pointee.comment, text) }
    }

    private static let instruction: XML_ProcessingInstructionHandler = { data, target, text in
        guard let (thread, parser, builder) = TreeEvents.context(data) else { return }
        if let builder {
            let object = builder.pointer.pointee
            if (object.report.isEmpty || object.instructionEvent.isEmpty) && !object.insertsInstructions { return }
        } else if parser.pointee.instruction.isEmpty { return }
        let target = TreeEvents.text(thread, target.unsafelyUnwrapped), text = text.map { TreeEvents.text(thread, $0) } ?? WellKnown.emptyString.value
        if target.isEmpty || text.isEmpty { return }
        if let builder { _ = builder.instruction(thread, target, text) } else { _ = thread.call(parser.pointee.instruction, target, text) }
    }

    private static let startDoctype: XML_StartDoctypeDeclHandler = { data, name, system, `public`, _ in
        guard let (thread, parser, _) = TreeEvents.context(data) else { return }
        func orNone(_ text: UnsafePointer<XML_Char>?) -> Value { text.map { TreeEvents.text(thread, $0) } ?? .none }
        let name = TreeNames.name(thread, parser, TreeEvents.bytes(name.unsafelyUnwrapped)), system = orNone(system), `public` = orNone(`public`)
        if name.isEmpty || system.isEmpty || `public`.isEmpty { return }
        if !parser.pointee.doctype.isEmpty {
            _ = thread.call(parser.pointee.doctype, name, `public`, system)
        } else if !thread.getAttributeOrEmpty(Value(parser), StringRef.intern("doctype").value).isEmpty {
            _ = RuntimeHooks.warn(thread, .runtimeWarning, "The doctype() method of XMLParser is ignored.  Define doctype() method on the TreeBuilder target.", 1)
        }
    }

    // MARK: Installing

    /// A kind of event that a builder reports: its name, the word of the builder that says it is wanted, and what the library has to call for it.
    struct Kind {
        let name: String
        let field: WritableKeyPath<BuilderObject, Value>
        let install: (XML_Parser?) -> Void
    }

    static var kinds: [Kind] {
        [
            Kind(name: "start", field: \.startEvent) { _ in },
            Kind(name: "end", field: \.endEvent) { _ in },
            Kind(name: "start-ns", field: \.startNamespaceEvent) { XML_SetNamespaceDeclHandler($0, startNamespace, endNamespace) },
            Kind(name: "end-ns", field: \.endNamespaceEvent) { XML_SetNamespaceDeclHandler($0, startNamespace, endNamespace) },
            Kind(name: "comment", field: \.commentEvent) { XML_SetCommentHandler($0, comment) },
            Kind(name: "pi", field: \.instructionEvent) { XML_SetProcessingInstructionHandler($0, instruction) },
        ]
    }

    /// Sets what the library calls for a parser that has its target.
    static func install(_ parser: XML_Parser, _ object: UnsafeMutablePointer<TreeParserObject>, isPlain: Bool) {
        if !object.pointee.startNamespace.isEmpty || !object.pointee.endNamespace.isEmpty { XML_SetNamespaceDeclHandler(parser, startNamespace, endNamespace) }
        XML_SetElementHandler(parser, startElement, endElement)
        XML_SetDefaultHandlerExpand(parser, defaultData)
        XML_SetCharacterDataHandler(parser, characterData)
        if isPlain || !object.pointee.comment.isEmpty { XML_SetCommentHandler(parser, comment) }
        if isPlain || !object.pointee.instruction.isEmpty { XML_SetProcessingInstructionHandler(parser, instruction) }
        XML_SetStartDoctypeDeclHandler(parser, startDoctype)
        XML_SetUnknownEncodingHandler(parser, ExpatHandlers.unknownEncoding, nil)
    }
}

/// The names of tags and attributes that a parser has met: each is one string, `{uri}local` where it has a namespace.
///
/// A table over the list of them is searched by the library's bytes, `uri}local`, so that a name is made into a string once. Each place holds the upper half of the hash and, in the lower half, the
/// number in the list from 1 on. Names that are not ASCII are in a dict, by the string.
enum TreeNames {
    /// A name; empty when it has raised.
    @inline(__always) static func name(_ thread: ThreadRef, _ parser: UnsafeMutablePointer<TreeParserObject>, _ bytes: UnsafePointer<UInt8>) -> Value {
        let count = strlen(UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self)), hash = hash(bytes, count, parser.pointee.salt)
        if !parser.pointee.nameTable.isEmpty {
            let table = places(parser), mask = size(parser) - 1, names = ListRef(parser.pointee.names)
            var place = Int(truncatingIfNeeded: hash) & mask
            while table[place] != 0 {
                if table[place] >> 32 == hash >> 32, isSame(StringRef(names[Int(table[place] & 0xFFFF_FFFF) - 1]), bytes, count) { return names[Int(table[place] & 0xFFFF_FFFF) - 1] }
                place = (place + 1) & mask
            }
        }
        return add(thread, parser, bytes, count, hash)
    }

    private static func places(_ parser: UnsafeMutablePointer<TreeParserObject>) -> UnsafeMutablePointer<UInt64> {
        (parser.pointee.nameTable.raw + MemoryLayout<StorageObject>.size).assumingMemoryBound(to: UInt64.self)
    }
    private static func size(_ parser: UnsafeMutablePointer<TreeParserObject>) -> Int { parser.pointee.nameTable.object(StorageObject.self).pointee.size >> 3 }

    @inline(__always) private static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int, _ key: UInt64) -> UInt64 {
        var hash = key ^ UInt64(truncatingIfNeeded: count)
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ key << 1)
            hash = product.high ^ product.low
        }
        var index = 0
        while index + 8 <= count {
            mix(UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self))
            index += 8
        }
        var rest: UInt64 = 0
        while index < count {
            rest = rest << 8 | UInt64(bytes[index])
            index += 1
        }
        mix(rest)
        return hash
    }

    /// Whether an ASCII string is the name that the library means.
    @inline(__always) private static func isSame(_ string: StringRef, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let skip = string.count - count
        return skip == 0 && memcmp(string.units, bytes, count) == 0 || skip == 1 && string.units1[0] == UInt8(ascii: "{") && memcmp(string.units + 1, bytes, count) == 0
    }

    @inline(never) private static func add(_ thread: ThreadRef, _ parser: UnsafeMutablePointer<TreeParserObject>, _ bytes: UnsafePointer<UInt8>, _ count: Int, _ hash: UInt64) -> Value {
        var text = Array(UnsafeBufferPointer(start: bytes, count: count))
        if text.contains(UInt8(ascii: "}")) { text.insert(UInt8(ascii: "{"), at: 0) }
        let name = thread.newString(utf8: text)
        if name.isEmpty { return .empty }
        guard StringRef(name).isASCII else {
            let known = DictRef(parser.pointee.otherNames).get(thread, name)
            if !known.isEmpty || thread.hasException { return known }
            return DictRef(parser.pointee.otherNames).set(thread, name, name) ? name : .empty
        }
        let names = ListRef(parser.pointee.names)
        guard names.count < Int(UInt32.max) - 1, parser.pointee.nameTable.isEmpty || (names.count + 1) * 2 > size(parser) ? grow(thread, parser) : true, names.append(thread, name) else { return .empty }
        put(parser, UInt64(names.count) | hash & ~0xFFFF_FFFF, hash)
        return name
    }

    private static func put(_ parser: UnsafeMutablePointer<TreeParserObject>, _ entry: UInt64, _ hash: UInt64) {
        let table = places(parser), mask = size(parser) - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while table[place] != 0 { place = (place + 1) & mask }
        table[place] = entry
    }

    /// Doubles the table. False when it has raised.
    private static func grow(_ thread: ThreadRef, _ parser: UnsafeMutablePointer<TreeParserObject>) -> Bool {
        let size = parser.pointee.nameTable.isEmpty ? 64 : size(parser) * 2
        guard let raw = Heap.allocate(MemoryLayout<StorageObject>.size + size * 8, shape: TypeID.byteArrayStorage.rawValue) else {
            thread.raiseOutOfMemory()
            return false
        }
        raw.assumingMemoryBound(to: StorageObject.self).pointee.size = size * 8
        parser.pointee.nameTable = Value(raw)
        Heap.barrier(UnsafeMutableRawPointer(parser))
        let names = ListRef(parser.pointee.names)
        for index in 0 ..< names.count {
            let string = StringRef(names[index]), skip = string.count > 0 && string.units1[0] == UInt8(ascii: "{") ? 1 : 0
            let hash = hash(UnsafePointer(string.units1) + skip, string.count - skip, parser.pointee.salt)
            put(parser, UInt64(index + 1) | hash & ~0xFFFF_FFFF, hash)
        }
        return true
    }
}
