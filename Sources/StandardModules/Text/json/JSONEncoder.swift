import Glibc
import Objects

/// `json.encoder.c_make_encoder`: writes one document into a growing buffer of units.
///
/// Containers now being written form a chain on the native stack, which is searched for circular references: documents are shallow, so that
/// this is cheaper than a dict. In a deep document a set takes the search over. Objects that `default` is asked about are in the chain too.

struct JSONEncoderObject {
    var header: ObjectHeader
    var markers: Value
    var defaultFunction: Value
    var encoder: Value
    var indent: Value
    var keySeparator: Value
    var itemSeparator: Value
    var sortKeys: Bool
    var skipKeys: Bool
    var allowNaN: Bool
    /// 1: strings are written here, in ASCII; 2: here, as they are; 0: by `encoder`.
    var fast: UInt8
}

enum JSONEncoder {
    struct Chain {
        let object: Value
        let outer: UnsafePointer<Chain>?
        let depth: Int
        /// What the chain is made of, if it is long: addresses of objects, which the chain keeps alive.
        let members: UnsafeMutablePointer<Set<UInt>>?
    }

    /// From how many links on a chain has a set of its members.
    private static let longChain = 64

    /// For each byte: 0 goes out as it is, 1 needs an escape.
    nonisolated(unsafe) static let escapes: UnsafeMutablePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        for c in 0 ..< 256 { table[c] = c < 32 || c > 126 || c == 0x22 || c == 0x5C ? 1 : 0 }
        return table
    }()

    // MARK: Strings

    /// Appends a string in quotes.
    static func append(_ buffer: inout UnitBuffer, _ string: StringRef, ascii: Bool) {
        let count = string.count
        guard buffer.reserve(count + 2) else { return }
        buffer.append(0x22)
        if string.width == 1 {
            let units = string.units1
            var start = 0
            while start < count {
                var stop = start
                // Without `ascii`, what is above the ASCII range and the delete character go out as they are.
                while stop < count && (escapes[Int(units[stop])] == 0 || (!ascii && units[stop] >= 127)) { stop &+= 1 }
                if stop > start { buffer.append(bytes: units + start, stop - start) }
                if stop < count { escape(&buffer, UInt32(units[stop])) }
                start = stop &+ 1
            }
        } else if ascii {
            for index in 0 ..< count {
                let c = string[index]
                if c < 127 && escapes[Int(c)] == 0 { buffer.append(c) } else { escape(&buffer, c) }
            }
        } else {
            var start = 0
            while start < count {
                var stop = start
                while stop < count {
                    let c = string[stop]
                    if c < 127 && escapes[Int(c)] != 0 { break }
                    stop &+= 1
                }
                if stop > start { buffer.append(units: string.units + start * string.width, stop - start, width: string.width) }
                if stop < count { escape(&buffer, string[stop]) }
                start = stop &+ 1
            }
        }
        buffer.append(0x22)
    }

    private static func escape(_ buffer: inout UnitBuffer, _ c: UInt32) {
        switch c {
        case 0x22: buffer.append("\\\"")
        case 0x5C: buffer.append("\\\\")
        case 10: buffer.append("\\n")
        case 13: buffer.append("\\r")
        case 9: buffer.append("\\t")
        case 12: buffer.append("\\f")
        case 8: buffer.append("\\b")
        default:
            if c >= 0x10000 {
                buffer.append(escaped: UInt16(truncatingIfNeeded: 0xD800 + (c - 0x10000) >> 10))
                buffer.append(escaped: UInt16(truncatingIfNeeded: 0xDC00 + (c - 0x10000) & 0x3FF))
            } else {
                buffer.append(escaped: UInt16(truncatingIfNeeded: c))
            }
        }
    }

    private static func appendString(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ buffer: inout UnitBuffer, _ value: Value) -> Bool {
        switch encoder.pointee.fast {
        case 1: append(&buffer, StringRef(value), ascii: true)
        case 2: append(&buffer, StringRef(value), ascii: false)
        default:
            let text = thread.call(encoder.pointee.encoder, value)
            if text.isEmpty { return false }
            guard text.isString else {
                thread.raise(.typeError, "encoder() must return a string, not \(text.type.name)")
                return false
            }
            buffer.append(StringRef(text))
        }
        return true
    }

    // MARK: Numbers

    @inline(__always) private static func appendInt(_ buffer: inout UnitBuffer, _ number: Int) {
        guard buffer.reserve(24) else { return }
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { memory in
            let end = memory.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: UInt8.self) + 24
            var first = IntOps.write(number.magnitude, before: end)
            if number < 0 {
                first -= 1
                first.pointee = 0x2D
            }
            buffer.append(bytes: first, end - first)
        }
    }

    /// Appends the int or float of a subclass as the base class shows it.
    private static func appendRepr(_ thread: ThreadRef, _ buffer: inout UnitBuffer, _ value: Value, _ id: TypeID) -> Bool {
        guard let function = id.type.unary(.repr) else { return false }
        let text = function(thread, value)
        if text.isEmpty { return false }
        buffer.append(StringRef(text))
        return true
    }

    private static func appendFloat(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ buffer: inout UnitBuffer, _ value: Value) -> Bool {
        let number = value.doubleValue
        if number.isFinite { return appendRepr(thread, &buffer, value, .float) }
        if !encoder.pointee.allowNaN {
            thread.raise(.valueError, "Out of range float values are not JSON compliant")
            return false
        }
        buffer.append(number.isNaN ? "NaN" : number > 0 ? "Infinity" : "-Infinity")
        return true
    }

    // MARK: Values

    /// Appends any value. False when it has raised.
    static func append(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ buffer: inout UnitBuffer, _ value: Value,
                       _ chain: UnsafePointer<Chain>?) -> Bool {
        if value.isSmallInt {
            appendInt(&buffer, value.smallInt)
            return true
        }
        if value.isImmediate {
            if value.isNone { buffer.append("null"); return true }
            if value == .true { buffer.append("true"); return true }
            if value == .false { buffer.append("false"); return true }
        }
        if value.isString { return appendString(thread, encoder, &buffer, value) }
        if value.isInt { return appendRepr(thread, &buffer, value, .int) }
        if value.isFloat { return appendFloat(thread, encoder, &buffer, value) }
        if value.isList || value.isTuple {
            guard thread.enterRecursion(" while encoding a JSON object") else { return false }
            defer { thread.leaveRecursion() }
            return appendList(thread, encoder, &buffer, value, chain)
        }
        if value.isDict {
            guard thread.enterRecursion(" while encoding a JSON object") else { return false }
            defer { thread.leaveRecursion() }
            return appendDict(thread, encoder, &buffer, value, chain)
        }
        guard check(thread, encoder, value, chain) else { return false }
        let substitute = thread.call(encoder.pointee.defaultFunction, value)
        if substitute.isEmpty { return false }
        guard thread.enterRecursion(" while encoding a JSON object") else { return false }
        defer { thread.leaveRecursion() }
        return within(value, chain) { append(thread, encoder, &buffer, substitute, $0) }
    }

    /// Writes with `object` added to the chain.
    @inline(__always) private static func within(_ object: Value, _ chain: UnsafePointer<Chain>?, _ body: (UnsafePointer<Chain>) -> Bool) -> Bool {
        let depth = chain == nil ? 1 : chain.unsafelyUnwrapped.pointee.depth &+ 1
        if depth >= longChain { return withinLong(object, chain.unsafelyUnwrapped, body) }
        var link = Chain(object: object, outer: chain, depth: depth, members: nil)
        return withUnsafePointer(to: &link, body)
    }

    @inline(never) private static func withinLong(_ object: Value, _ chain: UnsafePointer<Chain>, _ body: (UnsafePointer<Chain>) -> Bool) -> Bool {
        if let members = chain.pointee.members {
            var link = Chain(object: object, outer: chain, depth: chain.pointee.depth + 1, members: members)
            // Where circles are not looked for, it may be there already.
            let isNew = members.pointee.insert(UInt(object.bits)).inserted
            defer { if isNew { members.pointee.remove(UInt(object.bits)) } }
            return withUnsafePointer(to: &link, body)
        }
        var members: Set<UInt> = [UInt(object.bits)]
        var outer: UnsafePointer<Chain>? = chain
        while let link = outer {
            members.insert(UInt(link.pointee.object.bits))
            outer = link.pointee.outer
        }
        return withUnsafeMutablePointer(to: &members) { members in
            var link = Chain(object: object, outer: chain, depth: chain.pointee.depth + 1, members: members)
            return withUnsafePointer(to: &link, body)
        }
    }

    /// False, with ValueError raised, when the object is being written already.
    @inline(__always) private static func check(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ value: Value, _ chain: UnsafePointer<Chain>?) -> Bool {
        if encoder.pointee.markers.isNone { return true }
        guard isMember(value, chain) else { return true }
        thread.raise(.valueError, "Circular reference detected")
        return false
    }

    @inline(__always) private static func isMember(_ value: Value, _ chain: UnsafePointer<Chain>?) -> Bool {
        if let members = chain?.pointee.members { return members.pointee.contains(UInt(value.bits)) }
        var link = chain
        while let current = link {
            if current.pointee.object == value { return true }
            link = current.pointee.outer
        }
        return false
    }

    private static func appendList(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ buffer: inout UnitBuffer, _ value: Value,
                                   _ chain: UnsafePointer<Chain>?) -> Bool {
        // A subclass may iterate as it likes.
        let original = value
        let value = value.isExact(.list) || value.isExact(.tuple) ? value : thread.list(value)
        if value.isEmpty { return false }
        let isList = value.isList
        var count = isList ? ListRef(value).count : TupleRef(value).count
        if count == 0 {
            buffer.append("[]")
            return true
        }
        guard check(thread, encoder, original, chain) else { return false }
        return within(original, chain) { link in
            buffer.append(0x5B)
            var index = 0
            while index < count {
                if index > 0 { buffer.append(StringRef(encoder.pointee.itemSeparator)) }
                guard append(thread, encoder, &buffer, isList ? ListRef(value)[index] : TupleRef(value)[index], link) else { return false }
                index &+= 1
                // `default` may have changed the list.
                if isList { count = ListRef(value).count }
            }
            buffer.append(0x5D)
            return true
        }
    }

    private static func appendDict(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ buffer: inout UnitBuffer, _ value: Value,
                                   _ chain: UnsafePointer<Chain>?) -> Bool {
        if DictRef(value).count == 0 {
            buffer.append("{}")
            return true
        }
        guard check(thread, encoder, value, chain) else { return false }
        return within(value, chain) { link in
            buffer.append(0x7B)
            var first = true
            if encoder.pointee.sortKeys || !value.isExact(.dict) {
                var items = thread.callMethod(value, Name.items)
                if items.isEmpty { return false }
                items = thread.list(items)
                if items.isEmpty { return false }
                if encoder.pointee.sortKeys {
                    if thread.callMethod(items, Name.sort).isEmpty { return false }
                }
                for index in 0 ..< ListRef(items).count {
                    let pair = ListRef(items)[index]
                    guard pair.isTuple, TupleRef(pair).count == 2 else {
                        thread.raise(.valueError, "items must return 2-tuples")
                        return false
                    }
                    guard appendPair(thread, encoder, &buffer, TupleRef(pair)[0], TupleRef(pair)[1], &first, link) else { return false }
                }
            } else {
                var position = 0
                while let (key, item) = DictRef(value).next(&position) {
                    guard appendPair(thread, encoder, &buffer, key, item, &first, link) else { return false }
                }
            }
            buffer.append(0x7D)
            return true
        }
    }

    private static func appendPair(_ thread: ThreadRef, _ encoder: UnsafeMutablePointer<JSONEncoderObject>, _ buffer: inout UnitBuffer, _ key: Value, _ value: Value,
                                   _ first: inout Bool, _ chain: UnsafePointer<Chain>) -> Bool {
        var name = key
        if !key.isString {
            var text = UnitBuffer()
            defer { text.free() }
            if key.isFloat {
                guard appendFloat(thread, encoder, &text, key) else { return false }
            } else if key.isNone || key.isBool {
                text.append(key.isNone ? "null" : key == .true ? "true" : "false")
            } else if key.isInt {
                if key.isSmallInt { appendInt(&text, key.smallInt) } else { guard appendRepr(thread, &text, key, .int) else { return false } }
            } else if encoder.pointee.skipKeys {
                return true
            } else {
                thread.raise(.typeError, "keys must be str, int, float, bool or None, not \(key.type.name)")
                return false
            }
            name = text.finish(thread)
            if name.isEmpty { return false }
        }
        if first { first = false } else { buffer.append(StringRef(encoder.pointee.itemSeparator)) }
        guard appendString(thread, encoder, &buffer, name) else { return false }
        buffer.append(StringRef(encoder.pointee.keySeparator))
        return append(thread, encoder, &buffer, value, chain)
    }

    // MARK: The type

    nonisolated(unsafe) static let make = Constructor("make_encoder(self, markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)") { thread, a, _ in
        for index in [5, 6] where !a[index].isString { return thread.raise(.typeError, "make_encoder() argument \(index) must be str, not \(a[index].isNone ? "None" : a[index].type.name)") }
        var truths: [Bool] = []
        for index in 7 ... 9 {
            let truth = thread.isTrue(a[index])
            if truth < 0 { return .empty }
            truths.append(truth == 1)
        }
        guard a[1].isNone || a[1].isDict else { return thread.raise(.typeError, "make_encoder() argument 1 must be dict or None, not \(a[1].argumentTypeName)") }
        let result = thread.allocateInstance(TypeRef(a[0]))
        if result.isEmpty { return .empty }
        let encoder = result.object(JSONEncoderObject.self)
        encoder.pointee.markers = a[1]
        encoder.pointee.defaultFunction = a[2]
        encoder.pointee.encoder = a[3]
        encoder.pointee.indent = a[4]
        encoder.pointee.keySeparator = a[5]
        encoder.pointee.itemSeparator = a[6]
        encoder.pointee.sortKeys = truths[0]
        encoder.pointee.skipKeys = truths[1]
        encoder.pointee.allowNaN = truths[2]
        encoder.pointee.fast = a[3] == JSONModule.encodeASCII.pointee ? 1 : a[3] == JSONModule.encodePlain.pointee ? 2 : 0
        return result
    }

    nonisolated(unsafe) static let iterencode = Constructor("_iterencode(self, obj, _current_indent_level)") { thread, a, _ in
        guard thread.toInt(a[2]) != nil else { return .empty }
        var buffer = UnitBuffer()
        defer { buffer.free() }
        guard JSONEncoder.append(thread, a[0].object(JSONEncoderObject.self), &buffer, a[1], nil) else { return .empty }
        var text = buffer.finish(thread)
        if text.isEmpty { return .empty }
        return thread.newList(&text, 1)
    }

    static func makeType() -> NativeType {
        NativeType("Encoder", module: "_json", size: MemoryLayout<JSONEncoderObject>.size, mask: 0b1111110, flags: [.base],
                   doc: "_iterencode(obj, _current_indent_level) -> iterable", getters: [
            Getter("markers", "markers", isMember: true) { _, a, _ in a[0].object(JSONEncoderObject.self).pointee.markers },
            Getter("default", "default", isMember: true) { _, a, _ in a[0].object(JSONEncoderObject.self).pointee.defaultFunction },
            Getter("encoder", "encoder", isMember: true) { _, a, _ in a[0].object(JSONEncoderObject.self).pointee.encoder },
            Getter("indent", "indent", isMember: true) { _, a, _ in a[0].object(JSONEncoderObject.self).pointee.indent },
            Getter("key_separator", "key_separator", isMember: true) { _, a, _ in a[0].object(JSONEncoderObject.self).pointee.keySeparator },
            Getter("item_separator", "item_separator", isMember: true) { _, a, _ in a[0].object(JSONEncoderObject.self).pointee.itemSeparator },
            Getter("sort_keys", "sort_keys", isMember: true) { _, a, _ in Value(a[0].object(JSONEncoderObject.self).pointee.sortKeys) },
            Getter("skipkeys", "skipkeys", isMember: true) { _, a, _ in Value(a[0].object(JSONEncoderObject.self).pointee.skipKeys) },
        ]) { slots in
            slots.call(.new) { thread, type, arguments, count, keywords in JSONEncoder.make.call(thread, type, arguments, count, keywords) }
            slots.call(.call) { thread, encoder, arguments, count, keywords in JSONEncoder.iterencode.call(thread, encoder, arguments, count, keywords) }
        }
    }
}
