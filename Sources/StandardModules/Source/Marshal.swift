import Bytecode
import Interpreter
import Objects

/// The module `marshal`: CPython's format, version 4, except for code objects.
///
/// Each object is a type byte and its content. Bit 7 of the type byte says that the object gets a number, by which type `r` refers to it again. A code object is `c`, a
/// length, and what `Bytecode`'s `serialize` makes of it. Reading trusts nothing: lengths are checked against what is left before anything is
/// allocated, nesting is bounded, and code is verified.
enum Marshal {
    static let version = 4
    static let maximumDepth = 2000
    static let reference: UInt8 = 0x80

    static func register() {
        NativeModule.register("marshal", doc: "Reading and writing Python values in a binary format.", functions: [
            Def("dump(value, file, version=4, /)", .calls, "Write the value on the open file.", kind: .function) { thread, a, _ in
                let data = Marshal.dumps(thread, a[0], a[2])
                return data.isEmpty ? .empty : thread.callMethod(a[1], .write, data)
            },
            Def("load(file, /)", .calls, "Read one value from the open file and return it.", kind: .function) { thread, a, _ in
                Audit.event(thread, "marshal.load", []) ? Marshal.load(thread, a[0]) : .empty
            },
            Def("dumps(value, version=4, /)", .calls, "The bytes that dump() would write for a value.", kind: .function) { thread, a, _ in
                Marshal.dumps(thread, a[0], a[1])
            },
            Def("loads(bytes, /)", .calls, "Convert the bytes-like object to a value.", kind: .function) { thread, a, _ in
                thread.withBuffer(a[0]) { start, count in
                    if !Audit.hooks.pointee.isEmpty {
                        let data = thread.newBytes(start, count)
                        guard !data.isEmpty, Audit.event(thread, "marshal.loads", [data]) else { return .empty }
                    }
                    guard let refs = Marshal.newReferences(thread) else { return .empty }
                    var reader = MarshalReader(thread: thread, start: UnsafePointer(start), count: count, refs: refs)
                    return reader.whole()
                }
            },
        ]) { module in
            module.set("version", Marshal.version)
            return true
        }
    }

    private static func dumps(_ thread: ThreadRef, _ value: Value, _ version: Value) -> Value {
        var number = Marshal.version
        if !version.isEmpty {
            guard let given = thread.toInt(version) else { return .empty }
            number = given
        }
        guard Audit.event(thread, "marshal.dumps", [value, Value(small: number)]) else { return .empty }
        var writer = MarshalWriter(thread: thread, version: number)
        writer.write(value, depth: 0)
        if thread.hasException { return .empty }
        switch writer.failure {
        case .none: return thread.newBytes(writer.bytes)
        case .unmarshallable: return thread.raise(.valueError, "unmarshallable object")
        case .tooDeep: return thread.raise(.valueError, "object too deeply nested to marshal")
        }
    }

    fileprivate static func newReferences(_ thread: ThreadRef) -> ListRef? {
        let list = thread.newList()
        return list.isEmpty ? nil : ListRef(list)
    }

    private static func load(_ thread: ThreadRef, _ file: Value) -> Value {
        let data = thread.callMethod(file, .read, Value(small: 0))
        if data.isEmpty { return .empty }
        guard data.isBytes else { return thread.raise(.typeError, "file.read() returned not bytes but \(data.type.name)") }
        guard let refs = newReferences(thread) else { return .empty }
        var reader = MarshalReader(thread: thread, file: file, refs: refs)
        return reader.whole()
    }
}

// MARK: Writing

struct MarshalWriter {
    enum Failure { case none, unmarshallable, tooDeep }

    let thread: ThreadRef
    let version: Int
    var bytes: [UInt8] = []
    var failure = Failure.none
    /// Numbers of the objects written so far. They stay alive by the object that is being written.
    private var numbers: [UInt64: Int] = [:]

    init(thread: ThreadRef, version: Int) {
        self.thread = thread
        self.version = version
    }

    private mutating func type(_ letter: Unicode.Scalar, _ flag: UInt8 = 0) { bytes.append(UInt8(letter.value) | flag) }

    private mutating func short(_ value: Int) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    private mutating func long(_ value: Int) {
        short(value)
        short(value >> 16)
    }

    private mutating func size(_ value: Int) {
        if value > Int(Int32.max) { failure = .unmarshallable }
        long(value)
    }

    private mutating func double(_ value: Double) { for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) } }

    private mutating func text(_ value: Double) {
        let repr = Array(value.description.utf8)
        bytes.append(UInt8(repr.count))
        bytes += repr
    }

    mutating func write(_ value: Value, depth: Int) {
        if failure != .none || thread.hasException { return }
        if depth >= Marshal.maximumDepth {
            failure = .tooDeep
            return
        }
        if value.isNone { return type("N") }
        if value == .true { return type("T") }
        if value == .false { return type("F") }
        if value == .ellipsis { return type(".") }
        if value == TypeID.stopIteration.value { return type("S") }
        if value.isSmallInt { return integer(value, 0) }
        if value.isFloat, !value.isPointer { return float(value.doubleValue, 0) }
        guard value.isPointer else {
            failure = .unmarshallable
            return
        }
        var flag: UInt8 = 0
        if version >= 3 {
            if let number = numbers[value.bits] {
                type("r")
                long(number)
                return
            }
            numbers[value.bits] = numbers.count
            flag = Marshal.reference
        }
        switch value.shapeIndex {
        case TypeID.int.rawValue: integer(value, flag)
        case TypeID.float.rawValue: float(value.doubleValue, flag)
        case TypeID.complex.rawValue:
            let number = value.object(ComplexObject.self).pointee
            type(version > 1 ? "y" : "x", flag)
            if version > 1 {
                double(number.real)
                double(number.imaginary)
            } else {
                text(number.real)
                text(number.imaginary)
            }
        case TypeID.bytes.rawValue:
            type("s", flag)
            size(BytesRef(value).count)
            bytes.append(contentsOf: BytesRef(value).buffer)
        case TypeID.str.rawValue: string(StringRef(value), flag)
        case TypeID.tuple.rawValue:
            let tuple = TupleRef(value)
            if version >= 4 && tuple.count < 256 {
                type(")", flag)
                bytes.append(UInt8(tuple.count))
            } else {
                type("(", flag)
                size(tuple.count)
            }
            for index in 0 ..< tuple.count { write(tuple[index], depth: depth + 1) }
        case TypeID.list.rawValue:
            type("[", flag)
            size(ListRef(value).count)
            for index in 0 ..< ListRef(value).count { write(ListRef(value)[index], depth: depth + 1) }
        case TypeID.dict.rawValue:
            type("{", flag)
            var position = 0
            while let (key, item) = DictRef(value).next(&position) {
                write(key, depth: depth + 1)
                write(item, depth: depth + 1)
            }
            type("0")
        case TypeID.set.rawValue, TypeID.frozenset.rawValue: set(value, flag, depth)
        case TypeID.code.rawValue: code(value, flag)
        default:
            guard value.isBuffer else {
                failure = .unmarshallable
                return
            }
            var content: [UInt8] = []
            let done = thread.withBuffer(value) { start, count in
                content = Array(UnsafeBufferPointer(start: start, count: count))
                return .none
            }
            if done.isEmpty { return }
            type("s", flag)
            size(content.count)
            bytes += content
        }
    }

    private mutating func integer(_ value: Value, _ flag: UInt8) {
        if let number = IntOps.toInt(value), number >= Int(Int32.min), number <= Int(Int32.max) {
            type("i", flag)
            long(number)
            return
        }
        // Digits of 15 bits, the least significant first.
        var limbs: [UInt]
        if let number = IntOps.toInt(value) {
            limbs = [number.magnitude]
        } else {
            limbs = (0 ..< abs(IntOps.size(value))).map { IntOps.limbs(value)[$0] }
        }
        var digits: [Int] = []
        var pending: UInt = 0
        var pendingBits = 0
        for limb in limbs {
            var rest = limb
            var bits = 64
            while bits > 0 {
                let wanted = min(15 - pendingBits, bits)
                pending |= (rest & (1 << UInt(wanted) - 1)) << UInt(pendingBits)
                rest >>= UInt(wanted)
                bits -= wanted
                pendingBits += wanted
                if pendingBits == 15 {
                    digits.append(Int(pending))
                    pending = 0
                    pendingBits = 0
                }
            }
        }
        if pending != 0 { digits.append(Int(pending)) }
        while digits.last == 0 { digits.removeLast() }
        type("l", flag)
        long(IntOps.isNegative(value) ? -digits.count : digits.count)
        for digit in digits { short(digit) }
    }

    private mutating func float(_ value: Double, _ flag: UInt8) {
        type(version > 1 ? "g" : "f", flag)
        if version > 1 { double(value) } else { text(value) }
    }

    private mutating func string(_ text: StringRef, _ flag: UInt8) {
        let interned = text.isInterned && version >= 3
        if version >= 4 && text.isASCII {
            if text.count < 256 {
                type(interned ? "Z" : "z", flag)
                bytes.append(UInt8(text.count))
            } else {
                type(interned ? "A" : "a", flag)
                size(text.count)
            }
            bytes.append(contentsOf: UnsafeBufferPointer(start: text.units1, count: text.count))
            return
        }
        let content = text.utf8
        type(interned ? "t" : "u", flag)
        size(content.count)
        bytes += content
    }

    /// Items in the order of what is written of them, so that equal sets give equal bytes.
    private mutating func set(_ value: Value, _ flag: UInt8, _ depth: Int) {
        type(value.shapeIndex == TypeID.set.rawValue ? "<" : ">", flag)
        size(SetRef(value).count)
        var items: [(key: [UInt8], item: Value)] = []
        var position = 0
        while let (key, _) = SetRef(value).nextEntry(&position) {
            var writer = MarshalWriter(thread: thread, version: version)
            writer.write(key, depth: depth + 1)
            if writer.failure != .none { failure = writer.failure }
            items.append((writer.bytes, key))
        }
        items.sort { $0.key.lexicographicallyPrecedes($1.key) }
        for item in items { write(item.item, depth: depth + 1) }
    }

    private mutating func code(_ value: Value, _ flag: UInt8) {
        guard let compiled = current(value) else {
            failure = .unmarshallable
            return
        }
        let content = serialize(compiled)
        type("c", flag)
        size(content.count)
        bytes += content
    }

    /// The compiled code of a code object, with the file name that the object has now. nil when its constants are of types that compiled code cannot hold.
    private func current(_ value: Value) -> CompiledCode? {
        let compiled = Code.compiledCode(of: value)
        compiled.filename = StringRef(Code.filename(of: value)).description
        let made = Code.constants(thread, of: value)
        if made.isEmpty { return nil }
        let constants = TupleRef(made)
        for index in 0 ..< constants.count {
            if constants[index].isExact(.code) {
                if current(constants[index]) == nil { return nil }
            } else if Code.constant(constants[index]) == nil {
                return nil
            }
        }
        return compiled
    }
}

// MARK: Reading

struct MarshalReader {
    let thread: ThreadRef
    private var next: UnsafePointer<UInt8>
    private var left: Int
    /// The file that bytes come from, or empty; and the bytes read last, which `next` may point into.
    private let file: Value
    private var chunk = Value.empty
    private let refs: ListRef
    private var depth = 0

    init(thread: ThreadRef, start: UnsafePointer<UInt8>, count: Int, refs: ListRef) {
        self.thread = thread
        next = start
        left = count
        file = .empty
        self.refs = refs
    }

    init(thread: ThreadRef, file: Value, refs: ListRef) {
        self.thread = thread
        next = UnsafePointer(bitPattern: 8)!
        left = 0
        self.file = file
        self.refs = refs
    }

    // MARK: Bytes

    private mutating func take(_ count: Int, _ message: String = "marshal data too short") -> UnsafePointer<UInt8>? {
        if count <= left {
            left -= count
            defer { next += count }
            return next
        }
        guard !file.isEmpty else {
            thread.raise(.eofError, message)
            return nil
        }
        let buffer = thread.call(TypeID.bytearray.value, thread.newInt(count))
        let result = buffer.isEmpty ? .empty : thread.callMethod(file, StringRef.intern("readinto").value, buffer)
        if result.isEmpty { return nil }
        guard let got = thread.toInt(result) else { return nil }
        if got > count {
            thread.raise(.valueError, "read() returned too much data: \(count) bytes requested, \(got) returned")
            return nil
        }
        if got < count {
            thread.raise(.eofError, message)
            return nil
        }
        chunk = thread.call(TypeID.bytes.value, buffer)
        guard !chunk.isEmpty, BytesRef(chunk).count >= count else { return nil }
        return UnsafePointer(BytesRef(chunk).bytes)
    }

    private mutating func byte() -> Int? { take(1).map { Int($0[0]) } }
    private mutating func short() -> Int? { take(2).map { Int(Int16(bitPattern: UInt16($0[0]) | UInt16($0[1]) << 8)) } }

    private mutating func long() -> Int? {
        take(4).map { Int(Int32(bitPattern: UInt32($0[0]) | UInt32($0[1]) << 8 | UInt32($0[2]) << 16 | UInt32($0[3]) << 24)) }
    }

    private mutating func double() -> Double? {
        guard let bytes = take(8) else { return nil }
        return Double(bitPattern: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self).littleEndian)
    }

    private mutating func textDouble() -> Double? {
        guard let count = byte(), let bytes = take(count) else { return nil }
        let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
        if let value = Double(text) { return value }
        thread.raise(.valueError, "could not convert string to float: '\(text)'")
        return nil
    }

    /// A count of items or bytes.
    private mutating func size(_ what: String) -> Int? {
        guard let size = long() else { return nil }
        if size >= 0 { return size }
        thread.raise(.valueError, "bad marshal data (\(what) size out of range)")
        return nil
    }

    // MARK: Objects

    /// The outermost object.
    mutating func whole() -> Value {
        let value = object()
        if value.isEmpty && !thread.hasException { return thread.raise(.typeError, "NULL object in marshal data for object") }
        return value
    }

    /// Notes an object by its number, if it has one. False when it has raised.
    private func note(_ value: Value, _ flag: Bool) -> Value {
        if value.isEmpty || !flag { return value }
        return refs.append(thread, value) ? value : .empty
    }

    /// Takes a number for an object that is not made yet: -1 without one, nil when it has raised.
    private func reserve(_ flag: Bool) -> Int? {
        if !flag { return -1 }
        return refs.append(thread, .none) ? refs.count - 1 : nil
    }

    private func fulfil(_ number: Int, _ value: Value) -> Value {
        if number >= 0 && !value.isEmpty { refs.set(number, value) }
        return value
    }

    /// The next object. Empty with nothing raised stands for the NULL that ends a dict.
    private mutating func object() -> Value {
        guard let bytes = take(1, "EOF read where object expected") else { return .empty }
        depth += 1
        defer { depth -= 1 }
        if depth > Marshal.maximumDepth { return thread.raise(.valueError, "recursion limit exceeded") }
        let flag = bytes[0] & Marshal.reference != 0
        switch Unicode.Scalar(bytes[0] & 0x7F) {
        case "0": return .empty
        case "N": return .none
        case "T": return .true
        case "F": return .false
        case ".": return .ellipsis
        case "S": return TypeID.stopIteration.value
        case "i":
            guard let number = long() else { return .empty }
            return note(Value(small: number), flag)
        case "I":
            guard let bytes = take(8) else { return .empty }
            return note(thread.newInt(Int(UnsafeRawPointer(bytes).loadUnaligned(as: Int64.self).littleEndian)), flag)
        case "l": return note(integer(), flag)
        case "f":
            guard let value = textDouble() else { return .empty }
            return note(thread.newFloat(value), flag)
        case "g":
            guard let value = double() else { return .empty }
            return note(thread.newFloat(value), flag)
        case "x":
            guard let real = textDouble(), let imaginary = textDouble() else { return .empty }
            return note(complex(real, imaginary), flag)
        case "y":
            guard let real = double(), let imaginary = double() else { return .empty }
            return note(complex(real, imaginary), flag)
        case "s":
            guard let count = size("bytes object"), let start = take(count) else { return .empty }
            return note(thread.newBytes(start, count), flag)
        case "A", "a":
            guard let count = size("string"), let start = take(count) else { return .empty }
            return note(latin(start, count, interned: bytes[0] & 0x7F == UInt8(ascii: "A")), flag)
        case "Z", "z":
            let interned = bytes[0] & 0x7F == UInt8(ascii: "Z")
            guard let count = byte(), let start = take(count) else { return .empty }
            return note(latin(start, count, interned: interned), flag)
        case "t", "u":
            let interned = bytes[0] & 0x7F == UInt8(ascii: "t")
            guard let count = size("string"), let start = take(count) else { return .empty }
            return note(unicode(start, count, interned: interned), flag)
        case ")":
            guard let count = byte() else { return .empty }
            return tuple(count, flag)
        case "(":
            guard let count = size("tuple") else { return .empty }
            return tuple(count, flag)
        case "[": return list(flag)
        case "{": return dict(flag)
        case "<", ">": return set(isFrozen: bytes[0] & 0x7F == UInt8(ascii: ">"), flag)
        case "c":
            guard let number = reserve(flag), let count = size("code"), let start = take(count) else { return .empty }
            guard let compiled = deserialize(UnsafeBufferPointer(start: start, count: count)) else {
                return thread.raise(.valueError, "bad marshal data (invalid code object)")
            }
            return fulfil(number, Code.make(thread, compiled))
        case "r":
            guard let number = long() else { return .empty }
            guard number >= 0, number < refs.count, !refs[number].isNone else { return thread.raise(.valueError, "bad marshal data (invalid reference)") }
            return refs[number]
        default: return thread.raise(.valueError, "bad marshal data (unknown type code)")
        }
    }

    /// An object that is part of another.
    private mutating func item(_ what: String) -> Value {
        let value = object()
        if value.isEmpty && !thread.hasException { return thread.raise(.typeError, "NULL object in marshal data for \(what)") }
        return value
    }

    private mutating func integer() -> Value {
        guard let count = long() else { return .empty }
        if count == 0 { return Value(small: 0) }
        guard count.magnitude <= UInt(Int32.max), let bytes = take(Int(count.magnitude) * 2) else {
            return thread.hasException ? .empty : thread.raise(.valueError, "bad marshal data (long size out of range)")
        }
        var limbs: [UInt] = []
        var pending: UInt = 0
        var bits: UInt = 0
        for index in 0 ..< Int(count.magnitude) {
            let digit = UInt(bytes[2 * index]) | UInt(bytes[2 * index + 1]) << 8
            if digit > 0x7FFF { return thread.raise(.valueError, "bad marshal data (digit out of range in long)") }
            if index == Int(count.magnitude) - 1, digit == 0 { return thread.raise(.valueError, "bad marshal data (unnormalized long data)") }
            pending |= digit << bits
            bits += 15
            if bits >= 64 {
                limbs.append(pending)
                bits -= 64
                pending = bits == 0 ? 0 : digit >> (15 - bits)
            }
        }
        if pending != 0 { limbs.append(pending) }
        while limbs.last == 0 { limbs.removeLast() }
        return limbs.withUnsafeBufferPointer { thread.newInt(negative: count < 0, limbs: $0.baseAddress!, $0.count) }
    }

    private func complex(_ real: Double, _ imaginary: Double) -> Value {
        thread.call(TypeID.complex.value, thread.newFloat(real), thread.newFloat(imaginary))
    }

    /// Text of one byte a character.
    private func latin(_ start: UnsafePointer<UInt8>, _ count: Int, interned: Bool) -> Value {
        var highest: UInt8 = 0
        for index in 0 ..< count { highest |= start[index] }
        var result: Value
        if highest < 0x80 {
            result = thread.newString(utf8: start, count)
        } else {
            result = thread.newString(count: count, maximum: 255)
            if !result.isEmpty { for index in 0 ..< count { StringRef(result).initialize(index, UInt32(start[index])) } }
        }
        if result.isEmpty || !interned { return result }
        result = StringRef(result).interned().value
        return result
    }

    private func unicode(_ start: UnsafePointer<UInt8>, _ count: Int, interned: Bool) -> Value {
        guard MarshalReader.isWellFormed(start, count) else {
            // The codec words the error.
            let bytes = thread.newBytes(start, count)
            return bytes.isEmpty ? .empty : thread.callMethod(bytes, .decode, Name.utf_8.value, Name.surrogatepass.value)
        }
        let result = thread.newString(utf8: start, count)
        return result.isEmpty || !interned ? result : StringRef(result).interned().value
    }

    /// Whether bytes are UTF-8, with surrogates allowed.
    private static func isWellFormed(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var index = 0
        while index < count {
            let first = bytes[index]
            if first < 0x80 {
                index += 1
                continue
            }
            let width = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
            if first < 0xC2 || first > 0xF4 || index + width > count { return false }
            for place in 1 ..< width where bytes[index + place] & 0xC0 != 0x80 { return false }
            let second = bytes[index + 1]
            if first == 0xE0 && second < 0xA0 || first == 0xF0 && second < 0x90 || first == 0xF4 && second > 0x8F { return false }
            index += width
        }
        return true
    }

    /// Whether as many items can follow: each takes a byte. Raises when not.
    private func canHold(_ count: Int) -> Bool {
        if !file.isEmpty || count <= left { return true }
        thread.raise(.eofError, "EOF read where object expected")
        return false
    }

    private mutating func tuple(_ count: Int, _ flag: Bool) -> Value {
        guard canHold(count) else { return .empty }
        if count == 0 { return note(WellKnown.emptyTuple.value, flag) }
        if !file.isEmpty && count > 1 << 16 { return tupleFromFile(count, flag) }
        let tuple = thread.newTuple(count: count)
        if tuple.isEmpty { return .empty }
        // It may be met, half filled, by a reference inside itself.
        for index in 0 ..< count { TupleRef(tuple).initialize(index, .none) }
        if note(tuple, flag).isEmpty { return .empty }
        for index in 0 ..< count {
            let value = item("tuple")
            if value.isEmpty { return .empty }
            TupleRef(tuple).initialize(index, value)
        }
        return tuple
    }

    /// Nobody knows whether a file holds as much as it says: the items come first.
    private mutating func tupleFromFile(_ count: Int, _ flag: Bool) -> Value {
        guard let number = reserve(flag) else { return .empty }
        let items = thread.newList()
        if items.isEmpty { return .empty }
        for _ in 0 ..< count {
            let value = item("tuple")
            if value.isEmpty || !ListRef(items).append(thread, value) { return .empty }
        }
        return fulfil(number, thread.tuple(items))
    }

    private mutating func list(_ flag: Bool) -> Value {
        guard let count = size("list"), canHold(count) else { return .empty }
        let list = thread.newList(capacity: min(count, 1 << 16))
        if note(list, flag).isEmpty { return .empty }
        for _ in 0 ..< count {
            let value = item("list")
            if value.isEmpty || !ListRef(list).append(thread, value) { return .empty }
        }
        return list
    }

    private mutating func dict(_ flag: Bool) -> Value {
        let dict = note(thread.newDict(), flag)
        if dict.isEmpty { return .empty }
        while true {
            let key = object()
            if key.isEmpty { break }
            let value = object()
            if value.isEmpty { break }
            if !DictRef(dict).set(thread, key, value) { return .empty }
        }
        return thread.hasException ? .empty : dict
    }

    private mutating func set(isFrozen: Bool, _ flag: Bool) -> Value {
        guard let count = size("set"), canHold(count) else { return .empty }
        guard isFrozen else {
            let set = note(thread.newSet(), flag)
            return set.isEmpty ? .empty : fill(set, count)
        }
        guard let number = reserve(flag) else { return .empty }
        // Made by the constructor, as a set that nobody may change.
        let items = thread.newSet()
        if items.isEmpty || fill(items, count).isEmpty { return .empty }
        return fulfil(number, thread.call(TypeID.frozenset.value, items))
    }

    private mutating func fill(_ set: Value, _ count: Int) -> Value {
        for _ in 0 ..< count {
            let value = item("set")
            if value.isEmpty || !SetRef(set).add(thread, value) { return .empty }
        }
        return set
    }
}
