import CExpat
import Glibc
import Interpreter
import Objects

/// The handlers of an Expat parser, numbered in the order of `getters`: setting them, and the functions that the library calls.
enum ExpatHandlers {
    static let count = 22

    static let getters: [Getter] = [
        Getter("StartElementHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 0) }) { _, a, _ in ExpatHandlers.get(a, 0) },
        Getter("EndElementHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 1) }) { _, a, _ in ExpatHandlers.get(a, 1) },
        Getter("ProcessingInstructionHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 2) }) { _, a, _ in ExpatHandlers.get(a, 2) },
        Getter("CharacterDataHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 3) }) { _, a, _ in ExpatHandlers.get(a, 3) },
        Getter("UnparsedEntityDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 4) }) { _, a, _ in ExpatHandlers.get(a, 4) },
        Getter("NotationDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 5) }) { _, a, _ in ExpatHandlers.get(a, 5) },
        Getter("StartNamespaceDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 6) }) { _, a, _ in ExpatHandlers.get(a, 6) },
        Getter("EndNamespaceDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 7) }) { _, a, _ in ExpatHandlers.get(a, 7) },
        Getter("CommentHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 8) }) { _, a, _ in ExpatHandlers.get(a, 8) },
        Getter("StartCdataSectionHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 9) }) { _, a, _ in ExpatHandlers.get(a, 9) },
        Getter("EndCdataSectionHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 10) }) { _, a, _ in ExpatHandlers.get(a, 10) },
        Getter("DefaultHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 11) }) { _, a, _ in ExpatHandlers.get(a, 11) },
        Getter("DefaultHandlerExpand", set: { thread, a, _ in ExpatHandlers.set(thread, a, 12) }) { _, a, _ in ExpatHandlers.get(a, 12) },
        Getter("NotStandaloneHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 13) }) { _, a, _ in ExpatHandlers.get(a, 13) },
        Getter("ExternalEntityRefHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 14) }) { _, a, _ in ExpatHandlers.get(a, 14) },
        Getter("StartDoctypeDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 15) }) { _, a, _ in ExpatHandlers.get(a, 15) },
        Getter("EndDoctypeDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 16) }) { _, a, _ in ExpatHandlers.get(a, 16) },
        Getter("EntityDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 17) }) { _, a, _ in ExpatHandlers.get(a, 17) },
        Getter("XmlDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 18) }) { _, a, _ in ExpatHandlers.get(a, 18) },
        Getter("ElementDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 19) }) { _, a, _ in ExpatHandlers.get(a, 19) },
        Getter("AttlistDeclHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 20) }) { _, a, _ in ExpatHandlers.get(a, 20) },
        Getter("SkippedEntityHandler", set: { thread, a, _ in ExpatHandlers.set(thread, a, 21) }) { _, a, _ in ExpatHandlers.get(a, 21) },
    ]

    static func get(_ a: Arguments, _ index: Int) -> Value { TupleRef(ExpatParser.object(a[0]).pointee.handlers)[index] }

    static func set(_ thread: ThreadRef, _ a: Arguments, _ index: Int) -> Value {
        if a[1].isEmpty { return thread.raise(.runtimeError, "Cannot delete attribute") }
        // Text that is waiting belongs to the function that was there.
        if index == 3 && !ExpatParser.flush(thread, a[0]) { return .empty }
        TupleRef(ExpatParser.object(a[0]).pointee.handlers).initialize(index, a[1])
        // While the library is in a text handler, taking it away would make it fall back to the default handler for the rest of the text.
        if index == 3 && a[1].isNone && ExpatParser.object(a[0]).pointee.inCallback {
            XML_SetCharacterDataHandler(ExpatParser.library(a[0]), { _, _, _ in })
            return .none
        }
        install(ExpatParser.library(a[0]), index, !a[1].isNone)
        return .none
    }

    // MARK: Calling

    private static func value(_ data: UnsafeMutableRawPointer?) -> Value { Value(data.unsafelyUnwrapped) }

    /// Text of the library; None for null.
    private static func text(_ thread: ThreadRef, _ text: UnsafePointer<XML_Char>?) -> Value { text.map { thread.newString(utf8: UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self), strlen($0)) } ?? .none }

    /// A name, the same object each time.
    private static func name(_ thread: ThreadRef, _ parser: Value, _ name: UnsafePointer<XML_Char>?) -> Value {
        let result = text(thread, name)
        let table = ExpatParser.object(parser).pointee.intern
        guard result.isString, table.isDict else { return result }
        let known = DictRef(table).get(thread, result)
        if !known.isEmpty { return known }
        if thread.hasException { return .empty }
        return DictRef(table).set(thread, result, result) ? result : .empty
    }

    /// Calls a handler, unless something has been raised. The values must be reachable from elsewhere until then: `make` fills the words that the collector sees.
    @discardableResult private static func call(_ data: UnsafeMutableRawPointer?, _ index: Int, _ count: Int, _ make: (ThreadRef, Value, Arguments) -> Void) -> Value {
        let thread = ThreadRegistry.current.unsafelyUnwrapped, parser = value(data)
        if thread.hasException { return .empty }
        guard ExpatParser.flush(thread, parser) else {
            stop(parser)
            return .empty
        }
        let function = TupleRef(ExpatParser.object(parser).pointee.handlers)[index]
        if function.isNone { return .none }
        guard let arguments = thread.pushArguments(count) else {
            stop(parser)
            return .empty
        }
        defer { thread.popArguments(arguments) }
        arguments.update(repeating: .none, count: count)
        make(thread, parser, arguments)
        if thread.hasException {
            stop(parser)
            return .empty
        }
        return run(thread, parser, function, arguments, count)
    }

    private static func run(_ thread: ThreadRef, _ parser: Value, _ function: Value, _ arguments: Arguments, _ count: Int) -> Value {
        let object = ExpatParser.object(parser), outer = object.pointee.inCallback
        object.pointee.inCallback = true
        let result = thread.call(function, arguments, count)
        object.pointee.inCallback = outer
        if result.isEmpty { stop(parser) }
        return result
    }

    /// Ends the parsing: an exception waits.
    private static func stop(_ parser: Value) { XML_StopParser(ExpatParser.library(parser), 0) }

    /// Hands text to the function for it. False when something is raised.
    static func callText(_ thread: ThreadRef, _ parser: Value, _ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let function = TupleRef(ExpatParser.object(parser).pointee.handlers)[3]
        if function.isNone { return true }
        guard let arguments = thread.pushArguments(1) else { return false }
        defer { thread.popArguments(arguments) }
        arguments[0] = .none
        arguments[0] = thread.newString(utf8: bytes, count)
        return !arguments[0].isEmpty && !run(thread, parser, function, arguments, 1).isEmpty
    }

    private static let characterData: XML_CharacterDataHandler = { data, bytes, length in
        let thread = ThreadRegistry.current.unsafelyUnwrapped, parser = ExpatHandlers.value(data), object = ExpatParser.object(parser)
        if thread.hasException { return }
        let bytes = UnsafeRawPointer(bytes.unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self), length = Int(length)
        if object.pointee.buffer != 0 {
            if object.pointee.bufferUsed + length > object.pointee.bufferSize {
                guard ExpatParser.flush(thread, parser) else {
                    ExpatHandlers.stop(parser)
                    return
                }
                // The handler may have taken itself away.
                if TupleRef(object.pointee.handlers)[3].isNone { return }
            }
            if length <= object.pointee.bufferSize {
                memcpy(UnsafeMutableRawPointer(bitPattern: object.pointee.buffer).unsafelyUnwrapped + object.pointee.bufferUsed, bytes, length)
                object.pointee.bufferUsed += length
                return
            }
        }
        if !ExpatHandlers.callText(thread, parser, bytes, length) { ExpatHandlers.stop(parser) }
    }

    private static let startElement: XML_StartElementHandler = { data, name, attributes in
        ExpatHandlers.call(data, 0, 2) { thread, parser, a in
            let object = ExpatParser.object(parser), attributes = attributes.unsafelyUnwrapped
            var count = 0
            if object.pointee.specifiedAttributes {
                count = Int(XML_GetSpecifiedAttributeCount(ExpatParser.library(parser)))
            } else {
                while attributes[count] != nil { count += 2 }
            }
            a[1] = object.pointee.orderedAttributes ? thread.newList(capacity: count) : thread.newDict()
            if a[1].isEmpty { return }
            var index = 0
            while index < count {
                // Kept in the first word while the other is made.
                a[0] = ExpatHandlers.name(thread, parser, attributes[index])
                if a[0].isEmpty { return }
                let value = ExpatHandlers.text(thread, attributes[index + 1])
                if value.isEmpty { return }
                if object.pointee.orderedAttributes {
                    if !ListRef(a[1]).append(thread, a[0]) || !ListRef(a[1]).append(thread, value) { return }
                } else if !DictRef(a[1]).set(thread, a[0], value) { return }
                index += 2
            }
            a[0] = ExpatHandlers.name(thread, parser, name)
        }
    }

    private static let defaultData: XML_DefaultHandler = { data, text, length in
        let bytes = UnsafeRawPointer(text.unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
        ExpatHandlers.call(data, 11, 1) { thread, _, a in a[0] = thread.newString(utf8: bytes, Int(length)) }
    }

    private static let defaultDataExpanding: XML_DefaultHandler = { data, text, length in
        let bytes = UnsafeRawPointer(text.unsafelyUnwrapped).assumingMemoryBound(to: UInt8.self)
        ExpatHandlers.call(data, 12, 1) { thread, _, a in a[0] = thread.newString(utf8: bytes, Int(length)) }
    }

    /// A handler's answer as a number; 0 stops the parser with an error.
    private static func answer(_ result: Value) -> Int32 {
        let thread = ThreadRegistry.current.unsafelyUnwrapped
        if result.isEmpty { return 0 }
        guard let number = thread.toInt(result) else { return 0 }
        return Int32(truncatingIfNeeded: number)
    }

    private static let notStandalone: XML_NotStandaloneHandler = { data in ExpatHandlers.answer(ExpatHandlers.call(data, 13, 0) { _, _, _ in }) }

    private static let externalEntity: XML_ExternalEntityRefHandler = { parser, context, base, system, `public` in
        // The user data is a parser's first word: the header says so, in a macro.
        let data = UnsafeRawPointer(parser.unsafelyUnwrapped).load(as: UnsafeMutableRawPointer?.self)
        return ExpatHandlers.answer(ExpatHandlers.call(data, 14, 4) { thread, parser, a in
            a[0] = ExpatHandlers.text(thread, context)
            a[1] = ExpatHandlers.name(thread, parser, base)
            a[2] = ExpatHandlers.name(thread, parser, system)
            a[3] = ExpatHandlers.name(thread, parser, `public`)
        })
    }

    private static let entityDeclaration: XML_EntityDeclHandler = { data, name, isParameter, value, length, base, system, `public`, notation in
        ExpatHandlers.call(data, 17, 7) { thread, parser, a in
            a[0] = ExpatHandlers.name(thread, parser, name)
            a[1] = Value(small: Int(isParameter))
            if let value { a[2] = thread.newString(utf8: UnsafeRawPointer(value).assumingMemoryBound(to: UInt8.self), Int(length)) }
            a[3] = ExpatHandlers.name(thread, parser, base)
            a[4] = ExpatHandlers.name(thread, parser, system)
            a[5] = ExpatHandlers.name(thread, parser, `public`)
            a[6] = ExpatHandlers.name(thread, parser, notation)
        }
    }

    /// A content model as nested tuples.
    private static func model(_ thread: ThreadRef, _ parser: Value, _ content: XML_Content) -> Value {
        guard thread.enterRecursion() else { return .empty }
        defer { thread.leaveRecursion() }
        guard let a = thread.pushArguments(4) else { return .empty }
        defer { thread.popArguments(a) }
        a.update(repeating: .none, count: 4)
        a[0] = Value(small: Int(content.type.rawValue))
        a[1] = Value(small: Int(content.quant.rawValue))
        a[2] = name(thread, parser, content.name)
        let children = thread.newList()
        a[3] = children
        if a[2].isEmpty || children.isEmpty { return .empty }
        for index in 0 ..< Int(content.numchildren) {
            let child = model(thread, parser, content.children[index])
            if child.isEmpty || !ListRef(children).append(thread, child) { return .empty }
        }
        a[3] = thread.tuple(children)
        return a[3].isEmpty ? .empty : thread.newTuple(a, 4)
    }

    private static let elementDeclaration: XML_ElementDeclHandler = { data, name, content in
        ExpatHandlers.call(data, 19, 2) { thread, parser, a in
            a[0] = ExpatHandlers.name(thread, parser, name)
            a[1] = ExpatHandlers.model(thread, parser, content.unsafelyUnwrapped.pointee)
        }
        XML_FreeContentModel(ExpatParser.library(ExpatHandlers.value(data)), content)
    }

    /// Sets or clears the library's own handler.
    static func install(_ parser: XML_Parser, _ index: Int, _ on: Bool) {
        switch index {
        case 0: XML_SetStartElementHandler(parser, on ? startElement : nil)
        case 1: XML_SetEndElementHandler(parser, on ? { data, name in ExpatHandlers.call(data, 1, 1) { thread, parser, a in a[0] = ExpatHandlers.name(thread, parser, name) } } : nil)
        case 2: XML_SetProcessingInstructionHandler(parser, on ? { data, target, text in
            ExpatHandlers.call(data, 2, 2) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, target)
                a[1] = ExpatHandlers.text(thread, text)
            }
        } : nil)
        case 3: XML_SetCharacterDataHandler(parser, on ? characterData : nil)
        case 4: XML_SetUnparsedEntityDeclHandler(parser, on ? { data, name, base, system, `public`, notation in
            ExpatHandlers.call(data, 4, 5) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, name)
                a[1] = ExpatHandlers.name(thread, parser, base)
                a[2] = ExpatHandlers.name(thread, parser, system)
                a[3] = ExpatHandlers.name(thread, parser, `public`)
                a[4] = ExpatHandlers.name(thread, parser, notation)
            }
        } : nil)
        case 5: XML_SetNotationDeclHandler(parser, on ? { data, name, base, system, `public` in
            ExpatHandlers.call(data, 5, 4) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, name)
                a[1] = ExpatHandlers.name(thread, parser, base)
                a[2] = ExpatHandlers.name(thread, parser, system)
                a[3] = ExpatHandlers.name(thread, parser, `public`)
            }
        } : nil)
        case 6: XML_SetStartNamespaceDeclHandler(parser, on ? { data, prefix, uri in
            ExpatHandlers.call(data, 6, 2) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, prefix)
                a[1] = ExpatHandlers.name(thread, parser, uri)
            }
        } : nil)
        case 7: XML_SetEndNamespaceDeclHandler(parser, on ? { data, prefix in ExpatHandlers.call(data, 7, 1) { thread, parser, a in a[0] = ExpatHandlers.name(thread, parser, prefix) } } : nil)
        case 8: XML_SetCommentHandler(parser, on ? { data, text in ExpatHandlers.call(data, 8, 1) { thread, _, a in a[0] = ExpatHandlers.text(thread, text) } } : nil)
        case 9: XML_SetStartCdataSectionHandler(parser, on ? { data in ExpatHandlers.call(data, 9, 0) { _, _, _ in } } : nil)
        case 10: XML_SetEndCdataSectionHandler(parser, on ? { data in ExpatHandlers.call(data, 10, 0) { _, _, _ in } } : nil)
        case 11: XML_SetDefaultHandler(parser, on ? defaultData : nil)
        case 12: XML_SetDefaultHandlerExpand(parser, on ? defaultDataExpanding : nil)
        case 13: XML_SetNotStandaloneHandler(parser, on ? notStandalone : nil)
        case 14: XML_SetExternalEntityRefHandler(parser, on ? externalEntity : nil)
        case 15: XML_SetStartDoctypeDeclHandler(parser, on ? { data, name, system, `public`, hasSubset in
            ExpatHandlers.call(data, 15, 4) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, name)
                a[1] = ExpatHandlers.name(thread, parser, system)
                a[2] = ExpatHandlers.name(thread, parser, `public`)
                a[3] = Value(small: Int(hasSubset))
            }
        } : nil)
        case 16: XML_SetEndDoctypeDeclHandler(parser, on ? { data in ExpatHandlers.call(data, 16, 0) { _, _, _ in } } : nil)
        case 17: XML_SetEntityDeclHandler(parser, on ? entityDeclaration : nil)
        case 18: XML_SetXmlDeclHandler(parser, on ? { data, version, encoding, standalone in
            ExpatHandlers.call(data, 18, 3) { thread, _, a in
                a[0] = ExpatHandlers.text(thread, version)
                a[1] = ExpatHandlers.text(thread, encoding)
                a[2] = Value(small: Int(standalone))
            }
        } : nil)
        case 19: XML_SetElementDeclHandler(parser, on ? elementDeclaration : nil)
        case 20: XML_SetAttlistDeclHandler(parser, on ? { data, element, attribute, kind, absent, isRequired in
            ExpatHandlers.call(data, 20, 5) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, element)
                a[1] = ExpatHandlers.name(thread, parser, attribute)
                a[2] = ExpatHandlers.text(thread, kind)
                a[3] = ExpatHandlers.text(thread, absent)
                a[4] = Value(small: Int(isRequired))
            }
        } : nil)
        default: XML_SetSkippedEntityHandler(parser, on ? { data, name, isParameter in
            ExpatHandlers.call(data, 21, 2) { thread, parser, a in
                a[0] = ExpatHandlers.name(thread, parser, name)
                a[1] = Value(small: Int(isParameter))
            }
        } : nil)
        }
    }

    // MARK: Encodings

    /// For an encoding that the library does not know: the 256 characters that Python's codec of that name makes of the bytes.
    static let unknownEncoding: XML_UnknownEncodingHandler = { _, name, info in
        let thread = ThreadRegistry.current.unsafelyUnwrapped
        if thread.hasException { return Int32(XML_STATUS_ERROR.rawValue) }
        let bytes = thread.newBytes(Array(0 ... 255)), codec = thread.newString(String(cString: name.unsafelyUnwrapped)), errors = thread.newString("replace")
        if bytes.isEmpty || codec.isEmpty || errors.isEmpty { return Int32(XML_STATUS_ERROR.rawValue) }
        let text = thread.callMethod(bytes, Name.decode, codec, errors)
        if text.isEmpty { return Int32(XML_STATUS_ERROR.rawValue) }
        guard text.isString, StringRef(text).count == 256 else {
            thread.raise(.valueError, "multi-byte encodings are not supported")
            return Int32(XML_STATUS_ERROR.rawValue)
        }
        withUnsafeMutableBytes(of: &info.unsafelyUnwrapped.pointee.map) { map in
            let map = map.bindMemory(to: Int32.self)
            for index in 0 ..< 256 {
                let character = StringRef(text)[index]
                map[index] = character == 0xFFFD ? -1 : Int32(character)
            }
        }
        info.unsafelyUnwrapped.pointee.data = nil
        info.unsafelyUnwrapped.pointee.convert = nil
        info.unsafelyUnwrapped.pointee.release = nil
        return Int32(XML_STATUS_OK.rawValue)
    }
}
