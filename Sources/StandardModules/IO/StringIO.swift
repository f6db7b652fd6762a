import Glibc
import Objects
import TextTypes

/// `_io.StringIO`: a text stream in memory. The text is kept in units of the narrowest width that has sufficed so far.
struct StringStream {
    var header: ObjectHeader
    var dict: Value
    var state: Int
    /// `StorageObject`, or empty.
    var storage: Value
    /// The `newline` argument: str or None.
    var newline: Value
    var count: Int
    var capacity: Int
    var position: Int
    var width: Int
    /// All units are ASCII.
    var isASCII: Bool
    /// Incoming "\r\n" and "\r" become "\n".
    var translatesInput: Bool
    /// Lines end at "\n" only, at any ending, or at `lineEnd`.
    var isUniversal: Bool
    /// What "\n" is written as: 0 as it is, 1 "\r", 2 "\r\n".
    var writeNewline: UInt8
    var initialized: Bool
    /// Newlines seen, as `IncrementalNewlineDecoder` counts: 1 "\r", 2 "\n", 4 "\r\n".
    var seen: UInt8
    /// Where lines end when neither "\n" nor universal: 1 "\r", 2 "\r\n".
    var lineEnd: UInt8
}

enum StringIO {
    nonisolated(unsafe) static var type: NativeType!

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<StringStream> { value.object(StringStream.self) }

    @inline(__always) static func units(_ stream: UnsafeMutablePointer<StringStream>) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(bitPattern: UInt(stream.pointee.storage.bits) &+ UInt(MemoryLayout<StorageObject>.size)).unsafelyUnwrapped
    }

    static func open(_ thread: ThreadRef, _ value: Value) -> Bool {
        let stream = object(value)
        if !stream.pointee.initialized { thread.raise(.valueError, "I/O operation on uninitialized object"); return false }
        if stream.pointee.state & 1 == 0 { return true }
        thread.raise(.valueError, "I/O operation on closed file")
        return false
    }

    /// Room for `wanted` units of at least the given width.
    static func reserve(_ thread: ThreadRef, _ value: Value, _ wanted: Int, width: Int) -> Bool {
        let stream = object(value)
        if wanted <= stream.pointee.capacity && width <= stream.pointee.width { return true }
        let width = max(width, stream.pointee.width)
        let capacity = max(wanted, wanted > stream.pointee.capacity ? stream.pointee.capacity + stream.pointee.capacity >> 1 : stream.pointee.capacity, 32)
        guard capacity < 1 << 44, let raw = Heap.allocate(MemoryLayout<StorageObject>.size + capacity * width, shape: TypeID.byteArrayStorage.rawValue) else { thread.raiseOutOfMemory(); return false }
        raw.assumingMemoryBound(to: StorageObject.self).pointee.size = capacity * width
        let target = raw + MemoryLayout<StorageObject>.size
        let count = stream.pointee.count
        if count > 0 {
            let source = units(stream)
            UnitRuns.copy(source, stream.pointee.width, count, to: target, width)
        }
        stream.pointee.storage = Value(raw)
        stream.pointee.capacity = capacity
        stream.pointee.width = width
        Heap.barrier(value.raw)
        return true
    }

    @inline(__always) static func unit(_ stream: UnsafeMutablePointer<StringStream>, _ index: Int) -> UInt32 {
        switch stream.pointee.width {
        case 1: return UInt32(units(stream).load(fromByteOffset: index, as: UInt8.self))
        case 2: return UInt32(units(stream).load(fromByteOffset: index << 1, as: UInt16.self))
        default: return units(stream).load(fromByteOffset: index << 2, as: UInt32.self)
        }
    }

    @inline(__always) static func store(_ stream: UnsafeMutablePointer<StringStream>, _ index: Int, _ unit: UInt32) {
        switch stream.pointee.width {
        case 1: units(stream).storeBytes(of: UInt8(truncatingIfNeeded: unit), toByteOffset: index, as: UInt8.self)
        case 2: units(stream).storeBytes(of: UInt16(truncatingIfNeeded: unit), toByteOffset: index << 1, as: UInt16.self)
        default: units(stream).storeBytes(of: unit, toByteOffset: index << 2, as: UInt32.self)
        }
    }

    /// Writes text as it is, at the position.
    static func put(_ thread: ThreadRef, _ value: Value, _ text: StringRef) -> Bool {
        let stream = object(value)
        let count = text.count
        if count == 0 { return true }
        let end = stream.pointee.position + count
        guard end > 0, reserve(thread, value, max(end, stream.pointee.count), width: text.width) else { return false }
        if stream.pointee.position > stream.pointee.count { for index in stream.pointee.count ..< stream.pointee.position { store(stream, index, 0) } }
        UnitRuns.copy(text.units, text.width, count, to: units(stream) + stream.pointee.position * stream.pointee.width, stream.pointee.width)
        if !text.isASCII { stream.pointee.isASCII = false }
        stream.pointee.position = end
        if end > stream.pointee.count { stream.pointee.count = end }
        return true
    }

    /// Writes text with newlines treated as the stream's `newline` asks.
    static func write(_ thread: ThreadRef, _ value: Value, _ text: Value) -> Bool {
        let stream = object(value)
        let string = StringRef(text)
        if !stream.pointee.translatesInput && stream.pointee.writeNewline == 0 { return put(thread, value, string) }
        var translated = text
        if stream.pointee.translatesInput {
            for index in 0 ..< string.count where string[index] == 13 || string[index] == 10 {
                let unit = string[index]
                if unit == 10 { stream.pointee.seen |= index > 0 && string[index - 1] == 13 ? 4 : 2 }
                else if index + 1 >= string.count || string[index + 1] != 10 { stream.pointee.seen |= 1 }
            }
            if stream.pointee.seen & 5 != 0 {
                translated = thread.callMethod(thread.callMethod(text, Name.replace, thread.newString("\r\n"), taipan_latin1()[10]), Name.replace, taipan_latin1()[13], taipan_latin1()[10])
            }
        } else {
            translated = thread.callMethod(text, Name.replace, taipan_latin1()[10], stream.pointee.writeNewline == 1 ? taipan_latin1()[13] : thread.newString("\r\n"))
        }
        return !translated.isEmpty && put(thread, value, StringRef(translated))
    }

    static func slice(_ thread: ThreadRef, _ stream: UnsafeMutablePointer<StringStream>, _ start: Int, _ end: Int) -> Value {
        let count = end - start
        if count <= 0 { return WellKnown.emptyString.value }
        if count == 1 { return thread.newString(character: unit(stream, start)) }
        if !stream.pointee.isASCII { return thread.newString(units: units(stream), stream.pointee.width, start, end) }
        let result = thread.newString(count: count, maximum: 127)
        if !result.isEmpty { UnitRuns.copy(units(stream) + start * stream.pointee.width, stream.pointee.width, count, to: StringRef(result).units, 1) }
        return result
    }

    static func line(_ thread: ThreadRef, _ value: Value, _ limit: Int) -> Value {
        let stream = object(value)
        let start = stream.pointee.position
        let count = stream.pointee.count
        if start >= count { return WellKnown.emptyString.value }
        var end = start
        if stream.pointee.lineEnd == 0 && !stream.pointee.isUniversal {
            let place = Units(units(stream), count, stream.pointee.width).find(10, start, count)
            end = place < 0 ? count : place + 1
        } else {
            while end < count {
                let unit = unit(stream, end)
                end += 1
                if unit == 10 && stream.pointee.lineEnd == 0 { break }
                if unit == 13 {
                    if stream.pointee.isUniversal {
                        if end < count && self.unit(stream, end) == 10 { end += 1 }
                        break
                    }
                    if stream.pointee.lineEnd == 1 { break }
                    if stream.pointee.lineEnd == 2 && end < count && self.unit(stream, end) == 10 { end += 1; break }
                }
            }
        }
        if limit >= 0 { end = min(end, start + limit) }
        stream.pointee.position = end
        return slice(thread, stream, start, end)
    }

    private static let initializer = Constructor("StringIO(self, initial_value='', newline='\\n')") { thread, a, _ in
        let stream = StringIO.object(a[0])
        guard a[1].isEmpty || a[1].isNone || a[1].isString else { return thread.raise(.typeError, "initial_value must be str or None, not \(a[1].type.name)") }
        guard a[2].isEmpty || a[2].isNone || a[2].isString else { return thread.raise(.typeError, "newline must be str or None, not \(a[2].type.name)") }
        stream.pointee.lineEnd = 0
        stream.pointee.writeNewline = 0
        stream.pointee.isUniversal = false
        stream.pointee.translatesInput = false
        if a[2].isNone {
            stream.pointee.isUniversal = true
            stream.pointee.translatesInput = true
        } else if !a[2].isEmpty {
            let newline = StringRef(a[2])
            if newline.count == 0 {
                stream.pointee.isUniversal = true
            } else if newline.equals("\r") {
                stream.pointee.lineEnd = 1
                stream.pointee.writeNewline = 1
            } else if newline.equals("\r\n") {
                stream.pointee.lineEnd = 2
                stream.pointee.writeNewline = 2
            } else if !newline.equals("\n") {
                return thread.raise(.valueError, "illegal newline value: \(a[2].reprForMessage(thread))")
            }
        }
        stream.pointee.newline = a[2].isEmpty ? taipan_latin1()[10] : a[2]
        stream.pointee.count = 0
        stream.pointee.position = 0
        stream.pointee.width = 1
        stream.pointee.capacity = 0
        stream.pointee.storage = .empty
        stream.pointee.isASCII = true
        stream.pointee.state = 0
        stream.pointee.seen = 0
        stream.pointee.initialized = true
        Heap.barrier(a[0].raw)
        if a[1].isString, !a[1].isEmpty {
            guard StringIO.write(thread, a[0], a[1]) else { return .empty }
            stream.pointee.position = 0
        }
        return .none
    }

    static func start(_ module: ModuleBuilder) {
        type = NativeType("StringIO", module: "_io", base: Streams.textBase.type, size: MemoryLayout<StringStream>.size, mask: 0b11010, dictOffset: 8, flags: [.base, .weakReferenceable],
                          doc: "StringIO(initial_value='', newline='\\n')\n--\n\nText I/O implementation using an in-memory buffer.", methods: [
            Def("write(self, s, /)", .writes) { thread, a, _ in
                guard a[1].isString else { return thread.raise(.typeError, "string argument expected, got '\(a[1].type.name)'") }
                guard StringIO.open(thread, a[0]), StringIO.write(thread, a[0], a[1]) else { return .empty }
                return Value(small: StringRef(a[1]).count)
            },
            Def("read(self, size=-1, /)", .writes) { thread, a, _ in
                guard StringIO.open(thread, a[0]), let size = Streams.size(thread, a[1]) else { return .empty }
                let stream = StringIO.object(a[0])
                let start = min(stream.pointee.position, stream.pointee.count)
                let end = size < 0 ? stream.pointee.count : min(stream.pointee.count, start + size)
                let result = StringIO.slice(thread, stream, start, end)
                if !result.isEmpty && end > start { stream.pointee.position = end }
                return result
            },
            Def("readline(self, size=-1, /)", .writes) { thread, a, _ in
                guard StringIO.open(thread, a[0]), let size = Streams.size(thread, a[1]) else { return .empty }
                return StringIO.line(thread, a[0], size)
            },
            Def("getvalue(self, /)", .reads) { thread, a, _ in
                guard StringIO.open(thread, a[0]) else { return .empty }
                return StringIO.slice(thread, StringIO.object(a[0]), 0, StringIO.object(a[0]).pointee.count)
            },
            Def("seek(self, pos, whence=0, /)", .writes) { thread, a, _ in
                guard StringIO.open(thread, a[0]), let position = thread.toInt(a[1]), let whence = a[2].isEmpty ? 0 : thread.toInt(a[2]) else { return .empty }
                let stream = StringIO.object(a[0])
                if whence < 0 || whence > 2 { return thread.raise(.valueError, "Invalid whence (\(whence), should be 0, 1 or 2)") }
                if whence == 0 && position < 0 { return thread.raise(.valueError, "Negative seek position \(position)") }
                if whence != 0 && position != 0 { return thread.raise(.osError, "Can't do nonzero cur-relative seeks") }
                if whence == 0 { stream.pointee.position = min(position, 1 << 44) } else if whence == 2 { stream.pointee.position = stream.pointee.count }
                return thread.newInt(stream.pointee.position)
            },
            Def("tell(self, /)", .reads) { thread, a, _ in StringIO.open(thread, a[0]) ? thread.newInt(StringIO.object(a[0]).pointee.position) : .empty },
            Def("truncate(self, pos=None, /)", .writes) { thread, a, _ in
                guard StringIO.open(thread, a[0]) else { return .empty }
                let stream = StringIO.object(a[0])
                var size = stream.pointee.position
                if !a[1].isEmpty && !a[1].isNone {
                    guard let given = Streams.size(thread, a[1]) else { return .empty }
                    if given < 0 { return thread.raise(.valueError, "Negative size value \(given)") }
                    size = given
                }
                stream.pointee.count = min(stream.pointee.count, size)
                return thread.newInt(size)
            },
            Def("close(self, /)", .writes) { _, a, _ in
                StringIO.object(a[0]).pointee.state |= 1
                StringIO.object(a[0]).pointee.storage = .empty
                StringIO.object(a[0]).pointee.capacity = 0
                StringIO.object(a[0]).pointee.count = 0
                return .none
            },
            Def("flush(self, /)", .reads) { thread, a, _ in StringIO.open(thread, a[0]) ? .none : .empty },
            Def("readable(self, /)", .reads) { thread, a, _ in StringIO.open(thread, a[0]) ? .true : .empty },
            Def("writable(self, /)", .reads) { thread, a, _ in StringIO.open(thread, a[0]) ? .true : .empty },
            Def("seekable(self, /)", .reads) { thread, a, _ in StringIO.open(thread, a[0]) ? .true : .empty },
            Def("__getstate__(self, /)", .reads) { thread, a, _ in
                guard StringIO.open(thread, a[0]) else { return .empty }
                let stream = StringIO.object(a[0])
                let text = StringIO.slice(thread, stream, 0, stream.pointee.count)
                let dict = InstanceAttributes.snapshot(thread, a[0])
                if text.isEmpty || dict.isEmpty { return .empty }
                return thread.newTuple(text, stream.pointee.newline, thread.newInt(stream.pointee.position), DictRef(dict).count == 0 ? .none : dict)
            },
            Def("__setstate__(self, state, /)", .writes) { thread, a, _ in
                guard a[1].isTuple, TupleRef(a[1]).count == 4 else { return thread.raise(.typeError, "\(a[0].type.name).__setstate__ argument should be 4-tuple, got \(a[1].type.name)") }
                if StringIO.object(a[0]).pointee.state & 1 != 0 { return thread.raise(.valueError, "I/O operation on closed file") }
                let state = TupleRef(a[1])
                guard state[0].isString else { return thread.raise(.typeError, "initial_value must be str, not \(state[0].type.name)") }
                if thread.call(thread.getAttribute(a[0], Name.__init__), WellKnown.emptyString.value, state[1]).isEmpty { return .empty }
                guard StringIO.put(thread, a[0], StringRef(state[0])), let position = thread.toInt(state[2]) else { return .empty }
                if position < 0 { return thread.raise(.valueError, "position value cannot be negative") }
                StringIO.object(a[0]).pointee.position = position
                if state[3].isNone { return .none }
                guard state[3].isDict else { return thread.raise(.typeError, "fourth item of state should be a dict, got a \(state[3].type.name)") }
                return thread.callMethod(InstanceAttributes.dict(thread, a[0]), Name.update, state[3])
            },
        ], getters: [
            Getter("closed") { thread, a, _ in
                if !StringIO.object(a[0]).pointee.initialized { return thread.raise(.valueError, "I/O operation on uninitialized object") }
                return Value(StringIO.object(a[0]).pointee.state & 1 != 0)
            },
            Getter("line_buffering") { thread, a, _ in StringIO.open(thread, a[0]) ? .false : .empty },
            Getter("newlines") { thread, a, _ in
                guard StringIO.open(thread, a[0]) else { return .empty }
                return NewlineDecoder.describe(thread, StringIO.object(a[0]).pointee.translatesInput ? StringIO.object(a[0]).pointee.seen : 0)
            },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in thread.allocateInstance(TypeRef(type)) }
            slots.call(.initialize) { thread, value, a, count, keywords in StringIO.initializer.call(thread, value, a, count, keywords) }
            slots.unary(.iter) { thread, value in StringIO.open(thread, value) ? value : .empty }
            slots.unary(.next) { thread, value in
                guard StringIO.open(thread, value) else { return .empty }
                if value.type.pointer == StringIO.type.type.pointer {
                    let line = StringIO.line(thread, value, -1)
                    return line.isEmpty || StringRef(line).count == 0 ? .empty : line
                }
                let line = thread.callMethod(value, Name.readline)
                return line.isEmpty || !line.isString || StringRef(line).count == 0 ? .empty : line
            }
        }
        type.type.slotPointer(.finalize).pointee = nil
        type.type.pointer.pointee.flags.remove(.finalized)
        module.add(type)
    }
}

/// `_io.IncrementalNewlineDecoder`
enum NewlineDecoder {
    struct Object {
        var header: ObjectHeader
        var decoder: Value
        var errors: Value
        var translates: Bool
        var pendingCR: Bool
        var seen: UInt8
    }

    @inline(__always) static func object(_ value: Value) -> UnsafeMutablePointer<Object> { value.object(Object.self) }

    /// `newlines`: None, a str, or a tuple of them.
    static func describe(_ thread: ThreadRef, _ seen: UInt8) -> Value {
        var items: [String] = []
        if seen & 1 != 0 { items.append("\r") }
        if seen & 2 != 0 { items.append("\n") }
        if seen & 4 != 0 { items.append("\r\n") }
        if items.isEmpty { return .none }
        if items.count == 1 { return thread.newString(items[0]) }
        return thread.newTuple(count: items.count) { thread.newString(items[$0]) }
    }

    /// Decodes newlines in text that has been decoded already.
    static func translate(_ thread: ThreadRef, _ value: Value, _ input: Value, final: Bool) -> Value {
        let object = object(value)
        var text = input
        if object.pointee.pendingCR && (final || StringRef(text).count > 0) {
            text = thread.concatenate(StringRef(taipan_latin1()[13]), StringRef(text))
            if text.isEmpty { return .empty }
            object.pointee.pendingCR = false
        }
        let string = StringRef(text)
        if !final && string.count > 0 && string[string.count - 1] == 13 {
            text = thread.substring(string, 0, string.count - 1)
            if text.isEmpty { return .empty }
            object.pointee.pendingCR = true
        }
        let current = StringRef(text)
        var hasCR = false
        var index = 0
        while index < current.count {
            let unit = current[index]
            index += 1
            if unit == 10 { object.pointee.seen |= 2 } else if unit == 13 {
                hasCR = true
                if index < current.count && current[index] == 10 { object.pointee.seen |= 4; index += 1 } else { object.pointee.seen |= 1 }
            }
        }
        if !hasCR || !object.pointee.translates { return text }
        let joined = thread.callMethod(text, Name.replace, thread.newString("\r\n"), taipan_latin1()[10])
        return joined.isEmpty ? .empty : thread.callMethod(joined, Name.replace, taipan_latin1()[13], taipan_latin1()[10])
    }

    private static let initializer = Constructor("IncrementalNewlineDecoder(self, decoder, translate, errors='strict')") { thread, a, _ in
        let object = NewlineDecoder.object(a[0])
        object.pointee.decoder = a[1]
        object.pointee.errors = a[3].isEmpty ? Name.strict.value : a[3]
        let translates = thread.isTrue(a[2])
        if translates < 0 { return .empty }
        object.pointee.translates = translates != 0
        object.pointee.seen = 0
        object.pointee.pendingCR = false
        Heap.barrier(a[0].raw)
        return .none
    }

    static func start(_ module: ModuleBuilder) {
        module.add(NativeType("IncrementalNewlineDecoder", module: "_io", size: MemoryLayout<Object>.size, mask: 0b110, flags: .base,
                              doc: "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\nCodec used when reading a file in universal newlines mode.", methods: [
            Def("decode(self, /, input, final=False)", .calls) { thread, a, _ in
                let object = NewlineDecoder.object(a[0])
                let final = a[2].isEmpty ? 0 : thread.isTrue(a[2])
                if final < 0 { return .empty }
                var text = a[1]
                if !object.pointee.decoder.isNone { text = thread.callMethod(object.pointee.decoder, Name.decode, a[1], Value(final != 0)) }
                if text.isEmpty { return .empty }
                guard text.isString else { return thread.raise(.typeError, "decoder should return a string result, not '\(text.type.name)'") }
                return NewlineDecoder.translate(thread, a[0], text, final: final != 0)
            },
            Def("getstate(self, /)", .calls) { thread, a, _ in
                let object = NewlineDecoder.object(a[0])
                var buffer = WellKnown.emptyBytes.value
                var flag = Value(small: 0)
                if !object.pointee.decoder.isNone {
                    let state = thread.callMethod(object.pointee.decoder, Streams.name("getstate"))
                    if state.isEmpty { return .empty }
                    guard state.isTuple, TupleRef(state).count == 2 else { return thread.raise(.typeError, "illegal decoder state") }
                    buffer = TupleRef(state)[0]
                    flag = TupleRef(state)[1]
                }
                guard let number = thread.toInt(flag) else { return .empty }
                return thread.newTuple(buffer, thread.newInt(number << 1 | (object.pointee.pendingCR ? 1 : 0)))
            },
            Def("setstate(self, state, /)", .calls) { thread, a, _ in
                guard a[1].isTuple, TupleRef(a[1]).count == 2 else { return thread.raise(.typeError, "state argument must be a tuple") }
                let object = NewlineDecoder.object(a[0])
                guard let flag = thread.toInt(TupleRef(a[1])[1]) else { return .empty }
                object.pointee.pendingCR = flag & 1 != 0
                if object.pointee.decoder.isNone { return .none }
                return thread.callMethod(object.pointee.decoder, Streams.name("setstate"), thread.newTuple(TupleRef(a[1])[0], thread.newInt(flag >> 1)))
            },
            Def("reset(self, /)", .calls) { thread, a, _ in
                let object = NewlineDecoder.object(a[0])
                object.pointee.seen = 0
                object.pointee.pendingCR = false
                return object.pointee.decoder.isNone ? .none : thread.callMethod(object.pointee.decoder, Streams.name("reset"))
            },
        ], getters: [
            Getter("newlines") { thread, a, _ in NewlineDecoder.describe(thread, NewlineDecoder.object(a[0]).pointee.seen) },
        ]) { slots in
            slots.call(.new) { thread, type, _, _, _ in
                let value = thread.allocateInstance(TypeRef(type))
                if !value.isEmpty { NewlineDecoder.object(value).pointee.decoder = .none }
                return value
            }
            slots.call(.initialize) { thread, value, a, count, keywords in NewlineDecoder.initializer.call(thread, value, a, count, keywords) }
        })
    }
}
