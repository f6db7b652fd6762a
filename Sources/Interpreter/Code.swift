import Bytecode
import Glibc
import Syntax

/// Code objects: compiled code with its constants as objects and its inline caches.
///
/// A code object begins as an outline: its name, and the numbers that a call of it needs. Names, constants, instructions and caches are made by
/// `Code.complete` when the code is first run or looked into, for most functions of most modules never are. Until then the object is not
/// `isSimple`, so that every call comes by the binding of arguments, which completes it.

public struct CodeObject {
    public var header: ObjectHeader
    // Traced (words 1–10):
    public var name: Value
    public var qualifiedName: Value
    public var filename: Value
    /// tuples
    public var constants: Value
    public var names: Value
    public var localNames: Value
    public var cellNames: Value
    public var freeNames: Value
    /// `ValueArrayObject` of the names in the archive that the code is read from, interned, those met so far; or empty.
    public var archiveNames: Value
    /// `Consumers`' functions for generators and key functions with this code: a tuple, or empty.
    public var consumers: Value
    // Untraced:
    /// These buffers, unless it is an outline, and `compiled` are the object's own (`Code.release`).
    public var instructions: ProgramCounter
    public var caches: UnsafeMutablePointer<InlineCache>
    public var constantItems: UnsafeMutablePointer<Value>
    public var exceptionRanges: UnsafeMutablePointer<ExceptionRange>
    public var exceptionRangeCount: Int32
    public var registerCount: Int32
    /// Positional parameters.
    public var argumentCount: Int32
    /// All parameters.
    public var parameterCount: Int32
    /// Registers that must be unbound at entry: parameters and locals.
    public var clearCount: Int32
    public var positionalOnlyCount: Int32
    public var keywordOnlyCount: Int32
    /// `CodeFlags`
    public var flags: UInt32
    /// Only positional parameters: a call with as many arguments needs no binding.
    public var isSimple: Bool
    public var cacheCount: Int32
    public var instructionCount: Int32
    public var firstLine: Int32
    public var selfAttributeCount: Int32
    public var freeCount: Int32
    /// Names, constants and instructions are still to be made.
    public var isOutline: Bool
    /// The first constant is the docstring.
    public var hasDocstring: Bool
    /// Bytes outside the heap, as told to it.
    public var heldBytes: Int32
    /// Retained `CompiledCode`.
    public var compiled: UnsafeMutableRawPointer
    /// Counts calls down to the moment when the JIT is told, as a loop's cache counts rounds.
    public var entry: InlineCache
}

/// An inline cache: what the last execution of an instruction found. `version` is that of the receiver's shape. A loop's cache counts `version` down to the
/// moment when the JIT is told, and `offset` is the JIT's own.
public struct InlineCache {
    public var version: UInt32
    public var kind: CacheKind
    public var spare: UInt16
    /// A byte offset, an entry number or a second version, as the kind says.
    public var offset: Int
    /// A class attribute, function, namespace, or a new shape.
    public var value: Value
    /// The name, interned; empty for loops.
    public var name: Value
}

public enum CacheKind: UInt8 {
    case none
    /// An attribute in the object, at `offset`.
    case inlineSlot
    /// An attribute in the overflow array that the dict word at `value` (an offset) points to, at `offset`.
    case overflowSlot
    /// A class attribute that takes part in the access (a function, a property, another descriptor; for `setAttr` one that a function of Python sets), or the function for `getMethod`.
    case classValue
    /// A class attribute that is data: entry `offset` of the dict `value`, whose version is `secondVersion`.
    case classEntry
    /// Of a module or other dict-mode object: entry `offset` while the dict has the version `spare32`.
    case dictEntry
    /// The receiver is a class: `offset` is its version.
    case typeValue
    /// The same with a class attribute that is data: the upper half of `offset` is the class's version, the lower the entry of the dict `value`.
    case typeEntry
    /// A native getter: `value` holds the descriptor.
    case nativeGetter
    /// There is no such attribute: `value` is the class's `__getattr__`, a function of Python.
    case missing
    /// `setAttr` that adds an attribute at `offset`: `value.bits` is the new shape.
    case transition
    /// Globals: entry `offset`; builtins: entry `offset` while the globals have `version` and the builtins `value.bits`.
    case global
    case builtin
}

public enum Code {
    /// Heap references to Swift objects are counted by hand: a code object holds one.
    static let type = NativeType(id: .code, "code", size: MemoryLayout<CodeObject>.size, mask: 0b111_1111_1110, flags: .weakReferenceable,
                                 doc: "code(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)\n--\n\nA compiled body: use compile() or code.replace() to make one.", methods: Code.methods, getters: [
        Getter("co_name", isMember: true) { _, a, _ in a[0].object(CodeObject.self).pointee.name },
        Getter("co_qualname", isMember: true) { _, a, _ in a[0].object(CodeObject.self).pointee.qualifiedName },
        Getter("co_filename", isMember: true) { _, a, _ in a[0].object(CodeObject.self).pointee.filename },
        Getter("co_consts", isMember: true) { thread, a, _ in Code.whole(thread, a[0])?.pointee.constants ?? .empty },
        Getter("co_names", isMember: true) { thread, a, _ in Code.whole(thread, a[0])?.pointee.names ?? .empty },
        Getter("co_varnames") { thread, a, _ in Code.whole(thread, a[0])?.pointee.localNames ?? .empty },
        Getter("co_cellvars") { thread, a, _ in Code.whole(thread, a[0])?.pointee.cellNames ?? .empty },
        Getter("co_freevars") { thread, a, _ in Code.whole(thread, a[0])?.pointee.freeNames ?? .empty },
        Getter("co_argcount", isMember: true) { _, a, _ in Value(small: Int(a[0].object(CodeObject.self).pointee.argumentCount)) },
        Getter("co_posonlyargcount", isMember: true) { _, a, _ in Value(small: Int(a[0].object(CodeObject.self).pointee.positionalOnlyCount)) },
        Getter("co_kwonlyargcount", isMember: true) { _, a, _ in Value(small: Int(a[0].object(CodeObject.self).pointee.keywordOnlyCount)) },
        Getter("co_nlocals", isMember: true) { thread, a, _ in Code.whole(thread, a[0]).map { Value(small: TupleRef($0.pointee.localNames).count) } ?? .empty },
        Getter("co_stacksize", isMember: true) { _, a, _ in Value(small: Int(a[0].object(CodeObject.self).pointee.registerCount)) },
        Getter("co_flags", isMember: true) { _, a, _ in Value(small: Int(a[0].object(CodeObject.self).pointee.flags)) },
        Getter("co_firstlineno", isMember: true) { _, a, _ in Value(small: Int(a[0].object(CodeObject.self).pointee.firstLine)) },
        Getter("co_code") { thread, a, _ in
            Code.compiled(a[0].object(CodeObject.self)).instructions.withUnsafeBytes { thread.newBytes($0.baseAddress, $0.count) }
        },
        Getter("_co_code_adaptive") { thread, a, _ in
            Code.compiled(a[0].object(CodeObject.self)).instructions.withUnsafeBytes { thread.newBytes($0.baseAddress, $0.count) }
        },
        Getter("co_exceptiontable", isMember: true) { thread, a, _ in Code.frameTable(thread, a[0]) },
        Getter("co_linetable", isMember: true) { thread, a, _ in Code.lineTable(thread, a[0]) },
        Getter("co_lnotab") { thread, a, _ in Code.lineNumberTable(thread, a[0]) },
    ]) { slots in
        slots.restate(.getAttribute, of: .object)
        Code.fill(slots)
        slots.unary(.repr) { thread, value in
            let code = value.object(CodeObject.self)
            return thread.newString("<code object \(StringRef(code.pointee.name).description) at \(hexadecimal(value)), file \"\(StringRef(code.pointee.filename).description)\", line \(code.pointee.firstLine)>")
        }
    }

    /// What a code object is made of, read as a whole; without a body where that is damaged.
    static func compiled(_ code: UnsafeMutablePointer<CodeObject>) -> CompiledCode {
        let compiled = outline(code)
        if !compiled.isComplete { _ = compiled.complete() }
        return compiled
    }

    private static func outline(_ code: UnsafeMutablePointer<CodeObject>) -> CompiledCode {
        Unmanaged<CompiledCode>.fromOpaque(code.pointee.compiled).takeUnretainedValue()
    }

    /// The code object with all its parts; nil when it has raised.
    @inline(__always) static func whole(_ thread: ThreadRef, _ value: Value) -> UnsafeMutablePointer<CodeObject>? {
        let code = value.object(CodeObject.self)
        return !code.pointee.isOutline || complete(thread, code) ? code : nil
    }

    /// A code object of compiled code.
    public static func make(_ thread: ThreadRef, _ compiled: CompiledCode) -> Value {
        var names = Value.empty
        if let archive = compiled.archive {
            guard let raw = Heap.allocate(MemoryLayout<ValueArrayObject>.size + archive.nameCount * 8, shape: TypeID.valueArray.rawValue) else { return thread.raiseOutOfMemory() }
            raw.assumingMemoryBound(to: ValueArrayObject.self).pointee.count = archive.nameCount
            names = Value(raw)
        }
        let code = makeOutline(thread, compiled, filename: .empty, names)
        if code.isEmpty { return .empty }
        hideIfOwn(code)
        return complete(thread, code.object(CodeObject.self)) ? code : .empty
    }

    /// The folder of our own modules and that of CPython's library, both with a slash at the end; the first is empty where there is none.
    nonisolated(unsafe) public static var folders = (own: "", library: "")

    /// Hides the code of a module of ours that stands for a native one: CPython's library has none of that name. It must be done before the code runs, so that
    /// tracing sees nothing of it.
    static func hideIfOwn(_ code: Value) {
        let own = folders.own
        let filename = StringRef(code.object(CodeObject.self).pointee.filename)
        guard !own.isEmpty, filename.isASCII, filename.count > own.utf8.count, filename.count < own.utf8.count + 64 else { return }
        let path = filename.description, name = path.utf8.dropFirst(own.utf8.count)
        guard path.hasPrefix(own), !name.contains(UInt8(ascii: "/")), access(folders.library + String(Substring(name)), F_OK) != 0 else { return }
        hide(code)
    }

    /// A name of an archive; empty when it has raised.
    private static func name(_ thread: ThreadRef, _ archive: Archive, _ number: Int, _ names: Value) -> Value {
        let place = (names.raw + MemoryLayout<ValueArrayObject>.size).assumingMemoryBound(to: Value.self) + number
        if place.pointee.isEmpty {
            place.pointee = thread.newName(utf8: archive.name(number))
            Heap.barrier(names.raw)
        }
        return place.pointee
    }

    /// - Parameter filename: that of the code around it where both have the same, else empty.
    private static func makeOutline(_ thread: ThreadRef, _ compiled: CompiledCode, filename: Value, _ names: Value) -> Value {
        guard let raw = Heap.allocate(MemoryLayout<CodeObject>.size, shape: TypeID.code.rawValue) else { return thread.raiseOutOfMemory() }
        let code = raw.assumingMemoryBound(to: CodeObject.self)
        let empty = WellKnown.emptyTuple.value
        code.pointee.constants = empty
        code.pointee.names = empty
        code.pointee.localNames = empty
        code.pointee.cellNames = empty
        code.pointee.freeNames = empty
        code.pointee.archiveNames = names
        if let archive = compiled.archive, !names.isEmpty {
            code.pointee.name = name(thread, archive, compiled.nameNumbers.name, names)
            code.pointee.qualifiedName = name(thread, archive, compiled.nameNumbers.qualifiedName, names)
        } else {
            code.pointee.name = thread.newName(compiled.name)
            code.pointee.qualifiedName = thread.newName(compiled.qualifiedName)
        }
        code.pointee.filename = filename.isEmpty ? thread.newString(compiled.filename) : filename
        Heap.barrier(raw)
        if thread.hasException { return .empty }
        code.pointee.isOutline = true
        code.pointee.instructions = UnsafePointer(Code.noInstructions)
        code.pointee.constantItems = taipan_latin1()
        code.pointee.registerCount = Int32(compiled.registerCount)
        code.pointee.argumentCount = Int32(compiled.argumentCount)
        code.pointee.positionalOnlyCount = Int32(compiled.positionalOnlyCount)
        code.pointee.keywordOnlyCount = Int32(compiled.keywordOnlyCount)
        let variadic = compiled.flags.contains(.variadic), keywordVariadic = compiled.flags.contains(.keywordVariadic)
        code.pointee.parameterCount = Int32(compiled.argumentCount + compiled.keywordOnlyCount + (variadic ? 1 : 0) + (keywordVariadic ? 1 : 0))
        code.pointee.clearCount = Int32(compiled.clearCount)
        code.pointee.flags = compiled.flags.rawValue
        code.pointee.firstLine = Int32(compiled.firstLine)
        code.pointee.selfAttributeCount = Int32(compiled.selfAttributeCount)
        code.pointee.freeCount = Int32(compiled.freeCount)
        code.pointee.hasDocstring = compiled.hasDocstring
        if !Owners.register(raw, owner) { return thread.raiseOutOfMemory() }
        code.pointee.compiled = Unmanaged.passRetained(compiled).toOpaque()
        hold(code, compiled.footprint)
        return Value(raw)
    }

    private static func hold(_ code: UnsafeMutablePointer<CodeObject>, _ bytes: Int) {
        Heap.hold(bytes - Int(code.pointee.heldBytes))
        code.pointee.heldBytes = Int32(clamping: bytes)
    }

    private static let owner = Owners.addKind { release($0.assumingMemoryBound(to: CodeObject.self)) }

    /// A code object has died. Frames, generators and functions keep theirs; what the recorder keeps by the addresses of instructions and caches is dropped before.
    private static func release(_ code: UnsafeMutablePointer<CodeObject>) {
        if !code.pointee.isOutline {
            code.pointee.instructions.deallocate()
            code.pointee.caches.deallocate()
            code.pointee.exceptionRanges.deallocate()
        }
        Unmanaged<CompiledCode>.fromOpaque(code.pointee.compiled).release()
        Heap.release(Int(code.pointee.heldBytes))
    }

    nonisolated(unsafe) private static let noInstructions: UnsafeMutablePointer<UInt32> = {
        let words = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        words.initialize(to: 0)
        return words
    }()

    /// Makes the parts that an outline lacks. False when it has raised: then it still is one.
    @inline(never) static func complete(_ thread: ThreadRef, _ code: UnsafeMutablePointer<CodeObject>) -> Bool {
        let compiled = outline(code)
        guard compiled.complete() else {
            thread.raise(.systemError, "the bytecode of \(StringRef(code.pointee.name).description) is damaged")
            return false
        }
        let raw = UnsafeMutableRawPointer(code)
        let archived = code.pointee.archiveNames
        func tuple(_ list: [String], _ numbers: [Int32]) -> Value {
            if list.isEmpty { return WellKnown.emptyTuple.value }
            let tuple = thread.newTuple(count: list.count)
            if tuple.isEmpty { return .empty }
            if let archive = compiled.archive, !archived.isEmpty {
                for index in 0 ..< list.count { TupleRef(tuple).initialize(index, name(thread, archive, Int(numbers[index]), archived)) }
            } else {
                for index in 0 ..< list.count { TupleRef(tuple).initialize(index, thread.newName(list[index])) }
            }
            Heap.barrier(tuple.raw)
            return tuple
        }
        let numbers = compiled.nameNumbers
        let names = tuple(compiled.names, numbers.names), localNames = tuple(compiled.localNames, numbers.localNames)
        let cellNames = tuple(compiled.cells.map(\.name), numbers.cells), freeNames = tuple(compiled.freeNames, numbers.freeNames)
        let constants = compiled.constants.isEmpty ? WellKnown.emptyTuple.value : thread.newTuple(count: compiled.constants.count)
        if constants.isEmpty || thread.hasException { return false }
        for (index, constant) in compiled.constants.enumerated() {
            let value: Value
            switch constant {
            case .constant(let constant): value = make(thread, constant)
            case .code(let inner):
                value = makeOutline(thread, inner, filename: inner.hasSameFilename(as: compiled) ? code.pointee.filename : .empty, archived)
                if !value.isEmpty { value.object(CodeObject.self).pointee.flags |= code.pointee.flags & CodeFlags.hidden.rawValue }
            }
            if value.isEmpty { return false }
            TupleRef(constants).initialize(index, value)
            Heap.barrier(constants.raw)
        }
        code.pointee.names = names
        code.pointee.localNames = localNames
        code.pointee.cellNames = cellNames
        code.pointee.freeNames = freeNames
        code.pointee.constants = constants
        code.pointee.archiveNames = .empty
        Heap.barrier(raw)
        let instructions = UnsafeMutablePointer<UInt32>.allocate(capacity: compiled.instructions.count + 1)
        instructions.initialize(from: compiled.instructions, count: compiled.instructions.count)
        instructions[compiled.instructions.count] = 0
        let caches = UnsafeMutablePointer<InlineCache>.allocate(capacity: max(compiled.caches.count, 1))
        for (index, name) in compiled.caches.enumerated() {
            caches[index] = InlineCache(version: name < 0 ? JIT.loopThreshold : 0, kind: .none, spare: 0, offset: 0, value: .empty,
                                        name: name < 0 ? .empty : TupleRef(names)[Int(name)])
        }
        let ranges = UnsafeMutablePointer<ExceptionRange>.allocate(capacity: max(compiled.exceptionTable.count, 1))
        ranges.initialize(from: compiled.exceptionTable, count: compiled.exceptionTable.count)
        code.pointee.instructions = UnsafePointer(instructions)
        code.pointee.instructionCount = Int32(compiled.instructions.count)
        code.pointee.caches = caches
        code.pointee.cacheCount = Int32(compiled.caches.count)
        if !compiled.constants.isEmpty { code.pointee.constantItems = TupleRef(constants).items }
        code.pointee.exceptionRanges = ranges
        code.pointee.exceptionRangeCount = Int32(compiled.exceptionTable.count)
        code.pointee.entry.version = JIT.callThreshold
        code.pointee.isOutline = false
        hold(code, compiled.footprint + compiled.instructions.count * 4 + compiled.caches.count * MemoryLayout<InlineCache>.stride + compiled.exceptionTable.count * MemoryLayout<ExceptionRange>.stride)
        code.pointee.isSimple = compiled.flags.isDisjoint(with: [.variadic, .keywordVariadic]) && compiled.keywordOnlyCount == 0
        return true
    }

    /// Hides the frames of a code object and of all code inside it, as if they were native functions: tracebacks, `f_back`, warnings and tracing pass over them.
    public static func hide(_ value: Value) {
        let code = value.object(CodeObject.self)
        code.pointee.flags |= CodeFlags.hidden.rawValue
        // What is inside an outline follows when it is completed.
        let constants = TupleRef(code.pointee.constants)
        for index in 0 ..< constants.count where constants[index].isExact(.code) { hide(constants[index]) }
    }

    /// A copy whose frames are hidden.
    public static func hidden(_ thread: ThreadRef, _ value: Value) -> Value {
        let copy = make(thread, compiled(value.object(CodeObject.self)))
        if !copy.isEmpty { hide(copy) }
        return copy
    }

    /// The object of a constant.
    public static func make(_ thread: ThreadRef, _ constant: Constant) -> Value {
        switch constant {
        case .none: return .none
        case .true: return .true
        case .false: return .false
        case .ellipsis: return .ellipsis
        case .int(let value): return thread.newInt(value)
        case .bigInt(let digits, let radix):
            return thread.call(TypeID.int.value, thread.newString(digits), Value(small: radix))
        case .float(let bits): return thread.newFloat(Double(bitPattern: bits))
        case .complex(let real, let imaginary):
            return thread.call(TypeID.complex.value, thread.newFloat(Double(bitPattern: real)), thread.newFloat(Double(bitPattern: imaginary)))
        case .string(let bytes):
            let text = thread.newString(utf8: bytes)
            if text.isEmpty { return text }
            // Constants that look like names are interned, as attribute names and keys often are.
            let looksLikeName = bytes.count <= 64 && bytes.allSatisfy { $0 == 0x5F || ($0 >= 0x30 && $0 <= 0x39) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) }
            return looksLikeName ? StringRef(text).interned().value : text
        case .bytes(let bytes): return thread.newBytes(bytes)
        case .tuple(let items):
            let tuple = thread.newTuple(count: items.count)
            if tuple.isEmpty { return .empty }
            for (index, item) in items.enumerated() {
                let value = make(thread, item)
                if value.isEmpty { return .empty }
                TupleRef(tuple).initialize(index, value)
            }
            return tuple
        case .frozenSet(let items):
            // CPython's compiler fills the constant from a set of the items: what collides stands in the order of that one's places.
            let tuple = make(thread, .tuple(items))
            let set = tuple.isEmpty ? .empty : thread.call(TypeID.frozenset.value, tuple)
            let list = set.isEmpty ? .empty : thread.list(set)
            return list.isEmpty ? .empty : thread.call(TypeID.frozenset.value, list)
        }
    }

    /// The source range of the instruction whose words include `index`.
    static func range(_ code: UnsafeMutablePointer<CodeObject>, _ index: Int) -> SourceRange? {
        let positions = compiled(code).positions
        var low = 0
        var high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle].start) <= index { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? nil : positions[low - 1].range
    }

    /// `-X no_debug_ranges`: tracebacks show no columns.
    nonisolated(unsafe) public static var hidesColumns = false

    /// The line of an instruction. One that has none belongs to what stands before it; the code's first line where nothing does.
    static func line(_ code: UnsafeMutablePointer<CodeObject>, _ index: Int) -> Int {
        let positions = compiled(code).positions
        var low = 0
        var high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if Int(positions[middle].start) <= max(index, 0) { low = middle + 1 } else { high = middle }
        }
        while low > 0 {
            low -= 1
            if positions[low].range.line > 0 { return Int(positions[low].range.line) }
        }
        return Int(code.pointee.firstLine)
    }
}
